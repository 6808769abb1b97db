"""Random small programs with a seed, and SciPy's HiGHS as the independent solver."""

from __future__ import annotations

import random
from math import inf
from typing import Any

from pplp import LinearProgram
from pplp.form.matrix_form import MatrixForm


def random_program(r: random.Random, integers: bool) -> LinearProgram:
    """A few variables and rows of small numbers: often degenerate, infeasible or unbounded."""
    lp = LinearProgram()
    n, m = r.randrange(1, 8), r.randrange(0, 8)
    xs = []
    for _ in range(n):
        lb = r.choice([-inf, 0, 0, 0, -3, 1])
        ub = r.choice([inf, inf, 4, 10, 1.5])
        make = lp.IntVar if integers and r.random() < 0.6 else lp.Var
        xs.append(make(lb=lb, ub=ub))
    for _ in range(m):
        add_random_row(r, lp, xs)
    lp.objective = sum(r.randrange(-5, 6) * x for x in xs) + r.randrange(-3, 4)
    return lp


def add_random_row(r: random.Random, lp: LinearProgram, xs: list[Any]) -> Any:
    """A sparse row of any type."""
    e = sum(r.choice([-3, -2, -1, 1, 2, 3, 0.5]) * x for x in r.sample(xs, r.randrange(1, min(5, len(xs)) + 1)))
    b = r.randrange(-8, 13)
    return lp.add_constraint(r.choice([e <= b, e >= b, e == b, (b - r.randrange(0, 5), e, b)]))


def edit(r: random.Random, lp: LinearProgram) -> None:
    """One change of any kind."""
    variables = lp.variables
    rows = [c for c in lp.constraints if len(c.expression._parts()[0]) > 1]
    kind = r.randrange(12)
    if kind == 0 or not variables:
        lp.Var(lb=r.randrange(-2, 1), ub=r.randrange(1, 9))
    elif kind == 1:
        x = r.choice(variables)
        x.ub = max(r.randrange(0, 12), lp._columns.lower[x._index])
    elif kind == 2:
        x = r.choice(variables)
        x.lb = min(r.randrange(-5, 2), lp._columns.upper[x._index])
    elif kind == 3:
        r.choice(variables).cost = r.randrange(-5, 6)
    elif kind == 4:
        lp.objective += r.randrange(-3, 4) * r.choice(variables) + 1
    elif kind == 5:
        lp.objective = sum(r.randrange(-5, 6) * x for x in variables)
    elif kind == 6:
        add_random_row(r, lp, list(variables))
    elif kind == 7 and rows:
        c = r.choice(rows)
        if c.ub < 1e9:
            c.ub = max(c.lb, c.ub + r.randrange(-3, 4))
        else:
            c.lb += r.randrange(-3, 4)
    elif kind == 8 and rows:
        r.choice(rows).set_coefficient(r.choice(variables), r.choice([-2, 1, 3]))
    elif kind == 9 and len(lp.constraints) > 3:
        lp.remove(r.choice(lp.constraints))
    elif kind == 10 and len(variables) > 3:
        lp.remove(r.choice(variables))
    elif kind == 11:
        x = r.choice(variables)
        x.integer = not x.integer


def highs(form: MatrixForm) -> tuple[str, float]:
    """(status, objective) by SciPy's HiGHS; presolve is off, since with it unbounded can come out as infeasible."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, linprog, milp
    from scipy.sparse import csr_matrix

    sign = -1.0 if form.maximize else 1.0
    cost = sign * np.array(form.cost)
    a = csr_matrix((list(form.values), list(form.indices), list(form.starts)), shape=(form.rows, form.columns))
    bounds = Bounds(np.array(form.column_lower), np.array(form.column_upper))
    if any(low > high for low, high in zip(form.column_lower, form.column_upper)):
        return "infeasible", float("nan")
    if any(form.integer):
        rows = [LinearConstraint(a, np.array(form.row_lower), np.array(form.row_upper))] if form.rows else []
        result = milp(cost, integrality=np.array(list(form.integer)), bounds=bounds, constraints=rows)
    else:
        low, high = np.array(form.row_lower), np.array(form.row_upper)
        dense = a.toarray()
        up, down = np.isfinite(high), np.isfinite(low)
        result = linprog(
            cost,
            A_ub=np.vstack([dense[up], -dense[down]]) if form.rows else None,
            b_ub=np.concatenate([high[up], -low[down]]) if form.rows else None,
            bounds=np.column_stack([bounds.lb, bounds.ub]),
            method="highs-ds",
            options={"presolve": False},
        )
    status = {0: "optimal", 2: "infeasible", 3: "unbounded"}.get(result.status, "unknown")
    return status, sign * result.fun + form.offset if status == "optimal" else float("nan")


def check_point(lp: LinearProgram) -> None:
    """The solution satisfies bounds, rows and integrality, from the handles alone."""
    for x in lp.variables:
        assert x.lb - 1e-6 <= x.value <= x.ub + 1e-6
        if x.integer:
            assert isinstance(x.value, int)
    for c in lp.constraints:
        assert c.lb - 1e-6 <= c.value <= c.ub + 1e-6


def check_duals(lp: LinearProgram, sense: str) -> None:
    """Stationarity, signs and complementary slackness, from the handles alone."""
    sign = 1 if sense == "minimize" else -1
    for x in lp.variables:
        d = x.cost - sum(c.dual * c.coefficient(x) for c in lp.constraints if c._store() is lp._rows)
        assert abs(d - x.reduced_cost) <= 1e-6
        if sign * d > 1e-6:
            assert abs(x.value - x.lb) <= 1e-6
        if sign * d < -1e-6:
            assert abs(x.value - x.ub) <= 1e-6
    for c in lp.constraints:
        if sign * c.dual > 1e-6:
            assert abs(c.value - c.lb) <= 1e-6
        if sign * c.dual < -1e-6:
            assert abs(c.value - c.ub) <= 1e-6
