"""One application from the county's spreadsheet to the applicant's card, clicked through by everybody it needs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site, log_in
from tests.browser.steps import from_the_bank, hand_in, picture, say, to_the_bank
from tests.factories import invented_identity

pytestmark = pytest.mark.browser

VILLAGE = "430922112252"
NUMBER = invented_identity(1)
CARD = "6299000011112222333"
TODAY = "2026-11-02"
REGISTER = (
    ("户编号", "姓名", "公民身份号码", "家庭类别", "认定日期", "有效期至", "户籍地代码", "联系电话", "社会保障卡号"),
    ("430922-00001", "曾志文", NUMBER, "失独", "2020-01-01", "", VILLAGE, "19912345678", CARD),
)
APPLICATIONS = (
    ("姓名", "身份证号", "就诊医院", "入院时间", "出院时间", "护理等级", "银行卡号", "户名"),
    ("曾志文", NUMBER, "桃江县人民医院", "2026年10月1日", "2026.10.11", "重度", CARD, "曾志文"),
    ("曾志文", NUMBER, "县人民医院", "2026-10-11", "2026-10-15", "特重", CARD, "曾志文"),
)


def decide(page: Page, site: Site, outcome: str, *, note: str = "") -> None:
    """Open the first case of the queue and decide it."""
    page.goto(f"{site.url}/desk/")
    page.click("table a[data-open] >> nth=0")
    say(page, outcome, note=note)


def test_from_the_spreadsheet_to_the_card(page: Page, site: Site) -> None:
    # The county's clerk brings the register and the pile in.
    log_in(page, site, "shouli")
    hand_in(page, site, "register", REGISTER, "名册.xlsx", on=TODAY)
    hand_in(page, site, "nursing_subsidy", APPLICATIONS, "申报表.xlsx", on=TODAY)
    assert "特重" in page.inner_text("table")
    case = page.locator("table a:has-text('HL')").inner_text()

    # The village goes and looks; without a photograph it may not say so.
    log_in(page, site, f"cun-{VILLAGE}")
    page.click("table a[data-open] >> nth=0")
    assert page.locator("input[name=outcome][value=pass]").is_disabled()
    assert NUMBER not in page.content() and CARD not in page.content()
    page.click("summary:has-text('添加照片')")
    shot = {"name": "入户.jpg", "mimeType": "image/jpeg", "buffer": picture("#7a4b32")}
    page.set_input_files("input[type=file] >> nth=0", shot)
    page.click("button:has-text('上传')")
    decide(page, site, "pass", note="10月20日入户，出院小结原件已看，护理人在场")

    # Township, then county.
    log_in(page, site, f"xz-{VILLAGE[:9]}")
    decide(page, site, "pass")
    log_in(page, site, "shenpi")
    decide(page, site, "approve")

    # One draws the batch, another checks it, the first locks and sends it; the bank answers, and the case is closed.
    number, sent = to_the_bank(page, site)
    assert sent[:2] == b"PK" or CARD.encode() in sent
    from_the_bank(page, site, number, [("1", case, CARD, "曾志文", "1300.00", "成功", "SF1")])

    # The slip's code opens the applicant's page; a wrong one does not.
    log_in(page, site, "shouli")
    page.goto(f"{site.url}/desk/cases/{case}/slip/")
    code = page.locator(".slip-number").nth(1).inner_text().replace(" ", "")
    ask(page, site, case, "22222222")
    assert "1,300.00" not in page.inner_text("main")
    ask(page, site, case, code)
    told = page.inner_text("main")
    assert "1,300.00" in told and "曾志文" not in told

    # The auditor sees who did what, and that nothing was touched.
    log_in(page, site, "shenji")
    page.goto(f"{site.url}/oversight/cases/{case}/")
    history = page.inner_text("main")
    assert "村级核实" in history and "县级审批" in history and "核对无误" in history
    assert "轨迹完整" in site.command("verify_trail")


def ask(page: Page, site: Site, case: str, code: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{site.url}/portal/")
    page.fill("input[name=number]", case)
    page.fill("input[name=code]", code)
    page.click("main button")


def test_every_page_works_without_script_and_does_not_scroll_sideways_on_a_phone(page: Page, site: Site) -> None:
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}, locale="zh-CN")
    plain = context.new_page()
    log_in(plain, site, "shouli")
    for path in ("/desk/", "/desk/imports/", "/desk/imports/enter/", "/desk/cases/", "/portal/"):
        answer = plain.goto(site.url + path)
        assert answer is not None and answer.status == 200, path
    context.close()
    page.set_viewport_size({"width": 390, "height": 800})
    log_in(page, site, "shouli")
    for path in ("/desk/", "/desk/imports/", "/desk/imports/enter/", "/desk/cases/", "/portal/"):
        page.goto(site.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
