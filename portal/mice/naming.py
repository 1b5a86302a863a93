"""What courses, stops and moments are called in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from portal.mice.models import EventEdition, SupportProgramme, TourCourse, TourSession


def said(korean: str, english: str) -> str:
    """The text in the reader's language, or the other one where there is none."""
    return korean if (get_language() or "ko").startswith("ko") or not english else english


def title(course: TourCourse) -> str:
    return said(course.title_ko, course.title_en)


def stop_name(stop: Mapping[str, Any]) -> str:
    """The name of a stop of a frozen itinerary."""
    return said(stop["name_ko"], stop["name_en"])


def stop_address(stop: Mapping[str, Any]) -> str:
    return said(stop["address_ko"], stop["address_en"])


def meeting_point(session: TourSession) -> str:
    """Where the tour begins: its first stop, with the address."""
    first = session.itinerary["stops"][0]
    return ", ".join(filter(None, [stop_name(first), stop_address(first)]))


def instant(at: datetime | None) -> str:
    """Day and time in Seoul."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else ""


def clock(at: datetime) -> str:
    return timezone.localtime(at).strftime("%H:%M")


def span(session: TourSession) -> str:
    return f"{instant(session.starts_at)} ~ {clock(session.ends_at)}"


def people(count: int) -> str:
    return _("%(count)s명") % {"count": count}


#: Categories of cost (비목) that support pays for, as the calls name them.
_CATEGORIES = {
    "venue": gettext_lazy("대관·시설"),
    "speakers": gettext_lazy("연사"),
    "interpretation": gettext_lazy("통역·번역"),
    "promotion": gettext_lazy("홍보"),
    "staff": gettext_lazy("운영 인력"),
    "production": gettext_lazy("제작·설치"),
}

#: Why a line of a report counts less, as the rules of recognition say it.
_CUTS = {
    "duplicate": gettext_lazy("다른 집행내역에서 이미 쓴 증빙"),
    "category": gettext_lazy("교부하지 않은 비목"),
    "period": gettext_lazy("집행 기간이 아님"),
    "vat": gettext_lazy("돌려받는 부가세"),
    "over": gettext_lazy("비목의 한도를 넘음"),
    "shared": gettext_lazy("함께 쓰는 증빙의 금액을 넘음"),
}

#: What made the final amount what it is.
_BINDINGS = {
    "award": gettext_lazy("교부액"),
    "cap": gettext_lazy("회차의 한도"),
    "recognised": gettext_lazy("인정한 집행액"),
    "tariff": gettext_lazy("참가 실적"),
}


def category(code: str) -> str:
    """A category's name, or its code where it has none."""
    return str(_CATEGORIES.get(code, code))


def cut(reasons: str) -> str:
    """Why a line was cut: the rules' reasons in words, the auditor's as they are."""
    rules, _semicolon, own = reasons.partition("; ")
    words = [str(_CUTS.get(one, one)) for one in rules.split(",") if one]
    return ", ".join(filter(None, [*words, own]))


def binding(code: str) -> str:
    return str(_BINDINGS.get(code, code))


def edition(of: EventEdition) -> str:
    return said(of.title_ko, of.title_en)


def days(of: EventEdition) -> str:
    """The edition's first and last day; one day stands alone."""
    first, last = date_format(of.starts_on, "DATE_FORMAT"), date_format(of.ends_on, "DATE_FORMAT")
    return first if first == last else f"{first} ~ {last}"


def programme(of: SupportProgramme) -> str:
    return said(of.title_ko, of.title_en)
