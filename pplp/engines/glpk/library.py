"""The only module that imports GLPK: swiglpk for short calls, ctypes on the same library for long and bulk calls.

A call through swiglpk holds Python's global interpreter lock; a call through ctypes releases it, so a solve does not
stop the other threads.  ctypes also takes the address of a whole array.

Which thread may call GLPK, and when: see `pplp.engines.glpk.threads`.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

from pplp.errors import SolverMissing
from pplp.ground.loading import whole_import

try:
    with whole_import():
        import ctypes

        import swiglpk
        from swiglpk import _swiglpk
except ImportError as error:
    if "subinterpreter" in str(error):
        raise SolverMissing(
            f"GLPK cannot be loaded in a sub-interpreter with a lock of its own ({error}). "
            "Solve in the main interpreter, or in a sub-interpreter that is not isolated."
        ) from error
    raise SolverMissing(
        f"The package swiglpk, through which pplp reaches GLPK, cannot be imported ({error}). "
        "Install it with: python -m pip install swiglpk"
    ) from error

__all__ = [
    "ERROR_HOOK",
    "NOTHING",
    "PER_THREAD",
    "TERM_HOOK",
    "TREE_CALLBACK",
    "C",
    "address_of",
    "calls",
    "column_duals",
    "column_primals",
    "entry_of",
    "glpk",
    "row_duals",
]

# Any: ctypes makes functions of any type.

#: The types of the functions that are called through ctypes: of the result, and of the arguments.  On PyPy, a callback
#: inside a swiglpk call hangs, so those that may write to the log are among them.
_TYPES = """
    glp_init_smcp -p; glp_init_iocp -p; glp_simplex ipp; glp_init_iptcp -p; glp_interior ipp; glp_intopt ipp;
    glp_load_matrix -pippp; glp_set_mat_row -piipp; glp_get_mat_row ipipp; glp_del_rows -pip; glp_del_cols -pip;
    glp_check_kkt -piipppp; glp_scale_prob -pi; glp_get_bfcp -pp; glp_set_bfcp -pp; glp_adv_basis -pi;
    glp_std_basis -p; glp_bf_exists ip; glp_factorize ip; glp_warm_up ip; glp_eval_tab_col ipipp; glp_get_bhead ipi;
    glp_btran -pp; glp_get_unbnd_ray ip; glp_ios_best_node ip; glp_ios_terminate -p; glp_ios_reason ip;
    glp_ios_node_bound dpi; glp_ios_tree_size -pppp; glp_ios_heur_sol ipp; glp_ios_can_branch ipi;
    glp_ios_branch_upon -pii; glp_npp_alloc_wksp p; glp_npp_free_wksp -p; glp_npp_load_prob -ppii;
    glp_npp_preprocess1 ipi; glp_npp_build_prob -pp; glp_npp_postprocess -pp; glp_npp_obtain_sol -pp;
    glp_term_hook -pp; glp_error_hook -pp;
"""
_LETTERS: dict[str, Any] = {
    "p": ctypes.c_void_p,
    "i": ctypes.c_int,
    "d": ctypes.c_double,
    "-": None,
}


class _Bulk(ctypes.CDLL):
    """The library, whose functions get their types when they are first used: few programs need them all."""

    _types = dict(entry.split() for entry in _TYPES.split(";")[:-1])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        function: Any = self[name]
        if name in self._types:
            function.restype, *function.argtypes = map(_LETTERS.__getitem__, self._types[name])
        setattr(self, name, function)  # last: another thread may call it at once
        return function


#: GLPK's integer constants and its parameter structures, by their own names.
glpk = swiglpk
#: The library for long and bulk calls, which take addresses and release the interpreter's lock.
C = _Bulk(_swiglpk.__file__)
#: The library for short calls.
calls: Any
#: True if each thread has an environment of its own in GLPK; otherwise the process has one.
PER_THREAD = swiglpk.glp_config("TLS") is not None
#: A null pointer for `calls`.
NOTHING: Any = None

_SIGNATURES = """
    void *glp_create_prob(void); void glp_delete_prob(void *); int glp_init_env(void); int glp_term_out(int);
    int glp_add_rows(void *, int); int glp_add_cols(void *, int);
    void glp_set_obj_dir(void *, int); void glp_set_obj_coef(void *, int, double);
    void glp_set_col_bnds(void *, int, int, double, double); void glp_set_row_bnds(void *, int, int, double, double);
    void glp_set_col_kind(void *, int, int); int glp_get_mat_row(void *, int, int *, double *);
    void glp_unscale_prob(void *); int glp_get_it_cnt(void *); int glp_get_status(void *);
    int glp_get_num_rows(void *); int glp_get_num_cols(void *);
    int glp_get_prim_stat(void *); int glp_get_dual_stat(void *); double glp_get_obj_val(void *);
    int glp_get_col_type(void *, int); double glp_get_col_lb(void *, int); double glp_get_col_ub(void *, int);
    double glp_get_row_prim(void *, int); double glp_get_row_lb(void *, int); double glp_get_row_ub(void *, int);
    double glp_get_col_prim(void *, int); double glp_get_col_dual(void *, int); double glp_get_row_dual(void *, int);
    int glp_ipt_status(void *); double glp_ipt_col_prim(void *, int); double glp_ipt_col_dual(void *, int);
    double glp_ipt_row_dual(void *, int); int glp_get_row_type(void *, int);
    int glp_get_row_stat(void *, int); int glp_get_col_stat(void *, int);
    void glp_set_row_stat(void *, int, int); void glp_set_col_stat(void *, int, int);
    double glp_mip_col_val(void *, int); int glp_mip_status(void *); double glp_mip_obj_val(void *);
"""

if sys.implementation.name == "pypy":
    # PyPy compiles calls through its own cffi to machine code; a call through swiglpk costs a microsecond.
    import cffi  # type: ignore[import-untyped,unused-ignore]

    _ffi: Any = cffi.FFI()
    _ffi.cdef(_SIGNATURES)
    calls = _ffi.dlopen(_swiglpk.__file__)
    NOTHING = _ffi.NULL

    def address_of(problem: Any) -> int:
        """The address of a glp_prob."""
        return int(_ffi.cast("uintptr_t", problem))

    def column_primals(problem: Any, count: int) -> list[float]:
        """The values of all columns after a simplex run."""
        return [calls.glp_get_col_prim(problem, j) for j in range(1, count + 1)]

    def column_duals(problem: Any, count: int) -> list[float]:
        """The reduced costs of all columns."""
        return [calls.glp_get_col_dual(problem, j) for j in range(1, count + 1)]

    def row_duals(problem: Any, count: int) -> list[float]:
        """The duals of all rows."""
        return [calls.glp_get_row_dual(problem, i) for i in range(1, count + 1)]

else:
    calls = _swiglpk

    def address_of(problem: Any) -> int:
        """The address of a glp_prob."""
        return int(problem)

    def column_primals(problem: Any, count: int) -> list[float]:
        """The values of all columns after a simplex run; for a problem without integer columns."""
        return list(glpk.get_col_primals(problem)) if count else []

    def column_duals(problem: Any, count: int) -> list[float]:
        """The reduced costs of all columns."""
        return list(glpk.get_col_duals(problem)) if count else []

    def row_duals(problem: Any, count: int) -> list[float]:
        """The duals of all rows."""
        return list(glpk.get_row_duals(problem)) if count else []


@cache
def entry_of(name: str) -> int:
    """The address of a function of the library."""
    return ctypes.cast(getattr(C, name), ctypes.c_void_p).value or 0


ERROR_HOOK = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
TERM_HOOK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p)
TREE_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
