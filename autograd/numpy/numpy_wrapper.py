"""What HIPS autograd makes anew of NumPy's functions."""

from numpy import astype as _astype  # noqa: F401 - tidy3d takes it from here

from autograd.numpy.wrapped import array as array
from autograd.numpy.wrapped import array_from_args as array_from_args
from autograd.numpy.wrapped import concatenate_args as concatenate_args
from autograd.numpy.wrapped import make_diagonal as make_diagonal
