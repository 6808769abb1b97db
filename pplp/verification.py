"""Does an answer hold?  Residuals computed from a `MatrixForm`, with nothing of the solver's own.

Tolerances are relative: a row may be off by `tolerance` times the greatest of 1, its bound and the
size of its own products, since no floating-point solver can do better than that.

Where the process has numpy loaded anyway, a large program is first looked at by it: what holds there holds; all else is
gone through one by one, and named.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, islice
from math import fsum, inf
from operator import le, mul, ne
from typing import Any, Optional

from pplp.matrix_form import MatrixForm
from pplp.solution import Outcome, Status

__all__ = [
    "SAMPLE",
    "TOLERANCE",
    "activities",
    "crossed_complaint",
    "dual_complaint",
    "estimated_seconds",
    "gap_complaint",
    "objective_value",
    "oversteps",
    "outcome_complaint",
    "primal_complaint",
    "sample_complaint",
]

#: An answer must hold to this, relative.
TOLERANCE = 1e-6
#: What the rounding of a sum may be, by its greatest product.
_ROUNDING = 1e-12
#: `sample_complaint` looks at one row in so many.
SAMPLE = 16
#: A program of more coefficients is looked at by numpy first, where that is loaded.
_MANY = 2000
#: What `primal_complaint` and `dual_complaint` take together, for each coefficient and column, in seconds.
_SECONDS = {"numpy": 3e-8, "pypy": 4e-8, "loops": 2.5e-7}


def _numpy() -> Any:
    """numpy, if this process has it loaded anyway."""
    return sys.modules.get("numpy")


def estimated_seconds(form: MatrixForm) -> float:
    """What a look at all rows, bounds and reduced costs will take, about."""
    way = "numpy" if _numpy() is not None else "pypy" if sys.implementation.name == "pypy" else "loops"
    return _SECONDS[way] * (form.nonzeros + form.columns)


def activities(form: MatrixForm, x: Sequence[float]) -> list[float]:
    """The value of each row at x."""
    products = map(mul, form.values, [x[j] for j in form.indices])
    starts = form.starts
    return [sum(islice(products, end - start)) for start, end in zip(starts, islice(starts, 1, None))]


# ---- the bounds
def crossed_complaint(form: MatrixForm, columns: Iterable[int], rows: Iterable[int]) -> Optional[str]:
    """What is infeasible on its face, by the columns and rows whose bounds cross; None when there are none."""
    for j in sorted(columns):
        kind, bounds = "integer " if form.integer[j] else "", f"{form.column_lower[j]} and {form.column_upper[j]}"
        return f"The {kind}variable {form.column_label(j)} has no value between its bounds {bounds}."
    for i in sorted(rows):
        bounds = f"{form.row_lower[i]} above its upper bound {form.row_upper[i]}"
        return f"The constraint {form.row_label(i)} has the lower bound {bounds}."
    return None


# ---- the point
def primal_complaint(form: MatrixForm, x: Sequence[float], tolerance: float) -> Optional[str]:
    """What of the bounds and rows x violates, in words; None when all hold."""
    numpy = _numpy()
    if numpy is not None and form.nonzeros > _MANY and _Arrays(numpy, form, x).point_holds(tolerance):
        return None
    complaint = bounds_complaint(form, x, tolerance)
    if complaint is not None:
        return complaint
    rows = activities(form, x)
    for i in _outside(rows, form.row_lower, form.row_upper):
        complaint = _row_complaint(form, x, i, rows[i], tolerance)
        if complaint is not None:
            return complaint
    return None


def oversteps(form: MatrixForm, x: Sequence[float], tolerance: float) -> bool:
    """Is a row outside of its bounds by more than the tolerance in its own units?

    `primal_complaint` makes allowance for the size of its numbers, as solvers do, which scale it.  What the rounding
    of its products can do is left out.
    """
    rows = activities(form, x)
    for i in _outside(rows, form.row_lower, form.row_upper):
        size = max((abs(a * x[j]) for j, a in zip(*form.row(i))), default=0.0)
        if not _distance(rows[i], form.row_lower[i], form.row_upper[i]) <= max(tolerance, _ROUNDING * size):
            return True
    return False


def sample_complaint(form: MatrixForm, x: Sequence[float], tolerance: float) -> Optional[str]:
    """As `primal_complaint`, of all bounds and one row in `SAMPLE`."""
    complaint = bounds_complaint(form, x, tolerance)
    if complaint is not None:
        return complaint
    for i in range(0, form.rows, SAMPLE):
        value = sum([a * x[j] for j, a in zip(*form.row(i))])
        if not form.row_lower[i] <= value <= form.row_upper[i]:
            complaint = _row_complaint(form, x, i, value, tolerance)
            if complaint is not None:
                return complaint
    return None


def bounds_complaint(form: MatrixForm, x: Sequence[float], tolerance: float) -> Optional[str]:
    """What of the bounds of the columns x violates; and is every value finite?"""
    total = sum(x)
    if total - total != 0:
        for j, value in enumerate(x):
            if value - value != 0:
                return f"{form.column_label(j)} = {value!r} is no finite number"
    for j in _outside(x, form.column_lower, form.column_upper):
        value, lower, upper = x[j], form.column_lower[j], form.column_upper[j]
        if not _distance(value, lower, upper) <= tolerance * max(1.0, abs(lower if value < lower else upper)):
            return f"{form.column_label(j)} = {value!r} is outside [{lower}, {upper}]"
    return None


def _row_complaint(form: MatrixForm, x: Sequence[float], i: int, value: float, tolerance: float) -> Optional[str]:
    lower, upper = form.row_lower[i], form.row_upper[i]
    off = _distance(value, lower, upper)
    if off <= tolerance * max(1.0, abs(lower if value < lower else upper)):
        return None
    size = max((abs(a * x[j]) for j, a in zip(*form.row(i))), default=0.0)
    if off <= tolerance * size < inf:
        return None
    return f"the constraint {form.row_label(i)} = {value!r} is outside [{lower}, {upper}]"


def _outside(values: Sequence[float], lower: Sequence[float], upper: Sequence[float]) -> Iterator[int]:
    """The places where not lower <= value <= upper; nearly always none, found without a loop of Python's own."""
    if all(map(le, lower, values)) and all(map(le, values, upper)):
        return iter(())
    triples = enumerate(zip(values, lower, upper))
    return (k for k, (value, low, high) in triples if not low <= value <= high)


def _distance(value: float, lower: float, upper: float) -> float:
    return value if value != value else max(lower - value, value - upper)  # NaN is outside of everything


# ---- the prices
def dual_complaint(
    form: MatrixForm, x: Sequence[float], y: Sequence[float], reduced_costs: Sequence[float], tolerance: float
) -> Optional[str]:
    """What of dual feasibility and complementary slackness (y, reduced costs) violate at x; None when all hold."""
    numpy = _numpy()
    if numpy is not None and form.nonzeros > _MANY and _Arrays(numpy, form, x).prices_hold(y, reduced_costs, tolerance):
        return None
    d = list(form.cost)
    sizes: dict[int, float] = {}  # the greatest product in a reduced cost, where there is one
    starts, indices, values = form.starts, form.indices, form.values
    sign = -1.0 if form.maximize else 1.0
    for i in compress(range(len(y)), y):
        dual = y[i]
        for k in range(starts[i], starts[i + 1]):
            j = indices[k]
            product = values[k] * dual
            d[j] -= product
            if abs(product) > sizes.get(j, 1.0):
                sizes[j] = abs(product)
        if not abs(dual) <= tolerance:
            value = sum(values[k] * x[indices[k]] for k in range(starts[i], starts[i + 1]))
            complaint = _sign_complaint(sign * dual, value, form.row_lower[i], form.row_upper[i], tolerance)
            if complaint:
                return f"the constraint {form.row_label(i)} {complaint}"
    for j in compress(range(len(d)), map(ne, d, reduced_costs)):
        if not abs(d[j] - reduced_costs[j]) <= 10 * tolerance * max(1.0, abs(form.cost[j]), sizes.get(j, 1.0)):
            return f"the reduced cost {reduced_costs[j]!r} of {form.column_label(j)} is {d[j]!r} by its own data"
    # A column that stands at the bound that its price asks for is in order.
    bounds = (form.column_upper, form.column_lower) if form.maximize else (form.column_lower, form.column_upper)
    for j, (price, value, below, above) in enumerate(zip(d, x, *bounds)):
        if value == (below if price > 0 else above) or not price:
            continue
        if abs(price) > tolerance * max(1.0, abs(form.cost[j]), sizes.get(j, 1.0)):
            complaint = _sign_complaint(sign * price, value, form.column_lower[j], form.column_upper[j], tolerance)
            if complaint:
                return f"{form.column_label(j)} {complaint}"
    return None


def _sign_complaint(price: float, value: float, lower: float, upper: float, tolerance: float) -> Optional[str]:
    """A price above 0 must stand at the lower bound, below 0 at the upper one (of a minimisation)."""
    bound = lower if price > 0 else upper
    if bound in (inf, -inf):
        return f"has the price {price!r} and no bound on that side"
    if not abs(value - bound) <= 10 * tolerance * max(1.0, abs(bound), abs(value)):
        return f"has the price {price!r} and is at {value!r}, not at its bound {bound!r}"
    return None


class _Arrays:
    """The same by numpy, for a program with many coefficients; it says only that all holds, or that it may not."""

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
        """Do bounds and rows hold?"""
        numpy = self._numpy
        with numpy.errstate(all="ignore"):
            if not (numpy.isfinite(self._x).all() and self._is_inside(self._x, self._column_ends, 1.0, tolerance)):
                return False
            sizes = self._by_row(numpy.maximum, abs(self._products))
            return bool(numpy.isfinite(sizes).all()) and self._is_inside(self._rows, self._row_ends, sizes, tolerance)

    def _is_inside(self, values: Any, ends: tuple[Any, Any], sizes: Any, tolerance: float) -> bool:
        numpy, (lower, upper) = self._numpy, ends
        off = numpy.maximum(lower - values, values - upper)
        bound = numpy.where(values < lower, lower, upper)
        return bool((off <= tolerance * numpy.maximum(numpy.maximum(1.0, sizes), abs(bound))).all())

    def prices_hold(self, y: Sequence[float], reduced_costs: Sequence[float], tolerance: float) -> bool:
        """Do the duals give the reduced costs, and have both the signs that the point asks for?"""
        numpy, form = self._numpy, self._form
        duals, cost = numpy.array(y, float), numpy.frombuffer(form.cost)
        with numpy.errstate(all="ignore"):
            products = self._values * numpy.repeat(duals, self._lengths)
            d = cost - numpy.bincount(self._indices, products, form.columns)
            scale = numpy.maximum(1.0, abs(cost))
            if not (abs(d - numpy.array(reduced_costs, float)) <= 10 * tolerance * scale).all():
                return False
            return self._stand(duals, self._rows, self._row_ends, 1.0, tolerance) and self._stand(
                d, self._x, self._column_ends, scale, tolerance
            )

    def _stand(self, prices: Any, values: Any, ends: tuple[Any, Any], scale: Any, tolerance: float) -> bool:
        numpy = self._numpy
        prices = -prices if self._form.maximize else prices
        bound = numpy.where(prices > 0, *ends)
        near = abs(values - bound) <= 10 * tolerance * numpy.maximum(numpy.maximum(1.0, abs(values)), abs(bound))
        return bool(((abs(prices) <= tolerance * scale) | (near & numpy.isfinite(bound))).all())


# ---- the objective
def gap_complaint(form: MatrixForm, x: Sequence[float], y: Sequence[float], tolerance: float) -> Optional[str]:
    """How far the objective at x is from the bound that the duals y prove; None where the two agree.

    For a point inside the bounds, where complementary slackness holds only in the limit.
    """
    d = list(form.cost)
    bound = [form.offset]
    sign = -1.0 if form.maximize else 1.0
    starts, indices, values = form.starts, form.indices, form.values
    for i in compress(range(len(y)), y):
        for k in range(starts[i], starts[i + 1]):
            d[indices[k]] -= values[k] * y[i]
    prices = (
        (y, form.row_lower, form.row_upper, form.row_label),
        (d, form.column_lower, form.column_upper, form.column_label),
    )
    for numbers, lower, upper, label in prices:
        for k, price in enumerate(numbers):
            end = lower[k] if sign * price > 0 else upper[k]
            if price and abs(end) < inf:
                bound.append(price * end)
            elif abs(price) > tolerance * max(1.0, abs(form.cost[k]) if numbers is d else 1.0):
                return f"{label(k)} has the price {price!r} and no bound on that side"
    objective, proved = objective_value(form, x), fsum(bound)
    if not abs(objective - proved) <= 10 * tolerance * max(1.0, abs(objective)):
        return f"the objective is {objective!r}, the bound {proved!r}"
    return None


def objective_value(form: MatrixForm, x: Sequence[float]) -> float:
    """offset + cost . x, rounded once."""
    return fsum([form.offset, *map(mul, form.cost, x)])


def objective_complaint(form: MatrixForm, x: Sequence[float], objective: float, tolerance: float) -> Optional[str]:
    """Is the objective another one than that of x?"""
    own = objective_value(form, x)
    if abs(own - objective) <= tolerance * max(1.0, abs(own), max(map(abs, map(mul, form.cost, x)), default=0.0)):
        return None
    return f"the objective {objective!r} is {own!r} by the program's own data"


# ---- all of it
def outcome_complaint(form: MatrixForm, outcome: Outcome, tolerance: float = TOLERANCE) -> Optional[str]:
    """What of an engine's numbers does not hold: the point, its integrality, the objective, and the duals if any.

    An optimum without integers must come with duals that prove it.
    """
    numbers = outcome.numbers
    if numbers is None:
        return "there are no numbers of an optimum" if outcome.status is Status.OPTIMAL else None
    x, y, costs = numbers.primal(), numbers.duals(), numbers.reduced_costs()
    if len(x) != form.columns:
        return f"there are {len(x)} values of {form.columns} variables"
    for j in compress(range(form.columns), form.integer):
        if x[j] % 1.0 != 0:  # of NaN, too
            return f"{form.column_label(j)} = {x[j]!r} is not an integer"
    complaint = primal_complaint(form, x, tolerance) or objective_complaint(form, x, outcome.objective, tolerance)
    if complaint is not None or any(form.integer):
        return complaint
    if y is None or costs is None:
        return "there are no duals of an optimum" if outcome.status is Status.OPTIMAL else None
    if len(y) != form.rows or len(costs) != form.columns:
        return f"there are {len(y)} duals of {form.rows} rows, {len(costs)} reduced costs of {form.columns} variables"
    return dual_complaint(form, x, y, costs, tolerance)
