"""Functions of upper rooms that lower rooms call: each by its name, loaded on first use.

This is the one place where a lower room names an upper one.  Write ``hooks.absolute(e)``: on first use the name is
looked up in the table; from then on it is an ordinary attribute of this module, at no cost to an operator.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, Optional

from pplp.ground.loading import later

__all__ = [
    "absolute",
    "beside",
    "call_function",
    "call_ufunc",
    "function_arrays",
    "html",
    "implication",
    "in_one_order",
    "latex",
    "not_linear",
    "refuse_sparse",
    "solution_columns",
    "version",
    "write_solution",
]

#: name -> "module:attribute", or a whole module
_UPSTAIRS = {
    "absolute": "pplp.functions.extremum:absolute",
    "beside": "pplp.arrays.variables:beside",
    "call_function": "pplp.arrays.numpy_functions:call",
    "call_ufunc": "pplp.arrays.ufuncs:call",
    "function_arrays": "pplp.arrays.function_arrays",
    "html": "pplp.display.drawings:html",
    "implication": "pplp.functions.truth_values:implication",
    "in_one_order": "pplp.arrays.variables:in_one_order",
    "latex": "pplp.display.drawings:latex",
    "not_linear": "pplp.arrays.numpy_functions:NOT_LINEAR",
    "refuse_sparse": "pplp.arrays.operators:refuse_sparse",
    "solution_columns": "pplp.formats.solutions:columns_of",
    "version": "pplp:__version__",
    "write_solution": "pplp.formats:write_solution",
}

#: ``abs(e)``
absolute: Callable[[Any], Any]
#: A single expression with an array of numbers.
beside: Callable[..., Any]
#: A numpy function called with expressions.
call_function: Callable[[Any, Any, Any], Any]
#: A numpy ufunc called with expressions.
call_ufunc: Callable[[Any, str, Any, Any], Any]
#: The module of arrays of functions, which needs numpy.
function_arrays: Any
#: What a notebook shows, as HTML.
html: Callable[[Any], str]
#: ``b >> (e <= 5)``
implication: Callable[[Any, Any], Any]
#: The operands of `dot` in one order, if they have labels.
in_one_order: Callable[[Any, Any], tuple[Any, Any]]
#: What a notebook shows, as LaTeX.
latex: Callable[[Any], str]
#: numpy function -> what to write instead
not_linear: Mapping[str, str]
#: Raises the error for a matrix of scipy.sparse.
refuse_sparse: Callable[[], Any]
#: The numbers of a solution, in columns.
solution_columns: Callable[[Any, str], dict[str, list[Any]]]
#: The version of pplp.
version: str
#: A solution as a file.
write_solution: Callable[[Any, Any, Optional[str]], None]


__getattr__ = later(__name__, _UPSTAIRS)
