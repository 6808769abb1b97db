"""Each mistake is an error of our own tree that names the thing and the remedy, and changes nothing."""

from __future__ import annotations

from math import inf, nan

import pytest

from pplp import (
    ExpressionError,
    ForeignObject,
    InvalidValue,
    LinearProgram,
    OptionError,
    PplpError,
    RemovedObject,
)


@pytest.fixture
def model():
    """A small program, solved, and a variable and constraint that were removed."""
    lp = LinearProgram(name="plan")
    x, y, gone = lp.Var("x", lb=0, ub=4), lp.Var("y", lb=0, ub=4), lp.Var("gone", lb=0, ub=1)
    lp.objective = x + 2 * y + gone
    row = lp.add_constraint(x + y <= 5, name="row")
    bound = lp.add_constraint(y <= 3, name="bound")
    old = lp.add_constraint(x + gone <= 50, name="old")
    lp.remove(old, gone)
    lp.maximize()
    return lp, x, y, row, bound, old, gone


BAD = {
    "crossed bounds": (lambda m: m[0].Var("z", lb=3, ub=1), InvalidValue, "lower bound 3 of z"),
    "NaN bound": (lambda m: m[0].Var("z", lb=nan), InvalidValue, "z"),
    "text bound": (lambda m: m[0].Var("z", lb="0"), ExpressionError, "z"),
    "bounds at infinity": (lambda m: m[0].Var("z", lb=inf), InvalidValue, "z"),
    "name twice": (lambda m: m[0].Var("x"), InvalidValue, "'x'"),
    "empty name": (lambda m: m[0].Var(""), InvalidValue, "non-empty text"),
    "number as name": (lambda m: m[0].Var(3), InvalidValue, "text"),
    "NaN coefficient": (lambda m: m[0].add_constraint(nan * m[1] <= 3), InvalidValue, "x"),
    "infinite coefficient": (lambda m: setattr(m[0], "objective", inf * m[1]), InvalidValue, "x"),
    "text operand": (lambda m: m[0].add_constraint(m[1] + "3" <= 3), TypeError, "unsupported"),
    "foreign variable": (lambda m: m[0].add_constraint(LinearProgram().Var() <= 3), ForeignObject, "'plan'"),
    "expression as constraint": (lambda m: m[0].add_constraint(m[1] + m[2]), ExpressionError, "Compare it"),
    "number as constraint": (lambda m: m[0].add_constraint(3), ExpressionError, "not a constraint"),
    "text as constraint": (lambda m: m[0].add_constraint("x <= 3"), ExpressionError, "not a constraint"),
    "False as constraint": (lambda m: m[0].add_constraint(sum([]) >= 1), InvalidValue, "can never hold"),
    "constant row": (lambda m: m[0].add_constraint(m[1] - m[1] >= 1), InvalidValue, "never hold"),
    "crossed row": (lambda m: m[0].add_constraint((7, m[1] + m[2], 3)), InvalidValue, "never hold"),
    "constraint name twice": (lambda m: m[0].add_constraint(m[1] + m[2] <= 3, name="row"), InvalidValue, "'row'"),
    "constraint name of a bound": (lambda m: m[0].add_constraint(m[1] <= 3, name="row"), InvalidValue, "'row'"),
    "unknown option": (lambda m: m[0].maximize(time_limt=3), OptionError, "time_limit"),
    "negative time limit": (lambda m: m[0].maximize(time_limit=-1), OptionError, "-1"),
    "NaN time limit": (lambda m: m[0].maximize(time_limit=nan), OptionError, "nan"),
    "zero tolerance": (lambda m: m[0].maximize(feasibility_tolerance=0), OptionError, "1e-12"),
    "unknown method": (lambda m: m[0].maximize(method="magic"), OptionError, "'auto'"),
    "unknown sense": (lambda m: m[0].solve("max"), OptionError, "'maximize'"),
    "fractional node limit": (lambda m: m[0].solve(node_limit=1.5), OptionError, "nonnegative integer"),
    "bad log": (lambda m: m[0].solve(log=3), OptionError, "callable"),
    "bad progress": (lambda m: m[0].solve(progress=3), OptionError, "callable"),
    "removed variable in a row": (lambda m: m[0].add_constraint(m[1] + m[6] <= 3), RemovedObject, "removed"),
    "removed variable in a bound": (lambda m: m[0].add_constraint(m[6] <= 3), RemovedObject, "removed"),
    "removed variable in the objective": (lambda m: setattr(m[0], "objective", m[6] + 1), RemovedObject, "removed"),
    "bound of a removed variable": (lambda m: setattr(m[6], "ub", 3), RemovedObject, "removed"),
    "value of a removed variable": (lambda m: m[6].value, RemovedObject, "removed"),
    "removing twice": (lambda m: m[0].remove(m[5]), RemovedObject, "removed"),
    "edit of a removed constraint": (lambda m: setattr(m[5], "ub", 3), RemovedObject, "removed"),
    "dual of a removed constraint": (lambda m: m[5].dual, RemovedObject, ""),
    "removing text": (lambda m: m[0].remove("x"), ExpressionError, "variables and constraints"),
    "removing half": (lambda m: m[0].remove(m[3], m[5]), RemovedObject, "removed"),
    "removing another's": (lambda m: m[0].remove(LinearProgram().Var()), ForeignObject, "'plan'"),
    "crossing bounds": (lambda m: setattr(m[1], "bounds", (9, 4)), InvalidValue, "lower bound 9 of x"),
    "crossing sides of a row": (lambda m: setattr(m[3], "bounds", (9, 4)), InvalidValue, "never hold"),
    "bounds that are no pair": (lambda m: setattr(m[1], "bounds", 3), ExpressionError, "a pair"),
    "half a pair of bounds": (lambda m: setattr(m[1], "bounds", (None, 3)), ExpressionError, "a pair"),
    "None as a bound": (lambda m: setattr(m[1], "ub", None), ExpressionError, "math.inf"),
    "None as a side of a row": (lambda m: setattr(m[3], "ub", None), ExpressionError, "math.inf"),
    "fixed at NaN": (lambda m: m[1].fix(nan), InvalidValue, "x"),
    "fixed at infinity": (lambda m: m[1].fix(inf), InvalidValue, "finite"),
    "fixed at text": (lambda m: m[1].fix("3"), ExpressionError, "must be a number"),
    "NaN edit": (lambda m: setattr(m[3], "ub", nan), InvalidValue, "NaN"),
    "NaN cost": (lambda m: setattr(m[1], "cost", nan), InvalidValue, "x"),
    "NaN new coefficient": (lambda m: m[3].set_coefficient(m[1], nan), InvalidValue, "x"),
    "row=True of True": (lambda m: m[0].add_constraint(sum([]) <= 5, row=True), ExpressionError, "(-math.inf, 0, 5)"),
    "row=True of a function": (lambda m: m[0].add_constraint(abs(m[1]) <= 5, row=True), ExpressionError, "row=True"),
    "column of a removed row": (lambda m: m[0].Var("z", column={m[3]: 1, m[5]: 1}), RemovedObject, "removed"),
    "column of a variable": (lambda m: m[0].Var("z", column={m[1]: 1}), ExpressionError, "column="),
    "column that is a bound": (lambda m: m[0].Var("z", 0, 9), ExpressionError, "lb=0"),
    "NaN in a column": (lambda m: m[0].Var("z", column={m[3]: 1, m[4]: nan}), InvalidValue, "bound"),
    "column with a NaN cost": (lambda m: m[0].Var("z", column={m[4]: 1}, cost=nan), InvalidValue, "new variable"),
    "column with a name of another": (lambda m: m[0].Var("x", column={m[4]: 1}), InvalidValue, "'x'"),
    "coefficient of a number": (lambda m: (m[1] + m[2]).coefficient(3), ExpressionError, "not a variable"),
    "a format of text": (lambda m: f"{m[1]:d}x", InvalidValue, "format 'd'"),
    "range has no rhs": (lambda m: m[0].add_constraint((0, m[1] + m[2], 9)).rhs, InvalidValue, ".lb and .ub"),
    "objective of text": (lambda m: setattr(m[0], "objective", "x"), ExpressionError, "linear expression"),
    "objective of a relation": (lambda m: setattr(m[0], "objective", m[1] <= 3), ExpressionError, "add_constraint"),
    "negative count": (lambda m: m[0].Vars(-1), InvalidValue, "not negative"),
    "half a count": (lambda m: m[0].Vars(1.5), InvalidValue, "count"),
    "key twice": (lambda m: m[0].Vars(["a", "a"]), InvalidValue, "twice"),
    "bounds of another length": (lambda m: m[0].Vars(3, ub=[1, 2]), InvalidValue, "2 entries for 3"),
    "one crossed among many": (lambda m: m[0].Vars(3, lb=[0, 5, 0], ub=4), InvalidValue, "lower bound 5"),
    "name of one taken": (lambda m: (m[0].Var("v[1]"), m[0].Vars(3, "v"))[0] and None, InvalidValue, "v[1]"),
    "value of text": (lambda m: m[0].value("x"), ExpressionError, "no value"),
}


@pytest.mark.parametrize("case", list(BAD))
def test_mistake(model, case):
    """The error, its words, and the program unchanged."""
    mistake, kind, words = BAD[case]
    lp = model[0]
    before = lp.compile("maximize")
    text = str(lp)
    with pytest.raises(kind) as caught:
        mistake(model)
    assert words in str(caught.value)
    assert isinstance(caught.value, PplpError) or case == "text operand"
    if case not in ("name of one taken", "range has no rhs"):
        assert lp.compile("maximize") == before
        assert str(lp) == text
        assert lp.status.value == "optimal"
    assert lp.maximize() == 8.0


def test_a_failed_name_leaves_no_hole(lp):
    """The variable after a refused one gets its place."""
    a = lp.Var("a")
    with pytest.raises(InvalidValue):
        lp.Var("a")
    b = lp.Var("b")
    assert [v._index for v in (a, b)] == [0, 1]
    assert str(a + b) == "a + b"


def test_true_is_a_row_that_holds(lp):
    """As sum([]) <= 5 is."""
    row = lp.add_constraint(sum([]) <= 5, name="nothing")
    x = lp.Var(lb=0, ub=1)
    lp.objective = x
    lp.maximize()
    assert (row.dual, row.value, row.name, row.slack) == (0.0, 0.0, "nothing", inf)
    assert str(lp.add_constraint(x - x <= 5)) == "0 <= 5"


def test_repr_of_what_was_removed(model):
    """Printing never raises."""
    assert "removed" in repr(model[5])
    assert repr(model[6])
    assert "plan" in repr(model[0])


@pytest.mark.parametrize(
    "deed",
    [
        lambda lp, x: lp.add_constraint(x <= 1),
        lambda lp, x: lp.add_constraint(abs(x) <= 1),
        lambda lp, x: lp.maximize([x]),
        lambda lp, x: setattr(lp, "objective", x),
        lambda lp, x: lp.remove(x),
        lambda lp, x: lp.explain(weights={x: 2}),
        lambda lp, x: lp.verify({x: 2}),
    ],
)
def test_things_of_two_programs(deed):
    """One wording for all of them: what it is, whose it is and whose it should be."""
    lp, x = LinearProgram(name="mine"), LinearProgram(name="theirs").Var("x", lb=0)
    with pytest.raises(
        ForeignObject, match=r"x\W? .*belongs to program 'theirs', but is used in program 'mine'\. Use this pro"
    ):
        deed(lp, x)
