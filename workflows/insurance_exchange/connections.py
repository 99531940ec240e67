"""An insurer's connection: setting it up, in whose name its answers are said, and how it has been doing."""

from __future__ import annotations

import re
from typing import Any, Final

from django.db import transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.models import InsurerConnection, Office, Post, Role, Staff
from casework.models.fields import SealedText
from workflows import trail
from workflows.acting import acting
from workflows.insurance_exchange.calling import Line, NoAnswer, Reply, address_fault
from workflows.insurance_exchange.signing import SHORTEST_SECRET, Key
from workflows.refusals import NotAllowed

_KEY_ID: Final = re.compile(r"[A-Za-z0-9._-]{3,40}")


def set_up(
    office: Office, *, by: Staff, key_id: str, base_url: str = "", secret: str = "", enabled: bool = False
) -> InsurerConnection:
    """Say how an insurer is reached, anew or for the first time: its county's administrator does. 保险对接

    Without a new `secret` the old one stays. Raises `NotYourPost`, or `NotAllowed` with what is wrong.
    """
    actor = acting(by, office.division_id, Role.ADMINISTRATOR)
    with transaction.atomic():
        office = Office.objects.select_for_update().get(pk=office.pk)
        found = InsurerConnection.objects.filter(office=office).first()
        faults = list(_faults(office, found, key_id, base_url, secret, enabled))
        if faults:
            raise NotAllowed("；".join(faults))
        connection = found or InsurerConnection(office=office, clerk=_clerk_of(office))
        connection.key_id, connection.base_url, connection.enabled = key_id, base_url.strip(), enabled
        if secret:
            connection.secret = secret
        connection.save()
        details = {
            "key": key_id,
            "address": base_url.strip(),
            "enabled": enabled,
            "secret_changed": bool(secret),
            "clerk": connection.clerk_id,
        }
        trail.record(chain_of(connection), "insurer_connected", actor=actor, details=details)
    return connection


def _faults(
    office: Office, found: InsurerConnection | None, key_id: str, base_url: str, secret: str, enabled: bool
) -> Any:
    if office.kind != Office.Kind.INSURER:
        yield _("“%(office)s”不是保险公司") % {"office": office.name}
    if not _KEY_ID.fullmatch(key_id):
        yield _("密钥编号用3至40位字母、数字或 . _ -")
    elif InsurerConnection.objects.filter(key_id=key_id).exclude(office=office).exists():
        yield _("密钥编号“%(key)s”已用在另一家保险公司") % {"key": key_id}
    if secret and len(secret) < SHORTEST_SECRET:
        yield _("密钥至少%(least)d个字符") % {"least": SHORTEST_SECRET}
    if found is None and not secret:
        yield _("请填密钥")
    if base_url.strip():
        if fault := address_fault(base_url.strip()):
            yield fault
    elif enabled:
        yield _("启用在线对接前要填接口地址")


def _clerk_of(office: Office) -> Staff:
    """The account answers are said in the name of: nobody can log in with it."""
    clerk = Staff.objects.create_user(f"insurer-{office.pk}", _("%(office)s（对接）") % {"office": office.name[:50]})
    clerk.set_unusable_password()
    clerk.save(update_fields=["password"])
    Post.objects.create(staff=clerk, office=office, role=Role.INSURER_CLERK, valid_from=localdate())
    return clerk


def chain_of(connection: InsurerConnection) -> str:
    """Its own chain in the trail."""
    return f"insurer:{connection.office_id}"


def opened(sealed: Any) -> str:
    """What an encrypted column holds."""
    return sealed.reveal() if isinstance(sealed, SealedText) else str(sealed)


def key_of(connection: InsurerConnection) -> Key:
    return Key(connection.key_id, opened(connection.secret))


def line_to(connection: InsurerConnection) -> Line:
    return Line(connection.base_url, key_of(connection))


def note_call(connection_id: int, answer: Reply | NoAnswer) -> None:
    """How it went when the insurer was last asked."""
    found = InsurerConnection.objects.filter(pk=connection_id)
    if isinstance(answer, Reply):
        found.update(asked_at=now(), answered_at=now(), fault="", skew=answer.skew)
    else:
        found.update(asked_at=now(), fault=answer.code)
