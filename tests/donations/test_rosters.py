"""A company's list: looked at, each person asked once, nobody debited without their own yes, nobody told on (R64)."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from donations.models import Charge, Invitation, Pledge, Roster
from donations.rules.rosters import Brought
from donations.selectors import rosters as selectors
from donations.services import monthly, rosters
from hopecare.kernel import clock, codes, errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.messaging.models import Message
from tests.cast import NOW, Actor
from tests.donations.books_kit import TODAY, fund, giving

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R64")]
As, Bring = Callable[..., Any], Callable[..., Roster]
HEAD = "성명,휴대폰,구좌 수\n"
YES = {"do": "yes", "units": "3", "day": "25", "way": "cms", "name": "도하람", "bank": "예시은행"}
YES |= {"account": "000-0000-0011", "consent": "on"}


@pytest.fixture
def brought(hana: Actor, tmp_path: Path) -> Bring:
    """`brought("도하람,010-0000-0055,2\\n")` is a draft of the East with those lines below the headings."""

    def make(lines: str, head: str = HEAD, by: Actor = hana, **told: Any) -> Roster:
        path = tmp_path / "list.csv"
        path.write_text(head + lines, encoding="utf-8")
        wanted = {"name": "물골안식품", "fund_id": fund("east:general").pk, "attested": True, **told}
        return rosters.bring(by=by.viewer, told=Brought(**wanted), path=path)

    return make


def people(many: int) -> str:
    return "".join(f"윤별{number},010-0000-{100 + number:04d},1\n" for number in range(many))


def codes_of(roster: Roster) -> list[str]:
    with giving():
        return [codes.shown(row.code) for row in Invitation.objects.filter(roster=roster).order_by("pk")]


def asked() -> int:
    with acting_as(system(Principal.MESSAGES)):
        return Message.objects.filter(purpose="gift_invite").count()


def test_a_list_is_read_line_by_line_and_says_what_it_could_not_take(brought: Bring, hana: Actor) -> None:
    lines = "도하람,010-0000-0055,2\n또하람,010-0000-0056,\n도하람,010-0000-0055,1\n,010-0000-0057,1\n남궁솔,12,1\n"
    roster = brought(lines + "윤별,010-0000-0058,많이\n")
    with acting_as(hana.viewer):
        page = selectors.one(hana.viewer, roster.pk)
    assert [(row.name, row.units) for row in page.people] == [("도하람", 2), ("또하람", 1)]
    assert [line for line, _reason in page.refused] == [4, 5, 6, 7]


@pytest.mark.parametrize(
    ("lines", "told", "code"),
    [
        ("도하람,010-0000-0055,1\n", {"attested": False}, "required"),
        ("도하람,010-0000-0055,1\n", {"fund_id": 0}, "required"),
        ("도하람,010-0000-0055,1\n", {"head": "사번,이메일\n"}, "ragged"),
        ("도하람,a@example.org\n", {"head": "성명,이메일\n"}, "columns"),
        (",,\n남궁솔,12,1\n", {}, "nobody"),
        (people(3_001), {}, "many"),
    ],
)
def test_a_list_is_refused(brought: Bring, lines: str, told: dict[str, Any], code: str) -> None:
    with pytest.raises(errors.Impossible) as refusal:
        brought(lines, **told)
    assert code in {problem.code for problem in refusal.value.problems}


def test_nobody_is_written_to_before_somebody_looked_and_each_only_once(brought: Bring, hana: Actor) -> None:
    roster = brought(people(3))
    assert (rosters.ask_next(), asked()) == (0, 0)
    rosters.send(by=hana.viewer, roster_id=roster.pk)
    assert [rosters.ask_next() for _ in "ab"] == [3, 0] and asked() == 3
    with pytest.raises(errors.Impossible):
        rosters.send(by=hana.viewer, roster_id=roster.pk)
    with giving():
        assert monthly.prepare(TODAY) == 0 and not Pledge.objects.exists()


def test_only_a_person_s_own_yes_opens_an_account_and_nobody_learns_of_it(brought: Bring, hana: Actor, as_: As) -> None:
    roster = brought(people(5))
    rosters.send(by=hana.viewer, roster_id=roster.pk)
    visitor, urls = as_(), [f"/donate/join/{code}/" for code in codes_of(roster)]
    page = visitor.get(urls[0]).content.decode()
    assert "물골안식품" in page and 'value="윤별0"' in page and "010-0000-0100" not in page
    for left_out in ("consent", "account"):
        assert visitor.post(urls[0], {**YES, left_out: ""}).status_code == 422
    desk, address = as_(hana), f"/desk/giving/lists/{roster.pk}/"
    for place, url in enumerate(urls):
        assert visitor.post(url, YES)["Location"].startswith("/donate/follow/")
        told = desk.get(address).content.decode()
        assert ("75,000" in told) == (place == 4) and "윤별" not in told
    with giving():
        assert {row.name + row.phone for row in Invitation.objects.all()} == {""}
    with acting_as(hana.viewer):
        assert not Pledge.objects.exists()
    due = clock.at(TODAY.replace(day=25), clock.OPENS)
    with clock.pinned(due), giving():
        assert monthly.prepare(due.date()) == 5
        assert set(Charge.objects.values_list("amount_won", flat=True)) == {15_000}


def test_a_no_and_silence_are_forgotten(brought: Bring, hana: Actor, as_: As) -> None:
    roster = brought(people(2))
    rosters.send(by=hana.viewer, roster_id=roster.pk)
    visitor, urls = as_(), [f"/donate/join/{code}/" for code in codes_of(roster)]
    assert visitor.post(urls[0], {"do": "no"}).status_code == 302
    assert visitor.post(urls[0], YES).status_code == 200  # a no is answered once, and stays one
    with clock.pinned(NOW + timedelta(days=31)):
        assert [rosters.forget_unanswered() for _ in "ab"] == [1, 0]
    with giving():
        assert [row.state for row in Invitation.objects.order_by("pk")] == ["declined", "expired"]
        assert not Pledge.objects.exists() and {row.phone for row in Invitation.objects.all()} == {""}
    assert visitor.get(f"/donate/join/{codes.new_code()}/").status_code == 404


def test_the_database_itself_wants_an_account_behind_a_yes(brought: Bring, hana: Actor, chi: Actor) -> None:
    roster = brought(people(1))
    for change, name in (({"state": "accepted"}, "own_consent"), ({"state": "declined"}, "then_forgotten")):
        with acting_as(hana.viewer), pytest.raises(IntegrityError, match=name), transaction.atomic():
            Invitation.objects.filter(roster=roster).update(**change)
    with acting_as(chi.viewer):
        assert not Roster.objects.exists() and not Invitation.objects.exists()
    with pytest.raises(errors.NotFound):
        rosters.send(by=chi.viewer, roster_id=roster.pk)


def test_from_a_workbook_on_the_page_to_throwing_it_away(as_: As, hana: Actor, chi: Actor, ivo: Actor) -> None:
    book, content = openpyxl.Workbook(), io.BytesIO()
    for line in (["이름", "전화번호"], ["도하람", "010-0000-0055"]):
        book.active.append(line)
    book.save(content)
    desk, url = as_(hana), "/desk/giving/lists/"
    told = {"name": "물골안식품", "fund": str(fund("east:general").pk), "attested": "on"}
    assert desk.post(f"{url}new/", told).status_code == 422
    file = SimpleUploadedFile("list.xlsx", content.getvalue())
    page = desk.post(f"{url}new/", {**told, "file": file})["Location"]
    assert "도하람" in desk.get(page).content.decode() and as_(chi).get(page).status_code == 404
    assert desk.post(page, {"do": "throw"}).status_code == 302 and desk.post(page, {"do": "send"}).status_code == 422
    assert "도하람" not in desk.get(page).content.decode()
    assert "물골안식품" in as_(ivo).get(url).content.decode()
    assert "전화번호" in desk.get(f"{url}sample.csv").content.decode()
