"""`Trainer`: a layer that can be compiled, trained, evaluated and asked for predictions, as Keras' models can."""

from __future__ import annotations

import math
import warnings
import weakref
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd import Tensor, as_tensor, is_grad_enabled, no_grad, tick
from nn import optimizers
from nn.activations import noting_logits
from nn.callbacks.callback import CallbackList
from nn.callbacks.history import History
from nn.layers.layer import Attached, Layer
from nn.metrics import Metric
from nn.optimizers import Optimizer
from nn.training.arguments import batch_size_of, flag, frequency, whole
from nn.training.inputs import count_of, leaves, scale_advice
from nn.training.intake import arrays, examples, flat_outputs, joined, received, source_of, split, unpacked
from nn.training.loop import Loop
from nn.training.objective import Objective
from nn.training.programs import WARM, LossNotFinite, StepPrograms
from nn.training.progress import Progress
from nn.training.sources import Batch, Source, each_batch, is_stream, take
from nn.training.targets import CROSS_ENTROPIES, Output


class Trainer(Layer):
    """What a model can do beside being called."""

    _apart = Layer._apart | {"_regularized", "_constrained", "known_outputs", "loss"}
    optimizer: Optimizer | None = None
    loss: Any = None  # as `compile` was given it
    history: History | None = None
    stop_training: bool = False

    input_count: int | None = None  # how many arrays it takes; None where that is not known
    output_names: list[str] | None = None
    columns: list[str] | None = None  # the names of the columns of what it was last given
    changed: bool = False  # whether layers have come or gone since `compile`
    known_outputs: tuple[Any, list[Output]] | None = None  # the shapes of examples, and what is known of their outputs
    _charged: bool = False  # whether the optimizer has been given the parameters since `compile`
    _objective: Objective | None = None
    _regularized: Sequence[Attached] = ()
    _constrained: Sequence[Attached] = ()
    _loss_span: tuple[int, int] | None = None
    _programs: StepPrograms
    _compiles: bool | str | None = False

    def check_features(self, shape: tuple[int, ...]) -> None:
        """Raise ValueError, naming layer and columns, for an x whose examples have another shape than is taken."""

    def output_label(self, name: str) -> str:
        """Return how an error calls the layer that an output comes from."""
        return f"the output {name!r}"

    @property
    def data_dtype(self) -> Any:
        """The dtype that data are converted to: that of the parameters."""
        parameter = next(self.named_parameters(), None)
        if parameter is not None:
            return parameter[1].dtype
        layers = (part for part in self.modules() if isinstance(part, Layer) and not isinstance(part, Trainer))
        return next((layer.dtype for layer in layers), self.dtype)

    # --- compile ----------------------------------------------------------------------------------------------

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,  # noqa: ARG002
        jit_compile: bool | str = "auto",
        auto_scale_loss: bool = True,  # noqa: ARG002
    ) -> None:
        """Choose how to train; ValueError at once for a name that is not known.

        `loss` is a name, a `Loss` or a function; of several outputs a list or a dict by their names, and the sum is
        minimised, weighted by `loss_weights`. So with `metrics`, and with `weighted_metrics`, which count sample
        weights. Where a cross-entropy meets the sigmoid or softmax at the end of the model it is computed from
        logits, so that it is exact and a certain but wrong answer still learns.

        With `jit_compile` "auto" a step of training becomes one program (`autograd.compile`) once the optimizer has
        made 64 steps, if it can be one; True compiles the first step already, and raises TraceError where that cannot
        be. False, or `run_eagerly`, computes operation by operation. The other arguments are accepted and change
        nothing.
        """
        if self._objective is not None and self._objective.keeps:
            raise RuntimeError("compile: training is going on; compile before or after fit, or stop it")
        made = optimizers.get(optimizer), Objective(loss, loss_weights, metrics, weighted_metrics)
        if jit_compile not in (True, False, None, "auto"):
            raise ValueError(f"compile: jit_compile must be True, False or 'auto', not {jit_compile!r}")
        self.__dict__["_programs"] = StepPrograms()
        self.__dict__["_compiles"] = False if run_eagerly else jit_compile
        self.optimizer, self._objective = made  # both or, where a name is not known, neither
        self.loss = loss
        self.known_outputs = None
        self.changed = self._charged = False

    def look_around(self) -> None:
        """Take note of what regularisers and constraints there are, before steps that use them."""
        self.__dict__.update(_regularized=_unheld(self.regularized()), _constrained=_unheld(self.constrained()))
        if self.optimizer is not None and self._objective is not None:
            self._programs.look_around(self)

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._objective is not None

    @property
    def objective(self) -> Objective:
        """The losses and metrics; RuntimeError before `compile`."""
        if self._objective is None:
            raise RuntimeError("the model has no loss yet: call model.compile(optimizer='adam', loss='mse') first")
        return self._objective

    @property
    def metrics(self) -> list[Metric]:
        """The metrics; empty before data have been seen, since some are chosen by them."""
        return [metric for term in self.objective.terms for _, metric in (*term.metrics, *term.weighted)]

    def reset_metrics(self) -> None:
        """Forget all batches that the loss and the metrics have taken in."""
        self.objective.reset()

    @property
    def metrics_names(self) -> list[str]:
        """The names of what is reported, "loss" first; those of metrics are known when data have been seen."""
        return list(self.objective.logs())

    # --- one step -----------------------------------------------------------------------------------------------

    def loss_on(self, x: Any, y: Any, sample_weight: Any = None) -> Tensor:
        """Return the loss on a batch, as a tensor to call backward() on or to draw."""
        batch = examples(self, x, y, sample_weight)
        self.look_around()
        value: Tensor = self.loss_and_outputs(batch)[0]
        return value

    def loss_and_outputs(self, batch: Batch) -> tuple[Any, list[Any], list[Any]]:
        """Return the loss of a prepared batch with what regularisers add, that of each output, and the outputs."""
        with noting_logits() as noted:
            outs = flat_outputs(self(as_tensor(batch.x) if type(batch.x) is np.ndarray else batch.x))
        start = tick()
        value, parts = self.objective.value(batch.y, outs, batch.w, noted)
        for function, layer, name in self._regularized:
            value = value + function(getattr(layer, name))
        if is_grad_enabled():
            self.__dict__["_loss_span"] = (start, tick())
        return value, parts, outs

    def train_step(self, batch: Batch) -> Mapping[str, Any] | None:
        """Make one step on a prepared batch; FloatingPointError, with no parameter changed, if the loss is not finite.

        A model of one's own may write this step anew: `batch` has the inputs `x` and lists `y` and `w` of the targets
        and weights of each output. If it returns a dict, that is reported, as numbers of the last step.
        """
        optimizer, objective = self.optimizer, self.objective
        assert optimizer is not None
        if self._compiles and (self._compiles is True or optimizer.iterations >= WARM) and self._step_by_program(batch):
            return None
        loss, parts, outs = self.loss_and_outputs(batch)
        value = loss.item()
        if not math.isfinite(value):
            raise self._not_finite(value, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        self.constrain()
        objective.add(batch.size, value, [float(part.item()) for part in parts])
        objective.measure(batch.y, outs, batch.w)
        return None

    def constrain(self) -> None:
        """Bring all parameters that have a constraint back to where it holds."""
        for constraint, layer, name in self._constrained:
            weight = getattr(layer, name)
            weight.data = constraint(weight.data)

    def settings(self) -> tuple[Any, ...]:
        """Return the attributes of the model itself that its loss may depend on, as a compiled step has seen them."""
        kept = (str, int, float, bool, type(None))
        return tuple(
            (name, value)
            for name, value in vars(self).items()
            if isinstance(value, kept) and name not in self._apart and name not in _OWN
        )

    def _step_by_program(self, batch: Batch) -> bool:
        """Make a step by a compiled program, if there can be one."""
        try:
            found = self._programs.run(self, batch, strict=self._compiles is True)
        except LossNotFinite:
            with no_grad():
                value = float(self.loss_and_outputs(batch)[0].item())
            raise self._not_finite(math.nan if math.isfinite(value) else value, batch) from None
        if found is None:
            return False
        loss, parts, shares = found
        self.objective.add(batch.size, loss, parts)
        self.objective.absorb(shares, batch.y, batch.w)
        return True

    def test_step(self, batch: Batch) -> Mapping[str, Any] | None:
        """Take a prepared batch into the means of the loss and into the metrics."""
        with no_grad():
            loss, parts, outs = self.loss_and_outputs(batch)
        self.objective.add(batch.size, float(loss.item()), [float(part.item()) for part in parts])
        self.objective.measure(batch.y, outs, batch.w)
        return None

    def _not_finite(self, value: float, batch: Batch) -> FloatingPointError:
        first = next(array for _, array in leaves(batch.x))
        outputs = [term.output for term in self.objective.terms if isinstance(term.loss, CROSS_ENTROPIES)]
        raw = [output.label for output in outputs if output.activation is None]
        advice = f"{raw[0]} should end in a sigmoid or softmax." if raw else scale_advice(first, self.columns)
        error = FloatingPointError(f"the loss became {value}. {advice}")
        error.loss = value  # type: ignore[attr-defined]
        return error

    def take_charge(self) -> None:
        """Make ready to train: build the optimizer for the parameters that are; warn if it loses its state by that."""
        optimizer = self.optimizer
        if optimizer is None:
            raise RuntimeError("the model has no optimizer yet: call model.compile(optimizer='adam', loss='mse') first")
        self.look_around()
        wanted = [(name, p) for name, p in self.named_parameters() if p.requires_grad]
        if not wanted:
            raise ValueError("the model has no parameters to train: it has none at all, or all are frozen")
        if optimizer.in_charge_of([p for _, p in wanted]) and not self.changed:
            self._charged = True
            return
        if self._charged or self.changed:
            warnings.warn(
                "the model has changed since it was compiled, or another model has the same optimizer: other "
                "parameters are trained now, so the state of the optimizer "
                f"({type(optimizer).__name__}) starts anew. To say that this is meant, call compile again.",
                stacklevel=3,
            )
        optimizer.build(wanted)
        self.changed, self._charged = False, True

    # --- a batch --------------------------------------------------------------------------------------------------

    def train_on_batch(
        self, x: Any, y: Any, sample_weight: Any = None, class_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Make one step on a batch; return its loss before the step, or [loss, metrics…], or these by their names."""
        batch = examples(self, x, y, sample_weight, class_weight)
        self.take_charge()
        # What overflows shows in the loss, which is looked at.
        with self.mode(True), np.errstate(all="ignore"), self.objective.apart():
            self.objective.report(self.train_step(batch))
            return _reported(self.objective.logs(), return_dict)

    def test_on_batch(self, x: Any, y: Any, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Return the loss of a batch, or [loss, metrics…], or these by their names."""
        batch = examples(self, x, y, sample_weight)
        self.look_around()
        with self.mode(False), np.errstate(all="ignore"), self.objective.apart():
            self.objective.report(self.test_step(batch))
            return _reported(self.objective.logs(), return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs for a batch as arrays."""
        x = received(self, x)
        with no_grad(), self.mode(False):
            return joined([arrays(self(x))])

    # --- fit, evaluate, predict -----------------------------------------------------------------------------------

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Iterable[int] = 1,
    ) -> History:
        """Train on x and y up to epoch `epochs`; return the `History`, which is `model.history` too.

        `x` and `y` are arrays, DataFrames or lists with a row for each example (several inputs and outputs: lists or
        dicts of them), or `x` yields batches (x, y) or (x, y, sample_weight). `batch_size` is 32 by default.
        `validation_split` takes the last rows, before shuffling, for validation; `validation_data` is (x, y), (x, y,
        sample_weight) or yields batches; it is looked at in every `validation_freq`-th epoch, or in those listed.
        `steps_per_epoch` is for what yields without end. `verbose` 0 prints nothing, 1 (as "auto") a bar, 2 a line
        for each epoch.

        Raises ValueError or TypeError before the first step for data that do not fit, FloatingPointError when the
        loss is not finite. Ctrl-C raises KeyboardInterrupt between two steps; the history has the epochs that are
        complete.
        """
        self.known_outputs = None  # layers may have been changed
        if validation_split and validation_data is None:
            if is_stream(x):
                raise ValueError(
                    "fit: validation_split needs arrays x and y; pass validation_data for what yields batches"
                )
            x, validation_data = split(examples(self, x, y, sample_weight), validation_split)
            y = sample_weight = None
        source = source_of(
            self, x, y, sample_weight, batch_size=batch_size, class_weight=class_weight,
            shuffle=flag("shuffle", shuffle), steps=whole("steps_per_epoch", steps_per_epoch, least=1),
            goes_on=True,
        )  # fmt: skip
        validation = None
        if validation_data is not None:
            prepared = isinstance(validation_data, Batch) or is_stream(validation_data)
            data = (validation_data,) if prepared else unpacked(validation_data)
            steps = whole("validation_steps", validation_steps, least=1)
            size = batch_size if validation_batch_size is None else validation_batch_size
            try:
                validation = source_of(self, *data, batch_size=size, steps=steps)
            except (ValueError, TypeError) as error:
                error.add_note("x, y and sample_weight are those of validation_data here.")
                raise
        self.take_charge()
        first, last = whole("initial_epoch", initial_epoch) or 0, whole("epochs", epochs) or 0
        freq = frequency(validation_freq)
        loop = Loop(self, source, validation, range(first, max(first, last)), freq, callbacks, verbose)
        self.history = loop.history
        with self.objective.apart():
            return loop.run()

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Return the loss, or [loss, metrics…] if there are metrics; with `return_dict` by their names."""
        steps = whole("steps", steps, least=1)
        source = source_of(self, x, y, sample_weight, batch_size=batch_size, steps=steps)
        self.look_around()
        progress = Progress(verbose, 1, source.steps)
        told = CallbackList(callbacks, self, {"epochs": 1, "steps": source.steps, "verbose": progress.verbose})
        progress.begin()
        try:
            logs = self.evaluate_source(source, told, progress)
            progress.end(logs)
        finally:
            progress.close()
        return _reported(logs, return_dict)

    def evaluate_source(
        self, source: Source, callbacks: CallbackList, progress: Progress | None = None
    ) -> dict[str, Any]:
        """Return the loss and the metrics over a source's batches."""
        objective, tell = self.objective, callbacks.tell
        begins, ends = callbacks.wants("on_test_batch_begin"), callbacks.wants("on_test_batch_end")
        source.begin()
        tell("on_test_begin", {})
        with self.mode(False), np.errstate(all="ignore"), objective.apart():
            for batch in source:
                if begins:
                    tell("on_test_batch_begin", source.done - 1, {})
                self.objective.report(self.test_step(batch))
                if ends:
                    tell("on_test_batch_end", source.done - 1, objective.logs())
                if progress is not None:
                    progress.step(objective.logs)
            logs = objective.logs()
        tell("on_test_end", logs)
        return logs

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """Return the outputs for x as an array (n, units), of several outputs as a list or dict of them.

        `x` is as in `fit`, or yields batches x, (x, y) or (x, y, sample_weight). At most `steps` batches are looked at.
        """
        if is_stream(x):
            count = whole("steps", steps, least=1)
            batches: Iterable[Any] = (received(self, unpacked(item)[0]) for item in each_batch(x))
        else:
            data = received(self, x)
            n, size = count_of(leaves(data)), batch_size_of(batch_size)
            count = min(-(-n // size), whole("steps", steps, least=1) or n)
            at_once = n <= size and type(data) is np.ndarray
            batches = (data,) if at_once else (take(data, slice(i, i + size)) for i in range(0, n, size))
        progress, found = Progress(verbose, 1, count), []
        told = CallbackList(callbacks, self, {"epochs": 1, "steps": count, "verbose": progress.verbose})
        told.tell("on_predict_begin", {})
        progress.begin()
        try:
            with no_grad(), self.mode(False):
                for i, batch in enumerate(batches):
                    told.tell("on_predict_batch_begin", i, {})
                    found.append(arrays(self(as_tensor(batch) if type(batch) is np.ndarray else batch)))
                    told.tell("on_predict_batch_end", i, {"outputs": found[-1]})
                    progress.step(dict)
                    if i + 1 == count:
                        break
            progress.end({})
        finally:
            progress.close()
        told.tell("on_predict_end", {})
        if not found:
            raise ValueError("predict: there is not one batch to look at")
        return joined(found)

    def spans(self) -> list[tuple[str, int, int]]:
        """Return (name, first, last birth number) of what each layer, and the loss, recorded in its last call."""
        terms = [] if self._objective is None else self._objective.terms
        if self._loss_span is None or not terms:
            return super().spans()
        return [*super().spans(), (terms[0].loss.name if len(terms) == 1 else "loss", *self._loss_span)]


_OWN = frozenset(
    {"_changes", "_span", "_loss_span", "_holding", "history", "stop_training", "changed", "_charged", "columns",
     "known_outputs", "input_count", "output_names", "_training"}
)  # fmt: skip


def _unheld(attached: Iterable[Attached]) -> list[Attached]:
    """Return what is attached to parameters without holding their layers, of which the model may be one."""
    return [(function, weakref.proxy(layer), name) for function, layer, name in attached]  # type: ignore[misc]


def _reported(logs: dict[str, Any], return_dict: bool) -> Any:
    if return_dict:
        return logs
    values = list(logs.values())
    return values if len(values) > 1 else values[0]
