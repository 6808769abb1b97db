"""What Python's operators build, and where a program stores it: expressions, relations, rows, the objective."""
