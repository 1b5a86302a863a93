"""The states and closed lists of tenancy, with the words people see."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CellKind(models.TextChoices):
    ROOM = "ROOM", _("사무공간")
    MEETING = "MEETING", _("회의실")
    COMMON = "COMMON", _("공용공간")
    CORE = "CORE", _("설비·계단")


class WishKind(models.TextChoices):
    """What a preference names."""

    UNIT = "UNIT", _("호실")
    HUB = "HUB", _("거점")
    SEATS = "SEATS", _("좌석 규모")


class AllocationStatus(models.TextChoices):
    DRAFT = "DRAFT", _("준비")
    COMPUTED = "COMPUTED", _("계산")
    CONFIRMED = "CONFIRMED", pgettext_lazy("공간배정", "확정")
    PUBLISHED = "PUBLISHED", _("공개")
    VOID = "VOID", _("폐기")


class OfferStatus(models.TextChoices):
    PREPARED = "PREPARED", _("준비")
    SENT = "SENT", pgettext_lazy("입주 제안", "통지")
    ACCEPTED = "ACCEPTED", pgettext_lazy("입주 제안", "수락")
    DECLINED = "DECLINED", pgettext_lazy("입주 제안", "포기")
    EXPIRED = "EXPIRED", _("기한만료")
    REVOKED = "REVOKED", pgettext_lazy("입주 제안", "취소")


class OccupancyStatus(models.TextChoices):
    HELD = "HELD", _("임시배정")
    COMMITTED = "COMMITTED", _("계약")
    OCCUPIED = "OCCUPIED", pgettext_lazy("점유", "입주")
    BLOCKED = "BLOCKED", _("사용중지")
    RELEASED = "RELEASED", _("해제")
    ENDED = "ENDED", _("종료")


class LeaseStatus(models.TextChoices):
    DRAFT = "DRAFT", _("작성")
    AWAITING_SIGNATURE = "AWAITING_SIGNATURE", _("서명대기")
    SIGNED = "SIGNED", _("체결")
    ACTIVE = "ACTIVE", _("입주중")
    VACATING = "VACATING", _("퇴거예정")
    HOLDOVER = "HOLDOVER", _("무단점유")
    ENDED = "ENDED", _("종료")
    NOT_MATERIALISED = "NOT_MATERIALISED", _("미체결")


class InvoiceStatus(models.TextChoices):
    DRAFT = "DRAFT", _("작성")
    ISSUED = "ISSUED", _("고지")
    PART_PAID = "PART_PAID", _("일부수납")
    SETTLED = "SETTLED", _("완납")
    DROPPED = "DROPPED", _("폐기")


class InvoiceKind(models.TextChoices):
    RENT = "RENT", _("임대료")
    HOLDOVER = "HOLDOVER", _("무단점유 사용료")
    INTEREST = "INTEREST", _("연체이자")


class LineKind(models.TextChoices):
    """What a line charges; ``RENT`` by the card's basis, ``FEE`` the flat management fee."""

    RENT = "RENT", _("임대료")
    FEE = "FEE", _("관리비")
    HOLDOVER = "HOLDOVER", _("무단점유 사용료")
    INTEREST = "INTEREST", _("연체이자")
    METER = "METER", _("검침")
    SHARED = "SHARED", _("공동비용")
    CORRECTION = "CORRECTION", _("변경에 따른 정정")


class AmendmentStatus(models.TextChoices):
    DRAFT = "DRAFT", _("작성")
    AWAITING_SIGNATURE = "AWAITING_SIGNATURE", _("서명대기")
    IN_FORCE = "IN_FORCE", _("시행")
    DROPPED = "DROPPED", pgettext_lazy("변경계약", "취소")


class AmendmentKind(models.TextChoices):
    """What of a lease changes from a day on."""

    MOVE = "MOVE", _("호실 이동")
    AREA = "AREA", _("계약면적 변경")
    RATE = "RATE", _("요율 변경")
    DATES = "DATES", _("계약기간 변경")
    SUCCESSION = "SUCCESSION", _("임차인 승계")


class DepositStatus(models.TextChoices):
    DUE = "DUE", _("납부대기")
    PART_RECEIVED = "PART_RECEIVED", _("일부수납")
    RECEIVED = "RECEIVED", pgettext_lazy("보증금", "수납")
    CLOSING = "CLOSING", _("정산중")
    RETURNED = "RETURNED", pgettext_lazy("보증금", "반환")
    CONSUMED = "CONSUMED", _("전액충당")


class DepositKind(models.TextChoices):
    """What an entry of a deposit does."""

    RECEIVED = "RECEIVED", pgettext_lazy("보증금", "수납")
    RENT = "RENT", _("임대료 충당")
    REPAIR = "REPAIR", _("수선비 충당")
    RETURNED = "RETURNED", pgettext_lazy("보증금", "반환")


class ArrearsStatus(models.TextChoices):
    OPEN = "OPEN", _("미납")
    REMINDED = "REMINDED", pgettext_lazy("체납", "안내")
    DEMANDED = "DEMANDED", _("독촉")
    FINAL_NOTICE = "FINAL_NOTICE", _("최고")
    PLAN = "PLAN", _("분납")
    TERMINATING = "TERMINATING", _("해지절차")
    CLOSED = "CLOSED", _("종결")


class RenewalStatus(models.TextChoices):
    INVITED = "INVITED", pgettext_lazy("연장평가", "안내")
    APPLIED = "APPLIED", pgettext_lazy("연장평가", "신청")
    GRANTED = "GRANTED", pgettext_lazy("연장평가", "승인")
    REFUSED = "REFUSED", pgettext_lazy("연장평가", "불승인")
    LAPSED = "LAPSED", pgettext_lazy("연장평가", "미신청")
    SIGNED = "SIGNED", pgettext_lazy("연장평가", "체결")


class RenewalPath(models.TextChoices):
    """How a hub decides on another term: a panel by a call of ``space-renewal``, or the approver at the desk."""

    PANEL = "PANEL", pgettext_lazy("연장평가", "평가위원회")
    DESK = "DESK", pgettext_lazy("연장평가", "결재자 결정")


class MoveOutStatus(models.TextChoices):
    NOTICED = "NOTICED", pgettext_lazy("퇴거", "통보")
    SCHEDULED = "SCHEDULED", pgettext_lazy("퇴거", "일정확정")
    INSPECTED = "INSPECTED", pgettext_lazy("퇴거", "점검")
    RESTORING = "RESTORING", pgettext_lazy("퇴거", "원상복구")
    KEYS_RETURNED = "KEYS_RETURNED", pgettext_lazy("퇴거", "반납")
    SETTLED = "SETTLED", pgettext_lazy("퇴거", "정산")
    CLOSED = "CLOSED", pgettext_lazy("퇴거", "종결")
    CANCELLED = "CANCELLED", pgettext_lazy("퇴거", "철회")


#: The keys are out: the case may still be called off, and photos be added.
MOVE_OUT_OPEN = (MoveOutStatus.NOTICED, MoveOutStatus.SCHEDULED, MoveOutStatus.INSPECTED, MoveOutStatus.RESTORING)


class EndKind(models.TextChoices):
    """How a lease ended."""

    EXPIRED = "EXPIRED", pgettext_lazy("계약 종료", "만료")
    GRADUATED = "GRADUATED", pgettext_lazy("계약 종료", "졸업")
    EARLY = "EARLY", pgettext_lazy("계약 종료", "중도퇴거")
    TERMINATED = "TERMINATED", pgettext_lazy("계약 종료", "해지")


class GraduationGround(models.TextChoices):
    MAXIMUM = "MAXIMUM", pgettext_lazy("졸업 사유", "최장 기간을 채움")
    GROWTH = "GROWTH", pgettext_lazy("졸업 사유", "성장해 나감")


class PaymentKind(models.TextChoices):
    """A row of the bank; a counter-row takes one back (``BOUNCED``) or pays money out (``REFUND``)."""

    RECEIVED = "RECEIVED", _("입금")
    BOUNCED = "BOUNCED", _("입금 취소")
    REFUND = "REFUND", _("환급")


class LeaseFileKind(models.TextChoices):
    """What a file of a lease shows."""

    PAPER = "PAPER", _("서명한 계약서")
    MOVE_IN = "MOVE_IN", _("입주할 때의 사진")
    MOVE_OUT = "MOVE_OUT", _("퇴거할 때의 사진")
    METER = "METER", _("검침 사진")


class PaperStatus(models.TextChoices):
    """A contract signed on paper: put on file by one person, confirmed by another."""

    FILED = "FILED", pgettext_lazy("종이 계약서", "확인 대기")
    CONFIRMED = "CONFIRMED", pgettext_lazy("종이 계약서", "확인됨")
    REJECTED = "REJECTED", pgettext_lazy("종이 계약서", "돌려보냄")


class MeterKind(models.TextChoices):
    """What a meter counts."""

    ELECTRICITY = "ELECTRICITY", _("전기(kWh)")
    WATER = "WATER", _("수도(㎥)")
    GAS = "GAS", _("가스(㎥)")
    HEAT = "HEAT", _("난방(MWh)")


class Side(models.TextChoices):
    """Who signs a contract."""

    TENANT = "TENANT", _("입주기업")
    LESSOR = "LESSOR", _("운영기관")


class SharedKind(models.TextChoices):
    """What all tenants of a hub or floor pay for together."""

    CLEANING = "CLEANING", pgettext_lazy("공동비용", "청소")
    ELECTRICITY = "ELECTRICITY", _("공동 전기")
    WATER = "WATER", _("공동 수도")
    HEAT = "HEAT", _("공동 냉난방")
    SECURITY = "SECURITY", _("경비")
    LIFT = "LIFT", _("승강기")
    OTHER = "OTHER", pgettext_lazy("공동비용", "그 밖의 비용")


class RateCardStatus(models.TextChoices):
    """A rate card on its way into force: written, looked at by a second person, put in force by a third."""

    DRAFT = "DRAFT", _("작성")
    CHECKED = "CHECKED", pgettext_lazy("요율표", "확인됨")
    IN_FORCE = "IN_FORCE", _("시행")
    DROPPED = "DROPPED", _("폐기")


class Basis(models.TextChoices):
    AREA = "AREA", _("면적(㎡)당")
    SEAT = "SEAT", _("좌석당")
    PERSON = "PERSON", _("상주 인원당")
    FLAT = "FLAT", _("호실당")


class Rounding(models.TextChoices):
    WON = "won", _("원 미만 버림")
    TEN_WON = "ten_won", _("10원 미만 버림")
    HALF_UP = "half_up", _("원 미만 반올림")


class VatMode(models.TextChoices):
    NONE = "NONE", _("부가가치세 없음")
    ADD = "ADD", _("부가가치세 별도")
    INSIDE = "INSIDE", _("부가가치세 포함")


class PlaceState(models.TextChoices):
    """What a unit is on a day, on the floor plan."""

    FREE = "FREE", _("공실")
    OFFERED = "OFFERED", _("제안중")
    COMMITTED = "COMMITTED", _("계약")
    OCCUPIED = "OCCUPIED", pgettext_lazy("점유", "입주")
    BLOCKED = "BLOCKED", _("사용중지")


class Owner(models.TextChoices):
    """Who takes the next step from a state."""

    TENANT = "TENANT", _("입주기업")
    OFFICER = "OFFICER", _("담당자")
    APPROVER = "APPROVER", _("결정권자")
    FINANCE = "FINANCE", _("수납담당")
    BOTH = "BOTH", _("입주기업과 운영기관")
    SYSTEM = "SYSTEM", _("시스템")
    NOBODY = "NOBODY", _("없음(끝난 상태)")


class BookingKind(models.TextChoices):
    """What takes a meeting room; blackouts and cleaning gaps are rows of the same table."""

    MEETING = "MEETING", pgettext_lazy("회의실", "회의")
    HOUSE = "HOUSE", pgettext_lazy("회의실", "운영기관 일정")
    BLACKOUT = "BLACKOUT", _("사용중지")
    CLEANING = "CLEANING", pgettext_lazy("회의실", "정리 시간")
    HOLD = "HOLD", pgettext_lazy("회의실", "기다린 기업에 확보")


class BookingStatus(models.TextChoices):
    REQUESTED = "REQUESTED", pgettext_lazy("회의실 예약", "승인대기")
    CONFIRMED = "CONFIRMED", pgettext_lazy("회의실 예약", "확정")
    CHECKED_IN = "CHECKED_IN", pgettext_lazy("회의실 예약", "사용")
    NO_SHOW = "NO_SHOW", pgettext_lazy("회의실 예약", "미사용(자동취소)")
    CANCELLED = "CANCELLED", pgettext_lazy("회의실 예약", "취소")
    REFUSED = "REFUSED", pgettext_lazy("회의실 예약", "반려")


class RoomWaitStatus(models.TextChoices):
    """Asking to be told when a room falls free."""

    WAITING = "WAITING", pgettext_lazy("회의실 알림", "기다림")
    OFFERED = "OFFERED", pgettext_lazy("회의실 알림", "차례가 됨")
    TAKEN = "TAKEN", pgettext_lazy("회의실 알림", "예약함")
    PASSED = "PASSED", pgettext_lazy("회의실 알림", "시간이 지남")
    LEFT = "LEFT", pgettext_lazy("회의실 알림", "그만둠")


class TicketCategory(models.TextChoices):
    """What a request is about; each has its time."""

    REPAIR = "REPAIR", pgettext_lazy("민원", "수리")
    NETWORK = "NETWORK", pgettext_lazy("민원", "네트워크")
    CARD = "CARD", pgettext_lazy("민원", "출입카드")
    VISITOR = "VISITOR", pgettext_lazy("민원", "방문객")
    CLEANING = "CLEANING", pgettext_lazy("민원", "청소")
    OTHER = "OTHER", pgettext_lazy("민원", "기타")


class TicketStatus(models.TextChoices):
    RECEIVED = "RECEIVED", pgettext_lazy("민원", "접수")
    ASSIGNED = "ASSIGNED", pgettext_lazy("민원", "배정")
    IN_PROGRESS = "IN_PROGRESS", pgettext_lazy("민원", "처리중")
    WAITING = "WAITING", pgettext_lazy("민원", "회신대기")
    DONE = "DONE", pgettext_lazy("민원", "완료")
    CLOSED = "CLOSED", pgettext_lazy("민원", "종결")


class Sector(models.TextChoices):
    """What a company does, for the directory."""

    PLATFORM = "PLATFORM", pgettext_lazy("분야", "플랫폼·인프라")
    SERVICE = "SERVICE", pgettext_lazy("분야", "서비스")
    SECURITY = "SECURITY", pgettext_lazy("분야", "보안·인증")
    CONTENT = "CONTENT", pgettext_lazy("분야", "콘텐츠·게임")
    LOGISTICS = "LOGISTICS", pgettext_lazy("분야", "물류·유통")
    OTHER = "OTHER", pgettext_lazy("분야", "기타")


class ListingField(models.TextChoices):
    """What a company consents to being shown; each stands alone."""

    LISTED = "LISTED", pgettext_lazy("공개 동의", "기업명과 거점")
    SECTOR = "SECTOR", pgettext_lazy("공개 동의", "분야")
    INTRO = "INTRO", pgettext_lazy("공개 동의", "소개")
    LOGO = "LOGO", pgettext_lazy("공개 동의", "로고")
    WEB = "WEB", pgettext_lazy("공개 동의", "누리집")
    CONTACT = "CONTACT", pgettext_lazy("공개 동의", "문의 전자우편")
    ALUMNI = "ALUMNI", pgettext_lazy("공개 동의", "졸업한 뒤에도 졸업기업으로")
