"""Operators that linear expressions do not support: each says what to write instead."""

from __future__ import annotations

from typing import Any, NoReturn

from pplp.core.callers import no_truth
from pplp.errors import ExpressionError
from pplp.ground.quoting import quoted

__all__ = ["Nonlinear"]


class Nonlinear:
    """The operators whose result is not linear, or not a closed set; all raise `ExpressionError`."""

    __slots__ = ()

    def __matmul__(self, other: Any) -> NoReturn:
        raise ExpressionError(f"@ needs two arrays, but {self} is one expression. Write {self} * numbers.")

    __rmatmul__ = __matmul__

    def __lt__(self, other: Any) -> NoReturn:
        raise ExpressionError(
            f"{self} < ... is strict, which a linear program does not allow. Write <=, with a margin if it matters; "
            "for min() of expressions write minimum()."
        )

    def __gt__(self, other: Any) -> NoReturn:
        raise ExpressionError(
            f"{self} > ... is strict, which a linear program does not allow. Write >=, with a margin if it matters; "
            "for max() of expressions write maximum()."
        )

    def __ne__(self, other: Any) -> NoReturn:
        raise no_truth(
            f"{self} != ... is not linear. For integers write two rows with a binary; "
            "to test whether two variables are the same, write `x is y` or `not x == y`."
        )

    def __pow__(self, other: Any) -> NoReturn:
        raise ExpressionError(f"({self})**{quoted(other)} is not linear. A square can be approximated by piecewise().")

    def __rpow__(self, other: Any) -> NoReturn:
        raise ExpressionError(f"{quoted(other)}**({self}) is not linear. It can be approximated by piecewise().")

    def __rtruediv__(self, other: Any) -> NoReturn:
        raise ExpressionError(f"{quoted(other)} / ({self}) is not linear. Multiply the whole relation by the divisor.")

    def __floordiv__(self, other: Any) -> NoReturn:
        raise ExpressionError(f"({self}) // ... is not linear. Write an integer variable n with n <= e/k <= n + 1.")

    def __mod__(self, other: Any) -> NoReturn:
        raise ExpressionError(f"({self}) % ... is not linear. Write e - k*n with an integer variable n.")

    def __rfloordiv__(self, other: Any) -> NoReturn:
        raise ExpressionError(f"{quoted(other)} // ({self}) is not linear. Multiply the whole relation by the divisor.")

    def __rmod__(self, other: Any) -> NoReturn:
        raise ExpressionError(f"{quoted(other)} % ({self}) is not linear. Write e - k*n with an integer variable n.")

    __divmod__, __rdivmod__ = __floordiv__, __rfloordiv__

    def _rounded(self) -> NoReturn:
        raise ExpressionError(
            f"{self} truncated to an integer is not linear. For its value after a solve write .value."
        )

    __floor__ = __ceil__ = __trunc__ = _rounded

    def as_integer_ratio(self) -> NoReturn:
        """Raises `ExpressionError`: the functions of `statistics` ask numbers for it."""
        raise ExpressionError(
            f"{self} is an expression, not a number. Write sum(...) / n for a mean; for its value after a solve .value."
        )

    def __bool__(self) -> NoReturn:
        raise ExpressionError(
            f"{self} has no truth value: it is an expression, not a number. For its value write `if e.value:`."
        )
