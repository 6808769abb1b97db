"""The command ``pplp``: solve, convert and look at files of programs.

    pplp solve model.mps --time-limit 60 -o answer.csv
    pplp convert model.mps.gz model.lp
    pplp info model.lp

Each subcommand is a function of this module that takes the parsed arguments and returns the exit code.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, Optional

from pplp.errors import PplpError
from pplp.formats import FORMATS, SOLUTION_FORMATS, read, write
from pplp.program import LinearProgram
from pplp.progress_line import text
from pplp.solution import Status
from pplp.solver import METHODS, Progress
from pplp.statistics import facts_of

__all__ = ["main"]

_FAILED, _INTERRUPTED = 1, 130
#: status -> exit code
EXIT_CODES = {
    Status.OPTIMAL: 0,
    Status.GAP_REACHED: 0,
    Status.INFEASIBLE: 3,
    Status.UNBOUNDED: 4,
    Status.INFEASIBLE_OR_UNBOUNDED: 5,
    Status.TIME_LIMIT: 6,
    Status.ITERATION_LIMIT: 6,
    Status.NODE_LIMIT: 6,
    Status.NUMERICAL: 7,
    Status.INTERRUPTED: _INTERRUPTED,
}

_FILES = """\
files:
  by suffix: .lp (CPLEX LP), .mps (free or fixed MPS), .json, .mod (GNU MathProg, with --data), .min .max .asn .dimacs
  (networks), each also with .gz, .bz2 or .xz; "-" is standard input or output, and needs --from or --to.
  A .mod file is a program that may read and write files: use only those that you trust.
"""
_SOLVE = f"""\
{_FILES}
exit codes:
  0 optimal, or within the gap asked for   1 a file or an option is wrong    2 the command is wrong
  3 infeasible   4 unbounded   5 one of the two   6 a limit was reached   7 numerical trouble   130 interrupted
  After a limit or Ctrl-C the best point found is reported, if there is one.

examples:
  pplp solve plan.lp                                  the sense is the file's
  pplp solve plan.mps.gz --maximize --time-limit 60   ... or yours; at most a minute
  pplp solve plan.lp --gap 0.01 -o answer.csv         within 1 %; the answer goes to a file
  pplp solve - --from mps --format json < plan.mps    in a pipe
"""
_CONVERT = f"""\
{_FILES}
Numbers are written with all their digits, and names that the format cannot hold are replaced, with comments that
restore them.

examples:
  pplp convert plan.mod --data may.dat plan.mps
  pplp convert plan.mps - --to lp | less
"""
_INFO = f"""\
{_FILES}
examples:
  pplp info plan.mps
  pplp info plan.mps --format json
"""


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run the command with these arguments, or those of the process; returns the exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except BrokenPipeError:  # whoever reads, as in "| head", has seen enough
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    except KeyboardInterrupt:
        print("pplp: interrupted", file=sys.stderr)
        return _INTERRUPTED
    except (PplpError, OSError) as error:
        print(f"pplp: {error}", file=sys.stderr)
        return _FAILED


def _parser() -> argparse.ArgumentParser:
    from pplp import __version__

    parser = argparse.ArgumentParser(
        prog="pplp",
        description="Linear and mixed-integer programs in files: solve them, convert them, look at them.",
        epilog='"pplp solve --help" and so on tell more, with examples.',
    )
    parser.add_argument("--version", action="version", version=f"pplp {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    solve = _command(commands, "solve", "solve the program of a file", _SOLVE, _solve)
    sense = solve.add_mutually_exclusive_group()
    sense.add_argument(
        "--maximize", dest="sense", action="store_const", const="maximize", help="whatever the file says"
    )
    sense.add_argument(
        "--minimize", dest="sense", action="store_const", const="minimize", help="whatever the file says"
    )
    solve.add_argument(
        "--method", choices=METHODS, default="auto", help="how linear programs are solved (default: auto)"
    )
    solve.add_argument("--time-limit", type=float, metavar="SECONDS")
    solve.add_argument("--iteration-limit", type=int, metavar="N", help="of the simplex")
    solve.add_argument("--node-limit", type=int, metavar="N", help="of branch and cut")
    solve.add_argument("--gap", type=float, default=0.0, help="stop at this relative distance from the bound")
    solve.add_argument(
        "--absolute-gap", type=float, default=0.0, metavar="GAP", help="the same in the objective's units"
    )
    solve.add_argument("--relax", action="store_true", help="forget that variables are integer")
    solve.add_argument("-o", "--output", metavar="FILE", default="-", help="where the answer goes (.txt, .csv, .json)")
    solve.add_argument("--format", choices=list(SOLUTION_FORMATS), help="of the answer (default: by suffix, or text)")
    solve.add_argument("-q", "--quiet", action="store_true", help="no line of progress on the terminal")
    solve.add_argument("-v", "--verbose", action="count", default=0, help="the solver's log; twice: all of it")

    convert = _command(commands, "convert", "write the program of a file in another format", _CONVERT, _convert)
    convert.add_argument("target", metavar="TARGET", help='the file to be written, or "-"')
    kinds = [kind for kind, (_, _, writer) in FORMATS.items() if writer]
    convert.add_argument("--to", choices=kinds, metavar="FORMAT", help=f"of the target: {', '.join(kinds)}")

    info = _command(commands, "info", "sizes, ranges of numbers and structure of a program", _INFO, _info)
    info.add_argument("--format", choices=["text", "json"], default="text", help="of what is told (default: text)")
    return parser


def _command(commands: Any, name: str, summary: str, epilog: str, run: Any) -> argparse.ArgumentParser:
    """A subcommand that reads a file."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    parser.add_argument("source", metavar="FILE", help='the file to be read, or "-"')
    parser.add_argument(
        "--from", dest="source_format", choices=list(FORMATS), metavar="FORMAT", help=", ".join(FORMATS)
    )
    parser.add_argument(
        "--data", action="append", default=[], metavar="FILE", help="data of a MathProg model; repeatable"
    )
    return parser


def _read(arguments: argparse.Namespace) -> LinearProgram:
    return read(arguments.source, arguments.source_format, data=arguments.data)


# --------------------------------------------------------------------- solve
def _solve(arguments: argparse.Namespace) -> int:
    program = _read(arguments)
    sense = arguments.sense or program.sense
    if arguments.relax:
        program = program.relaxed()
    names = ("method", "time_limit", "iteration_limit", "node_limit", "gap", "absolute_gap", "verbose")
    options: dict[str, Any] = {name: getattr(arguments, name) for name in names}
    live = None
    if not (arguments.quiet or arguments.verbose) and sys.stderr.isatty():
        live = options["progress"] = _Line()
    interrupted = False
    try:
        program.solve(sense, **options)
    except KeyboardInterrupt:  # the solution is what was found until then
        interrupted = True
    finally:
        if live is not None:
            live.clear()
    solution = program.solution
    if solution is None:
        print("pplp: interrupted before a point was found", file=sys.stderr)
        return _INTERRUPTED
    solution.write(arguments.output, arguments.format)
    return _INTERRUPTED if interrupted else EXIT_CODES[solution.status]


class _Line:
    """The progress, on one line of the terminal."""

    def __init__(self) -> None:
        self._width = 0

    def __call__(self, event: Progress) -> None:
        line = f"{event.seconds:6.1f} s  {text(event)}"[:110]
        print(f"\r{line:<{self._width}}", end="", file=sys.stderr, flush=True)
        self._width = max(self._width, len(line))

    def clear(self) -> None:
        """Leave the line as it was."""
        if self._width:
            print(f"\r{'':{self._width}}\r", end="", file=sys.stderr, flush=True)


# --------------------------------------------------------------------- convert
def _convert(arguments: argparse.Namespace) -> int:
    write(_read(arguments), arguments.target, arguments.to)
    return 0


# --------------------------------------------------------------------- info
def _info(arguments: argparse.Namespace) -> int:
    program = _read(arguments)
    facts = {"name": program.name, **facts_of(program.compile())}
    if arguments.format == "json":
        print(json.dumps(facts, indent=1))
        return 0
    for key, fact in facts.items():
        if isinstance(fact, dict):
            fact = ", ".join(f"{count} {kind}" for kind, count in fact.items() if count)
        elif isinstance(fact, list):
            fact = f"{fact[0]:g} to {fact[1]:g}"
        if fact not in (None, ""):
            print(f"{key:<15}  {fact}")
    return 0
