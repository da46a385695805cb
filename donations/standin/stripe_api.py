"""Stripe's resources as far as our client uses them (https://docs.stripe.com/api). Tokens decide how a card behaves:
`pm_soft` has no money, `pm_hard` has expired, `pm_late` is taken and answered too late, once.
"""

from typing import Any

from donations.standin.book import Book, Payment, new_id
from donations.standin.hooks import Hooks

DECLINES = {"pm_soft": "insufficient_funds", "pm_hard": "expired_card"}


class Refusal(Exception):
    def __init__(self, status: int, kind: str, code: str, decline: str = "") -> None:
        super().__init__(code)
        self.status = status
        error = {"type": kind, "code": code, "message": code}
        self.body = {"error": {**error, "decline_code": decline} if decline else error}


class HangUp(Exception):
    """Taken, and the connection breaks before the answer."""


class StripeApi:
    def __init__(self, book: Book, hooks: Hooks, url: str) -> None:
        self.book, self.hooks, self.url = book, hooks, url
        self.late: set[str] = set()

    def answer(self, method: str, path: str, values: dict[str, str], key: str) -> dict[str, Any]:
        parts = [part for part in path.split("/") if part][1:]
        if method == "POST" and key and key in self.book.answers:
            return self.book.answers[key][1]
        made = self._route(method, parts, values)
        if method == "POST" and key:
            self.book.answers[key] = (200, made)
        return made

    def _route(self, method: str, parts: list[str], values: dict[str, str]) -> dict[str, Any]:
        match method, parts:
            case "POST", ["checkout", "sessions"]:
                return self._open(values)
            case "GET", ["checkout", "sessions", some_id]:
                return self._session(self._payment(some_id))
            case "POST", ["payment_intents"]:
                return self._charge(values)
            case "GET", ["payment_intents", "search"]:
                found = self.book.by_key("stripe", values.get("query", "").split("'")[-2])
                paid = [self.intent(found)] if found and found.status != "open" else []
                return {"object": "search_result", "data": paid, "has_more": False, "url": "/v1/payment_intents/search"}
            case "GET", ["payment_intents", some_id]:
                return self.intent(self._payment(some_id))
            case "GET", ["disputes"]:
                one = self._payment(values.get("payment_intent", ""))
                data = [
                    {"id": "dp_" + one.id, "object": "dispute", "amount": one.won - one.refunded, "status": one.dispute}
                ]
                return {"object": "list", "data": data if one.dispute else [], "has_more": False, "url": "/v1/disputes"}
            case "POST", ["refunds"]:
                return self._refund(values)
        raise Refusal(404, "invalid_request_error", "resource_missing")

    def _payment(self, some_id: str) -> Payment:
        found = self.book.find(some_id)
        if found is None:
            raise Refusal(404, "invalid_request_error", "resource_missing")
        return found

    def _open(self, values: dict[str, str]) -> dict[str, Any]:
        if values.get("mode") == "setup":
            card = Payment(new_id("seti"), "stripe", values["client_reference_id"], 0, "Card", values["success_url"])
            card.window, card.settled = new_id("cs_test"), True
            return self._session(self.book.keep(card))
        won = int(values["line_items[0][price_data][unit_amount]"])
        words = values.get("line_items[0][price_data][product_data][name]", "")
        payment = Payment(new_id("pi"), "stripe", values["client_reference_id"], won, words, values["success_url"])
        payment.window = new_id("cs_test")
        return self._session(self.book.keep(payment))

    def _session(self, payment: Payment) -> dict[str, Any]:
        paid = payment.status == "paid"
        if payment.id.startswith("seti_"):
            return self._card_entry(payment)
        return {
            "id": payment.window,
            "object": "checkout.session",
            "url": f"{self.url}/window/{payment.window}",
            "status": "complete" if paid else "open",
            "payment_status": "paid" if paid else "unpaid",
            "payment_intent": self.intent(payment) if paid else None,
        }

    def _card_entry(self, payment: Payment) -> dict[str, Any]:
        """A setup session; the payment's code is the token of the card that was typed."""
        done = payment.status == "paid"
        card = {"id": payment.code, "object": "payment_method", "card": {"brand": "visa", "last4": "4242"}}
        return {
            "id": payment.window,
            "object": "checkout.session",
            "url": None if done else f"{self.url}/window/{payment.window}",
            "status": "complete" if done else "open",
            "payment_status": "no_payment_required",
            "customer": f"cus_{payment.id}",
            "setup_intent": {"id": payment.id, "object": "setup_intent", "payment_method": card} if done else None,
        }

    def _charge(self, values: dict[str, str]) -> dict[str, Any]:
        card, key = values.get("payment_method", ""), values.get("metadata[charge]", "")
        payment = Payment(new_id("pi"), "stripe", key, int(values["amount"]), values.get("description", ""))
        if card in DECLINES:
            raise Refusal(402, "card_error", "card_declined", DECLINES[card])
        payment.status = "paid"
        self.book.keep(payment)
        self.tell(payment)
        if card == "pm_late" and key not in self.late:
            self.late.add(key)
            raise HangUp
        return self.intent(payment)

    def _refund(self, values: dict[str, str]) -> dict[str, Any]:
        payment = self._payment(values["payment_intent"])
        won = int(values["amount"])
        if payment.refunded + won > payment.won:
            raise Refusal(400, "invalid_request_error", "charge_already_refunded")
        payment.refunded += won
        self.book.keep(payment)
        self.hooks.stripe("charge.refunded", {"id": "ch_" + payment.id, "payment_intent": payment.id})
        return {"id": new_id("re"), "object": "refund", "amount": won, "status": "succeeded"}

    def tell(self, payment: Payment) -> None:
        if payment.id.startswith("seti_"):
            self.hooks.stripe("checkout.session.completed", {"id": payment.window, "object": "checkout.session"})
            return
        if payment.window:
            about = {"id": payment.window, "object": "checkout.session", "payment_intent": payment.id}
            self.hooks.stripe("checkout.session.completed", about)
        self.hooks.stripe(
            f"payment_intent.{'succeeded' if payment.status == 'paid' else 'payment_failed'}", self.intent(payment)
        )

    def intent(self, payment: Payment) -> dict[str, Any]:
        paid = payment.status == "paid"
        charge = {
            "id": "ch_" + payment.id,
            "object": "charge",
            "amount": payment.won,
            "amount_refunded": payment.refunded,
            "disputed": bool(payment.dispute),
        }
        failed = {"code": "card_declined", "decline_code": payment.code} if payment.status == "failed" else None
        return {
            "id": payment.id,
            "object": "payment_intent",
            "amount": payment.won,
            "amount_received": payment.won if paid else 0,
            "currency": "krw",
            "status": "succeeded" if paid else "requires_payment_method",
            "metadata": {"charge": payment.key},
            "latest_charge": charge if paid else None,
            "last_payment_error": failed,
        }
