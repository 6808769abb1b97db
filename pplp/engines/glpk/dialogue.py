"""The dialogue between GLPK's search and a user's callback, which adds rows, submits points, branches, or stops.

GLPK calls back at seven places of its loop over the nodes.  The user's callback gets four events:

    relaxation   the relaxation of a node is solved, and its point is not integer
    candidate    an integer point that satisfies every row known so far is about to become the incumbent
    incumbent    there is a new incumbent
    branch       the node is about to be divided

GLPK keeps an added row only in the subtree of its node.  So all rows are also kept here: if the point of another node
violates one, the row is added there, before the callback is asked.
"""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Sequence
from math import fsum, inf
from operator import truediv
from typing import Any, NamedTuple, Optional

from pplp.engines.dialogue import Dialogue as AnyDialogue
from pplp.engines.glpk.clock import TOLERANCE, Clock
from pplp.engines.glpk.library import C, calls, glpk
from pplp.engines.glpk.problem import Problem
from pplp.engines.glpk.simplex import solve_relaxation
from pplp.engines.integer_points import Judged, Rest, completed
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.form.verification import objective_value

__all__ = ["Dialogue", "rest_of"]


class Row(NamedTuple):
    """A row that was added during the search: a lazy constraint of the program, or a cut."""

    indices: tuple[int, ...]
    values: tuple[float, ...]
    lower: float
    upper: float
    lazy: bool

    def is_violated(self, x: Sequence[float]) -> bool:
        """True if the point violates it by more than the tolerance."""
        value = fsum(a * x[j] for j, a in zip(self.indices, self.values))
        return self.lower - value > TOLERANCE * max(1.0, abs(self.lower)) or (
            value - self.upper > TOLERANCE * max(1.0, abs(self.upper))
        )


class Dialogue(AnyDialogue):
    """The callback and the start of one solve, which may run branch and cut several times."""

    def __init__(self, problem: Problem, form: MatrixForm, clock: Clock) -> None:
        super().__init__(form, clock)
        self._problem = problem
        self._rest = rest_of(clock)
        self._rows: list[Row] = []
        self._known: set[Row] = set()
        self._here: set[int] = set()  # the rows that were added since this node was selected
        self._submitted: list[list[float]] = []
        self._choice: Optional[tuple[int, int]] = None
        self._tree: Any = None
        self._told: Optional[float] = None
        self.accepted: Optional[list[float]] = None  # the best point that GLPK was given

    # ---- for the callback
    @property
    def incumbent(self) -> Optional[float]:
        """The objective of the best point known."""
        pointer = self._problem.pointer
        if self._problem.searching and calls.glp_mip_status(pointer) in (glpk.GLP_FEAS, glpk.GLP_OPT):
            return self._problem.mip_objective()
        return None  # before the search, GLPK still has the point of an earlier one

    def add(self, indices: Sequence[int], values: Sequence[float], lower: float, upper: float, lazy: bool) -> bool:
        """Add a row to this node and all others; False if it is known already."""
        row = Row(tuple(indices), tuple(values), lower, upper, lazy)
        if row in self._known:
            return False
        self._known.add(row)
        self._rows.append(row)
        return True

    def submit(self, values: Sequence[Optional[float]]) -> Optional[str]:
        """Take a point as a possible incumbent; returns what is wrong with it, or None."""
        point, complaint = completed(self.whole_form(), values, self._clock.options, self._rest)
        if point is not None:
            self._submitted.append(point)
        return complaint

    def fractional(self) -> list[int]:
        """The columns that the node can branch on."""
        return [j for j, integer in enumerate(self.form.integer) if integer and C.glp_ios_can_branch(self._tree, j + 1)]

    def branch(self, place: int, direction: str) -> None:
        """Branch on this column, and explore one direction first."""
        self._choice = place, _DIRECTIONS[direction]

    # ---- for the search
    def whole_form(self) -> MatrixForm:
        """The program with the lazy constraints added so far."""
        lazy = [row for row in self._rows if row.lazy]
        if not lazy:
            return self.form
        form = self.form
        starts, indices, values = form.starts[:], form.indices[:], form.values[:]
        for row in lazy:
            indices.extend(row.indices)
            values.extend(row.values)
            starts.append(len(indices))
        return dataclasses.replace(
            form,
            starts=starts,
            indices=indices,
            values=values,
            row_lower=form.row_lower + array("d", [row.lower for row in lazy]),
            row_upper=form.row_upper + array("d", [row.upper for row in lazy]),
        )

    def turn(self, tree: Any, reason: int) -> None:
        """Handle one call of GLPK's."""
        self._tree = tree
        if reason in _SEES_INCUMBENTS:
            self._tell_incumbent()
        if reason == glpk.GLP_ISELECT:
            self._here.clear()
        elif reason == glpk.GLP_IROWGEN:
            self._rows_wanted()
        elif reason == glpk.GLP_IHEUR:
            self._hand_over()
        elif reason == glpk.GLP_IBRANCH:
            self._branch_wanted()

    def close(self, stopped: bool) -> None:
        """End a run: report the last incumbent, and accept the points that came too late for GLPK."""
        self._tree = None
        self._here.clear()
        self._tell_incumbent()
        if stopped and not self.stopping:
            self._hand_over()

    def _rows_wanted(self) -> None:
        x = self._problem.column_values()
        if self._add_violated(x) or self._ask is None:
            return
        if self._is_integer(x):
            self._round(x)
            self._say("candidate", x)
        else:
            self._say("relaxation", x)
        self._add_violated(x)

    def _add_violated(self, x: Sequence[float]) -> bool:
        """Add the rows that the node's point violates; True if the node has to be solved again.

        Rows are added only when GLPK asks for rows.  A row added when it asks for cuts would invalidate the
        factorization that its own cut generators need, and GLPK would abort.
        """
        pointer = self._problem.pointer
        # The simplex may leave a row of this node violated within its tolerance: adding it again would never end.
        missing = [k for k, row in enumerate(self._rows) if k not in self._here and row.is_violated(x)]
        self._here.update(missing)
        for k in missing:
            row = self._rows[k]
            number = calls.glp_add_rows(pointer, 1)
            factors, units = row.values, self._problem.units
            if units is not None:
                factors = tuple(a * units.columns[j] for j, a in zip(row.indices, factors))
            indices, values = array("i", [0, *(j + 1 for j in row.indices)]), array("d", [0.0, *factors])
            C.glp_set_mat_row(
                self._problem.address, number, len(row.indices), indices.buffer_info()[0], values.buffer_info()[0]
            )
            kind = glpk.GLP_FX if row.lower == row.upper else 1 + (row.lower > -inf) + 2 * (row.upper < inf)
            calls.glp_set_row_bnds(pointer, number, kind, row.lower, row.upper)
        return bool(missing)

    def _is_integer(self, x: Sequence[float]) -> bool:
        """True if GLPK takes the point for integer: by its rule, a value outside its bound counts as integer."""
        pointer, tolerance = self._problem.pointer, self._clock.options.integrality_tolerance * 1.01
        return all(
            abs(x[j] - round(x[j])) <= tolerance
            or x[j] < calls.glp_get_col_lb(pointer, j + 1)
            or x[j] > calls.glp_get_col_ub(pointer, j + 1)
            for j, integer in enumerate(self.form.integer)
            if integer
        )

    def _round(self, x: list[float]) -> None:
        for j, integer in enumerate(self.form.integer):
            if integer:
                x[j] = float(round(x[j]))

    def _hand_over(self) -> None:
        """Give GLPK the submitted points that are better than the incumbent and violate no lazy constraint."""
        while self._submitted:
            x = self._submitted.pop(0)
            if not self._is_better(x):
                continue
            was_asked = self._ask is None or self._say("candidate", x)
            if not was_asked or self.stopping or any(row.lazy and row.is_violated(x) for row in self._rows):
                continue
            if self._tree is not None:
                units = self._problem.units
                numbered = array("d", [0.0, *(x if units is None else map(truediv, x, units.columns))])
                C.glp_ios_heur_sol(self._tree, numbered.buffer_info()[0])
            self.accepted = x
            self._clock.found(self.form, x)
            self._tell_incumbent()

    def _is_better(self, x: Sequence[float]) -> bool:
        objective, sign = objective_value(self.form, x), -1.0 if self.form.maximize else 1.0
        known = (
            [self.incumbent] if self.accepted is None else [self.incumbent, objective_value(self.form, self.accepted)]
        )
        return all(other is None or sign * objective < sign * other for other in known)

    def _tell_incumbent(self) -> None:
        if self._ask is not None:
            incumbent = self.incumbent
            if incumbent is not None and incumbent != self._told:
                self._told = incumbent
                self._say("incumbent", self._problem.mip_values())

    def _branch_wanted(self) -> None:
        if self._ask is not None:
            self._choice = None
            self._say("branch", self._problem.column_values())
            if self._choice is not None:
                place, direction = self._choice
                C.glp_ios_branch_upon(self._tree, place + 1, direction)


_DIRECTIONS = {"up": glpk.GLP_UP_BRNCH, "down": glpk.GLP_DN_BRNCH, "auto": glpk.GLP_NO_BRNCH}
_SEES_INCUMBENTS = frozenset([glpk.GLP_ISELECT, glpk.GLP_IBINGO, glpk.GLP_IHEUR, glpk.GLP_ICUTGEN, glpk.GLP_IBRANCH])


def rest_of(clock: Clock) -> Rest:
    """A function that completes a point by the simplex: it solves for the columns that are not fixed, as continuous."""

    def rest(form: MatrixForm) -> Judged:
        problem = Problem(dataclasses.replace(form, integer=bytes(form.columns)))
        try:
            found = solve_relaxation(problem, clock, None)
            if found.status is not Status.OPTIMAL:
                return None, f"with the integers at the values given, the linear program is {found.status}"
            return found.point(problem), None
        finally:
            problem.close()

    return rest
