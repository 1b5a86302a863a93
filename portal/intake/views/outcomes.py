"""Tables and sentences of the public page of a call: panel, bonuses, results, late entries, appeals, the last competition."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.ui.parts import Column, Row, Table
from portal.intake import exact, policy, queries
from portal.intake.models import Call
from portal.intake.templatetags.intake import percent


def panel_rules(call: Call) -> list[str]:
    """Of whom a panel consists, and who never judges whom, in sentences."""
    version = call.current
    given = version.term("panel", {}) if version else {}
    terms = {**policy.DEFAULTS["panel"], **given}
    size = terms["least_size"]
    found = [ngettext("평가위원은 %(n)s명 이상입니다.", "평가위원은 %(n)s명 이상입니다.", size) % {"n": size}]
    for name, words in (
        ("least_market_bp", _("산업계 위원이 %(share)s 이상입니다.")),
        ("least_women_bp", _("여성 위원이 %(share)s 이상입니다.")),
    ):
        if terms[name]:
            found.append(words % {"share": percent(terms[name])})
    if not terms["one_employer"]:
        found.append(_("소속이 같은 두 사람이 함께 평가하지 않습니다."))
    if days := terms["rest_days"]:
        found.append(_("같은 사업을 평가한 위원은 %(days)s일 동안 쉽니다.") % {"days": days})
    found.append(
        _("신청 기업에서 2년 안에 일했거나 자문했거나, 지분이나 가족 관계가 있는 위원은 그 기업을 평가하지 않습니다.")
    )
    if version and version.term("announce_panel", True):
        found.append(_("심사가 시작되면 신청 기업은 평가위원을 확인하고 기피를 신청할 수 있습니다."))
    return found


def bonus_table(call: Call) -> Table | None:
    """What gives points beyond the panel's, and which paper shows it; None without any."""
    items = list(call.bonus_items.all())
    form = call.current.parsed_form if call.current else None
    columns = (Column(_("가점 항목")), Column(_("가점"), number=True), Column(_("증빙 자료")))
    rows = []
    for item in items:
        block = form.block(item.block) if form else None
        rows.append(
            (item.name_text, exact.cut(Fraction(item.points)), item.paper_text or (block.label_text if block else ""))
        )
    return Table(_("가점"), columns, rows) if items else None


def competition(entered: int, places: int) -> str:
    """``2.9 : 1``, cut after one decimal; an empty text without places."""
    if not places:
        return ""
    tenths = entered * 10 // places
    return f"{tenths // 10}.{tenths % 10} : 1"


def last_competition(call: Call, earlier: Iterable[Call]) -> str:
    """How many applied for each place of the round before, in one line; empty without one."""
    last = queries.last_round(call, earlier)
    if last is None:
        return ""
    places = sum(track.quota for track in last.tracks.all())
    words = {"ratio": competition(last.receipts, places), "entered": last.receipts, "places": places}
    return _("%(ratio)s (%(entered)s곳 신청, %(places)s곳 모집)") % words if places else ""


def results(call: Call) -> dict[str, Any]:
    """All that the public reads once the result is out; empty before."""
    found = queries.outcomes(call)
    if not found:
        return {}
    places = sum(one.track.quota for one in found)
    columns = (
        Column(_("모집부문")),
        Column(_("모집 수"), number=True),
        Column(_("심사"), number=True),
        Column(_("선정"), number=True),
        Column(_("예비"), number=True),
        Column(_("선정 최저점"), number=True),
    )
    rows = [
        (one.track.name_text, one.track.quota, one.judged, len(one.selected), len(one.reserved), exact.cut(one.cutoff))
        for one in found
    ]
    return {
        "entered": call.receipts,
        "ratio": competition(call.receipts, places),
        "table": Table(_("부문별 결과"), columns, rows),
        "numbers": [(one.track, one.selected, one.reserved) for one in found],
        "late": queries.late_entries(call),
        "appeals": _appeals(call),
    }


def _appeals(call: Call) -> list[Row]:
    figures = queries.appeal_figures(call)
    rows = [Row(_("낸 이의신청"), figures.filed), Row(_("답변한 이의신청"), figures.answered)]
    rows.append(Row(_("인용·일부인용"), figures.upheld))
    if figures.days is not None:
        rows.append(Row(_("답변까지 걸린 날(중앙값)"), _("%(days)s일") % {"days": exact.cut(figures.days)}))
    return rows
