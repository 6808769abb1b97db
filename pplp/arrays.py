"""Many variables at once: by number, by shape, by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Optional, Union, overload

from pplp.errors import InvalidValue
from pplp.expressions import LinearExpression, Variable

if TYPE_CHECKING:
    from pplp.program import LinearProgram

__all__ = ["VariableArray"]


class VariableArray(Sequence[Any]):
    """Variables in a grid of one or more dimensions, row by row; indexed as nested lists, or as ``x[i, j]``.

    >>> from pplp import LinearProgram
    >>> x = LinearProgram().Vars((2, 3))
    >>> x[0], x[:, 1], len(x)
    ([x0, x1, x2], [x1, x4], 2)
    """

    __slots__ = ("_items", "shape")
    __array_ufunc__ = None

    def __init__(self, items: list[Variable], shape: tuple[int, ...]) -> None:
        self._items = items
        self.shape = shape

    @classmethod
    def make(
        cls,
        program: LinearProgram,
        index: Union[int, tuple[int, ...], Iterable[Any]],
        name: Optional[str],
        lb: Any,
        ub: Any,
        integer: bool,
    ) -> Any:
        """What `LinearProgram.Vars` returns."""
        shape: Optional[tuple[int, ...]] = None
        keys: list[Any]
        if isinstance(index, int) and not isinstance(index, bool):
            shape = (index,)
        elif isinstance(index, tuple) and all(isinstance(n, int) and not isinstance(n, bool) for n in index):
            shape = index
        if shape is not None:
            if any(n < 0 for n in shape):
                raise InvalidValue(f"There cannot be {index!r} variables: a count is not negative.")
            count = prod(shape)
            keys = [] if name is None else list(_positions(shape))
        else:
            try:
                keys = list(index)  # type: ignore[arg-type]
            except TypeError:
                raise InvalidValue(f"Vars() takes a count, a shape or keys, not {index!r}.") from None
            count = len(keys)
            if len(set(keys)) != count:
                raise InvalidValue("Vars() was given a key twice.")
        lower, upper = _spread(lb, keys, shape, count, "lb"), _spread(ub, keys, shape, count, "ub")
        names = [None] * count if name is None else [_name(name, key) for key in keys]
        # All or nothing: what can be wrong is found before the first variable is made.
        taken = program._columns.by_name
        if name is not None:
            for label in names:
                if label in taken:
                    raise InvalidValue(f"There is a variable named {label!r} already. Choose another name.")
        from pplp.program import _checked_bounds

        pairs = [_checked_bounds(label, low, high) for label, low, high in zip(names, lower, upper)]
        make = program.IntVar if integer else program.Var
        items = [make(label, lb=low, ub=high) for label, (low, high) in zip(names, pairs)]
        if shape is not None:
            return cls(items, shape)
        return MappingProxyType(dict(zip(keys, items)))

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items) if len(self.shape) == 1 else (self[i] for i in range(self.shape[0]))

    @property
    def flat(self) -> Sequence[Variable]:
        """All variables, row by row."""
        return list(self._items)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Any: ...
    @overload
    def __getitem__(self, index: tuple[Any, ...]) -> Any: ...

    def __getitem__(self, index: Any) -> Any:
        if len(self.shape) == 1 and isinstance(index, int):
            return self._items[index]
        wanted = index if isinstance(index, tuple) else (index,)
        if len(wanted) > len(self.shape):
            raise IndexError(f"{len(wanted)} indices for {len(self.shape)} dimensions")
        places = range(len(self._items))
        return self._picked(places, self.shape, wanted)

    def _picked(self, places: Sequence[int], shape: tuple[int, ...], wanted: tuple[Any, ...]) -> Any:
        """The part of the grid at `wanted`, of which `places` are the flat positions."""
        axes = [range(n)[w] if isinstance(w, slice) else [range(n)[w]] for n, w in zip(shape, wanted)]
        axes += [range(n) for n in shape[len(wanted) :]]
        kept = tuple(len(axis) for k, axis in enumerate(axes) if k >= len(wanted) or isinstance(wanted[k], slice))
        flat = [0]
        for n, axis in zip(shape, axes):
            flat = [base * n + i for base in flat for i in axis]
        items = [self._items[places[k]] for k in flat]
        return VariableArray(items, kept) if kept else items[0]

    def sum(self) -> LinearExpression:
        """The sum of all of them."""
        return sum(self._items)  # type: ignore[return-value]

    def __repr__(self) -> str:
        return repr(list(self))


def _positions(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    import itertools

    return itertools.product(*map(range, shape))


def _name(name: str, key: Any) -> str:
    return f"{name}[{','.join(map(str, key)) if isinstance(key, tuple) else key}]"


def _spread(bound: Any, keys: list[Any], shape: Optional[tuple[int, ...]], count: int, what: str) -> Sequence[Any]:
    """One bound for each variable."""
    if isinstance(bound, Mapping):
        missing = [key for key in keys if key not in bound]
        if missing or shape is not None:
            raise InvalidValue(f"{what} has no entry for {missing[0] if missing else 'a position'!r}.")
        return [bound[key] for key in keys]
    if hasattr(bound, "ravel"):
        bound = bound.ravel().tolist()
    if isinstance(bound, (list, tuple)):
        flat = list(bound)
        while flat and isinstance(flat[0], (list, tuple)):
            flat = [item for part in flat for item in part]
        if len(flat) != count:
            raise InvalidValue(f"{what} has {len(flat)} entries for {count} variables.")
        return flat
    return [bound] * count
