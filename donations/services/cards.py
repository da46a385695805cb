"""Another means for monthly accounts: a card typed on the provider's own page and kept as a token, or a bank account.

A means of payment without a token waits for its card: the accounts that begin with it rest, and where it replaces
another one they stay with the old one until it is there. Each giver's row keeps its own means with its own consent;
those of one bank account or card point to the first of them (services/means.py), and go over to another one together.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from donations.facts import CardFact
from donations.gateway import providers
from donations.gateway.errors import Permanent, Transient, Uncertain
from donations.models import Charge, Method, Pledge
from donations.services import means
from donations.services.means import waits
from donations.states import CHARGES, ChargeState, PledgeState
from hopecare.kernel import audit, clock, codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.errors import Problem


def replace(pledge: Pledge) -> None:
    """The giver wants another card; an entry that waits already is used again."""
    ways = providers.card_ways()
    with acting_as(system(Principal.GIVING)) as viewer:
        if ways and pledge.state != PledgeState.STOPPED and _waiting(pledge) is None:
            words = _("From now on my monthly gifts go off this card")
            provider = pledge.method.provider if pledge.method.provider in ways else ways[0]
            made = Method.objects.create(
                donor_id=pledge.donor_id, provider=provider, consent_words=words, instead_of_id=pledge.method_id
            )
            audit.changed(viewer, "pledge", [pledge.pk], "card_asked", method=made.pk)


def _waiting(pledge: Pledge) -> Method | None:
    """The card this account begins with, or the one that will take over from its means."""
    own = Q(pk=pledge.method_id) | Q(instead_of__in=means.same(pledge.method_id))
    rows = Method.objects.filter(own, provider__in=providers.ONLINE, ended_at=None)
    return next((row for row in rows.order_by("-pk") if waits(row)), None)


def look(pledge: Pledge) -> str | None:
    """None when no card is waited for; else the address of the provider's page, empty when it does not answer.

    Asks the provider first: a giver who comes back from the page sees that the card is there. Outside any transaction.
    """
    with acting_as(system(Principal.GIVING)):
        method = _waiting(pledge)
    if method is None:
        return None
    try:
        fact = CardFact("expired")
        if method.token:
            fact = providers.enrolment(method.provider, reference=method.token, back=_page(pledge))
        if fact.state == "done":
            _take(pledge.pk, method.pk, fact)
            return None
        return fact.window if fact.state == "waiting" else _open(pledge, method)
    except (Transient, Uncertain, Permanent):
        return ""


def entry_of(pledge: Pledge) -> str:
    """The reference of the entry that waits for this account's card; empty when none does."""
    with acting_as(system(Principal.GIVING)):
        method = _waiting(pledge)
    return method.token if method else ""


def _page(pledge: Pledge) -> str:
    return f"{settings.PUBLIC_URL}/donate/follow/{codes.shown(pledge.code)}/"


def _open(pledge: Pledge, method: Method) -> str:
    """A fresh page; the key holds the entry before, so that asking twice opens one."""
    key = f"method:{method.pk}:{method.token[-12:]}"
    reference, url = providers.open_enrolment(method.provider, key=key, back=_page(pledge))
    with acting_as(system(Principal.GIVING)):
        method.token = reference
        method.save(update_fields=["token"])
    return url


def _take(pledge_id: int, method_id: int, fact: CardFact) -> None:
    """The card is there: its accounts go on, those of the old card with them, and what failed this month is tried."""
    with acting_as(system(Principal.GIVING)) as viewer:
        method = Method.objects.select_for_update().get(pk=method_id)
        if not waits(method):
            return
        method.token, method.label = fact.token, fact.label[:60]
        method.save(update_fields=["token", "label"])
        _move_over(viewer, method.instead_of_id or Pledge.objects.get(pk=pledge_id).method_id, method)


def take_account(pledge: Pledge, *, bank: str, account: str) -> None:
    """The giver's own consent to another bank account: everything that went off the old means goes off this one."""
    with acting_as(system(Principal.GIVING)) as viewer:
        row = Pledge.objects.select_for_update().get(pk=pledge.pk)
        if row.state == PledgeState.STOPPED:
            raise errors.Impossible(Problem("state", _("This account has ended. You may open a new one.")))
        method = Method.objects.create(
            donor_id=row.donor_id,
            provider=providers.CMS,
            token=f"{bank.strip()} {account.strip()}",
            label=means.bank_label(bank, account),
            consent_words=_("From now on my monthly gifts go off this bank account"),
        )
        _move_over(viewer, row.method_id, method)


def _move_over(viewer: Viewer, old: int, method: Method) -> None:
    """Accounts of the old means go on with this one; those that rested because a debit failed begin again."""
    before = Method.objects.get(pk=old)
    left = [] if old == method.pk else means.same(old)
    rows = list(Pledge.objects.select_for_update().filter(method__in=left or [old]).exclude(state=PledgeState.STOPPED))
    own = {method.donor_id: method}
    for pledge in rows:
        if not left or waits(before) or pledge.failures:
            pledge.state = PledgeState.ACTIVE
        if pledge.donor_id not in own:
            own[pledge.donor_id] = means.copy(method, pledge.donor_id)
        pledge.method, pledge.failures = own[pledge.donor_id], 0
        pledge.save(update_fields=["method", "state", "failures"])
        _try_now(pledge, method)
    Method.objects.filter(pk__in=left).update(ended_at=clock.now())
    means.regroup(method.donor)
    audit.changed(viewer, "pledge", [pledge.pk for pledge in rows], "card_kept", method=method.pk)


def _try_now(pledge: Pledge, method: Method) -> None:
    """This month's debit that failed goes off the new card; the attempt's number goes on, so that it is a new call."""
    month = f"{clock.today():%Y-%m}"
    failed = Charge.objects.filter(lines__pledge=pledge, order=None, attempts__gt=0, key__endswith=f":{month}")
    for charge in failed.filter(state__in=(ChargeState.FAILED, ChargeState.READY)).exclude(failure="held_back"):
        assert charge.state == ChargeState.READY or ChargeState.READY in CHARGES[ChargeState(charge.state)]
        charge.state, charge.method, charge.provider, charge.batch_id = ChargeState.READY, method, method.provider, None
        charge.reference, charge.uncertain = "", False
        charge.due_on, charge.next_attempt_at = clock.today(), clock.now()
        charge.save()


def look_at_waiting(*, limit: int = 100) -> int:
    """Givers who closed the window before they came back: ask for a day; returns how many entries were looked at."""
    with acting_as(system(Principal.GIVING)):
        since = clock.now() - timedelta(days=1)
        rows = Method.objects.filter(provider__in=providers.ONLINE, ended_at=None, label="", consent_at__gt=since)
        waiting = [row for row in rows.order_by("pk")[:limit] if row.token.startswith(providers.ENTRIES)]
        ways = [row.instead_of_id or row.pk for row in waiting]
        standing = Pledge.objects.filter(method__in=ways).exclude(state=PledgeState.STOPPED).order_by("method", "-pk")
        latest = {pledge.method_id: pledge for pledge in standing}
    for pledge in latest.values():
        look(pledge)
    return len(latest)
