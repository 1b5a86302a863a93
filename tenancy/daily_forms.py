"""What people fill in about meeting rooms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Organisation
from portal.core.periods import SEOUL
from portal.core.ui.fields import DateInput, DateTimeInput
from tenancy.models import BookingRule
from tenancy.services.bookings import MOST_REPEATS


def clock(minutes: int) -> str:
    """Minutes from midnight as 09:30; the end of the day is 24:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


class TimeForm(forms.Form):
    """When; the company only where somebody acts for several."""

    on = forms.DateField(label=_("날짜"), widget=DateInput)
    start = forms.ChoiceField(label=pgettext_lazy("회의실 예약", "시작"))
    minutes = forms.TypedChoiceField(label=_("길이(시간:분)"), coerce=int)

    def __init__(self, *args: Any, rule: BookingRule, companies: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        quarters = range(rule.opens_minute, rule.closes_minute, 15)
        self.fields["start"].choices = [(clock(n), clock(n)) for n in quarters]  # type: ignore[attr-defined]
        lengths = range(15, rule.longest_minutes + 1, 15)
        self.fields["minutes"].choices = [(n, clock(n)) for n in lengths]  # type: ignore[attr-defined]
        if len(companies) > 1:
            named = [(str(company.pk), str(company)) for company in companies]
            self.fields["company"] = forms.ChoiceField(label=_("예약하는 기업"), choices=named)

    def period(self) -> tuple[datetime, datetime]:
        """The time asked for, in Seoul."""
        answers = self.cleaned_data
        starts = datetime.combine(answers["on"], time.fromisoformat(answers["start"]), SEOUL)
        return starts, starts + timedelta(minutes=answers["minutes"])

    def company(self, companies: Sequence[Organisation]) -> Organisation:
        """For whom it is asked."""
        asked = self.cleaned_data.get("company")
        return next((company for company in companies if str(company.pk) == asked), companies[0])


class UseForm(forms.Form):
    """For what a room that is held is used, and by how many."""

    purpose = forms.CharField(label=_("사용 목적"), help_text=_("우리 기업 사람과 담당자만 봅니다."), max_length=100)
    people = forms.IntegerField(label=_("인원"), min_value=1, max_value=500)


class BookingForm(TimeForm):
    """When, for what, how many."""

    purpose = forms.CharField(label=_("사용 목적"), help_text=_("우리 기업 사람과 담당자만 봅니다."), max_length=100)
    people = forms.IntegerField(label=_("인원"), min_value=1, max_value=500)
    times = forms.TypedChoiceField(
        label=_("매주 반복"),
        help_text=_("한 날이라도 이미 예약되어 있으면 아무것도 예약하지 않고 그날을 알려 드립니다."),
        coerce=int,
        choices=[(1, _("반복하지 않음")), *((n, format_lazy(_("{n}주 동안"), n=n)) for n in range(2, MOST_REPEATS + 1))],
        initial=1,
    )  # fmt: skip


class MeetingRoomForm(forms.Form):
    """A room of the hub."""

    code = forms.SlugField(label=_("회의실 코드"), max_length=30)
    name_ko = forms.CharField(label=_("회의실 이름"), max_length=60)
    name_en = forms.CharField(label=_("회의실 영문 이름"), max_length=60)
    seats = forms.IntegerField(label=_("좌석"), min_value=1, max_value=500)
    needs_approval = forms.BooleanField(label=_("담당자 승인이 필요함"), required=False)
    from_date = forms.DateField(label=_("사용 시작일"), widget=DateInput)


def _hours() -> list[tuple[int, str]]:
    return [(n * 60, clock(n * 60)) for n in range(25)]


class BookingRuleForm(forms.Form):
    """The hub's rules from a day on."""

    from_date = forms.DateField(label=_("시행일"), widget=DateInput)
    opens_minute = forms.TypedChoiceField(label=_("여는 시각"), choices=_hours()[:-1], coerce=int, initial=540)
    closes_minute = forms.TypedChoiceField(label=_("닫는 시각"), choices=_hours()[1:], coerce=int, initial=1320)
    quota_hours = forms.IntegerField(label=_("기업마다 한 달 이용 시간(시간)"), min_value=1, max_value=744, initial=20)
    longest_hours = forms.IntegerField(label=_("한 번에 가장 길게(시간)"), min_value=1, max_value=24, initial=4)
    ahead_days = forms.IntegerField(label=_("며칠 앞까지 예약"), min_value=1, max_value=366, initial=60)
    cancel_minutes = forms.IntegerField(
        label=_("시작 몇 분 전까지 취소하면 돌려줌"), min_value=0, max_value=10080, initial=60
    )
    check_in_minutes = forms.IntegerField(
        label=_("몇 분 안에 오지 않으면 풀림"), min_value=5, max_value=120, initial=15
    )
    cleaning_minutes = forms.TypedChoiceField(
        label=_("회의 뒤 정리 시간(분)"),
        choices=[(n, n) for n in range(0, 61, 5)],
        coerce=int,
        initial=0,
        required=False,
    )
    no_show_limit = forms.IntegerField(
        label=_("한 달에 몇 번 오지 않으면 승인 필요"), min_value=1, max_value=31, initial=3
    )

    def values(self) -> dict[str, Any]:
        """The answers as the service wants them, hours in minutes."""
        found = dict(self.cleaned_data)
        found["quota_minutes"] = 60 * found.pop("quota_hours")
        found["cleaning_minutes"] = int(found["cleaning_minutes"] or 0)
        found["longest_minutes"] = 60 * found.pop("longest_hours")
        return found


class BlackoutForm(forms.Form):
    """A room closed for a time."""

    room = forms.ChoiceField(label=_("회의실"))
    starts_at = forms.DateTimeField(label=pgettext_lazy("회의실 예약", "시작"), widget=DateTimeInput)
    ends_at = forms.DateTimeField(label=pgettext_lazy("회의실 예약", "끝"), widget=DateTimeInput)
    note = forms.CharField(
        label=_("사유"), help_text=_("이 시간의 예약은 취소되고, 예약한 기업에 알립니다."), max_length=100
    )

    def __init__(self, *args: Any, rooms: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].choices = rooms  # type: ignore[attr-defined]
