"""From what a user passes to `fit` and the like to batches: checked, converted, in the form that a step takes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Tensor, no_grad
from nn.activations import Logits, logits_of, noting_logits
from nn.layers.symbol import flat, mapped, rebuilt
from nn.losses.loss import weights_like
from nn.training.arguments import batch_size_of
from nn.training.inputs import Sparse, column_names, count_of, features, is_several, leaves
from nn.training.sources import Arrays, Batch, Source, Stream, is_stream, take
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
    """Return what is known of the outputs for examples such as x, by a run on some; it builds the model too."""
    shapes = tuple((what, array.shape[1:]) for what, array in leaves(x))
    if model.known_outputs is None or model.known_outputs[0] != shapes:
        with no_grad(), model.mode(False), noting_logits() as noted, np.errstate(all="ignore"):
            some = take(x, slice(0, 32))
            out = model(some)
        outs = flat_outputs(out)
        if isinstance(out, dict):
            names = list(out)
        else:
            names = model.output_names or [f"output_{i + 1}" for i in range(len(outs))]
        n = count_of(leaves(some))
        found = [_output(model, name, tensor, n, noted) for name, tensor in zip(names, outs, strict=True)]
        model.known_outputs = shapes, found
    return model.known_outputs[1]


def flat_outputs(out: Any) -> list[Any]:
    """Return what a model gave as a list with one tensor for each output."""
    return [out] if type(out) is Tensor else list(flat(out))


def _output(model: Trainer, name: str, out: Any, n: int, noted: Sequence[Logits]) -> Output:
    if not isinstance(out, Tensor):
        raise TypeError(f"the model returns {type(out).__name__}; it must return a tensor, or a list or dict of them")
    if out.shape[:1] != (n,):
        raise ValueError(
            f"{model.output_label(name)} is of shape {out.shape} for {n} examples; it needs a row for each"
        )
    logits = logits_of(out, noted)
    return Output(name, model.output_label(name), out.shape[1:], logits and logits.activation, out.data)


# --- examples ----------------------------------------------------------------------------------------------


def examples(model: Trainer, x: Any, y: Any, w: Any = None, class_weight: Mapping[int, float] | None = None) -> Batch:
    """Return examples checked and in the form that a step takes: all of them, or a batch."""
    if x is None or y is None:
        raise ValueError("x: the examples are missing" if x is None else f"y: the targets are missing; {_remedy(x)}")
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
    batch = Batch(x, ys, _weights(model, w, outputs, n))
    return batch if class_weight is None else weighted(model, batch, class_weight)


def _remedy(x: Any) -> str:
    if callable(x):
        return f"x is itself what yields them if it is called: {getattr(x, '__name__', 'x')}()"
    if hasattr(x, "__getitem__") and hasattr(x, "__len__") and not hasattr(x, "__array__"):
        return "pass them after x. If x has batches by number, let its class derive from keras.utils.PyDataset"
    return "pass them after x"


def weighted(model: Trainer, batch: Batch, class_weight: Mapping[int, float]) -> Batch:
    """Return prepared examples that weigh more, or less, by their class."""
    outputs = outputs_of(model, batch.x)
    if len(outputs) > 1:
        raise ValueError("class_weight: is for models of one output; pass sample_weight")
    by_class = class_weights(class_weight, batch.y[0], outputs[0]).astype(model.data_dtype)
    return batch._replace(w=[by_class if batch.w is None else by_class * weights_like(batch.w[0], by_class)])


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


def _weights(model: Trainer, w: Any, outputs: Sequence[Output], n: int) -> list[Any] | None:
    """Return the weights of the examples for each output, or None if none were given."""
    if w is None:
        return None
    each = isinstance(w, dict) or (isinstance(w, _LISTS) and all(item is None or np.ndim(item) for item in w))
    given = _by_output(w, outputs, "sample_weight") if each and len(outputs) > 1 else [w] * len(outputs)
    return [None if item is None else sample_weights(item, n).astype(model.data_dtype) for item in given]


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
    size = batch_size_of(batch_size)
    if isinstance(x, Batch):  # is prepared
        data = x if class_weight is None else weighted(model, x, class_weight)
        return Arrays(data, size, shuffle=shuffle, steps=steps, goes_on=goes_on)
    if is_stream(x):
        for name, given in (("y", y), ("sample_weight", w)):
            if given is not None:
                raise ValueError(f"{name}: is for arrays; x yields batches here, and each is (x, y) or (x, y, weights)")
        stream = Stream(
            x, lambda item: examples(model, *unpacked(item), class_weight), steps=steps, shuffle=shuffle,
            goes_on=goes_on,
        )  # fmt: skip
        stream.peek()
        return stream
    return Arrays(examples(model, x, y, w, class_weight), size, shuffle=shuffle, steps=steps, goes_on=goes_on)


def unpacked(item: Any) -> tuple[Any, Any, Any]:
    """Return (x, y, sample_weight) of what a generator yields, or of validation data."""
    if isinstance(item, _LISTS) and 1 <= len(item) <= 3:
        x, y, w = (*item, None, None)[:3]
        return x, y, w
    if isinstance(item, _LISTS):
        raise ValueError(f"a batch, or validation data, is (x, y) or (x, y, sample_weight), not {len(item)} things")
    return item, None, None


def split(data: Batch, fraction: float) -> tuple[Batch, Batch]:
    """Part examples into the first ones and the last `fraction` of them."""
    if not 0 < fraction < 1:
        raise ValueError(f"fit: validation_split must be from 0 to 1, it is {fraction!r}")
    n = data.size
    first = math.floor(n * (1 - fraction))
    if not 0 < first < n:
        raise ValueError(f"fit: validation_split={fraction} leaves {first} of {n} examples for training")

    def part(rows: slice) -> Batch:
        x = mapped(lambda a: a.part(rows) if isinstance(a, Sparse) else a[rows], data.x)
        return Batch(x, take(data.y, rows), take(data.w, rows))

    return part(slice(0, first)), part(slice(first, n))


# --- outputs -----------------------------------------------------------------------------------------------


def arrays(out: Any) -> Any:
    """Return the tensors of a model's output as arrays."""
    return mapped(lambda t: t.data if isinstance(t, Tensor) else np.asarray(t), out)


def joined(batches: Sequence[Any]) -> Any:
    """Return the outputs of all batches one behind the other, in arrays of their own."""
    first = batches[0]
    if isinstance(first, dict):
        return {key: joined([batch[key] for batch in batches]) for key in first}
    if isinstance(first, _LISTS):
        return rebuilt(first, [joined([batch[i] for batch in batches]) for i in range(len(first))])
    return np.copy(first) if len(batches) == 1 else np.concatenate(batches)
