"""The handles of future variables, made in blocks to spare the garbage collector."""

from __future__ import annotations

import gc

from pplp.core.columns import Columns
from pplp.core.expressions import Variable

__all__ = ["more_handles"]

#: Variables are made in blocks of at most this many.
_BLOCK = 8192


def more_handles(columns: Columns) -> Variable:
    """Make the next block of handles and return its first one; the others wait in `spare`.

    A program makes its variables one at a time and keeps them all.  Made one at a time, each few
    hundred of them would set off a pass of the cyclic collector over everything alive; a block
    makes one pass of them, so the collector pauses while a block is made.
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
