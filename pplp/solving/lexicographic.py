"""Several objectives in order of priority: each is optimized over the points that are optimal for the earlier ones.

    z1 = max e1,   z2 = max e2 subject to e1 >= z1 - loss1,   z3 = max e3 subject to e2 >= z2 - loss2 as well, ...

The rows and objectives are added to a copy, so that nothing can be left behind in the program.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, Any

from pplp.answers.solution import Solution
from pplp.answers.solvable import session_of
from pplp.core.constraints import Constraint, same_program
from pplp.core.expressions import LinearExpression, evaluate, parts_of, sum_from
from pplp.core.owner import check_living, columns_of, version_of
from pplp.core.scalars import is_number, real
from pplp.core.sense import Sense
from pplp.engines.contract import Options
from pplp.errors import ExpressionError, OptionError
from pplp.form.compiler import column_places, row_places
from pplp.form.outcome import Status
from pplp.ground.quoting import quoted
from pplp.solving.verdicts import complete_message

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["optimized"]

#: The relative accuracy of an optimum in floating point.  Earlier objectives are relaxed by this much if the next
#: program is infeasible otherwise.
_ROUNDING = 1e-7


def optimized(
    program: Solvable, objectives: Sequence[Any], sense: Sense, keywords: dict[str, Any]
) -> tuple[Solution, tuple[float, ...]]:
    """The solution of the last objective, or of the first without an optimum; and, in the first case, all values.

    Raises `ExpressionError` unless it is a list of expressions, and `OptionError` for a loss that is not a number, or
    negative, or whose count is not that of the objectives, and for the option `pool`.
    """
    expressions = _expressions(program, objectives, sense)
    losses = [_numbers(keywords.pop(name, 0.0), name, len(expressions)) for name in ("absolute_loss", "relative_loss")]
    options, lazy = Options.of(keywords), list[Any]()
    if options.pool != 1:
        raise OptionError(
            "pool does not apply to several objectives in order. Solve for one objective, or leave it out."
        )
    if options.callback is not None or options.start is not None:
        from pplp.solving.search import placed

        options, lazy = placed(program, options)
    limit, began = options.time_limit, time.perf_counter()
    maximize, places = sense.is_maximize, (column_places(program), row_places(program))
    twin, rows, stop = program.copy(), list[Constraint](), session_of(program).stop
    frame = session_of(program).frame(program, version_of(program), places)
    try:
        for k, (expression, absolute, relative) in enumerate(zip(expressions, *losses)):
            if limit is not None:
                left = max(0.0, float(limit) - (time.perf_counter() - began))
                options = dataclasses.replace(options, time_limit=left)
            twin.objective = sum_from(twin, *parts_of(expression))
            outcome = session_of(twin).ask(twin, maximize, options, stop)
            if k and outcome.status in (Status.INFEASIBLE, Status.NUMERICAL):
                # The previous optimum is feasible up to rounding, so the rows are too tight by that much.
                for row in rows:
                    _widen(row)
                outcome = session_of(twin).ask(twin, maximize, options, stop)
            complete_message(outcome, twin, maximize)
            outcome.lazy_constraints, outcome.own_objective = tuple(lazy), False
            solution = Solution(outcome, sense.value, frame)
            if outcome.status not in (Status.OPTIMAL, Status.GAP_REACHED):
                outcome.message = f"Objective {k + 1} of {len(expressions)}, {expression}: {_said(solution)}"
                return solution, ()
            best = outcome.objective
            loss = max(absolute, relative * abs(best))
            if k + 1 < len(expressions):
                level = twin.objective
                rows.append(twin.add_constraint(level >= best - loss if maximize else level <= best + loss))
            if outcome.numbers is not None and columns_of(program).any_integer:
                options = dataclasses.replace(options, start=list(outcome.numbers.primal()))
        return solution, tuple(evaluate(expression, solution.values_at) for expression in expressions)
    finally:
        session_of(twin).close()


def _widen(row: Constraint) -> None:
    """Relax the row by the rounding error that an optimum may have."""
    if row.lb > -inf:
        row.lb -= _ROUNDING * max(1.0, abs(row.lb))
    if row.ub < inf:
        row.ub += _ROUNDING * max(1.0, abs(row.ub))


def _said(solution: Solution) -> str:
    return solution.message or f"the solver stopped: {solution.status}."


def _expressions(program: Solvable, objectives: Any, sense: Sense) -> list[LinearExpression]:
    if isinstance(objectives, LinearExpression) or is_number(objectives):
        raise ExpressionError(
            f"{sense}() takes a list of objectives in order of priority, not {objectives}. "
            f"A single one is assigned: lp.objective = {objectives}."
        )
    if not isinstance(objectives, Sequence) or isinstance(objectives, str) or not len(objectives):
        raise ExpressionError(f"{sense}() takes a list of objectives in order of priority, not {quoted(objectives)}.")
    for expression in objectives:
        if not isinstance(expression, LinearExpression):
            raise ExpressionError(
                f"Every objective of {sense}() must be a linear expression, not {quoted(expression)}."
            )
        same_program(program, expression)
        check_living(program, parts_of(expression)[0])
    return list(objectives)


def _numbers(given: Any, name: str, count: int) -> list[float]:
    """One number for each objective."""
    several = isinstance(given, Sequence) and not isinstance(given, (str, bytes))
    numbers = list(given) if several else [given] * count
    if len(numbers) != count:
        raise OptionError(f"{name} must be one number, or one for each of the {count} objectives, not {quoted(given)}.")
    if not all(map(is_number, numbers)):
        raise OptionError(f"{name} must be a nonnegative number, or a list of them, not {quoted(given)}.")
    numbers = [real(number, name) for number in numbers]
    if not all(0 <= number < inf for number in numbers):
        raise OptionError(f"{name} must be a nonnegative number, or a list of them, not {quoted(given)}.")
    return numbers
