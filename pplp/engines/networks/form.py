"""Recognizes a program as a flow in a network, and translates the flow and its duals back.

Every row is a node and every column an arc, after multiplying rows by numbers: a column has at most two
coefficients, 1 in the row that its flow leaves and -1 in the row that it enters.  If one of them is missing, the
arc ends at the *root*, an extra node that balances the others.  The slack of an inequality
is an arc between its row and the root.

If a small factor makes all bounds and right-hand sides integers, and another one makes all costs integers, the data is
scaled by these factors, and all computations are exact.  `NetworkForm.network` is then the network for solvers that
compute with integers.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Sequence
from itertools import compress, islice, repeat
from math import inf
from operator import add, eq, gt, ne, sub, truediv
from typing import Any, NamedTuple, Optional

from pplp.engines.networks.network import Flow, Network, excesses
from pplp.engines.networks.network_simplex import loops
from pplp.engines.networks.structure import NotANetwork, structure
from pplp.engines.networks.tree import Tree
from pplp.form.letters import AT_LOWER, AT_UPPER, BASIC, FIXED, FREE
from pplp.form.matrix_form import MatrixForm
from pplp.ground.computed import computed

__all__ = ["Arcs", "NetworkForm", "verdict"]

#: The factors that are tried to make the data integers.
_FACTORS = (1, 10, 100, 1000, 2**4, 10**4, 2**8, 10**5, 10**6, 2**16, 2**24)
#: Above this, not every integer is a float.
_LARGEST = 2**53
#: How far a flow may be out of balance, and how far a reduced cost may have the wrong sign, relative to the numbers
#: that are added up; for data that is not whole.
_ROUNDING = 1e-9
#: What is wrong with a flow, indexed by the result of `verdict`.
_COMPLAINTS = (
    None,
    "the flow on an arc is not within its capacity",
    "the net outflow of a node differs from its supply",
    "the duals do not prove the flow optimal",
)


class Arcs(NamedTuple):
    """A network in arrays of floats.

    The last node is the root.  Its supply is left out, because it balances the others.  Capacities may be infinite.
    """

    tails: array[int]
    heads: array[int]
    capacities: Any
    costs: Any
    supplies: Any


class NetworkForm:
    """A program as a network; the constructor raises `NotANetwork` if it is not one.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, y, z = (lp.Var(lb=0, ub=5) for _ in range(3))
    >>> lp.objective = x + 0.5*y
    >>> _, _ = lp.add_constraint(x - y == 2), lp.add_constraint(2*y - 2*z <= 8)
    >>> network = NetworkForm(lp.compile()).network
    >>> network.nodes, network.tails.tolist(), network.heads.tolist(), network.costs.tolist()
    (3, [0, 1, 2, 1], [2, 0, 1, 2], [10, 5, 0, 0])
    """

    def __init__(self, form: MatrixForm) -> None:
        self.form = form
        self._root = form.rows
        tails, heads, self._factors = structure(form)
        self._endless = -1  # the finite capacity that integer solvers get for an arc without one
        self._second: list[int] = []  # columns with a second arc, in the other direction
        self._scale()
        self.arcs = self._plain_arcs(tails, heads) or self._all_arcs(tails, heads)
        #: True if all numbers are integers after scaling; then flows are integers, and are checked exactly.
        self.is_whole = self._is_whole()

    # ---- from the program to the network
    def _scale(self) -> None:
        """Scale bounds, right-hand sides, and costs so that they are integers, if a factor does that."""
        form = self.form
        row_lower: Any = form.row_lower
        row_upper: Any = form.row_upper
        if self._factors is not None:
            row_lower, row_upper = list(row_lower), list(row_upper)
            for i, factor in enumerate(self._factors):
                pair = row_lower[i] / factor, row_upper[i] / factor
                row_lower[i], row_upper[i] = pair if factor > 0 else pair[::-1]
        #: The factors that bounds and costs are multiplied by; None if no factor makes them integers.
        self._unit, sides = _scaled(form.column_lower, form.column_upper, row_lower, row_upper)
        self._cost_unit, (self._costs,) = _scaled(form.cost)
        self._lower, self._upper, self._low, self._high = sides

    def _plain_arcs(self, tails: Sequence[int], heads: Sequence[int]) -> Optional[Arcs]:
        """The network, built in C; None without the accelerator, or if it cannot build it (as for free columns)."""
        if loops is None:
            return None
        sides = (_doubles(side) for side in (self._lower, self._upper, self._costs, self._low, self._high))
        ends = (end if isinstance(end, array) else array("i", end) for end in (tails, heads))
        found = loops.arcs(*ends, *sides, self.form.maximize)
        if found is None:
            return None
        self._start: Any = array("d", found[5])  # the value of each column and slack when its arc is empty
        return Arcs(*(array(code, numbers) for code, numbers in zip("iiddd", found)))

    def _all_arcs(self, tail_rows: Sequence[int], head_rows: Sequence[int]) -> Arcs:
        """An arc for each column, from its lower bound, then one for the slack of each inequality.

        An arc without a lower bound is reversed, and one without any bound becomes two.
        """
        form, root, low, high = self.form, self._root, self._low, self._high
        tails, heads, costs = list(tail_rows), list(head_rows), list(self._costs)
        if any(map(gt, self._lower, self._upper)) or any(map(gt, low, high)):
            raise NotANetwork("bounds cross")
        if form.maximize:
            costs = [-cost for cost in costs]
        slacks = self._slacks
        tails += repeat(root, len(slacks))  # a slack flows from the root into its row
        heads += slacks
        costs += repeat(0.0, len(slacks))
        lower, upper = self._of_all(self._lower, low), self._of_all(self._upper, high)
        self._start = start = array("d", [a if a > -inf else b if b < inf else 0.0 for a, b in zip(lower, upper)])
        supplies = [a if a == b else 0.0 for a, b in zip(low, high)] + [0.0]
        for j in compress(range(len(start)), start):
            supplies[tails[j]] -= start[j]
            supplies[heads[j]] += start[j]
        for j in compress(range(len(lower)), map((-inf).__eq__, lower)):
            if upper[j] < inf:
                tails[j], heads[j], costs[j] = heads[j], tails[j], -costs[j]
            else:
                self._second.append(j)
        capacities = list(map(sub, upper, lower))
        for j in self._second:
            tails.append(heads[j])
            heads.append(tails[j])
            capacities.append(inf)
            costs.append(-costs[j])
        return Arcs(
            *(array("i", ends) for ends in (tails, heads)),
            *(array("d", numbers) for numbers in (capacities, costs, supplies[:-1])),
        )

    def _is_whole(self) -> bool:
        """True if all numbers are integers, and so small that they are not integers merely by rounding."""
        sums = (_wholes(numbers)[0] for numbers in (self.arcs.supplies, self._start, self.arcs.costs))
        return self._unit is not None and self._cost_unit is not None and all(each < _LARGEST for each in sums)

    @computed
    def _slacks(self) -> list[int]:
        """The rows that have a slack: all but the equations."""
        return list(compress(range(self.form.rows), map(ne, self._low, self._high)))

    def _of_all(self, columns: Sequence[float], rows: Sequence[float]) -> list[float]:
        """One of the two bounds, for all columns and then all slacks."""
        return [*columns, *map(rows.__getitem__, self._slacks)]

    @computed
    def _bounds(self) -> tuple[list[float], list[float]]:
        """The bounds of columns and slacks."""
        return self._of_all(self._lower, self._low), self._of_all(self._upper, self._high)

    @computed
    def _falling(self) -> list[int]:
        """The columns and slacks whose arcs were reversed, because they have only an upper bound."""
        if -inf not in self._lower and -inf not in self._low:
            return []
        lower, upper = self._bounds
        return [j for j in compress(range(len(lower)), map((-inf).__eq__, lower)) if upper[j] < inf]

    @property
    def shape(self) -> Network:
        """The network, including its root, for its structure: capacities may be infinite, and it has no supplies."""
        its = self.arcs
        return Network(self._root + 1, its.tails, its.heads, its.capacities, its.costs, array("q"))

    # ---- integers
    @computed
    def network(self) -> Network:
        """The network in integers; raises `NotANetwork` if no small factor makes the numbers integers."""
        its = self.arcs
        if self._unit is None:
            raise NotANetwork("a bound or right-hand side is not a whole number of some small unit")
        if self._cost_unit is None:
            raise NotANetwork("a cost is not a whole number of some small unit")
        capacities: list[Any] = list(its.capacities)
        costs = list(map(int, its.costs))
        for j in compress(range(len(costs)), map(eq, its.tails, its.heads)):  # self-loops: columns in no row
            if costs[j] < 0 and capacities[j] == inf:
                raise NotANetwork(
                    f"{self.form.column_label(j)} has no bound where its cost pulls it, and is in no constraint"
                )
            capacities[j] = costs[j] = 0
        supplies = list(map(int, its.supplies))
        supplies.append(-sum(supplies))
        # At a vertex, an arc without a bound carries at most the sum of all supplies and all finite capacities.
        self._endless = endless = 1 + sum(map(abs, supplies)) + sum(map(int, filter(inf.__gt__, capacities)))
        whole = [endless if capacity == inf else int(capacity) for capacity in capacities]
        if max(max(whole), sum(map(abs, supplies)), max(map(abs, costs))) > _LARGEST:
            raise NotANetwork("its numbers are too large to be computed with exactly")
        return Network(
            self.form.rows + 1,
            its.tails,
            its.heads,
            *(array("q", numbers) for numbers in (whole, costs, supplies)),
        )

    def elastic(self) -> Network:
        """The same arcs at no cost, and an extra node that passes supply to demand at a cost of 1 on each new arc."""
        its, extra = self.network, self.network.nodes
        giving = [v for v, supply in enumerate(its.supplies) if supply > 0]
        taking = [v for v, supply in enumerate(its.supplies) if supply < 0]
        count = len(giving) + len(taking)
        return Network(
            extra + 1,
            its.tails + array("i", giving + [extra] * len(taking)),
            its.heads + array("i", [extra] * len(giving) + taking),
            its.capacities + array("q", [abs(its.supplies[v]) for v in giving + taking]),
            array("q", bytes(8 * len(its.costs))) + array("q", [1]) * count,
            its.supplies + array("q", [0]),
        )

    # ---- from the flow to the solution
    def proves_infeasible(self, prices: Sequence[Any]) -> bool:
        """True if these duals, which are integers, prove that no flow is feasible.

        They do if the supplies, valued at the duals, are worth more than all arcs can gain.  An arc with a positive
        gain gains most when it is full.  Whole data is summed exactly.
        """
        its, root = self.arcs, prices[-1]
        exact: Any = int if self.is_whole else float
        most = 0
        for tail, head, capacity in zip(its.tails, its.heads, its.capacities):
            gain = prices[tail] - prices[head]
            if gain > 0:
                if capacity == inf:
                    return False
                most += gain * exact(capacity)
        worths = [(price - root) * exact(supply) for price, supply in zip(prices, its.supplies)]
        margin = 0 if self.is_whole else _ROUNDING * (most + sum(map(abs, worths)))
        return bool(sum(worths) - most > margin)

    def flow_of(self, flow: Flow) -> Flow:
        """The flow of an integer solver, completed by the flow on self-loops, which the solver was not given.

        If an arc without a bound carries all of the finite capacity that the solver got for it, its flow becomes
        infinite: such a flow is not a vertex, and `complaint` rejects it.
        """
        its, flows = self.arcs, array("d", flow.flows)
        for k in compress(range(len(flows)), map(self._endless.__eq__, flow.flows)):
            flows[k] = its.capacities[k]
        for j in compress(range(len(flows)), map(eq, its.tails, its.heads)):
            flows[j] = its.capacities[j] if its.costs[j] < 0 else 0.0
        return Flow(flows, [price - flow.prices[-1] for price in flow.prices])

    def complaint(self, flow: Flow) -> Optional[str]:
        """What is wrong with a flow and its duals; None if they prove each other optimal.

        Whole data is checked exactly.
        """
        its, flows = self.arcs, array("d", flow.flows)
        root = flow.prices[-1]
        prices = array("d", [price - root for price in flow.prices[:-1]])
        if len(flows) != len(its.tails) or len(prices) != len(its.supplies):
            return "the flow has another shape"
        if inf in flows:
            return "the flow on an arc without a bound might grow without limit"
        tolerance = 0.0 if self.is_whole else _ROUNDING
        if self.is_whole and max(sum(flows), 3.0 * max(map(abs, prices), default=0.0)) >= _LARGEST:
            exact = Arcs(*its[:2], [c if c == inf else int(c) for c in its.capacities], *_ints(*its[3:]))
            whole_flows, whole_prices = _ints(flows, prices)
            return _COMPLAINTS[_verdict(exact, whole_flows, whole_prices, tolerance)]
        return _COMPLAINTS[verdict(its, flows, prices, tolerance)]

    def solution(self, flow: Flow, tree: Tree) -> tuple[list[float], list[float], list[float], tuple[str, str]]:
        """The values, reduced costs, duals, and basis letters of the program that belong to a flow and its tree."""
        return (
            self.values(flow.flows),
            self.reduced_costs(tree),
            self.duals(tree.prices),
            self.letters(flow.flows, tree.arcs, tree.nodes),
        )

    def values(self, flows: Sequence[Any]) -> list[float]:
        """The values of the columns."""
        count, unit = self.form.columns, self._unit
        start = self._start[:count]
        values: list[float]
        if unit is None:  # the column of a full arc is exactly at its bound, however sums are rounded
            bounds = zip(flows, self.arcs.capacities, start, self._upper)
            values = [high if f == most else min(high, low + f) for f, most, low, high in bounds]
        elif any(start):
            values = list(map(add, flows[:count], start))
        else:
            values = list(flows[:count])
        for j in self._falling:
            if j < count:
                values[j] = start[j] - flows[j]
        for k, j in enumerate(self._second, len(self._start)):
            if j < count:  # else the second arc is a slack's
                values[j] -= flows[k]
        return values if unit in (None, 1) else list(map(truediv, values, repeat(unit)))

    def duals(self, prices: Sequence[Any]) -> list[float]:
        """The duals of the rows."""
        root, unit = prices[-1], self._sign * (self._cost_unit or 1)
        duals = [(price - root) / unit for price in prices[:-1]]
        return duals if self._factors is None else list(map(truediv, duals, self._factors))

    def reduced_costs(self, tree: Tree) -> list[float]:
        """The reduced costs of the columns; exactly 0 for those in the tree."""
        unit = self._sign * (self._cost_unit or 1)
        found = [excess / unit for excess in islice(excesses(self.arcs, tree.prices), self.form.columns)]
        for j in self._falling:
            if j < len(found):
                found[j] = -found[j]
        for k in tree.arcs:
            j = self._column(k)
            if j < len(found):
                found[j] = 0.0
        return found

    def _column(self, arc: int) -> int:
        """The column or slack of an arc."""
        count = len(self._start)
        return arc if arc < count else self._second[arc - count]

    @property
    def _sign(self) -> int:
        return -1 if self.form.maximize else 1

    def letters(self, flows: Sequence[Any], basic_arcs: Collection[int], basic_nodes: Iterable[int]) -> tuple[str, str]:
        """The letters of `Basis` for columns and rows: basic are these arcs, and the rows of these nodes."""
        columns = []
        for flow, low, high in zip(flows, *self._bounds):
            free = low == -inf and high == inf
            at_low = low > -inf and not flow
            columns.append(FIXED if low == high else FREE if free else AT_LOWER if at_low else AT_UPPER)
        for k in basic_arcs:
            columns[self._column(k)] = BASIC
        rows = [FIXED] * self.form.rows
        for i, letter in zip(self._slacks, columns[self.form.columns :]):
            if self._factors is not None and self._factors[i] < 0:
                letter = {AT_LOWER: AT_UPPER, AT_UPPER: AT_LOWER}.get(letter, letter)
            rows[i] = letter
        for i in basic_nodes:
            rows[i] = BASIC
        return "".join(columns[: self.form.columns]), "".join(rows)


def verdict(its: Arcs, flows: Sequence[float], prices: Sequence[float], tolerance: float) -> int:
    """0 if a flow and its duals prove each other optimal, else an index in `_COMPLAINTS`.

    Takes arrays of floats; uses the loop in C if there is one.
    """
    if loops is None:
        return _verdict(its, flows, prices, tolerance)
    found: int = loops.verdict(*its, array("d", flows), prices, tolerance)
    return found


def _verdict(its: Arcs, flows: Sequence[float], prices: Sequence[float], tolerance: float) -> int:
    """The index in `_COMPLAINTS` of what is wrong with a flow and its duals; numbers may be of any kind."""
    if not all(0 <= f <= capacity and f < inf for f, capacity in zip(flows, its.capacities)):
        return 1
    net, size = [*its.supplies, 0.0], [*map(abs, its.supplies), 0.0]
    for tail, head, f in zip(compress(its.tails, flows), compress(its.heads, flows), compress(flows, flows)):
        net[tail] -= f
        net[head] += f
        if tolerance:
            size[tail], size[head] = max(size[tail], f), max(size[head], f)
    if any(abs(left) > tolerance * most for left, most in zip(net[:-1], size)):
        return 2
    price = [*prices, 0.0]
    for k, (excess, f, capacity) in enumerate(zip(excesses(its, price), flows, its.capacities)):
        if excess and f != (0 if excess > 0 else capacity):
            size = abs(its.costs[k]) + abs(price[its.tails[k]]) + abs(price[its.heads[k]])
            if abs(excess) > tolerance * size:
                return 3
    return 0


def _ints(*numbers: Sequence[float]) -> list[list[int]]:
    return [list(map(int, each)) for each in numbers]


def _doubles(numbers: Sequence[float]) -> array[float]:
    return numbers if isinstance(numbers, array) else array("d", numbers)


def _wholes(numbers: array[float]) -> tuple[float, bool]:
    """The sum of the absolute values of the finite numbers, and whether all finite numbers are integers."""
    if loops is not None:
        found: tuple[float, bool] = loops.wholes(numbers)
        return found
    finite = list(filter(inf.__gt__, map(abs, numbers)))
    return sum(finite), all(map(float.is_integer, finite))


def _scaled(*numbers: Sequence[float]) -> tuple[Optional[int], list[Sequence[float]]]:
    """A factor that makes all numbers integers exactly, and the numbers times it; else None, and the numbers unchanged.

    Infinite ones stay.
    """
    if all(_wholes(_doubles(each))[1] for each in numbers):
        return 1, list(numbers)
    distinct: set[float] = set().union(*numbers) - {inf, -inf}
    for factor in _FACTORS:
        table: dict[float, float] = {inf: inf, -inf: -inf}
        for number in distinct:
            whole = round(number * factor)
            if whole / factor != number or abs(whole) > _LARGEST:
                break
            table[number] = float(whole)
        else:
            return factor, [list(map(table.__getitem__, each)) for each in numbers]
    return None, list(numbers)
