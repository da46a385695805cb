"""Ask the broker to run a task soon. A broker that is down must not fail the request: tables hold the work."""

import logging

from celery import current_app

log = logging.getLogger(__name__)


def nudge(task: str, *arguments: object) -> None:
    """Send `task` with a short time-out and no retry; beat asks again anyway."""
    try:
        current_app.send_task(task, args=arguments, retry=False, ignore_result=True)
    except Exception as error:
        log.warning("broker not reached for %s: %s", task, type(error).__name__)
