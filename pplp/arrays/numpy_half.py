"""What arrays do that needs numpy, by name: each name is loaded when it is first asked for.

Variables, their methods and their operators are there without numpy, and reach the modules above them here and
nowhere else.
"""

from __future__ import annotations

from pplp.core.protocols import numpy_missing
from pplp.ground.loading import later

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
    "shapes": "picked transposed",
    "sums": "sum",
}
_MODULE = {name: f"pplp.arrays.{module}:{name}" for module, names in _NAMES.items() for name in names.split()}


__getattr__ = later(__name__, _MODULE, numpy_missing)
