"""Why a log cannot be brought in: a sentence that says what is wrong and what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _


class ReplayProblem(Exception):
    """Nothing was begun; what earlier runs have brought in stays as it was."""


class UnreadableLog(ReplayProblem):
    """The file is no XES, or broken: the sentence says where."""


class AnotherRun(ReplayProblem):
    """Somebody else is bringing in the same log, or has brought it in otherwise."""


class FileChanged(ReplayProblem):
    """The file is no longer what it was when this run began."""

    def __init__(self) -> None:
        super().__init__(_("文件在补录期间被改动了。已补录的案件不变，请换回原来的文件再运行一次。"))


class NoOffice(ReplayProblem):
    """The county has no office that could hold the cases."""


class NotProved(ReplayProblem):
    """The flow made from the log does not hold. A log cannot do this; a fault of ours would."""
