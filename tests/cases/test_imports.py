"""What comes from the city's system: once, whole or not at all, to the right person, and corrected by hand (R19)."""

import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from cases.models import Benefit, ImportFile, ImportRow, ServiceRecord
from cases.rules.imports import day_of, mapping_of, mappings, words_of
from cases.rules.imports import told as said
from cases.selectors import imports as selectors
from cases.services import imports
from hopecare.kernel import errors
from hopecare.kernel.access import acting_as, person_key
from hopecare.kernel.models import Ground, Membership, Person, ResidentNumber, Town
from tests.cases import import_kit as kit
from tests.cases.case_kit import DAY, consent
from tests.cases.import_kit import FORMATS, GIVEN, PEOPLE, ROWS, as_csv, people, states, take
from tests.database import as_owner
from tests.factories import make_case, make_person


@pytest.fixture
def mina(city):
    return kit.desk(city)


@pytest.fixture
def sora(city):
    return kit.hall(city)


@pytest.fixture
def plain(tmp_path) -> Path:
    return as_csv(tmp_path / "people.csv", PEOPLE, ROWS)


@pytest.mark.rule("R19")
def test_the_same_rows_in_three_kinds_of_files_are_three_people_once(mina, tmp_path):
    counts = []
    for kind, write in FORMATS.items():
        file = take(mina, write(tmp_path / f"list.{kind}", PEOPLE, ROWS))
        counts.append((len(people()), file.rows_read, file.rows_same, sorted(states(file))))
    assert counts == [(3, 3, 0, ["done"] * 3), (3, 3, 3, []), (3, 3, 3, [])]
    with as_owner():
        homes = list(Membership.objects.order_by("person_id").values_list("household_id", flat=True))
        row = ImportRow.objects.select_related("file").get(key="P-1")
    assert homes[0] == homes[1] != homes[2]
    assert (row.number, row.source, row.cells, len(row.file.sha256)) == (1, "city", "", 64)


@pytest.mark.rule("R19")
def test_an_interrupted_file_goes_on_where_it_stopped(mina, plain, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 1)
    whole, calls = imports.ImportRow.objects.bulk_create, []

    def breaks(rows):
        calls.append(rows)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(rows)

    monkeypatch.setattr(imports.ImportRow.objects, "bulk_create", breaks)
    with pytest.raises(KeyboardInterrupt):
        imports.bring(by=mina.viewer, path=plain, name="people.csv", code="city_people")
    assert states() == ["waiting"] * 2
    file = take(mina, plain)
    assert states(file) == ["done"] * 3 and len(people()) == 3 and file.rows_read == 3
    assert imports.take_in() == 0


@pytest.mark.rule("K6")
def test_without_consent_the_town_office_alone_keeps_what_the_city_sent(mina, plain, hana):
    take(mina, plain)
    with acting_as(hana.viewer) as viewer:
        seen = set(selectors.visible_to(viewer, Person).values_list("name", flat=True))
    assert seen == {"윤순덕"}
    with as_owner():
        office = Town.objects.get(code="hwado").office_id
        assert Person.objects.get(name="윤민호").scope_keys == [-office]
        assert list(Ground.objects.values_list("person__name", flat=True)) == ["윤순덕", "오가람"]


@pytest.mark.rule("K8")
def test_a_resident_number_decides_and_is_kept_for_the_city_alone(mina, sora, tmp_path):
    head, row = ("성명", "주민등록번호", "읍면동"), ("윤순덕", "480302-2000001", "화도읍")
    other = ("윤순득", "4803022000001", "와부읍")
    take(mina, as_csv(tmp_path / "a.csv", head, [("안가람", "500101-2000002", "화도읍")]))
    with as_owner():
        assert ResidentNumber.objects.count() == 0
        assert "500101" not in str(list(ImportRow.objects.values_list("cells", flat=True)))
    take(sora, as_csv(tmp_path / "b.csv", head, [row]))
    take(sora, as_csv(tmp_path / "c.csv", head, [other]))
    assert [person.name for person in people(name__startswith="윤")] == ["윤순덕"]
    with as_owner():
        kept = ResidentNumber.objects.get()
        assert kept.number == "4803022000001" and kept.article.startswith("사회보장급여법")


@pytest.mark.rule("D6")
def test_doubt_goes_to_a_person_and_what_they_say_holds(mina, hana, tmp_path, as_):
    ours = make_person("윤순덕", birth_date=DAY.replace(year=1948))
    file = take(mina, as_csv(tmp_path / "a.csv", PEOPLE, [
        ("Q-1", "", "윤순득", f"{ours.birth_date}", "여", "", "화도읍", "", ""),
        ("Q-2", "", "윤순둑", f"{ours.birth_date}", "여", "", "화도읍", "", ""),
    ]))  # fmt: skip
    assert states(file) == ["review", "review"]
    with as_owner():
        first, second = ImportRow.objects.order_by("pk")
    client = as_(mina)
    page = client.get(f"/desk/imports/rows/{first.pk}/").content.decode()
    assert "윤순덕" in page and "윤순득" in page and "이름이 거의 같음" in page
    assert client.post(f"/desk/imports/rows/{first.pk}/decide/", {"person": "999999"}).status_code == 404
    client.post(f"/desk/imports/rows/{first.pk}/decide/", {"person": ours.pk})
    client.post(f"/desk/imports/rows/{second.pk}/decide/", {"person": "other"})
    assert states(file) == ["done", "done"]
    with as_owner():
        first.refresh_from_db()
    assert first.person_id == ours.pk and not first.made_person and first.decided_by_id == mina.id
    assert {person.name for person in people()} == {"윤순덕", "윤순둑"}


@pytest.mark.rule("D5", "D17")
def test_a_sealed_person_is_neither_found_nor_doubled_nor_overwritten(mina, hana, ana, tmp_path, as_):
    case = make_case(hana)
    with as_owner():
        keys = sorted([person_key(hana.id), person_key(ana.id)])
        Person.objects.filter(pk=case.main_person_id).update(sealed=True, scope_keys=keys)
    near = ("S-2", "", "윤순득", "1948-03-02", "여", "", "화도읍", "", "")
    file = take(mina, as_csv(tmp_path / "a.csv", PEOPLE, [ROWS[0], near]))
    assert states(file) == ["held", "held"] and len(people()) == 1
    given = as_csv(tmp_path / "b.csv", GIVEN, [("V-1", "P-1", kit.service("meals"), f"{DAY}", "")])
    assert states(take(mina, given, "city_services")) == ["held"]
    with as_owner():
        assert ServiceRecord.objects.count() == 0
        assert not ImportRow.objects.exclude(cells="", person=None).exists()
    page = as_(mina).get(f"/desk/imports/{file.pk}/").content.decode()
    assert "윤순" not in page and "held" not in page and page.count('<dd class="num">2</dd>') == 2
    assert case.number in as_(hana).get("/desk/notices/").content.decode()


@pytest.mark.rule("R19", "R56", "R37")
def test_services_and_benefits_come_to_the_case_once_and_wait_for_consent(mina, hana, as_, plain, tmp_path):
    take(mina, plain)
    with as_owner():
        person = Person.objects.get(name="윤순덕")
    case = make_case(hana, person)
    rows = [("V-1", "P-1", "밑반찬 지원", "2026-11-03", "30,000원"), ("V-2", "P-2", "학습 지원", "2026-11-03", ""),
            ("V-3", "P-3", "이미용", "2026-11-04", "")]  # fmt: skip
    given = as_csv(tmp_path / "given.csv", GIVEN, rows)
    take(mina, given, "city_services")
    twice = ("V-4", "P-1", "밑반찬 지원", "2026-11-03", "")
    take(mina, as_csv(tmp_path / "again.csv", GIVEN, [*rows, twice]), "city_services")
    assert states(kind="services") == ["done", "done", "later", "done"]
    head = ("대상자관리번호", "급여명", "보장시작일", "급여액")
    paid = [("P-1", "생계급여", "2026-01-01", "820,556"), ("P-1", "없는급여", "2026-01-01", "1")]
    take(mina, as_csv(tmp_path / "money.csv", head, paid), "city_benefits")
    with as_owner():
        records = ServiceRecord.objects.order_by("pk").values_list("case_id", "service__code", "amount_won", "source")
        assert list(records) == [(case.pk, "meals", 30_000, "city"), (case.pk, "education", 0, "city")]
        benefits = Benefit.objects.values_list("case_id", "programme", "amount_won")
        assert list(benefits) == [(case.pk, "nbls_livelihood", 820_556)]
    assert states(kind="benefits") == ["done", "wrong"]
    page = as_(hana).get(f"/desk/cases/{case.number}/benefits/").content.decode()
    assert "이미 받고 있는 것" in page and "820,556" in page
    other = make_case(hana, people(name="오가람")[0], town="jinjeop")
    assert imports.look_again() == 1
    with as_owner():
        assert ServiceRecord.objects.filter(case=other).count() == 1


@pytest.mark.rule("K6")
def test_a_case_whose_person_took_consent_back_gets_nothing_from_the_city(mina, hana, tmp_path):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management", given=False)
    row = ("V-1", "윤순덕", "1948-03-02", "화도읍", "이미용", "2026-11-03")
    head = ("제공관리번호", "성명", "생년월일", "읍면동", "서비스명", "제공일")
    assert states(take(mina, as_csv(tmp_path / "a.csv", head, [row]), "city_services")) == ["later"]
    consent(hana, case.main_person, "case_management")
    imports.look_again()
    assert states() == ["done"]


@pytest.mark.rule("K6")
def test_what_the_city_gave_an_adult_waits_for_their_own_consent(mina, hana, tmp_path):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    husband = make_person("김영수", case.household, birth_date=date(1946, 1, 5), relation="spouse", phone="")
    head = ("제공관리번호", "성명", "생년월일", "읍면동", "서비스명", "제공일")
    row = ("V-1", "김영수", "1946-01-05", "화도읍", "이미용", "2026-11-03")
    assert states(take(mina, as_csv(tmp_path / "a.csv", head, [row]), "city_services")) == ["later"]
    consent(hana, husband, "case_management")
    assert imports.look_again() == 1 and states() == ["done"]


@pytest.mark.rule("R19")
def test_a_wrong_row_is_corrected_and_run_again(mina, tmp_path, as_):
    bad = ("P-9", "", "=HYPERLINK(1)", "1948-13-40", "여", "12", "어디읍", "", "")
    file = take(mina, as_csv(tmp_path / "a.csv", PEOPLE, [bad, ROWS[2]]))
    client = as_(mina)
    assert states(file) == ["wrong", "done"] and "1948-13-40" in client.get("/desk/imports/rows/").content.decode()
    with as_owner():
        row = ImportRow.objects.get(state="wrong")
    url = f"/desk/imports/rows/{row.pk}/"
    assert [tuple(pair) for pair in row.problems] == [
        ("name", "formula"), ("birth_date", "not_a_day"), ("phone", "bad_phone"), ("town", "unknown"),
    ]  # fmt: skip
    assert client.get(url).content.decode().count("hc-msg") >= 4
    words = {"name": "이한솔", "birth_date": "1948-12-30", "sex": "여", "town": "화도읍", "person_key": "P-9"}
    assert client.post(f"{url}correct/", {**words, "birth_date": "모름"}).status_code == 422
    assert client.post(f"{url}correct/", words).status_code == 302
    assert states(file) == ["done", "done"] and [person.name for person in people()] == ["오가람", "이한솔"]
    assert take(mina, as_csv(tmp_path / "b.csv", PEOPLE, [bad])).rows_same == 1
    assert client.post(f"{url}leave/", {"words": "두 번"}).status_code == 422


@pytest.mark.rule("R19")
def test_the_source_telling_a_record_differently_changes_nothing_by_itself(mina, hana, tmp_path):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    take(mina, as_csv(tmp_path / "p.csv", PEOPLE, [ROWS[0]]))
    for number, day in enumerate(("2026-11-03", "2026-11-05")):
        file = take(
            mina, as_csv(tmp_path / f"{number}.csv", GIVEN, [("V-1", "P-1", "이미용", day, "")]), "city_services"
        )
    assert states(file) == ["wrong"]
    with as_owner():
        assert ImportRow.objects.get(state="wrong").problems == [["record_key", "changed"]]
        assert ServiceRecord.objects.count() == 1


def hostile(folder: Path) -> dict[str, Path]:
    """Code of the refusal → a file that earns it."""
    wide = folder / "wide.csv"
    wide.write_text(",".join(f"c{number}" for number in range(100_000)) + "\n1\n")
    letters = folder / "letters.csv"
    letters.write_bytes(b"\xff\x80\x81,\xc3\x28\n")
    formula = folder / "formula.xlsx"
    kit.as_xlsx(formula, ("성명", "읍면동"), [("=1+1", "화도읍")])
    bomb = folder / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w") as parts:
        parts.writestr("xl/workbook.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")
    nested = folder / "nested.json"
    nested.write_text('[{"성명": {"a": 1}, "읍면동": "화도읍"}]')
    deep = folder / "deep.json"
    deep.write_text("[" * 200_000)
    cut = folder / "cut.csv"
    cut.write_text('성명,읍면동\n"윤순덕,화도읍\n')
    ragged = folder / "ragged.csv"
    ragged.write_text("성명,읍면동\n윤순덕,화도읍,1,2\n")
    empty = folder / "empty.csv"
    empty.write_text("성명,읍면동\n")
    missing = folder / "missing.csv"
    missing.write_text("이름만\n윤순덕\n")
    nul = folder / "nul.csv"
    nul.write_bytes(b"a,b\n\x00\x01,2\n")
    return {
        "too_wide": wide, "encoding": letters, "formula": formula, "not_a_table": bomb, "flat": nested,
        "not_a_table ": deep, "not_a_table  ": cut, "ragged": ragged, "empty": empty, "no_columns": missing,
        "not_a_table   ": nul,
    }  # fmt: skip


@pytest.mark.rule("R19")
def test_bad_files_are_refused_whole_with_words_for_a_person(mina, tmp_path):
    for code, path in hostile(tmp_path).items():
        with pytest.raises(errors.Impossible) as refusal:
            imports.bring(by=mina.viewer, path=path, name=path.name, code="city_people")
        (problem,) = refusal.value.problems
        assert (path.name, problem.code) == (path.name, code.strip()) and str(problem.words)
    with as_owner():
        assert not ImportFile.objects.exists() and not ImportRow.objects.exists()


def test_a_korean_spreadsheet_s_letters_and_days_are_read(mina, tmp_path):
    take(mina, as_csv(tmp_path / "a.csv", PEOPLE, ROWS, "cp949"))
    book = openpyxl.Workbook()
    for row in [("성명", "생년월일", "읍면동", "비밀번호"), ("한가람", DAY, "와부읍", 7)]:
        book.active.append(list(row))
    book.save(tmp_path / "b.xlsx")
    file = take(mina, tmp_path / "b.xlsx")
    assert file.ignored == ["비밀번호"] and people(name="한가람")[0].birth_date == DAY and len(people()) == 4
    assert [day_of(text) for text in ("1948년 3월 2일", "17594", "1948.13.1")] == [
        DAY.replace(1948, 3, 2), DAY.replace(1948, 3, 2), None,
    ]  # fmt: skip
    assert words_of("윤\u202e순덕\x00\n") == "윤순덕"


def test_every_way_to_read_is_complete_and_a_city_may_bring_its_own(tmp_path):
    assert set(mappings()) >= {"city_people", "city_households", "city_services", "city_benefits"}
    (tmp_path / "own.yaml").write_text(
        "{name_ko: 가, name_en: a, source: own, kind: people, key: name, needs: [name], columns: {name: [누구]}}"
    )
    assert said(mappings(str(tmp_path))["own"], {"name": "윤"}).words == {"name": "윤"}
    with pytest.raises(ValueError, match="no column for town"):
        mapping_of("x", {"name_ko": "", "name_en": "", "source": "", "kind": "people", "key": "name",
                         "needs": ["town"], "columns": {"name": ["a"]}})  # fmt: skip


@pytest.mark.rule("R19")
def test_the_desk_brings_a_file_sees_what_became_of_it_and_nobody_else_finds_the_page(mina, hana, eli, plain, as_):
    client = as_(mina)
    with plain.open("rb") as file:
        answer = client.post("/desk/imports/", {"mapping": "city_people", "file": file})
    assert answer.status_code == 302
    imports.take_in()
    page = client.get(answer["Location"]).content.decode()
    assert "people.csv" in page and "3" in page
    with plain.open("rb") as file:
        assert client.post("/desk/imports/", {"mapping": "none", "file": file}).status_code == 422
    assert client.post("/desk/imports/", {"mapping": "city_people"}).status_code == 422
    assert "/desk/imports/" in client.get("/desk/").content.decode()
    for actor in (hana, eli):  # not their role; their role, but not the central desk
        assert as_(actor).get("/desk/imports/").status_code == 404
        assert as_(actor).get(answer["Location"]).status_code == 404
        assert "/desk/imports/" not in as_(actor).get("/desk/").content.decode()


def test_a_file_too_large_for_the_desk_says_so(mina, tmp_path, as_, monkeypatch):
    monkeypatch.setattr(imports, "DESK_BYTES", 100)
    path = tmp_path / "a.csv"
    path.write_text("성명,읍면동\n" + "윤순덕,화도읍\n" * 40)
    with path.open("rb") as file:
        answer = as_(mina).post("/desk/imports/", {"mapping": "city_people", "file": file})
    assert answer.status_code == 422 and "import_city" in answer.content.decode()
