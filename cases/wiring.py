"""What cases hangs into the kernel's registries; imported once by the app config."""

from cases import access
from hopecare.kernel.access import register_reach
from hopecare.kernel.audit import register_subject

register_reach(access.REACH)
register_subject("case", access.case_by_number, url_argument="number", answers_for=access.leads_case)
register_subject("report", access.report_by_code, url_argument="code")
