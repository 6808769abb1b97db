"""What is removed gives its memory back: stores and steps stay as they are, however often something comes and goes."""

from __future__ import annotations

import copy
import pickle
import random
import sys
from array import array
from collections import deque
from dataclasses import fields

import pytest

from pplp import InvalidValue, LinearProgram, RemovedObject, maximum, sos1, sos2
from pplp.core import compaction
from pplp.core.entries import Kept, waiting
from pplp.form.compiler import compile_form
from tests.support.counting import lines_of
from tests.support.engines import ENGINES
from tests.support.random_programs import edit, random_program

_LEFT = 12
_STEPS = 240


def base(solver="glpk", trace="constraints"):
    """A small program that stays; what comes and goes is made of its variables."""
    lp = LinearProgram(solver=solver, trace=trace)
    xs = [lp.Var(lb=0, ub=5) for _ in range(_LEFT)]
    rows = [lp.add_constraint(xs[k] + xs[k + 1] <= 4) for k in range(_LEFT - 1)]
    lp.objective = sum(xs)
    return lp, xs, rows


def a_row(lp, xs, rows, k):
    return [lp.add_constraint(xs[k % _LEFT] + xs[(k + 5) % _LEFT] <= 4)]


def a_named_row(lp, xs, rows, k):
    return [lp.add_constraint(xs[k % _LEFT] + xs[(k + 5) % _LEFT] <= 4, name=f"cut{k}")]


def a_range(lp, xs, rows, k):
    return [lp.add_constraint((0, xs[k % _LEFT] + 2 * xs[(k + 5) % _LEFT], 9))]


def a_bound(lp, xs, rows, k):
    return [lp.add_constraint(2 * xs[k % _LEFT] <= 7, name=f"bound{k}")]


def a_constant(lp, xs, rows, k):
    return [lp.add_constraint((-1, 0, 3))]


def a_row_edited(lp, xs, rows, k):
    (row,) = a_row(lp, xs, rows, k)
    row.set_coefficient(xs[(k + 2) % _LEFT], 0.5)
    row.ub = 5
    return [row]


def a_bound_turned_row(lp, xs, rows, k):
    row = lp.add_constraint(xs[k % _LEFT] <= 4)
    row.set_coefficient(xs[(k + 1) % _LEFT], 1)
    return [row]


def a_constant_turned_row(lp, xs, rows, k):
    row = lp.add_constraint((-9, 0, 9), name=f"pattern{k}")
    row.set_coefficient(xs[(k + 1) % _LEFT], 1)
    return [row]


def an_array_of_rows(lp, xs, rows, k):
    ys = lp.Vars(3, f"y{k}", lb=0, ub=1)
    return [lp.add_constraint(ys <= 0.5 * xs[k % _LEFT] + 1), ys]


def a_variable(lp, xs, rows, k):
    x = lp.Var(f"col{k}", lb=0, ub=3)
    lp.objective += 2 * x
    return [x]


def a_column(lp, xs, rows, k):
    return [lp.Var(lb=0, cost=3, column={rows[k % len(rows)]: 1, rows[(k + 3) % len(rows)]: 2})]


def an_integer_with_a_bound(lp, xs, rows, k):
    n = lp.IntVar(lb=0, ub=3)
    bound = lp.add_constraint(2 * n <= 5, name=f"half{k}")
    lp.objective += n
    assert bound.ub == 5
    return [n]


def variables_and_an_objective(lp, xs, rows, k):
    ys = lp.Vars((2, 2), lb=0, ub=1)
    lp.objective = sum(xs) + ys.sum()
    return [ys]


def an_indicator(lp, xs, rows, k):
    b = lp.BoolVar()
    return [lp.add_constraint(b >> (xs[k % _LEFT] <= 2), name=f"if{k}"), b]


def a_set(lp, xs, rows, k):
    return [lp.add_constraint((sos1, sos2)[k % 2](xs[:3]))]


def a_function(lp, xs, rows, k):
    return [lp.add_constraint(maximum(xs[k % _LEFT], xs[(k + 1) % _LEFT]) <= 4)]


KINDS = [
    a_row,
    a_named_row,
    a_range,
    a_bound,
    a_constant,
    a_row_edited,
    a_bound_turned_row,
    a_constant_turned_row,
    an_array_of_rows,
    a_variable,
    a_column,
    an_integer_with_a_bound,
    variables_and_an_objective,
    an_indicator,
    a_set,
    a_function,
]


def stored(thing, known=None):
    """How many entries there are in all lists, dictionaries, sets, arrays and texts that a program has."""
    known = set() if known is None else known
    if id(thing) in known or isinstance(thing, (type, int, float, str, type(None))) or callable(thing):
        return 0
    known.add(id(thing))
    if isinstance(thing, (bytes, bytearray, array)):
        return len(thing)
    if isinstance(thing, dict):
        pairs = list(thing.items())
        return len(pairs) + sum(stored(k, known) + stored(v, known) for k, v in pairs)
    if isinstance(thing, (list, tuple, set, frozenset, deque)):
        items = list(set.__iter__(thing)) if isinstance(thing, set) else list(thing)
        return len(items) + sum(stored(item, known) for item in items)
    if not type(thing).__module__.startswith("pplp"):
        return 0
    own = dict(getattr(thing, "__dict__", {}))
    for kind in type(thing).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        own.update((name, getattr(thing, name, None)) for name in ([slots] if isinstance(slots, str) else slots))
    return sum(stored(value, known) for value in own.values())


def greatest_store(lp, step, steps):
    """The most entries after any of the steps, of which every fifth one is looked at."""
    sizes = []
    for k in range(steps):
        step()
        if k % 5 == 0:
            sizes.append(stored(lp))
    return max(sizes)


def stepping(lp, xs, rows, kind, solve, at_once=3):
    """A function that adds something and removes the oldest of three."""
    waiting, count = [], 0

    def step():
        nonlocal count
        waiting.append(kind(lp, xs, rows, count))
        count += 1
        if len(waiting) > at_once:
            lp.remove(*waiting.pop(0))
        if solve:
            lp.maximize()

    return step


@pytest.mark.parametrize("kind", KINDS)
def test_stores_do_not_grow_without_solving(kind):
    """Edits that are never solved between, of a program that an engine has; in the program and in its copy."""
    lp, xs, rows = base(trace=True)
    lp.maximize()
    step = stepping(lp, xs, rows, kind, solve=False)
    before = greatest_store(lp, step, _STEPS)
    assert greatest_store(lp, step, 2 * _STEPS) <= before + _STEPS
    twin = lp.copy()
    assert stored(twin) <= before
    its = [twin[x] for x in xs], [twin[row] for row in rows]
    assert greatest_store(twin, stepping(twin, *its, named_apart(kind), solve=False), _STEPS) <= before + _STEPS // 2
    assert lp.maximize() == lp.copy().maximize()


def named_apart(kind):
    """The same, with names that were not given before."""
    return lambda lp, xs, rows, k: kind(lp, xs, rows, k + 10**6)


@pytest.mark.parametrize("solver", ENGINES)
@pytest.mark.parametrize("kind", KINDS)
def test_stores_do_not_grow_with_solving(kind, solver):
    """Each step is solved; what the engine keeps in Python counts, too."""
    lp, xs, rows = base(solver)
    step = stepping(lp, xs, rows, kind, solve=True)
    before = greatest_store(lp, step, _STEPS // 2)
    assert greatest_store(lp, step, _STEPS) <= before + _STEPS // 2
    assert lp.maximize() == pytest.approx(lp.copy().maximize())


@pytest.mark.heavy
@pytest.mark.skipif(sys.implementation.name == "pypy", reason="its compiler sees to it that tracing costs minutes")
@pytest.mark.parametrize("kind", KINDS)
def test_a_step_costs_the_same_however_many_there_were(kind):
    """The least of some steps, as now and then one has a store made anew."""
    lp, xs, rows = base()
    step = stepping(lp, xs, rows, kind, solve=True)
    for _ in range(_STEPS):
        step()
    early = min(lines_of(step) for _ in range(6))
    for _ in range(3 * _STEPS):
        step()
    assert min(lines_of(step) for _ in range(6)) <= 1.3 * early


def both_ways(monkeypatch, work):
    """What `work` returns when stores are made anew after each removal, and when they never are."""
    found = []
    for always in (True, False):
        with monkeypatch.context() as patch:
            patch.setattr(compaction, "is_hollow", lambda _, removed, but=0, a=always: a and waiting(removed) > but)
            found.append(work())
    return found


def bits(form):
    """A matrix form as bytes: -0.0 and 0.0 differ."""
    its = [getattr(form, field.name) for field in fields(form)]
    return [a.tobytes() if hasattr(a, "tobytes") else a for a in its]


def history(seed):
    """What a program says of itself after random edits, with copies and pickles of it."""
    r = random.Random(seed)
    lp = random_program(r, integers=seed % 2 == 1)
    said = []
    for _ in range(30):
        edit(r, lp)
        if r.random() < 0.3:
            solution = lp.solve(r.choice(["minimize", "maximize"]), node_limit=50)
            said.append((solution.status, repr(solution.objective)))
        if r.random() < 0.1:
            lp = pickle.loads(pickle.dumps(lp)) if r.random() < 0.5 else copy.copy(lp)
    for maximize in (False, True):
        said.append(bits(compile_form(lp, maximize)))
    said += [(repr(thing), thing.name, thing._index) for thing in [*lp.variables, *lp.constraints]]
    return [*said, str(lp), repr(lp.objective), repr(lp)]


@pytest.mark.parametrize("seed", range(25))
def test_programs_are_the_same_with_holes_and_without(seed, monkeypatch):
    """Bit for bit: the matrix, the names (also R0, x0), the order, the answers."""
    without, having = both_ways(monkeypatch, lambda: history(seed))
    assert without == having


def churned(lp, xs, times=300):
    """So many rows, variables and records come and go that all stores are made anew."""
    for k in range(times):
        lp.remove(lp.add_constraint(xs[0] + xs[1] <= 3), lp.add_constraint(xs[2] <= 4), lp.Var(), lp.Var(f"v{k}"))
        lp.remove(lp.add_constraint((-1, 0, 1)), lp.add_constraint(sos1(xs[:2])))
    stores = lp._columns.lower, lp._rows.lower, lp._bound_rows.lower, lp._constant_rows.lower, lp._reformulations.titles
    assert all(isinstance(entries, Kept) for entries in stores)


def test_the_objective_does_not_have_the_terms_of_longer_sums():
    """A sum shares its list of terms with a longer one, whose last variable was removed."""
    lp = LinearProgram()
    x, y, z = lp.Var("x"), lp.Var("y"), lp.Var("z")
    short = 2 * x + y
    longer = short + z
    lp.remove(z)
    lp.objective = short
    assert str(lp.objective) == "2 x + y"
    with pytest.raises(RemovedObject, match="Variable z of an unnamed program was removed"):
        lp.objective = longer
    assert str(lp.objective) == "2 x + y"


def test_handles_of_what_is_gone_know_their_names():
    """Those given, and those made; every use raises `RemovedObject`."""
    lp, xs, _ = base()
    x, y = lp.Var("x"), lp.Var()
    things = [
        lp.add_constraint(x + y <= 3, name="row"),
        lp.add_constraint(x <= 3, name="bound"),
        lp.add_constraint((-1, 0, 3), name="constant"),
        lp.add_constraint(x - y <= 1),
        lp.add_constraint(sos1(xs[:2]), name="set"),
        x,
        y,
    ]
    turned = lp.add_constraint(y <= 9, name="turned")
    turned.set_coefficient(xs[0], 1)
    things.insert(0, turned)
    before = [getattr(thing, "name", "set") for thing in things]
    lp.remove(*things)
    shown = [repr(thing) for thing in things]
    churned(lp, xs)
    assert before == ["turned", "row", "bound", "constant", "R12", "set", "x", f"x{y._index}"]
    assert [repr(thing) for thing in things] == shown
    for thing, name in zip(things, before):
        with pytest.raises(RemovedObject, match=rf"\b{name}\b"):
            lp.remove(thing)
        again = pickle.loads(pickle.dumps((lp, thing)))[1]
        with pytest.raises(RemovedObject, match=rf"\b{name}\b"):
            again.program.remove(again)
    for use in (lambda: things[1].lb, lambda: things[2].ub, lambda: things[3].lb, lambda: things[5].variables):
        with pytest.raises(RemovedObject):
            use()
    for use in (lambda: x.ub, lambda: x.integer, lambda: x.cost, lambda: lp.add_constraint(x + y <= 2)):
        with pytest.raises(RemovedObject):
            use()
    with pytest.raises(RemovedObject):
        x.ub = 3
    with pytest.raises(RemovedObject):
        lp.objective = xs[0] + x
    with pytest.raises(RemovedObject):
        things[1].ub = 3
    assert [thing.origin for thing in things if hasattr(thing, "origin")] == [None] * 7
    lp.add_constraint(xs[0] + xs[1] <= 2, name="row")  # their names are free
    assert lp.maximize() == lp.copy().maximize()


@pytest.mark.parametrize("solver", ENGINES)
def test_old_solutions_answer_for_what_is_gone(solver, tmp_path):
    """Values, duals and names of what was removed since, and a file of them."""
    lp, xs, _ = base(solver)
    x = lp.Var("x", lb=0, ub=3)
    row = lp.add_constraint(x + xs[0] <= 2, name="row")
    lp.objective += 3 * x
    old = lp.solve("maximize")
    told = old[x], old.dual(row), old.reduced_cost(x), old.value(2 * x + xs[0]), repr(old)
    lp.maximize()  # an answer that nobody has read
    lp.remove(row, x)
    churned(lp, xs)
    unread = lp.solution
    for solution in (old, unread, pickle.loads(pickle.dumps(old))):
        its = solution[x], solution.dual(row), solution.reduced_cost(x), solution.value(2 * x + xs[0]), repr(solution)
        assert its == told
        solution.write(tmp_path / "solution.csv")
        text = (tmp_path / "solution.csv").read_text()
        assert "x," in text.replace("variable,", "") and "row," in text
    now = lp.solve("maximize")
    with pytest.raises(RemovedObject):
        now[x]
    with pytest.raises(RemovedObject):
        now.dual(row)


def test_a_reliance_on_a_variable_that_came_and_went_is_still_checked():
    """A big-M that was written for a variable within [-5, -1], which then counts as 0."""
    lp, xs, _ = base()
    lp.maximize()
    x, b = lp.Var("gone", lb=-5, ub=-1), lp.BoolVar()
    lp.add_constraint(b >> (x + xs[0] <= 2))
    lp.remove(x)
    churned(lp, xs)
    with pytest.raises(InvalidValue, match=r"gone.* removed since and counts as 0"):
        lp.maximize()


def test_programs_that_were_made_anew_go_on():
    """Columns in rows from before and after, costs, copies, pickles, the relaxation."""
    lp, xs, rows = base()
    n = lp.IntVar("n", lb=0, ub=2.5)
    lp.maximize()
    churned(lp, xs)
    z = lp.Var("z", lb=0, cost=5, column={rows[0]: 2})
    assert (z.cost, z.lb, rows[0].coefficient(z), n.integer, n.name) == (5, 0, 2, True, "n")
    n.cost = 1
    lp.add_constraint(z + n <= 10, name="last")
    twins = [lp, lp.copy(), pickle.loads(pickle.dumps(lp))]
    assert len({twin.maximize() for twin in twins}) == 1
    assert lp.relaxed().maximize() == lp.maximize() + 0.5
    assert [twin.constraints[-1].name for twin in twins] == ["last"] * 3
