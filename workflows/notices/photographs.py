"""The proof that a sheet hung: a photograph of it on the board, read safely and kept sealed."""

from __future__ import annotations

import datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import get_current_timezone, is_naive, make_aware, now
from django.utils.translation import gettext as _

from casework.evidence.documents import read_upload
from casework.evidence.images import CleanImage, EvidenceRefused
from casework.evidence.storage import StorageFailed
from casework.models import Notice, NoticePhotograph, Staff
from workflows import trail
from workflows.notices.digest import chain_of
from workflows.notices.places import may_keep
from workflows.notices.refusals import NoticeRefusal
from workflows.papers.sheets import file_store

MOST = 6
ONE_DAY = datetime.timedelta(days=1)


def add_photograph(notice: Notice, data: bytes, *, by: Staff, at: datetime.datetime | None = None) -> NoticePhotograph:
    """Keep a photograph of the sheet where it hangs, while it does. Raises `NoticeRefusal`; then nothing is kept.

    The very same picture proves one sheet only: a photograph of another is refused.
    """
    may_keep(notice.programme, notice.place, notice.division_id, by)
    try:
        picture = read_upload(data)
    except EvidenceRefused as refused:
        raise NoticeRefusal(str(refused)) from refused
    store, names = file_store(), []
    try:
        names = [store.put(picture.jpeg)]
        names.append(store.put(picture.thumbnail))
        with transaction.atomic():
            return _enter(notice, picture, names, by=by, at=at or now())
    except BaseException as problem:
        for name in names:
            store.delete(name)
        if isinstance(problem, StorageFailed):
            raise NoticeRefusal(str(problem)) from problem
        if isinstance(problem, IntegrityError):
            raise NoticeRefusal(_("这张照片已经用作一次公示的证明，请拍这一次张榜的照片")) from problem
        raise


def _enter(
    notice: Notice, picture: CleanImage, names: list[str], *, by: Staff, at: datetime.datetime
) -> NoticePhotograph:
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    actor = may_keep(notice.programme, notice.place, notice.division_id, by)
    if notice.state != Notice.State.POSTED:
        said = _("公示%(number)s现在是“%(state)s”，不能再加照片")
        raise NoticeRefusal(said % {"number": notice.number, "state": notice.get_state_display()})
    if notice.photographs.count() >= MOST:
        raise NoticeRefusal(_("一次公示最多%(most)d张照片") % {"most": MOST})
    made = NoticePhotograph.objects.create(
        notice=notice,
        sha256=picture.sha256,
        file=names[0],
        thumbnail=names[1],
        width=picture.width,
        height=picture.height,
        taken_at=_plausible(picture.taken_at, at),
        uploaded_by=by,
        uploaded_at=at,
    )
    details = {"sha256": picture.sha256}
    trail.record(chain_of(notice.number), "notice_photographed", actor=actor, details=details, at=at)
    return made


def _plausible(taken_at: datetime.datetime | None, uploaded_at: datetime.datetime) -> datetime.datetime | None:
    """When the camera says it was taken; None when its clock had run ahead of the calendar."""
    if taken_at is None:
        return None
    aware = make_aware(taken_at, get_current_timezone()) if is_naive(taken_at) else taken_at
    return aware if aware <= uploaded_at + ONE_DAY else None
