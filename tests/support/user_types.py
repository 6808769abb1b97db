"""What a type checker tells a user: `mypy`, which checks this file, fails where it tells something else.

It is not run: `assert_type` does nothing, and is of no Python that is tested here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Union

from pplp import Constraint, LinearExpression, LinearProgram, Relation, Solution, Status, Variable
from pplp.answers.ranges import ConstraintRanges, VariableRanges
from pplp.arrays.keyed import VariableMap
from pplp.arrays.variables import VariableArray

if TYPE_CHECKING:
    from typing_extensions import assert_type


def variables_and_expressions(lp: LinearProgram, numbers: Any) -> None:
    x, y = lp.Var("x", lb=0), lp.IntVar("y", lb=0, ub=9)
    assert_type(x, Variable)
    assert_type(y, Variable)
    assert_type(2 * x + y - 1, LinearExpression)
    assert_type(x.lb, float)
    assert_type(x.integer, bool)
    assert_type(x.value, Union[int, float])
    assert_type((2 * x).value, float)
    assert_type(round(x), int)
    assert_type(round(x, 2), float)
    assert_type(lp.variables, Sequence[Variable])
    assert_type(2 * x + y <= 3, Relation)
    assert_type(x >= y, Relation)
    assert_type(x == y, Relation)
    assert_type(1 <= x, Relation)
    assert_type(x <= numbers, Any)  # an array of relations
    assert_type(sum([x, y]) <= 4, Union[Relation, bool])  # True of an empty list


def many_variables(lp: LinearProgram, frame: Any) -> None:
    assert_type(lp.Vars(3), VariableArray)
    assert_type(lp.Vars((2, 3), lb=0), VariableArray)
    assert_type(lp.Vars(["milk", "bread"]), VariableMap)
    assert_type(lp.Vars(frame.index), Any)


def constraints(lp: LinearProgram, x: Variable, numbers: Any) -> None:
    limit = lp.add_constraint(2 * x <= 3, name="limit")
    assert_type(limit, Constraint)
    assert_type(lp.add_constraint((0, 2 * x, 3)), Constraint)
    assert_type(lp.add_constraint(sum([x, x]) <= 4), Constraint)
    assert_type(lp.add_constraint(x <= numbers), Any)
    assert_type(limit.dual, float)
    assert_type(limit.slack, float)
    assert_type(limit.rhs, float)
    assert_type(lp.constraints, Sequence[Constraint])
    twin = lp.copy()
    assert_type(twin[x], Variable)
    assert_type(twin[limit], Constraint)


def answers(lp: LinearProgram, x: Variable, limit: Constraint, numbers: Any) -> None:
    assert_type(lp.maximize(), float)
    assert_type(lp.minimize([x, 2 * x]), tuple[float, ...])
    solution = lp.solve("maximize")
    assert_type(solution, Solution)
    assert_type(solution.status, Status)
    assert_type(solution.sense, str)
    assert_type(solution.objective, float)
    assert_type(solution[x], Union[int, float])
    assert_type(solution.value(2 * x), float)
    assert_type(solution.value([x, x]), Any)
    assert_type(solution.dual(limit), float)
    assert_type(lp.value(x + 1), float)
    assert_type(lp.objective, LinearExpression)
    assert_type(lp.sensitivity()[x], VariableRanges)
    assert_type(lp.sensitivity()[limit], ConstraintRanges)
    assert_type(lp.explain().kind, Literal["infeasible", "unbounded", "feasible", "unknown"])
