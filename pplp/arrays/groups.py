"""Groups of labelled expressions: the sum of each, and shifts, differences, rolls and running sums within each.

Two orders are possible.  Within a group, elements follow each other as they do in the array: this is what pandas does.
Along a named level, its labels follow each other in one order for all groups (see `level_order.py`).  The two differ
where a group lacks a label: along the level, the predecessor of (a, 3) is (a, 2), and nothing takes its place.
"""

from __future__ import annotations

from operator import index
from sys import maxsize
from typing import TYPE_CHECKING, Any, Generic, Optional, Protocol, TypeVar, Union

from pplp.arrays import algebra, integer_codes
from pplp.arrays.expression_arrays import ExpressionArray
from pplp.arrays.labels import Labels
from pplp.arrays.level_order import places_along
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.numeric import np
from pplp.ground.pickles import Pickled
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from pplp.arrays.typing import Integers, OperandByLabel
    from pplp.arrays.variables import VariableArray

__all__ = ["Along", "Groups", "Source"]

Made = TypeVar("Made", covariant=True)


class Source(Protocol[Made]):
    """Expressions with labels, which make others of their kind."""

    @property
    def _elements(self) -> Union[VariableArray, ExpressionArray]: ...

    @property
    def _labels(self) -> Labels: ...

    @property
    def _name(self) -> str: ...

    def _relabelled(self, elements: ExpressionArray, labels: Labels, name: str) -> Made: ...

    def _whose(self) -> str: ...


class Groups(Pickled, Generic[Made]):
    """Expressions in groups, as ``x.groupby(by)`` makes them.

    `sum` and `mean` give an expression for each group.  The others give one for each element, with its own label.

    >>> import pandas
    >>> from pplp import LinearProgram
    >>> index = pandas.MultiIndex.from_product([["a", "b"], [1, 2]], names=["product", "month"])
    >>> x = LinearProgram().Vars(index, "x")
    >>> x.groupby("product").sum()
    {'a': x[a,1] + x[a,2], 'b': x[b,1] + x[b,2]}
    >>> x.groupby("product").diff()
    {('a', 2): x[a,2] - x[a,1], ('b', 2): x[b,2] - x[b,1]}
    """

    __slots__ = ("_is_along", "_labels", "_numbers", "_of", "_ranks")

    def __init__(self, of: Source[Made], numbers: Integers, labels: Labels, ranks: Optional[Integers] = None):
        self._of = of
        self._numbers = numbers  # for each element, that of its group
        self._labels = labels  # those of the groups
        self._is_along = ranks is not None  # a level, whose labels some groups may lack
        self._ranks = _counted(numbers) if ranks is None else ranks  # for each element, its place within the group

    def sum(self) -> Made:
        """The sum of each group."""
        sums = self._array().sums(self._numbers, len(self._labels))
        return self._made(sums, self._labels, "the sum")

    def mean(self) -> Made:
        """The mean of each group."""
        sums = self._array().sums(self._numbers, len(self._labels))
        sizes = np.bincount(self._numbers, minlength=len(self._labels))
        return self._made(algebra.divided(sums, sizes), self._labels, "the mean")

    def shift(self, periods: int = 1, fill_value: Optional[OperandByLabel] = None) -> Made:
        """Give each label the expression that is `periods` places before it in its group, or after it if negative.

        `fill_value` is used where there is none: a number, an expression, or either with labels, such as a series with
        a number for each group.  Without it these labels are left out.  Raises `ExpressionError` for a `fill_value` or
        `periods` of another kind, and `InvalidValue` for a `fill_value` whose labels do not fit.
        """
        labels, places = self._of._labels, self._before(periods)
        holes = np.flatnonzero(places < 0)
        said = f"{self._of._name or 'x'}.shift({quoted(periods)})"
        if fill_value is None:
            kept = np.flatnonzero(places >= 0)
            said += ", which has no fill_value," * bool(len(holes))
            return self._of._relabelled(self._array().placed(places[kept]), labels.taken(kept), said)
        moved = self._array().placed(places)
        if len(holes):
            back = np.full(len(places), -1)
            back[holes] = np.arange(len(holes))
            moved = algebra.sum_of(moved, self._filling(fill_value, labels.taken(holes), said).placed(back), 1.0)
        return self._of._relabelled(moved, labels, said)

    def diff(self, periods: int = 1) -> Made:
        """Each expression minus the one `periods` places before it in its group; labels without one are left out."""
        places = self._before(periods)
        kept = np.flatnonzero(places >= 0)
        made = algebra.sum_of(self._array().placed(kept), self._array().placed(places[kept]), -1.0)
        said = f"{self._of._name or 'x'}.diff({quoted(periods)})"
        return self._of._relabelled(made, self._of._labels.taken(kept), said)

    def roll(self, periods: int = 1) -> Made:
        """Shift around the end of each group: its last elements come before its first ones."""
        sizes = np.bincount(self._numbers, minlength=1)[self._numbers]
        if self._is_along and (sizes <= self._ranks.max(initial=0)).any():
            raise InvalidValue(
                "roll() goes around all labels of the level, and some combinations with other levels are missing. Use "
                ".groupby(...).roll() to roll the labels that each group has."
            )
        count = _whole(periods)
        if abs(count) > maxsize:
            raise InvalidValue(f"periods of roll() must be an integer of 64 bits, not {quoted(periods)}.")
        ranks = (self._ranks - count % np.maximum(sizes, 1)) % np.maximum(sizes, 1)
        said = f"{self._of._name or 'x'}.roll({quoted(periods)})"
        return self._of._relabelled(self._array().placed(self._found(ranks)), self._of._labels, said)

    def cumsum(self) -> Made:
        """For each label, the sum of its group up to that label; a group of n has n expressions of 1 to n terms."""
        count, order = len(self._numbers), np.lexsort((self._ranks, self._numbers))
        at = np.empty(count, np.int64)
        at[order] = np.arange(count)
        sizes = np.bincount(self._numbers, minlength=1)
        begin = (np.cumsum(sizes) - sizes)[self._numbers]
        lengths = at - begin + 1
        ends = np.cumsum(lengths)
        terms = np.arange(lengths.sum()) + np.repeat(begin - (ends - lengths), lengths)
        made = self._array().placed(order[terms]).sums(np.repeat(np.arange(count), lengths), count)
        return self._of._relabelled(made, self._of._labels, f"{self._of._name or 'x'}.cumsum()")

    def _array(self) -> ExpressionArray:
        return ExpressionArray.of(self._of._elements)

    def _made(self, array: ExpressionArray, labels: Labels, what: str) -> Made:
        return self._of._relabelled(array, labels, f"{what} of {self._of._name}" if self._of._name else what)

    def _before(self, periods: Any) -> Integers:
        """For each element, the place of the one that is `periods` before it; -1 if there is none."""
        count = len(self._numbers)
        return self._found(self._ranks - min(max(_whole(periods), -count), count))

    def _found(self, ranks: Integers) -> Integers:
        """For each element, the place of the one with this rank in its group; -1 if there is none."""
        count = int(self._ranks.max(initial=-1)) + 1
        inside = (ranks >= 0) & (ranks < count)
        wanted = np.where(inside, self._numbers * count + ranks, -1)
        return integer_codes.looked_up(wanted, self._numbers * count + self._ranks)

    def _filling(self, value: OperandByLabel, labels: Labels, said: str) -> ExpressionArray:
        """The expressions for elements without a predecessor."""
        if isinstance(value, (str, bytes)):
            raise ExpressionError(
                f"fill_value must be a number, an expression, or either with labels, not {quoted(value)}."
            )
        nothing = self._array().placed(np.full(len(labels), -1))
        start: Any = self._of._relabelled(nothing, labels, f"the start of {said}")
        filled = start.__add__(value)
        if filled is NotImplemented:
            raise ExpressionError(
                f"fill_value must be a number, an expression, or either with labels, not {quoted(value)}."
            )
        if len(filled._labels.names) > len(labels.names):
            raise InvalidValue(f"fill_value has more levels than {said}. Give it those, or fewer.")
        return filled._elements  # type: ignore[no-any-return]


class Along:
    """The methods of labelled expressions that go along one of their levels."""

    __slots__ = ()

    def shift(
        self: Source[Made],
        periods: int = 1,
        *,
        level: Optional[str] = None,
        fill_value: Optional[OperandByLabel] = None,
    ) -> Made:
        """Give each label the expression that is `periods` places before it, or after it if negative.

        `level` names the level to go along; the other levels stay the same.  Its numbers or times go up, or down, if
        they do so in every group; other labels follow each other in the one order that all groups keep.  It may be
        left out if there is only one.  `fill_value` is used where there is no predecessor: a number, an expression, or
        either with labels.  Without it these labels are left out, and combining the result with an array that has them
        raises `InvalidValue`: nothing is silently 0.

        >>> import pandas
        >>> from pplp import LinearProgram
        >>> lp, months = LinearProgram(), pandas.RangeIndex(1, 4, name="month")
        >>> stock, make = lp.Vars(months, "stock", lb=0), lp.Vars(months, "make", lb=0)
        >>> sold = pandas.Series([20, 10, 30], index=months)
        >>> lp.add_constraint(stock == stock.shift(1, fill_value=5) + make - sold, "balance")[1]
        balance[1]: stock[1] - make[1] == -15
        >>> stock.shift(-1)
        {1: stock[2], 2: stock[3]}

        Raises `ExpressionError` if there are several levels and no `level`, or for `periods` that are not an integer;
        `InvalidValue` for an unknown level, a level whose order is not certain (two groups have two of its labels in
        different orders, or none has both), or a `fill_value` whose labels do not fit.
        """
        return _along(self, level, "shift").shift(periods, fill_value)

    def diff(self: Source[Made], periods: int = 1, *, level: Optional[str] = None) -> Made:
        """Each expression minus the one `periods` places before it; labels without one are left out.

        Takes `level`, and raises errors, as `shift` does.

        >>> import pandas
        >>> from pplp import LinearProgram
        >>> power = LinearProgram().Vars(pandas.RangeIndex(3), "power")
        >>> power.diff() <= 10
        {1: power[1] - power[0] <= 10, 2: power[2] - power[1] <= 10}
        """
        return _along(self, level, "diff").diff(periods)

    def roll(self: Source[Made], periods: int = 1, *, level: Optional[str] = None) -> Made:
        """Shift around the end: the last labels come before the first ones.

        >>> import pandas
        >>> from pplp import LinearProgram
        >>> LinearProgram().Vars(pandas.RangeIndex(3), "x").roll(1)
        {0: x[2], 1: x[0], 2: x[1]}

        Takes `level`, and raises errors, as `shift` does; also `InvalidValue` if a label of the level is missing in
        combination with some other labels.
        """
        return _along(self, level, "roll").roll(periods)

    def cumsum(self: Source[Made], *, level: Optional[str] = None) -> Made:
        """For each label, the sum of all expressions up to it.

        Takes `level`, and raises errors, as `shift` does.  n labels have 1 to n terms: if there are many, add variables
        with ``total == total.shift(1, fill_value=0) + x`` instead.

        >>> import pandas
        >>> from pplp import LinearProgram
        >>> LinearProgram().Vars(pandas.RangeIndex(3), "x").cumsum()
        {0: x[0], 1: x[0] + x[1], 2: x[0] + x[1] + x[2]}
        """
        return _along(self, level, "cumsum").cumsum()


def _along(of: Source[Made], level: Optional[str], what: str) -> Groups[Made]:
    """The elements grouped by all levels but this one, ranked by its labels."""
    labels = of._labels
    count = len(labels)
    if level is None:
        if len(labels.names) > 1:
            last = labels.names[-1] or "..."
            raise ExpressionError(
                f"{of._name or 'The array'} has {len(labels.names)} levels. Say which one to go along: "
                f".{what}(level={last!r}), or use .groupby(...).{what}()."
            )
        return Groups(of, np.zeros(count, np.int64), labels, np.arange(count))
    own = labels.number_of(level, of._whose())
    others = [k for k in range(len(labels.names)) if k != own]
    lines = labels.groups(others)[0] if others else np.zeros(count, np.int64)
    remedy = (
        f"Create the variables from a sorted index, or write .groupby(...).{what}(), which takes the elements of each "
        "group as they stand."
    )
    return Groups(of, lines, labels, places_along(labels, own, lines, remedy))


def _counted(numbers: Integers) -> Integers:
    """For each element, how many of its group come before it."""
    order = numbers.argsort(kind="stable")
    sizes = np.bincount(numbers, minlength=1)
    ranks = np.empty(len(numbers), np.int64)
    ranks[order] = np.arange(len(numbers)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return ranks


def _whole(periods: Any) -> int:
    try:
        return index(periods)
    except TypeError:
        raise ExpressionError(f"periods must be an integer, not {quoted(periods)}.") from None
