"""An engine that keeps its problem between solves: the common part of GLPK and HiGHS.

The engine collects edits and passes them to the solver with the next solve.  That solve starts from the basis of the
last optimum, with the simplex method, primal or dual, for which this basis is still feasible after the edits.  It runs
in another thread, so that its caller can be interrupted.  After an interrupt the engine keeps what the solve had found,
and keeps the solver's problem only if no edit was left half done.
"""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Callable, ClassVar, Generic, Optional, Protocol, TypeVar

from pplp.engines.clock import Clock, ThreadJob
from pplp.engines.contract import CancelToken, Engine, Options
from pplp.errors import CallbackError
from pplp.form.letters import BASIC
from pplp.form.matrix_form import Edits, MatrixForm
from pplp.form.outcome import Outcome, ReadNumbers, Status
from pplp.form.scaling import are_everyday
from pplp.form.verification import crossed_complaint

if TYPE_CHECKING:
    from pplp.engines.rational import Start

    class LiveProblem(Protocol):
        """A problem inside a solver."""

        rows: int
        columns: int
        maximize: bool
        #: True if all answers are checked in full, whatever the cost.
        is_delicate: bool
        #: The columns and rows whose bounds cross: in the solver, they have no bounds.
        crossed_columns: set[int]
        crossed_rows: set[int]

        @property
        def is_mip(self) -> bool:
            """True if there is an integer column."""

        def takes(self, edits: Edits) -> bool:
            """True if the problem still suits the solver's tolerances after these edits."""

        def update(self, edits: Edits) -> None:
            """Apply what changed."""

    class Unread(Protocol):
        """Numbers of a solution that are still in the solver."""

        def read(self) -> None:
            """Read them all, and drop the reference to the solver."""

        def read_here(self) -> None:
            """The same, called in the thread that may call the solver."""


__all__ = ["LiveEngine"]

# Any: a job returns what the function returns that it calls.


_P = TypeVar("_P", bound="LiveProblem")
_R = TypeVar("_R")


class LiveEngine(Engine, Generic[_P]):
    """An engine with a live problem of type `_P`; the abstract methods are what the solvers do differently."""

    verifies = True
    #: The simplex that continues from the last basis after a change of bounds or of the matrix.
    after_bounds: ClassVar[str]

    def __init__(self) -> None:
        self.loaded = self.abandoned = False
        self.partial: Optional[Outcome] = None
        self._has_parked = False  # True if the solver tried to abort the process, so its thread was parked instead
        self._fresh: Optional[MatrixForm] = None  # to be loaded with the next solve
        self._compile: Callable[[], MatrixForm]  # returns the whole current problem
        self._problem: Optional[_P] = None
        #: A weak reference to the numbers of an optimum that the solver still has; None if there are none.
        self._numbers: Optional[Callable[[], Optional[Unread]]] = None
        self._is_edited = False  # True if the problem was edited since it was loaded
        self._waiting: list[Edits] = []  # to be sent with the next solve
        self._is_outgrown = False  # True if edits need other units than those in which the problem was loaded
        self._was_delicate = False  # True if all answers were checked for the problem that it was reloaded from
        self._basis = False  # True if the problem has the basis of an optimum
        self._start: Optional[tuple[str, str]] = None  # the basis to start the next solve from
        self._has_failed = False  # True if `resume` found no optimum since the last edit
        self._moved: set[str] = set()  # what changed since the last optimum: "bounds", "costs", "matrix"

    # ---- what the solvers do differently
    @abstractmethod
    def _new_problem(self, form: MatrixForm) -> _P:
        """Load the form into the solver as a new problem."""

    @abstractmethod
    def _release(self, problem: _P) -> None:
        """Release the memory of a problem, unless a thread is still working on it."""

    def _call(self, function: Callable[[], _R]) -> _R:
        """The result of a short call of the solver, made in the thread that may call it."""
        return function()

    @abstractmethod
    def _is_at_work(self) -> bool:
        """True while the problem is being solved."""

    @abstractmethod
    def _forget_dead_thread(self) -> None:
        """Drop a problem whose thread is gone, as after a fork."""

    @abstractmethod
    def _solve_in_full(self, options: Options, stop: Optional[CancelToken]) -> Outcome:
        """Solve the problem when `resume` gave no answer."""

    @abstractmethod
    def _letters(self, problem: _P, form: Callable[[], MatrixForm]) -> Optional[tuple[str, str]]:
        """The letters of the problem's current basis, for the bounds of the form; None if there is no basis."""

    @abstractmethod
    def _vertex(self, problem: _P) -> Optional[Start]:
        """The vertex of the problem's current basis, for exact arithmetic to start from."""

    @abstractmethod
    def _install(self, problem: _P, start: tuple[str, str], form: MatrixForm, options: Options) -> tuple[str, set[str]]:
        """Set the problem's basis; returns what is wrong with it, or "", and what counts as moved since its optimum."""

    # ---- loading and editing
    def load(self, form: MatrixForm) -> None:
        """Take a whole problem."""
        self.close()
        self._fresh = form
        self._compile = lambda: form
        self.loaded = True

    def update(self, edits: Edits, form: Callable[[], MatrixForm]) -> None:
        """Take the changes; `form` returns the whole changed problem, which answers can be checked against."""
        problem, moved = self._problem, self._moved
        self._has_failed, self._is_edited = False, True
        if self._numbers is not None:
            self._keep_numbers()
        if edits.row_terms or edits.new_columns or edits.removed_rows or edits.removed_columns or edits.integer:
            moved.add("matrix")
        if edits.column_bounds or edits.row_bounds:
            moved.add("bounds")
        if edits.costs or problem is None or edits.maximize != problem.maximize:
            moved.add("costs")
        self._waiting.append(edits)
        self._compile = form
        is_edited = moved and not self._is_outgrown
        if is_edited and not (are_everyday(edits) if problem is None else problem.takes(edits)):
            self._is_outgrown = True

    def _keep_numbers(self) -> None:
        """Read the numbers that somebody may still ask for, before the problem changes."""
        numbers = None if self._numbers is None else self._numbers()
        if numbers is not None:
            numbers.read()
        self._numbers = None

    def send(self) -> None:
        """Load and edit the solver's problem now."""
        try:
            self._call(self._send)
        except BaseException:
            self._give_up()
            raise

    def _send(self) -> None:
        """Load the problem, if needed, and pass on the waiting edits."""
        if self._fresh is not None:
            self._problem = self._new_problem(self._fresh)
            self._problem.is_delicate |= self._was_delicate
            self._fresh = None
        while self._waiting:
            assert self._problem is not None
            self._problem.update(self._waiting[0])
            del self._waiting[0]

    def _reload(self) -> None:
        """Load the program again, in units that suit it now; the last basis is kept if no rows or columns changed."""
        problem, letters, form = self._problem, None, self._compile()
        is_reshaped = any(e.new_rows or e.new_columns or e.removed_rows or e.removed_columns for e in self._waiting)
        if problem is not None and self._basis and not (problem.is_mip or is_reshaped):
            letters = self._letters(problem, lambda: form)
        start = self._start or letters
        was_delicate = problem is not None and problem.is_delicate
        self.load(form)
        self._start, self._was_delicate = start, was_delicate

    def close(self) -> None:
        """Release the solver's memory."""
        if self._problem is not None:
            self._release(self._problem)
            self._problem = None
        self.loaded = self._basis = self._is_edited = False
        self._fresh = self._start = None
        self._was_delicate = False
        self._moved, self._waiting, self._is_outgrown, self._has_failed = set(), [], False, False

    # ---- a solve
    def solve(self, options: Options, stop: Optional[CancelToken] = None) -> Outcome:
        """Solve the problem, until `stop` is cancelled."""
        if self._is_at_work():
            raise CallbackError(
                "The program is being solved, so another solve of it cannot start before that ends. "
                "Solve a copy of it (lp.copy(), lp.relaxed()), or another program."
            )
        self.partial = None
        self._forget_dead_thread()
        if not self.loaded:
            self.load(self._compile())
        is_cancelled = stop is not None and stop.cancelled
        if not is_cancelled and self.resume(options) is not None:
            return self.outcome()
        self._has_failed = False
        return self._solve_in_full(options, stop)

    def _warm(self) -> str:
        """The simplex method that continues from the last basis.

        After changes of bounds or of the matrix it is `after_bounds`; otherwise the basis is still primal feasible.
        """
        return self.after_bounds if "bounds" in self._moved or "matrix" in self._moved else "primal"

    def _without_run(self, problem: _P, form: Callable[[], MatrixForm]) -> Optional[Outcome]:
        """The answer if no run is needed: bounds cross, or there are no variables."""
        if problem.crossed_columns or problem.crossed_rows:
            said = crossed_complaint(form(), problem.crossed_columns, problem.crossed_rows)
            return Outcome(Status.INFEASIBLE, method="bounds", message=said or "")
        return None if problem.columns else self._without_columns(form())

    def _without_columns(self, form: MatrixForm) -> Outcome:
        self._basis, way = False, "no variables"
        for i, (lower, upper) in enumerate(zip(form.row_lower, form.row_upper)):
            if not lower <= 0 <= upper:
                name = form.row_label(i)
                return Outcome(Status.INFEASIBLE, method=way, message=f"{name} has no variables and cannot be 0.")
        self._basis = True
        numbers = ReadNumbers([], [], [0.0] * form.rows)
        return Outcome(Status.OPTIMAL, numbers, form.offset, form.offset, method=way)

    def _run_from_start(
        self, problem: _P, form: Callable[[], MatrixForm], clock: Clock, run: Callable[[], Outcome]
    ) -> Outcome:
        """The result of a run that starts from the requested basis, if there is one."""
        start, self._start = self._start, None
        said = ""
        if start is not None:
            said, moved = self._install(problem, start, form(), clock.options)
            self._basis, self._moved = not said, moved
            if said and clock.has_listeners:
                clock.log(said)
        outcome = run()
        if outcome.numbers is not None and not outcome.message:
            outcome.message = said
        return outcome

    def _solve_exactly(self, problem: _P, form: MatrixForm, clock: Clock, simplex: Callable[[], Outcome]) -> Outcome:
        """Solve in floating point, and continue from the vertex in rational arithmetic."""
        from pplp.engines.rational import check_size, exact_outcome, solve_exactly

        check_size(problem.rows)
        outcome = simplex()
        if self.abandoned or clock.stop is not None or outcome.status is Status.ITERATION_LIMIT:
            return outcome
        clock.phase = "exact"
        try:
            start = self._vertex(problem) if outcome.status is Status.OPTIMAL and problem.rows else None
            vertex = solve_exactly(form, start, clock.stopping)
        except BaseException:
            self._give_up()
            self.partial = self._left(clock)
            raise
        return exact_outcome(vertex, outcome, clock.seconds)

    # ---- interrupts
    def _watched(self, clock: Clock, job: ThreadJob) -> Any:
        """The result of the job, or None if it had to be abandoned."""
        try:
            job.begin()
            result = clock.watch(job)
        except BaseException:
            job.withdrawn = True
            self.abandoned = not job.is_alone  # unless the job ends in time, see below
            ended = clock.stop_and_wait(job)
            self._has_parked = job.is_parked
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
            self.abandoned = not job.is_alone
        return result

    def _left(self, clock: Clock) -> Outcome:
        """What a solve that was stopped from outside has found, without the problem, which may still be in use."""
        objective, values = clock.incumbent or (float("nan"), None)
        return Outcome(
            clock.stop or Status.INTERRUPTED,
            None if values is None else ReadNumbers(values, None, None),
            objective,
            clock.bound,
            clock.iterations,
            clock.nodes,
            clock.seconds,
            clock.phase,
        )

    def _give_up(self) -> None:
        """Give up the basis after an exception, and the problem, too, if an edit may have been left half done."""
        self._basis = False
        if self._waiting or self._fresh is not None or self._problem is None:
            self.close()

    # ---- the basis
    def basis(self) -> Optional[tuple[str, str]]:
        """The optimal basis: the letters of the columns and of the rows."""
        problem = self._problem
        if problem is None or self._waiting or problem.is_mip or not self._basis:
            return None
        if problem.crossed_columns or problem.crossed_rows:  # no optimum now, but the basis stays for later edits
            return None
        return self._letters(problem, self._compile) if problem.columns else ("", BASIC * problem.rows)

    def start_from(self, columns: str, rows: str) -> None:
        """Start the next solve from a basis, in the letters of `Basis`."""
        self._basis, self._start, self._has_failed = False, (columns, rows), False
