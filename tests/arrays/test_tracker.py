"""A client as they are written: people are tracked through frames by a flow of unit capacities, scored by a network.

Each detection is a node that may be on one track.  A track enters at a node, follows links to the next frame, and
leaves.  The scores come from a neural network as tensors, some of them parameters that are being learned.
"""

from __future__ import annotations

import random
from itertools import product

import pytest

from pplp import LinearProgram
from tests.support.fake_tensor import Tensor

np = pytest.importorskip("numpy")
try:
    import torch
except ImportError:
    torch = None

FRAMES, PEOPLE = 3, 2


def track(scores, links, enter, leave):
    """The score of the best tracks, and the nodes and links that are on them."""
    lp = LinearProgram()
    nodes = list(product(range(FRAMES), range(PEOPLE)))

    def flow():
        f = lp.IntVar()
        lp.add_constraint(0 <= f <= 1)
        return f

    on, begins, ends = ({v: flow() for v in nodes} for _ in range(3))
    moves = {(u, v): flow() for u in nodes for v in nodes if v[0] == u[0] + 1}
    for v in nodes:
        lp.add_constraint(begins[v] + sum([f for (_, head), f in moves.items() if head == v]) == on[v])
        lp.add_constraint(ends[v] + sum([f for (tail, _), f in moves.items() if tail == v]) == on[v])
    lp.objective = 0 + sum([on[v] * scores[v] - enter * begins[v] - ends[v] * leave for v in nodes])
    lp.objective += sum([links[a] * f for a, f in moves.items()])
    lp.maximize()
    return lp.objective.value, {v for v in nodes if on[v].value == 1}, {a for a, f in moves.items() if f.value == 1}


def by_enumeration(scores, links, enter, leave):
    """The score of the best of all choices of nodes and links."""
    nodes, arcs, best = list(scores), list(links), 0.0
    for used in product((0, 1), repeat=len(nodes)):
        on = dict(zip(nodes, used))
        possible = [(u, v) for u, v in arcs if on[u] and on[v]]
        for chosen in product((0, 1), repeat=len(possible)):
            taken = [arc for arc, is_taken in zip(possible, chosen) if is_taken]
            tails, heads = [u for u, _ in taken], [v for _, v in taken]
            if len({*tails}) < len(tails) or len({*heads}) < len(heads):
                continue
            tracks = sum(used) - len(taken)
            total = sum(scores[v] for v in nodes if on[v]) + sum(links[a] for a in taken) - tracks * (enter + leave)
            best = max(best, total)
    return best


KINDS = {
    "floats": lambda x: x,
    "numpy scalars": np.float32,
    "arrays of one": lambda x: np.array([x], np.float32),
    "tensors of no package": lambda x: Tensor(x, (1,), True),
    "tensors": lambda x: torch.tensor([x]),
    "tensors without dimensions": lambda x: torch.tensor(x),
    "parameters": lambda x: torch.nn.Parameter(torch.Tensor([x])),
    "what a network gives": lambda x: torch.nn.Parameter(torch.Tensor([2.0])) * (x / 2),
}


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("seed", range(3))
def test_the_best_tracks(kind, seed):
    """Whatever kind of number the scores are, they are those of all choices enumerated."""
    if torch is None and kind in list(KINDS)[4:]:
        pytest.skip("torch is not installed")
    make, r = KINDS[kind], random.Random(seed)
    nodes = list(product(range(FRAMES), range(PEOPLE)))
    scores = {v: r.randrange(-4, 9) / 4 for v in nodes}
    links = {(u, v): r.randrange(-6, 5) / 4 for u in nodes for v in nodes if v[0] == u[0] + 1}
    enter, leave = 0.5, 0.75
    of_kind = {v: make(score) for v, score in scores.items()}, {a: make(score) for a, score in links.items()}
    total, on, moves = track(*of_kind, make(enter), make(leave))
    assert total == pytest.approx(by_enumeration(scores, links, enter, leave), abs=1e-9)
    tracks = len(on) - len(moves)
    own = sum(scores[v] for v in on) + sum(links[a] for a in moves) - tracks * (enter + leave)
    assert total == pytest.approx(own, abs=1e-9)


@pytest.mark.skipif(torch is None, reason="torch is not installed")
def test_a_small_program_in_tensors():
    """As in the first programs that were written with it."""
    lp = LinearProgram()
    x, y = lp.Var(), lp.Var()
    lp.add_constraint(0 <= x <= 1)
    lp.add_constraint(0 <= y <= 1)
    w, p = torch.tensor([0.5]), torch.nn.Parameter(torch.Tensor([0.25]))
    lp.objective = 0 + 2.0 * x + sum([x * w + p * y, y * w + p * x])
    assert (lp.maximize(), x.value, y.value) == (3.5, 1.0, 1.0)
    total = torch.zeros(1)
    for f in (x, y):
        total += w * f
    lp.objective = total
    assert lp.maximize() == 1.0
    limit = torch.tensor(0.75)
    row = lp.add_constraint(limit - 1 <= x + y <= limit)
    assert (row.lb, row.ub, lp.maximize()) == (-0.25, 0.75, 0.375)
