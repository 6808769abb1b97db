"""The handle of a constraint: thin, like a variable's; its data is in its program's rows."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Optional

from pplp.core.expressions import LinearExpression, Variable, column_in, evaluate, sum_from
from pplp.core.handle import Handle, handle, owner_of
from pplp.core.owner import (
    bound_rows_of,
    columns_of,
    constant_rows_of,
    current_of,
    row_names_of,
    rows_of,
    set_constraint_bounds,
    set_terms,
    title_of,
)
from pplp.core.protocols import NumpyOperand
from pplp.core.relations import Relation, expression_of, lower_of, show_row, upper_of
from pplp.core.rows import _Named
from pplp.core.scalars import coefficient, constant, is_number, is_truth, refuse_truths, two_of
from pplp.core.shown import Shown
from pplp.core.turns import reads
from pplp.errors import ExpressionError, ForeignObject, InvalidValue
from pplp.ground.acceleration import compiled
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.core.origins import Origin
    from pplp.core.owner import Owner
    from pplp.core.values import Values

__all__ = ["BoundConstraint", "ConstantConstraint", "Constraint"]


@compiled
class Constraint(Handle[_Named], Shown):
    """``lb <= expression <= ub`` in a program, returned by `LinearProgram.add_constraint`.

    Constants of the relation have been moved to its bounds.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    >>> steel = lp.add_constraint(2*x + y + 3 <= 103, name="steel")
    >>> steel
    steel: 2 x + y <= 100
    >>> lp.objective = x + y
    >>> lp.maximize(), steel.dual, steel.slack
    (100.0, 1.0, 0.0)
    >>> steel.ub = 120
    >>> lp.maximize()
    120.0
    """

    __slots__ = ()

    @staticmethod
    def _store_of(program: Owner) -> _Named:
        return rows_of(program)

    def __repr__(self) -> str:
        store, row = self._store(), self._row
        if row in store.removed:
            return f"<constraint {self.name}, removed>"
        name = store.names.get(row)
        text = show_row(repr(self.expression), self.lb, self.ub)
        return f"{name}: {text}" if name else text

    # ---- what it says
    @property
    def name(self) -> str:
        """Its name: the one given, or a letter and a number."""
        return self._store().label(self._row, row_names_of(self._program))

    @property
    def origin(self) -> Optional[Origin]:
        """The file and line where it was written; None if that was not recorded (`LinearProgram.trace`)."""
        return self._store_of(self._program).origin(self._index)

    @property
    def expression(self) -> LinearExpression:
        """The linear part."""
        return self._matrix_row()

    def _matrix_row(self) -> LinearExpression:
        program = self._program
        indices, values = _terms(program, self._living())
        kept = [(j, a) for j, a in zip(indices, values) if j not in columns_of(program).removed]
        return sum_from(program, [j for j, _ in kept], [a for _, a in kept], 0.0)

    @property
    def lb(self) -> float:
        """The lower bound of the expression; -inf for none."""
        return float(self._store().lower[self._living()])

    @lb.setter
    def lb(self, value: float) -> None:
        set_constraint_bounds(self._program, self, value, None)

    @property
    def ub(self) -> float:
        """The upper bound of the expression; inf for none."""
        return float(self._store().upper[self._living()])

    @ub.setter
    def ub(self, value: float) -> None:
        set_constraint_bounds(self._program, self, None, value)

    @property
    def rhs(self) -> float:
        """The right-hand side: the one finite bound, or both if they are equal.

        Raises `InvalidValue` for a range, which has two.
        """
        lower, upper = self.lb, self.ub
        if lower != upper and (lower == -inf) == (upper == inf):
            raise InvalidValue(f"{self} has no single right-hand side. Read and set .lb and .ub.")
        return lower if upper == inf else upper

    @rhs.setter
    def rhs(self, value: float) -> None:
        lower, upper = self.lb, self.ub
        if lower != upper and (lower == -inf) == (upper == inf):
            raise InvalidValue(f"{self} has no single right-hand side. Read and set .lb and .ub.")
        set_constraint_bounds(
            self._program, self, lower=value if lower > -inf else None, upper=value if upper < inf else None
        )

    @property
    def bounds(self) -> tuple[float, float]:
        """Both bounds, ``(lb, ub)``; set them together, whatever they were: ``c.bounds = 5, 9``.

        Raises `InvalidValue` for bounds that cross, NaN, and a pair that nothing satisfies.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x"), lp.Var("y")
        >>> c = lp.add_constraint(x + y <= 3)
        >>> c.bounds = 5, 9
        >>> c, c.bounds
        (5 <= x + y <= 9, (5.0, 9.0))
        """
        return self.lb, self.ub

    @bounds.setter
    def bounds(self, pair: tuple[float, float]) -> None:
        lower, upper = two_of(pair, self)
        set_constraint_bounds(self._program, self, lower, upper)

    @property
    def terms(self) -> tuple[tuple[Variable, float], ...]:
        """Its variables and their coefficients; see `LinearExpression.terms`."""
        return self.expression.terms

    @property
    def constant(self) -> float:
        """The constant of its expression: always 0, because numbers are part of its bounds."""
        return self.expression.constant

    def coefficient(self, variable: Variable) -> float:
        """The coefficient of a variable in it; 0 if it does not occur."""
        return self.expression.coefficient(variable)

    def set_coefficient(self, variable: Variable, value: float) -> None:
        """Change the coefficient of a variable in it; 0 removes the variable.

        A constraint on one variable, or on none, becomes a row of the matrix when it gets another variable; the handle
        stays the same.  Raises `InvalidValue` for NaN and infinities, and for a constraint given as `True`, whose
        bounds are unknown; `ForeignObject` and `RemovedObject` for variables of another program or removed ones.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> need = lp.add_constraint(2*x >= 6)
        >>> need.set_coefficient(y, 1)
        >>> need
        2 x + y >= 6
        """
        index = column_in(self._program, variable)
        set_terms(self._program, self, index, coefficient(value, variable))

    # ---- what the solution says of it
    @property
    def value(self) -> float:
        """The value of the expression at the current solution."""
        return self._value_in(current_of(self._program, "value"))

    def _value_in(self, solution: Values) -> float:
        return evaluate(self.expression, solution.values_at)

    @property
    def slack(self) -> float:
        """How far the value is inside the nearer bound; 0 if the constraint is binding."""
        value = self.value
        return min(value - self.lb, self.ub - value)

    @property
    def dual(self) -> float:
        """d(objective)/d(right-hand side), for maximize and minimize alike.

        Raises `NoDuals` for a program with integer variables.
        """
        return current_of(self._program, "dual").dual(self)  # type: ignore[no-any-return]


class _OutsideMatrix(Constraint):
    """A constraint that is not a row of the matrix until it gets a coefficient that makes it one."""

    __slots__ = ()

    def _store(self) -> _Named:
        own = self._store_of(self._program)
        return rows_of(self._program) if self._index in own.moved else own

    @property
    def _row(self) -> int:
        return self._store_of(self._program).moved.get(self._index, self._index)


class BoundConstraint(_OutsideMatrix):
    """A constraint on one variable, kept as a bound of its column.

    Its dual is its share of the variable's reduced cost: all of it if the constraint
    sets the bound that the variable is at, else 0.  A coefficient of another variable makes it a row.
    """

    __slots__ = ()

    @staticmethod
    def _store_of(program: Owner) -> _Named:
        return bound_rows_of(program)

    @property
    def expression(self) -> LinearExpression:
        """The linear part."""
        if self._store() is rows_of(self._program):
            return self._matrix_row()
        rows, row = bound_rows_of(self._program), self._living()
        return sum_from(self._program, [rows.column[row]], [rows.factor[row]], 0.0)


class ConstantConstraint(_OutsideMatrix):
    """A constraint without variables, which always holds.  A coefficient makes it a row of the matrix."""

    __slots__ = ()

    @staticmethod
    def _store_of(program: Owner) -> _Named:
        return constant_rows_of(program)

    @property
    def expression(self) -> LinearExpression:
        """The linear part: 0, until it gets a coefficient."""
        if self._store() is rows_of(self._program):
            return self._matrix_row()
        self._living()
        return sum_from(self._program, [], [], 0.0)


_constraint = handle  # its name in older pickles


@reads
def _terms(program: Owner, row: int) -> tuple[list[int], list[float]]:
    return rows_of(program).terms(row)


def same_program(program: Owner, thing: Any) -> None:
    """Raise `ForeignObject` unless the variable or constraint is of this program."""
    if owner_of(thing) is not program:
        owner, here = title_of(owner_of(thing)), title_of(program)
        owner = owner if owner != here else "another program" + " of this name" * bool(program.name)
        raise ForeignObject(f"{thing} belongs to {owner}, but is used in {here}. Use this program's.")


def constraint_at(program: Owner, kind: type[Constraint], index: int) -> Constraint:
    """The constraint of this kind and index."""
    first = rows_of(program).first
    if kind is Constraint and index in first:  # it was added as a bound
        kind, index = first[index]
    return handle(kind, program, index)


def read_relation(program: Owner, relation: Any) -> tuple[LinearExpression, float, float]:
    """(expression, lower, upper) of whatever `add_constraint` takes."""
    if isinstance(relation, Relation):
        expression, lower, upper = expression_of(relation), lower_of(relation), upper_of(relation)
    elif isinstance(relation, tuple) and len(relation) == 3 and isinstance(relation[1], LinearExpression):
        return read_relation(program, relation[1].between(relation[0], relation[2]))
    elif isinstance(relation, tuple) and len(relation) == 3 and all(map(is_number, relation)):
        expression = sum_from(program, [], [], constant(relation[1], "a constraint"))
        return read_relation(program, expression.between(relation[0], relation[2]))
    elif is_truth(relation):
        if not relation:
            raise InvalidValue(
                "The constraint is False: a comparison of plain numbers that can never hold, such as sum([]) >= 1. "
                "Look whether an empty list was summed."
            )
        expression, lower, upper = sum_from(program, [], [], 0.0), -inf, inf
    elif isinstance(relation, (LinearExpression, NumpyOperand)):
        raise ExpressionError(f"{relation} is an expression, not a constraint. Compare it: <=, >= or == a number.")
    else:
        refuse_truths(relation)
        raise ExpressionError(
            f"{quoted(relation)} ({type(relation).__name__}) is not a constraint. "
            "Write a comparison of expressions, such as x + y <= 4, or a triple (lo, e, hi)."
        )
    same_program(program, expression)
    return expression, lower, upper
