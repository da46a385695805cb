"""Events of registered devices: signed, once, silent about the person; the button on the telephone (R93, D10)."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.http import HttpResponse
from django.test import Client

from cases.facts import WatchGround, WatchPlan
from cases.models import Alarm, Watch, WatchEvent
from cases.selectors import senders
from cases.services import duty, watching
from hopecare.kernel.models import SafeContact
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.factories import make_case
from tests.mobile_api.phone_kit import call, sign_in

SECRET = "a-secret-of-the-power-company-0123456789"
EVENT = {"id": "power-20261123-1", "device": "meter-0042", "kind": "no_power", "hours": 14, "at": NOW.isoformat()}


@pytest.fixture
def watched(hana: Actor, settings: Any, tmp_path: Path) -> Watch:
    """The power company may report no power; its meter 0042 stands at Sun-deok's."""
    path = tmp_path / "senders.yaml"
    row = {"code": "power", "name": "전력", "secret": SECRET, "kinds": ["no_power"]}
    path.write_text(yaml.safe_dump({"senders": [row]}))
    settings.SIGNAL_SENDERS = str(path)
    case = make_case(hana)
    with as_owner():
        SafeContact.objects.filter(person=case.main_person).update(sms_ok=True)
    hours = {"weekdays": range(7), "from_hour": 9, "to_hour": 18}
    duty.write_hours(by=hana.viewer, team_id=case.team_id, user_id=hana.id, **hours)  # type: ignore[arg-type]
    which = {"by": hana.viewer, "number": case.number}
    plan = WatchPlan(way="sms", ask_at=time(10, 30))
    ground = WatchGround("consent", given=True)
    watch = watching.start(**which, person_id=case.main_person_id, ground=ground, plan=plan)
    assert watch is not None
    watching.add_source(**which, watch_id=watch.pk, sender="power", name="meter-0042")
    return watch


def post(body: dict[str, Any], *, secret: str = SECRET, late: int = 0) -> HttpResponse:
    text = json.dumps(body).encode()
    moment = int(NOW.timestamp()) - late
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + text, hashlib.sha256).hexdigest()
    header = {"Hope-Care-Signature": f"code=power,t={moment},v1={signed}"}
    return Client().generic("POST", "/api/v1/signals", text, content_type="application/json", headers=header)  # type: ignore[return-value]


def outcomes() -> list[str]:
    with as_owner():
        return list(WatchEvent.objects.order_by("pk").values_list("outcome", flat=True))


@pytest.mark.rule("R93")
def test_a_signed_event_is_taken_once_and_tells_the_sender_nothing(watched: Watch) -> None:
    first, again = post(EVENT), post(EVENT)
    assert (first.status_code, json.loads(first.content)) == (202, {"taken": True, "again": False})
    assert json.loads(again.content) == {"taken": True, "again": True}
    assert post({**EVENT, "hours": 15}).status_code == 422, "the same id for something else"
    small = post({**EVENT, "id": "power-20261123-2", "hours": 2})
    assert small.content == first.content and outcomes() == ["alarm", "small"]
    assert b"\xec\x9c\xa4" not in first.content  # 윤
    with as_owner():
        assert Alarm.objects.filter(watch=watched, cause="device", kind="no_power").count() == 1


def test_strangers_changed_bodies_and_echoes_are_refused(watched: Watch) -> None:
    assert post(EVENT, secret=SECRET[::-1]).status_code == 401 and post(EVENT, late=301).status_code == 401
    plain = Client().post("/api/v1/signals", json.dumps(EVENT), content_type="application/json")
    assert plain.status_code == 401
    assert post({**EVENT, "kind": "door_closed"}).status_code == 422, "not this sender's kind"
    assert post({**EVENT, "device": "meter-0043"}).status_code == 404 and outcomes() == []


@pytest.mark.rule("D10")
def test_away_or_stopped_no_device_alarms(hana: Actor, watched: Watch) -> None:
    which = {"by": hana.viewer, "number": watched.case.number, "watch_id": watched.pk}
    watching.pause(**which)
    assert post(EVENT).status_code == 202 and outcomes() == ["away"]
    watching.stop(**which, wish=True)
    assert post({**EVENT, "id": "power-20261123-9"}).status_code == 404


@pytest.mark.parametrize("wrong", [{"secret": "short"}, {"kinds": ["heartbeat"]}])
def test_a_file_that_cannot_be_meant_is_refused(wrong: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    row = {"code": "x", "name": "x", "secret": SECRET, "kinds": ["no_power"]} | wrong
    path.write_text(yaml.safe_dump({"senders": [row]}))
    with pytest.raises(senders.WrongFile):
        senders.senders_of(str(path))


@pytest.mark.rule("D10")
def test_the_button_on_ones_own_telephone_and_on_nobody_elses(watched: Watch, as_: Callable[..., Client]) -> None:
    client = as_()
    mine, other = (sign_in(client, number)["access_token"] for number in ("010-0000-0078", "010-0000-0042"))
    (item,) = call(client, "GET", "/watch", key=mine).json()["items"]  # type: ignore[attr-defined]
    assert item["standing"] == "on" and item["answering"] and "윤순덕" not in json.dumps(item, ensure_ascii=False)
    assert call(client, "GET", "/watch", key=other).json()["items"] == []  # type: ignore[attr-defined]
    word = {"watch": item["id"], "what": "well"}
    assert call(client, "POST", "/watch/words", word, key=other).status_code == 404
    assert call(client, "POST", "/watch/words", word, key=mine).status_code == 200
    call(client, "POST", "/watch/words", {**word, "what": "rest", "days": 2}, key=mine)
    stopped = call(client, "POST", "/watch/words", {**word, "what": "stop"}, key=mine)
    assert stopped.json()["items"] == []  # type: ignore[attr-defined]
    with as_owner():
        row = Watch.objects.get(pk=watched.pk)
    assert (row.state, row.last_sign_via, row.changed_via) == ("ended", "app", "app")
