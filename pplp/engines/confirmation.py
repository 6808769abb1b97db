"""Confirms an engine's answer: numbers must satisfy the program, and verdicts need a proof.

Proofs, and the checks of numbers, are loaded only if an engine's word is not enough.
"""

from __future__ import annotations

from typing import Callable, Optional

from pplp.engines.contract import CancelToken, Engine, Options
from pplp.errors import NumericalTrouble
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Outcome, Status

__all__ = ["answer"]

#: A doubt about a program of at most this many coefficients is resolved without being asked.
_SHORT = 100_000


def answer(engine: Engine, options: Options, stop: Optional[CancelToken], form: Callable[[], MatrixForm]) -> Outcome:
    """What an engine says about its problem, confirmed; `form` gives the whole problem."""
    outcome = engine.solve(options, stop)
    if not engine.verifies or outcome.status is Status.NUMERICAL:
        outcome = _settled(outcome, form(), options, engine.verifies)
    return outcome


def _settled(outcome: Outcome, form: MatrixForm, options: Options, verified: bool) -> Outcome:
    """The confirmed answer to what an engine said of this program.

    The numbers of an engine that does not verify them are checked here; an infeasible or unbounded verdict
    must have a proof.  If solvers contradicted each other (`Status.NUMERICAL`), a proof decides.
    There is no proof that an integer program with a feasible relaxation has no integer point: that is taken as it is.
    """
    from pplp.engines.proofs import contradiction, direction
    from pplp.form.verification import outcome_complaint

    status = outcome.status
    if not verified:
        complaint = outcome_complaint(form, outcome)
        if complaint is not None:
            return _withdrawn(outcome, f"The solver's answer does not satisfy the program: {complaint}.")
    if status not in (Status.NUMERICAL, Status.INFEASIBLE, Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED):
        return outcome
    if verified and (options.time_limit is not None or form.nonzeros > _SHORT):
        return outcome
    has_integers = any(form.integer)
    try:
        if contradiction(form) is not None:
            proved = Status.INFEASIBLE
        elif has_integers:
            return outcome
        else:
            proved = Status.UNBOUNDED if direction(form) is not None else Status.NUMERICAL
    except NumericalTrouble:
        proved = Status.NUMERICAL
    if proved is status:
        return outcome
    if proved is Status.NUMERICAL:
        return _withdrawn(outcome, f"The solver's answer, {status}, has no proof.")
    outcome.status, outcome.message, outcome.numbers, outcome.bound = proved, "", None, None
    outcome.method = f"{outcome.method}, and a proof that it is {proved}"
    return outcome


def _withdrawn(outcome: Outcome, message: str) -> Outcome:
    """The same without its numbers, which cannot be trusted."""
    if outcome.status is Status.NUMERICAL and outcome.message:
        return outcome
    found = Outcome(Status.NUMERICAL, iterations=outcome.iterations, nodes=outcome.nodes, seconds=outcome.seconds)
    found.method, found.reason, found.message = outcome.method, outcome.reason, message
    return found
