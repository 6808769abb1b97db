"""Everything that pplp raises, in one tree.

    PplpError
    ├── ModelError                  what was written is not a linear program
    │   ├── ExpressionError         (TypeError)  x*y, x**2, x < 3, "3" + x, a truth test
    │   ├── InvalidValue            (ValueError) NaN, lb above ub, a name used twice
    │   ├── FormatError             (ValueError) a file that cannot be read, or that cannot hold the program
    │   ├── ForeignObject           (ValueError) a variable or constraint of another program
    │   └── RemovedObject           (LookupError) a variable or constraint removed before
    ├── OptionError                 (ValueError) an unknown option, or a value out of its range
    ├── ExtraMissing                (ImportError) a package that this one thing needs is not installed
    ├── CallbackError               (RuntimeError) a call that has no place at this moment of a solve
    ├── NoSolution                  there is no such number to be read
    │   ├── NotSolved               the program has not been solved yet
    │   ├── StaleSolution           the program was edited after it was solved
    │   ├── NoDuals                 the solution has values, but no duals (integer variables)
    │   ├── NoCertificate           there is no proof of what was asked, since it is not so
    │   ├── Infeasible              no point satisfies all constraints
    │   ├── Unbounded               the objective improves for ever
    │   └── InfeasibleOrUnbounded   one of the two; it could not be told which
    └── SolveError                  the solver stopped without a proof
        ├── LimitReached            time, iterations or nodes ran out, or stop() was called
        ├── NumericalTrouble        no route gave an answer that holds against the program's data
        ├── OutOfMemory             (MemoryError) less is left than the solver would ask for
        ├── SolverDied              (RuntimeError) the thread in which the solver worked has ended
        ├── SolverCrashed           (RuntimeError) the process in which the solver worked has ended
        └── SolverMissing           (ImportError) the solver's Python package is not installed

The five that report the outcome of a solve (`Infeasible`, `Unbounded`,
`InfeasibleOrUnbounded`, `LimitReached`, `NumericalTrouble`) carry the
`solution` object, with the status, and the incumbent and bound where there are any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional

if TYPE_CHECKING:
    from pplp.solution import Solution

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
    "OutOfMemory",
    "PplpError",
    "RemovedObject",
    "SolveError",
    "SolverCrashed",
    "SolverDied",
    "SolverMissing",
    "StaleSolution",
    "Unbounded",
]


class PplpError(Exception):
    """Anything that pplp raises."""

    solution: Optional[Solution] = None


class ModelError(PplpError):
    """What was written is not a linear program."""


class ExpressionError(ModelError, TypeError):
    """An operation that has no meaning for linear expressions."""


class InvalidValue(ModelError, ValueError):
    """A number or name that cannot be part of a program: NaN, crossed bounds, a name twice."""


class ForeignObject(ModelError, ValueError):
    """A variable or constraint of another program."""


class FormatError(ModelError, ValueError):
    """A file is not of its format, or what it says is no linear program; or a format cannot hold a program.

    `file` and `line` say where; the message begins with both, as compilers write them.
    """

    def __init__(self, message: str, file: str = "", line: int = 0) -> None:
        place = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(place + message)
        #: The name of the file, "<stdin>" or "<stream>"; "" when a program cannot be written.
        self.file = file
        #: Its line, from 1; 0 where there is none.
        self.line = line


class RemovedObject(ModelError, LookupError):
    """A variable or constraint that was removed from its program."""


class OptionError(PplpError, ValueError):
    """An unknown option, or a value outside its range."""


class ExtraMissing(PplpError, ImportError):
    """A package that this one thing needs is not installed; the message says how it is had."""


class CallbackError(PplpError, RuntimeError):
    """A call that has no place at this moment of a solve."""


class NoSolution(PplpError):
    """There is no such number to be read."""


class NotSolved(NoSolution):
    """The program has not been solved yet."""


class StaleSolution(NoSolution):
    """The program was edited after it was solved."""


class NoDuals(NoSolution):
    """The solution has values but no duals."""


class NoCertificate(NoSolution):
    """The program is not infeasible, or not unbounded, in a way that has a proof."""


class Infeasible(NoSolution):
    """No point satisfies all constraints.

    Its message names constraints that conflict, where they are found within a second or two.  They are looked for when
    the message is first read: raising and catching the error costs nothing.
    """

    _find: Optional[Callable[[], str]] = None

    def __str__(self) -> str:
        find, self._find = self._find, None
        if find is not None:
            found = find()
            if found:
                self.args = (f"{super().__str__()} {found}",)
        return super().__str__()

    def __reduce__(self) -> Any:
        return type(self), (str(self),), {"solution": self.solution}


class Unbounded(NoSolution):
    """The objective improves for ever."""


class InfeasibleOrUnbounded(NoSolution):
    """Infeasible or unbounded: it could not be told which."""


class SolveError(PplpError):
    """The solver stopped without a proof."""


class LimitReached(SolveError):
    """Time, iterations or nodes ran out, or the solve was stopped; `solution` has the incumbent and the bound."""


class NumericalTrouble(SolveError):
    """No route gave an answer that holds against the program's own data."""


class OutOfMemory(SolveError, MemoryError):
    """Less memory is left than the solver would ask for, which ends the process when it gets none."""


class SolverDied(SolveError, RuntimeError):
    """The thread in which the solver worked has ended; the program is as it was, and can be solved again."""


class SolverCrashed(SolveError, RuntimeError):
    """The process in which the solver worked, with ``isolate=True`` or in `solve_many`, has ended."""


class SolverMissing(SolveError, ImportError):
    """The solver's Python package is not installed."""
