"""Equations of integers that no integers satisfy, by their common divisor."""

from __future__ import annotations

from math import gcd
from typing import Optional

from pplp.matrix_form import MatrixForm

__all__ = ["no_integer_solution"]


def no_integer_solution(form: MatrixForm) -> Optional[str]:
    """An equation of integers whose right-hand side their common divisor does not divide.

    With unbounded variables branch and bound would search for its solution for ever.
    """
    for i, (lower, upper) in enumerate(zip(form.row_lower, form.row_upper)):
        if lower != upper or lower != int(lower):
            continue
        indices, values = form.row(i)
        if not len(indices) or not all(form.integer[j] for j in indices) or any(a != int(a) for a in values):
            continue
        divisor = gcd(*map(int, values)) if len(values) > 1 else abs(int(values[0]))
        if int(lower) % divisor:
            name = form.row_label(i)
            return (
                f"The constraint {name} has no integer solution: all its coefficients are multiples of {divisor}, "
                f"and its right-hand side {int(lower)} is not."
            )
    return None
