r"""CPLEX LP: the format that reads like a textbook.

    \ a comment
    Maximize
     profit: 3 x + 2 y - 7
    Subject To
     steel: x + 2 y <= 8
     1 <= x - y <= 4
    Bounds
     x <= 40
     -infinity <= y <= 10
    General
     y
    End

Sections: Minimize or Maximize, Subject To, Bounds, General, Binary, Semi-Continuous, SOS, End, in any case of
letters and with their usual short forms; the rows of Lazy Constraints and User Cuts are rows like others.  A variable
has the bounds 0 and infinity unless Bounds says otherwise, one in Binary 0 and 1.  Constants of the objective count,
constants of rows go to the other side.  What is not linear is refused.  Some programs misread rows with two sides and
constants of the objective: both are read, and written as two rows and as a variable that is 1, with comments from
which pplp reads them as what they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from math import inf
from typing import Optional

from pplp.formats.draft import Condition, Draft
from pplp.formats.names import WrittenNames, checked_name, number_text
from pplp.formats.source import Source, quoted
from pplp.formats.specials import Specials
from pplp.matrix_form import MatrixForm
from pplp.program import LinearProgram
from pplp.scalars import HUGE

__all__ = ["read_lp", "written_lp"]

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_NAME = r"[^\s<>=:+\-*/^\[\]\\0-9.][^\s<>=:+\-*^\\]*"
#: A name with a colon behind it is one token: a label.
_TOKEN = re.compile(rf"{_NUMBER}|{_NAME}(?:\s*:(?!:))?|<->|->|<=|>=|=<|=>|::|\S")
_SECTION = re.compile(
    r"\s*(?P<word>(?P<minimize>minimi[sz]e|minimum|min)|(?P<maximize>maximi[sz]e|maximum|max)"
    r"|(?P<rows>subject\s+to|such\s+that|st|s\.t\.|st\.|lazy\s+constraints|user\s+cuts)|(?P<bounds>bounds?)|(?P<general>generals?|gen|integers?|int)"
    r"|(?P<binary>binar(?:y|ies)|bin)|(?P<semi>semi-continuous|semis?)|(?P<sets>sos[12]?)|(?P<end>end))(?=\s|$)(?!\s*:)",
    re.IGNORECASE,
)
_RELATIONS = {"<": -1, "<=": -1, "=<": -1, ">": 1, ">=": 1, "=>": 1, "=": 0}
#: The arrows of an indicator, and how "the row holds" compares with "the variable has the value".
_ARROWS = {"->": ">=", "<-": "<=", "<->": "=="}
_INFINITIES = {"inf", "infinity"}
_DIGITS = frozenset("0123456789.")


def read_lp(source: Source) -> LinearProgram:
    """The program of an LP file."""
    return _Reader(source).program()


class _Reader:
    """One section at a time; the terms of the row that is being read are in lists of their own."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.draft = Draft(source)
        self.known_rows: set[str] = set()
        self.weights: list[list[float]] = []  # of the members of each set
        self._start("")

    def _start(self, label: str) -> None:
        """A new row, or the objective."""
        self.label = label
        self.indices: list[int] = []
        self.values: list[float] = []
        self.sign = 0.0  # of the next term; 0 where none has been read
        self.number: Optional[float] = None  # read, and not yet known whether it is a coefficient
        self.number_line = 0
        self.starred = False
        self.constant = 0.0  # of this side
        self.sides: list[tuple[float, int]] = []  # (constant, relation after it) of the sides that are complete
        self.begun = bool(label)
        self.terms_side = -1  # which side has the variables
        self.condition: Optional[Condition] = None  # of an indicator

    def program(self) -> LinearProgram:
        """Read it all."""
        source, draft = self.source, self.draft
        section, ended = "", False
        for line in source:
            if "\\" in line:
                line, _, comment = line.partition("\\")
                draft.remarks.take(comment.lstrip(), source)
            found = _SECTION.match(line)
            if found is not None:
                kind = next(name for name, text in found.groupdict().items() if text is not None and name != "word")
                self._leave(section)
                ended = ended or kind == "end"
                section = self._enter(kind, section)
                line = line[found.end() :]
            # Between blanks there is nearly always one token; where there are more, `_terms` takes them apart.
            in_terms = section == "objective" or section == "rows"
            tokens = line.split() if in_terms and " :" not in line and "\t:" not in line else _TOKEN.findall(line)
            if not tokens:
                continue
            if ended:
                source.fail(f"expected nothing after End, found {quoted(tokens[0])}")
            if in_terms:
                self._terms(tokens, section == "rows")
            elif section == "bounds":
                self._bound(tokens)
            elif section == "sets":
                self._set(tokens)
            elif section:
                self._kinds(tokens, section)
            else:
                source.fail(f"expected Minimize or Maximize, found {quoted(tokens[0])}")
        self._leave(section)
        if not ended and not section:
            source.fail("expected Minimize or Maximize, found the end of the file")
        if not ended and section == "objective":
            source.fail("expected Subject To or End, found the end of the file")
        self._sort_sets()
        return draft.program()

    def _enter(self, kind: str, before: str) -> str:
        if kind in ("minimize", "maximize"):
            if before:
                self.source.fail("expected one objective, found a second one")
            self.draft.maximize = kind == "maximize"
            return "objective"
        if not before:
            self.source.fail(f"expected Minimize or Maximize before {kind}")
        return kind

    def _leave(self, section: str) -> None:
        if section == "objective":
            self._finish_objective()
        elif section == "rows" and self.begun:
            self._finish_row()

    # ---- objective and rows
    def _terms(self, tokens: list[str], in_rows: bool) -> None:
        """Go on with the expression that is being read."""
        place_of, source = self.draft.place_of, self.source
        for token in tokens:
            place = place_of.get(token)
            if place is not None:
                if self.sign and self.terms_side == len(self.sides):  # the everyday case: one more term
                    number = self.number
                    if number is None:
                        number = 1.0
                    elif number and not 1e-100 <= number <= 1e100:
                        self.draft.in_range(number, repr(number))
                    self.indices.append(place)
                    self.values.append(number if self.sign > 0 else -number)
                    self.number = None
                    self.starred = False
                    self.sign = 0.0
                else:
                    self._term(place, token, in_rows)
                continue
            first = token[0]
            if token == "+" or token == "-":
                if self.number is not None:
                    if in_rows and -1 < self.terms_side < len(self.sides):
                        self._next_row(token)
                    else:
                        self._add_constant()
                self.sign = (self.sign or 1.0) * (-1.0 if first == "-" else 1.0)
                self.begun = True
                continue
            if first in _DIGITS and "_" not in token:
                try:
                    value = float(token)
                except ValueError:
                    pass
                else:
                    self._coefficient(value, token, in_rows)
                    continue
            if token in _ARROWS:
                self._arrow(token)
                continue
            parts = _TOKEN.findall(token)
            if len(parts) > 1:
                self._terms(parts, in_rows)
            elif first in _DIGITS:
                source.fail(f"expected a number, found {quoted(token)}")
            elif token in _RELATIONS:
                self._relation(token, in_rows)
            elif first == "*":
                if self.number is None or self.starred:
                    source.fail("expected a number before '*'")
                self.starred = True
            elif token[-1] == ":" and len(token) > 1 and token != "::":
                self._label(token[:-1].rstrip(), in_rows)
            elif first in "/^[]:\\":
                source.fail(f"expected a linear expression, found {quoted(token)}")
            elif token.lower() in _INFINITIES:
                self._coefficient(inf, token, in_rows)
            else:
                self._term(-1, token, in_rows)

    def _coefficient(self, value: float, token: str, in_rows: bool) -> None:
        """A number: of the variable behind it, or by itself."""
        if self.number is not None:
            if not (in_rows and self.sides):
                self.source.fail(f"expected a variable after {self.number!r}, found {quoted(token)}")
            self._next_row(token)
        elif not self.sign and self.indices and self.terms_side == len(self.sides):
            if not (in_rows and self.sides):
                self.source.fail(f"expected +, - or a relation before {quoted(token)}")
            self._finish_row()
            self._start("")
        self.number = value
        self.number_line = self.source.line
        self.begun = True

    def _term(self, place: int, token: str, in_rows: bool) -> None:
        """A variable, or a new one where the place is -1, wherever it stands."""
        if -1 < self.terms_side < len(self.sides):  # the row has its variables: its right-hand side is a number
            if self.number is None or self.starred:
                self.source.fail(f"expected a number on the right-hand side, found {quoted(token)}")
            self._next_row(token)
        elif not self.sign and self.number is None and self.indices:
            if not (in_rows and self.sides):
                self.source.fail(f"expected +, - or a relation before {quoted(token)}")
            self._finish_row()
            self._start("")
        number = 1.0 if self.number is None else self.number
        if place < 0 and token == self.draft.remarks.constant:
            self.number, self.starred = number, False
            self._add_constant()
            return
        self.draft.in_range(number, repr(number))
        self.terms_side = len(self.sides)
        self.indices.append(self.draft.column(token) if place < 0 else place)
        self.values.append(-number if self.sign < 0 else number)
        self.number, self.starred, self.sign, self.begun = None, False, 0.0, True

    def _next_row(self, token: str) -> None:
        """The row ended with its right-hand side, and the token begins one without a label, on a line of its own."""
        if self.number_line == self.source.line:
            self.source.fail(f"expected the end of the line after the right-hand side, found {quoted(token)}")
        self._finish_row()
        self._start("")

    def _add_constant(self) -> None:
        if self.starred:
            self.source.fail("expected a variable after '*'")
        if self.number is not None:
            self.constant += -self.number if self.sign < 0 else self.number
            self.number = None
        elif self.sign:
            self.source.fail("expected a number or a variable after the sign")
        self.sign = 0.0

    def _relation(self, token: str, in_rows: bool) -> None:
        if not in_rows:
            self.source.fail(f"expected Subject To before a relation, found {quoted(token)}")
        if not self.begun or (self.number is None and (self.terms_side < len(self.sides))):
            self.source.fail(f"expected an expression before {quoted(token)}")
        self._add_constant()
        if len(self.sides) == 2 or (self.sides and self.terms_side != 1):
            self.source.fail(f"expected the end of the row, found {quoted(token)}")
        self.sides.append((self.constant, _RELATIONS[token]))
        self.constant = 0.0

    def _arrow(self, token: str) -> None:
        """What was read as a row, ``b = 1``, is the condition of the row that follows."""
        is_value = self.number in (0.0, 1.0) and self.sign >= 0 and not self.starred
        if not (is_value and self.sides == [(0.0, 0)] and self.values == [1.0] and self.condition is None):
            self.source.fail(f"expected a condition such as 'b = 1' before {quoted(token)}")
        column, value, label = self.indices[0], int(self.number or 0), self.label
        self._start(label)
        self.condition, self.begun = Condition(column, value, self.source.line, _ARROWS[token]), True

    def _label(self, label: str, in_rows: bool) -> None:
        if self.begun:
            if not in_rows:
                self.source.fail(f"expected one objective, found the label {quoted(label)}")
            self._finish_row()
        if in_rows:
            if label in self.known_rows:
                self.source.fail(f"expected another name: there is a row {quoted(label)} already")
            self.known_rows.add(checked_name(label, self.source))
        self._start(label)

    def _finish_objective(self) -> None:
        self._add_constant()
        if abs(self.constant) > HUGE:
            self.source.fail(f"expected a constant of the objective up to {HUGE}, found {self.constant!r}")
        cost = self.draft.cost
        for j, a in zip(self.indices, self.values):
            cost[j] = self.draft.in_range(cost[j] + a, repr(cost[j] + a))
        self.draft.offset = self.constant
        self._start("")

    def _finish_row(self) -> None:
        """Add the row that has been read."""
        if self.number is None and self.terms_side < len(self.sides):
            what = "a number after the relation" if self.sides else "an expression and a relation"
            self.source.fail(f"expected {what}{f' in the row {quoted(self.label)}' if self.label else ''}")
        if not self.sides:
            self.source.fail(f"expected <=, >= or ={f' in the row {quoted(self.label)}' if self.label else ''}")
        self._add_constant()
        lower, upper = -inf, inf
        constants = [constant for constant, _ in self.sides] + [self.constant]
        at = max(self.terms_side, 0)
        shift = constants[at]
        for k, (_, relation) in enumerate(self.sides):
            # the side with the variables, and the one across this relation
            other = constants[k + 1] if k == at else constants[k]
            if abs(shift) == inf or (k != at and k + 1 != at):
                self.source.fail("expected finite numbers beside the variables of a row")
            value = self.draft.side(other - shift, repr(other))
            direction = relation if k == at else -relation
            if direction <= 0:
                upper = min(upper, value)
            if direction >= 0:
                lower = max(lower, value)
        if lower == upper and abs(lower) == inf:
            self.source.fail("expected a finite number after '='")
        if self.label in self.draft.remarks.sides:
            lower, upper = self.draft.remarks.sides[self.label]
        self.indices, self.values = self.draft.summed(self.indices, self.values)
        if not (self.label in self.draft.remarks.ranges and self._completes(lower, upper)):
            if self.condition is not None:
                self.draft.conditions[len(self.draft.row_names)] = self.condition
            self.draft.row(self.label, self.indices, self.values, lower, upper)
        self._start("")

    def _completes(self, lower: float, upper: float) -> bool:
        """Is the row the other side of the one before, as a comment says?"""
        draft = self.draft
        indices = [j for j, a in zip(self.indices, self.values) if a]  # a row without terms was written as + 0 x
        values = [a for a in self.values if a]
        count = len(indices)
        if (
            not draft.row_names
            or not _same_condition(draft.conditions.get(len(draft.row_names) - 1), self.condition)
            or draft.row_names[-1] != draft.remarks.ranges[self.label]
            or draft.lengths[-1] != count
            or list(draft.indices[len(draft.indices) - count :]) != indices
            or list(draft.values[len(draft.values) - count :]) != values
        ):
            return False
        draft.row_lower[-1], draft.row_upper[-1] = max(lower, draft.row_lower[-1]), min(upper, draft.row_upper[-1])
        draft.check_sides(self.label, draft.row_lower[-1], draft.row_upper[-1])
        return True

    # ---- the other sections
    def _bound(self, tokens: list[str]) -> None:
        """One bound: ``x <= 4``, ``-1 <= x <= 4``, ``x = 4``, ``x free``."""
        source, draft = self.source, self.draft
        items: list[tuple[str, float, str]] = []  # kind: number, name or relation
        sign = 0.0
        for token in tokens:
            if token in ("+", "-"):
                sign = (sign or 1.0) * (-1.0 if token == "-" else 1.0)
                continue
            if token[0] in _DIGITS and token != ".":
                items.append(("number", draft.number(token, "a number"), token))
            elif token.lower() in _INFINITIES and token not in draft.place_of:
                items.append(("number", inf, token))
            elif token in _RELATIONS:
                items.append(("relation", _RELATIONS[token], token))
            elif token[-1] == ":" or token[0] in "/^[]:\\*.":
                source.fail(f"expected a bound such as 'x <= 4', found {quoted(token)}")
            else:
                items.append(("name", 0.0, token))
            kind, value, text = items[-1]
            if sign:
                if kind != "number":
                    source.fail(f"expected a number after the sign, found {quoted(token)}")
                items[-1] = kind, sign * value, text
                sign = 0.0
        shape = " ".join(kind for kind, _, _ in items)
        if shape == "name name" and items[1][2].lower() == "free":
            j = self._column(items[0][2])
            draft.lower[j], draft.upper[j] = -inf, inf
        elif shape == "name relation number":
            self._bounded(items[0][2], items[1][1], items[2][1])
        elif shape == "number relation name":
            self._bounded(items[2][2], -items[1][1], items[0][1])
        elif shape == "number relation name relation number" and items[1][1] and items[1][1] == items[3][1]:
            self._bounded(items[2][2], -items[1][1], items[0][1])
            self._bounded(items[2][2], items[3][1], items[4][1])
        else:
            source.fail(
                f"expected a bound such as 'x <= 4', '-1 <= x <= 4' or 'x free', found {quoted(' '.join(tokens))}"
            )

    def _bounded(self, name: str, relation: float, value: float) -> None:
        if name == self.draft.remarks.constant:
            if relation or value != 1:
                self.source.fail(f"expected {name} = 1, since it stands for the objective's constant")
            return
        j = self._column(name)
        draft = self.draft
        bound = draft.side(value, repr(value))
        if relation >= 0:
            if bound == inf:
                self.source.fail(f"expected a lower bound of {quoted(name)} below infinity")
            draft.lower[j] = bound
        if relation <= 0:
            if bound == -inf:
                self.source.fail(f"expected an upper bound of {quoted(name)} above -infinity")
            draft.upper[j] = bound

    def _column(self, name: str) -> int:
        place = self.draft.place_of.get(name)
        return self.draft.column(name) if place is None else place

    def _kinds(self, tokens: Iterable[str], section: str) -> None:
        """Names of integer, binary or semi-continuous variables."""
        draft = self.draft
        for token in tokens:
            if token[0] in "<>=:+-*/^[]\\.0123456789" or token[-1] == ":":
                self.source.fail(f"expected the name of a variable, found {quoted(token)}")
            j = self._column(token)
            if section == "semi":
                draft.semicontinuous[j] = self.source.line
                continue
            draft.integer[j] = 1
            if section == "binary":
                draft.lower[j], draft.upper[j] = 0.0, 1.0

    def _set(self, tokens: list[str]) -> None:
        """``name: S1:: x:3 y:4``, or more members of the set that the line before began."""
        draft, source = self.draft, self.source
        for k, token in enumerate(tokens):
            if token == "::":
                kind = tokens[k - 1].upper() if k else ""
                if kind not in ("S1", "S2") or k > 2 or (k == 2 and tokens[0][-1] != ":"):
                    source.fail(f"expected 'S1 ::' or 'S2 ::', found {quoted(' '.join(tokens[: k + 1]))}")
                name = tokens[0][:-1].rstrip() if k == 2 else ""
                draft.ordered_sets.append((int(kind[1]), [], source.line, name))
                self.weights.append([])
                tokens = tokens[k + 1 :]
                break
        if not draft.ordered_sets:
            source.fail(f"expected a set such as 's: S1:: x:1 y:2', found {quoted(tokens[0])}")
        members = draft.ordered_sets[-1][1]
        rest = iter(tokens)
        for token in rest:
            weight = next(rest, "")
            if weight == "-":
                weight += next(rest, "")
            if token[-1] != ":" or not weight or token[0] in "0123456789.:":
                source.fail(f"expected a variable and its weight, such as x:1, found {quoted(token)}")
            self.weights[-1].append(draft.number(weight, "a weight"))
            members.append(self._column(token[:-1].rstrip()))

    def _sort_sets(self) -> None:
        """The order of a set is that of its weights."""
        for (_, members, _, _), weights in zip(self.draft.ordered_sets, self.weights):
            members[:] = [j for _, j in sorted(zip(weights, members), key=lambda pair: pair[0])]


def _same_condition(one: Optional[Condition], other: Optional[Condition]) -> bool:
    if one is None or other is None:
        return one is other
    return one._replace(line=0) == other._replace(line=0)


# --------------------------------------------------------------------- writing
#: Names that every reader takes: LP has its own words, and takes e5 for a number.
_SAFE = re.compile(r"(?![eE](?:[0-9eE.]|$))[A-Za-z_][A-Za-z0-9_.(),#$%&!?~]{0,254}\Z")
_WORDS = re.compile(
    r"(minimi[sz]e|minimum|min|maximi[sz]e|maximum|max|subject|such|to|that|st|st\.|s\.t\.|bounds?|generals?|gen|integers?"
    r"|int|binar(y|ies)|bin|semi.*|sos[12]?|s[12]|end|free|inf|infinity|nan|lazy|user|constraints|cuts|pwlobj|obj)\Z",
    re.IGNORECASE,
)
_LINE = 200


def _is_safe(name: str) -> bool:
    return _SAFE.match(name) is not None and _WORDS.match(name) is None


def written_lp(form: MatrixForm, specials: Specials, name: Optional[str]) -> Iterator[str]:
    """The text of an LP file, piece by piece."""
    names = WrittenNames(form, name, _is_safe, specials)
    for remark in names.heading():
        yield f"\\ {remark}\n"
    columns = names.columns
    yield "Maximize\n" if form.maximize else "Minimize\n"
    places: Iterable[int] = [j for j, a in enumerate(form.cost) if a]
    if not _in_order(form, places):
        places = range(form.columns)  # with zeros: the order of first mention is the order of the variables
    terms = [_term(form.cost[j], columns[j]) for j in places]
    constant = ""
    if form.offset:  # Gurobi takes a number by itself for the name of a variable
        constant = names.unused("Constant")
        yield f"\\ pplp constant {constant}\n"
        terms.append(_term(form.offset, constant))
    yield _folded(f" {names.unused('obj')}:", terms)
    yield "Subject To\n"
    starts, indices, values = form.starts, form.indices, form.values
    for i, (lower, upper) in enumerate(zip(form.row_lower, form.row_upper)):
        condition = ""
        if i in specials.conditions:
            column, value = specials.conditions[i]
            condition = f" {columns[column]} = {value} ->"
        terms = [
            _term(a, columns[j]) for j, a in zip(indices[starts[i] : starts[i + 1]], values[starts[i] : starts[i + 1]])
        ]
        if not terms:
            terms = [f"+ 0 {columns[0]}" if columns else "0"]
        label = names.rows[i]
        if lower == upper:
            relation = f"= {number_text(upper)}"
        elif lower == -inf and upper == inf:
            yield f"\\ pplp sides {label} -inf inf\n"
            relation = ">= -1e30"
        elif lower == -inf:
            relation = f"<= {number_text(upper)}"
        elif upper == inf:
            relation = f">= {number_text(lower)}"
        else:  # Gurobi refuses 1 <= x + y <= 4, and HiGHS makes two other rows of it
            second = names.unused(f"{label}_up")
            yield f"\\ pplp range {label} {second}\n"
            yield _folded(f" {label}:{condition}", [*terms, f">= {number_text(lower)}"])
            label, relation = second, f"<= {number_text(upper)}"
        yield _folded(f" {label}:{condition}", [*terms, relation])
    yield "Bounds\n"
    if constant:
        yield f" {constant} = 1\n"
    for written, lower, upper in zip(columns, form.column_lower, form.column_upper):
        if lower == upper:
            yield f" {written} = {number_text(lower)}\n"
        elif lower == -inf:
            yield f" {written} free\n" if upper == inf else f" -infinity <= {written} <= {number_text(upper)}\n"
        elif upper < inf:
            yield f" {number_text(lower)} <= {written} <= {number_text(upper)}\n"
        elif lower:
            yield f" {written} >= {number_text(lower)}\n"
    if 1 in form.integer:
        yield "General\n"
        for written, integer in zip(columns, form.integer):
            if integer:
                yield f" {written}\n"
    if specials.semicontinuous:
        yield "Semi-Continuous\n"
        for j in specials.semicontinuous:
            yield f" {columns[j]}\n"
    if specials.ordered_sets:
        yield "SOS\n"
        for written, one in zip(names.sets, specials.ordered_sets):
            members = [f"{columns[j]}:{weight}" for weight, j in enumerate(one.members, 1)]
            yield _folded(f" {written}: S{one.kind}::", members)
    yield "End\n"


def _in_order(form: MatrixForm, first: Iterable[int]) -> bool:
    """Are the variables mentioned in the order of their places, if the objective mentions these?"""
    seen = bytearray(form.columns)
    expected = 0
    for places in (first, form.indices):
        for j in places:
            if not seen[j]:
                if j != expected:
                    return False
                seen[j] = 1
                expected += 1
    return expected == form.columns


def _term(a: float, name: str) -> str:
    if a == 1.0:
        return f"+ {name}"
    if a == -1.0:
        return f"- {name}"
    return f"- {number_text(-a)} {name}" if a < 0 else f"+ {number_text(a)} {name}"


def _folded(label: str, terms: list[str]) -> str:
    """One line, or several where it would be long."""
    text = " ".join([label, *terms])
    if len(text) <= _LINE:
        return text + "\n"
    lines, length, start = [], len(label), 0
    for k, term in enumerate(terms):
        length += len(term) + 1
        if length > _LINE and k > start:
            lines.append(" ".join(terms[start:k]))
            start, length = k, len(term) + 2
    lines.append(" ".join(terms[start:]))
    return f"{label} " + "\n  ".join(lines) + "\n"
