"""An integer variable without a value: the message names the constraint or the bounds, as they were written."""

from __future__ import annotations

from io import StringIO

import pytest

from pplp import Infeasible, LinearProgram, Status, solve_many
from tests.support.engines import ENGINES

REMEDY = "Change the constraint, or make i continuous."


def single(make, engine="glpk", lb=0, ub=10):
    """An integer i from lb to ub with one more constraint, named c."""
    lp = LinearProgram(solver=engine)
    i = lp.IntVar("i", lb=lb, ub=ub)
    lp.objective = i
    lp.add_constraint(make(i), name="c")
    return lp, i


ALONE = {
    "2 i == 3": lambda i: 2 * i == 3,
    "4 i == 6": lambda i: 4 * i == 6,
    "-2 i == 3": lambda i: -2 * i == 3,
    "3 <= 2 i <= 3.5": lambda i: (2 * i).between(3, 3.5),
    "i == 0.5": lambda i: i == 0.5,
    "0.01 <= 0.1 i <= 0.02": lambda i: (0.1 * i).between(0.01, 0.02),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("text", ALONE)
def test_a_constraint_that_no_integer_satisfies(text, engine):
    """The message and lint name the constraint as it was written, not bounds that were rounded."""
    lp, i = single(ALONE[text], engine)
    solution = lp.solve("minimize")
    assert solution.status is Status.INFEASIBLE
    assert solution.message == f"No integer i satisfies c: {text}. {REMEDY}"
    with pytest.raises(Infeasible, match="No integer i satisfies c: "):
        lp.minimize()
    assert "i integer" in str(lp.explain()) or "i >= 0" in str(lp.explain())
    found = [finding for finding in lp.lint() if finding.severity == "error"]
    if text != "-2 i == 3":  # which contradicts i >= 0, too
        assert [finding.message for finding in found] == [f"no integer i satisfies c: {text}"]
        assert [thing.name for thing in found[0].things] == ["i", "c"]
    i.integer, i.lb = False, -10
    assert lp.solve("minimize").status is Status.OPTIMAL


@pytest.mark.parametrize(
    ("make", "optimum"),
    [(lambda i: 2 <= 3 * i, 1), (lambda i: -3 * i >= -4, 0), (lambda i: 4 * i == 8, 2), (lambda i: 0.1 * i == 0.3, 3)],
)
def test_a_constraint_that_an_integer_satisfies(make, optimum):
    """2 <= 3 i has i = 1; 0.1 i == 0.3 has i = 3, although 0.3 / 0.1 is not 3 in floats."""
    lp, i = single(make)
    assert lp.minimize() == optimum and i.value == optimum


@pytest.mark.parametrize("engine", ENGINES)
def test_two_constraints_that_leave_no_integer(engine):
    """i >= 1.5 and i <= 1.8: the message names both; without a name, a constraint is shown as it is."""
    lp, i = single(lambda i: 2 * i >= 3, engine)
    lp.add_constraint(5 * i <= 9)
    expected = "No integer i satisfies both c: 2 i >= 3 and 5 i <= 9. Change a bound, or make i continuous."
    assert lp.solve("minimize").message == expected


def test_own_bounds_that_leave_no_integer():
    """The bounds are shown as they were given, and so is a constraint with one of them."""
    lp = LinearProgram()
    i = lp.IntVar("i", lb=0.2, ub=0.7)
    assert lp.solve("minimize").message.startswith("No integer i satisfies 0.2 <= i <= 0.7.")
    i.ub = 9
    lp.add_constraint(2 * i <= 1, name="half")
    assert lp.solve("minimize").message.startswith("No integer i satisfies both i >= 0.2 and half: 2 i <= 1.")
    i.lb = 5
    assert lp.solve("minimize").message.startswith("No integer i satisfies both i >= 5 and half: 2 i <= 1.")


def test_a_removed_constraint_does_not_count():
    """Of two constraints that no integer satisfies, the message names the one that is left."""
    lp, i = single(lambda i: 2 * i == 3)
    lp.add_constraint(4 * i == 6, name="left")
    lp.remove(lp.constraints[0])
    assert "satisfies left: 4 i == 6." in lp.solve("minimize").message


def test_the_bounds_of_a_continuous_variable():
    """Nothing was rounded, so the engine's message is right."""
    lp = LinearProgram()
    i, x = lp.IntVar("i", lb=0, ub=4), lp.Var("x", lb=3)
    lp.add_constraint(x + 0 * i <= 2)
    assert lp.solve("minimize").message == "The variable x has no value between its bounds 3.0 and 2.0."


@pytest.mark.parametrize("isolate", [False, True])
def test_in_a_batch(isolate):
    """A program of a batch has the same message."""
    lp, _ = single(ALONE["2 i == 3"])
    (solution,) = solve_many([lp], "minimize", isolate=isolate, workers=1)
    assert solution.message == f"No integer i satisfies c: 2 i == 3. {REMEDY}"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("row", "required"),
    [("2 i = 3", "i == 1.5"), ("-4 i = 6", "i == -1.5"), ("3 <= 2 i <= 3.5", "1.5 <= i <= 1.75")],
)
def test_a_row_of_a_file(row, required, engine):
    """In an LP file, a row of one variable stays a row: the message names it, and the value that it requires."""
    text = f"minimize\n obj: i + j\nsubject to\n c: {row}\n d: i + j >= 1\ngenerals\n i\nend\n"
    lp = LinearProgram.read(StringIO(text), "lp")
    lp.solver = engine
    expected = f"No integer i satisfies the constraint c, which requires {required}."
    assert lp.solve("minimize").message == expected
