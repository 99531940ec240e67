"""Who sits at a page for staff: the posts they hold today, read once a request, and pages only for them."""

from __future__ import annotations

import functools
from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from casework.access import Access, access_of
from casework.models import Staff

_SEEN = "_nuanxin_access"


def access(request: HttpRequest) -> Access:
    """What whoever is logged in may see today. One statement the first time a request asks, none after."""
    found = known_access(request)
    if found is None:
        assert isinstance(request.user, Staff), "only a page that asks for a login may ask this"
        found = access_of(request.user)
        setattr(request, _SEEN, found)
    return found


def known_access(request: HttpRequest) -> Access | None:
    """What `access` has read for this request; None on a page that never asked. Never a statement."""
    found = getattr(request, _SEEN, None)
    return found if isinstance(found, Access) else None


def staff_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page only for people who work here: it asks for a login, and no cache keeps it.

    Having a login is not having a post. What may be seen and done comes from `access(request)`, and a case outside
    it is as good as none.
    """

    @functools.wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        access(request)
        return view(request, *args, **kwargs)

    return never_cache(login_required(page))
