"""The reader of CPLEX LP files: sections, bounds, kinds and sets.  Objective and rows are in lp_rows.py."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from math import inf
from typing import Optional

from pplp.core.sense import Sense
from pplp.formats.draft import INFINITE, Draft
from pplp.formats.lp_rows import DIGITS, LpRows, tokens_of
from pplp.formats.lp_words import INFINITIES, NAME, RELATIONS
from pplp.formats.source import Source, quoted

__all__ = ["read_lp"]

_REFUSED_WORDS = (
    r"(?P<refused>general\s+constraints?|gencons?|g\.c\.|pwlobj|multi-objectives?|scenario|quadratic\s+\w+)"
    r"(?=\s|$)(?!\s*:)"
)
_SECTION_WORDS = (
    r"(?P<word>(?P<minimize>minimi[sz]e|minimum|min)|(?P<maximize>maximi[sz]e|maximum|max)"
    r"|(?P<rows>subject\s+to|such\s+that|st|s\.t\.|st\.|lazy\s+constraints|user\s+cuts)|(?P<bounds>bounds?)"
    r"|(?P<general>generals?|gen|integers?|int)|(?P<binary>binar(?:y|ies)|bin)|(?P<semi>semi-continuous|semis?)"
    r"|(?P<sets>sos[12]?)|(?P<end>end))(?=\s|$)(?!\s*:)"
)
#: Sections that are not linear, or describe more than one program.
_REFUSED = re.compile(rf"\s*{_REFUSED_WORDS}", re.IGNORECASE)
_SECTION = re.compile(rf"\s*{_SECTION_WORDS}", re.IGNORECASE)
#: A line that begins a section, after the end of the line before; one letter and mostly two give it away;
#: and one that probably does.
_TWO = "[mM][aiuAIU]|[sS][cetouCETOU.]|[lL][aA]|[uU][sS]|[bB][ioIO]|[gG][eE.]|[iI][nN]|[eE][nN]|[pP][wW]|[qQ][uU]"
_HEADING = re.compile(rf"\n[ \t]*(?=[mMsSlLuUbBgGiIeEpPqQ])(?={_TWO})(?i:{_SECTION_WORDS}|{_REFUSED_WORDS})")
_FLUSH = re.compile(r"\n[A-Za-z]")
#: A line that begins with a label, up to the colon.
_LABEL = re.compile(rf"^[ \t]*{NAME}:", re.MULTILINE)
_SIGN = re.compile(r"\s[+-]")
#: With fewer lines, bulk parsing does not pay; nor do halves after this many failures.
_MANY, _MISSES = 16, 16


def _lines_alone(text: str) -> list[int]:
    """Where the lines begin that are never parsed in bulk: they have a comment, or begin a section."""
    found = [heading.start() for heading in _HEADING.finditer("\n" + text)]  # the line end shifts all by one
    at = text.find("\\")
    if at < 0:
        return found
    comments: list[int] = []
    while at >= 0:
        comments.append(text.rfind("\n", 0, at) + 1)
        end = text.find("\n", at)
        at = text.find("\\", end) if end >= 0 else -1
    return sorted({*found, *comments})


def _is_long(text: str) -> bool:
    """True if bulk parsing is worth a try."""
    return len(text) >= 64 * _MANY or text.count("\n") >= _MANY


def read_lp(source: Source) -> Draft:
    """The reader of an LP file."""
    return _Reader(source).read()


class _Reader:
    """One section at a time."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.draft = Draft(source)
        self.rows = LpRows(source, self.draft)
        self.section = ""
        self.ended = False
        self.misses = 0  # recent parts that had to be read line by line
        self.binary: set[int] = set()
        self.weights: list[list[float]] = []  # of the members of each set

    def read(self) -> Draft:
        """Read the whole file."""
        source, draft = self.source, self.draft
        parts: list[str] = []  # of the last row, which may continue
        for text in source.blocks(to_end=True):
            text += "" if text[-1] == "\n" else "\n"
            if parts and self.section == "rows" and ":" not in text and not _lines_alone(text):
                parts.append(text)
                continue
            parts = list(filter(None, [self._block("".join([*parts, text]))]))
        self._part("".join(parts), is_complete=True)
        self._leave(self.section)
        if not self.section:
            source.fail("expected Minimize or Maximize, found the end of the file")
        if self.section == "objective":
            source.fail("expected Subject To or End, found the end of the file")
        self._sort_sets()
        self._cut_binary()
        return draft

    def _cut_binary(self) -> None:
        """Keep binary variables within 0 and 1, and within their Bounds."""
        names, lower, upper, beyond = self.draft.column_names, self.draft.lower, self.draft.upper, []
        for j in sorted(self.binary):
            low, high = lower[j], upper[j]
            if not 0.0 <= low <= 1.0 or not (0.0 <= high <= 1.0 or high == inf):
                beyond.append(f"{quoted(names[j])} is binary, but has the bounds {low:g} and {high:g}")
            lower[j], upper[j] = max(low, 0.0), min(high, 1.0)
        if beyond:
            more = f", and {len(beyond) - 1} more" if beyond[1:] else ""
            self.source.warn(f"{beyond[0]}{more}: it is limited by both. Other readers use the bounds alone.")

    # ---- lines in bulk
    def _block(self, text: str) -> str:
        """Read whole lines, except for a last row or term that may continue, which is returned."""
        if not (text[:1].isalpha() or _FLUSH.search(text)):
            rest = self._take(text)
            if rest is not None:
                if not rest or not _lines_alone(rest):
                    return rest
                text = rest
        start = 0
        for at in _lines_alone(text):
            rest, start = self._part(text[start:at]), text.find("\n", at) + 1 or len(text)
            if "\\" in text[at:start]:  # a row may continue after a comment
                self._exactly(rest)
            else:
                self._part(rest, is_complete=True)
            self._line(text[at:start])
        return self._part(text[start:])

    def _part(self, text: str, is_complete: bool = False) -> str:
        """Like `_block`, for lines that may depend on others: at once, in halves, or one by one."""
        if self.section == "rows":
            label = _LABEL.search(text)
            begin = len(text) if label is None else label.start()
        else:
            sign = _SIGN.search(text) if self.section == "objective" and self.rows.is_open else None
            begin = 0 if sign is None else sign.start() + 1
        self._exactly(text[:begin])
        text = text[begin:]
        if not text:
            return ""
        rest = self._take(text, is_complete)
        if rest is not None:
            self.misses = 0
            return rest
        middle = text.rfind("\n", 0, len(text) // 2) + 1
        if _is_long(text) and middle and self.misses < _MISSES:
            rest = self._part(text[:middle])
            if len(rest) < middle:
                return self._part(rest + text[middle:], is_complete)
        self.misses += 1
        self._exactly(text)
        return ""

    def _take(self, text: str, is_complete: bool = False) -> Optional[str]:
        """Take all lines at once; returns the last row or term, if it may continue, or None unless all are plain."""
        section, source, rest = self.section, self.source, ""
        if section == "rows":
            if not _LABEL.match(text):
                return None
            if not is_complete:
                end = text.rfind("\n", 0, text.rfind(":")) + 1
                text, rest = text[:end], text[end:]
                if not _LABEL.match(rest):  # there is a colon elsewhere
                    return None
                if not text:
                    return rest
        elif section == "objective" and not is_complete:
            end = max(text.rfind(before + sign) for before in " \n" for sign in "+-") + 1
            text, rest = text[:end], text[end:]
        if self.ended or not _is_long(text):
            return None
        count = text.count("\n")
        source.line += count
        if section == "objective":
            taken = self.rows.take_terms(text)
        elif section == "rows":
            taken = self.rows.take_rows(text)
        elif section == "bounds":
            taken = self.rows.plain_bounds.bounds(text)
        else:
            taken = (section == "general" or section == "binary") and self._take_kinds(text)
        if not taken:
            source.line -= count
            return None
        return rest

    def _take_kinds(self, text: str) -> bool:
        columns = self.rows.plain_bounds.known(text)
        if columns is None:
            return False
        integer = self.draft.integer
        if isinstance(columns, range):
            integer[columns.start : columns.stop] = b"\1" * len(columns)
        else:
            for j in columns:
                integer[j] = 1
        if self.section == "binary":
            self.binary.update(columns)
        return True

    # ---- lines one by one
    def _exactly(self, text: str) -> None:
        """Lines, one by one; the last one may continue."""
        for line in io.StringIO(text):
            self._line(line)
        if text and text[-1] != "\n":
            self.source.line -= 1

    def _line(self, line: str) -> None:
        """One line, parsed exactly."""
        source, rows = self.source, self.rows
        source.line += 1
        if "\\" in line:
            line, _, comment = line.partition("\\")
            self.draft.remarks.take(comment.lstrip(), source)
        if self._is_expression and rows.line(line):
            return
        found = _SECTION.match(line)
        self._check_section(line)
        if found is not None:
            kind = next(name for name, text in found.groupdict().items() if text is not None and name != "word")
            self._leave(self.section)
            self.ended = self.ended or kind == "end"
            self.section = self._enter(kind, self.section)
            line = line[found.end() :]
            self._check_section(line)
            if self._is_expression and rows.line(line):
                return
        if line.isspace() or not line:
            return
        if self.ended:
            source.fail(f"expected nothing after End, found {quoted(tokens_of(line)[0])}")
        if self._is_expression:
            rows.other_line(line)
        elif self.section == "bounds":
            if not self._plain_bound(line.split()):
                self._bound(tokens_of(line))
        elif self.section == "sets":
            self._set(tokens_of(line))
        elif self.section:
            self._kinds(tokens_of(line), self.section)
        else:
            source.fail(f"expected Minimize or Maximize, found {quoted(tokens_of(line)[0])}")

    @property
    def _is_expression(self) -> bool:
        return (self.section == "objective" or self.section == "rows") and not self.ended

    def _check_section(self, line: str) -> None:
        """Refuse nonlinear sections, unless the word is a known variable."""
        found = _REFUSED.match(line)
        if found is None:
            return
        if found["refused"].split()[0] in self.draft.place_of:
            return
        self.source.fail(
            f"found the section {quoted(line.strip())}, but pplp reads linear programs with one objective. Write "
            "quadratic, piecewise linear and general constraints as linear rows."
        )

    def _enter(self, kind: str, before: str) -> str:
        sense = Sense.known(kind)
        if sense is not None:
            if before:
                self.source.fail("expected one objective, found a second one")
            self.draft.maximize = sense.is_maximize
            return "objective"
        if not before:
            if kind != "rows":
                self.source.fail(f"expected Minimize or Maximize before {kind}")
            self.rows.in_rows = True  # a file without an objective
        return kind

    def _leave(self, section: str) -> None:
        if section == "objective":
            self.rows.finish_objective()
        elif section == "rows" and self.rows.begun:
            self.rows.finish_row()

    # ---- the other sections
    def _plain_bound(self, tokens: list[str]) -> bool:
        """Take a bound of a known variable with one or two numbers, between blanks; False for anything else."""
        draft, count = self.draft, len(tokens)
        if count == 3:
            name, relation, last = tokens
            first = ""
        elif count == 5 and tokens[1] == tokens[3] == "<=":
            first, _, name, relation, last = tokens
        else:
            return False
        j = draft.place_of.get(name)
        if j is None or relation not in ("<=", ">=", "="):
            return False
        try:
            value, lower = float(last), float(first or 0)
        except ValueError:
            return False
        if not (abs(value) < INFINITE and abs(lower) < INFINITE) or "_" in last or "_" in first:
            return False
        if relation != "<=":
            draft.lower[j] = value
        if relation != ">=":
            draft.upper[j] = value
        if first:
            draft.lower[j] = lower
        return True

    def _bound(self, tokens: list[str]) -> None:
        """One bound: ``x <= 4``, ``-1 <= x <= 4``, ``x = 4``, ``x free``."""
        source, draft = self.source, self.draft
        items: list[tuple[str, float, str]] = []  # kind: number, name or relation
        sign = 0.0
        for token in tokens:
            if token in ("+", "-"):
                sign = (sign or 1.0) * (-1.0 if token == "-" else 1.0)
                continue
            if token[0] in DIGITS and token != ".":
                items.append(("number", draft.number(token, "a number"), token))
            elif token.lower() in INFINITIES and token not in draft.place_of:
                items.append(("number", inf, token))
            elif token in RELATIONS:
                items.append(("relation", RELATIONS[token], token))
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
                self.binary.add(j)

    def _set(self, tokens: list[str]) -> None:
        """``name: S1:: x:3 y:4``, or more members of the set that the previous line began."""
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
        """Sort the members of each set by their weights."""
        for (_, members, _, _), weights in zip(self.draft.ordered_sets, self.weights):
            members[:] = [j for _, j in sorted(zip(weights, members), key=lambda pair: pair[0])]
