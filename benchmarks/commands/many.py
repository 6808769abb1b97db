"""One program under many scenarios: two workers beside a plain loop that edits, solves and puts back."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from math import isclose
from random import Random
from time import perf_counter, process_time
from typing import Any, Callable

from benchmarks.measure.report import Report, Table
from pplp import LinearProgram, Scenario

__all__ = ["Settings", "race"]

_Change = list[tuple[int, float]]
_Timed = tuple[float, float, list[Any]]


@dataclass(frozen=True)
class Settings:
    """What the command line asks for."""

    columns: tuple[int, ...] = (10, 100, 300)
    counts: tuple[int, ...] = (5, 100, 10_000)
    runs: int = 5
    workers: int = 2
    solver: str = "glpk"


def _program(columns: int) -> tuple[LinearProgram, list[Any]]:
    """Covering rows of five random terms, half as many as columns."""
    draw = Random(1)
    lp = LinearProgram(trace=False)
    xs = lp.Vars(columns, lb=0)
    rows = []
    for _ in range(max(2, columns // 2)):
        chosen = draw.sample(range(columns), min(5, columns))
        rows.append(lp.add_constraint(sum(draw.randint(1, 9) * xs[j] for j in chosen) >= 10))
    lp.objective = sum(draw.randint(1, 9) * x for x in xs)
    return lp, rows


def _changes(count: int, rows: int) -> list[_Change]:
    """Five right-hand sides for each scenario."""
    draw = Random(2)
    return [[(draw.randrange(rows), draw.uniform(5, 50)) for _ in range(5)] for _ in range(count)]


def _loop(lp: LinearProgram, rows: list[Any], changes: list[_Change], solver: str) -> list[Any]:
    found = []
    for change in changes:
        for i, value in change:
            rows[i].rhs = value
        found.append(lp.solve(solver=solver))
        for i, _ in change:
            rows[i].rhs = 10
    return found


def _timed(function: Callable[[], list[Any]]) -> _Timed:
    """Seconds, CPU seconds of this process, and the solutions."""
    gc.collect()
    wall, cpu = perf_counter(), process_time()
    found = function()
    return perf_counter() - wall, process_time() - cpu, found


def race(settings: Settings) -> tuple[Report, int]:
    """The command `many`: both in turn, the best of some runs; the status is 1 where their answers differ."""
    report = Report("many", f"Microseconds for each scenario: a plain loop, and {settings.workers} workers")
    table = Table(["columns", "scenarios", "loop", "scenarios()", "of it CPU here", "times faster"])
    status = 0
    for columns in settings.columns:
        for count in settings.counts:
            loop = many = here = float("inf")
            for _ in range(settings.runs):
                one, other = _once(columns, count, settings)
                loop, many, here = min(loop, one[0]), min(many, other[0]), min(here, other[1])
                status |= not all(isclose(a.objective, b.objective, rel_tol=1e-6) for a, b in zip(one[2], other[2]))
            loop, many, here = (1e6 * seconds / count for seconds in (loop, many, here))
            table.add(f"{columns}", f"{count:,}", f"{loop:,.0f}", f"{many:,.0f}", f"{here:,.0f}", f"{loop / many:.2f}")
            report.records.append({"columns": columns, "count": count, "loop": loop, "many": many, "here": here})
    report.add(table)
    return report, int(status)


def _once(columns: int, count: int, settings: Settings) -> tuple[_Timed, _Timed]:
    lp, rows = _program(columns)
    changes = _changes(count, len(rows))
    cases = [Scenario(rhs={rows[i]: value for i, value in change}) for change in changes]
    options: dict[str, Any] = {"workers": settings.workers, "solver": settings.solver}
    loop = _timed(lambda: _loop(lp, rows, changes, settings.solver))
    return loop, _timed(lambda: lp.scenarios(cases, **options))
