"""How far the data of a solved linear program can move while its optimal basis stays optimal.

The columns of the simplex tableau give all ranges.  When a nonbasic variable or row k moves by t, each basic one i
moves by alpha[i,k] * t: the first to reach a bound ends the range of the bound that k is at.  When the cost of a
basic i moves by e, the dual of each nonbasic k moves by alpha[i,k] * e: the first to change its sign ends the range
of that cost.  Rows and variables are treated alike, and are numbered rows first; "dual" includes reduced costs.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator, Sequence
from itertools import chain
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, Optional, Union, overload

from pplp.answers.basis import STATUSES, optimal_letters
from pplp.answers.ranges import ConstraintRanges, Handle, Range, VariableRanges, ranges_of, scaled
from pplp.answers.solution import numbers_of
from pplp.answers.solvable import current_solution, session_of
from pplp.core.constraints import BoundConstraint, ConstantConstraint, Constraint, constraint_at
from pplp.core.entries import has_entry
from pplp.core.expressions import Variable, variable_at
from pplp.core.handle import index_of, place_of, store_of
from pplp.core.sense import Sense
from pplp.core.shown import ShownAsPage
from pplp.errors import ExpressionError, RemovedObject
from pplp.form.compiler import Places, compile_form
from pplp.form.letters import AT_LOWER, AT_UPPER, BASIC, FIXED, FREE
from pplp.form.matrix_form import MatrixForm
from pplp.form.scaling import scale_of
from pplp.form.sizes import Sizes
from pplp.form.verification import activities
from pplp.ground.quoting import quoted
from pplp.ground.words import brief, left_out

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["ConstraintRanges", "Range", "Sensitivity", "VariableRanges"]

# Any: frames are of pandas and polars, which have no types here.

#: How far, and what ends it.
_End = tuple[float, Optional[Handle]]
_NO_LOWER: _End = (-inf, None)
_NO_UPPER: _End = (inf, None)

#: The most lines of the table that are shown.
_LINES = 30
#: An entry of the tableau this much smaller than the greatest in its column is rounding.
_ZERO = 1e-11
#: A dual, or a distance from a bound, up to this size counts as 0, relatively.
_SMALL = 1e-9
#: What rounding leaves in a sum, relative to its parts.
_NOISE = 1e-13


class _Ends:
    """How far a number can move, down and up, and what ends that; by number of the variable or row."""

    def __init__(self, count: int) -> None:
        self.down, self.up = [-inf] * count, [inf] * count
        self.down_limit: list[Optional[int]] = [None] * count
        self.up_limit: list[Optional[int]] = [None] * count

    def cut(self, k: int, step: float, upward: bool, limit: int) -> None:
        """Limit the move to `step` (a rounding error on the wrong side of 0 is 0)."""
        if upward:
            step = max(step, 0.0)
            if step < self.up[k]:
                self.up[k], self.up_limit[k] = step, limit
        else:
            step = min(step, 0.0)
            if step > self.down[k]:
                self.down[k], self.down_limit[k] = step, limit


class Sensitivity(ShownAsPage):
    """The ranges of all costs, right-hand sides and bounds of a solved linear program; `LinearProgram.sensitivity`.

    ``s[x].cost`` is the `Range` of the cost of a variable, ``s[x].lb`` and ``s[x].ub`` those of its bounds,
    ``s[c].rhs`` that of a right-hand side (``s[c].lb`` and ``s[c].ub`` if a constraint has two).  In each, only
    that one number moves.  It prints as a table, and `to_pandas` makes a frame of it.

    A range is that of the optimal basis.  If a basic variable or row is at a bound (`primal_degenerate`), the
    same point has other bases, and may stay optimal beyond the range of a cost.  If a nonbasic one has a dual or
    reduced cost of 0 (`dual_degenerate`), the same duals have other bases, and may stay valid beyond the range of a
    bound or right-hand side.  Inside the range the numbers are right in either case.

    It is frozen: it stays readable after the program is edited or solved again.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    >>> wood = lp.add_constraint(x + 2*y <= 8, name="wood")
    >>> steel = lp.add_constraint(x - y <= 2, name="steel")
    >>> lp.objective = 3*x + 2*y
    >>> lp.maximize()
    16.0
    >>> s = lp.sensitivity()
    >>> s[x].cost.lower, s[x].cost.upper, s[wood].rhs.lower, s[wood].rhs.lower_limit
    (1.0, inf, 2.0, y)
    >>> print(s)
    objective 16 (maximize)
    name   of    now  from   to  objective from   to  limits
    x      cost    3     1  inf               8  inf  steel, -
    x      lb      0  -inf    4              16   16  -, x
    y      cost    2    -3    6               6   24  wood, steel
    y      lb      0  -inf    2              16   16  -, y
    wood   rhs     8     2  inf               6  inf  y, -
    steel  rhs     2    -4    8               8   24  x, y
    """

    def __init__(self, program: Solvable, letters: tuple[str, str]) -> None:
        solution = current_solution(program, "sensitivity")
        numbers, engine = numbers_of(solution), session_of(program).engine
        assert numbers is not None and engine is not None
        prices, duals = numbers.reduced_costs(), numbers.duals()
        assert prices is not None and duals is not None
        form = compile_form(program, Sense.of(solution.sense).is_maximize)
        #: "minimize" or "maximize", and the objective at the optimum.
        self.sense, self.objective = solution.sense, solution.objective
        self._program, self._solution = program, solution
        self._at_column, self._at_row = session_of(program).places
        self._variables, self._constraints = self._at_column.indices(), self._at_row.indices()
        self._bound_rows = copy.deepcopy(program._bound_rows)
        self._own = program._columns.lower.copy(), program._columns.upper.copy()
        self._rows = rows = form.rows
        self._cost = form.cost.tolist()
        self._lower, self._upper = (*form.row_lower, *form.column_lower), (*form.row_upper, *form.column_upper)
        self._letters = letters[1] + letters[0]
        self._price = [*duals, *prices]
        self._values = [*activities(form, numbers.primal()), *numbers.primal()]
        bounds = {AT_LOWER: self._lower, AT_UPPER: self._upper, FIXED: self._lower}
        for k, letter in enumerate(self._letters):
            is_fixed = self._lower[k] == self._upper[k]  # as is a basic equality
            if is_fixed or letter in bounds:
                self._values[k] = bounds[FIXED if is_fixed else letter][k]
        self._sign = -1.0 if form.maximize else 1.0
        self._moves, self._costs = _Ends(len(self._letters)), _Ends(len(self._letters))
        self._units = scale_of(form)
        engine.tableau(self._take)
        for k in range(rows, len(self._letters)):
            if self._letters[k] != BASIC:
                self._nonbasic_cost(k)
        row_sizes, column_sizes = Sizes(form, numbers.primal()).of_point()
        sizes = [*row_sizes, *column_sizes]
        #: True if a basic variable or row is at one of its bounds.
        self.primal_degenerate = any(
            letter == BASIC and min(value - low, high - value) <= _SMALL * size
            for letter, value, low, high, size in zip(self._letters, self._values, self._lower, self._upper, sizes)
        )
        #: True if a nonbasic variable or row that is not fixed has a dual or reduced cost of 0.
        self.dual_degenerate = any(
            letter in (AT_LOWER, AT_UPPER, FREE) and abs(price) <= _SMALL * size
            for letter, price, size in zip(self._letters, self._price, self._price_sizes(form))
        )

    @classmethod
    def of(cls, program: Solvable) -> Sensitivity:
        """Implements `LinearProgram.sensitivity`."""
        return cls(program, optimal_letters(program, "sensitivity", "ranges"))

    def _price_sizes(self, form: MatrixForm) -> list[float]:
        """The scale below which a dual of each row and variable counts as 0: the costs there."""
        greatest = max(map(abs, form.cost), default=0.0)
        rows = [greatest / max(map(abs, form.row(i)[1]), default=1.0) for i in range(form.rows)]
        return [*rows, *(abs(cost) or greatest for cost in form.cost)]

    # ---- from the tableau
    def _take(self, k: int, basics: Sequence[int], factors: Sequence[float]) -> None:
        """One column of the tableau, that of the nonbasic k."""
        lower, upper, values = self._lower, self._upper, self._values
        moves, costs, letter, price = self._moves, self._costs, self._letters[k], self._sign * self._price[k]
        # Rounding is told from true entries in units in which all entries are of similar size.
        units, sizes = self._units, list(map(abs, factors))
        if units is not None:
            unit = units.unit(k)
            sizes = [size * unit / units.unit(i) for i, size in zip(basics, sizes)]
        least = _ZERO * max(sizes, default=0.0)
        rising = self._sign > 0
        for i, factor, size in zip(basics, factors, sizes):
            if size <= least:
                continue
            above, below = upper[i] - values[i], lower[i] - values[i]
            if factor < 0:
                above, below = below, above
            if -inf < above < inf:
                moves.cut(k, above / factor, True, i)
            if -inf < below < inf:
                moves.cut(k, below / factor, False, i)
            if letter != FIXED and i >= self._rows:
                # In a minimization the dual stays >= 0 at a lower bound, <= 0 at an upper one, and 0 if free.
                step = -price / factor
                if letter == FREE or (factor > 0) is (letter == AT_LOWER):
                    costs.cut(i, self._sign * step, not rising, k)
                if letter == FREE or (factor > 0) is not (letter == AT_LOWER):
                    costs.cut(i, self._sign * step, rising, k)

    def _nonbasic_cost(self, k: int) -> None:
        """The cost of a nonbasic variable moves only its own reduced cost."""
        letter = self._letters[k]
        if letter in (AT_LOWER, FREE):
            self._costs.cut(k, -self._price[k], self._sign < 0, k)
        if letter in (AT_UPPER, FREE):
            self._costs.cut(k, -self._price[k], self._sign > 0, k)

    # ---- ranges
    @overload
    def __getitem__(self, thing: Variable) -> VariableRanges: ...
    @overload
    def __getitem__(self, thing: Constraint) -> ConstraintRanges: ...
    def __getitem__(self, thing: Union[Variable, Constraint]) -> Union[VariableRanges, ConstraintRanges]:
        """The `VariableRanges` of a variable, or the `ConstraintRanges` of a constraint.

        Raises `RemovedObject` for one that was not part of the program at the time.
        """
        if isinstance(thing, Variable):
            return self._of_variable(thing)
        if isinstance(thing, Constraint):
            return self._of_constraint(thing)
        raise ExpressionError(f"Only variables and constraints have ranges, not {quoted(thing)}.")

    def _of_variable(self, variable: Variable) -> VariableRanges:
        k = self._rows + self._place(variable, self._at_column)
        ends, value = self._costs, self._values[k]
        cost = self._range(
            self._cost[k - self._rows],
            value,
            (ends.down[k], self._handle(ends.down_limit[k])),
            (ends.up[k], self._handle(ends.up_limit[k])),
        )
        shared = self._shared(variable.name, k)
        return VariableRanges(*shared, cost=cost, reduced_cost=self._price[k])

    def _of_constraint(self, constraint: Constraint) -> ConstraintRanges:
        is_row = store_of(constraint) is self._program._rows and place_of(constraint) in self._at_row
        if isinstance(constraint, BoundConstraint) and not is_row:
            return self._of_bound_row(constraint)
        if isinstance(constraint, ConstantConstraint) and not is_row:
            lb, ub = self._idle(constraint.lb, 0.0, False, None), self._idle(constraint.ub, 0.0, True, None)
            return ConstraintRanges(constraint.name, 0.0, "basic", lb, ub, None, dual=0.0)
        k = self._place(constraint, self._at_row)
        return ConstraintRanges(*self._shared(constraint.name, k), dual=self._price[k])

    def _place(self, thing: Handle, at: Places) -> int:
        index = place_of(thing) if isinstance(thing, Constraint) else index_of(thing)
        if thing._program is not self._program or index not in at:
            raise RemovedObject(
                f"{quoted(thing)} is not part of this sensitivity: it is of another program, or was added later or "
                "removed "
                "before."
            )
        return at[index]

    def _shared(self, name: str, k: int) -> tuple[Any, ...]:
        both = self._joint(k) if self._lower[k] == self._upper[k] else None
        return name, self._values[k], STATUSES[self._letters[k]], self._bound(k, False), self._bound(k, True), both

    @overload
    def _handle(self, k: int) -> Handle: ...
    @overload
    def _handle(self, k: Optional[int]) -> Optional[Handle]: ...
    def _handle(self, k: Optional[int]) -> Optional[Handle]:
        if k is None:
            return None
        if k >= self._rows:
            return variable_at(self._program, self._variables[k - self._rows])
        handle: Constraint = constraint_at(self._program, Constraint, self._constraints[k])
        return handle

    def _range(self, value: float, slope: float, down: _End, up: _End) -> Range:
        """The range of a number that changes the objective with this slope; `down` and `up` are steps from it."""
        low, high = (_moved(self.objective, slope * step) if slope else self.objective for step in (down[0], up[0]))
        return Range(value, _moved(value, down[0]), _moved(value, up[0]), low, high, down[1], up[1])

    def _idle(self, value: float, stop: float, is_upper: bool, limit: Optional[Handle]) -> Range:
        """The range of a bound that is not binding: up to `stop`, and without limit in the other direction."""
        z = self.objective
        return Range(value, stop, inf, z, z, limit, None) if is_upper else Range(value, -inf, stop, z, z, None, limit)

    def _holds(self, k: int, is_upper: bool) -> bool:
        """True if k is at this bound."""
        letter = self._letters[k]
        if letter == FIXED:  # the one that its price asks for
            return is_upper is (self._sign * self._price[k] < 0)
        return letter == (AT_UPPER if is_upper else AT_LOWER)

    def _joint(self, k: int, least: _End = _NO_LOWER, most: _End = _NO_UPPER) -> Range:
        """The range of the value that k is at, between least and most."""
        ends, value = self._moves, self._values[k]
        if self._letters[k] == BASIC:  # others hold it where it is: moved alone it would not be met
            its = self._handle(k)
            return Range(value, value, value, self.objective, self.objective, its, its)
        down, up = (ends.down[k], self._handle(ends.down_limit[k])), (ends.up[k], self._handle(ends.up_limit[k]))
        if least[0] - value > down[0]:
            down = least[0] - value, least[1]
        if most[0] - value < up[0]:
            up = most[0] - value, most[1]
        return self._range(value, self._price[k], down, up)

    def _bound(self, k: int, is_upper: bool, other: Optional[_End] = None) -> Range:
        """The range of one bound of k, unless an `other` takes its place when it is relaxed."""
        if not self._holds(k, is_upper):
            bound = (self._upper if is_upper else self._lower)[k]
            return self._idle(bound, self._values[k], is_upper, self._handle(k))
        if is_upper:
            return self._joint(k, (self._lower[k], self._handle(k)), other or _NO_UPPER)
        return self._joint(k, other or _NO_LOWER, (self._upper[k], self._handle(k)))

    # ---- a constraint of one variable: its bounds are those of the variable, divided by the factor
    def _of_bound_row(self, constraint: BoundConstraint) -> ConstraintRanges:
        store, row = self._bound_rows, index_of(constraint)
        variable = variable_at(self._program, store.column[row]) if has_entry(store.lower, row) else None
        if constraint._program is not self._program or variable is None or row in store.removed:
            raise RemovedObject(
                f"{constraint!r} is not part of this sensitivity: it was added later or removed before."
            )
        k, a = self._rows + self._place(variable, self._at_column), store.factor[row]
        sides = self._one_side(row, k, False), self._one_side(row, k, True)
        lower, upper = self._tightest(row, k, False), self._tightest(row, k, True)
        both = self._joint(k, lower, upper) if store.lower[row] == store.upper[row] else None
        lb, ub = (scaled(its, a) for its in (sides if a > 0 else sides[::-1]))
        status = STATUSES[self._letters[k]]
        if a < 0:
            status = {"lower": "upper", "upper": "lower"}.get(status, status)
        price, ends = self._price[k] / a, store.interval(row)
        is_upper = self._holds(k, True)
        if not (is_upper or self._holds(k, False)) or ends[is_upper] != (self._upper if is_upper else self._lower)[k]:
            status, price = "basic", 0.0
        value, both = a * self._values[k], both and scaled(both, a)
        return ConstraintRanges(constraint.name, value, status, lb, ub, both, dual=price)

    def _one_side(self, row: int, k: int, is_upper: bool) -> Range:
        """The range of a row's bound on its only variable k."""
        own, other = self._bound_rows.interval(row)[is_upper], self._tightest(row, k, is_upper)
        if not self._holds(k, is_upper):
            return self._idle(own, self._values[k], is_upper, self._handle(k))
        if own > other[0] if is_upper else own < other[0]:
            return self._idle(own, other[0], is_upper, other[1])
        return self._bound(k, is_upper, other)

    def _tightest(self, but: int, k: int, is_upper: bool) -> _End:
        """The tightest bound of a variable that is not set by the row `but`, and what sets it."""
        column = self._variables[k - self._rows]
        bound, row = self._bound_rows.tightest(column, is_upper, self._own[is_upper][column], but)
        return bound, self._handle(k) if row is None else constraint_at(self._program, BoundConstraint, row)

    # ---- as a table
    def _records(self) -> Iterator[tuple[str, str, Range]]:
        """(name, what of it, range) for everything in the program."""
        handles: Iterator[Handle] = (variable_at(self._program, j) for j in self._variables)
        for thing in chain(handles, map(self._handle, range(self._rows)), self._bound_handles()):
            ranges = self[thing]
            for what, its in ranges_of(ranges):
                yield ranges.name, what, its

    def _bound_handles(self) -> Iterator[Handle]:
        for row in self._bound_rows.living():
            yield constraint_at(self._program, BoundConstraint, row)

    def __str__(self) -> str:
        """A table, shortened past a screenful."""
        records = list(self._records())
        lines: list[tuple[str, ...]] = [("name", "of", "now", "from", "to", "objective from", "to", "limits")]
        for name, what, r in records[:_LINES]:
            numbers = map(brief, (r.value, r.lower, r.upper, r.lower_objective, r.upper_objective))
            limits = ", ".join("-" if limit is None else limit.name for limit in (r.lower_limit, r.upper_limit))
            lines.append((name, what, *numbers, limits))
        widths = [max(map(len, column)) for column in zip(*lines)]
        text = [
            "  ".join(cell.rjust(w) if 2 <= c < 7 else cell.ljust(w) for c, (cell, w) in enumerate(zip(line, widths)))
            for line in lines
        ]
        title = f"objective {brief(self.objective)} ({self.sense})"
        notes = [left_out(len(records) - _LINES)] if len(records) > _LINES else []
        if self.primal_degenerate or self.dual_degenerate:
            notes.append("The optimum is degenerate: the true ranges may be wider than these.")
        return "\n".join([title, *(line.rstrip() for line in text), *notes])

    __repr__ = __str__

    def _columns(self) -> dict[str, list[Any]]:
        """The ranges, column by column."""
        records = [
            (
                *(name, what, its.value, its.lower, its.upper, its.lower_objective, its.upper_objective),
                *(limit.name if limit is not None else None for limit in (its.lower_limit, its.upper_limit)),
            )
            for name, what, its in self._records()
        ]
        names = ["name", "of", *(field.name for field in dataclasses.fields(Range))]
        return {name: [record[k] for record in records] for k, name in enumerate(names)}

    def to_pandas(self) -> Any:
        """A pandas frame with a row for each range, indexed by name and what it is of.

        Raises `ExtraMissing` without pandas: ``pip install "pplp[pandas]"``.
        """
        from pplp.arrays.pandas_index import pandas_frame

        return pandas_frame(self._columns(), ["name", "of"])

    def to_polars(self) -> Any:
        """The same as a polars frame.  Raises `ExtraMissing` without polars: ``pip install "pplp[polars]"``."""
        from pplp.arrays.key_columns import polars_frame

        return polars_frame(self._columns())


def _moved(value: float, step: float) -> float:
    """The value after a step, without the rounding errors of the last digits: 1.5 for 1.4999999999999996."""
    moved, size = value + step, max(abs(value), abs(step))
    if not isfinite(moved):
        return moved
    near = float(f"{moved:.12g}")
    if abs(near - moved) <= 4e-15 * abs(moved):
        return near
    nearest = float(round(moved))
    return nearest if abs(moved - nearest) <= _NOISE * size else moved


def records_of(sensitivity: Sensitivity) -> Iterator[tuple[str, str, Range]]:
    """(name, what of it, range) for everything in the program."""
    return sensitivity._records()
