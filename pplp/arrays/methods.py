"""Methods of arrays of variables and expressions, with the names that they have in numpy.

Each does what numpy's function of the same name does (see `numpy_functions.py`).  Nothing here needs numpy before a
method is called.

Whether a sum along axes is an array or a single expression, no type tells.  There, the result is Any.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Callable, Generic, Literal, NoReturn, Optional, SupportsIndex, TypeVar, overload

from pplp.arrays import numpy_half
from pplp.arrays.operators import PositionalOperators
from pplp.errors import ExpressionError, ExtraMissing
from pplp.ground.loading import whole_import

if TYPE_CHECKING:
    from typing_extensions import Self

    from pplp.arrays.numpy_half import ExpressionArray
    from pplp.arrays.typing import Axis, Numbers
    from pplp.core.expressions import LinearExpression

__all__ = ["ArrayMethods"]

#: An array of the same kind, whatever its number of dimensions.
Like = TypeVar("Like")


@cache  # what guards an import takes longer than most calls
def _numpy() -> Any:  # what its functions make of expressions is ours, which its own types do not know
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

    def refuse(self: object, *_: Any, **__: Any) -> NoReturn:
        remedies = numpy_half.NOT_LINEAR
        raise ExpressionError(f".{name}() does not exist for expressions. {remedies.get(name, remedies[''])}")

    refuse.__name__ = name
    refuse.__doc__ = "Raises `ExpressionError`, with what to write instead."
    return refuse


class ArrayMethods(PositionalOperators, Generic[Like]):
    """What numpy's arrays have by the same names: sums, and the same elements in other shapes and orders."""

    __slots__ = ()

    # ---- sums and products
    @overload
    def sum(
        self, axis: None = None, dtype: Any = None, out: None = None, keepdims: Literal[False] = False,
        initial: Any = 0, where: Any = True,
    ) -> LinearExpression: ...  # fmt: skip
    @overload
    def sum(
        self, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False, initial: Any = 0,
        where: Any = True,
    ) -> Any: ...  # fmt: skip  # an array where dimensions are left, which nothing tells
    def sum(
        self, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False, initial: Any = 0,
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

    def _whole_sum(self) -> LinearExpression:
        """The sum of all elements."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    @overload
    def mean(
        self, axis: None = None, dtype: Any = None, out: None = None, keepdims: Literal[False] = False, *,
        where: Any = True,
    ) -> LinearExpression: ...  # fmt: skip
    @overload
    def mean(
        self, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False, *, where: Any = True
    ) -> Any: ...
    def mean(
        self, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False, *, where: Any = True
    ) -> Any:
        """As numpy.mean."""
        return _numpy().mean(self, axis, dtype, out, keepdims, where=where)

    def cumsum(self, axis: Axis = None, dtype: Any = None, out: None = None) -> ExpressionArray:
        """As numpy.cumsum: element k is the sum of those up to k."""
        return _numpy().cumsum(self, axis, dtype, out)  # type: ignore[no-any-return]

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: None = None) -> Any:
        """As numpy.trace: the sum of a diagonal; of more dimensions than two an array of such sums."""
        return _numpy().trace(self, offset, axis1, axis2, dtype, out)

    def dot(self, b: Numbers, out: None = None) -> Any:
        """As numpy.dot, with numbers: of two vectors a single expression, else an array."""
        return _numpy().dot(self, b, out)

    # ---- the same elements in another shape or order
    @property
    def T(self) -> Self:
        """Transposed."""
        _numpy()
        return numpy_half.transposed(self)

    @property
    def mT(self) -> Self:
        """With the last two axes exchanged."""
        return _numpy().swapaxes(self, -1, -2)  # type: ignore[no-any-return]

    def transpose(self, *axes: Any) -> Self:
        """As numpy.transpose; the axes may be given one by one."""
        return _numpy().transpose(self, _one_or_many(axes) if axes else None)  # type: ignore[no-any-return]

    def swapaxes(self, axis1: SupportsIndex, axis2: SupportsIndex) -> Self:
        """As numpy.swapaxes."""
        return _numpy().swapaxes(self, axis1, axis2)  # type: ignore[no-any-return]

    def reshape(self, *shape: Any, order: str = "C") -> Like:
        """The same elements in another shape; the lengths may be given one by one."""
        return _reshaped(self, _one_or_many(shape), order)  # type: ignore[no-any-return]

    def ravel(self, order: str = "C") -> Like:
        """All elements in one dimension."""
        return _reshaped(self, -1, order)  # type: ignore[no-any-return]

    def flatten(self, order: str = "C") -> Like:
        """All elements in one dimension."""
        return _reshaped(self, -1, order)  # type: ignore[no-any-return]

    def squeeze(self, axis: Axis = None) -> Any:
        """As numpy.squeeze: without the axes of length 1; the element where there are no others."""
        return _numpy().squeeze(self, axis=axis)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Like:
        """As numpy.diagonal."""
        return _numpy().diagonal(self, offset, axis1, axis2)  # type: ignore[no-any-return]

    def repeat(self, repeats: Any, axis: Optional[SupportsIndex] = None) -> Like:
        """As numpy.repeat."""
        return _numpy().repeat(self, repeats, axis=axis)  # type: ignore[no-any-return]

    def take(self, indices: Any, axis: Optional[SupportsIndex] = None, out: None = None, mode: str = "raise") -> Any:
        """As numpy.take: of a single index an element, or a part where dimensions are left."""
        return _numpy().take(self, indices, axis=axis, out=out, mode=mode)

    def compress(self, condition: Any, axis: Optional[SupportsIndex] = None, out: None = None) -> Like:
        """As numpy.compress."""
        return _numpy().compress(condition, self, axis=axis, out=out)  # type: ignore[no-any-return]

    # ---- the same elements
    def copy(self, order: str = "C") -> Self:
        """The same array."""
        return _numpy().copy(self, order=order)  # type: ignore[no-any-return]

    def astype(
        self, dtype: Any, order: str = "K", casting: str = "unsafe", subok: bool = True, copy: bool = True
    ) -> Self:
        """The array itself, for float and object; anything else raises `ExpressionError`."""
        _numpy()
        numpy_half.check_options("astype", {"dtype": dtype})
        return self

    def conj(self, out: None = None) -> Self:
        """The array itself: expressions are real."""
        return _numpy().conjugate(self, out=out)  # type: ignore[no-any-return]

    conjugate = conj

    @property
    def real(self) -> Self:
        """The array itself: expressions are real."""
        return self

    def tolist(self) -> Any:
        """Its variables or expressions in lists, nested as deep as there are dimensions."""
        return numpy_half.objects(self).tolist()

    def item(self, *place: Any) -> LinearExpression:
        """One element: by its place row by row, by an index of each axis, or the only one there is."""
        return numpy_half.guarded("item", numpy_half.objects(self).item, *place)  # type: ignore[no-any-return]

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


def _reshaped(array: PositionalOperators, shape: Any, order: str) -> Any:
    """As numpy.reshape; row by row, nothing moves.  Of no dimensions, the element."""
    numpy = _numpy()
    if order != "C":
        return numpy.reshape(array, shape, order=order)
    extent = numpy_half.guarded("reshape", numpy.empty(array.size, bool).reshape, shape).shape
    return array._in_shape(extent) if extent else array.flat[0]


def _one_or_many(given: tuple[Any, ...]) -> Any:  # what the user gave
    """The one thing, or all of them."""
    return given[0] if len(given) == 1 else given
