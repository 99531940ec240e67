"""One rights case from the telling to the end, clicked through; and nobody else finds it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site, log_in
from tests.factories import invented_identity

pytestmark = pytest.mark.browser

NAME, NUMBER, FIRM = "欧阳秋月", invented_identity(77), "示范五金制品厂"


def tell(page: Page, site: Site) -> None:
    """Who, against whom, what, what is at stake: a page each, then looked over."""
    page.goto(f"{site.url}/desk/rights/take-in/")
    page.fill("input[name=name]", NAME)
    page.fill("input[name=identity_number]", NUMBER)
    page.fill("input[name=village]", "桃花江镇川门湾")
    page.click("button:has-text('下一步')")
    page.check("input[name=counterparty_kind][value=employer]")
    page.fill("input[name=counterparty]", FIRM)
    page.click("button:has-text('下一步')")
    page.check("input[name=dispute][value=labour]")
    page.fill("input[name=incident_on]", "2026-02-03")
    page.fill("textarea[name=told]", "被无故辞退，要求支付经济补偿")
    page.click("button:has-text('下一步')")
    page.fill("input[name=claimed]", "18600")
    page.click("button:has-text('下一步')")
    assert "2027-02-03" in page.inner_text("main")
    page.click("main button:has-text('登记')")
    page.wait_for_selector(".notice-success")


def open_case(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/desk/rights/")
    assert NAME not in page.content()
    page.click("table a[data-open] >> nth=0")


def decide(page: Page, site: Site, outcome: str, **said: str) -> None:
    open_case(page, site)
    page.check(f"input[name=outcome][value={outcome}]")
    fill(page, outcome, said)
    page.fill("textarea[name=note]", "见办理记录")
    page.click("#decision button:has-text('确认')")
    assert page.locator(".notice-success:has-text('WQ')").count() == 1, page.inner_text("main")


def add(page: Page, site: Site, outcome: str, **said: str) -> None:
    """An act, on a page of its own."""
    open_case(page, site)
    page.click(f"a[href$='/other/{outcome}/']")
    fill(page, outcome, said)
    page.click("#aside button:has-text('确认')")
    assert page.locator(".notice-success:has-text('WQ')").count() == 1, page.inner_text("main")


def fill(page: Page, outcome: str, said: dict[str, str]) -> None:
    for name, value in said.items():
        fields = page.locator(f"[name='{outcome}-{name}']")
        kind = fields.first.get_attribute("type")
        if kind == "radio":
            page.check(f"input[name='{outcome}-{name}'][value={value}]")
        elif fields.first.evaluate("field => field.tagName") == "SELECT":
            fields.first.select_option(value)
        else:
            fields.first.fill(value)


def test_from_the_telling_to_the_money(page: Page, site: Site) -> None:
    log_in(page, site, "weiquan")
    tell(page, site)
    decide(page, site, "accept", channel="association")
    add(page, site, "act", kind="negotiation", done_on="2026-11-02", words="厂方愿意支付，分两期")
    decide(page, site, "agree", kind="agreement", done_on="2026-11-03", words="分两期付清", amount="16000",
           first_due="2026-12-03", instalments="2")  # fmt: skip
    add(page, site, "receive", number="1", amount="8000", done_on="2026-11-20")
    open_case(page, site)
    seen = page.inner_text("main")
    for words in (FIRM, "争取到 16,000.00", "实际收到 8,000.00", "申请司法确认到期"):
        assert words in seen, words

    # Somebody else of the same county finds nothing; the village's own head neither.
    for username in ("shenpi", "shouli", f"xz-{'430922112'}-fuze"):
        log_in(page, site, username)
        page.goto(f"{site.url}/desk/search/")
        page.fill("input[name=q]", NAME)
        page.press("input[name=q]", "Enter")
        assert "WQ" not in page.inner_text("main")

    log_in(page, site, "weiquan")
    decide(page, site, "propose_close")
    log_in(page, site, "fuze")
    decide(page, site, "approve_close")
    page.goto(f"{site.url}/desk/rights/statistics/")
    assert "成功率100.0%" in page.inner_text("main")
