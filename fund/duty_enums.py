"""Choices of the duties of sub-funds (투자의무)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Predicate(models.TextChoices):
    """What a company must be for its money to count towards a duty (투자의무)."""

    SEOUL = "SEOUL", _("서울에 있는 기업")
    HUB = "HUB", _("입주기업이나 졸업기업")
    SECTOR = "SECTOR", _("정한 분야의 기업")
    STATUTE = "STATUTE", _("창업기업, 벤처기업이나 프로젝트")


class DutyBase(models.TextChoices):
    """Of what a duty takes its share."""

    CITY = "CITY", _("서울시 약정")
    FUND = "FUND", _("약정 합계")
    MANAGER = "MANAGER", _("운용사의 모든 자펀드의 약정 합계")


class DutyCounted(models.TextChoices):
    """As of which day a company is asked whether it counts."""

    INVESTMENT = "INVESTMENT", _("처음 투자한 날")
    NOW = "NOW", _("점검하는 날")


class DutyStatus(models.TextChoices):
    """What was recorded of a duty."""

    OPEN = "OPEN", pgettext_lazy("투자의무", "기간 중")
    MET = "MET", pgettext_lazy("투자의무", "이행")
    BREACHED = "BREACHED", pgettext_lazy("투자의무", "미이행")
    WAIVED = "WAIVED", pgettext_lazy("투자의무", "면제")


class WaiverStatus(models.TextChoices):
    """What became of a duty's waiver for a time (한시 면제)."""

    PROPOSED = "PROPOSED", pgettext_lazy("한시 면제", "심의 중")
    GRANTED = "GRANTED", pgettext_lazy("한시 면제", "면제")
    REFUSED = "REFUSED", pgettext_lazy("한시 면제", "부결")


class DutyStanding(models.TextChoices):
    """How a duty stands against its clock on a day; ``fund.duties.standing`` answers with these."""

    NOT_STARTED = "not_started", pgettext_lazy("투자의무", "시작 전")
    ON_TRACK = "on_track", pgettext_lazy("투자의무", "순조로움")
    AT_RISK = "at_risk", pgettext_lazy("투자의무", "늦어짐")
    MET = "met", pgettext_lazy("투자의무", "채움")
    BREACHED = "breached", pgettext_lazy("투자의무", "미이행")
    WAIVED = "waived", pgettext_lazy("투자의무", "면제")


class DutyTestKind(models.TextChoices):
    """Why a duty was tested: to warn before its clock ends, or to close it."""

    WARNING = "WARNING", pgettext_lazy("투자의무", "기한 전 알림")
    FINAL = "FINAL", pgettext_lazy("투자의무", "기한 뒤 점검")
