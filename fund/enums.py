"""The states and closed lists of the fund room, with the words people see."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PartnerRole(models.TextChoices):
    """Whose money it is."""

    CITY = "CITY", _("서울시")
    FOF = "FOF", _("모태펀드")
    PRIVATE = "PRIVATE", _("민간")
    GP = "GP", _("업무집행조합원")
    SUB_FUND = "SUB_FUND", _("다른 자펀드")


class BookKind(models.TextChoices):
    SUB_FUND = "SUB_FUND", _("조합 장부")
    CITY = "CITY", _("서울시 장부")


class Account(models.IntegerChoices):
    """The chart of accounts; 9xxx is the memo part and balances apart."""

    CASH = 1100, _("현금")
    DUE = 1200, _("출자자 미수금")
    INVESTMENTS = 1300, _("투자자산(취득원가)")
    STAKES = 1310, _("자펀드 출자지분(원가)")
    ALLOWANCE = 1390, _("감액 누계")
    UNREALISED = 1400, _("미실현 평가차액")
    PAYABLE = 2100, _("미지급금")
    FACILITY = 2200, _("차입금")
    SUSPENSE = 2900, _("가수금")
    CAPITAL = 3100, _("납입 출자금")
    DISTRIBUTED = 3200, _("배분 누계")
    RESULT = 3300, _("배정 손익")
    CARRY_ACCRUED = 3400, _("성과보수 미지급")
    CARRY_PAID = 3500, _("성과보수 지급")
    INCOME = 4100, _("이자·배당 수익")
    REALISED = 4200, _("실현손익")
    REVALUED = 4300, _("미실현손익")
    OTHER_INCOME = 4900, _("기타 수익")
    FEE = 5100, _("관리보수")
    EXPENSE = 5200, _("조합 비용")
    WRITTEN_DOWN = 5900, _("감액손실")
    COMMITTED = 9100, _("약정(비망)")
    UNFUNDED = 9200, _("미납입 약정(비망)")
    CALLED = 9300, _("출자요청(비망)")


MEMO = 9000  #: Accounts from here on are memo: they balance among themselves.


class EntryKind(models.TextChoices):
    """What a book entry records."""

    COMMITMENT = "COMMITMENT", _("약정")
    RELEASE = "RELEASE", _("약정 해지")
    CALL = "CALL", _("출자요청")
    RECEIPT = "RECEIPT", _("납입")
    EQUALISATION = "EQUALISATION", _("추가결성 정산")
    REVERSAL = "REVERSAL", _("반대분개")
    FEE = "FEE", _("보수·비용")
    INVESTMENT = "INVESTMENT", _("투자")
    VALUATION = "VALUATION", _("평가")
    WRITE_DOWN = "WRITE_DOWN", _("감액")
    EXIT = "EXIT", _("회수")
    DISTRIBUTION = "DISTRIBUTION", _("배분")
    CLAWBACK = "CLAWBACK", _("성과보수 환수")
    FIRST_LOSS = "FIRST_LOSS", _("우선손실충당")
    EXCESS_TRANSFER = "EXCESS_TRANSFER", _("초과수익이전")
    INCOME = "INCOME", _("이자·배당 수익")


class SubFundStatus(models.TextChoices):
    PROPOSED = "PROPOSED", pgettext_lazy("자펀드", "제안")
    SELECTED = "SELECTED", pgettext_lazy("자펀드", "운용사 선정")
    GATHERING = "GATHERING", _("결성 중")
    FORMED = "FORMED", _("결성")
    REGISTERED = "REGISTERED", pgettext_lazy("자펀드", "등록")
    INVESTING = "INVESTING", _("투자 중")
    HARVESTING = "HARVESTING", _("회수 중")
    EXTENDED = "EXTENDED", pgettext_lazy("자펀드", "기간 연장")
    SUSPENDED = "SUSPENDED", _("투자 중지")
    LIQUIDATING = "LIQUIDATING", _("청산 중")
    CLOSED = "CLOSED", pgettext_lazy("자펀드", "청산")
    CANCELLED = "CANCELLED", pgettext_lazy("자펀드", "결성 취소")


class CommitmentStatus(models.TextChoices):
    DRAFT = "DRAFT", pgettext_lazy("출자약정", "준비")
    CONSENTED = "CONSENTED", _("의회 동의")
    SIGNED = "SIGNED", pgettext_lazy("출자약정", "체결")
    ACTIVE = "ACTIVE", pgettext_lazy("출자약정", "유효")
    FULFILLED = "FULFILLED", pgettext_lazy("출자약정", "이행 완료")
    DEFAULTED = "DEFAULTED", _("불이행")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("출자약정", "철회")


class CallStatus(models.TextChoices):
    DRAFT = "DRAFT", pgettext_lazy("출자요청", "기안")
    APPROVED = "APPROVED", pgettext_lazy("출자요청", "승인")
    ISSUED = "ISSUED", pgettext_lazy("출자요청", "통지")
    PART_PAID = "PART_PAID", pgettext_lazy("출자요청", "일부 납입")
    FUNDED = "FUNDED", pgettext_lazy("출자요청", "전액 납입")
    CLOSED = "CLOSED", pgettext_lazy("출자요청", "마감")
    RESCINDED = "RESCINDED", pgettext_lazy("출자요청", "취소")


class ShareStatus(models.TextChoices):
    DUE = "DUE", pgettext_lazy("출자요청 몫", "납입 대기")
    LATE = "LATE", pgettext_lazy("출자요청 몫", "연체")
    PAID = "PAID", pgettext_lazy("출자요청 몫", "납입")
    VOID = "VOID", pgettext_lazy("출자요청 몫", "무효")


class DistributionStatus(models.TextChoices):
    DRAFT = "DRAFT", pgettext_lazy("배분", "기안")
    COMPUTED = "COMPUTED", pgettext_lazy("배분", "계산")
    APPROVED = "APPROVED", pgettext_lazy("배분", "승인")
    PAID = "PAID", pgettext_lazy("배분", "지급")
    REVERSED = "REVERSED", pgettext_lazy("배분", "취소")


class DistributionKind(models.TextChoices):
    """What the money does to the unfunded commitment: nothing, or it may be called again."""

    PERMANENT = "PERMANENT", _("일반 배분")
    RECALLABLE = "RECALLABLE", _("재출자 가능 배분")
    EXCESS_RETURN = "EXCESS_RETURN", _("초과 납입금 반환")


class SettlementKind(models.TextChoices):
    """What a sub-fund settles besides calls and distributions (정산)."""

    FEE = "FEE", _("관리보수")
    EXPENSE = "EXPENSE", _("조합 비용")
    INCOME = "INCOME", _("이자·배당 수익")
    FIRST_LOSS = "FIRST_LOSS", _("우선손실충당")
    EXCESS_TRANSFER = "EXCESS_TRANSFER", _("초과수익이전")
    CLAWBACK = "CLAWBACK", _("성과보수 환수")


class SettlementStatus(models.TextChoices):
    """Booked is owed until it is paid; what moves no money is settled at once."""

    PROPOSED = "PROPOSED", pgettext_lazy("정산", "기안")
    OWED = "OWED", pgettext_lazy("정산", "지급 대기")
    SETTLED = "SETTLED", pgettext_lazy("정산", "완료")
    REFUSED = "REFUSED", pgettext_lazy("정산", "반려")
    REVERSED = "REVERSED", pgettext_lazy("정산", "취소")


class BreachStatus(models.TextChoices):
    OPEN = "OPEN", pgettext_lazy("한도초과", "해소 전")
    CURED = "CURED", pgettext_lazy("한도초과", "해소")
    WAIVED = "WAIVED", pgettext_lazy("한도초과", "유예")


class Purpose(models.TextChoices):
    """What a line of a call is for."""

    INVESTMENT = "INVESTMENT", _("투자")
    FEE = "FEE", _("관리보수")
    EXPENSE = "EXPENSE", _("조합 비용")


class Waterfall(models.TextChoices):
    EUROPEAN = "european", _("조합 전체 기준")
    DEAL_BY_DEAL = "deal_by_deal", _("투자건별 기준")


class Compounding(models.TextChoices):
    ANNUAL = "annual", _("연 복리")
    ACT365 = "act365", _("일 복리(365일)")
    SIMPLE = "simple", _("단리")


class Instrument(models.TextChoices):
    """What a sub-fund holds of a company or a project."""

    COMMON = "COMMON", _("보통주")
    RCPS = "RCPS", _("상환전환우선주(RCPS)")
    CB = "CB", _("전환사채(CB)")
    BW = "BW", _("신주인수권부사채(BW)")
    SAFE = "SAFE", _("조건부지분인수계약(SAFE)")
    CNOTE = "CNOTE", _("조건부지분전환계약")
    PROJECT = "PROJECT", _("프로젝트투자")


#: Without shares or bonds before a priced round, or for good.
UNITLESS = (Instrument.SAFE, Instrument.CNOTE, Instrument.PROJECT)


class CompanyKind(models.TextChoices):
    COMPANY = "COMPANY", _("기업")
    PROJECT = "PROJECT", _("프로젝트")


class DealStatus(models.TextChoices):
    SOURCED = "SOURCED", pgettext_lazy("투자건", "발굴")
    DILIGENCE = "DILIGENCE", pgettext_lazy("투자건", "실사")
    COMMITTEE = "COMMITTEE", pgettext_lazy("투자건", "투자심의")
    APPROVED = "APPROVED", pgettext_lazy("투자건", "투자 결정")
    DECLINED = "DECLINED", pgettext_lazy("투자건", "부결·중단")
    CONTRACTED = "CONTRACTED", pgettext_lazy("투자건", "계약")
    FUNDED = "FUNDED", pgettext_lazy("투자건", "투자금 지급")


class HoldingStatus(models.TextChoices):
    HELD = "HELD", pgettext_lazy("투자자산", "보유")
    PART_EXITED = "PART_EXITED", pgettext_lazy("투자자산", "일부 회수")
    IMPAIRED = "IMPAIRED", pgettext_lazy("투자자산", "감액")
    WRITTEN_OFF = "WRITTEN_OFF", pgettext_lazy("투자자산", "전액 감액")
    EXITED = "EXITED", pgettext_lazy("투자자산", "회수 완료")


class SecurityKind(models.TextChoices):
    """What happened to a lot."""

    ISSUE = "ISSUE", pgettext_lazy("증권", "취득")
    CONVERT = "CONVERT", pgettext_lazy("증권", "전환")
    SPLIT = "SPLIT", pgettext_lazy("증권", "분할·병합")
    SALE = "SALE", pgettext_lazy("증권", "매각")
    REDEEM = "REDEEM", pgettext_lazy("증권", "상환")


class ValuationStatus(models.TextChoices):
    SUBMITTED = "SUBMITTED", pgettext_lazy("평가", "제출")
    CHALLENGED = "CHALLENGED", pgettext_lazy("평가", "이의")
    APPROVED = "APPROVED", pgettext_lazy("평가", "승인")
    PUBLISHED = "PUBLISHED", pgettext_lazy("평가", "확정")
    SUPERSEDED = "SUPERSEDED", pgettext_lazy("평가", "대체됨")


class Method(models.TextChoices):
    """How a value was found (IPEV)."""

    ROUND = "ROUND", _("최근 투자 가격")
    MULTIPLE = "MULTIPLE", _("배수법")
    DCF = "DCF", _("현금흐름할인")
    ASSETS = "ASSETS", _("순자산")
    MARKET = "MARKET", _("시장가격")


class MeasureKind(models.TextChoices):
    """What changes a holding besides its value."""

    WRITE_DOWN = "WRITE_DOWN", _("감액")
    RESTORE = "RESTORE", _("감액 환입")
    SALE = "SALE", pgettext_lazy("증권", "매각")
    REDEEM = "REDEEM", pgettext_lazy("증권", "상환")


class MeasureStatus(models.TextChoices):
    PROPOSED = "PROPOSED", pgettext_lazy("감액·회수", "기안")
    DONE = "DONE", pgettext_lazy("감액·회수", "승인")
    REFUSED = "REFUSED", pgettext_lazy("감액·회수", "반려")


class Reason(models.TextChoices):
    """Why a holding is written down."""

    PERFORMANCE = "PERFORMANCE", _("실적 부진")
    IMPAIRMENT = "IMPAIRMENT", _("자본잠식")
    CLOSURE = "CLOSURE", _("휴·폐업")
    OTHER = "OTHER", pgettext_lazy("감액 사유", "기타")


class SnapshotKind(models.TextChoices):
    MONTH = "MONTH", _("월")
    QUARTER = "QUARTER", _("분기")


class SnapshotStatus(models.TextChoices):
    BUILT = "BUILT", pgettext_lazy("실적확정", "작성")
    SEEN = "SEEN", pgettext_lazy("실적확정", "확인")
    PUBLISHED = "PUBLISHED", pgettext_lazy("실적확정", "공개")
    RESTATED = "RESTATED", pgettext_lazy("실적확정", "정정됨")


class StatementStatus(models.TextChoices):
    ISSUED = "ISSUED", pgettext_lazy("자본계정 명세서", "발행")
    REPLACED = "REPLACED", pgettext_lazy("자본계정 명세서", "대체됨")


class ReportState(models.TextChoices):
    """How the report of a sub-fund on a quarter stands today."""

    DUE = "DUE", pgettext_lazy("운용사 보고", "제출할 차례")
    PARTIAL = "PARTIAL", pgettext_lazy("운용사 보고", "보완할 차례")
    LATE = "LATE", pgettext_lazy("운용사 보고", "기한 지남")
    DONE = "DONE", pgettext_lazy("운용사 보고", "제출함")


class UploadStatus(models.TextChoices):
    """A manager's workbook: received, checked against the books, applied or refused."""

    RECEIVED = "RECEIVED", pgettext_lazy("보고서", "접수")
    CHECKED = "CHECKED", pgettext_lazy("보고서", "확인")
    APPLIED = "APPLIED", pgettext_lazy("보고서", "반영")
    REFUSED = "REFUSED", pgettext_lazy("보고서", "반려")


class RowState(models.TextChoices):
    """What a row of a workbook would do to what is here already."""

    REFUSED = "REFUSED", pgettext_lazy("보고서의 행", "거부")
    DIFFERS = "DIFFERS", pgettext_lazy("보고서의 행", "장부와 다름")
    NEW = "NEW", pgettext_lazy("보고서의 행", "신규")
    CHANGED = "CHANGED", pgettext_lazy("보고서의 행", "변경")
    SAME = "SAME", pgettext_lazy("보고서의 행", "동일")


class BreakKind(models.TextChoices):
    """Between which two accounts of the same thing a difference stands."""

    BOOKS = "BOOKS", pgettext_lazy("대사차이", "조합 장부와 서울시 장부")
    REPORT = "REPORT", pgettext_lazy("대사차이", "운용사 보고와 장부")


class BreakStatus(models.TextChoices):
    OPEN = "OPEN", pgettext_lazy("대사차이", "확인할 차례")
    EXPLAINED = "EXPLAINED", pgettext_lazy("대사차이", "설명함")
    RESOLVED = "RESOLVED", pgettext_lazy("대사차이", "해소")


class Balance(models.TextChoices):
    """What a manager reports of its own book at the end of a quarter, since the sub-fund was formed."""

    CASH = "CASH", _("현금 잔액")
    COST = "COST", _("투자자산 취득원가")
    PAID_IN = "PAID_IN", _("납입 누계")
    DISTRIBUTED = "DISTRIBUTED", _("배분 누계")
    FEES = "FEES", _("관리보수 누계")
    EXPENSES = "EXPENSES", _("조합 비용 누계")


class Reconciled(models.TextChoices):
    """What was compared: a balance, one asset or voucher of a report, or one happening in two books."""

    CASH = "CASH", _("현금 잔액")
    COST = "COST", _("투자자산 취득원가")
    PAID_IN = "PAID_IN", _("납입 누계")
    DISTRIBUTED = "DISTRIBUTED", _("배분 누계")
    FEES = "FEES", _("관리보수 누계")
    EXPENSES = "EXPENSES", _("조합 비용 누계")
    HOLDING = "HOLDING", _("자산의 취득원가")
    VOUCHER = "VOUCHER", _("전표의 금액")
    DUE = "DUE", _("서울시가 낼 금액")
    PAID_OUT = "PAID_OUT", _("서울시가 받은 금액")


class MotionKind(models.TextChoices):
    INVESTMENT = "INVESTMENT", pgettext_lazy("안건", "투자")
    VALUATION = "VALUATION", pgettext_lazy("안건", "평가")
    WAIVER = "WAIVER", pgettext_lazy("안건", "투자의무 한시 면제")


class MotionStatus(models.TextChoices):
    TABLED = "TABLED", pgettext_lazy("안건", "상정")
    OPEN = "OPEN", pgettext_lazy("안건", "표결 중")
    CARRIED = "CARRIED", pgettext_lazy("안건", "가결")
    REJECTED = "REJECTED", pgettext_lazy("안건", "부결")
    DEFERRED = "DEFERRED", pgettext_lazy("안건", "보류")


class SeatStatus(models.TextChoices):
    """A member's statement about conflicts before the papers."""

    PENDING = "PENDING", pgettext_lazy("이해충돌", "확인 전")
    CLEAR = "CLEAR", pgettext_lazy("이해충돌", "해당 없음")
    RECUSED = "RECUSED", pgettext_lazy("이해충돌", "회피")


class Vote(models.TextChoices):
    FOR = "FOR", _("찬성")
    AGAINST = "AGAINST", _("반대")
    ABSTAIN = "ABSTAIN", _("기권")


class Owner(models.TextChoices):
    """Who takes the next step from a state."""

    MANAGER = "MANAGER", _("투자운용 담당")
    APPROVER = "APPROVER", _("투자 결재자")
    PARTNER = "PARTNER", _("출자자")
    MEMBER = "MEMBER", _("투자심의위원")
    REPORTER = "REPORTER", _("운용사 보고담당")
    NOBODY = "NOBODY", _("없음(끝난 상태)")
