"""A coupon for one portion of a standing gift: looks like any other, is used once, names nobody."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hopecare.kernel import clock
from volunteers.models.offers import Keyed
from volunteers.models.partners import Portion


class Coupon(Keyed):
    """Good on the day of its portion. `used_at` is set once, by the till or by staff who heard of it."""

    portion = models.OneToOneField(Portion, on_delete=models.PROTECT, related_name="coupon")
    code = models.CharField(max_length=13, unique=True)
    issued_at = models.DateTimeField(default=clock.now)
    issued_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code__regex="^[0-9A-Z]{13}$"), name="coupon_code_can_be_read"),
        ]
