"""Arrays of constraints, whose numbers are read and set as arrays of numpy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Union, overload

from pplp.arrays.arguments import places_at
from pplp.arrays.attributes import ConstraintAttributes
from pplp.arrays.operands import fitted
from pplp.arrays.read_only import read_only
from pplp.core.bounds import put_constraint_bounds
from pplp.core.constraints import Constraint
from pplp.core.handle import handle, place_of, store_of
from pplp.core.owner import Owned
from pplp.core.protocols import NoNumbers
from pplp.core.shown import Shown
from pplp.core.turns import edits
from pplp.ground.numeric import np
from pplp.ground.pickles import Pickled

if TYPE_CHECKING:
    from pplp.arrays.typing import Floats, Numbers, Part, Place
    from pplp.core.owner import Owner

__all__ = ["ConstraintArray"]


class ConstraintArray(ConstraintAttributes["Floats", "Numbers"], NoNumbers, Shown, Sequence[Any], Pickled, Owned):
    """The constraints that one array of relations became; numbers are read and set as numpy arrays.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x = lp.Vars((2, 2), lb=0, ub=9)
    >>> supply = lp.add_constraint(x.sum(axis=1) <= [3, 4], "supply")
    >>> supply[1]
    supply[1]: x2 + x3 <= 4
    >>> supply.ub = 5
    >>> lp.objective = x.sum()
    >>> lp.maximize(), supply.slack.tolist()
    (10.0, [0.0, 0.0])
    """

    __slots__ = ("_kinds", "_places", "_program", "shape")
    __hash__ = object.__hash__
    _for_numpy = (
        "an array of constraints",
        "Take its numbers: .value, .dual, .slack, .lb, .ub or .rhs.",
    )

    def __init__(
        self, program: Owner, shape: tuple[int, ...], kinds: Sequence[type[Constraint]], places: Sequence[int]
    ) -> None:
        self._program = program
        self.shape = shape
        self._kinds = kinds  # one for all, or one for each
        self._places = places

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def size(self) -> int:
        """The number of constraints."""
        return len(self._places)

    @property
    def flat(self) -> list[Constraint]:
        """All its constraints, row by row."""
        return [self._alone(k) for k in range(self.size)]

    def _alone(self, k: int) -> Constraint:
        return handle(self._kinds[k if len(self._kinds) > 1 else 0], self._program, int(self._places[k]))

    _handle = _alone  # its name in older pickles of flows

    @overload
    def __getitem__(self, index: Place) -> Any: ...  # a constraint, or a row of them where dimensions are left
    @overload
    def __getitem__(self, index: Union[Part, tuple[slice, Any], tuple[Any, slice]]) -> ConstraintArray: ...
    @overload
    def __getitem__(self, index: tuple[Any, ...]) -> Any: ...
    def __getitem__(self, index: Any) -> Any:
        places = places_at(self.shape, index)
        if isinstance(places, int):
            return self._alone(places)
        flat = places.ravel().tolist()
        kinds = [self._kinds[k] for k in flat] if len(self._kinds) > 1 else self._kinds
        return ConstraintArray(self._program, places.shape, kinds, [self._places[k] for k in flat])

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(self.shape[0]))

    def _numbers(self, name: str) -> Floats:
        return np.array([getattr(one, name) for one in self.flat], float).reshape(self.shape)

    def _attribute(self, name: str) -> Floats:
        return read_only(self._numbers(name), "rows", name) if name in ("lb", "ub", "rhs") else self._numbers(name)

    def _set_bounds(self, lower: Numbers, upper: Numbers) -> None:
        each = (fitted(values, self.shape, "bounds") for values in (lower, upper))
        self._set_each("bounds", list(zip(*each)))

    def _set(self, name: str, values: Numbers) -> None:
        self._set_each(name, fitted(values, self.shape, name))

    def _set_each(self, name: str, values: Sequence[Any]) -> None:
        _set_each(self._program, self.flat, name, values)

    def _assigned(self, values: Numbers, what: str) -> Iterable[tuple[Constraint, float]]:
        """Each constraint with its number."""
        return zip(self.flat, fitted(values, self.shape, what))

    def __repr__(self) -> str:
        return repr(self.flat) if self.size <= 20 else f"<constraints of shape {self.shape}>"


@edits
def _set_each(program: Owner, handles: Sequence[Constraint], name: str, values: Sequence[Any]) -> None:
    """Set an attribute of each constraint; of all of them, or of none."""
    old = [(store_of(one).lower[place_of(one)], store_of(one).upper[place_of(one)]) for one in handles]
    done = 0
    try:
        for constraint, value in zip(handles, values):
            setattr(constraint, name, value)
            done += 1
    except BaseException:
        for constraint, (lower, upper) in zip(handles[:done], old):
            put_constraint_bounds(program, constraint, store_of(constraint), place_of(constraint), lower, upper)
        raise
