"""Programs that are networks, answered by a network solver.

The network simplex of pplp takes any numbers.  Where it is not compiled, and all numbers are whole, OR-Tools' solver is
used if it is installed, in a process of its own.  An answer is accepted if the
duals prove the flow optimal, exactly in whole numbers, or that there is no flow, or if a cycle gains without limit.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from itertools import compress
from math import inf
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional, Union

from pplp.engines.contract import Options
from pplp.engines.glpk.clock import TOLERANCE, Clock
from pplp.engines.glpk.problem import MANY_COLUMNS
from pplp.engines.networks import (
    EACH_ROW,
    Flow,
    NetworkForm,
    NotANetwork,
    TransposedForm,
    Tree,
    TreeSearch,
    might_be_network,
    ortools_flow,
    pivots,
    pivots_at_first_sight,
    tree_of,
)
from pplp.engines.networks.network_simplex import loops
from pplp.errors import ExtraMissing, OptionError, OutOfThreads, SolverCrashed
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Status
from pplp.form.verification import (
    ROUNDING,
    dual_complaint,
    estimated_seconds,
    is_small,
    primal_complaint,
    sample_complaint,
)

if TYPE_CHECKING:
    from pplp.engines.child import Child

__all__ = ["NetworkAnswer", "NetworkNumbers", "network_answer", "network_helper"]

#: A bound or right-hand side of this size asks for an exact flow: by a tolerance, it would be wrong by whole units.
_WIDE = 1e9
#: With this many columns, OR-Tools always pays.
_VERY_MANY_COLUMNS = 150_000
#: The proof that there is no flow.
_CUT = "a cut that is too narrow"
#: The seconds of a simplex pivot, for each arc.
_PIVOT = 1.2e-8
#: The seconds to start another process, and the seconds of translation and process for each arc.
_START, _EACH_ARC = 0.3, 6e-6
#: The time of the network simplex in Python for each row and arc, and for each arc or node that it looks at.
_TREE_ROW, _TREE_ARC, _EACH_LOOK = 1e-4, 5e-6, 2e-7
#: Before so many arcs and nodes were looked at, the network simplex in Python is never given up.
_LEAST_WORK = 2_000_000
#: OR-Tools takes the time in which the compiled network simplex looks at so many arcs and nodes for each arc.
_WORK_OF_ORTOOLS = 50_000
_ORTOOLS = "pplp.engines.networks.ortools_flow:cheapest_flow"
#: With fewer columns the program's own data are checked in full besides, duals and all.
_MANY_TO_CHECK = 5_000
#: All rows are also checked against the form if that takes at most this many seconds.
_SHORT = 0.05


class NetworkNumbers:
    """An optimal flow as the numbers of a program; its basis and duals are computed on demand."""

    def __init__(self, network: Union[NetworkForm, TransposedForm], flow: Flow, tree: Callable[[], Tree]) -> None:
        self._network, self._flow, self._tree = network, flow, tree
        self._solution: Optional[tuple[list[float], list[float], list[float], tuple[str, str]]] = None
        self._primal = network.values(flow.flows) if isinstance(network, NetworkForm) else self._whole()[0]

    def primal(self) -> Sequence[float]:
        """Values of the columns."""
        return self._primal

    def _whole(self) -> tuple[list[float], list[float], list[float], tuple[str, str]]:
        """The values, reduced costs, duals, and basis, computed once."""
        if self._solution is None:
            self._solution = self._network.solution(self._flow, self._tree())
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
        if _size(form) >= _MANY_TO_CHECK:
            quick = estimated_seconds(form) <= _SHORT
            return (primal_complaint if quick else sample_complaint)(form, self._primal, TOLERANCE)
        tolerance = ROUNDING if is_small(form) else TOLERANCE
        return primal_complaint(form, self._primal, tolerance) or dual_complaint(
            form, self._primal, self._whole()[2], self._whole()[1], tolerance
        )


class NetworkAnswer(NamedTuple):
    """The result: numbers of an optimum or None, the method, and the reason for or against it, if it was considered."""

    numbers: Optional[NetworkNumbers]
    method: str
    reason: str
    #: `INFEASIBLE` or `UNBOUNDED`, if that is proved.
    status: Optional[Status] = None

    @property
    def is_nothing(self) -> bool:
        """True if there is neither an answer nor a reason."""
        return self == _NOTHING


_NOTHING = NetworkAnswer(None, "", "")


def _size(form: MatrixForm) -> int:
    """The approximate number of arcs it would have."""
    return max(form.rows, form.columns)


def _worth(rows: int, columns: int) -> float:
    """The seconds that the simplex would have to take for a network solver to pay."""
    if loops is not None:
        return 0.0
    by_tree = _TREE_ROW * rows + _TREE_ARC * columns
    return min(by_tree, _START + _EACH_ARC * columns) if ortools_flow.is_installed() else by_tree


def network_helper(columns: int, nonzeros: int, options: Options) -> Optional[Child]:
    """A process that loads OR-Tools while the program is compiled; None if it might not be needed."""
    if loops is not None or columns < _VERY_MANY_COLUMNS or not _comes_into_question(columns, nonzeros, options):
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
    is_asked_for = asked or _comes_into_question(size, form.nonzeros, clock.options) or _is_wide(form, clock.options)
    if not is_asked_for:
        return NetworkAnswer(None, "", "")
    is_large = size >= _VERY_MANY_COLUMNS and ortools_flow.is_installed()
    is_sure = is_large and might_be_network(form.columns, form.values)
    expected = EACH_ROW * form.rows if asked or is_sure else pivots_at_first_sight(form)
    if not asked and _PIVOT * expected * form.columns < _worth(form.rows, size):
        return NetworkAnswer(None, "", "")
    return _answer(form, clock, helper, asked or is_sure)


def _is_wide(form: MatrixForm, options: Options) -> bool:
    """True if, of a small network, a number is so large that a simplex's tolerance is more than a unit."""
    if not might_be_network(form.columns, form.values) or not _comes_into_question(MANY_COLUMNS, 0, options):
        return False
    sides = form.column_lower, form.column_upper, form.row_lower, form.row_upper
    return any(_WIDE <= size < inf for side in sides for size in map(abs, side))


def _answer(form: MatrixForm, clock: Clock, child: Optional[Child], pays: bool) -> Optional[NetworkAnswer]:
    asked = clock.options.method == "network"
    try:
        network = _network(form)
    except NotANetwork as error:
        if asked:
            raise OptionError(f"method='network' needs a network, but {error}. Leave method at 'auto'.") from None
        return NetworkAnswer(None, "", f"not a network: {error}")
    flow_form = network if isinstance(network, NetworkForm) else network.dual
    if not pays and loops is None and network is flow_form:
        expected = pivots(flow_form.arcs)
        if _PIVOT * expected * form.columns < _worth(form.rows, form.columns):
            return NetworkAnswer(None, "", f"a network on which a simplex needs few pivots, about {expected:.0f}")
    clock.phase = "network"
    of = "a network" if network is flow_form else "a program whose dual is a network"
    work = _Work(form, clock, network, f"{of} of {len(flow_form.arcs.tails)} arcs", asked, [])
    by_ortools = flow_form.is_whole and ortools_flow.is_installed()
    ways: list[Callable[[], Optional[NetworkAnswer]]] = [lambda: _by_tree(work, flow_form, by_ortools)]
    if by_ortools:
        ways.insert(len(ways) if loops is not None else 0, lambda: _by_ortools(work, child))
    answer: Optional[NetworkAnswer] = _NOTHING
    for way in ways:
        if answer is not None and answer.is_nothing:
            answer = way()
    if answer is None or not answer.is_nothing:
        return answer
    said = "; ".join(work.failures) or "no network solver accepts its numbers"
    if clock.wants_log:
        clock.log(f"The program is {work.size}, but {said}.")
    return NetworkAnswer(None, "", f"{work.size}, but {said}")


class _Work(NamedTuple):
    """A program that is a network, and what was tried."""

    form: MatrixForm
    clock: Clock
    network: Union[NetworkForm, TransposedForm]
    #: In words.
    size: str
    is_asked_for: bool
    failures: list[str]

    def optimum(self, name: str, numbers: NetworkNumbers, why: str) -> Optional[NetworkAnswer]:
        """The answer, if the numbers hold."""
        complaint = numbers.complaint(self.form) or _fraction(self.form, numbers.primal())
        if complaint is not None:
            self.failures.append(f"{name}: {complaint}")
            return None
        why = "; ".join(self.failures) or why
        return NetworkAnswer(numbers, name, f"{'asked for' if self.is_asked_for else 'auto'}: {self.size}, and {why}")


def _by_tree(work: _Work, network: NetworkForm, by_ortools: bool) -> Optional[NetworkAnswer]:
    """The answer by the network simplex; `_NOTHING` if it is not proved, and None if it had to be abandoned."""
    name, clock, said = "network simplex", work.clock, f"{work.size}, but"
    search = _searched(TreeSearch(network, most=_most_work(work, network, by_ortools)), clock)
    if search is None:
        return None
    if search.gave_up:
        work.failures.append(f"{name}: given up after {search.pivots} pivots, because another method is faster")
        return _NOTHING
    is_primal = network is work.network
    if search.is_unbounded:
        if is_primal and search.ray_gains():
            free = _searched(TreeSearch(network, is_free=True), clock)
            if free is None:
                return None
            if not free.misses:
                reason = f"{said} a cycle gains without limit"
                return NetworkAnswer(None, name, reason, Status.UNBOUNDED)
            if free.proves_infeasible():
                return NetworkAnswer(None, f"{name}, with {_CUT}", f"{said} there is no flow", Status.INFEASIBLE)
        work.failures.append(f"{name}: a cycle gains without limit")
        return _NOTHING
    if search.misses:
        if is_primal and search.proves_infeasible():
            return NetworkAnswer(None, f"{name}, with {_CUT}", f"{said} there is no flow", Status.INFEASIBLE)
        work.failures.append(f"{name}: there is no flow")
        return _NOTHING
    found = search.tree_flow()
    numbers = NetworkNumbers(work.network, found.flow, lambda: found.tree(network.shape))
    return work.optimum(name, numbers, "a network simplex needs fewest operations") or _NOTHING


def _most_work(work: _Work, network: NetworkForm, by_ortools: bool) -> float:
    """After how much work the network simplex is not worth going on with."""
    if by_ortools:
        return _WORK_OF_ORTOOLS * len(network.arcs.tails)
    if loops is None and not work.is_asked_for:
        return max(_LEAST_WORK, _PIVOT * EACH_ROW * work.form.rows * work.form.columns / _EACH_LOOK)
    return inf


def _searched(search: TreeSearch, clock: Clock) -> Optional[TreeSearch]:
    """The search when it has ended; None if it had to be abandoned."""
    began = clock.seconds
    try:
        done: Optional[TreeSearch] = clock.watch(search) if clock.stopping() is None else None
        return done
    finally:
        clock.iterations += search.pivots
        clock.solver_seconds += clock.seconds - began


def _by_ortools(work: _Work, child: Optional[Child]) -> Optional[NetworkAnswer]:
    """The answer of OR-Tools in another process; `_NOTHING` if it is not proved, None if it had to be abandoned."""
    network, clock, name = work.network, work.clock, "network: OR-Tools' cost scaling"
    try:
        found = _run(child or _new_child(), clock, _ORTOOLS, network.network)
        if found == (None,):
            said = f"{work.size}, but {name} found no flow"
            if isinstance(network, TransposedForm):
                return NetworkAnswer(None, "", said)
            return _proof(network, clock, name, said)
    except (ExtraMissing, NotANetwork, OverflowError, SolverCrashed, OutOfThreads, OSError) as error:
        work.failures.append(f"{name}: {error}")
        return _NOTHING
    if found is None:
        return None
    (flow,) = found
    assert flow is not None
    return work.optimum(name, _numbers(network, flow), "OR-Tools is installed") or _NOTHING


def _numbers(network: Union[NetworkForm, TransposedForm], flow: Flow) -> NetworkNumbers:
    """The numbers that an integer flow stands for."""
    flow_form = network if isinstance(network, NetworkForm) else network.dual
    return NetworkNumbers(network, flow_form.flow_of(flow), lambda: tree_of(flow_form.network, flow))


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


def _proof(network: NetworkForm, clock: Clock, name: str, said: str) -> Optional[NetworkAnswer]:
    """A proof that there is no flow: a cut whose capacity is too small.

    The duals of the flow with the least total violation give such a cut.
    """
    found = _run(_new_child(), clock, _ORTOOLS, network.elastic(), False)
    if found is None:
        return None
    (flow,) = found
    if flow is not None and network.proves_infeasible(flow.prices[:-1]):
        return NetworkAnswer(None, f"{name}, with {_CUT}", said, Status.INFEASIBLE)
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
