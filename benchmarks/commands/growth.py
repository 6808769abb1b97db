"""How time and memory grow with the program: W1 at several sizes, up to four times that of 2011."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from benchmarks.commands.comparison import Entry, add_failures, measure_all
from benchmarks.measure.report import Report, Table, megabytes
from benchmarks.peers import Form, chosen
from benchmarks.workloads.instances import scale_of, tracking_network

__all__ = ["Settings", "grow"]


@dataclass(frozen=True)
class Settings:
    """What the command line asks for."""

    only: str = "pplp,pyoptinterface (builder),swiglpk (numpy)"
    sizes: tuple[str, ...] = ("0.25", "0.5", "1", "2", "4")
    runs: int = 3
    limit: float = 300.0
    python: str = ""
    output: str = ""


def grow(settings: Settings) -> tuple[Report, int]:
    """The command `growth`: a table of times, one of memory, and a plot where matplotlib is installed."""
    sizes = sorted(settings.sizes, key=lambda size: scale_of("W1", size))
    forms = chosen("W1", settings.only)
    lines = {form: [Entry(form, size, settings.python) for size in sizes] for form in forms}
    for form, line in lines.items():
        for entry in line:  # a form that fails at one size is not tried at a larger one
            measure_all([entry], "comparison:statement", {"workload": "W1"}, settings.runs, settings.limit)
            if not entry.records:
                break
        lines[form] = [entry for entry in line if entry.records or entry.failures]
    arcs = {size: tracking_network(scale_of("W1", size)).arcs for size in sizes}
    report = Report("growth", "W1, minimum-cost flow: seconds from Python lists to the loaded program, by arcs")
    report.records = _records(lines, arcs)
    report.add(_table(lines, arcs, "total"))
    report.add("Their exponent is the slope of time over arcs in logarithms, by least squares: 1 is linear.")
    report.add("Own memory at the peak, in MB:")
    report.add(_table(lines, arcs, "own_mb"))
    add_failures(report, (entry for line in lines.values() for entry in line))
    report.add(_plotted(report, settings.output))
    return report, 0


def _records(lines: dict[Form, list[Entry]], arcs: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"peer": form.label, "size": entry.size, "arcs": arcs[entry.size], **record}
        for form, line in lines.items()
        for entry in line
        for record in entry.records
    ]


def _table(lines: dict[Form, list[Entry]], arcs: dict[str, int], name: str) -> Table:
    table = Table(["peer (form)", *(f"{count:,}" for count in arcs.values()), "exponent"])
    for form, line in lines.items():
        found = {entry.size: entry.median(name) for entry in line}
        points = [(arcs[size], value) for size, value in found.items() if value]
        cells = [_cell(found.get(size), name) for size in arcs]
        exponent = slope(points)
        table.add(form.label, *cells, "-" if exponent is None else f"{exponent:.2f}")
    return table


def _cell(value: Optional[float], name: str) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if name == "total" else megabytes(value)


def slope(points: list[tuple[int, float]]) -> Optional[float]:
    """The exponent e of value = constant * size ** e that fits best; None of fewer than two points."""
    if len(points) < 2:
        return None
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys)) / sum((a - x) ** 2 for a in xs)


def _plotted(report: Report, output: str) -> str:
    """Draw it into the directory of the report; says where, or why not."""
    if not output:
        return "With --output DIR the times are drawn as well."
    try:
        from matplotlib.figure import Figure  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return "There is no plot: matplotlib is not installed."
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.add_subplot(xscale="log", yscale="log", xlabel="arcs", ylabel="seconds", title="W1: the layer's time")
    peers = list(dict.fromkeys(record["peer"] for record in report.records))
    for peer in peers:
        mine = [record for record in report.records if record["peer"] == peer]
        axes.plot([r["arcs"] for r in mine], [r["total"] for r in mine], "o-", markersize=4, label=peer)
    axes.grid(True, which="both", alpha=0.3)
    axes.legend()
    path = Path(output) / "growth.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    return f"Drawn in {path}."
