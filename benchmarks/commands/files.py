"""Reading files: pplp beside HiGHS's own reader, in CPU seconds, on files that pplp writes of several programs."""

from __future__ import annotations

import os
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import process_time
from typing import Any, Callable

from benchmarks.measure.measurement import Request, Tell, run
from benchmarks.measure.progress import ProgressBar
from benchmarks.measure.report import Report, Table
from benchmarks.peers.pplp import ByMatrix, ByOperators
from benchmarks.workloads.instances import dense_problem, short_rows, tracking_network
from pplp import LinearProgram, dot

__all__ = ["Settings", "race"]


def _integers() -> LinearProgram:
    """Named integer and binary variables, and rows of 4 to 20 prices."""
    draw = Random(1)
    lp = LinearProgram(trace=False)
    xs = [
        lp.BoolVar(f"open_{j}") if j % 2 else lp.IntVar(f"lot_{j}", lb=0, ub=draw.randint(1, 40)) for j in range(8000)
    ]
    for i in range(3000):
        chosen = draw.sample(xs, draw.randint(4, 20))
        prices = [round(draw.uniform(1, 99), 2) for _ in chosen]
        lp.add_constraint(dot(prices, chosen) <= draw.randint(50, 400), name=f"capacity_{i}")
    lp.objective = dot([round(draw.uniform(1, 9), 3) for _ in xs], xs)
    return lp


def _digits() -> LinearProgram:
    """Dense rows of coefficients that all differ and have as many digits as a double takes."""
    draw = Random(2)
    lp = LinearProgram(trace=False)
    xs = [lp.Var(f"y_{j}", lb=0, ub=9.5) for j in range(500)]
    for i in range(170):
        lp.add_constraint(dot([draw.uniform(-9, 9) for _ in xs], xs) <= 50 * draw.uniform(1, 9), name=f"row_{i}")
    lp.objective = dot([draw.gauss(0, 1) for _ in xs], xs)
    return lp


PROGRAMS: dict[str, Callable[[], Any]] = {
    "W1, 0.1": lambda: ByMatrix().flow(tracking_network(0.1)),
    "W1, 0.25": lambda: ByMatrix().flow(tracking_network(0.25)),
    "W2, 0.29": lambda: ByMatrix().dense(dense_problem(0.29)),
    "W3, 0.15": lambda: ByOperators().short_rows(short_rows(0.15)),
    "integers": _integers,
    "17 digits": _digits,
}


def reading(parameters: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Job: write the program, and read it in turn; the CPU seconds of both readers, run by run."""
    import highspy

    lp = PROGRAMS[parameters["program"]]()
    theirs, ours = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"program.{parameters['format']}")
        lp.write(path, sense="minimize")
        LinearProgram.read(path)  # imports are no part of it
        for _ in range(parameters["runs"]):
            tell(f"{parameters['program']}, {parameters['format']}")
            start = process_time()
            solver = highspy.Highs()
            solver.silent()
            solver.readModel(os.fspath(path))
            theirs.append(process_time() - start)
            start = process_time()
            LinearProgram.read(path)
            ours.append(process_time() - start)
    return {"nonzeros": lp.compile().nonzeros, "theirs": theirs, "ours": ours}


@dataclass(frozen=True)
class Settings:
    """What the command line asks for."""

    runs: int = 9
    formats: tuple[str, ...] = ("mps", "lp")


def race(settings: Settings) -> tuple[Report, int]:
    """The command `files`."""
    report = Report("files", "Reading a file, in milliseconds of CPU: medians, and the median of the ratios")
    table = Table(["program", "nonzeros", *(f"{kind}: {of}" for kind in settings.formats for of in _OF)])
    with ProgressBar(len(PROGRAMS) * len(settings.formats) * settings.runs) as bar:
        for name in PROGRAMS:
            cells: list[str] = []
            for kind in settings.formats:
                wanted = {"program": name, "format": kind, "runs": settings.runs}
                found = run(Request("files:reading", wanted, ""), bar.listen)
                theirs, ours = found["theirs"], found["ours"]
                report.records.append({**wanted, **found})
                ratio = statistics.median(one / other for one, other in zip(ours, theirs))
                cells += [*(f"{1e3 * statistics.median(side):.0f}" for side in (theirs, ours)), f"{ratio:.2f}"]
            table.add(name, f"{found['nonzeros']:,}", *cells)
    report.add(table)
    return report, 0


_OF = ("HiGHS", "pplp", "ratio")
