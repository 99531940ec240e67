"""What the activities of a log are called on a page: short, on one line, and no two alike.

A log names its activities as it likes: by a page of text, by nothing at all, by characters nobody can see. The name to
the letter stays in the log's shape; this is what people read.
"""

from __future__ import annotations

from collections.abc import Sequence

from workflows.archived.shape import Activity

LONGEST = 60
UNNAMED = "（没有名称）"
BLANK = "（空白）"
UNSEEN = "□"


def titles(activities: Sequence[Activity]) -> list[str]:
    """A title for each, in order. Where two would be alike, the later one has its number behind it."""
    found: list[str] = []
    taken: set[str] = set()
    for number, activity in enumerate(activities, start=1):
        title = UNNAMED if activity is None else readable(activity.text)
        while title in taken:
            title = f"{title}（{number}）"
        taken.add(title)
        found.append(title)
    return found


def readable(text: str) -> str:
    """A foreign text on one line, at most `LONGEST` characters and a sign that there is more."""
    words = " ".join(text[: LONGEST * 4].split())
    seen = "".join(character if character.isprintable() else UNSEEN for character in words)
    if len(seen) > LONGEST or len(text) > LONGEST * 4:
        return f"{seen[:LONGEST]}…"
    return seen or BLANK
