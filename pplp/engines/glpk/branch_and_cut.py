"""Mixed-integer programs: solve the relaxation, run GLPK's branch and cut, and check the point that it found."""

from __future__ import annotations

import ctypes
import dataclasses
from collections.abc import Collection
from math import inf
from typing import Any, Optional

from pplp.engines.contract import CUTS, Options
from pplp.engines.divisibility import no_integer_solution
from pplp.engines.exact_search import searched_exactly
from pplp.engines.glpk.clock import TOLERANCE, Clock
from pplp.engines.glpk.dialogue import Dialogue, rest_of
from pplp.engines.glpk.library import TREE_CALLBACK, C, calls, glpk
from pplp.engines.glpk.memory import check_memory
from pplp.engines.glpk.problem import Problem
from pplp.engines.glpk.simplex import solve_relaxation
from pplp.engines.integer_points import Judged, best_at, checked, is_better, unbounded_or_not
from pplp.engines.lattice import last_word, lattice_answer
from pplp.engines.progress import Progress
from pplp.engines.routes import Search
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.form.verification import is_small, objective_complaint, objective_value

__all__ = ["solve_mip"]

#: The offset of the callback in glp_iocp; the structure is part of GLPK's binary interface.
_CALLBACK_OFFSET = 48
#: The longest time limit that GLPK takes, in milliseconds.
_FOREVER = 2_000_000_000
#: The search checks the memory that is left once in this many callbacks; a node makes several.
_TURNS = 16
#: After this many callbacks the search checks whether it can end at all.
_LONG = 3000
#: GLPK treats objectives as equal if they differ by less, relative to 1 + the objective.  Its default is 1e-7.
_SAME = 1e-11
#: The objective of a small program's point must be this close to the one that GLPK reports.
_NEAR = 1e-9
_HAS_POINT = (glpk.GLP_FEAS, glpk.GLP_OPT)
#: GLPK gives a node that it has not solved yet the largest float as its bound.
_NO_BOUND = 1e300
_STOPPED = (Status.TIME_LIMIT, Status.ITERATION_LIMIT, Status.NODE_LIMIT, Status.INTERRUPTED, Status.GAP_REACHED)


_CUTS = {"gomory": "gmi_cuts", "mir": "mir_cuts", "cover": "cov_cuts", "clique": "clq_cuts"}
_BRANCHING = {
    "auto": glpk.GLP_BR_DTH,
    "first fractional": glpk.GLP_BR_FFV,
    "last fractional": glpk.GLP_BR_LFV,
    "most fractional": glpk.GLP_BR_MFV,
    "driebeck-tomlin": glpk.GLP_BR_DTH,
    "pseudocost": glpk.GLP_BR_PCH,
}
_BACKTRACKING = {
    "auto": glpk.GLP_BT_BLB,
    "depth first": glpk.GLP_BT_DFS,
    "breadth first": glpk.GLP_BT_BFS,
    "best bound": glpk.GLP_BT_BLB,
    "best projection": glpk.GLP_BT_BPH,
}


#: The largest gap that GLPK is given.  Before it has a point, it takes the gap to be the largest float, and a limit of
#: that size would stop it at once.
_ANY_GAP = 1e300
#: From 2**52 on, floats are integers and x + 1/2 is rounded: GLPK's integrality test then aborts the process.
_FAR = 2.0**52


class _Tree:
    """One run of branch and cut, as the callback sees it: its state, and the reason to stop it."""

    def __init__(
        self, problem: Problem, clock: Clock, form: Optional[MatrixForm], dialogue: Optional[Dialogue]
    ) -> None:
        self.clock = clock
        self._form = form  # None if the search has another objective than the program
        self._dialogue = dialogue
        self.bound: Optional[float] = None
        self.nodes = 0
        self._turns = 0
        self._kept: Optional[float] = None  # the objective of the last point that was passed to the clock
        self.relaxations = 0
        self.stopped: Optional[Status] = None
        self.error: Optional[BaseException] = None
        self.said = ""
        self.answer: Optional[Search] = None  # the answer of a program whose search may not end
        self._whole = whole = problem.form()
        bounds = zip(whole.integer, whole.column_lower, whole.column_upper)
        self._unbounded = [j for j, (i, low, high) in enumerate(bounds, 1) if i and not -_FAR < low <= high < _FAR]
        self._total = ctypes.c_int()
        self._problem = problem
        self._began = calls.glp_get_it_cnt(problem.pointer)
        self.callback = TREE_CALLBACK(self._call)

    def _call(self, tree: Any, _: Any) -> None:
        # An exception cannot pass through GLPK: keep it, end the search, and raise it afterwards.
        try:
            self._look(tree)
        except BaseException as error:
            self.error = self.error or error
            C.glp_ios_terminate(tree)

    def _look(self, tree: Any) -> None:
        self._turns += 1
        if self._turns % _TURNS == 1:
            check_memory(self._problem.memory)
        if self._turns == _LONG:
            self.answer = lattice_answer(self._whole, self.clock)
            if self.answer is not None:
                self.stopped = self.answer.status
        best = C.glp_ios_best_node(tree)
        if best:
            bound = C.glp_ios_node_bound(tree, best)
            if abs(bound) < _NO_BOUND:
                self.bound = self._problem.in_units(bound)
        C.glp_ios_tree_size(tree, None, None, ctypes.addressof(self._total))
        self.nodes = self.clock.nodes = self._total.value
        if self._form is not None:  # if the search has to be abandoned, only the clock still has these
            self.clock.bound = self.bound
            self._keep_point(self._form)
        if self._unbounded and C.glp_ios_reason(tree) == glpk.GLP_IROWGEN:
            self._stay_where_integers_are()
        limit = self.clock.options.node_limit
        if self.stopped is not None or self.error is not None:
            C.glp_ios_terminate(tree)
        elif limit is not None and self._is_past(limit, C.glp_ios_reason(tree)):
            self.stopped = Status.NODE_LIMIT
            C.glp_ios_terminate(tree)
        else:
            self.stopped = self.clock.stopping() or self._limit_reached()
            if self.stopped is not None:
                C.glp_ios_terminate(tree)
        self.clock.report(self._event)
        if self._dialogue is not None and self.stopped is None and self.error is None:
            self._talk(tree, self._dialogue)

    def _keep_point(self, form: MatrixForm) -> None:
        """Pass a new best point to the clock; GLPK makes no callback for a point that its heuristics find."""
        pointer = self._problem.pointer
        value = calls.glp_mip_obj_val(pointer)
        if value != self._kept and calls.glp_mip_status(pointer) in _HAS_POINT:
            self._kept = value
            self.clock.found(form, self._problem.mip_values())

    def _stay_where_integers_are(self) -> None:
        """Stop the search if an integer variable has grown beyond the integers that floats can represent."""
        pointer = self._problem.pointer
        for j in self._unbounded:
            value = calls.glp_get_col_prim(pointer, j)
            if abs(value) >= _FAR and calls.glp_get_col_stat(pointer, j) == glpk.GLP_BS:
                self.stopped = Status.NUMERICAL
                self.said = (
                    f"An integer variable has the value {value:g}, beyond the integers that floats can represent. "
                    "Give the integer variables bounds."
                )
                return

    def _talk(self, tree: Any, dialogue: Dialogue) -> None:
        dialogue.bound, dialogue.nodes = self.bound, self.nodes
        dialogue.turn(tree, C.glp_ios_reason(tree))
        if dialogue.stopping:
            self.stopped = Status.INTERRUPTED
            C.glp_ios_terminate(tree)

    def _limit_reached(self) -> Optional[Status]:
        """The status if the search has used all its iterations, or has closed the absolute gap."""
        pointer, options = self._problem.pointer, self.clock.options
        if calls.glp_get_it_cnt(pointer) - self._began >= self.clock.iterations_left:
            return Status.ITERATION_LIMIT
        if not options.absolute_gap or self.bound is None or calls.glp_mip_status(pointer) != glpk.GLP_FEAS:
            return None
        if abs(self._problem.mip_objective() - self.bound) <= options.absolute_gap:
            return Status.GAP_REACHED
        return None

    def _is_past(self, limit: int, reason: int) -> bool:
        """True if the search is about to branch, and has all the nodes that it may have.

        With unbounded integers GLPK can also tighten bounds and solve one node again without limit.  So the number of
        relaxations is limited, too, far beyond what a sound search needs.
        """
        self.relaxations += reason == glpk.GLP_IROWGEN
        if self.relaxations > 50 * (limit + 10):
            return True
        return self.nodes >= max(1, limit) and reason == glpk.GLP_IBRANCH

    def _event(self) -> Progress:
        pointer = self._problem.pointer
        found = calls.glp_mip_status(pointer) in _HAS_POINT
        incumbent = self._problem.mip_objective() if found else None
        return Progress(
            "branch and cut",
            self.clock.seconds,
            self.clock.iterations + calls.glp_get_it_cnt(pointer) - self._began,
            incumbent=incumbent,
            bound=self.bound,
            nodes=self.nodes,
        )


def solve_mip(problem: Problem, clock: Clock, warm: Optional[str] = None) -> Search:
    """Solve the mixed-integer program of the problem; `warm` is for its relaxation."""
    form = problem.form()
    found = searched_exactly(
        form,
        clock,
        _solved(problem, form, clock, warm),
        lambda other, most: _found(other, clock, most),
        problem.units is not None,
    )
    return last_word(form, clock, found)


def _solved(problem: Problem, form: MatrixForm, clock: Clock, warm: Optional[str]) -> Search:
    options = clock.options
    witness = no_integer_solution(form)
    if witness is not None:
        return Search(Status.INFEASIBLE, "divisibility", witness, is_proved=True)
    dialogue = Dialogue(problem, form, clock) if options.callback is not None or options.start is not None else None
    said = ""
    if dialogue is not None and options.start is not None:
        complaint = dialogue.submit(options.start)
        said = f"The start was not used: {complaint}." if complaint else ""
    relaxation = solve_relaxation(problem, clock, warm)
    if relaxation.status is Status.UNBOUNDED:
        if options.callback is not None:
            message = "The relaxation is unbounded, so the callback cannot check its points. Give the variables bounds."
            return Search(Status.INFEASIBLE_OR_UNBOUNDED, relaxation.route, message)
        return unbounded_or_not(form, clock, relaxation.route, lambda other, most: _feasible(other, clock, most))
    if relaxation.status is not Status.OPTIMAL:
        values = None
        if dialogue is not None and relaxation.status in _STOPPED:
            dialogue.close(True)
            values = dialogue.accepted
        return Search(relaxation.status, relaxation.route, relaxation.message or said, values)
    root = clock.bound = problem.objective()
    found = _searched(problem, form, clock, dialogue)
    if found.is_proved:
        return found
    if found.status is Status.INFEASIBLE or (found.status is Status.NUMERICAL and clock.left > 0):
        # Numerical errors can hide a point from the search: a second search decides, if it finds one.
        if clock.has_listeners:
            clock.log(
                f"The search ended with: {found.message or found.status}. This is not confirmed, so the relaxation is "
                "solved and searched again, by branch and bound alone."
            )
        again = solve_relaxation(problem, clock, None)
        if again.status is Status.OPTIMAL:
            second = _searched(problem, form, clock, dialogue, integrality=1e-12, cuts=False)
            if found.status is not Status.INFEASIBLE or second.values:
                found = second if not _passes_over(form, second, found.values) else found
    # NUMERICAL means that the point failed its check.
    values = None if found.status is Status.NUMERICAL else found.values
    found = found._replace(message=found.message or said, values=values)
    return found if found.bound is not None or found.status is Status.INFEASIBLE else found._replace(bound=root)


def _passes_over(form: MatrixForm, found: Search, point: Optional[list[float]]) -> bool:
    """True if the search calls its point optimal, although the other point is better."""
    if found.status is not Status.OPTIMAL or found.values is None or point is None:
        return False
    return is_better(form, point, found.values)


def _searched(
    problem: Problem,
    form: MatrixForm,
    clock: Clock,
    dialogue: Optional[Dialogue] = None,
    *,
    integrality: Optional[float] = None,
    cuts: bool = True,
    is_whole: bool = True,
) -> Search:
    """One run of branch and cut, and the check of its point."""
    options, pointer = clock.options, problem.pointer
    parameters = glpk.glp_iocp()
    C.glp_init_iocp(int(parameters.this))
    parameters.msg_lev = glpk.GLP_MSG_ALL if clock.wants_log else glpk.GLP_MSG_OFF
    # GLPK's integer presolver aborts the process on some sound programs, and on more of them with cover cuts.
    parameters.presolve = glpk.GLP_OFF
    # With unbounded integers GLPK can add cuts at one node without limit, so it gets none there.
    wanted = _wanted_cuts(options) if cuts and _integers_are_bounded(form) else ()
    for name, field in _CUTS.items():
        setattr(parameters, field, glpk.GLP_ON if name in wanted else glpk.GLP_OFF)
    parameters.br_tech, parameters.bt_tech = _BRANCHING[options.branching], _BACKTRACKING[options.backtracking]
    parameters.fp_heur = glpk.GLP_ON if options.feasibility_pump else glpk.GLP_OFF
    seconds = min(options.proximity_search or 0.0, clock.left)
    parameters.ps_heur = glpk.GLP_ON if seconds > 0 else glpk.GLP_OFF
    parameters.ps_tm_lim = int(min(max(1.0, seconds * 1000), _FOREVER))
    # GLPK accepts a point of its rounding heuristic without a callback, so lazy constraints would not be checked.
    parameters.sr_heur = glpk.GLP_OFF if options.callback is not None else glpk.GLP_ON
    parameters.tol_int = integrality or options.integrality_tolerance
    parameters.tol_obj = _SAME
    parameters.mip_gap = min(float(options.gap), _ANY_GAP)
    parameters.tm_lim = int(min(max(1.0, clock.left * 1000), _FOREVER))
    tree = _Tree(problem, clock, form if is_whole else None, dialogue)
    clock.phase = "branch and cut"
    address = int(parameters.this)
    ctypes.c_void_p.from_address(address + _CALLBACK_OFFSET).value = ctypes.cast(tree.callback, ctypes.c_void_p).value
    before = calls.glp_get_it_cnt(pointer)
    began = clock.seconds
    problem.searching = True
    try:
        code = C.glp_intopt(problem.address, address)
        clock.solver_seconds += clock.seconds - began
        clock.iterations += calls.glp_get_it_cnt(pointer) - before
        if tree.error is not None:
            raise tree.error
        status = _status(code, calls.glp_mip_status(pointer), tree.stopped)
        if dialogue is not None:
            dialogue.close(status in _STOPPED)
    finally:
        problem.searching = False
    if tree.answer is not None:
        return tree.answer._replace(nodes=tree.nodes + tree.answer.nodes)
    route = "branch and cut" if wanted else "branch and bound"
    point, whole = _best_point(problem, form, dialogue), form if dialogue is None else dialogue.whole_form()
    if point is None:
        message = tree.said or f"GLPK returned {code}." if status is Status.NUMERICAL else ""
        return Search(status, route, message, bound=tree.bound, nodes=tree.nodes)
    values, complaint = _checked_point(whole, point, clock)
    if values is None:
        return Search(Status.NUMERICAL, route, f"The integer point is not feasible: {complaint}.", nodes=tree.nodes)
    bound = tree.bound
    if status is Status.OPTIMAL:
        bound = problem.mip_objective()
        if is_whole and dialogue is None:
            values = best_at(form, values, clock.options, rest_of(clock))
        complaint = objective_complaint(form, values, bound, _NEAR if is_small(form) else 10 * TOLERANCE)
        if complaint is not None and is_whole and dialogue is None:
            message = f"The integer point is not feasible: {complaint}."
            return Search(Status.NUMERICAL, route, message, values, nodes=tree.nodes)
    return Search(status, route, "", values, bound, tree.nodes)


def _best_point(problem: Problem, form: MatrixForm, dialogue: Optional[Dialogue]) -> Optional[list[float]]:
    """The point that GLPK has found, or a submitted point that is better; None if there is neither."""
    values = None
    if calls.glp_mip_status(problem.pointer) in (glpk.GLP_OPT, glpk.GLP_FEAS):
        values = problem.mip_values()
    own = dialogue.accepted if dialogue is not None else None
    if own is None or values is None:
        return own or values
    own_is_better = objective_value(form, own) < objective_value(form, values)
    return own if own_is_better is not form.maximize else values


def _wanted_cuts(options: Options) -> Collection[str]:
    """The names of the requested cuts."""
    if isinstance(options.cuts, (str, bool)):
        return CUTS if options.cuts is True else ("gomory", "mir") if options.cuts else ()
    return options.cuts


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


def _checked_point(form: MatrixForm, values: list[float], clock: Clock) -> Judged:
    left = max(0.05, clock.left)  # at the time limit, a point still gets the time for its check
    left_over = left if left < inf else None
    options = dataclasses.replace(clock.options, time_limit=left_over, iteration_limit=None, cancel=None)
    return checked(form, values, options, rest_of(Clock(options)))


def _feasible(form: MatrixForm, clock: Clock, most: int) -> Search:
    """Search for an integer point of a program without objective, with at most this many nodes.

    A point may violate a row once its integers are rounded, as where 1e-6 of a binary switches the row off.  Then it
    is searched again with integers that are nearly exact.
    """
    found = _found(form, clock, most)
    return searched_exactly(form, clock, found, lambda other, _: _found(other, clock, most))


def _found(form: MatrixForm, clock: Clock, most: int) -> Search:
    limit = min(clock.options.node_limit or most, most)
    problem, nodes = Problem(form), 0
    try:
        with clock.part(node_limit=limit, callback=None, start=None) as own:
            for cuts, integrality in ((True, None), (False, 1e-12)):
                status = solve_relaxation(problem, own, None).status
                found = Search(status, "")
                if status is Status.OPTIMAL:
                    found = _searched(problem, form, own, integrality=integrality, cuts=cuts, is_whole=False)
                nodes += found.nodes
                if found.values is not None or found.status in _STOPPED:
                    break
    finally:
        problem.delete()
    return found._replace(nodes=nodes)
