"""Networks that cannot be, and what is shown of those that can."""

from __future__ import annotations

import re
from math import inf

import pytest

from pplp import InvalidValue, LinearProgram, PplpError
from pplp.graphs import (
    Assignment,
    MaximumFlow,
    MinimumCostFlow,
    MinimumCut,
    MulticommodityFlow,
    ShortestPath,
    Transportation,
)

ARCS = ["a", "a", "b"], ["b", "c", "c"]
DEMAND = {"a": -4, "c": 4}


class Edges:
    """As much of a frame as is read."""

    def __init__(self, **columns):
        self._columns = columns
        self.columns = list(columns)

    def __getitem__(self, name):
        return self._columns[name]


REFUSED = {
    "a frame without ends": (lambda: MinimumCostFlow(Edges(source=["a"]), demand=0), "no column 'target'"),
    "a column that is missing": (
        lambda: MinimumCostFlow(Edges(source=["a"], target=["b"]), demand={"a": -1, "b": 1}, weight="price"),
        "no column 'price' for the weight",
    ),
    "a node of no arc": (lambda: ShortestPath(ARCS, "a", "z"), "target 'z' is not in the network"),
    "a node that cannot be one": (lambda: ShortestPath(ARCS, ["a"], "c"), r"source \['a'\] is not in the network"),
    "a path to where it begins": (lambda: ShortestPath(ARCS, "a", "a"), "same node 'a'"),
    "a flow to where it begins": (lambda: MaximumFlow(ARCS, "b", "b"), "same node 'b'"),
    "a cut between a node and itself": (lambda: MinimumCut(ARCS, "c", "c"), "same node 'c'"),
    "goods to where they begin": (lambda: MulticommodityFlow(ARCS, {"milk": ("a", "a", 2)}), "'milk' are the same"),
    "demand as an attribute of no node": (lambda: MinimumCostFlow(ARCS, demand="need"), "as a mapping, not as 'need'"),
    "too few demands": (lambda: MinimumCostFlow(([0, 1], [1, 2]), demand=[1, -1]), "node 2, but the nodes are 0 to 1"),
    "too few weights": (lambda: MinimumCostFlow(ARCS, demand=DEMAND, weight=[1, 2]), "2"),
    "a capacity that is not a number": (lambda: MaximumFlow(ARCS, "a", "c", capacity=[1, float("nan"), 2]), "is nan"),
    "an infinite weight": (lambda: MinimumCostFlow(ARCS, demand=DEMAND, weight=[1, inf, 2]), "must be a finite"),
    "a weight beyond GLPK": (lambda: MinimumCostFlow(ARCS, demand=DEMAND, weight=[1, 1e200, 2]), r"1e\+200"),
    "goods in a list": (lambda: MulticommodityFlow(ARCS, [("a", "c", 2)]), "commodities are a mapping"),
    "goods over a negative capacity": (
        lambda: MulticommodityFlow(ARCS, {"milk": ("a", "c", 2)}, capacity=-2),
        r"\('a', 'b'\) has the negative capacity -2",
    ),
    "two edges for tails and heads": (
        lambda: MinimumCostFlow([("a", "b"), ("c", "d")], demand=None),
        "two edges, or tails and heads",
    ),
    "nodes that are lists": (lambda: MinimumCostFlow(([[1], [2]], [[2], [3]]), demand={}), "unhashable type: 'list'"),
    "one supply for all": (
        lambda: Transportation([[4, 1], [5, 3]], 10, [6, 8]),
        "supply must be a sequence of numbers",
    ),
    "too many supplies": (lambda: Transportation([[4, 1], [5, 3]], [1, 2, 3], [6, 8]), "3 numbers, .* have 2 rows"),
    "too few demands of a table": (
        lambda: Transportation([[4, 1], [5, 3]], [1, 2], [6]),
        "1 numbers, .* have 2 columns",
    ),
    "costs whose rows differ": (lambda: Assignment([[1, 2], [3]]), "Row 1 of the costs has 1 numbers, but row 0 has 2"),
    "costs that are no matrix": (lambda: Assignment([1, 2]), r"\[1, 2\] is not a matrix of costs"),
    "a negative capacity of a pair": (
        lambda: Transportation({("p", "q"): 2}, {"p": 1}, {"q": 1}, capacity=-3),
        r"\('p', 'q'\) has the negative capacity -3",
    ),
    "a market that nobody reaches": (
        lambda: Transportation({("p", "q"): 2}, {"p": 5}, {"q": 1, "r": 2}),
        "'r' needs 2, but no pair has it",
    ),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_refused(case):
    """By our own error, which names the thing."""
    deed, complaint = REFUSED[case]
    with pytest.raises(InvalidValue, match=complaint):
        deed()


def test_undirected_edges_of_negative_weight():
    """There and back would be a cycle of negative length; a directed graph may have them."""
    nx = pytest.importorskip("networkx")
    graph = nx.Graph()
    graph.add_edge("a", "b", weight=-2)
    graph.add_edge("b", "c", weight=5)
    for deed in (lambda g: ShortestPath(g, "a", "c"), lambda g: MinimumCostFlow(g, demand={"a": -1, "c": 1})):
        with pytest.raises(InvalidValue, match=r"undirected edge \('a', 'b'\) has a negative weight"):
            deed(graph)
    path = ShortestPath(nx.DiGraph(graph.edges(data=True)), "a", "c")
    assert path.solve().objective == 3.0


def test_what_is_shown():
    """Sizes and the state of the answer; mappings as dictionaries."""
    shown = {
        "<MulticommodityFlow: 1 goods on <Network: 3 nodes, 3 arcs>, unsolved>": MulticommodityFlow(
            ARCS, {"milk": ("a", "c", 2)}
        ),
        "<Transportation: 1 x 2, 2 pairs, unsolved>": Transportation(
            {("p", "q"): 2, ("p", "r"): 3}, {"p": 5}, {"q": 1, "r": 2}
        ),
        "<MinimumCut: 3 nodes, 3 arcs, unsolved>": MinimumCut(ARCS, "a", "c", capacity=[1, 2, 3]),
    }
    for text, problem in shown.items():
        assert re.sub(r"Status\.\w+", "unsolved", repr(problem)) == text
    cut = MinimumCut(ARCS, "a", "c", capacity=[1, 2, 3])
    assert cut.solve().objective == 3.0  # a-b of 1 and a-c of 2
    assert sorted(cut.arcs) == [("a", "b"), ("a", "c")]
    assert [cut.side[node].value for node in "abc"] == [1, 0, 0]
    assert {key: x.value for key, x in cut.cut.items()} == {("a", "b"): 1, ("a", "c"): 1, ("b", "c"): 0}


def test_the_prices_of_a_transport():
    """Three units to a market of price 4: a pair that is not used costs what it is dearer by."""
    plan = Transportation({("p", "r"): 4, ("q", "r"): 6}, {"p": 5, "q": 5}, {"r": 3})
    assert plan.solve().objective == 12.0
    assert plan.arc["p", "r"].value == 3.0
    assert plan.reduced_cost == {("p", "r"): 0.0, ("q", "r"): 2.0}


def test_whole_assignments():
    """With integer=True the variables are whole, and have no prices; the optimum is the same."""
    costs = {("ann", "cook"): 3, ("ann", "wash"): 1, ("bob", "cook"): 2, ("bob", "wash"): 4}
    for integer in (False, True):
        work = Assignment(costs, integer=integer)
        assert work.solve().objective == 3.0
        assert isinstance(work.lp, LinearProgram) and all(x.integer is integer for x in work.lp.variables)


def test_costs_without_pairs():
    """A mapping that is not a mapping of pairs, as when supply comes first, is told apart."""
    for costs in ({"p": 5}, {("p", "r", 1): 2}):
        with pytest.raises(InvalidValue, match="pairs"):
            Transportation(costs, {"p": 5}, {"r": 3})
    assert Assignment([]).solve().objective == 0.0


def test_sets_and_frames_of_numbers_are_refused():
    """A set has no order, and a dictionary or a frame is iterated by names that could be taken for numbers."""
    for arcs in (({"a", "b"}, ["b", "c"]), ({"a": 1, "b": 2}, ["b", "c"]), ("ab", "bc")):
        with pytest.raises(PplpError):
            MinimumCostFlow(arcs, demand=DEMAND)
    frame = Edges(cost=[1, 2, 3])
    frame.shape = (3, 1)
    for weight in ({1, 2, 3}, frozenset((1, 2, 3)), frame):
        with pytest.raises(PplpError):
            MinimumCostFlow(ARCS, demand=DEMAND, weight=weight)


def test_numbers_without_dimensions_are_not_cut_to_integers():
    """Arrays have an __index__, also those of floats."""
    np = pytest.importorskip("numpy")
    for weight in ([np.array(2.5), np.array([2.5]), 2.5], np.array(2.5), np.array([2.5])):
        assert MinimumCostFlow(ARCS, demand=DEMAND, weight=weight).solve().objective == 10.0
