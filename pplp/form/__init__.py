"""The form of a program: sparse arrays, and what can be computed from the arrays alone."""
