"""Looking things up by the names that Keras gives them, and writing them down again.

Every kind of thing that a constructor can be asked for by name has a closed `Registry`. What is made of plain
arguments is `Configured`: it keeps them under their names, so that its configuration and its repr are read off its
constructor.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Final, Generic, Self, TypeVar

import numpy as np

T = TypeVar("T")
N = TypeVar("N")

_FUNCTIONS: Final[dict[str, list[Any]]] = {}  # what the registries find by the names that functions can be given by
_CLASSES: Final[dict[str, list[Any]]] = {}  # and by those in configurations
_custom: ContextVar[Mapping[str, Any] | None] = ContextVar("custom_objects", default=None)


class Registry(Generic[T]):
    """The things of one kind that are known by name: classes, or functions.

    `get` takes a name in any case, with or without underscores; an instance; a class; or the dict that a configuration
    has for one of its classes. Names beyond the table are known inside `custom_objects(...)`. `functions` stand for the
    classes of the table that they have the names of.

    >>> colors = Registry("color", {"dark_red": 1, "blue": 2})
    >>> colors.get("DarkRed")
    1
    >>> colors.get("blu")
    Traceback (most recent call last):
    ValueError: unknown color 'blu'. Did you mean 'blue'? Known: blue, dark_red.
    """

    def __init__(
        self, what: str, table: Mapping[str, Any], *, base: type | None = None, functions: Iterable[Any] = ()
    ) -> None:
        self.what = what
        self.table = dict(table)
        self.base = base  # what an instance of this kind is, if it is not any callable
        self._plain = {_plain(key): key for key in self.table}
        self._functions = {function: self.table[function.__name__] for function in functions}
        self._classes: dict[str, type] = {}
        self.add_configured(cls for cls in self.table.values() if inspect.isclass(cls))
        if base is None:
            for key, found in (*self.table.items(), *((f.__name__, f) for f in self._functions)):
                _FUNCTIONS.setdefault(_plain(key), []).append(found)

    def add(self, *classes: type) -> None:
        """Make classes known by their own names."""
        for cls in classes:
            self.table[cls.__name__] = cls
            self._plain[_plain(cls.__name__)] = cls.__name__
        self.add_configured(classes)

    def add_configured(self, classes: Iterable[type]) -> None:
        """Let configurations name these classes too, which are not known by their names alone."""
        for cls in classes:
            self._classes[cls.__name__] = cls
            _CLASSES.setdefault(cls.__name__, []).append(cls)

    def get(self, asked: Any) -> T:
        """Return what is asked for; ValueError for a name that is not known, TypeError for anything else."""
        if isinstance(asked, str):
            return _instance(self._named(asked))  # type: ignore[no-any-return]
        if isinstance(asked, Mapping):
            return self._configured(asked)
        if inspect.isclass(asked) and (self.base is None or issubclass(asked, self.base)):
            return _instance(asked)  # type: ignore[no-any-return]
        if isinstance(asked, self.base) if self.base is not None else callable(asked):
            return _instance(self._functions.get(asked, asked)) if self._functions else asked  # type: ignore[no-any-return]
        kinds = f"a {self.what} or its name" if self.base is not None else f"a function or the name of a {self.what}"
        raise TypeError(f"{self.what}: needs {kinds}, not {asked!r}. Known: {self._known()}.")

    def _named(self, name: str) -> Any:
        own = _own(name)
        if own is not None:
            return own
        asked = _plain(name)
        if asked in self._plain:
            return self.table[self._plain[asked]]
        close = difflib.get_close_matches(asked, self._plain, 1)
        hint = f" Did you mean {self._plain[close[0]]!r}?" if close else ""
        raise ValueError(f"unknown {self.what} {name!r}.{hint} Known: {self._known()}.")

    def _configured(self, config: Mapping[str, Any]) -> T:
        if not {"class_name", "config"} <= config.keys() or not isinstance(config["class_name"], str):
            raise ValueError(f"{self.what}: a configuration has class_name and config, this one {sorted(config)}")
        name = config["class_name"]
        cls = _own(name) or self._classes.get(name)
        if not inspect.isclass(cls) or (self.base is not None and not issubclass(cls, self.base)):
            raise ValueError(f"unknown {self.what} {name!r}. Known: {', '.join(sorted(self._classes))}.")
        return cls.from_config(config["config"])  # type: ignore[no-any-return, attr-defined]

    def _known(self) -> str:
        """Return every name once, in the manner of functions where it has that form too."""
        names = {_plain(key): key for key in sorted(self.table)}
        return ", ".join(sorted(names.values()))


def _instance(found: Any) -> Any:
    return found() if inspect.isclass(found) else found


@contextmanager
def custom_objects(objects: Mapping[str, Any] | None) -> Iterator[None]:
    """Let configurations name functions and classes of one's own, inside a `with` block."""
    token = _custom.set({**(_custom.get() or {}), **(objects or {})})
    try:
        yield
    finally:
        _custom.reset(token)


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[N], N]:
    """Return a decorator that makes a class or function of one's own known to `load_model`, as "package>name".

    >>> @register_keras_serializable()
    ... def cubed(x):
    ...     return x**3
    >>> plain(cubed)
    'Custom>cubed'
    """

    def register(named: N) -> N:
        full = f"{package}>{name or named.__name__}"  # type: ignore[attr-defined]
        _REGISTERED[full], _REGISTERED_AS[named] = named, full
        return named

    return register


_REGISTERED: Final[dict[str, Any]] = {}
_REGISTERED_AS: Final[dict[Any, str]] = {}


def _own(name: str) -> Any:
    """Return what is known by this name beyond the tables, or None."""
    return (_custom.get() or {}).get(name, _REGISTERED.get(name))


def table_of(classes: Iterable[type], **aliases: type) -> dict[str, type]:
    """Return classes by their own names, and by those in the manner of functions: HeUniform is he_uniform.

    >>> list(table_of([int], whole=int))
    ['int', 'whole']
    """
    table = {cls.__name__: cls for cls in classes}
    return table | {snake_case(name): cls for name, cls in table.items()} | aliases


def snake_case(name: str) -> str:
    """Return the name of a class in the manner of functions.

    >>> snake_case("MeanSquaredError"), snake_case("ReLU"), snake_case("BatchNormalization"), snake_case("AUC")
    ('mean_squared_error', 're_lu', 'batch_normalization', 'auc')
    """
    letters = [
        f"_{c}" if i and c.isupper() and (name[i - 1].islower() or name[i + 1 : i + 2].islower()) else c
        for i, c in enumerate(name)
    ]
    return "".join(letters).lower()


def numbered(name: str, taken: Container[str], counts: dict[str, int] | None = None) -> str:
    """Return a name, or the first of name_1, name_2, … that is not taken; `counts` remembers how far that went.

    >>> numbered("dense", {"dense", "dense_1"})
    'dense_2'
    """
    counts = {} if counts is None else counts
    base = name
    while name in taken:
        counts[base] = counts.get(base, 0) + 1
        name = f"{base}_{counts[base]}"
    return name


def positional(function: Callable[..., Any], required: bool = False) -> int:
    """Return how many arguments a function can be given by position; or how many of them it must be given.

    >>> positional(lambda step, factor=0.1: factor), positional(lambda step, factor=0.1: factor, required=True)
    (2, 1)
    """
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(function).parameters.values()
    return sum(p.kind in kinds and (p.default is p.empty or not required) for p in parameters)


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


# --- configurations ------------------------------------------------------------------------------------------


class Configured:
    """Something made of plain arguments, which it keeps as attributes of the same names.

    >>> class Ramp(Configured):
    ...     def __init__(self, slope=1.0, offset=0.0):
    ...         self.slope, self.offset = slope, offset
    >>> Ramp(2.0).get_config(), Ramp(2.0)
    ({'slope': 2.0, 'offset': 0.0}, Ramp(slope=2.0))
    """

    not_shown: ClassVar[tuple[str, ...]] = ()  # arguments that the repr leaves out
    kept_as: ClassVar[Mapping[str, str]] = {}  # attributes that are not called like the argument they keep

    def get_config(self) -> dict[str, Any]:
        """Return the arguments to make another one of, in values that JSON has."""
        for name in arguments(type(self)):
            if not hasattr(self, self.kept_as.get(name, name)):
                raise NotImplementedError(
                    f"{type(self).__name__}: has no attribute {name!r}, as its constructor's argument is called; "
                    "keep it under that name, or write get_config"
                )
        return {name: plain(getattr(self, self.kept_as.get(name, name))) for name in arguments(type(self))}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make one of what `get_config` gave."""
        return cls(**config)

    def __repr__(self) -> str:
        kept = {
            name: vars(self).get(self.kept_as.get(name, name), default)
            for name, default in arguments(type(self)).items()
        }
        shown = [
            f"{name}={_shown(kept[name])}"
            for name, default in arguments(type(self)).items()
            if name not in self.not_shown and not _same(kept[name], default)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


def arguments(cls: type) -> dict[str, Any]:
    """Return the names and defaults of a constructor's arguments; where it passes **others on, of its bases' too."""
    if cls in _ARGUMENTS:
        return _ARGUMENTS[cls]
    found: dict[str, Any] = {}
    for base in cls.__mro__:
        if "__init__" not in vars(base) or base is object:
            continue
        parameters = list(inspect.signature(vars(base)["__init__"]).parameters.values())[1:]
        found |= {p.name: p.default for p in parameters if p.kind not in _STARS and p.name not in found}
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return _ARGUMENTS.setdefault(cls, found)


_ARGUMENTS: Final[dict[type, dict[str, Any]]] = {}


def refuse_unknown(cls: type, unknown: Iterable[str]) -> None:
    """Raise TypeError for an argument that a constructor does not take, with the one that may be meant."""
    for name in unknown:
        known = list(arguments(cls))
        close = [_FORMER[name]] if _FORMER.get(name) in known else difflib.get_close_matches(name, known, 1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise TypeError(f"{cls.__name__}: unknown argument {name!r}.{hint} It takes {', '.join(known)}.")


_FORMER: Final = {"lr": "learning_rate"}  # what Keras once called them


def _same(value: Any, default: Any) -> bool:
    """Return whether a value is the default one, which may have been given by name."""
    if isinstance(value, Configured) and isinstance(default, str):
        return snake_case(type(value).__name__) == default and repr(value).endswith("()")
    if default is None and getattr(value, "__name__", "") == "linear":
        return True
    try:
        return bool(value == default)
    except ValueError:  # an array of several
        return False


def _shown(value: Any) -> str:
    return repr(getattr(value, "__name__", value))


_STARS: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def plain(value: Any) -> Any:
    """Return an argument in values that JSON has; a function by its name.

    Raises ValueError for a function, or something of a class, of one's own that has the name of a built-in one, and
    TypeError for what JSON has not.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Configured):
        name = _written(type(value), _CLASSES.get(type(value).__name__))
        return {"class_name": name, "config": value.get_config()}
    if isinstance(value, np.dtype):
        return value.name
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if callable(value) and hasattr(value, "__name__"):
        return _written(value, _FUNCTIONS.get(_plain(value.__name__)))
    raise TypeError(f"{value!r} cannot be part of a configuration: it is no number, string, list, dict or function")


def _written(named: Any, taken: list[Any] | None) -> str:
    """Return the name by which a class or function is found again; `taken` are the built-in ones of its own name."""
    if named in _REGISTERED_AS:
        return _REGISTERED_AS[named]
    if taken is not None and not any(named is known for known in taken):
        raise ValueError(
            f"{named.__name__!r} is the name of something built in, which would be found under it again: give "
            f"your own {'class' if inspect.isclass(named) else 'function'} another name"
        )
    return str(named.__name__)
