"""Network structure is found, and answered by codes for networks just as a simplex would answer it."""

from __future__ import annotations

import random
import sys
from math import inf

import pytest

from pplp import LinearProgram, Status
from pplp.glpk import network as network_module
from pplp.networks import ortools_flow
from pplp.verification import outcome_complaint

HAS_ORTOOLS = ortools_flow.is_installed()
CODES = ["out-of-kilter", "OR-Tools"] if HAS_ORTOOLS else ["out-of-kilter"]


class Here:
    """In place of a child: the same work in this process, which is quicker for small networks."""

    def __init__(self, function, *arguments):
        module, name = function.split(":")
        self._answer = getattr(sys.modules[module], name)(*arguments)

    def wait(self, seconds):
        return True

    def result(self):
        return self._answer

    def end(self):
        pass


@pytest.fixture(params=CODES)
def code(request, monkeypatch):
    """Every program that is a network, however small, is answered by this code, in this process."""
    monkeypatch.setattr(network_module, "_MANY_COLUMNS", 0)
    monkeypatch.setattr(network_module, "Child", Here)
    monkeypatch.setattr(ortools_flow, "is_installed", lambda: request.param == "OR-Tools")
    return request.param


def random_program(seed, *, feasible=True):
    """A network of any kind: bounds and rows of all kinds, rows multiplied by numbers, parallel and one-ended arcs."""
    draw = random.Random(seed)
    nodes = draw.randint(2, 7)
    unit, cost_unit = draw.choice([1, 1, 0.5, 0.1]), draw.choice([1, 1, 0.25, 0.01])
    lp = LinearProgram()
    flow, xs = [0] * (nodes + 1), []
    net = [0] * (nodes + 1)
    for _ in range(draw.randint(1, 18)):
        tail, head = draw.sample(range(nodes + 1), 2) if draw.random() < 0.95 else (nodes, nodes)
        low = draw.choice([0, 0, 0, draw.randint(-5, 5), -inf])
        high = draw.choice([inf, draw.randint(1, 9) + (low if low > -inf else 0), low if low > -inf else 4])
        here = max(low, min(high, draw.randint(-3, 6)))
        xs.append((lp.Var(lb=low * unit, ub=high * unit), tail, head))
        net[tail] += here
        net[head] -= here
        cost = draw.randint(-4 if draw.random() < 0.4 else 0, 9)
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
        ends = sorted((factor * least * unit, factor * most * unit))
        lp.add_constraint((ends[0], balance, ends[1]))
    lp.objective = sum(c * cost_unit * x for c, (x, _, _) in zip(flow[nodes + 1 :], xs)) + 3
    return lp, [x for x, _, _ in xs], draw.choice(["minimize", "maximize"])


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
    taken = 0
    for seed in range(block, 240, 4):
        lp, _xs, sense = random_program(seed, feasible=seed % 3 > 0)
        form = lp.compile(sense)
        solution = lp.solve(sense)
        status, objective = by_highs(form)
        expected = {0: Status.OPTIMAL, 2: Status.INFEASIBLE, 3: Status.UNBOUNDED}.get(status)
        if expected is None:
            lp.objective = 0 * _xs[0]
            continue
        assert solution.status is expected, (seed, solution.method)
        if expected is not Status.OPTIMAL:
            assert not solution.method.startswith("network")
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
    assert taken > 20
