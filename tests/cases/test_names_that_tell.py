"""An organisation whose name alone tells why somebody goes there is named to whom it concerns alone (D17, D4)."""

import pytest

from cases.models import Overlap, TimelineEntry
from cases.selectors.likeness import Asked, alike
from cases.selectors.referrals import sent_to
from cases.services import approvals, overlaps
from cases.services.referrals import Sent, send
from cases.services.sharing import invite
from hopecare.kernel import errors, names
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Category, Organisation, RolePermission
from hopecare.kernel.services.organisations import mark_name
from hopecare.kernel.telling import told_by
from tests.cases.case_kit import consent, goal
from tests.cases.import_kit import desk
from tests.cases.sharing_kit import record
from tests.cases.test_health_visits import here, write, written
from tests.cases.test_overlaps import give, refused, same_person
from tests.database import as_owner
from tests.factories import make_case

NAME, NEUTRAL = "다온여성쉼터", "협력 기관"
HIDDEN = ["section.violence", "section.mental_health"]
mina = pytest.fixture(name="mina")(desk)


@pytest.fixture
def shelter(city):
    with as_owner():
        return Organisation.objects.create(
            code="daon", kind="institution", name_ko=NAME, name_en="Daon Women's Shelter"
        )


@pytest.mark.rule("D17")
@pytest.mark.parametrize(
    ("name", "section"),
    [(NAME, "violence"), ("시 정신건강복지센터", "mental_health"), ("중독관리통합지원센터", "mental_health"),
     ("대한법률구조공단", "legal"), ("동부희망케어센터", ""), ("한빛종합사회복지관", "")],
)  # fmt: skip
def test_a_new_organisation_is_marked_by_the_words_of_its_name(name, section, city):
    with as_owner():
        made = Organisation.objects.create(code="made", kind="institution", name_ko=name, name_en="-")
    assert made.tells == told_by(name) == section


@pytest.mark.rule("D17")
def test_the_central_desk_has_the_last_word(shelter, mina, eli, as_):
    url = "/desk/names/"
    assert NAME in as_(mina).get(url).content.decode()
    assert as_(eli).get(url).status_code == 404 and "/desk/names/" not in as_(eli).get("/desk/").content.decode()
    with pytest.raises(errors.Forbidden):
        mark_name(by=eli.viewer, organisation_id=shelter.pk, tells="")
    assert as_(mina).post(url, {"organisation": shelter.pk, "tells": ""}).status_code == 302
    with as_owner():
        shelter.refresh_from_db()
    assert shelter.tells == "", "saving it again does not bring the mark back"
    with as_owner():
        shelter.save()
    assert shelter.tells == ""


@pytest.mark.rule("D17")
def test_who_reads_the_section_reads_the_name_and_paper_never_does(shelter, hana, someone):
    counsellor = someone("job_counsellor")
    assert names.shown(hana.viewer, shelter) == NAME
    assert names.shown(counsellor.viewer, shelter) == NEUTRAL == names.shown(None, shelter)
    assert names.shown(counsellor.viewer, shelter, leads=True) == NAME


@pytest.mark.rule("D17")
def test_services_team_and_task_lists_name_it_to_whom_it_concerns_alone(shelter, hana, someone, as_):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    record(case, "meals", giver="daon")
    invite(by=hana.viewer, number=case.number, organisation=shelter, reason="함께 돕기")
    counsellor = someone("job_counsellor")
    for page in ("services/", "team/", ""):
        url = f"/desk/cases/{case.number}/{page}"
        assert NAME not in as_(counsellor).get(url).content.decode(), page
    for page in ("services/", "team/"):
        url = f"/desk/cases/{case.number}/{page}"
        assert NAME in as_(hana).get(url).content.decode() and NEUTRAL in as_(counsellor).get(url).content.decode()
    with as_owner():
        assert NAME not in str(list(TimelineEntry.objects.filter(case=case).values_list("details", flat=True)))


@pytest.mark.rule("D17")
def test_there_is_no_hint_of_whom_it_helps_and_it_is_asked_instead(shelter, hana, chi):
    east, north = same_person(hana, chi)
    record(north, "meals", giver="north_centre")
    assert "overlap_period" in refused(hana, east, "meals")  # there is something to hide
    with as_owner():
        north.servicerecords.update(provider=shelter)
    assert give(hana, east, "meals") is not None
    with as_owner():
        assert list(Overlap.objects.values_list("kind", "case_id")) == [("question", north.pk)]
        Overlap.objects.all().delete()
    assert overlaps.sweep() == 0


@pytest.mark.rule("D17")
def test_nobody_may_exist_where_it_has_the_case(shelter, hana, chi):
    case = make_case(hana)
    asked = Asked("윤순덕", case.main_person.birth_date, 1948)
    with acting_as(chi.viewer):
        assert alike(chi.viewer, asked).elsewhere
    with as_owner():
        type(case).objects.filter(pk=case.pk).update(provider=shelter)
    with acting_as(chi.viewer):
        assert not alike(chi.viewer, asked)


@pytest.mark.rule("D17")
def test_a_referral_there_is_named_to_its_sender_and_the_lead(hana, someone, as_):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    with as_owner():
        living = Category.objects.get(code="living")
    row = send(by=hana.viewer, number=case.number,
               sent=Sent(person=case.main_person, category=living, to_name=NAME, words="상담을 청합니다"))  # fmt: skip
    other = someone("city_official", "hwado_office", "east_mixed")
    assert (sent_to(hana.viewer, row), sent_to(other.viewer, row), sent_to(None, row)) == (NAME, NEUTRAL, NEUTRAL)
    for url in ("/desk/referrals/?whose=team", f"/desk/cases/{case.number}/referrals/", f"/desk/cases/{case.number}/"):
        assert NAME not in as_(other).get(url).content.decode(), url
    assert NAME in as_(hana).get("/desk/referrals/").content.decode()


@pytest.mark.rule("D4")
def test_no_paper_for_the_household_bears_its_name(shelter, hana, as_):
    case = make_case(hana)
    with as_owner():
        case.casemembers.update(organisation=shelter)
    assert NAME not in as_(hana).get(f"/desk/cases/{case.number}/paper/").content.decode()


@pytest.mark.rule("D4")
@pytest.mark.rule("D17")
def test_a_health_sheet_names_it_to_whom_it_concerns_and_its_paper_to_nobody(shelter, hana, someone, as_):
    case, nurse = make_case(hana), someone("nurse")
    told = {"provider": shelter.pk, "visitor": "나의사", "referred_to": "시 정신건강복지센터"}
    assert write(as_(hana), case, **told).status_code == 302
    sheet = here(case, written().pk)
    assert NAME in (page := as_(hana).get(sheet).content.decode()) and told["referred_to"] in page
    with as_owner():
        RolePermission.objects.filter(role__code="nurse", permission__in=HIDDEN).delete()
    other = as_(nurse).get(sheet).content.decode()
    assert NEUTRAL in other and NAME not in other and told["referred_to"] not in other
    paper = as_(hana).get(f"{sheet}paper/").content.decode()
    assert NEUTRAL in paper and NAME not in paper and told["referred_to"] not in paper


@pytest.mark.rule("D17")
def test_who_decides_beyond_the_team_reads_no_name_of_a_section_that_is_not_theirs(hana, eli, someone, as_):
    central, case = someone("centre_head", "central", "central"), make_case(eli)
    consent(eli, case.main_person, "case_management")
    goal(eli, case)
    row = approvals.ask(by=eli.viewer, number=case.number)
    with as_owner():
        RolePermission.objects.filter(role__code="centre_head", permission__in=HIDDEN).delete()
        Organisation.objects.filter(pk=case.provider_id).update(tells="violence")
    for url in ("/desk/approvals/", f"/desk/approvals/{row.pk}/"):
        main = as_(central).get(url).content.decode().split("<main")[1]
        assert NEUTRAL in main and case.provider.name not in main, url
