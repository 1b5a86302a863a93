"""What the fund room can tell people about; registered in ``FundConfig.ready``."""

from django.utils.translation import gettext_lazy as _

from portal.notices.registry import Topic

TOPICS = [
    Topic(
        "fund.call_waiting",
        _("출자요청 결재"),
        _("{sub_fund} {number}차 출자요청이 결재를 기다립니다."),
        _("합계는 {total}, 납입 기한은 {due}입니다. 출자자별 몫을 확인하고 승인해 주십시오."),
    ),
    Topic(
        "fund.call_issued",
        _("출자요청"),
        _("{sub_fund} {number}차 출자요청: 납입하실 금액은 {amount}입니다."),
        _("납입 기한은 {due}입니다. 이번 요청 전 미납입 약정은 {before}, 뒤에는 {after}입니다."),
        required=True,
    ),
    Topic(
        "fund.distributed",
        _("배분"),
        _("{sub_fund} {number}차 배분: 지급한 금액은 {amount}입니다."),
        _("종류는 {kind}, 배분일은 {on}입니다. 이 배분 뒤 미납입 약정은 {after}입니다."),
        required=True,
    ),
    Topic(
        "fund.call_rescinded",
        _("출자요청 취소"),
        _("{sub_fund} {number}차 출자요청이 취소되었습니다."),
        _("납입하지 마십시오. 이미 납입하신 금액이 있으면 담당자가 연락드립니다."),
        required=True,
    ),
    Topic(
        "fund.motion_tabled",
        _("투자심의 안건"),
        _("{sub_fund} 투자심의 제{number}호 안건이 올라왔습니다."),
        _("이해충돌이 있는지 먼저 밝혀 주십시오. 그 뒤에 심의자료를 볼 수 있습니다."),
    ),
    Topic(
        "fund.motion_opened",
        _("투자심의 표결"),
        _("{sub_fund} 투자심의 제{number}호 안건의 표결을 시작했습니다."),
        _("심의자료를 읽고 표결해 주십시오."),
    ),
    Topic(
        "fund.duty_ending",
        _("투자의무 기한"),
        _("{sub_fund} 투자의무의 기한이 다가옵니다: {field}, {deadline} 전까지"),
        _(
            "채울 금액은 {required}, 인정한 금액은 {progress}, 남은 금액은 {missing}입니다. 확인하지 못한 금액은 {unknown}입니다."
        ),
        required=True,
    ),
    Topic(
        "fund.duty_ended",
        _("투자의무 점검 결과"),
        _("{sub_fund} 투자의무를 점검했습니다: {field}, {result}"),
        _("기한까지 채울 금액은 {required}, 인정한 금액은 {progress}입니다. 확인하지 못한 금액은 {unknown}입니다."),
        required=True,
    ),
    Topic(
        "fund.statement_issued",
        _("자본계정 명세서"),
        _("{sub_fund} 자본계정 명세서 {number}호가 나왔습니다."),
        _("{end} 기준입니다. 열어서 읽고 PDF와 엑셀 파일로 내려받으실 수 있습니다."),
        required=True,
    ),
    Topic(
        "fund.statement_replaced",
        _("자본계정 명세서 정정"),
        _("{sub_fund} 자본계정 명세서를 {number}호로 바로잡았습니다."),
        _(
            "{end} 기준 실적이 정정되었습니다. 앞의 명세서 대신 이 명세서를 써 주십시오. 앞의 명세서도 계속 읽으실 수 있습니다."
        ),
        required=True,
    ),
]
