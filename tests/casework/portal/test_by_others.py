"""What somebody reads whose money comes from others: never that it went to their card."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from casework.slips import token_of
from tests.factories import places
from tests.workflows.programmes.rights_case.stories import EMPLOYER, NAME, WORDS, rights_of


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("handling", "经办人正在为您办理"),
        ("referred", "正在等答复"),
        ("performing", "正在等对方履行"),
        ("closing", "经办人正在为您办理"),
    ],
)
def test_where_it_is_is_said_without_a_word_of_whom_it_is_about(db: None, client: Client, step: str, says: str) -> None:
    places()
    case = rights_of().at(step)
    body = client.get(reverse("portal:open", args=[token_of(case.number)]), follow=True).content.decode()
    assert says in body
    for secret in (NAME, EMPLOYER, WORDS, "打到您的卡上"):
        assert secret not in body
