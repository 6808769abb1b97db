"""Alignment: operands of arrays with labels are put into one order by their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Optional, Union

from pplp.arrays import operands
from pplp.arrays.frames import check_operand, data_of, package_of
from pplp.arrays.labels import Labels
from pplp.arrays.parts import Element, Labelled
from pplp.core.expressions import LinearExpression
from pplp.core.scalars import is_number
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.typing import Floats, Number, NumbersByLabel, Table

__all__ = ["LabelledOperand", "check_complete", "checked", "is_single", "labels_beside", "numbers_by_label", "paired"]


class LabelledOperand(Labelled[Element]):
    """An array with labels as an operand: operators align it with others."""

    __slots__ = ()
    _name: str
    _labels: Labels
    _elements: Any

    if not TYPE_CHECKING:  # type checkers would take it for an array of numpy's, and its operators for numpy's

        def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
            """It is not an array of numbers."""
            self._refuse_array()

    def _refuse_array(self) -> NoReturn:
        """Raise the error for what has no labels beside it."""
        raise ExpressionError(
            "An array with labels does not stand beside one without. Give that its labels, as a pandas.Series(values, "
            "index=x.index) or a polars frame; for a sum of products write x @ cost; for a column write "
            "pandas.Series(list(x), index=x.index); x.array is x by position, without labels."
        )

    def _times(self, numbers: Any) -> Any:  # an expression, or a function
        multiplied: Any = self
        return multiplied @ numbers

    def _whose(self) -> str:
        return self._name or "the expression"


def is_single(thing: object) -> bool:
    """Is it one operand for every element?"""
    return isinstance(thing, LinearExpression) or is_number(thing)


def checked(values: Any, what: str) -> Floats:
    """An array of numbers; raises `ExpressionError` for anything else."""
    numbers = operands.numbers_of(values, "right-hand side")
    if numbers is None:
        raise ExpressionError(f"{what} takes numbers, not {quoted(values)}.")
    return numbers


def _data(labels: Labels, thing: Any) -> Optional[tuple[Labels, Union[Table, list[Any]], str]]:
    """The labels of numbers, the numbers, and their name; None for anything else."""
    found = data_of(thing, labels.index)
    if found is None:
        return None
    own = Labels(found.index)
    check_complete(own, found.missing, found.name)
    return own, found.values, found.name


def check_complete(labels: Labels, missing: list[int], name: str) -> None:
    """Raise `InvalidValue` if a label has no number; the error names the first one."""
    if missing:
        raise InvalidValue(
            f"{name} has no number (NaN or None) for the label {quoted(labels.at(missing[0]))}. Fill it by "
            ".fillna(...) or .fill_null(...), or drop the label."
        )


def numbers_by_label(labels: Labels, values: NumbersByLabel, what: str, whose: str) -> Union[Number, Floats]:
    """A number, or an array of numbers in the order of the labels."""
    if is_number(values):
        return values  # type: ignore[return-value]
    data = _data(labels, values)
    if data is None:
        raise ExpressionError(
            f"{what} of {whose} takes a number, or numbers with labels: a series of pandas, a polars frame or a "
            f"dictionary; not {type(values).__name__}, whose order alone would say what belongs to what."
        )
    own, given, _ = data
    numbers = checked(given, what)
    places = labels.within(own, whose, what)
    return numbers if places is None else numbers[places]


def paired(left: LabelledOperand[Any], right: Any) -> Any:  # of the elements of the left, and whatever is on the right
    """(labels, elements of the left, elements or numbers of the right), in one order; or NotImplemented."""
    if is_single(right):
        return left._labels, left._elements, right
    if isinstance(right, LabelledOperand):
        theirs, values, name = right._labels, right._elements, right._whose()
    else:
        data = _data(left._labels, right)
        if data is None:
            check_operand(right)
            if not isinstance(right, (str, bytes)) and (hasattr(right, "__len__") or hasattr(right, "__array__")):
                left._refuse_array()
            return NotImplemented
        theirs, values, name = data[0], operands.array_of(data[1]), data[2]
        if values.dtype.kind not in "biufO":
            raise ExpressionError(f"{name} is not a series of numbers, but of {values.dtype}.")
    mine, elements = left._labels, left._elements
    if len(theirs.names) > len(mine.names):
        theirs = Labels.checked(theirs.index, name)
        places = theirs.within(mine, name, left._whose())
        return theirs, elements if places is None else elements[places], values
    places = mine.within(theirs, left._whose(), name)
    return mine, elements, values if places is None else values[places]


def labels_beside(expression: object, series: Any) -> Optional[Labels]:
    """The labels of a series of pandas beside a single expression; None for what is not a series."""
    data = None if hasattr(series, "height") else data_of(series, None)
    if data is None:
        check_operand(series)
        if not hasattr(series, "__len__"):
            return None
        raise ExpressionError(
            f"A {type(series).__name__} of {package_of(series)} beside the single expression {expression} does not say "
            "which labels its numbers have. Take them by their order, by .to_numpy() of one column, or with labels, "
            "as a series of pandas."
        )
    return Labels.checked(data.index, data.name)


def title_of(array: LabelledOperand[Any]) -> str:
    """Its name in a message."""
    return array._whose()
