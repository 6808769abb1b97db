"""Recognizes a program as a flow in a network, and translates the flow and its duals back.

Every row is a node and every column an arc, after multiplying rows by numbers: a column has at most two
coefficients, 1 in the row that its flow leaves and -1 in the row that it enters.  If one of them is missing, the
arc ends at the *root*, an extra node that balances the others.  The slack of an inequality
is an arc between its row and the root.

All numbers are scaled to integers, by a power of two or ten for flows and another for costs; if that is not possible
exactly, the program is not accepted, because network solvers compute with integers.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, compress, islice, repeat
from math import inf
from operator import add, gt, lt, mul, ne, not_, sub, truediv
from typing import Any, Optional, Union

from pplp.engines.networks.network import Flow, Network, excesses
from pplp.engines.networks.tree import tree_of
from pplp.form.letters import AT_LOWER, AT_UPPER, BASIC, FIXED, FREE
from pplp.form.matrix_form import MatrixForm
from pplp.ground.loading import loaded_numpy

__all__ = ["NetworkForm", "NotANetwork", "might_be_network"]

#: The factors that may make data whole.
_FACTORS = (1, 10, 100, 1000, 2**4, 10**4, 2**8, 10**5, 10**6, 2**16, 2**24)
#: Beyond this not every whole number is a float.
_LARGEST = 2**53
#: How many coefficients are checked at a time, while all may be 1 or -1.
_AT_A_TIME = 4096


class NotANetwork(Exception):
    """The program is not a network that a network solver accepts; the text says why."""


#: Whole, or infinite.
_Bound = Union[int, float]


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
        if not form.nonzeros:
            raise NotANetwork("there are no coefficients")
        if form.nonzeros > 2 * form.columns:
            raise NotANetwork("a variable is in more than two constraints")
        self.form = form
        self._root = form.rows
        self._factors: Optional[list[float]] = None  # what each row is divided by, unless that is 1 for all
        self._unit = self._cost_unit = 1  # what bounds and costs are multiplied by to be whole
        self._slacks: list[int] = []  # the rows that have one
        self._lower: Sequence[_Bound]  # of columns and slacks, whole
        self._upper: Sequence[_Bound]
        self._start: Any  # the flow of each column when its arc is empty
        self._falling: set[int] = set()  # the arcs that were reversed
        self._second: list[int] = []  # columns with a second arc, in the other direction
        self._loops: set[int] = set()  # the columns in no row
        self._endless: _Bound = inf  # the capacity of an arc without a bound
        numpy = loaded_numpy()
        if numpy is None or not self._is_plain(numpy):
            self._arcs(*self._ends())

    def _is_plain(self, numpy: Any) -> bool:
        """Make the network with numpy, if all rows are equations, all bounds finite and all numbers whole."""
        form, read = self.form, numpy.frombuffer
        signs, low, high, costs, supplies = map(
            read, (form.values, form.column_lower, form.column_upper, form.cost, form.row_lower)
        )
        data = low, high, costs, supplies
        if form.row_lower != form.row_upper or not (numpy.abs(signs) == 1).all() or (low > high).any():
            return False
        if not all(numpy.isfinite(d).all() and (d == numpy.rint(d)).all() and abs(d).sum() <= _LARGEST for d in data):
            return False
        rows = numpy.repeat(numpy.arange(form.rows, dtype=numpy.intc), numpy.diff(read(form.starts, numpy.int64)))
        indices = read(form.indices, numpy.intc)
        ends = numpy.full((2, form.columns), form.rows, numpy.intc)
        for end, chosen in zip(ends, (signs > 0, signs < 0)):
            end[indices[chosen]] = rows[chosen]
            if numpy.count_nonzero(end != form.rows) != numpy.count_nonzero(chosen):
                return False
        if (ends[0] == ends[1]).any():
            return False
        left = numpy.append(supplies, 0.0)
        left -= numpy.bincount(ends[0], low, form.rows + 1) - numpy.bincount(ends[1], low, form.rows + 1)
        left[-1] -= left.sum()
        self._lower = self._start = form.column_lower
        self._upper = form.column_upper
        whole = (high - low, -costs if form.maximize else costs, left)
        self.network = Network(
            form.rows + 1,
            *(array("i", end.tobytes()) for end in ends),
            *(array("q", numbers.astype(numpy.int64).tobytes()) for numbers in whole),
        )
        return True

    # ---- the structure
    def _ends(self) -> tuple[list[int], list[int]]:
        """The rows that each column leaves and enters; sets the factors of the rows that make it so."""
        form, values = self.form, self.form.values
        unit = {1.0, -1.0}
        for begin in range(0, len(values), _AT_A_TIME):
            if not unit.issuperset(values[begin : begin + _AT_A_TIME]):
                self._factors = self._sizes()
                break
        signs = list(map(lt, repeat(0.0), values))
        lengths = map(sub, islice(form.starts, 1, None), form.starts)
        rows = list(chain.from_iterable(map(repeat, range(form.rows), lengths)))
        ends = _ends(form, rows, signs)
        if ends is None:
            flips = _reflections(form, rows, signs)
            self._factors = [-f if flip else f for f, flip in zip(self._factors or repeat(1.0), flips)]
            ends = _ends(form, rows, [sign != flips[i] for sign, i in zip(signs, rows)])
            assert ends is not None
        return ends

    def _sizes(self) -> list[float]:
        """The common size of the coefficients in each row."""
        form = self.form
        factors: list[float] = []
        for i, (begin, end) in enumerate(zip(form.starts, islice(form.starts, 1, None))):
            sizes = {*map(abs, form.values[begin:end])} or {1.0}
            if len(sizes) > 1:
                raise NotANetwork(f"the coefficients of {form.row_label(i)} are not of one size")
            factors += sizes
        return factors

    # ---- there
    def _arcs(self, tails: list[int], heads: list[int]) -> None:
        """Make the network: an arc for each column, from its lower bound, then one for the slack of each inequality.

        An arc without a lower bound is reversed, and one without any bound becomes two.
        """
        form, root = self.form, self._root
        row_lower, row_upper = list(form.row_lower), list(form.row_upper)
        for i, factor in enumerate(self._factors or ()):
            pair = row_lower[i] / factor, row_upper[i] / factor
            row_lower[i], row_upper[i] = pair if factor > 0 else pair[::-1]
        self._unit, (lower, upper, low, high) = _whole(
            "a bound or right-hand side", form.column_lower, form.column_upper, row_lower, row_upper
        )
        self._cost_unit, (costs,) = _whole("a cost", form.cost)
        if form.maximize:
            costs = [-cost for cost in costs]
        if any(map(gt, lower, upper)) or any(map(gt, low, high)):
            raise NotANetwork("bounds cross")
        self._slacks = slacks = list(compress(range(form.rows), map(ne, low, high)))
        supplies = [*low, 0]
        for i in slacks:  # a slack flows from the root into its row
            supplies[i] = 0
            tails.append(root)
            heads.append(i)
            lower.append(low[i])
            upper.append(high[i])
            costs.append(0)
        self._lower, self._upper, self._start = lower, upper, lower[:]
        start: list[Any] = self._start
        for j in compress(range(len(lower)), map((-inf).__eq__, lower)):
            if upper[j] < inf:
                start[j] = upper[j]
                self._falling.add(j)
                tails[j], heads[j], costs[j] = heads[j], tails[j], -costs[j]
            else:
                start[j] = 0
                self._second.append(j)
        self._stand_loops(tails, heads, costs)
        capacities = list(map(sub, upper, lower))
        for j in self._loops:
            capacities[j] = costs[j] = heads[j] = 0
        for j in compress(range(len(start)), start):
            if j not in self._loops:
                flow = -start[j] if j in self._falling else start[j]
                supplies[tails[j]] -= flow
                supplies[heads[j]] += flow
        for j in self._second:
            tails.append(heads[j])
            heads.append(tails[j])
            capacities.append(inf)
            costs.append(-costs[j])
        supplies[root] -= sum(supplies)
        # No vertex has more flow on an arc without a bound than all supplies and other capacities together.
        self._endless = inf
        if inf in capacities:
            self._endless = 1 + sum(map(abs, supplies)) + sum(filter(inf.__gt__, capacities))
            capacities = [self._endless if capacity == inf else capacity for capacity in capacities]
        if max(max(capacities), sum(map(abs, supplies)), max(map(abs, costs))) > _LARGEST:
            raise NotANetwork("its numbers are too large to be computed with exactly")
        self.network = Network(
            form.rows + 1,
            *(array("i", ends) for ends in (tails, heads)),
            *(array("q", numbers) for numbers in (capacities, costs, supplies)),
        )

    def _stand_loops(self, tails: list[int], heads: list[int], costs: list[int]) -> None:
        """The columns in no row are at the bound that their cost pulls them to."""
        form, root = self.form, self._root
        self._loops = {j for j in range(form.columns) if tails[j] == heads[j] == root}
        for j in self._loops:
            cost = -costs[j] if j in self._falling else costs[j]
            if cost:
                self._start[j] = self._lower[j] if cost > 0 else self._upper[j]
            if abs(self._start[j]) == inf:
                raise NotANetwork(
                    f"{form.column_label(j)} has no bound where its cost pulls it, and is in no constraint"
                )
        self._falling -= self._loops
        self._second = [j for j in self._second if j not in self._loops]

    def elastic(self) -> Network:
        """The same arcs at no cost, and one node more, through which supplies reach demands at a dual."""
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

    # ---- and back
    def proves_infeasible(self, prices: Sequence[int]) -> bool:
        """Check in exact arithmetic whether the duals prove that there is no flow.

        Whatever flows, its gain is what the supplies are worth; and no arc can gain more than when it is full.
        """
        network = self.network
        most = 0
        for tail, head, capacity in zip(network.tails, network.heads, network.capacities):
            gain = prices[tail] - prices[head]
            if gain > 0:
                if capacity == self._endless:
                    return False
                most += gain * capacity
        worth: int = sum(map(mul, prices, network.supplies))
        return worth > most

    def complaint(self, flow: Flow) -> Optional[str]:
        """What is wrong with a flow and its duals, in exact arithmetic; None if they prove each other optimal."""
        network, (flows, prices) = self.network, flow
        if len(flows) != len(network.tails) or len(prices) != network.nodes:
            return "the flow has another shape"
        numpy = loaded_numpy()
        if numpy is not None:
            return self._complaint(numpy, flow)
        if min(flows, default=0) < 0 or any(map(gt, flows, network.capacities)):
            return "the flow on an arc is not within its capacity"
        if self._endless in flows:
            return "the flow on an arc without a bound might grow without limit"
        left = network.supplies.tolist()
        for tail, head, f in zip(
            compress(network.tails, flows), compress(network.heads, flows), compress(flows, flows)
        ):
            left[tail] -= f
            left[head] += f
        if any(left):
            return "the net outflow of a node differs from its supply"
        for excess, f, capacity in zip(excesses(network, prices), flows, network.capacities):
            if excess and f != (0 if excess > 0 else capacity):
                return "the duals do not prove the flow optimal"
        return None

    def _complaint(self, numpy: Any, flow: Flow) -> Optional[str]:
        """Like `complaint`, with numpy; no sum is larger than floats can represent exactly."""
        flows, prices, tails, heads, capacities, costs, supplies = map(numpy.array, (*flow, *self.network[1:]))
        if (flows < 0).any() or (flows > capacities).any():
            return "the flow on an arc is not within its capacity"
        if (flows == self._endless).any():
            return "the flow on an arc without a bound might grow without limit"
        sent = numpy.bincount(tails, flows, len(prices)) - numpy.bincount(heads, flows, len(prices))
        if (sent != supplies).any():
            return "the net outflow of a node differs from its supply"
        excess = costs - prices[tails] + prices[heads]
        if ((excess > 0) & (flows != 0)).any() or ((excess < 0) & (flows != capacities)).any():
            return "the duals do not prove the flow optimal"
        return None

    def solution(self, flow: Flow) -> tuple[list[float], list[float], list[float], tuple[str, str]]:
        """Values, reduced costs, duals and the letters of the basis that the flow and its duals stand for."""
        tree = tree_of(self.network, flow)
        return (
            self.values(flow.flows),
            self.reduced_costs(tree.prices),
            self.duals(tree.prices),
            self.letters(flow.flows, tree.arcs, tree.nodes),
        )

    def _net(self, flows: Sequence[int]) -> list[int]:
        """The flow through columns and slacks, minus that of the second arcs."""
        count = len(self._lower)
        net = list(flows[:count])
        for j, f in zip(self._second, flows[count:]):
            net[j] -= f
        for j in self._falling:
            net[j] = -net[j]
        return list(map(add, net, self._start))

    def values(self, flows: Sequence[int]) -> list[float]:
        """The values of the columns."""
        if isinstance(self._start, array):  # it was made by numpy: nothing was turned, scaled or added
            read = loaded_numpy().frombuffer
            plain: list[float] = (read(flows, dtype="q") + read(self._start)).tolist()
            return plain
        return list(map(truediv, self._net(flows)[: self.form.columns], repeat(self._unit)))

    def duals(self, prices: Sequence[int]) -> list[float]:
        """The duals of the rows."""
        root, unit = prices[self._root], -self._cost_unit if self.form.maximize else self._cost_unit
        duals = [(price - root) / unit for price in prices[: self.form.rows]]
        return duals if self._factors is None else list(map(truediv, duals, self._factors))

    def reduced_costs(self, prices: Sequence[int]) -> list[float]:
        """The reduced costs of the columns."""
        unit = -self._cost_unit if self.form.maximize else self._cost_unit
        found = [excess / unit for excess in islice(excesses(self.network, prices), self.form.columns)]
        for j in self._falling:
            if j < len(found):
                found[j] = -found[j]
        for j in self._loops:
            found[j] = self.form.cost[j]
        return found

    def letters(self, flows: Sequence[int], basic_arcs: Collection[int], basic_nodes: Iterable[int]) -> tuple[str, str]:
        """The basis, in the letters of `Basis`, of columns and rows: its arcs, and the nodes tied to the root."""
        count = len(self._lower)
        columns = []
        for value, low, high in zip(self._net(flows), self._lower, self._upper):
            free = low == -inf and high == inf
            columns.append(FIXED if low == high else FREE if free else AT_LOWER if value == low else AT_UPPER)
        for k in basic_arcs:
            columns[k if k < count else self._second[k - count]] = BASIC
        rows = [FIXED] * self.form.rows
        for i, letter in zip(self._slacks, columns[self.form.columns :]):
            if self._factors is not None and self._factors[i] < 0:
                letter = {AT_LOWER: AT_UPPER, AT_UPPER: AT_LOWER}.get(letter, letter)
            rows[i] = letter
        for i in basic_nodes:
            rows[i] = BASIC
        return "".join(columns[: self.form.columns]), "".join(rows)


def might_be_network(columns: int, values: Sequence[float]) -> bool:
    """True if there is nothing against it at first sight, by the number of columns and the coefficients."""
    return 0 < len(values) <= 2 * columns and {1.0, -1.0}.issuperset(values[:_AT_A_TIME])


def _ends(form: MatrixForm, rows: list[int], signs: list[bool]) -> Optional[tuple[list[int], list[int]]]:
    """The row of the positive coefficient of each column, and that of the negative one, or else the root.

    None where a column has two of one sign.
    """
    found = []
    for chosen in (signs, list(map(not_, signs))):
        ends = [form.rows] * form.columns
        for j, i in zip(compress(form.indices, chosen), compress(rows, chosen)):
            ends[j] = i
        if form.columns - ends.count(form.rows) < sum(chosen):
            return None
        found.append(ends)
    return found[0], found[1]


def _reflections(form: MatrixForm, rows: list[int], signs: list[bool]) -> bytearray:
    """The rows to multiply by -1, so that no column has two coefficients of one sign."""
    entries: list[list[tuple[int, bool]]] = [[] for _ in range(form.columns)]
    for j, i, sign in zip(form.indices, rows, signs):
        entries[j].append((i, sign))
    beside: list[list[tuple[int, bool]]] = [[] for _ in range(form.rows)]
    for j, pair in enumerate(entries):
        if len(pair) > 2:
            raise NotANetwork(f"{form.column_label(j)} is in more than two constraints")
        if len(pair) == 2:
            (a, first), (b, second) = pair
            beside[a].append((b, first == second))
            beside[b].append((a, first == second))
    flips = bytearray(form.rows)
    seen = bytearray(form.rows)
    for start in range(form.rows):
        stack = [] if seen[start] else [start]
        seen[start] = 1
        while stack:
            i = stack.pop()
            for other, differs in beside[i]:
                if not seen[other]:
                    seen[other], flips[other] = 1, flips[i] ^ differs
                    stack.append(other)
                elif flips[other] != flips[i] ^ differs:
                    raise NotANetwork("no choice of signs makes every variable leave one constraint and enter another")
    return flips


def _whole(what: str, *numbers: Sequence[float]) -> tuple[int, list[list[Any]]]:
    """A factor, and all the numbers times it, where these are whole, exactly; infinite ones stay."""
    distinct: set[float] = set().union(*numbers) - {inf, -inf}
    for factor in _FACTORS:
        table: dict[float, _Bound] = {inf: inf, -inf: -inf}
        for number in distinct:
            whole = round(number * factor)
            if whole / factor != number or abs(whole) > _LARGEST:
                break
            table[number] = whole
        else:
            return factor, [list(map(table.__getitem__, each)) for each in numbers]
    raise NotANetwork(f"{what} is not a whole number of some small unit")
