"""Many numbers of a file at once."""

from __future__ import annotations

from pplp.core.scalars import HUGE, SMALL

__all__ = ["Numbers"]

#: Where so many of the first texts are different, most are; so many are remembered.
_SAMPLE, _DIFFERENT, _MOST = 256, 240, 1 << 16


class Numbers:
    """What `float` makes of texts; those that come again and again, as in most files, are made and looked at once."""

    def __init__(self) -> None:
        self._known: dict[str, float] = {}

    def __call__(self, texts: list[str]) -> list[float]:
        """The numbers; raises `ValueError` where one of them is no coefficient as it is."""
        if not texts:
            return []
        if len({*texts[:_SAMPLE]}) > _DIFFERENT:
            values = list(map(float, texts))
            _check(texts, values)
            return values
        known = self._known
        if texts.count(texts[0]) == len(texts) > 1:
            return self(texts[:1]) * len(texts)
        new = [*{*texts}.difference(known)]
        if new:
            values = list(map(float, new))
            _check(new, values)
            if len(known) > _MOST:
                known.clear()
                return self(texts)
            known.update(zip(new, values))
        return list(map(known.__getitem__, texts))


def _check(texts: list[str], values: list[float]) -> None:
    """Raise `ValueError` unless each is 0, or of a size that a coefficient may have."""
    joined = "".join(texts)
    if "_" in joined:
        raise ValueError
    with_letters = "e" in joined or "E" in joined or "n" in joined or "N" in joined  # an exponent, inf or nan
    if with_letters or max(map(len, texts), default=0) > 80:  # else the size is in the digits
        sizes = list(map(abs, values))
        if not sum(sizes) <= HUGE or min(filter(None, sizes), default=1.0) < SMALL:
            raise ValueError
