"""The options of branch and cut: none changes the answer, none ends the process, and bad ones are refused."""

from __future__ import annotations

import random
from math import inf

import pytest

from pplp import LinearProgram, OptionError, Options, Status
from pplp.engines.contract import BACKTRACKING, BRANCHING, CUTS
from tests.support.engines import ENGINES
from tests.support.random_programs import highs


def knapsacks(seed=4, n=25, rows=3):
    """Several knapsacks, some tens of nodes."""
    r = random.Random(seed)
    lp = LinearProgram()
    xs = list(lp.Vars(n, lb=0, ub=1, integer=True))
    for _ in range(rows):
        weights = [r.randrange(20, 99) for _ in xs]
        lp.add_constraint(sum(w * x for w, x in zip(weights, xs)) <= sum(weights) // 2)
    lp.objective = sum(r.randrange(20, 99) * x for x in xs)
    return lp


CHOICES = [
    *({"cuts": cuts} for cuts in ("auto", True, False, (), *([cut] for cut in sorted(CUTS)), {"cover", "clique"})),
    *({"branching": rule} for rule in BRANCHING),
    *({"backtracking": rule} for rule in BACKTRACKING),
    {"feasibility_pump": True},
    {"proximity_search": 1},
    {"feasibility_pump": True, "proximity_search": 0.5, "cuts": True, "branching": "pseudocost"},
]


@pytest.mark.parametrize(
    "options", CHOICES, ids=lambda options: str({k: sorted(v) if isinstance(v, set) else v for k, v in options.items()})
)
def test_the_answer_is_the_same(options):
    """By HiGHS, for programs that take some nodes."""
    for seed in (1, 2):
        lp = knapsacks(seed)
        pytest.importorskip("scipy.optimize")
        solution = lp.solve("maximize", **options)
        assert solution.status is Status.OPTIMAL
        assert solution.objective == pytest.approx(highs(lp.compile("maximize"))[1])


def test_the_options_reach_the_search():
    """Different rules walk different trees; without cuts it is branch and bound."""
    nodes = {rule: knapsacks().solve("maximize", branching=rule, cuts=False).nodes for rule in BRANCHING[1:]}
    assert len(set(nodes.values())) >= 4
    nodes = {rule: knapsacks().solve("maximize", backtracking=rule, cuts=False).nodes for rule in BACKTRACKING[1:]}
    assert len(set(nodes.values())) >= 3
    assert knapsacks().solve("maximize", cuts=False).method == "branch and bound"
    assert knapsacks().solve("maximize", cuts={"cover"}).method == "branch and cut"
    assert "feasibility pump" in " ".join(told(feasibility_pump=True)).lower().replace("fpump", "feasibility pump")
    assert "FPUMP" not in " ".join(told())
    assert any("Clique cuts enabled" in line for line in told(cuts=["clique"]))
    assert any("Cover cuts enabled" in line for line in told(cuts=True))
    assert not any("cuts enabled" in line for line in told(cuts=False))


def told(**options):
    """GLPK's own words."""
    lines = []
    knapsacks().solve("maximize", log=lines.append, **options)
    return lines


def test_unbounded_integers_get_no_cuts(lp):
    """GLPK could add them forever.  Here x <= y and 3x + 5y <= 31: (3, 4) is best."""
    x, y = lp.IntVar("x", lb=0), lp.IntVar("y", lb=0)
    lp.add_constraint(3 * x - 3 * y <= 1)
    lp.add_constraint(3 * x + 5 * y <= 31)
    lp.objective = 2 * x + y
    solution = lp.solve("maximize", cuts=True)
    assert solution.method == "branch and bound"
    assert solution.objective == 10


def test_bad_options():
    """Each says what there is."""
    for wrong in ("gomory", "all", ["gomory", "flow"], 3, None, [["mir"]]):
        with pytest.raises(OptionError, match="cuts must be 'auto', True, False or a set of 'clique', 'cover'"):
            Options(cuts=wrong)
    for name in ("branching", "backtracking"):
        for wrong in ("best", None, 1, ["auto"]):
            with pytest.raises(OptionError, match=f"{name} must be 'auto' or "):
                Options(**{name: wrong})
    with pytest.raises(OptionError, match="feasibility_pump must be True or False"):
        Options(feasibility_pump=1)
    for wrong in (-1, "5", float("nan")):
        with pytest.raises(OptionError, match="proximity_search must be a nonnegative number of seconds"):
            Options(proximity_search=wrong)


def test_heuristics_of_glpk_go_without_a_callback():
    """Their points would not be asked about."""
    for name in ("feasibility_pump", "proximity_search"):
        with pytest.raises(OptionError, match="without asking the callback"):
            knapsacks().solve(callback=lambda ctx: None, **{name: True})


SCRIPT = """
import random
from pplp.engines.contract import BACKTRACKING, BRANCHING
for seed in range({first}, {last}):
    r = random.Random(seed)
    lp = LinearProgram()
    kinds = r.choice([(1, 0), (0.8, 0.1), (0.5, 0.25)])
    xs = []
    for _ in range(r.randrange(2, 30)):
        u = r.random()
        if u < kinds[0]:
            xs.append(lp.BoolVar())
        elif u < sum(kinds):
            xs.append(lp.IntVar(lb=r.choice([0, -4]), ub=r.choice([1, 5, 30])))
        else:
            xs.append(lp.Var(lb=r.choice([0, -5]), ub=r.choice([1, 10, inf])))
    for _ in range(r.randrange(1, 15)):
        some = r.sample(xs, r.randrange(1, min(10, len(xs)) + 1))
        e, b = sum(r.choice([-7, -3, -2, -1, 1, 1, 2, 3, 9, 0.5]) * x for x in some), r.randrange(-3, 14)
        u = r.random()
        lp.add_constraint(e <= b if u < 0.6 else e >= b - 6 if u < 0.85 else e == b if u < 0.93 else (b - 3, e, b))
    for _ in range(r.randrange(0, 6)):
        lp.add_constraint(sum(r.sample(xs, min(len(xs), 3))) <= 1)
    lp.objective = sum(r.randrange(-9, 10) * x for x in xs)
    options = dict(
        cuts=[c for c in ("gomory", "mir", "cover", "clique") if r.random() < 0.5],
        branching=r.choice(BRANCHING), backtracking=r.choice(BACKTRACKING),
        feasibility_pump=r.random() < 0.5, proximity_search=r.choice([None, 0.2]))
    sense = r.choice(["minimize", "maximize"])
    plain = lp.copy().solve(sense, node_limit=300)
    found = lp.solve(sense, node_limit=300, **options)
    if plain.is_optimal and found.is_optimal:
        assert abs(plain.objective - found.objective) < 1e-6 * max(1, abs(plain.objective)), (seed, plain, found)
    elif found.has_solution and plain.is_optimal:
        assert (found.objective - plain.objective) * (1 if sense == "minimize" else -1) > -1e-6, (seed, plain, found)
print("alive")
"""


@pytest.mark.heavy
def test_no_combination_ends_the_process(in_child):
    """Random programs of all kinds, with random options."""
    assert in_child(SCRIPT.format(first=0, last=300)).strip() == "alive"


@pytest.mark.slow
def test_no_combination_ends_the_process_in_thousands(in_child):
    """The same, longer."""
    assert in_child(SCRIPT.format(first=1000, last=4000), timeout=300).strip() == "alive"


#: (lower, upper) -> the best integers between: least and greatest, None where there is none
FRACTIONAL = {
    (0.5, 3.5): (1, 3),
    (-3.5, -0.5): (-3, -1),
    (2.000000000001, 5): (2, 5),  # 1e-12 is a rounding error
    (-0.3, 0.3): (0, 0),
    (1 / 3 * 3, 0.1 * 30): (1, 3),
    (-inf, 7.9): (None, 7),
    (-7.9, inf): (-7, None),
    (0.2, 0.8): None,
    (3.1, 3.9): None,
}


@pytest.mark.parametrize("bounds", FRACTIONAL)
@pytest.mark.parametrize("sense", ["minimize", "maximize"])
@pytest.mark.parametrize("solver", ENGINES)
def test_fractional_bounds(bounds, sense, solver):
    """The bounds of an integer variable are moved inwards to integers before a solver sees them."""
    lp = LinearProgram(solver=solver)
    x, y = lp.IntVar(lb=bounds[0], ub=bounds[1]), lp.Var(lb=0, ub=0.5)
    lp.add_constraint(x + y <= 100)
    lp.objective = x
    solution = lp.solve(sense)
    ends = FRACTIONAL[bounds]
    if ends is None:
        assert solution.status is Status.INFEASIBLE
        return
    least, greatest = ends
    expected = least if sense == "minimize" else 100 if greatest is None else greatest
    if expected is None:
        assert solution.status is Status.UNBOUNDED
    else:
        assert (solution.status, solution[x]) == (Status.OPTIMAL, expected)
