"""Linear and mixed-integer programming: write models as on paper, with ordinary Python operators.

>>> from pplp import LinearProgram
>>> lp = LinearProgram()
>>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
>>> lp.objective = 3*x + 2*y
>>> c = lp.add_constraint(x + 2*y <= 8)
>>> _ = lp.add_constraint(x - y <= 2)
>>> lp.maximize(), x.value, y.value, c.dual
(16.0, 4.0, 2.0, 1.6666666666666667)

Where to go next:

    help(pplp.LinearProgram)    variables, constraints, objective, solving, editing: nearly everything
    help(pplp.Options)          the options of maximize, minimize and solve
    help(pplp.Solution)         the result of a solve, and the signs of duals
    help(pplp.solve_many)       solve many programs at once
    help(pplp.errors)           the tree of all errors
    help(pplp.graphs)           flows, cuts, paths, transportation, assignment
    help(pplp.formats)          files: LP, MPS, JSON, DIMACS, MathProg
    help(pplp.testing)          the tests that an engine has to pass
    pplp --help                 the command
    docs/                       tutorial, how-to pages, moving from other libraries, design
"""

from __future__ import annotations

from pplp import interruption

# isort: split
import importlib
from typing import TYPE_CHECKING, Any

from pplp.answers.basis import Basis
from pplp.answers.solution import Solution
from pplp.core.constraints import Constraint
from pplp.core.dot import dot
from pplp.core.expressions import LinearExpression, Variable
from pplp.core.reformulation import Reformulation
from pplp.core.relations import Relation
from pplp.engines.contract import CancelToken, Options
from pplp.engines.progress import Progress
from pplp.errors import (
    CallbackError,
    ExpressionError,
    ExtraMissing,
    ForeignObject,
    FormatError,
    Infeasible,
    InfeasibleOrUnbounded,
    InvalidValue,
    LimitReached,
    ModelError,
    NoCertificate,
    NoDuals,
    NoSolution,
    NotSolved,
    NumericalTrouble,
    OptionError,
    OutOfFiles,
    OutOfMemory,
    OutOfThreads,
    PplpError,
    RemovedObject,
    SolveError,
    SolverCrashed,
    SolverDied,
    SolverMissing,
    StaleSolution,
    Unbounded,
    WorkerNotStarted,
)
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.ground import former, loading
from pplp.ground.acceleration import accelerated as accelerated
from pplp.program import LinearProgram

__all__ = [
    "Basis",
    "CallbackError",
    "CancelToken",
    "Constraint",
    "ExpressionError",
    "ExtraMissing",
    "ForeignObject",
    "FormatError",
    "Infeasible",
    "InfeasibleOrUnbounded",
    "InvalidValue",
    "LimitReached",
    "LinearExpression",
    "LinearProgram",
    "MatrixForm",
    "ModelError",
    "NoCertificate",
    "NoDuals",
    "NoSolution",
    "NotSolved",
    "NumericalTrouble",
    "OptionError",
    "Options",
    "OutOfFiles",
    "OutOfMemory",
    "OutOfThreads",
    "PplpError",
    "Progress",
    "Reformulation",
    "Relation",
    "RemovedObject",
    "Scenario",
    "SearchContext",
    "Solution",
    "SolveError",
    "SolverCrashed",
    "SolverDied",
    "SolverMissing",
    "StaleSolution",
    "Status",
    "Unbounded",
    "Variable",
    "VariableArray",
    "VariableMap",
    "WorkerNotStarted",
    "as_solved",
    "dot",
    "maximum",
    "minimum",
    "piecewise",
    "semicontinuous",
    "solve_many",
    "sos1",
    "sos2",
    "truth",
]

# Any: the names that are loaded later are of all kinds.

if TYPE_CHECKING:
    from pplp.arrays.keyed import VariableMap
    from pplp.arrays.variables import VariableArray
    from pplp.functions.extremum import maximum, minimum
    from pplp.functions.piecewise_linear import piecewise
    from pplp.functions.sets import semicontinuous, sos1, sos2
    from pplp.functions.truth_values import truth
    from pplp.solving.batch import as_solved, solve_many
    from pplp.solving.scenarios import Scenario
    from pplp.solving.search import SearchContext

former.install()
loading.install()

#: Names whose modules are loaded on first use: a script with a few variables needs no arrays.
_LATER = {
    "Scenario": "pplp.solving.scenarios:Scenario",
    "SearchContext": "pplp.solving.search:SearchContext",
    "VariableArray": "pplp.arrays.variables:VariableArray",
    "VariableMap": "pplp.arrays.keyed:VariableMap",
    "as_solved": "pplp.solving.batch:as_solved",
    "maximum": "pplp.functions.extremum:maximum",
    "minimum": "pplp.functions.extremum:minimum",
    "piecewise": "pplp.functions.piecewise_linear:piecewise",
    "semicontinuous": "pplp.functions.sets:semicontinuous",
    "solve_many": "pplp.solving.batch:solve_many",
    "sos1": "pplp.functions.sets:sos1",
    "sos2": "pplp.functions.sets:sos2",
    "truth": "pplp.functions.truth_values:truth",
}
_later = loading.later(__name__, _LATER)

#: Modules that are loaded when they are first named, like those with former names.
_MODULES = {"matrix_form", "plots", "solution", "solver"}


def __getattr__(name: str) -> Any:
    if name in _MODULES or former.successors_of(f"pplp.{name}"):
        return importlib.import_module(f"pplp.{name}")
    return _later(name)


__version__ = "0.1.0"

if interruption.is_taken:
    interruption.restore()
