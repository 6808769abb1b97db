"""The engine: a live model of HiGHS."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Sequence
from math import isfinite
from typing import Any, Callable, Optional

from pplp.engines.clock import Clock
from pplp.engines.contract import CancelToken, Engine, Options
from pplp.engines.highs.branch_and_cut import solve_mip
from pplp.engines.highs.library import Job, Worker, highs
from pplp.engines.highs.problem import Problem, ReadOnce, check_options
from pplp.engines.highs.relaxation import WARM, WHY, settings, solve_relaxation
from pplp.engines.rational import Start, check_size, exact_outcome, solve_exactly
from pplp.errors import CallbackError, NumericalTrouble
from pplp.form.matrix_form import Edits, MatrixForm
from pplp.form.outcome import TINY, Outcome, ReadNumbers, Status, snapped
from pplp.form.scaling import are_everyday
from pplp.form.verification import SMALL, TOLERANCE, crossed_complaint, rounded_objective

__all__ = ["Highs"]

_FAILED = highs.HighsStatus.kError
#: What a small program may be off by, by HiGHS's own measure, without being looked at.
_CLOSE = 1e-11


class Highs(Engine):
    """HiGHS behind the `Engine` protocol.

    It takes linear programs by the simplex, the interior-point and the first-order method ("pdlp"), and mixed-integer
    ones by branch and cut.  "dual" and "primal-dual" are the same: its dual simplex always hands over to the primal
    one where it has to.

    What it cannot do raises `OptionError`, which says who can: the options `cuts`, `branching`, `backtracking`,
    `feasibility_pump` and `proximity_search`, an `iteration_limit` of an integer program, tolerances below 1e-10, and
    lazy constraints, cuts and points of a callback.  A callback hears of "candidate" and "incumbent", at once one
    after the other, for each point that is better than those before.

    A run stops when HiGHS next asks whether to: in a simplex at every iteration, in a search at every node and between
    the steps at its root.  Presolve and the first-order method do not ask: such a run is left to end by itself.
    """

    name = "highs"
    verifies = True

    def __init__(self) -> None:
        self.loaded = self.abandoned = False
        self.partial: Optional[Outcome] = None
        self._fresh: Optional[MatrixForm] = None  # to be loaded with the next solve
        self._compile: Callable[[], MatrixForm]  # the whole, as it is by now
        self._problem: Optional[Problem] = None
        self._waiting: list[Edits] = []  # to be sent with the next solve
        self._is_outgrown = False  # do edits need other units than those in which the problem was loaded?
        self._basis = False  # does the problem have the basis of an optimum?
        self._start: Optional[tuple[str, str]] = None  # the basis to begin the next solve from
        self._moved: set[str] = set()  # since the last optimum, what of "bounds", "costs", "matrix" changed?
        self._ready: Optional[tuple[Options, str]] = None  # what the problem is set to, for `resume`
        self._last: Optional[Outcome] = None  # what `resume` ended with
        self._worker: Optional[Worker] = None

    # ---- in
    def load(self, form: MatrixForm) -> None:
        """Take a whole problem."""
        self.close()
        self._fresh = form
        self._compile = lambda: form
        self.loaded = True

    def update(self, edits: Edits, form: Callable[[], MatrixForm]) -> None:
        """Take what changed; `form` gives the whole, against which an answer is checked."""
        problem = self._problem
        if edits.row_terms or edits.new_columns or edits.removed_rows or edits.removed_columns or edits.integer:
            self._moved.add("matrix")
        if edits.column_bounds or edits.row_bounds:
            self._moved.add("bounds")
        if edits.costs or problem is None or edits.maximize != problem.maximize:
            self._moved.add("costs")
        self._waiting.append(edits)
        self._compile = form
        is_edited = self._moved and not self._is_outgrown
        if is_edited and not (are_everyday(edits) if problem is None else problem.takes(edits)):
            self._is_outgrown = True

    def send(self) -> None:
        """Load and edit HiGHS's model now."""
        try:
            if self._fresh is not None:
                self._problem, self._fresh = Problem(self._fresh), None
            while self._waiting:
                assert self._problem is not None
                self._problem.update(self._waiting[0])
                del self._waiting[0]
        except BaseException:
            self._give_up()
            raise

    def close(self) -> None:
        """Give the solver's memory back."""
        if self._problem is not None:
            self._problem.close()
            self._problem = None
        if self._worker is not None:
            self._finalizer()
            self._worker = None
        self.loaded = self._basis = False
        self._fresh = self._start = self._ready = self._last = None
        self._moved, self._waiting, self._is_outgrown = set(), [], False

    # ---- a solve
    def solve(self, options: Options, stop: Optional[CancelToken] = None) -> Outcome:
        """Solve what it holds, until `stop` is cancelled."""
        if self._problem is not None and self._problem.running:
            if self._worker is not None and self._worker.is_alive():
                raise CallbackError(
                    "The program is being solved: it cannot be solved again before that has ended. "
                    "Solve a copy of it (lp.copy(), lp.relaxed()), or another program."
                )
            self.load(self._compile())  # a fork in the middle of a run has left half a model
        self.partial = None
        if not self.loaded:
            self.load(self._compile())
        if self.resume(options) is not None:
            return self.outcome()
        clock = Clock(options, stop)
        self._last = self._ready = None
        if self._is_outgrown:
            self._reload()
        self.send()
        problem, form = self._problem, self._compile()
        assert problem is not None
        check_options(options, problem.is_mip)
        if problem.crossed_columns or problem.crossed_rows:
            said = crossed_complaint(form, problem.crossed_columns, problem.crossed_rows)
            return Outcome(Status.INFEASIBLE, method="bounds", message=said or "")
        if not problem.columns:
            return self._without_columns(form)
        if options.method == "exact":
            return self._exact(problem, form, clock)
        return self._solved(problem, form, clock)

    def _reload(self) -> None:
        """Take the program anew, in units that suit it by now; the last basis is kept where its shape is."""
        problem, letters, form = self._problem, None, self._compile()
        is_reshaped = any(e.new_rows or e.new_columns or e.removed_rows or e.removed_columns for e in self._waiting)
        if problem is not None and self._basis and not (problem.is_mip or is_reshaped):
            letters = problem.letters(form)
        start = self._start or letters
        self.load(form)
        self._start = start

    def _solved(self, problem: Problem, form: MatrixForm, clock: Clock) -> Outcome:
        said = ""
        start, self._start = self._start, None
        if start is not None and not problem.is_mip:
            said = problem.start_from(*start, form) or ""
            self._basis, self._moved = not said, {"costs"} if clock.options.method == "primal" else {"bounds"}
            if said and clock.is_heard:
                clock.hear(said)
        work = self._mip if problem.is_mip else self._lp
        outcome: Outcome = self._watched(clock, lambda: work(problem, form, clock))
        if outcome.numbers is not None and not outcome.message:
            outcome.message = said
        return outcome

    def _lp(self, problem: Problem, form: MatrixForm, clock: Clock) -> Outcome:
        warm, self._basis = self._warm() if self._basis else None, False
        found = solve_relaxation(problem, clock, form, warm)
        is_optimal = found.status is Status.OPTIMAL
        if is_optimal and found.is_vertex:
            self._basis = True
            self._moved.clear()
        objective = found.objective
        return Outcome(
            found.status,
            found.numbers,
            objective,
            objective if is_optimal else None,
            clock.iterations,
            seconds=clock.solver_seconds,
            method=found.route,
            message=found.message,
            reason=found.reason,
        )

    def _mip(self, problem: Problem, form: MatrixForm, clock: Clock) -> Outcome:
        self._basis = False
        found = solve_mip(problem, clock, form)
        numbers = ReadNumbers(found.values, None, None) if found.values is not None else None
        objective = float("nan")
        if numbers is not None:
            objective = rounded_objective(form, numbers.primal())
        return Outcome(
            found.status,
            numbers,
            objective,
            objective if found.status is Status.OPTIMAL else found.bound,
            clock.iterations,
            found.nodes,
            clock.solver_seconds,
            found.route,
            found.message,
        )

    def _exact(self, problem: Problem, form: MatrixForm, clock: Clock) -> Outcome:
        """The vertex of the floating-point simplex, gone on from in rational arithmetic."""
        check_size(problem.rows)
        outcome = self._solved(problem, form, clock)
        if self.abandoned or clock.stop is not None or outcome.status is Status.ITERATION_LIMIT:
            return outcome
        clock.phase = "exact"
        letters = self.basis() if outcome.status is Status.OPTIMAL else None
        start = None
        if letters is not None and problem.rows:
            both = letters[0] + letters[1]
            start = Start(
                [k for k, letter in enumerate(both) if letter == "B"], [k for k, c in enumerate(both) if c == "U"]
            )
        try:
            vertex = solve_exactly(form, start, clock.stopping)
        except BaseException:
            self.partial = self._left(clock)
            raise
        return exact_outcome(vertex, outcome, clock.seconds)

    def resume(self, options: Options) -> Optional[float]:
        """One run from the last basis that ends with an optimum, whose value is returned; else None, for `solve`."""
        problem = self._problem
        if not (self._basis and options.is_plain) or problem is None or problem.running or self._is_outgrown:
            return None
        if self._fresh is not None or self._waiting:
            self.send()
        if problem.crossed_columns or problem.crossed_rows or problem.is_mip or not problem.columns:
            return None
        if problem.is_delicate:
            return None
        key = {"auto": self._warm(), "primal": "primal"}.get(options.method, "dual")
        if self._ready is None or self._ready[0] is not options or self._ready[1] != key:
            check_options(options, False)
            problem.set(**settings(options, False))
            problem.set(solver="simplex", simplex_strategy=WARM[key].strategy, presolve="off")
            self._ready = options, key
        clock = Clock(options)
        status = self._watched(clock, lambda: problem.run(clock))
        self._basis = False
        if status is not Status.OPTIMAL:
            return None
        info = problem.model.getInfo()
        objective: float = info.objective_function_value
        # HiGHS measures these on the program as it was given, unscaled.
        worst = max(info.max_primal_infeasibility, info.max_dual_infeasibility)
        is_small = problem.rows + problem.columns <= SMALL
        if not (worst <= (_CLOSE if is_small else TOLERANCE) and isfinite(objective)):
            return None
        self._basis = True
        if -TINY <= objective <= TINY and objective:
            return None  # 0, or a small number: what it is the sum of tells
        self._moved.clear()
        objective = snapped(objective)
        route = WARM[key].name
        self._last = Outcome(
            Status.OPTIMAL,
            ReadOnce(problem.model.getSolution()),
            objective,
            objective,
            clock.iterations,
            seconds=clock.solver_seconds,
            method=route,
            reason="asked for" if options.method != "auto" else WHY[key],
        )
        return objective

    def outcome(self) -> Outcome:
        """All of what `resume` ended with."""
        assert self._last is not None
        return self._last

    def _warm(self) -> str:
        """The simplex that goes on from the last basis: after a change of bounds that is dual feasible."""
        return "dual" if "bounds" in self._moved or "matrix" in self._moved else "primal"

    def _watched(self, clock: Clock, function: Callable[[], Any]) -> Any:
        """What a call in the worker's thread returns; or what it has left on its way, when it had to be left."""
        if self._worker is None or not self._worker.is_alive():
            self._worker = Worker()
            self._finalizer = weakref.finalize(self, self._worker.end)
        job = Job(function, clock)
        try:
            job.begin(self._worker)
            result = clock.watch(job)
        except BaseException:
            ended = clock.ends(job)
            self.abandoned = not ended
            self.partial = self._left(clock)
            with contextlib.suppress(Exception):
                outcome = job.result() if ended else None
                if isinstance(outcome, Outcome):
                    self.partial = outcome
            self._give_up()
            raise
        if result is None:
            self.abandoned = True
            return self._left(clock)
        return result

    def _left(self, clock: Clock) -> Outcome:
        """What a solve has left on its way that was stopped from outside."""
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
        """After an exception: the basis is of unknown worth, and half an edit is no problem to go on with."""
        self._basis, self._ready = False, None
        if self._waiting or self._fresh is not None or self._problem is None:
            self.close()

    def _without_columns(self, form: MatrixForm) -> Outcome:
        self._basis, way = False, "no variables"
        for i, (lower, upper) in enumerate(zip(form.row_lower, form.row_upper)):
            if not lower <= 0 <= upper:
                name = form.row_label(i)
                return Outcome(Status.INFEASIBLE, method=way, message=f"{name} has no variables and cannot be 0.")
        self._basis = True
        numbers = ReadNumbers([], [], [0.0] * form.rows)
        return Outcome(Status.OPTIMAL, numbers, form.offset, form.offset, method=way)

    # ---- the basis
    def basis(self) -> Optional[tuple[str, str]]:
        """The basis of the optimum that it is at: the letters of the columns and of the rows."""
        problem = self._problem
        if problem is None or self._waiting or problem.is_mip or not self._basis or problem.running:
            return None
        if problem.crossed_columns or problem.crossed_rows:
            return None
        if not problem.columns:
            return "", "B" * problem.rows
        form = self._compile()
        return problem.basis(form.column_lower, form.column_upper, form.row_lower, form.row_upper)

    def start_from(self, columns: str, rows: str) -> None:
        """Have the next solve begin from a basis, in the letters of `Basis`."""
        self._basis, self._start = False, (columns, rows)

    def tableau(self, take: Callable[[int, Sequence[int], Sequence[float]], Any]) -> None:
        """Have ``take(k, basics, factors)`` called for each column of the simplex tableau of the basis."""
        problem, letters = self._problem, self.basis()
        if problem is None or letters is None or not problem.columns:
            return
        model, rows = problem.model, problem.rows
        basics: list[int] = []
        if rows:
            said, variables = model.getBasicVariables()
            if said == _FAILED:
                raise NumericalTrouble(
                    "The basis of the optimum cannot be factorised. Solve again with method='primal'."
                )
            basics = [rows + k if k >= 0 else -k - 1 for k in variables.tolist()]  # HiGHS counts rows as -1, -2, ...
        for k, letter in enumerate(letters[1] + letters[0]):
            if letter == "B":
                continue
            # HiGHS's rows are A x + s = 0: what it says of s is said of the row's own value with the other sign.
            column: list[float] = []
            if rows:
                _, found = model.getBasisInverseCol(k) if k < rows else model.getReducedColumn(k - rows)
                column = found.tolist()
            if problem.units is not None:
                unit = problem.units.unit
                column = [a * unit(b) / unit(k) for b, a in zip(basics, column)]
            pairs = [(b, a if (b < rows) is not (k < rows) else -a) for b, a in zip(basics, column) if a]
            take(k, [b for b, _ in pairs], [a for _, a in pairs])
