from django.db import models
from django.utils.translation import gettext_lazy as _


class MemberKind(models.TextChoices):
    """Who may bind the company: the master account (대표 계정) sends and signs, members prepare."""

    MASTER = "MASTER", _("대표 계정")
    MEMBER = "MEMBER", _("구성원")


class AffiliationKind(models.TextChoices):
    """How another company is related to one's own."""

    PARENT = "PARENT", _("모회사")
    SUBSIDIARY = "SUBSIDIARY", _("자회사")


class Origin(models.TextChoices):
    DOMESTIC = "DOMESTIC", _("국내")
    FOREIGN = "FOREIGN", _("국외")


class InvitationStatus(models.TextChoices):
    SENT = "SENT", _("초대함")
    ACCEPTED = "ACCEPTED", _("수락")
    WITHDRAWN = "WITHDRAWN", _("취소")


class ScopeKind(models.TextChoices):
    """What a role may be narrowed to, below the cluster."""

    HUB = "hub", _("거점")
    SUB_FUND = "sub_fund", _("자펀드")
    COURSE = "course", _("과정")
    EVENT = "event", _("행사")


class Purpose(models.TextChoices):
    """What a person may consent to. One row each; only what the service cannot do without is required."""

    TERMS = "terms", _("이용약관")
    PRIVACY = "privacy", _("개인정보 수집·이용")
    NEWS = "news", _("소식과 안내 받기")


class DisclosureBasis(models.TextChoices):
    """On what an auditor may be shown sealed values: the codes of the ledger's disclosures."""

    AUDIT = "audit", _("자체감사·감사원 감사(공공감사에 관한 법률 제20조, 감사원법 제25조)")
    COUNCIL = "council", _("행정사무감사(지방자치법 제49조)")
    COURT = "court", _("법원의 제출명령·영장")


class HoldBasis(models.TextChoices):
    """Why somebody's data must stay: the codes of the ledger's legal holds."""

    SUIT = "suit", _("소송")
    AUDIT = "audit", _("감사·조사")
    APPEAL = "appeal", _("이의신청·행정심판")
    LAW = "law", _("법령의 보존 의무")
