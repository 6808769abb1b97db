"""The rows and bounds of a program as elements of a conflict.

Rows and variables are numbered together, rows first.  An element is (number, side): the side LOWER or UPPER stands for
a bound of the row or variable, and INTEGRALITY for the condition that the variable is an integer.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from pplp.core.owner import bounds_at
from pplp.form.compiler import column_places
from pplp.form.matrix_form import MatrixForm

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["LOWER", "TOLERANCE", "UPPER", "INTEGRALITY", "Element", "System"]

LOWER, UPPER, INTEGRALITY = 0, 1, 2
Element = tuple[int, int]

#: A smaller violation counts as satisfied.
TOLERANCE = 1e-9


class System:
    """A program's rows and bounds, numbered as elements, and the deadline of the search for a conflict."""

    def __init__(self, program: Solvable, form: MatrixForm, deadline: float) -> None:
        self.form, self.deadline = form, deadline
        lower, upper = form.column_lower[:], form.column_upper[:]
        if any(form.integer):
            indices = column_places(program).indices()
            for j, whole in enumerate(form.integer):
                if whole:  # the form has the bounds of integers rounded
                    lower[j], upper[j] = bounds_at(program, indices[j])
        self.lower, self.upper = lower, upper
        #: The program without integrality, and with the bounds of integers as the user wrote them.
        self.relaxation = replace(form, column_lower=lower, column_upper=upper, integer=bytes(form.columns))

    def bound(self, k: int, side: int) -> float:
        """A bound of a row or variable as the user wrote it."""
        j = k - self.form.rows
        if j < 0:
            return (self.form.row_lower, self.form.row_upper)[side][k]
        return (self.lower, self.upper)[side][j]

    def seconds_left(self) -> float:
        """The seconds until the deadline; 0 after it."""
        return max(0.0, self.deadline - time.perf_counter())

    def with_bounds(self, elements: Iterable[Element], whole: bool = False) -> list[Element]:
        """The elements, and all bounds of the variables in their rows; `whole` adds their integrality."""
        form, found = self.form, list(elements)
        columns = sorted({j for i in {k for k, _ in found if k < form.rows} for j in form.row(i)[0]})
        for j in columns:
            k = form.rows + j
            found += [(k, side) for side in (LOWER, UPPER) if abs(self.bound(k, side)) < inf]
            if whole and form.integer[j]:
                found.append((k, INTEGRALITY))
        return found

    def sides(self, rows: Iterable[int]) -> list[Element]:
        """The finite bounds of these rows, as elements."""
        return [(i, side) for i in rows for side in (LOWER, UPPER) if abs(self.bound(i, side)) < inf]
