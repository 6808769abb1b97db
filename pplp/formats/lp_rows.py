"""The objective and the rows of an LP file, term by term.

`LpRows.line` takes a line, token by token.  If many lines are plain, `take_terms` and `take_rows` take them at once,
with the same result.
"""

from __future__ import annotations

import re
from math import inf
from typing import Optional

from pplp.core.relations import Comparison
from pplp.core.scalars import HUGE
from pplp.formats.draft import INFINITE, Condition, Draft
from pplp.formats.lp_plain import PlainRows
from pplp.formats.lp_plain_bounds import PlainBounds
from pplp.formats.lp_words import INFINITIES, NAME, RELATIONS, is_label
from pplp.formats.names import checked_name
from pplp.formats.source import Source, quoted

__all__ = ["DIGITS", "LpRows", "tokens_of"]

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
#: A name followed by a colon is one token: a label.
_TOKEN = re.compile(rf"{_NUMBER}|{NAME}(?:\s*:(?!:))?|<->|->|<=|>=|=<|=>|::|\S")
#: The arrows of an indicator, and how "the row holds" compares with "the variable has the value".
_ARROWS: dict[str, Comparison] = {"->": ">=", "<-": "<=", "<->": "=="}
DIGITS = frozenset("0123456789.")
#: A longer line of the objective is worth a try in bulk.
_LONG = 1000


def tokens_of(text: str) -> list[str]:
    """The tokens of a line."""
    return _TOKEN.findall(text)


class LpRows:
    """The terms of the row, or of the objective, that is being read are in separate lists."""

    def __init__(self, source: Source, draft: Draft) -> None:
        self.source = source
        self.draft = draft
        self.in_rows = False  # and not in the objective
        self.known_rows: dict[str, None] = {}
        self.plain = PlainRows(draft)
        self.plain_bounds = PlainBounds(draft)
        self._start("")

    def _start(self, label: str) -> None:
        """A new row, or the objective."""
        self.label = label
        self.indices: list[int] = []
        self.values: list[float] = []
        self.sign = 0.0  # of the next term; 0 if none was read
        self.number: Optional[float] = None  # read, but not yet known to be a coefficient
        self.last_line = 0  # the last line with a part of this row
        self.starred = False
        self.constant = 0.0  # of this side
        self.sides: list[tuple[float, int]] = []  # (constant, relation after it) of the complete sides
        self.begun = bool(label)
        self.terms_side = -1  # the side with the variables
        self.condition: Optional[Condition] = None  # of an indicator

    # ---- lines
    def line(self, text: str) -> bool:
        """Take a line that begins with a label or a sign; False for any other one, which may begin a section."""
        if text.lstrip()[:1] not in ("+", "-"):
            head, colon, rest = text.partition(":")
            if not (colon and rest[:1] in (" ", "\n", "\t") and is_label(head)):
                return False
            if not self.in_rows and len(rest) > _LONG:
                self.other_line(head + colon)
                rest = rest.lstrip()
                if self.take_terms(rest if rest[:1] in ("+", "-") else "+ " + rest):
                    return True
                text = rest
        self.other_line(text)
        return True

    def other_line(self, text: str) -> None:
        """Take any line, token by token: between blanks there is nearly always one; `terms` splits the others."""
        self.terms(text.split() if " :" not in text and "\t:" not in text else _TOKEN.findall(text))

    @property
    def is_open(self) -> bool:
        """True in the middle of a term."""
        return self.number is not None or self.sign != 0

    def take_terms(self, text: str) -> bool:
        """Take whole lines of the objective; False, with none taken, unless all are plain."""
        if self.is_open:
            return False
        found = self.plain.terms(text)
        if found is None:
            return False
        self.indices += found[0]
        self.values += found[1]
        self.terms_side, self.begun, self.last_line = 0, True, self.source.line
        return True

    def take_rows(self, text: str) -> bool:
        """Take whole rows, which begin with a label; False, with none taken, unless all are plain."""
        if self.begun:
            self.finish_row()
        return self.plain.rows(text, self.known_rows)

    # ---- tokens
    def terms(self, tokens: list[str]) -> None:
        """Continue the expression that is being read."""
        place_of, source = self.draft.place_of, self.source
        for token in tokens:
            place = place_of.get(token)
            if place is not None:
                self._term(place, token)
                continue
            first = token[0]
            if token == "+" or token == "-":
                if self.number is not None:
                    if self.in_rows and -1 < self.terms_side < len(self.sides):
                        self._next_row(token)
                    else:
                        self._add_constant()
                self.sign = (self.sign or 1.0) * (-1.0 if first == "-" else 1.0)
                self.begun = True
                self.last_line = source.line
                continue
            if first in DIGITS and "_" not in token:
                try:
                    value = float(token)
                except ValueError:
                    pass
                else:
                    self._coefficient(value, token)
                    continue
            if token in _ARROWS and (token != "<-" or (self.sides and self.sides[-1][1] == 0)):  # x <- 5: x < -5
                self._arrow(token)
                continue
            parts = _TOKEN.findall(token)
            if len(parts) > 1:
                self.terms(parts)
            elif first in DIGITS:
                source.fail(f"expected a number, found {quoted(token)}")
            elif token in RELATIONS:
                self._relation(token)
            elif first == "*":
                if self.number is None or self.starred:
                    self._refuse_nonlinear(token)
                self.starred = True
            elif token[-1] == ":" and len(token) > 1 and token != "::":
                self._label(token[:-1].rstrip())
            elif first in "/^[]:\\":
                self._refuse_nonlinear(token)
            elif token.lower() in INFINITIES:
                self._coefficient(inf, token)
            else:
                self._term(-1, token)

    def _refuse_nonlinear(self, token: str) -> None:
        """Refuse brackets, products and powers, which are quadratic."""
        if token in ("[", "*", "^"):
            self.source.fail(
                f"found {quoted(token)}, which begins a quadratic term, but pplp is linear. "
                "Remove the quadratic terms, or replace them by piecewise linear ones."
            )
        self.source.fail(f"expected a linear expression, found {quoted(token)}")

    def _coefficient(self, value: float, token: str) -> None:
        """A number: a coefficient of the variable after it, or a constant."""
        if self.number is not None:
            if not (self.in_rows and self.sides):
                self.source.fail(f"expected a variable after {self.number!r}, found {quoted(token)}")
            self._next_row(token)
        elif not self.sign and self.indices and self.terms_side == len(self.sides):
            if not (self.in_rows and self.sides):
                self.source.fail(f"expected +, - or a relation before {quoted(token)}")
            self.finish_row()
        self.number = value
        self.last_line = self.source.line
        self.begun = True

    def _term(self, place: int, token: str) -> None:
        """A variable, or a new one if the index is -1, on either side."""
        if -1 < self.terms_side < len(self.sides):  # the row has its variables: its right-hand side is a number
            if self.number is None or self.starred:
                self.source.fail(f"expected a number on the right-hand side, found {quoted(token)}")
            self._next_row(token)
        elif not self.sign and self.number is None and self.indices:
            if not (self.in_rows and self.sides):
                self.source.fail(f"expected +, - or a relation before {quoted(token)}")
            self.finish_row()
        number = 1.0 if self.number is None else self.number
        self.last_line = self.source.line
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
        """The row ended with its right-hand side, and the token begins a new one without a label, on its own line."""
        if self.last_line == self.source.line:
            self.source.fail(f"expected the end of the line after the right-hand side, found {quoted(token)}")
        self.finish_row()

    def _add_constant(self) -> None:
        if self.starred:
            self.source.fail("expected a variable after '*'")
        if self.number is not None:
            self.constant += -self.number if self.sign < 0 else self.number
            self.number = None
        elif self.sign:
            self.source.fail("expected a number or a variable after the sign")
        self.sign = 0.0

    def _relation(self, token: str) -> None:
        if not self.in_rows:
            self.source.fail(f"expected Subject To before a relation, found {quoted(token)}")
        is_empty = self.number is None and self.terms_side < len(self.sides)
        if is_empty and not (self.label and not self.sides):  # c: <= 5 is a row without terms
            self.source.fail(f"expected an expression before {quoted(token)}")
        self._add_constant()
        if len(self.sides) == 2 or (self.sides and self.terms_side != 1):
            self.source.fail(f"expected the end of the row, found {quoted(token)}")
        self.sides.append((self.constant, RELATIONS[token]))
        self.constant = 0.0
        self.last_line = self.source.line

    def _arrow(self, token: str) -> None:
        """What was read as a row, ``b = 1``, is the condition of the next row."""
        is_value = self.number in (0.0, 1.0) and self.sign >= 0 and not self.starred
        if not (is_value and self.sides == [(0.0, 0)] and self.values == [1.0] and self.condition is None):
            self.source.fail(f"expected a condition such as 'b = 1' before {quoted(token)}")
        column, value, label = self.indices[0], int(self.number or 0), self.label
        self._start(label)
        self.condition, self.begun = Condition(column, value, self.source.line, _ARROWS[token]), True

    def _label(self, label: str) -> None:
        if self.begun:
            if not self.in_rows:
                self.source.fail(f"expected one objective, found the label {quoted(label)}")
            self.finish_row()
        if self.in_rows:
            if label in self.known_rows:
                self.source.fail(f"expected another name: there is a row {quoted(label)} already")
            self.known_rows[checked_name(label, self.source)] = None
        self._start(label)
        self.last_line = self.source.line

    # ---- the end of the objective and of a row
    def finish_objective(self) -> None:
        """The costs read so far."""
        self._add_constant()
        if abs(self.constant) > HUGE:
            self.source.fail(f"expected a constant of the objective up to {HUGE}, found {self.constant!r}")
        self._add_costs()
        self.draft.offset = self.constant
        self._start("")
        self.in_rows = True

    def _add_costs(self) -> None:
        cost = self.draft.cost
        if self.indices == list(range(len(cost))):
            cost[:] = [0.0 + a for a in self.values] if 0.0 in self.values else self.values  # no -0.0
            return
        for j, a in zip(self.indices, self.values):
            cost[j] = total = cost[j] + a
            if not 1e-100 <= total <= 1e100:
                self.draft.in_range(total, repr(total))

    def finish_row(self) -> None:
        """Add the row that was read; its errors name its last line."""
        source, draft = self.source, self.draft
        here, source.line = source.line, self.last_line or source.line
        sides = self._plain_sides() or self._sides()
        label = self.label
        if label in draft.remarks.sides:
            sides = draft.remarks.sides[label]
        indices, values = draft.summed(self.indices, self.values)
        if not (label in draft.remarks.ranges and self._completes(indices, values, *sides)):
            if self.condition is not None:
                draft.conditions[len(draft.row_names)] = self.condition
            draft.row(label, indices, values, *sides)
        source.line = here
        self._start("")

    def _plain_sides(self) -> Optional[tuple[float, float]]:
        """The bounds of a row with one relation followed by a number; None for any other row."""
        if self.terms_side or len(self.sides) != 1 or self.number is None or self.starred:
            return None
        shift, relation = self.sides[0]
        value = self.constant + (-self.number if self.sign < 0 else self.number) - shift
        if not abs(value) < INFINITE:
            return None
        return -inf if relation < 0 else value, inf if relation > 0 else value

    def _sides(self) -> tuple[float, float]:
        """The bounds of any row."""
        here = f" in the row {quoted(self.label)}" if self.label else ""
        if self.number is None and self.terms_side < len(self.sides):
            what = "a number after the relation" if self.sides else "an expression and a relation"
            self.source.fail(f"expected {what}{here}")
        if not self.sides:
            self.source.fail(f"expected <=, >= or ={here}")
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
            if lower == inf or upper == -inf:
                self.source.fail(
                    f"the right-hand side {other:g}{here} counts as infinite, like all from {INFINITE:g} on, so "
                    "no row can reach it. Write a smaller number."
                )
        return lower, upper

    def _completes(self, indices: list[int], values: list[float], lower: float, upper: float) -> bool:
        """True if the row is the other side of the one before, as a comment says."""
        draft, row = self.draft, len(self.draft.row_names) - 1
        count = len(indices)
        if (
            row < 0
            or draft.row_names[row] != draft.remarks.ranges[self.label]
            or not _same_condition(draft.conditions.get(row), self.condition)
            or draft.lengths[row] != count
            or list(draft.indices[len(draft.indices) - count :]) != indices
            or list(draft.values[len(draft.values) - count :]) != values
        ):
            return False
        draft.row_lower[row], draft.row_upper[row] = max(lower, draft.row_lower[row]), min(upper, draft.row_upper[row])
        draft.check_sides(self.label, draft.row_lower[row], draft.row_upper[row])
        return True


def _same_condition(one: Optional[Condition], other: Optional[Condition]) -> bool:
    if one is None or other is None:
        return one is other
    return one._replace(line=0) == other._replace(line=0)
