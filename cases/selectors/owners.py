"""Whose a row is, for news that leaves the house with nothing but an id: the code of the centre."""

from cases.models import Case, Report
from hopecare.kernel.access import Principal, acting_as, system, visible_to


def of_report(report_id: int) -> str:
    """The code of the organisation, "" for a row that is gone."""
    with acting_as(system(Principal.SWEEP)) as sweep:
        rows = visible_to(sweep, Report).filter(pk=report_id)
        return rows.values_list("provider__code", flat=True).first() or ""


def of_case(case_id: int) -> str:
    with acting_as(system(Principal.SWEEP)) as sweep:
        return visible_to(sweep, Case).filter(pk=case_id).values_list("provider__code", flat=True).first() or ""
