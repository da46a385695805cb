"""Debits of monthly accounts that stand already and wait for their day, as an outage moved them."""

from django.db.models import QuerySet

from donations.models import Charge
from donations.states import ChargeState
from hopecare.kernel import clock


def untried() -> "QuerySet[Charge]":
    """Nobody has tried them: their givers may still skip them."""
    return Charge.objects.filter(key__startswith="month:", state=ChargeState.READY, attempts=0, uncertain=False)


def put_off() -> "QuerySet[Charge]":
    """Those among them that go off on a day to come."""
    return untried().filter(due_on__gt=clock.today())
