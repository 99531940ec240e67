"""One person's posts, and what can be done about them: lend, take back, give, end, leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from casework.desk.people import current, lent_words
from casework.desk.people_forms import EndForm, GiveForm, LeaveForm, LendForm
from casework.desk.session import access, staff_page
from casework.models import Event, Post, Staff
from workflows import leaving, posts
from workflows.history import staff_events_in_words
from workflows.refusals import Refusal

MOST_EVENTS = 30


@staff_page
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Of somebody in an office the reader is over."""
    someone, held = _person_or_404(request, pk)
    events = Event.objects.filter(chain=f"staff:{pk}").order_by("-seq")[:MOST_EVENTS]
    context = {
        "someone": someone,
        "is_reader": someone.pk == access(request).staff.pk,
        "held_items": leaving.held_by(someone),
        "table": {
            "rows": [{"cells": _cells(post)} for post in held],
            "empty": {"message": _("现在没有在任岗位")},
        },
        "events": staff_events_in_words(list(events)),
        "crumbs": [(reverse("desk:people"), pgettext("栏目", "岗位")), ("", someone.name)],
    }
    return render(request, "desk/person.html", context)


@staff_page
@require_http_methods(["GET", "POST"])
def lend(request: HttpRequest, pk: int) -> HttpResponse:
    post = _post_or_404(request, pk)
    form = LendForm(request.POST or None)

    def verb(by: Staff) -> str:
        said = form.cleaned_data
        posts.lend(post.pk, said["to"], form.days(), by=by, reason=said["reason"])
        return _("已委托给%(name)s。对方用自己的账号办理，轨迹里写明是代您办的。") % {"name": said["to"].name}

    lede = _("%(office)s · %(role)s · %(name)s") % _words(post)
    note = _("受托人要回避的案件、您要回避的案件，受托人都不能办；受托的岗位不能再转托。")
    return _form_page(request, form, verb, _("委托岗位"), lede, note, _("委托"))


@staff_page
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    post = _post_or_404(request, pk)
    form = forms.Form(request.POST or None)

    def verb(by: Staff) -> str:
        posts.take_back(post.pk, by=by)
        return _("委托已收回。")

    lede = _("%(office)s · %(role)s · %(name)s") % _words(post)
    note = _("以前的委托收回后立即无效；今天才开始的，到今天为止。还没有开始的，就当没有委托过。")
    return _form_page(request, form, verb, _("收回委托"), lede, note, _("收回"))


@staff_page
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    post = _post_or_404(request, pk)
    form = EndForm(request.POST or None)

    def verb(by: Staff) -> str:
        ended = posts.end(post.pk, form.cleaned_data["last_day"], by=by, reason=form.cleaned_data["reason"])
        return _("%(name)s的这个岗位到%(day)s为止。") % {"name": ended.staff.name, "day": ended.valid_to}

    lede = _("%(office)s · %(role)s · %(name)s") % _words(post)
    note = _("只停这一个岗位，手里的待办不动。整个人离开请在本人页面办“离任移交”。")
    return _form_page(request, form, verb, _("停止任职"), lede, note, _("停止任职"))


@staff_page
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, pk: int) -> HttpResponse:
    someone, _held = _person_or_404(request, pk)
    form = GiveForm(request.POST or None)

    def verb(by: Staff) -> str:
        said = form.cleaned_data
        post = posts.give(someone, said["office"], said["role"], said["first"], by=by)
        return _("%(name)s自%(day)s起任%(role)s。") % {
            "name": someone.name, "day": post.valid_from, "role": post.get_role_display(),
        }  # fmt: skip

    return _form_page(request, form, verb, _("安排岗位"), someone.name, "", _("安排"))


@staff_page
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything somebody holds passes on and their posts end; then what became of each item."""
    someone, _held = _person_or_404(request, pk)
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            left = leaving.leave(
                someone,
                by=access(request).staff,
                last_day=said["last_day"],
                reason=said["reason"],
                successor=said["successor"],
            )
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "desk/left.html", _left_context(someone, left))
    count = leaving.held_by(someone)
    lede = _("手里有%(count)d件待办。办理后全部移交或退回，岗位到最后一天为止，各项委托一并结束。")
    lede %= {"count": count}
    return _page(request, form, _("离任移交"), someone.name, lede, _("办理离任移交"))


def _left_context(someone: Staff, left: leaving.Left) -> dict[str, Any]:
    rows = [
        {
            "cells": [
                {"label": _("案号"), "text": item.case_number, "url": reverse("desk:case", args=[item.case_number]),
                 "header": True},
                {"label": _("环节"), "text": item.step},
                {"label": _("交给"), "text": item.to or _("退回待办"), "note": item.why},
            ]
        }
        for item in left.items
    ]  # fmt: skip
    return {
        "someone": someone,
        "left": left,
        "table": {"rows": rows, "empty": {"message": _("手里没有待办，不用移交")}},
        "crumbs": [(reverse("desk:people"), pgettext("栏目", "岗位")), ("", someone.name)],
    }


def _form_page(
    request: HttpRequest, form: forms.Form, verb: Callable[[Staff], str], title: str, lede: str, note: str, button: str
) -> HttpResponse:
    """Ask, say the verb, tell what came of it, back to the list; a refusal is said above the form."""
    if request.method == "POST" and form.is_valid():
        try:
            done = verb(access(request).staff)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, done)
            return redirect("desk:people")
    return _page(request, form, title, lede, note, button)


def _page(request: HttpRequest, form: forms.Form, title: str, lede: str, note: str, button: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "lede": lede,
        "note": note,
        "button": button,
        "crumbs": [(reverse("desk:people"), pgettext("栏目", "岗位")), ("", title)],
    }
    return render(request, "desk/post_form.html", context, status=422 if form.errors else 200)


def _person_or_404(request: HttpRequest, pk: int) -> tuple[Staff, list[Post]]:
    """Somebody with a post in an office the reader is over; with no post anywhere, for whoever is over any office."""
    seen = access(request)
    someone = Staff.objects.filter(pk=pk).first()
    codes = seen.codes(*posts.GOVERNING)
    if someone is None or not codes:
        raise Http404
    held = list(current().filter(staff=someone).order_by("id"))
    if held and not any(seen.covers(post.office.division_id, *posts.GOVERNING) for post in held):
        raise Http404
    return someone, held


def _post_or_404(request: HttpRequest, pk: int) -> Post:
    """A post that is the reader's, lent by them, or in an office they are over."""
    seen = access(request)
    post = current().filter(pk=pk).first()
    if post is None:
        raise Http404
    mine = seen.staff.pk in (post.staff_id, post.lent_by.staff_id if post.lent_by else None)
    if not mine and not seen.covers(post.office.division_id, *posts.GOVERNING):
        raise Http404
    return post


def _words(post: Post) -> dict[str, str]:
    return {"office": post.office.name, "role": post.get_role_display(), "name": post.staff.name}


def _cells(post: Post) -> list[dict[str, Any]]:
    ending = "desk:post_take_back" if post.lent_by else "desk:post_end"
    word = _("收回委托") if post.lent_by else _("停止任职")
    deeds = [{"label": _("可以"), "text": word, "url": reverse(ending, args=[post.pk])}]
    if post.lent_by is None:
        deeds.append({"label": _("也可以"), "text": _("委托给别人"), "url": reverse("desk:post_lend", args=[post.pk])})
    else:
        deeds.append({"label": _("也可以"), "text": ""})
    return [
        {"label": _("岗位"), "text": post.get_role_display(), "header": True, "note": lent_words(post)},
        {"label": _("机构"), "text": post.office.name},
        {"label": _("到任"), "kind": "date", "date": post.valid_from},
        {"label": _("到哪天止"), "kind": "date", "date": post.valid_to},
        *deeds,
    ]
