"""The members of a conflict in the user's names, and as lines of a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Literal, Optional, Union

from pplp.core.bounds import Side
from pplp.core.constraints import Constraint, constraint_at
from pplp.core.expressions import Variable, variable_at
from pplp.core.handle import index_of, place_of, store_of
from pplp.core.origins import Origin
from pplp.core.owner import reformulations_of
from pplp.core.relations import show_row
from pplp.diagnosis.certificates import Handle, bound_as_written
from pplp.diagnosis.system import INTEGRALITY, Element, System
from pplp.form.compiler import column_places, row_places
from pplp.ground.words import screenful

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["Member", "lines_of", "members_of", "parts_of"]

_SIDES: tuple[Side, Side, Literal["integer"]] = ("lower", "upper", "integer")


@dataclass(frozen=True)
class Member:
    """One member of a conflict: a bound of a constraint or variable, or the integrality of a variable."""

    #: The constraint, or the variable with the bound or integrality.
    of: Handle
    side: Union[Side, Literal["integer"]]
    #: The bound, as it was written; None for integrality.
    bound: Optional[float]
    #: Where it was written; None if that was not recorded.
    origin: Optional[Origin]
    #: The ``abs``, implication, ... that added this constraint; None if the user wrote it.
    made_for: Optional[str] = None


def members_of(program: Solvable, system: System, found: Iterable[Element]) -> tuple[Member, ...]:
    """The elements of a conflict in the user's names."""
    return tuple(_members(program, system, found))


def _members(program: Solvable, system: System, found: Iterable[Element]) -> Iterator[Member]:
    rows, variables = row_places(program).indices(), column_places(program).indices()
    store = reformulations_of(program)
    made_for = {part: store.titles[k] for k in store.living() for part in store.constraints[k]}
    for k, side in sorted(found):
        of: Handle
        if k < system.form.rows:
            of = constraint_at(program, Constraint, rows[k])
            bound: Optional[float] = system.bound(k, side)
        elif side == INTEGRALITY:
            of, bound = variable_at(program, variables[k - system.form.rows]), None
        else:
            of, side, bound = bound_as_written(program, variables[k - system.form.rows], side)
        title = made_for.get((type(of), index_of(of))) if isinstance(of, Constraint) else None
        yield Member(of, _SIDES[side], bound, of.origin, title)


def parts_of(of: Handle) -> tuple[str, str]:
    """(name and colon or nothing, expression): the two parts of the text before a comparison with a bound."""
    if isinstance(of, Variable):
        return "", of.name
    name = store_of(of).names.get(place_of(of))
    return f"{name}: " if name else "", repr(of.expression)


def lines_of(members: Sequence[Member]) -> list[str]:
    """One line for each constraint or variable: the bounds that take part, and where it was written."""
    sides: dict[Handle, dict[str, Member]] = {}
    for member in members:
        sides.setdefault(member.of, {})[member.side] = member
    lines, places = [], []
    for of, parts in sides.items():
        name, body = parts_of(of)
        low, high = (parts[side].bound if side in parts else None for side in ("lower", "upper"))
        text = name + body
        if low is not None or high is not None:
            text = name + show_row(body, -inf if low is None else low, inf if high is None else high)
        if "integer" in parts:
            text += ", integer" if len(parts) > 1 else " integer"
        first = next(iter(parts.values()))
        if first.made_for is not None:
            text += f"   (of {first.made_for})"
        lines.append(text)
        places.append(str(first.origin) if first.origin is not None else "")
    width = min(60, max(map(len, lines), default=0))
    return screenful([f"{line:{width}}   {place}".rstrip() for line, place in zip(lines, places)])
