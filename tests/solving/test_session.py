"""The session of a program with its engine: its states, and what of it a program keeps."""

from __future__ import annotations

import gc
import pickle
import sys
import weakref

import pytest

from pplp import LinearProgram, NotSolved, StaleSolution, Status
from pplp.answers.duals import bound_dual
from pplp.engines.glpk.engine import Glpk
from pplp.engines.registry import register_engine
from pplp.form.outcome import Outcome, ReadNumbers
from pplp.solution import Solution
from pplp.solver import Engine
from tests.support.engines import ENGINES


def plan(solver="glpk"):
    """Maximize 2x + y over x + y <= 6, x <= 4, y >= 0: 10 at (4, 2)."""
    lp = LinearProgram(solver=solver)
    x, y = lp.Var("x", lb=0, ub=4), lp.Var("y", lb=0)
    row = lp.add_constraint(x + y <= 6, "row")
    lp.objective = 2 * x + y
    return lp, x, y, row


def answer_of(lp):
    """The state of the last answer."""
    answer = lp._session.answer
    return "none" if answer is None else "unread" if answer.solution is None else "read"


def engine_of(lp):
    """The state of the engine."""
    return "none" if lp._session.engine is None else "to load" if lp._journal is None else "in step"


# ---- states
@pytest.mark.parametrize("solver", ENGINES)
def test_the_states_of_a_session(solver):
    """One short run gives the optimum, with GLPK from the first solve on: its solution is made when somebody asks."""
    lp, x, y, _row = plan(solver)
    assert (engine_of(lp), answer_of(lp)) == ("none", "none")
    first = {"glpk": "unread", "highs": "read"}[solver]
    assert lp.maximize() == 10 and (engine_of(lp), answer_of(lp)) == ("in step", first)
    x.ub = 3
    assert lp.maximize() == 9 and (engine_of(lp), answer_of(lp)) == ("in step", "unread")
    assert (x.value, y.value) == (3.0, 3.0) and answer_of(lp) == "read"


@pytest.mark.parametrize("solver", ENGINES)
def test_what_becomes_integer_before_the_answer_is_read(solver):
    """The solution is that of the program as it was solved."""
    lp = LinearProgram(solver=solver)
    x = lp.Var("x", lb=0)
    row = lp.add_constraint(2 * x <= 2, row=True)
    lp.objective = x
    lp.maximize()
    row.ub = 3
    assert lp.maximize() == 1.5 and answer_of(lp) == "unread"
    x.integer = True
    assert lp.solution[x] == 1.5
    assert lp.maximize() == 1 and x.value == 1


def test_an_answer_that_is_unread_when_the_problem_is_lost():
    """A fork takes the problem from the child where each thread has a GLPK of its own; the numbers stay."""
    lp, x, y, row = plan()
    assert lp.maximize() == 10 and answer_of(lp) == "unread"
    lp._session.engine.abandon()
    assert (x.value, y.value, row.dual, lp.solution.objective) == (4, 2, 1, 10)
    row.ub = 5
    assert lp.maximize() == 9 and (x.value, y.value) == (4, 1)


class Stumbling(Glpk):
    """GLPK, but an update may fail half way."""

    fails = False

    def update(self, edits, whole):
        super().update(edits, whole)
        if self.fails:
            raise RuntimeError("half way")


def test_an_engine_that_fails_half_way_is_loaded_anew():
    """And the answer of before is nobody's."""
    register_engine("stumbling", Stumbling)
    lp, x, _, _ = plan("stumbling")
    lp.maximize()
    x.ub = 3
    lp._session.engine.fails = True
    with pytest.raises(RuntimeError, match="half way"):
        lp.maximize()
    assert (engine_of(lp), answer_of(lp)) == ("to load", "none")
    with pytest.raises(NotSolved):
        x.value
    lp._session.engine.fails = False
    assert lp.maximize() == 9 and engine_of(lp) == "in step"


def test_a_refused_option_leaves_the_answer():
    """It is refused before anything is forgotten."""
    lp, x, _, _ = plan()
    lp.maximize()
    lp.maximize()
    with pytest.raises(ValueError, match="pivoting"):
        lp.maximize(pivoting="none")
    assert answer_of(lp) == "unread" and x.value == 4


def test_another_solver_takes_the_place_of_the_engine():
    """It is sent the whole program."""
    register_engine("stumbling", Stumbling)
    lp, _x, _, _ = plan()
    lp.maximize()
    first = lp._session.engine
    assert lp.maximize(solver="stumbling") == 10 and lp._session.engine is not first and not first.loaded
    assert lp.solution.solver == "stumbling"


# ---- copies and pickles
@pytest.mark.parametrize("copied", [LinearProgram.copy, lambda lp: pickle.loads(pickle.dumps(lp))])
def test_copies_begin_a_new_session(copied):
    """Of the session a pickle has the basis to start from, and no more."""
    lp, _x, _, _ = plan()
    lp.maximize()
    twin = copied(lp)
    assert (engine_of(twin), answer_of(twin), twin.status) == ("none", "none", Status.UNSOLVED)
    assert twin.maximize() == 10 and twin._session.stop is not lp._session.stop


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="PyPy counts no references")
def test_the_engine_goes_with_the_program():
    """At once: nothing that the session has knows the program."""
    lp, x, y, row = plan()
    lp.maximize()
    lp.maximize()
    problem = weakref.ref(lp._session.engine)
    solution = lp.solution
    gc.disable()
    try:
        del lp, x, y, row
        assert problem() is None and solution.objective == 10
    finally:
        gc.enable()


def test_a_program_keeps_no_field_of_the_session():
    """Pickles of before had them; they are left out, but for the basis to start from."""
    lp, _x, _, _ = plan()
    lp.maximize()
    lp.basis = lp.basis
    state = lp.__getstate__()
    before = dict(state, _solution=None, _unread="maximize", _solved_at=(0, 0, 0, 0), _keywords={}, _engine=None)
    twin = LinearProgram.__new__(LinearProgram)
    twin.__setstate__(pickle.loads(pickle.dumps(before)))
    assert set(vars(twin)) == set(vars(LinearProgram()))
    assert twin._session.start is not None and answer_of(twin) == "none"
    assert twin.maximize() == 10 and twin.solution.iterations == 0


def test_a_solution_that_was_pickled_in_twelve_parts():
    """Its places, names and kinds were arguments of their own."""
    lp, x, y, row = plan()
    now = lp.solve("maximize")
    frame = now._frame
    outcome = Outcome(Status.OPTIMAL, ReadNumbers([4.0, 2.0], [1.0, 0.0], [1.0]), 10.0)
    parts = 0, frame.at_column, frame.at_row, b"", bound_dual, lp._family, None, now.quality, ({0: "x", 1: "y"}, {})
    was = Solution(outcome, "maximize", *parts)
    for solution in (was, pickle.loads(pickle.dumps(was))):
        assert (solution[x], solution[y], solution.dual(row), solution.reduced_cost(x)) == (4.0, 2.0, 1.0, 1.0)
        assert solution.quality == now.quality


# ---- values
@pytest.mark.parametrize("solver", ENGINES)
def test_values_are_ints_and_floats(solver):
    """Of integer variables ints, of all others floats, each time they are read; no zero has a sign."""
    lp = LinearProgram(solver=solver)
    x, n, z = lp.Var("x", lb=-3, ub=0), lp.IntVar("n", lb=-2, ub=3), lp.Var("z", lb=0, ub=1)
    lp.add_constraint(x + n + z <= 2)
    lp.objective = 3 * n - z  # n = 2 with x = 0, or 3 with x = -1
    lp.maximize()
    for _ in range(3):
        assert [repr(v.value) for v in (n, z)] == ["3", "0.0"] and type(x.value) is float
        assert repr(lp.solution[n]) == "3" and repr(lp.solution[z]) == "0.0"
    twin = pickle.loads(pickle.dumps(lp.solution))
    assert repr(twin[n]) == "3"


class Integral(Engine):
    """An engine that says 0 and 1 where it means 0.0 and 1.0; the optimum is at all upper bounds."""

    verifies = False

    def load(self, form):
        self.form, self.loaded = form, True

    def update(self, edits, whole):
        self.load(whole())

    def solve(self, options, stop=None):
        point = [int(upper) for upper in self.form.column_upper]
        return Outcome(Status.OPTIMAL, ReadNumbers(point, [1] * len(point), []), float(sum(point)))

    def close(self):
        self.loaded = False


def test_values_of_an_engine_that_gives_ints():
    """They are floats all the same."""
    register_engine("integral", Integral)
    lp = LinearProgram(solver="integral")
    x = lp.Var("x", lb=0, ub=1)
    lp.objective = x
    lp.maximize()
    assert [repr(x.value), repr(x.value), repr(lp.solution[x])] == ["1.0"] * 3


def every_edit(lp, x, y, row):
    """Each kind of edit there is, as a call that makes it."""
    yield lambda: setattr(x, "ub", 5)
    yield lambda: setattr(x, "bounds", (0, 4))
    yield lambda: x.fix(1)
    yield lambda: x.unfix()
    yield lambda: setattr(x, "integer", True)
    yield lambda: setattr(x, "integer", False)
    yield lambda: setattr(x, "cost", 3)
    yield lambda: setattr(lp, "objective", x + y)
    yield lambda: setattr(row, "ub", 7)
    yield lambda: setattr(row, "bounds", (0, 7))
    yield lambda: row.set_coefficient(y, 2)
    yield lambda: lp.Var("new", lb=0, ub=1)
    yield lambda: lp.IntVar("whole", lb=0, ub=1)
    yield lambda: lp.Var("column", {row: 1}, 1, lb=0, ub=1)
    yield lambda: lp.Vars(3, lb=0, ub=1)
    yield lambda: lp.add_constraint(x - y <= 9)
    yield lambda: lp.add_constraint(y <= 9)
    yield lambda: lp.add_constraint(x >= 1, row=True)
    yield lambda: lp.add_constraint(abs(x - y) <= 8)
    yield lambda: lp.remove(lp.constraints[-1])
    yield lambda: lp.remove(lp.variables[-1])


def test_no_value_is_stale_after_any_edit():
    """Read twice before, so that the second is read the quick way."""
    lp, x, y, row = plan()
    lp.add_constraint(y <= 50)
    for edit in every_edit(lp, x, y, row):
        lp.maximize()
        before = x.value, x.value
        edit()
        with pytest.raises(StaleSolution):
            x.value
        assert lp.solution[x] == before[0]


def test_values_of_the_other_sense():
    """Of the same version: the values are those of the last solve."""
    lp, x, _y, _ = plan()
    for sense, value in [("maximize", 4.0), ("minimize", 0.0)] * 3:
        getattr(lp, sense)()
        assert [x.value, x.value] == [value, value]


def test_quality_of_a_program_that_its_callback_edited():
    """The solution is of the program as it was when the solve began."""
    lp = LinearProgram()
    x, y = lp.IntVar("x", lb=0, ub=4), lp.IntVar("y", lb=0, ub=4)
    lp.add_constraint(2 * x + 2 * y <= 9)
    lp.objective = x + y

    def edit(ctx):
        lp.objective = 3 * x + y

    solution = lp.solve("maximize", callback=edit)
    assert (solution.objective, lp.status) == (4.0, Status.UNSOLVED)
    with pytest.raises(StaleSolution, match="edited or dropped"):
        solution.quality
