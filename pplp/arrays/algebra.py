"""The arithmetic of arrays of expressions: sums, multiples, quotients, products with matrices.

Shapes broadcast as in numpy.  Everything is done to whole arrays.
"""

from __future__ import annotations

from math import prod
from operator import mul, truediv
from typing import TYPE_CHECKING, Any, Callable, Union

from pplp.arrays.coefficients import checked_numbers
from pplp.arrays.contractions import matmul
from pplp.arrays.expression_arrays import (
    ExpressionArray,
    SumOfArrays,
    added_up,
    broadcast,
    constants_of,
    element_at,
    is_waiting,
    shifts_of,
    term_columns,
    term_count,
    term_counts,
    term_starts,
    term_values,
)
from pplp.arrays.guard import guarded
from pplp.arrays.operands import array_of, is_symbolic
from pplp.arrays.shapes import common_shape, flattened, gathered, transposed
from pplp.arrays.variables import VariableArray
from pplp.core.expressions import _LONG, foreign
from pplp.core.handle import owner_of
from pplp.core.scalars import not_a_number
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.numeric import np

if TYPE_CHECKING:
    from pplp.arrays.operators import PositionalOperators
    from pplp.arrays.typing import Expressions, Floats, Integers, Numbers, Operand, Result, Sparse

__all__ = ["divided", "product_of", "product_with", "scaled", "sum_of"]


def sum_of(left: Expressions, right: Operand, sign: float) -> ExpressionArray:
    """left + sign * right."""
    right = array_of(right)
    mine = ExpressionArray.of(left)
    if not is_symbolic(right):
        numbers = checked_numbers(right, "constant")
        if numbers is None:
            return not_a_number(right, left)  # type: ignore[no-any-return]  # NotImplemented, for Python
        shape = common_shape(mine.shape, numbers.shape)
        mine, flat = broadcast(mine, shape), flattened(numbers, shape)
        if is_waiting(mine):
            return SumOfArrays(mine, flat, sign)
        shifts = shifts_of(mine) + sign * flat
        return ExpressionArray(owner_of(mine), shape, term_starts(mine), term_columns(mine), term_values(mine), shifts)
    theirs = ExpressionArray.of(right)
    if owner_of(mine) is not owner_of(theirs):
        raise foreign(mine, theirs)
    shape = common_shape(mine.shape, theirs.shape)
    mine, theirs = broadcast(mine, shape), broadcast(theirs, shape)
    if sign > 0 and term_count(theirs) > max(2 * term_count(mine), _LONG * theirs.size):
        mine, theirs = theirs, mine  # as with single expressions, what comes before a long sum goes to its end
    if is_waiting(mine):
        return SumOfArrays(mine, theirs, sign)
    if term_count(mine) > 2 * term_count(theirs):  # a sum that grows is not copied with each of its parts
        return SumOfArrays(mine, theirs, sign)
    return added_up(owner_of(mine), shape, [(mine, 1.0), (theirs, sign)])


def scaled(array: Expressions, factor: Numbers) -> ExpressionArray:
    """factor * array, element by element."""
    factor = array_of(factor)
    if is_symbolic(factor):
        raise ExpressionError(
            "The product of two expressions is not linear. For fixed values multiply by .value; "
            "for a matrix of numbers times variables write A @ x."
        )
    if isinstance(factor, np.matrix):
        raise ExpressionError(
            "Between a numpy.matrix and expressions * may mean two products. Write A @ x for the product of matrices, "
            "numpy.asarray(A) * x for that of the elements."
        )
    numbers = checked_numbers(factor, "coefficient")
    if numbers is None:
        return not_a_number(factor, array)  # type: ignore[no-any-return]
    return _rescaled(mul, array, numbers)


def _rescaled(change: Callable[[Any, Any], Any], array: Expressions, numbers: Floats) -> ExpressionArray:
    """change(element, number), which is a product or a quotient, element by element."""
    mine = ExpressionArray.of(array)
    shape = common_shape(mine.shape, numbers.shape)
    mine = broadcast(mine, shape)
    factors = flattened(numbers, shape)
    wide = factors[0] if numbers.size == 1 and factors.size else factors.repeat(term_counts(mine))
    values = change(term_values(mine), wide)
    shifts = None if constants_of(mine) is None else change(constants_of(mine), factors)
    return ExpressionArray(owner_of(mine), shape, term_starts(mine), term_columns(mine), values, shifts)


def divided(array: Expressions, divisor: Numbers) -> ExpressionArray:
    """array / divisor, element by element."""
    divisor = array_of(divisor)
    if is_symbolic(divisor):
        raise ExpressionError("A division by an expression is not linear.")
    numbers = checked_numbers(divisor, "divisor")
    if numbers is None:
        return not_a_number(divisor, array)  # type: ignore[no-any-return]
    if not numbers.all():
        raise InvalidValue("An array of expressions is divided by zero.")
    return _rescaled(truediv, array, numbers)  # so that 3*x/3 is x


def product_of(matrix: Any, array: PositionalOperators) -> Result:
    """matrix @ array, of numbers in a numpy array, nested lists or a scipy.sparse matrix."""
    matrix = array_of(matrix)
    if is_symbolic(matrix):
        raise ExpressionError("The product of two expressions is not linear. One factor of @ must be numbers.")
    mine = ExpressionArray.of(array)
    if hasattr(matrix, "tocsr"):
        ends, places, factors, shape = _sparse(matrix)
    else:
        numbers = checked_numbers(matrix, "coefficient")
        if numbers is None:
            return not_a_number(matrix, array)  # type: ignore[no-any-return]
        if not numbers.ndim:
            raise InvalidValue("A matrix before @ has dimensions. Write * for a single number.")
        if numbers.ndim > 2 or mine.ndim > 2:
            return _stacked_product(numbers, mine)
        ends, places, factors, shape = _dense(numbers)
    if mine.ndim not in (1, 2) or shape[-1] != mine.shape[0]:
        raise InvalidValue(f"The shapes {shape} and {mine.shape} do not fit together in a product by @.")
    wide = mine.shape[1:]
    if wide:  # element (i, t) takes what column t has of the rows that row i of the matrix names
        width = wide[0]
        rows = np.repeat(np.arange(len(ends) - 1), width)
        ends, terms = gathered(ends, rows)
        column = np.repeat(np.tile(np.arange(width), len(rows) // max(width, 1)), np.diff(ends))
        places, factors = places[terms] * width + column, factors[terms]
    if isinstance(array, VariableArray):  # each row has one term
        starts, columns, values = ends, term_columns(mine)[places], factors
    else:
        starts, terms = gathered(term_starts(mine), places)
        columns, values = term_columns(mine)[terms], term_values(mine)[terms] * factors.repeat(starts[1:] - starts[:-1])
        starts = starts[ends]
    shifts = None
    constants = constants_of(mine)
    if constants is not None:
        shifts = np.zeros(len(ends) - 1)
        np.add.at(shifts, np.repeat(np.arange(len(shifts)), np.diff(ends)), factors * constants[places])
    product = ExpressionArray(owner_of(mine), shape[:-1] + wide, starts, columns, values, shifts)
    return product if product.shape else element_at(product, 0)


def product_with(array: PositionalOperators, matrix: Any) -> Result:
    """array @ matrix: the transpose of matrix.T @ array.T."""
    matrix = array_of(matrix)
    if is_symbolic(matrix):
        raise ExpressionError("The product of two expressions is not linear. One factor of @ must be numbers.")
    if not hasattr(matrix, "tocsr"):
        numbers = checked_numbers(matrix, "coefficient")
        if numbers is None:
            return not_a_number(matrix, array)  # type: ignore[no-any-return]
        matrix = numbers
        if matrix.ndim > 2 or array.ndim > 2:
            return _stacked_product(array, matrix)
    if array.ndim == 1:
        return product_of(matrix.T, array)
    if array.ndim != 2:
        raise InvalidValue(f"An array before @ has one or two dimensions, not {array.ndim}.")
    product = product_of(matrix.T, transposed(array))
    return transposed(product) if isinstance(product, ExpressionArray) and matrix.ndim > 1 else product


def _stacked_product(left: Union[Floats, PositionalOperators], right: Union[Floats, PositionalOperators]) -> Result:
    """left @ right of more dimensions than two."""
    return guarded("matmul", matmul, left, right)  # type: ignore[no-any-return]


def _dense(numbers: Floats) -> tuple[Integers, Integers, Floats, tuple[int, ...]]:
    """(starts, columns, values, shape) of the numbers that are not 0."""
    table = numbers.reshape(prod(numbers.shape[:-1]), numbers.shape[-1])
    height, width = table.shape
    if table.all():
        return np.arange(height + 1) * width, np.tile(np.arange(width), height), table.ravel(), numbers.shape
    rows, columns = np.nonzero(table)
    starts = np.zeros(height + 1, np.int64)
    np.bincount(rows, minlength=height).cumsum(out=starts[1:])
    return starts, columns, table[rows, columns], numbers.shape


def _sparse(matrix: Sparse) -> tuple[Integers, Integers, Floats, tuple[int, ...]]:
    """The same of a scipy.sparse matrix or array."""
    rows = matrix.tocsr()
    if rows.ndim != 2:
        raise InvalidValue(f"A sparse matrix before @ has two dimensions, not {rows.ndim}.")
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
    values = checked_numbers(rows.data, "coefficient")
    if values is None:
        raise ExpressionError(f"A sparse matrix before @ has numbers in it, not {rows.dtype}.")
    return rows.indptr.astype(np.int64), rows.indices, values, rows.shape
