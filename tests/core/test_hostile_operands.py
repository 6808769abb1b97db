"""Operands that nobody should pass: each is refused with an error of our own tree, and changes nothing."""

from __future__ import annotations

import pickle
from decimal import Decimal
from fractions import Fraction

import pytest

from pplp import (
    CallbackError,
    ExpressionError,
    InvalidValue,
    LinearProgram,
    NoDuals,
    OptionError,
    Options,
    dot,
    maximum,
    piecewise,
    sos1,
)
from tests.fuzz import calls

np = pytest.importorskip("numpy")

POINT = np.array(2.0)  # an array without dimensions: numpy says that it is iterable, and it is not
PAIR = np.array([1.0, 2.0])


@pytest.fixture
def model():
    """(program, x, y, row), solved."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0, ub=4), lp.Var("y", lb=0, ub=4)
    row = lp.add_constraint(x + y <= 5)
    lp.objective = x + 2 * y
    lp.maximize()
    return lp, x, y, row


REFUSED = {
    "more variables than memory": (lambda lp, x, y, row: lp.Vars(10**12), InvalidValue),
    "a count beyond every integer": (lambda lp, x, y, row: lp.Vars(10**400), InvalidValue),
    "a shape beyond memory, with names": (lambda lp, x, y, row: lp.Vars((10**5, 10**7), "v"), InvalidValue),
    "a shape without dimensions": (lambda lp, x, y, row: lp.Vars(2).reshape(()), InvalidValue),
    "keys that have no hash": (lambda lp, x, y, row: lp.Vars([[]]), InvalidValue),
    "ragged bounds": (lambda lp, x, y, row: lp.Vars(2, lb=[[1, 2], 3]), InvalidValue),
    "a bound beyond every float, among others": (lambda lp, x, y, row: lp.Vars(2, ub=[10**400, 0.5]), InvalidValue),
    "the value of a term, as of a variable": (lambda lp, x, y, row: lp.solution[2 * x], ExpressionError),
    "the value of a constraint, as of a variable": (lambda lp, x, y, row: lp.solution[row], ExpressionError),
    "the value of a number, as of a variable": (lambda lp, x, y, row: lp.solution[0], ExpressionError),
    "the reduced cost of a term": (lambda lp, x, y, row: lp.solution.reduced_cost(2 * x), ExpressionError),
    "the dual of a variable": (lambda lp, x, y, row: lp.solution.dual(x), ExpressionError),
    "the value of text": (lambda lp, x, y, row: lp.solution.value("x"), ExpressionError),
    "the exact value of a function": (
        lambda lp, x, y, row: lp.solve("maximize", method="exact").exact(abs(x)),
        ExpressionError,
    ),
    "the coefficient of a term": (lambda lp, x, y, row: row.coefficient(2 * x), ExpressionError),
    "a new coefficient of a term": (lambda lp, x, y, row: row.set_coefficient(2 * x, 3), ExpressionError),
    "the coefficient of a constraint": (lambda lp, x, y, row: row.coefficient(row), ExpressionError),
    "a loss beyond every float": (lambda lp, x, y, row: lp.maximize([x], absolute_loss=10**400), InvalidValue),
    "a loss that is not a number": (
        lambda lp, x, y, row: lp.maximize([x], absolute_loss=Decimal("sNaN")),
        ExpressionError,
    ),
    "an expression as constraints": (lambda lp, x, y, row: lp.add_constraints(x), ExpressionError),
    "a number as constraints": (lambda lp, x, y, row: lp.add_constraints(POINT), ExpressionError),
    "a number as points": (lambda lp, x, y, row: piecewise(x, 3), ExpressionError),
    "an expression as points": (lambda lp, x, y, row: piecewise(x, x), ExpressionError),
    "a number as a set": (lambda lp, x, y, row: sos1(POINT), ExpressionError),
    "an array as a coefficient": (lambda lp, x, y, row: dot([PAIR], [2 * x]), ExpressionError),
    "an array as truth": (lambda lp, x, y, row: setattr(x, "integer", PAIR), ExpressionError),
    "text as an axis": (lambda lp, x, y, row: lp.Vars(3).sum(axis="0"), ExpressionError),
    "an array as an axis": (lambda lp, x, y, row: lp.Vars(3).sum(axis=PAIR), ExpressionError),
    "infinity as a shape": (lambda lp, x, y, row: lp.Vars(3).reshape(float("inf")), ExpressionError),
    "a slice of floats": (lambda lp, x, y, row: lp.Vars(3)[0.5:2.5], ExpressionError),
    "a slice that stands still": (lambda lp, x, y, row: lp.Vars(3)[::0], ExpressionError),
    "a divisor below every float": (lambda lp, x, y, row: x / Fraction(1, 10**400), InvalidValue),
    "the same of a function": (lambda lp, x, y, row: abs(x) / Fraction(1, 10**400), InvalidValue),
    "a divisor that complains": (lambda lp, x, y, row: (x + y) / Decimal("sNaN"), ExpressionError),
    "a constant beyond all right-hand sides": (lambda lp, x, y, row: x + y + 1e101, InvalidValue),
    "constants that overflow": (lambda lp, x, y, row: (x + 1e308) + 1e308, InvalidValue),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_refused(model, case):
    """By our own error, and without a trace; but that what is made before it may stay."""
    deed, kind = REFUSED[case]
    lp = model[0]
    before = lp.compile("maximize")
    with pytest.raises(kind):
        deed(*model)
    after = lp.compile("maximize")
    assert (after.cost[:2], after.row_upper, after.values) == (before.cost, before.row_upper, before.values)
    assert lp.maximize() == 9.0


class NoFloat:
    def __float__(self):
        raise ValueError("no")

    def __repr__(self):
        return "NoFloat()"  # the names of tests are the same in every process


OPTIONS = [name for name in Options.__dataclass_fields__ if Options.__dataclass_fields__[name].init]


@pytest.mark.parametrize("name", sorted({*OPTIONS} - {"callback", "start", "log"}))
@pytest.mark.parametrize("value", [POINT, PAIR, 10**400, NoFloat(), b"x", [[]], Decimal("sNaN")], ids=repr)
def test_options(name, value):
    """An option is taken or refused as such, whatever its value compares like."""
    try:
        Options(**{name: value})
    except OptionError as error:
        assert name in str(error)


def test_options_are_compared_safely(model):
    """With those of the last solve."""
    lp = model[0]
    for _ in range(2):
        with pytest.raises(OptionError):
            lp.maximize(start=PAIR)
    assert lp.maximize(time_limit=np.float64(5)) == 9.0
    for number in (Fraction(1, 10**6), Decimal("1e-6"), np.float32(1e-6)):
        assert lp.maximize(feasibility_tolerance=number, optimality_tolerance=number, gap=number) == 9.0
    assert Options(gap=Fraction(1, 2)) == Options(gap=0.5)


def test_numbers_in_arrays(model):
    """What is a number beside an expression is one beside an array."""
    xs = model[0].Vars(2, lb=4, ub=4)
    for number in (Fraction(1, 2), Decimal("0.5"), np.array(0.5)):
        for e in (xs * number, number * xs, xs / (1 / number), xs + (4 * number - 4)):
            model[0].maximize()
            assert e.value.tolist() == [2.0, 2.0]
    assert maximum(POINT) == 2.0
    assert (np.zeros((2, 0)) @ model[0].Vars(0)).shape == (2,)


def test_a_mapping_of_variables_stays_and_is_pickled():
    """As the program that it is of."""
    lp = LinearProgram()
    buy = lp.Vars(["milk", "bread"], "buy", lb=0, ub=3)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        twin, its = pickle.loads(pickle.dumps((lp, buy), protocol))
        twin.objective = its["milk"] + 2 * its["bread"]
        assert (twin.maximize(), list(its), type(its)) == (9.0, ["milk", "bread"], type(buy))


def test_what_is_not_of_the_last_objective_alone(model):
    """After several objectives in order there is no basis of the program's own."""
    lp, x, y, _ = model
    assert lp.maximize([y, x]) == (4.0, 1.0)
    with pytest.raises(NoDuals, match="several objectives"):
        lp.sensitivity()
    with pytest.raises(NoDuals, match="several objectives"):
        lp.basis
    assert lp.maximize() == 9.0
    assert lp.basis[x] == "basic"


def test_a_pool_of_a_program_that_changes_meanwhile(lp):
    """A callback that edits the program is told so."""
    xs = lp.Vars(4, lb=0, ub=3, integer=True)
    lp.add_constraint(2 * sum(xs) <= 7)
    lp.objective = xs[0] + 2 * xs[1] + xs[2]
    with pytest.raises(CallbackError, match="edited"):
        lp.maximize(pool=3, callback=lambda ctx: lp.IntVar())
    assert len(lp.solve("maximize", pool=3).pool) == 3


def test_long_constants_are_shown(lp):
    """Also where a sum of constants leaves the floats."""
    e = lp.Var("x") + 1e100
    for _ in range(3):
        e = e + e
    assert repr(e).endswith("8e+100")


SEEDS = 60


def test_programs_of_calls_drawn_at_random(in_child):
    """Bytes as programs of calls: nothing but our errors, and no end of the process; tests/fuzz looks for more."""
    in_child(
        f"""
        import random, sys
        sys.path.insert(0, {str(calls.__file__).rsplit("/tests/", 1)[0]!r})
        from tests.fuzz import calls
        for seed in range({SEEDS}):
            r = random.Random(seed)
            calls.run(bytes(r.randrange(256) for _ in range(r.randrange(20, 300))))
        """
    )


def test_a_finding_is_one():
    """What the fuzz target is to find is found: it is not blind."""

    def wrong(w, d):
        w.lp._columns = None
        w.lp.Var()

    with pytest.raises(calls.Finding):
        calls.perform(calls.World("."), calls.Bytes(b""), wrong, None)
    assert calls.is_allowed(None, InvalidValue())
