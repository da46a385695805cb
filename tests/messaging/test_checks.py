"""What the outbox refuses to send, seen in the database and at the stand-in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cases.services import merging
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import Person, PersonState, SafeContact
from hopecare.messaging import replies, selectors, services
from hopecare.messaging.facts import MessageFact, Queued, Recipient
from hopecare.messaging.gateway import calls
from hopecare.messaging.gateway.calls import Call, Result
from hopecare.messaging.models import BudgetDay, Message
from tests.cast import NOW, Actor
from tests.messaging.conftest import NUMBER, PHONE, StandIn

pytestmark = pytest.mark.django_db
Put = Callable[..., Queued]
Row = Callable[[Queued], Message]


@pytest.fixture
def sun_deok(hana: Actor) -> Callable[..., Person]:
    """Sun-deok with the safe contact that is asked for; nobody at first."""

    def make(state: str = PersonState.HERE, **contact: Any) -> Person:
        keys = hana.viewer.keys[:1]
        with acting_as(hana.viewer):
            person = Person.objects.create(name="윤순덕", phone="+821000000078", state=state, scope_keys=keys)
            if contact:
                SafeContact.objects.create(person=person, scope_keys=keys, **contact)
        return person

    return make


@pytest.mark.rule("D4")
def test_without_a_word_about_texts_nobody_writes_to_a_person(
    stand_in: StandIn, text: Put, row: Row, sun_deok: Callable[..., Person]
) -> None:
    queued = text("p1", to=Recipient.person(sun_deok().pk))
    services.send_due()
    assert (row(queued).state, row(queued).reason) == ("suppressed", "safe_contact")
    assert stand_in.texts("+821000000078") == []


@pytest.mark.rule("D4")
def test_the_number_of_the_safe_contact_is_used_and_not_the_person_s(
    stand_in: StandIn, text: Put, row: Row, sun_deok: Callable[..., Person]
) -> None:
    person = sun_deok(sms_ok=True, number="010-0000-0179", from_hour=9, to_hour=18)
    queued = text("p2", to=Recipient.person(person.pk), body="내일 10시에 뵐게요.")
    services.send_due()
    assert row(queued).state == "sent"
    assert len(stand_in.texts("+821000000179")) == 1
    assert stand_in.texts("+821000000078") == []


@pytest.mark.rule("D4")
def test_outside_the_person_s_hours_even_an_alarm_waits(
    stand_in: StandIn, text: Put, row: Row, sun_deok: Callable[..., Person]
) -> None:
    person = sun_deok(sms_ok=True, from_hour=13, to_hour=15)
    queued = text("p3", to=Recipient.person(person.pk), duty=True)
    services.send_due()
    assert (row(queued).state, row(queued).next_attempt_at) == ("queued", NOW.replace(hour=13))


@pytest.mark.rule("D15")
@pytest.mark.parametrize("state", [PersonState.DIED, PersonState.HOSPITAL, PersonState.MOVED])
def test_after_death_hospital_or_a_move_nothing_goes_out(
    stand_in: StandIn, text: Put, row: Row, sun_deok: Callable[..., Person], hana: Actor, state: str
) -> None:
    person = sun_deok(sms_ok=True)
    queued = text("p4", to=Recipient.person(person.pk), not_before=NOW + timedelta(hours=1))
    with acting_as(hana.viewer):
        Person.objects.filter(pk=person.pk).update(state=state)
    with clock.pinned(NOW + timedelta(hours=2)):
        services.send_due()
    assert (row(queued).state, row(queued).reason) == ("suppressed", "person_state")


Two = tuple[Person, Person]


@pytest.fixture
def two(sun_deok: Callable[..., Person]) -> Two:
    """One record that likes texts all day, and one that must never get any; alike in name and birth."""
    return sun_deok(sms_ok=True, from_hour=0, to_hour=24, number="010-0000-0189"), sun_deok(sms_ok=False)


@pytest.mark.rule("D4", "D6")
def test_a_record_that_is_merely_alike_keeps_its_own_safe_contact(
    stand_in: StandIn, text: Put, row: Row, two: Two, hana: Actor
) -> None:
    merging.merge(by=hana.viewer, kept_id=two[0].pk, merged_id=two[1].pk, reasons=["name"])
    never, sent = (text(f"m{one.pk}", to=Recipient.person(one.pk)) for one in reversed(two))
    services.send_due()
    assert (row(never).state, row(never).reason) == ("suppressed", "safe_contact")
    assert row(sent).state == "sent"


@pytest.mark.rule("D4", "D6")
def test_once_two_said_yes_the_stricter_word_holds_for_both_records(
    stand_in: StandIn, text: Put, row: Row, two: Two, hana: Actor, ana: Actor
) -> None:
    found = merging.merge(by=hana.viewer, kept_id=two[0].pk, merged_id=two[1].pk, reasons=["name"])
    merging.confirm(by=ana.viewer, merge_id=found.pk)
    for number, one in enumerate(two):
        queued = text(f"c{number}", to=Recipient.person(one.pk))
        services.send_due()
        assert (row(queued).state, row(queued).reason) == ("suppressed", "safe_contact")
    merging.undo(by=hana.viewer, merge_id=found.pk, words="다른 분")
    queued = text("u", to=Recipient.person(two[0].pk))
    services.send_due()
    assert row(queued).state == "sent"


def test_the_outbox_reads_one_person_at_a_time(sun_deok: Callable[..., Person]) -> None:
    person, other = sun_deok(), sun_deok()
    with acting_as(system(Principal.MESSAGES)):
        assert not Person.objects.exists()
    with acting_as(system(Principal.MESSAGES, subject=str(person.pk))):
        assert list(Person.objects.values_list("pk", flat=True)) == [person.pk]
    assert other.pk != person.pk


@pytest.mark.rule("K16")
def test_at_night_an_offer_waits_and_an_alarm_leaves(stand_in: StandIn, text: Put, row: Row, settings: Any) -> None:
    settings.MESSAGE_QUIET_HOURS = "21-8"
    with clock.pinned(NOW.replace(hour=22)):
        offer, alarm = text("n1"), text("n2", duty=True)
        services.send_due()
        assert (row(offer).reason, row(alarm).state) == ("quiet_hours", "sent")
    with clock.pinned(NOW.replace(day=24, hour=8)):
        services.send_due()
        assert row(offer).state == "sent"


@pytest.mark.rule("D16")
@pytest.mark.parametrize(
    "url", ["https://api.twilio.com", "http://10.0.0.1:80", "http://127.0.0.1.evil.example", "http://a@127.0.0.1:1"]
)
def test_the_demo_refuses_every_host_but_this_machine(text: Put, row: Row, settings: Any, url: str) -> None:
    settings.HOPECARE_DEMO, settings.TWILIO_API_URL = True, url
    queued = text("demo")
    services.send_due()
    assert (row(queued).state, row(queued).error_code) == ("failed", "demo_only_stand_in")


@pytest.mark.rule("D16")
def test_the_demo_sends_no_letter(text: Put, row: Row, settings: Any, mailoutbox: list[Any]) -> None:
    settings.HOPECARE_DEMO = True
    queued = text("letter", channel="email", subject="안내", to=Recipient.user(1, email="hana@example.org"))
    services.send_due()
    assert (row(queued).state, mailoutbox) == ("sent", [])


def test_a_letter_goes_out_once(text: Put, row: Row, mailoutbox: list[Any]) -> None:
    queued = text("letter", channel="email", subject="안내", to=Recipient.user(1, email="hana@example.org"))
    services.send_due()
    services.send_due()
    assert (row(queued).state, [letter.to for letter in mailoutbox]) == ("sent", [["hana@example.org"]])


def test_a_city_that_wants_domestic_providers_sends_nothing_abroad(
    stand_in: StandIn, text: Put, row: Row, settings: Any
) -> None:
    settings.DOMESTIC_PROVIDERS_ONLY = True
    queued = text("abroad", to=Recipient.number("010-0000-0180"))
    services.send_due()
    assert (row(queued).state, row(queued).error_code) == ("failed", "provider_abroad")
    assert stand_in.texts("+821000000180") == []


@pytest.mark.rule("K20")
def test_the_link_may_be_switched_off_for_the_city_or_one_volunteer(
    stand_in: StandIn, text: Put, settings: Any
) -> None:
    one = Recipient.volunteer("7d1c", phone="010-0000-0181", links=False)
    text("no-link", to=one, link="http://testserver/o/x/")
    settings.MESSAGE_LINKS = False
    text("no-links", to=Recipient.volunteer("7d1d", phone="010-0000-0182"), link="http://testserver/o/x/")
    services.send_due()
    sent = stand_in.texts("+821000000181") + stand_in.texts("+821000000182")
    assert [part["body"].count("http") for part in sent] == [0, 0]


@pytest.mark.rule("K20")
def test_a_text_that_tells_too_much_is_refused_with_every_reason(text: Put) -> None:
    with pytest.raises(errors.Impossible) as caught:
        text("leak", body="윤순덕 어르신, 치매, 기초수급 https://a.kr", private_names=["윤순덕"])
    codes = {problem.code for problem in caught.value.problems}
    assert codes == {"message_link", "message_name", "message_illness", "message_poverty"}


def test_a_domestic_text_above_90_bytes_is_refused(text: Put) -> None:
    with pytest.raises(errors.Impossible):
        text("long", body="가" * 46, domestic=True)


def test_what_will_never_arrive_is_told_once_to_the_app(
    stand_in: StandIn, text: Put, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[MessageFact] = []
    monkeypatch.setitem(replies._unsent, "test", told.append)
    late, wrong = text("late", not_after=NOW), text("wrong", to=Recipient.number("010-0000-9001"))
    services.send_due()
    services.send_due()
    assert [(fact.object_id, fact.state, fact.reason) for fact in told] == [
        ("late", "suppressed", "too_late"),
        ("wrong", "failed", ""),
    ]
    assert (row(late).unsent_to_tell, row(wrong).unsent_to_tell) == (False, False)


def test_an_app_that_stumbles_is_told_again(
    stand_in: StandIn, text: Put, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def stumbles_once(fact: MessageFact) -> None:
        told.append(fact.object_id)
        if len(told) == 1:
            raise RuntimeError

    monkeypatch.setitem(replies._unsent, "test", stumbles_once)
    queued = text("late", not_after=NOW)
    services.send_due()
    assert row(queued).unsent_to_tell
    services.send_due()
    assert (told, row(queued).unsent_to_tell) == (["late", "late"], False)


def test_the_budget_stops_a_runaway_and_a_person_lets_it_go_on(
    stand_in: StandIn, text: Put, row: Row, settings: Any, eli: Actor
) -> None:
    settings.MESSAGE_DAILY_PARTS = 2
    east = eli.viewer.organisation_id
    waiting = [text(key, provider_id=east, to=Recipient.number("010-0000-0190")) for key in "abcd"]
    alarm = text("alarm", provider_id=east, duty=True, to=Recipient.number("010-0000-0190"))
    services.send_due()
    assert len(stand_in.texts("+821000000190")) == 2  # the alarm first, then one offer
    assert row(alarm).state == "sent"
    assert [row(queued).reason for queued in waiting] == ["", "budget", "budget", "budget"]
    with acting_as(eli.viewer):
        assert selectors.unread_notices(eli.viewer) == 1
    services.release_budget(by=eli.viewer)
    services.send_due()
    assert [row(queued).state for queued in waiting].count("sent") == 3
    assert BudgetDay.objects.get(provider_id=east).used == 4


def test_another_organisation_s_budget_is_its_own(
    stand_in: StandIn, text: Put, row: Row, settings: Any, eli: Actor
) -> None:
    settings.MESSAGE_DAILY_PARTS = 1
    mine, theirs = text("mine", provider_id=eli.viewer.organisation_id), text("theirs")
    services.send_due()
    assert (row(mine).state, row(theirs).state) == ("sent", "sent")


def test_taking_back_stops_what_has_not_left(text: Put, row: Row, hana: Actor) -> None:
    queued = text("back")
    assert services.cancel(by=hana.viewer, purpose="test", about=("offer", "back")) == 1
    services.send_due()
    assert (row(queued).state, row(queued).reason) == ("suppressed", "withdrawn")


def test_a_batch_that_takes_too_long_leaves_the_rest_untried() -> None:
    held = [Call(number, 1, "sms", NUMBER, "x") for number in range(3)]
    assert {outcome.result for outcome in calls.make(held, within=-1)} == {Result.NOT_TRIED}


def test_the_row_keeps_no_readable_telephone(text: Put) -> None:
    queued = text("sealed", to=Recipient.number(PHONE))
    from django.db import connection  # noqa: PLC0415

    with acting_as(system(Principal.MESSAGES)), connection.cursor() as cursor:
        cursor.execute("select phone, phone_hash from messaging_message where id = %s", [queued.id])
        sealed, hashed = cursor.fetchone()
    assert "0000001" not in sealed and "0000001" not in hashed
