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

from math import fsum, inf
from typing import Any, Optional

import networkx as nx

from pplp.answers.solution import Solution
from pplp.core.expressions import sum_from
from pplp.errors import InvalidValue, NumericalTrouble
from pplp.form.outcome import Status
from pplp.graphs.flow import Number, are_whole
from pplp.graphs.flows import Circulation, MaximumFlow, MinimumCostFlow
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
    """The graph as it is: it is read when it is solved."""
    return graph


def convert_to_nx(result: Any, **_: Any) -> Any:
    """Answers are in networkx's form already."""
    return result


def can_run(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """True, or the reason why this call is left to networkx."""
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
    """Older versions of networkx do not call `can_run` if the call names the backend."""
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


# --------------------------------------------------------------------- flows of least cost
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
    keys, data = _edges(G)
    for key, one in zip(keys, data):
        if abs(one.get(weight, 0)) == inf:
            raise nx.NetworkXError(f"edge {key!r} has infinite weight")
    if not _cancel(needs):
        raise nx.NetworkXUnfeasible("total node demand is not zero")
    for key, one in zip(keys, data):
        if one.get(capacity, inf) < 0:
            raise nx.NetworkXUnfeasible(f"edge {key!r} has negative capacity")
    weights, capacities = [one.get(weight, 0) for one in data], [one.get(capacity, inf) for one in data]
    return _cheapest(G, needs, capacities, weights, "no flow satisfies all node demands")


def capacity_scaling(
    G: Any, demand: Any = "demand", capacity: Any = "capacity", weight: Any = "weight", heap: Any = None
) -> tuple[Number, Any]:
    """(cost, flow) of a minimum-cost flow that meets all demands; `heap` is ignored."""
    _refuse_undirected(G)
    needs = _demands(G, demand)
    if not _cancel(needs):
        raise nx.NetworkXUnfeasible("Sum of the demands should be 0.")
    _, data = _edges(G)
    weights, capacities = [one.get(weight, 0) for one in data], [max(one.get(capacity, inf), 0) for one in data]
    if any(abs(one) == inf for one in weights):
        raise nx.NetworkXUnfeasible("No flow satisfying all demands.")
    if not needs:
        return 0, {}
    endless = [(w, 1 if c == inf else 0) for w, c in zip(weights, capacities)]
    if any(w < 0 and c for w, c in endless):
        # Is a cycle of arcs without capacity profitable by itself?
        rounds = Circulation(G, lower=None, capacity=[c for _, c in endless], weight=weights)
        if rounds.solve().objective_or_raise() < -1e-9 * max(1, *map(abs, weights)):
            raise nx.NetworkXUnbounded(
                "Negative cost cycle of infinite capacity found. Min cost flow may be unbounded below."
            )
    return _cheapest(G, needs, capacities, weights, "No flow satisfying all demands.")


def cost_of_flow(G: Any, flowDict: Any, weight: Any = "weight") -> Any:
    """The cost of a flow, as networkx counts it."""
    _forget(G)
    return sum(flowDict[u][v] * data.get(weight, 0) for u, v, data in G.edges(data=True))


def max_flow_min_cost(G: Any, s: Any, t: Any, capacity: Any = "capacity", weight: Any = "weight") -> Any:
    """The cheapest of all maximum flows."""
    value = maximum_flow_value(G, s, t, capacity)
    both_ways = nx.DiGraph(G)
    needs: dict[Any, Number] = dict.fromkeys(both_ways, 0)
    needs[s], needs[t] = -value, value
    return _meeting(both_ways, needs, capacity, weight)[1]


def _cheapest(
    graph: Any, needs: dict[Any, Number], capacities: list[Number], weights: list[Number], infeasible: str
) -> tuple[Number, Any]:
    """(cost, flow), or the exception that networkx raises."""
    for node in graph:
        if needs[node] and not any(other != node for other in nx.all_neighbors(graph, node)):
            raise nx.NetworkXUnfeasible(infeasible)
    try:
        problem = MinimumCostFlow(graph, demand=needs, capacity=capacities, weight=weights)
    except InvalidValue as error:
        raise nx.NetworkXError(str(error)) from error
    solution = problem.solve()
    if solution.status is Status.INFEASIBLE:
        raise nx.NetworkXUnfeasible(infeasible)
    if solution.status is Status.UNBOUNDED:
        raise nx.NetworkXUnbounded("negative cycle with infinite capacity found")
    solution.objective_or_raise()
    amounts = problem._amounts()
    whole = are_whole(needs.values(), capacities)
    if whole:
        _check(problem, amounts, needs, solution)
    cost = sum(w * x for w, x in zip(weights, amounts)) if whole else solution.objective
    return cost, problem.network.nested(amounts)


def _check(problem: MinimumCostFlow, amounts: list[Number], needs: dict[Any, Number], solution: Solution) -> None:
    """If the data are whole, so is the flow, and it is balanced without rounding."""
    network = problem.network
    arrives = [0] * len(network.nodes)
    for u, v, amount in zip(network.tails, network.heads, amounts):
        if type(amount) is not int:
            break
        arrives[u] -= amount
        arrives[v] += amount
    else:
        if arrives == [needs[node] for node in network.nodes]:
            return
    error = NumericalTrouble("All data are whole, but the flow found is not. Scale the data down.")
    error.solution = solution
    raise error


# --------------------------------------------------------------------- greatest flows, smallest cuts
def maximum_flow(
    flowG: Any, _s: Any, _t: Any, capacity: Any = "capacity", flow_func: Any = None, **kwargs: Any
) -> tuple[Number, Any]:
    """(value, flow) of a maximum flow."""
    problem, capacities = _greatest(flowG, _s, _t, capacity, flow_func, kwargs)
    return _cut(problem, capacities)[0], problem.flow


def maximum_flow_value(
    flowG: Any, _s: Any, _t: Any, capacity: Any = "capacity", flow_func: Any = None, **kwargs: Any
) -> Number:
    """The value of a maximum flow."""
    return _cut(*_greatest(flowG, _s, _t, capacity, flow_func, kwargs))[0]


def minimum_cut(
    flowG: Any, _s: Any, _t: Any, capacity: Any = "capacity", flow_func: Any = None, **kwargs: Any
) -> tuple[Number, tuple[set[Any], set[Any]]]:
    """(value, (nodes on the source's side, nodes on the sink's side)) of a minimum cut."""
    return _cut(*_greatest(flowG, _s, _t, capacity, flow_func, kwargs))


def minimum_cut_value(
    flowG: Any, _s: Any, _t: Any, capacity: Any = "capacity", flow_func: Any = None, **kwargs: Any
) -> Number:
    """The value of a minimum cut."""
    return _cut(*_greatest(flowG, _s, _t, capacity, flow_func, kwargs))[0]


def _greatest(
    graph: Any, source: Any, sink: Any, capacity: Any, algorithm: Any, options: dict[str, Any]
) -> tuple[MaximumFlow, list[Number]]:
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
    capacities = [_capacity(capacity, *edge) for edge in graph.edges(data=True)]
    problem = MaximumFlow(graph, source, sink, capacity=capacities)
    solution = problem.solve()
    if solution.status is Status.UNBOUNDED:
        raise nx.NetworkXUnbounded("Infinite capacity path, flow unbounded above.")
    solution.objective_or_raise()
    return problem, capacities


def _capacity(capacity: Any, u: Any, v: Any, data: dict[str, Any]) -> Number:
    """The capacities of edges: by the name of an attribute, or by a function that returns None to hide an edge."""
    found = capacity(u, v, data) if callable(capacity) else data.get(capacity, inf)
    return 0 if found is None else max(found, 0)


def _cut(problem: MaximumFlow, capacities: list[Number]) -> tuple[Number, tuple[set[Any], set[Any]]]:
    """The cut is as large as the flow, and its capacities add up without the simplex method's rounding."""
    sides, network = problem.cut, problem.network
    beyond, edge_of = sides[1], network.edge_of
    crossing = [k for k, key in enumerate(network.keys) if key[0] not in beyond and key[1] in beyond]
    value = sum(capacities[k if edge_of is None else edge_of[k]] for k in crossing)
    if not abs(value - problem.value) <= 1e-6 * max(1, abs(value)):
        error = NumericalTrouble(f"The flow found is {problem.value}, but the cut is {value}. Scale the capacities.")
        error.solution = problem.lp.solution
        raise error
    return value, sides


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
        lp.add_constraint(x.sum() == most)  # the vertices are still whole
    lp.objective = sum((data.get(weight, 1) * x[k] for k, (*_, data) in enumerate(edges)), sum_from(lp, [], [], 0.0))
    lp.maximize()
    return {(u, v) for (u, v, _), one in zip(edges, x) if one.value > 0.5}


# --------------------------------------------------------------------- reading
def _forget(graph: Any) -> None:
    """networkx caches conversions, and warns that it does; nothing was converted here."""
    cache: Optional[dict[str, Any]] = getattr(graph, "__networkx_cache__", None)
    if cache:
        cache.get("backends", {}).pop("pplp", None)


def _refuse_undirected(graph: Any) -> None:
    _forget(graph)
    if not graph.is_directed():
        raise nx.NetworkXNotImplemented("not implemented for undirected type")


def _demands(graph: Any, demand: Any) -> dict[Any, Number]:
    return {node: data.get(demand, 0) for node, data in graph.nodes(data=True)}


def _edges(graph: Any) -> tuple[list[Any], list[Any]]:
    edges = list(graph.edges(keys=True, data=True) if graph.is_multigraph() else graph.edges(data=True))
    return [edge[:-1] for edge in edges], [edge[-1] for edge in edges]


def _cancel(needs: dict[Any, Number]) -> bool:
    """True if the demands add up to 0: exactly for whole ones, up to rounding for others."""
    if are_whole(needs.values()):
        return sum(needs.values()) == 0
    return abs(fsum(needs.values())) <= 1e-9 * fsum(map(abs, needs.values()))
