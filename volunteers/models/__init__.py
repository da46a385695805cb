"""Models of the volunteers; import them from here."""

from volunteers.models.circles import Circle, Favour, FavourKind, Neighbour
from volunteers.models.coupons import Coupon
from volunteers.models.hours import Certificate, Echo, GroupHours, HeardFrom, Hours, PupilCertificate
from volunteers.models.managers import MOST_HOUSES, USUAL_HOUSES, WEEKLY, Cohort, Contact, HopeManager, Pairing
from volunteers.models.offers import Call, CallKind, Offer, Parting, Request
from volunteers.models.partners import Partner, PartnerKind, Per, Place, Portion, Pupil, Standing, Turn
from volunteers.models.projects import Package, Project
from volunteers.models.register import DayOff, HelperKind, Paper, Skill, Volunteer, Window
from volunteers.models.safety import Escort, Incident, IncidentKind, Insurance, Insurer, Side
from volunteers.models.standby import StandBy
from volunteers.models.training import Attendance, Session
from volunteers.models.week import MatchRun, Pin, Proposal

__all__ = [
    "MOST_HOUSES",
    "USUAL_HOUSES",
    "WEEKLY",
    "Attendance",
    "Call",
    "CallKind",
    "Certificate",
    "Circle",
    "Cohort",
    "Contact",
    "Coupon",
    "DayOff",
    "Echo",
    "Escort",
    "Favour",
    "FavourKind",
    "GroupHours",
    "HeardFrom",
    "HelperKind",
    "HopeManager",
    "Hours",
    "Incident",
    "IncidentKind",
    "Insurance",
    "Insurer",
    "MatchRun",
    "Neighbour",
    "Offer",
    "Package",
    "Pairing",
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
    "PupilCertificate",
    "Request",
    "Session",
    "Side",
    "Skill",
    "StandBy",
    "Standing",
    "Turn",
    "Volunteer",
    "Window",
]
