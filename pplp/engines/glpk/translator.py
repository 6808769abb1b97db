"""GLPK's MathProg translator, run as a separate process, because some models make it abort.

    main(LIBRARY, BYTES, RESULT, MODEL, [DATA, ...])

LIBRARY is the path of GLPK's library.  BYTES limits the address space of the process, on platforms with such limits.
RESULT is the file to write, in the format of `pplp.formats.json_form`.  The exit code is 0; 3 if GLPK rejects the
model; 4 if Python runs out of memory.  If GLPK runs out of memory, it aborts.

This module imports only Python's standard library, so the process starts in a few milliseconds.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import sys
from math import inf
from typing import Any, Optional

__all__ = ["main"]

_HUGE = 1e100
#: GLPK's constants.
_FREE, _LOWER, _UPPER, _FIXED, _MAXIMIZE, _CONTINUOUS = 1, 2, 3, 5, 2, 1


def main() -> None:
    """Translate the model and write the program; GLPK writes what is wrong to standard output."""
    library, memory, result, model, *data = sys.argv[1:]
    _limit_memory(int(float(memory)))
    try:
        _translate(ctypes.CDLL(library), result, model, data)
    except MemoryError:
        sys.exit(4)


def _limit_memory(most: int) -> None:
    """Limit the memory of this process, and write no core file if the limit ends it."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, limit in ((resource.RLIMIT_AS, most), (resource.RLIMIT_CORE, 0)):
        soft, hard = resource.getrlimit(kind)
        given = [one for one in (soft, hard) if one != resource.RLIM_INFINITY]
        with contextlib.suppress(ValueError, OSError, OverflowError):  # macOS rejects some limits
            resource.setrlimit(kind, (min([limit, *given]), hard))


def _translate(glpk: Any, result: str, model: str, data: list[str]) -> None:
    for name in ("glp_mpl_alloc_wksp", "glp_create_prob"):
        getattr(glpk, name).restype = ctypes.c_void_p
    for name in ("glp_get_col_name", "glp_get_row_name", "glp_get_obj_name", "glp_get_prob_name"):
        getattr(glpk, name).restype = ctypes.c_char_p
    for name in ("row_lb", "row_ub", "col_lb", "col_ub", "obj_coef"):
        getattr(glpk, f"glp_get_{name}").restype = ctypes.c_double
    translator, problem = ctypes.c_void_p(glpk.glp_mpl_alloc_wksp()), ctypes.c_void_p(glpk.glp_create_prob())
    failed = glpk.glp_mpl_read_model(translator, os.fsencode(model), int(bool(data)))
    for path in data:
        failed = failed or glpk.glp_mpl_read_data(translator, os.fsencode(path))
    failed = failed or glpk.glp_mpl_generate(translator, None)
    if failed:
        sys.exit(3)
    glpk.glp_mpl_build_prob(translator, problem)
    with open(result, "w", encoding="utf-8") as file:
        file.write(json.dumps(_fields(glpk, problem)))


def _text(name: Optional[bytes]) -> str:
    """The text of a name in UTF-8; bytes that are not UTF-8 are read as Latin-1."""
    text = (name or b"").decode("utf-8", "surrogateescape")
    return "".join(chr(ord(letter) - 0xDC00) if "\udc80" <= letter <= "\udcff" else letter for letter in text)


def _bounds(glpk: Any, problem: Any, kind: str, place: int) -> tuple[Optional[float], Optional[float]]:
    """The bounds of a row or column; None if there is none."""
    form = getattr(glpk, f"glp_get_{kind}_type")(problem, place)
    lower = getattr(glpk, f"glp_get_{kind}_lb")(problem, place) if form not in (_FREE, _UPPER) else -inf
    upper = getattr(glpk, f"glp_get_{kind}_ub")(problem, place) if form not in (_FREE, _LOWER) else inf
    if form == _FIXED:
        upper = lower
    return (None if lower <= -_HUGE else lower), (None if upper >= _HUGE else upper)


def _fields(glpk: Any, problem: Any) -> dict[str, Any]:
    """The fields of the program, without the row of the objective, which has no bounds."""
    columns, objective = glpk.glp_get_num_cols(problem), glpk.glp_get_obj_name(problem)
    places = range(1, columns + 1)
    indices: list[int] = []
    values: list[float] = []
    starts, ends, row_names = [0], list[tuple[Any, Any]](), dict[int, str]()
    at, factors = (ctypes.c_int * (columns + 1))(), (ctypes.c_double * (columns + 1))()
    for i in range(1, glpk.glp_get_num_rows(problem) + 1):
        name = glpk.glp_get_row_name(problem, i)
        if name == objective and glpk.glp_get_row_type(problem, i) == _FREE:
            continue
        count = glpk.glp_get_mat_row(problem, i, at, factors)
        terms = sorted((at[k] - 1, factors[k]) for k in range(1, count + 1) if factors[k])
        indices += [j for j, _ in terms]
        values += [a for _, a in terms]
        if name:
            row_names[len(ends)] = _text(name)
        starts.append(len(indices))
        ends.append(_bounds(glpk, problem, "row", i))
    bounds = [_bounds(glpk, problem, "col", j) for j in places]
    names = {j - 1: _text(glpk.glp_get_col_name(problem, j)) for j in places}
    return {
        "format": "pplp",
        "version": 1,
        "name": _text(glpk.glp_get_prob_name(problem)) or None,
        "sense": "maximize" if glpk.glp_get_obj_dir(problem) == _MAXIMIZE else "minimize",
        "offset": glpk.glp_get_obj_coef(problem, 0),
        "cost": [glpk.glp_get_obj_coef(problem, j) for j in places],
        "column_lower": [lower for lower, _ in bounds],
        "column_upper": [upper for _, upper in bounds],
        "integer": [int(glpk.glp_get_col_kind(problem, j) != _CONTINUOUS) for j in places],
        "row_lower": [lower for lower, _ in ends],
        "row_upper": [upper for _, upper in ends],
        "starts": starts,
        "indices": indices,
        "values": values,
        "column_names": {j: name for j, name in names.items() if name},
        "row_names": row_names,
    }


if __name__ == "__main__":
    main()
