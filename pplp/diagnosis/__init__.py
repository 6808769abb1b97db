"""Why a program has no optimum, the proof of it, and what looks wrong before it is solved."""

from typing import TYPE_CHECKING

from pplp.ground.former import successors

if TYPE_CHECKING:
    from pplp.diagnosis.explanation import Explanation
    from pplp.diagnosis.members import Member
    from pplp.diagnosis.repair import Repair

__all__ = ["Explanation", "Member", "Repair"]

if not TYPE_CHECKING:  # they are loaded when they are asked for
    __getattr__ = successors(__name__)
