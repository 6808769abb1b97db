"""The handle of a compound constraint: its rows and variables, to inspect and to remove."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pplp.core.constraints import Constraint, constraint_at
from pplp.core.expressions import Variable, variable_at
from pplp.core.handle import Handle, handle, place_of, store_of
from pplp.core.owner import columns_of, reformulations_of

if TYPE_CHECKING:
    from pplp.core.owner import Owner
    from pplp.core.records import Reformulations

__all__ = ["Reformulation", "parts", "record_at"]


class Reformulation(Handle["Reformulations"]):
    """The record of a function, an implication or a set in a program: the variables and constraints made for it.

    ``lp.remove(record)`` removes all of them.  With a name, its variables are called ``name.choice``,
    ``name.on``, ... and its constraints ``name`` or ``name[0]``, ``name[1]``, ...

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, b = lp.Var("x", lb=0, ub=100), lp.BoolVar("b")
    >>> record = lp.add_constraint(b >> (x <= 20), name="small")
    >>> record.variables, record.constraints
    ((), (small: x + 80 b <= 100,))
    >>> x.ub = 50     # tighter bounds are fine, wider ones are not
    >>> x.ub = 200
    >>> lp.solve()
    Traceback (most recent call last):
    ...
    pplp.errors.InvalidValue: small: b >> (x <= 20) was written for x <= 100, but the upper bound of x is now 200: \
its rows could cut off solutions. Tighten the bound again, or remove() its record and add the constraint again.
    >>> lp.remove(record)
    """

    __slots__ = ()

    @staticmethod
    def _store_of(program: Owner) -> Reformulations:
        return reformulations_of(program)

    def __repr__(self) -> str:
        store = self._store()
        if self._index in store.removed:
            return f"<reformulation of {store.title(self._index)}, removed>"
        from pplp.ground.words import counted

        variables, rows = counted(len(self.variables), "variable"), counted(len(self.constraints), "constraint")
        return f"{store.titles[self._index]}: {variables}, {rows}"

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables made for it, without those removed since."""
        columns = columns_of(self._program)
        made = self._store().variables[self._living()]
        return tuple(variable_at(self._program, j) for j in made if j not in columns.removed)

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """The constraints made for it, without those removed since."""
        made = self._store().constraints[self._living()]
        handles: Iterable[Constraint] = (constraint_at(self._program, kind, row) for kind, row in made)
        return tuple(one for one in handles if place_of(one) not in store_of(one).removed)


def record_at(program: Owner, index: int) -> Reformulation:
    """The handle of a record."""
    return handle(Reformulation, program, index)


def parts(things: Sequence[Any]) -> list[Any]:
    """Variables and constraints as they are; for a reformulation those made for it."""
    found: list[Any] = []
    for thing in things:
        found += [*thing.constraints, *thing.variables] if isinstance(thing, Reformulation) else [thing]
    return found


_record = record_at  # its name in older pickles
