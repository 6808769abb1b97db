"""Does an answer hold?  Residuals computed from a `MatrixForm`, with nothing of the solver's own.

Tolerances are relative: a row may be off by `tolerance` times the greatest of 1, its bound and the
size of its own products, since no floating-point solver can do better than that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, islice
from math import fsum, inf
from operator import le, mul, ne
from typing import Optional

from pplp.matrix_form import MatrixForm

__all__ = ["activities", "dual_complaint", "gap_complaint", "primal_complaint"]


def activities(form: MatrixForm, x: Sequence[float]) -> list[float]:
    """The value of each row at x."""
    products = map(mul, form.values, [x[j] for j in form.indices])
    starts = form.starts
    return [sum(islice(products, end - start)) for start, end in zip(starts, islice(starts, 1, None))]


def primal_complaint(form: MatrixForm, x: Sequence[float], tolerance: float) -> Optional[str]:
    """What of the bounds and rows x violates, in words; None when all hold."""
    for j in _outside(x, form.column_lower, form.column_upper):
        value, lower, upper = x[j], form.column_lower[j], form.column_upper[j]
        if not _distance(value, lower, upper) <= tolerance * max(1.0, abs(lower if value < lower else upper)):
            return f"{form.column_names.get(j, f'x{j}')} = {value!r} is outside [{lower}, {upper}]"
    rows = activities(form, x)
    for i in _outside(rows, form.row_lower, form.row_upper):
        value, lower, upper = rows[i], form.row_lower[i], form.row_upper[i]
        off = _distance(value, lower, upper)
        if off <= tolerance * max(1.0, abs(lower if value < lower else upper)):
            continue
        indices, values = form.row(i)
        size = max((abs(a * x[j]) for j, a in zip(indices, values)), default=0.0)
        if not off <= tolerance * size:
            return f"the constraint {form.row_names.get(i, f'R{i}')} = {value!r} is outside [{lower}, {upper}]"
    return None


def _outside(values: Sequence[float], lower: Sequence[float], upper: Sequence[float]) -> Iterator[int]:
    """The places where not lower <= value <= upper; nearly always none, found without a loop of Python's own."""
    if all(map(le, lower, values)) and all(map(le, values, upper)):
        return iter(())
    triples = enumerate(zip(values, lower, upper))
    return (k for k, (value, low, high) in triples if not low <= value <= high)


def _distance(value: float, lower: float, upper: float) -> float:
    return max(lower - value, value - upper)


def dual_complaint(
    form: MatrixForm, x: Sequence[float], y: Sequence[float], reduced_costs: Sequence[float], tolerance: float
) -> Optional[str]:
    """What of dual feasibility and complementary slackness (y, reduced costs) violate at x; None when all hold."""
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
        if abs(dual) > tolerance:
            value = sum(values[k] * x[indices[k]] for k in range(starts[i], starts[i + 1]))
            complaint = _sign_complaint(sign * dual, value, form.row_lower[i], form.row_upper[i], tolerance)
            if complaint:
                return f"row {i} {complaint}"
    for j in compress(range(len(d)), map(ne, d, reduced_costs)):
        if not abs(d[j] - reduced_costs[j]) <= 10 * tolerance * max(1.0, abs(form.cost[j]), sizes.get(j, 1.0)):
            return f"the reduced cost {reduced_costs[j]!r} of column {j} is {d[j]!r} by its own data"
    # A column that stands at the bound that its price asks for is in order.
    bounds = (form.column_upper, form.column_lower) if form.maximize else (form.column_lower, form.column_upper)
    for j, (price, value, below, above) in enumerate(zip(d, x, *bounds)):
        if value == (below if price > 0 else above) or not price:
            continue
        if abs(price) > tolerance * max(1.0, abs(form.cost[j]), sizes.get(j, 1.0)):
            complaint = _sign_complaint(sign * price, value, form.column_lower[j], form.column_upper[j], tolerance)
            if complaint:
                return f"column {j} {complaint}"
    return None


def _sign_complaint(price: float, value: float, lower: float, upper: float, tolerance: float) -> Optional[str]:
    """A price above 0 must stand at the lower bound, below 0 at the upper one (of a minimisation)."""
    bound = lower if price > 0 else upper
    if bound in (inf, -inf):
        return f"has the price {price!r} and no bound on that side"
    if abs(value - bound) > 10 * tolerance * max(1.0, abs(bound), abs(value)):
        return f"has the price {price!r} and is at {value!r}, not at its bound {bound!r}"
    return None


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
    prices = ((y, form.row_lower, form.row_upper, "row"), (d, form.column_lower, form.column_upper, "column"))
    for numbers, lower, upper, kind in prices:
        for k, price in enumerate(numbers):
            end = lower[k] if sign * price > 0 else upper[k]
            if price and abs(end) < inf:
                bound.append(price * end)
            elif abs(price) > tolerance * max(1.0, abs(form.cost[k]) if kind == "column" else 1.0):
                return f"{kind} {k} has the price {price!r} and no bound on that side"
    objective, proved = objective_value(form, x), fsum(bound)
    if not abs(objective - proved) <= 10 * tolerance * max(1.0, abs(objective)):
        return f"the objective is {objective!r}, the bound {proved!r}"
    return None


def objective_value(form: MatrixForm, x: Sequence[float]) -> float:
    """offset + cost . x, rounded once."""
    return fsum([form.offset, *map(mul, form.cost, x)])
