"""LU factorization of a sparse square matrix in rational arithmetic: no rounding, no tolerance.

Singletons are eliminated first, and then the pivots with the lowest Markowitz count: the basis of a linear program is
mostly a permuted triangle, of which singletons leave little.  Integers are Python's int, and all other numbers
fractions; if all pivots are 1 or -1, as in a network, no fraction is created.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import inf
from typing import Union

__all__ = ["Factors", "Rational", "quotient"]

Rational = Union[int, Fraction]
#: How many of the columns with the fewest entries are considered for a pivot.
_LOOKED_AT = 4


def quotient(a: Rational, b: Rational) -> Rational:
    """a / b, an integer where it is one.

    >>> quotient(6, 3), quotient(1, 3)
    (2, Fraction(1, 3))
    """
    found = Fraction(a) / b
    return found.numerator if found.denominator == 1 else found


def _normal(a: Rational) -> Rational:
    return a.numerator if a.denominator == 1 else a


class Factors:
    """The LU factors of a matrix that is given by its columns, each a mapping of row -> number.

    `ask` is called before every pivot, and may raise an exception to stop.  If the matrix is singular, `dependent` has
    the columns and `bare` the rows without a pivot, and `solve` and `solve_transposed` must not be called.

    >>> factors = Factors([{0: 2, 1: 1}, {1: 3}], lambda: None)
    >>> factors.solve([2, 4]), factors.solve_transposed([5, 6])
    ([1, 1], [Fraction(3, 2), 2])
    """

    def __init__(self, columns: Sequence[Mapping[int, Rational]], ask: Callable[[], None]) -> None:
        self._size = len(columns)
        #: (row, column, value) of each pivot, in the order of elimination.
        self._pivots: list[tuple[int, int, Rational]] = []
        self._upper: list[list[tuple[int, Rational]]] = []  # for each pivot, (column, value) in the rest of its row
        self._lower: list[list[tuple[int, Rational]]] = []  # for each pivot, (row, multiple of its row subtracted)
        self.dependent: list[int] = []
        self.bare: list[int] = []
        self._eliminate(columns, ask)

    def _eliminate(self, columns: Sequence[Mapping[int, Rational]], ask: Callable[[], None]) -> None:
        rows: list[dict[int, Rational]] = [{} for _ in columns]
        for q, column in enumerate(columns):
            for p, a in column.items():
                rows[p][q] = a
        places = [set(column) for column in columns]
        waiting = _Counts(places)
        left = set(range(self._size))
        single_rows = [p for p in left if len(rows[p]) == 1]
        while left:
            ask()
            p = q = -1
            while single_rows and p < 0:
                found = single_rows.pop()
                if found in left and len(rows[found]) == 1:
                    p, q = found, next(iter(rows[found]))
            if p < 0:
                p, q = waiting.pivot(rows)
            if p < 0:
                break
            row = rows[p]
            pivot = row.pop(q)
            left.discard(p)
            waiting.drop(q)
            places[q].discard(p)
            for k in row:
                places[k].discard(p)
                waiting.note(k)
            below = []
            for i in places[q]:
                factor = quotient(rows[i].pop(q), pivot)
                below.append((i, factor))
                _subtract(rows[i], factor, row, places, i)
                if len(rows[i]) == 1:
                    single_rows.append(i)
            if below:
                for k in row:
                    waiting.note(k)
            self._pivots.append((p, q, pivot))
            self._upper.append(list(row.items()))
            self._lower.append(below)
            rows[p] = {}
            places[q] = set()
        self.bare = sorted(left)
        self.dependent = sorted(set(range(self._size)).difference(q for _, q, _ in self._pivots))

    def solve(self, right: Sequence[Rational]) -> list[Rational]:
        """Solve B x = right; `right` is indexed by row, x by column."""
        work = list(right)
        for (p, _, _), below in zip(self._pivots, self._lower):
            value = work[p]
            if value:
                for i, factor in below:
                    work[i] = _normal(work[i] - factor * value)
        x: list[Rational] = [0] * self._size
        for (p, q, pivot), row in zip(reversed(self._pivots), reversed(self._upper)):
            total = work[p]
            for k, a in row:
                if x[k]:
                    total -= a * x[k]
            if total:
                x[q] = quotient(total, pivot)
        return x

    def solve_transposed(self, cost: Sequence[Rational]) -> list[Rational]:
        """Solve y B = cost; `cost` is indexed by column, y by row."""
        work = list(cost)
        y: list[Rational] = [0] * self._size
        for (p, q, pivot), row in zip(self._pivots, self._upper):
            if work[q]:
                y[p] = value = quotient(work[q], pivot)
                for k, a in row:
                    work[k] = _normal(work[k] - a * value)
        for (p, _, _), below in zip(reversed(self._pivots), reversed(self._lower)):
            total = y[p]
            for i, factor in below:
                if y[i]:
                    total -= factor * y[i]
            y[p] = _normal(total)
        return y


def _subtract(
    row: dict[int, Rational], factor: Rational, other: Mapping[int, Rational], places: list[set[int]], i: int
) -> None:
    """row -= factor * other; updates `places`, the rows with an entry in each column."""
    for k, a in other.items():
        before = row.get(k)
        if before is None:
            row[k] = _normal(-factor * a)
            places[k].add(i)
        else:
            value = _normal(before - factor * a)
            if value:
                row[k] = value
            else:
                del row[k]
                places[k].discard(i)


class _Counts:
    """The columns without a pivot yet, grouped by their number of entries."""

    def __init__(self, places: list[set[int]]) -> None:
        self._places = places
        self._by_count: dict[int, set[int]] = {}
        self._count: dict[int, int] = {}
        for q in range(len(places)):
            self._put(q)

    def _put(self, q: int) -> None:
        count = len(self._places[q])
        self._count[q] = count
        self._by_count.setdefault(count, set()).add(q)

    def note(self, q: int) -> None:
        """Move a column whose entries have changed to its new group."""
        before = self._count.get(q)
        if before is not None and before != len(self._places[q]):
            self._by_count[before].discard(q)
            self._put(q)

    def drop(self, q: int) -> None:
        """Remove a column, which now has a pivot."""
        self._by_count[self._count.pop(q)].discard(q)

    def pivot(self, rows: Sequence[Mapping[int, Rational]]) -> tuple[int, int]:
        """(row, column) with the lowest Markowitz count of those considered; (-1, -1) if all columns are empty."""
        best, found, seen = inf, (-1, -1), 0
        for count in sorted(self._by_count):
            if count == 0 or not self._by_count[count]:
                continue
            if best <= (count - 1) ** 2:
                break
            for q in self._by_count[count]:
                for p in self._places[q]:
                    cost = (count - 1) * (len(rows[p]) - 1)
                    if cost < best:
                        best, found = cost, (p, q)
                seen += 1
                if seen >= _LOOKED_AT or best == 0:
                    return found
        return found
