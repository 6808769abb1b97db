"""A backend of networkx: ``nx.min_cost_flow(G, backend="pplp")`` and its relatives, solved as linear programs.

The functions, answers and exceptions are those of networkx; the differences are

* demands, weights and capacities need not be integers; whole data have whole answers;
* if several flows are optimal, a different one may be returned.

networkx finds this module by the entry points of the installed package.  The graph is read as it is and never cached.

>>> import networkx as nx
>>> G = nx.DiGraph([("a", "b", {"capacity": 4, "weight": 3}), ("b", "d", {"weight": 1}), ("a", "d", {"weight": 6})])
>>> G.add_nodes_from([("a", {"demand": -5}), ("d", {"demand": 5})])
>>> network_simplex(G)
(22, {'a': {'b': 4, 'd': 1}, 'b': {'d': 4}, 'd': {}})
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from math import fsum, inf
from typing import Any, Optional

import networkx as nx

from pplp.core.expressions import sum_from
from pplp.engines.networks.exact_flow import cheapest_flow, whole_numbers
from pplp.form.outcome import Status
from pplp.graphs.flow import Number
from pplp.graphs.network import checked
from pplp.graphs.networkx_info import FUNCTIONS
from pplp.program import LinearProgram

# Any: graphs and results are those of networkx, which has no types here.

__all__ = FUNCTIONS

_ANOTHER = (
    "it asks for one of two flows of the same least cost, 150: units may go 3-4-5 or 3-5; here it is the other one"
)
#: Tests of networkx that do not apply to this backend: (file, test) -> reason.
EXCLUDED = {
    ("test_mincost.py", "test_digraph1"): _ANOTHER,
    ("test_networksimplex.py", "test_digraph1"): _ANOTHER,
}

#: Options of networkx's maximum-flow algorithms that change how they work, not what they return.
_TUNING = {"two_phase", "global_relabel_freq"}


# --------------------------------------------------------------------- what networkx asks of a backend
def convert_from_nx(graph: Any, **_: Any) -> Any:
    """Return the graph unchanged: it is read when it is solved."""
    return graph


def convert_to_nx(result: Any, **_: Any) -> Any:
    """Return the result unchanged: answers are in networkx's form already."""
    return result


def can_run(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """True if the backend takes this call, else the reason why it is left to networkx."""
    if name not in __all__:
        return False
    graph: Any = args[0] if args else kwargs.get("G", kwargs.get("flowG"))
    if name == "max_weight_matching":
        if graph.is_directed() or graph.is_multigraph():
            return True  # networkx raises its own exception
        return nx.is_bipartite(graph) or "the matchings of a graph with odd cycles are no linear program"
    if name in ("maximum_flow", "maximum_flow_value", "minimum_cut", "minimum_cut_value"):
        algorithm = args[4] if len(args) > 4 else kwargs.get("flow_func")
        known = [getattr(nx.algorithms.flow, one) for one in _algorithms]
        if callable(algorithm) and not any(algorithm is one for one in known):
            return "flow_func is an algorithm that networkx does not have"
        others = kwargs.keys() - {"flowG", "_s", "_t", "capacity", "flow_func", *_TUNING}
        if algorithm is not None and others:
            return f"{min(others)} is an option of networkx's algorithms that changes the answer"
    return True


def _refuse(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Raise if `can_run` does not return True: older versions of networkx do not ask if the call names the backend."""
    answer = can_run(name, args, kwargs)
    if answer is not True:
        raise NotImplementedError(f"The backend pplp does not take this call: {answer}.")


_algorithms = ("boykov_kolmogorov", "dinitz", "edmonds_karp", "preflow_push", "shortest_augmenting_path")


def on_start_tests(items: list[Any]) -> None:
    """Mark the tests of networkx that are excluded."""
    import pytest

    for item in items:
        reason = EXCLUDED.get((item.path.name, item.name.split("[")[0]))
        if reason is not None:
            item.add_marker(pytest.mark.skip(reason=reason))


# --------------------------------------------------------------------- minimum-cost flows
def min_cost_flow(G: Any, demand: Any = "demand", capacity: Any = "capacity", weight: Any = "weight") -> Any:
    """The flow of a minimum-cost flow that meets all demands."""
    return network_simplex(G, demand, capacity, weight)[1]


def min_cost_flow_cost(G: Any, demand: Any = "demand", capacity: Any = "capacity", weight: Any = "weight") -> Any:
    """The cost of a minimum-cost flow that meets all demands."""
    return network_simplex(G, demand, capacity, weight)[0]


def network_simplex(
    G: Any, demand: Any = "demand", capacity: Any = "capacity", weight: Any = "weight"
) -> tuple[Number, Any]:
    """(cost, flow) of a minimum-cost flow that meets all demands."""
    _refuse_undirected(G)
    if len(G) == 0:
        raise nx.NetworkXError("graph has no nodes")
    return _meeting(G, _demands(G, demand), capacity, weight)


def _meeting(G: Any, needs: dict[Any, Number], capacity: Any, weight: Any) -> tuple[Number, Any]:
    """(cost, flow) of the cheapest flow that meets these demands."""
    for node, need in needs.items():
        if abs(need) == inf:
            raise nx.NetworkXError(f"node {node!r} has infinite demand")
    edges = _Edges(G)
    weights, capacities = edges.numbers(weight, "weight", 0), edges.numbers(capacity, "capacity", inf)
    if inf in weights or -inf in weights:
        for k in [k for k, cost in enumerate(weights) if abs(cost) == inf]:
            if capacities[k]:
                raise nx.NetworkXError(f"edge {edges.key(k)!r} has infinite weight")
            weights[k] = 0
    if not _cancel(needs):
        raise nx.NetworkXUnfeasible("total node demand is not zero")
    if min(capacities, default=0) < 0:
        raise nx.NetworkXUnfeasible(f"edge {edges.key(capacities.index(min(capacities)))!r} has negative capacity")
    return _cheapest(edges, needs, capacities, weights, "no flow satisfies all node demands")


def capacity_scaling(
    G: Any, demand: Any = "demand", capacity: Any = "capacity", weight: Any = "weight", heap: Any = None
) -> tuple[Number, Any]:
    """(cost, flow) of a minimum-cost flow that meets all demands; `heap` is ignored."""
    _refuse_undirected(G)
    needs = _demands(G, demand)
    if not _cancel(needs):
        raise nx.NetworkXUnfeasible("Sum of the demands should be 0.")
    edges = _Edges(G)
    weights = edges.numbers(weight, "weight", 0)
    capacities = [max(one, 0) for one in edges.numbers(capacity, "capacity", inf)]
    if inf in weights or -inf in weights:
        raise nx.NetworkXUnfeasible("No flow satisfying all demands.")
    if not needs:
        return 0, {}
    # Does a cycle of arcs without a capacity have a negative cost?  Send at most one unit on these arcs to find out.
    endless = [1 if most == inf else 0 for most in capacities]
    might_gain = any(w < 0 and c for w, c in zip(weights, endless))
    if might_gain and _cheapest(edges, dict.fromkeys(G, 0), endless, weights, "")[0] < 0:
        raise nx.NetworkXUnbounded(
            "Negative cost cycle of infinite capacity found. Min cost flow may be unbounded below."
        )
    return _cheapest(edges, needs, capacities, weights, "No flow satisfying all demands.")


def cost_of_flow(G: Any, flowDict: Any, weight: Any = "weight") -> Any:
    """The cost of a flow, as networkx counts it."""
    _forget(G)
    return sum(flowDict[u][v] * data.get(weight, 0) for u, v, data in G.edges(data=True))


def max_flow_min_cost(G: Any, s: Any, t: Any, capacity: Any = "capacity", weight: Any = "weight") -> Any:
    """The cheapest of all maximum flows; the demands of other nodes are met, as networkx does."""
    value = maximum_flow_value(G, s, t, capacity)
    both_ways = nx.DiGraph(G)
    needs = {**_demands(both_ways, "demand"), s: -value, t: value}
    return _meeting(both_ways, needs, capacity, weight)[1]


class _Edges:
    """The edges of a directed graph, read once."""

    def __init__(self, graph: Any) -> None:
        place = {node: k for k, node in enumerate(graph)}
        self.is_multigraph = graph.is_multigraph()
        self.ends = [(u, list(beside)) for u, beside in graph.adjacency()]
        self._data: list[Any] = []
        self._keys: list[Any] = []  # of parallel edges
        self.tails: list[int] = []
        self.heads: list[int] = []
        for k, (u, beside) in enumerate(graph.adjacency()):
            if self.is_multigraph:
                for v, parallel in beside.items():
                    self._keys += [(u, v, key) for key in parallel]
                    self._data += parallel.values()
                    self.heads += [place[v]] * len(parallel)
            else:
                self._data += beside.values()
                self.heads += [place[v] for v in beside]
            self.tails += [k] * (len(self.heads) - len(self.tails))

    def key(self, k: int) -> Any:
        """The edge as networkx writes it."""
        if self.is_multigraph:
            return self._keys[k]
        return [(u, v) for u, beside in self.ends for v in beside][k]

    def numbers(self, name: Any, what: str, default: Any) -> list[Any]:
        """An attribute of each edge."""
        return _numbers(
            [data.get(name, default) for data in self._data], lambda k: f"the {what} of edge {self.key(k)!r}"
        )

    def nested(self, amounts: list[Any]) -> dict[Any, dict[Any, Any]]:
        """One value for each edge, in networkx's form."""
        found: dict[Any, dict[Any, Any]] = {u: {} for u, _ in self.ends}
        if self.is_multigraph:
            for (u, v, key), one in zip(self._keys, amounts):
                found[u].setdefault(v, {})[key] = one
            return found
        begin = 0
        for u, beside in self.ends:
            found[u] = dict(zip(beside, amounts[begin : begin + len(beside)]))
            begin += len(beside)
        return found


def _cheapest(
    edges: _Edges, needs: dict[Any, Number], capacities: Sequence[Number], weights: Sequence[Number], infeasible: str
) -> tuple[Number, Any]:
    """(cost, flow), or the exception that networkx raises."""
    supplies = _balanced([-needs[node] for node, _ in edges.ends])
    found = cheapest_flow(edges.tails, edges.heads, capacities, weights, supplies)
    if found.status is Status.INFEASIBLE:
        raise nx.NetworkXUnfeasible(infeasible)
    if found.status is Status.UNBOUNDED:
        raise nx.NetworkXUnbounded("negative cycle with infinite capacity found")
    kind = _kind([*needs.values()], capacities)
    cost = _valued(_kind([kind(0)], weights), [found.cost], found.unit * found.cost_unit)[0]
    return cost, edges.nested(_valued(kind, found.flows, found.unit))


# --------------------------------------------------------------------- maximum flows, minimum cuts
class _Greatest:
    """A maximum flow in exact arithmetic: its value, the flow in each direction of each edge, and a minimum cut."""

    def __init__(self, graph: Any, source: Any, sink: Any, capacity: Any) -> None:
        self.nodes = list(graph)
        place = {node: k for k, node in enumerate(self.nodes)}
        edges = list(graph.edges(data=True))
        given = [_capacity(capacity, *edge) for edge in edges]
        given = _numbers(given, lambda k: f"the capacity of the edge {edges[k][:2]!r}")
        self.keys, most = [edge[:2] for edge in edges], [max(one, 0) for one in given]
        if not graph.is_directed():  # each edge is an arc in each direction
            back = [((v, u), one) for (u, v), one in zip(self.keys, most) if u != v]
            self.keys, most = self.keys + [key for key, _ in back], most + [one for _, one in back]
        self.is_directed, self._ends = graph.is_directed(), (place[source], place[sink])
        self._tails, self._heads = [place[u] for u, _ in self.keys], [place[v] for _, v in self.keys]
        kind = _kind(most)
        tails, heads = [*self._tails, place[sink]], [*self._heads, place[source]]
        costs = [0] * len(most) + [-1]
        found = cheapest_flow(tails, heads, [*most, inf], costs, [0] * len(self.nodes))
        if found.status is Status.UNBOUNDED:
            raise nx.NetworkXUnbounded("Infinite capacity path, flow unbounded above.")
        unit, whole = found.unit, self._net(found.flows[:-1])
        self.partition = self._sides(whole, [inf if one == inf else one * unit for one in map(_exact, most)])
        self.amounts = _valued(kind, whole, unit)
        self.value: Number = _valued(kind, found.flows[-1:], unit)[0]

    def _net(self, amounts: list[Any]) -> list[Any]:
        """Cancel opposite flows on undirected edges, so that each edge has flow in one direction only."""
        if self.is_directed:
            return amounts
        there = {key: k for k, key in enumerate(self.keys)}
        for k, (u, v) in enumerate(self.keys):
            back = there.get((v, u), k)
            if back > k:
                both = min(amounts[k], amounts[back])
                amounts[k], amounts[back] = amounts[k] - both, amounts[back] - both
        return amounts

    def _sides(self, amounts: list[int], most: list[Any]) -> tuple[set[Any], set[Any]]:
        """The nodes from which no more flow can reach the sink, and the others."""
        into: list[list[int]] = [[] for _ in self.nodes]
        for u, v, one, limit in zip(self._tails, self._heads, amounts, most):
            if one < limit:
                into[v].append(u)
            if one > 0:
                into[u].append(v)
        beyond, waiting = {self._ends[1]}, [self._ends[1]]
        while waiting:
            for node in into[waiting.pop()]:
                if node not in beyond:
                    beyond.add(node)
                    waiting.append(node)
        here = {node for k, node in enumerate(self.nodes) if k not in beyond}
        return here, {self.nodes[k] for k in beyond}

    def flow(self) -> dict[Any, dict[Any, Any]]:
        """In networkx's form."""
        found: dict[Any, dict[Any, Any]] = {node: {} for node in self.nodes}
        for (u, v), one in zip(self.keys, self.amounts):
            found[u][v] = one
        return found


def maximum_flow(
    flowG: Any, _s: Any, _t: Any, capacity: Any = "capacity", flow_func: Any = None, **kwargs: Any
) -> tuple[Number, Any]:
    """(value, flow) of a maximum flow."""
    greatest = _greatest(flowG, _s, _t, capacity, flow_func, kwargs)
    return greatest.value, greatest.flow()


def maximum_flow_value(
    flowG: Any, _s: Any, _t: Any, capacity: Any = "capacity", flow_func: Any = None, **kwargs: Any
) -> Number:
    """The value of a maximum flow."""
    return _greatest(flowG, _s, _t, capacity, flow_func, kwargs).value


def minimum_cut(
    flowG: Any, _s: Any, _t: Any, capacity: Any = "capacity", flow_func: Any = None, **kwargs: Any
) -> tuple[Number, tuple[set[Any], set[Any]]]:
    """(value, (nodes on the source's side, nodes on the sink's side)) of a minimum cut."""
    greatest = _greatest(flowG, _s, _t, capacity, flow_func, kwargs)
    return greatest.value, greatest.partition


def minimum_cut_value(
    flowG: Any, _s: Any, _t: Any, capacity: Any = "capacity", flow_func: Any = None, **kwargs: Any
) -> Number:
    """The value of a minimum cut."""
    return _greatest(flowG, _s, _t, capacity, flow_func, kwargs).value


def _greatest(graph: Any, source: Any, sink: Any, capacity: Any, algorithm: Any, options: dict[str, Any]) -> _Greatest:
    _forget(graph)
    if algorithm is None and options:
        raise nx.NetworkXError("You have to explicitly set a flow_func if you need to pass parameters via kwargs.")
    if algorithm is not None and not callable(algorithm):
        raise nx.NetworkXError("flow_func has to be callable.")
    _refuse("maximum_flow", (graph,), {"flow_func": algorithm, **options})
    if graph.is_multigraph():
        raise nx.NetworkXError("MultiGraph and MultiDiGraph not supported (yet).")
    for node in (source, sink):
        if node not in graph:
            raise nx.NetworkXError(f"node {node!s} not in graph")
    if source == sink:
        raise nx.NetworkXError("source and sink are the same node")
    return _Greatest(graph, source, sink, capacity)


def _capacity(capacity: Any, u: Any, v: Any, data: dict[str, Any]) -> Number:
    """The capacity of an edge: an attribute, or the result of a function, which returns None to hide the edge."""
    found = capacity(u, v, data) if callable(capacity) else data.get(capacity, inf)
    return 0 if found is None else found


# --------------------------------------------------------------------- matching
def max_weight_matching(G: Any, maxcardinality: bool = False, weight: Any = "weight") -> set[tuple[Any, Any]]:
    """The edges of a maximum-weight matching of a bipartite graph; `maxcardinality` picks among the largest ones."""
    _forget(G)
    if G.is_directed() or G.is_multigraph():
        raise nx.NetworkXNotImplemented(f"not implemented for {'directed' if G.is_directed() else 'multigraph'} type")
    _refuse("max_weight_matching", (G,), {})
    edges = list(G.edges(data=True))
    lp = LinearProgram(name="max_weight_matching")
    x = lp.Vars(len(edges), lb=0, ub=1)
    at: dict[Any, list[int]] = {}
    for k, (u, v, _) in enumerate(edges):
        at.setdefault(u, []).append(k)
        at.setdefault(v, []).append(k)
    for some in at.values():
        lp.add_constraint(sum_from(lp, some, [1.0] * len(some), 0.0) <= 1)
    if maxcardinality:
        lp.objective = x.sum()
        most = round(lp.maximize())
        lp.add_constraint(x.sum() == most)  # this is a face of the polytope, so its vertices are integer, too
    lp.objective = sum((data.get(weight, 1) * x[k] for k, (*_, data) in enumerate(edges)), sum_from(lp, [], [], 0.0))
    lp.maximize()
    return {(u, v) for (u, v, _), one in zip(edges, x) if one.value > 0.5}


# --------------------------------------------------------------------- reading
def _forget(graph: Any) -> None:
    """Drop networkx's cache entry for this backend.

    networkx caches conversions and warns about it, but this backend converts nothing.
    """
    cache: Optional[dict[str, Any]] = getattr(graph, "__networkx_cache__", None)
    if cache:
        cache.get("backends", {}).pop("pplp", None)


def _refuse_undirected(graph: Any) -> None:
    _forget(graph)
    if not graph.is_directed():
        raise nx.NetworkXNotImplemented("not implemented for undirected type")


def _demands(graph: Any, demand: Any) -> dict[Any, Number]:
    nodes = list(graph)
    given = [data.get(demand, 0) for _, data in graph.nodes(data=True)]
    found = _numbers(given, lambda k: f"the demand of the node {nodes[k]!r}")
    return dict(zip(nodes, found))


# --------------------------------------------------------------------- numbers
#: The types of numbers that are kept as they are, because they have exact ratios.
_EXACT = {int, float, Fraction, Decimal}


def _numbers(values: list[Any], of: Callable[[int], str]) -> list[Any]:
    """Ints, floats, fractions, and decimals unchanged, other numbers as Python numbers; raises for NaN."""
    kinds = {*map(type, values)}
    for k, one in enumerate(values) if not kinds <= _EXACT else ():
        if type(one) not in _EXACT:
            values[k] = checked([one], lambda _, k=k: of(k), False)[0]  # type: ignore[misc]
    for k, one in enumerate(values) if kinds != {int} else ():
        if one != one:
            raise nx.NetworkXError(f"{of(k).capitalize()} is {one}: it must be a number.")
    return values


def _kind(*numbers: Sequence[Any]) -> type:
    """The type of an answer: int if all data are ints or infinite, else float, `Fraction`, or `Decimal`."""
    kinds = {*map(type, chain.from_iterable(numbers))}
    if float in kinds and all(type(one) is int or one in (inf, -inf) for one in chain.from_iterable(numbers)):
        kinds.discard(float)
    for kind in (Decimal, float, Fraction):
        if kind in kinds:
            return kind
    return int


def _valued(kind: type, amounts: Sequence[int], unit: int) -> list[Any]:
    """Divide integers by `unit`, with results of this type; only the division rounds."""
    if kind is int and unit == 1:
        return list(amounts)
    if kind is Decimal:
        return [Decimal(amount) / Decimal(unit) for amount in amounts]
    return [Fraction(amount, unit) for amount in amounts] if kind is Fraction else [amount / unit for amount in amounts]


def _exact(number: Any) -> Any:
    return number if type(number) is int or number == inf else Fraction(number)


def _balanced(supplies: list[Any]) -> list[Any]:
    """Make the supplies add up to exactly 0: a remainder, which is due to rounding, is taken from the largest one."""
    unit, (whole,) = whole_numbers(supplies)
    left = sum(whole)
    if left:
        largest = max(range(len(whole)), key=lambda k: abs(whole[k]))
        supplies[largest] = Fraction(whole[largest] - left, unit)
    return supplies


def _cancel(needs: dict[Any, Any]) -> bool:
    """True if the demands add up to 0: exactly for whole ones, up to rounding for others."""
    if {*map(type, needs.values())} <= {int}:
        return not sum(needs.values())
    if any(abs(need) == inf for need in needs.values()):
        return False
    return abs(fsum(needs.values())) <= 1e-9 * fsum(map(abs, needs.values()))
