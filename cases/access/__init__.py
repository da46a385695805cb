"""Who may see and do what in a case (R47, R58, K6): predicates, reach, grants and withdrawals."""

from cases.access.earlier import is_of_the_case, notes_since, shared_notes_since
from cases.access.grants import (
    LAST_MOMENT,
    case_by_number,
    case_for,
    demand_section,
    end_keys,
    grant_case,
    grant_round,
    grant_task,
    grants_of,
    intake_for,
    leads_case,
    may_ask_number,
    may_section,
    open_notes,
    report_by_code,
    report_for,
    round_key,
    withdraw_all,
    withdraw_case,
    withdraw_task,
)
from cases.access.predicates import section_open
from cases.access.reach import REACH
from hopecare.kernel.access import get_visible, visible_to

__all__ = [
    "LAST_MOMENT",
    "REACH",
    "case_by_number",
    "case_for",
    "demand_section",
    "end_keys",
    "get_visible",
    "grant_case",
    "grant_round",
    "grant_task",
    "grants_of",
    "intake_for",
    "is_of_the_case",
    "leads_case",
    "may_ask_number",
    "may_section",
    "notes_since",
    "open_notes",
    "report_by_code",
    "report_for",
    "round_key",
    "section_open",
    "shared_notes_since",
    "visible_to",
    "withdraw_all",
    "withdraw_case",
    "withdraw_task",
]
