"""The figures of the README and the site are those that were published, and so is the chart."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from benchmarks.__main__ import main
from benchmarks.measure.published import FOLDER, README, Figures, Line, read, readme_with, table

ROOT = Path(__file__).parents[2]


def figures(interpreter: str, *times: tuple[str, str, float], preliminary: bool = False) -> Figures:
    """Made up; each time is that of a form at a size."""
    lines = [Line(peer, "1.2", size, int(8e5 * float(size)), s, s, s, 9.0, 5) for peer, size, s in times]
    return Figures("W1", "2026-01-31", interpreter, "a machine", "accelerated", preliminary, lines)


OLD = figures("CPython 3.11.7", ("pplp", "1", 0.9), ("gurobipy", "1", 3.25))
NEW = figures("CPython 3.13.0", ("pplp", "1", 0.5), ("pplp", "0.1", 0.04), ("pulp", "1", 10.0), ("gurobipy", "1", 2.0))


def test_the_readme_has_the_published_figures():
    """`python -m benchmarks published --write` puts them there."""
    text = README.read_text(encoding="utf-8")
    assert readme_with(text, table(read(FOLDER))) == text


def test_a_table():
    """A column for each interpreter, the fastest first, and how often the time of pplp each one takes."""
    assert table([OLD, NEW]).splitlines() == [
        "|  | CPython 3.11 | CPython 3.13 | to pplp |",
        "|---|--:|--:|--:|",
        "| **pplp, operators** | 0.90 | 0.50 | 1.0 |",
        "| gurobipy, expressions | 3.25 | 2.00 | 4.0 |",
        "| PuLP, through an LP file |  | 10.00 | 20.0 |",
        "",
        "Medians of 5 runs, 2026-01-31, a machine, pplp accelerated; gurobipy 1.2, pulp 1.2.",
    ]


def test_preliminary_figures_say_so():
    """They are not for long."""
    some = figures("CPython 3.13.0", ("pplp", "1", 0.5), preliminary=True)
    assert table([some]).splitlines()[-1].startswith("Preliminary, from a busy machine: ")


@pytest.mark.slow
def test_publishing(tmp_path, monkeypatch, capsys):
    """The file of this interpreter has a line for each form and size, and says how pplp ran."""
    command = ["benchmarks", "peers", "W1", "--size", "0.004,0.002", "--runs", "2", "--only", "pplp,swiglpk (rows)"]
    monkeypatch.setattr(sys, "argv", [*command, "--publish", "--preliminary", "--folder", str(tmp_path)])
    assert main() == 0
    assert "Written: " in capsys.readouterr().out
    (found,) = read(tmp_path)
    assert found.preliminary and found.pplp in ("accelerated", "pure")
    assert found.interpreter.endswith(".".join(map(str, sys.version_info[:3])))
    assert {line.size for line in found.lines} == {"0.002", "0.004"}
    for line in found.lines:
        assert 0 < line.least <= line.seconds <= line.most and line.runs == 2 and line.nonzeros > 1000
    assert {"pplp", "swiglpk (rows)"} <= {line.peer for line in found.lines}


@pytest.fixture(scope="module")
def charts() -> ModuleType:
    """The hook that draws."""
    pytest.importorskip("mkdocs", reason="the site is built with mkdocs, which is not installed")
    pytest.importorskip("matplotlib", reason="the chart is drawn with matplotlib, which is not installed")
    specification = importlib.util.spec_from_file_location("charts", ROOT / "docs" / "hooks" / "charts.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chart(charts, theme):
    """It names each line and its last time, is the same in every build, and not that of the other theme."""
    drawn = charts.chart(charts.newest(), theme)
    assert drawn == charts.chart(charts.newest(), theme)
    texts = {"".join(element.itertext()).strip() for element in ElementTree.fromstring(drawn).iter() if element.text}
    for name in ("pplp, operators", "PuLP", "Pyomo", "gurobipy", "PyOptInterface", "linopy"):
        assert any(text.startswith(f"{name} ") and text.endswith(" s") for text in texts), name
    assert {"variables", "seconds"} <= texts
    other = {"light": "dark", "dark": "light"}[theme]
    assert drawn != charts.chart(charts.newest(), other)


def test_the_chart_is_of_the_newest_python(charts):
    """3.13 is after 3.9."""
    assert charts.newest()["interpreter"] == read(FOLDER)[-1].interpreter
