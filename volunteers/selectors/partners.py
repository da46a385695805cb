"""Partners as the desk sees them, and as they see themselves by their own link: days and numbers, nobody's name."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from volunteers import access
from volunteers.access import get_visible, visible_to
from volunteers.models import Partner, Place, Portion, Pupil, Standing, Turn
from volunteers.rules import recurring
from volunteers.selectors.gifts import TAKEN, next_days
from volunteers.states import PartnerState, PortionState

MOST_ROWS, LOOK_BACK, DAYS_SHOWN = 300, timedelta(days=14), 3
NTH = {
    1: gettext_lazy("first"),
    2: gettext_lazy("second"),
    3: gettext_lazy("third"),
    4: gettext_lazy("fourth"),
    5: gettext_lazy("last"),
}


@dataclass
class GiftDay:
    """One day of a standing gift: how many portions are promised, and what the partner said."""

    on: date
    promised: int = 0
    given: int = 0
    off: bool = False
    came: int | None = None
    portions: list[Portion] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return self.on <= clock.today()


@dataclass
class GiftCard:
    """A standing gift in words; `used` of its capacity in the period of its next day."""

    standing: Standing
    when: str
    used: int
    days: list[GiftDay]

    @property
    def next_on(self) -> date | None:
        return next((day.on for day in self.days if day.on >= clock.today()), None)

    @property
    def ended(self) -> bool:
        return self.standing.until is not None and self.standing.until <= clock.today()


@dataclass
class PartnerCard:
    partner: Partner
    gifts: list[GiftCard]
    pupils: list[Pupil] = field(default_factory=list)

    @property
    def takes_coupons(self) -> bool:
        """People come to them with something that a coupon can stand for."""
        return any(card.standing.place == Place.THEIRS and not card.ended for card in self.gifts)

    @property
    def has_group(self) -> bool:
        return any(card.standing.pupils for card in self.gifts)


def when_words(standing: Standing) -> str:
    """ "every third Friday of the month", in the reader's language."""
    days = _("·").join(str(WEEKDAYS[day]) for day in standing.weekdays)
    if not standing.nth:
        return _("every %(days)s") % {"days": days}
    nth = _("·").join(str(NTH[place]) for place in standing.nth)
    return _("every %(nth)s %(days)s of the month") % {"nth": nth, "days": days}


def partners(viewer: Viewer) -> list[PartnerCard]:
    """Everybody who gives together, those of one's own centre first. Four queries; the read is logged."""
    rows = visible_to(viewer, Partner).exclude(state=PartnerState.LEFT).select_related("town")
    found = list(rows.order_by("name")[:MOST_ROWS])
    audit.read(viewer, "partner", [row.pk for row in found], what="list")
    cards = _cards(viewer, found)
    return sorted(cards, key=lambda card: card.partner.provider_id != viewer.organisation_id)


def partner(viewer: Viewer, partner_id: int) -> PartnerCard:
    """One partner with their days and, for those who run volunteering here, their minors. The read is logged."""
    row = get_visible(viewer, Partner, named="partner", pk=partner_id, select=("town",))
    card = _cards(viewer, [row])[0]
    card.pupils = list(visible_to(viewer, Pupil).filter(partner=row, withdrawn_on=None).order_by("pk"))
    audit.read(viewer, "partner", [row.pk], what="page")
    if card.pupils:
        audit.read(viewer, "pupil", [pupil.pk for pupil in card.pupils], what="page")
    return card


def partner_by_token(token: str) -> PartnerCard:
    """The partner's own page. Raises NotFound for a link that is not ours."""
    with acting_as(system(Principal.OFFERS)) as machine:
        rows = visible_to(machine, Partner).exclude(state=PartnerState.LEFT).select_related("town")
        row = (
            rows.filter(token_hash__in=access.token_candidates(token)).first() if access.token_is_ours(token) else None
        )
        if row is None:
            raise errors.NotFound("partner_link", "")
        return _cards(machine, [row])[0]


def thanked() -> list[PartnerCard]:
    """Active partners who wish to be named in public, by town; what they give, and nothing of who gets it (R31)."""
    with acting_as(system(Principal.OFFERS)) as machine:
        rows = visible_to(machine, Partner).filter(state=PartnerState.ACTIVE, thanked_since__isnull=False)
        cards = _cards(machine, list(rows.select_related("town").order_by("town_id", "name")[:MOST_ROWS]))
        return [card for card in cards if any(not gift.ended for gift in card.gifts)]


def portions_of(viewer: Viewer, request_id: int) -> list[Portion]:
    """What standing gifts give to one request, for the page of its action."""
    rows = visible_to(viewer, Portion).filter(request_id=request_id).exclude(state=PortionState.TAKEN_BACK)
    return list(rows.select_related("standing__partner", "standing__service").order_by("pk"))


def portions_of_run(viewer: Viewer, run_id: int) -> list[Portion]:
    """What a run would take from standing gifts, soonest first."""
    rows = visible_to(viewer, Portion).filter(run_id=run_id).exclude(state=PortionState.TAKEN_BACK)
    related = ("standing__partner", "request__service", "request__town")
    return list(rows.select_related(*related).order_by("request__during", "pk")[:60])


def to_settle(viewer: Viewer) -> list[Portion]:
    """Promised, the day is over, and nobody has said yet whether they came; oldest first."""
    rows = visible_to(viewer, Portion).filter(state=PortionState.PROMISED, request__during__endswith__lte=clock.now())
    related = ("standing__partner", "request__service", "request__town")
    return list(rows.select_related(*related).order_by("on", "pk")[:60])


def _cards(viewer: Viewer, rows: list[Partner]) -> list[PartnerCard]:
    today = clock.today()
    standings = list(
        visible_to(viewer, Standing).filter(partner__in=rows).select_related("service", "partner").order_by("pk")
    )
    portions = _grouped(
        visible_to(viewer, Portion)
        .filter(standing__in=standings, state__in=TAKEN, on__gte=today.replace(day=1) - LOOK_BACK)
        .select_related("request__town")
        .order_by("request__during", "pk")
    )
    turns = {
        (turn.standing_id, turn.on): turn
        for turn in visible_to(viewer, Turn).filter(standing__in=standings, on__gte=today - LOOK_BACK)
    }
    gifts: dict[int, list[GiftCard]] = defaultdict(list)
    for standing in standings:
        gifts[standing.partner_id].append(_gift(standing, portions[standing.pk], turns, today))
    return [PartnerCard(row, gifts[row.pk]) for row in rows]


def _grouped(rows: Iterable[Portion]) -> dict[int, list[Portion]]:
    found: dict[int, list[Portion]] = defaultdict(list)
    for row in rows:
        found[row.standing_id].append(row)
    return found


def _gift(standing: Standing, portions: list[Portion], turns: dict[tuple[int, date], Turn], today: date) -> GiftCard:
    untold = {row.on for row in portions if row.state == PortionState.PROMISED and row.on < today}
    coming = next_days(standing, today)
    promised = {row.on for row in portions if row.on >= today}
    days = sorted(untold | promised | set(coming[:DAYS_SHOWN]))
    period = recurring.period_of(standing.per, coming[0] if coming else today)
    return GiftCard(
        standing=standing,
        when=when_words(standing),
        used=sum(1 for row in portions if row.period == period),
        days=[_day(day, [row for row in portions if row.on == day], turns.get((standing.pk, day))) for day in days],
    )


def _day(on: date, portions: list[Portion], turn: Turn | None) -> GiftDay:
    promised = sum(1 for row in portions if row.state == PortionState.PROMISED)
    return GiftDay(
        on=on,
        promised=promised,
        given=len(portions) - promised,
        off=turn is not None and turn.off_at is not None,
        came=turn.came if turn is not None else None,
        portions=portions,
    )
