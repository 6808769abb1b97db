"""The command: what it prints, where, and its exit codes."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import pplp
from pplp import LinearProgram, Progress
from pplp.command_line import commands, main
from pplp.command_line.progress import ProgressLine
from tests.support.long_programs import knapsacks

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
    out, err = capsys.readouterr()
    assert f"status     {status}\n" in out
    assert err == ("" if code == 6 else f"pplp: to see why, run: pplp explain {plan}\n")
    assert main(["solve", str(plan), *limit, "--quiet"]) == code and capsys.readouterr().err == ""
    main(["solve", str(plan), *limit, "--maximize"])
    assert code == 6 or capsys.readouterr().err.endswith(f": pplp explain {plan} --maximize\n")


def test_the_solver_is_chosen_by_name(plan, capsys):
    """Any engine, with a way to get it where it is not installed."""
    for solver in ("glpk", "auto"):
        assert main(["solve", str(plan), "--solver", solver]) == 0 and "objective  28.0\n" in capsys.readouterr().out
    assert main(["solve", str(plan), "--solver", "cplex"]) == 1
    assert "'cplex'" in capsys.readouterr().err


@pytest.mark.skipif(importlib.util.find_spec("highspy") is None, reason="highspy is not installed")
def test_highs_solves_a_file(plan):
    """In a process of its own: highspy and OR-Tools cannot be in one."""
    command = [sys.executable, "-m", "pplp", "solve", str(plan), "--solver", "highs", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert json.loads(done.stdout)["objective"] == 28 and done.stderr == ""


def test_errors_are_one_line_on_standard_error(plan, capsys, tmp_path):
    plan.write_text(PLAN.replace("2 y", "2 y^2", 1))
    assert main(["solve", str(plan)]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert err.startswith(f"pplp: {plan}:2: found '^', which begins a quadratic term, but pplp is linear. ")
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
    done = subprocess.run(command, input=PLAN, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and json.loads(done.stdout)["objective"] == 28 and done.stderr == ""
    done = subprocess.run([sys.executable, "-m", "pplp"], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (2, "") and "Commands:" in done.stderr


NAMES = ["solve", "convert", "explain", "lint", "info", "report", "completion"]


@pytest.mark.parametrize("name", NAMES)
def test_help_teaches(name):
    """Every subcommand has a page with an example that is a command line, and those of files tell the exit codes."""
    assert set(NAMES) == set(commands.commands)
    told = CliRunner().invoke(commands, [name, "--help"], prog_name="pplp")
    assert told.exit_code == 0 and f"Usage: pplp {name} [OPTIONS]" in told.output
    assert f"  pplp {name} " in told.output or f"$(pplp {name} " in told.output
    assert ("exit codes:\n" in told.output) == (name != "completion")
    assert max(map(len, told.output.splitlines())) <= 100
    for line in told.output.splitlines():  # the examples are right as far as the words go
        if line.startswith(f"    pplp {name} ") and "|" not in line:
            words = line.split("   ")[1 if line.startswith("    ") else 0].split()
            assert words[:2] == ["pplp", name]
            options = {text for option in commands.commands[name].params for text in option.opts}
            assert {word for word in words if word.startswith("-") and word != "-"} <= options


def test_pages_of_the_command():
    for words, said in ((["--help"], "pplp explain plan.mps"), (["-h"], "Commands:"), (["--version"], "pplp 0.")):
        told = CliRunner().invoke(commands, words, prog_name="pplp")
        assert told.exit_code == 0 and said in told.output


def test_codes_as_click_sees_them(plan):
    """The runner of click has the codes that the process ends with."""
    assert CliRunner().invoke(commands, ["solve", str(plan)]).exit_code == 0
    assert CliRunner().invoke(commands, ["solve", str(plan), "--node-limit", "-1"]).exit_code == 1
    assert CliRunner().invoke(commands, ["solve", str(plan), "--no-such-option"]).exit_code == 2
    plan.write_text(PLAN.replace("<= 9", "<= -1"))
    assert CliRunner().invoke(commands, ["solve", str(plan)]).exit_code == 3
    assert CliRunner().invoke(commands, ["solve", "-", "--from", "lp"], input=PLAN).exit_code == 0


def test_without_click_one_line_says_how_it_is_had():
    program = "import sys, runpy; sys.modules['click'] = None; runpy.run_module('pplp', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", program, "--help"], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and 'python -m pip install "pplp[cli]"' in done.stderr


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a shell that closes descriptors")
@pytest.mark.parametrize(
    "words, code, said",
    [
        ("solve {plan} >&-", 1, "standard output"),
        ("report {plan} >&-", 1, "standard output"),
        ("solve - --from lp <&-", 1, "standard input"),
        ("explain {plan} >&-", 0, ""),
    ],
)
def test_descriptors_that_are_closed(plan, words, code, said):
    """One line says so, where anything was to be read or written."""
    command = f"{sys.executable} -m pplp {words.format(plan=plan)}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=300)
    assert done.returncode == code and said in done.stderr and "Traceback" not in done.stderr


def test_names_that_the_terminal_has_no_letters_for(plan):
    """They are spelled out; what is written to files has them as they are."""
    plan.write_text(PLAN.replace("steel", "größe").replace("<= 9", "<= -1"), encoding="utf-8")
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "pplp", "explain", str(plan)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=ascii_only)
    assert done.returncode == 3 and "gr\\xf6\\xdfe: x + 2 y <= -1" in done.stdout, done.stderr


#: Letters that no encoding of one byte has all of, and one beyond 16 bits.
FOREIGN = "é\N{LLAMA}"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_what_programs_read_is_the_same_in_every_encoding(plan, encoding):
    """JSON is JSON and has the names; CSV and pages are the UTF-8 that files are."""
    LinearProgram.read(plan).write(plan.with_suffix(".json"))
    told = json.loads(plan.with_suffix(".json").read_text())
    told["column_names"] = {"0": FOREIGN, "1": "y"}
    plan.with_suffix(".json").write_text(json.dumps(told))

    def printed(*words):
        command = [sys.executable, "-m", "pplp", words[0], str(plan.with_suffix(".json")), *words[1:]]
        environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
        done = subprocess.run(command, capture_output=True, timeout=300, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout.replace(b"\r\n", b"\n")

    assert json.loads(printed("solve", "--format", "json"))["variables"][0]["name"] == FOREIGN
    assert f"variable,{FOREIGN},9.0,\n".encode() in printed("solve", "--format", "csv")
    page = printed("report").decode()
    assert '<meta charset="utf-8">' in page and FOREIGN in page


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a shell that closes descriptors")
def test_standard_error_that_is_closed(plan):
    """Answers and codes are the usual ones, and nothing that is said on it gets onto standard output."""

    def run(words):
        command = f"{sys.executable} -m pplp {words} 2>&-"
        return subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, text=True, timeout=300)

    done = run(f"solve {plan} --format csv -v")
    assert (done.returncode, done.stdout) == (
        0,
        "kind,name,value,dual\nobjective,optimal,28.0,\nvariable,x,9.0,\nvariable,y,0,\n",
    )
    for words, code in ((f"solve {plan}x", 1), ("solve --no-such-option", 2), (f"explain {plan} --weight x", 1)):
        done = run(words)
        assert (done.returncode, done.stdout) == (code, ""), words
    plan.write_text(PLAN.replace("<= 9", "<= -1"))
    done = run(f"solve {plan} --format csv")  # which has a hint for standard error
    assert (done.returncode, done.stdout) == (3, "kind,name,value,dual\nobjective,infeasible,,\n")


def test_the_log_is_on_standard_error(plan, capsys):
    assert main(["solve", str(plan), "--verbose", "--format", "json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["objective"] == 28 and "INTEGER OPTIMAL SOLUTION FOUND\n" in err


def test_what_is_said_is_in_words_of_the_command(plan, capsys, tmp_path):
    def said(*words):
        main([words[0], str(plan), *words[1:]])
        out, err = capsys.readouterr()
        text = out + err
        assert not any(term in text for term in ("explain(", "lp.", "lb=", ".ub", "weights=", "_limit", "='"))
        return text

    remedy = "Leave --method at auto, or solve with --relax."
    assert remedy in said("solve", "--method", "exact")
    assert "--node-limit must be a nonnegative integer" in said("solve", "--node-limit", "-1")
    assert "--gap must be" in said("solve", "--gap", "-1")
    assert "Solve with --solver highs" in said("solve", "--method", "pdlp", "--relax")
    assert "pplp: --data is for MathProg" in said("solve", "--data", "foo.dat")
    plan.write_text("Minimize\n c: - x - y\nSubject To\n r: x - y <= 4\nEnd\n")  # x, y >= 0, as LP files have it
    text = "The objective is unbounded: it can improve without limit. x has no upper bound; y has no upper bound.\n"
    assert said("solve").count(text) == 1
    plan.write_text("Maximize\n c: x\nSubject To\n r: x + y <= 4\nSOS\n s1: S1:: x:1 y:2\nEnd\n")
    assert "Give x an upper bound in the file, as tight as you can." in said("solve")
    plan.write_text("Minimize\n c: x\nSubject To\n a: x + y <= 4\n b: x + y >= 5\nEnd\n")
    assert "Allow more: --time-limit SECONDS." in said("explain", "--time-limit", "0")
    assert "Let bounds move, too: --weight x=1." in said("explain", "--weight", "a=inf", "--weight", "b=inf")
    assert "--weight x=1." in said("explain", "--weight", "a=inf", "--weight", "b=inf", "--format", "json")
    assert "=WEIGHT is missing. Write NAME=WEIGHT, such as b=1." in said("explain", "--weight", "b")
    plan.write_text("Minimize\n c: x\nSubject To\n a: x + y <= 4\nBounds\n x >= 5\n y >= 0\nEnd\n")
    assert "see pplp explain." in said("lint")
    plan.write_text("Minimize\n c: - x\nSubject To\n r: y + z <= 4\nEnd\n")
    assert "x is in no constraint and has no upper bound: to minimize is unbounded" in said("lint")
    plan = tmp_path / "plan.xyz"
    assert "Set --from to one of 'lp'" in said("info")


def test_names_are_no_terms(plan, capsys):
    """What the user has named like an option of the library keeps its name."""
    plan.write_text("Minimize\n c: gap\nSubject To\n time_limit: gap + x <= 4\n method: gap + x >= 5\nEnd\n")
    assert main(["explain", str(plan)]) == 3
    assert "  time_limit: gap + x <= 4\n  method: gap + x >= 5\n" in capsys.readouterr().out


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
def test_what_is_read_is_not_written_over(plan, capsys, monkeypatch):
    """By none of its names, on standard input neither."""
    monkeypatch.chdir(plan.parent)
    alias = plan.with_name("alias.mps")
    alias.symlink_to(plan)
    plain = plan.with_name("plain")
    os.link(plan, plain)
    data = plan.with_name("data.dat")
    data.write_text("data; end;")
    for words in (
        ["convert", str(plan), "plan.lp"],
        ["convert", "plan.lp", "../" + plan.parent.name + "/plan.lp", "--to", "mps"],
        ["convert", "plan.lp", "alias.mps"],
        ["solve", "plan.lp", "-o", "plain"],
        ["report", "plan.lp", "-o", "plain"],
        ["solve", "plan.mod", "--data", "data.dat", "-o", "data.dat"],
    ):
        assert main(words) == 1, words
        assert capsys.readouterr().err.endswith(
            "is an input file and would be overwritten. Choose another output file.\n"
        )
    assert plan.read_text() == PLAN and data.read_text() == "data; end;"
    command = [sys.executable, "-m", "pplp", "solve", "-", "--from", "lp", "-o", "plain"]
    with open(plan) as file:
        done = subprocess.run(command, stdin=file, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1 and "would be overwritten" in done.stderr and plan.read_text() == PLAN


@pytest.mark.parametrize(
    "name, file",
    [("solve", "a.lp"), ("solve", "a.MPS.gz"), ("solve", "a.html"), ("report", "a.json"), ("report", "a.csv")],
)
def test_suffixes_of_something_else_are_refused(plan, capsys, name, file):
    target = plan.with_name(file)
    assert main([name, str(plan), "-o", str(target)]) == 1
    assert f"cannot be a {target.suffixes[0].lower()} file. Use the suffix ." in capsys.readouterr().err
    assert not target.exists()
    for fine in ("a.json", "a.sol", "answer") if name == "solve" else ("a.htm", "a.html", "page"):
        assert main([name, str(plan), "-o", str(plan.with_name(fine))]) == 0


def test_a_long_name_pushes_its_own_line_only(plan, capsys):
    plan.write_text(PLAN.replace(" x ", f" {'x' * 200} "))
    assert main(["solve", str(plan)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2] == "x" * 200 + "  " + "9.0".rjust(17)
    assert lines[-1] == "y".ljust(40) + "  " + "0".rjust(17)


CONFLICT = """Minimize
 cost: x + y
Subject To
 need: x + y >= 6
 most: 2 y - x <= 3
 far: x - y <= 9
Bounds
 x <= 2
End
"""


def test_explain_names_the_conflict(plan, capsys):
    plan.write_text(CONFLICT)
    assert main(["explain", str(plan)]) == 3
    assert capsys.readouterr().out == (
        "Infeasible. These cannot all hold; without any one of them, the others can:\n"
        "  need: x + y >= 6\n  most: 2 y - x <= 3\n  x <= 2\n"
        "The least change that makes it feasible, 1.5 in total:\n  need: x + y >= 4.5 instead of 6\n"
    )
    # 3 of `most` at 1 each are less than 1.5 of `need` at 10 each
    assert main(["explain", str(plan), "--weight", "need=10", "--format", "json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["repairs"] == [{"constraint": "most", "side": "upper", "bound": 3, "to": 6, "change": 3}]
    assert (told["kind"], told["irreducible"], told["total_change"]) == ("infeasible", True, 3)
    assert told["conflict"][2] == {"variable": "x", "side": "upper", "bound": 2}
    # x <= 3 with y <= 3: a tenth for the one unit of x
    assert main(["explain", str(plan), "--weight", "x=0.1", "--weight", "most=inf", "--format", "json"]) == 3
    assert json.loads(capsys.readouterr().out)["repairs"][0]["variable"] == "x"
    for weight, said in (("foo=1", "no constraint or variable has the name 'foo'"), ("need=much", "is not a number")):
        assert main(["explain", str(plan), "--weight", weight]) == 1
        assert said in capsys.readouterr().err
    assert main(["explain", str(plan), "--weight", "need=-1"]) == 1


def test_explain_of_other_programs(plan, capsys):
    assert main(["explain", str(plan)]) == 0
    assert capsys.readouterr().out == "The program is feasible.\n"
    plan.write_text(PLAN.replace("y <= 9", "y >= 9"))
    assert main(["explain", str(plan), "--format", "json"]) == 4
    told = json.loads(capsys.readouterr().out)
    assert told["missing"] == [{"variable": "x", "side": "upper"}] and told["ray"]["x"] > 0 and told["slope"] > 0
    assert main(["explain", str(plan), "--minimize"]) == 0
    assert main(["explain", str(plan), "--time-limit", "-1"]) == 1


def test_lint_tells_by_its_code(plan, capsys):
    assert main(["lint", str(plan)]) == 0
    assert capsys.readouterr().out == "No findings.\n"
    plan.write_text(CONFLICT)  # `far` never binds: a note
    assert main(["lint", str(plan)]) == 0
    assert main(["lint", str(plan), "--strict", "--format", "json"]) == 8
    out = capsys.readouterr().out
    told = json.loads(out[out.index("[") :])
    assert [(one["severity"], one["code"], one["things"]) for one in told] == [
        ("note", "never-binds", [{"constraint": "far"}])
    ]
    plan.write_text("Minimize\n cost: x\nSubject To\n r: y + z <= 4\nEnd\n")  # x stays at its bound 0
    assert main(["lint", str(plan)]) == 0 and capsys.readouterr().out == "No findings.\n"
    assert main(["lint", str(plan), "--maximize"]) == 8
    assert capsys.readouterr().out.startswith("warning: unbounded-column (1)")
    plan.write_text(PLAN.replace("x + 2 y <= 9", "x + 2 y <= -1"))
    assert main(["lint", str(plan)]) == 8
    assert capsys.readouterr().out.startswith("error: infeasible-row (1)")


def test_report_is_a_page(plan, capsys, tmp_path):
    page = tmp_path / "plan.html"
    assert main(["report", str(plan), "-o", str(page)]) == 0
    assert "<html" in page.read_text() and "steel" in page.read_text()
    assert main(["report", str(plan), "--no-solve"]) == 0
    out = capsys.readouterr().out
    assert "<html" in out and out.rstrip().endswith("</html>")
    plan.write_text(CONFLICT)
    assert main(["report", str(plan), "-o", str(page)]) == 3


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
def test_progress_is_a_line_of_the_terminal(tmp_path):
    """It is drawn where standard error is a terminal, and wiped out before the answer."""
    path = tmp_path / "hard.mps"
    knapsacks().write(path, sense="maximize")
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "pplp", "solve", str(path), "--time-limit", "1", "-o", str(tmp_path / "a.csv")]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, timeout=300)
    os.close(theirs)
    drawn = b""
    with open(ours, "rb", buffering=0) as terminal, contextlib.suppress(OSError):  # which is how it ends on Linux
        while True:
            part = terminal.read(4096)
            if not part:
                break
            drawn += part
    assert done.returncode == 6 and done.stdout == b""
    assert b"nodes, incumbent " in drawn and drawn.endswith(b" \r")


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
@pytest.mark.parametrize("columns", [20, 60, 200])
def test_the_line_fits_the_terminal(monkeypatch, columns):
    """It is never broken, and what a longer one left is wiped out."""
    monkeypatch.setattr("os.get_terminal_size", lambda _: os.terminal_size((columns, 24)))
    drawn = io.StringIO()
    drawn.fileno = lambda: 2
    monkeypatch.setattr(sys, "stderr", drawn)
    line = ProgressLine()
    for nodes in (10**9, 3):
        line(Progress("branch and cut", 2.0, incumbent=12345.678901, bound=1.23456789e12, nodes=nodes))
    line.clear()
    first, second, third = drawn.getvalue().split("\r")[1:4]
    assert len(first) == min(columns - 1, 107) and len(second) == len(first) and third.isspace()
    assert "branch" in first and first[:9] == second[:9]


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("how", ["-m", "by its name"])
@pytest.mark.parametrize("module", ["pplp.program", "click", "pplp.command_line", "pplp.formats"])
def test_control_c_in_the_imports(tmp_path, how, module):
    """It ends by 130, and with one line, whatever is being imported."""
    if how == "-m" and module == "pplp.program" and not hasattr(sys, "orig_argv"):
        pytest.skip("Python 3.9 does not say that a package is imported to be run")
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
    )
    (tmp_path / "pplp").write_text("import sys\nfrom pplp.__main__ import main\nsys.exit(main())\n")
    command = ["-m", "pplp"] if how == "-m" else [str(tmp_path / "pplp")]
    paths = os.pathsep.join([str(tmp_path), str(Path(pplp.__file__).parents[1])])
    done = subprocess.run(
        [sys.executable, *command, "--help"],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "pplp: interrupted\n")


def test_limits_of_a_mathprog_model_can_be_lifted(tmp_path, capsys):
    model = tmp_path / "plan.mod"
    model.write_text("var x <= 4; maximize z: 2*x; end;")
    assert main(["solve", str(model), "--unlimited"]) == 0
    assert "objective  8.0" in capsys.readouterr().out


def test_the_limit_of_size_can_be_lifted(tmp_path, capsys, monkeypatch):
    plan = tmp_path / "plan.lp"
    plan.write_text(PLAN)
    monkeypatch.setattr("pplp.formats.source.SIZE_LIMIT", 10)
    assert main(["solve", str(plan)]) == 1
    assert "has more than 10 bytes, uncompressed. Allow more: --unlimited." in capsys.readouterr().err
    assert main(["solve", str(plan), "--unlimited"]) == 0


@pytest.fixture
def environment(tmp_path):
    """One in which `pplp` is a command."""
    if os.name != "posix":
        pytest.skip("a command is a script of POSIX here")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "pplp"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pplp "$@"\n')
    command.chmod(0o755)
    house = str(Path(__file__).parents[2])
    python = os.pathsep.join([house, *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": python}


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes(environment):
    """Subcommands, options, their values, and files, where bash completes them itself."""
    script = """
    eval "$(pplp completion bash)"
    complete -p pplp
    compopt() { echo compopt "$@"; }
    ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _pplp_completion "$1"; echo "${COMPREPLY[*]}"; }
    ask pplp so
    ask pplp solve plan.lp --method pri
    ask pplp solve --node
    ask pplp solve pl
    ask pplp report plan.lp --solver ""
    """
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=300, env=environment)
    asked = done.stdout.splitlines()
    assert asked[0].startswith("complete -") and asked[0].endswith("-F _pplp_completion pplp"), done.stderr
    assert asked[1:] == ["solve", "primal primal-dual", "--node-limit", "compopt -o default", "", "glpk highs auto"]


def test_completion_of_other_shells(capsys):
    for shell in ("zsh", "fish"):
        assert main(["completion", shell]) == 0
        assert f"_PPLP_COMPLETE={shell}_complete" in capsys.readouterr().out
    with pytest.raises(SystemExit) as caught:
        main(["completion", "tcsh"])
    assert caught.value.code == 2


def test_a_reader_that_has_seen_enough(environment, tmp_path):
    """No traceback after "| head"; the file is longer than what a pipe takes."""
    path = tmp_path / "long.lp"
    path.write_text("Minimize\n" + " + ".join(f"variable{j}" for j in range(20_000)) + "\nSubject To\nEnd\n")
    command = f"pplp convert {path} - --to mps | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=300, env=environment)
    assert done.stdout.count("\n") == 1 and done.stderr == ""
    for words in (["solve", str(path), "--format", "csv"], ["info", str(path)], ["--help"], ["solve", "--help"]):
        reader, writer = os.pipe()
        os.close(reader)
        try:
            command = [sys.executable, "-m", "pplp", *words]
            done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=300)
        finally:
            os.close(writer)
        assert (done.returncode, done.stderr) == (141, b""), words


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
        [sys.executable, "-c", program, "solve", str(path), "--format", "json", "-v"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert any("mip = " in line and "not found" not in line for line in child.stderr)  # a first point
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=300)
    finally:
        child.kill()
        child.communicate()
    assert child.returncode == 130, err
    told = json.loads(out)
    assert told["status"] == "interrupted" and len(told["variables"]) == 70
    assert told["bound"] >= told["objective"] > 0
