"""What expressions need from a solution, and from the last answer of their program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional, Protocol

from pplp.core.sense import Sense

__all__ = ["Answer", "Answers", "Values"]

# Any: of a collection there is a collection of values; solutions are made above this floor.


class Values(Protocol):
    """The values of a program's variables: a `pplp.Solution` has them."""

    def values_at(self, indices: Sequence[int]) -> list[float]:
        """The values of the variables of these indices."""

    def are_integer(self, indices: Sequence[int]) -> bool:
        """True if the variables with these indices are all integer."""

    def value(self, expression: Any) -> Any:
        """The value of an expression or function of the program."""

    def __getitem__(self, variable: Any) -> float:
        """The value of a variable, an int for an integer one."""

    def knows(self, program: Any) -> bool:
        """True if it is a solution of this program."""


class Answer:
    """The result of a program's last solve, and the version it is of."""

    __slots__ = ("sense", "solution", "values", "version", "zero")

    def __init__(self, sense: Sense, version: tuple[int, int, int, int], solution: Any = None) -> None:
        self.sense, self.version = sense, version
        #: The `pplp.Solution`; None until something reads it, while the engine has the numbers.
        self.solution = solution
        #: The values by index, once a variable was read, if none was removed.
        self.values: Optional[Sequence[float]] = None
        #: Added to a value: 0 if `values` has ints for integer variables, else 0.0, which turns an int into a float.
        self.zero = 0.0


class Answers(Protocol):
    """Where a program keeps its last answer."""

    answer: Optional[Answer]

    def current(self, program: Any, what: str) -> Any:
        """The `pplp.Solution` of the program as it is now, to read `what` of it."""

    def settle(self, program: Any) -> None:
        """Make a solution that nobody has asked for, while there are the names of all that it is about."""
