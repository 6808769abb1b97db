"""What a listener is told while a solver works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Optional

from pplp.form.outcome import relative_gap

__all__ = ["Phase", "Progress"]

Phase = Literal["presolve", "simplex", "interior point", "first-order", "exact", "network", "branch and cut"]


@dataclass(frozen=True)
class Progress:
    """What a `progress` callable is told, while the solver works.

    Numbers that are not known are None.  In a mixed-integer program the phase "simplex" solves the relaxation.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x = lp.Var("x", lb=0, ub=4)
    >>> lp.objective = x
    >>> events = []
    >>> lp.maximize(progress=events.append)
    4.0
    >>> all(event.seconds >= 0 for event in events)
    True
    """

    #: "presolve", "simplex", "interior point", "first-order", "exact", "network" or "branch and cut".
    phase: Phase
    #: Since the solve began.
    seconds: float
    #: Of the simplex or interior point.
    iterations: int = 0
    #: At the point where the simplex or interior point is; it may violate constraints.
    objective: Optional[float] = None
    #: How far that point is from satisfying the constraints: 0 when it does.
    infeasibility: Optional[float] = None
    #: The objective of the best integer point found.
    incumbent: Optional[float] = None
    #: What the objective cannot pass.
    bound: Optional[float] = None
    #: Of the branch-and-cut tree.
    nodes: int = 0

    @property
    def gap(self) -> Optional[float]:
        """|incumbent - bound| / max(1e-10, |incumbent|); None without either."""
        return relative_gap(self.incumbent, self.bound)
