"""Writing DIMACS networks: the program as nodes and arcs, or the reason why it is not a network.

A row is a node: a coefficient of 1 says that the arc of its variable leaves it, -1 that it enters.  If the names of
a program say the opposite, as in those of `pplp.graphs`, a comment records that.  An arc with only one
end is led to an extra node, which balances the others; a comment says that it is not a row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import fsum, inf
from typing import NoReturn, Optional

from pplp.errors import FormatError
from pplp.form.matrix_form import MatrixForm
from pplp.formats.draft import INFINITE
from pplp.formats.names import number_text

__all__ = ["written_dimacs"]

#: Written for an unlimited capacity: a number, because GLPK refuses a negative one.
_NO_CAPACITY = "100000000000000000000"


def written_dimacs(form: MatrixForm, name: Optional[str]) -> Iterator[str]:
    """The text of a DIMACS file: maximum flow if the program is one, else assignment, else minimum-cost flow.

    Raises `FormatError` for a program that is not a network.
    """
    return iter(_Writer(form, name).lines())


def _refuse(reason: str, remedy: str = "Write LP, MPS or JSON.") -> NoReturn:
    raise FormatError(f"The program is not a DIMACS network: {reason}. {remedy}")


class _Writer:
    def __init__(self, form: MatrixForm, name: Optional[str]) -> None:
        self.form = form
        self.name = name
        self.remarks: list[str] = []
        self.nodes = max(form.rows, 1)
        self.root = 0  # the node besides the rows, if any
        self._check()
        #: By column: the nodes of the coefficients 1 and -1, or 0.
        self.out, self.into, self.pairs = self._ends()

    def _check(self) -> None:
        form = self.form
        if form.offset:
            _refuse(f"its objective has the constant {form.offset:g}", "Leave it out, or write LP, MPS or JSON.")
        for j, (lower, upper, integer) in enumerate(zip(form.column_lower, form.column_upper, form.integer)):
            if integer:
                _refuse(f"{self._column(j)} is integer", "Write lp.relaxed(), or LP, MPS or JSON.")
            if not 0 <= lower <= upper:
                _refuse(f"the bounds of {self._column(j)} are [{lower:g}, {upper:g}], but flows must be at least 0")
            if INFINITE <= upper < inf:
                _refuse(f"the capacity {upper:g} of {self._column(j)} counts as unlimited", "Set it to inf.")
        for i, (lower, upper) in enumerate(zip(form.row_lower, form.row_upper)):
            if lower != upper:
                _refuse(f"{self._row(i)} is not an equation", "Give it a slack variable.")

    def _column(self, j: int) -> str:
        return repr(self.form.column_label(j))

    def _row(self, i: int) -> str:
        return repr(self.form.row_label(i))

    def _ends(self) -> tuple[list[int], list[int], dict[int, tuple[int, int]]]:
        """By column; and the columns with the coefficient 1 in two rows, as in an assignment."""
        form, out, into = self.form, [0] * self.form.columns, [0] * self.form.columns
        pairs: dict[int, tuple[int, int]] = {}
        for i in range(form.rows):
            for j, a in zip(*form.row(i)):
                if a == 1 and out[j] and not into[j] and j not in pairs:
                    pairs[j] = out[j], i + 1
                elif a not in (1, -1):
                    _refuse(f"the coefficient of {self._column(j)} in {self._row(i)} is {a:g}, not 1 or -1")
                elif (out if a == 1 else into)[j] or j in pairs:
                    _refuse(f"{self._column(j)} has the coefficient {a:g} in two rows, or is in more than two")
                else:
                    (out if a == 1 else into)[j] = i + 1
        return out, into, pairs

    def lines(self) -> list[str]:
        if self.pairs:
            return self._assignment()
        return self._maximum_flow() if self.form.maximize else self._cheapest_flow()

    # ---- the three kinds
    def _cheapest_flow(self) -> list[str]:
        form, enters = self.form, self._enters()
        ends = self._turned(enters)
        if any(bool(tail) != bool(head) for tail, head in ends):
            self._add_root()
        ends = [(tail or self.root or 1, head or self.root or 1) if tail or head else (1, 1) for tail, head in ends]
        supplies = [-b if enters and b else b for b in form.row_lower]
        lines = [f"n {i} {number_text(b)}\n" for i, b in enumerate(supplies, 1)]
        if self.root:
            lines.append(f"n {self.root} {number_text(-fsum(supplies) or 0.0)}\n")
        for (tail, head), lower, upper, cost in zip(ends, form.column_lower, form.column_upper, form.cost):
            lines.append(f"a {tail} {head} {number_text(lower)} {_capacity(upper)} {number_text(cost)}\n")
        return self._file("min", ends, lines)

    def _maximum_flow(self) -> list[str]:
        form, enters = self.form, self._enters()
        for i, b in enumerate(form.row_lower):
            if b:
                _refuse(
                    f"it is maximized, but the net outflow of {self._row(i)} is {b:g}, not 0", "Minimize its costs."
                )
        ends, paying = self._turned(enters), [j for j, cost in enumerate(form.cost) if cost]
        back = [j for j in paying if self.out[j] and self.into[j]]
        if any(form.column_lower):
            _refuse("it is maximized, but some flows must be more than 0", "Minimize its costs.")
        if back:
            j = back[0]
            if paying != [j] or form.cost[j] != 1 or form.column_upper[j] < inf:
                _refuse(
                    f"it is maximized, but its objective is not {self._column(j)} alone, without a capacity",
                    "Minimize its costs.",
                )
            source, target = ends[j][1], ends[j][0]
            if any(bool(tail) != bool(head) and form.column_upper[k] for k, (tail, head) in enumerate(ends)):
                _refuse("some of its arcs have only one end", "Minimize its costs.")
            if any(bool(tail) != bool(head) for tail, head in ends):
                self._add_root()
            ends = [(tail or self.root, head or self.root) if tail or head else (target, target) for tail, head in ends]
            self.remarks += [f"pplp back {j}", _named("variable", "back", form.column_names.get(j))]
        else:
            source, target = form.rows + 1, form.rows + 2
            self.nodes = target
            ends = [
                self._of_maximum(k, tail, head, source, target) for k, (tail, head) in enumerate(self._turned(enters))
            ]
        touched = {node for pair in ends if pair[0] != pair[1] for node in pair}
        for i in range(form.rows):
            if i + 1 not in touched:
                _refuse(f"{self._row(i)} has no arc", "Remove it.")
        kept = [k for k in range(form.columns) if k not in back]
        ends = [ends[k] for k in kept]
        lines = [f"n {source} s\n", f"n {target} t\n"]
        for (tail, head), k in zip(ends, kept):
            lines.append(f"a {tail} {head} {_capacity(form.column_upper[k])}\n")
        return self._file("max", ends, lines, kept)

    def _of_maximum(self, k: int, tail: int, head: int, source: int, target: int) -> tuple[int, int]:
        """The ends of an arc if source and target have no row: its cost says which of them it has."""
        cost = self.form.cost[k]
        if tail and not head and cost in (0, -1):
            return tail, source if cost else target
        if head and not tail and cost in (0, 1):
            return source if cost else target, head
        if not tail and not head and cost in (-1, 0, 1):
            return {1: (source, target), -1: (target, source), 0: (target, target)}[int(cost)]
        if cost:
            _refuse(f"it is maximized, but {self._column(k)} has the cost {cost:g}", "Minimize its costs.")
        return tail, head

    def _assignment(self) -> list[str]:
        form, pairs = self.form, self.pairs
        tails, heads = {i for i, _ in pairs.values()}, {k for _, k in pairs.values()}
        if form.maximize or len(pairs) < form.columns or tails & heads or len(tails | heads) < form.rows:
            j = next(iter(pairs))
            _refuse(f"{self._column(j)} has the coefficient 1 in two rows, but the program is not an assignment")
        if any(b != 1 for b in form.row_lower) or any(form.column_lower) or min(form.column_upper) < inf:
            _refuse("it looks like an assignment, but has bounds other than 0 and infinity, or sides other than 1")
        ends = [pairs[j] for j in range(form.columns)]
        lines = [f"n {i}\n" for i in sorted(tails)]
        lines += [f"a {tail} {head} {number_text(cost)}\n" for (tail, head), cost in zip(ends, form.cost)]
        return self._file("asn", ends, lines)

    # ---- what they share
    def _add_root(self) -> None:
        self.root = self.nodes = self.form.rows + 1
        self.remarks.append(f"pplp root {self.root}")

    def _enters(self) -> bool:
        """True if the names say that an arc has the coefficient 1 in the row that it enters."""
        names, rows = self.form.column_names, self.form.row_names
        for j, (one, other) in enumerate(zip(self.out, self.into)):
            if j in names and one - 1 in rows and other - 1 in rows:
                plus, minus = (rows[i - 1].rpartition("[")[2].rstrip("]") for i in (one, other))
                if plus != minus and f"[{plus},{minus}" in names[j]:
                    return False
                if plus != minus and f"[{minus},{plus}" in names[j]:
                    self.remarks.append("pplp enters")
                    return True
        return False

    def _turned(self, enters: bool) -> list[tuple[int, int]]:
        """(tail, head) of each column."""
        return list(zip(self.into, self.out) if enters else zip(self.out, self.into))

    def _file(
        self, kind: str, ends: list[tuple[int, int]], lines: list[str], kept: Optional[list[int]] = None
    ) -> list[str]:
        form, parallel = self.form, dict[str, int]()
        remarks = ["pplp file 1", *([f"pplp program is {json.dumps(self.name)}"] if self.name else []), *self.remarks]
        for j, (tail, head) in zip(range(form.columns) if kept is None else kept, ends):
            alias = f"x[{tail},{head}]"
            count = parallel[alias] = parallel.get(alias, 0) + 1
            if count > 1:
                alias = f"x[{tail},{head},{count}]"
            if form.column_names.get(j) != alias:
                remarks.append(_named("variable", alias, form.column_names.get(j)))
        for i in range(form.rows):
            if form.row_names.get(i) != f"node[{i + 1}]":
                remarks.append(_named("row", f"node[{i + 1}]", form.row_names.get(i)))
        return [*(f"c {remark}\n" for remark in remarks), f"p {kind} {self.nodes} {len(ends)}\n", *lines]


def _capacity(upper: float) -> str:
    return _NO_CAPACITY if upper == inf else number_text(upper)


def _named(what: str, alias: str, name: Optional[str]) -> str:
    return f"pplp {what} {alias} is {json.dumps(name)}"
