"""The worker's side of payments. The row is written before the call and the outcome after it.

Claim (one short transaction: lease, mark uncertain) → call, outside any transaction → book. A worker that dies in
between leaves a row marked uncertain; when its lease has run out the next one looks the payment up before repeating it.
"""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from donations.access import get_visible
from donations.errors import Nowhere
from donations.facts import PaymentFact
from donations.gateway import providers
from donations.gateway.errors import Permanent, Transient, Uncertain
from donations.models import Charge, ProviderEvent
from donations.services import booking, holding
from donations.states import ChargeState
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.nudge import nudge
from hopecare.kernel.permissions import Permission
from hopecare.kernel.turns import turn

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
WAIT = timedelta(minutes=10)
BATCH = 20
#: Pauses between looks at a call-back that is not understood: twice as long each time, an hour at most.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)


@dataclass(frozen=True)
class Claimed:
    """One charge in our hands; `look_first`: somebody may have called before us."""

    id: int
    uuid: str
    provider: str
    reference: str
    token: str
    attempt: int
    won: int
    look_first: bool


def run_due(*, limit: int = 1_000, seconds: float = 50.0) -> int:
    """Debit what is due at the providers that are asked call by call; returns how many were tried."""
    until, tried = time.monotonic() + seconds, 0
    while tried < limit and time.monotonic() < until:
        claims = claim()
        if not claims:
            break
        for one in claims:
            perform(one)
        tried += len(claims)
    return tried


def claim(limit: int = BATCH) -> list[Claimed]:
    """Take a lease on due charges: fresh ones, and those a dead worker left behind."""
    now = clock.now()
    due = Q(state=ChargeState.READY, next_attempt_at__lte=now, due_on__lte=clock.today())
    left = Q(state=ChargeState.CALLING, leased_until__lt=now)
    with acting_as(system(Principal.GIVING)):
        rows = Charge.objects.select_for_update(skip_locked=True, of=("self",)).select_related("method")
        found = list(rows.filter(due | left, provider__in=providers.ONLINE).order_by("next_attempt_at", "pk")[:limit])
        claims = [_claimed(row) for row in found]
        Charge.objects.filter(pk__in=[row.pk for row in found]).update(
            state=ChargeState.CALLING, leased_until=now + LEASE, uncertain=True
        )
        return claims


def _claimed(row: Charge) -> Claimed:
    token = row.method.token if row.method else ""
    return Claimed(
        row.pk, str(row.uuid), row.provider, row.reference, token, row.attempts, row.amount_won, row.uncertain
    )


def perform(one: Claimed) -> None:
    """Call (or look up) and book. What the provider leaves open stays uncertain until the lease has run out."""
    try:
        fact = _ask(one)
    except Transient as error:
        _later(one, str(error))
    except Uncertain as error:
        log.warning("charge %s is uncertain: %s", one.id, error)
    except Permanent as error:
        booking.take(one.id, PaymentFact("failed", failure=str(error)))
    else:
        if fact is not None:
            booking.take(one.id, fact)


def _ask(one: Claimed) -> PaymentFact | None:
    """None when nothing was asked for, as an account in it rests or ended meanwhile."""
    if one.look_first:
        fact = providers.look_up(one.provider, key=one.uuid, reference=one.reference)
        if fact.state in {"paid", "waiting"}:
            return fact
    if not holding.may_go(one.id):
        return None
    words = _("Hope Care monthly gift")
    return providers.charge(one.provider, key=one.uuid, attempt=one.attempt, won=one.won, token=one.token, words=words)


def _later(one: Claimed, why: str) -> None:
    with acting_as(system(Principal.GIVING)):
        Charge.objects.filter(pk=one.id, state=ChargeState.CALLING).update(
            state=ChargeState.READY,
            leased_until=None,
            uncertain=one.look_first,
            next_attempt_at=clock.now() + WAIT,
            failure=why[:60],
        )


def keep_event(provider: str, event_id: str, about: str) -> bool:
    """Store a genuine call-back; False when it was here before. It is understood by the worker."""
    with acting_as(system(Principal.GIVING)):
        _row, fresh = ProviderEvent.objects.get_or_create(
            provider=provider, event_id=event_id[:120], defaults={"reference": about[:80]}
        )
        if fresh:
            transaction.on_commit(lambda: nudge("donations.understand"), robust=True)
        return fresh


def understand_open(limit: int = 200) -> int:
    """Look up what each new call-back is about; returns how many are done. Call-backs say "look", never "how much".

    None is ever given up: after an outage each is looked at within an hour, and the desk sees those that stay open.
    """
    with acting_as(system(Principal.GIVING)):
        rows = ProviderEvent.objects.filter(handled_at=None, next_at__lte=clock.now()).order_by("next_at", "pk")
        events = list(rows[:limit])
    problems: dict[tuple[str, str], str] = {}
    for event in events:
        key = (event.provider, event.reference)
        if key not in problems:
            problems[key] = _problem(event)
        _note(event, problems[key])
    return sum(not problem for problem in problems.values())


def _note(event: ProviderEvent, problem: str) -> None:
    """Understood, or looked at again after a longer pause. Each by itself, so that nobody else's try is lost."""
    now, tries = clock.now(), event.attempts + 1
    pause = min(FIRST_PAUSE * 2 ** min(tries, 20), LONGEST_PAUSE)
    with acting_as(system(Principal.GIVING)):
        ProviderEvent.objects.filter(pk=event.pk, handled_at=None).update(
            handled_at=None if problem else now,
            attempts=min(tries, 30_000),
            next_at=now + pause,
            problem=problem[:60],
        )


def _problem(event: ProviderEvent) -> str:
    """Empty when it is understood. Whatever goes wrong with one call-back keeps no other one waiting."""
    try:
        look_again(event.provider, event.reference)
    except Nowhere:
        return ""  # about something that is not ours: kept, and nothing more
    except (Transient, Uncertain, Permanent) as error:
        log.warning("call-back %s of %s: %s", event.event_id, event.provider, error)
        return str(error) or type(error).__name__
    except Exception as error:
        log.exception("call-back %s of %s", event.event_id, event.provider)
        return type(error).__name__
    return ""


def look_again(provider: str, about: str) -> Charge:
    """Ask the provider where one payment stands and book it, one at a time. Raises Nowhere when it is not ours."""
    charge = _charge_of(provider, about)
    if charge is None and provider == providers.STRIPE:
        charge = _by_payment(provider, about)
    if charge is None:
        raise Nowhere(about)
    return look(charge, about=about)[0]


def look(charge: Charge, *, about: str = "", only_paid: bool = False) -> tuple[Charge, PaymentFact]:
    """Ask the provider where it stands and book the answer (`only_paid`: no other one), in a turn of its own.

    An answer that is older than another one's must not be booked after it. Raises Transient while another looks.
    """
    with turn(f"charge {charge.pk}") as ours:
        if not ours:
            raise Transient("another looks")
        reference = charge.reference or about
        fact = providers.look_up(charge.provider, key=str(charge.uuid), reference=reference)
        if only_paid and fact.state != "paid":
            return charge, fact
        return booking.take(charge.pk, fact), fact


def _charge_of(provider: str, about: str) -> Charge | None:
    with acting_as(system(Principal.GIVING)):
        rows = Charge.objects.filter(provider=provider)
        found = rows.filter(reference=about).first()
        return found or (rows.filter(uuid=about).first() if len(about) == 36 else None)


def _by_payment(provider: str, about: str) -> Charge | None:
    """A payment whose number we have not heard yet: the window's, or one whose answer got lost."""
    key = providers.key_of(provider, about)
    with acting_as(system(Principal.GIVING)):
        return Charge.objects.filter(provider=provider, uuid=key).first() if len(key) == 36 else None


def look_up_waiting(*, older_than: timedelta = timedelta(minutes=15), limit: int = 100) -> int:
    """Windows that were opened and never told us: ask once in a while, as a call-back may have got lost."""
    since = clock.now() - timedelta(days=3)
    with acting_as(system(Principal.GIVING)):
        rows = Charge.objects.filter(
            state=ChargeState.WAITING,
            provider__in=providers.ONLINE,
            created_at__gt=since,
            created_at__lt=clock.now() - older_than,
        ).exclude(window="")
        found = list(rows.order_by("pk")[:limit])
    for charge in found:
        try:
            look(charge)
        except (Transient, Uncertain, Permanent):
            continue
    return len(found)


def refund(*, by: Viewer, charge_id: int, won: int) -> Charge:
    """Send won back to the giver: the provider first, the books from what it says afterwards; safe to repeat."""
    check(by, Permission.MONEY_BOOK)
    with acting_as(by):
        charge = get_visible(by, Charge, named="charge", pk=charge_id, provider__in=providers.ONLINE)
        total = charge.refunded_won + won
    if not 0 < won <= charge.amount_won - charge.refunded_won:
        raise errors.Impossible(Problem("amount", _("So much of this gift is not left to be sent back."), "won"))
    key, reference = str(charge.uuid), charge.reference
    try:
        providers.refund(charge.provider, key=key, reference=reference, won=won, total=total)
    except (Transient, Uncertain, Permanent) as error:
        log.warning("refund of charge %s: %s", charge.pk, error)
        words = _("The payment company did not say yes. Nothing was booked; please look again in some minutes.")
        raise errors.Impossible(Problem("provider", words)) from error
    try:
        return look(charge)[0]
    except (Transient, Uncertain, Permanent):
        return charge  # the call-back brings it into the books
