"""10,000 replayed, reordered, duplicated, late and garbage messages leave a state equal to the oracle's."""

from tests.volunteers.conftest import helper, street
from tests.volunteers.test_hostile import test_whatever_comes_in_the_state_is_the_oracles

__all__ = ["helper", "street", "test_whatever_comes_in_the_state_is_the_oracles"]
