"""The sheet as a PDF, where weasyprint is installed (`pip install nuanxin[pdf]`): it wants libraries of the system."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

from django.contrib.staticfiles import finders
from django.utils.html import escape

try:
    _printer: Any = import_module("weasyprint")
    _urls: Any = import_module("weasyprint.urls")
except (ImportError, OSError):  # OSError: the package is there and pango is not.
    _printer = _urls = None

PDF_IS_HERE = _printer is not None

# The house's style is written for browsers, and it says a line of every property it does not know.
logging.getLogger("weasyprint").setLevel(logging.ERROR)


def pdf_of(fragment: str, *, title: str) -> bytes:
    """A sheet's rendered part as an A4 page with the house's style. Ask `PDF_IS_HERE` first."""
    style = finders.find("nuanxin/nuanxin.css")
    page = (
        f'<!doctype html><html lang="zh-hans" class="slip-page"><head><title>{escape(title)}</title></head>'
        f"<body><main>{fragment}</main></body></html>"
    )
    # Nothing is fetched from anywhere: the only picture is in the page itself.
    nowhere = _urls.URLFetcher(allowed_protocols=("data",))
    made: bytes = _printer.HTML(string=page, url_fetcher=nowhere).write_pdf(stylesheets=[style])
    return made
