"""Programmes written on a page and kept in the database: drafted, proved, published, and found by the registry.

Another process learns of a page that was published by a mark in the cache: it costs no statement to look at, and every
process that shares the cache looks again within `LOOKS_AGAIN` seconds.
"""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.models import Post, Role, Staff, TermsPage
from workflows import registry, trail
from workflows.programme import Programme
from workflows.proof import faults_of
from workflows.proof.faults import Fault
from workflows.refusals import NotAllowed
from workflows.standard.keys import NAME
from workflows.standard.newly_written import check_newly_written
from workflows.standard.programme import programme_from
from workflows.standing import Actor
from workflows.terms import Terms, TermsProblem
from workflows.unreadable import LeftOut

logger = logging.getLogger(__name__)

MARK = "nuanxin:programmes"
LOOKS_AGAIN = 2.0
LONGEST = 60_000
"""Characters of a page of terms."""


@dataclass(frozen=True)
class Looked:
    """What became of looking at a page: the programme it describes, or the problem; and what the proof found."""

    programme: Programme | None
    problem: str
    faults: tuple[Fault, ...] = ()

    @property
    def may_be_published(self) -> bool:
        return self.programme is not None and all(fault.is_warning for fault in self.faults)


def look(slug: str, text: str, *, on: datetime.date | None = None) -> Looked:
    """Read, check and prove a page of terms; nothing is written, and no case is touched."""
    if not NAME.fullmatch(slug):
        return Looked(None, _("代码要用小写英文字母、数字和下划线，以字母开头，最多40个，例如 winter_heating"))
    try:
        found = programme_from(slug, text, name=_("方案"), on_trial=True)
        check_newly_written(found, name=_("方案"))
    except TermsProblem as problem:
        return Looked(None, str(problem))
    if clash := _clash(found) or _touches_the_past(found, on or localdate()):
        return Looked(None, clash)
    return Looked(found, "", tuple(faults_of(found)))


def draft(slug: str, text: str, *, by: Staff) -> TermsPage:
    """Keep a page as the draft of its programme; it may still be wrong. Raises `NotAllowed`."""
    _actor(by)
    if not NAME.fullmatch(slug):
        raise NotAllowed(look(slug, text).problem)
    if len(text) > LONGEST:
        raise NotAllowed(_("方案太长，最多%(most)d个字") % {"most": LONGEST})
    if slug in _in_folders():
        raise NotAllowed(_("“%(slug)s”是随系统提供的项目，请另起一个代码") % {"slug": slug})
    looked = look(slug, text)
    title = looked.programme.title if looked.programme else slug[:20]
    with transaction.atomic():
        page = TermsPage.objects.select_for_update().filter(slug=slug, published_at__isnull=True).first()
        page = page or TermsPage(slug=slug)
        page.title, page.text, page.digest = title, text, sha256(text.encode()).hexdigest()
        page.written_by, page.written_at = by, now()
        try:
            with transaction.atomic():
                page.save()
        except IntegrityError as clash:
            raise NotAllowed(_("刚刚有人存了这个项目的另一份草稿，请刷新后再看")) from clash
    return page


def publish(page_id: int, *, by: Staff) -> TermsPage:
    """The draft is the programme from now on. Raises `NotAllowed` with what is wrong; twice is harmless."""
    actor = _actor(by)
    with transaction.atomic():
        page = TermsPage.objects.select_for_update().filter(pk=page_id).first()
        if page is None:
            raise NotAllowed(_("没有这份方案，可能已经删除"))
        if page.published_at is not None:
            return page
        looked = look(page.slug, page.text)
        if not looked.may_be_published:
            wrong = [looked.problem] if looked.problem else [fault.sentence for fault in looked.faults]
            raise NotAllowed(_("不能发布：%(why)s") % {"why": "；".join(wrong)})
        page.published_by, page.published_at = by, now()
        page.save(update_fields=["published_by", "published_at"])
        details = {"page": page.pk, "digest": page.digest, "versions": _versions(looked.programme)}
        trail.record(f"programme:{page.slug}", "terms_published", actor=actor, details=details)
        transaction.on_commit(told)
    return page


def discard(page_id: int, *, by: Staff) -> None:
    """Throw a draft away. What was published stays."""
    _actor(by)
    TermsPage.objects.filter(pk=page_id, published_at__isnull=True).delete()


# -- the registry ------------------------------------------------------------------------------------------------------


def programmes() -> Iterator[Programme | LeftOut]:
    """The programme of the last page published of each slug; none where there are no tables yet."""
    try:
        last = TermsPage.objects.filter(published_at__isnull=False).values("slug").annotate(page=Max("pk"))
        pages = list(TermsPage.objects.filter(pk__in=[row["page"] for row in last]).order_by("slug"))
    except DatabaseError:
        return
    for page in pages:
        try:
            programme = programme_from(page.slug, page.text, name=page.title)
        except TermsProblem as problem:
            # It was whole when it was published; the house has changed under it. The others must not go with it.
            logger.exception("the published terms of %s can no longer be read", page.slug)
            yield LeftOut(page.slug, str(problem))
        else:
            yield programme


def told() -> None:
    """Tell every process that programmes have changed, this one at once."""
    cache.set(MARK, time.time(), None)
    registry.forget()


_seen: list[float] = [0.0, 0.0]
"""When the mark was last looked at, and what it was."""


def look_again() -> None:
    """Forget the programmes if somebody has published one since. Asked at the beginning of a request or a job."""
    if time.monotonic() - _seen[0] < LOOKS_AGAIN:
        return
    mark = cache.get(MARK) or 0.0
    if mark != _seen[1]:
        registry.forget()
    _seen[:] = [time.monotonic(), mark]


# -- what may not be ---------------------------------------------------------------------------------------------------


def _actor(by: Staff) -> Actor:
    """`by` as supervisor, whose the schemes are. Raises `NotAllowed` for anybody else."""
    posts = Post.objects.in_force(localdate()).filter(staff=by, role=Role.SUPERVISOR)
    office = posts.order_by("id").values_list("office__name", flat=True).first()
    if office is None:
        raise NotAllowed(_("项目方案由督办员起草和发布，您现在没有这个岗位。"))
    return Actor(by.pk, by.name, office, Role.SUPERVISOR)


def _in_folders() -> set[str]:
    return {programme.slug for source in (registry.in_python, registry.as_terms) for programme in source()}


def _clash(found: Programme) -> str:
    """Another programme's title or number prefix."""
    for other in registry.programmes().values():
        if other.slug != found.slug and other.title == found.title:
            return _("已有项目叫“%(title)s”，请换一个 title") % {"title": found.title}
        if other.slug != found.slug and other.number_prefix == found.number_prefix:
            said = _("案号开头“%(prefix)s”已由“%(title)s”使用，请换一个 number_prefix")
            return said % {"prefix": found.number_prefix, "title": other.title}
    return ""


def _touches_the_past(found: Programme, today: datetime.date) -> str:
    """A version that has come into force stays to the letter: cases have pinned it. What is added begins later."""
    page = TermsPage.objects.filter(slug=found.slug, published_at__isnull=False).order_by("-pk").first()
    if page is None:
        return ""
    try:
        before = programme_from(page.slug, page.text, name=page.title, on_trial=True)
    except TermsProblem as problem:
        said = _("正在施行的方案读不出来，不能比较，请先请系统管理员处理：%(why)s")
        return said % {"why": problem}
    if (before.number_prefix, before.bank_memo) != (found.number_prefix, found.bank_memo):
        return _("案号开头和银行摘要发布以后不能改")
    now_said = {terms.version: terms for terms in found.terms.versions}
    in_force = [terms for terms in before.terms.versions if terms.in_force_from <= today]
    for terms in in_force:
        if not _same(terms, now_said.get(terms.version)):
            said = _("%(version)s起施行的版本已经生效，不能改动；要调整请另加一个以后施行的版本")
            return said % {"version": terms.version}
    known = {terms.version for terms in before.terms.versions}
    early = [terms for terms in found.terms.versions if terms.version not in known and terms.in_force_from <= today]
    if early:
        return _("新加的版本要从明天或以后施行，%(version)s太早") % {"version": early[0].version}
    return ""


def _same(one: Terms, other: Terms | None) -> bool:
    return other is not None and one == other


def _versions(programme: Programme | None) -> list[str]:
    return [terms.version for terms in programme.terms.versions] if programme else []
