"""Every component on one page, in both languages and on both sides of the house; a demo only, and a target of tests."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language

from hopecare.kernel import clock, errors
from hopecare.kernel.selectors.catalogue import categories_in_order
from hopecare.kernel.web import HopeRequest, public

PICTURES = {
    "alone": "alone",
    "meal": "meal",
    "mail": "mail",
    "dark": "dark",
    "sick": "sick",
    "bill": "bill",
    "child": "child",
    "other": "other",
}


SEVERITIES = ("unasked", "none", "0", "1", "2", "3", "4", "private")


def say(korean: str, english: str) -> str:
    """Sample words; they are not part of the catalogue."""
    return korean if (get_language() or "ko").startswith("ko") else english


class SampleForm(forms.Form):
    """One of each kind of field, with hints and errors."""

    place = forms.CharField()
    day = forms.CharField()
    town = forms.ChoiceField()
    words = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))
    agree = forms.BooleanField()
    seen = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    urgency = forms.ChoiceField(widget=forms.RadioSelect)
    need = forms.ChoiceField(widget=forms.RadioSelect, choices=[(value, value) for value in SEVERITIES])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "place": say("집을 찾을 수 있는 말", "Words that help to find the home"),
            "day": say("방문 날짜", "Day of the visit"),
            "town": say("읍·면·동", "Town"),
            "words": say("본 대로 적어 주세요", "Write what you saw"),
            "agree": say("전화를 받아도 좋아요", "You may ring me"),
            "seen": say("무엇을 보셨나요?", "What did you see?"),
            "urgency": say("얼마나 급한가요?", "How urgent is it?"),
            "need": say("생활", "Daily living"),
        }
        fields: dict[str, Any] = self.fields
        for name, label in labels.items():
            fields[name].label = label
        fields["place"].help_text = say("예: 장터 뒤 파란 대문 2층", "e.g. blue gate behind the market, 2nd floor")
        fields["town"].choices = [
            ("hwado", say("화도읍", "Hwado-eup")),
            ("", say("잘 모르겠어요", "I am not sure")),
        ]
        fields["seen"].choices = seen_choices()
        fields["urgency"].choices = [
            ("soon", say("며칠 안에 살펴봐 주세요", "Please look within a few days")),
            ("today", say("오늘 살펴봐 주세요", "Please look today")),
            ("danger", say("지금 위험해 보여요 (119 먼저)", "It looks dangerous now (ring 119 first)")),
        ]

    def clean_day(self) -> str:
        raise forms.ValidationError(
            say("지난 날입니다. 오늘은 11월 24일입니다.", "That day has passed. Today is 24 November.")
        )


def seen_choices() -> list[tuple[str, str]]:
    return [
        ("alone", say("혼자 지내요", "Lives alone")),
        ("meal", say("식사를 거르는 것 같아요", "Seems to skip meals")),
        ("mail", say("우편물이 쌓였어요", "Mail is piling up")),
        ("dark", say("불이 안 켜져요", "The light stays off")),
        ("sick", say("아파 보여요", "Looks ill")),
        ("bill", say("요금이 밀린 것 같아요", "Bills seem unpaid")),
        ("child", say("아이만 있어요", "Children on their own")),
        ("other", say("다른 일이에요", "Something else")),
    ]


def sample_form() -> SampleForm:
    form = SampleForm(
        {
            "place": say("마석 장터 뒤", "behind the market"),
            "day": "11/12",
            "seen": ["alone", "meal"],
            "urgency": "soon",
            "words": "…",
            "need": "2",
        },
    )
    form.is_valid()
    return form


def sample_rows() -> list[dict[str, Any]]:
    """A household of five, one of them with a long foreign name: rows grow, the head row stays."""
    people = [
        (
            say("윤순덕", "Yun Sun-deok"),
            say("78세 · 노년 · 본인", "age 78 · older · herself"),
            "3 2 1 none 3 none 3 private",
        ),
        (
            say("정은주", "Jeong Eun-ju"),
            say("52세 · 딸", "age 52 · daughter"),
            "unasked unasked 0 unasked 2 unasked 1 unasked",
        ),
        ("Nguyễn Thị Phương Thảo Anh", say("34세 · 며느리", "age 34 · daughter-in-law"), "2 1 0 4 2 3 0 private"),
        (say("정하늘", "Jeong Ha-neul"), say("9세 · 아동", "age 9 · child"), "none 0 0 2 1 none 3 unasked"),
        (say("정바다", "Jeong Ba-da"), say("3세 · 영유아", "age 3 · infant"), "none 1 0 unasked 0 none 2 unasked"),
        (
            say("가구 전체", "Whole household"),
            say("11/24 방문 때", "at the visit of 24 Nov"),
            "2 unasked 1 unasked unasked unasked unasked private",
        ),
    ]
    return [
        {
            "name": name,
            "note": note,
            "cells": [{"value": value, "url": "#need" if value != "unasked" else ""} for value in values.split()],
        }
        for name, note, values in people
    ]


def sample_stages() -> list[dict[str, Any]]:
    words = [
        (say("발굴", "Discovery"), "11/23"),
        (say("초기상담", "First consultation"), "11/24"),
        (say("접수", "Intake"), "11/24"),
        (say("욕구·위기도 조사", "Needs and risk survey"), say("12/4까지 · 9일 남음", "by 4 Dec · 9 days left")),
        (say("사례회의", "Case conference"), say("12/9까지", "by 9 Dec")),
        (say("서비스 제공계획", "Service plan"), say("12/24까지", "by 24 Dec")),
        (say("제공·점검", "Delivery and review"), ""),
        (say("종결·사후관리", "Closing and aftercare"), ""),
    ]
    return [{"words": word, "note": note, "done": at < 3, "current": at == 3} for at, (word, note) in enumerate(words)]


def sample_lists() -> dict[str, Any]:
    now = clock.now()
    return {
        "steps": [
            {"words": say("받았습니다", "We have it"), "at": now, "done": True},
            {
                "words": say("살펴보고 있습니다", "We are looking"),
                "note": say("누가 있었는지는 누구에게도 말하지 않습니다", "Whoever was met, we tell nobody"),
            },
            {"words": say("살펴보았습니다", "We have looked")},
        ],
        "entries": [
            {"at": now, "words": say("송하나 · 계획 초안 씀", "Song Hana · drafted the plan")},
            {
                "at": now - timedelta(days=1),
                "words": say("둘이 첫 방문 10:00 · 만남", "First visit by two, 10:00 · met"),
            },
        ],
        "crumbs": [(say("업무", "Desk"), "/desk/"), (say("사례", "Cases"), "/desk/cases/"), ("2026-000417", "")],
        "tabs": [
            {"words": say("진행 중", "Open"), "url": "#open", "count": 15},
            {"words": say("종결", "Closed"), "url": "#closed", "count": "1,000+"},
        ],
        "columns": [say("할 일", "Action"), say("맡은 사람", "Owner"), say("기한", "Due")],
        "rows": [
            [
                say("에너지바우처 확인", "Check the energy voucher"),
                say("안서연 · 화도읍", "An Seo-yeon · Hwado-eup"),
                say("12/1 (화)", "Tue 1 Dec"),
            ],
            [
                say("방문간호 첫 방문", "First home nursing visit"),
                say("송하나 · 동부센터", "Song Hana · East centre"),
                say("11/27 (금)", "Fri 27 Nov"),
            ],
        ],
        "form_steps": [say("어디", "Where"), say("무엇", "What"), say("연락", "Contact")],
    }


def sample_inbox() -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {
            "tone": "full",
            "urgency": say("지금", "now"),
            "at": now,
            "where": say("평내동 · 역 뒤 반지하", "Pyeongnae-dong · basement behind the station"),
            "seen": say("아이만 있어요", "Children on their own"),
            "words": say("아이 둘이 저녁마다 밖에 있어요.", "Two children are outside every evening."),
            "who": say("당번", "on duty"),
            "until": now + timedelta(minutes=8),
        },
        {
            "tone": "acc",
            "urgency": say("며칠 안", "in days"),
            "at": now - timedelta(hours=2),
            "where": say("화도읍 · 마석 장터 뒤 파란 대문 2층", "Hwado-eup · blue gate behind the market"),
            "seen": say("혼자 지내요", "Lives alone"),
            "words": say(
                "사흘째 불이 안 켜졌다가 오늘 켜졌어요.", "The light was off for three days; it came on today."
            ),
            "who": say("배정 전", "unassigned"),
            "until": now + timedelta(hours=25, minutes=8),
            "current": True,
        },
        {
            "tone": "acc",
            "urgency": say("며칠 안", "in days"),
            "at": now - timedelta(days=3),
            "where": say("수동면 · 저수지 길", "Sudong-myeon · reservoir road"),
            "seen": say("아파 보여요", "Looks ill"),
            "words": say("지팡이를 새로 짚으세요.", "She has started to use a stick."),
            "who": say("이을영", "Lee Eul-yeong"),
            "until": now - timedelta(hours=1, minutes=2),
        },
    ]


@public()
def components(request: HopeRequest) -> HttpResponseBase:
    """`?side=desk` shows the same parts on the work side, `?side=paper` on paper."""
    if not settings.HOPECARE_DEMO:
        raise errors.NotFound("components")
    side = request.GET.get("side", "public")
    frame = {"desk": "desk.html", "paper": "print.html"}.get(side, "public.html")
    words = {
        "frame": frame,
        "side": side,
        "form": sample_form(),
        "pictures": PICTURES,
        "stages": sample_stages(),
        "categories": categories_in_order(),
        "grid": sample_rows(),
        "inbox": sample_inbox(),
        "severities": SEVERITIES,
        "contact_name": say("송하나", "Song Hana"),
        "contact_phone": "031-000-0111",
        **sample_lists(),
    }
    return render(request, "front/components.html", words)
