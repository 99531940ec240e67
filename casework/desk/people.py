"""Who is in which post: one's own, to lend; and, for heads and administrators, those of the offices below."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from casework.access import Access, within
from casework.desk.paging import page_by_number
from casework.desk.session import access, staff_page
from casework.models import Post
from workflows.posts import GOVERNING

PAGE = 50


class PeopleForm(forms.Form):
    """What the list is narrowed to."""

    name = forms.CharField(label=gettext_lazy("姓名或账号"), required=False, max_length=60)
    place = forms.CharField(label=gettext_lazy("机构名称或区划代码"), required=False, max_length=120)

    def narrowed(self, posts: QuerySet[Post]) -> QuerySet[Post]:
        if not self.is_valid():
            return posts
        name, place = self.cleaned_data["name"].strip(), self.cleaned_data["place"].strip()
        if name:
            posts = posts.filter(Q(staff__name__startswith=name) | Q(staff__username=name))
        if place:
            posts = posts.filter(Q(office__name__startswith=place) | Q(office__division_id=place))
        return posts

    def query(self) -> str:
        given = {name: self.data.get(name, "") for name in self.fields}
        return urlencode({name: value for name, value in given.items() if value})


@staff_page
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    seen = access(request)
    context: dict[str, Any] = {"mine": {"rows": _own_rows(seen), "empty": {"message": _("您现在没有在任岗位")}}}
    codes = seen.codes(*GOVERNING)
    if codes:
        form = PeopleForm(request.GET)
        below = current().filter(within(codes, "office__division_id"))
        page = page_by_number(form.narrowed(below), "id", request.GET, size=PAGE)
        address = reverse("desk:people") + (f"?{form.query()}" if form.query() else "")
        context |= {
            "form": form,
            "clear_url": reverse("desk:people") if form.query() else "",
            "table": {
                "caption": _("在任和将要到任的"),
                "rows": [{"cells": _cells(post)} for post in page.rows],
                "empty": {"message": _("没有这样的任职")},
            },
            "pager": page.pager(address) | {"text": _("本页%(count)d条") % {"count": len(page.rows)}},
        }
    return render(request, "desk/people.html", context)


def current() -> QuerySet[Post]:
    """Posts held today or to come, with whose they are and where."""
    rows = Post.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=localdate()))
    return rows.select_related("staff", "office", "lent_by__staff")


def _own_rows(seen: Access) -> list[dict[str, Any]]:
    """The reader's own posts and what they have lent of them, the latter after the former."""
    lent_on = Post.objects.filter(lent_by=OuterRef("pk"), valid_to__gte=localdate())
    held = current().filter(Q(staff=seen.staff) | Q(lent_by__staff=seen.staff))
    rows = held.annotate(is_lent=Exists(lent_on)).order_by("lent_by_id", "id")[:PAGE]
    return [{"cells": [*_cells(post, link=False), _deed(post, seen)]} for post in rows]


def _deed(post: Post, seen: Access) -> dict[str, Any]:
    """What the reader can do with a post of theirs."""
    if post.lent_by is not None:
        return {"label": _("可以"), "text": _("收回或退还委托"), "url": reverse("desk:post_take_back", args=[post.pk])}
    return {"label": _("可以"), "text": _("委托给别人"), "url": reverse("desk:post_lend", args=[post.pk])}


def _cells(post: Post, *, link: bool = True) -> list[dict[str, Any]]:
    url = reverse("desk:person", args=[post.staff_id]) if link else ""
    return [
        {"label": _("姓名"), "text": post.staff.name, "url": url, "header": True, "note": post.staff.username},
        {"label": _("岗位"), "text": post.get_role_display(), "note": lent_words(post)},
        {"label": _("机构"), "text": post.office.name},
        {"label": _("到任"), "kind": "date", "date": post.valid_from},
        {"label": _("到哪天止"), "kind": "date", "date": post.valid_to},
    ]


def lent_words(post: Post) -> str:
    return _("受%(name)s委托") % {"name": post.lent_by.staff.name} if post.lent_by else ""
