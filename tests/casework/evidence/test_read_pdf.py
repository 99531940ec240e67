"""A PDF's first page, drawn where it can do no harm."""

import hashlib
import subprocess
from typing import Any

import pytest
from PIL import Image

from casework.evidence import documents
from casework.evidence.documents import BROKEN, BUSY, MAX_PAGES, REASONS, TOO_SLOW, read_pdf, read_upload
from casework.evidence.images import (
    CLEAN_EDGE,
    EMPTY,
    MAX_BYTES,
    TOO_MANY_BYTES,
    TOO_NARROW,
    UNSAFE,
    CleanImage,
    EvidenceRefused,
    hamming,
    perceptual_hash,
)
from tests.casework.evidence import pdfs
from tests.casework.evidence.pictures import has_no_metadata, heic, reopened, scenery, written


def refusal(data: bytes, **limits: Any) -> str:
    with pytest.raises(EvidenceRefused) as caught:
        read_pdf(data, **limits)
    return str(caught.value)


def top_is_dark(clean: CleanImage) -> bool:
    grey = reopened(clean.jpeg).convert("L")
    top, bottom = (grey.getpixel((grey.width // 2, int(grey.height * down))) for down in (0.25, 0.75))
    return (top, bottom) == (0, 255)


def test_the_first_page_of_a_scan_becomes_a_picture() -> None:
    data = pdfs.scanned(scenery(1), scenery(2), scenery(3))

    clean = read_pdf(data)

    assert (clean.source_format, clean.pages) == ("PDF", 3)
    assert clean.sha256 == hashlib.sha256(data).hexdigest()
    assert hamming(clean.phash, perceptual_hash(scenery(1))) <= 4
    assert (clean.taken_at, clean.latitude, clean.longitude) == (None, None, None)
    assert has_no_metadata(clean)


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ("595 842", (1696, CLEAN_EDGE - 1)),
        ("842 595", (CLEAN_EDGE - 1, 1696)),
        ("14400 14400", (CLEAN_EDGE - 1, CLEAN_EDGE - 1)),
        ("72 144", (300, 600)),
    ],
    ids=["A4", "A4 across", "the largest page there is", "a card, at 300 dots an inch"],
)
def test_the_scale_follows_the_page(size: str, shape: tuple[int, int]) -> None:
    clean = read_pdf(pdfs.drawn(size=size))

    assert abs(clean.width - shape[0]) <= 1
    assert abs(clean.height - shape[1]) <= 1


def test_what_is_drawn_is_seen_the_right_way_up() -> None:
    assert top_is_dark(read_pdf(pdfs.drawn()))


def test_the_seal_of_an_electronic_bill_is_seen() -> None:
    assert top_is_dark(read_pdf(pdfs.sealed_bill()))


def test_a_pdf_with_a_password_is_refused() -> None:
    assert refusal(pdfs.locked("secret")) == REASONS[b"encrypted"]


def test_a_pdf_that_only_forbids_printing_is_taken() -> None:
    assert top_is_dark(read_pdf(pdfs.locked("")))


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n",
        b"%PDF-1.7\nnothing that could be a document",
        pdfs.drawn()[:120],
        b"not a PDF at all",
        pdfs.drawn(pages=1).replace(b"/Kids [3 0 R]", b"/Kids [9 0 R]"),
    ],
    ids=["header only", "nonsense", "cut off", "no PDF", "page that is not there"],
)
def test_a_broken_pdf_is_refused(data: bytes) -> None:
    assert refusal(data) == BROKEN


def test_empty_and_oversized_files_never_reach_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(subprocess, "run", lambda *args, **_: started.append(args))

    assert refusal(b"") == EMPTY
    assert refusal(b"%PDF-" + bytes(MAX_BYTES)) == TOO_MANY_BYTES
    assert started == []


def test_the_number_of_pages_is_limited() -> None:
    assert read_pdf(pdfs.drawn(pages=MAX_PAGES)).pages == MAX_PAGES
    assert refusal(pdfs.drawn(pages=MAX_PAGES + 1)) == REASONS[b"pages"]


@pytest.mark.parametrize("size", ["99999 99999", "2 2"])
def test_a_page_of_no_human_size_is_refused(size: str) -> None:
    assert refusal(pdfs.drawn(size=size)) == REASONS[b"size"]


def test_a_page_like_a_ribbon_is_refused() -> None:
    assert refusal(pdfs.drawn(size="100 2000")) == TOO_NARROW


def test_a_page_that_would_be_drawn_for_ever_is_refused() -> None:
    assert refusal(pdfs.nested(levels=12), seconds=1) == TOO_SLOW


def test_waiting_for_the_worker_ends() -> None:
    assert refusal(pdfs.drawn(), seconds=0) == TOO_SLOW


def test_a_page_that_asks_for_more_memory_than_allowed_is_refused() -> None:
    assert refusal(pdfs.drawn(), memory=16 * 1024 * 1024) == BROKEN


def test_a_machine_without_room_for_a_worker_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(subprocess, "run", fail)

    assert refusal(pdfs.drawn()) == BUSY


def test_the_worker_inherits_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    run = subprocess.run

    def watched(command: list[str], **options: Any) -> Any:
        asked.append(options)
        return run(command, **options)

    monkeypatch.setenv("DATABASE_URL", "postgres://somebody:secret@example.org/nuanxin")
    monkeypatch.setattr(subprocess, "run", watched)
    read_pdf(pdfs.drawn())

    assert [options["env"] for options in asked] == [{"LC_ALL": "C.UTF-8"}]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"page 1 10 10 30",
        b"page 1 10 10 30\n" + bytes(299),
        b"page 1 10 10 30\n" + bytes(301),
        b"page 1 10 10 29\n" + bytes(290),
        b"page 0 10 10 30\n" + bytes(300),
        b"page 1 -10 10 30\n" + bytes(300),
        b"page 1 99999 99999 300000\n",
        b"page one two three four\n",
        b"paper 1 10 10 30\n" + bytes(300),
        b"page 1 10 10 30 7\n" + bytes(300),
    ],
)
def test_a_worker_that_was_taken_over_is_not_believed(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    monkeypatch.setattr(documents, "_ask_worker", lambda *_, **__: answer)

    assert refusal(pdfs.drawn()) == BROKEN


def test_every_reason_is_plain_chinese_and_says_what_to_do() -> None:
    assert all("请" in sentence for sentence in (*REASONS.values(), BROKEN, TOO_SLOW, BUSY))


@pytest.mark.parametrize(
    ("data", "source_format"),
    [
        (written(scenery(1)), "JPEG"),
        (written(scenery(1), "PNG"), "PNG"),
        (written(scenery(1), "WEBP"), "WEBP"),
        (heic(scenery(1)), "HEIF"),
        (pdfs.drawn(), "PDF"),
        (b"\xef\xbb\xbf\n" + pdfs.drawn(), "PDF"),
        (written(scenery(1), comment=b"%PDF-1.4"), "JPEG"),
    ],
    ids=["jpeg", "png", "webp", "heic", "pdf", "pdf after a byte order mark", "jpeg that mentions a pdf"],
)
def test_an_upload_is_known_by_its_content(data: bytes, source_format: str) -> None:
    assert read_upload(data).source_format == source_format


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"", EMPTY), (b"PK\x03\x04", UNSAFE), (b"<svg/>", UNSAFE), (bytes(MAX_BYTES + 1), TOO_MANY_BYTES)],
)
def test_an_upload_of_any_other_kind_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(EvidenceRefused, match=sentence[:8]):
        read_upload(data)


def test_a_drawn_page_keeps_its_colours() -> None:
    clean = read_pdf(pdfs.drawn(b"1 0 0 rg 0 0 595 842 re f"))

    red, green, blue = reopened(clean.jpeg).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert red > 240 > 20 > max(green, blue)
