"""Confirms an engine's answer: numbers must satisfy the program, and verdicts need a proof.

The modules for proofs and checks are imported only if an engine does not verify its own answers, or could not decide.
"""

from __future__ import annotations

from typing import Callable, Optional

from pplp.engines.contract import CancelToken, Engine, Options
from pplp.errors import NumericalTrouble
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Outcome, Status

__all__ = ["answer"]

#: If an engine that verifies its answers could not decide, a proof is tried up to this many coefficients, and only
#: without a time limit.
_SHORT = 100_000


def answer(engine: Engine, options: Options, stop: Optional[CancelToken], form: Callable[[], MatrixForm]) -> Outcome:
    """Solve the engine's problem, and confirm its answer; `form` returns the whole problem."""
    outcome = engine.solve(options, stop)
    if not engine.verifies or outcome.status is Status.NUMERICAL:
        outcome = _settled(outcome, form(), options, engine.verifies)
    return outcome


def _settled(outcome: Outcome, form: MatrixForm, options: Options, verified: bool) -> Outcome:
    """The outcome of an engine for this program, confirmed, corrected, or withdrawn.

    The numbers of an engine that does not verify them are checked here; an infeasible or unbounded verdict must have a
    proof.  If the engine could not decide (`Status.NUMERICAL`), a proof decides.  An engine's claim that an integer
    program is infeasible although its relaxation is feasible is accepted as it is, because there is no proof for that.
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
    """The outcome without its numbers, which cannot be trusted."""
    if outcome.status is Status.NUMERICAL and outcome.message:
        return outcome
    found = Outcome(Status.NUMERICAL, iterations=outcome.iterations, nodes=outcome.nodes, seconds=outcome.seconds)
    found.method, found.reason, found.message = outcome.method, outcome.reason, message
    return found
