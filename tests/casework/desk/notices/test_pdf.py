"""The sheet as a PDF: by the printer that is an extra where it is installed, and by a stand-in for it everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from casework.desk.notices import one, pdf
from casework.models import Notice, Role
from tests import factories
from tests.workflows.notices.noticed import Village

pytestmark = pytest.mark.django_db

A4 = (595, 842)
PRINTERS = ["stand-in", *(["weasyprint"] if pdf.PDF_IS_HERE else [])]
"""Nothing is skipped: where the extra is not installed there is one test fewer."""


class StandIn:
    """What the house asks of the printer, and nothing else: a page, a style, and a fetcher that goes nowhere."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        self.styles: list[str] = []
        self.allowed: list[tuple[str, ...]] = []

    def URLFetcher(self, *, allowed_protocols: tuple[str, ...]) -> object:  # the printer's own names
        self.allowed.append(allowed_protocols)
        return self

    def HTML(self, *, string: str, url_fetcher: object) -> StandIn:
        assert url_fetcher is self
        self.pages.append(string)
        return self

    def write_pdf(self, *, stylesheets: list[str]) -> bytes:
        self.styles += stylesheets
        return b"%PDF-1.7 stand-in"


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    made = StandIn()
    monkeypatch.setattr(pdf, "_printer", made)
    monkeypatch.setattr(pdf, "_urls", made)
    monkeypatch.setattr(one, "PDF_IS_HERE", True)
    yield made


def hung(village: Village) -> Notice:
    person = factories.PersonFactory(name="张晓明", registered=True, registered__category="hardship")
    return village.post(village.case(person=person))


def asked(village: Village, notice: Notice, name: str = "notice_pdf", **more: Any) -> Any:
    client = Client()
    client.force_login(village.by(Role.VILLAGE_VERIFIER))
    return client.get(reverse(f"desk:{name}", args=[notice.number]), **more)


@pytest.mark.parametrize("printer", PRINTERS)
def test_the_sheet_is_downloaded_under_its_number(
    village: Village, printer: str, request: pytest.FixtureRequest
) -> None:
    if printer == "stand-in":
        request.getfixturevalue("stand_in")
    notice = hung(village)
    answer = asked(village, notice)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{notice.number}.pdf"'
    assert answer.content.startswith(b"%PDF-1")
    if printer != "stand-in":
        (page,) = pypdfium2.PdfDocument(answer.content)
        words = page.get_textpage().get_text_bounded()
        assert tuple(round(length) for length in page.get_size()) == A4
        assert all(said in words for said in (notice.title, notice.number, "张*明", notice.digest))


def test_what_is_printed_is_the_sheet_that_was_searched_and_nothing_is_fetched_for_it(
    village: Village, stand_in: StandIn
) -> None:
    notice = hung(village)
    asked(village, notice)
    (page,), (style,) = stand_in.pages, stand_in.styles

    assert f"<title>{notice.title} {notice.number}</title>" in page
    assert all(said in page for said in (notice.digest, "张*明", "data:image/svg+xml"))
    assert not any(said in page for said in ("张晓明", notice.lines.get().case.number, "http:", "https:"))
    assert stand_in.allowed == [("data",)]
    assert Path(style).name == "nuanxin.css"


def test_a_board_has_a_page_of_its_own_and_a_slip_another(stand_in: StandIn, village: Village) -> None:
    asked(village, hung(village))
    style = Path(stand_in.styles[0]).read_text(encoding="utf-8")
    assert "@page notice { size: A4" in style
    assert ".notice-sheet { page: notice;" in style
    assert "@page slip { size: A5" in style


def test_where_it_is_not_installed_the_page_says_so_and_what_to_do_instead(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one, "PDF_IS_HERE", False)
    notice = hung(village)
    page = asked(village, notice, "notice").content.decode()
    assert "请在打印窗口选“另存为PDF”" in page
    assert reverse("desk:notice_pdf", args=[notice.number]) not in page

    answer = asked(village, notice, follow=True)
    assert answer.redirect_chain == [(reverse("desk:notice", args=[notice.number]), 302)]
    assert "没有安装生成PDF的组件" in answer.content.decode()
