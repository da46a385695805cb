"""A hundred thousand random steps through the books; fixed seeds, resumable seed by seed, a failing seed is printed."""

import os

import pytest

from tests.donations.walk_of_books import Walk

SEEDS = range(20)
STEPS = int(os.environ.get("HOPECARE_LEDGER_STEPS") or 5_000)


@pytest.mark.rule("R73")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", SEEDS)
def test_five_thousand_steps_of_twenty_seeds(seed: int, city: object) -> None:
    Walk(seed=seed).run(STEPS)
