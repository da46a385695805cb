"""The synthetic city: deterministic, alive, and never poured over somebody's real rows."""

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from cases.models import Case, NeedAnswer, Report, ServiceRecord
from hopecare.kernel import clock, phones
from hopecare.kernel.models import City, Person, User
from tests.database import as_owner
from volunteers.models import Volunteer


def seed(**options):
    with as_owner():
        call_command("seed_city", scale=0.0005, today=clock.now(), verbosity=0, **options)


def fingerprint():
    with as_owner():
        return (
            list(Person.objects.order_by("pk").values_list("name", "birth_date")[:50]),
            list(Case.objects.order_by("pk").values_list("number", "stage", "lead__username")[:50]),
            list(Report.objects.order_by("pk").values_list("code", "words")[:20]),
            ServiceRecord.objects.count(),
        )


def test_the_same_seed_makes_the_same_city(small_city):
    seed()
    first = fingerprint()
    seed()
    assert fingerprint() == first
    seed(seed=8)
    assert fingerprint() != first


def test_rows_of_a_real_city_are_left_alone(small_city):
    with as_owner():
        City.objects.update(is_demo=False)
        before = Case.objects.count()
    with pytest.raises(CommandError, match="nothing was changed"):
        seed()
    with as_owner():
        assert Case.objects.count() == before


def test_every_zone_has_its_households_and_every_open_case_a_lead(small_city):
    with as_owner():
        assert Case.objects.values("provider").annotate(n=Count("pk")).count() == 4
        assert NeedAnswer.objects.filter(severity__gte=3).exists()
        leads = set(Case.objects.filter(closed_at=None).values_list("lead__affiliations__role__code", flat=True))
    assert leads <= {"social_worker", "case_manager", "centre_head"}


@pytest.mark.rule("D16")
def test_every_number_is_in_a_range_that_is_not_assigned(small_city):
    with as_owner():
        numbers = [*Person.objects.exclude(phone="").values_list("phone", flat=True)]
        numbers += Volunteer.objects.values_list("phone", flat=True)
        work = [*User.objects.exclude(phone="").values_list("phone", flat=True)]
    assert numbers and all(number.startswith("+82100") for number in numbers)
    assert all(phones.normal(number).startswith("+8231000") for number in work)


def test_dates_are_relative_to_today(small_city):
    with as_owner():
        newest = Report.objects.order_by("-received_at").values_list("received_at", flat=True)[0]
    assert 0 <= (clock.now() - newest).days <= 4
