"""The flow of one good through a network: a variable for each arc, a balance for each node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from math import inf
from operator import eq, gt
from typing import Any, Callable, Optional, Union

from pplp.answers.solution import Solution
from pplp.answers.solvable import current_solution
from pplp.arrays.variables import VariableArray, indices_of
from pplp.core.constraints import BoundConstraint, Constraint
from pplp.core.expressions import LinearExpression, Variable, sum_from
from pplp.core.handle import index_of, store_of
from pplp.core.owner import bound_rows_of, columns_of
from pplp.core.sense import Sense
from pplp.errors import InvalidValue, NumericalTrouble
from pplp.form.outcome import snapped
from pplp.graphs.names import name_constraints, name_variables
from pplp.graphs.network import Network
from pplp.program import LinearProgram

__all__ = ["Flow", "FlowProblem", "are_whole", "net", "as_int", "works_in_bulk"]

# Any: axes are those of matplotlib, which has no types here.

Number = Union[int, float]

#: With at least this many arcs, importing numpy pays off, if it is installed.
_MANY = 500
#: If an integer flow is larger than this, all are checked exactly: a solver's tolerance might let them be off by 1.
_EXACT = 100_000
#: A value is rounded to an integer only if it is at most this far from it, however large the value is.
_NEAR = 1e-2


class Flow:
    """The flow of one good on each arc of a network, as part of a program.

    `price` has the dual of each node, d(objective)/d(what the node must receive).  In networks without side
    constraints, the reduced cost of an arc from u to v is its weight plus the dual at u, minus the dual at v times
    the gain.
    """

    #: The nodes and arcs.
    network: Network
    #: The program; you can add constraints before it is solved, and after.
    lp: LinearProgram
    #: The variables of the arcs, in order.
    x: VariableArray

    def __init__(
        self,
        lp: LinearProgram,
        network: Network,
        *,
        lower: Sequence[Number],
        upper: Sequence[Number],
        least: Sequence[Number],
        most: Sequence[Number],
        gains: Optional[Sequence[Number]] = None,
        whole: bool = False,
        back: Optional[tuple[int, int]] = None,
        owner: tuple[Any, ...] = (),
    ) -> None:
        """At each node, inflow minus outflow is at least `least` and at most `most`.

        `back` is an extra arc from the sink to the source, as a pair of node indices.  `owner` is the name of the good,
        if there are several.
        """
        self.lp = lp
        self.network = network
        self._whole = whole
        if any(map(gt, lower, upper)):
            place = next(k for k, (low, high) in enumerate(zip(lower, upper)) if low > high)
            raise InvalidValue(
                f"The arc {network.keys[place]!r} has the capacity {upper[place]}, below its least flow {lower[place]}."
            )
        self.x = lp.Vars(len(network), lb=list(lower), ub=list(upper))
        name_variables(self.x, "flow", lambda: ((*owner, *key) for key in network.keys))
        tails, heads = network.tails, network.heads
        self.back: Optional[Variable] = None
        self._back_ends = back or (0, 0)
        if back is not None:
            self.back = lp.Var(f"flow from {network.nodes[back[1]]} to {network.nodes[back[0]]}", lb=0)
            tails, heads = [*tails, back[0]], [*heads, back[1]]
            gains = None if gains is None else [*gains, 1.0]
        self._check_isolated_nodes(tails, heads, gains, least, most)
        self._balance = self._added(tails, heads, gains, least, most)
        name_constraints(self._balance, "node", [(*owner, node) for node in network.nodes] if owner else network.nodes)
        self._gains = gains

    def _check_isolated_nodes(
        self,
        tails: Sequence[int],
        heads: Sequence[int],
        gains: Optional[Sequence[Number]],
        least: Sequence[Number],
        most: Sequence[Number],
    ) -> None:
        """Check that a node without arcs has no supply or demand."""
        touched = {*tails, *heads}
        if gains is None and any(map(eq, tails, heads)):
            touched = {node for u, v in zip(tails, heads) if u != v for node in (u, v)}
        if len(touched) < len(self.network.nodes):
            for place, node in enumerate(self.network.nodes):
                if place not in touched and not least[place] <= 0 <= most[place]:
                    amount = least[place] if least[place] > 0 else most[place]
                    raise InvalidValue(
                        f"The node {node!r} has the demand {amount}, but no arc. Add an arc, or set the demand to 0."
                    )

    def _added(
        self,
        tails: Sequence[int],
        heads: Sequence[int],
        gains: Optional[Sequence[Number]],
        least: Sequence[Number],
        most: Sequence[Number],
    ) -> Callable[[int], Constraint]:
        """Add the balances to the program as constraints: all at once if numpy pays off, else one by one."""
        lp, count = self.lp, len(self.network.nodes)
        first = len(columns_of(lp)) - len(tails)
        if works_in_bulk(len(tails)):
            from pplp.arrays.balances import balances

            relations = balances(lp, first, (tails, heads), gains, least, most)
            return lp.add_constraint(relations)._alone  # type: ignore[no-any-return]
        columns: list[list[int]] = [[] for _ in range(count)]
        values: list[list[float]] = [[] for _ in range(count)]
        for k, (u, v) in enumerate(zip(tails, heads), first):
            columns[u].append(k)
            values[u].append(-1.0)
            columns[v].append(k)
            values[v].append(1.0 if gains is None else float(gains[k - first]))
        rows = [
            lp.add_constraint((least[place], sum_from(lp, columns[place], values[place], 0.0), most[place]))
            for place in range(count)
        ]
        return rows.__getitem__

    def _total(self, weights: Sequence[Number]) -> LinearExpression:
        """The sum of weight times flow.  The weights must have been checked."""
        columns = list(compress(indices_of(self.x), weights))
        return sum_from(self.lp, columns, [*map(float, compress(weights, weights))], 0.0)

    # ---- building blocks for constraints
    @property
    def arc(self) -> Mapping[Any, Variable]:
        """The variable of each arc, by its key: ``arc[u, v]``, or ``arc[u, v, k]`` in multigraphs."""
        x = self.x
        return self.network.by_arc(lambda place: x[place])

    @property
    def node(self) -> Mapping[Any, Constraint]:
        """The balance of each node: inflow minus outflow; change its ``rhs`` to change the demand."""
        return self.network.by_node(self._balance)

    def into(self, node: Any) -> LinearExpression:
        """The total flow on the arcs into a node."""
        return self._sum_at(self.network.heads, node)

    def out_of(self, node: Any) -> LinearExpression:
        """The total flow on the arcs out of a node."""
        return self._sum_at(self.network.tails, node)

    def _sum_at(self, ends: Sequence[int], node: Any) -> LinearExpression:
        at, first = self.network.place_of_node(node), index_of(self.x[0]) if len(self.x) else 0
        columns = [first + k for k, end in enumerate(ends) if end == at]
        return sum_from(self.lp, columns, [1.0] * len(columns), 0.0)

    def _limits(self) -> list[tuple[float, float]]:
        """The current bounds of each arc, without those that are the balance of a node with one arc."""
        lp, count = self.lp, len(self.network.nodes)
        columns, rows = columns_of(lp), bound_rows_of(lp)
        limits = [(columns.lower[index], columns.upper[index]) for index in indices_of(self.x)]
        if len(rows):
            balances = {index_of(b) for b in map(self._balance, range(count)) if type(b) is BoundConstraint}
            for place, index in enumerate(indices_of(self.x)):
                for row in rows.of_column.get(index, ()):
                    if row not in balances and row not in rows.removed:
                        low, high = rows.interval(row)
                        limits[place] = max(limits[place][0], low), min(limits[place][1], high)
        return limits

    # ---- the answer
    def _amounts(self) -> list[Number]:
        """The flow on each arc, in order; whole amounts are ints if all data are ints.

        Raises `NumericalTrouble` if large integer flows violate a balance or a bound.
        """
        solution = current_solution(self.lp, "flow")
        amounts = [as_int(value, self._whole) for value in solution.values_at(indices_of(self.x))]
        if self._whole and max(map(abs, amounts), default=0) > _EXACT and {*map(type, amounts)} == {int}:
            self._check(amounts, solution)
        return amounts

    def _check(self, amounts: list[Number], solution: Solution) -> None:
        """Check integer amounts against bounds and balances exactly: a solver's tolerance may let them be off by 1."""
        lp, arrives = self.lp, [0] * len(self.network.nodes)
        columns = columns_of(lp)
        is_inside = True
        for index, u, v, amount in zip(indices_of(self.x), self.network.tails, self.network.heads, amounts):
            is_inside = is_inside and columns.lower[index] <= amount <= columns.upper[index]
            arrives[u] -= int(amount)
            arrives[v] += int(amount)
        if self.back is not None:
            value = as_int(solution[self.back], True)
            u, v = self._back_ends
            arrives[u] -= int(value)
            arrives[v] += int(value)
        for place, amount in enumerate(arrives):
            balance = self._balance(place)
            if type(balance) is not BoundConstraint:
                is_inside = is_inside and balance.lb <= amount <= balance.ub
        if not is_inside:
            error = NumericalTrouble(
                "All data are whole, but the flow found is not exact: it is within the solver's tolerance alone. "
                "Solve with method='network' and solver='glpk', or scale the data down."
            )
            error.solution = solution
            raise error

    @property
    def flow(self) -> dict[Any, dict[Any, Any]]:
        """The flow in networkx's form: ``{u: {v: amount}}``, or ``{u: {v: {k: amount}}}`` in multigraphs.

        On an edge of an undirected graph without gains it is the net flow, in the direction in which more flows.  If
        all data are ints, whole amounts are ints.  Raises what reading a value raises: `NotSolved`, `StaleSolution`,
        `Infeasible` and so on.
        """
        amounts = self._amounts()
        return self.network.nested(net(self.network, amounts) if self._gains is None else amounts)

    @property
    def price(self) -> dict[Any, float]:
        """The dual of each node's balance: how much the objective rises per unit that the node must receive."""
        solution = self._duals()
        return {node: solution.dual(self._balance(place)) for place, node in enumerate(self.network.nodes)}

    @property
    def reduced_cost(self) -> dict[Any, float]:
        """How much the objective rises per unit that an arc is forced to carry beyond its bound."""
        solution = self._duals()
        found = [solution.reduced_cost(x) for x in self.x]
        # The balance of a node with one arc is stored as a bound on the arc's variable, so its dual is part of the
        # variable's reduced cost.  But it belongs to the node.
        tails, heads = self.network.tails, self.network.heads
        for place in range(len(self.network.nodes)):
            balance = self._balance(place)
            if type(balance) is BoundConstraint and store_of(balance) is bound_rows_of(self.lp):
                price = solution.dual(balance)
                if price and len(self.x):
                    column = bound_rows_of(self.lp).column[index_of(balance)] - index_of(self.x[0])
                    if column < len(found):
                        gain = 1.0 if self._gains is None else self._gains[column]
                        found[column] -= price * (gain * (heads[column] == place) - (tails[column] == place))
        return dict(zip(self.network.keys, found))

    def plot(self, ax: Any = None, *, pos: Any = None) -> Any:
        """Draw the network and its flow with matplotlib; returns the axes.

        Nodes show what they send or receive, and their dual.  Arcs are as wide as their flow, are labeled
        flow/capacity, and change color at their capacity; before the program is solved, the label is the capacity.
        `pos` sets the positions of the nodes: a mapping {node: (x, y)}, such as networkx's layouts return, or the name
        of a node attribute.  By default, nodes are in layers, from those that send to those that receive.

        Raises `InvalidValue` for a node without a position, and `ExtraMissing` without matplotlib.

        >>> from pplp.graphs import MinimumCostFlow
        >>> plan = MinimumCostFlow((["a", "a", "b"], ["b", "c", "c"]), demand={"a": -4, "c": 4}, capacity=3, weight=1)
        >>> solution = plan.solve()
        >>> ax = plan.plot()  # doctest: +SKIP
        >>> sorted(text.get_text() for text in ax.texts if "/" in text.get_text())  # doctest: +SKIP
        ['1/3', '1/3', '3/3']
        """
        from pplp.graphs.drawing import Picture, flow_plot

        balances = [self._balance(place) for place in range(len(self.network.nodes))]
        picture = Picture(self.lp, self.network, pos, ax)
        return flow_plot(picture, self._amounts, self._limits(), self._gains, balances)

    def _duals(self) -> Solution:
        return current_solution(self.lp, "price")


class FlowProblem(Flow):
    """A program with the flow of one good, and its objective."""

    _sense = Sense.MINIMIZE.value

    def solve(self, **options: Any) -> Solution:
        """Solve with the fields of `Options` as keywords; never raises for an outcome, like `LinearProgram.solve`."""
        return self.lp.solve(self._sense, **options)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self.network.nodes)} nodes, {len(self.network)} arcs, {self.lp.status}>"


def net(network: Network, amounts: list[Number]) -> list[Number]:
    """The net flow on the two arcs of an undirected edge."""
    edge_of = network.edge_of
    if edge_of is None:
        return amounts
    found = list(amounts)
    for k in range(1, len(found)):
        if edge_of[k] == edge_of[k - 1]:
            both = min(amounts[k], amounts[k - 1])
            found[k], found[k - 1] = amounts[k] - both, amounts[k - 1] - both
    return found


def are_whole(*numbers: Iterable[Number]) -> bool:
    """True if all of them are ints, or infinite."""
    return all({*map(type, some)} <= {int} or all(type(v) is int or v in (inf, -inf) for v in some) for some in numbers)


def works_in_bulk(count: int) -> bool:
    """True if numpy is installed, and there are enough arcs for it to pay off."""
    if count < _MANY:
        return False
    try:
        from pplp.arrays.balances import balances
    except ImportError:
        return False
    return balances is not None


def as_int(value: float, whole: bool) -> Number:
    """The value without the solver's rounding errors; an int if it is an integer and all data are ints (`whole`)."""
    if whole:
        nearest = round(value)
        if abs(value - nearest) <= min(1e-7 * max(1.0, abs(value)), _NEAR):
            return nearest
    return snapped(value)
