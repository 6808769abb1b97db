"""``python -m pplp``: the command line."""

import sys

from pplp.command_line import main

if __name__ == "__main__":
    sys.exit(main())
