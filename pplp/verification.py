"""Does an answer hold?  Residuals computed from a `MatrixForm`, with nothing of the solver's own.

Tolerances are relative: a row may be off by `tolerance` times the greatest of 1, its bound and the
size of its own products, since no floating-point solver can do better than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from math import fsum, inf
from operator import mul
from typing import Optional

from pplp.matrix_form import MatrixForm

__all__ = ["activities", "dual_complaint", "primal_complaint"]


def activities(form: MatrixForm, x: Sequence[float]) -> list[float]:
    """The value of each row at x."""
    products = map(mul, form.values, map(x.__getitem__, form.indices))
    starts = form.starts
    return [sum(islice(products, end - start)) for start, end in zip(starts, islice(starts, 1, None))]


def primal_complaint(form: MatrixForm, x: Sequence[float], tolerance: float) -> Optional[str]:
    """What of the bounds and rows x violates, in words; None when all hold."""
    for j, (value, lower, upper) in enumerate(zip(x, form.column_lower, form.column_upper)):
        if lower <= value <= upper:
            continue
        off = max(lower - value, value - upper)
        if not off <= tolerance * max(1.0, abs(lower if value < lower else upper)):
            return f"column {j} = {value!r} is outside [{lower}, {upper}]"
    for i, (value, lower, upper) in enumerate(zip(activities(form, x), form.row_lower, form.row_upper)):
        if lower <= value <= upper:
            continue
        off = max(lower - value, value - upper)
        if off <= tolerance * max(1.0, abs(lower if value < lower else upper)):
            continue
        indices, values = form.row(i)
        size = max((abs(a * x[j]) for j, a in zip(indices, values)), default=0.0)
        if not off <= tolerance * size:
            return f"row {i} = {value!r} is outside [{lower}, {upper}]"
    return None


def dual_complaint(
    form: MatrixForm, x: Sequence[float], y: Sequence[float], reduced_costs: Sequence[float], tolerance: float
) -> Optional[str]:
    """What of dual feasibility and complementary slackness (y, reduced costs) violate at x; None when all hold."""
    d = list(form.cost)
    sizes = [abs(c) for c in d]
    starts, indices, values = form.starts, form.indices, form.values
    for i, dual in enumerate(y):
        if dual:
            for k in range(starts[i], starts[i + 1]):
                j = indices[k]
                product = values[k] * dual
                d[j] -= product
                sizes[j] = max(sizes[j], abs(product))
    sign = -1.0 if form.maximize else 1.0
    for j, mine in enumerate(d):
        allowed = tolerance * max(1.0, sizes[j])
        if not abs(mine - reduced_costs[j]) <= 10 * allowed:
            return f"the reduced cost {reduced_costs[j]!r} of column {j} is {mine!r} by its own data"
        if mine and abs(mine) > allowed:
            complaint = _sign_complaint(sign * mine, x[j], form.column_lower[j], form.column_upper[j], tolerance)
            if complaint:
                return f"column {j} {complaint}"
    if any(y):
        for i, (dual, value) in enumerate(zip(y, activities(form, x))):
            if dual and abs(dual) > tolerance:
                complaint = _sign_complaint(sign * dual, value, form.row_lower[i], form.row_upper[i], tolerance)
                if complaint:
                    return f"row {i} {complaint}"
    return None


def _sign_complaint(price: float, value: float, lower: float, upper: float, tolerance: float) -> Optional[str]:
    """A price above 0 must stand at the lower bound, below 0 at the upper one (of a minimisation)."""
    bound = lower if price > 0 else upper
    if bound in (inf, -inf):
        return f"has the price {price!r} and no bound on that side"
    if abs(value - bound) > 10 * tolerance * max(1.0, abs(bound), abs(value)):
        return f"has the price {price!r} and is at {value!r}, not at its bound {bound!r}"
    return None


def objective_value(form: MatrixForm, x: Sequence[float]) -> float:
    """offset + cost . x, rounded once."""
    return fsum([form.offset, *map(mul, form.cost, x)])
