"""Network structure is found, and answered by codes for networks just as a simplex would answer it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from array import array
from math import inf

import pytest

from pplp import CancelToken, Infeasible, LimitReached, LinearProgram, OptionError, Status
from pplp.engines.child import Child
from pplp.engines.glpk import engine as engine_module
from pplp.engines.glpk import network as network_module
from pplp.engines.networks import (
    Flow,
    Network,
    NetworkForm,
    NotANetwork,
    TreeSearch,
    at_vertex,
    ortools_flow,
    pivots_at_first_sight,
    tree_flow,
    tree_of,
)
from pplp.engines.networks import form as form_module
from pplp.engines.networks import structure as structure_module
from pplp.errors import SolverCrashed
from pplp.form.verification import outcome_complaint
from pplp.graphs import MaximumFlow

HAS_ORTOOLS = ortools_flow.is_installed()
#: The network simplex as it is installed, and in Python; another process.
CODES = ["network simplex", "in Python", *(["OR-Tools"] if HAS_ORTOOLS else [])]


class Lent:
    """One child for all the small networks: to begin a process takes longer than they do.

    Not this process: OR-Tools and HiGHS, which other tests load, cannot be in one.
    """

    child = None

    def __init__(self):
        if Lent.child is None:
            Lent.child = Child()
        self.tell, self.receive = Lent.child.tell, Lent.child.receive

    def kill(self):
        pass


@pytest.fixture(params=CODES)
def code(request, monkeypatch):
    """Every program that is a network, however small, is answered by this code."""
    for module in (network_module, engine_module):
        monkeypatch.setattr(module, "MANY_COLUMNS", 0)
    monkeypatch.setattr(network_module, "_VERY_MANY_COLUMNS", 0)
    monkeypatch.setattr(network_module, "_worth", lambda rows, columns: 0.0)
    monkeypatch.setattr(network_module, "_new_child", Lent)
    choose(monkeypatch, request.param)
    return request.param


def choose(monkeypatch, name):
    """Have this code answer."""
    if name != "network simplex":
        for module in (network_module, form_module, structure_module, tree_flow):
            monkeypatch.setattr(module, "loops", None)
    monkeypatch.setattr(ortools_flow, "is_installed", lambda: name == "OR-Tools")


def random_program(seed, *, feasible=True):
    """A network of any kind: bounds and rows of all kinds, rows multiplied by numbers, parallel and one-ended arcs."""
    draw = random.Random(seed)
    nodes = draw.randint(2, 7)
    unit, cost_unit = draw.choice([1, 1, 2, 10]), draw.choice([1, 1, 4, 100])  # what the data are divided by
    lp, sense = LinearProgram(), draw.choice(["minimize", "maximize"])
    sign = -1 if sense == "maximize" else 1
    flow, xs = [0] * (nodes + 1), []
    net = [0] * (nodes + 1)
    for _ in range(draw.randint(1, 18)):
        tail, head = draw.sample(range(nodes + 1), 2) if draw.random() < 0.95 else (nodes, nodes)
        low = draw.choice([0, 0, 0, draw.randint(-5, 5), -inf])
        high = draw.choice([inf, draw.randint(1, 9) + (low if low > -inf else 0), low if low > -inf else 4])
        here = max(low, min(high, draw.randint(-3, 6)))
        xs.append((lp.Var(lb=low / unit, ub=high / unit), tail, head))
        net[tail] += here
        net[head] -= here
        cost = draw.randint(0, 9) if high == inf or low == -inf else draw.randint(-9, 9)
        flow.append(cost)
    for v in range(nodes):
        entering, leaving = [x for x, _, h in xs if h == v], [x for x, t, _ in xs if t == v]
        if not entering and not leaving:
            continue
        factor = draw.choice([1, 1, 1, -1, 2, -0.5])
        balance = sum((factor * x for x in leaving), 0) - sum((factor * x for x in entering), 0)
        kind = draw.randint(0, 5)
        least = most = net[v] + (0 if feasible or draw.random() < 0.7 else draw.randint(-9, 9))
        if kind == 3:
            most = inf
        elif kind == 4:
            least = -inf
        elif kind == 5:
            least, most = least - draw.randint(0, 2), most + draw.randint(0, 2)
        ends = sorted((factor * (least / unit), factor * (most / unit)))
        lp.add_constraint((ends[0], balance, ends[1]))
    lp.objective = sum(sign * c / cost_unit * x for c, (x, _, _) in zip(flow[nodes + 1 :], xs)) + 3
    return lp, [x for x, _, _ in xs], sense


def by_highs(form):
    """(status, objective) by SciPy's HiGHS."""
    import numpy
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix

    sign = -1 if form.maximize else 1
    matrix = csr_matrix((form.values, form.indices, form.starts), shape=(form.rows, form.columns))
    low, high = numpy.array(form.row_lower), numpy.array(form.row_upper)
    equal, above, below = low == high, (low > -inf) & (low < high), (high < inf) & (low < high)
    from scipy.sparse import vstack

    bounds = [(None if a == -inf else a, None if b == inf else b) for a, b in zip(form.column_lower, form.column_upper)]
    found = linprog(
        sign * numpy.array(form.cost),
        A_ub=vstack([matrix[below], -matrix[above]]),
        b_ub=numpy.concatenate([high[below], -low[above]]),
        A_eq=matrix[equal],
        b_eq=high[equal],
        bounds=bounds,
        options={"presolve": False},
    )
    return found.status, (sign * found.fun + form.offset if found.status == 0 else None)


@pytest.mark.parametrize("block", range(4))
def test_random_networks_are_answered_as_by_another_solver(code, block):
    """Status, objective, feasibility, duals that prove the optimum, and a basis from which no simplex step is left."""
    pytest.importorskip("scipy", reason="the independent solver")
    taken = proofs = 0
    for seed in range(block, 160, 4):
        lp, _xs, sense = random_program(seed, feasible=seed % 5 > 0)
        form = lp.compile(sense)
        solution = lp.solve(sense)
        status, objective = by_highs(form)
        expected = {0: Status.OPTIMAL, 2: Status.INFEASIBLE, 3: Status.UNBOUNDED}.get(status)
        if expected is None:
            lp.objective = 0 * _xs[0]
            continue
        assert solution.status is expected, (seed, solution.method)
        if expected is not Status.OPTIMAL:
            proofs += solution.method.endswith("a cut that is too narrow")
            continue
        assert solution.objective == pytest.approx(objective, abs=1e-9), seed
        assert outcome_complaint(form, solution._outcome, 1e-9) is None, seed
        if not solution.method.startswith("network"):
            continue
        taken += 1
        basis = lp.basis
        again = lp.solve(sense)
        assert again.method.endswith("from the last basis"), (seed, again.method)
        assert again.iterations == 0 and again.objective == pytest.approx(objective), (seed, again.iterations)
        assert list(again._numbers.primal()) == pytest.approx(list(solution._numbers.primal())), seed
        assert list(again._numbers.duals()) == pytest.approx(list(solution._numbers.duals())), seed
        assert list(again._numbers.reduced_costs()) == pytest.approx(list(solution._numbers.reduced_costs())), seed
        assert (lp.basis.variables, lp.basis.rows) == (basis.variables, basis.rows), seed
    assert taken >= 10 and proofs >= 1


def random_schedule(seed):
    """A program of differences: dates with and without bounds, delays, sums, ranges and equations."""
    draw = random.Random(seed)
    lp, count = LinearProgram(), draw.randint(2, 7)
    sense = draw.choice(["minimize", "maximize"])
    here = [draw.randint(0, 9) for _ in range(count)]
    xs = []
    for value in here:
        low = draw.choice([-inf, value - draw.randint(0, 3)])
        xs.append(lp.Var(lb=low, ub=draw.choice([inf, value + draw.randint(0, 4), value if low > -inf else inf])))
    sides = [draw.choice([1, 1, 1, -1]) if seed % 3 == 0 else 1 for _ in xs]
    for _ in range(draw.randint(2, 14)):
        i, j = draw.sample(range(count), 2)
        size = draw.choice([1, 1, 2, 0.5])
        middle = sides[i] * here[i] - sides[j] * here[j]
        low = draw.choice([-inf, middle - draw.randint(0, 3)])
        high = draw.choice([middle + draw.randint(0, 3), inf if low > -inf else middle])
        lp.add_constraint((size * low, size * sides[i] * xs[i] - size * sides[j] * xs[j], size * high))
    sign = 1 if sense == "minimize" else -1
    lp.objective = sum(sign * draw.randint(-1, 9) * x for x in xs) - 1
    return lp, sense


def test_schedules_are_networks_in_their_dual(code):
    """Every row a difference: answered as by another solver, with a basis from which no simplex step is left."""
    pytest.importorskip("scipy", reason="the independent solver")
    taken = 0
    for seed in range(60):
        lp, sense = random_schedule(seed)
        form = lp.compile(sense)
        solution = lp.solve(sense)
        status, objective = by_highs(form)
        assert solution.status is {0: Status.OPTIMAL, 2: Status.INFEASIBLE, 3: Status.UNBOUNDED}[status], seed
        if solution.status is not Status.OPTIMAL:
            continue
        assert solution.objective == pytest.approx(objective, abs=1e-9), seed
        assert outcome_complaint(form, solution._outcome, 1e-9) is None, seed
        if "dual is a network" in solution.method_reason and solution.method.startswith("network"):
            taken += 1
            again = lp.solve(sense)
            assert again.method.endswith("from the last basis") and again.iterations == 0, (seed, again.method)
            assert list(again._numbers.primal()) == pytest.approx(list(solution._numbers.primal())), seed
            assert list(again._numbers.duals()) == pytest.approx(list(solution._numbers.duals())), seed
            assert list(again._numbers.reduced_costs()) == pytest.approx(list(solution._numbers.reduced_costs()))
    assert taken >= 8


# ---- the structure
def transportation(lp, m, n, seed=3):
    """A transportation program of m sources and n sinks; returns its variables and both kinds of rows."""
    draw = random.Random(seed)
    x = [[lp.Var(lb=0) for _ in range(n)] for _ in range(m)]
    out = [lp.add_constraint(sum(row) <= 3 * n) for row in x]
    into = [lp.add_constraint(sum(row[k] for row in x) >= 2 * m) for k in range(n)]
    lp.objective = sum(draw.randint(1, 99) * flow for row in x for flow in row)
    return x, out, into


def test_rows_are_multiplied_to_make_a_network():
    """In a transportation program every variable has two coefficients of one sign."""
    lp = LinearProgram()
    transportation(lp, 3, 4)
    network = NetworkForm(lp.compile()).network
    assert network.nodes == 8 and len(network.tails) == 12 + 7
    assert {*network.tails[:12]} | {*network.heads[:12]} == {*range(7)}


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (lambda x, y, z: [x + 2 * y <= 4], "R0 are not of one size"),
        (lambda x, y, z: [x + y <= 4, x - z <= 1, x + z >= 1, y <= z + 1], "more than two constraints"),
        (lambda x, y, z: [x + y <= 4, y + z <= 4, z + x <= 4], "no choice of signs"),
    ],
)
def test_what_is_no_network_is_refused_by_name(rows, why):
    """The reason names the constraint or variable; auto answers all the same."""
    lp = LinearProgram()
    x, y, z = (lp.Var(lb=0, ub=9) for _ in range(3))
    for row in rows(x, y, z):
        lp.add_constraint(row)
    lp.objective = x + y + z
    with pytest.raises(NotANetwork, match=why):
        NetworkForm(lp.compile())
    with pytest.raises(OptionError, match=rf"method='network' needs a network, but .*{why}.*'auto'"):
        lp.maximize(method="network")
    assert lp.maximize() > 0


def test_numbers_that_are_no_whole_numbers_of_a_unit_are_not_for_integer_codes():
    """A third is none of any decimal or binary unit; the network simplex takes it as it is."""
    lp = LinearProgram()
    x, y = lp.Var(lb=0, ub=9), lp.Var(lb=0, ub=9)
    row = lp.add_constraint(x - y == 2)
    lp.objective = x / 3 + y
    with pytest.raises(NotANetwork, match="a cost is not a whole number"):
        NetworkForm(lp.compile()).network
    assert lp.minimize(method="network") == 2 / 3
    assert lp.solution.method == "network simplex"
    row.rhs = 1 / 3
    with pytest.raises(NotANetwork, match="a bound or right-hand side is not a whole number"):
        NetworkForm(lp.compile()).network
    assert lp.minimize(method="network") == 1 / 9


def test_small_programs_are_left_to_the_simplex():
    """Another process costs more than the whole solve of a small one, and auto does not begin it."""
    lp = LinearProgram()
    transportation(lp, 5, 6)
    lp.minimize()
    assert "simplex" in lp.solution.method


def star(leaves, *, ends=True, sense=1):
    """A source that sends a unit over any of its leaves to the sink, two of them at a gain of 1 and 2."""
    lp = LinearProgram()
    out, into = ([lp.Var(lb=0, ub=1) for _ in range(leaves)] for _ in range(2))
    for a, b in zip(out, into):
        lp.add_constraint(a - b == 0)
    if ends:
        lp.add_constraint(sum(out) == 2)
        lp.add_constraint(-sum(into) == -2)
    costs = [-1, -2] + [5] * (leaves - 2)
    lp.objective = sum(sense * cost * a for cost, a in zip(costs, out))
    return lp


def test_few_pivots_are_seen_at_first_sight(monkeypatch):
    """Two units that pull and two that are asked for, over paths of few arcs: no network is made to find that out."""
    monkeypatch.setattr(network_module, "_network", None)
    choose(monkeypatch, "in Python")
    lp = star(6_000)
    assert pivots_at_first_sight(lp.compile()) == 4 * (2 + 4 / 2)
    assert pivots_at_first_sight(star(6_000, sense=-1).compile("maximize")) == 4 * (2 + 4 / 2)
    assert lp.minimize() == -3 and "simplex" in lp.solution.method and lp.solution.iterations <= 16
    assert "network" not in lp.solution.method_reason


def test_pivots_are_in_proportion_to_the_rows_where_nothing_tells_that_they_are_few():
    """A path without a hub, much to send, and bounds that are infinite or not at 0."""
    path = LinearProgram()
    xs = [path.Var(lb=0, ub=1) for _ in range(100)]
    for a, b in zip(xs, xs[1:]):
        path.add_constraint(a - b == 0)
    path.objective = -xs[-1]
    assert pivots_at_first_sight(path.compile()) == 1.5 * 99
    for lower, upper in ((0, 100), (0, inf), (-inf, 1), (-80, 0)):
        lp = star(100)
        for j in range(2):
            lp.variables[j].lb, lp.variables[j].ub = lower, upper
        assert pivots_at_first_sight(lp.compile()) == 1.5 * 102


# ---- the answer
def test_prices_by_hand(code):
    """Two sources, one sink: the dearer road is used for what the cheaper one cannot carry."""
    lp = LinearProgram()
    cheap, dear = lp.Var(lb=0, ub=3), lp.Var(lb=0, ub=9)
    demand = lp.add_constraint(cheap + dear == 5)
    limit = lp.add_constraint(-dear >= -4)
    lp.add_constraint(cheap - 0 * dear <= 8)
    other = lp.Var(lb=0)
    need = lp.add_constraint(other - cheap >= 0)
    lp.objective = cheap + 4 * dear + 0.5 * other
    assert lp.minimize() == 3 + 8 + 1.5
    assert lp.solution.method.startswith("network")
    assert (cheap.value, dear.value, other.value) == (3, 2, 3)
    assert (demand.dual, need.dual, limit.dual) == (4, 0.5, 0)
    assert (cheap.reduced_cost, dear.reduced_cost) == (-2.5, 0)


def test_the_reason_says_what_ran(code):
    """`method` names the code, `method_reason` the size and why that code."""
    lp = LinearProgram()
    transportation(lp, 3, 4)
    solution = lp.solve("minimize")
    assert solution.method.startswith("network: OR-Tools" if code == "OR-Tools" else "network simplex")
    assert solution.method_reason.startswith("auto: a network of 19 arcs, and ")
    assert lp.solve("minimize", method="network").method_reason.startswith("asked for: a network of 19 arcs")


def test_whole_data_answer_an_integer_program(code):
    """The relaxation of a network with whole bounds is whole; where the unit is smaller, branch and cut is asked."""
    lp = LinearProgram()
    xs = [lp.IntVar(lb=0, ub=4) for _ in range(4)]
    row = lp.add_constraint(sum(xs) == 7)
    lp.objective = sum((k + 1) * x for k, x in enumerate(xs))
    assert lp.minimize() == 4 + 6 and lp.solution.method.startswith("network")
    assert [x.value for x in xs] == [4, 3, 0, 0] and all(isinstance(x.value, int) for x in xs)
    lp.add_constraint(-xs[0] - xs[1] >= -6.5)
    lp.remove(row)
    lp.add_constraint(sum(xs) - lp.Var(lb=0, ub=0.5) == 6.5)
    assert lp.minimize() == 11 and not lp.solution.method.startswith("network")


def test_edits_go_on_from_the_basis_of_the_flow(code):
    """After the first solve the simplex goes on from where the network code ended, through edits of every kind."""
    lp, fresh = LinearProgram(), LinearProgram()
    x, _out, into = transportation(lp, 6, 7)
    lp.minimize()
    assert lp.solution.method.startswith("network")
    into[2].lb = 15
    x[1][1].ub = 2
    lp.objective += 30 * x[0][0]
    lp.add_constraint(x[0][3] + x[1][3] + 2 * x[2][4] <= 9)  # no network any more
    value = lp.minimize()
    assert lp.solution.method == "dual simplex from the last basis"
    y, _, into = transportation(fresh, 6, 7)
    into[2].lb = 15
    y[1][1].ub = 2
    fresh.objective += 30 * y[0][0]
    fresh.add_constraint(y[0][3] + y[1][3] + 2 * y[2][4] <= 9)
    assert fresh.minimize(method="primal") == pytest.approx(value)


def test_sensitivity_and_basis_without_a_simplex(code):
    """They read the basis of the flow; a new program takes it and has nothing left to do."""
    lp, twin = LinearProgram(), LinearProgram()
    transportation(lp, 4, 4)
    transportation(twin, 4, 4)
    lp.minimize()
    twin.basis = lp.basis
    twin.minimize()
    assert twin.solution.iterations == 0
    assert lp.solution.method.startswith("network")
    assert str(lp.sensitivity()) == str(twin.sensitivity())


def test_infeasible_is_proved_by_a_cut_and_unbounded_by_a_cycle(code):
    """OR-Tools says no more than that it found nothing: there a second run makes a proof, or a simplex."""
    lp = LinearProgram()
    x, y = lp.Var(lb=0, ub=2), lp.Var(lb=0, ub=2)
    row = lp.add_constraint(x + y == 5)
    lp.objective = x
    solution = lp.solve("minimize", method="network")
    assert solution.status is Status.INFEASIBLE and "no flow" in solution.method_reason
    assert solution.method.endswith("a cut that is too narrow") and "No point" in solution.message
    with pytest.raises(Infeasible):
        lp.minimize()
    row.lb = 3
    z, w = lp.Var(lb=0), lp.Var(lb=0)
    lp.add_constraint(z - w == 1)
    lp.objective = x - z
    assert lp.status is Status.UNSOLVED
    assert lp.solve("minimize", method="network").status is Status.UNBOUNDED


def test_a_flow_that_is_no_vertex_is_made_one():
    """Flow goes round a cycle that costs nothing until an arc of it is empty or full."""
    q, i = (lambda *n: array("q", n)), (lambda *n: array("i", n))
    network = Network(3, i(0, 1, 2, 0), i(1, 2, 0, 1), q(9, 9, 9, 9), q(0, 0, 0, 0), q(0, 0, 0))
    flow = at_vertex(network, Flow(q(3, 5, 5, 2), q(0, 0, 0)))
    between = [k for k, f in enumerate(flow.flows) if 0 < f < 9]
    balance = [0, 0, 0]
    for tail, head, f in zip(network.tails, network.heads, flow.flows):
        balance[tail] += f
        balance[head] -= f
    assert balance == [0, 0, 0] and len(between) <= 2
    tree = tree_of(network, flow)
    assert set(between) <= set(tree.arcs) and len(tree.arcs) + len(tree.nodes) == 2


def test_any_flow_is_made_a_vertex():
    """Whatever arcs there are, parallel ones and loops too: the same nets, within capacities, and no cycle between."""
    import networkx as nx

    for seed in range(150):
        draw = random.Random(seed)
        nodes, count = draw.randint(2, 12), draw.randint(1, 60)
        tails, heads = ([draw.randrange(nodes) for _ in range(count)] for _ in range(2))
        capacities = [draw.randint(0, 5) for _ in range(count)]
        before = [draw.randint(0, most) for most in capacities]
        zeros = array("q", bytes(8 * count)), array("q", bytes(8 * nodes))
        network = Network(nodes, array("i", tails), array("i", heads), array("q", capacities), *zeros)
        flows = at_vertex(network, Flow(array("q", before), zeros[1])).flows
        net = [0] * nodes
        for tail, head, was, f, most in zip(tails, heads, before, flows, capacities):
            assert 0 <= f <= most
            net[tail] += f - was
            net[head] -= f - was
        assert not any(net)
        between = nx.MultiGraph([(t, h) for t, h, f, most in zip(tails, heads, flows, capacities) if 0 < f < most])
        assert not between or nx.is_forest(between)


def test_a_greatest_flow_of_many_cycles_is_made_a_vertex(code):
    """What costs nothing may go round everywhere; the network code's flow is the answer all the same."""
    k = 25
    draw = random.Random(4)
    arcs = [(k * i + j, k * i + j + 1) for i in range(k) for j in range(k - 1)]
    arcs += [(k * i + j, k * i + j + k) for i in range(k - 1) for j in range(k)]
    arcs += [(head, tail) for tail, head in arcs]
    capacities = [draw.randint(1, 99) for _ in arcs]
    arcs += [("s", k * i) for i in range(k)] + [(k * i + k - 1, "t") for i in range(k)]
    pipes = MaximumFlow(([u for u, _ in arcs], [v for _, v in arcs]), "s", "t", capacity=capacities + [99] * 2 * k)
    pipes.solve()
    assert pipes.lp.solution.method.startswith("network")
    value = pipes.value
    assert pipes.lp.solve("maximize", method="dual", presolve=True).objective == value


@pytest.mark.skipif(not HAS_ORTOOLS, reason="OR-Tools is not installed")
def test_both_codes_agree_on_larger_networks():
    """The same cost, and prices that prove it, with cycles of cost 0 in plenty."""
    for seed, dearest in ((1, 1), (2, 3), (3, 1000)):
        draw = random.Random(seed)
        lp, nodes = LinearProgram(), 60
        net, xs, ends = [0] * nodes, [], []
        for _ in range(400):
            tail, head = draw.sample(range(nodes), 2)
            most = draw.randint(1, 20)
            here = draw.randint(0, most)
            net[tail] += here
            net[head] -= here
            xs.append(lp.Var(lb=0, ub=most))
            ends.append((tail, head))
        for v in range(nodes):
            out = [x for x, (t, _) in zip(xs, ends) if t == v]
            into = [x for x, (_, h) in zip(xs, ends) if h == v]
            lp.add_constraint(sum(out) - sum(into) == net[v])
        lp.objective = sum(draw.randint(0, dearest) * x for x in xs)
        network = NetworkForm(lp.compile())
        search = TreeSearch(network)
        while not search.wait(0.0):
            pass
        theirs = Lent().child.ask("call", "pplp.engines.networks.ortools_flow:cheapest_flow", network.network)
        found = [search.tree_flow().flow, network.flow_of(theirs)]
        assert [network.complaint(flow) for flow in found] == [None, None]
        costs = [sum(c * f for c, f in zip(network.network.costs, flow.flows)) for flow in found]
        assert costs[0] == costs[1] == lp.minimize(method="dual")


def test_wide_numbers_are_answered_to_the_unit(code):
    """Beyond a simplex's tolerance: a capacity of 1e12 and one of 9, in sums that are exact."""
    lp = LinearProgram()
    most = 10**12
    xs = [lp.Var(lb=0, ub=upper) for upper in (most + 6, most, 9, 9)]
    for row in (xs[0] == most + 6, xs[0] - xs[1] - xs[2] == 0, xs[2] - xs[3] == 0, xs[1] + xs[3] == most + 6):
        lp.add_constraint(row)
    lp.objective = xs[1] + 5 * xs[2] + 5 * xs[3]
    assert lp.minimize() == most + 60 and [x.value for x in xs] == [most + 6, most, 6, 6]
    assert lp.solution.method.startswith("network")


@pytest.mark.skipif(not HAS_ORTOOLS, reason="OR-Tools is not installed")
def test_why_a_code_was_not_taken_is_said(monkeypatch):
    """Whatever gave the answer in the end."""

    choose(monkeypatch, "OR-Tools")
    monkeypatch.setattr(network_module, "_new_child", Lent)
    monkeypatch.setattr(network_module, "_ORTOOLS", "tests.engines.test_networks:overflow")
    lp = LinearProgram()
    transportation(lp, 3, 4)
    solution = lp.solve("minimize", method="network")
    assert solution.method == "network simplex"
    assert solution.method_reason == (
        "asked for: a network of 19 arcs, and network: OR-Tools' cost scaling: too large by far"
    )


def overflow(network):
    """A code that fails."""
    raise OverflowError("too large by far")


def test_a_search_that_another_method_outruns_is_given_up(monkeypatch):
    """After so much work, not time; the reason says so."""
    choose(monkeypatch, "network simplex")
    monkeypatch.setattr(network_module, "_most_work", lambda *of: 10)
    monkeypatch.setattr(tree_flow, "_SLICE", 5)
    lp = LinearProgram()
    transportation(lp, 9, 9)
    value = lp.minimize(method="network")
    assert "simplex" in lp.solution.method and "given up after 5 pivots" in lp.solution.method_reason
    assert lp.minimize(method="primal") == value


# ---- limits
@pytest.fixture(params=CODES[:2])
def slow(request, monkeypatch):
    """A network simplex that makes one pivot at a time, and a program that takes it some."""
    choose(monkeypatch, request.param)
    monkeypatch.setattr(tree_flow, "_SLICE", 1)
    lp = LinearProgram()
    transportation(lp, 8, 9)
    return lp


def test_a_token_stops_the_network_simplex(slow, monkeypatch):
    """Between two slices; then another solve answers."""
    token = CancelToken()
    wait = TreeSearch.wait

    def cancelled(self, seconds):
        token.cancel()
        return wait(self, seconds)

    monkeypatch.setattr(TreeSearch, "wait", cancelled)
    monkeypatch.setattr("pplp.engines.clock._GRACE", -1.0)
    solution = slow.solve("minimize", method="network", cancel=token)
    assert solution.status is Status.INTERRUPTED and not solution.has_solution
    token.reset()
    monkeypatch.setattr(TreeSearch, "wait", wait)
    assert slow.minimize(method="network") > 0


def test_ctrl_c_and_a_listener_stop_the_network_simplex(slow, monkeypatch):
    """What is raised between two slices is raised by the solve, and the program is as it was."""
    with monkeypatch.context() as patch:
        patch.setattr(TreeSearch, "wait", lambda self, seconds: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            slow.minimize(method="network")
    assert slow.solution.status is Status.INTERRUPTED
    with monkeypatch.context() as patch:
        patch.setattr("pplp.engines.clock._AGAIN", 0.0)

        def complain(event):
            assert event.phase == "network"
            raise RuntimeError("enough")

        with pytest.raises(RuntimeError, match="enough"):
            slow.minimize(method="network", progress=complain)
    assert slow.minimize(method="network") > 0


def test_the_iterations_are_the_pivots(slow):
    """The same number each time."""
    counts = {slow.copy().solve("minimize", method="network").iterations for _ in range(3)}
    assert len(counts) == 1 and min(counts) > 0


# ---- the child
class Sleeper(Child):
    """A code that never ends."""

    def tell(self, *message):
        super().tell("call", "time:sleep", 60)


def sleeping_program(monkeypatch):
    """A network whose code never ends."""
    choose(monkeypatch, "OR-Tools")
    monkeypatch.setattr(network_module, "_new_child", Sleeper)
    lp = LinearProgram()
    x, y = lp.Var(lb=0, ub=4), lp.Var(lb=0, ub=4)
    lp.add_constraint(x + y >= 3)
    lp.objective = x + 2 * y
    return lp


def children():
    """The children of this process that are not dead."""
    if not os.path.isdir("/proc/self/task"):
        return set()
    with open(f"/proc/self/task/{threading.get_native_id()}/children") as file:
        return set(file.read().split())


def test_a_time_limit_ends_the_child(monkeypatch):
    """The solve ends with the limit, and the child with it; the program can be solved otherwise."""
    lp, before = sleeping_program(monkeypatch), children()
    with pytest.raises(LimitReached):
        lp.minimize(method="network", time_limit=0.3)
    assert lp.status is Status.TIME_LIMIT
    assert children() <= before
    assert lp.minimize(method="primal") == 3


def test_a_token_ends_the_child(monkeypatch):
    """From another thread."""
    lp, token = sleeping_program(monkeypatch), CancelToken()
    threading.Timer(0.3, token.cancel).start()
    assert lp.solve("minimize", method="network", cancel=token).status is Status.INTERRUPTED
    assert lp.minimize() == 3


def test_an_exception_of_the_progress_ends_the_child(monkeypatch):
    """It is raised, as from any other method."""
    lp, before = sleeping_program(monkeypatch), children()

    def complain(event):
        assert event.phase == "network"
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        lp.minimize(method="network", progress=complain)
    assert children() <= before
    assert lp.minimize() == 3


CTRL_C = """
import os, signal, sys, threading
signal.signal(signal.SIGINT, signal.default_int_handler)
from pplp import LinearProgram
from pplp.engines.child import Child
from pplp.engines.glpk import network
from pplp.engines.networks import form, ortools_flow, structure, tree_flow
for module in (network, form, structure, tree_flow):
    module.loops = None
ortools_flow.is_installed = lambda: True
class Sleeper(Child):
    def tell(self, *message):
        super().tell("call", "time:sleep", 60)
network._new_child = Sleeper
lp = LinearProgram()
x = lp.Var(lb=0, ub=4)
y = lp.Var(lb=0, ub=4)
lp.add_constraint(x + y >= 3)
lp.objective = x + 2*y
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    lp.minimize(method="network")
except KeyboardInterrupt:
    print("interrupted", lp.solution.status, lp.minimize())
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are of POSIX")
def test_ctrl_c_ends_the_child():
    """At once, and the program is as it was."""
    done = subprocess.run([sys.executable, "-c", CTRL_C], capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == ["interrupted", "interrupted", "3.0"], done.stderr


def test_a_child_without_an_engine_calls_functions():
    """One that dies is an error of the call, and one whose function raises raises that here."""
    work = Child()
    work.tell("prepare", "gc:collect")
    assert work.ask("call", "math:sqrt", 9.0) == 3
    with pytest.raises(ValueError):
        work.ask("call", "math:sqrt", -1.0)
    with pytest.raises(SolverCrashed, match="code 3"):
        work.ask("call", "os:_exit", 3)


def test_a_dead_child_leaves_the_answer_to_the_network_simplex(monkeypatch):
    """The reason says so."""

    class Dying(Child):
        def tell(self, *message):
            super().tell("call", "os:_exit", 3)

    lp = sleeping_program(monkeypatch)
    monkeypatch.setattr(network_module, "_new_child", Dying)
    assert lp.minimize(method="network") == 3
    assert "code 3" in lp.solution.method_reason and "simplex" in lp.solution.method


@pytest.mark.parametrize("name", CODES)
def test_a_child_answers_a_larger_network(monkeypatch, name):
    """Through the pipes and back, and from there on warm."""
    choose(monkeypatch, name)
    monkeypatch.setattr(network_module, "_worth", lambda rows, columns: 0.0)
    lp = LinearProgram()
    x, _, into = transportation(lp, 75, 75)
    value = lp.minimize()
    assert ("OR-Tools" in lp.solution.method) is (name == "OR-Tools") and lp.solution.method.startswith("network")
    assert value == pytest.approx(sum(row.dual * row.lb for row in into), rel=1) and value > 0
    assert outcome_complaint(lp.compile("minimize"), lp.solution._outcome) is None
    into[0].lb += 1
    assert lp.minimize() == pytest.approx(value + into[0].dual)
    assert "last basis" in lp.solution.method
    assert all(flow.value >= 0 for row in x for flow in row)


def test_a_row_without_bounds_in_a_network():
    """Its slack flows both ways: 3 at a cost of 1 to the middle, and whatever is left there costs nothing."""
    lp = LinearProgram()
    first, second, third = (lp.Var(name, lb=0, ub=9) for name in ("first", "second", "third"))
    lp.add_constraint(first == 3, row=True)
    middle = lp.add_constraint((-inf, first - second, inf), row=True)
    lp.add_constraint(second - third == 1, row=True)
    lp.objective = first + 2 * second + third
    assert lp.minimize(method="network") == 5
    assert (first.value, second.value, third.value, middle.dual) == (3, 1, 0, 0)
