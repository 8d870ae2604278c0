"""What HIPS autograd calls a traced array: a Tensor."""

from autograd.extend import Box

ArrayBox = Box
