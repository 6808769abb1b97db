"""The stack of calls: whose code called an operator, a conversion or a method, which Python does not say.

All depths are here; who asks writes ``_getframe(METHOD)``, because a function for it would cost the operators another
call.  They count the calls of this package that are between: a new one in a path changes a depth.
"""

from __future__ import annotations

import os
from sys import _getframe
from types import CodeType, FrameType
from typing import Optional

__all__ = ["COMPARISON", "HELPER", "METHOD", "OPERATOR", "OWN", "frames_inside", "is_ours", "users_frame"]

#: The function that asks; the caller of a method that asks; the caller of the method that called the one that asks.
OWN, METHOD, HELPER = 0, 1, 2
#: For `chaining.finish`, which the function asks that all comparisons call: the operator, and the code that it is in.
OPERATOR, COMPARISON = 2, 3

_HOUSE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def users_frame() -> Optional[FrameType]:
    """The innermost frame outside this package."""
    frame: Optional[FrameType] = _getframe(METHOD)
    while frame is not None and is_ours(frame.f_code):
        frame = frame.f_back
    return frame


def frames_inside() -> int:
    """How many frames of this package the caller is in, up to the user's: for the stacklevel of a warning."""
    count, frame, outside = 1, _getframe(METHOD), users_frame()
    while frame.f_back is not None and frame.f_back is not outside:
        count, frame = count + 1, frame.f_back
    return count


def is_ours(code: CodeType) -> bool:
    """True for code of this package."""
    return code.co_filename.startswith(_HOUSE)
