"""What is drawn of a flow: nodes with what they send or need, arcs with what they carry."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite, nan
from typing import TYPE_CHECKING, Any, Optional

from pplp.core.constraints import Constraint
from pplp.errors import InvalidValue, NoSolution
from pplp.graphs.layout import layered
from pplp.graphs.network import Network
from pplp.program import LinearProgram

if TYPE_CHECKING:
    from pplp.graphs.cuts import MinimumCut
    from pplp.graphs.flow import Flow

__all__ = ["cut_plot", "flow_plot", "sides_plot"]


def flow_plot(flow: Flow, ax: Any, pos: Any) -> Any:
    """A flow on its network.  See `Flow.plot`."""
    from pplp.display.plots import Arc, network_plot

    network, count = flow.network, len(flow.network.nodes)
    amounts = _known(flow._amounts)
    arcs, surplus = [], [0.0] * count
    for k, (u, v, (low, high)) in enumerate(zip(network.tails, network.heads, flow._limits())):
        amount = None
        if amounts is not None:
            amount = float(amounts[k])
            surplus[u] -= amount
            surplus[v] += amount * (1.0 if flow._gains is None else float(flow._gains[k]))
        arcs.append(Arc(u, v, amount, float(low), float(high), network.is_directed))
    if network.edge_of is not None:
        arcs = _edges(arcs, network.edge_of)
    balances = [flow._balance(place) for place in range(count)]
    notes = _notes(balances, surplus, flow.lp, amounts is not None)
    senders = [place for place in range(count) if surplus[place] < 0]
    places = _placed(network, pos) if pos is not None else layered(count, network.tails, network.heads, senders)
    return network_plot(network.nodes, notes, surplus, arcs, places, _title(flow.lp), ax)


def cut_plot(cut: MinimumCut, ax: Any, pos: Any) -> Any:
    """A cut of a network.  See `MinimumCut.plot`."""
    from pplp.display.plots import Arc, network_plot

    network, count = cut.network, len(cut.network.nodes)
    here = _known(cut._at_source)
    arcs = []
    for u, v, capacity in zip(network.tails, network.heads, cut._capacities):
        amount = None if here is None else float(capacity) if here[u] and not here[v] else 0.0
        arcs.append(Arc(u, v, amount, 0.0, float(capacity), network.is_directed))
    if network.edge_of is not None:
        arcs = _edges(arcs, network.edge_of)
    colours = [0.0] * count if here is None else [-1.0 if one else 1.0 for one in here]
    notes = [""] * count
    for place, note, colour in zip(cut._ends, ("source", "sink"), (-1.0, 1.0)):
        notes[place], colours[place] = note, colour
    places = _placed(network, pos) if pos is not None else layered(count, network.tails, network.heads, cut._ends[:1])
    return network_plot(network.nodes, notes, colours, arcs, places, _title(cut.lp), ax)


def sides_plot(plan: Any, ax: Any) -> Any:
    """What goes from the things of one side to those of the other.  See `Transportation.plot`."""
    from pplp.display.plots import Arc, network_plot

    first, second = (list(side) for side in plan._sides)
    amounts = _known(plan._amounts)
    place = [{name: k for k, name in enumerate(first)}, {name: k for k, name in enumerate(second, len(first))}]
    arcs, surplus = [], [0.0] * (len(first) + len(second))
    for k, ((i, j), x) in enumerate(zip(plan._network.keys, plan.x)):
        amount = None if amounts is None else float(amounts[k])
        u, v = place[0][i], place[1][j]
        surplus[u] -= amount or 0.0
        surplus[v] += amount or 0.0
        arcs.append(Arc(u, v, amount, 0.0, x.ub))
    rows = [*plan._rows[0], *plan._rows[1]]
    notes = _notes(rows, surplus, plan.lp, amounts is not None, count_of_senders=len(first))
    places = [
        [2.0 * side, (len(names) - 1) / 2 - k] for side, names in enumerate((first, second)) for k in range(len(names))
    ]
    return network_plot([*first, *second], notes, surplus, arcs, places, _title(plan.lp), ax)


def _known(amounts: Any) -> Optional[list[Any]]:
    """The flows, or the sides of nodes; None where there are none."""
    try:
        found: list[Any] = amounts()
    except NoSolution:
        return None
    return found


def _edges(arcs: Sequence[Any], edge_of: Sequence[int]) -> list[Any]:
    """Of the two ways of each edge the one that more flows, with what flows that way more than the other."""
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


def _notes(
    rows: Sequence[Constraint], surplus: list[float], lp: LinearProgram, is_solved: bool, count_of_senders: int = 0
) -> list[str]:
    """What each node sends or needs, and its price; the `surplus` of an unsolved program is what it demands."""
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
    """The positions that were given: by node, or by the name of an attribute of the nodes."""
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
