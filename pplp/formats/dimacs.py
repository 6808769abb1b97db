"""DIMACS networks: minimum-cost flow, maximum flow, assignment, as linear programs.

    c a comment
    p min 4 5            nodes and arcs; min, max or asn
    n 1 4                min: the supply of a node (negative: demand);  max: n 1 s, n 4 t;  asn: n 1, one side
    a 1 2 0 4 2          min: tail, head, least flow, capacity, cost;  max: tail, head, capacity;  asn: tail, head, cost

Each arc is a variable, in the order of the file, named ``x[tail,head]``; of parallel ones the k-th ``x[tail,head,k]``.
Each node with an arc or a supply is a row ``node[i]``, by its number: outflow minus inflow is the supply.
Maximum flow maximizes the net flow from the source to the target; these two have no row.  In an assignment every node
has exactly one arc, and the cost is minimized.  A negative capacity, or one of 1e20 or more, means unlimited.

In files that pplp writes, comments restore the program exactly, in addition to those of `pplp.formats.names`:

    c pplp enters        the rows are inflow minus outflow
    c pplp root 5        node 5 is not a row
    c pplp back 7        maximum flow: x7 leads from the target to the source, and is the objective
"""

from __future__ import annotations

import re
from math import inf

from pplp.core.scalars import HUGE
from pplp.formats.dimacs_writer import written_dimacs
from pplp.formats.draft import INFINITE, Draft
from pplp.formats.source import Source, quoted

__all__ = ["read_dimacs", "written_dimacs"]

#: Files with more nodes or arcs than GLPK allows are refused.
_MOST = 100_000_000
_SHAPES = {
    "min": "tail, head, least flow, capacity and cost",
    "max": "tail, head and capacity",
    "asn": "tail, head and cost",
}
_REMARK = re.compile(r"pplp (enters|root|back)(?: (\d{1,9}))?\s*$")
_FIELDS = {"min": 6, "max": 4, "asn": 4}


def read_dimacs(source: Source) -> Draft:
    """The reader of a DIMACS file."""
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.draft = Draft(source)
        self.kind = ""
        self.nodes = self.arcs = 0
        self.described: dict[int, float] = {}  # supplies; in an assignment, the nodes of one side
        self.ends: dict[str, int] = {}  # "s" and "t"
        self.has_row: set[int] = set()  # nodes
        self.nodes_of_entries: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        self.parallel: dict[str, int] = {}
        self.sign = 1.0  # -1 if rows are inflow minus outflow
        self.root = 0
        self.back = -1  # the index of the arc from target to source

    def read(self) -> Draft:
        """Read the whole file."""
        source = self.source
        for line in source:
            fields = line.split()
            if not fields:
                continue
            if fields[0] == "c":
                self._comment(line.lstrip()[1:].lstrip())
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
        if self._count() != self.arcs:
            source.fail(f"expected {self.arcs} arcs, found {self._count()}")
        return self._finished()

    def _comment(self, text: str) -> None:
        self.draft.remarks.take(text, self.source)
        found = _REMARK.match(text) if self.draft.remarks.ours and not self.kind else None
        if found is None:
            return
        if found[1] == "enters":
            self.sign = -1.0
        elif found[2] and found[1] == "root":
            self.root = int(found[2])
        elif found[2]:
            self.back = int(found[2])

    def _count(self) -> int:
        """The number of arcs so far."""
        return len(self.draft.column_names) - ("back" in self.draft.place_of)

    def _problem(self, fields: list[str]) -> None:
        if self.kind:
            self.source.fail("expected one line p, found a second one")
        if len(fields) != 4 or fields[1] not in _SHAPES:
            self.source.fail(f"expected p, then min, max or asn, nodes and arcs, found {quoted(' '.join(fields))}")
        self.kind = fields[1]
        self.nodes, self.arcs = self._whole(fields[2]), self._whole(fields[3])

    def _whole(self, text: str) -> int:
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
        if self.draft.column_names:
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
        """A number that becomes a bound or a right-hand side, and must be finite."""
        value = self._number(text, what)
        if abs(value) >= HUGE:
            self.source.fail(f"expected {what} below {HUGE}, found {quoted(text)}")
        return value

    def _row(self, node: int) -> None:
        if node != self.root:
            self.has_row.add(node)

    def _arc(self, fields: list[str]) -> None:
        source, draft, kind = self.source, self.draft, self.kind
        if len(fields) != _FIELDS[kind]:
            source.fail(f"expected a, {_SHAPES[kind]}, found {quoted(' '.join(fields))}")
        if self._count() == self.arcs:
            source.fail(f"expected {self.arcs} arcs, found one more")
        if kind == "max" and len(self.ends) < 2:
            source.fail("expected the lines of the source s and the target t before the arcs")
        if kind == "max" and len(draft.column_names) == self.back:
            self._add_back()
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
            draft.lower[j], draft.upper[j] = low, high if 0 <= high < INFINITE else inf
            draft.cost[j] = self._number(fields[5], "a cost")
        elif kind == "max":
            high = draft.number(fields[3], "a capacity")
            draft.upper[j] = high if 0 <= high < INFINITE else inf
            if self.back < 0:
                draft.cost[j] = float((tail == self.ends["s"]) - (head == self.ends["s"]))
        else:
            draft.cost[j] = self._number(fields[3], "a cost")
        self._enter(j, tail, head)

    def _enter(self, j: int, tail: int, head: int) -> None:
        """The coefficients of an arc; for a loop, both are on one node."""
        if tail == head:
            return
        free = () if self.kind != "max" or self.back >= 0 else self.ends.values()
        for node, value in ((tail, 1.0), (head, 1.0 if self.kind == "asn" else -1.0)):
            if node == self.root or node in free:
                continue
            self._row(node)
            self.nodes_of_entries.append(node)
            self.columns.append(j)
            self.values.append(value * self.sign)

    def _add_back(self) -> None:
        """The arc from target to source, whose flow is the objective."""
        j = self.draft.column("back")
        self.draft.cost[j] = 1.0
        self._enter(j, self.ends["t"], self.ends["s"])

    def _finished(self) -> Draft:
        draft = self.draft
        if self.kind == "max" and len(self.ends) < 2:
            self.source.fail("expected a source s and a target t, found the end of the file")
        if self.kind == "max" and len(draft.column_names) == self.back:
            self._add_back()
        if self.kind == "max" and self.back >= 0 and "back" not in draft.place_of:
            self.source.fail(f"expected {self.back} arcs before the one from target to source, found {self.arcs}")
        draft.maximize = self.kind == "max"
        if self.kind == "asn":
            for node in range(1, self.nodes + 1):  # stops at the first missing one
                if node not in self.has_row:
                    self.source.fail(f"expected an arc of the node {node}, found none: there is no assignment")
        nodes = sorted(self.has_row)
        row_of = {node: i for i, node in enumerate(nodes)}
        draft.row_names = [f"node[{node}]" for node in nodes]
        supplies = [1.0 if self.kind == "asn" else self.described.get(node, 0.0) for node in nodes]
        draft.row_lower = [supply * self.sign for supply in supplies]
        draft.row_upper = list(draft.row_lower)
        rows = [row_of[node] for node in self.nodes_of_entries]
        draft.transposed(len(nodes), rows, self.columns, self.values)
        return draft
