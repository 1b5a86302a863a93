"""What the public page of a plan shows, as tables and bars for the components."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core.ui import parts
from portal.plan.enums import ProgressState
from portal.plan.models import Baseline, BudgetLine, PlannedHub, Progress, Source, Target
from portal.plan.queries import Count, Line, PlanPage
from portal.plan.wording import day, exact_won, percent, quantity, spoken

TONES: dict[str, parts.Tone] = {
    ProgressState.DONE: "success",
    ProgressState.UNDER_WAY: "info",
    ProgressState.NOT_BEGUN: "",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a picture. Lengths are thousandths of the picture's width; ``text`` says the same in words."""

    label: str
    text: str
    start: int
    length: int


def targets(page: PlanPage, *, state_urls: dict[str, str]) -> parts.Table:
    """Every promise with what came of it. ``state_urls``: where the reader may state the progress of which promise."""
    columns = [_("약속"), _("약속 내용"), _("기한"), _("지금까지"), _("출처")]
    return parts.Table(
        caption=_("약속과 실적"),
        caption_hidden=True,
        columns=[parts.Column(label) for label in columns],
        rows=[
            [
                _name_with_note(line.target),
                _promise(line.target),
                day(line.target.by_date),
                _achieved(line, state_urls.get(line.target.code, "")),
                _source_link(line.target.source),
            ]
            for line in page.lines
        ],
    )


def hubs(page: PlanPage) -> parts.Table:
    """Every hub announced, with what is counted there."""
    metrics = list({count.metric.code: count.metric for line in page.hubs for count in line.counts}.values())
    columns = [parts.Column(label) for label in (_("거점 이름"), _("위치"), _("약속한 공간"), _("기한"))]
    columns += [parts.Column(_metric_link(str(metric.name), metric.code)) for metric in metrics]
    return parts.Table(
        caption=_("거점"),
        caption_hidden=True,
        columns=[*columns, parts.Column(_("출처"))],
        rows=[
            [
                _name_with_note(line.hub),
                _lines(filter(None, [spoken(line.hub, "place"), _floors(line.hub.floors), spoken(line.hub, "terms")])),
                _places(line.hub),
                day(line.hub.by_date),
                *(_counted(count) for count in line.counts),
                _source_link(line.hub.source),
            ]
            for line in page.hubs
        ],
    )


def budget(lines: Sequence[BudgetLine]) -> parts.Table:
    """The plan's money; a part names the line it lies in."""
    names = {line.code: spoken(line, "name") for line in lines}
    return parts.Table(
        caption=_("예산"),
        caption_hidden=True,
        columns=[
            parts.Column(_("항목")),
            parts.Column(_("금액")),
            parts.Column(_("원 단위"), number=True),
            parts.Column(_("포함 관계")),
            parts.Column(_("출처")),
        ],
        rows=[
            [
                _name_with_note(line),
                _worded(line, quantity(line.amount_won, "won")) if line.amount_won is not None else _("발표되지 않음"),
                None if line.amount_won is None else exact_won(line.amount_won),
                names.get(line.part_of),
                _source_link(line.source),
            ]
            for line in lines
        ],
    )


def baselines(lines: Sequence[Baseline]) -> parts.Table:
    """Where things stood at the announcement."""
    return parts.Table(
        caption=_("발표 당시 현황"),
        caption_hidden=True,
        columns=[parts.Column(_("지표")), parts.Column(_("값")), parts.Column(_("출처"))],
        rows=[
            [spoken(line, "name"), _worded(line, f"{percent(line.value_bp)} %"), _source_link(line.source)]
            for line in lines
        ],
    )


def target_bars(lines: Sequence[Line]) -> list[Bar]:
    """How full each numeric promise is; those not counted are left out, a full bar stays full."""
    return [
        Bar(
            label=spoken(line.target, "name"),
            text=_("%(counted)s / %(promised)s (%(percent)s %%)")
            % {
                "counted": quantity(line.count.value, line.target.unit),
                "promised": quantity(line.target.target, line.target.unit),
                "percent": line.filled,
            },
            start=0,
            length=min(line.filled * 10, 1000),
        )
        for line in lines
        if line.count and line.count.value is not None and line.target.target and line.filled is not None
    ]


def budget_bars(lines: Sequence[BudgetLine]) -> list[Bar]:
    """Each amount on the scale of the largest one, parts from where the last part of the same line ended."""
    known = [line for line in lines if line.amount_won]
    largest = max((line.amount_won or 0 for line in known), default=0)
    ends: dict[str, int] = {}
    bars = []
    for line in known:
        amount, start = line.amount_won or 0, ends.get(line.part_of, 0)
        if line.part_of:
            ends[line.part_of] = start + amount
        bars.append(
            Bar(spoken(line, "name"), quantity(amount, "won"), start * 1000 // largest, amount * 1000 // largest)
        )
    return bars


def _promise(target: Target) -> SafeString:
    """Money, what is to be reached and what must not be passed, each under its own name."""
    said = []
    if target.target is not None:
        said.append(_("목표 %(quantity)s") % {"quantity": quantity(target.target, target.unit)})
    if target.cap is not None:
        cap = quantity(target.cap, target.unit)
        said.append(
            (_("행사당 상한 %(quantity)s") if target.cap_per == "event" else _("상한 %(quantity)s")) % {"quantity": cap}
        )
    if target.amount_won is not None:
        said.append(_("금액 %(quantity)s") % {"quantity": quantity(target.amount_won, "won")})
    if not said:
        said.append(_("수치는 발표되지 않음"))
    if words := spoken(target, "words"):
        said.append(format_html("“{}”", words))
    if items := target.items_ko:
        said.append(_items(target, items))
    return _lines(said)


def _items(target: Target, items: list[str]) -> str:
    if (get_language() or "ko").startswith("ko"):
        return ", ".join(items)
    if target.items_en:
        return ", ".join(target.items_en)
    return format_html('<span lang="ko">{}</span>', ", ".join(items))


def _achieved(line: Line, state_url: str) -> SafeString:
    if line.target.metric:
        return _counted(line.count)
    said = _stated(line.progress) if line.progress else _lines([_("아직 입력된 실적이 없습니다")])
    return _lines([said, parts.link(_("추진 상황 입력"), state_url)]) if state_url else said


def _counted(count: Count | None) -> SafeString:
    """The figure, as of when, and where it can be followed; unknown is never shown as 0."""
    if count is None:
        return _lines([_("아직 집계하지 않습니다")])
    if count.value is None:
        return _lines([_("알 수 없음")])
    figure = quantity(count.value, count.metric.unit)
    shown = parts.link(figure, count.href) if count.href else _metric_link(figure, count.metric.code)
    return _lines([shown, _("%(day)s 기준") % {"day": day(count.on)}])


def _stated(progress: Progress) -> SafeString:
    source = parts.link(progress.source_title, progress.source_url) if progress.source_url else progress.source_title
    label = ProgressState(progress.state).label
    return _lines(
        [
            parts.badge(label, TONES[progress.state]),
            spoken(progress, "text"),
            format_html(_("출처: {source}"), source=source),
            _("%(day)s 기준") % {"day": day(progress.on_date)},
        ]
    )


def _places(hub: PlannedHub) -> SafeString:
    if hub.company_places is None:
        return _lines([_("발표되지 않음")])
    return _worded(hub, quantity(hub.company_places, "places"))


def _floors(floors: object) -> str:
    if isinstance(floors, dict):
        return _("지하 %(basement)s층–지상 %(above)s층") % floors
    if isinstance(floors, list) and floors:
        return _("%(floors)s층") % {"floors": "·".join(map(str, floors))}
    return ""


def _worded(line: BudgetLine | Baseline | PlannedHub, figure: str) -> SafeString:
    words = spoken(line, "words")
    return _lines([figure, *([format_html("“{}”", words)] if words else [])])


def _name_with_note(row: Target | BudgetLine | PlannedHub) -> SafeString:
    note = spoken(row, "note")
    return _lines([spoken(row, "name"), *([format_html("<small>{}</small>", note)] if note else [])])


def _metric_link(text: str, code: str) -> SafeString:
    return parts.link(text, f"#metric-{code}")


def _source_link(source: Source) -> SafeString:
    outlet = format_html('<span lang="ko">{}</span>', source.outlet) if source.outlet else _("발표 자료")
    return parts.link(outlet, f"#source-{source.code}")


def _lines(texts: Iterable[str]) -> SafeString:
    return format_html_join(SafeString("<br>"), "{}", ((text,) for text in texts))
