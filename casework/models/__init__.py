"""The facts: one module a group of nouns."""

from casework.models.calendar import CalendarDay, CalendarYear
from casework.models.carried import CarriedFamily
from casework.models.case_log import LogEntry
from casework.models.cases import Case
from casework.models.checkups import CheckUp, CheckUpFinding
from casework.models.claims import Claim, ClaimPayment
from casework.models.coverage import ContactLog, CoverLapse, FamilyCover
from casework.models.decisions import Decision, Participation
from casework.models.donations import Donation, DonationUse
from casework.models.entitlements import Entitlement
from casework.models.evidence import Evidence
from casework.models.holds import BenefitHold
from casework.models.hospitals import Designation, Hospital
from casework.models.insurance import (
    Endorsement,
    InsuranceProduct,
    InsuredPerson,
    PlanVersion,
    Policy,
    RosterLine,
)
from casework.models.insurance_exchange import (
    AnswerFile,
    ClaimBatch,
    ClaimLodging,
    InsurerAnswer,
    InsurerConnection,
    InsurerNonce,
)
from casework.models.links import CaseLink
from casework.models.notices import Notice, NoticeLine, NoticePhotograph, Objection
from casework.models.number_series import NumberSeries
from casework.models.offices import DeclaredRelative, Office, Post, Staff
from casework.models.paper import SheetImport, SheetLine
from casework.models.pauses import Pause
from casework.models.payments import BatchLine, PaymentBatch
from casework.models.people import Household, PayeeAccount, Person, PersonInitials, RegisterEntry
from casework.models.regions import Division
from casework.models.replayed_logs import ReplayedLog
from casework.models.rights import Channel, CoHandler, Demand, Dispute, MoneyLine, Performance, RightsAct
from casework.models.roles import Capacity, Level, Role
from casework.models.stages import Stage
from casework.models.supervision import DeadlineExtension, SupervisionOrder
from casework.models.terms_pages import TermsPage
from casework.models.trail import Chain, Event
from casework.models.visits import Nomination, VisitRecord, VisitRound, VisitTeam, VisitTeamMember
from casework.models.wanted_papers import WantedPaper
from casework.models.watches import Watch
from casework.models.work_items import WorkItem

__all__ = [
    "AnswerFile",
    "BatchLine",
    "BenefitHold",
    "CalendarDay",
    "CalendarYear",
    "Capacity",
    "CarriedFamily",
    "Case",
    "CaseLink",
    "Chain",
    "Channel",
    "CheckUp",
    "CheckUpFinding",
    "Claim",
    "ClaimBatch",
    "ClaimLodging",
    "ClaimPayment",
    "CoHandler",
    "ContactLog",
    "CoverLapse",
    "DeadlineExtension",
    "Decision",
    "DeclaredRelative",
    "Demand",
    "Designation",
    "Dispute",
    "Division",
    "Donation",
    "DonationUse",
    "Endorsement",
    "Entitlement",
    "Event",
    "Evidence",
    "FamilyCover",
    "Hospital",
    "Household",
    "InsuranceProduct",
    "InsuredPerson",
    "InsurerAnswer",
    "InsurerConnection",
    "InsurerNonce",
    "Level",
    "LogEntry",
    "MoneyLine",
    "Nomination",
    "Notice",
    "NoticeLine",
    "NoticePhotograph",
    "NumberSeries",
    "Objection",
    "Office",
    "Participation",
    "Pause",
    "PayeeAccount",
    "PaymentBatch",
    "Performance",
    "Person",
    "PersonInitials",
    "PlanVersion",
    "Policy",
    "Post",
    "RegisterEntry",
    "ReplayedLog",
    "RightsAct",
    "Role",
    "RosterLine",
    "SheetImport",
    "SheetLine",
    "Staff",
    "Stage",
    "SupervisionOrder",
    "TermsPage",
    "VisitRecord",
    "VisitRound",
    "VisitTeam",
    "VisitTeamMember",
    "WantedPaper",
    "Watch",
    "WorkItem",
]
