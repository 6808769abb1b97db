"""The letters of a basis: one for each variable and each row says where it is at a vertex.

A basis is a text of them, as it is pickled, saved to a file and shown: ``Basis(variables='BL', rows='U')``.
"""

from __future__ import annotations

__all__ = ["AT_LOWER", "AT_UPPER", "BASIC", "FIXED", "FREE"]

#: Between its bounds, held there by the rows and columns that are at theirs.
BASIC = "B"
#: At its lower bound, or its upper one.
AT_LOWER, AT_UPPER = "L", "U"
#: Without bounds, at 0.
FREE = "F"
#: At both of its bounds, which are the same.
FIXED = "E"
