"""The operations, as records: each file reads like a table of derivatives. Importing this fills the registry."""

from autograd.ops import activation as activation
from autograd.ops import arithmetic as arithmetic
from autograd.ops import comparison as comparison
from autograd.ops import complex_numbers as complex_numbers
from autograd.ops import convolution as convolution
from autograd.ops import decompositions as decompositions
from autograd.ops import exponential as exponential
from autograd.ops import fourier as fourier
from autograd.ops import indexing as indexing
from autograd.ops import joining as joining
from autograd.ops import linalg as linalg
from autograd.ops import matrices as matrices
from autograd.ops import polynomials as polynomials
from autograd.ops import reduction as reduction
from autograd.ops import sampled as sampled
from autograd.ops import selection as selection
from autograd.ops import shaping as shaping
from autograd.ops import special as special
from autograd.ops import trigonometric as trigonometric
from autograd.ops import windows as windows
