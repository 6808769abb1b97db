"""Why a program has no optimum: conflicting constraints, the least change that makes it feasible, or a missing bound.

The searches work on the `MatrixForm` and an engine; the results are reported in the program's own names.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Optional

from pplp.core.bounds import Side
from pplp.core.expressions import Variable
from pplp.core.scalars import is_number
from pplp.core.sense import Sense
from pplp.core.shown import ShownAsPage
from pplp.diagnosis.certificates import UnboundedRay
from pplp.diagnosis.conflict import ConflictSearch
from pplp.diagnosis.members import Member, lines_of, members_of
from pplp.diagnosis.open_bounds import missing_bounds
from pplp.diagnosis.repair import Elastic, Repair, checked_weights
from pplp.engines.proofs import direction
from pplp.errors import InvalidValue
from pplp.form.matrix_form import MatrixForm
from pplp.ground.former import successors
from pplp.ground.quoting import quoted
from pplp.ground.words import screenful

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["Explanation", "Member", "Repair"]

_Kind = Literal["infeasible", "unbounded", "feasible", "unknown"]


class Explanation(ShownAsPage):
    """Why a program has no optimum, from `LinearProgram.explain`; it prints as a report.

    It describes the program as it was at the time of the call.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram(trace=False)
    >>> x, y = lp.Var("x", lb=0, ub=2), lp.Var("y", lb=0)
    >>> need = lp.add_constraint(x + y >= 6, name="need")
    >>> most = lp.add_constraint(2*y - x <= 3, name="most")
    >>> far = lp.add_constraint(x - y <= 9, name="far")
    >>> why = lp.explain()
    >>> print(why)
    Infeasible. These cannot all hold; without any one of them, the others can:
      need: x + y >= 6
      most: 2 y - x <= 3
      x <= 2
    The least change that makes it feasible, 1.5 in total:
      need: x + y >= 4.5 instead of 6
    >>> [(member.of.name, member.side) for member in why.conflict], why.is_irreducible
    ([('need', 'lower'), ('most', 'upper'), ('x', 'upper')], True)
    >>> need.lb = why.repairs[0].to
    >>> print(lp.explain())
    The program is feasible.
    """

    _repairs: Optional[tuple[Repair, ...]] = None  # computed on first use; a class attribute, as older pickles lack it

    def __init__(self, program: Solvable, form: MatrixForm, kind: _Kind) -> None:
        self._program, self._form = program, form
        #: "infeasible", "unbounded", "feasible", or "unknown" if a limit was reached first.
        self.kind = kind
        #: The constraints, bounds and integrality that conflict; empty if the program is not infeasible.
        self.conflict: tuple[Member, ...] = ()
        #: True if the conflict is proved irreducible: without any one member, the others can hold.
        self.is_irreducible = False
        #: The ray along which the objective improves without limit; None if the program is not unbounded.
        self.ray: Optional[UnboundedRay] = None
        #: The bounds that may be missing: each variable that the ray moves as its own cost favors, and the side.
        self.missing: tuple[tuple[Variable, Side], ...] = ()
        self._elastic: Optional[Elastic] = None

    @classmethod
    def of(
        cls,
        program: Solvable,
        sense: Optional[str] = None,
        weights: Optional[Mapping[Any, float]] = None,
        time_limit: float = 60.0,
    ) -> Explanation:
        """Implements `LinearProgram.explain`."""
        if not is_number(time_limit) or not time_limit >= 0:
            raise InvalidValue(f"time_limit must be a nonnegative number of seconds, not {quoted(time_limit)}.")
        elastic_weights = checked_weights(program, weights or {})
        if sense is None and program.solution is not None:
            sense = program.solution.sense
        chosen = Sense.of(sense or Sense.MINIMIZE.value)
        search = ConflictSearch(program, program.compile(chosen.value), time.perf_counter() + time_limit)
        found = search.conflict(program.status)
        if found is None:
            return cls(program, search.form, "unknown")
        if found:
            made = cls(program, search.form, "infeasible")
            made.conflict = members_of(program, search, found)
            made.is_irreducible = search.is_irreducible
            made._elastic = Elastic(program, search, elastic_weights, time_limit)
            return made
        steps = direction(search.form) if sense is not None else None
        if steps is None:
            return cls(program, search.form, "feasible")
        made = cls(program, search.form, "unbounded")
        made.ray = UnboundedRay(program, search.form, steps)
        missing = dict(missing_bounds(program, chosen.is_maximize))
        made.missing = tuple(
            (x, missing[x]) for x, step in made.ray.items() if missing.get(x) == ("upper" if step > 0 else "lower")
        )
        return made

    # ---- the least change
    @property
    def repairs(self) -> tuple[Repair, ...]:
        """The bounds to move for the least total weighted change that makes the program feasible.

        Constraints may move; a variable's own bounds only if `weights` names the variable.  They are computed on
        first use.  Empty if the program is not infeasible, if no allowed move makes it feasible, or if the time ran
        out: `repair_note` says which.
        """
        if self._repairs is None:
            self._repairs = tuple(self._elastic.repairs()) if self._elastic is not None else ()
        return self._repairs

    @property
    def total_change(self) -> Optional[float]:
        """The weighted total of `repairs`; None if there are none."""
        return self._elastic.total if self.repairs and self._elastic is not None else None

    @property
    def repair_note(self) -> str:
        """A note on `repairs`; empty if they exist and are the least change."""
        if self._elastic is None:
            return ""
        self.repairs  # noqa: B018  that is where it is found
        return self._elastic.note

    # ---- text
    def __str__(self) -> str:
        if self.kind == "feasible":
            return "The program is feasible."
        if self.kind == "unknown":
            return (
                "The time ran out; it is unknown whether the program is feasible. Allow more: explain(time_limit=...)."
            )
        if self.ray is not None:
            return self._unbounded()
        lines = [*self._conflict_lines()]
        if self.repairs:
            least = "The least change" if not self.repair_note else "A change"
            lines.append(f"{least} that makes it feasible, {self.total_change or 0.0:.10g} in total:")
            lines += screenful(self.repairs)
        if self.repair_note:
            lines.append(self.repair_note)
        return "\n".join(lines)

    __repr__ = __str__

    def _conflict_lines(self) -> list[str]:
        sure = "; without any one of them, the others can" if self.is_irreducible else ""
        if len(self.conflict) == 1:
            return ["Infeasible. This can never hold:", *lines_of(self.conflict)]
        return [f"Infeasible. These cannot all hold{sure}:", *lines_of(self.conflict)]

    def _unbounded(self) -> str:
        assert self.ray is not None
        lines = ["Unbounded. From any feasible point, the objective improves without limit as t grows:"]
        lines.append(f"  {self.ray!r}")
        lines.append("Add one of these bounds, or a constraint with the same effect:")
        return "\n".join([*lines, *screenful(self.missing, write=_missing_line)])


def _missing_line(missing: tuple[Variable, str]) -> str:
    x, side = missing
    place = f"   {x.origin}" if x.origin is not None else ""
    return f"the {side} bound of {x.name}{place}"


if not TYPE_CHECKING:  # former names of this module are looked up where they are now
    __getattr__ = successors(__name__)
