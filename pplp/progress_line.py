"""A live line of progress in a terminal or notebook: the only import of tqdm."""

from __future__ import annotations

from typing import Any

from pplp.errors import OptionError
from pplp.solver import Progress

__all__ = ["ProgressLine"]


class ProgressLine:
    """While open, shows each event that it is called with in place of the one before."""

    def __init__(self) -> None:
        try:
            from tqdm.auto import tqdm
        except ImportError as error:
            raise OptionError(
                'progress=True needs the package tqdm. Install it with: python -m pip install "pplp[progress]", '
                "or give a callable that takes a Progress."
            ) from error
        # In a notebook tqdm draws a widget; elsewhere a line on standard error.
        self._bar: Any = tqdm(bar_format="{desc} [{elapsed}]", leave=True)

    def __enter__(self) -> ProgressLine:
        return self

    def __call__(self, event: Progress) -> None:
        """Show an event."""
        self._bar.set_description_str(text(event))

    def __exit__(self, *_: object) -> None:
        self._bar.close()


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
