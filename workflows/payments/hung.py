"""What is to be paid, held against what hung on the board: the same person, the same amount, to the end of its days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from casework.models import Case, NoticeLine
from casework.models.law import NOTICE_WORDS
from workflows.notices.digest import vouched_for


def unlike_the_board(cases: Sequence[Case]) -> dict[int, list[str]]:
    """Case -> in what it differs from what hung, for those that do, in every place its terms want it to hang.

    The case's own marks are not believed: the line that hung is looked for, and the trail asked whether it is as it
    was when the list came down. Three statements, none where no case needed a notice.
    """
    noticed = [case for case in cases if case.notices_required]
    if not noticed:
        return {}
    lines = NoticeLine.objects.filter(case__in=noticed, state=NoticeLine.State.CLEARED).select_related("notice")
    last = {(line.case_id, line.place): line for line in lines.order_by("id")}
    vouched = vouched_for({line.notice for line in last.values()})
    found = {case.pk: list(_unlike(case, last, vouched)) for case in noticed}
    return {case: sentences for case, sentences in found.items() if sentences}


def _unlike(case: Case, last: Mapping[tuple[int, str], NoticeLine], vouched: set[int]) -> Iterator[str]:
    for place in case.notices_required:
        line = last.get((case.pk, place))
        words = {"place": NOTICE_WORDS.get(place, place)}
        if line is None:
            yield _("没有%(place)s期满的记录") % words
            continue
        words |= {"notice": line.notice.number, "hung": f"{line.amount:.2f}", "now": f"{case.amount or 0:.2f}"}
        if line.amount != case.amount:
            yield _("%(place)s（%(notice)s）公示的是%(hung)s元，现在是%(now)s元") % words
        elif line.mark != case.notice_mark or case.noticed.get(place) != line.mark:
            yield _("%(place)s（%(notice)s）公示的与现在要发的不是同一个人或同一个金额") % words
        elif line.pk not in vouched:
            yield _("%(place)s（%(notice)s）的名单与期满时的摘要不符，之后被改动过") % words
