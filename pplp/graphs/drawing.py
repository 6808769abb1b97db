"""Drawings of flows: nodes with their supply or demand, arcs with their flow."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite, nan
from typing import Any, NamedTuple, Optional

from pplp.core.constraints import Constraint
from pplp.errors import InvalidValue, NoSolution
from pplp.graphs.layout import layered
from pplp.graphs.network import Network
from pplp.program import LinearProgram

__all__ = ["Picture", "cut_plot", "flow_plot", "sides_plot"]

# Any: axes are those of matplotlib, which has no types here.


class Picture(NamedTuple):
    """A program on a network, ready to be drawn."""

    lp: LinearProgram
    network: Network
    #: By node, or the name of a node attribute; None for layers.
    pos: Any
    ax: Any

    def drawn(self, notes: Sequence[str], colors: Sequence[float], arcs: Sequence[Any], sources: Sequence[int]) -> Any:
        """Draw it and return the axes; `sources` are the indices of the nodes that the layers start from."""
        from pplp.display.network_plot import network_plot

        network, pos = self.network, self.pos
        if network.edge_of is not None:
            arcs = _edges(arcs, network.edge_of)
        if pos is not None:
            places = _placed(network, pos)
        else:
            places = layered(len(network.nodes), network.tails, network.heads, sources)
        return network_plot(network.nodes, notes, colors, arcs, places, _title(self.lp), self.ax)


def flow_plot(
    picture: Picture,
    amounts: Callable[[], Sequence[float]],
    limits: Sequence[tuple[float, float]],
    gains: Optional[Sequence[float]],
    balances: Sequence[Constraint],
) -> Any:
    """A flow on its network: amount, bounds and gain of each arc, the balance of each node.  See `Flow.plot`."""
    from pplp.display.network_plot import Arc

    network, found = picture.network, _known(amounts)
    arcs, surplus = [], [0.0] * len(network.nodes)
    for k, (u, v, (low, high)) in enumerate(zip(network.tails, network.heads, limits)):
        amount = None
        if found is not None:
            amount = float(found[k])
            surplus[u] -= amount
            surplus[v] += amount * (1.0 if gains is None else float(gains[k]))
        arcs.append(Arc(u, v, amount, float(low), float(high), network.is_directed))
    notes = _notes(balances, surplus, found is not None)
    return picture.drawn(notes, surplus, arcs, [place for place, amount in enumerate(surplus) if amount < 0])


def cut_plot(
    picture: Picture, at_source: Callable[[], Sequence[bool]], capacities: Sequence[float], ends: tuple[int, int]
) -> Any:
    """A cut of a network: the side of each node, the capacity of each arc.  See `MinimumCut.plot`."""
    from pplp.display.network_plot import Arc

    network, here = picture.network, _known(at_source)
    arcs = []
    for u, v, capacity in zip(network.tails, network.heads, capacities):
        amount = None if here is None else float(capacity) if here[u] and not here[v] else 0.0
        arcs.append(Arc(u, v, amount, 0.0, float(capacity), network.is_directed))
    colors = [0.0] * len(network.nodes) if here is None else [-1.0 if one else 1.0 for one in here]
    notes = [""] * len(network.nodes)
    for place, note, color in zip(ends, ("source", "sink"), (-1.0, 1.0)):
        notes[place], colors[place] = note, color
    return picture.drawn(notes, colors, arcs, ends[:1])


def sides_plot(
    picture: Picture,
    sides: Sequence[Iterable[Any]],
    amounts: Callable[[], Sequence[float]],
    most: Iterable[float],
    rows: Sequence[Constraint],
) -> Any:
    """What is shipped from one side to the other, and the capacities.  See `Transportation.plot`."""
    from pplp.display.network_plot import Arc, network_plot

    first, second = (list(side) for side in sides)
    found = _known(amounts)
    place = [{name: k for k, name in enumerate(first)}, {name: k for k, name in enumerate(second, len(first))}]
    arcs, surplus = [], [0.0] * (len(first) + len(second))
    for k, ((i, j), upper) in enumerate(zip(picture.network.keys, most)):
        amount = None if found is None else float(found[k])
        u, v = place[0][i], place[1][j]
        surplus[u] -= amount or 0.0
        surplus[v] += amount or 0.0
        arcs.append(Arc(u, v, amount, 0.0, upper))
    notes = _notes(rows, surplus, found is not None, count_of_senders=len(first))
    places = [
        [2.0 * side, (len(names) - 1) / 2 - k] for side, names in enumerate((first, second)) for k in range(len(names))
    ]
    return network_plot([*first, *second], notes, surplus, arcs, places, _title(picture.lp), picture.ax)


def _known(amounts: Any) -> Optional[list[Any]]:
    """The flows, or the sides of nodes; None if there is no solution."""
    try:
        found: list[Any] = amounts()
    except NoSolution:
        return None
    return found


def _edges(arcs: Sequence[Any], edge_of: Sequence[int]) -> list[Any]:
    """For each edge, the direction with the larger flow, and the net flow in it."""
    ways: dict[int, list[Any]] = {}
    for arc, edge in zip(arcs, edge_of):
        ways.setdefault(edge, []).append(arc)
    found = []
    for both in ways.values():
        least, most = both[0], both[-1]
        if len(both) == 2 and most.amount is not None:
            least, most = sorted(both, key=lambda arc: arc.amount)
            most = most._replace(amount=most.amount - least.amount)
        found.append(most)
    return found


def _notes(rows: Sequence[Constraint], surplus: list[float], is_solved: bool, count_of_senders: int = 0) -> list[str]:
    """The text for each node: what it sends or receives, and its dual.

    Before the program is solved, the text is the supply or demand instead, and `surplus` is set to the demand.
    """
    prices: list[Optional[float]] = [None] * len(rows)
    if is_solved:
        with contextlib.suppress(NoSolution):
            prices = [row.dual for row in rows]
    notes = []
    for k, (row, price) in enumerate(zip(rows, prices)):
        said = ""
        if is_solved:
            surplus[k] = surplus[k] if abs(surplus[k]) > 1e-9 else 0.0
            said = _said("receives" if surplus[k] > 0 else "sends", abs(surplus[k])) if surplus[k] else ""
        else:
            sign = -1 if k < count_of_senders else 1
            low, high = sorted((sign * row.lb, sign * row.ub))
            surplus[k] = low if low > 0 else high if high < 0 else low if -1e300 < low < 0 else 0.0
            about = "" if low == high else "at least " if low > 0 or high < 0 else "at most "
            said = _said(f"needs {about}" if surplus[k] > 0 else f"has {about}", abs(surplus[k])) if surplus[k] else ""
        notes.append("\n".join(filter(None, [said, "" if price is None else _said("price", price + 0.0)])))
    return notes


def _said(word: str, value: float) -> str:
    return f"{word.strip()} {value:.6g}"


def _title(lp: LinearProgram) -> str:
    solution = lp.solution
    if solution is None or lp.status.value == "unsolved":
        return "not solved"
    if not solution.has_solution:
        return str(solution.status)
    return f"{solution.status}, objective {solution.objective:.6g}"


def _placed(network: Network, pos: Any) -> list[list[float]]:
    """The positions given by the user: by node, or by the name of a node attribute."""
    if isinstance(pos, str):
        data = network._node_data
        if data is None or any(pos not in one for one in data):
            raise InvalidValue(f"Not every node has an attribute {pos!r}. Give pos as a mapping {{node: (x, y)}}.")
        pos = {node: one[pos] for node, one in zip(network.nodes, data)}
    if not isinstance(pos, Mapping):
        raise InvalidValue(f"pos must be a mapping {{node: (x, y)}}, as networkx's layouts are, not {pos!r}.")
    missing = [node for node in network.nodes if node not in pos]
    if missing:
        raise InvalidValue(f"The node {missing[0]!r} has no position in pos.")
    return [_pair(node, pos[node]) for node in network.nodes]


def _pair(node: Any, place: Iterable[Any]) -> list[float]:
    try:
        x, y = map(float, place)
    except (TypeError, ValueError):
        x = y = nan
    if not (isfinite(x) and isfinite(y)):
        raise InvalidValue(f"The position of {node!r} must be a pair of numbers, not {place!r}.")
    return [x, y]
