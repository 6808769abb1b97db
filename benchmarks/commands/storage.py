"""Where the memory of W1 sits: resident memory after each step of stating and loading it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.measure.measurement import Memory, Request, Tell, run
from benchmarks.measure.report import Report, Table, megabytes
from benchmarks.workloads.instances import scale_of, tracking_network

__all__ = ["Settings", "store"]


def steps(parameters: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Job: the resident memory after each step, in MB, less what was there before."""
    import pplp
    import pplp.engines.glpk
    from pplp.solver import make_engine

    network = tracking_network(scale_of("W1", parameters["size"]))
    memory = Memory()
    grown: list[tuple[str, float, str, int]] = []

    def note(step: str, of: str, count: int) -> None:
        tell(step)
        grown.append((step, memory.grown or 0.0, of, count))

    lp = pplp.LinearProgram()
    x = [lp.Var(lb=0, ub=capacity) for capacity in network.capacities]
    note("variables, and the user's list of them", "variable", network.arcs)
    for out, into, supply in zip(network.out, network.into, network.supplies):
        lp.add_constraint(sum(x[a] for a in out) - sum(x[a] for a in into) == supply)
    note(
        "rows: an index and a coefficient for each nonzero, two bounds and a start for each row", "nonzero", 2 * len(x)
    )
    lp.objective = sum(cost * v for cost, v in zip(network.costs, x))
    note("objective, still a sum", "variable", network.arcs)
    form = lp.compile()
    note("compiled: costs and bounds as arrays; the sum is gone", "variable", network.arcs)
    engine = make_engine("glpk")
    engine.load(form)
    engine.send()
    note("loaded: GLPK's own, and the triplets that it was given", "nonzero", 2 * len(x))
    return {"steps": grown, "peak": memory.own, "rows": network.nodes}


@dataclass(frozen=True)
class Settings:
    """What the command line asks for."""

    size: str = "full"
    python: str = ""


def store(settings: Settings) -> tuple[Report, int]:
    """The command `memory`."""
    result = run(Request("storage:steps", {"size": settings.size}, settings.python))
    report = Report("memory", f"W1 at the size {settings.size}: resident memory, in MB")
    report.records.append(result)
    table = Table(["after", "MB", "more", "bytes for each", ""])
    before = 0.0
    for step, grown, of, count in result["steps"]:
        table.add(step, megabytes(grown), f"{grown - before:+.0f}", f"{(grown - before) * 2**20 / count:.0f}", of)
        before = grown
    report.add(table)
    report.add(f"The peak is {megabytes(result['peak'])} MB.")
    return report, 0
