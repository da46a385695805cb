"""Random worlds through every other door: filters, counts, search, attachments, the telephone, and each address.

The oracle is that of worlds.py and rows.py. A case out of sight and a case that never was must answer alike, byte for
byte, at every address with the number of a case in it (D5, D17).
"""

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.models import CasePaper, PathwayPhoto
from cases.selectors import case_list, papers, pathways
from cases.selectors.omissions import omission_counts
from cases.selectors.overlaps import overlap_counts
from cases.selectors.referrals import referral_counts
from cases.selectors.tallies import tallies
from cases.selectors.team import leads_and_towns
from hopecare.kernel import errors
from hopecare.kernel.access import Principal, acting_as, case_key, system
from hopecare.kernel.models import Document, Town
from hopecare.kernel.services import devices
from hopecare.kernel.url_walk import addresses
from tests.cases.rows import fill, kinds, reads, sees_row
from tests.cases.test_visibility_property import MAY, WORLDS
from tests.cases.worlds import NEEDS, TOWNS, PlannedCase, PlannedUser, World, build, by_exception, expectations
from tests.database import as_owner
from tests.mobile_api.phone_kit import call

NOBODYS = "2026-000000"
#: How people ask for what stands in worlds.NEEDS.
ASKED = {"housing": "월세", "health": "병원", "emotion_culture": "우울"}
#: One line of the page that differs between two requests for the same thing.
OF_THE_REQUEST = re.compile(rb'(nonce|csrfmiddlewaretoken" value|data-request)="[^"]*"|"request_id": ?"[^"]*"')


def in_worlds(most: int) -> Callable[[Any], Any]:
    """The test in so many random worlds, the same ones each time."""

    def wrap(test: Any) -> Any:
        calm = settings(
            max_examples=max(1, most),
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.function_scoped_fixture],
        )
        return given(st.integers(0, 2**32))(calm(test))

    return wrap


def listed(world: World, user: PlannedUser) -> list[PlannedCase]:
    """The cases that lists and search may name for this user."""
    pages = expectations(world, user)["pages"]
    return [case for case in world.cases if case.case.pk in pages]


def scoped(user: PlannedUser, case: PlannedCase, scope: str) -> bool:
    return {
        "mine": user.actor.id == case.lead,
        "team": case.team in user.teams,
        "house": user.house == case.house,
        "shared": by_exception(user, case),
        "closed": False,
    }[scope]


@pytest.mark.rule("D5")
@pytest.mark.rule("R47")
@in_worlds(WORLDS)
def test_no_filter_and_no_search_finds_more_or_less_than_the_oracle(city, hana, gil, seed):
    with transaction.atomic():
        world = build(random.Random(seed), MAY)
        for user in world.users:
            viewer = user.actor.viewer
            with acting_as(viewer):
                _filters(world, user, viewer, seed)
                _searches(world, user, viewer, seed)
        transaction.set_rollback(True)


def _filters(world: World, user: PlannedUser, viewer: Any, seed: int) -> None:
    """The choices, and what each of them counts and lists."""
    leads, towns = leads_and_towns(viewer)
    mates = {other.actor.id for other in world.users if other.teams & user.teams and "case.view" in MAY[user.role]}
    assert {pk for pk, _name in leads} & {other.actor.id for other in world.users} == mates, (seed, user.role)
    mine = listed(world, user)
    stage = {case.case.pk: case.case.stage for case in world.cases}
    codes = {town.pk: town.code for town in towns} | dict(
        Town.objects.filter(code__in=TOWNS.values()).values_list("pk", "code")
    )
    for scope in case_list.scopes_of(viewer):
        here = [case for case in mine if scoped(user, case, scope)]
        wanted: list[tuple[dict[str, Any], set[int]]] = [
            *(
                ({"lead": pk}, {case.case.pk for case in here if case.lead == pk})
                for pk in {case.lead for case in world.cases}
            ),
            *(
                ({"town": pk}, {case.case.pk for case in here if TOWNS[case.team] == code})
                for pk, code in codes.items()
            ),
            *(
                ({"stage": one}, {case.case.pk for case in here if stage[case.case.pk] == one})
                for one in set(stage.values())
            ),
        ]
        for choice, expected in wanted:
            page = case_list.case_page(viewer, case_list.Filters(scope=scope, **choice))
            told = (seed, user.role, user.house, scope, choice)
            assert {case.pk for case in page.cases} == expected and page.total == str(len(expected)), told


def _searches(world: World, user: PlannedUser, viewer: Any, seed: int) -> None:
    """By number, telephone, its end, address and need."""
    mine = [case for case in listed(world, user) if not case.sealed]
    for case in world.cases:
        expected = {case.case.pk} if case in mine else set()
        for line in (case.case.number, case.phone, case.phone[-4:], case.place):
            page = case_list.case_page(viewer, case_list.Filters(query=line))
            assert {found.pk for found in page.cases} == expected, (seed, user.role, user.house, line)
            assert page.total == str(len(expected))
    for need, line in ASKED.items():
        open_to = {case.case.pk for case in mine if case.need == need and reads(world, user, case, NEEDS[need])}
        page = case_list.case_page(viewer, case_list.Filters(query=line))
        assert {found.pk for found in page.cases} == open_to, (seed, user.role, user.house, line)


@pytest.mark.rule("D6")
@pytest.mark.rule("R20")
@in_worlds(WORLDS - 1)
def test_counts_and_attachments_are_those_of_the_oracle(city, hana, gil, seed):
    with transaction.atomic():
        dice = random.Random(seed)
        world = build(dice, MAY)
        rows = fill(dice, world)
        _attach(world)
        for user in world.users:
            viewer, told = user.actor.viewer, (seed, user.role, user.house)
            seen = [row for row in rows if sees_row(world, user, row)]

            def of(kind: str, seen: list[Any] = seen) -> list[Any]:
                return [row for row in seen if row.kind == kind]

            with acting_as(viewer):
                for kind, counted in (("Overlap", overlap_counts), ("Omission", omission_counts)):
                    mine = sum(row.case.lead == user.actor.id for row in of(kind))
                    counts = counted(viewer)
                    assert (counts["all"], counts["mine"]) == (len(of(kind)), mine), (*told, kind)
                if "case.service" in MAY[user.role]:
                    assert referral_counts(viewer, mine=False)["all"] == len(of("Referral")), told
                menu = tallies(viewer)
                mine_of = {
                    kind: sum(row.user is user and not row.early for row in of(kind)) for kind in ("Visit", "Action")
                }
                assert (menu.reports, menu.calls) == (len(of("Report")), len(of("CallBack"))), told
                assert (menu.visits, menu.actions) == (mine_of["Visit"], mine_of["Action"]), told
                for row in rows:
                    if row.kind in {"CasePaper", "PathwayPhoto"}:
                        assert _opens(viewer, row) is (row in seen), (*told, row.kind)
        transaction.set_rollback(True)


def _attach(world: World) -> None:
    """One file for the papers and pictures of each case, with its keys."""
    with as_owner():
        for case in world.cases:
            keys = [case.case.team_id, -case.case.provider_id, case_key(case.case.pk)]
            file = Document.objects.create(
                sha256=f"{case.case.pk:064d}", content_type="image/jpeg", size=1, scope_keys=keys
            )
            for model in (CasePaper, PathwayPhoto):
                model.objects.filter(case=case.case).update(document=file)


def _opens(viewer: Any, row: Any) -> bool:
    if row.kind == "PathwayPhoto":
        return pathways.photo(viewer, row.case.case, row.id) is not None
    try:
        papers.picture_of(viewer, row.case.case.number, row.id)
    except errors.NotFound:
        return False
    return True


def _trials(world: World, rows: list[Any]) -> dict[int, list[tuple[str, str]]]:
    """Case → (address with its number and the ids of its own rows, the same with a number nobody has)."""
    by_field = {f"{kind._meta.model_name}_id": kind.__name__ for kind in kinds()} | {
        "check_id": "AftercareCheck", "flag_id": "RiskFlag", "tie_id": "Tie", "paper_id": "CasePaper",
        "photo_id": "PathwayPhoto", "lock_id": "CaseLock", "merge_id": "Merge", "wish_id": "Wish",
        "health_id": "HealthVisit",
    }  # fmt: skip
    paths = [address.path for address in addresses() if "<str:number>" in address.path or "<number>" in address.path]
    paths = [path for path in paths if path.startswith(("/desk/cases/", "/desk/shared/", "/desk/protections/"))]
    assert len(paths) > 90
    found: dict[int, list[tuple[str, str]]] = {}
    for case in world.cases:
        ids = {row.kind: row.id for row in rows if row.case is case}
        ids["ServiceRecord"] = min(case.records)

        def filled(match: re.Match[str], case: PlannedCase = case, ids: dict[str, int] = ids) -> str:
            kind, name = match[1], match[2]
            if kind == "int":
                known = {"person_id": case.case.main_person_id, "record_id": ids["ServiceRecord"]}
                return str(known.get(name) or ids.get(by_field.get(name, ""), 999_999_999))
            return "00000000-0000-7000-8000-000000000000" if kind == "uuid" else "health"

        own = [re.sub(r"<(int|uuid|slug):(\w+)>", filled, path) for path in paths]
        found[case.case.pk] = [
            (re.sub(r"<(str:)?number>", case.case.number, path), re.sub(r"<(str:)?number>", NOBODYS, path))
            for path in own
        ]
    return found


def _plain(answer: Any, number: str) -> tuple[Any, ...]:
    """Status, kind and body without what belongs to the one request, the number that was asked for apart."""
    body = OF_THE_REQUEST.sub(b"", answer.content).replace(number.encode(), b"")
    headers = {
        name: value for name, value in answer.items() if name.lower() in {"content-type", "cache-control", "vary"}
    }
    return answer.status_code, headers, answer.get("Location", "").replace(number, ""), body


@pytest.mark.rule("D5")
@pytest.mark.rule("D17")
@pytest.mark.rule("K6")
@in_worlds(WORLDS // 10)
def test_a_case_out_of_sight_answers_like_one_that_never_was_at_every_address(city, hana, gil, as_, seed):
    with transaction.atomic():
        dice = random.Random(seed)
        world = build(dice, MAY)
        rows = fill(dice, world)
        trials, wrong = _trials(world, rows), []
        for user in world.users:
            hidden = [case for case in world.cases if case.case.pk not in expectations(world, user)["cases"]]
            if not hidden or "case.view" not in MAY[user.role]:
                continue
            case, client = dice.choice(hidden), as_(user.actor)
            for address, nobodys in trials[case.case.pk]:
                if "/shared/" in address and user.house in case.shared:
                    continue  # what takes part is told of by its own rule: the level
                for method in ("get", "post"):
                    one, other = getattr(client, method)(address), getattr(client, method)(nobodys)
                    if _plain(one, case.case.number) != _plain(other, NOBODYS):
                        wrong.append((user.role, method, address, one.status_code, other.status_code))
        assert wrong == [], seed
        transaction.set_rollback(True)


@pytest.mark.rule("D5")
@pytest.mark.rule("R47")
@in_worlds(WORLDS - 1)
def test_the_telephone_shows_the_cards_of_the_oracle_and_no_other(city, hana, gil, seed):
    with transaction.atomic():
        world = build(random.Random(seed), MAY)
        for user in world.users:
            keeper = system(Principal.DEVICES)
            code = devices.staff_code(by=user.actor.viewer)
            key = devices.sign_in_staff(by=keeper, code=code).access
            pages = expectations(world, user)["pages"]
            nothing = call(Client(), "GET", f"/field/households/{NOBODYS}", key=key)
            for case in world.cases:
                number, told = case.case.number, (seed, user.role, user.house, case.name)
                card = call(Client(), "GET", f"/field/households/{number}", key=key)
                if case.case.pk in pages:
                    assert card.status_code == 200 and number in card.content.decode(), told
                else:
                    assert _plain(card, number) == _plain(nothing, NOBODYS), told
                    assert case.name not in card.content.decode() and card.status_code in {403, 404}, told
        transaction.set_rollback(True)
