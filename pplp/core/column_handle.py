"""A variable as the handle of its column in a program: name, bounds, kind, cost, and where it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from pplp.core.kinds import set_kinds
from pplp.core.owner import (
    Owned,
    bounds_in,
    columns_of,
    cost_in,
    current_of,
    fix,
    index_in,
    set_cost,
    set_variable_bounds,
    unfix,
)
from pplp.core.scalars import Number, is_number, two_of
from pplp.errors import ExpressionError
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.core.origins import Origin
    from pplp.program import LinearProgram

__all__ = ["ColumnHandle"]


class ColumnHandle(Owned):
    """What a variable knows and sets of its column."""

    __slots__ = ()
    _index: int

    @property
    def program(self) -> LinearProgram:
        """The program that the variable belongs to."""
        return self._program  # type: ignore[return-value]

    @property
    def name(self) -> str:
        """Its name: the one given, or ``x`` and a number."""
        return columns_of(self._program).label(self._index)

    @property
    def lb(self) -> float:
        """The lower bound in force: the greatest of its own and those of one-variable constraints."""
        return bounds_in(self._program, self)[0]

    @lb.setter
    def lb(self, value: Number) -> None:
        set_variable_bounds(self._program, self, value, None)

    @property
    def ub(self) -> float:
        """The upper bound in force: the least of its own and those of one-variable constraints."""
        return bounds_in(self._program, self)[1]

    @ub.setter
    def ub(self, value: Number) -> None:
        set_variable_bounds(self._program, self, None, value)

    @property
    def bounds(self) -> tuple[float, float]:
        """Both bounds in force, ``(lb, ub)``; set them together, whatever they were: ``x.bounds = 5, 9``.

        New bounds end a `fix`.  Raises `InvalidValue` for bounds that cross, NaN, and a pair that leaves no value.

        >>> from pplp import LinearProgram
        >>> x = LinearProgram().Var("x", lb=0, ub=3)
        >>> x.bounds = 5, 9
        >>> x.bounds
        (5.0, 9.0)
        """
        return bounds_in(self._program, self)

    @bounds.setter
    def bounds(self, pair: tuple[Number, Number]) -> None:
        lower, upper = two_of(pair, self)
        set_variable_bounds(self._program, self, lower, upper)

    def fix(self, value: Number) -> None:
        """Fix the variable at a value until `unfix`; its own bounds do not matter while it is fixed.

        If it is fixed again, at another value, `unfix` still restores the original bounds.  Constraints still apply: a
        value that they do not allow makes the program infeasible.  While it is fixed `lb` and `ub` are this value, and
        setting one of them raises `InvalidValue`; setting `bounds` ends the fix.  Copies and pickles keep it.

        Raises `InvalidValue` for a value that is not finite, and for an integer variable one that is not integral.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x = lp.Var("x", lb=0, ub=4)
        >>> lp.objective = x
        >>> x.fix(7)
        >>> lp.maximize(), x.is_fixed
        (7.0, True)
        >>> x.unfix()
        >>> lp.maximize(), x.bounds
        (4.0, (0.0, 4.0))
        """
        fix(self._program, self, value)

    def unfix(self) -> None:
        """Restore the bounds that the variable had before `fix`; does nothing if it is not fixed."""
        unfix(self._program, self)

    @property
    def is_fixed(self) -> bool:
        """True while it is fixed by `fix`."""
        return index_in(self._program, self) in columns_of(self._program).fixed

    @property
    def integer(self) -> bool:
        """True if it must take an integer value."""
        return columns_of(self._program).is_integer(index_in(self._program, self))

    @integer.setter
    def integer(self, value: bool) -> None:
        if type(value) is not bool and not is_number(value):
            raise ExpressionError(f"{self}.integer must be True or False, not {quoted(value)}.")
        index_in(self._program, self)
        set_kinds(self._program, [self._index], [bool(value)])

    @property
    def cost(self) -> float:
        """Its coefficient in the objective; setting it edits the objective in place."""
        return cost_in(self._program, self)

    @cost.setter
    def cost(self, value: Number) -> None:
        set_cost(self._program, self, value)

    @property
    def origin(self) -> Optional[Origin]:
        """The file and line where it was made; None if that was not recorded (`LinearProgram.trace`)."""
        return columns_of(self._program).origin(self._index)

    @property
    def reduced_cost(self) -> float:
        """d(objective)/d(the bound it is at), for maximize and minimize alike; 0 between its bounds.

        Raises `NoDuals` for a program with integer variables.
        """
        return current_of(self._program, "reduced cost").reduced_cost(self)  # type: ignore[no-any-return]
