"""What is built holds what it should, and works where nothing else is installed."""

from __future__ import annotations

import email
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterable
from email.message import Message
from pathlib import Path

import pytest

import pplp

pytest.importorskip("build", reason="the archives are built with the package build, which is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("packaging")]

ROOT = Path(__file__).parents[2]
#: Made beside the sources by whoever works on them: no archive holds any of it.
DECOYS = [
    ".instances/mip/pk1.mps", "build/lib/pplp/old.py", "benchmarks/results/today.json", "tests/__pycache__/x.pyc",
    "pplp/ground/accelerator.cpython-30-x86_64-linux-gnu.so", "pplp/ground/accelerator.o", "pplp/__pycache__/x.pyc",
]  # fmt: skip


def run(*command: object, cwd: Path = ROOT, **variables: str) -> str:
    """What the command prints; fails with what it says when it does not end well.  It sees no other sources."""
    ours = ("PYTHON", "COV", "PPLP_PURE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)} | variables
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def sources() -> list[str]:
    """The files of the tree: git's and those it would take; without git, all that is not made of others."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = run(
            "git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"
        ).split("\0")
        return sorted(name for name in listed if name and (ROOT / name).is_file())
    made = re.compile(
        r"\.(?!ci/|gitignore|pre-commit)|(build|dist|[^/]*\.egg-info|benchmarks/results)/|.*__pycache__|PKG-INFO"
        r"|.*\.(so|pyd)$"
    )
    everything = (path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file())
    return sorted(name for name in everything if not made.match(name) and name != "setup.cfg")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources, among things that are none."""
    home = tmp_path_factory.mktemp("sources")
    for name in [*sources(), *DECOYS]:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(b"decoy" if name in DECOYS else (ROOT / name).read_bytes())
    return home


@pytest.fixture(scope="module")
def archives(tree: Path) -> tuple[Path, Path]:
    """The wheel and the source archive that it is made of."""
    home = tree.parent / "archives"
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", home, tree)
    (wheel,), (sdist,) = home.glob("*.whl"), home.glob("*.tar.gz")
    return wheel, sdist


def of_wheel(wheel: Path) -> dict[str, bytes]:
    """Its files; what is in its .dist-info goes by that name alone."""
    with zipfile.ZipFile(wheel) as archive:
        return {re.sub(r"^pplp-[^/]*\.dist-info/", "", name): archive.read(name) for name in archive.namelist()}


def of_package(names: Iterable[str]) -> set[str]:
    return {name for name in names if name.startswith("pplp/")}


def sources_in_c() -> set[str]:
    return {name for name in of_package(sources()) if name.endswith(".c")}


def built(names: Iterable[str]) -> set[str]:
    """The modules in C, built for this Python, if there is a compiler."""
    return {name for name in names if re.fullmatch(r"pplp/.*\.(so|pyd)", name)}


def is_built_here() -> bool:
    """Does this Python take modules in C, and is what builds them here?"""
    compiler = str(sysconfig.get_config_var("CC")).split()[0]
    header = Path(sysconfig.get_paths()["include"], "Python.h")
    takes = sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
    return takes and shutil.which(compiler) is not None and header.is_file()


def kind_of(wheel: Path) -> str:
    """The Python that its name says it is for."""
    name, version, kind, *_ = wheel.name.split("-")
    assert (name, version) == ("pplp", pplp.__version__)
    return kind


#: The kinds of a wheel with modules in C, and of one without.
OWN, ANY = f"cp{sys.version_info.major}{sys.version_info.minor}", "py3"


def test_the_wheel_is_the_package(archives):
    """All of its files and nothing else; a package that is not listed would be missing, as would a file of data."""
    files = of_wheel(archives[0])
    assert of_package(files) - built(files) == of_package(sources()) - sources_in_c()
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    assert built(files) == ({name[:-2] + suffix for name in sources_in_c()} if is_built_here() else set())
    assert {"pplp/py.typed", "pplp/engines/glpk/engine.py", "pplp/formats/lp.py", "pplp/graphs/flow.py"} <= set(files)
    rest = set(files) - of_package(files)
    assert rest == {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "top_level.txt"}
    assert files["licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()
    assert kind_of(archives[0]) == (OWN if sys.implementation.name == "cpython" else ANY)


@pytest.mark.parametrize(
    ("variables", "kind"), [({"PPLP_PURE": "1"}, ANY), ({"CC": "/bin/false"}, OWN)], ids=["asked", "no_compiler"]
)
@pytest.mark.skipif(not is_built_here(), reason="nothing is built here")
@pytest.mark.skipif(os.name == "nt", reason="MSVC is not found through CC")
def test_a_wheel_without_the_accelerator(tree, tmp_path, variables, kind):
    """``PPLP_PURE=1`` makes the one for every Python; where the compiler fails, the build succeeds all the same."""
    copy = tmp_path / "sources"
    shutil.copytree(tree, copy, ignore=shutil.ignore_patterns("build", "*.egg-info"))
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", tmp_path, copy, **variables)
    (wheel,) = tmp_path.glob("*.whl")
    assert kind_of(wheel) == kind
    assert of_package(of_wheel(wheel)) == of_package(sources()) - sources_in_c()


def test_its_metadata(archives):
    """What an index shows: version, licence, description, what it needs, and nothing that only developers need."""
    said: Message = email.message_from_bytes(of_wheel(archives[0])["METADATA"])
    assert (said["Name"], said["Version"], said["License-Expression"]) == ("pplp", pplp.__version__, "MIT")
    assert said["Requires-Python"] == ">=3.9"
    assert said["Description-Content-Type"] == "text/markdown"
    assert said.get_payload(decode=True).decode().strip() == (ROOT / "README.md").read_text(encoding="utf-8").strip()
    needs = [need for need in said.get_all("Requires-Dist") if "extra ==" not in need]
    assert needs == ["swiglpk>=5.0.10"]


def test_the_source_archive_is_the_tree(archives):
    """Tests, documentation, examples and benchmarks, too: whoever has it can test what they build."""
    with tarfile.open(archives[1]) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    made = {name for name in names if name.startswith("pplp.egg-info/")} | {"PKG-INFO", "setup.cfg"}
    assert names - made == set(sources())
    assert {"tests/conftest.py", "examples/diet.py", "benchmarks/README.md", "CHANGELOG.md"} <= names


def test_the_wheel_of_the_tree(archives, tree, tmp_path):
    """As pip makes it of a checkout: the same files to the byte, but for where the accelerator was built."""
    shutil.rmtree(tree / "build")  # setuptools takes along whatever an earlier build has left there
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", tmp_path, tree)
    (wheel,) = tmp_path.glob("*.whl")
    first, second = of_wheel(wheel), of_wheel(archives[0])
    assert first.keys() == second.keys()
    for name in first.keys() - built(first) - {"RECORD"}:
        assert first[name] == second[name], name


def first_example() -> str:
    """The first Python of the README, as a script that its doctest runs."""
    block = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    assert block is not None
    return f"""
import doctest, pplp
test = doctest.DocTestParser().get_doctest({block.group(1)!r}, {{}}, "README.md", None, 0)
print(doctest.DocTestRunner().run(test), pplp.accelerated, pplp.__version__, pplp.__file__)
"""


def test_a_clean_environment(archives, tmp_path):
    """pip installs either archive where there is nothing, with what it needs; the README's first example holds."""
    home = tmp_path / "environment"
    venv.create(home, with_pip=True)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    python, pip = scripts / "python", (scripts / "python", "-m", "pip", "--disable-pip-version-check", "install", "-q")
    example = first_example()
    examples = example.count(">>> ")
    for archive in archives:
        run(*pip, "--force-reinstall", *(["--no-deps"] if archive is archives[1] else []), archive, cwd=tmp_path)
        said = run(python, "-W", "error", "-c", example, cwd=tmp_path).strip()
        assert said.startswith(f"TestResults(failed=0, attempted={examples}"), said
        assert said.endswith(f"{Path('pplp', '__init__.py')}") and str(home) in said
        assert f" {is_built_here()} {pplp.__version__} " in said
    installed = run(python, "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check", cwd=tmp_path)
    assert {line.partition("==")[0] for line in installed.split()} <= {"pip", "setuptools", "wheel", "pplp", "swiglpk"}
    run(*pip, f"{archives[0]}[cli]", cwd=tmp_path)
    assert pplp.__version__ in run(scripts / "pplp", "--version", cwd=tmp_path)
    (tmp_path / "plan.lp").write_text("Maximize\n 3 x + 2 y\nSubject To\n x + y <= 4\n x <= 3\nEnd\n")
    answer = json.loads(run(scripts / "pplp", "solve", "plan.lp", "--format", "json", cwd=tmp_path))
    assert answer["objective"] == 11.0
