"""Objects that are made without an `__init__`: whoever makes one fills all its fields."""

from __future__ import annotations

import ast
import importlib

import pytest

from tests.whole.test_architecture import MODULES

#: Who makes one of these and fills its fields, and how often.  Operators do so themselves, as a call would cost.
MAKERS = {
    ("core.blocks", "Variable"): 1,
    ("core.expressions", "Difference"): 1,
    ("core.expressions", "Relation"): 4,
    ("core.expressions", "SameVariable"): 1,
    ("core.expressions", "Sum"): 12,
    ("core.expressions", "Term"): 2,
    ("core.expressions", "Variable"): 1,
    ("core.expressions", "VariableSum"): 3,
    ("core.model", "Constraint"): 1,
    ("core.relations", "Relation"): 1,
    ("functions.expressions", "FunctionExpression"): 1,
}
#: Fields that wait, by the function that makes the object: what the program keeps does not refer to it.
WAITING = {"more_handles": {"_program"}, "_loose": {"_program"}}


def slots(kind):
    return {slot for base in kind.__mro__ for slot in base.__dict__.get("__slots__", ())}


def is_bare(kind):
    """Is it a class of ours with slots that nothing fills?"""
    is_ours = isinstance(kind, type) and kind.__module__.startswith("pplp.")
    return is_ours and bool(slots(kind)) and not any("__init__" in vars(base) for base in kind.__mro__[:-1])


def filled(block, name):
    """The fields of the object of this name that the statements of a block set, themselves and not in a branch."""
    targets = [target for one in block if isinstance(one, ast.Assign) for target in one.targets]
    return {
        part.attr
        for target in targets
        for part in ast.walk(target)
        if isinstance(part, ast.Attribute) and ast.unparse(part.value) == name
    }


def makings(module):
    """(class, the function, the fields that it sets) for each place of a module where such an object is made."""
    names = vars(importlib.import_module(f"pplp.{module}"))
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        for node in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
            for block in [getattr(node, part, None) for part in ("body", "orelse", "finalbody")]:
                for one in block if isinstance(block, list) else ():
                    if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call) and not one.value.args:
                        kind = names.get(ast.unparse(one.value.func))
                        if is_bare(kind):
                            yield kind, function.name, filled(block, ast.unparse(one.targets[0]))


def test_the_makers():
    """They are those of the table."""
    found = {}
    for module in MODULES:
        if module.partition(".")[0] in ("core", "functions") or module == "program":
            for kind, _, _ in makings(module):
                found[module, kind.__name__] = found.get((module, kind.__name__), 0) + 1
    assert found == MAKERS


@pytest.mark.parametrize("module", sorted({module for module, _ in MAKERS}))
def test_each_maker_fills_all_fields(module):
    """In one block, and no others."""
    for kind, function, fields in makings(module):
        assert fields == slots(kind) - WAITING.get(function, set()), function
