"""Ten thousand households reckoned twice, by the engine and by hand, twenty more at each turning point."""

from tests.eligibility.test_against_by_hand import test_one_won_beside_each_turning_point, test_random_households

__all__ = ["test_one_won_beside_each_turning_point", "test_random_households"]
