"""Rows of eligibility: revisions of the catalogue (public), saved answers and hand-overs (private, encrypted)."""

from eligibility.models.answers import HandOver, SavedAnswers
from eligibility.models.catalogue import Revision

__all__ = ["HandOver", "Revision", "SavedAnswers"]
