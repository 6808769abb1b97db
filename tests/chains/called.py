"""What the random functions call."""

from __future__ import annotations

import contextlib
import types
from math import inf
from typing import Any

__all__ = ["CALLED"]


class Boom(Exception):
    """Ends a chain between its two comparisons."""


def boom() -> Any:
    raise Boom


def same(*values: Any, **named: Any) -> Any:
    return values[0] if values else named["r"]


def both(a: Any, first: str, e: Any, second: str, b: Any) -> Any:
    """The relation that the chain ``a first e second b`` means."""
    lower, upper = (a, inf) if first == "<=" else (-inf, a)
    if second in ("<=", "=="):
        upper = min(upper, b)
    if second in (">=", "=="):
        lower = max(lower, b)
    return e.between(lower, upper)


@types.coroutine
def later(value: Any):
    """Suspends the coroutine once, and is `value`."""
    yield
    return value


async def one_by_one(*values: Any):
    for value in values:
        await later(None)
        yield value


def passed_on(value: Any):
    return (yield value)


@contextlib.contextmanager
def rescue():
    """Suppresses a Boom."""
    with contextlib.suppress(Boom):
        yield


class Room:
    """A context manager, of both kinds, that suppresses nothing."""

    def __enter__(self):
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    async def __aenter__(self):
        await later(None)

    async def __aexit__(self, *_: Any) -> None:
        await later(None)


def abandoned(x: Any) -> int:
    """A chain that an exception ends in another frame."""

    def half():
        return 0 <= x <= boom()

    with contextlib.suppress(Boom):
        half()
    return 0


CALLED = {
    "Boom": Boom, "boom": boom, "same": same, "both": both, "later": later, "one_by_one": one_by_one, "Room": Room,
    "passed_on": passed_on, "rescue": rescue, "abandoned": abandoned, "contextlib": contextlib,
}  # fmt: skip
