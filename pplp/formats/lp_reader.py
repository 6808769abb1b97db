"""The reader of CPLEX LP files: sections, bounds, kinds and sets.  Objective and rows are in lp_rows.py."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import inf

from pplp.formats.draft import INFINITE, Draft
from pplp.formats.lp_plain import INFINITIES, RELATIONS
from pplp.formats.lp_rows import DIGITS, LpRows, tokens_of
from pplp.formats.source import Source, quoted

__all__ = ["read_lp"]

#: Sections of what is not linear, or not one program.
_REFUSED = re.compile(
    r"\s*(?P<word>general\s+constraints?|gencons?|g\.c\.|pwlobj|multi-objectives?|scenario|quadratic\s+\w+)(?=\s|$)(?!\s*:)",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"\s*(?P<word>(?P<minimize>minimi[sz]e|minimum|min)|(?P<maximize>maximi[sz]e|maximum|max)"
    r"|(?P<rows>subject\s+to|such\s+that|st|s\.t\.|st\.|lazy\s+constraints|user\s+cuts)|(?P<bounds>bounds?)"
    r"|(?P<general>generals?|gen|integers?|int)|(?P<binary>binar(?:y|ies)|bin)|(?P<semi>semi-continuous|semis?)"
    r"|(?P<sets>sos[12]?)|(?P<end>end))(?=\s|$)(?!\s*:)",
    re.IGNORECASE,
)


def read_lp(source: Source) -> Draft:
    """What is read of an LP file."""
    return _Reader(source).read()


class _Reader:
    """One section at a time."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.draft = Draft(source)
        self.rows = LpRows(source, self.draft)
        self.binary: set[int] = set()
        self.weights: list[list[float]] = []  # of the members of each set

    def read(self) -> Draft:
        """Read it all."""
        source, draft, rows = self.source, self.draft, self.rows
        section, ended = "", False
        for line in source:
            if "\\" in line:
                line, _, comment = line.partition("\\")
                line += "\n"  # which ends it for those who take many lines at once
                if "pplp" in comment:
                    rows.flush()  # what the comment says is of what follows
                draft.remarks.take(comment.lstrip(), source)
            in_terms = section == "objective" or section == "rows"
            if in_terms and rows.line(line):
                continue
            found = _SECTION.match(line)
            self._check_section(line)
            if found is not None:
                kind = next(name for name, text in found.groupdict().items() if text is not None and name != "word")
                self._leave(section)
                ended = ended or kind == "end"
                section = self._enter(kind, section)
                line = line[found.end() :]
                self._check_section(line)
                in_terms = section == "objective" or section == "rows"
                if in_terms and rows.line(line):
                    continue
            if line.isspace() or not line:
                continue
            if ended:
                source.fail(f"expected nothing after End, found {quoted(tokens_of(line)[0])}")
            if in_terms:
                rows.other_line(line)
            elif section == "bounds":
                if not self._plain_bound(line.split()):
                    self._bound(tokens_of(line))
            elif section == "sets":
                self._set(tokens_of(line))
            elif section:
                self._kinds(tokens_of(line), section)
            else:
                source.fail(f"expected Minimize or Maximize, found {quoted(tokens_of(line)[0])}")
        self._leave(section)
        if not ended and not section:
            source.fail("expected Minimize or Maximize, found the end of the file")
        if not ended and section == "objective":
            source.fail("expected Subject To or End, found the end of the file")
        self._sort_sets()
        for j in self.binary:  # beside what Bounds says
            draft.lower[j], draft.upper[j] = max(draft.lower[j], 0.0), min(draft.upper[j], 1.0)
        return draft

    def _check_section(self, line: str) -> None:
        """Refuse sections of what is not linear; a known variable is none."""
        found = _REFUSED.match(line)
        if found is None:
            return
        self.rows.flush()  # which may have the variable
        if found["word"].split()[0] in self.draft.place_of:
            return
        self.source.fail(
            f"found the section {quoted(line.strip())}, and pplp reads linear programs with one objective. Quadratic, "
            "piecewise linear and general constraints have to be written as linear rows."
        )

    def _enter(self, kind: str, before: str) -> str:
        if kind in ("minimize", "maximize"):
            if before:
                self.source.fail("expected one objective, found a second one")
            self.draft.maximize = kind == "maximize"
            return "objective"
        if not before:
            if kind != "rows":
                self.source.fail(f"expected Minimize or Maximize before {kind}")
            self.rows.in_rows = True  # a file without objective
        return kind

    def _leave(self, section: str) -> None:
        if section == "objective":
            self.rows.finish_objective()
        elif section == "rows":
            self.rows.flush()
            if self.rows.begun:
                self.rows.finish_row()

    # ---- the other sections
    def _plain_bound(self, tokens: list[str]) -> bool:
        """Take a bound of a known variable by one number or two, each a token between blanks; False of all else."""
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
