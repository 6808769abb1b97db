"""The libraries that pplp is held against, and in which forms: one module for each, imported only where it is measured.

A *form* is one documented way of stating a program in a library: expression by expression, with a helper of its
own, or as matrices.  Where that way is too slow for the full size, `most` is the largest at which it is run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.workloads.instances import SIZES, scale_of

__all__ = ["CATALOGUE", "Form", "chosen"]


@dataclass(frozen=True, eq=False)
class Form:
    """One way of stating workloads in one library: `key` is its key in the `FORMS` of a module of this folder."""

    library: str
    key: str
    workloads: str
    #: The module, where it is not called as the library.
    module: str = ""
    most: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What the tables call it."""
        return f"{self.library} ({self.key})" if self.key else self.library

    @property
    def file(self) -> str:
        """The module's own name."""
        return self.module or self.library

    def size(self, workload: str, wanted: str) -> str:
        """The size to run it at, when `wanted` is asked for."""
        most = self.most.get(workload)
        if most is None or workload not in SIZES or scale_of(workload, wanted) <= scale_of(workload, most):
            return wanted
        return most


_ROWS_ARE_SLOW = {"W1": "0.02", "W2": "0.3", "W3": "0.02"}

CATALOGUE = (
    Form("pplp", "", "W1 W2 W3 W4 W5"),
    Form("pplp", "dot", "W2"),
    Form("pplp", "matrix", "W1 W2 W3"),
    Form("swiglpk", "rows", "W1 W2 W3 W5"),
    Form("swiglpk", "numpy", "W1 W2 W3"),
    Form("swiglpk", "GLPK's reader", "W1"),
    Form("pyoptinterface", "", "W1 W2 W3 W4 W5"),
    Form("pyoptinterface", "builder", "W1 W2 W3"),
    Form("pyoptinterface", "matrix", "W1 W2 W3"),
    Form("gurobipy", "", "W1 W2 W3 W4 W5"),
    Form("gurobipy", "LinExpr", "W2"),
    Form("gurobipy", "matrix", "W1 W2 W3"),
    Form("highspy", "", "W1 W2 W3 W4 W5"),
    Form("highspy", "matrix", "W1 W2 W3"),
    Form("python-mip", "", "W1 W2 W3 W4 W5", "python_mip"),
    Form("ortools", "pywraplp", "W1 W2 W3 W4 W5"),
    Form("ortools", "model builder", "W1 W2 W3 W4"),
    Form("pyomo", "", "W1 W2 W3 W4 W5"),
    Form("pulp", "", "W1 W2 W3 W4 W5"),
    Form("pulp", "HiGHS", "W1 W2 W3"),
    Form("linopy", "", "W1 W2 W3"),
    Form("linopy", "scalar", "W1 W2 W3 W4", most=_ROWS_ARE_SLOW),
    Form("cvxpy", "matrix", "W1 W2 W3 W5"),
    Form("cvxpy", "rows", "W1 W2 W3 W4", most=_ROWS_ARE_SLOW),
    Form("cvxopt", "matrix", "W1 W2 W3"),
    Form("cvxopt", "rows", "W1 W2 W3 W4", most=_ROWS_ARE_SLOW),
)


def chosen(workload: str, only: str) -> list[Form]:
    """The forms that state a workload; `only` names libraries or labels, with commas.

    Raises `ValueError` for a name that is none of them.
    """
    forms = [form for form in CATALOGUE if workload in form.workloads.split()]
    names = [name.strip() for name in only.split(",") if name.strip()]
    for name in names:
        if not any(name in (form.library, form.label) for form in forms):
            known = ", ".join(form.label for form in forms)
            raise ValueError(f"{name!r} does not state {workload}. These do: {known}.")
    return [form for form in forms if not names or form.library in names or form.label in names]
