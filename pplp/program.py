"""`LinearProgram`: the facade over variables, constraints, objective, compiler and engine.

It is a table of contents: each method is a door of one to three lines, and what it does is in the module of its noun.
The file is long because users read their manual here: three of five lines are docstrings.
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
from pplp.engines.contract import Options
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
        self.verbose = Options(verbose=int(verbose)).verbose
        self.solver = solver
        self._session = Session()

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
        if objectives is not None:
            return self._session.optima(self, Sense.MAXIMIZE, objectives, options)
        return self._session.optimum(self, Sense.MAXIMIZE, options)

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
        if objectives is not None:
            return self._session.optima(self, Sense.MINIMIZE, objectives, options)
        return self._session.optimum(self, Sense.MINIMIZE, options)

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

        chosen = Sense.of(self.sense if sense is None else sense)
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
        self._session.stop.cancel()

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
        chosen = Sense.of(self.sense if sense is None else sense)
        check_ready(self)
        return compile_form(self, chosen.is_maximize)

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
        from pplp.display.region_plot import region_plot

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
        from pplp.display.matrix_plot import matrix_plot

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
        return self._session.status(self)

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
        return self._session.solution(self)

    @overload
    def value(self, expression: Union[LinearExpression, float]) -> float: ...
    @overload
    def value(self, expression: Any) -> Any: ...
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
        return value_now(self, expression)

    # ---- what handles and stores ask
    # ---- why, and how well
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
        """A direction in which the objective improves without limit: variable -> step.

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

        return findings(self, None if sense is None else Sense.of(sense))

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
        """What a pickle keeps: all but the session, of which it keeps the basis to start from."""
        if self._turns.is_shared:  # others may edit it while it is written
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
        solution = self._session.current(self, "value")
        return self._copied(lambda j: float(solution[variable_at(self, j)]))

    @reads
    def _copied(self, fix: Optional[Callable[[int], Optional[float]]]) -> LinearProgram:
        """A copy; with `fix` all its variables are continuous, and at the value that it returns, if any."""
        twin = LinearProgram(self.verbose, name=self.name, trace=self.trace, solver=self._solver)
        fill(twin, self, fix)
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


#: Fields that a pickle has no more, since a session has them; `_start` it still has.
_OF_SESSIONS = {
    *("_solution", "_unread", "_solved_at", "_keywords", "_options", "_engine", "_is_isolated", "_engine_is"),
    *("_chosen_by", "_is_solving", "_stop", "_start", "_places"),
}
#: What solutions that were pickled before know it by.
_bound_dual = bound_dual
