"""`Module`: something with parameters. The one parameter mechanism beneath every layer and model."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self

import numpy as np

from autograd import Tensor, guarded, is_compiling, is_grad_enabled, tick


class Module:
    """A layer or a model: assign tensors and modules to attributes, and write `forward`.

    A Tensor that requires grad when it is assigned to an attribute is a parameter from then on, also when its
    `requires_grad` is switched off later: then it is frozen. Modules in attributes are searched in turn; so are lists,
    tuples and dicts of either, however deep. There is nothing to register, and no constructor to call (of `Layer` and
    `Model` there is). State that is saved with the parameters but not trained, such as running means, is a buffer: see
    `register_buffer`.

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

    _training: bool = True
    _trainable: bool = True
    _span: tuple[int, int] | None = None
    _apart: ClassVar[frozenset[str]] = frozenset({"_owned", "_holding"})  # attributes that are not searched

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        self.__dict__["_changes"] = vars(self).get("_changes", 0) + 1
        if not isinstance(value, _SEARCHED):
            return
        self.__dict__.pop("_holding", None)
        for inner, item in _entries(name, value):
            if isinstance(item, Module):
                self._adopt(item)
            elif item.is_leaf and item.requires_grad:
                self._own(inner, parameter=True)

    def _adopt(self, module: Module) -> None:
        """Put a module that comes in into the mode of this one; if this one is frozen, freeze it."""
        module.train(self._training)
        if not self._trainable:
            module.trainable = False

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Compute the output; every module writes its own."""
        raise NotImplementedError(f"{type(self).__name__} has no forward method: write forward(self, x)")

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        if not is_grad_enabled():
            return self.forward(*inputs, **options)
        first = tick()
        out = self.forward(*inputs, **options)
        self.__dict__["_span"] = (first, tick())  # what was recorded in between is this module's, to a drawing
        return out

    # --- what is inside -----------------------------------------------------------------------------------

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield (name, module) for every module that is an attribute, or in the lists, tuples and dicts of one."""
        for name in self._holders():
            value = vars(self)[name]
            if isinstance(value, Module):
                yield name, value
            else:
                yield from (entry for entry in _entries(name, value) if isinstance(entry[1], Module))

    def _holders(self) -> tuple[str, ...]:
        """Return the attributes that may hold modules; looked for again when there are more, or another is assigned."""
        own = vars(self)
        known: tuple[int, tuple[str, ...]] | None = own.get("_holding")
        if known is None or known[0] != len(own):
            found = [
                name for name, value in list(own.items()) if isinstance(value, _HOLDERS) and name not in self._apart
            ]
            known = own["_holding"] = len(own) + ("_holding" not in own), tuple(found)
        return known[1]

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """Yield (dotted name, module) for this module, whose name is empty, and all below it; a shared one once."""
        seen: set[int] = set()
        stack: list[tuple[str, Module]] = [("", self)]
        while stack:
            name, module = stack.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            yield name, module
            stack.extend(reversed([(f"{name}.{child}" if name else child, m) for child, m in module.named_children()]))

    def children(self) -> Iterator[Module]:
        """Yield every module that is an attribute, or in the lists, tuples and dicts of one."""
        return (module for _, module in self.named_children())

    def modules(self) -> Iterator[Module]:
        """Yield this module and all below it; a shared one once."""
        return (module for _, module in self.named_modules())

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        """Yield (dotted name, tensor) for every parameter, frozen or not, a shared one once: ("dense.kernel", …)."""
        return ((name, tensor) for name, tensor, parameter in self._named_tensors() if parameter)

    def parameters(self) -> list[Tensor]:
        """Return every parameter, frozen or not."""
        return [parameter for _, parameter in self.named_parameters()]

    def named_buffers(self) -> Iterator[tuple[str, Tensor]]:
        """Yield (dotted name, tensor) for every buffer, a shared one once."""
        return ((name, tensor) for name, tensor, parameter in self._named_tensors() if not parameter)

    def buffers(self) -> list[Tensor]:
        """Return every buffer."""
        return [buffer for _, buffer in self.named_buffers()]

    def register_buffer(self, name: str, value: Any) -> None:
        """Keep a tensor (or array) as an attribute that is saved with the parameters and is no parameter itself."""
        tensor = value if isinstance(value, Tensor) else Tensor(value)
        if tensor.requires_grad:
            raise ValueError(f"register_buffer: {name!r} requires grad, so it is a parameter; pass tensor.detach()")
        self._own(name, parameter=False)
        object.__setattr__(self, name, tensor)

    def generators(self) -> Iterator[tuple[str, np.random.Generator]]:
        """Yield (dotted name, generator) for every attribute that is a generator of random numbers."""
        for prefix, module in self.named_modules():
            for name, value in vars(module).items():
                if isinstance(value, np.random.Generator):
                    yield f"{prefix}.{name}" if prefix else name, value

    def spans(self) -> list[tuple[str, int, int]]:
        """Return (name, first, last birth number) of what each module below this one recorded in its last call."""
        return [(name, *module._span) for name, module in self.named_modules() if module._span is not None and name]

    def _own(self, name: str, parameter: bool) -> None:
        """Remember that a name, as of an attribute or of an item ("ws.0"), is a parameter's or a buffer's."""
        self.__dict__["_owned"] = {
            **vars(self).get("_owned", {}),
            name: parameter,
        }  # a copy of this module keeps its own

    def _named_tensors(self) -> Iterator[tuple[str, Tensor, bool]]:
        """Yield (dotted name, tensor, whether it is a parameter) for all that is trained or saved."""
        seen: set[int] = set()
        names: set[str] = set()
        for prefix, module in self.named_modules():
            for name, tensor in module._own_tensors():
                if id(tensor) in seen:
                    continue
                full = f"{prefix}.{name}" if prefix else name
                if full in names:
                    raise ValueError(f"two parameters or buffers are called {full!r}; give their modules other names")
                seen.add(id(tensor))
                names.add(full)
                yield full, tensor, vars(module)["_owned"][name]

    def _own_tensors(self) -> Iterator[tuple[str, Tensor]]:
        """Yield (name, tensor) for the parameters and buffers of this module itself."""
        for name, value in list(vars(self).items()):
            if isinstance(value, _SEARCHED):
                for inner, item in _entries(name, value):
                    if isinstance(item, Module):
                        continue
                    if item.is_leaf and item.requires_grad and inner not in vars(self).get("_owned", ()):
                        self._own(inner, parameter=True)  # it was appended to a list, say
                    if inner in vars(self).get("_owned", ()):
                        yield inner, item

    def __repr__(self) -> str:
        lines = [f"({name}): {module!r}".replace("\n", "\n  ") for name, module in self.named_children()]
        inside = "".join(f"\n  {line}" for line in lines)
        return f"{type(self).__name__}({inside}\n)" if inside else f"{type(self).__name__}()"

    # --- what to do with all of it ------------------------------------------------------------------------

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters():
            if parameter.requires_grad:
                parameter.grad = None

    @property
    def training(self) -> bool:
        """Whether this module is in training mode."""
        if is_compiling():
            seen = weakref.ref(self)
            return bool(guarded(lambda: None if (module := seen()) is None else module._is_training()))
        return self._is_training()

    def _is_training(self) -> bool:
        return _modes.get().get(id(self), self._training)

    def train(self, mode: bool = True) -> Self:
        """Put this module and all below it into training mode, or with False into inference mode."""
        every = list(self.modules())
        for module in every:
            module.__dict__["_training"] = bool(mode)
        modes = _modes.get()
        held = {id(module): bool(mode) for module in every if id(module) in modes}
        if held:  # inside a `with self.mode(...)` block this holds until its end
            _modes.set({**modes, **held})
        return self

    def eval(self) -> Self:
        """Put this module and all below it into inference mode."""
        return self.train(False)

    @contextmanager
    def mode(self, training: bool) -> Iterator[None]:
        """Be in training or inference mode inside a `with` block, with all modules below; in this thread only."""
        modes = _modes.get()
        others = {id(module): training for module in self.modules() if module.training is not training}
        if not others:
            yield
            return
        token = _modes.set({**modes, **others})
        try:
            yield
        finally:
            _modes.reset(token)

    @property
    def trainable(self) -> bool:
        """Whether the parameters are trained; setting it freezes, or frees again, this module and all below it."""
        return self._trainable

    @trainable.setter
    def trainable(self, wanted: bool) -> None:
        for module in self.modules():
            module.__dict__["_trainable"] = bool(wanted)
        for parameter in self.parameters():
            parameter.requires_grad = bool(wanted)

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of the values of every parameter and buffer, by its dotted name."""
        return {name: np.copy(tensor.data) for name, tensor, _ in self._named_tensors()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over all values of `state`, in the dtypes that parameters and buffers have.

        Raises ValueError, with nothing changed, unless the names and shapes are those here.
        """
        own = {name: tensor for name, tensor, _ in self._named_tensors()}
        missing, unknown = own.keys() - state.keys(), state.keys() - own.keys()
        if missing or unknown:
            problems = [f"missing {sorted(missing)}"] * bool(missing) + [f"unknown {sorted(unknown)}"] * bool(unknown)
            known = list(own) or "none yet: call the model once, or build it"
            raise ValueError(f"load_state_dict: {', '.join(problems)}; the parameters are {known}")
        for name, tensor in own.items():
            given = np.shape(state[name])
            if given != tensor.shape:
                raise ValueError(f"load_state_dict: {name} has shape {tensor.shape}, the state has {given}")
        for name, tensor in own.items():
            tensor.data = state[name]


_modes: ContextVar[Mapping[int, bool]] = ContextVar("modes", default=MappingProxyType({}))
_CONTAINERS: Final = (list, tuple, dict)
_SEARCHED: Final = (Module, Tensor, *_CONTAINERS)
_HOLDERS: Final = (Module, *_CONTAINERS)


def _entries(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield (dotted name, item) for a module or tensor, or for all in lists, tuples and dicts, however deep."""
    stack, seen = [(name, value)], set()
    while stack:
        name, value = stack.pop()
        if not isinstance(value, _CONTAINERS):
            yield name, value
        elif id(value) not in seen:
            seen.add(id(value))
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            stack.extend(reversed([(f"{name}.{key}", item) for key, item in pairs if isinstance(item, _SEARCHED)]))
