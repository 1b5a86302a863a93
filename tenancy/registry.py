"""What tenancy tells the ledger: its event types. Imported once, in ``TenancyConfig.ready``."""

from django.utils.translation import gettext_lazy as _

from ledger.log import EventType, name, register, rule
from tenancy.enums import AmendmentKind, EndKind, GraduationGround, MeterKind, RenewalPath, SharedKind

_DAYS = {"start": "date", "end": "date"}
_HASHES = {"inputs": "ref", "result": "ref", "version": "ref"}
_PAID = {"open": "decimal"}
_AMENDMENTS = "code:" + "|".join(AmendmentKind.values)
_METERS = "code:" + "|".join(MeterKind.values)
_SHARED = "code:" + "|".join(SharedKind.values)
_ENDS = "code:" + "|".join(EndKind.values)

EVENT_TYPES = [
    EventType(
        "space.allocation.prepared", 1, {"call": "ref", "inputs": "ref"}, title=_("공간배정의 입력을 봉인했습니다")
    ),
    EventType(
        "space.allocation.run", 1, {**_HASHES, "placed": "int", "violations": "int"}, title=_("공간배정을 계산했습니다")
    ),
    EventType("space.allocation.decided", 1, _HASHES, series="space.allocation", title=_("공간배정을 결정했습니다")),
    EventType("space.allocation.published", 1, _HASHES, title=_("공간배정 결과를 공개했습니다")),
    EventType("space.allocation.voided", 1, {}, title=_("공간배정을 폐기했습니다")),
    EventType(
        "space.need.lined_up", 1, {"seats": "int", "rank": "int?"}, title=_("공간 수요를 배정 대상에 올렸습니다")
    ),
    EventType("space.need.left", 1, {"why": "ref"}, title=_("공간 수요가 배정 대상에서 빠졌습니다")),
    EventType("space.offer.sent", 1, {"unit": "ref", **_DAYS, "expires_at": "time"}, title=_("입주를 제안했습니다")),
    EventType("space.offer.accepted", 1, {"terms": "ref"}, title=_("입주 제안을 수락했습니다")),
    EventType("space.offer.declined", 1, {}, title=_("입주 제안을 사양했습니다")),
    EventType("space.offer.expired", 1, {"expires_at": "time"}, title=_("입주 제안의 기한이 지났습니다")),
    EventType("space.offer.revoked", 1, {}, title=_("입주 제안을 취소했습니다")),
    EventType("space.occupancy.held", 1, {"unit": "ref", **_DAYS}, title=_("구획을 임시로 배정했습니다")),
    EventType("space.occupancy.blocked", 1, {"unit": "ref?", **_DAYS}, title=_("구획의 사용을 멈췄습니다")),
    EventType("space.occupancy.committed", 1, {}, title=_("구획을 계약에 묶었습니다")),
    EventType("space.occupancy.moved_in", 1, {}, title=_("구획에 입주했습니다")),
    EventType("space.occupancy.released", 1, {}, title=_("구획의 배정을 풀었습니다")),
    EventType("space.occupancy.unblocked", 1, {}, title=_("구획을 다시 쓰게 했습니다")),
    EventType("space.occupancy.ended", 1, {"end": "date"}, title=_("구획의 사용이 끝났습니다")),
    EventType("space.lease.prepared", 1, {"document": "ref"}, title=_("입주계약서를 준비했습니다")),
    EventType(
        "space.lease.signed",
        1,
        {"document": "ref", "unit": "ref", **_DAYS},
        series="space.lease",
        title=_("입주계약을 맺었습니다"),
    ),
    EventType("space.lease.lapsed", 1, {}, title=_("서명 기한이 지나 입주계약이 이루어지지 않았습니다")),
    EventType("space.lease.abandoned", 1, {}, title=_("맺은 입주계약을 이행하지 않기로 했습니다")),
    EventType("space.lease.moved_in", 1, {"on": "date"}, title=_("입주를 시작했습니다")),
    EventType(
        "space.invoice.issued",
        1,
        {"month": "date", "total": "decimal", "number": "ref", "due": "date"},
        title=_("고지서를 발행했습니다"),
    ),
    EventType("space.invoice.dropped", 1, {}, title=_("고지서를 폐기했습니다")),
    EventType(
        "space.place.imported",
        1,
        {"hub": "ref", "digest": "ref", "cells": "int", "units": "int"},
        title=_("거점의 도면과 호실을 등록했습니다"),
    ),
    EventType(
        "space.place.reshaped",
        1,
        {"hub": "ref", "on": "date", "digest": "ref", "ended": "int", "begun": "int"},
        title=_("호실을 나누거나 합쳤습니다"),
    ),
    EventType("space.invoice.part_paid", 1, _PAID, title=_("고지한 금액의 일부를 받았습니다")),
    EventType("space.invoice.settled", 1, _PAID, title=_("고지한 금액을 모두 받았습니다")),
    EventType("space.invoice.reversed", 1, _PAID, title=_("수납을 취소해 고지가 다시 열렸습니다")),
    EventType(
        "space.invoice.credited",
        1,
        {"note": "ref", "total": "decimal", "open": "decimal"},
        title=_("고지한 금액을 줄였습니다"),
    ),
    EventType(
        "space.invoice.credit_dropped",
        1,
        {"note": "ref", "total": "decimal"},
        title=_("감액고지를 결재하지 않고 취소했습니다"),
    ),
    EventType(
        "space.lease.amended",
        1,
        {"kind": _AMENDMENTS, "on": "date", "document": "ref"},
        title=_("입주계약을 변경했습니다"),
    ),
    EventType(
        "space.amendment.prepared",
        1,
        {"kind": _AMENDMENTS, "on": "date", "document": "ref"},
        title=_("변경계약서를 준비했습니다"),
    ),
    EventType(
        "space.amendment.signed",
        1,
        {"kind": _AMENDMENTS, "on": "date", "document": "ref"},
        title=_("변경계약을 맺었습니다"),
    ),
    EventType("space.amendment.dropped", 1, {}, title=_("변경계약을 취소했습니다")),
    EventType("space.occupancy.cut", 1, {"end": "date"}, title=_("구획을 쓰는 기간을 줄였습니다")),
    EventType("space.occupancy.taken", 1, {"unit": "ref", **_DAYS}, title=_("구획을 다른 계약으로 이어 쓰게 했습니다")),
    EventType("space.occupancy.extended", 1, {"end": "date"}, title=_("구획을 쓰는 기간이 길어졌습니다")),
    EventType("space.lease.overstayed", 1, {"on": "date"}, title=_("퇴거일이 지나도록 열쇠를 돌려주지 않았습니다")),
    EventType(
        "space.offer.put_off", 1, {"start": "date", "terms": "ref"}, title=_("제안한 호실의 시작일을 늦추었습니다")
    ),
    EventType("space.deposit.asked", 1, {"due": "decimal"}, title=_("보증금을 청구했습니다")),
    EventType("space.deposit.part_received", 1, {"received": "decimal"}, title=_("보증금의 일부를 받았습니다")),
    EventType("space.deposit.received", 1, {"received": "decimal"}, title=_("보증금을 모두 받았습니다")),
    EventType(
        "space.deposit.closing",
        1,
        {"set_off": "decimal", "object_until": "date"},
        title=_("보증금 정산을 제안했습니다"),
    ),
    EventType("space.deposit.objected", 1, {"objection_c": "commitment"}, title=_("보증금 정산에 이의를 냈습니다")),
    EventType(
        "space.deposit.decided", 1, {"set_off": "decimal", "returned": "decimal"}, title=_("보증금 정산을 결정했습니다")
    ),
    EventType("space.deposit.returned", 1, {"returned": "decimal"}, title=_("보증금을 돌려주었습니다")),
    EventType("space.deposit.consumed", 1, {"set_off": "decimal"}, title=_("보증금을 모두 충당했습니다")),
    EventType("space.arrears.opened", 1, {"open": "decimal", "since": "date"}, title=_("임대료 미납을 기록했습니다")),
    EventType("space.arrears.reminded", 1, {"open": "decimal"}, title=_("미납을 안내했습니다")),
    EventType("space.arrears.demanded", 1, {"open": "decimal"}, title=_("납부를 독촉했습니다")),
    EventType("space.arrears.warned", 1, {"open": "decimal"}, title=_("납부를 최고했습니다")),
    EventType("space.arrears.terminating", 1, {"heard": "date"}, title=_("체납으로 해지 절차를 시작했습니다")),
    EventType(
        "space.arrears.plan_agreed", 1, {"instalments": "int", "open": "decimal"}, title=_("분납을 약속했습니다")
    ),
    EventType("space.arrears.plan_broken", 1, {"open": "decimal"}, title=_("분납 약속이 지켜지지 않았습니다")),
    EventType("space.arrears.closed", 1, {}, title=_("체납을 종결했습니다")),
    EventType(
        "space.bank_file.applied",
        1,
        {"file": "ref", "plan": "ref", "rows": "int", "total": "decimal"},
        title=_("은행 수납파일을 반영했습니다"),
    ),
    EventType("space.payment.taken_back", 1, {"amount": "decimal"}, title=_("은행이 취소한 입금을 반영했습니다")),
    EventType("space.payment.refunded", 1, {"amount": "decimal"}, title=_("선수금을 돌려주었습니다")),
    EventType("space.lease.notice_given", 1, {"leave": "date", "kind": _ENDS}, title=_("퇴거를 통보했습니다")),
    EventType("space.lease.notice_withdrawn", 1, {}, title=_("퇴거 통보를 철회했습니다")),
    EventType("space.lease.ended", 1, {"kind": _ENDS, "on": "date"}, title=_("입주계약이 끝났습니다")),
    EventType("space.lease.renewed", 1, _DAYS, title=_("입주계약을 연장했습니다")),
    EventType("space.lease.not_renewed", 1, {"end": "date"}, title=_("입주계약을 연장하지 않습니다")),
    EventType("space.renewal.invited", 1, _DAYS, title=_("연장 신청을 안내했습니다")),
    EventType("space.renewal.applied", 1, {}, title=_("연장을 신청했습니다")),
    EventType("space.renewal.granted", 1, {}, title=_("연장을 승인했습니다")),
    EventType("space.renewal.refused", 1, {}, title=_("연장을 승인하지 않았습니다")),
    EventType("space.renewal.granted_on_appeal", 1, {}, title=_("이의를 받아들여 연장을 승인했습니다")),
    EventType("space.renewal.lapsed", 1, {}, title=_("연장 신청 기한이 지났습니다")),
    EventType(
        "space.renewal.waiting",
        1,
        {"until": "date"},
        title=_("쓰던 호실이 다른 기업에 배정되어 다음 호실을 기다립니다"),
    ),
    EventType("space.renewal.room_found", 1, {"unit": "ref", **_DAYS}, title=_("연장할 호실을 찾았습니다")),
    EventType(
        "space.hub.renewal_path_set",
        1,
        {"path": "code:" + "|".join(RenewalPath.values)},
        title=_("거점의 연장평가 방식을 정했습니다"),
    ),
    EventType("space.renewal.signed", 1, _DAYS, title=_("연장계약에 서명했습니다")),
    EventType("space.move_out.noticed", 1, {"leave": "date", "kind": _ENDS}, title=_("퇴거 절차를 시작했습니다")),
    EventType("space.move_out.scheduled", 1, {}, title=_("퇴거 점검 일정을 정했습니다")),
    EventType("space.move_out.inspected", 1, {"cost": "decimal"}, title=_("퇴거하는 호실을 점검했습니다")),
    EventType("space.move_out.restoring", 1, {}, title=_("원상복구를 요청했습니다")),
    EventType("space.move_out.keys_returned", 1, {"on": "date"}, title=_("열쇠를 돌려받았습니다")),
    EventType("space.move_out.settled", 1, {}, title=_("퇴거를 정산했습니다")),
    EventType("space.move_out.closed", 1, {}, title=_("퇴거 절차를 마쳤습니다")),
    EventType("space.move_out.cancelled", 1, {}, title=_("퇴거 절차를 취소했습니다")),
    EventType("space.paper.filed", 1, {"document": "ref", "scan": "ref"}, title=_("종이로 서명한 계약서를 올렸습니다")),
    EventType(
        "space.paper.confirmed", 1, {"document": "ref", "scan": "ref"}, title=_("종이로 서명한 계약서를 확인했습니다")
    ),
    EventType("space.paper.rejected", 1, {}, title=_("종이로 서명한 계약서를 돌려보냈습니다")),
    EventType("space.move_in.recorded", 1, {"on": "date", "keys": "int", "cards": "int"}, title=_("호실을 넘겼습니다")),
    EventType("space.move_in.confirmed", 1, {}, title=_("입주기업이 호실을 넘겨받았음을 확인했습니다")),
    EventType("space.rate_card.drafted", 1, {"from_day": "date", "figures": "ref"}, title=_("요율표를 작성했습니다")),
    EventType("space.rate_card.checked", 1, {"figures": "ref"}, title=_("요율표를 다른 사람이 확인했습니다")),
    EventType(
        "space.rate_card.put_in_force", 1, {"from_day": "date", "figures": "ref"}, title=_("요율표를 시행했습니다")
    ),
    EventType("space.rate_card.dropped", 1, {}, title=_("요율표를 폐기했습니다")),
    EventType(
        "space.tariff.drafted",
        1,
        {"meter": _METERS, "won": "decimal", "from_day": "date"},
        title=_("사용료 단가를 작성했습니다"),
    ),
    EventType("space.tariff.checked", 1, {"won": "decimal"}, title=_("사용료 단가를 다른 사람이 확인했습니다")),
    EventType(
        "space.tariff.put_in_force",
        1,
        {"meter": _METERS, "won": "decimal", "from_day": "date"},
        title=_("사용료 단가를 시행했습니다"),
    ),
    EventType("space.tariff.dropped", 1, {}, title=_("사용료 단가를 폐기했습니다")),
    EventType(
        "space.cost.shared",
        1,
        {"shared": _SHARED, "month": "date", "total": "decimal", "shares": "int", "file": "ref"},
        title=_("공동비용을 나누었습니다"),
    ),
    EventType("space.cost.voided", 1, {}, title=_("공동비용을 취소했습니다")),
    EventType(
        "space.graduation.granted",
        1,
        {"on": "date", "ground": "code:" + "|".join(GraduationGround.values)},
        title=_("졸업을 인정했습니다"),
    ),
]

for event in EVENT_TYPES:
    register(event)

name(
    rooms={"space": _("공간")},
    kinds={
        "company": _("기업"),
        "allocation": _("공간배정"),
        "hub": _("거점"),
        "unit": _("호실"),
        "cell": _("구획"),
        "building": _("건물"),
        "rate_card": _("요율표"),
        "tariff": _("사용료 단가"),
    },
    fields={
        "call": _("모집공고"),
        "inputs": _("입력의 해시"),
        "result": _("결과의 해시"),
        "placed": _("배정한 수"),
        "violations": _("어긴 제약의 수"),
        "seats": _("좌석"),
        "rank": _("순위"),
        "why": _("까닭"),
        "unit": _("호실"),
        "start": _("시작일"),
        "end": _("종료일"),
        "expires_at": _("답변 기한"),
        "terms": _("조건의 해시"),
        "document": _("계약서의 해시"),
        "month": _("달"),
        "total": _("금액(원)"),
        "number": _("고지번호"),
        "due": _("납부기한"),
        "hub": _("거점"),
        "cells": _("구획 수"),
        "ended": _("없어진 호실 수"),
        "begun": _("새 호실 수"),
        "units": _("호실 수"),
        "open": _("남은 금액(원)"),
        "note": _("감액번호"),
        "kind": _("종류"),
        "on": _("날짜"),
        "received": _("받은 금액(원)"),
        "set_off": _("충당액(원)"),
        "object_until": _("이의 기한"),
        "objection_c": _("이의 내용"),
        "returned": _("돌려준 금액(원)"),
        "since": _("체납 시작"),
        "heard": _("의견을 들은 날"),
        "instalments": _("분납 횟수"),
        "file": _("파일의 해시"),
        "plan": _("계획의 해시"),
        "rows": _("입금 수"),
        "amount": _("금액(원)"),
        "leave": _("퇴거일"),
        "cost": _("비용(원)"),
        "ground": _("사유"),
        "until": _("머무르는 날까지"),
        "path": _("방식"),
        "from_day": _("시행일"),
        "scan": _("스캔한 파일의 해시"),
        "keys": _("열쇠(개)"),
        "cards": _("출입카드(장)"),
        "figures": _("요율의 해시"),
        "meter": _("계량기"),
        "won": _("단가(원)"),
        "shared": _("공동비용의 종류"),
        "shares": _("나눈 계약 수"),
    },
)

#: What anybody can replay from the log: no cell is used twice at a time, and no hub gives more cells than it has.
_USED = {"live": ["HELD", "COMMITTED", "OCCUPIED", "BLOCKED"], "start": "start", "end": "end"}
rule(rule="once", thing="space.occupancy", key=["subject"], **_USED)
rule(
    rule="sum_max",
    thing="space.occupancy",
    group=["unit:0"],
    cap={"type": "space.place.imported", "group": "hub", "value": "cells", "adds": True},
    **_USED,
)
