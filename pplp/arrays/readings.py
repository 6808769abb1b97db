"""Reading whole arrays: their values in a solution, their attributes, their elements as numpy objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pplp.arrays.expression_arrays import ExpressionArray, shifts_of, term_columns, term_counts, term_values
from pplp.arrays.operators import ArrayOperators
from pplp.arrays.read_only import read_only
from pplp.arrays.shapes import totals
from pplp.arrays.variables import VariableArray, indices_of
from pplp.core.expressions import LinearExpression
from pplp.errors import ExpressionError
from pplp.ground.numeric import np

if TYPE_CHECKING:
    from pplp.arrays.typing import Objects, Table
    from pplp.core.values import Values

__all__ = ["attributes", "objects", "one_object", "values"]


def one_object(thing: object) -> Objects:
    """An array of no dimensions around it."""
    box = np.empty((), object)
    box[()] = thing
    return box


def objects(thing: Any, dtype: Any = None) -> Objects:
    """Its elements, variables or single expressions, as an array of objects."""
    if dtype is not None and np.dtype(dtype).kind != "O":
        raise ExpressionError(f"An array of expressions does not become one of {dtype}. Its values are in .value.")
    if not isinstance(thing, ArrayOperators):
        return one_object(thing) if isinstance(thing, LinearExpression) else np.asarray(thing, object)
    if not isinstance(thing, (VariableArray, ExpressionArray)):
        return np.asarray(thing)  # which refuses, where there are labels
    box = np.empty(thing.size, object)
    box[:] = thing.flat
    return box.reshape(thing.shape)


def values(array: ArrayOperators, solution: Values) -> Table:
    """The values of an array in a solution; whole numbers where all variables are integer."""
    if isinstance(array, VariableArray):
        indices = indices_of(array)
        found: Table = np.array(solution.values_at(indices), float)
        if array.size and solution.are_integer(indices):
            found = found.astype(np.int64)
        return found.reshape(array.shape)
    assert isinstance(array, ExpressionArray)
    terms = np.array(solution.values_at(term_columns(array).tolist()), float) * term_values(array)
    rows = np.arange(array.size).repeat(term_counts(array))
    return (totals(rows, terms, array.size) + shifts_of(array)).reshape(array.shape)


def attributes(array: VariableArray, name: str) -> Table:
    """One attribute of all variables."""
    kind: type[Any] = bool if name in ("integer", "is_fixed") else float
    found: Table = np.array([getattr(variable, name) for variable in array.flat], kind)
    found = found.reshape(array.shape)
    return found if name == "reduced_cost" else read_only(found, "x", name)
