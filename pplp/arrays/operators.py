"""The operators of arrays of expressions, and what all such arrays have: an extent, and values after a solve.

Nothing here needs numpy.  Arithmetic and comparisons of whole arrays do: they are reached by `pplp.arrays.numpy_half`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, prod
from sys import _getframe
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, Union, overload

from pplp.arrays import numpy_half
from pplp.arrays.frames import check_positions
from pplp.core.callers import Priority, check_holder, multiplied, without_masks
from pplp.core.evaluation import Valued
from pplp.core.owner import current_of
from pplp.core.protocols import NumpyOperand
from pplp.core.shown import Shown
from pplp.core.stack import METHOD
from pplp.core.tensors import TensorOperand
from pplp.errors import ExpressionError
from pplp.ground.pickles import Pickled

if TYPE_CHECKING:
    from typing_extensions import Self

    from pplp.arrays.numpy_half import CompoundArray, ExpressionArray, FunctionArray, RelationArray
    from pplp.arrays.typing import Integers, Matrix, Numbers, Objects, ObjectType, Operand, Sparse, Table
    from pplp.core.expressions import LinearExpression
    from pplp.core.values import Values

__all__ = ["ArrayOperators", "PositionalOperators", "refuse_sparse"]


def refuse_sparse() -> NoReturn:
    """Raise the error for a matrix of scipy.sparse where it is not multiplied by ``@``."""
    raise ExpressionError(
        "A matrix of scipy.sparse stands beside expressions in A @ x and nowhere else. For its "
        "elements one by one write A.toarray()."
    )


#: Functions of scipy.sparse that ask for an array, and leave the operator to operands that are not one.
_OPERATORS_OF_SCIPY = frozenset(
    {"__mul__", "__rmul__", "_comparison", "_divide", "_matmul_dispatch", "_mul_dispatch", "_rmatmul_dispatch"}
    | {"_rmul_dispatch", "dot", "tdot"}
)


class ArrayOperators(NumpyOperand, TensorOperand, Shown, Pickled, Valued):
    """What all arrays of expressions have: an extent, values, and the operators that are not linear, which raise."""

    __slots__ = ()
    shape: tuple[int, ...]
    #: The series and frames of pandas leave the operators to us.
    __pandas_priority__ = Priority()
    _data = without_masks

    if TYPE_CHECKING:
        # So numpy's functions take it, and numpy's operators leave ``A @ x`` to ours.  If type checkers saw
        # `__array__`, they would take the operators for numpy's.
        def __buffer__(self, flags: int, /) -> memoryview: ...

    else:

        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            """An array of objects: the variables or expressions.

            The operators of scipy.sparse are told that it is one object, and so leave ``A @ x`` to us.
            """
            return _as_objects(self, _getframe(METHOD), dtype)

    @property
    def dtype(self) -> ObjectType:
        """The type of Python's objects: pandas and xarray ask for it before they hold an array."""
        check_holder()
        return numpy_half.one_object(None).dtype

    # ---- its extent
    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return prod(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def flat(self) -> Sequence[LinearExpression]:
        """All its elements, row by row."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    # ---- values
    @property
    def value(self) -> Any:  # an array of numpy's, or what has the labels: a series of pandas, a frame of polars
        """The values at the program's current solution, as a numpy array of the same shape."""
        return self._value_in(current_of(self._program, "value"))

    def _value_in(self, solution: Values) -> Any:  # as `value`
        return numpy_half.values(self, solution)

    # ---- what takes more than one row to say; the modules of functions say how
    def __abs__(self) -> FunctionArray:
        from pplp.functions.extremum import absolute

        return absolute(self)  # type: ignore[no-any-return]

    def __rshift__(self, relation: RelationArray) -> CompoundArray:
        """``B >> (X <= 9)``: where an element of B is 1, the relation of the element of X holds."""
        from pplp.functions.truth_values import implication

        return implication(self, relation)  # type: ignore[no-any-return]

    def __pos__(self) -> Self:
        return self

    # ---- what is not linear, or not closed
    def __rtruediv__(self, other: object) -> NoReturn:
        raise ExpressionError(
            "A quotient with expressions below is not linear. Multiply the whole relation by the divisor."
        )

    def __pow__(self, other: object) -> NoReturn:
        raise ExpressionError("A power of expressions is not linear. A square can be approximated by piecewise().")

    __rpow__ = __pow__

    def __floordiv__(self, other: object) -> NoReturn:
        raise ExpressionError("// of expressions is not linear. Write integer variables n with n <= e/k <= n + 1.")

    def __mod__(self, other: object) -> NoReturn:
        raise ExpressionError("% of expressions is not linear. Write e - k*n with integer variables n.")

    __rfloordiv__, __rmod__, __divmod__, __rdivmod__ = __floordiv__, __mod__, __floordiv__, __floordiv__

    def __lt__(self, other: object) -> NoReturn:
        raise ExpressionError("< is not closed. Write <=, with a margin of your own if it matters.")

    def __gt__(self, other: object) -> NoReturn:
        raise ExpressionError("> is not closed. Write >=, with a margin of your own if it matters.")

    def __ne__(self, other: object) -> NoReturn:
        raise ExpressionError("!= is not linear.")

    def __bool__(self) -> NoReturn:
        raise ExpressionError("An array of expressions has no truth value. Ask for .size, or for .value after a solve.")


def _as_objects(array: ArrayOperators, caller: FrameType, dtype: Any) -> Objects:
    """What an array is to numpy, which `caller` has called."""
    if caller.f_globals.get("__name__", "").startswith("scipy.sparse"):
        if caller.f_code.co_name not in _OPERATORS_OF_SCIPY:
            refuse_sparse()
        return numpy_half.one_object(array)
    left = multiplied(caller)
    if left is not None:
        check_positions(left, left.axes[-1])
    return numpy_half.objects(array, dtype)


class PositionalOperators(ArrayOperators):
    """``+ - * / @ <= >= ==`` of arrays, by the rules of numpy: element by element, shapes broadcast."""

    __slots__ = ()

    if TYPE_CHECKING:  # of whole numbers, where all its variables are integer

        @property
        def value(self) -> Table: ...

    def _rows(self, places: Integers, shape: tuple[int, ...]) -> Self:
        """The elements at these flat places, in a new shape."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _in_shape(self, shape: tuple[int, ...]) -> Self:
        """The same elements, row by row, in another shape of as many."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def _alone(self, place: int) -> LinearExpression:
        """The element at a flat place."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def __add__(self, other: Operand) -> ExpressionArray:
        return numpy_half.sum_of(self, other, 1.0)

    def __radd__(self, other: Operand) -> ExpressionArray:
        if type(other) is int and not other:  # the start of the builtin sum
            return self  # type: ignore[return-value]  # an array of variables serves as one of expressions
        return numpy_half.sum_of(self, other, 1.0)

    def __sub__(self, other: Operand) -> ExpressionArray:
        return numpy_half.sum_of(self, other, -1.0)

    def __rsub__(self, other: Operand) -> ExpressionArray:
        return numpy_half.sum_of(-self, other, 1.0)

    def __mul__(self, other: Numbers) -> ExpressionArray:
        return numpy_half.scaled(self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Numbers) -> ExpressionArray:
        return numpy_half.divided(self, other)

    def __neg__(self) -> ExpressionArray:
        return numpy_half.scaled(self, -1.0)

    @overload
    def __matmul__(self, other: Union[Matrix, Sparse]) -> ExpressionArray: ...
    @overload
    def __matmul__(self, other: Numbers) -> Any: ...  # of two vectors a single expression, else an array
    def __matmul__(self, other: Union[Numbers, Sparse]) -> Any:
        return numpy_half.product_with(self, other)

    @overload
    def __rmatmul__(self, other: Union[Matrix, Sparse]) -> ExpressionArray: ...
    @overload
    def __rmatmul__(self, other: Numbers) -> Any: ...
    def __rmatmul__(self, other: Union[Numbers, Sparse]) -> Any:
        return numpy_half.product_of(other, self)

    def __le__(self, other: Operand) -> RelationArray:
        return numpy_half.relation(self, other, -inf, 0.0)

    def __ge__(self, other: Operand) -> RelationArray:
        return numpy_half.relation(self, other, 0.0, inf)

    def __eq__(self, other: Operand) -> RelationArray:  # type: ignore[override]  # a relation, not a truth value
        return numpy_half.relation(self, other, 0.0, 0.0)

    __hash__: Any = None

    def between(self, lower: Numbers, upper: Numbers) -> RelationArray:
        """The relations ``lower <= self <= upper``, element by element; infinite means no bound.

        >>> from pplp import LinearProgram
        >>> x = LinearProgram().Vars((2,), "x")
        >>> x.between(0, [4, 5])
        [0 <= x[0] <= 4, 0 <= x[1] <= 5]
        """
        return numpy_half.between(self, lower, upper)
