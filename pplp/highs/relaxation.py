"""Linear programs: which of HiGHS's methods run, and what is believed of their answers.

An optimum is accepted when it holds against the program's own data, infeasible and unbounded when two routes agree;
otherwise the next route is tried.
"""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Iterator
from math import inf
from typing import Any, NamedTuple, Optional

from pplp.clock import Clock
from pplp.highs.library import snapped_values
from pplp.highs.problem import Problem, ReadOnce
from pplp.matrix_form import MatrixForm
from pplp.routes import disbelieved, no_route
from pplp.solution import Numbers, Outcome, ReadNumbers, Status
from pplp.solver import Options
from pplp.verification import TOLERANCE, gap_complaint, objective_value, outcome_complaint, primal_complaint

__all__ = ["WARM", "WHY", "Relaxation", "settings", "solve_relaxation"]

_STOPPED = (Status.TIME_LIMIT, Status.ITERATION_LIMIT, Status.INTERRUPTED)
_NO_LIMIT = 2**31 - 1
#: The first-order method can go on for ever: another one takes over where it has no end after so many seconds, and
#: so many for each coefficient.
_MOST_SECONDS, _PER_COEFFICIENT = 10.0, 1e-3


class Route(NamedTuple):
    """One way to an answer, as settings of HiGHS."""

    name: str
    solver: str = "simplex"
    strategy: int = 1  # 1 the dual simplex, 4 the primal one
    presolve: str = "off"
    scaling: int = 1  # HiGHS's own choice; 0 none
    crossover: str = "on"
    warm: bool = False
    phase: str = "simplex"

    @property
    def is_vertex(self) -> bool:
        """Does it end at a vertex, with a basis?"""
        return self.crossover == "on" and self.solver != "pdlp"


#: From the last basis.
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
#: Why the first route is the first.
WHY = {
    "dual": "auto: bounds or rows changed since the last solve, and its basis stays dual feasible",
    "primal": "auto: no bound moved since the last solve, so its basis is feasible",
    "": "auto: HiGHS's own choice",
}


class Relaxation(NamedTuple):
    """The outcome for the linear program, integers relaxed."""

    status: Status
    route: str
    message: str = ""
    reason: str = ""
    numbers: Optional[Numbers] = None
    objective: float = float("nan")
    is_vertex: bool = True


def settings(options: Options, is_mip: bool) -> dict[str, Any]:
    """HiGHS's names for the options that are the same on every route."""
    return {
        "primal_feasibility_tolerance": options.feasibility_tolerance,
        "dual_feasibility_tolerance": options.optimality_tolerance,
        # HiGHS holds rows to it, too: so its own default is the most.
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
    """Solve the linear program; `warm` is a key of `WARM` when there is a basis for that."""
    problem.set(**settings(clock.options, False))
    votes: dict[Status, str] = {}
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
            found = _optimum(at, route, form, reason, kept)
            if not found.message:
                return found
            said = found.message
        elif status in (Status.UNBOUNDED, Status.INFEASIBLE, Status.INFEASIBLE_OR_UNBOUNDED):
            agreed = _agreed(status, votes)
            if agreed is not None:
                return Relaxation(
                    agreed, f"{votes.get(agreed) or votes[status]}, confirmed by {route.name}", "", reason
                )
            votes[status] = route.name
        trouble.append(disbelieved(clock, route.name, said))
    return Relaxation(
        Status.NUMERICAL,
        "all routes",
        no_route(trouble),
        reason,
    )


def _agreed(status: Status, votes: dict[Status, str]) -> Optional[Status]:
    """What two routes say, when this one says this."""
    both, either = {Status.INFEASIBLE, Status.UNBOUNDED}, Status.INFEASIBLE_OR_UNBOUNDED
    if status is either:
        certain = both.intersection(votes)
        return certain.pop() if len(certain) == 1 else None
    (other,) = both - {status}
    return status if other not in votes and (status in votes or either in votes) else None


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
    is_endless = route.solver == "pdlp"
    return problem.run(clock, _MOST_SECONDS + _PER_COEFFICIENT * problem.model.getNumNz() if is_endless else inf)


def _minimized(form: MatrixForm) -> tuple[MatrixForm, list[int]]:
    """The program as a minimisation, without rows that say nothing; and which rows are left.

    HiGHS 1.15's presolve gives wrong duals of a maximisation when a method ends without a basis, and its first-order
    method prints a warning of each free row.
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


def _optimum(problem: Problem, route: Route, form: MatrixForm, reason: str, kept: Optional[list[int]]) -> Relaxation:
    """What HiGHS calls an optimum; the message says what of it does not hold."""
    solution = problem.model.getSolution()
    values = snapped_values(solution.col_value, form.column_lower, form.column_upper)
    objective = objective_value(form, values)
    if kept is None:
        numbers: Numbers = ReadOnce(solution, values)
        complaint = outcome_complaint(form, Outcome(Status.OPTIMAL, numbers, objective))
    else:
        sign, duals = -1.0 if form.maximize else 1.0, [0.0] * form.rows
        for i, dual in zip(kept, solution.row_dual):
            duals[i] = sign * dual + 0.0
        numbers = ReadNumbers(values, [sign * cost + 0.0 for cost in solution.col_dual], duals)
        # Complementary slackness holds only in the limit.
        complaint = primal_complaint(form, values, TOLERANCE) or gap_complaint(form, values, duals, TOLERANCE)
    return Relaxation(Status.OPTIMAL, route.name, complaint or "", reason, numbers, objective, route.is_vertex)


def _stopped(problem: Problem, route: Route, status: Status, form: MatrixForm) -> Relaxation:
    """Where a run was stopped: its point, where that is feasible."""
    solution = problem.model.getSolution()
    if solution.value_valid and len(solution.col_value) == form.columns:
        numbers = ReadOnce(solution, snapped_values(solution.col_value, form.column_lower, form.column_upper), False)
        if primal_complaint(form, numbers.primal(), TOLERANCE) is None:
            return Relaxation(status, route.name, numbers=numbers, objective=objective_value(form, numbers.primal()))
    return Relaxation(status, route.name)
