"""What partners' systems were told: `manage.py webhooks`, and again: `manage.py webhooks --replay CODE --since DAY`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from hopecare.kernel import clock
from hopecare.messaging.services import webhooks


class Command(BaseCommand):
    help = "Lists partners with what waits and what was given up; --replay sends a partner everything since again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--replay", metavar="CODE")
        parser.add_argument("--since", help="moment, as 2026-11-22T00:00")

    def handle(self, *args: Any, replay: str | None, since: str | None, **options: Any) -> None:
        if replay:
            moment = parse_datetime(since or "")
            if moment is None or replay not in {one.code for one in webhooks.partners()}:
                raise CommandError("--replay CODE of a partner, --since a moment such as 2026-11-22T00:00")
            moment = moment if moment.tzinfo else moment.replace(tzinfo=clock.SEOUL)
            self.stdout.write(f"{replay}: {webhooks.replay(partner=replay, since=moment)} go out again")
            return
        for row in webhooks.standing():
            self.stdout.write(f"{row.partner}: {row.taken} taken, {row.waiting} waiting, {row.given_up} given up")
