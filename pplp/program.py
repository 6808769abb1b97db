"""`LinearProgram`: the facade over variables, constraints, objective, compiler and engine."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Any, Callable, Optional, Union, overload

from pplp.answers.basis import Basis, start_of
from pplp.answers.duals import bound_dual
from pplp.answers.solution import Solution
from pplp.answers.solvable import Solvable
from pplp.arrays.variables import VariableArray
from pplp.core.constraints import same_program
from pplp.core.expressions import LinearExpression, Variable, evaluate
from pplp.core.journal import Journal
from pplp.core.objective import Objective, is_maximize
from pplp.core.origins import note_here
from pplp.core.owner import Version
from pplp.core.relations import Relation
from pplp.core.scalars import Number, is_number, of_each, real
from pplp.core.shown import Shown
from pplp.core.tracing import note_nothing
from pplp.core.turns import GivenUp, Patience, Turns, alone, edits, reads
from pplp.engines.confirmation import answer
from pplp.engines.contract import CancelToken, Engine, Options
from pplp.engines.registry import make_engine
from pplp.errors import CallbackError, ExpressionError, Infeasible, NotSolved, StaleSolution
from pplp.form.compiler import Places, column_places, compile_edits, compile_form, row_places
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Outcome, Status
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from pplp.answers.quality import Verification
    from pplp.answers.sensitivity import Sensitivity
    from pplp.diagnosis.certificates import FarkasCertificate, UnboundedRay
    from pplp.diagnosis.explanation import Explanation
    from pplp.diagnosis.lint import Findings
    from pplp.formats import Place
    from pplp.solving.scenarios import Scenario

__all__ = ["LinearProgram"]


class LinearProgram(Shown, Solvable):
    """A linear or mixed-integer program: variables, linear constraints, one linear objective.

        minimise or maximise  c.x + c0   subject to   l <= A x <= u,   lb <= x <= ub,   some x integer

    `verbose` and `solver` are the defaults of the options of these names; `name` is used in messages only.  `trace`
    says what is recorded of the file and line where things were written, for `Constraint.origin`, `Variable.origin`,
    `explain` and `lint`: "constraints" (also the variables of `Vars`) costs a twentieth of writing a row; True also
    records each variable, which costs a fifth of `Var` and two microseconds of `IntVar`; False nothing.  It can be set
    at any time, for what is written afterwards.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y, z = lp.IntVar(), lp.IntVar(), lp.IntVar()
    >>> lp.objective = 10*x + 6*y + 4*z
    >>> for row in (x + y + z <= 100, 10*x + 4*y + 5*z <= 600, 2*x + 2*y + 6*z <= 300, x >= 0, y >= 0, z >= 0):
    ...     _ = lp.add_constraint(row)
    >>> lp.maximize(), x.value, y.value, z.value
    (732.0, 33, 67, 0)
    """

    def __init__(
        self,
        verbose: int = 0,
        *,
        name: Optional[str] = None,
        trace: Union[bool, str] = "constraints",
        solver: str = "glpk",
    ) -> None:
        super().__init__(name, trace)
        self.verbose = Options(verbose=int(verbose)).verbose
        self.solver = solver
        self._solution: Optional[Solution] = None
        self._unread = ""  # the sense of a solution that the engine has and nobody has asked for
        self._solved_at: Optional[Version] = None
        self._keywords: dict[str, Any] = {}
        self._options = Options()
        self._engine: Optional[Engine] = None
        self._is_isolated = False  # the engine
        self._engine_is = "", ""  # its name, and why it was chosen
        self._chosen_by: Optional[Options] = None
        self._is_solving = False
        self._stop = CancelToken()
        self._start: Optional[Basis] = None  # what `basis` was set to, until the next solve
        self._places: tuple[Places, Places] = (Places([], set()), Places([], set()))

    @property
    def solver(self) -> str:
        """Which engine solves, where the option `solver` is left out: "glpk", "highs", "auto" or another's name.

        Setting it raises `OptionError` for an unknown name.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram(solver="auto")
        >>> x = lp.Var(lb=0, ub=4)
        >>> lp.objective = x
        >>> lp.maximize(), lp.solution.solver, lp.solution.solver_reason
        (4.0, 'glpk', 'auto: the program is small')
        """
        return self._solver

    @solver.setter
    def solver(self, name: str) -> None:
        self._solver = Options(solver=name).solver

    @edits
    def Vars(
        self,
        index: Union[int, tuple[int, ...], Iterable[Any]],
        name: Optional[str] = None,
        *,
        lb: Any = -inf,
        ub: Any = inf,
        integer: bool = False,
        keys: Optional[Sequence[str]] = None,
    ) -> Any:
        """Many variables: for a count a sequence, for a tuple of ints an array of that shape, for keys a mapping.

        For an index, a series or a frame of pandas, and for key columns of polars, they are `LabelledVariables`; `keys`
        names the columns of a frame that are the labels, where not the index, or not all columns of polars are meant.

        `lb` and `ub` are numbers for all, or as many as there are variables (for keys also mappings).  With labels they
        are aligned: series, frames of polars, dictionaries, or the name of a column of the frame.  Raises
        `InvalidValue` for a label that occurs twice, is NaN or None, or has no bound, or for a bound too many.
        With a `name` the variables are called ``name[0]``, ``name[1,2]``, ``name[key]``.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> xs = lp.Vars(3, lb=0)
        >>> sum(xs)
        x0 + x1 + x2
        >>> grid = lp.Vars((2, 3), "t")
        >>> grid[1, 2], grid.shape
        (t[1,2], (2, 3))
        >>> buy = lp.Vars(["milk", "bread"], "buy", lb=0, integer=True)
        >>> sum(buy.values())
        buy[milk] + buy[bread]
        """
        first = len(self._columns)
        made = VariableArray.make(self, index, name, lb, ub, integer, keys)
        if self._traces_constraints:
            note_here(self._columns.origins, first)
            self._columns.origins.put(len(self._columns), None, 0)
        return made

    # ---- solving
    @overload
    def maximize(self, objectives: None = None, **options: Any) -> float: ...
    @overload
    def maximize(self, objectives: Sequence[Any], **options: Any) -> tuple[float, ...]: ...
    def maximize(self, objectives: Optional[Sequence[Any]] = None, **options: Any) -> Union[float, tuple[float, ...]]:
        """Solve, and return the greatest value of the objective.

        Takes the fields of `Options` as keywords.  Raises `Infeasible`, `Unbounded`, `InfeasibleOrUnbounded`,
        `LimitReached` (with the incumbent in its `solution`), `NumericalTrouble` or `OptionError`.

        With a list or tuple of expressions, it maximizes the first; among the points that are best for it the second;
        and so on.  Returns their values.  `absolute_loss` and `relative_loss`, one number for all or one for each,
        say how much of an optimum may be given up for the objectives after it, in its own units and as
        a share of it; the greater of the two counts.  A minus sign before an expression minimizes it.
        The program keeps its own objective; its solution is the last one.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> pay, rest = lp.Var("pay", lb=0, ub=8), lp.Var("rest", lb=0)
        >>> _ = lp.add_constraint(2*pay + rest <= 20)
        >>> lp.maximize([pay, rest])
        (8.0, 4.0)
        >>> lp.maximize([pay, rest], relative_loss=0.25)
        (6.0, 8.0)
        """
        return self._optimum("maximize", objectives, options)

    @overload
    def minimize(self, objectives: None = None, **options: Any) -> float: ...
    @overload
    def minimize(self, objectives: Sequence[Any], **options: Any) -> tuple[float, ...]: ...
    def minimize(self, objectives: Optional[Sequence[Any]] = None, **options: Any) -> Union[float, tuple[float, ...]]:
        """Solve, and return the least value of the objective, or of several in order; errors as `maximize`.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> need = lp.add_constraint(x + 2*y >= 8)
        >>> lp.objective = 3*x + 2*y
        >>> lp.minimize(), x.value, y.value, need.dual
        (8.0, 0.0, 4.0, 1.0)
        """
        return self._optimum("minimize", objectives, options)

    def _optimum(
        self, sense: str, objectives: Optional[Sequence[Any]], options: dict[str, Any]
    ) -> Union[float, tuple[float, ...]]:
        if objectives is not None:
            return self._in_turn(self._lexicographic, sense, options, objectives)  # type: ignore[no-any-return]
        if not options:
            objective = self._turns.alone(self._resume, sense == "maximize")
            if objective is not None:
                return objective  # type: ignore[no-any-return]
        return self._value(self._in_turn(self._solved, sense, options))

    def _in_turn(self, solve: Callable[..., Any], sense: str, options: dict[str, Any], *more: Any) -> Any:
        """Solve while no other thread does, or edits; what waiting took is taken off the time limit."""
        limit = Options.of({"time_limit": options["time_limit"]}).time_limit if "time_limit" in options else None
        patience = Patience(limit, options.get("cancel"))

        def begin() -> Any:
            self._stop.cancelled = False
            left = patience.left() if patience.has_waited else None
            return solve(sense, options if left is None else {**options, "time_limit": left}, *more)

        try:
            return self._turns.alone(begin, patience=patience)
        except GivenUp:
            status = Status.INTERRUPTED if patience.is_cancelled else Status.TIME_LIMIT
            message = "Another thread solved the program all the time: this solve has not begun."
            solution = self._solution_of(Outcome(status, message=message), sense)
            return solution if solve == self._solved else (self._value(solution),)

    def _value(self, solution: Solution) -> float:
        """The optimum; or its error, which explains an infeasible program when its message is read."""
        try:
            return solution.objective_or_raise()
        except Infeasible as error:
            program, version = weakref.ref(self), self._solved_at
            error._find = lambda: _conflict_in(program(), version)
            raise

    def _lexicographic(self, sense: str, options: dict[str, Any], objectives: Sequence[Any]) -> tuple[float, ...]:
        from pplp.solving.lexicographic import optimized

        version = self._version()
        options.setdefault("verbose", self.verbose)
        options.setdefault("solver", self._solver)
        self._check()
        solution, values = optimized(self, objectives, sense, options)
        self._unread = ""
        self._solution, self._solved_at = solution, version
        self._value(solution)
        return values

    def _resume(self, maximize: bool) -> Optional[float]:
        """The everyday case, told shortly: solve again with the options of the last time; None where it is another.

        The solution is made when somebody asks for it.
        """
        engine, options = self._engine, self._options
        self._stop.cancelled = False
        if self._journal is None or engine is None or not options.is_default or options.verbose != self.verbose:
            return None
        if options.solver != self._solver:
            return None
        if self._crossed or self._reformulations.reliances:
            self._check()
        version = self._edits, len(self._columns.lower), len(self._rows.starts), len(self._bound_rows.lower)
        self._solution = None
        self._unread = ""
        self._send(maximize, options)
        objective = engine.resume(options)
        if objective is not None:
            self._unread, self._solved_at = "maximize" if maximize else "minimize", version
        return objective

    def solve(self, sense: Optional[str] = None, **options: Any) -> Solution:
        """Solve without raising for an outcome: the `Solution` says how it went.

        Without a sense it does what the attribute `sense` says: "minimize", unless a file or somebody said otherwise.

        Ctrl-C raises KeyboardInterrupt at once, and the best point found so far is in `solution`; `stop()` from another
        thread, or the option `cancel`, end the solve with `Status.INTERRUPTED`.

        Raises `OptionError` for a sense, an option or a value that there is not.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x = lp.Var("x", lb=0, ub=4)
        >>> lp.objective = 3*x
        >>> solution = lp.solve("maximize", time_limit=60)
        >>> solution.status, solution.objective, solution[x]
        (<Status.OPTIMAL: 'optimal'>, 12.0, 4.0)
        """
        return self._in_turn(self._solved, self.sense if sense is None else sense, options)  # type: ignore[no-any-return]

    def scenarios(
        self,
        scenarios: Iterable[Scenario],
        sense: Optional[str] = None,
        *,
        executor: Optional[Executor] = None,
        workers: Optional[int] = None,
        progress: Any = None,
        **options: Any,
    ) -> list[Solution]:
        """The solutions of the program under each `Scenario`, in their order; several are solved at a time.

        The program is sent to each worker once, and of each scenario what is different; a worker goes on from the
        basis of the one before.  So of several optima it may be another one than that of a solve from the start.
        The program stays as it is, and keeps its solution.  See `solve_many` for `executor`, `workers`, `progress`,
        the options, what is solved in this process, and what becomes of a worker that dies.

        Raises `InvalidValue`, `ExpressionError`, `ForeignObject` and `RemovedObject` for a scenario that does not fit
        the program, and `CallbackError` if the program is edited meanwhile, by the callable `progress`.

        >>> from pplp import LinearProgram, Scenario
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> need = lp.add_constraint(x + 2*y >= 6)
        >>> lp.objective = 3*x + 4*y
        >>> [each.objective for each in lp.scenarios([Scenario(), Scenario(rhs={need: 9})], workers=1)]
        [12.0, 18.0]
        """
        from pplp.solving.batch import solve_scenarios

        chosen = self.sense if sense is None else sense
        return solve_scenarios(self, scenarios, chosen, executor, workers, progress, options)

    def stop(self) -> None:
        """End the solve that runs in another thread, with `Status.INTERRUPTED`; does nothing where none runs.

        It returns at once.  There the `Solution` has the best point found, and `maximize` and `minimize` raise
        `LimitReached`.

        >>> import threading
        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> button = threading.Timer(60, lp.stop)  # should the solve last longer than a minute
        >>> button.start()
        >>> lp.solve().status
        <Status.OPTIMAL: 'optimal'>
        >>> button.cancel()
        """
        self._stop.cancel()

    def _solved(self, sense: str, options: dict[str, Any]) -> Solution:
        maximize = is_maximize(sense)
        options.setdefault("verbose", self.verbose)
        options.setdefault("solver", self._solver)
        if not _are_same(options, self._keywords):
            self._options = Options.of(options)
            self._keywords = options
        self._check()
        version = self._version()
        self._solution = None  # nobody's but ours: the engine need not keep its numbers
        self._unread = ""
        outcome = self._outcome(maximize, self._options, version)
        if outcome.numbers is None and not outcome.message:
            outcome.message = self._explanation(outcome.status, maximize)
        self._solution, self._solved_at = self._solution_of(outcome, sense), version
        return self._solution

    def _outcome(self, maximize: bool, options: Options, version: Optional[Version]) -> Outcome:
        """What the engine says, of the program as it is now; after an exception what it has left is the solution."""
        lazy: Sequence[Relation] = ()
        if options.callback is not None or options.start is not None:
            from pplp.solving.search import placed

            options, lazy = placed(self, options)
        engine, sense = self._send(maximize, options), "maximize" if maximize else "minimize"
        try:
            outcome = self._answer(engine, maximize, options, self._stop)
        except BaseException:
            if engine.partial is not None:
                engine.partial.lazy_constraints = tuple(lazy)
                self._solution, self._solved_at = self._solution_of(engine.partial, sense), version
            raise
        if options.pool > 1 and outcome.status in (Status.OPTIMAL, Status.GAP_REACHED):
            from pplp.solving.pool import next_best

            if self._version() != version:
                raise CallbackError("The program was edited while it was solved: there is no pool of what it was.")
            best = self._solution_of(outcome, sense)
            outcome.others, outcome.status, outcome.message = next_best(self, best, options)
        outcome.lazy_constraints = tuple(lazy)
        return outcome

    def _answer(self, engine: Engine, maximize: bool, options: Options, stop: CancelToken) -> Outcome:
        """What the engine says, once it holds."""
        was_solving, self._is_solving = self._is_solving, True
        try:
            outcome = answer(engine, options, stop, _form_of(self, maximize))
        finally:
            self._is_solving = was_solving
        outcome.solver, outcome.solver_reason = self._engine_is
        return outcome

    def _solution_of(self, outcome: Outcome, sense: str, places: Optional[tuple[Places, Places]] = None) -> Solution:
        columns_and_rows = places or self._places
        columns = self._columns
        integer = b""
        if columns.any_integer:
            integer = bytes(columns.is_integer(j) for j in columns_and_rows[0].indices())
        its = id(self), *columns_and_rows, integer, bound_dual, self._family
        was_unread = bool(self._unread) and places is None
        unedited = _unedited(self, self._solved_at if was_unread else self._version())
        return Solution(outcome, sense, *its, unedited, names=(columns.names, self._rows.names))

    def _engine_for(self, options: Options) -> Engine:
        """The engine that the options ask for: the one there is, or a new one in its place."""
        chosen, engine = (options.solver, "by name"), self._engine
        if options.solver == "auto":
            from pplp.solving.choice import chosen_engine

            chosen = chosen_engine(self, options)
        is_other = chosen[0] != self._engine_is[0] or self._is_isolated is not options.isolate
        if engine is None or engine.abandoned or is_other:
            if self._is_solving:
                raise CallbackError("The program is being solved: another solver has to wait. Solve a copy of it.")
            new = make_engine(chosen[0], options.isolate)
            if engine is not None and not engine.abandoned:  # one that is still at work closes itself
                engine.close()
            self._engine, self._journal, engine = new, None, new
            self._is_isolated = options.isolate
        self._engine_is, self._chosen_by = chosen, options
        return engine

    def _send(self, maximize: bool, options: Options) -> Engine:
        """Give the engine that the options ask for the program, or what changed since it last had it."""
        engine = self._engine
        if engine is None or engine.abandoned or options is not self._chosen_by or options.solver == "auto":
            engine = self._engine_for(options)
        journal = self._journal
        if journal is None or not engine.loaded:
            self._journal = None  # should the engine fail half way, it is loaded anew
            self._places = column_places(self), row_places(self)
            engine.expect(len(self._columns), self._rows.starts[-1], options)
            engine.load(compile_form(self, maximize))
            self._objective.were_sent()
            self._journal = Journal(len(self._columns.lower), len(self._rows.lower))
        else:
            edits = compile_edits(self, journal, self._places, maximize)
            if edits.new_columns or edits.new_rows or edits.removed_rows or edits.removed_columns:
                self._places = column_places(self), row_places(self)
            self._journal = None  # should anything fail half way, the engine is loaded anew
            engine.update(edits, _form_of(self, maximize))
            if self._objective.unsent:
                self._objective.were_sent()
            if journal.kinds or journal.terms or journal.removed_rows or journal.removed_columns:
                journal = Journal(0, 0)
            journal.bounds.clear()
            journal.row_bounds.clear()
            journal.columns, journal.rows = len(self._columns.lower), len(self._rows.lower)
            self._journal = journal
        if self._start is not None:
            start, self._start = self._start.carried_to(self), None  # there may have been edits
            engine.start_from(start.variables, start.rows)
        return engine

    def _explanation(self, status: Status, maximize: bool) -> str:
        if status is Status.INFEASIBLE:
            return "No point satisfies all constraints and bounds."
        if status not in (Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED):
            return ""
        from pplp.diagnosis.explanation import missing_bounds

        found = missing_bounds(self, maximize)
        missing = [f"{x.name} has no {side} bound" for x, side in found[:5]] + ["..."] * (len(found) > 5)
        # Whoever misses a lower bound may have thought that there is one by itself.
        free = " (a variable is free unless bounds are given)" if "lower" in [side for _, side in found] else ""
        said = f" {'; '.join(missing)}{free}." if missing else ""
        if status is Status.UNBOUNDED:
            return f"The objective improves for ever.{said}"
        return f"The program is infeasible or unbounded; it could not be told which.{said}"

    @reads
    def compile(self, sense: Optional[str] = None) -> MatrixForm:
        """The program as sparse arrays, for engines, files and whoever wants to look; the sense as for `solve`.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> c = lp.add_constraint(3*x + 4*y >= 5)
        >>> form = lp.compile("maximize")
        >>> form.rows, form.columns, form.maximize, list(form.values)
        (1, 2, True, [3.0, 4.0])
        """
        maximize = is_maximize(self.sense if sense is None else sense)
        self._check()
        return compile_form(self, maximize)

    # ---- files
    @classmethod
    def read(cls, source: Place, format: Optional[str] = None, **options: Any) -> LinearProgram:
        r"""The program of a file; `sense` says whether it is to be maximized.  See `pplp.formats.read`.

        >>> import io
        >>> from pplp import LinearProgram
        >>> lp = LinearProgram.read(io.StringIO("Maximize\n 3 x + y\nSubject To\n c: x + 2 y <= 4\nEnd"), "lp")
        >>> lp.sense, lp.solve().objective
        ('maximize', 12.0)
        """
        from pplp.formats import read_as

        return read_as(LinearProgram, source, format, **options)

    @alone
    def write(
        self, target: Place, format: Optional[str] = None, *, sense: Optional[str] = None, as_rows: bool = False
    ) -> None:
        """Write the program to a file, with the sense of the last solve.  See `pplp.formats.write`.

        >>> import io
        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> c = lp.add_constraint(x + 2*y <= 4, name="steel")
        >>> file = io.StringIO()
        >>> lp.write(file, "lp")
        >>> print(file.getvalue().splitlines()[4])
         steel: + x + 2 y <= 4
        """
        from pplp.formats import write

        write(self, target, format, sense=sense, as_rows=as_rows)

    # ---- pictures
    @alone
    def plot(self, ax: Any = None, *, sense: Optional[str] = None) -> Any:
        r"""Draw a program of two variables, with matplotlib; returns the axes: those given, or those of a new figure.

        It shows the feasible region, each constraint by its name, the integer points, an arrow to where the objective
        gets better, and, of a program that was solved, the optimum with its level line.  A region without end is cut
        at the frame, which the title says.  Variables with ``lb == ub`` count as constants: fixing all but two of
        them gives a slice of a larger program.  `sense` is that of the last solve, where it is left out.
        ``lp.plot().figure.savefig("region.svg")`` makes a file of it; a notebook shows ``lp.plot().figure`` after
        ``%matplotlib inline``.

        Raises `InvalidValue` unless two variables may vary, `ExtraMissing` without matplotlib.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.IntVar("y", lb=0)
        >>> c = lp.add_constraint(x + 2*y <= 8, name="steel")
        >>> lp.objective = x + 3*y
        >>> lp.maximize()
        12.0
        >>> ax = lp.plot()  # doctest: +SKIP
        >>> [text.get_text() for text in ax.texts if text.get_text()]  # doctest: +SKIP
        ['optimum\nx = 0\ny = 4\nobjective 12', 'steel']
        """
        from pplp.display.plots import region_plot

        return region_plot(self, ax, sense)

    @alone
    def spy(self, ax: Any = None) -> Any:
        r"""Draw where the matrix has coefficients, with matplotlib; returns the axes.

        Positive and negative ones have different colours; bars mark integer columns and equality rows.  Of a matrix
        of more than 400 rows or columns it shows how many coefficients there are in each part.

        Raises `ExtraMissing` without matplotlib.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.IntVar("y", lb=0)
        >>> c = lp.add_constraint(x - 2*y == 8)
        >>> ax = lp.spy()  # doctest: +SKIP
        >>> ax.get_title(loc="left").split("\n")  # doctest: +SKIP
        ['1 row, 2 columns, 2 coefficients', '1 integer column, 1 equality row']
        """
        from pplp.display.plots import matrix_plot

        return matrix_plot(self, ax)

    @alone
    def report(self, target: Place, *, title: Optional[str] = None) -> None:
        """Write a page of HTML on the program and its answer, to a path, an open file or "-", which is standard output.

        It is complete in itself: sizes and ranges of numbers, a picture of the matrix, tables of variables and
        constraints that sort and filter, what binds, with duals and the ranges of sensitivity where the solution has a
        basis, the quality of the answer, and what `lint` finds.  Of an infeasible or unbounded program it
        says why, when that is found in some seconds.  The answer is that of the last solve, when nothing was edited
        since; nothing is solved here.  Tables hold at most 2000 rows, those that matter most, and the ranges are left
        out where rows times variables are beyond four millions.  `title` is the program's name, where it is left out.

        Raises `OSError` where the file cannot be written; then it is as it was.

        >>> import io
        >>> from pplp import LinearProgram
        >>> lp = LinearProgram(name="plan")
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> wood = lp.add_constraint(x + 2*y <= 8, name="wood")
        >>> lp.objective = 3*x + 2*y
        >>> lp.maximize()
        24.0
        >>> page = io.StringIO()
        >>> lp.report(page)
        >>> "<h1>plan</h1>" in page.getvalue()
        True
        """
        from pplp.display.report import write_report

        write_report(self, target, title)

    # ---- the answer
    @property
    def status(self) -> Status:
        """Why the last solve stopped; `Status.UNSOLVED` before the first one and after an edit.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x = lp.Var("x", lb=0)
        >>> lp.objective = x
        >>> before, least = lp.status, lp.minimize()
        >>> before, lp.status
        (<Status.UNSOLVED: 'unsolved'>, <Status.OPTIMAL: 'optimal'>)
        """
        if self._turns.is_solved_by_others():
            return Status.UNSOLVED
        solution = self.solution
        if solution is None or self._solved_at != self._version():
            return Status.UNSOLVED
        return solution.status

    @property
    def solution(self) -> Optional[Solution]:
        """The result of the last solve, also after an edit; None before the first.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x = lp.Var("x", lb=0, ub=4)
        >>> lp.objective = x
        >>> lp.maximize(), lp.solution
        (4.0, <Solution: optimal, objective 4.0>)
        >>> x.ub = 3
        >>> lp.solution[x]
        4.0
        """
        if self._solution is None or self._unread:
            return self._turns.alone(self._last_solution)  # type: ignore[no-any-return]
        return self._solution

    def _settle(self) -> None:
        if self._unread:
            self.solution  # noqa: B018 - it is made now, while there are the names of all that it is about

    def _last_solution(self) -> Optional[Solution]:
        if self._unread and self._engine is not None:
            outcome = self._engine.outcome()
            outcome.solver, outcome.solver_reason = self._engine_is
            self._solution = self._solution_of(outcome, self._unread)
            self._unread = ""
        return self._solution

    def value(self, expression: Any) -> Any:
        """The value of a variable, expression or number at the current solution; an int for an integer variable.

        It takes functions such as `abs(x)`, too.  Of an array it is a numpy array, of keyed variables or a dictionary
        one by key, of a list a list.

        Raises `NotSolved`, `StaleSolution`, and `Infeasible` and the like when there is no point.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, n = lp.Var("x", lb=0, ub=4), lp.IntVar("n", lb=0, ub=2)
        >>> lp.objective = x + n
        >>> lp.maximize(), lp.value(n), lp.value(2*x - n)
        (6.0, 2, 6.0)
        """
        if is_number(expression):
            return real(expression, "value")
        if hasattr(expression, "_value_in"):  # an array, or a function
            if hasattr(expression, "_program"):  # variables by key are asked one by one
                same_program(self, expression)
            return expression.value
        if isinstance(expression, (list, tuple, Mapping)):
            return of_each(self.value, expression)
        if not isinstance(expression, LinearExpression):
            raise ExpressionError(f"{quoted(expression)} has no value in a program: it is no expression.")
        same_program(self, expression)
        solution = self._current("value")
        return solution[expression] if isinstance(expression, Variable) else evaluate(expression, solution)

    def _current(self, what: str) -> Solution:
        solution = self._solution if self._solution is not None else self.solution
        if solution is None:
            raise NotSolved(f"There is no {what} yet: call maximize(), minimize() or solve() first.")
        if self._solved_at != self._version():
            raise StaleSolution(
                f"The {what} is out of date: the program was edited after it was solved. "
                "Solve again, or read the old numbers from the Solution object."
            )
        return solution

    @alone
    def sensitivity(self) -> Sensitivity:
        """The ranges of costs, right-hand sides and bounds in which the optimal basis stays optimal.

        Raises `NotSolved`, `StaleSolution`, `NoDuals` for a program with integer variables, and what
        `Solution.objective_or_raise` raises where there is no optimum.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> wood = lp.add_constraint(x + 2*y <= 8)
        >>> steel = lp.add_constraint(x - y <= 2)
        >>> lp.objective = 3*x + 2*y
        >>> lp.maximize()
        16.0
        >>> hold = lp.sensitivity()[wood].rhs
        >>> hold.lower, hold.upper, hold.lower_objective
        (2.0, inf, 6.0)
        """
        from pplp.answers.sensitivity import Sensitivity

        return Sensitivity.of(self)

    @alone
    def infeasibility_certificate(self) -> FarkasCertificate:
        """Multipliers of constraints and bounds that add up to a contradiction; the program need not be solved first.

        Raises `NoCertificate` where there is none: the program is feasible, or only its integrality makes it
        infeasible.  `NumericalTrouble` where floating point gave no proof that holds.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0, ub=2), lp.Var("y", lb=0, ub=3)
        >>> need = lp.add_constraint(x + y >= 6, name="need")
        >>> print(lp.infeasibility_certificate())
        These cannot all hold:
          1 * (need: x + y >= 6)
          1 * (x <= 2)
          1 * (y <= 3)
        Added up: 0 >= 1.
        """
        from pplp.diagnosis.certificates import FarkasCertificate

        return FarkasCertificate.of(self)

    @alone
    def unbounded_ray(self, sense: Optional[str] = None) -> UnboundedRay:
        """A direction in which the objective improves for ever: variable -> step.

        `sense` is that of the last solve, where it is left out.  Raises `NoCertificate` where the program is bounded or
        infeasible, `NotSolved` where the sense, or whether there is an integer point, is not known,
        `NumericalTrouble` where floating point gave no proof that holds.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> c = lp.add_constraint(x - y <= 2)
        >>> lp.objective = x
        >>> ray = lp.unbounded_ray("maximize")
        >>> dict(ray), ray.slope
        ({x: 1.0, y: 1.0}, 1.0)
        """
        from pplp.diagnosis.certificates import UnboundedRay

        return UnboundedRay.of(self, sense)

    @alone
    def verify(
        self, solution: Union[Solution, Mapping[Variable, Number], None] = None, *, tolerance: float = 1e-6
    ) -> Verification:
        """Does a solution hold for the program as it is now?  A report of what is violated and of the worst residuals.

        `solution` is any `Solution` of this program (left out, the current one), or values of all variables.  Of a
        solution it also checks the objective and, where there are duals, that they prove it optimal.  `tolerance` is
        relative to the size of the numbers that a residual is computed from.  What a callback added
        (`Solution.lazy_constraints`) is no part of the program.

        Raises `NotSolved`, `StaleSolution`, `Infeasible` and the like where there is no point; `ForeignObject` for
        what is another program's, `RemovedObject` for a solution that lacks a variable, `InvalidValue` for
        values that do.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> wood = lp.add_constraint(x + 2*y <= 8, name="wood")
        >>> lp.objective = 3*x + 2*y
        >>> lp.maximize(), lp.verify().ok
        (24.0, True)
        >>> lp.verify({x: 3, y: 4}).violations[0].said
        'wood = 11.0 is above 8 by 3'
        """
        from pplp.answers.quality import verification_of

        return verification_of(self, solution, tolerance)

    @alone
    def explain(
        self,
        sense: Optional[str] = None,
        *,
        weights: Optional[Mapping[Any, float]] = None,
        time_limit: float = 60.0,
    ) -> Explanation:
        """Why there is no optimum, as a report that can be read in parts; the program need not be solved first.

        Infeasible: constraints, bounds and integrality that cannot all hold, with file and line, such that without any
        one of them the others can; and the least total change that makes the program feasible.  `weights` says what
        a unit of change costs, by constraint or variable: 1 for a constraint, `math.inf` for what must not move; the
        own bounds of a variable move only where it is named.
        Unbounded: the ray, and the bounds that are missing; `sense` is that of the last solve, where it is left out.

        The search takes about `time_limit` seconds, and the repairs, when they are asked for, as much again.
        Raises `InvalidValue`, `ForeignObject` or `RemovedObject` for weights, `OptionError` for another sense,
        `NumericalTrouble` where floating point gave no proof that holds.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram(trace=False)
        >>> x, y = lp.Var("x", lb=0, ub=2), lp.Var("y", lb=0, ub=3)
        >>> need = lp.add_constraint(x + y >= 6, name="need")
        >>> lp.explain()
        Infeasible. These cannot all hold, and without any one of them they can:
          need: x + y >= 6
          x <= 2
          y <= 3
        The least change that makes it feasible, 1 in all:
          need: x + y >= 5 instead of 6
        """
        from pplp.diagnosis.explanation import Explanation

        return Explanation.of(self, sense, weights, time_limit)

    @alone
    def lint(self, sense: Optional[str] = None) -> Findings:
        """What looks wrong before it is solved: `Findings`, a tuple of `Finding` that prints as a report.

        Errors make the program infeasible: bounds that cross, an integer variable without an integer between its
        bounds, a row that its variables' bounds do not let hold, rows that contradict.  Warnings are probably mistakes:
        variables and rows without any use, a variable that the objective alone has and no bound stops, rows said twice,
        coefficients beyond a ratio of 1e8, a big-M greater than the bounds require, integers with fractional bounds,
        names that collide.  Notes are of what does nothing: fixed variables, rows that always hold.
        With a sense, "minimize" or "maximize", what concerns the other one alone is left out.
        It takes time linear in the coefficients, and does not solve anything.
        Raises `OptionError` for another sense.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram(trace=False)
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> need = lp.add_constraint(x + y >= 3, name="need")
        >>> again = lp.add_constraint(3*x + 3*y >= 9, name="again")
        >>> lp.objective = x + y
        >>> lp.lint()
        warning: duplicate-rows (1): Remove those that say nothing more.
          again: 3 x + 3 y >= 9 says nothing more than need: x + y >= 3
        >>> lp.remove(need, again)
        >>> len(lp.lint()), len(lp.lint("minimize"))  # without a row x and y have no upper bound
        (2, 0)
        """
        from pplp.diagnosis.lint import findings

        return findings(self, None if sense is None else is_maximize(sense))

    @property
    @alone
    def basis(self) -> Basis:
        """The basis of the optimum, or the one to start from that was set since.

        Set it to have the next solve start from it: to the basis of this program, also one from before rows and
        variables were added, or to that of any program of the same shape.  A singular one is passed over: the solve
        starts from nothing, and says so in its log and its `Solution.message`.  None takes back what was set.

        Reading raises `NotSolved`, `StaleSolution`, and `NoDuals` for a program with integer variables;
        setting raises `InvalidValue` for a basis that does not fit.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> c = lp.add_constraint(x + 2*y <= 8)
        >>> lp.objective = 3*x + 2*y
        >>> lp.maximize()
        24.0
        >>> twin = lp.copy()
        >>> twin.basis = lp.basis
        >>> twin.maximize(), twin.solution.iterations
        (24.0, 0)
        """
        return self._start if self._start is not None else Basis.of(self)

    @basis.setter
    @edits
    def basis(self, basis: Optional[Basis]) -> None:
        self._start = start_of(self, basis)

    def copy(self) -> LinearProgram:
        """An independent program with the same contents, not yet solved.  ``copy[x]`` is its variable for x.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x = lp.Var("x", lb=0, ub=4)
        >>> lp.objective = x
        >>> twin = lp.copy()
        >>> twin[x].ub = 9
        >>> lp.maximize(), twin.maximize()
        (4.0, 9.0)
        """
        return self._copied(None)

    def __copy__(self) -> LinearProgram:
        return self._copied(None)

    def __deepcopy__(self, memo: dict[int, Any]) -> LinearProgram:
        twin = memo[id(self)] = self._copied(None)
        return twin

    @reads
    def __getstate__(self) -> dict[str, Any]:
        """What a pickle keeps: all but the engine, the solution, and what goes with them."""
        if self._turns.is_shared:  # others may edit it while it is written
            twin = self._copied(None)
            twin._start, twin._edits = self._start, self._edits
            return twin.__getstate__()
        self._rows.packed()
        note_nothing(self)
        state = dict(
            vars(self),
            _keywords={},
            _options=Options(verbose=self.verbose, solver=self._solver),
            _chosen_by=None,
            _columns=self._columns.copy(),
            _engine=None,
            _journal=None,
            _solution=None,
        )
        del state["_turns"]
        return dict(state, _unread="", _solved_at=None, _objective=None, _costs=self._objective.state(self))

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._turns = Turns()
        costs = state.pop("_costs")
        vars(self).update(state)
        self._objective = Objective.of(costs)

    def relaxed(self) -> LinearProgram:
        """A copy without integrality: a linear program, with duals.  ``copy[x]`` is its variable for x.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> n, m = lp.IntVar("n", lb=0), lp.IntVar("m", lb=0)
        >>> c = lp.add_constraint(2*n + 4*m <= 9)
        >>> lp.objective = n + m
        >>> plan = lp.relaxed()
        >>> lp.maximize(), plan.maximize(), plan[c].dual
        (4.0, 4.5, 0.5)
        """
        return self._copied(lambda j: None)

    @alone
    def fixed(self) -> LinearProgram:
        """A copy with every integer variable fixed at its current value: a linear program, with duals.

        Raises `NotSolved`, `StaleSolution` and the like when there is no current value.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> n, x = lp.IntVar("n", lb=0), lp.Var("x", lb=0)
        >>> c = lp.add_constraint(2*n + 4*x <= 9)
        >>> lp.objective = 3*n + 2*x
        >>> lp.maximize(), n.value
        (12.5, 4)
        >>> plan = lp.fixed()
        >>> plan.maximize(), plan[c].dual
        (12.5, 0.5)
        """
        solution = self._current("value")
        return self._copied(lambda j: float(solution[self._handle(j)]))

    @reads
    def _copied(self, fix: Optional[Callable[[int], Optional[float]]]) -> LinearProgram:
        """A copy; with `fix` all its variables are continuous, and at the value that it returns, if any."""
        twin = LinearProgram(self.verbose, name=self.name, trace=self.trace, solver=self._solver)
        twin.sense = self.sense
        twin._family = self._family
        twin._columns = self._columns.copy()
        for j in self._columns.living() if fix is not None else ():
            if fix is not None and self._columns.is_integer(j):
                twin._columns.mark_integer(j, False)
                value = fix(j)
                if value is not None:
                    twin._columns.fixed.setdefault(j, (self._columns.lower[j], self._columns.upper[j]))
                    twin._columns.lower[j] = twin._columns.upper[j] = value
        twin._rows = copy.deepcopy(self._rows)
        twin.trace = self.trace
        twin._bound_rows = copy.deepcopy(self._bound_rows)
        twin._constant_rows = copy.deepcopy(self._constant_rows)
        twin._row_names = dict(self._row_names)
        twin._crossed = dict(self._crossed)
        twin._reformulations = self._reformulations.copy(relaxed=fix is not None)
        twin._objective = Objective.of(self._objective.state(self))
        return twin

    # ---- text
    @reads
    def __str__(self) -> str:
        """The program as text, abbreviated past a screenful."""
        from pplp.display.text import program_text

        return program_text(self)

    @reads
    def __repr__(self) -> str:
        columns, rows = self._columns, self._rows
        return (
            f"<LinearProgram{f' {self.name!r}' if self.name else ''}: {len(columns) - len(columns.removed)} variables, "
            f"{len(rows) - len(rows.removed)} rows, {self.status}>"
        )


def _form_of(program: LinearProgram, maximize: bool) -> Callable[[], MatrixForm]:
    """The form as it is now, made when the engine asks for it; the engine does not keep the program alive."""
    known, version = weakref.ref(program), program._version()

    def form() -> MatrixForm:
        program = known()
        assert program is not None
        if program._version() != version:
            raise CallbackError(
                "The program was edited while it was solved, by a callable of this solve, and the solver needs it once "
                "more as it was. Solve again, and edit the program after the solve or edit a copy of it."
            )
        return compile_form(program, maximize)

    return form


def _unedited(program: LinearProgram, version: Optional[Version]) -> Callable[[], Optional[LinearProgram]]:
    """Gives the program as long as it is of this version, and alive."""
    known = weakref.ref(program)

    def unedited() -> Optional[LinearProgram]:
        program = known()
        return program if program is not None and program._version() == version else None

    return unedited


def _are_same(options: dict[str, Any], others: dict[str, Any]) -> bool:
    """Are the two equal, as far as can be told?"""
    try:
        return options == others
    except Exception:  # the comparison is that of the values, which may be anything
        return False


def _conflict_in(program: Optional[LinearProgram], version: Optional[Version]) -> str:
    """What conflicts, as long as the program is as it was solved."""
    if program is None or program._version() != version or program._turns.is_solved_by_others():
        return ""
    from pplp.diagnosis.explanation import brief_explanation

    return program._turns.alone(brief_explanation, program)  # type: ignore[no-any-return]


#: What solutions that were pickled before know it by.
_bound_dual = bound_dual
