"""Linear programs: choose a method of HiGHS, and check its answer.

An optimum is accepted if it holds on the program's own data, and "infeasible" and "unbounded" if they are proved.  An
answer that does not hold is repaired (see `pplp.engines.judgment`), or the next route is tried.
"""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Iterator
from math import inf
from typing import Any, NamedTuple, Optional

from pplp.engines.clock import Clock
from pplp.engines.contract import Options
from pplp.engines.highs.problem import Problem
from pplp.engines.judgment import Repaired, contradicts, exact_answer, improves, repaired
from pplp.engines.progress import Phase
from pplp.engines.refinement import Claim
from pplp.engines.routes import every_route_failed, rejected
from pplp.engines.tolerance import held_to
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Numbers, ReadNumbers, Status
from pplp.form.verification import (
    TOLERANCE,
    clipped,
    dual_complaint,
    gap_complaint,
    is_small,
    objective_value,
    primal_complaint,
    rounded_objective,
    snapped_values,
)

__all__ = ["WARM", "WHY", "Relaxation", "settings", "solve_relaxation"]

_STOPPED = (Status.TIME_LIMIT, Status.ITERATION_LIMIT, Status.INTERRUPTED)
_NO_LIMIT = 2**31 - 1
#: The tolerances for the correction programs of iterative refinement.
_NARROW = Options(feasibility_tolerance=1e-9, optimality_tolerance=1e-9)
#: The first-order method may run without limit.  Another method takes over after this many seconds, plus this many for
#: each coefficient.
_MOST_SECONDS, _PER_COEFFICIENT = 10.0, 1e-3


class Route(NamedTuple):
    """One method to try, as settings of HiGHS."""

    name: str
    solver: str = "simplex"
    strategy: int = 1  # 1 the dual simplex, 4 the primal one
    presolve: str = "off"
    scaling: int = 1  # HiGHS's own choice; 0 none
    crossover: str = "on"
    warm: bool = False
    phase: Phase = "simplex"

    @property
    def is_vertex(self) -> bool:
        """True if it ends at a vertex, with a basis."""
        return self.crossover == "on" and self.solver != "pdlp"


#: The routes from the last basis.
WARM = {
    "dual": Route("dual simplex from the last basis", warm=True),
    "primal": Route("primal simplex from the last basis", strategy=4, warm=True),
}
_DUAL, _PRIMAL = Route("dual simplex"), Route("primal simplex", strategy=4)
_INTERIOR = Route("interior point and crossover", "ipx", presolve="choose", phase="interior point")
_LADDER = (
    _DUAL,
    _PRIMAL,
    _INTERIOR,
    Route("dual simplex, unscaled", scaling=0),
    Route("primal simplex, unscaled", strategy=4, scaling=0),
)
#: The reason for the first route.
WHY = {
    "dual": "auto: bounds or rows changed since the last solve, and its basis stays dual feasible",
    "primal": "auto: no bound moved since the last solve, so its basis is feasible",
    "": "auto: HiGHS's own choice",
}


class Relaxation(NamedTuple):
    """The outcome of the relaxation."""

    status: Status
    route: str
    message: str = ""
    reason: str = ""
    numbers: Optional[Numbers] = None
    objective: float = float("nan")
    is_vertex: bool = True


def settings(options: Options, is_mip: bool) -> dict[str, Any]:
    """The settings of HiGHS that are the same on every route."""
    return {
        "primal_feasibility_tolerance": options.feasibility_tolerance,
        "dual_feasibility_tolerance": options.optimality_tolerance,
        # HiGHS also uses it as the tolerance of rows, so it is never above HiGHS's default.
        "mip_feasibility_tolerance": min(options.integrality_tolerance, 1e-6),
        "mip_rel_gap": options.gap,
        "mip_abs_gap": options.absolute_gap,
        "mip_max_nodes": _NO_LIMIT if options.node_limit is None else min(options.node_limit, _NO_LIMIT),
        "presolve": _presolve(options),
        "solver": "choose",
        "simplex_strategy": 1,
        "simplex_scale_strategy": 0 if options.scaling is False else 1,
        "run_crossover": "on",
        "solve_relaxation": not is_mip,
        "simplex_iteration_limit": _NO_LIMIT,
        "ipm_iteration_limit": _NO_LIMIT,
        "pdlp_iteration_limit": _NO_LIMIT,
    }


def solve_relaxation(problem: Problem, clock: Clock, form: MatrixForm, warm: Optional[str] = None) -> Relaxation:
    """Solve the relaxation; `warm` is a key of `WARM` if the last basis suits that route."""
    problem.set(**settings(clock.options, False))
    trouble = []
    routes, reason = _routes(clock.options, warm)
    for route in routes:
        if route.is_vertex:
            at, its_form, kept = problem, form, None
            status = _run(at, route, clock)
        else:
            its_form, kept = _minimized(form)
            at = Problem(its_form)
            at.set(**settings(clock.options, False))
            status = _run(at, route, clock)
        said = at.said() if status not in _STOPPED else str(status)
        if status in _STOPPED:
            return _stopped(at, route, status, form)
        if status is Status.OPTIMAL:
            found = _optimum(at, route, form, clock, reason, kept)
            if not found.message:
                return found
            said = found.message
        elif _is_proved(at, form, status):
            return Relaxation(status, f"{route.name}, and a proof", "", reason)
        better = _repaired(at, form, status, clock) if kept is None else None
        if better is not None:
            if clock.has_listeners and better.how:
                clock.log(f"The {route.name} ended with: {said}. This was repaired by the {better.how}.")
            return _relaxation(problem, form, route, better, clock, reason)
        trouble.append(rejected(clock, route.name, said))
    return Relaxation(
        Status.NUMERICAL,
        "all routes",
        every_route_failed(trouble),
        reason,
    )


def _relaxation(
    problem: Problem, form: MatrixForm, route: Route, found: Repaired, clock: Clock, reason: str
) -> Relaxation:
    """The repaired answer; the problem is set to its basis."""
    name = f"{route.name}, {found.how}" if found.how else route.name
    problem.is_delicate = True
    is_vertex = bool(found.letters)
    if found.letters:
        is_vertex = problem.start_from(found.letters[: form.columns], found.letters[form.columns :], form) is None
        problem.factorize(clock)
    objective = rounded_objective(form, found.numbers.primal()) if found.numbers is not None else float("nan")
    return Relaxation(found.status, name, "", reason, found.numbers, objective, is_vertex)


def _is_proved(problem: Problem, form: MatrixForm, status: Status) -> bool:
    """True if HiGHS has a proof that a large program has no optimum; small programs are proved exactly instead."""
    if is_small(form):
        return False
    if status is Status.INFEASIBLE:
        weights = problem.ray("getDualRay", form.rows)
        return weights is not None and (contradicts(form, weights) or contradicts(form, [-w for w in weights]))
    if status is Status.UNBOUNDED:
        steps = problem.ray("getPrimalRay", form.columns)
        values = problem.column_values()
        return (
            steps is not None
            and values is not None
            and improves(form, steps)
            and primal_complaint(form, clipped(form, values), TOLERANCE) is None
        )
    return False


def _repaired(problem: Problem, form: MatrixForm, status: Status, clock: Clock) -> Optional[Repaired]:
    """A repaired optimum, or for a small program the exact answer; None if there is neither."""
    letters = "".join(problem.letters(form) or ())
    if status is not Status.OPTIMAL:
        return exact_answer(form, letters, clock)

    values, duals = problem.column_values(), problem.numbers().duals()
    if values is None or duals is None or len(duals) != form.rows:
        return exact_answer(form, letters, clock)
    claim = Claim(clipped(form, values), duals, letters)
    return repaired(form, claim, lambda errors, start: _resolved(errors, start, clock), clock)


def _resolved(form: MatrixForm, letters: str, clock: Clock) -> Optional[Claim]:
    """Solve another linear program from a basis, with tight tolerances; None if that fails."""
    problem = Problem(form)
    try:
        problem.set(**settings(_NARROW, False))
        if letters:
            problem.start_from(letters[: form.columns], letters[form.columns :], form)
        for route in (WARM["primal"], _DUAL):
            if _run(problem, route, clock) is Status.OPTIMAL:
                values, duals = problem.column_values(), problem.numbers().duals()
                if values is not None and duals is not None and len(duals) == form.rows:
                    return Claim(values, duals, "".join(problem.letters(form) or ()))
        return None
    finally:
        problem.close()


def _checked(problem: Problem, form: MatrixForm, tolerance: float) -> tuple[Numbers, Optional[str]]:
    """The numbers of an optimum, rounded where they are near an integer or a bound; and what is wrong, or None."""
    raw = clipped(form, problem.column_values() or [float("nan")] * form.columns)
    values = snapped_values(form, raw)
    numbers, complaint = problem.numbers(values), primal_complaint(form, values, tolerance)
    if complaint is not None and values is not raw:
        numbers, complaint = problem.numbers(raw), primal_complaint(form, raw, tolerance)
    if complaint is None:
        costs, duals = numbers.reduced_costs(), numbers.duals()
        if costs is None or duals is None or len(costs) != form.columns or len(duals) != form.rows:
            return numbers, "there are no duals of an optimum"
        complaint = dual_complaint(form, numbers.primal(), duals, costs, tolerance)
    return numbers, complaint


def _routes(options: Options, warm: Optional[str]) -> tuple[Iterator[Route], str]:
    method, asked = options.method, "asked for"
    first: list[Route] = []
    reason = asked
    if method == "pdlp":
        first.append(Route("first-order method", "pdlp", presolve=_presolve(options), phase="first-order"))
    elif method == "interior":
        name = "interior point and crossover" if options.crossover else "interior point"
        crossover = "on" if options.crossover else "off"
        first.append(_INTERIOR._replace(name=name, crossover=crossover, presolve=_presolve(options)))
    else:
        if warm is not None and options.presolve is not True:
            key = {"primal": "primal", "dual": "dual", "primal-dual": "dual"}.get(method, warm)
            first.append(WARM[key])
            reason = WHY[key] if method == "auto" else asked
        else:
            reason = WHY[""] if method == "auto" else asked
        cold = _PRIMAL if method == "primal" else _DUAL
        if options.presolve is not False:
            first.append(cold._replace(name=f"presolve and {cold.name}", presolve=_presolve(options)))
        else:
            first.append(cold)
    return _in_turn(options, first), reason


def _presolve(options: Options) -> str:
    return "choose" if isinstance(options.presolve, str) else "on" if options.presolve else "off"


def _in_turn(options: Options, first: list[Route]) -> Iterator[Route]:
    for route in (*first, *(route for route in _LADDER if route not in first)):
        if route.scaling == 0 and options.scaling is True:
            continue
        if options.scaling is False:
            route = route._replace(scaling=0)
        yield route


def _run(problem: Problem, route: Route, clock: Clock) -> Status:
    if not route.warm:
        problem.forget()
    left = clock.iterations_left
    if left <= 0:
        return Status.ITERATION_LIMIT
    limit = int(min(left, _NO_LIMIT))
    problem.set(
        solver=route.solver,
        simplex_strategy=route.strategy,
        presolve=route.presolve,
        simplex_scale_strategy=route.scaling,
        run_crossover=route.crossover,
        simplex_iteration_limit=limit,
        ipm_iteration_limit=limit,
        pdlp_iteration_limit=limit,
    )
    clock.phase = route.phase
    may_not_end = route.solver == "pdlp"
    return problem.run(clock, _MOST_SECONDS + _PER_COEFFICIENT * problem.model.getNumNz() if may_not_end else inf)


def _minimized(form: MatrixForm) -> tuple[MatrixForm, list[int]]:
    """The program as a minimization without free rows, and the rows that are left.

    If a method of HiGHS 1.15 ends without a basis, presolve returns wrong duals for a maximization.  The first-order
    method prints a warning for each free row.
    """
    kept = [i for i, (low, high) in enumerate(zip(form.row_lower, form.row_upper)) if low > -inf or high < inf]
    if len(kept) < form.rows:
        starts, indices, values = array("q", [0]), array("i"), array("d")
        for i in kept:
            terms, factors = form.row(i)
            indices += terms
            values += factors
            starts.append(len(indices))
        lower, upper = (array("d", [ends[i] for i in kept]) for ends in (form.row_lower, form.row_upper))
        form = dataclasses.replace(
            form, starts=starts, indices=indices, values=values, row_lower=lower, row_upper=upper
        )
    if form.maximize:
        cost = array("d", [-c for c in form.cost])
        form = dataclasses.replace(form, maximize=False, offset=-form.offset, cost=cost)
    return form, kept


def _optimum(
    problem: Problem, route: Route, form: MatrixForm, clock: Clock, reason: str, kept: Optional[list[int]]
) -> Relaxation:
    """The optimum that HiGHS reports; the message says what it violates, if anything."""
    numbers: Numbers
    if kept is None:
        numbers, complaint = _checked(problem, form, held_to(clock.options, form))
        objective = rounded_objective(form, numbers.primal())
    else:
        values = clipped(form, problem.column_values() or [float("nan")] * form.columns)
        objective = rounded_objective(form, values)
        told = problem.numbers()
        sign, duals = -1.0 if form.maximize else 1.0, [0.0] * form.rows
        for i, dual in zip(kept, told.duals() or ()):
            duals[i] = sign * dual + 0.0
        numbers = ReadNumbers(values, [sign * cost + 0.0 for cost in told.reduced_costs() or ()], duals)
        # Without a vertex, complementary slackness holds only in the limit, so the duality gap is checked instead.
        complaint = primal_complaint(form, values, TOLERANCE) or gap_complaint(form, values, duals, TOLERANCE)
    return Relaxation(Status.OPTIMAL, route.name, complaint or "", reason, numbers, objective, route.is_vertex)


def _stopped(problem: Problem, route: Route, status: Status, form: MatrixForm) -> Relaxation:
    """The outcome of a stopped run, with its point if that is feasible."""
    values = problem.column_values()
    if values is not None:
        numbers = problem.numbers(clipped(form, values), False)
        if primal_complaint(form, numbers.primal(), TOLERANCE) is None:
            return Relaxation(status, route.name, numbers=numbers, objective=objective_value(form, numbers.primal()))
    return Relaxation(status, route.name)
