"""Is a basis singular by its pattern alone?  GLPK 5.0 aborts the process on some that are.

Its factorization takes away columns with one entry, and then rows with one entry, until none is left.  It takes for
granted that what remains, the nucleus, is not a single empty place ("Assertion failed: k1 < k2", sgf.c).
A basis found by the simplex method never is; one given from outside, or edited, can be.
"""

from __future__ import annotations

from collections.abc import Collection

from pplp.form.matrix_form import MatrixForm

__all__ = ["is_structurally_singular"]


def is_structurally_singular(form: MatrixForm, basic_columns: Collection[int], basic_rows: Collection[int]) -> bool:
    """Does taking away singletons come to an empty row or column of the basis matrix?"""
    wanted, done = set(basic_columns), set(basic_rows)  # the column of a basic row is a singleton
    rows: dict[int, set[int]] = {}
    columns: dict[int, set[int]] = {j: set() for j in wanted}
    for i in range(form.rows):
        if i not in done:
            rows[i] = wanted.intersection(form.indices[form.starts[i] : form.starts[i + 1]])
            for j in rows[i]:
                columns[j].add(i)
    return _peeled(columns, rows) or _peeled(rows, columns)


def _peeled(lines: dict[int, set[int]], across: dict[int, set[int]]) -> bool:
    """Take away the lines of one entry, with what crosses them there; is a line or crossing one left empty?"""
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
