"""Registering people who report on their rounds, and ending it (K4). What came of a report changes nothing (D14)."""

from contextlib import suppress

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cases.models import RegisteredReporter
from cases.rules.reports import reporter_kinds
from hopecare.kernel import audit, clock, errors, phones
from hopecare.kernel.access import Viewer, acting_as, check, get_visible
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission


def register(*, by: Viewer, kind: str, name: str, phone: str, body: str) -> RegisteredReporter:
    """Somebody whose telephone now reports as a registered reporter, for the first team of `by`.

    Raises Forbidden, Impossible: an unknown kind, a number that is none or is registered, no team.
    """
    check(by, Permission.REPORT_TRIAGE)
    number = _checked(by, kind, name, phone, body)
    organisation_id, user_id = by.organisation_id, by.user_id
    if organisation_id is None or user_id is None:
        raise errors.Forbidden("account")
    with acting_as(by):
        try:
            with transaction.atomic():
                reporter = RegisteredReporter.objects.create(
                    team_id=by.team_ids[0],
                    provider_id=organisation_id,
                    kind=kind,
                    name=name.strip(),
                    phone=number,
                    phone_hash=phones.hashed(number),
                    body=body.strip(),
                    registered_at=clock.now(),
                    registered_by_id=user_id,
                )
        except IntegrityError as error:
            raise errors.Impossible(Problem("registered", _("This number is registered already."), "phone")) from error
        audit.changed(by, "reporter", [reporter.pk], "reporter_registered", owners=[by.organisation_id])
    return reporter


def _checked(by: Viewer, kind: str, name: str, phone: str, body: str) -> str:
    found = [errors.required(field) for field, text in (("name", name), ("body", body)) if not text.strip()]
    if kind not in {row["code"] for row in reporter_kinds() if row["duty"]}:
        found.append(Problem("kind", _("Please choose who reports."), "kind"))
    if not by.team_ids:
        found.append(Problem("no_team", _("You belong to no team that could take their reports.")))
    number = ""
    with suppress(phones.BadPhone):
        number = phones.normal(phone)
    if not number:
        found.append(errors.bad_phone("phone"))
    if found:
        raise errors.Impossible(*found)
    return number


def end(*, by: Viewer, reporter_id: int) -> None:
    """Their telephone reports without a name from now on. Ended twice is ended once. Raises Forbidden, NotFound."""
    check(by, Permission.REPORT_TRIAGE)
    with acting_as(by):
        reporter = get_visible(by, RegisteredReporter, named="reporter", pk=reporter_id)
        if reporter.ended_at is not None:
            return
        reporter.ended_at, reporter.ended_by_id = clock.now(), by.user_id
        reporter.save(update_fields=["ended_at", "ended_by"])
        audit.changed(by, "reporter", [reporter.pk], "reporter_ended", owners=[reporter.provider_id])
