"""The chain of seals, closing a month, and what other programs are given."""

import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test import Client

from donations.facts import NewGift
from donations.models import Deposit, Gift, Seal
from donations.selectors.export import beancount, budget_sheet, postings_csv
from donations.selectors.ledger import fund_balance, trouble
from donations.services import ledger
from donations.services.periods import broken_links, close_month, open_months, seal_day
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.donations.books_kit import TODAY, fund, given, giving, paid

pytestmark = pytest.mark.django_db
_OPEN = re.compile(r"^(\d{4}-\d\d-\d\d) open ((?:Assets|Income|Expenses|Equity)(?::[A-Z][A-Za-z0-9-]*)+) KRW$")
_HEAD = re.compile(r'^(\d{4}-\d\d-\d\d) \* "[^"]*" "[^"]*"$')
_LEG = re.compile(r"^  (\S+)  (-?\d+) KRW$")
_BALANCE = re.compile(r"^(\d{4}-\d\d-\d\d) balance (\S+)  (-?\d+) KRW$")


def complaints(lines: Iterable[str]) -> list[str]:
    """What a strict reader of beancount finds: unopened accounts, journals off nought, balances that do not hold."""
    found: list[str] = []
    opened: set[str] = set()
    sums: dict[str, int] = defaultdict(int)
    off, journal = 0, ""
    for line in "".join(lines).splitlines():
        leg = _LEG.match(line)
        if leg:
            found += [f"{leg[1]} was never opened"] if leg[1] not in opened else []
            sums[leg[1]] += int(leg[2])
            off += int(leg[2])
            continue
        if line.startswith(("  journal:", "option ")):
            continue
        if off:
            found.append(f"{journal} is off by {off}")
            off = 0
        opening, balance = _OPEN.match(line), _BALANCE.match(line)
        if opening:
            opened.add(opening[2])
        elif balance:
            right = sums[balance[2]] == int(balance[3])
            found += [] if right else [f"{balance[2]} is {sums[balance[2]]}, not {balance[3]}"]
        elif line and not _HEAD.match(line):
            found.append(f"not understood: {line}")
        else:
            journal = line
    return found


@pytest.fixture
def some_books(city: object) -> None:
    given("g1", 50_000)
    given("g2", 30_000, "east:general", source="monthly")
    paid("p1", 20_000)


def test_the_export_is_read_by_a_strict_reader_and_a_planted_won_is_found(some_books: None, ivo: Actor) -> None:
    with acting_as(ivo.viewer):
        lines = list(beancount(ivo.viewer, TODAY - timedelta(days=1), TODAY))
        later = list(beancount(ivo.viewer, TODAY + timedelta(days=1), TODAY + timedelta(days=2)))
    assert complaints(lines) == [] and complaints(later) == []
    planted = [line.replace("  50000 KRW", "  50001 KRW", 1) for line in lines]
    assert len(complaints(planted)) >= 2


@pytest.mark.rule("K12")
def test_the_sheet_and_the_csv_hold_the_same_won(some_books: None, ivo: Actor) -> None:
    month = TODAY.replace(day=1)
    with acting_as(ivo.viewer):
        sheet = {row[3]: row[4] for row in budget_sheet(ivo.viewer, month, month)}
        csv = list(postings_csv(ivo.viewer, TODAY, TODAY))
    assert (sheet["한 번 후원"], sheet["개인 정기 후원"], sheet["생활"]) == (50_000, 30_000, 20_000)
    assert len(csv) == 7


def test_a_month_closes_once_and_only_when_it_is_over(ivo: Actor, hana: Actor) -> None:
    with pytest.raises(errors.Impossible):
        close_month(by=ivo.viewer, month=TODAY)
    assert (
        close_month(by=ivo.viewer, month=date(2026, 10, 5)).pk == close_month(by=ivo.viewer, month=date(2026, 10, 1)).pk
    )
    assert open_months() == []
    with pytest.raises(errors.Forbidden):
        close_month(by=hana.viewer, month=date(2026, 9, 1))


@pytest.mark.rule("R73")
def test_months_close_in_order_however_long_ago_the_first_one_was(ivo: Actor, as_: Callable[..., Client]) -> None:
    with giving() as viewer:
        rows = [NewGift(fund().pk, 1_000, "once", date(2026, 5, 7))]
        ledger.receive(by=viewer, key="may", gifts=rows, booked_on=date(2026, 5, 7), into="bank")
    months = [date(2026, number, 1) for number in range(5, 11)]
    assert open_months() == months
    with pytest.raises(errors.Impossible) as refusal:
        close_month(by=ivo.viewer, month=months[2])
    assert "2026-05" in refusal.value.problems[0].words
    page = as_(ivo).get("/desk/accounts/").content.decode().split('id="month"')[1].split("</select>")[0]
    assert "2026-05" in page
    for month in months:
        close_month(by=ivo.viewer, month=month)
    assert open_months() == []


@pytest.mark.rule("K12")
def test_the_books_of_december_are_there_in_january(some_books: None, ivo: Actor, as_: Callable[..., Client]) -> None:
    with clock.pinned(NOW + timedelta(days=60)):
        desk = as_(ivo)
        for what in ("sheet.csv", "postings.csv", "books.beancount"):
            url = f"/desk/accounts/export/{what}/"
            assert f"{url}?year=2026" in desk.get("/desk/accounts/").content.decode()
            last, now = (b"".join(desk.get(url, {"year": year}).streaming_content) for year in ("2026", "2027"))
            assert b"50000" in last and last != now
            assert desk.get(url, {"year": "2028"}).status_code == desk.get(url, {"year": "x"}).status_code == 404


@pytest.mark.rule("R73")
def test_a_won_that_is_changed_by_force_breaks_the_chain(some_books: None) -> None:
    assert seal_day() is not None and seal_day() is None
    with clock.pinned(NOW + timedelta(days=1)):
        given("g3", 9_000)
        seal_day()
    assert broken_links() == []
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        for rest in ("disable trigger donations_posting_no_edit", "enable trigger donations_posting_no_edit"):
            cursor.execute(f"alter table donations_posting {rest}")
            if rest.startswith("disable"):
                cursor.execute("update donations_posting set amount_won = 50001 where amount_won = 50000")
    assert broken_links() == [TODAY]
    with giving():
        assert Seal.objects.count() == 2


@pytest.mark.rule("K12")
def test_the_yearly_report_holds_what_the_books_hold(as_: Callable[..., Client], ivo: Actor, hana: Actor) -> None:
    given("g1", 50_000)
    gift = given("g2", 30_000)
    paid("p1", 20_000)
    with giving() as viewer:
        parts = [(gift.pk, "once", 10_000)]
        ledger.give_back(by=viewer, key="r1", fund_id=gift.fund_id, parts=parts, booked_on=TODAY, out_of="bank")
    url = f"/desk/accounts/form19/{fund().receiver_id}/2026/"
    for query, giver in (("?names=1", "무명"), ("", "○○○")):
        book = openpyxl.load_workbook(io.BytesIO(as_(ivo).get(f"{url}{query}").content))
        income = list(book.worksheets[0].iter_rows(min_row=3, values_only=True))
        assert [line[6] for line in income] == [50_000, 30_000, -10_000] and income[0][4] == giver
        assert fund().receiver.account_number in [cell.value for cell in book.worksheets[4][3]]
    assert as_(hana).get(url).status_code == 404


def test_interest_follows_its_account(as_: Callable[..., Client], ivo: Actor) -> None:
    with giving():
        values = {"bank_reference": "I1", "booked_on": TODAY, "name": "예금이자", "amount_won": 1_234}
        deposit = Deposit.objects.create(receiver=fund().receiver, **values)
    for _ in "ab":
        as_(ivo).post(f"/desk/accounts/deposits/{deposit.pk}/", {"do": "interest"})
    with giving():
        assert [(row.source, row.amount_won) for row in Gift.objects.all()] == [("interest", 1_234)] and trouble() == []
    assert fund_balance(fund("east:general").pk) == 1_234


@pytest.mark.rule("K12")
def test_each_receiving_body_has_books_of_its_own_beside_the_total(
    some_books: None, ivo: Actor, as_: Callable[..., Client]
) -> None:
    given("w1", 7_000, "west:general")
    east, west = fund().receiver_id, fund("west:general").receiver_id
    desk, url = as_(ivo), "/desk/accounts/export"

    def lines(what: str, **query: object) -> str:
        return b"".join(desk.get(f"{url}/{what}/", query).streaming_content).decode()

    rows = [line.split(",") for line in lines("sheet.csv").splitlines()]
    once = next(row for row in rows if row[3] == "한 번 후원")
    assert rows[0][-1] == "합계" and once[-1] == "57000" and sorted(once[4:-1]) == ["0", "0", "50000", "7000"]
    assert "7000" not in lines("sheet.csv", receiver=east) and "합계" not in lines("sheet.csv", receiver=east)
    for what in ("postings.csv", "books.beancount"):
        assert "7000" in lines(what) and "50000" not in lines(what, receiver=west)
        assert "7000" in lines(what, receiver=west) and "7000" not in lines(what, receiver=east)
    with acting_as(ivo.viewer):
        assert complaints(beancount(ivo.viewer, TODAY, TODAY, east)) == []
    trial = [desk.get("/desk/accounts/", {"receiver": one}).content.decode() for one in ("", east, west)]
    parts = [page.split('id="trial-gifts"')[1].split("</table>")[0] for page in trial]
    assert ["57,000" in part for part in parts] == [True, False, False] and "50,000" in parts[1]
    assert f"receiver={east}" in trial[1]
    assert desk.get("/desk/accounts/", {"receiver": "0"}).status_code == 404
