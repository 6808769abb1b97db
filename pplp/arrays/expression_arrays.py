"""Arrays of linear expressions: what numpy's operators build of variables.

An `ExpressionArray` is a shape and, for its elements row by row, sparse rows:

    element i  =  constants[i] + sum(values[k] * x[columns[k]]  for k from starts[i] to starts[i+1] - 1)

Everything is done to whole arrays; no Python object is made for an element until it is asked for.  Arrays are
immutable, as expressions are.  This module needs numpy.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Optional, Union, overload

from pplp.arrays.coefficients import has_zeros
from pplp.arrays.methods import ArrayMethods
from pplp.arrays.operators import ArrayOperators
from pplp.arrays.shapes import ends_of, gathered, picked, places_of, totals
from pplp.arrays.variables import VariableArray
from pplp.core.constraints import same_program
from pplp.core.expressions import LinearExpression, foreign, sum_from
from pplp.core.objective import InArrays
from pplp.core.owner import check_living
from pplp.core.scalars import constant
from pplp.errors import ExpressionError
from pplp.ground.numeric import np
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.typing import Floats, Integers, Part, Place
    from pplp.core.objective import Costs
    from pplp.core.owner import Owner

__all__ = ["ArraySum", "ExpressionArray", "SumOfArrays", "added_up", "broadcast", "joined"]


class ExpressionArray(ArrayMethods["ExpressionArray"], Sequence[Any]):
    """An array of linear expressions, of any shape; from operators on variables in arrays.

    >>> import numpy as np
    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x = lp.Vars(3, lb=0)
    >>> A = np.array([[1, 2, 0], [0, 1, -1]])
    >>> A @ x + [0, 5]
    [x0 + 2 x1, x1 - x2 + 5]
    >>> rows = lp.add_constraint(A @ x <= [4, 3])
    >>> lp.objective = np.array([1, 1, 1]) @ x - x[2]
    >>> lp.maximize(), x.value.tolist(), rows.dual.tolist()
    (4.0, [4.0, 0.0, 0.0], [1.0, 0.0])
    """

    __slots__ = ("_columns", "_constants", "_program", "_starts", "_values", "shape")

    def __init__(
        self,
        program: Owner,
        shape: tuple[int, ...],
        starts: Integers,
        columns: Integers,
        values: Floats,
        constants: Optional[Floats] = None,
    ) -> None:
        self._program = program
        self.shape = shape
        self._starts = starts
        self._columns = columns
        self._values = values
        self._constants = constants  # None for zeros

    @classmethod
    def of(cls, thing: Any) -> ExpressionArray:
        """An array of variables, an expression, or a list of expressions of one program, as such an array."""
        if isinstance(thing, VariableArray):
            columns, count = places_of(thing, np.int32), thing.size
            return cls(thing._program, thing.shape, np.arange(count + 1), columns, np.ones(count))
        if isinstance(thing, ExpressionArray):
            return thing
        if isinstance(thing, ArrayOperators):  # with labels
            np.asarray(thing)  # which refuses
        if isinstance(thing, LinearExpression):
            indices, coefficients, shift = thing._parts()
            ends, factors = np.array([0, len(indices)]), np.array(coefficients, float)
            return cls(thing._program, (), ends, _integers(indices), factors, np.array([shift]))
        return cls._joined(thing)

    @classmethod
    def _joined(cls, thing: Any) -> ExpressionArray:
        """From an array of objects: expressions, and numbers between them."""
        objects = np.array(thing, object)
        flat = objects.ravel().tolist()
        program = next((one._program for one in flat if isinstance(one, LinearExpression)), None)
        if program is None:
            raise ExpressionError(f"{quoted(thing)} is neither numbers nor expressions.")
        terms: list[int] = []
        factors: list[float] = []
        shifts, ends = [], [0]
        for one in flat:
            shift = 0.0
            if isinstance(one, LinearExpression):
                same_program(program, one)
                indices, coefficients, shift = one._parts()
                terms += indices
                factors += coefficients
            else:
                shift = constant(one, "an expression of the array")
            shifts.append(shift)
            ends.append(len(terms))
        return cls(program, objects.shape, np.array(ends), _integers(terms), np.array(factors, float), np.array(shifts))

    # ---- its elements
    def _lengths(self) -> Integers:
        return self._starts[1:] - self._starts[:-1]  # np.diff is several times slower on short arrays

    def _length(self) -> int:
        """The number of all its terms."""
        return len(self._columns)

    def _shifts(self) -> Floats:
        return np.zeros(self.size) if self._constants is None else self._constants

    def _rows(self, places: Integers, shape: tuple[int, ...]) -> ExpressionArray:
        shifts = None if self._constants is None else self._constants[places]
        starts, terms = gathered(self._starts, places)
        return ExpressionArray(self._program, shape, starts, self._columns[terms], self._values[terms], shifts)

    def _in_shape(self, shape: tuple[int, ...]) -> ExpressionArray:
        return ExpressionArray(self._program, shape, self._starts, self._columns, self._values, self._constants)

    def _alone(self, place: int) -> LinearExpression:
        terms = slice(int(self._starts[place]), int(self._starts[place + 1]))
        shift = 0.0 if self._constants is None else float(self._constants[place])
        if len(self._starts) == 2:
            return ArraySum(self._program, self._columns, self._values, shift)
        return sum_from(self._program, self._columns[terms].tolist(), self._values[terms].tolist(), shift)

    @overload
    def __getitem__(self, index: Place) -> Any: ...  # an expression, or a part where dimensions are left
    @overload
    def __getitem__(self, index: Union[Part, tuple[slice, Any], tuple[Any, slice]]) -> ExpressionArray: ...
    @overload
    def __getitem__(self, index: tuple[Any, ...]) -> Any: ...
    def __getitem__(self, index: Any) -> Any:
        if type(index) is int and len(self.shape) == 1 and 0 <= index < self.shape[0]:
            return self._alone(index)  # as there, with no call: it is the everyday element
        return picked(self, index)

    def __iter__(self) -> Iterator[Any]:
        return map(self._alone if len(self.shape) == 1 else self.__getitem__, range(self.shape[0]))

    if TYPE_CHECKING:  # So numpy's operators do not take it for nested lists of numbers.

        def __reversed__(self) -> Iterator[Union[LinearExpression, ExpressionArray]]: ...
        @property
        def value(self) -> Floats: ...

    def __contains__(self, other: object) -> bool:
        return any(one is other for one in self)

    @property
    def flat(self) -> Sequence[LinearExpression]:
        """All its expressions, row by row."""
        return [self._alone(place) for place in range(self.size)]

    def _whole_sum(self) -> ArraySum:
        shift = 0.0 if self._constants is None else float(self._constants.sum())
        return ArraySum(self._program, self._columns, self._values, shift)

    def sums(self, groups: Integers, count: int) -> ExpressionArray:
        """The sum of each of `count` groups, where groups[k] is the number of the one that element k is in."""
        rising = bool((groups[1:] >= groups[:-1]).all())
        order = None if rising else groups.argsort(kind="stable")
        lined = self if order is None else self._rows(order, self.shape)
        starts = lined._starts[ends_of(np.bincount(groups, minlength=count))]
        shifts = self._constants
        if shifts is not None:
            shifts = totals(groups, shifts, count)
        return ExpressionArray(self._program, (count,), starts, lined._columns, lined._values, shifts)

    def placed(self, places: Integers) -> ExpressionArray:
        """The elements at these places, and 0 where a place is -1."""
        starts = np.append(self._starts, self._starts[-1:])
        shifts = None if self._constants is None else np.append(self._constants, 0.0)
        longer = ExpressionArray(self._program, (self.size + 1,), starts, self._columns, self._values, shifts)
        return longer._rows(np.where(places < 0, self.size, places), places.shape)

    def __repr__(self) -> str:
        return repr(list(self)) if self.shape and self.size <= 20 else f"<expressions of shape {self.shape}>"


class SumOfArrays(ExpressionArray):
    """A sum of arrays whose terms are put together when they are first read.

    So a sum of many arrays, one by one, takes time in proportion to its terms.  As in a sum of single expressions, the
    list of parts is shared: each sum reads its own first `count` of them, and the longest may append one more.
    """

    __slots__ = ("_count", "_parts", "_total")
    _parts: Optional[list[tuple[Union[ExpressionArray, Floats], float]]]  # each with its sign; None when together
    _count: int
    _total: int  # of their terms

    def __init__(self, mine: ExpressionArray, theirs: Union[ExpressionArray, Floats], sign: float) -> None:
        self._program = mine._program
        self.shape = mine.shape
        if isinstance(theirs, SumOfArrays):
            theirs._together()  # so that sums are not nested
        self._total = mine._length() + (theirs._length() if isinstance(theirs, ExpressionArray) else 0)
        before = mine._parts if isinstance(mine, SumOfArrays) else None
        if isinstance(mine, SumOfArrays) and before is not None:
            count = mine._count
            parts = before if len(before) == count else before[:count]
        else:
            parts, count = [(mine, 1.0)], 1
        parts.append((theirs, sign))
        if len(parts) != count + 1:  # another thread has appended
            parts = [*parts[:count], (theirs, sign)]
        self._parts = parts
        self._count = count + 1

    def __getattr__(self, name: str) -> Any:  # of any attribute
        if name in ("_starts", "_columns", "_values", "_constants"):
            self._together()
        return object.__getattribute__(self, name)

    def _length(self) -> int:
        return self._total

    def _together(self) -> None:
        parts = self._parts
        if parts is not None:
            whole = added_up(self._program, self.shape, parts[: self._count])
            self._starts, self._columns = whole._starts, whole._columns
            self._values, self._constants = whole._values, whole._constants
            self._parts = None

    def __reduce__(self) -> tuple[Any, ...]:
        terms = self._starts, self._columns, self._values, self._constants
        return ExpressionArray, (self._program, self.shape, *terms)


def added_up(
    program: Owner, shape: tuple[int, ...], parts: list[tuple[Union[ExpressionArray, Floats], float]]
) -> ExpressionArray:
    """One array of all terms: in each row those of the first part come first."""
    arrays = [(part, sign) for part, sign in parts if isinstance(part, ExpressionArray)]
    starts = arrays[0][0]._starts
    for part, _ in arrays[1:]:
        starts = starts + part._starts
    columns = np.empty(int(starts[-1]), np.int32)
    values = np.empty(len(columns))
    before = starts[:-1] - arrays[0][0]._starts[:-1]  # how far the terms of each row move up
    last = None
    for part, sign in arrays:
        if last is not None:
            before += last._starts[1:]
            before -= part._starts[:-1]
        places = before.repeat(part._lengths())
        places += np.arange(len(places))
        columns[places], values[places] = part._columns, part._values if sign > 0 else -part._values
        last = part
    shifts: Optional[Floats] = None
    for one, sign in parts:
        more = one._constants if isinstance(one, ExpressionArray) else one
        if more is not None:
            shifts = sign * more if shifts is None else shifts + sign * more
    return ExpressionArray(program, shape, starts, columns, values, shifts)


class ArraySum(InArrays):
    """What ``c @ x`` and ``x.sum()`` make: its terms do not become Python numbers before an operator asks for them."""

    __slots__ = ("_columns", "_constant", "_program", "_values")

    def __init__(self, program: Owner, columns: Integers, values: Floats, shift: float) -> None:
        self._program = program
        self._columns = columns
        self._values = values
        self._constant = shift

    def _parts(self) -> tuple[list[int], list[float], float]:
        return self._columns.tolist(), self._values.tolist(), self._constant

    def _check_living(self) -> None:
        if self._program._columns.removed:
            check_living(self._program, self._columns.tolist())

    def _add_to_costs(self, costs: Costs) -> None:
        has_zeros(self._values)  # which refuses those out of range
        if isinstance(costs, array):
            np.add.at(np.frombuffer(costs), self._columns, self._values)
        else:
            for index, a in zip(self._columns.tolist(), self._values.tolist()):
                costs[index] += a

    def __reduce__(self) -> tuple[Any, ...]:
        return sum_from, (self._program, *self._parts())


def broadcast(array: ExpressionArray, shape: tuple[int, ...]) -> ExpressionArray:
    """The array repeated to a shape, by numpy's rules."""
    if array.shape == shape:
        return array
    places = np.broadcast_to(np.arange(array.size).reshape(array.shape), shape)
    return array._rows(places.ravel(), shape)


def _integers(columns: Sequence[int]) -> Integers:
    return np.array(columns, np.int32)


def joined(parts: Sequence[Union[VariableArray, ExpressionArray, Floats]]) -> ExpressionArray:
    """The elements of arrays of one program and of arrays of numbers, one after another."""
    arrays = [part if isinstance(part, np.ndarray) else ExpressionArray.of(part) for part in parts]
    symbolic = [part for part in arrays if isinstance(part, ExpressionArray)]
    if not symbolic:
        raise ExpressionError("There are no expressions among the elements.")
    program = symbolic[0]._program
    for part in symbolic:
        if part._program is not program:
            raise foreign(symbolic[0], part)
    sizes = [np.zeros(part.size, int) if isinstance(part, np.ndarray) else part._lengths() for part in arrays]
    shifts = None
    if len(symbolic) < len(arrays) or any(part._constants is not None for part in symbolic):
        shifts = np.concatenate([part.ravel() if isinstance(part, np.ndarray) else part._shifts() for part in arrays])
    columns = np.concatenate([part._columns for part in symbolic])
    values = np.concatenate([part._values for part in symbolic])
    starts = ends_of(np.concatenate(sizes))
    return ExpressionArray(program, (len(starts) - 1,), starts, columns, values, shifts)


# ---- for other modules: element k has the terms from starts[k] to starts[k + 1]
def term_starts(array: ExpressionArray) -> Integers:
    """Where the terms of each element begin, and after them where those of the last one end."""
    return array._starts


def term_columns(array: ExpressionArray) -> Integers:
    """The index of the variable of each term."""
    return array._columns


def term_values(array: ExpressionArray) -> Floats:
    """The coefficient of each term."""
    return array._values


def term_counts(array: ExpressionArray) -> Integers:
    """How many terms each element has."""
    return array._lengths()


def term_count(array: ExpressionArray) -> int:
    """How many terms all have, or will have."""
    return array._length()


def constants_of(array: ExpressionArray) -> Optional[Floats]:
    """The constant of each element; None where all are 0."""
    return array._constants


def shifts_of(array: ExpressionArray) -> Floats:
    """The constant of each element."""
    return array._shifts()


def taken(array: ExpressionArray, places: Integers, shape: tuple[int, ...]) -> ExpressionArray:
    """The elements at these places, in this shape."""
    return array._rows(places, shape)


def element_at(array: ExpressionArray, place: int) -> LinearExpression:
    """The element at a place, alone."""
    return array._alone(place)


def is_waiting(array: ExpressionArray) -> bool:
    """Is it a sum of arrays that has not been put together yet?"""
    return isinstance(array, SumOfArrays) and array._parts is not None


def in_shape(array: ExpressionArray, shape: tuple[int, ...]) -> ExpressionArray:
    """The same elements in another shape of as many."""
    return array._in_shape(shape)
