"""How an approval reads: its line, level by level."""

from typing import Any

from django.utils.translation import gettext as _

from cases.models import Approval, ApprovalStep
from cases.rules import conferences as rules
from cases.selectors.approvals import Waiting
from cases.ui.case_frame import address
from cases.ui.forms_assessment import named
from hopecare.kernel.templatetags import hope_formats as formats


def step_row(step: ApprovalStep) -> dict[str, Any]:
    level = rules.level_named(step.level)
    words = {"approved": _("approved"), "returned": _("returned")}.get(step.verdict, _("waits"))
    tones = {"approved": "acc", "returned": "red"}
    return {
        "step": step,
        "level": named(level) if level else step.level,
        "words": words,
        "tone": tones.get(step.verdict, "dim"),
    }


def approval_row(approval: Approval) -> dict[str, Any]:
    states = {
        "open": ("amb", _("under way")),
        "approved": ("acc", _("approved")),
        "returned": ("red", _("returned")),
        "withdrawn": ("dim", _("withdrawn")),
    }
    tone, words = states[approval.state]
    steps = sorted(approval.steps.all(), key=lambda step: step.position)
    return {
        "approval": approval,
        "tone": tone,
        "words": words,
        "asker": named(rules.levels()[0]),
        "steps": [step_row(step) for step in steps],
    }


def waiting_rows(waits: list[Waiting]) -> list[dict[str, Any]]:
    """What waits for whom and since when, or came back: one sentence each, with the way to it."""
    return [_waiting_row(one) for one in waits]


def _waiting_row(one: Waiting) -> dict[str, Any]:
    told = {
        "what": one.approval.get_subject_display(),
        "level": named(one.level) if one.level else "",
        "day": formats.day_words(one.since),
    }
    found = {"url": address(one.approval.case, "case_approval", approval_id=one.approval.pk), "said": one.words}
    if one.returned_by:
        words = _("%(name)s (%(level)s), %(day)s. Change it and lay it before the line again.")
        words = words % {**told, "name": one.returned_by}
        return {**found, "tone": "red", "title": _("%(what)s: returned") % told, "words": words}
    who = ", ".join(one.names)
    words = _("%(who)s (%(level)s), since %(day)s. It takes effect with the approval.") if who else ""
    nobody = _("%(level)s, since %(day)s. Nobody of the team is there now who may decide it.")
    told["who"] = who
    return {**found, "tone": "amb", "title": _("%(what)s waits for approval") % told, "words": (words or nobody) % told}
