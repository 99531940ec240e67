"""Scans: a PDF's first page as a picture, and the one door for every upload."""

import signal
import subprocess
import sys
from pathlib import Path

from PIL import Image

from casework.evidence.images import (
    CLEAN_EDGE,
    CleanImage,
    EvidenceRefused,
    check_bytes,
    check_shape,
    clean_image,
    read_image,
)

PDF_MAGIC = b"%PDF-"
# Readers accept the mark anywhere in the first kilobyte, so scanners have put it there.
PDF_MAGIC_WITHIN = 1024
MAX_PAGES = 30
PDF_SECONDS = 15.0
PDF_MEMORY = 768 * 1024 * 1024

BROKEN = "这个 PDF 打不开（可能已损坏或没有传完整）。请重新扫描，或用手机把纸质材料拍成照片上传。"
TOO_SLOW = "这个 PDF 太复杂，没能在规定时间内打开。请用手机把纸质材料拍成照片上传。"
BUSY = "服务器现在没有余力打开 PDF。请过几分钟再上传一次。"
# The worker's words for why there is no picture.
REASONS = {
    b"encrypted": "这个 PDF 设了打开密码。请去掉密码后再上传，或用手机把纸质材料拍成照片上传。",
    b"pages": f"这个 PDF 超过 {MAX_PAGES} 页。请把需要的那一页单独存成 PDF，或拍成照片上传。",
    b"size": "这个 PDF 的页面尺寸不正常。请重新扫描成 A4 大小，或用手机把纸质材料拍成照片上传。",
    b"broken": BROKEN,
}

_IMAGE_MAGIC = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")
_PROJECT = Path(__file__).resolve().parents[2]


def read_upload(data: bytes) -> CleanImage:
    """A picture of whatever was handed in, photograph or PDF, told apart by content and never by name."""
    check_bytes(data)
    is_image = data.startswith(_IMAGE_MAGIC) or data[4:8] == b"ftyp"
    if not is_image and PDF_MAGIC in data[:PDF_MAGIC_WITHIN]:
        return read_pdf(data)
    return read_image(data)


def read_pdf(data: bytes, *, seconds: float = PDF_SECONDS, memory: int = PDF_MEMORY) -> CleanImage:
    """The first page, drawn in a process of its own; `pages` says how many there were.

    A PDF that only forbids printing or editing opens without a password, and is taken.
    """
    check_bytes(data)
    heading, _, pixels = _ask_worker(data, seconds=seconds, memory=memory).partition(b"\n")
    if heading in REASONS:
        raise EvidenceRefused(REASONS[heading])
    try:
        pages, page = _drawn_page(heading, pixels)
    except ValueError as error:
        raise EvidenceRefused(BROKEN) from error
    check_shape(*page.size)
    return clean_image(page, original=data, source_format="PDF", pages=pages)


def _ask_worker(data: bytes, *, seconds: float, memory: int) -> bytes:
    # Processor time is capped within the process too, in whole seconds, should this one die waiting.
    limits = (CLEAN_EDGE, MAX_PAGES, memory, max(1, round(seconds)))
    command = [sys.executable, "-E", "-s", "-m", "casework.evidence.pdf_worker", *map(str, limits)]
    try:
        finished = subprocess.run(
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            cwd=_PROJECT,
            # Nothing of ours: keys and the database's address live in the environment.
            env={"LC_ALL": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EvidenceRefused(TOO_SLOW) from error
    except OSError as error:
        raise EvidenceRefused(BUSY) from error
    if finished.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise EvidenceRefused(TOO_SLOW)
    return finished.stdout if finished.returncode == 0 else b"broken"


def _drawn_page(heading: bytes, pixels: bytes) -> tuple[int, Image.Image]:
    """The worker read a stranger's file, so its answer is checked like one: ValueError if it is not sound."""
    word, *numbers = heading.split()
    pages, width, height, stride = (int(number) for number in numbers)
    sound = word == b"page" and 1 <= pages <= MAX_PAGES and 1 <= width <= CLEAN_EDGE and 1 <= height <= CLEAN_EDGE
    if not sound or not 3 * width <= stride <= 4 * CLEAN_EDGE or len(pixels) != stride * height:
        raise ValueError("the worker's picture does not match its heading")
    return pages, Image.frombytes("RGB", (width, height), pixels, "raw", "BGR", stride)
