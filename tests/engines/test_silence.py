"""Nothing is printed unless it is asked for.

Each script runs in a process of its own: what a solver prints once a process is seen there, and only there.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.support.engines import ENGINES

PROGRAM = """
from pplp import *
lp = LinearProgram({verbose}, solver={solver!r})
x, n = lp.Var("x", lb=0, ub=1), lp.IntVar("n", lb=0, ub=9)
row = lp.add_constraint(2*n + x <= 7.5, name="row")
lp.objective = x + 2*n
lines = []
"""
SILENT = {
    "a search": "assert lp.maximize() == 7",
    "a linear program": "assert lp.relaxed().maximize() == 7.5",
    "presolve": "lp.solve('maximize', presolve=True)",
    "a log of one's own": "lp.solve('maximize', presolve=True, log=lines.append); assert lines, lines",
    "the lines of a log": "lp.maximize(presolve=True, log=lines.append); assert '\\n' not in ''.join(lines)",
    "an edit": "lp.maximize(); row.ub = 3; assert lp.maximize() == 3",
    "a copy": "assert lp.copy().maximize() == 7",
    "another process": "lp.solve('maximize', isolate=True, log=lines.append); assert lines",
    "scenarios": "lp.scenarios([Scenario(rhs={row: 3}), Scenario(rhs={row: 5})], 'maximize', workers=1)",
    "an infeasible program": "lp.add_constraint(x + n >= 20); lp.solve('maximize'); lp.explain()",
    "no time at all": "lp.solve('minimize', time_limit=0)",
    "a pool": "lp.solve('maximize', pool=3)",
}
SPEAKING = {
    "an option": (0, "lp.solve('maximize', presolve=True, verbose=1)"),
    "another process": (0, "lp.solve('maximize', presolve=True, isolate=True, verbose=1)"),
    "LinearProgram(1)": (1, "lp.solve('maximize', presolve=True)"),
}


def run(*command: object) -> subprocess.CompletedProcess[str]:
    """What Python prints, and its exit code."""
    return subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("solver", ENGINES)
@pytest.mark.parametrize("way", SILENT)
def test_a_solve_prints_nothing(solver, way):
    done = run("-c", PROGRAM.format(solver=solver, verbose=0) + SILENT[way])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("solver", ENGINES)
@pytest.mark.parametrize("way", SPEAKING)
def test_the_log_comes_where_it_is_asked_for(solver, way):
    verbose, script = SPEAKING[way]
    done = run("-c", PROGRAM.format(solver=solver, verbose=verbose) + script)
    assert done.returncode == 0 and done.stdout and not done.stderr


@pytest.mark.parametrize("solver", ENGINES)
def test_the_commands_answer_stands_alone_on_standard_output(solver, tmp_path):
    pytest.importorskip("click")
    plan = tmp_path / "plan.lp"
    plan.write_text("Maximize\n obj: 3 x + y\nSubject To\n c: x + 2 y <= 4\nEnd\n")
    done = run("-m", "pplp", "solve", plan, "--solver", solver, "--format", "json", "--quiet")
    assert (json.loads(done.stdout)["status"], done.stderr) == ("optimal", "")
