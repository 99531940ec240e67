"""The English pages say everything the Chinese ones say, and only to whoever chose English."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.test import Client

FOLDER = Path(settings.BASE_DIR) / "locale" / "en" / "LC_MESSAGES"
WRITTEN = FOLDER / "django.po"
COMPILED = FOLDER / "django.mo"
FIELD = re.compile(r'^(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) (".*")$')
IN_CONTEXT = "\x04"
"""Between a context and a sentence, as gettext keeps them."""
PLACEHOLDER = re.compile(r"%\(\w+\)[-.\d]*[a-z]|%[sd]|\{\w*\}|&\w+;")


TRANSLATES = ("_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy")


class Entry(NamedTuple):
    chinese: str
    plural: str
    english: tuple[str, ...]


def _entries() -> Iterator[Entry]:
    """What the .po holds, the header left out; as much of the format as makemessages writes."""
    for block in WRITTEN.read_text(encoding="utf-8").split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if found := FIELD.match(line):
                name = found[1]
                fields[name] = ast.literal_eval(found[2])
            elif line.startswith('"'):
                fields[name] += ast.literal_eval(line)
            else:
                assert not line or line.startswith("#"), f"{WRITTEN.name} has a line not understood: {line}"
        if fields.get("msgid"):
            english = tuple(words for name, words in fields.items() if name.startswith("msgstr"))
            context = f"{fields['msgctxt']}{IN_CONTEXT}" if "msgctxt" in fields else ""
            yield Entry(context + fields["msgid"], fields.get("msgid_plural", ""), english)


ENTRIES = list(_entries())


def test_every_sentence_has_its_english() -> None:
    assert [entry.chinese for entry in ENTRIES if not all(words.strip() for words in entry.english)] == []
    assert [entry.chinese for entry in ENTRIES if entry.plural and len(entry.english) != 2] == []
    assert len(ENTRIES) == len({entry.chinese for entry in ENTRIES}) > 0


def test_the_english_has_the_placeholders_of_the_chinese() -> None:
    def held(words: str) -> list[str]:
        return sorted(PLACEHOLDER.findall(words))

    wrong = [
        (entry.chinese, words) for entry in ENTRIES for words in entry.english if held(words) != held(entry.chinese)
    ]
    assert wrong == []


def test_nothing_is_left_as_a_guess_of_the_tools() -> None:
    comments = [line for line in WRITTEN.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert [line for line in comments if "fuzzy" in line or line.startswith(("#|", "#~"))] == []


def test_the_compiled_file_says_what_the_written_one_says() -> None:
    with COMPILED.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in ENTRIES:
        if entry.plural:
            said = tuple(compiled.ngettext(entry.chinese, entry.plural, count) for count in (1, 2))
        else:
            said = (compiled.gettext(entry.chinese),)
        assert said == entry.english, f"make messages: {entry.chinese}"
    chinese = {key[0] if isinstance(key, tuple) else key for key in compiled._catalog}  # type: ignore[attr-defined]  # gettext offers no list
    assert chinese - {""} == {entry.chinese for entry in ENTRIES}


def test_every_sentence_the_code_translates_is_in_the_catalogue() -> None:
    """xgettext passes over what stands inside an f-string, and nothing says so."""
    known = {entry.chinese for entry in ENTRIES}
    lost = []
    for floor in ("casework", "workflows", "notifications"):
        for path in (Path(settings.BASE_DIR) / floor).rglob("*.py"):
            lost += [(path.name, said) for said in _translated(path) if said not in known]
    assert lost == []


def _translated(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATES:
            said = [word.value for word in node.args if isinstance(word, ast.Constant) and isinstance(word.value, str)]
            if said and node.func.id.startswith("pgettext"):
                yield IN_CONTEXT.join(said[:2])
            elif said:
                yield said[0]


@pytest.mark.django_db
def test_a_browser_installed_in_english_still_gets_chinese(client: Client) -> None:
    page = client.get("/portal/", headers={"accept-language": "en"})
    assert page.headers["Content-Language"] == "zh-hans"
    assert "我的申请办到哪一步了" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "heading"), [("/portal/", "Where has my application got to?"), ("/desk/login/", "Log in")]
)
def test_whoever_chose_english_gets_english(client: Client, path: str, heading: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(path, headers={"accept-language": "zh-CN"})
    assert page.headers["Content-Language"] == "en"
    assert f"<h1>{heading}</h1>" in page.content.decode()
