"""Why a program has no optimum, proofs of it, and likely mistakes found before a solve."""

from typing import TYPE_CHECKING

from pplp.ground.former import successors

if TYPE_CHECKING:
    from pplp.diagnosis.explanation import Explanation
    from pplp.diagnosis.members import Member
    from pplp.diagnosis.repair import Repair

__all__ = ["Explanation", "Member", "Repair"]

if not TYPE_CHECKING:  # the public names are loaded on first use
    __getattr__ = successors(__name__)
