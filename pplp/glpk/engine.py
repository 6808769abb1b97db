"""The engine: a live GLPK problem, and the numbers of its last solution, read when somebody asks."""

from __future__ import annotations

import time
import weakref
from collections.abc import Sequence
from typing import Any, Callable, Optional

from pplp.glpk.basis import each_tableau_column, install_basis, read_basis
from pplp.glpk.branch_and_cut import solve_mip
from pplp.glpk.library import C, Library, call, call_apart, call_silent, calls, captured_output, glpk
from pplp.glpk.problem import Problem, crossed_complaint
from pplp.glpk.simplex import TOLERANCE, WARM, Clock, solve_relaxation, warm_parameters
from pplp.matrix_form import Edits, MatrixForm
from pplp.solution import Outcome, Status, snapped
from pplp.solver import Options, log_sink
from pplp.verification import objective_value

__all__ = ["Glpk"]

#: One warm solve in so many is checked in any case.
_SAMPLE = 16


class LiveNumbers:
    """Numbers of a simplex solution that are still in GLPK; the engine has them read before it changes anything."""

    def __init__(self, problem: Problem, primal: Optional[list[float]]) -> None:
        self._problem: Optional[Problem] = problem
        self._primal = _snapped(problem, primal) if primal is not None else None
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


def _snapped(problem: Problem, values: list[float]) -> list[float]:
    """The values, where up to rounding they are integers or at a bound, made that exactly."""
    for j in [j for j, value in enumerate(values) if value % 1.0]:
        values[j] = value = snapped(values[j])
        if value % 1.0:
            for bound in (
                calls.glp_get_col_lb(problem.pointer, j + 1),
                calls.glp_get_col_ub(problem.pointer, j + 1),
            ):
                if abs(value - bound) <= 1e-10 * max(1.0, abs(bound)):
                    values[j] = bound
    return values


class Glpk:
    """GLPK behind the `Engine` protocol."""

    name = "glpk"

    def __init__(self) -> None:
        self.loaded = False
        self._problem: Optional[Problem] = None
        self._numbers: Callable[[], Optional[LiveNumbers]] = lambda: None
        self._basis = False  # does the problem have the basis of an optimum?
        self._waiting: list[tuple[Edits, Callable[[], MatrixForm]]] = []  # to be sent with the next solve
        self._start: Optional[tuple[str, str]] = None  # the basis to begin the next solve from
        self._last: tuple[float, int, float, str] = (0.0, 0, 0.0, "")  # what `resume` ended with
        self._moved: set[str] = set()  # since then, what of "bounds", "costs", "matrix" changed?
        if Library.per_thread:
            Library.orphans.add(self)

    def abandon(self) -> None:
        """In the child of a fork: keep the numbers, which can still be read, and let the problem be."""
        numbers = self._numbers()
        if numbers is not None:
            numbers.read_here()
        if self._problem is not None:
            self._problem.pointer = None
        self._numbers = lambda: None
        self._problem = None
        self.close()

    def load(self, form: MatrixForm) -> None:
        """Take a whole problem."""
        self.close()
        self._problem = call(Problem, form)
        self.loaded = True

    def update(self, edits: Edits, form: Callable[[], MatrixForm]) -> None:
        """Take what changed; `form` gives the whole, where an answer has to be checked against it."""
        problem = self._problem
        assert problem is not None
        numbers = self._numbers()
        if numbers is not None:
            self._keep_numbers()
        moved = self._moved
        if edits.row_terms or edits.new_columns or edits.removed_rows or edits.removed_columns or edits.integer:
            moved.add("matrix")
        if edits.column_bounds or edits.row_bounds:
            moved.add("bounds")
        if edits.costs or edits.maximize != problem.maximize:
            moved.add("costs")
        self._waiting.append((edits, form))

    def close(self) -> None:
        """Give the solver's memory back."""
        self._keep_numbers()
        if self._problem is not None:
            self._problem.close()
            self._problem = None
        self.loaded = self._basis = False
        self._moved = set()
        self._waiting = []
        self._start = None

    def basis(self) -> Optional[tuple[str, str]]:
        """The basis of the optimum that it is at: the letters of the columns and of the rows."""
        problem = self._problem
        if problem is None or self._waiting or problem.is_mip or not (self._basis or problem.columns == 0):
            return None
        return call(read_basis, problem) if problem.columns else ("", "B" * problem.rows)

    def start_from(self, columns: str, rows: str) -> None:
        """Have the next solve begin from a basis, in the letters of `Basis`."""
        self._keep_numbers()
        self._basis, self._start = False, (columns, rows)

    def tableau(self, take: Callable[[int, Sequence[int], Sequence[float]], Any]) -> None:
        """Have ``take(k, basics, factors)`` called for each column of the simplex tableau of the basis."""
        if self._problem is not None and self._problem.columns:
            call_apart(each_tableau_column, self._problem, take)

    def solve(self, options: Options) -> Outcome:
        """Solve what it holds."""
        if self.resume(options) is not None:
            return self.outcome()
        try:
            outcome: Outcome = call_apart(self._solve, options)
            return outcome
        except BaseException:
            self._give_up()
            raise

    def resume(self, options: Options) -> Optional[float]:
        """The everyday case, told shortly: one run from the last basis ends with an optimum, whose value is returned.

        None when it is another case: then `solve` is to be called.
        """
        if not (self._basis and options.is_plain):
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
        return Outcome(Status.OPTIMAL, numbers, objective, objective, iterations, 0, seconds, WARM[method].name)

    def _give_up(self) -> None:
        """After an exception: the basis is of unknown worth, and half an edit is no problem to go on with."""
        self._basis = False
        if self._waiting:
            self.close()

    def _keep_numbers(self) -> None:
        numbers = self._numbers()
        if numbers is not None:
            numbers.read()
            self._numbers = lambda: None

    # ---- in the thread that may call GLPK
    def _send(self) -> None:
        """Let the problem have the edits that wait."""
        while self._waiting:
            assert self._problem is not None
            self._problem.update(*self._waiting[0])
            del self._waiting[0]

    def _solve(self, options: Options) -> Outcome:
        self._send()
        if options.verbose or options.log is not None:
            with log_sink(options) as sink, captured_output(sink) as captured:
                outcome = self._solved(options, sink)
            if captured.error is not None:
                raise captured.error
            return outcome
        return self._solved(options, None)

    def _resumed(self, options: Options) -> Optional[float]:
        problem = self._problem
        if problem is not None and len(self._waiting) == 1:
            problem.update(*self._waiting[0])
            self._waiting.clear()
        elif self._waiting:
            self._send()
        if problem is None or not problem.scaled or problem.crossed_columns or problem.crossed_rows:
            return None
        if 1 in problem.integer or not problem.columns:  # edits can make another kind of problem of it
            return None
        method = options.method
        if method == "auto":
            method = "dual" if "bounds" in self._moved or "matrix" in self._moved else "primal"
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
        problem.unchecked += 1
        is_due = problem.check_seconds < problem.simplex_seconds / 50 or problem.unchecked >= _SAMPLE
        if is_due and problem.residual() > TOLERANCE:
            return None
        objective: float = calls.glp_get_obj_val(problem.pointer)
        fraction = objective % 1.0
        if fraction and not 1e-6 < fraction < 0.999999:
            objective = snapped(objective)
        self._moved.clear()
        count = calls.glp_get_it_cnt(problem.pointer)
        self._last = objective, count - problem.iterations, seconds, method
        problem.iterations = count
        return objective

    def _begin(self, problem: Problem, start: tuple[str, str], sink: Optional[Callable[[str], Any]]) -> str:
        """Put the problem at the basis given; returns what is to be said of it."""
        complaint, method = install_basis(problem, *start)
        self._basis = complaint is None
        self._moved = {"bounds"} if method == "dual" else set()
        if complaint is not None and sink is not None:
            sink(complaint)
        return complaint or ""

    def _solved(self, options: Options, sink: Optional[Callable[[str], Any]]) -> Outcome:
        problem = self._problem
        assert problem is not None
        clock = Clock(options)
        if problem.crossed_columns or problem.crossed_rows:
            message = crossed_complaint(problem, problem.form())
            return Outcome(Status.INFEASIBLE, method="bounds", message=message or "")
        if problem.columns == 0:
            return self._without_columns(problem)
        start, self._start = self._start, None
        said = self._begin(problem, start, sink) if start is not None else ""
        outcome = self._mip(problem, clock) if problem.is_mip else self._lp(problem, clock)
        if outcome.numbers is not None and not outcome.message:
            outcome.message = said
        return outcome

    def _lp(self, problem: Problem, clock: Clock) -> Outcome:
        warm, self._basis = self._warm() if self._basis else None, False
        found = solve_relaxation(problem, clock, warm)
        numbers = None
        objective = float("nan")
        if found.status is Status.OPTIMAL:
            numbers = self._live(problem, found.values)
            if found.values is not None:
                objective = snapped(objective_value(problem.form(), numbers.primal()))
            else:
                objective = snapped(calls.glp_get_obj_val(problem.pointer))
        return Outcome(
            found.status,
            numbers=numbers,
            objective=objective,
            bound=objective if numbers is not None else None,
            iterations=clock.iterations,
            seconds=clock.solver_seconds,
            method=found.route,
            message=found.message,
        )

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
        return "dual" if "bounds" in self._moved or "matrix" in self._moved else "primal"

    def _mip(self, problem: Problem, clock: Clock) -> Outcome:
        warm, self._basis = self._warm() if self._basis else None, False
        found = solve_mip(problem, clock, warm)
        numbers = FixedNumbers(_snapped(problem, found.values)) if found.values is not None else None
        objective = float("nan")
        if numbers is not None:
            objective = snapped(objective_value(problem.form(), numbers.primal()))
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
        for i, (lower, upper) in enumerate(zip(form.row_lower, form.row_upper)):
            if not lower <= 0 <= upper:
                name = form.row_names.get(i, f"R{i}")
                return Outcome(
                    Status.INFEASIBLE, method="no variables", message=f"{name} has no variables and cannot be 0."
                )
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
