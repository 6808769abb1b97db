"""The numbers of keyed variables, as they are read: a mapping that is added to and multiplied key by key."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Callable, NoReturn, Union

from pplp.core.scalars import is_number
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.typing import Number

    Beside = Union[Number, Mapping[Any, Any]]

__all__ = ["NumbersByKey"]


class NumbersByKey(Mapping[Any, float]):
    """Numbers by key, as they are now; to set them, set the attribute of the variables.

    ``x.ub += 1`` means ``x.ub = x.ub + 1``.  The other operand is a number, or a mapping of the same keys.

    >>> from pplp import LinearProgram
    >>> x = LinearProgram().Vars(["milk", "bread"], "x", ub=4)
    >>> x.ub *= {"bread": 2, "milk": 1}
    >>> x.ub += 1
    >>> x.ub
    {'milk': 5.0, 'bread': 9.0}
    >>> x.ub["milk"] = 9
    Traceback (most recent call last):
    pplp.errors.InvalidValue: These numbers are read-only. Write x['milk'].ub = 9, or x.ub = ... for all of them.
    """

    __slots__ = ("_attribute", "_numbers")

    def __init__(self, numbers: dict[Any, float], attribute: str) -> None:
        self._numbers = numbers
        self._attribute = attribute

    def __getitem__(self, key: Any) -> float:
        return self._numbers[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def __repr__(self) -> str:
        return repr(self._numbers)

    def __reduce__(self) -> tuple[Any, ...]:
        return NumbersByKey, (self._numbers, self._attribute)

    def copy(self) -> dict[Any, float]:
        """The same numbers in a dictionary of the caller's own."""
        return self._numbers.copy()

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        name = self._attribute
        raise InvalidValue(
            f"These numbers are read-only. Write x[{quoted(key)}].{name} = {quoted(value, str)}, or x.{name} = ... "
            "for all of them."
        )

    def _with(self, act: Callable[[Any, Any], float], other: Beside) -> dict[Any, float]:
        """act(mine, its number), key by key."""
        if is_number(other):
            return {key: act(mine, other) for key, mine in self._numbers.items()}
        if not isinstance(other, Mapping):
            raise ExpressionError(f"Beside numbers by key stand a number or a mapping, not {quoted(other)}.")
        for one, another in ((self, other), (other, self)):
            for key in one:
                if key not in another:
                    raise InvalidValue(f"Only one of the two mappings has the key {quoted(key)}. Give both the same.")
        return {key: act(mine, other[key]) for key, mine in self._numbers.items()}

    def __add__(self, other: Beside) -> dict[Any, float]:
        return self._with(operator.add, other)

    def __sub__(self, other: Beside) -> dict[Any, float]:
        return self._with(operator.sub, other)

    def __rsub__(self, other: Beside) -> dict[Any, float]:
        return self._with(lambda mine, his: his - mine, other)

    def __mul__(self, other: Beside) -> dict[Any, float]:
        return self._with(operator.mul, other)

    def __truediv__(self, other: Beside) -> dict[Any, float]:
        return self._with(operator.truediv, other)

    __radd__, __rmul__ = __add__, __mul__
