"""What a result notice says: own scores per criterion, total, rank of n, cut-off, tie, reasons, what comes next."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.intake import blocks, queries
from portal.intake.enums import DecisionKind, Outcome
from portal.intake.models import Call, DecisionLine

_NEXT = {
    Outcome.ELIGIBLE: _("평가위원회가 신청서를 심사합니다. 결과는 이곳과 전자우편으로 알려 드립니다."),
    Outcome.INELIGIBLE: _("이 결정에 동의하지 않으시면 기한 안에 이의를 신청할 수 있습니다."),
    Outcome.GOES_ON: _("다음 평가단계로 진행합니다. 일정은 공고를 확인해 주십시오."),
    Outcome.SELECTED: _("사업 담당이 다음 절차를 안내합니다. 내 신청 화면에서 진행 상황을 확인할 수 있습니다."),
    Outcome.RESERVED: _(
        "자리가 나면 예비 순위에 따라 바로 알려 드립니다. 유효 기한 안에는 따로 신청하지 않으셔도 됩니다."
    ),
    Outcome.NOT_SELECTED: _("이 결정에 동의하지 않으시면 기한 안에 이의를 신청할 수 있습니다."),
}


class Bonuses:
    """What was found about each bonus item, by application; read once for all notices of a call."""

    def __init__(self, call: Call) -> None:
        self.items = list(call.bonus_items.all())
        self.found = queries.last_bonus_findings(call) if self.items else {}

    def of(self, application_id: int) -> list[dict[str, Any]]:
        """Item by item, counted or refused with the reason; items without a paper are left out."""
        mine = self.found.get(application_id, {})
        return [
            {
                "name": item.name,
                "points": f"{item.points.normalize():f}",
                "counted": mine[item.pk].counted,
                "reason": mine[item.pk].reason,
            }
            for item in self.items
            if item.pk in mine
        ]


class Scores:
    """The mean of each criterion by application, over the sheets that count; read once for all notices of a call."""

    def __init__(self, call: Call) -> None:
        self.stages = list(call.stages.prefetch_related("criteria").order_by("number"))
        self.bonuses = Bonuses(call)
        self.given: dict[tuple[int, int], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self.sheets: dict[tuple[int, int], int] = defaultdict(int)
        for stage in self.stages:
            for sheet, scores in queries.locked_sheets(stage):
                key = (sheet.assignment.application_id, stage.pk)
                self.sheets[key] += 1
                for code, score in scores.items():
                    if score is not None:
                        self.given[key][code].append(score)

    def of(self, application_id: int) -> list[dict[str, Any]]:
        """Stage by stage what the application got; stages that did not judge it are left out."""
        return [
            {
                "name": stage.name,
                "share_bp": stage.share_bp,
                "sheets": self.sheets[application_id, stage.pk],
                "criteria": [
                    {
                        "name": item.name,
                        "max": item.max_points,
                        "mean": _mean(self.given[application_id, stage.pk].get(item.code, [])),
                    }
                    for item in stage.criteria.all()
                ],
            }
            for stage in self.stages
            if self.sheets.get((application_id, stage.pk))
        ]


def _mean(scores: list[int]) -> str | None:
    return str(Fraction(sum(scores), len(scores))) if scores else None


def _is_final(line: DecisionLine) -> bool:
    """The bonus is added once, over all stages."""
    kinds = (DecisionKind.FINAL, DecisionKind.CORRECTION)
    return line.decision.kind in kinds and line.decision.stage_id is None


def content_of(line: DecisionLine, scores: Scores) -> dict[str, Any]:
    """The notice's content, kept as told."""
    return {
        "kind": line.decision.kind,
        "outcome": line.outcome,
        "track": line.track.name,
        "quota_track": line.quota_track.name if line.quota_track and line.quota_track_id != line.track_id else None,
        "place": line.place,
        "of": line.ranked,
        "total": line.total,
        "cutoff": line.cutoff,
        "tie": line.tie,
        "reserve_order": line.reserve_order,
        "reasons": line.reasons,
        "stages": scores.of(line.application_id),
        "bonuses": scores.bonuses.of(line.application_id) if _is_final(line) else [],
        "next": blocks.both(_NEXT[Outcome(line.outcome)]),
    }
