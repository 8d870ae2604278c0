"""Print how many seconds a library takes to import in a fresh process that has NumPy already."""

import sys
import time
from pathlib import Path

import numpy as np  # noqa: F401  (its time is not counted)

if sys.argv[2] == "ours":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
start = time.perf_counter()
try:
    __import__(sys.argv[1])
except ImportError as error:
    sys.exit(str(error))
print(time.perf_counter() - start)
