"""The list of keys in docs/new-programme.md, made from the checks themselves."""

from __future__ import annotations

from workflows.standard.keys import GROUPS

MARKS = ("<!-- keys -->\n", "<!-- /keys -->")


def keys_in_words() -> str:
    """One table for each group of keys."""
    lines: list[str] = []
    for where, keys in GROUPS.items():
        title = f"`{where}`" if where.isascii() else where
        lines += [f"**{title}**", "", "| 项 | | 说明 |", "| --- | --- | --- |"]
        lines += [f"| `{name}` | {'必' if key.needed else '可'} | {key.says} |" for name, key in keys.items()]
        lines.append("")
    return "\n".join(lines)


def with_keys(page: str) -> str:
    """The page with the list as it must be."""
    before, after = page.split(MARKS[0])[0], page.split(MARKS[1])[1]
    return f"{before}{MARKS[0]}\n{keys_in_words()}\n{MARKS[1]}{after}"
