"""What each published figure is: its word, its unit, what it means and where it comes from, for everybody to read.

Definitions of multiples and rates follow GIPS 2020 and Invest Europe: multiples from gross flows, recalls included; the
rate is money-weighted on dated flows, and shown only where there is a single one over a year or more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure. ``unit`` is won, count, multiple, share, rate or date; ``key`` is its place in a snapshot."""

    code: str
    label: str | Promise
    unit: str
    meaning: str | Promise
    source: str | Promise


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that stand together on the page."""

    code: str
    title: str | Promise
    figures: tuple[Definition, ...]


_BOOKS = _("조합 장부의 분개를 기준일과 인지시점까지 더합니다.")


def _by_partner(code: str, label: str | Promise, meaning: str | Promise, source: str | Promise) -> Definition:
    return Definition(code, label, "won", meaning, source)


_COMMITTED, _COMMITTED_FROM = _("출자자가 조합에 내기로 약정하고 해지하지 않은 금액입니다."), _("비망 계정 9100 약정")
_PAID, _PAID_FROM = (
    _("출자자가 실제로 낸 금액입니다. 초과 납입금을 돌려주면 줄고, 다시 부르면 다시 셉니다."),
    _("납입과 추가결성 정산의 분개"),
)
_UNFUNDED, _UNFUNDED_FROM = _("앞으로 더 부를 수 있는 약정입니다."), _("비망 계정 9200 미납입 약정")

GROUPS = (
    Group(
        "money",
        _("약정과 납입"),
        (
            _by_partner("committed_city", _("서울시 약정"), _COMMITTED, _COMMITTED_FROM),
            _by_partner("committed_fof", _("모태펀드 약정"), _COMMITTED, _COMMITTED_FROM),
            _by_partner("committed_private", _("민간 약정"), _COMMITTED, _COMMITTED_FROM),
            _by_partner("committed_gp", _("운용사 약정"), _COMMITTED, _COMMITTED_FROM),
            _by_partner("committed_total", _("약정 합계"), _COMMITTED, _COMMITTED_FROM),
            Definition(
                "city_share", _("서울시 비율"), "share",
                _("약정 합계에서 서울시 약정이 차지하는 비율입니다. 한도를 넘으면 사유와 해소 기한을 기록합니다."),
                _("비망 계정 9100을 서울시와 전체로 나눕니다."),
            ),
            _by_partner("paid_in_city", _("서울시 납입"), _PAID, _PAID_FROM),
            _by_partner("paid_in_total", _("납입 합계"), _PAID, _PAID_FROM),
            _by_partner("unfunded_city", _("서울시 미납입 약정"), _UNFUNDED, _UNFUNDED_FROM),
            _by_partner("unfunded_total", _("미납입 약정 합계"), _UNFUNDED, _UNFUNDED_FROM),
        ),
    ),
    Group(
        "companies",
        _("조합과 기업"),
        (
            Definition("sub_funds", _("결성한 자펀드"), "count", _("효력이 있는 약정이 있는 조합의 수입니다."), _("비망 계정 9100")),
            Definition(
                "companies", _("투자한 기업"), "count",
                _("한 번이라도 투자한 기업의 수입니다. 여러 조합이 투자해도 한 번만 셉니다."), _("계정 1300의 투자 분개"),
            ),
            Definition(
                "tenant_at_investment", _("투자 때 입주기업"), "count",
                _("첫 투자일에 거점에 입주해 있던 기업입니다. 확인할 수 없는 기업은 따로 셉니다."),
                _("입주 기록에 물은 답을 실적과 함께 고정합니다."),
            ),
            Definition(
                "tenant_now", _("지금 입주기업"), "count", _("기준일에 거점에 입주해 있던 기업입니다."),
                _("입주 기록에 물은 답을 실적과 함께 고정합니다."),
            ),
            Definition(
                "graduate", _("졸업기업"), "count", _("기준일까지 거점을 졸업한 기업입니다."),
                _("입주 기록에 물은 답을 실적과 함께 고정합니다."),
            ),
        ),
    ),
    Group(
        "value",
        _("투자와 가치"),
        (
            Definition("invested", _("투자한 금액"), "won", _("기업과 프로젝트에 지급한 투자금의 합계입니다."), _("계정 1300의 투자 분개")),
            Definition("realised", _("회수한 금액"), "won", _("매각과 상환으로 조합에 들어온 돈입니다."), _("계정 1100의 회수 분개")),
            Definition("distributed_total", _("배분한 금액"), "won", _("출자자에게 돌아간 돈입니다."), _("계정 3200의 배분 분개")),
            Definition(
                "nav", _("순자산"), "won",
                _("조합에 남은 재산의 평가액에서 빚을 뺀 것입니다. 출자자가 아직 내지 않은 돈은 넣지 않습니다."), _BOOKS,
            ),
            Definition("city_nav", _("서울시 몫의 순자산"), "won", _("서울시가 낸 돈과 받은 돈, 약정 비율로 나눈 손익에서 나옵니다."), _BOOKS),
            Definition(
                "oldest_valuation", _("가장 오래된 평가일"), "date",
                _("합계는 여러 날의 평가를 더한 것이므로 그 가운데 가장 오래된 날을 밝힙니다."), _("확정한 평가의 기준일"),
            ),
        ),
    ),
    Group(
        "performance",
        _("성과"),
        (
            Definition("pic", "PIC", "multiple", _("납입 ÷ 약정"), _BOOKS),
            Definition("dpi", "DPI", "multiple", _("배분 ÷ 납입"), _BOOKS),
            Definition("rvpi", "RVPI", "multiple", _("순자산 ÷ 납입"), _BOOKS),
            Definition("tvpi", "TVPI", "multiple", _("(배분 + 순자산) ÷ 납입"), _BOOKS),
            Definition(
                "fund_net", _("순수익률(IRR)"), "rate",
                _("보수와 비용, 성과보수를 뺀 모든 출자자의 현금흐름을 0으로 만드는 연 수익률입니다. 1년이 되지 않거나 하나로 정해지지 않으면 보이지 않습니다."),
                _("날짜별 납입과 배분, 기준일의 순자산(act/365)"),
            ),
            Definition(
                "city_net", _("서울시 순수익률(IRR)"), "rate", _("서울시의 현금흐름과 서울시 몫의 순자산으로 계산한 연 수익률입니다."),
                _("날짜별 납입과 배분, 기준일의 순자산(act/365)"),
            ),
            Definition(
                "fund_gross", _("총수익률(IRR)"), "rate", _("보수와 비용, 성과보수를 빼기 전의 투자 현금흐름으로 계산한 연 수익률입니다."),
                _("날짜별 투자와 회수, 기준일의 투자자산 가치(act/365)"),
            ),
        ),
    ),
    Group(
        "costs",
        _("보수와 손실"),
        (
            Definition("fees", _("관리보수"), "won", _("운용사에 지급하기로 한 관리보수의 합계입니다."), _("계정 5100")),
            Definition("expenses", _("조합 비용"), "won", _("회계감사 같은 조합의 비용입니다."), _("계정 5200")),
            Definition("carry", _("성과보수"), "won", _("운용사에 지급하고 돌려받지 않은 성과보수입니다."), _("계정 3500")),
            Definition(
                "city_costs", _("서울시가 부담한 보수와 비용"), "won", _("관리보수, 비용, 성과보수를 조합마다 서울시 약정 비율로 나눈 것입니다."),
                _("계정 5100, 5200, 3500"),
            ),
            Definition("write_downs", _("감액"), "won", _("가치가 줄어 손실로 적은 금액입니다. 되돌린 금액은 뺍니다."), _("계정 5900")),
        ),
    ),
)  # fmt: skip

FIGURES: Mapping[str, Definition] = {one.code: one for group in GROUPS for one in group.figures}
