"""The results of a solve, in the user's names: a solution, its basis, its quality, and its sensitivity."""
