"""Danger to life or body: one case opens for one account and one hour, and the owner is alarmed at once (K7)."""

from dataclasses import replace

from django.db import connection
from django.utils.translation import gettext_noop

from cases.models import BreakGlass, Case
from cases.rules import access as rules
from cases.selectors.colleagues import heads_of
from cases.services.locking import actor
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check, visible_to
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

OPENED = gettext_noop("%(who)s opened case %(number)s for danger to life or body until %(until)s. Please look why.")


def break_glass(*, by: Viewer, number: str, reason: str, urgent: bool) -> str:
    """The number of the case that is open now. NotFound for a number that is none, is locked or is sealed.

    The attempt is on record for the owner either way; the lead and the heads have a notice before the first page.
    """
    check(by, Permission.BREAK_GLASS)
    problems = rules.break_glass_problems(reason, urgent=urgent)
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        whole = visible_to(by, Case).exclude(pk__in=[*by.reach.apart, *by.reach.kept])
        if whole.filter(number=number).exists():
            return number  # a case of which part is withheld (K6), or whose earlier notes are (R58), opens whole
        with connection.cursor() as cursor:
            cursor.execute("select case_id, team_id, provider_id, lead_id from hc_break_glass(%s)", [number.strip()])
            found = cursor.fetchone()
        if found is None:
            raise errors.NotFound("case", number)
        case_id, team_id, provider_id, lead_id = found
        with acting_as(_without_lock(by, case_id)):
            row = BreakGlass.objects.create(
                case_id=case_id,
                team_id=team_id,
                provider_id=provider_id,
                user_id=actor(by),
                reason=reason.strip()[:1000],
                article=rules.break_glass_article(),
                starts_at=clock.now(),
                ends_at=rules.break_glass_ends(clock.now()),
            )
        audit.changed(by, "case", [case_id], "glass_broken", owners=[provider_id, by.organisation_id], glass=row.pk)
        for user_id in sorted({lead_id, *heads_of(provider_id)} - {by.user_id}):
            _alarm(by, row, number, user_id)
    return number


def _without_lock(by: Viewer, case_id: int) -> Viewer:
    """A case of the city that waits for consent (K6) is the one lock that urgent life opens; the database said so."""
    if case_id not in by.reach.locked:
        return by
    return replace(by, reach=replace(by.reach, locked=tuple(one for one in by.reach.locked if one != case_id)))


def _alarm(by: Viewer, row: BreakGlass, number: str, user_id: int) -> None:
    notify(
        by=by,
        purpose="glass_broken",
        about=("break_glass", row.pk),
        step=str(user_id),
        to=Recipient.user(user_id),
        words=OPENED,
        parameters={
            "who": f"{by.name} · {by.organisation_name}",
            "number": number,
            "until": f"{row.ends_at.astimezone(clock.SEOUL):%m/%d %H:%M}",
        },
        link="/desk/break-glass/",
        provider_id=row.provider_id,
    )


def review(*, by: Viewer, glass_id: int, words: str) -> BreakGlass:
    """The owner looked at why; by somebody else than the one who opened it."""
    check(by, Permission.CASE_LEAD)
    with acting_as(by):
        row = visible_to(by, BreakGlass).select_for_update().filter(pk=glass_id).first()
        if row is None or row.user_id == by.user_id:
            raise errors.NotFound("break_glass", str(glass_id))
        problems = rules.reason_problems(words, "words")
        if problems:
            raise errors.Impossible(*problems)
        if row.reviewed_at is None:
            row.reviewed_at, row.reviewed_by_id, row.review_words = clock.now(), actor(by), words.strip()[:500]
            row.save(update_fields=["reviewed_at", "reviewed_by", "review_words"])
            audit.changed(by, "case", [row.case_id], "glass_reviewed", owners=[row.provider_id], glass=row.pk)
    return row
