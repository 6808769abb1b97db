"""What each subcommand says of itself after its options: files, exit codes, examples."""

from __future__ import annotations

__all__ = ["COMMANDS", "COMPLETION", "CONVERT", "EXPLAIN", "INFO", "LINT", "REPORT", "SOLVE"]


def _verbatim(help: str) -> str:
    """As click prints it without breaking its lines anew."""
    return "\n\n".join(f"\b\n{part}" for part in help.strip("\n").split("\n\n"))


_FILES = """\
files:
  by suffix: .lp (CPLEX LP), .mps (free or fixed MPS), .json, .mod (GNU MathProg,
  with --data), .min .max .asn .dimacs (networks), each also with .gz, .bz2 or .xz;
  "-" is standard input or output, and needs --from or --to.
  A .mod file is a program that may read and write files: use only those that you trust.
"""
_WRONG = "1 a file or an option is wrong    2 the command is wrong"
_GONE = "141 whoever read the output has stopped reading"
COMMANDS = _verbatim("""\
examples:
  pplp solve plan.mps --time-limit 60    the best point, the bound, the status
  pplp explain plan.mps                  why there is none
  pplp convert plan.mod plan.lp.gz       in another format

"pplp solve --help" and so on tell more, with examples.  Tab completes subcommands,
options and files after:  pplp completion --help
""")
SOLVE = _verbatim(f"""\
{_FILES}
exit codes:
  0 optimal, or within the gap asked for
  {_WRONG}
  3 infeasible    4 unbounded    5 one of the two
  6 a limit was reached    7 numerical trouble    130 interrupted
  {_GONE}
  After a limit or Ctrl-C the best point found is reported, if there is one.

examples:
  pplp solve plan.lp                                  the sense is the file's
  pplp solve plan.mps.gz --maximize --time-limit 60   ... or yours; at most a minute
  pplp solve plan.lp --gap 0.01 -o answer.csv         within 1 %; the answer goes to a file
  pplp solve - --from mps --format json < plan.mps    in a pipe
""")
CONVERT = _verbatim(f"""\
{_FILES}
Numbers are written with all their digits, and names that the format cannot hold are
replaced, with comments that restore them.

exit codes:
  0 written    {_WRONG}
  {_GONE}

examples:
  pplp convert plan.mod --data may.dat plan.mps
  pplp convert plan.mps - --to lp | less
""")
EXPLAIN = _verbatim(f"""\
{_FILES}
Of an infeasible program: constraints and bounds that cannot all hold, though without
any one of them they can; and the least change of constraints that makes it feasible.
Of an unbounded one: the direction, and the bounds that are missing.

exit codes:
  0 feasible and bounded    {_WRONG}
  3 infeasible    4 unbounded    6 not found out in time    7 numerical trouble
  {_GONE}

examples:
  pplp explain plan.lp
  pplp explain plan.lp --weight steel=10 --weight demand=inf   demand must not move
  pplp explain plan.lp --weight x=1                            the bounds of x may move, too
  pplp explain plan.mps --format json
""")
LINT = _verbatim(f"""\
{_FILES}
Errors make the program infeasible, warnings are probably mistakes, notes are of what
does nothing.  Nothing is solved.

exit codes:
  0 nothing, or notes alone    {_WRONG}
  8 there are errors or warnings; with --strict, or notes
  {_GONE}

examples:
  pplp lint plan.lp
  pplp lint plan.lp --strict --format json
  pplp lint plan.mps --maximize             what is wrong in that sense
""")
INFO = _verbatim(f"""\
{_FILES}
exit codes:
  0 told    {_WRONG}
  {_GONE}

examples:
  pplp info plan.mps
  pplp info plan.mps --format json
""")
REPORT = _verbatim(f"""\
{_FILES}
The page holds everything that it shows: it can be sent and opened anywhere.

exit codes:
  those of "pplp solve", of which all have a page but 1, 2 and 141;
  with --no-solve 0 is written

examples:
  pplp report plan.lp -o plan.html
  pplp report plan.mps --time-limit 60 > plan.html     the best point of a minute
  pplp report plan.mps --no-solve -o plan.html         the program alone
""")
COMPLETION = _verbatim("""\
It is printed.  To have it in every shell, put one line into its start-up file:

  ~/.bashrc                    eval "$(pplp completion bash)"
  ~/.zshrc                     eval "$(pplp completion zsh)"
  ~/.config/fish/config.fish   pplp completion fish | source

bash must be 4.4 or newer.  macOS has an older one.
""")
