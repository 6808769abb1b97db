"""Pickles and imports that name modules as they were called before they stood in folders."""

from __future__ import annotations

import base64
import importlib
import io
import pickle
import re
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

import pplp
from pplp import LinearProgram, maximum, piecewise, semicontinuous, sos1, truth
from pplp.ground import former

#: Two pickles, made when all modules stood in one folder: of what can be pickled, and of what has labels.
PLAIN, LABELLED = Path(__file__).with_name("former_pickles.txt").read_text(encoding="ascii").splitlines()


class Unpickler(pickle.Unpickler):
    """One that knows what numpy was called before version 2."""

    def find_class(self, module, name):
        if module.startswith("numpy._core") and np.lib.NumpyVersion(np.__version__) < "2.0.0":
            module = module.replace("numpy._core", "numpy.core")
        return super().find_class(module, name)


def unpickled(text):
    return Unpickler(io.BytesIO(zlib.decompress(base64.b64decode(text)))).load()


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
    assert "no: b <= -1" in str(found["explanation"]) and found["explanation"].repairs
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
    for before, now in [(before, now) for before, several in former._NOW.items() for now in several]:
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


#: What pickles name, by the module that it was in.
NAMES = {
    "affine": "ArraySum ConstraintArray ExpressionArray RelationArray SumOfArrays",
    "arrays": "VariableArray",
    "constraints": "BoundConstraint ConstantConstraint Constraint _constraint",
    "diagnosis": "Explanation Member Repair _Elastic _Movable",
    "expressions": "LinearExpression Sum Variable _variable sum_from variables_sum",
    "function_arrays": "CompoundArray FunctionArray ReformulationArray",
    "functions": (
        "Absolute Extremum FunctionExpression FunctionRelation Implication Piecewise Semicontinuous SpecialOrderedSet "
        "Truth"
    ),
    "groups": "Groups",
    "labelled": "LabelledConstraints LabelledExpressions LabelledRelations LabelledVariables",
    "quality": "Quality Residual Verification",
    "reformulation": "Reformulation Reformulations _record",
    "special": "Indicator OrderedSet SemicontinuousRange Stated",
}
NEED_NUMPY = {"affine", "function_arrays", "groups", "labelled"}


@pytest.mark.parametrize("module, name", [(module, name) for module in NAMES for name in NAMES[module].split()])
def test_a_class_is_found_under_its_former_name(module, name):
    """In the module that has it now, and in no other."""
    if module in NEED_NUMPY:
        pytest.importorskip("numpy")
    found = pickle.loads(f"cpplp.{module}\n{name}\n.".encode())
    now_called = {
        "_record": "record_at",
        "_constraint": "handle",
        "_variable": "variable_at",
        "_Elastic": "Elastic",
        "_Movable": "Movable",
    }
    assert found.__name__ == now_called.get(name, name)
    now = ["pplp.core.handle"] if name == "_constraint" else former._NOW.get(f"pplp.{module}")
    assert found.__module__ in (now or ["pplp.arrays.variables"])


def test_what_a_module_never_had_it_has_not():
    """As of any module."""
    pytest.importorskip("numpy")
    affine = importlib.import_module("pplp.affine")
    with pytest.raises(AttributeError, match=r"module 'pplp.affine' has no attribute 'Matrix'"):
        affine.Matrix
    with pytest.raises(ImportError, match="cannot import name 'minimize'"):
        from pplp.functions import minimize  # noqa: F401


def as_before(thing):
    """The pickle of a thing with the former names of modules in it."""
    was = {now: before for before, several in former._NOW.items() for now in several}
    was["pplp.arrays.variables"] = "pplp.arrays"

    def renamed(found):
        return f"c{was[found[1].decode()]}\n".encode() if found[1].decode() in was else found[0]

    text, count = re.subn(rb"c(pplp(?:\.\w+)+)\n", renamed, pickle.dumps(thing, 0))
    assert count
    return text


def program():
    """One with arrays, functions and constraints of all kinds."""
    lp = LinearProgram()
    x, y = lp.Vars(3, "x", lb=0, ub=9), lp.Var("y", lb=0, ub=5)
    lp.add_constraint(x[0] + 2 * x[1] <= 7, "row")
    lp.add_constraint(x[1] >= 1, "bound")
    lp.add_constraint(y >= maximum(x[0], x[1]), "above")
    lp.add_constraint(lp.BoolVar("b") >> (x[2] <= 4), "only")
    lp.objective = x.sum() - y
    return lp, x, y


def test_programs_and_single_things():
    """They say the same, and have the same optimum."""
    lp, x, y = program()
    e = lp.constraints[0]
    functions = [
        2 * abs(x[0] - 1) + y,
        maximum(x[0], 3) <= y,
        piecewise(x[0], [(0, 0), (1, 5)]),
        truth(x[0] + x[1] <= 2),
        semicontinuous(y, 1, 2),
        sos1(x),
    ]
    things = [x, x[0], x[0] + 2 * y, e, *functions]
    other, *twins = pickle.loads(as_before([lp, *things]))
    assert [*map(str, twins)] == [*map(str, things)]
    assert other.maximize() == lp.maximize()


def test_arrays():
    """With what they are of."""
    pytest.importorskip("numpy")
    lp, x, y = program()
    rows = lp.add_constraint(x <= [5, 6, 7], "caps")
    things = [2 * x + 1, x + x + y, x >= 1, rows, abs(x), abs(x) <= y]
    _, *twins = pickle.loads(as_before([lp, *things]))
    assert [*map(str, twins)] == [*map(str, things)]
    assert twins[3].ub.tolist() == [5, 6, 7]


def test_arrays_with_labels():
    """The labels are the same, too."""
    pandas = pytest.importorskip("pandas")
    lp = LinearProgram()
    x = lp.Vars(pandas.Index(["a", "b"], name="plant"), "x", lb=0)
    rows = lp.add_constraint(x <= 4, "caps")
    things = [x, 2 * x, x >= 1, rows, abs(x), x.groupby("plant").sum()]
    _, *twins = pickle.loads(as_before([lp, *things]))
    assert [*map(str, twins)] == [*map(str, things)]
    assert twins[3].ub.to_dict() == {"a": 4, "b": 4}


def test_submodules_of_the_package():
    """`import pplp` is enough for those that the documentation names, and for former names."""
    script = """
import pplp
pplp.solver.Engine, pplp.solution.Outcome, pplp.matrix_form.Edits, pplp.plots.Arc, pplp.expressions.Variable
try:
    pplp.nonsense
except AttributeError:
    print("no")
"""
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "no\n"


@pytest.mark.parametrize("name", ["library", "engine", "problem"])
def test_former_packages(name):
    """Their modules have moved with them."""
    package = importlib.import_module("pplp.glpk")
    module = importlib.import_module(f"pplp.glpk.{name}")
    assert getattr(package, name) is module
    assert module.__all__ == importlib.import_module(f"pplp.engines.glpk.{name}").__all__
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("pplp.glpk.nonsense")


def test_all_names_of_a_former_module():
    """``from pplp.expressions import *`` gives what it gave; `dir` shows it."""
    names = {}
    exec("from pplp.expressions import *", names)
    assert names["Variable"] is pplp.Variable and "Variable" in dir(importlib.import_module("pplp.expressions"))


def test_what_is_set_in_a_former_module(monkeypatch):
    """It is set where the name is now."""
    from pplp.solving import batch

    monkeypatch.setattr(importlib.import_module("pplp.batch"), "solve_many", "another one")
    assert batch.solve_many == "another one"
    monkeypatch.undo()
    assert batch.solve_many is pplp.solve_many


def test_one_finder():
    """However often the package is loaded."""
    former.install()
    former.install()
    assert sum(getattr(one, "__name__", "") == "FormerNames" for one in sys.meta_path) == 1


def test_former_names_within_pickles(lp):
    """Methods and classes that pickles name, and an attribute that older ones lack."""
    from pplp.answers.quality import Verification
    from pplp.arrays import parts

    x = lp.Vars(2, lb=0)
    assert str(getattr(lp.add_constraint(x <= 3), "_handle")(1)) == "x1 <= 3"  # noqa: B009 - as pickle does
    assert (parts._Picker, parts._ByPosition) == (parts.Picker, parts.ByPosition)
    lp.objective = sum(x)
    lp.maximize()
    report = lp.verify()
    assert "_is_proved_exactly" not in vars(report) and isinstance(report, Verification)
    assert str(report).startswith("The point is feasible and proved optimal")
