"""Numbers that users write: which may be coefficients, constants, bounds, and the errors for the others."""

from __future__ import annotations

import math
import warnings
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, Callable, Union

from pplp.core.bulk import Keyed
from pplp.core.tensors import TensorOperand
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.pickles import Pickled
from pplp.ground.quoting import quoted

__all__ = [
    "Number",
    "Symbolic",
    "are_crossed",
    "attribute_number",
    "check_sums",
    "coefficient",
    "constant",
    "each_of",
    "fixed_value",
    "integral",
    "is_number",
    "is_truth",
    "less",
    "made_name",
    "not_a_number",
    "of_each",
    "real",
    "refuse_truths",
    "refuse_unordered",
    "right_hand_side",
    "shown",
    "two_of",
]

# Any: numbers and collections are whatever users and their packages take for these.

inf = math.inf
#: Numbers in this range, and their negatives, are accepted as they are: exact, finite, not denormal.
SMALL, LARGE = 1e-100, 2.0**53
EXACT = 2**53
LEAST = -LARGE
#: Beyond this no solver's arithmetic works.
HUGE = 1e100
#: Adding numbers up to this size moves no accepted number beyond `HUGE`.
MODERATE = 1e80
#: What `check_sums` calls the bound that a relation on one variable makes, and a side of a relation.
QUOTIENT = "The bound of the variable in"
SUMMED_SIDE = "With the constants of both sides the right-hand side of"

#: The kinds of numpy arrays without real numbers: dates, time spans, complex numbers, text, records.
_NOT_REAL = frozenset("mMcSUV")

#: The types of numpy's integers and short floats seen so far: they need no further check.
_scalars: set[type[Any]] = set()

#: What an error calls the numbers of an attribute.
_NOUNS = {"lb": "lower bound", "ub": "upper bound", "rhs": "right-hand side", "bounds": "bound"}

Number = Union[int, float]


#: Bounds that cross by less than this, relative to them, cross only by rounding.
_NOISE = 1e-12
#: What rounding leaves of the difference of two equal numbers, relative to them: four units in
#: the last place.  Decimals of 15 digits that differ are farther apart.
_LAST_DIGITS = 2.0**-50
#: Only differences up to this size may be rounding; in larger ones every digit counts.
_SMALL_DIFFERENCE = 1e-6
#: A bound this near to an integer is meant to be that integer; of a great one the last digits may be rounding.
_INTEGER_GUARD, _LAST_PLACES = 1e-9, 4e-15


def are_crossed(lower: float, upper: float) -> bool:
    """True if the lower bound is above the upper one, by more than rounding.

    0.1 + 0.2 is above 0.3 in the last bit.  A row with these bounds gets the same verdict.

    >>> are_crossed(0.1 + 0.2, 0.3), are_crossed(1e-20, 0.0)
    (False, True)
    """
    return lower > upper and not lower - upper <= _NOISE * max(abs(lower), abs(upper))


def less(side: float, shift: float) -> float:
    """What is left of a side of a relation when a constant moves there; 0 if only rounded last digits are left.

    >>> less(0.3, 0.1 + 0.2), 0.3 - (0.1 + 0.2)
    (0.0, -5.551115123125783e-17)
    >>> less(1.0, 0.999999999999999), less(2.0**53, 2.0**53 - 1)
    (9.992007221626409e-16, 1.0)
    """
    left = side - shift
    if -_SMALL_DIFFERENCE < left < _SMALL_DIFFERENCE and abs(left) <= _LAST_DIGITS * abs(shift):
        return 0.0
    return left


class Symbolic(Pickled, TensorOperand):
    """An object that stands for a number and is not one: the base of all expressions."""

    __slots__ = ()


def coefficient(value: Any, of: Any = None, what: str = "coefficient") -> float:
    """The float of a number; raises if it cannot be a coefficient.  `what` is its name in errors."""
    number = real(value, what, of)
    if number != number or number in (inf, -inf):
        raise InvalidValue(
            f"The {what}{_of(of)} is {number}, but must be a finite number. "
            "Check where it was computed; write a missing bound as lb=-math.inf, not as a coefficient."
        )
    if number and not SMALL <= abs(number) <= HUGE:
        raise InvalidValue(
            f"The {what} {number!r}{_of(of)} is out of the range {SMALL} to {HUGE} that "
            "floating-point solvers can work with. Change the units of the row or the variable."
        )
    return number


def real(value: Any, what: str, of: Any = None) -> float:
    """The float of any real number: int, float, Fraction, Decimal, numpy scalar, array or tensor of one; NaN passes."""
    if isinstance(value, float) or (type(value) is int and -EXACT <= value <= EXACT):  # numpy's float64 is a float
        return float(value)
    given = value
    if type(value) in _scalars:
        value = value.item()
    elif type(value) is not int and hasattr(value, "shape"):
        value = _only_element(value, what, of)
    if isinstance(value, (Symbolic, str, bytes)) or not hasattr(type(value), "__float__"):
        raise ExpressionError(
            f"The {what}{_of(of)} must be a real number, not {quoted(given)} ({type(value).__name__})."
        )
    try:
        number = float(value)
    except OverflowError:
        raise InvalidValue(f"The {what} {quoted(value)}{_of(of)} is too large for floating point.") from None
    except (TypeError, ValueError, RuntimeError) as error:
        raise ExpressionError(
            f"The {what} {quoted(value)} cannot be converted to a float: {quoted(error, str)}."
        ) from None
    if isinstance(value, int) and int(number) != value:
        warnings.warn(
            f"The integer {quoted(value)} has more than 53 bits and was rounded to {number!r}.",
            RuntimeWarning,
            stacklevel=4,
        )
    return number


def integral(lower: float, upper: float) -> tuple[float, float]:
    """The bounds of an integer column, moved inwards to integers."""
    return (
        _integral(lower, math.ceil) if lower % 1.0 else lower + 0.0,
        _integral(upper, math.floor) if upper % 1.0 else upper + 0.0,
    )


def _integral(bound: float, inwards: Callable[[float], int]) -> float:
    if not math.isfinite(bound):
        return bound
    nearest = round(bound)
    is_meant = abs(bound - nearest) <= max(_INTEGER_GUARD, _LAST_PLACES * abs(bound))
    return float(nearest if is_meant else inwards(bound))


def is_truth(value: Any) -> bool:
    """Is it True or False?  So it is what a comparison of two plain numbers gives, of Python or of numpy."""
    return isinstance(value, bool) or type(value).__name__ in ("bool_", "bool")


def is_number(value: Any) -> bool:
    """True if it may be used with an expression as a number; so may an array or tensor of one element, without labels.

    Longer arrays and text may not.
    """
    kind = type(value)
    return (
        kind is int
        or isinstance(value, float)
        or kind in _scalars
        or (
            hasattr(kind, "__float__")
            and not isinstance(value, (Symbolic, complex))  # complex numbers have a __float__ in Python 3.9
            and (not hasattr(value, "shape") or _is_single(value))
        )
    )


def _is_single(value: Any) -> bool:
    """True for an array, or a tensor, of one element that is not an expression."""
    try:
        shape = tuple(value.shape)
        if shape and (math.prod(shape) != 1 or hasattr(value, "iloc") or hasattr(value, "coords")):  # it has labels
            return False
    except TypeError:  # an unknown size, or a shape of another meaning
        return False
    dtype = getattr(value, "dtype", None)
    kind = getattr(dtype, "kind", "")
    if kind and kind in "iuf" and type(value) is getattr(dtype, "type", None):
        _scalars.add(type(value))
    return kind != "O" or is_number(value.item())


def _only_element(value: Any, what: str, of: Any) -> Any:  # of a type of its package
    """The element of an array or a tensor that has one; its own package converts it exactly."""
    if not _is_single(value) or getattr(getattr(value, "dtype", None), "kind", "") in _NOT_REAL:
        of_type = f" of {value.dtype}" if hasattr(value, "dtype") else ""
        raise ExpressionError(
            f"The {what} {quoted(value)}{_of(of)} is a {type(value).__name__}{of_type}, but a real number is needed "
            "here."
        )
    if getattr(value, "mask", False) is not False and bool(value.mask):
        raise ExpressionError(f"The {what}{_of(of)} is masked, but a number is needed here. Fill it with .filled(...).")
    try:
        return value.item() if hasattr(value, "item") else value
    except (TypeError, ValueError, RuntimeError) as error:
        raise ExpressionError(f"The {what} {quoted(value)}{_of(of)} cannot be read: {quoted(error, str)}.") from None


def _of(of: Any) -> str:
    return "" if of is None else f" of {quoted(of, str)}"


def not_a_number(other: Any, beside: Any, is_equality: bool = False) -> Any:
    """What an operator returns for an operand that is neither a number nor an expression: NotImplemented.

    This lets unknown types answer for themselves.  Raises `ExpressionError` for those that never do: Python's
    own, numpy's and torch's; but ``x == None`` and ``x == "text"`` are False, as for anything in Python.
    """
    package = type(other).__module__.partition(".")[0]
    has_shape = hasattr(other, "shape")
    if package not in ("builtins", "datetime", "numpy", "torch") or (is_equality and not has_shape):
        return NotImplemented
    if has_shape and other.shape:
        of = f"the single expression {beside}" if isinstance(beside, Symbolic) else "an array of expressions"
        raise ExpressionError(
            f"An array with {of} must have numbers in it, not {getattr(other, 'dtype', 'anything else')}."
        )
    raise ExpressionError(
        f"{quoted(other)} is an unsupported operand with {quoted(beside)}: a {type(other).__name__} is neither an "
        "expression nor a number."
    )


def each_of(things: Any, what: str) -> Iterator[Any]:
    """An iterator over the elements; over the variables of keyed ones.

    Refuses objects without elements (an expression, a number, an array without dimensions), without order (a set), and
    those that iterate keys, column names or letters instead (a dictionary, a frame, text).
    """
    if isinstance(things, Keyed):
        return iter(things.values())
    refuse_unordered(things, what)
    try:
        if not isinstance(things, Symbolic):
            return iter(things)
    except TypeError:
        pass
    raise ExpressionError(f"{what}, not {quoted(things)}.")


def two_of(pair: Any, of: Any) -> tuple[Any, Any]:
    """The two bounds of a pair; raises `ExpressionError` for anything else."""
    if isinstance(pair, (tuple, list)) and len(pair) == 2 and pair[0] is not None and pair[1] is not None:
        return pair[0], pair[1]
    raise ExpressionError(
        f"The bounds of {of} must be a pair (lower, upper), not {quoted(pair)}. Write math.inf for no bound."
    )


def of_each(act: Callable[[Any], Any], things: Any) -> Any:
    """Apply `act` to each element of a list, a tuple or a mapping; returns a list, a tuple or a dictionary."""
    if isinstance(things, Mapping):
        return {key: act(one) for key, one in things.items()}
    return type(things)(map(act, things)) if type(things) in (list, tuple) else tuple(map(act, things))


def refuse_unordered(things: Any, what: str) -> None:
    """Raise `ExpressionError` for objects whose iteration does not say what belongs to what.

    Dictionaries give their keys, frames the names of their columns, text its letters; sets have no order.
    `what` begins the message: who takes what.
    """
    name = type(things).__name__
    if isinstance(things, (str, bytes)):
        raise ExpressionError(f"{what}, not the text {quoted(things)}.")
    if isinstance(things, Mapping):
        function, takes = what.partition("()")[:2]
        values = f"{function}(d.values())" if takes and " " not in function else "d.values()"
        raise ExpressionError(f"{what}, but a {name} gives its keys. Write {values}.")
    if isinstance(things, (set, frozenset)):
        raise ExpressionError(f"{what}, but a {name} has no order. Write sorted(...), or use a list.")
    if hasattr(things, "columns") and hasattr(things, "shape"):
        raise ExpressionError(f"{what}, but a {name} gives the names of its columns. Take one column of it.")


def refuse_truths(things: Any) -> None:
    """Raise `ExpressionError` for an array or a series of truth values where relations are expected."""
    if isinstance(things, Symbolic):
        return
    if str(getattr(things, "dtype", "")) in ("bool", "Boolean", "boolean") and things.shape:
        raise ExpressionError(
            f"A {type(things).__name__} of truth values is not relations: it compared numbers, or objects one by "
            "one. Compare expressions, with the array of variables on the left: x <= numbers."
        )


def shown(value: float) -> str:
    """A number as in an algebra book: 3 for 3.0."""
    return repr(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)


def made_name(letter: str, index: int, taken: Container[str]) -> str:
    """The name of an unnamed object: a letter and its number, changed if a user gave that name.

    >>> made_name("x", 3, ["y"]), made_name("x", 3, ["x3"])
    ('x3', 'x3_')
    """
    name = f"{letter}{index}"
    while name in taken:
        name += "_"
    return name


def constant(value: Any, of: Any) -> float:
    """The float of a number that is added to `of`."""
    number = real(value, "constant", of)
    if number - number != 0:
        raise InvalidValue(f"The constant added to {quoted(of, str)} is {number}, but must be a finite number.")
    if abs(number) > HUGE:
        raise InvalidValue(f"The constant {number!r} added to {quoted(of, str)} is beyond {HUGE}. Change its units.")
    return number


def right_hand_side(value: Any, of: Any, what: str = "right-hand side") -> float:
    """The float of a right-hand side or bound: infinite means none, NaN is refused; `what` is its name in errors."""
    number = real(value, what, of)
    if number != number:
        raise InvalidValue(f"The {what}{_of(of)} is NaN, but must be a number. Check where it was computed.")
    if abs(number) >= HUGE and number not in (inf, -inf):
        raise InvalidValue(
            f"The {what} {number!r}{_of(of)} is beyond {HUGE}. Write math.inf for no bound, or change units."
        )
    return number


def check_sums(sums: Iterable[float], of: Any, what: str) -> None:
    """Raise `InvalidValue` if accepted numbers have made one that is too large: a sum, or a quotient."""
    for number in sums:
        if abs(number) >= HUGE and abs(number) != inf:
            raise InvalidValue(
                f"{what} {quoted(of, str)} comes to {number!r}, which is beyond {HUGE}. Change its units."
            )


def fixed_value(value: Any, of: Any) -> float:
    """The float of a value that variables are fixed at: finite."""
    if not is_number(value):
        raise ExpressionError(
            f"The value that {of} is fixed at must be a number, not {quoted(value)}. To free it again write .unfix()."
        )
    number = real(value, "fixed value", of)
    if not abs(number) < HUGE:
        told = number if number == number else "NaN"
        raise InvalidValue(f"The value that {of} is fixed at must be finite, and below {HUGE}, not {told}.")
    return number


def attribute_number(value: Any, of: Any, name: str) -> float:
    """The float of a number that an attribute of this name is set to, in an array or by key."""
    if name == "cost":
        return coefficient(value, of, "cost")
    if name == "fix()":
        return fixed_value(value, of)
    return right_hand_side(value, of, _NOUNS.get(name, name))
