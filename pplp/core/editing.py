"""Edits of a program that its variables and constraints ask for; each is done completely, or not at all."""

from __future__ import annotations

from math import inf
from threading import get_ident
from typing import Any, Optional

from pplp.core.bounds import (
    change_sides,
    check_quotients,
    fix_each,
    put_constraint_bounds,
    put_variable_bounds,
    refuse_fixed,
    unfix_each,
)
from pplp.core.column_generation import row_of
from pplp.core.constraints import BoundConstraint, Constraint, constraint_at, same_program
from pplp.core.expressions import Variable, variable_at
from pplp.core.handle import index_of, owner_of, place_of, store_of
from pplp.core.objective import Objective
from pplp.core.owner import Owner, title_of
from pplp.core.reformulation import Reformulation
from pplp.core.rows import _Named
from pplp.core.scalars import HUGE, Number, are_crossed, coefficient, right_hand_side
from pplp.core.turns import edits, looks, reads
from pplp.errors import ExpressionError, InvalidValue, RemovedObject

__all__ = ["Editable"]

_LEAST = -HUGE


class Editable(Owner):
    """A program that can be edited."""

    _objective: Objective

    # ---- handles
    def _living(self, thing: Any) -> int:
        """The index of a variable or constraint of this program that was not removed."""
        if owner_of(thing) is not self:
            same_program(self, thing)
        index = index_of(thing)
        if type(thing) is Variable:
            if index not in self._columns.removed:
                return index
        else:
            row: int = place_of(thing)
            if row not in store_of(thing).removed:
                return row
        if isinstance(thing, Reformulation):
            raise RemovedObject(f"The reformulation of {store_of(thing).title(index)} was removed. Add it again.")
        kind = "Variable" if type(thing) is Variable else "Constraint"
        raise RemovedObject(f"{kind} {thing.name} of {title_of(self)} was removed. Add a new one.")

    # ---- edits
    @looks
    def _set_variable_bounds(self, variable: Variable, lower: Optional[Number], upper: Optional[Number]) -> None:
        if self._turns.thread != get_ident():
            return self._turns.run(self._set_variable_bounds, variable, lower, upper)
        index = variable._index
        if index in self._columns.removed:
            self._living(variable)
        columns = self._columns
        if columns.fixed and index in columns.fixed and (lower is None or upper is None):
            refuse_fixed(self, index)
        low, high = columns.lower[index], columns.upper[index]
        if lower is None and type(upper) is float and low <= upper and _LEAST < upper < HUGE:
            high = upper
        elif upper is None and type(lower) is float and lower <= high and _LEAST < lower < HUGE:
            low = lower
        else:
            low, high = change_sides(columns.label(index), (low, high), lower, upper)
            if lower is not None and upper is not None:
                columns.fixed.pop(index, None)
            return put_variable_bounds(self, index, low, high)
        columns.lower[index], columns.upper[index] = low, high  # as there, without the call: the most common edit
        if self._crossed:
            self._crossed.pop((Variable, index), None)
        self._edits += 1
        if self._journal is not None:
            self._journal.bounds.add(index)

    @edits
    def _fix(self, variable: Variable, value: Number) -> None:
        fix_each(self, [self._living(variable)], [value])

    @edits
    def _unfix(self, variable: Variable) -> None:
        unfix_each(self, [self._living(variable)])

    @reads
    def _cost_of(self, variable: Variable) -> float:
        return float(self._objective.costs(self)[self._living(variable)])

    @looks
    def _set_cost(self, variable: Variable, cost: Number) -> None:
        if self._turns.thread != get_ident():
            return self._turns.run(self._set_cost, variable, cost)
        index = variable._index
        if index in self._columns.removed:
            self._living(variable)
        if not (type(cost) is float and 1e-9 < abs(cost) < 1e9):
            cost = coefficient(cost, variable, "cost")
        self._objective.set_cost(self, index, cost)
        self._edits += 1

    @looks
    def _set_constraint_bounds(
        self, constraint: Constraint, lower: Optional[Number] = None, upper: Optional[Number] = None
    ) -> None:
        if self._turns.thread != get_ident():
            return self._turns.run(self._set_constraint_bounds, constraint, lower, upper)
        store: _Named = self._rows
        row = constraint._index
        if type(constraint) is not Constraint:
            store, row = store_of(constraint), place_of(constraint)
        if row in store.removed:
            self._living(constraint)
        low, high = store.lower[row], store.upper[row]
        if lower is None and upper is None:
            raise ExpressionError(f"The bounds of {constraint} must be numbers, not None. Write math.inf for no bound.")
        if lower is not None:
            low = lower if type(lower) is float and _LEAST < lower < HUGE else right_hand_side(lower, constraint)
        if upper is not None:
            high = upper if type(upper) is float and _LEAST < upper < HUGE else right_hand_side(upper, constraint)
        if low == inf or high == -inf or (lower is not None and upper is not None and are_crossed(low, high)):
            raise InvalidValue(
                f"The bounds {low} and {high} of {constraint} can never hold. "
                "The lower one comes first; write math.inf for none."
            )
        if store is self._constant_rows and not low <= 0 <= high:
            raise InvalidValue(
                f"The bounds {low} and {high} of the constant row {constraint} can never hold. Include 0."
            )
        if store is self._bound_rows:
            check_quotients(self._bound_rows.factor[row], low, high, constraint)
        if low > high or self._crossed or store is not self._rows:
            return put_constraint_bounds(self, constraint, store, row, low, high)
        store.lower[row], store.upper[row] = low, high  # as there, without the call: the most common edit
        self._edits += 1
        if self._journal is not None:
            self._journal.row_bounds.add(row)

    @edits
    def _set_terms(self, constraint: Constraint, index: int, value: float) -> None:
        row, store = self._living(constraint), store_of(constraint)
        if store is self._bound_rows and self._bound_rows.column[row] == index and value:
            check_quotients(value, store.lower[row], store.upper[row], constraint)
            self._bound_rows.factor[row] = value
            if self._journal is not None:
                self._journal.bounds.add(index)
        elif store is self._rows or value or constraint.coefficient(variable_at(self, index)):
            row = row_of(self, constraint)
            self._rows.set_term(row, index, value)
            if self._journal is not None:
                self._journal.terms.add(row)
        self._edits += 1

    def _remove_variable(self, index: int) -> None:
        if index in self._columns.removed:
            return
        self._objective.set_cost(self, index, 0.0)
        for row in self._bound_rows.of_column.get(index, ()):
            if row not in self._bound_rows.removed:
                self._remove_constraint(constraint_at(self, BoundConstraint, row))
        self._columns.remove(index)
        self._crossed.pop((Variable, index), None)
        if self._journal is not None:
            self._journal.removed_columns.append(index)

    def _remove_constraint(self, constraint: Constraint) -> None:
        store, row = store_of(constraint), place_of(constraint)
        if row in store.removed:
            return
        store.removed.add(row)
        self._crossed.pop((type(constraint), index_of(constraint)), None)
        self._row_names.pop(store.names.get(row, ""), None)  # it keeps its own name, for older solutions
        if self._journal is not None:
            if store is self._rows:
                self._journal.removed_rows.append(row)
            elif store is self._bound_rows:
                self._journal.bounds.add(self._bound_rows.column[row])
