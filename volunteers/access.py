"""Who may see the register, the requests and the offers: one predicate per model, and the links' tokens.

The register is open to roles with volunteer.view in the whole city, as people help across a zone's border; requests,
offers and calls belong to the case's team, its centre, and the coordinators of that centre.
"""

import secrets

from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac

from hopecare.kernel import crypto
from hopecare.kernel.access import Principal, Viewer, case_keyed_rule, get_visible, unlocked, visibility, visible_to
from hopecare.kernel.permissions import Permission
from volunteers.models import (
    Attendance,
    Call,
    Certificate,
    Circle,
    Cohort,
    Contact,
    Coupon,
    DayOff,
    Echo,
    Escort,
    Favour,
    GroupHours,
    HopeManager,
    Hours,
    Incident,
    Insurance,
    Neighbour,
    Offer,
    Package,
    Pairing,
    Paper,
    Parting,
    Partner,
    Pin,
    Portion,
    Project,
    Proposal,
    Pupil,
    PupilCertificate,
    Request,
    Session,
    Skill,
    StandBy,
    Standing,
    Turn,
    Volunteer,
    Window,
)

__all__ = ["get_visible", "visible_to"]

_SECRET_SIGNS = 24  # 18 random bytes in base64: 144 bits
_SALT = "volunteers.offer.link"


def _nobody() -> Q:
    return Q(pk__in=[])


@visibility(Volunteer)
def volunteer_rule(viewer: Viewer) -> Q:
    if viewer.principal == Principal.OFFERS or viewer.may(Permission.VOLUNTEER_VIEW):
        return Q()
    return Q(user_id=viewer.user_id) if viewer.user_id else _nobody()


@visibility(Window, DayOff, Skill, Paper, Certificate, Insurance, Partner, Standing, Turn, Session, Attendance, Circle)
@visibility(StandBy, Cohort, HopeManager, Echo)
def part_rule(viewer: Viewer) -> Q:
    """What somebody can and when: for those who look for helpers."""
    return Q() if viewer.principal == Principal.OFFERS or viewer.may(Permission.VOLUNTEER_VIEW) else _nobody()


def _own_centre(viewer: Viewer) -> Q:
    """The coordinators of the centre that owns the case, who hold no key to the case itself."""
    if viewer.may(Permission.VOLUNTEER_VIEW) and viewer.organisation_id:
        return Q(provider_id=viewer.organisation_id)
    return _nobody()


@visibility(Request, Parting, Pin, Proposal, Hours, Portion, Escort, Coupon, Project, Package, Pairing, Contact)
def request_rule(viewer: Viewer) -> Q:
    if viewer.principal == Principal.OFFERS:
        return Q()
    return (case_keyed_rule(viewer) | _own_centre(viewer)) & unlocked(viewer)


@visibility(Pupil, Neighbour, GroupHours, PupilCertificate)
def pupil_rule(viewer: Viewer) -> Q:
    """Minors of a group and neighbours of a circle are known to those who run volunteering at the centre that wrote
    them down, and to nobody else (K10)."""
    if viewer.principal == Principal.OFFERS:
        return Q()
    return _own_centre(viewer) if viewer.may(Permission.VOLUNTEER_MANAGE) else _nobody()


@visibility(Favour)
def favour_rule(viewer: Viewer) -> Q:
    """What neighbours ask and offer is theirs: each reads it by an own link, and nobody at a desk does."""
    return Q() if viewer.principal == Principal.OFFERS else _nobody()


@visibility(Incident)
def incident_rule(viewer: Viewer) -> Q:
    """What went wrong is read by the lead of the house and by those who run volunteering at its centre."""
    if viewer.principal == Principal.OFFERS:
        return Q()
    centre = _own_centre(viewer) if viewer.may(Permission.VOLUNTEER_MANAGE) else _nobody()
    own = Q(lead_id=viewer.user_id) if viewer.user_id else _nobody()
    return (centre | own) & unlocked(viewer)


@visibility(Offer)
def offer_rule(viewer: Viewer) -> Q:
    """Staff as for the request; the volunteer her own, from the first yes on."""
    if viewer.principal == Principal.OFFERS:
        return Q()  # an empty Q joined with another by "or" would vanish
    own = Q(user_id=viewer.user_id) if viewer.user_id else _nobody()
    return (request_rule(viewer) | own) & unlocked(viewer)


@visibility(Call)
def call_rule(viewer: Viewer) -> Q:
    if viewer.principal == Principal.OFFERS:
        return Q()
    by_key = Q(team_id__among=viewer.team_ids) | Q(provider_id__among=viewer.provider_ids)
    return by_key | _own_centre(viewer)


def new_token() -> str:
    """A link's token: 144 random bits and our signature, safe in an address."""
    secret = secrets.token_urlsafe(18)
    return secret + _signature(secret)


def token_is_ours(token: str) -> bool:
    """Whether we signed it; forged and cut-off links are refused before the database is asked."""
    secret, signature = token[:_SECRET_SIGNS], token[_SECRET_SIGNS:]
    return len(signature) == len(_signature("")) and constant_time_compare(signature, _signature(secret))


def token_hash(token: str) -> str:
    return crypto.keyed_hash(token, purpose="offer-link")


def token_candidates(token: str) -> list[str]:
    return crypto.hash_candidates(token, purpose="offer-link")


def _signature(secret: str) -> str:
    return salted_hmac(_SALT, secret, algorithm="sha256").hexdigest()[:16]
