"""Mixed-integer programs: run HiGHS's search from a start if there is one, with a callback, and check its point."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from math import inf
from operator import truediv
from typing import Any, Optional

from pplp.engines.clock import Clock
from pplp.engines.dialogue import Dialogue as AnyDialogue
from pplp.engines.dialogue import Event
from pplp.engines.divisibility import no_integer_solution
from pplp.engines.exact_search import has_large_numbers, searched_exactly
from pplp.engines.highs.library import numbers_of, places, snapped_values
from pplp.engines.highs.problem import Problem
from pplp.engines.highs.relaxation import settings, solve_relaxation
from pplp.engines.integer_points import NODES, Judged, Rest, best_at, checked, completed, is_better, unbounded_or_not
from pplp.engines.lattice import last_word, lattice_answer
from pplp.engines.routes import Search
from pplp.errors import OptionError
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.form.verification import clipped, is_small, objective_value

__all__ = ["solve_mip"]

_STOPPED = (Status.TIME_LIMIT, Status.NODE_LIMIT, Status.INTERRUPTED)
#: A search that took at most this many seconds is repeated without presolve if its answer is in doubt.
_SHORT = 1.0
#: The most nodes of the second search for a program with large numbers.
_FEW_NODES = 200
#: The tolerance of integers and rows in the search without presolve.
_NARROW = 1e-10


class Dialogue(AnyDialogue):
    """The dialogue with a callback, which gets each point that HiGHS finds, as "candidate" and as "incumbent"."""

    def __init__(self, form: MatrixForm, clock: Clock) -> None:
        super().__init__(form, clock)
        self._incumbent: Optional[float] = None

    @property
    def incumbent(self) -> Optional[float]:
        """The objective of the best point known."""
        return self._incumbent

    def add(self, indices: Sequence[int], values: Sequence[float], lower: float, upper: float, lazy: bool) -> bool:
        """Raises `OptionError`: HiGHS takes no rows during a search."""
        raise OptionError("HiGHS accepts neither lazy constraints nor cuts during a search. Solve with solver='glpk'.")

    def submit(self, values: Sequence[Optional[float]]) -> Optional[str]:
        """Raises `OptionError`: HiGHS takes points only before a search."""
        raise OptionError(
            "HiGHS accepts no points from a callback. Pass the point as start=, or solve with solver='glpk'."
        )

    def fractional(self) -> list[int]:
        """Empty, because HiGHS has no "branch" event."""
        return []

    def branch(self, place: int, direction: str) -> None:
        """Never called, because HiGHS has no "branch" event."""

    def announce(self, point: list[float]) -> None:
        """Pass a point to the callback if it is better than all before."""
        objective, sign = objective_value(self.form, point), -1.0 if self.form.maximize else 1.0
        if self._incumbent is not None and sign * objective >= sign * self._incumbent:
            return
        self.bound, self.nodes = self._clock.bound, self._clock.nodes
        self._say("candidate", point)
        self._incumbent = objective
        self._say("incumbent", point)

    def _say(self, event: Event, point: Sequence[float]) -> bool:
        was_asked = super()._say(event, point)
        if was_asked and self.stopping:
            self._clock.stop = Status.INTERRUPTED
        return was_asked


def solve_mip(problem: Problem, clock: Clock, form: MatrixForm) -> Search:
    """Solve the mixed-integer program that the problem holds."""
    found = searched_exactly(
        form,
        clock,
        _solved(problem, clock, form),
        lambda other, most: _found(other, clock, most),
        problem.units is not None,
    )
    return last_word(form, clock, found)


def _solved(problem: Problem, clock: Clock, form: MatrixForm) -> Search:
    witness = no_integer_solution(form)
    if witness is not None:
        return Search(Status.INFEASIBLE, "divisibility", witness, is_proved=True)
    said = ""
    start: Optional[list[float]] = None
    if clock.options.start is not None:
        start, complaint = completed(form, clock.options.start, clock.options, _rest_of(clock))
        said = f"The start was not used: {complaint}." if complaint else ""
        if start is not None:
            clock.found(form, start)
    dialogue = Dialogue(form, clock) if clock.options.callback is not None else None
    if dialogue is not None and start is not None:
        dialogue.announce(start)
    found = _searched(problem, clock, form, dialogue, start)
    if found.status in (Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED):
        found = _unbounded_or_not(problem, clock, form)
    if found.is_proved:
        return found
    is_doubted = found.status is Status.NUMERICAL or (found.status is Status.INFEASIBLE and clock.seconds < _SHORT)
    if is_doubted and clock.left > 0 and clock.options.presolve is not False:
        # Presolve may be wrong, so the search without it decides.
        if clock.has_listeners:
            clock.log(f"The search ended with: {found.message or found.status}. It is repeated without presolve.")
        second = _searched(problem, clock, form, dialogue, start, presolve="off", mip_feasibility_tolerance=_NARROW)
        if second.status not in (Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED):
            stopped = second.status in _STOPPED and second.values is None
            found = found if found.status is Status.INFEASIBLE and stopped else second
    elif found.status is Status.OPTIMAL and dialogue is None and clock.seconds < _SHORT:
        found = _without_presolve(problem, clock, form, found)
    return found._replace(message=found.message or said)


def _without_presolve(problem: Problem, clock: Clock, form: MatrixForm, found: Search) -> Search:
    """The optimum, or a better point that a search without presolve finds if rows have large numbers.

    With a right-hand side of 1e9, presolve may misjudge points that miss a row by more than one unit of an integer.
    """
    if not (is_small(form) and has_large_numbers(form)) or clock.options.presolve is False or found.values is None:
        return found
    most = min(clock.options.node_limit or NODES, _FEW_NODES)
    with clock.part(presolve=False, node_limit=most) as own:
        second = _searched(problem, own, form, None, None)
    nodes = found.nodes + second.nodes
    if second.status in (Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED):  # presolve of HiGHS 1.15 may miss this
        judged = _unbounded_or_not(problem, clock, form)
        if judged.status is Status.UNBOUNDED:
            return judged._replace(nodes=nodes + judged.nodes)
    if second.values is None or not is_better(form, second.values, found.values):
        return found._replace(nodes=nodes)
    if second.status is Status.OPTIMAL:
        return second._replace(nodes=nodes)
    message = "A search without presolve found a better point."
    return second._replace(status=Status.NUMERICAL, message=message, nodes=nodes)


def _searched(
    problem: Problem,
    clock: Clock,
    form: MatrixForm,
    dialogue: Optional[Dialogue],
    start: Optional[list[float]],
    **changes: Any,
) -> Search:
    """One run of the search, and the check of its point."""
    problem.forget()
    gap = float(clock.options.absolute_gap) * problem.callbacks.objective_unit
    # If the relaxation fails, this heuristic reads a point that does not exist, and the process crashes.
    changes["mip_heuristic_run_rens"] = not problem.is_far
    problem.set(**{**settings(clock.options, True), "mip_abs_gap": gap, **changes})
    if start is not None:
        units = problem.units
        given = start if units is None else list(map(truediv, start, units.columns))
        problem.model.setSolution(form.columns, places(range(form.columns)), numbers_of(given))

    def take(out: Any) -> None:
        values = out.mip_solution[:] if isinstance(out.mip_solution, list) else out.mip_solution
        values = snapped_values(values if problem.units is None else problem.units.values(values))
        clock.found(form, values)
        if dialogue is not None:
            dialogue.announce([float(round(x)) if integer else x for x, integer in zip(values, form.integer)])

    proved: list[Search] = []

    def is_over() -> bool:
        proved.extend(filter(None, [lattice_answer(form, clock)]))
        return bool(proved)

    clock.phase, problem.callbacks.take, problem.callbacks.is_over = "presolve", take, is_over
    try:
        status = problem.run(clock)
    finally:
        problem.callbacks.take = problem.callbacks.is_over = None
    if proved:
        return proved[0]._replace(nodes=clock.nodes + proved[0].nodes)
    info, point = problem.model.getInfo(), problem.column_values()
    bound = clock.bound
    if info.valid:  # False if the search did not run at all
        clock.nodes = max(clock.nodes, info.mip_node_count)
        if abs(info.mip_dual_bound) < inf:
            bound = problem.in_units(info.mip_dual_bound)
    nodes = clock.nodes
    route, values, complaint = "branch and cut", None, None
    if status in (Status.INFEASIBLE, Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED):
        return Search(status, route, nodes=nodes)
    if point is not None:
        values, complaint = checked(form, clipped(form, point), clock.options, _rest_of(clock))
        if values is not None and status is Status.OPTIMAL:
            values = best_at(form, values, clock.options, _rest_of(clock))
    best = clock.incumbent
    if best is not None and status is not Status.OPTIMAL:
        sign = -1.0 if form.maximize else 1.0
        if values is None or sign * best[0] < sign * objective_value(form, values):
            values = best[1]
    if values is not None and dialogue is not None:
        dialogue.announce(values)
        status = clock.stop or status
    if status is Status.OPTIMAL:
        if values is None:
            return Search(Status.NUMERICAL, route, f"The integer point is not feasible: {complaint}.", nodes=nodes)
        status, bound = _optimal_or_near(form, clock, values, bound)
    message = f"HiGHS ended with: {problem.said()}." if status is Status.NUMERICAL else ""
    return Search(status, route, message, values, bound, nodes)


def _optimal_or_near(
    form: MatrixForm, clock: Clock, values: list[float], bound: Optional[float]
) -> tuple[Status, Optional[float]]:
    """OPTIMAL if the objective meets the bound, else GAP_REACHED: HiGHS calls both optimal."""
    objective = objective_value(form, values)
    if bound is None or not (clock.options.gap or clock.options.absolute_gap):
        return Status.OPTIMAL, objective
    if abs(bound - objective) <= 1e-9 * max(1.0, abs(objective)):
        return Status.OPTIMAL, objective
    return Status.GAP_REACHED, bound


def _found(form: MatrixForm, clock: Clock, most: int) -> Search:
    """Search another program, with at most this many nodes."""
    limit = min(clock.options.node_limit or most, most)
    problem = Problem(form)
    try:
        with clock.part(node_limit=limit, callback=None, start=None) as own:
            return _searched(problem, own, form, None, None)
    finally:
        problem.close()


def _rest_of(clock: Clock) -> Rest:
    """A function that completes a point by HiGHS; if integers are missing, by a short search."""

    def rest(form: MatrixForm) -> Judged:
        free = any(
            integer and low < high for integer, low, high in zip(form.integer, form.column_lower, form.column_upper)
        )
        if not free:
            form = dataclasses.replace(form, integer=bytes(form.columns))
        left = max(0.05, clock.left)
        options = dataclasses.replace(
            clock.options, time_limit=left if left < inf else None, callback=None, start=None, progress=None, log=None,
            verbose=0, iteration_limit=None, node_limit=1000 if free else None, cancel=None, presolve="auto",
            method="auto",
        )  # fmt: skip
        problem, own = Problem(form), Clock(options)
        try:
            if free:
                found = _searched(problem, own, form, None, None).values
            else:
                numbers = solve_relaxation(problem, own, form).numbers
                found = list(numbers.primal()) if numbers is not None else None
        finally:
            problem.close()
        return found, None if found is not None else "no point with these values satisfies the constraints"

    return rest


def _unbounded_or_not(problem: Problem, clock: Clock, form: MatrixForm) -> Search:
    """Decide whether the program is unbounded or infeasible, after a search that could not tell."""
    relaxation = solve_relaxation(problem, clock, form)
    route = relaxation.route
    if relaxation.status is Status.INFEASIBLE:
        return Search(Status.INFEASIBLE, route)
    if relaxation.status is not Status.UNBOUNDED:
        status = relaxation.status if relaxation.status in _STOPPED else Status.NUMERICAL
        return Search(status, route, relaxation.message)
    return unbounded_or_not(form, clock, route, lambda other, most: _feasible(other, clock, most))


def _feasible(form: MatrixForm, clock: Clock, most: int) -> Search:
    """Search for an integer point of a program without objective, with at most this many nodes."""
    found = _found(form, clock, most)
    return searched_exactly(form, clock, found, lambda other, _: _found(other, clock, most))
