"""What docs/insurance-exchange.md tells an insurer is so."""

from __future__ import annotations

import re
from pathlib import Path

from workflows.insurance_exchange.messages import canonical, read_answer, read_answers
from workflows.insurance_exchange.problems import SENTENCES, for_the_insurer
from workflows.insurance_exchange.signing import DIGEST, SIGNATURE, Key, signed

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "insurance-exchange.md").read_text(encoding="utf-8")


def test_the_example_of_answers_is_read_as_it_stands_and_is_canonical() -> None:
    found = re.search(r"```json\n(.*?)\n```", PAGE, re.DOTALL)
    assert found is not None
    answers = read_answers(found[1].encode())
    assert [read_answer(said).kind for said in answers] == ["agreed", "paid", "supplement", "refused"]
    assert canonical({"answers": answers, "format": "nuanxin-answers-1"}).decode() == found[1]


def test_the_example_of_a_signature_holds() -> None:
    key = Key("TJ-2026", "a secret of two, at least thirty-two long")
    body = b'{"claim":"LP430922202600001","round":1}'
    nonce = "00112233445566778899aabbccddeeff"
    headers = signed(key, "POST", "/nuanxin/claims", body, at=1764212400, nonce=nonce)
    assert body.decode() in PAGE
    assert f"{DIGEST}: {headers[DIGEST]}" in PAGE and f"{SIGNATURE}: {headers[SIGNATURE]}" in PAGE


def test_every_code_an_insurer_can_be_told_is_named() -> None:
    waits = {"paid_before_decided", "not_awaited", "papers_awaited"}
    assert all(f"`{for_the_insurer(code)}`" in PAGE for code in SENTENCES.keys() - waits)
