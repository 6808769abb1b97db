"""Pickles and imports that name modules as they were called before they stood in folders."""

from __future__ import annotations

import base64
import importlib
import pickle
import zlib
from pathlib import Path

import pytest

import pplp
from pplp.ground import former

#: Two pickles, made when all modules stood in one folder: of what can be pickled, and of what has labels.
PLAIN, LABELLED = Path(__file__).with_name("former_pickles.txt").read_text(encoding="ascii").splitlines()


def unpickled(text):
    return pickle.loads(zlib.decompress(base64.b64decode(text)))


def test_pickles_of_then_are_read():
    """Maximize 3x + 2y + z with x + 2y <= 10, x <= 4, z >> (x <= 2), y whole: 3*4 + 2*3 = 18, and z = 0."""
    found = unpickled(PLAIN)
    lp = found["program"]
    assert (lp.maximize(), [x.value for x in lp.variables]) == (18.0, [4.0, 3.0, 0.0])
    assert found["solution"].objective == 18.0
    told = {
        "variable": "x",
        "constraint": "steel: x + 2 y <= 10",
        "expression": "3 x + 2 y",
        "term": "3 x",
        "relation": "x + y <= 3",
        "function": "abs(x - y)",
        "compound": "z >> (x <= 2)",
        "keyed": "{'a': k[a], 'b': k[b]}",
        "status": "optimal",
        "error": "The variable b has no value between its bounds 0.0 and -1.0.",
    }
    assert {name: str(found[name]).split(" These")[0] for name in told} == told
    # v + v[::-1] <= 1.5 in 2 x 3, all at most 1: each column twice, so 4.5 in all
    assert (
        found["array"].shape == found["expressions"].shape == found["relations"].shape == found["rows"].shape == (2, 3)
    )
    of_arrays = found["array"][0, 0].program
    of_arrays.objective = found["array"].sum()
    assert of_arrays.maximize() == 4.5
    assert found["form"].columns == 10 and "objective 4.5" in str(found["sensitivity"])
    assert found["explanation"].conflict and found["lint"] and found["verification"] and found["basis"]


def test_labelled_pickles_of_then_are_read():
    """Their labels, too."""
    pytest.importorskip("pandas")
    found = {name: str(thing) for name, thing in unpickled(LABELLED).items()}
    assert found == {
        "labelled": "{'p': l[p], 'q': l[q]}",
        "labelled expressions": "{'p': l[p], 'q': 2 l[q]}",
        "labelled rows": "{'p': l[p] <= 4, 'q': 2 l[q] <= 4}",
    }


def test_each_former_name_leads_to_a_module_that_there_is():
    """And what the module has, it has under the former name."""
    for before, now in former._NOW.items():
        try:
            successor = importlib.import_module(now)
        except (ImportError, pplp.ExtraMissing, pplp.SolverMissing):  # a package is not installed
            continue
        names = getattr(successor, "__all__", [name for name in vars(successor) if name[0] != "_"])
        module = importlib.import_module(before)
        assert all(getattr(module, name) is getattr(successor, name) for name in names)


def test_other_names_are_no_modules():
    """A name that never was is not found."""
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("pplp.nonsense")
