"""W4 at several sizes: is Python's `sum` over n variables linear?"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.commands.comparison import Entry, add_failures, measure_all
from benchmarks.commands.growth import slope
from benchmarks.measure.report import Report, Table
from benchmarks.peers import chosen

__all__ = ["Settings", "sum_up"]


@dataclass(frozen=True)
class Settings:
    """What the command line asks for."""

    only: str = "pplp"
    sizes: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    runs: int = 3
    limit: float = 100.0
    python: str = ""


def sum_up(settings: Settings) -> tuple[Report, int]:
    """The command `sum`: milliseconds of one sum by size, and the exponent with which they grow."""
    report = Report("sum", "W4: the sum of n variables by Python's sum(), in milliseconds")
    table = Table(["peer (form)", *(f"{size:,}" for size in settings.sizes), "us/variable", "exponent"])
    failed = []
    for form in chosen("W4", settings.only):
        points: list[tuple[int, float]] = []
        cells = dict.fromkeys(settings.sizes, "-")
        for size in sorted(settings.sizes):
            entry = Entry(form, str(size), settings.python)
            measure_all([entry], "comparison:summation", {"way": "sum"}, settings.runs, settings.limit)
            report.records += [{"peer": form.label, "size": size, **record} for record in entry.records]
            median = entry.median("total")
            if median is None:
                failed.append(entry)
                break
            cells[size] = f"{1e3 * median:.3f}"
            points.append((size, median))
        exponent = slope(points)
        each = f"{1e6 * points[-1][1] / points[-1][0]:.3f}" if points else "-"
        table.add(form.label, *cells.values(), each, "-" if exponent is None else f"{exponent:.2f}")
    report.add(table)
    add_failures(report, failed)
    return report, 0
