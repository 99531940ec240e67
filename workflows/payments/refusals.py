"""What the verbs of a batch refuse with: one sentence, and under it everything that stands in the way."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from workflows.refusals import Refusal


class BatchRefusal(Refusal):
    """Nothing was done. `sentence` says what was not; `details` lists every reason, once, in full."""

    code = "batch_refused"

    def __init__(self, sentence: str, details: Sequence[str] = ()) -> None:
        self.sentence = sentence
        self.details = tuple(details)
        super().__init__(sentence + "；".join(self.details))


class NotPaidByBatch(BatchRefusal):
    code = "not_paid_by_batch"

    def __init__(self, programme: str) -> None:
        super().__init__(_("“%(programme)s”不是按批次发放的项目。") % {"programme": programme})


class NotDrawn(BatchRefusal):
    code = "not_drawn"

    def __init__(self, details: Sequence[str]) -> None:
        super().__init__(_("没有编制批次，请去掉下面这些案件或处理好以后再编制："), details)


class NothingToDraw(BatchRefusal):
    code = "nothing_to_draw"

    def __init__(self, details: Sequence[str] = ()) -> None:
        super().__init__(_("现在没有您可以列入批次的案件。"), details)


class BatchWrong(BatchRefusal):
    code = "batch_wrong"

    def __init__(self, number: str, details: Sequence[str]) -> None:
        sentence = _("批次%(number)s没有通过，请移出有误的明细，或整批退回：")
        super().__init__(sentence % {"number": number}, details)


class NotInThisState(BatchRefusal):
    code = "not_in_this_state"

    def __init__(self, number: str, state: str, verb: str) -> None:
        super().__init__(
            _("批次%(number)s现在是“%(state)s”，不能%(verb)s。") % {"number": number, "state": state, "verb": verb}
        )


class DrawnByYou(BatchRefusal):
    code = "drawn_by_you"

    def __init__(self) -> None:
        super().__init__(_("这个批次是您编制的，须由另一位发放复核人员复核。"))


class AskedByYou(BatchRefusal):
    code = "asked_by_you"

    def __init__(self) -> None:
        super().__init__(_("移出这一行是您提出的，须由另一位发放复核人员确认。"))


class AlreadyAnswered(BatchRefusal):
    code = "already_answered"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("批次%(number)s银行已经开始回盘，不能再导出：同一份清册送两次，可能重复发放。没有回的行，请向银行催问。")
            % {"number": number}
        )


class DigestBroken(BatchRefusal):
    code = "digest_broken"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("批次%(number)s的内容与锁定时的摘要不符，锁定后被改动过。请停止办理，并报告系统管理员和审计人员。")
            % {"number": number}
        )


class ReturnRefused(BatchRefusal):
    code = "return_refused"

    def __init__(self, details: Sequence[str]) -> None:
        super().__init__(_("这份回盘文件没有录入，批次没有变化："), details)
