"""Arrays with labels: variables, expressions and constraints indexed as data frames are.

Each is an array of one dimension, as numpy's operators make it (see `expression_arrays.py`), with `Labels`.  Operators
align:

* Both sides have the same labels, in any order.  A label that only one side has raises `InvalidValue`, which names it.
* One side has some of the levels of the other, by name: each of its labels serves all elements of the other that have
  it; no label may be left over.
* A single number or expression is combined with every element.
* Operands without labels (a list, a numpy array) raise `ExpressionError`; `.array` combines by position, on purpose.
* A single expression and a series of pandas make an array with the labels of the series.

Numbers come from pandas series, polars frames of key columns and one other, and dictionaries; a NaN raises.  Series of
pandas may be on either side of an operator.  polars does not leave its operators to others: there the array comes
first, ``x * frame`` and ``x <= frame``; ``frame * x`` raises an error of its own, and so do ``pl.col("cost") * x`` and
the first half of ``lazy <= x <= lazy``, which never come here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Any, Callable, NoReturn, Optional, Union

from pplp.arrays import algebra, integer_codes, numpy_half, operands, readings, relation_arrays
from pplp.arrays.attributes import VariableAttributes
from pplp.arrays.by_label import (
    LabelledOperand,
    check_complete,
    checked,
    is_single,
    labels_beside,
    numbers_by_label,
    paired,
    title_of,
)
from pplp.arrays.expression_arrays import ExpressionArray
from pplp.arrays.frames import (
    check_columns,
    data_of,
    groups_of,
    index_of,
    is_formula,
    values_of,
)
from pplp.arrays.groups import Along, Groups
from pplp.arrays.labelled_constraints import LabelledRelations
from pplp.arrays.labels import Labels
from pplp.arrays.operators import ArrayOperators
from pplp.arrays.relation_arrays import sides_of
from pplp.arrays.variables import VariableArray
from pplp.core import chaining
from pplp.core.expressions import LinearExpression
from pplp.core.scalars import is_number, not_a_number
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from typing_extensions import Self

    from pplp.arrays.numpy_half import LabelledCompounds, LabelledFunctions
    from pplp.arrays.parts import ByPosition, Picker
    from pplp.arrays.relation_arrays import RelationArray
    from pplp.arrays.typing import Column, Floats, Integers, Number, NumbersByLabel, OperandByLabel
    from pplp.core.expressions import Variable
    from pplp.core.owner import Owner
    from pplp.core.values import Values

__all__ = ["LabelledExpressions", "LabelledVariables", "beside", "column_of", "grouped", "variables"]


class LabelledExpressions(LabelledOperand[LinearExpression], Along, ArrayOperators):
    """Linear expressions with labels; from operators on `LabelledVariables`.

    >>> import pandas
    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> price = pandas.Series({"tea": 3, "milk": 1})
    >>> buy = lp.Vars(price.index, "buy", lb=0)
    >>> price * buy + 1
    {'tea': 3 buy[tea] + 1, 'milk': buy[milk] + 1}
    """

    __slots__ = ("_elements", "_labels", "_name", "_program", "shape")
    _kind = "expressions"

    _elements: Union[VariableArray, ExpressionArray]

    if TYPE_CHECKING:  # the functions keep the labels

        def __abs__(self) -> LabelledFunctions: ...
        def __rshift__(self, relation: RelationArray) -> LabelledCompounds: ...
        @property
        def array(self) -> Union[VariableArray, ExpressionArray]: ...

    def __init__(self, elements: Union[VariableArray, ExpressionArray], labels: Labels, name: str = "") -> None:
        self._elements = elements
        self._labels = labels
        self._name = name
        self._program: Owner = elements._program
        self.shape = elements.shape

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:  # as the function
        if function.__name__ == "sum" and len(arguments) == 1 and not options:
            return self.sum()
        return super().__array_function__(function, types, arguments, options)

    def __iter__(self) -> Iterator[LinearExpression]:
        return iter(self._elements)

    @property
    def flat(self) -> Sequence[LinearExpression]:
        """All elements, in the order of the labels."""
        return self._elements.flat

    def _part(self, places: Integers, labels: Labels) -> Self:
        return type(self)(self._elements[places], labels, self._name)

    def _relabelled(self, elements: ExpressionArray, labels: Labels, name: str) -> LabelledExpressions:
        """What is made of these: other expressions, by other labels."""
        return LabelledExpressions(elements, labels, name)

    # ---- operators
    def __add__(self, other: OperandByLabel) -> LabelledExpressions:
        return _combined(algebra.sum_of, self, other, 1.0)

    def __radd__(self, other: OperandByLabel) -> LabelledExpressions:
        if type(other) is int and not other:  # the start of the builtin sum
            return self
        return _combined(algebra.sum_of, self, other, 1.0)

    def __sub__(self, other: OperandByLabel) -> LabelledExpressions:
        return _combined(algebra.sum_of, self, other, -1.0)

    def __rsub__(self, other: OperandByLabel) -> LabelledExpressions:
        return _combined(algebra.sum_of, -self, other, 1.0)

    def __mul__(self, other: NumbersByLabel) -> LabelledExpressions:
        return _combined(algebra.scaled, self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: NumbersByLabel) -> LabelledExpressions:
        return _combined(algebra.divided, self, other)

    def __neg__(self) -> LabelledExpressions:
        return LabelledExpressions(-self._elements, self._labels, self._name)

    def __matmul__(self, other: Union[Column, Mapping[Any, Any]]) -> LinearExpression:
        if is_single(other):
            raise ExpressionError(f"@ is of two arrays. Write * between {self._whose()} and the single {other}.")
        product = self * other
        return product if product is NotImplemented else product.sum()

    __rmatmul__ = __matmul__

    def __le__(self, other: OperandByLabel) -> LabelledRelations:
        return _relation(self, other, -inf, 0.0)

    def __ge__(self, other: OperandByLabel) -> LabelledRelations:
        return _relation(self, other, 0.0, inf)

    def __eq__(self, other: OperandByLabel) -> LabelledRelations:  # type: ignore[override]  # a relation
        return _relation(self, other, 0.0, 0.0)

    __hash__: Any = None

    # ---- sums
    def sum(self, axis: Optional[int] = None) -> LinearExpression:
        """The sum of all of them, an expression.  There is one axis only; for sums of some, see `groupby`."""
        if axis is not None:
            raise ExpressionError(
                f"An array with labels has no axis {quoted(axis)}. .sum() is the sum of all; a sum for each label "
                f"of a level is {self._grouping()}.sum()."
            )
        return self._elements.sum()

    def groupby(self, by: Any = None, **options: Any) -> Groups[LabelledExpressions]:
        """The elements in groups; ``x.groupby(by).sum()`` has an expression for each group, in order of appearance.

        Within groups there are `shift`, `diff`, `roll` and `cumsum`, too: see `Groups`.

        `by` is the name of a level, a list of names, or what puts each label into a group: a series of pandas, a polars
        frame or a dictionary, of the same labels or of some of the levels.  Other options of pandas raise
        `ExpressionError`.
        """
        if by is None or options:
            told = f", and no {'=, '.join(options)}=" if options else ""
            raise ExpressionError(
                f".groupby() takes one thing, what to group by{told}: write {self._grouping(options.get('level', by))}."
            )
        return Groups(self, *grouped(self, by))

    def group_by(self, *by: Any, **options: Any) -> NoReturn:
        """The name in polars; here it is `groupby`, too."""
        names = [name for name in by if isinstance(name, str)]
        told = self._grouping(names if len(names) > 1 else names[0] if names else None)
        raise ExpressionError(f"There is no .group_by() here: write {told}, with the names of levels.")

    def _grouping(self, by: Any = None) -> str:
        """The call that groups the elements, for a message."""
        names = self._labels.names
        if by is None or type(by) is int:
            by = names[by or 0] if -len(names) <= (by or 0) < len(names) else names[0]
        return ".rename_axis(...).groupby(...)" if by is None else f".groupby({quoted(by)})"

    # ---- other labels
    def reindex(self, index: Any) -> LabelledExpressions:
        """The same expressions for other labels, in their order; 0 where there was none.

        Raises `InvalidValue` where an expression would be lost: take part of them first, by ``.loc[...]``.
        """
        labels = Labels.checked(index_of(index), "The new index")
        places, lost = labels.among(self._labels, "the new index", self._whose())
        if lost.any():
            label = self._labels.at(int(lost.nonzero()[0][0]))
            raise InvalidValue(
                f"The new index lacks the label {quoted(label)}, whose expression would be lost. Take those that are "
                "meant by .loc[...] first."
            )
        return LabelledExpressions(ExpressionArray.of(self._elements).placed(places), labels, self._name)

    def set_axis(self, index: Any) -> Self:
        """The same elements under new labels, by position: as many as there are elements."""
        labels = Labels.checked(index_of(index), "The new index")
        if len(labels) != len(self._labels):
            raise InvalidValue(f"{len(self._labels)} elements take as many labels, not {len(labels)}.")
        return type(self)(self._elements, labels, self._name)

    def rename_axis(self, names: Union[str, Sequence[Optional[str]], Mapping[str, str], None]) -> Self:
        """The same with other names of the levels: a text, a list of them, or a mapping of old to new ones."""
        return type(self)(self._elements, self._labels.renamed(names), self._name)

    def between(self, lower: NumbersByLabel, upper: NumbersByLabel) -> LabelledRelations:
        """The relations ``lower <= self <= upper``, by label; infinite means no bound."""
        sides = (self._numbers(bound, "between()") for bound in (lower, upper))
        plain = relation_arrays.between(self._elements, *sides)
        return LabelledRelations(None, *sides_of(plain), self._labels)

    def _value_in(self, solution: Values) -> Any:  # of pandas or polars
        return self._labels.index.series(readings.values(self._elements, solution), "value")

    def _numbers(self, values: NumbersByLabel, what: str) -> Union[Number, Floats]:
        """Numbers for all its elements, in their order."""
        return numbers_by_label(self._labels, values, what, self._whose())


# What is read is a series of pandas or a frame of polars: Any, as `typing.py` says.
class LabelledVariables(VariableAttributes[Any, Any, "NumbersByLabel"], LabelledExpressions):
    """Variables with labels; numbers of them are read and set as series with the same index.

    >>> import pandas
    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> frame = pandas.DataFrame({"plant": ["a", "a", "b"], "market": ["x", "y", "x"], "cost": [2, 3, 1]})
    >>> cost = frame.set_index(["plant", "market"])["cost"]
    >>> flow = lp.Vars(cost.index, "flow", lb=0)
    >>> flow["a", "y"], flow.groupby("plant").sum()
    (flow[a,y], {'a': flow[a,x] + flow[a,y], 'b': flow[b,x]})
    >>> served = lp.add_constraint(flow.groupby("market").sum() >= pandas.Series({"y": 4, "x": 5}), "served")
    >>> served["y"]
    served[y]: flow[a,y] >= 4
    >>> lp.objective = (cost * flow).sum()
    >>> lp.minimize(), served.dual.to_dict(), flow.value.to_dict()
    (17.0, {'x': 1.0, 'y': 3.0}, {('a', 'x'): 0.0, ('a', 'y'): 4.0, ('b', 'x'): 5.0})
    """

    __slots__ = ()
    __hash__ = object.__hash__
    _kind = "variables"

    @property
    def name(self) -> str:
        """The name that they have in common; "" for none."""
        return self._name

    _elements: VariableArray[Variable]

    if TYPE_CHECKING:  # its elements are variables

        def __getitem__(self, label: Any) -> Variable: ...
        def __iter__(self) -> Iterator[Variable]: ...
        @property
        def flat(self) -> Sequence[Variable]: ...
        @property
        def array(self) -> VariableArray[Variable]: ...
        @property
        def loc(self) -> Picker[Variable, Self]: ...
        @property
        def iloc(self) -> ByPosition[Variable, Self]: ...

    def _attribute(self, name: str) -> Any:  # of pandas or polars
        return self._labels.index.series(operands.plain(readings.attributes(self._elements, name)), name)

    def _places(self) -> Sequence[int]:
        return self._elements._places()

    def _given(self, values: NumbersByLabel, what: str) -> list[float]:
        return self._elements._given(self._numbers(values, what), what)

    def _assigned(self, values: NumbersByLabel, what: str) -> Iterable[tuple[Variable, float]]:
        return self._elements._assigned(self._numbers(values, what), what)


def variables(
    program: Owner, index: Any, name: Optional[str], bounds: tuple[Any, Any], integer: bool, keys: Any
) -> LabelledVariables:
    """What `LinearProgram.Vars` makes of an index, a series or a frame."""
    labels = Labels.checked(index_of(index, keys), "The index of Vars()")
    given = []
    for bound, what in zip(bounds, ("lb", "ub")):
        if isinstance(bound, str):
            if bound not in getattr(index, "columns", ()):
                raise InvalidValue(f"{what}={quoted(bound)} names no column of what Vars() was given.")
            check_columns([bound], index, f"{what}=")
            bound, missing = values_of(index[bound])
            check_complete(labels, missing, what)
            bound = checked(bound, what)
        else:
            bound = numbers_by_label(labels, bound, what, name or "the variables")
        given.append(bound.tolist() if hasattr(bound, "tolist") else bound)
    elements = VariableArray.made(program, name, labels.index.texts, (len(labels),), given[0], given[1], integer)
    return LabelledVariables(elements, labels, name or "")


def _combined(
    operation: Callable[..., ExpressionArray], left: LabelledExpressions, right: OperandByLabel, *more: float
) -> LabelledExpressions:
    """The operation by position, once both sides are in one order."""
    pair = paired(left, right)
    if pair is NotImplemented:
        return not_a_number(right, left)  # type: ignore[no-any-return]  # NotImplemented, for Python
    labels, mine, theirs = pair
    made = operation(mine, theirs, *more)
    return made if made is NotImplemented else LabelledExpressions(made, labels, left._name)


def _relation(left: LabelledExpressions, right: OperandByLabel, lower: float, upper: float) -> LabelledRelations:
    """lower <= left - right <= upper, where lower and upper are 0 or infinite."""
    first = chaining.finish(left) if chaining.pending else None
    pair = paired(left, right)
    if pair is NotImplemented:
        return chaining.whole(first, right, not_a_number(right, left, lower == upper))  # type: ignore[no-any-return]
    labels, mine, theirs = pair
    plain = relation_arrays.relation(mine, theirs, lower, upper)
    if plain is NotImplemented:
        return chaining.whole(first, right, NotImplemented)  # type: ignore[no-any-return]
    # In a chained comparison the middle comes twice; its sides are in the order of its own labels.
    operand = left if plain._operand is not None and labels is left._labels else None
    made = LabelledRelations(operand, *sides_of(plain), labels)
    if first is not None:
        if operand is None:
            _refuse_chain()
        relation_arrays.narrow(made, first)
    return made


def column_of(series: Any) -> LabelledExpressions:
    """A series of pandas that holds expressions, as an array with its labels."""
    labels = Labels.checked(index_of(series), "The series")
    return LabelledExpressions(ExpressionArray.of(series.to_numpy()), labels, str(series.name or ""))


def beside(
    operation: str, expression: LinearExpression, series: Any, *more: Any
) -> Union[LabelledExpressions, LabelledRelations]:
    """A single expression beside a series of pandas: the operation of this name with each number, by its label."""
    labels = labels_beside(expression, series)
    if labels is None:
        return NotImplemented  # type: ignore[no-any-return]
    one = ExpressionArray.of(expression)
    each = LabelledExpressions(one.placed(integer_codes.integers([0] * len(labels))), labels)
    if operation != "relation":
        return _combined(getattr(numpy_half, operation), each, series, *more)
    lower, upper, first = more
    made = _relation(each, series, lower, upper)
    made._operand = None  # a second half could have other labels
    if first is not None:
        if not is_number(first[0]):
            _refuse_chain()
        relation_arrays.narrow(made, first)
    return made


def _refuse_chain() -> NoReturn:
    raise ExpressionError(
        "A chain lo <= e <= hi takes numbers at both ends, with the levels of e or fewer. Write it as two constraints."
    )


def grouped(array: LabelledOperand[Any], by: Any) -> tuple[Integers, Labels]:
    """For each element the number of its group, and the labels of the groups."""
    labels = array._labels
    if isinstance(by, str):
        by = [by]
    if isinstance(by, (list, tuple)) and by and all(isinstance(name, str) for name in by):
        twice = next((name for name in by if by.count(name) > 1), None)
        if twice is not None:
            raise InvalidValue(f"groupby() names the level {twice!r} twice. Name it once.")
        return labels.groups([labels.number_of(name, title_of(array)) for name in by])
    data = None if is_formula(by) else data_of(by, labels.index)
    if data is None:
        raise ExpressionError(
            f"groupby() takes the name of a level, a list of them, or a group for each label, not {quoted(by)}."
        )
    places = labels.within(Labels(data.index), title_of(array), data.name)
    groups = groups_of(data, labels.index)
    spread = Labels(groups if places is None else groups.taken(places))
    return spread.groups(range(len(spread.names)))
