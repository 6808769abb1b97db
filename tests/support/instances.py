"""Published problems: where their files may lie, and how they become programs, through GLPK's own readers.

`PPLP_INSTANCES` names further directories, in the manner of PATH.
"""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import Any, Optional

import pytest

from pplp import LinearProgram
from pplp.form.matrix_form import MatrixForm

#: Debian's package glpk-utils.
GLPK_EXAMPLES = Path("/usr/share/doc/glpk-utils/examples")


def found(name: str, remedy: str, *places: Path) -> Path:
    """The file of that name, in one of the places or below a directory of PPLP_INSTANCES; skips the test without."""
    for place in places:
        if (place / name).exists():
            return place / name
    for directory in filter(None, os.environ.get("PPLP_INSTANCES", "").split(os.pathsep)):
        for path in sorted(Path(directory).resolve().rglob(name)):
            return path
    pytest.skip(f"{name} is not here: {remedy}")


@contextmanager
def quiet_glpk() -> Iterator[Any]:
    """swiglpk, without its banner, in a directory where a model may write what it prints."""
    import swiglpk

    before, here = swiglpk.glp_term_out(swiglpk.GLP_OFF), os.getcwd()
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        try:
            yield swiglpk
        finally:
            os.chdir(here)
            swiglpk.glp_term_out(before)


def read(path: Path, data: Optional[Path] = None) -> MatrixForm:
    """A problem in MPS (fixed where it can be, else free; .gz, too), CPLEX LP or MathProg."""
    with quiet_glpk() as glpk:
        problem = glpk.glp_create_prob()
        try:
            kind = path.name.replace(".gz", "").rpartition(".")[2]
            if kind == "mod":
                translator = glpk.glp_mpl_alloc_wksp()
                try:
                    assert glpk.glp_mpl_read_model(translator, str(path), int(data is not None)) == 0, path
                    assert data is None or glpk.glp_mpl_read_data(translator, str(data)) == 0, data
                    assert glpk.glp_mpl_generate(translator, None) == 0, path
                    glpk.glp_mpl_build_prob(translator, problem)
                finally:
                    glpk.glp_mpl_free_wksp(translator)
            elif kind == "lp":
                assert glpk.glp_read_lp(problem, None, str(path)) == 0, path
            else:
                as_fixed = glpk.glp_read_mps(problem, glpk.GLP_MPS_DECK, None, str(path))
                assert as_fixed == 0 or glpk.glp_read_mps(problem, glpk.GLP_MPS_FILE, None, str(path)) == 0, path
            return _form(glpk, problem)
        finally:
            glpk.glp_delete_prob(problem)


def _form(glpk: Any, problem: Any) -> MatrixForm:
    """What GLPK holds, with missing bounds infinite, and bounds of integers integer."""
    m, n = glpk.glp_get_num_rows(problem), glpk.glp_get_num_cols(problem)
    big = glpk.DBL_MAX if hasattr(glpk, "DBL_MAX") else 1e300

    def bounds(kind: int, lower: float, upper: float) -> tuple[float, float]:
        low = lower if kind in (glpk.GLP_LO, glpk.GLP_DB, glpk.GLP_FX) and lower > -big else -inf
        high = upper if kind in (glpk.GLP_UP, glpk.GLP_DB) and upper < big else inf
        return (low, low) if kind == glpk.GLP_FX else (low, high)

    def column(j: int) -> tuple[float, float]:
        return bounds(*(f(problem, j) for f in (glpk.glp_get_col_type, glpk.glp_get_col_lb, glpk.glp_get_col_ub)))

    def row(i: int) -> tuple[float, float]:
        return bounds(*(f(problem, i) for f in (glpk.glp_get_row_type, glpk.glp_get_row_lb, glpk.glp_get_row_ub)))

    columns, rows = [column(j) for j in range(1, n + 1)], [row(i) for i in range(1, m + 1)]
    starts, indices, values = array("q", [0]), array("i"), array("d")
    places, numbers = glpk.intArray(n + 1), glpk.doubleArray(n + 1)
    for i in range(1, m + 1):
        for k in range(1, glpk.glp_get_mat_row(problem, i, places, numbers) + 1):
            if numbers[k]:
                indices.append(places[k] - 1)
                values.append(numbers[k])
        starts.append(len(indices))
    return MatrixForm(
        glpk.glp_get_obj_dir(problem) == glpk.GLP_MAX,
        glpk.glp_get_obj_coef(problem, 0),
        array("d", [glpk.glp_get_obj_coef(problem, j) for j in range(1, n + 1)]),
        array("d", [low for low, _ in columns]),
        array("d", [high for _, high in columns]),
        bytes(glpk.glp_get_col_kind(problem, j) != glpk.GLP_CV for j in range(1, n + 1)),
        array("d", [low for low, _ in rows]),
        array("d", [high for _, high in rows]),
        starts,
        indices,
        values,
    )


def netlib(path: Path) -> MatrixForm:
    """A problem of SciPy's linprog benchmarks: minimise c.x, A_ub x <= b_ub, A_eq x = b_eq, within the bounds."""
    numpy = pytest.importorskip("numpy")
    with numpy.load(path, allow_pickle=True) as file:  # its bounds are objects, where None is missing
        given = {name: file[name] for name in file.files}
    n = len(given["c"])
    pairs = given["bounds"].reshape(-1, 2).tolist() or [(0.0, None)]
    pairs = pairs * n if len(pairs) == 1 else pairs
    starts, indices, values = array("q", [0]), array("i"), array("d")
    lower, upper = array("d"), array("d")
    for kind in ("ub", "eq"):
        matrix, right = given[f"A_{kind}"], given[f"b_{kind}"].ravel().tolist()
        matrix = matrix if matrix.size else numpy.zeros((0, n))
        for line, b in zip(matrix, right):
            places = numpy.flatnonzero(line)
            indices.extend(places.tolist())
            values.extend(line[places].tolist())
            starts.append(len(indices))
            lower.append(b if kind == "eq" else -inf)
            upper.append(b)
    return MatrixForm(
        False,
        0.0,
        array("d", given["c"].ravel().tolist()),
        array("d", [-inf if low is None else float(low) for low, _ in pairs]),
        array("d", [inf if high is None else float(high) for _, high in pairs]),
        bytes(n),
        lower,
        upper,
        starts,
        indices,
        values,
    )


def program(form: MatrixForm) -> LinearProgram:
    """The form, written as a user would."""
    lp = LinearProgram()
    xs = []
    for low, high, integer in zip(form.column_lower, form.column_upper, form.integer):
        xs.append((lp.IntVar if integer else lp.Var)(lb=low, ub=high))
    for i in range(form.rows):
        indices, values = form.row(i)
        if len(indices):
            lp.add_constraint((form.row_lower[i], sum(a * xs[j] for j, a in zip(indices, values)), form.row_upper[i]))
        else:
            lp.add_constraint(bool(form.row_lower[i] <= 0 <= form.row_upper[i]))
    lp.objective = sum(c * xs[j] for j, c in enumerate(form.cost) if c) + form.offset
    return lp
