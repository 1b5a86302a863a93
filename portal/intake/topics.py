"""What intake tells people about."""

from django.utils.translation import gettext_lazy as _

from portal.notices.registry import Topic, register

SENT = Topic(
    "intake.submitted",
    _("접수 확인"),
    _("신청서가 접수되었습니다: {number}"),
    _("“{call}” 신청서를 {at}에 접수했습니다. 접수증에서 접수번호와 접수 시각을 확인할 수 있습니다."),
    required=True,
)
SENDING_REQUESTED = Topic(
    "intake.sending_requested",
    _("제출 요청"),
    _("{who} 님이 신청서 제출을 요청했습니다"),
    _("“{call}” 신청서가 준비되었습니다. 내용을 확인하고 {closes_at} 전에 제출해 주십시오."),
)
APPROVAL = Topic(
    "intake.approval_requested",
    _("공고 결재 요청"),
    _("공고를 결재해 주십시오: {call}"),
    _("{who} 님이 공고문을 작성했습니다. 미리보기를 확인하고 공고해 주십시오."),
)
CORRECTED = Topic(
    "intake.call_corrected",
    _("공고 정정·취소"),
    _("공고가 정정되었습니다: {call}"),
    _("정정 사유: {reason}. 접수 마감은 {closes_at}입니다. 작성하신 내용은 그대로 남아 있습니다."),
    required=True,
)
CLOSING = Topic(
    "intake.closing_soon",
    _("접수 마감 임박"),
    _("접수 마감 {hours}시간 전입니다: {call}"),
    _("아직 제출하지 않은 신청서가 있습니다. {closes_at} 전에 제출해 주십시오. 마감 뒤에는 제출할 수 없습니다."),
)
SITTING = Topic(
    "intake.sitting_called",
    _("평가회의"),
    _("평가회의가 있습니다: {call}"),
    _("{stage}, {starts_at}, {place}. 참석하지 않으면 그 회의에서 들은 신청서의 평가표를 제출할 수 없습니다."),
    required=True,
)
SITTING_CANCELLED = Topic(
    "intake.sitting_cancelled",
    _("평가회의 취소"),
    _("평가회의가 취소되었습니다: {call}"),
    _("{stage}, {starts_at}. 취소 사유: {reason}"),
    required=True,
)
CANCELLED = Topic(
    "intake.call_cancelled",
    _("공고 취소"),
    _("공고가 취소되었습니다: {call}"),
    _("취소 사유: {reason}"),
    required=True,
)
SUPPLEMENT = Topic(
    "intake.supplement_asked",
    _("보완요청"),
    _("신청서를 보완해 주십시오: {call}"),
    _("{missing} 기한: {due_at}"),
    required=True,
)
RESULT = Topic(
    "intake.result",
    _("심사 결과"),
    _("심사 결과를 확인해 주십시오: {call}"),
    _("결과와 점수, 이유, 이의신청 방법을 결과통지에서 확인할 수 있습니다."),
    required=True,
)
RESERVE_CALLED = Topic(
    "intake.reserve_called",
    _("예비 승계"),
    _("예비 순위가 되어 선정되었습니다: {call}"),
    _("자리가 나서 예비 {order}번으로 선정되었습니다. 다음 절차를 확인해 주십시오."),
    required=True,
)
WITHDRAWN = Topic(
    "intake.withdrawn",
    _("철회 확인"),
    _("신청이 철회되었습니다: {number}"),
    _("“{call}” 신청을 철회했습니다."),
)
PANEL = Topic(
    "intake.panel_invited",
    _("평가위원 위촉"),
    _("평가위원으로 위촉하고자 합니다: {call}"),
    _("서약하고 이해충돌을 신고한 뒤 평가를 시작할 수 있습니다."),
)
FILES = Topic(
    "intake.files_assigned",
    _("평가 배정"),
    _("평가할 신청서가 배정되었습니다: {call}"),
    _("{stage} 평가를 시작해 주십시오."),
)
CHALLENGE = Topic(
    "intake.challenge_decided",
    _("기피신청 결정"),
    _("기피신청에 대한 결정: {call}"),
    _("결정: {outcome}. 이유: {reasons}"),
    required=True,
)
APPEAL = Topic(
    "intake.appeal",
    _("이의신청"),
    _("이의신청 {state}: {call}"),
    _("답변 기한은 {due_at}입니다. 진행 상황은 내 신청 화면에서 확인할 수 있습니다."),
    required=True,
)

NEWLY_ASKED = Topic(
    "intake.newly_asked",
    _("정정공고의 새 필수 문항"),
    _("새로 답해야 하는 문항이 있습니다: {call}"),
    _(
        "이미 제출한 신청서에 답이 필요한 문항이 더해졌습니다: {questions}. {closes_at} 전에 답하고 다시 제출해 주십시오."
    ),
    required=True,
)
LATE_CODE = Topic(
    "intake.late_code",
    _("추가접수 허용"),
    _("추가접수가 허용되었습니다: {call}"),
    _("담당자에게 받은 코드로 {expires_at} 전에 한 번 제출할 수 있습니다."),
    required=True,
)
REOPENING = Topic(
    "intake.reopening_asked",
    _("평가표 반려 요청"),
    _("위원장이 평가표를 다시 열어 달라고 요청했습니다: {call}"),
    _("{stage}. 이유: {reason}"),
)
CASE = Topic(
    "intake.case_noticed",
    _("선정취소 절차"),
    _("선정취소 절차를 시작합니다: {call}"),
    _("사유: {ground}. {reply_by} 전에 의견을 낼 수 있습니다. 증거는 내 신청 화면에서 확인할 수 있습니다."),
    required=True,
)
CASE_DECIDED = Topic(
    "intake.case_decided",
    _("선정취소 결정"),
    _("선정취소 절차의 결정: {call}"),
    _("결정: {outcome}. 이유: {reasons}"),
    required=True,
)
INFECTED = Topic(
    "intake.file_infected",
    _("파일의 악성코드"),
    _("올리신 파일에서 악성코드가 발견되었습니다: {call}"),
    _("“{file}” 파일은 열 수 없으며 제출에서 빠집니다. 안전한 파일로 바꾸어 주십시오."),
    required=True,
)
CHALLENGE_FILED = Topic(
    "intake.challenge_filed",
    _("기피신청 접수"),
    _("기피신청을 결정해 주십시오: {call}"),
    _("결정 기한은 {decide_by}입니다. 그동안 해당 평가위원은 그 신청서를 평가하지 않습니다."),
)
CHALLENGE_OVERDUE = Topic(
    "intake.challenge_overdue",
    _("기피신청 결정 기한"),
    _("기피신청을 결정할 기한이 지났습니다: {call}"),
    _("결정할 때까지 해당 평가위원은 그 신청서를 평가하지 않습니다."),
)

TOPICS = (
    NEWLY_ASKED,
    LATE_CODE,
    REOPENING,
    CASE,
    CASE_DECIDED,
    INFECTED,
    CHALLENGE_FILED,
    CHALLENGE_OVERDUE,
    SENT,
    SENDING_REQUESTED,
    APPROVAL,
    CORRECTED,
    CANCELLED,
    CLOSING,
    SITTING,
    SITTING_CANCELLED,
    SUPPLEMENT,
    RESULT,
    RESERVE_CALLED,
    WITHDRAWN,
    PANEL,
    FILES,
    CHALLENGE,
    APPEAL,
)


def register_all() -> None:
    """Make the topics known to the inbox and its preferences."""
    for topic in TOPICS:
        register(topic)
