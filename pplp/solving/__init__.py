"""Repeated solves: inside a search, several objectives in order, many programs, many scenarios."""
