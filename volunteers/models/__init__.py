"""Models of the volunteers; import them from here."""

from volunteers.models.circles import Circle, Favour, FavourKind, Neighbour
from volunteers.models.coupons import Coupon
from volunteers.models.hours import Certificate, HeardFrom, Hours
from volunteers.models.offers import Call, CallKind, Offer, Parting, Request
from volunteers.models.partners import Partner, PartnerKind, Per, Place, Portion, Pupil, Standing, Turn
from volunteers.models.projects import Package, Project
from volunteers.models.register import DayOff, HelperKind, Paper, Skill, Volunteer, Window
from volunteers.models.safety import Escort, Incident, IncidentKind, Insurance, Insurer, Side
from volunteers.models.training import Attendance, Session
from volunteers.models.week import MatchRun, Pin, Proposal

__all__ = [
    "Attendance",
    "Call",
    "CallKind",
    "Certificate",
    "Circle",
    "Coupon",
    "DayOff",
    "Escort",
    "Favour",
    "FavourKind",
    "HeardFrom",
    "HelperKind",
    "Hours",
    "Incident",
    "IncidentKind",
    "Insurance",
    "Insurer",
    "MatchRun",
    "Neighbour",
    "Offer",
    "Package",
    "Paper",
    "Parting",
    "Partner",
    "PartnerKind",
    "Per",
    "Pin",
    "Place",
    "Portion",
    "Project",
    "Proposal",
    "Pupil",
    "Request",
    "Session",
    "Side",
    "Skill",
    "Standing",
    "Turn",
    "Volunteer",
    "Window",
]
