"""Proofs that an answer is right, in rational arithmetic from the program's own data, without pplp's own checks.

Duals prove the optimum of a linear program, multipliers of the rows prove infeasibility, and a point with a direction
proves unboundedness.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import inf, isfinite
from typing import Optional, Union

from pplp.form.outcome import Outcome, Status
from pplp.testing.model import Column, Model, Row

__all__ = ["best_integer", "check_duals", "check_infeasible", "check_optimal", "check_point", "check_unbounded"]

#: The error that an engine may make, relative to the numbers that it adds.
TOLERANCE = Fraction(1, 10**6)


def _size(*numbers: float) -> Fraction:
    return max([Fraction(1), *(abs(Fraction(a)) for a in numbers if isfinite(a))])


def _activity(terms: Mapping[int, float], x: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """The value of a row, and the size of its largest product."""
    products = [Fraction(a) * x[j] for j, a in terms.items()]
    return sum(products, Fraction(0)), max([abs(p) for p in products], default=Fraction(0))


def check_point(model: Model, values: Sequence[float]) -> Fraction:
    """Check rows, bounds and integrality; returns the objective of the point."""
    assert len(values) == len(model.columns)
    assert all(map(isfinite, values)), values
    x = [Fraction(value) for value in values]
    for j, column in enumerate(model.columns):
        assert column.lower == -inf or x[j] >= Fraction(column.lower) - TOLERANCE * _size(column.lower), f"x{j}"
        assert column.upper == inf or x[j] <= Fraction(column.upper) + TOLERANCE * _size(column.upper), f"x{j}"
        assert not column.integer or x[j] == round(x[j]), f"x{j} = {values[j]!r} is not an integer"
    for i, row in enumerate(model.rows):
        value, size = _activity(row.terms, x)
        slack = TOLERANCE * max(size, _size(row.lower, row.upper))
        assert row.lower == -inf or value >= Fraction(row.lower) - slack, f"row {i} = {float(value)} < {row.lower}"
        assert row.upper == inf or value <= Fraction(row.upper) + slack, f"row {i} = {float(value)} > {row.upper}"
    return Fraction(model.offset) + _activity({j: c.cost for j, c in enumerate(model.columns)}, x)[0]


def check_duals(model: Model, values: Sequence[float], duals: Sequence[float], costs: Sequence[float]) -> None:
    """Check that reduced costs are cost - duals . column, that duals are at bounds, and that all prove the optimum."""
    assert len(duals) == len(model.rows) and len(costs) == len(model.columns)
    assert all(map(isfinite, duals)) and all(map(isfinite, costs))
    x, y = [Fraction(value) for value in values], [Fraction(dual) for dual in duals]
    sign = -1 if model.maximize else 1
    reduced = [Fraction(column.cost) for column in model.columns]
    sizes = [_size(column.cost) for column in model.columns]
    for row, dual in zip(model.rows, y):
        for j, a in row.terms.items():
            reduced[j] -= Fraction(a) * dual
            sizes[j] = max(sizes[j], abs(Fraction(a) * dual))
    for j, cost in enumerate(costs):
        assert abs(reduced[j] - Fraction(cost)) <= TOLERANCE * sizes[j], f"reduced cost of x{j}"
    proved = size = Fraction(model.offset)
    triples = [
        *((dual, row.lower, row.upper, _activity(row.terms, x), Fraction(1)) for row, dual in zip(model.rows, y)),
        *(
            (cost, column.lower, column.upper, (value, abs(value)), scale)
            for cost, column, value, scale in zip(reduced, model.columns, x, sizes)
        ),
    ]
    for dual, lower, upper, (value, of), scale in triples:
        bound = lower if sign * dual > 0 else upper
        if abs(dual) <= TOLERANCE * scale:
            continue
        assert isfinite(bound), f"there is no bound for the dual {float(dual)}"
        off = abs(value - Fraction(bound))
        assert off <= 10 * TOLERANCE * max(of, _size(bound)), f"dual {float(dual)}, {float(value)}, bound {bound}"
        proved += dual * Fraction(bound)
        size += abs(dual * Fraction(bound))
    reached = Fraction(model.offset) + _activity({j: c.cost for j, c in enumerate(model.columns)}, x)[0]
    size = max(size, abs(reached), _size(*(c.cost for c in model.columns)))
    # A dual that is too small to count may still be at a large bound: the slack below makes up for it.
    small = sum((abs(p * v) for p, _, _, (v, _), s in triples if abs(p) <= TOLERANCE * s), Fraction(0))
    assert abs(reached - proved) <= 10 * TOLERANCE * size + small, f"{float(reached)} by x, {float(proved)} by duals"


def check_optimal(model: Model, outcome: Outcome, objective: Optional[float] = None) -> None:
    """Check that the status is OPTIMAL, and that the numbers prove it; of an integer program, only its point."""
    assert outcome.status is Status.OPTIMAL, f"{outcome.status}: {outcome.message}"
    assert outcome.numbers is not None
    values = outcome.numbers.primal()
    reached = check_point(model, values)
    size = max(
        [_size(outcome.objective), *(abs(Fraction(v) * Fraction(c.cost)) for v, c in zip(values, model.columns))]
    )
    assert abs(reached - Fraction(outcome.objective)) <= TOLERANCE * size
    if objective is not None:
        assert abs(outcome.objective - objective) <= float(TOLERANCE) * max(1.0, abs(objective)), outcome.objective
    assert outcome.bound is not None, "an optimum is its own bound"
    assert abs(outcome.bound - outcome.objective) <= float(TOLERANCE) * max(1.0, abs(outcome.objective))
    duals, costs = outcome.numbers.duals(), outcome.numbers.reduced_costs()
    if model.is_mip:
        assert duals is None and costs is None, "an integer program has no duals"
    else:
        assert duals is not None and costs is not None
        check_duals(model, values, duals, costs)


def check_infeasible(model: Model, rows: Mapping[int, float]) -> None:
    """Check that these multipliers of rows, with the bounds of the columns, prove infeasibility.

    The sum of multiplier * row has a largest value within the columns' bounds, and the rows' bounds ask for more.
    """
    both: list[Union[Column, Row]] = [*model.columns, *model.rows]
    if any(thing.lower > thing.upper for thing in both):
        return
    needed = reach = Fraction(0)
    left: dict[int, Fraction] = {}
    for i, weight in rows.items():
        bound = model.rows[i].lower if weight > 0 else model.rows[i].upper
        needed += Fraction(weight) * Fraction(bound)
        for j, a in model.rows[i].terms.items():
            left[j] = left.get(j, Fraction(0)) + Fraction(weight) * Fraction(a)
    for j, factor in left.items():
        if factor:
            reach += factor * Fraction(model.columns[j].upper if factor > 0 else model.columns[j].lower)
    assert reach < needed, "the multipliers of the case prove nothing"


def check_unbounded(model: Model, point: Sequence[float], ray: Sequence[float]) -> None:
    """Check that all points from this one in this direction are feasible, and that the objective improves."""
    check_point(model, point)
    for step, column in zip(ray, model.columns):
        assert step == 0 or (column.upper if step > 0 else column.lower) in (inf, -inf)
        assert not column.integer or step == int(step)
    for row in model.rows:
        step = float(sum((Fraction(a) * Fraction(ray[j]) for j, a in row.terms.items()), Fraction(0)))
        assert step == 0 or (row.upper if step > 0 else row.lower) in (inf, -inf)
    slope = sum(column.cost * step for column, step in zip(model.columns, ray))
    assert slope > 0 if model.maximize else slope < 0


def best_integer(model: Model) -> Optional[float]:
    """The optimum of a small program of bounded integers, by trying all points; None if there is none."""
    boxes = [range(int(c.lower), int(c.upper) + 1) for c in model.columns]
    best: Optional[float] = None
    for x in product(*boxes):
        rows = (sum(a * x[j] for j, a in row.terms.items()) for row in model.rows)
        if all(row.lower <= value <= row.upper for row, value in zip(model.rows, rows)):
            value = model.offset + sum(c.cost * v for c, v in zip(model.columns, x))
            if best is None or (value > best if model.maximize else value < best):
                best = value
    return best
