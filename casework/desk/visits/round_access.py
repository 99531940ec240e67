"""Which rounds a viewer may see: those of their places, of what lies within these, and of what lies above."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from casework.access import Access, within
from casework.desk.session import access
from casework.models import VisitRound
from workflows.visits.rounds import KEEPERS


def rounds_for(viewer: Access) -> QuerySet[VisitRound]:
    codes = viewer.codes()
    above = {code[:length] for code in codes for length in (2, 4, 6, 9, 12) if length <= len(code)}
    return VisitRound.objects.filter(Q(division_id__in=above) | within(codes)).select_related("division")


def access_round_or_404(request: HttpRequest, pk: int) -> VisitRound:
    found = rounds_for(access(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def keeps(viewer: Access, found: VisitRound) -> bool:
    """Whether the viewer is one of those who keep this round."""
    return any(post.role in KEEPERS and post.office_code == found.division_id for post in viewer.posts)


def keepers_codes(viewer: Access) -> tuple[str, ...]:
    """The places the viewer may set a round up for."""
    held = {post.office_code for post in viewer.posts if post.role in KEEPERS and len(post.office_code) <= 6}
    return tuple(sorted(held))
