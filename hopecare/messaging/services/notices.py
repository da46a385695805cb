"""Notices to teams in one statement, for changes that must be quick and whose own audit row says enough."""

from collections.abc import Iterable
from typing import Any

from hopecare.kernel import clock
from hopecare.kernel.statements import leave
from hopecare.messaging.facts import RecipientKind
from hopecare.messaging.models import Message
from hopecare.messaging.states import Channel, MessageState


def post_to_teams(
    *,
    team_ids: Iterable[int],
    purpose: str,
    about: tuple[str, object],
    step: str,
    words: str,
    parameters: dict[str, Any] | None = None,
    link: str = "",
    provider_id: int | None = None,
) -> None:
    """One notice for each team, on everybody's page at once; asking again for the same step changes nothing.

    Runs in the caller's transaction, as a principal that may leave notices about this kind of object, and reads none.
    `words`: an English msgid with %(name)s places for `parameters`.
    """
    moment = clock.now()
    for team_id in team_ids:
        leave(
            Message,
            purpose=purpose,
            object_kind=about[0],
            object_id=str(about[1]),
            step=f"{step}:{team_id}",
            channel=Channel.NOTICE,
            recipient_kind=RecipientKind.TEAM,
            recipient_id=str(team_id),
            provider_id=provider_id,
            body=words,
            parameters=parameters or {},
            link=link,
            segments=0,
            state=MessageState.DELIVERED,
            created_at=moment,
            next_attempt_at=moment,
            finished_at=moment,
        )
