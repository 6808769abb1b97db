"""The methods of numpy's arrays, for arrays of variables and expressions.

Each does what numpy's function of the same name does (see `numpy_functions.py`).  Nothing here needs numpy before a
method is called.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Callable, NoReturn

from pplp.arrays import numpy_half
from pplp.errors import ExpressionError, ExtraMissing
from pplp.ground.loading import whole_import

__all__ = ["ArrayMethods"]


@cache  # what guards an import takes longer than most calls
def _numpy() -> Any:
    try:
        with whole_import():
            import numpy
    except ImportError as error:
        raise ExtraMissing(
            f'Methods of whole arrays need numpy ({error}). Install it with: python -m pip install "pplp[numpy]"'
        ) from error
    return numpy


def _refusal(name: str) -> Callable[..., NoReturn]:
    """A method that numpy's arrays have, and that is not linear."""

    def refuse(self: Any, *_: Any, **__: Any) -> NoReturn:
        remedies = numpy_half.NOT_LINEAR
        raise ExpressionError(f".{name}() does not exist for expressions. {remedies.get(name, remedies[''])}")

    refuse.__name__ = name
    refuse.__doc__ = "Raises `ExpressionError`, with what to write instead."
    return refuse


class ArrayMethods:
    """What numpy's arrays have by the same names: sums, and the same elements in other shapes and orders."""

    __slots__ = ()

    # ---- sums and products
    def sum(
        self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, initial: Any = 0,
        where: Any = True,
    ) -> Any:  # fmt: skip
        """As numpy.sum: an expression, or an array where axes are left."""
        if (
            axis is dtype is out is None
            and keepdims is False
            and where is True
            and type(initial) is int
            and not initial
        ):
            return self._whole_sum()
        _numpy()
        return numpy_half.guarded("sum", numpy_half.sum, self, axis, dtype, out, keepdims, initial, where)

    def _whole_sum(self) -> Any:
        """The sum of all elements."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def mean(
        self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, *, where: Any = True
    ) -> Any:
        """As numpy.mean."""
        return _numpy().mean(self, axis, dtype, out, keepdims, where=where)

    def cumsum(self, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        """As numpy.cumsum: element k is the sum of those up to k."""
        return _numpy().cumsum(self, axis, dtype, out)

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None) -> Any:
        """As numpy.trace: the sum of a diagonal."""
        return _numpy().trace(self, offset, axis1, axis2, dtype, out)

    def dot(self, b: Any, out: Any = None) -> Any:
        """As numpy.dot, with numbers."""
        return _numpy().dot(self, b, out)

    # ---- the same elements in another shape or order
    @property
    def T(self) -> Any:
        """Transposed."""
        _numpy()
        return numpy_half.transposed(self)

    @property
    def mT(self) -> Any:
        """With the last two axes exchanged."""
        return _numpy().swapaxes(self, -1, -2)

    def transpose(self, *axes: Any) -> Any:
        """As numpy.transpose; the axes may be given one by one."""
        return _numpy().transpose(self, _one_or_many(axes) if axes else None)

    def swapaxes(self, axis1: int, axis2: int) -> Any:
        """As numpy.swapaxes."""
        return _numpy().swapaxes(self, axis1, axis2)

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        """The same elements in another shape; the lengths may be given one by one."""
        return _reshaped(self, _one_or_many(shape), order)

    def ravel(self, order: str = "C") -> Any:
        """All elements in one dimension."""
        return _reshaped(self, -1, order)

    def flatten(self, order: str = "C") -> Any:
        """All elements in one dimension."""
        return _reshaped(self, -1, order)

    def squeeze(self, axis: Any = None) -> Any:
        """As numpy.squeeze: without the axes of length 1."""
        return _numpy().squeeze(self, axis=axis)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
        """As numpy.diagonal."""
        return _numpy().diagonal(self, offset, axis1, axis2)

    def repeat(self, repeats: Any, axis: Any = None) -> Any:
        """As numpy.repeat."""
        return _numpy().repeat(self, repeats, axis=axis)

    def take(self, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
        """As numpy.take."""
        return _numpy().take(self, indices, axis=axis, out=out, mode=mode)

    def compress(self, condition: Any, axis: Any = None, out: Any = None) -> Any:
        """As numpy.compress."""
        return _numpy().compress(condition, self, axis=axis, out=out)

    # ---- the same elements
    def copy(self, order: str = "C") -> Any:
        """The same array."""
        return _numpy().copy(self, order=order)

    def astype(
        self, dtype: Any, order: str = "K", casting: str = "unsafe", subok: bool = True, copy: bool = True
    ) -> Any:
        """The array itself, for float and object; anything else raises `ExpressionError`."""
        _numpy()
        numpy_half.check_options("astype", {"dtype": dtype})
        return self

    def conj(self, out: Any = None) -> Any:
        """The array itself: expressions are real."""
        return _numpy().conjugate(self, out=out)

    conjugate = conj

    @property
    def real(self) -> Any:
        """The array itself: expressions are real."""
        return self

    def tolist(self) -> Any:
        """Its variables or expressions in nested lists."""
        return self.__array__().tolist()  # type: ignore[attr-defined]

    def item(self, *place: Any) -> Any:
        """One element: by its place row by row, by an index of each axis, or the only one there is."""
        return numpy_half.guarded("item", self.__array__().item, *place)  # type: ignore[attr-defined]

    # ---- what numpy's arrays do, and is not linear, or changes them
    all = _refusal("all")
    any = _refusal("any")
    argmax = _refusal("argmax")
    argmin = _refusal("argmin")
    argpartition = _refusal("argpartition")
    argsort = _refusal("argsort")
    choose = _refusal("choose")
    clip = _refusal("clip")
    cumprod = _refusal("cumprod")
    fill = _refusal("fill")
    max = _refusal("max")
    min = _refusal("min")
    nonzero = _refusal("nonzero")
    partition = _refusal("partition")
    prod = _refusal("prod")
    ptp = _refusal("ptp")
    put = _refusal("put")
    resize = _refusal("resize")
    round = _refusal("round")
    searchsorted = _refusal("searchsorted")
    sort = _refusal("sort")
    std = _refusal("std")
    var = _refusal("var")


def _reshaped(array: Any, shape: Any, order: str) -> Any:
    """As numpy.reshape; row by row, nothing moves."""
    numpy = _numpy()
    if order != "C":
        return numpy.reshape(array, shape, order=order)
    extent = numpy_half.guarded("reshape", numpy.empty(array.size, bool).reshape, shape).shape
    return array._in_shape(extent) if extent else array.flat[0]


def _one_or_many(given: tuple[Any, ...]) -> Any:
    """The one thing, or all of them."""
    return given[0] if len(given) == 1 else given
