"""Solvers, and what a program says to them: GLPK, HiGHS, codes for networks, rational arithmetic, other processes."""
