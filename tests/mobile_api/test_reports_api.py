"""The mobile API: the contract's shapes, problems with words, and an answer given once."""

import json
import secrets
import threading
from collections.abc import Callable
from typing import Any, get_args

import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Report, Seen
from cases.services import reports
from hopecare.kernel import clock, codes
from hopecare.kernel.models import IdempotencyKey
from hopecare.kernel.services import once
from hopecare.messaging.models import Message
from mobile_api.schemas import SeenCode
from tests.cases.report_kit import ACCUSING
from tests.cast import NOW
from tests.database import as_owner
from tests.mobile_api.phone_kit import call

As = Callable[..., Client]
PLACE = {"town": "hwado", "words": "마석 장터 뒤 파란 대문 2층"}
BODY: dict[str, Any] = {
    "place": PLACE,
    "about": "neighbour",
    "seen": ["lives_alone"],
    "words": "사흘째 불이 안 켜졌어요",
    "urgency": "soon",
    "reporter": {"phone": None, "language": "ko"},
    "photos": [],
}


def post(client: Client, key: str = "", **changes: Any) -> HttpResponse:
    headers = {"Idempotency-Key": key} if key else {}
    body = json.dumps({**BODY, **changes})
    return client.post("/api/v1/reports", body, content_type="application/json", headers=headers)  # type: ignore[return-value]


def new_key() -> str:
    return secrets.token_hex(16)


def all_reports() -> list[Report]:
    with as_owner():
        return list(Report.objects.select_related("team", "town"))


def assert_problem(answer: HttpResponse, status: int) -> dict[str, Any]:
    assert answer.status_code == status and answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert {"type", "title", "status", "detail", "errors"} <= set(body) and body["status"] == status and body["detail"]
    return dict(body)


@pytest.mark.django_db
def test_a_report_is_taken_and_its_status_read(city: Any, as_: As) -> None:
    answer = post(as_())
    body = answer.json()  # type: ignore[attr-defined]
    assert answer.status_code == 201 and list(body) == ["code", "status", "promised_by", "status_url", "ring_first"]
    assert body["promised_by"] == "2026-11-24T18:00:00+09:00" and body["status_url"].endswith(
        f"/report/{body['code']}/"
    )
    status = as_().get(f"/api/v1/reports/{body['code'].lower()}").json()
    assert status["steps"] == [{"status": "received", "at": "2026-11-23"}] and status["updated_at"] == "2026-11-23"
    assert (all_reports()[0].door, all_reports()[0].team.code) == ("app", "east_mixed")


@pytest.mark.django_db
def test_a_report_costs_two_questions_and_a_status_one(city: Any, as_: As) -> None:
    client = as_()
    post(client)
    with CaptureQueriesContext(connection) as asked:
        code = post(client, new_key()).json()["code"]  # type: ignore[attr-defined]
    ours = [query["sql"] for query in asked if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len([sql for sql in ours if "set_config" not in sql]) == 2
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/api/v1/reports/{code}")
    assert len(asked) == 1


@pytest.mark.django_db
def test_ten_times_the_same_is_one_report(city: Any, as_: As) -> None:
    key = new_key()
    answers = [post(as_(), key) for _ in range(10)]
    assert {answer.content for answer in answers} == {answers[0].content}
    assert {answer.status_code for answer in answers} == {201}
    assert [answer.get("Idempotent-Replayed") for answer in answers] == [None, *["true"] * 9]
    assert len(all_reports()) == 1


@pytest.mark.django_db
def test_another_body_with_the_same_key_is_refused(city: Any, as_: As) -> None:
    key = new_key()
    post(as_(), key)
    body = assert_problem(post(as_(), key, words="다른 말"), 422)
    assert body["errors"][0]["code"] == "key_used" and len(all_reports()) == 1


@pytest.mark.django_db
def test_a_refused_report_keeps_no_key(city: Any, as_: As) -> None:
    key = new_key()
    assert_problem(post(as_(), key, place={"town": "gotham"}), 422)
    assert post(as_(), key).status_code == 201


@pytest.mark.django_db
def test_key_and_report_stand_in_one_transaction(city: Any, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_key()

    def broken(*arguments: Any, **named: Any) -> None:
        raise OperationalError("the server went away")

    with monkeypatch.context() as patch:
        patch.setattr(reports, "post_to_teams", broken)
        answer = post(as_(), key)
    assert_problem(answer, 503)
    assert answer["Retry-After"] and not all_reports() and not IdempotencyKey.objects.exists()
    assert post(as_(), key).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_at_work_the_second_is_told_to_wait(city: Any, as_: As) -> None:
    key, held, ready, go = new_key(), [], threading.Event(), threading.Event()

    def first() -> None:
        with clock.pinned(NOW), transaction.atomic():
            held.append(post(as_(), key).status_code)
            ready.set()
            go.wait(20)
        connection.close()

    worker = threading.Thread(target=first)
    worker.start()
    assert ready.wait(20)
    waiting = post(as_(), key)
    go.set()
    worker.join(20)
    assert held == [201]
    assert_problem(waiting, 409)
    assert waiting["Retry-After"] == "1"
    assert post(as_(), key)["Idempotent-Replayed"] == "true"


@pytest.mark.django_db
def test_keys_are_forgotten_after_thirty_days(city: Any, as_: As) -> None:
    post(as_(), new_key())
    assert once.forget_old() == 0
    with clock.pinned(NOW + once.KEPT + once.KEPT / 30):
        assert once.forget_old() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"place": {}}, "/place/words"),
        ({"place": {"town": "gotham"}}, "/place/town"),
        ({"place": {"lat": 0, "lon": 0}}, "/place/words"),
        ({"place": {"lat": 91, "lon": 0}}, "/place/lat"),
        ({"about": "enemy"}, "/about"),
        ({"seen": ["everything"]}, "/seen/0"),
        ({"seen": [], "words": ""}, "/words"),
        ({"words": "아" * 4001}, "/words"),
        ({"urgency": "now"}, "/urgency"),
        ({"reporter": {"phone": "call me"}}, "/reporter/phone"),
        ({"reporter": {"language": "<b>"}}, "/reporter/language"),
        ({"photos": ["abc"]}, "/photos"),
        ({"photos": ["abc"] * 6}, "/photos"),
        ({"reward": 1_000_000}, "/reward"),
        ({"words": "\ud800"}, "/words"),
        ({"words": ACCUSING}, "/words"),
    ],
)
def test_what_does_not_fit_is_pointed_at(changes: dict[str, Any], pointer: str, city: Any, as_: As) -> None:
    body = assert_problem(post(as_(), **changes), 422)
    assert pointer in [part["pointer"] for part in body["errors"]] and not all_reports()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 50_000, "application/json", 400),
        ('{"about": "할머니"}'.encode("utf-16-le") + b"\xff", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"about=self", "application/x-www-form-urlencoded", 415),
        (b'{"words": "' + b"a" * 70_000 + b'"}', "application/json", 413),
        (b'"a string"', "application/json", 422),
        (b"null", "application/json", 422),
    ],
)
def test_what_cannot_be_read_is_a_problem(body: bytes, kind: str, status: int, city: Any, as_: As) -> None:
    assert_problem(as_().generic("POST", "/api/v1/reports", body, content_type=kind), status)  # type: ignore[arg-type]


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["'; drop table cases_report; --", "\u0000\u0007벨", "<script>", "🏚️" * 1900])
def test_hostile_words_are_only_words(words: str, city: Any, as_: As) -> None:
    assert post(as_(), words=words).status_code == 201
    assert "\x00" not in all_reports()[0].words


@pytest.mark.django_db
def test_other_methods_addresses_and_short_keys(city: Any, as_: As) -> None:
    refused = as_().delete("/api/v1/reports")
    assert_problem(refused, 405)  # type: ignore[arg-type]
    assert refused["Allow"] == "POST"
    for address in ("/api/v1/", "/api/v1/nothing", "/api/v1/reports/", "/api/v1/reports/a/b"):
        assert_problem(as_().get(address), 404)  # type: ignore[arg-type]
    assert_problem(post(as_(), "short"), 422)


@pytest.mark.django_db
def test_wrong_and_missing_codes_answer_alike(city: Any, as_: As) -> None:
    answers = [as_().get(f"/api/v1/reports/{code}") for code in (codes.shown(codes.new_code()), "nonsense", "가나다")]
    assert len({answer.content for answer in answers}) == 1
    assert_problem(answers[0], 404)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_rates_say_when_to_come_back(city: Any, as_: As, settings: Any) -> None:
    settings.PUBLIC_FORM_RATE = settings.STATUS_READ_RATE = 2
    posts = [post(as_()) for _ in range(3)]
    reads = [as_().get("/api/v1/reports/nonsense") for _ in range(3)]
    for answer in (posts[-1], reads[-1]):
        assert_problem(answer, 429)  # type: ignore[arg-type]
        assert int(answer["Retry-After"]) > 0


@pytest.mark.django_db
@pytest.mark.rule("D2")
def test_the_api_tells_a_third_party_days_only(city: Any, as_: As) -> None:
    code = post(as_()).json()["code"]  # type: ignore[attr-defined]
    with clock.pinned(NOW.replace(hour=15)):
        body = as_().get(f"/api/v1/reports/{code}").json()
    assert body["status"] == "being_looked_at" and {len(step["at"]) for step in body["steps"]} == {10}


def test_the_contract_names_what_can_be_seen() -> None:
    assert set(get_args(SeenCode)) == set(Seen.values)


@pytest.mark.django_db
def test_the_document_and_its_page(city: Any, as_: As) -> None:
    document = as_().get("/api/v1/openapi.json").json()
    answers = document["paths"]["/api/v1/reports"]["post"]["responses"]
    assert set(answers) == {"201", "400", "401", "405", "409", "413", "415", "422", "429", "503"}
    assert all("application/problem+json" in answer["content"] for code, answer in answers.items() if code != "201")
    page = as_().get("/api/v1/docs")
    assert page.status_code == 200 and b"Idempotency" in as_().get("/api/v1/openapi.json").content
    assert b"<script>" not in page.content and b"cdn" not in page.content


@pytest.mark.django_db
@pytest.mark.rule("D13")
@pytest.mark.parametrize(
    ("told", "rings"),
    [({"words": "죽고 싶다고 하세요"}, True), ({"words": "불이 안 켜져요", "urgency": "danger"}, True), ({}, False)],
)
def test_a_report_of_danger_is_answered_with_the_numbers_first(
    told: dict[str, Any], rings: bool, city: Any, as_: As
) -> None:
    key = new_key()
    assert [post(as_(), key, **told).json()["ring_first"] for _ in range(2)] == [rings, rings]  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.rule("D13")
def test_words_are_added_once_and_danger_rings(city: Any, as_: As) -> None:
    code, key = post(as_()).json()["code"], new_key()  # type: ignore[attr-defined]
    address, headers = f"/api/v1/reports/{code}/words", {"Idempotency-Key": key}
    for _ in range(2):
        answer = as_().post(
            address, {"words": "죽고 싶다고 하셨어요"}, content_type="application/json", headers=headers
        )
        assert answer.json() == {"code": code, "ring_first": True}
    assert all_reports()[0].words.count("죽고 싶다고") == 1
    assert_problem(as_().post(address, {"words": ""}, content_type="application/json"), 422)  # type: ignore[arg-type]


@pytest.mark.django_db
@pytest.mark.rule("D2")
def test_a_report_is_taken_back_from_the_state_that_was_read(city: Any, as_: As) -> None:
    code = post(as_()).json()["code"]  # type: ignore[attr-defined]
    address = f"/api/v1/reports/{code}"
    etag = as_().get(address)["ETag"]
    assert_problem(as_().post(f"{address}/withdrawal", headers={"If-Match": '"else"'}), 412)  # type: ignore[arg-type]
    answer = as_().post(f"{address}/withdrawal", headers={"If-Match": etag})
    assert answer.json()["status"] == "withdrawn" and answer["ETag"] != etag
    assert_problem(as_().post("/api/v1/reports/nonsense/withdrawal"), 404)  # type: ignore[arg-type]


@pytest.mark.django_db
@pytest.mark.rule("D4")
def test_somebody_who_cares_at_home_asks_with_a_safe_time_and_words(city: Any, as_: As) -> None:
    reporter = {"phone": "010-0000-0042", "safe_when": "학교 끝나고 네 시", "safe_say": "도서관이라고요"}
    assert post(as_(), about="self", seen=["cares"], words="", reporter=reporter).status_code == 201
    form = {"about": "self", "town": "hwado", "seen": "cares", "safe_when": "네 시", "words": "할머니를 돌봐요"}
    assert as_().post("/report/", form).status_code == 302
    told = sorted(report.words for report in all_reports())
    assert told == [
        "[연락해도 되는 때] 학교 끝나고 네 시\n[다른 사람이 받으면] 도서관이라고요",
        "할머니를 돌봐요\n\n[연락해도 되는 때] 네 시",
    ]
    assert "학교나 부모님께" in as_().get("/report/?about=self").content.decode()


@pytest.mark.django_db
@pytest.mark.rule("D2")
def test_it_is_not_better_opens_ones_own_report_again_and_tells_nothing_of_others(city: Any, as_: As) -> None:
    own, other = (post(as_(), about=about).json()["code"] for about in ("self", "neighbour"))  # type: ignore[attr-defined]

    def echo(code: str, better: bool, status: int) -> None:
        answer = call(as_(), "POST", f"/reports/{code}/echo", {"better": better})
        assert answer.status_code == status

    echo(own, False, 404)
    with as_owner():
        Report.objects.update(state="closed", assigned_at=NOW, looked_at=NOW, closed_at=NOW)
    echo(other, False, 404)
    echo(own, True, 200)
    assert [report.state for report in all_reports()] == ["closed", "closed"]
    assert "나아지지 않았어요" in as_().get(f"/report/{own}/").content.decode()
    assert "나아지지 않았어요" not in as_().get(f"/report/{other}/").content.decode()
    assert as_().post(f"/report/{own}/echo/", {"better": "no"}).status_code == 302
    reopened = next(report for report in all_reports() if report.about == "self")
    assert (reopened.state, reopened.closed_at, reopened.echo) == ("received", None, "not_better")
    echo(own, False, 404)
    with as_owner():
        assert Message.objects.filter(purpose="report.not_better").count() == 1
