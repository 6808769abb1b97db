"""GLPK's interior-point method, and the crossover from its point to a vertex.

The method reports "no feasible solution" for unbounded programs, too, and sometimes fails to converge.  So only an
optimum is accepted, and only if its primal and dual objectives agree on the program's own data.  In all other cases
the simplex solves the program.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import repeat
from math import inf
from typing import Any, NamedTuple, Optional

from pplp.engines.glpk.clock import TOLERANCE, Clock
from pplp.engines.glpk.library import C, calls, glpk
from pplp.engines.glpk.log import captured_output
from pplp.engines.glpk.problem import Problem
from pplp.engines.glpk.threads import suspend
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.form.verification import activities, clipped, gap_complaint, primal_complaint

__all__ = ["Point", "interior_point", "standing_fixed"]


class Point(NamedTuple):
    """The result of the method; without values if it is not an optimum."""

    said: str
    values: Optional[list[float]] = None
    duals: Any = ()
    reduced_costs: Any = ()


def interior_point(form: MatrixForm, clock: Clock) -> Point:
    """Run the method on its own copy of the program; call this in a thread that does nothing else.

    The method cannot be stopped.  Once it is abandoned, the thread sleeps from the end of the iteration on, so that
    other threads can call GLPK; its memory is lost.
    """
    clock.phase = "interior point"
    problem = Problem(form)
    limit = clock.options.iteration_limit

    def take_line(line: str) -> None:
        clock.log(line)
        if limit is not None and clock.iterations >= limit and clock.stop is None:
            clock.stop = Status.ITERATION_LIMIT
        if clock.stopping() is not None:
            suspend()

    try:
        parameters = glpk.glp_iptcp()
        C.glp_init_iptcp(int(parameters.this))
        parameters.msg_lev = glpk.GLP_MSG_ALL
        with captured_output(take_line):
            code = C.glp_interior(problem.address, int(parameters.this))
        pointer = problem.pointer
        if code or calls.glp_ipt_status(pointer) != glpk.GLP_OPT:
            return Point(_CODES.get(code, "it found no optimum"))
        values = _read(calls.glp_ipt_col_prim, problem, form.columns)
        duals = _read(calls.glp_ipt_row_dual, problem, form.rows)
        costs = _read(calls.glp_ipt_col_dual, problem, form.columns)
        if problem.units is not None:
            units = problem.units
            values, duals, costs = units.values(values), units.duals(duals), units.reduced_costs(costs)
        values = clipped(form, values)
    finally:
        problem.delete()
    complaint = primal_complaint(form, values, TOLERANCE) or gap_complaint(form, values, duals, TOLERANCE)
    return Point(complaint) if complaint else Point("optimal", values, duals, costs)


_CODES = {
    glpk.GLP_EFAIL: "the problem has no rows or no columns",
    glpk.GLP_ENOCVG: "it did not converge",
    glpk.GLP_EITLIM: "it did not converge",
    glpk.GLP_EINSTAB: "it was numerically unstable",
}


def _read(get: Any, problem: Problem, count: int) -> list[float]:
    return list(map(get, repeat(problem.pointer), range(1, count + 1)))


@contextlib.contextmanager
def standing_fixed(problem: Problem, point: Point) -> Iterator[None]:
    """While open, the rows and columns that the point has at a bound are fixed there.

    A row or column is at a bound if its distance is less than its dual.  The rest is a small problem whose solutions
    are the optimal face of the whole program, so a vertex that the simplex finds is an optimal vertex of the whole.
    """
    pointer, form = problem.pointer, problem.form()
    assert point.values is not None
    standing = []
    rows = activities(form, point.values), point.duals, form.row_lower, form.row_upper, _ROWS
    columns = point.values, point.reduced_costs, form.column_lower, form.column_upper, _COLUMNS
    for values, duals, lower, upper, (bounds_are, kind, *_) in (rows, columns):
        for k, (value, dual, low, high) in enumerate(zip(values, duals, lower, upper)):
            at_low = value - low <= high - value
            if low < high and min(value - low, high - value) < abs(dual):
                bound = low if at_low else high
                if problem.units is not None:
                    of_row = lower is form.row_lower
                    unit = problem.units.unit(k if of_row else k + form.rows)
                    low, high, bound = low / unit, high / unit, bound / unit
                standing.append((lower is form.row_lower, k + 1, kind(pointer, k + 1), low, high, at_low))
                bounds_are(pointer, k + 1, glpk.GLP_FX, bound, bound)
    try:
        yield
    finally:
        for is_row, number, code, low, high, at_low in standing:
            bounds_are, _, status, status_is = _ROWS if is_row else _COLUMNS
            is_basic = status(pointer, number) == glpk.GLP_BS
            bounds_are(pointer, number, code, low if low > -inf else 0.0, high if high < inf else 0.0)
            if code == glpk.GLP_DB and not is_basic:
                status_is(pointer, number, glpk.GLP_NL if at_low else glpk.GLP_NU)


_ROWS = calls.glp_set_row_bnds, calls.glp_get_row_type, calls.glp_get_row_stat, calls.glp_set_row_stat
_COLUMNS = calls.glp_set_col_bnds, calls.glp_get_col_type, calls.glp_get_col_stat, calls.glp_set_col_stat
