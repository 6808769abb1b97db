"""Programs as plain numbers, drawn by hypothesis, and what is made of them: no part of pplp is asked about itself."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from math import inf, nan

from hypothesis import strategies as st

from pplp import LinearProgram, Status


@dataclass
class Plan:
    """lb <= x <= ub, integer where said, rows low <= {place: coefficient} <= high, cost and offset."""

    columns: list  # of (lb, ub, integer)
    rows: list  # of ({place: coefficient}, low, high)
    cost: list
    offset: float

    def made(self) -> LinearProgram:
        """A program of it, by the operators."""
        lp = LinearProgram()
        xs = [(lp.IntVar if integer else lp.Var)(lb=lb, ub=ub) for lb, ub, integer in self.columns]
        for terms, low, high in self.rows:
            e = sum(a * xs[j] for j, a in terms.items())
            if low == high:
                lp.add_constraint(e == low)
            elif low == -inf or high == inf:
                lp.add_constraint(e >= low if high == inf else e <= high)
            else:
                lp.add_constraint(low <= e <= high)
        lp.objective = sum(c * x for c, x in zip(self.cost, xs)) + self.offset
        return lp

    def allows(self, point, slip=0) -> bool:
        """Does a point of Fractions satisfy everything?"""
        return all(
            lb - slip <= v <= ub + slip and (not integer or v == int(v))
            for v, (lb, ub, integer) in zip(point, self.columns)
        ) and all(low - slip <= sum(a * point[j] for j, a in terms.items()) <= high + slip
                  for terms, low, high in self.rows)  # fmt: skip

    def objective_at(self, point):
        """The objective at a point."""
        return self.offset + sum(c * v for c, v in zip(self.cost, point))

    def with_integers_at(self, point) -> Plan:
        """The linear program that is left when the integers are fixed at the values of a point, in their order."""
        values = iter(point)
        columns = [(v, v, False) if (v := next(values) if integer else None) is not None else (lb, ub, False)
                   for lb, ub, integer in self.columns]  # fmt: skip
        return Plan(columns, self.rows, self.cost, self.offset)


coefficients = st.sampled_from([-3, -2, -1, 1, 1, 2, 3, 0.5])


@st.composite
def plans(draw, integers=False, continuous=True, columns=6, rows=6):
    """Small programs of small numbers: often degenerate, infeasible or unbounded; integers are in small boxes."""
    n = draw(st.integers(1, columns))
    made, cost = [], []
    for _ in range(n):
        integer = integers and (not continuous or draw(st.booleans()))
        if integer:
            lb = draw(st.integers(-3, 2))
            made.append((lb, lb + draw(st.integers(0, 4)), True))
        else:
            lb = draw(st.sampled_from([0, 0, -inf, -3, 1]))
            ub = draw(st.sampled_from([inf, inf, 4, 10, 1.5]))
            made.append((lb, ub, False))
        cost.append(draw(st.integers(-5, 5)))
    lines = []
    for _ in range(draw(st.integers(0, rows))):
        terms = draw(st.dictionaries(st.integers(0, n - 1), coefficients, min_size=1, max_size=4))
        b = draw(st.integers(-8, 12))
        width = draw(st.integers(0, 4))
        lines.append((terms, *draw(st.sampled_from([(-inf, b), (b, inf), (b, b), (b, b + width)]))))
    return Plan(made, lines, cost, draw(st.integers(-3, 3)))


senses = st.sampled_from(["minimize", "maximize"])


def is_proved(plan: Plan, sense: str, status: str, objective: float) -> bool:
    """Is a claim about a linear program true?  Certificates in rational arithmetic say so, and no solver's word."""
    lp = plan.made()
    if status == "infeasible":
        proof = lp.infeasibility_certificate()
        return proof.is_exact and proof.verify()
    exact = lp.solve(sense, method="exact")
    if status == "unbounded":
        ray = lp.unbounded_ray(sense)
        still = Plan(plan.columns, plan.rows, [0] * len(plan.cost), 0).made()
        point = still.solve(method="exact")
        return ray.verify() and plan.allows([point.exact(x) for x in still.variables])
    point = [exact.exact(x) for x in lp.variables]
    eps = 1e-6 * max(1.0, abs(objective))
    if not plan.allows(point) or abs(plan.objective_at(point) - Fraction(objective)) > eps:
        return False
    better = lp.objective >= objective + eps if sense == "maximize" else lp.objective <= objective - eps
    try:
        lp.add_constraint(better)
    except ValueError:  # the objective is constant
        return True
    return lp.infeasibility_certificate().verify()


def by_enumeration(plan: Plan, sense: str) -> tuple[str, float]:
    """(status, objective) of a mixed-integer program: each point of its integers, and the linear program that is left.

    Where all variables are integers nothing but this loop is asked.
    """
    boxes = [range(lb, ub + 1) for lb, ub, integer in plan.columns if integer]
    better = max if sense == "maximize" else min
    best = nan
    for values in itertools.product(*boxes):
        if len(boxes) == len(plan.columns):
            if not plan.allows(values):
                continue
            objective = float(plan.objective_at(values))
        else:
            found = plan.with_integers_at(values).made().solve(sense, method="exact")
            if found.status is Status.UNBOUNDED:
                return "unbounded", nan
            if found.status is not Status.OPTIMAL:
                continue
            objective = found.objective
        best = objective if best != best else better(best, objective)
    return ("optimal", best) if best == best else ("infeasible", nan)
