"""The changelog keeps its form, and says of which version it is the last word."""

from __future__ import annotations

import datetime
import functools
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import pplp

ROOT = Path(__file__).parents[2]
KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
#: A version, as semver.org has it: three numbers without zeros before them, and what comes before a release.
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?")


def releases(text: str) -> list[tuple[str, str, dict[str, list[str]]]]:
    """(version or "Unreleased", date, kind -> lines), in their order; raises ValueError where the form is not kept."""
    found: list[tuple[str, str, dict[str, list[str]]]] = []
    for line in text.splitlines():
        if line.startswith("## "):
            match = re.fullmatch(r"## (?:\[Unreleased\]|\[([^]]+)\] - (\d{4}-\d{2}-\d{2}))", line)
            if match is None:
                raise ValueError(f"{line!r} is neither '## [Unreleased]' nor '## [1.2.3] - 2011-12-13'")
            found.append((match[1] or "Unreleased", match[2] or "", {}))
        elif line.startswith("### "):
            if line[4:] not in KINDS or not found or line[4:] in found[-1][2]:
                raise ValueError(f"{line!r} is no kind of change, or stands twice or in no version")
            found[-1][2][line[4:]] = []
        elif line.startswith("- "):
            list(found[-1][2].values())[-1].append(line[2:])
    return found


def check(text: str, version: str) -> None:
    """Raises ValueError for what is wrong with a changelog in a program of this version."""
    known = releases(text)
    if not known:
        raise ValueError("no version")
    for name, _, kinds in known:
        if not kinds or not all(kinds.values()):
            raise ValueError(f"{name} has no lines, or a heading without")
    unreleased = known[0][0] == "Unreleased"
    released = known[1:] if unreleased else known
    numbers, dates = [], []
    for name, date, _ in released:
        if not VERSION.fullmatch(name):
            raise ValueError(f"{name} is no semantic version")
        numbers.append(tuple(map(int, name.partition("-")[0].split("."))))
        dates.append(datetime.date.fromisoformat(date))
    if numbers != sorted(numbers, reverse=True) or dates != sorted(dates, reverse=True):
        raise ValueError("the newest version does not stand first")
    if not unreleased and released[0][0] != version:
        raise ValueError(f"the package is {version}, the newest version here {released[0][0]}")
    if unreleased and numbers and tuple(map(int, version.partition("-")[0].split("."))) < numbers[0]:
        raise ValueError(f"the package is {version}, older than {released[0][0]}, which is released")


def test_the_version_is_semantic():
    """And has one source, which the metadata is read from."""
    assert VERSION.fullmatch(pplp.__version__)
    assert 'version = { attr = "pplp.__version__" }' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_changelog():
    """In the form of Keep a Changelog, and up with the package."""
    check((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), pplp.__version__)


NEW = "## [Unreleased]\n\n### Fixed\n\n- A.\n"
ONE = "## [1.0.0] - 2026-05-01\n\n### Added\n\n- B.\n- C.\n"
OLD = "## [0.9.0] - 2026-02-01\n\n### Added\n\n- D.\n"


def test_what_is_right():
    """Released, or on the way."""
    check(ONE + OLD, "1.0.0")
    check(NEW + ONE + OLD, "1.0.0")
    check(NEW + ONE + OLD, "1.1.0")
    check(NEW, "0.1.0")
    assert releases(ONE) == [("1.0.0", "2026-05-01", {"Added": ["B.", "C."]})]


@pytest.mark.parametrize(
    ("text", "version", "complaint"),
    [
        ("", "1.0.0", "no version"),
        (ONE, "1.1.0", "package is 1.1.0"),
        (NEW + ONE, "0.9.0", "older than 1.0.0"),
        (OLD + ONE, "0.9.0", "newest"),
        (ONE + NEW, "1.0.0", "semantic"),
        (NEW.replace("- A.\n", "") + ONE, "1.0.0", "no lines"),
        (ONE.replace("Added", "News"), "1.0.0", "no kind"),
        (ONE.replace("2026-05-01", "2026-13-01"), "1.0.0", "month|isoformat"),
        (ONE.replace(" - 2026-05-01", ""), "1.0.0", "neither"),
        (ONE.replace("1.0.0", "1.0"), "1.0", "semantic"),
    ],
    ids=lambda value: None if "\n" in value else value,
)
def test_what_is_wrong(text, version, complaint):
    with pytest.raises(ValueError, match=complaint):
        check(text, version)


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
@pytest.mark.parametrize(
    ("files", "message", "code"),
    [
        (["pplp/diagnosis/lint.py"], "Lint finds more", 1),
        (["pplp/diagnosis/lint.py", "CHANGELOG.md"], "Lint finds more", 0),
        (["pplp/diagnosis/lint.py"], "Words\n\nChangelog: none", 0),
        (["tests/pplp/diagnosis/lint.py"], "A test", 0),
    ],
)
def test_a_commit_that_a_user_notices_has_its_line(files, message, code, tmp_path):
    """The hook of pre-commit that looks at the commit's message."""
    # Where the tests run as a hook themselves, git's own variables speak of the repository around.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    run = functools.partial(subprocess.run, cwd=tmp_path, env=alone, capture_output=True, text=True)
    run(["git", "init", "-q"], check=True)
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "message").write_text(message)
    run(["git", "add", *files], check=True)
    hook = run(["sh", ROOT / ".ci/changelog", "message"])
    assert (hook.returncode, "Changelog: none" in hook.stdout) == (code, code == 1)
