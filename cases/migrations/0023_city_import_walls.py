"""The second wall around what came from another system, and what the principal `imports` may do (R19, D5, K6)."""

from django.db import migrations

from hopecare.kernel.rls import also_demand, case_keyed, principal, protect, section_is_open

IMPORTS = principal("imports")
HOUSE = "provider_id = nullif(current_setting('app.imports', true), '')::bigint"
READS = (
    "kernel_person", "kernel_household", "kernel_membership", "kernel_coverage", "kernel_address",
    "kernel_residentnumber", "kernel_ground", "cases_case", "cases_riskflag", "cases_servicerecord",
)  # fmt: skip
ADDS = (
    "kernel_person", "kernel_household", "kernel_membership", "kernel_coverage", "kernel_address",
    "kernel_residentnumber", "kernel_ground", "cases_servicerecord",
)  # fmt: skip
POLICIES = "".join(
    [f"create policy {table}_imports_read on {table} for select using ({IMPORTS});\n" for table in READS]
    + [f"create policy {table}_imports_add on {table} for insert with check ({IMPORTS});\n" for table in ADDS]
)
NO_POLICIES = "".join(
    [f"drop policy {table}_imports_read on {table};\n" for table in READS]
    + [f"drop policy {table}_imports_add on {table};\n" for table in ADDS]
)
MEANS = also_demand("cases_benefit", "section", section_is_open("means"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0022_city_import")]
    operations = [
        protect("cases_importfile", HOUSE, read=(IMPORTS,), change=(IMPORTS,)),
        protect("cases_importrow", HOUSE, read=(IMPORTS,), change=(IMPORTS,)),
        protect("cases_benefit", case_keyed(), read=(IMPORTS,), add=(IMPORTS,)),
        migrations.RunSQL(MEANS, "drop policy cases_benefit_section on cases_benefit"),
        migrations.RunSQL(POLICIES, NO_POLICIES),
    ]
