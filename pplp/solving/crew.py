"""The workers of a batch: child processes that get programs in portions and return each outcome at once.

Everything happens in the caller's thread.  Messages from the workers go into the caller's inbox; the caller passes them
to `receive`, calls `look` now and then, and finds finished programs in `finished`.

A portion is as many programs as take a few hundredths of a second, or one if each takes longer; a worker has two of
them, so that it need not wait.  Programs behind a slow one move to an idle worker; the first worker is told to
skip them, and any answer it still gives for them is ignored.

When a worker dies, the program that it was solving is known for certain only if it was alone in its portion.  So the
programs of a larger portion are sent again one by one, and a program that was alone gets a second try.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections import deque
from collections.abc import Collection
from copy import copy
from math import inf
from typing import Any, Callable, Optional

from pplp.engines.child import Child, Incoming, Patience, time_left
from pplp.engines.contract import Options
from pplp.engines.messages import Said
from pplp.engines.packing import restored
from pplp.engines.tasks import Task, failure, sendable
from pplp.errors import OutOfThreads, SolverCrashed, WorkerNotStarted
from pplp.form.matrix_form import MatrixForm
from pplp.form.outcome import Outcome, Status
from pplp.solving.ticket import Ticket

__all__ = ["Crew", "Ticket"]

#: How many portions a worker has at a time.
_PORTIONS = 2
#: A portion takes about this many seconds, and has at most this many programs.
_SECONDS, _MOST = 0.02, 256
#: Programs behind one that takes longer than this many seconds move to an idle worker.
_LONG = 0.25
#: A program has failed once this many workers died while they solved it alone, or before they came to it.
_LOSSES, _STRAYS = 2, 5
#: No more workers are started once this many in a row have died before they were ready.
_STILLBORN = 3
_NOT_READY = "No process for the solver was ready within the time limit. Allow more time."
_ENDED = "The solver's process did not stop when it was asked to, and was ended."


class _Portion:
    """Programs sent to a worker in one message."""

    def __init__(self, number: tuple[int, int], tickets: list[Ticket]) -> None:
        self.number, self.tickets = number, tickets
        self.answered, self.has_begun = 0, False
        self.is_cut = False  # True once programs at its end were taken away, for another worker
        self.since = time.perf_counter()

    @property
    def current(self) -> Ticket:
        """The program that the worker is solving, if it has reached this portion."""
        return self.tickets[self.answered]

    @property
    def left(self) -> list[Ticket]:
        """The programs without an answer."""
        return self.tickets[self.answered :]


class _Worker:
    """A process, and its portions."""

    def __init__(self, deliver: Callable[[tuple[_Worker, Incoming]], Any]) -> None:
        self.child = Child(deliver=lambda data: deliver((self, data)))
        self.portions: deque[_Portion] = deque()
        self.patience = Patience(None)
        self.form: Optional[MatrixForm] = None  # the form that it received last
        self._taken: set[tuple[int, int]] = set()  # portions whose rest it was told to skip

    def give(self, tickets: list[Ticket], options: Callable[[Ticket], Options]) -> None:
        """Send it a portion."""
        tasks: list[Task] = []
        form = self.form
        for ticket in tickets:
            its = options(ticket)
            if tasks and ticket.form is form and its is tasks[-1].options:
                tasks[-1].edits.append(ticket.edits)
            else:
                tasks.append(Task(None if ticket.form is form else ticket.form, [ticket.edits], its))
                form = ticket.form
        number = self.child.tell("solve_many", tasks)
        self.form = form
        self.portions.append(_Portion(number, tickets))
        if len(self.portions) == 1:
            self.turn()

    def take_rest(self) -> list[Ticket]:
        """Take away the programs behind the one that it is solving, and tell it to skip them."""
        first, later = self.portions[0], list(self.portions)[1:]
        if len(first.left) > 1:
            self.child.tell("stop", first.number, first.answered + 1)
        for portion in later:
            self.child.tell("stop", portion.number)
            self._taken.add(portion.number)
        taken = [*first.left[1:], *(ticket for portion in later for ticket in portion.tickets)]
        first.is_cut, first.tickets = len(first.left) > 1 or first.is_cut, first.tickets[: first.answered + 1]
        self.portions = deque([first])
        return taken

    def ignores(self, number: tuple[int, int], kind: Said) -> bool:
        """True if the message is about a program that was taken away."""
        if number not in self._taken:
            return False
        if kind == "done":
            self._taken.remove(number)
        return True

    def end_portion(self, kind: Said) -> None:
        """Drop the first portion: every program that was left in it is answered."""
        portion = self.portions.popleft()
        if portion.is_cut and kind != "done":
            self._taken.add(portion.number)

    def turn(self) -> None:
        """The worker turns to its next program: start to measure its time."""
        if self.portions:
            self.patience = Patience(self.portions[0].current.options.time_limit)


class Crew:
    """At most `most` workers; their messages go to `deliver`, in other threads."""

    def __init__(self, most: int, deliver: Callable[[Any], Any]) -> None:
        #: Finished programs, with their outcomes.
        self.finished: deque[tuple[Ticket, Outcome]] = deque()
        #: The number of programs that are not finished.
        self.open = 0
        #: The number of programs in a portion.
        self.portion = 1
        #: True if no more programs will come.
        self.is_last = False
        self._most, self._deliver = most, deliver
        self._workers: list[_Worker] = []
        self._waiting: deque[Ticket] = deque()
        self._is_full = False  # True if the last worker could not be started
        self._stillborn = 0  # how many in a row have died before they were ready
        self._ready_since = inf
        self._sendable: dict[int, tuple[Options, Options]] = {}

    @property
    def is_ready(self) -> bool:
        """True if a worker can begin at once."""
        return True in [worker.child.is_ready for worker in self._workers]

    # ---- programs for the workers
    def start(self, workers: int) -> None:
        """Start workers until there are this many; raises only if not even the first can be started."""
        self._is_full = self._is_full and bool(self._workers)
        while len(self._workers) < min(workers, self._most) and not self._is_full:
            try:
                self._workers.append(_Worker(self._deliver))
            except (WorkerNotStarted, OutOfThreads):
                self._is_full = True
                if not self._workers:
                    raise

    def submit(self, ticket: Ticket) -> None:
        """Add a program; it is sent by the next `give`, possibly together with others, or once a portion is full."""
        self.open += 1
        self._waiting.append(ticket)
        if not len(self._waiting) % self.portion:
            self.give()

    def give(self) -> None:
        """Send waiting programs to the workers, first to those with the fewest portions."""
        if not self._waiting:
            return
        self.start(self.open)
        for worker in sorted(self._workers, key=lambda worker: len(worker.portions)):
            while self._waiting and worker.child.is_ready and len(worker.portions) < _PORTIONS:
                if worker.portions and len(self._waiting) < self.portion and not self.is_last:
                    break  # the worker is busy, and the portion may still fill up
                self._send(worker, self._next())

    def _next(self) -> list[Ticket]:
        """A portion of the waiting programs: at most one worker's share, and a suspect alone."""
        share = -(-len(self._waiting) // len(self._workers))
        tickets = [self._waiting.popleft()]
        while len(tickets) < min(self.portion, share) and not (tickets[0].is_suspect or self._waiting[0].is_suspect):
            tickets.append(self._waiting.popleft())
        return tickets

    def _send(self, worker: _Worker, tickets: list[Ticket]) -> None:
        try:
            worker.give(tickets, self._options)
        except Exception as error:  # a program that cannot be sent
            if len(tickets) == 1:
                self._finish(tickets, failure(error))
            else:
                for ticket in tickets:
                    self._send(worker, [ticket])

    def _options(self, ticket: Ticket) -> Options:
        """The options as they are sent; a time limit counts from the handover if no worker was ready then."""
        options = ticket.options
        known = self._sendable.get(id(options))
        if known is None:
            if len(self._sendable) > _MOST:
                self._sendable.clear()
            known = self._sendable[id(options)] = options, sendable(options)
        its = known[1]
        if options.time_limit is not None and ticket.since < self._ready_since:
            left = time_left(float(options.time_limit), self._ready_since - ticket.since)
            its = dataclasses.replace(its, time_limit=left)
        return its

    # ---- messages from the workers
    def receive(self, worker: _Worker, data: Incoming) -> None:
        """Read a message from a worker."""
        if worker not in self._workers:  # it was ended before
            return
        try:
            number, kind, said = worker.child.read(data)
            if kind == "ready":
                self._ready_since, self._stillborn = min(self._ready_since, time.perf_counter()), 0
                return
            if worker.ignores(number, kind):
                return
            portion = worker.portions[0]
            if number != portion.number:
                raise SolverCrashed("A worker answered a question that it was not asked. Solve again.")
            if kind == "began":
                portion.has_begun = True
                worker.turn()
            else:
                self._take(worker, portion, kind, said)
        except Exception as error:
            self._lose(worker, error)

    def _take(self, worker: _Worker, portion: _Portion, kind: Said, outcomes: list[tuple[int, Any]]) -> None:
        tickets = portion.tickets
        for place, made in outcomes:
            if portion.is_cut and place >= len(tickets):
                break  # another worker has it
            outcome = restored(made)
            if place != portion.answered:
                raise SolverCrashed("A worker answered a question that it was not asked. Solve again.")
            if outcome.status is Status.INTERRUPTED and worker.patience.is_late:
                outcome.status = Status.TIME_LIMIT
            self.finished.append((tickets[place], outcome))
            self.open -= 1
            portion.answered += 1
        if not portion.left:
            worker.end_portion(kind)
            now = time.perf_counter()
            self.portion = max(1, min(_MOST, int(_SECONDS * len(portion.tickets) / max(1e-9, now - portion.since))))
            for following in worker.portions:
                following.since = now
        worker.turn()

    def _lose(self, worker: _Worker, error: Exception) -> None:
        """A worker has died, or cannot be trusted, or cannot work here: the others take over."""
        left, child = self._dismiss(worker), worker.child
        if not child.is_ready:
            self._stillborn += _STILLBORN if child.is_overdue else 1
        self._is_full = isinstance(error, OutOfThreads) or (not child.is_ready and self._stillborn >= _STILLBORN)
        if self._is_full and (self._waiting or left) and not self._workers:
            if self._most == 1:
                raise error
            # Workers that start all at once may run out of resources together, so try again with a single one.
            self._most, self._stillborn = 1, 0
        if left and not self._is_full:
            portion, ticket = worker.portions[0], left[0]
            ticket.losses += portion.has_begun and len(portion.tickets) == 1
            ticket.strays += not portion.has_begun
            if ticket.losses >= _LOSSES or ticket.strays >= _STRAYS:
                self._finish([left.pop(0)], failure(error))
        self._waiting.extendleft(reversed(left))

    def _dismiss(self, worker: _Worker) -> list[Ticket]:
        """End a worker; returns its programs without an answer, and marks those of the first portion as suspects."""
        self._workers.remove(worker)
        worker.child.kill()
        for portion in list(worker.portions)[:1]:
            for ticket in portion.left:
                ticket.is_suspect = True
        return [ticket for portion in worker.portions for ticket in portion.left]

    def look(self, is_cancelled: bool = False) -> None:
        """End workers that take too long; all of them, if asked."""
        if is_cancelled:
            self._finish(self._waiting, Outcome(Status.INTERRUPTED))
            self._waiting.clear()
        for worker in list(self._workers):
            if not worker.child.is_ready:
                try:
                    worker.child.check_start()
                except WorkerNotStarted as error:
                    self._lose(worker, error)
            elif worker.portions:
                self._look_at(worker, is_cancelled)
        if not is_cancelled:
            self._help()
        if not self.is_ready:  # while no worker is ready, the time limits of the waiting programs are running
            late = [one for one in self._waiting if Patience(one.options.time_limit, one.since).is_late]
            self._finish(late, Outcome(Status.TIME_LIMIT, message=_NOT_READY))
            self._waiting = deque(one for one in self._waiting if one not in late)

    def _look_at(self, worker: _Worker, is_cancelled: bool) -> None:
        patience, first = worker.patience, worker.portions[0]
        if patience.asks(is_cancelled):
            for portion in worker.portions if is_cancelled else (first,):
                begin = 0 if is_cancelled else portion.answered
                worker.child.tell("stop", portion.number, begin, None if is_cancelled else begin + 1)
        if patience.is_over:
            left = self._dismiss(worker)
            if is_cancelled:
                self._finish(left, Outcome(Status.INTERRUPTED, message=_ENDED))
                return
            if len(first.tickets) == 1:
                self._finish([left.pop(0)], Outcome(Status.TIME_LIMIT, message=_ENDED))
            self._waiting.extendleft(reversed(left))

    def _help(self) -> None:
        """Have idle workers take over the programs behind one that takes long."""
        if self._waiting or not any(worker.child.is_ready and not worker.portions for worker in self._workers):
            return
        for worker in self._workers:
            if worker.portions and worker.portions[0].has_begun and worker.patience.seconds > _LONG:
                self._waiting.extend(worker.take_rest())
        self.give()

    def _finish(self, tickets: Collection[Ticket], outcome: Outcome) -> None:
        self.open -= len(tickets)
        for ticket in tickets:
            self.finished.append((ticket, outcome if len(tickets) == 1 else copy(outcome)))

    def close(self) -> None:
        """End all workers, whatever they are doing."""
        workers, self._workers = self._workers, []
        for worker in workers:
            with contextlib.suppress(OSError):
                worker.child.kill()
