"""How far a point and its duals are from the conditions of a form: residuals, by position.

Every number is computed from the form itself, in sums that are rounded once.  In a linear program

    row                       how far  a.x  is outside its bounds
    bound                     how far  x  is outside its bounds
    integrality               how far an integer variable is from an integer
    reduced cost              |d - (c - A'y)|, reported reduced cost against the one that the duals give
    dual sign                 |dual| of a row or variable without a bound on the side that the sign asks for
    complementary slackness   |dual| times the distance to the bound that its sign asks for: the loss in the objective
    objective                 |c.x + c0 - reported objective|

Each is compared with the size of the numbers that it comes from, as in `pplp.form.verification`: in other units of
the objective, of a row or of a variable, the verdict is the same.  The dual of a variable is
its reduced cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import fsum, inf
from operator import mul
from typing import Any, Literal, NamedTuple, Optional, get_args

from pplp.form.matrix_form import MatrixForm
from pplp.form.verification import TOLERANCE, Sizes, total

__all__ = ["KINDS", "Found", "Measured", "Quality", "Residuals"]

Kind = Literal["row", "bound", "integrality", "reduced cost", "dual sign", "complementary slackness", "objective"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Numbers computed from several numbers of a solver may be off by more.
_ALLOWANCE = {"reduced cost": 10.0}


@dataclass(frozen=True)
class Quality:
    """The worst residual of each kind, in the user's units; None for a kind that does not apply.

    Those of duals are None if the solution has none, as with integer variables; `integrality` is None without them.
    """

    row: float
    bound: float
    integrality: Optional[float]
    reduced_cost: Optional[float]
    dual_sign: Optional[float]
    complementary_slackness: Optional[float]
    objective: Optional[float]


class Found(NamedTuple):
    """A residual by position: k is the index of a row or column; not yet in words."""

    kind: Kind
    k: Optional[int]
    amount: float
    relative: float
    facts: tuple[Any, ...] = ()


class Measured(NamedTuple):
    """The numbers to measure, by position; no duals for a point alone, no objective if none was reported."""

    x: Sequence[float]
    y: Optional[Sequence[float]] = None
    reduced_costs: Optional[Sequence[float]] = None
    objective: Optional[float] = None


class Residuals:
    """All residuals of a point: the worst of each kind, and those beyond the tolerance."""

    def __init__(self, form: MatrixForm, numbers: Measured, tolerance: float = TOLERANCE) -> None:
        #: The objective at the point, rounded once.
        self.objective = fsum([form.offset, *map(mul, form.cost, numbers.x)])
        worst: dict[str, Found] = {}
        #: All residuals beyond the tolerance: by kind, the worst first.
        self.violations: list[Found] = []
        for found in _all_residuals(form, numbers, self.objective):
            known = worst.get(found.kind)
            if known is None or found.relative > known.relative:
                worst[found.kind] = found
            if not found.relative <= tolerance * _ALLOWANCE.get(found.kind, 1.0):
                self.violations.append(found)
        #: The worst of each kind, relative to the size of the numbers, in the order of `KINDS`.
        self.worst = [worst[kind] for kind in KINDS if kind in worst]
        self.violations.sort(key=lambda found: (KINDS.index(found.kind), -found.relative))

    @property
    def quality(self) -> Quality:
        """The worst residual of each kind, in the user's units."""
        amounts = _greatest(self.worst, self.violations)
        return Quality(amounts.get("row", 0.0), amounts.get("bound", 0.0), *(amounts.get(kind) for kind in KINDS[2:]))


def _greatest(*several: Iterable[Found]) -> dict[str, float]:
    amounts: dict[str, float] = {}
    for residuals in several:
        for found in residuals:
            if not found.amount <= amounts.get(found.kind, 0.0):
                amounts[found.kind] = found.amount
            amounts.setdefault(found.kind, 0.0)
    return amounts


def _all_residuals(form: MatrixForm, numbers: Measured, objective: float) -> Iterator[Found]:
    x = numbers.x
    values = []
    sizes = Sizes(form, x, numbers.y or ())
    rows, columns = sizes.of_point()
    for i in range(form.rows):
        products = [a * x[j] for j, a in zip(*form.row(i))]
        values.append(total(products))
        size = max(map(abs, products), default=0.0)
        yield _outside("row", i, values[i], form.row_lower[i], form.row_upper[i], size, rows[i])
    for j, value in enumerate(x):
        yield _outside("bound", j, value, form.column_lower[j], form.column_upper[j], columns[j], columns[j])
        if form.integer[j]:
            off = abs(value - round(value)) if value - value == 0 else inf
            yield Found("integrality", j, off, off, (value,))
    if numbers.y is not None and numbers.reduced_costs is not None:
        yield from _dual_residuals(form, numbers, values, sizes)
    if numbers.objective is not None:
        off = _size(objective - numbers.objective)
        scale = max(abs(objective), abs(form.offset), max(map(abs, map(mul, form.cost, x)), default=0.0))
        yield Found("objective", None, off, _ratio(off, scale), (numbers.objective, objective))


def _size(off: float) -> float:
    """A size in which NaN is as far off as can be."""
    return abs(off) if off == off else inf


def _ratio(off: float, size: float) -> float:
    return 0.0 if not off else off / size if size else inf


def _relative(off: float, own: float, floor: float) -> float:
    """Relative to its own size; where that is only rounding, relative to what rounding may leave, a millionth of it."""
    return min(_ratio(off, own), 1e6 * _ratio(off, floor))


def _outside(kind: Kind, k: int, value: float, lower: float, upper: float, size: float, floor: float) -> Found:
    if value - value != 0:
        return Found(kind, k, inf, inf, (value, lower, upper))
    off = max(0.0, lower - value, value - upper)
    own = max(size, abs(lower if value < lower else upper)) if off else 0.0
    return Found(kind, k, off, _relative(off, own, floor), (value, lower, upper))


def _dual_residuals(form: MatrixForm, numbers: Measured, row_values: list[float], sizes: Sizes) -> Iterator[Found]:
    y, told = numbers.y or (), numbers.reduced_costs or ()
    terms: list[list[float]] = [[cost] for cost in form.cost]
    for i, dual in enumerate(y):
        if dual:
            for j, a in zip(*form.row(i)):
                terms[j].append(-a * dual)
    prices = [total(found) for found in terms]
    scales = [max(map(abs, found)) for found in terms]
    of_rows, of_columns = sizes.of_prices()
    for j, (price, d) in enumerate(zip(prices, told)):
        off = _size(price - d)
        yield Found("reduced cost", j, off, _relative(off, scales[j], of_columns[j]), (d, price))
    # The loss in the objective is compared with its own size, and with what rounding leaves of it.
    largest = total([abs(c * value) for c, value in zip(form.cost, numbers.x)])
    floor = total([abs(c) * size for c, size in zip(form.cost, sizes.of_point()[1])])
    rows = zip(y, row_values, form.row_lower, form.row_upper, of_rows, of_rows)
    columns = zip(prices, numbers.x, form.column_lower, form.column_upper, scales, of_columns)
    sign = -1.0 if form.maximize else 1.0
    for first, several in ((0, rows), (form.rows, columns)):
        for k, (price, value, lower, upper, scale, noise) in enumerate(several, first):
            bound = lower if sign * price > 0 else upper
            if not price or value == bound:
                continue
            weight = _size(price)
            if abs(bound) == inf:
                yield Found("dual sign", k, weight, _relative(weight, scale, noise), (price,))
                continue
            loss = weight * _size(value - bound)
            facts = price, value, bound
            yield Found("complementary slackness", k, loss, _size(_relative(loss, largest, floor)), facts)
    yield Found("dual sign", None, 0.0, 0.0)
    yield Found("complementary slackness", None, 0.0, 0.0)
