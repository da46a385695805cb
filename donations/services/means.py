"""Which means of payment are the same bank account or card of one giver, so that one day's debits are one debit.

Nothing is merged: the later rows point to the first one (`same_as`), and the pointer goes when the giver takes an
account out again.
"""

import re

from django.db.models import Q

from donations.gateway import providers
from donations.models import Donor, Method

#: What people write differently in the name of one bank.
_LOOSE = re.compile(r"은행|bank|[\s-]", re.IGNORECASE)


def waits(method: Method) -> bool:
    """No card yet: nothing can be debited."""
    return method.provider in providers.ONLINE and (not method.token or method.token.startswith(providers.ENTRIES))


def bank_label(bank: str, account: str) -> str:
    """What is shown of a bank account: its last two digits, whatever stands between them."""
    digits = "".join(sign for sign in account if sign.isdigit())
    return f"{bank.strip()} ••{digits[-2:]}"[:60]


def same(method_id: int) -> list[int]:
    """The rows of this bank account or card, the first of them included."""
    head = Method.objects.filter(pk=method_id).values_list("same_as_id", flat=True).first() or method_id
    return list(Method.objects.filter(Q(pk=head) | Q(same_as=head)).order_by("pk").values_list("pk", flat=True))


def copy(method: Method, donor_id: int) -> Method:
    """The same means for another row of the same giver, with the consent that was given."""
    return Method.objects.create(
        donor_id=donor_id,
        provider=method.provider,
        token=method.token,
        label=method.label,
        consent_words=method.consent_words,
        consent_at=method.consent_at,
        same_as=method,
    )


def regroup(donor: Donor) -> None:
    """Find anew which means of a giver are the same: over all rows of the account, or within the one row."""
    whose = Q(donor__user_id=donor.user_id) if donor.user_id else Q(donor=donor)
    first: dict[tuple[str, str], int] = {}
    for row in Method.objects.select_for_update(of=("self",)).filter(whose, ended_at=None).order_by("pk"):
        head = row.pk if waits(row) else first.setdefault(_kept_as(row), row.pk)
        same_as = None if head == row.pk else head
        if row.same_as_id != same_as:
            row.same_as_id = same_as
            row.save(update_fields=["same_as"])


def _kept_as(method: Method) -> tuple[str, str]:
    plain = _LOOSE.sub("", method.token).lower() if method.provider == providers.CMS else method.token
    return method.provider, plain
