"""Arrays of linear expressions, and of relations between them: what numpy's operators build of variables.

An `ExpressionArray` is a shape and, for its elements row by row, sparse rows:

    element i  =  constants[i] + sum(values[k] * x[columns[k]]  for k from starts[i] to starts[i+1] - 1)

Everything is done to whole arrays; no Python object is made for an element until it is asked for.  Shapes broadcast
as in numpy.  Arrays are immutable, as expressions are.  This module needs numpy, and no other.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from math import inf, prod
from operator import mul, truediv
from typing import TYPE_CHECKING, Any, Callable, Optional

from pplp.arrays.arguments import places_at
from pplp.arrays.frames import by_position, check_mask, package_of
from pplp.arrays.methods import ArrayMethods
from pplp.arrays.read_only import read_only
from pplp.arrays.variables import ArrayOperators, VariableArray, label, refuse_sparse
from pplp.core import chaining
from pplp.core.callers import not_held
from pplp.core.columns import check_name
from pplp.core.constraints import BoundConstraint, ConstantConstraint, Constraint, same_program
from pplp.core.expressions import _LONG, LinearExpression, foreign, sum_from
from pplp.core.protocols import NoNumbers
from pplp.core.relations import Relation, Several
from pplp.core.scalars import (
    EXACT,
    HUGE,
    LARGE,
    LEAST,
    SMALL,
    Symbolic,
    are_crossed,
    attribute_number,
    coefficient,
    constant,
    is_number,
    less,
    not_a_number,
    two_of,
)
from pplp.core.tensors import listed
from pplp.core.turns import edits
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.numeric import np
from pplp.ground.pickles import Pickled
from pplp.ground.quoting import quoted

if tuple(map(int, np.__version__.split(".")[:2])) < (1, 25):
    # Older ones answer False where a comparison of theirs raises, and a row would be lost.
    raise ImportError(f"version 1.25.2 or later, and this is {np.__version__}")

if TYPE_CHECKING:
    from pplp.answers.solution import Solution
    from pplp.core.objective import Costs
    from pplp.core.owner import Owner

__all__ = ["ConstraintArray", "ExpressionArray", "RelationArray"]

_Array = Any  # numpy's own annotations are not those of all its versions
#: Up to this length the terms of a row are compared pair by pair, when a variable that occurs twice is looked for.
_SHORT = 6


class ExpressionArray(ArrayMethods, ArrayOperators, Sequence[Any]):
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
        starts: _Array,
        columns: _Array,
        values: _Array,
        constants: Optional[_Array] = None,
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
            columns, count = _places_of(thing, np.int32), thing.size
            return cls(thing._program, thing.shape, np.arange(count + 1), columns, np.ones(count))
        if isinstance(thing, ExpressionArray):
            return thing
        if isinstance(thing, ArrayOperators):  # with labels
            thing.__array__()
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
    def _lengths(self) -> _Array:
        return self._starts[1:] - self._starts[:-1]  # np.diff is several times slower on short arrays

    def _length(self) -> int:
        """The number of all its terms."""
        return len(self._columns)

    def _shifts(self) -> _Array:
        return np.zeros(self.size) if self._constants is None else self._constants

    def _rows(self, places: _Array, shape: tuple[int, ...]) -> ExpressionArray:
        """The elements at these flat places, in a new shape."""
        shifts = None if self._constants is None else self._constants[places]
        starts, terms = _gathered(self._starts, places)
        return ExpressionArray(self._program, shape, starts, self._columns[terms], self._values[terms], shifts)

    def _in_shape(self, shape: tuple[int, ...]) -> ExpressionArray:
        """The same elements, row by row."""
        return ExpressionArray(self._program, shape, self._starts, self._columns, self._values, self._constants)

    def _alone(self, place: int) -> LinearExpression:
        terms = slice(int(self._starts[place]), int(self._starts[place + 1]))
        shift = 0.0 if self._constants is None else float(self._constants[place])
        if len(self._starts) == 2:
            return ArraySum(self._program, self._columns, self._values, shift)
        return sum_from(self._program, self._columns[terms].tolist(), self._values[terms].tolist(), shift)

    def __getitem__(self, index: Any) -> Any:
        if type(index) is int and len(self.shape) == 1 and 0 <= index < self.shape[0]:
            return self._alone(index)  # as there, with no call: it is the everyday element
        return picked(self, index)

    def __iter__(self) -> Iterator[Any]:
        return map(self._alone if len(self.shape) == 1 else self.__getitem__, range(self.shape[0]))

    def __contains__(self, other: object) -> bool:
        return any(one is other for one in self)

    @property
    def flat(self) -> Sequence[LinearExpression]:
        """All its expressions, row by row."""
        return [self._alone(place) for place in range(self.size)]

    def _whole_sum(self) -> ArraySum:
        shift = 0.0 if self._constants is None else float(self._constants.sum())
        return ArraySum(self._program, self._columns, self._values, shift)

    def sums(self, groups: _Array, count: int) -> ExpressionArray:
        """The sum of each of `count` groups, where groups[k] is the number of the one that element k is in."""
        rising = bool((groups[1:] >= groups[:-1]).all())
        order = None if rising else groups.argsort(kind="stable")
        lined = self if order is None else self._rows(order, self.shape)
        starts = lined._starts[_ends(np.bincount(groups, minlength=count))]
        shifts = self._constants
        if shifts is not None:
            shifts = np.bincount(groups, weights=shifts, minlength=count)
        return ExpressionArray(self._program, (count,), starts, lined._columns, lined._values, shifts)

    def placed(self, places: _Array) -> ExpressionArray:
        """The elements at these places, and 0 where a place is -1."""
        starts = np.append(self._starts, self._starts[-1:])
        shifts = None if self._constants is None else np.append(self._constants, 0.0)
        longer = ExpressionArray(self._program, (self.size + 1,), starts, self._columns, self._values, shifts)
        return longer._rows(np.where(places < 0, self.size, places), places.shape)

    def __repr__(self) -> str:
        return repr(list(self)) if self.shape and self.size <= 20 else f"<expressions of shape {self.shape}>"


class SumOfArrays(ExpressionArray):
    """A sum of arrays whose terms are brought together when they are first read.

    So a sum of many arrays, one by one, takes time in proportion to its terms.  As in a sum of single expressions, the
    list of parts is shared: each sum reads its own first `count` of them, and the longest may append one more.
    """

    __slots__ = ("_count", "_parts", "_total")
    _parts: Optional[list[tuple[Any, float]]]  # (array or flat numbers, sign) of each; None once they are together
    _count: int
    _total: int  # of their terms

    def __init__(self, mine: ExpressionArray, theirs: Any, sign: float) -> None:
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

    def __getattr__(self, name: str) -> Any:
        if name in ("_starts", "_columns", "_values", "_constants"):
            self._together()
        return object.__getattribute__(self, name)

    def _length(self) -> int:
        return self._total

    def _together(self) -> None:
        parts = self._parts
        if parts is not None:
            whole = _added_up(self._program, self.shape, parts[: self._count])
            self._starts, self._columns = whole._starts, whole._columns
            self._values, self._constants = whole._values, whole._constants
            self._parts = None

    def __reduce__(self) -> Any:
        terms = self._starts, self._columns, self._values, self._constants
        return ExpressionArray, (self._program, self.shape, *terms)


def _added_up(program: Owner, shape: tuple[int, ...], parts: list[tuple[Any, float]]) -> ExpressionArray:
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
    shifts: Any = None
    for part, sign in parts:
        more = part._constants if isinstance(part, ExpressionArray) else part
        if more is not None:
            shifts = sign * more if shifts is None else shifts + sign * more
    return ExpressionArray(program, shape, starts, columns, values, shifts)


class ArraySum(LinearExpression):
    """One expression whose terms are still in arrays, as ``c @ x`` and ``x.sum()`` make it.

    An operator makes a plain sum of it; as the objective it goes to the costs without becoming Python numbers.
    """

    __slots__ = ("_columns", "_constant", "_program", "_values")
    __hash__ = None

    def __init__(self, program: Owner, columns: _Array, values: _Array, shift: float) -> None:
        self._program = program
        self._columns = columns
        self._values = values
        self._constant = shift

    def _parts(self) -> tuple[list[int], list[float], float]:
        return self._columns.tolist(), self._values.tolist(), self._constant

    def _check_living(self) -> None:
        if self._program._columns.removed:
            self._program._check_living(self._columns.tolist())

    def _add_to_costs(self, costs: Costs) -> None:
        _has_zeros(self._values)  # which refuses those out of range
        if isinstance(costs, array):
            np.add.at(np.frombuffer(costs), self._columns, self._values)
        else:
            for index, a in zip(self._columns.tolist(), self._values.tolist()):
                costs[index] += a

    def __reduce__(self) -> Any:
        return sum_from, (self._program, *self._parts())


class RelationArray(NoNumbers, Pickled, Several):
    """``lower <= expressions <= upper``, element by element; `add_constraint` takes it whole."""

    __slots__ = ("_array", "_lower", "_operand", "_upper")
    dtype = ndim = not_held
    _for_numpy = (
        "an array of relations, which are neither true nor false",
        "Give it to add_constraint() whole; after a solve, compare .value of the two sides.",
    )

    def __init__(self, operand: Any, array: ExpressionArray, lower: _Array, upper: _Array) -> None:
        self._operand = operand  # what was compared, by which a chained comparison is known
        self._array = array
        self._lower = lower
        self._upper = upper

    @property
    def shape(self) -> tuple[int, ...]:
        """As that of the expressions."""
        return self._array.shape

    def _keys(self) -> list[Any]:
        """What tells its elements apart, in the names of the constraints."""
        return [key[0] if len(key) == 1 else key for key in np.ndindex(*self.shape)]

    def _where(self, place: int) -> str:
        """Where an element is, for a message."""
        where = [int(k) for k in np.unravel_index(place, self.shape)] if self.shape else []
        return f"at {where} of the array"

    def _add_to(self, program: Any, name: Optional[str], rows_only: bool) -> Any:
        return add(program, self, name, rows_only)

    def _handles(self, constraints: ConstraintArray) -> Any:
        """What `add_constraint` returns."""
        return constraints

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Relation]:
        """One relation for each element, row by row."""
        for place in range(self._array.size):
            relation = Relation()
            relation._expression = self._array._alone(place)
            relation._lower = float(self._lower[place])
            relation._upper = float(self._upper[place])
            yield relation

    def __bool__(self) -> bool:
        lower, upper = self._lower.reshape(self.shape), self._upper.reshape(self.shape)
        is_lower, is_upper = bool((upper == inf).all()), bool((lower == -inf).all())
        if self._operand is not None and chaining.begin(self._operand, (lower, upper), is_lower, is_upper):
            return True
        raise ExpressionError(
            "An array of relations has no truth value. Give it to add_constraint() whole; a range with numbers at both "
            "ends is lo <= e <= hi, any other chain two constraints."
        )

    __hash__: Any = None

    def __repr__(self) -> str:
        return repr(list(self)) if self._array.size <= 20 else f"<relations of shape {self.shape}>"

    def _repr_latex_(self) -> str:
        from pplp.display.latex import array_latex

        return array_latex(self)

    def _repr_html_(self) -> str:
        from pplp.display.html import array_html

        return array_html(self)


class ConstraintArray(NoNumbers, Sequence[Any], Pickled):
    """The constraints that one array of relations became; numbers are read and set as numpy arrays.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x = lp.Vars((2, 2), lb=0, ub=9)
    >>> supply = lp.add_constraint(x.sum(axis=1) <= [3, 4], "supply")
    >>> supply[1]
    supply[1]: x2 + x3 <= 4
    >>> supply.ub = 5
    >>> lp.objective = x.sum()
    >>> lp.maximize(), supply.slack.tolist()
    (10.0, [0.0, 0.0])
    """

    __slots__ = ("_kinds", "_places", "_program", "shape")
    __hash__ = object.__hash__
    _for_numpy = (
        "an array of constraints",
        "Take its numbers: .value, .dual, .slack, .lb, .ub or .rhs.",
    )

    def __init__(
        self, program: Owner, shape: tuple[int, ...], kinds: Sequence[type[Constraint]], places: Sequence[int]
    ) -> None:
        self._program = program
        self.shape = shape
        self._kinds = kinds  # one for all, or one for each
        self._places = places

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def size(self) -> int:
        """The number of constraints."""
        return len(self._places)

    @property
    def flat(self) -> list[Constraint]:
        """All its constraints, row by row."""
        return [self._handle(k) for k in range(self.size)]

    def _handle(self, k: int) -> Constraint:
        constraint = self._kinds[k if len(self._kinds) > 1 else 0]()
        constraint._program, constraint._index = self._program, int(self._places[k])
        return constraint

    def __getitem__(self, index: Any) -> Any:
        places = places_at(self.shape, index)
        if not np.shape(places):
            return self._handle(int(places))
        flat = places.ravel().tolist()
        kinds = [self._kinds[k] for k in flat] if len(self._kinds) > 1 else self._kinds
        return ConstraintArray(self._program, places.shape, kinds, [self._places[k] for k in flat])

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(self.shape[0]))

    def _numbers(self, name: str) -> _Array:
        return np.array([getattr(one, name) for one in self.flat], float).reshape(self.shape)

    @property
    def dual(self) -> _Array:
        """d(objective)/d(right-hand side) at the current solution; errors as `Constraint.dual`."""
        return self._numbers("dual")

    @property
    def value(self) -> _Array:
        """The values of the expressions at the current solution."""
        return self._numbers("value")

    @property
    def slack(self) -> _Array:
        """The distances to the nearer bound at the current solution."""
        return self._numbers("slack")

    @property
    def lb(self) -> _Array:
        """The lower bounds, read-only; set them all to a number or an array, one by ``rows[0].lb = 3``."""
        return read_only(self._numbers("lb"), "rows", "lb")

    @lb.setter
    def lb(self, values: Any) -> None:
        self._set("lb", values)

    @property
    def ub(self) -> _Array:
        """The upper bounds, read-only; set them all to a number or an array, one by ``rows[0].ub = 3``."""
        return read_only(self._numbers("ub"), "rows", "ub")

    @ub.setter
    def ub(self, values: Any) -> None:
        self._set("ub", values)

    @property
    def rhs(self) -> _Array:
        """The right-hand sides, read-only; set them all as the bounds.  Raises `InvalidValue` for ranges."""
        return read_only(self._numbers("rhs"), "rows", "rhs")

    @rhs.setter
    def rhs(self, values: Any) -> None:
        self._set("rhs", values)

    @property
    def bounds(self) -> tuple[_Array, _Array]:
        """Both bounds, ``(lb, ub)``; set them together, whatever stood there: ``rows.bounds = 0, [4, 5]``."""
        return self.lb, self.ub

    @bounds.setter
    def bounds(self, pair: tuple[Any, Any]) -> None:
        lower, upper = (fitted(values, self.shape, "bounds") for values in two_of(pair, "an array"))
        self._set_each("bounds", list(zip(lower, upper)))

    def _set(self, name: str, values: Any) -> None:
        self._set_each(name, fitted(values, self.shape, name))

    def _set_each(self, name: str, values: Sequence[Any]) -> None:
        _set_each(self._program, self.flat, name, values)

    def _assigned(self, values: Any, what: str) -> Iterable[tuple[Constraint, float]]:
        """Each constraint with its number."""
        return zip(self.flat, fitted(values, self.shape, what))

    def __repr__(self) -> str:
        return repr(self.flat) if self.size <= 20 else f"<constraints of shape {self.shape}>"

    def _repr_latex_(self) -> str:
        from pplp.display.latex import array_latex

        return array_latex(self)

    def _repr_html_(self) -> str:
        from pplp.display.html import array_html

        return array_html(self)


# --------------------------------------------------------------------- arithmetic
def sum_of(left: Any, right: Any, sign: float) -> Any:
    """left + sign * right."""
    right = _operand(right)
    mine = ExpressionArray.of(left)
    if not _is_symbolic(right):
        numbers = _numbers(right, "constant")
        if numbers is None:
            return not_a_number(right, left)
        shape = _common(mine.shape, numbers.shape)
        mine, flat = _spread(mine, shape), _flat(numbers, shape)
        if isinstance(mine, SumOfArrays) and mine._parts is not None:
            return SumOfArrays(mine, flat, sign)
        shifts = mine._shifts() + sign * flat
        return ExpressionArray(mine._program, shape, mine._starts, mine._columns, mine._values, shifts)
    theirs = ExpressionArray.of(right)
    if mine._program is not theirs._program:
        raise foreign(mine, theirs)
    shape = _common(mine.shape, theirs.shape)
    mine, theirs = _spread(mine, shape), _spread(theirs, shape)
    if sign > 0 and theirs._length() > max(2 * mine._length(), _LONG * theirs.size):
        mine, theirs = theirs, mine  # as with single expressions, what comes before a long sum goes to its end
    if isinstance(mine, SumOfArrays) and mine._parts is not None:
        return SumOfArrays(mine, theirs, sign)
    if mine._length() > 2 * theirs._length():  # a sum that grows is not copied with each of its parts
        return SumOfArrays(mine, theirs, sign)
    return _added_up(mine._program, shape, [(mine, 1.0), (theirs, sign)])


def scaled(array: Any, factor: Any) -> Any:
    """factor * array, element by element."""
    factor = _operand(factor)
    if _is_symbolic(factor):
        raise ExpressionError(
            "The product of two expressions is not linear. For fixed values multiply by .value; "
            "for a matrix of numbers times variables write A @ x."
        )
    if isinstance(factor, np.matrix):
        raise ExpressionError(
            "Between a numpy.matrix and expressions * may mean two products. Write A @ x for the product of matrices, "
            "numpy.asarray(A) * x for that of the elements."
        )
    numbers = _numbers(factor, "coefficient")
    if numbers is None:
        return not_a_number(factor, array)
    return _rescaled(mul, array, numbers)


def _rescaled(change: Callable[[Any, Any], Any], array: Any, numbers: _Array) -> ExpressionArray:
    """change(element, number), which is a product or a quotient, element by element."""
    mine = ExpressionArray.of(array)
    shape = _common(mine.shape, numbers.shape)
    mine = _spread(mine, shape)
    factors = _flat(numbers, shape)
    wide = factors[0] if numbers.size == 1 and factors.size else factors.repeat(mine._lengths())
    values = change(mine._values, wide)
    shifts = None if mine._constants is None else change(mine._constants, factors)
    return ExpressionArray(mine._program, shape, mine._starts, mine._columns, values, shifts)


def divided(array: Any, divisor: Any) -> Any:
    """array / divisor, element by element."""
    divisor = _operand(divisor)
    if _is_symbolic(divisor):
        raise ExpressionError("A division by an expression is not linear.")
    numbers = _numbers(divisor, "divisor")
    if numbers is None:
        return not_a_number(divisor, array)
    if not numbers.all():
        raise InvalidValue("An array of expressions is divided by zero.")
    return _rescaled(truediv, array, numbers)  # so that 3*x/3 is x


def product_of(matrix: Any, array: ArrayOperators) -> Any:
    """matrix @ array, of numbers in a numpy array, nested lists or a scipy.sparse matrix."""
    matrix = _operand(matrix)
    if _is_symbolic(matrix):
        raise ExpressionError("The product of two expressions is not linear. One factor of @ must be numbers.")
    mine = ExpressionArray.of(array)
    if hasattr(matrix, "tocsr"):
        ends, places, factors, shape = _sparse(matrix)
    else:
        numbers = _numbers(matrix, "coefficient")
        if numbers is None:
            return not_a_number(matrix, array)
        if not numbers.ndim:
            raise InvalidValue("A matrix before @ has dimensions. Write * for a single number.")
        if numbers.ndim > 2 or mine.ndim > 2:
            return _stacked_product(numbers, mine)
        ends, places, factors, shape = _dense(numbers)
    if mine.ndim not in (1, 2) or shape[-1] != mine.shape[0]:
        raise InvalidValue(f"The shapes {shape} and {mine.shape} do not fit together in a product by @.")
    wide = mine.shape[1:]
    if wide:  # element (i, t) takes what column t has of the rows that row i of the matrix names
        width = wide[0]
        rows = np.repeat(np.arange(len(ends) - 1), width)
        ends, terms = _gathered(ends, rows)
        column = np.repeat(np.tile(np.arange(width), len(rows) // max(width, 1)), np.diff(ends))
        places, factors = places[terms] * width + column, factors[terms]
    if isinstance(array, VariableArray):  # each row has one term
        starts, columns, values = ends, mine._columns[places], factors
    else:
        starts, terms = _gathered(mine._starts, places)
        columns, values = mine._columns[terms], mine._values[terms] * factors.repeat(starts[1:] - starts[:-1])
        starts = starts[ends]
    shifts = None
    if mine._constants is not None:
        shifts = np.zeros(len(ends) - 1)
        np.add.at(shifts, np.repeat(np.arange(len(shifts)), np.diff(ends)), factors * mine._constants[places])
    product = ExpressionArray(mine._program, shape[:-1] + wide, starts, columns, values, shifts)
    return product if product.shape else product._alone(0)


def product_with(array: ArrayOperators, matrix: Any) -> Any:
    """array @ matrix: the transpose of matrix.T @ array.T."""
    matrix = _operand(matrix)
    if _is_symbolic(matrix):
        raise ExpressionError("The product of two expressions is not linear. One factor of @ must be numbers.")
    if not hasattr(matrix, "tocsr"):
        numbers = _numbers(matrix, "coefficient")
        if numbers is None:
            return not_a_number(matrix, array)
        matrix = numbers
        if matrix.ndim > 2 or array.ndim > 2:
            return _stacked_product(array, matrix)
    if array.ndim == 1:
        return product_of(matrix.T, array)
    if array.ndim != 2:
        raise InvalidValue(f"An array before @ has one or two dimensions, not {array.ndim}.")
    product = product_of(matrix.T, transposed(array))
    return product if matrix.ndim == 1 else transposed(product)


def _stacked_product(left: Any, right: Any) -> Any:
    """left @ right of more dimensions than two."""
    from pplp.arrays.numpy_functions import guarded
    from pplp.arrays.products import matmul

    return guarded("matmul", matmul, left, right)


def relation(left: Any, right: Any, lower: float, upper: float, first: Any = None) -> Any:
    """lower <= left - right <= upper, where lower and upper are 0 or infinite.

    `first` is what the first half of a chained comparison said, where the caller has asked for it.
    """
    if chaining.pending and first is None:
        first = chaining.finish(left)
    right = _operand(right)
    if _is_symbolic(right):
        difference = sum_of(left, right, -1.0)
        if first is not None:
            raise ExpressionError(
                "The chain ends with expressions: lo <= e <= hi takes numbers at both ends. Write it as two "
                "constraints."
            )
        zeros = np.zeros(difference.size)
        return RelationArray(None, difference, zeros + lower, zeros + upper)
    numbers = _numbers(right, "right-hand side")
    if numbers is None:
        return chaining.whole(first, right, not_a_number(right, left, lower == upper))
    array = ExpressionArray.of(left)
    shape = _common(array.shape, numbers.shape)
    array = _spread(array, shape)
    sides = _flat(numbers, shape)
    if lower == upper and not np.isfinite(sides).all():
        raise InvalidValue(f"An expression of the array can never equal {sides[~np.isfinite(sides)][0]}.")
    made = RelationArray(left, array, *(sides if end == 0 else np.full(sides.size, end) for end in (lower, upper)))
    if first is not None:
        narrow(made, first)
    return made


def between(array: Any, lower: Any, upper: Any) -> RelationArray:
    """lower <= array <= upper, where lower and upper are numbers."""
    sides = []
    for bound in map(_operand, (lower, upper)):
        numbers = None if _is_symbolic(bound) else _numbers(bound, "right-hand side")
        if numbers is None:
            raise ExpressionError(f"A bound of between() must be a number or an array of numbers, not {quoted(bound)}.")
        sides.append(numbers)
    mine = ExpressionArray.of(array)
    shape = _common(mine.shape, _common(sides[0].shape, sides[1].shape))
    low, high = (_flat(side, shape) for side in sides)
    return RelationArray(None, _spread(mine, shape), low, high)


def narrow(relations: RelationArray, first: tuple[_Array, _Array]) -> None:
    """Make the second half of a chained comparison say both: the greater lower sides, the lesser upper ones."""
    own = relations.shape
    shape = _common(np.shape(first[0]), own)
    relations._array = _spread(relations._array, shape)
    lower, upper = (np.broadcast_to(np.reshape(s, own), shape) for s in (relations._lower, relations._upper))
    relations._lower, relations._upper = np.maximum(lower, first[0]).ravel(), np.minimum(upper, first[1]).ravel()


def add(program: Owner, relations: RelationArray, name: Optional[str], rows_only: bool = False) -> Any:
    """What `LinearProgram.add_constraint` does with an array: all of it, or an error and nothing."""
    array = _clean(relations._array)
    same_program(program, array)
    lower, upper = relations._lower, relations._upper
    if array._constants is not None:
        lower, upper = _less(lower, array._constants), _less(upper, array._constants)
    removed = program._columns.removed
    if removed:
        program._check_living(array._columns.tolist())
    names = []
    if name is not None:
        names = [label(name, key) for key in relations._keys()]
        for one in names:
            check_name(one, program._row_names, "constraint")
    crossed = lower > upper
    if crossed.any():
        crossed &= [are_crossed(*sides) for sides in zip(lower.tolist(), upper.tolist())]
    never = crossed | (lower == inf) | (upper == -inf)
    lengths = array._lengths()
    empty = lengths == 0
    if empty.any() and not rows_only:
        never |= empty & ~((lower <= 0) & (upper >= 0))
    if never.any():
        place = int(np.flatnonzero(never)[0])
        raise InvalidValue(
            f"The constraint {relations._where(place)} can never hold: "
            f"{lower[place]} <= {array._alone(place) if lengths[place] else 0} <= {upper[place]}."
        )
    return relations._handles(_added(program, array, lengths, lower, upper, names, rows_only))


def _less(sides: _Array, constants: _Array) -> _Array:
    """As `less`, of each."""
    left = sides - constants
    near = np.flatnonzero(np.abs(left) < 1e-6)
    left[near] = [less(*pair) for pair in zip(sides[near].tolist(), constants[near].tolist())]
    return left


def _added(
    program: Owner,
    array: ExpressionArray,
    lengths: _Array,
    lower: _Array,
    upper: _Array,
    names: list[str],
    rows_only: bool,
) -> ConstraintArray:
    """All rows, each to the store of its kind: two terms and more, one, none; or all of them as rows."""
    if rows_only:
        lengths = np.full(array.size, 2)
    of_kind = {
        Constraint: np.flatnonzero(lengths > 1),
        BoundConstraint: np.flatnonzero(lengths == 1),
        ConstantConstraint: np.flatnonzero(lengths == 0),
    }
    places = np.empty(array.size, np.int64)
    for kind, rows in of_kind.items():
        if not len(rows):
            continue
        part = array if len(rows) == array.size else array._rows(rows, (len(rows),))
        low, high = lower[rows], upper[rows]
        columns, values = np.ascontiguousarray(part._columns, np.int32), np.ascontiguousarray(part._values)
        if kind is Constraint:
            ends = part._starts[1:] + program._rows.starts[-1]
            first = program._rows.extend(ends.tolist(), columns, values, low.tolist(), high.tolist())
        elif kind is BoundConstraint:
            first = program._bound_rows.extend(columns.tolist(), values.tolist(), low.tolist(), high.tolist())
            if program._journal is not None:
                program._journal.bounds.update(columns.tolist())
        else:
            first = len(program._constant_rows)
            for one, other in zip(low.tolist(), high.tolist()):
                program._constant_rows.append(one, other)
        places[rows] = np.arange(first, first + len(rows))
        store = kind._store_of(program)
        for row, k in enumerate(rows.tolist() if names else (), first):
            store.names[row] = names[k]
            program._row_names[names[k]] = row
    used: list[type[Constraint]] = [kind for kind, rows in of_kind.items() if len(rows)]
    if len(used) > 1:
        kinds = [Constraint if n > 1 else BoundConstraint if n else ConstantConstraint for n in lengths.tolist()]
        return ConstraintArray(program, array.shape, kinds, places.tolist())
    first = int(places[0]) if array.size else 0
    return ConstraintArray(program, array.shape, used or [Constraint], range(first, first + array.size))


@edits
def _set_each(program: Owner, handles: Sequence[Constraint], name: str, values: Sequence[Any]) -> None:
    """Set an attribute of each constraint; of all of them, or of none."""
    old = [(one._store().lower[one._row], one._store().upper[one._row]) for one in handles]
    done = 0
    try:
        for constraint, value in zip(handles, values):
            setattr(constraint, name, value)
            done += 1
    except BaseException:
        for constraint, (lower, upper) in zip(handles[:done], old):
            program._put_constraint_bounds(constraint, constraint._store(), constraint._row, lower, upper)
        raise


# --------------------------------------------------------------------- shapes
def picked(array: Any, index: Any) -> Any:
    """array[index], by numpy's rules."""
    places = places_at(array.shape, index)
    if not np.shape(places):
        return array._at(array._indices[int(places)]) if isinstance(array, VariableArray) else array._alone(int(places))
    return _elsewhere(array, places)


def transposed(array: Any) -> Any:
    """The axes reversed."""
    return _elsewhere(array, np.arange(array.size).reshape(array.shape).T)


def _elsewhere(array: Any, places: _Array) -> Any:
    """The elements at these flat places, in their shape."""
    if isinstance(array, VariableArray):
        return VariableArray(array._program, _indices_at(array._indices, places.ravel()), places.shape)
    return array._rows(places.ravel(), places.shape)


def _common(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    if one == other or not other:
        return one
    try:
        return tuple(np.broadcast_shapes(one, other))
    except ValueError:
        raise InvalidValue(f"The shapes {one} and {other} do not fit together, by numpy's rules.") from None


def _flat(numbers: _Array, shape: tuple[int, ...]) -> _Array:
    """Numbers broadcast to a shape, row by row."""
    if not numbers.shape:
        return np.full(prod(shape), numbers)
    return (numbers if numbers.shape == shape else np.broadcast_to(numbers, shape)).ravel()


def _spread(array: ExpressionArray, shape: tuple[int, ...]) -> ExpressionArray:
    """Broadcast."""
    if array.shape == shape:
        return array
    places = np.broadcast_to(np.arange(array.size).reshape(array.shape), shape)
    return array._rows(places.ravel(), shape)


def _gathered(starts: _Array, rows: _Array) -> tuple[_Array, _Array]:
    """For some of the sparse rows of `starts`: their own starts, and where each of their terms is found."""
    begins = starts[rows]
    lengths = starts[rows + 1] - begins
    ends = _ends(lengths)
    return ends, (begins - ends[:-1]).repeat(lengths) + np.arange(ends[-1])


def _indices_at(indices: Any, places: _Array) -> _Array:
    """Some of the indices of an array of variables, in time in proportion to these."""
    if type(indices) is range:
        return indices.start + indices.step * places
    if isinstance(indices, list):
        return np.array([indices[place] for place in places.tolist()], np.int64)
    return indices[places]


def _places_of(array: VariableArray, kind: Any = np.int64) -> _Array:
    """The indices of its variables."""
    indices = array._indices
    if type(indices) is range:
        return np.arange(indices.start, indices.stop, indices.step, dtype=kind)
    return np.asarray(indices, kind)  # of an empty list, too


# --------------------------------------------------------------------- numbers
def integers(numbers: Sequence[int]) -> _Array:
    """Python's integers as an array of 64 bits."""
    return np.array(numbers, np.int64)


def distinct(numbers: _Array) -> _Array:
    """Each number once, rising."""
    return np.unique(numbers)


def _are_dense(keys: _Array) -> bool:
    """May a table of all numbers up to the greatest key be afforded?"""
    return len(keys) > 0 and int(keys.max()) <= 4 * len(keys) + 1000


def numbered(keys: _Array) -> tuple[_Array, _Array]:
    """Where each distinct key, none of them negative, stands first, in that order; and for each, which one it is."""
    if not _are_dense(keys):
        _, first, numbers = np.unique(keys, return_index=True, return_inverse=True)
        order = first.argsort()
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        return first[order], rank[numbers.ravel()]
    table = np.full(int(keys.max()) + 1, -1)
    table[keys[::-1]] = np.arange(len(keys) - 1, -1, -1)
    first = np.sort(table[table >= 0])
    table[keys[first]] = np.arange(len(first))
    return first, table[keys]


def repeated(keys: _Array) -> int:
    """The place of a key that stands there again; -1 where there is none."""
    if (keys[1:] > keys[:-1]).all():
        return -1
    order = keys.argsort(kind="stable")
    again = np.flatnonzero(keys[order[1:]] == keys[order[:-1]])
    return int(order[again[0] + 1]) if len(again) else -1


def looked_up(wanted: _Array, keys: _Array) -> _Array:
    """Where each of the wanted stands among the keys, which are distinct and not negative; -1 where it does not."""
    if not len(keys):
        return np.full(len(wanted), -1)
    if _are_dense(keys):
        table = np.full(int(keys.max()) + 2, -1)
        table[keys] = np.arange(len(keys))
        return table[np.where(wanted < len(table), wanted, -1)]  # the last one is that of no key
    order = keys.argsort(kind="stable")
    near = order[keys.searchsorted(wanted, sorter=order).clip(max=len(keys) - 1)]
    return np.where(keys[near] == wanted, near, -1)


def marked(count: int, places: _Array) -> _Array:
    """So many truth values, true at the places."""
    marks = np.zeros(count, bool)
    marks[places] = True
    return marks


def where(condition: _Array, one: Any, other: Any) -> _Array:
    """The one where the condition holds, else the other."""
    return np.where(condition, one, other)


def array_of(values: Any) -> _Array:
    """A list as the array that it means; an array as it is."""
    return _operand(values)


def plain(numbers: _Array) -> _Array:
    """An array of numpy's own type, which is read-only where the given one is."""
    return np.asarray(numbers)


def numbers_of(thing: Any, what: str) -> Optional[_Array]:
    """An array of numbers, each checked as a single one is; None for what is none."""
    return None if _is_symbolic(thing) else _numbers(_operand(thing), what)


def _ends(lengths: _Array) -> _Array:
    """From the lengths of rows, where they start and the last one ends."""
    ends = np.zeros(len(lengths) + 1, np.int64)
    lengths.cumsum(out=ends[1:])
    return ends


def _integers(columns: Sequence[int]) -> _Array:
    return np.array(columns, np.int32)


def _is_symbolic(thing: Any) -> bool:
    """Are there expressions in it?"""
    if isinstance(thing, (ArrayOperators, LinearExpression)):
        return True
    return (
        isinstance(thing, np.ndarray)
        and thing.dtype == object
        and any(isinstance(one, LinearExpression) for one in thing.flat)
    )


#: What is an operand as it is.
_PLAIN = {float, int, np.ndarray, VariableArray, ExpressionArray}


def _operand(thing: Any) -> Any:
    """Lists, tensors, series and frames as the arrays that they mean."""
    if type(thing) in _PLAIN:
        return thing
    if hasattr(thing, "detach"):
        return np.array(listed(thing)).reshape(tuple(thing.shape))
    if not isinstance(thing, (list, tuple)):
        if package_of(thing):
            return by_position(thing)
        check_mask(thing)
        return thing
    try:
        return np.array(thing)
    except (TypeError, ValueError, RuntimeError):
        return np.array([_operand(one) if hasattr(one, "detach") else one for one in thing], object)


#: What may not be tiny.
_FACTORS = {"coefficient", "divisor", "cost"}


def _check_of(what: str) -> Callable[[Any, Any], float]:
    """What checks a single number of this kind."""
    if what in ("coefficient", "divisor"):
        return coefficient
    return constant if what == "constant" else lambda value, of: attribute_number(value, of, what)


def _numbers(thing: Any, what: str) -> Optional[_Array]:
    """An array of floats, checked as single numbers are; None for what numpy cannot make one of."""
    kind = type(thing)
    if kind is float:
        if SMALL <= thing <= LARGE or LEAST <= thing <= -SMALL or thing == 0.0:
            return np.array(thing)
    elif kind is int and -EXACT <= thing <= EXACT:
        return np.array(thing, float)
    if hasattr(thing, "tocsr"):
        refuse_sparse()
    if isinstance(thing, (str, bytes, dict, set, Symbolic)):
        return None
    mask = getattr(thing, "mask", False)
    if mask is not False and np.any(mask):
        raise ExpressionError("An array with masked numbers beside expressions: fill them first, by .filled(...).")
    found = np.asarray(thing)
    if found.dtype.kind not in "biuf":
        if found.dtype.kind != "O" or (found.ndim == 0 and not is_number(thing)):
            return None
        check = _check_of(what)
        return np.array([check(one, "the array") for one in found.ravel().tolist()], float).reshape(found.shape)
    numbers = found.astype(float)  # a copy: the caller may change his own
    sizes = abs(numbers).ravel()
    # The greatest, or NaN: argmax() finds it much sooner than max() in a short array.
    if len(sizes):
        strange = None
        if not sizes[sizes.argmax()] < LARGE:
            strange = ~(sizes < LARGE)
        elif sizes[sizes.argmin()] < SMALL and what in _FACTORS:
            strange = (sizes < SMALL) & (sizes > 0)
        if strange is not None:
            check = _check_of(what)
            for one in found.ravel()[strange].tolist():  # as it was given: an integer may have more than 53 bits
                check(one, "the array")
    return numbers


def _dense(numbers: _Array) -> tuple[_Array, _Array, _Array, tuple[int, ...]]:
    """(starts, columns, values, shape) of the numbers that are not 0."""
    table = numbers.reshape(prod(numbers.shape[:-1]), numbers.shape[-1])
    height, width = table.shape
    if table.all():
        return np.arange(height + 1) * width, np.tile(np.arange(width), height), table.ravel(), numbers.shape
    rows, columns = np.nonzero(table)
    starts = np.zeros(height + 1, np.int64)
    np.bincount(rows, minlength=height).cumsum(out=starts[1:])
    return starts, columns, table[rows, columns], numbers.shape


def _sparse(matrix: Any) -> tuple[_Array, _Array, _Array, tuple[int, ...]]:
    """The same of a scipy.sparse matrix or array."""
    rows = matrix.tocsr()
    if rows.ndim != 2:
        raise InvalidValue(f"A sparse matrix before @ has two dimensions, not {rows.ndim}.")
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
    values = _numbers(rows.data, "coefficient")
    if values is None:
        raise ExpressionError(f"A sparse matrix before @ has numbers in it, not {rows.dtype}.")
    return rows.indptr.astype(np.int64), rows.indices, values, rows.shape


def _clean(array: ExpressionArray) -> ExpressionArray:
    """Without zeros, each variable once in a row: where it stands first; coefficients checked."""
    if _has_zeros(array._values):
        array = _kept(array, array._values != 0)
    return _merged(array) if _has_repetitions(array) else array


def _has_zeros(values: _Array) -> bool:
    """Are there zeros among these coefficients?  Raises `InvalidValue` for those beyond what solvers work with."""
    if not len(values):
        return False
    sizes = np.abs(values)
    if sizes.max() <= HUGE and sizes.min() >= SMALL:
        return False
    for one in values[~(sizes <= HUGE) | ((sizes < SMALL) & (sizes > 0))].tolist():
        coefficient(one, "a variable of the array")
    return bool((sizes == 0).any())


def _kept(array: ExpressionArray, wanted: _Array) -> ExpressionArray:
    """Only the terms that are wanted."""
    before = np.zeros(len(wanted) + 1, np.int64)
    wanted.cumsum(out=before[1:])
    starts, columns, values = before[array._starts], array._columns[wanted], array._values[wanted]
    return ExpressionArray(array._program, array.shape, starts, columns, values, array._constants)


def _has_repetitions(array: ExpressionArray) -> bool:
    """Does a row have a variable twice?"""
    columns, starts = array._columns, array._starts
    if len(columns) < 2:
        return False
    lengths = array._lengths()
    longest = int(lengths.max())
    rising = columns[1:] > columns[:-1]
    rising[starts[1:-1][(starts[1:-1] > 0) & (starts[1:-1] < len(columns))] - 1] = True
    if rising.all():
        return False
    rows = np.arange(len(lengths)).repeat(lengths)
    if longest <= _SHORT:
        return any(bool(((columns[k:] == columns[:-k]) & (rows[k:] == rows[:-k])).any()) for k in range(1, longest))
    keys = rows * (int(columns.max()) + 1) + columns
    keys.sort()
    return bool((keys[1:] == keys[:-1]).any())


def _merged(array: ExpressionArray) -> ExpressionArray:
    rows = np.arange(array.size).repeat(array._lengths())
    keys = rows * (int(array._columns.max()) + 1) + array._columns
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    sums = np.bincount(group.ravel(), weights=array._values)
    order = np.argsort(first)
    kept = first[order]
    starts = np.searchsorted(kept, array._starts)
    once = ExpressionArray(array._program, array.shape, starts, array._columns[kept], sums[order], array._constants)
    return _kept(once, np.abs(once._values) >= SMALL)


def fitted(values: Any, shape: tuple[int, ...], what: str) -> list[float]:
    """Numbers, spread to a shape, row by row."""
    values = _operand(values)
    numbers = None if _is_symbolic(values) else _numbers(values, what)
    if numbers is None:
        raise ExpressionError(f"{what} takes a number or an array of numbers, not {quoted(values)}.")
    if numbers.size == 1:
        numbers = numbers.reshape(())
    if _common(numbers.shape, shape) != shape:
        raise InvalidValue(f"{what} takes an array of the shape {shape}, not {numbers.shape}.")
    return np.broadcast_to(numbers, shape).ravel().tolist()


# --------------------------------------------------------------------- numbers of a solution, and attributes
def one_object(thing: Any) -> _Array:
    """An array of no dimensions around it."""
    box = np.empty((), object)
    box[()] = thing
    return box


def objects(thing: Any, dtype: Any = None) -> _Array:
    """Its elements, variables or single expressions, as an array of objects."""
    if dtype is not None and np.dtype(dtype).kind != "O":
        raise ExpressionError(f"An array of expressions does not become one of {dtype}. Its values are in .value.")
    if not isinstance(thing, ArrayOperators):
        return one_object(thing) if isinstance(thing, LinearExpression) else np.asarray(thing, object)
    if not isinstance(thing, (VariableArray, ExpressionArray)):
        return thing.__array__()  # which refuses, where there are labels
    box = np.empty(thing.size, object)
    box[:] = thing.flat
    return box.reshape(thing.shape)


def joined(parts: Sequence[Any]) -> ExpressionArray:
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
    starts = _ends(np.concatenate(sizes))
    return ExpressionArray(program, (len(starts) - 1,), starts, columns, values, shifts)


def values(array: ArrayOperators, solution: Solution) -> _Array:
    """The values of an array in a solution; whole numbers where all variables are integer."""
    if isinstance(array, VariableArray):
        indices = array._indices if isinstance(array._indices, (range, list)) else array._indices.tolist()
        found = np.array(solution.values_at(indices), float)
        if solution._integer and array.size and all(solution._integer[solution._at_column[j]] for j in indices):
            found = found.astype(np.int64)
        return found.reshape(array.shape)
    assert isinstance(array, ExpressionArray)
    terms = np.array(solution.values_at(array._columns.tolist()), float) * array._values
    rows = np.arange(array.size).repeat(array._lengths())
    return (np.bincount(rows, weights=terms, minlength=array.size) + array._shifts()).reshape(array.shape)


def attributes(array: VariableArray, name: str) -> _Array:
    """One attribute of all variables."""
    kind = bool if name in ("integer", "is_fixed") else float
    found = np.array([getattr(variable, name) for variable in array.flat], kind)
    found = found.reshape(array.shape)
    return found if name == "reduced_cost" else read_only(found, "x", name)


def balances(
    program: Owner,
    first: int,
    ends: tuple[Sequence[int], Sequence[int]],
    gains: Optional[Sequence[float]],
    least: Sequence[float],
    most: Sequence[float],
) -> RelationArray:
    """At each node of a network: least <= what arrives less what leaves <= most.

    Arc k runs from node ends[0][k] to ends[1][k] and carries the variable of index first + k; gains[k] of a unit that
    leaves arrives, or 1 where there are no gains.
    """
    count, nodes = len(least), np.empty((len(ends[0]), 2), np.int64)
    nodes[:, 0], nodes[:, 1] = ends
    values = np.empty(nodes.shape)
    values[:, 0] = -1.0
    values[:, 1] = 1.0 if gains is None else gains
    order = np.argsort(nodes.ravel(), kind="stable")  # so that the columns of a node rise
    starts = np.zeros(count + 1, np.int64)
    np.bincount(nodes.ravel(), minlength=count).cumsum(out=starts[1:])
    columns = (first + (order >> 1)).astype(np.int32)
    array = ExpressionArray(program, (count,), starts, columns, values.ravel()[order])
    return RelationArray(None, array, np.array(least, float), np.array(most, float))
