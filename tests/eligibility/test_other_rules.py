"""A rule is put right: what was kept is run again, whoever was told wrongly hears of it, and everybody can read it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from eligibility import programmes, tasks
from eligibility.models import RulesVersion, SavedAnswers
from eligibility.services import versions
from hopecare.kernel.models import Event
from tests.database import as_owner
from tests.eligibility.other_rules import other_rules
from tests.eligibility.test_simulator import ALONE, read, walk

pytestmark = pytest.mark.django_db
As = Callable[..., Client]


def saved(as_: As) -> str:
    client = as_()
    walk(client, ALONE)
    return client.post("/simulate/save/").content.decode().split("<output>")[1].split("<")[0]


@pytest.mark.rule("D12")
def test_a_corrected_rule_opens_saved_answers_again_and_is_told_to_everybody(
    city: Any, as_: As, tmp_path: Path
) -> None:
    code, none = saved(as_), "지금까지 바로잡은 규칙이 없습니다"
    assert tasks.look_at_rules() == 0 and none in as_().get("/display/changes/").content.decode()
    with other_rules(tmp_path, "2027-01-15", "basic_pension", "single: 2470000", "single: 1000000"):
        assert tasks.look_at_rules() == 1 and versions.run_answers_again() == 0 and not versions.activate()
        assert not list(programmes.loose_corrections())
        with as_owner():
            row, told = SavedAnswers.objects.get(), RulesVersion.objects.get(version="2027-01-15")
        assert row.reopened and (told.answers_run, told.answers_wrong) == (1, 1)
        assert Event.objects.filter(name="rules.activated", payload__version="2027-01-15").count() == 1
        client = as_()
        client.post("/simulate/resume/", {"code": code})
        page = read(client)
        warned = page.split("답을 저장하신 뒤 규칙이 바뀌었습니다")[1].split("</ul>")[0]
        assert "기초연금" in warned and "그때는 “" in warned
        client.post("/simulate/save/")
        assert "답을 저장하신 뒤 규칙이 바뀌었습니다" not in read(client)
        public = as_().get("/display/changes/").content.decode()
        assert "소득이 선을 조금 넘는다고 들으신 분" in public and "2027-01-15" in public and none not in public
        assert "다시 열었습니다" not in public  # fewer than five are not told
    with as_owner():
        assert not SavedAnswers.objects.get().reopened


@pytest.mark.rule("D12")
def test_answers_that_read_the_same_stay_closed(city: Any, as_: As, tmp_path: Path) -> None:
    saved(as_)
    with other_rules(tmp_path, "2027-01-15", "basic_pension", "base: 349700", "base: 349800"):
        assert tasks.look_at_rules() == 1
    with as_owner():
        row = SavedAnswers.objects.get()
    assert not row.reopened and row.run_version == "2027-01-15" and row.rules_version != row.run_version
