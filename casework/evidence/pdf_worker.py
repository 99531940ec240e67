"""Draws the first page of a PDF, alone in a process that has nothing to lose.

    python -m casework.evidence.pdf_worker EDGE MAX_PAGES MEMORY_BYTES CPU_SECONDS < file.pdf

Standard output is one line and then, after "page", the pixels:

    page PAGES WIDTH HEIGHT STRIDE      BGR rows of STRIDE bytes follow
    encrypted | broken | pages | size   the reason there is no picture

A crash, a signal or anything else on the line means broken; `documents.py` reads it so.
"""

import math
import resource
import sys

import pypdfium2
import pypdfium2.raw as pdfium_c

# A page of a few centimetres is not blown up beyond 300 dots an inch.
MAX_SCALE = 300 / 72
# The widest page the PDF standard allows is 14,400 units; a sliver or a point is no page either.
MAX_PAGE_UNITS = 14_400
MIN_PAGE_UNITS = 8


def main() -> None:
    edge, max_pages, memory, seconds = (int(argument) for argument in sys.argv[1:])
    give_up_powers(memory=memory, seconds=seconds)
    answer = draw(sys.stdin.buffer.read(), edge=edge, max_pages=max_pages)
    sys.stdout.buffer.write(answer)


def give_up_powers(*, memory: int, seconds: int) -> None:
    """From here on this much memory and time, no files, no children, no core dump with a family's papers."""
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, ceiling = resource.getrlimit(kind)
        granted = limit if ceiling == resource.RLIM_INFINITY else min(limit, ceiling)
        resource.setrlimit(kind, (granted, granted))


def draw(data: bytes, *, edge: int, max_pages: int) -> bytes:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        return b"encrypted\n" if error.err_code == pdfium_c.FPDF_ERR_PASSWORD else b"broken\n"
    pages = len(document)
    if pages > max_pages:
        return b"pages\n"
    # Seals and filled-in fields of electronic bills are form widgets. The library is built without scripts.
    document.init_forms()
    page = document[0]
    width, height = page.get_size()
    if not all(math.isfinite(side) and MIN_PAGE_UNITS <= side <= MAX_PAGE_UNITS for side in (width, height)):
        return b"size\n"
    # One less than the edge: drawing rounds up.
    scale = min((edge - 1) / max(width, height), MAX_SCALE)
    bitmap = page.render(scale=scale, fill_color=(255, 255, 255, 255))
    heading = f"page {pages} {bitmap.width} {bitmap.height} {bitmap.stride}\n"
    return heading.encode("ascii") + bytes(bitmap.buffer)


if __name__ == "__main__":
    main()
