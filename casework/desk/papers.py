"""Papers and photographs: putting them into the file, and looking at them."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.desk.case import case_page
from casework.desk.case_file import access_case_or_404
from casework.desk.case_forms import PapersForm
from casework.desk.sections import sighting_words
from casework.desk.session import access, staff_page
from casework.evidence.storage import StorageFailed
from casework.models import Evidence
from workflows.papers.evidence import attach as put_in
from workflows.papers.sheets import file_store
from workflows.refusals import Refusal

log = logging.getLogger("nuanxin.papers")


@staff_page
@require_http_methods(["GET", "POST"])
def attach(request: HttpRequest, number: str) -> HttpResponse:
    """Each file for itself: one that cannot be read keeps none of the others out. Looked at, it is the case's page."""
    found = access_case_or_404(request, number)
    if request.method == "GET":
        return redirect("desk:case", number=number)
    form = PapersForm(request.POST, request.FILES)
    if not form.is_valid():
        return case_page(request, found, papers_form=form, status=422)
    kept = 0
    for paper in form.cleaned_data["papers"]:
        try:
            done = put_in(number, form.cleaned_data["kind"], paper.read(), by=access(request).staff)
        except Refusal as refused:
            messages.error(request, f"{paper.name}：{refused}")
            continue
        kept += 1
        if done.seen_elsewhere:
            where = _("；").join(sighting_words(done.seen_elsewhere))
            messages.warning(request, _("%(name)s已收下，但%(where)s。") % {"name": paper.name, "where": where})
    if kept:
        messages.success(request, _("收下%(count)d份材料。") % {"count": kept})
    query = request.GET.urlencode()
    return redirect(reverse("desk:case", args=[number]) + (f"?{query}" if query else "") + "#papers")


@staff_page
@require_safe
def evidence(request: HttpRequest, number: str, pk: int, size: str) -> HttpResponse:
    """A picture of a case one may see, whole or small. No cache keeps it: it may show what the page masks."""
    found = access_case_or_404(request, number)
    picture = Evidence.objects.filter(case=found, pk=pk).first()
    if picture is None or size not in ("full", "thumb"):
        raise Http404
    return picture_response(picture, number, size)


def picture_response(picture: Evidence, number: str, size: str) -> HttpResponse:
    """A picture somebody may see, whole ("full") or small ("thumb")."""
    try:
        data = file_store().get(picture.thumbnail if size == "thumb" else picture.file)
    except StorageFailed as problem:
        # The text is for the person at the screen; the log tells which file to bring back.
        log.error("evidence %s of %s cannot be shown: %s", picture.pk, number, problem)
        return HttpResponse(str(problem), status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(data, content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = f'inline; filename="{number}-{picture.pk}.jpg"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
