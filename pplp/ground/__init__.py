"""The ground of the house: imports, threads, files, pickles and numbers of Python itself, nothing of programs."""
