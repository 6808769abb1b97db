"""DIMACS: networks are written, read again to the last bit, and GLPK finds the same optimum in the file."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from math import inf

import pytest

from pplp import FormatError, LinearProgram, Status
from pplp.graphs import MaximumFlow, MinimumCostFlow


def written(lp: LinearProgram, sense: str) -> str:
    file = io.StringIO()
    lp.write(file, "dimacs", sense=sense)
    return file.getvalue()


def read(text: str) -> LinearProgram:
    return LinearProgram.read(io.StringIO(text), "dimacs")


def random_flow(r: random.Random) -> LinearProgram:
    """A program of a random network: parallel arcs, loops, arcs with one end, nodes without arcs, names or none."""
    nodes, lp = r.randint(2, 6), LinearProgram(name=r.choice([None, "plan"]))
    arcs = [(r.randrange(nodes), r.randrange(nodes)) for _ in range(r.randint(2, 14))]
    if r.random() < 0.3:
        arcs += [(r.randrange(nodes), None), (None, r.randrange(nodes))]
    whole = r.random() < 0.7
    xs = [
        lp.Var(
            r.choice([None, f"arc {k}", f"x[{k},1]"]),
            lb=r.choice([0, 0, 1 if whole else 0.5]),
            ub=r.choice([inf, 4, 9 if whole else 7.25]),
        )
        for k in range(len(arcs))
    ]
    for node in range(nodes):
        ends = [(x, (u == node) - (v == node)) for (u, v), x in zip(arcs, xs) if (u == node) != (v == node)]
        if len(ends) > 1:  # of one variable it would be a bound
            lp.add_constraint(sum(a * x for x, a in ends) == r.choice([0, 0, 1, -1]), name=r.choice([None, f"n{node}"]))
    lp.objective = sum(r.choice([0, 1, 3, -1]) * x for x in xs)
    return lp


def test_cheapest_flows_come_back():
    r = random.Random(1)
    for _ in range(150):
        lp = random_flow(r)
        again = read(written(lp, "minimize"))
        assert again.compile() == lp.compile() and again.name == lp.name


def random_graph(r: random.Random) -> tuple[list[str], list[str], list[int]]:
    nodes = "abcdef"[: r.randint(3, 6)]
    arcs = [("a", "b"), ("b", nodes[-1]), ("a", nodes[-1])]
    arcs += [tuple(r.sample(nodes, 2)) for _ in range(r.randint(2, 9))]
    arcs = list(dict.fromkeys(arcs))
    return [u for u, _ in arcs], [v for _, v in arcs], [r.randint(0, 9) for _ in arcs]


def test_flows_of_graphs_come_back_with_their_arcs_the_same_way_round():
    r = random.Random(2)
    for _ in range(40):
        tails, heads, capacity = random_graph(r)
        last = max(heads)
        plan = MinimumCostFlow((tails, heads), demand={"a": -2, last: 2}, capacity=capacity, weight=1)
        text = written(plan.lp, "minimize")
        assert read(text).compile() == plan.lp.compile()
        most = MaximumFlow((tails, heads), source="a", sink=last, capacity=capacity)
        text = written(most.lp, "maximize")
        assert read(text).compile() == most.lp.compile("maximize")
        at = {node: k for k, node in enumerate(most.network.nodes, 1)}
        arcs = [line.split()[1:3] for line in text.splitlines() if line.startswith("a ")]
        if "pplp root" not in text and len(at) == text.count("node["):
            assert arcs == [[str(at[u]), str(at[v])] for u, v in zip(tails, heads)]


@pytest.mark.parametrize(
    "text",
    [
        "p max 4 6\nn 1 s\nn 4 t\na 1 2 3\na 1 3 2\na 2 4 2\na 3 4 3\na 2 3 5\na 2 1 9\n",
        "p max 3 5\nn 1 s\nn 3 t\na 1 3 2\na 3 1 4\na 1 2 -1\na 2 3 7.5\na 2 2 3\n",
        "p asn 4 4\nn 1\nn 2\na 1 3 5\na 1 4 2\na 2 3 4\na 2 4 8\n",
        "p min 2 4\nn 1 3\nn 2 -3\na 1 2 0 1 1\na 1 2 1 9 2\na 1 2 0 -1 9\na 1 1 0 5 -1\n",
        "p min 1 1\na 1 1 0 4 2\n",
    ],
)
def test_what_is_read_is_written(text):
    lp = read(text)
    again = read(written(lp, lp.sense))
    assert again.compile() == lp.compile(lp.sense) and again.sense == lp.sense


def test_a_file():
    """The example of the DIMACS challenge."""
    text = "p min 4 5\nn 1 4\nn 2 0\nn 3 0\nn 4 -4\na 1 2 0 4 2\na 1 3 0 2 2\na 2 3 0 2 1\na 2 4 0 3 3\na 3 4 0 5 1\n"
    assert written(read(text), "minimize") == "c pplp file 1\n" + text


def flow() -> LinearProgram:
    """From 1 to 2, 3 units."""
    lp = LinearProgram()
    x, y = lp.Vars(2, "x", lb=0, ub=4)
    lp.objective = x + 2 * y
    lp.add_constraint(x + y == 3, name="from")
    lp.add_constraint(-x - y == -3, name="to")
    return lp


@pytest.mark.parametrize(
    "change, reason",
    [
        (lambda lp, x: setattr(lp, "objective", x + 1), "its objective has the constant 1"),
        (lambda lp, x: setattr(x, "lb", -1), r"the bounds of 'x\[0\]' are \[-1, 4\], but flows must be at least 0"),
        (lambda lp, x: setattr(x, "ub", 1e20), "counts as unlimited"),
        (lambda lp, x: lp.IntVar("n", lb=0, ub=1), "'n' is integer"),
        (lambda lp, x: setattr(lp.constraints[0], "ub", 4), "'from' is not an equation"),
        (lambda lp, x: lp.constraints[0].set_coefficient(x, 2), r"the coefficient of 'x\[0\]' in 'from' is 2"),
        (lambda lp, x: lp.add_constraint(x - lp.Var(lb=0) == 0), r"'x\[0\]' has the coefficient 1 in two rows"),
        (lambda lp, x: lp.constraints[1].set_coefficient(x, 1), r"'x\[0\]' has the coefficient 1 in two rows"),
    ],
)
def test_what_is_no_network_says_why(change, reason):
    lp = flow()
    assert "p min 2 2" in written(lp, "minimize")
    change(lp, lp.variables[0])
    with pytest.raises(FormatError, match=rf"The program is not a DIMACS network: .*{reason}.*\. [A-Z].*\.$"):
        written(lp, "minimize")


def test_what_is_no_maximum_flow_says_why():
    with pytest.raises(
        FormatError, match=r"it is maximized, but the net outflow of 'from' is 3, not 0\. Minimize its costs"
    ):
        written(flow(), "maximize")


SCRIPT = """
import json, sys
import swiglpk as g
g.glp_term_out(g.GLP_OFF)
found = []
for path in sys.argv[1:]:
    G, P, s, t = g.glp_create_graph(8, 24), g.glp_create_prob(), g.intArray(1), g.intArray(1)
    if path.endswith("max"):
        assert not g.glp_read_maxflow(G, s, t, 8, path)
        g.glp_maxflow_lp(P, G, g.GLP_OFF, s[0], t[0], 8)
    else:
        assert not g.glp_read_mincost(G, 0, 0, 8, 16, path)
        g.glp_mincost_lp(P, G, g.GLP_OFF, 0, 0, 8, 16)
    g.glp_simplex(P, None)
    found.append(g.glp_get_obj_val(P) if g.glp_get_status(P) == g.GLP_OPT else None)
print(json.dumps(found))
"""


def test_glpk_finds_the_same_optimum(tmp_path):
    """Its own readers and its own programs of the networks."""
    pytest.importorskip("swiglpk")
    r, expected, paths = random.Random(4), [], []
    for k in range(40):
        tails, heads, capacity = random_graph(r)
        if k % 2:
            plan = MaximumFlow((tails, heads), source="a", sink=max(heads), capacity=capacity)
            sense, path = "maximize", tmp_path / f"{k}.max"
        else:
            demand = {"a": -2, max(heads): 2}
            plan = MinimumCostFlow((tails, heads), demand=demand, capacity=capacity, weight=capacity)
            sense, path = "minimize", tmp_path / f"{k}.min"
        solution = plan.solve()
        expected.append(solution.objective if solution.status is Status.OPTIMAL else None)
        plan.lp.write(path, sense=sense)
        paths.append(str(path))
    done = subprocess.run([sys.executable, "-c", SCRIPT, *paths], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == pytest.approx(expected)
    assert sum(value is not None for value in expected) > 25
