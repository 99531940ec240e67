"""Two rounds of hardship visits, clicked through by the people whose step it is, the visitors on a phone of 390 pixels.

Money: a round is opened, the village nominates, township and county approve the list at once, one household is given to
a team, both are visited on the phone, a need becomes a case of its own, and the bank pays. Goods: handed over and
signed for, found never to have come, and brought again.
"""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from casework.sheets.writing import table_workbook
from tests.browser.conftest import Site, log_in
from tests.casework.evidence.pictures import exif, place, scenery, written
from tests.factories import invented_identity

pytestmark = pytest.mark.browser

COUNTY, TOWNSHIP, VILLAGE = "430922", "430922113", "430922113239"
PEOPLE = (("欧阳春禾", 301, "6299000011119999301"), ("向月娥", 302, "6299000011119999302"))
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
HOUSEHOLDS = f"""
import datetime
from casework.crypto import lookup_hash
from casework.models import Household, PayeeAccount, Person, RegisterEntry
for name, number, card in {[(name, invented_identity(seed), card) for name, seed, card in PEOPLE]!r}:
    home = Household.objects.create(county_id="{COUNTY}", number="走访" + card[-3:])
    person = Person.objects.create(
        name=name, identity_number=number, identity_hash=lookup_hash("identity", number), division_id="{VILLAGE}",
        birth_date=datetime.date(1955, 3, 7), household=home)
    RegisterEntry.objects.create(
        person=person, county_id="{COUNTY}", division_id="{VILLAGE}", category="bereaved",
        valid_from=datetime.date(2020, 1, 1))
    PayeeAccount.objects.create(
        person=person, holder_name=name, account_number=card, account_hash=lookup_hash("account", card), bank="示例行",
        registered_on=datetime.date(2020, 1, 1))
"""


def sent(page: Page) -> str:
    """What the page says after it was sent; it must be a success, and the page must not scroll sideways."""
    expect(page.locator(".notice-success, .notice-info").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    return page.inner_text("main") + page.inner_text("body")


def open_round(page: Page, site: Site, title: str, form: str, standard: str, goods: str = "") -> str:
    """The county's clerk opens a round and starts the nominations; the address of its page."""
    log_in(page, site, "shouli")
    page.goto(f"{site.url}/desk/visits/new/")
    today = page.evaluate("new Date().toLocaleDateString('sv')")
    later = (datetime.date.fromisoformat(today) + datetime.timedelta(days=20)).isoformat()
    words = {"title": title, "goods": goods, "standard": standard, "budget": "21000", "fund_source": "县级财政预算",
             "basis": "示例县走访慰问方案", "nominate_by": later, "visit_from": today, "visit_to": later}  # fmt: skip
    for name, value in words.items():
        page.fill(f"[name={name}]", value)
    page.check(f"input[name=form][value={form}]")
    page.click("main button:has-text('建立')")
    assert title in sent(page)
    found = page.url
    page.click("button:has-text('开始（继续）提名')")
    assert "提名中" in sent(page)
    return found


def nominate(page: Page, site: Site, round_url: str, names: list[str]) -> None:
    """The village, on its phone."""
    log_in(page, site, f"cun-{VILLAGE}")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(round_url)
    page.click("main a.button:has-text('提名')")
    for name in names:
        row = page.locator("li", has=page.locator(f"b:text-is('{name}')"))
        row.locator("input[type=checkbox]").check()
        row.locator("input[name^=reason_]").fill("老伴常年卧病，独自照顾")
    page.click("button:has-text('提名勾选的户')")
    assert f"已提名{len(names)}户" in sent(page)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]


def all_at_once(page: Page, site: Site, username: str, round_url: str, count: int) -> None:
    """The township or the county ticks the whole list, looks it over, and says yes once."""
    log_in(page, site, username)
    page.goto(round_url)
    page.click("main a.quiet:has-text('的名单')")
    page.check("thead input[type=checkbox]")
    page.click(".bulk button")
    assert f"{count}件" in page.inner_text("h1")
    page.click("#decision button")
    assert f"{count}件" in page.inner_text("main")
    assert page.locator(".notice-error").count() == 0, page.inner_text("main")


def take_on(page: Page, site: Site, round_url: str) -> None:
    log_in(page, site, "shenpi")
    for words in ("名单已定", "开始（继续）走访"):
        page.goto(round_url)
        page.click(f"button:has-text('{words}')")
        sent(page)


def photograph(seed: int, page: Page, minutes: int = 3) -> dict[str, Any]:
    """As a phone takes it in the village a few minutes ago: with its own time, zone and place."""
    now = datetime.datetime.fromisoformat(page.evaluate("new Date(Date.now() + 8 * 3600e3).toISOString()"))
    taken = (now - datetime.timedelta(minutes=minutes)).strftime("%Y:%m:%d %H:%M:%S")
    tags = exif(taken=taken, offset="+08:00", place=place((28.0, 21.0, 7.5), (112.0, 2.0, 40.0)))
    return {"name": "走访.jpg", "mimeType": "image/jpeg", "buffer": written(scenery(seed), exif=tags)}


def sign(page: Page) -> None:
    """Drawn on the screen with the pointer."""
    pad = page.locator("#signature-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    for right, down in ((120, 90), (60, 100), (220, 50), (180, 120), (300, 80)):
        page.mouse.move(box["x"] + right, box["y"] + down, steps=4)
    page.mouse.up()
    assert page.input_value("input[name=signature]").startswith("data:image/png;base64,")


def open_door(page: Page, site: Site, username: str, name: str) -> None:
    """The visitor's list, on the phone, and from it the household's page."""
    log_in(page, site, username)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{site.url}/desk/visits/mine/")
    page.click(f"a.door:has-text('{name}')")


def send_twice(page: Page) -> None:
    """A tunnel: the phone has sent it, does not know, and sends it again with the same key."""
    first = page.evaluate(
        "async () => { const form = document.querySelector('form.at-the-door');"
        " return (await fetch(form.action, {method: 'POST', body: new FormData(form)})).url }"
    )
    assert first.endswith("/desk/visits/mine/"), first
    page.click("form.at-the-door button.wide")


def number_of(page: Page, site: Site, name: str) -> str:
    """The latest case of that name."""
    told = site.command(
        "shell", "-v", "0", "-c",
        "import json; from casework.models import Case; "
        f"print(json.dumps(list(Case.objects.filter(applicant__name='{name}').order_by('id')"
        ".values_list('number', flat=True))))",
    )  # fmt: skip
    return str(json.loads(told.strip().splitlines()[-1])[-1])


def form_team(page: Page, site: Site, round_url: str, name: str) -> None:
    """A guest and the county's visitor; the route stands there already; one household is given to them."""
    log_in(page, site, "shouli")
    page.goto(round_url)
    page.click("main a:has-text('走访组和路线')")
    page.fill("input[name=name]", "第一走访组")
    page.fill("textarea[name=members]", "文远 副县长\n曾祥 县计生协走访员 zoufang")
    assert page.input_value("textarea[name=route]") != ""
    page.click("main button:has-text('建立')")
    assert "第一走访组" in sent(page)
    page.check(f"tr:has-text('{name}') input[type=checkbox]")
    page.select_option("select[name=team]", label="第一走访组")
    page.click("main button:has-text('安排走访')")
    assert "已把1户安排给“第一走访组”" in sent(page)


def pay(page: Page, site: Site, cases: dict[str, str]) -> None:
    """One draws, another checks, the first sends, the bank answers."""
    log_in(page, site, "fafang")
    page.goto(f"{site.url}/desk/payments/")
    page.click("a[href*='/draw/'][href*='hardship_visit']")
    page.click("button:has-text('全部列入一个批次')")
    batch = page.url.rstrip("/")
    log_in(page, site, "fuhe")
    page.goto(f"{batch}/check/")
    page.click("button:has-text('复核无误')")
    log_in(page, site, "fafang")
    page.goto(batch)
    page.click("button:has-text('锁定批次')")
    with page.expect_download():
        page.click("button:has-text('导出，送银行')")
    rows = [(case, cases[case], "500.00", "成功", "SF1") for case in cases]
    answer = table_workbook(("案号", "账号", "金额", "处理结果", "流水号"), rows)
    page.goto(f"{batch}/return/")
    page.set_input_files("input[type=file]", {"name": "回盘.xlsx", "mimeType": "application/zip", "buffer": answer})
    page.click("button:has-text('先看结果')")
    page.click("button:has-text('录入这')")
    assert "到账" in page.inner_text("main")


@pytest.fixture
def households(site: Site) -> Site:
    if "0" in site.command(
        "shell", "-v", "0", "-c",
        f"from casework.models import Person; print(Person.objects.filter(name='{PEOPLE[0][0]}').count())",
    ):  # fmt: skip
        site.command("shell", "-v", "0", "-c", HOUSEHOLDS)
    return site


def test_money_from_the_nomination_to_the_card_and_a_need_to_a_case(page: Page, households: Site) -> None:
    site, names = households, [name for name, _seed, _card in PEOPLE]
    round_url = open_round(page, site, "春节慰问（浏览器）", "card", "500")
    nominate(page, site, round_url, names)
    all_at_once(page, site, f"xz-{TOWNSHIP}", round_url, 2)
    all_at_once(page, site, "shenpi", round_url, 2)
    take_on(page, site, round_url)
    form_team(page, site, round_url, names[0])

    # The team's visitor: photographs with their own time and place, a signature, a need; sent twice.
    open_door(page, site, "zoufang", names[0])
    assert "文远 副县长" in page.input_value("textarea[name=visitors]")
    page.set_input_files("input[name=at_the_gate]", photograph(801, page))
    page.set_input_files("input[name=inside]", photograph(802, page, 1))
    sign(page)
    page.check("input[name=needs][value=emergency]")
    page.fill("textarea[name=needs_words]", "老伴住院，医药费欠了两万多")
    send_twice(page)
    assert f"{names[0]}家的这次走访刚才已经登记过，没有重复登记" in sent(page)

    # The village's own: the signature survives a refusal.
    open_door(page, site, f"cun-{VILLAGE}", names[1])
    page.set_input_files("input[name=at_the_gate]", photograph(803, page))
    sign(page)
    drawn = page.input_value("input[name=signature]")
    page.check("input[name=signer_is][value=family]")
    page.click("form.at-the-door button.wide")
    assert "代签的请写明是谁" in page.inner_text("main")
    expect(page.locator("input[name=signature]")).to_have_value(drawn)
    page.fill("input[name=signer]", "向小满")
    page.set_input_files("input[name=at_the_gate]", photograph(803, page))
    page.click("form.at-the-door button.wide")
    assert f"已登记{names[1]}家的走访" in sent(page)

    # The need becomes a case by one press and one page; each leads to the other.
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    visit = number_of(page, site, names[0])
    log_in(page, site, "shouli")
    page.goto(f"{site.url}/desk/cases/{visit}/")
    assert "照片里没有拍摄地点" not in page.inner_text("#visits") and "28.35" in page.content()
    page.click("#visits button:has-text('登记为案件')")
    assert page.input_value("[name=circumstances]") == "老伴住院，医药费欠了两万多"
    page.select_option("[name=campaign]", label="困难家庭帮扶")
    page.click("main button:has-text('登记')")
    assert "与这次走访关联" in sent(page)
    made = page.url.rstrip("/").rsplit("/", 1)[-1]
    page.click(f"main a:has-text('{visit}')")
    page.click(f"#visits a:has-text('{made}')")
    assert page.url.endswith(f"/{made}/")

    other = number_of(page, site, names[1])
    pay(page, site, {visit: PEOPLE[0][2], other: PEOPLE[1][2]})
    page.goto(round_url)
    assert "¥1,000.00" in page.inner_text("main").replace(" ", "").replace("\n", "")
    assert "轨迹完整" in site.command("verify_trail")


def test_goods_handed_over_found_missing_and_brought_again(page: Page, households: Site) -> None:
    site, name = households, PEOPLE[0][0]
    round_url = open_round(page, site, "中秋慰问（浏览器）", "goods", "200", "大米10公斤、食用油5升")
    nominate(page, site, round_url, [name])
    all_at_once(page, site, f"xz-{TOWNSHIP}", round_url, 1)
    all_at_once(page, site, "shenpi", round_url, 1)
    take_on(page, site, round_url)

    for seed, goods in ((811, "大米 10公斤 80"), (812, "大米 10公斤 80\n食用油 5升 120")):
        open_door(page, site, f"cun-{VILLAGE}", name)
        page.set_input_files("input[name=at_the_gate]", photograph(seed, page))
        page.fill("textarea[name=goods]", goods)
        sign(page)
        page.click("form.at-the-door button.wide")
        assert f"已登记{name}家的走访" in sent(page)
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        number = number_of(page, site, name)
        log_in(page, site, "shenpi")
        page.goto(f"{site.url}/desk/cases/{number}/")
        if seed == 811:
            page.click("#asides a:has-text('送达有误，重新走访')")
            page.check("input[value=not_received]")
            page.fill("textarea[name=note]", "家属来电说没有收到食用油")
            page.click("main button:has-text('确认')")
            assert "已办好" in sent(page)
    assert "这份记录已不作数" in page.inner_text("#visits")
    assert "200.00" in page.inner_text("#visits")
