"""Your own engine: SciPy's solvers as ``solver="scipy"``.

A package declares its engine in pyproject.toml, and does not need to call `register_engine`:

    [project.entry-points."pplp.engines"]
    scipy = "scipy_engine:Scipy"

To run the conformance suite in this folder, where importing this module registers the engine:

    pytest -p scipy_engine -p pplp.testing.plugin --pyargs pplp.testing.test_optimal pplp.testing.test_integer \
        pplp.testing.test_prices pplp.testing.test_without_optimum pplp.testing.test_edits --engine scipy
"""

import dataclasses
import sys

from pplp import LinearProgram
from pplp.errors import OptionError
from pplp.solution import Outcome, ReadNumbers, Status
from pplp.solver import Engine, Options, register_engine

try:
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, linprog, milp
    from scipy.sparse import csr_array, vstack
except ImportError:
    sys.exit("This example needs scipy: python -m pip install scipy")

STATUSES = Status.OPTIMAL, Status.TIME_LIMIT, Status.INFEASIBLE, Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED


class Scipy(Engine):
    """Solves each program from scratch, and lets pplp check the answers: `verifies` is False."""

    def load(self, form):
        self.form, self.loaded = form, True

    def solve(self, options, stop=None):
        for field in dataclasses.fields(Options):
            known = not field.init or field.name in ("solver", "verbose", "time_limit", "node_limit", "gap")
            if not known and getattr(options, field.name) != field.default:
                raise OptionError(f"SciPy has no option {field.name}. Leave it out, or solve with solver='glpk'.")
        form, limits = self.form, {"time_limit": options.time_limit, "disp": False}
        sign, lower, upper = -1 if form.maximize else 1, np.array(form.row_lower), np.array(form.row_upper)
        bounds = np.array([form.column_lower, form.column_upper]).T.reshape(-1, 2)
        if (bounds[:, 0] > bounds[:, 1]).any() or (lower > upper).any():
            return Outcome(Status.INFEASIBLE)
        rows = csr_array((form.values, form.indices, np.array(form.starts, np.intc)), (form.rows, max(1, form.columns)))
        cost, bounds = (sign * np.array(form.cost), bounds) if form.columns else (np.zeros(1), [(0, 0)])
        duals = costs = None
        if any(form.integer):
            limits.update(mip_rel_gap=options.gap, node_limit=options.node_limit or 10**9)
            place = {"integrality": list(form.integer), "bounds": Bounds(*bounds.T)}
            result = milp(cost, constraints=LinearConstraint(rows, lower, upper), options=limits, **place)
        else:
            fixed, below, above = (
                lower == upper,
                (lower < upper) & (upper < np.inf),
                (lower < upper) & (lower > -np.inf),
            )
            inequalities = {"A_ub": vstack([rows[below], -rows[above]]), "b_ub": np.r_[upper[below], -lower[above]]}
            data = {**inequalities, "A_eq": rows[fixed], "b_eq": lower[fixed], "bounds": bounds}
            result = linprog(cost, **data, options=limits)
            if result.status == 4:
                result = linprog(cost, **data, options={**limits, "presolve": False})
            if result.status == 0:
                duals, prices, few = np.zeros(form.rows), sign * result.ineqlin.marginals, below.sum()
                duals[fixed], duals[below] = sign * result.eqlin.marginals, prices[:few]
                duals[above] -= prices[few:]
                costs = (sign * (result.lower.marginals + result.upper.marginals))[: form.columns].tolist()
                duals = duals.tolist()
        if result.x is None or result.status > 1:
            return Outcome(STATUSES[result.status], message=result.message)
        x = [float(round(v)) if whole else v for v, whole in zip(result.x.tolist(), form.integer)]
        objective = form.offset + sign * result.fun
        return Outcome(STATUSES[result.status], ReadNumbers(x, costs, duals), objective, objective, method="SciPy")


register_engine("scipy", Scipy)

if __name__ == "__main__":
    lp = LinearProgram(solver="scipy")
    x, y = lp.Var("x", lb=0), lp.IntVar("y", lb=0)
    lp.add_constraint(2 * x + y <= 9.5)
    lp.objective = 3 * x + 2 * y
    assert lp.maximize() == 18.75
    print(f"{x.value} and {y.value} by {lp.solution.solver}")
