"""A simplex method in rational arithmetic, for linear programs of up to thousands of rows: no rounding, no tolerance.

Each number of the program is the decimal that a user wrote (see `decimals.py`): 0.1 is 1/10, and 0.1 x + 0.2 y is
0.3 where x and y are 1.  A solver that works with the floats' binary values would call 0.1 x + 0.2 y == 0.3 with
x = y = 1 infeasible.  A bound that was written as a row of one variable, 3 x <= 1, is the quotient of its decimals.

This is the revised primal simplex on A x - r = 0, where r are the values of the rows.  The basis is factorized (see
`factorization.py`), and updated in product form after a pivot.  Started from the final basis of a floating-point
solver, it usually only confirms that this basis is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import inf
from typing import Callable, NamedTuple, Optional

from pplp.engines.factorization import Factors, Rational, quotient
from pplp.errors import OptionError
from pplp.form.letters import AT_LOWER, AT_UPPER, BASIC, FIXED, FREE
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Outcome, ReadNumbers, Status
from pplp.ground.decimals import rational

__all__ = ["RationalNumbers", "Start", "Vertex", "check_size", "exact_outcome", "rational", "solve_exactly"]

#: Above this many rows, the factors of a basis may take more memory and time than is practical.
_MOST = 20_000
#: The basis is factorized again after this many changes.
_EXCHANGES = 40
#: After this many degenerate pivots, Bland's rule is used until a pivot moves the point, which prevents cycling.
_PATIENCE = 30


class Start(NamedTuple):
    """A starting basis: the numbers of the basic variables, and of those at the upper bound; columns before rows."""

    basic: Iterable[int]
    upper: Iterable[int]

    @classmethod
    def of(cls, letters: str) -> Start:
        """The start that the letters of a `Basis` describe, columns before rows."""
        return cls(*([k for k, letter in enumerate(letters) if letter == wanted] for wanted in (BASIC, AT_UPPER)))


class Vertex(NamedTuple):
    """The outcome of the exact simplex; without an optimum, the tuples of the solution are empty.

    `letters` describe the last basis, columns before rows.  `proof` proves that there is no optimum.  For an infeasible
    program it has the multipliers of the rows: their ``sum of multiplier * row`` contradicts the bounds.  For an
    unbounded one it has the steps of the columns along a ray.
    """

    status: Status
    pivots: int
    objective: Fraction = Fraction(0)
    values: tuple[Fraction, ...] = ()
    reduced_costs: tuple[Fraction, ...] = ()
    duals: tuple[Fraction, ...] = ()
    letters: str = ""
    proof: tuple[Fraction, ...] = ()


class RationalNumbers(ReadNumbers):
    """A vertex in rational numbers, rounded once for callers that want floats."""

    def __init__(self, vertex: Vertex) -> None:
        numbers = vertex.values, vertex.reduced_costs, vertex.duals
        super().__init__(*(list(map(float, each)) for each in numbers))
        self._exact = vertex.values

    def exact(self) -> Sequence[Fraction]:
        """The exact values of the columns."""
        return self._exact


def check_size(rows: int) -> None:
    """Raise `OptionError` for more rows than the method supports."""
    if rows > _MOST:
        raise OptionError(
            f"method='exact' factorizes a basis of as many rows as the program has, in Python: it takes at most "
            f"{_MOST:,} rows, not {rows:,}. Leave method at 'auto': its answers are checked, too."
        )


def exact_outcome(vertex: Vertex, begun: Outcome, seconds: float) -> Outcome:
    """The outcome of an engine whose own simplex ended with `begun`, from where the exact one reached this vertex."""
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
    """Solve the linear program, from a basis if there is one; `stopping` is called at every pivot."""
    simplex = _Simplex(form, stopping)
    try:
        status = simplex.run(basis)
    except _Stopped as stopped:
        return Vertex(stopped.status, simplex.pivots)
    letters, proof = simplex.letters(), tuple(map(Fraction, simplex.proof))
    if status is not Status.OPTIMAL:
        return Vertex(status, simplex.pivots, letters=letters, proof=proof)
    n, sign = form.columns, -1 if form.maximize else 1
    prices = [sign * Fraction(price) for price in simplex.prices]
    values = tuple(map(Fraction, simplex.value[:n]))
    objective = sum((sign * c * x for c, x in zip(simplex.cost, values) if c and x), rational(form.offset))
    return Vertex(status, simplex.pivots, objective, values, tuple(prices[:n]), tuple(prices[n:]), letters)


class _Stopped(Exception):
    """Ends the simplex when `stopping` asks for it."""

    def __init__(self, status: Status) -> None:
        self.status = status


def _whole(number: float) -> Rational:
    found = rational(number)
    return found.numerator if found.denominator == 1 else found


def _end(bound: float) -> Optional[Rational]:
    return None if bound in (inf, -inf) else _whole(bound)


class _Simplex:
    """The program in rational numbers, and the current basis; variables are the columns, then the rows' values."""

    def __init__(self, form: MatrixForm, stopping: Callable[[], Optional[Status]]) -> None:
        n, m = form.columns, form.rows
        self._stopping = stopping
        self._n, self._m = n, m
        self.pivots = 0
        self.proof: list[Rational] = []
        self.prices: list[Rational] = []
        self.lower = [_end(low) for low in (*form.column_lower, *form.row_lower)]
        self.upper = [_end(high) for high in (*form.column_upper, *form.row_upper)]
        for j, (low, high) in form.quotients().items():
            self.lower[j], self.upper[j] = low, high
        sign = -1 if form.maximize else 1
        self.cost: list[Rational] = [sign * _whole(c) for c in form.cost] + [0] * m
        self._columns: list[dict[int, Rational]] = [{} for _ in range(n)]
        for i in range(m):
            for j, a in zip(*form.row(i)):
                self._columns[j][i] = _whole(a)
        self._columns += [{i: -1} for i in range(m)]
        self.value: list[Rational] = [0] * (n + m)
        self._at_upper: set[int] = set()
        self._basic = list(range(n, n + m))
        self._slot: dict[int, int] = {}
        self._still = 0  # consecutive degenerate pivots

    def _ask(self) -> None:
        stopped = self._stopping()
        if stopped is not None:
            raise _Stopped(stopped)

    def letters(self) -> str:
        """The letters of the basis: B basic, L at the lower bound, U at the upper one, F free, E fixed."""
        found = []
        for k, (low, high) in enumerate(zip(self.lower, self.upper)):
            if k in self._slot:
                found.append(BASIC)
            elif low is None and high is None:
                found.append(FREE)
            elif low == high:
                found.append(FIXED)
            else:
                found.append(AT_UPPER if low is None or self.value[k] == high else AT_LOWER)
        return "".join(found)

    # ---- the basis
    def run(self, start: Optional[Start]) -> Status:
        """Pivot from this basis, or else from the slack basis, until the status is known."""
        if any(low is not None and high is not None and low > high for low, high in zip(self.lower, self.upper)):
            return Status.INFEASIBLE
        if start is not None:
            wanted = sorted(set(start.basic))
            if len(wanted) == self._m:
                self._basic = wanted
            self._at_upper = set(start.upper)
        self._factorize()
        self._rest()
        while True:
            outside = {k: side for k in self._basic if (side := self._side(k))}
            cost = self.cost
            if outside:  # phase 1: minimize the sum of infeasibilities
                cost = [0] * len(self.cost)
                for k, side in outside.items():
                    cost[k] = side
            prices = self._priced(cost)
            entering = self._entering(prices)
            if entering is None:
                if outside:
                    # The column of a row's value is -1 in its row: its reduced cost is its cost plus the row's dual.
                    self.proof = [price - c for price, c in zip(prices[self._n :], cost[self._n :])]
                    return Status.INFEASIBLE
                self.prices = prices
                return Status.OPTIMAL
            if not self._pivot(entering, prices[entering] < 0, outside):
                return Status.UNBOUNDED

    def _factorize(self) -> None:
        self._etas: list[tuple[int, list[tuple[int, Rational]], Rational]] = []
        self._factors = Factors([self._columns[k] for k in self._basic], self._ask)
        if self._factors.dependent:  # the given basis is singular: slacks replace the dependent columns
            for q, p in zip(self._factors.dependent, self._factors.bare):
                self._basic[q] = self._n + p
            self._factors = Factors([self._columns[k] for k in self._basic], self._ask)
        self._slot = {k: q for q, k in enumerate(self._basic)}

    def _rest(self) -> None:
        """Set every nonbasic variable to a bound, or to 0 if it has none, and compute the basic ones."""
        right: list[Rational] = [0] * self._m
        for k, (low, high) in enumerate(zip(self.lower, self.upper)):
            if k not in self._slot:
                first, second = (high, low) if k in self._at_upper else (low, high)
                self.value[k] = value = first if first is not None else second if second is not None else 0
                if value:
                    for i, a in self._columns[k].items():
                        right[i] -= a * value
        for k, value in zip(self._basic, self._solved(right)):
            self.value[k] = value

    def _solved(self, right: list[Rational]) -> list[Rational]:
        """Solve B x = right; x is indexed by slot of the basis."""
        x = self._factors.solve(right)
        for slot, others, pivot in self._etas:
            if x[slot]:
                x[slot] = step = quotient(x[slot], pivot)
                for q, a in others:
                    x[q] -= a * step
        return x

    def _priced(self, cost: Sequence[Rational]) -> list[Rational]:
        """The reduced cost of each variable."""
        work = [cost[k] for k in self._basic]
        for slot, others, pivot in reversed(self._etas):
            total = work[slot]
            for q, a in others:
                if work[q]:
                    total -= a * work[q]
            work[slot] = quotient(total, pivot)
        y = self._factors.solve_transposed(work)
        prices = []
        for k, column in enumerate(self._columns):
            price = cost[k]
            if k in self._slot:
                prices.append(0 * price)
                continue
            for i, a in column.items():
                if y[i]:
                    price -= a * y[i]
            prices.append(price)
        # The cost of a row's value is 0 in phase 2, so its reduced cost is the row's dual.
        return prices

    # ---- a pivot
    def _side(self, k: int) -> int:
        """-1 if the value is below the bounds, 1 if above, 0 if within."""
        low, high, value = self.lower[k], self.upper[k], self.value[k]
        if low is not None and value < low:
            return -1
        return 1 if high is not None and value > high else 0

    def _may(self, k: int, up: bool) -> bool:
        bound = self.upper[k] if up else self.lower[k]
        return bound is None or (self.value[k] < bound if up else self.value[k] > bound)

    def _entering(self, prices: Sequence[Rational]) -> Optional[int]:
        """The candidate with the largest reduced cost, or the first one after many degenerate pivots; None if none."""
        can = [k for k, price in enumerate(prices) if price and k not in self._slot and self._may(k, price < 0)]
        if not can:
            return None
        return can[0] if self._still > _PATIENCE else max(can, key=lambda k: Fraction(prices[k] * prices[k]))

    def _pivot(self, entering: int, up: bool, outside: dict[int, int]) -> bool:
        """Move a variable until it or a basic one is at a bound, and update the basis; False if nothing stops it."""
        self._ask()
        self.pivots += 1
        right: list[Rational] = [0] * self._m
        for i, a in self._columns[entering].items():
            right[i] = -a
        rates = self._solved(right)  # the change of each basic variable per unit of the entering one
        low, high = self.lower[entering], self.upper[entering]
        step = high - low if low is not None and high is not None else None
        leaving: Optional[int] = None
        for q, rate in enumerate(rates):
            if not rate:
                continue
            k = self._basic[q]
            rises = (rate > 0) is up
            side = outside.get(k, 0)
            if side:  # it moves at most to the bound that it violates
                if (side > 0) is rises:
                    continue
                bound = self.lower[k] if side < 0 else self.upper[k]
            else:
                bound = self.upper[k] if rises else self.lower[k]
            if bound is None:
                continue
            room = quotient(bound - self.value[k], rate)
            room = room if room >= 0 else -room
            if step is None or room < step or (room == step and (leaving is None or k < self._basic[leaving])):
                leaving, step = q, room
        if step is None:
            self.proof = [0] * self._n
            way = 1 if up else -1
            for k, rate in ((entering, 1), *zip(self._basic, rates)):
                if k < self._n:
                    self.proof[k] = way * rate
            return False
        self._still = 0 if step else self._still + 1
        move = step if up else -step
        if move:
            self.value[entering] += move
            for k, rate in zip(self._basic, rates):
                if rate:
                    self.value[k] += rate * move
        if leaving is not None:
            self._exchange(leaving, entering, rates)
        return True

    def _exchange(self, slot: int, entering: int, rates: Sequence[Rational]) -> None:
        del self._slot[self._basic[slot]]
        self._basic[slot] = entering
        self._slot[entering] = slot
        if len(self._etas) >= _EXCHANGES:
            self._factorize()
            return
        # The rates solve B x = -column, so the eta column of the entering variable has the opposite signs.
        self._etas.append((slot, [(q, -a) for q, a in enumerate(rates) if a and q != slot], -rates[slot]))
