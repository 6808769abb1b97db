"""pplp beside its peers: the same workload, stated by each in its own idiom, each in a process of its own.

Measured is the *layer*: from plain Python lists to the solver holding the program in memory, without the solver's
own run; W4 is one sum, and W5 solving again after single changes.  Peers take turns, run after run, so that a noisy
minute does not fall on one of them alone.
"""

from __future__ import annotations

import gc
import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any, Optional

from benchmarks.commands.re_solve import repeat
from benchmarks.measure.measurement import Failure, Memory, Request, Tell, clock, run
from benchmarks.measure.progress import ProgressBar
from benchmarks.measure.report import Report, Table, megabytes
from benchmarks.measure.surroundings import interpreter, mode
from benchmarks.peers import Form, chosen
from benchmarks.peers.peer import Peer, peer_of
from benchmarks.workloads.instances import KINDS, SIZES, problem_of, scale_of, sparse_problem

__all__ = ["Entry", "Settings", "add_failures", "compare", "failure_text", "measure_all", "spread"]

#: A measurement that takes longer than this, process and all, is not repeated.
_SLOW = 30.0
_LONGEST = 300.0


# --------------------------------------------------------------------- the jobs
def statement(parameters: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Job: state W1, W2 or W3 and have the solver hold it; with "solve", also solve it."""
    workload = parameters["workload"]
    peer = peer_of(parameters["module"], parameters["key"])
    problem = problem_of(workload, parameters["size"])
    peer.prepare(problem)
    memory = Memory()
    tell("stating")
    start = clock()
    model = peer.state(workload, problem)
    stating = clock() - start
    tell("loading")
    start = clock()
    loaded = peer.load(model)
    loading = clock() - start
    result = {
        **_about(peer),
        "state": stating,
        "load": loading,
        "total": stating + loading,
        "own_mb": memory.own,
        "nonzeros": getattr(problem, "nonzeros", None),
    }
    if parameters.get("solve"):
        tell("solving")
        result["objective"] = peer.solve(model, loaded)
    return result


def summation(parameters: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Job: one sum over n variables, by Python's `sum` or by the library's own helper."""
    peer = peer_of(parameters["module"], parameters["key"])
    variables = peer.variables(int(parameters["size"]))
    add = sum if parameters["way"] == "sum" else peer.sum
    gc.collect()
    tell("summing")
    start = clock()
    total = add(variables)
    seconds = clock() - start
    del total
    return {**_about(peer), "total": seconds}


def re_solving(parameters: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Job: W5: state, solve, and solve again after each change."""
    peer = peer_of(parameters["module"], parameters["key"])
    problem = sparse_problem(int(parameters["size"]), parameters["changes"])
    start = clock()
    solver = peer.re_solver(problem)
    stated = clock() - start
    found = repeat(problem, lambda kind, place: (solver.change, (kind, place)), solver.solve, dict, tell)
    times = [step["total"] for step in found["steps"]]
    kinds = {kind: [step["total"] for step in found["steps"] if step["kind"] == kind] for kind in KINDS}
    return {
        **_about(peer),
        "state": stated,
        "first": found["first"]["total"],
        "medians": {kind: statistics.median(values) for kind, values in kinds.items() if values},
        "total": statistics.mean(times),
        "sum": found["sum"],
    }


def _about(peer: Peer) -> dict[str, Any]:
    """Who was measured, and on what."""
    try:
        version = metadata.version(peer.distribution)
    except metadata.PackageNotFoundError:
        import pplp

        version = pplp.__version__ if peer.distribution == "pplp" else "?"
    return {"version": version, "interpreter": interpreter(), "mode": mode(), "loading": peer.loading}


# --------------------------------------------------------------------- many measurements
@dataclass(frozen=True)
class Entry:
    """One line of a comparison: a form at a size, run by an interpreter, and what its runs gave."""

    form: Form
    size: str
    python: str = ""
    #: Is the interpreter another than that of the rest?  Then it is part of the label.
    apart: bool = False
    records: list[dict[str, Any]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What the tables call it."""
        if not self.apart:
            return self.form.label
        runner = self.records[0]["interpreter"] if self.records else Path(self.python).name
        return f"{self.form.label} [{runner}]"

    def values(self, name: str) -> list[float]:
        """One figure of each run."""
        return [record[name] for record in self.records if record.get(name) is not None]

    def median(self, name: str) -> Optional[float]:
        """The median of one figure; None where there is none."""
        values = self.values(name)
        return statistics.median(values) if values else None


@dataclass(frozen=True)
class Settings:
    """What the command line asks for; `pythons` are paths, or names of peers with paths."""

    workload: str
    size: str = ""
    runs: int = 3
    only: str = ""
    verify: bool = False
    changes: int = 200
    limit: float = _LONGEST
    pythons: tuple[str, ...] = ()


def entries_of(settings: Settings) -> list[Entry]:
    """The lines of the table; a slow form brings pplp at its smaller size with it, to be compared with."""
    usual, others = "", []
    for python in settings.pythons:
        name, given, path = python.partition("=")
        if given:
            others.append((name, path))
        else:
            usual = python
    size = settings.size or {"W4": "100000", "W5": "2000"}.get(settings.workload, "full")
    if settings.workload in SIZES:
        scale_of(settings.workload, size)  # raises where it is no size
    elif not size.isdigit() or int(size) < 1:
        raise ValueError(f"The size of {settings.workload} is a count, not {size!r}.")
    forms = chosen(settings.workload, settings.only)
    entries = [Entry(form, form.size(settings.workload, size), usual) for form in forms]
    for name, path in others:
        entries += [
            Entry(form, form.size(settings.workload, size), path, True) for form in chosen(settings.workload, name)
        ]
    base = next((entry for entry in entries if entry.form.label == "pplp" and not entry.apart), None)
    smaller = sorted({entry.size for entry in entries if entry.size != size})
    return entries + ([replace(base, size=other, records=[], failures=[]) for other in smaller] if base else [])


def measure_all(entries: Iterable[Entry], job: str, parameters: dict[str, Any], runs: int, limit: float) -> None:
    """Measure every entry `runs` times, in turns; one that failed or was slow is not run again."""
    entries = list(entries)
    waiting = list(entries)
    with ProgressBar(runs * len(entries)) as bar:
        for turn in range(runs):
            for entry in list(waiting):
                bar.step(f"run {turn + 1} of {entry.label}, size {entry.size}")
                given = {**parameters, "module": entry.form.file, "key": entry.form.key, "size": entry.size}
                start = clock()
                try:
                    entry.records.append(run(Request(job, given, entry.python, limit), bar.listen))
                except Failure as failure:
                    entry.failures.append(failure)
                    waiting.remove(entry)
                else:
                    if clock() - start > _SLOW:
                        waiting.remove(entry)


def compare(settings: Settings) -> tuple[Report, int]:
    """The command `peers`; returns the report, and 0 unless answers that must agree do not."""
    if settings.verify:
        return _verified(settings)
    entries = entries_of(settings)
    if settings.workload == "W4":
        return _sums(settings, entries), 0
    if settings.workload == "W5":
        measure_all(entries, "comparison:re_solving", {"changes": settings.changes}, settings.runs, settings.limit)
        return _re_solves(settings, entries)
    measure_all(entries, "comparison:statement", {"workload": settings.workload}, settings.runs, settings.limit)
    return _statements(settings, entries), 0


# --------------------------------------------------------------------- what is shown
def spread(values: list[float], factor: float = 1.0) -> str:
    """The least and the greatest."""
    return f"{factor * min(values):.3g}..{factor * max(values):.3g}" if values else "-"


def failure_text(entry: Entry) -> str:
    """Why there is nothing to show."""
    failure = entry.failures[0]
    return "not installed" if failure.missing else failure.reason


def _ratio(entry: Entry, entries: list[Entry], name: str = "total") -> str:
    """Its time over that of pplp's default form at the same size."""
    base = next((e for e in entries if e.form.label == "pplp" and e.size == entry.size and e.records), None)
    mine, theirs = entry.median(name), base.median(name) if base else None
    return f"{mine / theirs:.2f}" if mine is not None and theirs else "-"


def _ordered(entries: list[Entry]) -> list[Entry]:
    """The fastest first, sizes apart, those without a figure last."""
    return sorted(entries, key=lambda entry: (not entry.records, -_number(entry.size), entry.median("total") or 0.0))


def _number(size: str) -> float:
    try:
        return float(size)
    except ValueError:
        return max((names.get(size, 0.0) for names in SIZES.values()), default=0.0)


def _absent(entry: Entry, cells: int) -> list[str]:
    """The cells of a line without figures: the first says so."""
    missing = any(failure.missing for failure in entry.failures)
    return ["not installed" if missing else "failed", *["-"] * (cells - 1)]


def add_failures(report: Report, entries: Iterable[Entry]) -> None:
    """Say why some were not measured, and which."""
    reasons: dict[str, list[str]] = {}
    for entry in entries:
        if entry.failures:
            reasons.setdefault(failure_text(entry), []).append(f"{entry.label} at {entry.size}")
    if reasons:
        report.add("\n".join(f"Not measured, {reason}: {', '.join(names)}." for reason, names in reasons.items()))


def _versions(entries: list[Entry]) -> str:
    """Which versions on which interpreters."""
    found: dict[str, set[str]] = {}
    for entry in entries:
        for record in entry.records:
            found.setdefault(record["interpreter"], set()).add(f"{entry.form.library} {record['version']}")
    return "\n".join(f"{runner}: {', '.join(sorted(names))}" for runner, names in sorted(found.items()))


_TITLES = {
    "W1": "W1: a minimum-cost flow, one row for each node",
    "W2": "W2: dense rows",
    "W3": "W3: rows of three terms",
}


def _statements(settings: Settings, entries: list[Entry]) -> Report:
    report = Report(f"peers-{settings.workload}", _TITLES[settings.workload], records=_records(settings, entries))
    report.add("Seconds from plain Python lists to the solver holding the program; medians, and the ratio to pplp.")
    table = Table(
        ["peer (form)", "size", "state", "load", "layer", "min..max", "to pplp", "us/nonzero", "own MB", "runs"]
    )
    for entry in _ordered(entries):
        total = entry.median("total")
        if total is None:
            table.add(entry.label, entry.size, *_absent(entry, 8))
            continue
        table.add(
            entry.label,
            entry.size,
            f"{entry.median('state') or 0.0:.3f}",
            f"{entry.median('load') or 0.0:.3f}",
            f"{total:.3f}",
            spread(entry.values("total")),
            _ratio(entry, entries),
            f"{1e6 * total / entry.records[0]['nonzeros']:.2f}",
            megabytes(entry.median("own_mb")),
            str(len(entry.records)),
        )
    report.add(table)
    add_failures(report, entries)
    loadings = {entry.form.label: entry.records[0]["loading"] for entry in entries if entry.records}
    report.add("\n".join(["Loading is:", *(f"{label}: {loading}" for label, loading in sorted(loadings.items()))]))
    report.add(_versions(entries))
    return report


def _sums(settings: Settings, entries: list[Entry]) -> Report:
    """W4: both ways are measured apart, so that one that takes forever does not hide the other."""
    ways = {}
    for way in ("sum", "helper"):
        ways[way] = [replace(entry, records=[], failures=[]) for entry in entries]
        measure_all(ways[way], "comparison:summation", {"way": way}, settings.runs, settings.limit)
    both = ways["sum"] + ways["helper"]
    report = Report("peers-W4", f"W4: the sum of {int(entries[0].size):,} variables", records=_records(settings, both))
    table = Table(["milliseconds", "sum()", "min..max", "to pplp", "helper", "min..max"])
    pairs = list(zip(ways["sum"], ways["helper"]))
    for plain, helper in sorted(pairs, key=lambda pair: pair[0].median("total") or math.inf):
        cells = []
        for entry in (plain, helper):
            value = entry.median("total")
            cells.append(_absent(entry, 1)[0] if value is None else f"{1e3 * value:.3f}")
            cells.append(spread(entry.values("total"), 1e3))
        table.add(plain.label, *cells[:2], _ratio(plain, ways["sum"]), *cells[2:])
    report.add(table)
    add_failures(report, both)
    report.add(_versions(both))
    return report


def _re_solves(settings: Settings, entries: list[Entry]) -> tuple[Report, int]:
    title = f"W5: {int(entries[0].size):,} rows and columns, {settings.changes} changes of one number each"
    report = Report("peers-W5", title, records=_records(settings, entries))
    report.add("Milliseconds for one change and the solve after it: medians by kind, and the mean of all.")
    table = Table(["peer (form)", "state", "first solve", *KINDS, "mean", "to pplp", "sum of objectives", "runs"])
    for entry in _ordered(entries):
        if not entry.records:
            table.add(entry.label, *_absent(entry, 6 + len(KINDS)))
            continue
        kinds = [statistics.median(record["medians"][kind] for record in entry.records) for kind in KINDS]
        table.add(
            entry.label,
            *(f"{1e3 * (entry.median(name) or 0.0):.1f}" for name in ("state", "first")),
            *(f"{1e3 * kind:.3f}" for kind in kinds),
            f"{1e3 * (entry.median('total') or 0.0):.3f}",
            _ratio(entry, entries),
            f"{entry.records[0]['sum']:,.4f}",
            str(len(entry.records)),
        )
    report.add(table)
    add_failures(report, entries)
    report.add(_versions(entries))
    sums = [value for entry in entries for value in entry.values("sum")]
    agree = all(math.isclose(value, sums[0], rel_tol=1e-6) for value in sums)
    report.add("The sums of the objectives agree." if agree else "THE SUMS OF THE OBJECTIVES DIFFER.")
    return report, 0 if agree else 1


def _verified(settings: Settings) -> tuple[Report, int]:
    """Do all installed peers state the same program?  They solve it at the size "tiny"."""
    if settings.workload not in SIZES:
        raise ValueError(f"--verify is for {', '.join(SIZES)}; W5 always compares its objectives, and W4 has none.")
    entries = entries_of(replace(settings, size="tiny"))
    parameters = {"workload": settings.workload, "solve": True}
    measure_all(entries, "comparison:statement", parameters, 1, settings.limit)
    report = Report(f"verify-{settings.workload}", f"{settings.workload}: the optimal value at size tiny")
    report.records = _records(settings, entries)
    table = Table(["peer (form)", "optimal value"])
    for entry in entries:
        value = entry.median("objective")
        table.add(entry.label, *(_absent(entry, 1) if value is None else [f"{value:.9g}"]))
    report.add(table)
    add_failures(report, entries)
    values = [value for entry in entries for value in entry.values("objective")]
    broken = [entry for entry in entries if any(failure.missing is None for failure in entry.failures)]
    agree = not broken and all(math.isclose(value, values[0], rel_tol=1e-6, abs_tol=1e-6) for value in values)
    report.add(f"All {len(values)} agree." if agree else "THEY DO NOT ALL AGREE.")
    return report, 0 if agree else 1


def _records(settings: Settings, entries: list[Entry]) -> list[dict[str, Any]]:
    return [
        {"workload": settings.workload, "peer": entry.label, "size": entry.size, "run": k, **record}
        for entry in entries
        for k, record in enumerate(entry.records, 1)
    ] + [
        {"workload": settings.workload, "peer": entry.label, "size": entry.size, "failure": failure.reason}
        for entry in entries
        for failure in entry.failures
    ]
