"""The basis that a problem inside GLPK is at: read, set, and its simplex tableau."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, Callable, Optional

from pplp.errors import NumericalTrouble
from pplp.glpk.library import C, calls, glpk
from pplp.glpk.nucleus import is_plainly_singular
from pplp.glpk.problem import Problem

__all__ = ["each_tableau_column", "install_basis", "read_basis", "set_basis"]

_LETTERS = {glpk.GLP_BS: "B", glpk.GLP_NL: "L", glpk.GLP_NU: "U", glpk.GLP_NF: "F", glpk.GLP_NS: "E"}
_CODES = {letter: code for code, letter in _LETTERS.items()}
_WRONG = {
    glpk.GLP_EBADB: "has not as many basic variables and rows as there are rows",
    glpk.GLP_ESING: "is singular",
    glpk.GLP_ECOND: "is ill-conditioned",
}


def read_basis(problem: Problem) -> tuple[str, str]:
    """The letters of the columns and of the rows."""
    columns, rows = problem.statuses()
    return "".join(map(_LETTERS.__getitem__, columns)), "".join(map(_LETTERS.__getitem__, rows))


def install_basis(problem: Problem, columns: str, rows: str) -> tuple[Optional[str], str]:
    """Put the problem at a basis: (what is wrong with it or None, the simplex that goes on from it).

    With one that cannot be used the solver is to start from nothing.
    """
    pointer = problem.pointer
    if (len(columns), len(rows)) != (problem.columns, problem.rows):
        return "The basis given is of another shape.", "primal"
    basic_columns = [j for j, letter in enumerate(columns) if letter == "B"]
    basic_rows = [i for i, letter in enumerate(rows) if letter == "B"]
    if len(basic_columns) + len(basic_rows) != len(rows):  # where there are no rows, GLPK does not look
        return _complaint(glpk.GLP_EBADB), "primal"
    if is_plainly_singular(problem.form(), basic_columns, basic_rows):
        return _complaint(glpk.GLP_ESING), "primal"
    problem.scale()
    set_basis(problem, columns, rows)
    code = C.glp_warm_up(problem.address)
    if code != 0:
        C.glp_std_basis(problem.address)
        return _complaint(code), "primal"
    return None, "primal" if calls.glp_get_prim_stat(pointer) == glpk.GLP_FEAS else "dual"


def set_basis(problem: Problem, columns: str, rows: str) -> None:
    """Give every column and row its status, which is not looked at before the next run."""
    for j, letter in enumerate(columns, 1):
        calls.glp_set_col_stat(problem.pointer, j, _CODES[letter])
    for i, letter in enumerate(rows, 1):
        calls.glp_set_row_stat(problem.pointer, i, _CODES[letter])


def _complaint(code: int) -> str:
    return f"The basis given {_WRONG.get(code, 'cannot be used')}: the solver starts from nothing."


def each_tableau_column(
    problem: Problem, take: Callable[[int, Sequence[int], Sequence[float]], Any], stopping: Callable[[], Any]
) -> bool:
    """Have ``take(k, basics, factors)`` called for each nonbasic k: when it grows by 1, basics[t] grows by factors[t].

    Rows count from 0, and columns go on after the last row.  It ends early, and returns False, when it is to stop.
    """
    address = problem.address
    if not C.glp_bf_exists(address) and C.glp_factorize(address) != 0:
        raise NumericalTrouble("The basis of the optimum cannot be factorised. Solve again with method='primal'.")
    places = array("i", bytes(4 * (problem.rows + 1)))
    factors = array("d", bytes(8 * (problem.rows + 1)))
    place, factor = places.buffer_info()[0], factors.buffer_info()[0]
    of_columns, of_rows = problem.statuses()
    for k, status in enumerate(of_rows + of_columns):
        if status != glpk.GLP_BS:
            if stopping():
                return False
            count = C.glp_eval_tab_col(address, k + 1, place, factor)
            take(k, [p - 1 for p in places[1 : count + 1]], factors[1 : count + 1].tolist())
    return True
