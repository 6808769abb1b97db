"""The network simplex: the same tree in C and in Python, the optimum that networkx and HiGHS find, and its proofs."""

from __future__ import annotations

import gc
import random
import subprocess
import sys
import threading
from array import array
from fractions import Fraction
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pplp import LinearProgram, Status
from pplp.engines.networks import NetworkForm, TreeSearch
from pplp.engines.networks.exact_flow import cheapest_flow
from pplp.engines.networks.network_simplex import (
    GOES_ON,
    NOISE,
    OPTIMAL,
    UNBOUNDED,
    Simplex,
    level_above,
    loops,
)
from pplp.form.verification import outcome_complaint

compiled = pytest.mark.skipif(loops is None, reason="the network simplex is not compiled here")


@st.composite
def networks(draw, whole=None):
    """Arcs of any kind, parallel ones and loops too, and supplies that a flow within the capacities has, or not."""
    root, whole = draw(st.integers(0, 6)), draw(st.booleans()) if whole is None else whole
    number = st.integers(0, 9) if whole else st.one_of(st.integers(0, 9), st.floats(0.001, 9))
    node, capacity = st.integers(0, root), st.one_of(st.just(inf), st.just(0), number)
    cost = st.tuples(number, st.sampled_from([1, 1, 1, -1])).map(lambda pair: pair[0] * pair[1])
    arcs = draw(st.lists(st.tuples(node, node, capacity, cost, number), max_size=24))
    supplies = [0.0] * (root + 1)
    for tail, head, most, _, flow in arcs:
        supplies[tail] += min(most, flow)
        supplies[head] -= min(most, flow)
    if root and draw(st.integers(0, 4)) == 0:
        supplies[draw(st.integers(0, root - 1))] += draw(number)
    tails, heads, capacities, costs = (list(column) for column in list(zip(*arcs))[:4]) if arcs else ([], [], [], [])
    return whole, tails, heads, capacities, costs, supplies[:-1]


def both(network, slices=(10**9,)):
    """The simplex in Python, and the one in C where it is, after all pivots."""
    whole, tails, heads, capacities, costs, supplies = network
    level, tolerance = float(level_above([*map(float, costs)], len(supplies))), 0.0 if whole else NOISE
    arrays = array("i", tails), array("i", heads), *(array("d", some) for some in (capacities, costs, supplies))
    found = []
    for kind in [Simplex] if loops is None else [Simplex, loops.Simplex]:
        simplex = kind(*arrays, level, tolerance)
        for count in slices:
            status = simplex.run(count)
        found.append((simplex, status))
    return found


def read(simplex):
    """All that it says, in lists."""
    said = []
    for name, code in (("flows", "d"), ("missed", "d"), ("prices", "d"), ("levels", "d"), ("over", "i"), ("full", "B")):
        said.append(list(array(code, getattr(simplex, name)())))
    return [*said, simplex.pivots, simplex.work]


@compiled
@given(networks(), st.integers(1, 5))
def test_python_and_c_make_the_same_pivots(network, slice_of):
    """To the last bit, whatever the slices."""
    (python, status), (c, other) = both(network)
    assert status == other and status != GOES_ON
    assert python.pivots == c.pivots and python.work == c.work
    if status == UNBOUNDED:
        assert python.ray() == c.ray()
    else:
        assert read(python) == read(c)
        assert read(both(network, [slice_of] * 400)[1][0]) == read(c)


@given(networks(whole=True))
def test_the_optimum_is_that_of_networkx(network):
    """In whole numbers, exactly; infeasible and unbounded likewise."""
    nx = pytest.importorskip("networkx")
    _, tails, heads, capacities, costs, supplies = network
    graph = nx.MultiDiGraph()
    for v, supply in enumerate([*supplies, -sum(supplies)]):
        graph.add_node(v, demand=-int(supply))
    for tail, head, capacity, cost in zip(tails, heads, capacities, costs):
        graph.add_edge(tail, head, capacity=capacity, weight=cost)
    try:
        expected = nx.network_simplex(graph)[0]
    except nx.NetworkXUnfeasible:
        expected = "infeasible"
    except nx.NetworkXUnbounded:
        expected = "unbounded"
    for simplex, status in both(network):
        flows = list(array("d", simplex.flows()))
        own = "infeasible" if any(array("d", simplex.missed())) else sum(c * f for c, f in zip(costs, flows))
        assert (status == UNBOUNDED) if expected == "unbounded" else (own == expected or status == UNBOUNDED)


def program(network):
    """The same as a linear program, and its variables."""
    _, tails, heads, capacities, costs, supplies = network
    lp = LinearProgram()
    xs = [lp.Var(lb=0, ub=capacity) for capacity in capacities]
    for v, supply in enumerate(supplies):
        out = [x for x, t, h in zip(xs, tails, heads) if t == v != h]
        balance = sum(out) - sum(x for x, t, h in zip(xs, tails, heads) if h == v != t)
        if not isinstance(balance, int):
            lp.add_constraint((supply, balance, supply))
    lp.objective = sum(c * x for c, x in zip(costs, xs))
    return lp, xs


@given(networks(whole=False))
def test_real_numbers_are_answered_as_by_a_simplex(network):
    """Status, objective, and duals that prove it; a second solve from the tree has nothing left to do."""
    lp, _ = program(network)
    form = lp.compile()
    if not form.nonzeros:
        return
    other, _ = program(network)
    expected = other.solve("minimize", method="primal")
    solution = lp.solve("minimize", method="network")
    assert solution.status is expected.status, (solution.method_reason, expected.method)
    if solution.status is Status.OPTIMAL:
        assert solution.objective == pytest.approx(expected.objective, abs=1e-9)
        assert outcome_complaint(form, solution._outcome, 1e-9) is None
        if solution.method == "network simplex":
            assert lp.solve("minimize").iterations == 0


def test_fractions_and_large_ints_are_exact():
    """The Python simplex takes numbers of any kind: whole ones beyond 2**53, and thirds."""
    big = 2**70 + 1
    for unit in (1, Fraction(1, 3)):
        costs = [5 * unit, unit, unit]
        simplex = Simplex([0, 0, 1], [2, 1, 2], [big, 3, 3], costs, [big, 0], level_above(costs, 3))
        assert simplex.run(100) == OPTIMAL and not any(simplex.missed())
        assert simplex.flows() == [big - 3, 3, 3] and simplex.prices() == [5 * unit, 4 * unit]


@given(st.data(), st.integers(1, 6), st.integers(0, 16))
def test_exact_flows_of_any_size(data, nodes, count):
    """Ints up to 2**70, and floats: the cost that the Python simplex finds from scratch, in fractions."""
    sizes = st.one_of(
        st.integers(0, 9), st.integers(2**53 - 3, 2**53 + 3), st.integers(0, 2**70), st.floats(0.001, 1e9)
    )
    ends = st.lists(st.integers(0, nodes - 1), min_size=count, max_size=count)
    tails, heads = data.draw(ends), data.draw(ends)
    capacities = data.draw(st.lists(st.one_of(sizes, st.just(inf), st.just(0)), min_size=count, max_size=count))
    weights = data.draw(st.lists(sizes.map(lambda w: w), min_size=count, max_size=count))
    supplies = [Fraction(0)] * nodes
    for tail, head, most in zip(tails, heads, capacities):
        flow = Fraction(data.draw(st.one_of(sizes, st.just(0))))
        flow = flow if most == inf else min(Fraction(most), flow)
        supplies[tail] += flow
        supplies[head] -= flow
    found = cheapest_flow(tails, heads, capacities, weights, supplies)
    assert found.status is Status.OPTIMAL
    exact = [[one if one == inf else Fraction(one) for one in column] for column in (capacities, weights)]
    simplex = Simplex(tails, heads, *exact, supplies, level_above(exact[1], nodes))
    assert simplex.run(10**9) == OPTIMAL and not any(simplex.missed())
    cost = sum(w * f for w, f in zip(exact[1], simplex.flows()))
    assert Fraction(found.cost, found.unit * found.cost_unit) == cost
    left = list(supplies)
    for tail, head, flow, most in zip(tails, heads, found.flows, exact[0]):
        assert 0 <= Fraction(flow, found.unit) <= most
        left[tail] -= Fraction(flow, found.unit)
        left[head] += Fraction(flow, found.unit)
    assert not any(left)


def search_of(lp, sense="minimize"):
    search = TreeSearch(NetworkForm(lp.compile(sense)))
    while not search.wait(0.0):
        pass
    return search


def test_a_ray_is_a_cycle_that_gains():
    """By hand: round and round two arcs without a bound."""
    lp = LinearProgram()
    x, y, z = lp.Var(lb=0), lp.Var(lb=0), lp.Var(lb=0, ub=3)
    lp.add_constraint(x - y + z == 1)
    lp.add_constraint(y - x - z == -1)
    lp.objective = y - 2 * x
    search = search_of(lp)
    assert search.is_unbounded and search.ray_gains()
    solution = lp.solve("minimize", method="network")
    assert solution.status is Status.UNBOUNDED and solution.method == "network simplex"
    assert solution.method_reason.endswith("a cycle gains without limit")
    x.ub = 5
    assert lp.minimize(method="network") == -6


def test_unbounded_is_not_said_of_what_is_infeasible():
    """A cycle gains, but no flow meets the demand."""
    lp = LinearProgram()
    x, y, z = lp.Var(lb=0), lp.Var(lb=0), lp.Var(lb=0, ub=3)
    lp.add_constraint(x - y == 0)
    lp.add_constraint(z == 5.5 - lp.Var(lb=0, ub=1))
    lp.objective = -x
    solution = lp.solve("minimize", method="network")
    assert solution.status is Status.INFEASIBLE and solution.method.endswith("a cut that is too narrow")


@compiled
def test_threads_run_simplexes_of_their_own():
    """One object is refused to a second thread; others do not disturb each other."""
    draw = random.Random(1)
    size = 300
    tails, heads = ([draw.randrange(size + 1) for _ in range(4000)] for _ in range(2))
    network = True, tails, heads, [7] * 4000, [draw.randint(1, 99) for _ in range(4000)], [1.0, -1.0] * (size // 2)
    expected = read(both(network)[1][0])
    found = []
    threads = [threading.Thread(target=lambda: found.append(read(both(network)[1][0]))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


@compiled
def test_the_compiled_class_checks_what_it_is_given():
    """Arrays of another shape, ends that are no nodes, and other types are errors of Python."""
    i, d = (lambda *n: array("i", n)), (lambda *n: array("d", n))
    for wrong in (
        (i(0), i(1, 1), d(1), d(1), d(0)),
        (i(0), i(2), d(1), d(1), d(0)),
        (i(-1), i(1), d(1), d(1), d(0)),
        (i(0), i(1), d(1, 2), d(1), d(0)),
    ):
        with pytest.raises(ValueError):
            loops.Simplex(*wrong, 64.0, 0.0)
    with pytest.raises(TypeError):
        loops.Simplex(1, i(0), d(1), d(1), d(0), 64.0, 0.0)
    for call in (
        lambda: loops.ends(array("q", [0, 1]), i(0), d(), 1),
        lambda: loops.arcs(i(0), i(0), d(0), d(1), d(1), d(1), d(), False),
        lambda: loops.verdict(i(0), i(0), d(1), d(1), d(), d(), d(), 0.0),
    ):
        with pytest.raises(ValueError):
            call()
    assert loops.verdict(i(0), i(5), d(1), d(1), d(), d(0), d(), 0.0) == 1


@compiled
def test_nothing_is_kept():
    """Memory is given back with each simplex, and after each error."""
    gc.collect()
    before = len(gc.get_objects())
    i, d = (lambda *n: array("i", n)), (lambda *n: array("d", n))
    for _ in range(50):
        loops.Simplex(i(0), i(1), d(1), d(1), d(1), 64.0, 0.0).run(9)
        with pytest.raises(ValueError):
            loops.Simplex(i(9), i(1), d(1), d(1), d(1), 64.0, 0.0)
    gc.collect()
    assert len(gc.get_objects()) - before < 20


_NO_MEMORY = """
import _testcapi
from array import array
from pplp.engines.networks.network_simplex import loops
i, d, q = (lambda *n: array("i", n)), (lambda *n: array("d", n)), (lambda *n: array("q", n))
inf = float("inf")
given = i(0, 0, 1), i(1, 2, 2), d(4, 9, 9), d(1, 5, 1), d(6, 0), 64.0, 0.0
ring = i(0, 1), i(1, 0), d(inf, inf), d(-1, 0), d(0, 0), 64.0, 0.0
form = q(0, 1, 2), i(0, 0), d(1, -1), 1
sides = i(0), i(1), d(0), d(9), d(1), d(0, 1), d(3, 1), False
flow = i(0), i(1), d(9), d(1), d(1), d(1), d(1), 0.0

def work():
    s = loops.Simplex(*given)
    s.run(100)
    r = loops.Simplex(*ring)
    r.run(100)
    return (s.flows(), s.missed(), s.prices(), s.levels(), s.over(), s.full(), s.pivots, s.work, r.ray(),
            loops.ends(*form), loops.wholes(d(1, 2)), loops.arcs(*sides), loops.verdict(*flow))

expected, failed = work(), 0
for n in range(90):
    _testcapi.set_nomemory(n, n + 1)
    try:
        found = work()
    except MemoryError:
        failed += 1
        found = expected
    finally:
        _testcapi.remove_mem_hooks()
    assert found == expected and work() == expected
print(failed > 10)
"""


@compiled
def test_memory_that_ends_anywhere_is_an_error():
    """Each allocation fails once: MemoryError, and the next call is right."""
    pytest.importorskip("_testcapi")
    done = subprocess.run([sys.executable, "-c", _NO_MEMORY], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr
