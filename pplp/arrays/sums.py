"""Sums of elements, as numpy's functions of the same names make them: whole, along axes, running, in groups."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Optional, SupportsIndex, Union

from pplp.arrays.arguments import axes_of, axis_of, check_options
from pplp.arrays.expression_arrays import (
    ExpressionArray,
    constants_of,
    element_at,
    taken,
    term_columns,
    term_starts,
    term_values,
)
from pplp.arrays.guard import through
from pplp.arrays.operands import is_symbolic, numbers_of
from pplp.arrays.shapes import ends_of, totals
from pplp.core.handle import owner_of
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.numeric import np
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.typing import Axis, Floats, Integers, Numbers, Operand, Result, Table, Truths

__all__ = ["average", "bincount", "cumsum", "cumulative_sum", "diff", "matrix_trace", "mean", "sum", "trace"]

#: Running totals with more terms than this would take gigabytes.
_MOST_TERMS = 500_000_000


def sum(
    a: Any, axis: Axis = None, dtype: Any = None, out: Any = None, keepdims: bool = False, initial: Any = 0,
    where: Any = True,
) -> Result:  # fmt: skip
    """As numpy.sum; an expression where no axis is left."""
    check_options("sum", {"dtype": dtype, "out": out})
    array = _expressions(a)
    total: Result
    if axis is None and where is True and not keepdims:
        total = array._whole_sum()
    else:
        total = _along(array, axes_of(axis, array.ndim, "sum"), keepdims, where)
    if type(initial) is int and initial == 0:  # as it nearly always is, and the question below takes its time
        return total
    return total if not is_symbolic(initial) and not np.any(initial) else total + initial


def mean(
    a: Any, axis: Axis = None, dtype: Any = None, out: Any = None, keepdims: bool = False, *, where: Any = True
) -> Result:
    """As numpy.mean."""
    array = _expressions(a)
    counted = np.broadcast_to(where, array.shape).sum(axis=axis, keepdims=keepdims)
    if not np.all(counted):
        raise InvalidValue(f"The mean of no elements is not a number (the array has the shape {array.shape}).")
    made: Result = sum(array, axis, dtype, out, keepdims, where=where) / counted
    return made


def average(
    a: Any, axis: Axis = None, weights: Optional[Numbers] = None, returned: bool = False, *, keepdims: bool = False
) -> Union[Result, tuple[Result, Union[Table, float]]]:
    """As numpy.average."""
    array = _expressions(a)
    total: Union[Table, float, None] = None
    if weights is None:
        found = mean(array, axis, keepdims=keepdims)
    else:
        table = numbers_of(weights, "coefficient")
        if table is None:
            raise ExpressionError("The weights of average() are numbers: a quotient by expressions is not linear.")
        if table.shape != array.shape:
            table = _beside(table, axes_of(axis, array.ndim, "average"), array.shape, axis is None)
        total = np.broadcast_to(table, array.shape).sum(axis=axis, keepdims=keepdims)
        if not np.all(total):
            raise InvalidValue("The weights of average() add up to zero.")
        found = sum(array * table, axis, keepdims=keepdims) / total
    if not returned:
        return found
    if total is None:
        total = np.ones(array.shape).sum(axis=axis, keepdims=keepdims)
    return found, total


def _beside(weights: Floats, axes: tuple[int, ...], shape: tuple[int, ...], whole: bool) -> Floats:
    """Weights of the axes alone, in a shape that broadcasts."""
    if whole or weights.shape != tuple(shape[k] for k in axes):
        raise InvalidValue(
            f"The weights of average() have the shape of the array, {shape}, or that of its axes, not {weights.shape}."
        )
    return weights.transpose(np.argsort(axes)).reshape([n if k in axes else 1 for k, n in enumerate(shape)])


def cumsum(a: Any, axis: Axis = None, dtype: Any = None, out: Any = None) -> ExpressionArray:
    """As numpy.cumsum: element k is the sum of those up to k."""
    check_options("cumsum", {"dtype": dtype, "out": out})
    array = _expressions(a)
    if axis is None:
        array, axis = array.reshape(-1), 0
    along = axis_of(axis, array.ndim, "cumsum")
    count, moved = array.shape[along], np.moveaxis(_places(array), along, -1)
    if len(term_columns(array)) * (count + 1) / 2 > _MOST_TERMS:
        raise InvalidValue(
            f"A running total of {count} elements has about half the square of that many terms. Make the totals "
            "variables: total[1:] == total[:-1] + x[1:]."
        )
    upto = np.tril_indices(count)[1]
    lines = prod(moved.shape[:-1])
    lined = taken(array, moved.reshape(lines, count)[:, upto].ravel(), (-1,))
    lengths = np.tile(np.arange(1, count + 1), lines)
    return through.moveaxis(segments(lined, lengths, moved.shape), -1, along)  # type: ignore[no-any-return]


def cumulative_sum(
    x: Any, /, *, axis: Axis = None, dtype: Any = None, out: Any = None, include_initial: bool = False
) -> ExpressionArray:
    """As numpy.cumulative_sum."""
    array = _expressions(x)
    if axis is None and array.ndim != 1:
        raise InvalidValue("cumulative_sum() of an array of more dimensions than one takes an axis.")
    along = axis_of(axis or 0, array.ndim, "cumulative_sum")
    total = cumsum(array, along, dtype, out)
    if include_initial:
        zeros = np.zeros([1 if k == along else n for k, n in enumerate(array.shape)])
        total = through.concatenate([zeros, total], along)
    return total


def diff(
    a: Any, n: Any = 1, axis: SupportsIndex = -1, prepend: Optional[Operand] = None, append: Optional[Operand] = None
) -> ExpressionArray:
    """As numpy.diff: each element less the one before it, n times."""
    array: Any = ExpressionArray.of(a) if is_symbolic(a) else np.asarray(a, object)
    along = axis_of(axis, np.ndim(array), "diff")
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 0:
        raise InvalidValue(f"The order of diff() is an integer and not negative, not {quoted(n)}.")
    shape = [1 if k == along else length for k, length in enumerate(np.shape(array))]
    ends = [one if one is None or through.ndim(one) else through.broadcast_to(one, shape) for one in (prepend, append)]
    if n:
        array = through.concatenate([one for one in (ends[0], array, ends[1]) if one is not None], along)
    before = [slice(None)] * np.ndim(array)
    after = list(before)
    before[along], after[along] = slice(None, -1), slice(1, None)
    for _ in range(n):
        array = array[tuple(after)] - array[tuple(before)]
    return array  # type: ignore[no-any-return]


def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None) -> Result:
    """As numpy.trace."""
    return sum(np.diagonal(a, offset, axis1, axis2), -1, dtype, out)


def matrix_trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Result:
    """As numpy.linalg.trace, of the last two axes."""
    return trace(x, offset, -2, -1, dtype)


def bincount(x: Any, weights: Any = None, minlength: int = 0) -> ExpressionArray:
    """As numpy.bincount: the sum of the weights, which are the expressions, of each number."""
    if is_symbolic(x):
        raise ExpressionError("numpy's bincount() takes expressions as weights, not to count them.")
    groups, array = np.asarray(x), _expressions(weights)
    if isinstance(x, (list, tuple)) and not x:  # of which numpy makes floats
        groups = groups.astype(np.intp)
    if groups.ndim != 1 or groups.dtype.kind not in "iub":
        raise InvalidValue(
            f"bincount() takes integers in one dimension, not {groups.dtype} of the shape {groups.shape}."
        )
    if groups.shape != array.shape:
        raise InvalidValue(f"bincount() takes as many weights as integers, {len(groups)}, not {array.shape}.")
    return array.sums(groups, len(np.bincount(groups, minlength=minlength)))


# --------------------------------------------------------------------- how
def _expressions(thing: Any) -> ExpressionArray:
    return ExpressionArray.of(thing)


def _places(array: ExpressionArray) -> Integers:
    return np.arange(array.size).reshape(array.shape)


def _along(array: ExpressionArray, axes: tuple[int, ...], keepdims: bool, where: Any) -> Result:
    """The sum along axes, of the elements where the condition holds."""
    kept = [k for k in range(array.ndim) if k not in axes]
    shape = tuple(1 if k in axes else n for k, n in enumerate(array.shape) if keepdims or k not in axes)
    order = [*kept, *axes]
    height, count = (prod(array.shape[k] for k in some) for some in (kept, axes))
    if where is True:
        lengths = np.full(height, count)
        if order == sorted(order):  # row by row
            return segments(array, lengths, shape)
        places = _places(array).transpose(order).ravel()
    else:
        wanted = np.broadcast_to(_condition(where), array.shape).transpose(order).reshape(height, count)
        lengths, places = wanted.sum(axis=1), _places(array).transpose(order).reshape(height, count)[wanted]
    return segments(taken(array, places, (len(places),)), lengths, shape)


def _condition(where: Any) -> Union[Truths, bool]:
    if is_symbolic(where) or np.asarray(where).dtype != bool:
        raise ExpressionError("where= takes truth values.")
    return where  # type: ignore[no-any-return]


def segments(lined: ExpressionArray, lengths: Integers, shape: tuple[int, ...]) -> Result:
    """The sum of the first lengths[0] elements, of the next lengths[1], and so on, in a new shape."""
    ends = ends_of(lengths)
    shifts = constants_of(lined)
    if shifts is not None:
        shifts = totals(np.repeat(np.arange(len(lengths)), lengths), shifts, len(lengths))
    total = ExpressionArray(
        owner_of(lined), shape, term_starts(lined)[ends], term_columns(lined), term_values(lined), shifts
    )
    return total if shape else element_at(total, 0)
