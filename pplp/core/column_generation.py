"""Columns added later: a variable made with its coefficients, and bounds that become rows to take them.

A constraint on one variable is kept as a bound, and one on none outside the matrix.  The first coefficient of
another variable makes it a row, after the others.  Its handle stays the same: the store that it was in
knows its new index (`moved`), and the rows know the handle (`first`).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import TYPE_CHECKING, Any, Callable, Optional

from pplp.core.constraints import ConstantConstraint, Constraint
from pplp.core.expressions import Variable, parts_of
from pplp.core.handle import index_of, living_index, store_of
from pplp.core.keys import assigned
from pplp.core.origins import note_here
from pplp.core.owner import columns_of, index_in, journal_of, rows_of, set_cost, set_terms, traces_variables
from pplp.core.scalars import coefficient
from pplp.core.turns import edits
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.core.owner import Owner

__all__ = ["row_of", "variable_with"]


def row_of(program: Owner, constraint: Constraint) -> int:
    """The index of its row; a bound, or a constraint without variables, becomes a row here."""
    row, store, rows = living_index(constraint), store_of(constraint), rows_of(program)
    if store is rows:
        return row
    _check_sides_known(constraint)
    indices, values, _ = parts_of(constraint.expression)
    journal = journal_of(program)
    if journal is not None:  # first: if this is interrupted, the engine still hears of all that was done
        journal.bounds.update(indices)
    new = rows.append(indices, values, store.lower[row], store.upper[row])
    rows.first[new] = type(constraint), row
    store.moved[row] = new
    store.removed.add(row)
    rows.origins.put(new, None, 0)  # the handle knows where it was written
    if row in store.names:
        rows.names[new] = store.names[row]
    return new


def _check_sides_known(constraint: Constraint) -> None:
    if isinstance(constraint, ConstantConstraint) and (constraint.lb, constraint.ub) == (-inf, inf):
        raise InvalidValue(
            "The constraint was given as True, which is what sum([]) <= 5 gives: its bounds are unknown. Write it as a "
            "triple, add_constraint((-math.inf, 0, 5)), which columns can fill."
        )


@edits
def variable_with(
    program: Owner,
    make: Callable[[], Variable],
    remove: Callable[[Variable], None],
    cost: Any,
    column: Optional[Mapping[Any, Any]],
) -> Variable:
    """The variable that `make` makes, with a cost and with coefficients in constraints; all of it, or nothing."""
    price = 0.0 if cost is None else coefficient(cost, "the new variable", "cost")
    entries = [] if column is None else _entries(program, column)
    variable = make()
    if traces_variables(program):
        note_here(columns_of(program).origins, index_of(variable))
    try:
        for constraint, value in entries:
            set_terms(program, constraint, index_of(variable), value)
        if price:
            set_cost(program, variable, price)
    except BaseException:
        remove(variable)
        raise
    return variable


def _entries(program: Owner, column: Any) -> list[tuple[Constraint, float]]:
    """The coefficients of a column, checked to be settable."""
    if not isinstance(column, Mapping):
        raise ExpressionError(
            f"column= must be a mapping of constraints to coefficients, such as {{c: 2}}, not {quoted(column)}. "
            "Set bounds by name: lb=0, ub=10."
        )
    entries = []
    for constraint, value in assigned(column, "column="):
        if not isinstance(constraint, Constraint):
            raise ExpressionError(f"The keys of column= must be constraints of the program, not {quoted(constraint)}.")
        index_in(program, constraint)
        number = coefficient(value, f"the new variable in {constraint.name}")
        if number:
            _check_sides_known(constraint)
            entries.append((constraint, number))
    return entries
