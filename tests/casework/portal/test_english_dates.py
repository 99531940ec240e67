"""A day is written in the language of the page: no Chinese date stands on an English one, nor the other way."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from casework.models import Case
from casework.notice_tokens import token_of as token_of_notice
from casework.portal.status import long_dates
from casework.slips import token_of
from tests.workflows.notices.noticed import Village
from tests.workflows.second_thoughts import stories
from tests.world import World
from workflows import registry

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"\d\s*年|年\s*\d|\d\s*月\s*\d")
ENGLISH = re.compile(r"\b[A-Z][a-z]{2,8}\.? \d{1,2}, 20\d\d")


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


def english(url: str) -> str:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get(url)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def status_of(case: Case) -> str:
    return reverse("portal:open", args=[token_of(case.number)])


@pytest.mark.parametrize("at", ["intake", "papers", "village", "suspended", "internal_review", "payment"])
def test_an_applicants_page_in_english_has_english_dates(world: World, at: str) -> None:
    case = stories.at(world, at)
    page = english(status_of(case))
    # How the amount came about is kept as it was worked out, in the office's own words.
    with override("en"):
        for line in case.award.get("explanation", ()):
            page = page.replace(long_dates(line), "")
    assert CHINESE.findall(page) == []
    assert ENGLISH.search(page)


def test_until_when_one_can_object_is_said_in_the_language_of_the_page(world: World) -> None:
    case = stories.refused(world)
    assert CHINESE.findall(english(status_of(case))) == []
    assert re.search(r"\d{4}年\d{1,2}月\d{1,2}日", Client().get(status_of(case)).content.decode())


@pytest.mark.parametrize("slug", registry.programmes())
def test_since_when_the_terms_hold_is_said_in_the_language_of_the_page(slug: str) -> None:
    url = reverse("portal:programme", args=[slug])
    lede = re.compile(r'<p class="lede">([^<]*)</p>')
    (said,) = lede.findall(english(url))[:1]
    assert re.search(ENGLISH, said)
    assert re.search(r"\d{4}年\d{1,2}月\d{1,2}日", lede.findall(Client().get(url).content.decode())[0])


def test_a_list_on_the_web_says_its_last_day_in_the_language_of_the_page(village: Village) -> None:
    notice = village.post(village.case(), channels=("board", "web"))
    page = english(reverse("portal:notice", args=[token_of_notice(notice.number)]))
    heading = page.split("</h1>")[1].split("</p>")[0]
    assert (CHINESE.findall(heading), bool(ENGLISH.search(heading))) == ([], True)


def test_a_day_within_a_sentence_is_written_as_people_write_it_there() -> None:
    assert long_dates("2026-08-05入院") == "2026年8月5日入院"
    assert long_dates("2026-02-31入院") == "2026-02-31入院"
    with override("en"):
        assert long_dates("since 2026-08-05") == "since Aug. 5, 2026"


def test_no_template_writes_a_date_in_one_language() -> None:
    """`DATE_FORMAT` is 2026年8月5日 in Chinese and Aug. 5, 2026 in English; 2026-08-05 is the office's in both."""
    written = re.compile(r'date:["\'][^"\']*[年月日]')
    templates = Path(settings.BASE_DIR / "templates").rglob("*.html")
    assert [str(one.name) for one in templates if written.search(one.read_text(encoding="utf-8"))] == []
