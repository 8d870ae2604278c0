PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .cache/peers

.PHONY: help demo test lint bench docs wheel clean

help:  ## Show these lines
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/demo.stamp  ## Train on real digits, draw the graph, check the gradients; results in out/
	$(BIN)/python -m examples.digits

test: $(VENV)/test.stamp  ## Install what the tests need and run all of them
	$(BIN)/python -m pytest

lint: $(VENV)/lint.stamp  ## Ruff, strict typing, and the contract on imports
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/bench.stamp $(PEERS)/stamp  ## Measure against the peers, in one run
	$(BIN)/python -m benchmarks --hips $(PEERS)/bin/python

docs: $(VENV)/test.stamp  ## Make the generated pages and the type stub anew
	$(BIN)/python -m docs.render

wheel: $(VENV)/lint.stamp  ## Build the wheel, install it into an empty environment and try it there
	$(BIN)/python -m tests.packaging.check_wheel

clean:  ## Remove environments, caches and results
	rm -rf $(VENV) .cache out build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "graphgrad needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/%.stamp: $(BIN)/python setup.cfg
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[$*]"
	@touch $@

$(PEERS)/stamp:
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check autograd numpy
	@touch $@
