"""The states and closed lists of intake, with the words people see."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CallStatus(models.TextChoices):
    DRAFT = "DRAFT", _("작성 중")
    PUBLISHED = "PUBLISHED", _("공고")
    REVIEWING = "REVIEWING", _("심사 중")
    DECIDED = "DECIDED", _("결정(발표 전)")
    ANNOUNCED = "ANNOUNCED", _("발표")
    FINAL = "FINAL", _("확정")
    ARCHIVED = "ARCHIVED", _("보관")
    CANCELLED = "CANCELLED", _("취소")


class ApplicationStatus(models.TextChoices):
    DRAFT = "DRAFT", _("작성 중")
    SUBMITTED = "SUBMITTED", _("접수")
    SUPPLEMENT = "SUPPLEMENT", _("보완요청")
    IN_REVIEW = "IN_REVIEW", _("심사 중")
    INELIGIBLE = "INELIGIBLE", _("부적격")
    SELECTED = "SELECTED", _("선정")
    RESERVED = "RESERVED", _("예비")
    NOT_SELECTED = "NOT_SELECTED", _("미선정")
    FULFILLED = "FULFILLED", _("이행")
    DECLINED = "DECLINED", _("포기")
    WITHDRAWN = "WITHDRAWN", _("철회")
    DISQUALIFIED = "DISQUALIFIED", _("선정취소")


class InterestKind(models.TextChoices):
    """What ties an evaluator to a company."""

    EMPLOYER = "EMPLOYER", _("재직")
    SHARE = "SHARE", _("지분 보유")
    FAMILY = "FAMILY", _("친족이 대표·임원")
    ADVISER = "ADVISER", _("자문")
    MENTOR = "MENTOR", _("멘토링")
    INVESTOR = "INVESTOR", _("투자")


class AssignmentStatus(models.TextChoices):
    PROPOSED = "PROPOSED", _("배정안")
    CLEARED = "CLEARED", _("확인")
    SUSPENDED = "SUSPENDED", _("심의 중")
    BARRED = "BARRED", _("배제")
    RELEASED = "RELEASED", _("해제")


class SheetStatus(models.TextChoices):
    OPEN = "OPEN", _("작성 중")
    LOCKED = "LOCKED", _("제출")
    STRUCK = "STRUCK", _("제외")


class MemberStatus(models.TextChoices):
    INVITED = "INVITED", _("위촉요청")
    ACCEPTED = "ACCEPTED", _("위촉")
    DECLINED = "DECLINED", _("고사")
    DISMISSED = "DISMISSED", _("해촉")


class StageStatus(models.TextChoices):
    WAITING = "WAITING", _("대기")
    RUNNING = "RUNNING", _("진행")
    SETTLED = "SETTLED", _("확정")


class ChallengeStatus(models.TextChoices):
    FILED = "FILED", _("접수")
    UPHELD = "UPHELD", _("인용")
    DISMISSED = "DISMISSED", _("기각")
    WITHDRAWN = "WITHDRAWN", _("취하")


class ResultStatus(models.TextChoices):
    DRAFT = "DRAFT", _("작성")
    DECIDED = "DECIDED", _("결정")
    PUBLISHED = "PUBLISHED", _("발표")


class CaseStatus(models.TextChoices):
    NOTICED = "NOTICED", _("통지")
    HEARD = "HEARD", _("의견청취")
    UPHELD = "UPHELD", _("취소확정")
    DROPPED = "DROPPED", _("종결")


class ReserveStatus(models.TextChoices):
    WAITING = "WAITING", _("예비")
    CALLED = "CALLED", _("승계통지")
    CONVERTED = "CONVERTED", _("전환")
    DROPPED = "DROPPED", _("포기")
    LAPSED = "LAPSED", _("만료")


class SupplementStatus(models.TextChoices):
    ASKED = "ASKED", _("요청")
    ANSWERED = "ANSWERED", _("제출")
    ACCEPTED = "ACCEPTED", _("확인")
    LAPSED = "LAPSED", _("기한경과")


class AppealStatus(models.TextChoices):
    FILED = "FILED", _("접수")
    ADMITTED = "ADMITTED", _("심리 중")
    REJECTED = "REJECTED", _("각하")
    UPHELD = "UPHELD", _("인용")
    PARTLY = "PARTLY", _("일부인용")
    DISMISSED = "DISMISSED", _("기각")
    WITHDRAWN = "WITHDRAWN", _("취하")


class Finding(models.TextChoices):
    """What a check found; MANUAL means that a person has to look, never that all is well."""

    PASS = "PASS", _("적합")
    FAIL = "FAIL", _("부적합")
    MANUAL = "MANUAL", _("확인 필요")


class Ground(models.TextChoices):
    EXCLUSION = "EXCLUSION", _("제척")
    CHALLENGE = "CHALLENGE", _("기피")
    RECUSAL = "RECUSAL", _("회피")


class Scope(models.TextChoices):
    """How far a bar reaches within its call."""

    APPLICATION = "APPLICATION", _("해당 신청서")
    TRACK = "TRACK", _("해당 부문")
    CALL = "CALL", _("공고 전체")


class DecisionKind(models.TextChoices):
    ELIGIBILITY = "ELIGIBILITY", _("자격검토 결과")
    SHORTLIST = "SHORTLIST", _("평가단계 결과")
    FINAL = "FINAL", _("최종 선정 결과")
    CORRECTION = "CORRECTION", _("결과 정정")


class Outcome(models.TextChoices):
    """What a decision says about one application."""

    ELIGIBLE = "ELIGIBLE", _("적격")
    INELIGIBLE = "INELIGIBLE", _("부적격")
    GOES_ON = "GOES_ON", _("통과")
    SELECTED = "SELECTED", _("선정")
    RESERVED = "RESERVED", _("예비")
    NOT_SELECTED = "NOT_SELECTED", _("미선정")
    DISQUALIFIED = "DISQUALIFIED", _("선정취소")


class Remedy(models.TextChoices):
    """What an upheld appeal leads to."""

    RECOUNT = "RECOUNT", _("다시 집계")
    RESCORE = "RESCORE", _("예비위원의 재평가")
    REINSTATE = "REINSTATE", _("심사 재개")
    SELECT = "SELECT", _("선정")
    RESERVE = "RESERVE", _("정정된 순위의 예비")
    RESTORE = "RESTORE", _("선정취소의 취소")


class CaseGround(models.TextChoices):
    """Why a selection may be taken back."""

    FALSE_STATEMENT = "FALSE_STATEMENT", _("거짓 기재·제출")
    BOUGHT_PLAN = "BOUGHT_PLAN", _("타인이 작성한 사업계획")
    NOT_MOVED_IN = "NOT_MOVED_IN", _("기한 안에 이행하지 않음")
    OTHER = "OTHER", _("그 밖의 공고 위반")


class Sector(models.TextChoices):
    MARKET = "MARKET", _("산업계")
    ACADEMIA = "ACADEMIA", _("학계")
    PUBLIC = "PUBLIC", _("공공")


class Gender(models.TextChoices):
    """For the share of women on a panel; an evaluator may leave it out."""

    UNSTATED = "", _("밝히지 않음")
    WOMAN = "WOMAN", _("여성")
    MAN = "MAN", _("남성")


class Identified(models.TextChoices):
    """How a member was identified at a sitting; no number of any paper is kept."""

    ID_CARD = "ID_CARD", _("신분증")
    PASSPORT = "PASSPORT", _("여권")
    KNOWN = "KNOWN", _("담당자가 아는 사람")
    VIDEO = "VIDEO", _("화상으로 신분증 확인")


class HitOutcome(models.TextChoices):
    """What an officer does about a name found in an answer that the panel would see."""

    OPEN = "OPEN", _("아직 확인하지 않음")
    KEPT = "KEPT", _("그대로 둠")
    WITHHELD = "WITHHELD", _("평가위원에게 보이지 않음")


class DestructionKind(models.TextChoices):
    DRAFT = "DRAFT", _("보내지 않은 작성본")
    APPLICATION = "APPLICATION", _("신청서의 답과 파일")
    COPY = "COPY", _("법에 따라 따로 둔 사본")


class RatedOn(models.TextChoices):
    """What applicants are asked about a panel."""

    FAIR = "FAIR", _("공정하게 진행했습니다")
    EXPERT = "EXPERT", _("사업과 기술을 이해했습니다")
    CLEAR = "CLEAR", _("질문과 의견이 분명했습니다")


class HoldBasis(models.TextChoices):
    APPEAL = "appeal", _("이의신청")
    SUIT = "suit", _("소송")
    AUDIT = "audit", _("외부 감사")
    LAW = "law", _("법령")


class Scan(models.TextChoices):
    NONE = "NONE", _("검사하지 않음")
    WAITING = "WAITING", _("검사 중")
    CLEAN = "CLEAN", _("이상 없음")
    INFECTED = "INFECTED", _("악성코드 발견")


class Owner(models.TextChoices):
    """Who takes the next step from a state."""

    APPLICANT = "APPLICANT", _("신청 기업")
    OFFICER = "OFFICER", _("담당자")
    APPROVER = "APPROVER", _("결정권자")
    PANEL = "PANEL", _("평가위원회")
    EVALUATOR = "EVALUATOR", _("평가위원")
    ROOM = "ROOM", _("사업 담당")
    APPEAL_REVIEWER = "APPEAL_REVIEWER", _("이의신청 심사자")
    SYSTEM = "SYSTEM", _("시스템")
    NOBODY = "NOBODY", _("없음(끝난 상태)")
