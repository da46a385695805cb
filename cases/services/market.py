"""Give out cards, fill shelves, and take at the counter by number alone (R41, D9)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cases.models import MarketCard, MarketGood, MarketSite, MarketTaking, ServiceRecord
from cases.rules import market as rules
from cases.selectors import market as found
from cases.services.locking import actor, first_time, locked_case
from hopecare.kernel import audit, clock, codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system, visible_to
from hopecare.kernel.models import Person, ProviderKind, Service
from hopecare.kernel.permissions import Permission

#: What a day at the market is called in the catalogue, and where its record comes from (the wall knows it, too).
SERVICE, SOURCE = "food_market", "market"
_NO_CARD = _("There is no such card. Please compare the number once more.")


def give_card(
    *, by: Viewer, number: str, person: Person, recommended_by: str, recommended_on: date | None
) -> MarketCard:
    """A new card for the household; one that was good until now ends with it. Raises Impossible."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_SERVICE)
        today = clock.today()
        problems = rules.card_problems(recommended_by=recommended_by, recommended_on=recommended_on, today=today)
        if problems or recommended_on is None:
            raise errors.Impossible(*problems)
        visible_to(by, MarketCard).filter(case=case, ended_on=None).update(ended_on=today)
        card = MarketCard.objects.create(
            case=case,
            team_id=case.team_id,
            provider_id=case.provider_id,
            person=person,
            number=codes.new_code(),
            recommended_by=recommended_by.strip()[:80],
            recommended_on=recommended_on,
            given_on=today,
            good_until=rules.good_until(today),
            by_id=actor(by),
        )
        audit.changed(by, "case", [case.pk], "market_card", owners=[case.provider_id])
        return card


def end_card(*, by: Viewer, number: str) -> None:
    """Lost, or not needed any more: the number opens nothing from now on."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_SERVICE, open_only=False)
        if visible_to(by, MarketCard).filter(case=case, ended_on=None).update(ended_on=clock.today()):
            audit.changed(by, "case", [case.pk], "market_card_ended", owners=[case.provider_id])


@dataclass(frozen=True)
class AtCounter:
    """All that the counter learns of a card: whether it is good, and what it still opens."""

    number: str
    good_until: date
    is_good: bool
    left: rules.Left


def look(*, by: Viewer, typed: str) -> AtCounter:
    """Raises Impossible when there is no such card. No name, no case, no reason."""
    check(by, Permission.MARKET_SERVE)
    number = codes.read(typed) or ""
    with acting_as(_counter(number)):
        card = MarketCard.objects.filter(number=number).first() if number else None
        if card is None:
            raise errors.Impossible(errors.Problem("no_card", _NO_CARD, "number"))
        return AtCounter(number, card.good_until, card.is_good, found.left_of(card))


def take(*, by: Viewer, typed: str, site: MarketSite, counts: Mapping[int, int], token: str = "") -> AtCounter:
    """`counts`: good → how many. All of it or nothing; two counters at once cannot pass the month's bound.

    Raises Impossible with every problem.
    """
    before = look(by=by, typed=typed)
    machine, who = _counter(before.number), actor(by)
    with acting_as(machine):
        card = MarketCard.objects.select_for_update().get(number=before.number)
        if not first_time(by, token):
            return AtCounter(card.number, card.good_until, card.is_good, found.left_of(card))
        wanted = [good for good in counts if counts[good] > 0]
        rows = list(MarketGood.objects.select_for_update().filter(site=site, pk__in=wanted).order_by("pk"))
        chosen = [rules.Chosen(row.name, counts[row.pk], row.won, row.stock) for row in rows]
        if problems := rules.taking_problems(chosen, found.left_of(card), valid=card.is_good):
            raise errors.Impossible(*problems)
        keys = {"case_id": card.case_id, "team_id": card.team_id, "provider_id": card.provider_id, "card": card}
        for row in rows:
            many = counts[row.pk]
            MarketTaking.objects.create(**keys, good=row, count=many, won=many * row.won, by_id=who)
            MarketGood.objects.filter(pk=row.pk).update(stock=F("stock") - many)
        _on_record(card, who)
        hand = replace(machine, user_id=who, name=by.name)  # by the machine's key, in the name of whoever stood there
        audit.changed(hand, "case", [card.case_id], "market_taking", owners=[card.provider_id], site=site.pk)
        return AtCounter(card.number, card.good_until, card.is_good, found.left_of(card))


def _on_record(card: MarketCard, who: int) -> None:
    """A day at the market is a service of the case, once, so that whoever gives food elsewhere sees it (R20).

    What was worth how much stays with the takings: goods are no money that was spent.
    """
    service = Service.objects.get(code=SERVICE)
    told = {"case_id": card.case_id, "service": service, "given_on": clock.today(), "source": SOURCE}
    if not ServiceRecord.objects.filter(**told).exists():
        ServiceRecord.objects.create(
            **told,
            team_id=card.team_id,
            provider_id=card.provider_id,
            person_id=card.person_id,
            category_id=service.category_id or 0,
            provider_kind=ProviderKind.objects.get(code="private"),
            recorded_by_id=who,
        )


def add_site(*, by: Viewer, site: MarketSite) -> MarketSite:
    check(by, Permission.MARKET_SERVE)
    if MarketSite.objects.filter(name=site.name).exists():
        raise errors.Impossible(errors.Problem("twice", _("There is one of this name."), "name"))
    site.save()
    return site


def fill(*, by: Viewer, site: MarketSite, name: str, won: int, more: int) -> MarketGood:
    """`more` pieces came in (or, below zero, spoiled); the shelf never holds fewer than none."""
    check(by, Permission.MARKET_SERVE)
    with acting_as(by):
        row, _fresh = MarketGood.objects.select_for_update().get_or_create(
            site=site, name=name.strip()[:60], defaults={"won": won}
        )
        if row.stock + more < 0:
            words = _("Only %(many)s of %(name)s are left.") % {"many": row.stock, "name": row.name}
            raise errors.Impossible(errors.Problem("stock", words, "more"))
        row.won, row.stock = won, row.stock + more
        row.save(update_fields=["won", "stock"])
        return row


def _counter(number: str) -> Viewer:
    return system(Principal.MARKET, subject=number)
