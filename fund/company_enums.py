"""Choices of what is reported about companies (기업현황)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportSource(models.TextChoices):
    """Where a figure about a company comes from."""

    INSURANCE = "INSURANCE", _("4대보험 가입자 명부")
    TAX = "TAX", _("국세 신고")
    REGISTRY = "REGISTRY", _("법인 등기")
    CERTIFICATE = "CERTIFICATE", _("확인서")
    COMPANY = "COMPANY", _("기업 제출")


class Statutory(models.TextChoices):
    """What a company is before the law on a day: what the Venture Investment Promotion Act has funds invest in, or not."""

    STARTUP = "STARTUP", _("창업기업")
    VENTURE = "VENTURE", _("벤처기업")
    NEITHER = "NEITHER", _("둘 다 아님")
