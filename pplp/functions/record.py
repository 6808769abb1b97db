"""The record of what a compound constraint became, and of the bounds that its rows rely on.

A program whose bounds have since become wider is not solved: its rows could cut off solutions without a word.
Tightening bounds is always safe.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Optional

from pplp.core.constraints import Constraint
from pplp.core.entries import Entries, Removed, has_entry, kept, living, removed_of
from pplp.core.expressions import Variable
from pplp.core.scalars import counted
from pplp.errors import InvalidValue
from pplp.functions.special import Stated

if TYPE_CHECKING:
    from pplp.program import LinearProgram

__all__ = ["Reformulation", "Reformulations", "Reliance", "parts", "record_at"]

#: What a record relies on of a variable: lower bound, upper bound, integer.
Reliance = tuple[float, float, bool]


class Reformulation:
    """What `LinearProgram.add_constraint` made of a function, an implication or a set: variables and constraints.

    ``lp.remove(record)`` takes all of it out again.  With a name, its variables are called ``name.choice``,
    ``name.on``, ... and its constraints ``name`` or ``name[0]``, ``name[1]``, ...

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, b = lp.Var("x", lb=0, ub=100), lp.BoolVar("b")
    >>> record = lp.add_constraint(b >> (x <= 20), name="small")
    >>> record.variables, record.constraints
    ((), (small: x + 80 b <= 100,))
    >>> x.ub = 50     # tighter bounds are no harm, wider ones are
    >>> x.ub = 200
    >>> lp.solve()
    Traceback (most recent call last):
    ...
    pplp.errors.InvalidValue: small: b >> (x <= 20) was written for x <= 100, and the upper bound of x is now 200: \
its rows could cut off solutions. Tighten the bound again, or remove() the record of it and add the constraint anew.
    >>> lp.remove(record)
    """

    __slots__ = ("_index", "_program")
    _program: LinearProgram
    _index: int

    def _store(self) -> Reformulations:
        return self._store_of(self._program)

    @staticmethod
    def _store_of(program: LinearProgram) -> Reformulations:
        return program._reformulations

    @property
    def _row(self) -> int:
        return self._index

    def _living(self) -> int:
        return self._program._living(self)

    def __eq__(self, other: object) -> bool:
        return type(other) is Reformulation and self._program is other._program and self._index == other._index

    def __hash__(self) -> int:
        return hash((id(self._program), Reformulation, self._index))

    def __reduce__(self) -> Any:
        return record_at, (self._program, self._index)

    def __repr__(self) -> str:
        store = self._store()
        if self._index in store.removed:
            return f"<reformulation of {store.title(self._index)}, removed>"
        variables, rows = counted(len(self.variables), "variable"), counted(len(self.constraints), "constraint")
        return f"{store.titles[self._index]}: {variables}, {rows}"

    @property
    def program(self) -> LinearProgram:
        """The program that it belongs to."""
        return self._program

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables that it made, without those removed since."""
        columns = self._program._columns
        made = self._store().variables[self._living()]
        return tuple(self._program._handle(j) for j in made if j not in columns.removed)

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """The constraints that it made, without those removed since."""
        found = []
        for kind, row in self._store().constraints[self._living()]:
            constraint = kind()
            constraint._program, constraint._index = self._program, row
            if constraint._row not in constraint._store().removed:
                found.append(constraint)
        return tuple(found)


def record_at(program: LinearProgram, index: int) -> Reformulation:
    """The handle of a record, by its number."""
    record = Reformulation()
    record._program = program
    record._index = index
    return record


_record = record_at  # its name in older pickles


class Reformulations:
    """The reformulations of a program: what each made, and the bounds that its big-M rely on."""

    def __init__(self) -> None:
        self.titles: Entries[str] = []
        self.variables: Entries[list[int]] = []
        self.constraints: Entries[list[tuple[type[Constraint], int]]] = []
        self.removed: set[int] = set()
        self.reliances: dict[int, list[tuple[int, Reliance]]] = {}  # column -> (record, what it relies on)
        self.stated: dict[int, Stated] = {}  # by record: what formats have a section for

    def __len__(self) -> int:
        return len(self.titles)

    def append(
        self,
        title: str,
        variables: list[int],
        constraints: list[tuple[type[Constraint], int]],
        reliances: dict[int, Reliance],
        stated: Optional[Stated],
    ) -> int:
        """One more; returns its index."""
        self.variables.append(variables)
        self.constraints.append(constraints)
        self.titles.append(title)
        index = len(self.titles) - 1
        for column, reliance in reliances.items():
            self.reliances.setdefault(column, []).append((index, reliance))
        if stated is not None:
            self.stated[index] = stated
        return index

    def title(self, index: int) -> str:
        """What a record says of itself."""
        return getattr(index, "name", None) or (
            self.titles[index] if has_entry(self.titles, index) else f"number {index}"
        )

    def living(self) -> list[int]:
        """The records that were not removed."""
        return living(self.titles, self.removed)

    def compacted(self) -> Reformulations:
        """The same without what the removed ones have left."""
        twin, indices = Reformulations(), self.living()
        titles = twin.titles = kept(self.titles, indices)
        twin.variables, twin.constraints = kept(self.variables, indices), kept(self.constraints, indices)
        twin.removed, twin.reliances = Removed((), titles), self.reliances
        return twin

    def remove(self, indices: set[int]) -> None:
        """Forget what these rely on."""
        if not indices:
            return
        self.removed |= indices
        for index in indices:
            self.stated.pop(index, None)
        for column in list(self.reliances):
            kept = [entry for entry in self.reliances[column] if entry[0] not in indices]
            if kept:
                self.reliances[column] = kept
            else:
                del self.reliances[column]

    def copy(self, *, relaxed: bool) -> Reformulations:
        """Records of their own with the same contents; those of a relaxed program are rows and no more."""
        twin = Reformulations()
        twin.titles, twin.variables, twin.constraints = (
            self.titles.copy(),
            self.variables.copy(),
            self.constraints.copy(),
        )
        twin.removed = removed_of(self.removed, twin.titles)
        twin.reliances = {
            column: [(index, (low, high, integer and not relaxed)) for index, (low, high, integer) in entries]
            for column, entries in self.reliances.items()
        }
        twin.stated = {} if relaxed else dict(self.stated)
        return twin

    def check(self, program: LinearProgram) -> None:
        """Raise `InvalidValue` where a variable has left the bounds that a big-M was derived from.

        Called before the engine is told of edits: what was not edited since it was last told has been looked at then.
        """
        if not self.reliances:
            return
        columns, journal = program._columns, program._journal
        edited: Any = self.reliances
        if journal is not None:
            edited = self.reliances.keys() & {*journal.bounds, *journal.kinds, *journal.removed_columns}
        for column in sorted(edited):
            removed = column in columns.removed
            low, high = (0.0, 0.0) if removed else program._bounds_at(column)
            for index, (lower, upper, integer) in self.reliances[column]:
                title, name = self.titles[index], columns.label(column)
                if removed and not lower <= 0 <= upper:
                    said = f"a {name} within [{lower:g}, {upper:g}], and {name}, removed since, counts as 0"
                elif low < lower:
                    said = f"{name} >= {lower:g}, and the lower bound of {name} is now {low:g}"
                elif high > upper:
                    said = f"{name} <= {upper:g}, and the upper bound of {name} is now {high:g}"
                elif integer and not removed and not columns.is_integer(column):
                    said = f"an integer {name}, and {name} is now continuous"
                else:
                    continue
                raise InvalidValue(
                    f"{title} was written for {said}: its rows could cut off solutions. "
                    f"{'Tighten the bound again, or ' if not removed and said[:2] != 'an' else ''}"
                    "remove() the record of it and add the constraint anew."
                )


def parts(things: Sequence[Any]) -> list[Any]:
    """Variables and constraints as they are; of a reformulation those that it made."""
    found: list[Any] = []
    for thing in things:
        found += [*thing.constraints, *thing.variables] if isinstance(thing, Reformulation) else [thing]
    return found
