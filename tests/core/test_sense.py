"""The sense: a text for users, and one of two members inside."""

from __future__ import annotations

import copy
import io
import json
import pickle

import pytest

from pplp import LinearProgram, OptionError
from pplp.core.sense import Sense

NEITHER = ["max", "Maximize", "", None, True, 1, b"maximize", ["maximize"], float("nan")]


def capped():
    """max or min x, where 1 <= x <= 4."""
    lp = LinearProgram()
    x = lp.Var("x", lb=1, ub=4)
    lp.objective = x
    return lp


def test_its_texts():
    assert {sense: (str(sense), f"{sense}", sense.is_maximize) for sense in Sense} == {
        Sense.MINIMIZE: ("minimize", "minimize", False),
        Sense.MAXIMIZE: ("maximize", "maximize", True),
    }
    assert [Sense.of(str(sense)) for sense in Sense] == [Sense.from_bool(flag) for flag in (False, True)] == [*Sense]


def test_a_copy_is_the_same_member():
    for sense in Sense:
        assert copy.deepcopy(sense) is sense
        assert pickle.loads(pickle.dumps(sense)) is sense


class Text(str):
    """A text of a class of somebody else, as numpy's is."""


def test_a_text_of_another_class():
    assert Sense.of(Text("maximize")) is Sense.MAXIMIZE
    assert capped().solve(Text("maximize")).objective == 4


@pytest.mark.parametrize("text", NEITHER)
def test_neither(text):
    """It is refused wherever a sense is taken, and nothing is changed."""
    assert Sense.known(text) is None
    lp = capped()
    calls = [Sense.of, lambda text: setattr(lp, "sense", text) or lp.solve()]
    if text is not None:  # which stands for the program's own
        calls += [lp.solve, lp.compile, lp.lint, lambda text: lp.scenarios([], text)]
    for call in calls:
        with pytest.raises(OptionError, match=r"The sense must be 'minimize' or 'maximize', not "):
            call(text)
    lp.sense = "maximize"
    assert lp.solve().objective == 4


def test_users_read_a_text():
    """It is a plain one, which every writer of files takes."""
    lp = capped()
    assert type(lp.sense) is str and lp.sense == "minimize"
    lp.sense = "maximize"
    solution = lp.solve()
    again = pickle.loads(pickle.dumps(solution))
    lp.maximize()
    read = LinearProgram.read(io.StringIO("Maximize\n x\nEnd"), "lp")
    for text in (solution.sense, again.sense, lp.solution.sense, lp.sensitivity().sense, read.sense, lp.copy().sense):
        assert type(text) is str and text == "maximize"
    file = io.StringIO()
    lp.write(file, "json")
    assert json.loads(file.getvalue())["sense"] == "maximize"
