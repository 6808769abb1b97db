"""Pickles of objects with slots, with every protocol."""

from __future__ import annotations

from typing import Any, Union

__all__ = ["Pickled"]


class Pickled:
    """An object with slots.  The protocols 0 and 1 cannot pickle slots, so they use the state of protocol 2."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: Any) -> Union[str, tuple[Any, ...]]:
        return super().__reduce_ex__(max(protocol, 2))
