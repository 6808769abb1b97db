"""Functions of numpy that only move elements: numpy moves the numbers of their places, and the elements follow.

Arguments and results are those of numpy's functions: elements, numbers, or lists and tuples of them.  So they are Any.
"""

from __future__ import annotations

from typing import Any, Callable

from pplp.arrays.arguments import check_options
from pplp.arrays.expression_arrays import ExpressionArray, element_at, joined, taken
from pplp.arrays.operands import is_symbolic, numbers_of
from pplp.arrays.shapes import places_of
from pplp.arrays.variables import VariableArray, indices_of, variable_of
from pplp.core.constraints import same_program
from pplp.core.expressions import Variable
from pplp.core.handle import index_of, owner_of
from pplp.core.scalars import is_number
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.numeric import np
from pplp.ground.quoting import quoted

__all__ = ["ELEMENTS", "of", "rearranged"]

#: Which arguments are elements, by the name of the function: their names, in numpy's order; _ is any other argument,
#: and * marks the one that takes all the rest.
ELEMENTS = {
    "append": "arr values",
    "array_split": "ary",
    "atleast_1d": "*arys",
    "atleast_2d": "*arys",
    "atleast_3d": "*arys",
    "block": "arrays",
    "broadcast_arrays": "*args",
    "broadcast_to": "array",
    "choose": "_ choices out",
    "column_stack": "tup",
    "compress": "_ a _ out",
    "concat": "arrays _ out",
    "concatenate": "arrays _ out",
    "copy": "a",
    "delete": "arr",
    "diag": "v",
    "diagflat": "v",
    "diagonal": "a",
    "dsplit": "ary",
    "dstack": "tup",
    "expand_dims": "a",
    "extract": "_ arr",
    "fft.fftshift": "x",
    "fft.ifftshift": "x",
    "flip": "m",
    "fliplr": "m",
    "flipud": "m",
    "hsplit": "ary",
    "hstack": "tup",
    "insert": "arr _ values",
    "lib.stride_tricks.sliding_window_view": "x",
    "linalg.diagonal": "x",
    "linalg.matrix_transpose": "x",
    "matrix_transpose": "x",
    "meshgrid": "*xi",
    "moveaxis": "a",
    "nan_to_num": "x",
    "pad": "array _ _ constant_values",
    "permute_dims": "a",
    "ravel": "a",
    "real": "val",
    "repeat": "a",
    "reshape": "a",
    "resize": "a",
    "roll": "a",
    "rollaxis": "a",
    "rot90": "m",
    "row_stack": "tup",
    "select": "_ choicelist default",
    "split": "ary",
    "squeeze": "a",
    "stack": "arrays _ out",
    "swapaxes": "a",
    "take": "a _ _ out",
    "take_along_axis": "arr",
    "tile": "A",
    "transpose": "a",
    "tril": "m",
    "triu": "m",
    "unstack": "x",
    "vsplit": "ary",
    "vstack": "tup",
    "where": "_ x y",
}
#: The ways of numpy.pad() that put copies or a constant at the ends; the others compute.
_PADS = ("constant", "edge", "reflect", "symmetric", "wrap")


class _Pool:
    """All elements that a function may move, each at a place of its own; the number 0 is at place 0."""

    def __init__(self) -> None:
        self._parts: list[Any] = []
        self._size = 1

    def nested(self, thing: Any) -> Any:
        """The same for numpy.block(), where a list is never an array but holds the blocks."""
        return type(thing)(map(self.nested, thing)) if isinstance(thing, (list, tuple)) else self.places(thing)

    def places(self, thing: Any) -> Any:
        """The places of its elements, in its own shape; in lists and tuples as they are nested."""
        if isinstance(thing, (list, tuple)):
            if not thing or not all(map(is_number, thing)):
                return type(thing)(map(self.places, thing))
            thing = np.array(thing)
        if isinstance(thing, Variable):
            part: Any = VariableArray(owner_of(thing), [index_of(thing)], ())
        elif is_symbolic(thing):
            part = thing if isinstance(thing, VariableArray) else ExpressionArray.of(thing)
        else:
            part = numbers_of(thing, "constant")
            if part is None:
                raise ExpressionError(
                    f"Beside expressions stand numbers, not {quoted(thing)} ({type(thing).__name__})."
                )
        first, self._size = self._size, self._size + part.size
        self._parts.append(part)
        return np.arange(first, self._size).reshape(part.shape) if part.shape else first

    def elements(self, places: Any) -> Any:
        """The elements at these places; lists and tuples of them as they are nested."""
        if isinstance(places, (list, tuple)):
            return type(places)(map(self.elements, places))
        places = np.asarray(places)
        if places.dtype.kind not in "iu":
            raise ExpressionError(f"It makes {places.dtype} of the elements' places.")  # pragma: no cover - no such one
        parts = self._parts
        if all(isinstance(part, VariableArray) for part in parts) and (places > 0).all():
            for part in parts:
                same_program(owner_of(parts[0]), part)
            indices = np.concatenate([places_of(part) for part in parts])[places.ravel() - 1]
            found: Any = VariableArray(owner_of(parts[0]), indices, places.shape)
            return found if places.shape else variable_of(found, indices_of(found)[0])
        found = taken(joined([np.zeros(1), *parts]), places.ravel(), places.shape)
        return found if places.shape else element_at(found, 0)


def of(function: Callable[..., Any], elements: str) -> Callable[..., Any]:
    """The function of numpy over expressions."""
    names = elements.split()

    def act(*arguments: Any, **options: Any) -> Any:
        return rearranged(function, names, arguments, options)

    return act


def rearranged(function: Any, names: list[str], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """What the function gives, where `names` says which of its arguments are elements."""
    check_options(function.__name__, options)
    if function.__name__ in ("ravel", "reshape"):
        _check_order(function.__name__, options.get("order", arguments[-1:]))
    if function.__name__ == "pad":
        mode = arguments[2] if len(arguments) > 2 else options.get("mode", "constant")
        if mode not in _PADS or options.get("reflect_type", "even") != "even":
            raise ExpressionError(f"numpy's pad() of expressions takes the modes {', '.join(_PADS)}.")
    pool = _Pool()
    take = pool.nested if function.__name__ == "block" else pool.places
    rest = names[-1].startswith("*")
    given: list[Any] = []
    for k, one in enumerate(arguments):
        if k < len(names) and names[k] == "out":
            check_options(function.__name__, {"out": one})
            given.append(None)
        elif (rest and k >= len(names) - 1) or (k < len(names) and names[k] != "_"):
            given.append(take(one))
        else:
            given.append(_fixed(function, one))
    named = {name: take(one) if name in names else _fixed(function, one) for name, one in options.items()}
    return pool.elements(function(*given, **named))


def _check_order(name: str, order: Any) -> None:
    """Raise `ExpressionError` for the orders that ask how the elements lie in memory."""
    order = order[0] if isinstance(order, tuple) and order else order
    if isinstance(order, str) and order.upper() in ("A", "K"):
        raise ExpressionError(f"Expressions have no order in memory, so {name}() takes order='C' or order='F'.")


def _fixed(function: Any, thing: Any) -> Any:
    """An argument that is not elements: there are no expressions in it."""
    if is_symbolic(thing) or (isinstance(thing, (list, tuple)) and any(is_symbolic(one) for one in thing)):
        raise InvalidValue(f"numpy's {function.__name__}() takes expressions as elements, not to say which elements.")
    return thing
