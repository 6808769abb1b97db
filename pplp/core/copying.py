"""The contents of a program for copies and pickles."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Callable, Optional

from pplp.core.objective import Objective
from pplp.core.owner import SLOTS
from pplp.core.tracing import note_nothing
from pplp.core.turns import Turns

if TYPE_CHECKING:
    from pplp.core.model import Model

__all__ = ["fill", "restore", "state_of"]


def fill(twin: Model, program: Model, fix: Optional[Callable[[int], Optional[float]]]) -> None:
    """Fill a new program as a copy; with `fix`, its variables are continuous, and fixed at what it returns, if any."""
    twin.sense = program.sense
    twin._family = program._family
    twin._columns = program._columns.copy()
    for j in program._columns.living() if fix is not None else ():
        if fix is not None and program._columns.is_integer(j):
            twin._columns.mark_integer(j, False)
            value = fix(j)
            if value is not None:
                twin._columns.fixed.setdefault(j, (program._columns.lower[j], program._columns.upper[j]))
                twin._columns.lower[j] = twin._columns.upper[j] = value
    twin._rows = copy.deepcopy(program._rows)
    twin.trace = program.trace
    twin._bound_rows = copy.deepcopy(program._bound_rows)
    twin._constant_rows = copy.deepcopy(program._constant_rows)
    twin._row_names = dict(program._row_names)
    twin._crossed = dict(program._crossed)
    twin._reformulations = program._reformulations.copy(relaxed=fix is not None)
    twin._objective = Objective.of(program._objective.state(program))


def state_of(program: Model) -> dict[str, Any]:
    """What a pickle keeps of a program, without its session."""
    program._rows.packed()
    note_nothing(program)
    state = {**vars(program), **{name: getattr(program, name) for name in SLOTS}}
    state.update(_columns=program._columns.copy(), _journal=None, _objective=None)
    del state["_turns"]
    return dict(state, _costs=program._objective.state(program))


def restore(program: Model, state: dict[str, Any]) -> None:
    """Restore a program from what a pickle kept."""
    program._turns = Turns()
    costs = state.pop("_costs")
    for name, value in state.items():
        setattr(program, name, value)
    program._objective = Objective.of(costs)
