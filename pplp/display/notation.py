"""Formulas, in whatever they are written: what is shown of a name, a number, a row, a program, a solution.

`Notation` knows what a formula says; `latex.py` and `html.py` know the signs.  What is longer than a screenful
shows its head and its tail.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from pplp.core.constraints import Constraint
from pplp.core.expressions import LinearExpression, merged
from pplp.core.relations import Relation
from pplp.core.scalars import less

if TYPE_CHECKING:
    from pplp.answers.solution import Solution
    from pplp.answers.solvable import Solvable

__all__ = [
    "Answer",
    "ByLabel",
    "Cut",
    "Domain",
    "Notation",
    "answer",
    "by_label",
    "cut",
    "domains",
    "grid",
    "is_removed",
    "name_of",
    "printable",
    "sense_of",
    "split_name",
]

#: So many lines of a table are shown from its head, and from its tail.
HEAD, TAIL = 16, 4
_NAMES = 8, 1


class Cut(NamedTuple):
    """A sequence that may be too long to be shown: its head, how many are left out, its tail."""

    head: Sequence[Any]
    missing: int
    tail: Sequence[Any]


def cut(items: Sequence[Any], head: int = HEAD, tail: int = TAIL) -> Cut:
    """The head and the tail; all of it where no more than one would be left out.

    >>> cut(range(100), 3, 1)
    Cut(head=range(0, 3), missing=96, tail=range(99, 100))
    >>> cut("abcde", 3, 1)
    Cut(head='abcde', missing=0, tail='')
    """
    count = len(items)
    if count <= head + tail + 1:
        return Cut(items, 0, items[count:])
    return Cut(items[:head], count - head - tail, items[count - tail :])


def printable(name: str) -> str:
    r"""A name that stays in its line: with line ends, directions and the like as escapes.

    >>> print(printable("größe"), printable("two\nlines"))
    größe two\nlines
    """
    return name if name.isprintable() else json.dumps(name)[1:-1]


_INDEXED = re.compile(r"(.*[^\[\]])\[([^\[\]]+)\]")
_NUMBERED = re.compile(r"([^\W\d_]+)([0-9]+)")


def split_name(name: str) -> tuple[str, str]:
    """(base, subscript) of a name, both printable.

    >>> split_name("x[1,2]"), split_name("x12"), split_name("ship[a,b]"), split_name("a_1")
    (('x', '1,2'), ('x', '12'), ('ship', 'a,b'), ('a_1', ''))
    """
    shown = printable(name)
    found = _INDEXED.fullmatch(shown) or _NUMBERED.fullmatch(shown)
    return (found[1], found[2]) if found else (shown, "")


class Domain(NamedTuple):
    """Variables that have the same bounds of their own and are of one kind."""

    names: Sequence[str]
    lower: float
    upper: float
    integer: bool


def domains(program: Solvable) -> list[Domain]:
    """The variables of a program by what they may be, in the order of the first of each."""
    columns = program._columns
    groups: dict[tuple[float, float, bool], list[int]] = {}
    for j in columns.living():
        groups.setdefault((columns.lower[j], columns.upper[j], columns.is_integer(j)), []).append(j)
    return [Domain(_Labels(program, places), *key) for key, places in groups.items()]


class _Labels(Sequence[str]):
    """The names of variables, made when they are asked for."""

    def __init__(self, program: Solvable, places: Sequence[int]) -> None:
        self._program, self._places = program, places

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, k: Any) -> Any:
        if isinstance(k, slice):
            return _Labels(self._program, self._places[k])
        return self._program._columns.label(self._places[k])


class Notation:
    """How formulas are written; the signs are those of a language of formulas, which a subclass is."""

    minus = "-"
    le, ge, equal = "<=", ">=", "="
    infinity = "inf"
    dots, more = "...", "..."  # between operators, and in a list
    times = " "
    #: Before a word, as in "x free".
    gap = " "
    #: So many terms of an expression are shown from its head, and from its tail.
    terms = 14, 2

    # ---- what a language says
    def symbol(self, name: str) -> str:
        """A variable."""
        raise NotImplementedError  # pragma: no cover - each has its own

    def label(self, name: str) -> str:
        """The name of a constraint."""
        raise NotImplementedError  # pragma: no cover - each has its own

    def power(self, mantissa: str, exponent: str) -> str:
        """A number times a power of ten."""
        raise NotImplementedError  # pragma: no cover - each has its own

    def word(self, text: str) -> str:
        """A word of English."""
        raise NotImplementedError  # pragma: no cover - each has its own

    # ---- what there is to say
    def number(self, value: float) -> str:
        """With 6 digits, an integer with all of them."""
        if abs(value) == inf:
            return (self.minus if value < 0 else "") + self.infinity
        text = str(int(value)) if abs(value) < 1e15 and value == int(value) else f"{value:.6g}"
        mantissa, _, exponent = text.partition("e")
        if exponent:
            return self.power(mantissa.replace("-", self.minus), str(int(exponent)).replace("-", self.minus))
        return text.replace("-", self.minus)

    def linear(self, expression: LinearExpression, with_constant: bool = True) -> str:
        """A linear expression; of a long one the first terms and the last."""
        indices, coefficients, shift = expression._parts()
        indices, coefficients = merged(indices, coefficients)
        name = expression._program._columns.label
        words: list[str] = []

        def add(sign: str, body: str) -> None:
            if words or sign != "+":
                words.append(sign)
            words.append(body)

        first, missing, last = cut(range(len(indices)), *self.terms)
        for places in (first, last):
            for k in places:
                a, x = coefficients[k], self.symbol(name(indices[k]))
                body = x if abs(a) == 1 else f"{self.number(abs(a))}{self.times}{x}"
                add(self.minus if a < 0 else "+", body)
            if missing and places is first:
                add("+", self.dots)
        shift = shift if with_constant else 0.0
        if shift or not words:
            add(self.minus if shift < 0 else "+", self.number(abs(shift)))
        return f"{words[0]}{' '.join(words[1:])}" if words[0] == self.minus else " ".join(words)

    def row(self, body: str, lower: float, upper: float) -> str:
        """lower <= body <= upper."""
        if lower == upper:
            return f"{body} {self.equal} {self.number(lower)}"
        if (lower == -inf) == (upper == inf):
            return f"{self.number(lower)} {self.le} {body} {self.le} {self.number(upper)}"
        sign, bound = (self.le, upper) if lower == -inf else (self.ge, lower)
        return f"{body} {sign} {self.number(bound)}"

    def formula(self, thing: Any) -> str:
        """Of an expression, a relation or a constraint, this without its name."""
        if isinstance(thing, Relation):
            shift = thing._expression._parts()[2]
            return self.row(self.linear(thing._expression, False), less(thing._lower, shift), less(thing._upper, shift))
        if isinstance(thing, Constraint):
            return self.row(self.linear(thing.expression), thing.lb, thing.ub)
        expression: LinearExpression = thing
        return self.linear(expression)

    def list_of(self, names: Sequence[str]) -> str:
        """Names, the first and the last."""
        first, missing, last = cut(names, *_NAMES)
        return ", ".join([*map(self.symbol, first), *([self.more] if missing else []), *map(self.symbol, last)])

    def domain(self, its: Domain) -> str:
        """What variables may be: 0 <= x, y <= 4 integer."""
        names, lower, upper = self.list_of(its.names), its.lower, its.upper
        if its.integer and (lower, upper) == (0, 1):
            return f"{names}{self.gap}{self.word('binary')}"
        if (lower, upper) == (-inf, inf):
            return f"{names}{self.gap}{self.word('integer' if its.integer else 'free')}"
        said = self.row(names, lower, upper)
        return f"{said}{self.gap}{self.word('integer')}" if its.integer else said


def sense_of(program: Solvable) -> str:
    """That of the last solve, and before it the program's own."""
    return program.solution.sense if program.solution is not None else program.sense


def name_of(constraint: Constraint) -> Optional[str]:
    """The name that was given to a constraint."""
    return constraint._store().names.get(constraint._row)


def is_removed(constraint: Constraint) -> bool:
    """Has it left its program?"""
    return constraint._row in constraint._store().removed


class ByLabel(NamedTuple):
    """Elements with labels, ready for a table: the names of the levels, and (labels of an element, the element)."""

    names: Sequence[str]
    elements: Cut


def by_label(array: Any) -> Optional[ByLabel]:
    """The head and the tail of an array with labels, or of a mapping of variables; None for what has neither."""
    if isinstance(array, Mapping):
        keys = cut(list(array))
        first, last = ([((_key(key),), array[key]) for key in part] for part in (keys.head, keys.tail))
        return ByLabel([""], Cut(first, keys.missing, last))
    labels = getattr(array, "_labels", None)
    if labels is None:
        return None
    elements = getattr(array, "_elements", array)
    levels = range(len(labels.names))
    places = cut(range(len(labels)))
    head, tail = (
        [(tuple(str(labels.at(place, [k])) for k in levels), _element(elements, place)) for place in part]
        for part in (places.head, places.tail)
    )
    return ByLabel(["" if name is None else str(name) for name in labels.names], Cut(head, places.missing, tail))


def _key(key: Any) -> str:
    """As it stands in the names of variables."""
    return ",".join(map(str, key)) if isinstance(key, tuple) else str(key)


def grid(array: Any) -> Optional[list[list[Any]]]:
    """The elements of an array by rows, None where some are left out; None for one of no extent, or more than two."""
    shape = array.shape
    if not 1 <= len(shape) <= 2 or 0 in shape:
        return None
    width = shape[1] if len(shape) == 2 else 1
    down, right = cut(range(shape[0]), 8, 2), cut(range(width), 5, 1)
    rows: list[list[Any]] = []
    for part, those in enumerate((down.head, down.tail)):
        if part and down.missing:
            rows.append([None] * (len(right.head) + len(right.tail) + bool(right.missing)))
        for i in those:
            cells = [_element(array, i * width + j) for j in right.head]
            if right.missing:
                cells.append(None)
            rows.append([*cells, *(_element(array, i * width + j) for j in right.tail)])
    return rows


def _element(array: Any, place: int) -> Any:
    """An element by its place in the order of rows, without making the others."""
    if hasattr(array, "_indices"):
        return array._at(array._indices[place])
    if hasattr(array, "_alone"):
        return array._alone(place)
    if hasattr(array, "_handle"):
        return array._handle(place)
    relation = Relation()
    relation._expression = array._array._alone(place)
    relation._lower, relation._upper = float(array._lower[place]), float(array._upper[place])
    return relation


class Answer(NamedTuple):
    """What a solution says, ready for a table: (name, value, reduced cost) and (name, dual)."""

    variables: Cut
    rows: Cut
    has_duals: bool


def answer(solution: Solution) -> Answer:
    """The head and the tail of a solution's values and duals; no rows where there are no duals."""
    numbers, frame = solution._numbers, solution._frame
    nothing = Cut([], 0, [])
    if numbers is None:
        return Answer(nothing, nothing, False)
    values, costs, duals = numbers.primal(), numbers.reduced_costs(), numbers.duals()
    indices, names, integer = frame.at_column.indices(), frame.names, frame.integer

    def variable(k: int) -> tuple[str, float, Optional[float]]:
        value = float(round(values[k])) if integer and integer[k] else values[k] + 0.0
        return names[0].get(indices[k]) or f"x{indices[k]}", value, costs[k] + 0.0 if costs is not None else None

    places = cut(range(len(indices)))
    variables = Cut([*map(variable, places.head)], places.missing, [*map(variable, places.tail)])
    if duals is None:
        return Answer(variables, nothing, False)
    rows = frame.at_row.indices()
    at = cut(range(len(rows)))
    head, tail = ([(names[1].get(rows[k]) or f"R{rows[k]}", duals[k] + 0.0) for k in part] for part in (at[0], at[2]))
    return Answer(variables, Cut(head, at.missing, tail), True)
