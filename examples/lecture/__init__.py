"""The exercises of a lecture on fully connected networks, on real data: `python -m examples.lecture` runs all of them.

Each is a script of its own too, as in `python -m examples.lecture.linear_regression`. The lecture's code is written for
Keras; here as there, it is one import that says which engine computes.
"""

from importlib.util import find_spec

missing = [name for name in ("pandas", "PIL", "sklearn") if find_spec(name) is None]
if missing:
    raise SystemExit(f'The exercises need {", ".join(missing)} too: pip install "graphgrad[demo]"')
