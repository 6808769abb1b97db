"""Functions, implications and sets: what the rows say is what the mathematics says, by brute force over grids."""

from __future__ import annotations

import copy
import itertools
import pickle
import random
from fractions import Fraction
from math import inf

import pytest

from pplp import (
    ExpressionError,
    ForeignObject,
    InvalidValue,
    LinearProgram,
    Reformulation,
    RemovedObject,
    maximum,
    minimum,
    piecewise,
    semicontinuous,
    sos1,
    sos2,
    truth,
)


def grid(xs):
    """All points of integer variables within their bounds."""
    return itertools.product(*(range(int(x.lb), int(x.ub) + 1) for x in xs))


def at(lp, xs, point, e):
    """The least and the greatest value of e where the variables stand at a point; None where that is infeasible."""
    saved = [(x, x.lb, x.ub) for x in xs]
    for x, value in zip(xs, point):
        x.lb = value
        x.ub = value
    lp.objective = e
    found = lp.solve("minimize"), lp.solve("maximize")
    for x, low, high in saved:
        x.ub = high
        x.lb = low
    return tuple(
        s.objective if s.has_solution else {"infeasible": None, "unbounded": inf}[s.status.value] for s in found
    )


def is_linear(record):
    """Did it take rows alone, without an integer variable?"""
    return not any(x.integer for x in record.variables)


def affine(r, xs):
    """A random expression of integer variables, and the same as a function of their values."""
    factors, shift = [r.randrange(-3, 4) for _ in xs], r.randrange(-4, 5)
    return sum(a * x for a, x in zip(factors, xs)) + shift, lambda p: sum(a * v for a, v in zip(factors, p)) + shift


POINTS = {
    "convex": [(-30, 118), (-4, 14), (0, 2), (3, 2), (30, 110)],
    "concave": [(-30, -90), (-2, -6), (1, 0), (5, 4), (30, 9)],
    "neither": [(-30, 5), (-5, 30), (-1, 2), (2, 2), (6, 20), (30, -4)],
    "line": [(-30, -60), (0, 0), (1, 2), (30, 60)],
}


def interpolated(points, x):
    """The polygon through the points, in exact arithmetic."""
    (x0, y0), (x1, y1) = next((a, b) for a, b in zip(points, points[1:]) if a[0] <= x <= b[0])
    return float(y0 + Fraction(y1 - y0) * Fraction(x - x0) / Fraction(x1 - x0))


def random_function(r, xs):
    """(pplp's function, the same in Python, can it only be 0 or 1) of random expressions."""
    kind = r.choice(["abs", "maximum", "minimum", "piecewise", "truth"])
    e, f = affine(r, xs)
    if kind == "abs":
        return abs(e), lambda p: abs(f(p))
    if kind in ("maximum", "minimum"):
        pairs = [(e, f), *(affine(r, xs) for _ in range(r.randrange(0, 4)))]
        if r.random() < 0.5:
            number = r.randrange(-5, 6)
            pairs.append((number, lambda p: number))
        ours, python = (maximum, max) if kind == "maximum" else (minimum, min)
        return ours(e for e, _ in pairs), lambda p: python(f(p) for _, f in pairs)
    if kind == "piecewise":
        points = POINTS[r.choice(list(POINTS))]
        return piecewise(e, points), lambda p: interpolated(points, f(p))
    b = r.randrange(-5, 6)
    c = b + r.randrange(0, 4)
    relation, holds = r.choice(
        [
            (e <= b, lambda p: f(p) <= b),
            (e >= b, lambda p: f(p) >= b),
            (e == b, lambda p: f(p) == b),
            ((e).between(b, c), lambda p: b <= f(p) <= c),
        ]
    )
    return truth(relation), lambda p: int(holds(p))


@pytest.mark.parametrize("seed", range(40))
def test_functions_at_every_point_of_a_grid(seed):
    """t >= f has the least t = f, t <= f the greatest, t == f both, at each point; its value is read as f."""
    r = random.Random(seed)
    for sense in ("<=", ">=", "=="):
        lp = LinearProgram()
        xs = [lp.IntVar(lb=-1, ub=1), lp.IntVar(lb=0, ub=2), lp.BoolVar()][: r.randrange(1, 4)]
        t = lp.Var("t")
        e, f = random_function(r, xs)
        scale = r.choice([1, 1, 2, -3])
        lp.add_constraint({"<=": t <= scale * e, ">=": t >= scale * e, "==": t == scale * e}[sense])
        for point in grid(xs):
            value = scale * f(point)
            low, high = at(lp, xs, point, t)
            assert low == pytest.approx(-inf if sense == "<=" else value, abs=1e-6) or (low, sense) == (inf, "<=")
            assert high == pytest.approx(inf if sense == ">=" else value, abs=1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_sums_of_functions_in_whole_programs(seed):
    """The best point of a program with several functions in one relation is the best of all points of the grid."""
    r = random.Random(1000 + seed)
    lp = LinearProgram()
    xs = [lp.IntVar(lb=-2, ub=1), lp.IntVar(lb=0, ub=3), lp.BoolVar()]
    left, rest = affine(r, xs)
    functions = [(r.choice([-2, -1, 1, 2]), *random_function(r, xs)) for _ in range(r.randrange(2, 4))]
    total = left + sum(a * e for a, e, _ in functions)

    def value(p):
        return rest(p) + sum(a * f(p) for a, _, f in functions)

    values = sorted(value(p) for p in grid(xs))
    bound = r.choice(values)
    sense = r.choice(["<=", ">=", "=="])
    lp.add_constraint({"<=": total <= bound, ">=": total >= bound, "==": total == bound}[sense])
    holds = {
        "<=": lambda v: v <= bound + 1e-9,
        ">=": lambda v: v >= bound - 1e-9,
        "==": lambda v: abs(v - bound) < 1e-9,
    }
    goal, score = affine(r, xs)
    lp.objective = goal
    scores = [score(p) for p in grid(xs) if holds[sense](value(p))]
    assert lp.minimize() == pytest.approx(min(scores), abs=1e-6)
    assert lp.maximize() == pytest.approx(max(scores), abs=1e-6)
    assert total.value == pytest.approx(value([x.value for x in xs]), abs=1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_implications_over_a_grid(seed):
    """b >> c, and (1 - b) >> c, leave the points of the grid that logic leaves."""
    r = random.Random(seed)
    lp = LinearProgram()
    xs = [lp.IntVar(lb=-2, ub=1), lp.IntVar(lb=0, ub=2)]
    b = lp.BoolVar("b")
    e, f = affine(r, xs)
    low = r.randrange(-6, 7)
    high = low + r.randrange(0, 5)
    low, high = r.choice([(low, high), (-inf, high), (low, inf), (low, low)])
    wanted = r.randrange(2)
    lp.add_constraint((b if wanted else 1 - b) >> e.between(low, high))
    for *point, on in grid([*xs, b]):
        expected = 0 if on != wanted or low <= f(point) <= high else None
        assert at(lp, [*xs, b], [*point, on], 0) == (expected, expected)


def test_indicator_of_continuous_variables():
    """By hand: with b the plan is cheap and x at most 20, without it x reaches 100."""
    lp = LinearProgram()
    x, b = lp.Var("x", lb=-7, ub=100), lp.BoolVar("b")
    record = lp.add_constraint(b >> (0 <= x + 2 <= 22), name="small")
    lp.objective = x + 79.5 * b
    assert (lp.maximize(), b.value) == (100.0, 0)
    lp.objective = x + 80.5 * b
    assert (lp.maximize(), b.value) == (100.5, 1)
    lp.objective = x - 4.5 * b
    assert (lp.minimize(), b.value) == (-7.0, 0)
    lp.objective = x - 5.5 * b
    assert (lp.minimize(), x.value, b.value) == (-7.5, -2.0, 1)
    # As tight as the bounds allow: 100 - 20 and -2 - -7.
    assert str(record.constraints) == "(small[0]: x + 80 b <= 100, small[1]: x - 5 b >= -7)"


def test_both_values_of_an_implication_with_a_constant():
    """Where data leave no variable in the relation, the condition alone decides."""
    lp = LinearProgram()
    a, b = lp.BoolVar(), lp.BoolVar()
    lp.add_constraint(a >> (sum([]) <= 3))
    lp.add_constraint(b >> (sum([]) >= 3))
    lp.objective = a + b
    assert (lp.maximize(), a.value, b.value) == (1.0, 1, 0)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_logic_over_binaries(n):
    """And, or, not, implies, exclusive or, exactly, at most and at least k, as results: the whole truth table."""
    lp = LinearProgram()
    bs = [lp.BoolVar() for _ in range(n)]
    k = n // 2
    table = [
        (minimum(bs), all),
        (maximum(bs), any),
        (maximum([1 - bs[0], *bs[1:]]), lambda v: not v[0] or any(v[1:])),
        (truth(sum(bs) == k), lambda v: sum(v) == k),
        (truth(sum(bs) <= k), lambda v: sum(v) <= k),
        (truth(sum(bs) >= k), lambda v: sum(v) >= k),
        (truth(sum(bs) == 1), lambda v: sum(v) == 1),
    ]
    results = [lp.BoolVar() for _ in table]
    records = [lp.add_constraint(result == e) for result, (e, _) in zip(results, table)]
    assert not any(record.variables for record in records[:3])  # of binaries, and/or take no binary of their own
    weights = [1 << i for i in range(len(results))]
    for v in itertools.product((0, 1), repeat=n):
        expected = sum(w * bool(f(v)) for w, (_, f) in zip(weights, table))
        assert at(lp, bs, v, sum(w * b for w, b in zip(weights, results))) == (expected, expected)


def test_logic_with_a_continuous_result():
    """Whatever the result is, it is 0 or 1 where it stands equal, and stays within them on the open side."""
    lp = LinearProgram()
    a, b = lp.BoolVar(), lp.BoolVar()
    some, both = lp.Var(lb=-5, ub=5), lp.Var(lb=-5, ub=5)
    lp.add_constraint(some <= maximum(a, b))
    lp.add_constraint(both >= minimum(a, b, 1))
    for v in itertools.product((0, 1), repeat=2):
        assert at(lp, [a, b], v, some) == (-5, max(v))
        assert at(lp, [a, b], v, both) == (min(v), 5)


def test_counted_wishes_need_no_integers():
    """At least two of three relations of continuous variables: t = 1 implies each, and no more is needed."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0, ub=10), lp.Var("y", lb=0, ub=10)
    lp.add_constraint(sum(truth(c) for c in (x >= 6.5, y >= 3.25, x + y >= 7)) >= 2)
    lp.objective = x + y
    assert lp.minimize() == pytest.approx(7.0)
    lp.objective = x + 3 * y
    assert lp.minimize() == pytest.approx(7.0)  # x = 7, which fulfils the first and the third
    lp.objective = 2 * x + y
    assert lp.minimize() == pytest.approx(7.0)  # y = 7


# --------------------------------------------------------------------- convex shapes stay linear
@pytest.mark.parametrize(
    ("above", "below", "make"),
    [
        (True, False, lambda x, y: abs(x - y)),
        (True, False, lambda x, y: maximum(x, 2 * y, 3)),
        (False, True, lambda x, y: minimum(x, 2 * y, 3)),
        (True, False, lambda x, y: piecewise(x + y, POINTS["convex"])),
        (False, True, lambda x, y: piecewise(x + y, POINTS["concave"])),
        (True, True, lambda x, y: piecewise(x + y, POINTS["line"])),
        (False, False, lambda x, y: piecewise(x + y, POINTS["neither"])),
        (True, False, lambda x, y: 2 * abs(x) - 3 * minimum(x, y) + 1),
    ],
)
def test_the_convex_side_is_linear_and_needs_no_bounds(above, below, make):
    """Where the relation asks for the convex side no integer is made, though the variables are free."""
    for sense, linear in ((">=", above), ("<=", below), ("==", above and below)):
        lp = LinearProgram()
        x, y, t = lp.Var("x"), lp.Var("y"), lp.Var("t")
        e = make(x, y)
        relation = {">=": t >= e, "<=": t <= e, "==": t == e}[sense]
        if linear:
            assert is_linear(lp.add_constraint(relation))
        elif "piecewise" in str(e):  # the incremental method takes binaries, and no bounds
            assert not is_linear(lp.add_constraint(relation))
        else:
            with pytest.raises(InvalidValue, match=r"no (lower|upper) bound"):
                lp.add_constraint(relation)
            assert (len(lp.variables), len(lp.constraints)) == (3, 0)


def test_sum_of_absolute_deviations_is_the_median(lp):
    """The point of least total distance to 2, 3, 5, 11, 40 is their median 5, at 3 + 2 + 0 + 6 + 35 = 46."""
    data = [2, 3, 5, 11, 40]
    x, total = lp.Var("x"), lp.Var("total")
    lp.add_constraint(total >= sum(abs(x - a) for a in data))
    lp.objective = total
    assert lp.minimize() == pytest.approx(46.0)
    assert x.value == pytest.approx(5.0)
    assert x.reduced_cost == pytest.approx(0.0)  # a linear program: it has duals


def test_sums_of_functions_take_linear_time_and_never_alias(lp):
    """A sum grows at the tail of a shared buffer; two sums that start alike stay apart."""
    x, t = lp.Var("x"), lp.Var("t")
    start = abs(x) + maximum(x, 1)
    one, other = start + abs(x - 1), start + minimum(x, 2)
    assert str(start) == "abs(x) + maximum(x, 1)"
    assert str(one) == "abs(x) + maximum(x, 1) + abs(x - 1)"
    assert str(other) == "abs(x) + maximum(x, 1) + minimum(x, 2)"
    assert str(3 - 2 * (one - x) / 4) == "-0.5 abs(x) - 0.5 maximum(x, 1) - 0.5 abs(x - 1) + 0.5 x + 3"
    assert str(start + start) == "abs(x) + maximum(x, 1) + abs(x) + maximum(x, 1)"
    many = lp.Vars(2000, lb=-1, ub=1)
    record = lp.add_constraint(t >= sum(abs(y) for y in many))
    assert (len(record.variables), len(record.constraints)) == (2000, 4001)


def test_a_number_bounds_an_absolute_value_in_one_row(lp):
    """|x - y| <= 3 is a range; a negative bound can never hold."""
    x, y = lp.Var("x"), lp.Var("y")
    assert str(lp.add_constraint(abs(x - y) <= 3).constraints) == "(-3 <= x - y <= 3,)"
    lp.add_constraint(4 >= 2 * abs(x))
    assert (x.lb, x.ub) == (-2, 2)
    with pytest.raises(InvalidValue, match="never hold"):
        lp.add_constraint(abs(x - y) <= -1)
    lp.objective = y
    assert lp.maximize() == 5.0


def test_bounds_spare_binaries(lp):
    """A known sign makes |x| linear, and an operand that bounds keep below another is left out."""
    x, y, t = lp.Var("x", lb=1, ub=9), lp.Var("y", lb=-5, ub=1), lp.Var("t")
    record = lp.add_constraint(t == abs(x))
    assert is_linear(record)
    assert is_linear(lp.add_constraint(t >= 1 - abs(y - 1)))
    assert is_linear(lp.add_constraint(t == maximum(x, y, 0)))
    assert len(lp.add_constraint(t == maximum(x, y, 3)).variables) == 1
    lp.objective = t - x
    assert (lp.minimize(), lp.maximize()) == (0.0, 0.0)
    x.lb = -1
    with pytest.raises(InvalidValue, match=r"abs\(x\) == t was written for x >= 1, but the lower bound of x is now -1"):
        lp.minimize()


def test_points_on_a_line_take_no_binaries(lp):
    """Only true corners count, also where floating point bends the line a little."""
    x, t = lp.Var("x"), lp.Var("t")
    points = [(0.1 * k, 0.3 * k) for k in range(11)] + [(2, 0)]
    record = lp.add_constraint(t == piecewise(x, points))
    assert sum(v.integer for v in record.variables) == 1
    lp.objective = t
    assert lp.maximize() == pytest.approx(3.0)
    assert x.value == pytest.approx(1.0)
    assert (lp.add_constraint(x == 1.5), lp.minimize())[1] == pytest.approx(1.5)


def test_the_domain_of_a_piecewise_function_bounds_its_variable():
    """It is defined from the first x to the last, in either encoding."""
    for sense in (">=", "=="):
        lp = LinearProgram()
        x, t = lp.Var("x"), lp.Var("t", lb=-9, ub=9)
        f = piecewise(x, [(-2, 4), (0, 0), (3, 3)])
        lp.add_constraint(t >= f if sense == ">=" else t == f)
        lp.objective = x
        assert (lp.minimize(), f.value) == (-2.0, 4.0)
        assert (lp.maximize(), f.value) == (3.0, 3.0)


def test_piecewise_at_real_points(lp):
    """Between the points, too, with a polygon of every shape, the least and greatest t are the polygon's value."""
    r = random.Random(5)
    x = lp.Var("x")
    ts = {name: lp.Var(name) for name in POINTS}
    for name, t in ts.items():
        lp.add_constraint(t == piecewise(x, POINTS[name]))
    for _ in range(25):
        point = Fraction(r.randrange(-240, 241), 8)
        for name, t in ts.items():
            expected = interpolated(POINTS[name], point)
            assert at(lp, [x], [float(point)], t) == (pytest.approx(expected), pytest.approx(expected))


# --------------------------------------------------------------------- sets
@pytest.mark.parametrize("integer", [False, True])
@pytest.mark.parametrize(("low", "high"), [(2, 5.5), (-6, -1.5), (-1, 3), (0, 4), (3, 3)])
def test_semicontinuous(integer, low, high):
    """0 or within the bounds, and for an integer variable also whole."""
    lp = LinearProgram()
    x, target, t = (lp.IntVar if integer else lp.Var)("x"), lp.Var("target"), lp.Var("t")
    lp.add_constraint(semicontinuous(x, low, high))
    lp.add_constraint(t >= abs(x - target))
    for wanted in (-7, -4.25, -0.7, 0, 0.9, 1.8, 4.4, 8):
        if integer:
            allowed = [v for v in range(-8, 9) if v == 0 or low <= v <= high]
            nearest = min(abs(v - wanted) for v in allowed)
        else:
            nearest = min(abs(wanted), max(low - wanted, wanted - high, 0))
        assert at(lp, [target], [wanted], t)[0] == pytest.approx(nearest)


@pytest.mark.parametrize("seed", range(25))
def test_special_ordered_sets_over_a_grid(seed):
    """Exactly the points with at most one, or two neighbours, that are not 0."""
    r = random.Random(seed)
    for kind, make in ((1, sos1), (2, sos2)):
        lp = LinearProgram()
        bounds = [r.choice([(-1, 1), (0, 1), (0, 2), (-2, 0)]) for _ in range(r.randrange(1, 5))]
        xs = [lp.IntVar(lb=low, ub=high) for low, high in bounds]
        lp.add_constraint(make(xs))
        for point in grid(xs):
            support = [k for k, v in enumerate(point) if v]
            allowed = len(support) <= kind and (not support or support[-1] - support[0] < kind)
            assert at(lp, xs, point, 0) == ((0, 0) if allowed else (None, None))


def test_an_ordered_set_of_continuous_variables(lp):
    """The best pair of neighbours by hand: 5 + 2 of the middle, not 5 + 4 of the ends."""
    xs = lp.Vars(4, "x", lb=0, ub=[5, 1, 2, 4])
    record = lp.add_constraint(sos2(xs), name="pair")
    lp.objective = sum(xs)
    assert lp.maximize() == 6.0
    lp.remove(record)
    lp.add_constraint(sos1(xs))
    assert lp.maximize() == 5.0
    with pytest.raises(InvalidValue, match="y has no lower bound"):
        lp.add_constraint(sos2([*xs, lp.Var("y", ub=3)]))


# --------------------------------------------------------------------- the record
def test_a_record_is_removed_whole(lp):
    """What was made is visible by name, and goes again; the program is the one that it was."""
    x, y, t = lp.Var("x", lb=-4, ub=4), lp.Var("y", lb=-4, ub=4), lp.Var("t", ub=50)
    lp.add_constraint(t >= x + y)
    before = lp.compile("maximize")
    record = lp.add_constraint(t <= abs(x) + 2 * maximum(x, y, 1), name="cap")
    assert isinstance(record, Reformulation)
    assert [v.name for v in record.variables] == [
        "cap.value[0]",
        "cap.choice[0]",
        "cap.value[1]",
        "cap.choice[1]",
        "cap.choice[2]",
        "cap.choice[3]",
    ]
    assert [c.name for c in record.constraints] == [f"cap[{k}]" for k in range(len(record.constraints))]
    assert str(record).startswith("cap: abs(x) + 2 maximum(x, y, 1) >= t: 6 variables, ")
    lp.objective = t
    assert lp.maximize() == pytest.approx(12.0)
    lp.remove(record)
    lp.objective = 0
    after = lp.compile("maximize")
    assert after == before
    lp.objective = t
    assert lp.maximize() == 50.0
    with pytest.raises(RemovedObject):
        lp.remove(record)
    with pytest.raises(RemovedObject):
        record.variables
    assert str(record) == "<reformulation of cap: abs(x) + 2 maximum(x, y, 1) >= t, removed>"
    x.ub = 400  # nobody relies on it any more
    assert lp.maximize() == 50.0
    lp.add_constraint(t <= abs(x), name="cap")  # the names are free again


def test_warm_edits_with_functions(lp):
    """Hundreds of re-solves with moving bounds and right-hand sides agree with brute force."""
    r = random.Random(2)
    xs = [lp.IntVar(lb=-3, ub=3), lp.IntVar(lb=-3, ub=3)]
    t, b = lp.Var("t", lb=-99, ub=99), lp.BoolVar("b")
    lp.add_constraint(t == maximum(xs[0] - xs[1], 2 * xs[1]))
    lp.add_constraint(b >> (xs[0] + xs[1] >= 2))
    limit = lp.add_constraint(t + xs[0] <= 5)
    for _ in range(60):
        low, high = sorted(r.randrange(-3, 4) for _ in range(2))
        x = r.choice(xs)
        x.lb, x.ub = -3, high
        x.lb = low
        limit.ub = r.randrange(-2, 9)
        lp.objective = 3 * t - xs[1] + 5 * b
        points = [3 * v - q + 5 * (p + q >= 2) for p, q in grid(xs) for v in [max(p - q, 2 * q)] if v + p <= limit.ub]
        solution = lp.solve("maximize")
        assert solution.has_solution == bool(points)
        assert not points or solution.objective == pytest.approx(max(points))


@pytest.mark.parametrize(
    ("widen", "said"),
    [
        (lambda lp, x, n, c: setattr(x, "ub", 11), "upper bound of x is now 11"),
        (lambda lp, x, n, c: setattr(x, "lb", -inf), "lower bound of x is now -inf"),
        (lambda lp, x, n, c: setattr(n, "integer", False), "n is now continuous"),
        (lambda lp, x, n, c: lp.remove(c), "upper bound of n is now 40"),
        (lambda lp, x, n, c: setattr(c, "ub", 30), "upper bound of n is now 15"),
        (lambda lp, x, n, c: lp.remove(x), "removed since"),
    ],
)
def test_wider_bounds_are_not_solved_with_a_big_m_of_tighter_ones(widen, said):
    """Before the first solve and after one, by every edit that widens; until it is undone or the record removed."""
    for solved_before in (False, True):
        lp = LinearProgram()
        x, n = lp.Var("x", lb=1, ub=10), lp.IntVar("n", lb=0, ub=40)
        r, t = lp.BoolVar("r"), lp.Var("t", lb=-50, ub=50)
        c = lp.add_constraint(2 * n <= 24)
        first = lp.add_constraint(r == truth(n >= 3))
        second = lp.add_constraint(t == maximum(x, n - 2))
        lp.objective = t + r
        if solved_before:
            assert lp.maximize() == pytest.approx(11.0)
        x.ub = 9.5  # tighter is no harm
        n.lb = 1
        if solved_before:
            assert lp.minimize() == pytest.approx(1.0)
        widen(lp, x, n, c)
        for solve in (lp.maximize, lp.minimize, lp.solve, lp.compile):
            for _ in range(2):
                with pytest.raises(InvalidValue, match=said):
                    solve()
        lp.remove(first, second)
        lp.add_constraint(t <= 7)
        assert lp.maximize() == 8.0


@pytest.mark.parametrize(
    ("make", "widen", "said"),
    [
        # What bounds left out of the rows counts, too.
        (lambda x, y, n, b, c, t: t == maximum(x, y), lambda x, y, n, b: setattr(y, "ub", 3), "upper bound of y"),
        (lambda x, y, n, b, c, t: t == maximum(x, y), lambda x, y, n, b: setattr(x, "lb", 1), "lower bound of x"),
        (lambda x, y, n, b, c, t: t == minimum(x, y), lambda x, y, n, b: setattr(y, "ub", 3), "upper bound of y"),
        (lambda x, y, n, b, c, t: c == truth(n == 7), lambda x, y, n, b: setattr(n, "ub", 8), "upper bound of n"),
        (lambda x, y, n, b, c, t: c == truth(n == 2), lambda x, y, n, b: setattr(n, "lb", 1), "lower bound of n"),
        (lambda x, y, n, b, c, t: t == truth(n <= 7), lambda x, y, n, b: setattr(n, "ub", 8), "upper bound of n"),
        (lambda x, y, n, b, c, t: c >= truth(n <= 9), lambda x, y, n, b: setattr(n, "ub", 10), "upper bound of n"),
        (lambda x, y, n, b, c, t: c >= truth(n >= 1), lambda x, y, n, b: setattr(n, "lb", 0), "lower bound of n"),
        # What is taken for a binary must stay one.
        (lambda x, y, n, b, c, t: b >> (n <= 3), lambda x, y, n, b: setattr(b, "ub", 2), "upper bound of b"),
        (lambda x, y, n, b, c, t: (1 - b) >> (n <= 3), lambda x, y, n, b: setattr(b, "lb", -1), "lower bound of b"),
        (lambda x, y, n, b, c, t: t >= minimum(b, c), lambda x, y, n, b: setattr(b, "ub", 2), "upper bound of b"),
        (lambda x, y, n, b, c, t: t <= maximum(b, c), lambda x, y, n, b: setattr(b, "integer", False), "continuous"),
        (lambda x, y, n, b, c, t: sos1([b, c, n]), lambda x, y, n, b: setattr(b, "ub", 2), "upper bound of b"),
    ],
)
def test_all_that_rows_rely_on_is_remembered(make, widen, said):
    """Operands that bounds left out, sides of a relation that bounds ruled out, binaries."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=2, ub=5), lp.Var("y", lb=-1, ub=2)
    n, b, c = lp.IntVar("n", lb=2, ub=7), lp.BoolVar("b"), lp.BoolVar("c")
    t = lp.Var("t", lb=-9, ub=9)
    record = lp.add_constraint(make(x, y, n, b, c, t))
    lp.solve()
    widen(x, y, n, b)
    with pytest.raises(InvalidValue, match=said):
        lp.solve()
    lp.remove(record)
    assert lp.minimize() == 0.0


def test_an_interrupted_call_leaves_nothing_behind(lp, monkeypatch):
    """An exception between two rows takes back the rows and variables before it."""
    x, t = lp.Var("x", lb=-3, ub=3), lp.Var("t")
    add, calls = lp.add_constraint, []

    def interrupted(relation, name=None):
        calls.append(relation)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return add(relation, name)

    monkeypatch.setattr(lp, "add_constraint", interrupted)
    with pytest.raises(KeyboardInterrupt):
        add(t == abs(x), "size")
    monkeypatch.undo()
    assert (len(lp.variables), len(lp.constraints)) == (2, 0)
    lp.add_constraint(t == abs(x), "size")
    lp.objective = t
    assert lp.maximize() == 3.0


def test_copies_keep_the_records():
    """A copy maps them, removes them and checks them; a relaxed one has no integers to rely on."""
    lp = LinearProgram()
    x, t, n = lp.Var("x", lb=-4, ub=3), lp.Var("t"), lp.IntVar("n", lb=0.5, ub=3.5)
    record = lp.add_constraint(t == abs(x))
    b = lp.BoolVar("b")
    lp.add_constraint(b == truth(n >= 2))
    lp.objective = t - b
    for twin in (lp.copy(), copy.deepcopy(lp), pickle.loads(pickle.dumps(lp))):
        assert twin.maximize() == 4.0
        twin[x].lb = -6
        with pytest.raises(InvalidValue, match="lower bound of x is now -6"):
            twin.maximize()
        assert len(twin[record].constraints) == len(record.constraints)
        twin.remove(twin[record])
        twin.add_constraint(twin[t] == abs(twin[x]))
        assert twin.maximize() == 6.0
    twin, again = pickle.loads(pickle.dumps((lp, record)))
    assert again == twin[record]
    assert lp.maximize() == 4.0
    assert lp.relaxed().maximize() >= 4.0
    assert lp.fixed().maximize() == 4.0
    assert repr(record) == "abs(x) == t: 1 variable, 4 constraints"


# --------------------------------------------------------------------- what is refused
def test_what_is_refused_leaves_nothing_behind(lp):
    """Missing bounds, big-M that no solver can switch, open sets, products, nesting: each with its reason."""
    x, y, n, b = lp.Var("x", lb=0), lp.Var("y", lb=-1, ub=3e7), lp.IntVar("n", lb=0, ub=9), lp.BoolVar("b")
    t, gone, strange = lp.Var("t"), lp.Var("gone"), LinearProgram().Var("strange")
    lp.remove(gone)
    half, size = 0.5 * n, abs(n)
    cases = [
        (lambda: t <= abs(x - 1), InvalidValue, r"x has no upper bound. Set x.ub"),
        (lambda: b >> (x + y <= 1), InvalidValue, "x has no upper bound"),
        (lambda: b >> (y - x >= 1), InvalidValue, "x has no upper bound"),
        (lambda: b >> (y <= 1), InvalidValue, r"big-M 3e\+07, beyond .* y, in \[-1, 3e\+07\]"),
        (lambda: t <= maximum(y, 5), InvalidValue, "beyond the 1e"),
        (lambda: semicontinuous(x, 5, 1e8), InvalidValue, "beyond the 1e"),
        (lambda: sos1([x, n]), InvalidValue, "x has no upper bound"),
        (lambda: b == truth(y <= 1), InvalidValue, "beyond the 1e"),
        (lambda: t <= 1 - truth(y - b <= 1), InvalidValue, "y is continuous"),
        (lambda: b == truth(half + b <= 1), InvalidValue, "n has the coefficient 0.5"),
        (lambda: b >> (n == strange), ForeignObject, "same program's Var"),
        (lambda: b >> n, ExpressionError, "parentheses"),
        (lambda: b >> n <= 3, ExpressionError, "parentheses"),
        (lambda: b >> (abs(n) <= 3), ExpressionError, "variable first"),
        (lambda: n >> (x <= 3), ExpressionError, "binary variable b, or 1 - b"),
        (lambda: x >> (n <= 3), ExpressionError, "binary variable b, or 1 - b"),
        (lambda: (b + b) >> (n <= 3), ExpressionError, "binary variable b, or 1 - b"),
        (lambda: 1 + abs(x) == abs(strange), ForeignObject, "same program's Var"),
        (lambda: maximum(x, strange) <= 3, ForeignObject, "same program's Var"),
        (lambda: sos2([x, strange]), ForeignObject, "same program's Var"),
        (lambda: t >= abs(strange), ForeignObject, "same program's Var"),
        (lambda: abs(strange) <= 1, ForeignObject, "Use this program's"),
        (lambda: t >= abs(gone), RemovedObject, "was removed"),
        (lambda: sos1([t, gone]), RemovedObject, "was removed"),
        (lambda: t >= abs(abs(x)), ExpressionError, "Use a variable"),
        (lambda: t >= maximum(abs(x), 3), ExpressionError, "variable first"),
        (lambda: t >= piecewise(abs(x), [(0, 0), (1, 1)]), ExpressionError, "variable first"),
        (lambda: t >= piecewise(3, [(0, 0), (1, 1)]), ExpressionError, "linear expression"),
        (lambda: t >= piecewise(x, [(0, 0)]), InvalidValue, "two points"),
        (lambda: t >= piecewise(x, [(0, 0), (0, 1)]), InvalidValue, "increasing x, but 0 comes after 0"),
        (lambda: t >= piecewise(x, [(0, 0), (1, float("nan"))]), InvalidValue, "finite"),
        (lambda: t >= piecewise(x, [(0, 0), (inf, 3)]), InvalidValue, "finite"),
        (lambda: t >= piecewise(x, [(0, 0), (1, x)]), ExpressionError, "cannot be used in the point"),
        (lambda: t >= piecewise(x, [1, 2, 3]), ExpressionError, "pair"),
        (lambda: t >= piecewise(x, [(1, 2, 3), (4, 5, 6)]), ExpressionError, "pair"),
        (lambda: t >= maximum([]), InvalidValue, "empty list"),
        (lambda: sos1([]), InvalidValue, "empty list"),
        (lambda: sos1(x), ExpressionError, "list of expressions"),
        (lambda: sos2([x, 3]), ExpressionError, "linear expression"),
        (lambda: t >= maximum(x, "3"), ExpressionError, "write a linear expression"),
        (lambda: t >= maximum(x, inf), InvalidValue, "finite"),
        (lambda: semicontinuous(x, 5, 2), InvalidValue, "above its upper bound"),
        (lambda: semicontinuous(x, 5, inf), InvalidValue, "finite"),
        (lambda: semicontinuous(3, 5, 6), ExpressionError, "linear expression"),
        (lambda: truth(x + n), ExpressionError, "takes a relation"),
        (lambda: truth(abs(x) <= 3) >= b, ExpressionError, "variable first"),
        (lambda: abs(x) * n >= 3, ExpressionError, "product"),
        (lambda: n * abs(x) >= 3, ExpressionError, "product"),
        (lambda: abs(x) / n >= 3, ExpressionError, "divides by"),
        (lambda: abs(x) / 0 >= 3, InvalidValue, "divided by zero"),
        (lambda: n / abs(x) >= 3, ExpressionError, "Use a variable"),
        (lambda: abs(x) ** 2 >= 3, ExpressionError, "Use a variable"),
        (lambda: abs(x) != 3, ExpressionError, "Use a variable"),
        (lambda: abs(x) + inf >= 3, InvalidValue, "finite"),
        (lambda: float("nan") * abs(x) >= 3, InvalidValue, "finite"),
        (lambda: abs(x) <= inf, InvalidValue, "finite"),
        (lambda: float("nan") >= abs(x), InvalidValue, "NaN"),
        (lambda: abs(x) + "3" >= 3, TypeError, "unsupported"),
        (lambda: abs(x) >= "3", TypeError, "not supported|unsupported"),
        (lambda: 0 <= abs(x) <= 3, ExpressionError, "chain"),
        (lambda: 0 <= x <= abs(n), ExpressionError, "two constraints"),
        (lambda: (abs(x) <= 3) <= 4, ExpressionError, "compared again"),
        (lambda: bool(abs(x) <= 3), ExpressionError, "no truth value"),
        (lambda: abs(x), ExpressionError, "not a constraint"),
        (lambda: (0, abs(x), 3), ExpressionError, "not a constraint"),
        (lambda: 3 * size - 2 * size - size <= -1, InvalidValue, "never hold"),
    ]
    text = str(lp)
    for make, kind, message in cases:
        with pytest.raises(kind, match=message):
            lp.add_constraint(make())
        assert str(lp) == text
    with pytest.raises(ExpressionError, match="Use a variable"):
        lp.objective = abs(x)
    with pytest.raises(ExpressionError, match="Use a variable"):
        float(abs(x))
    lp.Var("taken.choice")
    lp.add_constraint(n + b <= 8, name="row[1]")
    for name in ("taken", "row", "row[1]", ""):
        count = len(lp.variables), len(lp.constraints)
        with pytest.raises(InvalidValue):
            lp.add_constraint(t == abs(n - 4), name=name)
        assert (len(lp.variables), len(lp.constraints)) == count


def test_numbers_alone_stay_numbers():
    """Data may leave no variable."""
    assert (maximum(3, 5.5), minimum([4, 2]), truth(sum([]) <= 3), truth(sum([]) >= 3)) == (5.5, 2, 1, 0)


@pytest.mark.parametrize("holds", [True, False])
def test_numpy_truth_values(lp, holds):
    """What a comparison of two numbers of numpy gives is as good as a bool, whatever numpy calls its type."""
    numpy = pytest.importorskip("numpy")
    value = numpy.float64(0) <= (1 if holds else -1)
    assert type(value) is numpy.bool_
    assert truth(value) == int(holds)
    b = lp.BoolVar("b")
    lp.add_constraint(b >> value)
    lp.objective = b
    assert lp.maximize() == int(holds)


def test_numpy_numbers_stand_on_either_side(lp):
    """Scalars of numpy are numbers, and its arrays are points."""
    numpy = pytest.importorskip("numpy")
    x, t = lp.Var("x", lb=-3, ub=2), lp.Var("t")
    lp.add_constraint(numpy.float64(2) * abs(x) + numpy.int64(1) <= t)
    lp.add_constraint(numpy.float64(3.5) >= abs(x - numpy.float64(1)))
    lp.add_constraint(t <= piecewise(x, numpy.array([[-3, 1], [0, 5], [2, 6]])))
    lp.objective = x
    # By hand: left of 0, 1 - 2 x <= 1 + 4/3 (x + 3) holds from -1.2 on; right of it, all up to 2.
    assert (lp.minimize(), lp.maximize()) == (pytest.approx(-1.2), pytest.approx(2.0))


@pytest.mark.parametrize("made", [maximum, minimum, sos1, sos2])
def test_messages_about_many_items_are_short(made):
    """Of 3000 members the first ones are named."""
    lp = LinearProgram()
    xs = [lp.Var(f"y{k}", lb=0) for k in range(3000)]
    relation = (
        made(xs)
        if made in (sos1, sos2)
        else (lp.Var("t") <= maximum(xs) if made is maximum else lp.Var("t") >= minimum(xs))
    )
    with pytest.raises(InvalidValue, match=r"y10, y11, \.\.\.\)") as caught:
        lp.add_constraint(relation)
    assert len(str(caught.value)) < 400
