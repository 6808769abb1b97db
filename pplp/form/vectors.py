"""Checks the answer for a large program as a whole: the result is "confirmed" (True) or "perhaps not" (False).

The residuals are computed by the accelerator, or by numpy if it is loaded anyway; without both, the result is False.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from pplp.form.matrix_form import MatrixForm
from pplp.ground.acceleration import loops
from pplp.ground.loading import loaded_numpy

__all__ = ["point_holds", "prices_hold"]

# Any: arrays are numpy's, which is not imported here.


def point_holds(form: MatrixForm, x: Sequence[float], tolerance: float, noise: float) -> bool:
    """True if x satisfies bounds and rows up to the tolerance, or a row up to `noise` of its largest possible terms."""
    if loops is not None:
        matrix, ends = _arrays(form)
        return loops.point_holds(*matrix, array("d", x), *ends, tolerance, noise)  # type: ignore[no-any-return]
    numpy = loaded_numpy()
    return numpy is not None and _Vectors(numpy, form, x).point_holds(tolerance)


def prices_hold(
    form: MatrixForm,
    x: Sequence[float],
    y: Sequence[float],
    reduced_costs: Sequence[float],
    tolerance: float,
    noise: float,
    worth: float,
) -> bool:
    """True if the duals give these reduced costs, and the gap that they leave is within the tolerance.

    The gap may leave out what is at most `noise` of the numbers that it is the sum of, if the whole gap is at most
    `worth` of the possible size of the objective.
    """
    if loops is not None:
        matrix, ends = _arrays(form)
        duals, told = array("d", y), array("d", reduced_costs)
        return loops.prices_hold(  # type: ignore[no-any-return]
            *(*matrix, array("d", x), *ends, form.cost, duals, told, form.maximize, tolerance, noise, worth)
        )
    numpy = loaded_numpy()
    return numpy is not None and _Vectors(numpy, form, x).prices_hold(y, reduced_costs, tolerance)


def _arrays(form: MatrixForm) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    ends = form.column_lower, form.column_upper, form.row_lower, form.row_upper
    return (form.starts, form.indices, form.values), ends


class _Vectors:
    """The conditions of `verification.py` at a point, computed by numpy, without an allowance for noise."""

    def __init__(self, numpy: Any, form: MatrixForm, x: Sequence[float]) -> None:
        self._numpy, self._form = numpy, form
        read = numpy.frombuffer
        self._x = numpy.array(x, float)
        self._column_ends, self._row_ends = (
            (read(lower), read(upper)) if len(lower) else (numpy.zeros(0), numpy.zeros(0))
            for lower, upper in ((form.column_lower, form.column_upper), (form.row_lower, form.row_upper))
        )
        self._indices, self._values = read(form.indices, numpy.intc), read(form.values)
        starts = read(form.starts, numpy.int64)
        self._lengths = numpy.diff(starts)
        self._filled = self._lengths > 0
        self._begins = starts[:-1][self._filled]
        with numpy.errstate(all="ignore"):
            self._products = self._values * self._x[self._indices]
            self._rows = self._by_row(numpy.add, self._products)

    def _by_row(self, gather: Any, numbers: Any) -> Any:
        found = self._numpy.zeros(len(self._lengths))
        found[self._filled] = gather.reduceat(numbers, self._begins)
        return found

    def point_holds(self, tolerance: float) -> bool:
        """True if bounds and rows hold."""
        numpy = self._numpy
        with numpy.errstate(all="ignore"):
            if not (numpy.isfinite(self._x).all() and self._is_inside(self._x, self._column_ends, 0.0, tolerance)):
                return False
            sizes = self._by_row(numpy.maximum, abs(self._products))
            return bool(numpy.isfinite(sizes).all()) and self._is_inside(self._rows, self._row_ends, sizes, tolerance)

    def _is_inside(self, values: Any, ends: tuple[Any, Any], sizes: Any, tolerance: float) -> bool:
        numpy, (lower, upper) = self._numpy, ends
        off = numpy.maximum(lower - values, values - upper)
        bound = numpy.where(values < lower, lower, upper)
        return bool(((off <= 0) | (off <= tolerance * numpy.maximum(sizes, abs(bound)))).all())

    def prices_hold(self, y: Sequence[float], reduced_costs: Sequence[float], tolerance: float) -> bool:
        """True if the duals give these reduced costs, have the bounds that their signs require, and leave no gap."""
        numpy, form = self._numpy, self._form
        duals, cost = numpy.array(y, float), numpy.frombuffer(form.cost)
        with numpy.errstate(all="ignore"):
            products = self._values * numpy.repeat(duals, self._lengths)
            d = cost - numpy.bincount(self._indices, products, form.columns)
            sizes = abs(cost) + numpy.bincount(self._indices, abs(products), form.columns) / max(1, form.rows)
            if not (abs(d - numpy.array(reduced_costs, float)) <= 10 * tolerance * sizes).all():
                return False
            noise = min(1e-9, tolerance) * sizes
            losses = (
                self._lost(duals, self._rows, self._row_ends, 0.0),
                self._lost(d, self._x, self._column_ends, noise),
            )
            return bool(sum(losses) <= tolerance * abs(cost * self._x).sum())

    def _lost(self, prices: Any, values: Any, ends: tuple[Any, Any], noise: Any) -> Any:
        """The sum of |dual| times the distance to the bound that its sign requires; infinite if that does not exist."""
        numpy = self._numpy
        bound = numpy.where((prices > 0) ^ self._form.maximize, *ends)
        counts = (prices != 0) & (values != bound)
        is_held = numpy.isfinite(bound)
        if (counts & ~is_held & (abs(prices) > noise)).any():
            return numpy.inf
        return numpy.where(counts & is_held, abs(prices * (values - bound)), 0.0).sum()
