"""The command ``pplp``: solve, convert, explain, check, describe, and report programs in files."""

from pplp.command_line.subcommands import commands, main

__all__ = ["commands", "main"]
