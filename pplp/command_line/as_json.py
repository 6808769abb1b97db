"""Explanations and findings as JSON, for scripts that read the output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pplp.command_line.terms import in_terms
from pplp.core.expressions import Variable

if TYPE_CHECKING:
    from pplp.diagnosis.certificates import Handle
    from pplp.diagnosis.explanation import Explanation
    from pplp.diagnosis.lint import Finding

__all__ = ["explanation_as_json", "finding_as_json", "thing_as_json"]


def explanation_as_json(why: Explanation) -> dict[str, Any]:
    """An explanation as JSON; an infinite number is None."""
    return {
        "kind": why.kind,
        "conflict": [
            {**thing_as_json(member.of), "side": member.side, "bound": member.bound} for member in why.conflict
        ],
        "irreducible": why.is_irreducible,
        "repairs": [
            {
                **thing_as_json(repair.of),
                "side": repair.side,
                "bound": repair.bound,
                "to": repair.to,
                "change": repair.change,
            }
            for repair in why.repairs
        ],
        "total_change": why.total_change,
        "note": in_terms(why.repair_note),
        "ray": None if why.ray is None else {x.name: step for x, step in why.ray.items()},
        "slope": None if why.ray is None else why.ray.slope,
        "missing": [{"variable": x.name, "side": side} for x, side in why.missing],
    }


def thing_as_json(handle: Handle) -> dict[str, str]:
    """The variable or constraint that a finding is about."""
    return {"variable" if isinstance(handle, Variable) else "constraint": handle.name}


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """A finding as JSON."""
    return {
        "severity": finding.severity,
        "code": finding.code,
        "message": in_terms(finding.message),
        "remedy": in_terms(finding.remedy),
        "things": [thing_as_json(thing) for thing in finding.things],
    }
