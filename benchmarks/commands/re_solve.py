"""Solve, change one number, solve again: what pplp adds to GLPK when only a little changes."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable

from benchmarks.measure.measurement import Failure, Request, Tell, clock, run
from benchmarks.measure.progress import ProgressBar
from benchmarks.measure.report import Report, Table
from benchmarks.workloads.instances import KINDS, SparseProblem, sparse_problem

if TYPE_CHECKING:
    from pplp import LinearProgram

__all__ = ["Settings", "measure", "repeat"]


# --------------------------------------------------------------------- the jobs
def through_pplp(parameters: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Job: the changes through the handles of pplp."""
    from pplp import LinearProgram, dot

    problem = sparse_problem(parameters["size"], parameters["changes"])
    lp = LinearProgram()
    x = [lp.Var(lb=0, ub=upper) for upper in problem.upper]
    rows = [
        lp.add_constraint(dot(coefficients, [x[j] for j in columns]) <= most)
        for columns, coefficients, most in zip(problem.columns, problem.coefficients, problem.right_hand_sides)
    ]
    lp.objective = dot(problem.costs, x)

    tell("first solve")
    start = clock()
    objective = lp.minimize()
    first = {"total": clock() - start, "objective": objective, **_run_of(lp)}
    steps = []
    for k, (kind, place, value) in enumerate(problem.changes):
        if k % 10 == 0:
            tell("changes", done=k)
        row, variable = rows[place], x[place]
        # What stands between the two looks at the clock is what a user writes.
        if kind == "right-hand side":
            start = clock()
            row.ub = value
            objective = lp.minimize()
            total = clock() - start
        elif kind == "bound":
            start = clock()
            variable.ub = value
            objective = lp.minimize()
            total = clock() - start
        else:
            start = clock()
            variable.cost = value
            objective = lp.minimize()
            total = clock() - start
        steps.append({"total": total, "objective": objective, "kind": kind, **_run_of(lp)})
    return {"first": first, "steps": steps, "sum": first["objective"] + sum(step["objective"] for step in steps)}


def _run_of(lp: LinearProgram) -> dict[str, Any]:
    """What the solution says of GLPK's run."""
    assert lp.solution is not None
    return {"glpk": lp.solution.seconds, "iterations": lp.solution.iterations}


def through_swiglpk(parameters: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Job: the same changes by GLPK's own calls: dual simplex after a bound, primal at first and after a cost."""
    import swiglpk as glpk

    problem = sparse_problem(parameters["size"], parameters["changes"])
    glpk.glp_term_out(glpk.GLP_OFF)
    control = glpk.glp_smcp()
    glpk.glp_init_smcp(control)
    control.msg_lev = glpk.GLP_MSG_OFF
    lp = _loaded(glpk, problem)
    glpk.glp_scale_prob(lp, glpk.GLP_SF_GM | glpk.GLP_SF_EQ | glpk.GLP_SF_2N)

    last: dict[str, Any] = {}

    def change(kind: str, place: int, value: float) -> None:
        control.meth = glpk.GLP_PRIMAL if kind == "cost" else glpk.GLP_DUALP
        if kind == "right-hand side":
            glpk.glp_set_row_bnds(lp, place + 1, glpk.GLP_UP, 0.0, value)
        elif kind == "bound":
            glpk.glp_set_col_bnds(lp, place + 1, glpk.GLP_DB, 0.0, value)
        else:
            glpk.glp_set_obj_coef(lp, place + 1, value)

    def solve() -> float:
        before, start = glpk.glp_get_it_cnt(lp), clock()
        code = glpk.glp_simplex(lp, control)
        last["glpk"] = clock() - start
        assert code == 0 and glpk.glp_get_status(lp) == glpk.GLP_OPT, code
        last["iterations"] = glpk.glp_get_it_cnt(lp) - before
        return float(glpk.glp_get_obj_val(lp))

    return repeat(problem, lambda kind, place: (change, (kind, place)), solve, lambda: dict(last), tell)


def _loaded(glpk: Any, problem: SparseProblem) -> Any:
    """The problem in a glp_prob, row by row."""
    lp = glpk.glp_create_prob()
    count = len(problem.costs)
    glpk.glp_add_rows(lp, count)
    glpk.glp_add_cols(lp, count)
    places, values = glpk.intArray(count + 1), glpk.doubleArray(count + 1)
    for k in range(count):
        glpk.glp_set_col_bnds(lp, k + 1, glpk.GLP_DB, 0.0, problem.upper[k])
        glpk.glp_set_obj_coef(lp, k + 1, problem.costs[k])
        glpk.glp_set_row_bnds(lp, k + 1, glpk.GLP_UP, 0.0, problem.right_hand_sides[k])
        for i, (j, value) in enumerate(zip(problem.columns[k], problem.coefficients[k]), 1):
            places[i], values[i] = j + 1, value
        glpk.glp_set_mat_row(lp, k + 1, len(problem.columns[k]), places, values)
    return lp


#: What to call, and with what before the new value.
Edit = tuple[Callable[..., Any], tuple[Any, ...]]


def repeat(
    problem: SparseProblem,
    edit: Callable[[str, int], Edit],
    solve: Callable[[], float],
    more: Callable[[], dict[str, Any]],
    tell: Tell,
) -> dict[str, Any]:
    """Solve, then for each change make it and solve again.

    The clock runs from the edit to the objective and for nothing else; `more` tells afterwards what is known of
    the run.
    """
    tell("first solve")
    start = clock()
    objective = solve()
    first = {"total": clock() - start, "objective": objective, **more()}
    steps = []
    for k, (kind, place, value) in enumerate(problem.changes):
        if k % 10 == 0:
            tell("changes", done=k)
        function, arguments = edit(kind, place)
        start = clock()
        function(*arguments, value)
        objective = solve()
        total = clock() - start
        steps.append({"total": total, "objective": objective, "kind": kind, **more()})
    return {"first": first, "steps": steps, "sum": first["objective"] + sum(step["objective"] for step in steps)}


# --------------------------------------------------------------------- the command
@dataclass(frozen=True)
class Settings:
    """What the command line asks for."""

    size: int = 2000
    changes: int = 200
    check: bool = False
    python: str = ""


def measure(settings: Settings) -> tuple[Report, int]:
    """Run it; returns the report, and 0 unless GLPK's own run of the same changes was asked for and differs."""
    parameters = {"size": settings.size, "changes": settings.changes}
    records: dict[str, dict[str, Any]] = {}
    trouble = ""
    with ProgressBar(1 + settings.check) as bar:
        for title, job in (("pplp", "through_pplp"), ("swiglpk", "through_swiglpk"))[: 1 + settings.check]:
            bar.step(title)
            python = settings.python if title == "pplp" else ""
            try:
                records[title] = run(Request(f"re_solve:{job}", parameters, python), bar.listen)
            except Failure as failure:
                trouble = trouble or f"{title}: {failure.reason}"
    report = Report(
        "re-solve",
        f"Re-solving: {settings.size:,} rows and columns, {settings.changes} changes of one number each",
        records=[{"title": title, **record} for title, record in records.items()],
    )
    for title, record in records.items():
        report.add(
            f"{title}: first solve {1e3 * record['first']['total']:.1f} ms, {record['first']['iterations']} iterations"
        )
        report.add(_table(record["steps"]))
    if not trouble and settings.check:
        sums = [record["sum"] for record in records.values()]
        if abs(sums[0] - sums[1]) > 1e-9 * max(1.0, abs(sums[0])):
            trouble = f"The sums of the objectives differ: {sums[0]!r} and {sums[1]!r}."
    for title, record in records.items():
        report.add(f"Sum of the {1 + len(record['steps'])} objectives, {title}: {record['sum']:,.6f}")
    if trouble or settings.check:
        report.add(trouble or "The sums of the objectives agree.")
    return report, 1 if trouble else 0


def _table(steps: list[dict[str, Any]]) -> Table:
    """Median and mean in microseconds, by what was changed; the layer is all but the run of `glp_simplex`."""
    table = Table(["microseconds: median (mean)", "total", "glp_simplex", "layer", "iterations"])
    for kind in (*KINDS, "all"):
        chosen = [step for step in steps if kind in (step["kind"], "all")]
        if not chosen:
            continue
        columns = [
            [1e6 * step["total"] for step in chosen],
            [1e6 * step["glpk"] for step in chosen],
            [1e6 * (step["total"] - step["glpk"]) for step in chosen],
            [float(step["iterations"]) for step in chosen],
        ]
        table.add(kind, *(f"{statistics.median(c):,.0f} ({statistics.mean(c):,.0f})" for c in columns))
    return table
