"""What users see: text, notebook formulas, plots and the report."""

from typing import TYPE_CHECKING

from pplp.ground.former import successors

if not TYPE_CHECKING:  # type checkers would accept any name
    __getattr__ = successors(__name__)
