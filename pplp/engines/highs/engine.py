"""The HiGHS engine: it keeps one model loaded in HiGHS, and solves it from the last basis."""

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
#: A small program is not checked again if its infeasibilities, as HiGHS computes them, are at most this.
_CLOSE = 1e-11
#: The same for the gap between its objective and the bound of its duals, relative to the objective.
_WORTH = 1e-11


class Highs(LiveEngine[Problem]):
    """HiGHS behind the `Engine` protocol.

    It solves linear programs by the simplex, the interior-point, and the first-order method ("pdlp"), and mixed-integer
    programs by branch and cut.  "dual" and "primal-dual" are the same, because HiGHS's dual simplex always ends with
    the primal simplex if necessary.

    What it does not support raises `OptionError`, and the message names an alternative: the options `cuts`,
    `branching`, `backtracking`, `feasibility_pump` and `proximity_search`, an `iteration_limit` for an integer program,
    tolerances below 1e-10, and a callback that adds lazy constraints, cuts, or points.  For each point that is better
    than all before, a callback gets the events "candidate" and "incumbent", one right after the other.

    A run stops when HiGHS makes its next callback: in a simplex at every iteration, in a search at every node and
    between the steps at its root.  Presolve and the first-order method make no callbacks, so such a run is abandoned
    and ends by itself.
    """

    name = "highs"
    after_bounds = "dual"

    def __init__(self) -> None:
        super().__init__()
        self._ready: Optional[tuple[Options, str]] = None  # the options and the warm route that HiGHS is set to
        self._last: Optional[Outcome] = None  # the outcome of the last `resume`
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
            self.load(self._compile())  # a fork during a run left the model half changed

    def close(self) -> None:
        """Release the solver's memory."""
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
        """Fast path: one run from the last basis that ends with an optimum, whose value is returned.

        None when it does not apply: then call `solve`.
        """
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
        # HiGHS computes these on the unscaled program.
        worst = max(info.max_primal_infeasibility, info.max_dual_infeasibility)
        is_small = problem.rows + problem.columns <= SMALL
        if not (worst <= (_CLOSE if is_small else TOLERANCE) and isfinite(objective)):
            return None
        # A basis with nearly parallel rows may look feasible at a wrong vertex, but then its duality gap is not 0.
        gap = info.primal_dual_objective_error * (1.0 + abs(objective))
        if is_small and not gap <= _WORTH * abs(objective):
            return None
        self._basis = True
        if -TINY <= objective <= TINY and objective:
            return None  # only the terms of the objective tell whether it is 0 up to rounding
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
        """The whole outcome of the last `resume`."""
        assert self._last is not None
        return self._last

    def _job(self, function: Callable[[], Any], clock: Clock) -> Job:
        """A call for the worker's thread, which is started if necessary."""
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
        """Call ``take(k, basics, factors)`` for each column of the simplex tableau of the basis."""
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
            # HiGHS writes rows as A x + s = 0, so the row's own value is -s and its entries change sign.
            column: list[float] = []
            if rows:
                _, found = model.getBasisInverseCol(k) if k < rows else model.getReducedColumn(k - rows)
                column = found.tolist()
            if problem.units is not None:
                unit = problem.units.unit
                column = [a * unit(b) / unit(k) for b, a in zip(basics, column)]
            pairs = [(b, a if (b < rows) is not (k < rows) else -a) for b, a in zip(basics, column) if a]
            take(k, [b for b, _ in pairs], [a for _, a in pairs])
