"""What is filled in to write a rate card."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.ui.fields import DateInput, WonField
from tenancy.enums import Basis, Rounding, VatMode

_FEES = [choice for choice in Basis.choices if choice[0] in (Basis.FLAT, Basis.SEAT)]


class RateCardForm(forms.Form):
    """One version of a rate card."""

    code = forms.SlugField(
        label=_("요율표 이름"), help_text=_("영문, 숫자, 붙임표. 같은 이름이면 다음 판이 됩니다."), max_length=30
    )
    from_date = forms.DateField(label=_("시행일"), widget=DateInput)
    basis = forms.ChoiceField(label=_("임대료 기준"), choices=Basis.choices, initial=Basis.AREA)
    rate_won = WonField(label=_("월 요율(원)"), min_value=0)
    fee_won = WonField(label=_("월 관리비(원)"), min_value=0, initial=0)
    fee_basis = forms.ChoiceField(label=_("관리비 기준"), choices=_FEES, initial=Basis.FLAT)
    deposit_won = WonField(label=_("보증금(원)"), min_value=0, initial=0)
    deposit_months = forms.IntegerField(
        label=_("보증금(임대료 개월 수)"), help_text=_("금액 대신 적습니다."), min_value=0, max_value=24, initial=0
    )
    ahead_months = forms.IntegerField(
        label=_("한 번에 고지하는 개월 수"),
        help_text=_("1은 다달이, 12는 1년치를 미리 고지합니다."),
        min_value=1,
        max_value=12,
        initial=1,
    )
    due_day = forms.IntegerField(label=_("납부일"), min_value=1, max_value=28, initial=25)
    rounding = forms.ChoiceField(label=_("끝수 처리"), choices=Rounding.choices, initial=Rounding.WON)
    vat_mode = forms.ChoiceField(label=_("부가가치세"), choices=VatMode.choices, initial=VatMode.NONE)
    late_interest_bp = forms.IntegerField(
        label=_("연체이율(bp/년)"), help_text=_("500은 1년에 5%입니다."), min_value=0, max_value=10_000, initial=0
    )
    holdover_bp = forms.IntegerField(
        label=_("무단점유 요율(bp)"), help_text=_("12000은 임대료의 120%입니다."), min_value=10_000, max_value=50_000,
        initial=12_000,
    )  # fmt: skip
