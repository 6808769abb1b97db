"""The documentation says what is so: its code runs, its links lead somewhere, every public name has an example."""

from __future__ import annotations

import doctest
import html.parser
import importlib.util
import inspect
import json
import os
import re
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any, NamedTuple, Optional
from urllib.parse import unquote, urlsplit

import pytest

import pplp
import pplp.graphs

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
TEXTS = [*PAGES, *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "benchmarks/README.md"))]
#: library -> the package that its blocks import
LIBRARIES = {"PuLP": "pulp", "python-mip": "mip", "Pyomo": "pyomo", "gurobipy": "gurobipy"}
#: Lines of `sh` blocks that are not run begin with one of these: they install, or are tested on their own.
ELSEWHERE = ("python -m pip", "pip ", "python3 -m venv", "apt-get", "pypy3 -m", "pytest", "python -m benchmarks", "sh ")
#: Code of other languages, that nothing runs: files of formats, and drawings.
SHOWN = {"text", "lp", "mps", "mathprog", "json", "csv"}


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    title: str
    body: str
    line: int


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks, in order, taken out of any indentation."""
    found, text = [], page.read_text(encoding="utf-8")
    for match in re.finditer(r"^( *)```([\w-]*) *([^\n]*)\n(.*?)^\1``` *$", text, re.M | re.S):
        title = re.search(r'title="([^"]*)"', match[3])
        body = re.sub(rf"^{match[1]}", "", match[4], flags=re.M)
        found.append(Block(match[2], title[1] if title else "", body, text.count("\n", 0, match.start()) + 2))
    return found


def made_by(page: Path) -> set[str]:
    """The files beside the page that its own code makes, and the site has: see docs/hooks/made_files.py."""
    code = "".join(block.body for block in blocks_of(page) if block.language == "pycon")
    return set(re.findall(r'\.(?:savefig|report)\("([\w-]+\.(?:svg|html))"', code))


def drawn_beside(page: Path) -> set[str]:
    """The charts that the site has in its first folder: see docs/hooks/charts.py."""
    return {"speed-light.svg", "speed-dark.svg"} if page.parent == DOCS else set()


def missing_packages(blocks: list[Block]) -> list[str]:
    """The packages that the blocks import, and that are not installed."""
    named: set[str] = set()
    for block in blocks:
        if block.language == "pycon":
            named.update(re.findall(r"^(?:>>>|\.\.\.) *(?:import|from) (\w+)", block.body, re.M))
            named.update({"matplotlib"} if re.search(r"\.savefig\(|search_progress\(", block.body) else ())
            named.update({"highspy"} if '"highs"' in block.body else ())
        elif block.language == "python" and block.title not in LIBRARIES:
            named.update(re.findall(r"^ *(?:import|from) (\w+)", block.body, re.M))
    return sorted(name for name in named if importlib.util.find_spec(name) is None)


def run_session(block: Block, names: dict[str, Any], page: Path) -> None:
    """Run the examples of a `pycon` block: what is printed must be what is written."""
    examples = doctest.DocTestParser().get_examples(block.body)
    test = doctest.DocTest(examples, names, page.name, str(page), block.line - 1, block.body)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    runner.run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
    assert not runner.failures, f"{page.relative_to(ROOT)}:{block.line}\n{''.join(said)}"


def run_shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which `pplp` is this one."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "PPLP_PYTHON": sys.executable}
    # As wide as no terminal, so that help is the same everywhere; a pipe, so without colours.
    environment |= {"COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    script = 'pplp() { "$PPLP_PYTHON" -m pplp "$@"; }\n' + command
    return subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=300,
    )


def run_console(block: Block, page: Path, folder: Path) -> None:
    """Run the commands of a `console` block, and compare what they print."""
    for command, wanted in re.findall(r"^\$ ([^\n]*)\n(.*?)(?=^\$ |\Z)", block.body, re.M | re.S):
        done = run_shell(command, folder)
        printed = re.sub(r"[ \t]+$", "", done.stdout, flags=re.M).strip()
        same = doctest.OutputChecker().check_output(wanted.strip() + "\n", printed + "\n", doctest.ELLIPSIS)
        assert same, f"{page.relative_to(ROOT)}:{block.line}: $ {command}\nwanted\n{wanted}\nprinted\n{done.stdout}"


def run_sh(block: Block, page: Path, folder: Path) -> None:
    """Run the commands of an `sh` block that are pplp's own; all others are known to be run elsewhere."""
    for line in filter(None, (line.partition(" #")[0].strip() for line in block.body.splitlines())):
        if line.startswith("pplp "):
            done = run_shell(line, folder)
            assert not done.returncode, f"{page.relative_to(ROOT)}: {line}\n{done.stdout}"
        else:
            assert line.startswith(ELSEWHERE), f"{page.relative_to(ROOT)}:{block.line}: who runs {line!r}?"


def identity(path: Path) -> str:
    return str(path.relative_to(ROOT))


def pages(*languages: str) -> list[Any]:
    return [
        pytest.param(page, id=identity(page)) for page in PAGES if {b.language for b in blocks_of(page)} & {*languages}
    ]


@pytest.mark.parametrize("page", pages("pycon", "python", "console", "sh"))
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of a page run in its order, in a folder of its own, and print what it says."""
    blocks = blocks_of(page)
    missing = missing_packages(blocks)
    if missing:
        pytest.skip(f"{identity(page)} needs {', '.join(missing)}")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks:
        if block.title in LIBRARIES:
            continue  # another library's: see test_both_sides_agree
        if block.body.startswith("--8<-- "):  # the text of a file, which test_examples runs
            assert re.fullmatch(r'--8<-- "examples/\w+\.py"\n', block.body), block.body
            continue
        if "." in block.title:
            Path(block.title).write_text(block.body, encoding="utf-8")
        if block.language == "pycon":
            run_session(block, names, page)
        elif block.language == "python":
            exec(compile(block.body, f"{page.name}, line {block.line}", "exec"), names)
        elif block.language == "console":
            run_console(block, page, tmp_path)
        elif block.language == "sh":
            run_sh(block, page, tmp_path)
        else:
            assert block.language in SHOWN, f"{identity(page)}:{block.line}: who runs {block.language!r}?"
    for name in made_by(page):
        assert Path(name).stat().st_size > 1000, f"{identity(page)}: {name} is no picture or page"


def test_there_is_code_on_the_pages() -> None:
    """A wrong folder, or another kind of fence, would make the test above pass without a single block."""
    blocks = [block for page in PAGES for block in blocks_of(page)]
    assert sum(block.language == "pycon" for block in blocks) > 50
    assert sum(block.language in ("console", "sh") for block in blocks) > 5
    assert len({name for page in PAGES for name in made_by(page)}) > 4
    shown = (page for page in PAGES if "--8<--" not in page.read_text(encoding="utf-8"))
    for page in shown:  # the first screen of a page shows code
        assert re.search(r"^ *```", page.read_text(encoding="utf-8")[:1500], re.M), identity(page)


def test_a_false_claim_is_found(tmp_path: Path) -> None:
    """The runners above can fail."""
    with pytest.raises(AssertionError, match="Expected"):
        run_session(Block("pycon", "", ">>> 1 + 1\n3\n", 1), {}, DOCS / "index.md")
    with pytest.raises(AssertionError, match="wanted"):
        run_console(Block("console", "", "$ echo 1\n2\n", 1), DOCS / "index.md", tmp_path)
    with pytest.raises(AssertionError, match="who runs"):
        run_sh(Block("sh", "", "reboot\n", 1), DOCS / "index.md", tmp_path)


def test_shell_of_the_readme(tmp_path: Path) -> None:
    """The commands of pplp in the README run, on the files that they speak of."""
    lp = pplp.LinearProgram()
    x = lp.Var("x", lb=0, ub=4)
    lp.objective = 3 * x
    for name in ("plan.mps.gz", "plan.lp"):
        lp.write(tmp_path / name)
    (tmp_path / "plan.mod").write_text("param n; var x >= 0; minimize cost: n * x; s.t. c: x >= 2; end;")
    (tmp_path / "may.dat").write_text("param n := 3; end;")
    commands = [
        line.partition(" #")[0].strip()
        for block in blocks_of(ROOT / "README.md")
        for line in block.body.splitlines()
        if block.language == "sh" and line.startswith("pplp ")
    ]
    assert commands
    for command in commands:
        done = run_shell(command, tmp_path)
        assert not done.returncode, f"{command}\n{done.stdout}"


# --------------------------------------------------------------------- side by side
_BOTH = """
import json, numbers, sys

def plain(thing):
    if isinstance(thing, dict):
        return {str(key): plain(value) for key, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [plain(value) for value in thing]
    if isinstance(thing, (bool, str)):
        return thing
    if isinstance(thing, numbers.Real):
        return float(thing)
    raise TypeError

def found(names):
    kept = {}
    for name, thing in names.items():
        try:
            kept[name] = plain(thing)
        except TypeError:
            pass
    return kept

theirs, ours, pairs = {}, {}, []
for their, our in json.load(sys.stdin):
    for names, block in ((theirs, their), (ours, our)):
        exec(block, names)
    pairs.append([found(theirs), found(ours)])
print("answers:", json.dumps(pairs))
"""


def is_close(one: Any, other: Any) -> bool:
    """The same, or numbers that differ by what solvers are allowed to."""
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys() and all(is_close(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(is_close, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-6 * max(1.0, abs(one))
    return bool(one == other)


def pairs_of(page: Path) -> tuple[str, list[tuple[str, str]]]:
    """The library of a page, and what it writes beside what pplp writes."""
    titled = [block for block in blocks_of(page) if block.title in LIBRARIES or block.title == "pplp"]
    theirs, ours = titled[::2], titled[1::2]
    libraries = {block.title for block in theirs}
    assert len(libraries) == 1 and {block.title for block in ours} == {"pplp"} and len(theirs) == len(ours)
    return libraries.pop(), [(their.body, our.body) for their, our in zip(theirs, ours)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [pytest.param(page, id=page.stem) for page in sorted((DOCS / "migrating").glob("*.md")) if page.stem != "index"],
)
def test_both_sides_agree(page: Path) -> None:
    """Two libraries side by side find the same: what both name alike is alike, the optimum among it."""
    library, pairs = pairs_of(page)
    if importlib.util.find_spec(LIBRARIES[library]) is None:
        pytest.skip(f"{library} is not installed: its side of {identity(page)} is not run (the extra `peers` has it)")
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-c", _BOTH],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert not done.returncode, done.stderr
    answers = json.loads(done.stdout.rpartition("answers:")[2])
    assert len(answers) == len(pairs) >= 3
    for theirs, ours in answers:
        shared = theirs.keys() & ours.keys() - {"__name__", "__doc__", "__builtins__"}
        assert "best" in shared
        for name in shared:
            assert is_close(theirs[name], ours[name]), (name, theirs[name], ours[name])


# --------------------------------------------------------------------- links
def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^( *)```.*?^\1``` *$", "", text, flags=re.M | re.S))


def links_of(text: str) -> list[str]:
    """The targets of links and images."""
    text = without_code(text)
    found = re.findall(r"\]\(([^()\s]+)\)", text) + re.findall(r'(?:href|src)="([^"]+)"', text)
    return found + re.findall(r"^\[[^\]]+\]:\s*(\S+)", text, re.M)


def anchors_of(page: Path) -> set[str]:
    """The anchors of the headings."""
    text = re.sub(r"^( *)```.*?^\1``` *$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    found = set(re.findall(r"\{ *#([\w-]+)", text))
    for heading in re.findall(r"^#+ +(.*)$", text, re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        found.add(re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower()))
    return found


@pytest.mark.parametrize("text", [pytest.param(path, id=identity(path)) for path in TEXTS])
def test_links(text: Path) -> None:
    """Every relative link, anchor and image is there; a link elsewhere is https."""
    for target in links_of(text.read_text(encoding="utf-8")):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            assert parts.scheme == "https" and parts.netloc, f"{identity(text)}: {target}"
            continue
        if parts.path in made_by(text) | drawn_beside(text):
            continue
        place = (text.parent / unquote(parts.path)).resolve() if parts.path else text
        assert place.exists(), f"{identity(text)}: {target} is not there"
        if text in PAGES:
            assert DOCS in place.parents, f"{identity(text)}: {target} is outside of the site"
        if parts.fragment and place.suffix == ".md":
            assert parts.fragment in anchors_of(place), f"{identity(text)}: {target} has no such heading"


@pytest.mark.parametrize("text", [pytest.param(path, id=identity(path)) for path in TEXTS])
def test_texts_name_no_machine(text: Path) -> None:
    """No path of somebody's machine, and no address of a registry of packages."""
    found = re.findall(r"/(?:home|root|Users|work)/\w+|pypi\.org|pythonhosted|anaconda\.org", text.read_text("utf-8"))
    assert not found


def test_links_are_found() -> None:
    """The reading of links above sees each form of them, and no code."""
    text = '[a](b.md#c) ![d](e.svg) <img src="f.png"> `[g](h)`\n```text\n[i](j)\n```\n[k]: l.md\n'
    assert sorted(links_of(text)) == ["b.md#c", "e.svg", "f.png", "l.md"]
    elsewhere = {target for text in TEXTS for target in links_of(text.read_text(encoding="utf-8")) if "://" in target}
    assert len(elsewhere) < 10  # counted, not fetched: each may be gone tomorrow


# --------------------------------------------------------------------- docstrings
def has_example(thing: Any) -> bool:
    return ">>> " in (inspect.getdoc(getattr(thing, "__func__", thing)) or "")  # of a class method: its function


@pytest.mark.parametrize("name", pplp.__all__)
def test_public_name_has_an_example(name: str) -> None:
    """Its docstring says what it is, and shows it; the doctests run it."""
    thing = getattr(pplp, name)
    assert thing.__doc__ and len(thing.__doc__.strip().splitlines()[0]) > 15
    assert ">>> " in thing.__doc__, f"pplp.{name} has no example"


def methods_of(kind: type) -> list[str]:
    """Public methods and properties that the package itself defines."""
    return [
        name
        for name, member in inspect.getmembers(kind)
        if not name.startswith("_")
        and (callable(member) or isinstance(member, property))
        and any(name in vars(base) for base in kind.__mro__ if base.__module__.startswith("pplp"))
    ]


@pytest.mark.parametrize("name", methods_of(pplp.LinearProgram))
def test_method_has_an_example(name: str) -> None:
    """So has every method and property of the facade."""
    assert has_example(inspect.getattr_static(pplp.LinearProgram, name)), f"LinearProgram.{name} has no example"


CLASSES = [getattr(pplp, name) for name in pplp.__all__ if inspect.isclass(getattr(pplp, name))]
CLASSES += [getattr(pplp.graphs, name) for name in pplp.graphs.__all__]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_member_is_described(kind: type) -> None:
    """No public method or property is without a sentence."""
    silent = [name for name in methods_of(kind) if len(inspect.getdoc(inspect.getattr_static(kind, name)) or "") < 10]
    assert not silent, f"{kind.__name__}: {silent}"


def test_everything_public_is_in_the_reference() -> None:
    """Each name once, and the package's docstring says where to go on."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in (DOCS / "reference").glob("*.md"))
    written = re.findall(r"^::: ([\w.]+)", text, re.M)
    wanted = {f"pplp.{name}" for name in pplp.__all__} | {f"pplp.graphs.{name}" for name in pplp.graphs.__all__}
    assert wanted <= set(written), wanted - set(written)
    assert len(written) == len(set(written))
    for name in ("LinearProgram", "pplp.graphs", "pplp.formats", "docs/"):
        assert name in (pplp.__doc__ or "")


def test_the_path_names_every_module() -> None:
    """The page on the path of the data says what each file and folder holds, and its drawing names existing ones."""
    text = (DOCS / "design" / "path.md").read_text(encoding="utf-8")
    files = {path.name for path in (ROOT / "pplp").glob("*.py") if not path.name.startswith("__")}
    folders = {f"{path.parent.name}/" for path in (ROOT / "pplp").glob("*/__init__.py")}
    missing = {name for name in files | folders if f"`{name}`" not in text}
    assert not missing, f"docs/design/path.md does not say what these hold: {missing}"
    named = set(re.findall(r"`(\w+\.py|\w+/)`", text))
    (drawing,) = [block.body for block in blocks_of(DOCS / "design" / "path.md") if block.language == "text"]
    named |= set(re.findall(r"\b\w+(?:/|\.py\b)", drawing))
    assert named <= files | folders, f"docs/design/path.md names what is not there: {named - files - folders}"
    assert {"core/", "form/", "engines/", "answers/", "program.py"} <= named


# --------------------------------------------------------------------- the site
def test_docstrings_become_markdown() -> None:
    """Examples become blocks of code, names become links, algebra stays as it is."""
    pytest.importorskip("griffe", reason="griffe, of the extra `docs`, is not installed")
    specification = importlib.util.spec_from_file_location("docstrings", DOCS / "hooks" / "docstrings.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    text = "See `dot`, `sos1`.\n\n>>> 1 + 1\n2\n\n    x >= `dot`"
    wanted = "See [`dot`][pplp.dot], `sos1`.\n\n```pycon\n>>> 1 + 1\n2\n```\n\n    x >= `dot`"
    assert module.rewritten(text, {"dot": "pplp.dot"}) == wanted


class Html(html.parser.HTMLParser):
    """The anchors of a page, the links in it, and what a browser would fetch for it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, Optional[str]]]) -> None:
        """Called for each tag."""
        known = {key: value or "" for key, value in attributes}
        self.anchors |= {known[key] for key in ("id", "name") if key in known}
        if tag == "a" and "href" in known:
            self.links.append(known["href"])
        elif "src" in known:
            self.fetched.append(known["src"])
        elif tag == "link" and known.get("rel") not in ("canonical", "next", "prev"):
            self.fetched.append(known.get("href", ""))


@pytest.mark.slow
def test_site(tmp_path: Path) -> None:
    """The site builds without a warning, has every public name, asks nobody else for anything, and no link is dead."""
    for package in ("mkdocs", "material", "mkdocstrings_handlers.python"):
        if importlib.util.find_spec(package.partition(".")[0]) is None:
            pytest.skip(f"{package} is not installed: the site is not built (the extra `docs` has it)")
    site = tmp_path / "site"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert not done.returncode, done.stderr
    assert "WARNING" not in done.stderr, done.stderr

    pages = {path: Html(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    assert len(pages) > len(PAGES)  # and 404.html
    for page in PAGES:
        for name in made_by(page) | drawn_beside(page):
            assert (site / page.relative_to(DOCS).parent / name).stat().st_size > 1000, name
    for notebook in DOCS.rglob("*.ipynb"):
        text = (site / notebook.relative_to(DOCS).with_suffix(".html")).read_text(encoding="utf-8")
        assert "data:image/svg+xml" in text and "$" not in re.sub(r"<(script|style).*?</\1>", "", text, flags=re.S)
    for path, page in pages.items():
        for target in page.fetched:
            assert not urlsplit(target).netloc, f"{path.name} fetches {target}"
        for target in page.links if path.name != "404.html" else ():
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            place = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            place = place / "index.html" if place.is_dir() else place
            assert place.exists(), f"{path.relative_to(site)} links to {target}"
            if parts.fragment and place in pages:
                anchors = pages[place].anchors | {"__top"}
                assert unquote(parts.fragment) in anchors, f"{path.relative_to(site)} links to {target}"
    for path in site.rglob("*.css"):
        for target in re.findall(r"url\(([^)]*)\)", path.read_text(encoding="utf-8")):
            assert not urlsplit(target.strip("\"'")).netloc, f"{path.name} fetches {target}"

    inventory = (site / "objects.inv").read_bytes().split(b"\n", 4)[4]
    named = {line.split()[0] for line in zlib.decompress(inventory).decode().splitlines()}
    wanted = {f"pplp.{name}" for name in pplp.__all__} | {f"pplp.graphs.{name}" for name in pplp.graphs.__all__}
    wanted |= {f"pplp.LinearProgram.{name}" for name in methods_of(pplp.LinearProgram)}
    assert wanted <= named, wanted - named
    text = (site / "reference" / "program.html").read_text(encoding="utf-8")
    assert "&gt;&gt;&gt; " in text and "<blockquote>" not in text  # examples are code, not quotations
