"""What expressions ask of a solution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

__all__ = ["Values"]


class Values(Protocol):
    """The values of a program's variables: a `pplp.Solution` has them."""

    def values_at(self, indices: Sequence[int]) -> list[float]:
        """The values of the variables of these indices."""

    def are_integer(self, indices: Sequence[int]) -> bool:
        """Are the variables of these indices all integer?"""

    def value(self, expression: Any) -> Any:
        """The value of an expression or function of the program."""

    def __getitem__(self, variable: Any) -> Any:
        """The value of a variable, an int for an integer one."""
