"""What notebooks show of an object: `pplp.display.drawings` says how each type is drawn."""

from __future__ import annotations

from pplp.core import hooks

__all__ = ["Shown", "ShownAsPage"]


class ShownAsPage:
    """An object that notebooks show as HTML."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return hooks.html(self)


class Shown(ShownAsPage):
    """An object that notebooks show as HTML, and as LaTeX math."""

    __slots__ = ()

    def _repr_latex_(self) -> str:
        return hooks.latex(self)
