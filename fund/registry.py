"""What the fund room tells the ledger: its event types with their titles. Imported once, in ``FundConfig.ready``."""

from django.utils.translation import gettext_lazy as _

from fund.enums import SettlementKind
from ledger.log import EventType, name, register

#: ``event`` names the entries of the books that came of the decision, ``books`` is the digest over them.
_BOOKED = {"event": "ref", "books": "ref"}

#: How a motion stood when it was decided: its paper, the votes, and how many stepped out.
_TALLY = {
    "paper": "ref",
    "round": "int",
    "votes_for": "int",
    "votes_against": "int",
    "votes_abstain": "int",
    "recused": "int",
}
_SECURITY = "code:ISSUE|CONVERT|SPLIT|SALE|REDEEM"

EVENT_TYPES = [
    EventType("fund.sub_fund.selected", 1, {}, series="fund.decision", title=_("운용사를 선정했습니다")),
    EventType("fund.sub_fund.gathering", 1, {}, title=_("자펀드가 출자자를 모읍니다")),
    EventType("fund.sub_fund.formed", 1, {"on": "date"}, title=_("자펀드가 결성되었습니다")),
    EventType("fund.sub_fund.registered", 1, {"on": "date"}, title=_("자펀드가 등록되었습니다")),
    EventType("fund.sub_fund.opened", 1, {}, title=_("자펀드가 투자를 시작했습니다")),
    EventType("fund.sub_fund.suspended", 1, {}, title=_("자펀드의 투자를 중지했습니다")),
    EventType("fund.sub_fund.resumed", 1, {}, title=_("자펀드의 투자를 재개했습니다")),
    EventType("fund.sub_fund.harvesting", 1, {}, title=_("자펀드가 회수를 시작했습니다")),
    EventType("fund.sub_fund.extended", 1, {}, title=_("자펀드의 기간을 연장했습니다")),
    EventType("fund.sub_fund.liquidating", 1, {}, title=_("자펀드가 청산을 시작했습니다")),
    EventType("fund.sub_fund.closed", 1, {}, title=_("자펀드를 청산했습니다")),
    EventType("fund.sub_fund.cancelled", 1, {}, title=_("자펀드 결성을 취소했습니다")),
    EventType("fund.agreement.adopted", 1, {"version": "int", "hash": "ref"}, title=_("규약을 정했습니다")),
    EventType("fund.agreement.superseded", 1, {"version": "int", "hash": "ref"}, title=_("앞의 규약을 새 규약으로 바꾸었습니다")),
    EventType("fund.commitment.consented", 1, {"amount": "decimal", "consent_c": "commitment"}, title=_("출자에 의회가 동의했습니다")),
    EventType("fund.commitment.signed", 1, {"amount": "decimal", "units": "int"}, series="fund.decision", title=_("출자를 약정했습니다")),
    EventType("fund.commitment.withdrawn", 1, {}, title=_("출자 약정을 철회했습니다")),
    EventType("fund.commitment.activated", 1, {"close": "int", **_BOOKED}, title=_("출자 약정의 효력이 생겼습니다")),
    EventType("fund.commitment.fulfilled", 1, {}, title=_("출자 약정을 모두 이행했습니다")),
    EventType("fund.commitment.released", 1, {"amount": "decimal", **_BOOKED}, series="fund.decision", title=_("출자 약정을 일부 해지했습니다")),
    EventType("fund.commitment.defaulted", 1, {}, series="fund.decision", title=_("출자 약정을 이행하지 않았습니다")),
    EventType("fund.commitment.cured", 1, {}, title=_("불이행이 해소되었습니다")),
    EventType("fund.close.held", 1, {"number": "int", "on": "date", "city": "decimal", "total": "decimal", **_BOOKED}, series="fund.decision", title=_("자펀드의 출자를 결성했습니다")),
    EventType("fund.call.approved", 1, {"total": "decimal", "lines": "ref"}, series="fund.decision", title=_("출자요청을 승인했습니다")),
    EventType("fund.call.issued", 1, {"revision": "int", "due": "date", "total": "decimal", **_BOOKED}, title=_("출자요청을 통지했습니다")),
    EventType("fund.call.received", 1, {"paid": "decimal"}, title=_("출자금이 납입되었습니다")),
    EventType("fund.call.closed", 1, {}, title=_("출자요청을 마감했습니다")),
    EventType("fund.call.rescinded", 1, {"event": "ref?", "books": "ref?"}, title=_("출자요청을 취소했습니다")),
    EventType("fund.call.amended", 1, {"revision": "int", **_BOOKED}, title=_("출자요청을 고쳤습니다")),
    EventType("fund.notice.sent", 1, {"revision": "int", "due": "date", "share_c": "commitment"}, title=_("출자자에게 요청한 금액을 알렸습니다")),
    EventType("fund.share.received", 1, {"amount": "decimal", "on": "date", **_BOOKED}, title=_("출자자가 납입했습니다")),
    EventType("fund.share.late", 1, {"due": "date"}, title=_("출자자의 납입이 늦었습니다")),
    EventType("fund.share.voided", 1, {}, title=_("출자요청의 몫이 무효가 되었습니다")),
    EventType("fund.distribution.computed", 1, {"amount": "decimal", "inputs": "ref", "carry": "decimal"}, title=_("배분을 계산했습니다")),
    EventType("fund.distribution.reworked", 1, {}, title=_("배분을 다시 준비합니다")),
    EventType("fund.distribution.approved", 1, {"amount": "decimal", "inputs": "ref"}, series="fund.decision", title=_("배분을 승인했습니다")),
    EventType("fund.distribution.paid", 1, {"amount": "decimal", "on": "date", **_BOOKED}, title=_("배분금을 지급했습니다")),
    EventType("fund.part.paid", 1, {"on": "date", "share_c": "commitment"}, title=_("출자자에게 배분한 금액을 알렸습니다")),
    EventType("fund.distribution.reversed", 1, {**_BOOKED}, series="fund.decision", title=_("배분을 취소했습니다")),
    EventType("fund.settlement.approved", 1, {"kind": f"code:{'|'.join(SettlementKind.values)}", "on": "date", "amount": "decimal", "inputs": "ref", **_BOOKED}, series="fund.decision", title=_("보수와 손익의 정산을 승인했습니다")),
    EventType("fund.settlement.refused", 1, {}, title=_("보수와 손익의 정산을 반려했습니다")),
    EventType("fund.settlement.paid", 1, {"on": "date", "amount": "decimal", **_BOOKED}, title=_("정산한 금액을 주고받았습니다")),
    EventType("fund.settlement.reversed", 1, {**_BOOKED}, series="fund.decision", title=_("보수와 손익의 정산을 취소했습니다")),
    EventType("fund.deal.examined", 1, {}, title=_("투자건의 실사를 시작했습니다")),
    EventType("fund.deal.tabled", 1, {"motion": "int", "paper": "ref"}, title=_("투자건을 투자심의에 올렸습니다")),
    EventType("fund.deal.approved", 1, {"amount": "decimal", "motion": "int"}, series="fund.decision", title=_("투자를 결정했습니다")),
    EventType("fund.deal.declined", 1, {}, title=_("투자하지 않기로 했습니다")),
    EventType("fund.deal.contracted", 1, {}, title=_("투자계약을 맺었습니다")),
    EventType("fund.deal.funded", 1, {"amount": "decimal", "on": "date", **_BOOKED}, title=_("투자금을 지급했습니다")),
    EventType("fund.security.recorded", 1, {"kind": _SECURITY, "on": "date", "units": "int", "cost": "decimal", "event": "ref", "books": "ref"}, title=_("증권의 변동을 기록했습니다")),
    EventType("fund.holding.written_down", 1, {"amount": "decimal", "on": "date", **_BOOKED}, title=_("투자자산을 감액했습니다")),
    EventType("fund.holding.written_off", 1, {"amount": "decimal", "on": "date", **_BOOKED}, title=_("투자자산을 전액 감액했습니다")),
    EventType("fund.holding.restored", 1, {"amount": "decimal", "on": "date", **_BOOKED}, title=_("감액을 되돌렸습니다")),
    EventType("fund.holding.part_exited", 1, {"proceeds": "decimal", "on": "date", **_BOOKED}, title=_("투자자산의 일부를 회수했습니다")),
    EventType("fund.holding.exited", 1, {"proceeds": "decimal", "on": "date", **_BOOKED}, title=_("투자자산을 모두 회수했습니다")),
    EventType("fund.valuation.challenged", 1, {}, title=_("평가에 이의를 제기했습니다")),
    EventType("fund.valuation.resubmitted", 1, {"evidence": "ref", "value_c": "commitment"}, title=_("평가를 다시 제출했습니다")),
    EventType("fund.valuation.approved", 1, {"evidence": "ref", "value_c": "commitment"}, series="fund.decision", title=_("평가를 승인했습니다")),
    EventType("fund.valuation.published", 1, {"on": "date", **_BOOKED}, title=_("평가를 확정했습니다")),
    EventType("fund.valuation.superseded", 1, {"on": "date"}, title=_("앞의 평가를 새 평가로 바꾸었습니다")),
    EventType("fund.measure.approved", 1, {"kind": "code:WRITE_DOWN|RESTORE|SALE|REDEEM", "on": "date", "amount": "decimal", **_BOOKED}, series="fund.decision", title=_("투자자산의 감액이나 회수를 승인했습니다")),
    EventType("fund.measure.refused", 1, {}, title=_("투자자산의 감액이나 회수를 반려했습니다")),
    EventType("fund.motion.opened", 1, {"number": "int", "paper": "ref", "round": "int", "seats": "int", "recused": "int"}, title=_("투자심의 표결을 시작했습니다")),
    EventType("fund.motion.carried", 1, _TALLY, series="fund.decision", title=_("투자심의에서 가결되었습니다")),
    EventType("fund.motion.rejected", 1, _TALLY, series="fund.decision", title=_("투자심의에서 부결되었습니다")),
    EventType("fund.motion.deferred", 1, _TALLY, title=_("투자심의를 보류했습니다")),
    EventType("fund.seat.cleared", 1, {"motion": "int"}, title=_("심의위원이 이해충돌이 없음을 밝혔습니다")),
    EventType("fund.seat.recused", 1, {"motion": "int"}, title=_("심의위원이 회피했습니다")),
    EventType("fund.ballot.cast", 1, {"motion": "int", "round": "int", "vote_c": "commitment"}, title=_("심의위원이 표결했습니다")),
    EventType("fund.ballot.voided", 1, {"motion": "int", "round": "int"}, title=_("회피한 심의위원의 표가 무효가 되었습니다")),
    EventType("fund.cap_breach.opened", 1, {"city": "decimal", "total": "decimal", "cap_bp": "int", "cause": "ref"}, series="fund.decision", title=_("서울시 출자 비율이 한도를 넘었습니다")),
    EventType("fund.cap_breach.cured", 1, {"city": "decimal", "total": "decimal"}, title=_("한도 초과가 해소되었습니다")),
    EventType("fund.cap_breach.waived", 1, {}, series="fund.decision", title=_("한도 초과를 유예했습니다")),
]  # fmt: skip

for event in EVENT_TYPES:
    register(event)

name(
    rooms={"fund": _("펀드")},
    kinds={"sub_fund": _("자펀드"), "programme": _("출자사업")},
    fields={
        "books": _("장부 기입의 지문"),
        "cap_bp": _("한도(만분율)"),
        "carry": _("성과보수"),
        "city": _("서울시 출자액"),
        "close": _("결성 차수"),
        "cost": _("취득원가"),
        "event": _("장부 기입 번호"),
        "evidence": _("평가 근거의 지문"),
        "lines": _("항목의 지문"),
        "motion": _("안건 번호"),
        "paid": _("납입한 금액"),
        "paper": _("심의자료의 지문"),
        "proceeds": _("회수금액"),
        "recused": _("회피한 위원 수"),
        "round": _("표결 차수"),
        "votes_abstain": _("기권 수"),
        "votes_against": _("반대 수"),
        "votes_for": _("찬성 수"),
    },
)
