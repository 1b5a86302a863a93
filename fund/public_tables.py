"""The public figures as the shell shows them: figures with their addresses, pictures with the tables beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from fund import charts, public, tables
from fund.enums import Reason
from fund.figures import FIGURES, GROUPS, Definition, Group
from fund.models import Snapshot
from portal.core.periods import SEOUL
from portal.core.templatetags.ui import won_words
from portal.core.ui import parts
from portal.core.ui.parts import Column, Figure, Row, Table


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart with its sentence for those who do not see it, the key of its tones, and the table that says the same."""

    code: str
    title: str
    says: str
    chart: charts.Chart
    key: Sequence[tuple[str, str]]
    table: Table


def shown(definition: Definition, value: Any) -> str:
    """A figure in words; what is unknown or may not be said is a dash."""
    if value is None:
        return "–"
    if definition.unit == "won":
        return tables.money(int(value))
    if definition.unit == "multiple":
        return tables.multiple(public.fraction(value))
    if definition.unit == "share":
        part = public.fraction(value)
        return tables.percent(part.numerator, part.denominator) if part is not None else "–"
    if definition.unit == "rate":
        return f"{float(value):.2%}"
    if definition.unit == "date":
        return tables.day(date.fromisoformat(value))
    return f"{int(value):,}"


def brief(amount: int) -> str:
    """An amount cut to ten thousands, in words that fit a figure: its own page and the tables have every won."""
    cut = amount if abs(amount) < 10**8 else abs(amount) // 10**4 * 10**4 * (1 if amount > 0 else -1)
    return won_words(cut)


def groups(content: Mapping[str, Any]) -> list[tuple[Group, list[Figure]]]:
    """Every group with its figures; each opens to its own page."""
    return [(group, [_figure(content, one) for one in group.figures]) for group in GROUPS]


def _figure(content: Mapping[str, Any], one: Definition) -> Figure:
    value = public.value_of(content, one.code)
    href = reverse("fund:figure", args=[one.code])
    told = brief(int(value)) if one.unit == "won" and value is not None else shown(one, value)
    return Figure(one.label, told, note=_note(content, one), href=href)


def _note(content: Mapping[str, Any], one: Definition) -> str:
    policy, answers = content["given"]["policy"], content["given"]["answers"]
    if one.code == "city_share":
        return _("한도 %(cap)s") % {"cap": tables.percent(policy["cap_bp"], 10_000)}
    if one.code == "committed_city":
        return _("목표 %(goal)s") % {"goal": brief(policy["amount"])}
    if one.code == "committed_total":
        return _("목표 %(goal)s") % {"goal": brief(policy["target_total"])}
    if answers.get(one.code, {}).get("unknown"):
        return _("확인 불가 %(unknown)s개") % {"unknown": answers[one.code]["unknown"]}
    return _why_no_rate(content, one) if one.unit == "rate" else ""


def _why_no_rate(content: Mapping[str, Any], one: Definition) -> str:
    rate = content["rates"].get(one.code)
    words = {
        "NO_SOLUTION": _("이 현금흐름을 설명하는 수익률이 없습니다."),
        "MULTIPLE": _("수익률이 둘 이상이어서 하나로 말할 수 없습니다."),
        "UNDEFINED": _("수익률을 계산할 현금흐름이 아직 없습니다."),
    }
    if rate is None or rate["status"] != "OK":
        return words[rate["status"]] if rate else ""
    return _("연 수익률") if rate["annualised"] else _("1년이 되지 않아 수익률을 공개하지 않습니다.")


def facts_of(snapshot: Snapshot, content: Mapping[str, Any], one: Definition) -> list[Row]:
    """What a reader needs to believe a figure: definition, source, both dates, the version of the query, the digest."""
    return [
        Row(_("값"), shown(one, public.value_of(content, one.code))),
        Row(_("뜻"), one.meaning),
        Row(_("출처"), one.source),
        *dates(snapshot, content),
        Row(_("조회 판"), " · ".join(f"{name} v{number}" for name, number in sorted(content["queries"].items()))),
        *([Row(_("정확한 값"), public.value_of(content, one.code))] if one.unit in ("multiple", "share") else []),
    ]


def dates(snapshot: Snapshot, content: Mapping[str, Any]) -> list[Row]:
    known = datetime.fromisoformat(content["known_at"]).astimezone(SEOUL)
    return [
        Row(_("기준일"), tables.day(snapshot.as_of_date)),
        Row(_("인지시점"), f"{known:%Y-%m-%d %H:%M:%S}"),
        Row(_("공개한 자료의 지문(SHA-256)"), snapshot.digest),
        *_held_apart(content),
    ]


def _held_apart(content: Mapping[str, Any]) -> list[Row]:
    """How many sub-funds are in no total because they keep another currency; nothing where there are none."""
    currencies = [row["currency"] for row in content.get("apart", [])]
    told = [f"{code} {currencies.count(code)}" for code in sorted(set(currencies))]
    return [Row(_("통화가 달라 합계에 넣지 않은 자펀드"), " · ".join(told))] if told else []


def pictures(content: Mapping[str, Any], tier: str) -> list[Picture]:
    """Cash flows, value, J-curve and exposure; what has nothing to show is left out."""
    history = content["history"]
    made = [_flows(_by_year(history)), _curve(history), _bridge(content["bridge"])] if history else []
    return made + ([_exposure(content, tier)] if content["sectors"] else [])


def _by_year(history: Sequence[Sequence[Any]]) -> list[tuple[str, int, int, int]]:
    """Year by year what was paid in and distributed, and the net assets at its end."""
    ends = {row[0][:4]: row for row in history}
    rows, paid, back = [], 0, 0
    for year, (_end, paid_so_far, back_so_far, nav) in ends.items():
        rows.append((year, paid_so_far - paid, back_so_far - back, nav))
        paid, back = paid_so_far, back_so_far
    return rows


def _flows(years: Sequence[tuple[str, int, int, int]]) -> Picture:
    table = Table(
        caption=_("해마다 납입과 배분, 연말 순자산"),
        columns=[
            Column(_("연도")),
            Column(_("납입"), number=True),
            Column(_("배분"), number=True),
            Column(_("순자산"), number=True),
        ],
        rows=[[year, *map(tables.money, amounts)] for year, *amounts in years],
    )
    drawn = charts.chart(
        [[("in", paid), ("out", back)] for _year, paid, back, _nav in years],
        [("value", [nav for *_rest, nav in years])],
    )
    says = _("해마다 출자자가 낸 돈과 받은 돈, 연말 순자산을 그린 그림입니다. 아래 표와 같은 내용입니다.")
    key = [("in", _("납입")), ("out", _("배분")), ("value", _("순자산"))]
    return Picture("flows", _("현금흐름"), says, drawn, key, table)


def _curve(history: Sequence[Sequence[Any]]) -> Picture:
    rows = [(end, back - paid, back - paid + nav) for end, paid, back, nav in history]
    table = Table(
        caption=_("분기마다 누적 순현금흐름"),
        columns=[
            Column(_("분기말")),
            Column(_("받은 돈 − 낸 돈"), number=True),
            Column(_("순자산을 더한 값"), number=True),
        ],
        rows=[
            [tables.day(date.fromisoformat(end)), tables.money(net), tables.money(whole)] for end, net, whole in rows
        ],
    )
    drawn = charts.chart(
        [[("in" if net >= 0 else "down", net)] for _end, net, _whole in rows],
        [("value", [whole for *_rest, whole in rows])],
    )
    says = _("받은 돈에서 낸 돈을 뺀 누적 금액을 분기마다 그린 제이(J) 곡선입니다. 아래 표와 같은 내용입니다.")
    key = [("down", _("받은 돈 − 낸 돈")), ("value", _("순자산을 더한 값"))]
    return Picture("curve", _("제이(J) 곡선"), says, drawn, key, table)


def _bridge(lines: Sequence[Sequence[Any]]) -> Picture:
    words = {
        "paid_in": _("납입"),
        "income": _("이자·배당 수익"),
        "realised_result": _("실현손익"),
        "unrealised_result": _("미실현손익"),
        "write_downs": _("감액"),
        "fees": _("관리보수"),
        "expenses": _("조합 비용"),
        "carry": _("성과보수"),
        "distributed": _("배분"),
        "due": _("받을 돈과 그 밖의 것"),
        "nav": _("순자산"),
    }
    rows = [(name, amount) for name, amount in lines if amount or name == "nav"]
    table = Table(
        caption=_("납입에서 순자산까지"),
        columns=[Column(_("항목")), Column(_("금액"), number=True)],
        rows=[[words[name], tables.money(amount)] for name, amount in rows[:-1]],
        foot=[words["nav"], tables.money(rows[-1][1])],
    )
    says = _("낸 돈이 손익과 보수, 배분을 거쳐 순자산이 되기까지를 그린 그림입니다. 아래 표와 같은 내용입니다.")
    key = [("up", _("늘어남")), ("down", _("줄어듦")), ("total", _("순자산"))]
    return Picture("bridge", _("순자산이 되기까지"), says, charts.bridge(rows), key, table)


def _exposure(content: Mapping[str, Any], tier: str) -> Picture:
    rows = public.sectors(content, tier)
    drawn = charts.chart(
        [[("in", invested or 0), ("out", carried or 0)] for _sector, _companies, invested, carried in rows]
    )
    says = _("분야마다 투자한 금액과 지금의 장부 가치를 그린 그림입니다. 아래 표와 같은 내용입니다.")
    key = [("in", _("투자한 금액")), ("out", _("장부 가치"))]
    return Picture("exposure", _("분야별 투자"), says, drawn, key, _sector_table(rows))


def _sector_table(rows: Sequence[tuple[str, int | None, int | None, int | None]]) -> Table:
    return Table(
        caption=_("분야별 투자"),
        columns=[
            Column(_("분야")),
            Column(_("기업"), number=True),
            Column(_("투자한 금액"), number=True),
            Column(_("장부 가치"), number=True),
        ],
        rows=[
            [sector or _("그 밖"), *([_withheld()] * 3 if companies is None else [f"{companies:,}", _won(invested), _won(carried)])]
            for sector, companies, invested, carried in rows
        ],
    )  # fmt: skip


def _won(amount: int | None) -> str:
    return "" if amount is None else tables.money(amount)


def _withheld() -> object:
    return parts.badge(_("비공개"))


def write_downs(content: Mapping[str, Any], tier: str) -> Table:
    """Write-downs by sector and reason; cells of few companies are held back."""
    return Table(
        caption=_("분야와 사유별 감액"),
        columns=[Column(_("분야")), Column(_("감액 사유")), Column(_("기업"), number=True), Column(_("금액"), number=True)],
        rows=[
            [sector or _("그 밖"), Reason(reason).label, *([_withheld()] * 2 if companies is None else [f"{companies:,}", _won(amount)])]
            for sector, reason, companies, amount in public.write_downs(content, tier)
        ],
        foot=[_("합계"), "", "", tables.money(content["figures"]["write_downs"])],
        empty=_("감액한 것이 없습니다."),
    )  # fmt: skip


def restatements(rows: Sequence[Snapshot], contents: Mapping[int, Mapping[str, Any]]) -> Table:
    """Figures that were published and corrected: the old beside the new."""
    told = []
    for row in rows:
        if row.restates_id is None:
            continue
        old, new = contents[row.restates_id], contents[row.pk]
        for code, one in FIGURES.items():
            before, after = public.value_of(old, code), public.value_of(new, code)
            if before != after:
                told.append([tables.day(row.as_of_date), str(one.label), shown(one, before), shown(one, after)])
    return Table(
        caption=_("정정한 실적"),
        columns=[
            Column(_("기준일")),
            Column(_("지표")),
            Column(_("정정 전"), number=True),
            Column(_("정정 뒤"), number=True),
        ],
        rows=told,
        empty=_("공개한 뒤 정정한 실적이 없습니다."),
    )


def listed(rows: Sequence[Snapshot]) -> Table:
    return Table(
        caption=_("실적확정"),
        columns=[Column(_("번호")), Column(_("펀드 사업")), Column(_("주기")), Column(_("기준일")), Column(_("상태"))],
        rows=[
            [
                parts.link(
                    _("제%(number)s호") % {"number": row.number}, reverse("fund:snapshot", args=[row.public_id])
                ),
                str(row.programme),
                row.get_kind_display(),
                tables.day(row.as_of_date),
                tables.status(row.status, row.get_status_display()),
            ]
            for row in rows
        ],
        empty=_("아직 확정한 실적이 없습니다."),
    )
