"""The objective of a program: an expression, or one cost for each variable."""

from __future__ import annotations

import copy
from array import array
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Optional, Union

from pplp.core.constraints import same_program
from pplp.core.entries import Kept
from pplp.core.expressions import (
    LinearExpression,
    Sum,
    add_to_costs,
    bound,
    length_of,
    loose,
    parts_of,
    shares_terms,
    sum_from,
    terms_since,
)
from pplp.core.owner import check_living, columns_of, count_edit
from pplp.core.scalars import HUGE, MODERATE, Symbolic, coefficient, constant, is_number
from pplp.core.turns import edits
from pplp.errors import ExpressionError
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.core.owner import Owner

__all__ = ["Costs", "InArrays", "Objective"]

#: One cost for each variable ever made, or for each remaining one.
Costs = Union["array[float]", Kept[float]]

#: An expression with more terms than this is dropped once its terms are in the costs.
_LONG = 4096


class InArrays(LinearExpression):
    """An expression with its terms in arrays.  If it becomes the objective, it is added to the costs immediately."""

    __slots__ = ()
    _constant: float

    def _check_living(self) -> None:
        """Raise `RemovedObject` if one of its variables was removed."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _add_to_costs(self, costs: Costs) -> None:
        """Add each coefficient to the cost of its variable; raises if one is out of range."""
        raise NotImplementedError  # pragma: no cover - each kind has its own


class Objective:
    """The objective of a program, kept as the expression that was assigned and, once they are needed, as dense costs.

    ``lp.objective += 2*x`` assigns the previous expression with one more term, and only the new terms are added to the
    costs.  So an edit of one cost takes constant time in either form.
    """

    __slots__ = ("_costs", "_counted", "_sent", "_terms", "changed", "is_dirty", "offset")

    def __init__(self) -> None:
        self.offset = 0.0
        self.is_dirty = True  # True if the costs may differ from those that the engine has
        self.changed: set[int] = set()  # costs edited in place since they were sent to the engine
        self._terms: Optional[Sum] = None  # the terms of the expression, shared with it, without the program
        self._costs: Optional[Costs] = array("d")
        self._counted = 0  # how many terms of the expression are in the costs
        self._sent: Optional[Costs] = None

    def state(self, program: Owner) -> tuple[Costs, float]:
        """The costs and the offset, from which `of` makes another objective."""
        return copy.copy(self.costs(program)), self.offset

    @classmethod
    def of(cls, state: tuple[Costs, float]) -> Objective:
        """An objective with these costs and this offset."""
        objective = cls()
        objective._costs, objective.offset = copy.copy(state[0]), state[1]
        return objective

    def compact(self, program: Owner) -> None:
        """Drop the costs of removed variables."""
        indices, costs, sent = columns_of(program).living(), self.costs(program), self._sent
        self.changed.intersection_update(indices)  # first, so that all changed indices have costs after an interrupt
        left = _kept(costs, indices)
        self._sent = left if sent is costs else None if sent is None else _kept(sent, indices)
        self._costs = left

    def assigned(self, program: Owner, value: Any) -> Objective:
        """The objective after a new expression or number was assigned; raises for anything else.

        It is a new object, so that one assignment replaces the old objective, and an interrupt finds either of them.
        """
        fresh = Objective()
        fresh.changed, fresh._sent = self.changed, self._sent
        if isinstance(value, LinearExpression):
            same_program(program, value)
            if isinstance(value, InArrays):
                value._check_living()
                fresh.offset = constant(value._constant, "the objective")
                fresh._costs = costs = _zeros(program)
                value._add_to_costs(costs)
                _check_sums(program, costs)
                return fresh
            total = value if type(value) is Sum else sum_from(program, *parts_of(value))
            if columns_of(program).removed:
                check_living(program, parts_of(total)[0])
        elif is_number(value):
            total = sum_from(program, [], [], constant(value, "the objective"))
        elif isinstance(value, Symbolic):
            raise ExpressionError(
                f"The objective must be linear, but {value} has functions in it. Use a variable: t = lp.Var(), "
                "a constraint such as t >= ..., and t in the objective."
            )
        else:
            raise ExpressionError(
                f"The objective must be a linear expression or a number, not {quoted(value)}"
                + (
                    " (pass a constraint to add_constraint())."
                    if "<=" in quoted(value) or "==" in quoted(value)
                    else "."
                )
            )
        if not -MODERATE < total._constant < MODERATE:
            constant(total._constant, "the objective")
        if self._terms is not None and shares_terms(total, self._terms):  # only new terms have to be added to the costs
            fresh._costs, fresh._counted = self._costs, self._counted
        else:
            fresh._costs = None
        fresh._terms, fresh.offset = loose(total), total._constant
        return fresh

    def expression(self, program: Owner) -> LinearExpression:
        """The objective as an expression."""
        terms = self._terms
        if terms is None:
            numbered = [(j, a) for j, a in _numbered(self.costs(program)) if a]
            terms = loose(sum_from(program, [j for j, _ in numbered], [a for _, a in numbered], 0.0))
            self._counted = len(numbered)
            self._terms = terms
        return bound(terms, program, self.offset)

    def costs(self, program: Owner) -> Costs:
        """One cost for each variable; the caller must not change them."""
        terms, costs = self._terms, self._costs
        if terms is not None and (costs is None or self._counted != length_of(terms)):
            costs = self._summed(program, terms)
        assert costs is not None
        _grow(costs, len(columns_of(program)))
        return costs

    def _summed(self, program: Owner, terms: Sum) -> Costs:
        """Bring the costs up to date with all terms of the expression."""
        costs, length, removed = self._costs, length_of(terms), columns_of(program).removed
        added: Any = None
        if costs is not None and self._counted <= length <= self._counted + len(costs) + 64:
            added = terms_since(terms, self._counted)
        self._costs = None  # if the sum is interrupted, the next call starts it again
        if costs is not None and added is not None and _are_moderate(added[1]):
            self.changed.update(added[0])  # first: `_sent` may be this same array, and then only this shows the changes
            for index, a in zip(*added):
                if index not in removed:
                    _grow(costs, index + 1)
                    costs[index] += a
        else:
            costs = _zeros(program)
            if not add_to_costs(terms, costs):
                _check_sums(program, costs)
            for index in removed if isinstance(costs, array) else ():
                costs[index] = 0.0
        self._counted = length
        self._costs = costs
        if length > _LONG:
            self._terms = None  # the costs have the terms, in a third of the memory
        return costs

    def set_cost(self, program: Owner, index: int, cost: float) -> None:
        """Change one cost in place."""
        costs = self._costs
        if costs is None or self._terms is not None or index >= len(costs):
            costs = self.costs(program)
        self.is_dirty = True
        self.changed.add(index)
        self._terms = None
        costs[index] = cost  # last, because this store makes the change

    def edits(self, program: Owner) -> dict[int, float]:
        """The costs that differ from those last sent to the engine."""
        costs, sent = self.costs(program), self._sent
        if sent is costs and not self.changed:
            return {}
        changed: Iterable[int] = self.changed
        if isinstance(costs, Kept):  # some may have been removed since
            changed = [j for j in self.changed if j in costs]
        if sent is None or sent is costs:
            return {index: costs[index] for index in changed}
        if isinstance(costs, array) and isinstance(sent, array):
            differ = {j: a for j, (a, b) in enumerate(zip(costs, sent)) if a != b}
            differ.update((j, a) for j, a in enumerate(costs[len(sent) :], len(sent)) if a)
        else:
            known = dict(_numbered(sent))
            differ = {j: a for j, a in _numbered(costs) if a != known.get(j, 0.0)}
        differ.update((j, costs[j]) for j in changed)
        return differ

    def mark_sent(self) -> None:
        """The engine now has the current costs."""
        self._sent = self._costs
        self.changed.clear()
        self.is_dirty = False


def _grow(costs: Costs, length: int) -> None:
    """Append costs of 0 up to this length."""
    if len(costs) < length:
        costs.extend(array("d", [0.0]) * (length - len(costs)))


def _zeros(program: Owner) -> Costs:
    """Costs of 0."""
    columns = columns_of(program)
    if isinstance(columns.lower, Kept):
        return Kept(dict.fromkeys(columns.living(), 0.0), len(columns))
    return array("d", [0.0]) * len(columns)


def _numbered(costs: Costs) -> Iterable[tuple[int, float]]:
    """Each cost with its index."""
    return costs.items() if isinstance(costs, Kept) else enumerate(costs)


def _kept(costs: Costs, indices: list[int]) -> Kept[float]:
    """The costs of these variables only; the length stays the same."""
    return Kept([(j, costs[j]) for j in indices if j < len(costs)], len(costs))


def _check_sums(program: Owner, costs: Costs) -> None:
    """Raise `InvalidValue` if the terms of a variable have added up to a cost that is too large for any solver."""
    numbers = costs if isinstance(costs, array) else list(costs.values())
    if len(numbers) and not -HUGE <= min(numbers) <= max(numbers) <= HUGE:
        for index, a in _numbered(costs):
            if abs(a) > HUGE:
                coefficient(a, columns_of(program).label(index), "cost")


def _are_moderate(numbers: list[float]) -> bool:
    """True if the numbers are so small that no sum of them is too large for a solver."""
    return not numbers or -MODERATE < min(numbers) <= max(numbers) < MODERATE


def objective_of(program: Any) -> Objective:
    """The objective of a program, as other modules read it."""
    return program._objective  # type: ignore[no-any-return]


@edits
def set_costs(program: Owner, indices: Sequence[int], costs: Sequence[float]) -> None:
    """Set the coefficients of variables in the objective; if one is invalid, raises and sets none."""
    check_living(program, indices)
    objective = objective_of(program)
    checked = [coefficient(cost, columns_of(program).label(j), "cost") for j, cost in zip(indices, costs)]
    count_edit(program)
    before = objective.costs(program)
    old = [before[j] for j in indices]
    try:
        for index, cost in zip(indices, checked):
            objective.set_cost(program, index, cost)
    except BaseException:
        for index, cost in zip(indices, old):
            objective.set_cost(program, index, cost)
        raise
