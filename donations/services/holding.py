"""What the giver took back does not go off: a debit that waits is held back, or goes on without that account's part."""

from django.db.models import QuerySet

from donations.gateway import providers
from donations.models import Charge, ChargeLine, Pledge
from donations.selectors.put_off import untried
from donations.states import ChargeState, PledgeState
from hopecare.kernel.access import Principal, acting_as, system


def hold_back(pledge: Pledge) -> None:
    """The account rests or ended. What the provider may have already is looked up first: see `may_go`."""
    rows = Charge.objects.filter(provider__in=(*providers.ONLINE, providers.CMS))
    _hold(pledge, rows.filter(lines__pledge=pledge, state=ChargeState.READY, uncertain=False))


def skip(pledge: Pledge) -> bool:
    """One month's debit that stands already and was not tried; False when there is none."""
    return _hold(pledge, untried().filter(lines__pledge=pledge))


def _hold(pledge: Pledge, waiting: "QuerySet[Charge]") -> bool:
    found = list(waiting.select_for_update(of=("self",)).order_by("pk"))
    for charge in found:
        _only(charge, list(charge.lines.exclude(pledge=pledge).order_by("pk")))
    return bool(found)


def may_go(charge_id: int) -> bool:
    """Whether all of a debit in the worker's hands goes off now, the moment before the provider is called.

    An account may have been stopped or paused while an answer was open: then nothing goes off with its part in it.
    """
    with acting_as(system(Principal.GIVING)):
        charge = Charge.objects.select_for_update(of=("self",)).get(pk=charge_id)
        if charge.state != ChargeState.CALLING:
            return False  # news came meanwhile, or another worker has it
        lines = list(charge.lines.select_related("pledge").order_by("pk"))
        going = [line for line in lines if line.pledge is None or line.pledge.state == PledgeState.ACTIVE]
        if len(going) < len(lines):
            _only(charge, going)
        return len(going) == len(lines)


def _only(charge: Charge, lines: list[ChargeLine]) -> None:
    """The same debit for what is left of it: another row, as lines of a charge are never edited."""
    charge.state, charge.failure = ChargeState.FAILED, "held_back"
    charge.uncertain, charge.leased_until = False, None
    charge.save(update_fields=["state", "failure", "uncertain", "leased_until"])
    if not lines:
        return
    head, _colon, month = charge.key.rpartition(":")
    rest = Charge.objects.create(
        key=f"{head}:after{charge.pk}:{month}",
        provider=charge.provider,
        donor_id=charge.donor_id,
        method_id=charge.method_id,
        receiver_id=charge.receiver_id,
        amount_won=sum(line.amount_won for line in lines),
        due_on=charge.due_on,
        attempts=charge.attempts,
        next_attempt_at=charge.next_attempt_at,
    )
    for line in lines:
        ChargeLine.objects.create(
            charge=rest, fund_id=line.fund_id, pledge_id=line.pledge_id, source=line.source, amount_won=line.amount_won
        )
