"""Minimum-cost flows, maximum flows, circulations, flows with gains, and multicommodity flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from pplp.answers.solution import Solution
from pplp.answers.solvable import current_solution
from pplp.arrays.variables import indices_of
from pplp.core.constraints import Constraint
from pplp.core.expressions import sum_from
from pplp.core.sense import Sense
from pplp.errors import InvalidValue, NoCertificate
from pplp.graphs.flow import Flow, FlowProblem, Number, are_whole, as_int
from pplp.graphs.names import name_constraints
from pplp.graphs.network import Network, by_label, is_name, is_number
from pplp.program import LinearProgram

__all__ = ["Circulation", "FlowWithGains", "MaximumFlow", "MinimumCostFlow", "MulticommodityFlow"]


class MinimumCostFlow(FlowProblem):
    """The cheapest flow that meets all demands.

        minimize  sum of weight(a) x(a)   subject to   lower(a) <= x(a) <= capacity(a),
                  at each node:  inflow - outflow  ==  demand

    The sign is that of networkx: a node with a negative demand sends.  Missing demands and weights are 0, missing
    capacities infinite.  Each of `demand`, `capacity`, `weight` and `lower` is the name of an attribute (or column),
    a number for all, a sequence in order, or a mapping by node or by key of arc.  With `disposal` a node may receive
    more than it demands, so suppliers need not send all they have.  For arrays whose nodes are 0 to n - 1, the demand
    may be a sequence of n numbers.

    An undirected edge becomes two arcs, one in each direction, each with the edge's capacity; its weight must not be
    negative.

    Raises `InvalidValue` for NaN, a lower bound above the capacity, and a demand at a node without arcs.

    >>> from pplp.graphs import MinimumCostFlow
    >>> tails, heads = ["mine", "mine", "mill"], ["mill", "port", "port"]
    >>> plan = MinimumCostFlow((tails, heads), demand={"mine": -8, "port": 8}, capacity=[9, 5, 9], weight=[1, 4, 2])
    >>> plan.solve().status.value, plan.cost, plan.flow
    ('optimal', 24.0, {'mine': {'mill': 8, 'port': 0}, 'mill': {'port': 8}, 'port': {}})
    >>> quota = plan.lp.add_constraint(plan.arc["mill", "port"] <= 2 * plan.arc["mine", "port"])
    >>> solution = plan.solve()
    >>> round(plan.cost, 3), round(plan.flow["mine"]["port"], 3), round(plan.price["port"] - plan.price["mine"], 3)
    (26.667, 2.667, 3.333)
    """

    def __init__(
        self,
        graph: Any,
        *,
        demand: Any = "demand",
        capacity: Any = "capacity",
        weight: Any = "weight",
        lower: Any = None,
        gain: Any = None,
        disposal: bool = False,
    ) -> None:
        known = by_label(demand)
        network = _network(graph, known)
        needs = network.of_nodes(demand if hasattr(demand, "index") else known, 0, "demand")
        capacities = network.of_arcs(capacity, inf, "capacity")
        weights = network.of_arcs(weight, 0, "weight", finite=True)
        lowers = network.of_arcs(0 if lower is None else lower, 0, "lower")
        gains = None if gain is None else network.of_arcs(gain, 1, "gain", finite=True)
        _refuse_both_ways(network, weights, lowers)
        super().__init__(
            LinearProgram(name=type(self).__name__),
            network,
            lower=lowers,
            upper=capacities,
            least=needs,
            most=[inf] * len(needs) if disposal else needs,
            gains=gains,
            whole=gains is None and are_whole(needs, capacities, lowers),
        )
        self.lp.objective = self._total(weights)

    @property
    def cost(self) -> float:
        """The cost of the flow.  Raises what `flow` raises."""
        return current_solution(self.lp, "cost").objective_or_raise()


class Circulation(MinimumCostFlow):
    """The cheapest circulation between lower bounds and capacities: no node has a demand.

    >>> from pplp.graphs import Circulation
    >>> rounds = Circulation((["a", "b", "c"], ["b", "c", "a"]), lower=[2, 0, 0], capacity=9, weight=[1, 1, -1])
    >>> rounds.solve().objective, rounds.flow["c"]
    (2.0, {'a': 2})
    """

    def __init__(self, graph: Any, *, lower: Any = "lower", capacity: Any = "capacity", weight: Any = "weight") -> None:
        super().__init__(graph, demand=None, capacity=capacity, weight=weight, lower=lower)


class FlowWithGains(MinimumCostFlow):
    """The cheapest generalized flow: of each unit that enters an arc, `gain` units arrive (default 1).

    With `disposal`, which is the default, a node may receive more than it demands.

    >>> from pplp.graphs import FlowWithGains
    >>> grid = FlowWithGains((["plant", "relay"], ["relay", "town"]), demand={"plant": -20, "town": 9},
    ...                      gain=[0.9, 0.5], weight=1)
    >>> grid.solve().objective, grid.flow["plant"], round(grid.price["town"], 3)
    (38.0, {'relay': 20.0}, 4.222)
    """

    def __init__(
        self,
        graph: Any,
        *,
        demand: Any = "demand",
        capacity: Any = "capacity",
        weight: Any = "weight",
        gain: Any = "gain",
        lower: Any = None,
        disposal: bool = True,
    ) -> None:
        super().__init__(
            graph, demand=demand, capacity=capacity, weight=weight, lower=lower, gain=gain, disposal=disposal
        )


class MaximumFlow(FlowProblem):
    """The maximum flow from `source` to `sink`.

        maximize  value   subject to   lower(a) <= x(a) <= capacity(a),
                  at each node:  inflow == outflow,   except that value leaves the source and arrives at the sink

    `capacity` and `lower` are as for `MinimumCostFlow`; a missing capacity is infinite.  If all arcs of a path lack
    one, the program is unbounded.

    >>> from pplp.graphs import MaximumFlow
    >>> pipes = MaximumFlow((["s", "s", "a", "b"], ["a", "b", "t", "t"]), "s", "t", capacity=[4, 2, 3, 5])
    >>> pipes.solve().status.value, pipes.value, pipes.flow["s"], sorted(pipes.cut[1])
    ('optimal', 5, {'a': 3, 'b': 2}, ['b', 't'])
    """

    _sense = Sense.MAXIMIZE.value

    def __init__(self, graph: Any, source: Any, sink: Any, *, capacity: Any = "capacity", lower: Any = None) -> None:
        network = _network(graph, None)
        ends = network.place_of_node(source, "source"), network.place_of_node(sink, "sink")
        if ends[0] == ends[1]:
            raise InvalidValue(f"Source and sink are the same node {source!r}. Give two different nodes.")
        capacities = network.of_arcs(capacity, inf, "capacity")
        lowers = network.of_arcs(0 if lower is None else lower, 0, "lower")
        needs = [0.0] * len(network.nodes)
        super().__init__(
            LinearProgram(name=type(self).__name__),
            network,
            lower=lowers,
            upper=capacities,
            least=needs,
            most=needs,
            whole=are_whole(capacities, lowers),
            back=(ends[1], ends[0]),
        )
        self._source, self._sink = ends
        assert self.back is not None
        self.lp.objective = 1 * self.back

    @property
    def value(self) -> Number:
        """The amount that flows from source to sink.  Raises what `flow` raises."""
        return as_int(current_solution(self.lp, "value").objective_or_raise(), self._whole)

    @property
    def cut(self) -> tuple[set[Any], set[Any]]:
        """The two sides of a minimum cut, the source's and the sink's, as a partition in networkx's form.

        The nodes on the sink's side are those from which more flow could reach the sink.  Raises `NoCertificate` if
        other constraints, not a cut, limit the flow; also raises what `value` raises.
        """
        network, amounts = self.network, self._amounts()
        into: list[list[int]] = [[] for _ in network.nodes]
        for u, v, amount, (low, high) in zip(network.tails, network.heads, amounts, self._limits()):
            slack = 0 if self._whole else 1e-9 * max(1.0, abs(amount))
            if amount < high - slack:
                into[v].append(u)
            if amount > low + slack:
                into[u].append(v)
        beyond, waiting = {self._sink}, [self._sink]
        while waiting:
            for node in into[waiting.pop()]:
                if node not in beyond:
                    beyond.add(node)
                    waiting.append(node)
        names = network.nodes
        if self._source in beyond:
            raise NoCertificate(
                "More could flow through every cut: another constraint limits the flow. "
                "lp.sensitivity() and the duals show which one."
            )
        return {names[k] for k in range(len(names)) if k not in beyond}, {names[k] for k in beyond}


class MulticommodityFlow:
    """The cheapest flows of several goods that share the capacities of the arcs.

        minimize  sum over goods and arcs of weight(a) x(g, a)   subject to   sum over goods of x(g, a) <= capacity(a),
                  at each node, for each good:  inflow - outflow  ==  demand(g, node)

    `commodities` maps the name of a good to its demands by node, or to a triple (source, sink, amount).
    The two directions of an undirected edge share its capacity, too.

    >>> from pplp.graphs import MulticommodityFlow
    >>> roads = ["a", "a", "b", "c"], ["b", "c", "c", "b"]
    >>> goods = {"oil": ("a", "b", 3), "gas": {"a": -2, "c": 2}}
    >>> both = MulticommodityFlow(roads, goods, capacity=4, weight=[1, 2, 1, 1])
    >>> both.solve().objective, both.flow["gas"]["a"]
    (7.0, {'b': 0, 'c': 2})
    >>> limit = both.lp.add_constraint(both.commodity["oil"].arc["a", "b"] <= 1)
    >>> both.solve().objective, both.flow["oil"]["a"], both.shared["a", "c"].dual
    (11.0, {'b': 1, 'c': 2}, 0.0)
    """

    def __init__(
        self, graph: Any, commodities: Mapping[Any, Any], *, capacity: Any = "capacity", weight: Any = "weight"
    ) -> None:
        self.network = network = _network(graph, None)
        #: The program; you can add constraints to it.
        self.lp = lp = LinearProgram(name=type(self).__name__)
        #: The flow of each good; each has its own `arc`, `node`, `flow`, `price` and `reduced_cost`.
        self.commodity: dict[Any, Flow] = {}
        if not isinstance(commodities, Mapping):
            raise InvalidValue(
                f"The commodities are a mapping {{name: (source, sink, amount)}} or {{name: {{node: demand}}}}, not "
                f"{commodities!r}."
            )
        capacities = network.capacities(capacity)
        weights = network.of_arcs(weight, 0, "weight", finite=True)
        _refuse_both_ways(network, weights)
        zeros, open_ended = [0] * len(network), [inf] * len(network)
        for name, wanted in commodities.items():
            if isinstance(wanted, tuple) and len(wanted) == 3:
                source, sink, amount = wanted
                if source == sink:
                    raise InvalidValue(f"Source and sink of {name!r} are the same node {source!r}.")
                wanted = {source: -amount, sink: amount}
            needs = network.of_nodes(wanted, 0, "demand")
            # With several goods, an optimal vertex may be fractional even if capacities and demands are integers.  So
            # the amounts that are integers become ints, and the others stay floats.
            whole = are_whole(needs, capacities)
            self.commodity[name] = Flow(
                lp, network, lower=zeros, upper=open_ended, least=needs, most=needs, whole=whole, owner=(name,)
            )
        flows = list(self.commodity.values())
        group = network.edge_of or range(len(network))
        members: dict[int, list[int]] = {}
        for k, edge in enumerate(group):
            members.setdefault(edge, []).append(k)
        rows: dict[int, Constraint] = {}
        for edge, arcs in members.items():
            if capacities[arcs[0]] < inf:
                columns = [indices_of(one.x)[k] for one in flows for k in arcs]
                rows[edge] = lp.add_constraint(sum_from(lp, columns, [1.0] * len(columns), 0.0) <= capacities[arcs[0]])
        self._rows, self._group = rows, group
        limited = list(rows.values())
        name_constraints(limited.__getitem__, "capacity", [network.keys[members[edge][0]] for edge in rows])
        lp.objective = sum((one._total(weights) for one in flows), sum_from(lp, [], [], 0.0))

    @property
    def shared(self) -> Mapping[Any, Constraint]:
        """The constraint on the total flow of all goods on an arc; raises KeyError for an arc without a capacity."""

        def at(place: int) -> Constraint:
            if self._group[place] not in self._rows:
                raise KeyError(f"The arc {self.network.keys[place]!r} has no capacity.")
            return self._rows[self._group[place]]

        return self.network.by_arc(at)

    def solve(self, **options: Any) -> Solution:
        """Solve with the fields of `Options` as keywords; never raises for an outcome, like `LinearProgram.solve`."""
        return self.lp.solve("minimize", **options)

    @property
    def cost(self) -> float:
        """The cost of all flows.  Raises what `flow` raises."""
        return current_solution(self.lp, "cost").objective_or_raise()

    @property
    def flow(self) -> dict[Any, dict[Any, dict[Any, Any]]]:
        """The flow of each good, in networkx's form.  Raises what `Flow.flow` raises."""
        return {name: one.flow for name, one in self.commodity.items()}

    def __repr__(self) -> str:
        return f"<MulticommodityFlow: {len(self.commodity)} goods on {self.network!r}, {self.lp.status}>"


def _network(graph: Any, demand: Any) -> Network:
    """The network; one that is read from arrays also gets the nodes that occur only in the demand."""
    if isinstance(graph, Network):
        return graph
    if demand is None or is_name(demand) or is_number(demand):
        return Network(graph)
    return Network(graph, nodes=demand if isinstance(demand, Mapping) else range(len(demand)))


def _refuse_both_ways(network: Network, weights: Sequence[Number], lowers: Sequence[Number] = ()) -> None:
    """Refuse an undirected edge on which flow in both directions at once would pay or be forced."""
    if network.is_directed:
        return
    for place, one in enumerate(weights):
        if one < 0 or (lowers and lowers[place] > 0):
            raise InvalidValue(
                f"The undirected edge {network.keys[place]!r} has a negative weight, or a least flow: it would flow "
                "both ways at once. Give a directed graph."
            )
