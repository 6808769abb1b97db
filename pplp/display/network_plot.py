"""The plot of a network and its flow."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot, inf
from typing import Any, NamedTuple, Optional

from pplp.display.axes import (
    BLUE,
    GREEN,
    GREY,
    SMALL,
    VERMILION,
    Pixel,
    Room,
    arrow,
    axes_for,
    distance,
    halo,
    lifted,
    put,
    titled,
)
from pplp.ground.words import brief, shortened

__all__ = ["Arc", "network_plot"]

# Any: axes are those of matplotlib, which has no types here.


class Arc(NamedTuple):
    """An arc to draw: the indices of its nodes, its flow (None if unknown), its limits."""

    tail: int
    head: int
    amount: Optional[float]
    lower: float
    upper: float
    is_directed: bool = True


#: Above this many nodes, points without names; above this many arcs, lines without numbers.
_WRITTEN = 60
#: The radius of such a point.
_DOT = 2.5


def network_plot(
    nodes: Sequence[Any],
    notes: Sequence[str],
    surplus: Sequence[float],
    arcs: Sequence[Arc],
    places: Any,
    title: str,
    ax: Any,
) -> Any:
    """Plot a network and its flow.

    `surplus` is inflow minus outflow of each node, which sets its color; `notes` are shown under the nodes, and
    `places` are their positions.  An arc is as wide as its flow, and changes color at its capacity.
    """
    width = max((x for x, _ in places), default=0.0) - min((x for x, _ in places), default=0.0)
    height = max((y for _, y in places), default=0.0) - min((y for _, y in places), default=0.0)
    ax = axes_for(ax, 7.2, min(7.0, max(3.2, 7.2 * (height + 0.6) / (width + 1.0))))
    ax.set_axis_off()
    titled(ax, title)
    ax.set_xlim(*_padded([x for x, _ in places], 0.1))
    ax.set_ylim(*_padded([y for _, y in places], 0.22))
    room = Room(ax)
    is_written = len(nodes) <= _WRITTEN and len(arcs) <= 2 * _WRITTEN
    texts = [shortened(str(node), 14) for node in nodes]
    at = [room.at(*place) for place in places]
    radii = []
    for text in texts:
        radii.append((max(9.0, 0.31 * 9 * len(text) + 5), 9.0) if is_written else (_DOT, _DOT))
    for pixel, (wide, high) in zip(at, radii):
        dot = room.dot
        room.take([(pixel[0] - (wide - high) * dot, pixel[1]), (pixel[0] + (wide - high) * dot, pixel[1])], high)
    most = max((abs(arc.amount) for arc in arcs if arc.amount), default=1.0)
    bends = _bends(arcs, at, radii, room)
    labels = []
    for arc, bend in sorted(zip(arcs, bends), key=lambda pair: abs(pair[0].amount or 0.0)):
        middle = _draw_arc(ax, room, arc, bend, places, at, radii, most)
        if is_written and arc.tail != arc.head:
            labels.append((arc, middle))
    for k, (x, y) in enumerate(places):
        color = BLUE if surplus[k] < 0 else GREEN if surplus[k] > 0 else GREY
        if is_written:
            box = {"boxstyle": f"round,pad=0.45,rounding_size={0.9 if len(texts[k]) < 3 else 0.7}"}
            box.update(facecolor=color, edgecolor="none")
            ax.text(
                x,
                y,
                texts[k],
                ha="center",
                va="center",
                fontsize=9,
                color="white",
                bbox=box,
                zorder=5,
                parse_math=False,
            )
            if notes[k]:
                _note(ax, room, at[k], radii[k][1], notes[k])
        else:
            ax.scatter([x], [y], s=14, color=color, zorder=5)
    for arc, curve in labels:
        _label_arc(ax, room, arc, curve)
    return ax


def _note(ax: Any, room: Room, pixel: Pixel, high: float, text: str) -> None:
    """The note of a node, below or above it."""
    size = SMALL - 1
    reach = high + 3 + 0.62 * size * (text.count("\n") + 1)
    spots = [(pixel[0], pixel[1] - way * reach * room.dot) for way in (1, -1)]
    costs = [room.cost(*room.strip(spot, text, size)) + 2 * k for k, spot in enumerate(spots)]
    spot = spots[costs.index(min(costs))]
    put(ax, spot, text, fontsize=size, zorder=6, linespacing=1.15, path_effects=halo(ax))
    start, end, half = room.strip(spot, text, size)
    room.take([start, end], half / room.dot)


def _padded(values: Sequence[float], share: float) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=0.0)
    pad = share * (high - low) or 0.5
    return low - pad, high + pad


def _curve(start: Pixel, end: Pixel, bend: float) -> list[Pixel]:
    """Points along the arc that matplotlib draws with ``arc3,rad=bend``."""
    control = (start[0] + end[0]) / 2 + bend * (end[1] - start[1]), (start[1] + end[1]) / 2 - bend * (end[0] - start[0])
    points = []
    for k in range(13):
        t = k / 12
        weights = (1 - t) ** 2, 2 * t * (1 - t), t * t
        across, up = (sum(w * p[i] for w, p in zip(weights, (start, control, end))) for i in (0, 1))
        points.append((across, up))
    return points


def _bends(arcs: Sequence[Arc], at: Sequence[Pixel], radii: Sequence[Pixel], room: Room) -> list[float]:
    """How much each arc is bent, so that parallel arcs separate and none passes through a third node."""
    between: dict[frozenset[int], int] = {}
    for arc in arcs:
        ends = frozenset((arc.tail, arc.head))
        between[ends] = between.get(ends, 0) + 1
    taken: dict[tuple[int, int], int] = {}
    bends = []
    is_small = len(arcs) * len(at) <= 4 * _WRITTEN * _WRITTEN

    def covered(arc: Arc, bend: float) -> float:
        """How far the arc passes into other nodes."""
        path = _curve(at[arc.tail], at[arc.head], bend) if bend else [at[arc.tail], at[arc.head]]
        total = 0.0
        for k, node in enumerate(at):
            if k not in (arc.tail, arc.head):
                near = min(distance(node, p, q) for p, q in zip(path, path[1:]))
                total += max(0.0, 1.6 * radii[k][0] * room.dot - near)
        return total

    for arc in arcs:
        way = arc.tail, arc.head
        rank = taken[way] = taken.get(way, -1) + 1
        is_alone = between[frozenset(way)] == 1
        if not is_alone:
            bends.append(0.16 + 0.2 * rank)
        elif not is_small or not covered(arc, 0.0):
            bends.append(0.0)
        else:
            bends.append(min((0.18, -0.18, 0.32, -0.32, 0.5, -0.5), key=lambda bend: covered(arc, bend) + abs(bend)))
    return bends


def _draw_arc(
    ax: Any, room: Room, arc: Arc, bend: float, places: Any, at: Sequence[Pixel], radii: Sequence[Pixel], most: float
) -> list[Pixel]:
    """Draw an arrow between the rims of two nodes; returns points along it."""
    amount = abs(arc.amount or 0.0)
    is_full = arc.amount is not None and arc.upper < inf and arc.amount >= arc.upper - 1e-9 * max(1.0, abs(arc.upper))
    color = GREY if not amount else VERMILION if is_full else BLUE
    label = "without flow" if not amount else "at capacity" if is_full else "flow"
    is_written = radii[arc.tail][1] > _DOT
    width = (0.8 + 3.2 * amount / most if is_written else 0.8 + 1.4 * amount / most) if amount else 0.8
    if arc.tail == arc.head:
        lift = lifted(ax, radii[arc.tail][1] / 72 + 7 / 72)
        ring = {"marker": "o", "markersize": 16, "fillstyle": "none", "linestyle": "", "markeredgewidth": width}
        x, y = places[arc.tail]
        ax.plot([x], [y], transform=lift, color=color, zorder=2, label=f"_{label}", **ring)
        return []
    path = _curve(at[arc.tail], at[arc.head], bend)
    shrink = [
        _rim(radii[node], path[inner][0] - at[node][0], path[inner][1] - at[node][1])
        for node, inner in ((arc.tail, 2), (arc.head, -3))
    ]
    arrow(
        ax,
        tuple(places[arc.tail]),
        tuple(places[arc.head]),
        arrowstyle="-|>,head_length=0.36,head_width=0.2" if arc.is_directed or amount else "-",
        connectionstyle=f"arc3,rad={bend}",
        shrinkA=shrink[0],
        shrinkB=shrink[1] + width * bool(amount),
        mutation_scale=14 if is_written else 8,
        linestyle="-" if amount or arc.amount is None or not is_written else (0, (4, 3)),
        label=label,
        color=color,
        linewidth=width,
        zorder=3 if amount else 2,
        alpha=0.9 if amount else 0.6 if is_written else 0.35,
    )
    for start, end in zip(path, path[1:]):
        room.take([start, end], width / 2)
    return path


def _rim(radii: Pixel, dx: float, dy: float) -> float:
    """The vector from the middle of a box to its rim, in this direction."""
    wide, high = radii
    length = hypot(dx, dy) or 1.0
    across, up = abs(dx) / length, abs(dy) / length
    return min(wide / across if across else inf, high / up if up else inf) + 1.0


def _label_arc(ax: Any, room: Room, arc: Arc, path: Sequence[Pixel]) -> None:
    """Flow and capacity, next to the middle of the arc or where there is room."""
    limit = f"/{brief(arc.upper)}" if arc.upper < inf else ""
    if arc.amount is None:
        text = f"{brief(arc.lower) + ' to' if arc.lower else '≤'} {limit[1:]}" if limit else ""
    else:
        text = f"{brief(arc.amount)}{limit}" if arc.amount or limit else ""
    if not text:
        return
    wide = 0.28 * SMALL * len(text)
    best: tuple[float, Pixel] = (inf, path[0])
    for k in (6, 5, 7, 4, 8, 3, 9):
        (ax_, ay), (bx, by) = path[k - 1], path[k + 1]
        length = hypot(bx - ax_, by - ay) or 1.0
        across, up = -(by - ay) / length, (bx - ax_) / length
        for way in (1, -1):
            gap = (abs(across) * wide + abs(up) * 0.6 * SMALL + 4.5) * room.dot * way
            middle = path[k][0] + gap * across, path[k][1] + gap * up
            cost = room.cost(*room.strip(middle, text, SMALL)) + 0.3 * abs(k - 6)
            best = min(best, (cost, middle))
    style = {"color": GREY} if not arc.amount else {}
    put(ax, best[1], text, zorder=6, path_effects=halo(ax), **style)
    start, end, half = room.strip(best[1], text, SMALL)
    room.take([start, end], half / room.dot)
