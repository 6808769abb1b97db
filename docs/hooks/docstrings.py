"""Turn docstrings into pages: an extension of Griffe, which reads them for the reference.

Docstrings are written for a terminal.  Three things change on the page:

    >>> ...          examples become blocks of code, with colors and a button to copy them
    `Name.member`    becomes a link, where it is a public name of the package
    #: text          a comment before an attribute becomes its docstring
"""

from __future__ import annotations

import re
from typing import Any

import griffe

#: Methods that docstrings everywhere call by their bare names.
_METHODS = ("add_constraint", "explain", "lint", "maximize", "minimize", "solve")
_NAME = re.compile(r"(?<![`\w\[])`(?:pplp\.)?([A-Za-z_]\w*(?:\.\w+)*)`(?![`\]])")


class Docstrings(griffe.Extension):
    """Rewrites every docstring once the whole package has been read."""

    def on_package(self, *, pkg: Any, **_: Any) -> None:
        """Called with the package and all its members."""
        _take_comments(pkg)
        _rewrite(pkg, dict(_public(pkg)))


def _public(package: Any) -> list[tuple[str, str]]:
    """(name in docstrings, path in the reference) of every public class, function, and member."""
    found = []
    for module in (package, package["graphs"]):
        for name in module.exports or ():
            path = f"{module.path}.{name}"
            found.append((name, path))
            target = module[str(name)]
            target = target.final_target if target.is_alias else target
            for member, it in target.all_members.items() if target.is_class else ():
                if not member.startswith("_") and (
                    it.docstring is not None or name == "Status"
                ):
                    found.append((f"{name}.{member}", f"{path}.{member}"))
                    if it.is_alias:  # inherited: docstrings of the base class use that class's name
                        base = it.final_target.parent.name
                        found.append((f"{base}.{member}", f"{path}.{member}"))
    found += [(name, f"pplp.LinearProgram.{name}") for name in _METHODS]
    for path in (
        "solver.Engine",
        "solver.register_engine",
        "solution.Outcome",
        "solution.ReadNumbers",
    ):
        found += [(path, f"pplp.{path}"), (path.partition(".")[2], f"pplp.{path}")]
    for name in package["formats"].exports or ():
        found.append((f"formats.{name}", f"pplp.formats.{name}"))
    return found


def _take_comments(thing: Any) -> None:
    for member in thing.members.values():
        if not member.is_alias:
            if member.is_attribute and member.docstring is None:
                _take_comment(member)
            _take_comments(member)


def _rewrite(thing: Any, known: dict[str, str]) -> None:
    for member in thing.members.values():
        if not member.is_alias:
            _rewrite(member, known)
    if thing.docstring is not None:
        own = thing if thing.is_class else thing.parent
        own_name = own.name if own is not None and own.is_class else ""
        thing.docstring.value = rewritten(thing.docstring.value, known, own_name)


def _take_comment(attribute: Any) -> None:
    """Make the comment ``#: ...`` before an attribute its docstring."""
    if attribute.lineno is None:  # of a compiled module
        return
    lines = attribute.lines_collection[attribute.filepath]
    first = k = attribute.lineno - 1
    while k and lines[k - 1].strip().startswith("#:"):
        k -= 1
    if k < first:
        text = "\n".join(line.strip()[2:].strip() for line in lines[k:first])
        attribute.docstring = griffe.Docstring(text, parent=attribute, lineno=k + 1)


def rewritten(text: str, known: dict[str, str], own: str = "") -> str:
    """The Markdown of a docstring."""

    def linked(match: re.Match[str]) -> str:
        name = match[1]
        path = known.get(f"{own}.{name}") or known.get(name)
        return f"[`{name}`][{path}]" if path and name != own else match[0]

    lines: list[str] = []
    in_example = False
    for line in text.splitlines():
        if not in_example and line.startswith(">>>"):
            in_example = True
            lines += ["", "```pycon"]
        elif in_example and not line.strip():
            in_example = False
            lines += ["```"]
        indented = line.startswith("    ")
        line = (
            line
            if in_example or indented
            else _NAME.sub(linked, line).replace("``", "`")
        )
        lines.append(line)
    if in_example:
        lines.append("```")
    return (
        "\n".join(lines)
        .replace("\n\n\n```pycon", "\n\n```pycon")
        .replace("```\n\n```pycon\n", "\n")
    )
