"""Bounds as a user edits them: one side, both at once, or fixed for a while; and the check that they do not cross.

`x.lb` and `x.ub` are two assignments.  Between them the lower bound may be above the upper one, as after ``x.lb = 7``
when x was fixed at 5.  So one side may cross, and is remembered.  Before the program is used as a whole (in a
solve, a file, a report), `check_sides` raises for those that still cross.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import inf
from operator import le
from typing import TYPE_CHECKING, Any, Literal, Optional

from pplp.core.constraints import Constraint, constraint_at
from pplp.core.expressions import Variable
from pplp.core.handle import index_of, place_of, store_of
from pplp.core.owner import (
    bound_rows_of,
    bounds_at,
    check_living,
    columns_of,
    count_edit,
    crossed_of,
    journal_of,
    reformulations_of,
    rows_of,
)
from pplp.core.rows import _Named
from pplp.core.scalars import HUGE, QUOTIENT, are_crossed, check_sums, fixed_value, is_number, right_hand_side, shown
from pplp.core.turns import edits
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.core.owner import Owner

__all__ = [
    "Side",
    "are_sound",
    "change_sides",
    "check_ready",
    "check_quotients",
    "check_reliances",
    "check_sides",
    "checked_bounds",
    "fix_each",
    "put_constraint_bounds",
    "put_variable_bounds",
    "refuse_fixed",
    "set_sides",
    "unfix_each",
]

#: The side of a row or of a variable that a bound is on.
Side = Literal["lower", "upper"]

#: A value this close to an integer counts as that integer.
_NEAR = 1e-9


def checked_bounds(name: Optional[str], lower: Any, upper: Any) -> tuple[float, float]:
    """The bounds as floats; raises `InvalidValue` for NaN and crossed ones."""
    of = name or "a new variable"
    low, high = _checked(lower, of, "lower"), _checked(upper, of, "upper")
    if are_crossed(low, high):
        raise InvalidValue(
            f"The lower bound {low:g} of {of} is above its upper bound {high:g}. Swap them, or correct one."
        )
    _check_room(low, high, of)
    return low, high


def change_sides(of: str, now: tuple[float, float], lower: Any, upper: Any) -> tuple[float, float]:
    """The new bounds; None leaves a side as it is.  A single side may cross the other.

    Raises `InvalidValue` for NaN, for bounds that leave no value, and for two new ones that cross.
    """
    if (lower is None) is (upper is None):
        return checked_bounds(of, lower, upper)
    low = now[0] if lower is None else _checked(lower, of, "lower")
    high = now[1] if upper is None else _checked(upper, of, "upper")
    _check_room(low, high, of)
    return low, high


def _checked(bound: Any, of: str, side: str) -> float:
    if not is_number(bound):
        raise ExpressionError(
            f"The {side} bound of {of} must be a number, not {quoted(bound)}. Write math.inf for no bound."
        )
    return right_hand_side(bound, of, f"{side} bound")


def _check_room(low: float, high: float, of: str) -> None:
    if low == inf or high == -inf:
        raise InvalidValue(
            f"The bounds [{low}, {high}] of {of} leave it no value. Write lb=-math.inf or ub=math.inf for no bound."
        )


def check_quotients(factor: float, lower: float, upper: float, of: Any) -> None:
    """Raise `InvalidValue` if ``lower <= factor * x <= upper`` would bound x beyond what solvers can work with."""
    check_sums((lower / factor, upper / factor), of, QUOTIENT)


# ---- many variables at once
def are_sound(lower: Any, upper: Any) -> bool:
    """A quick check that they are numbers, in order, and of a size that solvers can work with."""
    for bounds in (lower, upper):
        several = bounds if isinstance(bounds, list) else [bounds]
        # With NaN in it, or with both infinities, the sum is NaN.
        if not {*map(type, several)} <= {int, float}:
            return False
        try:
            total = sum(several)
        except OverflowError:  # for integers beyond the range of floats
            return False
        if total != total:
            return False
        for end in (min(several, default=0.0), max(several, default=0.0)):
            if abs(end) >= HUGE and (end not in (inf, -inf) or not _are_infinite_or_moderate(several)):
                return False
    if isinstance(lower, list) and isinstance(upper, list):
        return all(map(le, lower, upper)) and inf not in lower and -inf not in upper
    least = min(upper, default=inf) if isinstance(upper, list) else upper
    most = max(lower, default=-inf) if isinstance(lower, list) else lower
    return bool(most <= least and most != inf and least != -inf)


def _are_infinite_or_moderate(bounds: list[float]) -> bool:
    return all(abs(bound) < HUGE for bound in {*bounds} - {inf, -inf})


@edits
def set_sides(
    program: Owner,
    indices: Sequence[int],
    lower: Optional[Sequence[float]] = None,
    upper: Optional[Sequence[float]] = None,
) -> None:
    """Set one bound of these variables, or both, which ends a fix; all of them, or none and an error."""
    columns = columns_of(program)
    check_living(program, indices)
    fixed = [j for j in indices if j in columns.fixed] if columns.fixed else []
    if fixed and (lower is None or upper is None):
        refuse_fixed(program, fixed[0])
    lows = [columns.lower[j] for j in indices] if lower is None else list(lower)
    highs = [columns.upper[j] for j in indices] if upper is None else list(upper)
    if not are_sound(-inf if lower is None else lows, inf if upper is None else highs):
        for k, j in enumerate(indices):
            now = lows[k], highs[k]
            asked = None if lower is None else now[0], None if upper is None else now[1]
            lows[k], highs[k] = change_sides(columns.label(j), now, *asked)
    _put(program, indices, lows, highs)
    for j in fixed:  # both bounds are new
        columns.fixed.pop(j, None)


def _put(program: Owner, indices: Sequence[int], lows: Sequence[float], highs: Sequence[float]) -> None:
    """Set bounds that were already checked."""
    columns, crossed = columns_of(program), crossed_of(program)
    journal = journal_of(program)
    if journal is not None:  # first: if this is interrupted, the engine still hears of all that was done
        journal.bounds.update(indices)
    count_edit(program)
    old = [(columns.lower[j], columns.upper[j]) for j in indices]
    try:
        for j, low, high in zip(indices, lows, highs):
            columns.lower[j], columns.upper[j] = low, high
    except BaseException:
        for j, (low, high) in zip(indices, old):
            columns.lower[j], columns.upper[j] = low, high
        raise
    if crossed or not all(map(le, lows, highs)):
        for j, low, high in zip(indices, lows, highs):
            if are_crossed(low, high):
                crossed[Variable, j] = None
            else:
                crossed.pop((Variable, j), None)


def put_variable_bounds(program: Owner, index: int, low: float, high: float) -> None:
    """Set the bounds of the variable of this index, which were checked."""
    columns, crossed, journal = columns_of(program), crossed_of(program), journal_of(program)
    columns.lower[index], columns.upper[index] = low, high
    if are_crossed(low, high):
        crossed[Variable, index] = None
    elif crossed:
        crossed.pop((Variable, index), None)
    count_edit(program)
    if journal is not None:
        journal.bounds.add(index)


def put_constraint_bounds(
    program: Owner, constraint: Constraint, store: _Named, row: int, low: float, high: float
) -> None:
    """Set sides that were checked."""
    crossed, journal = crossed_of(program), journal_of(program)
    store.lower[row], store.upper[row] = low, high
    if are_crossed(low, high):
        crossed[type(constraint), index_of(constraint)] = None
    elif crossed:
        crossed.pop((type(constraint), index_of(constraint)), None)
    count_edit(program)
    if journal is not None:
        if store is rows_of(program):
            journal.row_bounds.add(row)
        elif store is bound_rows_of(program):
            journal.bounds.add(bound_rows_of(program).column[row])


@edits
def fix_each(program: Owner, indices: Sequence[int], values: Sequence[Any]) -> None:
    """Fix these variables at values, whatever their own bounds are; all of them, or none and an error."""
    columns = columns_of(program)
    check_living(program, indices)
    checked = [_fixable(columns.label(j), value, columns.is_integer(j)) for j, value in zip(indices, values)]
    for j in indices:
        columns.fixed.setdefault(j, (columns.lower[j], columns.upper[j]))
    _put(program, indices, checked, checked)


def _fixable(name: str, value: Any, integer: bool) -> float:
    number = fixed_value(value, name)
    if integer and abs(number - round(number)) > _NEAR:
        raise InvalidValue(
            f"{name} is an integer variable and cannot be fixed at {number!r}. Give it an integer, or set "
            f"{name}.integer = False first."
        )
    return float(round(number)) if integer else number


@edits
def unfix_each(program: Owner, indices: Sequence[int]) -> None:
    """Restore the bounds that these variables had before they were fixed; skips those that are not fixed."""
    check_living(program, indices)
    fixed = columns_of(program).fixed
    held = [j for j in dict.fromkeys(indices) if j in fixed]
    if held:
        _put(program, held, *zip(*[fixed[j] for j in held]))
        for j in held:
            del fixed[j]


def refuse_fixed(program: Owner, index: int) -> None:
    """Raise the error for setting one bound of a variable that is fixed."""
    columns = columns_of(program)
    name = columns.label(index)
    raise InvalidValue(
        f"{name} is fixed at {shown(columns.lower[index])}, so one bound alone cannot be set. Write {name}.unfix() "
        f"first, {name}.fix(...) for another value, or {name}.bounds = lower, upper for new bounds."
    )


# ---- before the program is read as a whole
def check_ready(program: Owner) -> None:
    """Raise `InvalidValue` where bounds cross, or where they are wider than a big-M takes them to be."""
    if crossed_of(program):
        check_sides(program)
    check_reliances(program)


def check_sides(program: Owner) -> None:
    """Raise `InvalidValue` if the lower bound of a variable or constraint is above its upper bound."""
    for kind, index in list(crossed_of(program)):
        if kind is Variable:
            if index in columns_of(program).removed:
                continue
            name, low, high = (
                columns_of(program).label(index),
                columns_of(program).lower[index],
                columns_of(program).upper[index],
            )
            both = f"({name}.fix({shown(low)}), {name}.bounds = {shown(high)}, {shown(low)})"
        else:
            handle = constraint_at(program, kind, index)
            if place_of(handle) in store_of(handle).removed:
                continue
            low, high, name = handle.lb, handle.ub, handle.name
            both = f"({name}.bounds = {shown(high)}, {shown(low)})"
        raise InvalidValue(
            f"The lower bound {shown(low)} of {name} is above its upper bound {shown(high)}. "
            f"Set both together {both}, or raise the upper one first."
        )


def check_reliances(program: Owner) -> None:
    """Raise `InvalidValue` if a variable has left the bounds that a big-M was derived from.

    Called before the engine gets edits: anything not edited since the last time was checked then.
    """
    store = reformulations_of(program)
    if not store.reliances:
        return
    columns, journal = columns_of(program), journal_of(program)
    edited: Collection[int] = store.reliances
    if journal is not None:
        edited = store.reliances.keys() & {*journal.bounds, *journal.kinds, *journal.removed_columns}
    for column in sorted(edited):
        removed = column in columns.removed
        low, high = (0.0, 0.0) if removed else bounds_at(program, column)
        for index, (lower, upper, integer) in store.reliances[column]:
            title, name = store.titles[index], columns.label(column)
            remedy = "" if removed else "Tighten the bound again, or "
            if removed and not lower <= 0 <= upper:
                said = f"{name} within [{lower:g}, {upper:g}], but {name} was removed since and counts as 0"
            elif low < lower:
                said = f"{name} >= {lower:g}, but the lower bound of {name} is now {low:g}"
            elif high > upper:
                said = f"{name} <= {upper:g}, but the upper bound of {name} is now {high:g}"
            elif integer and not removed and not columns.is_integer(column):
                said, remedy = f"an integer {name}, but {name} is now continuous", ""
            else:
                continue
            raise InvalidValue(
                f"{title} was written for {said}: its rows could cut off solutions. {remedy}"
                "remove() its record and add the constraint again."
            )
