"""Linear programs: choose a simplex, run it in slices that can be stopped, and check its answer.

Every method of GLPK sometimes fails: it may call an unscaled row with small coefficients infeasible, or stall without
limit on perturbed data.  So an optimum is accepted only if it passes a check against the program's own data, and
"infeasible" and "unbounded" only with a proof.  An answer that fails is repaired (see `pplp.engines.judgment`), or the
next route is tried: a combination of method, starting basis, scaling, ratio test, and presolve.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import repeat
from math import inf
from typing import TYPE_CHECKING, NamedTuple, Optional, Union

from pplp.engines.contract import Options
from pplp.engines.glpk.basis import direction, multipliers, read_basis, set_basis
from pplp.engines.glpk.clock import TOLERANCE, Clock
from pplp.engines.glpk.library import C, calls, glpk
from pplp.engines.glpk.memory import check_memory
from pplp.engines.glpk.problem import COLD_UPDATES, FIRST_SLICE, WARM_UPDATES, Problem, SimplexParameters
from pplp.engines.tolerance import held_to
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.form.verification import (
    activities,
    clipped,
    dual_complaint,
    is_small,
    primal_complaint,
    sample_complaint,
    snapped_values,
)

if TYPE_CHECKING:
    from pplp.engines.glpk.presolve import Reduced
    from pplp.engines.judgment import Repaired
    from pplp.engines.refinement import Claim

__all__ = [
    "ASKED_FOR",
    "WARM",
    "WARM_REASONS",
    "Relaxation",
    "first_run",
    "full_complaint",
    "solve_fixed",
    "solve_relaxation",
    "warm_parameters",
]

#: The longest slice, in seconds: one call of the simplex, which cannot be stopped before it returns.  Each call
#: computes a factorization and the pricing weights again, so slices double in length, up to this.
_LONGEST_SLICE = 4.0
#: The dual simplex runs first if at most this share of the columns must leave its lower bound.
_FEW_FLIPS = 0.1
#: A full check is made after every cold run if it takes at most this many seconds.
_SHORT = 0.01
#: The tolerances for the correction programs of iterative refinement.
_NARROW = Options(feasibility_tolerance=1e-9, optimality_tolerance=1e-9)


class Relaxation(NamedTuple):
    """The outcome of a relaxation; its values are still in the GLPK problem, unless they are given here."""

    status: Status
    route: str
    message: str = ""
    reason: str = ""
    values: Optional[list[float]] = None
    repaired: Optional[Repaired] = None

    def point(self, problem: Problem) -> list[float]:
        """The values of the columns at the optimum."""
        if self.repaired is not None and self.repaired.numbers is not None:
            return list(self.repaired.numbers.primal())
        return self.values if self.values is not None else problem.column_values()


class _Route(NamedTuple):
    name: str
    method: int
    basis: str  # "standard" (slack), "advanced", or the current one: "last", or "near" after an interior point
    scaled: bool = True
    ratio: int = glpk.GLP_RT_HAR
    presolve: bool = False


_PRIMAL, _DUAL = glpk.GLP_PRIMAL, glpk.GLP_DUALP
_COLD_DUAL = _Route("dual simplex from the slack basis", _DUAL, "standard")
_COLD_PRIMAL = _Route("primal simplex from an advanced basis", _PRIMAL, "advanced")
#: The routes that continue from the current basis.  "auto" takes "dual-first" if that is dual feasible.
WARM = {
    "primal": _Route("primal simplex from the last basis", _PRIMAL, "last"),
    "still-feasible": _Route("primal simplex from the last basis", _PRIMAL, "last"),
    "dual": _Route("pure dual simplex from the last basis", glpk.GLP_DUAL, "last"),
    "primal-dual": _Route("dual, then primal simplex from the last basis", _DUAL, "last"),
    "dual-first": _Route("dual simplex from the last basis", _DUAL, "last"),
    "crossover": _Route("interior point and crossover", _PRIMAL, "near"),
}
#: Why "auto" takes these routes.
WARM_REASONS = {
    "primal": "auto: no bound moved since the last solve, so its basis is feasible",
    "still-feasible": "auto: bounds changed since the last solve, but its basis is still feasible",
    "dual-first": "auto: bounds or rows changed since the last solve, and its basis stays dual feasible",
}
_SLACK_PRIMAL = _Route("primal simplex from the slack basis", _PRIMAL, "standard")
_PURE_DUAL = _Route("pure dual simplex from the slack basis", glpk.GLP_DUAL, "standard")
_PRIMAL_DUAL = _Route("dual, then primal simplex from the slack basis", _DUAL, "standard")
_LADDER = (
    _Route("dual simplex from an advanced basis", _DUAL, "advanced"),
    _SLACK_PRIMAL,
    _Route("primal simplex, unscaled", _PRIMAL, "standard", scaled=False),
    _Route("presolve and primal simplex", _PRIMAL, "standard", presolve=True),
    _Route("primal simplex with the textbook ratio test", _PRIMAL, "standard", ratio=glpk.GLP_RT_STD),
)


def warm_parameters(problem: Problem, method: str, options: Options) -> SimplexParameters:
    """The parameters for a run from the last basis; made once for each method and options."""
    parameters = SimplexParameters(options, problem.rows + problem.columns)
    parameters.set(WARM[method].method, WARM[method].ratio)
    problem.warm_parameters[method] = parameters
    return parameters


def solve_relaxation(problem: Problem, clock: Clock, warm: Optional[str]) -> Relaxation:
    """Solve the relaxation; `warm` is a key of `WARM` if the last basis suits that method."""
    routes, reason = _routes(problem, clock.options, warm)
    return _first_that_holds(problem, clock, routes)._replace(reason=reason)


def first_run(problem: Problem, clock: Clock) -> Optional[Relaxation]:
    """One short run of a small program from scratch; None unless it ends with an optimum that passes the check."""
    (route, _), reason = _cold_routes(problem, clock.options)
    if _run(problem, route, clock, is_short=True)[0] is not Status.OPTIMAL:
        return None
    complaint, values = _complaint(problem, False, clock)
    return None if complaint else Relaxation(Status.OPTIMAL, route.name, reason=reason, values=values)


def _first_that_holds(problem: Problem, clock: Clock, routes: Iterator[_Route]) -> Relaxation:
    from pplp.engines.routes import every_route_failed, rejected

    trouble = []
    for route in routes:
        clock.phase = "presolve" if route.presolve else "simplex"
        status, said = _run(problem, route, clock)
        if status in _STOPPED:
            return Relaxation(status, route.name)
        if status is Status.OPTIMAL:
            complaint, values = _complaint(problem, route.basis == "last", clock)
            if complaint is None:
                return Relaxation(status, route.name, values=values)
            said = complaint
        elif _is_proved(problem, status):
            return Relaxation(status, f"{route.name}, and a proof")
        found = _repaired(problem, status, clock)
        if found is not None:
            if clock.has_listeners and found.how:
                clock.log(f"The {route.name} ended with: {said}. This was repaired by the {found.how}.")
            return _relaxation(problem, route, found, clock)
        trouble.append(rejected(clock, route.name, said))
    return Relaxation(Status.NUMERICAL, "all routes", every_route_failed(trouble))


_STOPPED = (Status.TIME_LIMIT, Status.ITERATION_LIMIT, Status.INTERRUPTED)


def _relaxation(problem: Problem, route: _Route, found: Repaired, clock: Clock) -> Relaxation:
    """The repaired answer; the problem is set to its basis."""
    name = f"{route.name}, {found.how}" if found.how else route.name
    problem.is_delicate = True
    if found.letters:
        set_basis(problem, found.letters[: problem.columns], found.letters[problem.columns :])
        C.glp_warm_up(problem.address)
        if problem.is_mip:  # branch and cut needs the optimum of a simplex run
            _slices(problem, WARM["primal"], clock)
    return Relaxation(found.status, name, repaired=found)


def _is_proved(problem: Problem, status: Status) -> bool:
    """True if a large program's basis proves this status; small programs are decided in exact arithmetic instead."""
    from pplp.engines.judgment import contradicts, improves

    form = problem.form()
    if is_small(form):
        return False
    if status is Status.INFEASIBLE:
        weights = multipliers(problem)
        return weights is not None and contradicts(form, weights)
    if status is Status.UNBOUNDED:
        steps = direction(problem)
        return (
            steps is not None
            and improves(form, steps)
            and primal_complaint(form, problem.column_values(), TOLERANCE) is None
        )
    return False


def _repaired(problem: Problem, status: Status, clock: Clock) -> Optional[Repaired]:
    """A repaired optimum, or for a small program the exact answer; None if there is neither."""
    from pplp.engines.judgment import exact_answer, repaired
    from pplp.engines.refinement import Claim

    form, letters = problem.form(), "".join(read_basis(problem))
    if status is not Status.OPTIMAL:
        return exact_answer(form, letters, clock)

    values = clipped(form, problem.column_values())
    claim = Claim(values, problem.duals(), letters)
    return repaired(form, claim, lambda errors, start: _resolved(errors, start, clock), clock)


def _resolved(form: MatrixForm, letters: str, clock: Clock) -> Optional[Claim]:
    """Solve another linear program from a basis, with tight tolerances; None if that fails."""
    from pplp.engines.refinement import Claim

    problem = Problem(form)
    try:
        problem.scale()
        set_basis(problem, letters[: form.columns], letters[form.columns :])
        for route in (WARM["primal"], _COLD_PRIMAL):
            if route is _COLD_PRIMAL:
                C.glp_adv_basis(problem.address, 0)
            status, _ = _slices(problem, route, clock, _NARROW)
            if status is Status.OPTIMAL:
                return Claim(problem.column_values(), problem.duals(), "".join(read_basis(problem)))
        return None
    finally:
        problem.delete()


def _routes(problem: Problem, options: Options, warm: Optional[str]) -> tuple[Iterator[_Route], str]:
    """The routes in the order in which they are tried, and the reason for the first."""
    method = options.method
    first: list[_Route] = []
    if warm is not None and options.presolve is not True:
        first.append(WARM[warm])
        reason = WARM_REASONS.get(warm, ASKED_FOR) if method == "auto" else ASKED_FOR
    else:
        cold, reason = _cold_routes(problem, options)
        first += cold
    return _in_turn(problem, options, first, warm), reason


ASKED_FOR = "asked for"


def _in_turn(problem: Problem, options: Options, first: list[_Route], warm: Optional[str]) -> Iterator[_Route]:
    # Not with rows of a single variable: GLPK's presolver drops them as redundant with too wide a tolerance.
    may_presolve = options.presolve is not False and bool(problem.rows) and problem.shortest_row() > 1
    if options.presolve is True and may_presolve:
        for route in first[:1]:
            yield route._replace(name=f"presolve and {route.name}", presolve=True)
    scaled = options.scaling is not False
    for route in first:
        yield route if scaled else route._replace(scaled=False, name=f"{route.name}, unscaled")
    if warm is not None and options.presolve is not True:
        for route in _cold_routes(problem, options)[0]:
            yield route if scaled else route._replace(scaled=False, name=f"{route.name}, unscaled")
    for route in _LADDER:
        if route.presolve <= may_presolve and (route.scaled or options.scaling is not True):
            yield route


def _cold_routes(problem: Problem, options: Options) -> tuple[tuple[_Route, _Route], str]:
    """The first two routes without a basis to continue from, and the reason.

    The dual simplex starts in phase two if every column can be at a bound where its reduced cost has the right sign.
    But if many columns must leave their lower bound for that, it has to repair nearly all rows.  The primal simplex
    starts in phase two if all rows are satisfied with all columns at their lower bounds.
    """
    method, form = options.method, problem.form()
    if method == "dual":
        return (_PURE_DUAL, _SLACK_PRIMAL), ASKED_FOR
    if method == "primal-dual":
        return (_PRIMAL_DUAL, _SLACK_PRIMAL), ASKED_FOR
    if method != "primal":
        flips = _flips_to_dual_feasibility(form)
        if flips <= _FEW_FLIPS * form.columns:
            return (
                _COLD_DUAL,
                _COLD_PRIMAL,
            ), f"auto: {flips:.0f} of {form.columns} columns must leave their lower bound for dual feasibility"
    if _slack_basis_is_feasible(form):
        reason = "auto: the rows hold with all columns at their lower bounds"
        return (_SLACK_PRIMAL, _COLD_DUAL), reason if method != "primal" else ASKED_FOR
    reason = "auto: no simple start is feasible for the primal or the dual simplex"
    return (_COLD_PRIMAL, _COLD_DUAL), reason if method != "primal" else ASKED_FOR


def _flips_to_dual_feasibility(form: MatrixForm) -> float:
    """How many columns must be at their upper bound for dual feasibility; infinite if that is not enough."""
    lower, upper = form.column_lower, form.column_upper
    # The columns whose cost pulls them to the upper bound.
    if form.maximize:
        pulled = [j for j, cost in enumerate(form.cost) if cost > 0]
    else:
        pulled = [j for j, cost in enumerate(form.cost) if cost < 0]
    if inf in upper and any(upper[j] == inf for j in pulled):
        return inf
    if -inf in lower:
        at_rest = set(pulled)
        if any(low == -inf and cost and j not in at_rest for j, (low, cost) in enumerate(zip(lower, form.cost))):
            return inf
    return sum(1 for j in pulled if lower[j] != -inf)


def _slack_basis_is_feasible(form: MatrixForm) -> bool:
    """True if the slack basis is primal feasible.

    Every column is then at its lower bound, at its upper bound if it has no lower bound, or at 0 if it is free.
    """
    bounds = zip(form.column_lower, form.column_upper)
    start = [lower if lower != -inf else upper if upper != inf else 0.0 for lower, upper in bounds]
    values = activities(form, start) if any(start) else repeat(0.0)
    return all(lower <= value <= upper for value, lower, upper in zip(values, form.row_lower, form.row_upper))


def _run(problem: Problem, route: _Route, clock: Clock, is_short: bool = False) -> tuple[Status, str]:
    """Run one route to its end, or only its first slice if `is_short`; returns the status, and what GLPK says."""
    problem.scale(route.scaled)
    problem.factorize_after(WARM_UPDATES if route.basis == "last" else COLD_UPDATES)
    if route.basis == "standard":
        C.glp_std_basis(problem.address)
    elif route.basis == "advanced":
        C.glp_adv_basis(problem.address, 0)
    if not route.presolve:
        return _slices(problem, route, clock, is_short=is_short)
    from pplp.engines.glpk.presolve import Reduced

    reduced = Reduced(problem)
    try:
        code = reduced.build(route.scaled)
        if code:
            return _status(problem.pointer, code)
        clock.phase = "simplex"
        status, said = _slices(reduced, route, clock)
        if status is Status.OPTIMAL:
            reduced.hand_back()
        return status, said
    finally:
        reduced.close()


def solve_fixed(problem: Problem, clock: Clock) -> None:
    """Solve a problem while most of its columns are fixed, to get a good starting basis for the whole problem."""
    C.glp_adv_basis(problem.address, 0)
    _slices(problem, _COLD_DUAL, clock)


def _slices(
    problem: Union[Problem, Reduced],
    route: _Route,
    clock: Clock,
    options: Optional[Options] = None,
    is_short: bool = False,
) -> tuple[Status, str]:
    """Run the simplex from the current basis in slices: calls of limited time; only the first one if `is_short`."""
    pointer, size = problem.pointer, problem.rows + problem.columns
    is_mip = isinstance(problem, Problem) and problem.is_mip
    parameters = SimplexParameters.of(options or clock.options, size, is_mip)
    parameters.set(route.method, route.ratio)
    parameters.speak(clock.wants_log, clock.options.wants_progress)
    # GLPK can cycle without limit: a route gives up after more iterations than any sound run takes.
    most = 2000 + 100 * size
    guard = calls.glp_get_it_cnt(pointer) + most
    clock.shift = clock.iterations - calls.glp_get_it_cnt(pointer)
    seconds = FIRST_SLICE
    while True:
        stop = clock.stopping()
        if stop is not None:
            return stop, str(stop)
        if clock.iterations_left <= 0:
            return Status.ITERATION_LIMIT, "iteration limit"
        check_memory(problem.memory)
        before = calls.glp_get_it_cnt(pointer)
        parameters.limit(min(seconds, clock.left), min(clock.iterations_left, guard - before))
        began = time.perf_counter()
        code = C.glp_simplex(problem.address, parameters.address)
        clock.solver_seconds += time.perf_counter() - began
        done = calls.glp_get_it_cnt(pointer)
        clock.iterations += done - before
        if code not in (glpk.GLP_ETMLIM, glpk.GLP_EITLIM) or is_short:
            return _status(pointer, code)
        if done >= guard or (done == before and code == glpk.GLP_EITLIM):
            return Status.NUMERICAL, f"no end after {done - guard + most} iterations"
        seconds = min(2 * seconds, _LONGEST_SLICE)
        if isinstance(problem, Problem) and not problem.is_mip and problem.is_feasible(TOLERANCE):
            clock.incumbent = problem.objective(), problem.column_values()


_CODES = {
    glpk.GLP_EBADB: "the basis is not valid",
    glpk.GLP_ESING: "the basis matrix is singular",
    glpk.GLP_ECOND: "the basis matrix is ill-conditioned",
    glpk.GLP_EFAIL: "the simplex failed",
    glpk.GLP_ENOPFS: "the presolver says infeasible",
    glpk.GLP_ENODFS: "the presolver says unbounded or infeasible",
}


def _status(pointer: object, code: int) -> tuple[Status, str]:
    """The status of a finished run, by its return code and GLPK's primal and dual status."""
    if code == glpk.GLP_ENOPFS:
        return Status.INFEASIBLE, _CODES[code]
    if code == glpk.GLP_ENODFS:
        return Status.INFEASIBLE_OR_UNBOUNDED, _CODES[code]
    if code != 0:
        return Status.NUMERICAL, _CODES.get(code, f"return code {code}")
    general, primal = calls.glp_get_status(pointer), calls.glp_get_prim_stat(pointer)
    if general == glpk.GLP_OPT:
        return Status.OPTIMAL, "optimal"
    if primal == glpk.GLP_NOFEAS:
        return Status.INFEASIBLE, "no feasible point"
    if general == glpk.GLP_UNBND:
        return Status.UNBOUNDED, "unbounded"
    if calls.glp_get_dual_stat(pointer) == glpk.GLP_NOFEAS:
        return Status.INFEASIBLE_OR_UNBOUNDED, "dual infeasible"
    return Status.NUMERICAL, f"undecided, status {general}"


def _complaint(problem: Problem, warm: bool, clock: Clock) -> tuple[Optional[str], Optional[list[float]]]:
    """What is wrong with an "optimal" basis, or None; and the values, if they had to be read.

    A full check verifies every bound, row, reduced cost, and dual with the data of the form.  It is made after a cold
    run if the program is not large, and after any run if it takes less than a fiftieth of the simplex time since the
    last full check.  Otherwise GLPK's own routine checks all conditions with GLPK's data; after a cold run of a large
    program, one row in sixteen is also checked with the data of the form.
    """
    # After a warm run, the form is compiled only if the check was due before the run.
    is_due = problem.is_delicate or problem.full_check_is_due(0.0 if warm else clock.solver_seconds)
    if warm and not is_due:
        problem.seconds_on_trust += clock.solver_seconds
        worst = problem.residual()
        return (None if worst <= TOLERANCE else f"a relative residual of {worst:.1e}"), None
    if is_due or problem.full_check_seconds <= _SHORT:
        return full_complaint(problem, clock.options)
    form = problem.form()
    values = snapped_values(form, clipped(form, problem.column_values()))
    problem.seconds_on_trust += clock.solver_seconds
    complaint = sample_complaint(form, values, held_to(clock.options, form), True)
    worst = 0.0 if complaint else problem.residual()
    return complaint or (None if worst <= TOLERANCE else f"a relative residual of {worst:.1e}"), values


def full_complaint(problem: Problem, options: Options) -> tuple[Optional[str], list[float]]:
    """What is wrong with an "optimal" basis by the program's own data, or None; and its values."""
    began = time.perf_counter()
    form = problem.form()
    raw = clipped(form, problem.column_values())
    values, tolerance = snapped_values(form, raw), held_to(options, form)
    complaint = primal_complaint(form, values, tolerance)
    if complaint is not None and values is not raw:
        values, complaint = raw, primal_complaint(form, raw, tolerance)
    complaint = complaint or dual_complaint(form, values, problem.duals(), problem.reduced_costs(), tolerance)
    problem.full_check_seconds, problem.seconds_on_trust = time.perf_counter() - began, 0.0
    return complaint, values
