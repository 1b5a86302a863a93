"""What intake tells people about."""

from collections.abc import Mapping

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
QUESTIONS = Topic(
    "intake.questions_asked",
    _("평가단계의 추가 문항"),
    _("추가 문항에 답해 주십시오: {call}"),
    _("{stage} 전에 답해야 하는 문항과 파일이 있습니다. {due_at} 전에 제출해 주십시오."),
    required=True,
)
QUESTIONS_LAPSED = Topic(
    "intake.questions_lapsed",
    _("추가 문항 기한 경과"),
    _("추가 문항에 답할 기한이 지났습니다: {call}"),
    _("지금까지 제출하신 내용으로 심사합니다."),
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
SUPPLEMENT_ANSWERED = Topic(
    "intake.supplement_answered",
    _("보완 제출"),
    _("보완한 내용이 들어왔습니다: {call}"),
    _("{number} {company}. 확인해 주십시오."),
)
SUPPLEMENT_LAPSED = Topic(
    "intake.supplement_lapsed",
    _("보완 기한 경과"),
    _("보완 기한이 지났습니다: {call}"),
    _("앞서 제출하신 내용으로 심사합니다."),
    required=True,
)
RESERVE_LAPSED = Topic(
    "intake.reserve_lapsed",
    _("예비 순위 만료"),
    _("예비 순위의 유효 기한이 지났습니다: {call}"),
    _("예비 {order}번의 유효 기한이 지나 선정되지 않았습니다."),
    required=True,
)
RETURNED = Topic(
    "intake.returned_to_reserve",
    _("예비로 되돌림"),
    _("승계를 거두고 예비 순위로 되돌립니다: {call}"),
    _("까닭: {reason} 예비 {order}번은 그대로이며, 자리가 나면 다시 순서대로 알려 드립니다."),
    required=True,
)
SEAT_DECLINED = Topic(
    "intake.seat_declined",
    _("위촉 고사"),
    _("평가위원이 위촉을 고사했습니다: {call}"),
    _("{stage}, {who}. 예비위원을 위촉해 주십시오."),
)
DISMISSED = Topic(
    "intake.member_dismissed",
    _("평가위원 해촉"),
    _("평가위원에서 해촉되었습니다: {call}"),
    _("{stage}. 사유: {reason}"),
    required=True,
)
FILES_CHANGED = Topic(
    "intake.files_changed",
    _("평가 대상 변경"),
    _("평가할 신청서가 바뀌었습니다: {call}"),
    _("{stage}에서 맡으신 신청서 가운데 {state} 처리된 것이 있습니다. 내 평가에서 지금 맡은 신청서를 확인해 주십시오."),
)
SHEET_REOPENED = Topic(
    "intake.sheet_reopened",
    _("평가표 반려"),
    _("제출하신 평가표가 다시 열렸습니다: {call}"),
    _("{stage}. 까닭: {reason} 고쳐서 다시 제출해 주십시오."),
    required=True,
)
CHALLENGE_WITHDRAWN = Topic(
    "intake.challenge_withdrawn",
    _("기피신청 취하"),
    _("기피신청이 취하되었습니다: {call}"),
    _("{number} {company}. 결정할 것이 없어졌습니다."),
)
CASE_HEARD = Topic(
    "intake.case_heard",
    _("선정취소 의견"),
    _("선정취소 절차에 의견이 들어왔습니다: {call}"),
    _("{number} {company}. 의견을 읽고 결정해 주십시오."),
)
APPROVE_RESULT = Topic(
    "intake.result_prepared",
    _("결과 결재 요청"),
    _("결과를 결재해 주십시오: {call}"),
    _("{kind} 초안이 작성되었습니다. 살펴보고 결정해 주십시오."),
)

TOPICS = (
    SUPPLEMENT_ANSWERED,
    SUPPLEMENT_LAPSED,
    RESERVE_LAPSED,
    RETURNED,
    SEAT_DECLINED,
    DISMISSED,
    FILES_CHANGED,
    SHEET_REOPENED,
    CHALLENGE_WITHDRAWN,
    CASE_HEARD,
    APPROVE_RESULT,
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
    QUESTIONS,
    QUESTIONS_LAPSED,
    RESULT,
    RESERVE_CALLED,
    WITHDRAWN,
    PANEL,
    FILES,
    CHALLENGE,
    APPEAL,
)

#: Every step of the workflow (``kind:done``) that somebody else has to hear of, and the topics that tell it.
TOLD_AT: Mapping[str, tuple[Topic, ...]] = {
    "call:cancelled": (CANCELLED,),
    "call:entry_reopened": (CORRECTED,),
    "call:announced": (RESULT,),
    "application:submitted": (SENT,),
    "application:supplement_requested": (SUPPLEMENT,),
    "application:supplement_closed": (SENT, SUPPLEMENT_LAPSED),
    "application:found_eligible": (RESULT, QUESTIONS),
    "application:found_ineligible": (RESULT,),
    "application:reinstated": (RESULT,),
    "application:selected": (RESULT,),
    "application:reserved": (RESULT,),
    "application:refused": (RESULT,),
    "application:promoted": (RESERVE_CALLED,),
    "application:returned": (RETURNED,),
    "application:lapsed": (RESERVE_LAPSED,),
    "application:reopened": (RESULT,),
    "application:selected_on_appeal": (RESULT,),
    "application:reserved_on_appeal": (RESULT,),
    "application:withdrawn": (WITHDRAWN,),
    "application:disqualified": (RESULT,),
    "application:restored": (APPEAL,),
    "assignment:cleared": (FILES,),
    "assignment:suspended": (FILES_CHANGED,),
    "assignment:resumed": (FILES_CHANGED,),
    "assignment:barred": (FILES_CHANGED,),
    "assignment:released": (FILES_CHANGED,),
    "sheet:reopened": (SHEET_REOPENED,),
    "member:declined": (SEAT_DECLINED,),
    "member:dismissed": (DISMISSED,),
    "challenge:decided": (CHALLENGE,),
    "challenge:withdrawn": (CHALLENGE_WITHDRAWN,),
    "result:reopened": (APPROVE_RESULT,),
    "result:announced": (RESULT, QUESTIONS),
    "case:heard": (CASE_HEARD,),
    "case:decided": (CASE_DECIDED, RESULT),
    "reserve:promoted": (RESERVE_CALLED,),
    "reserve:lapsed": (RESERVE_LAPSED,),
    "reserve:returned": (RETURNED,),
    "supplement:answered": (SUPPLEMENT_ANSWERED,),
    "supplement:asked_again": (SUPPLEMENT,),
    "supplement:lapsed": (SUPPLEMENT_LAPSED, QUESTIONS_LAPSED),
    "appeal:admitted": (APPEAL,),
    "appeal:decided": (APPEAL,),
    "appeal:withdrawn": (APPEAL,),
}
#: Steps after which nobody waits for word, and why.
UNTOLD: Mapping[str, str] = {
    "call:published": "stands on the public list; nobody has a draft yet",
    "call:review_started": "the first eligibility result tells it",
    "call:decided": "quiet until it is published",
    "call:reopened": "quiet until it is published",
    "call:finalised": "changes nobody's result",
    "call:archived": "changes nobody's result",
    "application:fulfilled": "the room tells of its contract",
    "application:declined": "the company itself declined",
    "sheet:locked": "the evaluator has the receipt on the screen",
    "sheet:struck": "told with the assignment, or with the dismissal",
    "member:accepted": "the evaluator's own step; the panel room shows it",
    "stage:opened": "told when the files are assigned",
    "stage:settled": "quiet until it is published",
    "stage:reopened": "told when files are assigned anew",
    "result:decided": "quiet until it is published",
    "reserve:converted": "follows the room's contract",
    "reserve:dropped": "told with the withdrawal, the refusal or the case",
    "supplement:accepted": "changes nothing for the company",
}


def register_all() -> None:
    """Make the topics known to the inbox and its preferences."""
    for topic in TOPICS:
        register(topic)
