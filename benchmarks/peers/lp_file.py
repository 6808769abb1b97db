"""Reading the LP file that a library has written for GLPK: until then no solver has the model in memory."""

# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

from typing import Any

import swiglpk as glpk

__all__ = ["read_lp"]


def read_lp(path: str) -> Any:
    """The problem in GLPK."""
    glpk.glp_term_out(glpk.GLP_OFF)
    problem = glpk.glp_create_prob()
    if glpk.glp_read_lp(problem, None, path) != 0:
        raise RuntimeError("GLPK could not read the LP file.")
    return problem
