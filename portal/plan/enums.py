from django.db import models
from django.utils.translation import gettext_lazy as _


class Unit(models.TextChoices):
    """What a target or a cap is counted in."""

    PLACES = "places", _("곳")
    WON = "won", _("원")
    BP = "bp", _("%")
    PERSONS = "persons", _("명")
    SITES = "sites", _("개소")
    COURSES = "courses", _("개 코스")
    SERVICES = "services", _("개 서비스")
    COMPANIES = "companies", _("개사")
    FUNDS = "funds", _("개 조합")


class ProgressState(models.TextChoices):
    """How far a promise without a metric has come, as a person states it with a source."""

    DONE = "DONE", _("완료")
    UNDER_WAY = "UNDER_WAY", _("진행 중")
    NOT_BEGUN = "NOT_BEGUN", _("시작 전")
