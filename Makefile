PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .cache/peers
OLDEST := .cache/oldest
ON_OLDEST := ops batching hips test_coverage.py test_edge_cases.py compiler/test_edges.py
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check
ARGS ?=

.PHONY: help demo test oldest lint bench docs wheel drop-in clean
.DELETE_ON_ERROR:

help:  ## Show these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/demo.stamp  ## Train on real digits, draw the graph, check the gradients; results in out/
	$(BIN)/python -m examples.digits

test: $(VENV)/test.stamp  ## Run all tests; options for pytest as in: make test ARGS="-n auto -k linalg"
	$(BIN)/python -m pytest $(ARGS)

oldest: $(OLDEST)/stamp  ## Run the tests of the operations with the oldest NumPy that is supported
	$(OLDEST)/bin/python -m pytest -n auto -p no:cacheprovider $(addprefix tests/autograd/,$(ON_OLDEST)) $(ARGS)

lint: $(VENV)/lint.stamp  ## Ruff, strict typing, and the contracts on imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/bench.stamp $(PEERS)/stamp  ## Measure against the peers, in one run
	$(BIN)/python -m benchmarks --hips $(PEERS)/bin/python $(ARGS)

docs: $(VENV)/test.stamp  ## Make the generated pages and the type stubs anew
	$(BIN)/python -m docs.render
	MPLBACKEND=Agg $(BIN)/python -m viz gallery docs/gallery && rm docs/gallery/*.html

wheel: $(VENV)/lint.stamp  ## Build the wheel, install it into an empty environment and try it there
	$(BIN)/python -m tests.packaging.check_wheel

drop-in: $(VENV)/made  ## Put it in the place of HIPS autograd and run lifelines, pymanopt, pymoo on it
	$(BIN)/python -m tests.drop_in.check

clean:  ## Remove environments, caches and results
	rm -rf $(VENV) .cache out build dist *.egg-info .*_cache .hypothesis

# A stamp stands for an environment with one extra in it, so that nothing is installed twice.
$(VENV)/%.stamp: $(VENV)/made setup.cfg pyproject.toml
	$(BIN)/python $(PIP_INSTALL) --editable ".[$*]"
	@touch $@

$(VENV)/made:
	$(call make_venv,$(VENV))
	@touch $@

$(PEERS)/stamp:
	$(call make_venv,$(PEERS))
	$(PEERS)/bin/python $(PIP_INSTALL) autograd
	@touch $@

$(OLDEST)/stamp: setup.cfg pyproject.toml
	$(call make_venv,$(OLDEST))
	$(OLDEST)/bin/python $(PIP_INSTALL) --editable ".[test]" "numpy==2.0.*"
	@touch $@

define make_venv
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "graphgrad needs Python 3.11 or newer. If you have one by another name: make PYTHON=python3.12 ..."; \
		exit 1; }
	@$(PYTHON) -m venv --clear $(1) || { \
		echo "Python's venv is missing. On Debian and Ubuntu: apt-get install python3-venv"; \
		exit 1; }
endef
