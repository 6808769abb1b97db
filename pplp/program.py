"""`LinearProgram`: the facade over variables, constraints, objective, compiler and engine.

It is a table of contents: each method has one to three lines, and the work is done in the module named after it.
The file is long because users read their manual here: three in five lines are docstrings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Any, Callable, Optional, Union, overload

from pplp.answers.basis import Basis, start_of
from pplp.answers.duals import bound_dual
from pplp.answers.solution import Solution
from pplp.answers.solvable import Solvable
from pplp.core.bounds import check_ready
from pplp.core.copying import fill, restore, state_of
from pplp.core.evaluation import value_now
from pplp.core.expressions import Variable, variable_at
from pplp.core.origins import note_here
from pplp.core.scalars import Number
from pplp.core.sense import Sense
from pplp.core.shown import Shown
from pplp.core.turns import alone, edits, reads
from pplp.engines.contract import checked
from pplp.form.compiler import compile_form
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.solving.session import Session

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from pplp.answers.quality import Verification
    from pplp.answers.sensitivity import Sensitivity
    from pplp.arrays.keyed import VariableMap
    from pplp.arrays.variables import VariableArray
    from pplp.core.expressions import LinearExpression
    from pplp.diagnosis.certificates import FarkasCertificate, UnboundedRay
    from pplp.diagnosis.explanation import Explanation
    from pplp.diagnosis.lint import Findings
    from pplp.formats import Place
    from pplp.solving.scenarios import Scenario

__all__ = ["LinearProgram"]

# Any: axes are those of matplotlib, which has no types here; labels, arrays and collections give what is as they are.


class LinearProgram(Shown, Solvable):
    """A linear or mixed-integer program: variables, linear constraints, one linear objective.

        minimize or maximize  c.x + c0   subject to   l <= A x <= u,   lb <= x <= ub,   some x integer

    `verbose` and `solver` set the defaults of the options of the same name; `name` is used in messages only.  `trace`
    sets which file and line numbers are recorded for `Constraint.origin`, `Variable.origin`, `explain` and `lint`:
    "constraints" (and the variables of `Vars`) adds a twentieth to the cost of a row; True also records each variable,
    which adds a fifth to the cost of `Var` and two microseconds to `IntVar`; False records nothing.  You can change it
    at any time; it applies to what you write afterwards.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y, z = lp.IntVar(), lp.IntVar(), lp.IntVar()
    >>> lp.objective = 10*x + 6*y + 4*z
    >>> for row in (x + y + z <= 100, 10*x + 4*y + 5*z <= 600, 2*x + 2*y + 6*z <= 300, x >= 0, y >= 0, z >= 0):
    ...     _ = lp.add_constraint(row)
    >>> lp.maximize(), x.value, y.value, z.value
    (732.0, 33, 67, 0)
    """

    _session: Session

    def __init__(
        self,
        verbose: int = 0,
        *,
        name: Optional[str] = None,
        trace: Union[bool, str] = "constraints",
        solver: str = "glpk",
    ) -> None:
        super().__init__(name, trace)
        self.verbose = checked("verbose", int(verbose))
        self.solver = solver
        self._session = Session()

    @property
    def solver(self) -> str:
        """The default of the option `solver`: "glpk", "highs", "auto" or the name of a registered engine.

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
        self._solver = checked("solver", name)

    @overload
    def Vars(
        self,
        index: Union[int, tuple[int, ...]],
        name: Optional[str] = None,
        *,
        lb: Any = -inf,
        ub: Any = inf,
        integer: bool = False,
        keys: None = None,
    ) -> VariableArray: ...
    @overload
    def Vars(
        self,
        index: Union[list[Any], dict[Any, Any], range],
        name: Optional[str] = None,
        *,
        lb: Any = -inf,
        ub: Any = inf,
        integer: bool = False,
        keys: None = None,
    ) -> VariableMap: ...
    @overload
    def Vars(
        self,
        index: Iterable[Any],
        name: Optional[str] = None,
        *,
        lb: Any = -inf,
        ub: Any = inf,
        integer: bool = False,
        keys: Optional[Sequence[str]] = None,
    ) -> Any: ...
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
        """Create many variables: a sequence from a count, an array from a shape, a mapping from keys.

        From a pandas index, series or frame, or from polars key columns, it makes `LabelledVariables`; `keys` names the
        label columns of a frame, if they are not its index (pandas) or not all of its columns (polars).

        `lb` and `ub` are one number for all, or one per variable (for keys also mappings).  With labels they are
        aligned: series, polars frames, dictionaries, or the name of a column of the frame.  With a `name` the variables
        are called ``name[0]``, ``name[1,2]``, ``name[key]``.

        Raises `InvalidValue` for a label that occurs twice, is NaN or None, or has no bound, and for surplus bounds.

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
        from pplp.arrays.variables import VariableArray

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

        With a list or tuple of expressions, it maximizes the first; then, among the optimal points, the second; and so
        on.  It returns their values.  `absolute_loss` and `relative_loss`, one number for all or one for each, say how
        much of an optimum may be given up for later objectives: in its own units, and as a share of it; the greater one
        counts.  Put a minus sign before an expression to minimize it.  The program keeps its own objective, and
        `solution` is the last solve.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> pay, rest = lp.Var("pay", lb=0, ub=8), lp.Var("rest", lb=0)
        >>> _ = lp.add_constraint(2*pay + rest <= 20)
        >>> lp.maximize([pay, rest])
        (8.0, 4.0)
        >>> lp.maximize([pay, rest], relative_loss=0.25)
        (6.0, 8.0)
        """
        if objectives is not None:
            return self._session.optima(self, Sense.MAXIMIZE, objectives, options)
        return self._session.optimum(self, Sense.MAXIMIZE, options)

    @overload
    def minimize(self, objectives: None = None, **options: Any) -> float: ...
    @overload
    def minimize(self, objectives: Sequence[Any], **options: Any) -> tuple[float, ...]: ...
    def minimize(self, objectives: Optional[Sequence[Any]] = None, **options: Any) -> Union[float, tuple[float, ...]]:
        """Solve, and return the least value of the objective, or of several in order; raises what `maximize` does.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> need = lp.add_constraint(x + 2*y >= 8)
        >>> lp.objective = 3*x + 2*y
        >>> lp.minimize(), x.value, y.value, need.dual
        (8.0, 0.0, 4.0, 1.0)
        """
        if objectives is not None:
            return self._session.optima(self, Sense.MINIMIZE, objectives, options)
        return self._session.optimum(self, Sense.MINIMIZE, options)

    def solve(self, sense: Optional[str] = None, **options: Any) -> Solution:
        """Solve and return the `Solution`, whatever the outcome: read its `status` instead of catching errors.

        Without `sense`, the attribute `lp.sense` decides: "minimize", unless you or a file set it otherwise.

        Ctrl-C raises KeyboardInterrupt at once, and `solution` keeps the best point found so far; `stop()` from another
        thread, or the option `cancel`, ends the solve with `Status.INTERRUPTED`.

        Raises `OptionError` for an unknown sense or option, or a value outside its range.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x = lp.Var("x", lb=0, ub=4)
        >>> lp.objective = 3*x
        >>> solution = lp.solve("maximize", time_limit=60)
        >>> solution.status, solution.objective, solution[x]
        (<Status.OPTIMAL: 'optimal'>, 12.0, 4.0)
        """
        return self._session.solve(self, Sense.of(self.sense if sense is None else sense), options)

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
        """Solve the program under each `Scenario`, several at a time; returns one `Solution` for each, in order.

        The program is sent to each worker once; after that, only the differences are.  Each worker continues from its
        last basis, so where there are several optima it may return another one than a solve from scratch would.
        The program is unchanged and keeps its solution.  See `solve_many` for `executor`, `workers`, `progress`,
        the options, what is solved in this process, and what happens when a worker dies.

        Raises `InvalidValue`, `ExpressionError`, `ForeignObject` and `RemovedObject` for a scenario that does not fit
        the program, and `CallbackError` if `progress` edits the program.

        >>> from pplp import LinearProgram, Scenario
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> need = lp.add_constraint(x + 2*y >= 6)
        >>> lp.objective = 3*x + 4*y
        >>> [each.objective for each in lp.scenarios([Scenario(), Scenario(rhs={need: 9})], workers=1)]
        [12.0, 18.0]
        """
        from pplp.solving.batch import solve_scenarios

        chosen = Sense.of(self.sense if sense is None else sense)
        return solve_scenarios(self, scenarios, chosen, executor, workers, progress, options)

    def stop(self) -> None:
        """End a solve that runs in another thread, with `Status.INTERRUPTED`; does nothing if none is running.

        It returns at once.  In the other thread, `solve` returns the best point found, and `maximize` and `minimize`
        raise `LimitReached`.

        >>> import threading
        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> button = threading.Timer(60, lp.stop)  # stop a solve that takes longer than a minute
        >>> button.start()
        >>> lp.solve().status
        <Status.OPTIMAL: 'optimal'>
        >>> button.cancel()
        """
        self._session.stop.cancel()

    @reads
    def compile(self, sense: Optional[str] = None) -> MatrixForm:
        """The program as sparse arrays, for engines, file formats and inspection; `sense` is that of `solve`.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> c = lp.add_constraint(3*x + 4*y >= 5)
        >>> form = lp.compile("maximize")
        >>> form.rows, form.columns, form.maximize, list(form.values)
        (1, 2, True, [3.0, 4.0])
        """
        chosen = Sense.of(self.sense if sense is None else sense)
        check_ready(self)
        return compile_form(self, chosen.is_maximize)

    # ---- files
    @classmethod
    def read(cls, source: Place, format: Optional[str] = None, **options: Any) -> LinearProgram:
        r"""Read a program from a file; its `sense` attribute says whether to maximize.  See `pplp.formats.read`.

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
        r"""Draw a program of two variables with matplotlib; returns the axes, `ax` or those of a new figure.

        The picture shows the feasible region, each constraint by name, the integer points, an arrow in the direction in
        which the objective improves, and, if the program is solved, the optimum with its level line.  An unbounded
        region is cut at the frame, and the title says so.  Variables with ``lb == ub`` count as constants: fix all but
        two of them to draw a slice of a larger program.  `sense` defaults to that of the last solve.
        ``lp.plot().figure.savefig("region.svg")`` writes it to a file; in a notebook, ``lp.plot().figure`` shows it
        after ``%matplotlib inline``.

        Raises `InvalidValue` unless exactly two variables can vary, and `ExtraMissing` without matplotlib.

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
        from pplp.display.region_plot import region_plot

        return region_plot(self, ax, sense)

    @alone
    def spy(self, ax: Any = None) -> Any:
        r"""Draw the sparsity pattern of the matrix with matplotlib; returns the axes.

        Positive and negative coefficients have different colors; bars mark integer columns and equality rows.  A matrix
        of more than 400 rows or columns is drawn in blocks, shaded by their number of coefficients.

        Raises `ExtraMissing` without matplotlib.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.IntVar("y", lb=0)
        >>> c = lp.add_constraint(x - 2*y == 8)
        >>> ax = lp.spy()  # doctest: +SKIP
        >>> ax.get_title(loc="left").split("\n")  # doctest: +SKIP
        ['1 row, 2 columns, 2 coefficients', '1 integer column, 1 equality row']
        """
        from pplp.display.matrix_plot import matrix_plot

        return matrix_plot(self, ax)

    @alone
    def report(self, target: Place, *, title: Optional[str] = None) -> None:
        """Write an HTML report on the program and its answer to a path, an open file, or "-" for standard output.

        The page is self-contained.  It shows sizes and ranges of numbers, a picture of the matrix, tables of variables
        and constraints that sort and filter, the binding constraints, duals and sensitivity ranges if the solution has
        a basis, the quality of the answer, and the findings of `lint`.  For an infeasible or unbounded program it says
        why, if that takes no more than a few seconds.  The answer is that of the last solve, unless the program was
        edited since; nothing is solved here.  Tables have at most 2000 rows, the most important ones, and the ranges
        are left out above four million rows times variables.  `title` defaults to the program's name.

        Raises `OSError` if the file cannot be written; an existing file is then unchanged.

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
        return self._session.status(self)

    @property
    def solution(self) -> Optional[Solution]:
        """The result of the last solve, even after an edit; None before the first.

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
        return self._session.solution(self)

    @overload
    def value(self, expression: Union[LinearExpression, float]) -> float: ...
    @overload
    def value(self, expression: Any) -> Any: ...
    def value(self, expression: Any) -> Any:
        """The value of a variable, expression or number at the current solution; an int for an integer variable.

        It also takes functions such as `abs(x)`.  It returns a numpy array for an array, a dictionary for keyed
        variables or a dictionary, and a list for a list.

        Raises `NotSolved`, `StaleSolution`, and `Infeasible` and the like if there is no point.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, n = lp.Var("x", lb=0, ub=4), lp.IntVar("n", lb=0, ub=2)
        >>> lp.objective = x + n
        >>> lp.maximize(), lp.value(n), lp.value(2*x - n)
        (6.0, 2, 6.0)
        """
        return value_now(self, expression)

    # ---- what handles and stores ask
    # ---- why, and how well
    @alone
    def sensitivity(self) -> Sensitivity:
        """The ranges of costs, right-hand sides and bounds over which the optimal basis stays optimal.

        Raises `NotSolved`, `StaleSolution`, `NoDuals` for a program with integer variables, and what
        `Solution.objective_or_raise` raises if there is no optimum.

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

        Raises `NoCertificate` if there is none: the program is feasible, or only its integrality makes it
        infeasible; and `NumericalTrouble` if floating point gave no valid proof.

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
        """A direction in which the objective improves without limit: variable -> step.

        `sense` defaults to that of the last solve.  Raises `NoCertificate` if the program is bounded or
        infeasible, `NotSolved` if the sense, or whether there is an integer point, is unknown,
        `NumericalTrouble` if floating point gave no valid proof.

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
        """Check a solution against the program as it is now: reports violations and the worst residuals.

        `solution` is any `Solution` of this program (by default the current one), or values of all variables.  For a
        solution it also checks the objective and, if there are duals, that they prove it optimal.  `tolerance` is
        relative to the size of the numbers that make up a residual.  Constraints that a callback added
        (`Solution.lazy_constraints`) are not part of the program.

        Raises `NotSolved`, `StaleSolution`, `Infeasible` and the like if there is no point; `ForeignObject` for
        objects of another program, `RemovedObject` for a solution that lacks a variable, and `InvalidValue` for values
        that lack one.

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
        """Explain why there is no optimum; the report can also be read in parts.  The program need not be solved first.

        Infeasible: the report lists constraints, bounds and integrality that conflict, with file and line; without any
        one of them, the rest can be satisfied (an IIS).  It also gives the least total change that makes the program
        feasible.  `weights` sets the cost of a unit of change by constraint or variable: 1 for a constraint, `math.inf`
        for what must not move; the bounds of a variable move only if it is named.  Unbounded: the report shows the ray
        and the missing bounds; `sense` defaults to that of the last solve.

        The search takes about `time_limit` seconds; the repairs, if you ask for them, take as long again.
        Raises `InvalidValue`, `ForeignObject` or `RemovedObject` for weights, `OptionError` for an unknown sense,
        `NumericalTrouble` if floating point gave no valid proof.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram(trace=False)
        >>> x, y = lp.Var("x", lb=0, ub=2), lp.Var("y", lb=0, ub=3)
        >>> need = lp.add_constraint(x + y >= 6, name="need")
        >>> lp.explain()
        Infeasible. These cannot all hold; without any one of them, the others can:
          need: x + y >= 6
          x <= 2
          y <= 3
        The least change that makes it feasible, 1 in total:
          need: x + y >= 5 instead of 6
        """
        from pplp.diagnosis.explanation import Explanation

        return Explanation.of(self, sense, weights, time_limit)

    @alone
    def lint(self, sense: Optional[str] = None) -> Findings:
        """Find likely mistakes before solving: returns `Findings`, a tuple of `Finding` that prints as a report.

        Errors make the program infeasible: crossed bounds, an integer variable without an integer between its bounds,
        a row that cannot be satisfied within the variables' bounds, contradictory rows.  Warnings are probably
        mistakes: unused variables and rows, a variable that only the objective uses and no bound limits, duplicate
        rows, coefficients that span a ratio above 1e8, a big-M larger than the bounds require, integers with fractional
        bounds, colliding names.  Notes are about what has no effect: fixed variables, rows that always hold.  With a
        sense, "minimize" or "maximize", findings that matter only for the other one are left out.  It takes time linear
        in the number of coefficients, and solves nothing.  Raises `OptionError` for an unknown sense.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram(trace=False)
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> need = lp.add_constraint(x + y >= 3, name="need")
        >>> again = lp.add_constraint(3*x + 3*y >= 9, name="again")
        >>> lp.objective = x + y
        >>> lp.lint()
        warning: duplicate-rows (1): Remove the redundant ones.
          again: 3 x + 3 y >= 9 is implied by need: x + y >= 3
        >>> lp.remove(need, again)
        >>> len(lp.lint()), len(lp.lint("minimize"))  # without a row x and y have no upper bound
        (2, 0)
        """
        from pplp.diagnosis.lint import findings

        return findings(self, None if sense is None else Sense.of(sense))

    @property
    @alone
    def basis(self) -> Basis:
        """The optimal basis, or the start basis that was set since.

        Set it to start the next solve from it: to a basis of this program, even from before rows and variables were
        added, or to that of any program of the same shape.  A singular one is skipped: the solve starts from scratch,
        and says so in its log and its `Solution.message`.  None clears what was set.

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
        return self._session.start or Basis.of(self)

    @basis.setter
    @edits
    def basis(self, basis: Optional[Basis]) -> None:
        self._session.start = start_of(self, basis)

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
        """The state for a pickle: everything but the session, whose start basis is kept."""
        if self._turns.is_shared:  # another thread may edit it while it is written
            twin = self._copied(None)
            twin._session.start, twin._edits = self._session.start, self._edits
            return twin.__getstate__()
        state = state_of(self)
        del state["_session"]
        return dict(state, _start=self._session.start)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._session = Session()
        self._session.start = state.get("_start")
        restore(self, {name: value for name, value in state.items() if name not in _OF_SESSIONS})

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

        Raises `NotSolved`, `StaleSolution` and the like if there is no current value.

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
        solution = self._session.current(self, "value")
        return self._copied(lambda j: float(solution[variable_at(self, j)]))

    @reads
    def _copied(self, fix: Optional[Callable[[int], Optional[float]]]) -> LinearProgram:
        """A copy; with `fix`, all variables are continuous, and each is fixed at what `fix` returns, if anything."""
        twin = LinearProgram(self.verbose, name=self.name, trace=self.trace, solver=self._solver)
        fill(twin, self, fix)
        return twin

    # ---- text
    @reads
    def __str__(self) -> str:
        """The program as text, shortened past a screenful."""
        from pplp.display.text import program_text

        return program_text(self)

    @reads
    def __repr__(self) -> str:
        columns, rows = self._columns, self._rows
        return (
            f"<LinearProgram{f' {self.name!r}' if self.name else ''}: {len(columns) - len(columns.removed)} variables, "
            f"{len(rows) - len(rows.removed)} rows, {self.status}>"
        )


#: Fields of older pickles that now belong to the session, which still uses `_start`.
_OF_SESSIONS = {
    *("_solution", "_unread", "_solved_at", "_keywords", "_options", "_engine", "_is_isolated", "_engine_is"),
    *("_chosen_by", "_is_solving", "_stop", "_start", "_places"),
}
#: Pickled solutions refer to it by this name.
_bound_dual = bound_dual
