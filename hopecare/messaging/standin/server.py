"""The stand-in's HTTP: Twilio's Messages resource, a push service, `/stand-in/…` for the demo's telephone and tests."""

import base64
import hmac
import json
import re
from dataclasses import asdict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hopecare.messaging.standin.book import Text
from hopecare.messaging.standin.provider import HangUp, Provider, Refusal
from hopecare.messaging.standin.push import PushService
from hopecare.messaging.standin.solapi import Domestic

_MESSAGES = re.compile(r"^/2010-04-01/Accounts/(AC[0-9a-zA-Z]{32})/Messages(?:/(\w+))?\.json$")
LONGEST_BODY = 64 * 1024


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, provider: Provider, account: str, token: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.provider, self.account = provider, account
        self.domestic = Domestic(provider, account, token)
        self.pushes = PushService()
        self.login = "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    server: Server

    def log_message(self, format: str, *args: Any) -> None:  # telephone numbers stay out of logs
        return

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        asked = urlsplit(self.path)
        values = {name: found[-1] for name, found in parse_qs(asked.query, keep_blank_values=True).items()}
        try:
            length = int(self.headers.get("Content-Length") or 0)
            if length > LONGEST_BODY:
                raise Refusal(413, 20413, "Too large")
            content = self.rfile.read(length)
            if asked.path.startswith("/push/"):
                return self._push(method, content)
            body = content.decode("utf-8", "replace")
            values |= {name: found[-1] for name, found in parse_qs(body, keep_blank_values=True).items()}
            if asked.path == "/healthz":
                return self._send(200, {"ok": True})
            if asked.path.startswith("/messages/v4/"):
                authorization = self.headers.get("Authorization", "")
                return self._send(200, self.server.domestic.answer(method, asked.path, authorization, body, values))
            if not hmac.compare_digest(self.headers.get("Authorization", ""), self.server.login):
                raise Refusal(401, 20003, "Authenticate")
            status, answer = self._route(method, asked.path, values)
        except Refusal as refusal:
            status = refusal.status
            more = f"https://www.twilio.com/docs/errors/{refusal.code}"
            answer = {"code": refusal.code, "message": refusal.words, "more_info": more, "status": status}
            if asked.path.startswith("/messages/v4/"):
                answer = {"errorCode": refusal.words, "errorMessage": refusal.words}
        except HangUp:
            self.close_connection = True
            return None
        return self._send(status, answer)

    def _push(self, method: str, content: bytes) -> None:
        origin = f"http://127.0.0.1:{self.server.server_port}"
        try:
            status, headers, body = self.server.pushes.answer(method, self.path, self.headers, content, origin)
        except Refusal as refusal:
            status, headers, body = refusal.status, {"Retry-After": str(refusal.code)}, b""
        self.send_response_only(status, HTTPStatus(status).phrase)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _route(self, method: str, path: str, values: dict[str, str]) -> tuple[int, dict[str, Any]]:
        provider = self.server.provider
        match = _MESSAGES.match(path)
        if match:
            if match.group(1) != self.server.account:
                raise Refusal(404, 20404, "The requested resource was not found")
            return self._messages(method, match.group(2), values)
        if (method, path) == ("GET", "/stand-in/phones"):
            talks = [(number, [asdict(text) for text in texts[-60:]]) for number, texts in provider.book.telephones()]
            return 200, {"phones": [{"number": number, "texts": texts} for number, texts in talks[:200]]}
        if (method, path) == ("POST", "/stand-in/inbound"):
            sid, status = provider.type(values["From"], values["Body"], copies=int(values.get("Copies", 1)))
            return 200, {"sid": sid, "status": status}
        if (method, path) == ("POST", "/stand-in/manners"):
            return 200, self._manners(values)
        raise Refusal(404, 20404, "The requested resource was not found")

    def _manners(self, values: dict[str, str]) -> dict[str, Any]:
        manners = self.server.provider.manners
        for name, value in values.items():
            if name in {"duplicate", "fail"}:
                setattr(manners, name, int(value))
            elif name == "busy":
                self.server.pushes.busy = int(value)
            elif name == "pace":
                manners.pace = float(value)
            elif name in {"reorder", "hold"}:
                setattr(manners, name, value == "1")
        if values.get("hold") == "0":
            self.server.provider.let_go()
        return asdict(manners)

    def _messages(self, method: str, sid: str | None, values: dict[str, str]) -> tuple[int, dict[str, Any]]:
        provider, account = self.server.provider, self.server.account
        if method == "POST" and sid is None:
            text = provider.take(
                values.get("To", ""), values.get("From", ""), values.get("Body", ""), values.get("StatusCallback", "")
            )
            return 201, text.as_twilio(account) | {"status": "queued"}
        if method == "GET" and sid is not None:
            found = provider.book.get(sid)
            if found is None:
                raise Refusal(404, 20404, "The requested resource was not found")
            return 200, found.as_twilio(account)
        if method == "GET":
            return 200, self._page(_filtered(provider.book.newest(values.get("To", "")), values), values)
        raise Refusal(405, 20004, "Method not allowed")

    def _page(self, texts: list[Text], values: dict[str, str]) -> dict[str, Any]:
        size = min(max(int(values.get("PageSize") or 50), 1), 1000)
        page = max(int(values.get("Page") or 0), 0)
        here = f"/2010-04-01/Accounts/{self.server.account}/Messages.json?PageSize={size}"
        here += f"&To={values['To'].replace('+', '%2B')}" if values.get("To") else ""
        shown = texts[page * size : (page + 1) * size]
        more = len(texts) > (page + 1) * size
        return {
            "messages": [text.as_twilio(self.server.account) for text in shown],
            "page": page,
            "page_size": size,
            "start": page * size,
            "end": page * size + max(len(shown) - 1, 0),
            "uri": f"{here}&Page={page}",
            "first_page_uri": f"{here}&Page=0",
            "previous_page_uri": f"{here}&Page={page - 1}" if page else None,
            "next_page_uri": f"{here}&Page={page + 1}" if more else None,
        }

    def _send(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response_only(status, HTTPStatus(status).phrase)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def _filtered(texts: list[Text], values: dict[str, str]) -> list[Text]:
    """Twilio's list filters: To and From; a telephone's own replies stand in the list of what it sent."""
    to, sender = values.get("To"), values.get("From")
    return [text for text in texts if (not to or text.to == to) and (not sender or text.sender == sender)]
