"""The duals of constraints that are not rows of the matrix: their part of a reduced cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Optional

from pplp.answers.solution import frame_of, numbers_of
from pplp.core.constraints import ConstantConstraint, Constraint
from pplp.core.expressions import variable_at
from pplp.core.handle import index_of, living_index, owner_of, store_in
from pplp.core.owner import bound_rows_of
from pplp.core.rows import _Named
from pplp.core.sense import Sense

if TYPE_CHECKING:
    from pplp.answers.solution import Solution

__all__ = ["bound_dual"]

_NO_SIDES: dict[int, tuple[float, float]] = {}


def bound_dual(
    constraint: Constraint, solution: Solution, sides: Mapping[int, tuple[float, float]] = _NO_SIDES
) -> float:
    """The part of the reduced cost that belongs to a constraint on one variable, or 0 for a constant one.

    `sides` are the sides that some constraints on one variable had when the program was solved.
    """
    program, row = owner_of(constraint), index_of(constraint)
    living_index(constraint)
    place = _place_then(store_in(constraint, program), row, solution)
    if place is not None:
        numbers = numbers_of(solution)
        duals = numbers.duals() if numbers is not None else None
        return 0.0 if duals is None else duals[place]
    if isinstance(constraint, ConstantConstraint):
        return 0.0
    bounds = bound_rows_of(program)
    column = bounds.column[row]
    variable = variable_at(program, column)
    price = solution.reduced_cost(variable)
    if price == 0:
        return 0.0
    # The dual of a bound: the lower one's if the objective gets worse as it rises.
    end = 0 if (price > 0) is (not Sense.of(solution.sense).is_maximize) else 1
    value = solution[variable]
    living = [
        i
        for i in bounds.of_column[column]
        if i not in bounds.removed or (i in bounds.moved and _place_then(bounds, i, solution) is None)
    ]
    nearest = min(living, key=lambda i: abs(bounds.interval(i, sides.get(i))[end] - value))
    at_it = abs(bounds.interval(row, sides.get(row))[end] - value) <= 1e-9 * max(1.0, abs(value))
    return price / bounds.factor[row] if nearest == row and at_it else 0.0


def _place_then(store: _Named, row: int, solution: Solution) -> Optional[int]:
    """The position in the matrix of a bound that was a row at the time of the solve; None for any other."""
    moved = store.moved.get(row)
    at_row = frame_of(solution).at_row
    return None if moved is None or moved not in at_row else at_row[moved]
