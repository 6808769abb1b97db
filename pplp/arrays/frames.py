"""Data frames: which package an object is from, its labels, and its numbers.

The labels of pandas are an index (see `pandas_index.py`), those of polars key columns (see `key_columns.py`), those of
a dictionary its keys.  Each becomes an `Index`, which `labels.py` works with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Optional, Union

from pplp.arrays.identity import Level, identity
from pplp.arrays.key_columns import KeyColumns, missing_in, values_in
from pplp.arrays.pandas_index import PandasIndex, count_from_zero
from pplp.core.scalars import Symbolic
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.labels import Index
    from pplp.arrays.typing import Table

__all__ = [
    "Data",
    "DictionaryKeys",
    "by_position",
    "check_columns",
    "check_mask",
    "check_operand",
    "check_positions",
    "data_of",
    "groups_of",
    "index_of",
    "is_formula",
    "package_of",
]


def package_of(thing: object) -> str:
    """The package that a series, index or frame is from: "pandas", "polars" or "xarray"; "" for anything else."""
    for kind in type(thing).__mro__:
        package = kind.__module__.partition(".")[0]
        if package in ("pandas", "polars", "xarray"):
            return package
    return ""


def is_formula(thing: object) -> bool:
    """Is it an expression of polars, such as ``pl.col("cost")``?"""
    return package_of(thing) == "polars" and hasattr(thing, "over")


class DictionaryKeys:
    """The keys of a dictionary, with the names of the levels that they are aligned with."""

    __slots__ = ("_rows", "names", "native")

    def __init__(self, keys: list[Any], names: Sequence[Any]) -> None:
        self.native = keys
        self.names: tuple[Any, ...] = tuple(names)
        self._rows = _rows(keys, len(self.names))

    def __len__(self) -> int:
        return len(self._rows)

    def is_same(self, other: object) -> bool:
        """A glance cannot tell."""
        return False

    def level(self, k: int) -> Level:
        """The codes and the distinct keys of a level."""
        from pplp.arrays.integer_codes import integers

        column = [row[k] for row in self._rows]
        identities = list(map(identity, column))
        shown: dict[Any, Any] = {}
        for one, key in zip(identities, column):
            shown.setdefault(one, key)
        number = {one: n for n, one in enumerate(shown)}
        codes = integers([number[one] for one in identities])
        return Level(codes, self.names[k], lambda: list(shown), lambda: list(shown.values()))

    def lacks_labels(self) -> bool:
        """Is there a NaN or None?"""
        return any(_is_missing(one) for row in self._rows for one in row)

    def labels(self) -> list[Any]:
        """The keys."""
        return self.native


def _rows(keys: list[Any], count: int) -> list[tuple[Any, ...]]:
    """The keys of a dictionary as rows of labels."""
    rows = [key if isinstance(key, tuple) and count > 1 else (key,) for key in keys]
    wrong = next((key for key, row in zip(keys, rows) if len(row) != count), None)
    if wrong is not None:
        raise InvalidValue(f"The key {quoted(wrong)} of a dictionary has not one label for each of {count} levels.")
    return rows


def _is_missing(value: object) -> bool:
    """Is it None, NaN or pandas' NA?"""
    if value is None or isinstance(value, Symbolic):
        return value is None
    try:
        return bool(value != value)
    except (TypeError, ValueError):  # NA has no truth value, not even of this
        return True


def index_of(thing: Any, keys: Optional[Sequence[str]] = None) -> Index:
    """The index of a pandas index, series or frame, or of the key columns of a polars frame.

    `keys` names the columns that are the labels.  Raises `InvalidValue` for unknown columns and for anything
    else.
    """
    package = package_of(thing)
    names = None if keys is None else _names(keys)
    if names is not None and not hasattr(thing, "collect"):
        columns = list(getattr(thing, "columns", ()))
        missing = [name for name in names if name not in columns]
        if not package or missing or not names:
            raise InvalidValue(
                f"keys= names columns of a data frame; {missing or names} are none of {columns or type(thing)}."
            )
        check_columns(names, thing, "keys=")
    if package == "pandas":
        if names is not None:
            return PandasIndex(thing.set_index(names).index)
        index = getattr(thing, "index", thing) if hasattr(thing, "iloc") else thing
        if hasattr(index, "get_indexer"):
            return PandasIndex(index)
    elif package == "polars":
        frame = thing.to_frame() if hasattr(thing, "to_frame") else thing
        if hasattr(frame, "height"):
            if not frame.width or "" in frame.columns:
                raise InvalidValue("The columns of a polars frame that are labels have names; this one has none.")
            return KeyColumns(frame if names is None else frame.select(names))
    if package == "xarray":
        raise InvalidValue(f"The labels of a {type(thing).__name__} of xarray are those of its .to_series().")
    raise InvalidValue(
        f"{type(thing).__name__} has no labels: give an index, a series or a frame of pandas, or a polars frame "
        "(a LazyFrame after .collect())."
    )


def _names(keys: Any) -> list[Any]:
    """The names of columns that `keys` is: one, or several."""
    try:
        return [keys] if isinstance(keys, str) else list(keys)
    except TypeError:
        raise InvalidValue(
            f'keys= takes the name of a column, or a list of names, as in keys=["plant", "market"]; not {quoted(keys)}.'
        ) from None


def check_columns(names: Sequence[Any], frame: Any, what: str) -> None:
    """Raise `InvalidValue` if a name is given twice, or two columns have it."""
    columns = list(frame.columns)
    for name in names:
        if names.count(name) > 1:
            raise InvalidValue(f"{what} has the column {quoted(name)} twice. Name it once.")
        if columns.count(name) > 1:
            raise InvalidValue(
                f"{what} names the column {quoted(name)}, and the frame has {columns.count(name)} of that name. "
                "Rename all but one of them."
            )


class Data(NamedTuple):
    """Numbers with labels, from a series, a frame or a dictionary."""

    #: An `Index`, or the keys of a dictionary, which have what alignment asks for.
    index: Any
    values: Union[Table, list[Any]]
    #: The places of missing numbers.
    missing: list[int]
    #: The name for messages.
    name: str
    #: The numbers as their owner has them: a series of pandas or polars, or a list.
    column: Any


def data_of(thing: Any, like: Optional[Index]) -> Optional[Data]:
    """The labels and values of a pandas series, a polars frame or a dictionary; None for anything else.

    `like` is the index to align with: in a polars frame the columns with its names are the keys, and one other column
    has the numbers.  Raises `ExpressionError` for data without labels, or with several values for a label.
    """
    names = () if like is None else like.names
    package = package_of(thing)
    if package == "xarray":
        _refuse_xarray(thing)
    if isinstance(thing, Mapping):
        values = list(thing.values())
        missing = [k for k, value in enumerate(values) if _is_missing(value)]
        return Data(DictionaryKeys(list(thing), names), values, missing, "the dictionary", values)
    if package == "pandas" and hasattr(thing, "iloc"):
        if hasattr(thing, "columns"):
            raise ExpressionError(
                "A frame of pandas has many numbers for a label. Take one column, frame['cost']; a table with labels "
                "in its columns, too, becomes one by .stack()."
            )
        name = "the series" if thing.name is None else str(thing.name)
        return Data(PandasIndex(thing.index), *values_of(thing), name, thing)
    if package == "polars" and hasattr(thing, "collect"):
        raise ExpressionError("A LazyFrame has no numbers yet. Write frame.collect().")
    if is_formula(thing):
        columns = "".join(f"{quoted(name)}, " for name in names)
        raise ExpressionError(
            f"{thing} says how numbers are computed from a frame, and has none of its own. Take them from the frame, "
            f"with the columns of their labels: frame.select({columns}...)."
        )
    if package == "polars" and hasattr(thing, "height"):
        keys = [name for name in thing.columns if name in names]
        others = [name for name in thing.columns if name not in names]
        if not keys or len(others) != 1:
            raise ExpressionError(
                f"A polars frame has the key columns {list(names)}, or some of them, and one column of numbers; "
                f"this one has {thing.columns}. Select those, and rename them where they are called otherwise."
            )
        column = thing.get_column(others[0])
        return Data(KeyColumns(thing.select(keys)), *values_of(column), others[0], column)
    return None


def _refuse_xarray(thing: object) -> NoReturn:
    name = type(thing).__name__
    if isinstance(thing, Mapping):
        raise ExpressionError(f"A {name} of xarray has several arrays. Take one of them: dataset['cost'].to_series().")
    raise ExpressionError(
        f"A {name} of xarray cannot be combined with an array. Use .values to take its numbers by position, or "
        ".to_series() to keep their labels."
    )


def values_of(column: Any) -> tuple[Union[Table, list[Any]], list[int]]:
    """The values of a series of pandas or polars, and the places of those that are missing."""
    if hasattr(column, "iloc"):
        return column.to_numpy(), column.isna().to_numpy().nonzero()[0].tolist()
    if hasattr(column, "isna"):  # an index, an array of pandas
        return column.to_numpy(), column.isna().nonzero()[0].tolist()
    return values_in(column), missing_in(column).arg_true().to_list()


def check_mask(thing: object) -> None:
    """Raise `InvalidValue` for a numpy array with masked entries."""
    mask = getattr(thing, "mask", None) if hasattr(thing, "filled") else None
    if mask is not None and mask.any():
        raise InvalidValue("The array has masked entries, which are not numbers. Fill them with .filled(...).")


def check_operand(thing: object) -> None:
    """Raise `ExpressionError` for other objects of pandas than series, frames and arrays: NA, a timestamp, a group."""
    if package_of(thing) == "pandas" and not (hasattr(thing, "to_numpy") and hasattr(thing, "__len__")):
        raise ExpressionError(
            f"{str(thing)[:40]} ({type(thing).__name__} of pandas) is not a number. Fill missing "
            "values with .fillna(...), and aggregate groups first."
        )


def check_positions(thing: object, labels: Any) -> None:
    """Raise `ExpressionError` where the labels of an axis of a pandas series or frame are not positions."""
    if not count_from_zero(labels):
        some = ", ".join(map(str, labels[:3])) + ", ..." * (len(labels) > 3)
        raise ExpressionError(
            f"{_called(thing)} has the labels {some}, and the array beside it has none. Use .to_numpy() to take the "
            "numbers by position, or create the variables with these labels: Vars(series.index)."
        )


def by_position(thing: Any) -> Union[Table, list[Any]]:
    """The values of a series or frame beside an array that has no labels.

    Labels of pandas must count from 0, as positions do, since they are dropped; polars has none.  Raises
    `ExpressionError` for other labels, and `InvalidValue` for missing values.
    """
    package = package_of(thing)
    if package == "xarray":
        _refuse_xarray(thing)
    check_operand(thing)
    if package == "pandas" and hasattr(thing, "iloc"):
        for labels in thing.axes:
            check_positions(thing, labels)
    elif package == "polars" and hasattr(thing, "collect"):
        raise ExpressionError("A LazyFrame has no numbers yet. Write frame.collect().")
    elif is_formula(thing):
        raise ExpressionError(f"{thing} says how numbers are computed from a frame. Write frame.select(...) first.")
    if hasattr(thing, "columns"):
        columns = [thing.iloc[:, k] if package == "pandas" else thing.to_series(k) for k in range(thing.shape[1])]
    else:
        columns = [thing]
    for column in columns:
        missing = values_of(column)[1]
        if missing:
            raise InvalidValue(
                f"{_called(column)} has no number (NaN or None) at position {missing[0]}. Fill it with .fillna(...) or "
                ".fill_null(...), or drop the row."
            )
    values: Union[Table, list[Any]] = thing.to_numpy() if hasattr(thing, "columns") else values_of(thing)[0]
    dtype = getattr(values, "dtype", None)
    if dtype is not None and dtype.kind not in "biufO":
        raise ExpressionError(f"{_called(thing)} has values of {dtype}, not numbers.")
    return values


def _called(thing: object) -> str:
    """The name of a series, an index or a frame in a message."""
    name = getattr(thing, "name", None)
    return str(name) if name not in (None, "") else f"The {type(thing).__name__}"


def groups_of(data: Data, like: Index) -> Union[PandasIndex, KeyColumns]:
    """The values of data as an index: the group of each label.  Those of a dictionary become an index like `like`."""
    package = package_of(data.column)
    if data.missing:
        raise InvalidValue(f"{data.name} has no group for some labels (NaN or None). Drop them, or name their group.")
    if package == "polars":
        return KeyColumns(data.column.to_frame())
    if package == "pandas":
        return PandasIndex.of_values(data.column.array, data.column.name)
    if isinstance(like, KeyColumns):
        return KeyColumns.of_values(list(data.values), "group")
    return PandasIndex.of_values(data.values)
