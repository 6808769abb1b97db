"""Arrays of functions and of constraints of them: `abs(X)`, `maximum(X, Y)`, ``B >> (X <= 9)``, element by element.

An array keeps its elements as single objects, row by row.  An operation broadcasts its operands to one shape, by
numpy's rules or by their labels, and treats each element as `pplp.functions` treats a single one.  That module alone
decides what is allowed and what the rows are.  This module needs numpy.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from operator import add, mul, neg, truediv
from typing import TYPE_CHECKING, Any, Callable, NoReturn, Optional, TypeVar, Union, overload

from pplp.arrays import numpy_half
from pplp.arrays.elements import Elements, Spread, content, has_labels, objects, program_of
from pplp.arrays.variable_arguments import label
from pplp.core.callers import Priority, not_held
from pplp.core.evaluation import Valued
from pplp.core.handle import owner_of
from pplp.core.owner import current_of
from pplp.core.relations import Comparison
from pplp.core.scalars import Symbolic
from pplp.errors import ExpressionError, InvalidValue
from pplp.functions.compound import Compound
from pplp.functions.expressions import Compared, FunctionExpression, constant_function, related
from pplp.ground.numeric import np
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from typing_extensions import Self

    from pplp.arrays.typing import Axis
    from pplp.core.constraints import Constraint
    from pplp.core.expressions import Variable
    from pplp.core.reformulation import Reformulation
    from pplp.core.values import Values

__all__ = [
    "CompoundArray",
    "FunctionArray",
    "ReformulationArray",
    "along",
    "compounds",
    "functions",
    "sets_along",
]

Made = TypeVar("Made")
Kind = TypeVar("Kind", "FunctionArray", "CompoundArray")

#: What numpy calls an operator, and the method of its right operand.
_REFLECTED = {
    "add": "__radd__",
    "subtract": "__rsub__",
    "multiply": "__rmul__",
    "divide": "__rtruediv__",
    "matmul": "__rmatmul__",
    "less_equal": "__ge__",
    "greater_equal": "__le__",
    "equal": "__eq__",
}


# Operands are of any kind that `Spread` takes, so they are Any here.
class FunctionArray(Compared, Elements[FunctionExpression, "FunctionArray"], Symbolic, Valued):
    """An array of functions of linear expressions: `abs(X)`, ``maximum(X, Y)``, and sums of such.

    It takes the operators that a single one takes, element by element, with numbers, arrays and single expressions
    beside it.  Comparing it makes an array of constraints, which `LinearProgram.add_constraint` takes whole.

    >>> import numpy as np
    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, t = lp.Vars(3, "x", lb=0, ub=9), lp.Vars(3, "t")
    >>> far = abs(x - np.array([1, 5, 8]))
    >>> records = lp.add_constraint(t >= 2*far, "far")
    >>> records[1]
    far[1]: 2 abs(x[1] - 5) <= t[1]: 0 variables, 2 constraints
    >>> _ = lp.add_constraint(x == x[0])
    >>> lp.objective = t.sum()
    >>> lp.minimize(), x[0].value, far.value.tolist(), far.sum().value
    (14.0, 5.0, [4.0, 0.0, 3.0], 7.0)
    """

    __slots__ = ()
    #: pandas leaves the operators to us.
    __pandas_priority__ = Priority()
    _kind = "functions"
    dtype = not_held

    if not TYPE_CHECKING:  # type checkers would take it for an array of numpy's, and its operators for numpy's

        def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
            """It is not an array of numbers."""
            self._refuse_array()

    def _refuse_array(self) -> NoReturn:
        raise ExpressionError(
            "numpy's functions do not take an array of functions. It has +, -, *, /, @, .sum(axis), .T, .reshape() and "
            "[...] of its own, and .flat lists its elements."
        )

    def __array_function__(self, *_: Any) -> NoReturn:
        self._refuse_array()

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:  # as the operator
        """numpy's operators, where its array is on the left; its other functions are refused."""
        reflected = _REFLECTED.get(ufunc.__name__)
        if reflected is None or method != "__call__" or options or inputs[1] is not self:
            self._refuse_array()
        return getattr(self, reflected)(inputs[0])

    # ---- reading
    @property
    def value(self) -> Any:  # an array of numpy's, or what has the labels: a series of pandas, a frame of polars
        """The values at the program's current solution, as a numpy array of the same shape."""
        return self._value_in(current_of(self._program, "value"))

    def _value_in(self, solution: Values) -> Any:  # as `value`
        return np.array([one._value_in(solution) for one in self._items], float).reshape(self.shape)

    # ---- arithmetic
    def __add__(self, other: Any) -> FunctionArray:
        return functions(add, self, other)

    def __radd__(self, other: Any) -> FunctionArray:
        if type(other) is int and not other:  # the start of the builtin sum
            return self
        return functions(add, self, other)

    def __sub__(self, other: Any) -> FunctionArray:
        return functions(lambda one, another: one - another, self, other)

    def __rsub__(self, other: Any) -> FunctionArray:
        return functions(lambda one, another: another - one, self, other)

    def __mul__(self, other: Any) -> FunctionArray:
        return functions(mul, self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> FunctionArray:
        return functions(truediv, self, other)

    def __neg__(self) -> FunctionArray:
        return functions(neg, self)

    def __pos__(self) -> Self:
        return self

    def __matmul__(self, other: Any) -> Any:  # of two vectors a single function, else an array
        return _product(self, other, lambda mine, numbers: np.dot(mine, numbers))

    def __rmatmul__(self, other: Any) -> Any:
        return _product(self, other, lambda mine, numbers: np.dot(numbers, mine))

    @overload
    def sum(self, axis: None = None) -> FunctionExpression: ...
    @overload
    def sum(self, axis: Axis) -> Any: ...  # an array where dimensions are left, which nothing tells
    def sum(self, axis: Axis = None) -> Any:
        """The sum of all elements, or along an axis, an integer or a tuple of them, an array."""
        program = self._program
        return along(lambda items: sum(items, constant_function(program, 0)), self, axis, "sum")

    if TYPE_CHECKING:  # what `Compared` makes of an array

        def __le__(self, other: Any) -> CompoundArray: ...
        def __ge__(self, other: Any) -> CompoundArray: ...
        def __eq__(self, other: Any) -> CompoundArray: ...  # type: ignore[override]  # a relation, not a truth value

    # ---- operators without a meaning
    def _refused(self, *_: Any) -> NoReturn:
        raise ExpressionError(
            f"{self} takes +, -, numbers as factors, and <=, >=, == only. For anything else give it variables: "
            "T = lp.Vars(shape), and T == ... as a constraint."
        )

    __lt__ = __gt__ = __ne__ = __pow__ = __rpow__ = __rtruediv__ = __floordiv__ = __mod__ = _refused
    __abs__ = __bool__ = __float__ = __rshift__ = _refused


class CompoundArray(Elements[Compound, "CompoundArray"], Compound):
    """Constraints of more than one row each, in an array; `add_constraint` takes it whole."""

    __slots__ = ()
    _kind = "constraints"

    def _keys(self) -> list[Any]:
        """The keys of its elements, in the names of the constraints."""
        return [key[0] if len(key) == 1 else key for key in np.ndindex(*self.shape)]

    def _each(self, name: Optional[str]) -> Iterable[tuple[Compound, Optional[str]]]:
        names = [None] * self.size if name is None else [label(name, key) for key in self._keys()]
        return zip(self._items, names)

    def _handles(self, records: list[Reformulation]) -> ReformulationArray:
        return ReformulationArray(self._program, records, self.shape)


class ReformulationArray(Elements["Reformulation", "ReformulationArray"]):
    """The records of an array of constraints, as `LinearProgram.add_constraint` returns them.

    ``lp.remove(records)`` takes all of it out again; ``records[i, j]`` is the `Reformulation` of one element.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, b = lp.Vars(2, "x", lb=0, ub=100), lp.Vars(2, "b", lb=0, ub=1, integer=True)
    >>> records = lp.add_constraint(b >> (x <= [20, 30]), "small")
    >>> records.shape, records.constraints
    ((2,), (small[0]: x[0] + 80 b[0] <= 100, small[1]: x[1] + 70 b[1] <= 100))
    >>> lp.remove(records)
    >>> lp.constraints
    []
    """

    __slots__ = ()
    _kind = "reformulations"

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables that all of them made, without those removed since."""
        return tuple(x for record in self._items for x in record.variables)

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """The constraints that all of them made, without those removed since."""
        return tuple(row for record in self._items for row in record.constraints)


# --------------------------------------------------------------------- element by element
def functions(make: Callable[..., Any], *operands: Any) -> Union[FunctionArray, Any]:
    """``make(...)`` of the elements of the operands, as an array of functions; of numbers alone, numbers."""
    spread = Spread.of(operands)
    return _array(spread, FunctionArray, [make(*one) for one in zip(*spread.columns)], operands)


def compounds(make: Callable[..., Any], *operands: Any) -> Union[CompoundArray, Any]:
    """``make(...)`` of the elements of the operands, as an array of constraints; of numbers alone, numbers."""
    spread = Spread.of(operands)
    return _array(spread, CompoundArray, [make(*one) for one in zip(*spread.columns)], operands)


def relations(left: Any, sense: Comparison, right: Any) -> Union[CompoundArray, Any]:
    """The array of constraints that a comparison means."""

    def one(mine: FunctionExpression, other: Any) -> Compound:
        made: Compound = related(mine, sense, other)
        if made is NotImplemented:
            raise ExpressionError(
                f"{mine} cannot be compared with {quoted(other)}: it is neither an expression nor a number."
            )
        return made

    return compounds(one, left, right)


def along(make: Callable[[list[Any]], Made], array: Any, axis: Axis, function: str) -> Union[Made, FunctionArray, Any]:
    """``make(elements)`` of all elements of one array, or of those along an axis."""
    return _lines(make, array, axis, function, FunctionArray)


def sets_along(
    make: Callable[[list[Any]], Made], array: Any, axis: Axis, function: str
) -> Union[Made, CompoundArray, Any]:
    """The same of constraints."""
    return _lines(make, array, axis, function, CompoundArray)


def _lines(
    make: Callable[[list[Any]], Made], array: Any, axis: Axis, function: str, kind: type[Kind]
) -> Union[Made, Kind, Any]:
    """What `make` gives for all elements, or an array of this kind of what it gives along an axis."""
    if axis is not None and has_labels(array):
        raise ExpressionError(
            f"An array with labels has no axis {quoted(axis)}. Without it, {function}() is of all elements."
        )
    if hasattr(array, "columns"):
        raise ExpressionError(f"{function}() takes an array or a series, not a frame. Take one column of it.")
    shape, items = content(array)
    if axis is None:
        return make(items)
    places = np.arange(len(items)).reshape(shape)
    axes = axis if isinstance(axis, tuple) else (axis,)
    try:
        moved = np.moveaxis(places, axes, range(-len(axes), 0))
    except (TypeError, ValueError) as error:
        raise InvalidValue(
            f"{function}() has no axis {quoted(axis)} in an array of {len(shape)} dimensions: {error}."
        ) from None
    rest = moved.shape[: len(shape) - len(axes)]
    lines = moved.reshape(prod(rest), -1) if places.size else np.empty((prod(rest), 0), int)
    made = [make([items[k] for k in line]) for line in lines.tolist()]
    return _array(Spread(rest, []), kind, made, (array,)) if rest else made[0]


def _array(spread: Spread, kind: type[Kind], items: list[Any], operands: tuple[Any, ...]) -> Union[Kind, Any]:
    """The results as an array of this kind, with the labels of the operands; numbers alone as numbers."""
    program = next((one for one in map(program_of, [*operands, *items]) if one is not None), None)
    if program is None:  # numbers alone
        numbers = np.array(items, float).reshape(spread.shape)
        return numbers if spread.labels is None else spread.labels.index.series(numbers, "value")
    if kind is FunctionArray:
        items = [one if isinstance(one, FunctionExpression) else constant_function(program, one) for one in items]
    if spread.labels is None:
        return kind(program, items, spread.shape)
    return numpy_half.labelled_kind(kind)(program, items, spread.labels)


def _product(
    array: FunctionArray, matrix: Any, product: Callable[[Any, Any], Any]
) -> Union[FunctionExpression, FunctionArray]:
    """The sums of numbers times functions that @ means."""
    if isinstance(matrix, Symbolic) or program_of(matrix) is not None:
        raise ExpressionError("The product of two expressions is not linear. One factor of @ must be numbers.")
    if has_labels(matrix):
        raise ExpressionError(
            "A table with labels beside @ does not say what belongs to what. Write .to_numpy() of it."
        )
    if hasattr(matrix, "toarray"):  # sparse
        matrix = matrix.toarray()
    shape, numbers = content(matrix)
    if not (1 <= len(shape) <= 2 and 1 <= array.ndim <= 2):
        raise InvalidValue(f"@ takes arrays of one or two dimensions, not of {len(shape)} and {array.ndim}.")
    zero = constant_function(owner_of(array), 0)
    try:
        made = product(objects(array._items).reshape(array.shape), objects(numbers).reshape(shape))
    except ValueError as error:
        raise InvalidValue(f"The shapes do not fit together in a product by @: {error}.") from None
    if not isinstance(made, np.ndarray):
        return zero + made  # type: ignore[no-any-return]
    return FunctionArray(owner_of(array), [zero + one for one in made.ravel().tolist()], made.shape)
