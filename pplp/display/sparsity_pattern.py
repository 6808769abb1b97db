"""The sparsity pattern of a matrix, by kind of row and column, as a PNG image."""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Sequence
from math import inf, sqrt
from typing import NamedTuple

from pplp.form.matrix_form import MatrixForm

__all__ = ["KINDS", "Pattern", "pattern_of", "png"]

#: The kinds of coefficients.
KINDS = (
    "continuous variable, inequality",
    "integer variable, inequality",
    "continuous variable, equation",
    "integer variable, equation",
)
#: The number of shades of a color that show how many coefficients a cell has.
SHADES = 8
_WIDEST, _HIGHEST = 560, 400


class Pattern(NamedTuple):
    """The cells of the image, row after row: 0 for an empty one, else 1 + SHADES * kind + shade."""

    width: int
    height: int
    cells: bytes
    #: The kinds that occur.
    kinds: tuple[int, ...]
    #: The number of coefficients in the fullest cell.
    fullest: int


def pattern_of(form: MatrixForm, widest: int = _WIDEST, highest: int = _HIGHEST) -> Pattern:
    """The pattern of a matrix, with several coefficients per cell if it is larger than the image.

    A cell has the kind of most of its coefficients.

    >>> from pplp import LinearProgram
    >>> lp = LinearProgram()
    >>> x, n = lp.Var(), lp.IntVar()
    >>> _ = lp.add_constraint(x + n <= 4), lp.add_constraint(2*x - n == 1)
    >>> pattern = pattern_of(lp.compile())
    >>> [KINDS[(cell - 1) // SHADES] for cell in pattern.cells]   # doctest: +NORMALIZE_WHITESPACE
    ['continuous variable, inequality', 'integer variable, inequality',
     'continuous variable, equation', 'integer variable, equation']
    """
    width, height = min(form.columns, widest), min(form.rows, highest)
    size = width * height
    counts = [array("l", bytes(array("l").itemsize * size)) for _ in KINDS]
    column = [j * width // form.columns for j in range(form.columns)]
    starts, indices, integer = form.starts, form.indices, form.integer
    any_integer = any(integer)
    for i in range(form.rows):
        is_equation = form.row_lower[i] == form.row_upper[i] and abs(form.row_lower[i]) < inf
        of_continuous, of_integer = (counts[2], counts[3]) if is_equation else (counts[0], counts[1])
        base = i * height // form.rows * width
        for j in indices[starts[i] : starts[i + 1]]:
            (of_integer if any_integer and integer[j] else of_continuous)[base + column[j]] += 1
    fullest = max((sum(cell) for cell in zip(*counts)), default=0)
    cells = bytearray(size)
    for k, cell in enumerate(zip(*counts)):
        total = sum(cell)
        if total:
            shade = SHADES - 1 if fullest == 1 else round((SHADES - 1) * sqrt(total / fullest))
            cells[k] = 1 + SHADES * cell.index(max(cell)) + shade
    kinds = tuple(kind for kind, of_kind in enumerate(counts) if any(of_kind))
    return Pattern(width, height, bytes(cells), kinds, fullest)


def png(pattern: Pattern, colours: Sequence[str]) -> bytes:
    """The image with a color such as "#4a6484" for each kind, on a transparent background."""
    palette, opacity = bytearray(3), bytearray(1)
    for colour in colours:
        for shade in range(SHADES):
            palette += bytes.fromhex(colour[1:])
            opacity.append(255 * (4 + 6 * shade // (SHADES - 1)) // 10)
    width, height = pattern.width, pattern.height
    lines = b"".join(b"\0" + pattern.cells[k * width : (k + 1) * width] for k in range(height))
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", bytes(palette)),
            _chunk(b"tRNS", bytes(opacity)),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
