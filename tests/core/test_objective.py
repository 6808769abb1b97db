"""The objective as an expression, as costs, and as sent to the engine: the same after every edit and interrupt."""

from __future__ import annotations

import random
import sys

import pytest

from pplp import LinearProgram
from pplp.core import compaction, model, objective
from pplp.core.compaction import compact

FILES = (objective.__file__, model.__file__)

#: Edits, and what the costs of x0 to x5 and the offset are after each of them, where it follows on the one before.
EDITS = (
    (lambda lp, x: setattr(lp, "objective", 2 * x[0] + 4 * x[3] + 1), [2, 0, 0, 4, 0, 0], 1),
    (lambda lp, x: setattr(lp, "objective", lp.objective + 5 * x[1] - 2 * x[3]), [2, 5, 0, 2, 0, 0], 1),
    (lambda lp, x: setattr(x[2], "cost", 9), [2, 5, 9, 2, 0, 0], 1),
    (lambda lp, x: setattr(lp, "objective", lp.objective + 3 * x[2] - 4), [2, 5, 12, 2, 0, 0], -3),
    (lambda lp, x: setattr(lp, "objective", sum(x) + x[0]), [2, 1, 1, 1, 1, 1], 0),
    (lambda lp, x: setattr(x[0], "cost", 0), [0, 1, 1, 1, 1, 1], 0),
    (lambda lp, x: setattr(lp, "objective", 7), [0, 0, 0, 0, 0, 0], 7),
)


class Interrupt:
    """While open, raises KeyboardInterrupt before one instruction of the modules of the objective and the program."""

    def __init__(self, at):
        self.left = at

    def __enter__(self):
        self.before = sys.gettrace()
        sys._getframe().f_trace_opcodes = True  # Python 3.12 wants it said of a frame before it traces any
        sys.settrace(self.trace)

    def __exit__(self, *_):
        sys.settrace(self.before)

    def trace(self, frame, event, argument):
        if frame.f_code.co_filename not in FILES:
            return self.trace
        frame.f_trace_opcodes = True
        if event == "opcode":
            self.left -= 1
            if self.left == 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self.trace


class Mirror:
    """What an engine would have, which gets the edits alone."""

    def __init__(self, lp, count):
        self.lp, self.costs = lp, [0.0] * count
        self.send()

    def send(self):
        of = self.lp._objective
        for index, cost in of.edits(self.lp).items():
            self.costs[index] = cost
        of.mark_sent()


def check(lp, x, mirror, costs, offset):
    """All three forms say this."""
    shown = lp.objective
    assert [shown.coefficient(v) for v in x] == costs and shown.constant == offset
    assert [v.cost for v in x] == costs
    mirror.send()
    assert mirror.costs == costs
    assert lp.objective.terms == shown.terms


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="PyPy does not trace instructions")
@pytest.mark.parametrize("reads", [False, True])
@pytest.mark.parametrize("which", range(len(EDITS)))
def test_an_interrupt_at_any_instruction_leaves_the_old_or_the_new_objective(which, reads):
    """And the same line, typed again, gives the new one; `reads`: the costs were read, and sent, between the edits."""
    at, ended = 0, False
    while not ended:
        at += 1
        lp = LinearProgram()
        x = [lp.Var(lb=0) for _ in range(6)]
        mirror, before = Mirror(lp, 6), ([0.0] * 6, 0)
        for edit, costs, offset in EDITS[:which]:
            edit(lp, x)
            before = costs, offset
            if reads:
                check(lp, x, mirror, costs, offset)
        edit, costs, offset = EDITS[which]
        ended = True
        try:
            with Interrupt(at):
                edit(lp, x)
        except KeyboardInterrupt:
            ended = False
            is_new = [lp.objective.coefficient(v) for v in x] == costs and lp.objective.constant == offset
            check(lp, x, mirror, *((costs, offset) if is_new else before))
            if not is_new:
                edit(lp, x)
        check(lp, x, mirror, costs, offset)
    assert at > 20


def test_random_edits_in_any_order(monkeypatch):
    """Assigned, extended, edited by cost, removed, compacted, and read or not: against a list of numbers."""
    monkeypatch.setattr(compaction, "_is_hollow", lambda store: bool(store.removed))
    for seed in range(300):
        generator = random.Random(seed)
        lp = LinearProgram()
        x = [lp.Var(lb=0) for _ in range(8)]
        mirror, costs, offset, gone = Mirror(lp, 8), [0.0] * 8, 0.0, set()
        kept = []
        for _ in range(12):
            alive = [j for j in range(8) if j not in gone]
            terms = [
                (generator.choice(alive), generator.choice([0, 1, -2, 3.5])) for _ in range(generator.randint(1, 5))
            ]
            added = sum(a * x[j] for j, a in terms) + 0
            what = generator.randrange(6)
            if what == 0:
                lp.objective = added + 2
                costs, offset = [0.0] * 8, 2.0
            elif what == 1:
                lp.objective += added
            elif what == 2:
                j = terms[0][0]
                x[j].cost = 6
                costs[j] = 6.0
            elif what == 3 and len(alive) > 3:
                lp.remove(x[terms[0][0]])
                gone.add(terms[0][0])
                costs[terms[0][0]] = 0.0
            elif what == 4:
                kept.append(lp.objective + added)  # takes the tail of the buffer
            elif generator.random() < 0.3:
                compact(lp, lp._objective)
            if what < 2:
                for j, a in terms:
                    costs[j] += a
            if generator.random() < 0.4:
                alive = [j for j in range(8) if j not in gone]
                mirror.send()
                assert [mirror.costs[j] for j in alive] == [costs[j] for j in alive], seed
                assert [x[j].cost for j in alive] == [costs[j] for j in alive]
                assert [lp.objective.coefficient(x[j]) for j in alive] == [costs[j] for j in alive]
                assert lp.objective.constant == offset
