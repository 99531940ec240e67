"""One claim from the telling to the money in the family's hands, clicked through by the people whose step it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site, log_in
from tests.factories import invented_identity

pytestmark = pytest.mark.browser

NAME, NUMBER, VILLAGE = "司马竹青", invented_identity(78), "430922112252"
A_POLICY = f"""
import datetime
from decimal import Decimal
from django.utils.timezone import now
from casework.crypto import lookup_hash
from casework.models import Division, Household, InsuranceProduct, Office, Person, PlanVersion, RegisterEntry
from workflows.insurance import policies, rosters
from workflows.papers.sheets import intake_clerk_of
home = Household.objects.create(county_id="430922", number="示范户78")
person = Person.objects.create(
    name="{NAME}", identity_number="{NUMBER}", identity_hash=lookup_hash("identity", "{NUMBER}"),
    birth_date=datetime.date(1955, 3, 7), household=home, division_id="{VILLAGE}")
RegisterEntry.objects.create(
    person=person, county_id="430922", division_id="{VILLAGE}", category="bereaved",
    valid_from=datetime.date(2020, 1, 1))
insurer = Office.objects.get(division_id="430922", kind="insurer")
product = InsuranceProduct.objects.create(insurer=insurer, name="暖心综合险", kind="composite")
early = now() - datetime.timedelta(days=100)
begins = early.date() + datetime.timedelta(days=10)
plan = PlanVersion.objects.create(
    product=product, in_force_from=begins, unit="household", premium=Decimal("120.00"),
    medical_sum=Decimal("10000.00"), deductible=Decimal("100.00"), share_settled=Decimal("0.90"), source="示例")
clerk = intake_clerk_of("430922")
policy = policies.make_policy(
    plan, Division.objects.get(pk="430922"), begins=begins, ends=begins + datetime.timedelta(days=300),
    shares=policies.Shares(county=Decimal("120.00")), by=clerk, at=early)
rosters.from_register(policy, ["bereaved"], by=clerk, at=early)
policies.send(policy, by=clerk, at=early)
policies.confirm(policy, "SF1", early.date(), by=clerk, at=early)
print((now() - datetime.timedelta(days=9)).date())
"""


def tell(page: Page, site: Site, day: str) -> str:
    """The village cadre has heard of it and writes it down; the number of the case."""
    page.goto(f"{site.url}/desk/insurance/")
    page.click("main a:has-text('报案')")
    page.fill("input[name=name]", NAME)
    page.check("input[name=loss][value=outpatient]")
    page.select_option("select[name=cause]", "fall")
    page.fill("input[name=incident_at]", f"{day}T08:00")
    page.fill("input[name=notified_at]", f"{day}T11:00")
    page.fill("input[name=place]", "自家楼梯")
    page.fill("textarea[name=story]", "踩空摔倒")
    page.check("input[name=notifier][value=family]")
    page.fill("input[name=cost]", "2100")
    page.check("input[name=settled]")
    page.click("main button:has-text('登记报案')")
    page.wait_for_selector(".notice-success")
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def decide(page: Page, site: Site, number: str, outcome: str, note: str = "", desk: str = "cases", **said: str) -> None:
    page.goto(f"{site.url}/desk/{desk}/{number}/")
    if page.locator(f"input[type=radio][name=outcome][value={outcome}]").count():
        page.check(f"input[name=outcome][value={outcome}]")
    for name, value in said.items():
        page.fill(f"[name='{outcome}-{name}']", value)
    page.fill("textarea[name=note]", note)
    page.click("#decision button:has-text('确认')")
    assert page.locator(".notice-success").count() == 1, page.inner_text("main")


def test_from_the_fall_to_the_money(page: Page, site: Site) -> None:
    day = site.command("shell", "-v", "0", "-c", A_POLICY).strip().splitlines()[-1]
    log_in(page, site, f"cun-{VILLAGE}")
    number = tell(page, site, day)
    assert "1800.00元" in page.inner_text("main")
    decide(page, site, number, "gathered", "发票和病历原件已收，随案报送")

    log_in(page, site, "shouli")
    decide(page, site, number, "lodge")

    log_in(page, site, "baoxian")
    today = page.evaluate("new Date().toLocaleDateString('sv')")
    decide(page, site, number, "agree", desk="insurer", amount="1800", decided_on=today, calculation="（2100−100）×90%")
    decide(page, site, number, "paid", desk="insurer", paid_amount="1700", paid_on=today, reference="PK001")

    log_in(page, site, f"cun-{VILLAGE}")
    page.goto(f"{site.url}/desk/cases/{number}/")
    assert "实付1700.00元，核定1800.00元，两数不同" in page.inner_text("#claim")
    decide(page, site, number, "received", "差的100元保险公司当面给了现金收据", received_on=today)

    log_in(page, site, "shenji")
    page.goto(f"{site.url}/desk/insurance/ratios/?year={day[:4]}")
    assert "暖心综合险" in page.inner_text("main")
