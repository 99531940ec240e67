"""The way around the desk, and who sits at it: what `templates/base.html` asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from casework.access import Access
from casework.models import Role
from casework.session import known_access

EVERYONE = frozenset(Role.values)
VISITING = frozenset(
    {
        Role.INTAKE_CLERK,
        Role.VILLAGE_VERIFIER,
        Role.TOWNSHIP_REVIEWER,
        Role.COUNTY_APPROVER,
        Role.VISITOR,
        Role.OFFICE_HEAD,
        Role.AUDITOR,
    }
)
BOARDS = frozenset({Role.VILLAGE_VERIFIER, Role.TOWNSHIP_REVIEWER, Role.INTAKE_CLERK, Role.COUNTY_APPROVER})
DECIDING = EVERYONE - {Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR, Role.ARCHIVIST, Role.VISITOR}
"""For whom cases wait."""

AT_WORK = EVERYONE - {Role.AUDITOR, Role.ADMINISTRATOR, Role.ARCHIVIST}


@dataclass(frozen=True)
class Area:
    """A part of the desk: where it begins, its word, the roles that use it, the pages inside it (or their prefix).
    `insurers`: it is also, or only, for the clerks of insurers."""

    page: str
    word: Any
    roles: frozenset[str]
    inside: tuple[str, ...]
    insurers: bool = False

    def knows(self, page: str) -> int:
        """How much of the page's name this part of the desk calls its own; 0 for none."""
        return max((len(prefix) for prefix in self.inside if page.startswith(prefix)), default=0)

    def is_for(self, seen: Access) -> bool:
        return seen.has(*self.roles) or (self.insurers and bool(seen.insurers))


AREAS = (
    Area("desk:insurer_claims", gettext_lazy("理赔"), frozenset(), ("desk:insurer_",), insurers=True),
    Area("desk:queue", gettext_lazy("待办"), DECIDING, ("desk:queue", "desk:bulk", "desk:decide")),
    Area(
        "desk:cases",
        gettext_lazy("案件"),
        EVERYONE,
        (
            "desk:case",
            "desk:search",
            "desk:log",
            "desk:family_link",
            "desk:family_unlink",
            "desk:unmask",
            "desk:attach",
            "desk:amend",
            "desk:account",
            "desk:aside",
        ),
    ),
    Area(
        "desk:imports",
        gettext_lazy("材料导入"),
        frozenset({Role.INTAKE_CLERK}),
        ("desk:import", "desk:enter", "desk:line"),
    ),
    Area("desk:notices", pgettext_lazy("栏目", "公示"), BOARDS, ("desk:notice",)),
    Area(
        "desk:batches", gettext_lazy("发放"), frozenset({Role.PAYMENT_OFFICER, Role.PAYMENT_CHECKER}), ("desk:batch",)
    ),
    Area("desk:visit_rounds", gettext_lazy("走访"), VISITING, ("desk:visit", "desk:coverage", "desk:family")),
    Area(
        "desk:insurers",
        gettext_lazy("保险对接"),
        frozenset({Role.INTAKE_CLERK, Role.ADMINISTRATOR}),
        ("desk:insurers",),
    ),
    Area(
        "desk:insurance",
        gettext_lazy("保险"),
        frozenset(
            {
                Role.INTAKE_CLERK,
                Role.VILLAGE_VERIFIER,
                Role.TOWNSHIP_REVIEWER,
                Role.COUNTY_APPROVER,
                Role.SUPERVISOR,
                Role.AUDITOR,
            }
        ),
        ("desk:insurance",),
    ),
    Area("desk:donations", gettext_lazy("捐赠"), frozenset({Role.OFFICE_HEAD, Role.SUPERVISOR}), ("desk:donations",)),
    Area("desk:rights", gettext_lazy("维权"), frozenset({Role.RIGHTS_OFFICER, Role.OFFICE_HEAD}), ("desk:rights",)),
    Area("desk:people", pgettext_lazy("栏目", "岗位"), EVERYONE, ("desk:people", "desk:person", "desk:post_")),
    Area("desk:due", pgettext_lazy("栏目", "期限"), AT_WORK, ("desk:due", "desk:extend")),
    Area("desk:orders", gettext_lazy("督办"), EVERYONE - {Role.ADMINISTRATOR, Role.ARCHIVIST}, ("desk:order",)),
    Area("desk:inbox", pgettext_lazy("栏目", "消息"), AT_WORK, ("desk:inbox",)),
    Area("desk:terms", gettext_lazy("项目方案"), frozenset({Role.SUPERVISOR}), ("desk:terms",)),
    Area("desk:working_days", gettext_lazy("工作日历"), frozenset({Role.ADMINISTRATOR}), ("desk:working",)),
    Area(
        "oversight:home",
        gettext_lazy("查档"),
        frozenset({Role.AUDITOR, Role.SUPERVISOR}),
        ("oversight:home", "oversight:history", "oversight:courses"),
    ),
    Area("oversight:check_up", gettext_lazy("体检"), frozenset({Role.ADMINISTRATOR}), ("oversight:check_up",)),
)
"""In the order of a case's life."""


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Only for a page that has asked who is there (`casework.session`); never a statement of its own."""
    seen = known_access(request)
    if seen is None:
        return {}
    here = request.resolver_match.view_name if request.resolver_match else ""
    areas = [area for area in AREAS if area.is_for(seen)]
    # Of several the one that knows the page best: a family a unit carries lies in its case, not among the visits.
    best = max((area.knows(here) for area in areas), default=0)
    links = [(reverse(area.page), area.word, 0 < area.knows(here) == best) for area in areas]
    return {"nav_links": links, "seat": _seat(seen)}


def _seat(seen: Access) -> dict[str, str]:
    """Who sits here. Several posts are told as the first and how many more."""
    if not seen.posts and seen.insurers:
        role = str(Role.INSURER_CLERK.label)
        return {"name": seen.staff.name, "role": role, "office": seen.insurers[0].name}
    if not seen.posts:
        return {"name": seen.staff.name, "role": _("没有在任岗位"), "office": ""}
    first = seen.posts[0]
    role = str(Role(first.role).label)
    if len(seen.posts) > 1:
        role = _("%(role)s等%(count)d个岗位") % {"role": role, "count": len(seen.posts)}
    return {"name": seen.staff.name, "role": role, "office": first.office_name}
