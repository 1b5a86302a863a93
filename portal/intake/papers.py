"""The applicant's papers: 접수증 and 결과통지, word for word what the screen says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger import log
from portal.core.papers import Paper, Part
from portal.core.ui.parts import Row
from portal.intake.models import Appeal, Application, ResultNotice, Revision
from portal.intake.templatetags.intake import last_day, percent, score, spoken


def receipt_rows(application: Application, revision: Revision) -> list[Row]:
    """What a receipt says besides number, time and fingerprint."""
    return [
        Row(_("공고명"), application.call.current.title_text if application.call.current else ""),
        Row(_("신청 기업"), str(application.organisation)),
        Row(_("모집부문"), str(application.track)),
        Row(_("제출 횟수"), revision.number),
        Row(_("제출한 사람"), str(revision.sent_by)),
    ]


def receipt(application: Application, revision: Revision) -> Paper:
    """접수증 of one revision."""
    at = timezone.localtime(revision.received_at)
    rows = [
        *receipt_rows(application, revision),
        Row(_("접수 시각(서버 기준)"), f"{date_format(at, 'DATE_FORMAT')} {at:%H:%M:%S}"),
        Row(_("내용 지문(SHA-256)"), revision.sha256),
    ]
    return Paper(
        title=_("접수증"),
        number=application.receipt_number or "",
        at=revision.received_at,
        to=str(application.organisation),
        parts=[Part(_("접수한 것"), rows)],
        entry=log.printed(revision.leaf_id),
        closing=_("이 지문은 제출하신 내용과 파일 전체에서 계산한 것입니다. 한 글자라도 바뀌면 달라집니다."),
    )


def notice(told: ResultNotice) -> Paper:
    """결과통지: outcome, reasons, own scores, what comes next, how to appeal."""
    content, application = told.content, told.application
    decided = told.line.decision if told.line else told.case
    leaf = log.last_leaf_of(decided) if decided else None
    return Paper(
        title=_("결과통지"),
        number=application.receipt_number or "",
        at=told.readable_at,
        to=str(application.organisation),
        parts=[*_parts(told, content), Part(_("이의신청"), text=_remedy(told))],
        entry=log.printed(leaf) if leaf else None,
    )


def appeal(filed: Appeal) -> Paper:
    """이의신청: that it came in and until when it is answered, or how it was decided and why."""
    application, decided = filed.application, filed.decided_at
    current, leaf = application.call.current, log.last_leaf_of(filed)
    rows = [
        Row(_("공고명"), current.title_text if current else ""),
        Row(_("접수 시각"), _instant(filed.filed_at)),
        Row(_("상태"), str(filed.get_status_display())),
        Row(_("결정 시각"), _instant(decided)) if decided else Row(_("답변 기한"), last_day(filed.due_at)),
    ]
    if filed.remedy:
        rows.append(Row(_("구제"), str(filed.get_remedy_display())))
    other = _("결정에 따를 수 없으면 결정을 안 날부터 90일 안에 행정심판이나 행정소송을 낼 수 있습니다.")
    return Paper(
        title=_("이의신청 결정통지") if decided else _("이의신청 접수증"),
        number=application.receipt_number or "",
        at=decided or filed.filed_at,
        to=str(application.organisation),
        parts=[
            Part(_("이의신청"), rows),
            Part(_("사유"), text=[filed.grounds]),
            *([Part(_("결정 이유"), text=[filed.reasons])] if filed.reasons else []),
        ],
        entry=log.printed(leaf) if leaf else None,
        closing=other,
    )


def _instant(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _parts(told: ResultNotice, content: Mapping[str, Any]) -> Iterator[Part]:
    current = told.application.call.current
    rows = [Row(_("공고명"), current.title_text if current else ""), Row(told.kind_text, told.outcome_text)]
    yield Part(_("결과"), [*rows, *_figures(content)])
    if content.get("reasons"):
        yield Part(_("이유"), text=[spoken(reason) for reason in content["reasons"]])
    for stage in content.get("stages") or ():
        mean = ngettext("평가표 %(n)s부의 평균입니다.", "평가표 %(n)s부의 평균입니다.", stage["sheets"]) % {
            "n": stage["sheets"]
        }
        items = [Row(spoken(item["name"]), f"{score(item['mean'])} / {item['max']}") for item in stage["criteria"]]
        yield Part(f"{spoken(stage['name'])} ({percent(stage['share_bp'])})", items, [mean])
    if content.get("bonuses"):
        yield Part(_("가점"), [_bonus(item) for item in content["bonuses"]])
    if content.get("next"):
        yield Part(_("다음 절차"), text=[spoken(content["next"])])


def _bonus(item: Mapping[str, Any]) -> Row:
    counted = _("점수에 반영") if item["counted"] else _("반영하지 않음")
    points = _("%(points)s점") % {"points": item["points"]}
    return Row(f"{spoken(item['name'])} ({points})", f"{counted}: {item['reason']}")


def _figures(content: Mapping[str, Any]) -> Iterator[Row]:
    """Track, score, place and cut-off, as far as the applicant was told."""
    if content.get("track"):
        yield Row(_("모집부문"), spoken(content["track"]))
    if content.get("total"):
        yield Row(_("내 점수"), score(content["total"]))
    if content.get("place"):
        place = {"of": content["of"], "place": content["place"]}
        yield Row(_("순위"), _("%(of)s곳 가운데 %(place)s위") % place)
    if content.get("cutoff"):
        yield Row(_("선정 최저점"), score(content["cutoff"]))
    if content.get("reserve_order"):
        yield Row(_("예비 순위"), _("%(order)s번") % {"order": content["reserve_order"]})


def _remedy(told: ResultNotice) -> list[str]:
    until = _("이의신청 마지막 날:") + " " + last_day(told.appeal_until)
    other = _("결정에 따를 수 없으면 결정을 안 날부터 90일 안에 행정심판이나 행정소송을 낼 수 있습니다.")
    first = _("이 결정에 이의가 있으면 기한 안에 신청할 수 있습니다. 이 공고에 관여하지 않은 사람이 심리합니다.")
    return [f"{first} {until}", other]
