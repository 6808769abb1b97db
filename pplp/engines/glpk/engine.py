"""The engine: a live GLPK problem, and the numbers of its last solution, read when somebody asks."""

from __future__ import annotations

import contextlib
import time
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

from pplp.engines.contract import CancelToken, Engine, Options
from pplp.engines.glpk.basis import each_tableau_column, install_basis, read_basis, set_basis
from pplp.engines.glpk.branch_and_cut import solve_mip
from pplp.engines.glpk.clock import TOLERANCE, Clock
from pplp.engines.glpk.interior import Point, interior_point, standing_fixed
from pplp.engines.glpk.library import C, Job, Library, call, call_silent, calls, check_memory, glpk, is_memory_limited
from pplp.engines.glpk.network import NetworkNumbers, network_answer, network_helper
from pplp.engines.glpk.problem import Problem
from pplp.engines.glpk.simplex import WARM, WARM_REASONS, solve_fixed, solve_relaxation, warm_parameters
from pplp.engines.rational import check_size, exact_outcome, solve_exactly
from pplp.errors import CallbackError, OptionError
from pplp.form.matrix_form import Edits, MatrixForm
from pplp.form.outcome import TINY, Numbers, Outcome, Status, snapped
from pplp.form.scaling import are_everyday
from pplp.form.verification import ROUNDING, crossed_complaint, objective_value, rounded_objective

if TYPE_CHECKING:
    from pplp.engines.child import Child

__all__ = ["Glpk"]

#: One warm solve in so many is checked in any case.
_SAMPLE = 16
#: A run of a smaller problem takes what can be had in any case, unless the process has a limit: the check takes longer
#: than all else that pplp does for it.
_MUCH_MEMORY = 2**23


class LiveNumbers:
    """Numbers of a simplex solution that are still in GLPK; the engine has them read before it changes anything."""

    def __init__(self, problem: Problem, primal: Optional[list[float]], has_duals: bool = True) -> None:
        self._has_duals = has_duals
        self._problem: Optional[Problem] = problem
        self._primal = primal
        self._reduced_costs: Optional[list[float]] = None
        self._duals: Optional[list[float]] = None

    def read(self) -> None:
        """Copy everything that has not been read yet, and let go of the problem."""
        if self._problem is not None:
            call(self.read_here)

    def read_here(self) -> None:
        """As `read`, in this thread."""
        problem = self._problem
        if problem is not None:
            if self._primal is None:
                self._primal = _snapped(problem, problem.column_values())
            if self._has_duals:
                self._reduced_costs = problem.reduced_costs()
                self._duals = problem.duals()
            self._problem = None

    def primal(self) -> Sequence[float]:
        """Values of the columns."""
        if self._primal is None:
            self.read()
        assert self._primal is not None
        return self._primal

    def reduced_costs(self) -> Optional[Sequence[float]]:
        """Reduced costs of the columns."""
        self.read()
        return self._reduced_costs

    def duals(self) -> Optional[Sequence[float]]:
        """Duals of the rows."""
        self.read()
        return self._duals


class FixedNumbers:
    """The point of a mixed-integer program: no duals."""

    def __init__(self, primal: list[float]) -> None:
        self._primal = primal

    def primal(self) -> Sequence[float]:
        """Values of the columns."""
        return self._primal

    def reduced_costs(self) -> None:
        """There are none."""

    def duals(self) -> None:
        """There are none."""


class PointNumbers(FixedNumbers):
    """A point inside the bounds, with duals."""

    def __init__(self, point: Point) -> None:
        super().__init__(point.values or [])
        self._point = point

    def reduced_costs(self) -> Any:
        """Reduced costs of the columns."""
        return self._point.reduced_costs

    def duals(self) -> Any:
        """Duals of the rows."""
        return self._point.duals


def _snapped(problem: Problem, values: list[float]) -> list[float]:
    """The values, made integers where they are that up to the last digits; those outside a bound are put to it.

    So little that no row is the worse for it: they are not looked at here.  A small number becomes 0 where it is small
    beside the others, too.
    """
    least: Optional[float] = None
    for j in [j for j, value in enumerate(values) if value % 1.0]:
        value, low, high = values[j], *problem.column_bounds(j)
        if -TINY <= value <= TINY:
            least = ROUNDING * max(map(abs, values)) if least is None else least
            if abs(value) > least:
                continue
        values[j] = low if value < low else high if value > high else snapped(value)
    return values


class _FormWanted(Exception):
    """A run in another thread needs the whole program, which only the caller may compile."""


class _Given:
    """The whole program, compiled by the caller for the solve that runs.

    The thread that works never compiles it: that reads the program, and its user, gone on after Ctrl-C, may
    be changing it.
    """

    form: Optional[MatrixForm] = None

    def __call__(self) -> MatrixForm:
        form = self.form
        if form is None:
            raise _FormWanted
        return form


class Glpk(Engine):
    """GLPK behind the `Engine` protocol."""

    name = "glpk"
    verifies = True

    def __init__(self) -> None:
        self.loaded = self.abandoned = False
        self.partial: Optional[Outcome] = None
        self._fresh: Optional[MatrixForm] = None  # to be loaded with the next solve
        self._compile: Callable[[], MatrixForm]  # the whole, as it is by now
        self._given = _Given()
        self._problem: Optional[Problem] = None
        self._numbers: Callable[[], Optional[LiveNumbers]] = lambda: None
        self._basis = False  # does the problem have the basis of an optimum?
        self._flow: Optional[NetworkNumbers] = None  # the optimum whose basis it gets when it is loaded
        self._waiting: list[tuple[Edits, Callable[[], MatrixForm]]] = []  # to be sent with the next solve
        self._is_edited = False  # since the problem was loaded
        self._is_outgrown = False  # do edits need other units than those in which the problem was loaded?
        self._start: Optional[tuple[str, str]] = None  # the basis to begin the next solve from
        self._last: tuple[float, int, float, str] = (0.0, 0, 0.0, "")  # what `resume` ended with
        self._moved: set[str] = set()  # since then, what of "bounds", "costs", "matrix" changed?
        self._helper: Optional[Child] = None  # the process of a code for networks, until the end of the next solve
        Library.orphans.add(self)

    def abandon(self) -> None:
        """When the thread of the problem is no more: keep the numbers, which can still be read, and let it be."""
        numbers = self._numbers()
        if numbers is not None:
            numbers.read_here()
        if self._problem is not None:
            self._problem.pointer = None
        self._numbers = lambda: None
        self._problem = None
        self.close()

    def expect(self, columns: int, nonzeros: int, options: Options) -> None:
        """Begin the process of a code for networks, where a network of this size is answered by one."""
        self._dismiss()
        self._helper = network_helper(columns, nonzeros, options)

    def _dismiss(self) -> None:
        if self._helper is not None:
            self._helper.kill()
            self._helper = None

    def load(self, form: MatrixForm) -> None:
        """Take a whole problem."""
        self.close()
        self._fresh = form
        self._compile = lambda: form
        self._is_edited = False
        self.loaded = True

    def update(self, edits: Edits, form: Callable[[], MatrixForm]) -> None:
        """Take what changed; `form` gives the whole, where an answer has to be checked against it."""
        problem = self._problem
        assert problem is not None or self._fresh is not None
        numbers = self._numbers()
        if numbers is not None:
            self._keep_numbers()
        moved = self._moved
        if edits.row_terms or edits.new_columns or edits.removed_rows or edits.removed_columns or edits.integer:
            moved.add("matrix")
        if edits.column_bounds or edits.row_bounds:
            moved.add("bounds")
        if edits.costs or problem is None or edits.maximize != problem.maximize:
            moved.add("costs")
        self._waiting.append((edits, self._given))
        self._compile = form
        self._is_edited = True
        is_edited = moved and not self._is_outgrown
        if is_edited and not (are_everyday(edits) if problem is None else problem.takes(edits)):
            self._is_outgrown = True

    def send(self) -> None:
        """Load and edit GLPK's problem now."""
        try:
            call(self._send)
        except BaseException:
            self._give_up()
            raise

    def close(self) -> None:
        """Give the solver's memory back."""
        self._keep_numbers()
        if self._problem is not None:
            if not self.abandoned:  # what is still at work on it lets go of it last
                self._problem.close()
            self._problem = None
        self.loaded = self._basis = False
        self._moved = set()
        self._waiting = []
        self._is_outgrown = False
        self._fresh = self._flow = None
        self._start = None

    def basis(self) -> Optional[tuple[str, str]]:
        """The basis of the optimum that it is at: the letters of the columns and of the rows."""
        if self._flow is not None and not self._waiting:
            self.send()
        problem = self._problem
        if problem is None or self._waiting or problem.is_mip or not self._basis:
            return None
        if problem.crossed_columns or problem.crossed_rows:  # the basis is kept for when they are not
            return None
        return call(read_basis, problem) if problem.columns else ("", "B" * problem.rows)

    def start_from(self, columns: str, rows: str) -> None:
        """Have the next solve begin from a basis, in the letters of `Basis`."""
        self._keep_numbers()
        self._basis, self._start, self._flow = False, (columns, rows), None

    def tableau(self, take: Callable[[int, Sequence[int], Sequence[float]], Any]) -> None:
        """Have ``take(k, basics, factors)`` called for each column of the simplex tableau of the basis."""
        if self._problem is not None and self._problem.columns:
            clock = Clock(Options())
            self._watched(clock, each_tableau_column, self._problem, take, clock.stopping)

    def solve(self, options: Options, stop: Optional[CancelToken] = None) -> Outcome:
        """Solve what it holds, until `stop` is cancelled."""
        if self._problem is not None and self._problem.searching:
            raise CallbackError(
                "The program is being solved: it cannot be solved again before that has ended. "
                "Solve a copy of it (lp.copy(), lp.relaxed()), or another program."
            )
        self.partial = None
        if Library.per_thread:
            Library.owner()  # should the old one have died, the new one lets go of its problems
        if not self.loaded:
            self.load(self._compile())
        if self.resume(options) is not None:
            return self.outcome()
        if options.method == "pdlp":
            raise OptionError("GLPK has no first-order method. Solve with solver='highs', or leave method at 'auto'.")
        clock = Clock(options, stop)
        if self._is_outgrown:
            self._reload()
        self._given.form = None  # should an interrupt have left one
        methods = {"auto": self._auto, "interior": self._interior, "exact": self._exact, "network": self._network}
        method = methods.get(options.method, self._simplex)
        try:
            outcome = method(clock)
            if outcome.status is Status.NUMERICAL and self._is_edited and not self.abandoned and clock.left > 0:
                # What the edits have left in GLPK, scaling and numbers, is put out of question, too.
                if clock.is_heard:
                    clock.hear("The edited problem gave no answer that holds; the program is loaded anew.")
                self.load(self._compile())
                outcome = method(clock)
            return outcome
        finally:
            self._given.form = None
            self._dismiss()

    def _reload(self) -> None:
        """Take the program anew, in units that suit it by now; the last basis is kept where its shape is."""
        problem, letters = self._problem, None
        is_reshaped = any(e.new_rows or e.new_columns or e.removed_rows or e.removed_columns for e, _ in self._waiting)
        if problem is not None and self._basis and not (problem.is_mip or is_reshaped or self._flow is not None):
            letters = call(read_basis, problem)
        start = self._start or letters
        self.load(self._compile())
        if start is not None:
            self._start = start

    def _auto(self, clock: Clock) -> Outcome:
        """A code for networks where there is no basis to go on from and the program is a large one, or the simplex."""
        if not self._basis and self._flow is None and self._start is None:
            return self._network(clock)
        return self._simplex(clock)

    def _network(self, clock: Clock) -> Outcome:
        """A code for networks, and where that gives no answer the simplex."""
        form = self._given.form = self._given.form or self._compile()
        try:
            answer = network_answer(form, clock, self._helper)
        except BaseException:
            self.partial = self._left(clock)
            raise
        if answer is None:
            return self._left(clock)
        numbers = answer.numbers
        if answer.is_infeasible:
            self._start = None
            return Outcome(Status.INFEASIBLE, seconds=clock.solver_seconds, method=answer.method, reason=answer.reason)
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
            FixedNumbers(list(numbers.primal())) if is_mip else numbers,
            objective,
            objective,
            seconds=clock.solver_seconds,
            method=answer.method,
            reason=answer.reason,
        )

    def _simplex(self, clock: Clock) -> Outcome:
        """The simplex, and where there are integers branch and cut."""
        problem = self._problem
        if not self._basis or problem is None or problem.is_delicate or problem.full_check_is_due():
            # A run from the last basis seldom looks at the whole.
            self._given.form = self._given.form or self._compile()
        outcome = self._watched(clock, self._solve, clock)
        if outcome is _FormWanted:
            self._given.form = self._compile()
            outcome = self._watched(clock, self._solve, clock)
        return outcome or self._left(clock)

    def _watched(self, clock: Clock, function: Callable[..., Any], *arguments: Any, alone: bool = False) -> Any:
        """What a call in another thread returns, or None when it had to be left; `alone` it leaves the problem be."""
        job = Job(function, *arguments)
        try:
            if alone:
                job.begin_alone()
            else:
                job.begin()
            result = clock.watch(job)
        except BaseException:
            job.withdrawn = True
            self.abandoned = not alone  # until it is known to have ended
            ended = clock.ends(job)
            if ended and not job.is_parked:
                self.abandoned = False
            self.partial = self._left(clock)
            with contextlib.suppress(Exception):
                outcome = job.result() if ended else None
                if isinstance(outcome, Outcome):
                    self.partial = outcome
            self._give_up()
            raise
        if result is None:
            job.withdrawn = True
            self.abandoned = not alone
        return result

    def _left(self, clock: Clock) -> Outcome:
        """What a solve has left on its way that was stopped from outside; the problem may be in use still."""
        objective, values = clock.incumbent or (float("nan"), None)
        return Outcome(
            clock.stop or Status.INTERRUPTED,
            numbers=None if values is None else FixedNumbers(values),
            objective=objective,
            bound=clock.bound,
            iterations=clock.iterations,
            nodes=clock.nodes,
            seconds=clock.seconds,
            method=clock.phase,
        )

    def _interior(self, clock: Clock) -> Outcome:
        """The interior point, and with a crossover the simplex from near it."""
        self._given.form = self._compile()
        if self._watched(clock, self._sent) is None:
            return self._left(clock)
        problem = self._problem
        assert problem is not None
        self._check_continuous(problem, "interior")
        self._basis = False
        said = "the program has no rows or no columns, or crossed bounds"
        if problem.rows and problem.columns and not (problem.crossed_columns or problem.crossed_rows):
            form = problem.form()
            point: Optional[Point] = self._watched(clock, interior_point, form, clock, alone=True)
            if point is None:
                return self._left(clock)
            said = point.said
            if point.values is not None and clock.options.crossover:
                outcome: Optional[Outcome] = self._watched(clock, self._crossed, point, clock)
                return outcome or self._left(clock)
            if point.values is not None:
                objective = objective_value(form, point.values)
                return Outcome(
                    Status.OPTIMAL,
                    PointNumbers(point),
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
                f"method={method!r} is for linear programs; this one has integer variables. "
                "Leave method at 'auto', or solve lp.relaxed()."
            )

    def _exact(self, clock: Clock) -> Outcome:
        """The vertex of the floating-point simplex, gone on from in rational arithmetic."""
        self._given.form = self._compile()
        if self._watched(clock, self._sent) is None:
            return self._left(clock)
        problem = self._problem
        assert problem is not None
        self._check_continuous(problem, "exact")
        check_size(problem.rows)
        outcome = self._simplex(clock)
        if self.abandoned or clock.stop is not None or outcome.status is Status.ITERATION_LIMIT:
            return outcome
        clock.phase = "exact"
        found = outcome.status is Status.OPTIMAL and problem.rows
        try:
            vertex = solve_exactly(problem.form(), call(problem.vertex) if found else None, clock.stopping)
        except BaseException:
            self._give_up()
            self.partial = self._left(clock)
            raise
        self._keep_numbers()
        return exact_outcome(vertex, outcome, clock.seconds)

    def _crossed(self, point: Point, clock: Clock) -> Outcome:
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
        """The everyday case, told shortly: one run from the last basis ends with an optimum, whose value is returned.

        None when it is another case: then `solve` is to be called.
        """
        if not (self._basis and options.is_plain) or self._is_outgrown:
            return None
        if self._numbers() is not None:
            self._keep_numbers()
        try:
            return call_silent(self._resumed, options)  # type: ignore[no-any-return]
        except BaseException:
            self._give_up()
            raise

    def outcome(self) -> Outcome:
        """All of what `resume` ended with; to be asked before anything is changed."""
        assert self._problem is not None
        objective, iterations, seconds, method = self._last
        numbers = self._live(self._problem, None)
        route, reason = WARM[method].name, WARM_REASONS.get(method, "asked for")
        return Outcome(Status.OPTIMAL, numbers, objective, objective, iterations, 0, seconds, route, reason=reason)

    def _give_up(self) -> None:
        """After an exception: the basis is of unknown worth, and half an edit is no problem to go on with."""
        self._basis = False
        if self._waiting or self._fresh is not None:
            self.close()

    def _keep_numbers(self) -> None:
        numbers = self._numbers()
        if numbers is not None:
            numbers.read()
            self._numbers = lambda: None

    # ---- in the thread that may call GLPK
    def _send(self) -> None:
        """Load the problem, if it is not yet, and let it have the edits that wait."""
        if self._fresh is not None:
            self._problem = Problem(self._fresh)
            self._problem.form = self._given
            self._fresh = None
            if self._flow is not None:
                set_basis(self._problem, *self._flow.letters())
                self._basis, self._flow = True, None
        while self._waiting:
            assert self._problem is not None
            self._problem.update(*self._waiting[0])
            del self._waiting[0]

    def _sent(self) -> bool:
        self._send()
        return True

    def _solve(self, clock: Clock) -> Union[Outcome, type[_FormWanted]]:
        self._send()
        try:
            with clock.listening():
                return self._solved(clock)
        except _FormWanted:
            return _FormWanted

    def _resumed(self, options: Options) -> Optional[float]:
        problem = self._problem
        if problem is not None and len(self._waiting) == 1:
            problem.update(*self._waiting[0])
            self._waiting.clear()
        elif self._waiting:
            self._send()
        if problem is None or not problem.scaled or problem.crossed_columns or problem.crossed_rows:
            return None
        if problem.is_delicate:
            return None
        if problem.is_doubtful or problem.full_check_is_due():
            return None
        if 1 in problem.integer or not problem.columns:  # edits can make another kind of problem of it
            return None
        if problem.memory > _MUCH_MEMORY or is_memory_limited():
            check_memory(problem.memory)
        method = options.method
        if method == "auto":
            method = self._warm()
        parameters = problem.warm_parameters.get(method)
        if parameters is None or parameters.options is not options or parameters.size != problem.rows + problem.columns:
            parameters = warm_parameters(problem, method, options)
        began = time.perf_counter()
        code = C.glp_simplex(problem.address, parameters.address)
        seconds = time.perf_counter() - began
        if code != 0 or calls.glp_get_status(problem.pointer) != glpk.GLP_OPT:
            return None
        # A warm solve is checked when that takes less than a fiftieth of the simplex time since the last check; and
        # one in sixteen in any case.
        problem.simplex_seconds += seconds
        problem.seconds_on_trust += seconds
        problem.unchecked += 1
        is_due = problem.check_seconds < problem.simplex_seconds / 50 or problem.unchecked >= _SAMPLE
        if is_due and problem.residual() > TOLERANCE:
            return None
        objective: float = calls.glp_get_obj_val(problem.pointer)
        if -TINY <= objective <= TINY and objective:
            return None  # 0, or a small number: what it is the sum of tells
        fraction = objective % 1.0
        if fraction and not 1e-6 < fraction < 0.999999:
            objective = snapped(objective)
        self._moved.clear()
        count = calls.glp_get_it_cnt(problem.pointer)
        self._last = objective, count - problem.iterations, seconds, method
        problem.iterations = count
        return objective

    def _begin(self, problem: Problem, start: tuple[str, str], clock: Clock) -> str:
        """Put the problem at the basis given; returns what is to be said of it."""
        complaint, method = install_basis(problem, *start)
        self._basis = complaint is None
        self._moved = {"bounds"} if method == "dual" else set()
        if complaint is not None and clock.is_heard:
            clock.hear(complaint)
        return complaint or ""

    def _solved(self, clock: Clock) -> Outcome:
        problem = self._problem
        assert problem is not None
        if problem.is_doubtful:
            problem.mend_basis()
        if problem.crossed_columns or problem.crossed_rows:
            message = crossed_complaint(problem.form(), problem.crossed_columns, problem.crossed_rows)
            return Outcome(Status.INFEASIBLE, method="bounds", message=message or "")
        if problem.columns == 0:
            return self._without_columns(problem)
        start, self._start = self._start, None
        said = self._begin(problem, start, clock) if start is not None else ""
        outcome = self._mip(problem, clock) if problem.is_mip else self._lp(problem, clock)
        if outcome.numbers is not None and not outcome.message:
            outcome.message = said
        return outcome

    def _lp(self, problem: Problem, clock: Clock, warm: Optional[str] = None) -> Outcome:
        method = clock.options.method
        if self._basis and warm is None:
            warm = method if method in WARM else self._warm()
        self._basis = False
        found = solve_relaxation(problem, clock, warm)
        numbers: Optional[Numbers] = None
        objective, bound = float("nan"), None
        if found.status is Status.OPTIMAL:
            if found.mended is not None:
                numbers = found.mended.numbers
                self._moved.clear()
                self._basis = bool(found.mended.letters)
                self._is_outgrown = self._is_edited  # what the edits have left in GLPK is put out of question, too
            else:
                numbers = self._live(problem, found.values)
            assert numbers is not None
            is_tiny = abs(problem.objective()) <= TINY
            if is_tiny and isinstance(numbers, LiveNumbers):
                numbers.read_here()
            if is_tiny or found.values is not None or found.mended is not None:
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
        """Where a simplex was stopped: the point and its objective where it is feasible, the bound where it is one."""
        pointer, objective = problem.pointer, snapped(problem.objective())
        numbers = bound = None
        if problem.is_feasible(TOLERANCE):
            numbers = LiveNumbers(problem, None, has_duals=False)
            self._numbers = weakref.ref(numbers)
        if calls.glp_get_dual_stat(pointer) == glpk.GLP_FEAS and problem.dual_residual() <= TOLERANCE:
            bound = objective
        return numbers, objective if numbers is not None else float("nan"), bound

    def _live(self, problem: Problem, values: Optional[list[float]]) -> LiveNumbers:
        """The numbers of the optimum that the problem is at."""
        numbers = LiveNumbers(problem, values)
        problem.iterations = calls.glp_get_it_cnt(problem.pointer)
        self._basis = True
        self._moved.clear()
        self._numbers = weakref.ref(numbers)
        return numbers

    def _warm(self) -> str:
        """The simplex that goes on from the last basis: after a change of bounds that is dual feasible."""
        return "dual-first" if "bounds" in self._moved or "matrix" in self._moved else "primal"

    def _mip(self, problem: Problem, clock: Clock) -> Outcome:
        warm, self._basis = self._warm() if self._basis else None, False
        found = solve_mip(problem, clock, warm)
        numbers = FixedNumbers(found.values) if found.values is not None else None
        objective = float("nan")
        if numbers is not None:
            objective = rounded_objective(problem.form(), numbers.primal())
        bound = objective if found.status is Status.OPTIMAL else found.bound
        return Outcome(
            found.status,
            numbers=numbers,
            objective=objective,
            bound=bound,
            iterations=clock.iterations,
            nodes=found.nodes,
            seconds=clock.solver_seconds,
            method=found.route,
            message=found.message,
        )

    def _without_columns(self, problem: Problem) -> Outcome:
        form = problem.form()
        self._basis = False
        for i, (lower, upper) in enumerate(zip(form.row_lower, form.row_upper)):
            if not lower <= 0 <= upper:
                name = form.row_label(i)
                return Outcome(
                    Status.INFEASIBLE, method="no variables", message=f"{name} has no variables and cannot be 0."
                )
        self._basis = True
        return Outcome(
            Status.OPTIMAL, numbers=_Nothing(form.rows), objective=form.offset, bound=form.offset, method="no variables"
        )


class _Nothing(FixedNumbers):
    """The numbers of a program without variables."""

    def __init__(self, rows: int) -> None:
        super().__init__([])
        self._rows = rows

    def reduced_costs(self) -> Any:
        """None to tell."""
        return []

    def duals(self) -> Any:
        """All 0."""
        return [0.0] * self._rows
