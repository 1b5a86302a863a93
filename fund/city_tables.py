"""What the City sees of its money: figures, and pictures with the tables that say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from fund import charts, public, public_tables, tables
from fund.models import Programme, SubFund
from fund.public_tables import Picture, brief
from fund.queries.city import Room, Share, Year
from portal.core.ui import parts
from portal.core.ui.parts import Column, Figure, Table


def figures(
    programme: Programme, content: Mapping[str, Any], measured: tuple[int, int], room: Room, *, current: bool
) -> list[Figure]:
    """The share against the cap as it was ``measured``, and the money, in won."""
    told = content["figures"]
    city, total = told["committed_city"], told["committed_total"]
    cap = _("한도 %(cap)s, 주의 %(warn)s") % {
        "cap": tables.percent(programme.cap_bp, 10_000),
        "warn": tables.percent(programme.warn_bp, 10_000),
    }
    return [
        Figure(_("서울시 약정"), brief(city), note=_("목표 %(goal)s") % {"goal": brief(programme.amount)}),
        Figure(_("약정 합계"), brief(total), note=_("목표 %(goal)s") % {"goal": brief(programme.target_total)}),
        Figure(_("서울시 비율"), tables.percent(*measured), note=f"{cap} · {_in_force() if current else _booked()}"),
        _headroom(room),
        Figure(_("서울시 미납입 약정"), brief(told["unfunded_city"]), note=_("앞으로 요청받을 수 있는 금액")),
        Figure(_("서울시 납입"), brief(told["paid_in_city"])),
        Figure(_("서울시가 받은 배분"), brief(told["distributed_city"])),
        Figure(_("서울시 몫의 순자산"), brief(told["city_nav"]), note=_oldest(told["oldest_valuation"])),
        Figure(
            "TVPI", tables.multiple(public.fraction(told["city_tvpi"])), note=_("서울시 몫, (배분 + 순자산) ÷ 납입")
        ),
        rate(_("서울시 수익률"), content["rates"]["city_net"]),
    ]


def _in_force() -> str:
    return _("불이행한 약정은 빼고, 다른 통화는 결성일의 환율로 셉니다.")


def _booked() -> str:
    return _("이 날 장부의 원화 약정만 셉니다.")


def _headroom(room: Room) -> Figure:
    if room.missing:
        note = _("다른 출자자가 더해야 할 금액")
        return Figure(_("한도 초과"), brief(room.missing), note=note)
    note = _("다른 출자자의 약정이 %(amount)s 줄어도 한도 안입니다.") % {"amount": brief(room.may_lose)}
    return Figure(_("한도까지 여유"), "–" if room.may_add is None else brief(room.may_add), note=note)


def _oldest(day: str | None) -> str:
    return _("가장 오래된 평가일 %(day)s") % {"day": tables.day(date.fromisoformat(day))} if day else ""


def rate(label: str, answer: Mapping[str, Any]) -> Figure:
    """A rate of a year or more, what a shorter time came to, or why there is none."""
    told, note = spelled_rate(answer)
    return Figure(label, told, note=note)


def spelled_rate(answer: Mapping[str, Any]) -> tuple[str, str]:
    words = {
        "NO_SOLUTION": _("이 현금흐름을 설명하는 수익률이 없습니다."),
        "MULTIPLE": _("수익률이 둘 이상이어서 하나로 말할 수 없습니다."),
        "UNDEFINED": _("수익률을 계산할 현금흐름이 아직 없습니다."),
    }
    if answer["status"] == "OK" and answer["annualised"] and answer["rate"] is not None:
        return f"{float(answer['rate']):.2%}", _("연 수익률, 보수와 비용을 뺀 뒤")
    if answer["period_return"] is not None:
        return f"{float(answer['period_return']):.2%}", _("1년이 되지 않아 기간 수익률을 보입니다.")
    return "–", words.get(answer["status"], "")


def pictures(
    programme: Programme, content: Mapping[str, Any], years: Sequence[Year], shares: Sequence[Share],
    rows: Sequence[SubFund], *, linked: bool,
) -> list[Picture]:  # fmt: skip
    """Pacing, the share over time, sub-funds, then money and value of the whole; what has nothing to show is left out."""
    by_code = {row.code: row for row in rows}
    made = [
        _pacing(years) if years else None,
        _share(programme, shares) if shares else None,
        _performance(content, by_code, linked) if content["sub_funds"] else None,
    ]
    pictured = [one for one in made if one is not None] + public_tables.pictures(content, public.CITY)
    return [
        Picture(f"{programme.code}-{one.code}", one.title, one.says, one.chart, one.key, one.table) for one in pictured
    ]


def _pacing(years: Sequence[Year]) -> Picture:
    table = Table(
        caption=_("해마다 서울시의 출자 계획과 요청"),
        columns=[
            Column(_("회계연도")),
            Column(_("계획"), number=True),
            Column(_("요청"), number=True),
            Column(_("계획에 대한 비율"), number=True),
            Column(_("납입"), number=True),
            Column(_("배분"), number=True),
        ],
        rows=[_year(one) for one in years],
        foot=[
            _("합계"), _plan(years), tables.money(sum(one.called for one in years)), "",
            tables.money(sum(one.paid_in for one in years)), tables.money(sum(one.distributed for one in years)),
        ],
    )  # fmt: skip
    drawn = charts.chart(
        [[("in", one.planned or 0), ("out", one.called)] for one in years],
        [("value", [one.paid_in for one in years])],
    )
    says = _("해마다 서울시가 계획한 금액, 요청받은 금액, 낸 금액을 그린 그림입니다. 아래 표와 같은 내용입니다.")
    key = [("in", _("계획")), ("out", _("요청")), ("value", _("납입"))]
    return Picture("pacing", _("출자 계획과 요청"), says, drawn, key, table)


def _year(one: Year) -> list[object]:
    planned = _("계획 없음") if one.planned is None else tables.money(one.planned)
    share = tables.percent(one.called, one.planned) if one.planned else "–"
    return [
        str(one.year),
        planned,
        tables.money(one.called),
        share,
        tables.money(one.paid_in),
        tables.money(one.distributed),
    ]


def _plan(years: Sequence[Year]) -> str:
    told = [one.planned for one in years if one.planned is not None]
    return tables.money(sum(told)) if told else "–"


def _share(programme: Programme, shares: Sequence[Share]) -> Picture:
    table = Table(
        caption=_("해마다 서울시 비율"),
        columns=[
            Column(_("기준일")),
            Column(_("서울시 약정"), number=True),
            Column(_("약정 합계"), number=True),
            Column(_("서울시 비율"), number=True),
        ],
        rows=[
            [tables.day(one.on), tables.money(one.city), tables.money(one.total), tables.percent(one.city, one.total)]
            for one in shares
        ],
    )
    drawn = charts.chart([[("in", one.bp)] for one in shares], [("net", [programme.cap_bp for _one in shares])])
    says = _("해마다 연말의 서울시 비율과 한도를 그린 그림입니다. 아래 표와 같은 내용입니다.")
    cap = _("한도 %(cap)s") % {"cap": tables.percent(programme.cap_bp, 10_000)}
    return Picture("share", _("서울시 비율의 변화"), says, drawn, [("in", _("서울시 비율")), ("net", cap)], table)


def _performance(content: Mapping[str, Any], by_code: Mapping[str, SubFund], linked: bool) -> Picture:
    rows = content["sub_funds"]
    table = Table(
        caption=_("자펀드별 성과"),
        columns=[
            Column(_("자펀드")),
            Column(_("약정 합계"), number=True),
            Column(_("서울시 약정"), number=True),
            Column(_("납입"), number=True),
            Column(_("배분"), number=True),
            Column(_("순자산"), number=True),
            Column("DPI", number=True),
            Column("TVPI", number=True),
            Column(_("수익률"), number=True),
        ],
        rows=[
            [*_sub_fund(row, by_code, linked, "KRW"), spelled_rate(content["rates"][f"fund:{row['code']}"])[0]]
            for row in rows
        ],
    )
    drawn = charts.chart([[("in", row["paid_in"]), ("out", row["distributed"] + row["nav"])] for row in rows])
    says = _("자펀드마다 낸 돈과, 받은 돈에 순자산을 더한 값을 표의 차례대로 나란히 그린 그림입니다.")
    key = [("in", _("납입")), ("out", _("배분 + 순자산"))]
    return Picture("funds", _("자펀드별 성과"), says, drawn, key, table)


def _sub_fund(row: Mapping[str, Any], by_code: Mapping[str, SubFund], linked: bool, currency: str) -> list[object]:
    found = by_code[row["code"]]
    paid, back, nav = row["paid_in"], row["distributed"], row["nav"]
    return [
        parts.link(str(found), reverse("fund:sub_fund", args=[found.public_id])) if linked else str(found),
        tables.amount_in(currency, row["committed"]),
        tables.amount_in(currency, row["committed_city"]),
        tables.amount_in(currency, paid),
        tables.amount_in(currency, back),
        tables.amount_in(currency, nav),
        tables.multiple(Fraction(back, paid) if paid else None),
        tables.multiple(Fraction(back + nav, paid) if paid else None),
    ]


def apart(content: Mapping[str, Any], rows: Sequence[SubFund], *, linked: bool) -> Table | None:
    """Sub-funds of another currency, each in its own: they are in no total above. None where there are none."""
    found = content.get("apart", [])
    if not found:
        return None
    by_code = {row.code: row for row in rows}
    return Table(
        caption=_("통화가 달라 합계에 넣지 않은 자펀드"),
        columns=[
            Column(_("자펀드")),
            Column(_("약정 합계"), number=True),
            Column(_("서울시 약정"), number=True),
            Column(_("납입"), number=True),
            Column(_("배분"), number=True),
            Column(_("순자산"), number=True),
            Column("DPI", number=True),
            Column("TVPI", number=True),
        ],
        rows=[_sub_fund(row, by_code, linked, row["currency"]) for row in found],
        caption_hidden=True,
    )
