"""Build the wheel, look into it, and try it in an environment that has nothing else: `make wheel`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SMOKE = """
import pathlib, sys
import numpy as np
import autograd, nn, viz
for package in (autograd, nn, viz):
    assert pathlib.Path(package.__file__).is_relative_to(sys.prefix), package.__file__
assert not {"sklearn", "matplotlib", "tqdm"} & set(sys.modules)
x = autograd.tensor([1.0, 2.0], requires_grad=True)
loss = np.sum(x * x)
loss.backward()
assert x.grad.tolist() == [2.0, 4.0]
assert viz.draw(loss).svg().startswith("<svg")
model = nn.Sequential([nn.Dense(4, activation="relu"), nn.Dense(1)])
model.compile("adam", "mse")
rng = np.random.default_rng(0)
history = model.fit(rng.normal(size=(32, 3)), rng.normal(size=32), epochs=2, verbose=0)
assert len(history.history["loss"]) == 2
print("the wheel works in an empty environment, with numpy", np.__version__)
"""


def build(into: Path) -> Path:
    """Build the wheel from the checkout and return its path."""
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(into), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = into.glob("*.whl")
    return wheel


def check_contents(wheel: Path) -> None:
    """The wheel holds the three packages and their type markers, and nothing else."""
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    packages = {"autograd", "nn", "viz"}
    extra = {top for top in tops - packages if not top.endswith(".dist-info")}
    assert not extra, f"the wheel also holds {sorted(extra)}"
    missing = {f"{package}/py.typed" for package in packages} - set(names)
    assert not missing, f"the wheel lacks {sorted(missing)}"


def check_installed(wheel: Path, folder: Path) -> None:
    """The wheel installs into an empty environment and works there, away from the checkout."""
    venv.create(folder / "env", with_pip=True)
    python = str(folder / "env" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(wheel)], check=True, cwd=folder)
    subprocess.run([python, "-W", "error", "-c", SMOKE], check=True, cwd=folder)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        built = build(folder)
        check_contents(built)
        check_installed(built, folder)
