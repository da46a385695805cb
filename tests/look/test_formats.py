"""Figures and days read as people say them, in both languages."""

from datetime import date, datetime

import pytest
from django.utils.translation import override

from hopecare.kernel import clock
from hopecare.kernel.templatetags import hope_formats as formats

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=clock.SEOUL)


@pytest.mark.parametrize(
    ("amount", "korean", "english"),
    [
        (0, "0원", "₩0"),
        (12000, "12,000원", "₩12,000"),
        (-40000, "−40,000원", "−₩40,000"),
        (None, "–", "–"),
    ],
)
def test_won(amount: int | None, korean: str, english: str) -> None:
    with override("ko"):
        assert formats.won(amount) == korean
    with override("en"):
        assert formats.won(amount) == english


@pytest.mark.parametrize(
    ("amount", "korean"),
    [
        (1612400000, "16억 1,240만 원"),
        (84100000, "8,410만 원"),
        (100000000, "1억 원"),
        (9999, "9,999원"),
        (-257700000, "−2억 5,770만 원"),
    ],
)
def test_won_in_words(amount: int, korean: str) -> None:
    with override("ko"):
        assert formats.won_words(amount) == korean


def test_days() -> None:
    with override("ko"):
        assert formats.day(TUESDAY) == "11월 24일 (화)"
        assert formats.day_long(TUESDAY.date()) == "2026년 11월 24일 화요일"
        assert formats.day_due(date(2026, 12, 1)) == "12/1 (화)"
        assert formats.day(date(2027, 1, 4)) == "2027년 1월 4일 (월)"
        assert formats.day_words(TUESDAY) == "내일"
    with override("en"):
        assert formats.day(TUESDAY) == "Tue 24 Nov"
        assert formats.day_long(TUESDAY) == "Tuesday 24 November 2026"
        assert formats.day_words(date(2026, 11, 22)) == "yesterday"


def test_a_promise_counts_down_in_words_and_sign() -> None:
    with override("ko"), clock.pinned(datetime(2026, 11, 23, 16, 52, tzinfo=clock.SEOUL)):
        assert formats.left(datetime(2026, 11, 24, 18, 0, tzinfo=clock.SEOUL)) == "25:08 남음"
        assert formats.left(datetime(2026, 11, 23, 15, 50, tzinfo=clock.SEOUL)) == "−1:02 지남"
        assert formats.days_left(date(2026, 12, 2)) == "9일 남음"
        assert formats.days_left(date(2026, 11, 23)) == "오늘까지"
    with override("en"), clock.pinned(datetime(2026, 11, 23, 16, 52, tzinfo=clock.SEOUL)):
        assert formats.days_left(date(2026, 11, 22)) == "1 day late"


def test_seconds_after_a_promise_it_is_late() -> None:
    with override("ko"), clock.pinned(datetime(2026, 11, 23, 18, 0, 30, tzinfo=clock.SEOUL)):
        promise = datetime(2026, 11, 23, 18, 0, tzinfo=clock.SEOUL)
        assert formats.is_late(promise)
        assert formats.left(promise) == "−0:00 지남"


def test_a_code_is_read_out_sign_by_sign() -> None:
    with override("ko"):
        assert formats.spoken("7K2M-4Q9P") == "칠·케이·이·엠, 사·큐·구·피"
    with override("en"):
        assert formats.spoken("7K2M-4Q9P") == "7 · K · 2 · M, 4 · Q · 9 · P"
