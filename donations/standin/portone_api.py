"""PortOne's V2 resources as far as our client uses them (https://developers.portone.io). Billing keys decide:
`bk_soft` has no money, `bk_hard` is gone, `bk_late` is taken and answered too late, once.
"""

import json
import time
from datetime import UTC, datetime
from typing import Any

from donations.standin.book import Book, Payment
from donations.standin.hooks import Hooks
from donations.standin.stripe_api import HangUp

STORE = "store-stand-in"
CHANNEL = {"type": "TEST", "pgProvider": "TOSSPAYMENTS", "pgMerchantId": "stand-in"}
DECLINES = {"bk_soft": "INSUFFICIENT_BALANCE", "bk_hard": "CARD_EXPIRED"}


class PortOneRefusal(Exception):
    def __init__(self, status: int, kind: str, **more: str) -> None:
        super().__init__(kind)
        self.status, self.body = status, {"type": kind, "message": kind, **more}


class PortOneApi:
    def __init__(self, book: Book, hooks: Hooks) -> None:
        self.book, self.hooks = book, hooks
        self.late: set[str] = set()

    def answer(self, method: str, path: str, values: dict[str, Any]) -> dict[str, Any]:
        match method, [part for part in path.split("/") if part]:
            case "POST", ["payments", key, "pre-register"]:
                if self.book.by_key("portone", key) is None:
                    self.book.keep(Payment(key, "portone", key, int(values["totalAmount"])))
                return {}
            case "GET", ["payments", key]:
                return self.payment(self._known(key))
            case "POST", ["payments", key, "billing-key"]:
                return self._debit(key, values)
            case "GET", ["billing-keys"]:
                return self._billing_keys(json.loads(values.get("requestBody") or "{}"))
            case "POST", ["payments", key, "cancel"]:
                return self._cancel(self._known(key), values)
        raise PortOneRefusal(404, "PAYMENT_NOT_FOUND")

    def entry(self, issue: str, back: str) -> Payment:
        """The window in which a card is typed once; the payment's code is the billing key that comes of it."""
        return self.book.find(issue) or self.book.keep(Payment(issue, "portone", issue, 0, "Card", back, settled=True))

    def _billing_keys(self, asked: dict[str, Any]) -> dict[str, Any]:
        found = self.book.by_key("portone", str(asked.get("filter", {}).get("customerId", "")))
        items = [self._issued(found)] if found and found.status == "paid" else []
        return {"items": items, "page": {"number": 0, "size": 10, "totalCount": len(items)}}

    def _issued(self, entry: Payment) -> dict[str, Any]:
        card = {"name": "연습카드", "number": "4242-42**-****-4242"}
        return {
            "status": "ISSUED",
            "billingKey": entry.code,
            "merchantId": "merchant-stand-in",
            "storeId": STORE,
            "channels": [CHANNEL],
            "customer": {"id": entry.key},
            "issuedAt": _now(),
            "issueId": entry.id,
            "methods": [{"type": "BillingKeyPaymentMethodCard", "card": card}],
        }

    def _known(self, key: str) -> Payment:
        found = self.book.by_key("portone", key)
        if found is None:
            raise PortOneRefusal(404, "PAYMENT_NOT_FOUND")
        return found

    def _debit(self, key: str, values: dict[str, Any]) -> dict[str, Any]:
        card, standing = values["billingKey"], self.book.by_key("portone", key)
        if standing is not None and standing.status == "paid":
            raise PortOneRefusal(409, "ALREADY_PAID")
        payment = Payment(key, "portone", key, int(values["amount"]["total"]), values["orderName"])
        if card in DECLINES:
            payment.status, payment.code = "failed", DECLINES[card]
            self.book.keep(payment)
            raise PortOneRefusal(502, "PG_PROVIDER", pgCode=DECLINES[card], pgMessage="declined")
        payment.status = "paid"
        self.book.keep(payment)
        self.tell(payment)
        if card == "bk_late" and key not in self.late:
            self.late.add(key)
            raise HangUp
        return {"payment": {"pgTxId": key, "paidAt": _now()}}

    def _cancel(self, payment: Payment, values: dict[str, Any]) -> dict[str, Any]:
        won = int(values.get("amount") or payment.won - payment.refunded)
        if payment.refunded + won > payment.won:
            raise PortOneRefusal(409, "CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT")
        payment.refunded += won
        self.book.keep(payment)
        kind = "Cancelled" if payment.refunded == payment.won else "PartialCancelled"
        self.hooks.portone(f"Transaction.{kind}", payment.key, STORE)
        return {"cancellation": _cancellation(payment, won)}

    def tell(self, payment: Payment) -> None:
        if payment.id.startswith("issue_"):
            self.hooks.portone_card(payment.code, STORE)
            return
        self.hooks.portone(f"Transaction.{'Paid' if payment.status == 'paid' else 'Failed'}", payment.key, STORE)

    def payment(self, payment: Payment) -> dict[str, Any]:
        now = _now()
        common = {
            "id": payment.key,
            "transactionId": payment.key,
            "merchantId": "merchant-stand-in",
            "storeId": STORE,
            "version": "V2",
            "requestedAt": now,
            "updatedAt": now,
            "statusChangedAt": now,
            "orderName": payment.words or "gift",
            "currency": "KRW",
            "customer": {},
            "origin": {"platformType": "API", "ipAddress": "127.0.0.1"},
            "channel": CHANNEL,
            "amount": {
                "total": payment.won,
                "taxFree": 0,
                "discount": 0,
                "paid": payment.won - payment.refunded,
                "cancelled": payment.refunded,
                "cancelledTaxFree": 0,
            },
        }
        if payment.status == "failed":
            return {**common, "status": "FAILED", "failedAt": now, "failure": {"pgCode": payment.code}}
        if payment.status != "paid":
            return {**common, "status": "READY"}
        disputes = [
            {"status": "UNRESOLVED" if payment.dispute != "won" else "RESOLVED", "reason": "x", "createdAt": now}
        ]
        paid = {**common, "paidAt": now, "disputes": disputes if payment.dispute else []}
        if not payment.refunded:
            return {**paid, "status": "PAID"}
        kind = "CANCELLED" if payment.refunded == payment.won else "PARTIAL_CANCELLED"
        cancellations = [_cancellation(payment, payment.refunded)]
        return {**paid, "status": kind, "cancelledAt": now, "cancellations": cancellations}


def _cancellation(payment: Payment, won: int) -> dict[str, Any]:
    now = _now()
    return {
        "status": "SUCCEEDED",
        "id": f"c-{payment.key}-{payment.refunded}",
        "totalAmount": won,
        "taxFreeAmount": 0,
        "vatAmount": 0,
        "reason": "refund",
        "requestedAt": now,
        "cancelledAt": now,
    }


def _now() -> str:
    return datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
