"""The tolerance that an answer has to satisfy."""

from __future__ import annotations

from pplp.engines.contract import Options
from pplp.form.matrix_form import MatrixForm
from pplp.form.verification import ROUNDING, TOLERANCE, is_small

__all__ = ["held_to"]

#: The tolerance of a program of at most this many coefficients; answers beyond it are refined.
_REFINED, _MEDIUM = 200_000, 1e-9
_DEFAULT = Options()


def held_to(options: Options, form: MatrixForm) -> float:
    """The tolerance of an answer: narrow if it could be repaired, unless the options ask for a wider one."""
    asked = 10 * max(float(options.feasibility_tolerance), float(options.optimality_tolerance))
    is_wide = asked > 10 * max(_DEFAULT.feasibility_tolerance, _DEFAULT.optimality_tolerance)
    if is_small(form) and not is_wide:
        return ROUNDING
    return max(_MEDIUM if form.nonzeros <= _REFINED and not is_wide else TOLERANCE, asked if is_wide else 0.0)
