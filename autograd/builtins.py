"""What HIPS autograd wraps of Python's types: here containers of tensors are Python's own, so these are too."""

from __future__ import annotations

import builtins

isinstance = builtins.isinstance
type = builtins.type
list = builtins.list
tuple = builtins.tuple  # type: ignore[type-arg]
dict = builtins.dict

DictBox = builtins.dict
SequenceBox = builtins.list
