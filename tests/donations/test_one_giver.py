"""Accounts of one giver: joined by a code to the telephone alone, one debit, each still by itself, and out again."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from donations.models import Charge, Donor, Gift, Method, Pledge
from donations.services import charging, givers, monthly
from donations.services.receipts import tell_of_the_year
from hopecare.kernel import clock, codes, phones
from hopecare.messaging.models import Message
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.donations.books_kit import TODAY, fund, giving
from tests.donations.conftest import StandIn, charge_of

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R64")]
As, Enrolled = Callable[..., Any], Callable[..., Pledge]
PHONE, BANK = "010-0000-0055", "예시은행 000-111-222233"


def code_sent() -> str:
    with as_owner():
        body = Message.objects.filter(purpose="gift_code").latest("pk").body
    return re.findall(r"\d{6}", body)[0]


def comes_in(client: Any, phone: str = PHONE) -> Any:
    assert client.post("/donate/mine/enter/", {"phone": phone}).status_code == 200
    return client.post("/donate/mine/enter/", {"do": "code", "phone": phone, "code": code_sent()})


def brings_all(client: Any) -> None:
    ids = re.findall(r'name="earlier" value="(\d+)"', client.get("/donate/mine/bring/").content.decode())
    client.post("/donate/mine/bring/", {"do": "bring", "earlier": ids})


def row_of(user: Any) -> Donor:
    with giving():
        return Donor.objects.get(user_id=user, brought_at=None)


def somebody() -> Donor:
    """A row as each form makes one, with the telephone that was typed."""
    with giving():
        number = "+821000000055"
        return Donor.objects.create(name="도하람", phone=number, phone_hash=phones.hashed(number))


@pytest.fixture
def two(enrolled: Enrolled) -> list[Pledge]:
    """Two accounts by form, months apart: the same telephone, the same bank account written otherwise."""
    return [
        enrolled("예시은행 000-111-222233", "cms", label="예시은행 ••33", donor=somebody()),
        enrolled(
            "예시 000111222233", "cms", units=2, fund=fund("east:cause:living"), label="예시 ••33", donor=somebody()
        ),
    ]


def month() -> list[tuple[str, int, int]]:
    """The charges of the month: state, won, lines."""
    with giving():
        return [(row.state, row.amount_won, row.lines.count()) for row in Charge.objects.order_by("pk")]


def test_two_accounts_by_form_are_two_debits_until_their_giver_brings_them(two: list[Pledge], as_: As) -> None:
    client = as_()
    assert comes_in(client)["Location"] == "/donate/mine/bring/"
    brings_all(client)
    page = client.get("/donate/mine/").content.decode()
    assert all(codes.shown(one.code) in page for one in two)
    assert "15,000" in page and "한 번에 출금" in page
    monthly.prepare(TODAY)
    assert month() == [("ready", 15_000, 2)]


def test_nobody_brings_by_name_and_account_or_without_the_code(two: list[Pledge], as_: As) -> None:
    told = {"way": "cms", "fund": str(fund("east:general").pk), "units": "1", "day": "25", "consent": "on"}
    as_().post("/donate/monthly/", {**told, "name": "도하람", "phone": PHONE, "bank": "예시은행", "account": BANK[5:]})
    monthly.prepare(TODAY)
    assert [lines for _state, _won, lines in month()] == [1, 1]
    stranger = as_()
    comes_in(stranger, "010-0000-0056")
    stranger.post("/donate/mine/bring/", {"do": "bring", "earlier": [str(one.donor_id) for one in two]})
    stranger.post("/donate/mine/bring/?again", {"phone": PHONE})
    for wrong in ("", "000000" if code_sent() != "000000" else "111111"):
        assert stranger.post("/donate/mine/bring/", {"do": "code", "phone": PHONE, "code": wrong}).status_code == 422
    stranger.post("/donate/mine/bring/", {"do": "bring", "earlier": [str(one.donor_id) for one in two]})
    assert codes.shown(two[0].code) not in stranger.get("/donate/mine/").content.decode()


def test_a_code_opens_once_and_a_typed_telephone_opens_no_account(as_: As, dee: Actor) -> None:
    """What somebody typed while logged in proves nothing: only a telephone whose code was typed opens the account."""
    own = givers.own_row(dee.id)
    with giving():
        Donor.objects.filter(pk=own.pk).update(phone="+821000000055", phone_hash=phones.hashed("+821000000055"))
    client = as_()
    comes_in(client)
    code = code_sent()
    with giving():
        assert Donor.objects.exclude(phone_proved_at=None).get().user_id != dee.id
    again = as_()
    assert again.post("/donate/mine/enter/", {"do": "code", "phone": PHONE, "code": code}).status_code == 422
    assert again.get("/donate/mine/").status_code == 302


def test_the_same_telephone_opens_the_same_account_again(as_: As, city: object) -> None:
    comes_in(as_())
    with clock.pinned(NOW + timedelta(minutes=2)):
        comes_in(as_())
    with giving():
        assert Donor.objects.exclude(phone_proved_at=None).count() == 1


def test_a_giver_who_is_logged_in_begins_a_second_account_of_the_same_debit(as_: As, city: object) -> None:
    client = as_()
    comes_in(client)
    told = {"fund": str(fund("east:general").pk), "units": "1", "day": "25", "consent": "on", "name": "도하람"}
    client.post("/donate/monthly/", {**told, "way": "cms", "bank": "예시은행", "account": "000-111-222233"})
    page = client.get("/donate/monthly/").content.decode()
    way = re.findall(r'value="(same:\d+)"', page)[0]
    assert "예시은행 ••33" in page and 'name="phone"' not in page and 'name="name"' not in page
    more = {**told, "fund": str(fund("east:cause:living").pk), "units": "3", "way": way}
    assert client.post("/donate/monthly/", more).status_code == 302
    monthly.prepare(TODAY + timedelta(days=2))
    assert month() == [("ready", 20_000, 2)]
    with giving():
        assert [row.consent_words[:7] for row in Method.objects.order_by("pk")] == ["매달 25일 ", "매달 25일 "]


def test_nobody_uses_the_bank_account_of_another_giver(as_: As, two: list[Pledge]) -> None:
    client = as_()
    comes_in(client, "010-0000-0056")
    told = {"fund": str(fund("east:general").pk), "units": "1", "day": "25", "consent": "on", "name": "도하람"}
    for way in (f"same:{two[0].method_id}", "same:0", "same:"):
        assert client.post("/donate/monthly/", {**told, "way": way}).status_code == 422


@pytest.fixture
def joined(two: list[Pledge], as_: As) -> Any:
    client = as_()
    comes_in(client)
    brings_all(client)
    return client


def texts(purpose: str) -> list[str]:
    with as_owner():
        return list(Message.objects.filter(purpose=purpose).order_by("pk").values_list("body", flat=True))


def test_the_notice_before_the_debit_names_the_sum_and_its_parts_once(joined: Any) -> None:
    with clock.pinned(NOW + timedelta(days=28)):  # 21 December
        monthly.notify_ahead()
        monthly.notify_ahead()
    (text,) = texts("debit_notice")
    assert "15,000" in text and "5,000 +" in text and "10,000" in text and "12/23" in text


def test_one_account_is_skipped_paused_and_stopped_by_itself(joined: Any, two: list[Pledge]) -> None:
    first, second = (f"/donate/follow/{codes.shown(one.code)}/change/" for one in two)
    assert joined.post(first, {"do": "pause", "back": "mine"})["Location"] == "/donate/mine/"
    monthly.prepare(TODAY)
    assert month() == [("ready", 10_000, 1)]
    joined.post(first, {"do": "resume"})
    joined.post(second, {"do": "stop"})
    monthly.prepare(TODAY.replace(month=12))
    assert month()[1:] == [("failed", 10_000, 1), ("ready", 5_000, 1)][1:]


def test_taken_out_it_stands_by_itself_with_what_was_given_since(
    payments: StandIn, joined: Any, two: list[Pledge]
) -> None:
    monthly.run_today()
    payments.post("banks")
    monthly.filing.take_files()
    page = joined.get("/donate/mine/").content.decode()
    assert "15,000" in page and joined.get("/donate/mine/receipts/").content.decode().count("15,000") >= 1
    assert joined.post(f"/donate/mine/brought/{two[1].donor_id}/out/").status_code == 302
    page = joined.get("/donate/mine/").content.decode()
    assert codes.shown(two[1].code) not in page and codes.shown(two[0].code) in page
    with giving():
        assert Gift.objects.get(pledge=two[1]).donor_id == two[1].donor_id
        assert not Method.objects.exclude(same_as=None).exists()
    monthly.prepare(TODAY.replace(month=12))
    assert sorted(month()[1:]) == [("ready", 5_000, 1), ("ready", 10_000, 1)]


def test_only_what_was_brought_is_taken_out_and_by_nobody_else(joined: Any, two: list[Pledge], as_: As) -> None:
    stranger = as_()
    comes_in(stranger, "010-0000-0056")
    assert stranger.post(f"/donate/mine/brought/{two[1].donor_id}/out/").status_code == 404
    own = int(joined.session["_auth_user_id"])
    assert joined.post(f"/donate/mine/brought/{row_of(own).pk}/out/").status_code == 404
    assert two[1].donor_id and codes.shown(two[1].code) in joined.get("/donate/mine/").content.decode()


def test_a_joint_debit_that_fails_is_one_and_another_account_takes_over_both(
    payments: StandIn, enrolled: Enrolled, as_: As
) -> None:
    two = [enrolled("cus_1/pm_hard", units=units, label="card", donor=somebody()) for units in (1, 2)]
    client = as_()
    comes_in(client)
    brings_all(client)
    monthly.run_today()
    assert month() == [("failed", 15_000, 2)] and len(texts("debit_failed")) == 1
    url = f"/donate/follow/{codes.shown(two[0].code)}/account/"
    client.post(url, {"bank": "예시은행", "account": "000-111-222233", "consent": "on"})
    assert month() == [("ready", 15_000, 2)] and charge_of(two[1]).provider == "cms"
    with giving():
        rows = Pledge.objects.select_related("method").order_by("pk")
        assert [row.method.donor_id == row.donor_id for row in rows] == [True, True]
        assert [row.method.label for row in rows] == ["예시은행 ••33"] * 2
    monthly.prepare(TODAY.replace(month=12))
    assert month()[1:] == [("ready", 15_000, 2)]


def test_a_card_that_one_account_waits_for_moves_no_other_account(payments: StandIn, as_: As) -> None:
    client = as_()
    comes_in(client)
    told = {"fund": str(fund("east:general").pk), "units": "1", "day": "25", "consent": "on", "name": "도하람"}
    client.post("/donate/monthly/", {**told, "way": "cms", "bank": "예시은행", "account": "000-111-222233"})
    client.post("/donate/monthly/", {**told, "way": "stripe"})
    with giving():
        by_bank, by_card = Pledge.objects.order_by("pk")
    client.get(f"/donate/follow/{codes.shown(by_card.code)}/")
    entry = [row["id"] for row in payments.payments() if row["id"].startswith("seti_")][-1]
    window = [row["window"] for row in payments.payments() if row["id"] == entry][-1]
    assert window not in client.get(f"/donate/follow/{codes.shown(by_bank.code)}/").content.decode()
    payments.post("finish", id=window, do="pay")
    client.get(f"/donate/follow/{codes.shown(by_bank.code)}/")
    client.get(f"/donate/follow/{codes.shown(by_card.code)}/")
    with giving():
        rows = list(Pledge.objects.select_related("method").order_by("pk"))
    assert [(row.state, row.method.provider) for row in rows] == [("active", "cms"), ("active", "stripe")]


def test_the_year_is_told_once_for_all_of_one_giver(payments: StandIn, joined: Any) -> None:
    monthly.run_today()
    payments.post("banks")
    monthly.filing.take_files()
    charging.run_due()
    with clock.pinned(NOW.replace(year=2027, month=1, day=11)):
        assert [tell_of_the_year() for _ in "ab"] == [1, 0]
    (text,) = texts("gift_year")
    assert "15,000" in text
