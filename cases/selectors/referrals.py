"""Who was sent where: of one case, and of all that wait for a yes or for a day (R17, R81)."""

from datetime import datetime, time

from django.db.models import Q, QuerySet

from cases.models import Case, Referral
from cases.states import ReferralState
from hopecare.kernel import audit, clock, names
from hopecare.kernel.access import Viewer, check, get_visible, visible_to
from hopecare.kernel.permissions import Permission
from hopecare.kernel.telling import told_by

MOST = 200
_RELATED = ("case__main_person", "case__lead", "case__town", "person", "category", "service", "resource__owner", "by")
SHOWN = ("waiting", "coming", "ask", "all")


def referrals_of(viewer: Viewer, case: Case) -> list[Referral]:
    """All of one case, the newest first. One query."""
    return list(visible_to(viewer, Referral).filter(case=case).select_related(*_RELATED).order_by("-sent_at", "-pk"))


def referrals(viewer: Viewer, *, show: str, mine: bool) -> list[Referral]:
    """Open ones: `waiting` for a yes, `coming` appointments, `ask` how it went, or all; the next first. One query."""
    rows = _open(viewer, mine).filter(_which(show)).select_related(*_RELATED)
    found = list(rows.order_by("appointment_at", "answer_due", "pk")[:MOST])
    if found:
        owners = {row.provider_id for row in found}
        audit.read(viewer, "case", [row.case_id for row in found], owners=owners, what="list")
    return found


def referral_counts(viewer: Viewer, *, mine: bool) -> dict[str, int]:
    """How many of each; the same rows as the list's. One query."""
    rows = list(_open(viewer, mine).values_list("state", "appointment_at"))
    counts = dict.fromkeys(SHOWN, 0)
    now = clock.now()
    for state, at in rows:
        counts["all"] += 1
        counts[shown_in(state, at, now)] += 1
    return counts


def shown_in(state: str, at: datetime | None, now: datetime) -> str:
    """The tab of one open referral."""
    if state == ReferralState.SENT:
        return "waiting"
    return "coming" if state == ReferralState.ACCEPTED and (at is None or at > now) else "ask"


def _which(show: str) -> Q:
    now = clock.now()
    ahead = Q(state=ReferralState.ACCEPTED) & (Q(appointment_at=None) | Q(appointment_at__gt=now))
    if show == "waiting":
        return Q(state=ReferralState.SENT)
    if show == "coming":
        return ahead
    return ~Q(state=ReferralState.SENT) & ~ahead if show == "ask" else Q()


def _open(viewer: Viewer, mine: bool) -> QuerySet[Referral]:
    check(viewer, Permission.CASE_SERVICE)
    rows = visible_to(viewer, Referral).filter(ended_at=None)
    return rows.filter(Q(by=viewer.user_id) | Q(case__lead=viewer.user_id)) if mine else rows


def tells(row: Referral) -> str:
    """The section that the name of the place tells of: by the mark of ours, by the words of any other's (D17)."""
    owner = row.resource.owner if row.resource is not None else None
    return owner.tells if owner is not None else told_by(row.to_name)


def sent_to(viewer: Viewer | None, row: Referral) -> str:
    """Where to, as this viewer may read it; who sent them knows it anyway."""
    known = viewer is not None and viewer.user_id in {row.by_id, row.case.lead_id}
    owner = row.resource.owner_id if row.resource is not None else None
    return row.to_name if names.may_name(viewer, tells(row), owner, leads=known) else names.neutral()


def referral_of(viewer: Viewer, case: Case, referral_id: int) -> Referral:
    return get_visible(viewer, Referral, named="referral", select=_RELATED, pk=referral_id, case=case)


def not_accepted_outside(viewer: Viewer, case: Case) -> list[Referral]:
    """Sent beyond the city and not yet accepted: these stay ours (R17, R81)."""
    rows = visible_to(viewer, Referral).filter(case=case, state=ReferralState.SENT, outside_city=True)
    return list(rows.order_by("pk"))


def due_for_news() -> tuple[list[Referral], list[Referral]]:
    """For the principal `sweep`: those without a yes past their day, and appointments before today without a result."""
    today = clock.today()
    rows = Referral.objects.filter(ended_at=None).select_related("case", "resource__owner")
    late = rows.filter(state=ReferralState.SENT, answer_due__lt=today)
    unknown = rows.filter(state=ReferralState.ACCEPTED, appointment_at__lt=clock.at(today, time(0)))
    return list(late.order_by("pk")), list(unknown.order_by("pk"))
