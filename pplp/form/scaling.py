"""Scaling for programs whose numbers are far from everyday size: units that suit a solver's absolute tolerances.

A solver takes a reduced cost of 1e-7 for 0, and ignores a violation of 1e-7.  So a program whose numbers leave the
everyday range is passed on in other units:

    x = column * x',   row' = row_factor * row,   objective' = objective_factor * objective

All factors are powers of two, so nothing is rounded.  Integer columns keep their unit.  A program within the range
is passed on as it is.
"""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Iterable, Mapping, Sequence
from math import frexp, inf, ldexp, sqrt
from operator import mul, truediv
from typing import Optional

from pplp.form.matrix_form import Edits, MatrixForm
from pplp.ground.acceleration import loops
from pplp.ground.loading import loaded_numpy

__all__ = ["Scale", "are_everyday", "scale_of"]

#: The everyday range of the costs, coefficients and finite bounds that are not 0.
_COSTS, _COEFFICIENTS, _BOUNDS = (1e-3, 1e7), (1e-4, 1e6), (1e-4, 1e10)
#: Ends that have no scale.
_OPEN = 0.0, -inf, inf
#: Rounds of geometric scaling.
_ROUNDS = 3
#: What edits bring is taken in the old units while it lies in this range there.
_LEAST, _GREATEST = 1e-6, 1e9


def _range(numbers: Sequence[float]) -> tuple[float, float]:
    """The least and the greatest size of those that are finite and not 0; (inf, 0) without one."""
    if loops is not None and isinstance(numbers, array):
        return loops.sizes(numbers)  # type: ignore[no-any-return]
    numpy = loaded_numpy()
    if numpy is not None and isinstance(numbers, array) and len(numbers) > 1000:
        sizes = abs(numpy.frombuffer(numbers))
        sizes = sizes[(sizes > 0) & (sizes < inf)]
        return (float(sizes.min()), float(sizes.max())) if len(sizes) else (inf, 0.0)
    distinct = set(numbers)
    distinct.difference_update((0.0, inf, -inf))
    if not distinct:
        return inf, 0.0
    return min(map(abs, distinct)), max(map(abs, distinct))


def _is_within(numbers: Sequence[float], limits: tuple[float, float]) -> bool:
    least, greatest = _range(numbers)
    return limits[0] <= least and greatest <= limits[1]


def _is_everyday(form: MatrixForm) -> bool:
    bounds = form.column_lower, form.column_upper, form.row_lower, form.row_upper
    return (
        _is_within(form.cost, _COSTS)
        and _is_within(form.values, _COEFFICIENTS)
        and all(_is_within(ends, _BOUNDS) for ends in bounds)
    )


def are_everyday(edits: Edits) -> bool:
    """Do edits leave a program within the everyday range?"""
    if edits.column_bounds and not _are_everyday_ends(edits.column_bounds):
        return False
    if edits.row_bounds and not _are_everyday_ends(edits.row_bounds):
        return False
    for cost in edits.costs.values() if edits.costs else ():
        if cost and not 1e-3 <= abs(cost) <= 1e7:
            return False
    return not edits.row_terms or all(_is_within(values, _COEFFICIENTS) for _, values in edits.row_terms.values())


def _are_everyday_ends(bounds: Mapping[int, tuple[float, float]]) -> bool:
    for low, high in bounds.values():  # the commonest case first: each edit is looked at
        if not (1e-4 <= low <= 1e10 or low in _OPEN or -1e10 <= low <= -1e-4):
            return False
        if not (1e-4 <= high <= 1e10 or high in _OPEN or -1e10 <= high <= -1e-4):
            return False
    return True


def _power(number: float) -> float:
    """The power of two next to a positive number."""
    return ldexp(1.0, frexp(number)[1] - 1)


class Scale:
    """Units for a program and what is edited in it: factors of its columns, its rows and the objective."""

    def __init__(self, columns: list[float], rows: list[float], objective: float) -> None:
        self.columns, self.rows, self.objective = columns, rows, objective

    # ---- in
    def form(self, form: MatrixForm) -> MatrixForm:
        """The program in these units."""
        lengths = [end - start for start, end in zip(form.starts, form.starts[1:])]
        row_of: Iterable[float] = (factor for factor, count in zip(self.rows, lengths) for _ in range(count))
        columns = self.columns
        values = array("d", [a * r * columns[j] for a, r, j in zip(form.values, row_of, form.indices)])
        return dataclasses.replace(
            form,
            offset=form.offset * self.objective,
            cost=array("d", [c * self.objective * factor for c, factor in zip(form.cost, columns)]),
            column_lower=array("d", map(truediv, form.column_lower, columns)),
            column_upper=array("d", map(truediv, form.column_upper, columns)),
            row_lower=array("d", map(mul, form.row_lower, self.rows)),
            row_upper=array("d", map(mul, form.row_upper, self.rows)),
            values=values,
        )

    def takes(self, edits: Edits) -> bool:
        """Are the numbers that edits bring within reason in these units?  What adds or removes something never is."""
        if edits.new_columns or edits.new_rows or edits.removed_columns or edits.removed_rows or edits.integer:
            return False
        mine = self.edits(edits)
        numbers = [*mine.costs.values()]
        for bounds in (mine.column_bounds, mine.row_bounds):
            numbers += [end for ends in bounds.values() for end in ends]
        for _, values in mine.row_terms.values():
            numbers += values
        return _is_within(numbers, (_LEAST, _GREATEST))

    def edits(self, edits: Edits) -> Edits:
        """The edits in these units."""
        columns, rows = self.columns, self.rows
        return Edits(
            column_bounds={j: (low / columns[j], high / columns[j]) for j, (low, high) in edits.column_bounds.items()},
            row_bounds={i: (low * rows[i], high * rows[i]) for i, (low, high) in edits.row_bounds.items()},
            row_terms={
                i: (indices, [a * rows[i] * columns[j] for j, a in zip(indices, values)])
                for i, (indices, values) in edits.row_terms.items()
            },
            costs={j: c * self.objective * columns[j] for j, c in edits.costs.items()},
            offset=edits.offset * self.objective,
            maximize=edits.maximize,
        )

    # ---- out
    def values(self, values: Sequence[float]) -> list[float]:
        """Values of the columns in the user's units."""
        return list(map(mul, values, self.columns))

    def duals(self, duals: Sequence[float]) -> list[float]:
        """Duals of the rows in the user's units."""
        return [dual * factor / self.objective for dual, factor in zip(duals, self.rows)]

    def reduced_costs(self, costs: Sequence[float]) -> list[float]:
        """Reduced costs in the user's units."""
        return [cost / factor / self.objective for cost, factor in zip(costs, self.columns)]

    def unit(self, k: int) -> float:
        """What 1 of a value is in the user's units, of row k or, counted on after the rows, of a column."""
        return 1.0 / self.rows[k] if k < len(self.rows) else self.columns[k - len(self.rows)]


def scale_of(form: MatrixForm) -> Optional[Scale]:
    """The units in which a program is handed over; None for the user's own."""
    if _is_everyday(form):
        return None
    is_mip = any(form.integer)
    columns, rows, objective = [1.0] * form.columns, [1.0] * form.rows, 1.0
    entries = [(i, j, abs(a)) for i in range(form.rows) for j, a in zip(*form.row(i))]
    costs = [(form.rows, j, abs(c)) for j, c in enumerate(form.cost) if c]
    for _ in range(_ROUNDS):
        ends = _ends(((i, a * columns[j]) for i, j, a in (*entries, *costs)), form.rows + 1)
        rows = [_middle(pair) for pair in ends[: form.rows]]
        objective = _middle(ends[form.rows])
        factors = [*rows, objective]
        ends = _ends(((j, a * factors[i]) for i, j, a in (*entries, *costs)), form.columns)
        columns = [1.0 if whole else _middle(pair) for whole, pair in zip(form.integer, ends)]
    if not is_mip:
        least, greatest = _range(
            [
                *map(truediv, form.column_lower, columns),
                *map(truediv, form.column_upper, columns),
                *map(mul, form.row_lower, rows),
                *map(mul, form.row_upper, rows),
            ]
        )
        if greatest:
            unit = _power(sqrt(least) * sqrt(greatest))
            columns = [factor * unit for factor in columns]
            rows = [factor / unit for factor in rows]
            objective /= unit
    return Scale(columns, rows, objective)


def _ends(sizes: Iterable[tuple[int, float]], count: int) -> list[tuple[float, float]]:
    """The least and greatest size at each of this many places."""
    least, greatest = [inf] * count, [0.0] * count
    for k, size in sizes:
        least[k] = min(least[k], size)
        greatest[k] = max(greatest[k], size)
    return list(zip(least, greatest))


def _middle(ends: tuple[float, float]) -> float:
    """The power of two that makes the geometric mean of both about 1."""
    return 1.0 / _power(sqrt(ends[0]) * sqrt(ends[1])) if ends[1] else 1.0
