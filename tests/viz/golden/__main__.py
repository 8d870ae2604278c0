"""`python -m tests.viz.golden` stores the pictures anew, after a change that is meant: look at them before."""

from pathlib import Path

from tests.viz.golden.views import VIEWS

if __name__ == "__main__":
    for name, make in VIEWS.items():
        (Path(__file__).parent / f"{name}.svg").write_text(make(), encoding="utf-8")
