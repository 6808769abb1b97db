"""The clock of a solve by GLPK, which also reads the progress in GLPK's log.

A run of GLPK's simplex cannot be stopped from inside; an abandoned solve ends with its current slice.
"""

from __future__ import annotations

import re

from pplp.engines.clock import Clock as AnyClock
from pplp.engines.glpk.log import captured_output
from pplp.engines.progress import Progress
from pplp.form.verification import TOLERANCE

__all__ = ["TOLERANCE", "Clock"]

#: "*  1788: obj =   7.119093338e+03 inf =   0.000e+00 (0) 7", and the interior point's
#: " 13: obj =  -7.118994469e+03; rpi =  3.3e-07; rdi =  3.7e-07; gap =  4.8e-05".
_LINE = r"[ *#]\s*(\d+): obj =\s*(\S+?);? (?:inf|rpi) =\s*([^\s;]+)"


class Clock(AnyClock):
    """The clock, with GLPK's log as a source of progress."""

    def listening(self) -> captured_output:
        """While open, GLPK's log goes to `log`."""
        return captured_output(self.log if self.has_listeners else None)

    def log(self, line: str) -> None:
        """Take a line of GLPK's log, and report the progress in it."""
        super().log(line)
        found = re.match(_LINE, line)
        if found and self.phase != "branch and cut":
            iterations, objective, infeasibility = int(found[1]) + self.shift, float(found[2]), float(found[3])
            if self.phase == "interior point":
                self.iterations = iterations
            self.report(lambda: Progress(self.phase, self.seconds, iterations, objective, infeasibility))
