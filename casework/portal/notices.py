"""A list as anyone reads it by the code on its sheet, while it hangs; and objecting to a line of it, named or not.

After the last day the list is gone of itself, whether or not somebody has closed it. A list that is not for the web
shows no line here: the sheet is where it is read, and the number of the line is enough to object.
"""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from casework.models import Division, Level, Notice, NoticeLine, Office
from casework.notice_tokens import number_of
from casework.origin import address_of
from casework.portal import throttle
from workflows.notices.objections import LONGEST, LONGEST_NAME, Said, object_from_web
from workflows.notices.posting import bereaved_among
from workflows.notices.refusals import ObjectionRefused
from workflows.notices.sheet import Sheet, sheet_of


class ObjectionForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    line_number = forms.IntegerField(
        label=gettext_lazy("对榜上第几号有不同意见"),
        min_value=1,
        error_messages={"required": gettext_lazy("请填榜上的序号"), "invalid": gettext_lazy("请填榜上的序号")},
    )
    text = forms.CharField(
        label=gettext_lazy("有什么不同意见"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("请写明有什么不同意见")},
    )
    name = forms.CharField(
        label=gettext_lazy("您的姓名"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=gettext_lazy("不愿署名的不用填，一样受理。"),
    )
    contact = forms.CharField(
        label=gettext_lazy("怎样把结果告诉您"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=gettext_lazy("电话或地址，可以不填。加密保存，只有核查的人看得到，村里看不到。"),
    )


@sensitive_post_parameters("text", "name", "contact")
@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest, token: str) -> HttpResponse:
    """The list, and the form. A code that is not ours, and a list that is over, are answered alike: nothing hangs."""
    number = number_of(token)
    found = Notice.objects.filter(number=number).first() if number else None
    if found is None or found.state != Notice.State.POSTED or localdate() > found.last_day:
        return render(request, "portal/notice_over.html", {}, status=404 if found is None else 410)
    if request.method == "GET":
        return _page(request, found, ObjectionForm(initial={"key": uuid.uuid4()}))
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    address = address_of(request)
    if throttle.too_many_objections(address, found.number):
        form.add_error(None, _("现在提交的人多，请过一小时再试，也可以到县计生协会当面提出。"))
        return _page(request, found, form, status=429)
    given = form.cleaned_data
    try:
        said = Said(given["text"], given["name"], given["contact"])
        object_from_web(found, given["line_number"], said, key=str(given["key"]))
    except ObjectionRefused as refused:
        for line in refused.details or (str(refused),):
            form.add_error(None, line)
        return _page(request, found, form, status=422)
    throttle.note_objection(address, found.number)
    return render(request, "portal/objected.html", {"line": given["line_number"], "office": _county_office(found)})


def _page(request: HttpRequest, found: Notice, form: ObjectionForm, status: int = 200) -> HttpResponse:
    # On the web an address goes no further than the township, and whose board it is says no more either.
    place = Division.objects.get(pk=found.division_id[: Level.TOWNSHIP])
    context = {
        "found": found,
        "place": place.name,
        "form": form,
        "sheet": _read_on_the_web(found, place.name),
        "left": (found.last_day - localdate()).days,
    }
    response = render(request, "portal/notice.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _read_on_the_web(found: Notice, office: str) -> Sheet | None:
    """The lines that still hang; None where the list is not for the web."""
    if "web" not in found.channels:
        return None
    lines = found.lines.filter(state__in=(NoticeLine.State.HANGING, NoticeLine.State.OBJECTED))
    shown = list(lines.select_related("case__applicant"))
    # Asked afresh with each look: the register may have learnt of a loss since the list was put up.
    bereaved = bereaved_among([line.case for line in shown])
    return sheet_of(found, [line for line in shown if line.case_id not in bereaved], office, on_web=True)


def _county_office(found: Notice) -> str:
    county = found.division_id[: Level.COUNTY]
    office = Office.objects.filter(division=county, kind=Office.Kind.ASSOCIATION).first()
    return office.name if office else _("县计生协会")
