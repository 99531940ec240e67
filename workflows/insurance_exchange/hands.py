"""Who carries files between a county and one of its insurers: the county's intake clerk, or the insurer's own clerk."""

from __future__ import annotations

from django.utils.timezone import localdate

from casework.models import Level, Office, Post, Role, Staff
from workflows.acting import acting
from workflows.standing import Actor


def carrying(by: Staff, insurer: Office) -> Actor:
    """`by` in the post by which they carry files for this insurer. Raises `NotYourPost`."""
    posts = Post.objects.in_force(localdate()).filter(staff=by, office=insurer, role=Role.INSURER_CLERK)
    if insurer.kind == Office.Kind.INSURER and posts.exists():
        return Actor(by.pk, by.name, insurer.name, Role.INSURER_CLERK)
    return acting(by, insurer.division_id[: Level.COUNTY], Role.INTAKE_CLERK)
