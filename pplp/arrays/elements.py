"""Things in a grid, row by row, and operands broadcast to one shape, by numpy's rules or by their labels.

Arrays of functions, of constraints on them, and of their records share this.  This module needs numpy.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any, Generic, Optional, TypeVar, Union, overload

from pplp.arrays import numpy_half
from pplp.arrays.arguments import places_at
from pplp.arrays.frames import check_mask, package_of
from pplp.arrays.operators import ArrayOperators
from pplp.arrays.relation_arrays import RelationArray, sides_of
from pplp.core.bulk import Aligned
from pplp.core.handle import owner_of
from pplp.core.owner import Owned
from pplp.core.relations import Relation, expression_of
from pplp.core.scalars import Symbolic, is_number
from pplp.errors import ExpressionError, InvalidValue
from pplp.functions.compound import Compound
from pplp.functions.expressions import is_array
from pplp.ground.numeric import np
from pplp.ground.pickles import Pickled
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.labels import Labels
    from pplp.arrays.typing import Integers, Objects, Part, Place
    from pplp.core.owner import Owner

__all__ = ["Elements", "Spread", "content", "has_labels", "objects", "program_of"]


#: A single one, and an array of them by position.
Element = TypeVar("Element")
Like = TypeVar("Like")


class Elements(Pickled, Owned, Generic[Element, Like]):
    """Things in a grid, row by row; indexed as an array of numpy is."""

    __slots__ = ("_items", "_program", "shape")
    _kind = "elements"

    def __init__(self, program: Owner, items: list[Element], shape: tuple[int, ...]) -> None:
        self._program = program
        self._items = items
        self.shape = shape

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return len(self._items)

    @property
    def flat(self) -> list[Element]:
        """All elements, row by row."""
        return self._items[:]

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:  # of elements, or of parts where there are dimensions left
        return (Elements.__getitem__(self, k) for k in range(self.shape[0]))

    @overload
    def __getitem__(self, index: Union[Part, tuple[slice, Any], tuple[Any, slice]]) -> Like: ...
    @overload
    def __getitem__(self, index: Union[Place, tuple[Any, ...]]) -> Any: ...  # an element, or a part
    def __getitem__(self, index: Any) -> Any:
        places = places_at(self.shape, index)
        return self._items[places] if isinstance(places, int) else self._picked(places)

    def _picked(self, places: Integers) -> Like:
        kind: Any = type(self)
        return kind(self._program, [self._items[k] for k in places.ravel().tolist()], places.shape)  # type: ignore[no-any-return]

    @property
    def T(self) -> Like:
        """Transposed."""
        return self._picked(np.arange(self.size).reshape(self.shape).T)

    def reshape(self, *shape: Any) -> Like:
        """The same elements in another shape."""
        try:
            return self._picked(np.arange(self.size).reshape(*shape))
        except (TypeError, ValueError) as error:
            raise InvalidValue(f"An array of the shape {self.shape} does not go into another: {error}.") from None

    def __repr__(self) -> str:
        return repr(list(self)) if self.size <= 20 else f"<{self._kind} of shape {self.shape}>"


# --------------------------------------------------------------------- operands in one shape
class Spread:
    """Operands broadcast to one shape: for each of them a list of its elements, row by row."""

    __slots__ = ("columns", "labels", "program", "shape")

    def __init__(self, shape: tuple[int, ...], columns: list[list[Any]], labels: Optional[Labels] = None) -> None:
        self.shape = shape
        self.columns = columns
        self.labels = labels  # None where the operands have none

    @classmethod
    def of(cls, operands: tuple[Any, ...]) -> Spread:
        """By numpy's rules, or by label where an operand has labels."""
        if any(has_labels(one) for one in operands):
            return cls(*numpy_half.aligned(operands))
        parts = [content(one) for one in operands]
        shapes = [shape for shape, _ in parts]
        try:
            common = tuple(np.broadcast_shapes(*shapes))
        except ValueError:
            told = " and ".join(map(str, filter(None, shapes)))
            raise InvalidValue(
                f"The shapes {told} do not fit together, by numpy's rules. Give each the same shape, or 1 in the "
                "dimensions that it is to be repeated in, as x[:, None] does."
            ) from None
        return cls(common, [_repeated(items, shape, common) for shape, items in parts])


def content(thing: Any) -> tuple[tuple[int, ...], list[Any]]:
    """The shape of an operand, and its elements row by row; of a single one the shape ()."""
    if isinstance(thing, Elements):
        return thing.shape, thing._items
    if isinstance(thing, ArrayOperators):
        return thing.shape, list(thing.flat)
    if isinstance(thing, RelationArray):
        return thing.shape, list(thing)
    if not is_array(thing) and not isinstance(thing, (list, tuple)):
        return (), [thing]
    check_mask(thing)
    try:
        found = np.asarray(thing)
    except (RuntimeError, TypeError, ValueError) as error:
        raise ExpressionError(f"{quoted(thing)} cannot be made an array: {error}.") from None
    items = found.ravel().tolist()
    if found.dtype == object and (not found.shape or any(map(is_array, items))):
        raise ExpressionError(
            f"An array of numbers or expressions is needed, not a {type(thing).__name__}: to numpy its elements are "
            "arrays. Make it one array first, as .toarray() does of a sparse one."
        )
    strange = items if found.dtype.kind not in "biufO" else [one for one in items if not _may_stand(one)]
    if strange:
        raise ExpressionError(f"The element {quoted(strange[0])} of an array is neither an expression nor a number.")
    return found.shape, items


def _may_stand(one: object) -> bool:
    return isinstance(one, (bool, Symbolic, Relation, Compound)) or is_number(one)


def _repeated(items: list[Any], shape: tuple[int, ...], common: tuple[int, ...]) -> list[Any]:
    if shape == common:
        return items
    if len(items) == 1:
        return items * prod(common)
    places = np.broadcast_to(np.arange(len(items)).reshape(shape), common)
    return [items[k] for k in places.ravel().tolist()]


def objects(items: list[Any]) -> Objects:
    """A list as an array of objects, even where numpy would make another array of it."""
    made = np.empty(len(items), object)
    made[:] = items
    return made


def has_labels(thing: object) -> bool:
    """Do its labels, and not its order, say what belongs to what?"""
    return isinstance(thing, Aligned) or bool(package_of(thing))


def program_of(thing: object) -> Optional[Owner]:
    """The program of an expression, an array or a relation; None for numbers."""
    if isinstance(thing, RelationArray):
        thing = sides_of(thing)[0]
    elif isinstance(thing, Relation):
        thing = expression_of(thing)
    return owner_of(thing) if isinstance(thing, Owned) else None
