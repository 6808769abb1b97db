"""Many variables at once: by number, by shape, by key.

Nothing here needs numpy.  What does is reached by `pplp.arrays.numpy_half`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, Callable, Optional, TypeVar, Union, overload

from pplp.arrays import numpy_half
from pplp.arrays.attributes import VariableAttributes
from pplp.arrays.frames import by_position, package_of
from pplp.arrays.keyed import VariableMap
from pplp.arrays.methods import ArrayMethods
from pplp.arrays.operators import ArrayOperators, refuse_sparse
from pplp.arrays.variable_arguments import checked_lists, keys_of, label, shape_of, spread, twice
from pplp.core.dot import weighted
from pplp.core.expressions import LinearExpression, Variable, variable_at, variables_sum
from pplp.core.handle import index_of
from pplp.core.owner import columns_of
from pplp.core.scalars import Symbolic, attribute_number, is_number, not_a_number
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.numpy_half import LabelledVariables
    from pplp.arrays.typing import Floats, Integers, Item, Numbers, NumbersByLabel, Part, Place, Truths  # noqa: F401
    from pplp.core.owner import Owner

__all__ = ["VariableArray"]

#: What two or three indices lead to.
Deep = TypeVar("Deep")


def in_one_order(coefficients: Any, variables: Any) -> tuple[Any, Any]:
    """The operands of `dot`: two series by their labels, one beside things without labels by position.

    Raises `ExpressionError` where the labels are not positions.
    """
    labelled = [bool(package_of(one)) and not hasattr(one, "columns") for one in (coefficients, variables)]
    if isinstance(variables, Mapping) or not any(labelled):
        return coefficients, variables
    if all(labelled) and all(hasattr(one, "iloc") for one in (coefficients, variables)):
        return coefficients, numpy_half.column_of(variables)
    given = zip(labelled, (coefficients, variables))
    coefficients, variables = (by_position(one) if has_labels else one for has_labels, one in given)
    return coefficients, variables


def beside(operation: str, expression: Any, other: Any, *more: Any) -> Any:  # of the kind that the operation makes
    """The operation of this name on a single expression and each of many numbers.

    By numpy's rules for an array, by label for a series of pandas; NotImplemented for anything else.  Raises
    `ExpressionError` for numbers that do not say what belongs to what.
    """
    if isinstance(other, (Symbolic, ArrayOperators)):
        if operation == "relation" and more[2] is not None:
            raise ExpressionError(
                "A chain such as lo <= e <= hi takes numbers at both ends. Write it as two constraints."
            )
        return NotImplemented
    if package_of(other):
        return numpy_half.beside(operation, expression, other, *more)
    if hasattr(other, "tocsr"):
        refuse_sparse()
    if isinstance(other, (list, tuple)):
        raise ExpressionError(
            f"A {type(other).__name__} beside the single expression {expression} is not supported. For each of its "
            "numbers write [... for number in numbers], or all at once with numpy.array(numbers)."
        )
    has_shape = hasattr(other, "shape") and (hasattr(other, "__array__") or hasattr(other, "detach"))
    if is_number(other) or (has_shape and other.shape):
        return getattr(numpy_half, operation)(expression, other, *more)
    if has_shape:
        raise ExpressionError(
            f"{quoted(other)} beside {expression} is an array without dimensions. Write .item() of it."
        )
    return not_a_number(other, expression, operation == "relation" and more[0] == more[1])


#: The most columns that GLPK takes.
_MOST = 100_000_000


class VariableArray(
    VariableAttributes["Floats", "Truths", "Numbers"], ArrayMethods["VariableArray[Any]"], Sequence["Item"]
):
    """Variables in a grid of one or more dimensions, row by row; indexed as nested lists, or as ``x[i, j]``.

    Elements are handles, made when they are asked for.  With numpy it is indexed like an array, too, and
    ``A @ x``, ``2*x - y``, ``x[tails] - x[heads]``, ``x <= upper`` work on the whole of it at once
    (`ExpressionArray`, `RelationArray`).

    >>> from pplp import LinearProgram
    >>> x = LinearProgram().Vars((2, 3))
    >>> x[0], x[:, 1], len(x)
    ([x0, x1, x2], [x1, x4], 2)
    """

    __slots__ = ("_indices", "_program", "shape")
    __hash__ = object.__hash__  # it is the key of its values, as in start={x: values}
    _indices: Union[range, list[int], Integers]

    def __init__(self, program: Owner, indices: Union[range, list[int], Integers], shape: tuple[int, ...]) -> None:
        self._program = program
        self._indices = indices
        self.shape = shape

    @classmethod
    def make(
        cls,
        program: Owner,
        index: Union[int, tuple[int, ...], Iterable[Any]],
        name: Optional[str],
        lb: Union[Numbers, NumbersByLabel, str],
        ub: Union[Numbers, NumbersByLabel, str],
        integer: bool,
        columns: Optional[Sequence[str]] = None,
    ) -> Union[VariableArray, VariableMap, LabelledVariables]:
        """What `LinearProgram.Vars` returns."""
        if columns is not None or package_of(index):
            return numpy_half.variables(program, index, name, (lb, ub), integer, columns)
        shape = shape_of(index)
        keys: list[Any]
        if shape is not None:
            if any(n < 0 for n in shape):
                raise InvalidValue(f"There cannot be {quoted(index)} variables: a count is not negative.")
            count = prod(shape)
            if count > _MOST:
                raise InvalidValue(
                    f"There cannot be {quoted(index)} variables: {_MOST} are the most that a program has."
                )
            keys = [] if name is None else list(product(*map(range, shape)))
        else:
            keys = keys_of(index)
            count = len(keys)
        if name is not None and not isinstance(name, str):
            raise InvalidValue(
                f"The name of variables is text, not {quoted(name)}. For all pairs of two lists of keys write "
                "lp.Vars(list(itertools.product(rows, columns))), for an array lp.Vars((rows, columns))."
            )
        if not isinstance(integer, bool) and not is_number(integer):
            raise ExpressionError(f"integer= is True or False, not {quoted(integer)}.")
        lower, upper = (spread(bound, keys, shape, count, what) for bound, what in ((lb, "lb"), (ub, "ub")))
        made = cls.made(program, name, lambda: keys, (count,) if shape is None else shape, lower, upper, bool(integer))
        if shape is not None:
            return made
        return VariableMap({key: variable_at(program, made._indices[k]) for k, key in enumerate(keys)}, program)

    @classmethod
    def made(
        cls,
        program: Owner,
        name: Optional[str],
        keys: Callable[[], list[Any]],
        shape: tuple[int, ...],
        lower: Union[float, list[float]],
        upper: Union[float, list[float]],
        integer: bool,
    ) -> VariableArray:
        """New variables, with bounds that are numbers or lists of them; `keys` tells them apart in their names."""
        count = prod(shape)
        names = [] if name is None else [label(name, key) for key in keys()]
        # All or nothing: what can be wrong is found before the first variable is made.
        taken = columns_of(program).by_name
        for one in names:
            if one in taken:
                raise InvalidValue(f"There is a variable named {one!r} already. Choose another name.")
        if len({*names}) < len(names):
            raise InvalidValue(f"Two of the keys give the same name {twice(names)!r}. Make their texts differ.")
        bounds = checked_lists(names, lower, upper, count)
        first = columns_of(program).extend(*bounds, names, integer)
        return cls(program, range(first, first + count), shape)

    def __iter__(self) -> Iterator[Item]:
        if len(self.shape) == 1:
            program = self._program
            return (variable_at(program, int(index)) for index in self._indices)  # type: ignore[misc]  # of one dimension
        return (self[i] for i in range(self.shape[0]))

    # So numpy's operators do not take it for nested lists of numbers, where nothing says what is in it.
    if TYPE_CHECKING:

        def __reversed__(self) -> Iterator[Union[Variable, VariableArray]]: ...  # type: ignore[override]

    @property
    def flat(self) -> Sequence[Variable]:
        """All variables, row by row."""
        return [variable_at(self._program, int(index)) for index in self._indices]

    @overload
    def __getitem__(self, index: Place) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> VariableArray[Item]: ...
    @overload
    def __getitem__(self, index: Union[Part, tuple[slice, Any], tuple[Any, slice]]) -> VariableArray: ...
    @overload
    def __getitem__(self: VariableArray[VariableArray[Deep]], index: tuple[Place, Place]) -> Deep: ...
    @overload
    def __getitem__(
        self: VariableArray[VariableArray[VariableArray[Deep]]], index: tuple[Place, Place, Place]
    ) -> Deep: ...
    @overload
    def __getitem__(self, index: tuple[Any, ...]) -> Any: ...  # a variable, or a part where dimensions are left
    def __getitem__(self, index: Any) -> Any:
        if len(self.shape) == 1 and _is_simple(index):
            part = self._indices[index]
            return VariableArray(self._program, part, (len(part),)) if isinstance(index, slice) else self._at(part)
        wanted = index if isinstance(index, tuple) else (index,)
        if not all(map(_is_simple, wanted)):
            return numpy_half.picked(self, index)
        if len(wanted) > len(self.shape):
            raise IndexError(f"{len(wanted)} indices for {len(self.shape)} dimensions")
        axes = [range(n)[w] if isinstance(w, slice) else [range(n)[w]] for n, w in zip(self.shape, wanted)]
        axes += [range(n) for n in self.shape[len(wanted) :]]
        kept = tuple(len(axis) for k, axis in enumerate(axes) if k >= len(wanted) or isinstance(wanted[k], slice))
        places = [0]
        for n, axis in zip(self.shape, axes):
            places = [base * n + i for base in places for i in axis]
        if not kept:
            return self._at(self._indices[places[0]])
        return VariableArray(self._program, [int(self._indices[place]) for place in places], kept)

    def _rows(self, places: Integers, shape: tuple[int, ...]) -> VariableArray:
        return VariableArray(self._program, numpy_half.indices_at(self._indices, places), shape)

    def _in_shape(self, shape: tuple[int, ...]) -> VariableArray:
        return VariableArray(self._program, self._indices, shape)

    def _alone(self, place: int) -> Variable:
        return self._at(self._indices[place])

    def _at(self, index: Place) -> Variable:
        return variable_at(self._program, int(index))

    def _whole_sum(self) -> LinearExpression:
        return variables_sum(self._program, [int(index) for index in self._indices])

    def _weighted(self, factors: list[Any]) -> Optional[LinearExpression]:
        if not len(factors) == len(self) == self.size:  # of several dimensions, or an error
            return None
        return weighted(self._program, [int(index) for index in self._indices], factors)

    def _places(self) -> Sequence[int]:
        indices = self._indices
        return indices if isinstance(indices, (range, list)) else indices.tolist()

    def _given(self, values: Numbers, what: str) -> list[float]:
        if is_number(values):  # which needs no numpy
            return [attribute_number(values, "the array", what)] * self.size
        return numpy_half.fitted(values, self.shape, what)

    def _attribute(self, name: str) -> Floats:
        return numpy_half.attributes(self, name)

    def _assigned(self, values: Numbers, what: str) -> Iterable[tuple[Variable, float]]:
        return zip(self.flat, self._given(values, what))

    def __contains__(self, variable: object) -> bool:
        if not isinstance(variable, Variable) or variable._program is not self._program:
            return False
        return bool(index_of(variable) in self._indices)

    def __reduce__(self) -> tuple[Any, ...]:
        return VariableArray, (self._program, self._indices, self.shape)

    def __repr__(self) -> str:
        if len(self.shape) == 1 and self.shape[0] > 20:
            return f"[{self[0]}, {self[1]}, ..., {self[-1]}]"
        return repr(list(self))


def _is_simple(index: object) -> bool:
    """Is it an integer, or a slice that lists have, too?  True and False are masks."""
    if type(index) is int:
        return True
    if not isinstance(index, slice):
        return isinstance(index, int) and not isinstance(index, bool)
    whole = all(end is None or isinstance(end, int) for end in (index.start, index.stop, index.step))
    return whole and index.step != 0


# ---- for other modules
def indices_of(array: VariableArray) -> Sequence[int]:
    """The indices of its variables, in order."""
    return array._places()


def variable_of(array: VariableArray, index: Place) -> Variable:
    """The variable of an index of the program."""
    return array._at(index)
