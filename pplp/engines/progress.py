"""What a listener is told while a solver works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Optional

from pplp.form.outcome import relative_gap

__all__ = ["Phase", "Progress"]

Phase = Literal["presolve", "simplex", "interior point", "first-order", "exact", "network", "branch and cut"]


@dataclass(frozen=True)
class Progress:
    """The argument of a `progress` callable, while the solver works.

    Unknown numbers are None.  In a mixed-integer program the phase "simplex" solves the relaxation.

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

    #: "presolve", "simplex", "interior point", "exact", "network" or "branch and cut".
    phase: Phase
    #: Wall-clock time since the solve began, in seconds.
    seconds: float
    #: Iterations of the simplex or interior-point method.
    iterations: int = 0
    #: The objective at the current point of the simplex or interior-point method, which may violate constraints.
    objective: Optional[float] = None
    #: How far that point is from satisfying the constraints; 0 if it does.
    infeasibility: Optional[float] = None
    #: The objective of the best integer point found.
    incumbent: Optional[float] = None
    #: The bound on the objective that is proved so far.
    bound: Optional[float] = None
    #: Nodes of the branch-and-cut tree.
    nodes: int = 0

    @property
    def gap(self) -> Optional[float]:
        """The relative gap |incumbent - bound| / max(1e-10, |incumbent|); None without either."""
        return relative_gap(self.incumbent, self.bound)
