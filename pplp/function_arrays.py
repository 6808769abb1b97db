"""Arrays of functions and of constraints of them: `abs(X)`, `maximum(X, Y)`, ``B >> (X <= 9)``, element by element.

An array keeps its elements as single objects, row by row.  An operation brings its operands into one shape, by numpy's
rules or by their labels, and does to each element what `pplp.functions` does to a single one; so what is allowed, what
is refused and what the rows are is said there alone.  This module needs numpy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod
from operator import add, mul, neg, truediv
from typing import TYPE_CHECKING, Any, Callable, NoReturn, Optional

import numpy as np

from pplp.arrays import ArrayOperators, label
from pplp.errors import ExpressionError, InvalidValue
from pplp.frames import package_of
from pplp.functions import Compound, FunctionExpression, compared, constant_function, is_array, related
from pplp.relations import Relation
from pplp.scalars import Symbolic, is_number

if TYPE_CHECKING:
    from pplp.constraints import Constraint
    from pplp.expressions import Variable
    from pplp.program import LinearProgram
    from pplp.reformulation import Reformulation
    from pplp.solution import Solution

__all__ = [
    "CompoundArray",
    "FunctionArray",
    "ReformulationArray",
    "Spread",
    "along",
    "compounds",
    "functions",
    "sets_along",
]

_Array = Any
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


class Elements:
    """Things in a grid, row by row; indexed as an array of numpy is."""

    __slots__ = ("_items", "_program", "shape")
    _kind = "elements"

    def __init__(self, program: LinearProgram, items: list[Any], shape: tuple[int, ...]) -> None:
        self._program = program
        self._items = items
        self.shape = shape

    def __reduce_ex__(self, protocol: Any) -> Any:
        return super().__reduce_ex__(max(protocol, 2))  # the older ones know no slots

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return len(self._items)

    @property
    def flat(self) -> list[Any]:
        """All elements, row by row."""
        return self._items[:]

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (Elements.__getitem__(self, k) for k in range(self.shape[0]))

    def __getitem__(self, index: Any) -> Any:
        try:
            places = np.arange(self.size).reshape(self.shape)[index]
        except IndexError as error:
            raise IndexError(f"{error} (the array has the shape {self.shape})") from None
        except (TypeError, ValueError) as error:
            raise ExpressionError(f"An array of the shape {self.shape} has no part {index!r}: {error}.") from None
        if not np.shape(places):
            return self._items[int(places)]
        return self._picked(places)

    def _picked(self, places: _Array) -> Any:
        return type(self)(self._program, [self._items[k] for k in places.ravel().tolist()], places.shape)

    @property
    def T(self) -> Any:
        """Transposed."""
        return self._picked(np.arange(self.size).reshape(self.shape).T)

    def reshape(self, *shape: Any) -> Any:
        """The same elements in another shape."""
        try:
            return self._picked(np.arange(self.size).reshape(*shape))
        except (TypeError, ValueError) as error:
            raise InvalidValue(f"An array of the shape {self.shape} does not go into another: {error}.") from None

    def __repr__(self) -> str:
        return repr(list(self)) if self.size <= 20 else f"<{self._kind} of shape {self.shape}>"


class FunctionArray(Elements, Symbolic):
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
    __pandas_priority__ = 10_000
    _kind = "functions"

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        """It is not an array of numbers."""
        raise ExpressionError(
            "numpy's functions do not take an array of functions. It has +, -, *, /, @, .sum(axis), .T, .reshape() and "
            "[...] of its own, and .flat lists its elements."
        )

    def __array_function__(self, *_: Any) -> NoReturn:
        self.__array__()

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """numpy's operators, where its array is on the left; its other functions are refused."""
        reflected = _REFLECTED.get(ufunc.__name__)
        if reflected is None or method != "__call__" or options or inputs[1] is not self:
            self.__array__()
        return getattr(self, reflected)(inputs[0])

    # ---- reading
    @property
    def value(self) -> Any:
        """The values at the program's current solution, as a numpy array of the same shape."""
        return self._value_in(self._program._current("value"))

    def _value_in(self, solution: Solution) -> Any:
        return np.array([one._value_in(solution) for one in self._items], float).reshape(self.shape)

    # ---- arithmetic
    def __add__(self, other: Any) -> Any:
        return functions(add, self, other)

    def __radd__(self, other: Any) -> Any:
        if type(other) is int and not other:  # the start of the builtin sum
            return self
        return functions(add, self, other)

    def __sub__(self, other: Any) -> Any:
        return functions(lambda one, another: one - another, self, other)

    def __rsub__(self, other: Any) -> Any:
        return functions(lambda one, another: another - one, self, other)

    def __mul__(self, other: Any) -> Any:
        return functions(mul, self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return functions(truediv, self, other)

    def __neg__(self) -> Any:
        return functions(neg, self)

    def __pos__(self) -> Any:
        return self

    def __matmul__(self, other: Any) -> Any:
        return _product(self, other, lambda mine, numbers: np.dot(mine, numbers))

    def __rmatmul__(self, other: Any) -> Any:
        return _product(self, other, lambda mine, numbers: np.dot(numbers, mine))

    def sum(self, axis: Any = None) -> Any:
        """The sum of all elements, or along an axis, an integer or a tuple of them, an array."""
        program = self._program
        return along(lambda items: sum(items, constant_function(program, 0)), self, axis, "sum")

    # ---- relations
    def __le__(self, other: Any) -> Any:
        return compared(self, other, "<=")

    def __ge__(self, other: Any) -> Any:
        return compared(self, other, ">=")

    def __eq__(self, other: Any) -> Any:
        return compared(self, other, "==")

    __hash__: Any = None

    # ---- what has no meaning
    def _refused(self, *_: Any) -> NoReturn:
        raise ExpressionError(
            f"{self} takes +, -, numbers as factors, and <=, >=, == only. For anything else give it variables: "
            "T = lp.Vars(shape), and T == ... as a constraint."
        )

    __lt__ = __gt__ = __ne__ = __pow__ = __rpow__ = __rtruediv__ = __floordiv__ = __mod__ = _refused
    __abs__ = __bool__ = __float__ = __rshift__ = _refused


class CompoundArray(Elements, Compound):
    """Constraints of more than one row each, in an array; `add_constraint` takes it whole."""

    __slots__ = ()
    _kind = "constraints"

    def _keys(self) -> list[Any]:
        """What tells its elements apart, in the names of the constraints."""
        return [key[0] if len(key) == 1 else key for key in np.ndindex(*self.shape)]

    def _each(self, name: Optional[str]) -> Iterable[tuple[Compound, Optional[str]]]:
        names = [None] * self.size if name is None else [label(name, key) for key in self._keys()]
        return zip(self._items, names)

    def _handles(self, records: list[Reformulation]) -> Any:
        return ReformulationArray(self._program, records, self.shape)


class ReformulationArray(Elements):
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


# --------------------------------------------------------------------- operands in one shape
class Spread:
    """Operands brought into one shape: for each of them a list of its elements, row by row."""

    __slots__ = ("columns", "labels", "program", "shape")

    def __init__(self, shape: tuple[int, ...], columns: list[list[Any]], labels: Any = None) -> None:
        self.shape = shape
        self.columns = columns
        self.labels = labels  # None where the operands have none

    @classmethod
    def of(cls, operands: tuple[Any, ...]) -> Spread:
        """By numpy's rules, or by label where an operand has labels."""
        if any(has_labels(one) for one in operands):
            from pplp.labelled_functions import aligned

            return cls(*aligned(operands))
        parts = [content(one) for one in operands]
        shapes = [shape for shape, _ in parts]
        try:
            common = tuple(np.broadcast_shapes(*shapes))
        except ValueError:
            told = " and ".join(map(str, filter(None, shapes)))
            raise InvalidValue(
                f"The shapes {told} do not fit together, by numpy's rules. Give each the same shape, or 1 in the "
                "dimensions that it is to be repeated in, as x[:, None] does."
            ) from None
        return cls(common, [_repeated(items, shape, common) for shape, items in parts])

    def array(self, kind: Any, items: list[Any], operands: tuple[Any, ...]) -> Any:
        """The results as an array of this kind, with the labels of the operands."""
        program = next((one for one in map(_program_of, [*operands, *items]) if one is not None), None)
        if program is None:  # numbers alone
            numbers = np.array(items, float).reshape(self.shape)
            return numbers if self.labels is None else self.labels.index.series(numbers, "value")
        if kind is FunctionArray:
            items = [one if isinstance(one, FunctionExpression) else constant_function(program, one) for one in items]
        if self.labels is None:
            return kind(program, items, self.shape)
        from pplp.labelled_functions import labelled_kind

        return labelled_kind(kind)(program, items, self.labels)


def functions(make: Callable[..., Any], *operands: Any) -> Any:
    """``make(...)`` of the elements of the operands, as an array of functions."""
    spread = Spread.of(operands)
    return spread.array(FunctionArray, [make(*one) for one in zip(*spread.columns)], operands)


def compounds(make: Callable[..., Any], *operands: Any) -> Any:
    """``make(...)`` of the elements of the operands, as an array of constraints."""
    spread = Spread.of(operands)
    return spread.array(CompoundArray, [make(*one) for one in zip(*spread.columns)], operands)


def relations(left: Any, sense: str, right: Any) -> Any:
    """The array of constraints that a comparison means."""

    def one(mine: FunctionExpression, other: Any) -> Any:
        made = related(mine, sense, other)
        if made is NotImplemented:
            raise ExpressionError(
                f"{mine} cannot be compared with {other!r}: it is neither an expression nor a number."
            )
        return made

    return compounds(one, left, right)


def along(make: Callable[[list[Any]], Any], array: Any, axis: Any, function: str) -> Any:
    """``make(elements)`` of all elements of one array, or of those along an axis."""
    return _lines(make, array, axis, function, FunctionArray)


def sets_along(make: Callable[[list[Any]], Any], array: Any, axis: Any, function: str) -> Any:
    """The same of constraints."""
    return _lines(make, array, axis, function, CompoundArray)


def _lines(make: Callable[[list[Any]], Any], array: Any, axis: Any, function: str, kind: Any) -> Any:
    if axis is not None and has_labels(array):
        raise ExpressionError(
            f"An array with labels has no axis {axis!r}. Without it, {function}() is of all elements."
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
            f"{function}() has no axis {axis!r} in an array of {len(shape)} dimensions: {error}."
        ) from None
    rest = moved.shape[: len(shape) - len(axes)]
    lines = moved.reshape(prod(rest), -1) if places.size else np.empty((prod(rest), 0), int)
    made = [make([items[k] for k in line]) for line in lines.tolist()]
    return Spread(rest, []).array(kind, made, (array,)) if rest else made[0]


def content(thing: Any) -> tuple[tuple[int, ...], list[Any]]:
    """The shape of an operand, and its elements row by row; of a single one the shape ()."""
    if isinstance(thing, Elements):
        return thing.shape, thing._items
    if isinstance(thing, ArrayOperators):
        return thing.shape, list(thing.flat)  # type: ignore[attr-defined]
    if hasattr(thing, "_array"):  # relations
        return thing.shape, list(thing)
    if not is_array(thing) and not isinstance(thing, (list, tuple)):
        return (), [thing]
    try:
        found = np.asarray(thing)
    except (RuntimeError, TypeError, ValueError) as error:
        raise ExpressionError(f"{thing!r} cannot be made an array: {error}.") from None
    items = found.ravel().tolist()
    if found.dtype == object and (not found.shape or any(map(is_array, items))):
        raise ExpressionError(
            f"An array of numbers or expressions is needed, not a {type(thing).__name__}: to numpy its elements are "
            "arrays. Make it one array first, as .toarray() does of a sparse one."
        )
    strange = items if found.dtype.kind not in "biufO" else [one for one in items if not _may_stand(one)]
    if strange:
        raise ExpressionError(f"The element {strange[0]!r} of an array is neither an expression nor a number.")
    return found.shape, items


def _may_stand(one: Any) -> bool:
    return isinstance(one, (bool, Symbolic, Relation, Compound)) or is_number(one)


def _repeated(items: list[Any], shape: tuple[int, ...], common: tuple[int, ...]) -> list[Any]:
    if shape == common:
        return items
    if len(items) == 1:
        return items * prod(common)
    places = np.broadcast_to(np.arange(len(items)).reshape(shape), common)
    return [items[k] for k in places.ravel().tolist()]


def objects(items: list[Any]) -> _Array:
    """A list as an array of objects, whatever numpy would make of them."""
    made = np.empty(len(items), object)
    made[:] = items
    return made


def has_labels(thing: Any) -> bool:
    """Does its order not say what belongs to what?"""
    return hasattr(thing, "_labels") or bool(package_of(thing))


def _program_of(thing: Any) -> Optional[LinearProgram]:
    """The program of an expression, an array or a relation; None for numbers."""
    for inner in (thing, getattr(thing, "_array", None), getattr(thing, "_expression", None)):
        found: Optional[LinearProgram] = getattr(inner, "_program", None)
        if found is not None:
            return found
    return None


def _product(array: FunctionArray, matrix: Any, product: Callable[[Any, Any], Any]) -> Any:
    """The sums of numbers times functions that @ means."""
    if isinstance(matrix, Symbolic) or _program_of(matrix) is not None:
        raise ExpressionError("The product of two expressions is not linear. One factor of @ must be numbers.")
    if hasattr(matrix, "toarray"):  # sparse
        matrix = matrix.toarray()
    shape, numbers = content(matrix)
    if not (1 <= len(shape) <= 2 and 1 <= array.ndim <= 2):
        raise InvalidValue(f"@ takes arrays of one or two dimensions, not of {len(shape)} and {array.ndim}.")
    zero = constant_function(array._program, 0)
    try:
        made = product(objects(array._items).reshape(array.shape), objects(numbers).reshape(shape))
    except ValueError as error:
        raise InvalidValue(f"The shapes do not fit together in a product by @: {error}.") from None
    if not isinstance(made, np.ndarray):
        return zero + made
    return FunctionArray(array._program, [zero + one for one in made.ravel().tolist()], made.shape)
