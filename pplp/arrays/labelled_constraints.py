"""Relations and constraints with labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Union

from pplp.arrays import operands
from pplp.arrays.attributes import ConstraintAttributes
from pplp.arrays.by_label import numbers_by_label
from pplp.arrays.constraint_arrays import ConstraintArray
from pplp.arrays.expression_arrays import ExpressionArray
from pplp.arrays.labels import Labels
from pplp.arrays.parts import Labelled, shown_by_label
from pplp.arrays.relation_arrays import RelationArray
from pplp.core.bulk import Aligned
from pplp.core.constraints import Constraint
from pplp.core.protocols import NoNumbers
from pplp.core.shown import Shown
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.typing import Floats, Integers, Number, NumbersByLabel

__all__ = ["LabelledConstraints", "LabelledRelations"]


class LabelledRelations(Aligned, RelationArray):
    """Relations with labels; `add_constraint` takes it whole."""

    __slots__ = ("_labels",)
    _labels: Labels

    def __init__(self, operand: object, array: ExpressionArray, lower: Floats, upper: Floats, labels: Labels) -> None:
        super().__init__(operand, array, lower, upper)
        self._labels = labels

    def _keys(self) -> list[Any]:
        return self._labels.index.texts()

    def _where(self, place: int) -> str:
        return f"of the label {quoted(self._labels.at(place))}"

    def _handles(self, constraints: ConstraintArray) -> LabelledConstraints:
        return LabelledConstraints(constraints, self._labels)

    def __repr__(self) -> str:
        if len(self._labels) > 20:
            return f"<{len(self._labels)} relations by {', '.join(map(str, self._labels.names))}>"
        return shown_by_label(self._labels, self)


# What is read is a series of pandas or a frame of polars: Any, as `typing.py` says.
class LabelledConstraints(ConstraintAttributes[Any, "NumbersByLabel"], NoNumbers, Shown, Labelled[Constraint]):
    """The constraints that labelled relations became; numbers are read and set as series with the same index."""

    __slots__ = ("_elements", "_labels")
    _kind = "constraints"
    _for_numpy = ConstraintArray._for_numpy

    _elements: ConstraintArray

    def __init__(self, elements: ConstraintArray, labels: Labels) -> None:
        self._elements = elements
        self._labels = labels

    def __len__(self) -> int:
        return len(self._elements)

    def __iter__(self) -> Iterator[Constraint]:
        return iter(self._elements.flat)

    @property
    def flat(self) -> list[Constraint]:
        """All constraints, in the order of the labels."""
        return self._elements.flat

    def _part(self, places: Integers, labels: Labels) -> LabelledConstraints:
        return LabelledConstraints(self._elements[places], labels)

    def _attribute(self, name: str) -> Any:
        return self._labels.index.series(operands.plain(getattr(self._elements, name)), name)

    def _set(self, name: str, values: NumbersByLabel) -> None:
        setattr(self._elements, name, self._numbers(values, name))

    def _set_bounds(self, lower: NumbersByLabel, upper: NumbersByLabel) -> None:
        self._elements.bounds = self._numbers(lower, "bounds"), self._numbers(upper, "bounds")

    def _numbers(self, values: NumbersByLabel, what: str) -> Union[Number, Floats]:
        return numbers_by_label(self._labels, values, what, "the constraints")

    def _assigned(self, values: NumbersByLabel, what: str) -> Iterable[tuple[Constraint, float]]:
        return self._elements._assigned(self._numbers(values, what), what)
