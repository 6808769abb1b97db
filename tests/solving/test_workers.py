"""Other processes: what they run, whose they are, and that each answer is one to its own question."""

from __future__ import annotations

import copy
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from random import Random

import pytest

import pplp
from pplp import (
    CallbackError,
    CancelToken,
    LinearProgram,
    OutOfThreads,
    Scenario,
    SolverCrashed,
    Status,
    WorkerNotStarted,
    as_solved,
    solve_many,
)
from pplp.engines.child import Child
from pplp.engines.isolation import Isolated
from pplp.engines.messages import GREETING, incoming, packed
from pplp.ground.interpreter import start_python
from pplp.solving.crew import Crew, Ticket
from tests.support.engines import ENGINES
from tests.support.long_programs import knapsacks
from tests.support.random_programs import edit, random_program

HOUSE = Path(pplp.__file__).parents[1]
posix = pytest.mark.skipif(os.name != "posix", reason="signals and forks are of POSIX")
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks are of POSIX")


def least(limit, fate=""):
    """Minimize x with x + y >= limit and y <= 1: limit - 1."""
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0, ub=1)
    lp.add_constraint(x + y >= limit, name=fate or None)
    lp.objective = 1 * x
    return lp


# --------------------------------------------------------------------- what they run
#: What Python itself and pplp import on the way, and what an interpreter looks for when it begins.
NAMES = [
    "json",
    "pickle",
    "queue",
    "struct",
    "signal",
    "subprocess",
    "threading",
    "typing",
    "dataclasses",
    "enum",
    "re",
]
NAMES += ["sitecustomize", "usercustomize", "importlib", "ctypes", "weakref", "traceback", "array", "site", "pplp"]
DOORS = """
import os, sys
from pplp import LinearProgram, solve_many
from pplp.formats import read
def each():
    lp = LinearProgram(); x = lp.Var("x", lb=1); lp.objective = 1*x
    there = lp.copy().minimize(isolate=True)
    return there, solve_many([lp], isolate=True, workers=1)[0].objective, read(sys.argv[2]).minimize()
each()  # this process imports what it needs
os.chdir(sys.argv[1])
print(*each())
"""


@pytest.mark.parametrize("start", ["script", "-c", "PYTHONPATH", "sys.path"])
def test_the_current_folder_is_not_imported(tmp_path, start):
    """However this process was started, no module of the folder that it is in by now runs in a worker."""
    folder, model, script = tmp_path / "folder", tmp_path / "model.mod", tmp_path / "script.py"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.py").write_text("import os; os.close(1); os._exit(9)")
    model.write_text("var x >= 1; minimize z: x; end;")
    source = DOORS if start != "sys.path" else "import sys; sys.path[:0] = ['', '.', 'here']\n" + DOORS
    script.write_text(source)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HOUSE)] + ["."] * (start == "PYTHONPATH"))}
    how = ["-c", source] if start == "-c" else [str(script)]
    done = subprocess.run(
        [sys.executable, *how, str(folder), str(model)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.stdout.split(), done.stderr) == (["1.0", "1.0", "1.0"], "")


def test_the_pplp_that_starts_them(tmp_path):
    """One in a zip archive, at a relative path, starts itself, and not the one that is installed."""
    archive = tmp_path / "application.pyz"
    with zipfile.ZipFile(archive, "w") as package:
        for path in (HOUSE / "pplp").rglob("*.py"):
            package.write(path, str(path.relative_to(HOUSE)))
        package.writestr(
            "__main__.py",
            "from pplp import LinearProgram\nfrom pplp.engines.child import Child\n"
            "lp = LinearProgram(); lp.objective = lp.Var(lb=3); print(lp.minimize(isolate=True))\n"
            "print(Child().ask('call', 'inspect:getfile', LinearProgram))\n",
        )
    done = subprocess.run([sys.executable, archive.name], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split() == ["3.0", os.path.join(str(archive), "pplp", "program.py")], done.stderr


def test_modules_of_the_user_are_found(tmp_path, monkeypatch):
    """What lies where this process looks for it is found there, too."""
    (tmp_path / "of_the_user.py").write_text("def double(x):\n    return 2 * x\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    child = Child()
    assert child.ask("call", "of_the_user:double", 4) == 8
    child.kill()


@pytest.mark.parametrize("frozen", ["frozen", "embedded", "unknown"])
def test_an_application_is_not_started_again(monkeypatch, frozen):
    """A frozen program, one with Python inside, and one that does not know its Python say what to do."""
    if frozen == "frozen":
        monkeypatch.setattr(sys, "frozen", True, raising=False)
    else:
        monkeypatch.setattr(sys, "executable", "/bin/sh" if frozen == "embedded" else "")
    monkeypatch.delitem(sys.modules, "multiprocessing.spawn", raising=False)
    lp = least(3)
    with pytest.raises(WorkerNotStarted, match=r"multiprocessing\.set_executable"):
        lp.minimize(isolate=True)
    with pytest.raises(WorkerNotStarted, match=r"multiprocessing\.set_executable"):
        solve_many([lp], isolate=True)
    assert lp.minimize() == 2


def test_a_python_that_is_named(monkeypatch):
    """`multiprocessing.set_executable` says which one is started."""
    spawn = pytest.importorskip("multiprocessing.spawn")
    monkeypatch.setattr(spawn, "_python_exe", sys.executable)
    monkeypatch.setattr(sys, "executable", "/opt/application")
    assert least(3).minimize(isolate=True) == 2


def test_what_is_no_worker(monkeypatch, tmp_path):
    """What another program prints instead of an answer is told."""
    spawn = pytest.importorskip("multiprocessing.spawn")
    command = tmp_path / "other"
    command.write_text("#!/bin/sh\necho I am another program\nexit 4\n")
    command.chmod(0o755)
    monkeypatch.setattr(spawn, "_python_exe", str(command))
    with pytest.raises(WorkerNotStarted, match="exit code 4 before it was ready: I am another program"):
        least(3).minimize(isolate=True)


#: What a Python may print when it starts, and what is much like the greeting of a worker.
BANNERS = {
    "a line": b"Loading module python/3.11\n",
    "half a greeting": GREETING[:-1],
    "a greeting in a greeting": GREETING[:7],
    "a length": bytes(8),
    "no text": bytes(range(256)) * 3,
    "very much": b"news of today\n" * 20_000,
}


@posix
@pytest.mark.parametrize("banner", BANNERS)
def test_a_python_that_prints_when_it_starts(monkeypatch, tmp_path, banner):
    """What it prints is not a message."""
    spawn = pytest.importorskip("multiprocessing.spawn")
    text, command = tmp_path / "banner", tmp_path / "python"
    text.write_bytes(BANNERS[banner])
    command.write_text(f'#!/bin/sh\ncat "{text}"\nexec "{sys.executable}" "$@"\n')
    command.chmod(0o755)
    monkeypatch.setattr(spawn, "_python_exe", str(command))
    assert least(3).minimize(isolate=True) == 2
    assert [s.objective for s in solve_many([least(3), least(4)], workers=1, isolate=True)] == [2, 3]


class Drops:
    """A pipe from which a few bytes come at a time."""

    def __init__(self, data, draw):
        self._left, self._draw = data, draw

    def read(self, most):
        count = min(most, self._draw.choice([1, 2, 5, 100, 1 << 16]))
        part, self._left = self._left[:count], self._left[count:]
        return part

    def readinto(self, place):
        part = self.read(len(place))
        place[: len(part)] = part
        return len(part)


def test_messages_after_anything():
    """However the bytes come, the greeting is found in them, and the messages after it are whole."""
    for seed in range(200):
        draw = Random(seed)
        before = b"".join(draw.choices([b"a", GREETING[:5], GREETING[:-1], b"\x00"], k=draw.randrange(6)))
        before += draw.choice([b"", b"much " * 2000])
        said = [draw.choice([b"", "text", list(range(40_000)), GREETING]) for _ in range(draw.randrange(4))]
        found = list(incoming(Drops(before + GREETING + b"".join(map(packed, said)), draw)))
        assert (found[0], found[-1]) == (b"", "")
        assert [pickle.loads(data) for data in found[1:-1]] == said


def test_the_last_that_was_said():
    """Where no greeting comes, what came last is told."""
    (said,) = incoming(Drops(b"at first " * 1000 + b"the reason", Random(1)))
    assert said.endswith("the reason") and len(said) < 4000


# --------------------------------------------------------------------- whose they are
@forks
def test_a_fork_has_its_own():
    """Parent and child of a fork ask at the same time, and each gets the answers to its own questions."""
    lp = least(2)
    row = lp.constraints[0]
    assert lp.minimize(isolate=True) == 1
    first = lp._session.engine._child.pid
    inlet, outlet = os.pipe()
    pid = os.fork()
    if pid == 0:
        answers: list[object] = []
        try:
            answers.append(lp.solution.objective)
            for k in range(100, 120):
                row.rhs = k
                answers.append(lp.minimize(isolate=True) == k - 1)
            answers.append(lp._session.engine._child.pid != first)
        except BaseException as error:
            answers.append(repr(error))
        os.write(outlet, pickle.dumps(answers))
        os._exit(0)
    os.close(outlet)
    for k in range(3, 23):
        row.rhs = k
        assert lp.minimize(isolate=True) == k - 1
    with open(inlet, "rb") as file:
        assert pickle.load(file) == [1.0, *[True] * 21]
    os.waitpid(pid, 0)
    assert lp.minimize(isolate=True) == 21 and lp._session.engine._child.pid == first


@forks
def test_the_end_of_a_fork_ends_nothing(in_child):
    """A fork that ends as scripts do, with its finalizers, leaves the worker of its parent alive, and says nothing."""
    told = in_child(
        """
        import os, sys
        lp = LinearProgram(); x = lp.Var(lb=1); lp.objective = 1*x
        lp.minimize(isolate=True); first = lp._session.engine._child.pid
        if os.fork() == 0:
            del lp
            sys.exit()
        os.wait()
        x.lb = 4
        print(lp.minimize(isolate=True), lp._session.engine._child.pid == first)
        """
    )
    assert told.split() == ["4.0", "True"]


@forks
def test_a_fork_in_the_middle_of_a_batch(mortal):
    """It may solve many of its own, and drop those of its parent."""
    solving = as_solved([least(k) for k in range(2, 30)], workers=2, solver=mortal)
    found = dict([next(solving)])
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            with pytest.raises(CallbackError, match="parent of this fork"):
                list(solving)
            code = [s.objective for s in solve_many([least(5)] * 3, workers=1, solver=mortal)] != [4.0] * 3
        finally:
            os._exit(code)
    assert os.waitpid(pid, 0)[1] == 0
    found.update(solving)
    assert {k: s.objective for k, s in found.items()} == {k: k + 1.0 for k in range(28)}


def test_threads_that_ask_at_the_same_time():
    """Each has its own process, and its own answers."""
    wrong: list[object] = []

    def work(seed):
        lp = least(1)
        for k in range(10):
            lp.constraints[0].rhs = 100 * seed + k
            objective = lp.minimize(isolate=True)
            if objective != max(0, 100 * seed + k - 1):
                wrong.append((seed, k, objective))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_an_answer_to_another_question():
    """It is an error, and not an answer."""
    child = Child()
    assert child.ask("call", "math:sqrt", 9.0) == 3
    child.tell("call", "math:sqrt", 16.0)
    child._asked = {(child._owner, 99)}
    with pytest.raises(SolverCrashed, match="not asked"):
        child.receive()
    child = Child()
    child.tell("call", "math:sqrt", 16.0)
    child._owner += 1  # as in a fork that nobody was told of
    with pytest.raises(SolverCrashed, match="not asked"):
        child.receive()


@pytest.mark.heavy
@forks
def test_sequences_of_a_program_and_faults():
    """Edits, solves, idle deaths and forks in any order: a solve here and one there have the same outcome."""
    for seed in range(5):
        draw = Random(seed)
        lp = random_program(draw, integers=False)
        for _ in range(8):
            fault = draw.choice(["kill", "fork", "none", "none"])
            child = lp._session.engine._child if isinstance(lp._session.engine, Isolated) else None
            if fault == "kill" and child is not None:
                os.kill(child.pid, signal.SIGKILL)
            elif fault == "fork":
                pid = os.fork()
                if pid == 0:
                    code = 1
                    try:
                        edit(draw, lp)
                        code = lp.solve("maximize", isolate=True).status is not lp.copy().solve("maximize").status
                    finally:
                        os._exit(code)
                assert os.waitpid(pid, 0)[1] == 0
            edit(draw, lp)
            there, here = lp.solve("maximize", isolate=True), lp.copy().solve("maximize")
            assert there.status is here.status
            assert there.objective == pytest.approx(here.objective, nan_ok=True)


# --------------------------------------------------------------------- those that do not start
def failing(monkeypatch, numbers):
    """Have the starts with these numbers fail, as where there is no room for a process."""
    count = iter(range(1_000_000))

    def start(*arguments, **how):
        if next(count) in numbers:
            raise WorkerNotStarted("no room")
        return start_python(*arguments, **how)

    monkeypatch.setattr("pplp.engines.child.start_python", start)


def test_those_that_did_start_go_on(monkeypatch):
    """They do all the work, in their order; nothing is lost."""
    failing(monkeypatch, range(2, 1_000_000))
    found = solve_many([least(k) for k in range(60)], workers=8, isolate=True)
    assert [s.objective for s in found] == [max(0, k - 1) for k in range(60)]


def test_none_that_starts(monkeypatch):
    """One error of our tree, and programs that are solved here need none."""
    failing(monkeypatch, range(1_000_000))
    lps = [least(k) for k in range(5)]
    with pytest.raises(WorkerNotStarted, match="no room"):
        solve_many(lps, workers=3, isolate=True)
    assert all(lp.status is Status.UNSOLVED for lp in lps)
    assert [s.objective for s in solve_many(lps, workers=3)] == [0, 0, 1, 2, 3]


def dying(monkeypatch, numbers):
    """Have the processes with these numbers be killed while they start; returns those that were started."""
    made = []

    def start(code, *arguments, **how):
        made.append(len(made) in numbers)
        return start_python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)" if made[-1] else code, **how)

    monkeypatch.setattr("pplp.engines.child.start_python", start)
    return made


@posix
def test_killed_while_it_starts(monkeypatch):
    """Another one is started; once more, where the first one was idle; an error says by what two were ended."""
    made = dying(monkeypatch, [0, 2, 4, 5])
    lp = least(3)
    assert (lp.minimize(isolate=True), made) == (2, [True, False])
    os.kill(lp._session.engine._child.pid, signal.SIGKILL)
    lp.constraints[0].rhs = 4
    assert (lp.minimize(isolate=True), len(made)) == (3, 4)
    lp._session.engine.close()
    with pytest.raises(WorkerNotStarted, match=r"signal 9 \(SIGKILL\) before it was ready.*ended by hand"):
        lp.minimize(isolate=True)
    assert (lp.minimize(isolate=True), len(made)) == (3, 7)


@posix
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_workers_killed_while_they_start(monkeypatch, workers):
    """They are replaced; three in a row, where there is no other one, are an error."""
    lps = [least(k) for k in range(30)]
    for numbers in ([0], [0, 1], [1, 2], [0, 1, 3]):
        made = dying(monkeypatch, numbers)
        found = solve_many(lps, workers=workers, isolate=True)
        assert [s.objective for s in found] == [max(0, k - 1) for k in range(30)]
        assert len(made) <= workers + 3
    made = dying(monkeypatch, range(1_000_000))
    with pytest.raises(WorkerNotStarted, match="SIGKILL"):
        solve_many(lps, workers=workers, isolate=True)
    assert 3 <= len(made) <= workers + 6


def test_one_that_cannot_work_where_it_is(mortal):
    """A process that starts, but has no room for threads, leaves its programs to the others, or says so."""
    lps = [least(k, "unfit") for k in range(12)]
    assert [s.objective for s in solve_many(lps, workers=3, solver=mortal)] == [max(0, k - 1) for k in range(12)]
    with pytest.raises(OutOfThreads, match="there are none"):
        solve_many([least(3, "unfit always"), least(4)], workers=2, solver=mortal)


@posix
def test_limits_of_the_system(in_child):
    """Too few files for all workers: those that there are do it; too few for one: the error says of what."""
    told = in_child(
        """
        import resource
        programs = []
        for k in range(100):
            lp = LinearProgram(); lp.objective = lp.Var(lb=k); programs.append(lp)
        from pplp.solving.crew import Crew
        import pplp.solving.batch, os
        held = os.open(os.devnull, os.O_RDONLY)
        for room in (9, 2):
            resource.setrlimit(resource.RLIMIT_NOFILE, (held + 1 + room, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
            try:
                found = solve_many(programs, workers=12, isolate=True)
                print([s.objective for s in found] == list(range(100)))
            except WorkerNotStarted as error:
                print("too many open files" in str(error) and "ulimit -n" in str(error))
        """
    )
    assert told.split() == ["True", "True"]


# --------------------------------------------------------------------- those that die, and those that hang
@pytest.mark.heavy
@posix
@pytest.mark.parametrize("seed", range(8))
def test_batches_and_faults(monkeypatch, mortal, seed):
    """Each program has its own answer, unless two workers have died of it: whatever befalls workers and forks."""
    draw = Random(seed)
    children: list[Child] = []
    if seed % 2:  # who has nothing to do takes over at once
        monkeypatch.setattr("pplp.solving.crew._LONG", 0.0)
    unlucky = draw.sample(range(12), draw.randrange(5))

    def alive():
        return [child for child in children if child._process.poll() is None]

    def start(*arguments, **how):
        if alive() and len(children) in unlucky:
            unlucky.remove(len(children))
            raise WorkerNotStarted("no room")
        return start_python(*arguments, **how)

    class Noted(Child):
        def __init__(self, *arguments, **named):
            super().__init__(*arguments, **named)
            children.append(self)

    monkeypatch.setattr("pplp.engines.child.start_python", start)
    monkeypatch.setattr("pplp.solving.crew.Child", Noted)
    fates = draw.choices(["", "deadly", "once"], [20, 1, 1], k=draw.randrange(1, 60))
    lps = [least(k, {"": "", "deadly": "deadly", "once": f"deadly once {k}"}[fate]) for k, fate in enumerate(fates)]
    kill_at = draw.randrange(2 * len(lps))
    found = {}
    for k, solution in as_solved(iter(lps) if draw.random() < 0.3 else lps, workers=draw.randint(1, 3), solver=mortal):
        assert k not in found
        found[k] = solution
        if len(found) == kill_at and alive():
            os.kill(draw.choice(alive()).pid, signal.SIGKILL)
        if draw.random() < 0.05:
            pid = os.fork()
            if pid == 0:
                os._exit(0)
            os.waitpid(pid, 0)
    assert sorted(found) == list(range(len(lps)))
    for k, fate in enumerate(fates):
        if fate == "deadly":
            assert found[k].status is Status.FAILED and "SIGKILL" in found[k].message
        elif fate == "" or kill_at > len(lps):
            assert (found[k].status, found[k].objective) == (Status.OPTIMAL, max(0, k - 1))
    assert not alive()


@posix
def test_one_that_hangs(hands, mortal, monkeypatch):
    """Its time limit ends it, and nobody else's; a cancel ends all."""
    lps = [least(3), least(4, "frozen"), least(5)]
    look = Crew.look

    def looking(self, is_cancelled=False):
        if self.open == 1:
            hands.forward()
        look(self, is_cancelled)

    monkeypatch.setattr(Crew, "look", looking)
    found = solve_many(lps, workers=2, solver=mortal, time_limit=[None, 1e5, None])
    assert [s.status for s in found] == [Status.OPTIMAL, Status.TIME_LIMIT, Status.OPTIMAL]
    assert "was ended" in found[1].message


@posix
@pytest.mark.parametrize("place", range(4))
def test_nobody_waits_behind_one_that_does_not_end(mortal, monkeypatch, place):
    """Who has nothing to do takes over what is behind it, in its portion and in later ones."""
    monkeypatch.setattr("pplp.solving.crew._SECONDS", 1e6)  # all go in few portions
    token, found = CancelToken(), {}
    lps = [least(k, "endless" if k == 40 + place else "") for k in range(100)]
    for k, solution in as_solved(lps, workers=2, solver=mortal, cancel=token):
        found[k] = solution
        if len(found) == 99:  # all but that one are done, while it goes on
            token.cancel()
    assert found.pop(40 + place).status is Status.INTERRUPTED
    assert {k: s.objective for k, s in found.items()} == {k: max(0, k - 1) for k in range(100) if k != 40 + place}


@posix
def test_one_that_hangs_before_it_begins(hands, monkeypatch):
    """The time limit counts from when a program is handed over, with the start of its process."""

    def asleep(code, *arguments, **how):
        return start_python("import time; time.sleep(1000)", **how)

    monkeypatch.setattr("pplp.engines.child.start_python", asleep)
    wait, look = Child.wait, Crew.look
    monkeypatch.setattr(Child, "wait", lambda self, seconds: hands.forward(12) or wait(self, 0.01))
    solution = least(3).solve(isolate=True, time_limit=10)
    assert (solution.status, "was ended" in solution.message) == (Status.TIME_LIMIT, True)
    with pytest.raises(WorkerNotStarted, match=r"was not ready within 60 seconds\..*set_executable"):
        least(3).solve(isolate=True, time_limit=1e4)
    monkeypatch.setattr(Crew, "look", lambda self, cancelled=False: hands.forward(40) or look(self, cancelled))
    (solution,) = solve_many([least(3)], isolate=True, time_limit=10)
    assert (solution.status, "was ready within" in solution.message) == (Status.TIME_LIMIT, True)
    with pytest.raises(WorkerNotStarted, match=r"was not ready within 60 seconds.*set_executable"):
        solve_many([least(3)], isolate=True)


@posix
def test_one_that_says_no_hello(hands, monkeypatch, tmp_path):
    """What it said instead is told; and a pipe that is closed is not an answer."""
    said = tmp_path / "said"
    told = f"import os, time; os.write(1, b'license server?'); open({str(said)!r}, 'x').close(); time.sleep(1000)"
    monkeypatch.setattr("pplp.engines.child.start_python", lambda code, **how: start_python(told, **how))
    monkeypatch.setattr("pplp.engines.child._LOOK", 0.01)
    child = Child()
    while not said.exists():
        time.sleep(0.001)
    hands.forward(70)
    with pytest.raises(WorkerNotStarted, match=r"within 60 seconds: license server.*set_executable"):
        child.ask("call", "math:sqrt", 9.0)
    closed = "import os, time; os.close(1); time.sleep(1000)"
    monkeypatch.setattr("pplp.engines.child.start_python", lambda code, **how: start_python(closed, **how))
    with pytest.raises(WorkerNotStarted, match="ended all communication before it was ready"):
        least(3).minimize(isolate=True)


def test_cancelled_before_it_begins(monkeypatch):
    """A cancel does not wait for a process to start."""
    monkeypatch.setattr(
        "pplp.engines.child.start_python", lambda code, **how: start_python("import time; time.sleep(1000)", **how)
    )
    token = CancelToken()
    token.cancel()
    assert least(3).solve(isolate=True, cancel=token).status is Status.INTERRUPTED
    found = solve_many([least(3), least(4)], isolate=True, cancel=token)
    assert [s.status for s in found] == [Status.INTERRUPTED] * 2


# --------------------------------------------------------------------- what is handed over, and when
@pytest.mark.parametrize("options", [{}, {"isolate": True}])
def test_a_slow_generator_holds_back_nothing(options):
    """Each answer is handed over while the generator makes the next program."""
    gate = threading.Semaphore(0)

    def slow():
        for k in range(6):
            yield least(k)
            gate.acquire()  # which the answer to this program opens

    found = []
    for k, solution in as_solved(slow(), workers=4, **options):
        found.append((k, solution.objective))
        gate.release()
    assert found == [(k, max(0, k - 1)) for k in range(6)]


def test_a_generator_makes_no_more_than_it_is_asked_for():
    """Two for each worker, with the one that it is at."""
    made = []

    def endless():
        while True:
            made.append(len(made))
            yield least(len(made))

    for count, (_, solution) in enumerate(as_solved(endless(), workers=2, isolate=True), 1):
        assert solution.is_optimal and len(made) <= count + 4
        if count == 40:
            break


def test_what_a_generator_raises():
    """It is raised, and those that were solved have their solutions."""
    lps = [least(4)]

    def failing():
        yield lps[0]
        raise ZeroDivisionError("of mine")

    with pytest.raises(ZeroDivisionError, match="of mine"):
        for k, _ in as_solved(failing(), workers=2):
            assert k == 0
    assert lps[0].solution.objective == 3


def test_a_quick_one_before_a_long_one(mortal):
    """Those before one that takes long are handed over, though all were sent together."""
    lps = [least(k) for k in range(40)] + [knapsacks()]
    for x in lps[-1].variables:
        x.cost = -x.cost
    solving = as_solved(lps, workers=1, solver=mortal)
    assert dict(next(solving) for _ in range(40)).keys() == set(range(40))
    solving.close()


# --------------------------------------------------------------------- portions, and this process
def test_scenarios_here_and_there():
    """The same outcomes in this process and in workers, in one portion or in many."""
    lp = random_program(Random(11), integers=True)
    lp.objective = sum(lp.variables)
    cases = [Scenario(cost={lp.variables[0]: k % 9 - 4}) for k in range(400)]
    here = lp.scenarios(cases, "maximize", workers=1)
    there = lp.scenarios(cases, "maximize", workers=2, isolate=True)
    assert [s.status for s in here] == [s.status for s in there]
    assert [s.objective for s in here] == pytest.approx([s.objective for s in there], nan_ok=True)


@pytest.mark.parametrize("solver", ENGINES)
def test_all_of_an_answer(solver):
    """From a worker it is the same to the last bit, and so are its pickle and its copy."""
    draw = Random(5)
    lp = LinearProgram()
    xs = lp.Vars(12, lb=0, ub=40)
    rows = [lp.add_constraint(sum(draw.randrange(1, 9) * x for x in draw.sample(list(xs), 4)) >= 10) for _ in range(9)]
    bound = lp.add_constraint(3 * xs[0] >= 2)
    lp.objective = sum(draw.randrange(1, 9) * x for x in xs)
    cases = [Scenario(rhs={row: draw.uniform(-5, 50) for row in draw.sample(rows, 3)}) for _ in range(60)]
    cases += [Scenario(), Scenario(rhs={bound: 4}), Scenario(cost={xs[3]: 2.5}), Scenario(ub={xs[1]: 0.5})]
    here = lp.scenarios(cases, workers=1, solver=solver)
    there = lp.scenarios(cases, workers=1, solver=solver, isolate=True)
    assert list(map(told, there)) == list(map(told, here))
    for one in there:
        fresh = pickle.loads(pickle.dumps(one))
        assert (fresh.status, fresh.objective) == (one.status, one.objective)
        assert [fresh[x] for x in xs] == [one[x] for x in xs] == [copy.copy(one)[x] for x in xs]
    before = list(map(told, there))
    xs[0].lb, rows[0].rhs = 7, 80
    assert list(map(told, there)) == before

    unread = lp.scenarios(cases[:3], workers=1, solver=solver, isolate=True)
    assert [s.objective for s in unread] == [pickle.loads(pickle.dumps(s)).value(lp.objective) for s in unread]


def told(solution):
    """All that a solution says, but for the seconds."""
    rows, xs = solution._frame.at_row.indices(), solution._frame.at_column.indices()
    numbers = solution._numbers
    read = [
        None if each is None else list(each) for each in (numbers.primal(), numbers.reduced_costs(), numbers.duals())
    ]
    return (
        *(solution.status, solution.objective, solution.bound, solution.iterations, solution.nodes, solution.solver),
        *(solution.solver_reason, solution.method, solution.method_reason, solution.message, rows, xs, read),
    )


def test_small_programs_need_no_process(monkeypatch):
    """They are solved here, unless that is not wanted."""

    def start(*arguments, **how):
        raise AssertionError

    monkeypatch.setattr("pplp.engines.child.start_python", start)
    lps = [least(k) for k in range(10)]
    assert [s.objective for s in solve_many(lps, workers=2)] == [max(0, k - 1) for k in range(10)]
    with pytest.raises(AssertionError):
        solve_many(lps, workers=2, isolate=True)


def test_a_long_search_is_not_waited_for_here(monkeypatch):
    """One that takes more than a moment begins anew in a worker."""
    sent = []
    monkeypatch.setattr(Crew, "submit", lambda self, ticket, submit=Crew.submit: sent.append(1) or submit(self, ticket))
    monkeypatch.setattr("pplp.solving.here._SEARCH", 0.001)
    lps = [least(3), knapsacks(), least(4)]
    found = solve_many(lps, "maximize", workers=1, node_limit=100)
    assert [s.status for s in found] == [Status.UNBOUNDED, Status.NODE_LIMIT, Status.UNBOUNDED] and len(sent) == 1


def test_what_cannot_be_sent(monkeypatch):
    """It has failed, and says why; those that were to go with it are solved."""
    crew = Crew(1, lambda news: None)

    class Deaf:
        is_ready, is_foreign = True, False

        def tell(self, name, tasks):
            if any(task.form == "wrong" for task in tasks):
                raise pickle.PicklingError("no bytes of it")
            return 0, 1

        def kill(self):
            pass

    monkeypatch.setattr("pplp.solving.crew.Child", lambda deliver: Deaf())
    crew.start(1)
    crew.portion = 9
    for form in ("right", "wrong", "right"):
        crew.submit(Ticket(form, form, None, pplp.Options()))
    crew.give()
    ((ticket, outcome),) = crew.finished
    assert (ticket.key, outcome.status) == ("wrong", Status.FAILED) and "no bytes of it" in outcome.message
    assert crew.open == 2
