"""Models of the volunteers; import them from here."""

from volunteers.models.hours import Certificate, HeardFrom, Hours
from volunteers.models.offers import Call, CallKind, Offer, Parting, Request
from volunteers.models.register import HelperKind, Paper, Skill, Volunteer, Window
from volunteers.models.week import MatchRun, Pin, Proposal

__all__ = [
    "Call",
    "CallKind",
    "Certificate",
    "HeardFrom",
    "HelperKind",
    "Hours",
    "MatchRun",
    "Offer",
    "Paper",
    "Parting",
    "Pin",
    "Proposal",
    "Request",
    "Skill",
    "Volunteer",
    "Window",
]
