"""`Module`: something with parameters. The one parameter mechanism beneath every layer and model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np

from autograd import Tensor, is_grad_enabled, tick


class Module:
    """A layer or a model: assign tensors and modules to attributes, and write `forward`.

    Every attribute that is a Tensor which requires grad is a parameter; attributes that are modules, or lists or
    tuples of them, are searched in turn. There is nothing to register and no constructor to call.

    >>> import autograd
    >>> class Scale(Module):
    ...     def __init__(self):
    ...         self.factor = autograd.tensor(2.0, requires_grad=True)
    ...     def forward(self, x):
    ...         return self.factor * x
    >>> scale = Scale()
    >>> scale(3.0).item(), [name for name, _ in scale.named_parameters()]
    (6.0, ['factor'])
    """

    training: bool = True
    _span: tuple[int, int] | None = None

    def forward(self, *inputs: Any) -> Any:
        """Compute the output; every module writes its own."""
        raise NotImplementedError(f"{type(self).__name__} has no forward method: write forward(self, x)")

    def __call__(self, *inputs: Any) -> Any:
        if not is_grad_enabled():
            return self.forward(*inputs)
        first = tick()
        out = self.forward(*inputs)
        self._span = (first, tick())  # what was recorded in between is this module's, to a drawing
        return out

    # --- what is inside -----------------------------------------------------------------------------------

    def children(self) -> Iterator[tuple[str, Module]]:
        """Yield (name, module) for every module that is an attribute, or in a list that is one."""
        for attribute, value in vars(self).items():
            if isinstance(value, Module):
                yield attribute, value
            elif isinstance(value, list | tuple):
                yield from ((f"{attribute}.{i}", item) for i, item in enumerate(value) if isinstance(item, Module))

    def modules(self) -> Iterator[tuple[str, Module]]:
        """Yield (dotted name, module) for this module, whose name is empty, and all below it; a shared one once."""
        seen: set[int] = set()
        stack: list[tuple[str, Module]] = [("", self)]
        while stack:
            name, module = stack.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            yield name, module
            stack.extend(reversed([(f"{name}.{child}" if name else child, m) for child, m in module.children()]))

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        """Yield (dotted name, tensor) for every parameter, a shared one once: ("dense.kernel", tensor(...))."""
        seen: set[int] = set()
        for prefix, module in self.modules():
            for attribute, value in vars(module).items():
                if isinstance(value, Tensor) and value.requires_grad and id(value) not in seen:
                    seen.add(id(value))
                    yield f"{prefix}.{attribute}" if prefix else attribute, value

    def parameters(self) -> list[Tensor]:
        """Return every parameter."""
        return [parameter for _, parameter in self.named_parameters()]

    def spans(self) -> list[tuple[str, int, int]]:
        """Return (name, first, last birth number) of what each module below this one recorded in its last call."""
        return [(name, *module._span) for name, module in self.modules() if module._span is not None and name]

    # --- what to do with all of it ------------------------------------------------------------------------

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters():
            parameter.grad = None

    def train(self, mode: bool = True) -> Self:
        """Put this module and all below it into training mode, or with False into inference mode."""
        for _, module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Put this module and all below it into inference mode."""
        return self.train(False)

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of every parameter's values, by its dotted name."""
        return {name: np.copy(parameter.data) for name, parameter in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over all values of `state`, in the dtypes that the parameters have.

        Raises ValueError, with nothing changed, unless the names and shapes are those of the parameters.
        """
        own = dict(self.named_parameters())
        missing, unknown = own.keys() - state.keys(), state.keys() - own.keys()
        if missing or unknown:
            problems = [f"missing {sorted(missing)}"] * bool(missing) + [f"unknown {sorted(unknown)}"] * bool(unknown)
            known = list(own) or "none yet: give input_dim, or call the model once"
            raise ValueError(f"load_state_dict: {', '.join(problems)}; the parameters are {known}")
        for name, parameter in own.items():
            given = np.shape(state[name])
            if given != parameter.shape:
                raise ValueError(f"load_state_dict: {name} has shape {parameter.shape}, the state has {given}")
        for name, parameter in own.items():
            parameter.data = state[name]
