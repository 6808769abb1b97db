"""Numbers that users write: what may be a coefficient, a constant, a bound, and what is refused, with its reason."""

from __future__ import annotations

import math
import warnings
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, Callable, Union

from pplp.core.tensors import beside_tensor
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
#: Numbers of this range, and their negatives, are good as they are: exact, finite, not denormal.
SMALL, LARGE = 1e-100, 2.0**53
EXACT = 2**53
LEAST = -LARGE
#: Beyond this no solver's arithmetic holds.
HUGE = 1e100
#: What is not beyond this moves no number that is good beyond `HUGE`.
MODERATE = 1e80
#: What `check_sums` calls the bound that a relation of one variable makes, and a side of a relation.
QUOTIENT = "The bound of the variable in"
SUMMED_SIDE = "With the constants of both sides the right-hand side of"

#: The kinds of numpy's arrays that hold no real numbers: dates, spans of time, complex numbers, texts, records.
_NOT_REAL = frozenset("mMcSUV")

#: The types of numpy's integers and short floats that were met: with them, there is no closer look.
_scalars: set[type[Any]] = set()

#: What an error calls the numbers of an attribute.
_NOUNS = {"lb": "lower bound", "ub": "upper bound", "rhs": "right-hand side", "bounds": "bound"}

Number = Union[int, float]


#: Bounds cross by more than this, relative to them, or it is rounding.
_NOISE = 1e-12
#: What rounding leaves of the difference of two numbers that are meant to be the same, relative to them: four units in
#: the last place.  Decimals of 15 digits that differ are farther apart.
_LAST_DIGITS = 2.0**-50
#: Such a difference is small; beyond it, digits are counted on.
_SMALL_DIFFERENCE = 1e-6
#: A bound this near to an integer is meant to be that integer; of a great one the last digits may be rounding.
_INTEGER_GUARD, _LAST_PLACES = 1e-9, 4e-15


def are_crossed(lower: float, upper: float) -> bool:
    """Is the lower bound above the upper one, by more than rounding?

    0.1 + 0.2 is above 0.3 by the last bit.  The verdict is that on a row with these bounds.

    >>> are_crossed(0.1 + 0.2, 0.3), are_crossed(1e-20, 0.0)
    (False, True)
    """
    return lower > upper and not lower - upper <= _NOISE * max(abs(lower), abs(upper))


def less(side: float, shift: float) -> float:
    """What is left of a side of a relation when a constant moves there; 0 where only rounded last digits are left.

    >>> less(0.3, 0.1 + 0.2), 0.3 - (0.1 + 0.2)
    (0.0, -5.551115123125783e-17)
    >>> less(1.0, 0.999999999999999), less(2.0**53, 2.0**53 - 1)
    (9.992007221626409e-16, 1.0)
    """
    left = side - shift
    if -_SMALL_DIFFERENCE < left < _SMALL_DIFFERENCE and abs(left) <= _LAST_DIGITS * abs(shift):
        return 0.0
    return left


class Symbolic(Pickled):
    """What stands for a number and is none: the base of all expressions."""

    __slots__ = ()

    #: Tensors of torch leave the operators to us.
    __torch_function__ = classmethod(beside_tensor)


def coefficient(value: Any, of: Any = None, what: str = "coefficient") -> float:
    """The float of a number, refused with its reason where it cannot be a coefficient; `what` an error calls it."""
    number = real(value, what, of)
    if number != number or number in (inf, -inf):
        raise InvalidValue(
            f"The {what}{_of(of)} is {number}: it must be a finite number. "
            "Look where it was computed; a missing bound is written as lb=-math.inf, not as a coefficient."
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
            f"The {what} {quoted(given)}{_of(of)} is a {type(value).__name__}, and a real number is needed here."
        )
    try:
        number = float(value)
    except OverflowError:
        raise InvalidValue(f"The {what} {quoted(value)}{_of(of)} is too large for floating point.") from None
    except (TypeError, ValueError, RuntimeError) as error:
        raise ExpressionError(f"The {what} {quoted(value)} cannot be made a float: {quoted(error, str)}.") from None
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
    """May it stand beside an expression as a number?  So may an array or a tensor of one element, without labels.

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
    """Is it an array, or a tensor, of one element, which is not an expression?"""
    try:
        shape = tuple(value.shape)
        if shape and (math.prod(shape) != 1 or hasattr(value, "iloc") or hasattr(value, "coords")):  # it has labels
            return False
    except TypeError:  # a size that is not known, or a shape of another meaning
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
            f"The {what} {quoted(value)}{_of(of)} is a {type(value).__name__}{of_type}, and a real number is needed "
            "here."
        )
    if getattr(value, "mask", False) is not False and bool(value.mask):
        raise ExpressionError(f"The {what}{_of(of)} is masked, and a number is needed here. Fill it by .filled(...).")
    try:
        return value.item() if hasattr(value, "item") else value
    except (TypeError, ValueError, RuntimeError) as error:
        raise ExpressionError(f"The {what} {quoted(value)}{_of(of)} cannot be read: {quoted(error, str)}.") from None


def _of(of: Any) -> str:
    return "" if of is None else f" of {quoted(of, str)}"


def not_a_number(other: Any, beside: Any, is_equality: bool = False) -> Any:
    """What an operator returns for an operand that is neither a number nor an expression: NotImplemented.

    So types that are not known here have their say.  Raises `ExpressionError` for those that never have one: Python's
    own, numpy's and torch's; but ``x == None`` and ``x == "text"`` are False, as of anything in Python.
    """
    package = type(other).__module__.partition(".")[0]
    has_shape = hasattr(other, "shape")
    if package not in ("builtins", "datetime", "numpy", "torch") or (is_equality and not has_shape):
        return NotImplemented
    if has_shape and other.shape:
        of = f"the single expression {beside}" if isinstance(beside, Symbolic) else "an array of expressions"
        raise ExpressionError(
            f"An array beside {of} has numbers in it, not {getattr(other, 'dtype', 'anything else')}."
        )
    raise ExpressionError(
        f"{quoted(other)} is an unsupported operand beside {quoted(beside)}: a {type(other).__name__} is neither an "
        "expression nor a number, and is not supported."
    )


def each_of(things: Any, what: str) -> Iterator[Any]:
    """An iterator over them; over the variables of keyed ones.

    Refused is what has no elements (an expression, a number, an array without dimensions), no order (a set), or gives
    its keys, its column names or its letters instead (a dictionary, a frame, text).
    """
    if hasattr(things, "_by_key"):
        return iter(things.values())
    refuse_unordered(things, what)
    try:
        if not isinstance(things, Symbolic):
            return iter(things)
    except TypeError:
        pass
    raise ExpressionError(f"{what}, not {quoted(things)}.")


def two_of(pair: Any, of: Any) -> tuple[Any, Any]:
    """The two bounds of a pair; `ExpressionError` for anything else."""
    if isinstance(pair, (tuple, list)) and len(pair) == 2 and pair[0] is not None and pair[1] is not None:
        return pair[0], pair[1]
    raise ExpressionError(
        f"The bounds of {of} are a pair (lower, upper), not {quoted(pair)}. Write math.inf for no bound."
    )


def of_each(act: Callable[[Any], Any], things: Any) -> Any:
    """What `act` makes of each element of a list, a tuple or a mapping, in a list, a tuple or a dictionary."""
    if isinstance(things, Mapping):
        return {key: act(one) for key, one in things.items()}
    return type(things)(map(act, things)) if type(things) in (list, tuple) else tuple(map(act, things))


def refuse_unordered(things: Any, what: str) -> None:
    """Raise `ExpressionError` for what does not say, when it is iterated, what belongs to what.

    Dictionaries give their keys, frames the names of their columns, text its letters; sets have no order.
    `what` begins the message: who takes what.
    """
    name = type(things).__name__
    if isinstance(things, (str, bytes)):
        raise ExpressionError(f"{what}, not the text {quoted(things)}.")
    if isinstance(things, Mapping):
        function, takes = what.partition("()")[:2]
        values = f"{function}(d.values())" if takes and " " not in function else "d.values()"
        raise ExpressionError(f"{what}, and a {name} gives its keys. Write {values}.")
    if isinstance(things, (set, frozenset)):
        raise ExpressionError(f"{what}, and a {name} has no order. Write sorted(...), or use a list.")
    if hasattr(things, "columns") and hasattr(things, "shape"):
        raise ExpressionError(f"{what}, and a {name} gives the names of its columns. Take one column of it.")


def refuse_truths(things: Any) -> None:
    """Raise `ExpressionError` for an array or a series of truth values, given for relations."""
    if isinstance(things, Symbolic):
        return
    if str(getattr(things, "dtype", "")) in ("bool", "Boolean", "boolean") and things.shape:
        raise ExpressionError(
            f"A {type(things).__name__} of truth values is not relations: numbers were compared, or objects one by "
            "one. Compare expressions, with the array of variables on the left: x <= numbers."
        )


def shown(value: float) -> str:
    """A number as in an algebra book: 3 for 3.0."""
    return repr(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)


def made_name(letter: str, index: int, taken: Container[str]) -> str:
    """What a thing without a name is called: a letter and its number, which steps aside of names that users gave.

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
        raise InvalidValue(f"The constant added to {quoted(of, str)} is {number}: it must be a finite number.")
    if abs(number) > HUGE:
        raise InvalidValue(f"The constant {number!r} added to {quoted(of, str)} is beyond {HUGE}. Change its units.")
    return number


def right_hand_side(value: Any, of: Any, what: str = "right-hand side") -> float:
    """The float of a right-hand side or bound: infinite means none, NaN is refused; `what` an error calls it."""
    number = real(value, what, of)
    if number != number:
        raise InvalidValue(f"The {what}{_of(of)} is NaN: it must be a number. Look where it was computed.")
    if abs(number) >= HUGE and number not in (inf, -inf):
        raise InvalidValue(
            f"The {what} {number!r}{_of(of)} is beyond {HUGE}. Write math.inf for no bound, or change units."
        )
    return number


def check_sums(sums: Iterable[float], of: Any, what: str) -> None:
    """Raise `InvalidValue` where numbers that are good have made one that is beyond all: a sum, or a quotient."""
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
