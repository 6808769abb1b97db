"""numpy's protocols: what its functions and ufuncs do with expressions, and with what is not numbers.

Nothing here needs numpy: a function of numpy that calls one of these methods has imported it.
"""

from __future__ import annotations

from sys import _getframe
from typing import Any, NoReturn

from pplp.errors import ExpressionError

__all__ = ["NoNumbers", "NumpyOperand"]


#: `pplp.ufuncs.call`, once it is needed: an import at every operator of numpy's scalars would take longer than that.
_call_ufunc: Any = None


def _first_call(*arguments: Any) -> Any:
    global _call_ufunc
    from pplp.ufuncs import call

    _call_ufunc = call
    return call(*arguments)


class NumpyOperand:
    """Expressions, one or an array of them: numpy's linear functions take them, all others raise `ExpressionError`."""

    __slots__ = ()

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        if _getframe(1).f_globals.get("__name__", "").startswith("scipy.sparse"):
            from pplp.arrays import refuse_sparse

            refuse_sparse()
        from pplp.array_functions import call

        return call(function, arguments, options)

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
        return (_call_ufunc or _first_call)(ufunc, method, operands, options)


class NoNumbers:
    """What no function of numpy takes: each raises `ExpressionError`, with what to write instead."""

    __slots__ = ()
    #: What it is, and what to write instead.
    _for_numpy = "this", "Take the numbers of its elements."

    def _refuse_numpy(self, name: str) -> NoReturn:
        what, remedy = self._for_numpy
        raise ExpressionError(f"numpy's {name}() does not take {what}. {remedy}")

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        self._refuse_numpy(function.__name__)

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
        self._refuse_numpy(ufunc.__name__)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self._refuse_numpy("array")
