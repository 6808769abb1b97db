"""What the core asks of many things at once: arrays, keyed variables and arrays with labels, which are made above it.

Each of them is of one of these classes, which has the plain answer to each question.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pplp.errors import ExpressionError
from pplp.ground.quoting import quoted

__all__ = ["Aligned", "Bulk", "Keyed", "labels_of", "unlabelled"]

# Any: numbers and labels are whatever users and their packages take for these; expressions are made above this module.


class Bulk:
    """Many variables, or many constraints, that numbers are given to at once, as in ``start={x: values}``."""

    __slots__ = ()

    def _assigned(self, values: Any, what: str) -> Iterable[tuple[Any, Any]]:
        """Each of them with its number; `what` begins the messages."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _weighted(self, factors: list[Any]) -> Any:
        """For `dot`: the sum of factors[k] * x[k], if it can be made without a handle for each variable; else None."""
        return None


class Keyed(Bulk):
    """Variables by key.  Iterating them gives the keys, so what takes expressions reads their `values()`."""

    __slots__ = ()

    def values(self) -> Iterable[Any]:
        """The variables, in the order of their keys."""
        raise NotImplementedError  # pragma: no cover - each kind has its own


class Aligned:
    """An array with labels: these, and not its order, say what belongs to what."""

    __slots__ = ()
    _labels: Any

    def _times(self, numbers: Any) -> Any:
        """For `dot`: the sum of its elements, each times the number of its label."""
        raise ExpressionError(f"dot() takes variables and expressions, not {quoted(self)}.")

    def _unlabelled(self) -> Any:
        """Its elements by position."""
        return self


# ---- for other modules
def labels_of(array: Aligned) -> Any:
    """Its labels, in order."""
    return array._labels


def unlabelled(array: Aligned) -> Any:
    """Its elements by position."""
    return array._unlabelled()
