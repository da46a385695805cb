"""The stand-in's HTTP: Stripe below /v1/, PortOne below /payments/, the payment windows, and /stand-in/ for tests."""

import html
import json
from dataclasses import asdict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from donations.standin.book import Book, Payment
from donations.standin.files import Banks
from donations.standin.hooks import Hooks
from donations.standin.portone_api import PortOneApi, PortOneRefusal
from donations.standin.stripe_api import HangUp, Refusal, StripeApi

LONGEST_BODY = 256 * 1024
PAGE = """<!doctype html><html lang="ko"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>연습용 결제창</title><body style="font:18px/1.6 sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem">
<h1>연습용 결제창</h1><p>이 창은 이 컴퓨터 안에만 있습니다. 돈은 오가지 않습니다.<br>
A practice window: no money moves.</p>
<p><strong>{words}</strong><br>{won:,}원</p><form method="post">
<button name="do" value="pay" style="font:inherit;padding:.8rem 1.6rem">결제하기 · Pay</button>
<button name="do" value="fail" style="font:inherit;padding:.8rem 1.6rem">실패해 보기 · Fail</button></form>
</body></html>"""


#: PortOne's browser library as far as our page calls it; its window is the practice window, in place of our page.
SDK = """(function () {
  "use strict";
  var origin = new URL(document.currentScript.src).origin;
  function open(told) {
    window.location.assign(origin + "/window?" + new URLSearchParams(told));
    return new Promise(function () {});
  }
  window.PortOne = {
    requestPayment: function (asked) {
      return open({paymentId: asked.paymentId, orderName: asked.orderName, totalAmount: asked.totalAmount,
        redirectUrl: asked.redirectUrl});
    },
    requestIssueBillingKey: function (asked) {
      return open({issueId: asked.issueId, redirectUrl: asked.redirectUrl});
    },
  };
})();
"""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, book: Book, hooks: Hooks, banks: Banks) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.book, self.hooks, self.banks = book, hooks, banks
        self.stripe = StripeApi(book, hooks, f"http://127.0.0.1:{self.server_port}")
        self.portone = PortOneApi(book, hooks)

    def finish(self, payment: Payment, do: str) -> None:
        """What the giver pressed in the window."""
        if payment.id.startswith(("seti_", "issue_")):
            if payment.status == "open" and do != "fail":
                kind = "pm" if payment.provider == "stripe" else "bk"
                payment.status, payment.code = "paid", f"{kind}_{'ok' if do == 'pay' else do}"
                self.book.keep(payment)
                (self.stripe if payment.provider == "stripe" else self.portone).tell(payment)
        elif payment.status == "open":
            payment.status = "paid" if do == "pay" else "failed"
            payment.code = "" if do == "pay" else "card_declined"
            self.book.keep(payment)
            (self.stripe if payment.provider == "stripe" else self.portone).tell(payment)

    def dispute(self, payment: Payment, status: str) -> None:
        payment.dispute = status
        self.book.keep(payment)
        if payment.provider == "stripe":
            self.hooks.stripe("charge.dispute.created", {"id": "dp_" + payment.id, "payment_intent": payment.id})
        else:
            self.hooks.portone("Transaction.DisputeCreated", payment.key, "store-stand-in")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        return

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        asked = urlsplit(self.path)
        raw = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LONGEST_BODY))
        text = raw.decode("utf-8", "replace")
        values: dict[str, Any] = {name: found[-1] for name, found in parse_qs(asked.query).items()}
        if text.startswith("{"):
            values |= json.loads(text)
        else:
            values |= {name: found[-1] for name, found in parse_qs(text, keep_blank_values=True).items()}
        try:
            if asked.path == "/portone/browser-sdk.js":
                return self._send(200, SDK.encode(), "text/javascript; charset=utf-8")
            if asked.path.startswith("/window"):
                return self._window(method, asked.path, values)
            status, body = 200, self._route(method, asked.path, values)
        except (Refusal, PortOneRefusal) as refusal:
            status, body = refusal.status, refusal.body
        except HangUp:
            self.close_connection = True
            return None
        return self._send(status, json.dumps(body).encode(), "application/json")

    def _route(self, method: str, path: str, values: dict[str, Any]) -> dict[str, Any]:
        server = self.server
        if path == "/healthz":
            return {"ok": True}
        if path.startswith("/v1/"):
            return server.stripe.answer(method, path, values, self.headers.get("Idempotency-Key", ""))
        if path.startswith("/payments/") or path == "/billing-keys":
            return server.portone.answer(method, path, values)
        if path == "/stand-in/payments":
            return {"payments": [asdict(one) for one in server.book.payments.values()]}
        if (method, path) == ("POST", "/stand-in/manners"):
            server.hooks.manners |= {name: int(value) for name, value in values.items()}
            if values.get("hold") == "0":
                server.hooks.let_go()
            return server.hooks.manners
        if (method, path) == ("POST", "/stand-in/finish"):
            return self._act(values, lambda one: server.finish(one, values.get("do", "pay")))
        if (method, path) == ("POST", "/stand-in/dispute"):
            return self._act(values, lambda one: server.dispute(one, values["status"]))
        if (method, path) == ("POST", "/stand-in/deposit"):
            return {"reference": server.banks.deposit(values["account"], values["name"], int(values["won"]))}
        if (method, path) == ("POST", "/stand-in/opening"):
            server.banks.opening(values["account"], int(values["won"]))
            return {}
        if (method, path) == ("POST", "/stand-in/transfers"):
            return {"references": server.banks.transfers(values["sheet"])}
        if (method, path) == ("POST", "/stand-in/banks"):
            server.banks.once()
            return {}
        raise Refusal(404, "invalid_request_error", "resource_missing")

    def _act(self, values: dict[str, Any], act: Any) -> dict[str, Any]:
        payment = self.server.book.find(values["id"])
        if payment is None:
            raise Refusal(404, "invalid_request_error", "resource_missing")
        act(payment)
        return asdict(payment)

    def _window(self, method: str, path: str, values: dict[str, Any]) -> None:
        if values.get("issueId"):
            self.server.portone.entry(values["issueId"], str(values.get("redirectUrl", "")))
        payment = self.server.book.find(
            values.get("issueId") or values.get("paymentId") or path.removeprefix("/window/")
        )
        if payment is None:
            return self._send(404, b"gone", "text/plain")
        if str(values.get("totalAmount") or payment.won) != str(payment.won):
            return self._send(409, b"another amount was registered", "text/plain")
        payment.back = payment.back or str(values.get("redirectUrl", ""))
        payment.words = payment.words or str(values.get("orderName", ""))
        if method == "POST":
            self.server.finish(payment, str(values.get("do", "pay")))
            self.send_response_only(303, "See Other")
            self.send_header("Location", payment.back)
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.wfile.flush()
            return None
        page = PAGE.format(words=html.escape(payment.words), won=payment.won)
        return self._send(200, page.encode(), "text/html; charset=utf-8")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response_only(status, HTTPStatus(status).phrase)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
