"""Imports that a call makes: Ctrl-C and forks in the middle of one leave nothing half imported."""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import pkgutil
import signal
import subprocess
import sys
import threading
import warnings

import pytest

import pplp
from pplp.ground.loading import whole_import
from tests.support.engines import ENGINES

posix = pytest.mark.skipif(os.name != "posix", reason="signals and forks")

#: In a fresh process: SIGINT while the k-th module is looked for that a call imports; then all must work.
_INTERRUPTED = """
import signal, sys
from pplp import LinearProgram, PplpError

class Finder:
    left = int(sys.argv[1])

    def find_spec(self, name, path=None, target=None):
        self.left -= 1
        if self.left == 0:
            signal.raise_signal(signal.SIGINT)

def program():
    lp = LinearProgram()
    x, y = lp.Var("x", lb=0, ub=3), lp.Var("y", lb=0)
    lp.add_constraint(x + y <= 4)
    lp.objective = x + 2 * y
    return lp

def call():
    what = sys.argv[2]
    if what == "array":
        lp = LinearProgram()
        a = lp.Vars((2, 2), lb=0, ub=1)
        lp.objective = (a + a).sum()
        return lp.maximize()
    return program().maximize(**eval(what))

finder = Finder()
sys.meta_path.insert(0, finder)
was_interrupted = False
try:
    call()
except KeyboardInterrupt:
    was_interrupted = True
assert was_interrupted is (finder.left <= 0), (was_interrupted, finder.left)
sys.meta_path.remove(finder)
assert call() == 8.0
assert program().maximize() == 8.0
print("none left" if finder.left > 0 else "interrupted", 50 - finder.left)
"""


def interrupted(at, what):
    """What a process says that was interrupted at this import."""
    done = subprocess.run([sys.executable, "-c", _INTERRUPTED, str(at), what], capture_output=True, text=True)
    assert done.returncode == 0, (at, done.stderr[-2000:])
    return done.stdout.split()[0]


@pytest.mark.heavy
@posix
@pytest.mark.parametrize("what", ["{}", "{'solver': 'highs'}", "array", "{'progress': True}"])
def test_interrupted_imports(what):
    """KeyboardInterrupt, and the next solve works: numpy, the solver and all else are whole."""
    if what != "{}":
        for package in ("numpy", "highspy", "tqdm"):
            pytest.importorskip(package)
    ways = [interrupted(at, what) for at in (1, 4, 15, 60)]
    assert ways[0] == "interrupted"


@posix
def test_signals_wait():
    """Every handler is called once, after the import, and is in its place again."""
    called = []
    before = signal.signal(signal.SIGUSR1, lambda *_: called.append("user"))
    try:
        with pytest.raises(KeyboardInterrupt), whole_import(), whole_import():
            signal.raise_signal(signal.SIGUSR1)
            signal.raise_signal(signal.SIGINT)
            assert called == []
        assert called == ["user"]
        signal.raise_signal(signal.SIGUSR1)
        assert called == ["user", "user"]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGUSR1, before)


@posix
def test_a_fork_waits_for_an_import():
    """The child has no lock that nobody opens."""
    inside, go_on, order = threading.Event(), threading.Event(), []

    def load():
        with whole_import():
            inside.set()
            go_on.wait()
            order.append("imported")

    thread = threading.Thread(target=load)
    thread.start()
    inside.wait()
    threading.Timer(0.05, go_on.set).start()
    child = os.fork()
    if not child:
        with whole_import():
            os._exit(0 if order == ["imported"] else 3)
    assert os.waitpid(child, 0)[1] == 0
    thread.join()


#: A child that was forked while another thread imported a module, not by pplp.
_FORKED = """
import importlib.machinery, os, sys, threading
import pplp

inside, go_on = threading.Event(), threading.Event()

class Finder:
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self) if name == "slow_module" else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        inside.set()
        go_on.wait()

sys.meta_path.insert(0, Finder())
def load():
    import slow_module
thread = threading.Thread(target=load)
thread.start()
inside.wait()
child = os.fork()
if not child:
    lp = pplp.LinearProgram(solver=sys.argv[1])
    lp.objective = lp.Var(lb=0, ub=1)
    code = 0 if lp.maximize() == 1.0 else 5
    for _ in range(2):
        try:
            load()
        except pplp.SolverDied as error:
            code = code if "slow_module" in str(error) and "before the fork" in str(error) else 4
        else:
            code = 3
    os._exit(code)
code = os.waitpid(child, 0)[1]
go_on.set()
thread.join()
sys.exit(code != 0)
"""


@posix
@pytest.mark.parametrize("solver", ENGINES)
def test_a_fork_that_cut_off_an_import(solver):
    """What would wait in vain is refused at once, with the remedy; all else works."""
    done = subprocess.run([sys.executable, "-c", _FORKED, solver], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


@posix
def test_a_fork_inside_of_an_import():
    """The thread that imports may fork, and both ends go on."""
    with whole_import():
        child = os.fork()
    if not child:
        with whole_import():
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


#: A fork in the body of a module, for whose import a thread waits that imports a module of pplp.
_IN_VAIN = """
import faulthandler, importlib.machinery, os, sys, threading, time
import pplp.ground.loading

faulthandler.dump_traceback_later(100, exit=True)
pplp.ground.loading._PATIENCE = 1e9

def is_waiting(thread):
    frame = sys._current_frames().get(thread.ident)
    while frame is not None:
        if frame.f_code.co_name == "acquire" and "importlib" in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False

class Finder:
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self) if name in ("mine", "pplp.slow") else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        if module.__name__ == "pplp.slow":
            import mine
            return
        def load():
            import pplp.slow
        thread = threading.Thread(target=load)
        thread.start()
        while not is_waiting(thread):
            time.sleep(0.001)
        child = os.fork()
        if not child:
            os._exit(0)
        code = os.waitpid(child, 0)[1]
        assert code == 0

sys.meta_path.insert(0, Finder())
import mine
"""


@posix
def test_a_fork_does_not_wait_for_who_waits_for_it():
    """Whatever its patience."""
    done = subprocess.run([sys.executable, "-c", _IN_VAIN], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


# ---- forks at every import
#: What a call imports when it is first made.
CALLS = {
    "explain": "lp = program(); lp.add_constraint(lp.variables[0] >= 99); return str(lp.explain('maximize'))",
    "lint": "return str(program().lint('maximize'))",
    "html": "lp = program(); return lp._repr_html_() and str(lp._repr_latex_())",
    "sensitivity": "lp = program(); lp.maximize(); return str(lp.sensitivity())",
    "exact": "return program().maximize(method='exact')",
    "file": "lp = program(); f = io.StringIO(); lp.write(f, 'lp'); f.seek(0); return type(lp).read(f, 'lp').maximize()",
    "report": "lp = program(); lp.maximize(); f = io.StringIO(); lp.report(f); return len(f.getvalue()) > 100",
    "batch": "return [s.objective for s in pplp.solve_many([program()], 'maximize', workers=1)]",
    "function": "lp = program(); lp.add_constraint(abs(lp.variables[0] - 1) <= 1); return lp.maximize()",
    "misspelt": "with contextlib.suppress(pplp.OptionError): program().solve(tim_limit=1)",
}
#: Each process forks while another thread is at the k-th module that the call looks for, and the child calls, too.
_AT_AN_IMPORT = """
import contextlib, faulthandler, io, os, sys, threading

faulthandler.dump_traceback_later(60, exit=True)
other, are_cut_off = None, []

def look():
    frame = sys._current_frames().get(other)
    while frame is not None:
        if "importlib._bootstrap" in frame.f_code.co_filename:
            are_cut_off.append(1)
        frame = frame.f_back

os.register_at_fork(before=look)  # the hooks that come later are called before it
import pplp

def program():
    lp = pplp.LinearProgram(name="plan")
    x, y = lp.Var("x", lb=0, ub=3), lp.Var("y", lb=0)
    lp.add_constraint(x + y <= 4, name="row")
    lp.objective = x + 2 * y
    return lp

def call():
    {call}

class Finder:
    left = 0

    def find_spec(self, name, path=None, target=None):
        if threading.get_ident() == other:
            self.left -= 1
            if self.left == 0:
                reached.set()
                go_on.wait()

def run(at):
    global other
    finder.left, found = at, []
    def work():
        global other
        other = threading.get_ident()
        found.append(call())
        reached.set()
    thread = threading.Thread(target=work)
    thread.start()
    reached.wait()
    os.register_at_fork(before=go_on.set)
    child = os.fork()
    if not child:
        try:
            os._exit(0 if call() == call() else 4)
        except BaseException as error:
            print(at, repr(error), file=sys.stderr, flush=True)
            os._exit(5)
    code = os.waitpid(child, 0)[1]
    thread.join()
    if code or are_cut_off or not found:
        print(at, code, are_cut_off, found, file=sys.stderr, flush=True)
        os._exit(6)
    os._exit(9 if finder.left > 0 else 0)

sys.setswitchinterval(100)  # nobody takes the turn of the thread that forks
reached, go_on, finder = threading.Event(), threading.Event(), Finder()
sys.meta_path.insert(0, finder)
steps = iter(2**k for k in range(20))
code = 0
while code == 0:
    child = os.fork()
    if not child:
        run(next(steps))
    code = os.waitpid(child, 0)[1] >> 8
    next(steps)
assert code == 9, code
"""


@posix
@pytest.mark.skipif(sys.implementation.name == "pypy", reason="PyPy's own threads do not survive a fork")
@pytest.mark.parametrize("call", CALLS)
def test_a_fork_at_an_import(call):
    """It comes when no import of pplp is under way, and the child does what its parent did."""
    source = _AT_AN_IMPORT.replace("{call}", CALLS[call])
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


# ---- locks after a fork
def _locks():
    """Each lock that a module or a class of pplp has, by who has it and its name."""
    for _, name, _ in pkgutil.walk_packages(pplp.__path__, "pplp."):
        if not name.startswith("pplp.testing") and not name.endswith("__main__"):
            with contextlib.suppress(ImportError), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of packages of others
                importlib.import_module(name)
    modules = [module for name, module in sorted(sys.modules.items()) if name.partition(".")[0] == "pplp"]
    classes = [one for module in modules for one in vars(module).values() if isinstance(one, type)]
    for owner in (*modules, *{one: None for one in classes if one.__module__.partition(".")[0] == "pplp"}):
        for name, value in list(vars(owner).items()):
            assert not isinstance(value, functools.cached_property), f"{owner}.{name} has a lock until Python 3.11"
            if hasattr(value, "cache_parameters"):
                assert value.cache_parameters()["maxsize"] is None, f"{owner}.{name} has a lock on PyPy"
            if hasattr(value, "acquire") and hasattr(value, "release"):
                yield owner, name


@posix
def test_no_lock_stays_locked_in_a_child(monkeypatch):
    """Whichever another thread held when the process was forked."""
    monkeypatch.setattr("pplp.ground.loading._PATIENCE", 0)
    known, held, over = list(_locks()), threading.Event(), threading.Event()
    assert {"_alone", "_lock", "_making_owner", "_renewing"} <= {name for _, name in known}

    def hold():
        with contextlib.ExitStack() as stack:
            for owner, name in known:
                stack.enter_context(getattr(owner, name))
            held.set()
            over.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    child = os.fork()
    if not child:
        locked = [f"{owner.__name__}.{name}" for owner, name in known if not getattr(owner, name).acquire(False)]
        if locked:
            print(locked, file=sys.stderr, flush=True)
        os._exit(len(locked))
    over.set()
    holder.join()
    assert os.waitpid(child, 0)[1] == 0
