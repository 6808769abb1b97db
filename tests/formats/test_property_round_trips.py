"""Whatever can be copied, pickled or written comes back as it was."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from pplp import (
    Basis,
    LinearProgram,
    Options,
    Solution,
    Status,
    maximum,
    minimum,
    piecewise,
    semicontinuous,
    sos1,
    sos2,
    truth,
)
from pplp.answers.basis import STATUSES
from tests.support.drawn_programs import plans, senses

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
ways = st.sampled_from(["copy", "copy.copy", "deepcopy", *PROTOCOLS])
names = st.lists(st.text(min_size=1, max_size=9), min_size=6, max_size=6, unique=True)


def twin_of(thing, way):
    """The thing, by one of the ways."""
    if way in PROTOCOLS:
        return pickle.loads(pickle.dumps(thing, way))
    return {"copy": lambda: thing.copy(), "copy.copy": lambda: copy.copy(thing)}.get(
        way, lambda: copy.deepcopy(thing)
    )()


def same_answer(one, other, sense):
    """Both programs, solved, say the same to the last bit: they start from the same data."""
    a, b = one.solve(sense), other.solve(sense)
    assert a.status is b.status
    assert a.objective == b.objective or not a.has_solution
    assert [a[x] for x in one.variables if a.has_solution] == [b[x] for x in other.variables if b.has_solution]


@given(plans(integers=True, columns=5), senses, ways, names, st.booleans(), st.integers(0, 100))
def test_programs(plan, sense, way, names, removing, place):
    """With names, with a variable and a constraint removed, solved before or not: the same matrix and answer."""
    lp = plan.made()
    for name in names:
        lp.Var(name, lb=0, ub=1)
    for k, name in enumerate(names[:3]):
        lp.add_constraint(lp.variables[-1] - lp.variables[k] <= k, name=name)
    if removing:
        lp.solve(sense)
        lp.remove(lp.variables[place % len(lp.variables)], lp.constraints[place % len(lp.constraints)])
    twin = twin_of(lp, way)
    assert twin.compile(sense) == lp.compile(sense)
    assert str(twin) == str(lp)
    assert [x.name for x in twin.variables] == [x.name for x in lp.variables]
    assert [repr(c) for c in twin.constraints] == [repr(c) for c in lp.constraints]
    fresh = twin.copy()
    same_answer(twin, fresh, sense)
    twin.Var("new", lb=0, ub=3) if "new" not in names else None
    assert len(lp.variables) == len(fresh.variables)  # the original heard nothing


@given(plans(integers=True, columns=5), senses, st.sampled_from(PROTOCOLS))
def test_what_belongs_to_a_program(plan, sense, protocol):
    """Handles, expressions, relations, arrays, matrices, bases and solutions, pickled together."""
    lp = plan.made()
    xs = lp.variables
    e = sum(xs) - 3 * xs[0] + 0.5
    b, box = lp.BoolVar(), lp.Vars(2, lb=0, ub=4)
    compounds = [
        abs(e) <= 90,
        maximum(e, 3) + 2 * minimum(e, xs[0]) >= b,
        piecewise(e, [(-9, 0), (0, 1), (9, 0)]) == b,
        truth(2 * b <= 1) <= b,
        b >> (box[0] <= 1),
        sos1(box),
        sos2(box),
        semicontinuous(box[1], 1, 2),
    ]
    record = lp.add_constraint(b >> (box[0] + box[1] <= 1))
    things = lp, xs, e, e <= 4, lp.objective, lp.constraints, box, compounds, record, lp.compile(sense)
    twins = pickle.loads(pickle.dumps(things, protocol))
    assert type(twins) is tuple
    assert [repr(one) for one in twins[1:-1]] == [repr(one) for one in things[1:-1]]
    assert twins[-1] == things[-1] == twins[0].compile(sense)
    assert all(x.program is twins[0] for x in twins[1])
    twins[0].add_constraint(twins[3])
    lp.add_constraint(things[3])
    for one, other in zip(twins[7][4:], compounds[4:]):  # those that need no more bounds
        twins[0].add_constraint(one)
        lp.add_constraint(other)
    assert twins[0].compile(sense) == lp.compile(sense)

    lp = plan.made()
    xs, solution = lp.variables, lp.solve(sense)
    twin, ys, its = pickle.loads(pickle.dumps((lp, xs, solution), protocol))
    assert isinstance(its, Solution)
    assert (its.status, its.sense, its.message, its.bound) == (
        solution.status,
        solution.sense,
        solution.message,
        solution.bound,
    )
    if solution.has_solution:
        assert its.objective == solution.objective
        assert [its[y] for y in ys] == [solution[x] for x in xs]
        assert [type(its[y]) for y in ys] == [type(solution[x]) for x in xs]
        if not any(x.integer for x in xs):
            assert [its.dual(c) for c in twin.constraints] == [solution.dual(c) for c in lp.constraints]
            basis = lp.basis
            assert pickle.loads(pickle.dumps(basis, protocol)) == basis


@given(plans(), senses)
def test_bases_in_files(plan, sense):
    """Saved, loaded and set, the basis of an optimum takes no iteration."""
    lp = plan.made()
    if lp.solve(sense).status is not Status.OPTIMAL:
        return
    with TemporaryDirectory() as folder:
        path = Path(folder, "basis.json")
        lp.basis.save(path)
        basis = Basis.load(path)
    assert basis == lp.basis
    twin = plan.made()
    twin.basis = basis
    solution = twin.solve(sense)
    assert (solution.status, solution.iterations) == (Status.OPTIMAL, 0)
    assert abs(solution.objective - lp.solution.objective) <= 1e-9 * max(1, abs(solution.objective))


letters = st.text("".join(STATUSES), max_size=50)


@given(letters, letters)
def test_any_letters_in_files(variables, rows):
    """A file is data: any two words of the alphabet come back, fit or not."""
    basis = Basis(variables, rows)
    with TemporaryDirectory() as folder:
        basis.save(Path(folder, "b"))
        assert Basis.load(Path(folder, "b")) == basis
    lp = LinearProgram()
    xs = lp.Vars(len(variables), lb=0, ub=1)
    for _ in rows:
        lp.add_constraint(sum(xs) + 2 * lp.variables[0] <= 3 if len(xs) > 1 else True)
    try:
        lp.basis = basis
    except ValueError:
        return
    lp.objective = sum(xs)
    assert lp.solve("maximize").status is Status.OPTIMAL


@given(
    st.builds(
        Options,
        method=st.sampled_from(["auto", "dual", "interior"]),
        time_limit=st.none() | st.floats(0, 1e6),
        node_limit=st.none() | st.integers(0, 10**9),
        gap=st.floats(0, 1),
        cuts=st.sampled_from(["auto", True, frozenset(["mir"])]),
    ),
    st.sampled_from(PROTOCOLS),
)
def test_options(options, protocol):
    """They are plain data."""
    twin = pickle.loads(pickle.dumps(options, protocol))
    assert twin == options
    assert dataclasses.replace(twin) == options
