"""Infeasible models: the errors that `maximize` and `minimize` raise, their messages, and their attributes.

A joiner plans a week of chairs and tables:

    maximize    30 chairs + 50 tables
    subject to   4 chairs +  6 tables <= 40     hours
                   chairs +    tables >= 12     pieces on order
                   chairs,     tables >=  0

This is infeasible, because 12 pieces take at least 48 hours.  Without the row of hours, it is unbounded.
The second program, of projects and budgets, has an optimum, but a limit stops the search before it is proved.
"""

from pplp import Infeasible, LimitReached, LinearProgram, Status, Unbounded, dot


def main() -> None:
    """Catch the three errors, one after the other."""
    joiner = LinearProgram(name="joiner")
    chairs, tables = joiner.Var("chairs", lb=0), joiner.Var("tables", lb=0)
    joiner.objective = 30 * chairs + 50 * tables
    hours = joiner.add_constraint(4 * chairs + 6 * tables <= 40, name="hours")
    joiner.add_constraint(chairs + tables >= 12, name="orders")
    try:
        raise AssertionError(f"48 hours fit into 40 and earned {joiner.maximize()}")
    except Infeasible as error:
        print(f"Infeasible: {error}")
        assert error.solution is not None and not error.solution.has_solution

    joiner.remove(hours)
    try:
        raise AssertionError(f"an unbounded program has the optimum {joiner.maximize()}")
    except Unbounded as error:
        print(f"Unbounded: {error}")
        assert "chairs" in str(error) or "tables" in str(error)

    outcome = joiner.solve("maximize")  # reports this in its status instead of raising
    print(f"solve: {outcome}")
    assert outcome.status is Status.UNBOUNDED and not outcome.has_solution

    projects = LinearProgram(name="projects")
    chosen = [projects.BoolVar(f"project {k}") for k in range(30)]
    for year in range(3):
        costs = [20 + (k * (13 + 6 * year) + k * k * (3 * year + 1)) % 41 for k in range(30)]
        projects.add_constraint(dot(costs, chosen) <= sum(costs) // 2, name=f"budget of year {year}")
    projects.objective = dot([40 + 7 * k * k % 31 for k in range(30)], chosen)
    try:
        raise AssertionError(f"ten nodes were enough for {projects.maximize(node_limit=10)}")
    except LimitReached as error:
        stopped = error.solution
        assert stopped is not None and stopped.bound is not None
        print(f"LimitReached: {error} Found {stopped.objective:g}, and at most {stopped.bound:g} is possible.")

    # HiGHS finds the same optimum, 878, for these data, through scipy.optimize.milp.
    assert stopped.objective <= 878 <= stopped.bound
    assert projects.maximize() == 878


if __name__ == "__main__":
    main()
