"""The workloads: seeded, the same on every interpreter, made of plain lists and numbers.

    W1  tracking_network   minimum-cost flow: one column for an arc, one equality for a node
    W2  dense_problem      1,000 rows over 1,000 columns, every coefficient there
    W3  short_rows         200,000 rows of three terms over 100,000 columns
    W4  (a number n)       one sum over n variables; needs no data
    W5  sparse_problem     2,000 rows and columns, and 200 single changes, each followed by a solve

Only `random.Random.random` is drawn from: it alone is promised to give the same numbers in every version.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from random import Random
from typing import TextIO, Union

__all__ = [
    "KINDS",
    "NETWORKS",
    "SIZES",
    "DenseProblem",
    "FlowNetwork",
    "ShortRows",
    "SparseProblem",
    "Problem",
    "dense_problem",
    "problem_of",
    "scale_of",
    "short_rows",
    "sparse_problem",
    "tracking_network",
    "assignment_network",
    "grid_network",
    "layered_network",
    "transportation_network",
    "write_dimacs",
]

#: Names of sizes, as factors of the full one.  "tiny" is for checking that two statements mean the same.
SIZES = {
    "W1": {"tiny": 0.005, "small": 0.1, "full": 1.0, "double": 2.0, "quadruple": 4.0},
    "W2": {"tiny": 0.03, "small": 0.3, "full": 1.0, "double": 2.0},
    "W3": {"tiny": 0.001, "small": 0.1, "full": 1.0, "double": 2.0},
}


def scale_of(workload: str, size: str) -> float:
    """The factor that a size, a name or a number, stands for; raises `ValueError` for anything else."""
    names = SIZES[workload]
    try:
        scale = names[size] if size in names else float(size)
    except ValueError:
        raise ValueError(f"The size {size!r} is neither a number nor one of {', '.join(names)}.") from None
    if not 0 < scale <= 100:
        raise ValueError(f"The size {size} is out of the range 0 to 100.")
    return scale


class _Draws:
    """Random numbers, all of them made from `Random.random`."""

    def __init__(self, seed: int) -> None:
        self.unit = Random(seed).random

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.unit() * (high - low + 1))


# --------------------------------------------------------------------- W1
@dataclass(frozen=True)
class FlowNetwork:
    """Minimize cost . x over 0 <= x <= capacity, where out of each node flows `supply` more than into it."""

    nodes: int
    tails: list[int]
    heads: list[int]
    costs: list[int]
    capacities: list[int]
    supplies: list[int]
    parameters: dict[str, float]
    #: For each node the arcs that leave it, and those that enter it.
    out: list[list[int]] = field(init=False, repr=False)
    into: list[list[int]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        out: list[list[int]] = [[] for _ in range(self.nodes)]
        into: list[list[int]] = [[] for _ in range(self.nodes)]
        for arc, (tail, head) in enumerate(zip(self.tails, self.heads)):
            out[tail].append(arc)
            into[head].append(arc)
        object.__setattr__(self, "out", out)
        object.__setattr__(self, "into", into)

    @property
    def arcs(self) -> int:
        """How many arcs, and so columns, there are."""
        return len(self.tails)

    @property
    def nonzeros(self) -> int:
        """How many coefficients the matrix has."""
        return 2 * self.arcs


#: The benchmark of 2011: 154,072 nodes and 390,334 arcs.
_DETECTIONS, _LINKS, _IN_A_FRAME = 77_035, 159_228, 77
_SOURCE, _SINK = 0, 1
#: About what the others of the family have at scale 1.
_ARCS = 390_000


def tracking_network(
    scale: float = 1.0, *, real_share: float = 0.004, track_length: int = 20, seed: int = 2011
) -> FlowNetwork:
    """A network for following many objects through a film (Zhang, Li and Nevatia, 2008).

    A detector has marked what may be objects, 77 in each frame.  Detection k is a pair of nodes
    (2 + 2k, 3 + 2k) with an arc between: to use it costs less than nothing where it is real, more where it is
    clutter.  A track is a unit of flow from the source through detections of consecutive
    frames to the sink; it pays where it starts, where it ends, and for each link by the distance.  A bypass arc
    from source to sink costs nothing, so that as many tracks form as are worth it.

    `real_share` of the detections lie on tracks of `track_length` frames.  The fewer they are, the fewer pivots a
    simplex needs; the default makes GLPK's primal simplex from the slack basis work for some tens of seconds at
    scale 1, and not for hours.  Arcs are numbered tail by tail.
    """
    draws = _Draws(seed)
    count = max(60, round(_DETECTIONS * scale))
    frames = max(3, count // _IN_A_FRAME)
    frame_of = [k * frames // count for k in range(count)]
    in_frame: list[list[int]] = [[] for _ in range(frames)]
    for k in range(count):
        in_frame[frame_of[k]].append(k)
    place = [draws.unit() for _ in range(count)]
    tracks = _tracks(draws, in_frame, place, max(2, round(count * real_share / track_length)), track_length)
    follower = {a: b for track in tracks for a, b in zip(track, track[1:])}
    real = {k for track in tracks for k in track}
    links = _links(in_frame, place, follower, round(_LINKS * scale))

    tails: list[int] = []
    heads: list[int] = []
    costs: list[int] = []
    capacities: list[int] = []

    def arc(tail: int, head: int, cost: int, capacity: int = 1) -> None:
        tails.append(tail)
        heads.append(head)
        costs.append(cost)
        capacities.append(capacity)

    for k in range(count):
        arc(_SOURCE, 2 + 2 * k, draws.whole(300, 600))
    most = 2 * len(tracks)
    arc(_SOURCE, _SINK, 0, most)
    for k in range(count):
        arc(2 + 2 * k, 3 + 2 * k, draws.whole(-300, -100) if k in real else draws.whole(20, 300))
        arc(3 + 2 * k, _SINK, draws.whole(300, 600))
        for other in links[k]:
            arc(3 + 2 * k, 2 + 2 * other, 1 + int(10_000 * abs(place[k] - place[other])))
    supplies = [0] * (2 + 2 * count)
    supplies[_SOURCE], supplies[_SINK] = most, -most
    parameters = {
        "scale": scale,
        "seed": seed,
        "detections": count,
        "frames": frames,
        "links": sum(map(len, links)),
        "real_share": real_share,
        "track_length": track_length,
        "tracks": len(tracks),
    }
    return FlowNetwork(len(supplies), tails, heads, costs, capacities, supplies, parameters)


def _tracks(draws: _Draws, in_frame: list[list[int]], place: list[float], count: int, length: int) -> list[list[int]]:
    """Objects that walk slowly: each takes one free detection of a frame after the other and puts it at its place."""
    length = min(length, len(in_frame))
    free = [len(detections) for detections in in_frame]  # the last ones of each frame are given away first
    tracks = []
    for _ in range(count):
        first = draws.whole(0, len(in_frame) - length)
        here = draws.unit()
        track = []
        for frame in range(first, first + length):
            if not free[frame]:
                break
            free[frame] -= 1
            detection = in_frame[frame][free[frame]]
            here = min(1.0, max(0.0, here + (draws.unit() - 0.5) / 500))
            place[detection] = here
            track.append(detection)
        tracks.append(track)
    return tracks


def _links(in_frame: list[list[int]], place: list[float], follower: dict[int, int], count: int) -> list[list[int]]:
    """For each detection those of the next frame it may be linked to, `count` in all: true ones, then the nearest."""
    near: list[list[int]] = [[] for _ in place]
    for now, after in zip(in_frame, in_frame[1:]):
        ordered = sorted(after, key=place.__getitem__)
        places = [place[k] for k in ordered]
        for k in now:
            at = bisect_left(places, place[k])
            near[k] = sorted(ordered[max(0, at - 3) : at + 3], key=lambda other, k=k: abs(place[k] - place[other]))  # type: ignore[misc]
            if k in follower:
                near[k] = [follower[k], *(other for other in near[k] if other != follower[k])]
    links: list[list[int]] = [[] for _ in place]
    left = count
    for rank in range(6):
        having = [k for k, others in enumerate(near) if len(others) > rank]
        if len(having) > left:
            having = [having[i * len(having) // left] for i in range(left)]
        for k in having:
            links[k].append(near[k][rank])
        left -= len(having)
    return links


# --------------------------------------------------------------------- networks of other shapes
def layered_network(scale: float = 1.0, *, width: int = 60, degree: int = 5, seed: int = 7) -> FlowNetwork:
    """Layers of 60 nodes, each with five arcs into the next layer; from a source before them to a sink behind.

    Half of what the first layer can hold is sent: about 390,000 arcs at scale 1, in 1,300 layers.
    """
    draws = _Draws(seed)
    layers = max(3, round(_ARCS * scale / (width * degree)))
    tails: list[int] = []
    heads: list[int] = []
    first = 2  # after the source and the sink
    for place in range(width):
        tails.append(_SOURCE)
        heads.append(first + place)
    for layer in range(layers - 1):
        here = first + layer * width
        for place in range(width):
            # One arc leads straight on: what enters can always leave.
            others = [draws.whole(0, width - 1) for _ in range(degree - 1)]
            tails += [here + place] * degree
            heads += [here + width + other for other in (place, *others)]
    last = first + (layers - 1) * width
    for place in range(width):
        tails.append(last + place)
        heads.append(_SINK)
    most = 20
    costs = [draws.whole(1, 1000) for _ in tails]
    capacities = [
        most if tail == _SOURCE or head == _SINK or head == tail + width else draws.whole(1, most)
        for tail, head in zip(tails, heads)
    ]
    supplies = [0] * (first + layers * width)
    supplies[_SOURCE], supplies[_SINK] = width * most // 2, -(width * most // 2)
    return FlowNetwork(len(supplies), tails, heads, costs, capacities, supplies, {"scale": scale, "layers": layers})


def grid_network(scale: float = 1.0, *, seed: int = 11) -> FlowNetwork:
    """A square grid with arcs to all four neighbors; one node in fifty sends, one receives.

    No capacity binds on a ring road around the grid, so that a flow is there.
    """
    draws = _Draws(seed)
    side = max(4, round((_ARCS * scale / 4) ** 0.5))
    tails: list[int] = []
    heads: list[int] = []
    costs: list[int] = []
    capacities: list[int] = []
    count = side * side
    for v in range(count):
        row, column = divmod(v, side)
        for r, c in ((row, column + 1), (row + 1, column), (row, column - 1), (row - 1, column)):
            if 0 <= r < side and 0 <= c < side:
                tails.append(v)
                heads.append(r * side + c)
                costs.append(draws.whole(1, 1000))
                capacities.append(draws.whole(50, 150))
    supplies = [0] * count
    for _ in range(max(1, count // 50)):
        amount = draws.whole(1, 20)
        supplies[draws.whole(0, count - 1)] += amount
        supplies[draws.whole(0, count - 1)] -= amount
    return FlowNetwork(count, tails, heads, costs, capacities, supplies, {"scale": scale, "side": side})


def transportation_network(scale: float = 1.0, *, seed: int = 13) -> FlowNetwork:
    """From each of 625 sources to each of 625 sinks, at scale 1: all arcs are there, without bounds that bind."""
    draws = _Draws(seed)
    side = max(3, round((_ARCS * scale) ** 0.5))
    supplies = [0] * (2 * side)
    for _ in range(20 * side):
        amount = draws.whole(1, 10)
        supplies[draws.whole(0, side - 1)] += amount
        supplies[side + draws.whole(0, side - 1)] -= amount
    tails = [u for u in range(side) for _ in range(side)]
    heads = [side + v for _ in range(side) for v in range(side)]
    costs = [draws.whole(1, 1000) for _ in tails]
    total = sum(supplies[:side])
    return FlowNetwork(2 * side, tails, heads, costs, [total] * len(tails), supplies, {"scale": scale, "side": side})


def assignment_network(scale: float = 1.0, *, degree: int = 20, seed: int = 17) -> FlowNetwork:
    """Persons and as many tasks, of which each person can do twenty; one of them makes all fit."""
    draws = _Draws(seed)
    degree = min(degree, max(2, round((_ARCS * scale) ** 0.5)))
    count = max(degree, round(_ARCS * scale / degree))
    tails: list[int] = []
    heads: list[int] = []
    costs: list[int] = []
    for person in range(count):
        tasks = {person}
        while len(tasks) < degree:
            tasks.add(draws.whole(0, count - 1))
        for task in sorted(tasks):
            tails.append(person)
            heads.append(count + task)
            costs.append(draws.whole(1, 1000))
    supplies = [1] * count + [-1] * count
    return FlowNetwork(2 * count, tails, heads, costs, [1] * len(tails), supplies, {"scale": scale, "count": count})


#: The family of networks, by name; each has about 390,000 arcs at scale 1.
NETWORKS = {
    "tracking": tracking_network,
    "layered": layered_network,
    "grid": grid_network,
    "transportation": transportation_network,
    "assignment": assignment_network,
}


def write_dimacs(network: FlowNetwork, file: TextIO) -> None:
    """Write the network in DIMACS format, its arcs from the last to the first.

    GLPK puts each arc it reads in front of the others of its tail.  Written backwards they come out forwards, and
    GLPK's own program has the same columns in the same order as one that is stated arc by arc.
    """
    file.write(f"p min {network.nodes} {network.arcs}\n")
    file.writelines(f"n {v + 1} {supply}\n" for v, supply in enumerate(network.supplies) if supply)
    file.writelines(
        f"a {tail + 1} {head + 1} 0 {capacity} {cost}\n"
        for tail, head, capacity, cost in zip(
            reversed(network.tails), reversed(network.heads), reversed(network.capacities), reversed(network.costs)
        )
    )


# --------------------------------------------------------------------- W2
@dataclass(frozen=True)
class DenseProblem:
    """Minimize cost . x over rows . x <= right_hand_sides and 0 <= x <= 1."""

    rows: list[list[float]]
    right_hand_sides: list[float]
    costs: list[int]

    @property
    def nonzeros(self) -> int:
        """How many coefficients the matrix has."""
        return len(self.rows) * len(self.costs)


def dense_problem(scale: float = 1.0, *, seed: int = 2) -> DenseProblem:
    """As many rows as columns, 1,000 at scale 1; no coefficient is zero, and all are exact in binary."""
    draws = _Draws(seed)
    count = max(2, round(1000 * scale))
    rows = [[draws.whole(64, 191) / 128 for _ in range(count)] for _ in range(count)]
    right_hand_sides = [count * draws.whole(64, 127) / 512 for _ in range(count)]
    return DenseProblem(rows, right_hand_sides, [-draws.whole(1, 100) for _ in range(count)])


# --------------------------------------------------------------------- W3
@dataclass(frozen=True)
class ShortRows:
    """Minimize cost . x over 2 x[i] + 3 x[j] - x[k] <= c for each (i, j, k, c), and 0 <= x <= 10."""

    rows: list[tuple[int, int, int, int]]
    costs: list[int]

    @property
    def nonzeros(self) -> int:
        """How many coefficients the matrix has."""
        return 3 * len(self.rows)


def short_rows(scale: float = 1.0, *, seed: int = 3) -> ShortRows:
    """200,000 rows over 100,000 columns at scale 1; the three columns of a row differ."""
    draws = _Draws(seed)
    columns = max(3, round(100_000 * scale))
    rows = []
    for _ in range(2 * columns):
        i, step = draws.whole(0, columns - 1), draws.whole(1, columns - 2)
        far = draws.whole(step + 1, columns - 1)
        rows.append((i, (i + step) % columns, (i + far) % columns, draws.whole(1, 50)))
    return ShortRows(rows, [-draws.whole(1, 100) for _ in range(columns)])


# --------------------------------------------------------------------- W5
#: What a change of W5 may be, in the words of the tables.
KINDS = ("right-hand side", "bound", "cost")


@dataclass(frozen=True)
class SparseProblem:
    """Minimize cost . x over A x <= right_hand_sides, 0 <= x <= upper; then `changes` (kind, place, new value)."""

    columns: list[list[int]]
    coefficients: list[list[float]]
    right_hand_sides: list[float]
    upper: list[float]
    costs: list[float]
    changes: list[tuple[str, int, float]]

    @property
    def nonzeros(self) -> int:
        """How many coefficients the matrix has."""
        return sum(map(len, self.columns))


def sparse_problem(count: int = 2000, changes: int = 200, *, in_a_row: int = 6, seed: int = 5) -> SparseProblem:
    """A square sparse problem, and changes of a right-hand side, a bound and a cost in turn."""
    draws = _Draws(seed)
    in_a_row = min(in_a_row, count)
    columns = [_sample(draws, count, in_a_row) for _ in range(count)]
    coefficients = [[float(draws.whole(1, 9)) for _ in range(in_a_row)] for _ in range(count)]
    right_hand_sides = [float(draws.whole(20, 100)) for _ in range(count)]
    upper = [float(draws.whole(5, 20)) for _ in range(count)]
    costs = [-float(draws.whole(1, 100)) for _ in range(count)]
    ranges = {"right-hand side": (10, 120), "bound": (1, 20), "cost": (-120, -1)}
    edits = []
    for k in range(changes):
        kind = KINDS[k % len(KINDS)]
        edits.append((kind, draws.whole(0, count - 1), float(draws.whole(*ranges[kind]))))
    return SparseProblem(columns, coefficients, right_hand_sides, upper, costs, edits)


def _sample(draws: _Draws, count: int, size: int) -> list[int]:
    """`size` different numbers below `count`, in order."""
    chosen: set[int] = set()
    while len(chosen) < size:
        chosen.add(draws.whole(0, count - 1))
    return sorted(chosen)


# --------------------------------------------------------------------- by name
Problem = Union[FlowNetwork, DenseProblem, ShortRows, SparseProblem]


def problem_of(workload: str, size: str) -> Problem:
    """The instance of W1, W2 or W3 of a size, or the one of W5 with so many rows."""
    if workload == "W1":
        return tracking_network(scale_of(workload, size))
    if workload == "W2":
        return dense_problem(scale_of(workload, size))
    if workload == "W3":
        return short_rows(scale_of(workload, size))
    return sparse_problem(int(size))
