"""Millions of variables: stated in bulk block by block, compiled, loaded and written; time and memory of each."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure.measurement import Memory, Request, Tell, clock, run
from benchmarks.measure.report import Report, Table, megabytes, seconds

__all__ = ["Settings", "state"]

#: Coefficients in each row; there are half as many rows as variables.
_TERMS = 4


def steps(parameters: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Job: the seconds, and the resident memory in MB less what was there before, after each step."""
    import numpy as np
    from scipy.sparse import csr_matrix

    import pplp
    from pplp.solver import make_engine

    count, blocks = parameters["variables"], parameters["blocks"]
    draw = np.random.default_rng(1)
    in_block = count // 2 // blocks
    memory = Memory()
    found: list[tuple[str, float, float]] = []
    began = [clock()]

    def note(step: str) -> None:
        found.append((step, clock() - began[0], memory.grown or 0.0))
        tell(step)
        began[0] = clock()

    making = 0.0
    lp = pplp.LinearProgram()
    x = lp.Vars(count, lb=0, ub=10)
    note("variables")

    def rows() -> Any:
        """The constraints of one block after another; that a matrix is made is not pplp's time."""
        nonlocal making
        for _ in range(blocks):
            start = clock()
            # Each row has one variable of each quarter, so none twice.
            at = draw.integers(0, count // _TERMS, (in_block, _TERMS)) + np.arange(_TERMS) * (count // _TERMS)
            values, ends = draw.integers(1, 9, at.size).astype(float), np.arange(0, at.size + 1, _TERMS)
            matrix = csr_matrix((values, at.ravel(), ends), shape=(in_block, count))
            sides = draw.integers(10, 90, in_block)
            making += clock() - start
            yield matrix @ x <= sides

    lp.add_constraints(rows())
    found.append((f"rows, from an iterator of {blocks} blocks", clock() - began[0] - making, memory.grown or 0.0))
    tell("rows")
    began[0] = clock()
    lp.objective = (draw.integers(1, 9, count) * x).sum()
    note("objective")
    form = lp.compile("maximize")
    note("compiled")
    engine = make_engine("glpk")
    engine.load(form)
    engine.send()
    note("loaded into GLPK")
    engine.close()
    note("closed")
    sizes = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in parameters["formats"]:
            path = Path(folder, f"large.{kind}")
            lp.write(path)
            note(f"written as {kind}")
            sizes[kind] = os.path.getsize(path)
    return {"steps": found, "peak": memory.own, "rows": form.rows, "nonzeros": form.nonzeros, "sizes": sizes}


@dataclass(frozen=True)
class Settings:
    """What the command line asks for."""

    variables: int = 5_000_000
    blocks: int = 20
    formats: tuple[str, ...] = ("mps", "lp", "json")


def state(settings: Settings) -> tuple[Report, int]:
    """The command `large`."""
    wanted = {"variables": settings.variables, "blocks": settings.blocks, "formats": settings.formats}
    result = run(Request("large:steps", wanted, ""))
    nonzeros = result["nonzeros"]
    report = Report("large", f"{settings.variables:,} variables, {result['rows']:,} rows, {nonzeros:,} nonzeros")
    report.records.append(result)
    table = Table(["step", "time", "us/nonzero", "MB after it", "bytes/nonzero"])
    for step, took, grown in result["steps"]:
        table.add(
            step, seconds(took), f"{1e6 * took / nonzeros:.2f}", megabytes(grown), f"{grown * 2**20 / nonzeros:.0f}"
        )
    report.add(table)
    sizes = ", ".join(f"{kind} {megabytes(size / 1e6)} MB" for kind, size in result["sizes"].items())
    report.add(f"The peak is {megabytes(result['peak'])} MB. The files: {sizes}.")
    return report, 0
