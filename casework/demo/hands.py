"""The hands of the demonstration: whoever is in the post that a step waits for does it, through the gateway."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.utils.timezone import localdate

from casework.access import within
from casework.models import Post, Role, Staff, WorkItem
from workflows.perform import Receipt, perform
from workflows.refusals import HadAPart, HeldByAnother, NotAllowed, Recused, Refusal, SecondHat
from workflows.standing import office_word

T = TypeVar("T")
NOT_MINE = (Recused, SecondHat, HeldByAnother, HadAPart)
"""What a colleague in the same post may still be able to do."""


class Hands:
    """Everybody in post in a county today, by office and role."""

    def __init__(self, county: str) -> None:
        self._people: dict[tuple[str, str], list[Staff]] = defaultdict(list)
        posts = Post.objects.in_force(localdate()).filter(within((county,), "office__division_id"))
        for post in posts.select_related("staff", "office").order_by("valid_from", "id"):
            self._people[post.office.division_id, post.role].append(post.staff)

    def in_post(self, office: str, role: str) -> list[Staff]:
        """The longest-serving first; raises `NotAllowed` when the post is empty."""
        people = self._people.get((office, role))
        if not people:
            raise NotAllowed(f"{office_word(office)}没有在岗的“{Role(role).label}”，请先设岗")
        return people

    def somebody(self, office: str, role: str, deed: Callable[[Staff], T]) -> T:
        """What `deed` gives, done by the first in that post who may; raises the last refusal when nobody may."""
        last: Refusal | None = None
        for staff in self.in_post(office, role):
            try:
                return deed(staff)
            except NOT_MINE as refusal:
                last = refusal
        assert last is not None
        raise last

    def act(
        self,
        item: WorkItem,
        outcome: str,
        *,
        before: Callable[[Staff], object] | None = None,
        reasons: Sequence[str] = (),
        note: str = "",
        **given: Any,
    ) -> Receipt:
        """End the step, by whoever has the say: its office, or the one whose hand the outcome names. `before` is done
        first, by the same person (a photograph, another account)."""
        said = item.flow_task.outcomes.get(outcome)
        hand = item.flow_task.hand_of(said) if said else item.flow_task

        def deed(staff: Staff) -> Receipt:
            if before is not None:
                before(staff)
            return perform(item.pk, outcome, by=staff, reasons=reasons, note=note, **given)

        return self.somebody(item.process.division_id[: hand.level], hand.role, deed)
