"""Monthly accounts of a company's or an office's people: a list, a look at it, one message each, their own consent.

The centre's foundation asks, never the employer or the city (K11); nobody but the person learns who said yes.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from cases.services import import_files
from donations.access import get_visible
from donations.models import Fund, Invitation, Pledge, Roster
from donations.rules import rosters as rules
from donations.rules.rosters import Brought, Line
from donations.services import enrolling
from donations.services.boxes import receiver_of
from donations.services.enrolling import Begun
from donations.services.giving import phone_of
from donations.states import INVITATIONS, ROSTERS, STANDING, InvitationState, RosterState
from hopecare.kernel import audit, clock, codes, errors, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.messaging import services as messages
from hopecare.messaging.facts import Recipient


def bring(*, by: Viewer, told: Brought, path: Path | None) -> Roster:
    """Read a file (CSV, XLSX or JSON) into a draft. Nobody is written to. Raises Impossible with every problem."""
    receiver = receiver_of(by)
    problems = rules.brought_problems(told)
    fund = Fund.objects.filter(pk=told.fund_id, receiver=receiver, kind__in=STANDING).first()
    problems += [] if fund else [errors.required("fund")]
    problems += [] if path else [errors.required("file")]
    if problems or fund is None or path is None:
        raise errors.Impossible(*problems)
    lines, refused = _read(path)
    with acting_as(by):
        row = Roster.objects.create(
            name=told.name.strip(),
            receiver=receiver,
            provider_id=receiver.centre_id,
            fund=fund,
            refused=refused[:200],
            made_by_id=by.user_id or 0,
        )
        Invitation.objects.bulk_create([_invitation(row, line) for line in lines])
        audit.changed(by, "roster", [row.pk], "roster_brought", owners=[row.provider_id], people=len(lines))
        return row


def _read(path: Path) -> tuple[list[Line], list[tuple[int, str]]]:
    found = list(_at_most(import_files.lines(path), rules.MOST_LINES + 1))
    where = rules.places(found[0])
    if not {"name", "phone"} <= set(where):
        raise errors.Impossible(rules.columns_missing())
    lines, refused = rules.read(found[1:], where, phone_of)
    if not lines:
        raise errors.Impossible(rules.nobody())
    return lines, refused


def _at_most(rows: Any, most: int) -> Any:
    for number, row in enumerate(rows):
        if number >= most:
            raise errors.Impossible(rules.too_many())
        yield row


def _invitation(row: Roster, line: Line) -> Invitation:
    return Invitation(
        roster=row,
        provider_id=row.provider_id,
        code=codes.new_code(),
        name=line.name,
        phone=line.phone,
        phone_hash=phones.hashed(line.phone),
        units=line.units,
    )


def send(*, by: Viewer, roster_id: int) -> Roster:
    """Each person of the list is asked once, by the worker; until the last day they may answer."""
    with acting_as(by):
        row = _locked(by, roster_id)
        _move(row, RosterState.SENT)
        row.sent_by_id, row.sent_at = by.user_id, clock.now()
        row.closes_on = clock.today() + timedelta(days=rules.ANSWER_DAYS)
        row.save(update_fields=["state", "sent_by", "sent_at", "closes_on"])
        audit.changed(by, "roster", [row.pk], "roster_sent", owners=[row.provider_id])
        return row


def throw_away(*, by: Viewer, roster_id: int) -> Roster:
    """A list that was wrong: nobody was written to, and its names and numbers are erased at once."""
    with acting_as(by):
        row = _locked(by, roster_id)
        _move(row, RosterState.VOID)
        row.save(update_fields=["state"])
        _forget(Invitation.objects.filter(roster=row))
        audit.changed(by, "roster", [row.pk], "roster_voided", owners=[row.provider_id])
        return row


def _locked(by: Viewer, roster_id: int) -> Roster:
    receiver_of(by)
    found = get_visible(by, Roster, named="roster", pk=roster_id)
    row = Roster.objects.select_for_update().get(pk=found.pk)
    if row.state != RosterState.DRAFT:
        raise errors.Impossible(rules.not_now())
    return row


def _move(row: Roster, after: RosterState) -> None:
    assert after in ROSTERS[RosterState(row.state)]
    row.state = after


def _forget(rows: Any) -> int:
    """Nobody answered, or nobody was asked: names and numbers go."""
    return int(
        rows.filter(state=InvitationState.WAITING).update(
            state=InvitationState.EXPIRED, name="", phone="", phone_hash="", answered_at=clock.now()
        )
    )


def ask_next(*, limit: int = 100) -> int:
    """Write to the next people of the lists that were sent; returns how many."""
    with acting_as(system(Principal.GIVING)) as viewer:
        waiting = Invitation.objects.select_for_update(skip_locked=True, of=("self",)).select_related("roster")
        rows = list(
            waiting.filter(state=InvitationState.WAITING, asked_at=None, roster__state=RosterState.SENT).order_by("pk")[
                :limit
            ]
        )
        for row in rows:
            _ask(viewer, row)
        Invitation.objects.filter(pk__in=[row.pk for row in rows]).update(asked_at=clock.now())
        return len(rows)


def _ask(viewer: Viewer, row: Invitation) -> None:
    """The company's name stands in it where a message may bear it."""
    words = _(
        "[Hope Care] %(who)s told us that you may like to give 5,000 won or more a month. Only you decide: nothing is"
        " debited without your own consent, and nobody learns what you answer."
    )
    link = f"{settings.PUBLIC_URL}/donate/join/{codes.shown(row.code)}/"
    for who in (row.roster.name, _("Your group")):
        try:
            messages.queue(
                by=viewer,
                purpose="gift_invite",
                about=("invitation", row.pk),
                step="ask",
                to=Recipient.number(row.phone),
                body=words % {"who": who},
                link=link,
                provider_id=row.provider_id,
            )
        except errors.Impossible:
            continue
        return


def accept(*, code: str, **told: Any) -> str:
    """The person's own consent with their own means of payment; returns the code of the new account.

    `told`: way, units, day, name, bank, account, consent as at services/enrolling.Begun.
    """
    with acting_as(system(Principal.GIVING)) as viewer:
        row = _asked(code)
        made = enrolling.begin(Begun(fund_id=str(row.roster.fund_id), phone=row.phone, **told))
        row.pledge = Pledge.objects.get(code=made)
        _answer(viewer, row, InvitationState.ACCEPTED)
        return made


def decline(*, code: str) -> None:
    """No, thank you: their number is erased, and nobody asks again."""
    with acting_as(system(Principal.GIVING)) as viewer:
        _answer(viewer, _asked(code), InvitationState.DECLINED)


def _asked(code: str) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("roster")
    row = rows.filter(code=code, roster__state=RosterState.SENT).first()
    if row is None:
        raise errors.NotFound("invitation", "")
    if row.state != InvitationState.WAITING:
        raise errors.Impossible(rules.answered())
    return row


def _answer(viewer: Viewer, row: Invitation, after: InvitationState) -> None:
    assert after in INVITATIONS[InvitationState(row.state)]
    row.state, row.answered_at = after, clock.now()
    row.name = row.phone = row.phone_hash = ""
    row.save(update_fields=["state", "answered_at", "name", "phone", "phone_hash", "pledge"])
    messages.cancel(by=viewer, purpose="gift_invite", about=("invitation", row.pk))
    audit.changed(viewer, "invitation", [row.pk], "invitation_answered")


def forget_unanswered() -> int:
    """After the last day: names and numbers of whoever did not answer; drafts that nobody sent go the same way."""
    today = clock.today()
    with acting_as(system(Principal.GIVING)):
        late = Invitation.objects.filter(roster__closes_on__lt=today)
        left = Invitation.objects.filter(
            roster__state=RosterState.DRAFT, roster__made_at__lt=clock.now() - timedelta(days=rules.ANSWER_DAYS)
        )
        return _forget(late) + _forget(left)
