"""What people fill in about the duties of a sub-fund."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fund.duty_enums import DutyBase, DutyCounted, Predicate
from portal.core.ui.fields import DateInput


class DutyForm(forms.Form):
    """The rule, its clock and where it is written; the share is typed in per cent to two decimals."""

    predicate = forms.ChoiceField(label=_("투자 대상"), choices=Predicate.choices, widget=forms.RadioSelect)
    sectors = forms.CharField(
        label=_("분야"),
        help_text=_("‘정한 분야의 기업’을 고른 때에만 적습니다. 여럿이면 쉼표로 나눕니다."),
        max_length=200,
        required=False,
    )
    base = forms.ChoiceField(label=_("기준 금액"), choices=DutyBase.choices, widget=forms.RadioSelect)
    percent = forms.DecimalField(
        label=_("기준 금액에 대한 비율(%)"),
        help_text=_("두 배면 200을 적습니다."),
        min_value=0,
        max_value=1000,
        decimal_places=2,
    )
    counted = forms.ChoiceField(label=_("세는 때"), choices=DutyCounted.choices, widget=forms.RadioSelect)
    start = forms.DateField(label=_("시작일"), widget=DateInput)
    deadline = forms.DateField(label=_("기한"), help_text=_("이 날 전까지의 투자를 셉니다."), widget=DateInput)
    warn_days = forms.IntegerField(label=_("미리 알리는 날(일 전)"), min_value=1, max_value=1095, initial=180)
    source = forms.CharField(
        label=_("근거 규정"), help_text=_("규약이나 공고의 이름과 조항을 적습니다."), max_length=200
    )

    #: Where the form asks for what the service calls by another name.
    NAMES = {"bp": "percent"}

    def asked(self) -> dict[str, Any]:
        """As the service takes it: basis points, and sectors one by one."""
        given = dict(self.cleaned_data)
        given["bp"] = int(given.pop("percent") * 100)
        given["sectors"] = [one.strip() for one in given["sectors"].split(",") if one.strip()]
        return given


class WaiverForm(forms.Form):
    """For how long a duty is to be let go, and why; the committee reads it."""

    start = forms.DateField(label=_("면제를 시작하는 날"), widget=DateInput)
    until = forms.DateField(
        label=_("면제를 마치는 날"), help_text=_("이 날부터 다시 의무가 있습니다. 기한보다 늦으면 이 날이 기한이 됩니다."), widget=DateInput,
    )  # fmt: skip
    reason = forms.CharField(
        label=_("이유"), help_text=_("투자심의위원이 읽는 심의자료가 됩니다."), widget=forms.Textarea, max_length=2_000
    )
