"""The current basis of a problem in GLPK: reading it, setting it, and its simplex tableau."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, Callable, Optional

from pplp.engines.glpk.library import C, calls, glpk
from pplp.engines.glpk.problem import Problem
from pplp.errors import NumericalTrouble
from pplp.form.letters import AT_LOWER, AT_UPPER, BASIC, FIXED, FREE

__all__ = ["direction", "each_tableau_column", "install_basis", "multipliers", "read_basis", "set_basis"]

_LETTERS = {glpk.GLP_BS: BASIC, glpk.GLP_NL: AT_LOWER, glpk.GLP_NU: AT_UPPER, glpk.GLP_NF: FREE, glpk.GLP_NS: FIXED}
_CODES = {letter: code for code, letter in _LETTERS.items()}
_WRONG = {
    glpk.GLP_EBADB: "does not have as many basic variables and rows as there are rows",
    glpk.GLP_ESING: "is singular",
    glpk.GLP_ECOND: "is ill-conditioned",
}


def read_basis(problem: Problem) -> tuple[str, str]:
    """The letters of the columns and of the rows."""
    columns, rows = problem.statuses()
    return "".join(map(_LETTERS.__getitem__, columns)), "".join(map(_LETTERS.__getitem__, rows))


def install_basis(problem: Problem, columns: str, rows: str) -> tuple[Optional[str], str]:
    """Put the problem at a basis; returns (what is wrong with it or None, the simplex that continues from it).

    If the basis cannot be used, the solver starts from scratch.
    """
    from pplp.engines.glpk.singularity import is_structurally_singular

    pointer = problem.pointer
    if (len(columns), len(rows)) != (problem.columns, problem.rows):
        return "The start basis has another shape: the solver starts from scratch.", "primal"
    basic_columns = [j for j, letter in enumerate(columns) if letter == BASIC]
    basic_rows = [i for i, letter in enumerate(rows) if letter == BASIC]
    if len(basic_columns) + len(basic_rows) != len(rows):  # GLPK does not check this if there are no rows
        return _complaint(glpk.GLP_EBADB), "primal"
    if is_structurally_singular(problem.form(), basic_columns, basic_rows):
        return _complaint(glpk.GLP_ESING), "primal"
    problem.scale()
    set_basis(problem, columns, rows)
    code = C.glp_warm_up(problem.address)
    if code != 0:
        C.glp_std_basis(problem.address)
        return _complaint(code), "primal"
    return None, "primal" if calls.glp_get_prim_stat(pointer) == glpk.GLP_FEAS else "dual"


def set_basis(problem: Problem, columns: str, rows: str) -> None:
    """Give every column and row its status; the next run checks them."""
    for j, letter in enumerate(columns, 1):
        calls.glp_set_col_stat(problem.pointer, j, _CODES[letter])
    for i, letter in enumerate(rows, 1):
        calls.glp_set_row_stat(problem.pointer, i, _CODES[letter])


def _complaint(code: int) -> str:
    return f"The start basis {_WRONG.get(code, 'cannot be used')}: the solver starts from scratch."


def each_tableau_column(
    problem: Problem, take: Callable[[int, Sequence[int], Sequence[float]], Any], stopping: Callable[[], Any]
) -> bool:
    """Call ``take(k, basics, factors)`` for each nonbasic k: when k grows by 1, basics[t] grows by factors[t].

    Rows are counted from 0, and columns follow the rows.  Returns False if `stopping` ended it early.
    """
    address = problem.address
    if not C.glp_bf_exists(address) and C.glp_factorize(address) != 0:
        raise NumericalTrouble("The basis of the optimum cannot be factorized. Solve again with method='primal'.")
    places = array("i", bytes(4 * (problem.rows + 1)))
    factors = array("d", bytes(8 * (problem.rows + 1)))
    place, factor = places.buffer_info()[0], factors.buffer_info()[0]
    of_columns, of_rows = problem.statuses()
    for k, status in enumerate(of_rows + of_columns):
        if status != glpk.GLP_BS:
            if stopping():
                return False
            count = C.glp_eval_tab_col(address, k + 1, place, factor)
            basics, grown = [p - 1 for p in places[1 : count + 1]], factors[1 : count + 1].tolist()
            if problem.units is not None:
                unit = problem.units.unit
                grown = [a * unit(b) / unit(k) for b, a in zip(basics, grown)]
            take(k, basics, grown)
    return True


def multipliers(problem: Problem) -> Optional[list[float]]:
    """The row multipliers of a proof of infeasibility that the basis may give; None if it cannot be factorized.

    They are the duals of the phase-one objective, the sum of all violations of bounds.
    """
    address, rows = problem.address, problem.rows
    if not rows or (not C.glp_bf_exists(address) and C.glp_factorize(address) != 0):
        return None
    work = array("d", bytes(8 * (rows + 1)))
    for place in range(1, rows + 1):
        k = C.glp_get_bhead(address, place)
        work[place] = _outside(problem, k)
    C.glp_btran(address, work.buffer_info()[0])
    # GLPK's basis matrix is taken from (I | -A), so the dual of a row is that of its own column.
    weights = [0.0 if abs(weight) < 1e-13 else -weight for weight in work[1:]]
    return weights if problem.units is None else problem.units.duals(weights)


def _outside(problem: Problem, k: int) -> float:
    pointer, rows = problem.pointer, problem.rows
    if k <= rows:
        value, low, high = (
            get(pointer, k) for get in (calls.glp_get_row_prim, calls.glp_get_row_lb, calls.glp_get_row_ub)
        )
    else:
        get = calls.glp_get_col_prim, calls.glp_get_col_lb, calls.glp_get_col_ub
        value, low, high = (each(pointer, k - rows) for each in get)
    near = 1e-9 * max(abs(value), 1e-9)
    return -1.0 if value < low - near else 1.0 if value > high + near else 0.0


def direction(problem: Problem) -> Optional[list[float]]:
    """The unbounded ray that the primal simplex found, as a step for each column; None if it found none."""
    address, rows, columns = problem.address, problem.rows, problem.columns
    k = C.glp_get_unbnd_ray(address)
    if not k or (not C.glp_bf_exists(address) and C.glp_factorize(address) != 0):
        return None
    steps = [0.0] * columns
    is_dual = (
        calls.glp_get_row_stat(problem.pointer, k) if k <= rows else calls.glp_get_col_stat(problem.pointer, k - rows)
    ) == glpk.GLP_BS
    if is_dual:
        return None
    places = array("i", bytes(4 * (rows + 1)))
    factors = array("d", bytes(8 * (rows + 1)))
    count = C.glp_eval_tab_col(address, k, places.buffer_info()[0], factors.buffer_info()[0])
    dual = (
        calls.glp_get_row_dual(problem.pointer, k) if k <= rows else calls.glp_get_col_dual(problem.pointer, k - rows)
    )
    way = 1.0 if (dual > 0) is problem.maximize else -1.0
    for place, factor in [(k, 1.0), *zip(places[1 : count + 1], factors[1 : count + 1])]:
        if place > rows:
            steps[place - rows - 1] = way * factor
    return steps if problem.units is None else problem.units.values(steps)
