"""Names that a format does not allow: their substitutes, and the comment lines that restore them.

A file written by pplp begins with the comment ``pplp file 1``.  In such a file

    pplp variable x3 is "any text"      the variable written as x3 has this name
    pplp variable x3_ is null           it has no name
    pplp row R5 is "any text"           the same for a row
    pplp set S0 is "any text"           the same for a special ordered set
    pplp semicontinuous x is "any text" the constraint that makes x semicontinuous has this name
    pplp bounds x -inf inf              the semicontinuous x has these bounds, besides its range
    pplp program is "any text"          the name of the program
    pplp sides R5 -0.9 1.5              the row's exact bounds, if the format rounds them
    pplp range R5 R5_up                 these two rows, one after the other and with the same terms, are one
    pplp constant Constant              this variable, fixed at 1, stands for the objective's constant

and a variable written as x and its index, or a row as R and its index, has no name.  Other programs skip the
comments and see the names that were written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import inf, nan
from typing import Callable, Optional

from pplp.core.scalars import HUGE
from pplp.errors import FormatError
from pplp.form.matrix_form import MatrixForm
from pplp.formats.source import LONGEST_NAME, Source, quoted
from pplp.formats.specials import NO_SPECIALS, Specials

__all__ = ["Remarks", "WrittenNames", "number_text"]


def number_text(value: float) -> str:
    """The shortest text that denotes this number: 3 for 3.0.

    >>> number_text(3.0), number_text(0.1), number_text(-1e-7)
    ('3', '0.1', '-1e-07')
    """
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text


class WrittenNames:
    """The names of the variables and rows of a form in a file.

    `is_safe` says whether the format allows a name as it is.
    """

    def __init__(
        self,
        form: MatrixForm,
        name: Optional[str],
        is_safe: Callable[[str], bool],
        specials: Specials = NO_SPECIALS,
    ) -> None:
        self._name = name
        self._remarks: list[str] = []
        self.columns = self._chosen("variable", "x", form.columns, form.column_names, is_safe)
        self.rows = self._chosen("row", "R", form.rows, form.row_names, is_safe)
        sets = {k: one.name for k, one in enumerate(specials.ordered_sets) if one.name is not None}
        self.sets = self._chosen("set", "S", len(specials.ordered_sets), sets, is_safe)
        self._taken = {*self.rows, *self.columns, *self.sets}
        for j, (title, lower, upper) in specials.semicontinuous.items():
            if title is not None:
                self._remarks.append(f"pplp semicontinuous {self.columns[j]} is {json.dumps(title)}")
            if (lower, upper) != (min(form.column_lower[j], 0.0), max(form.column_upper[j], 0.0)):
                self._remarks.append(f"pplp bounds {self.columns[j]} {lower!r} {upper!r}")

    def _chosen(
        self, what: str, letter: str, count: int, names: dict[int, str], is_safe: Callable[[str], bool]
    ) -> list[str]:
        if not names:
            return [f"{letter}{place}" for place in range(count)]
        safe = {place for place, name in names.items() if is_safe(name) and name != f"{letter}{place}"}
        taken = {names[place] for place in safe}
        written = []
        for place in range(count):
            if place in safe:
                written.append(names[place])
                continue
            alias = f"{letter}{place}"
            plain = alias not in taken
            while alias in taken:
                alias += "_"
            taken.add(alias)
            written.append(alias)
            if place in names or not plain:
                self._remarks.append(f"pplp {what} {alias} is {json.dumps(names.get(place))}")
        return written

    def heading(self) -> Iterator[str]:
        """The texts of the comments at the start of the file."""
        yield "pplp file 1"
        if self._name:
            yield f"pplp program is {json.dumps(self._name)}"
        yield from self._remarks

    def unused(self, name: str) -> str:
        """A name for one more row or variable, changed if it is taken."""
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name


_RANGE = re.compile(r"\s*pplp range (\S+) (\S+)\s*$")
_SIDES = re.compile(r"\s*pplp (sides|bounds) (\S+) (\S+) (\S+)\s*$")
#: How the numbers from 1000 to 1999 end, and other thousands; nothing before the first of them.
_THOUSAND = ["", *[f"{place:03}" for place in range(1000)]]
_NAMED = re.compile(r"\s*pplp (?:(variable|row|set|semicontinuous) (\S+)|program) is (.*)")


class Remarks:
    """What the comments of a file say about names."""

    def __init__(self) -> None:
        #: True if pplp wrote the file: then 1e20 is a number, and x3 may stand for no name.
        self.ours = False
        self.program: Optional[str] = None
        self.constant = ""
        self.sides: dict[str, tuple[float, float]] = {}
        self.bounds: dict[str, tuple[float, float]] = {}
        self.ranges: dict[str, str] = {}  # the name of the second row -> that of the first
        self._names: dict[str, dict[str, Optional[str]]] = {"variable": {}, "row": {}, "set": {}, "semicontinuous": {}}

    def take(self, comment: str, source: Source) -> None:
        """Read a comment, without its sign."""
        if "pplp " not in comment[:8]:
            return
        if comment.strip() == "pplp file 1":
            self.ours = True
        if not self.ours:
            return
        sides = _SIDES.match(comment)
        if sides:
            try:
                lower, upper = float(sides[3]), float(sides[4])
            except ValueError:
                lower = upper = nan
            if not all(abs(end) < HUGE or abs(end) == inf for end in (lower, upper)):
                source.fail(f"expected two numbers after the row, found {quoted(comment.strip())}")
            (self.sides if sides[1] == "sides" else self.bounds)[sides[2]] = lower, upper
            return
        constant = re.match(r"\s*pplp constant (\S+)\s*$", comment)
        if constant:
            self.constant = constant[1]
            return
        both = _RANGE.match(comment)
        if both:
            self.ranges[both[2]] = both[1]
            return
        found = _NAMED.match(comment)
        if found is None:
            return
        try:
            name = json.loads(found[3])
        except (ValueError, RecursionError):
            name = 0
        if not (name is None or (isinstance(name, str) and name)):
            source.fail(f"expected a name in double quotes after 'is', found {quoted(found[3])}")
        if found[1]:
            self._names[found[1]][found[2]] = name
        else:
            self.program = name

    def names(self, what: str, written: list[str], source: Source) -> tuple[dict[int, str], dict[str, int]]:
        """The names by index, and the indices by name; `what` is "variable", "row" or "set"."""
        letter = {"variable": "x", "row": "R", "set": "S"}[what]
        restored = self._names[what]
        if not self.ours:
            found = dict(enumerate(written))
            if not all(written):
                found = {place: name for place, name in found.items() if name}
        elif restored:
            found = {}
            for place, alias in enumerate(written):
                if alias in restored:
                    name = restored[alias]
                    if name is not None:
                        found[place] = name
                elif alias and (alias[0] != letter or alias != f"{letter}{place}"):
                    found[place] = alias
        elif _are_made(written, letter):
            found = {}
        elif all(written) and f" {letter}" not in " ".join(["", *written]):
            found = dict(enumerate(written))
        else:
            found = {
                place: alias
                for place, alias in enumerate(written)
                if alias and (alias[0] != letter or alias != f"{letter}{place}")
            }
        places = dict(zip(found.values(), found))
        if len(places) < len(found):
            seen: set[str] = set()
            for name in found.values():
                if name in seen:
                    raise FormatError(f"two {what}s are named {quoted(name)}. Rename one", source.name)
                seen.add(name)
        return found, places

    def semicontinuous(self, written: str) -> Optional[str]:
        """The name of the constraint that makes this variable semicontinuous."""
        return self._names["semicontinuous"].get(written)


def _are_made(written: list[str], letter: str) -> bool:
    """True if all are default names: a letter, and the index."""
    if written[-1:] != [f"{letter}{len(written) - 1}"]:
        return False
    made = [f" {letter}{place}" for place in range(min(len(written), 1000))]
    made += [f" {letter}{thousand}".join(_THOUSAND) for thousand in range(1, len(written) // 1000 + 1)]
    return "".join(made).startswith(" ".join(["", *written]))


def checked_name(name: str, source: Source) -> str:
    """The name, if it is not too long."""
    if len(name) > LONGEST_NAME:
        source.fail(f"the name {quoted(name)} has more than {LONGEST_NAME} characters")
    return name
