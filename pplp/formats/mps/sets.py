"""The section SOS, or SETS: special ordered sets, in the layouts of CPLEX, Gurobi, SCIP and Xpress.

    S1 name            S1 name priority     S1 SOS name            S1 SOS name priority     S1 name row
      column weight      column:weight        SOS column weight                               name column weight

The weights give the order of the members.
"""

from __future__ import annotations

from pplp.formats.draft import Draft
from pplp.formats.source import quoted

__all__ = ["OrderedSets", "is_number"]


class OrderedSets:
    """The part of the section read so far."""

    def __init__(self, draft: Draft, row_of: dict[str, int]) -> None:
        self._draft = draft
        self._row_of = row_of
        self._members: dict[int, float] = {}  # of the last set: column -> weight
        self._weights: set[float] = set()

    def take(self, fields: list[str]) -> None:
        """One line: a new set, or a member."""
        source, draft, sets = self._draft.source, self._draft, self._draft.ordered_sets
        member, weight = fields[0].rpartition(":")[::2] if len(fields) == 1 else fields[-2:]
        is_member = bool(sets) and len(fields) <= 3 and member in draft.place_of and is_number(weight)
        if is_member and len(fields) == 2 and member.upper() in ("S1", "S2"):
            source.fail(f"{quoted(' '.join(fields))} is a member or a new set: write the set's name before the member")
        if fields[0].upper() in ("S1", "S2") and not (is_member and len(fields) == 3 and fields[0] == sets[-1][3]):
            self.finish()
            sets.append((int(fields[0][1]), [], source.line, self._set_name(fields)))
            return
        if not sets or len(fields) > 3 or not member:
            source.fail(f"expected S1 or S2, or a column and its weight, found {quoted(' '.join(fields))}")
        column = draft.place_of.get(member)
        if column is None:
            source.fail(f"expected the name of a column, found {quoted(member)}")
        if column in self._members:
            source.fail(f"expected the column {quoted(member)} once in its set")
        value = draft.number(weight, "a weight")
        if sets[-1][0] == 2 and value in self._weights:
            source.fail(
                f"expected a weight of {quoted(member)} that differs from the others: weights give the order of S2"
            )
        self._members[column] = value
        self._weights.add(value)

    def _set_name(self, fields: list[str]) -> str:
        """S1 name, S1 name priority, S1 SOS name, or S1 SOS name priority."""
        if len(fields) == 3 and (is_number(fields[2]) or fields[2] in self._row_of):
            return fields[1]
        if not 2 <= len(fields) <= 4:
            self._draft.source.fail(
                f"expected the name of a set after {fields[0]}, found {quoted(' '.join(fields[1:]))}"
            )
        return fields[2] if len(fields) > 2 else fields[1]

    def finish(self) -> None:
        """The set is complete."""
        members = self._members
        if members:
            self._draft.ordered_sets[-1][1].extend(sorted(members, key=lambda j: (members[j], j)))
            self._members, self._weights = {}, set()


def is_number(text: str) -> bool:
    """True if it is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
