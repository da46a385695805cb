"""Every paper of a case carries one named contact with a telephone, and never the city's number in its place."""

from datetime import timedelta

import pytest

from cases.models import Conference, Visit
from hopecare.kernel.models import Organisation, User
from tests.cases.watch_kit import begin, watched_case
from tests.cast import NOW
from tests.database import as_owner

PAPERS = {
    "who was here": "/desk/cases/{case}/paper/",
    "the plan": "/desk/cases/{case}/plan/paper/",
    "the assessment": "/desk/cases/{case}/assessment/paper/",
    "one person's assessment": "/desk/cases/{case}/assessment/paper/{person}/",
    "the conference": "/desk/cases/{case}/conferences/{conference}/sheet/",
    "the watch": "/desk/cases/{case}/watch/{watch}/paper/",
    "the visit": "/desk/visits/{visit}/paper/",
}


@pytest.fixture
def places(hana, ana):
    """What the addresses name, each once."""
    case = watched_case(hana)
    watch = begin(hana, case)
    keys = {"case": case, "team": case.team, "provider": case.provider}
    with as_owner():
        met = Conference.objects.create(**keys, at=NOW + timedelta(days=2), place="센터", called_by=hana.user)
        visit = Visit.objects.create(
            **keys, kind="review", at=NOW + timedelta(days=1), official=ana.user, worker=hana.user
        )
    return {
        "case": case.number,
        "person": case.main_person_id,
        "conference": met.pk,
        "watch": watch.pk,
        "visit": visit.pk,
    }


@pytest.mark.rule("R47")
@pytest.mark.parametrize("paper", PAPERS)
def test_whoever_leads_stands_on_the_paper_with_a_number_that_rings(paper, places, hana, as_):
    with as_owner():
        User.objects.filter(pk=hana.id).update(phone="031-000-0999")
    told = as_(hana).get(PAPERS[paper].format(**places)).content.decode()
    assert hana.user.name in told and "031-000-0999" in told
    with as_owner():  # who has no line of their own is rung through the house
        User.objects.filter(pk=hana.id).update(phone="")
        Organisation.objects.filter(code="east_centre").update(phone="031-000-0888")
    told = as_(hana).get(PAPERS[paper].format(**places)).content.decode()
    assert hana.user.name in told and "031-000-0888" in told
