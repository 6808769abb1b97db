"""Structurally singular bases: GLPK 5.0 aborts the process when it factorizes some of them.

Its factorization removes columns with a single entry, then rows with a single entry, until there are none.  It assumes
that the rest is empty or has a nonzero ("Assertion failed: k1 < k2", sgf.c).  A basis that the simplex method found is
never structurally singular; a start basis of the user's, or one left by edits, can be.
"""

from __future__ import annotations

from collections.abc import Collection

from pplp.form.matrix_form import MatrixForm

__all__ = ["is_structurally_singular"]


def is_structurally_singular(form: MatrixForm, basic_columns: Collection[int], basic_rows: Collection[int]) -> bool:
    """True if the removal of singletons leaves an empty row or column of the basis matrix."""
    wanted, done = set(basic_columns), set(basic_rows)  # the column of a basic row has one entry, so it is removed
    rows: dict[int, set[int]] = {}
    columns: dict[int, set[int]] = {j: set() for j in wanted}
    for i in range(form.rows):
        if i not in done:
            rows[i] = wanted.intersection(form.indices[form.starts[i] : form.starts[i + 1]])
            for j in rows[i]:
                columns[j].add(i)
    return _has_empty_line(columns, rows) or _has_empty_line(rows, columns)


def _has_empty_line(lines: dict[int, set[int]], across: dict[int, set[int]]) -> bool:
    """Remove every line with one entry, and the line that crosses it there; True if that leaves an empty line."""
    single = [k for k, entries in lines.items() if len(entries) < 2]
    while single:
        k = single.pop()
        entries = lines.pop(k)
        if not entries:
            return True
        (crossing,) = entries
        for other in across.pop(crossing):
            if other != k:
                lines[other].discard(crossing)
                if len(lines[other]) == 1:
                    single.append(other)
                elif not lines[other]:
                    return True
    return not all(across.values())
