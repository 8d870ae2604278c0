"""What HIPS autograd calls a traced array: a Tensor."""

from autograd.engine.tensor import Tensor

ArrayBox = Tensor
