"""The books in a few words, for the tests of giving."""

from collections.abc import Iterator
from contextlib import contextmanager

from donations.facts import NewGift, Posted
from donations.models import Fund, Gift
from donations.services import ledger
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from tests.cast import NOW

TODAY = NOW.date()
GIVING = system(Principal.GIVING)


@contextmanager
def giving() -> Iterator[Viewer]:
    """The principal that moves gifts."""
    with acting_as(GIVING) as viewer:
        yield viewer


def fund(code: str = "east:cause:living") -> Fund:
    return Fund.objects.get(code=code)


def given(key: str, won: int, code: str = "east:cause:living", *, into: str = "bank", source: str = "once") -> Gift:
    """One gift in the books, in the dedicated account unless `into` says clearing."""
    with giving() as viewer:
        rows = [NewGift(fund(code).pk, won, source, TODAY)]
        posted = ledger.receive(by=viewer, key=key, gifts=rows, booked_on=TODAY, into=into)
        return Gift.objects.get(journal_id=posted.id)


def paid(key: str, won: int, code: str = "east:cause:living", chart: str = "living") -> Posted:
    with giving() as viewer:
        return ledger.spend(by=viewer, key=key, fund_id=fund(code).pk, chart=chart, won=won, booked_on=TODAY)


def left(gift: Gift) -> int:
    with giving():
        return Gift.objects.get(pk=gift.pk).remaining_won
