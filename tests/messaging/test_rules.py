"""Words, lengths and the last look: rules without a database."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopecare.kernel import clock
from hopecare.messaging import rules, segments
from hopecare.messaging.states import (
    PROVIDER_RANK,
    TRANSITIONS,
    Channel,
    MessageState,
    Reason,
    moves_forward,
    state_for,
)

OFFER = "[희망케어] 11/26(목)14시 화도읍 말벗·장보기 1시간. 가능1 불가2 답장/전화 031-000-0001"
NIGHT = datetime(2026, 11, 23, 22, 30, tzinfo=clock.SEOUL)
DAY = datetime(2026, 11, 23, 10, 0, tzinfo=clock.SEOUL)


@pytest.mark.parametrize(
    ("text", "charset", "parts"),
    [
        ("a" * 160, "gsm7", 1),
        ("a" * 161, "gsm7", 2),
        ("a" * 306, "gsm7", 2),
        ("a" * 307, "gsm7", 3),
        ("€" * 80, "gsm7", 1),
        ("€" * 81, "gsm7", 2),
        ("가" * 70, "ucs2", 1),
        ("가" * 71, "ucs2", 2),
        ("가" * 134, "ucs2", 2),
        ("가" * 135, "ucs2", 3),
        ("🙂" * 35, "ucs2", 1),
        ("🙂" * 36, "ucs2", 2),
    ],
)
def test_international_parts(text: str, charset: str, parts: int) -> None:
    counted = segments.international(text)
    assert (counted.charset, counted.segments) == (charset, parts)


def test_the_offer_of_the_journey_is_one_domestic_message() -> None:
    assert segments.euc_kr_bytes(OFFER) == 86
    assert segments.domestic(OFFER).segments == 1
    assert segments.fit(OFFER) == OFFER


def test_a_text_of_91_bytes_is_refused_and_never_cut_off() -> None:
    assert segments.fit("가" * 45) == "가" * 45
    with pytest.raises(segments.TooLong) as caught:
        segments.fit("가" * 45 + "a")
    assert caught.value.over == 1


def test_signs_that_korean_telephones_lack_become_plain_or_are_refused() -> None:
    assert segments.fit("11/26 – 14시  “말벗”\u00a01시간") == '11/26 - 14시 "말벗" 1시간'
    with pytest.raises(segments.TooLong):
        segments.fit("Cảm ơn bạn ủng hộ")


@given(st.text(max_size=400))
def test_what_fits_is_never_longer_than_promised(text: str) -> None:
    try:
        fitted = segments.fit(text)
    except segments.TooLong:
        return
    assert len(fitted.encode("cp949")) <= segments.DOMESTIC_LIMIT


@pytest.mark.rule("K20")
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("자세히: https://hope.kr/o/1", "message_link"),
        ("hopecare.kr 에서 보세요", "message_link"),
        ("윤순덕 어르신 댁 말벗 1시간", "message_name"),
        ("윤순덕님 댁 장보기", "message_name"),
        ("visit Mrs Yoon on Thursday", "message_name"),
        ("치매 어르신 말벗", "message_illness"),
        ("말벗, 우울 증세 · 우울증", "message_illness"),
        ("기초 수급 가정 장보기", "message_poverty"),
        ("차상위 가정", "message_poverty"),
        ("a low-income household", "message_poverty"),
        ("she has dementia", "message_illness"),
        ("가정폭력 피해자 동행", "message_harm"),
    ],
)
def test_a_message_tells_no_name_illness_poverty_and_has_no_link_in_front(body: str, code: str) -> None:
    assert code in [problem.code for problem in rules.lint(body)]


@pytest.mark.rule("K20")
@pytest.mark.parametrize(
    "body",
    [
        OFFER,
        "[희망케어] 확정: 11/26(목)14시 화도읍. 담당 송하나 님 031-000-0211",
        "[Hope Care] Settled: Thu 26 Nov 14:00 Hwado. Contact Ms Song 031-000-0211",
        "선생님, 감사합니다. 이웃님 모두 안녕히.",
    ],
)
def test_the_journey_s_words_and_the_coordinator_s_name_pass(body: str) -> None:
    assert rules.lint(body) == []


@pytest.mark.rule("K20")
@pytest.mark.parametrize("body", ["윤순덕 씨", "윤 순덕", "순덕이네", "YOON SUN-DEOK"])
def test_the_name_of_the_person_it_is_about_is_found_however_written(body: str) -> None:
    assert rules.lint(body, private_names=["윤순덕", "Yoon Sun-deok"])


def situation(**wanted: object) -> rules.Situation:
    values: dict[str, object] = {"now": DAY, "channel": Channel.SMS, "body": OFFER, "address": "+821000000001"}
    return rules.Situation(**(values | wanted))  # type: ignore[arg-type]


PERSON = rules.SafeWay(here=True, sms_ok=True, phone="+821000000002")


@given(
    st.builds(
        situation,
        now=st.sampled_from([DAY, NIGHT]),
        duty=st.booleans(),
        quiet=st.sampled_from([None, (21, 8)]),
        person=st.none()
        | st.builds(rules.SafeWay, here=st.booleans(), sms_ok=st.booleans(), phone=st.sampled_from(["", "+8210"])),
        not_after=st.sampled_from([None, DAY, NIGHT + timedelta(hours=1)]),
    )
)
def test_stop_wins_over_everything(case: rules.Situation) -> None:
    refused = rules.judge(rules.Situation(**{**case.__dict__, "opted_out": True}))
    assert refused == rules.Never(Reason.OPT_OUT)


@pytest.mark.rule("K16")
def test_courtesy_hours_hold_an_offer_until_eight_but_never_an_alarm() -> None:
    assert rules.judge(situation(now=NIGHT, quiet=(21, 8))) == rules.Wait(
        datetime(2026, 11, 24, 8, tzinfo=clock.SEOUL), Reason.QUIET_HOURS
    )
    assert isinstance(rules.judge(situation(now=NIGHT, quiet=(21, 8), duty=True)), rules.Go)
    assert isinstance(rules.judge(situation(now=NIGHT, quiet=None)), rules.Go)


@pytest.mark.rule("K16")
@given(st.integers(0, 23), st.integers(0, 23), st.integers(0, 23))
def test_waiting_ends_outside_the_quiet_hours(hour: int, start: int, end: int) -> None:
    now = DAY.replace(hour=hour, minute=5)
    if rules.is_quiet(now, (start, end)):
        then = rules.next_hour(now, end)
        assert now < then <= now + timedelta(days=1)
        assert not rules.is_quiet(then, (start, end))


@pytest.mark.rule("D4")
@pytest.mark.parametrize(
    ("person", "verdict"),
    [
        (rules.SafeWay(here=True, sms_ok=False, phone="+8210"), rules.Never(Reason.SAFE_CONTACT)),
        (rules.SafeWay(here=True, sms_ok=True, phone=""), rules.Never(Reason.NO_ADDRESS)),
        (
            rules.SafeWay(here=True, sms_ok=True, phone="+8210", neutral_sender=True),
            rules.Never(Reason.NEUTRAL_SENDER),
        ),
        (
            rules.SafeWay(here=True, sms_ok=True, phone="+8210", from_hour=13, to_hour=15),
            rules.Wait(DAY.replace(hour=13), Reason.SAFE_CONTACT),
        ),
        (PERSON, rules.Go(OFFER, "+821000000002")),
    ],
)
def test_the_safe_contact_decides_channel_number_hours_and_sender(
    person: rules.SafeWay, verdict: rules.Verdict
) -> None:
    words = OFFER if not person.neutral_sender else "[희망케어] 복지 상담 안내"
    assert rules.judge(situation(person=person, body=words)) == verdict


@pytest.mark.rule("D4")
def test_a_neutral_sender_loses_the_mark_in_front() -> None:
    person = rules.SafeWay(here=True, sms_ok=True, phone="+8210", neutral_sender=True)
    assert rules.judge(situation(person=person, body="[희망케어] 내일 10시에 뵐게요.")) == rules.Go(
        "내일 10시에 뵐게요.", "+8210"
    )


@pytest.mark.rule("D15")
def test_nobody_writes_to_somebody_who_is_not_there_any_more() -> None:
    gone = rules.SafeWay(here=False, sms_ok=True, phone="+8210")
    assert rules.judge(situation(person=gone, duty=True)) == rules.Never(Reason.PERSON_STATE)


@pytest.mark.rule("D4", "D6")
def test_of_two_records_of_one_person_the_stricter_word_holds() -> None:
    easy = rules.SafeWay(here=True, sms_ok=True, from_hour=8, to_hour=20, phone="+8210")
    strict = rules.SafeWay(
        here=True, sms_ok=True, from_hour=10, to_hour=21, neutral_sender=True, phone="+8211", safe_number=True
    )
    both = rules.strictest([easy, strict])
    assert (both.from_hour, both.to_hour, both.neutral_sender) == (10, 20, True)
    assert (both.phone, both.other_phones, both.sms_ok) == ("+8211", ("+8210",), True)
    silent = rules.SafeWay(here=True, phone="+8212", told=False)
    assert rules.strictest([easy, silent]).sms_ok and not rules.strictest([silent]).sms_ok
    assert not rules.strictest([easy, replace(strict, from_hour=20, to_hour=24)]).sms_ok, "no hour suits both"
    assert not rules.strictest([easy, replace(strict, sms_ok=False)]).sms_ok
    assert not rules.strictest([easy, replace(strict, here=False)]).here
    assert rules.strictest([easy, replace(strict, here=False, moved=True)]).here, "left one household, lives in another"
    assert not rules.strictest([replace(easy, here=False, moved=True)]).here
    left = replace(strict, here=False, moved=True, sms_ok=False)
    now = rules.strictest([left, easy])
    assert (now.phone, now.sms_ok, now.from_hour, now.neutral_sender) == ("+8210", True, 8, True), (
        "asked where they live"
    )
    assert not rules.strictest([left, silent]).sms_ok, "until they were asked there"


@given(st.lists(st.sampled_from([*PROVIDER_RANK, "nonsense"]), max_size=30))
def test_receipts_only_move_forward_in_any_order(words: list[str]) -> None:
    status, ranks = "", []
    for word in words:
        if moves_forward(status, word):
            status = word
            ranks.append(PROVIDER_RANK[word])
    assert ranks == sorted(set(ranks))


@given(st.lists(st.sampled_from(list(PROVIDER_RANK)), min_size=1, max_size=10))
def test_a_final_word_is_never_taken_back(words: list[str]) -> None:
    status, states = "", [MessageState.SENDING]
    for word in words:
        if moves_forward(status, word):
            status = word
            if state_for(word) != states[-1]:
                assert state_for(word) in TRANSITIONS[states[-1]]
                states.append(state_for(word))
    assert len(states) <= 3


def test_every_state_has_its_way() -> None:
    assert set(TRANSITIONS) == set(MessageState)
    assert TRANSITIONS[MessageState.DELIVERED] == frozenset()


@pytest.mark.parametrize(
    "word", ["수신거부", "거부", "그만!", " 중지 ", "해지.", "STOP", "stop all", "Unsubscribe", "수신거부 합니다"]
)
def test_words_that_stop(word: str) -> None:
    assert rules.is_stop(word)


@pytest.mark.parametrize("word", ["1", "네", "2", "아니요", "거기 그만두라는 말은 아니고", "", "   ", "start"])
def test_words_that_do_not_stop(word: str) -> None:
    assert not rules.is_stop(word)


def test_tries_grow_apart_and_end() -> None:
    waits = [rules.retry_after(attempt, 0.0) for attempt in range(1, rules.MAX_ATTEMPTS)]
    assert waits == [15, 60, 300, 900, 3600, 3600, 7200]
    assert rules.retry_after(rules.MAX_ATTEMPTS, 0.5) is None
    assert rules.retry_after(1, 0.0, asked=30.0) == 30.0
