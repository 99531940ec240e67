"""The sections of a case page, as the templates' parts ask for them. No statement is made here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from casework.desk.case_file import CaseFile
from casework.masking import mask_account, mask_identity, mask_phone
from casework.models import Decision, Evidence, Stage, WantedPaper
from casework.models.law import paid_too_much
from workflows import registry, unmasking
from workflows.history import history, outcome_words, reasons_in_words
from workflows.objection import DECIDES
from workflows.papers.evidence import Sighting
from workflows.progress import road
from workflows.unmasking import may_unmask

MASKS = {"identity_number": mask_identity, "phone": mask_phone, "account_number": mask_account}
MOST_SIGHTINGS = 3


def applicant(file: CaseFile, place: str, shown: Mapping[str, str]) -> list[dict[str, Any]]:
    """Who applies, and where the money would go. `shown` are the numbers just unmasked, by field."""
    person, account = file.case.applicant, file.case.payee_account
    facts: list[dict[str, Any]] = [
        {"label": _("姓名"), "text": person.name, "note": person.get_sex_display()},
        {"label": _("出生日期"), "kind": "date", "date": person.birth_date},
        number(file, "person", "identity_number", person.identity_number, shown),
        number(file, "person", "phone", person.phone, shown),
        {"label": _("户籍地"), "text": place},
    ]
    if person.death_date:
        facts.insert(2, {"label": _("死亡日期"), "kind": "date", "date": person.death_date})
    if account is not None:
        note = _("户名：%(name)s") % {"name": account.holder_name}
        note += _("，开户行：%(bank)s") % {"bank": account.bank} if account.bank else ""
        facts.append({**number(file, "account", "account_number", account.account_number, shown), "note": note})
    return facts


def number(file: CaseFile, what: str, field: str, sealed: Any, shown: Mapping[str, str]) -> dict[str, Any]:
    """A number in part, with the way to see it whole for those whose work needs it."""
    label = str(unmasking.NUMBERS[what, field].label)
    if not sealed:
        return {"label": label, "text": ""}
    may = may_unmask(file.viewer, file.case, what, field)
    masked = {
        "text": shown.get(field) or MASKS[field](sealed.reveal()),
        "shown": field in shown,
        "label": label,
        "field": field,
        "url": reverse("desk:unmask", args=[file.case.number]) if may else "",
        "reasons": list(unmasking.REASONS.items()),
    }
    return {"label": label, "kind": "masked", "masked": masked}


def application(file: CaseFile) -> list[dict[str, Any]]:
    case, programme = file.case, registry.programme(file.case.programme)
    described: list[dict[str, Any]] = [{"label": label, "text": text} for label, text in programme.describe(case)]
    return [{"label": _("申请日期"), "kind": "date", "date": case.applied_on}, *described]


def register(file: CaseFile) -> list[dict[str, Any]]:
    """The entries of the county's register, each with its days."""
    return [
        {
            "label": entry.get_category_display(),
            "text": entry.certificate_number,
            "note": _("%(begins)s 至 %(ends)s") % {"begins": entry.valid_from, "ends": entry.valid_to or _("长期")},
        }
        for entry in file.entries
    ]


def explanation(file: CaseFile) -> dict[str, Any] | None:
    """The amount and how it came about; None before it was assessed."""
    case = file.case
    if case.amount is None:
        return None
    lines: list[dict[str, Any]] = [{"text": line} for line in case.award.get("explanation", ())]
    if not case.paid_amount:
        return {"lines": lines, "label": _("核定金额"), "total": case.amount}
    lines += [{"text": _("核定金额"), "amount": case.amount}, {"text": _("已发放"), "amount": case.paid_amount}]
    too_much = paid_too_much(case)
    label, rest = (_("多发，另按追缴办理"), too_much) if too_much else (_("还要补发"), case.amount - case.paid_amount)
    return {"lines": lines, "label": label, "total": rest}


def wanted(file: CaseFile) -> list[dict[str, Any]]:
    """What the applicant was asked to bring, as `templates/parts/papers.html` asks."""
    states = {"": "missing", WantedPaper.Answer.BROUGHT: "have", WantedPaper.Answer.WAIVED: "optional"}
    return [
        {
            "state": states[paper.answer],
            "label": paper.label,
            "note": _("%(day)s核对") % {"day": localtime(paper.answered_at).date()} if paper.answered_at else "",
        }
        for paper in file.wanted
    ]


def review(file: CaseFile) -> dict[str, Any] | None:
    """For a case under review: what was decided and why, who asked and why, and who cannot be the one to look at it."""
    if file.case.stage != Stage.INTERNAL_REVIEW:
        return None
    told = decisions(file)
    asked = _last(file, lambda made: made.transition == "request_review")
    decided = _last(file, lambda made: made.transition in DECIDES and (asked is None or made.pk < asked.pk))
    day = next((event.details.get("asked_on") for event in reversed(file.events) if event.details.get("asked_on")), "")
    known = {made.pk: entry for made, entry in zip(file.decisions, told, strict=True)}
    return {
        "history": [known[made.pk] for made in (decided, asked) if made is not None],
        "facts": [
            {"label": _("申请人提出复核"), "text": day},
            {"label": _("原决定的金额"), "kind": "money", "amount": decided.amount if decided else None},
            {"label": _("已发放"), "kind": "money", "amount": file.case.paid_amount or None},
            {"label": _("办过这件、不能复核的人"), "text": _("、").join(dict.fromkeys(one["who"] for one in told))},
        ],
    }


def _last(file: CaseFile, fits: Callable[[Decision], bool]) -> Decision | None:
    return next((made for made in reversed(file.decisions) if fits(made)), None)


def photos(file: CaseFile, kinds: Sequence[str]) -> list[dict[str, Any]]:
    """The pictures of these kinds, each with what is known of its taking and where else it lies."""
    return [_photo(file, picture) for picture in file.pictures if picture.kind in kinds]


def _photo(file: CaseFile, picture: Evidence) -> dict[str, Any]:
    def url(size: str) -> str:
        return reverse("desk:evidence", args=[file.case.number, picture.pk, size])

    words = {"name": picture.uploaded_by.name, "when": localtime(picture.uploaded_at).strftime("%Y-%m-%d")}
    place = ""
    if picture.latitude is not None and picture.longitude is not None:
        place = _("拍摄地点：北纬%(north)s°，东经%(east)s°") % {"north": picture.latitude, "east": picture.longitude}
    return {
        "url": url("full"),
        "thumb": url("thumb"),
        "alt": _("%(kind)s，%(name)s上传") % {"kind": picture.get_kind_display(), **words},
        "caption": _("%(kind)s（%(name)s %(when)s）") % {"kind": picture.get_kind_display(), **words},
        "taken": picture.taken_at,
        "place": place,
        "warning": _("；").join(sighting_words(file.seen_elsewhere.get(picture.pk, []))),
    }


def sighting_words(found: Sequence[Sighting]) -> list[str]:
    """Where else a picture lies, in sentences; of many the first few and how many more."""
    lines = []
    for sighting in found[:MOST_SIGHTINGS]:
        where = sighting.case_number or _("外辖区的一件案子")
        words = {"where": where, "kind": Evidence.Kind(sighting.kind).label}
        said = (
            _("与%(where)s的%(kind)s是同一份") if sighting.match == "same" else _("与%(where)s的%(kind)s很像，请比对")
        )
        lines.append(said % words)
    if len(found) > MOST_SIGHTINGS:
        lines.append(_("另有%(count)d处") % {"count": len(found) - MOST_SIGHTINGS})
    return lines


def decisions(file: CaseFile) -> list[dict[str, Any]]:
    """Every decision so far: who, office, when, outcome, the reasons with what can be done, and the note."""
    programme = registry.programme(file.case.programme)
    told = []
    for decision in file.decisions:
        why = []
        for code, sentence in zip(decision.reasons, reasons_in_words(decision.reasons, programme), strict=True):
            reason = programme.reasons.get(code)
            why.append(_("%(why)s（%(remedy)s）") % {"why": sentence, "remedy": reason.remedy} if reason else sentence)
        why += [decision.note] if decision.note else []
        told.append(
            {
                "at": decision.at,
                "what": outcome_words(decision.step, decision.outcome, programme),
                "who": decision.staff_name,
                "office": decision.office_name,
                "why": _("；").join(why),
            }
        )
    return told


def trail_entries(file: CaseFile) -> list[dict[str, Any]]:
    """The case's history in words; what does not hold is marked."""
    broken = {found.seq for found in file.breaks}
    return [
        {
            "at": entry.at,
            "what": entry.what,
            "who": entry.who,
            "office": entry.office,
            "why": _("；").join(entry.why),
            "broken": entry.seq in broken or entry.altered,
        }
        for entry in history(file.case, file.events, file.decisions)
    ]


def verified(file: CaseFile) -> dict[str, Any]:
    """The mark that the chain holds, or where it does not."""
    if not file.breaks:
        words = _("共%(count)d条，首尾相连，没有改动。") % {"count": file.case.trail_seq}
        return {"level_tag": "success", "word": _("核对无误"), "message": words}
    return {
        "level_tag": "error",
        "word": _("对不上"),
        "message": _("这件案子的轨迹对不上，请停止办理并报告系统管理员。"),
        "details": [_("第%(seq)d条：%(why)s") % {"seq": found.seq, "why": found.why} for found in file.breaks],
    }


def steps(file: CaseFile) -> list[dict[str, Any]]:
    """Where the case stands, for the margin."""
    owner = file.item.owner if file.item is not None else None
    return [
        {
            "state": stop.state,
            "label": stop.title,
            "date": localtime(stop.at).date() if stop.at else None,
            "note": _("%(name)s已领取") % {"name": owner.name} if owner and stop.state == "now" else "",
        }
        for stop in road(file.case, file.item, file.decisions)
    ]
