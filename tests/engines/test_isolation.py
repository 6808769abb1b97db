"""A solve in a process of its own: the same answers, and what ends that process leaves the program as it was."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from math import isclose, isnan
from random import Random

import pytest

from pplp import CallbackError, CancelToken, LinearProgram, NoDuals, OptionError, SolverCrashed, Status
from pplp.engines.registry import make_engine
from pplp.form.compiler import compile_edits
from pplp.form.matrix_form import edited
from tests.support.long_programs import dense_mix, knapsacks, once
from tests.support.random_programs import edit, random_program

posix = pytest.mark.skipif(os.name != "posix", reason="ends processes by signals")


@pytest.fixture
def plan():
    """A plan with a row that binds: maximize 5x + 4y is 34, at (2, 6)."""
    lp = LinearProgram(name="plan")
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    lp.add_constraint(x + 2 * y <= 14, name="oven")
    lp.add_constraint(3 * x + y <= 12, name="staff")
    lp.objective = 5 * x + 4 * y
    return lp


def process_of(lp):
    """The number of the process that the program is solved in."""
    return lp._session.engine._child.pid


def is_running(pid):
    """Is there such a process, that has not ended?"""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True


def test_everything_of_a_solution(plan):
    """Values, duals, basis and sensitivity come from the other process; edits go there."""
    oven, staff = plan.constraints
    x, y = plan.variables
    assert plan.maximize(isolate=True) == 34.0
    assert (x.value, y.value, x.reduced_cost) == (2, 6, 0)
    assert (oven.dual, staff.dual) == pytest.approx((1.4, 1.2))
    assert plan.basis.variables == "BB"
    assert plan.sensitivity()[oven].rhs.upper == 24.0
    assert plan.solution.quality.row == 0
    first = process_of(plan)
    oven.ub = 15
    assert plan.maximize(isolate=True) == pytest.approx(35.4)
    assert process_of(plan) == first
    assert plan.maximize() == pytest.approx(35.4)  # here again
    x.integer = True
    assert plan.maximize(isolate=True) == 34.0  # (2, 6); (1, 7) has 33


def test_random_programs_and_edits():
    """Status and objective are those of a solve here, through edits of every kind."""
    for seed in range(6):
        draw = Random(seed)
        lp = random_program(draw, integers=seed % 2 == 1)
        for _ in range(6):
            edit(draw, lp)
            there = lp.solve("maximize", isolate=True, node_limit=300)
            here = lp.copy().solve("maximize", node_limit=300)
            assert there.status is here.status
            assert isclose(there.objective, here.objective, abs_tol=1e-6) or isnan(here.objective)


def test_edits_of_a_form():
    """A form after edits is the form of the edited program."""
    for seed in range(150):
        draw = Random(seed)
        lp = random_program(draw, integers=seed % 2 == 1)
        lp.solve("maximize", node_limit=1)
        before, places = lp.compile("maximize"), lp._session.places
        for _ in range(draw.randrange(1, 9)):
            edit(draw, lp)
        found = edited(before, compile_edits(lp, lp._journal, places, True))
        wanted = lp.compile("maximize")
        for name in ("offset", "cost", "column_lower", "column_upper", "integer", "row_lower", "row_upper", "starts"):
            assert getattr(found, name) == getattr(wanted, name), (seed, name)
        for i in range(wanted.rows):
            assert dict(zip(*found.row(i))) == dict(zip(*wanted.row(i)))


def test_progress_and_log():
    """The callables are called here."""
    events, lines = [], []
    long = knapsacks(items=50)
    stop = once(long.stop, has_point=True)

    def listen(event):
        events.append(event)
        stop(event)

    solution = long.solve("maximize", isolate=True, progress=listen, log=lines.append)
    assert solution.status is Status.INTERRUPTED and solution.has_solution and solution.gap > 0
    assert (
        0 < next(event.incumbent for event in reversed(events) if event.incumbent is not None) <= solution.objective
    )  # a better point may come after the last event
    assert any("OPTIMAL" in line for line in lines)


def test_what_cannot_be_sent(plan):
    """A callback is refused by name, and isolate is yes or no."""
    with pytest.raises(OptionError, match="callback"):
        plan.maximize(isolate=True, callback=print)
    with pytest.raises(OptionError, match="isolate must be True or False"):
        plan.maximize(isolate=1)


def test_errors_come_back(plan):
    """What the engine raises there is raised here, and the program is solved again."""
    plan.variables[0].integer = True
    with pytest.raises(OptionError, match="integer variables"):
        plan.maximize(isolate=True, method="exact")
    assert plan.maximize(isolate=True) == 34.0
    with pytest.raises(CallbackError, match="in a callable of mine"):
        knapsacks().maximize(isolate=True, progress=_raising)


def _raising(event):
    raise CallbackError("in a callable of mine")


def test_options_that_solve_several_times(plan):
    """The pool and objectives in order are solved there, too; an exact solution stays exact."""
    x, y = plan.variables
    assert plan.solve("maximize", method="exact", isolate=True).exact(x + y) == 8
    plan.maximize([x, y], isolate=True)
    assert (x.value, y.value) == (4, 0)
    for v in (x, y):
        v.integer, v.ub = True, 6
    here = [s.objective for s in plan.solve("maximize", pool=3).pool]
    assert [s.objective for s in plan.solve("maximize", pool=3, isolate=True).pool] == here


@posix
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV])
def test_killed_between_solves(plan, number):
    """Nothing was lost with it: the next solve has a new process, which gets the whole program and its edits."""
    plan.maximize(isolate=True)
    first = process_of(plan)
    os.kill(first, number)
    plan.constraints[0].ub = 15
    assert plan.maximize(isolate=True) == pytest.approx(35.4)
    assert process_of(plan) != first


#: What can be read after a solve, and what it is of the plan; and what only the process of the solver knew.
READS = {
    "value": (lambda lp: lp.variables[0].value, 2.0),
    "reduced cost": (lambda lp: lp.variables[0].reduced_cost, 0.0),
    "dual": (lambda lp: lp.constraints[0].dual, pytest.approx(1.4)),
    "slack": (lambda lp: lp.constraints[0].slack, 0.0),
    "objective": (lambda lp: lp.solution.objective, 34.0),
    "status": (lambda lp: lp.status, Status.OPTIMAL),
    "quality": (lambda lp: lp.solution.quality.row, 0.0),
    "verify": (lambda lp: lp.verify().ok, True),
    "text": (lambda lp: str(lp.solution), "<Solution: optimal, objective 34.0>"),
    "report": (lambda lp: lp.report(io.StringIO()), None),
    "explain": (lambda lp: lp.explain().kind, "feasible"),
    "relaxed": (lambda lp: lp.relaxed().maximize(), 34.0),
    "copy": (lambda lp: lp.copy().maximize(), 34.0),
}
LOST = {
    "basis": lambda lp: lp.basis,
    "the same basis": lambda lp: setattr(lp, "basis", lp.basis),
    "sensitivity": lambda lp: lp.sensitivity(),
}


@posix
@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("how", ["killed", "forked"])
def test_read_after_an_idle_death(plan, lost, how):
    """All that this process knows is there; the basis has gone with the other one; the next solve is right."""

    def work():
        for read, right in READS.values():
            assert read(plan) == right
        with pytest.raises(NoDuals, match="are gone"):
            LOST[lost](plan)
        plan.constraints[0].ub = 15
        assert plan.maximize(isolate=True) == pytest.approx(35.4)
        assert plan.basis.variables == "BB"

    plan.maximize(isolate=True)
    if how == "killed":
        os.kill(process_of(plan), signal.SIGKILL)
        work()
        return
    child = os.fork()
    if not child:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


@posix
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV])
def test_killed_while_it_solves(plan, mortal, number):
    """The error says by which signal; the next solve has a new process."""
    plan.add_constraint(plan.variables[0] + plan.variables[1] <= 50, name=f"deadly {int(number)}")
    with pytest.raises(SolverCrashed, match=f"signal {int(number)} .{number.name}"):
        plan.maximize(isolate=True, solver=mortal)
    plan.remove(plan.constraints[-1])
    assert plan.maximize(isolate=True, solver=mortal) == 34.0


@posix
@pytest.mark.parametrize("program", [dense_mix, knapsacks])
def test_killed_in_mid_solve(program):
    """An abort inside of the solver is an error here, at once, and nothing of the program is lost."""
    lp = program() if program is knapsacks else program(1200)
    before = lp.compile("maximize")
    began = threading.Event()

    def kill():
        began.wait()
        os.kill(process_of(lp), signal.SIGABRT)

    threading.Thread(target=kill, daemon=True).start()
    with pytest.raises(SolverCrashed, match="SIGABRT"):
        lp.maximize(isolate=True, progress=lambda event: began.set())
    assert lp.compile("maximize") == before and lp.status is Status.UNSOLVED
    for x in lp.variables:
        x.ub = 0
    assert lp.maximize(isolate=True) == lp.maximize() == 0


@posix
def test_a_process_that_does_not_answer(hands):
    """Where the solver does not look up, the time limit and a stop end its process."""
    lp, token = dense_mix(1200), CancelToken()
    ends = {Status.TIME_LIMIT: hands.forward, Status.INTERRUPTED: token.cancel}
    for status, end in ends.items():

        def freeze(end=end):
            os.kill(process_of(lp), signal.SIGSTOP)
            end()

        solution = lp.solve("maximize", isolate=True, progress=once(freeze), time_limit=1e5, cancel=token)
        assert solution.status is status and "was ended" in solution.message


@posix
def test_it_goes_with_its_parent(tmp_path):
    """However this process ends, that one ends."""
    script = (
        "import os, signal; from pplp import LinearProgram; lp = LinearProgram(); x = lp.Var(ub=3); lp.objective = x\n"
        "lp.maximize(isolate=True); print(lp._session.engine._child.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert done.returncode == -signal.SIGKILL
    pid = int(done.stdout)
    end = time.monotonic() + 120  # it is to go, and when is the machine's affair
    while is_running(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert not is_running(pid)


@posix
def test_it_goes_with_its_program(plan):
    """A dropped program's process is ended."""
    engine = make_engine("glpk", isolate=True)
    engine.load(plan.compile("maximize"))
    engine.send()
    pid = engine._child.pid
    engine.close()
    assert not is_running(pid)
    plan.maximize(isolate=True)
    pid = process_of(plan)
    plan._session.engine.close()
    assert not is_running(pid)
    assert plan.maximize(isolate=True) == 34.0
