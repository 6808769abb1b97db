"""The scale for rounding errors: the size of the numbers whose rounded sum is a row, a value, or a dual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import Optional

from pplp.form.matrix_form import MatrixForm

__all__ = ["Sizes"]


class Sizes:
    """The scale for the rounding errors of rows and columns at a point, or of duals and reduced costs.

    At first, the size of a row is its largest term |a[j] x[j]|, or its bound if that is larger.  A value is no more
    accurate than its rows: its size is the largest of its own, its bounds, and size / |a| of the rows that it is in.
    Conversely, a row is no more accurate than its values: its size becomes at least the size of each value times |a|.
    Both are computed on demand.
    """

    def __init__(self, form: MatrixForm, x: Sequence[float], y: Sequence[float] = ()) -> None:
        self._form = form
        self._x, self._y = x, y
        self._points: Optional[tuple[list[float], list[float]]] = None
        self._prices: Optional[tuple[list[float], list[float]]] = None

    def of_point(self) -> tuple[list[float], list[float]]:
        """The sizes of the rows and of the columns at the point."""
        if self._points is None:
            form, x = self._form, self._x
            bounds = zip(form.column_lower, form.column_upper)
            columns = [max(abs(value), *map(_finite, ends)) for value, ends in zip(x, bounds)]
            bounds = zip(form.row_lower, form.row_upper)
            rows = [max(map(_finite, ends)) for ends in bounds]
            self._points = self._spread(rows, columns, x)
        return self._points

    def of_prices(self) -> tuple[list[float], list[float]]:
        """The sizes of the duals and of the reduced costs."""
        if self._prices is None:
            form, y = self._form, self._y
            columns, rows = list(map(abs, form.cost)), list(map(abs, y))
            own = columns[:]
            for i, j, a in _entries(form):
                own[j] = max(own[j], abs(a) * rows[i])
            for i, j, a in _entries(form):
                rows[i] = max(rows[i], own[j] / abs(a))
            columns = own[:]
            for i, j, a in _entries(form):
                columns[j] = max(columns[j], abs(a) * rows[i])
            self._prices = rows, columns
        return self._prices

    def _spread(self, rows: list[float], columns: list[float], x: Sequence[float]) -> tuple[list[float], list[float]]:
        own = rows[:]
        for i, j, a in _entries(self._form):
            own[i] = max(own[i], abs(a * x[j]))
        for i, j, a in _entries(self._form):
            columns[j] = max(columns[j], own[i] / abs(a))
        rows = own[:]
        for i, j, a in _entries(self._form):
            rows[i] = max(rows[i], abs(a) * columns[j])
        return rows, columns


def _finite(bound: float) -> float:
    return abs(bound) if abs(bound) < inf else 0.0


def _entries(form: MatrixForm) -> Iterator[tuple[int, int, float]]:
    starts, indices, values = form.starts, form.indices, form.values
    for i in range(form.rows):
        for k in range(starts[i], starts[i + 1]):
            yield i, indices[k], values[k]
