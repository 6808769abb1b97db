"""What a solve reports to the user: the optimum, or why there is none."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pplp.answers.solution import frame_of
from pplp.core.owner import turns_of
from pplp.errors import Infeasible
from pplp.form.outcome import Outcome, Status

if TYPE_CHECKING:
    from pplp.answers.frame import Frame
    from pplp.answers.solution import Solution
    from pplp.answers.solvable import Solvable

__all__ = ["complete_message", "message_of", "optimum_of"]


def complete_message(outcome: Outcome, program: Solvable, maximize: bool) -> None:
    """Give an outcome without a point a message that says why, in the user's names."""
    if outcome.numbers is not None:
        return
    if not outcome.message:
        outcome.message = message_of(program, outcome.status, maximize)
    elif outcome.status is Status.INFEASIBLE and outcome.method == "bounds":
        from pplp.diagnosis.empty_domains import empty_domain

        # An engine knows only the bounds after they were rounded to integers, not the constraints that they come from.
        outcome.message = empty_domain(program) or outcome.message


def message_of(program: Solvable, status: Status, maximize: bool) -> str:
    """The message of a status without a point."""
    if status is Status.INFEASIBLE:
        return "No point satisfies all constraints and bounds."
    if status not in (Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED):
        return ""
    from pplp.diagnosis.open_bounds import missing_bounds

    found = missing_bounds(program, maximize)
    missing = [f"{x.name} has no {side} bound" for x, side in found[:5]] + ["..."] * (len(found) > 5)
    # A user who set no lower bound may have expected a default one.
    free = " (a variable is free unless bounds are given)" if "lower" in [side for _, side in found] else ""
    said = f" {'; '.join(missing)}{free}." if missing else ""
    if status is Status.UNBOUNDED:
        return f"The objective is unbounded: it can improve without limit.{said}"
    return f"The program is infeasible or unbounded; the solver could not tell which.{said}"


def optimum_of(solution: Solution) -> float:
    """The optimum; or its error, which explains an infeasible program when its message is read."""
    try:
        return solution.objective_or_raise()
    except Infeasible as error:
        error._find = partial(_conflict, frame_of(solution))
        raise


def _conflict(frame: Frame) -> str:
    """A brief explanation of why the program is infeasible; empty if it was edited since, or is being solved."""
    program = frame.program_now()
    if program is None or turns_of(program).is_solved_by_others():
        return ""
    from pplp.diagnosis.message import brief_explanation

    return turns_of(program).alone(brief_explanation, program)
