"""Variables, linear expressions and relations: what Python's operators build.

Four kinds of expression share one base: a `Variable`, a `Term` (a coefficient times
a variable), a `VariableSum` (of variables alone) and a `Sum`:

    Sum  =  constant + sum(coefficients[k] * x[indices[k]]  for k in range(length))

A sum is immutable, and yet ``sum(xs)`` over n variables takes time O(n), because the two
term buffers are shared.  A sum whose length is that of its buffers may append a term
at their tail and pass them on to the new, longer sum; the old one keeps its
length and never sees the new term.  If another sum has already taken the tail, the terms
are copied.  After appending, both lengths are checked again, so that a second thread, or an
interrupt between the two appends, costs a copy but never a wrong term.

Comparisons build a `Relation`, ``lower <= expression <= upper``, for `add_constraint`.

Fields with a leading underscore are read by the other modules of this package, and by
no one else.

The file is long, because these classes make one another: apart, their modules would be a circle.  And each operator
repeats the few lines that append a term, and those that fill the new object, because a call would add a tenth to its
cost.  All others make objects by `sum_from`, `variables_sum`, `variable_at` and `relation_from`.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from itertools import islice
from operator import lt, neg
from typing import TYPE_CHECKING, Any, Callable, Optional, Union, overload

from pplp.core import chaining, hooks
from pplp.core.adders import refuse_adding_values
from pplp.core.callers import Priority, without_masks
from pplp.core.column_handle import ColumnHandle
from pplp.core.owner import (
    Owned,
    columns_of,
    current_of,
    index_in,
    title_of,
    version_of,
)
from pplp.core.protocols import NumpyOperand, refuse_functions
from pplp.core.refusals import Nonlinear
from pplp.core.relations import Difference, Relation, SameVariable
from pplp.core.scalars import (
    EXACT,
    LARGE,
    LEAST,
    SMALL,
    Symbolic,
    are_crossed,
    coefficient,
    constant,
    inf,
    is_number,
    less,
    real,
    right_hand_side,
    shown,
)
from pplp.core.shown import Shown
from pplp.errors import ExpressionError, ForeignObject, InvalidValue
from pplp.ground.acceleration import compiled
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from array import array

    from pplp.core.entries import Kept
    from pplp.core.owner import Owner

    #: What stands beside a single expression, and leaves it single.
    Operand = Union["LinearExpression", float]

__all__ = ["LinearExpression", "Relation", "Sum", "Term", "Variable", "VariableSum"]

# Any: beside an array there is an array, of a function a function, which are made above this floor.

#: From this length on, adding to the left of a sum appends at its tail instead of copying it.
_LONG = 32

_pending = chaining.pending


# --------------------------------------------------------------------- expressions
class LinearExpression(Nonlinear, NumpyOperand, Shown, Symbolic, Owned):
    """A variable, a term or a sum: anything that `+`, `-` and `*` by numbers can build.

    Operators never change their operands.  ``x*y``, ``x**2``, ``x/y``, ``x < y``
    and ``x != y`` are not linear and raise `ExpressionError`, which says what to write instead.
    With a numpy array they make an array, by numpy's rules; with a pandas series, one with its labels.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, n = lp.Var("x"), lp.IntVar("n")
    >>> 3*x - 2*n + 5
    3 x - 2 n + 5
    >>> x*n
    Traceback (most recent call last):
    ...
    pplp.errors.ExpressionError: x * n is a product of two expressions, which is not linear. \
For a binary times a bounded variable write the big-M rows; for a fixed value multiply by its .value.
    """

    __slots__ = ()
    #: pandas leaves the operators to this class.
    __pandas_priority__ = Priority()
    _data = without_masks

    # ---- the three kinds tell their parts
    def _parts(self) -> tuple[list[int], list[float], float]:
        """(indices, coefficients, constant), in new lists that may be changed."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    # ---- reading
    @property
    def value(self) -> float:
        """The value at the program's current solution.

        Raises `NotSolved`, `StaleSolution`, `Infeasible` and the like if there is none.
        """
        return float(self._program.value(self))

    def __float__(self) -> float:
        refuse_adding_values(self)
        return float(self.value)

    def __int__(self) -> int:
        refuse_adding_values(self)
        value = self.value
        if value != int(value):
            raise InvalidValue(f"The value {quoted(value)} of {self} is not an integer. Write round(...) to round it.")
        return int(value)

    @overload
    def __round__(self, digits: None = None) -> int: ...
    @overload
    def __round__(self, digits: int) -> float: ...
    def __round__(self, digits: Optional[int] = None) -> float:
        """The value, rounded: an int, or a float if a number of digits is given."""
        return round(self.value, digits)

    def __format__(self, spec: str) -> str:
        """The expression as text; with a format specification its value, as in ``f"{x:.2f}"``."""
        if not spec:
            return str(self)
        try:
            return format(self.value, spec)
        except ValueError as error:
            raise InvalidValue(
                f"The value of {self} cannot be written in the format {quoted(spec)}: {error}."
            ) from None

    @property
    def terms(self) -> tuple[tuple[Variable, float], ...]:
        """Its variables and their coefficients: each variable once, in the order in which they first occur.

        >>> from pplp import LinearProgram
        >>> lp = LinearProgram()
        >>> x, y = lp.Var("x"), lp.Var("y")
        >>> e = x + 2*y + 3*x - 5
        >>> e.terms, e.constant, e.coefficient(x)
        (((x, 4.0), (y, 2.0)), -5.0, 4.0)
        """
        indices, coefficients = merged(*self._parts()[:2])
        return tuple((variable_at(self._program, index), float(a)) for index, a in zip(indices, coefficients))

    @property
    def constant(self) -> float:
        """The constant that is added to its terms."""
        return float(self._parts()[2])

    def coefficient(self, variable: Variable) -> float:
        """The coefficient of a variable in it; 0 if it does not occur.

        Raises `ExpressionError` for anything but a variable, `ForeignObject` and `RemovedObject` for one of another
        program or a removed one.
        """
        index = column_in(self._program, variable)
        indices, coefficients = merged(*self._parts()[:2])
        return float(coefficients[indices.index(index)]) if index in indices else 0.0

    def __repr__(self) -> str:
        indices, coefficients, shift = self._parts()
        indices, coefficients = merged(indices, coefficients)
        label = columns_of(self._program).label
        words: list[str] = []
        for index, a in zip(indices, coefficients):
            sign = "-" if a < 0 else "+"
            if words or sign == "-":
                words.append(sign)
            words.append(label(index) if abs(a) == 1 else f"{shown(abs(a))} {label(index)}")
            if len(words) > 60:
                words.append(f"+ ... ({len(indices)} terms)")
                break
        if shift or not words:
            words += ["-" if shift < 0 else "+", shown(abs(shift))] if words else [shown(shift)]
        return " ".join(words) if words[0] != "-" else "-" + " ".join(words[1:])

    # ---- the general road of + and -; the kinds take short cuts
    def __add__(self, other: Any) -> LinearExpression:
        return _sum_of(self, other, 1.0)

    def __radd__(self, other: Any) -> LinearExpression:
        if type(other) is int and not other:  # the start value of the builtin sum
            return self
        return _shifted(self, other, 1.0)

    def __sub__(self, other: Any) -> LinearExpression:
        return _sum_of(self, other, -1.0)

    def __rsub__(self, other: Any) -> LinearExpression:
        return _shifted(self, other, -1.0)

    def __mul__(self, other: Any) -> LinearExpression:
        return _scaled(self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> LinearExpression:
        if isinstance(other, LinearExpression):
            raise ExpressionError(
                f"{self} / {other} divides by an expression, which is not linear. "
                "If the sign of the divisor is known, multiply the whole relation by it."
            )
        if not is_number(other):
            return _beside("divided", self, other)  # type: ignore[no-any-return]
        number = real(other, "divisor", self)
        if number == 0:
            raise InvalidValue(f"{self} is divided by zero. Divide by another number.")
        return _scaled(self, 1.0 / number) if number in (inf, -inf) or number != number else _quotient(self, number)

    def __neg__(self) -> LinearExpression:
        return _scaled(self, -1.0)

    def __pos__(self) -> LinearExpression:
        return self

    def conjugate(self) -> LinearExpression:
        """The expression itself, which is real: numpy asks the elements of an array for it."""
        return self

    # ---- relations; of an array or a function they are an array of them, or what the module of functions makes
    @overload
    def __le__(self, other: Operand) -> Relation: ...
    @overload
    def __le__(self, other: Any) -> Any: ...
    def __le__(self, other: Any) -> Any:
        return _relation(self, other, -inf, 0.0)

    @overload
    def __ge__(self, other: Operand) -> Relation: ...
    @overload
    def __ge__(self, other: Any) -> Any: ...
    def __ge__(self, other: Any) -> Any:
        return _relation(self, other, 0.0, inf)

    @overload
    def __eq__(self, other: Operand) -> Relation: ...
    @overload
    def __eq__(self, other: Any) -> Any: ...
    def __eq__(self, other: Any) -> Any:
        return _relation(self, other, 0.0, 0.0)

    __hash__: Any = None

    def between(self, lower: Any, upper: Any) -> Relation:
        """The relation ``lower <= self <= upper``, as one row; infinite means no bound.

        >>> from pplp import LinearProgram
        >>> x = LinearProgram().Var("x")
        >>> (2*x).between(0, 10)
        0 <= 2 x <= 10
        """
        for bound in (lower, upper):
            if not is_number(bound):
                raise ExpressionError(f"A bound of between() must be a number, not {quoted(bound)}.")
        relation = _bounded(self, right_hand_side(lower, self), right_hand_side(upper, self))
        if are_crossed(relation._lower, relation._upper):
            raise InvalidValue(f"{shown(relation._lower)} <= {self} <= {shown(relation._upper)} can never hold.")
        return relation

    # ---- what takes more than one row to say; the modules of functions say how
    def __abs__(self) -> Any:
        return hooks.absolute(self)

    def __rshift__(self, relation: Any) -> Any:
        """``b >> (e <= 5)``: if the binary variable b (or 1 - b) is 1, the relation holds."""
        return hooks.implication(self, relation)


refuse_functions(LinearExpression)


class _Single(LinearExpression):
    """Shared by variables and terms: one index and one coefficient."""

    __slots__ = ()
    _index: int
    _coefficient: float

    def __add__(self, other: Any) -> LinearExpression:
        kind = type(other)
        if kind is Variable or kind is Term:
            program = self._program
            if other._program is not program:
                raise foreign(self, other)
            total = Sum()
            total._program = program
            total._indices = [self._index, other._index]
            total._coefficients = [self._coefficient, other._coefficient]
            total._length = 2
            total._constant = 0.0
            return total
        return _sum_of(self, other, 1.0)

    def __sub__(self, other: Any) -> LinearExpression:
        kind = type(other)
        if kind is Variable or kind is Term:
            program = self._program
            if other._program is not program:
                raise foreign(self, other)
            total = Sum()
            total._program = program
            total._indices = [self._index, other._index]
            total._coefficients = [self._coefficient, -other._coefficient]
            total._length = 2
            total._constant = 0.0
            return total
        if kind is Sum:
            program = self._program
            if other._program is not program:
                raise foreign(self, other)
            length = other._length
            indices = other._indices
            coefficients = other._coefficients
            if len(indices) != length:
                indices = indices[:length]
                coefficients = coefficients[:length]
            total = Sum()
            total._program = program
            total._indices = [self._index, *indices]
            total._coefficients = [self._coefficient, *map(neg, coefficients)]
            total._length = length + 1
            total._constant = 0.0 - other._constant
            return total
        return _sum_of(self, other, -1.0)

    def __neg__(self) -> LinearExpression:
        return _term(self, -self._coefficient)

    def _parts(self) -> tuple[list[int], list[float], float]:
        return [self._index], [self._coefficient], 0.0


@compiled
class Variable(_Single, ColumnHandle):
    """A decision variable ``lb <= x <= ub``, continuous or integer; made by `LinearProgram.Var`.

    A variable is a thin handle: its program and its index there.  Two handles with the same
    index are equal and have the same hash, so variables can be dictionary keys, and ``x in xs`` works;
    ``x == y`` still builds a constraint.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x = lp.Var("x", lb=0, ub=4)
    >>> x.cost = 3
    >>> lp.maximize(), x.value, x.reduced_cost, {x: "found"}[lp.variables[0]]
    (12.0, 4.0, 3.0, 'found')
    """

    __slots__ = ("_index", "_program")
    _coefficient = 1.0

    def __add__(self, other: Any) -> LinearExpression:
        if type(other) is Variable:
            program = self._program
            if other._program is not program:
                raise foreign(self, other)
            total = VariableSum()
            total._program = program
            total._indices = [self._index, other._index]
            total._length = 2
            total._constant = 0.0
            return total
        if type(other) is VariableSum and other._length > _LONG:
            return other + self
        return _Single.__add__(self, other)

    def __sub__(self, other: Any) -> LinearExpression:
        if type(other) is VariableSum and other._program is self._program:
            count = other._length
            coefficients = [-1.0] * (count + 1)
            coefficients[0] = 1.0
            total = Sum()
            total._program = self._program
            total._indices = [self._index, *other._indices[:count]]
            total._coefficients = coefficients
            total._length = count + 1
            total._constant = 0.0 - other._constant
            return total
        return _Single.__sub__(self, other)

    def __mul__(self, other: Any) -> LinearExpression:
        kind = type(other)
        if (
            (SMALL <= other <= LARGE or -LARGE <= other <= -SMALL)
            if kind is float
            else kind is int and (0 < other <= EXACT or -EXACT <= other < 0)
        ):
            term = Term()
            term._program = self._program
            term._index = self._index
            term._coefficient = other
            return term
        return _scaled(self, other)

    __rmul__ = __mul__

    @overload
    def __eq__(self, other: Operand) -> Relation: ...
    @overload
    def __eq__(self, other: Any) -> Any: ...
    def __eq__(self, other: Any) -> Any:
        if type(other) is not Variable or _pending:
            relation = _relation(self, other, 0.0, 0.0)
            if type(other) is not Variable:
                return relation
        same = SameVariable()
        same._expression = self - other
        same._lower = same._upper = 0.0
        same._same = self._index == other._index  # of one program, or the sum would have been refused
        return same

    def __hash__(self) -> int:
        return hash((id(self._program), self._index))

    def __reduce__(self) -> tuple[Any, ...]:
        return variable_at, (self._program, self._index)

    @property
    def value(self) -> Union[int, float]:
        """The value at the program's current solution; an int for an integer variable.

        Raises `NotSolved`, `StaleSolution`, `Infeasible` and the like if there is none.
        """
        # Fast path without another call: programs have many variables.
        program = self._program
        answer = program._session.answer
        if answer is not None and answer.values is not None and answer.version == version_of(program):
            return answer.values[self._index] + answer.zero  # not -0.0
        return current_of(program, "value")[self]  # type: ignore[no-any-return]


@compiled
class Term(_Single):
    """A coefficient times a variable."""

    __slots__ = ("_coefficient", "_index", "_program")


class _Buffered(LinearExpression):
    """Shared by the two kinds of sums: fast paths of comparisons with numbers."""

    __slots__ = ()

    def __le__(self, other: Any) -> Any:
        kind = type(other)
        if (kind is int or kind is float) and LEAST <= other <= LARGE and not _pending:
            relation = Relation()
            relation._expression = self
            relation._lower = -inf
            relation._upper = other
            return relation
        return _relation(self, other, -inf, 0.0)

    def __ge__(self, other: Any) -> Any:
        kind = type(other)
        if (kind is int or kind is float) and LEAST <= other <= LARGE and not _pending:
            relation = Relation()
            relation._expression = self
            relation._lower = other
            relation._upper = inf
            return relation
        return _relation(self, other, 0.0, inf)

    def __eq__(self, other: Any) -> Any:
        kind = type(other)
        if (kind is int or kind is float) and LEAST <= other <= LARGE and not _pending:
            relation = Relation()
            relation._expression = self
            relation._lower = relation._upper = other
            return relation
        return _relation(self, other, 0.0, 0.0)

    __hash__ = None


@compiled
class VariableSum(_Buffered):
    """A constant plus variables, each with the coefficient 1: what the builtin sum makes of variables.

    It needs no buffer of coefficients.
    """

    __slots__ = ("_constant", "_indices", "_length", "_program")
    _indices: list[int]
    _length: int
    _constant: float

    def __add__(self, other: Any) -> LinearExpression:
        if type(other) is Variable:
            program = self._program
            if other._program is not program:
                raise foreign(self, other)
            length = self._length
            indices = self._indices
            if len(indices) != length:
                indices = indices[:length]
            indices.append(other._index)
            longer = length + 1
            if len(indices) != longer:
                indices = [*indices[:length], other._index]
            total = VariableSum()
            total._program = program
            total._indices = indices
            total._length = longer
            total._constant = self._constant
            return total
        return _sum_of(self, other, 1.0)

    def __sub__(self, other: Any) -> LinearExpression:
        kind = type(other)
        if kind is VariableSum or kind is Variable:
            program = self._program
            if other._program is not program:
                raise foreign(self, other)
            length = self._length
            indices = self._indices
            if len(indices) != length:
                indices = indices[:length]
            coefficients = [1.0] * length
            if kind is Variable:
                indices = [*indices, other._index]
                coefficients.append(-1.0)
                length += 1
                shift = self._constant
            else:
                theirs = other._indices
                count = other._length
                if len(theirs) != count:
                    theirs = theirs[:count]
                indices = indices + theirs
                coefficients += [-1.0] * count
                length += count
                shift = self._constant - other._constant
            total = Sum()
            total._program = program
            total._indices = indices
            total._coefficients = coefficients
            total._length = length
            total._constant = shift
            return total
        return _sum_of(self, other, -1.0)

    def _parts(self) -> tuple[list[int], list[float], float]:
        return self._indices[: self._length], [1.0] * self._length, self._constant

    def __reduce__(self) -> tuple[Any, ...]:
        return variables_sum, (self._program, self._indices[: self._length], self._constant)


@compiled
class Sum(_Buffered):
    """A constant plus terms, in buffers shared with the sums it grew from."""

    __slots__ = ("_coefficients", "_constant", "_indices", "_length", "_program")
    _indices: list[int]
    _coefficients: list[float]
    _length: int
    _constant: float

    def __add__(self, other: Any) -> LinearExpression:
        kind = type(other)
        if kind is Variable or kind is Term:
            program = self._program
            if other._program is not program:
                raise foreign(self, other)
            length = self._length
            indices = self._indices
            coefficients = self._coefficients
            if len(indices) != length:
                indices = indices[:length]
                coefficients = coefficients[:length]
            coefficients.append(other._coefficient)
            indices.append(other._index)
            longer = length + 1
            if not len(coefficients) == longer == len(indices):
                indices = [*indices[:length], other._index]
                coefficients = [*coefficients[:length], other._coefficient]
            total = Sum()
            total._program = program
            total._indices = indices
            total._coefficients = coefficients
            total._length = longer
            total._constant = self._constant
            return total
        return _sum_of(self, other, 1.0)

    def __sub__(self, other: Any) -> LinearExpression:
        kind = type(other)
        if kind is Variable or kind is Term:
            program = self._program
            if other._program is not program:
                raise foreign(self, other)
            length = self._length
            indices = self._indices
            coefficients = self._coefficients
            if len(indices) != length:
                indices = indices[:length]
                coefficients = coefficients[:length]
            coefficients.append(-other._coefficient)
            indices.append(other._index)
            longer = length + 1
            if not len(coefficients) == longer == len(indices):
                indices = [*indices[:length], other._index]
                coefficients = [*coefficients[:length], -other._coefficient]
            total = Sum()
            total._program = program
            total._indices = indices
            total._coefficients = coefficients
            total._length = longer
            total._constant = self._constant
            return total
        if kind is Sum and other._program is self._program:
            length = self._length
            indices = self._indices
            coefficients = self._coefficients
            if len(indices) != length:
                indices = indices[:length]
                coefficients = coefficients[:length]
            theirs = other._indices
            factors = other._coefficients
            count = other._length
            if len(theirs) != count or theirs is indices:
                theirs = theirs[:count]
                factors = factors[:count]
            coefficients += map(neg, factors)
            indices += theirs
            longer = length + count
            if not len(coefficients) == longer == len(indices):
                indices = indices[:length] + theirs
                coefficients = [*coefficients[:length], *map(neg, factors)]
            total = Sum()
            total._program = self._program
            total._indices = indices
            total._coefficients = coefficients
            total._length = longer
            total._constant = self._constant - other._constant
            return total
        return _sum_of(self, other, -1.0)

    __hash__ = None

    def _parts(self) -> tuple[list[int], list[float], float]:
        return self._indices[: self._length], self._coefficients[: self._length], self._constant

    def _loose(self) -> Sum:
        """The same without the program, for what the program keeps: objects that refer to each other are freed late."""
        total = Sum()
        total._indices, total._coefficients = self._indices, self._coefficients
        total._length, total._constant = self._length, self._constant
        return total

    def _since(self, start: int) -> tuple[list[int], list[float]]:
        """(indices, coefficients) of the terms from this one on."""
        return self._indices[start : self._length], self._coefficients[start : self._length]

    def _shares(self, other: Sum) -> bool:
        """Did one grow from the other?"""
        return self._indices is other._indices and self._coefficients is other._coefficients

    def _add_to(self, costs: Union[array[float], Kept[float]]) -> bool:
        """Add each coefficient to the cost of its variable, now 0; True if the variables are in order, each once."""
        indices, coefficients, _ = self._parts()
        is_ordered = all(map(lt, indices, islice(indices, 1, None)))
        if is_ordered:
            deque(map(costs.__setitem__, indices, coefficients), maxlen=0)
        else:
            for index, a in zip(indices, coefficients):
                costs[index] += a
        return is_ordered

    def __reduce__(self) -> tuple[Any, ...]:
        indices, coefficients, shift = self._parts()
        return sum_from, (self._program, indices, coefficients, shift)


# --------------------------------------------------------------------- building
def sum_from(program: Owner, indices: list[int], coefficients: list[float], shift: float) -> Sum:
    """A sum that owns the two lists."""
    total = Sum()
    total._program = program
    total._indices = indices
    total._coefficients = coefficients
    total._length = len(indices)
    total._constant = shift
    return total


def variables_sum(program: Owner, indices: list[int], shift: float = 0.0) -> VariableSum:
    """The sum of the variables with these indices; it owns the list."""
    total = VariableSum()
    total._program = program
    total._indices = indices
    total._length = len(indices)
    total._constant = shift
    return total


def variable_at(program: Owner, index: int) -> Variable:
    """The variable of this index."""
    variable = Variable()
    variable._program = program
    variable._index = index
    return variable


_variable = variable_at  # as pickles call it that were made before


def column_in(program: Owner, variable: Any) -> int:
    """The index of what must be a variable of the program; raises as `index_in`, and where it is none."""
    if not isinstance(variable, Variable):
        raise ExpressionError(f"{quoted(variable)} is not a variable: give one that Var(), IntVar() or BoolVar() made.")
    return index_in(program, variable)


def merged(indices: list[int], coefficients: list[float]) -> tuple[list[int], list[float]]:
    """The same terms, each variable once, at its first position; terms that cancel are left out."""
    if len(set(indices)) == len(indices):
        return indices, coefficients
    total: dict[int, float] = {}
    for index, a in zip(indices, coefficients):
        total[index] = total.get(index, 0.0) + a
    kept = [(index, a) for index, a in total.items() if abs(a) >= SMALL]
    return [index for index, _ in kept], [a for _, a in kept]


def _extended(left: Sum, indices: list[int], coefficients: Any, count: int, shift: float) -> Sum:
    """`left` and `count` more terms; `coefficients` may be any iterable of that length."""
    length = left._length
    mine, factors = left._indices, left._coefficients
    if len(mine) != length:
        mine, factors = mine[:length], factors[:length]
    more = coefficients if type(coefficients) is list else list(coefficients)
    factors += more
    mine += indices
    longer = length + count
    if not len(factors) == longer == len(mine):
        mine, factors = mine[:length] + indices, factors[:length] + more
    total = Sum()
    total._program = left._program
    total._indices = mine
    total._coefficients = factors
    total._length = longer
    total._constant = shift
    return total


def _sum_of(left: LinearExpression, right: Any, sign: float) -> LinearExpression:
    """left + sign * right, for any two operands."""
    if isinstance(right, LinearExpression):
        if right._program is not left._program:
            raise foreign(left, right)
        if not isinstance(right, (Sum, _Single)):
            right = sum_from(right._program, *right._parts())
        if type(left) is not Sum:
            if type(right) is Sum and right._length > _LONG and sign > 0 and isinstance(left, _Single):
                return _extended(right, *left._parts()[:2], 1, right._constant)
            left = sum_from(left._program, *left._parts())
        if type(right) is Sum:
            indices, coefficients, count = right._indices, right._coefficients, right._length
            if len(indices) != count:
                indices, coefficients = indices[:count], coefficients[:count]
            if sign > 0 and count > _LONG and left._length < count:
                return _extended(
                    right,
                    left._indices[: left._length],
                    left._coefficients[: left._length],
                    left._length,
                    left._constant + right._constant,
                )
            shift = left._constant + sign * right._constant
            if sign > 0:
                return _extended(left, indices, coefficients, count, shift)
            return _extended(left, indices, map(neg, coefficients), count, shift)
        indices, coefficients, _ = right._parts()
        return _extended(left, indices, [sign * a for a in coefficients], 1, left._constant)
    if not is_number(right):
        return _beside("sum_of", left, right, sign)  # type: ignore[no-any-return]
    number = sign * constant(right, left)
    if type(left) is not Sum:
        indices, coefficients, shift = left._parts()
        return sum_from(left._program, indices, coefficients, shift + number)
    shifted = Sum()
    shifted._program = left._program
    shifted._indices = left._indices
    shifted._coefficients = left._coefficients
    shifted._length = left._length
    shifted._constant = left._constant + number
    return shifted


def _shifted(expression: LinearExpression, number: Any, sign: float) -> LinearExpression:
    """number + sign * expression."""
    if not is_number(number):
        return _beside("sum_of", expression if sign > 0 else -expression, number, 1.0)  # type: ignore[no-any-return]
    number = constant(number, expression)
    signed = expression if sign > 0 else -expression
    return _sum_of(signed, number, 1.0) if number else signed


def _scaled(expression: LinearExpression, factor: Any) -> LinearExpression:
    """factor * expression."""
    if isinstance(factor, LinearExpression):
        raise ExpressionError(
            f"{expression} * {factor} is a product of two expressions, which is not linear. "
            "For a binary times a bounded variable write the big-M rows; "
            "for a fixed value multiply by its .value."
        )
    if not is_number(factor):
        return _beside("scaled", expression, factor)  # type: ignore[no-any-return]
    number = coefficient(factor, expression)
    if number == 0:
        return sum_from(expression._program, [], [], 0.0)
    indices, coefficients, shift = expression._parts()
    return _rebuilt(expression, indices, [number * a for a in coefficients], number * shift)


def _quotient(expression: LinearExpression, divisor: float) -> LinearExpression:
    """expression / divisor, each coefficient divided, so that 3*x/3 is x."""
    indices, coefficients, shift = expression._parts()
    return _rebuilt(expression, indices, [a / divisor for a in coefficients], shift / divisor)


def _beside(operation: str, expression: LinearExpression, other: Any, *more: Any) -> Any:
    """The operation of `pplp.arrays.algebra` with each number of an array; NotImplemented for other objects."""
    return hooks.beside(operation, expression, other, *more)


def _rebuilt(
    expression: LinearExpression, indices: list[int], coefficients: list[float], shift: float
) -> LinearExpression:
    """The kind of `expression` with new, checked coefficients."""
    if coefficients and not (min(map(abs, coefficients)) >= SMALL and max(map(abs, coefficients)) <= LARGE):
        for a in coefficients:
            coefficient(a, expression)
    if isinstance(expression, _Single):
        return _term(expression, coefficients[0])
    return sum_from(expression._program, indices, coefficients, constant(shift, expression))


def _term(single: Any, a: float) -> Term:
    term = Term()
    term._program = single._program
    term._index = single._index
    term._coefficient = a
    return term


def foreign(left: Any, right: Any) -> ForeignObject:
    """The error for two operands of two programs."""
    return ForeignObject(
        f"{left} belongs to {title_of(left._program)} and {right} to another one ({title_of(right._program)}). "
        "Make both with the same program's Var()."
    )


def _bounded(expression: LinearExpression, lower: float, upper: float) -> Relation:
    if lower == inf or upper == -inf:
        raise InvalidValue(
            f"{lower} <= {expression} <= {upper} can never hold. Write -math.inf below or math.inf above."
        )
    relation = Relation()
    relation._expression = expression
    relation._lower = lower
    relation._upper = upper
    return relation


def _relation(left: LinearExpression, right: Any, lower: float, upper: float) -> Any:
    """lower <= left - right <= upper, where lower and upper are 0 or infinite."""
    first: Optional[tuple[Any, Any]] = chaining.finish(left) if _pending else None
    if isinstance(right, LinearExpression):
        expression: Any = _sum_of(left, right, -1.0)
        if 0 < abs(expression._constant) < 1e-6:  # it may be what rounding left of two constants
            expression._constant = less(left._parts()[2], right._parts()[2])
        difference = Difference()
        difference._expression = expression
        difference._lower = lower
        difference._upper = upper
        if first is not None:
            raise ExpressionError(
                f"The chain ends with {difference}, but a chain has numbers at both ends. Write it as two constraints."
            )
        return difference
    if not is_number(right):
        return chaining.whole(first, right, _beside("relation", left, right, lower, upper, first))
    number = right_hand_side(right, left)
    if lower == upper and number in (inf, -inf):
        raise InvalidValue(f"{left} == {number} can never hold. Write a finite number.")
    relation = _bounded(left, lower + number if lower == 0 else lower, upper + number if upper == 0 else upper)
    if first is not None:
        if not is_number(first[0]):  # the chain began with an array
            return _beside("relation", left, right, lower, upper, first)
        relation._lower = max(relation._lower, first[0])
        relation._upper = min(relation._upper, first[1])
        if are_crossed(relation._lower, relation._upper):
            raise InvalidValue(f"{shown(relation._lower)} <= {left} <= {shown(relation._upper)} can never hold.")
    return relation


def evaluate(expression: LinearExpression, values_at: Callable[[Sequence[int]], Sequence[float]]) -> float:
    """constant + sum of coefficient * value, rounded once; `values_at` gives the values of variables by index."""
    indices, coefficients, shift = expression._parts()
    return math.fsum([shift, *(a * v for a, v in zip(coefficients, values_at(indices)))])


# ---- for other modules
def parts_of(expression: LinearExpression) -> tuple[list[int], list[float], float]:
    """(indices, coefficients, constant) of an expression, in new lists that may be changed."""
    return expression._parts()


# ---- for the objective, which keeps the terms of a sum without its program
def loose(total: Sum) -> Sum:
    """The same terms without the program."""
    return total._loose()


def bound(terms: Sum, program: Owner, shift: float) -> Sum:
    """The sum of these terms, which have no program, and a constant."""
    total = terms._loose()
    total._program = program
    total._constant = shift
    return total


def shares_terms(total: Sum, other: Sum) -> bool:
    """Did one grow from the other?"""
    return total._shares(other)


def terms_since(total: Sum, start: int) -> tuple[list[int], list[float]]:
    """(indices, coefficients) of the terms from this one on."""
    return total._since(start)


def length_of(total: Sum) -> int:
    """The number of its terms."""
    return total._length


def add_to_costs(total: Sum, costs: Union[array[float], Kept[float]]) -> bool:
    """Add each coefficient to the cost of its variable, now 0; True if the variables are in order, each once."""
    return total._add_to(costs)
