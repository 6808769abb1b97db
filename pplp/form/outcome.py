"""An engine's answer about a form: why it stopped, and the numbers, by position in the matrix."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from math import nan
from typing import Any, Optional, Protocol

from pplp.ground.pickles import Pickled

__all__ = ["Numbers", "Outcome", "ReadNumbers", "Status", "relative_gap", "snapped"]


class Status(enum.Enum):
    """Why the solver stopped.  Whether there are values is a separate question: `Solution.has_solution`.

    `OPTIMAL` means proved optimal; if a `gap` or `absolute_gap` is met before, the status is `GAP_REACHED`,
    which counts as an answer: `maximize` and `minimize` return it.  After a limit or an interruption
    the solution has the best point found, if there is one, with `bound` and `gap`.  `FAILED` is for one of many
    programs whose solve ended with an error, which is in `Solution.message`.

    >>> from pplp import LinearProgram, Status
    >>> lp = LinearProgram()
    >>> lp.objective = lp.Var("x")
    >>> solution = lp.solve("minimize")
    >>> solution.status is Status.UNBOUNDED, str(solution.status), solution.has_solution
    (True, 'unbounded', False)
    """

    UNSOLVED = "unsolved"
    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    INFEASIBLE_OR_UNBOUNDED = "infeasible or unbounded"
    GAP_REACHED = "gap reached"
    TIME_LIMIT = "time limit"
    ITERATION_LIMIT = "iteration limit"
    NODE_LIMIT = "node limit"
    INTERRUPTED = "interrupted"
    NUMERICAL = "numerical trouble"
    FAILED = "failed"

    def __str__(self) -> str:
        return self.value


class Numbers(Protocol):
    """The source of a solution's numbers: an engine that still has them, or lists."""

    def primal(self) -> Sequence[float]:
        """Values of the columns, by position."""

    def reduced_costs(self) -> Optional[Sequence[float]]:
        """Reduced costs of the columns, by position; None if there are none."""

    def duals(self) -> Optional[Sequence[float]]:
        """Duals of the rows, by position; None if there are none."""


class ReadNumbers:
    """Numbers in lists."""

    def __init__(
        self, primal: Sequence[float], reduced_costs: Optional[Sequence[float]], duals: Optional[Sequence[float]]
    ) -> None:
        self._primal, self._reduced_costs, self._duals = primal, reduced_costs, duals

    def primal(self) -> Sequence[float]:
        """Values of the columns."""
        return self._primal

    def reduced_costs(self) -> Optional[Sequence[float]]:
        """Reduced costs of the columns."""
        return self._reduced_costs

    def duals(self) -> Optional[Sequence[float]]:
        """Duals of the rows."""
        return self._duals


class Outcome(Pickled):
    """An engine's answer to a solve, by position in the matrix; the program makes a `Solution` of it."""

    __slots__ = (
        "bound",
        "iterations",
        "lazy_constraints",
        "message",
        "method",
        "nodes",
        "numbers",
        "objective",
        "others",
        "own_objective",
        "reason",
        "seconds",
        "solver",
        "solver_reason",
        "status",
    )

    def __init__(
        self,
        status: Status,
        numbers: Optional[Numbers] = None,
        objective: float = nan,
        bound: Optional[float] = None,
        iterations: int = 0,
        nodes: int = 0,
        seconds: float = 0.0,
        method: str = "",
        message: str = "",
        reason: str = "",
    ) -> None:
        self.status = status
        self.numbers = numbers
        self.objective = objective
        self.bound = bound
        self.iterations = iterations
        self.nodes = nodes
        self.seconds = seconds
        self.method = method
        self.message = message
        self.lazy_constraints: tuple[Any, ...] = ()
        self.others: tuple[Any, ...] = ()
        self.own_objective = True  # True if the objective is the program's own
        self.reason = reason
        self.solver = self.solver_reason = ""


#: What differs from an integer by no more is that integer; whether such a number is 0 depends on others beside it.
TINY = 1e-11


def snapped(value: float) -> float:
    """The nearest integer if the value equals it up to rounding, else the value.

    Solvers compute in floating point and return 0.9999999999999998 for 1.
    """
    nearest = round(value)
    return float(nearest) if abs(value - nearest) <= max(TINY, 1e-14 * abs(value)) else value


def relative_gap(objective: Optional[float], bound: Optional[float]) -> Optional[float]:
    """The relative gap |objective - bound| / max(1e-10, |objective|); None if one of them is unknown.

    >>> relative_gap(20.0, 21.0), relative_gap(20.0, None)
    (0.05, None)
    """
    if objective is None or bound is None:
        return None
    return abs(objective - bound) / max(1e-10, abs(objective))
