"""A family of networks, by every method that there is: does "auto" take the right one?

Each method answers each network in a process of its own, started from the `MatrixForm`: loading, the solver, the
check and reading the values all count, and so does the process that a code for networks works in.  Times are CPU
seconds, which other work on the machine hardly changes.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from typing import Any, Optional

from benchmarks.measure.measurement import Failure, Request, Tell, clock, run
from benchmarks.measure.progress import ProgressBar
from benchmarks.measure.report import Report, Table
from benchmarks.workloads.instances import NETWORKS, FlowNetwork

__all__ = ["Settings", "race"]

#: The choices: the options of `solve`, the engine, and what of the network simplex in C and OR-Tools may be used.
CHOICES: dict[str, tuple[dict[str, Any], str, tuple[str, ...]]] = {
    "primal": ({"method": "primal"}, "glpk", ()),
    "dual": ({"method": "dual"}, "glpk", ()),
    "HiGHS": ({}, "highs", ()),
    "simplex in C": ({"method": "network"}, "glpk", ("C",)),
    "in Python": ({"method": "network"}, "glpk", ()),
    "OR-Tools": ({"method": "network"}, "glpk", ("OR-Tools",)),
    "networkx": ({}, "networkx", ()),
    "auto without": ({}, "glpk", ()),
    "auto": ({}, "glpk", ("C", "OR-Tools")),
}
#: What "auto" may be slower than the best choice.
MOST = 1.2


def form_of(network: FlowNetwork) -> Any:
    """The program, as pplp's compiler would make it."""
    from pplp.matrix_form import MatrixForm

    starts, indices, values = array("q", [0]), array("i"), array("d")
    for out, into in zip(network.out, network.into):
        indices.extend(out)
        indices.extend(into)
        values.extend([1.0] * len(out) + [-1.0] * len(into))
        starts.append(len(indices))
    supplies = array("d", network.supplies)
    return MatrixForm(
        False,
        0.0,
        array("d", network.costs),
        array("d", bytes(8 * network.arcs)),
        array("d", network.capacities),
        bytes(network.arcs),
        supplies,
        supplies,
        starts,
        indices,
        values,
    )


def _cpu() -> float:
    import resource

    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def solve(parameters: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Job: one network by one choice."""
    options, solver, allowed = CHOICES[parameters["choice"]]
    network = NETWORKS[parameters["network"]](parameters["scale"])
    if parameters["real"]:
        network.costs[:] = [cost * (1 + k % 997 / 1e6) for k, cost in enumerate(network.costs)]
    if solver == "networkx":
        return _by_networkx(network, tell)
    _allow(allowed)
    from pplp.solver import Options, make_engine

    form = form_of(network)
    engine = make_engine(solver)
    tell("solve")
    wall, cpu = clock(), _cpu()
    engine.load(form)
    outcome = engine.solve(Options(**options, time_limit=parameters["limit"]))
    if outcome.numbers is not None:
        outcome.numbers.primal()
    return {
        "cpu": _cpu() - cpu,
        "wall": clock() - wall,
        "status": str(outcome.status),
        "objective": None if math.isnan(outcome.objective) else outcome.objective,
        "method": outcome.method,
        "arcs": form.columns,
        "nodes": form.rows,
    }


def _allow(codes: tuple[str, ...]) -> None:
    """Use these codes alone, whatever is installed."""
    from pplp.engines.glpk import network
    from pplp.engines.networks import form, ortools_flow, structure, tree_flow

    if "C" not in codes:
        for module in (network, form, structure, tree_flow):
            module.loops = None  # type: ignore[attr-defined]
    elif tree_flow.loops is None:
        raise ImportError("the network simplex is not compiled", name="pplp.engines.networks.network_simplex_core")
    if "OR-Tools" not in codes:
        ortools_flow.is_installed = lambda: False
    elif codes == ("OR-Tools",) and not ortools_flow.is_installed():
        raise ImportError("OR-Tools is not installed", name="ortools")


def _by_networkx(network: FlowNetwork, tell: Tell) -> dict[str, Any]:
    """networkx's own network simplex, from its graph to its flow."""
    import networkx

    graph = networkx.MultiDiGraph()
    heads = {arc: node for node, arcs in enumerate(network.into) for arc in arcs}
    for node, supply in enumerate(network.supplies):
        graph.add_node(node, demand=-int(supply))
    for tail, arcs in enumerate(network.out):
        for arc in arcs:
            graph.add_edge(tail, heads[arc], capacity=int(network.capacities[arc]), weight=network.costs[arc])
    tell("solve")
    wall, cpu = clock(), _cpu()
    cost, _ = networkx.network_simplex(graph)
    return {
        "cpu": _cpu() - cpu,
        "wall": clock() - wall,
        "status": "optimal",
        "objective": float(cost),
        "method": "networkx",
        "arcs": network.arcs,
        "nodes": len(network.supplies),
    }


@dataclass(frozen=True)
class Settings:
    """What the command line asks for."""

    sizes: tuple[str, ...] = ("0.1", "0.25")
    only: str = ""
    choices: str = ""
    limit: float = 60.0
    #: Costs that are not whole?
    real: bool = False


def race(settings: Settings) -> tuple[Report, int]:
    """The command `networks`: returns the report, and 0 when all optimal values agree, else 1."""
    names = [name for name in settings.only.split(",") if name] or list(NETWORKS)
    choices = [name for name in settings.choices.split(",") if name] or list(CHOICES)
    for name, known in [*((n, NETWORKS) for n in names), *((c, CHOICES) for c in choices)]:
        if name not in known:
            raise ValueError(f"{name!r} is not one of {', '.join(known)}.")
    scales = [float(size) for size in settings.sizes]
    report = Report(
        "networks", f"Networks by every method: CPU seconds, at most {settings.limit:g} s of wall time each"
    )
    table = Table(["network", "arcs", *choices, "auto/best", "without/best"])
    trouble: list[str] = []
    with ProgressBar(len(scales) * len(names) * len(choices)) as bar:
        for scale in scales:
            for name in names:
                records: dict[str, dict[str, Any]] = {}
                for choice in choices:
                    bar.step(f"{name} {scale:g}, {choice}")
                    parameters = {"network": name, "scale": scale, "choice": choice, "limit": settings.limit}
                    parameters["real"] = settings.real
                    try:
                        records[choice] = run(Request("networks:solve", parameters), bar.listen)
                    except Failure as failure:
                        trouble.append(f"{name} {scale:g}, {choice}: {failure.reason}")
                report.records += [{"network": name, "scale": scale, "choice": c, **r} for c, r in records.items()]
                arcs = f"{next(iter(records.values()))['arcs']:,}" if records else "-"
                cells = [_cell(records.get(choice)) for choice in choices]
                with_it = _ratio("auto", records, list(CHOICES)[:7])
                table.add(
                    f"{name} {scale:g}",
                    arcs,
                    *cells,
                    with_it,
                    _ratio("auto without", records, ["primal", "dual", "in Python"]),
                )
                values = {r["objective"] for r in records.values() if r["status"] == "optimal"}
                if values and max(values) - min(values) > 1e-9 * max(map(abs, values)) * settings.real:
                    trouble.append(f"{name} {scale:g}: the optimal values differ: {sorted(values)}")
    report.add(table)
    report.add(
        f"> is a run that the limit ended; the ratio is that of CPU times, and is to be at most {MOST:g}. "
        "'auto without' is auto without the accelerator and OR-Tools."
    )
    if trouble:
        report.add("\n".join(trouble))
    return report, 1 if any("differ" in line for line in trouble) else 0


def _cell(record: Optional[dict[str, Any]]) -> str:
    if record is None:
        return "-"
    return ("" if record["status"] == "optimal" else "> ") + f"{record['cpu']:.2f}"


def _ratio(choice: str, records: dict[str, dict[str, Any]], others: list[str]) -> str:
    done = [records[other]["cpu"] for other in others if other in records and records[other]["status"] == "optimal"]
    own = records.get(choice)
    if own is None or not done or own["status"] != "optimal":
        return "-"
    return f"{own['cpu'] / min(done):.2f}"
