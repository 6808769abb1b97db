"""Networks: against networkx's algorithms and HiGHS, on many small random graphs with everything awkward in them."""

from __future__ import annotations

import math
import random
import subprocess
import sys

import pytest

from pplp import Infeasible, InvalidValue, NoCertificate, NotSolved, StaleSolution, Status, Unbounded
from pplp.graphs import (
    Assignment,
    Circulation,
    FlowWithGains,
    MaximumFlow,
    MinimumCostFlow,
    MinimumCut,
    MulticommodityFlow,
    Network,
    ShortestPath,
    Transportation,
)
from tests.support.counting import calls_of

nx = pytest.importorskip("networkx")
numpy = pytest.importorskip("numpy")


def awkward_graph(seed, *, multi=False, negative=True):
    """Loops, parallel arcs, lonely nodes, zero and missing capacities, negative costs, demands that cannot be met."""
    draw = random.Random(seed)
    graph = nx.MultiDiGraph() if multi else nx.DiGraph()
    count = draw.randint(2, 8)
    graph.add_nodes_from(range(count))
    for _ in range(draw.randint(1, 3 * count)):
        u, v = draw.randrange(count), draw.randrange(count)
        data = {"weight": draw.randint(-4 if negative else 0, 9)}
        if draw.random() < 0.9 or data["weight"] < 0:
            data["capacity"] = draw.choice([0, 1, 2, 3, 5, 8])
        if draw.random() < 0.1:
            del data["weight"]
        graph.add_edge(u, v, **data)
    for _ in range(draw.randint(0, 3)):
        u, v = draw.randrange(count), draw.randrange(count)
        amount = draw.randint(1, 3)
        graph.nodes[u]["demand"] = graph.nodes[u].get("demand", 0) - amount
        graph.nodes[v]["demand"] = graph.nodes[v].get("demand", 0) + amount
    return graph


def highs(c, rows, rhs, bounds, rows_ub=None, rhs_ub=None):
    linprog = pytest.importorskip("scipy.optimize").linprog
    return linprog(c, A_eq=rows, b_eq=rhs, A_ub=rows_ub, b_ub=rhs_ub, bounds=bounds, method="highs")


def incidence(graph, gain=None):
    edges = list(graph.edges(data=True))
    nodes = {node: k for k, node in enumerate(graph)}
    matrix = numpy.zeros((len(nodes), max(len(edges), 1)))
    for k, (u, v, data) in enumerate(edges):
        matrix[nodes[v], k] += data.get(gain, 1) if gain else 1
        matrix[nodes[u], k] -= 1
    return edges, matrix


def check_flow(graph, problem):
    """Balances and bounds hold, prices and reduced costs prove the optimum: by hand, with what the problem says."""
    flow, price, reduced = problem.flow, problem.price, problem.reduced_cost
    arrives = dict.fromkeys(graph, 0)
    for key in problem.arc:
        u, v = key[:2]
        data = graph.edges[key]
        amount = flow[u][v][key[2]] if graph.is_multigraph() else flow[u][v]
        assert isinstance(amount, int)
        assert 0 <= amount <= data.get("capacity", math.inf)
        arrives[u] -= amount
        arrives[v] += amount
        expected = data.get("weight", 0) + price[u] - price[v]
        assert reduced[key] == pytest.approx(expected, abs=1e-7)
        if amount > 0:
            assert reduced[key] <= 1e-7
        if amount < data.get("capacity", math.inf):
            assert reduced[key] >= -1e-7
    assert arrives == {node: graph.nodes[node].get("demand", 0) for node in graph}


@pytest.mark.parametrize("multi", [False, True])
def test_minimum_cost_flow_against_networkx(multi):
    """The same cost, the same outcome; and the answer proves itself."""
    outcomes = {"optimal": 0, "not": 0}
    for seed in range(150):
        graph = awkward_graph(seed, multi=multi)
        try:
            expected = nx.network_simplex(graph)[0]
        except nx.NetworkXUnfeasible:
            outcomes["not"] += 1
            with pytest.raises((Infeasible, InvalidValue)):
                problem = MinimumCostFlow(graph)
                problem.solve().objective_or_raise()
            continue
        outcomes["optimal"] += 1
        problem = MinimumCostFlow(graph)
        assert problem.solve().status is Status.OPTIMAL
        assert problem.cost == pytest.approx(expected)
        check_flow(graph, problem)
    assert min(outcomes.values()) > 20


def test_unbounded_flow_is_unbounded():
    graph = nx.DiGraph()
    graph.add_edge(1, 2, weight=-3)
    graph.add_edge(2, 1, weight=1)
    assert MinimumCostFlow(graph).solve().status is Status.UNBOUNDED
    loop = nx.DiGraph([(1, 1, {"weight": -1})])
    assert MinimumCostFlow(loop).solve().status is Status.UNBOUNDED


def test_data_need_not_be_whole():
    """Costs and amounts that are no integers, against HiGHS."""
    for seed in range(60):
        draw = random.Random(seed)
        graph = nx.gnm_random_graph(8, 24, seed=seed, directed=True)
        for _, _, data in graph.edges(data=True):
            data.update(weight=draw.uniform(-1, 5), capacity=draw.uniform(0, 3))
        u, v = draw.sample(range(8), 2)
        graph.nodes[u]["demand"], graph.nodes[v]["demand"] = -1.1, 1.1
        edges, matrix = incidence(graph)
        c, needs = [d["weight"] for *_, d in edges], [graph.nodes[n].get("demand", 0) for n in graph]
        theirs = highs(c, matrix, needs, [(0, d["capacity"]) for *_, d in edges])
        solution = MinimumCostFlow(graph).solve()
        assert (theirs.status == 0) == (solution.status is Status.OPTIMAL)
        if theirs.status == 0:
            assert solution.objective == pytest.approx(theirs.fun, abs=1e-8)


def test_side_constraints_against_highs():
    """Arcs out of a node carry no more than twice what another arc does: added to the program before it is solved."""
    solved = 0
    for seed in range(40):
        graph = awkward_graph(seed, negative=False)
        lonely = [n for n in graph if graph.nodes[n].get("demand") and not {*nx.all_neighbors(graph, n)} - {n}]
        if lonely or graph.number_of_edges() < 3:
            continue
        problem = MinimumCostFlow(graph)
        edges, matrix = incidence(graph)
        keys = [(u, v) for u, v, _ in edges]
        problem.lp.add_constraint(problem.out_of(keys[0][0]) <= 2 * problem.arc[keys[-1]] + 1)
        row = numpy.array([[float(u == keys[0][0]) - 2 * (k == len(keys) - 1) for k, (u, _) in enumerate(keys)]])
        needs = [graph.nodes[n].get("demand", 0) for n in graph]
        bounds = [(0, d.get("capacity", None)) for *_, d in edges]
        theirs = highs([d.get("weight", 0) for *_, d in edges], matrix, needs, bounds, row, [1.0])
        ours = problem.solve()
        assert ours.status is (Status.OPTIMAL if theirs.status == 0 else Status.INFEASIBLE)
        if theirs.status == 0:
            solved += 1
            assert ours.objective == pytest.approx(theirs.fun, abs=1e-9)
    assert solved > 10


def test_graph_arrays_and_frame_are_the_same_network():
    pandas = pytest.importorskip("pandas")
    graph = awkward_graph(3)
    for node in graph:
        graph.nodes[node]["demand"] = 0
    graph.add_edge(0, 1, weight=2, capacity=9)
    graph.nodes[0]["demand"], graph.nodes[1]["demand"] = -4, 4
    edges = list(graph.edges(data=True))
    tails, heads = [u for u, _, _ in edges], [v for _, v, _ in edges]
    weight = [d.get("weight", 0) for *_, d in edges]
    capacity = [d.get("capacity", math.inf) for *_, d in edges]
    demand = [graph.nodes[n]["demand"] for n in range(len(graph))]
    frame = pandas.DataFrame({"source": tails, "target": heads, "weight": weight, "capacity": capacity})
    arrays = numpy.array(tails), numpy.array(heads)
    by_key = dict(zip(zip(tails, heads), weight))
    problems = [
        MinimumCostFlow(graph),
        MinimumCostFlow(arrays, demand=numpy.array(demand), weight=numpy.array(weight), capacity=numpy.array(capacity)),
        MinimumCostFlow((tails, heads), demand=demand, weight=by_key, capacity=capacity),
        MinimumCostFlow(frame, demand=dict(enumerate(demand))),
        MinimumCostFlow((frame["source"], frame["target"]), demand=demand, weight=frame["weight"], capacity=capacity),
    ]
    costs = {round(one.solve().objective, 9) for one in problems}
    assert costs == {nx.min_cost_flow_cost(graph)}


def test_bulk_and_one_by_one_make_the_same_program(monkeypatch):
    from pplp.graphs import flow

    for seed in range(30):
        graph = awkward_graph(seed, multi=True)
        if any(graph.nodes[n].get("demand") and all(n == v for v in nx.all_neighbors(graph, n)) for n in graph):
            continue
        monkeypatch.setattr(flow, "_MANY", 10**9)
        one_by_one = MinimumCostFlow(graph).lp
        monkeypatch.setattr(flow, "_MANY", 0)
        bulk = MinimumCostFlow(graph).lp
        forms = [vars(lp.compile()) if hasattr(lp.compile(), "__dict__") else lp.compile() for lp in (one_by_one, bulk)]
        assert str(one_by_one) == str(bulk)
        ends = graph.number_of_nodes() - 1, 0
        cuts = [MinimumCut(graph, *ends).lp]
        monkeypatch.setattr(flow, "_MANY", 10**9)
        cuts.append(MinimumCut(graph, *ends).lp)
        assert str(cuts[0]) == str(cuts[1])
        assert repr(forms[0]) == repr(forms[1]) or forms[0] == forms[1]
        assert one_by_one.solve().status is bulk.solve().status


def test_parallel_arcs_in_arrays_have_numbers():
    problem = MinimumCostFlow((["a", "a"], ["b", "b"]), demand={"a": -3, "b": 3}, capacity=[2, 2], weight=[1, 5])
    problem.solve()
    assert problem.flow == {"a": {"b": {0: 2, 1: 1}}, "b": {}}
    assert problem.arc["a", "b", 1].value == 1
    with pytest.raises(KeyError, match=r"\(u, v, k\)"):
        problem.arc["a", "b"]


def test_maximum_flow_and_minimum_cut_against_networkx():
    finite = 0
    for seed in range(120):
        graph = awkward_graph(seed)
        source, sink = 0, len(graph) - 1
        flow, cut = MaximumFlow(graph, source, sink), MinimumCut(graph, source, sink)
        try:
            expected = nx.maximum_flow_value(graph, source, sink)
        except nx.NetworkXUnbounded:
            assert flow.solve().status is Status.UNBOUNDED
            assert cut.solve().status is Status.INFEASIBLE
            continue
        finite += 1
        flow.solve()
        cut.solve()
        assert flow.value == cut.value == expected
        assert isinstance(flow.value, int)
        capacity = nx.get_edge_attributes(graph, "capacity", math.inf)
        for near, far in (flow.cut, cut.partition):
            assert source in near and sink in far and near | far == set(graph) and not near & far
            assert sum(capacity[u, v] for u, v in graph.edges if u in near and v in far) == expected
        assert sum(capacity[arc] for arc in cut.arcs) == expected
        assert sum(flow.flow[source].values()) - sum(flow.flow[u].get(source, 0) for u in graph) == expected
    assert finite > 60


def test_undirected_graphs():
    for seed in range(40):
        draw = random.Random(seed)
        graph = nx.gnm_random_graph(7, 11, seed=seed)
        graph.add_edge(2, 2, capacity=1, weight=1)
        for _, _, data in graph.edges(data=True):
            data.update(capacity=draw.randint(0, 5), weight=draw.randint(0, 5))
        flow = MaximumFlow(graph, 0, 6)
        cut = MinimumCut(graph, 0, 6)
        flow.solve(), cut.solve()
        assert flow.value == cut.value == nx.maximum_flow_value(graph, 0, 6)
        found = flow.flow
        assert all(not (found[u][v] and found[v][u]) for u, v in graph.edges if u != v)
        if nx.has_path(graph, 0, 6):
            way = ShortestPath(graph, 0, 6)
            way.solve()
            assert way.length == nx.shortest_path_length(graph, 0, 6, weight="weight")
        weights = [data["weight"] for *_, data in graph.edges(data=True)]
        assert Network(graph).of_arcs(weights, 0, "weight") == Network(graph).of_arcs("weight", 0, "weight")


def test_shortest_paths_with_negative_weights():
    outcomes = set()
    for seed in range(80):
        draw = random.Random(seed)
        graph = nx.gnm_random_graph(7, 15, seed=seed, directed=True)
        for _, _, data in graph.edges(data=True):
            data["weight"] = draw.randint(-1, 6)
        way = ShortestPath(graph, 0, 6)
        status = way.solve().status if graph.degree(0) and graph.degree(6) else Status.INFEASIBLE
        outcomes.add(status)
        if status is Status.OPTIMAL:
            assert way.length == nx.bellman_ford_path_length(graph, 0, 6)
            assert way.path[0] == 0 and way.path[-1] == 6
            assert nx.path_weight(graph, way.path, "weight") == way.length
            assert len({*way.path}) == len(way.path)
        elif status is Status.UNBOUNDED:
            assert nx.negative_edge_cycle(graph)
        else:
            assert status is Status.INFEASIBLE and not nx.has_path(graph, 0, 6)
    assert outcomes == {Status.OPTIMAL, Status.UNBOUNDED, Status.INFEASIBLE}


def test_circulation_with_lower_bounds_against_highs():
    solved = 0
    for seed in range(60):
        draw = random.Random(seed)
        graph = nx.gnm_random_graph(6, 14, seed=seed, directed=True)
        for _, _, data in graph.edges(data=True):
            data.update(lower=draw.choice([0, 0, 1]), capacity=draw.randint(1, 4), weight=draw.randint(-3, 5))
        edges, matrix = incidence(graph)
        bounds = [(d["lower"], d["capacity"]) for *_, d in edges]
        theirs = highs([d["weight"] for *_, d in edges], matrix, [0] * 6, bounds)
        ours = Circulation(graph)
        assert ours.solve().status is (Status.OPTIMAL if theirs.status == 0 else Status.INFEASIBLE)
        if theirs.status == 0:
            solved += 1
            assert ours.cost == pytest.approx(theirs.fun)
            assert all(ours.flow[u][v] >= d["lower"] for u, v, d in edges)
    assert solved > 10


def test_flow_with_gains_against_highs():
    solved = 0
    for seed in range(60):
        draw = random.Random(seed)
        graph = nx.gnm_random_graph(6, 15, seed=seed, directed=True)
        graph.add_edge(2, 2)
        for _, _, data in graph.edges(data=True):
            data.update(gain=draw.choice([0.5, 0.9, 1, 1.25]), capacity=draw.uniform(1, 6), weight=draw.randint(0, 5))
        graph.nodes[0]["demand"], graph.nodes[5]["demand"] = -8, 1.5
        edges, matrix = incidence(graph, "gain")
        needs = numpy.array([graph.nodes[n].get("demand", 0) for n in graph])
        weights, bounds = [d["weight"] for *_, d in edges], [(0, d["capacity"]) for *_, d in edges]
        theirs = highs(weights, None, None, bounds, -matrix, -needs)
        ours = FlowWithGains(graph)
        assert ours.solve().status is (Status.OPTIMAL if theirs.status == 0 else Status.INFEASIBLE)
        if theirs.status == 0:
            solved += 1
            assert ours.cost == pytest.approx(theirs.fun, abs=1e-9)
            price = ours.price
            for u, v, d in edges:
                assert ours.reduced_cost[u, v] == pytest.approx(d["weight"] + price[u] - d["gain"] * price[v], abs=1e-7)
    assert solved > 20


def test_multicommodity_flow_against_highs():
    solved = 0
    for seed in range(40):
        draw = random.Random(seed)
        graph = nx.gnm_random_graph(6, 16, seed=seed, directed=True)
        for _, _, data in graph.edges(data=True):
            data.update(weight=draw.randint(0, 6))
            if draw.random() < 0.8:
                data["capacity"] = draw.randint(0, 4)
        goods = {"a": (0, 5, 2), "b": (5, 0, 1), "c": {1: -1, 2: -1, 3: 2}}
        edges, matrix = incidence(graph)
        count = len(edges)
        tables = [{s: -q, t: q} for s, t, q in (goods["a"], goods["b"])] + [goods["c"]]
        block = numpy.kron(numpy.eye(3), matrix)
        needs = [table.get(n, 0) for table in tables for n in graph]
        capped = [k for k, (*_, d) in enumerate(edges) if "capacity" in d]
        joint = numpy.hstack([numpy.eye(count)] * 3)[capped]
        limits = [edges[k][2]["capacity"] for k in capped]
        theirs = highs([d["weight"] for *_, d in edges] * 3, block, needs, [(0, None)] * (3 * count), joint, limits)
        if any(need and not graph.degree(n) for table in tables for n, need in table.items()):
            continue
        ours = MulticommodityFlow(graph, goods)
        assert ours.solve().status is (Status.OPTIMAL if theirs.status == 0 else Status.INFEASIBLE)
        if theirs.status == 0:
            solved += 1
            assert ours.cost == pytest.approx(theirs.fun, abs=1e-9)
            for u, v, d in edges:
                if "capacity" in d:
                    assert sum(ours.flow[g][u][v] for g in goods) <= d["capacity"] + 1e-7
                    assert ours.shared[u, v].dual <= 1e-9
    assert solved > 10


def test_goods_share_both_ways_of_an_undirected_edge():
    graph = nx.Graph([("a", "b", {"capacity": 3})])
    assert MulticommodityFlow(graph, {1: ("a", "b", 2), 2: ("b", "a", 1)}).solve().status is Status.OPTIMAL
    assert MulticommodityFlow(graph, {1: ("a", "b", 2), 2: ("b", "a", 2)}).solve().status is Status.INFEASIBLE


def test_transportation_against_highs():
    for seed in range(40):
        draw = random.Random(seed)
        m, n = draw.randint(1, 5), draw.randint(1, 5)
        costs = [[draw.choice([None, *range(-2, 9)]) for _ in range(n)] for _ in range(m)]
        supply, demand = [draw.randint(1, 9) for _ in range(m)], [draw.randint(0, 4) for _ in range(n)]
        pairs = [(i, j) for i in range(m) for j in range(n) if costs[i][j] is not None]
        rows = [[-float(p[1] == j) for p in pairs] for j in range(n)] + [
            [float(p[0] == i) for p in pairs] for i in range(m)
        ]
        sides = [-d for d in demand] + supply
        if any(demand[j] and all(costs[i][j] is None for i in range(m)) for j in range(n)):
            with pytest.raises(InvalidValue, match="no pair"):
                Transportation(costs, supply, demand)
            continue
        theirs = (
            highs([costs[i][j] for i, j in pairs], None, None, [(0, None)] * len(pairs), rows, sides) if pairs else None
        )
        ours = Transportation(costs, supply, demand)
        solution = ours.solve()
        if theirs is None:
            continue
        assert solution.status is (Status.OPTIMAL if theirs.status == 0 else Status.INFEASIBLE)
        if theirs.status == 0:
            assert ours.cost == pytest.approx(theirs.fun, abs=1e-9)
            value = sum(supply[i] * c.dual for i, c in ours.supply.items())
            value += sum(demand[j] * c.dual for j, c in ours.demand.items())
            assert value == pytest.approx(theirs.fun, abs=1e-7)  # strong duality
            assert all(c.dual <= 1e-9 for c in ours.supply.values())


def test_transportation_by_name_and_on_a_graph():
    costs = {("leeds", "york"): 2, ("leeds", "hull"): 5, ("ripon", "york"): 3, ("ripon", "hull"): 4}
    supply, demand = {"leeds": 6, "ripon": 9}, {"york": 8, "hull": 5}
    graph = nx.DiGraph([(i, j, {"weight": c}) for (i, j), c in costs.items()])
    for given in (costs, graph):
        plan = Transportation(given, supply, demand)
        plan.solve()
        assert plan.cost == 6 * 2 + 2 * 3 + 5 * 4
        assert plan.flow == {"leeds": {"york": 6, "hull": 0}, "ripon": {"york": 2, "hull": 5}}


def test_assignment_against_scipy_and_networkx():
    optimize = pytest.importorskip("scipy.optimize")
    for seed in range(40):
        draw = numpy.random.default_rng(seed)
        costs = draw.integers(-5, 20, size=tuple(draw.integers(1, 7, size=2)))
        for maximize in (False, True):
            rows, columns = optimize.linear_sum_assignment(costs, maximize=maximize)
            work = Assignment(costs, maximize=maximize)
            work.solve()
            assert work.cost == costs[rows, columns].sum()
            assert len(work.pairs) == min(costs.shape) == len({*work.pairs.values()})
            assert sum(costs[i, j] for i, j in work.pairs.items()) == work.cost
    graph = nx.complete_bipartite_graph(4, 5)
    for u, v, data in graph.edges(data=True):
        data["weight"] = (7 * u + 3 * v) % 11
    work = Assignment(graph, agents=range(4))
    work.solve()
    theirs = nx.bipartite.minimum_weight_full_matching(graph, range(4))
    assert work.cost == sum(graph[u][v]["weight"] for u, v in theirs.items()) / 2
    assert work.matching.keys() == {*work.pairs} | {*work.pairs.values()}


def test_an_assignment_that_there_is_not():
    assert Assignment({(0, "a"): 1, (1, "a"): 2, (2, "b"): 3, (3, "b"): 1}).solve().status is Status.OPTIMAL
    assert Assignment([[1, None], [2, math.inf]][:1]).solve().status is Status.OPTIMAL
    lost = Assignment({(0, "a"): 1, (1, "a"): 2, (2, "a"): 3, (2, "b"): 1, (2, "c"): 1})
    assert lost.solve().status is Status.INFEASIBLE


@pytest.mark.parametrize(
    "make, says",
    [
        (lambda: MinimumCostFlow((["a"], ["b"]), capacity=[math.nan]), r"capacity of the arc \('a', 'b'\) is nan"),
        (lambda: MinimumCostFlow((["a"], ["b"]), weight=[math.inf]), "finite"),
        (lambda: MinimumCostFlow((["a"], ["b"]), capacity=[-1]), r"\('a', 'b'\) has the capacity -1"),
        (
            lambda: MinimumCostFlow((["a"], ["b"]), demand={"a": -1, "c": 1}),
            "The node 'c' has the demand 1, but no arc",
        ),
        (lambda: MinimumCostFlow((["a"], ["b"]), demand={"a": math.inf}), "demand of the node 'a'"),
        (lambda: MinimumCostFlow((["a"], ["b", "c"])), "1 tails and 2 heads"),
        (lambda: MinimumCostFlow(([0, 1], [1, 2]), demand=[-1, 1]), "names the node 2"),
        (lambda: MinimumCostFlow(([0, 1], [1, 2]), capacity=[1, 2, 3]), "3 numbers for the capacity of 2"),
        (lambda: MinimumCostFlow(([0], [1]), weight={(1, 0): 3}), r"\(1, 0\), which is not in the network"),
        (lambda: MinimumCostFlow(([0], [1]), weight="length"), "not as 'length'"),
        (lambda: MinimumCostFlow([1, 2, 3]), "not a network"),
        (lambda: MaximumFlow((["a"], ["b"]), "a", "a"), "same node"),
        (lambda: MaximumFlow((["a"], ["b"]), "a", "z"), "sink 'z' is not in the network"),
        (lambda: MinimumCut((["a"], ["b"]), "a", "b", capacity=[-2]), "negative capacity"),
        (lambda: ShortestPath(nx.Graph([(0, 1, {"weight": -1})]), 0, 1), "negative weight"),
        (lambda: Assignment(nx.Graph([(0, 1)])), "agents"),
        (lambda: Assignment(nx.MultiDiGraph([(0, 1)])), "parallel"),
        (lambda: Transportation({(0, 1): 3}, {0: 1}, {2: 1}), "1 is not on its side"),
    ],
)
def test_bad_input_is_named(make, says):
    with pytest.raises(InvalidValue, match=says):
        make()


def test_variables_and_constraints_are_called_by_their_arcs_and_nodes():
    """What a message, a file or a table names is what the user knows."""
    arcs = ["mine", "mill"], ["mill", "port"]
    plan = MinimumCostFlow(arcs, demand={"mine": -8, "port": 8}, capacity=5)
    assert [x.name for x in plan.x] == ["flow[mine,mill]", "flow[mill,port]"]
    assert str(plan.node["mill"]) == "node[mill]: flow[mine,mill] - flow[mill,port] == 0"
    with pytest.raises(Infeasible, match=r"node\[mine\]"):
        plan.lp.minimize()
    assert [x.name for x in MinimumCostFlow(([0, 0], [1, 1]), demand=[-1, 1]).x] == ["flow[0,1,0]", "flow[0,1,1]"]
    cut = MinimumCut(arcs, "mine", "port", capacity=2)
    assert (cut.side["mill"].name, cut.lp.variables[3].name) == ("side[mill]", "cut[mine,mill]")
    both = MulticommodityFlow(arcs, {"oil": ("mine", "port", 1), "ore": ("mine", "mill", 1)}, capacity=3)
    assert both.commodity["oil"].arc["mill", "port"].name == "flow[oil,mill,port]"
    assert both.commodity["ore"].node["port"].name == "node[ore,port]"
    assert both.shared["mine", "mill"].name == "capacity[mine,mill]"
    shipping = Transportation({("p", "q"): 2}, {"p": 5}, {"q": 1})
    assert (shipping.arc["p", "q"].name, shipping.supply["p"].name) == ("ship[p,q]", "supply[p]")
    assert shipping.demand["q"].name == "demand[q]"
    work = Assignment([[4, 1], [2, 3]])
    assert [x.name for x in work.x] == ["assign[0,0]", "assign[0,1]", "assign[1,0]", "assign[1,1]"]
    assert (work.agents[0].name, work.tasks[1].name) == ("agent[0]", "task[1]")


def test_nodes_that_read_alike_give_no_names():
    """The number 1 and the text "1" are two nodes, and flow[1,2] would be two arcs; large networks have no names."""
    plan = MinimumCostFlow(([1, "1"], [2, 2]), demand={1: -1, "1": -2, 2: 3})
    assert [x.name for x in plan.x] == ["x0", "x1"] and plan.solve().objective == 0
    long = MinimumCostFlow((range(10_001), range(1, 10_002)), demand={0: -1, 10_001: 1})
    assert long.x[0].name == "x0" and long.node[3].name == "R2"  # the balance of node 0 is a bound


def test_series_go_by_their_labels():
    """As mappings do; by position where the labels only count, or are those of the frame of the arcs."""
    pandas = pytest.importorskip("pandas")
    arcs = [0, 0, 1], [1, 2, 2]
    demand = pandas.Series({2: 5, 0: -5, 1: 0})
    weight = pandas.Series({(1, 2): 7, (0, 1): 1, (0, 2): 3})
    # Straight on costs 3 a unit, by way of node 1 it is 8.
    for given in (weight, weight.to_dict(), [1, 3, 7], pandas.Series([1, 3, 7])):
        plan = MinimumCostFlow(arcs, demand=demand, weight=given)
        plan.solve()
        assert plan.cost == 15
    graph = nx.DiGraph([("a", "b")])
    assert MinimumCostFlow(graph, demand=pandas.Series({"b": 1, "a": -1}), weight=2).solve().objective == 2
    frame = pandas.DataFrame({"source": ["x", "a"], "target": ["y", "b"], "cost": [9, 4]}).iloc[[1]]
    assert MinimumCostFlow(frame, demand={"a": -1, "b": 1}, weight=frame["cost"]).solve().objective == 4
    costs = {(1, "x"): 1, (0, "x"): 2}
    assert Transportation(costs, pandas.Series({1: 5, 0: 0}), pandas.Series({"x": 2})).solve().objective == 2
    with pytest.raises(InvalidValue, match="label 0 occurs twice in a series"):
        MinimumCostFlow(arcs, demand=pandas.Series([1, 2, 3], index=[0, 0, 1]))
    with pytest.raises(InvalidValue, match="'z' is not in the network"):
        MinimumCostFlow(graph, demand=pandas.Series({"z": 1}))


def test_costs_in_a_frame():
    """Rows and columns have names; NaN is a pair that there is not."""
    pandas = pytest.importorskip("pandas")
    costs = pandas.DataFrame([[4, 6], [5, numpy.nan]], index=["p", "q"], columns=["x", "y"])
    work = Assignment(costs)
    work.solve()
    assert work.pairs == {"p": "y", "q": "x"} and work.cost == 11
    for supply, demand in (([10, 10], [6, 8]), ({"q": 10, "p": 10}, {"y": 8, "x": 6})):
        plan = Transportation(costs, supply, demand)
        # y takes 8 of p's 10, x the 2 that are left and 4 of q: 48 + 8 + 20.
        assert plan.solve().objective == 76 and plan.flow["p"] == {"x": 2, "y": 8}
    with pytest.raises(InvalidValue, match="Two columns of the costs have the same label"):
        Assignment(pandas.DataFrame([[1, 2]], columns=["x", "x"]))
    polars = pytest.importorskip("polars")
    with pytest.raises(InvalidValue, match="no row labels"):
        Assignment(polars.DataFrame({"x": [1, 2]}))


def test_one_way_of_an_undirected_edge_stands_for_both():
    """As networkx's get_edge_attributes gives them."""
    graph = nx.Graph()
    graph.add_edge("a", "b", weight=3, capacity=2)
    weight, capacity = (nx.get_edge_attributes(graph, name) for name in ("weight", "capacity"))
    assert MinimumCostFlow(graph, demand={"b": -1, "a": 1}, weight=weight, capacity=capacity).solve().objective == 3
    for capacity in ({("a", "b"): 2}, {("b", "a"): 2}):
        for ends in ("ab", "ba"):
            assert MaximumFlow(graph, *ends, capacity=capacity).solve().objective == 2
            assert MinimumCut(graph, *ends, capacity=capacity).solve().objective == 2
        assert MulticommodityFlow(graph, {"x": ("b", "a", 9)}, capacity=capacity).solve().status is Status.INFEASIBLE


def test_the_cut_of_a_flow_is_that_of_the_program_as_it_is():
    """After an edit, and with a bound that was added; where something else limits the flow there is no such cut."""
    pipes = MaximumFlow((["s", "a"], ["a", "t"]), "s", "t", capacity=[3, 9])
    pipes.solve()
    assert pipes.cut == ({"s"}, {"a", "t"})
    pipes.arc["a", "t"].ub = 1
    pipes.solve()
    assert (pipes.value, pipes.cut) == (1, ({"s", "a"}, {"t"}))
    pipes.arc["a", "t"].ub = 9
    pipes.lp.add_constraint(pipes.arc["a", "t"] <= 2)
    pipes.solve()
    assert (pipes.value, pipes.cut) == (2, ({"s", "a"}, {"t"}))
    pipes = MaximumFlow((["a", "a", "b"], ["b", "c", "c"]), "a", "c", capacity=[3, 9, 9])
    pipes.lp.add_constraint(pipes.arc["a", "c"] <= 2.5 * pipes.arc["a", "b"])
    pipes.solve()
    assert pipes.value == 10.5
    with pytest.raises(NoCertificate, match="another constraint"):
        _ = pipes.cut


def test_what_flows_both_ways_with_gains_is_told_both_ways():
    """To net it would break the balances: 2/3 there become 4/3, of which 1/3 goes back as fuel for more."""
    graph = nx.Graph([("a", "b", {"gain": 2.0, "weight": 1})])
    plan = FlowWithGains(graph, demand={"b": 1})
    plan.solve()
    flow = plan.flow
    assert 2 * flow["a"]["b"] - flow["b"]["a"] == pytest.approx(1)
    assert plan.cost == pytest.approx(flow["a"]["b"] + flow["b"]["a"])
    with pytest.raises(InvalidValue, match=r"undirected edge .* negative weight"):
        MulticommodityFlow(nx.Graph([("a", "b", {"weight": -1})]), {"g": ("a", "b", 1)})


def test_answers_are_never_stale():
    plan = MinimumCostFlow((["a"], ["b"]), demand={"a": -1, "b": 1}, weight=[2])
    with pytest.raises(NotSolved):
        plan.flow
    plan.solve()
    assert plan.cost == 2
    plan.arc["a", "b"].ub = 0.5
    with pytest.raises(StaleSolution):
        plan.cost
    assert plan.solve().status is Status.INFEASIBLE
    with pytest.raises(Infeasible):
        plan.flow
    ever = MinimumCostFlow((["a", "b"], ["b", "a"]), weight=-1)
    ever.solve()
    with pytest.raises(Unbounded):
        ever.cost


def test_demands_change_and_it_is_solved_again():
    plan = MinimumCostFlow((["a", "a", "b"], ["b", "c", "c"]), demand={"a": -2, "c": 2}, weight=[1, 3, 1], capacity=2)
    plan.solve()
    assert plan.cost == 4
    plan.node["a"].rhs, plan.node["c"].rhs = -3, 3
    assert plan.solve().objective == 7
    assert plan.price["c"] - plan.price["a"] == 3


def test_arcs_in_arrays_cost_next_to_nothing():
    """20,000 more of them between the same nodes are two calls of functions each at most: no object is made for one."""
    draw = numpy.random.default_rng(1)
    calls = []
    for count in (10_000, 30_000):
        ends, weight, made = draw.integers(0, 4_000, (2, count)), draw.integers(1, 9, count), []

        def build(ends=tuple(ends), weight=weight, made=made):
            made.append(MinimumCostFlow(ends, demand=numpy.zeros(4_000), capacity=3, weight=weight))

        calls.append(calls_of(build))
        assert made[0].solve().objective == 0
    assert calls[1] - calls[0] <= 2 * 20_000


def test_neither_networkx_nor_numpy_is_needed():
    """On lists, in a process where importing them fails."""
    script = (
        "import sys; sys.modules['networkx'] = sys.modules['numpy'] = None\n"
        "from pplp.graphs import *\n"
        "n = 700\n"
        "plan = MinimumCostFlow((list(range(n)), list(range(1, n + 1))), demand={0: -2, n: 2}, weight=1)\n"
        "plan.solve(); assert plan.cost == 2 * n and plan.flow[5] == {6: 2}, plan.cost\n"
        "way = ShortestPath(([0, 0, 1], [1, 2, 2]), 0, 2, weight=[1, 5, 1])\n"
        "way.solve(); assert way.path == [0, 1, 2]\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=300)


# ---- whole numbers, labels, and missing values
@pytest.mark.parametrize("most", [10**10, 10**11, 10**12])
def test_wide_capacities_are_answered_to_the_unit(most):
    """Six units go the dear way, worth nothing beside the tolerance of a simplex; by each engine."""
    arcs = ["s", "a", "a", "b"], ["a", "t", "b", "t"]
    plan = MinimumCostFlow(
        arcs, demand={"s": -most - 6, "t": most + 6}, capacity=[most + 6, most, 9, 9], weight=[0, 1, 5, 5]
    )
    plan.solve()
    assert plan.cost == most + 60 and plan.flow["a"] == {"t": most, "b": 6}


def test_a_flow_within_the_tolerance_alone_is_refused(monkeypatch):
    """Whole data: one unit above a capacity of 1e10 is an error, whatever the solver calls it."""
    from pplp.errors import NumericalTrouble

    plan = MinimumCostFlow((["a"], ["b"]), demand={"a": -(10**10), "b": 10**10}, capacity=10**10)
    solution = plan.solve()
    assert plan.flow["a"] == {"b": 10**10}
    monkeypatch.setattr(type(solution), "values_at", lambda self, indices: [1e10 + 1])
    with pytest.raises(NumericalTrouble, match="within the solver's tolerance alone"):
        plan.flow


def test_the_labels_of_a_series_are_nodes_and_rows():
    """Although they only count: in the order of the graph, or of its sorted frame, they do not."""
    pandas = pytest.importorskip("pandas")
    graph = nx.DiGraph([(2, 0), (0, 1)])
    demand = pandas.Series([0, 4, -4], index=[0, 1, 2])
    for form in (demand, demand.to_dict(), demand[[2, 1, 0]]):
        assert {node: row.lb for node, row in MinimumCostFlow(graph, demand=form).node.items()} == {0: 0, 1: 4, 2: -4}
    frame = pandas.DataFrame({"source": ["a", "a", "b"], "target": ["b", "c", "c"], "cap": [1, 2, 3]})
    limit = pandas.Series([1, 2, 3])
    pipes = MaximumFlow(frame.sort_values("cap", ascending=False), "a", "c", capacity=limit)
    assert {key: x.ub for key, x in pipes.arc.items()} == {("a", "b"): 1, ("a", "c"): 2, ("b", "c"): 3}
    costs = pandas.DataFrame([[1, 2], [3, 4]], index=[1, 0], columns=["x", "y"])
    plan = Transportation(costs, pandas.Series([5, 6], index=[0, 1]), [1, 1])
    assert {name: row.ub for name, row in plan.supply.items()} == {0: 5, 1: 6}
    assert MaximumFlow((["a"], ["b"]), "a", "b", capacity=pandas.Series([3])).arc["a", "b"].ub == 3


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_missing_end_of_an_arc_is_refused(missing):
    """It is not a node; the message names the row."""
    pandas = pytest.importorskip("pandas")
    with pytest.raises(InvalidValue, match="The arc number 1 has no source"):
        Network((["a", missing], ["b", "c"]))
    for column in (pandas.Series(["a", missing]), pandas.array(["a", None], dtype="string")):
        with pytest.raises(InvalidValue, match="The arc number 1 has no target"):
            MinimumCostFlow(pandas.DataFrame({"source": ["a", "b"], "target": column}), demand={"a": -1})


def test_the_dual_of_a_row_with_one_pair_is_counted_once():
    """The reduced cost is the cost less the duals of both sides."""
    plan = Transportation([[-1], [6]], [7, 4], [4])
    plan.solve()
    found = plan.reduced_cost
    for (i, j), cost in {(0, 0): -1, (1, 0): 6}.items():
        assert found[i, j] == cost - plan.supply[i].dual - plan.demand[j].dual
    work = Assignment([[3, 5]])
    work.solve()
    for j, cost in enumerate([3, 5]):
        assert work.reduced_cost[0, j] == cost - work.agents[0].dual - work.tasks[j].dual


def test_a_network_without_arcs_has_no_reduced_costs():
    graph = nx.DiGraph()
    graph.add_nodes_from("st")
    pipes = MaximumFlow(graph, "s", "t")
    pipes.solve()
    assert pipes.reduced_cost == {}
