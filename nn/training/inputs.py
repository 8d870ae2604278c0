"""What a model is given, as arrays of numbers; or an error that names rows, columns and the cast to write.

Each trap that would pass silently, or fail somewhere inside, ends here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import numpy as np

from autograd import Tensor

_NUMBERS: Final = "biuf"


class Sparse:
    """Rows of a scipy.sparse matrix that become dense when they are taken: a batch at a time."""

    def __init__(self, matrix: Any, dtype: Any) -> None:
        self.matrix = matrix
        self.dtype = np.dtype(dtype)
        self.shape: tuple[int, ...] = tuple(matrix.shape)
        self.ndim = 2

    def __len__(self) -> int:
        return self.shape[0]

    def part(self, rows: slice) -> Sparse:
        """Return some rows, sparse still."""
        return Sparse(self.matrix[rows], self.dtype)

    def __getitem__(self, rows: Any) -> Any:
        return np.asarray(self.matrix[rows].toarray(), self.dtype)


def features(x: Any, dtype: Any, what: str = "x") -> Any:
    """Return `x` (array, nested lists, DataFrame, sparse matrix) in a floating-point dtype, a row for each example.

    Raises TypeError for what holds no numbers, naming columns and the cast to write, and ValueError for an empty x
    and for nan and infinity, naming rows and columns.
    """
    array = _matrix(x, dtype, what) if _is_sparse(x) else numbers(x, what)
    if 0 in array.shape:
        raise ValueError(f"{what}: is empty, its shape is {array.shape}")
    if array.ndim < 2:
        one = f"{what}.to_frame()" if hasattr(x, "to_frame") else f"{what}.reshape(-1, 1)"
        raise ValueError(
            f"{what}: needs a row for each example, its shape is {array.shape}. "
            f"One feature: {one}. One example: {what}.reshape(1, -1)."
        )
    if isinstance(array, Sparse):
        entries = array.matrix.tocoo()
        _all_finite(entries.data, lambda bad: (entries.row[bad], entries.col[bad]), x, what)
        return array
    if array.dtype.kind == "f":
        _all_finite(array, _rows_and_columns, x, what)
    if array.dtype == dtype:
        return array
    with np.errstate(over="ignore"):
        converted = array.astype(dtype)
    if array.dtype.itemsize > converted.dtype.itemsize:
        _all_finite(converted, _rows_and_columns, x, what, f"numbers beyond the range of {converted.dtype}")
    return converted


def _rows_and_columns(bad: Any) -> tuple[Any, Any]:
    where = np.nonzero(bad)
    return where[0], where[-1]


def _all_finite(
    values: Any, places: Callable[[Any], tuple[Any, Any]], x: Any, what: str, problem: str = "nan or infinity"
) -> None:
    finite = np.isfinite(values)
    if finite.all():
        return
    rows, columns = (np.unique(found).tolist() for found in places(~finite))
    names = column_names(x)
    named = [column_name(names, i) for i in columns]
    raise ValueError(
        f"{what}: holds {problem}, in {_first('row', rows)} and {_first('column', named)}. "
        "Drop those rows, or fill the gaps."
    )


# --- arrays of numbers -------------------------------------------------------------------------------------


def numbers(values: Any, what: str) -> Any:
    """Return `values` as an array of numbers, or say what else is in it, and which cast to write."""
    if type(values) is np.ndarray and values.dtype.kind in _NUMBERS:
        return values
    if isinstance(values, Tensor):
        return values.data
    if _is_sparse(values):
        raise TypeError(f"{what}: is a sparse matrix; write {what}.toarray()")
    if hasattr(values, "iloc"):
        return _of_pandas(values, what)
    try:
        array = np.asarray(values)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{what}: NumPy makes no array of numbers of it: {error}") from None
    if array.dtype.kind in _NUMBERS:
        return array
    raise TypeError(f"{what}: must hold numbers, {_found_in(array, what)}")


def _found_in(array: Any, what: str) -> str:
    """Return what else an array holds, and what to do about it."""
    if array.dtype.kind == "O":
        for i, value in enumerate(array.flat):
            if not isinstance(value, int | float | np.number | np.bool_):
                place = tuple(int(k) for k in np.unravel_index(i, array.shape)) if array.ndim else ()
                return f"it is an array of objects with {value!r} at {place}. {_CLASSES}"
        return f"it is an array of objects. Write {what}.astype('float32')."
    if array.dtype.kind == "c":
        return f"it is {array.dtype}; pass real and imaginary part as columns, as in np.hstack([z.real, z.imag])."
    if array.dtype.kind in "Mm":
        return f"it is {array.dtype}; make numbers of it, as in ({what} - {what}.min()) / np.timedelta64(1, 'D')."
    return f"it is an array of dtype {array.dtype}. {_CLASSES}"


_CLASSES: Final = "Turn classes into numbers, as in np.unique(y, return_inverse=True)[1]."


def _of_pandas(values: Any, what: str) -> Any:
    """Return a DataFrame or a Series as an array, if each column has one of NumPy's dtypes for numbers."""
    frame = hasattr(values, "columns")
    columns = list(values.columns) if frame else [None]
    dtypes = list(values.dtypes) if frame else [values.dtype]
    problems = [
        _cast(f"{what}[{name!r}]" if frame else what, what, name, dtype)
        for name, dtype in zip(columns, dtypes, strict=True)
        if not isinstance(dtype, np.dtype) or dtype.kind not in _NUMBERS
    ]
    if problems:
        more = f" And {len(problems) - 5} columns more." if len(problems) > 5 else ""
        raise TypeError(f"{what}: must hold numbers of NumPy's dtypes. {' '.join(problems[:5])}{more}")
    if not dtypes:
        return np.zeros((len(values), 0))
    return values.to_numpy(dtype=np.result_type(*dtypes))


def _cast(place: str, what: str, name: Any, dtype: Any) -> str:
    """Return what a column holds, and what to write instead."""
    column = what if name is None else f"Column {name!r}"
    kind = str(getattr(getattr(dtype, "numpy_dtype", None), "kind", None) or getattr(dtype, "kind", "O"))
    if str(dtype) == "category":
        dummies = "" if name is None else f", or pd.get_dummies({what}, columns=[{name!r}], dtype=float)"
        return f"{column} is categorical: write {place}.cat.codes{dummies}."
    if kind in "Mm":
        return f"{column} holds times ({dtype}): write ({place} - {place}.min()) / pd.Timedelta('1D')."
    if kind in _NUMBERS:
        return f"{column} is of the nullable dtype {dtype}: write {place}.astype('float32'), and fill what is missing."
    classes = _CLASSES if name is None else f"For classes pd.get_dummies({what}, columns=[{name!r}], dtype=float)."
    return f"{column} holds objects ({dtype}): write pd.to_numeric({place}) if they are numbers. {classes}"


def _is_sparse(x: Any) -> bool:
    return hasattr(x, "tocsr") and hasattr(x, "nnz")


def _matrix(x: Any, dtype: Any, what: str) -> Sparse:
    rows = x.tocsr()
    if rows.dtype.kind not in _NUMBERS:
        raise TypeError(f"{what}: must hold numbers, it is a sparse matrix of dtype {rows.dtype}")
    return Sparse(rows, dtype)


# --- names -------------------------------------------------------------------------------------------------


def column_names(x: Any) -> list[str] | None:
    """Return the names of the columns of a DataFrame; None of anything else."""
    columns = getattr(x, "columns", None)
    return None if columns is None else [str(name) for name in columns]


def column_name(names: list[str] | None, i: int) -> str:
    """Return how an error speaks of column i: by its name if it has one."""
    return str(i) if names is None else repr(names[i])


def _first(what: str, found: list[Any], most: int = 5) -> str:
    """Return "rows 0, 1, 2" of what has been found; of more than five the first ones."""
    shown = ", ".join(map(str, found[:most])) + (f" and {len(found) - most} more" if len(found) > most else "")
    return f"{what}{'s' * (len(found) > 1)} {shown}"


def first_rows(bad: Any) -> str:
    """Return "rows 3, 5" of a mask of examples, or of more."""
    return _first("row", np.unique(np.nonzero(bad)[0]).tolist())


# --- structures --------------------------------------------------------------------------------------------


def is_several(x: Any) -> bool:
    """Return whether this is a list (or tuple) of arrays or tables, rather than one array as nested lists."""
    return isinstance(x, list | tuple) and bool(x) and all(len(getattr(item, "shape", ())) > 1 for item in x)


def leaves(x: Any, what: str = "x") -> Iterator[tuple[str, Any]]:
    """Yield (how an error calls it, array) for all arrays of a structure: a dict, a list or tuple, or one array."""
    if isinstance(x, dict):
        for key, item in x.items():
            yield from leaves(item, f"{what}[{key!r}]")
    elif isinstance(x, list | tuple):
        for i, item in enumerate(x):
            yield from leaves(item, f"{what}[{i}]")
    else:
        yield what, x


def count_of(arrays: Iterable[tuple[str, Any]]) -> int:
    """Return how many examples all arrays have; ValueError if they differ."""
    counts = {what: len(array) for what, array in arrays}
    if len(set(counts.values())) > 1:
        found = ", ".join(f"{what} has {n}" for what, n in counts.items())
        raise ValueError(f"{found} examples; they must be as many")
    return next(iter(counts.values()))


def scale_advice(x: Any, names: list[str] | None) -> str:
    """Return what to do about a loss that is not finite, judging by the features of a batch."""
    size = np.abs(np.reshape(x, (-1, x.shape[-1]))).max(axis=0)
    largest = int(np.argmax(size))
    if size[largest] > 10:
        return (
            f"Column {column_name(names, largest)} of x reaches {size[largest]:.3g}: scale the features, by a "
            "Normalization layer that was adapted to x, or as in (x - mean) / std; or take a smaller learning rate, as "
            "in Adam(learning_rate=1e-4)."
        )
    return "A smaller learning rate may help, as in Adam(learning_rate=1e-4)."
