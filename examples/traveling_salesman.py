"""Traveling salesman: the shortest round trip through 60 cities, with lazy constraints.

    minimize the sum over roads of length[road] * used[road],  used[road] is 0 or 1, and
    sum over the roads at a city of used[road] = 2                          for every city,
    sum over the roads inside S of used[road] <= |S| - 1                    for every proper subset S of the cities.

The last line prevents separate subtours.  It stands for 2**60 constraints, so they are added only when violated: a
callback checks each point of the search.  At a candidate, an integer point, the violated sets are the connected
components; at a relaxation, they are the cuts with less than 2 roads through.
"""

import random
from collections.abc import Iterator
from math import hypot

from pplp import LinearProgram, SearchContext

City = tuple[int, int]
Road = tuple[int, int]


def nearest_neighbors(cities: list[City]) -> list[int]:
    """A trip that always goes to the nearest city, improved by reversing parts of it while that helps (2-opt)."""

    def length(a: int, b: int) -> float:
        return hypot(cities[a][0] - cities[b][0], cities[a][1] - cities[b][1])

    trip, left = [0], set(range(1, len(cities)))
    while left:
        trip.append(min(left, key=lambda city: length(trip[-1], city)))
        left.remove(trip[-1])
    improved = True
    while improved:
        improved = False
        for i in range(1, len(trip) - 1):
            for j in range(i + 1, len(trip)):
                a, b, c, d = trip[i - 1], trip[i], trip[j], trip[(j + 1) % len(trip)]
                if length(a, c) + length(b, d) < length(a, b) + length(c, d) - 1e-9:
                    trip[i : j + 1] = reversed(trip[i : j + 1])
                    improved = True
    return trip


def parts(count: int, flow: dict[Road, float]) -> list[set[int]]:
    """The connected components: the sets of cities that roads connect."""
    near: list[list[int]] = [[] for _ in range(count)]
    for a, b in flow:
        near[a].append(b)
        near[b].append(a)
    found, seen = [], set()
    for first in range(count):
        if first not in seen:
            part, waiting = {first}, [first]
            while waiting:
                more = [city for city in near[waiting.pop()] if city not in part]
                part.update(more)
                waiting += more
            seen |= part
            found.append(part)
    return found


def thin_cuts(count: int, flow: dict[Road, float]) -> Iterator[set[int]]:
    """Sets of cities with less than 2 roads out of them, by Stoer and Wagner's minimum-cut algorithm."""
    weight: dict[int, dict[int, float]] = {city: {} for city in range(count)}
    for (a, b), value in flow.items():
        weight[a][b] = weight[b][a] = value
    merged = {city: {city} for city in range(count)}
    while len(weight) > 1:
        bonds = dict.fromkeys(weight, 0.0)
        before = last = -1
        while bonds:
            before, last = last, max(bonds, key=lambda city: bonds[city])
            cut = bonds.pop(last)
            for city, value in weight[last].items():
                if city in bonds:
                    bonds[city] += value
        if cut < 2 - 1e-4:
            yield set(merged[last])
        merged[before] |= merged.pop(last)
        for city, value in weight.pop(last).items():
            del weight[city][last]
            if city != before:
                weight[before][city] = weight[city][before] = weight[before].get(city, 0.0) + value


def shortest_trip(cities: list[City]) -> tuple[list[int], float]:
    """The cities in the order of the shortest trip, and its length."""
    count = len(cities)
    lp = LinearProgram(name="traveling salesman")
    length = {
        (a, b): hypot(cities[a][0] - cities[b][0], cities[a][1] - cities[b][1]) for b in range(count) for a in range(b)
    }
    used = lp.Vars(length, "used", lb=0, ub=1, integer=True)
    for city in range(count):
        lp.add_constraint(sum(x for road, x in used.items() if city in road) == 2)
    lp.objective = sum(length[road] * x for road, x in used.items())

    def keep_together(ctx: SearchContext) -> None:
        if ctx.event in ("candidate", "relaxation"):
            values = {road: ctx.value(x) for road, x in used.items()}
            flow = {road: value for road, value in values.items() if value > 1e-6}
            found = parts(count, flow)
            if len(found) == 1 and ctx.event == "relaxation":
                found += thin_cuts(count, flow)
            for part in found:
                side = part if 2 * len(part) <= count else set(range(count)) - part
                if side:
                    inside = sum(used[road] for road in used if side.issuperset(road))
                    ctx.add_lazy(inside <= len(side) - 1)

    trip = nearest_neighbors(cities)
    roads = {(min(a, b), max(a, b)) for a, b in zip(trip, trip[1:] + trip[:1])}
    start = {x: road in roads for road, x in used.items()}
    best = lp.minimize(callback=keep_together, start=start)

    neighbors: dict[int, list[int]] = {city: [] for city in range(count)}
    for (a, b), x in used.items():
        if x.value == 1:
            neighbors[a].append(b)
            neighbors[b].append(a)
    trip = [0, neighbors[0][0]]
    while len(trip) < count:
        trip.append(next(city for city in neighbors[trip[-1]] if city != trip[-2]))
    return trip, best


def anywhere() -> list[City]:
    """Sixty random cities, the same in every run."""
    draw = random.Random(1)
    return [(int(1000 * draw.random()), int(1000 * draw.random())) for _ in range(60)]


#: The length of the shortest trip through them, also found by another solver that adds the violated sets in rounds.
SHORTEST = 6605.804316


def main() -> None:
    """Solve for sixty cities on a grid, whose shortest trip is known, and for sixty random ones."""
    grid = [(x, y) for x in range(10) for y in range(6)]
    trip, length = shortest_trip(grid)
    print(f"On the grid: {length:.6f}")
    # No road is shorter than 1, and some trips consist of 60 such roads.
    assert abs(length - 60) < 1e-6
    assert sorted(trip) == list(range(60))

    trip, length = shortest_trip(anywhere())
    print(f"Anywhere:    {length:.6f}")
    print(" ".join(map(str, trip)))
    assert abs(length - SHORTEST) < 1e-6
    assert sorted(trip) == list(range(60))


if __name__ == "__main__":
    main()
