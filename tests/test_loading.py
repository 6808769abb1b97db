"""Imports that a call makes: Ctrl-C and forks in the middle of one leave nothing half imported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from pplp.ground.loading import whole_import
from tests.engines import ENGINES

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
    try:
        lp.maximize()
    except pplp.SolverDied as error:
        os._exit(0 if "slow_module" in str(error) and "before the fork" in str(error) else 4)
    os._exit(3)
code = os.waitpid(child, 0)[1]
go_on.set()
thread.join()
sys.exit(code != 0)
"""


@posix
@pytest.mark.skipif(sys.implementation.name == "pypy", reason="PyPy does not tell whose the locks of modules are")
@pytest.mark.parametrize("solver", ENGINES)
def test_a_fork_that_cut_off_an_import(solver):
    """It is refused at once, with the remedy, where an import could wait for ever."""
    done = subprocess.run([sys.executable, "-c", _FORKED, solver], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
