"""All that an organisation holds, as one file: nothing forgotten, nothing of anybody else (K9, D5)."""

import csv
import io
import random
import zipfile

import pytest
from django.db import transaction

from cases.models import Case, CasePaper, DetailChange, ServiceRecord, Voice
from cases.selectors import own_file
from cases.selectors.own_sheets import NOT_IN_IT, OF_CASES, OF_HOUSE, OF_PEOPLE, columns_of
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as, private_models
from hopecare.kernel.models import Membership, Person
from tests.cases.report_kit import picture, upload
from tests.cases.rows import fill, sees_row
from tests.cases.test_visibility_doors import in_worlds
from tests.cases.test_visibility_property import MAY, WORLDS
from tests.cases.worlds import PlannedCase, PlannedUser, World, build, people_beside, seen_records, sees_case
from tests.database import as_owner
from tests.factories import make_case, make_person

WRITES = {"case.export", "case.view_organisation"}


def sheets_of(viewer) -> dict[str, list[dict[str, str]]]:
    """Sheet → its lines by column."""
    target = io.BytesIO()
    with acting_as(viewer):
        own_file.write_own_file(viewer, target, reason="비교")
    archive = zipfile.ZipFile(target)
    names = [name for name in archive.namelist() if name.endswith(".csv")]
    read = {name: io.StringIO(archive.read(name).decode("utf-8-sig")) for name in names}
    return {name.removesuffix(".csv"): list(csv.DictReader(text)) for name, text in read.items()}


@pytest.mark.rule("K9")
def test_every_private_model_is_in_the_file_or_says_why_it_is_not():
    exported = {Case, Membership, *(model for model, _columns in own_file._OF_CASES.values()), *OF_CASES.values()}
    exported |= {model for model, _permission in OF_HOUSE.values()} | {model for model, _way in OF_PEOPLE.values()}
    known = {model._meta.label for model in private_models()}
    told = {model._meta.label for model in exported}
    apps = {label.split(".")[0] for label in known} - {"cases", "kernel"}
    assert known - told == {label for label in known if label in NOT_IN_IT or label.split(".")[0] in apps}
    assert set(NOT_IN_IT) == {label for label in NOT_IN_IT if label in known - told} | apps and all(NOT_IN_IT.values())


@pytest.mark.rule("D2")
@pytest.mark.rule("D8")
def test_no_sheet_has_a_column_for_who_reported_or_who_has_the_key():
    models = [*OF_CASES.values(), *(model for model, _rest in (*OF_HOUSE.values(), *OF_PEOPLE.values()))]
    columns = {column for model in models for column in columns_of(model)}
    assert not columns & {"reporter_name", "reporter_phone", "keys", "token", "phone_hash", "number_hash"}
    assert {"dissent", "score", "monthly_income_won", "directions", "level"} <= columns | {"level"}


@pytest.mark.rule("K9")
@pytest.mark.rule("D5")
@in_worlds(WORLDS - 1)
def test_in_no_world_does_the_file_hold_more_or_less_than_the_oracle_says(city, hana, gil, seed):
    with transaction.atomic():
        dice = random.Random(seed)
        world = build(dice, MAY)
        rows = fill(dice, world)
        for user in world.users:
            viewer = user.actor.viewer
            if MAY[user.role] >= WRITES:
                sheets, told = sheets_of(viewer), (seed, user.role, user.house)
                _compare(world, user, rows, sheets, told)
            else:
                with pytest.raises(errors.Forbidden), acting_as(viewer):
                    own_file.write_own_file(viewer, io.BytesIO(), reason="비교")
        transaction.set_rollback(True)


def _compare(world: World, user: PlannedUser, rows: list, sheets: dict, told: tuple) -> None:
    own = [case for case in world.cases if _own(world, user, case)]
    numbers = {case.case.number for case in own}
    assert {line["number"] for line in sheets["cases"]} == numbers, told
    told_of = own if "section.household" in MAY[user.role] else []
    beside = people_beside(world, user)
    others = [case.other.person.name for case in told_of if case.other and case.other.person.pk in beside]
    names = [*(case.name for case in told_of), *others]
    assert sorted(line["name"] for line in sheets["people"]) == sorted(names), told
    contacts = [line["person"] for line in sheets["safe_contacts"]]
    assert len(sheets["addresses"]) == len(own) and {case.name for case in own} == {*contacts} - {*others}, told
    assert len(contacts) == len(set(contacts)), told
    for name, (model, permission) in OF_HOUSE.items():
        assert (name in sheets) is (permission in MAY[user.role]), (*told, name, model)
    wanted = OF_CASES | {
        name: model for name, (model, _permission) in OF_HOUSE.items() if name in {"reports", "intakes"}
    }
    for name, model in wanted.items():
        of_kind = [row for row in rows if row.kind == model.__name__]
        expected = {row.id for row in of_kind if row.case in own and sees_row(world, user, row)}
        lines = sheets.get(name, [])
        expected = expected if name in sheets else set()
        assert {int(line["id"]) for line in lines} & {row.id for row in of_kind} == expected, (*told, name)
        assert {line["case"] for line in lines} <= numbers, (*told, name)
    for name, (model, _columns) in own_file._OF_CASES.items():
        if model not in {ServiceRecord, Voice}:
            assert {line["case"] for line in sheets[name]} <= numbers, (*told, name)
    private = {row.id for row in rows if row.kind == "Voice" and row.private}
    voices = [row for row in rows if row.kind == "Voice" and row.case in own and row.id not in private]
    assert len(sheets["own_words"]) == sum(sees_row(world, user, row) for row in voices), told
    seen = seen_records(world, user)
    ours = [pk for case in world.cases for pk, (_service, giver) in case.records.items() if pk in seen
            and (giver == user.house or case in own)]  # fmt: skip
    assert len(sheets["services"]) == len(ours), told


def _own(world: World, user: PlannedUser, case: PlannedCase) -> bool:
    return case.house == user.house and not case.sealed and sees_case(world, user, case)


@pytest.mark.rule("K9")
def test_the_pictures_of_papers_are_in_the_file_and_a_sealed_persons_are_not(hana, eli, as_):
    seen, hidden = make_case(hana), make_case(hana, make_person("한보순", phone="010-0000-0079"))
    for case in (seen, hidden):
        typed = {"kind": "consent", "title": "동의서", "person": "", "expires_on": ""}
        answer = as_(hana).post(f"/desk/cases/{case.number}/papers/", {**typed, "picture": upload(picture())})
        assert answer.status_code == 302
    with as_owner():
        type(hidden.main_person).objects.filter(pk=hidden.main_person_id).update(sealed=True)
        papers = {row.case_id: row.pk for row in CasePaper.objects.all()}
    target = io.BytesIO()
    with acting_as(eli.viewer):
        own_file.write_own_file(eli.viewer, target, reason="시스템 옮기기")
    archive = zipfile.ZipFile(target)
    kept = [name for name in archive.namelist() if name.startswith("papers/")]
    assert kept == [f"papers/{papers[seen.pk]}.jpg"] and archive.read(kept[0])[:3] == b"\xff\xd8\xff"
    sheet = archive.read("papers.csv").decode("utf-8-sig")
    assert f"{papers[seen.pk]}" in sheet and '"lines"' in archive.read("about.json").decode()


@pytest.mark.rule("D5")
def test_a_household_with_somebody_sealed_is_in_no_sheet_not_even_for_the_two(hana, eli, as_):
    case, child = make_case(hana), make_person("윤하늘", phone="")
    with as_owner():
        keys = {"scope_keys": case.main_person.scope_keys}
        of = {"household": case.household, "relation": "child", "starts_on": clock.today()}
        Membership.objects.create(person=child, **of, **keys)
        Person.objects.filter(pk=child.pk).update(**keys)
        DetailChange.objects.create(
            case=case, team_id=case.team_id, provider_id=case.provider_id, kind="home",
            told='{"line": ["북한강로 1", "쉼터로 9"]}', by_id=hana.id,
        )  # fmt: skip
    assert case.number in {line["case"] for line in sheets_of(eli.viewer)["changed_details"]}
    told = {"deputy": eli.id, "reason": "아버지가 찾고 있음"}
    assert as_(eli).post(f"/desk/cases/{case.number}/people/{child.pk}/protect/", told).status_code == 302
    for name, lines in sheets_of(eli.viewer).items():
        assert "쉼터로" not in str(lines) and case.number not in str(lines), name
