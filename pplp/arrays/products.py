"""Products of numbers and expressions, as numpy's functions of the same names make them."""

from __future__ import annotations

from functools import reduce
from operator import index
from typing import Any

from pplp.arrays.algebra import ExpressionArray, _is_symbolic, numbers_of, product_of, product_with
from pplp.arrays.arguments import axes_of, axis_of, check_options
from pplp.arrays.sums import _segments
from pplp.core.scalars import counted
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.numeric import np
from pplp.ground.quoting import quoted

__all__ = [
    "convolve", "correlate", "dot", "einsum", "gradient", "inner", "interp", "kron", "linspace", "matmul", "matvec",
    "multi_dot", "outer", "polyval", "tensordot", "vdot", "vecdot", "vecmat", "vector_outer",
]  # fmt: skip


def _operands(name: str, *given: Any) -> list[Any]:
    """Arrays of numbers, and the one of expressions."""
    found = []
    for one in given:
        if _is_symbolic(one):
            found.append(ExpressionArray.of(one))
        else:
            numbers = numbers_of(one, "coefficient")
            if numbers is None:
                raise ExpressionError(f"numpy's {name}() takes numbers beside expressions, not {quoted(one)}.")
            found.append(numbers)
    if sum(isinstance(one, ExpressionArray) for one in found) != 1:
        raise ExpressionError(
            f"numpy's {name}() of expressions and expressions is not linear. For fixed values take .value."
        )
    return found


def dot(a: Any, b: Any, out: Any = None) -> Any:
    """As numpy.dot: over the last axis of the one and the last but one of the other."""
    check_options("dot", {"out": out})
    a, b = _operands("dot", a, b)
    if not a.ndim or not b.ndim:
        return a * b
    return tensordot(a, b, ([-1], [max(b.ndim - 2, 0)]))


def inner(a: Any, b: Any, /) -> Any:
    """As numpy.inner: over the last axes."""
    a, b = _operands("inner", a, b)
    return tensordot(a, b, ([-1], [-1])) if a.ndim and b.ndim else a * b


def vdot(a: Any, b: Any, /) -> Any:
    """As numpy.vdot: of all elements, row by row."""
    a, b = _operands("vdot", a, b)
    return tensordot(a.reshape(-1), b.reshape(-1), 1)


def outer(a: Any, b: Any, out: Any = None) -> Any:
    """As numpy.outer: each element of the one with each of the other."""
    check_options("outer", {"out": out})
    a, b = _operands("outer", a, b)
    return a.reshape(-1, 1) * b.reshape(-1)


def vector_outer(x1: Any, x2: Any, /) -> Any:
    """As numpy.linalg.outer, which takes vectors alone."""
    x1, x2 = _operands("outer", x1, x2)
    if x1.ndim != 1 or x2.ndim != 1:
        raise InvalidValue(f"numpy.linalg.outer() takes arrays of one dimension, not {x1.ndim} and {x2.ndim}.")
    return outer(x1, x2)


def kron(a: Any, b: Any) -> Any:
    """As numpy.kron."""
    a, b = _operands("kron", a, b)
    deep = max(a.ndim, b.ndim)
    high, low = ((1,) * (deep - one.ndim) + one.shape for one in (a, b))
    if not deep:
        return a * b
    wide = np.reshape(a, [n for length in high for n in (length, 1)]) * np.reshape(
        b, [n for length in low for n in (1, length)]
    )
    return np.reshape(wide, [n * m for n, m in zip(high, low)])


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """As numpy.tensordot."""
    a, b = _operands("tensordot", a, b)
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
    product = product_of(a, b) if isinstance(b, ExpressionArray) else product_with(a, b)
    return np.reshape(product, shape) if shape else product[0, 0]


def _table(one: Any, axes: list[int], shape: tuple[int, int]) -> Any:
    return np.reshape(np.transpose(one, axes) if one.ndim else one, shape)


def einsum(*operands: Any, out: Any = None, optimize: Any = False, **options: Any) -> Any:
    """As numpy.einsum: numpy reads the subscripts."""
    check_options("einsum", {"out": out, "dtype": options.pop("dtype", None)})
    letters = isinstance(operands[0], str)
    given = list(operands[1:]) if letters else list(operands[: len(operands) // 2 * 2 : 2])
    arrays = _operands("einsum", *given)
    shadows = [np.broadcast_to(0.0, one.shape) for one in arrays]
    said = list(operands)
    for k, shadow in enumerate(shadows):
        said[k + 1 if letters else 2 * k] = shadow
    text = np.einsum_path(*said, optimize=False)[1].partition(":")[2].partition("\n")[0].replace(" ", "")
    subscripts, _, result = text.partition("->")
    return _contracted(subscripts.split(","), result, arrays)


def _contracted(subscripts: list[str], result: str, arrays: list[Any]) -> Any:
    """The sum, over the letters that the result lacks, of the product."""
    lengths: dict[str, int] = {}
    for letters, one in zip(subscripts, arrays):
        for letter, length in zip(letters, one.shape):
            lengths[letter] = max(length, lengths.get(letter, 1)) if length else 0
    summed = [letter for letter in lengths if letter not in result]
    everything = [*result, *summed]
    shape = [lengths[letter] for letter in everything]
    factors: Any = np.ones(shape)
    for letters, one in zip(subscripts, arrays):
        if isinstance(one, ExpressionArray):
            places, expressions = _spread(letters, np.arange(one.size).reshape(one.shape), everything, shape), one
        else:
            factors = factors * _spread(letters, one, everything, shape)
    high = int(np.prod(shape[: len(result)], dtype=np.int64))
    count = int(np.prod(shape[len(result) :], dtype=np.int64))
    kept = factors.reshape(high, count) != 0
    terms = expressions._rows(places.reshape(high, count)[kept], (int(kept.sum()),))
    return _segments(terms * factors.reshape(high, count)[kept], kept.sum(axis=1), tuple(shape[: len(result)]))


def _spread(letters: str, one: Any, everything: list[str], shape: list[int]) -> Any:
    """Broadcast to all letters; of a letter that comes twice, the diagonal."""
    for letter in {*letters}:
        while letters.count(letter) > 1:
            first = letters.index(letter)
            again = letters.index(letter, first + 1)
            one = np.moveaxis(np.diagonal(one, 0, first, again), -1, 0)
            letters = letter + letters[:first] + letters[first + 1 : again] + letters[again + 1 :]
    order = sorted(range(len(letters)), key=lambda k: everything.index(letters[k]))
    one = one.transpose(order)
    present = iter(one.shape)
    return np.broadcast_to(one.reshape([next(present) if letter in letters else 1 for letter in everything]), shape)


def matmul(a: Any, b: Any) -> Any:
    """As numpy.matmul, for arrays of any number of dimensions."""
    a, b = _operands("matmul", a, b)
    if not a.ndim or not b.ndim:
        raise InvalidValue("@ takes arrays, not single numbers or expressions. Write * for them.")
    left, right = ("j" if a.ndim == 1 else "...ij"), ("j" if b.ndim == 1 else "...jk")
    result = "..." + "i" * (a.ndim > 1) + "k" * (b.ndim > 1)
    return einsum(f"{left},{right}->{result}", a, b)


def vecdot(a: Any, b: Any, axis: Any = -1) -> Any:
    """As numpy.vecdot: of the vectors along an axis of each."""
    a, b = (np.moveaxis(one, axis_of(axis, one.ndim, "vecdot"), -1) for one in _operands("vecdot", a, b))
    return einsum("...i,...i->...", a, b)


def matvec(a: Any, b: Any) -> Any:
    """As numpy.matvec."""
    return einsum("...ij,...j->...i", a, b)


def vecmat(a: Any, b: Any) -> Any:
    """As numpy.vecmat."""
    return einsum("...i,...ij->...j", a, b)


def convolve(a: Any, v: Any, mode: Any = "full") -> Any:
    """As numpy.convolve: element k is the sum of a[i] * v[k - i]."""
    a, v = _operands("convolve", a, v)
    if v.size > a.size:
        a, v = v, a
    return _cut(_convolved(a, v), a.size, v.size, mode, (v.size - 1) // 2)


def correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    """As numpy.correlate: element k is the sum of a[k + i] * v[i]."""
    a, v = _operands("correlate", a, v)
    whole = _convolved(a, v[::-1])
    if v.size <= a.size:
        return _cut(whole, a.size, v.size, mode, (v.size - 1) // 2)
    return _cut(whole, v.size, a.size, mode, a.size - 1 - (a.size - 1) // 2)


def _convolved(a: Any, v: Any) -> Any:
    """The whole of it: a table whose row i is a[i] * v, summed along its diagonals."""
    if a.ndim != 1 or v.ndim != 1 or not a.size or not v.size:
        raise InvalidValue("A convolution is of two arrays of one dimension that are not empty.")
    numbers, array = (v, a) if isinstance(a, ExpressionArray) else (a, v)
    table = np.multiply.outer(numbers, array)
    which = np.add.outer(np.arange(numbers.size), np.arange(array.size))
    return table.reshape(-1).sums(which.ravel(), numbers.size + array.size - 1)


def _cut(whole: Any, long: int, short: int, mode: Any, first: int) -> Any:
    """The part of a convolution that the mode names."""
    if mode == "full":
        return whole
    if mode == "same":
        return whole[first : first + long]
    if mode == "valid":
        return whole[short - 1 : long]
    raise InvalidValue(f"The mode of a convolution is 'full', 'same' or 'valid', not {quoted(mode)}.")


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """As numpy.interp, where the expressions are the values `fp`."""
    if _is_symbolic(x) or _is_symbolic(xp) or left is not None or right is not None:
        raise ExpressionError(
            "numpy's interp() takes expressions as fp alone, and no left= and right=. A polygon over an expression is "
            "pplp.piecewise()."
        )
    lines = np.eye(ExpressionArray.of(fp).size)
    return dot(np.moveaxis(np.array([np.interp(x, xp, line, period=period) for line in lines]), 0, -1), fp)


def gradient(f: Any, *spacing: Any, axis: Any = None, edge_order: Any = 1) -> Any:
    """As numpy.gradient: along each axis the product with the gradients of the unit vectors."""
    array = ExpressionArray.of(f)
    axes = axes_of(axis, array.ndim, "gradient")
    if not axes or len(spacing) not in (0, 1, len(axes)) or (len(spacing) == 1 < len(axes) and np.ndim(spacing[0])):
        raise InvalidValue(f"gradient() takes an array, and one spacing or one for each axis, not {len(spacing)}.")
    found = []
    for k, one in zip(axes, spacing if len(spacing) == len(axes) else (*spacing, 1.0)[:1] * len(axes)):
        slopes = np.gradient(np.eye(array.shape[k]), one, axis=0, edge_order=edge_order)
        found.append(np.moveaxis(np.tensordot(slopes, array, ([1], [k])), 0, k))
    return found[0] if len(found) == 1 else tuple(found)


def multi_dot(arrays: Any, *, out: Any = None) -> Any:
    """As numpy.linalg.multi_dot: the product of several matrices, of which one is of expressions."""
    check_options("multi_dot", {"out": out})
    factors = list(arrays)
    if len(factors) < 2 or [np.ndim(one) for one in factors[1:-1]] != [2] * (len(factors) - 2):
        raise InvalidValue("multi_dot() takes two arrays and more; those between the ends have two dimensions.")
    if not all(0 < np.ndim(one) <= 2 for one in (factors[0], factors[-1])):
        raise InvalidValue("multi_dot() takes arrays of one or two dimensions at the ends.")
    return reduce(np.dot, factors)


def linspace(
    start: Any, stop: Any, num: Any = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0
) -> Any:
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
    points = np.moveaxis(way._in_shape((1, *way.shape)) * parts + start, 0, axis)
    return (points, np.divide(way, steps)) if retstep else points


def polyval(p: Any, x: Any) -> Any:
    """As numpy.polyval: of expressions at numbers, or of the numbers of a straight line at expressions."""
    if _is_symbolic(x):
        numbers = numbers_of(p, "coefficient")
        if numbers is None or numbers.ndim != 1:
            raise ExpressionError("numpy's polyval() at expressions takes numbers in one dimension as the polynomial.")
        if len(numbers) > 2 and numbers[:-2].any():
            raise ExpressionError(
                "numpy's polyval() of a degree above 1 is not linear. Approximate it by pplp.piecewise()."
            )
        slope, shift = [0.0, 0.0, *numbers.tolist()][-2:]
        return ExpressionArray.of(x) * slope + shift
    found, at = ExpressionArray.of(p), numbers_of(x, "coefficient")
    if at is None:
        raise ExpressionError(f"numpy's polyval() takes numbers to evaluate a polynomial at, not {quoted(x)}.")
    total: Any = np.zeros(at.shape)
    for one in found:
        total = ExpressionArray.of(one) + total * at
    return total
