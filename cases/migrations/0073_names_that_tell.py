"""No hint of people whom an organisation helps whose name alone tells why (D17): as with a note of violence or illness.

The question goes to that organisation instead, at entry and at night; nobody else learns that it knows them.
"""

from django.db import migrations

from hopecare.kernel.in_place import changed

QUIET = "hc_is_quiet(bigint[], bigint[])"
_LAST = "or exists (select from cases_servicerecord r where r.person_id = any (people) and r.section"
_MARKED = "kernel_organisation h on h.id = {row}.provider_id and h.tells <> ''"
_RECORDS = f"exists (select from cases_servicerecord r join {_MARKED.format(row='r')}"
_TELLS = f"""or exists (select from own o join cases_case c on c.id = o.id join {_MARKED.format(row="c")})
      or {_RECORDS} where r.case_id in (select o.id from own o))
      or {_RECORDS} where r.person_id = any (people))
      {_LAST}"""
ALIKE = "hc_people_alike(text[], date, int, text[], text[], text[])"
_OPEN = "where m.person_id = p.id and m.ends_on is null and c.closed_at is null"
_OPEN_AND_SILENT = f"""{_OPEN}
                      and not exists (select from kernel_organisation h where h.id = c.provider_id and h.tells <> '')"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0072_pregnancy"), ("kernel", "0014_names_that_tell")]
    operations = [
        changed(QUIET, (_LAST, _TELLS)),
        changed(ALIKE, (_OPEN, _OPEN_AND_SILENT)),
    ]
