"""The visibility keys that stand on every private row of a case."""

from django.db import models

from hopecare.kernel.models import Organisation, Team

#: A row that is saved without a section gets the one of its service or category from the database.
DERIVED = "-"


class Keyed(models.Model):
    """`team` works from the record, `provider` owns it; both are copied from the case and follow a hand-over."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class CaseRow(Keyed):
    """A row that belongs to one case."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="%(class)ss")

    class Meta:
        abstract = True
