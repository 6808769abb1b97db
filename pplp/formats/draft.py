"""A program while it is being read: columns and rows in bulk, turned into a program at the end."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from itertools import accumulate, compress, count
from math import inf, isfinite
from operator import gt
from typing import Any, Callable, NamedTuple, Optional, TypeVar

from pplp.core.expressions import sum_from, variable_at
from pplp.core.model import Model
from pplp.core.objective import Objective
from pplp.core.owner import bound_rows_of, bounds_at, columns_of, rows_of
from pplp.core.relations import Comparison
from pplp.core.rows import packed
from pplp.core.scalars import HUGE, SMALL
from pplp.core.sense import Sense
from pplp.errors import FormatError, InvalidValue, PplpError
from pplp.formats.names import Remarks, checked_name
from pplp.formats.numbers import looked_up
from pplp.formats.source import Source, quoted
from pplp.functions.expressions import related
from pplp.functions.sets import semicontinuous, sos1, sos2
from pplp.functions.truth_values import implication, truth
from pplp.ground.loading import loaded_numpy

__all__ = ["INFINITE", "Condition", "Draft"]

# Any: an implication is made by functions, which give any constraint.

_M = TypeVar("_M", bound=Model)

#: In files that pplp did not write, bounds and sides of at least this size count as infinite.
INFINITE = 1e20


class Condition(NamedTuple):
    """A row that must hold only if a binary column has a value, 0 or 1.

    The sense compares "the row holds" with "the column has the value": ">=" says that the value implies the row, "<="
    that the row implies the value, "==" both.
    """

    column: int
    value: int
    line: int
    sense: Comparison = ">="


class Draft:
    """What has been read so far.  Lower bounds are 0 and upper bounds infinite unless the file says otherwise."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.remarks = Remarks()
        self.maximize = False
        self.offset = 0.0
        self.program_name: Optional[str] = None
        self.place_of: defaultdict[str, int] = defaultdict(None)  # a plain dictionary until a factory is set
        self.column_names: list[str] = []
        self.cost: list[float] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.integer = bytearray()
        self.row_names: list[str] = []
        self.row_lower: list[float] = []
        self.row_upper: list[float] = []
        self.lengths: list[int] = []
        self.indices, self.values = array("i"), array("d")
        #: row -> what it depends on
        self.conditions: dict[int, Condition] = {}
        #: (kind, members by falling importance, line, name or ""): kind is 1 or 2
        self.ordered_sets: list[tuple[int, list[int], int, str]] = []
        #: column -> line; its bounds are its range
        self.semicontinuous: dict[int, int] = {}

    def column(self, name: str) -> int:
        """A new variable."""
        place = len(self.column_names)
        self.place_of[checked_name(name, self.source)] = place
        self.column_names.append(name)
        self.cost.append(0.0)
        self.lower.append(0.0)
        self.upper.append(inf)
        self.integer.append(0)
        return place

    def columns(self, names: list[str]) -> None:
        """New variables; their names are checked and already have their indices in `place_of`."""
        count = len(names)
        self.column_names += names
        self.cost += [0.0] * count
        self.lower += [0.0] * count
        self.upper += [inf] * count
        self.integer += bytes(count)

    def places(self, names: list[str]) -> Sequence[int]:
        """The indices of variables, as a range if they are consecutive; raises `KeyError` for an unknown name."""
        first = self.place_of[names[0]] if names else 0
        if self.column_names[first : first + len(names)] == names:  # as in most lists of bounds
            return range(first, first + len(names))
        return looked_up(self.place_of, names)

    def forget(self, count: int) -> list[str]:
        """Remove the variables beyond the first `count`; returns their names."""
        names = self.column_names[count:]
        for name in names:
            del self.place_of[name]
        for entries in (self.column_names, self.cost, self.lower, self.upper, self.integer):
            del entries[count:]
        return names

    def number(self, text: str, what: str) -> float:
        """A finite number; `what` names what was expected."""
        try:
            value = float(text)
        except ValueError:
            try:
                value = float(text.upper().replace("D", "E", 1))  # Fortran's exponent
            except ValueError:
                value = inf - inf
        if value != value or "_" in text:
            self.source.fail(f"expected {what}, found {quoted(text)}")
        return value

    def coefficient(self, text: str, what: str = "a coefficient") -> float:
        """A number that a solver can work with."""
        return self.in_range(self.number(text, what), text)

    def in_range(self, value: float, text: str) -> float:
        """The number, checked to be one that a solver can work with."""
        if value and not SMALL <= abs(value) <= HUGE:
            self.source.fail(f"the coefficient {quoted(text)} is out of the range {SMALL} to {HUGE}")
        return value

    def side(self, value: float, text: str) -> float:
        """A bound or right-hand side; 1e20 or more is infinite in files that pplp did not write."""
        if abs(value) >= (HUGE if self.remarks.ours else INFINITE):
            if abs(value) < inf and self.remarks.ours:
                self.source.fail(f"the number {quoted(text)} is beyond {HUGE}")
            return inf if value > 0 else -inf
        return value

    def summed(self, indices: list[int], values: list[float]) -> tuple[list[int], list[float]]:
        """The terms of a row: repeated variables are added up, zeros are dropped."""
        if 0.0 in values or len({*indices}) < len(indices):
            sums: dict[int, float] = {}
            for j, a in zip(indices, values):
                sums[j] = sums.get(j, 0.0) + a
            indices, values = [j for j, a in sums.items() if a], [a for a in sums.values() if a]
            for a in values:
                self.in_range(a, repr(a))
        return indices, values

    def row(self, name: str, indices: list[int], values: list[float], lower: float, upper: float) -> None:
        """Add a row; its terms are as `summed` returns them."""
        self.check_sides(name, lower, upper)
        self.row_names.append(name)
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        self.lengths.append(len(indices))
        self.indices.extend(indices)
        self.values.extend(values)

    def check_sides(self, name: str, lower: float, upper: float, line: Optional[int] = None) -> None:
        """Check that the row can hold at all; `line` is that of its sides, by default the line read last."""
        if not lower <= upper or lower == inf or upper == -inf:
            remedy = ""
            if lower == inf or upper == -inf:
                remedy = (
                    f". Numbers from {INFINITE:g} on count as infinite, and no row can reach them: write a smaller one"
                )
            message = f"the row {name or 'here'} can never hold: its sides are {lower:g} and {upper:g}{remedy}"
            self.source.fail(message, line)

    def transposed(
        self, count: int, rows: Sequence[int], columns: Sequence[int], values: Sequence[float]
    ) -> Iterable[tuple[int, float]]:
        """Take the terms of `rows` rows from entries in column order; returns those of the row -1."""
        numpy = loaded_numpy()
        if numpy is not None and rows:
            return self._sorted(numpy, count, rows, columns, values)
        counts = [0] * (count + 1)
        for i in rows:
            counts[i] += 1
        at = list(accumulate(counts, initial=0))[:-1]
        indices, factors = array("i", [0]) * len(rows), array("d", [0.0]) * len(rows)
        for i, j, a in zip(rows, columns, values):
            k = at[i]
            indices[k] = j
            factors[k] = a
            at[i] = k + 1
        others = len(rows) - counts.pop()
        self.lengths, self.indices, self.values = counts, indices[:others], factors[:others]
        return zip(indices[others:], factors[others:])

    def _sorted(
        self, numpy: Any, count: int, rows: Sequence[int], columns: Sequence[int], values: Sequence[float]
    ) -> Iterable[tuple[int, float]]:
        """`transposed`, if numpy is installed."""
        of_row = numpy.frombuffer(_packed("i", rows), numpy.int32) + 1  # so that -1 comes first
        # Numbers of sixteen bits are sorted in linear time: by the lower half, then by the upper half.
        order = numpy.argsort(of_row.astype(numpy.uint16), kind="stable")
        if count >= 1 << 16:
            order = order[numpy.argsort((of_row >> 16).astype(numpy.uint16)[order], kind="stable")]
        counts = numpy.bincount(of_row, minlength=count + 1).tolist()
        indices = numpy.frombuffer(_packed("i", columns), numpy.int32)[order]
        factors = numpy.frombuffer(_packed("d", values))[order]
        costs = counts[0]
        self.lengths, self.indices, self.values = counts[1:], array("i"), array("d")
        self.indices.frombytes(indices[costs:].tobytes())
        self.values.frombytes(factors[costs:].tobytes())
        return zip(indices[:costs].tolist(), factors[:costs].tolist())

    def program(self, make: Callable[[], _M]) -> _M:
        """Fill an empty program that `make` makes with what was read."""
        source, remarks = self.source, self.remarks
        lp = make()
        lp.name = remarks.program or self.program_name
        lp.sense = Sense.from_bool(self.maximize).value
        limits = self._ranges()
        crossed = {j: self.upper[j] for j in compress(count(), map(gt, self.lower, self.upper))}
        for j in crossed:  # the program is infeasible, which is not an error of the file
            self.upper[j] = inf
        columns, rows = columns_of(lp), rows_of(lp)
        columns.extend(self.lower, self.upper, [], False)
        if 1 in self.integer:
            columns.integer = self.integer
        columns.names, columns.by_name = remarks.names("variable", self.column_names, source)
        names, places = remarks.names("row", self.row_names, source)
        taken: list[_Row] = []
        if self.conditions or self.ordered_sets:
            taken = self._take_out(names)
            places = dict(zip(names.values(), names))
        ends = list(accumulate(self.lengths))
        rows.extend(ends, self.indices, self.values, self.row_lower, self.row_upper)
        rows.names, lp._row_names = names, places
        for j, high in crossed.items():
            bound_rows_of(lp).append(j, 1.0, -inf, high)
        lp._objective = Objective.of((packed("d", self.cost), self.offset))
        for row in taken:
            if row.condition is None:
                self._add_bound(lp, row)
        self._add_specials(lp, taken, limits)
        return lp

    def _ranges(self) -> dict[int, tuple[float, float]]:
        """The ranges of the semicontinuous variables; from here on, their bounds are the other ones."""
        limits: dict[int, tuple[float, float]] = {}
        for j, line in self.semicontinuous.items():
            low, high = limits[j] = self.lower[j], self.upper[j]
            name = self.column_names[j]
            if low > high:
                self.source.fail(
                    f"the lower bound {low:g} of the semi-continuous variable {quoted(name)} is above its upper bound "
                    f"{high:g}",
                    line,
                )
            # With 0 in its range it is a continuous variable, and its bounds may be infinite.
            if not (low <= 0 <= high or -inf < low <= high < inf):
                self.source.fail(
                    f"the semi-continuous variable {quoted(name)} has the range {low:g} to {high:g}, and without a "
                    "finite end it cannot be stated by rows; write a bound that no solution exceeds",
                    line,
                )
            hull = min(low, 0.0), max(high, 0.0)
            self.lower[j], self.upper[j] = self.remarks.bounds.get(name, hull)
            if self.lower[j] > hull[0] or self.upper[j] < hull[1]:
                self.source.fail(f"the bounds of {quoted(name)} leave out 0 or some of its range", line)
        return limits

    def _take_out(self, names: dict[int, str]) -> list[_Row]:
        """Take out the rows that have a condition, or that are a bound that a big-M needs."""
        ends = list(accumulate(self.lengths, initial=0))
        needed = {j for i in self.conditions for j in self.indices[ends[i] : ends[i + 1]]}
        needed.update(j for _, members, _, _ in self.ordered_sets for j in members)
        needed = {j for j in needed if not (isfinite(self.lower[j]) and isfinite(self.upper[j]))}
        taken, kept = [], []
        indices, values = array("i"), array("d")
        for i, (start, end) in enumerate(zip(ends, ends[1:])):
            terms, factors = self.indices[start:end], self.values[start:end]
            if i in self.conditions or (end == start + 1 and terms[0] in needed):
                sides = self.row_lower[i], self.row_upper[i]
                taken.append(_Row(self.conditions.get(i), names.get(i), list(terms), list(factors), *sides))
            else:
                kept.append(i)
                indices.extend(terms)
                values.extend(factors)
        self.indices, self.values = indices, values
        self.lengths = [self.lengths[i] for i in kept]
        self.row_lower, self.row_upper = [self.row_lower[i] for i in kept], [self.row_upper[i] for i in kept]
        left = {k: names[i] for k, i in enumerate(kept) if i in names}
        names.clear()
        names.update(left)
        return taken

    @staticmethod
    def _add_bound(lp: Model, row: _Row) -> None:
        """A row of one variable becomes a bound, as in `add_constraint`."""
        bounds = bound_rows_of(lp)
        bounds.append(row.indices[0], row.values[0], row.lower, row.upper)
        if row.name is not None:
            place = len(bounds) - 1
            bounds.names[place], lp._row_names[row.name] = row.name, place

    def _add_specials(self, lp: Model, rows: list[_Row], limits: dict[int, tuple[float, float]]) -> None:
        """Indicators, semicontinuous variables and special ordered sets, which need variables and rows of their own."""
        for row in rows:
            if row.condition is not None:
                self._add(lp, row.condition.line, row.name, partial(self._indicator, lp, row.condition, row))
        for j, (low, high) in limits.items():
            if not low <= 0 <= high:
                name = self.remarks.semicontinuous(self.column_names[j])
                self._add(lp, self.semicontinuous[j], name, partial(semicontinuous, variable_at(lp, j), low, high))
        names, _ = self.remarks.names("set", [name for _, _, _, name in self.ordered_sets], self.source)
        for k, (kind, members, line, _) in enumerate(self.ordered_sets):
            ordered = sos1 if kind == 1 else sos2
            self._add(lp, line, names.get(k), partial(ordered, [variable_at(lp, j) for j in members]))

    def _add(self, lp: Model, line: int, name: Optional[str], compound: Callable[[], Any]) -> None:
        """Add a constraint; drop its name if that, or a name derived from it, is taken."""
        try:
            constraint = compound()
            if name is not None:
                with suppress(InvalidValue):
                    lp.add_constraint(constraint, name)
                    return
            lp.add_constraint(constraint)
        except FormatError:  # already has its place
            raise
        except PplpError as error:
            raise self.source.error(str(error), line) from error

    def _indicator(self, lp: Model, on: Condition, row: _Row) -> Any:
        """The constraint for a row that has a condition."""
        column, value, line, sense = on
        lower, upper = bounds_at(lp, column)
        if not (columns_of(lp).is_integer(column) and lower >= 0 and upper <= 1):
            name = quoted(self.column_names[column])
            self.source.fail(f"the condition of an indicator needs a binary variable, but {name} is not binary", line)
        b = variable_at(lp, column)
        condition = b if value else 1 - b
        relation = sum_from(lp, row.indices, row.values, 0.0).between(row.lower, row.upper)
        return implication(condition, relation) if sense == ">=" else related(truth(relation), sense, condition)


def _packed(code: str, items: Sequence[Any]) -> array[Any]:
    """The numbers as an array, which they may already be."""
    return items if isinstance(items, array) else packed(code, items)


class _Row(NamedTuple):
    """A row with a condition, or one of a single variable."""

    condition: Optional[Condition]
    name: Optional[str]
    indices: list[int]
    values: list[float]
    lower: float
    upper: float
