"""What pplp adds to each engine: the same programs through pplp and through the engine's own bulk interface.

Ten programs have the sizes of Netlib's, and W1 is the network of 2011.  All begin with numpy arrays.  *load* is from
arrays to a solver that holds the program; on pplp's side from its compiled form.  The *layer* is all that is not the
solver's own run: stating, compiling, loading, checking, reading every value.
"""

from __future__ import annotations

import ctypes
import math
import statistics
from dataclasses import dataclass
from typing import Any, NamedTuple

from benchmarks.measure.measurement import Failure, Request, Tell, clock, run
from benchmarks.measure.progress import ProgressBar
from benchmarks.measure.report import Report, Table, seconds
from benchmarks.workloads.instances import tracking_network

__all__ = ["Settings", "weigh"]

#: Rows, columns and coefficients of problems of Netlib's collection; the programs are our own.
NETLIB_SIZES = {
    "share2b": (97, 79, 730),
    "israel": (175, 142, 2358),
    "25fv47": (822, 1571, 11127),
    "bnl2": (2325, 3489, 16124),
    "ganges": (1310, 1681, 7021),
    "greenbea": (2393, 5405, 31499),
    "scfxm3": (991, 1371, 7846),
    "stocfor2": (2158, 2031, 9492),
    "ship08l": (779, 4283, 17085),
    "80bau3b": (2263, 9799, 29063),
}
ENGINES = ("glpk", "highs", "OR-Tools")


class Arrays(NamedTuple):
    """Minimize cost . x with row_lower <= A x <= row_upper and 0 <= x <= upper."""

    cost: Any
    upper: Any
    matrix: Any
    row_lower: Any
    row_upper: Any


def arrays_of(name: str, scale: float) -> Arrays:
    """A program that has an optimum, since a point and prices are made first."""
    import numpy as np
    from scipy.sparse import csr_matrix, random_array

    if name == "W1":
        network = tracking_network(scale)
        arcs = np.arange(network.arcs)
        ends = np.concatenate([network.tails, network.heads])
        signs = np.repeat([1.0, -1.0], network.arcs)
        matrix = csr_matrix((signs, (ends, np.concatenate([arcs, arcs]))), shape=(network.nodes, network.arcs))
        supplies = np.array(network.supplies, float)
        return Arrays(np.array(network.costs, float), np.array(network.capacities, float), matrix, supplies, supplies)
    rows, columns, count = NETLIB_SIZES[name]
    draw = np.random.default_rng(count)
    matrix = csr_matrix(
        random_array(
            (rows, columns),
            density=count / rows / columns,
            rng=draw,
            data_sampler=lambda size: 1 + 9 * draw.random(size),
        )
    )
    matrix.data *= draw.choice([-1.0, 1.0], matrix.nnz, p=[0.3, 0.7])
    point = np.where(draw.random(columns) < 0.5, 10 * draw.random(columns), 0.0)
    activity = matrix @ point
    kind = draw.random(rows)  # a third each: =, <= and >=
    price = draw.random(rows) * np.where(kind < 1 / 3, 1, np.where(kind < 2 / 3, -1, 1))
    cost = matrix.T @ price + np.where(point > 0, 0.0, draw.random(columns))
    slack = np.where(draw.random(rows) < 0.5, 5 * draw.random(rows), 0.0)
    lower = np.where(kind < 1 / 3, activity, np.where(kind < 2 / 3, -math.inf, activity - slack))
    upper = np.where(kind < 1 / 3, activity, np.where(kind < 2 / 3, activity + slack, math.inf))
    return Arrays(cost, np.full(columns, 40.0), matrix, lower, upper)


# --------------------------------------------------------------------- the jobs
def through_pplp(parameters: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Job: stated in bulk, solved, every value read; and the load alone, by an engine of its own."""
    import pplp
    from pplp.solver import make_engine

    program = arrays_of(parameters["program"], parameters["scale"])
    engine = {"OR-Tools": "glpk"}.get(parameters["engine"], parameters["engine"])
    options = {"solver": engine, **({"method": "network"} if parameters["engine"] == "OR-Tools" else {})}
    warm = pplp.LinearProgram()  # imports are no part of it
    warm.objective = warm.Var(lb=0)
    warm.minimize(solver=engine)
    tell("state and solve")
    start = clock()
    lp = pplp.LinearProgram()
    x = lp.Vars(len(program.cost), lb=0, ub=program.upper)
    lp.add_constraint(program.row_lower <= program.matrix @ x <= program.row_upper)
    lp.objective = (program.cost * x).sum()
    solution = lp.solve("minimize", **options)
    value = x.value
    whole = clock() - start
    assert len(value) == len(program.cost)
    form = lp.compile("minimize")
    other = make_engine(engine)
    start = clock()
    other.load(form)
    other.send()
    load = clock() - start
    return {"whole": whole, "run": solution.seconds, "load": load, "objective": solution.objective}


def natively(parameters: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Job: the engine's own package."""
    program = arrays_of(parameters["program"], parameters["scale"])
    tell("load and run")
    return {"glpk": _glpk, "highs": _highs, "OR-Tools": _ortools}[parameters["engine"]](program)


def _glpk(program: Arrays) -> dict[str, Any]:
    import numpy as np
    import swiglpk as glpk

    glpk.glp_term_out(glpk.GLP_OFF)
    rows, columns = program.matrix.shape
    start = clock()
    problem = glpk.glp_create_prob()
    glpk.glp_add_rows(problem, rows)
    glpk.glp_add_cols(problem, columns)
    for j, (high, cost) in enumerate(zip(program.upper.tolist(), program.cost.tolist()), 1):
        glpk.glp_set_col_bnds(problem, j, glpk.GLP_DB if high else glpk.GLP_FX, 0.0, high)
        glpk.glp_set_obj_coef(problem, j, cost)
    for i, (low, high) in enumerate(zip(program.row_lower.tolist(), program.row_upper.tolist()), 1):
        kind = glpk.GLP_FX if low == high else glpk.GLP_UP if low == -math.inf else glpk.GLP_LO
        glpk.glp_set_row_bnds(problem, i, kind, low, high)
    entries, filled = program.matrix.tocoo(), []
    for make, items, kind in (
        (glpk.intArray, entries.row + 1, np.int32),
        (glpk.intArray, entries.col + 1, np.int32),
        (glpk.doubleArray, entries.data, np.float64),
    ):
        target, source = make(entries.nnz + 1), np.ascontiguousarray(items, kind)
        ctypes.memmove(int(target.this) + source.itemsize, source.ctypes.data, source.nbytes)  # item 0 is not used
        filled.append(target)
    glpk.glp_load_matrix(problem, entries.nnz, *filled)
    load = clock() - start
    control = glpk.glp_smcp()
    glpk.glp_init_smcp(control)
    control.meth = glpk.GLP_DUALP
    glpk.glp_scale_prob(problem, glpk.GLP_SF_AUTO)
    start = clock()
    glpk.glp_simplex(problem, control)
    return {"load": load, "run": clock() - start, "objective": glpk.glp_get_obj_val(problem)}


def _highs(program: Arrays) -> dict[str, Any]:
    import highspy
    import numpy as np

    rows, columns = program.matrix.shape
    start = clock()
    model = highspy.Highs()
    model.silent()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, rows
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.cost, np.zeros(columns), program.upper
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = program.matrix.indptr
    lp.a_matrix_.index_ = program.matrix.indices
    lp.a_matrix_.value_ = program.matrix.data
    model.passModel(lp)
    load = clock() - start
    start = clock()
    model.run()
    return {"load": load, "run": clock() - start, "objective": model.getObjectiveValue()}


def _ortools(program: Arrays) -> dict[str, Any]:
    import numpy as np
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    columns = program.matrix.tocsc()
    ends, values = columns.indices.reshape(-1, 2), columns.data.reshape(-1, 2)
    tails = np.where(values[:, 0] > 0, ends[:, 0], ends[:, 1])
    heads = np.where(values[:, 0] > 0, ends[:, 1], ends[:, 0])
    start = clock()
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tails, heads, program.upper.astype(int), program.cost.astype(int))
    solver.set_nodes_supplies(np.arange(len(program.row_lower)), program.row_lower.astype(int))
    load = clock() - start
    start = clock()
    solver.solve()
    return {"load": load, "run": clock() - start, "objective": float(solver.optimal_cost())}


# --------------------------------------------------------------------- the command
@dataclass(frozen=True)
class Settings:
    """What the command line asks for."""

    only: str = ""
    engines: str = ""
    size: float = 1.0
    runs: int = 3


def weigh(settings: Settings) -> tuple[Report, int]:
    """The command `engines`: returns the report, and 0 when both sides agree on every optimum, else 1."""
    names = [name for name in settings.only.split(",") if name] or ["W1", *NETLIB_SIZES]
    engines = [name for name in settings.engines.split(",") if name] or list(ENGINES)
    for name, known in [*((n, ("W1", *NETLIB_SIZES)) for n in names), *((e, ENGINES) for e in engines)]:
        if name not in known:
            raise ValueError(f"{name!r} is not one of {', '.join(known)}.")
    cases = [(n, e) for n in names for e in engines if n == "W1" or e != "OR-Tools"]
    report = Report("engines", "pplp beside each engine's own bulk interface: wall time, medians")
    table = Table(["program, engine", "load", "own load", "ratio", "run", "own run", "layer", "layer/run"])
    trouble: list[str] = []
    with ProgressBar(len(cases) * settings.runs * 2) as bar:
        for name, engine in cases:
            wanted = {"program": name, "engine": engine, "scale": settings.size}
            found: dict[str, list[dict[str, Any]]] = {"through_pplp": [], "natively": []}
            try:
                for _ in range(settings.runs):
                    for job, results in found.items():
                        bar.step(f"{name}, {engine}, {job}")
                        results.append(run(Request(f"engines:{job}", wanted), bar.listen))
            except Failure as failure:
                trouble.append(f"{name}, {engine}: {failure.reason}")
                continue
            report.records.append({**wanted, **found})
            ours, own = found["through_pplp"], found["natively"]
            load, own_load = (statistics.median(r["load"] for r in side) for side in (ours, own))
            ran, own_ran = (statistics.median(r["run"] for r in side) for side in (ours, own))
            layer = statistics.median(r["whole"] - r["run"] for r in ours)
            ratios = [
                f"{load / own_load:.2f}" if engine != "OR-Tools" else "-",
                f"{layer / ran:.1%}" if ran > 1 else "-",
            ]
            table.add(
                f"{name}, {engine}", seconds(load), seconds(own_load), ratios[0], seconds(ran), seconds(own_ran),
                seconds(layer), ratios[1],
            )  # fmt: skip
            values = [r["objective"] for r in (*ours, *own)]
            if max(values) - min(values) > 1e-6 * max(1.0, abs(values[0])):
                trouble.append(f"{name}, {engine}: the optima differ: {values}")
    report.add(table)
    report.add(
        "layer/run is told of runs over a second; OR-Tools is loaded in a process of its own, as a part of its run."
    )
    for line in trouble:
        report.add(line)
    return report, 1 if any("differ" in line for line in trouble) else 0
