"""The order of the labels of a level, along which elements are shifted, subtracted and added up.

Groups may lack labels, so the first of them does not say the whole order. Numbers and times have one of their own,
which counts where every group keeps it, or its reverse. Of other labels it is known what comes before what in a group;
where that leaves one order for all of them, or the order of first appearance is that of the alphabet, it counts. In
any other case the order is not certain, and it is refused: time must not run backwards unseen.
"""

from __future__ import annotations

from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, Optional

from pplp.arrays import integer_codes
from pplp.arrays.identity import Kind
from pplp.arrays.labels import Labels
from pplp.errors import InvalidValue
from pplp.ground.numeric import np

if TYPE_CHECKING:
    from pplp.arrays.typing import Integers

__all__ = ["places_along"]


def places_along(labels: Labels, level: int, groups: Integers, remedy: str) -> Integers:
    """For each element, the place of its label on the level; `groups` are the numbers of the other labels.

    Raises `InvalidValue`, which ends with the remedy, where it is not certain.
    """
    first, found = integer_codes.numbered(labels.level(level).codes)
    if len(first) < 2:
        return found
    one, other = _neighbors(np.argsort(groups, kind="stable"), groups)
    natural, has_own_order = _sorted(labels, level, first)
    if has_own_order and natural is not None:
        for ranks in (natural, len(first) - 1 - natural):
            if (ranks[found[one]] <= ranks[found[other]]).all():
                return ranks[found]
    order, doubt = _before_and_after(len(first), found[one].tolist(), found[other].tolist())
    if doubt is None:
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(len(order))
        return ranks[found]
    if natural is not None and (natural[found] == found).all() and (found[one] <= found[other]).all():
        return found
    shown, codes = labels.level(level).shown, labels.level(level).codes
    this, that = (repr(shown[int(codes[first[label]])]) for label in doubt)
    told = f"no group says which of {this} and {that} comes first"
    if len(order) < len(first):
        told = f"the groups contradict each other about {this} and {that}"
    raise InvalidValue(f"The order of the labels of the level {labels.names[level]!r} is not certain: {told}. {remedy}")


def _before_and_after(count: int, before: list[int], after: list[int]) -> tuple[list[int], Optional[tuple[int, int]]]:
    """The labels, each one before those that come after it; and two of which it is not known, or which contradict.

    Fewer than all of them, where some contradict each other.
    """
    later: dict[int, set[int]] = {label: set() for label in range(count)}
    for one, other in zip(before, after):
        later[one].add(other)
    waiting = [0] * count
    for some in later.values():
        for label in some:
            waiting[label] += 1
    ready, order, doubt = [label for label in range(count) if not waiting[label]], [], None
    while ready:
        if len(ready) > 1 and doubt is None:
            doubt = ready[0], ready[1]
        label = ready.pop(0)
        order.append(label)
        for other in sorted(later[label]):
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    if len(order) < count:
        left = next(label for label in range(count) if waiting[label])
        doubt = left, next((other for other in sorted(later[left]) if waiting[other]), left)
    return order, doubt


def _sorted(labels: Labels, level: int, first: Integers) -> tuple[Optional[Integers], bool]:
    """The ranks of the labels by size, in the order of their first appearance; and do they have an order of their own?

    None where they have no sizes.
    """
    identities = labels.level(level).identities
    keys: list[Any] = [identities[int(code)] for code in labels.level(level).codes[first]]
    if all(isinstance(key, tuple) and key and isinstance(key[0], Kind) for key in keys):
        kinds = {key[0] for key in keys}
        if len(kinds) > 1 or Kind.TRUTH in kinds:
            return None, False
        keys = [key[1] for key in keys]
    types = {float if isinstance(key, (Real, Decimal)) else type(key) for key in keys}
    if len(types) > 1 or tuple in types:
        return None, False
    try:
        order = sorted(range(len(keys)), key=keys.__getitem__)
    except TypeError:  # objects that have no order
        return None, False
    ranks = np.empty(len(keys), np.int64)
    ranks[order] = np.arange(len(keys))
    return ranks, types.isdisjoint({str, bytes})


def _neighbors(order: Integers, groups: Integers) -> tuple[Integers, Integers]:
    """Elements of one group that follow each other in an order: the places of both."""
    one, other = order[:-1], order[1:]
    same = groups[one] == groups[other]
    return one[same], other[same]
