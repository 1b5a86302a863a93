"""What the college can tell people about; registered in ``CollegeConfig.ready``."""

from django.utils.translation import gettext_lazy as _

from portal.notices.registry import Topic

TOPICS = [
    Topic(
        "college.seated",
        _("수강 자리 배정"),
        _("{run} 자리가 배정되었습니다."),
        _("일정과 출석은 내 수강 화면에서 볼 수 있습니다. 못 오시게 되면 다음 사람을 위해 미리 취소해 주십시오."),
    ),
    Topic(
        "college.waiting",
        _("수강 대기"),
        _("{run} 대기 명단에 올랐습니다."),
        _("자리가 나면 알려 드립니다. 제안을 받으면 기한 안에 수락해 주십시오."),
    ),
    Topic(
        "college.offered",
        _("수강 자리 제안"),
        _("{run} 자리가 났습니다."),
        _("{expires_at}까지 수락하거나 포기해 주십시오. 기한이 지나면 다음 사람에게 넘어갑니다."),
        required=True,
    ),
    Topic(
        "college.lapsed",
        _("수강 제안 기한 경과"),
        _("{run} 자리 제안의 기한이 지났습니다."),
        _("자리는 다음 사람에게 넘어갔습니다."),
    ),
    Topic(
        "college.closed",
        _("수강 대기 마감"),
        _("{run} 대기를 마감했습니다."),
        _("이번 기수에는 자리가 나지 않았습니다. 다음 기수에 다시 신청해 주십시오."),
    ),
    Topic(
        "college.survey",
        _("설문"),
        _("{run} 과정은 어떠셨습니까?"),
        _("{closes_at}까지 내 수강 화면에서 답해 주십시오. 답에는 이름도 시각도 남지 않습니다."),
    ),
    Topic(
        "college.completed",
        _("수료"),
        _("{run} 과정을 수료하셨습니다."),
        _("수료증이 발급되면 다시 알려 드립니다."),
    ),
    Topic(
        "college.not_completed",
        _("미수료"),
        _("{run} 수료 판정 결과 미수료입니다."),
        _("이유와 출석 내역은 내 수강 화면에서 볼 수 있습니다. 사실과 다르면 출결정정을 신청해 주십시오."),
        required=True,
    ),
    Topic(
        "college.refund_approved",
        _("수강료 환불 승인"),
        _("{run} 수강료 {amount}원을 돌려드리기로 했습니다."),
        _("내신 방법으로 곧 돌려드립니다. 어떻게 셈했는지는 수강료 화면에서 볼 수 있습니다."),
    ),
    Topic(
        "college.refund_paid",
        _("수강료 환불 지급"),
        _("{run} 수강료 {amount}원을 돌려드렸습니다."),
        _("며칠이 지나도 들어오지 않으면 교육 운영담당에게 문의해 주십시오."),
    ),
    Topic(
        "college.refund_refused",
        _("수강료 환불 불가"),
        _("{run} 수강료는 돌려드릴 금액이 없습니다."),
        _("수업이 절반 넘게 지나면 법이 정한 환불액이 없습니다. 어떻게 셈했는지는 수강료 화면에서 볼 수 있습니다."),
        required=True,
    ),
    Topic(
        "college.lesson_assigned",
        _("수업 배정"),
        _("{run} 수업을 맡으셨습니다."),
        _("{starts_at} 수업입니다. 내 수업 화면에서 명단을 보고 출석을 시작할 수 있습니다."),
    ),
    Topic(
        "college.qualified",
        _("강사 자격 승인"),
        _("{course} 강사 자격이 승인되었습니다."),
        _("{until} 전날까지 이 과정을 가르칠 수 있습니다."),
    ),
    Topic(
        "college.qualification_withdrawn",
        _("강사 자격 철회"),
        _("{course} 강사 자격이 철회되었습니다."),
        _("앞으로의 수업은 다른 강사가 맡습니다. 궁금한 점은 교육 운영담당에게 문의해 주십시오."),
        required=True,
    ),
    Topic(
        "college.qualification_ending",
        _("강사 자격 만료 예정"),
        _("{course} 강사 자격이 {until}에 끝납니다."),
        _("계속 가르치시려면 새 근거를 교육 운영담당에게 보내 주십시오."),
        required=True,
    ),
    Topic(
        "college.qualification_to_renew",
        _("강사 자격 만료 예정(담당자)"),
        _("{name} 님의 {course} 강사 자격이 {until}에 끝납니다."),
        _("그 뒤의 수업에는 새 자격이나 다른 강사가 필요합니다."),
    ),
    Topic(
        "college.cert_issued",
        _("수료증 발급"),
        _("수료증 {number}이(가) 발급되었습니다."),
        _("누구나 확인할 수 있는 수료증입니다. 내 수강 화면에서 받으십시오."),
    ),
    Topic(
        "college.cert_suspended",
        _("수료증 효력정지"),
        _("수료증 {number}의 효력이 정지되었습니다."),
        _("사유를 확인하고 의견을 낼 수 있습니다. 교육 운영담당에게 문의해 주십시오."),
        required=True,
    ),
    Topic(
        "college.cert_restored",
        _("수료증 효력 회복"),
        _("수료증 {number}의 효력이 회복되었습니다."),
        _("다시 유효한 수료증으로 확인됩니다."),
    ),
    Topic(
        "college.cert_revoked",
        _("수료증 취소"),
        _("수료증 {number}이(가) 취소되었습니다."),
        _("앞으로 이 수료증은 취소된 것으로 확인됩니다. 이의가 있으면 교육 운영담당에게 문의해 주십시오."),
        required=True,
    ),
    Topic(
        "college.cert_superseded",
        _("수료증 교체"),
        _("수료증 {number}을(를) 새로 발급했습니다."),
        _("이전 수료증은 교체된 것으로 확인됩니다. 새 수료증을 받아 주십시오."),
    ),
]
