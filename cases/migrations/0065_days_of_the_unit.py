"""A key for a day of the mobile unit begins the working day before, stands beside others and ends when the day is off.

Keys of days to come that were given before now are tied to the seat and the person they were given for.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from hopecare.kernel import together
from hopecare.kernel.in_place import changed

_HOLDS = "(g.ends_at is null or g.ends_at > moment)"
_BEGUN = f"{_HOLDS} and (g.starts_at is null or g.starts_at <= moment)"
TIED = """
set constraints all immediate;
update cases_casegrant g set stop_person_id = x.row, seat_id = x.seat
from (select distinct on (w.user_id, p.case_id) w.user_id, p.case_id, p.id as row, w.id as seat, o.name,
             (o."on" + time '23:59:59') at time zone 'Asia/Seoul' as until
      from cases_stopperson p join cases_outingstop s on s.id = p.stop_id join cases_outing o on o.id = s.outing_id
      join cases_outingcrew w on w.outing_id = o.id where o.cancelled_at is null
      order by w.user_id, p.case_id, o."on" desc, p.id) x
where g.user_id = x.user_id and g.content_object_id = x.case_id and g.ends_at = x.until and g.reason = left(x.name, 200)
"""


class Migration(together.Migration):
    dependencies = [("cases", "0064_timeline_without_means")]

    operations = [
        migrations.AddField("casegrant", "starts_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "casegrant",
            "seat",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="cases.outingcrew",
            ),
        ),
        migrations.AddField(
            "casegrant",
            "stop_person",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="cases.stopperson",
            ),
        ),
        migrations.AddField(
            "stopperson",
            "came_at",
            models.DateTimeField(blank=True, help_text="when it came, where that was a later day", null=True),
        ),
        migrations.RunSQL(TIED, migrations.RunSQL.noop),
        migrations.AlterUniqueTogether("casegrant", set()),
        migrations.AddConstraint(
            "casegrant",
            models.UniqueConstraint(
                fields=["user", "permission", "content_object", "stop_person"],
                name="case_grant_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            "casegrant",
            models.CheckConstraint(
                condition=Q(seat=None, stop_person=None) | Q(seat__isnull=False, stop_person__isnull=False),
                name="case_grant_of_a_seat",
            ),
        ),
        changed("hc_reach(bigint,bigint,date,timestamptz)", (_HOLDS, _BEGUN)),
        changed("hc_keepers(bigint,date,timestamptz)", (_HOLDS, _BEGUN)),
    ]
