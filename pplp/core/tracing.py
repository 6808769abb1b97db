"""Where newly added objects were written: recorded once for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from types import CodeType, GeneratorType
from typing import TYPE_CHECKING, Any, Callable, Optional

from pplp.core.origins import Origins
from pplp.core.owner import bound_rows_of, columns_of, constant_rows_of, rows_of
from pplp.core.stack import users_frame
from pplp.core.turns import edits

if TYPE_CHECKING:
    from pplp.core.owner import Owner

__all__ = ["added_from", "count_made", "note", "note_nothing"]


def count_made(program: Owner) -> tuple[int, int, int, int]:
    """The number of variables, rows, bounds and constant rows, for `note`."""
    return len(columns_of(program)), len(rows_of(program)), len(bound_rows_of(program)), len(constant_rows_of(program))


def _origins_of(program: Owner) -> tuple[Origins, ...]:
    stores = rows_of(program), bound_rows_of(program), constant_rows_of(program)
    return (columns_of(program).origins, *(store.origins for store in stores))


@edits
def note(program: Owner, before: tuple[int, int, int, int], code: Optional[CodeType], at: int) -> None:
    """All objects made since `before` was counted were written there."""
    for origins, first, count in zip(_origins_of(program), before, count_made(program)):
        if count > first:
            origins.put(first, code, at)


def note_nothing(program: Owner) -> None:
    """The origins of objects made from now on are unknown; this also closes the last sections, for a pickle."""
    for origins, count in zip(_origins_of(program), count_made(program)):
        origins.put(count, None, 0)


def added_from(program: Owner, add: Callable[[Any], Any], relations: Iterable[Any]) -> list[Any]:
    """Implements `LinearProgram.add_constraints`: a generator's constraints were written where it yields them."""
    frame, added = users_frame(), []
    code, at = (frame.f_code, frame.f_lasti) if frame is not None else (None, 0)
    inner = relations.gi_frame if isinstance(relations, GeneratorType) else None
    before = count_made(program)
    try:
        if inner is None:
            added = [add(relation) for relation in relations]
        else:
            code = inner.f_code
            for relation in relations:
                if inner.f_lasti != at:
                    if added:
                        note(program, before, code, at)
                        before = count_made(program)
                    at = inner.f_lasti
                added.append(add(relation))
    finally:
        note(program, before, code, at)
    return added
