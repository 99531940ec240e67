"""Schemes 项目方案, written and published at the desk by supervisors: as a form or as YAML, proved before it can be
published. Cases pin the version they are under: what has come into force is never changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.desk.cells import cell
from casework.desk.session import access, staff_page
from casework.desk.terms.forms import PlainTermsForm, TermsTextForm, heading
from casework.models import Role, TermsPage
from workflows import registry
from workflows.chart import to_svg
from workflows.policy import policy_page
from workflows.refusals import Refusal
from workflows.standard.published import Looked, discard, draft, look, publish

MOST = 100


@staff_page
@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """Drafts and what is published here, the newest first."""
    _supervisors_only(request)
    found = TermsPage.objects.select_related("written_by", "published_by").defer("text")[:MOST]
    table = {
        "caption": _("最近的在前"),
        "rows": [{"cells": _cells(page)} for page in found],
        "empty": {"message": _("还没有自己起草的方案"), "hint": _("随系统提供的项目不在这里改。")},
    }
    return render(request, "desk/terms/pages.html", {"table": table})


@staff_page
@require_http_methods(["GET", "POST"])
def plain(request: HttpRequest) -> HttpResponse:
    """A plain scheme by form; it becomes a draft, to be looked at and gone on with as YAML."""
    _supervisors_only(request)
    form = PlainTermsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            page = draft(form.cleaned_data["slug"], form.as_yaml(), by=access(request).staff)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("desk:terms_page", pk=page.pk)
    context = {"form": form, "crumbs": _crumbs(_("起草方案"))}
    return render(request, "desk/terms/plain.html", context, status=422 if form.errors else 200)


@staff_page
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of terms: its text, what is wrong with it or what the proof found, and what applicants will read."""
    _supervisors_only(request)
    found = TermsPage.objects.select_related("written_by", "published_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    form = TermsTextForm(request.POST or None, initial={"text": found.text})
    if request.method == "POST" and form.is_valid():
        try:
            saved = draft(found.slug, form.cleaned_data["text"], by=access(request).staff)
        except Refusal as refused:
            form.add_error("text", str(refused))
        else:
            messages.success(request, _("草稿已保存。"))
            return redirect("desk:terms_page", pk=saved.pk)
    looked = look(found.slug, found.text)
    context = {
        "page": found,
        "form": form,
        "heading": heading(found.published_at is not None),
        "looked": looked,
        "notice": _notice(found, looked),
        **_preview(looked),
        "crumbs": _crumbs(found.title),
    }
    return render(request, "desk/terms/page.html", context, status=422 if form.errors else 200)


@staff_page
@require_POST
def publish_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Twice is harmless: a page is published once."""
    try:
        done = publish(pk, by=access(request).staff)
    except Refusal as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("“%(title)s”已发布，从方案写明的日期起施行；已有的案件不变。") % {"title": done.title}
        )
    return redirect("desk:terms_page", pk=pk)


@staff_page
@require_POST
def discard_page(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        discard(pk, by=access(request).staff)
    except Refusal as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("草稿已删除。"))
    return redirect("desk:terms")


def _supervisors_only(request: HttpRequest) -> None:
    if not access(request).has(Role.SUPERVISOR):
        raise Http404


def _crumbs(here: str) -> list[tuple[str, str]]:
    return [(reverse("desk:terms"), _("项目方案")), ("", here)]


def _cells(found: TermsPage) -> list[dict[str, Any]]:
    published = found.published_at is not None
    return [
        cell(
            _("项目"), text=found.title, url=reverse("desk:terms_page", args=[found.pk]), header=True, note=found.slug
        ),
        cell(_("状态"), text=_("已发布") if published else _("草稿")),
        cell(_("起草"), kind="date", date=found.written_at, note=found.written_by.name),
        cell(
            _("发布"), kind="date", date=found.published_at, note=found.published_by.name if found.published_by else ""
        ),
    ]


def _notice(found: TermsPage, looked: Looked) -> dict[str, Any]:
    if looked.problem and found.published_at is None:
        return {"level_tag": "error", "message": _("还不能发布："), "details": [looked.problem]}
    if looked.faults:
        words = [fault.sentence for fault in looked.faults]
        return {"level_tag": "error", "message": _("流程没有通过证明："), "details": words}
    if found.published_at is not None:
        return {"level_tag": "success", "word": _("已发布"), "message": _("要改，请改下面的文字另存一份草稿，再发布。")}
    said = _("流程已证明：没有签字走不到付款，每一步都有期限，每条路都有尽头。可以发布。")
    return {"level_tag": "success", "word": _("可以发布"), "message": said}


def _preview(looked: Looked) -> dict[str, Any]:
    """What applicants will read, under the newest version; and the road, drawn."""
    programme = looked.programme or None
    if programme is None:
        return {"says": None, "chart": ""}
    newest = programme.terms.versions[-1].in_force_from
    says = policy_page(programme, max(newest, localdate())).says
    lines = [*says.who, *says.papers, *says.amounts, *says.limits, *says.notices]
    known = programme.slug in registry.programmes()
    # Our own drawing, of our own words.
    return {"says": lines, "chart": mark_safe(to_svg(programme.flow)), "known": known}
