"""The second wall on every private table of a case, and the grants of single cases."""

from django.db import migrations

from hopecare.kernel.rls import case_keyed, principal, protect, subject_is

KEYED = "team_id = any (nullif(current_setting('app.teams', true), '')::int[]) or " + (
    "provider_id = any (nullif(current_setting('app.providers', true), '')::int[])"
)
BY_CASE = case_keyed()
SWEEP = principal("sweep")
#: Tables that hang on a case and follow its keys. Offers read the one action they are about, nothing else.
OF_A_CASE = [
    "cases_leadperiod",
    "cases_casemember",
    "cases_timelineentry",
    "cases_needanswer",
    "cases_voice",
    "cases_means",
    "cases_plan",
    "cases_servicerecord",
]


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("kernel", "0002_walls")]
    operations = [
        protect("cases_case", case_keyed("id"), read=(SWEEP, principal("auditor"), principal("offers"))),
        protect(
            "cases_report",
            f"{BY_CASE}",
            read=(SWEEP, principal("intake", subject_is("code"))),
            add=(principal("intake", subject_is("code")),),
            change=(SWEEP, principal("intake", subject_is("code"))),
        ),
        protect("cases_reportphoto", KEYED, read=(principal("intake"),), add=(principal("intake"),)),
        protect("cases_visit", BY_CASE, read=(SWEEP,)),
        protect(
            "cases_callback",
            KEYED,
            read=(SWEEP, principal("intake", subject_is("phone_hash"))),
            add=(principal("intake"),),
        ),
        protect("cases_action", BY_CASE, read=(SWEEP, principal("offers")), change=(principal("offers"),)),
        protect("cases_aftercarecheck", BY_CASE, read=(SWEEP,)),
        *(protect(table, BY_CASE) for table in OF_A_CASE if table != "cases_timelineentry"),
        protect("cases_timelineentry", BY_CASE, read=(principal("offers"),), add=(principal("offers"),)),
    ]
