"""The result of a solve: why it stopped, and the numbers that there are.

Signs: the dual of a constraint is d(objective)/d(right-hand side), the reduced cost of a variable is
d(objective)/d(the bound it is at); both refer to the objective as written, for maximize and minimize alike.
So when maximizing, the dual of a binding ``<=`` is nonnegative; when minimizing, it is nonpositive.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Optional, Union, overload

from pplp.answers.frame import Frame
from pplp.core import hooks
from pplp.core.bulk import Keyed
from pplp.core.evaluation import check_known, value_in
from pplp.core.expressions import parts_of
from pplp.core.owner import Owner
from pplp.core.sense import Sense
from pplp.core.shown import Shown
from pplp.errors import (
    ExpressionError,
    Infeasible,
    InfeasibleOrUnbounded,
    LimitReached,
    NoDuals,
    NoSolution,
    NotSolved,
    NumericalTrouble,
    PplpError,
    RemovedObject,
    SolveError,
    StaleSolution,
    Unbounded,
)
from pplp.form.outcome import Numbers, Outcome, ReadNumbers, Status, relative_gap
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.answers.residuals import Measured, Quality
    from pplp.core.constraints import Constraint
    from pplp.core.expressions import LinearExpression, Variable
    from pplp.core.relations import Relation
    from pplp.ground.files import Place

__all__ = ["Solution"]

# Any: frames are of pandas and polars, which have no types here, and of a collection there is a collection of values.

_RAISED: dict[Status, type[PplpError]] = {
    Status.UNSOLVED: NotSolved,
    Status.INFEASIBLE: Infeasible,
    Status.UNBOUNDED: Unbounded,
    Status.INFEASIBLE_OR_UNBOUNDED: InfeasibleOrUnbounded,
    Status.TIME_LIMIT: LimitReached,
    Status.ITERATION_LIMIT: LimitReached,
    Status.NODE_LIMIT: LimitReached,
    Status.INTERRUPTED: LimitReached,
    Status.NUMERICAL: NumericalTrouble,
    Status.FAILED: SolveError,
}


class Solution(Shown):
    """The frozen result of one solve; it stays readable after the program is edited or solved again.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x = lp.Var("x", lb=0)
    >>> c = lp.add_constraint(3*x + 0*x <= 12)
    >>> lp.objective = 2*x
    >>> solution = lp.solve("maximize")
    >>> solution.status, solution.objective, solution[x], solution.dual(c)
    (<Status.OPTIMAL: 'optimal'>, 8.0, 4.0, 0.6666666666666666)
    """

    __slots__ = (
        "__weakref__",
        "_frame",
        "_numbers",
        "_outcome",
        "_quality",
        "_values",
        "objective",
        "sense",
        "status",
    )
    #: Why the solver stopped.
    status: Status
    #: "minimize" or "maximize".
    sense: str
    #: The objective at the solution, with its constant; NaN if there is none.
    objective: float
    _outcome: Outcome
    _numbers: Optional[Numbers]
    _frame: Frame
    _quality: Optional[Quality]
    _values: Optional[Sequence[float]]  # by position, once a variable was read: ints for integer variables

    def __init__(
        self, outcome: Outcome, sense: str, frame: Frame, quality: Optional[Quality] = None, *former: Any
    ) -> None:
        if former:  # pickled before there were frames
            frame, quality = Frame.of_former(frame, quality, *former)
        put = object.__setattr__
        put(self, "status", outcome.status)
        put(self, "sense", sense)
        put(self, "objective", outcome.objective)
        put(self, "_outcome", outcome)
        put(self, "_numbers", outcome.numbers)
        put(self, "_frame", frame)
        put(self, "_quality", quality)
        put(self, "_values", None)

    def __reduce__(self) -> tuple[Any, ...]:
        """A pickle has the numbers but not the program: any program of the family can read them."""
        its, numbers = self._outcome, self._numbers
        if numbers is not None:
            numbers = ReadNumbers(numbers.primal(), numbers.reduced_costs(), numbers.duals())
        outcome = Outcome(
            *(its.status, numbers, its.objective, its.bound, its.iterations),
            *(its.nodes, its.seconds, its.method, its.message),
        )
        outcome.own_objective = its.own_objective
        outcome.solver, outcome.solver_reason = its.solver, its.solver_reason
        return Solution, (outcome, self.sense, self._frame.pickled(), self._quality)

    def knows(self, program: Owner) -> bool:
        """True if it is of this program; after unpickling, of this one or one that it is a copy of."""
        return self._frame.knows(program)

    @property
    def bound(self) -> Optional[float]:
        """The bound on the objective that the solver proved; None if it proved none."""
        return self._outcome.bound

    @property
    def iterations(self) -> int:
        """Simplex iterations of this solve."""
        return self._outcome.iterations

    @property
    def nodes(self) -> int:
        """Nodes of the branch-and-cut tree."""
        return self._outcome.nodes

    @property
    def seconds(self) -> float:
        """Wall-clock time inside the solver's runs, in seconds."""
        return self._outcome.seconds

    @property
    def solver(self) -> str:
        """The name of the engine that solved it."""
        return self._outcome.solver

    @property
    def solver_reason(self) -> str:
        """Why that engine: "by name", or the rule that ``solver="auto"`` applied."""
        return self._outcome.solver_reason

    @property
    def method(self) -> str:
        """The method that gave the answer."""
        return self._outcome.method

    @property
    def method_reason(self) -> str:
        """Why the method was tried first.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var(lb=0), lp.Var(lb=0)
        >>> c = lp.add_constraint(x + 2*y >= 3)
        >>> lp.objective = x + y
        >>> solution = lp.solve("minimize")
        >>> solution.method, solution.method_reason
        ('dual simplex from the slack basis', 'auto: 0 of 2 columns must leave their lower bound for dual feasibility')
        """
        return self._outcome.reason

    @property
    def message(self) -> str:
        """Details beyond the status; empty if there are none."""
        return self._outcome.message

    @property
    def quality(self) -> Quality:
        """How far it is from satisfying the program exactly: the worst residual of each kind.

        It is measured on first use, with the program as it was solved.  Raises `StaleSolution` if that was
        edited before (`LinearProgram.verify` takes the program as it is now), and what reading a value raises.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> c = lp.add_constraint(x + 2*y >= 3)
        >>> lp.objective = x + y
        >>> lp.solve("minimize").quality.row
        0.0
        """
        quality = self._quality
        if quality is None:
            self._primal()
            if self._frame.unedited is None:
                raise error_with(
                    self,
                    NoSolution,
                    "The quality was not read before the solution was pickled. Use lp.verify(solution).",
                )
            program = self._frame.unedited()
            if program is None:
                raise StaleSolution(
                    "The quality was not read before the program was edited or dropped. "
                    "lp.verify(solution) checks the solution against the program as it is now."
                )
            from pplp.answers.residuals import Residuals
            from pplp.form.compiler import compile_form

            frame = self._frame
            form = frame.form() if frame.form is not None else compile_form(program, Sense.of(self.sense).is_maximize)
            quality = Residuals(form, numbers_at(self, frame.at_column.indices(), frame.at_row.indices())).quality
            object.__setattr__(self, "_quality", quality)
        return quality

    @property
    def lazy_constraints(self) -> tuple[Relation, ...]:
        """The relations that a callback added during the search; they are not constraints of the program."""
        return self._outcome.lazy_constraints

    @property
    def pool(self) -> tuple[Solution, ...]:
        """The best solutions in order, at most as many as the option `pool` says: this one, then the next best.

        No two have the same values of all integer variables; the continuous ones are optimal for these.  There are
        fewer if the program has fewer, or if a limit was reached, which `status` then says.  None are skipped:
        no solution outside the pool is better than one in it.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.IntVar("x", lb=0, ub=3), lp.BoolVar("y")
        >>> lp.objective = 2*x + 3*y
        >>> [(s.objective, s[x], s[y]) for s in lp.solve("maximize", pool=4).pool]
        [(9.0, 3, 1), (7.0, 2, 1), (6.0, 3, 0), (5.0, 1, 1)]
        """
        return (self, *self._outcome.others) if self.has_solution else ()

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name} cannot be set: a Solution is frozen.")

    def __repr__(self) -> str:
        if not self.has_solution:
            return f"<Solution: {self.status}>"
        gap = f", gap {self.gap:.3g}" if self.status is not Status.OPTIMAL and self.gap is not None else ""
        return f"<Solution: {self.status}, objective {self.objective!r}{gap}>"

    @property
    def has_solution(self) -> bool:
        """True if there is a point that satisfies all constraints."""
        return self._numbers is not None

    @property
    def is_optimal(self) -> bool:
        """True if the solver proved that no point is better."""
        return self.status is Status.OPTIMAL

    @property
    def gap(self) -> Optional[float]:
        """The relative gap |objective - bound| / max(1e-10, |objective|); None without a bound or a solution."""
        return relative_gap(self.objective if self.has_solution else None, self.bound)

    def objective_or_raise(self) -> float:
        """The objective, if the solution is optimal or within the requested gap; else raises the status's error."""
        kind = _RAISED.get(self.status)
        if kind is not None:
            raise self._error(kind)
        return self.objective

    def _error(self, kind: type[PplpError]) -> PplpError:
        if kind is LimitReached:
            error: PplpError = kind(f"{self._stopped()} {self.message}".rstrip())
        else:
            error = kind(self.message or self._stopped())
        error.solution = self
        return error

    def _stopped(self) -> str:
        best = f"The best point found has the objective {self.objective!r}"
        found = best if self.has_solution else "No point has been found"
        bound = f", the bound is {self.bound!r}" if self.bound is not None else ""
        gap = f" (gap {self.gap:.2%})" if self.gap is not None else ""
        return f"The solver stopped: {self.status}. {found}{bound}{gap}."

    def write(self, target: Place, format: Optional[str] = None) -> None:
        """Write status, values, reduced costs and duals as text, CSV or JSON.  See `pplp.formats.write_solution`."""
        hooks.write_solution(self, target, format)

    def to_pandas(self, of: str = "variables") -> Any:
        """A pandas frame of the variables (value, reduced_cost) or "constraints", indexed by name.

        For constraints it has value, dual, slack, lb and ub, unless the program was edited since the solve.  Reduced
        costs and duals are NaN if there are none.  Raises `ExtraMissing` without pandas (``pip install
        "pplp[pandas]"``), `StaleSolution` for the constraints after an edit, `OptionError` for any other word, and
        `Infeasible` and the like if there is no point.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
        >>> c = lp.add_constraint(x + 2*y >= 3, "c")
        >>> lp.objective = x + y
        >>> solution = lp.solve("minimize")
        >>> solution.to_pandas().loc["y"].to_dict()
        {'value': 1.5, 'reduced_cost': 0.0}
        >>> solution.to_pandas("constraints").loc["c"].to_dict()
        {'value': 3.0, 'dual': 0.5, 'slack': 0.0, 'lb': 3.0, 'ub': inf}
        """
        from pplp.arrays.pandas_index import pandas_frame

        return pandas_frame(hooks.solution_columns(self, of), ["name"])

    def to_polars(self, of: str = "variables") -> Any:
        """The same as a polars frame, with a column of names; ``pip install "pplp[polars]"``."""
        from pplp.arrays.key_columns import polars_frame

        return polars_frame(hooks.solution_columns(self, of))

    # ---- numbers
    def _primal(self) -> Sequence[float]:
        if self._numbers is None:
            kind = _RAISED.get(self.status, NoSolution)
            raise self._error(kind if issubclass(kind, NoSolution) else NoSolution)
        return self._numbers.primal()

    def _read(self) -> Sequence[float]:
        """The values by position, ints for integer variables."""
        values, integer = self._primal(), self._frame.integer
        if integer:
            values = [int(value) if whole else value + 0.0 for value, whole in zip(values, integer)]
        object.__setattr__(self, "_values", values)
        return values

    def __getitem__(self, variable: Variable) -> Union[int, float]:
        """The value of a variable; an int for an integer variable, a dictionary by key for keyed variables."""
        try:
            place = self._frame.place_of(variable)
        except ExpressionError:
            if isinstance(variable, Keyed):
                return self.value(variable)
            raise
        values = self._values
        return (self._read() if values is None else values)[place] + self._frame.zero

    def values_at(self, indices: Sequence[int]) -> list[float]:
        """The values of the variables with these indices."""
        values, at = self._primal(), self._frame.at_column
        if at.identity and len(values) >= at.count:
            try:
                return [values[j] + 0.0 for j in indices]
            except IndexError:
                pass
        missing = [j for j in indices if j not in at]
        if missing:
            raise RemovedObject(f"x{missing[0]} is not part of this solution: it was added later or removed before.")
        return [values[at[j]] + 0.0 for j in indices]

    def are_integer(self, indices: Sequence[int]) -> bool:
        """True if the variables with these indices are all integer."""
        integer, at = self._frame.integer, self._frame.at_column
        return bool(integer) and all(integer[at[j]] for j in indices)

    @overload
    def value(self, expression: Union[LinearExpression, float]) -> float: ...
    @overload
    def value(self, expression: Any) -> Any: ...
    def value(self, expression: Any) -> Any:
        """The value of any expression or function of the program; a numpy array for an array of them.

        It returns a dictionary by key for keyed variables or a dictionary, and a list for a list.
        """
        return value_in(self, expression)

    def exact(self, expression: LinearExpression) -> Fraction:
        """The value of a variable or expression without rounding, after a solve with ``method="exact"``.

        Every number of the program is read as the shortest decimal that denotes it: 0.1 is 1/10.
        Raises `NoSolution` after any other method, and if there is no point.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var(lb=0), lp.Var(lb=0)
        >>> c = lp.add_constraint(3*x + y <= 1)
        >>> lp.objective = x + 0.1*y
        >>> solution = lp.solve("maximize", method="exact")
        >>> solution.exact(x), solution.exact(lp.objective)
        (Fraction(1, 3), Fraction(1, 3))
        """
        self._primal()
        read = getattr(self._numbers, "exact", None)
        if read is None:
            raise error_with(self, NoSolution, 'These values are rounded. Solve with method="exact" for exact ones.')
        from pplp.core.expressions import LinearExpression, Variable
        from pplp.engines.rational import rational

        if not isinstance(expression, LinearExpression):
            raise ExpressionError(f"{quoted(expression)} has no exact value: it is not a linear expression.")
        check_known(self, expression)
        if isinstance(expression, Variable):
            return read()[self._frame.place_of(expression)]  # type: ignore[no-any-return]
        indices, coefficients, constant = parts_of(expression)
        self.values_at(indices)  # raises for variables that are not part of it
        values, at = read(), self._frame.at_column
        terms = (rational(a) * values[at[j]] for j, a in zip(indices, coefficients))
        return sum(terms, rational(constant))

    def reduced_cost(self, variable: Variable) -> float:
        """d(objective)/d(the bound the variable is at)."""
        place = self._frame.place_of(variable)
        self._primal()
        costs = self._numbers.reduced_costs() if self._numbers is not None else None
        if costs is None:
            raise no_duals(self, "reduced costs")
        return costs[place]

    def dual(self, constraint: Constraint) -> float:
        """d(objective)/d(right-hand side of the constraint)."""
        self._primal()
        duals = self._numbers.duals() if self._numbers is not None else None
        if duals is None:
            raise no_duals(self, "duals")
        from pplp.core.constraints import Constraint as RowConstraint

        if not isinstance(constraint, RowConstraint):
            raise ExpressionError(f"{quoted(constraint)} has no dual: it is not a constraint.")
        if type(constraint) is RowConstraint:
            return duals[self._frame.row_of(constraint)]
        return self._frame.bound_duals(constraint, self)


def frame_of(solution: Solution) -> Frame:
    """The program as it was when it was solved."""
    return solution._frame


def numbers_of(solution: Solution) -> Optional[Numbers]:
    """What the engine found; None if it found nothing."""
    return solution._numbers


def outcome_of(solution: Solution) -> Outcome:
    """How the solve ended."""
    return solution._outcome


def primal_of(solution: Solution) -> Sequence[float]:
    """The values of its columns; raises the error of its status if it has none."""
    return solution._primal()


def numbers_at(solution: Solution, columns: Sequence[int], rows: Sequence[int]) -> Measured:
    """The numbers of the variables and constraints with these indices, to be measured."""
    from pplp.answers.residuals import Measured

    values = solution.values_at(columns)  # first: it names the variable that has no value in the solution
    own, numbers, frame = solution._outcome.own_objective, solution._numbers, solution._frame
    y, costs = None, None
    if numbers is not None and own:
        duals, reduced = numbers.duals(), numbers.reduced_costs()
        if duals is not None and reduced is not None:
            # A constraint that was added later has the dual 0, if the solution is still optimal.
            y = [duals[frame.at_row[i]] if i in frame.at_row else 0.0 for i in rows]
            costs = [reduced[frame.at_column[j]] for j in columns]
    return Measured(values, y, costs, solution.objective if own else None)


def no_duals(solution: Solution, what: str) -> PplpError:
    """The error that says why there are no such duals."""
    return error_with(
        solution,
        NoDuals,
        f"There are no {what}: the program has integer variables, or was not solved to optimality, or for several "
        "objectives. Solve lp.fixed(), with the integers fixed at this solution, or lp.relaxed(), without "
        "integrality, and read its duals.",
    )


def error_with(solution: Solution, kind: type[PplpError], message: str) -> PplpError:
    """An error of this kind with its `solution` set."""
    error = kind(message)
    error.solution = solution
    return error
