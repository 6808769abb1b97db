"""GLPK's presolver for linear programs, called as a separate step.

`glp_simplex` could presolve by itself, but then a run that is cut off loses all its work, so it cannot run in slices.
"""

from __future__ import annotations

from typing import Any, Optional

from pplp.engines.glpk.library import C, address_of, calls, glpk
from pplp.engines.glpk.problem import SCALING, Problem
from pplp.engines.glpk.threads import Library, delete_later

__all__ = ["Reduced"]


class Reduced:
    """The presolved form of a problem; create, use, and close it within one `call`."""

    def __init__(self, problem: Problem) -> None:
        self._whole = problem
        self.memory = problem.memory
        self._work: Optional[int] = None
        self._owner = Library.thread
        self.pointer: Any = calls.glp_create_prob()
        self.address = address_of(self.pointer)
        self.rows = self.columns = 0

    def build(self, scaled: bool) -> int:
        """Presolve; returns 0, or GLPK's code if the problem has no primal or no dual feasible solution."""
        self._work = C.glp_npp_alloc_wksp()
        C.glp_npp_load_prob(self._work, self._whole.address, glpk.GLP_SOL, glpk.GLP_OFF)
        code = int(C.glp_npp_preprocess1(self._work, 0))
        if code:
            return code
        C.glp_npp_build_prob(self._work, self.address)
        self.rows, self.columns = calls.glp_get_num_rows(self.pointer), calls.glp_get_num_cols(self.pointer)
        if self.columns:
            if scaled:
                C.glp_scale_prob(self.address, SCALING)
            C.glp_adv_basis(self.address, 0)
        return 0

    def hand_back(self) -> None:
        """Transfer the optimum and its basis to the original problem."""
        C.glp_npp_postprocess(self._work, self.address)
        C.glp_npp_obtain_sol(self._work, self._whole.address)

    def close(self) -> None:
        """Release the memory."""
        work, self._work = self._work, None
        if work is not None:
            C.glp_npp_free_wksp(work)
        pointer, self.pointer = self.pointer, None
        if pointer is not None:
            delete_later(pointer, self._owner)
