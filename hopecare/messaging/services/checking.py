"""The last look at a message, in the transaction that claims it: opt-out, person, safe contact, hours (rules.judge)."""

from collections.abc import Iterable

from django.conf import settings

from hopecare.kernel import clock, phones
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import Person, PersonState, SafeContact
from hopecare.messaging import rules
from hopecare.messaging.facts import RecipientKind
from hopecare.messaging.models import Message, OptOut
from hopecare.messaging.states import TO_NUMBERS, Channel


def look(message: Message, stopped: frozenset[str]) -> rules.Verdict:
    """Whether this message may go out now, with the text and the address it then has.

    `stopped`: see `stopped_numbers`; a person's number is known only here and asked for on its own.
    """
    person = _safe_way(message.recipient_id) if message.recipient_kind == RecipientKind.PERSON else None
    sms = message.channel in TO_NUMBERS
    address = (person.phone if person else message.phone) if sms else message.email
    return rules.judge(
        rules.Situation(
            now=clock.now(),
            channel=Channel.SMS if sms else Channel(message.channel),
            body=message.body,
            address=address,
            duty=message.duty,
            opted_out=sms and (bool(stopped_numbers(person.phones)) if person else address in stopped),
            not_after=message.not_after,
            quiet=_quiet(message),
            person=person,
        )
    )


def stopped_numbers(numbers: Iterable[str]) -> frozenset[str]:
    """Those E.164 numbers that said STOP and not START since. The caller acts as the outbox."""
    by_hash = {hashed: number for number in set(numbers) if number for hashed in phones.candidates(number)}
    found = OptOut.objects.filter(phone_hash__in=by_hash, until=None).values_list("phone_hash", flat=True)
    return frozenset(by_hash[hashed] for hashed in found)


def outgoing_text(message: Message, body: str) -> str:
    """The text as it leaves: the link is the second part, unless the city sends none or the sender stays neutral."""
    if message.link and settings.MESSAGE_LINKS and body == message.body:
        return f"{body}\n{message.link}"
    return body


def possible_texts(message: Message) -> frozenset[str]:
    """Every text under which this message may already be with the provider."""
    neutral = rules.neutral(message.body)
    return frozenset({message.body, f"{message.body}\n{message.link}", neutral or message.body})


def _quiet(message: Message) -> tuple[int, int] | None:
    if message.quiet_from >= 0:
        return message.quiet_from, message.quiet_to
    start, _, end = str(settings.MESSAGE_QUIET_HOURS).partition("-")
    return (int(start), int(end)) if end else None


def _safe_way(person_id: str) -> rules.SafeWay:
    """The person as the outbox may see them: one at a time, by name of the row (D4, D15). Nobody there is not here.

    Records that two people found to be one are one person: the stricter of what each of them says holds.
    """
    person = _read_person(person_id)
    root = _read_person(str(person.canonical_id)) if person is not None and person.canonical_id else person
    if person is None or root is None:
        return rules.SafeWay(here=False)
    return rules.strictest([_way_of(one) for one in (root, *_read_merged(root))])


def _way_of(person: Person) -> rules.SafeWay:
    with acting_as(system(Principal.MESSAGES, subject=str(person.pk))):
        contact = SafeContact.objects.filter(person_id=person.pk).first()
    return rules.SafeWay(
        here=person.state == PersonState.HERE,
        moved=person.state == PersonState.MOVED,
        told=contact is not None,
        sms_ok=bool(contact and contact.sms_ok),
        from_hour=contact.from_hour if contact else 9,
        to_hour=contact.to_hour if contact else 18,
        neutral_sender=bool(contact and contact.neutral_sender),
        phone=_normal((contact.number if contact else "") or person.phone),
        safe_number=bool(contact and contact.number),
    )


def _read_person(person_id: str) -> Person | None:
    with acting_as(system(Principal.MESSAGES, subject=person_id)):
        return Person.objects.filter(pk=person_id).first()


def _read_merged(root: Person) -> list[Person]:
    """The records that point to this one."""
    with acting_as(system(Principal.MESSAGES, subject=str(root.pk))):
        return list(Person.objects.filter(canonical_id=root.pk).order_by("pk"))


def _normal(number: str) -> str:
    try:
        return phones.normal(number)
    except phones.BadPhone:
        return ""
