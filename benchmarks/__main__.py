"""The command line: ``python -m benchmarks --help``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from benchmarks.commands import (
    comparison,
    engines,
    files,
    growth,
    large,
    many,
    min_cost_flow,
    networks,
    operators,
    publishing,
    re_solve,
    storage,
    sums,
)
from benchmarks.measure.published import FOLDER
from benchmarks.measure.report import Report

_DESCRIPTION = """\
Benchmarks of pplp.  Each measurement runs in a process of its own, with the garbage collector on.

Workloads:
  W1  minimum-cost flow: 154,072 nodes and 390,334 arcs, two terms per column
  W2  1,000 dense rows over 1,000 columns
  W3  200,000 rows of three terms, 2*x[i] + 3*x[j] - x[k] <= c
  W4  one sum of n variables
  W5  a sparse program of 2,000 rows and columns: change one number and solve again, 200 times
"""

_EXAMPLES = """\
examples:
  python -m benchmarks min-cost-flow --size 0.01           a quick test of a second
  python -m benchmarks min-cost-flow --whole --default     the benchmark of 2011, with cross-checks
  python -m benchmarks re-solve --check                    W5, compared with the same changes through swiglpk
  python -m benchmarks sum --only pplp,gurobipy            W4 from a thousand to a million variables
  python -m benchmarks peers W1 --size 0.1                 every installed peer, at a tenth of the size
  python -m benchmarks peers W2 --only pplp,highspy        some of them
  python -m benchmarks peers W1 --only pplp --python pplp=pypy3      pplp on two interpreters
  python -m benchmarks peers W3 --verify                   check that all of them state the same program
  python -m benchmarks peers W1 --size 0.01,0.03,0.1,0.3,1 --runs 5 --publish      the figures of the README
  python -m benchmarks published --write                   put them into the README
  python -m benchmarks networks --sizes 0.1,0.25           five kinds of networks with every method
  python -m benchmarks growth --output benchmarks/results  W1 at five sizes, with a plot

A size is a name (tiny, small, full, double) or a factor of the full size; for W4 and W5 it is a count.
The exit code is 1 if answers that must agree do not.
"""


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "python -m benchmarks", description=_DESCRIPTION, epilog=_EXAMPLES, formatter_class=raw
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    _add_min_cost_flow(commands)
    _add_re_solve(commands)
    _add_peers(commands)
    _add_published(commands)
    _add_growth(commands)
    _add_sum(commands)
    _add_memory(commands)
    _add_operators(commands)
    _add_many(commands)
    _add_networks(commands)
    _add_large(commands)
    _add_engines(commands)
    _add_files(commands)
    return parser


def _command(commands: Any, name: str, what: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=what, description=what)
    parser.add_argument("--output", default="", metavar="DIR", help="also write text, Markdown, and JSON to DIR")
    return parser


def _python(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--python", default="", metavar="PATH", help="interpreter for pplp (default: this one)")


def _repeated(parser: argparse.ArgumentParser, limit: float) -> None:
    parser.add_argument("--runs", type=int, default=3, help="runs of each measurement (default: 3)")
    parser.add_argument(
        "--limit", type=float, default=limit, metavar="S", help=f"seconds per measurement (default: {limit:g})"
    )


def _add_min_cost_flow(commands: Any) -> None:
    parser = _command(
        commands, "min-cost-flow", "Build W1 constraint by constraint and solve it, compared with GLPK's C reader."
    )
    _python(parser)
    parser.add_argument("--size", default="full", help="tiny, small, full, double, or a factor such as 0.1")
    parser.add_argument(
        "--method", default="dual", choices=("primal", "dual"), help="simplex method of both sides (default: dual)"
    )
    parser.add_argument("--time-limit", type=float, metavar="S", help="seconds per solve (default: no limit)")
    parser.add_argument(
        "--default", action="store_true", help="add GLPK's default: primal simplex from the slack basis"
    )
    parser.add_argument("--whole", action="store_true", help="add lp.minimize() as one call, in a process of its own")


def _add_re_solve(commands: Any) -> None:
    parser = _command(commands, "re-solve", "W5: change one bound, right-hand side, or cost, and solve again.")
    _python(parser)
    parser.add_argument("--size", type=int, default=2000, help="rows and columns (default: 2000)")
    parser.add_argument("--changes", type=int, default=200, help="number of changes (default: 200)")
    parser.add_argument("--check", action="store_true", help="make the same changes through swiglpk and compare")


def _add_peers(commands: Any) -> None:
    parser = _command(commands, "peers", "Compare pplp with other libraries on one workload.")
    parser.add_argument("workload", choices=("W1", "W2", "W3", "W4", "W5"))
    parser.add_argument("--size", default="", help="a name, a factor, or for W4 and W5 a count (default: full)")
    parser.add_argument(
        "--only", default="", metavar="A,B", help="libraries, or forms such as 'pyoptinterface (builder)'"
    )
    parser.add_argument(
        "--verify", action="store_true", help="W1 to W3: solve the size tiny and compare the objectives"
    )
    parser.add_argument("--changes", type=int, default=200, help="W5: number of changes (default: 200)")
    parser.add_argument(
        "--publish", action="store_true", help="W1 at several sizes: write the figures of the README and the site"
    )
    parser.add_argument("--preliminary", action="store_true", help="say that these figures are preliminary")
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, metavar="DIR", help="where to publish (default: benchmarks/published)"
    )
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="[PEER=]PATH",
        help="interpreter for all peers; with PEER=PATH, add lines for that peer on that interpreter",
    )
    _repeated(parser, 300)


def _add_published(commands: Any) -> None:
    parser = _command(commands, "published", "Show the table of the README, from the published figures.")
    parser.add_argument("--write", action="store_true", help="write it into README.md")


def _add_growth(commands: Any) -> None:
    known = growth.Settings()
    parser = _command(commands, "growth", "Measure how time and memory of W1 grow with its size.")
    _python(parser)
    parser.add_argument("--only", default=known.only, metavar="A,B", help=f"libraries or forms (default: {known.only})")
    parser.add_argument("--sizes", default=",".join(known.sizes), help=f"factors (default: {','.join(known.sizes)})")
    _repeated(parser, 300)


def _add_sum(commands: Any) -> None:
    known = sums.Settings()
    sizes = ",".join(map(str, known.sizes))
    parser = _command(commands, "sum", "W4: check that Python's sum() of n variables takes linear time.")
    _python(parser)
    parser.add_argument("--only", default=known.only, metavar="A,B", help=f"libraries or forms (default: {known.only})")
    parser.add_argument("--sizes", default=sizes, help=f"counts (default: {sizes})")
    _repeated(parser, 100)


def _add_memory(commands: Any) -> None:
    parser = _command(commands, "memory", "Measure the memory of W1 step by step.")
    _python(parser)
    parser.add_argument("--size", default="full", help="tiny, small, full, double, or a factor such as 0.1")


def _add_operators(commands: Any) -> None:
    parser = _command(commands, "operators", "Measure nanoseconds per operator, and the share of the interpreter.")
    _python(parser)
    parser.add_argument("--count", type=int, default=20_000, help="repetitions of each operator (default: 20000)")


def _add_many(commands: Any) -> None:
    known = many.Settings()
    parser = _command(commands, "many", "Solve one program with many scenarios, in workers and in a plain loop.")
    for name, what, numbers in (("columns", "variables", known.columns), ("counts", "scenarios", known.counts)):
        default = ",".join(map(str, numbers))
        parser.add_argument(f"--{name}", default=default, metavar="N,N", help=f"numbers of {what} (default: {default})")
    parser.add_argument(
        "--runs", type=int, default=known.runs, help=f"number of runs, of which the best counts (default: {known.runs})"
    )
    parser.add_argument(
        "--workers", type=int, default=known.workers, help=f"number of workers (default: {known.workers})"
    )
    parser.add_argument("--solver", default=known.solver, help=f"solver (default: {known.solver})")


def _add_networks(commands: Any) -> None:
    known = networks.Settings()
    parser = _command(
        commands, "networks", "Solve five kinds of networks with every method, to check the choice of auto."
    )
    parser.add_argument("--sizes", default=",".join(known.sizes), help=f"factors (default: {','.join(known.sizes)})")
    parser.add_argument("--only", default=known.only, metavar="A,B", help="kinds of networks (default: all)")
    parser.add_argument("--choices", default=known.choices, metavar="A,B", help="methods (default: all)")
    parser.add_argument(
        "--limit", type=float, default=known.limit, metavar="S", help=f"seconds per solve (default: {known.limit:g})"
    )
    parser.add_argument("--real", action="store_true", help="costs that are not whole (default: whole)")


def _add_large(commands: Any) -> None:
    known = large.Settings()
    parser = _command(commands, "large", "State, load, and write a program of millions of variables, in blocks.")
    parser.add_argument(
        "--variables", type=int, default=known.variables, help=f"number of variables (default: {known.variables:,})"
    )
    parser.add_argument(
        "--blocks", type=int, default=known.blocks, help=f"number of blocks of rows (default: {known.blocks})"
    )
    parser.add_argument(
        "--formats", default=",".join(known.formats), help=f"formats to write (default: {','.join(known.formats)})"
    )


def _add_engines(commands: Any) -> None:
    known = engines.Settings()
    parser = _command(commands, "engines", "Compare GLPK, HiGHS, and OR-Tools through pplp with their own interfaces.")
    parser.add_argument("--only", default="", metavar="A,B", help="W1, or programs of Netlib's sizes (default: all)")
    parser.add_argument("--engines", default="", metavar="A,B", help="glpk, highs, OR-Tools (default: all)")
    parser.add_argument(
        "--size", type=float, default=known.size, help=f"factor of the full size of W1 (default: {known.size:g})"
    )
    parser.add_argument("--runs", type=int, default=known.runs, help=f"runs of each (default: {known.runs})")


def _add_files(commands: Any) -> None:
    known = files.Settings()
    parser = _command(commands, "files", "Compare reading LP and MPS files with HiGHS's reader.")
    parser.add_argument("--runs", type=int, default=known.runs, help=f"runs of each (default: {known.runs})")
    parser.add_argument("--formats", default=",".join(known.formats), help="formats to read (default: mps,lp)")


def _run(a: argparse.Namespace) -> tuple[Report, int]:
    if a.command == "min-cost-flow":
        return min_cost_flow.measure(
            min_cost_flow.Settings(a.size, a.method, a.time_limit, a.default, a.whole, a.python)
        )
    if a.command == "re-solve":
        return re_solve.measure(re_solve.Settings(a.size, a.changes, a.check, a.python))
    if a.command == "peers":
        settings = comparison.Settings(
            a.workload, a.size, a.runs, a.only, a.verify, a.changes, a.limit, tuple(a.python)
        )
        if a.publish:
            return publishing.publish(publishing.Publication(settings, a.folder, a.preliminary))
        return comparison.compare(settings)
    if a.command == "published":
        return publishing.show(a.write)
    if a.command == "growth":
        return growth.grow(growth.Settings(a.only, tuple(a.sizes.split(",")), a.runs, a.limit, a.python, a.output))
    if a.command == "memory":
        return storage.store(storage.Settings(a.size, a.python))
    if a.command == "networks":
        return networks.race(networks.Settings(tuple(a.sizes.split(",")), a.only, a.choices, a.limit, a.real))
    if a.command == "many":
        columns, counts = (tuple(map(int, given.split(","))) for given in (a.columns, a.counts))
        return many.race(many.Settings(columns, counts, a.runs, a.workers, a.solver))
    if a.command == "operators":
        return operators.cost(operators.Settings(a.count, a.python))
    if a.command == "large":
        return large.state(large.Settings(a.variables, a.blocks, tuple(a.formats.split(","))))
    if a.command == "files":
        return files.race(files.Settings(a.runs, tuple(a.formats.split(","))))
    if a.command == "engines":
        return engines.weigh(engines.Settings(a.only, a.engines, a.size, a.runs))
    return sums.sum_up(sums.Settings(a.only, tuple(map(int, a.sizes.split(","))), a.runs, a.limit, a.python))


def main() -> int:
    """Run the command; the exit status is 1 when answers that must agree do not."""
    parser = _parser()
    arguments = parser.parse_args()
    try:
        report, status = _run(arguments)
    except ValueError as error:
        parser.error(str(error))
    print(report.text())
    if arguments.output:
        for path in report.write(arguments.output):
            print(f"written: {path}")
    return status


if __name__ == "__main__":
    sys.exit(main())
