"""The synthetic city: deterministic, alive, and never poured over somebody's real rows."""

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from cases.models import (
    Alarm,
    Case,
    CaseHandOver,
    CaseShare,
    MarketCard,
    MarketSite,
    NeedAnswer,
    Outing,
    Overlap,
    Pathway,
    Report,
    ServiceRecord,
    StopPerson,
    UrgentRequest,
    Watch,
)
from hopecare.kernel import clock, phones
from hopecare.kernel.models import City, Person, User
from tests.database import as_owner
from volunteers.models import (
    Coupon,
    HopeManager,
    Hours,
    MatchRun,
    Neighbour,
    Offer,
    Package,
    Request,
    StandBy,
    Volunteer,
)


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


def test_no_room_of_the_desk_is_empty(small_city):
    """What a visitor opens first shows something: market, longer help, an urgent call, hand-overs, two houses."""
    with as_owner():
        assert MarketSite.objects.count() == 6 and MarketCard.objects.exists()
        assert set(Pathway.objects.values_list("kind", flat=True)) == {"employment", "home_repair", "hope_house"}
        assert UrgentRequest.objects.filter(taken_at=None).exists()
        assert CaseHandOver.objects.filter(accepted_at=None).count() == 2
        assert CaseShare.objects.exists() and Overlap.objects.filter(answered_at=None).exists()


@pytest.mark.rule("D16")
def test_the_city_lives_today_in_every_zone_and_rings_nobody_real(small_city):
    with as_owner():
        assert Case.objects.values("provider").annotate(n=Count("pk")).count() == 4
        assert NeedAnswer.objects.filter(severity__gte=3).exists()
        assert (Watch.objects.count(), Alarm.objects.filter(ended_at=None).count()) == (3, 1)
        assert [outing.on > clock.today() for outing in Outing.objects.order_by("on")] == [False, True]
        assert set(StopPerson.objects.values_list("result", flat=True)) >= {"", "met", "not_there"}
        leads = set(Case.objects.filter(closed_at=None).values_list("lead__affiliations__role__code", flat=True))
        newest = Report.objects.order_by("-received_at").values_list("received_at", flat=True)[0]
        numbers = [*Person.objects.exclude(phone="").values_list("phone", flat=True)]
        numbers += Volunteer.objects.values_list("phone", flat=True)
        work = [*User.objects.exclude(phone="").values_list("phone", flat=True)]
        volunteering(clock.now())
    assert leads <= {"social_worker", "case_manager", "centre_head"}
    assert 0 <= (clock.now() - newest).days <= 4
    assert numbers and all(number.startswith("+82100") for number in numbers)
    assert all(phones.normal(number).startswith("+8231000") for number in work)


def volunteering(now):
    """Weeks behind and ahead, hours of every confirmed visit, and the two of the cast are asked for nothing."""
    coming = Request.objects.filter(during__startswith__gt=now)
    assert {"filled", "planned"} <= set(coming.values_list("state", flat=True))
    assert not Request.objects.exclude(state="closed").filter(during__startswith__lte=now).exists()
    confirmed = Offer.objects.filter(state="confirmed")
    assert confirmed.count() == Hours.objects.count() > 60
    assert not Offer.objects.filter(volunteer__name__in=["문보라", "한보순"], volunteer__user__isnull=False).exists()
    assert MatchRun.objects.filter(state="waiting").count() == 2
    assert list(Package.objects.order_by("place").values_list("state", flat=True)) == ["done", "open", "waits", "waits"]
    assert (Coupon.objects.count(), Neighbour.objects.count()) == (1, 4) and HopeManager.objects.exists()
    assert StandBy.objects.filter(state="on").values("zone").distinct().count() == 4
