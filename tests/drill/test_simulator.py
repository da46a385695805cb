"""Ten thousand households reckoned twice, by the engine and by hand."""

from tests.eligibility.test_against_by_hand import test_random_households

__all__ = ["test_random_households"]
