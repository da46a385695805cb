"""A small HTTP client on one kept connection: little of its own cost, so that the server's is measured."""

import socket
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode


@dataclass
class Answer:
    status: int
    body: bytes
    seconds: float


class Browser:
    """Cookies and one kept connection; enough to log in by one click and to read pages."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}

    def request(self, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Accept-Language": "ko"}
        start = time.perf_counter()
        self.connection.request(method, path, body, {**sent, **headers})
        response = self.connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - start
        self._keep_cookies(response)
        return Answer(response.status, content, seconds)

    def _keep_cookies(self, response: HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.split(";")[0]

    def log_in(self, who: str) -> None:
        """One click of the demo's login page; raises RuntimeError when it does not open the desk."""
        self.request("GET", "/login/")
        token = next((value for name, value in self.cookies.items() if "csrf" in name), "")
        form = urlencode({"who": who, "csrfmiddlewaretoken": token})
        answer = self.request(
            "POST", "/login/demo/", form, **{"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token}
        )
        if answer.status not in {302, 303}:
            raise RuntimeError(f"the demo login of {who} answered {answer.status}")


def percentile(values: Iterable[float], share: float) -> float:
    """The value that `share` (0–1) of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def page_times(browser: Browser, paths: Sequence[str], *, warm: int = 20) -> list[float]:
    """Milliseconds of each page after a warm-up; raises RuntimeError on any other status than 200."""
    times = []
    for number, path in enumerate([*paths[:warm], *paths]):
        answer = browser.request("GET", path)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        if number >= min(warm, len(paths)):
            times.append(answer.seconds * 1000)
    return times


def side_by_side(work: Callable[[int], list[float]], clients: int) -> list[float]:
    with ThreadPoolExecutor(clients) as pool:
        return [value for values in pool.map(work, range(clients)) for value in values]


@dataclass
class Hose:
    """Raw requests on one socket, as fast as answers come; counts statuses and keeps the times."""

    port: int
    times: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    def pour(self, make: Callable[[int], bytes], until: float) -> "Hose":
        """Send `make(n)` again and again until the monotonic moment `until`."""
        number = 0
        while time.monotonic() < until:
            with socket.create_connection(("127.0.0.1", self.port), timeout=30) as link:
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                number = self._pour_into(link, make, until, number)
        return self

    def _pour_into(self, link: socket.socket, make: Callable[[int], bytes], until: float, number: int) -> int:
        """As long as the server keeps the connection; the number of the next request."""
        closes = False
        while time.monotonic() < until and not closes:
            start = time.perf_counter()
            link.sendall(make(number))
            status, closes = self._read(link)
            self.times.append(time.perf_counter() - start)
            self.statuses[status] = self.statuses.get(status, 0) + 1
            number += 1
        return number

    @staticmethod
    def _read(link: socket.socket) -> tuple[int, bool]:
        """The status, and whether the connection ends with this answer."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = link.recv(65536)
            if not piece:
                raise ConnectionError("the server closed the connection")
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        lower = head.lower()
        if b"content-length:" in lower:
            length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
            while len(body) < length:
                body += link.recv(65536)
        elif b"chunked" in lower:
            while not body.endswith(b"0\r\n\r\n"):
                body += link.recv(65536)
        return int(head[9:12]), b"\r\nconnection: close" in lower
