"""The edits of a program, as its variables and constraints ask for them; each is done whole, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from threading import get_ident
from typing import Any, Optional

from pplp.core.bounds import change_sides, check_quotients, check_reliances, check_sides, fix, refuse_fixed, unfix
from pplp.core.column_generation import row_of
from pplp.core.constraints import BoundConstraint, Constraint, same_program
from pplp.core.expressions import Variable
from pplp.core.handle import handle, place_of, store_of
from pplp.core.objective import Objective
from pplp.core.owner import Owner
from pplp.core.reformulation import Reformulation
from pplp.core.rows import _Named
from pplp.core.scalars import HUGE, Number, are_crossed, coefficient, right_hand_side
from pplp.core.turns import edits, looks, reads
from pplp.errors import ExpressionError, InvalidValue, RemovedObject
from pplp.ground.quoting import quoted

__all__ = ["Editable"]

_LEAST = -HUGE


class Editable(Owner):
    """A program that can be edited."""

    _objective: Objective

    # ---- handles
    def _check(self) -> None:
        """Raise `InvalidValue` where bounds cross, or where they are wider than a big-M takes them to be."""
        if self._crossed:
            check_sides(self)
        check_reliances(self)

    def _handle(self, index: int) -> Variable:
        variable = Variable()
        variable._program = self
        variable._index = index
        return variable

    def _row_handle(self, kind: type[Any], index: int) -> Any:
        if kind is Constraint and index in self._rows.first:  # it was added as a bound
            kind, index = self._rows.first[index]
        return handle(kind, self, index)

    def _living(self, thing: Any) -> int:
        """The index of a variable or constraint of this program that was not removed."""
        if thing._program is not self:
            same_program(self, thing)
        index: int = thing._index
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
        raise RemovedObject(f"{kind} {thing.name} of {self._title()} was removed. Make a new one.")

    def _column(self, variable: Any) -> int:
        """The index of what must be a variable of this program that was not removed."""
        if not isinstance(variable, Variable):
            raise ExpressionError(
                f"{quoted(variable)} is not a variable: give one that Var(), IntVar() or BoolVar() made."
            )
        return self._living(variable)

    # ---- edits
    def _bounds_of(self, variable: Variable) -> tuple[float, float]:
        return self._bounds_at(self._living(variable))

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
            return self._put_variable_bounds(index, low, high)
        columns.lower[index], columns.upper[index] = low, high  # as there, with no call: it is the everyday edit
        if self._crossed:
            self._crossed.pop((Variable, index), None)
        self._edits += 1
        if self._journal is not None:
            self._journal.bounds.add(index)

    def _put_variable_bounds(self, index: int, low: float, high: float) -> None:
        """Bounds that were checked."""
        columns = self._columns
        columns.lower[index], columns.upper[index] = low, high
        if are_crossed(low, high):
            self._crossed[Variable, index] = None
        elif self._crossed:
            self._crossed.pop((Variable, index), None)
        self._edits += 1
        if self._journal is not None:
            self._journal.bounds.add(index)

    @edits
    def _fix(self, variable: Variable, value: Number) -> None:
        fix(self, [self._living(variable)], [value])

    @edits
    def _unfix(self, variable: Variable) -> None:
        unfix(self, [self._living(variable)])

    @edits
    def _set_kinds(self, indices: Sequence[int], integer: Sequence[bool]) -> None:
        self._check_living(indices)
        columns = self._columns
        if self._journal is not None:  # first: should this be interrupted, the engine hears of all that was done
            self._journal.kinds.update(indices)
            self._journal.bounds.update(indices)
        self._edits += 1
        old = [columns.is_integer(index) for index in indices]
        try:
            for index, kind in zip(indices, integer):
                columns.mark_integer(index, kind)
        except BaseException:
            for index, kind in zip(indices, old):
                columns.mark_integer(index, kind)
            raise

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

    @edits
    def _set_costs(self, indices: Sequence[int], costs: Sequence[float]) -> None:
        self._check_living(indices)
        checked = [coefficient(cost, self._columns.label(j), "cost") for j, cost in zip(indices, costs)]
        self._edits += 1
        before = self._objective.costs(self)
        old = [before[j] for j in indices]
        try:
            for index, cost in zip(indices, checked):
                self._objective.set_cost(self, index, cost)
        except BaseException:
            for index, cost in zip(indices, old):
                self._objective.set_cost(self, index, cost)
            raise

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
            raise ExpressionError(f"The bounds of {constraint} are numbers, not None. Write math.inf for no bound.")
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
            raise InvalidValue(f"The bounds {low} and {high} of the constant row {constraint} can never hold.")
        if store is self._bound_rows:
            check_quotients(self._bound_rows.factor[row], low, high, constraint)
        if low > high or self._crossed or store is not self._rows:
            return self._put_constraint_bounds(constraint, store, row, low, high)
        store.lower[row], store.upper[row] = low, high  # as there, with no call: it is the everyday edit
        self._edits += 1
        if self._journal is not None:
            self._journal.row_bounds.add(row)

    def _put_constraint_bounds(self, constraint: Constraint, store: _Named, row: int, low: float, high: float) -> None:
        """Bounds that were checked."""
        store.lower[row], store.upper[row] = low, high
        if are_crossed(low, high):
            self._crossed[type(constraint), constraint._index] = None
        elif self._crossed:
            self._crossed.pop((type(constraint), constraint._index), None)
        self._edits += 1
        if self._journal is not None:
            if store is self._rows:
                self._journal.row_bounds.add(row)
            elif store is self._bound_rows:
                self._journal.bounds.add(self._bound_rows.column[row])

    @edits
    def _set_terms(self, constraint: Constraint, index: int, value: float) -> None:
        row, store = self._living(constraint), store_of(constraint)
        if store is self._bound_rows and self._bound_rows.column[row] == index and value:
            check_quotients(value, store.lower[row], store.upper[row], constraint)
            self._bound_rows.factor[row] = value
            if self._journal is not None:
                self._journal.bounds.add(index)
        elif store is self._rows or value or constraint.coefficient(self._handle(index)):
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
                self._remove_constraint(self._row_handle(BoundConstraint, row))
        self._columns.remove(index)
        self._crossed.pop((Variable, index), None)
        if self._journal is not None:
            self._journal.removed_columns.append(index)

    def _remove_constraint(self, constraint: Constraint) -> None:
        store, row = store_of(constraint), place_of(constraint)
        if row in store.removed:
            return
        store.removed.add(row)
        self._crossed.pop((type(constraint), constraint._index), None)
        self._row_names.pop(store.names.get(row, ""), None)  # it keeps the name itself, for solutions from before
        if self._journal is not None:
            if store is self._rows:
                self._journal.removed_rows.append(row)
            elif store is self._bound_rows:
                self._journal.bounds.add(self._bound_rows.column[row])
