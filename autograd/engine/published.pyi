# Made from the registry by `make docs`.
from typing import Any

from autograd.engine.tensor import Tensor

class Published:
    def __abs__(self) -> Tensor: ...
    def __add__(self, y: Any, /) -> Tensor: ...
    def __and__(self, y: Any, /) -> Tensor: ...
    def __divmod__(self, y: Any, /) -> Any: ...
    def __eq__(self, y: object, /) -> Any: ...
    def __floordiv__(self, y: Any, /) -> Tensor: ...
    def __ge__(self, y: Any, /) -> Tensor: ...
    def __getitem__(self, index: Any, /) -> Tensor: ...
    def __gt__(self, y: Any, /) -> Tensor: ...
    def __invert__(self) -> Tensor: ...
    def __le__(self, y: Any, /) -> Tensor: ...
    def __lshift__(self, y: Any, /) -> Tensor: ...
    def __lt__(self, y: Any, /) -> Tensor: ...
    def __matmul__(self, b: Any, /) -> Tensor: ...
    def __mod__(self, y: Any, /) -> Tensor: ...
    def __mul__(self, y: Any, /) -> Tensor: ...
    def __ne__(self, y: object, /) -> Any: ...
    def __neg__(self) -> Tensor: ...
    def __or__(self, y: Any, /) -> Tensor: ...
    def __pos__(self) -> Tensor: ...
    def __pow__(self, y: Any, /) -> Tensor: ...
    def __radd__(self, x: Any, /) -> Tensor: ...
    def __rand__(self, x: Any, /) -> Tensor: ...
    def __rfloordiv__(self, x: Any, /) -> Tensor: ...
    def __rlshift__(self, x: Any, /) -> Tensor: ...
    def __rmatmul__(self, x: Any, /) -> Tensor: ...
    def __rmod__(self, x: Any, /) -> Tensor: ...
    def __rmul__(self, x: Any, /) -> Tensor: ...
    def __ror__(self, x: Any, /) -> Tensor: ...
    def __round__(self, decimals: Any = ..., /) -> Tensor: ...
    def __rpow__(self, x: Any, /) -> Tensor: ...
    def __rrshift__(self, x: Any, /) -> Tensor: ...
    def __rshift__(self, y: Any, /) -> Tensor: ...
    def __rsub__(self, x: Any, /) -> Tensor: ...
    def __rtruediv__(self, x: Any, /) -> Tensor: ...
    def __rxor__(self, x: Any, /) -> Tensor: ...
    def __setitem__(self, index: Any, v: Any, /) -> Any: ...
    def __sub__(self, y: Any, /) -> Tensor: ...
    def __truediv__(self, y: Any, /) -> Tensor: ...
    def __xor__(self, y: Any, /) -> Tensor: ...
    def abs(self) -> Tensor:
        """Absolute value. Its slope at 0 is 0."""
    def absolute(self) -> Tensor:
        """Absolute value. Its slope at 0 is 0."""
    def acos(self) -> Tensor:
        """Inverse cosine, in radians. Its slope at -1 and 1 is -inf."""
    def acosh(self) -> Tensor:
        """Inverse hyperbolic cosine, for x >= 1. Its slope at 1 is inf."""
    def add(self, y: Any) -> Tensor:
        """x + y, element by element."""
    def all(self, axis: Any = ..., out: Any = ..., keepdims: Any = ..., *, where: Any = ...) -> Tensor:
        """Whether all elements of x over `axis` are true."""
    def amax(self, axis: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Tensor:
        """The largest element over `axis`; ties share the gradient, also one with `initial`, and a nan takes it."""
    def amin(self, axis: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Tensor:
        """The smallest element over `axis`; ties share the gradient, also one with `initial`, and a nan takes it."""
    def any(self, axis: Any = ..., out: Any = ..., keepdims: Any = ..., *, where: Any = ...) -> Tensor:
        """Whether any element of x over `axis` is true."""
    def arccos(self) -> Tensor:
        """Inverse cosine, in radians. Its slope at -1 and 1 is -inf."""
    def arccosh(self) -> Tensor:
        """Inverse hyperbolic cosine, for x >= 1. Its slope at 1 is inf."""
    def arcsin(self) -> Tensor:
        """Inverse sine, in radians. Its slope at -1 and 1 is inf."""
    def arcsinh(self) -> Tensor:
        """Inverse hyperbolic sine."""
    def arctan(self) -> Tensor:
        """Inverse tangent, in radians."""
    def arctan2(self, x: Any) -> Tensor:
        """The angle of the point (x, y), first argument y, in radians. Both slopes are 0 at the origin."""
    def arctanh(self) -> Tensor:
        """Inverse hyperbolic tangent, for -1 < x < 1."""
    def argmax(self, axis: Any = ..., out: Any = ..., *, keepdims: Any = ...) -> Tensor:
        """The index of the first extreme along `axis`, or in the flattened array."""
    def argmin(self, axis: Any = ..., out: Any = ..., *, keepdims: Any = ...) -> Tensor:
        """The index of the first extreme along `axis`, or in the flattened array."""
    def argpartition(self, kth: Any = ..., axis: Any = ..., kind: Any = ..., order: Any = ...) -> Tensor:
        """The indices that `partition` puts elements in place by."""
    def argsort(self, axis: Any = ..., kind: Any = ..., order: Any = ..., *, stable: Any = ..., descending: Any = ...) -> Tensor:
        """The indices that sort x along `axis`, ties in their order."""
    def around(self, decimals: Any = ...) -> Tensor:
        """x rounded to `decimals` digits; halves to even."""
    def asin(self) -> Tensor:
        """Inverse sine, in radians. Its slope at -1 and 1 is inf."""
    def asinh(self) -> Tensor:
        """Inverse hyperbolic sine."""
    def astype(self, dtype: Any, order: Any = ..., casting: Any = ..., subok: Any = ..., copy: Any = ..., *, device: Any = ...) -> Tensor:
        """x in another dtype; the gradient comes back in that of x."""
    def atan(self) -> Tensor:
        """Inverse tangent, in radians."""
    def atan2(self, x: Any) -> Tensor:
        """The angle of the point (x, y), first argument y, in radians. Both slopes are 0 at the origin."""
    def atanh(self) -> Tensor:
        """Inverse hyperbolic tangent, for -1 < x < 1."""
    def bitwise_and(self, y: Any) -> Tensor:
        """Bitwise x & y of booleans or integers."""
    def bitwise_or(self, y: Any) -> Tensor:
        """Bitwise x | y of booleans or integers."""
    def bitwise_xor(self, y: Any) -> Tensor:
        """Bitwise x ^ y of booleans or integers."""
    def broadcast_to(self, shape: Any, subok: Any = ...) -> Tensor:
        """x repeated along new axes and axes of size 1, up to `shape`."""
    def cbrt(self) -> Tensor:
        """Cube root. Its slope at 0 is inf."""
    def ceil(self) -> Tensor:
        """The smallest integer not below x."""
    def clip(self, a_min: Any = ..., a_max: Any = ..., *, min: Any = ..., max: Any = ...) -> Tensor:
        """x, but not below `a_min` nor above `a_max`. Its slope is 1 from bound to bound, bounds included."""
    def compress(self, condition: Any, axis: Any = ...) -> Any:
        """Return the parts of x along an axis where the condition is true."""
    def conj(self) -> Tensor:
        """The complex conjugate of x, element by element."""
    def conjugate(self) -> Tensor:
        """The complex conjugate of x, element by element."""
    def copy(self, order: Any = ..., subok: Any = ...) -> Tensor:
        """A copy of x that does not share its memory; gradients flow through."""
    def copysign(self, y: Any) -> Tensor:
        """The size of x with the sign of y."""
    def cos(self) -> Tensor:
        """Cosine of x, in radians."""
    def cosh(self) -> Tensor:
        """Hyperbolic cosine."""
    def cumprod(self, axis: Any = ..., dtype: Any = ..., out: Any = ...) -> Tensor:
        """The running product along `axis`, or of the flattened array. Its gradient is exact with zeros."""
    def cumsum(self, axis: Any = ..., dtype: Any = ..., out: Any = ...) -> Tensor:
        """The running sum along `axis`, or of the flattened array."""
    def deg2rad(self) -> Tensor:
        """Degrees to radians."""
    def degrees(self) -> Tensor:
        """Radians to degrees."""
    def diagonal(self, offset: Any = ..., axis1: Any = ..., axis2: Any = ...) -> Any:
        """Return the diagonal of the planes along two axes, as the last axis."""
    def divide(self, y: Any) -> Tensor:
        """x / y, element by element; 1/0 is inf and 0/0 nan, as IEEE 754 has it."""
    def divmod(self, y: Any) -> Any:
        """Return (x // y, x % y)."""
    def dot(self, b: Any) -> Any:
        """Return the product over the last axis of a and the last but one of b, or a * b where one is 0-d."""
    def equal(self, y: Any) -> Tensor:
        """x == y, element by element, as booleans."""
    def erf(self) -> Tensor:
        """The error function, 2/√π times the integral of exp(-t²) from 0 to x."""
    def erfc(self) -> Tensor:
        """1 - erf(x), exact where that is tiny."""
    def exp(self) -> Tensor:
        """e to the power x."""
    def exp2(self) -> Tensor:
        """2 to the power x."""
    def expand_dims(self, axis: Any = ...) -> Tensor:
        """x with new axes of size 1 at `axis`."""
    def expit(self) -> Tensor:
        """1 / (1 + exp(-x)), without overflow."""
    def expm1(self) -> Tensor:
        """exp(x) - 1, exact for small x too."""
    def fabs(self) -> Tensor:
        """Absolute value, as a float."""
    def fill(self, value: Any) -> Any:
        """Give all elements one value; the handle takes a new value, as by t[...] = value."""
    def flatten(self, order: Any = ...) -> Any:
        """Return the elements of x along one axis, in the order "C", "F", or "A" or "K", as they lie in memory."""
    def flip(self, axis: Any = ...) -> Tensor:
        """x in reverse order along `axis`, by default along all."""
    def float_power(self, y: Any) -> Any:
        """x to the power y, as floats."""
    def floor(self) -> Tensor:
        """The largest integer not above x."""
    def floor_divide(self, y: Any) -> Tensor:
        """floor(x / y), element by element; its derivative is zero."""
    def fmax(self, y: Any) -> Tensor:
        """The larger of x and y, passing over nan; ties share the gradient."""
    def fmin(self, y: Any) -> Tensor:
        """The smaller of x and y, passing over nan; ties share the gradient."""
    def fmod(self, y: Any) -> Tensor:
        """The remainder of x / y with the sign of x. Slopes 1 and -trunc(x / y)."""
    def greater(self, y: Any) -> Tensor:
        """x > y, element by element, as booleans."""
    def greater_equal(self, y: Any) -> Tensor:
        """x >= y, element by element, as booleans."""
    def heaviside(self, y: Any) -> Tensor:
        """The step function: 0 below zero, y at zero, 1 above."""
    def hypot(self, y: Any) -> Tensor:
        """sqrt(x² + y²) without overflow. Both slopes are 0 at the origin."""
    def invert(self) -> Tensor:
        """Bitwise not, of booleans or integers."""
    def isclose(self, y: Any, rtol: Any = ..., atol: Any = ..., equal_nan: Any = ...) -> Tensor:
        """Whether x and y are equal within a tolerance."""
    def isfinite(self) -> Tensor:
        """Whether x is neither infinite nor nan."""
    def isinf(self) -> Tensor:
        """Whether x is infinite."""
    def isnan(self) -> Tensor:
        """Whether x is nan."""
    def left_shift(self, y: Any) -> Tensor:
        """Integer x shifted left by y bits."""
    def less(self, y: Any) -> Tensor:
        """x < y, element by element, as booleans."""
    def less_equal(self, y: Any) -> Tensor:
        """x <= y, element by element, as booleans."""
    def log(self) -> Tensor:
        """Natural logarithm; -inf at 0, nan below."""
    def log10(self) -> Tensor:
        """Logarithm to base 10."""
    def log1p(self) -> Tensor:
        """log(1 + x), exact for small x too."""
    def log2(self) -> Tensor:
        """Logarithm to base 2."""
    def log_sigmoid(self) -> Tensor:
        """log(sigmoid(x)), without overflow."""
    def log_softmax(self, axis: Any = ...) -> Tensor:
        """The logarithm of softmax, exact where that is tiny."""
    def logaddexp(self, y: Any) -> Tensor:
        """log(exp(x) + exp(y)) without overflow. At two infinities of one sign: 0 for -inf."""
    def logaddexp2(self, y: Any) -> Tensor:
        """log2(2**x + 2**y) without overflow."""
    def logical_and(self, y: Any) -> Tensor:
        """Whether both are true (not zero)."""
    def logical_not(self) -> Tensor:
        """Whether x is false (zero)."""
    def logical_or(self, y: Any) -> Tensor:
        """Whether one of them is true (not zero)."""
    def logical_xor(self, y: Any) -> Tensor:
        """Whether exactly one of them is true (not zero)."""
    def logistic_density(self) -> Tensor:
        """sigmoid(x) sigmoid(-x), the slope of sigmoid and the density of the logistic distribution."""
    def logsumexp(self, axis: Any = ..., keepdims: Any = ...) -> Tensor:
        """log(sum(exp(x))) over `axis`, without overflow; the gradient is the softmax."""
    def matmul(self, b: Any) -> Tensor:
        """The matrix product a @ b; leading axes are a stack and broadcast, a 1-d operand is a row or a column."""
    def max(self, axis: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Tensor:
        """The largest element over `axis`; ties share the gradient, also one with `initial`, and a nan takes it."""
    def maximum(self, y: Any) -> Tensor:
        """The larger of x and y; ties share the gradient, a nan takes all of it."""
    def mean(self, axis: Any = ..., dtype: Any = ..., out: Any = ..., keepdims: Any = ..., *, where: Any = ...) -> Tensor:
        """The mean of x over `axis`; with `where`, of the elements that it names."""
    def min(self, axis: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Tensor:
        """The smallest element over `axis`; ties share the gradient, also one with `initial`, and a nan takes it."""
    def minimum(self, y: Any) -> Tensor:
        """The smaller of x and y; ties share the gradient, a nan takes all of it."""
    def mod(self, y: Any) -> Tensor:
        """x % y with the sign of y. Slopes 1 and -floor(x / y); jumps at multiples of y."""
    def moveaxis(self, source: Any = ..., destination: Any = ...) -> Tensor:
        """x with the axes `source` moved to `destination`."""
    def multiply(self, y: Any) -> Tensor:
        """x * y, element by element."""
    def negative(self) -> Tensor:
        """-x, element by element."""
    def nonzero(self) -> Any:
        """The indices of the elements that are not zero, one array for each axis."""
    def norm(self, ord: Any = ..., axis: Any = ..., keepdims: Any = ...) -> Any:
        """Return a norm of vectors, or of matrices where `axis` names two axes (or x has two and `ord` is given)."""
    def not_equal(self, y: Any) -> Tensor:
        """x != y, element by element, as booleans."""
    def partition(self, kth: Any, axis: Any = ..., kind: Any = ..., order: Any = ...) -> Any:
        """Return x with the kth element along an axis where sorting would put it, smaller ones before it."""
    def positive(self) -> Tensor:
        """+x: a new tensor, equal to x."""
    def pow(self, y: Any) -> Tensor:
        """x to the power y. Slope by x: 0 where y is 0. By y: 0 at x = 0 and y >= 0, nan where x < 0."""
    def power(self, y: Any) -> Tensor:
        """x to the power y. Slope by x: 0 where y is 0. By y: 0 at x = 0 and y >= 0, nan where x < 0."""
    def prod(self, axis: Any = ..., dtype: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Tensor:
        """The product of x over `axis`. Its gradient is exact with zeros among the factors."""
    def ptp(self, axis: Any = ..., out: Any = ..., keepdims: Any = ...) -> Any:
        """Return the largest minus the smallest element over `axis`."""
    def put(self, ind: Any, v: Any, mode: Any = ...) -> Any:
        """Put values into a at indices of the flattened array; values are repeated if there are too few."""
    def rad2deg(self) -> Tensor:
        """Radians to degrees."""
    def radians(self) -> Tensor:
        """Degrees to radians."""
    def ravel(self, order: Any = ...) -> Any:
        """Return the elements of x along one axis, in the order "C", "F", or "A" or "K", as they lie in memory."""
    def reciprocal(self) -> Tensor:
        """1 / x, element by element."""
    def relu(self) -> Tensor:
        """x where it is positive, else 0. Its slope at 0 is 0, and 1 at nan, which stays visible."""
    def remainder(self, y: Any) -> Tensor:
        """x % y with the sign of y. Slopes 1 and -floor(x / y); jumps at multiples of y."""
    def repeat(self, repeats: Any, axis: Any = ...) -> Any:
        """Return x with each element repeated, `repeats` times or as often as an array of counts says, along `axis`."""
    def reshape(self, *shape: Any, **options: Any) -> Tensor:
        """The elements of x, in C order, in another shape; one size may be -1."""
    def resize(self, new_shape: Any) -> Any:
        """Return the elements of x in another shape, again from the start where there are too few."""
    def right_shift(self, y: Any) -> Tensor:
        """Integer x shifted right by y bits."""
    def rint(self) -> Tensor:
        """The nearest integer, even where there are two."""
    def roll(self, shift: Any = ..., axis: Any = ...) -> Tensor:
        """x moved by `shift` along `axis`; what leaves at one end comes in at the other."""
    def round(self, decimals: Any = ...) -> Tensor:
        """x rounded to `decimals` digits; halves to even."""
    def searchsorted(self, v: Any, side: Any = ...) -> Any:
        """Return where values would have to be put in, to keep a sorted vector in order."""
    def sigmoid(self) -> Tensor:
        """1 / (1 + exp(-x)), without overflow."""
    def sign(self) -> Tensor:
        """-1, 0 or 1 by the sign of x; nan for nan. Of a complex number x / |x|."""
    def signbit(self) -> Tensor:
        """Whether the sign of x is negative, also of -0.0."""
    def sin(self) -> Tensor:
        """Sine of x, in radians."""
    def sinc(self) -> Tensor:
        """sin(πx) / (πx), and 1 at 0. Its slope at 0 is 0."""
    def sinh(self) -> Tensor:
        """Hyperbolic sine."""
    def softmax(self, axis: Any = ...) -> Tensor:
        """exp(x) divided by its sum along `axis`. nan where all of x is -inf."""
    def softplus(self) -> Tensor:
        """log(1 + exp(x)), without overflow."""
    def sort(self, axis: Any = ...) -> Tensor:
        """x in ascending order along `axis`, ties in their order; None sorts the flattened array."""
    def split(self, indices_or_sections: Any = ..., axis: Any = ...) -> Any:
        """x cut along `axis` into equal sections, or before the given indices."""
    def sqrt(self) -> Tensor:
        """Square root. Its slope at 0 is inf; for the length of a vector use `norm`, whose slope there is 0."""
    def square(self) -> Tensor:
        """x times x, element by element."""
    def squeeze(self, axis: Any = ...) -> Tensor:
        """x without its axes of size 1, or those in `axis`."""
    def std(self, axis: Any = ..., dtype: Any = ..., out: Any = ..., ddof: Any = ..., keepdims: Any = ..., *, where: Any = ..., mean: Any = ..., correction: Any = ...) -> Tensor:
        """The standard deviation of x over `axis`, with n - `ddof`. Its gradient is 0 where all elements are equal."""
    def subtract(self, y: Any) -> Tensor:
        """x - y, element by element."""
    def sum(self, axis: Any = ..., dtype: Any = ..., out: Any = ..., keepdims: Any = ..., initial: Any = ..., where: Any = ...) -> Tensor:
        """The sum of x over `axis`: an int, a tuple, or None for all axes; with `where`, of the elements that it names."""
    def swapaxes(self, axis1: Any = ..., axis2: Any = ...) -> Tensor:
        """x with two axes exchanged."""
    def take(self, indices: Any, axis: Any = ..., out: Any = ..., mode: Any = ...) -> Any:
        """Return the elements of x at `indices` along `axis`, or of the flattened array."""
    def tan(self) -> Tensor:
        """Tangent of x, in radians."""
    def tanh(self) -> Tensor:
        """Hyperbolic tangent. Its slope is exact in the tails too."""
    def tile(self, reps: Any) -> Any:
        """Return x laid out `reps` times along each axis; new axes are added in front where `reps` is longer."""
    def trace(self, offset: Any = ..., axis1: Any = ..., axis2: Any = ..., dtype: Any = ..., out: Any = ...) -> Any:
        """Return the sum of the diagonal of the planes along two axes."""
    def transpose(self, *axes: Any) -> Tensor:
        """x with its axes in the order `axes`, by default reversed."""
    def tril(self, k: Any = ...) -> Tensor:
        """x with zeros above the k-th diagonal."""
    def triu(self, k: Any = ...) -> Tensor:
        """x with zeros below the k-th diagonal."""
    def true_divide(self, y: Any) -> Tensor:
        """x / y, element by element; 1/0 is inf and 0/0 nan, as IEEE 754 has it."""
    def trunc(self) -> Tensor:
        """x without its fraction."""
    def var(self, axis: Any = ..., dtype: Any = ..., out: Any = ..., ddof: Any = ..., keepdims: Any = ..., *, where: Any = ..., mean: Any = ..., correction: Any = ...) -> Tensor:
        """The variance of x over `axis`, divided by n - `ddof`."""
