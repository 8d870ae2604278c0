"""The same tasks, written for each library: one module per library, one function per task.

A task is a function of options that returns `(step, read)`: `step()` does once what is timed, and
`read(result)` turns what it returned into plain numbers, by which the libraries are checked against each other.
Nothing here imports two libraries, since a worker process loads just one of these modules.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

Task: TypeAlias = tuple[Callable[[], Any], Callable[[Any], list[float]]]
