"""One sub-fund on one paper: who runs it, what is committed, what came of it, what it holds; as of a day, as known at an instant."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from fund import queries, tables
from fund.enums import Account, PartnerRole
from fund.models import SubFund
from portal.core.papers import Paper, Part
from portal.core.periods import SEOUL
from portal.core.ui.parts import Figure, Row

#: Holdings named on the paper; the others stand together in one line.
_NAMED = 10


def results(sub_fund: SubFund, *, on: date, known: datetime) -> list[Figure]:
    """The multiples, and the rate or why there is none; a rate of less than a year is shown as what it was."""
    result = queries.flows.performance_of(sub_fund, on=on, known=known)
    rate, multiples = result.rate, result.multiples
    words = {
        "NO_SOLUTION": _("이 현금흐름을 설명하는 수익률이 없습니다."),
        "MULTIPLE": _("수익률이 둘 이상이어서 하나로 말할 수 없습니다."),
        "UNDEFINED": _("수익률을 계산할 현금흐름이 아직 없습니다."),
    }
    if rate.status == "OK" and rate.annualised and rate.rate is not None:
        shown, note = f"{rate.rate:.2%}", _("연 수익률, 보수와 비용을 뺀 뒤")
    elif rate.period_return is not None:
        shown, note = f"{rate.period_return:.2%}", _("1년이 되지 않아 기간 수익률을 보입니다.")
    else:
        shown, note = "–", words[rate.status]
    return [
        Figure(_("순자산"), tables.amount_in(sub_fund.currency, result.nav)),
        Figure("PIC", tables.multiple(multiples.pic), note=_("납입 ÷ 약정")),
        Figure("DPI", tables.multiple(multiples.dpi), note=_("배분 ÷ 납입")),
        Figure("RVPI", tables.multiple(multiples.rvpi), note=_("순자산 ÷ 납입")),
        Figure("TVPI", tables.multiple(multiples.tvpi), note=_("(배분 + 순자산) ÷ 납입")),
        Figure(_("수익률"), shown, note=note),
    ]


def tear_sheet(sub_fund: SubFund, *, on: date, known: datetime) -> Paper:
    """The paper, of what the books said of ``on`` (기준일) at ``known`` (인지시점). Amounts in the sub-fund's own currency."""
    told = results(sub_fund, on=on, known=known)
    return Paper(
        title=_("자펀드 요약"),
        number=str(sub_fund),
        at=known,
        to=_("기준일 %(on)s · 인지시점 %(known)s")
        % {"on": tables.day(on), "known": f"{known.astimezone(SEOUL):%Y-%m-%d %H:%M}"},
        parts=[
            Part(_("조합"), _who(sub_fund)),
            Part(_("약정과 납입"), _money(sub_fund, on, known)),
            Part(_("성과"), [Row(one.label, f"{one.value} · {one.note}" if one.note else one.value) for one in told]),
            Part(_("투자자산"), _holdings(sub_fund, on, known)),
        ],
        closing=_("기준일의 장부를 인지시점까지 기록된 대로 계산했습니다. 뒤에 고친 기록은 들어 있지 않습니다."),
    )


def _who(sub_fund: SubFund) -> list[Row]:
    asked = [
        (_("사업"), str(sub_fund.programme)),
        (_("운용사"), str(sub_fund.manager)),
        (_("등록번호"), sub_fund.registration_number),
        (_("결성 연도"), str(sub_fund.vintage)),
        (_("결성일"), tables.day(sub_fund.formed_date)),
        (_("투자기간 만료일"), tables.day(sub_fund.investment_end_date)),
        (_("존속기간 만료일"), tables.day(sub_fund.term_end_date)),
        (_("통화"), sub_fund.currency),
    ]
    return [Row(label, value) for label, value in asked if value]


def _money(sub_fund: SubFund, on: date, known: datetime) -> list[Row]:
    book = queries.books.book_of(sub_fund)
    found = queries.books.balances(book, on=on, known=known)
    flows = queries.flows.cash_flows(sub_fund, on=on, known=known)
    committed = found.get(Account.COMMITTED, 0)
    city = _city_committed(sub_fund, on, known)
    asked = [
        (_("약정 합계"), committed),
        (_("미납입 약정"), -found.get(Account.UNFUNDED, 0)),
        (_("납입"), sum(flow.paid_in for flow in flows)),
        (_("배분"), sum(flow.distributed for flow in flows)),
        (_("관리보수"), found.get(Account.FEE, 0)),
        (_("조합 비용"), found.get(Account.EXPENSE, 0)),
        (_("성과보수"), sum(flow.carry for flow in flows)),
        (_("감액"), found.get(Account.WRITTEN_DOWN, 0)),
    ]
    rows = [Row(label, tables.amount_in(sub_fund.currency, amount)) for label, amount in asked]
    part = f"{tables.amount_in(sub_fund.currency, city)} ({tables.percent(city, committed)})"
    return [rows[0], Row(_("서울시 약정"), part), *rows[1:]]


def _city_committed(sub_fund: SubFund, on: date, known: datetime) -> int:
    book = queries.books.book_of(sub_fund)
    by_partner = queries.books.by_partner(book, [Account.COMMITTED], on=on, known=known)
    city = sub_fund.programme.partners.filter(role=PartnerRole.CITY).values_list("pk", flat=True)
    return sum(by_partner.get((pk, Account.COMMITTED), 0) for pk in city)


def _holdings(sub_fund: SubFund, on: date, known: datetime) -> list[Row]:
    """The largest by what they are carried at, the others in one line, and the oldest day of a value."""
    found = sorted(queries.values.values(sub_fund, on=on, known=known), key=lambda row: (-row.carried, row.holding.pk))
    if not found:
        return [Row(_("투자자산"), _("이 날까지 투자자산이 없습니다."))]
    rows = [Row(str(row.holding.company), _carried(sub_fund, row.cost, row.carried)) for row in found[:_NAMED]]
    if others := found[_NAMED:]:
        sums = sum(row.cost for row in others), sum(row.carried for row in others)
        rows.append(Row(_("그 밖의 %(number)s곳") % {"number": len(others)}, _carried(sub_fund, *sums)))
    return [*rows, Row(_("가장 오래된 평가일"), tables.day(queries.values.oldest(found)))]


def _carried(sub_fund: SubFund, cost: int, carried: int) -> str:
    return _("장부 가치 %(carried)s (취득원가 %(cost)s)") % {
        "carried": tables.amount_in(sub_fund.currency, carried),
        "cost": tables.amount_in(sub_fund.currency, cost),
    }
