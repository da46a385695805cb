"""The short loop for long tables says what Django's loop says, and refuses what it does not know."""

from typing import Any

import pytest
from django.template import TemplateSyntaxError, engines
from django.utils.safestring import mark_safe

BODY = "<td>{{ name }}</td>{% if late %}<b>{{ late }}</b>{% else %}–{% endif %}{% if name %}!{% endif %}"


def _rendered(loop: str, end: str, rows: list[Any]) -> str:
    text = "{% load rows %}{% " + loop + " name, late in rows %}" + BODY + "{% " + end + " %}"
    return str(engines["django"].from_string(text).render({"rows": rows}))


def test_it_says_what_the_usual_loop_says() -> None:
    rows = [("<윤 & 순덕>", ""), (mark_safe("<i>x</i>"), 3), ("", True), ("\"'", False)]
    assert _rendered("each", "endeach", rows) == _rendered("for", "endfor", rows)
    assert "&lt;윤 &amp; 순덕&gt;" in _rendered("each", "endeach", rows)


@pytest.mark.parametrize(
    "body", ["{{ other }}", "{{ name|upper }}", "{% now 'Y' %}", "{% if name == 'a' %}{% endif %}", "{{ name.first }}"]
)
def test_it_refuses_what_it_does_not_know(body: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        engines["django"].from_string("{% load rows %}{% each name, late in rows %}" + body + "{% endeach %}")
