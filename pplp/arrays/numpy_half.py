"""The functions of arrays that need numpy, by name: each is loaded when it is first used.

Variables, their methods and their operators work without numpy.  They reach the modules above them here and nowhere
else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pplp.core.protocols import numpy_missing
from pplp.ground.loading import later

if TYPE_CHECKING:  # the types of these names, and of what they return
    from pplp.arrays.algebra import divided as divided
    from pplp.arrays.algebra import product_of as product_of
    from pplp.arrays.algebra import product_with as product_with
    from pplp.arrays.algebra import scaled as scaled
    from pplp.arrays.algebra import sum_of as sum_of
    from pplp.arrays.arguments import check_options as check_options
    from pplp.arrays.constraint_arrays import ConstraintArray as ConstraintArray
    from pplp.arrays.expression_arrays import ExpressionArray as ExpressionArray
    from pplp.arrays.function_arrays import CompoundArray as CompoundArray
    from pplp.arrays.function_arrays import FunctionArray as FunctionArray
    from pplp.arrays.guard import guarded as guarded
    from pplp.arrays.labelled import LabelledExpressions as LabelledExpressions
    from pplp.arrays.labelled import LabelledVariables as LabelledVariables
    from pplp.arrays.labelled import beside as beside
    from pplp.arrays.labelled import column_of as column_of
    from pplp.arrays.labelled import variables as variables
    from pplp.arrays.labelled_constraints import LabelledConstraints as LabelledConstraints
    from pplp.arrays.labelled_constraints import LabelledRelations as LabelledRelations
    from pplp.arrays.labelled_functions import LabelledCompounds as LabelledCompounds
    from pplp.arrays.labelled_functions import LabelledFunctions as LabelledFunctions
    from pplp.arrays.labelled_functions import aligned as aligned
    from pplp.arrays.labelled_functions import labelled_kind as labelled_kind
    from pplp.arrays.numpy_functions import NOT_LINEAR as NOT_LINEAR
    from pplp.arrays.operands import array_of as array_of
    from pplp.arrays.operands import fitted as fitted
    from pplp.arrays.operators import PositionalOperators as PositionalOperators
    from pplp.arrays.readings import attributes as attributes
    from pplp.arrays.readings import objects as objects
    from pplp.arrays.readings import one_object as one_object
    from pplp.arrays.readings import values as values
    from pplp.arrays.relation_arrays import RelationArray as RelationArray
    from pplp.arrays.relation_arrays import between as between
    from pplp.arrays.relation_arrays import relation as relation
    from pplp.arrays.shapes import indices_at as indices_at
    from pplp.arrays.shapes import picked as picked
    from pplp.arrays.shapes import transposed as transposed
    from pplp.arrays.sums import sum as sum
    from pplp.arrays.variables import VariableArray as VariableArray

#: module of `pplp.arrays` -> what is called in it
_NAMES = {
    "algebra": "divided product_of product_with scaled sum_of",
    "arguments": "check_options",
    "guard": "guarded",
    "labelled": "beside column_of variables",
    "labelled_functions": "aligned labelled_kind",
    "numpy_functions": "NOT_LINEAR",
    "operands": "array_of fitted",
    "readings": "attributes objects one_object values",
    "relation_arrays": "between relation",
    "shapes": "indices_at picked transposed",
    "sums": "sum",
}
_MODULE = {name: f"pplp.arrays.{module}:{name}" for module, names in _NAMES.items() for name in names.split()}


__getattr__ = later(__name__, _MODULE, numpy_missing)
