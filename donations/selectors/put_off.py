"""Debits of monthly accounts that stand already and wait for their day, as an outage moved them."""

from django.db.models import QuerySet

from donations.models import Charge, Pledge
from donations.states import ChargeState


def put_off(pledge: Pledge) -> "QuerySet[Charge]":
    """Those of one account that nobody has tried: its giver may still skip them."""
    rows = Charge.objects.filter(lines__pledge=pledge, key__startswith="month:")
    return rows.filter(state=ChargeState.READY, attempts=0, uncertain=False)
