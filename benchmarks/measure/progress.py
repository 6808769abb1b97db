"""Where a long benchmark is: a bar by tqdm where that is installed, a plain line where it is not."""

from __future__ import annotations

import shutil
import sys
from typing import Any, Optional

from benchmarks.measure.measurement import clock

__all__ = ["ProgressBar"]


class ProgressBar:
    """A bar of steps on standard error; its methods are the `listen` of `measurement.run`, and `step`."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._done = 0
        self._start = self._since = clock()
        self._title = ""
        self._phase = ""
        self._known = ""
        self._bar: Any = None
        self._plain = not sys.stderr.isatty()
        if not self._plain:
            try:
                from tqdm import tqdm
            except ImportError:
                pass
            else:
                shape = "{bar:20} {n_fmt}/{total_fmt} {elapsed} {desc}"
                # Some terminals say that their size is 0 by 0, and then tqdm shows nothing.
                columns, lines = shutil.get_terminal_size((100, 24))
                self._bar = tqdm(total=steps, bar_format=shape, ncols=columns, nrows=lines, leave=False)

    def step(self, title: str) -> None:
        """Begin the next step; what was before it is done."""
        if self._title:
            self._done += 1
            if self._bar is not None:
                self._bar.update()
        self._title = title
        self.listen("")

    def listen(self, phase: Optional[str], known: Optional[dict[str, Any]] = None) -> None:
        """A phase begins or goes on; with None only time has passed."""
        if phase is not None:
            if phase != self._phase:
                self._phase, self._since = phase, clock()
                if self._plain and phase:
                    sys.stderr.write(f"[{clock() - self._start:6.1f} s] {self._title}: {phase}\n")
            self._known = "".join(f", {name} {value:,.6g}" for name, value in (known or {}).items())
        if not self._plain:
            self._show(f"{self._title}: {self._phase or 'starting'} {clock() - self._since:.0f} s{self._known}")

    def _show(self, text: str) -> None:
        if self._bar is not None:
            self._bar.set_description_str(text[:80])
        else:
            sys.stderr.write(f"\r{self._done}/{self._steps} {text}"[:100].ljust(100))
            sys.stderr.flush()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
        elif not self._plain:
            sys.stderr.write("\r" + " " * 100 + "\r")

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
