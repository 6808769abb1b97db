"""Arrays with labels: their elements and parts by label, by position, and by the labels of a level."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, Optional, TypeVar, Union, overload

from pplp.arrays.frames import package_of
from pplp.arrays.identity import identity
from pplp.arrays.labels import Labels
from pplp.core.bulk import Aligned
from pplp.errors import ExpressionError, InvalidValue
from pplp.ground.numeric import np
from pplp.ground.pickles import Pickled
from pplp.ground.quoting import quoted

if TYPE_CHECKING:
    from typing_extensions import Self

    from pplp.arrays.typing import Integers, Place, Table

__all__ = ["ByPosition", "Element", "Labelled", "Picker", "shown_by_label"]

#: The element of a label, and an array of several.
Element = TypeVar("Element", covariant=True)
Part = TypeVar("Part", covariant=True)


Kind = TypeVar("Kind", bound="Labelled[Any]")
#: The name of a level, or several.
Level = Union[str, list[str], tuple[str, ...]]


class Labelled(Aligned, Pickled, Generic[Element]):
    """The base of arrays with labels: elements and parts by label."""

    __slots__ = ()
    _labels: Labels
    _elements: Any  # each kind has an array of its own

    if TYPE_CHECKING:  # each kind has its own

        def __iter__(self) -> Iterator[Element]: ...

    @property
    def index(self) -> Any:  # it is of pandas or polars
        """The labels: the index of pandas, or the polars frame of the key columns."""
        return self._labels.index.native

    @property
    def array(self) -> Any:  # of each kind's own
        """The same elements by position, without labels."""
        return self._elements

    @property
    def loc(self) -> Picker[Element, Self]:
        """``x.loc[key]``: the element of a label, or the array of those that the key picks.

        On pandas the key is anything that the `loc` of a series takes.  On polars it is a label, a list of labels, an
        expression of the key columns such as ``pl.col("plant") == "a"``, or a series of truth values.  Raises
        KeyError for an unknown label.
        """
        return Picker(self)

    @property
    def iloc(self) -> ByPosition[Element, Self]:
        """``x.iloc[key]``: the element at a position, or the part at a slice, a list of positions or a boolean mask.

        >>> import pandas
        >>> from pplp import LinearProgram
        >>> x = LinearProgram().Vars(pandas.Index(["mon", "tue", "wed"]), "x")
        >>> x.iloc[0], x.iloc[-2:]
        (x[mon], {'tue': x[tue], 'wed': x[wed]})

        Raises IndexError for a position out of range, `ExpressionError` for a series, a tuple or None as the key, and
        `InvalidValue` for a position given twice.
        """
        return ByPosition(self)

    def xs(self, key: Any, level: Optional[Level] = None) -> Any:  # a part of this kind, or an element
        """The elements with the label `key` on a level, labelled by the other levels; the element if there are none.

        `level` is a name, or a list of names for a tuple of labels.  Without it the key is for the first levels.

        >>> import pandas
        >>> from pplp import LinearProgram
        >>> index = pandas.MultiIndex.from_product([["a", "b"], [1, 2]], names=["product", "month"])
        >>> x = LinearProgram().Vars(index, "x")
        >>> x.xs(2, level="month")
        {'a': x[a,2], 'b': x[b,2]}

        Raises KeyError for an unknown label, `InvalidValue` for an unknown level.
        """
        return _across(self, key, level)

    def unstack(self, level: Optional[str] = None) -> dict[Any, Self]:
        """A dictionary: for each label of a level the elements that have it, labelled by the other levels.

        `level` is a name; without it, the last level is used.

        >>> import pandas
        >>> from pplp import LinearProgram
        >>> index = pandas.MultiIndex.from_product([["a", "b"], [1, 2]], names=["product", "month"])
        >>> x = LinearProgram().Vars(index, "x")
        >>> {month: part.sum() for month, part in x.unstack("month").items()}
        {1: x[a,1] + x[b,1], 2: x[a,2] + x[b,2]}

        Raises `ExpressionError` if there is only one level, `InvalidValue` for an unknown level.
        """
        return _unstacked(self, level)

    def items(self) -> Iterator[tuple[Any, Element]]:
        """(label, element) of each."""
        return zip(self._labels.index.labels(), self)

    def __getitem__(self, label: Any) -> Element:
        try:
            place = self._labels.place(label)
        except InvalidValue:
            raise
        except (KeyError, TypeError, ValueError):  # of an array, which is neither equal nor not
            names = ", ".join(map(str, self._labels.names))
            raise KeyError(
                f"There is no label {quoted(label)} among those by ({names}). Use .loc[...] for parts."
            ) from None
        return self._at(place)

    def __contains__(self, label: object) -> bool:
        try:
            return self._labels.place(label) >= 0
        except InvalidValue:
            raise
        except (KeyError, TypeError, ValueError):
            return False

    def _at(self, place: int) -> Element:
        return self._elements[place]  # type: ignore[no-any-return]

    def _unlabelled(self) -> Any:  # of each kind's own
        return self._elements

    def _part(self, places: Integers, labels: Labels) -> Self:
        """The elements at these places, by these labels."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def __repr__(self) -> str:
        if len(self._labels) > 20:
            return f"<{len(self._labels)} {self._kind} by {', '.join(map(str, self._labels.names))}>"
        return shown_by_label(self._labels, self)

    _kind = "elements"

    def _whose(self) -> str:
        """Its name in a message."""
        return f"the {self._kind}"


class Picker(Pickled, Generic[Element, Part]):
    """``x.loc``."""

    __slots__ = ("_of",)

    def __init__(self, of: Labelled[Element]) -> None:
        self._of = of

    @overload
    def __getitem__(self, key: Union[slice, list[Any]]) -> Part: ...
    @overload
    def __getitem__(self, key: Any) -> Any: ...  # the element of a label, or a part
    def __getitem__(self, key: Any) -> Any:
        found = self._of._labels.index.picked(key)
        if isinstance(found, int):
            return self._of._at(found)
        places, index = found
        return self._of._part(places, Labels.checked(index, "What .loc[...] picks"))


class ByPosition(Pickled, Generic[Element, Part]):
    """``x.iloc``."""

    __slots__ = ("_of",)

    def __init__(self, of: Labelled[Element]) -> None:
        self._of = of

    @overload
    def __getitem__(self, key: Place) -> Element: ...
    @overload
    def __getitem__(self, key: Union[slice, list[Any], Table]) -> Part: ...
    def __getitem__(self, key: Any) -> Any:
        labels = self._of._labels
        if package_of(key) == "pandas" and hasattr(key, "iloc"):
            raise ExpressionError(
                "A series has labels, and .iloc takes positions. Write .loc[series] or .iloc[series.to_numpy()]."
            )
        if isinstance(key, (bool, tuple)) or key is None or key is Ellipsis:
            raise ExpressionError(
                f".iloc takes a position, a slice, a list of positions or a boolean mask, not {quoted(key)}."
            )
        try:
            is_place = isinstance(key, (int, np.integer))
            places = range(len(labels))[key] if is_place else np.arange(len(labels))[key]
        except (IndexError, TypeError, ValueError) as error:
            raise IndexError(
                f".iloc[{quoted(key)}] does not fit an array of {len(labels)} elements: {error}."
            ) from None
        if not np.shape(places):
            return self._of._at(int(places))
        if places.ndim > 1:
            raise ExpressionError("An array with labels has one dimension. Give .iloc a list of positions.")
        part = Labels.checked(labels.index.taken(places), "What .iloc[...] picks")
        return self._of._part(places, part)


def shown_by_label(labels: Labels, elements: Iterable[object]) -> str:
    """As a dictionary is shown, though Python may find two of the labels equal."""
    return "{" + ", ".join(f"{label!r}: {one!r}" for label, one in zip(labels.index.texts(), elements)) + "}"


def _across(of: Labelled[Any], key: Any, level: Optional[Level]) -> Any:  # a part, or an element
    """The elements that have a label on a level, without it."""
    labels = of._labels
    if level is None:
        keys = list(key) if isinstance(key, tuple) and len(labels.names) > 1 else [key]
        levels = list(range(len(keys)))
    else:
        several = list(level) if isinstance(level, (list, tuple)) else None
        keys = list(key) if several is not None and isinstance(key, (list, tuple)) else [key]
        levels = [labels.number_of(one, of._whose()) for one in ([level] if several is None else several)]
    if len(keys) != len(levels) or len(keys) > len(labels.names):
        raise InvalidValue(
            f".xs() takes as many labels as levels, of which there are {len(labels.names)}, not {quoted(key)}."
        )
    labels.index.check_key(key, levels)
    wanted = np.ones(len(labels), bool)
    for one, k in zip(keys, levels):
        identities, own = labels.level(k).identities, identity(one)
        wanted &= labels.level(k).codes == (identities.index(own) if own in identities else -1)
    places = np.flatnonzero(wanted)
    if not len(places):
        raise KeyError(
            f"There is no label {quoted(key)} on the level {', '.join(str(labels.names[k]) for k in levels)}."
        )
    rest = [k for k in range(len(labels.names)) if k not in levels]
    if not rest:
        return of._at(int(places[0]))
    return of._part(places, Labels(labels.index.taken(places, rest)))


def _unstacked(of: Kind, level: Optional[str]) -> dict[Any, Kind]:
    """For each label of a level the elements that have it, by the other levels."""
    labels = of._labels
    if len(labels.names) < 2:
        raise ExpressionError(".unstack() needs two levels or more. With one level, use dict(x.items()).")
    own = len(labels.names) - 1 if level is None else labels.number_of(level, of._whose())
    rest = [k for k in range(len(labels.names)) if k != own]
    numbers, found = labels.groups([own])
    parts: dict[Any, Kind] = {}
    for number, label in enumerate(found.index.labels()):
        places = np.flatnonzero(numbers == number)
        parts[label] = of._part(places, Labels(labels.index.taken(places, rest)))
    return parts


_Picker, _ByPosition = Picker, ByPosition  # their names in older pickles
