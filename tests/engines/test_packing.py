"""What is packed for a pipe comes out as it went in, to the last bit."""

from __future__ import annotations

import pickle
from fractions import Fraction
from math import inf, nan
from random import Random

import pytest

from pplp import LinearProgram
from pplp.engines.packing import compact, packed_sides, portable, restored, unpacked
from pplp.form.matrix_form import Edits
from pplp.form.outcome import Outcome, ReadNumbers, Status

FORM = LinearProgram().compile("maximize")
ENDS = 0.0, -0.0, 1.0, -2.5, 5e-324, 1e100, inf, -inf
FIELDS = [name for name in Outcome.__slots__ if name != "numbers"]


def sent(thing):
    """It goes through a pipe."""
    return pickle.loads(pickle.dumps(thing, 5))


@pytest.mark.parametrize("count", [0, 1, 5, 300])
def test_sides(count):
    """As many as there are, in their order."""
    draw = Random(count)
    sides = {i: (draw.choice(ENDS), draw.choice(ENDS)) for i in draw.sample(range(10**9), count)}
    edits = unpacked(sent(packed_sides(sides)), FORM)
    assert edits == Edits(row_bounds=sides, offset=FORM.offset, maximize=True)
    assert repr(edits.row_bounds) == repr(sides)  # -0.0 is another number than 0.0


def test_other_edits():
    """Edits of any other kind, and none."""
    edits = Edits(column_bounds={3: (0.0, inf)}, costs={1: 2.5}, offset=7.0)
    assert unpacked(sent(tuple(edits)), FORM) == edits
    assert unpacked(None, FORM) is None


@pytest.mark.parametrize(
    "numbers",
    [
        None,
        ([], None, None),
        ([1.5, -0.0], None, None),
        ([1.5, 2.0], [0.0, -3.0], None),
        ([1.5], None, [4.0, 5.0]),
        ([], [], [1e300, nan, inf]),
        ((1, 2.5), (0, 0), (7,)),
    ],
)
def test_outcomes(numbers):
    """All of an outcome, with as many numbers as there are of each kind."""
    read = None if numbers is None else ReadNumbers(*numbers)
    outcome = Outcome(Status.NODE_LIMIT, read, -0.0, None, 3, 5, 0.25, "route", "message", "reason")
    found = restored(sent(compact(outcome)))
    assert [repr(getattr(found, name)) for name in FIELDS] == [repr(getattr(outcome, name)) for name in FIELDS]
    if read is None:
        assert found.numbers is None
        return
    for kind in ("primal", "reduced_costs", "duals"):
        wanted, got = getattr(read, kind)(), getattr(found.numbers, kind)()
        assert (wanted is None) == (got is None)
        assert wanted is None or repr(list(map(float, wanted))) == repr(list(got))
        assert getattr(found.numbers, kind)() is got  # it is unpacked once


def test_numbers_that_were_not_read():
    """They are pickled as they are, and read afterwards."""
    found = restored(sent(compact(Outcome(Status.OPTIMAL, ReadNumbers([1.0], [2.0], [3.0, 4.0]), 1.0))))
    again = sent(found)
    assert list(again.numbers.duals()) == [3.0, 4.0] == list(found.numbers.duals())
    assert list(sent(found).numbers.reduced_costs()) == [2.0]


def test_what_has_more_than_most():
    """An exact answer keeps its fractions, and the objective of a part of a solve is known to be one."""
    lp = LinearProgram()
    x = lp.Var(lb=0)
    lp.add_constraint(3 * x + 0 * x <= 1, row=True)
    lp.objective = x
    exact = lp.solve("maximize", method="exact")._outcome
    part = Outcome(Status.OPTIMAL, ReadNumbers([2.0], None, None), 2.0)
    part.own_objective = False
    assert list(restored(sent(compact(exact))).numbers.exact()) == [Fraction(1, 3)]
    found = restored(sent(compact(part)))
    assert not found.own_objective and list(found.numbers.primal()) == [2.0]
    assert list(portable(part).numbers.primal()) == [2.0]
