"""How was it? One question after a service; the answer goes where nobody can tell whose it was (R85).

The question stands on the case, so that nobody is asked twice. The answer is a row without person, case and day, which
no account reads: it comes back in sums alone. Refusing and staying silent are fine and leave no answer.
"""

from dataclasses import dataclass

from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from cases.models import AskedBy, Case, ServiceQuestion, ServiceRecord
from cases.rules import satisfaction as rules
from cases.services.locking import actor, first_time, locked_case
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, get_visible, system, visible_to
from hopecare.kernel.models import Person, PersonState
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import ReceivedMessage, Recipient, ReplyOutcome
from hopecare.messaging.services import queue

ASK = "satisfaction.ask"


@dataclass(frozen=True)
class Asked:
    """How somebody was asked. By telephone or paper the answer is typed at once; empty: they would rather not say."""

    channel: str
    answer: str = ""
    words: str = ""
    token: str = ""


def ask(*, by: Viewer, number: str, record_id: int, asked: Asked) -> ServiceQuestion | None:
    """Ask about one service, once. None when this very form was taken before."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_SERVICE, open_only=False)
        record = get_visible(by, ServiceRecord, named="case", pk=record_id, case=case)
        if not first_time(by, asked.token):
            return None
        person = record.person or case.main_person
        problems = rules.asking_problems(_facts(by, case, record, person, asked.channel), today=clock.today())
        if problems:
            raise errors.Impossible(*problems)
        keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
        row = ServiceQuestion.objects.create(record=record, channel=asked.channel, asked_by_id=actor(by), **keys)
        audit.changed(by, "case", [case.pk], "asked_how_it_was", owners=[case.provider_id], record=record.pk)
        if asked.channel == AskedBy.SMS:
            _text(row, person)
        else:
            _end(row.pk, asked.answer, asked.words)
        return row


def _facts(by: Viewer, case: Case, record: ServiceRecord, person: Person, channel: str) -> rules.Askable:
    return rules.Askable(
        given_on=record.given_on,
        asked=visible_to(by, ServiceQuestion).filter(record=record).exists(),
        here=person.state == PersonState.HERE,
        sealed=person.sealed or case.main_person.sealed,
        by_giver=by.organisation_id == record.provider_id,
        channel=channel,
    )


def _text(row: ServiceQuestion, person: Person) -> None:
    """By the safe contact (D4), naming nothing; from the city, so that no giver's own inbox holds the answer."""
    queue(
        by=system(Principal.SURVEY),
        purpose=ASK,
        about=("service_question", row.pk),
        step="ask",
        to=Recipient.person(person.pk, language=person.language),
        template="cases/sms/how_was_it.txt",
        private_names=[person.name],
        domestic=person.language == "ko",
    )


def reply(phone_hash: str, text: str, received: ReceivedMessage) -> ReplyOutcome | None:
    """1, 2 or 3 and a free word; None for everything a person must read."""
    said = rules.understood(text)
    asked = [int(fact.object_id) for fact in received.about if fact.purpose == ASK]
    if said is None or not asked or not _end(asked[0], *said):
        return None
    with translation.override("ko"):
        return ReplyOutcome(_("Thank you. Nobody will know who said it."), language="ko")


def _end(question_id: int, answer: str, words: str) -> bool:
    """The question ends and the answer is kept apart from it, in one step; False when it had ended before."""
    with acting_as(system(Principal.SURVEY)), connection.cursor() as cursor:
        cursor.execute(
            "select hc_keep_satisfaction(%s, %s, %s, %s)", [question_id, answer, words.strip()[:200], clock.today()]
        )
        return bool(cursor.fetchone()[0])
