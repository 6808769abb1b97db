"""Frees the memory of removed objects: stores that are mostly holes are rebuilt without the holes.

Each store replaces its old one at once, so that an interrupted call leaves a valid program; it happens only
when there are more holes than entries, so the cost of a removal does not depend on how many came before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional, Union

from pplp.core.entries import RemovedIndex, is_hollow
from pplp.core.expressions import Variable
from pplp.core.handle import store_in
from pplp.core.owner import journal_of, settle
from pplp.core.records import Reformulations
from pplp.core.reformulation import Reformulation
from pplp.core.rows import _Named

if TYPE_CHECKING:
    from pplp.core.constraints import Constraint
    from pplp.core.objective import Objective
    from pplp.core.owner import Owner

__all__ = ["compact", "remember_name"]


def compact(program: Owner, objective: Objective) -> None:
    """Drop the traces of a program's removed variables, constraints and reformulations, if they are many."""
    hollow = [name for name in _STORES if _is_hollow(getattr(program, name))]
    if not hollow:
        return
    settle(program)
    if "_columns" in hollow:
        objective.compact(program)
    for name in hollow:
        _STORES[name](program)


def _is_hollow(store: Any) -> bool:
    entries = store.titles if isinstance(store, Reformulations) else store.lower
    return is_hollow(entries, store.removed, len(store.moved) if isinstance(store, _Named) else 0)


def _compact_columns(program: Owner) -> None:
    """Drop edits of variables that the engine never had; keep those that a big-M relies on, which count as 0."""
    program._rows.without(program._columns.removed)
    program._columns = program._columns.compacted()
    journal, removed = journal_of(program), program._columns.removed
    if journal is not None:
        relied_on = program._reformulations.reliances
        journal.removed_columns = [j for j in journal.removed_columns if j < journal.columns or j in relied_on]
        journal.bounds = {j for j in journal.bounds if j not in removed}
        journal.kinds = {j for j in journal.kinds if j not in removed}


def _compact_rows(program: Owner) -> None:
    """Rows that were bounds first are forgotten there, too."""
    rows = program._rows
    for row in [row for row in rows.first if row in rows.removed]:
        kind, index = rows.first[row]
        store_in(kind, program).moved.pop(index, None)
    rows = rows.compacted()
    if program._traced is not None:
        program._traced = rows.origins
    program._rows = rows
    journal = journal_of(program)
    if journal is not None:
        journal.removed_rows = [i for i in journal.removed_rows if i < journal.rows]
        journal.row_bounds = {i for i in journal.row_bounds if i not in rows.removed}
        journal.terms = {i for i in journal.terms if i not in rows.removed}


def _compact_bounds(program: Owner) -> None:
    program._bound_rows = program._bound_rows.compacted()


def _compact_constants(program: Owner) -> None:
    program._constant_rows = program._constant_rows.compacted()


def _compact_reformulations(program: Owner) -> None:
    program._reformulations = program._reformulations.compacted()


_STORES: dict[str, Callable[[Owner], None]] = {
    "_columns": _compact_columns,
    "_rows": _compact_rows,
    "_bound_rows": _compact_bounds,
    "_constant_rows": _compact_constants,
    "_reformulations": _compact_reformulations,
}


def remember_name(program: Owner, thing: Union[Variable, Constraint, Reformulation]) -> None:
    """Store the name of a removed object in its handle, because the program will forget it."""
    if isinstance(thing, Reformulation):
        name: Optional[str] = program._reformulations.title(thing._index)
    else:
        store = program._columns if isinstance(thing, Variable) else store_in(thing, program)
        name = store.names.get(thing._index)
    if name is not None:
        thing._index = RemovedIndex(thing._index)
        thing._index.name = name
