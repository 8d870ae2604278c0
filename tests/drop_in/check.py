"""Put graphgrad in the place of HIPS autograd, as its users would, and run their programs: `make drop-in`.

pip cannot know that one takes the place of the other. So this also checks that an environment where the files of both
are mixed says so, and that `pip uninstall autograd` and our installation, which the warning names, put it right.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
USERS = ("lifelines==0.30.3", "pymanopt==2.2.1", "autograd-gamma==0.5.0", "pymoo==0.6.2")
IMPORT = """
import warnings
with warnings.catch_warnings(record=True) as found:
    import autograd
print(*(w.message for w in found))
"""


class Environment:
    """An environment of its own, without anything of ours on its path."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder / "env", with_pip=True)
        self.folder = folder
        self.python = str(folder / "env" / "bin" / "python")

    def pip(self, *arguments: str) -> None:
        command = [self.python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
        subprocess.run(command, check=True, cwd=self.folder)

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.python, "-I", *arguments], check=True, cwd=self.folder, text=True, stdout=subprocess.PIPE
        )
        return done.stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        environment = Environment(Path(name))
        environment.pip("install", *USERS)  # which need HIPS autograd, and get it
        environment.pip("install", str(ROOT))
        warning = environment.run("-c", IMPORT)
        if "pip uninstall autograd" not in warning:
            sys.exit(f"the files of both are mixed, and importing them says only: {warning or 'nothing'}")
        environment.pip("uninstall", "--yes", "autograd")
        environment.pip("install", "--force-reinstall", "--no-deps", str(ROOT))
        if left := environment.run("-W", "error", "-c", IMPORT).strip():
            sys.exit(f"after the reinstallation importing still says: {left}")
        print(environment.run(str(HERE / "programs.py"), "compare"))


if __name__ == "__main__":
    main()
