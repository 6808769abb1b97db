"""Labels in the key columns of a polars frame, and frames with them: the only door to polars.

What is of polars is Any, as `typing.py` says.
Labels are told apart by what polars stores, never by Python objects: these have no nanoseconds, and two hours of a
local clock that is set back are one to them.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import timezone
from functools import cache
from typing import TYPE_CHECKING, Any, Optional, Union

from pplp.arrays.identity import Kind, Level, identity, times
from pplp.errors import ExpressionError, ExtraMissing, InvalidValue
from pplp.ground.loading import whole_import

if TYPE_CHECKING:
    from pplp.arrays.typing import Integers, Table

__all__ = ["KeyColumns", "missing_in", "polars_frame", "values_in"]


@cache  # what guards an import takes longer than most calls
def _polars() -> Any:
    try:
        with whole_import():
            import polars
    except ImportError as error:
        raise ExtraMissing(f'This needs polars ({error}). Install it with: pip install "pplp[polars]"') from error
    return polars


class KeyColumns:
    """The key columns of a polars frame, in a frame of their own."""

    __slots__ = ("_at", "names", "native")

    def __init__(self, frame: Any) -> None:
        odd = [name for name, kind in frame.schema.items() if kind.is_nested() or str(kind) == "Object"]
        if odd:
            raise InvalidValue(f"The column {odd[0]!r} is {frame.schema[odd[0]]}: labels are text, numbers, dates.")
        self.native = frame
        self.names: tuple[Any, ...] = tuple(frame.columns)
        self._at: Optional[dict[Hashable, int]] = None  # the place of each label: made when one is first looked for

    @classmethod
    def of_values(cls, values: list[Any], name: str) -> KeyColumns:
        """One column, of these values."""
        polars = _polars()
        try:
            return cls(polars.DataFrame({name: values}))
        except (TypeError, polars.exceptions.PolarsError) as error:
            raise InvalidValue(f"The values of a dictionary do not make a column of labels: {error}.") from None

    def __reduce__(self) -> tuple[Any, ...]:
        return KeyColumns, (self.native,)

    def __len__(self) -> int:
        return int(self.native.height)

    def is_same(self, other: object) -> bool:
        """Are the labels equal, in the same order?  The names were looked at before."""
        if not isinstance(other, KeyColumns):
            return False
        pairs = list(zip(self.native.get_columns(), other.native.get_columns()))
        return all(a.dtype == b.dtype and a.equals(b) for a, b in pairs)

    def level(self, k: int) -> Level:
        """The codes and the distinct labels of a level."""
        polars, column = _polars(), self.native.to_series(k)
        if not len(column):  # of which polars would keep the type
            return Level(polars.Series([], dtype=polars.Int64).to_numpy(), self.names[k], list, list)
        # Not all versions find the distinct ones among decimals.
        stored = column.cast(polars.String) if column.dtype == polars.Decimal else column.to_physical()
        if stored.dtype.is_float():
            stored = stored + 0.0  # there are two zeros
        first = stored.arg_unique().sort()
        numbers = polars.Series(range(len(first)), dtype=polars.Int64)
        codes = stored.replace_strict(stored.gather(first), numbers, return_dtype=polars.Int64)
        distinct = column.gather(first)
        return Level(codes.to_numpy(), self.names[k], lambda: _identities(distinct), lambda: _texts(distinct))

    def lacks_labels(self) -> bool:
        """Is there a null or a NaN?"""
        return any(bool(missing_in(column).any()) for column in self.native.get_columns())

    def labels(self) -> list[Any]:
        """A label for each element; raises `InvalidValue` for times that Python cannot tell apart."""
        self.check_key(".items()")
        return self.texts()

    def texts(self) -> list[Any]:
        """The same for messages and names; times that Python cannot tell apart are texts."""
        columns = [_texts(column) for column in self.native.get_columns()]
        return columns[0] if len(columns) == 1 else list(zip(*columns))

    def check_key(self, key: Any, levels: Optional[Sequence[int]] = None) -> None:
        """Raise `InvalidValue` where a Python object does not say which label of these levels it is."""
        for k in range(len(self.names)) if levels is None else levels:
            column = self.native.to_series(k)
            if _is_finer_than_python(column):
                raise InvalidValue(
                    f"The labels of {column.name!r} have nanoseconds, which Python's times do not have. Instead of "
                    f"{key if isinstance(key, str) else repr(key)} use .iloc[position], or "
                    f".loc[pl.col({column.name!r}).to_physical() == nanoseconds]; .index and .flat have the same order."
                )

    def picked(self, key: Any) -> Union[int, tuple[Integers, KeyColumns]]:
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
        elif isinstance(key, (list, polars.Series)):
            places = polars.Series(self._places(key), dtype=polars.Int64)
        else:
            return self._places([key])[0]
        places = places.cast(polars.Int64)
        return places.to_numpy(), KeyColumns(self.native[places])

    def _places(self, keys: Any) -> list[int]:
        """The places of the labels of a list or a series; KeyError for an unknown one."""
        if isinstance(keys, list):
            if keys:
                self.check_key(keys[0])
            wanted: Sequence[Hashable] = list(map(identity, keys))
        else:
            wanted = _identities(keys)
        if self._at is None:
            columns = [_identities(column) for column in self.native.get_columns()]
            self._at = {one: place for place, one in enumerate(columns[0] if len(columns) == 1 else zip(*columns))}
        at = self._at
        lost = next((k for k, one in enumerate(wanted) if one not in at), None)
        if lost is not None:
            raise KeyError(
                f"There is no label {keys[lost]!r} among those by ({', '.join(self.names)}). .loc takes a label, a "
                'list of them, or a condition such as pl.col(...) == "a".'
            )
        return [at[one] for one in wanted]

    def taken(self, places: Integers, levels: Optional[Sequence[int]] = None) -> KeyColumns:
        """The labels at these places, of these levels."""
        frame = self.native if levels is None else self.native.select([self.names[k] for k in levels])
        return KeyColumns(frame[_polars().Series(places)])

    def renamed(self, names: Sequence[Optional[str]]) -> KeyColumns:
        """With other names of the columns."""
        if None in names:
            raise InvalidValue("A column of a polars frame has a name.")
        return KeyColumns(self.native.rename(dict(zip(self.names, names))))

    def series(self, numbers: Table, name: str) -> Any:
        """A polars frame: the key columns, and one of the numbers."""
        while name in self.names:
            name += "_"
        return self.native.with_columns(_polars().Series(name, numbers))


def _identities(column: Any) -> Sequence[Hashable]:
    """The identities of the labels in a column."""
    polars, kind = _polars(), column.dtype
    if kind == polars.Boolean:
        return [(Kind.TRUTH, one) for one in column.to_list()]
    if not kind.is_temporal():
        return column.to_list()  # type: ignore[no-any-return]
    counts = column.to_physical().to_list()
    if kind == polars.Date:
        return [(Kind.DAY, count) for count in counts]
    if kind == polars.Time:
        return [(*one, None) for one in times(Kind.CLOCK, counts, "ns")]
    if kind == polars.Duration:
        return times(Kind.DURATION, counts, kind.time_unit)
    return times(Kind.LOCAL if kind.time_zone is None else Kind.INSTANT, counts, kind.time_unit)


def _is_finer_than_python(column: Any) -> bool:
    """Are there times with nanoseconds below the microsecond?"""
    polars, kind = _polars(), column.dtype
    if not kind.is_temporal() or kind == polars.Date or getattr(kind, "time_unit", "ns") != "ns":
        return False
    return bool((column.to_physical() % 1000 != 0).any())


def _texts(column: Any) -> list[Any]:
    """The labels of a column as Python objects, and as texts where these cannot tell them apart.

    Of an hour that a local clock shows twice, the second has the zone of its offset: datetimes of one zone are equal
    where their clocks show the same.
    """
    if _is_finer_than_python(column):
        if column.dtype == _polars().Duration:
            return [f"{count} ns" for count in column.to_physical().to_list()]
        return column.cast(_polars().String).to_list()  # type: ignore[no-any-return]
    labels: list[Any] = column.to_list()
    if getattr(column.dtype, "time_zone", None) is None:
        return labels
    return [one.replace(tzinfo=timezone(one.utcoffset()), fold=0) if one.fold else one for one in labels]


def missing_in(column: Any) -> Any:
    """Where a polars series is null or NaN."""
    return column.is_null() | column.is_nan().fill_null(True) if column.dtype.is_float() else column.is_null()


def values_in(column: Any) -> Union[Table, list[Any]]:
    """The values of a polars series: an array of numpy's, or a list of what numpy has not."""
    if column.dtype.is_nested():
        raise ExpressionError(
            f"The column {column.name!r} is {column.dtype}, not numbers. Use .explode() or .unnest()."
        )
    if str(column.dtype) in ("Int128", "UInt128"):
        return column.to_list()  # type: ignore[no-any-return]
    return column.to_numpy()  # type: ignore[no-any-return]


def polars_frame(columns: Mapping[str, Sequence[Any]]) -> Any:
    """A polars frame of these columns."""
    return _polars().DataFrame(dict(columns))
