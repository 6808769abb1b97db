"""Attributes of all variables, or all constraints, of an array at once.

No Python object is made for an element.  An attribute is set for all of them, or for none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from pplp.core.bounds import fix_each, set_sides, unfix_each
from pplp.core.bulk import Bulk
from pplp.core.kinds import set_kinds
from pplp.core.objective import set_costs
from pplp.core.scalars import two_of
from pplp.errors import InvalidValue

if TYPE_CHECKING:
    from pplp.core.owner import Owner

__all__ = ["ConstraintAttributes", "VariableAttributes"]

#: What numbers are read as, what truth values are read as, and what numbers may be set to.
Read = TypeVar("Read")
Flags = TypeVar("Flags")
Given = TypeVar("Given")


class VariableAttributes(Bulk, Generic[Read, Flags, Given]):
    """The attributes of many variables at once.

    Each takes a number for all, or as many numbers as there are variables; with labels or keys, numbers by these.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x = lp.Vars((3,), "x", lb=0, ub=9)
    >>> x.cost = [1, 2, 3]
    >>> x.fix([1, 0, 5])
    >>> lp.maximize()
    16.0
    >>> x.unfix()
    >>> x.bounds = [0, 1, 2], 4
    >>> lp.minimize(), lp.maximize()
    (8.0, 24.0)
    """

    __slots__ = ()
    _program: Owner

    def _places(self) -> Sequence[int]:
        """The indices of the variables."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _given(self, values: Given, what: str) -> list[float]:
        """As many numbers as there are variables, in their order, from whatever the user gave."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _attribute(self, name: str) -> Read:
        """The numbers of this name, in the form that the user reads."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _flags(self, name: str) -> Flags:
        """The truth values of this name, in the same form."""
        return self._attribute(name)  # type: ignore[return-value]  # the form is the same

    @property
    def lb(self) -> Read:
        """The lower bounds in force; set them to a number, or to a number for each."""
        return self._attribute("lb")

    @lb.setter
    def lb(self, values: Given) -> None:
        set_sides(self._program, self._places(), lower=self._given(values, "lb"))

    @property
    def ub(self) -> Read:
        """The upper bounds in force; set them to a number, or to a number for each."""
        return self._attribute("ub")

    @ub.setter
    def ub(self, values: Given) -> None:
        set_sides(self._program, self._places(), upper=self._given(values, "ub"))

    @property
    def reduced_cost(self) -> Read:
        """The reduced costs at the current solution; errors as `Variable.reduced_cost`."""
        return self._attribute("reduced_cost")

    @property
    def cost(self) -> Read:
        """Their coefficients in the objective; setting them edits the objective in place."""
        return self._attribute("cost")

    @cost.setter
    def cost(self, values: Given) -> None:
        set_costs(self._program, self._places(), self._given(values, "cost"))

    @property
    def integer(self) -> Flags:
        """Must they take integer values?  True or False, for all or for each."""
        return self._flags("integer")

    @integer.setter
    def integer(self, values: Given) -> None:
        flags = self._given(values, "integer")
        for flag in {*flags} - {0.0, 1.0}:
            raise InvalidValue(f"integer takes True or False, not {flag!r}.")
        set_kinds(self._program, self._places(), [flag == 1.0 for flag in flags])

    @property
    def bounds(self) -> tuple[Read, Read]:
        """Both bounds in force, ``(lb, ub)``; set them together, whatever stood there: ``x.bounds = 0, [4, 5]``.

        New bounds end a `fix`.  Raises `InvalidValue` where they cross.
        """
        return self._attribute("lb"), self._attribute("ub")

    @bounds.setter
    def bounds(self, pair: tuple[Given, Given]) -> None:
        lower, upper = two_of(pair, "an array")
        set_sides(self._program, self._places(), self._given(lower, "lb"), self._given(upper, "ub"))

    def fix(self, values: Given) -> None:
        """Hold each variable at a value, whatever its own bounds are, until `unfix`; see `Variable.fix`."""
        fix_each(self._program, self._places(), self._given(values, "fix()"))

    def unfix(self) -> None:
        """Give the variables back the bounds that they had before `fix`."""
        unfix_each(self._program, self._places())

    @property
    def is_fixed(self) -> Flags:
        """Are they held by `fix`?  True or False for each."""
        return self._flags("is_fixed")


class ConstraintAttributes(Bulk, Generic[Read, Given]):
    """The numbers of many constraints at once.

    Those that can be set take a number for all, or as many numbers as there are constraints; with labels, numbers by
    these.  One alone is set by its handle: ``rows[0].lb = 3``.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x = lp.Vars((3,), lb=0)
    >>> rows = lp.add_constraint(x <= [4, 5, 6])
    >>> rows.bounds = [1, 2, 3], 7
    >>> rows.lb.tolist(), rows.ub.tolist()
    ([1.0, 2.0, 3.0], [7.0, 7.0, 7.0])
    >>> rows.rhs = 2
    Traceback (most recent call last):
    ...
    pplp.errors.InvalidValue: 1 <= x0 <= 7 has no single right-hand side. Read and set .lb and .ub.
    """

    __slots__ = ()

    def _attribute(self, name: str) -> Read:
        """The numbers of this name, in the form that the user reads."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _set(self, name: str, values: Given) -> None:
        """Set these numbers of all constraints, or of none."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _set_bounds(self, lower: Given, upper: Given) -> None:
        """Set both bounds of all constraints, or of none."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    @property
    def dual(self) -> Read:
        """d(objective)/d(right-hand side) at the current solution; errors as `Constraint.dual`."""
        return self._attribute("dual")

    @property
    def value(self) -> Read:
        """The values of the expressions at the current solution."""
        return self._attribute("value")

    @property
    def slack(self) -> Read:
        """The distances to the nearer bound at the current solution."""
        return self._attribute("slack")

    @property
    def lb(self) -> Read:
        """The lower bounds; set them all, to a number or to a number for each."""
        return self._attribute("lb")

    @lb.setter
    def lb(self, values: Given) -> None:
        self._set("lb", values)

    @property
    def ub(self) -> Read:
        """The upper bounds; set them all, to a number or to a number for each."""
        return self._attribute("ub")

    @ub.setter
    def ub(self, values: Given) -> None:
        self._set("ub", values)

    @property
    def rhs(self) -> Read:
        """The right-hand sides; set them all as the bounds.  Raises `InvalidValue` for ranges."""
        return self._attribute("rhs")

    @rhs.setter
    def rhs(self, values: Given) -> None:
        self._set("rhs", values)

    @property
    def bounds(self) -> tuple[Read, Read]:
        """Both bounds, ``(lb, ub)``; set them together, whatever stood there: ``rows.bounds = 0, [4, 5]``."""
        return self.lb, self.ub

    @bounds.setter
    def bounds(self, pair: tuple[Given, Given]) -> None:
        self._set_bounds(*two_of(pair, "an array"))
