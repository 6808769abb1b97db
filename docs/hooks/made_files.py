"""Run the code of a page and put the files it makes, such as pictures, beside the page: a hook of MkDocs.

    >>> lp.plot().figure.savefig("region.svg")      in the code of a page makes the file
    ![The region](region.svg)                       in its text shows it

So a picture always matches the code above it, and none is stored with the sources.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

_BLOCK = re.compile(r"^```pycon[^\n]*\n(.*?)^```", re.M | re.S)
_MADE = re.compile(r'\.(?:savefig|report)\("([\w-]+\.(?:svg|html))"')


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Called with all files of the site."""
    for page in list(files.documentation_pages()):
        text = Path(str(page.abs_src_path)).read_text(encoding="utf-8")
        for name, content in made(text, page.src_uri).items():
            folder = page.src_uri.rpartition("/")[0]
            uri = f"{folder}/{name}" if folder else name
            files.append(File.generated(config, uri, content=content))
    return files


def made(text: str, page: str) -> dict[str, bytes]:
    """The files that the code of a page makes, if any; the tests check what the code prints."""
    blocks = _BLOCK.findall(text)
    wanted = {name for block in blocks for name in _MADE.findall(block)}
    if not wanted:
        return {}
    names: dict[str, Any] = {"__name__": "__main__"}
    parser, before = doctest.DocTestParser(), os.getcwd()
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(io.StringIO()),
    ):
        os.chdir(folder)
        try:
            for example in (
                one for block in blocks for one in parser.get_examples(block)
            ):
                if not example.exc_msg:
                    exec(compile(example.source, page, "single"), names)
            return {name: Path(name).read_bytes() for name in wanted}
        finally:
            os.chdir(before)
