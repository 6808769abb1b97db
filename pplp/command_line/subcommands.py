"""The command ``pplp``: solve, convert, explain, check, describe, and report programs in files.

    pplp solve model.mps --time-limit 60 -o answer.csv
    pplp convert model.mps.gz model.lp
    pplp explain model.lp
    pplp lint model.lp
    pplp info model.lp
    pplp report model.lp -o report.html

Each subcommand is a function of this module that returns the exit code.  Only this module imports click.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sys
import warnings
from collections.abc import Iterable, Sequence
from functools import wraps
from io import TextIOWrapper
from math import inf
from typing import Any, Callable, Optional

from pplp.command_line import help
from pplp.command_line.as_json import explanation_as_json, finding_as_json
from pplp.command_line.progress import ProgressLine
from pplp.command_line.terms import in_terms
from pplp.core.sense import Sense
from pplp.engines.contract import METHODS
from pplp.engines.names import engine_names
from pplp.errors import ExtraMissing, NumericalTrouble, OptionError, PplpError
from pplp.form.outcome import Status
from pplp.form.statistics import facts_of
from pplp.formats import FORMATS, SOLUTION_FORMATS, SUFFIXES, read, write
from pplp.formats.source import unpacked_suffix
from pplp.program import LinearProgram

try:
    import click
    from click.shell_completion import get_completion_class
except ImportError as error:
    raise ExtraMissing(
        'The command pplp needs the package click. Install it with: python -m pip install "pplp[cli]"'
    ) from error

__all__ = ["commands", "main"]

#: 130 and 141 are what shells make of SIGINT and SIGPIPE.
_FAILED, _FOUND, _INTERRUPTED, _UNREAD = 1, 8, 130, 141
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
#: what `explain` finds -> exit code
_EXPLAINED = {"feasible": 0, "infeasible": 3, "unbounded": 4, "unknown": 6}


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run the command with these arguments, or those of the process, and return the exit code.

    Raises `SystemExit` with code 2 if the usage is wrong.
    """
    try:
        code = commands.main(arguments, prog_name="pplp", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:  # Ctrl-C before a subcommand ran
        return _INTERRUPTED
    return int(code or 0)


_show = warnings.showwarning


def _warned(message: Any, category: type[Warning], *place: Any, **others: Any) -> None:
    """Print our warnings, which name the line of the file, without the line of Python code."""
    if category is RuntimeWarning:
        print(f"pplp: {in_terms(message)}", file=sys.stderr)
    else:
        _show(message, category, *place, **others)


class _Commands(click.Group):
    """The subcommands, with our errors and exit codes: the function of each returns the exit code."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        try:
            return super().make_context(*arguments, **options)
        except BrokenPipeError:  # the help of the command itself
            raise click.exceptions.Exit(_unread()) from None

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        if not arguments and not context.resilient_parsing:  # True while a shell completes
            click.echo(context.get_help(), err=True)
            sys.exit(2)
        return super().parse_args(context, arguments)

    def invoke(self, context: click.Context) -> None:
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _warned
                code = super().invoke(context)
            if sys.stdout is not None:  # None if its descriptor is closed
                sys.stdout.flush()
        except BrokenPipeError:
            code = _unread()
        except KeyboardInterrupt:
            print("pplp: interrupted", file=sys.stderr)
            code = _INTERRUPTED
        except (PplpError, OSError) as error:
            print(f"pplp: {in_terms(error)}", file=sys.stderr)
            code = EXIT_CODES[Status.NUMERICAL] if isinstance(error, NumericalTrouble) else _FAILED
        context.exit(int(code or 0))


def _unread() -> int:
    """Discard the rest of standard output, whose reader closed the pipe (as "| head" does); the exit code."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _UNREAD


def _version() -> str:
    from pplp import __version__

    return __version__


@click.group(
    cls=_Commands,
    epilog=help.COMMANDS,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(_version(), message="pplp %(version)s")
def commands() -> None:
    """Solve, convert, explain, and check linear and mixed-integer programs in files."""


def _program(function: Callable[..., int]) -> Callable[..., int]:
    """Pass the `program` of a file to the function."""

    @click.argument("source", metavar="FILE", type=click.Path(allow_dash=True))
    @click.option(
        "--from", "source_format", type=click.Choice(list(FORMATS)), help="Format of FILE (default: by suffix)."
    )
    @click.option(
        "--data",
        multiple=True,
        type=click.Path(),
        metavar="FILE",
        help="Data file of a MathProg model; may be repeated.",
    )
    @click.option(
        "--unlimited",
        is_flag=True,
        help="Lift the limits: 1 GiB per file (uncompressed); 10 minutes and 4 GiB to translate MathProg.",
    )
    @wraps(function)
    def reading(source: str, source_format: Optional[str], data: Sequence[str], unlimited: bool, **options: Any) -> int:
        _check_target(options.get("output", options.get("target", "-")), [source, *data])
        limit = inf if unlimited else None
        is_mathprog = (source_format or SUFFIXES.get(unpacked_suffix(source))) == "mathprog"
        its = {"time_limit": limit, "memory_limit": limit} if is_mathprog else {}
        program = read(source, source_format, data=data, size_limit=limit, **its)
        return function(program, **options)

    return reading


def _check_target(target: str, sources: Iterable[str]) -> None:
    """Raise `OptionError` if a file that is read would be overwritten, under any path."""
    for source in sources if target != "-" and os.path.isfile(target) else ():
        with contextlib.suppress(OSError):  # a missing source is reported when it is read
            if os.path.samefile(0 if source == "-" else source, target):
                raise OptionError(f"{target} is an input file and would be overwritten. Choose another output file.")


def _sense(function: Callable[..., int]) -> Callable[..., int]:
    """Pass the requested `sense`, or None, to the function."""

    @click.option("--maximize", is_flag=True, help="Maximize, overriding the file.")
    @click.option("--minimize", is_flag=True, help="Minimize, overriding the file.")
    @wraps(function)
    def choosing(maximize: bool, minimize: bool, **options: Any) -> int:
        if maximize and minimize:
            raise click.UsageError("--maximize and --minimize exclude each other. Give only one of them.")
        return function(sense=Sense.from_bool(maximize).value if maximize or minimize else None, **options)

    return choosing


def _solving(function: Callable[..., int]) -> Callable[..., int]:
    """Pass the options of `_solved` to the function."""
    for one in reversed(_SOLVING):
        function = one(function)
    return _sense(function)


_SOLVING = [
    click.option(
        "--solver",
        default="glpk",
        show_default=True,
        metavar="NAME",
        shell_complete=lambda _context, _option, start: [name for name in engine_names() if name.startswith(start)],
        help="Solver: glpk, highs, auto, or another installed engine.",
    ),
    click.option(
        "--method", type=click.Choice(METHODS), default="auto", show_default=True, help="Algorithm for linear programs."
    ),
    click.option(
        "--time-limit",
        type=float,
        metavar="SECONDS",
        help="Stop after this many seconds and return the best solution found (default: no limit).",
    ),
    click.option(
        "--iteration-limit", type=int, metavar="N", help="Stop after N simplex iterations (default: no limit)."
    ),
    click.option(
        "--node-limit", type=int, metavar="N", help="Stop after N nodes of branch and cut (default: no limit)."
    ),
    click.option(
        "--gap",
        type=float,
        default=0.0,
        show_default=True,
        metavar="GAP",
        help="Stop at this relative optimality gap, such as 0.01 for 1 %.",
    ),
    click.option(
        "--absolute-gap",
        type=float,
        default=0.0,
        show_default=True,
        metavar="GAP",
        help="Stop at this optimality gap, in units of the objective.",
    ),
    click.option("--relax", is_flag=True, help="Solve the relaxation: treat integer variables as continuous."),
    click.option("-q", "--quiet", is_flag=True, help="Do not show progress on the terminal."),
    click.option("-v", "--verbose", is_flag=True, help="Print the solver's log to standard error."),
]


def _output(what: str, suffixes: str, others: Iterable[str]) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """The option -o, which refuses the suffixes of `others`."""

    def checked(_context: click.Context, _option: click.Parameter, path: str) -> str:
        suffix = unpacked_suffix(path)
        if suffix in others:
            raise OptionError(f"-o {path}: {what} cannot be a {suffix} file. Use the suffix {suffixes}.")
        return path

    return click.option(
        "-o",
        "--output",
        metavar="FILE",
        type=click.Path(allow_dash=True),
        default="-",
        callback=checked,
        help=f"Write {what} to FILE ({suffixes}; default: standard output).",
    )


def _as_file() -> None:
    """Write UTF-8 to standard output, as to a file, whatever the encoding of the terminal."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _format(
    kinds: Iterable[str], default: Optional[str], help: str
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    return click.option("--format", type=click.Choice(list(kinds)), default=default, help=help)


_text_or_json = _format(["text", "json"], "text", "Output format (default: text).")


# --------------------------------------------------------------------- solve
#: `explain` says why.
_UNSOLVABLE = (Status.INFEASIBLE, Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED)


@commands.command(epilog=help.SOLVE, short_help="Solve a program.")
@_solving
@_program
@_output("the answer", ".txt, .csv, or .json", {*SUFFIXES, ".html", ".htm"} - {".json"})
@_format(SOLUTION_FORMATS, None, "Format of the answer (default: by the suffix of -o, otherwise text).")
def solve(program: LinearProgram, output: str, format: Optional[str], **options: Any) -> int:
    """Solve the program in FILE and report the status, the values, the bound, and the duals, if any."""
    program, code = _solved(program, **options)
    if program.solution is not None:
        if output == "-" and format == "csv":
            _as_file()
        program.solution.write(output, format)
        if not options["quiet"] and program.solution.status in _UNSOLVABLE:
            given = click.get_current_context().params
            senses = [f"--{sense}" for sense in Sense if given[sense.value]]
            command = shlex.join(["pplp", "explain", given["source"], *senses])
            print(f"pplp: to see why, run: {command}", file=sys.stderr)
    return code


def _solved(
    program: LinearProgram, sense: Optional[str], relax: bool, quiet: bool, **options: Any
) -> tuple[LinearProgram, int]:
    """(the program, with the solution found so far; exit code)."""
    sense = sense or program.sense
    if relax:
        program = program.relaxed()
    live = None
    if options.pop("verbose"):
        options["log"] = lambda line: print(line, file=sys.stderr)
    elif not quiet and sys.stderr.isatty():
        live = options["progress"] = ProgressLine()
    is_interrupted = False
    try:
        program.solve(sense, **options)
    except KeyboardInterrupt:  # the solution is the best one found so far
        is_interrupted = True
    finally:
        if live is not None:
            live.clear()
    if program.solution is None:
        print("pplp: interrupted before a solution was found", file=sys.stderr)
        return program, _INTERRUPTED
    return program, _INTERRUPTED if is_interrupted else EXIT_CODES[program.solution.status]


# --------------------------------------------------------------------- convert
_WRITTEN = [kind for kind, (_, _, writer) in FORMATS.items() if writer]


@commands.command(epilog=help.CONVERT, short_help="Convert a program to another format.")
@_program
@click.argument("target", metavar="TARGET", type=click.Path(allow_dash=True))
@click.option("--to", type=click.Choice(_WRITTEN), help="Format of TARGET (default: by suffix).")
@click.option("--as-rows", is_flag=True, help="Write indicators, SOS, and semicontinuous variables as linear rows.")
def convert(program: LinearProgram, target: str, to: Optional[str], as_rows: bool) -> int:
    """Convert the program in FILE to another format and write it to TARGET."""
    if target == "-":
        _as_file()
    write(program, target, to, as_rows=as_rows)
    return 0


# --------------------------------------------------------------------- explain
@commands.command(epilog=help.EXPLAIN, short_help="Say why there is no optimum, and which change would give one.")
@_sense
@_program
@click.option(
    "--weight",
    "weights",
    multiple=True,
    metavar="NAME=WEIGHT",
    help="Cost per unit of changing a constraint (default: 1) or the bounds of a variable (default: never changed);"
    " inf: never change it; may be repeated.",
)
@click.option(
    "--time-limit",
    type=float,
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Stop the search after this many seconds.",
)
@_text_or_json
def explain(
    program: LinearProgram, sense: Optional[str], weights: Sequence[str], time_limit: float, format: str
) -> int:
    """Say why the program in FILE has no optimum: the conflict and the smallest change, or the missing bounds."""
    why = program.explain(sense or program.sense, weights=_weights(program, weights), time_limit=time_limit)
    print(json.dumps(explanation_as_json(why), indent=1) if format == "json" else in_terms(why))
    return _EXPLAINED[why.kind]


def _weights(program: LinearProgram, given: Sequence[str]) -> dict[Any, float]:
    """The weights by constraint or, if no constraint has the name, by variable."""
    if not given:
        return {}
    things: dict[str, Any] = {x.name: x for x in program.variables}
    things.update((constraint.name, constraint) for constraint in program.constraints)
    found = {}
    for one in given:
        name, equals, weight = one.rpartition("=")
        if not equals:
            raise OptionError(f"--weight {one}: =WEIGHT is missing. Write NAME=WEIGHT, such as {one}=1.")
        if name not in things:
            raise OptionError(f"--weight {one}: no constraint or variable has the name {name!r}. Write NAME=WEIGHT.")
        try:
            found[things[name]] = float(weight)
        except ValueError:
            raise OptionError(f"--weight {one}: {weight!r} is not a number. Write NAME=WEIGHT.") from None
    return found


# --------------------------------------------------------------------- lint
@commands.command(epilog=help.LINT, short_help="Find likely mistakes without solving.")
@_sense
@_program
@click.option("--strict", is_flag=True, help="Exit with code 8 for notes, too.")
@_text_or_json
def lint(program: LinearProgram, sense: Optional[str], strict: bool, format: str) -> int:
    """Find likely mistakes in the program in FILE: contradictions, unused parts, suspicious numbers and names."""
    findings = program.lint(sense or program.sense)
    if format == "json":
        print(json.dumps([finding_as_json(one) for one in findings], indent=1))
    else:
        print(in_terms(findings))
    return _FOUND if any(strict or one.severity != "note" for one in findings) else 0


# --------------------------------------------------------------------- report
@commands.command(epilog=help.REPORT, short_help="Write an HTML page about a program and its solution.")
@_solving
@_program
@click.option("--no-solve", is_flag=True, help="Describe the program without solving it.")
@_output("the page", ".html", {*SUFFIXES, ".txt", ".sol", ".csv", ".pdf"})
def report(program: LinearProgram, no_solve: bool, output: str, **options: Any) -> int:
    """Solve the program in FILE and write a self-contained HTML page: sizes, matrix, solution, duals."""
    code = 0
    if not no_solve:
        program, code = _solved(program, **options)
    if output == "-":
        _as_file()
    program.report(output)
    return code


# --------------------------------------------------------------------- completion
@commands.command(epilog=help.COMPLETION, short_help="Print the script for tab completion.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print a script that completes subcommands, options, option values, and files in a shell."""
    kind = get_completion_class(shell)
    assert kind is not None
    print(kind(commands, {}, "pplp", "_PPLP_COMPLETE").source())
    return 0


# --------------------------------------------------------------------- info
@commands.command(epilog=help.INFO, short_help="Print sizes, ranges of numbers, and structure.")
@_program
@_text_or_json
def info(program: LinearProgram, format: str) -> int:
    """Print the sizes, the ranges of numbers, and the structure of the program in FILE."""
    facts = {"name": program.name, **facts_of(program.compile())}
    if format == "json":
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
