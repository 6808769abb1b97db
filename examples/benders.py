"""Benders decomposition: build plants before the demand is known, and ship once it is, for 200 scenarios.

    minimize    sum of rent[plant] * build[plant] + sum of chance[s] * shipping cost of s
    subject to  build is 0 or 1, and for every scenario s:
                sum over towns of ship[plant, town] <= capacity[plant] * build[plant]    for every plant
                sum over plants of ship[plant, town] + short[town] == demand[s][town]    for every town
                ship, short >= 0

Once the plants are chosen, the scenarios are independent.  A master program contains `build` and, for every scenario, a
variable `cost[s]` for its shipping cost.  The duals of a scenario, solved for some plants, bound its cost for any other
plants:

    cost[s] >= sum of dual[town] * demand[s][town] + sum of dual[plant] * capacity[plant] * build[plant]

A shortage costs a penalty, so every choice of plants is feasible.  The optimum of the master is a lower bound, and the
best choice of plants so far is an upper bound.  When they meet, that choice is optimal.

The 200 scenarios of an iteration are solved in parallel, by child processes or any executor.  To use a cluster, pass
the `get_executor()` of a dask.distributed client to `main`.
"""

from __future__ import annotations

from concurrent.futures import Executor
from random import Random
from typing import Optional

from pplp import LinearProgram, Scenario

PLANTS, TOWNS, SCENARIOS = range(4), range(4), range(200)
CHANCE = 1 / len(SCENARIOS)
PENALTY = 60.0

draw = Random(7)
RENT = [draw.randint(500, 900) for _ in PLANTS]
CAPACITY = [draw.randint(60, 110) for _ in PLANTS]
DISTANCE = [[draw.randint(3, 25) for _ in TOWNS] for _ in PLANTS]
DEMAND = [[draw.randint(10, 60) for _ in TOWNS] for _ in SCENARIOS]


def shipping(lp: LinearProgram, demand: list[int], share: float) -> tuple[object, list, list]:
    """Add the variables of a scenario; return (its cost, the shipments of each plant, the balance of each town)."""
    ship = lp.Vars((len(PLANTS), len(TOWNS)), lb=0)
    short = lp.Vars(len(TOWNS), lb=0)
    cost = sum(share * DISTANCE[p][t] * ship[p, t] for p in PLANTS for t in TOWNS) + share * PENALTY * sum(short)
    leaves = [sum(ship[p, t] for t in TOWNS) for p in PLANTS]
    return cost, leaves, [sum(ship[p, t] for p in PLANTS) + short[t] == demand[t] for t in TOWNS]


def monolith() -> LinearProgram:
    """All scenarios in one program, with thousands of variables."""
    lp = LinearProgram(name="all at once")
    build = [lp.BoolVar(f"build {p}") for p in PLANTS]
    costs = []
    for s in SCENARIOS:
        cost, leaves, gets = shipping(lp, DEMAND[s], CHANCE)
        lp.add_constraints(leaves[p] <= CAPACITY[p] * build[p] for p in PLANTS)
        lp.add_constraints(gets)
        costs.append(cost)
    lp.objective = sum(RENT[p] * build[p] for p in PLANTS) + sum(costs)
    return lp


def benders(executor: Optional[Executor] = None) -> float:
    """The minimum cost, alternating between a master program and its scenarios."""
    master = LinearProgram(name="master")
    build = [master.BoolVar(f"build {p}") for p in PLANTS]
    cost = master.Vars(len(SCENARIOS), "cost", lb=0)
    master.objective = sum(RENT[p] * build[p] for p in PLANTS) + CHANCE * sum(cost)

    second = LinearProgram(name="shipping")
    second.objective, leaves, gets = shipping(second, DEMAND[0], 1.0)
    built = [second.add_constraint(leaves[p] <= 0, name=f"plant {p}") for p in PLANTS]
    needs = [second.add_constraint(relation, name=f"town {t}") for t, relation in enumerate(gets)]

    best = float("inf")
    for iteration in range(1, 100):
        bound = master.minimize()
        chosen, guess = [b.value for b in build], [c.value for c in cost]
        capacity = {built[p]: CAPACITY[p] * chosen[p] for p in PLANTS}
        scenarios = [Scenario(rhs={**capacity, **dict(zip(needs, DEMAND[s]))}) for s in SCENARIOS]
        solutions = second.scenarios(scenarios, "minimize", executor=executor)
        total = sum(RENT[p] * chosen[p] for p in PLANTS) + CHANCE * sum(s.objective_or_raise() for s in solutions)
        best = min(best, total)
        print(f"iteration {iteration}: {bound:10.3f} <= optimum <= {best:10.3f}   plants {chosen}")
        if best - bound <= 1e-6 * best:
            return best
        for s, solution in zip(SCENARIOS, solutions):
            if solution.objective > guess[s] + 1e-7 * solution.objective:
                fixed = sum(solution.dual(row) * DEMAND[s][t] for t, row in enumerate(needs))
                worth = sum(solution.dual(row) * CAPACITY[p] * build[p] for p, row in enumerate(built))
                master.add_constraint(cost[s] - worth >= fixed)
    raise AssertionError("the bounds did not meet")


def main(executor: Optional[Executor] = None) -> None:
    """Decompose, and compare with the whole program."""
    least = benders(executor)
    whole = monolith()
    print(f"all at once: {whole.minimize():.3f}, with {len(whole.variables)} variables")
    assert abs(least - whole.solution.objective) <= 1e-6 * least


if __name__ == "__main__":
    main()
