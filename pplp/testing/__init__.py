"""The conformance suite: what every engine must do, whatever solver is behind it.

    pytest -p pplp.testing.plugin --pyargs pplp.testing --engine NAME

The cases talk to the `Engine` protocol only.  Each asks for the status and the objective, and checks the answer by
the case's own data, in rational arithmetic: rows, bounds and integrality, the signs of duals and reduced costs,
complementary slackness, and that the duals prove the objective.  None asks for one of several optima.
All cases are solved in nine sets of units, and there are those in which solvers are wrong: small costs, great
coefficients, great values, last digits, unbounded integers, sensitivity of equations that are basic, exact answers.
It needs pytest, and nothing else.
"""
