"""Makes the handles of future variables in blocks, to spare the garbage collector."""

from __future__ import annotations

import gc

from pplp.core.columns import Columns
from pplp.core.expressions import Variable

__all__ = ["more_handles"]

#: Variables are made in blocks of at most this many.
_BLOCK = 8192


def more_handles(columns: Columns) -> Variable:
    """Make the next block of handles and return its first one; the others wait in `spare`.

    A program makes its variables one at a time and keeps them all.  If their handles were made one at a time, too,
    every few hundred would trigger a pass of the cyclic garbage collector over everything alive.  The collector is
    paused while a block is made, so there is at most one pass for each block.
    """
    first = len(columns.lower)
    count = min(max(first - len(columns.removed), 8), _BLOCK)
    collecting = gc.isenabled()
    gc.disable()
    try:
        block = []
        for index in range(first + count - 1, first - 1, -1):
            variable = Variable()
            variable._index = index
            block.append(variable)
    finally:
        if collecting:
            gc.enable()
    columns.spare = block
    return block.pop()
