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
    SYSTEM = "SYSTEM", pgettext_lazy("담당", "시스템")
    NOBODY = "NOBODY", pgettext_lazy("담당", "없음(끝난 상태)")
