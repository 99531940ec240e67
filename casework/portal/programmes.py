"""What there is to apply for, and each programme's page: who, what to bring, how much, how long, and the road drawn."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from pypinyin import lazy_pinyin

from workflows import registry
from workflows.chart import to_svg
from workflows.policy import PolicyPage, policy_page
from workflows.programme import Programme


@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """Every programme people can ask for, as its name sounds, with whom it is for."""
    found = sorted(registry.programmes().values(), key=lambda one: sound_of(one.title))
    today = localdate()
    return render(request, "portal/programmes.html", {"programmes": [_row(one, today) for one in found]})


def sound_of(title: str) -> list[str]:
    """A title in pinyin, to sort by; marks around it do not count."""
    return lazy_pinyin(title.strip("“”《》"))


def _row(found: Programme, today: datetime.date) -> dict[str, Any]:
    terms = found.terms.in_force(today)
    says = found.policy(terms) if found.policy and terms else None
    who = without_clause(says.who[0]) if says and says.who else ""
    return {"slug": found.slug, "title": found.title, "open": terms is not None, "who": who}


def without_clause(sentence: str) -> str:
    """A sentence of a policy without where it is written, which its own page tells."""
    return sentence.partition("（")[0] if sentence.endswith("）") else sentence


@require_safe
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    found = registry.programmes().get(slug)
    if found is None:
        raise Http404
    page = policy_page(found, localdate())
    # Our own drawing, of our own words: of the road an application of today goes.
    chart = mark_safe(to_svg(found.flow_for(page.terms.version) if page.terms else found.flow))
    context = {"page": page, "parts": _parts(page), "road": _road(page), "beside": _beside(page), "chart": chart}
    return render(request, "portal/programme.html", context)


def _parts(page: PolicyPage) -> list[dict[str, Any]]:
    """The sections that have something to say."""
    says = page.says
    unsaid = [_("本页没有写明，请向县计划生育协会询问")] if page.terms and not says.who else []
    parts = (
        ("who", _("谁可以申请"), says.who or unsaid),
        ("papers", _("要带什么"), says.papers),
        ("amounts", _("补多少，怎样算"), (*says.amounts, *page.coming)),
        ("limits", _("什么时候申请，能领几次"), says.limits),
        ("notices", _("名单公示"), says.notices),
    )
    return [{"anchor": anchor, "heading": heading, "lines": lines} for anchor, heading, lines in parts if lines]


def _road(page: PolicyPage) -> dict[str, Any]:
    return _table(page, beside=False)


def _beside(page: PolicyPage) -> dict[str, Any]:
    return _table(page, beside=True)


def _table(page: PolicyPage, *, beside: bool) -> dict[str, Any]:
    rows = [
        {
            "cells": [
                {"label": _("环节"), "header": True, "text": one.title},
                {"label": _("谁来办"), "text": one.who},
                {"label": _("最多多久"), "text": one.days},
                {"label": _("依据"), "text": _("；").join(one.clauses)},
            ]
        }
        for one in page.road
        if one.beside == beside
    ]
    return {"rows": rows, "empty": {"message": _("没有")}}
