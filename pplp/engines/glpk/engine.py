"""The GLPK engine: it keeps one problem loaded in GLPK, and chooses the method of each solve."""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Callable, Optional, TypeVar, Union

from pplp.engines.contract import CancelToken, Options
from pplp.engines.glpk.basis import each_tableau_column, install_basis, read_basis, set_basis
from pplp.engines.glpk.clock import TOLERANCE, Clock
from pplp.engines.glpk.library import calls, glpk
from pplp.engines.glpk.numbers import LiveNumbers
from pplp.engines.glpk.problem import MANY_COLUMNS, FormWanted, GivenForm, Problem
from pplp.engines.glpk.short_runs import Ended, run_from_basis, run_from_scratch
from pplp.engines.glpk.simplex import WARM, solve_fixed, solve_relaxation
from pplp.engines.glpk.threads import Job, Library, LoneJob, call, call_silent
from pplp.engines.live import LiveEngine
from pplp.errors import OptionError, SolverDied
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import TINY, Numbers, Outcome, ReadNumbers, Status, snapped
from pplp.form.verification import SMALL, is_small, objective_value, rounded_objective

if TYPE_CHECKING:
    from pplp.engines.child import Child
    from pplp.engines.glpk.interior import Point
    from pplp.engines.glpk.network import NetworkNumbers
    from pplp.engines.rational import Start


__all__ = ["Glpk"]

_R = TypeVar("_R")


class Glpk(LiveEngine[Problem]):
    """GLPK behind the `Engine` protocol."""

    name = "glpk"
    after_bounds = "dual-first"

    def __init__(self) -> None:
        super().__init__()
        self._given = GivenForm()
        self._flow: Optional[NetworkNumbers] = None  # an optimal flow, whose basis the next loaded problem starts from
        self._ended: Optional[Ended] = None  # what the last `resume` ended with
        self._saved: Optional[LiveNumbers] = None  # the numbers of that, if they were saved from a lost problem
        self._helper: Optional[Child] = None  # the process of a network solver, until the end of the next solve
        Library.live_engines.add(self)

    def abandon(self) -> None:
        """Drop the problem, because the thread that owned it is gone; its numbers can still be read, and are saved."""
        numbers = None if self._numbers is None else self._numbers()
        if numbers is not None:
            numbers.read_here()
        if self._problem is not None and self._basis and self._ended is not None:
            self._saved = LiveNumbers(self._problem, self._ended[-1])
            self._saved.read_here()
        if self._problem is not None:
            self._problem.pointer = None
        self._numbers = None
        self._problem = None
        self.close()

    def expect(self, columns: int, nonzeros: int, options: Options) -> None:
        """Start the process of a network solver, if a network of this size would use one."""
        self._dismiss()
        if columns >= MANY_COLUMNS:
            from pplp.engines.glpk.network import network_helper

            self._helper = network_helper(columns, nonzeros, options)

    def _dismiss(self) -> None:
        if self._helper is not None:
            self._helper.kill()
            self._helper = None

    # ---- the problem
    def _new_problem(self, form: MatrixForm) -> Problem:
        problem = Problem(form)
        problem.form = self._given
        if self._flow is not None:
            set_basis(problem, *self._flow.letters())
            self._basis, self._flow = True, None
        return problem

    def _call(self, function: Callable[[], _R]) -> _R:
        return call(function)

    def _release(self, problem: Problem) -> None:
        if not self.abandoned:  # else the abandoned run still works on it, and releases it when it ends
            problem.close()

    def _is_at_work(self) -> bool:
        return self._problem is not None and self._problem.searching

    def _forget_dead_thread(self) -> None:
        if Library.per_thread:
            Library.owner()  # if the old thread has died, this takes its problems from all engines

    def close(self) -> None:
        """Release the solver's memory."""
        self._keep_numbers()
        super().close()
        self._flow = None

    # ---- the basis
    def basis(self) -> Optional[tuple[str, str]]:
        """The optimal basis: the letters of the columns and of the rows."""
        if self._flow is not None and not self._waiting:
            self.send()
        return super().basis()

    def _letters(self, problem: Problem, form: Callable[[], MatrixForm]) -> Optional[tuple[str, str]]:
        return call(read_basis, problem)

    def _vertex(self, problem: Problem) -> Optional[Start]:
        return call(problem.vertex)

    def start_from(self, columns: str, rows: str) -> None:
        """Start the next solve from a basis, in the letters of `Basis`."""
        self._keep_numbers()
        super().start_from(columns, rows)
        self._flow = None

    def tableau(self, take: Callable[[int, Sequence[int], Sequence[float]], Any]) -> None:
        """Call ``take(k, basics, factors)`` for each column of the simplex tableau of the basis."""
        if self._problem is not None and self._problem.columns:
            clock = Clock(Options())
            self._watched(clock, Job(each_tableau_column, self._problem, take, clock.stopping))

    # ---- a solve
    def _solve_in_full(self, options: Options, stop: Optional[CancelToken]) -> Outcome:
        if options.method == "pdlp":
            raise OptionError("GLPK has no first-order method. Solve with solver='highs', or leave method at 'auto'.")
        clock = Clock(options, stop)
        if self._is_outgrown:
            self._reload()
        self._given.form = None  # an interrupted solve may have left its form
        methods = {
            "auto": self._auto,
            "interior": self._interior,
            "exact": self._exact,
            "network": self._network,
        }
        method = methods.get(options.method, self._simplex)
        try:
            outcome = self._without_presolver(method, clock)
            if outcome.status is Status.NUMERICAL and self._is_edited and not self.abandoned and clock.left > 0:
                # The edits may have left bad scaling or rounding errors in GLPK: a fresh problem has neither.
                if clock.has_listeners:
                    clock.log("The edited problem gave no confirmed answer; the program is loaded again.")
                self.load(self._compile())
                outcome = method(clock)
            return outcome
        finally:
            self._given.form = None
            self._dismiss()

    def _without_presolver(self, method: Callable[[Clock], Outcome], clock: Clock) -> Outcome:
        """The outcome of a method; solved again without presolve if GLPK gives up, as its presolver sometimes does."""
        try:
            return method(clock)
        except SolverDied:
            if not self._has_parked or clock.options.presolve is False:
                raise
        said = "GLPK gave up, perhaps in its presolver, so the program was solved again without that"
        if clock.has_listeners:
            clock.log(f"{said}.")
        self._forget_dead_thread()  # before load(), because it takes the problem from every engine
        self.load(self._compile())  # the dead thread's memory is lost
        self.abandoned, self.partial = False, None
        clock.options, clock.stop = dataclasses.replace(clock.options, presolve=False), None
        outcome = method(clock)
        outcome.reason = f"{said}; {outcome.reason}" if outcome.reason else said
        return outcome

    def _auto(self, clock: Clock) -> Outcome:
        """A network solver if there is no basis to continue from and the program is large, else the simplex."""
        if not self._basis and self._flow is None and self._start is None:
            form = self._given.form = self._given.form or self._compile()
            if max(form.rows, form.columns) >= MANY_COLUMNS:
                return self._network(clock)
        return self._simplex(clock)

    def _network(self, clock: Clock) -> Outcome:
        """A network solver, and the simplex if that finds no answer."""
        from pplp.engines.glpk.network import network_answer

        form = self._given.form = self._given.form or self._compile()
        try:
            answer = network_answer(form, clock, self._helper)
        except BaseException:
            self.partial = self._left(clock)
            raise
        if answer is None:
            return self._left(clock)
        numbers = answer.numbers
        if answer.status is not None:
            self._start = None
            told, nothing = (answer.method, "", answer.reason), (None, float("nan"), None)
            return Outcome(answer.status, *nothing, clock.iterations, 0, clock.solver_seconds, *told)
        if numbers is None:
            clock.phase = "simplex"
            outcome = self._simplex(clock)
            if answer.reason:
                outcome.reason = f"{answer.reason}; {outcome.reason or 'the simplex'}"
            return outcome
        if self._problem is not None or self._waiting or self._fresh is None:
            self.load(form)
        self._moved.clear()
        is_mip = 1 in form.integer
        self._flow, self._start = None if is_mip else numbers, None
        objective = rounded_objective(form, numbers.primal())
        return Outcome(
            Status.OPTIMAL,
            ReadNumbers(list(numbers.primal()), None, None) if is_mip else numbers,
            objective,
            objective,
            clock.iterations,
            seconds=clock.solver_seconds,
            method=answer.method,
            reason=answer.reason,
        )

    def _simplex(self, clock: Clock) -> Outcome:
        """The simplex, followed by branch and cut if there are integers."""
        problem = self._problem
        if not self._basis or problem is None or problem.is_delicate or problem.full_check_is_due():
            # A run from the last basis seldom needs the form; if it does, it asks by raising FormWanted.
            self._given.form = self._given.form or self._compile()
        outcome = self._watched(clock, Job(self._solve, clock))
        if outcome is FormWanted:
            self._given.form = self._compile()
            outcome = self._watched(clock, Job(self._solve, clock))
        return outcome or self._left(clock)

    def _interior(self, clock: Clock) -> Outcome:
        """The interior-point method; with a crossover, the simplex continues from its point."""
        self._given.form = self._compile()
        if self._watched(clock, Job(self._sent)) is None:
            return self._left(clock)
        problem = self._problem
        assert problem is not None
        self._check_continuous(problem, "interior")
        self._basis = False
        from pplp.engines.glpk.interior import interior_point

        said = "the program has no rows or no columns, or crossed bounds"
        if problem.rows and problem.columns and not (problem.crossed_columns or problem.crossed_rows):
            form = problem.form()
            point: Optional[Point] = self._watched(clock, LoneJob(interior_point, form, clock))
            if point is None:
                return self._left(clock)
            said = point.said
            if point.values is not None and clock.options.crossover:
                outcome: Optional[Outcome] = self._watched(clock, Job(self._crossed, point, clock))
                return outcome or self._left(clock)
            if point.values is not None:
                objective = objective_value(form, point.values)
                return Outcome(
                    Status.OPTIMAL,
                    ReadNumbers(point.values, point.reduced_costs, point.duals),
                    objective,
                    objective,
                    clock.iterations,
                    seconds=clock.seconds,
                    method="interior point",
                    reason="asked for",
                )
        outcome = self._simplex(clock)
        outcome.reason = f"asked for the interior point, but {said}; {outcome.reason}"
        return outcome

    def _check_continuous(self, problem: Problem, method: str) -> None:
        if problem.is_mip:
            raise OptionError(
                f"method={method!r} is for linear programs, but this one has integer variables. "
                "Leave method at 'auto', or solve lp.relaxed()."
            )

    def _exact(self, clock: Clock) -> Outcome:
        self._given.form = self._compile()
        if self._watched(clock, Job(self._sent)) is None:
            return self._left(clock)
        problem = self._problem
        assert problem is not None
        self._check_continuous(problem, "exact")
        outcome = self._solve_exactly(problem, problem.form(), clock, lambda: self._simplex(clock))
        self._keep_numbers()
        return outcome

    def _crossed(self, point: Point, clock: Clock) -> Outcome:
        from pplp.engines.glpk.interior import standing_fixed

        problem = self._problem
        assert problem is not None
        problem.scale()
        clock.phase = "simplex"
        with clock.listening():
            with standing_fixed(problem, point):
                solve_fixed(problem, clock)
            self._basis = True
            return self._lp(problem, clock, "crossover")

    def resume(self, options: Options) -> Optional[float]:
        """Fast path: the optimum, if one short run in the caller's thread finds it; else None, then call `solve`.

        The run continues from the last basis, or solves a small program of ordinary numbers from scratch, without
        presolve.  If GLPK gave up in this thread, it would end the process, but it is not known to do so in such runs.
        """
        if self._has_failed or self._is_outgrown or not options.is_plain or self._is_at_work():
            return None
        self._has_failed = True  # until there is an optimum
        if self._numbers is not None:
            self._keep_numbers()
        try:
            if self._basis:
                problem = self._problem
                if problem is not None and (problem.is_delicate or problem.full_check_is_due()):
                    self._given.form = self._compile()
                objective = call_silent(self._resumed, options)
            else:
                objective = self._begun(options)
        except BaseException:
            self._give_up()
            raise
        finally:
            self._given.form = None
        self._has_failed = objective is None
        return objective

    def _begun(self, options: Options) -> Optional[float]:
        """The optimum of a small program, if one short run from scratch finds it."""
        held = self._fresh or self._problem
        if self._start is not None or self._flow is not None:
            return None
        if held is None or held.rows + held.columns > SMALL or max(held.rows, held.columns) >= MANY_COLUMNS:
            return None
        form = self._given.form = self._compile()
        if 1 in form.integer or not form.columns or not is_small(form):
            return None
        return call(self._started, Clock(options))

    def outcome(self) -> Outcome:
        """The whole outcome of the last `resume`; read it before anything is changed."""
        assert self._ended is not None
        objective, iterations, seconds, route, reason, values = self._ended
        numbers = self._saved
        if numbers is None:
            assert self._problem is not None
            numbers = self._live(self._problem, values)
        return Outcome(Status.OPTIMAL, numbers, objective, objective, iterations, 0, seconds, route, reason=reason)

    # ---- in the thread that may call GLPK
    def _sent(self) -> bool:
        self._send()
        return True

    def _send(self) -> None:
        super()._send()
        if self._problem is not None and self._problem.is_freed:
            self._moved.add("fixed columns")
            self._problem.is_freed = False

    def _warm(self) -> str:
        """Like `LiveEngine._warm`, except that the primal simplex continues if the basis is still primal feasible.

        This is checked only after a fixed column was freed, or both bounds and costs changed.  There the dual simplex
        would begin by moving each freed column to its other bound.
        """
        moved = self._moved
        if ("fixed columns" in moved or {"bounds", "costs"} <= moved) and "matrix" not in moved:
            problem = self._problem
            if problem is not None and problem.scaled and problem.is_still_feasible():
                return "still-feasible"
        return super()._warm()

    def _solve(self, clock: Clock) -> Union[Outcome, type[FormWanted]]:
        self._send()
        try:
            with clock.listening():
                return self._solved(clock)
        except FormWanted:
            return FormWanted

    def _started(self, clock: Clock) -> Optional[float]:
        self._send()
        problem = self._problem
        return self._end(None if problem is None else run_from_scratch(problem, clock))

    def _resumed(self, options: Options) -> Optional[float]:
        if self._waiting or self._fresh is not None:
            self._send()
        problem, method = self._problem, self._warm() if options.method == "auto" else options.method
        if problem is None:
            return None
        return self._end(run_from_basis(problem, method, options, self._given.form is not None))

    def _end(self, ended: Optional[Ended]) -> Optional[float]:
        """Take the result of a short run; returns the objective if it found an optimum."""
        if ended is None:
            return None
        self._basis, self._ended, self._saved = True, ended, None
        self._moved.clear()
        return ended[0]

    def _install(
        self, problem: Problem, start: tuple[str, str], form: MatrixForm, options: Options
    ) -> tuple[str, set[str]]:
        complaint, method = install_basis(problem, *start)
        return complaint or "", {"bounds"} if method == "dual" else set()

    def _solved(self, clock: Clock) -> Outcome:
        problem = self._problem
        assert problem is not None
        if problem.is_doubtful:
            problem.mend_basis()
        known = self._without_run(problem, problem.form)
        if known is not None:
            return known
        work = self._mip if problem.is_mip else self._lp
        return self._run_from_start(problem, problem.form, clock, lambda: work(problem, clock))

    def _lp(self, problem: Problem, clock: Clock, warm: Optional[str] = None) -> Outcome:
        method = clock.options.method
        if self._basis and warm is None:
            warm = method if method in WARM else self._warm()
        self._basis = False
        found = solve_relaxation(problem, clock, warm)
        numbers: Optional[Numbers] = None
        objective, bound = float("nan"), None
        if found.status is Status.OPTIMAL:
            if found.repaired is not None:
                numbers = found.repaired.numbers
                self._moved.clear()
                self._basis = bool(found.repaired.letters)
                self._is_outgrown = self._is_edited  # load it again: the edits may have left rounding errors in GLPK
            else:
                numbers = self._live(problem, found.values)
            assert numbers is not None
            is_tiny = abs(problem.objective()) <= TINY
            if is_tiny and isinstance(numbers, LiveNumbers):
                numbers.read_here()
            if is_tiny or found.values is not None or found.repaired is not None:
                objective = rounded_objective(problem.form(), numbers.primal())
            else:
                objective = snapped(problem.objective())
            bound = objective
        elif found.status in (Status.TIME_LIMIT, Status.ITERATION_LIMIT, Status.INTERRUPTED):
            numbers, objective, bound = self._half_way(problem)
        return Outcome(
            found.status,
            numbers=numbers,
            objective=objective,
            bound=bound,
            iterations=clock.iterations,
            seconds=clock.solver_seconds,
            method=found.route,
            message=found.message,
            reason=found.reason,
        )

    def _half_way(self, problem: Problem) -> tuple[Optional[Numbers], float, Optional[float]]:
        """The state of a stopped simplex: its point and objective if primal feasible, its bound if dual feasible."""
        pointer, objective = problem.pointer, snapped(problem.objective())
        numbers = bound = None
        if problem.is_feasible(TOLERANCE):
            numbers = LiveNumbers(problem, None, has_duals=False)
            self._numbers = weakref.ref(numbers)
        if calls.glp_get_dual_stat(pointer) == glpk.GLP_FEAS and problem.dual_residual() <= TOLERANCE:
            bound = objective
        return numbers, objective if numbers is not None else float("nan"), bound

    def _live(self, problem: Problem, values: Optional[list[float]]) -> LiveNumbers:
        """The numbers of the problem's current optimum."""
        numbers = LiveNumbers(problem, values)
        problem.iterations = calls.glp_get_it_cnt(problem.pointer)
        self._basis = True
        self._moved.clear()
        self._numbers = weakref.ref(numbers)
        return numbers

    def _mip(self, problem: Problem, clock: Clock) -> Outcome:
        from pplp.engines.glpk.branch_and_cut import solve_mip

        warm, self._basis = self._warm() if self._basis else None, False
        return solve_mip(problem, clock, warm).outcome(problem.form(), clock)
