"""The conformance suite: what every engine must do, whatever its solver.

    pytest -p pplp.testing.plugin --pyargs pplp.testing --engine NAME

The cases use the `Engine` protocol only.  Each asks for the status and the objective, and checks the answer against
the case's own data, in rational arithmetic: rows, bounds and integrality, the signs of duals and reduced costs,
complementary slackness, and that the duals prove the objective.  None depends on which of several optima is found.
All cases are solved in nine sets of units, and there are cases that solvers often get wrong: small costs, large
coefficients, large values, last digits, unbounded integers, sensitivity of equations that are basic, exact answers.
The suite needs pytest, and nothing else.
"""
