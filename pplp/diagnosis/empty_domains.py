"""Integer variables whose bounds, and constraints on them alone, leave no integer."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING, Optional

from pplp.core.constraints import BoundConstraint, Constraint, constraint_at
from pplp.core.expressions import variable_at
from pplp.core.owner import bound_rows_of, bounds_at, columns_of
from pplp.core.relations import show_row
from pplp.core.scalars import integral
from pplp.diagnosis.certificates import Handle, bound_as_written
from pplp.diagnosis.members import parts_of
from pplp.form.compiler import column_places

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["empty_domain", "unsolvable_rows"]


def empty_domain(program: Solvable) -> str:
    """Why some integer variable has no feasible value, quoting its bounds as written; empty if all have one."""
    columns = columns_of(program)
    for j in column_places(program).indices() if columns.integer else ():
        if not columns.is_integer(j) or not _is_empty(*bounds_at(program, j)):
            continue
        name = variable_at(program, j).name
        for row in unsolvable_rows(program, j):
            return f"No integer {name} satisfies {row!r}. Change the constraint, or make {name} continuous."
        first, second = _as_written(program, j)
        both = first if second is None else f"both {first} and {second}"
        return f"No integer {name} satisfies {both}. Change a bound, or make {name} continuous."
    return ""


def unsolvable_rows(program: Solvable, j: int) -> Iterator[Constraint]:
    """The constraints with no other variable than this one that no integer satisfies, such as ``2*i == 3``."""
    store = bound_rows_of(program)
    for row in store.of_column.get(j, ()):
        if row not in store.removed and _is_empty(*store.interval(row)):
            yield constraint_at(program, BoundConstraint, row)


def _is_empty(lower: float, upper: float) -> bool:
    """True if there is no integer between these bounds, up to rounding."""
    lower, upper = integral(lower, upper)
    return lower > upper


def _as_written(program: Solvable, j: int) -> tuple[str, Optional[str]]:
    """The two bounds in force as text; the second is None if one variable or constraint sets both."""
    (low_of, low_side, low), (high_of, high_side, high) = (bound_as_written(program, j, side) for side in (0, 1))
    if low_of is high_of or low_of == high_of:
        return _text(low_of, low, high), None
    return _one_sided(low_of, low_side, low), _one_sided(high_of, high_side, high)


def _one_sided(of: Handle, side: int, bound: float) -> str:
    return _text(of, *((-inf, bound) if side else (bound, inf)))


def _text(of: Handle, lower: float, upper: float) -> str:
    name, body = parts_of(of)
    return name + show_row(body, lower, upper)
