"""Why a program has no optimum: constraints that conflict, the least change that makes it feasible, or an open end.

Everything is found through the `MatrixForm` and an engine, and told in the program's own constraints and variables.
In this file rows and variables are numbered together, rows first; an element of a conflict is (number, side), with
the sides LOWER, UPPER and, for variables, WHOLE: that it must be an integer.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import ceil, floor, fsum, inf
from operator import mul
from typing import TYPE_CHECKING, Any, Optional

from pplp.core.constraints import BoundConstraint, Constraint
from pplp.core.expressions import Variable
from pplp.core.origins import Origin
from pplp.core.relations import show_row
from pplp.core.scalars import is_number, shown
from pplp.core.shown import ShownAsPage
from pplp.diagnosis.certificates import Handle, UnboundedRay, bound_as_written
from pplp.engines.contract import Options
from pplp.engines.divisibility import contradictory_equations, indivisible
from pplp.engines.proofs import contradiction, direction
from pplp.engines.registry import make_engine
from pplp.errors import InvalidValue, NumericalTrouble, PplpError
from pplp.form.compiler import column_places, row_places
from pplp.form.matrix_form import Edits, MatrixForm
from pplp.form.outcome import Status, snapped
from pplp.form.verification import is_small
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["Explanation", "Member", "Repair", "brief_explanation", "missing_bounds"]

LOWER, UPPER, WHOLE = 0, 1, 2
_SIDES = ("lower", "upper", "integer")
Element = tuple[int, int]

#: What is violated by less counts as satisfied.
_TOLERANCE = 1e-9
#: Programs with fewer rows go to the solver whole.
_SMALL = 400
#: Nodes and seconds that one question about a mixed-integer program may take.
_NODES, _SECONDS = 20_000, 5.0
#: Passes over all rows that look for suspects.
_PASSES = 320
_SCREENFUL = 20
#: What may be spent on the message of an error.
_MESSAGE_SECONDS, _MESSAGE_ROWS = 1.5, 50_000
#: The field in which ranks are computed.
_PRIME = 2**61 - 1


@dataclass(frozen=True)
class Member:
    """One member of a conflict: a bound of a constraint or variable, or that a variable is integer."""

    #: The constraint, or the variable whose own bound or integrality it is.
    of: Handle
    #: "lower", "upper" or "integer".
    side: str
    #: The bound, as it was written; None for the integrality.
    bound: Optional[float]
    #: Where it was written; None where that was not recorded.
    origin: Optional[Origin]
    #: What the constraint was made for, when it is one of the rows of an ``abs``, an implication, ...
    made_for: Optional[str] = None


@dataclass(frozen=True)
class Repair:
    """A bound that is to be moved."""

    #: The constraint, or the variable whose own bound it is.
    of: Handle
    #: "lower" or "upper".
    side: str
    #: As it is.
    bound: float
    #: As it should be.
    to: float
    #: Where the constraint or variable was written.
    origin: Optional[Origin]

    @property
    def change(self) -> float:
        """By how much the bound moves, not negative."""
        return abs(self.to - self.bound)

    def __str__(self) -> str:
        name, body = _said(self.of)
        return f"{name}{body} {'>=' if self.side == 'lower' else '<='} {shown(self.to)} instead of {shown(self.bound)}"


class Explanation(ShownAsPage):
    """Why a program has no optimum, as `LinearProgram.explain` finds it; printed, it is a report.

    It speaks of the program as it was when it was asked.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram(trace=False)
    >>> x, y = lp.Var("x", lb=0, ub=2), lp.Var("y", lb=0)
    >>> need = lp.add_constraint(x + y >= 6, name="need")
    >>> most = lp.add_constraint(2*y - x <= 3, name="most")
    >>> far = lp.add_constraint(x - y <= 9, name="far")
    >>> why = lp.explain()
    >>> print(why)
    Infeasible. These cannot all hold, and without any one of them they can:
      need: x + y >= 6
      most: 2 y - x <= 3
      x <= 2
    The least change that makes it feasible, 1.5 in all:
      need: x + y >= 4.5 instead of 6
    >>> [(member.of.name, member.side) for member in why.conflict], why.is_irreducible
    ([('need', 'lower'), ('most', 'upper'), ('x', 'upper')], True)
    >>> need.lb = why.repairs[0].to
    >>> print(lp.explain())
    The program is feasible.
    """

    _repairs: Optional[tuple[Repair, ...]] = None  # once they were asked for; older pickles have none

    def __init__(self, program: Solvable, form: MatrixForm, kind: str) -> None:
        self._program, self._form = program, form
        #: "infeasible", "unbounded", "feasible", or "unknown" where a limit came first.
        self.kind = kind
        #: Constraints, bounds and integrality that cannot all hold; empty where the program is not infeasible.
        self.conflict: tuple[Member, ...] = ()
        #: Was it shown of each member that the others can hold without it?
        self.is_irreducible = False
        #: The direction in which an unbounded program's objective improves for ever.
        self.ray: Optional[UnboundedRay] = None
        #: The bounds that are missing on the ray: variables whose own cost makes the objective improve, and their side.
        self.missing: tuple[tuple[Variable, str], ...] = ()
        self._elastic: Optional[_Elastic] = None

    @classmethod
    def of(
        cls,
        program: Solvable,
        sense: Optional[str] = None,
        weights: Optional[Mapping[Any, float]] = None,
        time_limit: float = 60.0,
    ) -> Explanation:
        """What `LinearProgram.explain` returns."""
        if not is_number(time_limit) or not time_limit >= 0:
            raise InvalidValue(
                f"time_limit must be a number of seconds that is not negative, not {quoted(time_limit)}."
            )
        elastic_weights = _checked_weights(program, weights or {})
        if sense is None and program.solution is not None:
            sense = program.solution.sense
        system = _System(program, program.compile(sense or "minimize"), time.perf_counter() + time_limit)
        found = system.conflict(program.status)
        if found is None:
            return cls(program, system.form, "unknown")
        if found:
            made = cls(program, system.form, "infeasible")
            made.conflict = tuple(_members(program, system, found))
            made.is_irreducible = system.is_irreducible
            made._elastic = _Elastic(program, system, elastic_weights, time_limit)
            return made
        steps = direction(system.form) if sense is not None else None
        if steps is None:
            return cls(program, system.form, "feasible")
        made = cls(program, system.form, "unbounded")
        made.ray = UnboundedRay(program, system.form, steps)
        missing = dict(missing_bounds(program, sense == "maximize"))
        made.missing = tuple(
            (x, missing[x]) for x, step in made.ray.items() if missing.get(x) == ("upper" if step > 0 else "lower")
        )
        return made

    # ---- the least change
    @property
    def repairs(self) -> tuple[Repair, ...]:
        """The bounds to move for the least total change, by weight, that makes the program feasible.

        Constraints may move, a variable's own bounds only where `weights` names the variable.  They are computed when
        they are first asked for.  Empty where the program is not infeasible, where no move of what may move makes
        it feasible, and where the time ran out: `repair_note` says which.
        """
        if self._repairs is None:
            self._repairs = tuple(self._elastic.repairs()) if self._elastic is not None else ()
        return self._repairs

    @property
    def total_change(self) -> Optional[float]:
        """The total of `repairs`, each times its weight; None where there are none."""
        return self._elastic.total if self.repairs and self._elastic is not None else None

    @property
    def repair_note(self) -> str:
        """What there is to say of `repairs`; empty where they are there and the least."""
        if self._elastic is None:
            return ""
        self.repairs  # noqa: B018  that is where it is found
        return self._elastic.note

    # ---- text
    def __str__(self) -> str:
        if self.kind == "feasible":
            return "The program is feasible."
        if self.kind == "unknown":
            return "It was not found out in time whether the program is feasible. Give more: explain(time_limit=...)."
        if self.ray is not None:
            return self._unbounded()
        lines = [*self._conflict_lines()]
        repairs = [f"  {repair}" for repair in self.repairs]
        if repairs:
            least = "The least change" if not self.repair_note else "A change"
            lines.append(f"{least} that makes it feasible, {self.total_change or 0.0:.10g} in all:")
            lines += _screenful(repairs)
        if self.repair_note:
            lines.append(self.repair_note)
        return "\n".join(lines)

    __repr__ = __str__

    def _conflict_lines(self) -> list[str]:
        sure = ", and without any one of them they can" if self.is_irreducible else ""
        if len(self.conflict) == 1:
            return ["Infeasible. This can never hold:", *_rows_of(self.conflict)]
        return [f"Infeasible. These cannot all hold{sure}:", *_rows_of(self.conflict)]

    def _unbounded(self) -> str:
        assert self.ray is not None
        lines = ["Unbounded. From any point that satisfies the constraints one may go for ever, t = 0, 1, 2, ...:"]
        lines.append(f"  {self.ray!r}")
        lines.append("What is missing is one of these bounds, or a constraint that has the same effect:")
        for x, side in self.missing[:_SCREENFUL]:
            place = f"   {x.origin}" if x.origin is not None else ""
            lines.append(f"  the {side} bound of {x.name}{place}")
        if len(self.missing) > _SCREENFUL:
            lines.append(f"  ... {len(self.missing) - _SCREENFUL} more")
        return "\n".join(lines)


def missing_bounds(program: Solvable, maximize: bool) -> list[tuple[Variable, str]]:
    """The variables that their own cost pulls where they have no bound, and on which side.

    The rows may hold them all the same, and pull those of cost 0 either way, which are not among them.
    """
    costs, found = program._objective.costs(program), []
    for j in column_places(program).indices():
        pull = costs[j] if maximize else -costs[j]
        lower, upper = program._bounds_at(j)
        if pull and (upper == inf if pull > 0 else lower == -inf):
            found.append((program._handle(j), "upper" if pull > 0 else "lower"))
    return found


def brief_explanation(program: Solvable) -> str:
    """The conflict of an infeasible program, for a message; empty where it is not found in a second or so."""
    if len(program._rows) > _MESSAGE_ROWS:
        return ""
    try:
        system = _System(program, program.compile(), time.perf_counter() + _MESSAGE_SECONDS)
        found = system.conflict(Status.INFEASIBLE)
    except PplpError:
        return ""
    if not found:
        return ""
    members = tuple(_members(program, system, found))
    head = "This can never hold:" if len(members) == 1 else "These cannot all hold:"
    return "\n".join([head, *_rows_of(members), "lp.explain() says more, and the least change that makes it feasible."])


# --------------------------------------------------------------------- words
def _said(of: Handle) -> tuple[str, str]:
    """(name and colon, body) of what is compared with a bound."""
    if isinstance(of, Variable):
        return "", of.name
    name = of._store().names.get(of._row)
    return f"{name}: " if name else "", repr(of.expression)


def _rows_of(members: Sequence[Member]) -> list[str]:
    """One line for each thing, with the sides of it that take part, and its place."""
    sides: dict[Handle, dict[str, Member]] = {}
    for member in members:
        sides.setdefault(member.of, {})[member.side] = member
    lines, places = [], []
    for of, parts in sides.items():
        name, body = _said(of)
        low, high = (parts[side].bound if side in parts else None for side in ("lower", "upper"))
        text = name + body
        if low is not None or high is not None:
            text = name + show_row(body, -inf if low is None else low, inf if high is None else high)
        if "integer" in parts:
            text += ", integer" if len(parts) > 1 else " integer"
        first = next(iter(parts.values()))
        if first.made_for is not None:
            text += f"   (of {first.made_for})"
        lines.append(text)
        places.append(str(first.origin) if first.origin is not None else "")
    width = min(60, max(map(len, lines), default=0))
    return _screenful([f"  {line:{width}}   {place}".rstrip() for line, place in zip(lines, places)])


def _screenful(lines: list[str]) -> list[str]:
    return lines if len(lines) <= _SCREENFUL else [*lines[:_SCREENFUL], f"  ... {len(lines) - _SCREENFUL} more"]


def _members(program: Solvable, system: _System, found: Iterable[Element]) -> Iterable[Member]:
    rows, variables = row_places(program).indices(), column_places(program).indices()
    store = program._reformulations
    made_for = {part: store.titles[k] for k in store.living() for part in store.constraints[k]}
    for k, side in sorted(found):
        of: Handle
        if k < system.form.rows:
            of = program._row_handle(Constraint, rows[k])
            bound: Optional[float] = system.bound(k, side)
        elif side == WHOLE:
            of, bound = program._handle(variables[k - system.form.rows]), None
        else:
            of, side, bound = bound_as_written(program, variables[k - system.form.rows], side)
        title = made_for.get((type(of), of._index)) if isinstance(of, Constraint) else None
        yield Member(of, _SIDES[side], bound, of.origin, title)


# --------------------------------------------------------------------- conflicts
class _System:
    """A program's rows and bounds, of which parts are asked whether they can hold together."""

    def __init__(self, program: Solvable, form: MatrixForm, deadline: float) -> None:
        self.form, self.deadline = form, deadline
        self.is_irreducible = False
        lower, upper = form.column_lower[:], form.column_upper[:]
        if any(form.integer):
            indices = column_places(program).indices()
            for j, whole in enumerate(form.integer):
                if whole:  # the form has them rounded
                    lower[j], upper[j] = program._bounds_at(indices[j])
        self.lower, self.upper = lower, upper
        #: Without integrality.
        self.relaxation = replace(form, column_lower=lower, column_upper=upper, integer=bytes(form.columns))

    def bound(self, k: int, side: int) -> float:
        """A bound of a row or variable as it was written."""
        j = k - self.form.rows
        if j < 0:
            return (self.form.row_lower, self.form.row_upper)[side][k]
        return (self.lower, self.upper)[side][j]

    def seconds_left(self) -> float:
        """Until the time is over; not negative."""
        return max(0.0, self.deadline - time.perf_counter())

    def conflict(self, status: Status) -> Optional[list[Element]]:
        """An irreducible conflict; empty where the program is feasible; None where that was not found out."""
        if status in (Status.OPTIMAL, Status.UNBOUNDED, Status.GAP_REACHED):
            return []
        simple = self._simple()
        if simple:
            return self._filtered(simple)
        found = self._linear()
        if found is None or found or not any(self.form.integer):
            return found
        equations = self._equations()
        return self._filtered(equations) if equations else self._with_integers()

    def _simple(self) -> list[Element]:
        """Bounds that cross, a row that its variables' bounds do not let hold, or whose divisor does not fit."""
        form = self.form
        lowest = None
        for k in range(form.rows, form.rows + form.columns):
            if self.bound(k, LOWER) > self.bound(k, UPPER):
                return [(k, LOWER), (k, UPPER)]
            j = k - form.rows
            if form.column_lower[j] > form.column_upper[j] and lowest is None:
                lowest = [(k, LOWER), (k, UPPER), (k, WHOLE)]
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
                # The greatest value of a row is to be compared with its lower bound, the least one with the upper.
                sides = [1 - side if a > 0 else side for a in factors]
                reach = [a * ends[s][j] for a, s, j in zip(factors, sides, terms)]
                if all(abs(part) < inf for part in reach):
                    end, size = fsum(reach), fsum(map(abs, reach))
                    short = bound - end if side == LOWER else end - bound
                    if short > 1e-7 * max(1.0, abs(bound), size):
                        best = [(i, side), *((form.rows + j, s) for j, s in zip(terms, sides))]
            if not best and indivisible(form, i) is not None:
                return [(i, LOWER), (i, UPPER), *((form.rows + j, WHOLE) for j in terms)]
        return best

    def _equations(self) -> list[Element]:
        """Equations that no integers satisfy, the variables in them that must be integers, and those that are fixed."""
        form = self.form
        found = contradictory_equations(form) if is_small(form) else None
        rows = sorted(found.multipliers) if found is not None else []
        elements = [(i, side) for i in rows for side in (LOWER, UPPER)]
        for j in sorted({j for i in rows for j in form.row(i)[0]}):
            if form.integer[j]:
                elements.append((form.rows + j, WHOLE))
            if self.lower[j] == self.upper[j]:
                elements += [(form.rows + j, side) for side in (LOWER, UPPER)]
        return elements

    # ---- without integrality
    def _linear(self) -> Optional[list[Element]]:
        """A conflict of the relaxation; empty where it is feasible."""
        rows: Optional[list[int]] = None
        if self.form.rows > _SMALL:
            rows = self._suspects()
        if rows is None:
            found = self._proved(self.relaxation)
            if found is None or not found:
                return found
            return self._filtered(found)
        part = [(i, side) for i in rows for side in (LOWER, UPPER) if abs(self.bound(i, side)) < inf]
        elements = self._with_bounds(part)
        live = _Live(self, elements)
        try:
            proof = self._proved(live.form())
        finally:
            live.close()
        if proof:
            elements = [live.element(k, side) for k, side in proof]
        return self._filtered(elements)

    def _proved(self, form: MatrixForm) -> Optional[list[Element]]:
        """The premises of a Farkas certificate; empty where the form is feasible, None where it is not known."""
        try:
            found = contradiction(form, self.seconds_left())
        except NumericalTrouble:
            return None
        return [] if found is None else [(k, side) for side in (LOWER, UPPER) for k in found[side]]

    def _with_bounds(self, elements: Iterable[Element], whole: bool = False) -> list[Element]:
        """The elements, and all bounds of the variables of their rows."""
        form, found = self.form, list(elements)
        columns = sorted({j for i in {k for k, _ in found if k < form.rows} for j in form.row(i)[0]})
        for j in columns:
            k = form.rows + j
            found += [(k, side) for side in (LOWER, UPPER) if abs(self.bound(k, side)) < inf]
            if whole and form.integer[j]:
                found.append((k, WHOLE))
        return found

    def _suspects(self) -> Optional[list[int]]:
        """Rows that conflict, found without a solver; None where none were found.

        Rows are satisfied one after the other, each with the shortest step, and each remembers its steps (Hildreth's
        method for the nearest point).  Where there is no point the steps of those that conflict add up for
        ever, those of the others do not.
        """
        form = self.form
        starts, indices, values = form.starts, form.indices.tolist(), form.values.tolist()
        rows = []
        for i in range(form.rows):
            factors = values[starts[i] : starts[i + 1]]
            norm = fsum(a * a for a in factors)
            if norm:
                rows.append((i, indices[starts[i] : starts[i + 1]], factors, 1 / norm))
        x = [min(max(0.0, low), high) for low, high in zip(self.lower, self.upper)]
        steps, bound_steps = [0.0] * form.rows, [0.0] * form.columns
        lower, upper = form.row_lower.tolist(), form.row_upper.tolist()
        limited = [(j, lo, hi) for j, (lo, hi) in enumerate(zip(self.lower, self.upper)) if lo > -inf or hi < inf]
        # Of this thread's own time: on a busy machine the search for suspects is still the shorter way.
        before, give_up = steps[:], time.thread_time() + min(10.0, 0.4 * self.seconds_left())
        look = 10
        for number in range(1, _PASSES + 1):
            worst = 0.0
            for i, terms, factors, share in rows:
                value = sum(map(mul, factors, [x[j] for j in terms]))
                step = steps[i]
                # Undone as far as the row allows, then done as far as it asks for.
                free = value - step / share
                if free < lower[i]:
                    new = (lower[i] - free) * share
                elif free > upper[i]:
                    new = (upper[i] - free) * share
                elif step:
                    new = 0.0
                else:
                    continue
                change = new - step
                if change:
                    steps[i] = new
                    worst = max(worst, abs(change))
                    for j, a in zip(terms, factors):
                        x[j] += change * a
            for j, lo, hi in limited:
                free = x[j] - bound_steps[j]
                new = lo - free if free < lo else hi - free if free > hi else 0.0
                if new != bound_steps[j]:
                    bound_steps[j] = new
                    x[j] = free + new
            if worst <= 1e-9:
                return None  # a point
            if number == look:
                growth = sorted(
                    ((abs(s) - abs(b), i) for s, b, i in zip(steps, before, range(form.rows)) if abs(s) > abs(b)),
                    reverse=True,
                )
                for count in (12, 48, 192):
                    suspects = [i for _, i in growth[:count]]
                    if self._cannot_hold(suspects):
                        return suspects
                    if count >= len(growth):
                        break
                before, look = steps[:], 2 * look
            if time.thread_time() > give_up or not self.seconds_left():
                return None
        return None

    def _cannot_hold(self, rows: list[int]) -> bool:
        part = [(i, side) for i in rows for side in (LOWER, UPPER) if abs(self.bound(i, side)) < inf]
        live = _Live(self, self._with_bounds(part))
        try:
            return live.is_infeasible_without(set()) is True
        finally:
            live.close()

    # ---- with integrality
    def _with_integers(self) -> Optional[list[Element]]:
        """A conflict of the program with its integers; empty where it is feasible.

        Rows are taken in where a point of those taken in so far violates them, until there is no point.
        """
        form = self.form
        whole = [(form.rows + j, WHOLE) for j in range(form.columns) if form.integer[j]]
        bounds = [
            (k, side)
            for k in range(form.rows, form.rows + form.columns)
            for side in (LOWER, UPPER)
            if abs(self.bound(k, side)) < inf
        ]
        taken: set[Element] = set()
        while True:
            live = _Live(self, [*bounds, *whole, *sorted(taken)])
            try:
                answer = live.is_infeasible_without(set(), patient=True)
                point = live.point()
            finally:
                live.close()
            if answer is None:
                return None
            if answer:
                return self._filtered(self._with_bounds(sorted(taken), whole=True), in_blocks=True)
            violated = sorted(self._violated(point), reverse=True)
            fresh = [element for _, element in violated if element not in taken]
            if not fresh:
                return []
            taken.update(fresh[: max(10, len(taken))])

    def _violated(self, point: Sequence[float]) -> Iterable[tuple[float, Element]]:
        """(violation by coefficient, element) of the rows' bounds that a point does not satisfy."""
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

    # ---- irreducible
    def _filtered(self, elements: list[Element], in_blocks: bool = False) -> list[Element]:
        """What is left when all are taken out, one after the other, without which the rest still cannot hold."""
        rows = self.form.rows
        # Those that are looked at first go first: integrality, long rows, then short ones, bounds.
        order = sorted(
            elements,
            key=lambda e: (
                (0, 0, e) if e[1] == WHOLE else (1, -len(self.form.row(e[0])[0]), e) if e[0] < rows else (2, 0, e)
            ),
        )
        if self._is_minimal(elements):
            self.is_irreducible = True
            return elements
        live = _Live(self, elements)
        kept, certain = list(order), True
        dropped: set[Element] = set()
        try:
            size = max(1, len(order) // 2) if in_blocks else 1
            while kept:
                place, certain = 0, True
                while place < len(kept):
                    block = kept[place : place + size]
                    if not self.seconds_left():
                        self.is_irreducible = False
                        return kept
                    answer = live.is_infeasible_without(dropped | set(block))
                    if answer:
                        dropped |= set(block)
                        del kept[place : place + size]
                        orphans = self._orphans(kept, dropped)
                        dropped |= orphans
                        place -= sum(1 for e in kept[:place] if e in orphans)
                        kept = [e for e in kept if e not in orphans]
                    else:
                        certain = certain and answer is False
                        place += len(block)
                if size == 1:
                    break
                size = max(1, min(size // 2, len(kept) // 2))
        finally:
            live.close()
        self.is_irreducible = certain
        return kept

    def _is_minimal(self, elements: list[Element]) -> bool:
        """Is there one way alone to add up the rows so that all variables cancel, and does it take all of them?

        Then it is the only proof that linear rows conflict, and there is none without any one of them (Gleeson, Ryan).
        Computed modulo a prime, which can only hide that it is so.
        """
        form, rows = self.form, sorted({k for k, _ in elements if k < self.form.rows})
        bounded = {k - form.rows for k, _ in elements if k >= form.rows}
        if any(side == WHOLE for _, side in elements) or len(rows) + len(bounded) != len(elements) or not rows:
            return False
        # A variable whose bound takes part is cancelled by that: what is left of it must be something.
        equations: dict[int, dict[int, int]] = {}
        for unknown, i in enumerate(rows):
            for j, a in zip(*form.row(i)):
                top, bottom = a.as_integer_ratio()
                equations.setdefault(j, {})[unknown] = top % _PRIME * pow(bottom, -1, _PRIME) % _PRIME
        solved: list[tuple[int, dict[int, int]]] = []  # (unknown, the others that it is made of)
        for j in sorted(equations.keys() - bounded, key=lambda j: len(equations[j])):
            equation = dict(equations[j])
            for unknown, others in solved:
                share = equation.pop(unknown, 0)
                if share:
                    for other, a in others.items():
                        equation[other] = (equation.get(other, 0) + share * a) % _PRIME
            equation = {unknown: a for unknown, a in equation.items() if a}
            if equation:
                unknown = next(iter(equation))
                share = -pow(equation.pop(unknown), -1, _PRIME)
                solved.append((unknown, {other: share * a % _PRIME for other, a in equation.items()}))
                if not self.seconds_left():
                    return False
        if len(solved) != len(rows) - 1:
            return False
        multipliers = {({*range(len(rows))} - {unknown for unknown, _ in solved}).pop(): 1}
        for unknown, others in reversed(solved):
            multipliers[unknown] = sum(a * multipliers[other] for other, a in others.items()) % _PRIME
        return all(multipliers.values()) and all(
            sum(a * multipliers[unknown] for unknown, a in equations.get(j, {}).items()) % _PRIME for j in bounded
        )

    def _orphans(self, kept: list[Element], dropped: set[Element]) -> set[Element]:
        """Bounds and integrality of variables that no row that is left has, where they do not conflict alone."""
        form = self.form
        if not any(k < form.rows for k, _ in kept):
            return set()
        used = {form.rows + j for i in {k for k, _ in kept if k < form.rows} for j in form.row(i)[0]}
        return {(k, side) for k, side in kept if k >= form.rows and k not in used}


class _Live:
    """Elements of a system as a program of their own in an engine, from which some are left out."""

    def __init__(self, system: _System, elements: Iterable[Element]) -> None:
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
        """Give the solver's memory back."""
        self._engine.close()

    def element(self, k: int, side: int) -> Element:
        """An element of the part as one of the whole."""
        rows = len(self._rows)
        return (self._rows[k] if k < rows else self._system.form.rows + self._columns[k - rows]), side

    def form(self) -> MatrixForm:
        """The elements that are not left out."""
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
        return self._has(self._system.form.rows + j, WHOLE)

    def _bounds(self, k: int) -> tuple[float, float]:
        low = self._system.bound(k, LOWER) if self._has(k, LOWER) else -inf
        high = self._system.bound(k, UPPER) if self._has(k, UPPER) else inf
        if self._has(k, WHOLE):
            low = float(ceil(low - _TOLERANCE)) if low > -inf else low
            high = float(floor(high + _TOLERANCE)) if high < inf else high
        return low, high

    def is_infeasible_without(self, out: set[Element], patient: bool = False) -> Optional[bool]:
        """Can the elements but these not all hold?  None where it was not found out."""
        changed = {k for k, _ in self._out ^ out}
        rows = self._system.form.rows
        self._out = set(out)
        if changed:
            edits = Edits()
            edits.row_bounds = {self._at_row[k]: self._bounds(k) for k in changed if k < rows}
            columns = [k - rows for k in changed if k >= rows]
            edits.column_bounds = {self._at_column[j]: self._bounds(rows + j) for j in columns}
            edits.integer = {self._at_column[j]: self._is_whole(j) for j in columns if self._system.form.integer[j]}
            self._engine.update(edits, self.form)
        if any(low > high for low, high in map(self._bounds, self._crossing)):
            return True
        left = self._system.seconds_left()
        options = Options(
            time_limit=left if patient else min(left, _SECONDS), node_limit=_NODES, feasibility_tolerance=_TOLERANCE
        )
        outcome = self._engine.solve(options)
        if outcome.status is Status.INFEASIBLE:
            return True
        if outcome.numbers is None:
            return None
        self._point = list(outcome.numbers.primal())
        return False

    def point(self) -> list[float]:
        """Where they hold, for all variables of the system."""
        values = [0.0] * self._system.form.columns
        for j, value in zip(self._columns, self._point):
            values[j] = value
        return values


# --------------------------------------------------------------------- the least change
def _checked_weights(program: Solvable, weights: Mapping[Any, float]) -> dict[Handle, float]:
    """What a unit of change costs, by constraint or variable; raises where one is not of the program or no weight."""
    if not isinstance(weights, Mapping):
        raise InvalidValue(f"weights must be a mapping to numbers, such as {{c: 10}}, not {quoted(weights)}.")
    for of, weight in weights.items():
        if not isinstance(of, (Constraint, Variable)):
            raise InvalidValue(f"The keys of weights must be constraints and variables, not {quoted(of)}.")
        program._living(of)
        if not is_number(weight) or not weight >= 0:
            raise InvalidValue(
                f"The weight of {quoted(of)} must be a number that is not negative, not {quoted(weight)}; "
                "math.inf for what must not move."
            )
    return {of: float(weight) for of, weight in weights.items()}


@dataclass
class _Movable:
    """A row of the elastic program: what it is of, its terms, its bounds, what a unit beyond them costs."""

    of: Handle
    terms: Sequence[int]
    factors: Sequence[float]
    lower: float
    upper: float
    weight: float

    def beyond(self, point: Sequence[float]) -> tuple[float, float]:
        """(value of the row at a point, how far it is beyond its bounds)."""
        parts = [a * point[j] for j, a in zip(self.terms, self.factors)]
        value = snapped(fsum(parts))
        distance = max(self.lower - value, value - self.upper, 0.0)
        return value, distance if distance > _TOLERANCE * 10 * max(1.0, *map(abs, parts), 1.0) else 0.0


class _Elastic:
    """minimise the weighted sum of all distances by which constraints are beyond their bounds."""

    def __init__(self, program: Solvable, system: _System, weights: dict[Handle, float], time_limit: float) -> None:
        self.total, self.note, self._time_limit = 0.0, "", time_limit
        form, columns, bounds = system.form, program._columns, program._bound_rows
        variables, rows = column_places(program).indices(), row_places(program).indices()
        at = {index: j for j, index in enumerate(variables)}
        self._integer = form.integer
        self._lower = array("d", [columns.lower[index] for index in variables])
        self._upper = array("d", [columns.upper[index] for index in variables])
        self._rows: list[_Movable] = []
        for i in range(form.rows):
            terms, factors = form.row(i)
            of = program._row_handle(Constraint, rows[i])
            self._rows.append(_Movable(of, terms, factors, form.row_lower[i], form.row_upper[i], weights.get(of, 1.0)))
        for index, of_column in bounds.of_column.items():
            for row in of_column if index in at else ():
                if row in bounds.removed:
                    continue
                handle, j = program._row_handle(BoundConstraint, row), at[index]
                weight = weights.get(handle, 1.0)
                if weight == inf:
                    low, high = bounds.interval(row)
                    self._lower[j], self._upper[j] = max(self._lower[j], low), min(self._upper[j], high)
                else:
                    limits = bounds.lower[row], bounds.upper[row]
                    self._rows.append(_Movable(handle, [j], [bounds.factor[row]], *limits, weight))
        for of, weight in weights.items():
            if isinstance(of, Variable) and weight < inf:
                j = at[of._index]
                self._rows.append(_Movable(of, [j], [1.0], self._lower[j], self._upper[j], weight))
                self._lower[j], self._upper[j] = -inf, inf
        for j, whole in enumerate(self._integer):
            if whole:
                low, high = self._lower[j], self._upper[j]
                self._lower[j] = float(ceil(low - _TOLERANCE)) if low > -inf else low
                self._upper[j] = float(floor(high + _TOLERANCE)) if high < inf else high

    def repairs(self) -> Iterable[Repair]:
        """The bounds to move; rows are taken in where the point moves beyond them, until it does not."""
        deadline = time.perf_counter() + self._time_limit
        taken = list(range(len(self._rows))) if len(self._rows) <= _SMALL else []
        inside = [False] * len(self._rows)
        while True:
            for k in taken:
                inside[k] = True
            point, is_least = self._solved(taken, max(0.0, deadline - time.perf_counter()))
            if point is None:
                return []
            beyond = [(row.beyond(point)[1], k) for k, row in enumerate(self._rows) if not inside[k]]
            fresh = [k for distance, k in sorted(beyond, reverse=True) if distance]
            if not fresh:
                break
            taken += fresh[: max(10, len(taken))]
        if not is_least:
            self.note = "The time ran out before it was known whether a smaller change is enough."
        moved, total = [], 0.0
        for row in self._rows:
            value, distance = row.beyond(point)
            if distance:
                total += row.weight * distance
                side, bound = ("lower", row.lower) if value < row.lower else ("upper", row.upper)
                moved.append(Repair(row.of, side, bound, value, row.of.origin))
        self.total = total  # here: several threads may ask at the same time
        return moved

    def _solved(self, taken: list[int], seconds: float) -> tuple[Optional[list[float]], bool]:
        engine = make_engine("glpk")
        try:
            engine.load(self._form(taken))
            outcome = engine.solve(Options(time_limit=seconds, feasibility_tolerance=_TOLERANCE))
            is_least = outcome.status is Status.OPTIMAL
            if outcome.status is Status.INFEASIBLE:
                self.note = (
                    "No change of the constraints makes it feasible: bounds or integrality of variables stand in the "
                    "way. Let bounds move, too: explain(weights={x: 1, ...})."
                )
            elif outcome.numbers is None or not (is_least or len(taken) == len(self._rows)):
                self.note = (
                    "The least change that makes it feasible was not found in time. Give more: explain(time_limit=...)."
                )
            else:
                return list(outcome.numbers.primal())[: len(self._lower)], is_least
            return None, False
        finally:
            engine.close()

    def _form(self, taken: list[int]) -> MatrixForm:
        count = len(self._lower)
        cost = array("d", bytes(8 * count))
        starts, indices, values = array("q", [0]), array("i"), array("d")
        for k in taken:
            row = self._rows[k]
            indices.extend(row.terms)
            values.extend(row.factors)
            for bound, sign in ((row.lower, 1.0), (row.upper, -1.0)):
                if abs(bound) < inf and row.weight < inf:
                    indices.append(len(cost))
                    values.append(sign)
                    cost.append(row.weight)
            starts.append(len(indices))
        added = len(cost) - count
        return MatrixForm(
            False,
            0.0,
            cost,
            self._lower + array("d", bytes(8 * added)),
            self._upper + array("d", [inf] * added),
            self._integer + bytes(added),
            array("d", [self._rows[k].lower for k in taken]),
            array("d", [self._rows[k].upper for k in taken]),
            starts,
            indices,
            values,
        )
