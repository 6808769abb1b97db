"""Mixed-integer programs: the relaxation first, then GLPK's branch and cut, then a look at the point it gave."""

from __future__ import annotations

import ctypes
import dataclasses
from array import array
from math import gcd, inf
from typing import Any, NamedTuple, Optional

from pplp.glpk.library import TREE_CALLBACK, C, Library, calls, glpk
from pplp.glpk.problem import Problem
from pplp.glpk.simplex import TOLERANCE, Clock, Relaxation, solve_relaxation
from pplp.matrix_form import MatrixForm
from pplp.solution import Status
from pplp.solver import Progress
from pplp.verification import primal_complaint

__all__ = ["Search", "solve_mip"]

#: Where glp_iocp has its callback; the structure is part of GLPK's binary interface.
_CALLBACK_OFFSET = 48
_FOREVER = 2_000_000_000
#: GLPK's bound of a node that it has not solved yet is the greatest number there is.
_NO_BOUND = 1e300


class Search(NamedTuple):
    """The outcome of a mixed-integer program."""

    status: Status
    route: str
    message: str = ""
    values: Optional[list[float]] = None
    bound: Optional[float] = None
    nodes: int = 0


class _Tree:
    """What the callback sees of the search; it stops it where that is due."""

    def __init__(self, problem: Problem, clock: Clock) -> None:
        self.clock = clock
        self.bound: Optional[float] = None
        self.nodes = 0
        self.relaxations = 0
        self.stopped: Optional[Status] = None
        self.error: Optional[BaseException] = None
        self._total = ctypes.c_int()
        self._problem = problem
        self.callback = TREE_CALLBACK(self._call)

    def _call(self, tree: Any, _: Any) -> None:
        # GLPK cannot pass an exception on: keep it, end the search, raise it afterwards.
        try:
            self._look(tree)
        except BaseException as error:
            self.error = self.error or error
            C.glp_ios_terminate(tree)

    def _look(self, tree: Any) -> None:
        best = C.glp_ios_best_node(tree)
        if best:
            bound = C.glp_ios_node_bound(tree, best)
            if abs(bound) < _NO_BOUND:
                self.bound = bound
        C.glp_ios_tree_size(tree, None, None, ctypes.addressof(self._total))
        self.nodes = self._total.value
        limit = self.clock.options.node_limit
        if self.stopped is not None or self.error is not None:
            C.glp_ios_terminate(tree)
        elif limit is not None and self._is_past(limit, C.glp_ios_reason(tree)):
            self.stopped = Status.NODE_LIMIT
            C.glp_ios_terminate(tree)
        elif Library.stopping():
            self.stopped = Status.INTERRUPTED
            C.glp_ios_terminate(tree)
        elif self.clock.left <= 0:
            self.stopped = Status.TIME_LIMIT
            C.glp_ios_terminate(tree)
        self.clock.report(self._event)

    def _is_past(self, limit: int, reason: int) -> bool:
        """Is the search about to branch with all the nodes that it may have?

        With unbounded integers GLPK can also tighten bounds and solve again at one node for ever: a node
        gets as many relaxations as any sound search needs.
        """
        self.relaxations += reason == glpk.GLP_IROWGEN
        if self.relaxations > 50 * (limit + 10):
            return True
        return self.nodes >= max(1, limit) and reason == glpk.GLP_IBRANCH

    def _event(self) -> Progress:
        pointer = self._problem.pointer
        found = calls.glp_mip_status(pointer) in (glpk.GLP_FEAS, glpk.GLP_OPT)
        incumbent = calls.glp_mip_obj_val(pointer) if found else None
        return Progress(
            "branch and cut",
            self.clock.seconds,
            self.clock.iterations,
            incumbent=incumbent,
            bound=self.bound,
            nodes=self.nodes,
        )


def solve_mip(problem: Problem, clock: Clock, warm: Optional[str] = None) -> Search:
    """Solve the mixed-integer program that the problem holds; `warm` is for its relaxation."""
    form = problem.form()
    witness = _no_integer_solution(form)
    if witness is not None:
        return Search(Status.INFEASIBLE, "divisibility", witness)
    relaxation = solve_relaxation(problem, clock, warm)
    if relaxation.status is Status.UNBOUNDED:
        return _unbounded_or_not(problem, form, clock, relaxation)
    if relaxation.status is not Status.OPTIMAL:
        return Search(relaxation.status, relaxation.route, relaxation.message)
    root = calls.glp_get_obj_val(problem.pointer)
    found = _searched(problem, form, clock)
    if found.status is Status.INFEASIBLE or (found.status is Status.NUMERICAL and clock.left > 0):
        # One route may be wrong: the other has the last word where it finds a point.
        again = solve_relaxation(problem, clock, None)
        if again.status is Status.OPTIMAL:
            second = _searched(problem, form, clock, integrality=1e-12, cuts=False)
            found = second if found.status is not Status.INFEASIBLE or second.values else found
    return found if found.bound is not None or found.status is Status.INFEASIBLE else found._replace(bound=root)


def _searched(
    problem: Problem, form: MatrixForm, clock: Clock, *, integrality: Optional[float] = None, cuts: bool = True
) -> Search:
    """One run of branch and cut, its point checked."""
    options, pointer = clock.options, problem.pointer
    parameters = glpk.glp_iocp()
    C.glp_init_iocp(int(parameters.this))
    parameters.msg_lev = glpk.GLP_MSG_ALL if options.verbose or options.log else glpk.GLP_MSG_OFF
    # GLPK's presolver of integer programs aborts the process on some that are sound, and with cover cuts on more: off.
    parameters.presolve = glpk.GLP_OFF
    # With unbounded integers GLPK can add cuts at one node for ever: then it only branches.
    wanted = glpk.GLP_ON if cuts and _integers_are_bounded(form) else glpk.GLP_OFF
    parameters.gmi_cuts = parameters.mir_cuts = wanted
    parameters.tol_int = integrality or options.integrality_tolerance
    parameters.mip_gap = float(options.gap)
    parameters.tm_lim = int(min(max(1.0, clock.left * 1000), _FOREVER))
    tree = _Tree(problem, clock)
    address = int(parameters.this)
    ctypes.c_void_p.from_address(address + _CALLBACK_OFFSET).value = ctypes.cast(tree.callback, ctypes.c_void_p).value
    before = calls.glp_get_it_cnt(pointer)
    began = clock.seconds
    code = C.glp_intopt(problem.address, address)
    clock.solver_seconds += clock.seconds - began
    clock.iterations += calls.glp_get_it_cnt(pointer) - before
    if tree.error is not None:
        raise tree.error
    route = "branch and cut" if wanted == glpk.GLP_ON else "branch and bound"
    status = _status(code, calls.glp_mip_status(pointer), tree.stopped)
    if calls.glp_mip_status(pointer) not in (glpk.GLP_OPT, glpk.GLP_FEAS):
        message = f"GLPK returned {code}." if status is Status.NUMERICAL else ""
        return Search(status, route, message, bound=tree.bound, nodes=tree.nodes)
    values, complaint = _checked_point(problem, form, clock)
    if values is None:
        return Search(Status.NUMERICAL, route, f"The integer point does not hold: {complaint}.", nodes=tree.nodes)
    bound = tree.bound if status is not Status.OPTIMAL else calls.glp_mip_obj_val(pointer)
    return Search(status, route, "", values, bound, tree.nodes)


def _integers_are_bounded(form: MatrixForm) -> bool:
    bounds = zip(form.integer, form.column_lower, form.column_upper)
    return all(lower > -inf and upper < inf for integer, lower, upper in bounds if integer)


def _status(code: int, found: int, stopped: Optional[Status]) -> Status:
    if code == 0:
        return {glpk.GLP_OPT: Status.OPTIMAL, glpk.GLP_NOFEAS: Status.INFEASIBLE}.get(found, Status.NUMERICAL)
    if code == glpk.GLP_EMIPGAP:
        return Status.GAP_REACHED
    if code == glpk.GLP_ETMLIM:
        return stopped or Status.TIME_LIMIT
    if code == glpk.GLP_ESTOP:
        return stopped or Status.INTERRUPTED
    if code == glpk.GLP_ENOPFS:
        return Status.INFEASIBLE
    return Status.NUMERICAL


def _checked_point(problem: Problem, form: MatrixForm, clock: Clock) -> tuple[Optional[list[float]], Optional[str]]:
    """The integer point with its integers exact, or None and what it violates.

    A point within the integrality tolerance of integers may violate rows with large coefficients once
    the integers are rounded; then the continuous variables are solved for again.
    """
    values = problem.mip_values()
    for j, integer in enumerate(form.integer):
        if integer:
            values[j] = float(round(values[j]))
    complaint = primal_complaint(form, values, TOLERANCE)
    if complaint is None:
        return values, None
    pointer = problem.pointer
    fixed = [j for j, integer in enumerate(form.integer) if integer]
    saved = [
        (
            calls.glp_get_col_type(pointer, j + 1),
            calls.glp_get_col_lb(pointer, j + 1),
            calls.glp_get_col_ub(pointer, j + 1),
        )
        for j in fixed
    ]
    try:
        for j in fixed:
            calls.glp_set_col_bnds(pointer, j + 1, glpk.GLP_FX, values[j], values[j])
        parameters = glpk.glp_smcp()
        C.glp_init_smcp(int(parameters.this))
        parameters.msg_lev = glpk.GLP_MSG_OFF
        parameters.tm_lim = int(min(max(1.0, clock.left * 1000), _FOREVER))
        C.glp_std_basis(problem.address)
        C.glp_simplex(problem.address, int(parameters.this))
        if calls.glp_get_status(pointer) != glpk.GLP_OPT:
            return None, complaint
        values = problem.column_values()
    finally:
        for j, (kind, lower, upper) in zip(fixed, saved):
            calls.glp_set_col_bnds(pointer, j + 1, kind, lower, upper)
    complaint = primal_complaint(form, values, TOLERANCE)
    return (values, None) if complaint is None else (None, complaint)


def _no_integer_solution(form: MatrixForm) -> Optional[str]:
    """An equation of integers whose right-hand side their common divisor does not divide.

    With unbounded variables branch and bound would search for its solution for ever.
    """
    for i, (lower, upper) in enumerate(zip(form.row_lower, form.row_upper)):
        if lower != upper or lower != int(lower):
            continue
        indices, values = form.row(i)
        if not len(indices) or not all(form.integer[j] for j in indices) or any(a != int(a) for a in values):
            continue
        divisor = gcd(*map(int, values)) if len(values) > 1 else abs(int(values[0]))
        if int(lower) % divisor:
            name = form.row_names.get(i, f"R{i}")
            return (
                f"The constraint {name} has no integer solution: all its coefficients are multiples of {divisor}, "
                f"and its right-hand side {int(lower)} is not."
            )
    return None


def _unbounded_or_not(problem: Problem, form: MatrixForm, clock: Clock, relaxation: Relaxation) -> Search:
    """The relaxation is unbounded; with rational data the program is, too, if it has any integer point."""
    pointer = problem.pointer
    costs = [(j, c) for j, c in enumerate(form.cost) if c]
    own_form = problem.form
    without_costs = dataclasses.replace(form, cost=array("d", bytes(8 * form.columns)))
    try:
        problem.form = lambda: without_costs
        for j, _ in costs:
            calls.glp_set_obj_coef(pointer, j + 1, 0.0)
        if solve_relaxation(problem, clock, None).status is not Status.OPTIMAL:
            return Search(Status.INFEASIBLE_OR_UNBOUNDED, relaxation.route)
        found = _searched(problem, form, clock)
    finally:
        problem.form = own_form
        for j, c in costs:
            calls.glp_set_obj_coef(pointer, j + 1, c)
    if found.values is not None:
        return Search(Status.UNBOUNDED, f"{relaxation.route}, and an integer point", nodes=found.nodes)
    if found.status is Status.INFEASIBLE:
        return Search(Status.INFEASIBLE, f"{relaxation.route}, and a search without objective", nodes=found.nodes)
    return Search(Status.INFEASIBLE_OR_UNBOUNDED, relaxation.route, nodes=found.nodes)
