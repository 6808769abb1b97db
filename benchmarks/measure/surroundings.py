"""What a figure depends on: the machine, the interpreter, and whether pplp ran accelerated or pure."""

from __future__ import annotations

import os
import platform
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path

__all__ = ["interpreter", "machine", "mode", "note", "ran", "surroundings"]

#: What works for pplp: their versions are told where they were imported.
_BESIDE = ("swiglpk", "highspy", "ortools", "numpy", "scipy")
#: What the measured processes said of themselves; see `ran`.
_noted: dict[str, None] = {}


def interpreter() -> str:
    """The Python that runs here, and its version."""
    return f"{platform.python_implementation()} {platform.python_version()}"


def mode() -> str:
    """How pplp runs in this process, "accelerated" or "pure"; nothing where it was not imported."""
    pplp = sys.modules.get("pplp")
    return "" if pplp is None else "accelerated" if pplp.accelerated else "pure"


def ran() -> str:
    """Which pplp runs in this process; nothing where it was not imported."""
    if not mode():
        return ""
    parts = [f"pplp {sys.modules['pplp'].__version__}", mode()]
    for name in filter(sys.modules.__contains__, _BESIDE):
        with suppress(metadata.PackageNotFoundError):
            parts.append(f"{name} {metadata.version(name)}")
    return f"{interpreter()}: {', '.join(parts)}"


def note(process: str) -> None:
    """Keep what a measured process said, for the report."""
    if process:
        _noted[process] = None


def machine() -> str:
    """The processor, and how busy it is."""
    load = f", load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{platform.system()} {platform.machine()}, {_processor()}, {os.cpu_count()} cores{load}"


def surroundings() -> str:
    """The last lines of a report.  Where no process was started, this one is what was measured."""
    return "\n".join(f"{line}." for line in [*(_noted or filter(None, [ran()])), machine()])


def _processor() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
            return next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"
