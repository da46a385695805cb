"""The inbox: newest and urgent first, page by page, for the team alone, each read written down."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from cases.models import Report, ReportPhoto
from cases.selectors import inbox
from cases.selectors.inbox import Wanted
from hopecare.kernel import codes
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import ReadEntry
from hopecare.kernel.services import documents
from tests.cases.desk_kit import assign, fresh, make_report, met
from tests.cast import NOW, Actor
from tests.database import as_owner

pytestmark = pytest.mark.django_db


def _codes(actor: Actor, **wanted: str) -> list[str]:
    with acting_as(actor.viewer):
        return [row.report.code for row in inbox.inbox(actor.viewer, Wanted(**wanted)).rows]


def test_danger_first_then_the_newest(ana: Actor) -> None:
    old = make_report(urgency="danger", received_at=NOW - timedelta(hours=5))
    words = make_report(danger_words=True, received_at=NOW - timedelta(hours=6))
    new, middle = make_report(received_at=NOW), make_report(received_at=NOW - timedelta(hours=1))
    assert _codes(ana) == [report.code for report in (old, words, new, middle)]


def test_by_promise_the_nearest_stands_first(ana: Actor) -> None:
    later, sooner = make_report(), make_report(promised_at=NOW + timedelta(minutes=5))
    assert _codes(ana, order="promise") == [sooner.code, later.code]


def test_pages_follow_each_other_by_key_without_a_gap(ana: Actor) -> None:
    reports = [make_report(received_at=NOW - timedelta(minutes=number)) for number in range(45)]
    seen, key = [], ""
    with acting_as(ana.viewer):
        while key or not seen:
            page = inbox.inbox(ana.viewer, Wanted(after=key))
            seen += [row.report.code for row in page.rows]
            key = page.next_key
    assert seen == [report.code for report in reports]


@pytest.mark.parametrize("key", ["x", "1-2", "0-99999999999999999999-1", "٣-1-1", "0-99999999999999999-1"])
def test_a_key_nobody_was_given_shows_the_first_page(key: str, ana: Actor) -> None:
    report = make_report()
    assert report.code in _codes(ana, after=key) or _codes(ana, after=key) == []


def test_filters_show_what_they_say(ana: Actor, hana: Actor, eli: Actor) -> None:
    waiting, done, mine = make_report(), met(hana, ana), make_report(town="sudong")
    assign(ana, mine, ana, eli)
    with as_owner():
        Report.objects.filter(pk=done.pk).update(state="closed", closed_at=NOW)
    assert _codes(ana, show="unassigned") == [waiting.code]
    assert _codes(eli, show="mine") == [mine.code]
    assert _codes(ana, show="past") == [done.code]
    assert _codes(ana, zone="north") == []


@pytest.mark.rule("D11")
def test_chi_sees_nothing_and_the_fraud_reviewer_no_page(as_, ana: Actor, chi: Actor, fraud: Actor) -> None:
    report = make_report()
    assert _codes(ana) == [report.code] and _codes(chi) == []
    address = f"/desk/reports/{codes.shown(report.code)}/"
    assert as_(ana).get(address).status_code == 200
    assert [as_(chi).get(address).status_code, as_(fraud).get(address).status_code] == [404, 404]
    assert as_(fraud).get("/desk/reports/").status_code == 404


def test_chis_attempt_stands_in_the_log_of_the_east_centre(as_, ana: Actor, chi: Actor) -> None:
    report = make_report()
    as_(chi).get(f"/desk/reports/{codes.shown(report.code)}/")
    with as_owner():
        entry = ReadEntry.objects.get(user_id=chi.id)
    assert (entry.refused, entry.subject_ids, entry.owner_ids) == (True, [report.pk], [report.provider_id])


def test_each_report_that_was_read_is_written_down(as_, ana: Actor) -> None:
    report = make_report()
    as_(ana).get("/desk/reports/")
    as_(ana).get(f"/desk/reports/{codes.shown(report.code)}/")
    with as_owner():
        rows = ReadEntry.objects.filter(user_id=ana.id, subject_kind="report").order_by("id")
        assert [(row.what, row.subject_ids) for row in rows] == [("list", [report.pk]), ("view", [report.pk])]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(rows: int, as_, ana: Actor, hana: Actor) -> None:
    for _ in range(rows):
        make_report()
        assign(ana, make_report(), ana, hana)
    client = as_(hana)
    client.get("/desk/reports/")
    assert len(_asked(client, "/desk/reports/")) == 12


def _asked(client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    aside = ("select set_config", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return [query["sql"] for query in asked.captured_queries if not query["sql"].startswith(aside)]


def test_the_clock_is_told_in_words_and_sign(as_, ana: Actor) -> None:
    make_report(promised_at=NOW + timedelta(hours=25, minutes=8))
    make_report(promised_at=NOW - timedelta(hours=1, minutes=2))
    page = as_(ana).get("/desk/reports/").content.decode()
    assert "25:08 남음" in page and "−1:02 지남" in page


@pytest.mark.rule("D13")
def test_help_lines_stand_where_danger_is_read(as_, ana: Actor) -> None:
    calm, danger = make_report(), make_report(danger_words=True)
    client = as_(ana)
    assert "1577-1389" not in client.get(f"/desk/reports/{calm.code}/").content.decode()
    assert "1577-1389" in client.get(f"/desk/reports/{danger.code}/").content.decode()


def test_a_photo_is_shown_to_the_team_and_its_read_is_logged(as_, ana: Actor, chi: Actor) -> None:
    report = make_report()
    picture = BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "JPEG")
    draft = documents.keep_photo(BytesIO(picture.getvalue()), len(picture.getvalue()))
    with as_owner():
        document = documents.adopt(draft, scope_keys=[report.team_id, -report.provider_id])
        ReportPhoto.objects.create(
            report=report, document=document, team_id=report.team_id, provider_id=report.provider_id
        )
    address = f"/desk/documents/{document.pk}/"
    assert as_(chi).get(address).status_code == 404
    shown = as_(ana).get(address)
    assert (shown.status_code, shown["Content-Type"], "no-store" in shown["Cache-Control"]) == (200, "image/jpeg", True)
    with as_owner():
        assert ReadEntry.objects.filter(user_id=ana.id, what="photo", subject_ids=[report.pk]).exists()


def test_the_desk_joins_assigns_and_records_by_hand(as_, ana: Actor, hana: Actor) -> None:
    report, near = make_report(lat=37.6548, lon=127.3070), make_report(lat=37.6528, lon=127.3052)
    client, address = as_(ana), f"/desk/reports/{codes.shown(report.code)}/"
    assert "260 m" in client.get(address).content.decode() or "270 m" in client.get(address).content.decode()
    assert client.post(f"{address}near/", {"near": near.code, "same": "yes"}).status_code == 302
    plan = {"official": ana.id, "worker": hana.id, "day": "2026-11-24", "hour": "10:00", "expected": ""}
    assert client.post(f"{address}assign/", plan).status_code == 302
    late = client.post(f"{address}assign/", {**plan, "hour": "15:00"})
    assert late.status_code == 422 and "11/24 10:00" in late.content.decode()
    assert (fresh(near).state, fresh(report).state) == ("joined", "assigned")


def test_a_bad_plan_comes_back_with_what_was_typed(as_, ana: Actor, hana: Actor) -> None:
    report = make_report()
    plan = {"official": ana.id, "worker": hana.id, "day": "2026-11-12", "hour": "10:00", "expected": ""}
    page = as_(ana).post(f"/desk/reports/{report.code}/assign/", plan)
    assert (
        page.status_code == 422
        and 'value="2026-11-12"' in page.content.decode()
        and "지난 때입니다" in page.content.decode()
    )


@pytest.mark.parametrize("step", ["near", "assign", "hand-over", "answer", "close", "attach"])
def test_no_step_is_open_to_chi(step: str, as_, chi: Actor, city) -> None:
    report = make_report()
    address = f"/desk/reports/{report.code}/{step}/"
    typed = {
        "near": report.code,
        "words": "x",
        "reason": "x",
        "zone": "north",
        "number": "2026-000001",
        "answer": "accept",
    }
    assert as_(chi).post(address, typed).status_code == 404
    assert fresh(report).state == "received"
