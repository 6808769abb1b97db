"""What arrays do that needs numpy, by name: each name is loaded when it is first asked for.

Variables, their methods and their operators are there without numpy, and reach the modules above them here and
nowhere else.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from pplp.core.protocols import numpy_missing

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
_MODULE = {name: f"pplp.arrays.{module}" for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """A name that has not been loaded yet; raises `ExtraMissing` where numpy is missing."""
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        found = getattr(import_module(_MODULE[name]), name)
    except ImportError as error:
        raise numpy_missing(error) from error
    globals()[name] = found  # so that it is not asked for again
    return found
