"""The values of expressions, functions and collections of them, in a solution or in a program's current one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pplp.core.constraints import same_program
from pplp.core.expressions import LinearExpression, Variable, evaluate
from pplp.core.handle import owner_of
from pplp.core.owner import Owned, current_of
from pplp.core.scalars import is_number, of_each, real
from pplp.errors import ExpressionError, RemovedObject
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.core.owner import Owner
    from pplp.core.values import Values

__all__ = ["Valued", "check_known", "value_in", "value_now"]

# Any: of a collection there is a collection of values, of an array an array.


class Valued(Owned):
    """What has a value of its own making in a solution: arrays, keyed variables and functions."""

    __slots__ = ()

    @property
    def value(self) -> Any:
        """The value at the program's current solution."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _value_in(self, solution: Values) -> Any:
        """The value in a solution of its program."""
        raise NotImplementedError  # pragma: no cover - each kind has its own


def value_now(program: Owner, expression: Any) -> Any:
    """Implements `LinearProgram.value`."""
    if is_number(expression):
        return real(expression, "value")
    if isinstance(expression, Valued):
        same_program(program, expression)
        return expression.value
    if isinstance(expression, (list, tuple, Mapping)):
        return of_each(program.value, expression)
    if not isinstance(expression, LinearExpression):
        raise ExpressionError(f"{quoted(expression)} has no value in a program. Pass an expression.")
    same_program(program, expression)
    return _value(current_of(program, "value"), expression)


def value_in(solution: Values, expression: Any) -> Any:
    """Implements `Solution.value`."""
    if isinstance(expression, Valued):
        check_known(solution, expression)
        return expression._value_in(solution)
    if isinstance(expression, (list, tuple, dict)):
        return of_each(solution.value, expression)
    if not isinstance(expression, LinearExpression):
        raise ExpressionError(f"{quoted(expression)} has no value in a solution. Pass an expression.")
    check_known(solution, expression)
    return _value(solution, expression)


def _value(solution: Values, expression: LinearExpression) -> float:
    return solution[expression] if isinstance(expression, Variable) else evaluate(expression, solution.values_at)


def check_known(solution: Values, expression: Any) -> None:
    """Raise `RemovedObject` for an expression of another program, whose variables have the same indices."""
    if not solution.knows(owner_of(expression)):
        raise RemovedObject(
            f"{expression} is not part of this solution, but of another program. Use a solution of that."
        )
