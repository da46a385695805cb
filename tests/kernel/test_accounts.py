"""Who may let somebody in, who says that they still work here, and what ends when an operator changes (K3)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from cases.services import leads
from hopecare.kernel import clock
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import (
    Affiliation,
    ChangeEntry,
    Facility,
    OperatorContract,
    Organisation,
    Role,
    Team,
    TeamMembership,
    User,
)
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.factories import make_case

As = Callable[..., Client]
Someone = Callable[..., Actor]
NEW = "/desk/colleagues/new/"


def told(role: str = "social_worker", organisation: str = "east_centre", **more: object) -> dict[str, object]:
    rows = {
        "organisation": Organisation.objects.get(code=organisation).pk,
        "role": Role.objects.get(code=role).pk,
        "teams": [Team.objects.get(code="east_mixed").pk],
    }
    return {"name": "새봄이", "username": "saebom", "phone": "031-000-0009", **rows, **more}


def affiliation_of(actor: Actor) -> Affiliation:
    return Affiliation.objects.get(user=actor.user)


def test_a_head_lets_a_colleague_in_and_the_password_is_told_once(as_: As, eli: Actor) -> None:
    answer = as_(eli).post(NEW, told())
    user = User.objects.get(username="saebom")
    password = answer.context["password"]
    assert answer.status_code == 200 and user.check_password(password) and "no-store" in answer["Cache-Control"]
    assert TeamMembership.objects.filter(user=user, team__code="east_mixed").exists()
    assert password not in as_(eli).get("/desk/colleagues/").content.decode()
    with as_owner():
        assert ChangeEntry.objects.filter(what="account_opened", subject_ids=[user.pk]).exists()
    fresh = as_()
    assert fresh.post("/login/", {"login": "saebom", "password": password}).status_code == 302
    assert fresh.get("/desk/cases/").url == "/account/password/?next=%2Fdesk%2Fcases%2F"


def choose(client: Client, old: str, new: str) -> Any:
    return client.post("/account/password/", {"oldpassword": old, "password1": new, "password2": new, "next": "/desk/"})


def test_the_desk_stays_shut_until_the_password_is_one_s_own(as_: As, eli: Actor) -> None:
    told_one = as_(eli).post(NEW, told()).context["password"]
    client = as_()
    client.post("/login/", {"login": "saebom", "password": told_one})
    page = client.get("/account/password/?next=/desk/").content.decode()
    assert "먼저 나만의 비밀번호" in page and 'name="next" value="/desk/"' in page
    same = choose(client, told_one, told_one)
    assert same.status_code == 200 and "지금 쓰는 비밀번호" in same.content.decode()
    assert choose(client, told_one, "a quiet lamp by the door").url == "/desk/"
    assert client.get("/desk/").url.startswith("/account/factors/")


@pytest.mark.parametrize(
    ("role", "organisation"), [("auditor", "east_centre"), ("accountant", "east_centre"), ("nurse", "north_centre")]
)
def test_nobody_gives_more_than_they_have(as_: As, eli: Actor, role: str, organisation: str) -> None:
    assert as_(eli).post(NEW, told(role, organisation)).status_code == 422
    assert not User.objects.filter(username="saebom").exists()


def test_the_city_hall_opens_accounts_everywhere(as_: As, someone: Someone) -> None:
    administrator = someone("administrator", "city_hall")
    assert as_(administrator).post(NEW, told("auditor", "north_centre", teams=[])).status_code == 200


@pytest.mark.parametrize("username", ["eli", "ELI", "a b", "", "<script>"])
def test_a_taken_or_odd_user_name_keeps_the_form(as_: As, eli: Actor, username: str) -> None:
    answer = as_(eli).post(NEW, told(username=username))
    assert answer.status_code == 422 and "새봄이" in answer.content.decode()


def test_a_worker_opens_no_accounts(as_: As, hana: Actor) -> None:
    assert as_(hana).get(NEW).status_code == 404


def test_somebody_else_confirms_for_the_next_quarter(as_: As, eli: Actor, hana: Actor) -> None:
    Affiliation.objects.filter(user=hana.user).update(confirmed_on=NOW.date() - timedelta(days=200))
    assert as_(hana).get("/desk/cases/").status_code == 404
    as_(eli).post(f"/desk/colleagues/{affiliation_of(hana).pk}/confirm/")
    assert affiliation_of(hana).confirmed_on == clock.today() and as_(hana).get("/desk/cases/").status_code == 200


def test_ending_closes_the_desk_at_once(as_: As, eli: Actor, hana: Actor) -> None:
    busy = as_(hana)
    assert busy.get("/desk/cases/").status_code == 200
    as_(eli).post(f"/desk/colleagues/{affiliation_of(hana).pk}/end/")
    assert busy.get("/desk/cases/").status_code == 404


@pytest.mark.parametrize("act", ["confirm", "end"])
def test_nobody_answers_for_themselves_or_for_others_houses(as_: As, eli: Actor, chi: Actor, act: str) -> None:
    client = as_(eli)
    assert client.post(f"/desk/colleagues/{affiliation_of(eli).pk}/{act}/").status_code == 404
    assert client.post(f"/desk/colleagues/{affiliation_of(chi).pk}/{act}/").status_code == 404
    assert client.get(f"/desk/colleagues/{affiliation_of(chi).pk}/{act}/").status_code == 405


@pytest.mark.rule("K3")
def test_when_the_operator_changes_records_stay_and_the_old_access_ends_that_day(
    as_: As, hana: Actor, eli: Actor
) -> None:
    case, today = make_case(hana), clock.today()
    facility = Facility.objects.filter(organisation__code="east_centre").first()
    old = affiliation_of(hana).operator
    new = Organisation.objects.create(code="new_foundation", name_ko="새 재단", name_en="New", kind="foundation")
    address = f"/desk/cases/{case.number}/"
    assert as_(hana).get(address).status_code == 200
    OperatorContract.objects.filter(facility=facility, operator=old).update(ends_on=today - timedelta(days=1))
    OperatorContract.objects.create(facility=facility, operator=new, starts_on=today)
    Affiliation.objects.filter(user=eli.user).update(operator=new)
    assert (as_(hana).get(address).status_code, as_(eli).get(address).status_code) == (404, 200)


@pytest.fixture
def second_team() -> Team:
    with as_owner():
        first = Team.objects.get(code="east_mixed")
        return Team.objects.create(code="east_second", name_ko="동부 둘째 팀", name_en="East two", zone=first.zone)


def move(client: Client, actor: Actor, team: Team, **more: object) -> Any:
    seat = TeamMembership.objects.filter(user=actor.user).latest("pk")
    page = f"/desk/colleagues/{affiliation_of(actor).pk}/team/"
    return client.post(page, {"seat": seat.pk, "team": team.pk, "on": NOW.date(), **more})


@pytest.mark.rule("R47")
def test_whoever_changes_the_team_sees_the_new_one_s_cases_at_once_and_leaves_the_old(
    as_: As, eli: Actor, hana: Actor, second_team: Team
) -> None:
    case, busy = make_case(hana), as_(hana)
    assert busy.get(f"/desk/cases/{case.number}/").status_code == 200
    page = as_(eli).get(f"/desk/colleagues/{affiliation_of(hana).pk}/team/").content.decode()
    assert case.number in page and f"{reverse('reassign')}?lead={hana.id}" in page
    assert move(as_(eli), hana, second_team).status_code == 302
    assert busy.get(f"/desk/cases/{case.number}/").status_code == 404 and busy.get("/desk/cases/").status_code == 200
    assert hana.viewer.team_ids == (second_team.pk,)
    with as_owner():
        case.refresh_from_db()
        assert (case.team.code, case.lead_id) == ("east_mixed", hana.id)
        row = ChangeEntry.objects.get(what="team_moved", subject_ids=[hana.id])
        assert (row.details["before"], row.details["after"]) == ("east_mixed", "east_second")
        Case.objects.filter(pk=case.pk).update(team=second_team)
    with acting_as(hana.viewer):
        assert visible_to(hana.viewer, Case).get() == case, "what the new team has"


@pytest.mark.rule("D5")
def test_who_moves_a_colleague_reads_no_protected_person_of_theirs(as_: As, eli: Actor, hana: Actor) -> None:
    case = make_case(hana)
    with as_owner():
        keys = [-(1_000_000_000 + hana.id)]
        type(case.main_person).objects.filter(pk=case.main_person_id).update(sealed=True, scope_keys=keys)
    page = as_(eli).get(f"/desk/colleagues/{affiliation_of(hana).pk}/team/").content.decode()
    assert case.number not in page and "윤순덕" not in page


def test_a_move_of_next_week_changes_nothing_before_its_day(
    as_: As, eli: Actor, hana: Actor, second_team: Team
) -> None:
    before, later = hana.viewer.team_ids, NOW.date() + timedelta(days=7)
    assert move(as_(eli), hana, second_team, on=later).status_code == 302
    assert hana.viewer.team_ids == before
    case = make_case(eli)
    leads.add_member(by=eli.viewer, number=case.number, user=hana.user)
    with clock.pinned(NOW + timedelta(days=7)):
        assert hana.viewer.team_ids == (second_team.pk,)


def test_nobody_is_moved_by_themselves_by_another_house_or_into_one(
    as_: As, eli: Actor, hana: Actor, chi: Actor, second_team: Team
) -> None:
    before = hana.viewer.team_ids
    assert move(as_(eli), eli, second_team).status_code == 404
    assert move(as_(eli), chi, second_team).status_code == 404
    assert move(as_(hana), hana, second_team).status_code == 404
    assert move(as_(eli), hana, Team.objects.get(code="north_mixed")).status_code == 422
    for day in (NOW.date() - timedelta(days=1), NOW.date() + timedelta(days=61)):
        assert move(as_(eli), hana, second_team, on=day).status_code == 422
    assert hana.viewer.team_ids == before


def test_a_move_called_off_on_its_day_leaves_one_team(as_: As, eli: Actor, hana: Actor, second_team: Team) -> None:
    before = hana.viewer.team_ids
    move(as_(eli), hana, second_team)
    move(as_(eli), hana, Team.objects.get(code="east_mixed"))
    assert hana.viewer.team_ids == before
