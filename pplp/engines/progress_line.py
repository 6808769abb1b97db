"""A live progress line in a terminal or notebook: the only module that imports tqdm."""

from __future__ import annotations

from typing import Any, Optional, TypeVar

from pplp.engines.progress import Progress
from pplp.errors import ExtraMissing
from pplp.ground.loading import whole_import

__all__ = ["CountLine", "ProgressLine"]

_L = TypeVar("_L", bound="_Line")


class _Line:
    """A tqdm bar while it is open: a widget in a notebook, elsewhere a line on standard error."""

    def __init__(self, **how: Any) -> None:
        try:
            with whole_import():
                from tqdm.auto import tqdm
        except ImportError as error:
            raise ExtraMissing(
                'progress=True needs the package tqdm. Install it with: python -m pip install "pplp[progress]", '
                "or pass a callable."
            ) from error
        self._bar: Any = tqdm(leave=True, **how)

    def __enter__(self: _L) -> _L:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()


class CountLine(_Line):
    """While open, shows how many are done."""

    def __init__(self, total: Optional[int]) -> None:
        super().__init__(total=total, unit="program")

    def __call__(self, done: int, total: Optional[int]) -> None:
        """Show how many."""
        self._bar.update(done - self._bar.n)


class ProgressLine(_Line):
    """While open, shows each event that it is called with in place of the one before."""

    def __init__(self) -> None:
        super().__init__(bar_format="{desc} [{elapsed}]")

    def __call__(self, event: Progress) -> None:
        """Show an event."""
        self._bar.set_description_str(text(event))


def text(event: Progress) -> str:
    """An event in one line.

    >>> text(Progress("branch and cut", 2.0, incumbent=12.0, bound=12.6, nodes=310))
    'branch and cut: 310 nodes, incumbent 12, bound 12.6, gap 5.00%'
    """
    parts = [f"{event.nodes:,} nodes"] if event.phase == "branch and cut" else [f"{event.iterations:,} iterations"]
    for name in ("objective", "infeasibility", "incumbent", "bound"):
        value = getattr(event, name)
        if value is not None:
            parts.append(f"{name} {value:.8g}")
    if event.gap is not None:
        parts.append(f"gap {event.gap:.2%}")
    return f"{event.phase}: {', '.join(parts)}"
