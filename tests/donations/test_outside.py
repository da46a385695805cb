"""Gifts of another platform, one by one: once each, with their provenance, and a receipt where there was none (R66)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from donations.models import Deposit, Gift, OutsideGift, OutsideList, Receipt
from donations.selectors.follow import follow
from donations.selectors.ledger import trouble
from donations.selectors.receipts import years_behind
from donations.services import receipts
from donations.services.receipts import Asked
from hopecare.kernel.access import acting_as
from tests.cast import Actor
from tests.donations.books_kit import GIVING, TODAY, fund, giving

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R66")]
As = Callable[..., Any]
HEAD = "번호,날짜,금액,이름,전화번호,영수증\n"
LINES = (
    "A-1,2026-11-01,50000,도하람,010-0000-0055,N\n"
    'A-2,2026.11.02,"30,000",민들레,010-0000-0056,발급\n'
    "A-3,2026-11-02,100,작은손,010-0000-0057,\n"
    "A-3,2026-11-03,1000,,,\n"
    ",2026-11-03,1000,,,\n"
    "A-5,2027-11-03,1000,,,\n"
    "A-6,2026-11-03,공짜,,,\n"
)


def brought(client: Any, lines: str = LINES, **fields: Any) -> Any:
    file = SimpleUploadedFile("happy.csv", (HEAD + lines).encode(), "text/csv")
    told = {"platform": "좋은콩", "fund": str(fund("east:general").pk), "fee": "100", "attested": "on", "file": file}
    return client.post("/desk/giving/platforms/new/", {**told, **fields})


def deposited(won: int) -> Deposit:
    values = {"bank_reference": f"P{won}", "booked_on": TODAY, "name": "좋은콩재단", "amount_won": won}
    with giving():
        return Deposit.objects.create(receiver=fund("east:general").receiver, **values)


@pytest.mark.rule("K14")
def test_each_gift_is_booked_once_and_only_who_had_no_receipt_may_ask_us(
    as_: As, hana: Actor, ivo: Actor, chi: Actor
) -> None:
    desk, books = as_(hana), as_(ivo)
    url = brought(desk)["Location"]
    page = desk.get(url).content.decode()
    assert "A-1" in page and "80,000" in page and all(f"{line}번째 줄" in page for line in (5, 6, 7, 8))
    assert as_(chi).get(url).status_code == 404
    assert desk.post(url, {"do": "book", "deposit": "1"}).status_code == 404
    wrong, right = deposited(80_100), deposited(80_000)
    assert books.post(url, {"do": "book", "deposit": f"{wrong.pk}"}).status_code == 422
    assert books.post(url, {"do": "book", "deposit": f"{right.pk}"}).status_code == 302
    assert books.post(url, {"do": "book", "deposit": f"{right.pk}"}).status_code == 422
    with giving():
        gifts = list(Gift.objects.order_by("amount_won").values_list("amount_won", "source", "donor__name"))
        assert [won for won, _, _ in gifts] == [100, 30_000, 50_000] and {row[1] for row in gifts} == {"outside"}
        assert trouble() == []
        lines = {row.reference: row for row in OutsideGift.objects.select_related("order")}
    assert [lines[name].name for name in ("A-1", "A-2", "A-3")] == ["", "", "작은손"[:0]]
    code = lines["A-1"].order.code
    years = years_behind(follow(code))
    receipts.ask(by=GIVING, year=years[0], asked=Asked("person", "도하람", "000101-9000000", True))
    with giving():
        assert [(row.amount_won, row.given_on.isoformat()) for row in Receipt.objects.all()] == [(50_000, "2026-11-01")]


def test_the_same_file_and_the_same_number_come_in_once(as_: As, hana: Actor) -> None:
    desk = as_(hana)
    url = brought(desk)["Location"]
    assert "이미 올린 파일" in brought(desk).content.decode()
    more = "A-1,2026-11-01,50000,,,Y\nA-9,2026-11-05,7000,,,Y\n"
    second = brought(desk, more, fee="0")["Location"]
    assert "2번째 줄" in desk.get(second).content.decode()
    with acting_as(hana.viewer):
        assert OutsideList.objects.latest("pk").gifts.count() == 1
    assert desk.post(url, {"do": "throw"}).status_code == 302
    with acting_as(hana.viewer):
        assert not OutsideGift.objects.filter(list__state="void").exclude(phone="").exists()
    assert brought(desk).status_code == 302  # a list that was thrown away may come again


@pytest.mark.rule("K11")
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"platform": ""}, "플랫폼"),
        ({"attested": ""}, "동의"),
        ({"fee": "20,000"}, "15"),
        ({"lines": "A-1,어제,1,,,\n"}, "하나도"),
        ({"file": ""}, "파일"),
    ],
)
def test_a_list_is_refused(as_: As, hana: Actor, fields: dict[str, str], words: str) -> None:
    answer = brought(as_(hana), **fields)
    assert answer.status_code == 422 and words in answer.content.decode()
