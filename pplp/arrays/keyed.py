"""Keyed variables: a mapping from keys to variables, with sums, numbers and parts by key."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import TYPE_CHECKING, Any, NoReturn, Optional, TypeVar, Union, overload

from pplp.arrays.attributes import VariableAttributes
from pplp.arrays.numbers_by_key import NumbersByKey
from pplp.core.adders import refuse_adding_keys
from pplp.core.bulk import Keyed
from pplp.core.callers import no_extent
from pplp.core.dot import weighted
from pplp.core.evaluation import Valued
from pplp.core.expressions import LinearExpression, Variable, variables_sum
from pplp.core.handle import index_of
from pplp.core.keys import Keys, in_order_of
from pplp.core.scalars import attribute_number, is_number
from pplp.core.shown import Shown
from pplp.core.tensors import TensorOperand
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from types import EllipsisType

    from pplp.arrays.typing import Column, Key, NumbersByLabel
    from pplp.core.owner import Owner
    from pplp.core.values import Values

__all__ = ["VariableMap"]

Default = TypeVar("Default")


class VariableMap(
    VariableAttributes["NumbersByKey", "Mapping[Any, bool]", "NumbersByLabel"],
    Keyed,
    Valued,
    Shown,
    TensorOperand,
    Mapping["Key", Variable],
):
    """Variables by key, as `LinearProgram.Vars` makes them of keys: a mapping that cannot be changed.

    Iterating it gives the keys, as of any mapping; the variables are its `values()`.  Where the keys are tuples,
    a pattern picks some of them: a label means itself, a list of labels any of them, ``:`` anything in
    one place, and ``...`` for anything in all places that are left (``"*"`` is taken for ``:``).  ``x["a", ...]`` has
    the variables whose keys begin with "a", by the rest of their keys, as a slice of an array loses a dimension.

    Numbers by key are a dictionary or a series of pandas.  They may have more keys; one that is missing raises
    `InvalidValue`, which names it.

    It is not an array.  Operators and functions of numpy, pandas and torch raise `ExpressionError`, for they would
    take its keys for numbers, and so do ``sum(x)``, `math.fsum`, `math.prod` and the functions of `statistics`.
    Where the keys are numbers, other C code that iterates it raises `InvalidValue` unless it is known not to add them:
    write `x.keys()` there.  Python's loops, unpacking, `list`, `sorted`, `zip`, `enumerate` and the like see the keys,
    as of any mapping: ``max(x)`` is the greatest key.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> cost = {("a", "b"): 2, ("a", "c"): 5, ("b", "c"): 1}
    >>> flow = lp.Vars(cost, "flow", lb=0)
    >>> flow["a", "c"], flow.sum("a", ...), flow["a", ...]
    (flow[a,c], flow[a,b] + flow[a,c], {'b': flow[a,b], 'c': flow[a,c]})
    >>> sent = lp.add_constraint(flow.sum("a", ...) == 4)
    >>> kept = lp.add_constraint(flow.sum(..., "b") == flow.sum("b", ...))
    >>> lp.objective = flow.prod(cost)
    >>> lp.minimize(), flow.value
    (12.0, {('a', 'b'): 4.0, ('a', 'c'): 0.0, ('b', 'c'): 4.0})
    """

    __slots__ = ("_are_numbers", "_items", "_keys", "_program")
    #: numpy, pandas and torch leave the operators to us.
    __pandas_priority__ = 10_000

    def __init__(self, items: dict[Key, Variable], program: Optional[Owner] = None) -> None:
        self._items = items
        self._program: Any = program or next((each._program for each in items.values()), None)
        self._are_numbers: Optional[bool] = None  # of the keys: looked at when they are first iterated
        self._keys: Optional[Keys] = None  # sorted by their parts, when a pattern is first asked for

    # ---- a mapping
    @overload
    def __getitem__(self, key: Key) -> Variable: ...
    @overload
    def __getitem__(self, key: Union[tuple[Any, ...], slice, EllipsisType]) -> VariableMap: ...
    def __getitem__(self, key: Any) -> Union[Variable, VariableMap]:
        try:
            return self._items[key]
        except (KeyError, TypeError):  # a slice has no hash before Python 3.12
            pass
        try:
            found = self._found().rest(key)
        except InvalidValue as error:
            raise KeyError(str(error)) from None
        return VariableMap({rest: self._items[own] for rest, own in found.items()}, self._program)

    def __contains__(self, key: object) -> bool:
        return key in self._items

    @overload
    def get(self, key: Key, default: None = None) -> Optional[Variable]: ...
    @overload
    def get(self, key: Key, default: Default) -> Union[Variable, Default]: ...
    def get(self, key: Key, default: Any = None) -> Any:
        """The variable of a key, or the default."""
        return self._items.get(key, default)

    def __iter__(self) -> Iterator[Key]:
        if self._are_numbers is None:
            self._are_numbers = all(hasattr(type(key), "__float__") for key in self._items)
        refuse_adding_keys(self, self._are_numbers)
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def keys(self) -> KeysView[Key]:
        """As those of a dictionary."""
        return self._items.keys()

    def items(self) -> ItemsView[Key, Variable]:
        """As those of a dictionary."""
        return self._items.items()

    def values(self) -> ValuesView[Variable]:
        """As those of a dictionary."""
        return self._items.values()

    @property
    def flat(self) -> list[Variable]:
        """All variables, in the order of their keys."""
        return list(self._items.values())

    def _found(self) -> Keys:
        if self._keys is None:
            self._keys = Keys(self._items)
        return self._keys

    # ---- sums: Any is the number 0, of none
    def sum(self, *pattern: Any) -> Union[LinearExpression, Any]:
        """The sum of all variables, or of those whose keys fit the pattern; 0 where there are none.

        Raises `InvalidValue` for a label that no key has, and for a pattern that is longer than the keys.

        >>> from pplp import LinearProgram
        >>> x = LinearProgram().Vars([("a", 1), ("a", 2), ("b", 1)], "x")
        >>> x.sum(), x.sum("a", ...), x.sum(..., [1, 2])
        (x[a,1] + x[a,2] + x[b,1], x[a,1] + x[a,2], x[a,1] + x[a,2] + x[b,1])
        """
        chosen = [self._items[key] for key in self._chosen(pattern)]
        return variables_sum(chosen[0]._program, [index_of(each) for each in chosen]) if chosen else 0

    def prod(self, numbers: Union[Column, Mapping[Any, Any]], *pattern: Any) -> Union[LinearExpression, Any]:
        """The sum of ``numbers[key] * x[key]`` over all keys, or over those that fit the pattern.

        Raises `InvalidValue` for a key without a number and for a coefficient that is not finite, `ExpressionError` for
        numbers that have no keys.

        >>> from pplp import LinearProgram
        >>> buy = LinearProgram().Vars(["milk", "bread"], "buy")
        >>> buy.prod({"bread": 3, "milk": 1, "salt": 2})
        buy[milk] + 3 buy[bread]
        """
        keys = self._chosen(pattern)
        factors = in_order_of(keys, numbers, "prod()")
        if not keys:
            return 0
        chosen = [self._items[key] for key in keys]
        return weighted(chosen[0]._program, [index_of(each) for each in chosen], factors)

    def _chosen(self, pattern: tuple[Any, ...]) -> list[Any]:
        return self._found().fitting(pattern) if pattern else list(self._items)

    # ---- numbers by key
    @property
    def value(self) -> dict[Key, float]:
        """The values at the program's current solution, by key; errors as `Variable.value`."""
        return {key: variable.value for key, variable in self._items.items()}

    def _value_in(self, solution: Values) -> dict[Key, float]:
        return {key: solution[variable] for key, variable in self._items.items()}

    def _places(self) -> list[int]:
        return [index_of(variable) for variable in self._items.values()]

    def _given(self, values: NumbersByLabel, what: str) -> list[float]:
        numbers = (
            [values] * len(self._items)
            if isinstance(values, bool) or is_number(values)
            else in_order_of(list(self._items), values, what)
        )
        return [attribute_number(number, variable, what) for number, variable in zip(numbers, self._items.values())]

    def _attribute(self, name: str) -> NumbersByKey:
        """The numbers of this name, by key; those that can be set in a mapping that cannot be changed."""
        found = {key: getattr(variable, name) for key, variable in self._items.items()}
        return found if name == "reduced_cost" else NumbersByKey(found, name)  # type: ignore[return-value]

    def _assigned(self, values: NumbersByLabel, what: str) -> list[tuple[Variable, Any]]:
        """Each variable with its number: one for all, or a mapping by key, which may leave some out."""
        if not isinstance(values, Mapping):
            return list(zip(self._items.values(), self._given(values, what)))
        for key in values:
            if key not in self._items:
                raise InvalidValue(f"{what} has a number for {quoted(key)}, which is not a key of the variables.")
        return [(self._items[key], value) for key, value in values.items()]

    # ---- operators that a mapping does not have
    def _refused(self, *_: Any, **__: Any) -> NoReturn:
        raise ExpressionError(
            f"Keyed variables, such as {_brief(self._items)}, are a mapping, not an array or an expression. Write "
            "x.prod(numbers) for the sum of numbers[key] * x[key], x.sum() for the sum of all, maximum(x) for the "
            "greatest, and {key: 2*x[key] for key in x} or add_constraints(x[key] <= 4 for key in x) for each of them."
        )

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refused
    __matmul__ = __rmatmul__ = __pow__ = __rpow__ = __floordiv__ = __mod__ = __divmod__ = __rshift__ = _refused
    __neg__ = __pos__ = __abs__ = _refused
    __le__ = __ge__ = __lt__ = __gt__ = __eq__ = __ne__ = _refused
    shape = dtype = no_extent(_refused)
    __array__ = __array_ufunc__ = __array_function__ = _refused
    __hash__ = object.__hash__  # it is the key of its values, as in start={x: {"milk": 2}}

    def __reduce__(self) -> tuple[Any, ...]:
        return VariableMap, (self._items, self._program)

    def __repr__(self) -> str:
        return repr(self._items)


def _brief(items: dict[Any, Variable]) -> str:
    first = ", ".join(f"{key!r}: {variable}" for key, variable in list(items.items())[:2])
    return f"{{{first}{', ...' if len(items) > 2 else ''}}}"
