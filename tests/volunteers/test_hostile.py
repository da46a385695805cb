"""Replayed, reordered, duplicated, late, garbage: whatever comes in, the state is that of an oracle with the rules."""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from hopecare.kernel import clock
from hopecare.messaging.services.receiving import receive
from tests.cast import NOW
from tests.volunteers.conftest import Street, offer_of, offers, offers_principal
from tests.volunteers.test_answers import bare_offer, bare_request, mark_sent
from volunteers.models import Offer, Volunteer
from volunteers.services import answers, asking, telling
from volunteers.services.acting import machine

STEPS = 20
#: 100 messages here, 10,000 in `make drill`.
SEEDS = range(500 if os.environ.get("HOPECARE_DRILL") else 5)
YES, NO = ("1", "네", "네!", "가능", "yes", "1."), ("2", "아니오", "불가", "no")
GARBAGE = ("", "어제 거기요", "11", "가나다", "A9", "\x00\x00", "🙂", "1 2", "예약", "그만두지 마세요")


@dataclass
class Oracle:
    """What must be true: states of the offers by person, and seats still free."""

    states: list[str]
    free: int

    def yes(self, who: int) -> None:
        if self.states[who] != "offered" or self.free == 0:
            return
        self.states[who], self.free = "accepted", self.free - 1
        if self.free == 0:
            moved = {"accepted": "scheduled", "offered": "withdrawn"}
            self.states = [moved.get(state, state) for state in self.states]

    def no(self, who: int) -> None:
        if self.states[who] == "offered":
            self.states[who] = "declined"

    def late(self) -> None:
        if self.free:
            self.states = ["expired" if state == "offered" else state for state in self.states]


@pytest.mark.rule("R89")
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_comes_in_the_state_is_the_oracles(
    seed: int, street: Street, helper: Callable[..., Volunteer]
) -> None:
    dice = random.Random(seed)
    people = [helper(f"봉사자{number}", 300 + number) for number in range(4)]
    oracle = Oracle(["offered"] * 4, dice.choice([1, 2, 3]))
    request = bare_request(street, street.action, seats=oracle.free)
    tokens = []
    for person in people:
        offer = bare_offer(request, person)
        tokens.append(offer.token)
        with offers_principal() as by:
            telling.ask(machine(by, person), Offer.objects.select_related("volunteer", "request").get(pk=offer.pk))
        mark_sent(person)
    sent: list[tuple[str, str, str]] = []
    for step in range(STEPS):
        who = dice.randrange(4)
        match dice.choice(["yes", "no", "garbage", "replay", "link", "unlink", "stop", "late"]):
            case "replay" if sent:
                sid, phone, text = dice.choice(sent)
                assert receive(sid=sid, phone=phone, text=text) is False
            case "link":
                answers.answer_by_link(token=tokens[who], yes=True)
                oracle.yes(who)
            case "unlink":
                answers.answer_by_link(token=tokens[who], yes=False)
                oracle.no(who)
            case "late" if dice.random() < 0.3:
                with clock.pinned(NOW + timedelta(hours=5)):
                    asking.advance(request_id=request.pk)
                oracle.late()
            case "yes" | "no" | "garbage" | "stop" as kind:
                words = {"yes": YES, "no": NO, "garbage": GARBAGE, "stop": ("STOP", "수신거부")}[kind]
                sent.append((f"SM{seed:08d}{step:024d}", people[who].phone, dice.choice(words)))
                for _ in range(dice.choice([1, 1, 3])):
                    receive(sid=sent[-1][0], phone=sent[-1][1], text=sent[-1][2])
                {"yes": oracle.yes, "no": oracle.no}.get(kind, lambda one: None)(who)
        assert [state for _, state in offers(request.pk)] == oracle.states
    with offers_principal():
        promised = Offer.objects.filter(request=request, state__in=["accepted", "scheduled"]).count()
    assert promised == request.seats - oracle.free
    assert offer_of(people[0]).request_id == request.pk
