"""The books: what may be written, and what the database refuses to the plain role whatever it says in SQL."""

from collections.abc import Iterator
from datetime import date, timedelta

import psycopg
import pytest
from django.db import Error, connection, transaction

from donations.errors import Refused
from donations.facts import Entry, Leg, NewGift
from donations.models import Account, Fund, Gift, Journal, Receiver
from donations.selectors.ledger import fund_balance, payable, spent_on_operating_from_gifts, trial_balance, trouble
from donations.services import ledger
from hopecare.kernel.models import Organisation
from tests.database import as_owner
from tests.donations.books_kit import TODAY, fund, given, giving, left, paid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def books(city: object) -> Iterator[None]:
    yield
    with giving():
        assert trouble() == []


@pytest.mark.rule("R73")
def test_a_gift_pays_oldest_first_and_every_won_is_followed() -> None:
    first, second = given("g1", 5_000), given("g2", 5_000)
    journal = paid("p1", 7_000)
    assert (left(first), left(second), payable(fund().pk)) == (0, 3_000, 3_000)
    with giving():
        used = Journal.objects.get(pk=journal.id).allocations.values_list("gift_id", "amount_won")
        assert list(used.order_by("gift_id")) == [(first.pk, 5_000), (second.pk, 2_000)]


def test_the_same_key_is_posted_once() -> None:
    gift = given("g1", 5_000)
    assert given("g1", 5_000).pk == gift.pk
    assert paid("p1", 1_000).fresh and not paid("p1", 1_000).fresh
    assert fund_balance(fund().pk) == 4_000


def test_money_still_with_the_provider_cannot_be_paid_out() -> None:
    given("g1", 5_000, into="clearing")
    with pytest.raises(Refused, match="account_not_overdrawn"):
        paid("p1", 1_000)
    with giving() as viewer:
        ledger.settle(by=viewer, key="s1", shares={fund().pk: 5_000}, booked_on=TODAY)
    assert paid("p1", 1_000).fresh


def test_a_fund_is_never_overdrawn() -> None:
    given("g1", 5_000)
    with pytest.raises(Refused, match="holds less"):
        paid("p1", 5_001)


@pytest.mark.rule("K13")
def test_a_fund_pays_only_what_it_was_given_for_and_only_while_the_plan_says_so() -> None:
    given("g1", 50_000)
    with pytest.raises(Refused, match="account_id"), giving() as viewer:  # the fund has no such account
        ledger.spend(by=viewer, key="p1", fund_id=fund().pk, chart="medical", won=1, booked_on=TODAY)
    with connection.cursor() as cursor:
        cursor.execute("insert into donations_account (chart_id, fund_id) values ('medical', %s)", [fund().pk])
    with pytest.raises(Refused, match="may not pay medical"):
        paid("p2", 1, chart="medical")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("update donations_purpose set ends_on = %s where code = 'outings'", [TODAY - timedelta(days=1)])
    with pytest.raises(Refused, match="may not pay outings"):
        paid("p3", 1, chart="outings")


@pytest.mark.rule("R15")
def test_no_gift_ever_pays_the_running_of_a_centre() -> None:
    given("g1", 50_000)
    here, own = fund().pk, fund("east:operating").pk
    with giving() as viewer:
        for legs in (
            (Leg(here, "bank", -100), Leg(own, "fees", 100)),
            (Leg(here, "bank", -100), Leg(here, "carried", 100), Leg(own, "own_bank", 100), Leg(own, "subsidy", -100)),
        ):
            with pytest.raises(Refused, match=r"balance|mixes gifts|loses the way"), transaction.atomic():
                ledger.post(Entry("x", "payout", TODAY, legs), by=viewer)
        with pytest.raises(Refused, match="operating fund"), transaction.atomic():
            ledger.receive(
                by=viewer, key="y", gifts=[NewGift(own, 5_000, "once", TODAY)], booked_on=TODAY, into="own_bank"
            )
    assert spent_on_operating_from_gifts() == 0


@pytest.mark.rule("R71")
@pytest.mark.parametrize("chart", ["fees", "own_bank", "subsidy"])
def test_a_gift_fund_can_have_no_operating_account(chart: str) -> None:
    here = fund().pk
    with pytest.raises(Error, match="does not belong"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("insert into donations_account (chart_id, fund_id) values (%s, %s)", [chart, here])


def test_fees_are_borne_by_the_operating_fund() -> None:
    with giving() as viewer:
        ledger.operating(
            by=viewer, key="f1", fund_id=fund("east:operating").pk, legs={"fees": 33, "own_bank": -33}, booked_on=TODAY
        )
    assert Account.objects.get(fund=fund("east:operating"), chart="fees").balance_won == 33


@pytest.mark.rule("K12")
def test_two_receivers_money_never_meets() -> None:
    gift = given("g1", 5_000)
    there = fund("west:general").pk
    with pytest.raises(Refused, match="two receivers"), giving() as viewer:
        row = NewGift(there, 5_000, "once", TODAY, carried_from_id=gift.pk)
        ledger.carry(by=viewer, key="c1", from_fund=fund().pk, to_fund=there, gifts=[row], booked_on=TODAY)


def test_what_is_left_is_carried_as_the_giver_chose() -> None:
    gift = given("g1", 5_000)
    paid("p1", 2_000)
    there = fund("east:general").pk
    with giving() as viewer:
        row = NewGift(there, 3_000, "once", TODAY, carried_from_id=gift.pk)
        ledger.carry(by=viewer, key="c1", from_fund=fund().pk, to_fund=there, gifts=[row], booked_on=TODAY)
    assert (left(gift), fund_balance(there)) == (0, 3_000)


def test_a_carried_gift_goes_back_through_the_fund_it_was_given_to() -> None:
    gift, here, there = given("g1", 5_000), fund().pk, fund("east:general").pk
    with giving() as viewer:
        row = NewGift(there, 5_000, "once", TODAY, carried_from_id=gift.pk)
        ledger.carry(by=viewer, key="c1", from_fund=here, to_fund=there, gifts=[row], booked_on=TODAY)
        parts = [(Gift.objects.get(carried_from=gift).pk, "once", 2_000)]
        ledger.give_back(by=viewer, key="r1", fund_id=there, parts=parts, booked_on=TODAY, out_of="bank")
    shown = Account.objects.filter(chart__in=["carried", "income_once"], fund__in=[here, there]).exclude(balance_won=0)
    assert {(row.fund_id, row.chart_id): row.balance_won for row in shown} == {
        (here, "carried"): 3_000, (here, "income_once"): -3_000, (there, "carried"): -3_000,
    }  # fmt: skip
    assert fund_balance(there) == 3_000


def test_a_mistake_is_undone_by_its_mirror_and_the_gift_has_its_won_back() -> None:
    gift = given("g1", 5_000)
    journal = paid("p1", 2_000)
    with giving() as viewer:
        again = [ledger.reverse(by=viewer, journal_id=journal.id, booked_on=TODAY, memo="wrong payee") for _ in "ab"]
    assert [row.fresh for row in again] == [True, False]
    assert left(gift) == 5_000


def test_a_gift_that_was_spent_cannot_be_undone_or_returned() -> None:
    gift = given("g1", 5_000)
    paid("p1", 2_000)
    with giving() as viewer:
        with pytest.raises(Refused, match=r"gift_never_overspent|account_not_overdrawn"), transaction.atomic():
            ledger.reverse(by=viewer, journal_id=gift.journal_id, booked_on=TODAY, memo="x")
        for won, fits in ((3_001, False), (3_000, True)):
            parts = [(gift.pk, "once", won)]
            key = f"r{won}"
            call = {"fund_id": fund().pk, "parts": parts, "booked_on": TODAY, "out_of": "bank"}
            if fits:
                assert ledger.give_back(by=viewer, key=key, **call).fresh
            else:
                with pytest.raises(Refused, match=r"gift_never_overspent|account_not_overdrawn"), transaction.atomic():
                    ledger.give_back(by=viewer, key=key, **call)


def test_nothing_is_booked_into_a_closed_month(ivo: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into donations_closedperiod (month, closed_at, closed_by_id)"
            " select %s, now(), min(id) from kernel_user",
            [TODAY.replace(day=1)],
        )
    with pytest.raises(Refused, match="is closed"):
        given("g1", 5_000)


def test_the_trial_balance_is_nought_in_sum() -> None:
    given("g1", 5_000)
    paid("p1", 2_000)
    lines = trial_balance(date(2026, 1, 1), TODAY.replace(day=1))
    assert sum(line.closing_won for line in lines) == 0
    assert {line.code: line.closing_won for line in lines if line.closing_won} == {
        "bank": 3_000,
        "income_once": -5_000,
        "living": 2_000,
    }


@pytest.mark.rule("K11")
@pytest.mark.parametrize("code", ["city_hall", "hwado_office", "central"])
def test_the_city_and_what_it_runs_receive_no_gifts(code: str) -> None:
    city = Organisation.objects.get(code=code)
    with as_owner(), pytest.raises(Error, match="receive no gifts"), transaction.atomic():
        Receiver.objects.filter(pk=Receiver.objects.values_list("pk", flat=True)[0]).update(organisation=city)


@pytest.mark.rule("R67")
def test_ten_years_of_two_billion_won_stand_in_one_fund() -> None:
    given("start", 400_000_000)
    for year in range(10):
        given(f"year{year}", 2_000_000_000)
    paid("p1", 20_399_999_999)
    assert (fund_balance(fund().pk), payable(fund().pk)) == (1, 1)
    shown = {line.code: line.closing_won for line in trial_balance(date(2026, 1, 1), TODAY.replace(day=1))}
    assert (shown["income_once"], shown["living"]) == (-20_400_000_000, 20_399_999_999)


FORGERIES = {
    "edit a posting": "update donations_posting set amount_won = amount_won * 2",
    "edit a journal": "update donations_journal set memo = 'x'",
    "edit a gift": "update donations_gift set remaining_won = 1",
    "delete a posting": "delete from donations_posting",
    "delete a gift": "delete from donations_gift",
    "delete a journal": "delete from donations_journal",
    "truncate": "truncate donations_posting cascade",
    "forge a balance": "update donations_account set balance_won = 99",
    "born with a balance": "insert into donations_account (chart_id, fund_id, balance_won) values ('bank', 1, 5)",
    "forge what is left": "insert into donations_gift (remaining_won) values (5)",
    "forge a month": "update donations_turnover set debit_won = 0",
    "widen a purpose": "update donations_fund set allowed_purposes = '{operating,living}'",
    "add a purpose": "insert into donations_purpose (code) values ('cars')",
    "backdate the books": "insert into donations_journal (key, posted_at) values ('x', now() - interval '1 day')",
    "another chart": "update donations_chart set purpose = 'living'",
    "switch the guard off": "alter table donations_posting disable trigger all",
    "another receiver": "update donations_receiver set account_number = 'mine'",
    "a forged table": "create temporary table donations_account (id int)",
    "a forged function": "create function public.hc_own_journal() returns int language sql as 'select 1'",
    "a broken chain": "delete from donations_seal",
    "a month reopened": "delete from donations_closedperiod",
}


@pytest.mark.parametrize("what", FORGERIES)
def test_the_plain_role_cannot(what: str) -> None:
    given("g1", 5_000)
    with pytest.raises(Error) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORGERIES[what])
    assert isinstance(refusal.value.__cause__, psycopg.errors.InsufficientPrivilege)


def _posting(won: int, chart: str, code: str = "east:cause:living") -> str:
    return (
        f"insert into donations_posting (journal_id, account_id, amount_won) select j.id, a.id, {won} from j,"
        f" donations_account a join donations_fund f on f.id = a.fund_id"
        f" where f.code = '{code}' and a.chart_id = '{chart}'"
    )


def _journal(*parts: str) -> str:
    """A journal and what belongs to it, as one statement."""
    head = f"j as (insert into donations_journal (key, kind, booked_on, memo) values ('raw', 'x', '{TODAY}', '')"
    rest = "".join(f", p{number} as ({part})" for number, part in enumerate(parts))
    return f"with {head} returning id){rest} select id from j"


LAST = "select j.id, a.id, 1 from donations_journal j, donations_account a limit 1"
ALLOCATION = (
    "insert into donations_allocation (gift_id, journal_id, amount_won) select g.id, j.id, {} from j, donations_gift g"
)
_SOUND = _journal(
    _posting(1_000, "bank"),
    _posting(-1_000, "income_once"),
    "insert into donations_gift (uuid, fund_id, journal_id, amount_won, source, received_on) select gen_random_uuid(),"
    " f.id, j.id, 1000, 'once', current_date from j, donations_fund f where f.code = 'east:cause:living'",
).replace("select id from j", "update donations_order set id = id where false")
_LATER = _posting(1, "bank").replace("from j,", "from donations_journal j,").replace("where", "where j.key = 'raw' and")
LIES = {
    "does not balance": _journal(_posting(100, "bank"), _posting(-99, "income_once")),
    "has no postings": _journal(),
    "loses the way of a won": _journal(_posting(100, "bank"), _posting(-100, "income_once")),
    "balance in fund": _journal(_posting(100, "bank"), _posting(-100, "income_once", "east:general")),
    "account_not_overdrawn": _journal(_posting(-6_000, "bank"), _posting(6_000, "living"), ALLOCATION.format(3_000)),
    # whatever was judged stays as it is, for the very transaction that wrote it, too
    "posted before": f"insert into donations_posting (journal_id, account_id, amount_won) {LAST}",
    "was posted before": ALLOCATION.format(1).replace("from j,", "from donations_journal j,"),
    # nor does a block of code, whose commands share their moment, add to what it has just had judged
    "was judged before": f"do $$ begin {_SOUND}; {_LATER}; end $$",
    "judged before": f"{_SOUND}; {_LATER}",
    "only a reversal": _journal(_posting(2, "bank"), _posting(-2, "living"), ALLOCATION.format(-1)),
}


@pytest.mark.parametrize("words", LIES)
def test_a_lie_in_sql_never_commits(words: str) -> None:
    given("g1", 5_000)
    given("g2", 5_000, into="clearing")
    with pytest.raises(Error, match=words), giving(), connection.cursor() as cursor:
        cursor.execute(LIES[words])


@pytest.mark.rule("K13")
def test_a_new_fund_asks_for_nothing_but_the_plan() -> None:
    values = {"receiver": fund().receiver, "kind": "campaign", "is_gift": True, "name_ko": "x", "name_en": "x"}
    for purposes in (["cars"], ["operating"], ["living", "operating"]):
        with pytest.raises(Error), transaction.atomic():
            Fund.objects.create(code="x", target="x", allowed_purposes=purposes, **values)
