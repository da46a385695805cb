"""Two records, one person: a pointer with history, four eyes by likeness, and back again (D6)."""

import pytest
from django.db import IntegrityError, transaction

from cases.models import Case, Merge, NeedAnswer, ServiceRecord
from cases.selectors.life_line import life_line
from cases.selectors.same_person import records_of
from cases.services import merging
from hopecare.kernel import clock, crypto, errors
from hopecare.kernel.access import acting_as, person_key, visible_to
from hopecare.kernel.models import Category, Event, ProviderKind, ResidentNumber, Service
from tests.cases.case_kit import DAY, ask
from tests.cases.sharing_kit import record
from tests.database import as_owner
from tests.factories import make_case


@pytest.fixture
def two(hana):
    """Sun-deok twice: in a case of this year, and in an older one with answers and a service."""
    now, then = make_case(hana), make_case(hana)
    ask(hana, then, {"emotion_culture": "4"})
    with as_owner():
        ServiceRecord.objects.create(
            case=then, team_id=then.team_id, provider_id=then.provider_id, person=then.main_person, given_on=DAY,
            service=Service.objects.get(code="meals"), category=Category.objects.get(code="living"),
            provider_kind=ProviderKind.objects.get(code="private"),
        )  # fmt: skip
    return now.main_person, then.main_person, now


def kinds(hana, person):
    with acting_as(hana.viewer):
        line = life_line(hana.viewer, person, records_of(hana.viewer, person))
    return {moment.kind for chapter in line.chapters for moment in chapter.moments}


def services(actor, person):
    with acting_as(actor.viewer):
        line = life_line(actor.viewer, person, records_of(actor.viewer, person))
    return {
        moment.data["service"].code
        for chapter in line.chapters
        for moment in chapter.moments
        if moment.kind == "service"
    }


def merge(actor, kept, merged):
    return merging.merge(by=actor.viewer, kept_id=kept.pk, merged_id=merged.pk, reasons=["name", "birth"])


@pytest.mark.rule("D6")
def test_by_likeness_nothing_sensitive_is_read_across_until_a_second_person_confirms(two, hana, ana):
    kept, merged, _case = two
    row = merge(hana, kept, merged)
    assert kinds(hana, kept) == {"service"}
    with pytest.raises(errors.Impossible, match="same_person"):
        merging.confirm(by=hana.viewer, merge_id=row.pk)
    merging.confirm(by=ana.viewer, merge_id=row.pk)
    assert {"service", "answer"} <= kinds(hana, kept)


@pytest.mark.rule("D6")
def test_the_database_itself_refuses_that_one_person_merges_and_confirms(two, hana):
    kept, merged, _case = two
    row = merge(hana, kept, merged)
    with as_owner(), pytest.raises(IntegrityError, match="merge_confirmed_by_another"), transaction.atomic():
        Merge.objects.filter(pk=row.pk).update(confirmed_by=hana.user, confirmed_at=clock.now())


@pytest.mark.rule("D6")
def test_no_foreign_key_is_rewritten_and_un_merging_leaves_no_trace_but_history(two, hana, ana):
    kept, merged, _case = two
    with as_owner():
        before = sorted(NeedAnswer.objects.values_list("pk", "person_id"))
    row = merge(hana, kept, merged)
    merging.confirm(by=ana.viewer, merge_id=row.pk)
    with as_owner():
        merged.refresh_from_db()
        assert merged.canonical_id == kept.pk and sorted(NeedAnswer.objects.values_list("pk", "person_id")) == before
    with pytest.raises(errors.Impossible):
        merging.undo(by=hana.viewer, merge_id=row.pk, words=" ")
    merging.undo(by=hana.viewer, merge_id=row.pk, words="생년이 같은 다른 분")
    with as_owner():
        merged.refresh_from_db()
        assert merged.canonical_id is None and sorted(NeedAnswer.objects.values_list("pk", "person_id")) == before
        assert list(Event.objects.filter(name__startswith="person.").values_list("name", flat=True)) == [
            "person.merged",
            "person.unmerged",
        ]
    assert kinds(hana, kept) == set()
    assert _pointed(merged) is None
    assert merge(hana, kept, merged).pk != row.pk, "may be merged again; the first stays in the history"


@pytest.mark.rule("K8")
def test_the_same_resident_number_settles_it_at_once(two, hana):
    kept, merged, _case = two
    with as_owner():
        for person in (kept, merged):
            ResidentNumber.objects.create(
                person=person, number="480302-0000000", article="사회보장급여법 제23조", recorded_by=hana.user,
                number_hash=crypto.resident_number_hash("480302-0000000"), scope_keys=person.scope_keys,
            )  # fmt: skip
    assert merge(hana, kept, merged).ground == "number"
    assert "answer" in kinds(hana, kept)


@pytest.mark.rule("D5")
def test_a_sealed_person_is_pointed_to_after_the_second_yes_only(two, hana, ana):
    kept, merged, _case = two
    with as_owner():
        keys = sorted([person_key(hana.id), person_key(ana.id)])
        type(merged).objects.filter(pk=merged.pk).update(sealed=True, scope_keys=keys)
    row = merge(hana, kept, merged)
    assert _pointed(merged) is None and kinds(hana, kept) == set()
    merging.confirm(by=ana.viewer, merge_id=row.pk)
    assert _pointed(merged) == kept.pk


@pytest.mark.rule("D6")
def test_nobody_is_pointed_to_by_likeness_before_the_second_yes(two, hana, ana):
    kept, merged, _case = two
    row = merge(hana, kept, merged)
    assert _pointed(merged) is None and merge(hana, kept, merged).pk == row.pk
    merging.confirm(by=ana.viewer, merge_id=row.pk)
    assert _pointed(merged) == kept.pk


@pytest.mark.rule("D6")
def test_sensitive_help_is_not_on_the_other_line_before_the_second_yes(two, hana, ana):
    kept, merged, _case = two
    with as_owner():
        then = Case.objects.get(main_person=merged)
    for code in ("psychotherapy", "violence_protection", "legal_aid", "home_nursing"):
        record(then, code)
    with acting_as(hana.viewer):
        assert visible_to(hana.viewer, ServiceRecord).filter(person=merged).count() == 5, (
            "there is something to keep apart"
        )
    row = merge(hana, kept, merged)
    assert services(hana, kept) == {"meals"}
    merging.confirm(by=ana.viewer, merge_id=row.pk)
    assert services(hana, kept) == {"meals", "psychotherapy", "violence_protection", "legal_aid", "home_nursing"}


def test_no_chains(two, hana):
    kept, merged, _case = two
    third = make_case(hana).main_person
    merge(hana, kept, merged)
    for pair in ((merged, third), (third, merged), (third, kept)):
        with pytest.raises(errors.Impossible):
            merge(hana, *pair)


@pytest.mark.rule("D6")
def test_chi_can_neither_merge_nor_see_that_it_was_done(two, hana, chi, as_):
    kept, merged, case = two
    with pytest.raises(errors.NotFound):
        merge(chi, kept, merged)
    row = merge(hana, kept, merged)
    with pytest.raises(errors.NotFound):
        merging.confirm(by=chi.viewer, merge_id=row.pk)
    assert as_(chi).get(f"/desk/cases/{case.number}/people/{kept.pk}/same/").status_code == 404


def test_the_page_walks_through_all_of_it(two, hana, ana, as_):
    kept, merged, case = two
    address, client = f"/desk/cases/{case.number}/people/{kept.pk}/same/", as_(hana)
    assert "이름이 같음" in client.get(address).content.decode()
    client.post(f"{address}merge/", {"other": merged.pk, "reasons": "name,birth"})
    row = _newest()
    assert f'value="{merged.pk}"' not in client.get(address).content.decode()  # asked for once
    assert client.post(f"{address}{row.pk}/confirm/").status_code == 422
    assert as_(ana).post(f"{address}{row.pk}/confirm/").status_code == 302
    assert client.post(f"{address}{row.pk}/undo/", {"words": "다른 분"}).status_code == 302
    assert "다른 분" in client.get(address).content.decode()


def _pointed(person):
    with as_owner():
        person.refresh_from_db()
    return person.canonical_id


def _newest():
    with as_owner():
        return Merge.objects.order_by("-pk").first()
