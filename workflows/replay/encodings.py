"""Encodings of Chinese offices, which the XML parser does not know: turned into UTF-8 on the way to it.

It follows UTF-8, UTF-16 and whatever has one byte a letter by itself.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

KNOWN = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs"}
"""What a file says it is written in -> what reads all of that: who writes GBK says GB2312 more often than not."""

SAID = re.compile(rb"""<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
LONGEST_DECLARATION = 200

Turn = Callable[[bytes, bool], bytes]
"""The next piece of a file, and whether it is the last -> the same in UTF-8. Raises `ValueError`."""


def turner(begins: bytes) -> Turn | None:
    """What turns a file that begins so into UTF-8; None where the parser needs no help."""
    said = SAID.match(begins[:LONGEST_DECLARATION].lstrip())
    name = KNOWN.get(said[1].decode("ascii").lower()) if said else None
    if name is None:
        return None
    decoder = codecs.getincrementaldecoder(name)()
    return lambda piece, last: decoder.decode(piece, last).encode()
