"""Pickles that were made when the modules had other names: each class is found, and what was pickled is the same."""

from __future__ import annotations

import importlib
import pickle
import re

import pytest

from pplp import LinearProgram, maximum, piecewise, semicontinuous, sos1, truth
from pplp.ground import former

#: What pickles name, by the module that it was in.
NAMES = {
    "affine": "ArraySum ConstraintArray ExpressionArray RelationArray SumOfArrays",
    "arrays": "VariableArray",
    "constraints": "BoundConstraint ConstantConstraint Constraint _constraint",
    "diagnosis": "Explanation Member Repair",
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
    assert found.__name__ in (name, name.replace("_record", "record_at"))
    assert found.__module__ in former._NOW.get(f"pplp.{module}", ["pplp.arrays.variables"])


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
