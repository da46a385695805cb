"""What can go wrong, in words for people. Services raise these; the ui turns them into pages and forms."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Weight(StrEnum):
    BLOCKER = "blocker"
    NEEDS_APPROVAL = "needs_approval"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing a rule found: `words` is a (lazy) sentence for a person, `field` the form field it belongs to."""

    code: str
    words: Any
    field: str = ""
    weight: Weight = Weight.BLOCKER


class Impossible(Exception):
    """The change may not happen now; carries every problem found, so that a form can show them all at once."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


class NotFound(Exception):
    """There is nothing here for this viewer; missing and forbidden read alike.

    `subject` = (kind, what was asked for), so that the attempt can be shown to the organisation that owns the record.
    """

    def __init__(self, kind: str = "", asked: str = "") -> None:
        super().__init__(kind)
        self.kind, self.asked = kind, asked


class Forbidden(Exception):
    """The role does not include this permission; answered with the same page as NotFound."""


class Unauthenticated(Exception):
    """Nobody is logged in, or the affiliation has ended."""


class PasswordTold(Exception):
    """Logged in by a password that somebody else knows; the desk opens after its owner chose another."""


class SecondFactorMissing(Exception):
    """Logged in by password alone; the desk opens after a second factor was set up."""


class Stale(Exception):
    """Somebody else changed it since it was read; `version` is the one that stands now."""

    def __init__(self, version: int | str) -> None:
        super().__init__(f"version {version}")
        self.version = version


class TooMany(Exception):
    """A rate was exceeded; `retry_after` in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


def bad_phone(field: str = "phone") -> Problem:
    return Problem("bad_phone", _("This does not look like a telephone number."), field)


def required(field: str) -> Problem:
    return Problem("required", _("This is needed."), field)
