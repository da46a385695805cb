"""How an approval reads: its line, level by level."""

from typing import Any

from django.utils.translation import gettext as _

from cases.models import Approval, ApprovalStep
from cases.rules import conferences as rules
from cases.ui.forms_assessment import named


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
    states = {"open": ("amb", _("under way")), "approved": ("acc", _("approved")), "returned": ("red", _("returned"))}
    tone, words = states[approval.state]
    steps = sorted(approval.steps.all(), key=lambda step: step.position)
    return {
        "approval": approval,
        "tone": tone,
        "words": words,
        "asker": named(rules.levels()[0]),
        "steps": [step_row(step) for step in steps],
    }
