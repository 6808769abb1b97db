"""Edits of whole arrays: costs, kinds, bounds, fixed values; arrays as keys; removal; ranges; all of it by label."""

from __future__ import annotations

from math import inf

import pytest

from pplp import ExpressionError, ForeignObject, InvalidValue, LinearProgram, Scenario
from tests.core.test_edits import cutting_stock
from tests.support.engines import ENGINES

np = pytest.importorskip("numpy")


@pytest.fixture(params=ENGINES)
def lp(request):
    """An empty program of each solver."""
    return LinearProgram(solver=request.param)


@pytest.mark.parametrize("solver", ENGINES)
def test_rows_of_an_array_are_filled_by_columns(solver):
    """With row=True, and as the bounds that they are without it."""

    def begin(master, counts, ordered, row):
        rolls = master.Vars((len(counts),), lb=0)
        rolls.cost = 1
        return master.add_constraint(np.diag(counts) @ rolls >= ordered, row=row).flat

    for row in (True, False):
        assert cutting_stock(solver, lambda *given, row=row: begin(*given, row), columns=True) == 22.5


def test_a_column_over_an_array_of_rows(lp):
    """A key of column= may be an array of constraints."""
    x = lp.Vars((2,), "x", lb=0, ub=9)
    rows = lp.add_constraint(x <= [4, 5])
    y = lp.Var("y", lb=0, cost=1, column={rows: [2, 1]})
    assert (lp.maximize(), y.value, rows.dual.tolist()) == (2, 2, [0.5, 0])
    with pytest.raises(InvalidValue):
        lp.Var(column={rows: [1, 2, 3]})


def test_terms_of_a_product_with_an_array(lp):
    """As those of any expression."""
    x = lp.Vars((2,), "a")
    e = np.array([2, 3]) @ x
    assert (e.terms, e.coefficient(x[1]), e.constant) == (((x[0], 2.0), (x[1], 3.0)), 3, 0)


def test_costs_kinds_and_values_of_arrays(lp):
    """Of one number and of many, in views too."""
    x = lp.Vars((2, 3), "x", lb=0, ub=1.5)
    x.cost = [[1, 2, 3], [4, 5, 6]]
    assert lp.maximize() == 31.5
    x.integer = True
    assert (lp.maximize(), x.integer.tolist()) == (21, [[True] * 3] * 2)
    x[:, 0].integer = [False, True]
    x[1].cost = 0
    assert (lp.maximize(), x.cost.tolist()) == (6.5, [[1, 2, 3], [0, 0, 0]])
    assert x.integer.tolist() == [[False, True, True], [True] * 3]
    x.integer = False
    x.bounds = [0, 0, 0], [[1, 2, 3], [4, 5, 6]]
    assert lp.maximize() == 14
    x.fix(x.value)
    assert (x.is_fixed.all(), lp.minimize()) == (True, 14)
    x[0].unfix()
    assert (lp.minimize(), x.is_fixed.tolist()) == (0, [[False] * 3, [True] * 3])
    assert [side.tolist() for side in x[0].bounds] == [[0, 0, 0], [1, 2, 3]]


@pytest.mark.parametrize("first, second", [("lb", "ub"), ("ub", "lb")])
def test_both_bounds_of_arrays_in_either_order(lp, first, second):
    """Some up, some down; of variables and of constraints."""
    x = lp.Vars((3,), "x", lb=0, ub=10)
    y = lp.Vars((3,), "y")
    rows = lp.add_constraint(x + y >= 0)
    lp.objective = x.sum() + (x + y).sum()
    for values in ([1, 2, 3], [3, 2, 1], [0, 9, -4]):
        for array in (x, rows):
            setattr(array, first, values)
            setattr(array, second, values)
        assert lp.minimize() == 2 * sum(values)
        assert rows.rhs.tolist() == values
    rows.bounds = [5, 6, 7], 9
    assert (rows.lb.tolist(), rows.ub.tolist(), rows.bounds[1].tolist()) == ([5, 6, 7], [9] * 3, [9] * 3)
    x.bounds = 0, 9
    x.lb = [1, 11, 2]
    with pytest.raises(InvalidValue, match=r"lower bound 11 of x\[1\] is above its upper bound 9"):
        lp.minimize()


def test_edits_of_arrays_are_all_or_nothing(lp):
    """One wrong element, and nothing changes."""
    x = lp.Vars((3,), "x", lb=0, ub=10, integer=True)
    rows = lp.add_constraint(0 <= x - x[::-1] <= 4)
    x.cost = 1
    before = lp.compile()
    wrong = [
        lambda: setattr(x, "cost", [1, 2, inf]),
        lambda: setattr(x, "cost", [1, 2]),
        lambda: setattr(x, "lb", [1, 2, np.nan]),
        lambda: setattr(x, "ub", [1, 2, -inf]),
        lambda: setattr(x, "bounds", ([1, 2, 3], [4, 5, 2])),
        lambda: setattr(x, "integer", [True, False, 0.5]),
        lambda: x.fix([1, 2, 2.5]),
        lambda: x.fix([1, 2, inf]),
        lambda: setattr(rows, "bounds", ([1, 2, 3], [4, 5, 2])),
        lambda: setattr(rows, "lb", [1, 1, inf]),
        lambda: setattr(rows, "rhs", [1, 1, 1]),
        lambda: lp.remove(x[:2], x[2], LinearProgram().Var()),
    ]
    for edit in wrong:
        with pytest.raises((InvalidValue, ForeignObject)):
            edit()
    with pytest.raises(ExpressionError):
        lp.remove([x[0]])
    with pytest.raises(ExpressionError):
        x.cost = x
    assert lp.compile() == before
    assert not x.is_fixed.any()


def test_arrays_as_keys(lp):
    """Of start= and of scenarios: arrays with arrays, keyed variables with mappings or one number."""
    x = lp.Vars((2,), "x", lb=0, ub=4, integer=True)
    buy = lp.Vars(["milk", "bread"], "buy", lb=0, ub=3, integer=True)
    rows = lp.add_constraint(x + list(buy.values()) <= [5, 6])
    x.cost = 1
    for one in buy.values():
        one.cost = 2
    assert lp.maximize(start={x: [1, 2], buy: {"milk": 1, "bread": 0}}) == 17
    assert lp.maximize(start={x: 0, buy: 3}) == 17
    cases = [
        Scenario(ub={x: [1, 0]}),
        Scenario(lb={buy: {"milk": 2}}, ub={buy: 2}),
        Scenario(rhs={rows: [3, 4]}),
        Scenario(cost={x: [5, 0], buy: {"bread": 0}}),
        Scenario(),
    ]
    # (1+0) + 12; x <= (3, 4) and 8; 6 + (0, 1); 5 x0 + 2 milk = 20 + 2; as it is
    assert [s.objective for s in lp.scenarios(cases, sense="maximize", workers=1)] == [13, 15, 13, 22, 17]
    with pytest.raises(InvalidValue, match="'beer'"):
        lp.maximize(start={buy: {"beer": 1}})
    with pytest.raises(InvalidValue):
        lp.scenarios([Scenario(ub={x: [1, 2, 3]})], workers=1)


def test_remove_takes_arrays(lp):
    """Variables, constraints and keyed variables, several at once."""
    x, buy = lp.Vars((2, 2), "x", lb=0, ub=1), lp.Vars(["a", "b"], lb=0, ub=1)
    rows, one = lp.add_constraint(x.sum(axis=0) <= 1), lp.add_constraint(x[0, 0] <= 0.5)
    lp.objective = x.sum() + sum(buy.values())
    assert lp.maximize() == 4
    lp.remove(rows, one)
    assert (lp.maximize(), lp.constraints) == (6, [])
    lp.remove(x[0], buy)
    assert (lp.maximize(), lp.variables) == (2, list(x[1]))


def test_ranges_of_arrays(lp):
    """`between`, triples and chains are the same."""
    x = lp.Vars((3,), "x")
    lp.objective = x.sum()
    low, high = np.array([0, 1, -inf]), [2, 3, 4]
    for relation in (x.between(low, high), (low, x, high), low <= x, (2 * x).between(2 * low, np.array(high) * 2)):
        rows = lp.add_constraint(relation)
        if not isinstance(relation, tuple) and relation._upper[0] == inf:
            rows.ub = high
        assert (lp.maximize(), rows.lb[2]) == (9, -inf)
        x[2].lb = 0
        assert lp.minimize() == 1
        x[2].lb = -inf
        lp.remove(rows)
    with pytest.raises(InvalidValue, match=r"\[1\] of the array can never hold"):
        lp.add_constraint(x.between([0, 2, 0], 1))
    for wrong in (x, "0", [0, 1]):
        with pytest.raises((ExpressionError, InvalidValue)):
            x.between(wrong, 5)


@pytest.mark.parametrize("make", ["pandas", "polars"])
def test_labelled_arrays(lp, make):
    """By label, in any order."""
    package = pytest.importorskip(make)
    if make == "pandas":
        keys = package.Index(["a", "b", "c"], name="k")

        def by(values):
            return package.Series(values).rename_axis("k")

        def plain(series):
            return series.to_dict()
    else:
        keys = package.DataFrame({"k": ["a", "b", "c"]})

        def by(values):
            return package.DataFrame({"k": list(values), "v": list(values.values())})

        def plain(frame):
            return dict(frame.iter_rows())

    x = lp.Vars(keys, "x", lb=0, ub=9)
    x.cost = by({"c": 3, "b": 2, "a": 1})
    assert (lp.maximize(), plain(x.cost)) == (54, {"a": 1, "b": 2, "c": 3})
    x.fix(by({"c": 1, "a": 2, "b": 10}))
    assert (lp.maximize(), plain(x.is_fixed)) == (25, dict.fromkeys("abc", True))
    x.unfix()
    x.bounds = by({"b": 1, "a": 0, "c": 2}), 4
    assert (lp.minimize(), plain(x.bounds[0])) == (8, {"a": 0, "b": 1, "c": 2})
    x.integer = True
    assert plain(x.integer) == dict.fromkeys("abc", True)
    rows = lp.add_constraint(x.between(by({"c": 3, "a": 1, "b": 2}), 9))
    assert (lp.minimize(), plain(rows.lb)) == (14, {"a": 1, "b": 2, "c": 3})
    rows.bounds = by({"c": 0, "a": 0, "b": 4}), by({"c": 9, "a": 9, "b": 4})
    assert lp.minimize() == 14
    assert lp.minimize(start={x: by({"c": 2, "b": 4, "a": 0})}) == 14
    case = Scenario(ub={x: by({"c": 2, "a": 1, "b": 4})}, rhs={}, lb={rows: by({"a": 1, "b": 4, "c": 0})})
    assert lp.scenarios([case], workers=1)[0].objective == 15
    lp.remove(rows)
    assert lp.minimize() == 8
    with pytest.raises(InvalidValue):
        x.cost = by({"a": 1, "b": 2})
    with pytest.raises(ExpressionError):
        x.fix([1, 2, 3])
