"""What tenancy can tell people about; registered in ``TenancyConfig.ready``."""

from django.utils.translation import gettext_lazy as _

from portal.notices.registry import Topic

TOPICS = [
    Topic(
        "space.offer_sent",
        _("입주 제안"),
        _("{hub} {unit}호 입주를 제안합니다."),
        _("{expires_at}까지 수락하거나 포기해 주십시오. 기한이 지나면 다음 기업에 기회가 넘어갑니다."),
        required=True,
    ),
    Topic(
        "space.offer_waiting",
        _("입주 제안 답변 알림"),
        _("{hub} {unit}호 입주 제안이 답변을 기다립니다."),
        _("{expires_at}까지 답하지 않으면 다음 기업에 기회가 넘어갑니다."),
    ),
    Topic(
        "space.lease_ready",
        _("입주계약 서명"),
        _("{unit}호 입주계약서가 준비되었습니다."),
        _("{sign_by}까지 내용을 확인하고 서명해 주십시오. 기한이 지나면 계약이 체결되지 않습니다."),
        required=True,
    ),
    Topic(
        "space.lease_signed",
        _("입주계약 체결"),
        _("{unit}호 입주계약이 체결되었습니다."),
        _("양쪽이 모두 서명했습니다. 입주일에 거점 운영담당에게 열쇠를 받아 주십시오."),
    ),
    Topic(
        "space.invoice_issued",
        _("임대료 고지"),
        _("임대료 {total}원이 고지되었습니다({number})."),
        _("{due_date}까지 납부해 주십시오. 금액의 계산 과정은 계약 화면에서 볼 수 있습니다."),
        required=True,
    ),
    Topic(
        "space.credited",
        _("임대료 감액"),
        _("고지서 {number}의 금액이 {total}원 줄었습니다."),
        _("이미 내신 금액은 선수금이 되어 다음 고지에 먼저 쓰입니다. 돌려받기를 원하시면 담당자에게 알려 주십시오."),
        required=True,
    ),
    Topic(
        "space.arrears",
        _("임대료 미납"),
        _("{unit}호 임대료 {open}원이 미납되었습니다({step})."),
        _("계약 화면에서 고지서를 확인하고 납부해 주십시오. 한 번에 내기 어려우면 분납을 상의해 주십시오."),
        required=True,
    ),
    Topic(
        "space.deposit_closing",
        _("보증금 정산"),
        _("{unit}호 보증금 정산안이 나왔습니다."),
        _("{until}까지 계약 화면에서 내용을 확인하고, 다르면 이의를 내 주십시오."),
        required=True,
    ),
    Topic(
        "space.amendment_ready",
        _("변경계약 서명"),
        _("{unit}호 변경계약({kind})이 서명을 기다립니다."),
        _("{on}부터 바뀌는 내용을 확인하고 서명해 주십시오."),
        required=True,
    ),
    Topic(
        "space.amendment_in_force",
        _("변경계약 시행"),
        _("{unit}호 변경계약({kind})이 체결되었습니다."),
        _("{on}부터 바뀐 조건이 적용됩니다."),
    ),
    Topic(
        "space.renewal_invited",
        _("연장 신청 안내"),
        _("{unit}호 계약이 {end}에 끝납니다. 연장을 신청할 수 있습니다."),
        _("{respond_by}까지 지난 기간의 실적을 적어 신청해 주십시오. 그때까지 호실을 비워 두고 기다립니다."),
        required=True,
    ),
    Topic(
        "space.renewal_granted",
        _("연장 승인"),
        _("{unit}호 계약 연장이 승인되었습니다."),
        _("연장계약에 서명하면 {end}부터 새 기간이 시작됩니다."),
        required=True,
    ),
    Topic(
        "space.renewal_call",
        _("연장평가 공고"),
        _("{unit}호의 연장을 신청할 수 있습니다."),
        _("연장평가 공고가 나왔습니다. {closes_at}까지 실적을 확인하고 신청서를 제출해 주십시오."),
        required=True,
    ),
    Topic(
        "space.renewal_room",
        _("연장할 호실"),
        _("{unit}호로 옮겨 계약을 연장할 수 있습니다."),
        _("쓰시던 호실은 다른 기업에 배정되었습니다. 연장계약에 서명하면 {start}부터 {unit}호를 씁니다."),
        required=True,
    ),
    Topic(
        "space.holdover",
        _("퇴거일이 지난 호실"),
        _("{unit}호의 퇴거일({leave})이 지났습니다."),
        _(
            "열쇠를 돌려주시는 날까지 하루마다 임대료의 {percent}%를 사용료로 부과합니다. 바로 담당자에게 연락해 주십시오."
        ),
        required=True,
    ),
    Topic(
        "space.start_moved",
        _("입주일 변경"),
        _("{unit}호의 입주 시작일이 {start}로 늦어졌습니다."),
        _("앞 기업이 아직 호실을 비우지 않았습니다. 계약 종료일은 그대로이고, 임대료는 새 시작일부터 부과합니다."),
        required=True,
    ),
    Topic(
        "space.move_out",
        _("퇴거 절차"),
        _("{unit}호 퇴거({leave}): {status}"),
        _("퇴거 화면에서 확인항목과 다음 할 일을 볼 수 있습니다."),
        required=True,
    ),
    Topic(
        "space.follow_up",
        _("졸업기업 실적"),
        _("{year}년 실적을 알려 주십시오."),
        _("매출, 고용, 투자 유치를 한 번만 적으시면 됩니다. 거점의 성과를 셈하는 데에만 씁니다."),
    ),
    Topic(
        "space.booking",
        _("회의실 예약"),
        _("{room} 예약({starts}): {status}"),
        _("예약 화면에서 지금 상태를 확인할 수 있습니다."),
    ),
    Topic(
        "space.room_wait",
        _("비게 된 회의실"),
        _("{room}이(가) {starts}에 비었습니다. 10분 동안 확보해 두었습니다."),
        _("{until}까지 예약하지 않으면 다음 분께 차례가 넘어갑니다."),
        required=True,
    ),
    Topic(
        "space.ticket",
        _("요청 처리"),
        _("요청 ‘{title}’: {status}"),
        _("요청 화면에서 처리내역을 보고 답하거나 다시 열 수 있습니다."),
    ),
    Topic(
        "space.ticket_file",
        _("요청의 첨부 파일"),
        _("‘{title}’에 올리신 {name} 파일에서 악성코드가 발견되었습니다."),
        _("그 파일은 아무도 열 수 없습니다. 안전한 파일로 바꾸어 다시 보내 주십시오."),
        required=True,
    ),
]
