"""numpy's protocols: what its functions and ufuncs do with expressions, and with objects that are not numbers.

Nothing here imports numpy: a numpy function that calls one of these methods has imported it.
"""

from __future__ import annotations

from sys import _getframe
from typing import Any, Callable, NoReturn, Optional

from pplp.core import hooks
from pplp.core.stack import METHOD
from pplp.errors import ExpressionError, ExtraMissing

__all__ = ["NoNumbers", "NumpyOperand", "asker", "held", "numpy_missing", "refuse_functions"]

# Any: what numpy makes of expressions is made above this floor.


def asker() -> str:
    """The name of the module whose code called the numpy function that came here."""
    frame = _getframe(METHOD)
    while True:
        name = str(frame.f_globals.get("__name__"))
        if not name.startswith("pplp.") or frame.f_back is None:
            return name
        frame = frame.f_back


def held(made: Any, who: str, ndim: Optional[int] = None) -> Any:
    """What numpy has made of expressions, in a form that the calling module can store.

    pandas stores single expressions in a numpy array, and nothing else.  xarray stores any array with
    dimensions that it has names for; raises `ExpressionError` for others.
    """
    is_array = isinstance(made, NumpyOperand) and hasattr(made, "ndim")
    if is_array and who.startswith("pandas."):
        return made.__array__()
    if who.startswith("xarray.") and ndim is not None and getattr(made, "ndim", None) != ndim:
        raise ExpressionError(
            f"A DataArray of {ndim} dimensions does not match expressions of other dimensions by name. "
            "Write .item() for a single number, or .values to match the numbers by position."
        )
    return made


def numpy_missing(error: ImportError) -> ExtraMissing:
    """The error if a module of whole arrays could not be imported."""
    return ExtraMissing(
        f'Arithmetic with whole arrays needs numpy ({error}). Install it with: python -m pip install "pplp[numpy]"'
    )


class NumpyOperand:
    """Expressions, one or an array of them: numpy's linear functions take them, all others raise `ExpressionError`."""

    __slots__ = ()

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        who = asker()
        if who.startswith("scipy.sparse"):
            hooks.refuse_sparse()
        made = hooks.call_function(function, arguments, options)
        return held(made, who)

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
        return hooks.call_ufunc(ufunc, method, operands, options)


def _no_function(name: str) -> Callable[..., NoReturn]:
    """The method that numpy calls for a function of an array of objects."""

    def refuse(expression: Any, *_: Any) -> NoReturn:
        instead = hooks.not_linear
        raise ExpressionError(f"numpy's {name}() of expressions is not linear. {instead.get(name, instead[''])}")

    refuse.__name__ = name
    refuse.__doc__ = "Raises `ExpressionError`, with what to write instead."
    return refuse


def refuse_functions(kind: type[Any]) -> None:
    """Give a class the methods that numpy calls on the elements of an array of objects; each raises."""
    for name in _FUNCTIONS:
        setattr(kind, name, _no_function(name))


_FUNCTIONS = (
    "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "cbrt", "cos", "cosh", "exp", "exp2",
    "expm1", "fabs", "hypot", "log", "log10", "log1p", "log2", "logical_and", "logical_not", "logical_or",
    "logical_xor", "rint", "sin", "sinh", "sqrt", "tan", "tanh",
)  # fmt: skip


class NoNumbers:
    """An object that no numpy function takes: each raises `ExpressionError`, which says what to write instead."""

    __slots__ = ()
    #: What it is, and what to write instead.
    _for_numpy = "this", "Take the numbers of its elements."

    def _refuse_numpy(self, name: str) -> NoReturn:
        what, remedy = self._for_numpy
        raise ExpressionError(f"numpy's {name}() does not take {what}. {remedy}")

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> NoReturn:
        self._refuse_numpy(function.__name__)

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> NoReturn:
        self._refuse_numpy(ufunc.__name__)

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        self._refuse_numpy("array")
