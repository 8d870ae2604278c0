"""What HIPS autograd makes anew of NumPy's functions."""

from autograd.numpy.wrapped import array as array
from autograd.numpy.wrapped import array_from_args as array_from_args
from autograd.numpy.wrapped import concatenate_args as concatenate_args
from autograd.numpy.wrapped import make_diagonal as make_diagonal
