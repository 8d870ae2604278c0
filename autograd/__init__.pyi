# Made from the registry by `make docs`.
from typing import Any

from autograd.compiler import TraceError as TraceError
from autograd.compiler import callback as callback
from autograd.compiler import compile as compile
from autograd.compiler import guarded as guarded
from autograd.compiler import is_compiling as is_compiling
from autograd.compiler import require as require
from autograd.custom import checkpoint as checkpoint
from autograd.custom import custom_vjp as custom_vjp
from autograd.custom import operation as operation
from autograd.differential_operators import deriv as deriv
from autograd.differential_operators import elementwise_grad as elementwise_grad
from autograd.differential_operators import grad_and_aux as grad_and_aux
from autograd.differential_operators import grad_named as grad_named
from autograd.differential_operators import hessian_tensor_product as hessian_tensor_product
from autograd.differential_operators import hessian_vector_product as hessian_vector_product
from autograd.differential_operators import holomorphic_grad as holomorphic_grad
from autograd.differential_operators import make_ggnvp as make_ggnvp
from autograd.differential_operators import make_hvp as make_hvp
from autograd.differential_operators import make_jvp as make_jvp
from autograd.differential_operators import make_vjp as make_vjp
from autograd.differential_operators import multigrad_dict as multigrad_dict
from autograd.differential_operators import tensor_jacobian_product as tensor_jacobian_product
from autograd.differential_operators import vector_jacobian_product as vector_jacobian_product
from autograd.engine.anomaly import detect_anomaly as detect_anomaly
from autograd.engine.errors import BatchError as BatchError
from autograd.engine.graph import Node as Node
from autograd.engine.graph import reachable as reachable
from autograd.engine.graph import tick as tick
from autograd.engine.mode import enable_grad as enable_grad
from autograd.engine.mode import is_grad_enabled as is_grad_enabled
from autograd.engine.mode import no_grad as no_grad
from autograd.engine.registry import OPS as OPS
from autograd.engine.registry import elementwise as elementwise
from autograd.engine.registry import general as general
from autograd.engine.registry import linear as linear
from autograd.engine.registry import stepwise as stepwise
from autograd.engine.tensor import Tensor as Tensor
from autograd.engine.tensor import as_tensor as as_tensor
from autograd.engine.tensor import tensor as tensor
from autograd.extend import primitive as primitive
from autograd.inspection import cotangents as cotangents
from autograd.inspection import recorded_backward as recorded_backward
from autograd.inspection import slopes as slopes
from autograd.mapping import vmap as vmap
from autograd.transforms import ggnvp as ggnvp
from autograd.transforms import grad as grad
from autograd.transforms import hessian as hessian
from autograd.transforms import hvp as hvp
from autograd.transforms import jacobian as jacobian
from autograd.transforms import jvp as jvp
from autograd.transforms import linearize as linearize
from autograd.transforms import value_and_grad as value_and_grad
from autograd.transforms import vjp as vjp

__version__: str

def abs(x: Any, /) -> Tensor:
    """Absolute value. Its slope at 0 is 0."""
def absolute(x: Any, /) -> Tensor:
    """Absolute value. Its slope at 0 is 0."""
def acos(x: Any, /) -> Tensor:
    """Inverse cosine, in radians. Its slope at -1 and 1 is -inf."""
def acosh(x: Any, /) -> Tensor:
    """Inverse hyperbolic cosine, for x >= 1. Its slope at 1 is inf."""
def add(x: Any, y: Any, /) -> Tensor:
    """x + y, element by element."""
def all(a: Any, axis: Any = ..., out: Any = ..., keepdims: Any = ..., *, where: Any = ...) -> Tensor:
    """Whether all elements of x over `axis` are true."""
def amax(a: Any, axis: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Tensor:
    """The largest element over `axis`; ties share the gradient, also one with `initial`, and a nan takes it."""
def amin(a: Any, axis: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Tensor:
    """The smallest element over `axis`; ties share the gradient, also one with `initial`, and a nan takes it."""
def angle(x: Any, /, deg: Any = ...) -> Tensor:
    """The angle of x in the complex plane, in radians, or in degrees with `deg`. Its slope at 0 is 0."""
def any(a: Any, axis: Any = ..., out: Any = ..., keepdims: Any = ..., *, where: Any = ...) -> Tensor:
    """Whether any element of x over `axis` is true."""
def append(x: Any, values: Any, axis: Any = ...) -> Any:
    """Return x with `values` behind it along `axis`; both flattened where it is None."""
def apply_along_axis(func1d: Any, axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """Return what a function makes of each vector along an axis."""
def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    """Return what a function of an array and an axis makes, one axis after another."""
def arccos(x: Any, /) -> Tensor:
    """Inverse cosine, in radians. Its slope at -1 and 1 is -inf."""
def arccosh(x: Any, /) -> Tensor:
    """Inverse hyperbolic cosine, for x >= 1. Its slope at 1 is inf."""
def arcsin(x: Any, /) -> Tensor:
    """Inverse sine, in radians. Its slope at -1 and 1 is inf."""
def arcsinh(x: Any, /) -> Tensor:
    """Inverse hyperbolic sine."""
def arctan(x: Any, /) -> Tensor:
    """Inverse tangent, in radians."""
def arctan2(y: Any, x: Any, /) -> Tensor:
    """The angle of the point (x, y), first argument y, in radians. Both slopes are 0 at the origin."""
def arctanh(x: Any, /) -> Tensor:
    """Inverse hyperbolic tangent, for -1 < x < 1."""
def argmax(a: Any, axis: Any = ..., out: Any = ..., *, keepdims: Any = ...) -> Tensor:
    """The index of the first extreme along `axis`, or in the flattened array."""
def argmin(a: Any, axis: Any = ..., out: Any = ..., *, keepdims: Any = ...) -> Tensor:
    """The index of the first extreme along `axis`, or in the flattened array."""
def argpartition(x: Any, /, kth: Any = ..., axis: Any = ..., kind: Any = ..., order: Any = ...) -> Tensor:
    """The indices that `partition` puts elements in place by."""
def argsort(x: Any, axis: Any = ..., kind: Any = ..., order: Any = ..., *, stable: Any = ..., descending: Any = ...) -> Tensor:
    """The indices that sort x along `axis`, ties in their order."""
def around(x: Any, /, decimals: Any = ...) -> Tensor:
    """x rounded to `decimals` digits; halves to even."""
def array_split(x: Any, /, indices_or_sections: Any = ..., axis: Any = ...) -> Any:
    """x cut along `axis` into sections as equal as can be."""
def asin(x: Any, /) -> Tensor:
    """Inverse sine, in radians. Its slope at -1 and 1 is inf."""
def asinh(x: Any, /) -> Tensor:
    """Inverse hyperbolic sine."""
def astype(x: Any, dtype: Any, order: Any = ..., casting: Any = ..., subok: Any = ..., copy: Any = ..., *, device: Any = ...) -> Tensor:
    """x in another dtype; the gradient comes back in that of x."""
def atan(x: Any, /) -> Tensor:
    """Inverse tangent, in radians."""
def atan2(y: Any, x: Any, /) -> Tensor:
    """The angle of the point (x, y), first argument y, in radians. Both slopes are 0 at the origin."""
def atanh(x: Any, /) -> Tensor:
    """Inverse hyperbolic tangent, for -1 < x < 1."""
def atleast_1d(x: Any) -> Any:
    """Return x with at least one axis."""
def atleast_2d(x: Any) -> Any:
    """Return x with at least two axes; new ones come first."""
def atleast_3d(*arrays: Any) -> Any:
    """Return arrays with at least three axes: a vector becomes (1, n, 1), a matrix (m, n, 1)."""
def average(x: Any, axis: Any = ..., weights: Any = ..., returned: Any = ..., *, keepdims: Any = ...) -> Any:
    """Return the mean of x over `axis`, weighted by `weights` of the shape of x or of these axes."""
def bincount(x: Any, weights: Any = ..., minlength: Any = ...) -> Any:
    """Return how often each of 0, 1, 2, … is in x, or the sum of the weights there, by which it is differentiable."""
def bitwise_and(x: Any, y: Any, /) -> Tensor:
    """Bitwise x & y of booleans or integers."""
def bitwise_count(x: Any, /) -> Tensor:
    """The number of bits that are 1."""
def bitwise_or(x: Any, y: Any, /) -> Tensor:
    """Bitwise x | y of booleans or integers."""
def bitwise_xor(x: Any, y: Any, /) -> Tensor:
    """Bitwise x ^ y of booleans or integers."""
def block(arrays: Any) -> Any:
    """Return one array made of nested lists of blocks: the innermost lie along the last axis."""
def broadcast_arrays(*arrays: Any, subok: Any = ...) -> Any:
    """Return the arrays, all in the shape that they broadcast to."""
def broadcast_to(x: Any, shape: Any, subok: Any = ...) -> Tensor:
    """x repeated along new axes and axes of size 1, up to `shape`."""
def cbrt(x: Any, /) -> Tensor:
    """Cube root. Its slope at 0 is inf."""
def ceil(x: Any, /) -> Tensor:
    """The smallest integer not below x."""
def celu(x: Any, alpha: Any = ...) -> Tensor:
    """Return x where it is positive, else `alpha` · (exp(x / alpha) - 1): of slope 1 at 0, whatever `alpha` is."""
def cholesky(a: Any, /) -> Tensor:
    """The lower triangular L with L @ Lᴴ = a, Hermitian positive definite, (..., n, n), and so is its gradient."""
def choose(a: Any, choices: Any, out: Any = ..., mode: Any = ...) -> Any:
    """Return, at each place, the element of the choice whose number stands there."""
def clip(x: Any, a_min: Any = ..., a_max: Any = ..., *, min: Any = ..., max: Any = ...) -> Tensor:
    """x, but not below `a_min` nor above `a_max`. Its slope is 1 from bound to bound, bounds included."""
def column_stack(arrays: Any) -> Any:
    """Return the arrays as columns of a matrix."""
def compress(condition: Any, x: Any, axis: Any = ..., out: Any = ...) -> Any:
    """Return the parts of x along an axis where the condition is true."""
def concat(arrays: Any, axis: Any = ..., out: Any = ..., *, dtype: Any = ..., casting: Any = ...) -> Tensor:
    """The arrays of a sequence, one behind the other along `axis`; flattened first where it is None."""
def concatenate(arrays: Any, axis: Any = ..., out: Any = ..., *, dtype: Any = ..., casting: Any = ...) -> Tensor:
    """The arrays of a sequence, one behind the other along `axis`; flattened first where it is None."""
def cond(x: Any, p: Any = ...) -> Any:
    """Return the condition number of x, (..., m, n): by singular values, or by another norm of x and its inverse."""
def conj(x: Any, /) -> Tensor:
    """The complex conjugate of x, element by element."""
def conjugate(x: Any, /) -> Tensor:
    """The complex conjugate of x, element by element."""
def convolve(a: Any, v: Any, mode: Any = ...) -> Tensor:
    """The convolution of two sequences: the sum of a[i] v[k - i] over i. Of n and m elements, `mode` "full" gives all n + m - 1, "same" the middle max(n, m), "valid" those where they overlap completely."""
def copy(x: Any, order: Any = ..., subok: Any = ...) -> Tensor:
    """A copy of x that does not share its memory; gradients flow through."""
def copysign(x: Any, y: Any, /) -> Tensor:
    """The size of x with the sign of y."""
def corrcoef(x: Any, y: Any = ..., rowvar: Any = ..., *, dtype: Any = ...) -> Any:
    """Return the correlations of variables: their covariances, divided by both standard deviations."""
def correlate(a: Any, v: Any, mode: Any = ...) -> Any:
    """Return the sum of a[i + k] conj(v[i]) over i; modes as in `convolve`."""
def cos(x: Any, /) -> Tensor:
    """Cosine of x, in radians."""
def cosh(x: Any, /) -> Tensor:
    """Hyperbolic cosine."""
def count_nonzero(x: Any, /, axis: Any = ..., keepdims: Any = ...) -> Tensor:
    """The number of elements over `axis` that are not zero."""
def cov(m: Any, y: Any = ..., rowvar: Any = ..., bias: Any = ..., ddof: Any = ..., fweights: Any = ..., aweights: Any = ..., *, dtype: Any = ...) -> Any:
    """Return the covariances of variables, one in each row of m, or column without `rowvar`, and those of y."""
def cross(a: Any, b: Any, axisa: Any = ..., axisb: Any = ..., axisc: Any = ..., axis: Any = ...) -> Any:
    """Return the vectors across a and b, of three elements along `axisa` and `axisb`; they lie along `axisc`."""
def cumprod(a: Any, axis: Any = ..., dtype: Any = ..., out: Any = ...) -> Tensor:
    """The running product along `axis`, or of the flattened array. Its gradient is exact with zeros."""
def cumsum(a: Any, axis: Any = ..., dtype: Any = ..., out: Any = ...) -> Tensor:
    """The running sum along `axis`, or of the flattened array."""
def cumulative_prod(x: Any, *, axis: Any = ..., dtype: Any = ..., out: Any = ..., include_initial: Any = ...) -> Any:
    """Return the running product along `axis`, which more than one axis needs; with `include_initial` behind a 1."""
def cumulative_sum(x: Any, *, axis: Any = ..., dtype: Any = ..., out: Any = ..., include_initial: Any = ...) -> Any:
    """Return the running sum along `axis`, which more than one axis needs; with `include_initial` behind a 0."""
def deg2rad(x: Any, /) -> Tensor:
    """Degrees to radians."""
def degrees(x: Any, /) -> Tensor:
    """Radians to degrees."""
def delete(x: Any, obj: Any, axis: Any = ...) -> Any:
    """Return x without some parts along an axis, or of the flattened array."""
def det(a: Any, /) -> Tensor:
    """The determinant of a, (..., n, n). At a singular matrix its gradient is the adjugate."""
def diag(x: Any, k: Any = ...) -> Any:
    """Return the k-th diagonal of a matrix, or the matrix with x on its k-th diagonal."""
def diagflat(x: Any, k: Any = ...) -> Any:
    """Return the matrix with the elements of x on its k-th diagonal."""
def diagonal(x: Any, offset: Any = ..., axis1: Any = ..., axis2: Any = ...) -> Any:
    """Return the diagonal of the planes along two axes, as the last axis."""
def diff(x: Any, n: Any = ..., axis: Any = ..., prepend: Any = ..., append: Any = ...) -> Any:
    """Return the differences x[i + 1] - x[i] along `axis`, taken `n` times, of x between `prepend` and `append`."""
def divide(x: Any, y: Any, /) -> Tensor:
    """x / y, element by element; 1/0 is inf and 0/0 nan, as IEEE 754 has it."""
def divmod(x: Any, y: Any) -> Any:
    """Return (x // y, x % y)."""
def dot(a: Any, b: Any) -> Any:
    """Return the product over the last axis of a and the last but one of b, or a * b where one is 0-d."""
def dsplit(x: Any, indices_or_sections: Any) -> Any:
    """Return x cut along its third axis."""
def dstack(arrays: Any) -> Any:
    """Return the arrays behind each other, along the third axis."""
def ediff1d(x: Any, to_end: Any = ..., to_begin: Any = ...) -> Any:
    """Return the differences between neighbours in the flattened x, between `to_begin` and `to_end`."""
def eig(a: Any, /) -> Any:
    """Eigenvalues and eigenvectors of length 1 of a, (..., n, n); complex unless all of them are real."""
def eigh(a: Any, /, UPLO: Any = ...) -> Any:
    """Eigenvalues, ascending, and eigenvectors of a symmetric (Hermitian) a, (..., n, n); so is its gradient."""
def eigvals(a: Any, /) -> Tensor:
    """The eigenvalues of a, (..., n, n); complex unless all of them are real."""
def eigvalsh(a: Any, /, UPLO: Any = ...) -> Tensor:
    """The eigenvalues, ascending, of a symmetric (Hermitian) a, (..., n, n); its gradient is so too."""
def einsum(*args: Any, optimize: Any = ..., out: Any = ..., dtype: Any = ..., casting: Any = ..., order: Any = ...) -> Tensor:
    """Einstein's sum: einsum('ij,jk->ik', a, b). Ellipses, repeated and implicit labels, lists of axes as in NumPy."""
def elu(x: Any, /, alpha: Any = ...) -> Tensor:
    """x where it is positive, else `alpha` · (exp(x) - 1); the slope at 0 is `alpha`."""
def equal(x: Any, y: Any, /) -> Tensor:
    """x == y, element by element, as booleans."""
def erf(x: Any, /) -> Tensor:
    """The error function, 2/√π times the integral of exp(-t²) from 0 to x."""
def erfc(x: Any, /) -> Tensor:
    """1 - erf(x), exact where that is tiny."""
def exp(x: Any, /) -> Tensor:
    """e to the power x."""
def exp2(x: Any, /) -> Tensor:
    """2 to the power x."""
def expand_dims(x: Any, /, axis: Any = ...) -> Tensor:
    """x with new axes of size 1 at `axis`."""
def expit(x: Any, /) -> Tensor:
    """1 / (1 + exp(-x)), without overflow."""
def expm1(x: Any, /) -> Tensor:
    """exp(x) - 1, exact for small x too."""
def extract(condition: Any, x: Any) -> Any:
    """Return the elements of x where the condition is true."""
def fabs(x: Any, /) -> Tensor:
    """Absolute value, as a float."""
def fft(x: Any, n: Any = ..., axis: Any = ..., norm: Any = ..., out: Any = ...) -> Tensor:
    """The discrete Fourier transform of x along `axis`, cut or filled up with zeros to `n` points."""
def fft2(x: Any, s: Any = ..., axes: Any = ..., norm: Any = ..., out: Any = ...) -> Any:
    """Return the Fourier transform of x along two axes, by default the last."""
def fftn(x: Any, s: Any = ..., axes: Any = ..., norm: Any = ..., out: Any = ...) -> Any:
    """Return the Fourier transform of x along several axes, by default all, with `s` points along each."""
def fftshift(x: Any, axes: Any = ...) -> Any:
    """Return x with bin 0 moved to the middle along the axes, by default all."""
def fix(x: Any) -> Any:
    """Return x without its fraction."""
def flatten(x: Any, order: Any = ...) -> Any:
    """Return the elements of x along one axis, in the order "C", "F", or "A" or "K", as they lie in memory."""
def flip(x: Any, /, axis: Any = ...) -> Tensor:
    """x in reverse order along `axis`, by default along all."""
def fliplr(x: Any) -> Any:
    """Return x with its second axis reversed."""
def flipud(x: Any) -> Any:
    """Return x with its first axis reversed."""
def float_power(x: Any, y: Any) -> Any:
    """x to the power y, as floats."""
def floor(x: Any, /) -> Tensor:
    """The largest integer not above x."""
def floor_divide(x: Any, y: Any, /) -> Tensor:
    """floor(x / y), element by element; its derivative is zero."""
def fmax(x: Any, y: Any, /) -> Tensor:
    """The larger of x and y, passing over nan; ties share the gradient."""
def fmin(x: Any, y: Any, /) -> Tensor:
    """The smaller of x and y, passing over nan; ties share the gradient."""
def fmod(x: Any, y: Any, /) -> Tensor:
    """The remainder of x / y with the sign of x. Slopes 1 and -trunc(x / y)."""
def frexp(x: Any) -> Any:
    """Return (m, e) with x = m · 2**e and m between 1/2 and 1; e are whole numbers."""
def gcd(x: Any, y: Any, /) -> Tensor:
    """The greatest common divisor of whole numbers."""
def gelu(x: Any, approximate: Any = ...) -> Tensor:
    """Return x · Φ(x), Φ being the normal distribution's function; `approximate` takes a tanh for it."""
def geomspace(start: Any, stop: Any, num: Any = ..., endpoint: Any = ..., dtype: Any = ..., axis: Any = ...) -> Any:
    """Return `num` numbers from start to stop in equal ratios, along a new axis; both of one sign."""
def getitem(x: Any, index: Any) -> Tensor:
    """x[index], by every kind of index that NumPy has."""
def gradient(f: Any, *varargs: Any, axis: Any = ..., edge_order: Any = ...) -> Any:
    """Return the slope of f along each axis by central differences, one-sided ones of `edge_order` 1 or 2 at the ends."""
def greater(x: Any, y: Any, /) -> Tensor:
    """x > y, element by element, as booleans."""
def greater_equal(x: Any, y: Any, /) -> Tensor:
    """x >= y, element by element, as booleans."""
def hard_sigmoid(x: Any) -> Tensor:
    """Return x / 6 + 1/2 between 0 and 1, beyond them the nearer one: a sigmoid of three straight lines."""
def hard_tanh(x: Any, /) -> Tensor:
    """x between -1 and 1, beyond them the nearer one; the slope at -1 and at 1 is 0."""
def heaviside(x: Any, y: Any, /) -> Tensor:
    """The step function: 0 below zero, y at zero, 1 above."""
def hfft(x: Any, n: Any = ..., axis: Any = ..., norm: Any = ..., out: Any = ...) -> Any:
    """Return the Fourier transform of a signal that is its own conjugate reversed, given by its first half: n reals."""
def histogram(a: Any, bins: Any = ..., range: Any = ..., density: Any = ..., weights: Any = ...) -> Any:
    """Return how many elements of a are in each bin, or the sum of their weights, and the edges of the bins."""
def histogram2d(*args: Any, **options: Any) -> Any:
    """Return what np.histogram2d counts, on values alone."""
def histogram_bin_edges(a: Any, bins: Any = ..., range: Any = ..., weights: Any = ...) -> Any:
    """Return the edges of the bins that `histogram` counts in."""
def histogramdd(*args: Any, **options: Any) -> Any:
    """Return what np.histogramdd counts, on values alone."""
def hsplit(x: Any, indices_or_sections: Any) -> Any:
    """Return x cut along its second axis, or the first of a vector."""
def hstack(arrays: Any, *, dtype: Any = ..., casting: Any = ...) -> Any:
    """Return the arrays beside each other, along the second axis, or the first of 1-d arrays."""
def hypot(x: Any, y: Any, /) -> Tensor:
    """sqrt(x² + y²) without overflow. Both slopes are 0 at the origin."""
def i0(x: Any, /) -> Tensor:
    """The modified Bessel function of the first kind, of order 0."""
def ifft(x: Any, n: Any = ..., axis: Any = ..., norm: Any = ..., out: Any = ...) -> Tensor:
    """The inverse of `fft` along `axis`."""
def ifft2(x: Any, s: Any = ..., axes: Any = ..., norm: Any = ..., out: Any = ...) -> Any:
    """Return the inverse of `fft2`."""
def ifftn(x: Any, s: Any = ..., axes: Any = ..., norm: Any = ..., out: Any = ...) -> Any:
    """Return the inverse of `fftn`."""
def ifftshift(x: Any, axes: Any = ...) -> Any:
    """Return the inverse of `fftshift`."""
def ihfft(x: Any, n: Any = ..., axis: Any = ..., norm: Any = ..., out: Any = ...) -> Any:
    """Return the inverse of `hfft`: the first half of a signal whose Fourier transform is x, real numbers."""
def imag(x: Any, /) -> Tensor:
    """The imaginary part of x, element by element; zeros where x is real."""
def inner(a: Any, b: Any) -> Any:
    """Return the product over the last axes of a and b."""
def insert(x: Any, obj: Any, values: Any, axis: Any = ...) -> Any:
    """Return x with `values` put in before the given indices along an axis, or into the flattened array."""
def interp(x: Any, xp: Any, fp: Any, left: Any = ..., right: Any = ..., period: Any = ...) -> Any:
    """Return at each x the value on the straight lines through the points (xp, fp); xp must increase."""
def inv(a: Any, /) -> Tensor:
    """The inverse of a, (..., n, n). LinAlgError, with the condition number, where a is singular."""
def invert(x: Any, /) -> Tensor:
    """Bitwise not, of booleans or integers."""
def irfft(x: Any, n: Any = ..., axis: Any = ..., norm: Any = ..., out: Any = ...) -> Tensor:
    """The inverse of `rfft`: `n` real numbers, by default 2 (m - 1) of m bins. It ignores the imaginary parts of bin 0 and, of an even n, of bin n/2: their gradient is 0."""
def irfft2(x: Any, s: Any = ..., axes: Any = ..., norm: Any = ..., out: Any = ...) -> Any:
    """Return the inverse of `rfft2`: real numbers."""
def irfftn(x: Any, s: Any = ..., axes: Any = ..., norm: Any = ..., out: Any = ...) -> Any:
    """Return the inverse of `rfftn`: real numbers, by default 2 (m - 1) of m bins along the last axis."""
def isclose(x: Any, y: Any, /, rtol: Any = ..., atol: Any = ..., equal_nan: Any = ...) -> Tensor:
    """Whether x and y are equal within a tolerance."""
def isfinite(x: Any, /) -> Tensor:
    """Whether x is neither infinite nor nan."""
def isinf(x: Any, /) -> Tensor:
    """Whether x is infinite."""
def isnan(x: Any, /) -> Tensor:
    """Whether x is nan."""
def kaiser(M: Any, beta: Any) -> Any:
    """Return the Kaiser window of M points with the shape `beta`, by which it is differentiable."""
def kron(a: Any, b: Any) -> Any:
    """Return the Kronecker product: blocks of b, each times an element of a."""
def lcm(x: Any, y: Any, /) -> Tensor:
    """The least common multiple of whole numbers."""
def ldexp(x: Any, n: Any) -> Any:
    """Return x · 2**n, for whole numbers n."""
def leaky_relu(x: Any, /, negative_slope: Any = ...) -> Tensor:
    """x where it is positive, else `negative_slope` · x; at 0 that is the slope."""
def least_squares(a: Any, b: Any, /, rcond: Any = ...) -> Tensor:
    """x of the least |b - a @ x|, and of those the shortest, for a (m, n) and b (m,) or (m, k)."""
def left_shift(x: Any, y: Any, /) -> Tensor:
    """Integer x shifted left by y bits."""
def length(x: Any, /, axis: Any = ..., keepdims: Any = ...) -> Tensor:
    """The square root of the sum of squares over `axis`; its gradient at the origin is 0."""
def less(x: Any, y: Any, /) -> Tensor:
    """x < y, element by element, as booleans."""
def less_equal(x: Any, y: Any, /) -> Tensor:
    """x <= y, element by element, as booleans."""
def linspace(start: Any, stop: Any, num: Any = ..., endpoint: Any = ..., retstep: Any = ..., dtype: Any = ..., axis: Any = ..., *, device: Any = ...) -> Any:
    """Return `num` numbers from start to stop in equal steps, along a new axis; with `retstep` the step as well."""
def log(x: Any, /) -> Tensor:
    """Natural logarithm; -inf at 0, nan below."""
def log10(x: Any, /) -> Tensor:
    """Logarithm to base 10."""
def log1p(x: Any, /) -> Tensor:
    """log(1 + x), exact for small x too."""
def log2(x: Any, /) -> Tensor:
    """Logarithm to base 2."""
def log_sigmoid(x: Any, /) -> Tensor:
    """log(sigmoid(x)), without overflow."""
def log_softmax(x: Any, /, axis: Any = ...) -> Tensor:
    """The logarithm of softmax, exact where that is tiny."""
def logaddexp(x: Any, y: Any, /) -> Tensor:
    """log(exp(x) + exp(y)) without overflow. At two infinities of one sign: 0 for -inf."""
def logaddexp2(x: Any, y: Any, /) -> Tensor:
    """log2(2**x + 2**y) without overflow."""
def logical_and(x: Any, y: Any, /) -> Tensor:
    """Whether both are true (not zero)."""
def logical_not(x: Any, /) -> Tensor:
    """Whether x is false (zero)."""
def logical_or(x: Any, y: Any, /) -> Tensor:
    """Whether one of them is true (not zero)."""
def logical_xor(x: Any, y: Any, /) -> Tensor:
    """Whether exactly one of them is true (not zero)."""
def logistic_density(x: Any, /) -> Tensor:
    """sigmoid(x) sigmoid(-x), the slope of sigmoid and the density of the logistic distribution."""
def logspace(start: Any, stop: Any, num: Any = ..., endpoint: Any = ..., base: Any = ..., dtype: Any = ..., axis: Any = ...) -> Any:
    """Return powers of the base, from base**start to base**stop, in equal ratios."""
def logsumexp(x: Any, /, axis: Any = ..., keepdims: Any = ...) -> Tensor:
    """log(sum(exp(x))) over `axis`, without overflow; the gradient is the softmax."""
def lstsq(a: Any, b: Any, rcond: Any = ...) -> Any:
    """Return (x, sums of squares of the residuals, rank, singular values) of the least squares a @ x = b, as NumPy."""
def matmul(a: Any, b: Any, /) -> Tensor:
    """The matrix product a @ b; leading axes are a stack and broadcast, a 1-d operand is a row or a column."""
def matrix_power(a: Any, n: Any) -> Any:
    """Return a @ a @ … n times, for a (..., m, m); of a negative n that of the inverse."""
def matvec(x1: Any, x2: Any) -> Any:
    """Return products of matrices (..., m, n) with vectors (..., n)."""
def max(a: Any, axis: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Tensor:
    """The largest element over `axis`; ties share the gradient, also one with `initial`, and a nan takes it."""
def maximum(x: Any, y: Any, /) -> Tensor:
    """The larger of x and y; ties share the gradient, a nan takes all of it."""
def mean(a: Any, axis: Any = ..., dtype: Any = ..., out: Any = ..., keepdims: Any = ..., *, where: Any = ...) -> Tensor:
    """The mean of x over `axis`; with `where`, of the elements that it names."""
def median(x: Any, axis: Any = ..., out: Any = ..., overwrite_input: Any = ..., keepdims: Any = ...) -> Any:
    """Return the median over `axis`: the element in the middle, or the mean of the two there, which share g."""
def meshgrid(*xi: Any, copy: Any = ..., sparse: Any = ..., indexing: Any = ...) -> Any:
    """Return a grid for each vector: its coordinate at all points, or, `sparse`, in a shape that broadcasts."""
def min(a: Any, axis: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Tensor:
    """The smallest element over `axis`; ties share the gradient, also one with `initial`, and a nan takes it."""
def minimum(x: Any, y: Any, /) -> Tensor:
    """The smaller of x and y; ties share the gradient, a nan takes all of it."""
def mish(x: Any) -> Tensor:
    """Return x · tanh(softplus(x)) (Misra, 2019)."""
def mod(x: Any, y: Any, /) -> Tensor:
    """x % y with the sign of y. Slopes 1 and -floor(x / y); jumps at multiples of y."""
def modf(x: Any) -> Any:
    """Return (the fraction of x, x without it), both with the sign of x."""
def moveaxis(x: Any, /, source: Any = ..., destination: Any = ...) -> Tensor:
    """x with the axes `source` moved to `destination`."""
def multiply(x: Any, y: Any, /) -> Tensor:
    """x * y, element by element."""
def nan_to_num(x: Any, copy: Any = ..., nan: Any = ..., posinf: Any = ..., neginf: Any = ...) -> Any:
    """Return x with numbers for nan and infinities, by default 0 and the largest there are; their gradient is 0."""
def nanargmax(a: Any, axis: Any = ..., out: Any = ..., *, keepdims: Any = ...) -> Tensor:
    """The index of the first extreme along `axis`, or in the flattened array, passing over nan."""
def nanargmin(a: Any, axis: Any = ..., out: Any = ..., *, keepdims: Any = ...) -> Tensor:
    """The index of the first extreme along `axis`, or in the flattened array, passing over nan."""
def nancumprod(x: Any, axis: Any = ..., dtype: Any = ..., out: Any = ...) -> Any:
    """Return the running product along `axis`, or of the flattened array, with nan as 1."""
def nancumsum(x: Any, axis: Any = ..., dtype: Any = ..., out: Any = ...) -> Any:
    """Return the running sum along `axis`, or of the flattened array, with nan as 0."""
def nanmax(x: Any, axis: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Any:
    """Return the maximum over `axis` of what is no nan, with ties sharing; of none it is nan."""
def nanmean(x: Any, axis: Any = ..., dtype: Any = ..., out: Any = ..., keepdims: Any = ..., *, where: Any = ...) -> Any:
    """Return the mean over `axis` of the elements that are no nan; of none it is nan."""
def nanmedian(x: Any, axis: Any = ..., out: Any = ..., overwrite_input: Any = ..., keepdims: Any = ...) -> Any:
    """Return the median over `axis` of the elements that are no nan; of nan alone it is nan, without a gradient."""
def nanmin(x: Any, axis: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Any:
    """Return the minimum over `axis` of what is no nan, with ties sharing; of none it is nan."""
def nanpercentile(x: Any, q: Any, axis: Any = ..., out: Any = ..., overwrite_input: Any = ..., method: Any = ..., keepdims: Any = ..., *, weights: Any = ...) -> Any:
    """Return the percentiles q, from 0 to 100, of what is no nan, of x over `axis`, by any of NumPy's ways (`method`) between two elements. By q the slope is that between the two; weights, as in NumPy by one method only, say which element it is, and have the derivative zero."""
def nanprod(x: Any, axis: Any = ..., dtype: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Any:
    """Return the product over `axis` of the elements that are no nan."""
def nanquantile(x: Any, q: Any, axis: Any = ..., out: Any = ..., overwrite_input: Any = ..., method: Any = ..., keepdims: Any = ..., *, weights: Any = ...) -> Any:
    """Return the quantiles q, from 0 to 1, of what is no nan, of x over `axis`, by any of NumPy's ways (`method`) between two elements. By q the slope is that between the two; weights, as in NumPy by one method only, say which element it is, and have the derivative zero."""
def nanstd(x: Any, axis: Any = ..., dtype: Any = ..., out: Any = ..., ddof: Any = ..., keepdims: Any = ..., *, where: Any = ..., mean: Any = ..., correction: Any = ...) -> Any:
    """Return the standard deviation over `axis` of the elements that are no nan; nan of no more than `ddof` of them."""
def nansum(x: Any, axis: Any = ..., dtype: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Any:
    """Return the sum over `axis` of the elements that are no nan."""
def nanvar(x: Any, axis: Any = ..., dtype: Any = ..., out: Any = ..., ddof: Any = ..., keepdims: Any = ..., *, where: Any = ..., mean: Any = ..., correction: Any = ...) -> Any:
    """Return the variance over `axis` of the elements that are no nan; it is nan of no more than `ddof` of them."""
def negative(x: Any, /) -> Tensor:
    """-x, element by element."""
def nonzero(x: Any) -> Any:
    """The indices of the elements that are not zero, one array for each axis."""
def norm(x: Any, ord: Any = ..., axis: Any = ..., keepdims: Any = ...) -> Any:
    """Return a norm of vectors, or of matrices where `axis` names two axes (or x has two and `ord` is given)."""
def not_equal(x: Any, y: Any, /) -> Tensor:
    """x != y, element by element, as booleans."""
def outer(a: Any, b: Any) -> Any:
    """Return every product of an element of a with one of b, as a matrix."""
def pad(x: Any, pad_width: Any, mode: Any = ..., **options: Any) -> Any:
    """Return x with a border of `pad_width` elements before and after each axis, a number, pairs, or a dict by axis."""
def partition(x: Any, kth: Any, axis: Any = ..., kind: Any = ..., order: Any = ...) -> Any:
    """Return x with the kth element along an axis where sorting would put it, smaller ones before it."""
def percentile(x: Any, q: Any, axis: Any = ..., out: Any = ..., overwrite_input: Any = ..., method: Any = ..., keepdims: Any = ..., *, weights: Any = ...) -> Any:
    """Return the percentiles q, from 0 to 100, of x over `axis`, by any of NumPy's ways (`method`) between two elements. By q the slope is that between the two; weights, as in NumPy by one method only, say which element it is, and have the derivative zero."""
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """Return a function by parts, each called with the elements of x for which its condition is the last to hold."""
def pinv(a: Any, rcond: Any = ..., hermitian: Any = ..., *, rtol: Any = ...) -> Any:
    """Return the pseudo-inverse of a, (..., m, n): (..., n, m). Its derivative takes the rank as constant."""
def poly(seq_of_zeros: Any) -> Any:
    """Return the coefficients of the polynomial with the given roots, or of det(λ - a) of a square matrix a."""
def polyadd(a1: Any, a2: Any) -> Any:
    """Return the sum of two polynomials."""
def polyder(p: Any, m: Any = ...) -> Any:
    """Return the m-th derivative of a polynomial."""
def polydiv(u: Any, v: Any) -> Any:
    """Return the quotient and the remainder of two polynomials; zeros that lead the remainder are left out."""
def polyfit(x: Any, y: Any, deg: Any, rcond: Any = ..., full: Any = ..., w: Any = ..., cov: Any = ...) -> Any:
    """Return the coefficients of the polynomial of degree `deg` that fits y, (n,) or (n, k), at x, (n,), best."""
def polyint(p: Any, m: Any = ..., k: Any = ...) -> Any:
    """Return the m-th integral of a polynomial; `k` are the constants of integration, the first integral's first."""
def polymul(a1: Any, a2: Any) -> Any:
    """Return the product of two polynomials; zeros that lead one of them are left out, as by NumPy."""
def polysub(a1: Any, a2: Any) -> Any:
    """Return the difference of two polynomials."""
def polyval(p: Any, x: Any) -> Tensor:
    """The value at each x of the polynomial with the coefficients p, highest power first."""
def positive(x: Any, /) -> Tensor:
    """+x: a new tensor, equal to x."""
def pow(x: Any, y: Any, /) -> Tensor:
    """x to the power y. Slope by x: 0 where y is 0. By y: 0 at x = 0 and y >= 0, nan where x < 0."""
def power(x: Any, y: Any, /) -> Tensor:
    """x to the power y. Slope by x: 0 where y is 0. By y: 0 at x = 0 and y >= 0, nan where x < 0."""
def prod(a: Any, axis: Any = ..., dtype: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Tensor:
    """The product of x over `axis`. Its gradient is exact with zeros among the factors."""
def ptp(x: Any, axis: Any = ..., out: Any = ..., keepdims: Any = ...) -> Any:
    """Return the largest minus the smallest element over `axis`."""
def qr(a: Any, mode: Any = ...) -> Any:
    """Return q, r with a = q @ r, q of orthonormal columns and r upper triangular; a is (..., m, n)."""
def quantile(x: Any, q: Any, axis: Any = ..., out: Any = ..., overwrite_input: Any = ..., method: Any = ..., keepdims: Any = ..., *, weights: Any = ...) -> Any:
    """Return the quantiles q, from 0 to 1, of x over `axis`, by any of NumPy's ways (`method`) between two elements. By q the slope is that between the two; weights, as in NumPy by one method only, say which element it is, and have the derivative zero."""
def rad2deg(x: Any, /) -> Tensor:
    """Radians to degrees."""
def radians(x: Any, /) -> Tensor:
    """Degrees to radians."""
def ravel(x: Any, order: Any = ...) -> Any:
    """Return the elements of x along one axis, in the order "C", "F", or "A" or "K", as they lie in memory."""
def real(x: Any, /) -> Tensor:
    """The real part of x, element by element; x itself where it is real."""
def real_if_close(x: Any, tol: Any = ...) -> Any:
    """Return the real part of x if all imaginary parts are next to nothing, else x."""
def reciprocal(x: Any, /) -> Tensor:
    """1 / x, element by element."""
def relu(x: Any, /) -> Tensor:
    """x where it is positive, else 0. Its slope at 0 is 0, and 1 at nan, which stays visible."""
def relu6(x: Any, /) -> Tensor:
    """x between 0 and 6, beyond them the nearer one; the slope at 0 and at 6 is 0."""
def remainder(x: Any, y: Any, /) -> Tensor:
    """x % y with the sign of y. Slopes 1 and -floor(x / y); jumps at multiples of y."""
def repeat(x: Any, repeats: Any, axis: Any = ...) -> Any:
    """Return x with each element repeated, `repeats` times or as often as an array of counts says, along `axis`."""
def reshape(x: Any, shape: Any, order: Any = ..., *, copy: Any = ...) -> Tensor:
    """The elements of x, in C order, in another shape; one size may be -1."""
def resize(x: Any, new_shape: Any) -> Any:
    """Return the elements of x in another shape, again from the start where there are too few."""
def rfft(x: Any, n: Any = ..., axis: Any = ..., norm: Any = ..., out: Any = ...) -> Tensor:
    """The bins 0 to n // 2 of the Fourier transform of real numbers along `axis`; the others are their conjugates."""
def rfft2(x: Any, s: Any = ..., axes: Any = ..., norm: Any = ..., out: Any = ...) -> Any:
    """Return the Fourier transform of real numbers along two axes, with half of the bins."""
def rfftn(x: Any, s: Any = ..., axes: Any = ..., norm: Any = ..., out: Any = ...) -> Any:
    """Return the Fourier transform of real numbers along several axes, with half of the bins along the last."""
def right_shift(x: Any, y: Any, /) -> Tensor:
    """Integer x shifted right by y bits."""
def rint(x: Any, /) -> Tensor:
    """The nearest integer, even where there are two."""
def roll(x: Any, /, shift: Any = ..., axis: Any = ...) -> Tensor:
    """x moved by `shift` along `axis`; what leaves at one end comes in at the other."""
def rollaxis(x: Any, axis: Any, start: Any = ...) -> Any:
    """Return x with an axis moved to before another."""
def roots(p: Any, /) -> Tensor:
    """The roots of the polynomial with coefficients p: complex where any is. Two that are equal have no slope."""
def rot90(x: Any, k: Any = ..., axes: Any = ...) -> Any:
    """Return x turned by k quarters, from the first of two axes towards the second."""
def round(x: Any, /, decimals: Any = ...) -> Tensor:
    """x rounded to `decimals` digits; halves to even."""
def scatter(x: Any, /, index: Any = ..., shape: Any = ...) -> Tensor:
    """Zeros of `shape` with x added at `index`; elements that are named twice add up."""
def select(condlist: Any, choicelist: Any, default: Any = ...) -> Any:
    """Return, at each place, the choice of the first condition that holds there, or the default."""
def selu(x: Any) -> Tensor:
    """Return `elu` scaled so that mean 0 and variance 1 reproduce themselves (Klambauer et al., 2017)."""
def sigmoid(x: Any, /) -> Tensor:
    """1 / (1 + exp(-x)), without overflow."""
def sign(x: Any, /) -> Tensor:
    """-1, 0 or 1 by the sign of x; nan for nan. Of a complex number x / |x|."""
def signbit(x: Any, /) -> Tensor:
    """Whether the sign of x is negative, also of -0.0."""
def silu(x: Any, /) -> Tensor:
    """x · sigmoid(x)."""
def sin(x: Any, /) -> Tensor:
    """Sine of x, in radians."""
def sinc(x: Any, /) -> Tensor:
    """sin(πx) / (πx), and 1 at 0. Its slope at 0 is 0."""
def sinh(x: Any, /) -> Tensor:
    """Hyperbolic sine."""
def slogdet(a: Any, /) -> Any:
    """The sign and the logarithm of the absolute value of the determinant of a, (..., n, n)."""
def softmax(x: Any, /, axis: Any = ...) -> Tensor:
    """exp(x) divided by its sum along `axis`. nan where all of x is -inf."""
def softplus(x: Any, /) -> Tensor:
    """log(1 + exp(x)), without overflow."""
def softsign(x: Any, /) -> Tensor:
    """x / (1 + |x|)."""
def solve(a: Any, b: Any, /) -> Tensor:
    """x with a @ x = b; a is (..., n, n), b is (..., n, k), or (n,) for one right-hand side."""
def sort(x: Any, axis: Any = ..., kind: Any = ..., order: Any = ..., *, stable: Any = ..., descending: Any = ...) -> Tensor:
    """x in ascending order along `axis`, ties in their order; None sorts the flattened array."""
def sort_complex(x: Any) -> Any:
    """Return the elements sorted by real part, then by imaginary part, as complex numbers."""
def spacing(x: Any, /) -> Tensor:
    """The distance from x to the next number."""
def split(x: Any, /, indices_or_sections: Any = ..., axis: Any = ...) -> Any:
    """x cut along `axis` into equal sections, or before the given indices."""
def sqrt(x: Any, /) -> Tensor:
    """Square root. Its slope at 0 is inf; for the length of a vector use `norm`, whose slope there is 0."""
def square(x: Any, /) -> Tensor:
    """x times x, element by element."""
def squeeze(x: Any, /, axis: Any = ...) -> Tensor:
    """x without its axes of size 1, or those in `axis`."""
def stack(arrays: Any, axis: Any = ..., out: Any = ..., *, dtype: Any = ..., casting: Any = ...) -> Tensor:
    """The arrays of a sequence, all of one shape, along a new axis."""
def std(a: Any, axis: Any = ..., dtype: Any = ..., out: Any = ..., ddof: Any = ..., keepdims: Any = ..., *, where: Any = ..., mean: Any = ..., correction: Any = ...) -> Tensor:
    """The standard deviation of x over `axis`, with n - `ddof`. Its gradient is 0 where all elements are equal."""
def subtract(x: Any, y: Any, /) -> Tensor:
    """x - y, element by element."""
def sum(a: Any, axis: Any = ..., dtype: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Tensor:
    """The sum of x over `axis`: an int, a tuple, or None for all axes; with `where`, of the elements that it names."""
def svd(a: Any, full_matrices: Any = ..., compute_uv: Any = ..., hermitian: Any = ...) -> Any:
    """Return u, s, vh with a = u @ diag(s) @ vh, or s alone without `compute_uv`; a is (..., m, n)."""
def svdvals(a: Any, /) -> Tensor:
    """The singular values of a, (..., m, n), the largest first."""
def swapaxes(x: Any, /, axis1: Any = ..., axis2: Any = ...) -> Tensor:
    """x with two axes exchanged."""
def swish(x: Any, /) -> Tensor:
    """x · sigmoid(x)."""
def take(x: Any, indices: Any, axis: Any = ..., out: Any = ..., mode: Any = ...) -> Any:
    """Return the elements of x at `indices` along `axis`, or of the flattened array."""
def take_along_axis(x: Any, indices: Any, axis: Any = ...) -> Any:
    """Return, for every position of `indices`, the element of x that it names along `axis`."""
def tan(x: Any, /) -> Tensor:
    """Tangent of x, in radians."""
def tanh(x: Any, /) -> Tensor:
    """Hyperbolic tangent. Its slope is exact in the tails too."""
def tensordot(a: Any, b: Any, axes: Any = ...) -> Any:
    """Return the sum of products over `axes`: a number of last and first axes, or a pair of sequences."""
def tensorinv(a: Any, ind: Any = ...) -> Any:
    """Return the inverse of a as a matrix of its first `ind` axes by the others."""
def tile(x: Any, reps: Any) -> Any:
    """Return x laid out `reps` times along each axis; new axes are added in front where `reps` is longer."""
def trace(x: Any, offset: Any = ..., axis1: Any = ..., axis2: Any = ..., dtype: Any = ..., out: Any = ...) -> Any:
    """Return the sum of the diagonal of the planes along two axes."""
def transpose(x: Any, /, axes: Any = ...) -> Tensor:
    """x with its axes in the order `axes`, by default reversed."""
def trapezoid(y: Any, x: Any = ..., dx: Any = ..., axis: Any = ...) -> Any:
    """Return the area under y along `axis` by the trapezoidal rule, of samples at x, or `dx` apart."""
def trapz(y: Any, x: Any = ..., dx: Any = ..., axis: Any = ...) -> Any:
    """Return the area under y along `axis` by the trapezoidal rule, of samples at x, or `dx` apart."""
def tril(x: Any, /, k: Any = ...) -> Tensor:
    """x with zeros above the k-th diagonal."""
def trim_zeros(x: Any, trim: Any = ..., axis: Any = ...) -> Any:
    """Return x without the zeros at its ends."""
def triu(x: Any, /, k: Any = ...) -> Tensor:
    """x with zeros below the k-th diagonal."""
def true_divide(x: Any, y: Any, /) -> Tensor:
    """x / y, element by element; 1/0 is inf and 0/0 nan, as IEEE 754 has it."""
def trunc(x: Any, /) -> Tensor:
    """x without its fraction."""
def unique(x: Any, return_index: Any = ..., return_inverse: Any = ..., return_counts: Any = ..., axis: Any = ..., **options: Any) -> Any:
    """Return the different values of x in order, of equal ones the first, and what NumPy tells of them."""
def unstack(x: Any, *, axis: Any = ...) -> Any:
    """Return the parts of x along an axis, as a tuple."""
def unwrap(x: Any, /, discont: Any = ..., axis: Any = ..., period: Any = ...) -> Tensor:
    """x with multiples of `period` added, so that no neighbours along `axis` are more than `discont` apart, by default half a period. Its slope is 1."""
def update(x: Any, v: Any, index: Any) -> Tensor:
    """A copy of x with x[index] = v."""
def vander(x: Any, N: Any = ..., increasing: Any = ...) -> Any:
    """Return the matrix with powers of x as its `N` columns, highest first; by default as many as x has elements."""
def var(a: Any, axis: Any = ..., dtype: Any = ..., out: Any = ..., ddof: Any = ..., keepdims: Any = ..., *, where: Any = ..., mean: Any = ..., correction: Any = ...) -> Tensor:
    """The variance of x over `axis`, divided by n - `ddof`."""
def vdot(a: Any, b: Any) -> Any:
    """Return the sum of the products of all elements of a, conjugated, and b."""
def vecdot(x1: Any, x2: Any, axis: Any = ...) -> Any:
    """Return the sums of conj(x1) · x2 along an axis."""
def vecmat(x1: Any, x2: Any) -> Any:
    """Return products of vectors (..., m), conjugated, with matrices (..., m, n)."""
def vsplit(x: Any, indices_or_sections: Any) -> Any:
    """Return x cut along its first axis."""
def vstack(arrays: Any, *, dtype: Any = ..., casting: Any = ...) -> Any:
    """Return the arrays below each other, as rows."""
def where(condition: Any, *x_and_y: Any) -> Any:
    """Return x where the condition is true, else y; with the condition alone, the indices where it is true."""
