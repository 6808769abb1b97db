"""abs, maximum, >>, sos1 and the like over whole arrays: what they are, what they leave, what they refuse."""

from __future__ import annotations

import copy
import pickle

import pytest

from pplp import (
    ExpressionError,
    ForeignObject,
    InvalidValue,
    LinearProgram,
    RemovedObject,
    maximum,
    minimum,
    piecewise,
    semicontinuous,
    sos1,
    sos2,
    truth,
)

np = pytest.importorskip("numpy")


# ---- what they mean
def test_distances_to_points(lp):
    """The place with the least sum of distances to 1, 5 and 8 is the middle one: 4 + 0 + 3."""
    place, t = lp.Var("place", lb=0, ub=9), lp.Vars(3, "t")
    far = abs(place - np.array([1, 5, 8]))
    records = lp.add_constraint(t >= far, "far")
    lp.objective = t.sum()
    assert lp.minimize() == 7.0
    assert far.value.tolist() == [4.0, 0.0, 3.0]
    assert lp.value(far).tolist() == lp.solution.value(far).tolist() == [4.0, 0.0, 3.0]
    assert (far.sum().value, (2 * far - t).sum().value, lp.value(far[0] + 1)) == (7.0, 7.0, 5.0)
    assert not records.variables and len(records.constraints) == 6  # convex: rows alone


def test_the_side_decides_element_by_element(lp):
    """Where a bound tells the sign no binary is made, in the same array."""
    x = lp.Vars(2, "x", lb=[-3, 0], ub=3)
    t = lp.Vars(2, "t", lb=0, ub=9)
    records = lp.add_constraint(t <= abs(x), "t")
    assert [len(record.variables) for record in records] == [1, 0]
    lp.objective = t.sum()
    assert lp.maximize() == 6.0


def test_implications_and_sets_along_an_axis(lp):
    """By hand: at most one element of a row, and a column is open only where its binary is 1."""
    x = lp.Vars((2, 3), "x", lb=0, ub=4)
    shut = lp.Vars(3, "shut", lb=0, ub=1, integer=True)
    sets = lp.add_constraint(sos1(x, axis=1), "row")
    assert sets.shape == (2,)
    lp.add_constraint(shut >> (x <= [1, 2, 0]), "shut")
    lp.objective = x @ [1, 1, 2] @ np.ones(2)
    assert lp.maximize() == 16.0
    lp.add_constraint(shut.sum() == 3)
    assert lp.maximize() == 4.0
    lp.remove(sets)
    assert lp.maximize() == 6.0
    lp.add_constraint(semicontinuous(x, 2, [4, 4, 4]))
    assert lp.maximize() == 4.0
    open_ = lp.add_constraint((1 - shut) >> (x >= 1))
    assert open_.shape == (2, 3)


def test_greatest_of_one_array_and_along_an_axis(lp):
    """As numpy.max: of all, or along an axis; a list of arrays is element by element, whatever its length."""
    x = lp.Vars((2, 3), "x")
    values = np.array([[1, 5, 2], [4, 0, 6]])
    x.lb = x.ub = 0
    x.ub = values
    x.lb = values
    lp.minimize()
    assert maximum(x).value == 6.0 and minimum(x).value == 0.0
    for axis in (0, 1, -1, (0, 1), (1, 0)):
        assert np.array(lp.value(maximum(x, axis=axis))).tolist() == values.max(axis=axis).tolist()
        assert np.array(lp.value(minimum(x, axis=axis))).tolist() == values.min(axis=axis).tolist()
    assert maximum([x]).value.tolist() == values.tolist()
    assert maximum([x, 3]).value.tolist() == np.maximum(values, 3).tolist()
    assert maximum(x[0], x[1]).value.tolist() == [4.0, 5.0, 6.0]
    assert maximum(np.array([1, 2]), [3, 0]).tolist() == [3.0, 2.0]
    assert maximum(x[:, :0], x[:, :0]).shape == (2, 0)
    with pytest.raises(InvalidValue, match="empty list"):
        maximum(x[:, :0], axis=1)


def test_variables_by_key(lp):
    """The mapping is its variables, not its keys; a plain dictionary and a set are refused."""
    load = lp.Vars([3, 7], "load", lb=0, ub=5)
    assert str(maximum(load)) == "maximum(load[3], load[7])"
    assert str(sos1(load)) == "sos1(load[3], load[7])"
    for take in (maximum, minimum, sos1, sos2):
        with pytest.raises(ExpressionError, match=r"gives its keys. Write \w+\(d.values\(\)\)"):
            take(dict(load.items()))
        with pytest.raises(ExpressionError, match="no order"):
            take(set(load.values()))


def test_values_of_single_functions(lp):
    """lp.value and solution.value read them, as .value does; an old solution keeps its own."""
    x, y = lp.Var("x", lb=0, ub=3.7), lp.IntVar("y", lb=0, ub=3)
    lp.objective = x + y
    lp.maximize()
    old = lp.solution
    for read in (lp.value, old.value):
        assert read(abs(x - 5)) == pytest.approx(1.3)
        assert (read(maximum(x, y)), read(truth(x <= 2)), read(2 * truth(y >= 3) + 1)) == (3.7, 0, 3.0)
        assert read(piecewise(x, [(0, 0), (4, 8)])) == pytest.approx(7.4)
    lp.minimize()
    assert (lp.value(maximum(x, y)), old.value(maximum(x, y))) == (0.0, 3.7)


def test_values_in_the_solution_of_another_program(lp):
    """They have variables of the same places, and no values there."""
    lp.Vars(2, lb=1, ub=1)
    lp.minimize()
    x = LinearProgram().Vars(2)
    for thing in (x, x + 1, x[0], 2 * x[0], x[0] + x[1] + 1, abs(x), abs(x[0]), maximum(*x)):
        with pytest.raises(RemovedObject, match="of another program"):
            lp.solution.value(thing)
        with pytest.raises(ForeignObject):
            lp.value(thing)


# ---- the records
def test_records_are_an_array(lp):
    """By place, by slice, with names as arrays of constraints have them."""
    x, t = lp.Vars((2, 3), "x", lb=-2, ub=2), lp.Vars((2, 3), "t", ub=9)
    records = lp.add_constraint(t == abs(x), "size")
    assert records.shape == (2, 3) and records.size == 6 and records.ndim == 2 and len(records) == 2
    assert str(records[1, 2]) == "size[1,2]: abs(x[1,2]) == t[1,2]: 1 variable, 4 constraints"
    assert [one.name for one in records[1, 2].constraints] == [f"size[1,2][{k}]" for k in range(4)]
    assert [one.name for one in records[0].variables] == [f"size[0,{k}].choice" for k in range(3)]
    assert records.flat[5] == records[1, 2] == records.T[2, 1] == records.reshape(6)[5] == records[-1][-1]
    assert repr(lp.add_constraint(abs(lp.Vars(30, lb=0, ub=1)) <= 1)) == "<reformulations of shape (30,)>"
    lp.remove(records[0])
    assert len(records[1].constraints) == 12 and "removed" in str(records[0, 0])
    lp.remove(records[1])
    with pytest.raises(RemovedObject):
        lp.remove(records)


def test_removing_all_leaves_nothing(lp):
    """Neither rows nor variables, nor bounds that are relied on."""
    x, t = lp.Vars(4, "x", lb=-2, ub=2), lp.Vars(4, "t", ub=9)
    before = lp.compile()
    records = lp.add_constraint(t <= abs(x), "size")
    other = lp.add_constraint(t[0] <= abs(x[0]), "other")
    lp.remove(records, other)
    assert lp.compile() == before
    x.ub = 99
    lp.minimize()
    lp.add_constraint(t <= abs(x), "size")  # the names are free again


def refused_at_57(lp):
    """A hundred of each; the element 57 has no upper bound, or is not binary."""
    x = lp.Vars(100, "x", lb=-1, ub=1)
    x[57].ub = float("inf")
    b = lp.Vars(100, "b", lb=0, ub=1, integer=True)
    b[57].integer = False
    t = lp.Vars(100, "t", lb=0, ub=9)
    return {
        "abs": (lambda: t <= abs(x), r"x\[57\] has no upper bound"),
        "maximum": (lambda: t == maximum(x, 0.5, -x), r"x\[57\] has no upper bound"),
        "implication": (lambda: b[:57].reshape(57) >> (x[1:58] <= 0), r"x\[57\] has no upper bound"),
        "condition": (lambda: b >> (t <= 3), r"b\[57\] >> .*must be a binary variable b"),
        "truth": (lambda: b <= truth(x <= 0), r"x\[57\] has no upper bound"),
        "sos1": (lambda: sos1(x.reshape(50, 2), axis=1), r"x\[57\] has no upper bound"),
        "sos2": (lambda: sos2(x.reshape(25, 4), axis=1), r"x\[57\] has no upper bound"),
        "bounds": (lambda: semicontinuous(t, np.arange(100) % 58, 56), r"bound 57 of semicontinuous\(t\[57\]\)"),
        "never": (lambda: abs(x) <= np.where(np.arange(100) == 57, -1, 1), "never hold"),
        "nan": (lambda: abs(x) <= np.where(np.arange(100) == 57, np.nan, 1), r"abs\(x\[57\]\) is NaN"),
    }


@pytest.mark.parametrize("name", [None, "row"])
@pytest.mark.parametrize("which", list(refused_at_57(LinearProgram())))
def test_all_or_nothing(lp, which, name):
    """What is refused at one element leaves nothing of those before it, not even a number that is used up."""
    make, said = refused_at_57(lp)[which]
    before, text = lp.compile(), str(lp)
    with pytest.raises((InvalidValue, ExpressionError), match=said):
        lp.add_constraint(make(), name)
    assert lp.compile() == before and str(lp) == text
    assert str(lp.Var()) == "x300"


def test_names_that_are_taken(lp):
    """Of an element, of one of its rows or variables, or by another element of the same array."""
    x, t = lp.Vars(3, "x", lb=-2, ub=2), lp.Vars(3, "t", ub=9)
    lp.Var("a[2].choice")
    lp.add_constraint(x.sum() <= 1, "b[1]")
    lp.add_constraint(x.sum() <= 2, "c[2][1]")
    before = lp.compile()
    for name in ("a", "b", "c", "", 5):
        with pytest.raises(InvalidValue, match="name"):
            lp.add_constraint(t == abs(x), name)
        assert lp.compile() == before
    lp.add_constraint(t == abs(x), "d")


def test_an_interrupt_leaves_nothing(lp, monkeypatch):
    """An exception in the middle of the rows takes back what was added before it."""
    x, t = lp.Vars(3, "x", lb=-2, ub=2), lp.Vars(3, "t", ub=9)
    before, add, count = lp.compile(), LinearProgram.add_constraint, 0

    def interrupted(self, *given):
        nonlocal count
        count += 1
        if count == 8:
            raise KeyboardInterrupt
        return add(self, *given)

    whole = t == abs(x)
    monkeypatch.setattr(LinearProgram, "add_constraint", interrupted)
    with pytest.raises(KeyboardInterrupt):
        lp._add(whole, "size")
    monkeypatch.undo()
    assert count == 8 and lp.compile() == before
    x.ub = 99
    lp.minimize()  # no big-M of the records that are gone is relied on
    lp.add_constraint(whole, "size")


# ---- copies
@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, *(range(pickle.HIGHEST_PROTOCOL + 1))])
def test_copies_and_pickles(lp, make):
    """Functions, constraints and records."""
    x, b = lp.Vars((2, 2), "x", lb=-2, ub=2), lp.Vars(2, "b", lb=0, ub=1, integer=True)
    f = 2 * abs(x) + maximum(x, 1) - truth(x <= 0)
    things = [f, f <= 3, b >> (x <= 1), sos1(x, axis=0), semicontinuous(x, 1, 2), lp.add_constraint(abs(x) <= 1, "r")]
    for thing in things:
        twin = pickle.loads(pickle.dumps(thing, make)) if isinstance(make, int) else make(thing)
        assert repr(twin) == repr(thing) and twin.shape == thing.shape and type(twin) is type(thing)
    twin, g = pickle.loads(pickle.dumps((lp, f)))
    twin.add_constraint(g <= 3)
    assert len(twin.constraints) > len(lp.constraints)


# ---- labels
def test_labels_align():
    """The number of each label meets it whatever the order, and what comes out has the labels."""
    pandas = pytest.importorskip("pandas")
    lp = LinearProgram()
    wanted = pandas.Series({"tea": 3, "milk": 1, "jam": 2})
    buy, t = lp.Vars(wanted.index, "buy", lb=0, ub=9), lp.Vars(wanted.index[::-1], "t", lb=0, ub=9)
    off = abs(buy - wanted[::-1])
    assert str(off["milk"]) == "abs(buy[milk] - 1)"
    records = lp.add_constraint(t >= 2 * off, "off")
    assert str(records["jam"]) == "off[jam]: 2 abs(buy[jam] - 2) <= t[jam]: 0 variables, 2 constraints"
    assert list(records.loc[["tea", "jam"]].index) == ["tea", "jam"]
    lp.add_constraint(buy == 4)
    lp.objective = t.sum()
    assert lp.minimize() == 12.0
    assert off.value.to_dict() == {"tea": 1.0, "milk": 3.0, "jam": 2.0}
    assert (off.sum().value, (off @ wanted).value, maximum(buy, wanted, 5)["tea"].value) == (6.0, 10.0, 5.0)
    assert str(maximum(lp.variables[0], wanted)["jam"]) == "maximum(buy[tea], 2)"
    b = lp.Vars(wanted.index, "b", lb=0, ub=1, integer=True)
    for made in (
        b >> (buy <= wanted[::-1]),
        semicontinuous(buy, wanted[::-1], 9),
        truth(buy <= wanted),
        piecewise(buy, [(0, 0), (9, 1)]),
    ):
        assert "buy[milk]" in str(dict(zip(wanted.index, made))["milk"])
    assert str((b >> (buy <= wanted[::-1]))._items[0]) == "b[tea] >> (buy[tea] <= 3)"
    assert str(maximum(buy)) == "maximum(buy[tea], buy[milk], buy[jam])"
    lp.remove(records)
    for twin in (pickle.loads(pickle.dumps(off)), copy.deepcopy(off)):
        assert repr(twin) == repr(off)


def test_labels_of_fewer_levels():
    """Each label of the shorter index serves all of the longer; groups add up."""
    pandas = pytest.importorskip("pandas")
    lp = LinearProgram()
    index = pandas.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["plant", "month"])
    x = lp.Vars(index, "x", lb=0, ub=9)
    most = pandas.Series({"b": 5, "a": 2}).rename_axis("plant")
    opened = lp.Vars(most.index, "open", lb=0, ub=1, integer=True)
    assert [str(one) for one in maximum(x, most)] == ["maximum(x[a,1], 2)", "maximum(x[a,2], 2)", "maximum(x[b,1], 5)"]
    shut = lp.add_constraint((1 - opened) >> (x <= 0), "shut")
    assert str(shut["b", 1]).startswith("shut[b,1]: (-open[b] + 1) >> (x[b,1] <= 0)")
    groups = abs(x - 4).groupby("plant").sum()
    assert str(groups["a"]) == "abs(x[a,1] - 4) + abs(x[a,2] - 4)"
    lp.add_constraint(groups <= most)


def test_labels_of_polars():
    """The number stands beside its key, in a frame in another order."""
    polars = pytest.importorskip("polars")
    lp = LinearProgram()
    wanted = polars.DataFrame({"item": ["tea", "milk"], "number": [3, 1]})
    buy = lp.Vars(wanted.select("item"), "buy", lb=0, ub=9, keys=["item"])
    off = abs(buy - wanted.reverse())
    assert [str(one) for one in off] == ["abs(buy[tea] - 3)", "abs(buy[milk] - 1)"]
    lp.add_constraint(maximum(buy, wanted.reverse()) <= 3)
    lp.objective = buy.sum()
    assert lp.maximize() == 6.0
    assert off.value.to_dict(as_series=False) == {"item": ["tea", "milk"], "value": [0.0, 2.0]}


def test_labels_that_do_not_fit():
    """By the errors of labelled arrays."""
    pandas = pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    lp = LinearProgram()
    some = pandas.Series({"a": 1, "b": 2})
    x, y = lp.Vars(some.index, "x", lb=0, ub=9), lp.Vars(2, "y", lb=0, ub=9)
    t = lp.Var("t")
    cases = [
        (lambda: abs(x) <= pandas.Series({"a": 1}), InvalidValue, "only the expression has 'b'"),
        (lambda: maximum(x, pandas.Series({"a": 1, "c": 2})), InvalidValue, "'c'"),
        (lambda: semicontinuous(x, pandas.Series({"a": 1, "b": None}), 9), InvalidValue, "NaN"),
        (lambda: abs(x) + y, ExpressionError, "does not stand beside one without"),
        (lambda: maximum(y, some), ExpressionError, "does not stand beside one without"),
        (lambda: abs(y) + some, ExpressionError, "does not stand beside one without"),
        (lambda: abs(x) + np.ones(2), ExpressionError, "does not stand beside one without"),
        (lambda: abs(x) + [1, 2], ExpressionError, "does not stand beside one without"),
        (lambda: maximum(x, axis=0), ExpressionError, "no axis 0"),
        (lambda: abs(x).sum(axis=0), ExpressionError, "no axis 0"),
        (lambda: abs(t) + polars.Series([1, 2]), ExpressionError, "does not say which labels"),
        (lambda: maximum(t, polars.DataFrame({"a": [1]})), ExpressionError, "does not say which labels"),
        (lambda: maximum(polars.DataFrame({"a": [1]})), ExpressionError, "Take one column"),
        (lambda: 0 <= x <= abs(x), ExpressionError, "two constraints"),
    ]
    for act, kind, said in cases:
        with pytest.raises(kind, match=said):
            act()


# ---- what is refused
def test_refusals(lp):
    """Each with its cause, in an error of ours."""
    x, b, v = lp.Vars((2, 3), "x", lb=0, ub=9), lp.Vars(3, "b", lb=0, ub=1, integer=True), lp.Var("v", lb=0, ub=9)
    other = LinearProgram().Vars(3, "other")
    f = abs(x)
    ones = np.ones(3)
    cases = [
        (lambda: maximum(x, np.ones(2)), InvalidValue, r"\(2, 3\) and \(2,\) do not fit together"),
        (lambda: f <= np.ones((3, 3)), InvalidValue, "do not fit together"),
        (lambda: f + x[:, :2], InvalidValue, "do not fit together"),
        (lambda: b >> (x[:, :2] <= 3), InvalidValue, "do not fit together"),
        (lambda: x >> (b <= 0), ExpressionError, r"x\[0,0\] >> .*must be a binary variable"),
        (lambda: b >> x[0], ExpressionError, "parentheses"),
        (lambda: b >> x[0] <= 3, ExpressionError, "parentheses"),
        (lambda: b >> (abs(x) <= 3), ExpressionError, "variable first"),
        (lambda: v >> (x <= 3), ExpressionError, "must be a binary variable"),
        (lambda: 0 <= f <= 3, ExpressionError, "two constraints"),
        (lambda: 0 <= x <= f, ExpressionError, "two constraints"),
        (lambda: np.zeros(3) <= x <= f, ExpressionError, "two constraints"),
        (lambda: ones <= f <= 2 * ones, ExpressionError, "two constraints"),
        (lambda: (f <= 3) <= 4, ExpressionError, "compared again"),
        (lambda: bool(f <= 3), ExpressionError, "truth value"),
        (lambda: f < 3, ExpressionError, "give it variables"),
        (lambda: f != 3, ExpressionError, "give it variables"),
        (lambda: f**2, ExpressionError, "give it variables"),
        (lambda: abs(f), ExpressionError, "give it variables"),
        (lambda: float(abs(b)), ExpressionError, "give it variables"),
        (lambda: maximum(x, f), ExpressionError, "variable first"),
        (lambda: piecewise(f, [(0, 0), (1, 1)]), ExpressionError, "variable first"),
        (lambda: piecewise(ones, [(0, 0), (1, 1)]), ExpressionError, "linear expression"),
        (lambda: truth(f <= 3), ExpressionError, "variable first"),
        (lambda: truth(x), ExpressionError, "takes a relation"),
        (lambda: maximum(x, "3"), ExpressionError, "write a linear expression"),
        (lambda: maximum(x, np.array(["a", "b", "c"])), ExpressionError, "neither an expression nor a number"),
        (lambda: maximum(x, [ones, 1, 2]), ExpressionError, "cannot be made an array"),
        (lambda: maximum(x, np.nan), InvalidValue, "finite"),
        (lambda: maximum(x, [1, np.inf, 2]), InvalidValue, "finite"),
        (lambda: maximum(x, axis=2), InvalidValue, "no axis 2"),
        (lambda: maximum(x, axis="a"), InvalidValue, "no axis 'a'"),
        (lambda: maximum(x, x, axis=0), ExpressionError, "one array only"),
        (lambda: maximum([v, 3], axis=0), ExpressionError, "one array only"),
        (lambda: maximum(v, [1, 2]), ExpressionError, "cannot be used"),
        (lambda: sos1(x), ExpressionError, r"needs an axis. Write sos1\(x, axis=1\)"),
        (lambda: sos2(x, axis=3), InvalidValue, "no axis 3"),
        (lambda: sos1([v], axis=0), ExpressionError, "an array only"),
        (lambda: sos1(f, axis=0), ExpressionError, "variable first"),
        (lambda: f * x, ExpressionError, "product"),
        (lambda: f / x, ExpressionError, "divides by"),
        (lambda: f / [1, 0, 2], InvalidValue, "divided by zero"),
        (lambda: ones / f, ExpressionError, "give it variables"),
        (lambda: f @ b, ExpressionError, "not linear"),
        (lambda: f @ np.ones(2), InvalidValue, "do not fit together"),
        (lambda: f @ np.ones((3, 2, 2)), InvalidValue, "one or two dimensions"),
        (lambda: f <= np.inf, InvalidValue, "finite"),
        (lambda: f <= "3", ExpressionError, "neither an expression nor a number"),
        (lambda: f <= None, ExpressionError, "neither an expression nor a number"),
        (lambda: abs(b) + abs(other), ForeignObject, "same program's Var"),
        (lambda: maximum(b, other), ForeignObject, "same program's Var"),
        (lambda: abs(other) <= 1, ForeignObject, "Use this program's"),
        (lambda: np.sum(f), ExpressionError, r"\.sum\(axis\)"),
        (lambda: np.array(f), ExpressionError, "numpy's functions"),
        (lambda: np.abs(f), ExpressionError, "numpy's functions"),
        (lambda: np.maximum(f, 3), ExpressionError, "numpy's functions"),
        (lambda: np.concatenate([f, f]), ExpressionError, "numpy's functions"),
        (lambda: ones.__iadd__(f), ExpressionError, "numpy's functions"),
        (lambda: f.reshape(4), InvalidValue, "does not go into another"),
        (lambda: f, ExpressionError, "not a constraint"),
    ]
    text = str(lp)
    for act, kind, said in cases:
        with pytest.raises(kind, match=said):
            lp.add_constraint(act())
        assert str(lp) == text
    with pytest.raises(ExpressionError, match="Use a variable"):
        lp.objective = f.sum()
    with pytest.raises(ExpressionError, match="takes variables and constraints"):
        lp.remove(f)
    with pytest.raises(IndexError, match=r"shape \(2, 3\)"):
        f[5]


def test_sparse_and_strange_operands(lp):
    """What numpy takes for one object is refused, and never compared with every element."""
    sparse = pytest.importorskip("scipy.sparse")
    x = lp.Vars(3, "x")
    f = abs(x)
    for act in (lambda: f + sparse.eye(3), lambda: abs(x[0]) + sparse.eye(3), lambda: sparse.eye(3) @ f):
        with pytest.raises(ExpressionError):
            act()
    assert str(f @ sparse.eye(3)) == str(f)
    pandas = pytest.importorskip("pandas")
    with pytest.raises(ExpressionError, match="to_numpy"):
        f @ pandas.DataFrame({"a": [1, 2, 3]})


def test_nothing_at_all(lp):
    """Arrays without elements, and sums over none."""
    x = lp.Vars((0, 3), "x", lb=0, ub=1)
    f = abs(x)
    assert f.shape == (0, 3) and (f + 1).shape == (0, 3) and f.sum(axis=1).shape == (0,)
    assert [str(one) for one in f.sum(axis=0)] == ["0", "0", "0"] and str(f.sum()) == "0"
    assert [str(one) for one in np.ones(0) @ f] == ["0", "0", "0"] and (f @ np.ones(3)).shape == (0,)
    records = lp.add_constraint(f <= 3, "none")
    assert records.shape == (0, 3) and records.constraints == ()
    lp.remove(records)
    lp.add_constraint(f.sum() <= 3)
    with pytest.raises(InvalidValue, match="never hold"):
        lp.add_constraint(f.sum() >= 3)


def test_functions_of_arrays_need_numpy_only_where_they_are_used():
    """`import pplp` and single functions do without."""
    import subprocess
    import sys

    script = (
        "import sys; sys.modules['numpy'] = None\n"
        "from pplp import LinearProgram, maximum, ExtraMissing\n"
        "lp = LinearProgram(); x = lp.Vars(2, 'x', lb=0, ub=1)\n"
        "lp.add_constraint(abs(x[0]) + maximum(*x) <= 1)\n"
        "lp.add_constraint(maximum(list(x)) <= 1)\n"
        "try: abs(x)\n"
        "except ExtraMissing as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "needs numpy" in done.stdout
