"""Messages as an enemy, a broken phone or a late network sends them, and an oracle of what they may have changed.

Message n is made from `random.Random(f"{seed} {n}")` and what was answered before it, so a run repeats itself. The
oracle counts on its own: what was accepted stands in the database word for word and once, everything else left nothing.
"""

import json
import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from hopecare.messaging.standin.callbacks import signature

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
TWILIO_RANK = {"queued": 1, "sending": 2, "sent": 3, "delivered": 4, "undelivered": 4, "failed": 4}
NASTY = (
    "<script>alert('x')</script>",
    '"><img src=x onerror=alert(1)>',
    "'; drop table cases_report; --",
    "1 or 1=1 union select number from cases_case",
    "{{ 7*7 }}{% debug %}",
    "%(name)s %s {0} ${jndi:ldap://x}",
    "../../../../etc/passwd\0.jpg",
    "..\\..\\windows\\system32",
    "\u202e뒤집힌 글\u202c \u200b\ufeff",
    "Z\u0351\u036b\u0343a\u0327\u034el\u0321g\u0322o\u035f" * 40,
    "👨‍👩‍👧‍👦" * 300,
    "각" + "\u11a8" * 500,
    "\ud800 lone half",
    "\0\x01\x02\x7f",
    "﷽" * 900,
    "한" * 5000,
    "=cmd|' /C calc'!A0",
    "\r\nSet-Cookie: a=b\r\nX: y",
    "",
    " \t\n ",
)
#: Public addresses that take a form, and fields somebody might send.
DOORS = (
    "/help/",
    "/donate/",
    "/donate/call/",
    "/display/",
    "/simulate/",
    "/volunteer/",
    "/login/",
    "/preferences/",
    "/find/",
)
FIELDS = ("name", "phone", "town", "words", "consent", "birth_year", "services", "times", "login", "password", "next",
          "language", "contrast", "code", "website", "seen", "urgency", "lat", "lon", "about", "kept")  # fmt: skip
DESK = ("/desk/cases/?q=", "/desk/cases/?after=", "/desk/reports/?zone=", "/desk/reports/?order=", "/desk/cases/",
        "/desk/reports/", "/desk/documents/", "/desk/visits/", "/desk/matching/", "/desk/boards/?zone=")  # fmt: skip
PLACES = ("/report/", "/o/", "/api/v1/reports/", "/static/", "/", "/account/", "/find/?code=")
NO_PHOTOS = (b"GIF89a<script>", b"\x89PNG\r\n\x1a\n" + b"\0" * 200, b"%PDF-1.7", b"PK\3\4", b"")


@dataclass
class Shot:
    """One message on the wire, and who sends it: nobody, or a member of staff with a valid session."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    as_staff: bool = False
    #: Told the status, the Location or body; notes what now must stand in the database.
    took: Callable[[int, str], None] = lambda status, said: None


@dataclass
class Truth:
    """What must stand in the database: reports by code, texts and receipts by the provider's id, one-time forms."""

    reports: dict[str, str] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    receipts: dict[str, int] = field(default_factory=dict)
    calls: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)


class Enemy:
    """`for shot in Enemy(seed, …).shots(n)`: n messages, one after the other."""

    def __init__(self, seed: str, *, account: str, token: str, public_url: str, sent: list[str], case: str) -> None:
        self.seed, self.account, self.token, self.public_url, self.case = seed, account, token, public_url, case
        self.truth = Truth(receipts=dict.fromkeys(sent, 0))
        self.sent, self.before = sent, list[Shot]()

    def shots(self, count: int) -> Iterator[Shot]:
        kinds = (
            *(self.page_form, self.api, self.text, self.receipt),
            *(self.door, self.address, self.desk, self.note, self.upload),
        )
        for number in range(count):
            self.chance = random.Random(f"{self.seed} {number}")
            if self.before and self.chance.random() < 0.2:
                yield self.chance.choice(self.before[-200:])  # late and again, in any order
                continue
            shot = self.chance.choice(kinds)()
            self.before.append(shot)
            yield shot

    # What is sent

    def page_form(self) -> Shot:
        words, once = self.words(), self.token_text()
        values = {"town": self.chance.choice(["hwado", "hwado", "nowhere", "' or ''='"]), "words": words, "once": once}
        values |= {self.chance.choice(FIELDS): self.words() for _ in range(self.chance.randrange(3))}
        body = self.form(values | {"about": "neighbour"})
        told = parse_qs(body.decode(), errors="replace").get("words", [""])[-1]

        def took(status: int, said: str) -> None:
            if status == 302 and "/thanks/" in said:
                self.truth.reports[said.split("/report/")[1].split("/")[0].replace("-", "")] = plain(told)

        return Shot("POST", "/report/", body, {"Content-Type": FORM}, took=took)

    def api(self) -> Shot:
        words = self.words()
        body: Any = {"place": {"town": "hwado"}, "about": "neighbour", "words": words or "보았어요"}
        told = body["words"]
        spoil = self.chance.randrange(8)
        if spoil == 0:
            body["place"] = self.chance.choice([{"lat": "NaN", "lon": 1e309}, [], None, {"town": {"$ne": 1}}, {}])
        elif spoil == 1:
            body[self.chance.choice(["seen", "photos", "reporter", "__proto__"])] = [self.words()] * 30
        raw = json.dumps(body, ensure_ascii=self.chance.random() < 0.5).encode("utf-8", "surrogatepass")
        if spoil == 2:
            raw = self.chance.choice([raw[:-3], b"[" * 5000, raw * 2, b"\xff\xfe" + raw, b"9" * 6000, b"null", b""])
        headers = {"Content-Type": JSON, "Idempotency-Key": self.token_text()}
        if spoil == 3:
            headers["Content-Type"] = self.chance.choice(["text/xml", "application/json; charset=utf-16", "x", FORM])

        def took(status: int, said: str) -> None:
            if status == 201:
                self.truth.reports[json.loads(said)["code"].replace("-", "")] = plain(told)

        return Shot("POST", "/api/v1/reports", raw, headers, took=took)

    def text(self) -> Shot:
        sid = f"SM{self.chance.getrandbits(128):032x}"
        values = {"MessageSid": sid, "From": self.phone(), "Body": self.words()[:1600], "AccountSid": self.account}
        return self.signed("/sms/twilio/inbound/", values, lambda: self.truth.texts.add(sid))

    def receipt(self) -> Shot:
        sid, word = self.chance.choice(self.sent), self.chance.choice([*TWILIO_RANK, "nonsense"])

        def happened() -> None:
            known = self.truth.receipts[sid]
            self.truth.receipts[sid] = max(known, TWILIO_RANK.get(word, 0))

        values = {"MessageSid": sid, "MessageStatus": word, "AccountSid": self.account}
        return self.signed("/sms/twilio/status/", values, happened)

    def signed(self, path: str, values: dict[str, str], happened: Callable[[], object]) -> Shot:
        """Mostly genuine; else unsigned, signed with another token, tampered with, or far too long."""
        values = {name: value.encode("utf-8", "replace").decode() for name, value in values.items()}
        proof = signature(self.token, f"{self.public_url}{path}", values)
        spoil = self.chance.randrange(10)
        if spoil == 0:
            proof = self.chance.choice(["", "x", signature("guess", f"{self.public_url}{path}", values)])
        elif spoil == 1:
            values["From" if "From" in values else "MessageStatus"] = "tampered"
        elif spoil == 2:
            values["Padding"] = "p" * 40_000
        headers = {"Content-Type": FORM, **({"X-Twilio-Signature": proof} if proof else {})}

        def took(status: int, said: str) -> None:
            assert (status < 300) == (spoil > 2), f"{path}: {status} for spoil {spoil}"
            if status < 300:
                happened()

        return Shot("POST", path, urlencode(values).encode(), headers, took=took)

    def door(self) -> Shot:
        path, once = self.chance.choice(DOORS), self.token_text()
        values = {name: self.words() for name in self.chance.sample(FIELDS, 5)} | {"once": once}
        if path in {"/help/", "/donate/call/"} and self.chance.random() < 0.5:
            values = {"name": "김", "phone": self.phone(), "consent": "on", "once": once, "words": self.words()[:900]}

        def took(status: int, said: str) -> None:
            if status == 302 and "?done=" in said:
                self.truth.calls.add(once)

        return Shot("POST", path, self.form(values), {"Content-Type": FORM}, took=took)

    def address(self) -> Shot:
        start = self.chance.choice(PLACES)
        method = self.chance.choice(["GET", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
        return Shot(method, start + quote(self.words()[:600].encode("utf-8", "replace"), safe="/.\\"))

    def desk(self) -> Shot:
        start = self.chance.choice(DESK)
        path = start + quote(self.words()[:300].encode("utf-8", "replace"), safe="")
        if self.chance.random() < 0.3:
            values = {name: self.words() for name in self.chance.sample(FIELDS, 4)} | {"result": "met", "token": "x"}
            return Shot("POST", path.split("?")[0], self.form(values), {"Content-Type": FORM}, as_staff=True)
        return Shot("GET", path, as_staff=True)

    def note(self) -> Shot:
        """A colleague pastes something dreadful into the note of a real case."""
        token = self.token_text()
        values = {"way": self.chance.choice(["note", "called", "'--"]), "words": self.words(), "token": token}

        def took(status: int, said: str) -> None:
            if status == 302 and "/login/" not in said:
                self.truth.notes.add(token)

        path = f"/desk/cases/{self.case}/contact/"
        return Shot("POST", path, self.form(values), {"Content-Type": FORM}, as_staff=True, took=took)

    def upload(self) -> Shot:
        """A photo that is none, of a name that climbs, in a form that is cut off."""
        edge = f"edge{self.chance.getrandbits(40):x}"
        content = self.chance.choice(NO_PHOTOS)
        name = self.chance.choice(["../../keys/data.json", "a.php", "x\0.jpg", "한글" * 90 + ".jpg"])
        body = (
            f'--{edge}\r\nContent-Disposition: form-data; name="town"\r\n\r\nhwado\r\n'
            f'--{edge}\r\nContent-Disposition: form-data; name="photos"; filename="{name}"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        ).encode() + content
        body += self.chance.choice([f"\r\n--{edge}--\r\n".encode(), b"", b"\r\n--wrong--", b"x" * 200_000])
        return Shot("POST", "/report/", body, {"Content-Type": f"multipart/form-data; boundary={edge}"})

    # What it is made of

    def words(self) -> str:
        pieces = [*NASTY, "며칠째 불이 꺼져 있어요", "She looks ill."]
        return " ".join(self.chance.choice(pieces) for _ in range(self.chance.randrange(1, 4)))[:6000]

    def phone(self) -> str:
        return f"+82100000{self.chance.randrange(7000, 8000):04d}"

    def token_text(self) -> str:
        return f"{self.chance.getrandbits(160):040x}"

    def form(self, values: dict[str, str]) -> bytes:
        raw = {name: value.encode("utf-8", "surrogatepass") for name, value in values.items()}
        if self.chance.random() < 0.1:
            charset = self.chance.choice(["cp949", "utf-16", "latin-1"])
            return urlencode({name: value.encode(charset, "replace") for name, value in values.items()}).encode()
        if self.chance.random() < 0.02:
            raw |= {f"f{number}": b"" for number in range(2_500)}
        return urlencode(raw).encode()


def plain(words: str) -> str:
    """What the house keeps of somebody's words: one writing for one letter, and no sign that nobody types."""
    kept = "".join(
        sign for sign in words if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs", "Co", "Cn"}
    )
    return unicodedata.normalize("NFC", kept).strip()


# What must be true

Rows = Callable[[str], list[Any]]
#: Nothing that was sent may touch these.
UNTOUCHED = ("kernel_person", "kernel_household", "kernel_user", "kernel_affiliation", "cases_case", "cases_visit",
             "cases_plan", "cases_action", "cases_needanswer", "cases_servicerecord", "cases_reportphoto",
             "volunteers_volunteer", "volunteers_offer")  # fmt: skip
COUNTED = {"cases_report": "reports", "messaging_inboundmessage": "texts", "cases_callback": "calls"}
_NOTES = "select count(*) from cases_timelineentry where kind in ('contact', 'note') and case_id = "


def counts(rows: Rows, case: str) -> dict[str, int]:
    """How many rows there are now of everything the oracle speaks of."""
    found = {table: int(rows(f"select count(*) from {table}")[0][0]) for table in (*UNTOUCHED, *COUNTED)}
    return found | {"notes": int(rows(f"{_NOTES}(select id from cases_case where number = '{case}')")[0][0])}


def lies(truth: Truth, before: dict[str, int], rows: Rows, case: str) -> dict[str, Any]:
    """Where the database and the oracle differ; empty when all is well."""
    now, found = counts(rows, case), dict[str, Any]()
    more = {table: len(getattr(truth, name)) for table, name in COUNTED.items()} | {"notes": len(truth.notes)}
    for table, count in now.items():
        if count != before[table] + more.get(table, 0):
            found[table] = (count, before[table] + more.get(table, 0))
    kept = dict(rows("select code, words from cases_report"))
    found |= {code: (kept.get(code), words) for code, words in truth.reports.items() if kept.get(code) != words}
    told = dict(rows("select provider_sid, provider_status from messaging_message where provider_sid is not null"))
    for sid, rank in truth.receipts.items():
        if TWILIO_RANK.get(told[sid], 0) != rank:
            found[sid] = (told[sid], rank)
    return found
