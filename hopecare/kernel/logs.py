"""Log lines with the id of the request they belong to, in web and worker alike, and without anybody's data.

Nothing personal is logged on purpose; what a library or the database writes about a failure may hold some, so every
line is cleaned on its way out: numbers of telephones and residents, e-mails, what the database quotes from a row, and
the secret part of addresses that open something.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_CLEANED = (
    (re.compile(r"(?<![\w.-])(?:\+82[\s-]?|0)\d{1,2}[\s-]?\d{3,4}[\s-]?\d{4}(?![\w-])"), "<telephone>"),
    (re.compile(r"(?<!\d)\d{6}-[0-8]\d{6}(?!\d)"), "<number>"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "<e-mail>"),
    (re.compile(r"^((?:DETAIL|CONTEXT):)[^\n]*", re.MULTILINE), r"\1 <left out>"),
    (re.compile(r"(/(?:o|report|reports|follow|certificate|answers)/)[^/\s\"']+"), r"\1<code>"),
    (re.compile(r"(Bearer )\S+"), r"\1<key>"),
)


def cleaned(text: str) -> str:
    for pattern, instead in _CLEANED:
        text = pattern.sub(instead, text)
    return text


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class LineFormatter(logging.Formatter):
    """For a person at the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return cleaned(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for machines: at, level, logger, request_id, message, and with a failure its trace."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": cleaned(record.getMessage()),
        }
        if record.exc_info and record.exc_info[0] is not None:
            told["error"] = record.exc_info[0].__name__
            told["trace"] = cleaned(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


def send_along(headers: dict[str, Any] | None = None, **rest: Any) -> None:
    """What is asked of the worker bears the id of the request that asked."""
    if headers is not None:
        headers["request_id"] = request_id.get()


def take_up(task: Any = None, task_id: str = "", **rest: Any) -> None:
    """The worker's lines bear it too; work that the clock began has an id of its own."""
    given = getattr(getattr(task, "request", None), "request_id", None)
    request_id.set(given if isinstance(given, str) and given != "-" else task_id[:16] or "-")
