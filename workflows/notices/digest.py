"""The digests of a notice: of the list as it was posted, and of the (person, amount) that hung to the end.

Each stands on the sheet or the row and in the notice's own chain of the trail, so whoever changes a line afterwards has
to change a hash that others hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from casework.models import Event, Notice, NoticeLine


def chain_of(number: str) -> str:
    """The notice's own chain in the trail."""
    return f"notice:{number}"


def digest_of_list(lines: Iterable[NoticeLine]) -> str:
    """Sha-256 over `[[line, what is shown, amount, mark], …]`, in order of line: what was put up."""
    return _digest([[line.line_number, line.shown, f"{line.amount:.2f}", line.mark] for line in lines])


def digest_of_cleared(lines: Iterable[NoticeLine]) -> str:
    """Sha-256 over `[[line, person, amount], …]`, in order of line, of those that hung to the end. The lines come with
    their cases."""
    return _digest([[line.line_number, line.case.applicant_id, f"{line.amount:.2f}"] for line in lines])


def vouched_for(notices: Iterable[Notice]) -> set[int]:
    """The keys of the cleared lines of these notices of which the trail says that they hung to the end so, with this
    person and this amount: the list of each clearing is read, and its digest taken anew. Two statements.
    """
    chains = {chain_of(notice.number): notice.pk for notice in notices}
    clearings = Event.objects.filter(chain__in=chains, action__in=("notice_closed", "notice_settled"))
    lines = NoticeLine.objects.filter(notice__in=chains.values()).select_related("case").order_by("line_number")
    known = {(line.notice_id, line.line_number): line for line in lines}
    found: set[int] = set()
    for event in clearings:
        numbers = event.details.get("cleared", ())
        cleared = [known[key] for number in numbers if (key := (chains[event.chain], number)) in known]
        if len(cleared) == len(numbers) and digest_of_cleared(cleared) == event.details.get("digest"):
            found.update(line.pk for line in cleared)
    return found


def _digest(body: list[Any]) -> str:
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def sums_of(notice: Notice) -> dict[str, Any]:
    """What every event of a notice says of it."""
    return {"place": notice.place, "count": notice.line_count, "total": f"{notice.total:.2f}"}
