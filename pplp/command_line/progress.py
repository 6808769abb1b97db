"""The progress of a solve on one line of the terminal."""

from __future__ import annotations

import os
import sys

from pplp.engines.progress import Progress
from pplp.engines.progress_line import text

__all__ = ["ProgressLine"]


def _columns() -> int:
    """The width of the terminal that shows standard error."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


class ProgressLine:
    """The progress, on one line of the terminal."""

    def __init__(self) -> None:
        self._width = 0

    def __call__(self, event: Progress) -> None:
        most = _columns() - 1  # some terminals wrap at the last column
        line = f"{event.seconds:6.1f} s  {text(event)}"[:most]
        print(f"\r{line:<{min(self._width, most)}}", end="", file=sys.stderr, flush=True)
        self._width = len(line)

    def clear(self) -> None:
        """Clear the line."""
        if self._width:
            print(f"\r{'':{self._width}}\r", end="", file=sys.stderr, flush=True)
