"""What HIPS autograd calls a traced array: a Tensor."""

from autograd.boxes import Box

ArrayBox = Box
