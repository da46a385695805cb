"""Rows of eligibility: revisions and versions of the rules (public), saved answers and hand-overs (encrypted)."""

from eligibility.models.answers import HandOver, SavedAnswers
from eligibility.models.catalogue import Revision
from eligibility.models.versions import RulesVersion

__all__ = ["HandOver", "Revision", "RulesVersion", "SavedAnswers"]
