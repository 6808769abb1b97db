"""Arrays of relations: comparing arrays of expressions makes them, and `add_constraint` adds them."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING, Any, Optional

from pplp.arrays.algebra import sum_of
from pplp.arrays.clean_rows import cleaned
from pplp.arrays.coefficients import checked_numbers
from pplp.arrays.constraint_arrays import ConstraintArray
from pplp.arrays.expression_arrays import (
    ExpressionArray,
    broadcast,
    constants_of,
    element_at,
    taken,
    term_columns,
    term_counts,
    term_starts,
    term_values,
)
from pplp.arrays.operands import array_of, is_symbolic
from pplp.arrays.shapes import common_shape, flattened
from pplp.arrays.variable_arguments import label
from pplp.core import chaining
from pplp.core.callers import not_held
from pplp.core.columns import check_name
from pplp.core.constraints import BoundConstraint, ConstantConstraint, Constraint, same_program
from pplp.core.handle import store_in
from pplp.core.owner import bound_rows_of, check_living, columns_of, constant_rows_of, journal_of, row_names_of, rows_of
from pplp.core.protocols import NoNumbers
from pplp.core.relations import Relation, Several, relation_from
from pplp.core.scalars import QUOTIENT, SUMMED_SIDE, are_crossed, check_sums, less, not_a_number
from pplp.core.shown import Shown
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.numeric import np
from pplp.ground.pickles import Pickled
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.typing import Constraints, Expressions, Floats, Integers, Numbers, Operand
    from pplp.core.owner import Owner

__all__ = ["RelationArray", "add", "between", "narrow", "relation"]


class RelationArray(NoNumbers, Shown, Pickled, Several):
    """``lower <= expressions <= upper``, element by element; `add_constraint` takes it whole."""

    __slots__ = ("_array", "_lower", "_operand", "_upper")
    dtype = ndim = not_held
    _for_numpy = (
        "an array of relations, which are neither true nor false",
        "Give it to add_constraint() whole; after a solve, compare .value of the two sides.",
    )

    def __init__(self, operand: object, array: ExpressionArray, lower: Floats, upper: Floats) -> None:
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

    def _add_to(self, program: Owner, name: Optional[str], rows_only: bool) -> Constraints:
        return add(program, self, name, rows_only)

    def _handles(self, constraints: ConstraintArray) -> Constraints:
        """What `add_constraint` returns."""
        return constraints

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Relation]:
        """One relation for each element, row by row."""
        return map(self._alone, range(self._array.size))

    def _alone(self, place: int) -> Relation:
        return relation_from(element_at(self._array, place), float(self._lower[place]), float(self._upper[place]))

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


def relation(
    left: Expressions, right: Operand, lower: float, upper: float, first: Optional[tuple[Any, Any]] = None
) -> RelationArray:
    """lower <= left - right <= upper, where lower and upper are 0 or infinite.

    `first` is what the first half of a chained comparison said, where the caller has asked for it.
    """
    if chaining.pending and first is None:
        first = chaining.finish(left)
    right = array_of(right)
    if is_symbolic(right):
        difference = sum_of(left, right, -1.0)
        if first is not None:
            raise ExpressionError(
                "The chain ends with expressions: lo <= e <= hi takes numbers at both ends. Write it as two "
                "constraints."
            )
        zeros = np.zeros(difference.size)
        return RelationArray(None, difference, zeros + lower, zeros + upper)
    numbers = checked_numbers(right, "right-hand side")
    if numbers is None:
        # NotImplemented, for Python
        return chaining.whole(first, right, not_a_number(right, left, lower == upper))  # type: ignore[no-any-return]
    array = ExpressionArray.of(left)
    shape = common_shape(array.shape, numbers.shape)
    array = broadcast(array, shape)
    sides = flattened(numbers, shape)
    if lower == upper and not np.isfinite(sides).all():
        raise InvalidValue(f"An expression of the array can never equal {sides[~np.isfinite(sides)][0]}.")
    made = RelationArray(left, array, *(sides if end == 0 else np.full(sides.size, end) for end in (lower, upper)))
    if first is not None:
        narrow(made, first)
    return made


def between(array: Expressions, lower: Numbers, upper: Numbers) -> RelationArray:
    """lower <= array <= upper, where lower and upper are numbers."""
    sides = []
    for bound in map(array_of, (lower, upper)):
        numbers = None if is_symbolic(bound) else checked_numbers(bound, "right-hand side")
        if numbers is None:
            raise ExpressionError(f"A bound of between() must be a number or an array of numbers, not {quoted(bound)}.")
        sides.append(numbers)
    mine = ExpressionArray.of(array)
    shape = common_shape(mine.shape, common_shape(sides[0].shape, sides[1].shape))
    low, high = (flattened(side, shape) for side in sides)
    return RelationArray(None, broadcast(mine, shape), low, high)


def narrow(relations: RelationArray, first: tuple[Any, Any]) -> None:
    """Make the second half of a chained comparison say both: the greater lower sides, the lesser upper ones."""
    own = relations.shape
    shape = common_shape(np.shape(first[0]), own)
    relations._array = broadcast(relations._array, shape)
    lower, upper = (np.broadcast_to(np.reshape(s, own), shape) for s in (relations._lower, relations._upper))
    relations._lower, relations._upper = np.maximum(lower, first[0]).ravel(), np.minimum(upper, first[1]).ravel()


def add(program: Owner, relations: RelationArray, name: Optional[str], rows_only: bool = False) -> Constraints:
    """What `LinearProgram.add_constraint` does with an array: all of it, or an error and nothing."""
    array = cleaned(relations._array)
    same_program(program, array)
    lower, upper = relations._lower, relations._upper
    constants = constants_of(array)
    if constants is not None:
        lower, upper = _less(lower, constants), _less(upper, constants)
        check_sums([*_extremes(lower), *_extremes(upper)], "the array", SUMMED_SIDE)
    removed = columns_of(program).removed
    if removed:
        check_living(program, term_columns(array).tolist())
    names = []
    if name is not None:
        names = [label(name, key) for key in relations._keys()]
        for one in names:
            check_name(one, row_names_of(program), "constraint")
    crossed = lower > upper
    if crossed.any():
        crossed &= [are_crossed(*sides) for sides in zip(lower.tolist(), upper.tolist())]
    never = crossed | (lower == inf) | (upper == -inf)
    lengths = term_counts(array)
    empty = lengths == 0
    if empty.any() and not rows_only:
        never |= empty & ~((lower <= 0) & (upper >= 0))
    if never.any():
        place = int(np.flatnonzero(never)[0])
        raise InvalidValue(
            f"The constraint {relations._where(place)} can never hold: "
            f"{lower[place]} <= {element_at(array, place) if lengths[place] else 0} <= {upper[place]}."
        )
    single = np.flatnonzero(lengths == 1) if not rows_only else np.empty(0, np.int64)
    if len(single):
        factors = term_values(array)[term_starts(array)[:-1][single]]
        check_sums([*_extremes(lower[single] / factors), *_extremes(upper[single] / factors)], "the array", QUOTIENT)
    return relations._handles(_added(program, array, lengths, lower, upper, names, rows_only))


def _extremes(numbers: Floats) -> list[float]:
    """The least and the greatest of the finite ones."""
    finite = numbers[np.isfinite(numbers)]
    return [float(finite.min()), float(finite.max())] if len(finite) else []


def _less(sides: Floats, constants: Floats) -> Floats:
    """As `less`, of each."""
    left = sides - constants
    near = np.flatnonzero(np.abs(left) < 1e-6)
    left[near] = [less(*pair) for pair in zip(sides[near].tolist(), constants[near].tolist())]
    return left


def _added(
    program: Owner,
    array: ExpressionArray,
    lengths: Integers,
    lower: Floats,
    upper: Floats,
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
        part = array if len(rows) == array.size else taken(array, rows, (len(rows),))
        low, high = lower[rows], upper[rows]
        columns, values = np.ascontiguousarray(term_columns(part), np.int32), np.ascontiguousarray(term_values(part))
        if kind is Constraint:
            ends = term_starts(part)[1:] + rows_of(program).starts[-1]
            first = rows_of(program).extend(ends.tolist(), columns, values, low.tolist(), high.tolist())
        elif kind is BoundConstraint:
            first = bound_rows_of(program).extend(columns.tolist(), values.tolist(), low.tolist(), high.tolist())
            journal = journal_of(program)
            if journal is not None:
                journal.bounds.update(columns.tolist())
        else:
            first = len(constant_rows_of(program))
            for one, other in zip(low.tolist(), high.tolist()):
                constant_rows_of(program).append(one, other)
        places[rows] = np.arange(first, first + len(rows))
        store = store_in(kind, program)
        for row, k in enumerate(rows.tolist() if names else (), first):
            store.names[row] = names[k]
            row_names_of(program)[names[k]] = row
    used: list[type[Constraint]] = [kind for kind, rows in of_kind.items() if len(rows)]
    if len(used) > 1:
        kinds = [Constraint if n > 1 else BoundConstraint if n else ConstantConstraint for n in lengths.tolist()]
        return ConstraintArray(program, array.shape, kinds, places.tolist())
    first = int(places[0]) if array.size else 0
    return ConstraintArray(program, array.shape, used or [Constraint], range(first, first + array.size))


def sides_of(relations: RelationArray) -> tuple[ExpressionArray, Floats, Floats]:
    """What is bounded, and the lower and upper bounds."""
    return relations._array, relations._lower, relations._upper
