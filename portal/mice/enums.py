"""The states and closed lists of events and the tour, with the words people see."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SessionStatus(models.TextChoices):
    OPEN = "OPEN", pgettext_lazy("해설회차", "모집")
    CONFIRMED = "CONFIRMED", pgettext_lazy("해설회차", "확정")
    RUNNING = "RUNNING", pgettext_lazy("해설회차", "진행")
    DONE = "DONE", pgettext_lazy("해설회차", "종료")
    CANCELLED_MIN = "CANCELLED_MIN", _("인원미달")
    CANCELLED = "CANCELLED", pgettext_lazy("해설회차", "취소")


class BookingStatus(models.TextChoices):
    PENDING = "PENDING", _("인원대기")
    CONFIRMED = "CONFIRMED", pgettext_lazy("투어 예약", "확정")
    WAITING = "WAITING", pgettext_lazy("투어 예약", "대기")
    OFFERED = "OFFERED", pgettext_lazy("투어 예약", "제안")
    LAPSED = "LAPSED", pgettext_lazy("투어 예약", "기한경과")
    LEFT = "LEFT", _("대기취소")
    CHECKED_IN = "CHECKED_IN", pgettext_lazy("투어 예약", "입장")
    NO_SHOW = "NO_SHOW", _("노쇼")
    CANCELLED = "CANCELLED", pgettext_lazy("투어 예약", "취소")


class EditionStatus(models.TextChoices):
    PLANNED = "PLANNED", pgettext_lazy("행사 회차", "예정")
    CANCELLED = "CANCELLED", pgettext_lazy("행사 회차", "취소")


class AwardStatus(models.TextChoices):
    DECIDED = "DECIDED", _("교부결정")
    AGREED = "AGREED", pgettext_lazy("교부결정", "협약")
    ADVANCED = "ADVANCED", _("1차교부")
    HELD = "HELD", pgettext_lazy("교부결정", "개최")
    REPORTED = "REPORTED", _("정산보고")
    RETURNED = "RETURNED", pgettext_lazy("교부결정", "보완요청")
    AUDITED = "AUDITED", _("정산검사")
    SETTLED = "SETTLED", _("정산확정")
    BALANCE_PAID = "BALANCE_PAID", _("2차교부")
    REPAYMENT_DUE = "REPAYMENT_DUE", _("반납고지")
    CLOSED = "CLOSED", pgettext_lazy("교부결정", "종결")
    REOPENED = "REOPENED", _("재정산")
    CANCELLED = "CANCELLED", _("교부취소")


class AgreementStatus(models.TextChoices):
    PREPARED = "PREPARED", pgettext_lazy("지원협약", "작성")
    ACCEPTED = "ACCEPTED", _("주최자 서명")
    SIGNED = "SIGNED", pgettext_lazy("지원협약", "체결")


class TrancheStatus(models.TextChoices):
    DUE = "DUE", _("지급 예정")
    PAID = "PAID", pgettext_lazy("교부 차수", "지급")
    VOID = "VOID", _("지급 취소")


class AmendmentStatus(models.TextChoices):
    REQUESTED = "REQUESTED", _("변경신청")
    APPROVED = "APPROVED", _("변경승인")
    REFUSED = "REFUSED", _("변경불승인")


class MatchStatus(models.TextChoices):
    OPEN = "OPEN", pgettext_lazy("동일 회차", "확인 필요")
    SAME = "SAME", _("같은 회차")
    DIFFERENT = "DIFFERENT", _("다른 회차")


class PayStage(models.TextChoices):
    """Which part of an award is paid: before the event, after the settlement."""

    ADVANCE = "ADVANCE", pgettext_lazy("교부 차수", "1차")
    BALANCE = "BALANCE", pgettext_lazy("교부 차수", "2차")


class PostingKind(models.TextChoices):
    """Money of an award as the bank saw it: out, back, and the interest it bore meanwhile."""

    PAID = "PAID", pgettext_lazy("교부 원장", "지급")
    REPAID = "REPAID", pgettext_lazy("교부 원장", "반납")
    INTEREST = "INTEREST", pgettext_lazy("교부 원장", "이자 반납")


class EvidenceKind(models.TextChoices):
    TAX_INVOICE = "TAX_INVOICE", _("세금계산서")
    CARD = "CARD", _("카드전표")
    CASH_RECEIPT = "CASH_RECEIPT", _("현금영수증")
    FOREIGN = "FOREIGN", _("해외 송금")
    OTHER = "OTHER", pgettext_lazy("증빙", "기타")


class Origin(models.TextChoices):
    DOMESTIC = "DOMESTIC", pgettext_lazy("참가자", "국내")
    FOREIGN = "FOREIGN", pgettext_lazy("참가자", "해외")


class Presence(models.TextChoices):
    ONSITE = "ONSITE", pgettext_lazy("참가", "현장")
    ONLINE = "ONLINE", pgettext_lazy("참가", "온라인")


class GuestKind(models.TextChoices):
    """As what somebody is registered; a door may admit some of these only."""

    ATTENDEE = "ATTENDEE", pgettext_lazy("참가자", "일반 참가")
    SPEAKER = "SPEAKER", pgettext_lazy("참가자", "발표자")
    EXHIBITOR = "EXHIBITOR", pgettext_lazy("참가자", "전시 참가")
    PRESS = "PRESS", pgettext_lazy("참가자", "언론")
    STAFF = "STAFF", pgettext_lazy("참가자", "운영진")


class Way(models.TextChoices):
    """Through a door in or out."""

    ENTRY = "ENTRY", pgettext_lazy("입장기록", "들어옴")
    EXIT = "EXIT", pgettext_lazy("입장기록", "나감")


class ScanVerdict(models.TextChoices):
    """What the door answered; everything but the first is a refusal with its reason."""

    ADMITTED = "ADMITTED", pgettext_lazy("입장기록", "통과")
    UNKNOWN = "UNKNOWN", _("알 수 없는 표")
    CANCELLED = "CANCELLED", _("취소된 등록")
    OTHER_EVENT = "OTHER_EVENT", _("다른 행사의 표")
    OTHER_DAY = "OTHER_DAY", _("다른 날의 표")
    NOT_YET = "NOT_YET", _("아직 열지 않음")
    OVER = "OVER", _("이미 끝남")
    INSIDE = "INSIDE", _("이미 입장함")
    OUTSIDE = "OUTSIDE", _("들어온 기록이 없음")
    KIND = "KIND", _("이 입구로 들어올 수 없는 표")
    BLOCKED = "BLOCKED", _("주최자가 막은 등록")


class GroupStatus(models.TextChoices):
    ASKED = "ASKED", _("단체 신청")
    LED = "LED", _("회차 배정")
    DECLINED = "DECLINED", _("진행 불가")


class ClawbackStatus(models.TextChoices):
    NOTICED = "NOTICED", pgettext_lazy("환수", "사전통지")
    HEARING = "HEARING", pgettext_lazy("환수", "의견제출")
    DECIDED = "DECIDED", _("환수결정")
    DEMANDED = "DEMANDED", pgettext_lazy("환수", "고지")
    PART_PAID = "PART_PAID", pgettext_lazy("환수", "일부납부")
    PAID = "PAID", pgettext_lazy("환수", "납부")
    OVERDUE = "OVERDUE", pgettext_lazy("환수", "체납")
    REFERRED = "REFERRED", _("강제징수 의뢰")
    WAIVED = "WAIVED", pgettext_lazy("환수", "면제")
    DROPPED = "DROPPED", pgettext_lazy("환수", "철회")


class ClawbackGround(models.TextChoices):
    FALSE_CLAIM = "FALSE_CLAIM", _("허위 청구")
    MISUSE = "MISUSE", _("목적 외 사용")
    BREACH = "BREACH", _("협약 위반")


class Language(models.TextChoices):
    """What a guide speaks on a session, and what a visitor is written to in where the portal speaks it."""

    KO = "ko", pgettext_lazy("해설 언어", "한국어")
    EN = "en", _("영어")
    ZH = "zh", _("중국어")
    JA = "ja", _("일본어")


class Mode(models.TextChoices):
    """How a tour gets from one stop to the next."""

    WALK = "WALK", _("걸어서")
    SUBWAY = "SUBWAY", _("지하철")
    BUS = "BUS", _("버스")
    COACH = "COACH", _("전세 버스")


class Owner(models.TextChoices):
    """Who takes the next step from a state."""

    VISITOR = "VISITOR", _("관람객")
    GUIDE = "GUIDE", _("해설사")
    ORGANISER = "ORGANISER", _("주최자")
    OFFICER = "OFFICER", pgettext_lazy("담당", "행사 지원담당")
    PAYER = "PAYER", pgettext_lazy("담당", "행사 지원 결재자")
    SYSTEM = "SYSTEM", pgettext_lazy("담당", "시스템")
    NOBODY = "NOBODY", pgettext_lazy("담당", "없음(끝난 상태)")
