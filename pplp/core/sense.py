"""`Sense`: whether the objective is minimized or maximized.

Users write and read a text: ``lp.solve("maximize")``, ``solution.sense``.  Inside pplp it is one of the two members;
in a `MatrixForm` it is the bool `maximize`.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Optional

from pplp.errors import OptionError
from pplp.ground.quoting import quoted

__all__ = ["Sense"]


class Sense(Enum):
    """Which way the objective gets better; its text is what a user writes.

    >>> sense = Sense.of("maximize")
    >>> sense, sense.is_maximize, str(sense)
    (<Sense.MAXIMIZE: 'maximize'>, True, 'maximize')
    """

    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"

    is_maximize: bool

    def __init__(self, text: str) -> None:
        self.is_maximize = text == "maximize"

    def __str__(self) -> str:
        return self.value  # type: ignore[no-any-return]

    @classmethod
    def of(cls, text: Any) -> Sense:
        """The sense of this text; raises `OptionError` for any other."""
        sense = cls.known(text)
        if sense is None:
            raise OptionError(f"The sense must be 'minimize' or 'maximize', not {quoted(text)}.")
        return sense

    @classmethod
    def known(cls, text: Any) -> Optional[Sense]:
        """The sense of this text; None for any other."""
        return _BY_TEXT.get(text) if isinstance(text, str) else None

    @classmethod
    def from_bool(cls, maximize: bool) -> Sense:
        """The sense of a form."""
        return cls.MAXIMIZE if maximize else cls.MINIMIZE


_BY_TEXT = {sense.value: sense for sense in Sense}
