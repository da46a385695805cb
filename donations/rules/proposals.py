"""Which unspent money could pay which need: proposed by urgency and by the age of the earmark (R65). Values in and out.

People decide: a proposal becomes a payment only by a request and a second person.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Lacking:
    """A need as the proposal sees it: what is missing, for which line of the plan, how urgent, since and until when."""

    key: str
    purpose: str
    missing_won: int
    urgent: bool
    since: date
    wanted_by: date | None = None


@dataclass(frozen=True)
class Waiting:
    """A fund with what is free in it; `oldest_on`: the day of its oldest won that was not spent."""

    fund_id: int
    purposes: tuple[str, ...]
    free_won: int
    oldest_on: date


@dataclass(frozen=True)
class Proposal:
    key: str
    fund_id: int
    won: int


def propose(needs: list[Lacking], funds: list[Waiting]) -> list[Proposal]:
    """The urgent ones first, then the nearest day, then those that wait longest; each from the narrowest fund that
    may pay it, the one whose money waits longest first. No won is proposed twice.
    """
    free = {fund.fund_id: fund.free_won for fund in funds}
    ordered = sorted(funds, key=lambda fund: (len(fund.purposes), fund.oldest_on, fund.fund_id))
    found = []
    for need in sorted(needs, key=lambda need: (not need.urgent, need.wanted_by or date.max, need.since, need.key)):
        missing = need.missing_won
        for fund in ordered:
            won = min(missing, free[fund.fund_id]) if need.purpose in fund.purposes else 0
            if won > 0:
                found.append(Proposal(need.key, fund.fund_id, won))
                free[fund.fund_id] -= won
                missing -= won
    return found
