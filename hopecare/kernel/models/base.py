"""Shapes shared by reference data and private rows."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import get_language


def in_language(name_ko: str, name_en: str) -> str:
    """The name that the reader's language asks for; Korean where nobody said."""
    return name_ko if (get_language() or "ko").startswith("ko") else name_en


class Named(models.Model):
    """Reference data: a lower-case code and a name in both languages."""

    code = models.SlugField(max_length=40, unique=True)
    name_ko = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        return in_language(self.name_ko, self.name_en)

    def __str__(self) -> str:
        return self.name


class Scoped(models.Model):
    """A private row that several teams may see: `scope_keys` is the visibility, kept by kernel.services.scopes alone.

    Keys share one space of 32-bit integers: a team is its id, a provider the negative id of its organisation, a
    shared case 1,000,000,000 + its id, and one person who was named personally −(1,000,000,000 + user id).
    """

    scope_keys = ArrayField(models.IntegerField(), default=list)

    class Meta:
        abstract = True
        indexes = [GinIndex(fields=["scope_keys"], name="%(app_label)s_%(class)s_scope")]


class Dated(models.Model):
    """Something that holds from a day, and to a day (inclusive) when it has ended."""

    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
