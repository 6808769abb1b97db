"""Arrays of functions and of constraints of them with labels: they align as `pplp.arrays.labelled` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Union

from pplp.arrays import integer_codes
from pplp.arrays.by_label import LabelledOperand, labels_beside, paired
from pplp.arrays.elements import content, has_labels, objects
from pplp.arrays.function_arrays import CompoundArray, FunctionArray, ReformulationArray
from pplp.arrays.labelled import grouped
from pplp.arrays.labels import Labels
from pplp.arrays.parts import Labelled, shown_by_label
from pplp.core.bulk import Aligned
from pplp.core.handle import owner_of
from pplp.errors import ExpressionError
from pplp.functions.compound import Compound
from pplp.functions.expressions import FunctionExpression, constant_function, is_array
from pplp.ground.pickles import Pickled
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.typing import Integers
    from pplp.core.owner import Owner
    from pplp.core.reformulation import Reformulation
    from pplp.core.values import Values

__all__ = ["LabelledCompounds", "LabelledFunctions", "LabelledReformulations", "aligned", "labelled_kind"]


class LabelledFunctions(LabelledOperand[FunctionExpression], FunctionArray):  # type: ignore[misc]  # x["a"] is by label
    """An array of functions with labels: `abs(x)`, ``maximum(x, y)`` of labelled variables, and sums of such.

    >>> import pandas
    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> wanted = pandas.Series({"tea": 3, "milk": 1})
    >>> buy = lp.Vars(wanted.index, "buy", lb=0)
    >>> abs(buy - wanted)
    {'tea': abs(buy[tea] - 3), 'milk': abs(buy[milk] - 1)}
    """

    __slots__ = ("_labels", "_name")
    _kind = "functions"

    def __init__(self, program: Owner, items: list[FunctionExpression], labels: Labels) -> None:
        FunctionArray.__init__(self, program, items, (len(labels),))
        self._labels = labels
        self._name = ""

    @property
    def _elements(self) -> FunctionArray:
        return FunctionArray(self._program, self._items, self.shape)

    def _picked(self, places: Integers) -> FunctionArray:
        return self._elements._picked(places)

    def _part(self, places: Integers, labels: Labels) -> LabelledFunctions:
        return LabelledFunctions(self._program, [self._items[int(k)] for k in places], labels)

    def __matmul__(self, other: Any) -> FunctionExpression:
        product = self * other
        return product if product is NotImplemented else product.sum()

    __rmatmul__ = __matmul__

    def groupby(self, by: Any) -> FunctionGroups:
        """The elements in groups, as ``x.groupby(by)`` of variables; ``.sum()`` has the sum of each group."""
        return FunctionGroups(self, *grouped(self, by))

    def _value_in(self, solution: Values) -> Any:  # of pandas or polars
        return self._labels.index.series(FunctionArray._value_in(self, solution), "value")


class FunctionGroups(Pickled):
    """Functions in groups, as ``abs(x).groupby(by)`` makes them."""

    __slots__ = ("_labels", "_numbers", "_of")

    def __init__(self, of: LabelledFunctions, numbers: Integers, labels: Labels) -> None:
        self._of = of
        self._numbers = numbers
        self._labels = labels

    def sum(self) -> LabelledFunctions:
        """The sum of each group."""
        program = owner_of(self._of)
        sums = [constant_function(program, 0) for _ in range(len(self._labels))]
        for group, one in zip(self._numbers.tolist(), self._of._items):
            sums[group] = sums[group] + one
        return LabelledFunctions(program, sums, self._labels)


class LabelledCompounds(Aligned, CompoundArray):
    """Constraints of more than one row each, with labels; `add_constraint` takes it whole."""

    __slots__ = ("_labels",)
    _labels: Labels

    def __init__(self, program: Owner, items: list[Compound], labels: Labels) -> None:
        CompoundArray.__init__(self, program, items, (len(labels),))
        self._labels = labels

    def _keys(self) -> list[Any]:
        return self._labels.index.texts()

    def _picked(self, places: Integers) -> CompoundArray:
        return CompoundArray(self._program, self._items, self.shape)._picked(places)

    def _handles(self, records: list[Reformulation]) -> LabelledReformulations:
        return LabelledReformulations(self._program, records, self._labels)

    def __repr__(self) -> str:
        return shown_by_label(self._labels, self._items) if self.size <= 20 else CompoundArray.__repr__(self)


class LabelledReformulations(Labelled["Reformulation"], ReformulationArray):  # type: ignore[misc]  # x["a"] is by label
    """The records of labelled constraints: ``records["a"]``, ``records.loc[...]``, ``records.index``."""

    __slots__ = ("_labels",)
    _kind = "reformulations"

    def __init__(self, program: Owner, items: list[Reformulation], labels: Labels) -> None:
        ReformulationArray.__init__(self, program, items, (len(labels),))
        self._labels = labels

    @property
    def _elements(self) -> ReformulationArray:
        return ReformulationArray(self._program, self._items, self.shape)

    def _picked(self, places: Integers) -> ReformulationArray:
        return self._elements._picked(places)

    def _part(self, places: Integers, labels: Labels) -> LabelledReformulations:
        return LabelledReformulations(self._program, [self._items[int(k)] for k in places], labels)


def labelled_kind(
    kind: Union[type[FunctionArray], type[CompoundArray]],
) -> Union[type[LabelledFunctions], type[LabelledCompounds]]:
    """The class of such an array with labels."""
    return LabelledFunctions if kind is FunctionArray else LabelledCompounds


class _Column(LabelledOperand[Any]):
    """The elements of an operand and their labels."""

    __slots__ = ("_elements", "_labels", "_name")

    def __init__(self, elements: Any, labels: Labels, name: str) -> None:
        self._elements = elements
        self._labels = labels
        self._name = name

    @classmethod
    def of(cls, operand: Aligned) -> _Column:
        """Of an array with labels: variables, expressions, functions, relations."""
        return cls(objects(content(operand)[1]), operand._labels, _name_of(operand))


def _name_of(array: Aligned) -> str:
    """What its elements have in common in their names; "" for nothing."""
    return array._name if isinstance(array, LabelledOperand) else ""


def aligned(operands: tuple[Any, ...]) -> tuple[tuple[int, ...], list[list[Any]], Labels]:
    """The shape, the elements of each operand in one order, and their labels.

    Raises as operators of arrays with labels do, where labels do not fit, or one of several arrays has none.
    """
    labels, name = _first_labels(operands)
    columns: list[Any] = []
    for operand in operands:
        if not (is_array(operand) or has_labels(operand) or isinstance(operand, (list, tuple, Mapping))):
            columns.append(operand)  # a single one is the operand for every label
            continue
        left = _Column(integer_codes.integers(range(len(labels))), labels, name)
        pair = paired(left, _Column.of(operand) if isinstance(operand, Aligned) else operand)
        if pair is NotImplemented:
            raise ExpressionError(f"{quoted(operand)} does not stand beside an array with labels.")
        labels, places, values = pair
        columns = [_taken(column, places) for column in columns]
        columns.append(values)
    count = len(labels)
    return (count,), [one.tolist() if is_array(one) else [one] * count for one in columns], labels


def _taken(column: Any, places: Integers) -> Any:  # what it was, or some of it
    return column[places] if is_array(column) else column


def _first_labels(operands: tuple[Any, ...]) -> tuple[Labels, str]:
    """The labels to begin with: of an array of expressions, else of a series of pandas."""
    for operand in operands:
        if isinstance(operand, Aligned):
            return operand._labels, _name_of(operand)
    series = next(one for one in operands if has_labels(one))
    single = next((one for one in operands if not is_array(one) and not has_labels(one)), operands[0])
    labels = labels_beside(single, series)
    if labels is None:
        raise ExpressionError(f"{quoted(series)} does not stand beside {single}: it has no numbers.")
    return labels, ""
