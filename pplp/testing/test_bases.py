"""The basis of an optimum: its letters, a start from it, and its tableau."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import Any, Union

import pytest

from pplp.engines.contract import Engine, Options
from pplp.testing.model import Column, Model, Row, between, eq, ge, le, maximize, minimize
from pplp.testing.proof import check_optimal
from pplp.testing.test_optimal import CASES

NAMES = [name for name, (model, _) in CASES.items() if model.columns and len(model.rows) + len(model.columns) < 30]


def rank(vectors: list[list[Fraction]]) -> int:
    """The number of independent vectors."""
    found, left = 0, [row[:] for row in vectors]
    for k in range(len(left[0]) if left else 0):
        pivot = next((i for i in range(found, len(left)) if left[i][k]), None)
        if pivot is None:
            continue
        left[found], left[pivot] = left[pivot], left[found]
        for i in range(found + 1, len(left)):
            factor = left[i][k] / left[found][k]
            left[i] = [a - factor * b for a, b in zip(left[i], left[found])]
        found += 1
    return found


@pytest.mark.parametrize("name", NAMES)
def test_basis(engine: Engine, name: str) -> None:
    """As many are basic as there are rows; they are independent; the others are at the bound of their letter."""
    model = CASES[name][0]
    m, n = len(model.rows), len(model.columns)
    engine.load(model.form())
    outcome = engine.solve(Options(method="primal"))
    basis = engine.basis()
    assert outcome.numbers is not None and basis is not None
    columns, rows = basis
    assert (len(columns), len(rows)) == (n, m)
    assert set(columns + rows) <= set("BLUFE") and (columns + rows).count("B") == m
    vectors = [[Fraction(row.terms.get(j, 0.0)) for row in model.rows] for j in range(n) if columns[j] == "B"]
    vectors += [[Fraction(int(i == k)) for i in range(m)] for k in range(m) if rows[k] == "B"]
    assert rank(vectors) == m
    values = list(outcome.numbers.primal())
    activities = [sum(a * values[j] for j, a in row.terms.items()) for row in model.rows]
    both: list[Union[Column, Row]] = [*model.columns, *model.rows]
    for letter, value, thing in zip(columns + rows, values + activities, both):
        size = 1e-6 * max(1.0, abs(value))
        if letter == "L":
            assert thing.lower < thing.upper and abs(value - thing.lower) <= size
        elif letter == "U":
            assert thing.lower < thing.upper and abs(value - thing.upper) <= size
        elif letter == "E":
            assert thing.lower == thing.upper
        elif letter == "F":
            assert (thing.lower, thing.upper) == (-inf, inf)


@pytest.mark.parametrize("name", NAMES)
def test_start_from_the_basis(engine: Engine, name: str) -> None:
    """A start from the optimal basis takes no iteration."""
    model, objective = CASES[name]
    engine.load(model.form())
    engine.solve(Options())
    basis = engine.basis()
    assert basis is not None
    engine.load(model.form())
    engine.start_from(*basis)
    outcome = engine.solve(Options(method="primal"))
    check_optimal(model, outcome, objective)
    assert outcome.iterations == 0


@pytest.mark.parametrize(
    "basis",
    [
        ("BB", "LU"),
        ("BBB", "LL"),
        ("LLL", "BB"),
        ("UUU", "BB"),
        ("BLL", "LB"),
        ("LBL", "BL"),
        ("BBB", "BB"),
        ("LLL", "LL"),
    ],
    ids=" ".join,
)
def test_start_from_any_letters(engine: Engine, basis: tuple[str, str]) -> None:
    """The answer does not depend on the start basis, which may be suboptimal, infeasible, singular, or not a basis."""
    model = maximize([1, 2, 3], le([1, 1, 1], 4), between(1, [1, 1, 1], 9), upper=3)
    engine.load(model.form())
    engine.start_from(*basis)
    check_optimal(model, engine.solve(Options()), 11)


#: Programs with a small tableau.
TABLEAUX: dict[str, Model] = {
    "Wyndor": maximize([3, 5], le([1], 4), le([0, 2], 12), le([3, 2], 18)),
    "an equation and a range": minimize([1, 2, 3], eq([1, 1, 1], 4), between(-1, [1, -1, 2], 6), upper=3),
    "free columns": minimize([1, 1], ge([1, 2], 3), ge([2, 1], 3), lower=-inf),
    "scaled": maximize([1, 1], le([1e4, 2e4], 4e4), le([3e-4, 1e-4], 6e-4)),
    "more columns than rows": maximize([3, 1, 4, 1, 5], le([2, 7, 1, 8, 2], 9), upper=2),
    "no rows": maximize([3, -1], upper=2),
}


@pytest.mark.parametrize("name", TABLEAUX)
def test_tableau(engine: Engine, name: str) -> None:
    """Each column of the tableau keeps the rows' equations: row - sum of coefficient * column = 0."""
    model = TABLEAUX[name]
    m = len(model.rows)
    engine.load(model.form())
    check_optimal(model, engine.solve(Options()))
    basis = engine.basis()
    assert basis is not None
    letters = basis[1] + basis[0]
    seen: list[int] = []

    def take(k: int, basics: Any, factors: Any) -> None:
        seen.append(k)
        assert letters[k] != "B" and all(letters[b] == "B" for b in basics)
        step = {k: 1.0, **dict(zip(basics, factors))}
        assert len(step) == len(basics) + 1
        for i, row in enumerate(model.rows):
            products = [a * step.get(m + j, 0.0) for j, a in row.terms.items()]
            size = max([1.0, *map(abs, products)])
            assert step.get(i, 0.0) == pytest.approx(sum(products), abs=1e-9 * size)

    engine.tableau(take)
    assert sorted(seen) == [k for k, letter in enumerate(letters) if letter != "B"]
