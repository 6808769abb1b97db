"""The figures that the README and the site show: one file of W1 for each interpreter, and the table made of them.

`python -m benchmarks peers W1 --size 0.01,0.03,0.1,0.3,1 --publish` writes the file of the interpreter that was
measured, and `python -m benchmarks published --write` puts the table into the README.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Optional

__all__ = ["FOLDER", "README", "Figures", "Line", "read", "readme_with", "table", "write"]

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "benchmarks" / "published"
README = ROOT / "README.md"
#: What the site shows, too: see docs/index.md.
_BEGIN, _END = "<!-- --8<-- [start:figures] -->", "<!-- --8<-- [end:figures] -->"

#: What the table shows, by the names of forms in `benchmarks.peers`.
NAMES = {
    "swiglpk (numpy)": "swiglpk by hand, numpy triplets",
    "pplp (matrix)": "**pplp, arrays (`A @ x`)**",
    "pplp": "**pplp, operators**",
    "pyoptinterface (builder)": "PyOptInterface, `ExprBuilder`",
    "pyoptinterface": "PyOptInterface, `quicksum`",
    "gurobipy (matrix)": "gurobipy, matrices",
    "gurobipy": "gurobipy, expressions",
    "highspy": "highspy, expressions",
    "linopy": "linopy, arrays",
    "ortools (model builder)": "OR-Tools, model builder",
    "python-mip": "python-mip",
    "pyomo": "Pyomo",
    "pulp (HiGHS)": "PuLP, over highspy",
    "pulp": "PuLP, through an LP file",
}


@dataclass(frozen=True)
class Line:
    """One form at one size: seconds from plain lists to the solver that holds the program."""

    peer: str
    version: str
    size: str
    nonzeros: int
    seconds: float
    least: float
    most: float
    own_mb: Optional[float]
    runs: int


@dataclass(frozen=True)
class Figures:
    """What one interpreter gave."""

    workload: str
    date: str
    interpreter: str
    machine: str
    #: What pplp ran as: "accelerated" or "pure".
    pplp: str
    #: True for figures of a busy machine, or of few runs.
    preliminary: bool = False
    lines: list[Line] = field(default_factory=list)

    @property
    def python(self) -> str:
        """The interpreter without the last part of its version."""
        return self.interpreter.rpartition(".")[0]

    def at(self, peer: str, size: str) -> Optional[Line]:
        """The line of a form at a size; None where it was not measured."""
        return next((line for line in self.lines if (line.peer, line.size) == (peer, size)), None)


def write(figures: Figures, folder: Path) -> Path:
    """Into the file of the workload and the interpreter; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{figures.workload}-{figures.python.lower().replace(' ', '-')}.json"
    path.write_text(json.dumps(asdict(figures), indent=1) + "\n", encoding="utf-8")
    return path


def read(folder: Path = FOLDER) -> list[Figures]:
    """All files, the oldest interpreter first."""
    found = []
    for path in folder.glob("W1-*.json"):
        known = json.loads(path.read_text(encoding="utf-8"))
        found.append(Figures(**{**known, "lines": [Line(**line) for line in known["lines"]]}))
    return sorted(found, key=lambda figures: [int(part) for part in figures.interpreter.split()[-1].split(".")])


def table(all_figures: list[Figures], size: str = "1") -> str:
    """The table of the README, and the line below it; the fastest on the newest interpreter first."""
    newest = all_figures[-1]
    base = newest.at("pplp", size)
    assert base is not None, "pplp itself was not measured"
    shown = [(line.seconds, peer) for peer in NAMES if (line := newest.at(peer, size)) is not None]
    header = ["", *(figures.python for figures in all_figures), "to pplp"]
    lines = ["| " + " | ".join(header) + " |", "|---|" + "--:|" * (len(header) - 1)]
    for seconds, peer in sorted(shown):
        cells = [_seconds(figures.at(peer, size)) for figures in all_figures]
        lines.append(f"| {NAMES[peer]} | {' | '.join(cells)} | {seconds / base.seconds:.1f} |")
    return "\n".join([*lines, "", caption(all_figures, size)])


def caption(all_figures: list[Figures], size: str) -> str:
    """When and where that was."""
    newest = all_figures[-1]
    runs = max(line.runs for line in newest.lines if line.size == size)
    measured = f"medians of {runs} runs" if runs > 1 else "one run"
    warning = "Preliminary, from a busy machine: " if any(figures.preliminary for figures in all_figures) else ""
    text = f"{warning}{measured}, {newest.date}, {newest.machine}, pplp {newest.pplp}; {_versions(newest, size)}."
    return text[0].upper() + text[1:]


def _seconds(line: Optional[Line]) -> str:
    return "" if line is None else f"{line.seconds:.2f}"


def _versions(figures: Figures, size: str) -> str:
    shown = [line for line in figures.lines if line.size == size and line.peer in NAMES]
    known = {line.peer.partition(" ")[0]: line.version for line in shown}
    known.pop("pplp", None)
    return ", ".join(f"{name} {version}" for name, version in sorted(known.items()))


def readme_with(text: str, part: str) -> str:
    """The README with this part between its two marks."""
    before, mark, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    assert mark and end, "README.md has lost the marks of its figures"
    return f"{before}{mark}\n\n{part}\n\n{end}{after}"
