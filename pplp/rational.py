"""A simplex in rational arithmetic, for small linear programs: no rounding, no tolerance.

Each number of the program is the shortest decimal that denotes its float, which is what a user wrote: 0.1 is 1/10,
and 0.1 + 0.2 == 0.3.  A solver that works with the floats' binary values would call 0.1 x + 0.2 y == 0.3 with
x = y = 1 infeasible.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import inf
from typing import Callable, NamedTuple, Optional

from pplp.errors import OptionError
from pplp.matrix_form import MatrixForm
from pplp.solution import Outcome, ReadNumbers, Status

__all__ = ["RationalNumbers", "Start", "Vertex", "check_size", "exact_outcome", "rational", "solve_exactly"]

#: Rows and columns together; beyond, a pivot takes too long for what the method is meant for.
_MOST = 500


def rational(number: float) -> Fraction:
    """The shortest decimal that denotes the float.

    >>> rational(0.1), rational(2.0)
    (Fraction(1, 10), Fraction(2, 1))
    """
    return Fraction(repr(float(number)))


class Start(NamedTuple):
    """A start, in places that count the columns and then the rows: what is basic, and what is at its upper bound."""

    basic: Iterable[int]
    upper: Iterable[int]


class Vertex(NamedTuple):
    """The outcome; without a solution the lists are empty."""

    status: Status
    pivots: int
    objective: Fraction = Fraction(0)
    values: tuple[Fraction, ...] = ()
    reduced_costs: tuple[Fraction, ...] = ()
    duals: tuple[Fraction, ...] = ()


class RationalNumbers(ReadNumbers):
    """A vertex in rational numbers, rounded once for those who want floats."""

    def __init__(self, vertex: Vertex) -> None:
        numbers = vertex.values, vertex.reduced_costs, vertex.duals
        super().__init__(*(list(map(float, each)) for each in numbers))
        self._exact = vertex.values

    def exact(self) -> Sequence[Fraction]:
        """Values of the columns."""
        return self._exact


def check_size(size: int) -> None:
    """Raise `OptionError` for more rows and columns together than the method takes."""
    if size > _MOST:
        raise OptionError(
            f"method='exact' takes at most {_MOST:,} rows and columns together, not {size:,}. Leave method at 'auto'."
        )


def exact_outcome(vertex: Vertex, begun: Outcome, seconds: float) -> Outcome:
    """What an engine says of the vertex that was reached from where its own simplex, `begun`, had ended."""
    begun.iterations += vertex.pivots
    if vertex.status in (Status.TIME_LIMIT, Status.INTERRUPTED):
        begun.status, begun.bound = vertex.status, None
        return begun
    is_optimal = vertex.status is Status.OPTIMAL
    objective = float(vertex.objective) if is_optimal else float("nan")
    return Outcome(
        vertex.status,
        RationalNumbers(vertex) if is_optimal else None,
        objective,
        objective if is_optimal else None,
        begun.iterations,
        seconds=seconds,
        method="exact simplex",
        message=begun.message if begun.status is vertex.status else "",
        reason="asked for",
    )


def solve_exactly(form: MatrixForm, basis: Optional[Start], stopping: Callable[[], Optional[Status]]) -> Vertex:
    """Solve the linear program, from a basis if there is one; `stopping` is asked at every row of a pivot."""
    tableau = _Tableau(form, stopping)
    try:
        if basis is not None:
            tableau.install(basis)
        status = tableau.repair() or tableau.improve() or Status.OPTIMAL
    except _Stopped as stopped:
        status = stopped.status
    if status is not Status.OPTIMAL:
        return Vertex(status, tableau.pivots)
    n = form.columns
    sign = -1 if form.maximize else 1
    prices = [sign * tableau.cost.get(k, Fraction(0)) for k in range(n + form.rows)]
    values = tuple(tableau.value[:n])
    objective = rational(form.offset) + sum(
        (rational(c) * x for c, x in zip(form.cost, values) if c and x), Fraction(0)
    )
    return Vertex(status, tableau.pivots, objective, values, tuple(prices[:n]), tuple(prices[n:]))


class _Stopped(Exception):
    """Somebody wants it to end."""

    def __init__(self, status: Status) -> None:
        self.status = status


class _Tableau:
    """Basic variables as sums of the others; variables are the columns, then the rows' own values.

    All choices are of the least index that will do, after Bland: so no basis comes twice.
    """

    def __init__(self, form: MatrixForm, stopping: Callable[[], Optional[Status]]) -> None:
        n = form.columns
        self._stopping = stopping
        self.pivots = 0
        self.lower = [_end(low) for low in (*form.column_lower, *form.row_lower)]
        self.upper = [_end(high) for high in (*form.column_upper, *form.row_upper)]
        sign = -1 if form.maximize else 1
        self.cost = {j: sign * rational(c) for j, c in enumerate(form.cost) if c}
        self.rows: dict[int, dict[int, Fraction]] = {}
        for i in range(form.rows):
            self.rows[n + i] = {j: rational(a) for j, a in zip(*form.row(i))}
        self.value = [Fraction(0)] * len(self.lower)
        self._rest(frozenset())

    def _rest(self, at_upper: frozenset[int]) -> None:
        """Put every nonbasic variable to a bound, or 0 where it has none; the basic ones follow."""
        for k, (low, high) in enumerate(zip(self.lower, self.upper)):
            if k not in self.rows:
                first, second = (high, low) if k in at_upper else (low, high)
                self.value[k] = first if first is not None else second if second is not None else Fraction(0)
        for b, row in self.rows.items():
            self.value[b] = sum((a * self.value[k] for k, a in row.items()), Fraction(0))

    def install(self, basis: Start) -> None:
        """Go to a basis, as far as it is one."""
        wanted = set(basis.basic)
        for j in sorted(wanted.difference(self.rows)):
            leaving = [b for b, row in self.rows.items() if j in row and b not in wanted]
            if leaving:
                self._exchange(min(leaving, key=lambda b: (len(self.rows[b]), b)), j)
        self._rest(frozenset(basis.upper))

    def _exchange(self, leaving: int, entering: int) -> None:
        """Make one variable basic in place of another."""
        row = self.rows.pop(leaving)
        pivot = row.pop(entering)
        new = {k: -a / pivot for k, a in row.items()}
        new[leaving] = 1 / pivot
        for other in (*self.rows.values(), self.cost):
            stopped = self._stopping()
            if stopped is not None:
                raise _Stopped(stopped)
            factor = other.pop(entering, None)
            if factor is not None:
                for k, a in new.items():
                    total = other.get(k, 0) + factor * a
                    if total:
                        other[k] = total
                    else:
                        other.pop(k, None)
        self.rows[entering] = new

    def _move(self, entering: int, step: Fraction) -> None:
        self.value[entering] += step
        for b, row in self.rows.items():
            if entering in row:
                self.value[b] += row[entering] * step

    def _may(self, k: int, up: bool) -> bool:
        bound = self.upper[k] if up else self.lower[k]
        return bound is None or (self.value[k] < bound if up else self.value[k] > bound)

    def repair(self) -> Optional[Status]:
        """Until no basic variable is outside its bounds; a status where that cannot be."""
        if any(low is not None and high is not None and low > high for low, high in zip(self.lower, self.upper)):
            return Status.INFEASIBLE
        while True:
            outside = [b for b in self.rows if self._side(b)]
            if not outside:
                return None
            leaving = min(outside)
            row, too_low = self.rows[leaving], self._side(leaving) < 0
            can = [k for k, a in row.items() if self._may(k, (a > 0) is too_low)]
            if not can:
                return Status.INFEASIBLE
            self.pivots += 1
            entering = min(can)
            bound = self.lower[leaving] if too_low else self.upper[leaving]
            assert bound is not None
            self._move(entering, (bound - self.value[leaving]) / row[entering])
            self._exchange(leaving, entering)

    def _side(self, k: int) -> int:
        """Below its bounds, above, or 0 for within."""
        low, high, value = self.lower[k], self.upper[k], self.value[k]
        if low is not None and value < low:
            return -1
        return 1 if high is not None and value > high else 0

    def improve(self) -> Optional[Status]:
        """Until no move makes the objective less; a status where there is no least."""
        while True:
            can = [k for k, price in self.cost.items() if self._may(k, price < 0)]
            if not can:
                return None
            self.pivots += 1
            entering = min(can)
            up = self.cost[entering] < 0
            leaving, step = self._ratio(entering, up)
            if step is None:
                return Status.UNBOUNDED
            self._move(entering, step if up else -step)
            if leaving is not None:
                self._exchange(leaving, entering)

    def _ratio(self, entering: int, up: bool) -> tuple[Optional[int], Optional[Fraction]]:
        """Which basic variable comes to a bound first, and how far the entering one moves until then."""
        low, high = self.lower[entering], self.upper[entering]
        step = high - low if low is not None and high is not None else None
        leaving: Optional[int] = None
        for b, row in self.rows.items():
            rate = row.get(entering)
            if rate is None:
                continue
            rises = (rate > 0) is up
            bound = self.upper[b] if rises else self.lower[b]
            if bound is None:
                continue
            room = abs(bound - self.value[b]) / abs(rate)
            if step is None or room < step or (room == step and (leaving is None or b < leaving)):
                leaving, step = b, room
        return leaving, step


def _end(bound: float) -> Optional[Fraction]:
    return None if bound in (inf, -inf) else rational(bound)
