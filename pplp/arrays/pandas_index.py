"""Labels in an index of pandas, and series and frames with them: the only door to pandas.

What is of pandas is Any, as `typing.py` says.
"""

from __future__ import annotations

import operator
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Optional, SupportsIndex, Union

from pplp.arrays.identity import Kind, Level, identity, times
from pplp.errors import ExtraMissing
from pplp.ground.loading import whole_import

if TYPE_CHECKING:
    from pplp.arrays.typing import Integers, Table

__all__ = ["PandasIndex", "count_from_zero", "pandas_frame"]


@cache  # what guards an import takes longer than most calls
def _pandas() -> Any:
    try:
        with whole_import():
            import pandas
    except ImportError as error:
        raise ExtraMissing(f'This needs pandas ({error}). Install it with: pip install "pplp[pandas]"') from error
    return pandas


class PandasIndex:
    """The index of a pandas series or frame."""

    __slots__ = ("_positions", "names", "native")

    def __init__(self, index: Any) -> None:
        self.native = index
        self._positions: Any = None  # a series of them, when some are first picked: pandas takes its time to make one
        self.names: tuple[Any, ...] = tuple(index.names)

    @classmethod
    def of_values(cls, values: Any, name: Optional[str] = None) -> PandasIndex:
        """An index of one level, of these values."""
        return cls(_pandas().Index(values, name=name, tupleize_cols=False))

    def __reduce__(self) -> tuple[Any, ...]:
        return PandasIndex, (self.native,)

    def __len__(self) -> int:
        return len(self.native)

    def is_same(self, other: object) -> bool:
        """Are the labels equal, in the same order, as far as a glance tells?"""
        if not isinstance(other, PandasIndex):
            return False
        if self.native is other.native:
            return True
        pairs = zip(self._levels(), other._levels())
        alike = all(a.dtype == b.dtype and _says_it_all(a) and _says_it_all(b) for a, b in pairs)
        return alike and bool(self.native.equals(other.native))

    def _levels(self) -> list[Any]:
        """For each level an index of its labels."""
        return list(self.native.levels) if len(self.names) > 1 else [self.native]

    def level(self, k: int) -> Level:
        """The codes and the distinct labels of a level."""
        if len(self.names) > 1:
            codes, distinct = self.native.codes[k], self.native.levels[k]
        else:
            codes, distinct = self.native.factorize()
        return Level(codes.astype("int64"), self.names[k], lambda: _identities(distinct), distinct.tolist)

    def lacks_labels(self) -> bool:
        """Is there a NaN or None?"""
        if len(self.names) > 1:
            return any(bool((codes < 0).any()) for codes in self.native.codes)
        return bool(self.native.hasnans)

    def labels(self) -> list[Any]:
        """A label for each element."""
        return self.native.tolist()  # type: ignore[no-any-return]

    def texts(self) -> list[Any]:
        """The same for messages and names, which tell all of them apart."""
        return self.labels()

    def check_key(self, key: Any, levels: Optional[Sequence[int]] = None) -> None:
        """A Python object says which label it is."""

    def picked(self, key: Any) -> Union[int, tuple[Integers, PandasIndex]]:
        """By the rules of pandas."""
        if self._positions is None:
            self._positions = _pandas().Series(range(len(self)), index=self.native, dtype="int64")
        found = self._positions.loc[key]
        if hasattr(found, "index"):
            return found.to_numpy(), PandasIndex(found.index)
        return int(found)

    def taken(self, places: Integers, levels: Optional[Sequence[int]] = None) -> PandasIndex:
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

    def series(self, numbers: Table, name: str) -> Any:
        """A pandas series, which is read-only where the numbers are."""
        pandas = _pandas()
        kind = pandas.Series if numbers.flags.writeable or pandas.__version__ >= "3" else _read_only_series()
        return kind(numbers, index=self.native, name=name, copy=False)


@cache
def _read_only_series() -> Any:
    """A series of pandas before version 3, which would write into read-only numbers for ``x.ub += 1``.

    Its operators in place make a new series, as those of version 3 do; what is made of it is a plain series.
    """
    pandas = _pandas()

    class ReadOnlySeries(pandas.Series):  # type: ignore[misc, name-defined]
        @property
        def _constructor(self) -> Any:
            return pandas.Series

        def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
            return pandas.Series, (self.to_numpy(), self.index, None, self.name)

    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and_", "or_", "xor"):
        plain = getattr(operator, name)
        setattr(ReadOnlySeries, f"__i{name.strip('_')}__", lambda mine, other, plain=plain: plain(mine, other))
    return ReadOnlySeries


def _says_it_all(index: Any) -> bool:
    """Are labels that pandas calls equal the same?  Of objects, texts alone."""
    return index.dtype != object or index.inferred_type in ("string", "empty")


def _identities(distinct: Any) -> Sequence[Hashable]:
    """The identities of the labels of an index of one level."""
    kind = distinct.dtype.kind
    if kind in "mM" and hasattr(distinct, "asi8"):
        moment = Kind.LOCAL if getattr(distinct.dtype, "tz", None) is None else Kind.INSTANT
        return times(moment if kind == "M" else Kind.DURATION, distinct.asi8.tolist(), distinct.unit)
    labels: list[Any] = distinct.tolist()
    return labels if kind in "iuf" else list(map(identity, labels))


def count_from_zero(labels: Any) -> bool:
    """Are the labels of an axis 0, 1, 2 and so on, as positions are?"""
    kind = getattr(labels.dtype, "kind", "O")
    return bool(kind in "iu" and labels.nlevels == 1 and labels.equals(_pandas().RangeIndex(len(labels))))


def pandas_frame(columns: Mapping[str, Sequence[Any]], index: Sequence[str]) -> Any:
    """A pandas frame of these columns, some of which are its index."""
    return _pandas().DataFrame(dict(columns)).set_index(list(index))
