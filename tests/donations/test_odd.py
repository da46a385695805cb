"""What cannot be taken by itself is never lost: it is tried again, and stands before the accountant until it is."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from donations import tasks
from donations.models import Deposit, OddLine, Order, Pledge, ProviderEvent, Settlement, Withdrawal
from donations.selectors import odd as selectors
from donations.services import booking, charging, filing, monthly, rosters
from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.donations.books_kit import TODAY, fund, giving
from tests.donations.conftest import StandIn, charge_of

pytestmark = pytest.mark.django_db
As, Ordered = Callable[..., Any], Callable[..., Order]
NOWHERE = "http://127.0.0.1:9"
PAGE = "/desk/accounts/odd/"


def tried_for(span: timedelta, step: timedelta) -> None:
    """The beat, for that long."""
    since = clock.now()
    for number in range(int(span / step) + 1):
        with clock.pinned(since + number * step):
            charging.understand_open()


def open_count(who: Actor) -> int:
    with acting_as(who.viewer):
        return selectors.waiting(who.viewer)


@pytest.fixture
def paid_order(payments: StandIn, ordered: Ordered) -> Order:
    order = ordered(50_000)
    payments.post("finish", id=charge_of(order).reference)
    charging.look_again("stripe", charge_of(order).reference)
    return order


@pytest.mark.rule("R66")
def test_a_dispute_told_during_an_outage_of_hours_is_booked_when_the_provider_is_back(
    payments: StandIn, paid_order: Order, settings: Any, ivo: Actor
) -> None:
    reference = charge_of(paid_order).reference
    payments.post("dispute", id=reference, status="needs_response")
    settings.STRIPE_API_URL = NOWHERE
    charging.keep_event("stripe", "evt_late", reference)
    tried_for(timedelta(hours=6), timedelta(minutes=1))
    with giving():
        waits = ProviderEvent.objects.get(event_id="evt_late")
    assert waits.handled_at is None and 10 < waits.attempts < 30
    with acting_as(ivo.viewer):
        assert [row.pk for row in selectors.odd(ivo.viewer).events] == [waits.pk]
    settings.STRIPE_API_URL = payments.url
    with clock.pinned(NOW + timedelta(hours=7, minutes=1)):
        assert charging.understand_open() == 1
    assert charge_of(paid_order).disputed_won == 50_000 and open_count(ivo) == 0


@pytest.mark.rule("R66")
def test_a_call_back_that_breaks_keeps_no_other_one_waiting(
    payments: StandIn, paid_order: Order, ordered: Ordered, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, take = ordered(20_000), booking.take
    payments.post("finish", id=charge_of(other).reference)
    broken = charge_of(paid_order)
    monkeypatch.setattr(booking, "take", lambda pk, fact: 1 / 0 if pk == broken.pk else take(pk, fact))
    charging.keep_event("stripe", "evt_bad", broken.reference)
    charging.keep_event("stripe", "evt_good", charge_of(other).reference)
    charging.understand_open()
    assert charge_of(other).state == "paid"
    with giving():
        assert ProviderEvent.objects.get(handled_at=None).problem == "ZeroDivisionError"


def test_the_accountant_asks_again_at_once_or_puts_it_away(
    payments: StandIn, paid_order: Order, as_: As, ivo: Actor, hana: Actor
) -> None:
    with giving():
        values = {"attempts": 14, "problem": "connect", "next_at": NOW + timedelta(hours=1)}
        first, second = (
            ProviderEvent.objects.create(
                provider="stripe", event_id=name, reference=charge_of(paid_order).reference, **values
            )
            for name in ("evt_1", "evt_2")
        )
    desk = as_(ivo)
    assert PAGE in desk.get("/desk/accounts/").content.decode()
    assert f"{PAGE}events/{first.pk}/" in desk.get(PAGE).content.decode()
    assert as_(hana).get(PAGE).status_code == as_(hana).post(f"{PAGE}events/{first.pk}/").status_code == 404
    assert charging.understand_open() == 0
    assert desk.post(f"{PAGE}events/{first.pk}/").status_code == 302
    assert charging.understand_open() == 1
    assert desk.post(f"{PAGE}events/{second.pk}/", {"do": "away"}).status_code == 302
    assert desk.post(f"{PAGE}events/{second.pk}/").status_code == 404
    with giving():
        second.refresh_from_db()
        assert second.handled_by_id == ivo.user.pk
    assert open_count(ivo) == 0


def put(home: Path, kind: str, name: str, body: str | bytes) -> Path:
    path = home / "money" / kind / "in" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return path


def lines() -> list[tuple[str, int, str]]:
    with giving():
        rows = OddLine.objects.filter(settled_at=None).order_by("kind", "line", "pk")
        return [(row.kind, row.line, row.reason) for row in rows]


def result(*rows: tuple[str, int, str], tail: bool = True) -> bytes:
    text = [
        f"R{number:08d}{'예시은행 1':<24}{won:013d}{key:<36}{code}" for number, (key, won, code) in enumerate(rows, 1)
    ]
    text += [f"T{len(rows):08d}{sum(won for _, won, _ in rows):013d}"] if tail else []
    return "\n".join(text).encode("euc-kr")


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HOPECARE_HOME = tmp_path
    return tmp_path


@pytest.mark.rule("R73")
def test_good_lines_are_taken_and_bad_ones_stand_on_the_worklist(home: Path, city: object, ivo: Actor) -> None:
    account = fund().receiver.account_number
    text = [
        "거래번호,계좌,날짜,이름,금액",
        f'B1,{account},2026-11-20,도하람,"50,000"',
        f"B2,{account},2026-11-20,월세,-300000",
        "B3,999-99,2026-11-20,모름,70000",
        f"B4,{account},어제,모름,70000",
        f'B5,{account},2026-11-20,"모름,70000',
        f"B1,{account},2026-11-20,도하람,60000",
        f"B6,{account},2026-11-20,김영자,1000",
    ]
    put(home, "bank", "a.csv", "\n".join(text).encode("cp949"))
    put(home, "bank", "b.csv", b"\xff\xfe\x00\x81")
    put(home, "settlement", "c.csv", "stripe,pi_of_somebody_else,5000,100,2026-11-20\nstripe,x\n")
    for _ in "ab":
        filing.take_files()
        for path in (home / "money/bank/in/done/a.csv", home / "money/settlement/in/done/c.csv"):
            path.replace(path.parent.parent / path.name)  # the same file again adds nothing
    with giving():
        assert sorted(Deposit.objects.values_list("bank_reference", "amount_won")) == [("B1", 50_000), ("B6", 1_000)]
        assert Withdrawal.objects.get().bank_reference == "B2"
        assert Settlement.objects.get().problem == "unknown"
    reasons = [(4, "not_ours"), (5, "unreadable"), (6, "unreadable"), (7, "other")]
    assert lines() == [("bank", 0, "whole"), *(("bank", *one) for one in reasons), ("settlement", 2, "unreadable")]
    assert (home / "money/bank/in/aside/b.csv").exists()


@pytest.mark.rule("R73")
def test_what_a_broken_file_or_step_holds_up_is_nothing_else(
    home: Path, city: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, seen = fund().receiver.account_number, list[str]()
    put(home, "bank", "a.csv", f"B1,{account},2026-11-20,도하람,50000\n")
    put(home, "bank", "b.csv", f"B2,{account},2026-11-20,도하람,50000\n")
    take = filing._take_lines

    def without_the_first(kind: str, path: Path) -> int:
        if path.name == "a.csv":
            raise OperationalError
        return take(kind, path)

    monkeypatch.setattr(filing, "_take_lines", without_the_first)
    monkeypatch.setattr(charging, "run_due", lambda: 1 / 0)
    monkeypatch.setattr(rosters, "ask_next", lambda: seen.append("asked") or 1)
    tasks.move_money()
    with giving():
        assert Deposit.objects.get().bank_reference == "B2"
    assert seen == ["asked"] and (home / "money/bank/in/a.csv").exists()


@pytest.mark.rule("R66")
def test_a_result_without_its_tail_is_set_aside_whole_and_read_when_it_is_whole(
    home: Path, enrolled: Callable[..., Pledge], as_: As, ivo: Actor
) -> None:
    good, left_out = enrolled("예시은행 1", "cms"), enrolled("예시은행 2", "cms")
    monthly.run_today()
    key = str(charge_of(good).uuid)
    answers = [(key, 5_000, "0000"), ("no-key-of-ours", 5_000, "0000")]
    put(home, "cms", "x.result", result(*answers, tail=False))
    filing.take_files()
    assert charge_of(good).state == "waiting" and lines() == [("cms", 0, "whole")]
    with giving():
        row = OddLine.objects.get()
    desk = as_(ivo)
    assert f"{PAGE}lines/{row.pk}/" in desk.get(PAGE).content.decode()
    (home / "money/cms/in/aside/x.result").write_bytes(result(*answers))
    assert desk.post(f"{PAGE}lines/{row.pk}/").status_code == 302
    filing.take_files()
    assert charge_of(good).state == "paid" and lines() == [("cms", 2, "unknown")]
    assert charge_of(left_out).state == "waiting" and open_count(ivo) == 1
    with clock.pinned(NOW + timedelta(days=5)), acting_as(ivo.viewer):
        assert [one.pk for one in selectors.odd(ivo.viewer).unanswered] == [charge_of(left_out).pk]


def test_a_line_is_read_again_when_its_account_is_ours_or_put_away(
    home: Path, city: object, as_: As, ivo: Actor, hana: Actor
) -> None:
    receiver = fund().receiver
    put(home, "bank", "a.csv", f"B1,{receiver.account_number}9,2026-11-20,도하람,50000\nB2,999,2026-11-20,모름,1\n")
    filing.take_files()
    with giving():
        first, second = OddLine.objects.order_by("line")
    desk, page = as_(ivo), f"{PAGE}lines/{first.pk}/"
    assert as_(hana).post(page).status_code == 404
    assert desk.post(page).status_code == 302 and open_count(ivo) == 2
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("update donations_receiver set account_number = account_number || '9'")
    assert desk.post(page).status_code == 302
    assert desk.post(f"{PAGE}lines/{second.pk}/", {"do": "away"}).status_code == 302
    assert open_count(ivo) == 0
    with giving():
        assert Deposit.objects.get().amount_won == 50_000
        assert OddLine.objects.get(pk=second.pk).settled_by_id == ivo.user.pk


def test_the_worklist_asks_for_unanswered_debits_once_and_by_their_own_index(city: object, ivo: Actor) -> None:
    with acting_as(ivo.viewer), connection.cursor() as cursor:
        with CaptureQueriesContext(connection) as asked:
            selectors.odd(ivo.viewer)
        assert sum("donations_batch" in query["sql"] for query in asked.captured_queries) == 1
        cursor.execute("set local enable_seqscan = off")
        plan = selectors._unanswered(ivo.viewer, TODAY).explain()
    assert "charge_unanswered" in plan
