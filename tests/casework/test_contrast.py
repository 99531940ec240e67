"""The colours of the style sheet can be read: on every ground, by the figures of WCAG, and as the sheet itself says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

SHEET = (Path(settings.BASE_DIR) / "casework/static/nuanxin/nuanxin.css").read_text(encoding="utf-8")
GROUNDS = ("paper", "sheet", "shade")
TEXTS = ("ink", "pencil", "cinnabar", "pine", "ochre", "pen")
NAMED = re.compile(r"--([a-z-]+): (#[0-9a-f]{3,6})")
SAID = re.compile(r"--([a-z]+): #[0-9a-f]{6}; +/\* +([\d.]+) / +([\d.]+) / +([\d.]+)")
ORDINARY, MORE = SHEET.split("@media (prefers-contrast: more)")


def colours(css: str) -> dict[str, str]:
    """The first colour each name is given."""
    return dict(reversed(NAMED.findall(css)))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_text_can_be_read_on_every_ground(ground: str) -> None:
    usual, strong = colours(ORDINARY), colours(MORE)
    assert {text for text in TEXTS if contrast(usual[text], usual[ground]) < 4.5} == set()
    assert contrast(usual["edge"], usual[ground]) >= 3
    assert {text for text in TEXTS if contrast(strong[text], strong[ground]) < 7} == set()


@pytest.mark.parametrize("text", ["cinnabar", "pine", "ochre", "pen"])
def test_every_word_of_a_kind_can_be_read_on_its_own_wash(text: str) -> None:
    usual = colours(ORDINARY)
    assert min(contrast(usual[word], usual[f"{text}-wash"]) for word in (text, "ink", "pencil")) >= 4.5


def test_the_figures_beside_the_colours_are_theirs() -> None:
    usual = colours(ORDINARY)
    said = {name: tuple(map(float, figures)) for name, *figures in SAID.findall(ORDINARY)}
    assert said.keys() >= {*TEXTS, "edge"}
    for name, figures in said.items():
        assert figures == tuple(round(contrast(usual[name], usual[ground]), 1) for ground in GROUNDS), name
