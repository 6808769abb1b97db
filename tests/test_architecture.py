"""The house: imports point one way, one door to each package, a light front door, a complete list of names."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pplp

HOUSE = Path(pplp.__file__).parent

#: Tools that know nothing of the house: every module may import them.
TOOLS = {"pickles", "quoting"}
#: module -> the modules of pplp that it may import when it is imported itself
ALLOWED = {
    "errors": set(),
    "pickles": set(),
    "quoting": set(),
    "bytecode": set(),
    "chaining": {"bytecode", "errors"},
    "tensors": {"errors"},
    "scalars": {"errors", "tensors"},
    "calls": {"bytecode"},
    "callers": {"calls", "errors"},
    "keys": {"errors"},
    "sums": {"calls", "errors"},
    "numbers_by_key": {"errors", "scalars"},
    "keyed": {"attributes", "callers", "errors", "expressions", "keys", "numbers_by_key", "scalars", "sums", "tensors"},
    "relations": {"callers", "chaining", "errors", "scalars"},
    "protocols": {"errors"},
    "expressions": {"callers", "chaining", "errors", "keys", "protocols", "relations", "scalars", "sums"},
    "origins": {"turns"},
    "entries": set(),
    "columns": {"entries", "errors", "expressions", "origins", "scalars"},
    "special": set(),
    "functions": {"callers", "chaining", "errors", "expressions", "protocols", "relations", "scalars", "special"},
    "elements": {"array_arguments", "arrays", "errors", "frames", "functions", "numeric", "relations", "scalars"},
    "function_arrays": {"arrays", "callers", "elements", "errors", "functions", "numeric", "scalars"},
    "labelled_functions": {
        "affine", "elements", "errors", "function_arrays", "functions", "labelled", "labels", "parts",
    },
    "rows": {"columns", "entries", "origins", "scalars"},
    "objective": {"constraints", "entries", "errors", "expressions", "rows", "scalars"},
    "decimals": set(),
    "matrix_form": {"decimals", "scalars"},
    "constraints": {"errors", "expressions", "relations", "rows", "scalars", "turns"},
    "identity": {"errors"},
    "pandas_index": {"errors", "identity", "loading"},
    "key_columns": {"errors", "identity", "loading"},
    "turns": {"errors"},
    "loading": {"errors"},
    "threads": {"errors"},
    "numeric": {"loading"},
    "bounds": {"errors", "expressions", "scalars", "turns"},
    "attributes": {"bounds", "errors", "scalars"},
    "column_generation": {"attributes", "constraints", "errors", "expressions", "origins", "scalars", "turns"},
    "frames": {"errors", "identity", "key_columns", "pandas_index", "scalars"},
    "array_methods": {"errors", "loading"},
    "arrays": {
        "array_methods", "attributes", "bounds", "callers", "errors", "expressions", "frames", "keyed", "keys",
        "protocols", "scalars", "tensors",
    },
    "labels": {"affine", "errors", "identity"},
    "groups": {"affine", "errors", "labels", "level_order", "numeric"},
    "level_order": {"affine", "errors", "identity", "labels", "numeric"},
    "parts": {"errors", "frames", "identity", "labels", "numeric"},
    "labelled": {
        "affine", "arrays", "attributes", "chaining", "constraints", "errors", "expressions", "frames", "groups",
        "labels", "parts", "protocols", "scalars",
    },
    "affine": {
        "array_arguments", "array_methods", "arrays", "callers", "chaining", "columns", "constraints", "errors",
        "expressions", "frames", "numeric", "protocols", "read_only", "relations", "scalars", "tensors", "turns",
    },
    "read_only": {"errors", "numeric"},
    "array_arguments": {"errors", "frames", "numeric"},
    "array_sums": {"affine", "array_arguments", "errors", "numeric"},
    "array_products": {"affine", "array_arguments", "array_sums", "errors", "numeric", "scalars"},
    "rearrangement": {
        "affine", "array_arguments", "arrays", "constraints", "errors", "expressions", "numeric", "scalars",
    },
    "array_functions": {
        "affine", "array_arguments", "array_products", "array_sums", "arrays", "errors", "numeric", "rearrangement",
    },
    "ufuncs": {
        "affine", "array_arguments", "array_functions", "array_products", "array_sums", "arrays", "errors",
        "expressions", "numeric", "protocols",
    },
    "reformulation": {"columns", "constraints", "entries", "errors", "expressions", "functions", "scalars", "special"},
    "compaction": {"entries", "expressions", "reformulation", "rows"},
    "compiler": {"bounds", "entries", "matrix_form", "rows", "turns"},
    "files": set(),
    "basis": {"compiler", "constraints", "errors", "expressions", "files"},
    "sensitivity": {
        "basis", "compiler", "constraints", "entries", "errors", "expressions", "matrix_form", "scaling", "sizes",
        "verification",
    },
    "certificates": {
        "compiler", "constraints", "errors", "expressions", "judgment", "matrix_form", "scalars", "solution",
        "solver", "verification",
    },
    "quality": {
        "compiler", "constraints", "errors", "expressions", "matrix_form", "scalars", "solution", "verification",
    },
    "diagnosis": {
        "certificates", "compiler", "constraints", "divisibility", "errors", "expressions", "matrix_form", "origins",
        "relations", "scalars", "solution", "solver", "verification",
    },
    "lint": {
        "certificates", "compiler", "constraints", "decimals", "expressions", "origins", "reformulation", "rows",
        "scalars", "verification",
    },
    "solution": {"errors"},
    "sizes": {"matrix_form"},
    "verification": {"matrix_form", "scalars", "sizes", "solution"},
    "vectors": {"matrix_form"},
    "refinement": {"matrix_form", "verification"},
    "judgment": {"clock", "decimals", "matrix_form", "rational", "refinement", "solution", "solver", "verification"},
    "exact_search": {"clock", "judgment", "matrix_form", "rational", "routes", "solution", "verification"},
    "lattice": {
        "clock", "decimals", "divisibility", "exact_search", "judgment", "matrix_form", "rational", "routes",
        "solution", "verification",
    },
    "scaling": {"matrix_form"},
    "factorization": set(),
    "networks": {"errors", "loading", "matrix_form", "networks"},
    "solver": {"errors", "loading", "matrix_form", "solution"},
    "choice": {"solver", "turns"},
    "clock": {"errors", "matrix_form", "solution", "solver", "verification"},
    "routes": {"clock", "solution"},
    "divisibility": {"decimals", "factorization", "matrix_form"},
    "lexicographic": {"compiler", "constraints", "errors", "expressions", "scalars", "solution", "solver"},
    "pool": {"constraints", "solution", "solver"},
    "interpreter": {"errors"},
    "messages": set(),
    "child": {"errors", "interpreter", "messages", "threads"},
    "tasks": {"errors", "matrix_form", "solution", "solver"},
    "desk": {"child", "errors", "matrix_form", "messages", "solution", "solver", "tasks"},
    "isolation": {"child", "errors", "matrix_form", "solution", "solver", "tasks"},
    "here": {"matrix_form", "solution", "solver", "tasks"},
    "feed": {"errors", "threads"},
    "crew": {"child", "errors", "matrix_form", "solution", "solver", "tasks"},
    "scenarios": {
        "attributes", "compiler", "constraints", "errors", "expressions", "matrix_form", "scalars", "turns",
    },
    "cluster": set(),
    "batch": {"compiler", "errors", "feed", "here", "matrix_form", "scalars", "solution", "solver", "tasks", "turns"},
    "executors": {"errors", "here", "solution", "solver", "tasks"},
    "search": {"attributes", "compiler", "constraints", "errors", "expressions", "scalars", "solution", "solver"},
    "rational": {"decimals", "errors", "factorization", "matrix_form", "solution"},
    "region": {"rational"},
    "plots": {"constraints", "errors", "loading", "region", "relations"},
    "progress_line": {"errors", "loading", "solver"},
    "program": {
        "arrays", "basis", "bounds", "chaining", "column_generation", "columns", "compaction", "compiler",
        "constraints", "errors", "expressions", "functions", "matrix_form", "objective", "origins", "reformulation",
        "relations", "rows", "scalars", "solution", "solver", "turns",
    },
    "graphs": {
        "arrays", "constraints", "errors", "expressions", "graphs", "program", "rows", "scalars", "solution", "turns",
    },
    "display": {"scalars"},
    "notation": {"constraints", "expressions", "relations", "scalars"},
    "latex": {"constraints", "notation"},
    "html": {"constraints", "notation", "scalars"},
    "testing": {"errors", "matrix_form", "program", "solution", "solver", "testing"},
    "statistics": {"matrix_form"},
    "sparsity_pattern": {"matrix_form"},
    "report": {
        "compiler", "constraints", "errors", "formats", "html", "matrix_form", "notation", "solution",
        "sparsity_pattern", "statistics", "verification",
    },
    "formats": {
        "compiler", "constraints", "errors", "expressions", "files", "formats", "functions", "interpreter",
        "matrix_form", "objective", "origins", "program", "rows", "scalars", "special", "threads", "verification",
    },
    "command_line": {
        "errors", "expressions", "formats", "program", "progress_line", "solution", "solver", "statistics",
    },
    "interruption": set(),
    "__main__": {"errors"},
    "highs": {
        "clock", "divisibility", "errors", "exact_search", "highs", "judgment", "lattice", "loading", "matrix_form",
        "rational", "refinement", "routes", "scaling", "solution", "solver", "threads", "verification",
    },
    "glpk": {
        "clock", "divisibility", "errors", "exact_search", "glpk", "judgment", "lattice", "loading", "matrix_form",
        "networks", "rational", "refinement", "routes", "scaling", "solution", "solver", "threads", "verification",
    },
}  # fmt: skip


def imports(tree: ast.AST, everywhere: bool = False):
    """The modules imported when the file is, leaving out what only the type checker reads."""
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Try):
            yield from imports(ast.Module(node.body, []))
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_imports_follow_the_table():
    """Every module imports only what lies before it."""
    for path in HOUSE.rglob("*.py"):
        place = path.relative_to(HOUSE)
        if place.name == "__init__.py" and len(place.parts) == 1:
            continue
        noun = place.parts[0] if len(place.parts) > 1 else place.stem
        found = {name.split(".")[1] for name in imports(ast.parse(path.read_text())) if name.startswith("pplp.")}
        assert found <= ALLOWED[noun] | TOOLS, f"{place} imports {found - ALLOWED[noun]}"


def test_one_door_to_each_package():
    """Each in one file, and the optional ones inside the function that needs them."""
    doors: dict[str, list[str]] = {}
    for path in HOUSE.rglob("*.py"):
        for name in imports(ast.parse(path.read_text()), everywhere=True):
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
        "swiglpk": {"glpk/library.py"},
        # highspy and OR-Tools take and give numpy's arrays
        "numpy": {"array_methods.py", "highs/library.py", "networks/ortools_flow.py", "numeric.py"},
        "ortools": {"networks/ortools_flow.py"},
        "highspy": {"highs/library.py"},
        "networkx": {"graphs/networkx_backend.py"},
        "pandas": {"pandas_index.py"},
        "polars": {"key_columns.py"},
        "tqdm": {"progress_line.py"},
        "click": {"command_line.py"},
        "matplotlib": {"plots.py"},
        "dask": {"cluster.py"},
        "distributed": {"cluster.py"},
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
    public = {name for name, thing in things.items() if getattr(thing, "__module__", "").startswith("pplp.")}
    assert public == set(pplp.__all__)


def test_the_error_tree_is_drawn_in_full():
    """Every error class stands in the drawing, and every name of the drawing is one."""
    from pplp import errors

    drawn = {word.strip("`,()") for line in errors.__doc__.split("\n") for word in line.split() if "──" not in word}
    assert {name for name in errors.__all__} <= drawn
