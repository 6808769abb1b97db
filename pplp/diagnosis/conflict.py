"""The search for an irreducible infeasible subsystem (IIS): constraints, bounds and integrality that conflict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from math import fsum, inf
from typing import TYPE_CHECKING, Optional

from pplp.diagnosis.irreducible import irreducible
from pplp.diagnosis.subsystem import Subsystem
from pplp.diagnosis.suspects import suspects
from pplp.diagnosis.system import INTEGRALITY, LOWER, UPPER, Element, System
from pplp.engines.divisibility import contradictory_equations, indivisible
from pplp.engines.proofs import contradiction
from pplp.errors import NumericalTrouble
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.form.verification import is_small

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["ConflictSearch"]

#: Programs with at most this many rows go to the solver as a whole; in larger ones, `suspects` looks for a few rows.
_SMALL = 400


class ConflictSearch(System):
    """Finds an irreducible conflict: an obvious one, else one of the relaxation, else one that needs integrality."""

    def __init__(self, program: Solvable, form: MatrixForm, deadline: float) -> None:
        super().__init__(program, form, deadline)
        #: True if the conflict is proved irreducible: leave out any one element, and the others are feasible.
        self.is_irreducible = False

    def conflict(self, status: Status) -> Optional[list[Element]]:
        """A conflict, reduced as far as time allows; empty if the program is feasible; None if unknown."""
        if status in (Status.OPTIMAL, Status.UNBOUNDED, Status.GAP_REACHED):
            return []
        simple = self._simple()
        if simple:
            return self._deletion_filter(simple)
        found = self._linear()
        if found is None or found or not any(self.form.integer):
            return found
        equations = self._equations()
        return self._deletion_filter(equations) if equations else self._with_integers()

    def _simple(self) -> list[Element]:
        """A conflict that needs no solver: crossed bounds, or a row ruled out by its variables' bounds or a divisor."""
        form = self.form
        lowest = None
        for k in range(form.rows, form.rows + form.columns):
            if self.bound(k, LOWER) > self.bound(k, UPPER):
                return [(k, LOWER), (k, UPPER)]
            j = k - form.rows
            if form.column_lower[j] > form.column_upper[j] and lowest is None:
                lowest = [(k, LOWER), (k, UPPER), (k, INTEGRALITY)]
        if lowest:
            return lowest
        ends = self.lower, self.upper
        starts, indices, values = form.starts, form.indices, form.values
        best: list[Element] = []
        for i in range(form.rows):
            terms, factors = indices[starts[i] : starts[i + 1]], values[starts[i] : starts[i + 1]]
            for side, bound in ((LOWER, form.row_lower[i]), (UPPER, form.row_upper[i])):
                if abs(bound) == inf or (best and len(best) <= len(terms) + 1):
                    continue
                # The row is impossible if its greatest value is below its lower bound, or its least above its upper.
                sides = [1 - side if a > 0 else side for a in factors]
                reach = [a * ends[s][j] for a, s, j in zip(factors, sides, terms)]
                if all(abs(part) < inf for part in reach):
                    end, size = fsum(reach), fsum(map(abs, reach))
                    short = bound - end if side == LOWER else end - bound
                    if short > 1e-7 * max(1.0, abs(bound), size):
                        best = [(i, side), *((form.rows + j, s) for j, s in zip(terms, sides))]
            if not best and indivisible(form, i) is not None:
                return [(i, LOWER), (i, UPPER), *((form.rows + j, INTEGRALITY) for j in terms)]
        return best

    def _equations(self) -> list[Element]:
        """Equations without an integer solution, with the integrality of their variables and bounds of fixed ones."""
        form = self.form
        found = contradictory_equations(form) if is_small(form) else None
        rows = sorted(found.multipliers) if found is not None else []
        elements = [(i, side) for i in rows for side in (LOWER, UPPER)]
        for j in sorted({j for i in rows for j in form.row(i)[0]}):
            if form.integer[j]:
                elements.append((form.rows + j, INTEGRALITY))
            if self.lower[j] == self.upper[j]:
                elements += [(form.rows + j, side) for side in (LOWER, UPPER)]
        return elements

    # ---- without integrality
    def _linear(self) -> Optional[list[Element]]:
        """A conflict of the relaxation; empty if it is feasible; None if unknown."""
        rows: Optional[list[int]] = None
        if self.form.rows > _SMALL:
            rows = suspects(self)
        if rows is None:
            found = self._proved(self.relaxation)
            if found is None or not found:
                return found
            return self._deletion_filter(found)
        elements = self.with_bounds(self.sides(rows))
        with closing(Subsystem(self, elements)) as part:
            proof = self._proved(part.form())
        if proof:
            elements = [part.element(k, side) for k, side in proof]
        return self._deletion_filter(elements)

    def _proved(self, form: MatrixForm) -> Optional[list[Element]]:
        """The premises of a Farkas certificate; empty if the form is feasible, None if unknown."""
        try:
            found = contradiction(form, self.seconds_left())
        except NumericalTrouble:
            return None
        return [] if found is None else [(k, side) for side in (LOWER, UPPER) for k in found[side]]

    # ---- with integrality
    def _with_integers(self) -> Optional[list[Element]]:
        """A conflict that may need integrality; empty if the program is feasible; None if unknown.

        The search starts with the bounds and integrality alone, and adds the rows that the last point violates until
        there is no point, or none is violated.  So only some of the rows go to the deletion filter.
        """
        form = self.form
        whole = [(form.rows + j, INTEGRALITY) for j in range(form.columns) if form.integer[j]]
        bounds = [
            (k, side)
            for k in range(form.rows, form.rows + form.columns)
            for side in (LOWER, UPPER)
            if abs(self.bound(k, side)) < inf
        ]
        taken: set[Element] = set()
        while True:
            with closing(Subsystem(self, [*bounds, *whole, *sorted(taken)])) as part:
                answer = part.is_infeasible_without(set(), patient=True)
                point = part.point()
            if answer is None:
                return None
            if answer:
                return self._deletion_filter(self.with_bounds(sorted(taken), whole=True), in_blocks=True)
            violated = sorted(self._violated(point), reverse=True)
            fresh = [element for _, element in violated if element not in taken]
            if not fresh:
                return []
            taken.update(fresh[: max(10, len(taken))])

    def _violated(self, point: Sequence[float]) -> Iterable[tuple[float, Element]]:
        """(violation relative to the row's largest coefficient, element) for each row bound that a point violates."""
        form = self.form
        for i in range(form.rows):
            terms, factors = form.row(i)
            if not terms:
                continue
            parts = [a * point[j] for j, a in zip(terms, factors)]
            value, size = fsum(parts), max(map(abs, factors))
            slip = 1e-6 * max(1.0, abs(value), *map(abs, parts))
            if value < form.row_lower[i] - slip:
                yield (form.row_lower[i] - value) / size, (i, LOWER)
            if value > form.row_upper[i] + slip:
                yield (value - form.row_upper[i]) / size, (i, UPPER)

    def _deletion_filter(self, elements: list[Element], in_blocks: bool = False) -> list[Element]:
        kept, self.is_irreducible = irreducible(self, elements, in_blocks)
        return kept
