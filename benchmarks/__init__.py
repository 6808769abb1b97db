"""Benchmarks of pplp: run ``python -m benchmarks --help``."""
