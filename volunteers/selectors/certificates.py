"""A certificate by its code: what was certified, and what the ledger says today."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from hopecare.kernel import codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from volunteers.access import visible_to
from volunteers.models import Certificate, GroupHours, Hours, PupilCertificate


@dataclass(frozen=True)
class CertificateCard:
    """`now` are the minutes of the same year as the ledger has them today; `services` what was done, by name."""

    code: str
    name: str
    centre: str
    first: date
    last: date
    minutes: int
    visits: int
    issued_on: date
    now: int
    services: tuple[str, ...]

    @property
    def hours(self) -> float:
        return self.minutes / 60

    @property
    def hours_now(self) -> float:
        return self.now / 60

    @property
    def corrected(self) -> bool:
        return self.now < self.minutes


def certificate(typed: str) -> CertificateCard:
    """Whoever holds the code sees what stands on the paper. NotFound for a code that is mistyped or unknown."""
    code = codes.read(typed)
    with acting_as(system(Principal.OFFERS)) as machine:
        rows = visible_to(machine, Certificate).select_related("volunteer__town__zone__centre")
        row = rows.filter(code=code).first() if code else None
        if row is None:
            return _of_a_pupil(machine, code or "")
        lines = visible_to(machine, Hours).filter(volunteer_id=row.volunteer_id, on__range=(row.first, row.last))
        services = [line.service.name for line in lines.select_related("service").distinct("service")]
        return CertificateCard(
            code=codes.shown(row.code),
            name=row.volunteer.name,
            centre=row.volunteer.town.zone.centre.name,
            first=row.first,
            last=row.last,
            minutes=row.minutes,
            visits=row.visits,
            issued_on=row.issued_on,
            now=lines.aggregate(whole=Sum("minutes"))["whole"] or 0,
            services=tuple(sorted(services)),
        )


def _of_a_pupil(machine: Viewer, code: str) -> CertificateCard:
    """As long as the guardian's consent stands; nothing of the houses in which they were."""
    rows = visible_to(machine, PupilCertificate).filter(code=code, pupil__withdrawn_on=None)
    row = rows.select_related("pupil", "provider").first() if code else None
    if row is None or not row.pupil.name:
        raise errors.NotFound("certificate", "")
    lines = visible_to(machine, GroupHours).filter(pupil=row.pupil, turn__on__range=(row.first, row.last))
    services = {line.turn.standing.service.name for line in lines.select_related("turn__standing__service")}
    return CertificateCard(
        code=codes.shown(row.code),
        name=row.pupil.name,
        centre=row.provider.name,
        first=row.first,
        last=row.last,
        minutes=row.minutes,
        visits=row.days,
        issued_on=row.issued_on,
        now=lines.aggregate(whole=Sum("minutes"))["whole"] or 0,
        services=tuple(sorted(services)),
    )
