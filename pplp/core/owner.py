"""What the handles and stores of a program need from it, and what other modules may read.

Users see names without an underscore.  Those with one are for the class itself; other modules of
pplp use only the functions below.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Optional

from pplp.errors import RemovedObject

if TYPE_CHECKING:
    from pplp.core.columns import Columns
    from pplp.core.journal import Journal
    from pplp.core.origins import Origins
    from pplp.core.records import Reformulations
    from pplp.core.rows import BoundRows, ConstantRows, Rows
    from pplp.core.scalars import Number
    from pplp.core.turns import Turns
    from pplp.core.values import Answers

__all__ = [
    "SLOTS",
    "Owned",
    "Owner",
    "Version",
    "bound_rows_of",
    "bounds_at",
    "bounds_in",
    "check_living",
    "columns_of",
    "constant_rows_of",
    "cost_in",
    "count_edit",
    "crossed_of",
    "current_of",
    "family_of",
    "fix",
    "index_in",
    "journal_of",
    "reformulations_of",
    "row_names_of",
    "rows_of",
    "set_constraint_bounds",
    "set_cost",
    "set_terms",
    "set_variable_bounds",
    "settle",
    "title_of",
    "traces_variables",
    "turns_of",
    "unfix",
    "version_of",
]

# Any: values and solutions are made above this floor.

#: A new one after every edit.
#: The attributes of a program that are read for each term, row or value: they have a fixed place in it.
SLOTS = ("_bound_rows", "_columns", "_edits", "_rows", "_session", "_traced", "_traces_all", "_turns")
Version = tuple[int, int, int, int]


class Owner:
    """A program as its variables, constraints and stores see it: its data, and the methods they call."""

    name: Optional[str]
    _turns: Turns
    _columns: Columns
    _rows: Rows
    _bound_rows: BoundRows
    _constant_rows: ConstantRows
    _row_names: dict[str, int]
    _crossed: dict[tuple[type[Any], int], None]  # those whose lower bound was set above the upper one
    _reformulations: Reformulations
    _family: bytes  # shared by copies: it identifies the handles that they accept
    _traces_all: bool
    _traces_constraints: bool
    _traced: Optional[Origins]  # those of the rows, for the hot path
    _edits: int
    _journal: Optional[Journal]
    _session: Answers

    # ---- what `Model` and the program itself answer
    def _living(self, thing: Any) -> int:
        """The index of a variable or constraint of this program that was not removed."""
        raise NotImplementedError  # pragma: no cover

    def _set_variable_bounds(self, variable: Any, lower: Optional[Number], upper: Optional[Number]) -> None:
        """Set one bound, or both."""
        raise NotImplementedError  # pragma: no cover

    def _fix(self, variable: Any, value: Number) -> None:
        """Fix it at a value."""
        raise NotImplementedError  # pragma: no cover

    def _unfix(self, variable: Any) -> None:
        """Restore its own bounds."""
        raise NotImplementedError  # pragma: no cover

    def _cost_of(self, variable: Any) -> float:
        """Its coefficient in the objective."""
        raise NotImplementedError  # pragma: no cover

    def _set_cost(self, variable: Any, cost: Number) -> None:
        """Set its coefficient in the objective."""
        raise NotImplementedError  # pragma: no cover

    def _set_constraint_bounds(
        self, constraint: Any, lower: Optional[Number] = None, upper: Optional[Number] = None
    ) -> None:
        """Set one side of a constraint, or both."""
        raise NotImplementedError  # pragma: no cover

    def _set_terms(self, constraint: Any, index: int, value: float) -> None:
        """Set the coefficient of the variable of this index in a constraint."""
        raise NotImplementedError  # pragma: no cover

    def value(self, expression: Any) -> Any:
        """The value of an expression at the current solution."""
        raise NotImplementedError  # pragma: no cover


class Owned:
    """A thing of one program: a variable, a constraint, an expression, a function, or an array of them."""

    __slots__ = ()
    _program: Owner


# ---- the stores of a program, for other modules
def columns_of(program: Owner) -> Columns:
    """The store of its variables."""
    return program._columns


def rows_of(program: Owner) -> Rows:
    """The store of its constraints on several variables."""
    return program._rows


def bound_rows_of(program: Owner) -> BoundRows:
    """The store of its constraints on one variable."""
    return program._bound_rows


def constant_rows_of(program: Owner) -> ConstantRows:
    """The store of its constraints without variables."""
    return program._constant_rows


def row_names_of(program: Owner) -> dict[str, int]:
    """The names of its constraints, with the store that each is in."""
    return program._row_names


def crossed_of(program: Owner) -> dict[tuple[type[Any], int], None]:
    """Objects whose lower bound was set above the upper one."""
    return program._crossed


def reformulations_of(program: Owner) -> Reformulations:
    """The store of its reformulations, which stand for functions and sets."""
    return program._reformulations


def journal_of(program: Owner) -> Optional[Journal]:
    """The edits that the engine has not seen; None if there is no engine."""
    return program._journal


def turns_of(program: Owner) -> Turns:
    """The turns of threads at it."""
    return program._turns


def family_of(program: Owner) -> bytes:
    """An identity that it shares with its copies: they accept each other's handles."""
    return program._family


# ---- what it answers, for other modules
def version_of(program: Owner) -> Version:
    """A new one after each edit."""
    return (
        program._edits,
        len(program._columns.lower),
        len(program._rows.starts),
        len(program._bound_rows.lower),
    )


def title_of(program: Owner) -> str:
    """How messages call it."""
    return f"program {program.name!r}" if program.name else "an unnamed program"


def index_in(program: Owner, thing: Any) -> int:
    """The index of a variable or constraint; raises if it is another program's, or was removed."""
    return program._living(thing)


def check_living(program: Owner, indices: Collection[int]) -> None:
    """Raise `RemovedObject` if one of these variables was removed."""
    removed = program._columns.removed
    if removed and not removed.isdisjoint(indices):
        index = min(removed.intersection(indices))
        raise RemovedObject(
            f"Variable {program._columns.label(index)} of {title_of(program)} was removed. "
            "Build the expression without it."
        )


def bounds_at(program: Owner, index: int) -> tuple[float, float]:
    """The bounds in force of the variable with this index."""
    lower, upper = program._columns.lower[index], program._columns.upper[index]
    lower, upper = program._bound_rows.tightened(index, lower, upper)
    return float(lower), float(upper)


def bounds_in(program: Owner, variable: Any) -> tuple[float, float]:
    """The bounds in force of a variable."""
    return bounds_at(program, program._living(variable))


def cost_in(program: Owner, variable: Any) -> float:
    """The coefficient of a variable in the objective."""
    return program._cost_of(variable)


def current_of(program: Owner, what: str) -> Any:
    """The current solution, to read `what` from it; raises `NotSolved` or `StaleSolution` if there is none."""
    return program._session.current(program, what)


# ---- edits, for other modules
def count_edit(program: Owner) -> None:
    """The program is another one now: its answer is out of date."""
    program._edits += 1


def set_variable_bounds(program: Owner, variable: Any, lower: Optional[Number], upper: Optional[Number]) -> None:
    """Set one bound of a variable, or both."""
    program._set_variable_bounds(variable, lower, upper)


def fix(program: Owner, variable: Any, value: Number) -> None:
    """Fix a variable at a value."""
    program._fix(variable, value)


def unfix(program: Owner, variable: Any) -> None:
    """Restore a variable's own bounds."""
    program._unfix(variable)


def settle(program: Owner) -> None:
    """Let unread answers take the names that are about to be forgotten."""
    program._session.settle(program)


def traces_variables(program: Owner) -> bool:
    """True if the origin of each variable is recorded."""
    return program._traces_all


def set_cost(program: Owner, variable: Any, cost: Number) -> None:
    """Set the coefficient of a variable in the objective."""
    program._set_cost(variable, cost)


def set_constraint_bounds(
    program: Owner, constraint: Any, lower: Optional[Number] = None, upper: Optional[Number] = None
) -> None:
    """Set one side of a constraint, or both."""
    program._set_constraint_bounds(constraint, lower, upper)


def set_terms(program: Owner, constraint: Any, index: int, value: float) -> None:
    """Set the coefficient of the variable with this index in a constraint."""
    program._set_terms(constraint, index, value)
