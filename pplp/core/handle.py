"""A handle: thin, it knows its program and an index, and what it says lives in a store of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from pplp.core.owner import Owner
    from pplp.program import LinearProgram

__all__ = ["Handle", "handle"]


_Store = TypeVar("_Store")


class Handle(Generic[_Store]):
    """A thing that a program keeps: two handles of the same one are equal."""

    __slots__ = ("_index", "_program")
    _program: Owner
    _index: int

    @staticmethod
    def _store_of(program: Owner) -> _Store:
        """The store of such things in a program."""
        raise NotImplementedError

    def _store(self) -> _Store:
        return self._store_of(self._program)

    @property
    def _row(self) -> int:
        """Where it is in its store."""
        return self._index

    def _living(self) -> int:
        return self._program._living(self)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._program is other._program and self._index == other._index

    def __hash__(self) -> int:
        return hash((id(self._program), type(self), self._index))

    def __reduce__(self) -> Any:
        return handle, (type(self), self._program, self._index)

    @property
    def program(self) -> LinearProgram:
        """The program that it belongs to."""
        return self._program  # type: ignore[return-value]


_Kind = TypeVar("_Kind", bound="Handle[Any]")


def handle(kind: type[_Kind], program: Owner, index: int) -> _Kind:
    """The handle of a thing of this kind."""
    made = kind()
    made._program = program
    made._index = index
    return made
