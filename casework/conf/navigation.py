"""The way around the desk, and who sits at it: what `templates/base.html` asks for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.access import Access
from casework.models import Role
from casework.session import known_access

EVERYONE = frozenset(Role.values)
LINKS: tuple[tuple[str, Any, frozenset[str]], ...] = (
    ("desk:queue", gettext_lazy("待办"), EVERYONE),
    ("desk:search", gettext_lazy("案件"), EVERYONE),
)
"""(page, word, roles that use it), in the order of a case's life."""


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Only for a page that has asked who is there (`casework.session`); never a statement of its own."""
    seen = known_access(request)
    if seen is None:
        return {}
    here = request.resolver_match.view_name if request.resolver_match else ""
    links = [(reverse(name), word, here.startswith(name)) for name, word, roles in LINKS if seen.has(*roles)]
    return {"nav_links": links, "seat": _seat(seen)}


def _seat(seen: Access) -> dict[str, str]:
    """Who sits here. Several posts are told as the first and how many more."""
    if not seen.posts:
        return {"name": seen.staff.name, "role": _("没有在任岗位"), "office": ""}
    first = seen.posts[0]
    role = str(Role(first.role).label)
    if len(seen.posts) > 1:
        role = _("%(role)s等%(count)d个岗位") % {"role": role, "count": len(seen.posts)}
    return {"name": seen.staff.name, "role": role, "office": first.office_name}
