"""Random labelled models against plain dictionaries; ``python -m tests.support.labelled_models 20000`` runs more."""

from __future__ import annotations

import pytest

for package in ("numpy", "pandas", "polars"):
    pytest.importorskip(package)


@pytest.mark.heavy
@pytest.mark.parametrize("part", range(8))
def test_models(part):
    """Labels of every kind, of both packages and of dictionaries, through random operations: exactly as expected."""
    from tests.support.labelled_models import run

    for seed in range(250 * part, 250 * (part + 1)):
        try:
            run(seed)
        except Exception as error:
            raise AssertionError(f"python -c 'from tests.support.labelled_models import run; run({seed})'") from error
