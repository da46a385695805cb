"""What a conference talks of and decides may be about one of the household alone (D4)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
from hopecare.kernel import together
from hopecare.kernel.rls import case_keyed, protect


def _to(model: str, *, name: str = "+", null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        blank=null, null=null, on_delete=django.db.models.deletion.PROTECT, related_name=name, to=model
    )


class Migration(together.Migration):
    dependencies = [
        ("cases", "0062_where_intakes_came_from"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("decision", "person", _to("kernel.person", null=True)),
        migrations.CreateModel(
            name="AgendaPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=300)),
                ("at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("by", _to(settings.AUTH_USER_MODEL)),
                ("case", _to("cases.case", name="%(class)ss")),
                ("conference", _to("cases.conference", name="points")),
                ("person", _to("kernel.person")),
                ("provider", _to("kernel.organisation")),
                ("team", _to("kernel.team")),
            ],
            options={"abstract": False},
        ),
        protect("cases_agendapoint", case_keyed()),
    ]
