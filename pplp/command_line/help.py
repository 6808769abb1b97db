"""The end of the help of each subcommand, after its options: files, exit codes, examples."""

from __future__ import annotations

__all__ = ["COMMANDS", "COMPLETION", "CONVERT", "EXPLAIN", "INFO", "LINT", "REPORT", "SOLVE"]


def _verbatim(help: str) -> str:
    """Mark the paragraphs so that click keeps their line breaks."""
    return "\n\n".join(f"\b\n{part}" for part in help.strip("\n").split("\n\n"))


_FILES = """\
files:
  The suffix sets the format: .lp (CPLEX LP), .mps (free or fixed MPS), .json,
  .mod (GNU MathProg, with --data), .min .max .asn .dimacs (networks); add .gz, .bz2,
  or .xz for a compressed file.  "-" is standard input or output, and needs --from or --to.
  A .mod file is a program that can read and write files: use only files that you trust.
"""
_WRONG = "1 wrong file or option value    2 wrong usage"
_GONE = "141 the reader of the output closed the pipe"
COMMANDS = _verbatim("""\
examples:
  pplp solve plan.mps --time-limit 60    solve for at most a minute
  pplp explain plan.mps                  find out why there is no optimum
  pplp convert plan.mod plan.lp.gz       write another format

Run "pplp solve --help" for the options of a subcommand, with more examples.
For tab completion, see:  pplp completion --help
""")
SOLVE = _verbatim(f"""\
{_FILES}
exit codes:
  0 optimal, or within the requested gap
  {_WRONG}
  3 infeasible    4 unbounded    5 infeasible or unbounded
  6 a limit was reached    7 numerical trouble    130 interrupted
  {_GONE}
  After a limit or Ctrl-C, the best solution found is reported, if there is one.

examples:
  pplp solve plan.lp                                  the sense of the file
  pplp solve plan.mps.gz --maximize --time-limit 60   maximize for at most a minute
  pplp solve plan.lp --gap 0.01 -o answer.csv         within 1 %; write the answer to a file
  pplp solve - --from mps --format json < plan.mps    read a pipe
""")
CONVERT = _verbatim(f"""\
{_FILES}
Numbers are written with all their digits.  Names that the format cannot hold are replaced,
and comments in the file restore them.

exit codes:
  0 success    {_WRONG}
  {_GONE}

examples:
  pplp convert plan.mod --data may.dat plan.mps
  pplp convert plan.mps - --to lp | less
""")
EXPLAIN = _verbatim(f"""\
{_FILES}
For an infeasible program: an irreducible set of conflicting constraints and bounds, and the
smallest change of constraints that makes the program feasible.
For an unbounded program: the unbounded direction, and the missing bounds.

exit codes:
  0 feasible and bounded    {_WRONG}
  3 infeasible    4 unbounded    6 not found in time    7 numerical trouble
  {_GONE}

examples:
  pplp explain plan.lp
  pplp explain plan.lp --weight steel=10 --weight demand=inf   do not change demand
  pplp explain plan.lp --weight x=1                            also change the bounds of x
  pplp explain plan.mps --format json
""")
LINT = _verbatim(f"""\
{_FILES}
Errors make the program infeasible, warnings are probably mistakes, and notes are about parts
that have no effect.  Nothing is solved.

exit codes:
  0 no findings, or only notes    {_WRONG}
  8 errors or warnings; with --strict, also notes
  {_GONE}

examples:
  pplp lint plan.lp
  pplp lint plan.lp --strict --format json
  pplp lint plan.mps --maximize             findings for maximization
""")
INFO = _verbatim(f"""\
{_FILES}
exit codes:
  0 success    {_WRONG}
  {_GONE}

examples:
  pplp info plan.mps
  pplp info plan.mps --format json
""")
REPORT = _verbatim(f"""\
{_FILES}
The page is self-contained: you can send it and open it anywhere.

exit codes:
  those of "pplp solve"; with --no-solve, 0 for success
  The page is written unless the exit code is 1, 2, or 141.

examples:
  pplp report plan.lp -o plan.html
  pplp report plan.mps --time-limit 60 > plan.html     the best solution after a minute
  pplp report plan.mps --no-solve -o plan.html         only the program
""")
COMPLETION = _verbatim("""\
The script goes to standard output.  To load it in every shell, add one line to the
start-up file of your shell:

  ~/.bashrc                    eval "$(pplp completion bash)"
  ~/.zshrc                     eval "$(pplp completion zsh)"
  ~/.config/fish/config.fish   pplp completion fish | source

bash must be 4.4 or newer; macOS has an older one.
""")
