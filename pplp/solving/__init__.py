"""Solving again and again: inside a search, one objective after the other, many programs, many scenarios."""
