"""A partner's urgent request: need, town and a number to ring; a promised time that both sides see (R38)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models import UrgentRequest
from cases.rules import access as rules
from cases.selectors.catalogue import categories
from cases.services import intake as intakes
from cases.services.locking import actor
from hopecare.kernel import audit, clock, codes, errors, phones
from hopecare.kernel.access import Viewer, acting_as, check, visible_to
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import Team, Town
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

ASKED = gettext_noop("Urgent request from %(house)s for %(town)s, promised by %(until)s.")
TAKEN = gettext_noop("%(who)s has taken your urgent request for %(town)s.")


def ask(*, by: Viewer, town: Town, category: str, call_back: str, words: str = "") -> UrgentRequest:
    """Reaches the mixed team of the town's zone at once. No name, no address: those are told on the telephone."""
    check(by, Permission.REPORT_TYPE)
    problems = []
    need = next((row for row in categories() if row.code == category), None)
    if need is None:
        problems.append(errors.required("category"))
    try:
        number = phones.normal(call_back)
    except phones.BadPhone:
        number = ""
    if not number:
        problems.append(errors.bad_phone("call_back"))
    team = Team.objects.filter(zone=town.zone_id, kind="mixed").first()
    if team is None:
        problems.append(Problem("no_team", _("No team works in this town yet. Please ring the centre."), "town"))
    if problems:
        raise errors.Impossible(*problems)
    assert team is not None and need is not None
    now = clock.now()
    with acting_as(by):
        row = UrgentRequest.objects.create(
            code=codes.new_code(),
            team=team,
            provider_id=town.zone.centre_id,
            from_organisation_id=by.organisation_id or 0,
            category=need,
            town=town,
            words=words.strip()[:300],
            call_back=number,
            asked_by_id=actor(by),
            asked_at=now,
            promised_at=rules.urgent_promised_at(now),
        )
        audit.changed(by, "urgent", [row.pk], "urgent_asked", owners=[row.provider_id, by.organisation_id])
        until = f"{row.promised_at.astimezone(clock.SEOUL):%m/%d %H:%M}"
        parameters = {"house": by.organisation_name, "town": town.name_ko, "until": until}
        _tell(by, row, Recipient.team(team.pk), "asked", ASKED, parameters)
    return row


def take(*, by: Viewer, request_id: int) -> UrgentRequest:
    """One colleague of the team rings back; the other side sees the name. Taken already: nothing changes.

    With it an intake is opened that bears what was told, so that it ends as every door does: nobody is lost between.
    """
    with acting_as(by):
        row = _mine(by, request_id)
        if row.taken_at is None:
            row.taken_at, row.taken_by_id = clock.now(), actor(by)
            row.intake = intakes.take_urgent(by, row)
            row.save(update_fields=["taken_at", "taken_by", "intake"])
            audit.changed(by, "urgent", [row.pk], "urgent_taken", owners=[row.provider_id, row.from_organisation_id])
            parameters = {"who": by.name, "town": row.town.name_ko}
            _tell(by, row, Recipient.user(row.asked_by_id), "taken", TAKEN, parameters)
    return row


def finish(*, by: Viewer, request_id: int, words: str) -> UrgentRequest:
    """What was done, in a sentence for the one who asked."""
    with acting_as(by):
        row = _mine(by, request_id)
        problems = rules.reason_problems(words, "words")
        if row.taken_at is None:
            problems.append(Problem("not_taken", _("Take it first, so that the other side knows who rings.")))
        if problems:
            raise errors.Impossible(*problems)
        if row.done_at is None:
            row.done_at, row.done_words = clock.now(), words.strip()[:300]
            row.save(update_fields=["done_at", "done_words"])
            audit.changed(by, "urgent", [row.pk], "urgent_done", owners=[row.provider_id, row.from_organisation_id])
    return row


def _mine(by: Viewer, request_id: int) -> UrgentRequest:
    """A request to the viewer's own team or centre, under a lock; there is no step that refuses one."""
    check(by, Permission.REPORT_TRIAGE)
    rows = (
        visible_to(by, UrgentRequest)
        .select_related("town", "category", "from_organisation", "asked_by")
        .select_for_update(of=("self",))
    )
    row = rows.filter(pk=request_id).first()
    if row is None or not (row.team_id in by.team_ids or row.provider_id in by.provider_ids):
        raise errors.NotFound("urgent", str(request_id))
    return row


def _tell(by: Viewer, row: UrgentRequest, to: Recipient, step: str, words: str, parameters: dict[str, str]) -> None:
    notify(
        by=by,
        purpose="urgent_request",
        about=("urgent", row.pk),
        step=step,
        to=to,
        words=words,
        parameters=parameters,
        link="/desk/urgent/",
        provider_id=row.provider_id,
    )
