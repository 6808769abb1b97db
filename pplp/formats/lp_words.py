"""The words of LP files: names, relations, infinity, and the words that begin sections."""

from __future__ import annotations

import re

__all__ = ["INFINITIES", "NAME", "RELATIONS", "SECTION_WORDS", "is_label"]

NAME = r"[^\s<>=:+\-*/^\[\]\\0-9.][^\s<>=:+\-*^\\]*"
RELATIONS = {"<": -1, "<=": -1, "=<": -1, ">": 1, ">=": 1, "=>": 1, "=": 0}
INFINITIES = {"inf", "infinity"}
_NAME = re.compile(NAME)
#: The first words of lines that may begin a section, in lower case.
SECTION_WORDS = frozenset(
    (
        *("minimize", "minimise", "minimum", "min", "maximize", "maximise", "maximum", "max", "subject", "such", "st"),
        *("s.t.", "st.", "lazy", "user", "bound", "bounds", "general", "generals", "gen", "integer", "integers", "int"),
        *("binary", "binaries", "bin", "semi-continuous", "semi", "semis", "sos", "sos1", "sos2", "end", "gencon"),
        *("gencons", "g.c.", "pwlobj", "multi-objective", "multi-objectives", "scenario", "quadratic"),
    )
)


def is_label(text: str) -> bool:
    """True if it is one name, and nothing else."""
    label = text.strip()
    return label.isidentifier() or _NAME.fullmatch(label) is not None
