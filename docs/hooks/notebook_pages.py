"""Turn notebooks into pages: a hook of MkDocs that runs the cells and shows their output.

Text and printed lines go into the page unchanged, tables as HTML, pictures as inline SVG, and formulas as MathML, which
browsers render.  A cell that fails ends the build.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import re
from typing import Any

from mkdocs.structure.files import File, Files


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Called with all files of the site."""
    for file in [file for file in files if file.src_uri.endswith(".ipynb")]:
        files.remove(file)
        files.append(
            Notebook(file.src_uri, config.docs_dir, config.site_dir, False)
        )
    return files


class Notebook(File):
    """A notebook that is a page."""

    def is_documentation_page(self) -> bool:
        """True, as for a Markdown file."""
        return True

    @property
    def content_string(self) -> str:
        """The Markdown of the page."""
        with open(str(self.abs_src_path), encoding="utf-8") as file:
            return page_of(json.load(file)["cells"], self.name)


def page_of(cells: list[dict[str, Any]], name: str) -> str:
    """Run the cells; return their Markdown."""
    names: dict[str, Any] = {"__name__": "__main__"}
    parts = []
    for k, cell in enumerate(cells, 1):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(with_formulas(source))
        else:
            source = re.sub(r"^%.*\n", "", source, flags=re.M)
            shown = fence("python", source)
            parts += [shown, *answers(source, f"{name}, cell {k}", names)]
    return "\n\n".join(parts) + "\n"


def answers(source: str, name: str, names: dict[str, Any]) -> list[str]:
    """The output of a cell, and the value of its last line if that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    value = None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, name, "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval"), names)
    shown = [fence("text", printed.getvalue())] if printed.getvalue() else []
    return shown if value is None else [*shown, display(value)]


def display(value: Any) -> str:
    """The value as a notebook shows it."""
    if hasattr(value, "savefig"):
        return f'<p><img alt="Picture" src="data:image/svg+xml;base64,{picture(value)}"></p>'
    if hasattr(value, "_repr_html_"):
        return f'<div class="answer">{value._repr_html_()}</div>'
    return fence("text", repr(value))


def picture(figure: Any) -> str:
    """The SVG of a figure, the same in every build."""
    import matplotlib

    file = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "pplp"}):
        figure.savefig(file, format="svg", metadata={"Date": None})
    return base64.b64encode(file.getvalue()).decode()


def fence(language: str, text: str) -> str:
    """A fenced block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


def with_formulas(text: str) -> str:
    """The Markdown with its formulas, `$...$` and `$$...$$`, as MathML."""
    from latex2mathml.converter import convert

    def block(match: re.Match[str]) -> str:
        formula = convert(match[1], display="block")
        return f'\n<div class="formula">{formula}</div>\n'

    def inline(match: re.Match[str]) -> str:
        return f"<span>{convert(match[1])}</span>"

    text = re.sub(r"\$\$(.+?)\$\$", block, text, flags=re.S)
    return re.sub(r"\$([^$\n]+)\$", inline, text)
