"""Values in messages: long ones are shortened, and no value raises an error."""

from __future__ import annotations

from math import log10
from typing import Any, Callable

__all__ = ["quoted"]

#: How many characters of a value a message shows.
_SHOWN = 200


def quoted(value: Any, show: Callable[[Any], str] = repr) -> str:
    """A value as a message shows it: the beginning of a long one, and never an error from its own code.

    >>> quoted("3"), quoted(10**5000), quoted([10**5000])
    ("'3'", 'about 1e+5000', '<list>')
    """
    if isinstance(value, int) and value.bit_length() > 3 * _SHOWN:
        exponent = int(log10(abs(value)))
        return f"about {'-' * (value < 0)}1e+{exponent}"
    try:
        text = show(value)
    except Exception:  # from the user's own class, or from Python, which writes no integer of more than 4300 digits
        return f"<{type(value).__name__}>"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
