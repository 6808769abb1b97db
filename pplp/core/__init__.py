"""What Python's operators build, and where a program keeps it: expressions, relations, columns, rows, the objective."""
