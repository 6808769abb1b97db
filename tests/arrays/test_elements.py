"""Single elements of arrays, numbers read and written in place, and values of every kind in messages."""

from __future__ import annotations

import math
import operator
import pickle
import random
import warnings
from fractions import Fraction

import pytest

from pplp import ExpressionError, InvalidValue, LinearProgram, dot, maximum
from pplp.errors import PplpError
from pplp.ground.quoting import quoted

np = pytest.importorskip("numpy")
pandas = pytest.importorskip("pandas")

#: So many elements: a table of one number for each of them has 8 times as many bytes.
MANY = 20_000


@pytest.fixture
def lp():
    """An empty program."""
    return LinearProgram()


# ---- one element takes no time in proportion to the whole
def arrays(count):
    """An array of each kind, of so many elements."""
    lp = LinearProgram()
    x = lp.Vars(count, "x", lb=0, ub=9)
    labelled = lp.Vars(pandas.RangeIndex(count), lb=0, ub=9)
    rows = lp.add_constraint(x + x[::-1] <= 3)
    return {
        "variables": x,
        "a table of variables": x.reshape(-1, 2),
        "variables in any order": x[np.arange(count)[::-1]],
        "expressions": 2 * x + 1,
        "a table of expressions": (2 * x + 1).reshape(-1, 2),
        "sums": x + x[::-1],
        "relations": x + 1 <= 3,
        "constraints": rows,
        "constraints of two kinds": lp.add_constraint(np.append(x[:-1] + x[1:], x[:1]) <= 8),
        "a table of constraints": lp.add_constraint((x + x[::-1]).reshape(-1, 2) <= 4),
        "functions": abs(x),
        "constraints of functions": abs(x) <= 3,
        "labelled variables": labelled,
        "labelled expressions": labelled + 1,
        "labelled relations": labelled + 1 <= 3,
        "labelled constraints": lp.add_constraint(labelled + x[0] <= 9),
        "labelled functions": abs(labelled),
    }


ARRAYS = arrays(MANY)


def peak(act):
    """The bytes that were held at the same time while it acted."""
    tracemalloc = pytest.importorskip("tracemalloc", reason="PyPy does not trace its memory", exc_type=ImportError)
    act()
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ARRAYS)
def test_one_element_takes_no_table_of_all(kind):
    """By iteration, by an integer of Python or numpy, from either end, and with an ellipsis."""
    array = ARRAYS[kind]
    acts = []
    if kind != "labelled constraints":  # whose handles are made together
        acts.append(lambda: next(iter(array)))
    if not kind.startswith("labelled") and "relations" not in kind:
        acts += [lambda place=place: array[place] for place in (7, np.int64(7), -3, (np.int32(5),), (7, ...))]
        if len(array.shape) == 2:
            acts += [lambda: array[np.int64(7), 1], lambda: array[7, :1]]
    elif hasattr(array, "iloc"):
        acts.append(lambda: array.iloc[np.int64(7)])
    for act in acts:
        assert peak(act) < MANY


@pytest.mark.parametrize("seed", range(200))
def test_parts_are_those_of_numpy(lp, seed):
    """For indices of integers, slices, ellipses, new axes, lists and masks, in any mixture."""
    rng = random.Random(seed)
    shape = tuple(rng.randint(1, 4) for _ in range(rng.randint(1, 3)))
    places = np.arange(math.prod(shape)).reshape(shape)
    x = lp.Vars(shape, "x")
    rows = lp.add_constraint(x + lp.Var() <= 3)
    index = []
    for length in shape[: rng.randint(1, len(shape))]:
        place = rng.randint(-length - rng.choice([0, 0, 1]), length - 1)
        index.append(
            rng.choice([place, np.int8(place), slice(place, None), slice(None, None, -1), None, [place, 0], True, ...])
        )
    if index.count(...) > 1:
        index.remove(...)
    index = tuple(index) if rng.random() < 0.8 else index[0]
    try:
        wanted = places[index]
    except IndexError:
        for array in (x, 2 * x, rows, abs(x)):
            with pytest.raises(IndexError):
                array[index]
        return
    for array in (x, 2 * x, rows, abs(x)):
        found, flat = array[index], array.flat
        assert getattr(found, "shape", ()) == wanted.shape
        assert list(map(str, getattr(found, "flat", [found]))) == [str(flat[k]) for k in np.ravel(wanted)]


# ---- values in messages
class Silent:
    """It cannot be shown, and is not a number."""

    def __repr__(self):
        raise RuntimeError("no")


class Long:
    """It is shown by a megabyte."""

    def __repr__(self):
        return "long " * 200_000


class Failing:
    """It is a number that cannot be read, and says so by an integer that cannot be written."""

    def __float__(self):
        raise ValueError(10**5000)


HOSTILE = {
    "an integer": 10**5000,
    "a negative integer": -(10**5000),
    "a fraction": Fraction(10**5000),
    "integers in a list": [10**5000, 1],
    "a pair": (10**5000, 1),
    "an object": Silent(),
    "a long one": Long(),
    "objects": [Silent(), Silent()],
    "a long text": "x" * 1_000_000,
    "a number that fails": Failing(),
    "an array": np.array([10**5000, 1], object),
    "an object as an array": np.array(Silent(), object),
    "an integer as an array": np.array(10**5000, object),
}
PLACES = {
    "+": lambda lp, x, v, row, one: x + one,
    "r+": lambda lp, x, v, row, one: one + x,
    "*": lambda lp, x, v, row, one: one * x,
    "/": lambda lp, x, v, row, one: x / one,
    "r/": lambda lp, x, v, row, one: one / x,
    "**": lambda lp, x, v, row, one: x**one,
    "//": lambda lp, x, v, row, one: one // x,
    "%": lambda lp, x, v, row, one: one % x,
    "<=": lambda lp, x, v, row, one: x <= one,
    ">=": lambda lp, x, v, row, one: one >= x,
    "between": lambda lp, x, v, row, one: x.between(one, 3),
    "a chain": lambda lp, x, v, row, one: lp.add_constraint((0, x, one)),
    "array +": lambda lp, x, v, row, one: v + one,
    "array r-": lambda lp, x, v, row, one: one - v,
    "array *": lambda lp, x, v, row, one: one * v,
    "array /": lambda lp, x, v, row, one: v / one,
    "array @": lambda lp, x, v, row, one: one @ v,
    "array <=": lambda lp, x, v, row, one: v <= one,
    "array between": lambda lp, x, v, row, one: v.between(one, 4),
    "array axis": lambda lp, x, v, row, one: v.sum(axis=one),
    "array sum of arrays": lambda lp, x, v, row, one: np.concatenate([v, one]),
    "function *": lambda lp, x, v, row, one: abs(x) * one,
    "function <=": lambda lp, x, v, row, one: abs(x) <= one,
    "functions +": lambda lp, x, v, row, one: abs(v) + one,
    "dot": lambda lp, x, v, row, one: dot(one, v),
    "dot of one": lambda lp, x, v, row, one: dot([one], [x]),
    "maximum": lambda lp, x, v, row, one: maximum(x, one),
    "lb": lambda lp, x, v, row, one: setattr(x, "lb", one),
    "bounds": lambda lp, x, v, row, one: setattr(x, "bounds", (0, one)),
    "bounds as one": lambda lp, x, v, row, one: setattr(x, "bounds", one),
    "cost": lambda lp, x, v, row, one: setattr(x, "cost", one),
    "integer": lambda lp, x, v, row, one: setattr(x, "integer", one),
    "fix": lambda lp, x, v, row, one: x.fix(one),
    "array ub": lambda lp, x, v, row, one: setattr(v, "ub", one),
    "array cost": lambda lp, x, v, row, one: setattr(v, "cost", one),
    "array fix": lambda lp, x, v, row, one: v.fix(one),
    "row rhs": lambda lp, x, v, row, one: setattr(row, "rhs", one),
    "row ub": lambda lp, x, v, row, one: setattr(row, "ub", one),
    "set_coefficient": lambda lp, x, v, row, one: row.set_coefficient(x, one),
    "set_coefficient of": lambda lp, x, v, row, one: row.set_coefficient(one, 1),
    "column": lambda lp, x, v, row, one: lp.Var(column={row: one}),
    "a column of": lambda lp, x, v, row, one: lp.Var(column=one),
    "Var": lambda lp, x, v, row, one: lp.Var(lb=one),
    "Var name": lambda lp, x, v, row, one: lp.Var(one),
    "by label +": lambda lp, x, v, row, one: labelled(lp) + one,
    "by label ub": lambda lp, x, v, row, one: setattr(labelled(lp), "ub", one),
    "a label": lambda lp, x, v, row, one: one in labelled(lp) or labelled(lp).iloc[0],
    "a group": lambda lp, x, v, row, one: labelled(lp).groupby(one),
    "periods": lambda lp, x, v, row, one: labelled(lp).shift(one),
    "periods of a roll": lambda lp, x, v, row, one: labelled(lp).roll(one),
    "fill_value": lambda lp, x, v, row, one: labelled(lp).shift(1, fill_value=one),
    "names": lambda lp, x, v, row, one: labelled(lp).rename_axis([one, "b"]),
    "by key ub": lambda lp, x, v, row, one: setattr(lp.Vars(["a"]), "ub", one),
    "by key prod": lambda lp, x, v, row, one: lp.Vars([("a", 1)]).prod({("a", 1): one}),
    "by key sum": lambda lp, x, v, row, one: lp.Vars([("a", 1)]).sum(one, ...),
    "Vars": lambda lp, x, v, row, one: lp.Vars(one),
    "Vars of a shape": lambda lp, x, v, row, one: lp.Vars((2, one)),
    "Vars with a name": lambda lp, x, v, row, one: lp.Vars(one, "k"),
    "Vars by key with a name": lambda lp, x, v, row, one: lp.Vars([one], "k"),
    "Vars ub": lambda lp, x, v, row, one: lp.Vars(2, ub=one),
    "Vars integer": lambda lp, x, v, row, one: lp.Vars(2, integer=one),
    "add_constraint": lambda lp, x, v, row, one: lp.add_constraint(one),
    "add_constraints": lambda lp, x, v, row, one: lp.add_constraints(one),
    "objective": lambda lp, x, v, row, one: setattr(lp, "objective", one),
    "remove": lambda lp, x, v, row, one: lp.remove(one),
    "time_limit": lambda lp, x, v, row, one: lp.solve("minimize", time_limit=one),
    "sense": lambda lp, x, v, row, one: lp.solve(one),
    "start": lambda lp, x, v, row, one: lp.solve("minimize", start=one),
    "start of": lambda lp, x, v, row, one: lp.solve("minimize", start={x: one}),
}


def labelled(lp):
    """Variables by label."""
    return lp.Vars(pandas.Index(["a", "b"], name="m"))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", HOSTILE)
def test_every_value_can_be_shown(lp, place, name):
    """An operand is taken, or refused by our own error, whose message is not long."""
    x, v = lp.Var("x", lb=0, ub=9), lp.Vars(2, "v", lb=0, ub=9)
    row = lp.add_constraint(x + v[0] <= 9)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            PLACES[place](lp, x, v, row, HOSTILE[name])
    except PplpError as error:
        assert len(str(error)) < 2000
    except TypeError as error:  # of Python, which asked nobody else
        assert any(words in str(error) for words in ("unsupported operand", "not supported between", "formatting"))


# ---- numbers of many, written in place
OPERATORS = {
    "+=": operator.iadd, "-=": operator.isub, "*=": operator.imul, "/=": operator.itruediv,
}  # fmt: skip
OTHERS = {"//=": operator.ifloordiv, "%=": operator.imod, "**=": operator.ipow}


def set_in_place(thing, attribute, act, other):
    """What ``thing.attribute += other`` does."""
    setattr(thing, attribute, act(getattr(thing, attribute), other))


@pytest.mark.parametrize("sign", {**OPERATORS, **OTHERS})
@pytest.mark.parametrize("attribute", ["cost", "lb", "ub", "rhs"])
@pytest.mark.parametrize("kind", ["array", "table", "part", "labelled", "keyed", "rows", "rows by label"])
def test_an_operator_in_place_sets_all(lp, kind, attribute, sign):
    """It means x.ub = x.ub + other, and leaves alone what was read before."""
    act = {**OPERATORS, **OTHERS}[sign]
    index = pandas.Index(["a", "b", "c", "d"])
    x = {"table": lambda: lp.Vars((2, 2), lb=1, ub=8), "keyed": lambda: lp.Vars(list("abcd"), lb=1, ub=8)}.get(
        kind, lambda: lp.Vars(index if "label" in kind else 4, lb=1, ub=8)
    )()
    x.cost = 3
    thing = x[1:] if kind == "part" else x
    if kind.startswith("rows"):
        thing = lp.add_constraint(x + lp.Var() >= 6) if attribute != "ub" else lp.add_constraint(x + lp.Var() <= 6)
    if (attribute == "cost" and kind.startswith("rows")) or (attribute == "rhs" and not kind.startswith("rows")):
        return
    if kind == "keyed" and sign in OTHERS:
        return
    before = getattr(thing, attribute)
    numbers = before if kind == "keyed" else np.array(before)
    wanted = {key: act(one, 2) for key, one in numbers.items()} if kind == "keyed" else act(numbers.copy(), 2)
    set_in_place(thing, attribute, act, 2)
    after = getattr(thing, attribute)
    assert dict(after) == wanted if kind == "keyed" else np.array_equal(np.array(after), wanted)


def test_what_is_read_is_not_written_into(lp):
    """The error says what to write; a copy, and what is computed of it, are arrays like any other."""
    x = lp.Vars((2, 3), "x", lb=0, ub=9)
    rows = lp.add_constraint(x + x[::-1] <= 5)
    for numbers, told in (
        (x.ub, "x[1, 2].ub = 3,"), (x.cost, "x[1, 2].cost = 3,"), (x.integer, "x[1, 2].integer = 3,"),
        (x.bounds[0], "x[1, 2].lb = 3,"), (rows.rhs, "rows[1, 2].rhs = 3,"), (rows.bounds[1], "rows[1, 2].ub = 3,"),
    ):  # fmt: skip
        with pytest.raises(InvalidValue) as caught:
            numbers[1, 2] = 3
        assert told in str(caught.value)
        with pytest.raises(InvalidValue):
            numbers[1:][0, 0] = 3
        for act in (lambda n: n.fill(1), lambda n: n.sort(), lambda n: n.put([0], 1)):
            with pytest.raises(InvalidValue):
                act(numbers)
        pickled = [pickle.loads(pickle.dumps(numbers, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
        for own in (numbers.copy(), numbers + 0, np.array(numbers), *pickled):
            own[1, 2] = 1
            own *= True
            assert own[1, 2] == 1
    assert type(x.ub + 1) is type(x.ub @ np.ones(3)) is np.ndarray and isinstance(x.ub.sum(), float)
    assert x.ub.tolist() == [[9.0] * 3] * 2


def test_bounds_and_kinds_in_place(lp):
    """Truth values by their own operators; both bounds by a pair."""
    x = lp.Vars(3, "x", lb=0, ub=[1, 5, 5])
    x.integer |= [True, False, True]
    x.integer ^= [True, True, False]
    assert x.integer.tolist() == [False, True, True]
    lower, upper = x.bounds
    lower += 1
    x.bounds = lower, upper * 2
    assert (x.lb.tolist(), x.ub.tolist()) == ([1] * 3, [2, 10, 10])
    with pytest.raises(InvalidValue):
        x.integer += 1
    with pytest.raises(ExpressionError):
        x.ub += x
    with pytest.raises(InvalidValue):
        x.ub += [1, 2]


def test_numbers_by_key_beside_others(lp):
    """Mappings have the same keys; anything else is refused."""
    x = lp.Vars(["a", "b"], "x", ub=4)
    x.ub -= {"b": 1, "a": 2}
    assert x.ub == {"a": 2, "b": 3} and 5 - x.ub == {"a": 3, "b": 2} and 2 * x.ub == {"a": 4, "b": 6}
    for other in ({"a": 1}, {"a": 1, "b": 2, "c": 3}):
        with pytest.raises(InvalidValue):
            x.ub += other
    with pytest.raises(ExpressionError):
        x.ub += [1, 2]
    own = x.ub.copy()
    own["a"] = 7
    x.ub = own
    assert pickle.loads(pickle.dumps(x.ub)) == {"a": 7, "b": 3}


# ---- numpy's own signatures
@pytest.mark.parametrize(
    "call",
    [
        lambda a: a.sum(1, None, None, True), lambda a: a.sum(0, float, None, False, 2, [[True, False, True]]),
        lambda a: a.sum(None, object), lambda a: a.sum(None, None, None, True), lambda a: a.mean(0, float),
        lambda a: a.mean(1, None, None, True), lambda a: a.cumsum(1, None), lambda a: a.cumsum(None, float, None),
        lambda a: a.trace(0, 0, 1, None, None), lambda a: a.dot([1, 2, 3], None), lambda a: a.squeeze(None),
        lambda a: a.repeat(2, 1), lambda a: a.take([1, 0], 1, None, "raise"), lambda a: a.compress([True], 0, None),
        lambda a: a.diagonal(1, 1, 0), lambda a: a.copy("C"), lambda a: a.flatten("F"), lambda a: a.ravel("F"),
        lambda a: a.astype(float, "K", "unsafe", True, True), lambda a: a.conj(), lambda a: a.swapaxes(0, 1),
    ],
)  # fmt: skip
def test_arguments_by_position(lp, call):
    """The same as numpy's, of variables and of expressions."""
    numbers = np.arange(6.0).reshape(2, 3)
    x = lp.Vars((2, 3), lb=numbers, ub=numbers)
    lp.minimize()
    for array in (x, 2 * x):
        assert np.allclose(call(array).value, call(array.value))


@pytest.mark.parametrize("name", ["sum", "mean", "cumsum"])
def test_types_and_targets_are_refused(lp, name):
    """By position, too."""
    method = getattr(lp.Vars((2, 3)), name)
    for wrong in ((0, int), (0, "nonsense"), (0, None, np.zeros(3))):
        with pytest.raises(ExpressionError):
            method(*wrong)


# ---- pickles
def public_things():
    """(program, one of each kind)."""
    lp = LinearProgram()
    x, v, k = lp.Var("x", lb=0, ub=9), lp.Vars((2, 2), "v", lb=0, ub=9), lp.Vars(["a", "b"], "k", lb=0, ub=9)
    index = pandas.MultiIndex.from_product([["p", "q"], [1, 2]], names=["m", "n"])
    s, b = lp.Vars(index, "s", lb=0, ub=9), lp.Vars(2, "b", lb=0, ub=1, integer=True)
    things = [
        x, v, k, s, b, 2 * x, x + 1, v + 1, v + v + v.T, s + 1, v.sum(), s.sum(), x <= 3, v <= 3, s <= 3, abs(x),
        abs(v), abs(s), abs(x) + x, maximum(x, v[0, 0]), abs(x) <= 3, abs(v) <= 3, abs(s) <= 3, b >> (v[0] <= 3),
        s.groupby("m"), s.groupby("m").sum(), abs(s).groupby("m"), s.loc, s.iloc, s.index, v.ub, k.ub, s.ub, v.bounds,
        v.cost, b.integer, lp.add_constraint(x + v[0, 0] <= 3), lp.add_constraint(v + x <= 3),
        lp.add_constraint(s + x <= 3), lp.add_constraint(abs(x) <= 3), lp.add_constraint(abs(v) <= 3),
        lp.add_constraint(abs(s) <= 3),
    ]  # fmt: skip
    rows = things[-4]
    lp.objective = x + v.sum()
    things += [rows.loc, rows.iloc, rows.rhs, lp.maximize(), lp.solution, lp.compile(), lp.status]
    polars = pytest.importorskip("polars")
    p = lp.Vars(polars.DataFrame({"a": ["p", "q"]}), "pl", lb=0, ub=9)
    return [*things, p, p + 1, p <= 3, abs(p), p.loc, p.iloc, p.groupby("a"), lp.add_constraint(p + x <= 3), p.ub, lp]


THINGS = public_things()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("k", range(len(THINGS)))
def test_every_protocol(k, protocol):
    """Everything that a user can hold comes back as the same."""
    thing = THINGS[k]
    twin = pickle.loads(pickle.dumps(thing, protocol))
    assert type(twin) is type(thing) or type(twin) in (np.ndarray, pandas.Series)
    if type(thing).__repr__ is not object.__repr__:
        assert repr(twin) == repr(thing)


# ---- blocks
def nested(rng, depth, lp, atoms):
    """A list of blocks, this deep; and now and then less deep, which is refused."""
    if depth == 0 or rng.random() < 0.05:
        return rng.choice(atoms)
    return [nested(rng, depth - 1, lp, atoms) for _ in range(rng.randint(1, 3))]


def valued(thing):
    """The same of numbers."""
    if isinstance(thing, list):
        return list(map(valued, thing))
    return getattr(thing, "value", thing)


@pytest.mark.parametrize("seed", range(300))
def test_blocks_are_those_of_numpy(lp, seed):
    """Lists of numbers, elements and arrays in any nesting: the same result, or an error on both sides."""
    rng = random.Random(seed)
    numbers = np.arange(4.0).reshape(2, 2)
    x = lp.Vars((2, 2), lb=numbers, ub=numbers)
    lp.minimize()
    atoms = [x[0, 0], x[0], x, 2 * x[1, 1], 3, 4.5, np.array([7, 8]), np.eye(2), x[:1]]
    # Few of them, so that shapes fit.
    blocks = nested(rng, rng.randint(1, 3), lp, rng.sample(atoms, rng.randint(1, 3)))
    if "Var" not in repr(blocks) and "x" not in repr(blocks):
        return
    try:
        wanted = np.block(valued(blocks))
    except ValueError:
        with pytest.raises(InvalidValue):
            np.block(blocks)
        return
    assert np.array_equal(np.block(blocks).value, wanted)


# ---- numbers in arrays and alone
NUMBERS = [
    0, 1, -3, 2**53, 2**53 + 1, -(2**53) - 1, 2**62 + 1, 2**63 - 1, -(2**63), 1e-320, 1e-110, -1e-110, 1e-100, 1e-90,
    1e99, 1e100, 1.5e100, -1e101, 1e300, math.inf, -math.inf, math.nan, 10**400, Fraction(1, 10**200), Fraction(1, 3),
]  # fmt: skip


def outcome(act):
    """(the coefficients and constants, or the class of the error, and was there a warning)."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            made = act()
        except PplpError as error:
            return type(error), False
    return str(made).replace("992.0 ", "992 "), bool(caught)  # an integer and a float are shown in two ways


@pytest.mark.parametrize("number", NUMBERS, ids=quoted)
@pytest.mark.parametrize("sign", ["+", "-", "*", "@", "<=", "=="])
def test_numbers_in_arrays_as_alone(lp, number, sign):
    """The same is taken, warned of and refused, in arrays of integers, floats and objects."""
    if (sign, number) in (("*", 0), ("<=", -math.inf)):  # 0 x is shown as such; the row is refused when it is added
        return
    x = lp.Vars(2, "x")
    act = {
        "+": operator.add, "-": operator.sub, "*": operator.mul, "@": operator.mul, "<=": operator.le,
        "==": operator.eq,
    }[sign]  # fmt: skip
    wanted = outcome(lambda: act(x[0], number))
    given = [number, 1]
    for table in (given, np.array(given), np.array(given, object)):
        if sign == "@":
            found = outcome(lambda table=table: (np.array([table, [0, 1]]) @ x)[0] - x[1])
            if isinstance(found[0], str) and isinstance(wanted[0], str):
                found, wanted_here = found[1], wanted[1]
                assert found == wanted_here
                continue
        else:
            found = outcome(lambda table=table: act(x, table)[0] if sign in "+-*" else next(iter(act(x, table))))
        assert found == wanted


def test_tiny_products_are_refused_as_alone(lp):
    """In rows and in objectives; what cancels is left away."""
    x = lp.Vars(2, "x")
    tiny = (1e-60 * x) * 1e-60
    for act in (lambda: lp.add_constraint(tiny + x[1] <= 1), lambda: setattr(lp, "objective", tiny.sum())):
        with pytest.raises(InvalidValue, match="range"):
            act()
    row = lp.add_constraint(x + 0.1 * x[::-1] - 0.1 * x[::-1] + 0 * x <= 1)
    assert str(row[0]) == "x[0] <= 1"
    assert str(49 * x / 49) == str(x)


# ---- what an error calls it
@pytest.mark.parametrize(
    "act, words",
    [
        (lambda lp, x, v: x.fix(None), "fixed at"),
        (lambda lp, x, v: x.fix("3"), "fixed at"),
        (lambda lp, x, v: x.fix(math.nan), "fixed at"),
        (lambda lp, x, v: x.fix(math.inf), "fixed at"),
        (lambda lp, x, v: v.fix([1, math.nan]), "fixed at"),
        (lambda lp, x, v: v.fix(math.inf), "fixed at"),
        (lambda lp, x, v: setattr(x, "lb", math.nan), "lower bound"),
        (lambda lp, x, v: setattr(x, "ub", "3"), "upper bound"),
        (lambda lp, x, v: setattr(v, "lb", math.nan), "lower bound"),
        (lambda lp, x, v: setattr(v, "ub", [1, math.nan]), "upper bound"),
        (lambda lp, x, v: setattr(x, "cost", math.nan), "cost"),
        (lambda lp, x, v: setattr(v, "cost", [1, math.inf]), "cost"),
        (lambda lp, x, v: setattr(v, "cost", 1e-200), "cost"),
        (lambda lp, x, v: lp.Vars(2, lb=[1, math.nan]), "lower bound"),
        (lambda lp, x, v: lp.Vars(2, ub=None), "upper bound"),
        (lambda lp, x, v: lp.Vars(2, ub=iter([1, 2])), "ub takes"),
        (lambda lp, x, v: lp.Var(cost=math.nan), "cost"),
        (lambda lp, x, v: setattr(lp.Vars(["a"]), "ub", math.nan), "upper bound"),
    ],
)  # fmt: skip
def test_an_error_names_what_was_set(lp, act, words):
    """And advises math.inf only where infinity is taken."""
    with pytest.raises(PplpError) as caught:
        act(lp, lp.Var("x"), lp.Vars(2, "v"))
    assert words in str(caught.value)
    assert words not in ("fixed at", "cost") or "Write math.inf" not in str(caught.value)


def test_ranges_are_bounds_in_order(lp):
    """As lists are; bytes are no name, and none is advised."""
    assert lp.Vars(3, lb=range(3)).lb.tolist() == [0, 1, 2]
    with pytest.raises(InvalidValue) as caught:
        lp.Vars(b"abc")
    assert "lp.Vars(3" not in str(caught.value)


# ---- rare functions of numpy
def test_functions_at_their_ends(lp):
    """One element, none, polynomials of low degree, products along other axes: as of the values."""
    numbers = np.arange(6.0).reshape(2, 3)
    x = lp.Vars((2, 3), "x", lb=numbers, ub=numbers)
    lp.minimize()
    weights = np.arange(6.0).reshape(2, 3) + 1
    for act in (
        lambda e: np.polyval([1, 2], e), lambda e: np.polyval([0, 3, 2], e), lambda e: np.polyval([4], e),
        lambda e: np.polyval(e[0], 2), lambda e: np.polyval(e[0], [2]), lambda e: np.polyval(e[0], weights),
        lambda e: np.polyval(e, [1, 2, 3]), lambda e: np.linspace(e, e, 1), lambda e: np.linspace(e[0, 0], 3, 1),
        lambda e: np.linspace(e[0, 0], e[0, 1], 4), lambda e: np.linspace(e[0], e[1], 3, axis=1),
        lambda e: np.linspace(0, e[0], 1, endpoint=False, retstep=True)[1], lambda e: np.linspace(0, e[0, 1], 0),
        lambda e: np.linspace(0, e[0, 1], 3, retstep=True)[1], lambda e: np.bincount([], weights=e[0, :0]),
        lambda e: np.bincount([1, 1, 0], weights=e[0], minlength=4),
    ):  # fmt: skip
        found, wanted = act(x), act(x.value)
        assert np.shape(getattr(found, "value", found)) == np.shape(wanted)
        assert np.allclose(getattr(found, "value", found), wanted)
    assert np.allclose(np.polyval([1, 2], x[1, 1]).value, 6)
    if hasattr(np, "vecdot"):
        for axis in (0, 1, -1):
            assert np.allclose(np.vecdot(x, weights, axis=axis).value, np.vecdot(x.value, weights, axis=axis))
    with pytest.raises(ExpressionError, match="degree"):
        np.polyval([1, 2, 3], x)
    with pytest.raises(InvalidValue, match="no step"):
        np.linspace(0, x[0], 1, retstep=True)
    with pytest.raises(InvalidValue, match="integers in one dimension"):
        np.bincount([0.5], weights=x[0, :1])
    with pytest.raises(InvalidValue, match="as many weights"):
        np.bincount([0, 1], weights=x[0])
    with pytest.raises(ExpressionError, match="axes="):
        np.matmul(weights, x.T, axes=[(0, 1), (0, 1), (0, 1)])
