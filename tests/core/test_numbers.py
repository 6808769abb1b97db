"""Numbers of every kind in every place that takes one: as their floats, or refused by an error of our own tree."""

from __future__ import annotations

import datetime
import itertools
import math
import operator
import warnings
from decimal import Decimal
from fractions import Fraction

import pytest

from pplp import ExpressionError, InvalidValue, LinearProgram, PplpError, Scenario, dot, maximum, piecewise
from pplp import semicontinuous as semi
from tests.support.engines import ENGINES
from tests.support.fake_tensor import Tensor

np = pytest.importorskip("numpy")
try:
    import torch
except ImportError:
    torch = None

VALUES = [3, -2.25]


def numbers():
    """(name, thing, its float)."""
    for value in VALUES:
        yield f"Fraction {value}", Fraction(value), value
        yield f"Decimal {value}", Decimal(str(value)), value
        for code in "bhilqefdgBHILQ?":
            if code not in "efdg" and (value != int(value) or (code in "BHILQ?" and value < 0)):
                continue
            scalar = np.array(value).astype(code)[()]
            yield f"numpy {code} {value}", scalar, float(scalar)
            for shape in ((), (1,), (1, 1), (1, 1, 1)):
                yield f"array {code} {shape} {value}", np.full(shape, scalar), float(scalar)
        yield f"array of objects {value}", np.array([Fraction(value)], object), value
        for shape in ((), (1,), (1, 1)):
            for needs_gradient in (False, True):
                yield f"fake tensor {shape} {needs_gradient} {value}", Tensor(value, shape, needs_gradient), value
    if torch is not None:
        for kind, value in itertools.product(
            ("float16", "bfloat16", "float32", "float64", "int8", "int64", "bool"), VALUES
        ):
            if kind[0] in "ib" and kind != "bfloat16" and value != int(value):
                continue
            for shape in ((), (1,), (1, 1)):
                tensor = torch.full(shape, value, dtype=getattr(torch, kind))
                exact = float(value != 0) if kind == "bool" else float(value)
                yield f"torch {kind} {shape} {value}", tensor, exact
                if kind.endswith(("float32", "float16")):
                    yield f"parameter {kind} {shape} {value}", torch.nn.Parameter(tensor), exact


def no_numbers():
    """(name, thing that is none)."""
    for name, thing in (
        ("complex", 1j),
        ("text", "3"),
        ("bytes", b"3"),
        ("None", None),
        ("a date", datetime.date(2024, 1, 1)),
        ("a time span", datetime.timedelta(1)),
        ("a dictionary", {1: 2}),
        ("a set", {1.0}),
        ("a function", len),
        ("numpy's complex", np.complex128(1j)),
        ("a numpy date", np.datetime64("2024-01-01")),
        ("a numpy time span", np.timedelta64(5, "ns")),
        ("a numpy text", np.str_("3")),
        ("NaN", np.array([math.nan])),
        ("masked", np.ma.array([1.0], mask=[True])),
        ("a complex tensor", Tensor(1j, (1,))),
    ):
        yield name, thing
    for name, one in (
        ("complex", 1j),
        ("dates", np.datetime64("2024")),
        ("spans", np.timedelta64(5, "ns")),
        ("text", "3"),
    ):
        for shape in ((), (1,), (1, 1)):
            yield f"array of {name} {shape}", np.full(shape, one)


def model():
    lp = LinearProgram()
    x, y = lp.Var("x", lb=-9, ub=9), lp.Var("y", lb=-9, ub=9)
    return lp, x, y


OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.le, operator.ge, operator.eq]
EXPRESSIONS = {
    "a variable": lambda x, y: x,
    "a term": lambda x, y: 3 * x,
    "a sum of variables": lambda x, y: x + y,
    "a sum": lambda x, y: 2 * x - y + 1,
    "a function": lambda x, y: abs(x) + y,
}


def assigned(name):
    def place(lp, x, y, n):
        setattr(x, name, n)
        return x.lb, x.ub, x.cost

    return place


def solved(lp):
    return lp.maximize(), [one.value for one in lp.variables]


#: What is made of a number in a place, as something that can be compared.
PLACES = {
    "lb": assigned("lb"),
    "ub": assigned("ub"),
    "cost": assigned("cost"),
    "Var": lambda lp, x, y, n: (lp.Var(lb=n).lb, lp.Var(ub=n).ub),
    "Vars": lambda lp, x, y, n: (
        [one.lb for one in lp.Vars(3, lb=n)] + [one.ub for one in lp.Vars(["a", "b"], ub=n).values()]
    ),
    "objective": lambda lp, x, y, n: (setattr(lp, "objective", n), lp.objective)[1],
    "objective +=": lambda lp, x, y, n: (setattr(lp, "objective", lp.objective + n), lp.objective)[1],
    "between": lambda lp, x, y, n: (x + y).between(n, 9),
    "triple": lambda lp, x, y, n: lp.add_constraint((-9, x + y, n)),
    "a chain": lambda lp, x, y, n: (lambda r: r)(n <= x + y <= 9),
    "a row": lambda lp, x, y, n: lp.add_constraint(x + y <= n),
    "a row's side": lambda lp, x, y, n: (lambda c: (setattr(c, "ub", n), c.ub))(lp.add_constraint(x + y <= 9)),
    "set_coefficient": lambda lp, x, y, n: (lambda c: (c.set_coefficient(x, n), c))(lp.add_constraint(x + y <= 9))[1],
    "dot": lambda lp, x, y, n: dot([n, 2], [x, y]),
    "dot of sums": lambda lp, x, y, n: dot([n, 2], [x + y, y]),
    "maximum": lambda lp, x, y, n: maximum(x, n),
    "piecewise": lambda lp, x, y, n: piecewise(x, [(-9, n), (9, 4)]),
    "semicontinuous": lambda lp, x, y, n: semi(x, n, 9),
    "value": lambda lp, x, y, n: lp.value(n),
    "lb of an array": lambda lp, x, y, n: (lambda v: (setattr(v, "lb", n), v.lb.tolist()))(lp.Vars(2)),
    "prod": lambda lp, x, y, n: lp.Vars(["a"], "k").prod({"a": n}),
    "a scenario": lambda lp, x, y, n: [s.status for s in lp.scenarios([Scenario(ub={x: n})], workers=1)],
    "start": lambda lp, x, y, n: (lp.add_constraint(lp.IntVar(lb=0, ub=1) <= x), lp.maximize(start={y: n}))[1],
}


def outcome(deed):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return repr(deed())
        except PplpError as error:
            return type(error)


KNOWN = list(numbers())


@pytest.mark.parametrize("kind", list(EXPRESSIONS))
@pytest.mark.parametrize("act", OPERATORS, ids=lambda act: act.__name__)
def test_operators(act, kind):
    """On either side, what the float gives."""
    _, x, y = model()
    e = EXPRESSIONS[kind](x, y)
    for name, thing, number in KNOWN:
        for one, other in ((lambda n: act(e, n), name), (lambda n: act(n, e), f"{name}, on the left")):
            assert outcome(lambda: one(thing)) == outcome(lambda: one(number)), other  # noqa: B023


@pytest.mark.parametrize("place", sorted({*PLACES} - {"a scenario", "start"}))
def test_places(place):
    """What the float gives there."""
    for name, thing, number in KNOWN:
        assert outcome(lambda: PLACES[place](*model(), thing)) == outcome(lambda: PLACES[place](*model(), number)), name  # noqa: B023


@pytest.mark.parametrize("place", ["a scenario", "start"])
def test_places_of_a_solve(place):
    for name, thing, number in KNOWN[::17]:
        assert outcome(lambda: PLACES[place](*model(), thing)) == outcome(lambda: PLACES[place](*model(), number)), name  # noqa: B023


@pytest.mark.parametrize("name, thing", list(no_numbers()))
def test_what_is_no_number(name, thing):
    """Is refused in each operator and place; but `==` is False of what can be equal to nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for kind, act in itertools.product(EXPRESSIONS, OPERATORS):
            _, x, y = model()
            e = EXPRESSIONS[kind](x, y)
            for left, right in ((e, thing), (thing, e)):
                if act is operator.eq and not hasattr(thing, "shape"):
                    assert act(left, right) is False
                    continue
                with pytest.raises((PplpError, TypeError)) as caught:
                    act(left, right)
                if left is e:
                    assert isinstance(caught.value, PplpError), (kind, act)
        for place, deed in PLACES.items():
            if (thing is None and place in ("lb", "ub", "a row's side", "start", "a scenario")) or place in (
                "a scenario",
                "value",
            ):
                continue
            with pytest.raises(PplpError):
                print(place, deed(*model(), thing))


def test_an_expression_in_an_array_is_no_number():
    """Its value is not taken for it."""
    lp, x, y = model()
    lp.maximize()
    for box in (np.array([x], object), np.array([[x]], object)):
        assert repr(y + box).strip("[]") == "y + x"
    with pytest.raises(ExpressionError, match="item"):
        y + np.array(x, object)
    with pytest.raises(ExpressionError):
        x.ub = np.array([y], object)


def test_an_array_of_one_beside_an_array_is_spread():
    """By numpy's rules, as any other."""
    lp = LinearProgram()
    xs, grid = lp.Vars(2, "x"), lp.Vars((2, 1), "g")
    for one in (np.array([3.0]), Tensor(3, (1,)), *([torch.tensor([3.0])] if torch else [])):
        assert repr(one * xs) == repr(xs * one) == "[3 x[0], 3 x[1]]"
        assert (grid * one).shape == (2, 1)
    assert (xs * np.array([[1.0]])).shape == (1, 2)


def test_tensors_of_several_elements_go_by_position():
    lp = LinearProgram()
    x, xs = lp.Var("x"), lp.Vars(2, "v")
    kinds = [Tensor([1.0, 2.5], (2,), True)]
    if torch is not None:
        kinds += [torch.tensor([1.0, 2.5], dtype=kind) for kind in (torch.float64, torch.bfloat16)]
        kinds += [torch.nn.Parameter(kinds[1])]
    for two in kinds:
        assert repr(x * two) == repr(two * x) == "[x, 2.5 x]"
        assert repr(xs * two) == repr(two * xs) == "[v[0], 2.5 v[1]]"
        assert repr(two @ xs) == repr(xs @ two) == repr(dot(two, xs)) == "v[0] + 2.5 v[1]"
        assert repr(xs <= two) == repr(two >= xs) == "[v[0] <= 1, v[1] <= 2.5]"
        assert repr(two - xs) == "[-v[0] + 1, -v[1] + 2.5]"
        xs.ub = two
        assert [one.ub for one in xs] == [one.ub for one in lp.Vars(2, ub=two)] == [1, 2.5]
        with pytest.raises(InvalidValue, match="shape"):
            lp.Vars(3) * two


@pytest.mark.skipif(torch is None, reason="torch is not installed")
def test_functions_of_torch():
    """Those that are operators; any other is refused, and so are those that take options."""
    lp = LinearProgram()
    x, w = lp.Var("x"), torch.tensor([2.0])
    assert repr(torch.mul(w, x)) == repr(torch.multiply(x, w)) == "2 x"
    assert repr(torch.sub(w, x)) == "-x + 2" and repr(torch.sub(x, w)) == "x - 2"
    w += x
    assert repr(w) == "x + 2"
    three = torch.ones(3)
    for bad in (
        lambda: torch.add(three, x, alpha=2),
        lambda: torch.sum(x),
        lambda: torch.maximum(three, x),
        lambda: torch.dot(three, lp.Vars(3)),
        lambda: torch.stack([lp.Vars(3)]),
        lambda: three // x,
        lambda: three % x,
        lambda: three < x,
        lambda: three != x,
        lambda: three**x,
        lambda: torch.empty(1, device="meta") * x,
        lambda: torch.empty(3, device="meta") * x,
        lambda: torch.eye(3).to_sparse() @ lp.Vars(3),
        lambda: torch.tensor([1j, 2]) * x,
        lambda: torch.tensor([math.nan]) * x,
    ):
        with pytest.raises(PplpError):
            bad()


THIRD = 0.1 + 0.2  # 0.30000000000000004


def numpy():
    """The package, or the test is skipped."""
    return pytest.importorskip("numpy")


ONE_ULP = {
    "a row without variables": lambda lp, x, y: lp.add_constraint(x - x + 0.1 + 0.2 <= 0.3),
    "its constant on the other side": lambda lp, x, y: lp.add_constraint(THIRD <= 0.3 + x - x),
    "constants on both sides": lambda lp, x, y: lp.add_constraint(x + y + THIRD <= 0.3 + x),
    "an equation": lambda lp, x, y: lp.add_constraint(0 * x + THIRD == 0.3),
    "a row": lambda lp, x, y: lp.add_constraint(x + y + 0.1 + 0.2 <= 0.3),
    "a bound": lambda lp, x, y: lp.add_constraint(x + THIRD <= 0.3),
    "a range of a row": lambda lp, x, y: lp.add_constraint((THIRD, x + y, 0.3)),
    "a range of a constant": lambda lp, x, y: lp.add_constraint((THIRD, 0.3, 4)),
    "sides that are set": lambda lp, x, y: setattr(lp.add_constraint(x + y <= 1), "bounds", (THIRD, 0.3)),
    "bounds of a new variable": lambda lp, x, y: lp.Var(lb=THIRD, ub=0.3),
    "bounds that are set": lambda lp, x, y: setattr(x, "bounds", (THIRD, 0.3)),
    "one bound that is set": lambda lp, x, y: (setattr(x, "ub", 0.3), setattr(x, "lb", THIRD)),
    "a bound and a row": lambda lp, x, y: (setattr(x, "ub", 0.3), lp.add_constraint(x >= THIRD)),
    "an array": lambda lp, x, y: lp.add_constraint(
        lp.Vars(2, lb=0) + pytest.importorskip("numpy").array([THIRD, 0.3]) <= 0.3
    ),
    "an array without variables": lambda lp, x, y: lp.add_constraint(0 * lp.Vars(2) + THIRD <= 0.3),
    "bounds of an array": lambda lp, x, y: lp.Vars(2, lb=[THIRD, 0], ub=0.3),
}


@pytest.mark.parametrize("solver", ENGINES)
@pytest.mark.parametrize("case", list(ONE_ULP))
def test_what_differs_by_the_last_digit_does_not_contradict(case, solver):
    """0.1 + 0.2 is 0.3 wherever the two meet."""
    lp = LinearProgram(solver=solver)
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    ONE_ULP[case](lp, x, y)
    lp.objective = x + y
    assert 0 <= lp.minimize() <= THIRD


@pytest.mark.parametrize("much", [1e-15, 1e-9, 0.1, 5.0])
def test_what_differs_by_more_contradicts(much):
    """Also where the numbers are large and whole, and no digit of them is rounded."""
    lp = LinearProgram()
    x = lp.Var("x", lb=0)
    with pytest.raises(InvalidValue):
        lp.add_constraint(x - x + 0.3 + much <= 0.3)
    c = lp.add_constraint(x + 2.0**53 - 2 <= 2.0**53)
    assert c.ub == 2
    c = lp.add_constraint(x + 1_700_000_000_000_000_000 <= 1_700_000_000_000_000_256)
    assert c.ub == 256
    assert lp.add_constraint(x + 0.999999999999999 <= 1).ub == 1 - 0.999999999999999


# ---- numbers that are good, and make one that is not
GREAT = 9e99


def small_program():
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0, ub=1), lp.Var("y", lb=0, ub=1)
    single, several = lp.add_constraint(0.5 * x >= -1, "single"), lp.add_constraint(0.5 * lp.Vars((3,), "v") >= -1)
    lp.objective = x + y
    return lp, x, y, single, several


def assign(lp, *objectives):
    for objective in objectives:
        lp.objective = objective
        lp.compile()


#: What adds numbers up, or divides them, each of which is good.
TOO_GREAT = {
    "coefficients": lambda lp, x, y, *_: lp.add_constraint(GREAT * x + y + GREAT * x <= 1),
    "coefficients on both sides": lambda lp, x, y, *_: lp.add_constraint(GREAT * x + y <= -GREAT * x),
    "constants": lambda lp, x, y, *_: lp.add_constraint(x + y + GREAT <= -GREAT),
    "constants of one": lambda lp, x, y, *_: lp.add_constraint(x + GREAT >= -GREAT),
    "constants on both sides": lambda lp, x, y, *_: lp.add_constraint(x + GREAT <= y - GREAT),
    "constants with a name": lambda lp, x, y, *_: lp.add_constraint(x + y + GREAT <= -GREAT, "sum"),
    "a row": lambda lp, x, y, *_: lp.add_constraint(x + GREAT <= -GREAT, row=True),
    "a quotient": lambda lp, x, y, *_: lp.add_constraint(0.5 * x >= -GREAT),
    "a quotient above": lambda lp, x, y, *_: lp.add_constraint((1e-99 * x).between(0, 10)),
    "a side of a bound": lambda lp, x, y, single, _: setattr(single, "rhs", -GREAT),
    "the factor of a bound": lambda lp, x, y, single, _: single.set_coefficient(x, 1e-100),
    "the sides of bounds": lambda lp, x, y, _, several: setattr(several, "lb", [-GREAT, 0, 0]),
    "quotients": lambda lp, x, y, *_: lp.add_constraint(0.5 * lp.Vars((3,)) >= -GREAT),
    "coefficients of an array": lambda lp, x, y, *_: lp.add_constraint(GREAT * lp.Vars((3,)) + 2 * (GREAT * x) >= 0),
    "constants of an array": lambda lp, x, y, *_: lp.add_constraint(x + lp.Vars((3,)) + GREAT >= -GREAT),
    "some rows of an array": lambda lp, x, y, *_: lp.add_constraint(
        np.array([[1.0, 1.0], [0.0, 0.5]]) @ lp.Vars((2,)) >= [0, -GREAT]
    ),
    "costs": lambda lp, x, y, *_: assign(lp, GREAT * x + y + GREAT * x),
    "more costs": lambda lp, x, y, *_: assign(lp, GREAT * x, GREAT * x + GREAT * x),
    "longer costs": lambda lp, x, y, *_: assign(lp, y + GREAT * x, lp.objective + GREAT * x + GREAT * x),
    "costs of an array": lambda lp, x, y, *_: assign(lp, (GREAT * lp.Vars((3,)) + GREAT * x).sum()),
    "an offset": lambda lp, x, y, *_: assign(lp, x + GREAT + GREAT),
    "an offset of an array": lambda lp, x, y, *_: assign(lp, (lp.Vars((3,)) + GREAT).sum()),
}


@pytest.mark.parametrize("kind", TOO_GREAT)
def test_good_numbers_that_make_one_beyond_all(kind):
    """A sum or a quotient beyond 1e100 is refused where it arises; what was there before is as it was."""
    lp, *parts = small_program()
    rows, sides = [str(c) for c in lp.constraints], [c.bounds for c in lp.constraints]
    with pytest.raises(InvalidValue, match=r"units"):
        TOO_GREAT[kind](lp, *parts)
    assert [str(c) for c in lp.constraints] == rows and [c.bounds for c in lp.constraints] == sides
    lp.objective = parts[0] + parts[1]
    assert lp.maximize() == 2.0


def test_good_numbers_that_make_a_good_one():
    """What is great and cancels, or stays below, is taken."""
    lp, x, y, *_ = small_program()
    row = lp.add_constraint(GREAT * x + y - GREAT * x - GREAT <= -0.5 * GREAT)
    assert (row.coefficient(x), row.coefficient(y)) == (0.0, 1.0)
    assert row.ub == 0.5 * GREAT
    lp.objective = GREAT * x + y - GREAT * x
    assert lp.maximize() == 1.0
