"""In and out at a visit: said by each for themselves; whoever does not come out is looked for, rung by rung (D10)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from cases.models import Presence
from cases.rules import visits as rules
from cases.services import presence
from hopecare.kernel import clock, errors
from hopecare.kernel.models import ChangeEntry
from hopecare.messaging.models import Message
from tests.cases.desk_kit import TOMORROW_TEN, assign, make_report, result
from tests.database import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.rule("D10")]
OUT_BY = TOMORROW_TEN + timedelta(minutes=60)


@pytest.fixture
def visit(ana, hana):
    return assign(ana, make_report(), ana, hana)


def watch(at):
    with clock.pinned(at):
        return presence.watch()


def told():
    with as_owner():
        rows = Message.objects.filter(purpose__startswith="visit.inside").values_list(
            "recipient_kind", "step", "channel"
        )
        return {(kind, step[:1], channel) for kind, step, channel in rows}


def test_who_does_not_come_out_is_looked_for_by_the_team_then_by_heads_and_the_duty_line(visit, hana, eli, settings):
    settings.DUTY_PHONE = "010-0000-0119"
    with clock.pinned(TOMORROW_TEN):
        presence.arrive(by=hana.viewer, visit_id=visit.pk, minutes=60)
    assert watch(OUT_BY + timedelta(minutes=14)) == 0 and told() == set()
    assert watch(OUT_BY + timedelta(minutes=15)) == 1 and told() == {("team", "1", "notice")}
    assert watch(OUT_BY + timedelta(minutes=16)) == 0
    assert watch(OUT_BY + timedelta(minutes=45)) == 1
    assert told() >= {("user", "2", "notice"), ("number", "2", "sms")}
    with as_owner():
        words = Message.objects.filter(purpose="visit.inside").first()
    assert words.parameters["name"] == "송하나" and "directions" not in words.parameters
    with clock.pinned(OUT_BY + timedelta(minutes=50)):
        assert presence.leave(by=eli.viewer, visit_id=visit.pk, user_id=hana.id)  # a colleague reached her
    assert watch(OUT_BY + timedelta(minutes=90)) == 0
    with as_owner():
        assert ChangeEntry.objects.filter(what="reached_colleague", user_id=eli.id).exists()
        assert Message.objects.get(purpose="visit.inside_duty").state == "suppressed"


def test_more_time_moves_the_hour_and_out_in_time_rings_nobody(visit, hana):
    with clock.pinned(TOMORROW_TEN):
        presence.arrive(by=hana.viewer, visit_id=visit.pk, minutes=30)
    with clock.pinned(TOMORROW_TEN + timedelta(minutes=40)):
        presence.arrive(by=hana.viewer, visit_id=visit.pk, minutes=60)
    assert watch(TOMORROW_TEN + timedelta(minutes=110)) == 0
    with clock.pinned(TOMORROW_TEN + timedelta(minutes=111)):
        assert presence.leave(by=hana.viewer, visit_id=visit.pk)
        assert not presence.leave(by=hana.viewer, visit_id=visit.pk)
    assert watch(TOMORROW_TEN + timedelta(hours=9)) == 0 and told() == set()


def test_only_the_two_go_in_on_the_day_and_strangers_find_no_visit(visit, hana, eli, chi):
    with clock.pinned(TOMORROW_TEN):
        for actor, minutes, code in ((eli, 60, "not_one_of_two"), (hana, 7, "required")):
            with pytest.raises(errors.Impossible, match=code):
                presence.arrive(by=actor.viewer, visit_id=visit.pk, minutes=minutes)
        with pytest.raises(errors.NotFound):
            presence.leave(by=chi.viewer, visit_id=visit.pk, user_id=hana.id)
    with pytest.raises(errors.Impossible, match="other_day"):  # a day early
        presence.arrive(by=hana.viewer, visit_id=visit.pk, minutes=60)


def test_nobody_home_means_nobody_is_inside(visit, hana):
    with clock.pinned(TOMORROW_TEN):
        presence.arrive(by=hana.viewer, visit_id=visit.pk)
        result(hana, visit, "nobody_home", again_at=TOMORROW_TEN + timedelta(days=2))
    with as_owner():
        assert Presence.objects.get().left_at == TOMORROW_TEN


def test_two_buttons_on_the_visit_sheet(visit, hana, ana, as_):
    here = f"/desk/visits/{visit.pk}/"
    with clock.pinned(TOMORROW_TEN):
        client = as_(hana)
        assert f'action="{here}in/"' in client.get(here).content.decode()
        assert client.post(f"{here}in/", {"minutes": "60"}).status_code == 302
        assert "나왔어요" in client.get(here).content.decode()
        colleague = as_(ana).get(here).content.decode()
        assert "송하나" in colleague and "닿았어요" in colleague
        answer = client.post(here, {"result": "met", "note": ""}, follow=False)
        assert answer.status_code == 302
        with as_owner():
            assert Presence.objects.get().left_at is None, "a result is no sign that she is out"
        assert client.post(f"{here}out/").status_code == 302
    with as_owner():
        assert Presence.objects.get().ended_by_id == hana.id


@pytest.mark.parametrize(("minutes", "alarms"), [(0, 0), (14, 0), (15, 1), (44, 1), (45, 2), (75, 3), (600, 3)])
def test_how_often_others_must_have_heard_by_then(minutes, alarms):
    assert rules.alarms_due(OUT_BY, OUT_BY + timedelta(minutes=minutes)) == alarms


def test_what_a_telephone_noted_without_signal_counts_for_its_moment_and_once(visit, hana):
    pressed, told = TOMORROW_TEN, TOMORROW_TEN + timedelta(minutes=20)
    with clock.pinned(told):
        for _again in range(2):
            row = presence.arrive(by=hana.viewer, visit_id=visit.pk, minutes=30, told_at=pressed)
        assert (row.came_at, row.due_at) == (pressed, pressed + timedelta(minutes=30))
        assert presence.leave(by=hana.viewer, visit_id=visit.pk, told_at=pressed + timedelta(minutes=15))
        assert not presence.leave(by=hana.viewer, visit_id=visit.pk, told_at=pressed + timedelta(minutes=15))
        presence.arrive(by=hana.viewer, visit_id=visit.pk, minutes=30, told_at=pressed)
    with as_owner():
        row = Presence.objects.get()
    assert row.left_at == pressed + timedelta(minutes=15)
    assert watch(told + timedelta(hours=2)) == 0, "an older going in, told again, watches over nobody"


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_the_same_moment_are_one_going_in(visit, hana):
    viewer, wait, found = hana.viewer, threading.Barrier(4), []

    def go_in():
        wait.wait()
        try:
            found.append(presence.arrive(by=viewer, visit_id=visit.pk, minutes=60).pk)
        except Exception as error:  # whatever it is, the page would be broken
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=go_in) for _ in range(4)]
    with clock.pinned(TOMORROW_TEN):  # around all of them: the pin is one for all threads
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 4 and len(set(found)) == 1 and isinstance(found[0], int)
