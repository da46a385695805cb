"""10,000 call-backs of payments, delayed, doubled, shuffled and forged, leave the books where the companies stand."""

from tests.donations.conftest import ordered
from tests.donations.test_call_backs import (
    box,
    company,
    quiet,
    test_whatever_call_backs_do_on_their_way_the_books_end_where_the_companies_stand,
)

__all__ = [
    "box",
    "company",
    "ordered",
    "quiet",
    "test_whatever_call_backs_do_on_their_way_the_books_end_where_the_companies_stand",
]
