"""`Model`: variables, constraints and one objective, as they are made and edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from functools import partial
from math import inf
from sys import _getframe
from threading import get_ident
from typing import Any, Callable, Optional, TypeVar, Union, overload

from pplp.core import chaining
from pplp.core.blocks import more_handles
from pplp.core.bounds import check_quotients, checked_bounds
from pplp.core.column_generation import variable_with
from pplp.core.columns import Columns, check_name
from pplp.core.compaction import compact, remember_name
from pplp.core.constraints import BoundConstraint, ConstantConstraint, Constraint, constraint_at, read_relation
from pplp.core.editing import Editable
from pplp.core.expressions import LinearExpression, Sum, Variable, VariableSum, merged, parts_of, variable_at
from pplp.core.handle import handle, store_in
from pplp.core.objective import Objective
from pplp.core.origins import note_here
from pplp.core.owner import SLOTS, check_living
from pplp.core.protocols import NumpyOperand
from pplp.core.records import Reformulations
from pplp.core.reformulation import Reformulation, parts
from pplp.core.relations import Difference, Relation, Several, no_row
from pplp.core.rows import BoundRows, ConstantRows, Rows, name_row
from pplp.core.scalars import (
    HUGE,
    MODERATE,
    SUMMED_SIDE,
    Number,
    check_sums,
    coefficient,
    each_of,
    is_truth,
    less,
    refuse_truths,
)
from pplp.core.sense import Sense
from pplp.core.stack import HELPER, METHOD, users_frame
from pplp.core.tracing import added_from, count_made, note, note_nothing
from pplp.core.turns import Turns, edits, looks, reads
from pplp.errors import ExpressionError, ForeignObject, InvalidValue, OptionError, RemovedObject
from pplp.ground.acceleration import compiled
from pplp.ground.descriptors import random_bytes
from pplp.ground.quoting import quoted

__all__ = ["Model"]

# Any: an array of relations gives an array of constraints, which is made above this floor.

_Added = TypeVar("_Added")
_Handle = TypeVar("_Handle", Variable, Constraint, Reformulation)
#: What is one constraint: a relation, True, or (lower, expression, upper).
Single = Union[Relation, bool, tuple[float, Union[LinearExpression, float], float]]


@compiled
class Model(Editable):
    """A program without its solver: the base of `LinearProgram`, and the interface that lower modules see."""

    __slots__ = SLOTS

    def __init__(self, name: Optional[str] = None, trace: Union[bool, str] = "constraints") -> None:
        self._turns = Turns()
        self.name = name
        #: What `solve` and `compile` do where they are not told; a file that was read says it.
        self.sense: str = Sense.MINIMIZE.value
        self._columns = Columns()
        self._rows = Rows()
        self._bound_rows = BoundRows()
        self._constant_rows = ConstantRows()
        self._row_names: dict[str, int] = {}
        self._crossed: dict[tuple[type[Any], int], None] = {}  # those whose lower bound was set above the upper one
        self._reformulations = Reformulations()
        self._objective = Objective()
        self._family = random_bytes(8)
        self.trace = trace
        self._edits = 0
        self._journal = None

    @property
    def trace(self) -> Union[bool, str]:
        """Which file and line numbers are recorded: "constraints", True for all, False for none.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> lp.trace
        'constraints'
        >>> lp.trace = False
        >>> x = lp.Var("x")
        >>> lp.add_constraint(x >= 1).origin is None
        True
        """
        return "constraints" if self._traces_constraints and not self._traces_all else self._traces_all

    @trace.setter
    @edits
    def trace(self, wish: Union[bool, str]) -> None:
        if not isinstance(wish, bool) and wish != "constraints":
            raise OptionError(f"trace must be True, False or 'constraints', not {quoted(wish)}.")
        self._traces_constraints, self._traces_all = bool(wish), wish is True
        self._traced = self._rows.origins if wish else None  # those of the rows, for the hot path
        note_nothing(self)

    # ---- variables
    @looks
    def Var(
        self,
        name: Optional[str] = None,
        column: Optional[Mapping[Any, Any]] = None,
        cost: Optional[Number] = None,
        *,
        lb: Number = -inf,
        ub: Number = inf,
    ) -> Variable:
        """A continuous variable, free unless bounds are given.

        `column` maps existing constraints to its coefficients in them, and `cost` is its coefficient in the objective:
        a column of the matrix in one call, as in column generation.

        Raises `InvalidValue` if `lb` is above `ub`, a bound is NaN, a coefficient is not finite or the name is taken;
        `ForeignObject` and `RemovedObject` for constraints of another program or removed ones.  Then nothing is added.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x"), lp.Var("y", lb=0, ub=9)
        >>> x.lb, y.ub, y.integer
        (-inf, 9.0, False)
        >>> steel = lp.add_constraint(x + y <= 4)
        >>> z = lp.Var("z", lb=0, cost=3, column={steel: 2})
        >>> steel, lp.objective
        (x + y + 2 z <= 4, 3 z)
        """
        if column is not cost:  # type: ignore[comparison-overlap]  # one of the two is given
            return variable_with(self, partial(self.Var, name, lb=lb, ub=ub), self.remove, cost, column)
        kind, other = type(lb), type(ub)
        if not (
            (kind is int or kind is float)
            and (other is int or other is float)
            and (
                _LEAST < lb <= ub < HUGE
                or (ub == inf and (_LEAST < lb < HUGE or lb == _NO_LOWER))
                or (lb == _NO_LOWER and _LEAST < ub < HUGE)
            )
        ):
            lb, ub = checked_bounds(name, lb, ub)
        if self._turns.thread != get_ident():
            return self._turns.run(Model.Var, self, name, lb=lb, ub=ub, asker=_getframe(METHOD))
        columns = self._columns
        if name is not None:
            check_name(name, columns.by_name, "variable")
        lower = columns.lower
        try:
            variable: Variable = columns.spare.pop()
        except IndexError:
            variable = more_handles(columns)
        if variable._index != len(lower):  # an interrupted call left half a variable behind
            columns.repair()
            variable = more_handles(columns)
        variable._program = self
        columns.upper.append(ub)
        lower.append(lb)  # last: its length is the number of variables
        if name is not None:
            columns.names[variable._index] = name
            columns.by_name[name] = variable._index
        if self._traces_all:
            frame, origins = _getframe(METHOD), columns.origins
            if frame.f_code is origins.code:
                origins.instructions.append(frame.f_lasti)
            else:
                origins.note(variable._index, self._turns.asker or frame)
        return variable

    @looks
    def IntVar(
        self,
        name: Optional[str] = None,
        column: Optional[Mapping[Any, Any]] = None,
        cost: Optional[Number] = None,
        *,
        lb: Number = -inf,
        ub: Number = inf,
    ) -> Variable:
        """An integer variable, unbounded unless bounds are given; `column`, `cost` and errors as for `Var`.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> n = lp.IntVar("n", lb=0, ub=9.5)
        >>> lp.objective = n
        >>> lp.maximize(), n.value
        (9.0, 9)
        """
        if column is not cost:  # type: ignore[comparison-overlap]
            return variable_with(self, partial(self.IntVar, name, lb=lb, ub=ub), self.remove, cost, column)
        if self._turns.thread != get_ident():
            return self._turns.run(self.IntVar, name, lb=lb, ub=ub)
        variable = self.Var(name, lb=lb, ub=ub)
        self._columns.mark_integer(variable._index)
        if self._traces_all:
            note_here(self._columns.origins, variable._index)
        return variable

    def BoolVar(
        self,
        name: Optional[str] = None,
        column: Optional[Mapping[Any, Any]] = None,
        cost: Optional[Number] = None,
    ) -> Variable:
        """A variable that is 0 or 1; `column`, `cost` and errors as for `Var`.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> tent, stove = lp.BoolVar("tent"), lp.BoolVar("stove")
        >>> weight = lp.add_constraint(9*tent + 4*stove <= 10)
        >>> lp.objective = 10*tent + 5*stove
        >>> lp.maximize(), tent.value, stove.value
        (10.0, 1, 0)
        """
        return self.IntVar(name, column, cost, lb=0, ub=1)

    @property
    @reads
    def variables(self) -> Sequence[Variable]:
        """All variables, in the order in which they were made.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x"), lp.IntVar("y")
        >>> lp.variables
        [x, y]
        """
        return [variable_at(self, j) for j in self._columns.living()]

    # ---- objective
    @property
    @reads
    def objective(self) -> LinearExpression:
        """The objective; assign any expression or number, or use ``+=`` and ``-=``.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x"), lp.Var("y")
        >>> lp.objective = 3*x + 2
        >>> lp.objective += 4*y
        >>> lp.objective
        3 x + 4 y + 2
        """
        return self._objective.expression(self)

    @objective.setter
    @edits
    def objective(self, value: Any) -> None:
        fresh = self._objective.assigned(self, value)
        self._edits += 1
        self._objective = fresh

    # ---- constraints
    @overload
    def add_constraint(self, relation: Single, name: Optional[str] = None, row: bool = False) -> Constraint: ...
    @overload
    def add_constraint(self, relation: Any, name: Optional[str] = None, row: bool = False) -> Any: ...
    @looks
    def add_constraint(self, relation: Any, name: Optional[str] = None, row: bool = False) -> Any:
        """Add ``lo <= e <= hi``, ``e <= hi``, ``e >= lo``, ``e == b`` or a triple (lo, e, hi); returns its handle.

        A relation on one variable becomes a bound of it, and a row of the matrix once it gets another variable, by
        `Constraint.set_coefficient` or the `column` of a new `Var`; with ``row=True`` it is a row at once.  The same
        goes for a relation without variables, such as ``(-inf, 0, 5)``, for columns to fill; with ``row=True`` it need
        not hold yet.  `True`, which is what ``sum([]) <= 5`` gives, is accepted as a row that always holds.  For an
        array of relations, such as ``A @ x <= b``, it adds all of them and returns a `ConstraintArray`; with a `name`
        they are called ``name[0]``, ``name[1,2]``.  A constraint that needs several rows (a relation of `abs`,
        `maximum`, `minimum`, `piecewise` and `truth`, ``b >> (...)``, `semicontinuous`, `sos1`, `sos2`) returns a
        `Reformulation`: the record of its rows and variables.  An array of them, ``T >= abs(X - a)`` or ``B >> (X <=
        9)``, gives an array of records, ``records[i, j]``.  Those that need a big-M raise `InvalidValue` if a bound is
        missing, or too wide.

        Raises `ExpressionError` for anything else, `InvalidValue` for a relation that can never hold or a name that is
        taken, `ForeignObject` for a variable of another program, `RemovedObject` for a removed one.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x"), lp.Var("y")
        >>> steel = lp.add_constraint(2*x + y <= 100, name="steel")
        >>> both = lp.add_constraint(0 <= x + y <= 40)
        >>> least = lp.add_constraint(x >= 5)
        >>> steel, both, least, x.lb
        (steel: 2 x + y <= 100, 0 <= x + y <= 40, x >= 5, 5.0)
        >>> roll = lp.add_constraint(4*x >= 38, row=True)
        >>> roll.set_coefficient(y, 2)
        >>> roll
        4 x + 2 y >= 38
        """
        if _pending:
            chaining.check(_getframe(METHOD))
        if self._turns.thread != get_ident():
            return self._turns.run(Model.add_constraint, self, relation, name, row, asker=_getframe(METHOD))
        kind = type(relation)
        if kind is Relation or kind is Difference:
            expression: Any = relation._expression
            form = type(expression)
            if (form is Sum or form is VariableSum) and expression._program is self and not self._columns.removed:
                length = expression._length
                indices = expression._indices
                coefficients = expression._coefficients if form is Sum else [1.0] * length
                if len(indices) != length or len(coefficients) != length:
                    indices = indices[:length]
                    coefficients = coefficients[:length]
                if length == 3:
                    i, j, k = indices
                    distinct = i != j != k != i
                else:
                    distinct = length > 1 and len({*indices}) == length
                if distinct and name is None:
                    shift = expression._constant
                    lower, upper = relation._lower, relation._upper
                    if shift:
                        lower, upper = less(lower, shift), less(upper, shift)
                        if not -MODERATE < shift < MODERATE:
                            check_sums((lower, upper), expression, SUMMED_SIDE)
                    constraint = Constraint()
                    constraint._program = self
                    constraint._index = row = self._rows.append(indices, coefficients, lower, upper)
                    origins = self._traced
                    if origins is not None:
                        frame = _getframe(METHOD)
                        if frame.f_code is origins.code:
                            origins.instructions.append(frame.f_lasti)
                        else:
                            origins.note(row, self._turns.asker or frame)
                    return constraint
        return self._add(relation, name, row)

    def add_constraints(self, relations: Iterable[Any]) -> list[Any]:
        """Add every relation of an iterable; returns the handles.  If one is refused, those before it stay added.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x = lp.Vars(4, lb=0)
        >>> lp.add_constraints(x[i] + x[i + 1] <= i + 1 for i in range(3))
        [x0 + x1 <= 1, x1 + x2 <= 2, x2 + x3 <= 3]
        """
        refuse_truths(relations)
        each = each_of(relations, "add_constraints() takes relations")
        if self._traces_constraints and not self._turns.is_shared:  # then each line is recorded separately
            return added_from(self, self.add_constraint, each)
        return [self.add_constraint(relation) for relation in each]

    def _add_many(self, add: Callable[[], _Added]) -> _Added:
        """Add a constraint that needs several rows; its origin is the user's call."""
        before = count_made(self)
        added = add()
        frame = users_frame()
        if frame is not None and self._traces_constraints:
            note(self, before, frame.f_code, frame.f_lasti)
        return added

    def _add(self, relation: Any, name: Optional[str], row: bool = False) -> Any:
        if type(relation) is tuple and len(relation) == 3 and isinstance(relation[1], NumpyOperand):
            middle: Any = relation[1]
            relation = middle.between(relation[0], relation[2])
        if isinstance(relation, Several):
            return self._add_many(partial(relation._add_to, self, name, row))
        if row and is_truth(relation):
            raise no_row(relation)
        expression, lower, upper = read_relation(self, relation)
        if name is not None:
            check_name(name, self._row_names, "constraint")
        indices, coefficients, shift = parts_of(expression)
        check_living(self, indices)
        terms = merged(indices, coefficients)
        if terms[1] is not coefficients:  # they are sums
            for index, a in zip(*terms):
                coefficient(a, self._columns.label(index))
        indices, coefficients = terms
        lower, upper = less(lower, shift), less(upper, shift)
        check_sums((lower, upper), expression, SUMMED_SIDE)
        if row or len(indices) > 1:
            self._rows.append(indices, coefficients, lower, upper)
            kind: type[Constraint] = Constraint
        elif not indices:
            if not lower <= 0 <= upper:
                raise InvalidValue(
                    f"The constraint {relation} has no variables left and can never hold. Correct it, or leave it out."
                )
            self._constant_rows.append(lower, upper)
            kind = ConstantConstraint
        else:
            check_quotients(coefficients[0], lower, upper, relation)
            self._bound_rows.append(indices[0], coefficients[0], lower, upper)
            kind = BoundConstraint
            if self._journal is not None:
                self._journal.bounds.add(indices[0])
        store = store_in(kind, self)
        constraint = kind()  # as `handle` makes it, without another call
        constraint._program = self
        constraint._index = len(store) - 1
        name_row(store, constraint._index, name, self._row_names)
        if self._traces_constraints:
            frame = self._turns.asker or _getframe(HELPER)
            store.origins.put(constraint._index, frame.f_code, frame.f_lasti)
        return constraint

    @property
    @reads
    def constraints(self) -> Sequence[Constraint]:
        """All constraints: the rows, then the bounds on one variable, then the constant ones.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x"), lp.Var("y")
        >>> least, both = lp.add_constraint(x >= 5), lp.add_constraint(x + y <= 9)
        >>> lp.constraints
        [x + y <= 9, x >= 5]
        """
        found = []
        for kind, store in (
            (Constraint, self._rows),
            (BoundConstraint, self._bound_rows),
            (ConstantConstraint, self._constant_rows),
        ):
            found += [constraint_at(self, kind, i) for i in store.living()]
        return found

    @edits
    def remove(self, *things: Any) -> None:
        """Remove constraints and variables, alone or in arrays; a variable leaves every row and the objective.

        For a `Reformulation` it removes all variables and constraints that were made for it, for an array all elements.
        Raises `ForeignObject` and `RemovedObject` before anything is removed.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> both, least = lp.add_constraint(x + y <= 9), lp.add_constraint(x >= 2)
        >>> lp.remove(least, y)
        >>> lp.variables, lp.constraints
        ([x], [x <= 9])
        """
        each = [one for thing in things for one in getattr(thing, "flat", (thing,))]  # an array, or not
        for thing in each:
            if not isinstance(thing, (Variable, Constraint, Reformulation)):
                raise ExpressionError(
                    f"remove() takes variables and constraints, or arrays of them, not {quoted(thing)}. Of a list "
                    "write "
                    "remove(*list)."
                )
            self._living(thing)
        for thing in parts(each):
            if isinstance(thing, Variable):
                self._remove_variable(thing._index)
            elif not isinstance(thing, Reformulation):
                self._remove_constraint(thing)
        self._reformulations.remove({thing._index for thing in each if isinstance(thing, Reformulation)})
        self._edits += 1
        for thing in each:
            remember_name(self, thing)
        compact(self, self._objective)

    # ---- copies
    def __getitem__(self, other: _Handle) -> _Handle:
        """In a copy, its own handle for a variable, constraint or reformulation of the original."""
        if not isinstance(other, (Variable, Constraint, Reformulation)):
            raise ExpressionError(
                f"lp[...] takes a variable, constraint or reformulation, not {quoted(other)}. For an array write "
                "[copy[x] for x in array.flat]."
            )
        if other._program._family != self._family:
            raise ForeignObject(
                f"{quoted(other)} does not belong to a copy or the original of this program. Use one of these."
            )
        store: Sized = self._columns if isinstance(other, Variable) else other._store_of(self)
        if other._index >= len(store):
            raise RemovedObject(f"{quoted(other)} was made after this copy. Make a new copy.")
        if isinstance(other, Variable):
            return variable_at(self, other._index)
        if isinstance(other, Constraint):
            return constraint_at(self, type(other), other._index)
        return handle(Reformulation, self, other._index)


_pending = chaining.pending
_NO_LOWER, _LEAST = -inf, -HUGE
