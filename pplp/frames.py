"""Data frames: the only door to pandas and polars.

What has an index of pandas is known by that; polars has none, there the labels are key columns.  Of both are made
an `Index`, which `pplp.labels` works with, and the series and frames that go back.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple, Optional

from pplp.errors import ExpressionError, ExtraMissing, InvalidValue
from pplp.scalars import Symbolic

__all__ = [
    "Data",
    "KeyColumns",
    "PandasIndex",
    "check_columns",
    "data_of",
    "index_of",
    "is_formula",
    "package_of",
    "pandas_frame",
    "polars_frame",
]

_Array = Any


def package_of(thing: Any) -> str:
    """Whose series, index or frame it is, "pandas" or "polars"; "" for anything else."""
    for kind in type(thing).__mro__:
        package = kind.__module__.partition(".")[0]
        if package in ("pandas", "polars"):
            return package
    return ""


def is_formula(thing: Any) -> bool:
    """Is it an expression of polars, such as ``pl.col("cost")``?"""
    return package_of(thing) == "polars" and hasattr(thing, "over")


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise ExtraMissing(f'This needs pandas ({error}). Install it with: pip install "pplp[pandas]"') from error
    return pandas


def _polars() -> Any:
    try:
        import polars
    except ImportError as error:
        raise ExtraMissing(f'This needs polars ({error}). Install it with: pip install "pplp[polars]"') from error
    return polars


class PandasIndex:
    """The index of a pandas series or frame."""

    __slots__ = ("names", "native")

    def __init__(self, index: Any) -> None:
        self.native = index
        self.names: tuple[Any, ...] = tuple(index.names)

    def __reduce__(self) -> Any:
        return PandasIndex, (self.native,)

    def __len__(self) -> int:
        return len(self.native)

    def is_same(self, other: Any) -> bool:
        """Are the labels equal, in the same order?"""
        return isinstance(other, PandasIndex) and bool(self.native.equals(other.native))

    def level(self, k: int) -> tuple[_Array, list[Any]]:
        """The codes and the distinct labels of a level."""
        if len(self.names) > 1:
            return self.native.codes[k].astype("int64"), self.native.levels[k].tolist()
        codes, distinct = self.native.factorize()
        return codes.astype("int64"), distinct.tolist()

    def lacks_labels(self) -> bool:
        """Is there a NaN or None?"""
        if len(self.names) > 1:
            return any(bool((codes < 0).any()) for codes in self.native.codes)
        return bool(self.native.hasnans)

    def labels(self) -> list[Any]:
        """A label for each element."""
        return self.native.tolist()  # type: ignore[no-any-return]

    def picked(self, key: Any) -> tuple[Any, Any]:
        """By the rules of pandas."""
        found = _pandas().Series(range(len(self)), index=self.native).loc[key]
        if hasattr(found, "index"):
            return found.to_numpy(), PandasIndex(found.index)
        return int(found), None

    def taken(self, places: _Array, levels: Optional[Sequence[int]] = None) -> PandasIndex:
        """The labels at these places, of these levels."""
        index = self.native.take(places)
        if levels is not None and len(self.names) > 1:
            others = [k for k in range(len(self.names)) if k not in levels]
            index = index.droplevel(others) if others else index
            if len(levels) > 1:
                rank = {k: place for place, k in enumerate(sorted(levels))}
                index = index.reorder_levels([rank[k] for k in levels])
        return PandasIndex(index)

    def renamed(self, names: Sequence[Optional[str]]) -> PandasIndex:
        """With other names of the levels."""
        return PandasIndex(self.native.set_names(list(names)))

    def of_keys(self, keys: list[Any]) -> PandasIndex:
        """Labels for the keys of a dictionary."""
        pandas, count = _pandas(), len(self.names)
        if count == 1:
            return PandasIndex(pandas.Index(keys, name=self.names[0], tupleize_cols=False))
        columns = list(zip(*_rows(keys, count))) or [()] * count
        return PandasIndex(pandas.MultiIndex.from_arrays(columns, names=self.names))

    def series(self, numbers: _Array, name: str) -> Any:
        """A pandas series."""
        return _pandas().Series(numbers, index=self.native, name=name)


class KeyColumns:
    """The key columns of a polars frame, in a frame of their own."""

    __slots__ = ("names", "native")

    def __init__(self, frame: Any) -> None:
        odd = [name for name, kind in frame.schema.items() if kind.is_nested() or str(kind) == "Object"]
        if odd:
            raise InvalidValue(f"The column {odd[0]!r} is {frame.schema[odd[0]]}: labels are text, numbers, dates.")
        self.native = frame
        self.names: tuple[Any, ...] = tuple(frame.columns)

    def __reduce__(self) -> Any:
        return KeyColumns, (self.native,)

    def __len__(self) -> int:
        return int(self.native.height)

    def is_same(self, other: Any) -> bool:
        """Are the labels equal, in the same order?  The names were looked at before."""
        if not isinstance(other, KeyColumns):
            return False
        pairs = list(zip(self.native.get_columns(), other.native.get_columns()))
        return all(a.dtype == b.dtype and a.equals(b) for a, b in pairs)

    def level(self, k: int) -> tuple[_Array, list[Any]]:
        """The codes and the distinct labels of a level."""
        polars, column = _polars(), self.native.to_series(k)
        distinct = column.unique(maintain_order=True)
        numbers = polars.Series(range(len(distinct)), dtype=polars.Int64)
        codes = column.replace_strict(distinct, numbers, return_dtype=polars.Int64)
        return codes.to_numpy(), distinct.to_list()

    def lacks_labels(self) -> bool:
        """Is there a null or a NaN?"""
        return any(bool(_missing(column).any()) for column in self.native.get_columns())

    def labels(self) -> list[Any]:
        """A label for each element."""
        if len(self.names) == 1:
            return self.native.to_series(0).to_list()  # type: ignore[no-any-return]
        return self.native.rows()  # type: ignore[no-any-return]

    def picked(self, key: Any) -> tuple[Any, Any]:
        """A label; a list of labels; a condition on the key columns, or a truth value for each element."""
        polars = _polars()
        if isinstance(key, polars.Expr):
            try:
                places = self.native.select(polars.arg_where(key)).to_series(0)
            except polars.exceptions.PolarsError as error:
                raise InvalidValue(
                    f".loc takes a condition on the key columns {', '.join(self.names)}, which {key} is not: {error}."
                ) from None
        elif isinstance(key, polars.Series) and key.dtype == polars.Boolean:
            if len(key) != len(self):
                raise InvalidValue(f".loc takes a truth value for each of the {len(self)} labels, not {len(key)}.")
            places = key.arg_true()
        else:
            at = {label: place for place, label in enumerate(self.labels())}
            keys = key if isinstance(key, (list, polars.Series)) else [key]
            missing = [one for one in keys if not isinstance(one, Hashable) or one not in at]
            if missing:
                names = ", ".join(self.names)
                raise KeyError(
                    f"There is no label {missing[0]!r} among those by ({names}). .loc takes a label, a list of them, "
                    'or a condition such as pl.col(...) == "a".'
                )
            if keys is not key:
                return at[key], None
            places = polars.Series([at[label] for label in keys], dtype=polars.Int64)
        places = places.cast(polars.Int64)
        return places.to_numpy(), KeyColumns(self.native[places])

    def taken(self, places: _Array, levels: Optional[Sequence[int]] = None) -> KeyColumns:
        """The labels at these places, of these levels."""
        frame = self.native if levels is None else self.native.select([self.names[k] for k in levels])
        return KeyColumns(frame[_polars().Series(places)])

    def renamed(self, names: Sequence[Optional[str]]) -> KeyColumns:
        """With other names of the columns."""
        if None in names:
            raise InvalidValue("A column of a polars frame has a name.")
        return KeyColumns(self.native.rename(dict(zip(self.names, names))))

    def of_keys(self, keys: list[Any]) -> KeyColumns:
        """Labels for the keys of a dictionary."""
        polars = _polars()
        columns = list(zip(*_rows(keys, len(self.names)))) or [()] * len(self.names)
        try:
            kinds = self.native.schema if not keys else None
            return KeyColumns(polars.DataFrame(dict(zip(self.names, map(list, columns))), schema=kinds))
        except (TypeError, polars.exceptions.PolarsError) as error:
            raise InvalidValue(f"The keys of a dictionary do not make columns {self.names}: {error}.") from None

    def series(self, numbers: _Array, name: str) -> Any:
        """A polars frame: the key columns, and one of the numbers."""
        while name in self.names:
            name += "_"
        return self.native.with_columns(_polars().Series(name, numbers))


def _rows(keys: list[Any], count: int) -> list[tuple[Any, ...]]:
    """The keys of a dictionary as rows of labels."""
    rows = [key if isinstance(key, tuple) and count > 1 else (key,) for key in keys]
    wrong = next((key for key, row in zip(keys, rows) if len(row) != count), None)
    if wrong is not None:
        raise InvalidValue(f"The key {wrong!r} of a dictionary has not one label for each of {count} levels.")
    return rows


def _is_missing(value: Any) -> bool:
    """Is it None, NaN or pandas' NA?"""
    if value is None or isinstance(value, Symbolic):
        return value is None
    try:
        return bool(value != value)
    except (TypeError, ValueError):  # NA has no truth value, not even of this
        return True


def _missing(column: Any) -> Any:
    """Where a polars series is null or NaN."""
    return column.is_null() | column.is_nan().fill_null(True) if column.dtype.is_float() else column.is_null()


def index_of(thing: Any, keys: Optional[Sequence[str]] = None) -> Any:
    """The index of a pandas index, series or frame, or of the key columns of a polars frame.

    `keys` names the columns that are the labels.  Raises `InvalidValue` for columns that there are not, and for any
    other thing.
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
            f'keys= takes the name of a column, or a list of names, as in keys=["plant", "market"]; not {keys!r}.'
        ) from None


def check_columns(names: Sequence[Any], frame: Any, what: str) -> None:
    """Raise `InvalidValue` unless each name is there once, and that of one column."""
    columns = list(frame.columns)
    for name in names:
        if names.count(name) > 1:
            raise InvalidValue(f"{what} has the column {name!r} twice. Name it once.")
        if columns.count(name) > 1:
            raise InvalidValue(
                f"{what} names the column {name!r}, and the frame has {columns.count(name)} of that name. Rename all "
                "but one of them."
            )


class Data(NamedTuple):
    """Numbers with labels, from a series, a frame or a dictionary."""

    index: Any
    #: An array of numpy's, or a list.
    values: Any
    #: The places of those that are missing.
    missing: list[int]
    #: What an error calls it.
    name: str
    #: Its own form of what it says: a series of pandas or polars, or a list.
    column: Any


def data_of(thing: Any, like: Any) -> Optional[Data]:
    """The labels and values of a pandas series, a polars frame or a dictionary; None for what is none of them.

    `like` is the index that it is to be aligned with: of a polars frame the columns of its names are the keys, and
    there is one other.  Raises `ExpressionError` for what has no labels, or more values than one for each.
    """
    if isinstance(thing, Mapping):
        values = list(thing.values())
        missing = [k for k, value in enumerate(values) if _is_missing(value)]
        return Data(like.of_keys(list(thing)), values, missing, "the dictionary", values)
    package = package_of(thing)
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
        columns = "".join(f"{name!r}, " for name in (like.names if like is not None else ()))
        raise ExpressionError(
            f"{thing} says how numbers are computed from a frame, and has none of its own. Take them from the frame, "
            f"with the columns of their labels: frame.select({columns}...)."
        )
    if package == "polars" and hasattr(thing, "height"):
        keys = [name for name in thing.columns if name in like.names]
        others = [name for name in thing.columns if name not in like.names]
        if not keys or len(others) != 1:
            raise ExpressionError(
                f"A polars frame has the key columns {list(like.names)}, or some of them, and one column of numbers; "
                f"this one has {thing.columns}. Select those, and rename them where they are called otherwise."
            )
        column = thing.get_column(others[0])
        return Data(KeyColumns(thing.select(keys)), *values_of(column), others[0], column)
    return None


def values_of(column: Any) -> tuple[_Array, list[int]]:
    """The values of a series of pandas or polars, and the places of those that are missing."""
    if hasattr(column, "iloc"):
        return column.to_numpy(), column.isna().to_numpy().nonzero()[0].tolist()
    missing = _missing(column).arg_true().to_list()
    if "Int128" in str(column.dtype):  # which numpy has not, and at which some versions of polars panic
        return column.to_list(), missing
    return column.to_numpy(), missing


def groups_of(data: Data) -> Any:
    """The values of data as an index: what each label is put into."""
    package = package_of(data.column)
    if data.missing:
        raise InvalidValue(f"{data.name} has no group for some labels (NaN or None). Drop them, or name their group.")
    if package == "polars":
        return KeyColumns(data.column.to_frame())
    if package == "pandas":
        return PandasIndex(_pandas().Index(data.column.array, name=data.column.name))
    names = ("group",) if isinstance(data.index, KeyColumns) else (None,)
    if isinstance(data.index, KeyColumns):
        return KeyColumns(_polars().DataFrame({names[0]: data.values}))
    return PandasIndex(_pandas().Index(data.values, tupleize_cols=False))


# --------------------------------------------------------------------- tables
def pandas_frame(columns: Mapping[str, Sequence[Any]], index: Sequence[str]) -> Any:
    """A pandas frame of these columns, some of which are its index."""
    return _pandas().DataFrame(dict(columns)).set_index(list(index))


def polars_frame(columns: Mapping[str, Sequence[Any]]) -> Any:
    """A polars frame of these columns."""
    return _polars().DataFrame(dict(columns))
