"""numpy's functions over arrays of expressions, each with numpy's own rules for shapes and axes.

A function falls into one of these kinds:

* It moves elements (`pplp.arrays.rearrangement`): numpy itself moves the numbers of their places.
* It is a sum or a product with numbers (see `sums`, `contractions` and `products`): done to whole arrays.
* It is linear and rare: numpy's own code does it to an array of single expressions.
* It tells the shape.

Every other function raises `ExpressionError`, also one that numpy has yet to invent.

What a function takes and gives depends on the function.  So it is Any where it may be any of them.
"""

from __future__ import annotations

from typing import Any, Callable, NoReturn

from pplp.arrays import contractions, products, rearrangement, sums
from pplp.arrays.arguments import check_options
from pplp.arrays.expression_arrays import ExpressionArray, element_at
from pplp.arrays.guard import guarded
from pplp.arrays.operands import is_symbolic
from pplp.arrays.operators import ArrayOperators
from pplp.arrays.readings import objects
from pplp.errors import ExpressionError
from pplp.ground.numeric import np

__all__ = ["NOT_LINEAR", "call", "through_objects"]

_NO_NUMBERS = "An array of expressions has no numbers before a solve; afterwards they are in .value."
_MAXIMUM = "Write pplp.maximum(...) of the expressions, in a constraint."
_MINIMUM = "Write pplp.minimum(...) of the expressions, in a constraint."
_ABSOLUTE = "Write abs(e) of each expression, in a constraint."
_IMMUTABLE = "Arrays of expressions cannot be changed. Build a new one, with numpy.where() or numpy.concatenate()."
_NOT_CLOSED = "Write <=, >= or == and give the relation to add_constraint()."
#: function of numpy -> what to write instead
NOT_LINEAR = {
    "": "Write it as a linear expression with + - * @, or apply it to .value after a solve.",
    **dict.fromkeys(("maximum", "fmax", "max", "amax", "nanmax"), _MAXIMUM),
    **dict.fromkeys(("minimum", "fmin", "min", "amin", "nanmin"), _MINIMUM),
    **dict.fromkeys(("absolute", "fabs", "abs"), _ABSOLUTE),
    "norm": "A sum of absolute values is sum(abs(e) for e in array.flat), in a constraint.",
    "ptp": "Write pplp.maximum(...) and pplp.minimum(...) of the expressions, in constraints.",
    "clip": "Write lower <= x and x <= upper as constraints.",
    **dict.fromkeys(("prod", "product", "cumprod", "nanprod"), "A product of variables can be said by binaries only."),
    **dict.fromkeys(("less", "greater", "not_equal", "isclose", "allclose", "array_equal", "array_equiv"), _NOT_CLOSED),
    **dict.fromkeys(("square", "var", "std"), "A square can be approximated by pplp.piecewise()."),
    **dict.fromkeys(("sort", "argsort", "argmax", "argmin", "median", "unique"), _NO_NUMBERS),
    **dict.fromkeys(("place", "put", "putmask", "copyto", "fill_diagonal", "put_along_axis", "fill", "at"), _IMMUTABLE),
}


def call(function: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """What a function of numpy gives for arguments of which one at least is an expression or an array of them."""
    return guarded(function.__name__, _FUNCTIONS.get(function) or _refused(function), *arguments, **options)


def through_objects(function: Callable[..., Any], arguments: Any, options: dict[str, Any]) -> Any:
    """What numpy's own code makes of arrays of single expressions."""
    made = function(*map(_as_objects, arguments), **{name: _as_objects(one) for name, one in options.items()})
    return [_as_array(one) for one in made] if isinstance(made, (list, tuple)) else _as_array(made)


def _as_objects(thing: Any) -> Any:
    if isinstance(thing, (list, tuple)):
        return type(thing)(map(_as_objects, thing))
    return objects(thing) if is_symbolic(thing) else thing


def _as_array(made: Any) -> Any:
    """Single expressions in an array of objects as an array of expressions."""
    if not is_symbolic(made):
        if np.size(made):
            raise ExpressionError("It gives something else than linear expressions.")
        return np.zeros(np.shape(made))
    array = ExpressionArray.of(made)
    return array if array.shape else element_at(array, 0)


def _rare(function: Callable[..., Any]) -> Callable[..., Any]:
    def act(*arguments: Any, **options: Any) -> Any:
        check_options(function.__name__, options)
        return through_objects(function, arguments, options)

    return act


def _of_shape(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the shape alone: it is given zeros."""

    def act(a: Any, *arguments: Any, **options: Any) -> Any:
        if not is_symbolic(a) or any(map(is_symbolic, (*arguments, *options.values()))):
            _refused(function)()
        return function(np.zeros(getattr(a, "shape", ())), *arguments, **options)

    return act


def _astype(x: Any, dtype: Any, /, *, copy: bool = True) -> ArrayOperators:
    """As numpy.astype, to float or object."""
    check_options("astype", {"dtype": dtype})
    if not isinstance(x, ArrayOperators):
        raise ExpressionError(f"numpy's astype() takes an array, not {x}.")
    return x


def _refused(function: Any) -> Callable[..., NoReturn]:
    """A function that raises the error for one that does not take expressions."""
    name = function.__name__

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise ExpressionError(f"numpy's {name}() does not take expressions. {NOT_LINEAR.get(name, NOT_LINEAR[''])}")

    return refuse


def _found(*names: str) -> list[tuple[str, Any]]:
    """The functions of these names that this version of numpy has."""
    found = []
    for name in names:
        thing: Any = np
        for part in name.split("."):
            thing = getattr(thing, part, None)
        if thing is not None:
            found.append((name.rpartition(".")[2], thing))
    return found


#: numpy's other names, and functions of a kind of their own.
_TWINS: dict[str, Callable[..., Any]] = {
    "astype": _astype,
    "linalg.matmul": np.matmul,
    "linalg.multi_dot": products.multi_dot,
    "linalg.outer": products.vector_outer,
    "linalg.tensordot": products.tensordot,
    "linalg.trace": sums.matrix_trace,
    "linalg.vecdot": contractions.vecdot,
    "nancumsum": sums.cumsum,
    "nanmean": sums.mean,
    "nansum": sums.sum,
}
_OF_SHAPE = (
    "empty_like", "full_like", "iscomplexobj", "isrealobj", "ndim", "ones_like", "shape", "size", "zeros_like",
)  # fmt: skip
_RARE = (
    "apply_along_axis", "apply_over_axes", "cross", "ediff1d", "linalg.cross", "polyadd", "polyder",
    "polyint", "polysub", "trapezoid", "trapz",
)  # fmt: skip


def _table() -> dict[Any, Callable[..., Any]]:
    """What each of numpy's functions is to us."""
    table: dict[Any, Callable[..., Any]] = {function: _of_shape(function) for _, function in _found(*_OF_SHAPE)}
    table.update((function, _rare(function)) for _, function in _found(*_RARE))
    for module in (sums, contractions, products):
        table.update((function, getattr(module, name)) for name, function in _found(*module.__all__))
    for name, elements in rearrangement.ELEMENTS.items():
        table.update((function, rearrangement.of(function, elements)) for _, function in _found(name))
    table.update((function, act) for name, act in _TWINS.items() for _, function in _found(name))
    return table


_FUNCTIONS = _table()
