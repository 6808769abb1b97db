"""The identity of a label: what two labels are compared by, whichever package they come from.

Labels of pandas, polars and dictionaries meet.  A Python object does not always say which label it is: a datetime has
no nanoseconds, two hours of a local clock that is set back are equal, and ``True == 1``.  The identity is exact:

* Numbers are compared as numbers, however many bits they have, and texts as texts.
* Truth values, days, times of day, durations, local times and instants never equal each other, or a number.
* An instant is the same in every time zone.  A local time without a zone is not an instant.
* Times and durations count in nanoseconds.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

from pplp.errors import InvalidValue

if TYPE_CHECKING:
    from pplp.arrays.typing import Integers

__all__ = ["Kind", "Level", "identity", "times"]

_UNITS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
_DAY = 86_400 * 10**9
_EPOCH = date(1970, 1, 1).toordinal()


class Kind(Enum):
    """The labels that are not numbers, texts or objects of the user's."""

    TRUTH = auto()
    DAY = auto()
    CLOCK = auto()
    DURATION = auto()
    LOCAL = auto()
    INSTANT = auto()


class Level:
    """One level of labels: `codes`, which has the number of its label for each element, and the distinct labels."""

    __slots__ = ("_identities", "_made", "_name", "_shown", "codes")

    def __init__(
        self,
        codes: Integers,
        name: Optional[str],
        identities: Callable[[], Sequence[Hashable]],
        shown: Callable[[], list[Any]],
    ) -> None:
        self.codes = codes
        self._name = name
        self._identities = identities
        self._shown = shown
        self._made: Optional[Sequence[Hashable]] = None

    @property
    def identities(self) -> Sequence[Hashable]:
        """Of the distinct labels, in the order of their numbers; raises `InvalidValue` where those of two are one."""
        if self._made is None:
            made = self._identities()
            if len(set(made)) < len(made):
                raise InvalidValue(
                    f"Two labels of the level {self._name!r} are equal in Python. Cast the level to integers or text."
                )
            self._made = made
        return self._made

    @property
    def count(self) -> int:
        """More than all of the numbers, and at least 1."""
        return int(self.codes.max(initial=0)) + 1

    @property
    def shown(self) -> list[Any]:
        """The distinct labels as a message shows them."""
        return self._shown()


def times(kind: Kind, counts: Sequence[int], unit: str) -> list[tuple[Kind, int]]:
    """The identities of times that a package stores as counts of a unit."""
    size = _UNITS[unit]
    return [(kind, count * size) for count in counts]


def identity(label: Any) -> Hashable:
    """The identity of one Python object."""
    kind = type(label)
    if kind is str or kind is int or kind is float:
        return label  # type: ignore[no-any-return]
    if kind is bool:
        return Kind.TRUTH, label
    if kind is tuple:
        return tuple(map(identity, label))
    if isinstance(label, datetime):
        return _moment(label)
    if isinstance(label, date):
        return Kind.DAY, label.toordinal() - _EPOCH
    if isinstance(label, time):
        return Kind.CLOCK, _since_midnight(label), label.utcoffset()
    if isinstance(label, timedelta):
        return Kind.DURATION, _length(label)
    if hasattr(label, "dtype"):
        return _of_numpy(label)
    # What has no hash is not a label.
    return label if isinstance(label, Hashable) else object()


def _since_midnight(moment: Union[datetime, time]) -> int:
    """Nanoseconds; a Timestamp of pandas has some below the microsecond, too."""
    seconds = (moment.hour * 60 + moment.minute) * 60 + moment.second
    return int((seconds * 1_000_000 + moment.microsecond) * 1_000 + getattr(moment, "nanosecond", 0))


def _length(span: timedelta) -> int:
    below = getattr(span, "nanoseconds", 0)
    return ((span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds) * 1_000 + int(below)


def _moment(label: datetime) -> Hashable:
    if label != label:  # NaT
        return label
    count = (label.toordinal() - _EPOCH) * _DAY + _since_midnight(label)
    offset = label.utcoffset()  # of an hour that comes twice, the one that `fold` says
    return (Kind.LOCAL, count) if offset is None else (Kind.INSTANT, count - _length(offset))


def _of_numpy(label: Any) -> Hashable:
    """A scalar of numpy's."""
    kind, unit = getattr(label.dtype, "kind", ""), str(label.dtype).partition("[")[2].rstrip("]")
    if kind == "b":
        return Kind.TRUTH, bool(label)
    if kind in "mM" and (unit in _UNITS or unit == "D"):
        size = _UNITS.get(unit, _DAY)
        return Kind.LOCAL if kind == "M" else Kind.DURATION, int(label.astype("int64")) * size
    return label if isinstance(label, Hashable) else object()
