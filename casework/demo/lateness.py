"""What is late in the demonstration county, and what has been said of it: some warned of, some supervised, one order
explained, one deadline extended."""

from __future__ import annotations

from django.utils.timezone import now

from casework.access import within
from casework.demo.fates import Stories
from casework.models import DeadlineExtension, Role, Staff, SupervisionOrder, WorkItem
from workflows.extension import extend
from workflows.supervision import answer
from workflows.sweep import sweep

WHY_LATE = "上月人员调整，积了几件；已排定入户时间，本周内办完。"
WHY_LONGER = "申请人在外地住院，要等出院小结寄到。"
EXTRA_DAYS = 5


def look_at_deadlines(stories: Stories) -> None:
    """Sweep as of now, then let the first office that is late explain itself, and a head give one step more time."""
    sweep(at=stories.until)
    orders = SupervisionOrder.objects.filter(county=stories.county).select_related("work_item").order_by("id")
    explained = orders.first()
    if explained is not None:
        item, number = explained.work_item, explained.number
        stories.hands.somebody(item.office, item.role, lambda staff: answer(number, WHY_LATE, by=staff))
    waiting = WorkItem.objects.filter(within((stories.county,), "division"), role=Role.TOWNSHIP_REVIEWER)
    in_time = waiting.filter(finished__isnull=True, due_at__gt=now()).order_by("due_at", "id").first()
    if in_time is not None:
        _give_more_time(stories, in_time)


def _give_more_time(stories: Stories, item: WorkItem) -> None:
    def deed(head: Staff) -> DeadlineExtension:
        return extend(item.pk, EXTRA_DAYS, by=head, reason=WHY_LONGER)

    stories.hands.somebody(item.office, Role.OFFICE_HEAD, deed)
