"""Proofs by common divisors that no integers satisfy some constraints.

The value of a row of integers is always a multiple of the common divisor of its coefficients: 0.5 x + 0.5 y is never
0.3, and 3 x - 3 y is never between 1 and 2.  A theorem of Kronecker and Van der Waerden extends this to several
equations A x = b: they have an integer solution exactly when there are no multipliers u for which u A is integer, and
u b is not.  Branch and bound finds none of these proofs, and with unbounded variables it searches without limit.

Right-hand sides may be rounded, so a proof must not depend on their last digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, gcd, isfinite, lcm
from typing import Any, NamedTuple, Optional

from pplp.engines.factorization import Rational
from pplp.engines.judgment import last_digits
from pplp.form.matrix_form import MatrixForm
from pplp.ground.decimals import is_written, rational

__all__ = ["IntegerContradiction", "contradictory_equations", "indivisible", "no_integer_solution"]

#: Numbers with a greater denominator, such as decimals of more than nine places, may be rounded, and are not used.
_FINEST = 10**9
#: Rows with more terms are checked only if all their numbers are integers, because fractions take time.
_MOST = 30
#: The elimination gives up when integers get more bits than this.
_BITS = 4096


# ---- one row
def indivisible(form: MatrixForm, i: int) -> Optional[Fraction]:
    """The common divisor of a row of integers, if no multiple of it is within the row's bounds; else None."""
    lower, upper = form.row_lower[i], form.row_upper[i]
    if not (isfinite(lower) and isfinite(upper)):
        return None
    indices, values = form.row(i)
    if not any(values) or not all(form.integer[j] for j in indices):
        return None
    if lower.is_integer() and upper.is_integer() and all(map(float.is_integer, values)):
        divides = gcd(*map(int, values))
        if upper - lower >= divides or int(lower) % divides == 0:  # the common case, without fractions
            return None
        low, high, divisor = Fraction(int(lower)), Fraction(int(upper)), Fraction(divides)
    elif len(values) > _MOST:
        return None
    else:
        low, high, *factors = map(rational, (lower, upper, *values))
        if _are_too_fine([low, high]) or not _are_sure(values):
            return None
        divisor = _common_divisor(factors)
        low, high = low - Fraction(last_digits(lower, True)), high + Fraction(last_digits(upper, True))
    return divisor if ceil(low / divisor) > floor(high / divisor) else None


def no_integer_solution(form: MatrixForm) -> Optional[str]:
    """A message: why some row of integers has no solution; None if each has one."""
    for i, (lower, upper) in enumerate(zip(form.row_lower, form.row_upper)):
        if not upper - lower < _FINEST:
            continue
        divisor = indivisible(form, i)
        if divisor is not None:
            return _reason(form, i, divisor)
    return None


def _reason(form: MatrixForm, i: int, divisor: Fraction) -> str:
    """A message: why this row of integers has no solution."""
    row, lower, upper = form.row_label(i), form.row_lower[i], form.row_upper[i]
    indices, values = form.row(i)
    if len(indices) == 1:
        name, (low, high) = form.column_label(indices[0]), sorted((lower / values[0], upper / values[0]))
        needed = f"{name} == {low:g}" if low == high else f"{low:g} <= {name} <= {high:g}"
        return f"No integer {name} satisfies the constraint {row}, which requires {needed}."
    side = f"right-hand side {lower:g} is not" if lower == upper else f"bounds {lower:g} and {upper:g} enclose none"
    return (
        f"The constraint {row} has no integer solution: all its coefficients are multiples of "
        f"{float(divisor):g}, and its {side}."
    )


def _are_too_fine(numbers: Iterable[Fraction]) -> bool:
    return max(number.denominator for number in numbers) > _FINEST


def _are_sure(coefficients: Iterable[float]) -> bool:
    """True if no coefficient has so many digits or decimal places that it may be rounded."""
    return all(is_written(a) and rational(a).denominator <= _FINEST for a in coefficients)


def _common_divisor(numbers: list[Fraction]) -> Fraction:
    """The greatest common divisor of these fractions: the largest number that all of them are multiples of."""
    scale = lcm(*(number.denominator for number in numbers))
    return Fraction(gcd(*(int(number * scale) for number in numbers)), scale)


# ---- equations
class IntegerContradiction(NamedTuple):
    """Multipliers of equations whose weighted sum has integer coefficients, and a right-hand side that is not."""

    multipliers: dict[int, Fraction]
    side: Fraction

    def said(self, form: MatrixForm) -> str:
        """The proof as a message."""
        parts = [f"({multiplier}) * {form.row_label(i)}" for i, multiplier in sorted(self.multipliers.items())]
        shown = [*parts[:_SHOWN], f"{len(parts) - _SHOWN} more"] if len(parts) > _SHOWN else parts
        return (
            f"No integers satisfy the equations: in {' + '.join(shown)} the coefficient of every variable is whole, "
            f"and the right-hand side {self.side} is not."
        )


#: The most equations that a message names.
_SHOWN = 8


@dataclass
class _Equation:
    """A weighted sum of equations: its coefficients for the current unknowns, its right-hand side, and the weights."""

    terms: dict[int, Rational]
    side: Fraction
    multipliers: dict[int, Fraction]

    def subtract(self, factor: Rational, other: _Equation) -> None:
        """Subtract a multiple of another equation."""
        _subtract(self.terms, factor, other.terms)
        _subtract(self.multipliers, factor, other.multipliers)
        self.side -= factor * other.side

    def divided(self, divisor: Rational) -> IntegerContradiction:
        """The equation divided by a number, as a contradiction."""
        return IntegerContradiction({i: a / divisor for i, a in self.multipliers.items()}, self.side / divisor)


def _subtract(mine: dict[int, Any], factor: Rational, its: dict[int, Any]) -> None:
    for k, a in its.items():
        left = mine.get(k, 0) - factor * a
        if left:
            mine[k] = left
        else:
            mine.pop(k, None)


def contradictory_equations(form: MatrixForm) -> Optional[IntegerContradiction]:
    """Multipliers that prove that no integers satisfy all equations; None if some do, or numbers grow too large.

    The continuous variables are eliminated first.  Then, one equation at a time, the integer unknowns are replaced by
    others (Euclid's algorithm on the columns) until the equation has a single one.  That one's value is then known: if
    it is an integer, it is substituted in the other equations.
    """
    waiting = _without_continuous(form, list(_equations(form)))
    for equation in waiting:
        scale = lcm(*(a.denominator for a in equation.terms.values()))
        equation.terms = {j: int(scale * a) for j, a in equation.terms.items()}
        equation.side *= scale
        equation.multipliers = {i: scale * a for i, a in equation.multipliers.items()}
    while waiting:
        waiting.sort(key=lambda equation: -len(equation.terms))
        equation = waiting.pop()
        if not equation.terms:
            if abs(equation.side) > _rounding(form, equation.multipliers):
                return equation.divided(2 * equation.side)  # scaled to 0 = 1/2
            continue
        column = _euclid(equation, waiting)
        if column is None:
            return None
        divisor = equation.terms[column]
        off = abs(equation.side / divisor - round(equation.side / divisor))
        if off:
            is_clear = off > _rounding(form, equation.multipliers) / abs(Fraction(divisor))
            return _reduced(form, equation.divided(divisor)) if is_clear else None
        for other in waiting:
            if column in other.terms:
                other.subtract(Fraction(other.terms[column]) / divisor, equation)
    return None


def _rounding(form: MatrixForm, multipliers: dict[int, Fraction]) -> Fraction:
    """How much of the right-hand side of this weighted sum of equations may be rounding of the data."""
    total = Fraction(0)
    for i, multiplier in multipliers.items():
        fixed = [(a, form.column_lower[j]) for j, a in zip(*form.row(i)) if _is_fixed(form, j)]
        parts = [last_digits(form.row_lower[i], True), *(abs(a) * last_digits(value, True) for a, value in fixed)]
        total += abs(multiplier) * Fraction(sum(parts))
    return total


def _equations(form: MatrixForm) -> Iterator[_Equation]:
    """The equations, with fixed variables moved to the right-hand side, and without those that may be rounded."""
    for i, (low, high) in enumerate(zip(form.row_lower, form.row_upper)):
        if low != high or not isfinite(low):
            continue
        indices, values = form.row(i)
        fixed = {j: rational(form.column_lower[j]) for j in indices if _is_fixed(form, j)}
        side, *factors = map(rational, (low, *values))
        if _are_too_fine([side, *fixed.values()]) or not _are_sure(values):
            continue
        terms: dict[int, Rational] = {}
        for j, a in zip(indices, factors):
            if j in fixed:
                side -= a * fixed[j]
            elif a:
                terms[j] = a
        yield _Equation(terms, side, {i: Fraction(1)})


def _without_continuous(form: MatrixForm, equations: list[_Equation]) -> list[_Equation]:
    """The equations in the integers alone, after the elimination of the continuous variables."""
    left = equations
    while True:
        found = next(((e, j) for e in left for j in e.terms if not form.integer[j]), None)
        if found is None:
            return left
        pivot, column = found
        left = [equation for equation in left if equation is not pivot]
        for equation in left:
            if column in equation.terms:
                equation.subtract(Fraction(equation.terms[column]) / pivot.terms[column], pivot)


def _euclid(equation: _Equation, others: list[_Equation]) -> Optional[int]:
    """Replace unknowns by others until the equation has a single one; returns its column; None if numbers get large.

    Replacing x by x' = x + q y, with an integer q, lowers the coefficient of y by q times that of x.
    """
    terms = equation.terms
    while len(terms) > 1:
        pivot = min((abs(Fraction(a)), j) for j, a in terms.items())[1]
        for j in [j for j in terms if j != pivot]:
            factor = terms[j] // terms[pivot]
            for each in (equation, *others):
                if pivot in each.terms:
                    _subtract(each.terms, factor, {j: each.terms[pivot]})
        if any(a.numerator.bit_length() > _BITS for each in (equation, *others) for a in each.terms.values()):
            return None
    return next(iter(terms))


def _reduced(form: MatrixForm, found: IntegerContradiction) -> IntegerContradiction:
    """The same proof without integer multiples of all-integer equations, which add nothing to it."""
    multipliers, side = {}, found.side
    for i, multiplier in found.multipliers.items():
        indices, values = form.row(i)
        is_whole = all(form.integer[j] for j in indices) and all(map(float.is_integer, (form.row_lower[i], *values)))
        rest = multiplier - floor(multiplier) if is_whole else multiplier
        if rest:
            multipliers[i] = rest
        if rest != multiplier:
            fixed = sum(int(a) * int(form.column_lower[j]) for j, a in zip(indices, values) if _is_fixed(form, j))
            side -= (multiplier - rest) * (int(form.row_lower[i]) - fixed)
    return IntegerContradiction(multipliers, side)


def _is_fixed(form: MatrixForm, j: int) -> bool:
    return form.column_lower[j] == form.column_upper[j]
