"""The program of 2011, and everything that the first pplp could do."""

from __future__ import annotations

import pytest

from pplp import Infeasible, LinearProgram, Status


@pytest.mark.parametrize(("kind", "best"), [("IntVar", 732.0), ("Var", 2200 / 3)])
def test_program_of_2011(kind, best):
    """Three variables, three rows, three bounds, letter for letter."""
    lp = LinearProgram()
    x, y, z = getattr(lp, kind)(), getattr(lp, kind)(), getattr(lp, kind)()
    lp.objective = 10 * x + 6 * y + 4 * z
    lp.add_constraint(x + y + z <= 100)
    lp.add_constraint(10 * x + 4 * y + 5 * z <= 600)
    lp.add_constraint(2 * x + 2 * y + 6 * z <= 300)
    lp.add_constraint(x >= 0)
    lp.add_constraint(y >= 0)
    lp.add_constraint(z >= 0)

    assert lp.maximize() == pytest.approx(best, abs=1e-12)
    if kind == "IntVar":
        assert (x.value, y.value, z.value) == (33, 67, 0)
        assert [type(v.value) for v in (x, y, z)] == [int, int, int]


def test_objective_grows_before_it_was_assigned(lp):
    """+= and -= start from nothing."""
    x, y = lp.Var(lb=0, ub=3), lp.Var(lb=1, ub=5)
    lp.objective += 2 * x
    lp.objective -= y

    assert lp.maximize() == 5.0
    assert lp.minimize() == -5.0


def test_chains_are_one_constraint(lp):
    """A range of an expression is one row, a range of a variable one bound."""
    x, y = lp.Var("x"), lp.Var("y")
    row = lp.add_constraint(0 <= 2 * x + 3 * y <= 7)
    bound = lp.add_constraint(0 <= x <= 10)

    assert (row.lb, row.ub, bound.lb, bound.ub) == (0, 7, 0, 10)
    assert lp.compile().rows == 1
    lp.objective = x
    lp.add_constraint(0 <= y)
    assert lp.maximize() == 3.5


def test_small_notations(lp):
    """0 <= y, x*4 == 8, 0 + x, e += 3*lp.Var(), -1.0*v."""
    x, y = lp.Var(), lp.Var()
    lp.add_constraint(x * 4 == 8)
    lp.add_constraint(0 <= y)
    lp.add_constraint(y <= 0 + x)
    e = 0 + x
    e += 3 * lp.Var(lb=-2, ub=2)
    lp.objective = e + -1.0 * y

    assert lp.maximize() == 8.0
    assert x.value == 2.0


def test_sums(lp):
    """acc = 0; acc += sum(generator); and sums of nothing."""
    xs = [lp.Var(lb=0, ub=i) for i in range(5)]
    acc = 0
    acc += sum(x for x in xs)
    a, b = lp.Var(lb=0, ub=9), lp.Var(lb=3, ub=4)
    lp.add_constraint(sum([]) + a - b == 0)
    lp.objective = acc + a

    assert lp.maximize() == 14.0


def test_int_and_float_of_a_variable(lp):
    """int(x) and float(x) are of the value."""
    x, y = lp.IntVar(lb=0, ub=7), lp.Var(lb=0, ub=2.5)
    lp.objective = x + y
    lp.maximize()

    assert int(x) == 7
    assert float(x) == 7.0
    assert float(y) == 2.5
    with pytest.raises(ValueError, match="not an integer"):
        int(y)


def test_variable_in_no_constraint(lp):
    """It is solved at a bound, or is free to be anything."""
    x, y = lp.Var(lb=0, ub=4), lp.Var()
    lp.objective = x

    assert lp.maximize() == 4.0
    assert y.value == 0.0


def test_flows_are_exact(lp):
    """`if v.value:` works on a 0/1 flow."""
    n = 12
    x = {(i, j): lp.Var(lb=0) for i in range(n) for j in range(n)}
    for i in range(n):
        lp.add_constraint(sum(x[i, j] for j in range(n)) == 1)
        lp.add_constraint(sum(x[j, i] for j in range(n)) == 1)
    lp.objective = sum(((i * 7 + j * 5) % 11 + 0.1) * v for (i, j), v in x.items())
    lp.minimize()

    assert sorted(i for (i, j), v in x.items() if v.value) == list(range(n))
    assert {v.value for v in x.values()} == {0.0, 1.0}


# --- what the first pplp got wrong
def test_free_by_default(lp):
    """A variable without bounds goes below 0."""
    x = lp.Var()
    lp.add_constraint(x >= -5)
    lp.objective = x

    assert lp.minimize() == -5.0


def test_second_bound_intersects(lp):
    """The tighter of two bounds holds, in either order."""
    x = lp.Var(ub=10)
    lp.add_constraint(x <= 4)
    lp.add_constraint(x <= 7)
    lp.objective = x

    assert lp.maximize() == 4.0
    assert x.ub == 4.0


def test_constants_and_both_sides(lp):
    """Constants move to the right-hand side, variables to the left."""
    x, y = lp.Var(), lp.Var(lb=0)
    c = lp.add_constraint(3 * x + 5 <= 2 * x + y + 7)
    lp.add_constraint(y <= 1)
    lp.objective = x + 1

    assert str(c) == "x0 - x1 <= 2"
    assert lp.maximize() == 4.0


def test_repeated_variable_merges(lp):
    """x + x is 2 x."""
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    row = lp.add_constraint(x + x + y - x + x <= 6)
    lp.objective = x + x

    assert row.coefficient(x) == 2.0
    assert lp.maximize() == 6.0


def test_infeasible_raises(lp):
    """No answer is made up."""
    x, y = lp.Var(lb=0), lp.Var(lb=0)
    lp.add_constraint(x + y <= 1)
    lp.add_constraint(x + y >= 2)
    with pytest.raises(Infeasible):
        lp.maximize()
    assert lp.status is Status.INFEASIBLE
    with pytest.raises(Infeasible):
        _ = x.value
