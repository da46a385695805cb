"""A list of crisis households: whoever on it has no case comes to the central desk as an intake, once (R7, R19, K6).

Only where the mapping says so (`intake: true`): a file of benefits opens nothing.
"""

from django.db import connection
from django.utils.translation import gettext as _

from cases.models import ImportRow, ImportState
from cases.services import intake as intakes
from cases.services.import_work import Line, Work
from hopecare.kernel import clock

#: People with an open case, under any of their numbers, and those whom an earlier row brought already.
_SETTLED = """
select a.id, r.root,
  exists (select from kernel_person o join kernel_membership m on m.person_id = o.id and m.ends_on is null
          join cases_case c on c.household_id = m.household_id and c.closed_at is null
          where o.id = r.root or o.canonical_id = r.root)
  or exists (select from kernel_person o join cases_importrow i on i.person_id = o.id and i.intake_id is not null
             where o.id = r.root or o.canonical_id = r.root)
from kernel_person a cross join lateral (select coalesce(a.canonical_id, a.id) as root) r where a.id = any (%s)
"""


def open_intakes(work: Work, lines: list[Line]) -> int:
    """For every line that was taken in and whose person nobody looks after; returns how many intakes were opened."""
    found = {line.row.person_id: line for line in reversed(lines) if line.row.state == ImportState.DONE}
    people = [person for person in found if person]
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED, [people])
        roots = {root: person for person, root, settled in cursor.fetchall() if not settled}
    for person in sorted(roots.values()):
        line = found[person]
        intake = intakes.take_from_list(
            arrival=_arrival(work, line), town_id=line.route.town_id if line.route else None
        )
        ImportRow.objects.filter(pk=line.row.pk).update(intake=intake)
    return len(roots)


def _arrival(work: Work, line: Line) -> intakes.Arrival:
    """From the city without the person's consent no more than that somebody of this town stands on the list (K6)."""
    listed = _("On the list “%(list)s”.") % {"list": work.mapping.name_ko}
    agreed = line.told.days.get("consent_on")
    if work.public and not (agreed and agreed <= clock.today()):
        ask = _("Their consent is not in the file: the town office knows the name. Number there: %(key)s.")
        return intakes.Arrival("import", words=f"{listed} {ask % {'key': line.row.key or line.row.number}}")
    return intakes.Arrival(
        "import",
        name=line.words.get("name", ""),
        born=line.told.days.get("birth_date"),
        year_only=line.told.year_only,
        sex=line.words.get("sex", "U"),
        phone=line.phone,
        words=f"{listed} {line.words.get('note', '')}".strip(),
    )
