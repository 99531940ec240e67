"""What happened to a batch, in words, from its own chain in the trail."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from casework.models import Event, PaymentBatch
from workflows import trail
from workflows.payments.digest import chain_of

Details = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One event. `broken`: the chain does not hold from here on."""

    at: datetime.datetime
    what: str
    who: str
    office: str
    broken: bool = False


def batch_history(batch: PaymentBatch) -> list[Told]:
    """Every event of the batch, in order, checked against its chain."""
    chain = chain_of(batch)
    broken_at = {found.seq for found in trail.breaks(chain)}
    return [
        Told(event.at, _words(event), event.actor_name, event.actor_office, event.seq in broken_at)
        for event in Event.objects.filter(chain=chain).order_by("seq")
    ]


def left_out_in_words(codes: Mapping[str, str]) -> list[str]:
    """Case number -> refusal's code, as sentences; see `left_out_of`."""
    words = {
        "recused": _("应当回避，请由别的发放经办列入"),
        "second_hat": _("编制人在这件案子里已有别的身份，请由别的发放经办列入"),
        "held_by_another": _("已由别人领取"),
        "incomplete": _("手续还不齐"),
    }
    other = _("当时不能列入")
    return [f"{number}：{words.get(code, other)}" for number, code in sorted(codes.items())]


def _words(event: Event) -> str:
    return WORDS[event.action](event.details) if event.action in WORDS else event.action


def _drawn(details: Details) -> str:
    return _("编制批次：%(count)s笔，¥%(total)s") % details


def _checked(details: Details) -> str:
    return _("复核无误：%(count)s笔，¥%(total)s") % details


def _refused(details: Details) -> str:
    lines = details["lines"]
    if not details["count"]:
        return _("整批退回，批次作废")
    said = "、".join(str(line) for line in lines)
    return _("移出第%(lines)s行，余%(count)s笔，¥%(total)s") % {**details, "lines": said}


def _locked(details: Details) -> str:
    return _("锁定：%(count)s笔，¥%(total)s，摘要%(digest).12s") % details


def _exported(details: Details) -> str:
    form = {"xlsx": _("Excel表格"), "utf-8": _("文本（UTF-8）"), "gb18030": _("文本（GB18030）")}
    return _("导出%(form)s，含完整账号：%(count)s笔，¥%(total)s") % {
        **details,
        "form": form.get(details["form"], details["form"]),
    }


def _answered(details: Details) -> str:
    return _("录入回盘：累计到账%(paid)s笔¥%(paid_total)s，退票%(returned)s笔，未回%(pending)s笔") % details


def _came_back(details: Details) -> str:
    return _("到账后银行退回：第%(line)s行，¥%(amount)s，%(on)s") % details


def _out_asked(details: Details) -> str:
    return _("提出移出第%(line)d行") % details


def _kept(details: Details) -> str:
    return _("第%(line)d行不移出，保留") % details


def _let_out(details: Details) -> str:
    lines = "、".join(str(line) for line in details["lines"])
    if not details["count"]:
        return _("移出第%(lines)s行，已没有明细，批次作废") % {"lines": lines}
    said = _("移出第%(lines)s行，重新核对：余%(count)s笔，¥%(total)s") % {**details, "lines": lines}
    return _("%(said)s，还有%(faults)d处不符") % {**details, "said": said} if details["faults"] else said


WORDS: Mapping[str, Callable[[Details], str]] = {
    "batch_drawn": _drawn,
    "batch_checked": _checked,
    "batch_refused": _refused,
    "batch_locked": _locked,
    "batch_exported": _exported,
    "batch_answered": _answered,
    "batch_line_came_back": _came_back,
    "batch_line_out_asked": _out_asked,
    "batch_line_kept": _kept,
    "batch_line_let_out": _let_out,
}
"""Every registered word that a batch's chain can hold."""
