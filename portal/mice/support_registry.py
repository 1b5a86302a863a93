"""What event support tells the ledger. Imported once, in ``MiceConfig.ready``. Amounts are whole won."""

from django.utils.translation import gettext_lazy as _

from ledger.log import EventType, name, register

_AWARD = {"edition": "ref", "programme": "ref", "amount": "int"}
_CLAWED = {"award": "ref"}
_FACTS = {"facts_c": "commitment"}
_CAME_IN = {**_CLAWED, "amount": "int", "on": "date", "bank_c": "commitment"}
_CHANGE = {"award": "ref", "amount_from": "int", "amount_to": "int"}

EVENT_TYPES = [
    EventType(
        "event.award.decided",
        1,
        {**_AWARD, "organisation": "ref", "budget_year": "int"},
        series="event.award",
        title=_("행사 지원을 결정했습니다"),
    ),
    EventType("event.award.agreed", 1, {}, title=_("행사 지원의 협약을 맺었습니다")),
    EventType("event.award.advanced", 1, {}, title=_("행사 지원금 1차분을 지급했습니다")),
    EventType("event.award.held", 1, {}, title=_("행사를 열었습니다")),
    EventType("event.award.reported", 1, {}, title=_("행사 지원의 정산을 보고했습니다")),
    EventType("event.award.returned", 1, {}, title=_("정산보고의 보완을 요청했습니다")),
    EventType("event.award.audited", 1, {}, title=_("행사 지원의 정산을 검사했습니다")),
    EventType("event.award.settled", 1, {"final": "int"}, title=_("행사 지원의 정산액을 확정했습니다")),
    EventType("event.award.balance_paid", 1, {}, title=_("행사 지원금 2차분을 지급했습니다")),
    EventType("event.award.demanded", 1, {"amount": "int"}, title=_("행사 지원금의 반납을 고지했습니다")),
    EventType("event.award.closed", 1, {}, title=_("행사 지원을 종결했습니다")),
    EventType("event.award.reopened", 1, {}, title=_("행사 지원의 정산을 다시 열었습니다")),
    EventType("event.award.cancelled", 1, {"held": "int"}, title=_("행사 지원의 교부를 취소했습니다")),
    EventType(
        "event.agreement.accepted", 1, {"award": "ref", "document": "ref"}, title=_("주최자가 지원협약에 서명했습니다")
    ),
    EventType("event.agreement.signed", 1, {"award": "ref", "document": "ref"}, title=_("지원협약을 체결했습니다")),
    EventType(
        "event.tranche.paid",
        1,
        {"award": "ref", "instalment": "code:ADVANCE|BALANCE", "amount": "int", "on": "date", "bank_c": "commitment"},
        title=_("행사 지원금을 지급했습니다"),
    ),
    EventType("event.tranche.voided", 1, {"award": "ref"}, title=_("행사 지원금의 지급 예정을 취소했습니다")),
    EventType("event.amendment.approved", 1, _CHANGE, title=_("행사 지원의 변경을 승인했습니다")),
    EventType("event.amendment.refused", 1, _CHANGE, title=_("행사 지원의 변경을 승인하지 않았습니다")),
    EventType(
        "event.report.filed",
        1,
        {"award": "ref", "version": "int", "spent": "int", "lines_c": "commitment"},
        title=_("정산보고를 제출했습니다"),
    ),
    EventType("event.report.returned", 1, {"award": "ref", "version": "int"}, title=_("정산보고를 돌려보냈습니다")),
    EventType(
        "event.report.audited",
        1,
        {"award": "ref", "version": "int", "spent": "int", "recognised": "int", "cuts_c": "commitment"},
        title=_("집행내역을 검사했습니다"),
    ),
    EventType(
        "event.settlement.decided",
        1,
        {
            "award": "ref",
            "amount": "int",
            "cap_left": "int",
            "recognised": "int",
            "support_rate_bp": "int",
            "by_turnout": "int?",
            "paid_before": "int",
            "interest_won": "int",
            "final": "int",
            "binding": "code:award|cap|recognised|tariff",
        },
        series="event.settlement",
        title=_("행사 지원의 정산을 결정했습니다"),
    ),
    EventType(
        "event.award.repaid",
        1,
        {"repaid": "int", "interest_won": "int", "on": "date", "bank_c": "commitment"},
        title=_("행사 지원금을 돌려받았습니다"),
    ),
    EventType(
        "event.clawback.noticed",
        1,
        {"award": "ref", "offence": "code:FALSE_CLAIM|MISUSE|BREACH", "amount": "int", "reply_by": "time", **_FACTS},
        title=_("행사 지원금의 환수를 미리 알렸습니다"),
    ),
    EventType("event.clawback.heard", 1, _CLAWED, title=_("환수에 대한 의견을 들었습니다")),
    EventType(
        "event.clawback.decided",
        1,
        {**_CLAWED, "amount": "int", "organisation": "ref"},
        series="event.clawback",
        title=_("행사 지원금의 환수를 결정했습니다"),
    ),
    EventType("event.clawback.dropped", 1, _CLAWED, title=_("행사 지원금의 환수를 철회했습니다")),
    EventType("event.clawback.demanded", 1, _CLAWED, title=_("환수할 금액을 고지했습니다")),
    EventType("event.clawback.waived", 1, _CLAWED, title=_("행사 지원금의 환수를 면제했습니다")),
    EventType("event.clawback.paid", 1, _CAME_IN, title=_("환수금을 받았습니다")),
    EventType("event.clawback.instalment", 1, _CAME_IN, title=_("환수금의 일부를 더 받았습니다")),
    EventType("event.clawback.overdue", 1, _CLAWED, title=_("환수금이 기한까지 들어오지 않았습니다")),
    EventType("event.clawback.referred", 1, _CLAWED, title=_("환수금의 강제징수를 의뢰했습니다")),
    EventType(
        "event.sanction.imposed",
        1,
        {"organisation": "ref", "sanction_from": "date", "sanction_until": "date"},
        title=_("행사 지원을 제한했습니다"),
    ),
    EventType("event.sanction.lifted", 1, {"organisation": "ref"}, title=_("지원 제한을 풀었습니다")),
    EventType(
        "event.edition.moved",
        1,
        {"starts_on": "date", "ends_on": "date", "elsewhere": "bool"},
        title=_("행사의 날짜나 장소를 바꾸었습니다"),
    ),
    EventType("event.edition.cancelled", 1, {}, title=_("행사를 취소했습니다")),
    EventType(
        "event.match.decided",
        1,
        {"first": "ref", "second": "ref"},
        title=_("두 행사가 같은 회차인지 확인했습니다"),
    ),
]

for event in EVENT_TYPES:
    register(event)

name(
    kinds={
        "event_award": _("행사 지원 교부결정"),
        "event_agreement": _("지원협약"),
        "event_clawback": _("행사 지원금 환수"),
        "event_sanction": _("지원 제한"),
        "event_settlement": _("정산 결정"),
        "event_tranche": _("교부 차수"),
        "event_amendment": _("지원 변경신청"),
        "event_edition": _("행사 회차"),
        "edition_match": _("동일 회차 확인"),
        "settlement_report": _("정산보고"),
    },
    fields={
        "amount_from": _("바꾸기 전 금액"),
        "amount_to": _("바꾼 뒤 금액"),
        "award": _("교부결정"),
        "bank_c": _("은행 기록"),
        "binding": _("금액을 정한 기준"),
        "cap_left": _("이 교부에 남는 회차 한도"),
        "cuts_c": _("불인정 내역"),
        "interest_won": _("이자"),
        "lines_c": _("집행내역"),
        "recognised": _("인정 금액"),
        "repaid": _("반납 원금"),
        "spent": _("집행 금액"),
        "support_rate_bp": _("지원 비율(bp)"),
        "by_turnout": _("실적에 따른 금액"),
        "paid_before": _("이미 지급한 금액"),
        "budget_year": _("회계연도"),
        "edition": _("행사 회차"),
        "elsewhere": _("장소도 바뀜"),
        "starts_on": _("첫날"),
        "ends_on": _("마지막 날"),
        "facts_c": _("사실관계"),
        "offence": _("환수 사유"),
        "sanction_from": _("제한 시작"),
        "sanction_until": _("제한 끝"),
        "final": _("확정 금액"),
        "first": _("앞 회차"),
        "held": _("남아 있는 금액"),
        "instalment": _("교부 차수"),
        "organisation": _("주최 기업"),
        "programme": _("지원사업"),
        "second": _("뒤 회차"),
    },
)
