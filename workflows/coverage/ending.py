"""When a lapse is over: asked of the books, never of somebody's word."""

from __future__ import annotations

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casework.models import CoverLapse
from workflows.coverage.state import care_of, within_days
from workflows.flow import Act

WHAT_TO_DO = {
    CoverLapse.Kind.NO_CONTACT: gettext_noop("请先联系这一家，并登记联系记录"),
    CoverLapse.Kind.TOWNSHIP_CONTACT: gettext_noop("请先登记新的乡镇联系人"),
    CoverLapse.Kind.VILLAGE_CONTACT: gettext_noop("请先登记新的村级联系人"),
    CoverLapse.Kind.GREEN_CHANNEL: gettext_noop("请先登记就医绿色通道医院"),
    CoverLapse.Kind.FAMILY_DOCTOR: gettext_noop("请先登记续签的家庭医生"),
}


def lapse_is_over(act: Act) -> list[str]:
    """三个全覆盖：脱节的要真正恢复，不是写一句话。"""
    day = localtime(act.at).date()
    facts = act.case.facts
    care = care_of([facts["household"]], day)[facts["household"]]
    still = care.lapses(day, within_days(day))
    return [_(WHAT_TO_DO[CoverLapse.Kind(facts["kind"])])] if facts["kind"] in still else []


def end_lapse(act: Act) -> None:
    """Consequence of its end: the next lapse of this kind is a case of its own."""
    CoverLapse.objects.filter(case_id=act.case.pk).update(live=False)
