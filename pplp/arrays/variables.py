"""Many variables at once: by number, by shape, by key; and the operators of arrays.

Nothing here needs numpy.  Arithmetic and comparisons of whole arrays do: they are reached by `pplp.arrays.numpy_half`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import inf, prod
from sys import _getframe
from typing import TYPE_CHECKING, Any, Callable, NoReturn, Optional, Union

from pplp.arrays import numpy_half
from pplp.arrays.attributes import VariableAttributes
from pplp.arrays.frames import by_position, check_positions, package_of
from pplp.arrays.keyed import VariableMap
from pplp.arrays.methods import ArrayMethods
from pplp.arrays.variable_arguments import checked_lists, keys_of, label, shape_of, spread, twice
from pplp.core.callers import Priority, check_holder, multiplied, without_masks
from pplp.core.dot import weighted
from pplp.core.expressions import LinearExpression, Variable, variable_at, variables_sum
from pplp.core.handle import index_of
from pplp.core.owner import columns_of, current_of
from pplp.core.protocols import NumpyOperand
from pplp.core.scalars import Symbolic, attribute_number, is_number, not_a_number
from pplp.core.shown import Shown
from pplp.core.tensors import beside_tensor
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.pickles import Pickled
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.core.owner import Owner
    from pplp.core.values import Values

__all__ = ["ArrayOperators", "VariableArray"]


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


def beside(operation: str, expression: Any, other: Any, *more: Any) -> Any:
    """A single expression beside many numbers: what the operation of this name makes of each of them.

    By numpy's rules for an array, with its labels for a series of pandas; NotImplemented for what is neither.  Raises
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


def refuse_sparse() -> NoReturn:
    """Raise the error for a matrix of scipy.sparse where it is not multiplied by ``@``."""
    raise ExpressionError(
        "A matrix of scipy.sparse stands beside expressions in A @ x and nowhere else. For its "
        "elements one by one write A.toarray()."
    )


#: So many columns GLPK takes.
_MOST = 100_000_000


#: Where scipy.sparse asks for an array, and leaves its operator to what is none.
_OPERATORS_OF_SCIPY = frozenset(
    {"__mul__", "__rmul__", "_comparison", "_divide", "_matmul_dispatch", "_mul_dispatch", "_rmatmul_dispatch"}
    | {"_rmul_dispatch", "dot", "tdot"}
)


class ArrayOperators(NumpyOperand, Shown, Pickled):
    """``+ - * / @ <= >= ==`` of arrays, by the rules of numpy: element by element, shapes broadcast."""

    __slots__ = ()
    #: torch's tensors leave the operators to us.
    __torch_function__ = classmethod(beside_tensor)
    shape: tuple[int, ...]
    _program: Owner
    #: So do the series and frames of pandas.
    __pandas_priority__ = Priority()
    _data = without_masks

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """An array of objects: the variables or expressions.

        The operators of scipy.sparse are told that it is one object, and so leave ``A @ x`` to us.
        """
        caller = _getframe(1)
        if caller.f_globals.get("__name__", "").startswith("scipy.sparse"):
            if caller.f_code.co_name not in _OPERATORS_OF_SCIPY:
                refuse_sparse()
            return numpy_half.one_object(self)
        left = multiplied(caller)
        if left is not None:
            check_positions(left, left.axes[-1])
        return numpy_half.objects(self, dtype)

    @property
    def dtype(self) -> Any:
        """That of Python's objects: pandas and xarray ask for it before they hold an array."""
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

    def __add__(self, other: Any) -> Any:
        return numpy_half.sum_of(self, other, 1.0)

    def __radd__(self, other: Any) -> Any:
        if type(other) is int and not other:  # the start of the builtin sum
            return self
        return numpy_half.sum_of(self, other, 1.0)

    def __sub__(self, other: Any) -> Any:
        return numpy_half.sum_of(self, other, -1.0)

    def __rsub__(self, other: Any) -> Any:
        return numpy_half.sum_of(-self, other, 1.0)

    def __mul__(self, other: Any) -> Any:
        return numpy_half.scaled(self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return numpy_half.divided(self, other)

    def __rtruediv__(self, other: Any) -> NoReturn:
        raise ExpressionError(
            "A quotient with expressions below is not linear. Multiply the whole relation by the divisor."
        )

    def __pow__(self, other: Any) -> NoReturn:
        raise ExpressionError("A power of expressions is not linear. A square can be approximated by piecewise().")

    __rpow__ = __pow__

    def __floordiv__(self, other: Any) -> NoReturn:
        raise ExpressionError("// of expressions is not linear. Write integer variables n with n <= e/k <= n + 1.")

    def __mod__(self, other: Any) -> NoReturn:
        raise ExpressionError("% of expressions is not linear. Write e - k*n with integer variables n.")

    __rfloordiv__, __rmod__, __divmod__, __rdivmod__ = __floordiv__, __mod__, __floordiv__, __floordiv__

    # ---- what takes more than one row to say; the modules of functions say how
    def __abs__(self) -> Any:
        from pplp.functions.extremum import absolute

        return absolute(self)

    def __rshift__(self, relation: Any) -> Any:
        """``B >> (X <= 9)``: where an element of B is 1, the relation of the element of X holds."""
        from pplp.functions.truth_values import implication

        return implication(self, relation)

    def __neg__(self) -> Any:
        return numpy_half.scaled(self, -1.0)

    def __pos__(self) -> Any:
        return self

    def __matmul__(self, other: Any) -> Any:
        return numpy_half.product_with(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return numpy_half.product_of(other, self)

    def __le__(self, other: Any) -> Any:
        return numpy_half.relation(self, other, -inf, 0.0)

    def __ge__(self, other: Any) -> Any:
        return numpy_half.relation(self, other, 0.0, inf)

    def __eq__(self, other: Any) -> Any:
        return numpy_half.relation(self, other, 0.0, 0.0)

    __hash__: Any = None

    def between(self, lower: Any, upper: Any) -> Any:
        """The relations ``lower <= self <= upper``, element by element; infinite means no bound.

        >>> from pplp import LinearProgram
        >>> x = LinearProgram().Vars((2,), "x")
        >>> x.between(0, [4, 5])
        [0 <= x[0] <= 4, 0 <= x[1] <= 5]
        """
        return numpy_half.between(self, lower, upper)

    def __lt__(self, other: Any) -> NoReturn:
        raise ExpressionError("< is not closed. Write <=, with a margin of your own if it matters.")

    def __gt__(self, other: Any) -> NoReturn:
        raise ExpressionError("> is not closed. Write >=, with a margin of your own if it matters.")

    def __ne__(self, other: Any) -> NoReturn:
        raise ExpressionError("!= is not linear.")

    def __bool__(self) -> NoReturn:
        raise ExpressionError("An array of expressions has no truth value. Ask for .size, or for .value after a solve.")

    @property
    def value(self) -> Any:
        """The values at the program's current solution, as a numpy array of the same shape."""
        return self._value_in(current_of(self._program, "value"))

    def _value_in(self, solution: Values) -> Any:
        return numpy_half.values(self, solution)


class VariableArray(VariableAttributes, ArrayMethods, ArrayOperators, Sequence[Any]):
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
    _indices: Any  # a range, a list or a numpy array of integers

    def __init__(self, program: Owner, indices: Any, shape: tuple[int, ...]) -> None:
        self._program = program
        self._indices = indices
        self.shape = shape

    @classmethod
    def make(
        cls,
        program: Owner,
        index: Union[int, tuple[int, ...], Iterable[Any]],
        name: Optional[str],
        lb: Any,
        ub: Any,
        integer: bool,
        columns: Optional[Sequence[str]] = None,
    ) -> Any:
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
        lower: Any,
        upper: Any,
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

    def __iter__(self) -> Iterator[Any]:
        if len(self.shape) == 1:
            program = self._program
            return (variable_at(program, int(index)) for index in self._indices)
        return (self[i] for i in range(self.shape[0]))

    @property
    def flat(self) -> Sequence[Variable]:
        """All variables, row by row."""
        return [variable_at(self._program, int(index)) for index in self._indices]

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

    def _in_shape(self, shape: tuple[int, ...]) -> VariableArray:
        """The same elements, row by row."""
        return VariableArray(self._program, self._indices, shape)

    def _alone(self, place: int) -> Variable:
        return self._at(self._indices[place])

    def _at(self, index: Any) -> Variable:
        return variable_at(self._program, int(index))

    def _whole_sum(self) -> LinearExpression:
        return variables_sum(self._program, [int(index) for index in self._indices])

    def _weighted(self, factors: list[Any]) -> LinearExpression:
        """For `dot`: the sum of factors[k] * self.flat[k]."""
        return weighted(self._program, [int(index) for index in self._indices], factors)

    def _places(self) -> Sequence[int]:
        indices = self._indices
        return indices if isinstance(indices, (range, list)) else indices.tolist()

    def _given(self, values: Any, what: str) -> list[float]:
        if is_number(values):  # which needs no numpy
            return [attribute_number(values, "the array", what)] * self.size
        return numpy_half.fitted(values, self.shape, what)  # type: ignore[no-any-return]

    def _attribute(self, name: str) -> Any:
        return numpy_half.attributes(self, name)

    def _assigned(self, values: Any, what: str) -> Iterable[tuple[Variable, float]]:
        return zip(self.flat, self._given(values, what))

    def __contains__(self, variable: object) -> bool:
        if not isinstance(variable, Variable) or variable._program is not self._program:
            return False
        return bool(index_of(variable) in self._indices)

    def __reduce__(self) -> Any:
        return VariableArray, (self._program, self._indices, self.shape)

    def __repr__(self) -> str:
        if len(self.shape) == 1 and self.shape[0] > 20:
            return f"[{self[0]}, {self[1]}, ..., {self[-1]}]"
        return repr(list(self))


def _is_simple(index: Any) -> bool:
    """Is it an integer, or a slice that lists have, too?  True and False are masks."""
    if type(index) is int:
        return True
    if not isinstance(index, slice):
        return isinstance(index, int) and not isinstance(index, bool)
    whole = all(end is None or isinstance(end, int) for end in (index.start, index.stop, index.step))
    return whole and index.step != 0


# ---- what other modules may ask of an array of variables
def indices_of(array: VariableArray) -> Any:
    """The indices of its variables, in order."""
    return array._indices


def variable_of(array: VariableArray, index: Any) -> Variable:
    """The variable of an index of the program."""
    return array._at(index)
