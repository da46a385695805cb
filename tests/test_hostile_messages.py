"""A hundred of the ten thousand hostile messages of `make drill`: no page breaks, nothing is half-written."""

from typing import Any

import pytest
from django.db import connection

from hopecare.kernel import clock
from hopecare.messaging.models import Message
from hopecare.messaging.standin.__main__ import DEMO_ACCOUNT, DEMO_TOKEN
from tests.database import as_owner
from tests.factories import make_case
from tests.hostile import Enemy, Shot, counts, lies

MESSAGES, SEED = 100, "make test"


def read(question: str) -> list[Any]:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


def put_sent(count: int) -> list[str]:
    """Messages the provider has, which the receipts are about."""
    sids = [f"SM{number:032x}" for number in range(1, count + 1)]
    with as_owner():
        for sid in sids:
            about = {"purpose": "drill", "object_kind": "drill", "object_id": sid, "step": "1", "channel": "sms"}
            Message.objects.create(
                **about, recipient_kind="number", body="x", state="sent", provider_sid=sid, sent_at=clock.now()
            )
    return sids


@pytest.mark.django_db
def test_hostile_messages_change_nothing_but_what_was_accepted(hana, as_, settings, caplog):
    caplog.set_level("ERROR")
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = DEMO_ACCOUNT, DEMO_TOKEN
    settings.PUBLIC_FORM_RATE = settings.STATUS_READ_RATE = 0
    staff, nobody = as_(hana), as_()
    staff.raise_request_exception = nobody.raise_request_exception = False
    case = make_case(hana).number
    enemy = Enemy(
        SEED, account=DEMO_ACCOUNT, token=DEMO_TOKEN, public_url=settings.PUBLIC_URL, sent=put_sent(5), case=case
    )
    before, broken = counts(read, case), []

    def send(shot: Shot) -> None:
        client = staff if shot.as_staff else nobody
        kind = shot.headers.get("Content-Type", "")
        more = {name: value for name, value in shot.headers.items() if name != "Content-Type"}
        answer = client.generic(shot.method, shot.path, shot.body, content_type=kind, headers=more)
        if answer.status_code >= 500:
            broken.append((shot.method, shot.path[:80], shot.body[:80]))
        led = answer.headers.get("Location", "") if answer.status_code == 302 else ""
        shot.took(answer.status_code, led or answer.content.decode(errors="replace"))

    for shot in enemy.shots(MESSAGES):
        send(shot)
    assert (broken, lies(enemy.truth, before, read, case)) == ([], {}), f"seed {SEED!r}"
    assert len(enemy.truth.reports) > 3 and enemy.truth.texts and any(enemy.truth.receipts.values())
