"""A process that can open no more files: each call raises pplp's own error, and works once files are closed."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from importlib.machinery import PathFinder

import pytest

from pplp import InvalidValue, OutOfFiles
from pplp.ground import loading
from pplp.ground.descriptors import needed_to
from tests.support.engines import HAS_HIGHS

#: Calls, each of which loads modules or opens files, in an order in which none loads all that a later one needs.
DOORS = {
    "solve": "lp.solve()",
    "choose an engine": "lp.solve(solver='auto')",
    "highs": "lp.solve(solver='highs')",
    "log": "lp.solve(log=folder + '/a.log')",
    "isolate": "lp.solve(isolate=True, time_limit=600)",
    "batch": "solve_many([lp], isolate=True, workers=1)",
    "notebook": "lp._repr_html_()",
    "write": "lp.write(folder + '/a.lp')",
    "write, compressed": "lp.write(folder + '/a.mps.gz')",
    "read": "LinearProgram.read(folder + '/a.lp')",
    "read, compressed": "LinearProgram.read(folder + '/a.mps.gz')",
    "read MathProg": "LinearProgram.read(folder + '/a.mod')",
    "solution": "lp.solution.write(folder + '/s.json')",
    "save a basis": "lp.basis.save(folder + '/a.bas')",
    "load a basis": "Basis.load(folder + '/a.bas')",
    "explain": "lp.explain()",
    "lint": "lp.lint()",
    "report": "lp.report(folder + '/a.html')",
    "graphs": "importlib.import_module('pplp.graphs')",
}
SCRIPT = """
    import importlib, os, resource, sys, tempfile
    from pplp import Basis, LinearProgram, OutOfFiles, WorkerNotStarted

    def held(free):
        "All files but a few."
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (48, hard))
        files = []
        try:
            while True:
                files.append(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            pass
        for _ in range(free):
            os.close(files.pop())
        return files, (soft, hard)

    def release(files, limits):
        for file in files:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)

    lp = LinearProgram(solver="glpk")
    x, y = lp.Var("x", lb=0, ub=3), lp.Var("y", lb=0)
    r = lp.add_constraint(x + y <= 4)
    lp.objective, lp.sense = x + 2 * y, "maximize"
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/a.mod", "w") as file:
            file.write("var x >= 0; minimize z: x; s.t. c: x >= 4; end;")
        for name, door in DOORS.items():
            found = []
            for free in range(16):
                files = held(free)
                try:
                    eval(door)
                    said = None
                except (OutOfFiles, WorkerNotStarted) as error:
                    said = f"{type(error).__name__} {'(ulimit -n)' in str(error)}"
                except BaseException as error:
                    said = f"{type(error).__name__}: {error}"
                finally:
                    release(*files)
                if said is None:
                    break
                found.append(said)
            eval(door)
            print(name, "|", "; ".join(sorted(set(found))))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of files are set as on Linux")
def test_every_call(in_child):
    """With no file left, and with one, two, ... left until the call has enough."""
    doors = {name: door for name, door in DOORS.items() if name != "highs" or HAS_HIGHS}
    lines = in_child(SCRIPT.replace("DOORS", repr(doors))).splitlines()
    found = {name: said.split("; ") for name, _, said in (line.partition(" | ") for line in lines)}
    assert set(found) == set(doors)
    for name, said in found.items():
        assert "OutOfFiles True" in said and set(said) <= {"OutOfFiles True", "WorkerNotStarted True"}, (name, said)
    assert "WorkerNotStarted True" in found["isolate"]


def test_other_errors_pass():
    """Only the errors of missing descriptors are replaced; the error keeps its number and its cause."""
    for number in (errno.EMFILE, errno.ENFILE):
        with (
            pytest.raises(OutOfFiles, match=r"too many open files to read a\.lp\. Close some") as caught,
            needed_to("read a.lp"),
        ):
            raise OSError(number, "none left")
        assert caught.value.errno == number and isinstance(caught.value.__cause__, OSError)
    own = OutOfFiles(errno.EMFILE, "inner")
    with pytest.raises(OutOfFiles) as caught, needed_to("read a.lp"):
        raise own
    assert caught.value is own
    for error in (FileNotFoundError(errno.ENOENT, "gone"), InvalidValue("no number")):
        with pytest.raises(type(error)) as caught, needed_to("read a.lp"):
            raise error
        assert caught.value is error


def test_the_finder_is_installed_once():
    """It comes right before Python's own, also after another call, and finds only pplp's modules."""
    before = list(sys.meta_path)
    loading.install()
    assert sys.meta_path == before
    assert sys.meta_path[sys.meta_path.index(PathFinder) - 1].__qualname__ == "PackageFinder"
    assert loading.PackageFinder.find_spec("json.tool", importlib.import_module("json").__path__) is None
    assert loading.PackageFinder.find_spec("pplp", None) is None
    assert loading.PackageFinder.find_spec("pplp.nothing", importlib.import_module("pplp").__path__) is None


def test_a_module_that_fails_to_load(monkeypatch):
    """The error names the module, and an import after it succeeds."""
    name = "pplp.diagnosis.empty_domains"
    importlib.import_module(name)
    monkeypatch.delitem(sys.modules, name)

    def full(*_):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as patch:
        patch.setattr("importlib.machinery.SourceFileLoader.get_data", full)
        with pytest.raises(OutOfFiles, match=f"to load {name}"):
            importlib.import_module(name)
    assert importlib.import_module(name).empty_domain
