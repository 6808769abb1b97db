"""Tables as aligned text and as Markdown, and the files of a report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Optional

from benchmarks.measure.surroundings import surroundings

__all__ = ["Report", "Table", "megabytes", "seconds", "time_unit"]


def seconds(value: Optional[float]) -> str:
    """A time to read: three digits, and a dash for none."""
    if value is None:
        return "-"
    return f"{value:.1f} s" if value >= 100 else f"{value:.2f} s" if value >= 0.1 else f"{1e3 * value:.3g} ms"


def time_unit(values: Iterable[float]) -> tuple[str, Callable[[Optional[float]], str]]:
    """The unit for a table in which these are the largest times, and what writes a time in it."""
    if max(values, default=0.0) < 0.5:
        return "milliseconds", lambda value: "-" if value is None else f"{1e3 * value:.2f}"
    return "seconds", lambda value: "-" if value is None else f"{value:.3f}"


def megabytes(value: Optional[float]) -> str:
    """An amount of memory to read, and a dash for none."""
    return "-" if value is None else f"{value:,.0f}"


@dataclass
class Table:
    """Rows of text below a header; the first column is words, the others numbers, on the right."""

    header: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        """One row more."""
        self.rows.append(cells)

    def text(self) -> str:
        """Aligned columns."""
        widths = [max(map(len, column)) for column in zip(self.header, *self.rows)]
        lines = [self.header, ["-" * width for width in widths], *self.rows]
        return "\n".join(
            "  ".join(
                cell.ljust(w) if k == 0 else cell.rjust(w) for k, (cell, w) in enumerate(zip(line, widths))
            ).rstrip()
            for line in lines
        )

    def markdown(self) -> str:
        """The same for a README."""
        rule = ["---"] + ["--:"] * (len(self.header) - 1)
        return "\n".join("| " + " | ".join(line) + " |" for line in [self.header, rule, *self.rows])


@dataclass
class Report:
    """A title, what was measured, tables and remarks; and the records they were made of."""

    name: str
    title: str
    parts: list[Any] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)

    def add(self, part: Any) -> None:
        """A table, or a paragraph."""
        self.parts.append(part)

    def text(self) -> str:
        """For the terminal."""
        parts = [part.text() if isinstance(part, Table) else part for part in self.parts]
        return "\n\n".join([self.title, *parts, surroundings()]) + "\n"

    def markdown(self) -> str:
        """For a file."""
        parts = [part.markdown() if isinstance(part, Table) else part for part in self.parts]
        return "\n\n".join([f"## {self.title}", *parts, surroundings()]) + "\n"

    def write(self, directory: str) -> list[str]:
        """Write text, Markdown and records into a directory, made if it is not there; returns the paths."""
        folder = Path(directory)
        folder.mkdir(parents=True, exist_ok=True)
        contents = {".txt": self.text(), ".md": self.markdown(), ".json": json.dumps(self.records, indent=1) + "\n"}
        for ending, content in contents.items():
            (folder / (self.name + ending)).write_text(content, encoding="utf-8")
        return [str(folder / (self.name + ending)) for ending in contents]
