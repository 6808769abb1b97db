"""General tools: imports, threads, files, pickles and numbers of Python itself; nothing about programs."""
