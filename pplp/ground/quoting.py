"""Values in messages: shortened if they are long, and shown without an error whatever they are."""

from __future__ import annotations

from math import log10
from typing import Any, Callable

__all__ = ["quoted"]

#: How many characters of a value a message shows.
_SHOWN = 200


def quoted(value: Any, show: Callable[[Any], str] = repr) -> str:
    """A value as a message shows it: only its beginning if it is long; never an error, whatever the value does.

    >>> quoted("3"), quoted(10**5000), quoted([10**5000])
    ("'3'", 'about 1e+5000', '<list>')
    """
    if isinstance(value, int) and value.bit_length() > 3 * _SHOWN:
        exponent = int(log10(abs(value)))
        return f"about {'-' * (value < 0)}1e+{exponent}"
    try:
        text = show(value)
    except Exception:  # of the user's own class, or of Python: it writes no integers of more than 4300 digits
        return f"<{type(value).__name__}>"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
