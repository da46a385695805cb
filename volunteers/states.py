"""States of volunteers, requests and offers, and who may move them on. Django-free.

An offer: proposed (ranked, nobody asked yet) → offered → accepted | declined | expired | withdrawn;
accepted (yes said, a second person is still awaited) → scheduled → done | cancelled | no_show → confirmed.
"""

from enum import StrEnum

from cases.states import Step


class VolunteerState(StrEnum):
    WAITING = "waiting"  # signed up; the coordinator has still to speak with them (K15)
    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"


class RequestState(StrEnum):
    PLANNED = "planned"  # waits for the week's plan; nobody is asked before it is published
    OPEN = "open"  # somebody is being asked
    CALLS = "calls"  # everybody suitable was asked: people telephone
    FILLED = "filled"
    CLOSED = "closed"  # over: done, withdrawn, or the hour has passed


class OfferState(StrEnum):
    PROPOSED = "proposed"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SCHEDULED = "scheduled"
    DONE = "done"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    CONFIRMED = "confirmed"


class RunState(StrEnum):
    WAITING = "waiting"
    SOLVING = "solving"
    DONE = "done"
    PUBLISHED = "published"
    FAILED = "failed"


class PartnerState(StrEnum):
    ACTIVE = "active"
    RESTS = "rests"  # nothing is handed out until they give again
    LEFT = "left"


class PortionState(StrEnum):
    PLANNED = "planned"  # a run proposes it; nothing is promised
    PROMISED = "promised"
    GIVEN = "given"
    MISSED = "missed"
    TAKEN_BACK = "back"  # the request ended, or the partner cannot on that day


class PackageState(StrEnum):
    WAITS = "waits"  # the one before it is not done yet
    OPEN = "open"  # somebody is looked for, or comes
    DONE = "done"
    LEFT = "left"  # not needed any more; the next one begins


class ProjectState(StrEnum):
    DRAFT = "draft"  # packages are written down, nobody is asked
    RUNS = "runs"
    DONE = "done"


class FavourState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"  # a neighbour said yes
    DONE = "done"
    BACK = "back"  # taken back by whoever wrote it


class StandByState(StrEnum):
    ASKED = "asked"
    ON = "on"  # "call me"
    OFF = "off"


class CouponOutcome(StrEnum):
    """What the till is told: nobody's name, no reason."""

    TAKEN = "taken"
    USED = "used"
    OTHER_DAY = "other_day"
    UNKNOWN = "unknown"


class AttendanceState(StrEnum):
    ASKED = "asked"
    COMING = "coming"
    DECLINED = "declined"
    CAME = "came"
    MISSED = "missed"


class Path(StrEnum):
    """By which path an answer came."""

    LINK = "link"
    WORD = "word"
    CALL = "call"
    APP = "app"


class Ending(StrEnum):
    """Why an offer or a booking ended without a visit; lower-case codes for the audit, never told to the volunteer."""

    FILLED = "filled"
    CLASH = "clash"
    CLOSED = "closed"  # the case or the task ended
    AWAY = "away"  # died, hospital, moved (D15)
    STAFF = "staff"  # the coordinator took the request back
    SELF = "self"  # the volunteer cannot come
    LATE = "late"  # no answer in time
    PAPERS = "papers"  # a paper ran out before the visit


class Outcome(StrEnum):
    """What an answer led to, in the order a page explains it."""

    BOOKED = "booked"
    WAITING = "waiting"  # yes said; a second person is still awaited
    ALREADY = "already"  # this volunteer's own yes stands
    DECLINED = "declined"
    SETTLED = "settled"  # others were first
    CLASH = "clash"  # promised elsewhere at that time
    EXPIRED = "expired"  # the time to answer is over
    GONE = "gone"  # not needed any more; the reason is never told
    PAPERS = "papers"  # a paper has run out by that day; the centre rings


_STEP = tuple[OfferState, OfferState, str]
_O = OfferState
_STEPS: tuple[_STEP, ...] = (
    (_O.PROPOSED, _O.OFFERED, "offers"),
    (_O.PROPOSED, _O.WITHDRAWN, "offers"),
    (_O.OFFERED, _O.ACCEPTED, "volunteer"),
    (_O.OFFERED, _O.SCHEDULED, "volunteer"),
    (_O.OFFERED, _O.DECLINED, "volunteer"),
    (_O.OFFERED, _O.EXPIRED, "offers"),
    (_O.OFFERED, _O.WITHDRAWN, "offers"),
    (_O.WITHDRAWN, _O.OFFERED, "offers"),  # said yes too late, and a seat is free again
    (_O.EXPIRED, _O.ACCEPTED, "offer.manage"),  # rung by a person after the time was over
    (_O.EXPIRED, _O.SCHEDULED, "offer.manage"),
    (_O.EXPIRED, _O.DECLINED, "offer.manage"),
    (_O.ACCEPTED, _O.SCHEDULED, "offers"),
    (_O.ACCEPTED, _O.CANCELLED, "volunteer"),
    (_O.SCHEDULED, _O.ACCEPTED, "offers"),
    (_O.SCHEDULED, _O.DONE, "volunteer"),
    (_O.SCHEDULED, _O.CANCELLED, "volunteer"),
    (_O.SCHEDULED, _O.NO_SHOW, "offer.manage"),
    (_O.DONE, _O.CONFIRMED, "offer.manage"),
    (_O.NO_SHOW, _O.CONFIRMED, "offer.manage"),
)
OFFER_STEPS = tuple(Step(before, after, owner) for before, after, owner in _STEPS)
_R = RequestState
REQUEST_STEPS = tuple(
    Step(before, after, owner)
    for before, after, owner in (
        (_R.PLANNED, _R.OPEN, "offers"),
        (_R.PLANNED, _R.CLOSED, "offer.manage"),
        (_R.OPEN, _R.FILLED, "volunteer"),
        (_R.OPEN, _R.CALLS, "offers"),
        (_R.OPEN, _R.CLOSED, "offer.manage"),
        (_R.CALLS, _R.OPEN, "offer.manage"),
        (_R.CALLS, _R.FILLED, "volunteer"),
        (_R.CALLS, _R.CLOSED, "offer.manage"),
        (_R.FILLED, _R.OPEN, "volunteer"),
        (_R.FILLED, _R.CLOSED, "offers"),
    )
)
_P = PortionState
PORTION_STEPS = tuple(
    Step(before, after, owner)
    for before, after, owner in (
        (_P.PLANNED, _P.PROMISED, "offers"),
        (_P.PROMISED, _P.GIVEN, "partner"),
        (_P.PROMISED, _P.MISSED, "offer.manage"),
        (_P.PROMISED, _P.TAKEN_BACK, "offers"),
    )
)
_K = PackageState
PACKAGE_STEPS = tuple(
    Step(before, after, owner)
    for before, after, owner in (
        (_K.WAITS, _K.OPEN, "offers"),
        (_K.OPEN, _K.DONE, "offers"),
        (_K.WAITS, _K.LEFT, "offer.manage"),
        (_K.OPEN, _K.LEFT, "offer.manage"),
    )
)
_F = FavourState
FAVOUR_STEPS = tuple(
    Step(before, after, "neighbour")
    for before, after in ((_F.OPEN, _F.TAKEN), (_F.TAKEN, _F.DONE), (_F.TAKEN, _F.OPEN), (_F.OPEN, _F.BACK))
)
#: Somebody is on the way, or will be: the hours are taken.
BOOKED = (OfferState.ACCEPTED, OfferState.SCHEDULED)
#: The hours count for the month's load and for the ledger of hours.
SERVED = (OfferState.DONE, OfferState.CONFIRMED)
#: A request that still looks for people.
LOOKING = (RequestState.OPEN, RequestState.CALLS)


def may_step(before: str, after: str) -> bool:
    return any(step.before == before and step.after == after for step in OFFER_STEPS)
