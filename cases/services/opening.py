"""Open a case after a first visit or at the counter, or attach a report to an open one (K1, K2, K5–K7, K10, D4).

One transaction from the number to the last timeline entry; two clicks open one case.
"""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from cases.access import may_ask_number
from cases.facts import NewPerson, Opening
from cases.models import Case, CaseMember, EntryKind, LeadPeriod, Report, Visit
from cases.rules import deadlines
from cases.rules import opening as rules
from cases.selectors.colleagues import Colleague, colleagues
from cases.selectors.likeness import Asked, alike
from cases.services import intake, timeline, triage
from cases.states import ReportState
from hopecare.kernel import audit, clock, errors, events
from hopecare.kernel.access import Viewer, acting_as, case_key, check, get_visible, visible_to
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import GroundPurpose, Household, IdempotencyKey, Person, Team, TeamKind, Town
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services import people


def open_case(*, by: Viewer, opening: Opening, report_code: str = "") -> Case:
    """The case with its number, household, grounds, safe contact, team and first entries.

    With `report_code` the report must have been visited and is finished by it; asked again, the same case comes back.
    Raises Impossible with every problem found, and then nothing was written.
    """
    check(by, Permission.CASE_OPEN)
    with acting_as(by):
        report = triage.locked(by, report_code, Permission.CASE_OPEN) if report_code else None
        if report is not None and report.case_id:
            return get_visible(by, Case, named="case", pk=report.case_id)
        done = None if report is not None else _opened_before(by, opening.token)
        if done:
            return get_visible(by, Case, named="case", number=done)
        town, team = _place(by, opening, report)
        crew = {member.user_id: member for member in colleagues([team.pk])}
        _demand(by, opening, crew)
        case = _write_case(by, opening, town, team)
        _write_team(case, opening, crew)
        if report is not None:
            finish_report(by, report, case)
        intake.case_opened(by, case, number=opening.intake, report=report)
        timeline.append(by, case, EntryKind.OPENED, case_kind=case.kind, track=case.track, ground=opening.ground,
                        article=opening.article, guardian=opening.guardian)  # fmt: skip
        _remember(by, opening.token, case.number)
        audit.changed(by, "case", [case.pk], "opened", owners=[case.provider_id], ground=opening.ground)
        events.publish("case.opened", case_id=case.pk)
    return case


def opened_already(*, by: Viewer, token: str, report_code: str = "") -> str:
    """The number of the case that this very form, or somebody behind this report, opened before; "" for none."""
    with acting_as(by):
        if report_code:
            report = visible_to(by, Report).filter(code=report_code).select_related("case").first()
            return report.case.number if report and report.case else ""
        return _number_in(IdempotencyKey.objects.filter(**_form(by, token)).first())


def attach(*, by: Viewer, report_code: str, case_number: str) -> Case:
    """The report belongs to a case that is open already: its story goes there, nothing else is made."""
    check(by, Permission.CASE_OPEN)
    with acting_as(by):
        report = triage.locked(by, report_code, Permission.CASE_OPEN)
        case = get_visible(by, Case, named="case", number=case_number.strip(), select=("main_person",))
        if report.case_id == case.pk:
            return case
        if not case.is_open:
            words = _("This case is closed. Open it again first, or open a new one.")
            raise errors.Impossible(Problem("closed", words, "number"))
        finish_report(by, report, case)
        audit.changed(by, "case", [case.pk], "report_attached", owners=[case.provider_id], report=report.pk)
    return case


def finish_report(by: Viewer, report: Report, case: Case) -> None:
    """Visited → closed with its case; reports that joined it follow, visits are told in the case's timeline."""
    triage.step(report, ReportState.CLOSED, case=case, closed_at=clock.now())
    triage.changed(by, report, "case", case=case.pk)
    timeline.append(by, case, EntryKind.REPORT_RECEIVED, at=report.received_at, report=report.pk, about=report.about)
    joined = list(Report.objects.filter(joined_to=report).order_by("received_at"))
    for other in joined:
        timeline.append(
            by, case, EntryKind.REPORT_JOINED, at=max(other.received_at, report.received_at), report=other.pk
        )
    Report.objects.filter(pk__in=[other.pk for other in joined]).update(case=case)
    visits = Visit.objects.filter(report=report).select_related("official", "worker").order_by("at")
    for visit in visits.exclude(result=""):
        both = [visit.official.name, visit.worker.name]
        timeline.append(
            by, case, EntryKind.VISITED, at=visit.recorded_at, visit=visit.pk, result=visit.result, names=both
        )
    Visit.objects.filter(report=report).update(case=case)


def _opened_before(by: Viewer, token: str) -> str:
    """The number that this very form opened already; a second click waits here until the first has committed."""
    if not token:
        return ""
    return _number_in(
        IdempotencyKey.objects.get_or_create(**_form(by, token), defaults={"body_hash": "", "body": {}})[0]
    )


def _remember(by: Viewer, token: str, number: str) -> None:
    IdempotencyKey.objects.filter(**_form(by, token)).update(body={"number": number})


def _form(by: Viewer, token: str) -> dict[str, str]:
    return {"client": f"open:{by.user_id}", "key": token}


def _number_in(key: IdempotencyKey | None) -> str:
    return str((key.body or {}).get("number", "")) if key else ""


def _place(by: Viewer, opening: Opening, report: Report | None) -> tuple[Town, Team]:
    """Town as told; the report's team, else the mixed team of the town's zone, of which the opener must be one."""
    town = Town.objects.select_related("zone__centre", "office").filter(code=opening.town).first()
    if town is None:
        raise errors.Impossible(errors.required("town"))
    if report is not None:
        return town, Team.objects.get(pk=report.team_id)
    team = Team.objects.filter(zone=town.zone, kind=TeamKind.MIXED, pk__in=by.team_ids).first()
    if team is None:
        words = _("Another zone's team is in charge of this town. Please type a report for it.")
        raise errors.Impossible(Problem("other_zone", words, "town"))
    return town, team


def _demand(by: Viewer, opening: Opening, crew: dict[int, Colleague]) -> None:
    lead = crew.get(opening.lead_id or 0)
    basis = rules.Basis(
        kind=opening.ground,
        consent=opening.consents.get(GroundPurpose.CASE_MANAGEMENT, False),
        article=opening.article,
        guardian=opening.guardian,
        age=opening.main.age_on(clock.today()),
    )
    opener = crew.get(by.user_id or 0)
    problems = rules.ground_problems(
        basis, case_kind=opening.kind, opener_is_public=opener.is_public if opener else False
    )
    problems += rules.team_problems(
        lead_in_team=lead is not None, lead_may_lead=lead is not None and lead.may(Permission.CASE_LEAD)
    )
    problems += rules.public_problems(
        case_kind=opening.kind,
        consent=basis.consent,
        lead_is_public=lead is None or lead.is_public,
        others_are_public=all(crew[one].is_public for one in opening.team if one in crew),
    )
    if not opening.main.name.strip():
        problems.append(errors.required("name"))
    problems += _number_problems(by, opening)
    if problems:
        raise errors.Impossible(*problems)


def _number_problems(by: Viewer, opening: Opening) -> list[Problem]:
    """The same number is the same person: no second one beside it, and nothing said of anybody out of sight (D17)."""
    if not opening.resident_number:
        return []
    found = alike(by, Asked("", resident_number=opening.resident_number))
    if found.twins:
        words = _("This number is on record already: it is the same person. Please join their case.")
    elif found.sure:
        words = _("This person may exist already. Please ask the central desk, or leave the number out for now.")
    else:
        return []
    return [Problem("number_known", words, "resident_number")]


def next_number() -> str:
    """`YYYY-NNNNNN`, counted inside the opening transaction: never twice, never reused."""
    year = clock.today().year
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cases_casenumber as n (year, last) values (%s, 1)"
            " on conflict (year) do update set last = n.last + 1 returning last",
            [year],
        )
        return f"{year}-{cursor.fetchone()[0]:06d}"


def _write_case(by: Viewer, opening: Opening, town: Town, team: Team) -> Case:
    provider = town.office if opening.kind == "public" else town.zone.centre
    keys = [team.pk, -provider.pk]
    household = people.create_household(
        by=by, town=town, keys=keys, directions=opening.directions.strip()[:200], line=opening.line.strip()
    )
    main = _add(by, household, opening.main)
    for other in opening.others:
        _add(by, household, other)
    if opening.resident_number and may_ask_number(by):
        people.keep_number(by=by, person=main, number=opening.resident_number, article=rules.number_article())
    _write_grounds(by, main, opening)
    people.set_safe_contact(by=by, person=main, **opening.contact)
    dates = deadlines.stage_dates(clock.today())
    case = Case.objects.create(
        number=next_number(),
        kind=opening.kind,
        track=opening.track,
        household=household,
        main_person=main,
        town=town,
        lead_id=int(opening.lead_id or 0),
        team=team,
        provider=provider,
        survey_due=dates.survey,
        conference_due=dates.conference,
        plan_due=dates.plan,
        stage_since=clock.today(),
    )
    people.rescope(household_id=household.pk, keys=[*keys, case_key(case.pk)])
    return case


def _add(by: Viewer, household: Household, person: NewPerson) -> Person:
    return people.add_person(
        by=by,
        household=household,
        name=person.name,
        relation=person.relation,
        lives_here=person.lives_here,
        birth_date=person.birth_date,
        birth_year_only=person.birth_year_only,
        sex=person.sex,
        phone=person.phone,
    )


def _write_grounds(by: Viewer, main: Person, opening: Opening) -> None:
    """Each purpose given or not given, with form and end (K7); a duty or urgency beside them with its article."""
    version, ends = rules.form_version(), rules.consent_ends(clock.today())
    guardian = opening.guardian.strip()[:80] if rules.needs_guardian(opening.main.age_on(clock.today())) else ""
    for purpose, given in opening.consents.items():
        people.record_ground(
            by=by,
            person=main,
            purpose=purpose,
            given=given,
            form_version=version,
            ends_on=ends if given else None,
            guardian=guardian,
        )
    if opening.ground != "consent":
        people.record_ground(
            by=by,
            person=main,
            purpose=GroundPurpose.CASE_MANAGEMENT,
            given=True,
            kind=opening.ground,
            article=opening.article.strip()[:120],
        )


def _write_team(case: Case, opening: Opening, crew: dict[int, Colleague]) -> None:
    """One lead from this moment on, and everybody who works on the case, each for their organisation (K2)."""
    LeadPeriod.objects.create(
        case=case, team_id=case.team_id, provider_id=case.provider_id, user_id=case.lead_id, starts_at=clock.now()
    )
    for user_id in dict.fromkeys([case.lead_id, *opening.team]):
        member = crew.get(user_id)
        if member is not None:
            CaseMember.objects.create(
                case=case,
                team_id=case.team_id,
                provider_id=case.provider_id,
                user_id=user_id,
                organisation_id=member.organisation_id,
                starts_on=clock.today(),
            )
