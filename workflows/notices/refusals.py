"""What the verbs of a notice refuse with: one sentence, and under it everything that stands in the way, by line."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from workflows.refusals import Refusal


class NoticeRefusal(Refusal):
    """Nothing was done. `sentence` says what was not; `details` lists every reason, once, in full."""

    code = "notice_refused"

    def __init__(self, sentence: str, details: Sequence[str] = ()) -> None:
        self.sentence = sentence
        self.details = tuple(details)
        super().__init__(sentence + "；".join(self.details))


class NotPosted(NoticeRefusal):
    code = "not_posted"

    def __init__(self, details: Sequence[str]) -> None:
        super().__init__(_("没有张榜，请去掉下面这些案件或处理好以后再办："), details)


class NotClosed(NoticeRefusal):
    code = "not_closed"

    def __init__(self, number: str, details: Sequence[str]) -> None:
        super().__init__(_("公示%(number)s还不能了结：") % {"number": number}, details)


class NotTakenDown(NoticeRefusal):
    code = "not_taken_down"

    def __init__(self, number: str, details: Sequence[str]) -> None:
        super().__init__(_("公示%(number)s还不能撤下：") % {"number": number}, details)


class ObjectionRefused(NoticeRefusal):
    code = "objection_refused"
