"""The command ``pplp``: solve, convert, explain, check, describe and report programs in files.

    pplp solve model.mps --time-limit 60 -o answer.csv
    pplp convert model.mps.gz model.lp
    pplp explain model.lp
    pplp lint model.lp
    pplp info model.lp
    pplp report model.lp -o report.html

Each subcommand is a function of this module that returns the exit code.  This is the only import of click.
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
    """Run the command with these arguments, or those of the process; returns the exit code.

    Raises `SystemExit` with code 2 where they are no command.
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
    """Our warnings name the line of the file that they are about; the line of Python code says nothing here."""
    if category is RuntimeWarning:
        print(f"pplp: {in_terms(message)}", file=sys.stderr)
    else:
        _show(message, category, *place, **others)


class _Commands(click.Group):
    """The subcommands, with our errors and exit codes: each ends the context with what its function returns."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        try:
            return super().make_context(*arguments, **options)
        except BrokenPipeError:  # the help of the command itself
            raise click.exceptions.Exit(_unread()) from None

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        if not arguments and not context.resilient_parsing:  # which it is while a shell completes
            click.echo(context.get_help(), err=True)
            sys.exit(2)
        return super().parse_args(context, arguments)

    def invoke(self, context: click.Context) -> None:
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _warned
                code = super().invoke(context)
            if sys.stdout is not None:  # as it is where its descriptor is closed
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
    """The code where whoever reads standard output, as in "| head", has seen enough; what is left goes nowhere."""
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
    """Linear and mixed-integer programs in files: solve, convert, explain, check, describe, report."""


def _program(function: Callable[..., int]) -> Callable[..., int]:
    """The function is given the `program` of a file."""

    @click.argument("source", metavar="FILE", type=click.Path(allow_dash=True))
    @click.option("--from", "source_format", type=click.Choice(list(FORMATS)), help="The format of FILE.")
    @click.option(
        "--data", multiple=True, type=click.Path(), metavar="FILE", help="Data of a MathProg model; repeatable."
    )
    @click.option(
        "--unlimited",
        is_flag=True,
        help="Read files of more than 1 GiB, unpacked, and MathProg models that take more than 10 minutes and 4 GiB.",
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
    """Raise `OptionError` where a file that is read would be overwritten, by whatever path."""
    for source in sources if target != "-" and os.path.isfile(target) else ():
        with contextlib.suppress(OSError):  # of a source that there is not, reading it will say so
            if os.path.samefile(0 if source == "-" else source, target):
                raise OptionError(f"{target} is the file that is read, and would be overwritten. Write another one.")


def _sense(function: Callable[..., int]) -> Callable[..., int]:
    """The function is given the `sense` that is asked for, or None."""

    @click.option("--maximize", is_flag=True, help="Whatever the file says.")
    @click.option("--minimize", is_flag=True, help="Whatever the file says.")
    @wraps(function)
    def choosing(maximize: bool, minimize: bool, **options: Any) -> int:
        if maximize and minimize:
            raise click.UsageError("--maximize and --minimize exclude each other.")
        return function(sense="maximize" if maximize else "minimize" if minimize else None, **options)

    return choosing


def _solving(function: Callable[..., int]) -> Callable[..., int]:
    """The function is given the options of `_solved`."""
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
        help="glpk, highs, auto, or another engine.",
    ),
    click.option("--method", type=click.Choice(METHODS), default="auto", show_default=True, help="Of linear programs."),
    click.option("--time-limit", type=float, metavar="SECONDS", help="Then the best point is reported."),
    click.option("--iteration-limit", type=int, metavar="N", help="Of the simplex."),
    click.option("--node-limit", type=int, metavar="N", help="Of branch and cut."),
    click.option("--gap", type=float, default=0.0, help="Stop at this relative distance from the bound."),
    click.option("--absolute-gap", type=float, default=0.0, metavar="GAP", help="The same in the objective's units."),
    click.option("--relax", is_flag=True, help="Forget that variables are integer."),
    click.option("-q", "--quiet", is_flag=True, help="No line of progress on the terminal."),
    click.option("-v", "--verbose", is_flag=True, help="The solver's log, on standard error."),
]


def _output(what: str, suffixes: str, others: Iterable[str]) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Where it goes, with what suffixes; those of others are refused."""

    def checked(_context: click.Context, _option: click.Parameter, path: str) -> str:
        suffix = unpacked_suffix(path)
        if suffix in others:
            raise OptionError(f"-o {path}: {what} is not a file {suffix}. Give it the suffix {suffixes}.")
        return path

    return click.option(
        "-o",
        "--output",
        metavar="FILE",
        type=click.Path(allow_dash=True),
        default="-",
        callback=checked,
        help=f"Where {what} goes ({suffixes}).",
    )


def _as_file() -> None:
    """Have standard output take what a file would, in UTF-8: it is for programs, whatever letters the terminal has."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _format(
    kinds: Iterable[str], default: Optional[str], help: str
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    return click.option("--format", type=click.Choice(list(kinds)), default=default, help=help)


_text_or_json = _format(["text", "json"], "text", "Of what is told (default: text).")


# --------------------------------------------------------------------- solve
#: Why it is so, `explain` tells.
_UNSOLVABLE = (Status.INFEASIBLE, Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED)


@commands.command(epilog=help.SOLVE, short_help="Solve the program of a file.")
@_solving
@_program
@_output("the answer", ".txt, .csv or .json", {*SUFFIXES, ".html", ".htm"} - {".json"})
@_format(SOLUTION_FORMATS, None, "Of the answer (default: by suffix, or text).")
def solve(program: LinearProgram, output: str, format: Optional[str], **options: Any) -> int:
    """Solve the program of a file: the best point, the bound, the status, and prices where there are any."""
    program, code = _solved(program, **options)
    if program.solution is not None:
        if output == "-" and format == "csv":
            _as_file()
        program.solution.write(output, format)
        if not options["quiet"] and program.solution.status in _UNSOLVABLE:
            given = click.get_current_context().params
            senses = [f"--{sense}" for sense in ("maximize", "minimize") if given[sense]]
            command = shlex.join(["pplp", "explain", given["source"], *senses])
            print(f"pplp: what keeps it from an optimum is told by: {command}", file=sys.stderr)
    return code


def _solved(
    program: LinearProgram, sense: Optional[str], relax: bool, quiet: bool, **options: Any
) -> tuple[LinearProgram, int]:
    """(the program, solved as far as it went; exit code)."""
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
    except KeyboardInterrupt:  # the solution is what was found until then
        is_interrupted = True
    finally:
        if live is not None:
            live.clear()
    if program.solution is None:
        print("pplp: interrupted before a point was found", file=sys.stderr)
        return program, _INTERRUPTED
    return program, _INTERRUPTED if is_interrupted else EXIT_CODES[program.solution.status]


# --------------------------------------------------------------------- convert
_WRITTEN = [kind for kind, (_, _, writer) in FORMATS.items() if writer]


@commands.command(epilog=help.CONVERT, short_help="Write the program of a file in another format.")
@_program
@click.argument("target", metavar="TARGET", type=click.Path(allow_dash=True))
@click.option("--to", type=click.Choice(_WRITTEN), help="The format of TARGET.")
@click.option("--as-rows", is_flag=True, help="Write indicators, SOS and semicontinuous variables as linear rows.")
def convert(program: LinearProgram, target: str, to: Optional[str], as_rows: bool) -> int:
    """Write the program of a file in another format."""
    if target == "-":
        _as_file()
    write(program, target, to, as_rows=as_rows)
    return 0


# --------------------------------------------------------------------- explain
@commands.command(epilog=help.EXPLAIN, short_help="Why there is no optimum, and what change would give one.")
@_sense
@_program
@click.option(
    "--weight",
    "weights",
    multiple=True,
    metavar="NAME=WEIGHT",
    help="What a unit of change costs, of a constraint or of a variable's own bounds; inf: must not move; repeatable.",
)
@click.option("--time-limit", type=float, default=60.0, show_default=True, metavar="SECONDS", help="Of the search.")
@_text_or_json
def explain(
    program: LinearProgram, sense: Optional[str], weights: Sequence[str], time_limit: float, format: str
) -> int:
    """Why there is no optimum: constraints that conflict and the least change, or what is unbounded."""
    why = program.explain(sense or program.sense, weights=_weights(program, weights), time_limit=time_limit)
    print(json.dumps(explanation_as_json(why), indent=1) if format == "json" else in_terms(why))
    return _EXPLAINED[why.kind]


def _weights(program: LinearProgram, given: Sequence[str]) -> dict[Any, float]:
    """The weights by constraint or, where no constraint has the name, by variable."""
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
@commands.command(epilog=help.LINT, short_help="What looks wrong, before it is solved.")
@_sense
@_program
@click.option("--strict", is_flag=True, help="Notes count, too.")
@_text_or_json
def lint(program: LinearProgram, sense: Optional[str], strict: bool, format: str) -> int:
    """What looks wrong in the program of a file: contradictions, idle parts, odd numbers and names."""
    findings = program.lint(sense or program.sense)
    if format == "json":
        print(json.dumps([finding_as_json(one) for one in findings], indent=1))
    else:
        print(in_terms(findings))
    return _FOUND if any(strict or one.severity != "note" for one in findings) else 0


# --------------------------------------------------------------------- report
@commands.command(epilog=help.REPORT, short_help="A page of the program and its solution, in HTML.")
@_solving
@_program
@click.option("--no-solve", is_flag=True, help="The program alone, without a solution.")
@_output("the page", ".html", {*SUFFIXES, ".txt", ".sol", ".csv", ".pdf"})
def report(program: LinearProgram, no_solve: bool, output: str, **options: Any) -> int:
    """Solve the program of a file and write a self-contained HTML page of both: sizes, matrix, solution, prices."""
    code = 0
    if not no_solve:
        program, code = _solved(program, **options)
    if output == "-":
        _as_file()
    program.report(output)
    return code


# --------------------------------------------------------------------- completion
@commands.command(epilog=help.COMPLETION, short_help="What a shell needs to complete this command.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """The script with which a shell completes subcommands, options, their values and files after Tab."""
    kind = get_completion_class(shell)
    assert kind is not None
    print(kind(commands, {}, "pplp", "_PPLP_COMPLETE").source())
    return 0


# --------------------------------------------------------------------- info
@commands.command(epilog=help.INFO, short_help="Sizes, ranges of numbers and structure.")
@_program
@_text_or_json
def info(program: LinearProgram, format: str) -> int:
    """Sizes, ranges of numbers and structure of the program of a file."""
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
