"""The constraints of a program, in three stores: rows of the matrix, bounds on one variable, and constants."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Container, Sequence, Set
from typing import Any, Optional, TypeVar

from pplp.core.columns import check_name
from pplp.core.entries import Entries, Removed, has_entry, kept, living, waiting
from pplp.core.origins import Origin, Origins
from pplp.core.scalars import made_name
from pplp.ground.acceleration import compiled, loops
from pplp.ground.pickles import Pickled

__all__ = ["BoundRows", "ConstantRows", "Rows", "packed"]

# Any: pickles hold what an older version wrote.

#: How many terms wait as Python objects before they are packed into the arrays.
_BLOCK = 1 << 15


def packed(code: str, items: Sequence[Any]) -> array[Any]:
    """The numbers as an array of this type code; each interpreter has its own fast way."""
    if sys.implementation.name == "pypy":
        return array(code, items)
    numbers = array(code)
    if loops is not None and type(items) is list:
        try:
            numbers.frombytes(loops.packed(code, items))
            return numbers
        except (TypeError, OverflowError):  # numbers of other types: struct converts them
            pass
    numbers.frombytes(struct.pack(f"{len(items)}{code}", *items))
    return numbers


class _Named(Pickled):
    """What the three stores of rows have in common: sides, names, and removed rows."""

    __slots__ = ("lower", "moved", "names", "origins", "removed", "upper")
    kind = "R"

    def __init__(self) -> None:
        self.lower: Entries[float] = []
        self.upper: Entries[float] = []
        self.names: dict[int, str] = {}
        self.removed: set[int] = set()
        self.moved: dict[int, int] = {}  # rows that were removed here and became rows of the matrix: their index there
        self.origins = Origins()

    def __len__(self) -> int:
        return len(self.lower)

    def __setstate__(self, state: Any) -> None:
        """Restore a pickle; one of an older version has attributes instead of slots."""
        for attributes in state if isinstance(state, tuple) else (state,):
            for name, value in (attributes or {}).items():
                setattr(self, name, value)

    def label(self, row: int, taken: Container[str]) -> str:
        """The name of a row: the given one, or else a letter and the number, changed if that name is `taken`."""
        given = self.names.get(row) or getattr(row, "name", None)  # as for a `RemovedIndex`
        return given or made_name(self.kind, row, taken)

    def origin(self, row: int) -> Optional[Origin]:
        """Where a row was written; None if unknown."""
        return self.origins.of(row, len(self)) if has_entry(self.lower, row) else None

    def living(self) -> list[int]:
        """The rows that were not removed, and have not become rows of the matrix."""
        return living(self.lower, self.removed)

    def compacted(self: _Store) -> _Store:
        """A copy without the traces of removed rows.

        It is a new store, so that one assignment replaces the old one, and an interrupt finds either of them.
        """
        twin = type(self)()
        indices = sorted({*self.living(), *self.moved})
        lower = twin.lower = kept(self.lower, indices)
        twin.upper = kept(self.upper, indices)
        twin.names = {row: name for row, name in self.names.items() if row in lower}
        twin.moved = dict(self.moved)
        twin.removed = Removed(self.moved, lower)
        twin.origins = self.origins.kept(indices, len(self))
        return twin


_Store = TypeVar("_Store", bound=_Named)


@compiled
class _Tail(Pickled):
    """Terms that are not yet packed; they come after `base` packed ones."""

    __slots__ = ("base", "indices", "values")

    def __init__(self, base: int) -> None:
        self.base = base
        self.indices: list[int] = []
        self.values: list[float] = []

    def __len__(self) -> int:
        return len(self.indices)

    def put(self, indices: list[int], values: list[float]) -> None:
        """Append these terms."""
        self.indices += indices
        self.values += values

    def cut(self, count: int) -> None:
        """Keep only the first ones."""
        del self.values[count:]
        del self.indices[count:]

    def packed(self) -> tuple[bytes, bytes]:
        """All terms, as the bytes of C ints and doubles."""
        return packed("i", self.indices).tobytes(), packed("d", self.values).tobytes()

    def __reduce__(self) -> Any:
        indices, values = self.packed()
        return _tail, (self.base, array("i", indices).tolist(), array("d", values).tolist())


def _tail(base: int, indices: list[int], values: list[float]) -> _Tail:
    terms = _Tail(base)
    terms.put(indices, values)
    return terms


_Waiting = _Tail  # its name in pickles of older versions


@compiled
class Rows(_Named):
    """``lower[i] <= sum of values[k] * x[indices[k]] <= upper[i]``, k from starts[i] to starts[i+1] - 1.

    A row exists once its end has been appended to `starts`.  If a call is interrupted before that, the next call cuts
    off what it left behind.  Terms wait as Python objects, in a `_Tail`, and are packed into arrays from time to time;
    the packing takes effect when a new `_Tail` replaces the old one.

    After a compaction, a row's position in `starts` is not its index: see `_place`.
    """

    __slots__ = ("_indices", "_lent", "_places", "_shift", "_values", "_waiting", "changed", "first", "starts")

    def __init__(self) -> None:
        super().__init__()
        self.starts: list[int] = [0]
        self.changed: dict[int, tuple[list[int], list[float]]] = {}  # rows edited since, with their current terms
        self.first: dict[int, tuple[type[Any], int]] = {}  # rows that were added as a bound: their handle
        self._indices = array("i")
        self._values = array("d")
        self._waiting = _Tail(0)
        self._lent = False  # True if the packed arrays are shared: then they must be copied before a change
        self._shift = -1  # the length of `starts` plus this is the index of the next row
        self._places: dict[int, int] = {}  # of rows from before the last compaction, in `starts`

    def __len__(self) -> int:
        return len(self.starts) + self._shift

    def living(self) -> list[int]:
        """The rows that were not removed, without an incomplete one that an interrupted call left."""
        if len(self.lower) != len(self):
            self._repair()
        return super().living()

    def _place(self, row: int) -> int:
        """The row's position in `starts`."""
        place = self._places.get(row)
        return row - self._shift - 1 if place is None else place

    def append(self, indices: list[int], values: list[float], lower: float, upper: float) -> int:
        """Add a row of distinct variables; returns its index."""
        waiting, starts = self._waiting, self.starts
        base, terms = waiting.base, waiting.indices
        if base + len(terms) != starts[-1]:
            self._repair()
            waiting = self._waiting
            base, terms = waiting.base, waiting.indices
        factors = waiting.values
        terms += indices  # first: if the length does not match `starts` later, this call was interrupted
        factors += values
        self.lower.append(lower)
        self.upper.append(upper)
        row, count = len(starts), len(terms)
        starts.append(base + count)
        if count > _BLOCK:
            self.packed()
        return row + self._shift

    def extend(self, ends: list[int], indices: Any, values: Any, lower: list[float], upper: list[float]) -> int:
        """Add many rows at once; returns the index of the first one.

        `indices` and `values` are buffers of C ints and doubles, row after row, in which every row has distinct
        variables; `ends` has the end of each row among all terms that there will be.
        """
        self._repair()
        self.packed()
        self._unshare()
        starts = self.starts
        first = len(self)
        self._waiting = _Tail(-1)  # should this be interrupted, the next call finds it and repairs
        self._indices.frombytes(memoryview(indices).cast("B"))
        self._values.frombytes(memoryview(values).cast("B"))
        self.lower.extend(lower)
        self.upper.extend(upper)
        starts.extend(ends)  # from here on the rows exist
        self._waiting = _Tail(starts[-1])
        return first

    def _repair(self) -> None:
        waiting, rows = self._waiting, len(self)
        if self.starts[-1] > waiting.base + len(waiting):  # `extend` was interrupted
            waiting = self._waiting = _Tail(self.starts[-1])
        waiting.cut(self.starts[-1] - waiting.base)
        del self.lower[rows:]
        del self.upper[rows:]

    def share(self) -> tuple[array[int], array[float]]:
        """Like `packed`, for a caller that keeps the arrays; it must not change them, and later edits do not either."""
        arrays = self.packed()
        self._lent = True
        return arrays

    def _unshare(self) -> None:
        if self._lent:
            self._indices, self._values, self._lent = self._indices[:], self._values[:], False

    def packed(self) -> tuple[array[int], array[float]]:
        """The indices and values of all terms ever appended, row after row."""
        if self._waiting.base + len(self._waiting) != self.starts[-1]:
            self._repair()
        waiting = self._waiting
        if len(self._indices) != waiting.base or len(self._values) != waiting.base:  # what an interrupted call left
            self._unshare()
            del self._indices[waiting.base :]
            del self._values[waiting.base :]
        if len(waiting):
            self._unshare()
            rest = _Tail(0)
            indices, values = waiting.packed()
            if len(values) != len(waiting) * self._values.itemsize:  # a finalizer added a row meanwhile: pack again
                return self.packed()
            self._indices.frombytes(indices)
            self._values.frombytes(values)
            rest.base = len(self._indices)
            self._waiting = rest
        return self._indices, self._values

    def terms(self, row: int) -> tuple[list[int], list[float]]:
        """(indices, values) of one row, as it is now."""
        if row in self.changed:
            indices, values = self.changed[row]
            return list(indices), list(values)
        packed, factors = self.packed()
        place = self._place(row)
        start, end = self.starts[place], self.starts[place + 1]
        return packed[start:end].tolist(), factors[start:end].tolist()

    def set_term(self, row: int, index: int, value: float) -> None:
        """Change the coefficient of one variable in a row; 0 removes it."""
        if row not in self.changed:
            self.changed[row] = self.terms(row)
        indices, values = self.changed[row]
        if index in indices:
            k = indices.index(index)
            indices[k : k + 1], values[k : k + 1] = ([index], [value]) if value else ([], [])
        elif value:
            indices.append(index)
            values.append(value)

    def untouched(self) -> bool:
        """True if the packed arrays are the current rows."""
        return not self.changed and not waiting(self.removed)

    def without(self, removed: Set[int]) -> None:
        """Drop the terms of removed variables from rows that were edited.  The other rows are left as they are."""
        for row, (indices, values) in self.changed.items():
            left = [(j, a) for j, a in zip(indices, values) if j not in removed]
            self.changed[row] = [j for j, _ in left], [a for _, a in left]

    def compacted(self) -> Rows:
        """A copy without the traces of removed rows; the terms of the remaining rows are packed again."""
        self._repair()
        twin = super().compacted()
        twin._shift = len(self) - 1
        for place, row in enumerate(self.living()):
            indices, values = self.terms(row)
            twin._indices.extend(indices)
            twin._values.extend(values)
            twin.starts.append(len(twin._indices))
            twin._places[row] = place
        twin._shift -= len(twin._places)
        twin._waiting = _Tail(twin.starts[-1])
        twin.first = {row: handle for row, handle in self.first.items() if row in twin._places}
        return twin


class BoundRows(_Named):
    """``lower[i] <= factor[i] * x[column[i]] <= upper[i]``: constraints on one variable, which are bounds."""

    __slots__ = ("column", "factor", "of_column")
    kind = "B"

    def __init__(self) -> None:
        super().__init__()
        self.column: Entries[int] = []
        self.factor: Entries[float] = []
        self.of_column: dict[int, list[int]] = {}

    def append(self, column: int, factor: float, lower: float, upper: float) -> None:
        """Add a bound."""
        row = len(self.lower)
        for entries in (self.column, self.factor, self.upper):
            del entries[row:]  # what an interrupted call left behind
        self.column.append(column)
        self.factor.append(factor)
        self.upper.append(upper)
        self.lower.append(lower)  # last: its length is the number of rows
        self.of_column.setdefault(column, []).append(row)

    def extend(self, columns: list[int], factors: list[float], lower: list[float], upper: list[float]) -> int:
        """Many bounds at once; returns the index of the first one."""
        first = len(self.lower)
        for entries in (self.column, self.factor, self.upper):
            del entries[first:]
        self.column.extend(columns)
        self.factor.extend(factors)
        self.upper.extend(upper)
        self.lower.extend(lower)
        for row, column in enumerate(columns, first):
            self.of_column.setdefault(column, []).append(row)
        return first

    def compacted(self) -> BoundRows:
        """A copy without the traces of removed rows, also in `of_column`."""
        twin = super().compacted()
        left = {row for row in (*self.living(), *self.moved)}
        twin.column, twin.factor = kept(self.column, sorted(left)), kept(self.factor, sorted(left))
        of_column = {j: [row for row in rows if row in left] for j, rows in self.of_column.items()}
        twin.of_column = {j: rows for j, rows in of_column.items() if rows}
        return twin

    def interval(self, row: int, sides: Optional[tuple[float, float]] = None) -> tuple[float, float]:
        """The bounds that the row implies for its variable, with these sides or the row's own."""
        lower, upper = sides or (self.lower[row], self.upper[row])
        a = self.factor[row]
        ends = lower / a, upper / a
        return ends if a > 0 else (ends[1], ends[0])

    def divided(self, column: int, lower: float, upper: float) -> tuple[tuple[float, float, float], ...]:
        """(lower, upper, factor) of a variable's own bounds and its rows, if a division by a factor may have rounded.

        Empty if all factors are 1 or -1.
        """
        rows = [row for row in self.of_column.get(column, ()) if row not in self.removed]
        if all(self.factor[row] in (1.0, -1.0) for row in rows):
            return ()
        return ((lower, upper, 1.0), *((self.lower[row], self.upper[row], self.factor[row]) for row in rows))

    def tightened(self, column: int, lower: float, upper: float) -> tuple[float, float]:
        """The bounds (lower, upper) of a variable, tightened by all rows on it."""
        for row in self.of_column.get(column, ()):
            if row not in self.removed:
                low, high = self.interval(row)
                lower, upper = max(lower, low), min(upper, high)
        return lower, upper

    def tightest(self, column: int, is_upper: bool, own: float, but: int = -1) -> tuple[float, Optional[int]]:
        """The tightest upper or lower bound of a variable, and its row, without the row `but`.

        The row is None if no row is tighter than the variable's `own` bound.
        """
        found: tuple[float, Optional[int]] = own, None
        for row in self.of_column.get(column, ()):
            if row != but and row not in self.removed:
                end = self.interval(row)[is_upper]
                if end < found[0] if is_upper else end > found[0]:
                    found = end, row
        return found


class ConstantRows(_Named):
    """``lower[i] <= 0 <= upper[i]``: rows without variables, which are always satisfied."""

    __slots__ = ()
    kind = "C"

    def append(self, lower: float, upper: float) -> None:
        """Add a constant row."""
        del self.upper[len(self.lower) :]
        self.upper.append(upper)
        self.lower.append(lower)


def name_row(store: _Named, row: int, name: Optional[str], taken: dict[str, int]) -> None:
    """Record the name of a row, unique over all its program's constraints."""
    if name is not None:
        check_name(name, taken, "constraint")
        store.names[row] = name
        taken[name] = row
