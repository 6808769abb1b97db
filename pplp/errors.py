"""Everything that pplp raises, in one tree.

    PplpError
    ├── ModelError                  the model is not a valid linear program
    │   ├── ExpressionError         (TypeError)  x*y, x**2, x < 3, "3" + x, a truth test
    │   ├── InvalidValue            (ValueError) NaN, lb above ub, a name used twice
    │   ├── FormatError             (ValueError) a file that cannot be read, or that cannot hold the program
    │   ├── ForeignObject           (ValueError) a variable or constraint of another program
    │   └── RemovedObject           (LookupError) a variable or constraint that was removed from its program
    ├── OptionError                 (ValueError) an unknown option, or a value outside its range
    ├── ExtraMissing                (ImportError) an optional package is not installed
    ├── OutOfFiles                  (OSError) the process can open no more files
    ├── CallbackError               (RuntimeError) a call that is not allowed at this point of a solve
    ├── NoSolution                  the number that was asked for does not exist
    │   ├── NotSolved               the program has not been solved yet
    │   ├── StaleSolution           the program was edited after it was solved
    │   ├── NoDuals                 the solution has values, but no duals (integer variables)
    │   ├── NoCertificate           there is no proof, because the program is not infeasible or not unbounded
    │   ├── Infeasible              no point satisfies all constraints
    │   ├── Unbounded               the objective can improve without limit
    │   └── InfeasibleOrUnbounded   one of the two; the solver could not tell which
    └── SolveError                  the solver stopped without a proof
        ├── LimitReached            time, iterations or nodes ran out, or stop() was called
        ├── NumericalTrouble        no solver gave an answer that satisfies the program within tolerance
        ├── OutOfMemory             (MemoryError) the solver would need more memory than is left
        ├── OutOfThreads            (RuntimeError) the system cannot start another thread
        ├── SolverDied              (RuntimeError) the solver's thread ended unexpectedly
        ├── SolverCrashed           (RuntimeError) the solver's process ended unexpectedly
        │   └── WorkerNotStarted    the solver's process could not be started
        └── SolverMissing           (ImportError) the solver's Python package is not installed

The five that report the outcome of a solve (`Infeasible`, `Unbounded`,
`InfeasibleOrUnbounded`, `LimitReached`, `NumericalTrouble`) carry the
`solution` object, with the status, and with the incumbent and bound if there are any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional

if TYPE_CHECKING:
    from pplp.answers.solution import Solution

__all__ = [
    "CallbackError",
    "ExpressionError",
    "ExtraMissing",
    "ForeignObject",
    "FormatError",
    "Infeasible",
    "InfeasibleOrUnbounded",
    "InvalidValue",
    "LimitReached",
    "ModelError",
    "NoCertificate",
    "NoDuals",
    "NoSolution",
    "NotSolved",
    "NumericalTrouble",
    "OptionError",
    "OutOfFiles",
    "OutOfMemory",
    "OutOfThreads",
    "PplpError",
    "RemovedObject",
    "SolveError",
    "SolverCrashed",
    "SolverDied",
    "SolverMissing",
    "StaleSolution",
    "Unbounded",
    "WorkerNotStarted",
]


class PplpError(Exception):
    """The base class of every error that pplp raises.

    >>> from pplp import LinearProgram, PplpError
    >>> try:
    ...     LinearProgram().Var(lb=3, ub=2)
    ... except PplpError as error:
    ...     print(type(error).__name__)
    InvalidValue
    """

    solution: Optional[Solution] = None


class ModelError(PplpError):
    """The model is not a valid linear program.

    >>> from pplp import LinearProgram, ModelError
    >>> lp = LinearProgram()
    >>> x = lp.Var("x")
    >>> try:
    ...     lp.objective = x * x
    ... except ModelError as error:
    ...     print(isinstance(error, TypeError))
    True
    """


class ExpressionError(ModelError, TypeError):
    """An operation that linear expressions do not support.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x = lp.Var("x")
    >>> lp.add_constraint(x < 3)
    Traceback (most recent call last):
    ...
    pplp.errors.ExpressionError: ...
    """


class InvalidValue(ModelError, ValueError):
    """A number or name that is not allowed in a program: NaN, crossed bounds, a name used twice.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x = lp.Var("x", lb=3, ub=2)
    Traceback (most recent call last):
    ...
    pplp.errors.InvalidValue: The lower bound 3 of x is above its upper bound 2. Swap them, or correct one.
    """


class ForeignObject(ModelError, ValueError):
    """A variable or constraint of another program.

    >>> from pplp import LinearProgram
    >>> one, other = LinearProgram(), LinearProgram()
    >>> one.Var("x") + other.Var("y")
    Traceback (most recent call last):
    ...
    pplp.errors.ForeignObject: ...
    """


class FormatError(ModelError, ValueError):
    r"""A file has a syntax error or does not describe a linear program; or the format cannot express the program.

    `file` and `line` give the place; the message starts with both, the way compilers write them.

    >>> import io
    >>> from pplp import FormatError, LinearProgram
    >>> try:
    ...     LinearProgram.read(io.StringIO("Minimize\n x * y\nEnd"), "lp")
    ... except FormatError as error:
    ...     print(error.file, error.line)
    <stream> 2
    """

    def __init__(self, message: str, file: str = "", line: int = 0) -> None:
        place = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(place + message)
        #: The name of the file, "<stdin>" or "<stream>"; "" if a program could not be written.
        self.file = file
        #: The line number, from 1; 0 if there is none.
        self.line = line


class RemovedObject(ModelError, LookupError):
    """A variable or constraint that was removed from its program.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x = lp.Var("x")
    >>> lp.remove(x)
    >>> lp.add_constraint(x >= 1)
    Traceback (most recent call last):
    ...
    pplp.errors.RemovedObject: ...
    """


class OptionError(PplpError, ValueError):
    """An unknown option, or a value outside its range.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> lp.minimize(time_limt=5)
    Traceback (most recent call last):
    ...
    pplp.errors.OptionError: There is no option 'time_limt'. Did you mean 'time_limit'? ...
    """


class ExtraMissing(PplpError, ImportError):
    """An optional package is not installed; the message says how to install it.

    >>> from pplp import ExtraMissing
    >>> try:
    ...     raise ExtraMissing('Arrays need numpy: pip install "pplp[numpy]".')
    ... except ImportError as error:
    ...     print(error)
    Arrays need numpy: pip install "pplp[numpy]".
    """


class OutOfFiles(PplpError, OSError):
    """The process has as many open files as its system allows (``ulimit -n``).

    pplp opens files to read and write programs and logs, and to load the engines and other modules on first use.  The
    program is unchanged, and the same call works once files are closed.  If a solver's process cannot be started for
    this reason, `WorkerNotStarted` is raised.

    >>> from pplp import OutOfFiles
    >>> issubclass(OutOfFiles, OSError)  # the error that Python raises if a file cannot be opened
    True
    """


class CallbackError(PplpError, RuntimeError):
    """A call that is not allowed at this point of a solve.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> n = lp.IntVar("n", lb=0, ub=4)
    >>> lp.objective = n
    >>> kept = []
    >>> lp.maximize(callback=kept.append)
    4.0
    >>> kept[0].event
    Traceback (most recent call last):
    ...
    pplp.errors.CallbackError: The SearchContext is over: it can be used only until the callback returns.
    """


class NoSolution(PplpError):
    """The number that was asked for does not exist.

    >>> from pplp import LinearProgram, NoSolution
    >>> lp = LinearProgram()
    >>> x = lp.Var("x", lb=3)
    >>> c = lp.add_constraint(x <= 2)
    >>> try:
    ...     lp.minimize()
    ... except NoSolution as error:
    ...     print(type(error).__name__)
    Infeasible
    """


class NotSolved(NoSolution):
    """The program has not been solved yet.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> lp.Var("x").value
    Traceback (most recent call last):
    ...
    pplp.errors.NotSolved: There is no value yet: call maximize(), minimize() or solve() first.
    """


class StaleSolution(NoSolution):
    """The program was edited after it was solved.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x = lp.Var("x", lb=0, ub=4)
    >>> lp.minimize()
    0.0
    >>> x.ub = 3
    >>> x.value
    Traceback (most recent call last):
    ...
    pplp.errors.StaleSolution: ...
    """


class NoDuals(NoSolution):
    """The solution has values but no duals.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> n, m = lp.IntVar("n", lb=0), lp.IntVar("m", lb=0)
    >>> c = lp.add_constraint(2*n + 3*m <= 9)
    >>> lp.maximize()
    0.0
    >>> c.dual
    Traceback (most recent call last):
    ...
    pplp.errors.NoDuals: ...
    """


class NoCertificate(NoSolution):
    """There is no proof to return: the program is not infeasible, or not unbounded, or only integrality makes it so.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x = lp.Var("x", lb=0)
    >>> lp.infeasibility_certificate()
    Traceback (most recent call last):
    ...
    pplp.errors.NoCertificate: ...
    """


class Infeasible(NoSolution):
    """No point satisfies all constraints.

    Where a conflict is found within a second or two, the message names the constraints in it.  The search runs when
    the message is first read, so raising and catching the error costs nothing.

    >>> from pplp import Infeasible, LinearProgram
    >>> lp = LinearProgram(trace=False)
    >>> x, y = lp.Var("x", lb=0, ub=2), lp.Var("y", lb=0, ub=3)
    >>> need = lp.add_constraint(x + y >= 6, name="need")
    >>> try:
    ...     lp.minimize()
    ... except Infeasible as error:
    ...     print("need: x + y >= 6" in str(error), error.solution)
    True <Solution: infeasible>
    """

    _find: Optional[Callable[[], str]] = None

    def __str__(self) -> str:
        find, self._find = self._find, None
        if find is not None:
            found = find()
            if found:
                self.args = (f"{super().__str__()} {found}",)
        return super().__str__()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self),), {"solution": self.solution}


class Unbounded(NoSolution):
    """The objective can improve without limit.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> lp.objective = lp.Var("x")
    >>> lp.minimize()
    Traceback (most recent call last):
    ...
    pplp.errors.Unbounded: The objective is unbounded: it can improve without limit. x has no lower bound ...
    """


class InfeasibleOrUnbounded(NoSolution):
    """The program is infeasible or unbounded; the solver could not tell which.

    >>> from pplp import InfeasibleOrUnbounded, NoSolution, SolveError
    >>> issubclass(InfeasibleOrUnbounded, NoSolution), issubclass(InfeasibleOrUnbounded, SolveError)
    (True, False)
    """


class SolveError(PplpError):
    """The solver stopped without a proof.

    >>> from pplp import LinearProgram, SolveError
    >>> lp = LinearProgram()
    >>> lp.objective = lp.Var("x", lb=0)
    >>> try:
    ...     lp.minimize(time_limit=0)
    ... except SolveError as error:
    ...     print(error.solution.status)
    time limit
    """


class LimitReached(SolveError):
    """Time, iterations or nodes ran out, or the solve was stopped; `solution` has the incumbent and the bound.

    >>> from pplp import LimitReached, LinearProgram, dot
    >>> lp = LinearProgram()
    >>> bs = lp.Vars(30, lb=0, ub=1, integer=True)
    >>> c = lp.add_constraint(dot([20 + k * k % 41 for k in range(30)], bs) <= 400)
    >>> d = lp.add_constraint(dot([20 + 17 * k % 43 for k in range(30)], bs) <= 400)
    >>> lp.objective = dot([40 + 7 * k * k % 31 for k in range(30)], bs)
    >>> try:
    ...     lp.maximize(node_limit=1)
    ... except LimitReached as error:
    ...     print(error.solution.status, error.solution.bound is not None)
    node limit True
    """


class NumericalTrouble(SolveError):
    """No solver gave an answer that satisfies the program's own data within tolerance.

    >>> from pplp import NumericalTrouble, SolveError
    >>> issubclass(NumericalTrouble, SolveError)  # no number is returned; the message names the solvers tried
    True
    """


class OutOfMemory(SolveError, MemoryError):
    """The solver would need more memory than is left; without this check, running out would end the process.

    >>> from pplp import OutOfMemory
    >>> issubclass(OutOfMemory, MemoryError)  # the program is unchanged
    True
    """


class OutOfThreads(SolveError, RuntimeError):
    """A solve needs its own thread, and the system cannot start another one; the program is unchanged.

    >>> from pplp import OutOfThreads
    >>> issubclass(OutOfThreads, RuntimeError)  # as Python raises when a thread cannot be started
    True
    """


class SolverDied(SolveError, RuntimeError):
    """The solver's thread ended unexpectedly; the program is unchanged, and you can solve it again.

    >>> from pplp import SolverDied
    >>> issubclass(SolverDied, RuntimeError)
    True
    """


class SolverCrashed(SolveError, RuntimeError):
    """The solver's process, started by ``isolate=True`` or `solve_many`, ended unexpectedly.

    >>> from pplp import SolveError, SolverCrashed
    >>> issubclass(SolverCrashed, SolveError)  # only the solver's process ended: the program is unchanged
    True
    """


class WorkerNotStarted(SolverCrashed):
    """``isolate=True`` or `solve_many` could not start a process for the solver; the message says what to do.

    The system has no room for another process, file or thread, or the Python of this process cannot be started again,
    as in an application that embeds Python.

    >>> from pplp import SolverCrashed, WorkerNotStarted
    >>> issubclass(WorkerNotStarted, SolverCrashed)  # the program is unchanged
    True
    """


class SolverMissing(SolveError, ImportError):
    """The solver's Python package is not installed.

    >>> from pplp import SolverMissing
    >>> issubclass(SolverMissing, ImportError)
    True
    """
