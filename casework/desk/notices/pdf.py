"""The sheet as a PDF, where weasyprint is installed (`pip install nuanxin[pdf]`): it wants libraries of the system."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.contrib.staticfiles import finders

try:
    _printer: Any = import_module("weasyprint")
except (ImportError, OSError):  # OSError: the package is there and pango is not.
    _printer = None

PDF_IS_HERE = _printer is not None


def pdf_of(fragment: str) -> bytes:
    """A sheet's rendered part as a PDF page with the house's style. Ask `PDF_IS_HERE` first."""
    style = finders.find("nuanxin/nuanxin.css")
    page = f'<!doctype html><html lang="zh-hans" class="slip-page"><body><main>{fragment}</main></body></html>'
    made: bytes = _printer.HTML(string=page).write_pdf(stylesheets=[style])
    return made
