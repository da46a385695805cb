"""What the ledger refuses, in words for people."""

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem


class Refused(Exception):
    """The database would not take the journal; `words` is its own sentence, for the log and for tests."""


class Odd(Exception):
    """A line or a file of a bank that cannot be taken; `reason` is one of states.OddReason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Nowhere(Exception):
    """A provider says something about a payment that is not ours."""


def no_money(field: str = "amount") -> Problem:
    return Problem("no_money", _("There is not that much left in this fund."), field)


def not_for_this(field: str = "service") -> Problem:
    return Problem("purpose", _("This fund was not given for that."), field)
