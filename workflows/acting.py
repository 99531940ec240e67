"""In which post somebody acts for an office, for what is no case's step: a batch, a notice."""

from __future__ import annotations

from django.db.models import F
from django.utils.timezone import localdate

from casework.models import Office, Post, Role, Staff
from workflows.refusals import NotYourPost
from workflows.standing import Actor, office_word


def acting(by: Staff, office: str, *roles: str) -> Actor:
    """`by` in the first post, of these roles, that they hold today in the office of that division itself. A post
    in an insurer's office is none of the house's.

    Raises `NotYourPost`.
    """
    posts = Post.objects.in_force(localdate()).filter(staff=by, role__in=roles, office__division_id=office)
    own_first = posts.exclude(office__kind=Office.Kind.INSURER).order_by(F("lent_by").asc(nulls_first=True), "id")
    held = own_first.values_list("role", "office__name", "lent_by__staff").first()
    if held is None:
        words = "”“".join(str(Role(role).label) for role in roles)
        raise NotYourPost(words, office_word(office))
    role, name, lender = held
    return Actor(by.pk, by.name, name, role, stands_in_for=lender)
