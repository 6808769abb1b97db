"""The numbers of a solution with their names, one by one: for tables, files and pages."""

from __future__ import annotations

from typing import Optional, Union

from pplp.answers.solution import Solution, frame_of, numbers_of
from pplp.core.scalars import made_name

__all__ = ["Listing"]


class Listing:
    """The variables and rows of a solution, by position; none without a point, and no rows without duals."""

    def __init__(self, solution: Solution) -> None:
        numbers, frame = numbers_of(solution), frame_of(solution)
        #: The number of variables, and of rows.
        self.variables = self.rows = 0
        self.has_duals = False
        if numbers is None:
            return
        self._values, self._costs, self._duals = numbers.primal(), numbers.reduced_costs(), numbers.duals()
        self._columns, self._rows, self._integer = frame.at_column.indices(), frame.at_row.indices(), frame.integer
        self._names = frame.names
        self._taken = {*frame.names[0].values()}, {*frame.names[1].values()}
        self.variables, self.has_duals = len(self._columns), self._duals is not None
        self.rows = len(self._rows) if self.has_duals else 0

    def variable(self, place: int) -> tuple[str, Union[int, float], Optional[float]]:
        """(name, value, reduced cost): an int for an integer variable, None if reduced costs are unknown."""
        index, value, costs = self._columns[place], self._values[place], self._costs
        name = self._names[0].get(index) or made_name("x", index, self._taken[0])
        is_integer = self._integer and self._integer[place]
        return name, int(value) if is_integer else value + 0.0, None if costs is None else costs[place] + 0.0

    def row(self, place: int) -> tuple[str, float]:
        """(name, dual)."""
        assert self._duals is not None
        index = self._rows[place]
        return self._names[1].get(index) or made_name("R", index, self._taken[1]), self._duals[place] + 0.0
