"""Pickles of objects with slots, by every protocol."""

from __future__ import annotations

from typing import Any, Union

__all__ = ["Pickled"]


class Pickled:
    """An object with slots, which the protocols 0 and 1 do not know: they take what protocol 2 makes of it."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: Any) -> Union[str, tuple[Any, ...]]:
        return super().__reduce_ex__(max(protocol, 2))
