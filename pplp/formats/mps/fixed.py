"""The fields of a line of fixed MPS, by their columns: 2-3, 5-12, 15-22, 25-36, 40-47 and 50-61.

Names may have blanks, and the last fields may be missing.  A number may begin a little before its field, or extend
beyond it, unless it meets other text.  Anything that would be cut or ignored is refused.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Optional

from pplp.formats.source import Source, quoted

__all__ = ["fixed_fields"]

_MARKER = "'MARKER'"
_COMMENT = re.compile(r"(?<= )\$")
#: The ranges, counted from 0, in which fields are looked for: the numbers between two names, and after the last.
_FIELDS: tuple[tuple[int, Optional[int]], ...] = ((1, 3), (4, 12), (14, 22), (22, 39), (39, 47), (47, None))
#: Columns that are blank, and positions where no word spans two fields.
_GAPS = (3, 4), (12, 14)
_EDGES: tuple[int, ...] = (22, 39, 47)
#: Where names are, and where a comment may be that other readers skip.
_NAMES, _END = ((0, 12), (14, 22), (39, 47)), 61


def fixed_fields(line: str, source: Source, names: tuple[Container[str], ...]) -> list[str]:
    """The fields of a line; `names` are those of the rows and columns, which may begin with `$`."""
    line = line.expandtabs(8).rstrip()
    if _MARKER in line:  # in many files its words are in other columns
        name, _, rest = line.partition(_MARKER)
        return [name.strip(), _MARKER, *rest.split()]
    line = _without_comment(line, names)
    places, edges = _FIELDS, _EDGES
    if line[22:39].strip() and len(line[22:].split()) == 1:  # a number, of any length, and nothing after it
        places, edges = (*_FIELDS[:3], (22, None)), _EDGES[:1]
    fields = [line[start:end].strip() for start, end in places]
    is_cut = any(line[start:end].strip() for start, end in _GAPS)
    is_cut = is_cut or any(" " not in line[at - 1 : at + 1] for at in edges if at < len(line))
    if is_cut or any(" " in field for field in (fields[0], *fields[3::2])):
        source.fail(
            "expected the fields in columns 2-3, 5-12, 15-22, 25-36, 40-47 and 50-61, with blanks between them, found "
            f"{quoted(line)}. Move them there, or read the file with format='mps' if no name has blanks"
        )
    while fields and not fields[-1]:
        fields.pop()
    return fields[1:] if fields and not fields[0] else fields


def _without_comment(line: str, names: tuple[Container[str], ...]) -> str:
    """The line without a comment that begins with `$`, unless that begins a name, and without text after all fields."""
    for found in _COMMENT.finditer(line):
        at = found.start()
        start = next((start for start, end in _NAMES if start <= at < end), -1)
        if start < 0 or (0 < start == at and not any(line[at : at + 8].strip() in known for known in names)):
            return line[:at].rstrip()
    return line[:_END].rstrip() if line[_END - 1 : _END + 1].count(" ") else line
