"""The seam: engines of other packages, by an entry point or a call, and what is said of names that there are not."""

from __future__ import annotations

import os
import subprocess
import sys
from math import inf
from pathlib import Path

import pytest

import pplp
from pplp import LinearProgram, OptionError, Status
from pplp.engines.contract import Engine, Options
from pplp.engines.registry import make_engine, register_engine
from pplp.form.outcome import Outcome, ReadNumbers

HOUSE = Path(pplp.__file__).parents[1]
EXAMPLES = Path(__file__).parents[2] / "examples"


class Boxes(Engine):
    """Programs without rows: each column stands at the bound that its cost asks for."""

    def load(self, form):
        self.form, self.loaded = form, True

    def solve(self, options, stop=None):
        form, values = self.form, []
        if form.rows:
            raise OptionError("Boxes takes no rows. Solve with solver='glpk'.")
        sign = -1 if form.maximize else 1
        for cost, lower, upper in zip(form.cost, form.column_lower, form.column_upper):
            values.append(lower if sign * cost > 0 else upper)
            if abs(values[-1]) == inf:
                return Outcome(Status.UNBOUNDED)
        objective = form.offset + sum(c * x for c, x in zip(form.cost, values))
        return Outcome(Status.OPTIMAL, ReadNumbers(values, list(form.cost), []), objective, objective)


class Liar(Boxes):
    """The same, at the other bound."""

    def solve(self, options, stop=None):
        outcome = super().solve(options)
        if outcome.numbers is not None:
            other = [u if x == v else v for x, v, u in zip(outcome.numbers.primal(), *self.ends())]
            outcome.numbers = ReadNumbers(other, list(self.form.cost), [])
            outcome.objective = self.form.offset + sum(c * x for c, x in zip(self.form.cost, other))
        return outcome

    def ends(self):
        return self.form.column_lower, self.form.column_upper


register_engine("boxes", Boxes)
register_engine("liar", Liar)


def box(**options):
    lp = LinearProgram(**options)
    x, y = lp.Var(lb=1, ub=4), lp.Var(lb=0, ub=2)
    lp.objective = 2 * x - 3 * y
    return lp, x, y


def test_a_registered_engine_solves():
    """What it leaves out is right for an engine that starts from nothing each time."""
    lp, x, y = box(solver="boxes")
    assert (lp.maximize(), x.value, y.value, x.reduced_cost) == (8, 4, 0, 2)
    assert lp.solution.solver == "boxes"
    x.ub = 5
    assert lp.maximize() == 10
    assert lp.minimize() == -4
    x.lb = -inf
    assert lp.solve("minimize").status is Status.UNBOUNDED
    lp.add_constraint(x + y >= 0)
    with pytest.raises(OptionError, match="solver='glpk'"):
        lp.minimize()
    assert lp.minimize(solver="glpk") == -10


def test_answers_of_an_engine_that_does_not_verify_are_checked():
    """An optimum that its own reduced costs contradict is not an optimum."""
    lp, *_ = box(solver="liar")
    solution = lp.solve("maximize")
    assert solution.status is Status.NUMERICAL
    assert "has the dual" in solution.message


@pytest.mark.parametrize(
    "ask", [make_engine, lambda name: LinearProgram(solver=name), lambda name: Options(solver=name)]
)
def test_an_unknown_name(ask):
    """It says which there are."""
    with pytest.raises(OptionError, match=r"no solver 'cplex'.*glpk, highs, .*boxes.*auto"):
        ask("cplex")


@pytest.mark.parametrize("name", ["glpk", "highs", "auto"])
def test_names_of_pplp_stay_its_own(name):
    """Nobody gets another solver than the one that the name has always meant."""
    with pytest.raises(OptionError, match="Choose another"):
        register_engine(name, Boxes)


def test_a_name_is_a_string():
    """A class is not taken for a name."""
    with pytest.raises(OptionError, match="name of a solver"):
        LinearProgram(solver=Boxes)


def test_an_entry_point_is_found_when_it_is_needed(tmp_path):
    """An installed package names its engine in its metadata; its module is imported with the first engine."""
    (tmp_path / "boxes_of_others.py").write_text(
        "from pplp.engines.contract import Engine\n"
        "from pplp.answers.solution import Outcome, ReadNumbers, Status\n"
        "class Nothing(Engine):\n"
        "    def load(self, form):\n"
        "        self.form, self.loaded = form, True\n"
        "    def solve(self, options, stop=None):\n"
        "        return Outcome(Status.OPTIMAL, ReadNumbers([], [], []), self.form.offset, self.form.offset)\n"
    )
    metadata = tmp_path / "boxes_of_others-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: boxes-of-others\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[pplp.engines]\nnothing = boxes_of_others:Nothing\n")
    script = (
        "import sys\nfrom pplp import LinearProgram, OptionError\n"
        "lp = LinearProgram(solver='nothing')\nassert 'boxes_of_others' not in sys.modules\n"
        "lp.objective = 4\nassert lp.minimize() == 4 and lp.solution.solver == 'nothing'\n"
        "try: LinearProgram(solver='something')\n"
        "except OptionError as error: assert 'nothing' in str(error)\nelse: raise AssertionError\n"
    )
    paths = os.pathsep.join([str(tmp_path), str(HOUSE)])
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.heavy
def test_the_example_passes_its_part_of_the_suite():
    """The engine of the examples, by the option --engine, as its author would run it."""
    pytest.importorskip("scipy")
    paths = os.pathsep.join([str(EXAMPLES), str(HOUSE)])
    parts = [f"pplp.testing.{part}" for part in ("test_duals", "test_without_optimum")]
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "scipy_engine", "-p", "pplp.testing.plugin"]
    done = subprocess.run(
        [sys.executable, *command, "--pyargs", *parts, "--engine", "scipy"],
        cwd=HOUSE,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "passed" in done.stdout
