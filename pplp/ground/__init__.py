"""Helpers for Python itself: imports, threads, files, pickles, and numbers.  Nothing here knows about programs."""
