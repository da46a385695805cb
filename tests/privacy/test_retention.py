"""The retention file is complete, and the database does what it says: no more, no less (K9)."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.utils import ProgrammingError

from cases.models import CallBack, Case, Report, ReportPhoto, TimelineEntry, Visit, Voice
from cases.states import ReportState
from hopecare.kernel import clock, codes
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import ChangeEntry, Document, Organisation, Person, SafeContact, Team
from hopecare.messaging.models import Message
from hopecare.privacy import rules, selectors, services
from hopecare.privacy.facts import Mapped, Table
from tests.database import as_owner
from tests.factories import make_case

YEARS = {years: timedelta(days=366 * years) for years in (1, 5)}


def real_now():
    """The functions live by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("select now()")
        return cursor.fetchone()[0]


def keys():
    return {"team": Team.objects.get(code="east_mixed"), "provider": Organisation.objects.get(code="east_centre")}


def make_report(code, age, **fields):
    at = real_now() - age
    told = {"words": "불이 꺼져 있어요", "reporter_name": "이웃", "reporter_phone": "+821000000001"}
    with as_owner():
        return Report.objects.create(code=code, received_at=at, promised_at=at, **keys(), **(told | fields))


def read_again(row):
    with as_owner():
        return type(row).objects.get(pk=row.pk)


def test_every_field_of_every_model_is_mapped():
    call_command("retention")


def test_a_new_personal_field_is_found_and_its_lines_are_given(monkeypatch):
    known = selectors.tables()
    fresh = Table("cases.Unheard", {"name": False, "phone": True}, True)
    monkeypatch.setattr(selectors, "tables", lambda: [*known, fresh])
    with pytest.raises(CommandError, match=r"cases\.Unheard is in no group") as found:
        call_command("retention")
    lines = ["cases.Unheard:", "personal: >-", "phone", "other: >-", "name"]
    assert lines == [line.strip() for line in str(found.value).splitlines()[-5:]]


def test_each_kind_of_gap_is_told():
    file, report = selectors.retention(), Table("cases.Report", {"words": True, "phone": True, "code": False})
    group = replace(file.groups[0], models={"cases.Report": Mapped(("words",), ("phone", "gone", "code"))}, rules=())
    wrong = "\n".join(rules.gaps(replace(file, groups=(group,), nobody=frozenset({"kernel.Zone"})), [report]))
    for words in ("has no field gone", "phone tells about somebody", "kernel.Zone stands in the file and nowhere else"):
        assert words in wrong


@pytest.mark.django_db
def test_a_reporter_is_forgotten_after_a_year_and_a_young_report_is_not(city):
    old, young = make_report("AAAAAAAAAAAA1", YEARS[1]), make_report("AAAAAAAAAAAA2", timedelta(days=300))
    done = services.obey()
    assert (read_again(old).reporter_name, read_again(old).reporter_phone) == ("", "")
    assert read_again(young).words and read_again(young).reporter_phone
    assert done["reporter_after_a_year"] == 1 and services.obey() == {}


@pytest.mark.django_db
def test_where_no_case_came_of_it_the_words_go_too(city):
    old = make_report("AAAAAAAAAAAA3", YEARS[1], state="closed", directions="파란 대문")
    services.obey()
    assert (read_again(old).words, read_again(old).directions) == ("", "")


ENDINGS = ("received", "assigned", "visited", "joined", "closed", "withdrawn")


def with_photo(report):
    with as_owner():
        document = Document.objects.create(
            sha256=f"{report.pk:064d}", content_type="image/jpeg", size=1, scope_keys=[1]
        )
        Document.objects.filter(pk=document.pk).update(created_at=report.received_at)
        return ReportPhoto.objects.create(report=report, document=document, **keys())


def gone(*rows):
    with as_owner():
        return not any(type(row).objects.filter(pk=row.pk).exists() for row in rows)


def told(state, age, **more):
    """A report in this state with all that a reporter can leave."""
    fields = {"state": state, "directions": "파란 대문", "lat": 37.6, "lon": 127.3, "seen": ["ill"], **more}
    if state in ("assigned", "visited"):
        fields["assigned_at"] = real_now() - age
    if state == "joined":
        fields["joined_to"] = make_report(codes.new_code(), age, state="closed")
    return make_report(codes.new_code(), age, **fields)


@pytest.mark.django_db
@pytest.mark.rule("R27")
@pytest.mark.parametrize("state", ENDINGS)
def test_whatever_became_of_a_report_without_a_case_nothing_of_it_is_left_after_a_year(city, state):
    assert set(ENDINGS) == set(ReportState)
    old, young = told(state, YEARS[1]), told(state, timedelta(days=360))
    lost, kept = with_photo(old), with_photo(young)
    services.obey()
    old, young = read_again(old), read_again(young)
    assert (old.words, old.directions, old.lat, old.lon, old.seen) == ("", "", None, None, [])
    assert (old.reporter_name, old.reporter_phone, old.state) == ("", "", state)
    assert gone(lost, lost.document) and not gone(kept, kept.document)
    assert young.words and young.directions and young.lat and young.reporter_phone


@pytest.mark.django_db
@pytest.mark.rule("R27")
def test_a_report_of_a_case_keeps_its_words_as_long_as_the_case_and_loses_its_reporter(hana):
    case = make_case(hana)
    rows = [told(state, YEARS[1], case=case) for state in ("closed", "joined")]
    photo = with_photo(rows[0])
    services.obey()
    found = [read_again(row) for row in rows]
    assert all(row.words and row.lat and not (row.reporter_name or row.reporter_phone) for row in found)
    assert not gone(photo, photo.document)
    with as_owner():
        closed = {"stage": "closed", "closed_at": real_now() - YEARS[5], "close_reason": "improved"}
        Case.objects.filter(pk=case.pk).update(**closed)
    services.obey()
    assert not any(read_again(row).words for row in rows) and gone(photo, photo.document)


@pytest.mark.django_db
@pytest.mark.rule("R27")
def test_a_hand_over_nobody_took_and_a_visit_in_danger_do_not_stop_the_rest(ana, hana):
    offered = {"offered_team": keys()["team"], "offered_provider": keys()["provider"], "offered_by": hana.user}
    report = told("received", YEARS[1], **offered, offered_at=real_now(), offered_reason="김 씨 댁이라서")
    case, other = make_case(hana), told("visited", YEARS[1])
    danger = {"result": "danger", "note": "쓰러져 계심", "told_whom": "119 김 대원"}
    with as_owner():
        Case.objects.filter(pk=case.pk).update(stage="closed", closed_at=real_now() - YEARS[5], close_reason="improved")
        who = {"official": ana.user, "worker": hana.user, "recorded_at": real_now(), "told_at": real_now()}
        visits = [
            Visit.objects.create(at=real_now(), **row, **danger, **who, **keys())
            for row in ({"report": other}, {"case": case})
        ]
    services.obey()
    assert (read_again(report).offered_reason, read_again(report).offered_team) == ("", None)
    assert [(read_again(row).note, read_again(row).told_whom) for row in visits] == [("", "-"), ("", "-")]


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "done"), [(timedelta(days=362), False), (timedelta(days=3), True)])
def test_a_call_back_is_erased_when_settled_and_within_the_year_of_the_consent(hana, age, done):
    at = real_now() - age
    with as_owner():
        row = CallBack.objects.create(
            about="help", name="김", phone="+821000000002", words="전화 주세요", consent_version="1", received_at=at,
            promised_at=at, done_at=at + timedelta(days=1) if done else None,
            done_by=hana.user if done else None, **keys(),
        )  # fmt: skip
    services.obey()
    assert (read_again(row).name, read_again(row).phone, read_again(row).words) == ("", "", "")


@pytest.mark.django_db
def test_five_years_after_the_last_case_words_and_names_are_gone(hana):
    old, recent = make_case(hana), make_case(hana)
    with as_owner():
        for case, years in ((old, 5), (recent, 1)):
            closed = {"stage": "closed", "closed_at": real_now() - YEARS[years], "close_reason": "improved"}
            Case.objects.filter(pk=case.pk).update(**closed)
            row = {"case": case, "team": case.team, "provider": case.provider}
            Voice.objects.create(**row, person=case.main_person, kind="own_words", words="혼자 먹어요", by=hana.user)
            TimelineEntry.objects.create(**row, kind="note", words="긴 이야기", by_name="송하나")
    services.obey()
    with as_owner():
        assert list(Voice.objects.values_list("case_id", flat=True)) == [recent.pk]
        assert TimelineEntry.objects.get(case=old, kind="note").words == ""
        gone, kept = Person.objects.get(pk=old.main_person_id), Person.objects.get(pk=recent.main_person_id)
        assert (gone.name, gone.birth_date, gone.phone) == ("–", None, "") and kept.name and kept.phone
        assert SafeContact.objects.get(person=gone).note == ""


@pytest.mark.django_db
def test_messages_lose_number_and_words_and_stay_counted(city):
    with as_owner():
        row = Message.objects.create(
            purpose="t", object_kind="t", object_id="1", step="1", channel="sms", recipient_kind="number",
            phone="+821000000003", phone_hash="x", body="말벗", state="delivered", created_at=real_now() - YEARS[1],
        )  # fmt: skip
    services.obey()
    assert (read_again(row).phone, read_again(row).body, read_again(row).state) == ("", "", "delivered")


@pytest.mark.django_db
@pytest.mark.rule("K9")
def test_the_audit_gets_its_next_months_and_loses_those_past_two_years(city):
    old = f"{clock.today().year - 3}-05-01"
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select hc_audit_partitions(%s::date, 1)", [old])
        cursor.execute("select relname from pg_class where relname ~ 'kernel_read_[0-9]{6}$' order by 1 desc limit 1")
        cursor.execute(f"drop table {cursor.fetchone()[0]}")
    services.keep_audit()
    with connection.cursor() as cursor:
        cursor.execute("select right(relname, 6) from pg_class where relname ~ 'kernel_change_[0-9]{6}$'")
        months = {name for (name,) in cursor.fetchall()}
    ahead = clock.today().replace(day=1) + timedelta(days=31 * 16)
    assert f"{clock.today().year - 3}05" not in months and f"{ahead:%Y%m}" in months


@pytest.mark.django_db
def test_what_was_erased_is_counted_in_the_audit(city):
    make_report("AAAAAAAAAAAA4", YEARS[1])
    services.obey()
    with as_owner():
        assert ChangeEntry.objects.get(subject_kind="retention", what="reporter_after_a_year").details == {"count": 1}


@pytest.mark.django_db
def test_the_application_cannot_erase_otherwise(hana):
    report = make_report("AAAAAAAAAAAA5", timedelta(days=2))
    with acting_as(hana.viewer):
        assert Report.objects.filter(pk=report.pk).delete()[0] == 0
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("drop table kernel_change_rest")


@pytest.mark.django_db
def test_files_that_no_row_names_are_removed(city, settings, tmp_path):
    settings.HOPECARE_HOME = tmp_path
    lost = tmp_path / "files" / "ab" / ("c" * 62)
    lost.parent.mkdir(parents=True)
    lost.write_bytes(b"x")
    assert services.forget_files() == 0 and lost.exists()  # young: its row may be on the way
    os.utime(lost, (1, 1))
    assert services.forget_files() == 1 and not lost.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("ko", "1년 뒤 지웁니다"), ("en", "erased after one year")])
def test_the_charter_tells_the_same_file(as_, city, language, words):
    client = as_()
    client.cookies["django_language"] = language
    page = client.get("/privacy/").content.decode()
    assert words in page and "사회보장급여법 제34조" in page
