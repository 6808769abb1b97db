"""The waist: a program as sparse arrays, and what can be said of the arrays alone."""
