"""The figures of the README and the site: measure W1 at several sizes, write them, and show what is written."""

from __future__ import annotations

import datetime
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from benchmarks.commands.comparison import Entry, Settings, add_failures, entries_of, measure_all
from benchmarks.measure.published import FOLDER, README, Figures, Line, read, readme_with, table, write
from benchmarks.measure.report import Report, Table
from benchmarks.measure.surroundings import machine
from benchmarks.workloads.instances import scale_of

__all__ = ["Publication", "publish", "show"]

#: What is measured if nothing else is asked for: what the README and the chart show.
_ONLY = "pplp,swiglpk (numpy),pyoptinterface,gurobipy,highspy,python-mip,ortools (model builder),pyomo,pulp,linopy"
#: A form that took longer at one size is not run at a larger one.
_LONGEST = 120.0


@dataclass(frozen=True)
class Publication:
    """What the command line asks for."""

    settings: Settings
    folder: Path = FOLDER
    preliminary: bool = False


def publish(publication: Publication) -> tuple[Report, int]:
    """The command `peers W1 --publish`: every form at every size, and the file of this interpreter."""
    settings = publication.settings
    sizes = sorted(settings.size.split(","), key=lambda size: scale_of(settings.workload, size))
    where = machine()  # how busy it is before the first run
    by_size = {size: _entries(settings, size) for size in sizes}
    slow: set[str] = set()
    for size in sizes:
        by_size[size] = [entry for entry in by_size[size] if entry.label not in slow]
        parameters = {"workload": settings.workload}
        measure_all(by_size[size], "comparison:statement", parameters, settings.runs, settings.limit)
        slow |= {e.label for e in by_size[size] if not e.records or (e.median("total") or 0.0) > _LONGEST}
    entries = [entry for size in sizes for entry in by_size[size]]
    report = _report(sizes, by_size)
    add_failures(report, entries)
    path = write(_figures(publication, entries, where), publication.folder)
    report.add(f"Written: {path}")
    return report, 0


def _entries(settings: Settings, size: str) -> list[Entry]:
    """The forms that run at every size."""
    chosen = Settings(settings.workload, size, only=settings.only or _ONLY, pythons=settings.pythons)
    return [entry for entry in entries_of(chosen) if not entry.form.most and entry.size == size]


def _figures(publication: Publication, entries: list[Entry], where: str) -> Figures:
    lines = [_line(entry) for entry in entries if entry.records]
    own = next(entry.records[0] for entry in entries if entry.records and entry.form.library == "pplp")
    return Figures(
        publication.settings.workload,
        datetime.date.today().isoformat(),
        own["interpreter"],
        where,
        own["mode"],
        publication.preliminary,
        lines,
    )


def _line(entry: Entry) -> Line:
    times = entry.values("total")
    memory: Optional[float] = entry.median("own_mb")
    return Line(
        entry.label,
        entry.records[0]["version"],
        entry.size,
        entry.records[0]["nonzeros"],
        round(statistics.median(times), 5),
        round(min(times), 5),
        round(max(times), 5),
        None if memory is None else round(memory, 1),
        len(times),
    )


def _report(sizes: list[str], by_size: dict[str, list[Entry]]) -> Report:
    report = Report("published-W1", "W1: seconds from plain Python lists to the solver that holds the program, by size")
    report.records = [
        {"peer": entry.label, "size": size, **record}
        for size in sizes
        for entry in by_size[size]
        for record in entry.records
    ]
    shown = Table(["peer (form)", *sizes])
    found = {(entry.label, size): entry.median("total") for size in sizes for entry in by_size[size]}
    for label in dict.fromkeys(label for label, _ in found):
        times = [found.get((label, size)) for size in sizes]
        shown.add(label, *("-" if time is None else f"{time:.4f}" for time in times))
    report.add(shown)
    return report


def show(is_written: bool) -> tuple[Report, int]:
    """The command `published`: the table of the README; the exit code is 1 if the README has another one."""
    report = Report("published", "The figures of the README, as published")
    part = table(read())
    text = README.read_text(encoding="utf-8")
    wanted = readme_with(text, part)
    if is_written and wanted != text:
        README.write_text(wanted, encoding="utf-8")
        text = wanted
    report.add(part)
    report.add("README.md has it." if text == wanted else "README.md has another one: run with --write.")
    return report, 0 if text == wanted else 1
