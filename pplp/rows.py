"""The constraints of a program: rows of the matrix, bounds of one variable, and constants."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Optional

from pplp.columns import check_name

__all__ = ["BoundRows", "ConstantRows", "Rows", "packed"]

#: So many terms wait as Python objects before they are packed into the arrays.
_BLOCK = 1 << 15


def packed(code: str, items: Sequence[Any]) -> array[Any]:
    """The numbers as an array of this type code; each interpreter has a way of its own that is quick."""
    if sys.implementation.name == "pypy":
        return array(code, items)
    numbers = array(code)
    numbers.frombytes(struct.pack(f"{len(items)}{code}", *items))
    return numbers


class _Named:
    """What the three kinds of rows share: names, and what was removed."""

    kind = "R"

    def __init__(self) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.names: dict[int, str] = {}
        self.removed: set[int] = set()

    def __len__(self) -> int:
        return len(self.lower)

    def label(self, row: int) -> str:
        return self.names.get(row) or f"{self.kind}{row}"


class Rows(_Named):
    """``lower[i] <= sum of values[k] * x[indices[k]] <= upper[i]``, k in the i-th stretch of the arrays."""

    def __init__(self) -> None:
        super().__init__()
        self.lengths: list[int] = []
        self.changed: dict[int, tuple[list[int], list[float]]] = {}  # rows edited since, with their terms now
        self._indices = array("i")
        self._values = array("d")
        self._waiting: list[int] = []
        self._waiting_values: list[float] = []
        self._starts: list[int] = [0]

    def append(self, indices: list[int], values: list[float], length: int, lower: float, upper: float) -> None:
        """One more row, of distinct variables."""
        self._waiting += indices
        self._waiting_values += values
        self.upper.append(upper)
        self.lengths.append(length)
        self.lower.append(lower)  # last: its length is the number of rows
        if len(self._waiting) > _BLOCK:
            self.packed()

    def packed(self) -> tuple[array[int], array[float]]:
        """All terms ever appended, row after row."""
        if self._waiting:
            self._indices.extend(packed("i", self._waiting))
            self._values.extend(packed("d", self._waiting_values))
            self._waiting.clear()
            self._waiting_values.clear()
        return self._indices, self._values

    def starts(self) -> list[int]:
        """Where each row begins in the packed arrays, and the end of the last."""
        starts = self._starts
        if len(starts) <= len(self.lengths):
            more = accumulate(self.lengths[len(starts) - 1 :], initial=starts.pop())
            starts.extend(more)
        return starts

    def terms(self, row: int) -> tuple[list[int], list[float]]:
        """(indices, values) of one row, as it is now."""
        if row in self.changed:
            indices, values = self.changed[row]
            return list(indices), list(values)
        packed, factors = self.packed()
        starts = self.starts()
        return packed[starts[row] : starts[row + 1]].tolist(), factors[starts[row] : starts[row + 1]].tolist()

    def untouched(self) -> bool:
        """Are the packed arrays the rows as they are now?"""
        return not self.changed and not self.removed


class BoundRows(_Named):
    """``lower[i] <= factor[i] * x[column[i]] <= upper[i]``: constraints that are bounds."""

    kind = "B"

    def __init__(self) -> None:
        super().__init__()
        self.column: list[int] = []
        self.factor: list[float] = []
        self.of_column: dict[int, list[int]] = {}

    def append(self, column: int, factor: float, lower: float, upper: float) -> None:
        """One more bound."""
        self.of_column.setdefault(column, []).append(len(self.lower))
        self.column.append(column)
        self.factor.append(factor)
        self.upper.append(upper)
        self.lower.append(lower)

    def interval(self, row: int) -> tuple[float, float]:
        """The bounds that the row sets on its variable."""
        a = self.factor[row]
        ends = self.lower[row] / a, self.upper[row] / a
        return ends if a > 0 else (ends[1], ends[0])

    def tightened(self, column: int, lower: float, upper: float) -> tuple[float, float]:
        """The bounds (lower, upper) of a variable cut by all rows on it."""
        for row in self.of_column.get(column, ()):
            if row not in self.removed:
                low, high = self.interval(row)
                lower, upper = max(lower, low), min(upper, high)
        return lower, upper


class ConstantRows(_Named):
    """``lower[i] <= 0 <= upper[i]``: rows without variables, that hold."""

    kind = "C"

    def append(self, lower: float, upper: float) -> None:
        """One more constant row."""
        self.upper.append(upper)
        self.lower.append(lower)


def name_row(store: _Named, row: int, name: Optional[str], taken: dict[str, int]) -> None:
    """Record the name of a row, unique over all its program's constraints."""
    if name is not None:
        check_name(name, taken, "constraint")
        store.names[row] = name
        taken[name] = row
