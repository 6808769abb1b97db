"""Formulas in any output format: names, numbers, expressions, rows.

`Notation` knows what a formula says; `latex.py` and `html.py` know how to write it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Union, overload

from pplp.core.constraints import Constraint
from pplp.core.expressions import LinearExpression, merged, parts_of
from pplp.core.handle import place_of, store_of
from pplp.core.owner import columns_of
from pplp.core.relations import Relation, expression_of, lower_of, upper_of
from pplp.core.scalars import less
from pplp.core.sense import Sense
from pplp.display.excerpt import excerpt

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["Domain", "Notation", "domains", "is_removed", "name_of", "printable", "sense_of", "split_name"]

#: How many names of a list are shown from its head, and from its tail.
_NAMES = 8, 1


def printable(name: str) -> str:
    r"""A name on one line: line ends, direction marks and the like become escapes.

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
    """Variables of one type with the same bounds."""

    names: Sequence[str]
    lower: float
    upper: float
    integer: bool


def domains(program: Solvable) -> list[Domain]:
    """The variables of a program by their domain, in the order of the first of each."""
    columns = columns_of(program)
    groups: dict[tuple[float, float, bool], list[int]] = {}
    for j in columns.living():
        groups.setdefault((columns.lower[j], columns.upper[j], columns.is_integer(j)), []).append(j)
    return [Domain(_Labels(program, places), *key) for key, places in groups.items()]


class _Labels(Sequence[str]):
    """The names of variables, made on demand."""

    def __init__(self, program: Solvable, places: Sequence[int]) -> None:
        self._program, self._places = program, places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, k: int) -> str: ...
    @overload
    def __getitem__(self, k: slice) -> Sequence[str]: ...
    def __getitem__(self, k: Union[int, slice]) -> Union[str, Sequence[str]]:
        if isinstance(k, slice):
            return _Labels(self._program, self._places[k])
        return columns_of(self._program).label(self._places[k])


class Notation:
    """How formulas are written; each subclass is an output format."""

    minus = "-"
    le, ge, equal = "<=", ">=", "="
    infinity = "inf"
    dots, more = "...", "..."  # between operators, and in a list
    below = "..."  # of rows
    minimize, maximize, subject_to = "min", "max", "s.t."
    times = " "
    #: Before a word, as in "x free".
    gap = " "
    #: How many terms of an expression are shown from its head, and from its tail.
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
        """An English word."""
        raise NotImplementedError  # pragma: no cover - each has its own

    def left_out(self, missing: int) -> str:
        """The first cell of a row that stands for rows left out."""
        raise NotImplementedError  # pragma: no cover - each has its own

    # ---- what there is to say
    def number(self, value: float) -> str:
        """With 6 digits; an integer with all of them."""
        if abs(value) == inf:
            return (self.minus if value < 0 else "") + self.infinity
        text = str(int(value)) if abs(value) < 1e15 and value == int(value) else f"{value:.6g}"
        mantissa, _, exponent = text.partition("e")
        if exponent:
            return self.power(mantissa.replace("-", self.minus), str(int(exponent)).replace("-", self.minus))
        return text.replace("-", self.minus)

    def linear(self, expression: LinearExpression, with_constant: bool = True) -> str:
        """A linear expression; a long one with its first and last terms."""
        indices, coefficients, shift = parts_of(expression)
        indices, coefficients = merged(indices, coefficients)
        name = columns_of(expression._program).label
        words: list[str] = []

        def add(sign: str, body: str) -> None:
            if words or sign != "+":
                words.append(sign)
            words.append(body)

        def term(k: int) -> tuple[str, str]:
            a, x = coefficients[k], self.symbol(name(indices[k]))
            return self.minus if a < 0 else "+", x if abs(a) == 1 else f"{self.number(abs(a))}{self.times}{x}"

        for sign, body in excerpt(range(len(indices)), *self.terms).lines(term, lambda _: ("+", self.dots)):
            add(sign, body)
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
        """The formula of an expression, a relation or a constraint, without its name."""
        if isinstance(thing, Relation):
            shift = parts_of(expression_of(thing))[2]
            return self.row(
                self.linear(expression_of(thing), False), less(lower_of(thing), shift), less(upper_of(thing), shift)
            )
        if isinstance(thing, Constraint):
            return self.row(self.linear(thing.expression), thing.lb, thing.ub)
        expression: LinearExpression = thing
        return self.linear(expression)

    def element(self, thing: Any) -> str:
        """A formula in a cell of a table."""
        return self.formula(thing)

    def formulas_left_out(self, missing: int) -> str:
        """A line that stands for formulas left out."""
        return self.left_out(missing)

    def list_of(self, names: Sequence[str]) -> str:
        """Names, the first and the last ones."""
        return ", ".join(excerpt(names, *_NAMES).lines(self.symbol, lambda _: self.more))

    def domain(self, its: Domain) -> str:
        """The domain of variables: 0 <= x, y <= 4 integer."""
        names, lower, upper = self.list_of(its.names), its.lower, its.upper
        if its.integer and (lower, upper) == (0, 1):
            return f"{names}{self.gap}{self.word('binary')}"
        if (lower, upper) == (-inf, inf):
            return f"{names}{self.gap}{self.word('integer' if its.integer else 'free')}"
        said = self.row(names, lower, upper)
        return f"{said}{self.gap}{self.word('integer')}" if its.integer else said


def sense_of(program: Solvable) -> Sense:
    """The sense of the last solve, or the program's own before the first."""
    return Sense.known(program.solution.sense if program.solution is not None else program.sense) or Sense.MINIMIZE


def name_of(constraint: Constraint) -> Optional[str]:
    """The name that the user gave to a constraint."""
    return store_of(constraint).names.get(place_of(constraint))


def is_removed(constraint: Constraint) -> bool:
    """True if it was removed from its program."""
    return place_of(constraint) in store_of(constraint).removed
