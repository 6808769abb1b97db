"""Contractions: products of arrays of numbers and one of expressions, summed over some of their axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, SupportsIndex

from pplp.arrays.arguments import axis_of, check_options
from pplp.arrays.expression_arrays import ExpressionArray, taken
from pplp.arrays.operands import is_symbolic, numbers_of
from pplp.arrays.sums import segments
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.numeric import np
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.typing import Result, Table

__all__ = ["einsum", "factors_of", "matmul", "matvec", "vecdot", "vecmat"]


def factors_of(name: str, *given: Any) -> list[Any]:  # Any, since who asks does the same to numbers and expressions
    """Arrays of numbers, and the one of expressions."""
    found: list[Any] = []
    for one in given:
        if is_symbolic(one):
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


def einsum(*operands: Any, out: Any = None, optimize: Any = False, **options: Any) -> Result:
    """As numpy.einsum: numpy reads the subscripts."""
    check_options("einsum", {"out": out, "dtype": options.pop("dtype", None)})
    letters = isinstance(operands[0], str)
    given = list(operands[1:]) if letters else list(operands[: len(operands) // 2 * 2 : 2])
    arrays = factors_of("einsum", *given)
    shadows = [np.broadcast_to(0.0, one.shape) for one in arrays]
    said = list(operands)
    for k, shadow in enumerate(shadows):
        said[k + 1 if letters else 2 * k] = shadow
    text = np.einsum_path(*said, optimize=False)[1].partition(":")[2].partition("\n")[0].replace(" ", "")
    subscripts, _, result = text.partition("->")
    return _contracted(subscripts.split(","), result, arrays)


def _contracted(subscripts: list[str], result: str, arrays: list[Any]) -> Result:
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
    terms = taken(expressions, places.reshape(high, count)[kept], (int(kept.sum()),))
    return segments(terms * factors.reshape(high, count)[kept], kept.sum(axis=1), tuple(shape[: len(result)]))


def _spread(letters: str, one: Table, everything: list[str], shape: list[int]) -> Table:
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


def matmul(a: Any, b: Any) -> Result:
    """As numpy.matmul, for arrays of any number of dimensions."""
    a, b = factors_of("matmul", a, b)
    if not a.ndim or not b.ndim:
        raise InvalidValue("@ takes arrays, not single numbers or expressions. Write * for them.")
    left, right = ("j" if a.ndim == 1 else "...ij"), ("j" if b.ndim == 1 else "...jk")
    result = "..." + "i" * (a.ndim > 1) + "k" * (b.ndim > 1)
    return einsum(f"{left},{right}->{result}", a, b)


def vecdot(a: Any, b: Any, axis: SupportsIndex = -1) -> Result:
    """As numpy.vecdot: of the vectors along an axis of each."""
    a, b = (np.moveaxis(one, axis_of(axis, one.ndim, "vecdot"), -1) for one in factors_of("vecdot", a, b))
    return einsum("...i,...i->...", a, b)


def matvec(a: Any, b: Any) -> Result:
    """As numpy.matvec."""
    return einsum("...ij,...j->...i", a, b)


def vecmat(a: Any, b: Any) -> Result:
    """As numpy.vecmat."""
    return einsum("...i,...ij->...j", a, b)
