"""The house: imports go one way, one door to each package, a light front door, a complete list of names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import pplp
from pplp.core import stack

HOUSE = Path(pplp.__file__).parent

#: The floors, from the ground up: a folder or a file, and all that its code imports of others, wherever it does so.
FLOORS = {
    "errors": set(),
    "ground": {"errors"},
    "core": {"errors", "ground"},
    "functions": {"core", "errors", "ground"},
    "arrays": {"core", "errors", "functions", "ground"},
    "form": {"core", "ground"},
    "engines": {"errors", "form", "ground"},
    "answers": {"arrays", "core", "engines", "errors", "form", "ground"},
    "formats": {"answers", "core", "engines", "errors", "form", "functions", "ground"},
    "diagnosis": {"answers", "core", "engines", "errors", "form", "functions", "ground"},
    "solving": {"answers", "core", "diagnosis", "engines", "errors", "form", "ground"},
    "display": {"answers", "core", "diagnosis", "engines", "errors", "form", "formats", "ground"},
    "program": {"answers", "arrays", "core", "diagnosis", "display", "engines", "form", "formats", "solving"},
    "graphs": {"answers", "arrays", "core", "display", "engines", "errors", "form", "program"},
    "testing": {"engines", "errors", "form", "program"},
    # the documented paths of what stands in folders
    "matrix_form": {"form"},
    "plots": {"display"},
    "solution": {"answers", "form"},
    "solver": {"engines"},
    "interruption": set(),
    "pplp": {
        "answers",
        "arrays",
        "core",
        "engines",
        "errors",
        "form",
        "functions",
        "ground",
        "interruption",
        "program",
        "solving",
    },
    "command_line": {"core", "diagnosis", "engines", "errors", "form", "formats", "pplp", "program"},
    "__main__": {"command_line", "errors", "interruption"},
}

#: What type checkers are told of what stands above: of the facade and the answer in annotations, and of what arrays
#: load by name.  Under `TYPE_CHECKING` alone.
TOLD = {
    "arrays.numpy_half": {
        *("arrays.algebra", "arrays.arguments", "arrays.constraint_arrays", "arrays.expression_arrays"),
        *("arrays.function_arrays", "arrays.guard", "arrays.labelled", "arrays.labelled_constraints"),
        *("arrays.labelled_functions", "arrays.numpy_functions", "arrays.operands", "arrays.operators"),
        *("arrays.readings", "arrays.relation_arrays", "arrays.shapes", "arrays.sums", "arrays.variables"),
    },
    "core.column_handle": {"program"},
    "core.handle": {"program"},
    "errors": {"answers.solution"},
    "formats": {"program"},
    "solving.search": {"program"},
}
#: Who loads modules by names in texts, which no test of imports sees: names that the package loads later, what the
#: lower rooms call in those above, the registry of engines, what a child process is told to call, the table of formats,
#: former names, what of arrays needs numpy; the accelerator; and a module of Python's own.
BY_NAME = {
    "__init__.py",
    "arrays/numpy_half.py",
    "core/hooks.py",
    "engines/desk.py",
    "engines/registry.py",
    "formats/__init__.py",
    "ground/acceleration.py",
    "ground/former.py",
    "ground/loading.py",
    "ground/threads.py",
}


def module_of(path: Path) -> str:
    """``pplp/core/rows.py`` is "core.rows", a folder is its ``__init__.py``, and the package itself is "pplp"."""
    parts = path.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or "pplp"


MODULES = {module_of(path): path for path in sorted(HOUSE.rglob("*.py"))}


def imports(tree: ast.AST):
    """All that is imported, in functions and for the type checker, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            for (
                alias
            ) in node.names:  # `from pplp.core import rows` is the module, `from pplp.core.rows import Rows` is its
                inner = f"{node.module}.{alias.name}"
                yield inner if inner.partition("pplp.")[2] in MODULES else node.module or ""


def known(name: str) -> str:
    """The module of pplp that is imported under this name; "" for one of somebody else."""
    return "pplp" if name == "pplp" else name.partition("pplp.")[2] if name.startswith("pplp.") else ""


def imported(module: str) -> set[str]:
    """The modules of pplp that a module imports anywhere."""
    found = {known(name) for name in imports(ast.parse(MODULES[module].read_text(encoding="utf-8")))}
    return found - {"", module}


IMPORTED = {module: imported(module) - TOLD.get(module, set()) for module in MODULES}


def floor(module: str) -> str:
    return module.partition(".")[0]


@pytest.mark.parametrize(
    "spelling", ["import pplp.core.rows", "from pplp.core import rows", "from pplp.core.rows import Rows"]
)
@pytest.mark.parametrize(
    "place", ["{}", "def f():\n    {}", "if TYPE_CHECKING:\n    {}", "class C:\n  def f(self):\n    {}"]
)
def test_every_import_is_seen(spelling, place):
    """By each spelling and in each place."""
    assert {known(name) for name in imports(ast.parse(place.format(spelling)))} == {"core.rows"}


@pytest.mark.parametrize("module", TOLD)
def test_what_is_told_to_type_checkers(module):
    """It is imported there, and nowhere else: not when the module is used."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    found = {known(name) for node in tree.body for name in imports(node) if "TYPE_CHECKING" in ast.unparse(node)}
    assert TOLD[module] <= found
    rest = ast.Module([node for node in tree.body if "TYPE_CHECKING" not in ast.unparse(node)], [])
    assert TOLD[module].isdisjoint(known(name) for name in imports(rest))


def test_floors():
    """What each floor imports is what the table says."""
    found: dict[str, set[str]] = {name: set() for name in FLOORS}
    for module, others in IMPORTED.items():
        found[floor(module)] |= {floor(other) for other in others} - {floor(module)}
    assert found == FLOORS


def test_no_floor_is_above_itself():
    """Each imports only what stands before it in the table."""
    order = list(FLOORS)
    for name, below in FLOORS.items():
        assert all(order.index(other) < order.index(name) for other in below), name


def test_the_page_on_the_path_of_the_data():
    """Its table has the floors in their order."""
    page = (HOUSE.parent / "docs" / "design" / "path.md").read_text(encoding="utf-8")
    told = re.findall(r"(?m)^\| `(\w+)(?:/|\.py)` \|", page)
    faces = {"matrix_form", "plots", "solution", "solver"}
    assert told == [name for name in FLOORS if name not in faces | {"interruption", "pplp", "__main__"}]


def test_the_folders_of_the_tests():
    """They are those of the modules, with what is about the whole, what tests share, and the two generators."""
    folders = {path.name for path in (HOUSE.parent / "tests").iterdir() if path.is_dir() and path.name[0] not in "._"}
    assert folders - set(FLOORS) == {"chains", "fuzz", "support", "whole"}


def test_there_is_no_circle():
    """The modules can be put in an order in which each imports only those before it."""
    left = dict(IMPORTED)
    while left:
        ready = [module for module, others in left.items() if others.isdisjoint(left)]
        assert ready, f"A circle is among {sorted(left)}."
        for module in ready:
            del left[module]


def test_what_is_loaded_by_name():
    """Only where the list says so."""
    found = {
        str(path.relative_to(HOUSE))
        for path in MODULES.values()
        if any(word in path.read_text(encoding="utf-8") for word in ("import_module(", "__import__(", "later(__name__"))
    }
    assert found == BY_NAME


def test_the_hooks_are_named_once():
    """Each has a type, is found, and is the same thing when it is asked for again."""
    pytest.importorskip("numpy")
    from pplp.core import hooks

    assert hooks.__all__ == sorted(hooks._UPSTAIRS) == sorted(hooks.__annotations__)
    for name in hooks.__all__:
        found = getattr(hooks, name)
        module, _, attribute = hooks._UPSTAIRS[name].partition(":")
        assert found is getattr(sys.modules[module], attribute, sys.modules[module]) and vars(hooks)[name] is found
    with pytest.raises(AttributeError, match="no attribute 'upstairs'"):
        hooks.upstairs


#: Files of more than 500 lines; each says at its top why.
LONG = {"core.expressions", "program"}


def test_long_files():
    """There are no others."""
    assert {
        module for module, path in MODULES.items() if len(path.read_text(encoding="utf-8").splitlines()) > 500
    } == LONG


#: How often each floor uses a name with an underscore that belongs to a class of another module.  It only shrinks.
#: All else asks the functions of `core.owner`, `core.handle` and of the modules of the classes.
REACHING_IN = {
    "core": 27,  # the plain case of `add_constraint`, `dot`, `x.value` and the turns of edits count nanoseconds
    "functions": 1,  # what a function overrides
    "arrays": 8,  # shapes and methods stand below the arrays that they take apart
    "formats": 2,  # of ctypes; what an array overrides
    "solving": 3,  # of Dask's executor; the values that a solution has read
    "display": 1,  # an element by its place, of arrays that display does not import
    "graphs": 3,  # data of networks, among themselves
}


#: Names that Python itself gives out so.
OF_PYTHON = {"_current_frames", "_exit", "_getframe", "_is_gil_enabled", "_is_owned", "_release_save", "_replace"}


def reaching_in(path: Path) -> int:
    """Uses of ``thing._name`` where no class or function of the module has such a name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            own.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            own.add(node.attr)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            own |= {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
            if any(isinstance(target, ast.Name) and target.id == "__slots__" for target in targets) and node.value:
                own |= {text.value for text in ast.walk(node.value) if isinstance(text, ast.Constant)}
    return sum(
        isinstance(node, ast.Attribute)
        and re.match(r"_[^_]", node.attr) is not None
        and node.attr not in own | OF_PYTHON
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
        for node in ast.walk(tree)
    )


def test_reaching_in():
    """No floor reaches into the objects of other modules more often than the table says, nor less often."""
    found: dict[str, int] = {}
    for module, path in MODULES.items():
        found[floor(module)] = found.get(floor(module), 0) + reaching_in(path)
    assert {name: count for name, count in found.items() if count} == REACHING_IN


def test_the_depths_of_frames():
    """Who inspects the stack takes the depth from `core.stack`, which has no others."""
    calls = [
        node
        for path in MODULES.values()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "_getframe"
    ]
    depths = {name for name in stack.__all__ if isinstance(getattr(stack, name), int)}
    assert {ast.unparse(node)[len(ast.unparse(node.func)) :] for node in calls} == {f"({name})" for name in depths}


#: Names with an underscore that are asked of Python, and of objects of other packages.
ASKED = {"_current_frames", "_initializing", "_is_gil_enabled", "_max_workers", "_module_locks"}


def test_what_is_ours_is_known_by_its_class():
    """No object is asked whether it has an attribute with an underscore of ours."""
    calls = [
        node
        for path in MODULES.values()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("getattr", "hasattr")
    ]
    names = {name.value for node in calls for name in node.args[1:2] if isinstance(name, ast.Constant)}
    assert {name for name in names if re.match("_[^_]", name)} == ASKED


@pytest.mark.parametrize("module", [module for module in MODULES if floor(module) not in ("arrays", "testing")])
def test_what_is_any_says_why(module):
    """A function that returns anything is in a module that gives the reason."""
    text = MODULES[module].read_text(encoding="utf-8")
    assert ("-> Any" in text) is bool(re.search(r"(?m)^# Any: ", text))


#: The texts of closed sets that have an enum, and the module of that.
OF_ENUMS = {"minimize": "core.sense", "maximize": "core.sense"}


def compared_texts(tree: ast.AST):
    """The texts that are compared with something, alone or in a collection."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            for side in [node.left, *node.comparators]:
                yield from (part.value for part in ast.walk(side) if isinstance(part, ast.Constant))


def test_what_is_an_enum_is_compared_as_one():
    """Its texts are compared in the module of the enum alone; elsewhere a user's text is made a member first."""
    found = {
        (text, module)
        for module, path in MODULES.items()
        for text in compared_texts(ast.parse(path.read_text(encoding="utf-8")))
        if text in OF_ENUMS
    }
    assert {(text, module) for text, module in found if OF_ENUMS[text] != module} == set()


def test_one_door_to_each_package():
    """Each in one file, and the optional ones inside the function that needs them."""
    doors: dict[str, list[str]] = {}
    for path in HOUSE.rglob("*.py"):
        for name in imports(ast.parse(path.read_text(encoding="utf-8"))):
            doors.setdefault(name.split(".")[0], []).append(str(path.relative_to(HOUSE)))
    packages = (
        "swiglpk",
        "numpy",
        "networkx",
        "scipy",
        "pandas",
        "polars",
        "highspy",
        "ortools",
        "tqdm",
        "rich",
        "click",
        "matplotlib",
        "dask",
        "distributed",
    )
    foreign = {name: set(doors[name]) for name in packages if name in doors}
    assert foreign == {
        "swiglpk": {"engines/glpk/library.py"},
        # highspy and OR-Tools take and give numpy's arrays
        "numpy": {
            "arrays/methods.py",
            "arrays/typing.py",
            "engines/highs/library.py",
            "engines/networks/ortools_flow.py",
            "ground/numeric.py",
        },
        "ortools": {"engines/networks/ortools_flow.py"},
        "highspy": {"engines/highs/library.py"},
        "networkx": {"graphs/networkx_backend.py"},
        "pandas": {"arrays/pandas_index.py"},
        "polars": {"arrays/key_columns.py"},
        "tqdm": {"engines/progress_line.py"},
        "click": {"command_line/subcommands.py"},
        "matplotlib": {"display/axes.py"},
        "dask": {"solving/cluster.py"},
        "distributed": {"solving/cluster.py"},
    }


def test_import_is_light():
    """No solver, numpy or networkx after `import pplp`, and it is quick to say so."""
    script = "import sys, pplp; print(sorted({m.split('.')[0] for m in sys.modules} & set(sys.argv[1:])))"
    watched = [
        "swiglpk",
        "numpy",
        "networkx",
        "scipy",
        "pandas",
        "polars",
        "tqdm",
        "matplotlib",
        "click",
        "dis",
        "inspect",
        "dataclasses_json",
    ]
    done = subprocess.run([sys.executable, "-c", script, *watched], capture_output=True, text=True, check=True)
    assert set(ast.literal_eval(done.stdout)) <= {"dis", "inspect"}  # the standard library's dataclasses reads them


def test_exported_names():
    """__all__ is sorted, complete and importable."""
    assert pplp.__all__ == sorted(pplp.__all__)
    things = {name: getattr(pplp, name) for name in [*vars(pplp), *pplp.__all__]}
    named = {
        name: getattr(thing, "__module__", "") for name, thing in things.items() if not isinstance(thing, ModuleType)
    }
    public = {name for name, module in named.items() if module.startswith("pplp.") and name[0] != "_"}
    assert public == set(pplp.__all__)


def test_the_error_tree_is_drawn_in_full():
    """Every error class stands in the drawing, and every name of the drawing is one."""
    from pplp import errors

    drawn = {word.strip("`,()") for line in errors.__doc__.split("\n") for word in line.split() if "──" not in word}
    assert {name for name in errors.__all__} <= drawn
