"""The kinds of variables: integer or continuous."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pplp.core.owner import check_living, columns_of, count_edit, journal_of
from pplp.core.turns import edits

if TYPE_CHECKING:
    from pplp.core.owner import Owner

__all__ = ["set_kinds"]


@edits
def set_kinds(program: Owner, indices: Sequence[int], integer: Sequence[bool]) -> None:
    """Make variables integer or continuous; all of them, or an error and none."""
    check_living(program, indices)
    columns, journal = columns_of(program), journal_of(program)
    if journal is not None:  # first: should this be interrupted, the engine hears of all that was done
        journal.kinds.update(indices)
        journal.bounds.update(indices)
    count_edit(program)
    old = [columns.is_integer(index) for index in indices]
    try:
        for index, kind in zip(indices, integer):
            columns.mark_integer(index, kind)
    except BaseException:
        for index, kind in zip(indices, old):
            columns.mark_integer(index, kind)
        raise
