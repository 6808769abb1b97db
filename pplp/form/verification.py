"""Checks an answer: residuals are computed from a `MatrixForm`, independently of the solver's own.

All tolerances are relative to the program's own numbers: multiplying the objective, a row, or a column by a billion or
by a billionth does not change a verdict.  With the duals y of the rows and the reduced costs d = c - A'y of the columns
(both called duals here),

    rows       how far a.x is outside its bounds, relative to the largest of |a[j] x[j]| and the bound
    bounds     how far x is outside its bounds, relative to the bound, or to the size that its rows give it
    duals      a dual whose sign requires a bound that does not exist, relative to |c[j]| and |a[i,j] y[i]|
    gap        the sum over rows and columns of |dual| * (distance to the bound that its sign requires), relative to
               the objective; it limits how much the objective could still improve, in the objective's own units

A number that should be 0 has no size of its own.  How much rounding can leave there is derived from its rows and
columns (`Sizes`).  A small program must satisfy `ROUNDING` without this allowance: answers that do not are repaired.

A large program is first checked as a whole (`vectors.py`).  If that does not confirm it, it is checked row by row and
column by column, and the first violation is named.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, islice
from math import fsum, inf
from operator import le, mul
from typing import NamedTuple, Optional

from pplp.core.scalars import are_crossed
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Outcome, Status
from pplp.form.sizes import Sizes
from pplp.form.vectors import point_holds, prices_hold
from pplp.ground.acceleration import loops
from pplp.ground.loading import loaded_numpy

__all__ = [
    "POINT",
    "ROUNDING",
    "SAMPLE",
    "SMALL",
    "TOLERANCE",
    "Sizes",
    "activities",
    "are_crossed",
    "clipped",
    "crossed_complaint",
    "dual_complaint",
    "estimated_seconds",
    "gap_complaint",
    "is_small",
    "neat",
    "objective_value",
    "outcome_complaint",
    "primal_complaint",
    "rounded_objective",
    "sample_complaint",
    "snapped_values",
]

#: The relative tolerance of an answer.
TOLERANCE = 1e-6
#: The tolerance for a small program's answer, which is what rounding leaves.
ROUNDING = 1e-14
#: The tolerance for a point of a small program with integers, if it cannot be brought nearer.
POINT = 1e-9
#: What rounding may leave of a number that should be 0, relative to the numbers that it is a difference of.
_NOISE = 1e-12
#: The largest gap of a small program: relative to the objective, or to the sum of the sizes of its terms.  The latter
#: matters if the objective is a small difference of large numbers.
_GAP, _GAP_OF_SUM = 1e-10, 1e-13
#: A gap due to rounding is negligible up to this, relative to the largest objective that the columns' bounds allow.
_WORTHLESS = 1e-10
#: The relative tolerance for duals.  They are computed from numbers that a solver computed, so their error may be
#: larger than that of sums.
_PRICES = 1e-9
#: `sample_complaint` checks one row in this many.
SAMPLE = 16
#: A program with more coefficients than this is first checked as a whole, by `vectors.py`.
_MANY = 2000
#: A program with at most this many rows and columns together, and this many coefficients, is small: it can be solved in
#: exact arithmetic.
SMALL, _FEW = 400, 4000
#: The seconds that `primal_complaint` and `dual_complaint` take together, per coefficient and column.
_SECONDS = {"numpy": 3e-8, "pypy": 4e-8, "loops": 2.5e-7}


def is_small(form: MatrixForm) -> bool:
    """True if an answer must satisfy `ROUNDING`, and is repaired in exact arithmetic if it does not."""
    return form.rows + form.columns <= SMALL and form.nonzeros <= _FEW


def is_narrow(tolerance: float) -> bool:
    """True for a tolerance so narrow that there is no allowance for rounding noise."""
    return tolerance < _NOISE


def estimated_seconds(form: MatrixForm) -> float:
    """The approximate time of a check of all rows, bounds and reduced costs."""
    way = "numpy" if loaded_numpy() is not None else "pypy" if sys.implementation.name == "pypy" else "loops"
    return _SECONDS[way] * (form.nonzeros + form.columns)


def activities(form: MatrixForm, x: Sequence[float]) -> list[float]:
    """The value of each row at x."""
    if loops is not None and form.nonzeros > _FEW:
        return array("d", loops.activities(form.starts, form.indices, form.values, array("d", x))).tolist()
    products = map(mul, form.values, [x[j] for j in form.indices])
    starts = form.starts
    return [sum(islice(products, end - start)) for start, end in zip(starts, islice(starts, 1, None))]


# ---- the bounds
def crossed_complaint(form: MatrixForm, columns: Iterable[int], rows: Iterable[int]) -> Optional[str]:
    """The message for the first of these columns and rows, whose bounds cross; None if there are none."""
    for j in sorted(columns):
        kind, bounds = "integer " if form.integer[j] else "", f"{form.column_lower[j]} and {form.column_upper[j]}"
        return f"The {kind}variable {form.column_label(j)} has no value between its bounds {bounds}."
    for i in sorted(rows):
        bounds = f"{form.row_lower[i]} above its upper bound {form.row_upper[i]}"
        return f"The constraint {form.row_label(i)} has the lower bound {bounds}."
    return None


# ---- the point
def primal_complaint(form: MatrixForm, x: Sequence[float], tolerance: float) -> Optional[str]:
    """The message for a bound or row that x violates; None if it satisfies all."""
    if form.nonzeros > _MANY and point_holds(form, x, tolerance, 0.0 if is_narrow(tolerance) else _NOISE):
        return None
    sizes = Sizes(form, x)
    complaint = bounds_complaint(form, x, tolerance, sizes)
    if complaint is not None:
        return complaint
    rows = activities(form, x)
    for i in _outside(rows, form.row_lower, form.row_upper):
        complaint = _row_complaint(form, x, i, tolerance, sizes)
        if complaint is not None:
            return complaint
    return None


def sample_complaint(form: MatrixForm, x: Sequence[float], tolerance: float, is_inside: bool = False) -> Optional[str]:
    """Like `primal_complaint`, but only for one row in `SAMPLE`; and not for bounds if x is known to satisfy them."""
    sizes = Sizes(form, x)
    complaint = finite_complaint(form, x) if is_inside else bounds_complaint(form, x, tolerance, sizes)
    if complaint is not None:
        return complaint
    value_of, indices, values = x.__getitem__, form.indices, form.values
    bounds = zip(form.row_lower[::SAMPLE], form.row_upper[::SAMPLE])
    for i, (start, end, (low, high)) in enumerate(zip(form.starts[::SAMPLE], form.starts[1::SAMPLE], bounds)):
        if not low <= sum(map(mul, values[start:end], map(value_of, indices[start:end]))) <= high:
            complaint = _row_complaint(form, x, SAMPLE * i, tolerance, sizes)
            if complaint is not None:
                return complaint
    return None


def finite_complaint(form: MatrixForm, x: Sequence[float]) -> Optional[str]:
    """The message for a value that is not finite; None if all are finite."""
    total = sum(x)
    if total - total != 0:
        for j, value in enumerate(x):
            if value - value != 0:
                return f"{form.column_label(j)} = {value!r} is not a finite number"
    return None


def bounds_complaint(form: MatrixForm, x: Sequence[float], tolerance: float, sizes: Sizes) -> Optional[str]:
    """The message for a value that is outside the bounds of its column, or not finite; None if there are none."""
    complaint = finite_complaint(form, x)
    if complaint is not None:
        return complaint
    for j in _outside(x, form.column_lower, form.column_upper):
        value, lower, upper = x[j], form.column_lower[j], form.column_upper[j]
        off, bound = _distance(value, lower, upper), abs(lower if value < lower else upper)
        if off <= tolerance * bound or (not is_narrow(tolerance) and off <= tolerance * sizes.of_point()[1][j]):
            continue
        return f"{form.column_label(j)} = {value!r} is outside [{lower}, {upper}]"
    return None


def _allowed(tolerance: float) -> float:
    """What rounding may leave; more if the user chose a wide tolerance."""
    return max(_NOISE, tolerance * 1e-6)


def _row_complaint(form: MatrixForm, x: Sequence[float], i: int, tolerance: float, sizes: Sizes) -> Optional[str]:
    lower, upper = form.row_lower[i], form.row_upper[i]
    products = [a * x[j] for j, a in zip(*form.row(i))]
    value = total(products)
    off = _distance(value, lower, upper)
    size = max(map(abs, products), default=0.0)
    if off <= 0 or off <= tolerance * max(size, abs(lower if value < lower else upper)) < inf:
        return None
    if not is_narrow(tolerance) and off <= _allowed(tolerance) * sizes.of_point()[0][i] < inf:
        return None
    return f"the constraint {form.row_label(i)} = {value!r} is outside [{lower}, {upper}]"


def total(products: Sequence[float]) -> float:
    """The sum, rounded once."""
    try:
        return fsum(products)
    except (OverflowError, ValueError):  # infinite ones
        return sum(products)


def _outside(values: Sequence[float], lower: Sequence[float], upper: Sequence[float]) -> Iterator[int]:
    """The indices where not lower <= value <= upper.  Usually there are none, which is found without a Python loop."""
    if _are_between(values, lower, upper):
        return iter(())
    triples = enumerate(zip(values, lower, upper))
    return (k for k, (value, low, high) in triples if not low <= value <= high)


def _are_between(values: Sequence[float], lower: Sequence[float], upper: Sequence[float]) -> bool:
    are_plain = type(values) is list and type(lower) is array is type(upper)
    if loops is not None and are_plain and loops.are_between(values, lower, upper):
        return True
    return all(map(le, lower, values)) and all(map(le, values, upper))


def _distance(value: float, lower: float, upper: float) -> float:
    return value if value != value else max(lower - value, value - upper)  # NaN must not pass as inside


def clipped(form: MatrixForm, x: Sequence[float]) -> list[float]:
    """The values, moved inside their bounds.

    A solver's basic values may be outside by rounding.  If they are outside by more, the check of the rows shows it.
    """
    if _are_between(x, form.column_lower, form.column_upper):
        return list(x)
    return [min(max(value, low), high) for value, low, high in zip(x, form.column_lower, form.column_upper)]


def snapped_values(form: MatrixForm, x: list[float]) -> list[float]:
    """The values, made exact where they are an integer or a bound up to rounding; x itself if nothing changes.

    No value leaves its bounds by this.  The caller must check whether the rows are still satisfied.
    """
    found: Optional[list[float]] = None
    if all(map(float.is_integer, x)):  # common, for example in networks, and faster than the loop
        return x
    for j in [j for j, value in enumerate(x) if value % 1.0 > 0]:  # this skips NaN
        value, low, high = x[j], form.column_lower[j], form.column_upper[j]
        nearest, near = min(max(round(value), low), high), 1e-10 * max(1.0, abs(value))
        for end in (nearest, low, high):
            if abs(value - end) <= near:
                found = found or x[:]
                found[j] = float(end)
                break
    return found if found is not None else x


def neat(form: MatrixForm, x: list[float], tolerance: float) -> list[float]:
    """Like `snapped_values` if the result still satisfies the program; else x."""
    found = snapped_values(form, x)
    return x if found is x or primal_complaint(form, found, tolerance) is not None else found


# ---- the duals
class _Prices(NamedTuple):
    """The reduced costs, computed from the program's own data, and the largest number that each is the sum of."""

    d: list[float]
    sizes: list[float]


def _priced(form: MatrixForm, y: Sequence[float]) -> _Prices:
    starts, indices, values = form.starts, form.indices, form.values
    if loops is not None and form.nonzeros > _FEW:
        found = loops.reduced_costs(starts, indices, values, form.cost, array("d", y))
        return _Prices(*(array("d", numbers).tolist() for numbers in found))
    d, sizes = list(form.cost), list(map(abs, form.cost))
    for i in compress(range(len(y)), y):
        dual = y[i]
        for k in range(starts[i], starts[i + 1]):
            j = indices[k]
            product = values[k] * dual
            d[j] -= product
            if abs(product) > sizes[j]:
                sizes[j] = abs(product)
    return _Prices(d, sizes)


def dual_complaint(
    form: MatrixForm, x: Sequence[float], y: Sequence[float], reduced_costs: Sequence[float], tolerance: float
) -> Optional[str]:
    """The message if the duals y and the reduced costs do not prove x optimal; None if they do."""
    noise, worth = (0.0, 0.0) if is_narrow(tolerance) else (_NOISE, _WORTHLESS)
    if form.nonzeros > _MANY and prices_hold(form, x, y, reduced_costs, tolerance, noise, worth):
        return None
    prices, sizes = _priced(form, y), Sizes(form, x, y)
    most = 0.0 if is_narrow(tolerance) else _most(form, x)
    for j, (own, told) in enumerate(zip(prices.d, reduced_costs)):
        if own != told and not (
            abs(own - told) <= max(_PRICES, 10 * tolerance) * prices.sizes[j]
            or abs(own - told) <= _allowed(tolerance) * sizes.of_prices()[1][j]
            or (not is_narrow(tolerance) and _is_worthless(form, x, j, own - told, most))
        ):
            return f"the reduced cost {told!r} of {form.column_label(j)} is {own!r} by the program's data"
    return _gap_complaint(form, x, y, prices, sizes, tolerance)


def _gap_complaint(
    form: MatrixForm, x: Sequence[float], y: Sequence[float], prices: _Prices, sizes: Sizes, tolerance: float
) -> Optional[str]:
    """The message if the sum of |dual| times the distance to the bound that its sign requires is too large."""
    sign = -1.0 if form.maximize else 1.0
    losses: list[float] = []
    worst, of = 0.0, (True, 0, 0.0, 0.0, 0.0)  # the largest loss: is it a row's? its index, dual, value, and bound
    starts, indices, values = form.starts, form.indices, form.values
    for i in compress(range(len(y)), y):
        price = sign * y[i]
        bound = form.row_lower[i] if price > 0 else form.row_upper[i]
        if abs(bound) == inf:
            if not _vanishes(form, i, y[i], prices, sizes, tolerance):
                return f"the constraint {form.row_label(i)} has the dual {price!r}, but no bound on that side"
            continue
        span = range(starts[i], starts[i + 1])
        products = [values[k] * x[indices[k]] for k in span]
        loss = abs(price * total([*products, -bound]))
        if loss > 0:
            losses.append(loss)
            if loss > worst:
                worst, of = loss, (True, i, price, total(products), bound)
    bounds = (form.column_upper, form.column_lower) if form.maximize else (form.column_lower, form.column_upper)
    for j, (price, value, below, above) in enumerate(zip(prices.d, x, *bounds)):
        bound = below if price > 0 else above
        if value == bound or not price:
            continue
        if abs(bound) == inf:
            if abs(price) <= _vanishing(tolerance) * prices.sizes[j]:
                continue
            if not is_narrow(tolerance) and abs(price) <= _allowed(tolerance) * sizes.of_prices()[1][j]:
                continue
            return f"{form.column_label(j)} has the dual {sign * price!r}, but no bound on that side"
        loss = abs(price * (value - bound))
        losses.append(loss)
        if not loss <= worst:
            worst, of = loss, (False, j, sign * price, value, bound)
    if not losses:
        return None
    gap = total(losses)
    products = list(map(abs, map(mul, form.cost, x)))
    objective, summed = abs(total(list(map(mul, form.cost, x)))), total(products)
    if is_narrow(tolerance):
        holds = gap <= max(_GAP * objective, _GAP_OF_SUM * summed)
    else:
        holds = gap <= tolerance * max(objective, summed)
        if not holds:
            columns = sizes.of_point()[1]
            holds = gap <= _allowed(tolerance) * total(list(map(abs, map(mul, form.cost, columns))))
        holds = holds or _is_explained(form, x, y, prices, gap, tolerance * max(objective, summed))
    if holds:
        return None
    is_row, k, price, value, bound = of
    name = f"the constraint {form.row_label(k)}" if is_row else form.column_label(k)
    where = f"has the dual {price!r}, but is at {value!r}, not at its bound {bound!r}"
    return f"{name} {where}: {gap:.3g} of the objective {objective:.6g} is unproved"


def _reach(form: MatrixForm, x: Sequence[float], j: int) -> float:
    """The largest absolute value of a column: of its value and its finite bounds."""
    return max(abs(end) for end in (x[j], form.column_lower[j], form.column_upper[j]) if abs(end) < inf)


def _most(form: MatrixForm, x: Sequence[float]) -> float:
    """An upper limit on the size of the objective, by the largest absolute values of the columns."""
    return sum(abs(cost) * _reach(form, x, j) for j, cost in enumerate(form.cost) if cost)


def _is_worthless(form: MatrixForm, x: Sequence[float], j: int, price: float, most: float) -> bool:
    """True if this error of a reduced cost is negligible in the objective, wherever the column is in its bounds."""
    is_bounded = form.column_lower[j] > -inf and form.column_upper[j] < inf
    return is_bounded and abs(price) * _reach(form, x, j) <= 1e-3 * _WORTHLESS * most


def _is_explained(
    form: MatrixForm, x: Sequence[float], y: Sequence[float], prices: _Prices, gap: float, allowed: float
) -> bool:
    """True if the gap is what rounding leaves, and is negligible next to the possible size of the objective.

    Rounding leaves `_NOISE` of the numbers that a reduced cost is the sum of, and of the largest possible terms of a
    row.  The answer is then exact for a program whose numbers differ only in their last digits.  If the objective is a
    small difference of large numbers, such as the least flow through one arc of a large network, floats cannot do
    better.
    """
    if not gap <= _WORTHLESS * _most(form, x):
        return False
    left, sign = 0.0, -1.0 if form.maximize else 1.0
    for i in compress(range(len(y)), y):
        bound = form.row_lower[i] if sign * y[i] > 0 else form.row_upper[i]
        terms = list(zip(*form.row(i)))
        off = abs(total([*(a * x[j] for j, a in terms), -bound]))
        if off > _NOISE * max((abs(a) * _reach(form, x, j) for j, a in terms), default=0.0):
            left += abs(y[i]) * off
    dual, greatest = 1e-2 * max(map(abs, y), default=0.0), [0.0] * form.columns
    for j, a in zip(form.indices, form.values):
        greatest[j] = max(greatest[j], abs(a))
    for j, (price, size) in enumerate(zip(prices.d, prices.sizes)):
        bound = form.column_lower[j] if sign * price > 0 else form.column_upper[j]
        # The duals solve a system of equations, so an error in one of them spreads to the others.
        if abs(price) > _NOISE * max(size, dual * greatest[j]) and x[j] != bound:
            left += abs(price * (x[j] - bound))
    return left <= allowed


def _vanishing(tolerance: float) -> float:
    """What may be left of a dual that should be 0 because it has no bound, relative to its own data."""
    return tolerance if is_narrow(tolerance) else max(_PRICES, 0.1 * tolerance)


def _vanishes(form: MatrixForm, i: int, dual: float, prices: _Prices, sizes: Sizes, tolerance: float) -> bool:
    """True if a row's dual is no more than a rounding error in all reduced costs that it is a part of."""
    least = _vanishing(tolerance)
    if all(abs(a * dual) <= least * prices.sizes[j] for j, a in zip(*form.row(i))):
        return True
    return not is_narrow(tolerance) and abs(dual) <= _allowed(tolerance) * sizes.of_prices()[0][i]


# ---- the objective
def gap_complaint(form: MatrixForm, x: Sequence[float], y: Sequence[float], tolerance: float) -> Optional[str]:
    """The message if the duals y do not prove that x is optimal; None if they do.

    The tolerance is ten times as wide, for an interior point, where complementary slackness holds only in the limit.
    """
    return _gap_complaint(form, x, y, _priced(form, y), Sizes(form, x, y), 10 * tolerance)


def objective_value(form: MatrixForm, x: Sequence[float]) -> float:
    """offset + cost . x, rounded once."""
    return fsum([form.offset, *map(mul, form.cost, x)])


def rounded_objective(form: MatrixForm, x: Sequence[float]) -> float:
    """The objective at x, rounded to an integer if it is one up to the rounding errors of its terms."""
    products = [form.offset, *map(mul, form.cost, x)]
    value = fsum(products)
    nearest = round(value) if abs(value) < inf else value
    is_whole = value == nearest or abs(value - nearest) <= 1e-14 * max(map(abs, products))
    return float(nearest) if is_whole else value


def objective_complaint(form: MatrixForm, x: Sequence[float], objective: float, tolerance: float) -> Optional[str]:
    """The message if the stated objective differs from the one at x; None if it does not."""
    own = objective_value(form, x)
    size = max(map(abs, map(mul, form.cost, x)), default=0.0)
    off = abs(own - objective)
    if off <= tolerance * max(abs(own), abs(form.offset), size):
        return None
    if not is_narrow(tolerance):  # terms that should be 0 have no size of their own
        known = Sizes(form, x).of_point()[1]
        if off <= _allowed(tolerance) * max(map(abs, map(mul, form.cost, known)), default=0.0) < inf:
            return None
    return f"the objective {objective!r} is {own!r} by the program's data"


# ---- all of it
def outcome_complaint(form: MatrixForm, outcome: Outcome, tolerance: float = TOLERANCE) -> Optional[str]:
    """What is wrong with an engine's numbers: the point, its integrality, the objective, and the duals if any.

    An optimum without integers must have duals that prove it.
    """
    numbers = outcome.numbers
    if numbers is None:
        return "the optimum has no numbers" if outcome.status is Status.OPTIMAL else None
    x, y, costs = numbers.primal(), numbers.duals(), numbers.reduced_costs()
    if len(x) != form.columns:
        return f"there are {len(x)} values for {form.columns} variables"
    for j in compress(range(form.columns), form.integer):
        if x[j] % 1.0 != 0:  # also true for NaN
            return f"{form.column_label(j)} = {x[j]!r} is not an integer"
    complaint = primal_complaint(form, x, tolerance) or objective_complaint(form, x, outcome.objective, tolerance)
    if complaint is not None or any(form.integer):
        return complaint
    if y is None or costs is None:
        return "the optimum has no duals" if outcome.status is Status.OPTIMAL else None
    if len(y) != form.rows or len(costs) != form.columns:
        return f"there are {len(y)} duals for {form.rows} rows, {len(costs)} reduced costs for {form.columns} variables"
    return dual_complaint(form, x, y, costs, tolerance)
