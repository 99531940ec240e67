"""Freshmen's grants from the county's spreadsheet to the cards, by way of the village's board: posted, photographed,
read by anybody, objected to, answered, taken down; clicked through by everybody it needs, on the days it takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site, installed, log_in
from tests.browser.steps import from_the_bank, hand_in, picture, say, to_the_bank
from tests.factories import invented_identity

pytestmark = pytest.mark.browser

VILLAGE = "430922112252"
KEEPER = f"cun-{VILLAGE}"
MONDAY, FRIDAY = "2027-07-12T09:00+08:00", "2027-07-16T09:00+08:00"
NAMES, NUMBERS = ("曾志文", "石玉兰", "向秋菊"), tuple(invented_identity(number) for number in (31, 32, 33))
CARDS = ("6299000011112222331", "6299000011112222332", "6299000011112222333")
OBJECTION = "他家孩子去年就毕业了，请核实。"
REGISTER = (
    ("户编号", "姓名", "公民身份号码", "家庭类别", "认定日期", "有效期至", "户籍地代码", "联系电话", "社会保障卡号"),
    *(
        (f"430922-{row}", name, number, category, "2020-01-01", "", VILLAGE, f"1991234567{row}", card)
        for row, (name, number, category, card) in enumerate(
            zip(NAMES, NUMBERS, ("特困", "特困", "失独"), CARDS, strict=True), start=1
        )
    ),
)
APPLICATIONS = (
    ("姓名", "身份证号", "新生姓名", "录取层次", "录取院校", "录取通知书编号", "银行卡号", "户名"),
    *(
        (name, number, "小满", "本科", "示例大学", f"2027-{number[-4:]}", card, name)
        for name, number, card in zip(NAMES, NUMBERS, CARDS, strict=True)
    ),
)


@pytest.fixture
def county(tmp_path: Path) -> Site:
    """An installation of its own, whose days go by."""
    found = installed(tmp_path).on(MONDAY)
    found.command("demo", "--county", "430922", "--empty")
    return found


@pytest.fixture
def monday(county: Site) -> Iterator[Site]:
    with county.serving() as running:
        yield running


def brought_in(page: Page, site: Site) -> list[str]:
    """The register and the sheet; the numbers of the cases, in its order."""
    log_in(page, site, "shouli")
    hand_in(page, site, "register", REGISTER, "名册.xlsx", on=MONDAY[:10])
    hand_in(page, site, "freshman_grant", APPLICATIONS, "申报表.xlsx", on=MONDAY[:10])
    return page.locator("table a:has-text('ZX')").all_inner_texts()


def visited(page: Page, site: Site, case: str, number: int) -> None:
    """The village has been there, with the letter of admission and a copy of the card."""
    for kind, shade in (("identity_copy", 3), ("other", 9)):
        page.goto(f"{site.url}/desk/cases/{case}/")
        page.click("summary:has-text('添加照片')")
        page.select_option("select[name=kind]", kind)
        copy = picture(f"#{number * 2}a{shade}b5{number}", (800 + 10 * number + shade, 600))
        page.set_input_files("input[type=file] >> nth=0", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": copy})
        page.click("button:has-text('上传')")
        page.wait_for_selector(".notice-success")
    page.goto(f"{site.url}/desk/cases/{case}/")
    say(page, "pass", note="入户见到新生本人，录取通知书原件已看")


def looked_at(page: Page, site: Site, cases: list[str], *, web: bool) -> None:
    """The sheet of these cases, exactly as it would hang."""
    page.goto(f"{site.url}/desk/notices/")
    page.click("main a:has-text('张榜')")
    for case in cases:
        page.check(f"input[name=case][value={case}]")
    page.set_checked("input[name=channels][value=web]", web)
    page.click("button:has-text('先看榜样')")


def posted(page: Page, site: Site, cases: list[str]) -> str:
    """All three may not be on the web; two of them hang, and their sheet is photographed. Its number."""
    log_in(page, site, KEEPER)
    looked_at(page, site, cases, web=True)
    assert "是失独家庭，不上网公示" in page.inner_text("main")
    assert page.locator("button[value=post]").count() == 0
    looked_at(page, site, cases[:2], web=True)
    sheet = page.inner_text("article")
    assert "曾*文" in sheet and "石*兰" in sheet and "关怀帮扶资金发放名单公示" in sheet
    assert not any(word in page.content() for word in (*NUMBERS, *CARDS, "曾志文", "金秋助学金"))
    page.click("button[value=post]")
    proof = {"name": "榜.jpg", "mimeType": "image/jpeg", "buffer": picture("#d8d2c4")}
    page.set_input_files("input[name=file]", proof)
    page.click("button:has-text('上传照片')")
    assert "收下张榜照片" in page.inner_text("main")
    assert "要过了这一天才能了结" in page.inner_text("main")
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def scanned(site: Site, number: str) -> str:
    """Where the code on the sheet leads."""
    lines = site.command(
        "shell", "-v", "0", "-c", f"from casework.notice_tokens import token_of; print(token_of('{number}'))"
    )
    return f"{site.url}/portal/n/{lines.split()[-1]}/"


def objected(page: Page, site: Site, number: str) -> None:
    """Somebody who gives no name reads the list and objects to its first line."""
    page.context.clear_cookies()
    page.goto(scanned(site, number))
    read = page.inner_text("main")
    assert "曾*文" in read and "桃花江镇" in read and "5000.00" in read
    assert not any(word in page.content() for word in (*NAMES, *NUMBERS, *CARDS, "川门湾"))
    page.fill("input[name=line_number]", "1")
    page.fill("textarea[name=text]", OBJECTION)
    page.click("main button")
    assert "已收到您对第1号的意见" in page.inner_text("main")


def taken_in(page: Page, site: Site, number: str) -> None:
    """The county's desk takes it in without reading it, and the village does not read it either."""
    log_in(page, site, "shouli")
    page.goto(f"{site.url}/desk/notices/")
    page.click(f"main section a:has-text('{number}')")
    page.click("button:has-text('全部登记')")
    assert "已登记，1行转县级核查答复" in page.inner_text("main")
    assert OBJECTION not in page.content()
    log_in(page, site, KEEPER)
    page.goto(f"{site.url}/desk/notices/{number}/")
    assert OBJECTION not in page.content()


def taken_down(page: Page, site: Site, number: str, button: str) -> str:
    """By the village; what the page then says."""
    log_in(page, site, KEEPER)
    page.goto(f"{site.url}/desk/notices/{number}/")
    page.click(f"button:has-text('{button}')")
    return page.inner_text("main")


def frozen(page: Page) -> str:
    """The digest of the list of who hung to the end."""
    return page.locator("dt:has-text('期满名单摘要') + dd").inner_text().split()[0]


def answered(page: Page, site: Site, case: str) -> None:
    """By an approver who has had no part in it; who answered is then no longer the one to approve."""
    log_in(page, site, "shenpi")
    page.goto(f"{site.url}/desk/cases/{case}/")
    assert OBJECTION in page.inner_text("main") and "没有署名" in page.inner_text("main")
    say(page, "dismiss", answer="录取通知书原件已向院校核实，今年录取属实。")


def approved(page: Page, site: Site, case: str, by: str) -> None:
    log_in(page, site, by)
    page.goto(f"{site.url}/desk/cases/{case}/")
    say(page, "approve")


def credited(page: Page, cases: list[str]) -> list[tuple[str, ...]]:
    """What the bank answers to the batch on the page: all of it has arrived."""
    lines = page.locator("table a:has-text('ZX')").all_inner_texts()
    paid = [(case, CARDS[cases.index(case)], NAMES[cases.index(case)]) for case in lines]
    return [(str(row), *line, "5000.00", "成功", f"SF{row}") for row, line in enumerate(paid, start=1)]


def test_from_the_spreadsheet_over_the_board_to_the_card(page: Page, county: Site, monday: Site) -> None:
    cases = brought_in(page, monday)
    log_in(page, monday, KEEPER)
    for number, case in enumerate(cases, start=1):
        visited(page, monday, case, number)
    number = posted(page, monday, cases)
    objected(page, monday, number)
    taken_in(page, monday, number)

    # Three days later the list comes down. What was objected to stays; the other goes on.
    with county.on(FRIDAY).serving() as friday:
        page.goto(scanned(friday, number))
        assert "这里没有正在公示的名单" in page.inner_text("main") and "曾*文" not in page.content()
        told = taken_down(page, friday, number, "期满了结")
        assert "1行有异议，答复以后再了结" in told and "期满撤榜：1行无异议，0行撤下" in told
        digest = frozen(page)
        approved(page, friday, cases[1], "shenpi")

        # Answered, it goes on too, and what is frozen stays as it was.
        answered(page, friday, cases[0])
        assert "异议答复以后期满：1行" in taken_down(page, friday, number, "了结余下的")
        assert frozen(page) == digest
        log_in(page, friday, "shenpi")
        page.goto(f"{friday.url}/desk/cases/{cases[0]}/")
        assert "这一步现在不能由您办理" in page.inner_text("#decision")
        approved(page, friday, cases[0], "shenpi2")

        batch, _sent = to_the_bank(page, friday)
        from_the_bank(page, friday, batch, credited(page, cases))
        log_in(page, friday, "shenji")
        for case in cases[:2]:
            page.goto(f"{friday.url}/oversight/cases/{case}/")
            history = page.inner_text("main")
            assert "村级公示" in history and "到账" in history and "核对无误" in history
    assert "轨迹完整" in county.on(FRIDAY).command("verify_trail")
