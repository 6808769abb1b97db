"""Finds likely mistakes in a program before it is solved, in time linear in its number of coefficients."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, inf
from typing import TYPE_CHECKING, Any, Literal, Optional

from pplp.core.constraints import BoundConstraint, ConstantConstraint, Constraint, constraint_at
from pplp.core.expressions import Variable, variable_at
from pplp.core.handle import place_of, store_of
from pplp.core.origins import Origin
from pplp.core.owner import bound_rows_of, bounds_at, columns_of, constant_rows_of, reformulations_of, rows_of
from pplp.core.rows import _Named
from pplp.core.scalars import shown
from pplp.core.sense import Sense
from pplp.core.shown import ShownAsPage
from pplp.diagnosis.certificates import Handle
from pplp.diagnosis.empty_domains import unsolvable_rows
from pplp.form.compiler import column_places, compile_form, row_places
from pplp.form.verification import are_crossed
from pplp.functions.builder import GREATEST_M
from pplp.ground.decimals import rational
from pplp.ground.words import screenful

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["Finding", "Findings"]

#: Above this ratio of the greatest to the least coefficient, solvers lose precision.
_RANGE = 1e8
#: A binary's coefficient counts as a big-M if it is at least this many times the next largest of its row.
_LARGE = 1e3
_TOLERANCE = 1e-7
#: How many findings of a kind are printed, and how many rows a finding names or is compared with.
_FEW = 5

#: "error": the program is infeasible; "warning": probably a mistake; "note": has no effect, but is not wrong.
Severity = Literal["error", "warning", "note"]
#: code -> (severity, what to do about it)
KINDS: dict[str, tuple[Severity, str]] = {
    "crossed-bounds": ("error", "Change one of the bounds, or a constraint that sets one: see explain()."),
    "no-integer": ("error", "Widen the bounds to include an integer, or make the variable continuous."),
    "infeasible-row": ("error", "Change the constraint, or the bounds of its variables: see explain()."),
    "contradictory-rows": ("error", "Remove or change one of them."),
    "unbounded-column": ("warning", "Give the variable this bound, or take it out of the objective."),
    "unused-variable": ("warning", "Remove it, or look for the constraint that should have it."),
    "empty-row": ("warning", "Remove it, or check whether an empty list was summed."),
    "duplicate-rows": ("warning", "Remove the redundant ones."),
    "coefficient-range": ("warning", "Choose units that bring the coefficients nearer to 1."),
    "big-m": ("warning", "Use the smaller M; or write b >> (...), which derives it from the bounds."),
    "fractional-bounds": ("warning", "Write the integers that you mean."),
    "name-collides": ("warning", "Rename one of them."),
    "long-name": ("warning", "Shorten it: files and solvers allow 255 bytes."),
    "fixed-variable": ("note", "Use a number instead, unless you will free it again."),
    "never-binds": ("note", "Remove it, or check its bound and those of its variables."),
}
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """One likely mistake."""

    #: The kind of finding, such as "duplicate-rows".
    code: str
    #: The message, in the program's own names and numbers.
    message: str
    #: The constraints and variables that it is about.
    things: tuple[Handle, ...] = ()

    @property
    def severity(self) -> Severity:
        """One of "error" (the program is infeasible), "warning" (probably a mistake), "note" (has no effect)."""
        return KINDS[self.code][0]

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return KINDS[self.code][1]

    @property
    def origin(self) -> Optional[Origin]:
        """The file and line of the first of `things` whose origin was recorded."""
        return next((thing.origin for thing in self.things if thing.origin is not None), None)

    def __str__(self) -> str:
        place = f"   {self.origin}" if self.origin is not None else ""
        return f"{self.message}{place}"


class Findings(ShownAsPage, tuple[Finding, ...]):
    """The findings of `LinearProgram.lint`, the most severe first; it prints as a report.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram(trace=False)
    >>> x, y, spare = lp.Var("x", lb=0, ub=4), lp.IntVar("y", lb=0, ub=2.5), lp.Var("spare")
    >>> lp.add_constraints([x + y >= 2, 2*x + 2*y >= 3])
    [x + y >= 2, 2 x + 2 y >= 3]
    >>> lp.lint()
    warning: unused-variable (1): Remove it, or look for the constraint that should have it.
      spare is in no constraint, and has no cost; it is free
    warning: duplicate-rows (1): Remove the redundant ones.
      2 x + 2 y >= 3 is implied by x + y >= 2
    warning: fractional-bounds (1): Write the integers that you mean.
      y is an integer in [0, 2.5]: that is [0, 2]
    >>> [finding.code for finding in lp.lint()]
    ['unused-variable', 'duplicate-rows', 'fractional-bounds']
    """

    def __str__(self) -> str:
        if not self:
            return "No findings."
        kinds: dict[str, list[Finding]] = {}
        for finding in self:
            kinds.setdefault(finding.code, []).append(finding)
        lines = []
        for code, those in kinds.items():
            lines.append(f"{those[0].severity}: {code} ({len(those)}): {those[0].remedy}")
            lines += screenful(those, _FEW)
        return "\n".join(lines)

    __repr__ = __str__


def findings(program: Solvable, sense: Optional[Sense] = None) -> Findings:
    """Implements `LinearProgram.lint`; a `sense` of None means both senses."""
    order = {code: k for k, code in enumerate(KINDS)}
    return Findings(sorted(_Lint(program, sense).all(), key=lambda finding: order[finding.code]))


class _Lint:
    """The checks, on the arrays of a compiled program."""

    def __init__(self, program: Solvable, sense: Optional[Sense]) -> None:
        self.program = program
        self.senses = tuple(Sense) if sense is None else (sense,)
        self.form = form = compile_form(program, False)
        self.variables, self.constraints = column_places(program).indices(), row_places(program).indices()
        self.lower, self.upper = form.column_lower.tolist(), form.column_upper.tolist()
        self.integer = form.integer
        made = reformulations_of(program)
        handles = (constraint_at(program, kind, row) for k in made.living() for kind, row in made.constraints[k])
        self.derived = {place_of(of) for of in handles if store_of(of) is rows_of(program)}

    def all(self) -> Iterator[Finding]:
        """All findings, unsorted."""
        yield from self.rows()
        yield from self.columns()
        yield from self.names()

    def variable(self, j: int) -> Variable:
        """The variable of a column of the form."""
        return variable_at(self.program, self.variables[j])

    def constraint(self, i: int) -> Constraint:
        """The constraint of a row of the form."""
        of: Constraint = constraint_at(self.program, Constraint, self.constraints[i])
        return of

    # ---- rows
    def rows(self) -> Iterator[Finding]:
        """Findings on each row, on parallel rows, and on the range of all coefficients."""
        form = self.form
        starts, indices, values = form.starts.tolist(), form.indices.tolist(), form.values.tolist()
        row_lower, row_upper = form.row_lower.tolist(), form.row_upper.tolist()
        lower, upper = self.lower, self.upper
        any_binary = any(form.integer)
        seen: dict[tuple[int, ...], int] = {}
        alike: dict[int, list[int]] = {}  # the first row on a set of variables -> the other rows on the same set
        least, greatest = inf, 0.0
        for i in range(form.rows):
            start, end = starts[i], starts[i + 1]
            if start == end:
                yield self._empty(self.constraint(i), row_lower[i], row_upper[i])
                continue
            terms, factors = indices[start:end], values[start:end]
            key = tuple(sorted(terms))
            first = seen.setdefault(key, i)
            if first != i:
                alike.setdefault(first, []).append(i)
            small, large = min(map(abs, factors)), max(map(abs, factors))
            least, greatest = min(least, small), max(greatest, large)
            if large > _RANGE * small:
                yield self._range_of_row(i, small, large)
            low = high = 0.0
            for a, j in zip(factors, terms):
                if a > 0:
                    low += a * lower[j]
                    high += a * upper[j]
                else:
                    low += a * upper[j]
                    high += a * lower[j]
            below, above = row_lower[i], row_upper[i]
            slack = _TOLERANCE * max(abs(end) for end in (low, high, below, above, 0.0) if abs(end) < inf)
            if low > above + slack or high < below - slack:
                value, word = (low, "least") if low > above + slack else (high, "greatest")
                yield Finding(
                    "infeasible-row",
                    f"{self.constraint(i)!r}: within the bounds of its variables the {word} value is {_shown(value)}",
                    (self.constraint(i),),
                )
            elif low >= below and high <= above and self.constraints[i] not in self.derived:
                yield Finding(
                    "never-binds",
                    f"{self.constraint(i)!r} always holds, because of the bounds of its variables: "
                    f"values from {_shown(low)} to {_shown(high)}",
                    (self.constraint(i),),
                )
            elif any_binary and len(terms) > 1 and self.constraints[i] not in self.derived:
                yield from self._big_m(i, terms, factors)
        for first, others in alike.items():
            yield from self._parallel([first, *others])
        if greatest > _RANGE * least:
            yield self._range_of_all(least, greatest)
        yield from self._range_of_costs()
        constants = constant_rows_of(self.program)
        for i in constants.living():
            of = constraint_at(self.program, ConstantConstraint, i)
            yield Finding("empty-row", f"{of!r} has no variables", (of,))

    def _empty(self, of: Constraint, lower: float, upper: float) -> Finding:
        if not lower <= 0 <= upper:
            return Finding("infeasible-row", f"{of!r} has no variables left and can never hold", (of,))
        return Finding("empty-row", f"{of!r} has no variables", (of,))

    def _range_of_row(self, i: int, small: float, large: float) -> Finding:
        of = self.constraint(i)
        return Finding("coefficient-range", f"{_named(of)} has coefficients from {small:g} to {large:g}", (of,))

    def _range_of_all(self, least: float, greatest: float) -> Finding:
        form, ends = self.form, []
        for end in (least, greatest):
            rows: list[int] = []
            for i in range(form.rows):
                if any(abs(a) == end for a in form.row(i)[1]):
                    rows.append(i)
                    if len(rows) == _FEW:
                        break
            ends.append([self.constraint(i) for i in rows])
        said = [", ".join(map(_named, those)) for those in ends]
        return Finding(
            "coefficient-range",
            f"the coefficients of all constraints range from {least:g} ({said[0]}) to {greatest:g} ({said[1]})",
            tuple(dict.fromkeys([*ends[0], *ends[1]])),
        )

    def _range_of_costs(self) -> Iterator[Finding]:
        costs = [(abs(cost), j) for j, cost in enumerate(self.form.cost) if cost]
        if costs and max(costs)[0] > _RANGE * min(costs)[0]:
            (small, j), (large, k) = min(costs), max(costs)
            ends = self.variable(j), self.variable(k)
            yield Finding(
                "coefficient-range",
                f"the objective has coefficients from {small:g} ({ends[0].name}) to {large:g} ({ends[1].name})",
                ends,
            )

    def _parallel(self, rows: list[int]) -> Iterator[Finding]:
        """Findings on rows with the same variables: multiples of each other that contradict or are redundant."""
        groups: dict[tuple[Fraction, ...], list[tuple[float, float, int]]] = {}
        for i in rows:
            terms, factors = self.form.row(i)
            pairs = sorted(zip(terms, factors))
            unit = pairs[0][1]
            ends = self.form.row_lower[i] / unit, self.form.row_upper[i] / unit
            key = tuple(rational(a) / rational(unit) for _, a in pairs)
            groups.setdefault(key, []).append((min(ends), max(ends), i))
        for group in groups.values():
            if len(group) > 1:
                yield from self._in_group(group)

    def _in_group(self, group: list[tuple[float, float, int]]) -> Iterator[Finding]:
        low, _, at_low = max(group, key=lambda entry: (entry[0], -entry[2]))
        high, at_high = min((entry[1], entry[2]) for entry in group)
        if low > high + _TOLERANCE * max(abs(low), abs(high)):
            pair = self.constraint(at_low), self.constraint(at_high)
            yield Finding("contradictory-rows", f"{pair[0]!r} contradicts {pair[1]!r}", pair)
            return
        # The narrowest first: a row whose interval contains that of a kept row is redundant.
        kept: list[tuple[float, float, int]] = []
        for lower, upper, i in sorted(group, key=_narrowness):
            within = next((k for lo, hi, k in kept if lo >= lower - _slip(lower) and hi <= upper + _slip(upper)), None)
            if within is None:
                if len(kept) < _FEW:
                    kept.append((lower, upper, i))
            elif not {self.constraints[i], self.constraints[within]} <= self.derived:
                pair = self.constraint(i), self.constraint(within)
                yield Finding("duplicate-rows", f"{pair[0]!r} is implied by {pair[1]!r}", pair)

    def _big_m(self, i: int, terms: list[int], factors: list[float]) -> Iterator[Finding]:
        """A big-M on a binary that is larger than the bounds require, or too large for a solver's tolerances."""
        m, place = max((abs(a), k) for k, a in enumerate(factors))
        j = terms[place]
        others = max(abs(a) for k, a in enumerate(factors) if k != place)
        if m < _LARGE * others or not (self.integer[j] and self.lower[j] == 0 and self.upper[j] == 1):
            return
        below, above = self.form.row_lower[i], self.form.row_upper[i]
        if abs(below) < inf and abs(above) < inf:
            return  # in a row with two bounds, another M would also move the other one
        for side, bound in ((0, below), (1, above)):
            if abs(bound) == inf:
                continue
            sign = 1 if side else -1  # the row is read as sign * (others + a b) <= sign * bound, with the binary b
            ends = [
                sign * a * (self.upper[t] if sign * a > 0 else self.lower[t])
                for k, (a, t) in enumerate(zip(factors, terms))
                if k != place
            ]
            high, needed = fsum(ends) if max(ends) < inf else inf, inf
            if high < inf:
                # If sign * a < 0, b = 1 switches the row off.  Else b = 0 does, and the bound includes the M.
                slack = sign * bound - high
                needed = -slack if sign * factors[place] < 0 else m - slack
            x, of = self.variable(j), self.constraint(i)
            if needed <= 0:
                continue
            if needed < 0.999 * m:
                moved = "" if sign * factors[place] < 0 else f", with the bound {_shown(bound - sign * (m - needed))}"
                enough = f"{_shown(needed)} is enough by the bounds of its variables"
                said = f"has the M {m:g} on {x.name}, and {enough}{moved}"
            elif m > GREATEST_M or (needed == inf and m >= 1e6):
                of_bounds = "; give its variables bounds to derive how much is needed" if needed == inf else ""
                said = f"has the M {m:g} on {x.name}: a value within 1e-5 of 0 lets {m * 1e-5:g} through{of_bounds}"
            else:
                continue
            yield Finding("big-m", f"{of!r} {said}", (of, x))
            return

    # ---- columns
    def columns(self) -> Iterator[Finding]:
        """Findings on each variable."""
        form, program = self.form, self.program
        used = bytearray(form.columns)
        for j in form.indices:
            used[j] = 1
        for j in range(form.columns):
            low, high = self.lower[j], self.upper[j]
            if form.integer[j] and (low % 1.0 == 0 or low == -inf):
                low, high = bounds_at(program, self.variables[j])
                exact = all(abs(end) == inf or end == round(end) for end in (low, high))
                if not exact and self.lower[j] > self.upper[j] and low <= high:
                    text = f"{self._of(j)} is an integer in [{_shown(low)}, {_shown(high)}], but there is none"
                    alone = list(unsolvable_rows(program, self.variables[j]))
                    if alone:
                        text = f"no integer {self._of(j)} satisfies {alone[0]!r}"
                    yield Finding("no-integer", text, (self.variable(j), *alone))
                    continue
                if not exact and low <= high:
                    meant = f"[{_shown(self.lower[j])}, {_shown(self.upper[j])}]"
                    text = f"{self._of(j)} is an integer in [{_shown(low)}, {_shown(high)}]: that is {meant}"
                    yield Finding("fractional-bounds", text, (self.variable(j),))
            store = bound_rows_of(program)
            rows = [row for row in store.of_column.get(self.variables[j], ()) if row not in store.removed]
            if are_crossed(low, high):
                things = [constraint_at(program, BoundConstraint, row) for row in rows]
                text = f"{self._of(j)} must be at least {_shown(low)} and at most {_shown(high)}"
                yield Finding("crossed-bounds", text, (self.variable(j), *things))
            elif low == high:
                yield Finding("fixed-variable", f"{self._of(j)} is fixed at {_shown(low)}", (self.variable(j),))
            if not used[j]:
                # Each sense moves the variable to one end, by the sign of its cost; without that bound it is unbounded.
                down, up = Sense.from_bool(form.cost[j] <= 0), Sense.from_bool(form.cost[j] > 0)
                ends = [
                    (word, pull) for word, end, pull in (("lower", low, down), ("upper", high, up)) if abs(end) == inf
                ]
                asked = [(word, pull) for word, pull in ends if pull in self.senses]
                where = "in no constraint but of it alone" if rows else "in no constraint"
                if not form.cost[j]:
                    if rows:
                        continue
                    free = "; it is free" if len(ends) == 2 else ""
                    text = f"{self._of(j)} is in no constraint, and has no cost{free}"
                    yield Finding("unused-variable", text, (self.variable(j),))
                elif asked:
                    words, pulls = zip(*asked)
                    text = (
                        f"{self._of(j)} is {where} and has no {' and no '.join(words)} bound: "
                        f"{' and '.join(map(str, pulls))}() {'are' if len(asked) > 1 else 'is'} unbounded"
                    )
                    yield Finding("unbounded-column", text, (self.variable(j),))

    def _of(self, j: int) -> str:
        return columns_of(self.program).label(self.variables[j])

    # ---- names
    def names(self) -> Iterator[Finding]:
        """Names that differ only in case, or that become equal once files replace the characters they do not allow."""
        program = self.program
        its = columns_of(program)
        columns = ((name, variable_at(program, j)) for j, name in its.names.items() if j not in its.removed)
        yield from self._collisions(columns)
        stores: list[tuple[type[Constraint], _Named]] = [
            (Constraint, rows_of(program)),
            (BoundConstraint, bound_rows_of(program)),
            (ConstantConstraint, constant_rows_of(program)),
        ]
        rows: list[tuple[str, Handle]] = []
        for kind, store in stores:
            rows += [
                (name, constraint_at(program, kind, i)) for i, name in store.names.items() if i not in store.removed
            ]
        yield from self._collisions(rows)

    def _collisions(self, named: Iterable[tuple[str, Any]]) -> Iterator[Finding]:
        known: dict[str, tuple[str, Any]] = {}
        for name, of in named:
            if len(name) > 63 and len(name.encode()) > 255:
                yield Finding("long-name", f"the name {name[:40]!r}... has {len(name.encode())} bytes", (of,))
            plain = name if name.isidentifier() and name.isascii() else _ILLEGAL.sub("_", name)
            other = known.setdefault(plain.casefold(), (name, of))
            if other[1] is not of:
                if other[0].casefold() == name.casefold():
                    said = f"{other[0]!r} and {name!r} differ only in case"
                else:
                    said = f"{other[0]!r} and {name!r} become the same in files, which allow fewer characters"
                yield Finding("name-collides", said, (other[1], of))


#: Characters that some or all LP and MPS files do not allow in a name.
_ILLEGAL = re.compile(r"[^A-Za-z0-9_.]")


def _narrowness(entry: tuple[float, float, int]) -> tuple[float, float, int]:
    """A sort key for (lower, upper, row): an interval comes before all that contain it."""
    lower, upper, i = entry
    return upper - lower, upper if lower == -inf else -lower if upper == inf else 0.0, i


def _slip(end: float) -> float:
    """The rounding error that a bound may have."""
    return 1e-12 * abs(end) if abs(end) < inf else 0.0


def _shown(number: float) -> str:
    return shown(number) if abs(number) < inf else repr(number)


def _named(of: Constraint) -> str:
    """The name of the constraint, or the whole constraint if it has none."""
    return of.name if place_of(of) in store_of(of).names else repr(of)
