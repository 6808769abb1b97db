"""Recognizes the columns of a program as arcs between its rows.

A column has at most two coefficients.  Rows are multiplied by numbers that make these 1 in the row that the arc leaves,
and -1 in the row that it enters.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain, compress, islice, repeat
from operator import lt, not_, sub
from typing import NamedTuple, Optional

from pplp.engines.networks.network_simplex import loops
from pplp.form.matrix_form import MatrixForm

__all__ = ["NotANetwork", "Structure", "might_be_network", "structure"]

#: How many coefficients are checked at a time for being 1 or -1.
_AT_A_TIME = 4096


class NotANetwork(Exception):
    """The program is not a network that a network solver accepts; the text says why."""


class Structure(NamedTuple):
    """The row that each column leaves, the row that it enters, and the divisor of each row.

    If there is no such row, the index is the number of rows: the root.
    """

    tails: Sequence[int]
    heads: Sequence[int]
    #: The divisors; None if all are 1.
    factors: Optional[list[float]]


def structure(form: MatrixForm) -> Structure:
    """The arcs of the program; raises `NotANetwork` if its columns are not arcs."""
    if not form.nonzeros:
        raise NotANetwork("there are no coefficients")
    if form.nonzeros > 2 * form.columns:
        raise NotANetwork("a variable is in more than two constraints")
    if loops is not None:
        found = loops.ends(form.starts, form.indices, form.values, form.columns)
        if found is not None:
            return Structure(array("i", found[0]), array("i", found[1]), None)
    factors: Optional[list[float]] = None
    values, unit = form.values, {1.0, -1.0}
    for begin in range(0, len(values), _AT_A_TIME):
        if not unit.issuperset(values[begin : begin + _AT_A_TIME]):
            factors = _sizes(form)
            break
    signs = list(map(lt, repeat(0.0), values))
    lengths = map(sub, islice(form.starts, 1, None), form.starts)
    rows = list(chain.from_iterable(map(repeat, range(form.rows), lengths)))
    ends = _ends(form, rows, signs)
    if ends is None:
        flips = _reflections(form, rows, signs)
        factors = [-f if flip else f for f, flip in zip(factors or repeat(1.0), flips)]
        ends = _ends(form, rows, [sign != flips[i] for sign, i in zip(signs, rows)])
        assert ends is not None
    return Structure(*ends, factors)


def might_be_network(columns: int, values: Sequence[float]) -> bool:
    """A quick check: False if the number of coefficients, or the first of them, rule out a network."""
    return 0 < len(values) <= 2 * columns and {1.0, -1.0}.issuperset(values[:_AT_A_TIME])


def _ends(form: MatrixForm, rows: list[int], signs: list[bool]) -> Optional[tuple[list[int], list[int]]]:
    """The rows of each column's positive and of its negative coefficient; the root if it has none.

    Returns None if a column has two coefficients of the same sign.
    """
    found = []
    for chosen in (signs, list(map(not_, signs))):
        ends = [form.rows] * form.columns
        for j, i in zip(compress(form.indices, chosen), compress(rows, chosen)):
            ends[j] = i
        if form.columns - ends.count(form.rows) < sum(chosen):
            return None
        found.append(ends)
    return found[0], found[1]


def _reflections(form: MatrixForm, rows: list[int], signs: list[bool]) -> bytearray:
    """The rows to multiply by -1 so that no column has two coefficients of the same sign."""
    entries: list[list[tuple[int, bool]]] = [[] for _ in range(form.columns)]
    for j, i, sign in zip(form.indices, rows, signs):
        entries[j].append((i, sign))
    beside: list[list[tuple[int, bool]]] = [[] for _ in range(form.rows)]
    for j, pair in enumerate(entries):
        if len(pair) > 2:
            raise NotANetwork(f"{form.column_label(j)} is in more than two constraints")
        if len(pair) == 2:
            (a, first), (b, second) = pair
            beside[a].append((b, first == second))
            beside[b].append((a, first == second))
    flips = bytearray(form.rows)
    seen = bytearray(form.rows)
    for start in range(form.rows):
        stack = [] if seen[start] else [start]
        seen[start] = 1
        while stack:
            i = stack.pop()
            for other, differs in beside[i]:
                if not seen[other]:
                    seen[other], flips[other] = 1, flips[i] ^ differs
                    stack.append(other)
                elif flips[other] != flips[i] ^ differs:
                    raise NotANetwork("no choice of signs makes every variable leave one constraint and enter another")
    return flips


def _sizes(form: MatrixForm) -> list[float]:
    """The absolute value that all coefficients of a row have in common, for each row."""
    factors: list[float] = []
    for i, (begin, end) in enumerate(zip(form.starts, islice(form.starts, 1, None))):
        sizes = {*map(abs, form.values[begin:end])} or {1.0}
        if len(sizes) > 1:
            raise NotANetwork(f"the coefficients of {form.row_label(i)} are not of one size")
        factors += sizes
    return factors
