"""The numbers of the optimum that GLPK holds, read on demand or before the problem is changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from pplp.engines.glpk.problem import Problem
from pplp.engines.glpk.threads import call
from pplp.form.outcome import TINY, snapped
from pplp.form.verification import ROUNDING

__all__ = ["LiveNumbers"]


#: A value below _MODEST is not an integer up to rounding if it is farther than _FAR from one.
_MODEST, _FAR = 1e4, 1e-9


class LiveNumbers:
    """Numbers of a simplex solution that are still in GLPK; the engine reads them before it changes the problem."""

    def __init__(self, problem: Problem, primal: Optional[list[float]], has_duals: bool = True) -> None:
        self._has_duals = has_duals
        self._problem: Optional[Problem] = problem
        self._primal = primal
        self._reduced_costs: Optional[list[float]] = None
        self._duals: Optional[list[float]] = None

    def read(self) -> None:
        """Copy everything that has not been read yet, and release the problem."""
        if self._problem is not None:
            call(self.read_here)

    def read_here(self) -> None:
        """Like `read`, in this thread."""
        problem = self._problem
        if problem is not None:
            if self._primal is None:
                self._primal = _snapped(problem, problem.column_values())
            if self._has_duals:
                self._reduced_costs = problem.reduced_costs()
                self._duals = problem.duals()
            self._problem = None

    def primal(self) -> Sequence[float]:
        """Values of the columns."""
        if self._primal is None:
            self.read()
        assert self._primal is not None
        return self._primal

    def reduced_costs(self) -> Optional[Sequence[float]]:
        """Reduced costs of the columns."""
        self.read()
        return self._reduced_costs

    def duals(self) -> Optional[Sequence[float]]:
        """Duals of the rows."""
        self.read()
        return self._duals


def _snapped(problem: Problem, values: list[float]) -> list[float]:
    """The values, with those near an integer rounded to it and those outside a bound moved to it.

    The changes are so small that the rows need no check.  A small number becomes 0 only if it is also small relative
    to the largest value.
    """
    least: Optional[float] = None
    for j in [j for j, is_whole in enumerate(map(float.is_integer, values)) if not is_whole]:
        value, low, high = values[j], *problem.column_bounds(j)
        if low <= value <= high and _FAR < value % 1.0 < 1.0 - _FAR and abs(value) < _MODEST:
            continue  # fast path: the value stays as it is
        if -TINY <= value <= TINY:
            least = ROUNDING * max(map(abs, values)) if least is None else least
            if abs(value) > least:
                continue
        values[j] = low if value < low else high if value > high else snapped(value)
    return values
