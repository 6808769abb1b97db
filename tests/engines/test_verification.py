"""Every answer is checked from the program itself: what a solver gets wrong is told, never handed out."""

from __future__ import annotations

import dataclasses
import pickle
import random
from array import array
from collections import Counter
from fractions import Fraction
from itertools import product
from math import inf, nan
from operator import mul

import pytest

from pplp import (
    ExpressionError,
    ForeignObject,
    Infeasible,
    InvalidValue,
    LinearProgram,
    NoSolution,
    NotSolved,
    NumericalTrouble,
    RemovedObject,
    StaleSolution,
    Status,
)
from pplp.engines import exact_search
from pplp.engines.glpk import branch_and_cut
from pplp.engines.glpk.engine import Glpk
from pplp.engines.glpk.problem import Problem
from pplp.engines.rational import solve_exactly
from pplp.engines.registry import register_engine
from pplp.form import vectors
from pplp.form import verification as checks
from pplp.form.outcome import Outcome, ReadNumbers
from pplp.solution import Solution
from tests.support.engines import ENGINES


def diet():
    """Maximise 3x + 2y over x + y <= 4, x + 3y <= 8, x <= 3: 11 at (3, 1), duals 2 and 0, and 1 of x <= 3."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0, ub=3), lp.Var("y", lb=0)
    steel = lp.add_constraint(x + y <= 4, name="steel")
    wood = lp.add_constraint(x + 3 * y <= 8, name="wood")
    lp.objective = 3 * x + 2 * y
    return lp, x, y, steel, wood


def crates():
    """Maximise 5n + 4m over 6n + 5m <= 29 in integers: at (4, 1) the row is full, and the value is 24."""
    lp = LinearProgram()
    n, m = lp.IntVar("n", lb=0, ub=9), lp.IntVar("m", lb=0, ub=9)
    room = lp.add_constraint(6 * n + 5 * m <= 29, name="room")
    lp.objective = 5 * n + 4 * m
    best = max(5 * a + 4 * b for a, b in product(range(10), repeat=2) if 6 * a + 5 * b <= 29)
    return lp, n, m, room, best


# ---- the report
def test_an_optimum_holds():
    """No residual of an exact vertex, in any kind that there is."""
    lp, *_ = diet()
    assert lp.maximize() == 11
    report = lp.verify()
    assert report.ok and bool(report) and not report.violations and report.objective == 11
    assert dataclasses.astuple(report.quality) == (0, 0, None, 0, 0, 0, 0)
    assert lp.solution.quality == report.quality
    assert str(report).startswith("The point is feasible and proved optimal, within 1e-06")
    assert {found.kind for found in report.residuals} == {
        "row", "bound", "reduced cost", "dual sign", "complementary slackness", "objective",
    }  # fmt: skip


def test_integers_have_no_duals_to_check():
    """Rows, bounds, integrality and objective only."""
    lp, _n, _m, _room, best = crates()
    assert lp.maximize() == best == 24
    quality = lp.solution.quality
    assert (quality.row, quality.bound, quality.integrality, quality.objective) == (0, 0, 0, 0)
    assert quality.reduced_cost is quality.dual_sign is quality.complementary_slackness is None
    with pytest.raises(dataclasses.FrozenInstanceError):
        quality.row = 3.0


def test_a_point_that_is_given():
    """All that it violates, by how much, in the program's names; the worst of each kind first."""
    lp, x, y, steel, wood = diet()
    n = lp.IntVar("n", ub=5)
    cap = lp.add_constraint(2 * x <= 5, name="cap")
    report = lp.verify({x: 3, y: 4, n: 2.25})
    assert not report.ok and report.objective == 17
    told = [(found.kind, found.of, found.amount) for found in report.violations]
    # x + 3y = 15 is above 8 by 7 (of 12 in size), x + y = 7 above 4 by 3 (of 4), x above 5 / 2.
    assert told == [("row", steel, 3.0), ("row", wood, 7.0), ("bound", x, 0.5), ("integrality", n, 0.25)]
    assert [found.relative for found in report.violations[:2]] == [3 / 4, 7 / 12]
    assert report.violations[2].said == f"x = 3.0 is above 2.5 by 0.5 ({cap})"
    assert report.quality.row == 7 and report.quality.bound == 0.5 and report.quality.integrality == 0.25
    assert lp.verify({x: 2.5, y: 1, n: -7}).ok
    assert not lp.verify({x: 2.5 + 1e-5, y: 1, n: 0}).ok
    assert lp.verify({x: 2.5 + 1e-5, y: 1, n: 0}, tolerance=1e-4).ok


def test_what_is_no_point():
    """Each with its own error."""
    lp, x, y, *_ = diet()
    other, a, *_ = diet()
    other.maximize()
    with pytest.raises(NotSolved):
        lp.verify()
    with pytest.raises(InvalidValue, match=r"no|there is none for y"):
        lp.verify({x: 1})
    with pytest.raises(ForeignObject):
        lp.verify({a: 1, y: 2})
    with pytest.raises(ForeignObject, match="another program than this one"):
        lp.verify(other.solution)
    for wrong in (3, "x", {"x": 3}, {x: "3", y: 4}, [1, 2]):
        with pytest.raises(ExpressionError):
            lp.verify(wrong)
    for tolerance in (-1, nan, inf, "small"):
        with pytest.raises(InvalidValue):
            lp.verify({x: 1, y: 1}, tolerance=tolerance)
    lp.add_constraint(x + y >= 50)
    lp.solve("maximize")
    with pytest.raises(Infeasible):
        lp.verify()
    with pytest.raises(Infeasible):
        lp.solution.quality
    lp.remove(x)
    with pytest.raises(RemovedObject):
        lp.verify({x: 1, y: 1})


def test_numbers_that_are_none():
    """NaN and infinities violate whatever they touch."""
    lp, x, y, *_ = diet()
    for value in (nan, inf):
        report = lp.verify({x: value, y: 0})
        assert not report.ok and report.quality.bound == inf, value
        assert ("x = nan is not a number" in str(report)) == (value != value)


def test_a_solution_of_the_program_as_it_was():
    """It is checked against the program as it is: edits may break it or let it stand."""
    lp, x, y, steel, _ = diet()
    lp.maximize()
    old = lp.solution
    lp.add_constraint(x + 2 * y <= 9)  # holds at (3, 1), and takes nothing of the optimum
    assert lp.verify(old).ok
    with pytest.raises(StaleSolution):
        lp.verify()
    with pytest.raises(StaleSolution, match="verify"):
        old.quality
    steel.ub = 3.5
    report = lp.verify(old)
    assert [(found.kind, found.of) for found in report.violations] == [
        ("row", steel), ("complementary slackness", steel),
    ]  # fmt: skip
    steel.ub = 5  # the point holds, and its duals prove nothing now: steel has the price 2 and is not full
    report = lp.verify(old)
    assert [(found.kind, found.of, found.amount) for found in report.violations] == [
        ("complementary slackness", steel, 2.0)
    ]
    assert "do not prove it optimal" in str(report)
    lp.Var("late")
    with pytest.raises(RemovedObject):
        lp.verify(old)


def test_prices_of_the_wrong_sign_or_amount():
    """A reduced cost that is not c - A'y, a price with no bound to stand at, a price inside the bounds."""
    lp, x, y, steel, wood = diet()
    free = lp.Var("free")
    tie = lp.add_constraint(free - y <= 8, name="tie")
    lp.maximize()
    outcome = lp.solution._outcome
    primal, costs, duals = map(
        list, (outcome.numbers.primal(), outcome.numbers.reduced_costs(), outcome.numbers.duals())
    )

    def told(primal=primal, costs=costs, duals=duals, objective=11.0):
        its = Outcome(Status.OPTIMAL, ReadNumbers(primal, costs, duals), objective)
        report = lp.verify(Solution(its, "maximize", lp.solution._frame))
        return [(found.kind, found.of) for found in report.violations]

    assert told() == []
    assert told(costs=[costs[0] + 1e-3, *costs[1:]]) == [("reduced cost", x)]
    assert told(objective=11.5) == [("objective", None)]
    # The dual 1 of wood takes 1 and 3 from the prices 1 and 0 of x and y; wood is not full, and y not at 0.
    assert told(duals=[duals[0], 1.0, duals[2]], costs=[0.0, -3.0, 0.0]) == [
        ("complementary slackness", y), ("complementary slackness", wood),
    ]  # fmt: skip
    assert told(duals=[duals[0], duals[1], 1.0], costs=[1.0, 1.0, -1.0])[0] == ("dual sign", free)
    assert ("dual sign", wood) in told(duals=[duals[0], -1.0, duals[2]], costs=[2.0, 3.0, 0.0])
    assert ("row", steel) in told(primal=[3.0, 1.5, primal[2]], objective=12.0)
    assert ("row", tie) in told(primal=[3.0, 1.0, 9.5])


@pytest.mark.parametrize("method", ["primal", "dual", "interior", "exact"])
def test_every_method_holds(method):
    """By its own report, on random programs; with crossover and without."""
    generator = random.Random(method)
    seen = 0
    for _ in range(12):
        lp = LinearProgram()
        xs = [lp.Var(lb=0, ub=generator.choice([3, 8, inf])) for _ in range(6)]
        for _ in range(5):
            lp.add_constraint(sum(generator.randint(0, 4) * x for x in xs) + xs[0] <= generator.randint(5, 30))
        lp.objective = sum(generator.randint(-2, 6) * x for x in xs)
        for crossover in (True, False):
            solution = lp.solve("maximize", method=method, crossover=crossover)
            if solution.status is Status.OPTIMAL:
                seen += 1
                assert lp.verify(solution).ok, lp.verify(solution)
    assert seen >= 4


def test_limits_several_objectives_pools_and_pickles():
    """A solution without duals, one of another objective, the second best, and one that has been away."""
    lp, n, m, _, _ = crates()
    for solution in lp.solve("maximize", pool=3).pool:
        assert lp.verify(solution).ok and solution.quality.row == 0
    lp.maximize([n, m])
    quality = lp.solution.quality
    assert quality.objective is None and lp.verify().ok and lp.verify().objective == 5 * n.value + 4 * m.value
    lp, *_ = diet()
    lp.maximize()
    unasked = pickle.loads(pickle.dumps(lp.solution))
    with pytest.raises(NoSolution, match="verify"):
        unasked.quality
    assert lp.verify(unasked).ok
    quality = lp.solution.quality
    assert pickle.loads(pickle.dumps(lp.solution)).quality == quality
    twin = lp.copy()
    assert twin.verify(unasked).ok


def test_quality_of_a_solution_that_was_not_read():
    """A warm solve's solution is made when somebody asks; by then the program may be another."""
    lp, _x, _y, steel, _ = diet()
    lp.maximize()
    steel.ub = 4.5
    lp.maximize()
    assert lp.solution.quality.row == 0
    steel.ub = 4.25
    lp.maximize()
    steel.ub = 4
    with pytest.raises(StaleSolution):
        lp.solution.quality


# ---- lies of GLPK: each route is caught, and the next one asked
class Liar:
    """While open, a method of `Problem` gives wrong numbers to the first callers."""

    def __init__(self, monkeypatch, method, change, times=1):
        self.told = 0
        self.size = None  # of the first problem: proofs are looked for by others, which are not lied about
        true = getattr(Problem, method)

        def told(problem, *arguments):
            numbers = true(problem, *arguments)
            self.size = self.size or (problem.rows, problem.columns)
            if self.told < times and self.size == (problem.rows, problem.columns):
                self.told += 1
                return change(numbers)
            return numbers

        monkeypatch.setattr(Problem, method, told)


LIES = {
    "a point outside of a row": ("column_values", lambda x: [3.0, 1.5]),
    "a point outside of a bound": ("column_values", lambda x: [4.0, 0.0]),
    "a point that is none": ("column_values", lambda x: [nan, 1.0]),
    "a point without end": ("column_values", lambda x: [-inf, 1.0]),
    "a point that is not optimal": ("column_values", lambda x: [2.0, 1.0]),
    "duals of nothing": ("duals", lambda y: [0.0] * len(y)),
    "duals of the wrong sign": ("duals", lambda y: [-dual for dual in y]),
    "duals that are none": ("duals", lambda y: [nan] * len(y)),
    "reduced costs that are not the duals'": ("reduced_costs", lambda d: [d[0] + 0.01, *d[1:]]),
    "reduced costs that are none": ("reduced_costs", lambda d: [nan] * len(d)),
}


@pytest.mark.parametrize("lie", list(LIES))
def test_a_lie_is_caught_and_mended(monkeypatch, lie):
    """The answer is the right one, and the log says what happened."""
    lp, x, y, *_ = diet()
    liar, lines = Liar(monkeypatch, *LIES[lie]), []
    solution = lp.solve("maximize", log=lines.append)
    assert liar.told == 1
    assert (solution.status, solution.objective, x.value, y.value) == (Status.OPTIMAL, 11.0, 3.0, 1.0)
    assert any("repaired by the" in line for line in lines)
    assert lp.verify().ok


@pytest.mark.parametrize("lie", list(LIES))
def test_a_lie_about_a_program_that_is_not_small(monkeypatch, lie):
    """Where neither refinement nor exact arithmetic helps, another route is asked."""
    lp, x, y, *_ = diet()
    monkeypatch.setattr("pplp.engines.glpk.simplex._repaired", lambda *_: None)
    liar, lines = Liar(monkeypatch, *LIES[lie]), []
    solution = lp.solve("maximize", log=lines.append)
    assert liar.told == 1
    assert (solution.status, solution.objective, x.value, y.value) == (Status.OPTIMAL, 11.0, 3.0, 1.0)
    assert any("not confirmed" in line for line in lines)


@pytest.mark.parametrize("lie", list(LIES))
def test_a_liar_is_never_believed(monkeypatch, lie):
    """A small program is solved without the liar; of another there is a report of what was wrong on each route."""
    lp, *_ = diet()
    Liar(monkeypatch, *LIES[lie], times=10**9)
    solution = lp.solve("maximize")
    assert (solution.status, solution.objective) == (Status.OPTIMAL, 11.0)
    monkeypatch.setattr("pplp.engines.glpk.simplex._repaired", lambda *_: None)
    lp = lp.copy()
    solution = lp.solve("maximize")
    assert solution.status is Status.NUMERICAL and not solution.has_solution
    assert "slack basis: " in solution.message and "satisfies the program's own data" in solution.message
    with pytest.raises(NumericalTrouble):
        lp.maximize()
    monkeypatch.undo()
    assert lp.maximize() == 11


def test_the_report_names_what_was_wrong(monkeypatch):
    """By the program's names."""
    lp, *_ = diet()
    monkeypatch.setattr("pplp.engines.glpk.simplex._repaired", lambda *_: None)
    Liar(monkeypatch, *LIES["a point outside of a row"], times=10**9)
    assert "the constraint steel = 4.5 is outside [-inf, 4.0]" in lp.solve("maximize").message


MIP_LIES = {
    "a point that is not integer, and worse when rounded": [3.6, 0.4],
    "a point outside of a row": [4.0, 2.0],
    "a point outside of a bound": [-1.0, 7.0],
    "a point that is worse than it is said to be": [1.0, 1.0],
}


@pytest.mark.parametrize("lie", list(MIP_LIES))
def test_lies_about_integer_points(monkeypatch, lie):
    """Once: searched again, rightly.  Always: settled without rounding; no answer of a large program."""
    lp, _n, _m, _room, best = crates()
    true, times, told, lines = branch_and_cut._best_point, 1, [], []

    def best_point(*arguments):
        told.append(true(*arguments))
        return list(MIP_LIES[lie]) if len(told) <= times else told[-1]

    monkeypatch.setattr(branch_and_cut, "_best_point", best_point)
    solution = lp.solve("maximize", log=lines.append)
    assert (len(told), solution.status, solution.objective) == (2, Status.OPTIMAL, best)
    assert lp.verify().ok
    assert any("not confirmed" in line for line in lines)
    times = 10**9
    solution = lp.copy().solve("maximize")
    assert (solution.status, solution.objective) == (Status.OPTIMAL, best)
    assert solution.method == "branch and bound in rational arithmetic"
    monkeypatch.setattr(exact_search, "is_small", lambda form: False)
    solution = lp.copy().solve("maximize")
    assert solution.status is Status.NUMERICAL and not solution.has_solution
    assert "is not feasible" in solution.message


def test_a_wrong_edit_of_the_solvers_problem_is_found(monkeypatch):
    """When a full check is due, a warm answer is held against the program: what GLPK has is loaded anew then."""
    lp, x, y, steel, _ = diet()
    lp.maximize()
    problem = lp._session.engine._problem
    true = Problem.update

    def forgets_rows(self, edits):
        true(self, edits._replace(row_bounds={}))

    monkeypatch.setattr(Problem, "update", forgets_rows)
    problem.seconds_on_trust = 1e9
    steel.ub = 3.5  # x = 3, y = 0.5: 10
    lines = []
    assert lp.maximize(log=lines.append) == 10
    assert (x.value, y.value) == (3, 0.5)
    assert any("repaired" in line for line in lines)
    steel.ub = 3.25
    lp._session.engine._problem.seconds_on_trust = 1e9
    assert lp.maximize() == 9.5


# ---- engines that do not check themselves: the program does
class Careless(Glpk):
    """An engine that says whatever it is told to."""

    verifies = False
    lie = staticmethod(lambda outcome: outcome)

    def resume(self, options):
        return None

    def solve(self, options, stop=None):
        outcome = super().solve(options, stop)
        if outcome.numbers is not None:
            numbers = outcome.numbers
            read = (numbers.primal(), numbers.reduced_costs(), numbers.duals())
            outcome.numbers = ReadNumbers(*(None if some is None else list(some) for some in read))
        return self.lie(outcome) or outcome


def with_engine(lp, lie):
    engine = Careless()
    engine.lie = lie
    register_engine("careless", lambda: engine)
    lp.solver = "careless"
    return lp


def spoiled(name, place, value):
    def lie(outcome):
        getattr(outcome.numbers, name)[place] = value

    return lie


def claims(status):
    def lie(_outcome):
        return Outcome(status)

    return lie


OUTCOME_LIES = {
    "row": (spoiled("_primal", 1, 1.5), "steel = 4.5 is outside"),
    "bound": (spoiled("_primal", 1, -0.5), "y = -0.5 is outside"),
    "not a number": (spoiled("_primal", 0, nan), "x = nan is not a finite number"),
    "infinite": (spoiled("_primal", 1, inf), "y = inf is not a finite number"),
    "reduced cost": (spoiled("_reduced_costs", 0, 3.0), "reduced cost 3.0 of x"),
    "dual of a row that is not full": (spoiled("_duals", 1, 0.5), "the reduced cost 1.0 of x is 0.5"),
    "dual": (spoiled("_duals", 0, 2.5), "the reduced cost"),
    "objective": (lambda outcome: setattr(outcome, "objective", 11.5), "the objective 11.5 is 11.0"),
    "no objective": (lambda outcome: setattr(outcome, "objective", nan), "the objective nan is 11.0"),
    "no numbers": (lambda outcome: setattr(outcome, "numbers", None), "the optimum has no numbers"),
    "too few numbers": (lambda outcome: outcome.numbers._primal.pop() and None, "1 values for 2 variables"),
    "too few duals": (lambda outcome: outcome.numbers._duals.pop() and None, "duals for 2 rows"),
    "no duals": (lambda outcome: setattr(outcome.numbers, "_duals", None), "the optimum has no duals"),
    "infeasible": (claims(Status.INFEASIBLE), "infeasible, has no proof"),
    "unbounded": (claims(Status.UNBOUNDED), "unbounded, has no proof"),
    "one of both": (claims(Status.INFEASIBLE_OR_UNBOUNDED), "has no proof"),
}


@pytest.mark.parametrize("lie", list(OUTCOME_LIES))
def test_what_a_careless_engine_says_is_checked(lie):
    """A lie becomes numerical trouble, and a report of it."""
    change, said = OUTCOME_LIES[lie]
    lp, *_ = diet()
    with_engine(lp, change)
    solution = lp.solve("maximize")
    assert solution.status is Status.NUMERICAL and not solution.has_solution
    assert said in solution.message
    lp._session.engine.lie = lambda outcome: outcome
    assert lp.maximize() == 11


def test_a_careless_engine_on_integers():
    """Integrality is checked."""
    lp, *_ = crates()
    with_engine(lp, spoiled("_primal", 0, 3.9999))
    assert "n = 3.9999 is not an integer" in lp.solve("maximize").message


def test_careless_but_right():
    """What is so is believed of any engine: optimal, infeasible, unbounded."""
    lp, x, y, *_ = diet()
    assert with_engine(lp, lambda outcome: outcome).maximize() == 11
    row = lp.add_constraint(x + y >= 9)
    assert lp.solve("maximize").status is Status.INFEASIBLE
    lp.remove(row)
    lp.add_constraint(lp.Var("z", lb=0) - x >= 0)
    lp.objective = lp.variables[-1]
    assert lp.solve("maximize").status is Status.UNBOUNDED


@pytest.mark.parametrize("status", [Status.INFEASIBLE, Status.UNBOUNDED])
def test_a_proof_decides_where_routes_disagree(monkeypatch, status):
    """Numerical trouble of a small program that has a certificate becomes what it proves."""
    lp, x, y, *_ = diet()
    if status is Status.INFEASIBLE:
        lp.add_constraint(x + y >= 9)
    else:
        lp.add_constraint(lp.Var("z", lb=0) - x >= 0)
        lp.objective = lp.variables[-1]
    true = Glpk.solve

    def doubtful(self, options, stop=None):
        is_its = self is lp._session.engine
        return Outcome(Status.NUMERICAL, message="The routes disagree.") if is_its else true(self, options)

    monkeypatch.setattr(Glpk, "solve", doubtful)
    solution = lp.solve("maximize")
    assert solution.status is status and "proof" in solution.method
    if status is Status.INFEASIBLE:
        assert solution.message == "No point satisfies all constraints and bounds."


# ---- the functions
WAYS = ("accelerator", "numpy", "Python")


def only(patch, way):
    """Judge in this way alone."""
    if way == "accelerator" and checks.loops is None:
        pytest.skip("there is no accelerator here")
    if way == "numpy":
        pytest.importorskip("numpy")
    for module in (checks, vectors):
        if way != "accelerator":
            patch.setattr(module, "loops", None)
        if way != "numpy":
            patch.setattr(module, "loaded_numpy", lambda: None)


def random_form(generator, rows=30, columns=400):
    """A feasible program of more coefficients than are looked at one by one, and an optimum of it with its duals."""
    lp = LinearProgram()
    xs = [lp.Var(lb=0, ub=generator.choice([1, 5, inf])) for _ in range(columns)]
    for _ in range(rows):
        lp.add_constraint(sum(generator.randint(1, 9) * x for x in generator.sample(xs, 200)) <= 5000)
    lp.objective = sum(generator.uniform(0, 9) * x for x in xs) - 1
    lp.add_constraint(sum(xs) <= 3000)
    lp.maximize()
    numbers = lp.solution._numbers
    return lp.compile("maximize"), list(numbers.primal()), list(numbers.duals()), list(numbers.reduced_costs())


@pytest.mark.heavy
def test_all_ways_judge_alike(monkeypatch):
    """On an optimum, and on a thousand points and prices that are a little or much off."""
    pytest.importorskip("numpy")
    generator = random.Random(11)
    form, x, y, d = random_form(generator)
    assert form.nonzeros > checks._MANY
    seen = set()
    for turn in range(150):
        point, duals, costs = x[:], y[:], d[:]
        for numbers in (point, duals, costs) if turn else ():
            if generator.random() < 0.5:
                k = generator.randrange(len(numbers))
                off = generator.choice([1e-12, 1e-9, 1e-6, 1e-3, 1.0, -1.0, -1e-3])
                numbers[k] = generator.choice([numbers[k] + off, numbers[k] * (1 + off), 0.0, nan, inf])
        said = []
        for way in WAYS:
            with monkeypatch.context() as patch:
                only(patch, way)
                said.append(
                    (checks.primal_complaint(form, point, 1e-6), checks.dual_complaint(form, point, duals, costs, 1e-6))
                )
        assert said[0] == said[1] == said[2], turn
        seen.add((said[0][0] is None, said[0][1] is None))
    assert seen == {(True, True), (True, False), (False, True), (False, False)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("off", "holds"), [(0.0, True), (1e-11, False), (1e-6, False)])
def test_rounding_of_duals_where_the_objective_is_tiny(monkeypatch, way, off, holds):
    """600 columns in [0, 1000] at 500, with no cost, and duals of 20 that leave rounding alone in their reduced costs.

    The objective is one flow of 1e-7: nothing but exact arithmetic could prove its last digits.  A price that is no
    rounding is found, however little it is worth.
    """
    only(monkeypatch, way)
    count = 600
    rows = [[0.1 + 0.2] * count, [-0.3] * count]
    rows[1][7] -= off
    lp = LinearProgram()
    xs = [lp.Var(lb=0, ub=1000) for _ in range(count)]
    free, least = lp.Var(lb=-1000, ub=1000), lp.Var(lb=0, ub=1000)
    for _ in range(2):  # twice, so that it is no small program
        lp.add_constraint(sum(map(mul, rows[0], xs)) + free == 0)
        lp.add_constraint(sum(map(mul, rows[1], xs)) - free == 0)
    lp.add_constraint(least >= 1e-7, row=True)
    lp.objective = least
    form = lp.compile("minimize")
    x = [500.0] * count + [0.0, 1e-7]
    x[count] = -sum(map(mul, rows[0], x))
    y = [10.0, 10.0, 10.0, 10.0, 1.0]
    d = [-20 * (a + b) for a, b in zip(*rows)] + [0.0, 0.0]
    assert form.nonzeros > checks._MANY
    assert (checks.dual_complaint(form, x, y, d, 1e-9) is None) is holds
    assert checks.dual_complaint(form, x, y, d, 1e-14) is not None  # as a small program is held to


def test_the_sample_sees_all_bounds_and_some_rows():
    """One row in sixteen, and every bound."""
    generator = random.Random(3)
    form, x, *_ = random_form(generator)
    assert checks.sample_complaint(form, x, 1e-6) is None
    below = [*x[:-1], -1.0]
    assert "outside" in checks.sample_complaint(form, below, 1e-6)
    tight = dataclasses.replace(form, row_upper=array("d", [-1.0, *form.row_upper[1:]]))
    assert "R0" in checks.sample_complaint(tight, x, 1e-6)
    unseen = dataclasses.replace(form, row_upper=array("d", [form.row_upper[0], -1.0, *form.row_upper[2:]]))
    assert checks.sample_complaint(unseen, x, 1e-6) is None
    assert "R1" in checks.primal_complaint(unseen, x, 1e-6)


def test_a_large_program_is_sampled_and_then_checked_in_full(monkeypatch):
    """By the stated rule: in full when that costs a fiftieth of the simplex time since the last one."""
    import pplp.engines.glpk.simplex as simplex

    calls = []
    for name in ("primal_complaint", "dual_complaint", "sample_complaint"):
        true = getattr(simplex, name)
        monkeypatch.setattr(simplex, name, lambda *a, true=true, name=name: (calls.append(name), true(*a))[1])
    monkeypatch.setattr("pplp.engines.glpk.problem.estimated_seconds", lambda form: 1.0)
    lp, _, _, steel, _ = diet()
    assert lp.maximize() == 11
    assert calls == ["sample_complaint"]
    steel.ub = 3.5
    assert lp.maximize() == 10
    assert calls == ["sample_complaint"]
    lp._session.engine._problem.seconds_on_trust = 100.1
    steel.ub = 3.75
    assert lp.maximize() == 10.5
    assert calls[1:] == ["primal_complaint", "dual_complaint"]
    assert lp._session.engine._problem.seconds_on_trust == 0
    steel.ub = 3.5
    assert lp.maximize() == 10
    assert len(calls) == 3


def test_an_answer_to_a_wide_tolerance(monkeypatch):
    """What was asked of the solver is what its answer is held to."""
    lp, *_ = diet()
    Liar(monkeypatch, "column_values", lambda x: [3.0, 1.005], times=10**9)
    assert lp.solve("maximize", feasibility_tolerance=1e-3).objective == pytest.approx(11.01)
    twin = lp.copy()
    assert twin.solve("maximize").objective == 11


def test_random_programs_hold():
    """Every optimum of random programs, linear and integer."""
    generator = random.Random(5)
    seen = 0
    for _ in range(60):
        lp = LinearProgram()
        xs = [generator.choice([lp.Var, lp.IntVar])(lb=generator.choice([0, -3]), ub=7) for _ in range(5)]
        for _ in range(4):
            e = sum(generator.randint(-3, 4) * x for x in xs) + 0.5 * xs[0]
            lp.add_constraint(e.between(-generator.randint(0, 20), generator.randint(0, 20)))
        lp.objective = sum(generator.uniform(-2, 3) * x for x in xs)
        for sense in ("minimize", "maximize"):
            if lp.solve(sense).status is Status.OPTIMAL:
                seen += 1
                report = lp.verify()
                assert report.ok, report
    assert seen > 60


def test_rows_of_large_numbers_hold_in_their_own_units():
    """The equality leaves x0 one value, by exact arithmetic; GLPK's tolerance of scaled rows is 5e-4 off it."""
    lp = LinearProgram()
    x0, x1 = lp.Var("x0", lb=0, ub=7.521096594556862), lp.Var("x1", lb=4.1961074444926965, ub=4.1961074444926965)
    lp.add_constraint(5 * x0 + 1.3461264081300843 * x1 >= 30.2161309978924)
    lp.add_constraint(60015.93542409215 <= 10000 * x0 + 5 * x1 <= 70020.98053722247)
    lp.add_constraint(100000 * x1 - 3.2331303425624185 * x0 == 419591.3456672143)
    lp.add_constraint(-91 * x0 + 1.3489063679237034 * x1 <= -537.713968363895)
    lp.add_constraint(100000 * x1 + 5.633463637685557 * x0 <= 419647.651758252)
    lp.objective = -8.316942834208376 * x0 + 8.590385220122648
    only = (100000 * Fraction(4.1961074444926965) - Fraction(419591.3456672143)) / Fraction(3.2331303425624185)
    for presolve in (False, True):
        lines = []
        solution = lp.solve("maximize", presolve=presolve, log=lines.append)
        assert solution[x0] == pytest.approx(float(only), abs=1e-8)
        assert solution.quality.row <= 1e-6
        assert ("refined" in solution.method) is any("violated in their own units" in line for line in lines)


def _far_apart(r, lp):
    """Variables, and rows whose numbers are far apart, some of them nearly parallel to the one before."""
    xs = [lp.Var(lb=r.choice([0, -3, -inf]), ub=r.choice([inf, 7, 1e8])) for _ in range(r.randint(2, 3))]
    point, rows, terms = [r.randint(-2, 5) for _ in xs], [], []
    for _ in range(r.randint(2, 4)):
        if terms and r.random() < 0.7:
            terms = [3.0 * a * (1 + r.choice([0, 1e-4, 1e-5])) for a in terms]
        else:
            terms = [r.choice([1, -2, r.uniform(-5, 5)]) * 10 ** r.uniform(-4, 4) for _ in xs]
        side = sum(map(mul, terms, point))
        e = sum(map(mul, terms, xs))
        rows.append(lp.add_constraint(r.choice([e == side, e <= side, e >= side, (side - 1, e, side + 2)]), row=True))
    return xs, rows


@pytest.mark.parametrize("solver", ENGINES)
def test_a_right_answer_is_called_right(solver):
    """Duals of nearly parallel rows are as large as one likes, and prove nothing in floats."""
    r = random.Random(5)
    reports = []
    for _ in range(120):
        lp = LinearProgram(solver=solver)
        xs, _ = _far_apart(r, lp)
        lp.objective = sum(r.randint(-5, 5) * x for x in xs)
        if lp.solve("minimize").status is Status.OPTIMAL:
            reports.append(lp.verify())
    assert len(reports) > 60 and all(report.ok for report in reports)
    assert any("the exact simplex does" in str(report) for report in reports)


def _exact_bounds(form, x):
    """The least objective without rounding, with rows looser by 1e-13 of their products at x, and as they are."""
    sizes = [max(abs(a * x[j]) for j, a in zip(*form.row(i))) for i in range(form.rows)]
    ends = zip(sizes, form.row_lower, form.row_upper)
    lower, upper = zip(
        *((low - 1e-13 * max(size, abs(low)), high + 1e-13 * max(size, abs(high))) for size, low, high in ends)
    )
    loose = dataclasses.replace(form, row_lower=array("d", lower), row_upper=array("d", upper))
    vertices = [solve_exactly(each, None, lambda: None) for each in (loose, form)]
    # It may be infeasible as it is, where rows that are multiples of each other are rounded.
    return [float(v.objective) if v.status is Status.OPTIMAL else default for v, default in zip(vertices, (-inf, inf))]


@pytest.mark.parametrize("solver", ENGINES)
def test_each_answer_from_the_last_basis_holds(solver):
    """Where the basis is ill-conditioned, a solver's tolerances leave its vertex far from the optimum."""
    r = random.Random(9)
    seen = 0
    for _ in range(150):
        lp = LinearProgram(solver=solver)
        xs, rows = _far_apart(r, lp)
        costs = [r.randint(-5, 5) for _ in xs]
        for step in range(8):
            kind = r.choice(["cost", "bound", "side"])
            if kind == "cost" or not step:
                costs[r.randrange(len(xs))] *= r.choice([-1, 2, 1e3, 1e-3])
                lp.objective = sum(map(mul, costs, xs))
            elif kind == "bound":
                r.choice(xs).bounds = r.choice([0, -3]), r.choice([inf, 4, 1e4])
            else:
                row, factor = r.choice(rows), r.choice([2, 0.5, 1.1])
                row.bounds = tuple(factor * end for end in row.bounds)
            solution = lp.solve("minimize")
            if solution.status is Status.OPTIMAL and "last basis" in solution.method:
                seen += 1
                x = [solution[x] for x in xs]
                least, most = _exact_bounds(lp.compile("minimize"), x)
                # HiGHS does not tell what is missing in its equations of reduced costs.
                noise = (1e-9 if solver == "glpk" else 1e-6) * max(abs(cost * value) for cost, value in zip(costs, x))
                assert least - noise <= solution.objective <= most + noise
    assert seen > 200


def _great_amounts(r, is_overdetermined=False):
    """A point of integers, amounts of cents, and any numbers, each up to 1e9, and some rows through it."""
    n = r.randint(3, 4 if is_overdetermined else 6)
    whole = [k < 2 for k in range(n)]
    point = [
        float(r.randint(0, 10**9)) if i else r.choice([round(r.uniform(0, 1e9), 2), 1e9 * r.random()]) for i in whole
    ]
    rows = []
    for _ in range(r.randint(n, n + 4) if is_overdetermined else r.randint(1, n - 2)):
        terms = {j: r.choice([1, 1, -1, 2, 3, -3, 0.01, 100, 1 / 3, 7]) for j in r.sample(range(n), r.randint(2, n))}
        value = float(sum(Fraction(a) * Fraction(point[j]) for j, a in terms.items()))
        rows.append((terms, value, r.choice("=<>=")))
    return whole, point, rows


def _program_of(solver, whole, point, rows):
    lp = LinearProgram(solver=solver)
    xs = [(lp.IntVar if i else lp.Var)(lb=0, ub=2 * v + 1) for i, v in zip(whole, point)]
    for terms, value, relation in rows:
        e = sum(a * xs[j] for j, a in terms.items())
        lp.add_constraint(e == value if relation == "=" else e <= value if relation == "<" else e >= value)
    return lp, xs


@pytest.mark.parametrize("solver", ENGINES)
@pytest.mark.parametrize("is_overdetermined", [False, True])
def test_great_amounts_beside_integers_are_feasible(solver, is_overdetermined):
    """What rounding leaves in a row of amounts of 1e9 is more than the tolerances of the engines."""
    r = random.Random(11)
    seen = Counter()
    for _ in range(40 if is_overdetermined else 150):
        whole, point, rows = _great_amounts(r, is_overdetermined)
        lp, xs = _program_of(solver, whole, point, rows)
        costs = [r.uniform(-3, 3) for _ in xs]
        lp.objective = sum(cost * x for cost, x in zip(costs, xs))
        solution = lp.solve("minimize", node_limit=200)
        seen[solution.status] += 1
        if solution.status is Status.OPTIMAL:
            size = max(abs(solution.objective), *(abs(cost * value) for cost, value in zip(costs, point)))
            assert solution.objective <= sum(map(mul, costs, point)) + 1e-9 * size
    assert Status.INFEASIBLE not in seen and seen[Status.OPTIMAL] > 0.9 * sum(seen.values())


@pytest.mark.parametrize("solver", ENGINES)
def test_great_amounts_that_no_integers_make_are_infeasible(solver):
    """2 (x - y) is odd, by two equations with a number between them; or one row is beyond its value by a millionth."""
    r = random.Random(12)
    for k in range(30):
        whole, point, rows = _great_amounts(r, True)
        lp, xs = _program_of(solver, whole, point, rows)
        if k % 2:
            terms, value, _ = r.choice([row for row in rows if row[1]])
            e = sum(a * xs[j] for j, a in terms.items())
            lp.add_constraint(e == value)
            lp.add_constraint(e >= value + 1e-6 * abs(value))
        else:
            between = lp.Var("between")
            lp.add_constraint(2 * xs[0] + between == 2 * point[0] + 123456789.25)
            lp.add_constraint(between + 2 * xs[1] == 2 * point[1] + 123456788.25)
        assert lp.solve("minimize").status is Status.INFEASIBLE, (whole, point, rows)


@pytest.mark.parametrize("solver", ENGINES)
@pytest.mark.parametrize("presolve", ["auto", True, False])
def test_optima_of_integers_beside_great_sides(solver, presolve):
    """A side of 1e9 that is met to 1e-11 or missed by as much, against all points."""
    r = random.Random(16)
    for _ in range(60):
        lp = LinearProgram(solver=solver)
        lows = [r.choice([-3, 0, 10**6]), 10**6, 10**6]
        xs = [lp.IntVar(lb=low, ub=low + r.randint(1, 4)) for low in lows]
        terms = [r.choice([0, 1, -1000]), r.choice([0.007, 0.003, -0.01]), r.choice([1000, 500, -2000])]
        point = [r.randint(int(x.lb), int(x.ub)) for x in xs]
        side = sum(Fraction(repr(float(a))) * v for a, v in zip(terms, point))
        lp.add_constraint(sum(map(mul, terms, xs)) <= float(side))
        costs = [r.choice([500, -500, r.uniform(-100, 100)]) for _ in xs]
        lp.objective = sum(map(mul, costs, xs))
        bounds = [range(int(x.lb), int(x.ub) + 1) for x in xs]
        exact = [Fraction(repr(float(a))) for a in terms]
        best = min(sum(map(mul, costs, p)) for p in product(*bounds) if sum(map(mul, exact, p)) <= side)
        assert lp.solve("minimize", presolve=presolve).objective == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize("solver", ENGINES)
def test_a_search_that_cannot_tell_says_so(solver, monkeypatch):
    """Where exact arithmetic takes too long, no point is ruled out that slightly looser rows have."""
    monkeypatch.setattr(exact_search, "best_vertex", lambda *_: None)
    monkeypatch.setattr("pplp.engines.lattice.is_small", lambda form: False)
    seen = Counter()
    r = random.Random(12)
    for _ in range(40):
        lp, _ = _program_of(solver, *_great_amounts(r, True))
        seen[lp.solve("minimize", node_limit=200).status] += 1
    assert seen[Status.NUMERICAL] > 1 and Status.INFEASIBLE not in seen
    lp = LinearProgram(solver=solver)
    x, y = lp.IntVar(lb=0, ub=10**8), lp.Var(lb=0, ub=1)
    lp.add_constraint(4 * x + y == 2e8 + 2)
    assert lp.solve("minimize").status is Status.INFEASIBLE


@pytest.mark.parametrize(
    "end, most", [(866809213.9999998, 866809214), (1e9 / 3, 333333333), (2.0**52 - 1, 2.0**52 - 1)]
)
def test_the_last_digits_of_a_great_bound_of_an_integer(end, most):
    """866809214 / 3 * 3 is an integer, 1e9 / 3 is none, and a great integer is itself."""
    lp = LinearProgram()
    n = lp.IntVar("n", lb=0, ub=end)
    assert lp.compile().column_upper[0] == most
    n.bounds = -end, 0
    assert lp.compile().column_lower[0] == -most


@pytest.mark.parametrize("count", [13, 15])
@pytest.mark.parametrize("solver", ENGINES)
def test_great_numbers_elsewhere_are_no_doubt(solver, count):
    """2 (b_1 + ... + b_n) + y == n with n odd and y <= 1/2 has no point, whatever bounds another variable has."""
    lp = LinearProgram(solver=solver)
    b, y, z = [lp.BoolVar() for _ in range(count)], lp.Var(lb=0, ub=0.5), lp.Var(lb=0, ub=2e7)
    lp.add_constraint(2 * sum(b) + y == count)
    lp.add_constraint(z + b[0] <= 1e7)
    assert lp.solve().status is Status.INFEASIBLE
