"""The types of what arrays are given and of what they give, by name.  Only type checkers read them.

Data frames have types of their own only where their packages are installed, and those differ from version to version.
So they are protocols here where they are given, and Any where they are returned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, SupportsIndex, Union

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from fractions import Fraction
    from types import EllipsisType

    import numpy as np
    from numpy.typing import NDArray
    from typing_extensions import TypeVar

    from pplp.arrays.numpy_half import (
        ConstraintArray,
        ExpressionArray,
        LabelledConstraints,
        LabelledExpressions,
        PositionalOperators,
        VariableArray,
    )
    from pplp.core.expressions import LinearExpression

    #: Arrays of numpy: of floats, of integers of any width, of truth values, of objects, and of anything.
    Floats = NDArray[np.float64]
    Integers = NDArray[np.signedinteger[Any]]
    Truths = NDArray[np.bool_]
    Objects = NDArray[np.object_]
    Table = NDArray[Any]
    ObjectType = np.dtype[np.object_]
    #: A table of two dimensions, where the type says so.
    Matrix = np.ndarray[tuple[int, int], Any]

    # What the methods of these return is Any, since it is told apart when it is there.
    class Tensor(Protocol):
        """A tensor of torch."""

        def detach(self) -> Any: ...

    class Column(Protocol):
        """A series, an index or a frame of pandas or polars."""

        def to_numpy(self, *args: Any, **options: Any) -> Any: ...

    class Sparse(Protocol):
        """A matrix or array of scipy.sparse."""

        def tocsr(self, *args: Any, **options: Any) -> Any: ...

    #: A single number.
    Number = Union[int, float, np.number[Any], np.bool_, Decimal, Fraction]
    #: Numbers by position.
    Numbers = Union[Number, Table, list[Any], tuple[Any, ...], range, Column, Tensor]
    #: Numbers by label or by key.
    NumbersByLabel = Union[Number, Column, Mapping[Any, Any]]
    #: What is beside an array with labels in an operator.
    OperandByLabel = Union[NumbersByLabel, LinearExpression, LabelledExpressions]
    #: What is beside an array in an operator.
    Operand = Union[Numbers, LinearExpression, VariableArray[Any], ExpressionArray]
    #: An expression, or an array of them.
    Expressions = Union[LinearExpression, PositionalOperators]
    #: What a sum or a product makes: an array where dimensions are left, else a single expression.
    Result = Union[LinearExpression, ExpressionArray]
    #: The axes along which it goes; None for all.
    Axis = Union[SupportsIndex, tuple[SupportsIndex, ...], None]
    #: What relations become when they are added.
    Constraints = Union[ConstraintArray, LabelledConstraints]
    #: One integer in an index.
    Place = Union[int, np.integer[Any]]
    #: An index that always gives an array.
    Part = Union[slice, list[Any], Table, None, EllipsisType]

    #: What ``x[0]`` is of an array of variables: a variable, or a row of them.
    Item = TypeVar("Item", default=Any, covariant=True)
    #: The keys of keyed variables.
    Key = TypeVar("Key", default=Any)
