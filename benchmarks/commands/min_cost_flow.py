"""The benchmark of 2011: a minimum-cost flow stated constraint by constraint, beside GLPK's own C reader.

The *layer* is all that is not the solver: stating the program, bringing it into GLPK, checking the answer and
reading it back.  The same program is also read by GLPK from a DIMACS file, in C, and solved by the same simplex from
the same basis: what the layer adds to that is the price of Python's operators.
"""

from __future__ import annotations

import contextlib
import math
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Optional

from benchmarks.measure.measurement import Failure, Memory, Phases, Request, Stopwatch, Tell, run
from benchmarks.measure.progress import ProgressBar
from benchmarks.measure.report import Report, Table, megabytes, seconds, time_unit
from benchmarks.workloads.instances import FlowNetwork, scale_of, tracking_network, write_dimacs

__all__ = ["Settings", "measure"]

#: GLPK's default since 2011 and before: what a caller gets who sets no parameter.
DEFAULT_ROUTE = "primal simplex from the slack basis"


# --------------------------------------------------------------------- the jobs
def state(pplp: Any, network: FlowNetwork, phases: Phases) -> tuple[Any, list[Any]]:
    """The program, written as a user would; returns it and its variables."""
    lp = pplp.LinearProgram()
    out, into, supplies = network.out, network.into, network.supplies
    with phases("variables"):
        x = [lp.Var(lb=0, ub=capacity) for capacity in network.capacities]
    with phases("expressions and constraints"):
        for v in range(network.nodes):
            lp.add_constraint(sum(x[a] for a in out[v]) - sum(x[a] for a in into[v]) == supplies[v])
    with phases("objective"):
        lp.objective = sum(cost * flow for cost, flow in zip(network.costs, x))
    return lp, x


def pplp_by_phases(parameters: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Job: the phases of pplp one by one, through the calls that `lp.minimize()` is made of."""
    import pplp
    from pplp.engines.glpk import library, simplex
    from pplp.engines.glpk.problem import Problem
    from pplp.solver import Options, Progress, make_engine

    def show(event: Progress) -> None:
        tell("simplex", iterations=event.iterations, objective=event.objective or 0.0)

    network = tracking_network(parameters["scale"])
    options = Options(method=parameters["method"], time_limit=parameters["time_limit"], progress=show)
    memory, phases = Memory(), Phases(tell)
    lp, _ = state(pplp, network, phases)
    with phases("compile"):
        form = lp.compile("minimize")
    with phases("load"):
        engine = make_engine("glpk")
        engine.load(form)
        engine.send()
    loaded = memory.own
    stopwatch = Stopwatch(
        simplex=((library.C, "glp_simplex"),),
        scale=tuple(
            (o, f) for o in (library.C, library.calls) for f in ("glp_scale_prob", "glp_adv_basis", "glp_std_basis")
        ),
        check=(
            *((simplex, f) for f in ("clipped", "snapped_values")),
            *((simplex, f) for f in ("primal_complaint", "dual_complaint", "sample_complaint")),
            (Problem, "residual"),
        ),
    )
    with stopwatch, phases("solve"):
        outcome = engine.solve(options)
    with phases("values"):
        values = outcome.numbers.primal() if outcome.numbers is not None else []
    assert not values or len(values) == network.arcs
    times = dict(phases.seconds)
    solve, read = times.pop("solve"), times.pop("values")
    solver = {"scaling and basis": stopwatch.seconds["scale"], "simplex": stopwatch.seconds["simplex"]}
    times["check"] = stopwatch.seconds["check"]
    times["read back and the rest"] = solve + read - times["check"] - sum(solver.values())
    return {
        "layer": times,
        "solver": solver,
        "calls": stopwatch.calls["simplex"],
        "status": str(outcome.status),
        "objective": None if math.isnan(outcome.objective) else outcome.objective,
        "iterations": outcome.iterations,
        "method": outcome.method,
        "loaded_mb": loaded,
        "solved_mb": memory.own,
        "rows": form.rows,
        "columns": form.columns,
        "nonzeros": form.nonzeros,
    }


def pplp_as_a_whole(parameters: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Job: the statement, `lp.minimize()` as one call, and then the value of each variable."""
    import pplp
    import pplp.engines.glpk  # which the first solve would import, and is no part of it

    network = tracking_network(parameters["scale"])
    phases = Phases(tell)
    memory = Memory()
    lp, x = state(pplp, network, phases)
    with phases("minimize"):
        objective = lp.minimize(time_limit=parameters["time_limit"])
    with phases("values"):
        values = [flow.value for flow in x]
    assert len(values) == network.arcs
    return {
        "objective": objective,
        "method": lp.solution.method,
        "minimize": phases.seconds.pop("minimize"),
        "values": phases.seconds.pop("values"),
        "state": sum(phases.seconds.values()),
        "solved_mb": memory.own,
    }


@dataclass(frozen=True)
class _Route:
    """What glp_simplex is to do, as pplp words it."""

    method: str
    advanced: bool
    scaled: bool

    @classmethod
    def of(cls, words: str) -> _Route:
        """Read it from `solution.method`; raises `ValueError` for a route that is more than one plain simplex run."""
        kinds = {"primal simplex": "GLP_PRIMAL", "dual simplex": "GLP_DUALP", "pure dual simplex": "GLP_DUAL"}
        method = next((name for kind, name in kinds.items() if words.startswith(kind)), None)
        known = method is not None and "confirmed" not in words
        if not known or not any(part in words for part in ("slack basis", "advanced basis", "unscaled")):
            raise ValueError(f"The route {words!r} cannot be repeated by one call of glp_simplex.")
        return cls(method or "", "advanced basis" in words, "unscaled" not in words)


@contextlib.contextmanager
def dimacs_file(network: FlowNetwork) -> Iterator[str]:
    """A temporary file with the network."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "network.min")
        with open(path, "w", encoding="ascii") as file:
            write_dimacs(network, file)
        yield path


def glpk_reader(parameters: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Job: the program read by GLPK itself and solved by one call of glp_simplex."""
    import swiglpk as glpk

    route = _Route.of(parameters["route"])
    glpk.glp_term_out(glpk.GLP_OFF)
    network = tracking_network(parameters["scale"])
    with dimacs_file(network) as path:
        memory, phases = Memory(), Phases(tell)
        with phases("read the file"):
            # 8 bytes of a node hold its supply; 24 of an arc its low bound, capacity and cost.
            graph = glpk.glp_create_graph(8, 24)
            if glpk.glp_read_mincost(graph, 0, 0, 8, 16, path) != 0:
                raise RuntimeError("GLPK could not read the network back.")
    with phases("make the program of it"):
        problem = glpk.glp_create_prob()
        glpk.glp_mincost_lp(problem, graph, glpk.GLP_OFF, 0, 0, 8, 16)
    loaded = memory.own
    control = glpk.glp_smcp()
    glpk.glp_init_smcp(control)
    control.msg_lev = glpk.GLP_MSG_OFF
    control.meth = getattr(glpk, route.method)
    if parameters["time_limit"] is not None:
        control.tm_lim = max(1, int(1000 * parameters["time_limit"]))
    with phases("scaling and basis"):
        if route.scaled:
            glpk.glp_scale_prob(problem, glpk.GLP_SF_GM | glpk.GLP_SF_EQ | glpk.GLP_SF_2N)
        if route.advanced:
            glpk.glp_adv_basis(problem, 0)
    with phases("simplex"):
        code = glpk.glp_simplex(problem, control)
    with phases("read back"):
        values = glpk.get_col_primals(problem)
    assert len(values) == network.arcs
    times = dict(phases.seconds)
    solver = {name: times.pop(name) for name in ("scaling and basis", "simplex")}
    times["read back and the rest"] = times.pop("read back")
    optimal = code == 0 and glpk.glp_get_status(problem) == glpk.GLP_OPT
    ending = "optimal" if optimal else "time limit" if code == glpk.GLP_ETMLIM else f"code {code}"
    return {
        "layer": times,
        "solver": solver,
        "calls": 1,
        "status": ending,
        "objective": glpk.glp_get_obj_val(problem) if optimal else None,
        "iterations": glpk.glp_get_it_cnt(problem),
        "method": parameters["route"],
        "loaded_mb": loaded,
        "solved_mb": memory.own,
        "rows": glpk.glp_get_num_rows(problem),
        "columns": glpk.glp_get_num_cols(problem),
        "nonzeros": glpk.glp_get_num_nz(problem),
    }


# --------------------------------------------------------------------- the command
@dataclass(frozen=True)
class Settings:
    """What the command line asks for."""

    size: str = "full"
    method: str = "dual"
    time_limit: Optional[float] = None
    default: bool = False
    whole: bool = False
    python: str = ""


_LAYER = (
    "variables",
    "expressions and constraints",
    "objective",
    "compile",
    "load",
    "read the file",
    "make the program of it",
    "check",
    "read back and the rest",
)


def measure(settings: Settings) -> tuple[Report, int]:
    """Run it; returns the report, and 0 when all optimal values agree, else 1."""
    common: dict[str, Any] = {
        "scale": scale_of("W1", settings.size),
        "method": settings.method,
        "time_limit": settings.time_limit,
    }
    records: dict[str, dict[str, Any]] = {}
    trouble: list[str] = []

    with ProgressBar(2 + settings.default + settings.whole) as bar:

        def job(title: str, function: str, **more: Any) -> None:
            bar.step(title)
            python = settings.python if function.startswith("pplp") else ""
            request = Request(f"min_cost_flow:{function}", {**common, **more}, python)
            try:
                records[title] = run(request, bar.listen)
            except Failure as failure:
                trouble.append(f"{title}: {failure.reason}")

        job("pplp", "pplp_by_phases")
        route = records["pplp"]["method"] if "pplp" in records else DEFAULT_ROUTE
        job("GLPK's reader", "glpk_reader", route=route)
        if settings.default:
            job("with its default simplex", "glpk_reader", route=DEFAULT_ROUTE)
        if settings.whole:
            job("lp.minimize()", "pplp_as_a_whole")

    agree = _agree(records, trouble)
    return _report(settings, common["scale"], records, trouble, agree), 0 if agree else 1


def _agree(records: dict[str, dict[str, Any]], trouble: list[str]) -> bool:
    """Do all runs have the same optimal value?  Adds to `trouble` what speaks against it."""
    objectives = [record["objective"] for record in records.values()]
    if trouble or len(objectives) < 2:
        return False
    for title, record in records.items():
        if record["objective"] is None:
            trouble.append(f"{title}: stopped without an optimum ({record['status']})")
    if trouble:
        return False
    if not all(math.isclose(value, objectives[0], rel_tol=1e-9, abs_tol=1e-6) for value in objectives):
        trouble.append("The optimal values differ: " + ", ".join(map(repr, objectives)) + ".")
        return False
    return True


def _report(
    settings: Settings, scale: float, records: dict[str, dict[str, Any]], trouble: list[str], agree: bool
) -> Report:
    network = tracking_network(scale)
    report = Report(
        "min-cost-flow",
        f"Minimum-cost flow: {network.nodes:,} nodes, {network.arcs:,} arcs, {2 * network.arcs:,} nonzeros",
        records=[{"title": title, **record} for title, record in records.items()],
    )
    report.add(
        "Tracking network: " + ", ".join(f"{name} {value:g}" for name, value in network.parameters.items()) + "."
    )
    report.add(_layer_table({title: r for title, r in records.items() if "layer" in r}))
    methods = {
        title: f"{r['method']}, {r['calls']} call(s) of glp_simplex" for title, r in records.items() if "layer" in r
    }
    report.add("\n".join(f"{title}: {method}" for title, method in methods.items()))
    if "lp.minimize()" in records and "pplp" in records:
        report.add(_whole(records["lp.minimize()"], records["pplp"]))
    report.add("The optimal values agree." if agree else "\n".join(trouble))
    return report


def _layer_table(records: dict[str, dict[str, Any]]) -> Table:
    shown = list(records.values())
    totals = [sum(record["layer"].values()) + sum(record["solver"].values()) for record in shown]
    unit, seconds = time_unit(totals)
    table = Table([unit, *records])
    for name in _LAYER:
        if any(name in record["layer"] for record in shown):
            table.add(name, *(seconds(record["layer"].get(name)) for record in shown))
    table.add("LAYER", *(seconds(sum(record["layer"].values())) for record in shown))
    for name in ("scaling and basis", "simplex"):
        table.add(f"GLPK: {name}", *(seconds(record["solver"][name]) for record in shown))
    table.add("ALL", *map(seconds, totals))
    table.add("iterations", *(f"{record['iterations']:,}" for record in shown))
    table.add("peak MB, loaded", *(megabytes(record["loaded_mb"]) for record in shown))
    table.add("peak MB, solved", *(megabytes(record["solved_mb"]) for record in shown))
    table.add("optimal value", *("-" if r["objective"] is None else f"{r['objective']:,.10g}" for r in shown))
    return table


def _whole(whole: dict[str, Any], phases: dict[str, Any]) -> str:
    layer = phases["layer"]
    statement = sum(layer[name] for name in ("variables", "expressions and constraints", "objective"))
    return (
        f"lp.minimize() in a process of its own, by {whole['method']}: "
        f"statement {seconds(whole['state'])} (phases: {seconds(statement)}), "
        f"solve {seconds(whole['minimize'])}, then .value of every variable {seconds(whole['values'])}; "
        f"{seconds(whole['state'] + whole['minimize'] + whole['values'])} in all."
    )
