"""In which post somebody acts for an office, for what is no case's step: a batch, a notice."""

from __future__ import annotations

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
    posts = posts.exclude(office__kind=Office.Kind.INSURER)
    held = posts.order_by("id").values_list("role", "office__name").first()
    if held is None:
        words = "”“".join(str(Role(role).label) for role in roles)
        raise NotYourPost(words, office_word(office))
    role, name = held
    return Actor(by.pk, by.name, name, role)
