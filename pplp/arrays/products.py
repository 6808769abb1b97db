"""Products of numbers and expressions, as numpy's functions of the same names make them."""

from __future__ import annotations

from functools import reduce
from operator import index
from typing import TYPE_CHECKING, Any, Literal, Union

from pplp.arrays.algebra import product_of, product_with
from pplp.arrays.arguments import axes_of, check_options
from pplp.arrays.contractions import factors_of
from pplp.arrays.expression_arrays import ExpressionArray, in_shape
from pplp.arrays.guard import through
from pplp.arrays.operands import is_symbolic, numbers_of
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.numeric import np
from pplp.ground.quoting import quoted
from pplp.ground.words import counted

if TYPE_CHECKING:
    from pplp.arrays.typing import Axis, Result

__all__ = [
    "convolve", "correlate", "dot", "gradient", "inner", "interp", "kron", "linspace", "multi_dot", "outer", "polyval",
    "tensordot", "vdot", "vector_outer",
]  # fmt: skip


def dot(a: Any, b: Any, out: Any = None) -> Result:
    """As numpy.dot: over the last axis of the one and the last but one of the other."""
    check_options("dot", {"out": out})
    a, b = factors_of("dot", a, b)
    if not a.ndim or not b.ndim:
        return a * b  # type: ignore[no-any-return]
    return tensordot(a, b, ([-1], [max(b.ndim - 2, 0)]))


def inner(a: Any, b: Any, /) -> Result:
    """As numpy.inner: over the last axes."""
    a, b = factors_of("inner", a, b)
    product: Result = tensordot(a, b, ([-1], [-1])) if a.ndim and b.ndim else a * b
    return product


def vdot(a: Any, b: Any, /) -> Result:
    """As numpy.vdot: of all elements, row by row."""
    a, b = factors_of("vdot", a, b)
    return tensordot(a.reshape(-1), b.reshape(-1), 1)


def outer(a: Any, b: Any, out: Any = None) -> ExpressionArray:
    """As numpy.outer: each element of the one with each of the other."""
    check_options("outer", {"out": out})
    a, b = factors_of("outer", a, b)
    product: ExpressionArray = a.reshape(-1, 1) * b.reshape(-1)
    return product


def vector_outer(x1: Any, x2: Any, /) -> ExpressionArray:
    """As numpy.linalg.outer, which takes vectors alone."""
    x1, x2 = factors_of("outer", x1, x2)
    if x1.ndim != 1 or x2.ndim != 1:
        raise InvalidValue(f"numpy.linalg.outer() takes arrays of one dimension, not {x1.ndim} and {x2.ndim}.")
    return outer(x1, x2)


def kron(a: Any, b: Any) -> Result:
    """As numpy.kron."""
    a, b = factors_of("kron", a, b)
    deep = max(a.ndim, b.ndim)
    high, low = ((1,) * (deep - one.ndim) + one.shape for one in (a, b))
    if not deep:
        return a * b  # type: ignore[no-any-return]
    spread = a.reshape([n for length in high for n in (length, 1)])
    wide: ExpressionArray = spread * b.reshape([n for length in low for n in (1, length)])
    return wide.reshape([n * m for n, m in zip(high, low)])


def tensordot(a: Any, b: Any, axes: Any = 2) -> Result:
    """As numpy.tensordot."""
    a, b = factors_of("tensordot", a, b)
    if isinstance(axes, (int, np.integer)):
        axes = list(range(a.ndim - axes, a.ndim)), list(range(axes))
    ours, theirs = ([one] if np.ndim(one) == 0 else list(one) for one in axes)
    ours, theirs = [k % a.ndim for k in ours], [k % b.ndim for k in theirs]
    if [a.shape[k] for k in ours] != [b.shape[k] for k in theirs]:
        raise InvalidValue(f"The shapes {a.shape} and {b.shape} do not fit together along the axes {axes}.")
    left, right = ([k for k in range(one.ndim) if k not in mine] for one, mine in ((a, ours), (b, theirs)))
    shape = tuple(a.shape[k] for k in left) + tuple(b.shape[k] for k in right)
    count = int(np.prod([a.shape[k] for k in ours], dtype=np.int64))
    high = int(np.prod([a.shape[k] for k in left], dtype=np.int64))
    wide = int(np.prod([b.shape[k] for k in right], dtype=np.int64))
    a, b = _table(a, [*left, *ours], (high, count)), _table(b, [*theirs, *right], (count, wide))
    product: Any = product_of(a, b) if isinstance(b, ExpressionArray) else product_with(a, b)  # of two dimensions
    found: Result = product.reshape(shape) if shape else product[0, 0]
    return found


def _table(one: Any, axes: list[int], shape: tuple[int, int]) -> Any:  # of numbers or of expressions, as it was
    return np.reshape(np.transpose(one, axes) if one.ndim else one, shape)


def convolve(a: Any, v: Any, mode: str = "full") -> ExpressionArray:
    """As numpy.convolve: element k is the sum of a[i] * v[k - i]."""
    a, v = factors_of("convolve", a, v)
    if v.size > a.size:
        a, v = v, a
    return _cut(_convolved(a, v), a.size, v.size, mode, (v.size - 1) // 2)


def correlate(a: Any, v: Any, mode: str = "valid") -> ExpressionArray:
    """As numpy.correlate: element k is the sum of a[k + i] * v[i]."""
    a, v = factors_of("correlate", a, v)
    whole = _convolved(a, v[::-1])
    if v.size <= a.size:
        return _cut(whole, a.size, v.size, mode, (v.size - 1) // 2)
    return _cut(whole, v.size, a.size, mode, a.size - 1 - (a.size - 1) // 2)


def _convolved(a: Any, v: Any) -> ExpressionArray:
    """The whole of it: a table whose row i is a[i] * v, summed along its diagonals."""
    if a.ndim != 1 or v.ndim != 1 or not a.size or not v.size:
        raise InvalidValue("A convolution is of two arrays of one dimension that are not empty.")
    numbers, array = (v, a) if isinstance(a, ExpressionArray) else (a, v)
    table = through.multiply.outer(numbers, array)
    which = np.add.outer(np.arange(numbers.size), np.arange(array.size))
    rows: ExpressionArray = table.reshape(-1)
    return rows.sums(which.ravel(), numbers.size + array.size - 1)


def _cut(whole: ExpressionArray, long: int, short: int, mode: str, first: int) -> ExpressionArray:
    """The part of a convolution that the mode names."""
    if mode == "full":
        return whole
    if mode == "same":
        return whole[first : first + long]
    if mode == "valid":
        return whole[short - 1 : long]
    raise InvalidValue(f"The mode of a convolution is 'full', 'same' or 'valid', not {quoted(mode)}.")


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Result:
    """As numpy.interp, where the expressions are the values `fp`."""
    if is_symbolic(x) or is_symbolic(xp) or left is not None or right is not None:
        raise ExpressionError(
            "numpy's interp() takes expressions as fp alone, and no left= and right=. A polygon over an expression is "
            "pplp.piecewise()."
        )
    lines = np.eye(ExpressionArray.of(fp).size)
    return dot(np.moveaxis(np.array([np.interp(x, xp, line, period=period) for line in lines]), 0, -1), fp)


def gradient(
    f: Any, *spacing: Any, axis: Axis = None, edge_order: Literal[1, 2] = 1
) -> Union[ExpressionArray, tuple[ExpressionArray, ...]]:
    """As numpy.gradient: along each axis the product with the gradients of the unit vectors."""
    array = ExpressionArray.of(f)
    axes = axes_of(axis, array.ndim, "gradient")
    if not axes or len(spacing) not in (0, 1, len(axes)) or (len(spacing) == 1 < len(axes) and np.ndim(spacing[0])):
        raise InvalidValue(f"gradient() takes an array, and one spacing or one for each axis, not {len(spacing)}.")
    found = []
    for k, one in zip(axes, spacing if len(spacing) == len(axes) else (*spacing, 1.0)[:1] * len(axes)):
        slopes = np.gradient(np.eye(array.shape[k]), one, axis=0, edge_order=edge_order)
        found.append(through.moveaxis(tensordot(slopes, array, ([1], [k])), 0, k))
    return found[0] if len(found) == 1 else tuple(found)


def multi_dot(arrays: Any, *, out: Any = None) -> Result:
    """As numpy.linalg.multi_dot: the product of several matrices, of which one is of expressions."""
    check_options("multi_dot", {"out": out})
    factors = list(arrays)
    if len(factors) < 2 or [np.ndim(one) for one in factors[1:-1]] != [2] * (len(factors) - 2):
        raise InvalidValue("multi_dot() takes two arrays and more; those between the ends have two dimensions.")
    if not all(0 < np.ndim(one) <= 2 for one in (factors[0], factors[-1])):
        raise InvalidValue("multi_dot() takes arrays of one or two dimensions at the ends.")
    product: Result = reduce(through.dot, factors)
    return product


def linspace(
    start: Any, stop: Any, num: Any = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0
) -> Union[ExpressionArray, tuple[ExpressionArray, Result]]:
    """As numpy.linspace: start + k/n (stop - start)."""
    check_options("linspace", {"dtype": dtype})
    count = index(num)
    if count < 0:
        raise InvalidValue(f"linspace() makes as many elements as num= says, not {count}.")
    steps = count - 1 if endpoint else count
    if retstep and steps < 1:
        raise InvalidValue(f"linspace() of {counted(count, 'element')} has no step between them. Leave retstep= away.")
    way = ExpressionArray.of(np.subtract(stop, start))
    parts = (np.arange(count) / max(steps, 1)).reshape(count, *(1,) * way.ndim)
    points: ExpressionArray = through.moveaxis(in_shape(way, (1, *way.shape)) * parts + start, 0, axis)
    return (points, through.divide(way, steps)) if retstep else points


def polyval(p: Any, x: Any) -> ExpressionArray:
    """As numpy.polyval: of expressions at numbers, or of the numbers of a straight line at expressions."""
    if is_symbolic(x):
        numbers = numbers_of(p, "coefficient")
        if numbers is None or numbers.ndim != 1:
            raise ExpressionError("numpy's polyval() at expressions takes numbers in one dimension as the polynomial.")
        if len(numbers) > 2 and numbers[:-2].any():
            raise ExpressionError(
                "numpy's polyval() of a degree above 1 is not linear. Approximate it by pplp.piecewise()."
            )
        slope, shift = [0.0, 0.0, *numbers.tolist()][-2:]
        line: ExpressionArray = ExpressionArray.of(x) * slope + shift
        return line
    found, at = ExpressionArray.of(p), numbers_of(x, "coefficient")
    if at is None:
        raise ExpressionError(f"numpy's polyval() takes numbers to evaluate a polynomial at, not {quoted(x)}.")
    total: Any = np.zeros(at.shape)
    for one in found:
        total = ExpressionArray.of(one) + total * at
    return total  # type: ignore[no-any-return]
