"""The engine: a live model of HiGHS."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from math import isfinite
from typing import Any, Callable, Optional

from pplp.engines.clock import Clock
from pplp.engines.contract import CancelToken, Options
from pplp.engines.highs.branch_and_cut import solve_mip
from pplp.engines.highs.library import Job, Worker, highs
from pplp.engines.highs.problem import Problem, ReadOnce, check_options
from pplp.engines.highs.relaxation import WARM, WHY, settings, solve_relaxation
from pplp.engines.live import LiveEngine
from pplp.engines.rational import Start
from pplp.errors import NumericalTrouble
from pplp.form.letters import AT_UPPER, BASIC
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import TINY, Outcome, Status, snapped
from pplp.form.verification import SMALL, TOLERANCE

__all__ = ["Highs"]

_FAILED = highs.HighsStatus.kError
#: What a small program may be off by, by HiGHS's own measure, without being looked at.
_CLOSE = 1e-11
#: How far its objective and the bound of its duals may be apart, by the objective.
_WORTH = 1e-11


class Highs(LiveEngine[Problem]):
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
    after_bounds = "dual"

    def __init__(self) -> None:
        super().__init__()
        self._ready: Optional[tuple[Options, str]] = None  # what the problem is set to, for `resume`
        self._last: Optional[Outcome] = None  # what `resume` ended with
        self._worker: Optional[Worker] = None

    # ---- the problem
    def _new_problem(self, form: MatrixForm) -> Problem:
        return Problem(form)

    def _release(self, problem: Problem) -> None:
        problem.close()

    def _is_at_work(self) -> bool:
        problem, worker = self._problem, self._worker
        return problem is not None and problem.running and worker is not None and worker.is_alive()

    def _forget_dead_thread(self) -> None:
        if self._problem is not None and self._problem.running:
            self.load(self._compile())  # a fork in the middle of a run has left half a model

    def close(self) -> None:
        """Give the solver's memory back."""
        super().close()
        if self._worker is not None:
            self._finalizer()
            self._worker = None
        self._ready = self._last = None

    def _give_up(self) -> None:
        self._ready = None
        super()._give_up()

    # ---- a solve
    def _solve_in_full(self, options: Options, stop: Optional[CancelToken]) -> Outcome:
        clock = Clock(options, stop)
        self._last = self._ready = None
        if self._is_outgrown:
            self._reload()
        self.send()
        problem, form = self._problem, self._compile()
        assert problem is not None
        check_options(options, problem.is_mip)
        known = self._without_run(problem, lambda: form)
        if known is not None:
            return known
        if options.method == "exact":
            return self._solve_exactly(problem, form, clock, lambda: self._solved(problem, form, clock))
        return self._solved(problem, form, clock)

    def _solved(self, problem: Problem, form: MatrixForm, clock: Clock) -> Outcome:
        if problem.is_mip:
            self._start = None
        work = self._mip if problem.is_mip else self._lp

        def run() -> Outcome:
            return self._watched(clock, self._job(lambda: work(problem, form, clock), clock)) or self._left(clock)

        return self._run_from_start(problem, lambda: form, clock, run)

    def _install(
        self, problem: Problem, start: tuple[str, str], form: MatrixForm, options: Options
    ) -> tuple[str, set[str]]:
        said = problem.start_from(*start, form) or ""
        return said, {"costs"} if options.method == "primal" else {"bounds"}

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
        return solve_mip(problem, clock, form).outcome(form, clock)

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
        status = self._watched(clock, self._job(lambda: problem.run(clock), clock))
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
        # A basis of rows that are nearly parallel is feasible by its own numbers; the bound of its duals tells.
        gap = info.primal_dual_objective_error * (1.0 + abs(objective))
        if is_small and not gap <= _WORTH * abs(objective):
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

    def _job(self, function: Callable[[], Any], clock: Clock) -> Job:
        """A call to be made by the worker's thread."""
        if self._worker is None or not self._worker.is_alive():
            self._worker = Worker()
            self._finalizer = weakref.finalize(self, self._worker.end)
        return Job(function, clock, self._worker)

    # ---- the basis
    def _letters(self, problem: Problem, form: Callable[[], MatrixForm]) -> Optional[tuple[str, str]]:
        return None if problem.running else problem.letters(form())

    def _vertex(self, problem: Problem) -> Optional[Start]:
        letters = self.basis()
        if letters is None:
            return None
        both = letters[0] + letters[1]
        return Start(
            [k for k, letter in enumerate(both) if letter == BASIC], [k for k, c in enumerate(both) if c == AT_UPPER]
        )

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
                    "The basis of the optimum cannot be factorized. Solve again with method='primal'."
                )
            basics = [rows + k if k >= 0 else -k - 1 for k in variables.tolist()]  # HiGHS counts rows as -1, -2, ...
        for k, letter in enumerate(letters[1] + letters[0]):
            if letter == BASIC:
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
