"""``pplp`` and ``python -m pplp``: the command line, if click is installed."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

from pplp import interruption
from pplp.errors import ExtraMissing

__all__ = ["main"]


def main() -> int:
    """Run the command with the arguments of the process; returns the exit code, which is 2 if click is missing."""
    if sys.stderr is None:  # closed: discard the text rather than send it to standard output
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for as long as the process lives
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name that the terminal cannot show is not an error
            stream.reconfigure(errors="backslashreplace")
    is_taken = interruption.take()
    try:
        from pplp import command_line
    except ExtraMissing as error:
        print(f"pplp: {error}", file=sys.stderr)
        return 2
    finally:
        if is_taken:
            interruption.restore()
    try:
        return command_line.main()
    except KeyboardInterrupt:  # before it began
        return interruption.INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
