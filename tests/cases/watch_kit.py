"""A watch that has begun, its texts as the provider took them, answers that come in, and the clock that ticks."""

from datetime import datetime, time
from typing import Any

from cases.facts import WatchGround, WatchPlan
from cases.models import Alarm, AlarmStep, Case, Watch
from cases.selectors import own_watch as own_selectors
from cases.services import duty, signals, watching
from hopecare.kernel import clock, phones
from hopecare.kernel.models import SafeContact, Team
from hopecare.messaging.models import Message
from hopecare.messaging.services import receive
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.factories import make_case

ELEVEN = NOW.replace(hour=11)
NEIGHBOUR = "010-0000-0871"
CONSENT = WatchGround("consent", given=True)


def watched_case(actor: Actor) -> Case:
    """Sun-deok wants texts in the morning; the actor answers from nine to six on working days."""
    found = make_case(actor)
    with as_owner():
        SafeContact.objects.filter(person=found.main_person).update(sms_ok=True, from_hour=9, to_hour=18)
    write_hours(actor)
    return found


def write_hours(actor: Actor, **fields: Any) -> int:
    values = {"team_id": Team.objects.get(code="east_mixed").pk, "user_id": actor.id, "weekdays": range(5)}
    return duty.write_hours(by=actor.viewer, **{**values, "from_hour": 9, "to_hour": 18, **fields})


def begin(actor: Actor, case: Case, ground: WatchGround = CONSENT, **wishes: Any) -> Watch:
    plan = WatchPlan(**{"way": "sms", "ask_at": time(11), "answer_minutes": 60, **wishes})
    found = watching.start(by=actor.viewer, number=case.number, person_id=case.main_person_id, ground=ground, plan=plan)
    assert found is not None
    return found


def neighbour(actor: Actor, watch: Watch, *, texts: bool = True) -> None:
    watching.name_contact(
        by=actor.viewer,
        number=watch.case.number,
        watch_id=watch.pk,
        kind="neighbour",
        name="정미경",
        phone=NEIGHBOUR,
        agreed_on=NOW.date(),
        texts=texts,
    )


def tick(at: datetime) -> int:
    with clock.pinned(at):
        return signals.watch()


def sent(purpose: str, number: str = "010-0000-0078") -> Message:
    """The newest text of this purpose, as the provider took it."""
    with as_owner():
        row = Message.objects.filter(purpose=purpose, channel="sms").order_by("-pk")[0]
        clear = phones.normal(number)
        Message.objects.filter(pk=row.pk).update(state="sent", phone=clear, phone_hash=phones.hashed(clear))
    return row


def answer(text: str, at: datetime, number: str = "010-0000-0078") -> str:
    """A text comes in; what goes back."""
    with clock.pinned(at):
        assert receive(sid=f"SM{text[:1]}{at:%m%d%H%M}{number[-4:]}", phone=phones.normal(number), text=text)
    with as_owner():
        back = Message.objects.filter(purpose="reply").order_by("-pk").first()
    return back.body if back else ""


def alarm_of(watch: Watch) -> Alarm | None:
    with as_owner():
        return Alarm.objects.select_related("taken_by").filter(watch=watch).order_by("-pk").first()


def steps(alarm: Alarm | None) -> list[tuple[str, str]]:
    assert alarm is not None
    with as_owner():
        return list(AlarmStep.objects.filter(alarm=alarm).order_by("pk").values_list("rung", "result"))


def fresh(watch: Watch) -> Watch:
    with as_owner():
        return Watch.objects.select_related("case", "person").get(pk=watch.pk)


def told(purpose: str) -> set[tuple[str, str]]:
    with as_owner():
        return set(Message.objects.filter(purpose=purpose).values_list("recipient_kind", "recipient_id"))


def token(watch: Watch) -> str:
    return own_selectors.link_of(fresh(watch)).split("/")[2]
