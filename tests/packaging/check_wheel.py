"""Build the archives, look into them, and try the wheel in an environment that has nothing else: `make wheel`."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"autograd", "nn", "viz"}
SMOKE = """
import importlib, importlib.metadata, importlib.util, pathlib, sys
import numpy as np
import autograd, nn, viz
for package in (autograd, nn, viz):
    assert pathlib.Path(package.__file__).is_relative_to(sys.prefix), package.__file__
for name in ("sklearn", "pandas", "matplotlib", "tqdm", "examples", "benchmarks", "docs", "tests"):
    assert importlib.util.find_spec(name) is None, f"{name} is here too"
assert importlib.metadata.version("graphgrad") == autograd.__version__
x = autograd.tensor([1.0, 2.0], requires_grad=True)
loss = np.sum(x * x)
loss.backward()
assert x.grad.tolist() == [2.0, 4.0]
assert viz.draw(loss).svg().startswith("<svg")
assert "</html>" in viz.draw(loss).html()
model = nn.Sequential([nn.Dense(4, activation="relu"), nn.Dense(1)])
model.compile("adam", "mse")
rng = np.random.default_rng(0)
history = model.fit(rng.normal(size=(32, 3)), rng.normal(size=32), epochs=2, verbose=0)
assert len(history.history["loss"]) == 2
model.save("model.keras")
assert np.array_equal(nn.load_model("model.keras").predict(np.ones((1, 3))), model.predict(np.ones((1, 3))))
for use in (
    lambda: importlib.import_module("nn.sklearn"), lambda: importlib.import_module("autograd.scipy"), history.plot,
    lambda: viz.activation("relu"),
):
    try:
        use()
    except ImportError as error:
        assert "graphgrad[" in str(error), error
    else:
        raise AssertionError("what needs an extra works without")
import autograd.numpy as anp
assert autograd.grad(lambda x: anp.sum(anp.array([x, x * x])))(3.0) == 7.0
from autograd.testing import check_grad
assert check_grad(lambda x: np.sum(np.tanh(x) ** 2), np.ones(3))
try:
    import autograd.testing.strategies
except ImportError as error:
    assert "graphgrad[test]" in str(error), error
else:
    raise AssertionError("Hypothesis is here too")
print("the wheel works in an empty environment, with numpy", np.__version__)
"""


def build(into: Path) -> tuple[Path, Path]:
    """Build the source archive and, from it, the wheel: what an old `build/` holds gets into neither."""
    command = [sys.executable, "-m", "build", "--outdir", str(into), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (archive,), (wheel,) = into.glob("*.tar.gz"), into.glob("*.whl")
    return archive, wheel


def check_contents(archive: Path, wheel: Path) -> None:
    """The wheel holds the packages with their types and nothing else; the archive what the wheel is built from."""
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
    extra = {top for top in {name.partition("/")[0] for name in names} - PACKAGES if not top.endswith(".dist-info")}
    assert not extra, f"the wheel also holds {sorted(extra)}"
    sources = {p.relative_to(ROOT).as_posix() for package in PACKAGES for p in (ROOT / package).rglob("*.py*")}
    wanted = {s for s in sources if s.endswith((".py", ".pyi"))} | {f"{package}/py.typed" for package in PACKAGES}
    wanted |= {"viz/page.js", "viz/page.css"}
    assert wanted <= names, f"the wheel lacks {sorted(wanted - names)}"
    with tarfile.open(archive) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    wanted |= {"LICENSE", "README.md", "pyproject.toml", "setup.cfg"}
    assert wanted <= names, f"the source archive lacks {sorted(wanted - names)}"


def check_installed(wheel: Path, folder: Path) -> None:
    """The wheel installs into an empty environment and works there, away from the checkout."""
    venv.create(folder / "env", with_pip=True)
    python = str(folder / "env" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(wheel)], check=True, cwd=folder)
    subprocess.run([python, "-I", "-W", "error", "-c", SMOKE], check=True, cwd=folder)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive, wheel = build(folder)
        check_contents(archive, wheel)
        check_installed(wheel, folder)
