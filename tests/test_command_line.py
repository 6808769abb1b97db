"""The command: what it prints, where, and its exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from pplp import LinearProgram
from pplp.command_line import main
from tests.long_programs import knapsacks

PLAN = "Maximize\n profit: 3 x + 2 y + 1\nSubject To\n steel: x + 2 y <= 9\nBounds\n y <= 4\nGeneral\n y\nEnd\n"


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.lp"
    path.write_text(PLAN)
    return path


def test_solve_reports_the_answer(plan, capsys, tmp_path):
    assert main(["solve", str(plan)]) == 0
    out, err = capsys.readouterr()
    assert "status     optimal\nsense      maximize\nobjective  28.0\n" in out and err == ""
    assert out.endswith("x                       9.0\ny                         0\n")
    assert main(["solve", str(plan), "--minimize", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["objective"] == 1 and told["variables"][1] == {"name": "y", "value": 0, "reduced_cost": None}
    assert main(["solve", str(plan), "--relax", "-o", str(tmp_path / "a.csv"), "--method", "dual", "-q"]) == 0
    assert "row,steel,,3.0\n" in (tmp_path / "a.csv").read_text()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "change, code, status",
    [
        (("<= 9", "<= -1"), 3, "infeasible"),
        (("y <= 9", "y >= 9"), 4, "unbounded"),
        (("", ""), 6, "time limit"),
    ],
)
def test_exit_codes_tell_the_status(plan, capsys, change, code, status):
    plan.write_text(PLAN.replace(*change))
    limit = ["--time-limit", "0"] if code == 6 else []
    assert main(["solve", str(plan), *limit]) == code
    assert f"status     {status}\n" in capsys.readouterr().out


def test_errors_are_one_line_on_standard_error(plan, capsys, tmp_path):
    plan.write_text(PLAN.replace("2 y", "2 y^2", 1))
    assert main(["solve", str(plan)]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err == f"pplp: {plan}:2: expected a linear expression, found '^'\n"
    assert main(["info", str(tmp_path / "none.lp")]) == 1
    assert "No such file" in capsys.readouterr().err
    assert main(["solve", str(plan), "--time-limit", "-1"]) == 1
    assert main(["solve", "plan.xls"]) == 1
    assert "'.xls'" in capsys.readouterr().err
    for wrong in ([], ["solve"], ["solve", "a.lp", "--method", "magic"], ["solve", "a.lp", "--maximize", "--minimize"]):
        with pytest.raises(SystemExit) as caught:
            main(wrong)
        assert caught.value.code == 2


def test_convert_and_info(plan, capsys, tmp_path):
    assert main(["convert", str(plan), str(tmp_path / "plan.mps.xz")]) == 0
    assert LinearProgram.read(tmp_path / "plan.mps.xz").compile() == LinearProgram.read(plan).compile()
    assert main(["convert", str(plan), "-", "--to", "fixed-mps"]) == 0
    assert " UP BND       y                    4\n" in capsys.readouterr().out
    assert main(["info", str(plan), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["variables"], told["rows"], told["nonzeros"], told["density"]) == (2, 1, 2, 1.0)
    assert told["of these"] == {"continuous": 1, "integer": 1, "binary": 0, "free": 0, "fixed": 0, "in no row": 0}
    assert told["of the rows"] == {"<=": 1, ">=": 0, "=": 0, "ranges": 0, "free": 0, "empty": 0}
    assert told["|coefficients|"] == [1, 2] and told["|sides|"] == [9, 9] and told["structure"] is None
    flow = tmp_path / "flow.min"
    flow.write_text("p min 3 2\nn 1 1\nn 3 -1\na 1 2 0 4 1\na 2 3 0 4 1\n")
    assert main(["info", str(flow)]) == 0
    out = capsys.readouterr().out
    assert "rows             3\nof the rows      3 =\n" in out and "structure        network" in out


def test_it_runs_as_a_module_and_in_pipes():
    command = [sys.executable, "-m", "pplp", "solve", "-", "--from", "lp", "--format", "json"]
    done = subprocess.run(command, input=PLAN, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and json.loads(done.stdout)["objective"] == 28 and done.stderr == ""
    for words in (["--help"], ["solve", "--help"], ["convert", "--help"], ["info", "--help"], ["--version"]):
        done = subprocess.run([sys.executable, "-m", "pplp", *words], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and "pplp" in done.stdout and done.stderr == ""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_interrupt_keeps_the_best_point(tmp_path):
    """Of a program that branch and cut does not finish; its first points are found at once."""
    lp = knapsacks()
    path = tmp_path / "hard.mps"
    lp.write(path, sense="maximize")
    # What runs in the background has the signal ignored, and its children, too.
    program = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    program += "from pplp.command_line import main; sys.exit(main())"
    child = subprocess.Popen(
        [sys.executable, "-c", program, "solve", str(path), "--format", "json", "--time-limit", "40"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        time.sleep(5)
        assert child.poll() is None
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
    finally:
        child.kill()
        child.communicate()
    assert child.returncode == 130, err
    told = json.loads(out)
    assert told["status"] == "interrupted" and len(told["variables"]) == 70
    assert told["bound"] >= told["objective"] > 0
