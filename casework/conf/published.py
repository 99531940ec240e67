"""A programme published by another process is known before the next page is answered."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from workflows.standard.published import look_again


class PublishedProgrammesMiddleware:
    """Looks, at most every few seconds, whether a page of terms has been published; never a statement."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        look_again()
        return self.get_response(request)
