"""Progress and log: what is told, how often, where; and what happens when the listener fails."""

from __future__ import annotations

import dataclasses
import io
import logging
import subprocess
import sys
import threading

import pytest

from pplp import LinearProgram, OptionError, Progress, Status
from pplp.engines.clock import Clock
from pplp.engines.contract import Options
from tests.support.long_programs import dense_mix, holds, knapsacks


def told(lp, enough=lambda events: False, **options):
    """The events of a solve, which is stopped when they are enough."""
    events = []

    def listen(event):
        events.append(event)
        if enough(events):
            lp.stop()

    lp.solve("maximize", progress=listen, **options)
    return events


def test_events_of_a_simplex():
    """Iterations rise, the objective and infeasibility are told, inside a long run."""
    lp = dense_mix(1600)

    def of_simplex(events):
        # Without an objective the caller alone speaks, while the solver has not yet begun.
        return [event for event in events if event.objective is not None]

    events = of_simplex(told(lp, lambda events: len(of_simplex(events)) == 5, method="primal"))
    assert lp.status is Status.INTERRUPTED  # which alone would go on for many times as long
    for event in events:
        assert event.phase == "simplex"
        assert event.infeasibility >= 0
        assert event.incumbent is event.bound is event.gap is None
    seconds = [event.seconds for event in events]
    iterations = [event.iterations for event in events]
    assert seconds == sorted(seconds)
    assert iterations == sorted(iterations)
    assert iterations[0] < iterations[-1]
    assert events[0].objective < events[-1].objective


def test_the_rate_of_events(hands):
    """At most one in a tenth of a second, whatever the solver posts."""
    heard = []
    clock = Clock(Options(progress=heard.append))
    for _ in range(1000):
        hands.forward(0.01)
        clock.report(lambda: Progress("simplex", clock.seconds))

    class Done:
        def wait(self, seconds):
            return True

        def result(self):
            return "the result"

    assert clock.watch(Done()) == "the result"
    assert 90 <= len(heard) <= 101
    assert all(b.seconds - a.seconds >= 0.1 for a, b in zip(heard, heard[1:]))


def test_a_silent_solver_is_spoken_for(hands):
    """Where it posts nothing for long, the caller hears that the solve goes on."""
    heard = []
    clock = Clock(Options(progress=heard.append))

    class Silent:
        looks = 0

        def wait(self, seconds):
            hands.forward(0.5)
            self.looks += 1
            return self.looks > 20

        def result(self):
            return None

    clock.watch(Silent())
    assert 8 <= len(heard) <= 12 and {event.phase for event in heard} == {"simplex"}


@pytest.mark.parametrize(
    ("phase", "options"), [("interior point", {"method": "interior"}), ("simplex", {"presolve": True})]
)
def test_events_of_other_methods(phase, options):
    """Each kind of run tells what it does."""

    def fits(event):
        return event.phase == phase and event.objective is not None and event.iterations > 0

    assert any(map(fits, told(dense_mix(900), lambda events: fits(events[-1]), **options)))


def test_events_of_a_search():
    """Incumbent, bound and gap close in on each other; nodes are counted."""
    lp = knapsacks()

    def of_search(events):
        return [event for event in events if event.phase == "branch and cut" and event.incumbent is not None]

    events = of_search(told(lp, lambda events: len(of_search(events)) == 5))
    assert lp.status is Status.INTERRUPTED
    last = events[-1]
    assert last.incumbent <= lp.solution.objective <= lp.solution.bound <= last.bound + 1e-6
    assert last.gap == pytest.approx((last.bound - last.incumbent) / last.incumbent)
    assert last.nodes > 0
    bounds = [event.bound for event in events]
    assert bounds == sorted(bounds, reverse=True)


def test_an_event_is_frozen():
    """What one listener is told, another can rely on."""
    event = told(dense_mix(60))[0]
    assert isinstance(event, Progress)
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.seconds = 0.0


def test_listeners_run_in_the_thread_that_solves():
    """A window or a database connection may be used in them."""
    threads = set()

    def note(*_):
        threads.add(threading.current_thread())

    dense_mix(60).maximize(progress=note, log=note)
    assert threads == {threading.current_thread()}


@pytest.mark.parametrize("option", ["progress", "log"])
@pytest.mark.parametrize("program", ["dense_mix(1600)", "knapsacks()"])
def test_a_listener_that_fails(option, program):
    """Its exception ends the solve at once and comes out of it; the program solves afterwards."""
    lp, calls = eval(program), []

    def listener(_):
        calls.append(1)
        if len(calls) == 3:
            raise ZeroDivisionError("of the listener's own")

    with pytest.raises(ZeroDivisionError, match="own"):
        lp.maximize(**{option: listener}, **({"progress": lambda _: None} if option == "log" else {}))
    assert len(calls) == 3
    assert lp.status is Status.INTERRUPTED
    if lp.solution.has_solution:
        assert holds(lp)
    for x in lp.variables:
        x.ub = 0
    assert lp.maximize(**{option: lambda _: None}) == 0.0


def test_log_to_a_logger(caplog):
    """Each line is a record of level INFO."""
    lp = dense_mix(60)
    with caplog.at_level(logging.INFO, logger="solver"):
        lp.maximize(log=logging.getLogger("solver"))
    assert any("OPTIMAL LP SOLUTION FOUND" in record.getMessage() for record in caplog.records)


def test_a_solve_inside_a_listener():
    """Another program may be solved there."""
    lp, inner, values = knapsacks(), LinearProgram(), []
    x = inner.Var(ub=3)
    inner.objective = x

    def listen(_):
        values.append(inner.solve("maximize", time_limit=0))
        lp.stop()

    assert lp.solve("maximize", progress=listen).status is Status.INTERRUPTED
    assert {value.status for value in values} == {Status.TIME_LIMIT}
    assert inner.maximize() == 3.0


def test_progress_line(capsys, hands):
    """True draws a line on standard error, and leaves standard output alone."""
    pytest.importorskip("tqdm")
    lp, looks = knapsacks(), []

    def look(ctx):
        hands.forward(0.2)  # each event is told
        looks.append(ctx.gap)
        if len([gap for gap in looks if gap is not None]) == 50:
            ctx.stop()

    assert lp.solve("maximize", progress=True, callback=look).status is Status.INTERRUPTED
    out, err = capsys.readouterr()
    assert out == ""
    assert "branch and cut" in err
    assert "gap" in err


def test_progress_line_of_a_failing_solve(monkeypatch):
    """It is closed when an exception ends the solve."""
    tqdm = pytest.importorskip("tqdm")
    from pplp.engines.progress_line import ProgressLine

    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with pytest.raises(ZeroDivisionError), ProgressLine() as line:
        line(Progress("simplex", 1.0, iterations=3, objective=2.5))
        raise ZeroDivisionError
    assert "simplex: 3 iterations, objective 2.5" in sys.stderr.getvalue()
    assert line._bar not in tqdm.tqdm._instances


def test_progress_without_tqdm():
    """The error names the extra that is missing, before anything runs."""
    script = """
import sys
sys.modules["tqdm"] = sys.modules["tqdm.auto"] = None
from pplp import ExtraMissing, LinearProgram
lp = LinearProgram()
x = lp.Var(ub=3)
lp.objective = x
try:
    lp.maximize(progress=True)
except ExtraMissing as error:
    assert "pplp[progress]" in str(error)
    assert lp.maximize() == 3.0
    print("told")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert done.stdout == "told\n", done.stderr


def test_bad_listeners():
    """What cannot be called is refused."""
    with pytest.raises(OptionError, match="progress must be True or a callable"):
        dense_mix(20).maximize(progress="bar")
    assert dense_mix(20).maximize(progress=False) > 0
