"""The edits of a program since its engine last saw it."""

from __future__ import annotations

__all__ = ["Journal"]


class Journal:
    """What was edited since the engine last saw the program, as indices in the program."""

    __slots__ = ("bounds", "columns", "kinds", "removed_columns", "removed_rows", "row_bounds", "rows", "terms")

    def __init__(self, columns: int, rows: int) -> None:
        self.bounds: set[int] = set()
        self.kinds: set[int] = set()
        self.row_bounds: set[int] = set()
        self.terms: set[int] = set()
        self.removed_rows: list[int] = []
        self.removed_columns: list[int] = []
        self.columns, self.rows = columns, rows  # how many of them existed when the engine last saw the program
