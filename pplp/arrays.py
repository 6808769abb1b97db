"""Many variables at once: by number, by shape, by key; and the operators of arrays.

Nothing here needs numpy.  Arithmetic and comparisons of whole arrays do: they are in `pplp.affine`, which is
imported with the first of them.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from itertools import product
from math import inf, prod
from operator import le
from sys import _getframe
from typing import TYPE_CHECKING, Any, Callable, NoReturn, Optional, Union

from pplp.callers import Priority, check_holder, multiplied, without_masks
from pplp.errors import ExpressionError, ExtraMissing, InvalidValue
from pplp.expressions import LinearExpression, Variable, variables_sum, weighted
from pplp.frames import check_positions, package_of
from pplp.scalars import HUGE, Symbolic, is_number

if TYPE_CHECKING:
    from pplp.program import LinearProgram
    from pplp.solution import Solution

__all__ = ["ArrayOperators", "VariableArray", "VariableMap"]


def _affine() -> Any:
    """The module of array arithmetic."""
    try:
        from pplp import affine
    except ImportError as error:
        raise ExtraMissing(
            f'Arithmetic with whole arrays needs numpy ({error}). Install it with: python -m pip install "pplp[numpy]"'
        ) from error
    return affine


def beside(operation: str, expression: Any, other: Any, *more: Any) -> Any:
    """A single expression beside many numbers: what the operation of `pplp.affine` makes of each of them.

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
        _affine()
        from pplp.labelled import beside

        return beside(operation, expression, other, *more)
    if isinstance(other, (list, tuple)):
        raise ExpressionError(
            f"A {type(other).__name__} beside the single expression {expression} is not supported. For each of its "
            "numbers write [... for number in numbers], or all at once with numpy.array(numbers)."
        )
    if is_number(other) or (bool(getattr(other, "shape", ())) and hasattr(other, "__array__")):
        made = getattr(_affine(), operation)(expression, other, *more)
        if made is NotImplemented:
            raise ExpressionError(
                f"An array beside the single expression {expression} has numbers in it, not {other.dtype}."
            )
        return made
    return NotImplemented


#: So many columns GLPK takes.
_MOST = 100_000_000


class ArrayOperators:
    """``+ - * / @ <= >= ==`` of arrays, by the rules of numpy: element by element, shapes broadcast."""

    __slots__ = ()
    #: numpy's arrays leave the operators to us.
    __array_ufunc__ = None
    shape: tuple[int, ...]
    _program: LinearProgram
    #: So do the series and frames of pandas.
    __pandas_priority__ = Priority()
    _data = without_masks

    def __reduce_ex__(self, protocol: Any) -> Any:
        return super().__reduce_ex__(max(protocol, 2))  # the older ones know no slots

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """An array of objects: the variables or expressions.

        scipy.sparse is told that it is one object, and so leaves ``A @ x`` to us.
        """
        if _getframe(1).f_globals.get("__name__", "").startswith("scipy.sparse"):
            return _affine().one_object(self)
        left = multiplied(_getframe(1))
        if left is not None:
            check_positions(left, left.axes[-1])
        return _affine().objects(self, dtype)

    @property
    def dtype(self) -> Any:
        """That of Python's objects: pandas and xarray ask for it before they hold an array."""
        check_holder()
        return _affine().one_object(None).dtype

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
        return _affine().sum_of(self, other, 1.0)

    def __radd__(self, other: Any) -> Any:
        if type(other) is int and not other:  # the start of the builtin sum
            return self
        return _affine().sum_of(self, other, 1.0)

    def __sub__(self, other: Any) -> Any:
        return _affine().sum_of(self, other, -1.0)

    def __rsub__(self, other: Any) -> Any:
        return _affine().sum_of(-self, other, 1.0)

    def __mul__(self, other: Any) -> Any:
        return _affine().scaled(self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return _affine().divided(self, other)

    def __rtruediv__(self, other: Any) -> NoReturn:
        raise ExpressionError(
            "A quotient with expressions below is not linear. Multiply the whole relation by the divisor."
        )

    def __pow__(self, other: Any) -> NoReturn:
        raise ExpressionError("A power of expressions is not linear. A square can be approximated by piecewise().")

    __rpow__ = __pow__

    # ---- what takes more than one row to say; functions.py says how
    def __abs__(self) -> Any:
        from pplp.functions import absolute

        return absolute(self)

    def __rshift__(self, relation: Any) -> Any:
        """``B >> (X <= 9)``: where an element of B is 1, the relation of the element of X holds."""
        from pplp.functions import implication

        return implication(self, relation)

    def __neg__(self) -> Any:
        return _affine().scaled(self, -1.0)

    def __pos__(self) -> Any:
        return self

    def __matmul__(self, other: Any) -> Any:
        return _affine().product_with(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return _affine().product_of(other, self)

    def __le__(self, other: Any) -> Any:
        return _affine().relation(self, other, -inf, 0.0)

    def __ge__(self, other: Any) -> Any:
        return _affine().relation(self, other, 0.0, inf)

    def __eq__(self, other: Any) -> Any:
        return _affine().relation(self, other, 0.0, 0.0)

    __hash__: Any = None

    def __lt__(self, other: Any) -> NoReturn:
        raise ExpressionError("< is not closed. Write <=, with a margin of your own if it matters.")

    def __gt__(self, other: Any) -> NoReturn:
        raise ExpressionError("> is not closed. Write >=, with a margin of your own if it matters.")

    def __ne__(self, other: Any) -> NoReturn:
        raise ExpressionError("!= is not linear.")

    def __bool__(self) -> NoReturn:
        raise ExpressionError("An array of expressions has no truth value. Ask for .size, or for .value after a solve.")

    def _repr_latex_(self) -> str:
        from pplp.latex import array_latex

        return array_latex(self)

    def _repr_html_(self) -> str:
        from pplp.html import array_html

        return array_html(self)

    @property
    def value(self) -> Any:
        """The values at the program's current solution, as a numpy array of the same shape."""
        return self._value_in(self._program._current("value"))

    def _value_in(self, solution: Solution) -> Any:
        return _affine().values(self, solution)


class VariableArray(ArrayOperators, Sequence[Any]):
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
    _indices: Any  # a range, a list or a numpy array of integers

    def __init__(self, program: LinearProgram, indices: Any, shape: tuple[int, ...]) -> None:
        self._program = program
        self._indices = indices
        self.shape = shape

    @classmethod
    def make(
        cls,
        program: LinearProgram,
        index: Union[int, tuple[int, ...], Iterable[Any]],
        name: Optional[str],
        lb: Any,
        ub: Any,
        integer: bool,
        columns: Optional[Sequence[str]] = None,
    ) -> Any:
        """What `LinearProgram.Vars` returns."""
        if columns is not None or package_of(index):
            _affine()
            from pplp.labelled import variables

            return variables(program, index, name, (lb, ub), integer, columns)
        shape: Optional[tuple[int, ...]] = None
        keys: list[Any]
        if isinstance(index, int) and not isinstance(index, bool):
            shape = (index,)
        elif isinstance(index, tuple) and index and all(isinstance(n, int) and not isinstance(n, bool) for n in index):
            shape = index
        if shape is not None:
            if any(n < 0 for n in shape):
                raise InvalidValue(f"There cannot be {index!r} variables: a count is not negative.")
            count = prod(shape)
            if count > _MOST:
                raise InvalidValue(f"There cannot be {index!r} variables: {_MOST} are the most that a program has.")
            keys = [] if name is None else list(product(*map(range, shape)))
        else:
            try:
                keys = list(index)  # type: ignore[arg-type]
            except TypeError:
                raise InvalidValue(f"Vars() takes a count, a shape or keys, not {index!r}.") from None
            count = len(keys)
            try:
                unique = len(set(keys))
            except TypeError as error:
                raise InvalidValue(f"The keys of Vars() must be hashable, as those of a dict are: {error}.") from None
            if unique != count:
                raise InvalidValue("Vars() was given a key twice.")
        lower, upper = (_spread(bound, keys, shape, count, what) for bound, what in ((lb, "lb"), (ub, "ub")))
        made = cls.made(program, name, lambda: keys, (count,) if shape is None else shape, lower, upper, integer)
        if shape is not None:
            return made
        return VariableMap({key: program._handle(made._indices[k]) for k, key in enumerate(keys)})

    @classmethod
    def made(
        cls,
        program: LinearProgram,
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
        taken = program._columns.by_name
        for one in names:
            if one in taken:
                raise InvalidValue(f"There is a variable named {one!r} already. Choose another name.")
        if len({*names}) < len(names):
            raise InvalidValue(f"Two of the keys give the same name {_twice(names)!r}. Make their texts differ.")
        bounds = _checked(names, lower, upper, count)
        first = program._columns.extend(*bounds, names, integer)
        return cls(program, range(first, first + count), shape)

    def __iter__(self) -> Iterator[Any]:
        if len(self.shape) == 1:
            handle = self._program._handle
            return (handle(int(index)) for index in self._indices)
        return (self[i] for i in range(self.shape[0]))

    @property
    def flat(self) -> Sequence[Variable]:
        """All variables, row by row."""
        return [self._program._handle(int(index)) for index in self._indices]

    def __getitem__(self, index: Any) -> Any:
        if len(self.shape) == 1 and _is_simple(index):
            part = self._indices[index]
            return VariableArray(self._program, part, (len(part),)) if isinstance(index, slice) else self._at(part)
        wanted = index if isinstance(index, tuple) else (index,)
        if not all(map(_is_simple, wanted)):
            return _affine().picked(self, index)
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

    def _at(self, index: Any) -> Variable:
        return self._program._handle(int(index))

    def sum(self, axis: Optional[int] = None) -> Any:
        """The sum of all of them, an expression; or along an axis, an `ExpressionArray`."""
        if axis is not None:
            return _affine().ExpressionArray.of(self).sum(axis)
        return variables_sum(self._program, [int(index) for index in self._indices])

    def _weighted(self, factors: list[Any]) -> LinearExpression:
        """For `dot`: the sum of factors[k] * self.flat[k]."""
        return weighted(self._program, [int(index) for index in self._indices], factors)

    @property
    def T(self) -> VariableArray:
        """Transposed."""
        return _affine().transposed(self)  # type: ignore[no-any-return]

    def reshape(self, *shape: Any) -> VariableArray:
        """The same variables in another shape."""
        return _affine().reshaped(self, shape)  # type: ignore[no-any-return]

    @property
    def lb(self) -> Any:
        """The lower bounds in force, a numpy array; set it to a number or an array."""
        return _affine().attributes(self, "lb")

    @lb.setter
    def lb(self, values: Any) -> None:
        _affine().set_attributes(self, "lb", values)

    @property
    def ub(self) -> Any:
        """The upper bounds in force, a numpy array; set it to a number or an array."""
        return _affine().attributes(self, "ub")

    @ub.setter
    def ub(self, values: Any) -> None:
        _affine().set_attributes(self, "ub", values)

    @property
    def reduced_cost(self) -> Any:
        """The reduced costs at the current solution, a numpy array."""
        return _affine().attributes(self, "reduced_cost")

    def __contains__(self, variable: object) -> bool:
        if not isinstance(variable, Variable) or variable._program is not self._program:
            return False
        return bool(variable._index in self._indices)

    def __reduce__(self) -> Any:
        return VariableArray, (self._program, self._indices, self.shape)

    def __repr__(self) -> str:
        if len(self.shape) == 1 and self.shape[0] > 20:
            return f"[{self[0]}, {self[1]}, ..., {self[-1]}]"
        return repr(list(self))


class VariableMap(Mapping[Any, Variable]):
    """Variables by key: a mapping that cannot be changed.

    >>> from pplp import LinearProgram
    >>> flow = LinearProgram().Vars([("a", "b"), ("b", "c")], "flow")
    >>> flow["a", "b"], sum(flow.values())
    (flow[a,b], flow[a,b] + flow[b,c])
    """

    __slots__ = ("_items",)

    def __init__(self, items: dict[Any, Variable]) -> None:
        self._items = items

    def __getitem__(self, key: Any) -> Variable:
        return self._items[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def items(self) -> ItemsView[Any, Variable]:
        """As those of a dictionary."""
        return self._items.items()

    def values(self) -> ValuesView[Variable]:
        """As those of a dictionary."""
        return self._items.values()

    def __reduce__(self) -> Any:
        return VariableMap, (self._items,)

    def _repr_latex_(self) -> str:
        from pplp.latex import array_latex

        return array_latex(self)

    def _repr_html_(self) -> str:
        from pplp.html import array_html

        return array_html(self)

    def __repr__(self) -> str:
        return repr(self._items)


def _is_simple(index: Any) -> bool:
    """Is it an integer, or a slice that lists have, too?"""
    if not isinstance(index, slice):
        return isinstance(index, int)
    whole = all(end is None or isinstance(end, int) for end in (index.start, index.stop, index.step))
    return whole and index.step != 0


def label(name: str, key: Any) -> str:
    """The name of one of many: name[1,2]."""
    return f"{name}[{','.join(map(str, key)) if isinstance(key, tuple) else key}]"


def _twice(names: list[str]) -> str:
    """A name that occurs twice."""
    seen: set[str] = set()
    return next(one for one in names if one in seen or seen.add(one))  # type: ignore[func-returns-value]


def _checked(names: list[str], lower: Any, upper: Any, count: int) -> tuple[list[float], list[float]]:
    """The bounds, each a number for all or a list; raises `InvalidValue` for NaN and crossed ones."""
    if not _is_sound(lower, upper):
        from pplp.program import _checked_bounds

        low = lower if isinstance(lower, list) else [lower] * count
        high = upper if isinstance(upper, list) else [upper] * count
        pairs = [_checked_bounds(*one) for one in zip(names or ["a new variable"] * count, low, high)]
        lower, upper = [low for low, _ in pairs], [high for _, high in pairs]
    both = [each if isinstance(each, list) else [each] * count for each in (lower, upper)]
    return both[0], both[1]


def _is_sound(lower: Any, upper: Any) -> bool:
    """Are they, at a glance, numbers, in their order, and of a size that solvers work with?"""
    for bounds in (lower, upper):
        several = bounds if isinstance(bounds, list) else [bounds]
        # With NaN in it, or with both infinities, the sum is NaN.
        if not {*map(type, several)} <= {int, float}:
            return False
        try:
            total = sum(several)
        except OverflowError:  # of integers that no float comes near to
            return False
        if total != total:
            return False
        for end in (min(several, default=0.0), max(several, default=0.0)):
            if abs(end) >= HUGE and (end not in (inf, -inf) or not _are_infinite_or_moderate(several)):
                return False
    if isinstance(lower, list) and isinstance(upper, list):
        return all(map(le, lower, upper)) and inf not in lower and -inf not in upper
    least = min(upper, default=inf) if isinstance(upper, list) else upper
    most = max(lower, default=-inf) if isinstance(lower, list) else lower
    return bool(most <= least and most != inf and least != -inf)


def _are_infinite_or_moderate(bounds: list[float]) -> bool:
    return all(abs(bound) < HUGE for bound in {*bounds} - {inf, -inf})


def _spread(bound: Any, keys: list[Any], shape: Optional[tuple[int, ...]], count: int, what: str) -> Any:
    """One bound for each variable, in a list; or one for all."""
    if isinstance(bound, Mapping):
        missing = [key for key in keys if key not in bound]
        if missing or shape is not None:
            raise InvalidValue(f"{what} has no entry for {missing[0] if missing else 'a position'!r}.")
        return [bound[key] for key in keys]
    if package_of(bound) or hasattr(bound, "mask"):
        bound = _affine().array_of(bound)
    if hasattr(bound, "ravel"):
        bound = bound.ravel().tolist()
    if isinstance(bound, (list, tuple)):
        flat = list(bound)
        while any(isinstance(part, (list, tuple)) for part in flat):
            flat = [item for part in flat for item in (part if isinstance(part, (list, tuple)) else [part])]
        if len(flat) != count:
            raise InvalidValue(f"{what} has {len(flat)} entries for {count} variables.")
        return flat
    return bound
