"""The figures of the first street: each takes a running instance and returns name → (value, unit)."""

import json
import random
import secrets
import time
from collections.abc import Callable

from bench import eligibility, imports
from bench.client import Browser, Hose, page_times, percentile, side_by_side
from bench.instance import Running
from bench.matching import match
from bench.money import money
from bench.month import offers
from bench.outbox import outbox
from bench.phone import phone
from hopecare.kernel import clock

Figures = dict[str, tuple[float, str]]
REQUESTS = 200
CONNECTIONS = 32
SECONDS = 30.0
DICE = random.Random(7)


def _hana(running: Running) -> Browser:
    browser = Browser(running.port)
    browser.log_in("hana")
    return browser


def _cases_of_hana(running: Running, limit: int) -> list[tuple[str, str]]:
    """Number and main person's name of random cases of the East team."""
    with running.bench.owner() as connection:
        rows = connection.execute(
            "select c.number, p.name from cases_case c join kernel_person p on p.id = c.main_person_id"
            " join kernel_team t on t.id = c.team_id where t.code = 'east_mixed' order by md5(c.number) limit %s",
            [limit],
        ).fetchall()
    return [(str(number), str(name)) for number, name in rows]


def start(running: Running) -> Figures:
    time.sleep(10)  # the first beats are over
    return {
        "start_warm_seconds": (running.start_seconds, "s"),
        "idle_pss_mb": (running.pss_mb(), "MB"),
        "seed_services_seconds": (running.bench.seed_seconds.get("service records", -1), "s"),
        "seed_total_seconds": (running.bench.seed_seconds.get("total", -1), "s"),
    }


def _list_paths(running: Running) -> list[str]:
    """Every tab, with and without stage and town, as the page's own form asks for them."""
    stages = ["", "survey", "conference", "planning", "delivery"]
    with running.bench.owner() as connection:
        rows = connection.execute(
            "select distinct c.town_id from cases_case c join kernel_team t on t.id = c.team_id"
            " where t.code = 'east_mixed' order by 1"
        ).fetchall()
    towns = ["", *(str(town) for (town,) in rows)]
    scopes = ["mine", "team", "shared", "closed"]
    return [
        f"/desk/cases/?show={DICE.choice(scopes)}&stage={DICE.choice(stages)}&town={DICE.choice(towns)}&n={number}"
        for number in range(REQUESTS)
    ]


def case_list(running: Running) -> Figures:
    """Warm is a server whose every connection was asked each kind of question: another walk of each client goes before.

    A kind that is new to a connection is planned first, which takes longer than its answer.
    """
    hana = _hana(running)
    page_times(hana, _list_paths(running))
    one = page_times(hana, _list_paths(running))
    clients = [_hana(running) for _ in range(8)]

    def client(number: int) -> list[float]:
        return page_times(clients[number], _list_paths(running)[:60], warm=5)

    side_by_side(client, 8)
    return {
        "case_list_p95_ms": (percentile(one, 0.95), "ms"),
        "case_list_8_clients_p95_ms": (percentile(side_by_side(client, 8), 0.95), "ms"),
    }


def case_page(running: Running) -> Figures:
    paths = [f"/desk/cases/{number}/" for number, _ in _cases_of_hana(running, REQUESTS)]
    return {"case_page_p95_ms": (percentile(page_times(_hana(running), paths), 0.95), "ms")}


def case_search(running: Running) -> Figures:
    paths = []
    for number, name in _cases_of_hana(running, REQUESTS):
        term = DICE.choice([name, name[:2], name[-2:], _initials(name), number, f"{DICE.randrange(10**4):04d}"])
        paths.append(f"/desk/cases/?q={_quoted(term)}")
    return {"case_search_p95_ms": (percentile(page_times(_hana(running), paths), 0.95), "ms")}


def _initials(name: str) -> str:
    letters = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
    return "".join(letters[(ord(sign) - 44032) // 588] if 44032 <= ord(sign) <= 55203 else sign for sign in name)


def _quoted(term: str) -> str:
    return "".join(f"%{byte:02X}" for byte in term.encode())


def overlap_check(running: Running) -> Figures:
    """The question before a record is written, as the form asks it: case, person, service, day."""
    with running.bench.owner() as connection:
        rows = connection.execute(
            "select c.number, c.main_person_id, s.id, c.provider_id from cases_case c"
            " join kernel_team t on t.id = c.team_id and t.code = 'east_mixed'"
            " join lateral (select k.id from kernel_service k where k.service_class_id is not null"
            "               order by md5(c.number || k.code) limit 1) s on true"
            " order by md5(c.number) limit %s",
            [REQUESTS],
        ).fetchall()
    day = f"{clock.today()}"
    paths = [
        f"/desk/cases/{number}/services/hint/?bare=1&person={person}&service={service}&provider={giver}&given_on={day}"
        for number, person, service, giver in rows
    ]
    return {"overlap_check_p95_ms": (percentile(page_times(_hana(running), paths), 0.95), "ms")}


def nightly_sweep(running: Running) -> Figures:
    """Overlaps and omissions of one night over everything, as the plain role runs it; the first of its kind."""
    with running.bench.owner() as connection:
        connection.execute("delete from cases_overlap")
        connection.execute("delete from cases_omission")
    told = running.manage("nightly")
    return {"nightly_sweep_seconds": (float(told.rsplit(", ", 1)[1].split()[0]), "s")}


def my_day(running: Running) -> Figures:
    paths = [f"/desk/?n={number}" for number in range(REQUESTS)]
    return {"my_day_p95_ms": (percentile(page_times(_hana(running), paths), 0.95), "ms")}


def _pour(running: Running, make: Callable[[int], bytes]) -> tuple[float, float, dict[int, int]]:
    """Requests per second, p99 in ms and statuses of 32 connections over 30 s, load generator on the same cores."""
    until = time.monotonic() + SECONDS
    hoses = [Hose(running.port) for _ in range(CONNECTIONS)]

    def run(number: int) -> list[float]:
        return hoses[number].pour(make, until).times

    times = side_by_side(run, CONNECTIONS)
    statuses: dict[int, int] = {}
    for hose in hoses:
        for status, count in hose.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    return len(times) / SECONDS, percentile(times, 0.99) * 1000, statuses


def reports(running: Running) -> Figures:
    towns = ["hwado", "sudong", "hopyeong", "jingeon", "wabu", "onam"]
    words = "사흘째 불이 안 켜졌다가 오늘 켜졌어요. 많이 야위셨어요."

    def make(number: int) -> bytes:
        body = json.dumps(
            {
                "place": {"town": towns[number % len(towns)], "words": f"파란 대문 {number}"},
                "about": "neighbour",
                "seen": ["lives_alone", "skips_meals"],
                "words": words,
                "urgency": "soon",
            }
        ).encode()
        head = (
            "POST /api/v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {secrets.token_hex(16)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    rate, p99, statuses = _pour(running, make)
    if set(statuses) != {201}:
        raise RuntimeError(f"reports answered {statuses}")
    with running.bench.owner() as connection:
        row = connection.execute("select count(*) from cases_report where words = %s", [words]).fetchone()
        stored = int(str(row[0])) if row else 0
        connection.execute("delete from kernel_delivery")
        connection.execute("delete from kernel_event")
    if stored < statuses[201]:
        raise RuntimeError(f"{statuses[201]} answers of 201 but {stored} rows")
    return {"reports_per_second": (rate, "1/s"), "reports_p99_ms": (p99, "ms")}


def status_reads(running: Running) -> Figures:
    with running.bench.owner() as connection:
        rows = connection.execute("select code from cases_report order by md5(code) limit 500").fetchall()
    codes = [str(code) for (code,) in rows]

    def make(number: int) -> bytes:
        return f"GET /api/v1/reports/{codes[number % len(codes)]} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

    rate, _, statuses = _pour(running, make)
    if set(statuses) != {200}:
        raise RuntimeError(f"status reads answered {statuses}")
    return {"status_reads_per_second": (rate, "1/s")}


BENCHMARKS: dict[str, Callable[[Running], Figures]] = {
    "start": start,
    "case_list": case_list,
    "case_page": case_page,
    "case_search": case_search,
    "my_day": my_day,
    "overlap_check": overlap_check,
    "nightly_sweep": nightly_sweep,
    "import": imports.city_import,
    "linkage": imports.linkage,
    "status_reads": status_reads,
    "simulations": eligibility.simulations,
    "population": eligibility.population,
    "reports": reports,
    "outbox": outbox,
    "match": match,
    "offers": offers,
    "money": money,
    "phone": phone,
}
