"""The deletion filter: reduces a conflict to an irreducible one (an IIS)."""

from __future__ import annotations

from contextlib import closing

from pplp.diagnosis.subsystem import Subsystem
from pplp.diagnosis.system import INTEGRALITY, Element, System
from pplp.form.matrix_form import MatrixForm

__all__ = ["irreducible"]

#: Ranks are computed modulo this prime.
_PRIME = 2**61 - 1


def irreducible(system: System, elements: list[Element], in_blocks: bool = False) -> tuple[list[Element], bool]:
    """(a reduced conflict, True if it is proved irreducible).

    The deletion filter leaves out each element in turn, and drops it for good if the others are still infeasible.
    `in_blocks` has it start with large blocks of elements, and halve them after each pass.
    """
    rows = system.form.rows
    # What is tried first is the most likely to be dropped: integrality, then rows, the longest first, then bounds.
    order = sorted(
        elements,
        key=lambda e: (
            (0, 0, e) if e[1] == INTEGRALITY else (1, -len(system.form.row(e[0])[0]), e) if e[0] < rows else (2, 0, e)
        ),
    )
    if _is_minimal(system, elements):
        return elements, True
    kept, certain = list(order), True
    dropped: set[Element] = set()
    with closing(Subsystem(system, elements)) as part:
        size = max(1, len(order) // 2) if in_blocks else 1
        while kept:
            place, certain = 0, True
            while place < len(kept):
                block = kept[place : place + size]
                if not system.seconds_left():
                    return kept, False
                answer = part.is_infeasible_without(dropped | set(block))
                if answer:
                    dropped |= set(block)
                    del kept[place : place + size]
                    orphans = _unused_bounds(system.form, kept)
                    dropped |= orphans
                    place -= sum(1 for e in kept[:place] if e in orphans)
                    kept = [e for e in kept if e not in orphans]
                else:
                    certain = certain and answer is False
                    place += len(block)
            if size == 1:
                break
            size = max(1, min(size // 2, len(kept) // 2))
    return kept, certain


def _is_minimal(system: System, elements: list[Element]) -> bool:
    """True if only one combination of the rows, up to scale, cancels all variables, and it uses all rows and bounds.

    Then that combination is the only proof of infeasibility, and the conflict is irreducible (Gleeson and Ryan).
    Computing modulo a prime may miss such a case, but never reports a false one.
    """
    form, rows = system.form, sorted({k for k, _ in elements if k < system.form.rows})
    bounded = {k - form.rows for k, _ in elements if k >= form.rows}
    if any(side == INTEGRALITY for _, side in elements) or len(rows) + len(bounded) != len(elements) or not rows:
        return False
    # A bound in the conflict cancels its variable, so the rows' combination must leave it a nonzero coefficient.
    equations: dict[int, dict[int, int]] = {}
    for unknown, i in enumerate(rows):
        for j, a in zip(*form.row(i)):
            top, bottom = a.as_integer_ratio()
            equations.setdefault(j, {})[unknown] = top % _PRIME * pow(bottom, -1, _PRIME) % _PRIME
    solved: list[tuple[int, dict[int, int]]] = []  # (unknown multiplier, its coefficients in terms of the others)
    for j in sorted(equations.keys() - bounded, key=lambda j: len(equations[j])):
        equation = dict(equations[j])
        for unknown, others in solved:
            share = equation.pop(unknown, 0)
            if share:
                for other, a in others.items():
                    equation[other] = (equation.get(other, 0) + share * a) % _PRIME
        equation = {unknown: a for unknown, a in equation.items() if a}
        if equation:
            unknown = next(iter(equation))
            share = -pow(equation.pop(unknown), -1, _PRIME)
            solved.append((unknown, {other: share * a % _PRIME for other, a in equation.items()}))
            if not system.seconds_left():
                return False
    if len(solved) != len(rows) - 1:
        return False
    multipliers = {({*range(len(rows))} - {unknown for unknown, _ in solved}).pop(): 1}
    for unknown, others in reversed(solved):
        multipliers[unknown] = sum(a * multipliers[other] for other, a in others.items()) % _PRIME
    return all(multipliers.values()) and all(
        sum(a * multipliers[unknown] for unknown, a in equations.get(j, {}).items()) % _PRIME for j in bounded
    )


def _unused_bounds(form: MatrixForm, kept: list[Element]) -> set[Element]:
    """Bounds and integrality of variables in no remaining row; none if no row remains: then the bounds conflict."""
    if not any(k < form.rows for k, _ in kept):
        return set()
    used = {form.rows + j for i in {k for k, _ in kept if k < form.rows} for j in form.row(i)[0]}
    return {(k, side) for k, side in kept if k >= form.rows and k not in used}
