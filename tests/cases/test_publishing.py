"""What givers may read of a need (D1): words without a person, a place only where twenty are alike, a random delay."""

from datetime import date, timedelta
from typing import Any

import pytest

from cases.models import PublishedNeed
from cases.selectors.published import published_needs
from cases.services import published
from cases.services.published import Telling, place_of
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import GroundPurpose, Service, Town
from tests.cases.case_kit import consent
from tests.cast import NOW, Actor
from tests.factories import make_case, make_household, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.rule("D1")]
GIVING = system(Principal.GIVING)


def telling(
    words: str = "겨울을 따뜻하게 나실 난방비가 모자랍니다.", service: str = "other", won: int = 300_000
) -> Telling:
    return Telling(words, Service.objects.get(code=service), won)


def publish(actor: Actor, case: Any, **fields: Any) -> PublishedNeed:
    consent(actor, case.main_person, GroundPurpose.DONORS)
    need = published.publish(by=actor.viewer, number=case.number, telling=telling(**fields))
    assert need is not None
    return need


def neighbours(count: int, town: str = "hwado") -> None:
    for number in range(count):
        make_person(f"이웃{number}", make_household(town), birth_date=date(1946, 5, 5))


def shown(**which: Any) -> list[Any]:
    with acting_as(GIVING), clock.pinned(NOW + timedelta(days=5)):
        return published_needs(GIVING, **which)


def test_the_town_is_told_only_where_twenty_are_alike(hana: Actor) -> None:
    case = make_case(hana)
    with acting_as(hana.viewer):
        assert place_of(case).town is None
    neighbours(18)
    publish(hana, case)
    assert [card.place for card in shown()] == ["동부"]
    neighbours(1)
    with acting_as(hana.viewer):
        assert place_of(case).town is not None


def test_a_giver_of_the_same_town_sees_the_zone(hana: Actor) -> None:
    case = make_case(hana)
    neighbours(20)
    publish(hana, case)
    hwado = Town.objects.get(code="hwado")
    other = Town.objects.exclude(pk=hwado.pk).first()
    assert other is not None
    assert [card.place for card in shown(donor_town_id=other.pk)] == ["화도읍"]
    assert [card.place for card in shown(donor_town_id=hwado.pk)] == ["동부"]
    assert [card.place for card in shown()] == ["동부"]  # nobody knows from where the public looks


def test_it_is_shown_after_a_random_day_or_more_and_gone_when_it_is_met(hana: Actor) -> None:
    need = publish(hana, make_case(hana))
    with acting_as(GIVING):
        assert published_needs(GIVING) == []
    assert timedelta(hours=24) <= need.shown_from - NOW <= timedelta(hours=96)
    assert len(shown()) == 1
    published.close(by=GIVING, need_uuid=need.uuid, reason="met")
    assert shown() == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("윤순덕 어르신께 난방비를", "name"),
        ("순덕 씨께 난방비를", "name"),
        ("화도에 사는 분의 난방비", "place"),
        ("3월에 밀린 월세", "date"),
        ("화재로 잃은 살림을 다시", "event"),
        ("After the fire, a bed", "event"),
        ("", "required"),
    ],
)
def test_words_that_lead_to_a_person_are_refused(hana: Actor, words: str, code: str) -> None:
    case = make_case(hana)
    consent(hana, case.main_person, GroundPurpose.DONORS)
    with pytest.raises(errors.Impossible) as refusal:
        published.publish(by=hana.viewer, number=case.number, telling=telling(words=words))
    assert [problem.code for problem in refusal.value.problems] == [code]


@pytest.mark.rule("K6")
def test_without_consent_or_for_what_gifts_may_not_pay_nothing_is_shown(hana: Actor) -> None:
    case = make_case(hana)
    with pytest.raises(errors.Impossible) as refusal:
        published.publish(by=hana.viewer, number=case.number, telling=telling(service="legal_aid"))
    assert {problem.code for problem in refusal.value.problems} == {"consent", "purpose"}


def test_another_centre_and_the_public_see_no_row(hana: Actor, chi: Actor) -> None:
    case = make_case(hana)
    publish(hana, case)
    with acting_as(chi.viewer):
        assert not PublishedNeed.objects.exists()
    with pytest.raises(errors.NotFound):
        published.publish(by=chi.viewer, number=case.number, telling=telling())


def test_the_page_shows_it_as_givers_do_before_it_is_approved(hana: Actor, as_: Any) -> None:
    case = make_case(hana)
    consent(hana, case.main_person, GroundPurpose.DONORS)
    client, url = as_(hana), f"/desk/cases/{case.number}/givers/"
    data = {"words": telling().words, "service": telling().service.pk, "target_won": "300,000", "token": "t"}
    preview = client.post(url, data)
    assert telling().words in preview.content.decode() and not shown()
    assert client.post(url, {**data, "approve": "1"}).status_code == 302
    assert len(shown()) == 1
    card = shown()[0]
    assert client.post(f"{url}{card.uuid}/back/").status_code == 302
    assert shown() == []


@pytest.mark.rule("K11")
@pytest.mark.parametrize(("won", "fits"), [(9_999, False), (10_000, True), (9_999_999, True), (10_000_000, False)])
def test_a_need_asks_for_less_than_the_law_lets_nobody_collect_unregistered(hana: Actor, won: int, fits: bool) -> None:
    case = make_case(hana)
    consent(hana, case.main_person, GroundPurpose.DONORS)
    with acting_as(hana.viewer):
        codes = [one.code for one in published.problems_of(hana.viewer, case, telling(won=won))]
    assert codes == ([] if fits else ["target"])
