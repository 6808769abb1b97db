"""Linear and mixed-integer programming: the mathematics, written with Python's operators.

>>> from pplp import LinearProgram
>>> lp = LinearProgram()
>>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
>>> lp.objective = 3*x + 2*y
>>> c = lp.add_constraint(x + 2*y <= 8)
>>> _ = lp.add_constraint(x - y <= 2)
>>> lp.maximize(), x.value, y.value, c.dual
(16.0, 4.0, 2.0, 1.6666666666666667)
"""

from pplp.arrays import VariableArray
from pplp.basis import Basis
from pplp.constraints import Constraint
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
    OutOfMemory,
    PplpError,
    RemovedObject,
    SolveError,
    SolverDied,
    SolverMissing,
    StaleSolution,
    Unbounded,
)
from pplp.expressions import LinearExpression, Variable, dot
from pplp.functions import maximum, minimum, piecewise, semicontinuous, sos1, sos2, truth
from pplp.matrix_form import MatrixForm
from pplp.program import LinearProgram
from pplp.reformulation import Reformulation
from pplp.relations import Relation
from pplp.search import SearchContext
from pplp.solution import Solution, Status
from pplp.solver import CancelToken, Options, Progress

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
    "OutOfMemory",
    "PplpError",
    "Progress",
    "Reformulation",
    "Relation",
    "RemovedObject",
    "SearchContext",
    "Solution",
    "SolveError",
    "SolverDied",
    "SolverMissing",
    "StaleSolution",
    "Status",
    "Unbounded",
    "Variable",
    "VariableArray",
    "dot",
    "maximum",
    "minimum",
    "piecewise",
    "semicontinuous",
    "sos1",
    "sos2",
    "truth",
]

__version__ = "0.1.0"
