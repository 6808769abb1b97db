"""The conformance suite: what every engine must do, whatever its solver.

    pytest -p pplp.testing.plugin --pyargs pplp.testing --engine NAME

The cases use only the `Engine` protocol.  Each compares the status and the objective with the known ones, and checks
the answer against the case's own data in rational arithmetic: rows, bounds, integrality, the signs of duals and reduced
costs, complementary slackness, and that the duals prove the objective.  No case depends on which of several optima is
found.  All cases are solved in nine sets of units.  Some cases are about what solvers often get wrong: small costs,
large coefficients, large values, last digits, unbounded integers, the sensitivity of basic equations, exact answers.
The suite needs only pytest.
"""
