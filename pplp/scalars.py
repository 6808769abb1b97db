"""Numbers that users write: what may be a coefficient, a constant, a bound, and what is refused, with its reason."""

from __future__ import annotations

import math
import warnings
from collections.abc import Container, Iterator
from typing import Any, Union

from pplp.errors import ExpressionError, InvalidValue

__all__ = [
    "Number",
    "Symbolic",
    "coefficient",
    "constant",
    "counted",
    "each_of",
    "is_number",
    "made_name",
    "real",
    "right_hand_side",
    "shown",
    "two_of",
]

inf = math.inf
#: Numbers of this range, and their negatives, are good as they are: exact, finite, not denormal.
SMALL, LARGE = 1e-100, 2.0**53
EXACT = 2**53
LEAST = -LARGE
#: Beyond this no solver's arithmetic holds.
HUGE = 1e100

Number = Union[int, float]


class Symbolic:
    """What stands for a number and is none: the base of all expressions."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: Any) -> Any:
        return super().__reduce_ex__(max(protocol, 2))  # the older ones know no slots


def coefficient(value: Any, of: Any = None) -> float:
    """The float of a number, refused with its reason where it cannot be a coefficient."""
    number = real(value, "coefficient", of)
    if number != number or number in (inf, -inf):
        raise InvalidValue(
            f"The coefficient of {of} is {number}: it must be a finite number. "
            "Look where it was computed; a missing bound is written as lb=-math.inf, not as a coefficient."
        )
    if number and not SMALL <= abs(number) <= HUGE:
        raise InvalidValue(
            f"The coefficient {number!r} of {of} is out of the range {SMALL} to {HUGE} that "
            "floating-point solvers can work with. Change the units of the row or the variable."
        )
    return number


def real(value: Any, what: str, of: Any = None) -> float:
    """The float of any real number: int, float, Fraction, Decimal, numpy scalar; NaN passes."""
    if isinstance(value, (Symbolic, str, bytes)) or not hasattr(type(value), "__float__"):
        raise ExpressionError(
            f"The {what} {value!r}{f' of {of}' if of is not None else ''} is a {type(value).__name__}, "
            "and a real number is needed here."
        )
    try:
        number = float(value)
    except OverflowError:
        raise InvalidValue(f"The {what} {str(value)[:20]}... is too large for floating point.") from None
    except (TypeError, ValueError) as error:
        raise ExpressionError(f"The {what} {value!r} cannot be made a float: {error}.") from None
    if isinstance(value, int) and int(number) != value:
        warnings.warn(
            f"The integer {value} has more than 53 bits and was rounded to {number!r}.", RuntimeWarning, stacklevel=4
        )
    return number


def is_number(value: Any) -> bool:
    """May it stand beside an expression as a number?  Arrays and text may not."""
    kind = type(value)
    return (
        kind is float
        or kind is int
        or (hasattr(kind, "__float__") and not isinstance(value, Symbolic) and not getattr(value, "shape", ()))
    )


def each_of(things: Any, what: str) -> Iterator[Any]:
    """An iterator over them, refused where there is none: of an expression, a number, an array without dimensions."""
    try:
        if not isinstance(things, Symbolic):
            return iter(things)
    except TypeError:
        pass
    raise ExpressionError(f"{what}, not {things!r}.")


def two_of(pair: Any, of: Any) -> tuple[Any, Any]:
    """The two bounds of a pair; `ExpressionError` for anything else."""
    if isinstance(pair, (tuple, list)) and len(pair) == 2 and pair[0] is not None and pair[1] is not None:
        return pair[0], pair[1]
    raise ExpressionError(f"The bounds of {of} are a pair (lower, upper), not {pair!r}. Write math.inf for no bound.")


def shown(value: float) -> str:
    """A number as in an algebra book: 3 for 3.0."""
    return repr(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)


def counted(count: int, noun: str) -> str:
    """So many of them.

    >>> counted(1, "row"), counted(0, "row")
    ('1 row', '0 rows')
    """
    return f"{count} {noun}{'s' * (count != 1)}"


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
        raise InvalidValue(f"The constant added to {of} is {number}: it must be a finite number.")
    if abs(number) > HUGE:
        raise InvalidValue(f"The constant {number!r} added to {of} is beyond {HUGE}. Change its units.")
    return number


def right_hand_side(value: Any, of: Any) -> float:
    """The float of a right-hand side or bound: infinite means none, NaN is refused."""
    number = real(value, "right-hand side", of)
    if number != number:
        raise InvalidValue(f"The right-hand side of {of} is NaN: it must be a number. Look where it was computed.")
    if abs(number) >= HUGE and number not in (inf, -inf):
        raise InvalidValue(
            f"The right-hand side {number!r} of {of} is beyond {HUGE}. Write math.inf for no bound, or change units."
        )
    return number
