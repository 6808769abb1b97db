"""One short run of the simplex in the caller's thread: from the last basis, or from scratch for a small program.

This is the common case, and it has no overhead: no job for another thread, no log, no limits, and no repair.  If the
run does not end with an optimum that passes its check, the engine solves in full.
"""

from __future__ import annotations

import time
from math import inf
from typing import Optional

from pplp.engines.contract import Options
from pplp.engines.glpk.clock import TOLERANCE, Clock
from pplp.engines.glpk.library import C, calls, glpk
from pplp.engines.glpk.memory import check_memory
from pplp.engines.glpk.problem import WARM_UPDATES, Problem
from pplp.engines.glpk.simplex import ASKED_FOR, WARM, WARM_REASONS, first_run, full_complaint, warm_parameters
from pplp.form.outcome import TINY, snapped
from pplp.form.verification import SMALL, rounded_objective

__all__ = ["Ended", "run_from_basis", "run_from_scratch"]

#: One warm solve in this many is always checked.
_SAMPLE = 16

#: An optimum: its objective, iterations and seconds, the route and its reason, and the values if they were read.
Ended = tuple[float, int, float, str, str, Optional[list[float]]]


def run_from_scratch(problem: Problem, clock: Clock) -> Optional[Ended]:
    """The optimum of a small program that needs no scaling of units; None if one short run does not find it."""
    if problem.units is not None or problem.is_doubtful or problem.crossed_columns or problem.crossed_rows:
        return None
    found = first_run(problem, clock)
    if found is None or found.values is None:
        return None
    objective = rounded_objective(problem.form(), found.values)
    return _ended(problem, objective, clock.solver_seconds, found.route, found.reason, found.values)


def run_from_basis(problem: Problem, method: str, options: Options, is_checked: bool) -> Optional[Ended]:
    """The optimum that the simplex reaches from the last basis; None if the run fails, or its answer is in doubt.

    It is checked in full if `is_checked`, else by the rules of `_trusted`.
    """
    if not problem.scaled or problem.crossed_columns or problem.crossed_rows:
        return None
    if problem.is_doubtful or not problem.columns or 1 in problem.integer:  # edits can lead to each of these
        return None
    check_memory(problem.memory)
    parameters = problem.warm_parameters.get(method)
    if parameters is None or parameters.options is not options or parameters.size != problem.rows + problem.columns:
        parameters = warm_parameters(problem, method, options)
    if problem.updates != WARM_UPDATES:
        problem.factorize_after(WARM_UPDATES)
    began = time.perf_counter()
    code = C.glp_simplex(problem.address, parameters.address)
    seconds = time.perf_counter() - began
    if code != 0 or calls.glp_get_status(problem.pointer) != glpk.GLP_OPT:
        return None
    objective: Optional[float]
    if is_checked:
        complaint, values = full_complaint(problem, options)
        objective = rounded_objective(problem.form(), values) if complaint is None else None
    else:
        values, objective = None, _trusted(problem, seconds)
    if objective is None:
        return None
    reason = WARM_REASONS.get(method, ASKED_FOR) if options.method == "auto" else ASKED_FOR
    return _ended(problem, objective, seconds, WARM[method].name, reason, values)


def _trusted(problem: Problem, seconds: float) -> Optional[float]:
    """The objective of a warm run that took this long; None if the answer has to be checked against the form."""
    # GLPK's own residuals are checked if that takes less than a fiftieth of the simplex time since the last check, and
    # after every sixteenth run in any case.
    problem.simplex_seconds += seconds
    problem.seconds_on_trust += seconds
    problem.unchecked += 1
    is_due = problem.check_seconds < problem.simplex_seconds / 50 or problem.unchecked >= _SAMPLE
    if is_due and problem.residual() > TOLERANCE:
        return None
    objective: float = calls.glp_get_obj_val(problem.pointer)
    if -TINY <= objective <= TINY and objective:
        return None  # the terms of the objective are needed to tell whether it is 0 up to rounding
    if problem.rows + problem.columns <= SMALL and not problem.is_within_rounding(objective):
        problem.seconds_on_trust = inf  # makes the full check due
        return None
    fraction = objective % 1.0
    return snapped(objective) if fraction and not 1e-6 < fraction < 0.999999 else objective


def _ended(
    problem: Problem, objective: float, seconds: float, route: str, reason: str, values: Optional[list[float]]
) -> Ended:
    """The result of a run that ended with an optimum."""
    count = calls.glp_get_it_cnt(problem.pointer)
    iterations, problem.iterations = count - problem.iterations, count
    return objective, iterations, seconds, route, reason, values
