"""What people look at: text, formulas for notebooks, pictures, the report."""

from typing import TYPE_CHECKING

from pplp.ground.former import successors

if not TYPE_CHECKING:  # which would take any name
    __getattr__ = successors(__name__)
