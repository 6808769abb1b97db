"""Solving again: only the difference is sent, from the last basis."""

from __future__ import annotations

import random

import pytest

from pplp import LinearProgram, Status, dot
from pplp.form.matrix_form import Edits
from tests.support.engines import ENGINES


@pytest.fixture
def sparse():
    """A 120 x 120 program of nonnegative coefficients, solved once."""
    r = random.Random(9)
    lp = LinearProgram()
    xs = [lp.Var(lb=0, ub=r.randrange(5, 21)) for _ in range(120)]
    rows = [
        lp.add_constraint(dot([r.randrange(1, 10) for _ in range(6)], r.sample(xs, 6)) <= r.randrange(20, 101))
        for _ in range(120)
    ]
    lp.objective = dot([r.randrange(1, 101) for _ in xs], xs)
    lp.maximize()
    return lp, xs, rows


def test_warm_starts_need_few_iterations(sparse):
    """Hundreds of edits together take fewer pivots than a few cold starts, and end at the same optimum."""
    lp, xs, rows = sparse
    r = random.Random(3)
    cold = lp.relaxed().solve("maximize").iterations
    assert cold > 30
    spent = 0
    for k in range(60):
        if k % 3 == 0:
            xs[r.randrange(120)].ub = r.randrange(1, 21)
        elif k % 3 == 1:
            rows[r.randrange(120)].ub = r.randrange(10, 121)
        else:
            xs[r.randrange(120)].cost = r.randrange(1, 121)
        solution = lp.solve("maximize")
        assert "last basis" in solution.method
        spent += solution.iterations
        if k % 10 == 0:
            assert solution.objective == pytest.approx(lp.relaxed().maximize(), rel=1e-9)
    assert spent < 5 * cold


def test_only_the_difference_is_sent(sparse, monkeypatch):
    """One edit makes one entry; nothing is loaded again."""
    lp, xs, rows = sparse
    engine = lp._session.engine
    seen: list[Edits] = []
    update = type(engine).update
    monkeypatch.setattr(type(engine), "update", lambda self, e, form: (seen.append(e), update(self, e, form))[1])
    monkeypatch.setattr(type(engine), "load", lambda self, form: pytest.fail("loaded again"))

    xs[7].ub = 3
    lp.maximize()
    rows[5].ub = 11
    lp.maximize()
    lp.objective += 2 * xs[9]
    lp.maximize()
    rows[4].set_coefficient(xs[0], 4)
    lp.maximize()
    lp.maximize()

    assert seen[0].column_bounds == {7: (0, 3)}
    assert seen[1].row_bounds == {5: (float("-inf"), 11)}
    assert list(seen[2].costs) == [9]
    assert list(seen[3].row_terms) == [4]
    assert not any(getattr(seen[4], k) for k in ("column_bounds", "row_bounds", "costs", "row_terms"))


def test_solving_twice_takes_no_iteration(sparse):
    """Nothing changed, nothing to do."""
    lp, _, _ = sparse
    assert lp.solve("maximize").iterations == 0


@pytest.mark.heavy
def test_growing_and_shrinking_a_live_program(sparse):
    """New columns, new rows and removals agree with a cold start."""
    lp, xs, rows = sparse
    for k in range(12):
        new = lp.Var(lb=0, ub=5)
        new.cost = 30 + k
        lp.add_constraint(new + xs[k] + xs[k + 1] <= 12)
        if k % 2:
            lp.remove(rows[k], xs[100 - k])
        assert lp.maximize() == pytest.approx(lp.relaxed().maximize(), rel=1e-9)


def test_other_sense_of_a_live_program(sparse):
    """minimize after maximize is a new objective, not a new program."""
    lp, _, _ = sparse
    best = lp.maximize()
    assert lp.minimize() == 0.0
    assert lp.maximize() == pytest.approx(best)


def test_infeasible_and_back(sparse):
    """An edit makes it infeasible, another feasible again."""
    lp, xs, rows = sparse
    best = lp.maximize()
    rows[0].lb = rows[0].ub
    extra = lp.add_constraint(sum(xs) >= 1e6)
    assert lp.solve("maximize").status is Status.INFEASIBLE
    lp.remove(extra)
    rows[0].lb = float("-inf")
    assert lp.maximize() == pytest.approx(best)


def test_numbers_of_an_old_solution_are_kept_when_somebody_holds_them(sparse):
    """They are read out of the engine before it goes on."""
    lp, xs, rows = sparse
    solution = lp.solve("maximize")
    expected = lp.relaxed()
    expected.maximize()
    xs[0].cost = 500
    lp.maximize()
    assert solution.objective == pytest.approx(
        sum(x.cost * solution[x] for x in xs[1:]) + solution[xs[0]] * expected[xs[0]].cost
    )
    assert [round(solution.dual(c), 9) for c in rows] == [round(expected[c].dual, 9) for c in rows]


def test_a_linear_program_that_becomes_an_integer_one(lp):
    """The basis of the relaxation is not taken for an answer; and back again."""
    x, y = lp.Var(lb=0, ub=9), lp.Var(lb=0, ub=9)
    lp.add_constraint(2 * x + 3 * y <= 7.5)
    lp.objective = x + y

    assert lp.maximize() == 3.75
    x.integer = y.integer = True
    assert lp.maximize() == 3.0
    assert x.value + y.value == 3
    x.integer = y.integer = False
    assert lp.maximize() == 3.75
    n = lp.IntVar(lb=0, ub=0.5)
    lp.objective += n
    assert lp.maximize() == 3.75
    lp.remove(x, y, n)
    assert lp.maximize() == 0.0


@pytest.mark.parametrize("solver", ENGINES)
def test_answers_that_are_mended_once_are_looked_at_from_then_on(solver):
    """Also where the program was loaded anew since: two equations fix x, and GLPK's own answer is off by 1e-8."""
    lp = LinearProgram(solver=solver)
    x, y = lp.Var("x"), lp.Var("y", ub=1e8)
    lp.add_constraint(0.0014663334038992491 * x + 3 * y == -3.5191441788013598)
    lp.add_constraint(-0.0014663334038992491 * x + 5 * y == -0.8738994560080551)
    lp.add_constraint(0.0016898117215861132 * x - 0.43182117779633106 * y >= -4.2899354374359095)
    for sign in (-1, 1, -1, 1, -1):
        lp.objective = sign * 0.002361407530404763 * x - 0.4911611519346303 * y
        warm = lp.maximize()
        assert warm == pytest.approx(lp.relaxed().maximize(), rel=1e-12)
