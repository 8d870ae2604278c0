"""`Loss`: from targets and predictions to one number, and how that is made of the losses of each example."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Final

import numpy as np

from autograd import Tensor, mean
from autograd import sum as total
from nn.activations import Logits
from nn.names import Configured, snake_case

MEANS: Final = ("sum_over_batch_size", "mean")
REDUCTIONS: Final = (*MEANS, "mean_with_sample_weight", "sum", "none", None)


class Loss(Configured):
    """A loss: called as loss(y_true, y_pred, sample_weight=None), it gives a number to minimise.

    Write `call(y_true, y_pred)`, the losses of each example (...) from arrays (..., k); or `elements`, those of each
    number, whose mean they are. `reduction` is "sum_over_batch_size" or "mean" (the mean of the weighted losses),
    "mean_with_sample_weight" (their sum divided by that of the weights), "sum" or "none".

    >>> class Cubic(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return np.mean(np.abs(y_pred - y_true) ** 3, axis=-1)
    >>> Cubic()([[1.0, 2.0]], [[1.0, 4.0]]).item()
    4.0
    """

    not_shown: ClassVar = ("name",)
    fused_with: str | None = None  # the activation from whose logits `of_logits` computes it
    has_logits: ClassVar[bool] = False  # whether `of_logits` computes the same as `call`
    from_logits: bool = False
    elements: ClassVar[Callable[..., Any] | None] = None

    def __init__(self, *, name: str | None = None, reduction: str | None = "sum_over_batch_size") -> None:
        if reduction not in REDUCTIONS:
            known = ", ".join(map(repr, REDUCTIONS))
            raise ValueError(f"{type(self).__name__}: unknown reduction {reduction!r}; it is one of {known}")
        self.name = name or snake_case(type(self).__name__)
        self.reduction = reduction

    def __init_subclass__(cls) -> None:
        """See that what a class writes is what counts: what it inherits beside that would compute another loss."""
        own = vars(cls)
        if "call" in own and "elements" not in own:
            cls.elements = None
        if "of_logits" in own:
            cls.has_logits = True
            if "mean_of_logits" not in own:
                cls.mean_of_logits = Loss.mean_of_logits  # type: ignore[method-assign]
        elif "call" in own or "elements" in own:
            cls.has_logits, cls.fused_with = False, None

    # --- the losses of each example -------------------------------------------------------------------------

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of every example: y_true and y_pred are (..., k), the result is (...)."""
        if self.elements is None:
            raise NotImplementedError(f"{type(self).__name__} has no call method: write call(self, y_true, y_pred)")
        return mean(self.elements(y_true, y_pred), axis=-1)

    def of_logits(self, y_true: Any, logits: Any) -> Any:
        """Return the loss of every example from what the activation `fused_with` would be applied to."""
        raise NotImplementedError(f"{type(self).__name__} has no of_logits method")

    def mean_of_logits(self, y_true: Any, logits: Any) -> Any:
        """Return the mean of `of_logits`; in one operation, where there is one."""
        return mean(self.of_logits(y_true, logits))

    # --- one number -----------------------------------------------------------------------------------------

    def value(self, y_true: Any, y_pred: Any, weight: Any = None, logits: Logits | None = None) -> Any:
        """Return the reduced loss of targets that `paired` has prepared; of logits, where these are known."""
        of_logits, z = self.from_logits and self.has_logits, y_pred
        if not of_logits and logits is not None and logits.activation == self.fused_with:
            of_logits, z = True, logits.logits
        if weight is None and self.reduction in MEANS:
            if of_logits:
                return self.mean_of_logits(y_true, z)
            return mean(self.call(y_true, y_pred) if self.elements is None else self.elements(y_true, y_pred))
        losses = self.of_logits(y_true, z) if of_logits else self.call(y_true, y_pred)
        return self.reduced(losses, weight)

    def reduced(self, losses: Any, weight: Any = None) -> Any:
        """Return the mean or the sum of weighted losses, or these, as `reduction` says."""
        if weight is not None:
            losses = losses * weights_like(weight, losses)
        if self.reduction in ("none", None):
            return losses
        if self.reduction in MEANS or weight is None:
            return total(losses) if self.reduction == "sum" else mean(losses)
        if self.reduction == "sum":
            return total(losses)
        return total(losses) / np.maximum(np.sum(weights_like(weight, losses)), 1e-30)

    def paired(self, y_true: Any, y_pred: Any) -> Any:
        """Return y_true in the shape and dtype of y_pred; ValueError where broadcasting would hide a mistake."""
        if y_true.shape != y_pred.shape:
            if _without_last_1(y_true.shape) != _without_last_1(y_pred.shape):
                raise ValueError(
                    f"{self.name}: y_true has shape {y_true.shape} and y_pred {y_pred.shape}; they must be the same"
                )
            y_true = np.reshape(y_true, y_pred.shape)
        return y_true if type(y_true) is Tensor else np.astype(y_true, y_pred.dtype, copy=False)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        y_pred = floating(y_pred)
        return self.value(self.paired(array(y_true), y_pred), y_pred, sample_weight)


class FunctionLoss(Loss):
    """A loss made of a function of (y_true, y_pred) that gives the losses of each example."""

    def __init__(
        self, function: Callable[[Any, Any], Any], *, name: str | None = None, reduction: str | None = "mean"
    ) -> None:
        super().__init__(name=name or getattr(function, "__name__", "loss"), reduction=reduction)
        self.function = function

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self.function(y_true, y_pred)


def function_of(loss: type[Loss], *options: str) -> Callable[..., Any]:
    """Return the function of (y_true, y_pred) for the losses of each example, under Keras' name, of a class."""
    name = snake_case(loss.__name__)

    def function(y_true: Any, y_pred: Any, **given: Any) -> Any:
        if not given.keys() <= set(options):
            unknown = ", ".join(sorted(given.keys() - set(options)))
            raise TypeError(f"{name}: unknown option {unknown}; its options are {', '.join(options) or 'none'}")
        return loss(**given, reduction="none")(y_true, y_pred)

    function.__name__ = function.__qualname__ = name
    function.__module__ = "nn.losses"
    function.__doc__ = (
        f"Return the loss of each example as `{loss.__name__}` defines it; y_true and y_pred are (..., k)."
    )
    return function


def weights_like(weight: Any, losses: Any) -> Any:
    """Return weights (n,), (n, 1) or of the losses' own shape so that they broadcast against losses (n, ...)."""
    if not isinstance(weight, Tensor):
        weight = np.astype(array(weight), losses.dtype, copy=False)
    if weight.ndim == losses.ndim + 1 and weight.shape[-1] == 1:
        weight = weight[..., 0]
    if weight.shape != losses.shape[: weight.ndim]:
        raise ValueError(f"sample_weight has shape {weight.shape}, the losses of the examples {losses.shape}")
    return np.reshape(weight, weight.shape + (1,) * (losses.ndim - weight.ndim))


def _without_last_1(shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape[:-1] if shape[-1:] == (1,) and len(shape) > 0 else shape


def array(y: Any) -> Any:
    """Return `y` as an array, if it is none that speaks NumPy's protocols."""
    return y if hasattr(y, "__array_function__") else np.asarray(y)


def floating(y: Any) -> Any:
    """Return `y` as a tensor or an array of floating-point numbers."""
    y = array(y)
    return y if type(y) is Tensor or y.dtype.kind == "f" else np.astype(y, np.float64)
