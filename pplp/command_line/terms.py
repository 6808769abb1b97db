"""Translate messages of the library into the options of the command.

The messages are made in many modules, which do not know whether a script or the command shows them.  So they say what
to write in Python, and are translated here, in the one place where the command prints them.
"""

from __future__ import annotations

import re

__all__ = ["in_terms"]

#: An option or method in a message of the library -> its counterpart in the command.
_TERMS = [
    (r"explain\(time_limit=\.\.\.\)", "--time-limit SECONDS"),
    (r"explain\(weights=\{x: 1, \.\.\.\}\)", "--weight x=1"),
    (r"see explain\(\)", "see pplp explain"),
    (r"solve lp\.relaxed\(\)", "solve with --relax"),
    (r"\b(method|solver)='([\w-]+)'", r"--\1 \2"),
    (r"\bLeave method at 'auto'", "Leave --method at auto"),
    (r"\bleave method at 'auto'", "leave --method at auto"),
    (r"\bLeave (cuts|branching|backtracking|\w+_pump|\w+_search) out, or solve", "Solve"),
    (r"^(time|iteration|node)_limit must", r"--\1-limit must"),
    (r"\b(a|no) (time|iteration|node)_limit\b", r"\1 --\2-limit"),
    (r"^gap must", "--gap must"),
    (r"^absolute_gap must", "--absolute-gap must"),
    (r"format= \(on the command line (--\w+)\)", r"\1"),
    (r"\bdata, time_limit and memory_limit are\b", "--data is"),
    (r"\b(?:time_limit=|(?:memory|size)_limit=, in bytes)\.", "--unlimited."),
    (r"\bSet (\S+)\.lb, as tight", r"Give \1 a lower bound in the file, as tight"),
    (r"\bSet (\S+)\.ub, as tight", r"Give \1 an upper bound in the file, as tight"),
    (r"\b(maximize|minimize)\(\) is unbounded", r"to \1 is unbounded"),
    (r"; or write b >> \(\.\.\.\), which derives it from the bounds", ""),
]


def in_terms(message: object) -> str:
    """The message with the options of the command in place of those of the library."""
    said = str(message)
    for pattern, words in _TERMS:
        said = re.sub(pattern, words, said)
    return said
