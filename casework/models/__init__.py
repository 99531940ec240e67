"""The facts: one module a group of nouns."""

from casework.models.cases import Case, NumberSeries
from casework.models.checkups import CheckUp, CheckUpFinding
from casework.models.decisions import Decision, Participation
from casework.models.entitlements import Entitlement
from casework.models.evidence import Evidence
from casework.models.hospitals import Designation, Hospital
from casework.models.offices import DeclaredRelative, Office, Post, Staff
from casework.models.paper import SheetImport, SheetLine
from casework.models.payments import BatchLine, PaymentBatch
from casework.models.people import Household, PayeeAccount, Person, PersonInitials, RegisterEntry
from casework.models.regions import Division
from casework.models.roles import Capacity, Level, Role
from casework.models.stages import Stage
from casework.models.trail import Chain, Event
from casework.models.work_items import WorkItem

__all__ = [
    "BatchLine",
    "Capacity",
    "Case",
    "Chain",
    "CheckUp",
    "CheckUpFinding",
    "Decision",
    "DeclaredRelative",
    "Designation",
    "Division",
    "Entitlement",
    "Event",
    "Evidence",
    "Hospital",
    "Household",
    "Level",
    "NumberSeries",
    "Office",
    "Participation",
    "PayeeAccount",
    "PaymentBatch",
    "Person",
    "PersonInitials",
    "Post",
    "RegisterEntry",
    "Role",
    "SheetImport",
    "SheetLine",
    "Staff",
    "Stage",
    "WorkItem",
]
