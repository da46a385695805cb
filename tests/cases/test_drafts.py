"""Words begun and not sent: one's own, of one form and case, never over newer ones, gone when they were sent."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from cases.models import Draft
from cases.services import drafts
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as, visible_to
from hopecare.privacy import services as retention
from tests.cases import sharing_kit as kit
from tests.database import as_owner
from tests.factories import make_case

pytestmark = pytest.mark.django_db
WORDS = {"words": ["혼자 먹으면 밥맛이 없다고 하심"], "way": ["visited"]}


@pytest.fixture
def case(hana):
    return make_case(hana)


def keep(actor, case, version, fields=WORDS, form="note"):
    return drafts.keep(by=actor.viewer, number=case.number, form=form, version=version, fields=fields)


def kept(actor, case, form="note"):
    return drafts.kept(by=actor.viewer, number=case.number, form=form)


def test_it_is_offered_again_on_another_machine_and_gone_once_sent(hana, case, as_):
    desk, elsewhere, here = as_(hana), as_(hana), f"/desk/cases/{case.number}/drafts/note/"
    assert desk.get(here).json() == {"version": 0, "fields": {}, "at": ""}
    assert desk.post(here, {"version": "0", "fields": json.dumps(WORDS)}).json() == {"version": 1}
    found = elsewhere.get(here).json()
    assert (found["version"], found["fields"]) == (1, WORDS) and found["at"]
    page = elsewhere.get(f"/desk/cases/{case.number}/contact/").content.decode()
    assert f'data-draft="{here}"' in page and 'name="draft" value="note"' in page
    sent = {"way": "visited", "words": WORDS["words"][0], "token": "once", "draft": "note"}
    assert elsewhere.post(f"/desk/cases/{case.number}/contact/", sent).status_code == 302
    assert kept(hana, case).fields == {}
    late = desk.post(here, {"version": "1", "fields": json.dumps(WORDS)})
    assert late.status_code == 409 and kept(hana, case).fields == {}, "a keeping on its way when the form was sent"


def test_an_older_draft_never_lands_on_a_newer_one(hana, case):
    assert keep(hana, case, 0) == 1 and keep(hana, case, 1, {"words": ["둘째"]}) == 2
    for old in (0, 1, 7):
        with pytest.raises(errors.Stale):
            keep(hana, case, old, {"words": ["옛것"]})
    assert kept(hana, case).fields == {"words": ["둘째"]}
    assert keep(hana, case, 2, {}) == 3 and kept(hana, case).fields == {}


def test_a_form_that_came_back_with_problems_keeps_its_draft(hana, case, as_):
    keep(hana, case, 0, {"goal": ["stabilise"]}, form="goal")
    answer = as_(hana).post(f"/desk/cases/{case.number}/plan/", {"goal": "", "words": "", "track": "", "draft": "goal"})
    assert answer.status_code == 422 and kept(hana, case, "goal").fields == {"goal": ["stabilise"]}


@pytest.mark.rule("D4")
@pytest.mark.rule("D6")
def test_only_whoever_wrote_it_and_only_while_they_see_the_case(hana, eli, chi, case, as_):
    keep(hana, case, 0)
    assert kept(eli, case).fields == {}, "a colleague of the same case begins with an empty page"
    with acting_as(eli.viewer):
        assert not visible_to(eli.viewer, Draft).exists() and not Draft.objects.exists()
    assert as_(chi).get(f"/desk/cases/{case.number}/drafts/note/").status_code == 404
    with connection.cursor() as cursor, as_owner():
        cursor.execute("select fields from cases_draft")
        assert "밥맛" not in cursor.fetchone()[0]
    kit.lock(case, hana.user)
    with pytest.raises(errors.NotFound):
        kept(hana, case)
    with acting_as(hana.viewer):
        assert not Draft.objects.exists()


def test_nonsense_is_refused_and_after_seven_days_it_is_gone(hana, case, as_):
    here, client = f"/desk/cases/{case.number}/drafts/note/", as_(hana)
    for version, fields in (("0", "{"), ("x", "{}"), ("0", "[1]"), ("0", '{"a": [1]}'), ("0", '{"a": "b"}')):
        assert client.post(here, {"version": version, "fields": fields}).status_code == 400
    huge = json.dumps({"words": ["가" * drafts.LONGEST]})
    assert client.post(here, {"version": "0", "fields": huge}).status_code == 413
    keep(hana, case, 0)
    with as_owner():
        Draft.objects.update(kept_at=clock.now() - timedelta(days=900))
    retention.obey()
    with as_owner():
        assert not Draft.objects.exists()
