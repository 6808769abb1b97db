"""Chooses the engine for `solver="auto"`, by the size and kind of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from pplp.core.owner import columns_of, rows_of
from pplp.core.turns import reads
from pplp.engines.contract import Options
from pplp.ground.loading import is_installed

if TYPE_CHECKING:
    from pplp.answers.solvable import Solvable

__all__ = ["chosen_engine"]

#: The number of coefficients above which HiGHS is faster than GLPK.  In processor time on about forty random linear
#: programs, HiGHS was faster by a factor of 1.2 to 25 above it, and GLPK by a factor of up to 4 below it.
_MANY_COEFFICIENTS = 10_000
#: The same if columns have at most two coefficients on average, as in networks, where GLPK's simplex stays ahead for
#: longer.
_MANY_OF_A_NETWORK = 100_000
#: The number of integer variables above which HiGHS is chosen.  On integer programs that both solve, GLPK is faster by
#: tenths of a second; of those that take GLPK seconds, HiGHS solves more.  So choosing HiGHS in doubt costs little.
_MANY_INTEGERS = 100


def chosen_engine(program: Solvable, options: Options) -> tuple[str, str]:
    """The name of the engine, and the reason."""
    wish, reason = _preferred(program, options)
    if wish == "highs" and not is_installed("highspy"):
        return "glpk", f"auto: {reason}, but highspy is not installed"
    return wish, f"auto: {reason}"


def _preferred(program: Solvable, options: Options) -> tuple[str, str]:
    if options.method == "pdlp":
        return "highs", "only HiGHS supports method='pdlp'"
    if options.method == "network":
        return "glpk", "HiGHS has no network solver"
    integers, coefficients = columns_of(program).integers, rows_of(program).starts[-1]
    count = len(columns_of(program)) - len(columns_of(program).removed)
    only_glpk = _only_glpk(options, integers > 0)
    if only_glpk is not None:
        return "glpk", f"only GLPK supports {only_glpk}"
    if integers > _MANY_INTEGERS:
        return "highs", f"{integers:,} integer variables"
    is_thin = coefficients <= 2 * count and not integers
    if is_thin and coefficients > _MANY_OF_A_NETWORK and _may_be_network(program):
        return (
            "glpk",
            f"{count:,} variables that may be the arcs of a network, for which HiGHS has no solver",
        )
    if coefficients > (_MANY_OF_A_NETWORK if is_thin else _MANY_COEFFICIENTS):
        return "highs", f"{coefficients:,} coefficients"
    return "glpk", "the program is small"


@reads
def _may_be_network(program: Solvable) -> bool:
    """True if, at first sight, all coefficients are 1 or -1."""
    from pplp.engines.networks import might_be_network
    from pplp.form.compiler import compile_form

    rows, columns = rows_of(program), columns_of(program)
    if rows.untouched() and not columns.removed:  # then the packed coefficients are those of the compiled form
        return might_be_network(len(columns), rows.packed()[1])
    form = compile_form(program, maximize=False)
    return might_be_network(form.columns, form.values)


def _only_glpk(options: Options, is_mip: bool) -> Optional[str]:
    """The name of an option that is set and that only GLPK has."""
    default = Options()
    for name in _OF_INTEGERS if is_mip else ():
        if getattr(options, name) != getattr(default, name):
            return name
    tolerances = options.feasibility_tolerance, options.optimality_tolerance, options.integrality_tolerance
    return "a tolerance below 1e-10" if min(tolerances) < 1e-10 else None


#: Options for integer programs that only GLPK supports.  HiGHS calls a callback, too, but ignores what it does.
_OF_INTEGERS = (
    *("callback", "cuts", "branching", "backtracking", "feasibility_pump", "proximity_search", "iteration_limit"),
)
