"""Facility location: which depots to keep open as rents, roads, and demand change.

    minimize    sum of rent[depot] * open[depot] + sum of demand[town] * distance[depot, town] * served[depot, town]
    subject to  sum over depots of served[depot, town] = 1    for every town
                served[depot, town] <= open[depot]            for every depot and town
                served >= 0,  open is 0 or 1

Each scenario edits the costs and bounds of one program, and is solved from the last basis.
"""

from itertools import combinations

from pplp import LinearProgram

DEPOTS = {"north": (4, 9), "east": (9, 4), "south": (5, 0), "west": (0, 5), "center": (5, 5)}
TOWNS = {(1, 1): 8, (2, 7): 5, (3, 4): 6, (4, 8): 7, (6, 2): 9, (6, 6): 4, (7, 9): 5, (8, 3): 8, (9, 6): 6, (9, 9): 3}
RENT = {"north": 52, "east": 58, "south": 47, "west": 44, "center": 75}


def distance(depot: str, town: tuple[int, int]) -> int:
    """The distance along streets that run north and east."""
    return abs(DEPOTS[depot][0] - town[0]) + abs(DEPOTS[depot][1] - town[1])


def cheapest(rent: dict[str, float], demand: dict[tuple[int, int], float], closed: set[str], most: int) -> float:
    """The optimum by trying every set of depots: the nearest open depot serves each town."""
    usable = [depot for depot in DEPOTS if depot not in closed]
    return min(
        sum(rent[depot] for depot in chosen)
        + sum(load * min(distance(depot, town) for depot in chosen) for town, load in demand.items())
        for count in range(1, min(most, len(usable)) + 1)
        for chosen in combinations(usable, count)
    )


def main() -> None:
    """Plan for today, then for six scenarios."""
    network = LinearProgram(name="depots")
    is_open = {depot: network.BoolVar(f"{depot} is open") for depot in DEPOTS}
    served = network.Vars([(depot, town) for depot in DEPOTS for town in TOWNS], lb=0)
    for town in TOWNS:
        network.add_constraint(sum(served[depot, town] for depot in DEPOTS) == 1)
        for depot in DEPOTS:
            network.add_constraint(served[depot, town] <= is_open[depot])
    allowed = network.add_constraint(sum(is_open.values()) <= len(DEPOTS), name="open at most")
    network.objective = sum(RENT[depot] * is_open[depot] for depot in DEPOTS) + sum(
        load * distance(depot, town) * served[depot, town] for town, load in TOWNS.items() for depot in DEPOTS
    )

    def plan(scenario: str, rent: dict[str, float], closed: set[str], most: int, growth: float) -> None:
        """Edit, solve, and compare with trying every set of depots."""
        for depot in DEPOTS:
            is_open[depot].cost = rent[depot]
            is_open[depot].ub = 0 if depot in closed else 1
            for town, load in TOWNS.items():
                served[depot, town].cost = growth * load * distance(depot, town)
        allowed.ub = most
        cost = network.minimize()
        chosen = [depot for depot in DEPOTS if is_open[depot].value]
        print(f"{scenario:24} {cost:7.1f}  {', '.join(chosen)}")
        demand = {town: growth * load for town, load in TOWNS.items()}
        assert abs(cost - cheapest(rent, demand, closed, most)) < 1e-6
        assert not closed & set(chosen)

    plan("today", RENT, set(), 5, 1)
    plan("the south is flooded", RENT, {"south"}, 5, 1)
    plan("south and east flooded", RENT, {"south", "east"}, 5, 1)
    plan("at most two depots", RENT, set(), 2, 1)
    plan("rents are doubled", {depot: 2 * rent for depot, rent in RENT.items()}, set(), 5, 1)
    plan("demand is tripled", RENT, set(), 5, 3)
    plan("today again", RENT, set(), 5, 1)


if __name__ == "__main__":
    main()
