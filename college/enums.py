"""The states and closed lists of the college, with the words people see."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Level(models.TextChoices):
    BASIC = "BASIC", _("기초")
    EXPERT = "EXPERT", _("전문가")


class Admission(models.TextChoices):
    """How seats are given out."""

    FIRST_COME = "FIRST_COME", _("선착순")
    LOTTERY = "LOTTERY", _("추첨")
    SELECTION = "SELECTION", _("선발")


class RunStatus(models.TextChoices):
    DRAFT = "DRAFT", pgettext_lazy("기수", "작성중")
    PUBLISHED = "PUBLISHED", _("모집공고 중")
    CONFIRMED = "CONFIRMED", _("개강확정")
    RUNNING = "RUNNING", pgettext_lazy("기수", "진행중")
    ENDED = "ENDED", _("종강")
    JUDGED = "JUDGED", _("수료판정완료")
    CLOSED = "CLOSED", _("정산종결")
    CANCELLED = "CANCELLED", _("폐강")


class RequestStatus(models.TextChoices):
    SUBMITTED = "SUBMITTED", _("수강신청")
    SEATED = "SEATED", pgettext_lazy("수강신청", "배정")
    WAITING = "WAITING", pgettext_lazy("수강신청", "대기")
    OFFERED = "OFFERED", pgettext_lazy("수강신청", "제안")
    REFUSED = "REFUSED", pgettext_lazy("수강신청", "미선정")
    DECLINED = "DECLINED", pgettext_lazy("수강신청", "포기")
    LAPSED = "LAPSED", pgettext_lazy("수강신청", "기한경과")
    CLOSED = "CLOSED", pgettext_lazy("수강신청", "마감")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("수강신청", "신청취소")


class EnrolmentStatus(models.TextChoices):
    HELD = "HELD", _("등록대기")
    ACTIVE = "ACTIVE", _("수강중")
    COMPLETED = "COMPLETED", pgettext_lazy("수강", "수료")
    NOT_COMPLETED = "NOT_COMPLETED", _("미수료")
    DROPPED = "DROPPED", _("중도포기")
    EXPELLED = "EXPELLED", _("제적")
    EARLY_EXIT = "EARLY_EXIT", _("조기취업")
    EXPIRED = "EXPIRED", _("등록만료")
    CANCELLED = "CANCELLED", _("수강취소")


class SessionStatus(models.TextChoices):
    PLANNED = "PLANNED", pgettext_lazy("차시", "예정")
    HELD = "HELD", pgettext_lazy("차시", "실시")
    SEALED = "SEALED", pgettext_lazy("차시", "봉인")
    CANCELLED = "CANCELLED", _("휴강")


class EventKind(models.TextChoices):
    """What an attendance record says."""

    IN = "IN", _("입실")
    OUT = "OUT", _("퇴실")
    LEAVE = "LEAVE", _("외출")
    RETURN = "RETURN", _("복귀")
    EXCUSE = "EXCUSE", _("공가")
    VOID = "VOID", pgettext_lazy("출결", "무효")


class Source(models.TextChoices):
    QR = "QR", _("QR 스캔")
    IMPORT = "IMPORT", _("명부 입력")
    OFFICE = "OFFICE", pgettext_lazy("출결", "정정")


class DayStatus(models.TextChoices):
    PRESENT = "PRESENT", _("출석")
    LATE = "LATE", _("지각")
    EARLY = "EARLY", _("조퇴")
    OUT = "OUT", _("외출")
    ABSENT = "ABSENT", _("결석")
    EXCUSED = "EXCUSED", _("공가")
    CANCELLED = "CANCELLED", _("휴강")


class CorrectionReason(models.TextChoices):
    """Why a record may be corrected; having forgotten is none."""

    DEVICE_FAULT = "DEVICE_FAULT", _("기기 고장")
    NETWORK_FAULT = "NETWORK_FAULT", _("통신 장애")
    STAFF_ERROR = "STAFF_ERROR", _("운영자 착오")
    FORCE_MAJEURE = "FORCE_MAJEURE", _("천재지변")


class CorrectionStatus(models.TextChoices):
    REQUESTED = "REQUESTED", pgettext_lazy("출결정정", "신청")
    CHECKED = "CHECKED", pgettext_lazy("출결정정", "1차확인")
    APPLIED = "APPLIED", pgettext_lazy("출결정정", "반영")
    REFUSED = "REFUSED", pgettext_lazy("출결정정", "반려")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("출결정정", "취소")


class CredentialStatus(models.TextChoices):
    ISSUED = "ISSUED", pgettext_lazy("수료증", "유효")
    SUSPENDED = "SUSPENDED", _("효력정지")
    REVOKED = "REVOKED", pgettext_lazy("수료증", "취소")
    SUPERSEDED = "SUPERSEDED", _("교체")


class Purpose(models.TextChoices):
    """What a status list takes back: for good, or for a time."""

    REVOCATION = "revocation", pgettext_lazy("수료증", "취소")
    SUSPENSION = "suspension", _("효력정지")


class MergeStatus(models.TextChoices):
    PROPOSED = "PROPOSED", pgettext_lazy("병합", "제안")
    CONFIRMED = "CONFIRMED", pgettext_lazy("병합", "확정")
    REFUSED = "REFUSED", pgettext_lazy("병합", "반려")
    SPLIT = "SPLIT", pgettext_lazy("병합", "분리")


class DrawStatus(models.TextChoices):
    SEALED = "SEALED", pgettext_lazy("추첨", "봉인")
    LISTED = "LISTED", _("명부확정")
    DRAWN = "DRAWN", _("추첨완료")
    VOID = "VOID", pgettext_lazy("추첨", "무효")


class RefundCause(models.TextChoices):
    """Why money goes back: the student left, or the college does not teach."""

    LEFT = "LEFT", _("교육생의 취소나 중도포기")
    CANCELLED = "CANCELLED", _("폐강")


class RefundRule(models.TextChoices):
    """The function of ``refunds`` that gave the sum."""

    BY_PERIOD = "by_period", _("한 달 이내 과정: 지나간 수업시간으로")
    BY_MONTH = "by_month", _("한 달을 넘는 과정: 이번 달은 지나간 수업시간으로, 남은 달은 전액")
    PRO_RATA = "pro_rata", _("폐강: 남은 날만큼")


class RefundStatus(models.TextChoices):
    REQUESTED = "REQUESTED", pgettext_lazy("환불", "신청")
    CALCULATED = "CALCULATED", pgettext_lazy("환불", "산정")
    APPROVED = "APPROVED", pgettext_lazy("환불", "승인")
    PAID = "PAID", pgettext_lazy("환불", "지급")
    REFUSED = "REFUSED", pgettext_lazy("환불", "불가")


class QualificationStatus(models.TextChoices):
    SUBMITTED = "SUBMITTED", pgettext_lazy("강사 자격", "제출")
    APPROVED = "APPROVED", pgettext_lazy("강사 자격", "승인")
    REFUSED = "REFUSED", pgettext_lazy("강사 자격", "반려")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("강사 자격", "철회")


class IdentityKind(models.TextChoices):
    CI = "CI", _("연계정보")
    PASSPORT = "PASSPORT", _("여권")


class Strength(models.TextChoices):
    STRONG = "STRONG", _("확인됨")
    WEAK = "WEAK", _("확인 전")


class Owner(models.TextChoices):
    """Who takes the next step from a state."""

    STUDENT = "STUDENT", _("교육생")
    INSTRUCTOR = "INSTRUCTOR", _("강사")
    OFFICE = "OFFICE", _("교육운영")
    SECOND = "SECOND", _("다른 담당자")
    SYSTEM = "SYSTEM", _("시스템")
    NOBODY = "NOBODY", _("없음(끝난 상태)")
