"""The examples that decompose a program: their bounds meet at the optimum of the whole, by an independent solver."""

from __future__ import annotations

import importlib.util
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.random_programs import highs


def example(name):
    """An example as a module."""
    specification = importlib.util.spec_from_file_location(name, Path(__file__).parents[2] / "examples" / f"{name}.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["benders", "dantzig_wolfe"])
def test_the_bounds_meet(name, capsys):
    """Below and above the optimum of HiGHS all the way, the one never falling, the other never rising."""
    pytest.importorskip("scipy", reason="scipy is not installed")
    module = example(name)
    status, optimum = highs(module.monolith().compile("minimize"))
    assert status == "optimal"
    with ThreadPoolExecutor(1) as executor:
        assert getattr(module, name)(executor) == pytest.approx(optimum, rel=1e-6)
    bounds = [
        (float(low), float(high)) for low, high in re.findall(r"(\S+) <= optimum <= +(\S+)", capsys.readouterr().out)
    ]
    assert len(bounds) >= 4
    lower, upper = zip(*bounds)
    assert sorted(lower) == list(lower) and sorted(upper, reverse=True) == list(upper)
    assert lower[-2] <= optimum + 1e-3 and all(high >= optimum - 1e-3 for high in upper)
