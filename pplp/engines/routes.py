"""What engines share that try one method after another until an answer is confirmed: outcomes and messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Optional

from pplp.engines.clock import Clock
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Outcome, ReadNumbers, Status
from pplp.form.verification import rounded_objective

__all__ = ["Search", "rejected", "every_route_failed"]


class Search(NamedTuple):
    """The outcome of a search for integer points, such as branch and cut."""

    status: Status
    route: str
    message: str = ""
    values: Optional[list[float]] = None
    bound: Optional[float] = None
    nodes: int = 0
    #: True if it is proved in exact arithmetic; then no other search is tried.
    is_proved: bool = False

    def outcome(self, form: MatrixForm, clock: Clock) -> Outcome:
        """The search as an engine's outcome."""
        numbers, objective = None, float("nan")
        if self.values is not None:
            numbers, objective = ReadNumbers(self.values, None, None), rounded_objective(form, self.values)
        return Outcome(
            self.status,
            numbers,
            objective,
            objective if self.status is Status.OPTIMAL else self.bound,
            clock.iterations,
            self.nodes,
            clock.solver_seconds,
            self.route,
            self.message,
        )


def rejected(clock: Clock, route: str, said: str) -> str:
    """Log why another method is tried after this one; returns the reason, for `every_route_failed`."""
    if clock.has_listeners:
        clock.log(f"The {route} ended with: {said}. This is not confirmed, so another method is tried.")
    return f"{route}: {said}"


def every_route_failed(trouble: Sequence[str]) -> str:
    """The message if no method gave a confirmed answer."""
    return (
        "No method gave an answer that satisfies the program's own data within tolerance. "
        f"{'; '.join(trouble)}. Look for coefficients of very different size, and for big-M constants that could be "
        "smaller."
    )
