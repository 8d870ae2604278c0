"""From what a user passes to `fit` and the like to batches: checked, converted, in the form that a step takes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Tensor, no_grad
from nn.activations import Logits, noting_logits
from nn.training.inputs import column_names, count_of, features, is_several, leaves
from nn.training.sources import Arrays, Batch, Source, Stream, checked_batch_size, is_stream, take
from nn.training.targets import Output, class_weights, sample_weights, targets

if TYPE_CHECKING:
    from nn.training.trainer import Trainer

_LISTS = (list, tuple)


# --- inputs ------------------------------------------------------------------------------------------------


def received(model: Trainer, x: Any) -> Any:
    """Return x checked, in the dtype of the parameters, as the array, list or dict that the model is called on."""
    dtype, count = model.data_dtype, model.input_count
    if isinstance(x, dict):
        return {key: features(item, dtype, f"x[{key!r}]") for key, item in x.items()}
    if count == 1 or (count is None and not is_several(x)):
        if isinstance(x, _LISTS) and len(x) == 1 and len(getattr(x[0], "shape", ())) > 1:
            x = x[0]
        model.columns = column_names(x)
        array = features(x, dtype)
        model.check_features(array.shape)
        return array
    if not isinstance(x, _LISTS) or (count is not None and len(x) != count):
        found = f"{len(x)} are given" if isinstance(x, _LISTS) else f"{type(x).__name__} is given"
        raise ValueError(f"x: the model takes {count} inputs, as a list or dict of arrays; {found}")
    return [features(item, dtype, f"x[{i}]") for i, item in enumerate(x)]


def outputs_of(model: Trainer, x: Any) -> list[Output]:
    """Return what is known of the outputs for examples such as x, by a run on the first; it builds the model too."""
    shapes = tuple((what, array.shape[1:]) for what, array in leaves(x))
    if model.known_outputs is None or model.known_outputs[0] != shapes:
        with no_grad(), model.mode(False), noting_logits() as noted, np.errstate(all="ignore"):
            out = model(take(x, slice(0, 1)))
        flat = flat_outputs(out)
        if isinstance(out, dict):
            names = list(out)
        else:
            names = model.output_names or [f"output_{i + 1}" for i in range(len(flat))]
        found = [_output(model, name, tensor, noted) for name, tensor in zip(names, flat, strict=True)]
        model.known_outputs = shapes, found
    return model.known_outputs[1]


def flat_outputs(out: Any) -> list[Any]:
    """Return what a model gave as a list with one tensor for each output."""
    if isinstance(out, dict):
        return list(out.values())
    return list(out) if isinstance(out, _LISTS) else [out]


def _output(model: Trainer, name: str, out: Any, noted: Sequence[Logits]) -> Output:
    if not isinstance(out, Tensor):
        raise TypeError(f"the model returns {type(out).__name__}; it must return a tensor, or a list or dict of them")
    activation = next((logits.activation for logits in reversed(noted) if logits.output is out), None)
    return Output(name, model.output_label(name), out.shape[1:], activation)


# --- examples ----------------------------------------------------------------------------------------------


def examples(model: Trainer, x: Any, y: Any, w: Any = None, class_weight: Mapping[int, float] | None = None) -> Batch:
    """Return examples checked and in the form that a step takes: all of them, or a batch."""
    if x is None or y is None:
        missing = "y: the targets are missing; pass them after x" if x is not None else "x: the examples are missing"
        raise ValueError(missing)
    objective = model.objective
    x = received(model, x)
    n = count_of(leaves(x))
    outputs = outputs_of(model, x)
    given = _by_output(y, outputs, "y")
    losses = objective.losses_for(outputs, [np.shape(item) for item in given])
    ys = [
        targets(item, loss, output, n, model.data_dtype, "y" if len(outputs) == 1 else f"y[{output.name!r}]")
        for item, loss, output in zip(given, losses, outputs, strict=True)
    ]
    objective.bind(outputs, ys)
    return Batch(x, ys, _weights(model, w, class_weight, outputs, ys, n))


def _by_output(y: Any, outputs: Sequence[Output], what: str) -> list[Any]:
    """Return a list with an item for each output."""
    names = [output.name for output in outputs]
    if isinstance(y, dict):
        if set(y) != set(names):
            raise ValueError(f"{what}: has {', '.join(map(str, y))}; the outputs are {', '.join(names)}")
        return [y[name] for name in names]
    if len(outputs) == 1:
        return [y[0] if isinstance(y, _LISTS) and len(y) == 1 and len(getattr(y[0], "shape", ())) > 0 else y]
    if not isinstance(y, _LISTS) or len(y) != len(outputs):
        raise ValueError(f"{what}: needs a list or dict with one array for each output, {', '.join(names)}")
    return list(y)


def _weights(
    model: Trainer,
    w: Any,
    class_weight: Mapping[int, float] | None,
    outputs: Sequence[Output],
    ys: Sequence[Any],
    n: int,
) -> list[Any] | None:
    """Return the weights of the examples for each output, or None if none were given."""
    found: list[Any] | None = None
    if w is not None:
        spread = (
            _by_output(w, outputs, "sample_weight") if isinstance(w, dict | list | tuple) and len(outputs) > 1 else [w]
        )
        spread = spread * (len(outputs) // len(spread))
        found = [None if item is None else sample_weights(item, n).astype(model.data_dtype) for item in spread]
    if class_weight is not None:
        if len(outputs) > 1:
            raise ValueError("class_weight: is for models of one output; pass sample_weight")
        by_class = class_weights(class_weight, ys[0], outputs[0]).astype(model.data_dtype)
        found = [by_class if found is None else found[0] * by_class]
    return found


# --- sources -----------------------------------------------------------------------------------------------


def source_of(
    model: Trainer,
    x: Any,
    y: Any = None,
    w: Any = None,
    *,
    batch_size: int | None = None,
    class_weight: Mapping[int, float] | None = None,
    shuffle: bool = False,
    steps: int | None = None,
    goes_on: bool = False,
) -> Source:
    """Return the batches of arrays, or of something that yields them; the model and its losses are ready for them."""
    if y is None and is_stream(x):
        if w is not None:
            raise ValueError("sample_weight: is for arrays; what yields batches yields (x, y, sample_weight)")
        stream = Stream(
            x, lambda item: examples(model, *unpacked(item), class_weight), steps=steps, shuffle=shuffle,
            goes_on=goes_on,
        )  # fmt: skip
        stream.peek()
        return stream
    size = 32 if batch_size is None else checked_batch_size(batch_size)
    return Arrays(examples(model, x, y, w, class_weight), size, shuffle=shuffle, steps=steps, goes_on=goes_on)


def unpacked(item: Any) -> tuple[Any, Any, Any]:
    """Return (x, y, sample_weight) of what a generator yields, or of validation data."""
    if isinstance(item, _LISTS) and 1 <= len(item) <= 3:
        x, y, w = (*item, None, None)[:3]
        return x, y, w
    if isinstance(item, _LISTS):
        raise ValueError(f"a batch, or validation data, is (x, y) or (x, y, sample_weight), not {len(item)} things")
    return item, None, None


def split(model: Trainer, x: Any, y: Any, w: Any, fraction: float) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Part (x, y, w) into the first rows and the last `fraction` of them."""
    if y is None:
        raise ValueError("fit: validation_split needs arrays x and y; pass validation_data for what yields batches")
    if not 0 < fraction < 1:
        raise ValueError(f"fit: validation_split must be from 0 to 1, it is {fraction!r}")
    several = isinstance(x, dict) or (model.input_count != 1 and is_several(x))
    n = count_of((what, _sized(item)) for what, item in leaves(x if several else [x]))
    first = math.floor(n * (1 - fraction))
    if not 0 < first < n:
        raise ValueError(f"fit: validation_split={fraction} leaves {first} of {n} examples for training")
    outputs = len(model.output_names or ()) > 1
    kinds = ((x, several), (y, isinstance(y, dict) or (outputs and isinstance(y, _LISTS))), (w, isinstance(w, dict)))
    halves = (slice(0, first), slice(first, n))
    head, tail = (tuple(_part(item, rows, many) for item, many in kinds) for rows in halves)
    return head, tail


def _sized(x: Any) -> Any:
    """Return something whose len is the number of examples."""
    return range(x.shape[0]) if hasattr(x, "shape") else x


def _part(x: Any, rows: slice, several: bool) -> Any:
    if x is None:
        return None
    if several:
        return (
            {k: _part(v, rows, False) for k, v in x.items()}
            if isinstance(x, dict)
            else [_part(v, rows, False) for v in x]
        )
    if hasattr(x, "iloc"):
        return x.iloc[rows]
    return x.tocsr()[rows] if hasattr(x, "tocsr") else x[rows]


# --- outputs -----------------------------------------------------------------------------------------------


def arrays(out: Any) -> Any:
    """Return the tensors of a model's output as arrays."""
    if isinstance(out, dict):
        return {key: arrays(item) for key, item in out.items()}
    if isinstance(out, _LISTS):
        return [arrays(item) for item in out]
    return out.data if isinstance(out, Tensor) else np.asarray(out)


def joined(batches: Sequence[Any]) -> Any:
    """Return the outputs of all batches one behind the other."""
    first = batches[0]
    if len(batches) == 1:
        return first
    if isinstance(first, dict):
        return {key: joined([batch[key] for batch in batches]) for key in first}
    if isinstance(first, list):
        return [joined([batch[i] for batch in batches]) for i in range(len(first))]
    return np.concatenate(batches)
