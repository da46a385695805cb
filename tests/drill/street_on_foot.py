"""The walk down the street over HTTP, step by step, and what must stand in the database after each: all of it, once."""

import html
import re
import time
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from hopecare.kernel import clock
from tests.drill.browserless import PATIENCE_SECONDS, Page, Visitor
from tests.runtime.instances import Instance

CHOSEN = {"living": "3", "health": "2", "care": "3", "education": "none", "finance_legal": "private"}
_TEXT = re.compile(r'<li[^>]*data-to="([^"]*)"[^>]*data-body="([^"]*)"', re.S)

_OF_REPORT = "from cases_report where code = any(%(codes)s)"
_OF_CASE = "join cases_case c on c.id = case_id where c.number = %(case)s"
BOOKED = (
    "select count(*) from volunteers_offer o join volunteers_request r on r.id = request_id"
    " where r.action_id = %(action)s and o.state = 'scheduled'"
)
_FILLED = "select filled from volunteers_request where action_id = %(action)s"
#: step → what must stand there from then on: question and answer. Closing takes back what was promised for later.
FACTS: dict[str, dict[str, int]] = {
    "report": {f"select count(*) {_OF_REPORT}": 2},
    "triage": {
        f"select count(*) {_OF_REPORT} and joined_to_id is not null": 1,
        f"select count(*) from cases_visit where report_id in (select id {_OF_REPORT})": 1,
    },
    "visit": {
        f"select count(*) from cases_visit where result = 'met' and report_id in (select id {_OF_REPORT})": 1,
        "select count(*) from kernel_change where subject_kind = 'visit' and what = 'recorded' and subject_ids &&"
        f" array(select id from cases_visit where report_id in (select id {_OF_REPORT}))": 1,
    },
    "open": {
        "select count(*) from kernel_person where name = %(name)s": 1,
        "select count(*) from cases_case c join kernel_person p on p.id = main_person_id where name = %(name)s": 1,
        f"select count(*) from cases_leadperiod {_OF_CASE} and ends_at is null": 1,
        f"select count(*) {_OF_REPORT} and case_id is not null": 2,
    },
    "grid": {
        f"select count(*) from cases_needanswer {_OF_CASE} and phase = 'open'": len(CHOSEN),
        f"select count(*) from cases_voice {_OF_CASE} and words like '혼자 먹으면%%'": 1,
    },
    "plan": {
        f"select count(*) from cases_plan {_OF_CASE}": 1,
        f"select count(*) from cases_action {_OF_CASE}": 1,
    },
    "ask": {"select count(*) from volunteers_request where action_id = %(action)s": 1},
    "answer_no": {
        "select count(*) from volunteers_offer o join volunteers_request r on r.id = request_id"
        " where r.action_id = %(action)s and o.state = 'declined'": 1,
    },
    "answer_yes": {BOOKED: 1, _FILLED: 1},
    "service": {f"select count(*) from cases_servicerecord {_OF_CASE} and amount_won = 12000": 1},
    "close": {
        f"select count(*) from cases_needanswer {_OF_CASE} and phase = 'close'": 8,
        f"select count(*) from cases_approval {_OF_CASE} and subject = 'closing'": 1,
    },
    "approve": {
        BOOKED: 0,
        _FILLED: 0,
        "select count(*) from cases_case where number = %(case)s and stage = 'closed'": 1,
        f"select count(*) from cases_timelineentry {_OF_CASE} and cases_timelineentry.kind = 'closed'": 1,
        f"select count(distinct months) from cases_aftercarecheck {_OF_CASE}": 3,
        f"select count(*) from cases_aftercarecheck {_OF_CASE}": 3,
    },
    "status": {},
}


class Text(NamedTuple):
    to: str
    body: str


class Street:
    """One report that becomes help. `number` keeps walks apart: another home, another person, another hour."""

    def __init__(self, instance: Instance, number: int) -> None:
        self.instance, self.number = instance, number
        base = f"http://127.0.0.1:{instance.port}"
        self.fay, self.phone = Visitor(base), Visitor(base)
        self.ana, self.hana = Visitor(base).log_in("ana"), Visitor(base).log_in("hana")
        self.line = [Visitor(base).log_in("sol"), Visitor(base).log_in("eli")]
        self.home, self.name = f"드릴 골목 {number} 끝 집", f"드릴{'하나둘셋넷'[number]}순"
        self.born = f"{1944 + number}-03-02"  # names as like as these, born on one day, are asked about before opening
        self.codes: list[str] = []
        self.case, self.action = "", ""
        self.visit_on = _thursday(number)
        self.no = ""

    # The steps

    def report(self) -> None:
        for words in ("불이 꺼져 있어요", "우편물이 쌓였어요"):
            form = self.fay.get("/report/").form(has="directions")
            place = {"town": "hwado", "directions": self.home, "lat": f"37.65{self.number}", "lon": "127.301"}
            page = self.fay.send(form, words=words, **place)
            self.codes.append(_once(r"/report/([0-9A-Z-]+)/", page.url).replace("-", ""))

    def triage(self) -> None:
        page = self.ana.get(f"/desk/reports/{self.codes[1]}/")
        near = [form for form in page.forms if "/near/" in form.action and _plain(form.filled()) == self.codes[0]]
        self.ana.send(near[0], same="yes")
        page = self.ana.get(f"/desk/reports/{self.codes[1]}/")
        two = {"official": page.option("official", "안서연"), "worker": page.option("worker", "송하나")}
        self.ana.send(page.form(has="official"), **two)

    def visit(self) -> None:
        page = self.hana.get(f"/desk/reports/{self.codes[1]}/")
        form = self.hana.get(_once(r'href="(/desk/visits/\d+/\?result=met)"', page.text)).form(action="/desk/visits/")
        self.hana.send(form)

    def open(self) -> None:
        form = self.hana.get(f"/desk/reports/{self.codes[1]}/open/").form(has="token")
        consents = {f"consent_{purpose}": "yes" for purpose in ("case_management", "health", "volunteers", "donors")}
        page = self._saved(form, name=self.name, birth=self.born, sex="F", **consents)
        self.case = _once(r"/desk/cases/([0-9-]+)/", page.url)

    def grid(self) -> None:
        page = self.hana.get(f"/desk/cases/{self.case}/needs/")
        form = self.hana.get(_once(rf'href="(/desk/cases/{self.case}/needs/\d+/)', page.text)).form(has="need_living")
        self._saved(
            form, own_words="혼자 먹으면 밥맛이 없어.", **{f"need_{key}": value for key, value in CHOSEN.items()}
        )

    def plan(self) -> None:
        page = self.hana.get(f"/desk/cases/{self.case}/plan/")
        self._saved(page.form(has="words", action="/plan/"), goal="prevent_worsening")
        page = self.hana.get(f"/desk/cases/{self.case}/plan/new/")
        chosen = {"category": page.option("category", "돌봄"), "service": page.option("service", "말벗")}
        when = {"day": self.visit_on.isoformat(), "hour": "14:00", "minutes": "60", "quarter": "장터 근처"}
        self._saved(page.form(has="title"), title=f"말벗 {self.number}", owner_kind="volunteer", **chosen, **when)
        self.action = _once(r'href="/desk/matching/(\d+)/"', self.hana.get(f"/desk/cases/{self.case}/").text)

    def ask(self) -> None:
        form = next(
            form for form in self.hana.get(f"/desk/matching/{self.action}/").forms if form.action.endswith("/ask/")
        )
        self.hana.send(form)

    def answer_no(self) -> None:
        self._until(self.texts)
        self.no = self.texts()[0].to
        self._answer(self.no, "2")

    def answer_yes(self) -> None:
        self._until(lambda: {text.to for text in self.texts()} > {self.no})
        self._answer(next(text.to for text in self.texts() if text.to != self.no), "네")
        self._until(lambda: self._count(BOOKED) == 1)

    def service(self) -> None:
        page = self.hana.get(f"/desk/cases/{self.case}/services/new/")
        wanted = {
            "service": page.option("service", "말벗"),
            "category": page.option("category", "돌봄"),
            "provider_kind": page.option("provider_kind", "정기"),
            "provider": page.option("provider", "동부"),
            "fund_source": page.option("fund_source", "생활"),
        }
        today = datetime.now(clock.SEOUL).date().isoformat()
        self._saved(page.form(has="amount_won"), given_on=today, amount_won="12,000", **wanted)

    def close(self) -> None:
        form = self.hana.get(f"/desk/cases/{self.case}/close/").form(has="words", action="/close/")
        every = ("living", "health", "housing", "education", "emotion_culture", "employment", "care", "finance_legal")
        self._saved(form, reason="improved", words="이제 이웃과 같이 먹어요.", **{f"need_{key}": "1" for key in every})

    def approve(self) -> None:
        for level in self.line:
            waiting = level.get("/desk/approvals/").text
            form = level.get(_once(rf'href="(/desk/cases/{self.case}/approval/\d+/)"', waiting)).form(has="words")
            page = level.send(form, verdict="approved")
            assert page.status == 200, f"{page.status} {page.url}: {page.problems()}"

    def status(self) -> None:
        page = self.fay.get(f"/report/{self.codes[0]}/")
        assert "담당자가 살펴보았습니다" in page.text and self.name not in page.text

    # How one looks

    def count(self, question: str) -> int:
        """A `select count(*)` about this walk; waits for the database where it was killed."""
        found = [0]
        self._until(lambda: found.__setitem__(0, self._count(question)) or True)
        return found[0]

    def _count(self, question: str) -> int:
        known = {"codes": self.codes, "case": self.case, "name": self.name, "action": int(self.action or 0)}
        with self.instance.database() as connection:
            row = connection.execute(question, known).fetchone()
        assert row is not None
        return int(row[0])

    def texts(self) -> list[Text]:
        """The offers of this walk on the stand-in's telephones, oldest first."""
        found = [Text(to, html.unescape(body)) for to, body in _TEXT.findall(self.phone.get("/demo/phone/").text)]
        when = f"{self.visit_on.month}/{self.visit_on.day}("
        return [text for text in found if when in text.body and "가능1" in text.body]

    def _answer(self, number: str, words: str) -> None:
        page = self.phone.get("/demo/phone/")
        form = next(form for form in page.forms if ("number", number) in form.values and "body" in form)
        self.phone.send(form, body=words)

    def _saved(self, form: Any, **wanted: str) -> Page:
        page = self.hana.send(form, **wanted)
        assert page.status == 200, f"{page.status} {page.url}: {page.problems()}"
        return page

    def _until(self, question: Any) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                if question():
                    return
            except OSError as error:
                assert time.monotonic() < deadline, error
            assert time.monotonic() < deadline, f"walk {self.number} waited {PATIENCE_SECONDS} s in vain"
            time.sleep(0.3)


def _thursday(number: int) -> date:
    """A Thursday of its own for each walk: then the cast's volunteers have time."""
    today = datetime.now(clock.SEOUL).date()
    return today + timedelta(days=(3 - today.weekday()) % 7 + 7 * (number + 1))


def _once(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in {text[:400]}"
    return found.group(1)


def _plain(values: list[tuple[str, str]]) -> str:
    return next((value.replace("-", "") for name, value in values if name == "near"), "")
