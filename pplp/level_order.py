"""The order of the labels of a level, along which elements are shifted, subtracted and added up.

Not every group has all labels, so none of them says the whole order. Numbers and times have one of their own, which
counts where every group keeps it, or its reverse. Otherwise the labels follow each other as they first appear, or as
texts in the alphabet; this counts where every group keeps it, and where any two neighbors occur together in a group,
so that there is no other such order. Where none is certain, it is refused: time must not run backwards unseen.
"""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Real
from typing import Any, Optional

import numpy as np

from pplp import affine
from pplp.errors import InvalidValue
from pplp.identity import Kind
from pplp.labels import Labels

__all__ = ["places_along"]

_Array = Any


def places_along(labels: Labels, level: int, groups: _Array, remedy: str) -> _Array:
    """For each element, the place of its label on the level; `groups` are the numbers of the other labels.

    Raises `InvalidValue`, which ends with the remedy, where it is not certain.
    """
    first, found = affine.numbered(labels.level(level).codes)
    if len(first) < 2:
        return found
    natural, has_own_order = _sorted(labels, level, first)
    if has_own_order and natural is not None:
        for ranks in (natural, len(first) - 1 - natural):
            if _conflict(ranks[found], groups) is None:
                return ranks[found]
    orders: list[_Array] = [found, *([] if natural is None else [natural[found]])]
    kept = [places for places in orders if _conflict(places, groups) is None]
    for places in kept:
        if _gap(places, groups, len(first)) is None:
            return places
    if len(kept) == 2 and (kept[0] == kept[1]).all():
        return found
    shown = labels.level(level).shown
    codes = labels.level(level).codes
    if kept:
        told = "never occur together"
        at = _gap(found if _conflict(found, groups) is None else kept[0], groups, len(first))
    else:
        told, at = "come in both orders", _conflict(found, groups)
    assert at is not None
    one, other = (repr(shown[int(codes[place])]) for place in at)
    name = labels.names[level]
    raise InvalidValue(
        f"What comes before what on the level {name!r} is not certain: {one} and {other} {told}. {remedy}"
    )


def _sorted(labels: Labels, level: int, first: _Array) -> tuple[Optional[_Array], bool]:
    """The ranks of the labels by size, in the order of their first appearance; and do they have an order of their own?

    None where they have no sizes.
    """
    identities = labels.level(level).identities
    keys = [identities[int(code)] for code in labels.level(level).codes[first]]
    are_texts = all(isinstance(key, str) for key in keys)
    if not are_texts and not all(isinstance(key, Real) and not isinstance(key, bool) for key in keys):
        kinds = {key[0] if isinstance(key, tuple) and key and isinstance(key[0], Kind) else None for key in keys}
        if len(kinds) > 1 or kinds & {None, Kind.TRUTH}:
            return None, False
        keys = [key[1] for key in keys]
    ranks = np.empty(len(keys), np.int64)
    ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return ranks, not are_texts


def _neighbors(order: _Array, groups: _Array) -> tuple[_Array, _Array]:
    """Elements of one group that follow each other in an order: the places of both."""
    one, other = order[:-1], order[1:]
    same = groups[one] == groups[other]
    return one[same], other[same]


def _conflict(places: _Array, groups: _Array) -> Optional[Iterator[int]]:
    """Two elements that stand in the other order in their group; None where all groups keep the order."""
    one, other = _neighbors(np.argsort(groups, kind="stable"), groups)
    wrong = np.flatnonzero(places[one] > places[other])
    return map(int, (one[wrong[0]], other[wrong[0]])) if len(wrong) else None


def _gap(places: _Array, groups: _Array, count: int) -> Optional[Iterator[int]]:
    """Two elements with neighboring labels that no group has both; None where there are none."""
    one, other = _neighbors(np.lexsort((places, groups)), groups)
    together = np.zeros(count, bool)
    together[places[one[places[other] == places[one] + 1]]] = True
    apart = np.flatnonzero(~together[: count - 1])
    if not len(apart):
        return None
    return map(int, (np.flatnonzero(places == apart[0])[0], np.flatnonzero(places == apart[0] + 1)[0]))
