"""Networks: nodes and arcs, and numbers for both, read from any supported source."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from math import inf
from operator import index
from typing import Any, Callable, Optional, TypeVar, Union

from pplp.core.scalars import LARGE, coefficient, is_number, real, refuse_unordered
from pplp.errors import InvalidValue

__all__ = ["Keyed", "Network", "by_label", "checked", "is_name", "is_number"]

# Any: numbers may be given as any object that has them by label.

Thing = TypeVar("Thing")


class Network:
    """The nodes of a graph, and the arcs between them.

    `graph` is one of

    * a networkx graph of any kind; in an undirected one each edge is an arc in each direction;
    * a data frame with the columns ``source`` and ``target``: pandas, polars, or anything with the same interface;
    * a pair (tails, heads) of sequences: lists, numpy arrays, columns.

    The key of an arc is (u, v); in a multigraph, and if arrays have parallel arcs, it is (u, v, k).

    >>> network = Network((["a", "b"], ["b", "c"]))
    >>> network.nodes, network.keys
    (['a', 'b', 'c'], [('a', 'b'), ('b', 'c')])
    """

    #: The names of the nodes, in order.
    nodes: list[Any]
    #: The indices in `nodes` of each arc's tail and head.
    tails: list[int]
    heads: list[int]

    def __init__(self, graph: Any, *, nodes: Optional[Iterable[Any]] = None) -> None:
        self.is_directed = True
        self.is_multigraph = False
        self._keys: Optional[list[Any]] = None
        self._places: Optional[dict[Any, int]] = None
        self._node_places: Optional[dict[Any, int]] = None
        self.edge_of: Optional[Sequence[int]] = None  # the index of each arc's edge, if the graph is undirected
        self._edge_data: Optional[list[Mapping[Any, Any]]] = None
        self._node_data: Optional[list[Mapping[Any, Any]]] = None
        self._frame: Any = None
        if hasattr(graph, "is_multigraph") and hasattr(graph, "edges"):
            self._read_graph(graph)
        elif hasattr(graph, "columns"):
            missing = [name for name in ("source", "target") if name not in graph.columns]
            if missing:
                raise InvalidValue(
                    f"The frame has no column {missing[0]!r}. Rename its columns, or give a pair (tails, heads)."
                )
            self._frame = graph
            self._read_arrays(_listed(graph["source"]), _listed(graph["target"]), nodes)
        elif isinstance(graph, list) and len(graph) == 2 and all(type(e) is tuple and len(e) == 2 for e in graph):
            raise InvalidValue(
                f"Are {graph!r} two edges, or tails and heads? Give the tuple (tails, heads), each with one entry for "
                "each arc."
            )
        elif isinstance(graph, (tuple, list)) and len(graph) == 2:
            self._read_arrays(_listed(graph[0]), _listed(graph[1]), nodes)
        else:
            raise InvalidValue(
                f"{type(graph).__name__} is not a network. Give a networkx graph, a frame with the columns source and "
                "target, or a pair (tails, heads)."
            )

    def _read_graph(self, graph: Any) -> None:
        self.nodes = list(graph)
        self._node_data = [graph.nodes[node] for node in self.nodes]
        self.is_directed, self.is_multigraph = graph.is_directed(), graph.is_multigraph()
        place = self._node_places = {node: k for k, node in enumerate(self.nodes)}
        edges: Iterable[Any] = graph.edges(keys=True, data=True) if self.is_multigraph else graph.edges(data=True)
        keys, self._edge_data = [], []
        for edge in edges:
            keys.append(edge[:-1])
            self._edge_data.append(edge[-1])
        if not self.is_directed:  # one arc in each direction, but only one for a self-loop
            ways = [
                (edge, way)
                for edge, key in enumerate(keys)
                for way in ((key, (key[1], key[0], *key[2:])) if key[0] != key[1] else (key,))
            ]
            self.edge_of = [edge for edge, _ in ways]
            keys = [way for _, way in ways]
        self._keys = keys
        self.tails = [place[key[0]] for key in keys]
        self.heads = [place[key[1]] for key in keys]

    def _read_arrays(self, tails: list[Any], heads: list[Any], nodes: Optional[Iterable[Any]]) -> None:
        if len(tails) != len(heads):
            raise InvalidValue(f"There are {len(tails)} tails and {len(heads)} heads. Give one of each for every arc.")
        for ends, what in ((tails, "source"), (heads, "target")):
            _refuse_missing(ends, what)
        if isinstance(nodes, range) and nodes == range(len(nodes)) and {*map(type, tails), *map(type, heads)} <= {int}:
            self.nodes, self.tails, self.heads = list(nodes), tails, heads
            for end in (tails, heads):
                for node in (min(end, default=0), max(end, default=0)):
                    if end and not 0 <= node < len(nodes):
                        raise InvalidValue(f"An arc names the node {node}, but the nodes are 0 to {len(nodes) - 1}.")
            return
        if not isinstance(nodes, Mapping):
            refuse_unordered(nodes, "nodes= takes a list of nodes")
        place = self._node_places = {}
        for node in nodes if isinstance(nodes, range) else ():
            place[node] = len(place)
        known = len(place)
        try:
            ends = [place.setdefault(node, len(place)) for pair in zip(tails, heads) for node in pair]
        except TypeError as error:
            raise InvalidValue(f"A node must be something that can be the key of a dict: {error}.") from None
        if isinstance(nodes, range) and len(place) > known:
            stranger = list(place)[known]
            raise InvalidValue(f"An arc names the node {stranger!r}, but the nodes are 0 to {known - 1}.")
        for node in nodes if nodes is not None else ():
            place.setdefault(node, len(place))
        self.nodes, self.tails, self.heads = list(place), ends[0::2], ends[1::2]

    def __len__(self) -> int:
        return len(self.tails)

    def __repr__(self) -> str:
        return f"<Network: {len(self.nodes)} nodes, {len(self)} arcs>"

    # ---- names
    @property
    def keys(self) -> list[Any]:
        """The keys of the arcs, in order."""
        if self._keys is None:
            nodes = self.nodes
            self._keys = [(nodes[u], nodes[v]) for u, v in zip(self.tails, self.heads)]
            if len({*self._keys}) < len(self._keys):
                self.is_multigraph = True
                seen: dict[Any, int] = {}
                for place, key in enumerate(self._keys):
                    seen[key] = count = seen.get(key, -1) + 1
                    self._keys[place] = (*key, count)
        return self._keys

    def place_of_arc(self, key: Any) -> int:
        """The index of an arc.  Raises `InvalidValue` for an unknown arc."""
        try:
            return self._arc_places()[key]
        except (KeyError, TypeError):
            like = "(u, v, k)" if self.is_multigraph else "(u, v)"
            raise InvalidValue(f"There is no arc {key!r}. The key of an arc is written {like}.") from None

    def place_of_node(self, node: Any, what: str = "node") -> int:
        """The index of a node.  Raises `InvalidValue` for an unknown node."""
        try:
            return self._node_index()[node]
        except (KeyError, TypeError):
            raise InvalidValue(f"The {what} {node!r} is not in the network.") from None

    def _node_index(self) -> dict[Any, int]:
        """The index of each node."""
        if self._node_places is None:
            self._node_places = {node: place for place, node in enumerate(self.nodes)}
        return self._node_places

    # ---- numbers
    def of_arcs(self, given: Any, default: float, what: str, *, finite: bool = False) -> list[Union[int, float]]:
        """A number for each arc.

        `given` is the name of an attribute or column, where `default` replaces what is missing; or a number for all;
        or a sequence, in the order of the edges; or a mapping by key, or a labeled series.  In an undirected graph
        either direction of an edge is its key.
        """
        given = by_label(given, getattr(self._frame, "index", None))
        if given is None:
            values: list[Any] = [default] * len(self)
        elif is_number(given):
            values = [given] * len(self)
        elif self._edge_data is not None and is_name(given):
            values = self._both_ways([data.get(given, default) for data in self._edge_data])
        elif self._frame is not None and is_name(given):
            if given in self._frame.columns:
                values = _listed(self._frame[given])
            elif given == what:
                values = [default] * len(self)
            else:
                raise InvalidValue(f"The frame has no column {given!r} for the {what} of the arcs.")
        elif isinstance(given, Mapping):
            unknown = [key for key in given if key not in self._arc_places()]
            if unknown:
                raise InvalidValue(f"There is a {what} of the arc {unknown[0]!r}, which is not in the network.")
            if self.edge_of is None:
                values = [given.get(key, default) for key in self.keys]
            else:  # what is given for one direction of an edge applies to both
                back = [(key[1], key[0], *key[2:]) for key in self.keys]
                values = [given.get(key, given.get(other, default)) for key, other in zip(self.keys, back)]
        elif is_name(given):
            if given != what:
                raise InvalidValue(
                    f"Arcs in arrays have no attributes: give the {what} as an array, too, not as {given!r}."
                )
            values = [default] * len(self)
        else:
            values = _listed(given)
            count = len(self) if self._edge_data is None else len(self._edge_data)
            if len(values) != count:
                raise InvalidValue(
                    f"There are {len(values)} numbers for the {what} of {count} edges. Give one for each."
                )
            values = self._both_ways(values)
        return checked(values, lambda k: f"the {what} of the arc {self.keys[k]!r}", finite)

    def capacities(self, given: Any, called: str = "arc") -> list[Union[int, float]]:
        """The capacity of each arc, infinite if it has none; `called` is what a message calls an arc."""
        values = self.of_arcs(given, inf, "capacity")
        for place, one in enumerate(values):
            if one < 0:
                raise InvalidValue(
                    f"The {called} {self.keys[place]!r} has the negative capacity {one}. Give 0 or more."
                )
        return values

    def _both_ways(self, values: list[Any]) -> list[Any]:
        """One value for each arc, from one for each edge."""
        return values if self.edge_of is None else [values[edge] for edge in self.edge_of]

    def _arc_places(self) -> dict[Any, int]:
        if self._places is None:
            self._places = {key: place for place, key in enumerate(self.keys)}
        return self._places

    def of_nodes(self, given: Any, default: float, what: str) -> list[Union[int, float]]:
        """A number for each node; `given` is as for arcs, with nodes as keys."""
        given = by_label(given, names=self._node_index())
        if given is None:
            values: list[Any] = [default] * len(self.nodes)
        elif is_number(given):
            values = [given] * len(self.nodes)
        elif self._node_data is not None and is_name(given):
            values = [data.get(given, default) for data in self._node_data]
        elif isinstance(given, Mapping):
            for node in given:
                self.place_of_node(node)
            values = [given.get(node, default) for node in self.nodes]
        elif is_name(given):
            if given != what:
                raise InvalidValue(f"The nodes have no attributes: give the {what} as a mapping, not as {given!r}.")
            values = [default] * len(self.nodes)
        else:
            values = _listed(given)
            if len(values) != len(self.nodes):
                raise InvalidValue(
                    f"There are {len(values)} numbers for the {what} of {len(self.nodes)} nodes. Give one for each."
                )
        return checked(values, lambda k: f"the {what} of the node {self.nodes[k]!r}", True)

    # ---- answers
    def by_arc(self, at: Callable[[int], Thing]) -> Mapping[Any, Thing]:
        """What `at` returns for the index of an arc, by arc key."""
        return Keyed(lambda: self.keys, self.place_of_arc, at)

    def by_node(self, at: Callable[[int], Thing]) -> Mapping[Any, Thing]:
        """What `at` returns for the index of a node, by node."""
        return Keyed(lambda: self.nodes, self.place_of_node, at)

    def nested(self, values: Sequence[Any]) -> dict[Any, dict[Any, Any]]:
        """One value for each arc, in networkx's form: ``{u: {v: value}}``, or ``{u: {v: {k: value}}}``."""
        found: dict[Any, dict[Any, Any]] = {node: {} for node in self.nodes}
        keys = self.keys
        if self.is_multigraph:
            for (u, v, k), value in zip(keys, values):
                found[u].setdefault(v, {})[k] = value
        else:
            for (u, v), value in zip(keys, values):
                found[u][v] = value
        return found


class Keyed(Mapping[Any, Thing]):
    """Values by arc key or node: a mapping that cannot be changed."""

    def __init__(self, keys: Callable[[], list[Any]], place: Callable[[Any], int], at: Callable[[int], Thing]) -> None:
        self._keys, self._place, self._at = keys, place, at

    def __getitem__(self, key: Any) -> Thing:
        try:
            place = self._place(key)
        except InvalidValue as error:
            raise KeyError(str(error)) from None
        return self._at(place)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._keys())

    def __len__(self) -> int:
        return len(self._keys())

    def __repr__(self) -> str:
        return repr(dict(self)) if len(self) <= 20 else f"<mapping with {len(self)} entries>"


def by_label(given: Any, frame_index: Any = None, names: Container[Any] = ()) -> Any:
    """Turn a labeled series into a mapping, and an iterator into a list.

    A series with the labels 0, 1, 2, ... is taken by position, unless all its labels are in `names`.  One with the
    labels of the frame that the arcs come from is taken in the order of that frame.
    """
    if not _is_labeled(given):
        return given if hasattr(given, "__len__") or not hasattr(given, "__next__") else list(given)
    keys = list(given.index)
    found = dict(zip(keys, given.tolist()))
    if len(found) < len(keys) and not (frame_index is not None and given.index.equals(frame_index)):
        twice = next(key for k, key in enumerate(keys) if key in keys[:k])
        raise InvalidValue(f"The label {twice!r} occurs twice in a series. Add up the values of each label first.")
    if frame_index is not None:
        if given.index.equals(frame_index):
            return given
        rows = list(frame_index)
        if len(rows) == len(found) and found.keys() == {*rows}:
            return list(map(found.__getitem__, rows))
    if keys == list(range(len(keys))) and not (keys and all(key in names for key in keys)):
        return given
    return found


def _is_labeled(given: Any) -> bool:
    """True for a series with an index, such as those of pandas."""
    labels = getattr(given, "index", None)
    return labels is not None and not callable(labels) and hasattr(given, "tolist")


def is_name(thing: Any) -> bool:
    """True for the name of an attribute.

    networkx allows any hashable object as a name, but only a string can be told apart from a sequence of numbers.
    """
    return isinstance(thing, str)


def _refuse_missing(ends: list[Any], what: str) -> None:
    """Refuse an arc with a missing end: None, NaN, or the missing value of a data frame."""
    if {*map(type, ends)} <= {int, str}:
        return
    for k, node in enumerate(ends):
        # Only NaN differs from itself.  pandas's NA is neither equal nor unequal to itself, so its type tells.
        if node is None or type(node).__name__ == "NAType" or _differs(node):
            raise InvalidValue(f"The arc number {k} has no {what}: it is {node!r}. Drop that row, or fill it in.")


def _differs(node: Any) -> bool:
    try:
        return bool(node != node)
    except (TypeError, ValueError):
        return False


def _listed(column: Any) -> list[Any]:
    """A column of any kind as a list of plain Python objects."""
    refuse_unordered(column, "Networks take their arcs and numbers in lists or columns")
    for way in ("tolist", "to_list"):
        if hasattr(column, way):
            return list(getattr(column, way)())
    return list(column)


def checked(values: list[Any], name: Callable[[int], str], finite: bool) -> list[Union[int, float]]:
    """The numbers as Python numbers; raises for NaN, and for infinity if `finite`, with the name of the number."""
    if not {*map(type, values)} <= {int, float}:
        # Integers, including those of numpy, become ints, because integer data gets integer answers.
        values = [v if type(v) in (int, float) else _own(v, name(k)) for k, v in enumerate(values)]
    total = sum(values)
    if total - total != 0:  # NaN or infinite
        for k, value in enumerate(values):
            if value != value or (finite and value in (inf, -inf)):
                raise InvalidValue(f"{name(k).capitalize()} is {value}: it must be a{' finite' * finite} number.")
    if finite and values and (max(values) > LARGE or min(values) < -LARGE):
        for k, value in enumerate(values):
            coefficient(value, name(k))
    return values


def _own(value: Any, of: str) -> Union[int, float]:
    try:
        return index(value)
    except TypeError:
        return real(value, "number", of)
