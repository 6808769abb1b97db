"""From a compound constraint to rows: new variables, big-M from bounds, and the record of all that was made.

A big-M is as small as interval arithmetic over the bounds in force makes it, and it holds as long as those bounds do.
The record remembers them, and a program whose bounds have since become wider is not solved: its rows could cut off
solutions without a word.  Tightening bounds is always safe.

A big-M is at most `GREATEST_M`.  Solvers take a binary within 1e-5 of an integer as one, and a row within 1e-7 of its
largest product as holding: beyond 1e7 the first slip is worth more than 100 units of the row, the second more than
one, and "switched off" no longer means anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, Optional

from pplp.core.columns import check_name
from pplp.core.constraints import Constraint, same_program
from pplp.core.entries import Entries, Removed, has_entry, kept, living, removed_of
from pplp.core.expressions import LinearExpression, Variable, merged, sum_from
from pplp.core.scalars import counted, is_number
from pplp.errors import InvalidValue
from pplp.functions.compounds import Compound
from pplp.functions.special import Stated

if TYPE_CHECKING:
    from pplp.program import LinearProgram

__all__ = ["GREATEST_M", "Builder", "Reformulation", "Reformulations", "reformulate"]

#: Beyond it a binary no longer switches a row; see above.
GREATEST_M = 1e7

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
        return _record, (self._program, self._index)

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


def _record(program: LinearProgram, index: int) -> Reformulation:
    record = Reformulation()
    record._program = program
    record._index = index
    return record


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


class Builder:
    """What a compound constraint writes its rows with.

    New variables are handles of places that are not there yet: nothing is added to the program before `commit`, so
    that a constraint that is refused leaves nothing behind.
    """

    def __init__(self, program: LinearProgram, subject: Any, name: Optional[str], others: int = 0) -> None:
        self._program = program
        self._subject = subject
        self._name = name
        self._first = len(program._columns) + others  # which other builders make, and are committed before
        self._made: list[tuple[str, float, float, bool]] = []
        self._rows: list[tuple[LinearExpression, float, float]] = []
        self._reliances: dict[int, Reliance] = {}

    # ---- what is made
    def variable(self, label: str, lower: float = -inf, upper: float = inf, *, integer: bool = False) -> Variable:
        """A new variable."""
        self._made.append((label, lower, upper, integer))
        return self._program._handle(self._first + len(self._made) - 1)

    def binary(self, label: str) -> Variable:
        """A new variable that is 0 or 1."""
        return self.variable(label, 0.0, 1.0, integer=True)

    def row(self, e: Any, lower: float, upper: float) -> None:
        """``lower <= e <= upper``; raises `InvalidValue` where that can never hold."""
        e = self.plain(e)
        if not is_number(e) and lower <= upper:
            self._rows.append((e, lower, upper))
        elif not (is_number(e) and lower <= e <= upper):
            raise InvalidValue(f"The constraint {self._subject} can never hold.")

    # ---- what is known of an expression
    @staticmethod
    def plain(e: Any) -> Any:
        """The expression with each variable once; a float where none is left."""
        if is_number(e):
            return e
        indices, coefficients, shift = e._parts()
        indices, coefficients = merged(indices, coefficients)
        return sum_from(e._program, indices, coefficients, shift) if indices else shift

    def _column(self, index: int) -> Reliance:
        """(lower bound, upper bound, integer) of a variable, perhaps a new one."""
        if index >= self._first:
            return self._made[index - self._first][1:]
        return (*self._program._bounds_at(index), self._program._columns.is_integer(index))

    def _ends(self, e: Any, side: int) -> list[tuple[int, float, float, int]]:
        """(variable, coefficient, its bound, side of it) that make the lower (side 0) or upper (1) end of e."""
        ends = []
        for index, a in zip(*merged(*e._parts()[:2])):
            of_variable = side if a > 0 else 1 - side
            bounds = self._column(index)
            ends.append((index, a, (bounds[0], bounds[1])[of_variable], of_variable))
        return ends

    def _end(self, e: Any, side: int) -> float:
        return float(e) if is_number(e) else e._parts()[2] + sum(a * bound for _, a, bound, _ in self._ends(e, side))

    def low(self, e: Any) -> float:
        """The least value that the bounds in force allow."""
        return self._end(e, 0)

    def high(self, e: Any) -> float:
        """The greatest value that the bounds in force allow."""
        return self._end(e, 1)

    def rely_on_low(self, e: Any) -> float:
        """As `low`, for a row that is right only as long as the bounds stay as tight.

        Raises `InvalidValue`, naming variable and bound, where there is none.
        """
        return self._rely(e, 0)

    def rely_on_high(self, e: Any) -> float:
        """As `high`, for a row that is right only as long as the bounds stay as tight; errors as `rely_on_low`."""
        return self._rely(e, 1)

    def _rely(self, e: Any, side: int) -> float:
        end = self._end(e, side)
        if is_number(e):
            return end
        for index, _, bound, of_variable in self._ends(e, side):
            if not isfinite(bound):
                name, missing = self._program._columns.label(index), ("lower", "upper")[of_variable]
                raise InvalidValue(
                    f"{self._subject} takes binaries and a big-M, which is derived from bounds, and {name} has no "
                    f"{missing} bound. Set {name}.{missing[0]}b, as tight as you can."
                )
            self._remember(index, *(bound, inf) if of_variable == 0 else (-inf, bound), False)
        return end

    def _remember(self, index: int, lower: float, upper: float, integer: bool) -> None:
        if index < self._first:
            low, high, whole = self._reliances.get(index, (-inf, inf, False))
            self._reliances[index] = max(low, lower), min(high, upper), whole or integer

    def big_m(self, m: float, e: Any) -> float:
        """m, where a binary can switch a row by so much; raises `InvalidValue` beyond `GREATEST_M`."""
        if abs(m) <= GREATEST_M:
            return m
        widths = []
        for index, a in [] if is_number(e) else zip(*merged(*e._parts()[:2])):
            lower, upper, _ = self._column(index)
            widths.append((abs(a) * (upper - lower), index, lower, upper))
        _, index, lower, upper = max(widths, default=(0, 0, 0, 0))
        name = self._program._columns.label(index)
        wide = f" The widest variable is {name}, in [{lower:g}, {upper:g}]." if widths else ""
        raise InvalidValue(
            f"{self._subject} needs the big-M {abs(m):g}, beyond the {GREATEST_M:g} that a binary can switch reliably "
            f"within a solver's tolerances.{wide} Tighten its bounds, or change units."
        )

    def is_zero_or_one(self, e: Any) -> bool:
        """Is it 0, 1, a binary variable b, or 1 - b?"""
        e = self.plain(e)
        if is_number(e):
            return e in (0, 1)
        indices, coefficients, shift = e._parts()
        if len(indices) != 1 or (coefficients[0], shift) not in ((1, 0), (-1, 1)):
            return False
        lower, upper, integer = self._column(indices[0])
        if not (integer and lower >= 0 and upper <= 1):
            return False
        self._remember(indices[0], 0.0, 1.0, True)
        return True

    def rely_on_integers(self, e: LinearExpression, what: str) -> None:
        """Raise `InvalidValue` unless variables and coefficients are integers."""
        for index, a in zip(*merged(*e._parts()[:2])):
            name = self._program._columns.label(index)
            if not self._column(index)[2]:
                reason, remedy = f"{name} is continuous", "Say b >> (...) for each case, with a margin between them."
            elif a != int(a):
                reason, remedy = f"{name} has the coefficient {a!r}", "Multiply it to have integers."
            else:
                self._remember(index, -inf, inf, True)
                continue
            raise InvalidValue(
                f"{self._subject} says also {what}, which is a closed set for integers only, and {reason}. {remedy}"
            )

    # ---- the end
    def names(self) -> tuple[list[str], list[str]]:
        """The names of its variables and of its rows; none where it has no name."""
        name, made = self._name, [label for label, *_ in self._made]
        if name is None:
            return [], []
        labels = [
            f"{name}.{label}" + (f"[{made[:k].count(label)}]" if made.count(label) > 1 else "")
            for k, label in enumerate(made)
        ]
        count = len(self._rows)
        return labels, [f"{name}[{k}]" for k in range(count)] if count > 1 else [name] * count

    def commit(self, done: list[Any]) -> Reformulation:
        """Add all of it to the program, and to what is `done`."""
        program, title = self._program, str(self._subject)
        labels, titles = self.names()
        first = len(done)
        for k, (_, lower, upper, integer) in enumerate(self._made):
            make = program.IntVar if integer else program.Var
            done.append(make(labels[k] if labels else None, lb=lower, ub=upper))
        for k, (e, lower, upper) in enumerate(self._rows):
            done.append(program.add_constraint(e.between(lower, upper), titles[k] if titles else None))
        middle = first + len(self._made)
        variables = [x._index for x in done[first:middle]]
        rows = [(type(row), row._index) for row in done[middle:]]
        if self._name is not None:
            title = f"{self._name}: {title}"
        stated = self._stated()
        return _record(program, program._reformulations.append(title, variables, rows, self._reliances, stated))

    def _stated(self) -> Optional[Stated]:
        """What the constraint says, and what was made of it, where formats have a section for it."""
        special = self._subject._special()
        if special is None:
            return None
        rows = []
        for e, lower, upper in self._rows:
            indices, coefficients, shift = e._parts()
            rows.append((tuple(indices), tuple(coefficients), lower - shift, upper - shift))
        return Stated(special, self._name, tuple(rows), tuple(made[1:] for made in self._made))


def reformulate(program: LinearProgram, compound: Compound, name: Optional[str]) -> Any:
    """Add a compound constraint, or an array of them, to its program; all or nothing.

    Raises `ForeignObject` and `RemovedObject` for variables of others and removed ones, `InvalidValue` for a bound
    that is missing, a big-M that is too large, a constraint that can never hold, and a name that is taken.
    """
    same_program(program, compound)
    if name is not None:
        check_name(name, (), "constraint")
    builders: list[Builder] = []
    others = 0
    for one, title in compound._each(name):
        for e in one._operands():
            if isinstance(e, LinearExpression):
                program._check_living(e._parts()[0])
        builder = Builder(program, one, title, others)
        one._write(builder)
        builders.append(builder)
        others += len(builder._made)
    if name is not None:
        _check_names(program, builders)
    done: list[Any] = []
    before = len(program._reformulations)
    try:
        return compound._handles([builder.commit(done) for builder in builders])
    except BaseException:
        program.remove(*reversed(done))
        program._reformulations.remove({*range(before, len(program._reformulations))})
        raise


def _check_names(program: LinearProgram, builders: Sequence[Builder]) -> None:
    """Raise `InvalidValue` for a name that is taken, by the program or by another builder."""
    taken: tuple[set[str], set[str]] = set(), set()
    for builder in builders:
        check_name(builder._name, program._row_names, "constraint")
        kinds = ("variable", program._columns.by_name), ("constraint", program._row_names)
        for names, others, (kind, present) in zip(builder.names(), taken, kinds):
            for one in names:
                check_name(one, present, kind)
                check_name(one, others, kind)
                others.add(one)


def parts(things: Sequence[Any]) -> list[Any]:
    """Variables and constraints as they are; of a reformulation those that it made."""
    found: list[Any] = []
    for thing in things:
        found += [*thing.constraints, *thing.variables] if isinstance(thing, Reformulation) else [thing]
    return found
