"""Dantzig-Wolfe decomposition: eight goods share the roads of a town, and each finds its own route.

    minimize    sum over goods and roads of length[road] * flow[good, road]
    subject to  sum over goods of flow[good, road] <= capacity[road]    for every road
                flow[good] carries the amount of the good from its origin to its destination,   flow >= 0

Only the capacities link the goods.  The master program mixes plans, each a flow of one good found earlier:

    minimize    sum of length[plan] * share[plan] + penalty * sum of excess[road]
    subject to  sum of load[plan, road] * share[plan] - excess[road] <= capacity[road]    dual: price[road] <= 0
                sum over the plans of a good of share[plan] == 1                          dual: the cost to beat
                share, excess >= 0

At these prices, each good finds its cheapest flow with costs length - price.  `solve_many` solves these small programs
in parallel, in child processes or any executor; to use a cluster, pass the `get_executor()` of a dask client to `main`.
A flow that beats the cost of its good becomes a new column.  The total saving gives a lower bound, and when
nothing can be saved, the mix is optimal for the whole program.
"""

from __future__ import annotations

from concurrent.futures import Executor
from random import Random
from typing import Optional

from pplp import LinearProgram, Variable, solve_many

SIDE, PENALTY = 5, 1000.0

draw = Random(5)
PLACES = [(row, column) for row in range(SIDE) for column in range(SIDE)]
ROADS = [((r, c), (r + dr, c + dc)) for r, c in PLACES for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0))]
ROADS = [road for road in ROADS if road[1] in PLACES]
LENGTH = {road: draw.randint(2, 12) for road in ROADS}
CAPACITY = {road: draw.randint(4, 9) for road in ROADS}
#: (origin, destination, amount)
GOODS = [(*draw.sample(PLACES, 2), draw.randint(3, 8)) for _ in range(8)]


def flow_of(lp: LinearProgram, good: tuple) -> dict[tuple, Variable]:
    """Add the flow of a good: one variable per road."""
    origin, destination, amount = good
    flow = lp.Vars(ROADS, lb=0)
    for place in PLACES:
        leaves = sum(flow[road] for road in ROADS if road[0] == place)
        comes = sum(flow[road] for road in ROADS if road[1] == place)
        lp.add_constraint(leaves - comes == amount * ((place == origin) - (place == destination)))
    return flow


def monolith() -> LinearProgram:
    """All goods in one program."""
    lp = LinearProgram(name="all at once")
    flows = [flow_of(lp, good) for good in GOODS]
    for road in ROADS:
        lp.add_constraint(sum(flow[road] for flow in flows) <= CAPACITY[road])
    lp.objective = sum(LENGTH[road] * flow[road] for flow in flows for road in ROADS)
    return lp


def dantzig_wolfe(executor: Optional[Executor] = None) -> float:
    """The minimum length, alternating between a master program and the goods."""
    goods = [LinearProgram(name=f"good {g}") for g in range(len(GOODS))]
    flows = [flow_of(lp, good) for lp, good in zip(goods, GOODS)]
    price, to_beat = dict.fromkeys(ROADS, 0.0), [float("inf")] * len(GOODS)
    plans: list[tuple[int, dict[tuple, float]]] = []  # (the good, its load on each road that it uses)
    length, bound = float("inf"), 0.0

    for iteration in range(1, 100):
        for lp, flow in zip(goods, flows):
            lp.objective = sum((LENGTH[road] - price[road]) * flow[road] for road in ROADS)
        savings = 0.0
        for g, solution in enumerate(solve_many(goods, "minimize", executor=executor)):
            if solution.objective_or_raise() < to_beat[g] - 1e-9:
                plans.append((g, {road: solution[x] for road, x in flows[g].items() if solution[x]}))
                savings += to_beat[g] - solution.objective
        bound = max(bound, length - savings) if iteration > 1 else bound
        print(f"iteration {iteration}: {bound:9.3f} <= optimum <= {length:9.3f}   {len(plans)} plans")
        if bound >= length - 1e-6 * abs(bound):
            return length

        master = LinearProgram(name="master")
        share = master.Vars(len(plans), lb=0)
        excess = master.Vars(ROADS, lb=0)
        used = {road: sum(load.get(road, 0) * share[k] for k, (_, load) in enumerate(plans)) for road in ROADS}
        rows = {road: master.add_constraint(used[road] - excess[road] <= CAPACITY[road]) for road in ROADS}
        whole = [
            master.add_constraint(sum(share[k] for k, (good, _) in enumerate(plans) if good == g) == 1)
            for g in range(len(GOODS))
        ]
        master.objective = sum(LENGTH[road] * used[road] + PENALTY * excess[road] for road in ROADS)
        length = master.minimize()
        price, to_beat = {road: row.dual for road, row in rows.items()}, [row.dual for row in whole]
    raise AssertionError("the bounds did not meet")


def main(executor: Optional[Executor] = None) -> None:
    """Decompose, and compare with the whole program."""
    least = dantzig_wolfe(executor)
    whole = monolith()
    print(f"all at once: {whole.minimize():.3f}, with {len(whole.variables)} variables")
    assert abs(least - whole.solution.objective) <= 1e-6 * least


if __name__ == "__main__":
    main()
