"""The cells of a long table."""

from __future__ import annotations

from typing import Any


def cell(label: str, *, kind: str = "", text: Any = "", note: str = "", **more: Any) -> dict[str, Any]:
    """A value as `templates/parts/value.html` asks for it, with every key it may ask for.

    A key that a template misses costs it more than the cell itself, and a page of a queue has four hundred.
    """
    return {
        "label": label,
        "kind": kind,
        "text": text,
        "note": note,
        "url": "",
        "header": False,
        **more,
    }
