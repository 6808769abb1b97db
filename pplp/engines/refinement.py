"""Iterative refinement: more digits of an optimum, computed by the same solver in floating point.

After Gleixner, Steffy and Wolter (Iterative refinement for linear programming, INFORMS J. Computing 28, 2016).  Let x
be a point and y duals that nearly solve

    minimize c'x  over  L <= A x <= U,  l <= x <= u

Their errors are computed exactly.  Then the solver solves the correction program, in which the errors are scaled up so
that it sees them.  With new variables s for the rows and the reduced costs d = c - A'y, that program is

    minimize Q (d'z + y's)  over  A z = s,  P (L - A x) <= s <= P (U - A x),  P (l - x) <= z <= P (u - x)

Let w be its duals.  Then x + z / P and y + w / Q gain as many correct digits as the solver computes.  The matrix is the
same except for s, so the last basis is a warm start.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from fractions import Fraction
from math import inf, isfinite
from typing import Callable, NamedTuple, Optional

from pplp.form.letters import AT_LOWER, AT_UPPER, BASIC, FIXED, FREE
from pplp.form.matrix_form import MatrixForm
from pplp.form.verification import dual_complaint, primal_complaint

__all__ = ["Claim", "Resolve", "refined"]

#: Three rounds reach 1e-20 if the solver has seven digits; numbers of very different sizes need more.
_ROUNDS = 6
#: The most by which the scale may grow from one round to the next, and its largest value.
_STEP = 10.0**12
_MOST = 10.0**100


class Claim(NamedTuple):
    """What a solver claims to be an optimum: values, duals, and the letters of its basis, columns before rows."""

    x: Sequence[float]
    y: Sequence[float]
    letters: str = ""


#: Solves a linear program from the basis of these letters; None if that gives no optimum.
Resolve = Callable[[MatrixForm, str], Optional[Claim]]


def refined(form: MatrixForm, claim: Claim, resolve: Resolve, tolerance: float) -> Optional[Claim]:
    """The claim, refined until it satisfies the tolerance; None if it never does."""
    x, y, letters = list(map(Fraction, claim.x)), list(map(Fraction, claim.y)), claim.letters
    point_scale = dual_scale = 1.0
    for _ in range(_ROUNDS):
        errors = _Errors(form, x, y)
        point_scale = _scale(errors.of_point(), point_scale)
        dual_scale = _scale(errors.of_duals(), dual_scale)
        start = letters + FIXED * form.rows if letters else ""
        found = resolve(errors.program(Fraction(point_scale), Fraction(dual_scale)), start)
        if found is None or not all(map(isfinite, (*found.x, *found.y))):
            return None
        x = [value + Fraction(step) / Fraction(point_scale) for value, step in zip(x, found.x)]
        y = [dual + Fraction(step) / Fraction(dual_scale) for dual, step in zip(y, found.y)]
        letters = _of_rows(form, found.letters)
        better = _rounded(form, x, y, letters)
        if holds(form, better, tolerance):
            return better
    return None


def holds(form: MatrixForm, claim: Claim, tolerance: float) -> bool:
    """True if the claim is feasible and optimal by the program's own data, within the tolerance."""
    if primal_complaint(form, claim.x, tolerance) is not None:
        return False
    return dual_complaint(form, claim.x, claim.y, reduced_costs(form, claim.y), tolerance) is None


def reduced_costs(form: MatrixForm, y: Sequence[float]) -> list[float]:
    """c - A'y, each rounded once."""
    d = list(map(Fraction, form.cost))
    for i, dual in enumerate(y):
        if dual:
            exact = Fraction(dual)
            for j, a in zip(*form.row(i)):
                d[j] -= Fraction(a) * exact
    return list(map(float, d))


def _scale(error: float, before: float) -> float:
    """The power of two that scales the error to about 1, but at most `_STEP` times the scale before."""
    wanted = min(1.0 / error if error > 0 else before, before * _STEP, _MOST)
    scale = 1.0
    while scale < wanted:
        scale *= 2.0
    while scale > 2.0 * wanted and scale > 1e-100:
        scale *= 0.5
    return scale


def _rounded(form: MatrixForm, x: Sequence[Fraction], y: Sequence[Fraction], letters: str) -> Claim:
    """The point and duals as floats; a nonbasic variable is exactly at its bound, or at 0 if it has none."""
    values = []
    for j, value in enumerate(x):
        low, high, letter = form.column_lower[j], form.column_upper[j], letters[j : j + 1]
        nearest = float(value)
        if letter in (AT_LOWER, FIXED) and low > -inf:
            nearest = low
        elif letter == AT_UPPER and high < inf:
            nearest = high
        elif letter == FREE:
            nearest = 0.0
        values.append(min(max(nearest, low), high) + 0.0)
    rows = letters[form.columns :]
    duals = [0.0 if rows[i : i + 1] == BASIC else float(dual) + 0.0 for i, dual in enumerate(y)]
    return Claim(values, duals, letters)


def _of_rows(form: MatrixForm, letters: str) -> str:
    """The letters of the program from those of its correction program.

    A row has the letter of its s, or is basic if the equation of its s is.
    """
    both = form.columns + form.rows
    rows = (BASIC if row == BASIC else of for of, row in zip(letters[form.columns : both], letters[both:]))
    return letters[: form.columns] + "".join(rows)


class _Errors:
    """The exact errors of a point and its duals: the violations, and the reduced costs."""

    def __init__(self, form: MatrixForm, x: Sequence[Fraction], y: Sequence[Fraction]) -> None:
        self._form, self._x, self._duals = form, x, y
        self._rows: list[Fraction] = []
        self._reduced_costs = list(map(Fraction, form.cost))
        for i in range(form.rows):
            total = Fraction(0)
            for j, a in zip(*form.row(i)):
                factor = Fraction(a)
                if x[j]:
                    total += factor * x[j]
                if y[i]:
                    self._reduced_costs[j] -= factor * y[i]
            self._rows.append(total)

    def of_point(self) -> float:
        """The largest violation: of a bound, or of a row relative to its largest coefficient."""
        form, worst = self._form, 0.0
        for value, low, high in zip(self._x, form.column_lower, form.column_upper):
            worst = max(worst, _outside(value, low, high))
        for i, value in enumerate(self._rows):
            off = _outside(value, form.row_lower[i], form.row_upper[i])
            if off > worst:
                worst = max(worst, off / max(map(abs, form.row(i)[1]), default=1.0))
        return worst

    def of_duals(self) -> float:
        """The largest dual or reduced cost of a row or column that is not at the bound that the sign requires."""
        form, worst = self._form, 0.0
        sign = -1 if form.maximize else 1
        of_columns = self._reduced_costs, self._x, form.column_lower, form.column_upper
        of_rows = self._duals, self._rows, form.row_lower, form.row_upper
        for dual, value, low, high in (*zip(*of_columns), *zip(*of_rows)):
            is_held = value <= low if sign * dual > 0 else value >= high
            if dual and not is_held:
                worst = max(worst, abs(float(dual)))
        return worst

    def program(self, point_scale: Fraction, dual_scale: Fraction) -> MatrixForm:
        """The correction program."""
        form, n = self._form, self._form.columns
        lower, upper = _moved(form.column_lower, form.column_upper, self._x, point_scale)
        row_lower, row_upper = _moved(form.row_lower, form.row_upper, self._rows, point_scale)
        starts, indices, values = array("q", [0]), array("i"), array("d")
        for i in range(form.rows):
            terms, factors = form.row(i)
            indices += terms
            values += factors
            indices.append(n + i)
            values.append(-1.0)
            starts.append(len(indices))
        zeros = array("d", bytes(8 * form.rows))
        cost = array("d", [_float(dual * dual_scale) for dual in (*self._reduced_costs, *self._duals)])
        return MatrixForm(
            *(form.maximize, 0.0, cost, lower + row_lower, upper + row_upper, bytes(n + form.rows)),
            *(zeros, zeros, starts, indices, values),
        )


def _outside(value: Fraction, low: float, high: float) -> float:
    return float(Fraction(low) - value) if value < low else float(value - Fraction(high)) if value > high else 0.0


def _float(number: Fraction) -> float:
    try:
        return float(number)
    except OverflowError:
        return 1e300 if number > 0 else -1e300


def _moved(
    lower: Sequence[float], upper: Sequence[float], values: Sequence[Fraction], scale: Fraction
) -> tuple[array[float], array[float]]:
    """scale * (bound - value); infinite if it gets too large."""
    ends = []
    for bounds in (lower, upper):
        moved = [
            bound if abs(bound) == inf else _float(scale * (Fraction(bound) - value))
            for bound, value in zip(bounds, values)
        ]
        ends.append(array("d", [end if abs(end) < 1e100 else inf if end > 0 else -inf for end in moved]))
    return ends[0], ends[1]
