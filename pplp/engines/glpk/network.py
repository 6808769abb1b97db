"""Network programs, solved by a network solver in another process.

OR-Tools' solver is used if it is installed, else GLPK's out-of-kilter algorithm.  An answer is accepted if the duals
prove, in integer arithmetic, that the flow is optimal or that there is none.  If the flow seems unbounded, the simplex
decides.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Union

from pplp.engines.contract import Options
from pplp.engines.glpk.clock import TOLERANCE, Clock
from pplp.engines.glpk.out_of_kilter import is_small_enough
from pplp.engines.glpk.problem import MANY_COLUMNS
from pplp.engines.networks import (
    EACH_ROW,
    Flow,
    NetworkForm,
    NotANetwork,
    TransposedForm,
    might_be_network,
    ortools_flow,
    pivots,
    pivots_at_first_sight,
)
from pplp.errors import ExtraMissing, OptionError, OutOfThreads, SolverCrashed
from pplp.form.matrix_form import MatrixForm
from pplp.form.verification import dual_complaint, estimated_seconds, primal_complaint, sample_complaint

if TYPE_CHECKING:
    from pplp.engines.child import Child

__all__ = ["NetworkAnswer", "NetworkNumbers", "network_answer", "network_helper"]

#: With this many columns, OR-Tools always pays.
_VERY_MANY_COLUMNS = 150_000
#: With this many columns, numpy pays for the translation and the check, including the time of its import.
_NUMPY_PAYS = 60_000
#: The seconds of a simplex pivot, for each arc.
_PIVOT = 1.2e-8
#: The seconds to start another process, and the seconds of translation and process for each arc.
_START, _EACH_ARC = 0.3, 6e-6
#: The out-of-kilter algorithm takes between a tenth of the simplex's time and all of it.  It pays if the simplex would
#: take this many seconds.
_SLOW = 1.5
#: All rows are also checked against the form if that takes at most this many seconds.
_SHORT = 0.05


class NetworkNumbers:
    """An optimal flow as the numbers of a program; its basis and duals are computed on demand."""

    def __init__(self, network: Union[NetworkForm, TransposedForm], flow: Flow) -> None:
        self._network, self._flow = network, flow
        self._solution: Optional[tuple[list[float], list[float], list[float], tuple[str, str]]] = None
        self._primal = network.values(flow.flows) if isinstance(network, NetworkForm) else self._whole()[0]

    def primal(self) -> Sequence[float]:
        """Values of the columns."""
        return self._primal

    def _whole(self) -> tuple[list[float], list[float], list[float], tuple[str, str]]:
        """The values, reduced costs, duals, and basis, computed once."""
        if self._solution is None:
            self._solution = self._network.solution(self._flow)
        return self._solution

    def reduced_costs(self) -> Optional[Sequence[float]]:
        """Reduced costs of the columns."""
        return self._whole()[1]

    def duals(self) -> Optional[Sequence[float]]:
        """Duals of the rows."""
        return self._whole()[2]

    def letters(self) -> tuple[str, str]:
        """The basis, in the letters of `Basis`, of columns and rows."""
        return self._whole()[3]

    def complaint(self, form: MatrixForm) -> Optional[str]:
        """What is wrong with the flow and duals, checked exactly, or with the values on the program's own data."""
        exact = self._network.complaint(self._flow)
        if exact is not None:
            return exact
        if _size(form) >= MANY_COLUMNS:
            quick = estimated_seconds(form) <= _SHORT
            return (primal_complaint if quick else sample_complaint)(form, self._primal, TOLERANCE)
        return primal_complaint(form, self._primal, TOLERANCE) or dual_complaint(
            form, self._primal, self._whole()[2], self._whole()[1], TOLERANCE
        )


class NetworkAnswer(NamedTuple):
    """The result: numbers of an optimum or None, the method, and the reason for or against it, if it was considered."""

    numbers: Optional[NetworkNumbers]
    method: str
    reason: str
    is_infeasible: bool = False


def _size(form: MatrixForm) -> int:
    """The approximate number of arcs it would have."""
    return max(form.rows, form.columns)


def _worth(columns: int) -> float:
    """The seconds that the simplex would have to take for a network solver to pay."""
    return _START + _EACH_ARC * columns if ortools_flow.is_installed() else _SLOW


def network_helper(columns: int, nonzeros: int, options: Options) -> Optional[Child]:
    """A process that loads OR-Tools while the program is compiled; None if it might not be needed."""
    if columns < _VERY_MANY_COLUMNS or not _comes_into_question(columns, nonzeros, options):
        return None
    if options.method not in ("auto", "network") or not ortools_flow.is_installed():
        return None
    with contextlib.suppress(OSError, SolverCrashed, OutOfThreads):
        child = _new_child()
        child.tell("prepare", "pplp.engines.networks.ortools_flow:load")
        return child
    return None


def _new_child() -> Child:
    # Imported late, because few programs need it and the import takes a tenth of a first solve.
    from pplp.engines.child import Child

    return Child()


def _comes_into_question(size: int, nonzeros: int, options: Options) -> bool:
    """True if a program is large enough, and no option needs a simplex."""
    return (
        size >= MANY_COLUMNS
        and nonzeros <= 2 * size
        and options.presolve is not True
        and options.iteration_limit is None
        and options.callback is None
    )


def network_answer(form: MatrixForm, clock: Clock, helper: Optional[Child]) -> Optional[NetworkAnswer]:
    """Solve the program as a network if the user asked for it or it pays; None if it had to be abandoned.

    Raises `OptionError` if the user asked for it by name and the program is not a network.
    """
    asked, size = clock.options.method == "network", _size(form)
    if not (asked or _comes_into_question(size, form.nonzeros, clock.options)):
        return NetworkAnswer(None, "", "")
    is_large = size >= _VERY_MANY_COLUMNS and ortools_flow.is_installed()
    is_sure = is_large and might_be_network(form.columns, form.values)
    expected = EACH_ROW * form.rows if asked or is_sure else pivots_at_first_sight(form)
    if not asked and _PIVOT * expected * form.columns < _worth(size):
        return NetworkAnswer(None, "", "")
    if size >= _NUMPY_PAYS and ortools_flow.is_installed():
        ortools_flow.load_numpy()
    return _answer(form, clock, helper, asked or is_sure)


def _answer(form: MatrixForm, clock: Clock, child: Optional[Child], pays: bool) -> Optional[NetworkAnswer]:
    asked = clock.options.method == "network"
    try:
        network = _network(form)
    except NotANetwork as error:
        if asked:
            raise OptionError(
                f"method='network' needs a network with whole numbers, but {error}. Leave method at 'auto'."
            ) from None
        return NetworkAnswer(None, "", f"not a network: {error}")
    if not pays and isinstance(network, NetworkForm):
        expected = pivots(network.network)
        if _PIVOT * expected * form.columns < _worth(form.columns):
            return NetworkAnswer(None, "", f"a network on which a simplex needs few pivots, about {expected:.0f}")
    clock.phase = "network"
    of = "a network" if isinstance(network, NetworkForm) else "a program whose dual is a network"
    size = f"{of} of {len(network.network.tails)} arcs"
    failures: list[str] = []
    for name, function, why in _codes(network):
        try:
            ready, child = child, None
            found = _run(ready or _new_child(), clock, function, network.network)
            if found == (None,):
                said = f"{size}, but {name} found no flow"
                if isinstance(network, TransposedForm):
                    return NetworkAnswer(None, "", said)
                return _proof(network, clock, name, function, said)
        except (ExtraMissing, OverflowError, SolverCrashed, OutOfThreads, OSError) as error:
            failures.append(f"{name}: {error}")
            continue
        if found is None:
            return None
        (flow,) = found
        assert flow is not None
        numbers = NetworkNumbers(network, flow)
        complaint = numbers.complaint(form) or _fraction(form, numbers.primal())
        if complaint is None:
            why = "; ".join(failures) or why
            return NetworkAnswer(numbers, name, f"{'asked for' if asked else 'auto'}: {size}, and {why}")
        failures.append(f"{name}: {complaint}")
    said = "; ".join(failures) or "no network solver accepts its numbers"
    if clock.wants_log:
        clock.log(f"The program is {size}, but {said}.")
    return NetworkAnswer(None, "", f"{size}, but {said}")


def _network(form: MatrixForm) -> Union[NetworkForm, TransposedForm]:
    """The program or its dual as a network."""
    try:
        return NetworkForm(form)
    except NotANetwork:
        try:
            return TransposedForm(form)
        except NotANetwork:
            pass
        raise


def _codes(network: Union[NetworkForm, TransposedForm]) -> Iterator[tuple[str, str, str]]:
    """The network solvers to try: name, function, and reason."""
    installed = ortools_flow.is_installed()
    if installed:
        yield (
            "network: OR-Tools' cost scaling",
            "pplp.engines.networks.ortools_flow:cheapest_flow",
            "OR-Tools is installed",
        )
    if is_small_enough(network.network):
        other = "OR-Tools, which is faster, is not installed"
        yield "network: GLPK's out-of-kilter", "pplp.engines.glpk.out_of_kilter:cheapest_flow", other


def _proof(network: NetworkForm, clock: Clock, name: str, function: str, said: str) -> Optional[NetworkAnswer]:
    """A proof that there is no flow: a cut whose capacity is too small.

    The duals of the flow with the least total violation give such a cut.
    """
    found = _run(_new_child(), clock, function, network.elastic(), False)
    if found is None:
        return None
    (flow,) = found
    if flow is not None and network.proves_infeasible(flow.prices):
        return NetworkAnswer(None, f"{name}, with a cut that is too narrow", said, True)
    return NetworkAnswer(None, "", said)


def _run(child: Child, clock: Clock, function: str, *arguments: Any) -> Optional[tuple[Optional[Flow]]]:
    """The result of the function in a separate process, as a tuple of one; None if it had to be abandoned."""
    try:
        if clock.stopping() is not None:
            return None
        child.tell("call", function, *arguments)
        done: Optional[tuple[Optional[Flow]]] = clock.watch(_Call(child))
        return done
    finally:
        clock.solver_seconds = clock.seconds
        child.kill()


class _Call:
    """A call that a child makes."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self._answer: Optional[Flow] = None

    def wait(self, seconds: float) -> bool:
        """True if it has returned, after at most this many seconds.  Raises what it raised."""
        message = self._child.receive(seconds)
        if message is not None:
            self._answer = message[1]
        return message is not None

    def result(self) -> tuple[Optional[Flow]]:
        """The result, as a tuple of one."""
        return (self._answer,)


def _fraction(form: MatrixForm, values: Sequence[float]) -> Optional[str]:
    """A complaint if an integer variable is not at an integer."""
    for value in compress(values, form.integer) if 1 in form.integer else ():
        if value % 1.0:
            return "its flow is not whole"
    return None
