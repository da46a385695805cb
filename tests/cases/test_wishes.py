"""Wishes on the plan and told to givers (R59); one question after a service, whose answer knows nobody (R85)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from cases.models import Action, PublishedNeed, Satisfaction, ServiceQuestion, ServiceRecord, Wish
from cases.services import published, satisfaction, wishes
from hopecare.insight import selectors as insight
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Category, Organisation, ProviderKind, Service
from hopecare.messaging.models import InboundMessage, Message
from hopecare.messaging.services import receive
from tests.cases.case_kit import DAY, consent
from tests.database import as_owner
from tests.factories import make_case

SAID = "손주랑 바다에 한번 가 보고 싶어"


def told(hana, case, as_, **typed):
    fields = {"words": SAID, "wanted_on": f"{DAY + timedelta(days=20)}", "price_won": "150,000", "token": "w1"}
    return as_(hana).post(f"/desk/cases/{case.number}/wishes/", {**fields, **typed})


@pytest.mark.rule("R59")
def test_a_wish_stands_on_the_plan_and_comes_true_with_an_outcome(hana, chi, as_):
    case, client = make_case(hana), as_(hana)
    here = f"/desk/cases/{case.number}/wishes/"
    for wrong in ({"words": " "}, {"wanted_on": f"{DAY - timedelta(days=1)}"}, {"price_won": "30,000,000"}):
        assert told(hana, case, as_, **wrong).status_code == 422
    assert told(hana, case, as_).status_code == told(hana, case, as_).status_code == 302
    with as_owner():
        wish = Wish.objects.select_related("action__service").get()
    assert (wish.action.service.code, wish.action.title, wish.action.due_on) == ("wish", SAID, wish.wanted_on)
    assert SAID in client.get(f"/desk/cases/{case.number}/").content.decode()
    done = {"outcome": "손주와 바다에 다녀왔다", "on": f"{DAY}", "amount_won": "140000"}
    with as_owner():
        done["provider_kind"] = str(ProviderKind.objects.get(code="private").pk)
    assert client.post(f"{here}{wish.pk}/done/", {**done, "outcome": ""}).status_code == 422
    assert client.post(f"{here}{wish.pk}/done/", done).status_code == 422, "money needs its source"
    done["amount_won"] = ""
    assert client.post(f"{here}{wish.pk}/done/", done).status_code == 302
    client.post(f"{here}{wish.pk}/done/", done)
    assert "손주와 바다에 다녀왔다" in client.get(here).content.decode()
    with as_owner():
        assert ServiceRecord.objects.get(action=wish.action).service.code == "wish"
        assert Action.objects.get(pk=wish.action_id).state == "done"
    assert as_(chi).get(here).status_code == as_(chi).post(f"{here}{wish.pk}/end/").status_code == 404
    with acting_as(chi.viewer):
        assert not Wish.objects.exists()


@pytest.mark.rule("R59")
@pytest.mark.rule("D1")
def test_a_wish_reaches_givers_by_the_one_way_there_is(hana, as_):
    case, client = make_case(hana), as_(hana)
    consent(hana, case.main_person, "donors")
    told(hana, case, as_)
    with as_owner():
        wish = Wish.objects.get()
    page = client.get(f"/desk/cases/{case.number}/givers/?wish={wish.pk}").content.decode()
    assert "150000" in page.replace(",", "") and SAID in page
    words = {"words": "손주와 바닷가 나들이 하루", "target_won": "150000", "wish": wish.pk, "approve": "1",
             "wanted_by": f"{DAY + timedelta(days=20)}"}  # fmt: skip
    with as_owner():
        words["service"] = Service.objects.get(code="wish").pk
    assert client.post(f"/desk/cases/{case.number}/givers/", words).status_code == 302
    with as_owner():
        need = PublishedNeed.objects.get()
        wish.refresh_from_db()
    assert wish.published_id == need.pk and SAID not in need.words
    assert f"?wish={wish.pk}" not in client.get(f"/desk/cases/{case.number}/wishes/").content.decode()
    assert client.post(f"/desk/cases/{case.number}/wishes/{wish.pk}/end/").status_code == 302
    with as_owner():
        assert PublishedNeed.objects.get().close_reason == "withdrawn"
        assert Action.objects.get().state == "cancelled" and not ServiceRecord.objects.exists()
    kind = ProviderKind.objects.first()
    with pytest.raises(errors.Impossible):
        wishes.fulfil(by=hana.viewer, number=case.number, wish_id=wish.pk, how=wishes.Fulfilled("왔다", DAY, kind))
    published.close(by=hana.viewer, need_uuid=need.uuid, reason="met")


def given(case, giver="east_centre", ago=2):
    with as_owner():
        return ServiceRecord.objects.create(
            case=case, team=case.team, provider=Organisation.objects.get(code=giver),
            service=Service.objects.get(code="meals"), category=Category.objects.get(code="living"),
            provider_kind=ProviderKind.objects.get(code="private"), given_on=DAY - timedelta(days=ago),
        )  # fmt: skip


@pytest.mark.rule("R85")
def test_an_answer_by_text_is_kept_apart_from_whoever_gave_it(hana, eli, as_):
    case = make_case(hana)
    record = given(case)
    here = f"/desk/cases/{case.number}/services/{record.pk}/how/"
    refused = as_(hana).post(here, {"channel": "phone", "answer": "good"})
    assert refused.status_code == 422 and "우리 기관이 드린" in refused.content.decode()
    assert as_(hana).post(here, {"channel": "sms"}).status_code == 302
    assert as_(hana).post(here, {"channel": "sms"}).status_code == 422, "once"
    with as_owner():
        sent = Message.objects.get(purpose=satisfaction.ASK)
        city = Organisation.objects.get(kind="city")
        number = {"phone": case.main_person.phone, "phone_hash": case.main_person.phone_hash}
        Message.objects.filter(pk=sent.pk).update(state="sent", sent_at=clock.now(), **number)
    assert sent.provider_id == city.pk and case.main_person.name not in sent.body
    assert receive(sid="SM1", phone="010-0000-0078", text="3 국이 짰어요")
    with as_owner():
        row, inbound = Satisfaction.objects.get(), InboundMessage.objects.get()
    assert (row.answer, row.words, row.month.day, inbound.provider_id) == ("bad", "국이 짰어요", 1, city.pk)
    assert not {"person", "case", "record", "at"} & {field.name for field in Satisfaction._meta.fields}
    for actor in (hana, eli):
        with acting_as(actor.viewer):
            assert not Satisfaction.objects.exists()
            assert ServiceQuestion.objects.get().ended_on == DAY
    assert "국이 짰어요" not in as_(eli).get(f"/desk/cases/{case.number}/services/").content.decode()
    with pytest.raises(DatabaseError), acting_as(hana.viewer), connection.cursor() as cursor:
        cursor.execute("select hc_keep_satisfaction(1, 'good', '', current_date)")


@pytest.mark.rule("R85")
def test_refusing_is_fine_and_sums_hide_the_few(hana, jin, someone):
    case = make_case(hana)
    with as_owner():
        house = Organisation.objects.filter(kind="institution").first() or Organisation.objects.get(code="north_centre")
    answers = ["", "good", "good", "good", "good", "good", "bad"]
    for place, answer in enumerate(answers):
        asked = satisfaction.Asked("phone", answer, "고마워요" if answer == "good" else "")
        record = given(case, house.code, ago=place + 1)
        assert satisfaction.ask(by=hana.viewer, number=case.number, record_id=record.pk, asked=asked)
    with pytest.raises(errors.Impossible):
        satisfaction.ask(by=hana.viewer, number=case.number, record_id=given(case, house.code, ago=90).pk,
                         asked=satisfaction.Asked("sms"))  # fmt: skip
    quarter = insight.quarters()[0]
    with as_owner():
        assert Satisfaction.objects.count() == 6
        Satisfaction.objects.update(month=quarter.begins)
    for actor, sees in ((jin, False), (hana, False), (someone("city_official", "city_hall"), True)):
        with acting_as(actor.viewer) as viewer:
            report = insight.council_report(viewer, quarter.key)
            assert report.said.row("living") == [None, 0, None, 6]
            assert len(insight.council_words(viewer, quarter)) == (5 if sees else 0)
