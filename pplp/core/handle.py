"""A handle: thin, it knows its program and an index; its data is in a store of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, Union

from pplp.core.owner import Owned

if TYPE_CHECKING:
    from pplp.core.owner import Owner
    from pplp.program import LinearProgram

__all__ = ["Handle", "handle", "index_of", "living_index", "owner_of", "place_of", "store_in", "store_of"]

# Any: each kind of thing knows its own kind of program.


_Store = TypeVar("_Store")


class Handle(Owned, Generic[_Store]):
    """An object that a program stores: two handles of the same one are equal."""

    __slots__ = ("_index", "_program")
    _index: int

    @staticmethod
    def _store_of(program: Owner) -> _Store:
        """The store of such things in a program."""
        raise NotImplementedError

    def _store(self) -> _Store:
        return self._store_of(self._program)

    @property
    def _row(self) -> int:
        """Its position in its store."""
        return self._index

    def _living(self) -> int:
        return self._program._living(self)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._program is other._program and self._index == other._index

    def __hash__(self) -> int:
        return hash((id(self._program), type(self), self._index))

    def __reduce__(self) -> tuple[Any, ...]:
        return handle, (type(self), self._program, self._index)

    @property
    def program(self) -> LinearProgram:
        """The program that it belongs to."""
        return self._program  # type: ignore[return-value]


_Kind = TypeVar("_Kind", bound="Handle[Any]")


def handle(kind: type[_Kind], program: Owner, index: int) -> _Kind:
    """The handle of an object of this kind."""
    made = kind()
    made._program = program
    made._index = index
    return made


# ---- what other modules may ask of one
class _Indexed(Protocol):
    _index: int


def owner_of(thing: Owned) -> Any:
    """The program of a variable, a constraint, an expression, or an array of them."""
    return thing._program


def index_of(thing: _Indexed) -> int:
    """The index of a variable, or of a constraint in the store where it was made."""
    return thing._index


def place_of(thing: Handle[Any]) -> int:
    """The position of a constraint in its current store."""
    return thing._row


def store_of(thing: Handle[_Store]) -> _Store:
    """The store that a constraint is in now."""
    return thing._store()


def store_in(kind: Union[type[Handle[_Store]], Handle[_Store]], program: Owner) -> _Store:
    """The store of a program in which objects of this kind are made."""
    return kind._store_of(program)


def living_index(thing: Handle[Any]) -> int:
    """The position of a constraint in its current store; raises `RemovedObject` if it was removed."""
    return thing._living()
