"""The least change of constraints that makes an infeasible program feasible, found by an elastic program."""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, inf
from typing import TYPE_CHECKING, Any, Optional

from pplp.core.bounds import Side
from pplp.core.constraints import BoundConstraint, Constraint, constraint_at
from pplp.core.expressions import Variable
from pplp.core.handle import index_of
from pplp.core.origins import Origin
from pplp.core.owner import bound_rows_of, columns_of, index_in
from pplp.core.scalars import integral, is_number, shown
from pplp.diagnosis.certificates import Handle
from pplp.diagnosis.members import parts_of
from pplp.diagnosis.system import TOLERANCE, System
from pplp.engines.contract import Options
from pplp.engines.registry import make_engine
from pplp.errors import InvalidValue
from pplp.form.compiler import column_places, row_places
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status, snapped
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["Elastic", "Movable", "Repair", "checked_weights"]

#: Up to this many rows, the elastic program has all of them from the start; else it adds those that are violated.
_FEW = 400


@dataclass(frozen=True)
class Repair:
    """A bound to move, as part of a change that makes the program feasible."""

    #: The constraint, or the variable with the bound.
    of: Handle
    side: Side
    #: The current bound.
    bound: float
    #: The bound to set instead.
    to: float
    #: Where the constraint or variable was written.
    origin: Optional[Origin]

    @property
    def change(self) -> float:
        """How far the bound moves, as a nonnegative number."""
        return abs(self.to - self.bound)

    def __str__(self) -> str:
        name, body = parts_of(self.of)
        return f"{name}{body} {'>=' if self.side == 'lower' else '<='} {shown(self.to)} instead of {shown(self.bound)}"


def checked_weights(program: Solvable, weights: Mapping[Any, float]) -> dict[Handle, float]:
    """The weights, which are the costs of a unit of change; raises for foreign objects and invalid weights."""
    if not isinstance(weights, Mapping):
        raise InvalidValue(
            f"weights must be a mapping to numbers, not {quoted(weights)}. Write for example weights={{c: 10}}."
        )
    for of, weight in weights.items():
        if not isinstance(of, (Constraint, Variable)):
            raise InvalidValue(f"The keys of weights must be constraints or variables, not {quoted(of)}.")
        index_in(program, of)
        if not is_number(weight) or not weight >= 0:
            raise InvalidValue(
                f"The weight of {quoted(of)} must be a nonnegative number, not {quoted(weight)}. "
                "Use math.inf for what must not move."
            )
    return {of: float(weight) for of, weight in weights.items()}


@dataclass(frozen=True)
class Movable:
    """A row of the elastic program: what it is from, its terms and bounds, and the cost per unit of violation."""

    of: Handle
    terms: Sequence[int]
    factors: Sequence[float]
    lower: float
    upper: float
    weight: float

    def beyond(self, point: Sequence[float]) -> tuple[float, float]:
        """(value of the row at a point, how far it is beyond its bounds, or 0 if within the tolerance)."""
        parts = [a * point[j] for j, a in zip(self.terms, self.factors)]
        value = snapped(fsum(parts))
        distance = max(self.lower - value, value - self.upper, 0.0)
        return value, distance if distance > TOLERANCE * 10 * max(1.0, *map(abs, parts), 1.0) else 0.0


class Elastic:
    """The elastic program: minimizes the weighted sum of the violations of the constraints."""

    def __init__(self, program: Solvable, system: System, weights: dict[Handle, float], time_limit: float) -> None:
        self.total, self.note, self._time_limit = 0.0, "", time_limit
        form, columns, bounds = system.form, columns_of(program), bound_rows_of(program)
        variables, rows = column_places(program).indices(), row_places(program).indices()
        at = {index: j for j, index in enumerate(variables)}
        self._integer = form.integer
        self._lower = array("d", [columns.lower[index] for index in variables])
        self._upper = array("d", [columns.upper[index] for index in variables])
        self._rows: list[Movable] = []
        for i in range(form.rows):
            terms, factors = form.row(i)
            handle = constraint_at(program, Constraint, rows[i])
            limits = form.row_lower[i], form.row_upper[i]
            self._rows.append(Movable(handle, terms, factors, *limits, weights.get(handle, 1.0)))
        for index, of_column in bounds.of_column.items():
            for row in of_column if index in at else ():
                if row in bounds.removed:
                    continue
                handle, j = constraint_at(program, BoundConstraint, row), at[index]
                weight = weights.get(handle, 1.0)
                if weight == inf:
                    low, high = bounds.interval(row)
                    self._lower[j], self._upper[j] = max(self._lower[j], low), min(self._upper[j], high)
                else:
                    limits = bounds.lower[row], bounds.upper[row]
                    self._rows.append(Movable(handle, [j], [bounds.factor[row]], *limits, weight))
        for of, weight in weights.items():
            if isinstance(of, Variable) and weight < inf:
                j = at[index_of(of)]
                self._rows.append(Movable(of, [j], [1.0], self._lower[j], self._upper[j], weight))
                self._lower[j], self._upper[j] = -inf, inf
        for j, whole in enumerate(self._integer):
            if whole:
                self._lower[j], self._upper[j] = integral(self._lower[j], self._upper[j])

    def repairs(self) -> Iterable[Repair]:
        """The bounds to move.

        If the program is solved with some of its rows, those that the point violates are added until there are none.
        """
        deadline = time.perf_counter() + self._time_limit
        taken = list(range(len(self._rows))) if len(self._rows) <= _FEW else []
        inside = [False] * len(self._rows)
        while True:
            for k in taken:
                inside[k] = True
            point, is_least = self._solved(taken, max(0.0, deadline - time.perf_counter()))
            if point is None:
                return []
            beyond = [(row.beyond(point)[1], k) for k, row in enumerate(self._rows) if not inside[k]]
            fresh = [k for distance, k in sorted(beyond, reverse=True) if distance]
            if not fresh:
                break
            taken += fresh[: max(10, len(taken))]
        if not is_least:
            self.note = "The time ran out before it was known whether a smaller change is enough."
        moved, total = [], 0.0
        for row in self._rows:
            value, distance = row.beyond(point)
            if distance:
                total += row.weight * distance
                is_below = value < row.lower
                side: Side = "lower" if is_below else "upper"
                moved.append(Repair(row.of, side, row.lower if is_below else row.upper, value, row.of.origin))
        self.total = total  # assigned once, when complete: several threads may call this at the same time
        return moved

    def _solved(self, taken: list[int], seconds: float) -> tuple[Optional[list[float]], bool]:
        engine = make_engine("glpk")
        try:
            engine.load(self._form(taken))
            outcome = engine.solve(Options(time_limit=seconds, feasibility_tolerance=TOLERANCE))
            is_least = outcome.status is Status.OPTIMAL
            if outcome.status is Status.INFEASIBLE:
                self.note = (
                    "No change of the constraints makes it feasible: bounds or integrality of variables prevent it. "
                    "Let bounds move, too: explain(weights={x: 1, ...})."
                )
            elif outcome.numbers is None or not (is_least or len(taken) == len(self._rows)):
                self.note = "The least change was not found in time. Allow more: explain(time_limit=...)."
            else:
                return list(outcome.numbers.primal())[: len(self._lower)], is_least
            return None, False
        finally:
            engine.close()

    def _form(self, taken: list[int]) -> MatrixForm:
        count = len(self._lower)
        cost = array("d", bytes(8 * count))
        starts, indices, values = array("q", [0]), array("i"), array("d")
        for k in taken:
            row = self._rows[k]
            indices.extend(row.terms)
            values.extend(row.factors)
            for bound, sign in ((row.lower, 1.0), (row.upper, -1.0)):
                if abs(bound) < inf and row.weight < inf:
                    indices.append(len(cost))
                    values.append(sign)
                    cost.append(row.weight)
            starts.append(len(indices))
        added = len(cost) - count
        return MatrixForm(
            False,
            0.0,
            cost,
            self._lower + array("d", bytes(8 * added)),
            self._upper + array("d", [inf] * added),
            self._integer + bytes(added),
            array("d", [self._rows[k].lower for k in taken]),
            array("d", [self._rows[k].upper for k in taken]),
            starts,
            indices,
            values,
        )


_Elastic, _Movable = Elastic, Movable  # their names in older pickles
