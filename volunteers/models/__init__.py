"""Models of the volunteers; import them from here."""

from volunteers.models.offers import Call, CallKind, Offer, Request
from volunteers.models.register import HelperKind, Skill, Volunteer, Window

__all__ = ["Call", "CallKind", "HelperKind", "Offer", "Request", "Skill", "Volunteer", "Window"]
