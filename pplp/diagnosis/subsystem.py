"""Tests whether some elements of a system conflict: an engine solves them as a program of their own."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import accumulate
from math import inf
from typing import Optional

from pplp.core.scalars import integral
from pplp.diagnosis.system import INTEGRALITY, LOWER, TOLERANCE, UPPER, Element, System
from pplp.engines.contract import Options
from pplp.engines.registry import make_engine
from pplp.form.matrix_form import Edits, MatrixForm
from pplp.form.outcome import Status

__all__ = ["Subsystem"]

#: The limits on nodes and seconds of one test.
_NODES, _SECONDS = 20_000, 5.0


class Subsystem:
    """Some elements of a system, loaded into an engine once; each test may leave out some of them."""

    def __init__(self, system: System, elements: Iterable[Element]) -> None:
        form = system.form
        self._system = system
        self._present = set(elements)
        numbers = {k for k, _ in self._present}
        self._rows = sorted(k for k in numbers if k < form.rows)
        columns = {k - form.rows for k in numbers if k >= form.rows}
        columns.update(j for i in self._rows for j in form.row(i)[0])
        self._columns = sorted(columns)
        self._at_row = {i: place for place, i in enumerate(self._rows)}
        self._at_column = {j: place for place, j in enumerate(self._columns)}
        self._out: set[Element] = set()
        both = [(k, *self._bounds(k)) for k in (form.rows + j for j in self._columns)]
        self._crossing = [k for k, low, high in both if low > high]
        self._point: list[float] = []
        self._engine = make_engine("glpk")
        self._engine.load(self.form())

    def close(self) -> None:
        """Release the solver's memory."""
        self._engine.close()

    def element(self, k: int, side: int) -> Element:
        """The element of the system for row or variable k of this program."""
        rows = len(self._rows)
        return (self._rows[k] if k < rows else self._system.form.rows + self._columns[k - rows]), side

    def form(self) -> MatrixForm:
        """The program of the elements that are not left out, without an objective."""
        whole = self._system.form
        terms = [whole.row(i) for i in self._rows]
        row_bounds = [self._bounds(i) for i in self._rows]
        column_bounds = [self._bounds(whole.rows + j) for j in self._columns]
        indices = array("i", [self._at_column[j] for those, _ in terms for j in those])
        values = array("d", [a for _, factors in terms for a in factors])
        return MatrixForm(
            False,
            0.0,
            array("d", bytes(8 * len(self._columns))),
            array("d", [low for low, _ in column_bounds]),
            array("d", [high for _, high in column_bounds]),
            bytes(self._is_whole(j) for j in self._columns),
            array("d", [low for low, _ in row_bounds]),
            array("d", [high for _, high in row_bounds]),
            array("q", accumulate((len(those) for those, _ in terms), initial=0)),
            indices,
            values,
        )

    def _has(self, k: int, side: int) -> bool:
        return (k, side) in self._present and (k, side) not in self._out

    def _is_whole(self, j: int) -> bool:
        return self._has(self._system.form.rows + j, INTEGRALITY)

    def _bounds(self, k: int) -> tuple[float, float]:
        low = self._system.bound(k, LOWER) if self._has(k, LOWER) else -inf
        high = self._system.bound(k, UPPER) if self._has(k, UPPER) else inf
        if self._has(k, INTEGRALITY):
            return integral(low, high)
        return low, high

    def is_infeasible_without(self, out: set[Element], patient: bool = False) -> Optional[bool]:
        """True if the elements conflict even without `out`; None if unknown.

        A test takes at most `_SECONDS`, or all the time that is left if it is `patient`.
        """
        changed = {k for k, _ in self._out ^ out}
        rows = self._system.form.rows
        self._out = set(out)
        if changed:
            columns = [k - rows for k in changed if k >= rows]
            edits = Edits(
                column_bounds={self._at_column[j]: self._bounds(rows + j) for j in columns},
                integer={self._at_column[j]: self._is_whole(j) for j in columns if self._system.form.integer[j]},
                row_bounds={self._at_row[k]: self._bounds(k) for k in changed if k < rows},
            )
            self._engine.update(edits, self.form)
        if any(low > high for low, high in map(self._bounds, self._crossing)):
            return True
        left = self._system.seconds_left()
        options = Options(
            time_limit=left if patient else min(left, _SECONDS), node_limit=_NODES, feasibility_tolerance=TOLERANCE
        )
        outcome = self._engine.solve(options)
        if outcome.status is Status.INFEASIBLE:
            return True
        if outcome.numbers is None:
            return None
        self._point = list(outcome.numbers.primal())
        return False

    def point(self) -> list[float]:
        """The last point that a test found, with a value for each variable of the system (0 for those not here)."""
        values = [0.0] * self._system.form.columns
        for j, value in zip(self._columns, self._point):
            values[j] = value
        return values
