"""Whose a row is, for news that leaves the house with nothing but an id: the code of the centre."""

from cases.models import Case, Report
from hopecare.kernel.access import Principal, acting_as, system


def of_report(report_id: int) -> str:
    """The code of the organisation, "" for a row that is gone."""
    with acting_as(system(Principal.SWEEP)):
        return Report.objects.filter(pk=report_id).values_list("provider__code", flat=True).first() or ""


def of_case(case_id: int) -> str:
    with acting_as(system(Principal.SWEEP)):
        return Case.objects.filter(pk=case_id).values_list("provider__code", flat=True).first() or ""
