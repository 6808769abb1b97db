"""The networkx backend: networkx's own tests pass through it, and its answers and exceptions are networkx's."""

from __future__ import annotations

import inspect
import math
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

nx = pytest.importorskip("networkx")

from pplp.graphs import networkx_backend as backend  # noqa: E402

ROOT = Path(__file__).parents[2]


@pytest.fixture
def child(tmp_path):
    """Run Python where the package's entry points are found, whether or not this copy of it is installed."""
    text = (ROOT / "pyproject.toml").read_text()
    points = re.findall(r'\[project\.entry-points\."(networkx\.\w+)"\]\n(pplp) = "([^"]+)"', text)
    assert {group for group, *_ in points} == {"networkx.backends", "networkx.backend_info"}
    about = tmp_path / "pplp-0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: pplp\nVersion: 0\n")
    (about / "entry_points.txt").write_text("".join(f"[{group}]\n{name} = {where}\n" for group, name, where in points))

    def run(*arguments, **environment):
        path = os.pathsep.join([str(tmp_path), str(ROOT)])
        return subprocess.run(
            [sys.executable, *arguments],
            env=dict(os.environ, PYTHONPATH=path, **environment),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=900,
        )

    return run


#: Notes which functions of the backend are called, as each version of networkx says it in words of its own.
WITNESS = """
import functools
import pplp.graphs.networkx_backend as backend
used = set()
def noted(function):
    @functools.wraps(function)
    def call(*arguments, **options):
        used.add(function.__name__)
        return function(*arguments, **options)
    return call
for name in backend.__all__:
    setattr(backend, name, noted(getattr(backend, name)))
def pytest_sessionfinish():
    print("used:", *sorted(used))
"""


@pytest.mark.slow
def test_networkx_tests_pass_through_the_backend(child, tmp_path):
    """Its flow tests, all but those that are excluded by name; a plugin notes that it was this backend that ran."""
    if nx.__version__ < "3.3":
        pytest.skip("the tests of older versions of networkx run a backend in another way")
    (tmp_path / "witness.py").write_text(WITNESS)
    done = child(
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "witness", "-rs", "--pyargs"),
        *("networkx.algorithms.flow", "networkx.algorithms.tests.test_matching"),
        NETWORKX_TEST_BACKEND="pplp",
        NETWORKX_FALLBACK_TO_NX="1",
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 120
    assert "failed" not in done.stdout and "xfailed" not in done.stdout
    assert re.search(r"used: (.*)", done.stdout)[1].split() == sorted(backend.__all__)
    for reason in set(backend.EXCLUDED.values()):
        assert reason in done.stdout
    assert done.stdout.count(_shortened(next(iter(backend.EXCLUDED.values())))) == len(backend.EXCLUDED)


def _shortened(reason):
    return reason[:40]


def test_what_is_excluded_has_another_flow_of_the_same_cost():
    """The example of both excluded tests: networkx's answer and ours cost 150, and both meet all demands."""
    graph = nx.DiGraph()
    graph.add_nodes_from([(1, {"demand": -20}), (4, {"demand": 5}), (5, {"demand": 15})])
    arcs = [(1, 2, 15, 4), (1, 3, 8, 4), (2, 3, None, 2), (2, 4, 4, 2), (2, 5, 10, 6), (3, 4, 15, 1), (3, 5, 5, 3)]
    for u, v, capacity, weight in [*arcs, (4, 5, None, 2), (5, 3, 4, 1)]:
        graph.add_edge(u, v, weight=weight, **({} if capacity is None else {"capacity": capacity}))
    assert len(backend.EXCLUDED) == 2
    cost, flow = backend.network_simplex(graph)
    assert cost == 150 == nx.cost_of_flow(graph, flow)
    check_balance(graph, flow)


def test_the_keyword_backend(child):
    """As a user calls it, twice: nothing is cached, nothing warns, an edit of an attribute is seen."""
    script = (
        "import warnings\n"
        "import networkx as nx\n"
        "warnings.simplefilter('error'); warnings.simplefilter('ignore', ImportWarning)\n"
        "G = nx.DiGraph([('a', 'b', {'capacity': 4, 'weight': 3})])\n"
        "G.nodes['a']['demand'], G.nodes['b']['demand'] = -2, 2\n"
        "print(nx.min_cost_flow(G, backend='pplp'), nx.min_cost_flow_cost(G, backend='pplp'))\n"
        "G['a']['b']['weight'] = 5\n"
        "print(nx.min_cost_flow_cost(G, backend='pplp'), nx.maximum_flow_value(G, 'a', 'b', backend='pplp'))\n"
        "B = nx.Graph([(0, 'x', {'weight': 3}), (1, 'x', {'weight': 4}), (1, 'y', {'weight': 1.5})])\n"
        "print(sorted(map(set, nx.max_weight_matching(B, backend='pplp')), key=len))\n"
        "try:\n"
        "    nx.max_weight_matching(nx.complete_graph(3), backend='pplp')\n"
        "except NotImplementedError as error:\n"
        "    print('left to networkx')\n"
    )
    done = child("-c", script)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:2] == ["{'a': {'b': 2}, 'b': {}} 6", "10 4"]
    assert lines[2].count("{") == 2 and lines[3] == "left to networkx"


@pytest.mark.parametrize(
    "first", ["networkx", "pplp", "pplp.graphs", "pplp.graphs.networkx_backend", "pplp.graphs.networkx_info"]
)
def test_networkx_learns_of_the_backend_whatever_is_imported_first(child, first):
    """networkx asks for the info while it is imported, perhaps by the backend itself, and warns where it gets none."""
    script = (
        "import warnings; warnings.simplefilter('error'); warnings.simplefilter('ignore', ImportWarning)\n"
        # Python 3.9 finds the copy beside the installed one.
        "warnings.filterwarnings('ignore', 'networkx backend defined more than once')\n"
        f"import {first}, networkx\n"
        "info = networkx.utils.backends.backend_info['pplp']\n"
        "print(*sorted(info['functions']))\n"
        "import pplp.graphs.networkx_backend as backend\n"
        "print(*sorted(backend.__all__), networkx.utils.backends.backends['pplp'].load() is backend)"
    )
    done = child("-c", script)
    assert done.returncode == 0, done.stderr
    known, own = done.stdout.splitlines()
    assert own == f"{known} True"


def test_capacities_by_a_function():
    """Since 3.7 networkx takes one, which says None of an edge that is hidden."""
    graph = nx.DiGraph([("a", "b", {"wide": 2}), ("b", "c", {"wide": 4}), ("a", "c", {"wide": 1})])

    def capacity(u, v, data):
        return None if v == "c" and u == "a" else 3 * data["wide"]

    flow = {"a": {"b": 6, "c": 0}, "b": {"c": 6}, "c": {}}
    assert backend.maximum_flow(graph, "a", "c", capacity) == (6, flow)
    assert backend.maximum_flow_value(graph, "a", "c", lambda u, v, data: math.inf if v == "b" else -1) == 0
    assert backend.minimum_cut(graph, "a", "c", capacity) == (6, ({"a"}, {"b", "c"}))
    assert backend.minimum_cut_value(graph, "a", "c", capacity) == 6


def test_every_function_is_called_as_networkx_calls_it():
    for name in backend.__all__:
        theirs = inspect.signature(getattr(nx, name)).parameters
        theirs = [one for one in theirs if one not in ("backend", "backend_kwargs")]
        assert list(inspect.signature(getattr(backend, name)).parameters) == theirs


def random_graph(seed, kind=None, real=False):
    draw = random.Random(seed)
    graph = (kind or nx.DiGraph)()
    count = draw.randint(2, 7)
    graph.add_nodes_from(range(count))
    number = draw.uniform if real else draw.randint
    for _ in range(draw.randint(1, 3 * count)):
        data = {"weight": number(-3, 9)}
        if draw.random() < 0.85:
            data["capacity"] = draw.choice([0, number(1, 6)])
        graph.add_edge(draw.randrange(count), draw.randrange(count), **data)
    for _ in range(draw.randint(0, 2)):
        u, v, amount = draw.randrange(count), draw.randrange(count), number(1, 3)
        graph.nodes[u]["demand"] = graph.nodes[u].get("demand", 0) - amount
        graph.nodes[v]["demand"] = graph.nodes[v].get("demand", 0) + amount
    return graph


def check_balance(graph, flow, tolerance=0.0):
    arrives = dict.fromkeys(graph, 0)
    for u, ends in flow.items():
        assert set(ends) == set(graph[u])
        for v, amount in ends.items():
            for k, one in amount.items() if graph.is_multigraph() else [(None, amount)]:
                data = graph[u][v] if k is None else graph[u][v][k]
                assert -tolerance <= one <= data.get("capacity", math.inf) + tolerance
                arrives[u] -= one
                arrives[v] += one
    for node in graph:
        assert abs(arrives[node] - graph.nodes[node].get("demand", 0)) <= tolerance


def outcome(function, *arguments):
    """What it returns, or the class of what it raises."""
    try:
        return function(*arguments)
    except nx.NetworkXException as error:
        return type(error)


@pytest.mark.parametrize("kind", [nx.DiGraph, nx.MultiDiGraph])
def test_costs_and_exceptions_are_those_of_network_simplex(kind):
    seen = set()
    for seed in range(250):
        graph = random_graph(seed, kind)
        theirs, ours = outcome(nx.network_simplex, graph), outcome(backend.network_simplex, graph)
        seen.add(theirs if isinstance(theirs, type) else "optimal")
        if isinstance(theirs, type):
            assert ours is theirs
            continue
        cost, flow = ours
        assert cost == theirs[0] and type(cost) is int
        assert set(flow) == set(theirs[1])
        check_balance(graph, flow)
        assert outcome(backend.min_cost_flow_cost, graph) == cost
        if kind is nx.DiGraph:
            assert backend.cost_of_flow(graph, backend.min_cost_flow(graph)) == cost
    assert seen == {"optimal", nx.NetworkXUnfeasible, nx.NetworkXUnbounded}


def test_costs_and_exceptions_are_those_of_capacity_scaling():
    """But where no edge has a capacity and there is a demand: there networkx forgets to look, and returns no flow."""
    seen = set()
    for seed in range(250):
        graph = random_graph(seed)
        if not any(u != v and d.get("capacity", 1) for u, v, d in graph.edges(data=True)):
            continue
        theirs, ours = outcome(nx.capacity_scaling, graph), outcome(backend.capacity_scaling, graph)
        seen.add(theirs if isinstance(theirs, type) else "optimal")
        assert ours is theirs if isinstance(theirs, type) else ours[0] == theirs[0]
    assert seen == {"optimal", nx.NetworkXUnfeasible, nx.NetworkXUnbounded}


@pytest.mark.parametrize("kind", [nx.DiGraph, nx.Graph])
def test_maximum_flows_and_cuts(kind):
    seen = set()
    for seed in range(150):
        graph = random_graph(seed, kind)
        ends = 0, len(graph) - 1
        theirs = outcome(nx.maximum_flow_value, graph, *ends)
        seen.add(type(theirs))
        if isinstance(theirs, type):
            for function in (backend.maximum_flow, backend.maximum_flow_value, backend.minimum_cut):
                assert outcome(function, graph, *ends) is theirs
            continue
        value, flow = backend.maximum_flow(graph, *ends)
        assert value == theirs == backend.maximum_flow_value(graph, *ends) == backend.minimum_cut_value(graph, *ends)
        assert type(value) is int
        cut, (near, far) = backend.minimum_cut(graph, *ends)
        assert cut == value and near | far == set(graph) and ends[0] in near and ends[1] in far
        crossing = [d["capacity"] for u, v, d in graph.edges(data=True) if u in near and v in far]
        if kind is nx.Graph:
            crossing += [d["capacity"] for u, v, d in graph.edges(data=True) if v in near and u in far]
        assert sum(crossing) == value
        for node in graph:
            leaves = sum(flow[node].values()) - sum(flow[other].get(node, 0) for other in graph)
            assert leaves == value * ((node == ends[0]) - (node == ends[1]))
        if kind is nx.DiGraph:
            bare = nx.create_empty_copy(graph, with_data=False)
            bare.add_edges_from(graph.edges(data=True))
            cheapest = outcome(backend.max_flow_min_cost, bare, *ends)
            expected = outcome(nx.max_flow_min_cost, bare, *ends)
            if isinstance(expected, type):
                assert cheapest is expected
            else:
                assert nx.cost_of_flow(bare, cheapest) == nx.cost_of_flow(bare, expected)
    assert seen == {int, type}


def test_data_need_not_be_integers():
    """Against HiGHS: demands, weights and capacities that are no integers."""
    numpy, optimize = pytest.importorskip("numpy"), pytest.importorskip("scipy.optimize")
    solved = 0
    for seed in range(120):
        graph = random_graph(seed, real=True)
        edges = list(graph.edges(data=True))
        matrix = numpy.zeros((len(graph), len(edges)))
        for k, (u, v, _) in enumerate(edges):
            matrix[v, k] += 1
            matrix[u, k] -= 1
        needs = [graph.nodes[n].get("demand", 0) for n in graph]
        bounds = [(0, d.get("capacity")) for *_, d in edges]
        theirs = optimize.linprog([d["weight"] for *_, d in edges], A_eq=matrix, b_eq=needs, bounds=bounds)
        ours = outcome(backend.network_simplex, graph)
        if theirs.status == 0:
            solved += 1
            assert ours[0] == pytest.approx(theirs.fun, abs=1e-7)
            check_balance(graph, ours[1], 1e-7)
        else:
            assert ours in (nx.NetworkXUnfeasible, nx.NetworkXUnbounded)
    assert solved > 20


def test_demands_that_cancel_up_to_rounding():
    """0.1 + 0.2 is sent and 0.3 received: networkx finds that they differ."""
    graph = nx.DiGraph([("a", "c", {"weight": 1}), ("b", "c", {"weight": 2})])
    for node, demand in (("a", -0.1), ("b", -0.2), ("c", 0.3)):
        graph.nodes[node]["demand"] = demand
    with pytest.raises(nx.NetworkXUnfeasible):
        nx.network_simplex(graph)
    cost, flow = backend.network_simplex(graph)
    assert cost == pytest.approx(0.5) and flow["b"]["c"] == pytest.approx(0.2)
    graph.nodes["c"]["demand"] = 0.31
    with pytest.raises(nx.NetworkXUnfeasible):
        backend.network_simplex(graph)


def test_bipartite_matchings():
    for seed in range(80):
        draw = random.Random(seed)
        graph = nx.bipartite.random_graph(draw.randint(1, 5), draw.randint(1, 5), 0.6, seed=seed)
        for _, _, data in graph.edges(data=True):
            data["weight"] = draw.choice([-2, 1, 2, 3.5, 5])
        for most in (False, True):
            assert backend.can_run("max_weight_matching", (graph, most), {}) is True
            ours, theirs = backend.max_weight_matching(graph, most), nx.max_weight_matching(graph, most)
            assert nx.is_matching(graph, ours)
            weight = [sum(graph.edges[one]["weight"] for one in some) for some in (ours, theirs)]
            assert weight[0] == weight[1]
            assert not most or len(ours) == len(theirs)


def test_what_is_left_to_networkx():
    flow = nx.algorithms.flow
    graph = nx.complete_graph(3)
    assert "odd cycles" in backend.can_run("max_weight_matching", (graph,), {})
    assert backend.can_run("maximum_flow", (graph, 0, 1), {"flow_func": flow.dinitz}) is True
    assert backend.can_run("maximum_flow", (graph, 0, 1), {"flow_func": 10}) is True  # the exception is ours
    assert "cutoff" in backend.can_run("maximum_flow", (graph, 0, 1), {"flow_func": flow.dinitz, "cutoff": 3})
    assert "residual" in backend.can_run("minimum_cut", (graph, 0, 1, "capacity", flow.dinitz), {"residual": None})
    assert "does not have" in backend.can_run("maximum_flow", (graph, 0, 1), {"flow_func": print})
    assert backend.can_run("shortest_path", (graph,), {}) is False
    with pytest.raises(NotImplementedError, match="odd cycles"):
        backend.max_weight_matching(graph)
    with pytest.raises(NotImplementedError, match="does not have"):
        backend.minimum_cut(nx.DiGraph([(0, 1)]), 0, 1, flow_func=print)


def test_exceptions_are_those_of_networkx():
    """Of data that are no network, too."""
    graph = nx.DiGraph([(0, 1, {"capacity": -3}), (1, 2, {"capacity": 4})])
    for function in (nx.max_flow_min_cost, backend.max_flow_min_cost):
        with pytest.raises(nx.NetworkXUnfeasible, match="negative capacity"):
            function(graph, 0, 2)
    graph = nx.DiGraph([(0, 1, {"weight": math.nan})])
    with pytest.raises(nx.NetworkXError, match="nan"):
        backend.min_cost_flow(graph)


def wide(draw):
    """A whole number of any size up to 2**53."""
    return draw.choice([0, 1, draw.randint(0, 9), 10 ** draw.randint(1, 15) + draw.randint(0, 9), 2**53 - 1])


def test_whole_numbers_of_any_size_are_exact():
    """Costs and values are networkx's own, to the unit; flows are balanced and within capacities."""
    for seed in range(120):
        draw = random.Random(seed)
        graph = nx.DiGraph()
        graph.add_nodes_from(range(draw.randint(2, 7)), demand=0)
        for _ in range(20):
            u, v = draw.sample(list(graph), 2)
            most = wide(draw)
            graph.add_edge(u, v, capacity=most, weight=draw.choice([0, draw.randint(-3, 9), wide(draw)]))
        for u, v, data in graph.edges(data=True):
            amount = draw.randint(0, data["capacity"])
            graph.nodes[u]["demand"] -= amount
            graph.nodes[v]["demand"] += amount
        cost, flow = backend.network_simplex(graph)
        assert cost == nx.network_simplex(graph)[0], seed
        left = nx.get_node_attributes(graph, "demand")
        for u, v, data in graph.edges(data=True):
            assert type(flow[u][v]) is int and 0 <= flow[u][v] <= data["capacity"]
            left[u] += flow[u][v]
            left[v] -= flow[u][v]
        assert not any(left.values())
        value, (here, there) = backend.minimum_cut(graph, 0, 1)
        assert value == nx.maximum_flow_value(graph, 0, 1) == backend.maximum_flow(graph, 0, 1)[0]
        assert value == sum(data["capacity"] for u, v, data in graph.edges(data=True) if u in here and v in there)


def test_numbers_of_other_kinds_are_exact():
    """numpy's integers beyond 2**53, fractions, decimals: the answer is of the kind of the data."""
    from decimal import Decimal
    from fractions import Fraction

    numpy = pytest.importorskip("numpy")
    for kind, own in ((int, int), (numpy.int64, int), (Fraction, Fraction), (Decimal, Decimal), (float, float)):
        big = 2**53 + (0 if kind is float else 1)
        graph = nx.DiGraph()
        graph.add_node("a", demand=kind(-big))
        graph.add_node("b", demand=kind(big))
        graph.add_edge("a", "b", weight=kind(7), capacity=kind(big))
        graph.add_edge("a", "c", weight=kind(1), capacity=kind(3))
        graph.add_edge("c", "b", weight=kind(1), capacity=kind(3))
        cost, flow = backend.network_simplex(graph)
        assert cost == own(7 * big - 15) and type(cost) is own and type(flow["a"]["b"]) is own
        assert flow == {"a": {"b": big - 3, "c": 3}, "b": {}, "c": {"b": 3}}
        assert type(backend.maximum_flow_value(graph, "a", "b")) is own


def test_demands_of_other_nodes_and_weights_without_capacity():
    """As networkx has them: such demands are met, or cannot be; such weights do not count."""
    graph = nx.DiGraph()
    graph.add_edge("a", "b", capacity=2, weight=1)
    graph.add_edge("b", "a", capacity=0, weight=math.inf)
    assert backend.network_simplex(graph) == nx.network_simplex(graph)
    graph.add_node("c", demand=1)
    with pytest.raises(nx.NetworkXUnfeasible):
        backend.max_flow_min_cost(graph, "a", "b")
