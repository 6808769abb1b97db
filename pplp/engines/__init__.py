"""Solvers, and their interface to programs: GLPK, HiGHS, network solvers, rational arithmetic, other processes."""
