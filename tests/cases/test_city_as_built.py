"""What the city is made of and what its people may: zones and towns, mixed teams, dated agreements, professions."""

from datetime import timedelta

import pytest

from cases.models import Case, ServiceRecord
from hopecare.kernel import clock
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import OperatorContract, Organisation, Town, Zone
from hopecare.kernel.permissions import Permission
from hopecare.kernel.selectors.agreements import level_between
from hopecare.kernel.services import agreements
from tests.cases.case_kit import DAY
from tests.cases.sharing_kit import record
from tests.factories import make_case


def services_of(actor):
    with acting_as(actor.viewer):
        return {row.service.code for row in visible_to(actor.viewer, ServiceRecord).select_related("service")}


@pytest.mark.rule("R14")
@pytest.mark.rule("R53")
def test_four_zones_each_run_by_a_foundation_and_every_town_has_its_office(city):
    zones = list(Zone.objects.select_related("centre"))
    runs = OperatorContract.objects.filter(facility__organisation__in=[zone.centre_id for zone in zones])
    assert len(zones) == 4 and set(runs.values_list("operator__kind", flat=True)) == {"foundation"}
    assert runs.values("operator").distinct().count() == 4
    assert {town.office.kind for town in Town.objects.select_related("office")} == {"town_office"}
    assert set(Town.objects.values_list("zone", flat=True)) == {zone.pk for zone in zones}


@pytest.mark.rule("R54")
def test_an_official_and_a_worker_of_the_centre_are_one_team_over_one_record(hana, ana, chi):
    case = make_case(hana)
    assert hana.viewer.organisation_id != ana.viewer.organisation_id
    for actor, sees in ((hana, True), (ana, True), (chi, False)):
        with acting_as(actor.viewer):
            assert visible_to(actor.viewer, Case).filter(pk=case.pk).exists() is sees


@pytest.mark.rule("R36")
@pytest.mark.rule("R38")
def test_means_and_discovery_are_the_citys_and_not_an_institutions(ana, gil):
    duties = {Permission.REPORT_TRIAGE, Permission.VISIT_RECORD, Permission.CASE_OPEN, Permission.SECTION_MEANS}
    assert duties <= set(ana.viewer.permissions) and not duties & set(gil.viewer.permissions)


@pytest.mark.rule("R23")
def test_an_agreement_holds_until_its_last_day(eli, gil):
    east, hanbit = (Organisation.objects.get(code=code) for code in ("east_centre", "hanbit"))
    version = agreements.propose(by=eli.viewer, other=hanbit, level=2, text="계획까지", ends_on=DAY + timedelta(days=9))
    agreements.sign(by=gil.viewer, agreement_id=version.pk)
    found = []
    for days in (0, 9, 10):
        with clock.pinned(clock.now() + timedelta(days=days)):
            found.append(level_between(east.pk, hanbit.pk))
    assert found == [2, 2, 0]


@pytest.mark.rule("R49")
@pytest.mark.rule("R51")
def test_home_nursing_is_the_nurses_and_legal_help_is_privileged(hana, someone):
    case = make_case(hana)
    for service in ("home_nursing", "legal_aid", "meals"):
        record(case, service)
    assert services_of(someone("nurse")) == {"home_nursing", "meals"}
    assert services_of(someone("job_counsellor")) == {"meals"}
    assert services_of(someone("case_manager")) == {"home_nursing", "legal_aid", "meals"}
