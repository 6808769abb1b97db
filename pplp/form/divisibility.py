"""Equations of integers that no integers satisfy, by their common divisor."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, isfinite
from typing import Optional

from pplp.form.matrix_form import MatrixForm
from pplp.ground.decimals import rational

__all__ = ["no_integer_solution"]

#: Decimals of more places than this may be rounded, and are not counted on.
_FINEST = 10**9
#: Equations with more terms are looked at only where all their numbers are whole: fractions take time.
_MOST = 30


def no_integer_solution(form: MatrixForm) -> Optional[str]:
    """An equation of integers whose right-hand side their common divisor does not divide, as 0.5 x + 0.5 y = 0.3.

    With unbounded variables branch and bound would search for its solution for ever.
    """
    for i, (lower, upper) in enumerate(zip(form.row_lower, form.row_upper)):
        if lower != upper or not isfinite(lower):
            continue
        indices, values = form.row(i)
        if not len(indices) or not all(form.integer[j] for j in indices):
            continue
        if lower.is_integer() and all(map(float.is_integer, values)):
            side, divisor = Fraction(int(lower)), Fraction(gcd(*map(int, values)))
        elif len(values) > _MOST:
            continue
        else:
            side, *factors = map(rational, (lower, *values))
            if max(number.denominator for number in (side, *factors)) > _FINEST:
                continue
            divisor = _common_divisor(factors)
        if side % divisor:
            return (
                f"The constraint {form.row_label(i)} has no integer solution: all its coefficients are multiples of "
                f"{float(divisor):g}, and its right-hand side {float(side):g} is not."
            )
    return None


def _common_divisor(numbers: list[Fraction]) -> Fraction:
    """The greatest number that all of these are multiples of."""
    scale = 1
    for number in numbers:
        scale = scale * number.denominator // gcd(scale, number.denominator)
    divisor = 0
    for number in numbers:
        divisor = gcd(divisor, int(number * scale))
    return Fraction(divisor, scale)
