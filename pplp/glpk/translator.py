"""GLPK's translator of MathProg, in a process of its own: what it cannot do may end the process.

python -c "from pplp.glpk.translator import main; main()" BYTES RESULT MODEL [DATA ...]

BYTES is the memory that the process may have, where the platform has such limits: the whole of its addresses.  Exit
codes are 0, 3 where GLPK refuses the model, and 4 where Python has no memory; without memory GLPK itself aborts.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from array import array
from math import inf
from typing import Any

from pplp.formats.json_form import written_json
from pplp.glpk.library import C, glpk
from pplp.matrix_form import MatrixForm

__all__ = ["main"]

_HUGE = 1e100


def main() -> None:
    """Translate, and write the program as JSON; GLPK says on standard output what is wrong."""
    memory, result, model, *data = sys.argv[1:]
    _limit_memory(int(float(memory)))
    try:
        _translate(result, model, data)
    except MemoryError:
        sys.exit(4)


def _limit_memory(most: int) -> None:
    """Allow this process no more, and no core file when it is ended for asking."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, limit in ((resource.RLIMIT_AS, most), (resource.RLIMIT_CORE, 0)):
        soft, hard = resource.getrlimit(kind)
        given = [one for one in (soft, hard) if one != resource.RLIM_INFINITY]
        with contextlib.suppress(ValueError, OSError, OverflowError):  # macOS takes not every limit
            resource.setrlimit(kind, (min([limit, *given]), hard))


def _translate(result: str, model: str, data: list[str]) -> None:
    for name in ("glp_mpl_alloc_wksp", "glp_create_prob"):
        getattr(C, name).restype = ctypes.c_void_p
    for name in ("glp_get_col_name", "glp_get_row_name", "glp_get_obj_name", "glp_get_prob_name"):
        getattr(C, name).restype = ctypes.c_char_p
    for kind in ("row", "col"):
        for end in ("lb", "ub"):
            getattr(C, f"glp_get_{kind}_{end}").restype = ctypes.c_double
    C.glp_get_obj_coef.restype = ctypes.c_double
    translator, problem = ctypes.c_void_p(C.glp_mpl_alloc_wksp()), ctypes.c_void_p(C.glp_create_prob())
    failed = C.glp_mpl_read_model(translator, os.fsencode(model), int(bool(data)))
    for path in data:
        failed = failed or C.glp_mpl_read_data(translator, os.fsencode(path))
    failed = failed or C.glp_mpl_generate(translator, None)
    if failed:
        sys.exit(3)
    C.glp_mpl_build_prob(translator, problem)
    with open(result, "w", encoding="utf-8") as file:
        name = C.glp_get_prob_name(problem)
        file.writelines(written_json(_form(problem), _text(name) or None))


def _text(name: Any) -> str:
    return name.decode("utf-8", "pplp.latin") if name else ""


def _bounds(problem: Any, kind: str, place: int) -> tuple[float, float]:
    form = getattr(C, f"glp_get_{kind}_type")(problem, place)
    lower = getattr(C, f"glp_get_{kind}_lb")(problem, place) if form not in (glpk.GLP_FR, glpk.GLP_UP) else -inf
    upper = getattr(C, f"glp_get_{kind}_ub")(problem, place) if form not in (glpk.GLP_FR, glpk.GLP_LO) else inf
    if form == glpk.GLP_FX:
        upper = lower
    return (-inf if lower <= -_HUGE else lower), (inf if upper >= _HUGE else upper)


def _form(problem: Any) -> MatrixForm:
    """What was built, without the row of the objective, which has no bounds."""
    columns, rows = C.glp_get_num_cols(problem), C.glp_get_num_rows(problem)
    objective = C.glp_get_obj_name(problem)
    indices, values, starts = array("i"), array("d"), array("q", [0])
    lower, upper, row_names = array("d"), array("d"), {}
    at, factors = (ctypes.c_int * (columns + 1))(), (ctypes.c_double * (columns + 1))()
    for i in range(1, rows + 1):
        name = C.glp_get_row_name(problem, i)
        if name == objective and C.glp_get_row_type(problem, i) == glpk.GLP_FR:
            continue
        count = C.glp_get_mat_row(problem, i, at, factors)
        terms = sorted((at[k] - 1, factors[k]) for k in range(1, count + 1) if factors[k])
        indices.extend([j for j, _ in terms])
        values.extend([a for _, a in terms])
        if name:
            row_names[len(lower)] = _text(name)
        starts.append(len(indices))
        low, high = _bounds(problem, "row", i)
        lower.append(low)
        upper.append(high)
    ends = [_bounds(problem, "col", j) for j in range(1, columns + 1)]
    names = {j: _text(C.glp_get_col_name(problem, j + 1)) for j in range(columns)}
    return MatrixForm(
        C.glp_get_obj_dir(problem) == glpk.GLP_MAX,
        C.glp_get_obj_coef(problem, 0),
        array("d", [C.glp_get_obj_coef(problem, j) for j in range(1, columns + 1)]),
        array("d", [low for low, _ in ends]),
        array("d", [high for _, high in ends]),
        bytes(C.glp_get_col_kind(problem, j) != glpk.GLP_CV for j in range(1, columns + 1)),
        lower,
        upper,
        starts,
        indices,
        values,
        {j: name for j, name in names.items() if name},
        row_names,
    )
