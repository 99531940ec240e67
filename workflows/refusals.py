"""Everything the gateway can refuse with: small exceptions whose text a caseworker can act on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _


class Refusal(Exception):
    """Nothing happened, and the text says why and what to do. `code` is for reports and tests."""

    code = "refused"


class NoSuchItem(Refusal):
    code = "no_such_item"

    def __init__(self) -> None:
        super().__init__(_("没有这个待办，可能已被移走。请回到“待办”刷新。"))


class AlreadyDone(Refusal):
    code = "already_done"

    def __init__(self, name: str, at: datetime, outcome: str) -> None:
        when = localtime(at).strftime("%Y-%m-%d %H:%M")
        super().__init__(
            _("这一步已由%(name)s于%(when)s办理：%(outcome)s。没有重复办理，请看案件最新情况。")
            % {"name": name, "when": when, "outcome": outcome}
        )


class KeyReused(Refusal):
    code = "key_reused"

    def __init__(self) -> None:
        super().__init__(_("这个页面已经提交过另一件案子。请重新打开案件再办理。"))


class UnknownOutcome(Refusal):
    code = "unknown_outcome"

    def __init__(self, outcome: str, step: str) -> None:
        super().__init__(_("“%(step)s”没有“%(outcome)s”这种结果。") % {"step": step, "outcome": outcome})


class NotYourPost(Refusal):
    code = "not_your_post"

    def __init__(self, role: str, office: str) -> None:
        super().__init__(
            _("这一步由%(office)s的“%(role)s”办理，您现在没有这个岗位。如岗位有变动，请联系系统管理员。")
            % {"office": office, "role": role}
        )


class Recused(Refusal):
    code = "recused"

    def __init__(self) -> None:
        super().__init__(_("申请人是您本人、您的家人或您申报过的近亲属，依规应当回避。请转交同岗位的其他人办理。"))


class SecondHat(Refusal):
    code = "second_hat"

    def __init__(self, held: str, wanted: str) -> None:
        super().__init__(
            _("您已在这件案子里承担“%(held)s”，同一件案子里不能再做“%(wanted)s”。请转交其他人办理。")
            % {"held": held, "wanted": wanted}
        )


class HadAPart(Refusal):
    code = "had_a_part"

    def __init__(self) -> None:
        super().__init__(_("您参与过这件案子，复核须由没有参与过的人办理。请转交其他人。"))


class HeldByAnother(Refusal):
    code = "held_by_another"

    def __init__(self, name: str) -> None:
        super().__init__(_("这件已由%(name)s领取。请先商量，由对方退回待办或移交给您。") % {"name": name})


class LawRefuses(Refusal):
    code = "law_refuses"

    def __init__(self, stage: str, outcome: str) -> None:
        super().__init__(
            _("案件现在是“%(stage)s”，不能办理“%(outcome)s”。请刷新后再看。") % {"stage": stage, "outcome": outcome}
        )


class Incomplete(Refusal):
    """Something is missing; `missing` lists all of it, once, in full."""

    code = "incomplete"

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(_("还缺：%(missing)s。") % {"missing": "；".join(missing)})


class NotAllowed(Refusal):
    """A verb other than an outcome that may not be done; the text is the whole story."""

    code = "not_allowed"


class WentWrong(Refusal):
    """Something nobody foresaw, with one of many; what it began has been undone."""

    code = "went_wrong"

    def __init__(self, kind: str) -> None:
        super().__init__(
            _("系统出错（%(kind)s），这一件没有办，其他的不受影响。请打开案件再试；仍不成，请把案号告知系统管理员。")
            % {"kind": kind}
        )


class DayToCome(Refusal):
    """Nobody has applied on a day that is still to come."""

    code = "day_to_come"

    def __init__(self, day: date) -> None:
        super().__init__(_("申请日期%(day)s还没有到，不能晚于今天，请核对") % {"day": day.isoformat()})
