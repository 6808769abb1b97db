"""Explanations: conflicts are held against HiGHS, whole and without each member; places are lines of this file."""

from __future__ import annotations

import copy
import inspect
import os
import pickle
import random
from math import inf

import pytest

import pplp
from pplp import Constraint, ForeignObject, Infeasible, InvalidValue, LinearProgram, OptionError, Status, Variable
from pplp.core.expressions import variable_at
from pplp.core.origins import Origin
from pplp.errors import Unbounded
from tests.support.random_programs import random_program


def here() -> int:
    """The line of the caller."""
    return inspect.currentframe().f_back.f_lineno


def feasible(lp: LinearProgram, members) -> bool:
    """Do the members alone have a point?  By HiGHS."""
    pytest.importorskip("scipy")
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    variables = list(lp.variables)
    place = {x: j for j, x in enumerate(variables)}
    lower, upper = np.full(len(variables), -inf), np.full(len(variables), inf)
    whole = np.zeros(len(variables))
    rows, lows, highs = [], [], []
    for member in members:
        if member.side == "integer":
            whole[place[member.of]] = 1
            continue
        row = np.zeros(len(variables))
        if isinstance(member.of, Variable):
            row[place[member.of]] = 1
        else:
            for j, a in zip(*member.of.expression._parts()[:2]):
                row[place[variable_at(lp, j)]] += a
        rows.append(row)
        lows.append(member.bound if member.side == "lower" else -inf)
        highs.append(member.bound if member.side == "upper" else inf)
    if not rows:
        return True
    done = milp(
        np.zeros(len(variables)),
        constraints=LinearConstraint(np.array(rows), lows, highs),
        bounds=Bounds(lower, upper),
        integrality=whole,
    )
    assert done.status in (0, 2), done.message
    return done.status == 0


def check_conflict(lp: LinearProgram) -> None:
    """Infeasible as a whole, feasible without any one; each member is as the program has it."""
    why = lp.explain()
    assert why.kind == "infeasible" and why.is_irreducible and why.conflict
    for member in why.conflict:
        if member.side == "integer":
            assert member.of.integer and member.bound is None
        else:
            assert member.bound == (member.of.lb if member.side == "lower" else member.of.ub)
    assert not feasible(lp, why.conflict)
    for k in range(len(why.conflict)):
        assert feasible(lp, why.conflict[:k] + why.conflict[k + 1 :]), why


def check_repairs(lp: LinearProgram, least: float) -> None:
    """The total is that of an elastic program made here, and the program is feasible when the bounds have moved."""
    why = lp.explain()
    assert why.total_change == pytest.approx(least, abs=1e-6)
    twin = lp.copy()
    for repair in why.repairs:
        assert repair.change > 0
        setattr(twin[repair.of], "lb" if repair.side == "lower" else "ub", repair.to)
    assert twin.solve(feasibility_tolerance=1e-6).status is not Status.INFEASIBLE


def least_change(lp: LinearProgram) -> float:
    """By HiGHS, every constraint elastic, the variables' own bounds not."""
    pytest.importorskip("scipy")
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    variables, constraints = list(lp.variables), list(lp.constraints)
    n, m = len(variables), len(constraints)
    rows = np.zeros((m, n + 2 * m))
    for i, c in enumerate(constraints):
        for j, a in zip(*c.expression._parts()[:2]):
            rows[i, variables.index(variable_at(lp, j))] += a
        rows[i, n + i], rows[i, n + m + i] = 1, -1
    own = [(lp._columns.lower[x._index], lp._columns.upper[x._index]) for x in variables]
    done = milp(
        np.r_[np.zeros(n), np.ones(2 * m)],
        constraints=LinearConstraint(rows, [c.lb for c in constraints], [c.ub for c in constraints]),
        bounds=Bounds([lo for lo, _ in own] + [0] * 2 * m, [hi for _, hi in own] + [inf] * 2 * m),
        integrality=[x.integer for x in variables] + [0] * 2 * m,
    )
    return done.fun if done.status == 0 else inf


@pytest.mark.parametrize("integers", [False, True])
def test_random_programs(integers):
    """Every infeasible one has a conflict that HiGHS confirms by member, and the least change that HiGHS finds."""
    r = random.Random(5 + integers)
    seen = 0
    while seen < 40:
        lp = random_program(r, integers=integers)
        status = lp.solve().status
        if status is not Status.INFEASIBLE:
            continue
        seen += 1
        check_conflict(lp)
        least = least_change(lp)
        if least < inf:
            check_repairs(lp, least)


def test_what_the_relaxation_does_not_see():
    """Conflicts by integrality alone: odd cycles, divisors, bounds between two integers."""
    lp = LinearProgram()
    x, y, z = (lp.BoolVar(name) for name in "xyz")
    lp.add_constraints(a + b <= 1 for a, b in ((x, y), (y, z), (x, z)))
    need = lp.add_constraint(3 * x + 3 * y + 3 * z >= 4)
    lp.add_constraint(x + y + z <= 3)
    check_conflict(lp)
    check_repairs(lp, 1.0)
    assert lp.explain(weights={need: 5}).repairs[0].of != need
    lp = LinearProgram()
    a, b = lp.IntVar("a", lb=0, ub=9), lp.IntVar("b")
    odd = lp.add_constraint(2 * a + 2 * b == 7)
    check_conflict(lp)
    assert {(m.of, m.side) for m in lp.explain().conflict} == {
        (odd, "lower"),
        (odd, "upper"),
        (a, "integer"),
        (b, "integer"),
    }
    lp = LinearProgram()
    n = lp.IntVar("n", lb=0.2, ub=0.8)
    why = lp.explain()
    assert {(m.of, m.side) for m in why.conflict} == {(n, "lower"), (n, "upper"), (n, "integer")}
    assert why.repairs == () and "weights={x: 1" in why.repair_note and why.total_change is None
    assert lp.explain(weights={n: 2}).total_change == pytest.approx(0.4)


def test_crossed_bounds_and_constraints_of_one_variable():
    """The constraints that set the bounds, with factors of both signs."""
    lp = LinearProgram()
    x = lp.Var("x", lb=0)
    low, high = lp.add_constraint(2 * x >= 10), lp.add_constraint(-x >= -3)
    lp.add_constraint(x <= 4)
    why = lp.explain()
    assert [(m.of, m.side, m.bound) for m in why.conflict] == [(low, "lower", 10.0), (high, "lower", -3.0)]
    check_conflict(lp)
    assert why.total_change == pytest.approx(3.0)  # x to 5 moves two bounds by 2 + 1, to 3 one by 4


def test_a_row_that_lost_its_variables():
    """It alone can never hold."""
    lp = LinearProgram()
    x, y = lp.Var(), lp.Var()
    row = lp.add_constraint(x + y >= 4, name="row")
    lp.remove(x, y)
    why = lp.explain()
    assert [m.of for m in why.conflict] == [row]
    assert str(why).startswith("Infeasible. This can never hold:\n  row: 0 >= 4")


def test_weights():
    """They choose what moves; infinity holds it; a variable's own bound moves where it is named."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0, ub=2), lp.Var("y", lb=0)
    need = lp.add_constraint(x + y >= 6)
    most = lp.add_constraint(2 * y - x <= 3)

    def moved(weights):
        why = lp.explain(weights=weights)
        assert why.repair_note == ""
        return {(r.of, r.side): r.to for r in why.repairs}, why.total_change

    assert moved({}) == ({(need, "lower"): 4.5}, 1.5)
    assert moved({need: 10}) == ({(most, "upper"): 6.0}, 3.0)
    assert moved({need: inf, most: 4}) == ({(most, "upper"): 6.0}, 12.0)
    assert moved({need: inf, most: inf, x: 1}) == ({(x, "upper"): 3.0}, 1.0)
    assert lp.explain(weights={need: inf, most: inf}).repairs == ()
    for wrong, error in (
        ({need: -1}, InvalidValue),
        ({need: float("nan")}, InvalidValue),
        ({"need": 1}, InvalidValue),
        ({LinearProgram().Var(): 1}, ForeignObject),
    ):
        with pytest.raises(error):
            lp.explain(weights=wrong)
    with pytest.raises(InvalidValue, match="weights must be a mapping"):
        lp.explain(weights=[need])


def test_feasible_and_unbounded():
    """The ray, and the variables whose own cost pulls: not those that are carried along."""
    lp = LinearProgram(trace=True)
    x, y, z = lp.Var("x", lb=0), lp.Var("y", lb=0), lp.Var("z", lb=0, ub=1)
    line = here() - 1
    lp.add_constraint(x - 2 * y <= 3)
    assert str(lp.explain()) == "The program is feasible."
    lp.objective = x - y + z
    assert lp.explain("minimize").kind == "unbounded"  # y alone
    lp.solve("maximize")
    why = lp.explain()
    assert dict(why.ray) == {x: 2.0, y: 1.0}
    assert why.missing == ((x, "upper"),)
    assert why.conflict == why.repairs == () and why.total_change is None
    assert f"the upper bound of x   {__file__}:{line}" in str(why)
    x.ub = 50
    assert lp.explain("maximize").kind == "feasible"
    with pytest.raises(OptionError):
        lp.explain("max")
    with pytest.raises(InvalidValue):
        lp.explain(time_limit=-1)


def test_out_of_time():
    """It says so, and names nothing that is not sure."""
    lp = LinearProgram()
    xs = lp.Vars(60, lb=0, ub=1, integer=True)
    r = random.Random(3)
    lp.add_constraint(sum(r.randint(10**6, 10**7) * 2 * x for x in xs) + xs[0] * 0 == 10**8 + 1)
    lp.add_constraint(sum(xs) <= 30)
    lp.add_constraint(sum(xs) + 0.5 * xs[3] >= 1)
    assert lp.explain(time_limit=0).kind in ("infeasible", "unknown")


# --------------------------------------------------------------------- the message of the error
def test_the_message_names_the_conflict():
    """When it is read; and only as long as the program is as it was."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(x + y <= 3, name="most")
    line = here() - 1
    need = lp.add_constraint(x - y >= 4, name="need")
    with pytest.raises(Infeasible) as caught:
        lp.maximize()
    text = str(caught.value)
    assert text.startswith("No point satisfies all constraints and bounds. These cannot all hold:\n")
    assert f"most: x + y <= 3   {__file__}:{line}\n" in text and "need: x - y >= 4" in text
    assert str(caught.value) == text
    twin = pickle.loads(pickle.dumps(caught.value))
    assert (str(twin), twin.solution.status) == (text, Status.INFEASIBLE)
    with pytest.raises(Infeasible) as caught:
        lp.minimize()
    lp.remove(need)
    assert str(caught.value) == "No point satisfies all constraints and bounds."


def test_raising_does_not_look_for_a_conflict(monkeypatch):
    """Only reading does."""
    import pplp.diagnosis.message

    calls = []
    monkeypatch.setattr(pplp.diagnosis.message, "brief_explanation", lambda program: calls.append(program) or "Aha.")
    lp = LinearProgram()
    x, y = lp.Var(lb=0), lp.Var(lb=0)
    lp.add_constraint(x + y <= -1)
    with pytest.raises(Infeasible) as caught:
        lp.minimize()
    assert not calls
    assert str(caught.value).endswith("Aha.") and repr(caught.value)
    assert calls == [lp]


# --------------------------------------------------------------------- many
def planted(rows: int, columns: int) -> tuple[LinearProgram, list[Constraint]]:
    """Rows around a point, and a ring of five, four of which the point satisfies."""
    r = random.Random(2)
    lp = LinearProgram()
    xs = list(lp.Vars(columns, lb=0, ub=100))
    point = [r.randint(0, 50) for _ in xs]
    for k in range(rows - 5):
        js = r.sample(range(columns), 6)
        a = [r.choice([-3, -2, -1, 1, 2, 3, 5]) for _ in js]
        value = sum(p * point[j] for p, j in zip(a, js))
        e = sum(p * xs[j] for p, j in zip(a, js))
        lp.add_constraint(e <= value + r.randint(0, 20) if k % 3 else e >= value - r.randint(0, 20))
    js = sorted(r.sample(range(columns), 5), key=lambda j: -point[j])
    ring = [lp.add_constraint(xs[i] - xs[j] >= 1) for i, j in zip(js, js[1:] + js[:1])]
    return lp, ring


@pytest.mark.slow
def test_five_among_ten_thousand():
    """Found, and nothing beside them."""
    lp, ring = planted(10_000, 3_000)
    why = lp.explain(time_limit=6000)
    assert why.is_irreducible
    assert {member.of for member in why.conflict} == set(ring)


def test_a_long_chain():
    """A conflict that needs all of its 150 rows, among 600."""
    lp = LinearProgram()
    xs = list(lp.Vars(600))
    chain = [lp.add_constraint(xs[k + 1] - xs[k] >= 1) for k in range(149)]
    chain.append(lp.add_constraint(xs[149] - xs[0] <= 140))
    lp.add_constraints(xs[k + 1] + xs[k] <= 1000 for k in range(150, 599))
    why = lp.explain()
    assert why.is_irreducible and {member.of for member in why.conflict} == set(chain)
    assert why.total_change == pytest.approx(9.0)


# --------------------------------------------------------------------- places
def place(thing):
    """(is it this file, line)."""
    return thing.origin and (thing.origin.file == __file__, thing.origin.line)


def test_the_place_of_every_kind():
    """Rows, named ones, bounds, constants, arrays, reformulations, generators: the user's own line."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0, ub=9), lp.Var("y", lb=0, ub=9)
    assert x.origin is None
    line = here()
    row = lp.add_constraint(x + y <= 4)
    named = lp.add_constraint(x - y <= 4, name="named")
    bound = lp.add_constraint(x <= 5)
    constant = lp.add_constraint(sum([]) <= 5)
    record = lp.add_constraint(abs(x - y) >= 1)
    xs = lp.Vars((2, 2), lb=0)
    array = lp.add_constraint(xs.sum(axis=1) <= [3, 4])
    again = lp.add_constraint(x + 2 * y <= 4)
    assert [place(c) for c in (row, named, bound, constant)] == [(True, line + k) for k in (1, 2, 3, 4)]
    assert {place(c) for c in record.constraints} == {(True, line + 5)}
    assert {place(v) for v in xs.flat} == {(True, line + 6)}
    assert {place(c) for c in array} == {(True, line + 7)}
    assert place(again) == (True, line + 8)
    assert lp.Var().origin is None
    assert str(Origin("plan.py", 3)) == "plan.py:3"


def test_the_place_of_generators_is_where_they_yield():
    """Of lists it is the call."""
    lp = LinearProgram()
    x = lp.Vars(5, lb=0)

    def rules():
        for k in range(4):
            yield x[k] + x[k + 1] <= 3
            yield x[k] - x[k + 1] <= 3
        yield x[0] <= 8

    line = here()
    made = lp.add_constraints(rules())
    assert [place(c) for c in made] == [(True, line - 4), (True, line - 3)] * 4 + [(True, line - 2)]
    listed = lp.add_constraints([x[0] + x[2] <= 2, x[1] + x[2] <= 2])
    assert {place(c) for c in listed} == {(True, line + 3)}
    alone = lp.add_constraints(x[k] + x[0] <= 9 for k in (1, 2))
    assert {place(c) for c in alone} == {(True, line + 5)}
    with pytest.raises(InvalidValue):
        lp.add_constraints([x[3] + x[4] <= 1, False])
    assert place(lp.constraints[12]) == (True, line + 8)


def test_loops_and_two_lines_in_turn():
    """Each row has the line of its own call."""
    lp = LinearProgram()
    x, y = lp.Var(), lp.Var()

    def more():
        return lp.add_constraint(x - y <= 1), here()

    expected = []
    for k in range(5):
        expected += [(lp.add_constraint(x + y <= k), here())]
        expected += [(lp.add_constraint(x + 2 * y <= k), here())]
        expected += [more()] if k % 2 else []
    for c, line in expected:
        assert place(c) == (True, line)


def test_what_is_traced_can_be_chosen():
    """Nothing, constraints, all; at any time."""
    lp = LinearProgram(trace=False)
    x, y = lp.Var(), lp.Var()
    first = lp.add_constraint(x + y <= 1)
    bound = lp.add_constraint(x <= 1)
    assert lp.Vars(2)[0].origin is first.origin is bound.origin is None and lp.trace is False
    lp.trace = True
    z, n, b = lp.Var("z"), lp.IntVar("n"), lp.BoolVar("b")
    line = here() - 1
    second = lp.add_constraint(x + y <= 2)
    assert [place(v) for v in (z, n, b)] == [(True, line)] * 3 and place(second) == (True, line + 2)
    lp.trace = "constraints"
    w = lp.Var()
    assert w.origin is None and lp.trace == "constraints" and place(z) == (True, line)
    lp.trace = False
    third = lp.add_constraint(x + y <= 3)
    assert third.origin is None and place(second) == (True, line + 2)
    with pytest.raises(OptionError):
        lp.trace = "variables"


def test_copies_and_pickles_keep_the_places():
    """And go on recording."""
    lp = LinearProgram(trace=True)
    x, y = lp.Var(), lp.Var()
    rows = [lp.add_constraint(x + y <= 1), lp.add_constraint(x <= 1)]
    for k in range(3):
        rows.append(lp.add_constraint(x - k * y <= 1))
        rows.append(lp.add_constraint(x + (k + 1) * y <= 1))
    for twin in (lp.copy(), copy.deepcopy(lp), pickle.loads(pickle.dumps(lp)), lp.relaxed()):
        assert [twin[c].origin for c in rows] == [c.origin for c in rows]
        assert twin[x].origin == x.origin and place(x)[0] and twin.trace is True
        more = twin.add_constraint(twin[x] + twin[y] <= 2)
        assert place(more) == (True, here() - 1)
        assert [twin[c].origin for c in rows] == [c.origin for c in rows]


def test_an_interrupted_call_makes_no_place_wrong():
    """A row without a record leaves those near it without a place, not with another's."""
    lp = LinearProgram()
    x, y = lp.Var(), lp.Var()
    rows = []
    for k in range(3):
        rows.append(lp.add_constraint(x + y <= k))
    del lp._rows.origins.instructions[1]
    assert [c.origin for c in rows] == [None] * 3
    rows.append(lp.add_constraint(x + 2 * y <= 1))
    assert [c.origin for c in rows] == [None] * 4
    later = lp.add_constraint(x - y <= 1, name="later")
    assert [c.origin for c in rows] == [None] * 4
    assert place(later) == (True, here() - 2)
    lp, *rows, later = pickle.loads(pickle.dumps((lp, *rows, later)))
    assert [c.origin for c in rows] == [None] * 4
    assert place(later) == (True, here() - 5)


def test_rows_that_the_package_writes_have_no_place_of_its_own():
    """Those of a graph's helper, say, which adds them one by one."""
    lp = LinearProgram()
    x, y = lp.Var(), lp.Var()
    source = "def helper(lp, x, y):\n    return lp.add_constraint(x + y <= 1), lp.add_constraint(x <= 1)"
    scope = {}
    exec(compile(source, os.path.join(os.path.dirname(pplp.__file__), "helper.py"), "exec"), scope)
    assert [c.origin for c in scope["helper"](lp, x, y)] == [None, None]
    exec(compile(source, "plan.py", "exec"), scope)
    assert [c.origin for c in scope["helper"](lp, x, y)] == [Origin("plan.py", 2)] * 2


def test_a_bound_is_missing_where_no_row_holds_the_variable():
    """The message of the error names every bound that the costs ask for; the ray tells which of them counts."""
    lp = LinearProgram()
    x, y, z = lp.Var("x", lb=0), lp.Var("y", lb=0), lp.Var("z", ub=0)
    held = lp.add_constraint(x - z <= 4)  # x + |z| <= 4
    lp.objective = x + y + z
    with pytest.raises(Unbounded, match=r"without limit\. x has no upper bound; y has no upper bound\.$"):
        lp.maximize()
    assert lp.explain().missing == ((y, "upper"),)
    assert (lp.minimize(), z.value) == (-4.0, -4.0)
    lp.remove(held)
    with pytest.raises(Unbounded, match=r"without limit\. z has no lower bound \(a variable is free"):
        lp.minimize()
    assert lp.explain().missing == ((z, "lower"),)


def test_the_total_has_the_digits_that_a_reader_needs():
    """1e-05, not what is left of 1.00001 - 1 in binary."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(x + y >= 1 + 1e-5)
    lp.add_constraint(x + y <= 1)
    assert "feasible, 1e-05 in total" in str(lp.explain())
