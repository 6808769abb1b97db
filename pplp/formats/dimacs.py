"""DIMACS networks: minimum-cost flow, maximum flow, assignment, as linear programs.

    c a comment
    p min 4 5            nodes and arcs; min, max or asn
    n 1 4                min: the supply of a node (negative: demand);  max: n 1 s, n 4 t;  asn: n 1, one side
    a 1 2 0 4 2          min: tail, head, least flow, capacity, cost;  max: tail, head, capacity;  asn: tail, head, cost

Each arc is a variable, in the order of the file, named ``x[tail,head]``; of parallel ones the k-th ``x[tail,head,k]``.
Each node with an arc or a supply is a row ``node[i]``: what leaves less what enters is the supply.  Maximum flow is the
most that leaves the source, net, for the target; the two have no row.  In an assignment every node has exactly one
arc, and the cost is least.  A negative capacity means that there is none.
"""

from __future__ import annotations

from math import inf

from pplp.formats.draft import Draft
from pplp.formats.source import Source, quoted
from pplp.program import LinearProgram
from pplp.scalars import HUGE

__all__ = ["read_dimacs"]

#: More nodes or arcs than GLPK takes are refused.
_MOST = 100_000_000
_SHAPES = {
    "min": "tail, head, least flow, capacity and cost",
    "max": "tail, head and capacity",
    "asn": "tail, head and cost",
}
_FIELDS = {"min": 6, "max": 4, "asn": 4}


def read_dimacs(source: Source) -> LinearProgram:
    """The program of a DIMACS file."""
    return _Reader(source).program()


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.draft = Draft(source)
        self.kind = ""
        self.nodes = self.arcs = 0
        self.described: dict[int, float] = {}  # supplies; in an assignment the nodes of one side
        self.ends: dict[str, int] = {}  # "s" and "t"
        self.row_of: dict[int, int] = {}
        self.counts: list[int] = []
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        self.parallel: dict[str, int] = {}

    def program(self) -> LinearProgram:
        """Read it all."""
        source = self.source
        for line in source:
            fields = line.split()
            if not fields or fields[0] == "c":
                continue
            word = fields[0]
            if word == "p":
                self._problem(fields)
            elif not self.kind:
                source.fail(f"expected 'p min', 'p max' or 'p asn' first, found {quoted(line.strip())}")
            elif word == "a":
                self._arc(fields)
            elif word == "n":
                self._node(fields)
            else:
                source.fail(f"expected a line c, p, n or a, found {quoted(line.strip())}")
        if not self.kind:
            source.fail("expected 'p min', 'p max' or 'p asn', found the end of the file")
        if len(self.draft.column_names) != self.arcs:
            source.fail(f"expected {self.arcs} arcs, found {len(self.draft.column_names)}")
        return self._finished()

    def _problem(self, fields: list[str]) -> None:
        if self.kind:
            self.source.fail("expected one line p, found a second one")
        if len(fields) != 4 or fields[1] not in _SHAPES:
            self.source.fail(f"expected p, then min, max or asn, nodes and arcs, found {quoted(' '.join(fields))}")
        self.kind = fields[1]
        self.nodes, self.arcs = self._count(fields[2]), self._count(fields[3])

    def _count(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= _MOST):
            self.source.fail(f"expected a whole number up to {_MOST}, found {quoted(text)}")
        return int(text)

    def _at(self, text: str) -> int:
        """A node."""
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= self.nodes):
            self.source.fail(f"expected a node from 1 to {self.nodes}, found {quoted(text)}")
        return int(text)

    def _node(self, fields: list[str]) -> None:
        source, wanted = self.source, 2 if self.kind == "asn" else 3
        if len(fields) != wanted:
            shape = {"min": "a node and its supply", "max": "a node and s or t", "asn": "a node"}[self.kind]
            source.fail(f"expected n and {shape}, found {quoted(' '.join(fields))}")
        node = self._at(fields[1])
        if self.columns:
            source.fail("expected all nodes before the arcs")
        if node in self.described or node in self.ends.values():
            source.fail(f"expected one line n for the node {node}, found a second one")
        if self.kind == "max":
            if fields[2] not in ("s", "t") or fields[2] in self.ends:
                source.fail(f"expected one source s and one target t, found {quoted(fields[2])}")
            self.ends[fields[2]] = node
            return
        self.described[node] = self._side(fields[2], "a supply") if wanted == 3 else 1.0
        self._row(node)

    def _number(self, text: str, what: str) -> float:
        value = self.draft.number(text, what)
        if abs(value) == inf:
            self.source.fail(f"expected {what}, found {quoted(text)}")
        return self.draft.in_range(value, text)

    def _side(self, text: str, what: str) -> float:
        """What becomes a bound or a right-hand side, and must be finite."""
        value = self._number(text, what)
        if abs(value) >= HUGE:
            self.source.fail(f"expected {what} below {HUGE}, found {quoted(text)}")
        return value

    def _row(self, node: int) -> int:
        row = self.row_of.get(node)
        if row is None:
            row = self.row_of[node] = len(self.counts)
            self.counts.append(0)
        return row

    def _arc(self, fields: list[str]) -> None:
        source, draft, kind = self.source, self.draft, self.kind
        if len(fields) != _FIELDS[kind]:
            source.fail(f"expected a, {_SHAPES[kind]}, found {quoted(' '.join(fields))}")
        if len(draft.column_names) == self.arcs:
            source.fail(f"expected {self.arcs} arcs, found one more")
        if kind == "max" and len(self.ends) < 2:
            source.fail("expected the lines of the source s and the target t before the arcs")
        tail, head = self._at(fields[1]), self._at(fields[2])
        if kind == "asn" and not (tail in self.described and head not in self.described):
            source.fail("expected an arc from a node with a line n to one without")
        name = f"x[{tail},{head}]"
        if name in draft.place_of:
            count = self.parallel[name] = self.parallel.get(name, 1) + 1
            name = f"x[{tail},{head},{count}]"
        j = draft.column(name)
        if kind == "min":
            low, high = self._side(fields[3], "the least flow"), draft.number(fields[4], "a capacity")
            draft.lower[j], draft.upper[j] = low, draft.side(high, fields[4]) if high >= 0 else inf
            draft.cost[j] = self._number(fields[5], "a cost")
        elif kind == "max":
            high = draft.number(fields[3], "a capacity")
            draft.upper[j] = draft.side(high, fields[3]) if high >= 0 else inf
            draft.cost[j] = float((tail == self.ends["s"]) - (head == self.ends["s"]))
        else:
            draft.cost[j] = self._number(fields[3], "a cost")
        if tail == head:  # a loop leaves what it enters
            return
        for node, value in ((tail, 1.0), (head, 1.0 if kind == "asn" else -1.0)):
            if kind == "max" and node in self.ends.values():
                continue
            row = self._row(node)
            self.counts[row] += 1
            self.rows.append(row)
            self.columns.append(j)
            self.values.append(value)

    def _finished(self) -> LinearProgram:
        draft = self.draft
        if self.kind == "max" and len(self.ends) < 2:
            self.source.fail("expected a source s and a target t, found the end of the file")
        draft.maximize = self.kind == "max"
        if self.kind == "asn":
            for node in range(1, self.nodes + 1):  # at the first one missing it ends
                if node not in self.row_of:
                    self.source.fail(f"expected an arc of the node {node}, found none: there is no assignment")
        draft.row_names = [f"node[{node}]" for node in self.row_of]
        supplies = [1.0 if self.kind == "asn" else self.described.get(node, 0.0) for node in self.row_of]
        draft.row_lower, draft.row_upper = supplies, list(supplies)
        draft.transposed(self.counts, self.rows, self.columns, self.values)
        return draft.program()
