"""News between the parts of the program: never given up, and in sight when they do not arrive."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hopecare.kernel import clock, events
from hopecare.kernel.models import Delivery
from tests.cast import NOW, Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def subscribed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A subscriber that breaks until `well` is true."""
    told: dict[str, Any] = {"well": False, "taken": []}

    def take(payload: dict[str, Any]) -> None:
        if not told["well"]:
            raise RuntimeError
        told["taken"].append(payload)

    monkeypatch.setitem(events._subscribers, "tests.news", {"tests.taker": take})
    return told


def delivered_for(hours: int) -> int:
    done = 0
    for number in range(hours * 12):
        with clock.pinned(NOW + timedelta(minutes=5 * number)):
            done += events.deliver_open()
    return done


@pytest.mark.rule("D15")
def test_news_that_break_for_days_arrive_when_the_subscriber_is_well_again(subscribed: dict[str, Any]) -> None:
    events.publish("tests.news", case=1)
    assert delivered_for(72) == 0
    assert 10 < Delivery.objects.get().attempts < 30
    subscribed["well"] = True
    with clock.pinned(NOW + timedelta(hours=79)):
        assert events.deliver_open() == 1
    assert subscribed["taken"] == [{"case": 1}]


def test_the_desk_sees_them_and_tries_again_at_once(
    subscribed: dict[str, Any], as_: Callable[..., Any], eli: Actor, chi: Actor
) -> None:
    events.publish("tests.news", case=1)
    delivered_for(3)
    row = Delivery.objects.get()
    url, page = f"/desk/messages/news/{row.pk}/again/", "/desk/messages/"
    assert "tests.taker" in as_(eli).get(page).content.decode()
    assert as_(chi).post(url).status_code == 404
    assert as_(eli).post(url).status_code == 302
    subscribed["well"] = True
    assert events.deliver_open() == 1
    assert "tests.taker" not in as_(eli).get(page).content.decode()
    assert as_(eli).post(url).status_code == 302
