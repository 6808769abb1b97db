"""The numbers of many variables or constraints as arrays of numpy, which say where to write instead."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Callable, SupportsIndex

from pplp.errors import InvalidValue, PplpError
from pplp.ground.numeric import np
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.typing import Table

__all__ = ["ReadOnlyArray", "read_only"]


class ReadOnlyArray(np.ndarray):
    """Numbers as they are now.  Writing into them would change nothing of the program, and raises `InvalidValue`.

    ``x.ub += 1`` means ``x.ub = x.ub + 1``.  What is computed of it, and a copy, are arrays like any other.

    >>> from pplp import LinearProgram
    >>> x = LinearProgram().Vars((3,), "x", ub=4)
    >>> x.ub += [0, 1, 2]
    >>> x.ub
    array([4., 5., 6.])
    >>> x.ub[0] = 9
    Traceback (most recent call last):
    pplp.errors.InvalidValue: This array of numbers is read-only. Write x[0].ub = 9, or x.ub = ... for all of them.
    """

    #: What the user has, such as "x", and what was asked of it, such as "ub".
    _of: str
    _attribute: str

    def __array_finalize__(self, parent: object) -> None:
        self._of, self._attribute = "x", "ub"
        if isinstance(parent, ReadOnlyArray):
            self._of, self._attribute = parent._of, parent._attribute

    def __array_wrap__(self, made: Any, context: Any = None, return_scalar: bool = False) -> Any:
        """What is computed of it: an array of numpy's own type, or a number."""
        made = np.asarray(made)
        return made if made.shape else made[()]

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:  # as of numpy's array
        return np.array(self).__reduce_ex__(protocol)  # a copy: protocol 5 remembers what is read-only

    def __repr__(self) -> str:
        return repr(np.asarray(self))

    def __setitem__(self, index: Any, value: Any) -> None:
        _check_writable(self, index, value)
        super().__setitem__(index, value)


def read_only(numbers: Table, of: str, attribute: str) -> ReadOnlyArray:
    """The same array, which refuses assignments."""
    found: ReadOnlyArray = numbers.view(ReadOnlyArray)
    found._of, found._attribute = of, attribute
    found.flags.writeable = False
    return found


def _check_writable(numbers: ReadOnlyArray, index: Any, value: Any) -> None:
    if numbers.flags.writeable:
        return
    is_whole = not isinstance(numbers.base, ReadOnlyArray)
    wanted = index if isinstance(index, tuple) else (index,)
    is_place = is_whole and all(isinstance(one, (int, np.integer)) for one in wanted)
    place = ", ".join(map(str, wanted)) if is_place else "..."
    name = numbers._attribute
    raise InvalidValue(
        f"This array of numbers is read-only. Write {numbers._of}[{place}].{name} = {quoted(value, str)}, or "
        f"{numbers._of}.{name} = ... for all of them."
    )


def _renewing(name: str) -> Callable[[Any, Any], Any]:
    """The operator ``+=`` and the like: in place where that is allowed, else a new array."""
    plain, in_place = getattr(operator, name), getattr(np.ndarray, f"__i{name.strip('_')}__")

    def act(self: ReadOnlyArray, other: Any) -> Any:  # as of numpy's array
        if self.flags.writeable:
            return in_place(self, other)
        try:
            return plain(np.asarray(self), other)
        except (TypeError, ValueError) as error:
            if isinstance(error, PplpError):
                raise
            raise InvalidValue(
                f"{self._of}.{self._attribute} has the shape {self.shape}, which {quoted(other)} does not fit: "
                f"{quoted(error, str)}."
            ) from None

    return act


def _guarded(name: str) -> Callable[..., Any]:
    """A method that writes into the array."""
    plain = getattr(np.ndarray, name)

    def act(self: ReadOnlyArray, *arguments: Any, **options: Any) -> Any:  # as of numpy's array
        _check_writable(self, ..., "...")
        return plain(self, *arguments, **options)

    act.__doc__ = f"As numpy's {name}(), of a copy; raises `InvalidValue` for what is read-only."
    return act


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and_", "or_", "xor", "lshift", "rshift"):
    setattr(ReadOnlyArray, f"__i{_name.strip('_')}__", _renewing(_name))
for _name in ("fill", "itemset", "partition", "put", "resize", "setfield", "sort"):
    if hasattr(np.ndarray, _name):  # numpy 2 has no itemset()
        setattr(ReadOnlyArray, _name, _guarded(_name))
