"""PDF files written by hand, to the byte, for what no library would write."""

import hashlib
import io

from PIL import Image

_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_FILE_ID = bytes(range(16))
_PERMISSIONS = 0xFFFFFFC0
_FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]"
DARK_TOP = b"0 g 0 421 595 421 re f"


def scanned(*pages: Image.Image) -> bytes:
    """What a scanner writes: pictures on pages, by Pillow."""
    out = io.BytesIO()
    pages[0].save(out, format="PDF", save_all=True, append_images=pages[1:], resolution=200)
    return out.getvalue()


def drawn(content: bytes = DARK_TOP, *, size: str = "595 842", pages: int = 1) -> bytes:
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(pages))
    bodies = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Kids [{kids}] /Count {pages} >>".encode()]
    for number in range(pages):
        bodies += [_page(4 + 2 * number, size), _stream(content)]
    return _file(bodies)


def nested(*, levels: int) -> bytes:
    """Each level draws the next one forty times: a small file, and no end of drawing."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Kids [3 0 R] /Count 1 >>",
        _page(4, "595 842", extra=" /Resources << /XObject << /X 5 0 R >> >>"),
        _stream(b"/X Do"),
    ]
    for number in range(6, 6 + levels):
        resources = b" /Resources << /XObject << /X %d 0 R >> >>" % number
        bodies.append(_stream(b"/X Do " * 40, _FORM + resources))
    bodies.append(_stream(DARK_TOP, _FORM))
    return _file(bodies)


def sealed_bill() -> bytes:
    """An electronic bill: a blank page whose seal, over its upper half, is a form widget."""
    widget = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (seal) /F 4 /P 3 0 R /Rect [0 421 595 842]"
    look = b"/Type /XObject /Subtype /Form /BBox [0 0 595 421]"
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] /SigFlags 3 >> >>",
            b"<< /Kids [3 0 R] /Count 1 >>",
            _page(4, "595 842", extra=" /Annots [5 0 R]"),
            _stream(b" "),
            widget + b" /AP << /N 6 0 R >> >>",
            _stream(b"0 g 0 0 595 421 re f", look),
        ]
    )


def locked(password: str) -> bytes:
    """Encrypted (RC4, 40 bits). With an empty password it opens for all and only forbids printing."""
    owner = _rc4(hashlib.md5(_PADDING).digest()[:5], _padded(password))
    limits = _PERMISSIONS.to_bytes(4, "little")
    key = hashlib.md5(_padded(password) + owner + limits + _FILE_ID).digest()[:5]
    content = _rc4(hashlib.md5(key + (4).to_bytes(3, "little") + bytes(2)).digest()[:10], DARK_TOP)
    rules = (
        f"<< /Filter /Standard /V 1 /R 2 /P {_PERMISSIONS - 2**32} "
        f"/O <{owner.hex()}> /U <{_rc4(key, _PADDING).hex()}> >>"
    )
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Kids [3 0 R] /Count 1 >>",
            _page(4, "595 842"),
            _stream(content),
            rules.encode(),
        ],
        trailer=f"/Encrypt 5 0 R /ID [<{_FILE_ID.hex()}> <{_FILE_ID.hex()}>]",
    )


def _page(content: int, size: str, extra: str = "") -> bytes:
    return f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size}] /Contents {content} 0 R{extra} >>".encode()


def _stream(content: bytes, heading: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), heading, content)


def _file(bodies: list[bytes], trailer: str = "") -> bytes:
    out = bytearray(b"%PDF-1.6\n")
    offsets = []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    closing = f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{table}\n%%EOF\n"
    return bytes(out) + closing.encode()


def _padded(password: str) -> bytes:
    return (password.encode() + _PADDING)[:32]


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
