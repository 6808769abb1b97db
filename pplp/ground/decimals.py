"""The exact value that a float stands for: the decimal that was written, if it is short, else its binary value."""

from __future__ import annotations

from fractions import Fraction

__all__ = ["is_written", "rational"]

#: Decimals of at most this many digits survive a round trip through a float.  Longer ones come from computations.
_DIGITS = 15


def rational(number: float) -> Fraction:
    """The number as a fraction: 0.1 is 1/10, but 1/3, which a float rounds to 16 digits, is the value of that float.

    >>> rational(0.1), rational(2.0), rational(2.0**-30) == Fraction(1, 2**30)
    (Fraction(1, 10), Fraction(2, 1), True)
    """
    number = float(number)
    if number.is_integer():
        return Fraction(int(number))
    return Fraction(repr(number)) if is_written(number) else Fraction(number)


def is_written(number: float) -> bool:
    """True for an integer, or a decimal so short that a float reproduces it as written.

    >>> is_written(0.1), is_written(0.1 + 0.2), is_written(1e300)
    (True, False, True)
    """
    digits = repr(number).partition("e")[0].replace(".", "").lstrip("-0").rstrip("0")
    return len(digits) <= _DIGITS or number.is_integer()
