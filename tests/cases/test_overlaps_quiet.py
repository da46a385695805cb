"""Where violence, illness of the mind, addiction or a legal matter is noted, nobody is hinted at (D17)."""

from datetime import timedelta

import pytest

from cases.models import Overlap, RiskFlag
from cases.rules.complexity import risk_kinds
from cases.services import overlaps as services
from tests.cases.sharing_kit import record
from tests.cases.test_overlaps import DAY, NOW, give, refused, same_person
from tests.database import as_owner


def note(actor, case, kind, **fields):
    with as_owner():
        return RiskFlag.objects.create(
            case=case, team_id=case.team_id, provider_id=case.provider_id, kind=kind,
            section=risk_kinds()[kind].section, by=actor.user, **fields,
        )  # fmt: skip


@pytest.mark.rule("D17")
@pytest.mark.parametrize("kind", ["violence", "addiction", "mental_illness", "suicide", "money_abuse"])
def test_of_somebody_with_such_a_note_there_is_no_hint_and_the_other_side_is_asked(hana, chi, kind):
    east, north = same_person(hana, chi)
    record(north, "meals", giver="north_centre")
    assert "overlap_period" in refused(hana, east, "meals")  # there is something to hide
    flag = note(chi, north, kind, person=north.main_person)
    assert give(hana, east, "meals") is not None
    with as_owner():
        assert list(Overlap.objects.values_list("kind", "case_id")) == [("question", north.pk)]
        RiskFlag.objects.filter(pk=flag.pk).update(ended_at=NOW, ended_by=chi.user, ended_words="끝남")
    assert "overlap_period" in refused(hana, east, "meals")


@pytest.mark.rule("D17")
def test_a_note_on_one_s_own_side_hushes_the_other_and_not_one_s_own_records(hana, chi):
    east, north = same_person(hana, chi)
    note(hana, east, "violence")
    record(north, "meals", giver="north_centre")
    assert give(hana, east, "meals") is not None
    with as_owner():
        assert not Overlap.objects.exists(), "the North learns nothing of what the East knows"
    record(east, "laundry", giver="central")
    assert "overlap_period" in refused(hana, east, "laundry")


@pytest.mark.rule("D17")
def test_the_fifth_item_taken_elsewhere_by_somebody_with_such_a_note_counts_for_nobody_else(hana, chi):
    east, north = same_person(hana, chi)
    for number in range(4):
        record(north, "food_market", giver="north_centre", given_on=DAY - timedelta(days=number + 2))
    assert refused(hana, east, "food_market")[0] == "overlap_quota"
    note(chi, north, "violence")
    assert give(hana, east, "food_market") is not None


@pytest.mark.rule("D17")
@pytest.mark.parametrize("side", ["east", "north"])
def test_the_night_is_silent_about_people_with_such_a_note(hana, chi, side):
    east, north = same_person(hana, chi)
    record(east, "hair_care", given_on=DAY - timedelta(days=10))
    record(north, "hair_care", giver="north_centre", given_on=DAY - timedelta(days=2))
    note(hana, {"east": east, "north": north}[side], "violence")
    assert services.sweep() == 0
    with as_owner():
        RiskFlag.objects.update(ended_at=NOW, ended_by=hana.user, ended_words="끝남")
    assert services.sweep() == 2


@pytest.mark.rule("D17")
@pytest.mark.parametrize("service", ["psychotherapy", "addiction_care", "violence_protection", "legal_aid"])
def test_help_of_such_a_kind_hushes_as_a_note_does(hana, chi, service):
    east, north = same_person(hana, chi)
    record(north, "meals", giver="north_centre")
    assert "overlap_period" in refused(hana, east, "meals")  # there is something to hide
    record(north, service, giver="north_centre", given_on=DAY - timedelta(days=90))
    assert give(hana, east, "meals") is not None
    with as_owner():
        assert list(Overlap.objects.values_list("kind", "case_id")) == [("question", north.pk)]
