"""A member of staff's notices as a push: off until she chooses, without a word of what they tell, over at log-out."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from hopecare.kernel import clock
from hopecare.kernel.models import Team
from hopecare.messaging import services
from hopecare.messaging.facts import Recipient
from hopecare.messaging.gateway.push import public_key
from hopecare.messaging.models import Message, PushSubscription
from hopecare.messaging.services import notice_pushes, notices, queueing
from hopecare.messaging.standin.server import Server
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.mobile_api.phone_kit import call, sign_in
from tests.mobile_api.test_field_api import desk_code
from tests.push_kit import Receiver, service

__all__ = ["service"]
pytestmark = pytest.mark.django_db
WORDS = "%(name)s wants to be rung."


class Telephone:
    """Of one member of staff, let in with a code of the desk; it takes pushes once `chosen`."""

    def __init__(self, service: Server, actor: Actor) -> None:
        self.receiver = Receiver(service, public_key())
        told = call(Client(), "POST", "/auth/staff-devices", {"code": desk_code(actor)}).json()  # type: ignore[attr-defined]
        self.key, self.device = told["access_token"], told["device"]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return call(Client(), method, path, body, key=self.key)

    def chosen(self) -> "Telephone":
        assert self.ask("PUT", "/me/push", self.receiver.subscription).json()["on"] is True
        return self

    def came(self) -> list[dict[str, Any]]:
        services.send_due()
        return self.receiver.fetched()


def notice(by: Actor, to: Actor, step: str = "1") -> None:
    queueing.notify(
        by=by.viewer,
        purpose="trial",
        about=("report", 1),
        step=step,
        to=Recipient.user(to.id),
        words=WORDS,
        parameters={"name": "윤순덕"},
        link="/desk/",
    )


def pushes_of(actor: Actor) -> list[Message]:
    with as_owner():
        return list(Message.objects.filter(purpose=notice_pushes.PURPOSE, object_id=str(actor.id)).order_by("pk"))


def test_it_is_off_until_she_chooses(service: Server, ana: Actor, hana: Actor) -> None:
    phone = Telephone(service, hana)
    assert phone.ask("GET", "/me/push").json()["on"] is False
    notice(ana, hana)
    assert phone.came() == [] and pushes_of(hana) == []
    with clock.pinned(NOW + timedelta(minutes=1)):
        phone.chosen()
        assert phone.came() == [], "what came before she chose is no news"


@pytest.mark.rule("D4")
def test_several_new_notices_are_one_push_that_says_nothing(service: Server, ana: Actor, hana: Actor) -> None:
    phone = Telephone(service, hana).chosen()
    notice(ana, hana)
    notice(ana, hana, "2")
    (told,) = phone.came()
    assert set(told) == {"id", "open"} and told["open"] == "notices"
    (row,) = pushes_of(hana)
    assert (row.body, row.parameters, row.link) == ("", {}, "")
    stranger = sign_in(Client(), "010-0000-0099")["access_token"]
    assert call(Client(), "POST", f"/me/push/{told['id']}/shown", key=stranger).status_code == 404
    assert phone.ask("POST", f"/me/push/{told['id']}/shown").status_code == 204
    assert phone.came() == [] and pushes_of(hana)[0].state == "delivered"
    notice(ana, hana, "3")
    assert len(phone.came()) == 1


def test_a_teams_notice_goes_to_its_members_who_chose_and_to_nobody_else(
    service: Server, hana: Actor, chi: Actor
) -> None:
    mine, theirs = Telephone(service, hana).chosen(), Telephone(service, chi).chosen()
    with as_owner():
        team = Team.objects.get(code="east_mixed")
        notices.post_to_teams(team_ids=[team.pk], purpose="trial", about=("report", 1), step="1", words=WORDS)
    assert len(mine.came()) == 1 and theirs.came() == []


def test_what_was_read_meanwhile_is_not_announced(service: Server, ana: Actor, hana: Actor) -> None:
    phone = Telephone(service, hana).chosen()
    notice(ana, hana)
    assert notice_pushes.queue_new() == 1 and notice_pushes.queue_new() == 0
    with as_owner():
        Message.objects.filter(purpose="trial").update(read_at=NOW)
    assert phone.came() == []
    (row,) = pushes_of(hana)
    assert (row.state, row.reason) == ("suppressed", "withdrawn")


def test_nobody_is_woken_at_night(service: Server, ana: Actor, hana: Actor) -> None:
    night, morning = NOW.replace(hour=23), NOW.replace(hour=9) + timedelta(days=1)
    with clock.pinned(night):
        phone = Telephone(service, hana).chosen()
        notice(ana, hana)
        assert phone.came() == []
    with clock.pinned(morning):
        assert len(phone.came()) == 1


@pytest.mark.parametrize("why", ["signed out", "switched off", "a week later", "account closed", "gone", "busy"])
def test_where_it_reaches_nobody_no_text_goes_instead(why: str, service: Server, ana: Actor, hana: Actor) -> None:
    phone, now = Telephone(service, hana).chosen(), NOW
    match why:
        case "signed out":
            assert phone.ask("DELETE", f"/me/devices/{phone.device}").status_code == 204
        case "switched off":
            assert phone.ask("DELETE", "/me/push").status_code == 204
        case "a week later":
            now += timedelta(days=7, minutes=1)
        case "account closed":
            with as_owner():
                type(hana.user).objects.filter(pk=hana.id).update(is_active=False)
        case "gone":
            phone.receiver.leave()
        case "busy":
            service.pushes.busy = 99
    with clock.pinned(now):
        notice(ana, hana)
    for minutes in range(14):
        with clock.pinned(now + timedelta(minutes=minutes)):
            assert phone.came() == [] if why != "gone" else services.send_due() >= 0
    assert service.provider.book.newest(f"staff:{hana.id}") == []
    assert {row.channel for row in pushes_of(hana)} <= {"push"}
    assert {row.state for row in pushes_of(hana)} <= {"suppressed"}
    with as_owner():
        ended = PushSubscription.objects.get().endpoint == ""
    assert ended == (why in ("signed out", "switched off", "gone"))


def test_what_nobody_showed_stays_a_push(service: Server, ana: Actor, hana: Actor) -> None:
    phone = Telephone(service, hana).chosen()
    notice(ana, hana)
    assert len(phone.came()) == 1
    with clock.pinned(NOW + timedelta(minutes=11)):
        assert phone.came() == []
    (row,) = pushes_of(hana)
    assert (row.channel, row.state, row.error_code) == ("push", "sent", "unseen")
