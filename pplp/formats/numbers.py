"""Many numbers of a file at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import TypeVar

from pplp.core.scalars import HUGE, SMALL

__all__ = ["Numbers", "looked_up"]

_K = TypeVar("_K")
_V = TypeVar("_V")

#: If more than this many of a sample of texts differ, nearly all do.
_SAMPLE, _DIFFERENT = 256, 240
#: At most this many are remembered.
_MOST = 1 << 16
#: A text without an exponent needs this many zeros to be too small.
_ZEROS = "0" * 50


def looked_up(table: Mapping[_K, _V], keys: Sequence[_K]) -> list[_V]:
    """The entries of many keys; raises `KeyError` if one is missing."""
    if len(keys) < 2:  # for one key `itemgetter` makes no tuple
        return [table[key] for key in keys]
    return list(itemgetter(*keys)(table))


class _Known(dict[str, float]):
    """`float` applied to texts."""

    def __missing__(self, text: str) -> float:
        value = self[text] = float(text)
        return value


class Numbers:
    """`float` applied to texts; repeated ones, which most files have, are converted and checked once."""

    def __init__(self) -> None:
        self._known = _Known()

    def __call__(self, texts: list[str]) -> list[float]:
        """The numbers; raises `ValueError` if one of them is not allowed as a coefficient."""
        if not texts:
            return []
        known, sample = self._known, {*texts[:_SAMPLE]}
        if len(sample) == 1 < len(texts) == texts.count(texts[0]):
            return self(texts[:1]) * len(texts)
        if len(sample) > _DIFFERENT and not known.keys() >= sample:
            values = list(map(float, texts))
            _check(texts, values)
            return values
        if len(known) > _MOST:
            known.clear()
        before = len(known)
        try:
            values = looked_up(known, texts)
            new = len(known) - before
            if new:
                _check(list(islice(reversed(known), new)), list(islice(reversed(known.values()), new)))
        except ValueError:
            while len(known) > before:
                known.popitem()
            raise
        return values


def _check(texts: list[str], values: list[float]) -> None:
    """Raise `ValueError` unless each is 0, or of a size that a coefficient may have."""
    joined = "".join(texts)
    if "_" in joined:
        raise ValueError
    has_letters = "e" in joined or "E" in joined or "n" in joined or "N" in joined  # an exponent, inf or nan
    largest = max(max(values), -min(values)) if "-" in joined else sum(values)
    if has_letters or _ZEROS in joined or not largest <= HUGE:
        sizes = list(map(abs, values))
        if not sum(sizes) <= HUGE or min(filter(None, sizes), default=1.0) < SMALL:
            raise ValueError
